package store_test

import (
	"bytes"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func TestWhoPlansSeesPortraitsAndNoPapers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := [][]byte{[]byte("a portrait"), []byte("somebody else's licence"), []byte("nobody's picture")}
	ids, err := d.Open(t, "worker1").Pictures().Put(t.Context(), uuid.NewString(), files)
	must(t, err)
	app := someApplication("app-1")
	app.SubmittedBy = "another"
	app.Documents = []moderation.Document{{Kind: moderation.Licence, Picture: ids[1]}}
	_, err = d.Open(t, "worker1").Applications().Import(t.Context(), uuid.NewString(), func(yield func(moderation.Application) bool) { yield(app) }, nil)
	must(t, err)

	db := d.Open(t, "marketer1")
	_, err = db.Pictures().Bytes(t.Context(), ids[0])
	refused(t, err, fault.NotFound) // nobody's portrait yet
	a, b := someKOL("a"), someKOL("b")
	a.Picture, b.Picture = ids[0], ids[1] // the second in the hope to see a paper
	importKOLs(t, db, a, b)
	got, err := db.Pictures().Bytes(t.Context(), ids[0])
	if err != nil || !bytes.Equal(got, files[0]) {
		t.Errorf("the portrait: %q, %v", got, err)
	}
	for _, id := range ids[1:] {
		_, err = db.Pictures().Bytes(t.Context(), id)
		refused(t, err, fault.NotFound)
	}
	d.inOrder()
}

// What a KOL published is for everybody's eyes; what only has the name of a picture in a
// post is not.
func TestWhoPlansSeesWhatKOLsPublishedAndNoPapers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, db := d.Open(t, "worker1"), d.Open(t, "marketer1")
	files := [][]byte{[]byte("published"), []byte("somebody else's licence"), []byte("a stranger's"), []byte("of tomorrow"), []byte("nobody's")}
	ids, err := worker.Pictures().Put(t.Context(), uuid.NewString(), files)
	must(t, err)
	published, paper, strangers, tomorrows, nobodys := ids[0], ids[1], ids[2], ids[3], ids[4]
	app := someApplication("app-1")
	app.SubmittedBy = "another"
	app.Documents = []moderation.Document{{Kind: moderation.Licence, Picture: paper}}
	_, err = worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{app}), nil)
	must(t, err)
	post := func(id, author string, at time.Time, pictures ...assets.ID) moderation.Post {
		p := moderation.Post{ID: id, Body: "words", Posted: at, Author: moderation.Author{ID: author}}
		for _, picture := range pictures {
			p.Pictures = append(p.Pictures, moderation.PostPicture{Name: "a.jpg", ID: picture})
		}
		return p
	}
	posts := []moderation.Post{
		post("p1", "k1", time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), "", published, paper), // the second by its digest alone
		post("p2", "stranger", time.Time{}, strangers),
		post("p3", "k1", time.Now().Add(24*time.Hour), tomorrows),
	}
	_, err = worker.Posts().Import(t.Context(), uuid.NewString(), slices.Values(posts), nil)
	must(t, err)

	sees := func(want ...assets.ID) {
		t.Helper()
		has, err := db.Pictures().Has(t.Context(), ids)
		must(t, err)
		for i, id := range ids {
			data, err := db.Pictures().Bytes(t.Context(), id)
			if !slices.Contains(want, id) {
				refused(t, err, fault.NotFound)
			} else if err != nil || !bytes.Equal(data, files[i]) {
				t.Errorf("%q: %q, %v", files[i], data, err)
			}
			if has[id] != slices.Contains(want, id) {
				t.Errorf("%q is there: %v", files[i], has[id])
			}
		}
	}
	sees() // k1 is no KOL yet
	importKOLs(t, db, someKOL("k1"))
	sees(published)
	// Bringing in a KOL with the name of a stranger shows what the stranger published, and
	// naming any digest as a portrait shows no paper.
	evil := someKOL("evil")
	evil.Picture = paper
	importKOLs(t, db, evil)
	sees(published)
	// What is a paper as well is not shown for having been published.
	app.ID, app.Documents = "app-2", []moderation.Document{{Kind: moderation.Licence, Picture: published}}
	_, err = worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{app}), nil)
	must(t, err)
	sees()
	// A post that shows another picture now does not show the one before.
	posts[0].Pictures = posts[0].Pictures[:1]
	posts[0].Pictures[0].ID = nobodys
	_, err = worker.Posts().Import(t.Context(), uuid.NewString(), slices.Values(posts[:1]), nil)
	must(t, err)
	sees(nobodys)
	d.inOrder()

	s := &scene{desk: d, lines: map[string]*sql.DB{}}
	s.withstand([]attempt{
		{"read all pictures there are", "marketer1", `SELECT id FROM studio.picture WHERE id <> '` + string(nobodys) + `'`, "nothing", ""},
		{"read a paper by its digest", "marketer1", `SELECT bytes FROM studio.picture WHERE id = '` + string(paper) + `'`, "nothing", ""},
		{"guess the beginning of a paper's digest", "marketer1", `SELECT id FROM studio.picture WHERE id LIKE '` + string(paper)[:4] + `%'`, "nothing", ""},
		{"learn whether there is such a paper", "marketer1", `SELECT x FROM (SELECT studio.is_published('` + string(paper) +
			`') OR studio.is_published(repeat('0', 64)) OR studio.is_published('') OR studio.is_published(NULL) AS x) AS y WHERE x`, "nothing", ""},
		{"learn at the desk what is only for planning", "moderator1 lead1 worker1 admin1", `SELECT x FROM (SELECT studio.is_published('` + string(nobodys) + `') AS x) AS y WHERE x`, "nothing", ""},
		{"read a paper through the post that names it", "marketer1", `SELECT p.bytes FROM studio.picture p, jsonb_array_elements(studio.kol_posts('k1', 10)) AS x
			WHERE x -> 'pictures' @> jsonb_build_array(jsonb_build_object('id', p.id)) AND p.id <> '` + string(nobodys) + `'`, "nothing", ""},
		{"publish a paper myself", "marketer1", s.imported("posts", `SELECT 1`), "no_right", ""},
	})
}
