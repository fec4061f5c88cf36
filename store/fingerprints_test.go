package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/assets/fingerprint"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
)

const lookVersion = 1

// madeHash are bits at random, always the same for a seed.
func madeHash(seed uint64) fingerprint.Hash {
	r := rand.New(rand.NewPCG(seed, 7))
	return fingerprint.Hash{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
}

// off turns n bits of a hash, chosen by r.
func off(h fingerprint.Hash, n int, r *rand.Rand) fingerprint.Hash {
	for _, bit := range r.Perm(256)[:n] {
		h[bit/64] ^= 1 << (bit % 64)
	}
	return h
}

// printsOf is a set as of a picture with these hashes: of the whole, its mirror, cuts.
func printsOf(whole fingerprint.Hash, cuts ...fingerprint.Hash) fingerprint.Set {
	set := fingerprint.Set{{Part: fingerprint.Whole, Hash: whole, Quality: 100}, {Part: fingerprint.Whole, Mirrored: true, Hash: mirrorOf(whole), Quality: 100}}
	for i, h := range cuts {
		set = append(set, fingerprint.Print{Part: i + 1, Hash: h, Quality: 100})
	}
	return set
}

// mirrorOf stands for a mirror: as far from the hash as another picture's, and back again.
func mirrorOf(h fingerprint.Hash) fingerprint.Hash {
	return fingerprint.Hash{h[0] ^ 0x5555555555555555, h[1] ^ 0x5555555555555555, h[2] ^ 0x5555555555555555, h[3] ^ 0x5555555555555555}
}

// look keeps what was seen in pictures whose bytes are these texts, as worker1.
func (d *desk) look(sets map[string]fingerprint.Set) {
	d.t.Helper()
	worker := d.Open(d.t, "worker1").Pictures()
	var looks []store.Looked
	for text, set := range sets {
		looks = append(looks, store.Looked{Look: assets.Look{Picture: picture(text)}, Prints: set})
	}
	for {
		ids, err := worker.TakeLooks(d.t.Context(), uuid.NewString(), lookVersion, 100)
		must(d.t, err)
		if len(ids) == 0 {
			break
		}
	}
	kept, err := worker.PutLooks(d.t.Context(), uuid.NewString(), lookVersion, looks)
	must(d.t, err)
	if kept != len(looks) {
		d.t.Fatalf("%d of %d looks were kept", kept, len(looks))
	}
}

func (d *desk) picturesPut(login string, texts ...string) {
	d.t.Helper()
	files := make([][]byte, len(texts))
	for i, text := range texts {
		files[i] = []byte(text)
	}
	_, err := d.Open(d.t, login).Pictures().Put(d.t.Context(), uuid.NewString(), files)
	must(d.t, err)
}

func TestTheSearchFindsWhatComparingWithAllFinds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := rand.New(rand.NewPCG(3, 4))
	sets := map[string]fingerprint.Set{}
	var texts []string
	asked := make([]fingerprint.Set, 40)
	for i := range asked {
		asked[i] = printsOf(madeHash(uint64(i)), madeHash(uint64(1000+i)), madeHash(uint64(2000+i)))
	}
	add := func(set fingerprint.Set) {
		text := fmt.Sprintf("picture %d", len(texts))
		texts, sets[text] = append(texts, text), set
	}
	for i := range 600 {
		add(printsOf(madeHash(uint64(10_000+i)), madeHash(uint64(20_000+i))))
	}
	for i, a := range asked {
		for _, distance := range []int{0, 1, 30, 31, 32, 33} {
			near := off(a[r.IntN(len(a))].Hash, distance, r)
			switch i % 3 {
			case 0:
				add(printsOf(near))
			case 1:
				add(printsOf(madeHash(r.Uint64()), near))
			default:
				add(printsOf(mirrorOf(near), madeHash(r.Uint64())))
			}
		}
		// As evenly over the slots as 31 bits can lie: one slot alone is near enough to be
		// found, the last of those with 21 bits, or the last with 22.
		for _, turn := range [][12]int{{3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2}, {3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 1}} {
			even := a[0].Hash
			for slot, n := range turn {
				first, width := 21*slot, 21
				if slot >= 8 {
					first, width = 168+22*(slot-8), 22
				}
				for _, bit := range r.Perm(width)[:n] {
					k := 255 - (first + bit) // the first of the text is the highest
					even[k/64] ^= 1 << (k % 64)
				}
			}
			add(printsOf(even))
		}
	}
	for part := range slices.Chunk(texts, 200) {
		d.picturesPut("worker1", part...)
	}
	d.look(sets)
	d.exec(`ANALYZE studio.picture_print, studio.picture_cut`)

	type found struct {
		Distance      int
		Mirrored, Cut bool
	}
	names := map[assets.ID]string{}
	for _, text := range texts {
		names[picture(text)] = text
	}
	total := 0
	for i, a := range asked {
		want := map[string]found{}
		for text, set := range sets {
			if m, ok := fingerprint.Compare(a, set); ok && m.Near() {
				want[text] = found{m.Distance, m.Mirrored, m.Cut}
			}
		}
		var part pq.Int64Array
		var mirrored pq.BoolArray
		var hash pq.StringArray
		for _, p := range a {
			part, mirrored, hash = append(part, int64(p.Part)), append(mirrored, p.Mirrored), append(hash, p.Hash.String())
		}
		rows, err := d.super.QueryContext(t.Context(), `SELECT l.picture, n.distance, n.mirrored, n.cut FROM studio.looks_near($1, $2, $3) AS n JOIN studio.picture_look l ON l.n = n.look`, part, mirrored, hash)
		must(t, err)
		for rows.Next() {
			var id assets.ID
			var got found
			must(t, rows.Scan(&id, &got.Distance, &got.Mirrored, &got.Cut))
			if w, ok := want[names[id]]; !ok || w != got {
				t.Errorf("asked %d: %s is found at %+v; comparing says %+v, %v", i, names[id], got, w, ok)
			}
			delete(want, names[id])
			total++
		}
		must(t, rows.Err())
		for text, w := range want {
			t.Errorf("asked %d: %s at %+v is not found", i, text, w)
		}
	}
	if total < 150 {
		t.Errorf("only %d were to be found in all", total)
	}
	d.inOrder()
}

func TestManyProcessesLookAtEachPictureOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const pictures, processes = 300, 6
	var texts []string
	for i := range pictures {
		texts = append(texts, fmt.Sprintf("picture %d", i))
	}
	d.picturesPut("moderator1", texts...)
	worker := d.Open(t, "worker1").Pictures()
	// One dies with pictures in hand, and its lease runs out in the midst of the rest.
	dead, err := worker.TakeLooks(t.Context(), uuid.NewString(), lookVersion, 40)
	must(t, err)
	if len(dead) != 40 || dead[0] != picture(texts[slices.IndexFunc(texts, func(text string) bool { return picture(text) == dead[0] })]) {
		t.Fatalf("took %d", len(dead))
	}
	var (
		mu    sync.Mutex
		times = map[assets.ID]int{}
		wg    sync.WaitGroup
	)
	run := func() {
		for range processes {
			db := d.Open(t, "worker1").Pictures()
			wg.Go(func() {
				for {
					ids, err := db.TakeLooks(t.Context(), uuid.NewString(), lookVersion, 17)
					if err != nil {
						t.Error(err)
						return
					}
					if len(ids) == 0 {
						return
					}
					looks := make([]store.Looked, len(ids))
					mu.Lock()
					for i, id := range ids {
						times[id]++
						looks[i] = store.Looked{Look: assets.Look{Picture: id}, Prints: printsOf(madeHash(uint64(i)))}
					}
					mu.Unlock()
					if _, err := db.PutLooks(t.Context(), uuid.NewString(), lookVersion, looks); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	run()
	if n, err := worker.LooksWaiting(t.Context(), lookVersion); err != nil || n != len(dead) {
		t.Errorf("%d wait, %v, want what the dead one has", n, err)
	}
	d.exec(`UPDATE studio.picture_look SET until = now() WHERE until IS NOT NULL`)
	run()
	if n, err := worker.LooksWaiting(t.Context(), lookVersion); err != nil || n != 0 || len(times) != pictures {
		t.Errorf("%d wait, %v, and %d were looked at", n, err, len(times))
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s was looked at %d times", id, n)
		}
	}
	// The dead one comes back: what it saw was seen meanwhile.
	kept, err := worker.PutLooks(t.Context(), uuid.NewString(), lookVersion, []store.Looked{{Look: assets.Look{Picture: dead[0]}, Prints: printsOf(madeHash(99))}})
	if err != nil || kept != 0 {
		t.Errorf("%d kept, %v", kept, err)
	}
	if got := d.one(`SELECT count(*) || ' of ' || count(DISTINCT look) FROM studio.picture_print`); got != "600 of 300" {
		t.Errorf("%s prints", got)
	}
	// Something new that looks gets all of them again, and its prints take the others' place.
	ids, err := worker.TakeLooks(t.Context(), uuid.NewString(), lookVersion+1, 100)
	if err != nil || len(ids) != 100 {
		t.Fatalf("%d, %v", len(ids), err)
	}
	kept, err = worker.PutLooks(t.Context(), uuid.NewString(), lookVersion+1, []store.Looked{{Look: assets.Look{Picture: ids[0]}, Prints: printsOf(madeHash(5))}})
	if err != nil || kept != 1 {
		t.Errorf("%d kept, %v", kept, err)
	}
	if got := d.one(`SELECT count(*) FROM studio.picture_print`); got != "600" {
		t.Errorf("%s prints", got)
	}
	d.inOrder()
}

func TestAPictureThatCannotBeOpenedIsNotedAndNotTriedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.picturesPut("moderator1", "broken", "kills", "fine")
	worker := d.Open(t, "worker1").Pictures()
	ids, err := worker.TakeLooks(t.Context(), uuid.NewString(), lookVersion, 10)
	must(t, err)
	if len(ids) != 3 {
		t.Fatalf("took %v", ids)
	}
	code := assets.Code{Text: "https://example.com/\x00\xff", Box: assets.Box{X: 1, Y: 2, W: 30, H: 40}}
	_, err = worker.PutLooks(t.Context(), uuid.NewString(), lookVersion, []store.Looked{
		{Look: assets.Look{Picture: picture("broken"), Failed: string(fault.PictureBroken), Quality: 90, Codes: []assets.Code{code}}, Prints: printsOf(madeHash(1))},
		{Look: assets.Look{Picture: picture("fine"), Codes: []assets.Code{code}}, Prints: printsOf(madeHash(2))}})
	must(t, err)
	got, err := d.Open(t, "moderator1").Pictures().Look(t.Context(), picture("broken"))
	if err != nil || got.Failed != string(fault.PictureBroken) || got.Quality != 0 || len(got.Codes) != 0 || got.At.IsZero() {
		t.Errorf("the broken one: %+v, %v", got, err)
	}
	got, err = d.Open(t, "moderator1").Pictures().Look(t.Context(), picture("fine"))
	if err != nil || got.Failed != "" || got.Quality != 100 || len(got.Codes) != 1 || got.Codes[0].Text != "https://example.com/\uFFFD\uFFFD" || got.Codes[0].Box != code.Box {
		t.Errorf("the fine one: %+v, %v", got, err)
	}
	// What takes its process with it is given up after three.
	for range 2 {
		d.exec(`UPDATE studio.picture_look SET until = now() WHERE until IS NOT NULL`)
		ids, err = worker.TakeLooks(t.Context(), uuid.NewString(), lookVersion, 10)
		if err != nil || len(ids) != 1 || ids[0] != picture("kills") {
			t.Fatalf("%v, %v", ids, err)
		}
	}
	d.exec(`UPDATE studio.picture_look SET until = now() WHERE until IS NOT NULL`)
	ids, err = worker.TakeLooks(t.Context(), uuid.NewString(), lookVersion, 10)
	if err != nil || len(ids) != 0 {
		t.Errorf("%v, %v", ids, err)
	}
	if n, err := worker.LooksWaiting(t.Context(), lookVersion); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
	if got := d.one(`SELECT failed FROM studio.picture_look WHERE picture = $1`, string(picture("kills"))); got != string(fault.TimedOut) {
		t.Errorf("it is said to have failed by %q", got)
	}
	_, err = worker.Look(t.Context(), picture("nobody's"))
	refused(t, err, fault.NotFound)
	_, err = d.Open(t, "moderator1").Pictures().TakeLooks(t.Context(), uuid.NewString(), lookVersion, 1)
	refused(t, err, fault.NoRight)
	d.inOrder()
}

func TestVerifyNamesALookThatASuperuserAltered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.picturesPut("worker1", "looked at", "thin", "new")
	d.look(map[string]fingerprint.Set{"looked at": printsOf(madeHash(1), madeHash(2)), "thin": {{Quality: 20}}})
	d.inOrder()
	d.altered(lookAlterations)
}

const theLook = `SELECT 'picture ' || picture FROM studio.picture_look WHERE quality = 100`

var lookAlterations = []alteration{
	{"look.every", `INSERT INTO studio.picture (id, media, width, height, size, bytes, first_by) VALUES (repeat('0', 64), 'x', 0, 0, 1, 'x', 'worker1')`, `SELECT 'picture ' || repeat('0', 64)`},
	{"look.whole", `UPDATE studio.picture_look SET looked_at = NULL WHERE quality = 100`, theLook},
	{"look.whole", `UPDATE studio.picture_look SET failed = 'picture_broken' WHERE quality = 100`, theLook},
	{"look.prints", `DELETE FROM studio.picture_print WHERE mirrored`, theLook},
	{"look.prints", `INSERT INTO studio.picture_cut SELECT l.n, c.part, c.hash FROM studio.picture_look l, studio.picture_cut c WHERE l.quality = 20`, `SELECT 'picture ' || picture FROM studio.picture_look WHERE quality = 20`},
	{"look.audited", `UPDATE studio.picture_look SET version = 1, looked_at = now() WHERE version = 0`, `SELECT 'pictures'`},
}

// places are sightings in few words, for comparing.
func places(all []assets.Sighting) []string {
	var texts []string
	for _, s := range all {
		text := fmt.Sprintf("%s %s of %s at %d", s.Place, s.ID, s.By, s.Distance)
		for _, mark := range []struct {
			on   bool
			word string
		}{{s.Same, "same"}, {s.Mirrored, "mirrored"}, {s.Cut, "cut"}, {s.First, "first"}, {s.Shown, "shown"}} {
			if mark.on {
				text += " " + mark.word
			}
		}
		texts = append(texts, text)
	}
	slices.SortFunc(texts, cmp.Compare)
	return texts
}

func TestAPaperThatLooksLikeAnotherApplicantsIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := rand.New(rand.NewPCG(5, 6))
	d.picturesPut("worker1", "logo", "again", "licence", "form", "mirrored", "post")
	paper := func(id string, kinds map[string]moderation.DocumentKind) {
		a := applicant(id, "Brand "+id, nil)
		for _, name := range slices.Sorted(maps.Keys(kinds)) {
			a.Documents = append(a.Documents, moderation.Document{Kind: kinds[name], Name: name + ".png", Picture: picture(name)})
		}
		_, err := d.Open(t, "worker1").Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{a}), nil)
		must(t, err)
	}
	paper("first", map[string]moderation.DocumentKind{"logo": moderation.Logo, "licence": moderation.Licence})
	paper("second", map[string]moderation.DocumentKind{"again": moderation.Logo, "form": moderation.Licence, "mirrored": moderation.Logo})
	d.look(map[string]fingerprint.Set{"logo": printsOf(madeHash(1)), "again": printsOf(off(madeHash(1), 7, r)), "licence": printsOf(madeHash(2)),
		"form": printsOf(off(madeHash(2), 20, r)), "mirrored": printsOf(mirrorOf(madeHash(1))), "post": printsOf(madeHash(1))})
	moderator := d.Open(t, "moderator1").Applications()
	app, err := moderator.Get(t.Context(), "second")
	must(t, err)
	first, err := moderator.Get(t.Context(), "first")
	must(t, err)
	others, err := moderator.Others(t.Context(), app)
	must(t, err)
	want := map[assets.ID]moderation.NearPaper{picture("again"): {Ref: first.Ref, Distance: 7}, picture("form"): {Ref: first.Ref, Distance: 20}}
	if !maps.Equal(others.Near, want) {
		t.Errorf("alike are %v, want %v", others.Near, want)
	}
	// Two companies' licences look alike; two companies' logos don't.
	var told []string
	for _, c := range moderation.Check(app, moderation.CheckContext{Others: others}) {
		if c.Detail == "papers.near" {
			told = append(told, fmt.Sprint(c.Outcome, " ", app.Documents[c.Document].Name, " ", c.Args))
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "again.png") || !strings.Contains(told[0], first.Ref) {
		t.Errorf("told are %q", told)
	}
}

func TestWhereAPictureWasSeenIsToldToWhomeverItIsFor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := rand.New(rand.NewPCG(1, 1))
	of := madeHash(1)
	d.picturesPut("worker1", "post", "copied", "cut", "mirrored", "paper", "abroad", "creative", "rival's", "portrait", "other")
	worker := d.Open(t, "worker1")
	var posts []moderation.Post
	for i, name := range []string{"post", "copied", "cut", "mirrored", "other"} {
		p := somePost(name)
		p.Pictures = []moderation.PostPicture{{Name: "a.jpg", ID: picture(name)}}
		p.Posted = march.AddDate(0, 0, i)
		p.Author.ID, p.Author.Handle = "author-"+name, "@"+name
		posts = append(posts, p)
	}
	importPosts(t, worker, posts...)
	handedIn := func(id, region, name string) {
		a := applicant(id, "Brand "+id, []moderation.Document{{Kind: moderation.Logo, Name: "a.png", Picture: picture(name)}})
		a.Region = region
		_, err := worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{a}), nil)
		must(t, err)
	}
	handedIn("home", "SG", "paper")
	handedIn("away", "US", "abroad")
	d.exec(`INSERT INTO studio.kol (id, category, region, followers, engaged, authentic, growth, rising, audience, fees_until, search, digest, entered_by, updated_at)
		SELECT id, 'beauty', 'CN', 1, 0, 1, 0, false, array_fill(-1::real, '{13}'), 'infinity', id, '', 'worker1', now() FROM unnest(ARRAY['author-post', 'author-cut', 'k1']) AS id`)
	d.exec(`INSERT INTO studio.kol_detail SELECT id, jsonb_build_object('handle', 'Mia', 'picture', CASE id WHEN 'k1' THEN $1 ELSE '' END) FROM studio.kol`, string(picture("portrait")))
	d.exec(`INSERT INTO studio.campaign (brand, name, created_by) VALUES ('Luma Skin', 'Spring', 'marketer1'), ('Rival', 'Autumn', 'worker1')`)
	for brand, name := range map[string]string{"Luma Skin": "creative", "Rival": "rival's"} {
		d.exec(`INSERT INTO studio.creative (id, campaign, brand, picture, name, regions, crops, version, created_by, created_at, edited_by, updated_at)
			SELECT CASE brand WHEN 'Rival' THEN '00000000-0000-7000-8000-000000000002' ELSE '00000000-0000-7000-8000-000000000001' END::uuid, id, brand, $2, 'a.png', '[]', '{}', 1, 'worker1', now(), 'worker1', now() FROM studio.campaign WHERE brand = $1`, brand, string(picture(name)))
	}
	d.look(map[string]fingerprint.Set{
		"post": printsOf(of, madeHash(2)), "copied": printsOf(off(of, 9, r)), "cut": printsOf(off(madeHash(2), 12, r)), "mirrored": printsOf(mirrorOf(off(of, 5, r))),
		"paper": printsOf(off(of, 3, r)), "abroad": printsOf(off(of, 4, r)), "creative": printsOf(off(of, 6, r)), "rival's": printsOf(off(of, 7, r)),
		"portrait": printsOf(off(of, 8, r)), "other": printsOf(madeHash(3))})
	d.exec(`SELECT studio.person_add(gen_random_uuid(), 'moderator3', 'Aisha Rahman', 'moderator', '{SG}', '{}', '{}')`)

	public := []string{"kol k1 of Mia at 8 shown", "post cut of @cut at 12 cut shown", "post post of @post at 0 same first shown"}
	desk := append([]string{"contract 00000000-0000-7000-8000-000000000001 of Luma Skin at 6 shown", "contract 00000000-0000-7000-8000-000000000002 of Rival at 7 shown",
		"post copied of @copied at 9 shown", "post mirrored of @mirrored at 5 mirrored shown"}, public...)
	for _, c := range []struct {
		login string
		want  []string
		total int
	}{
		{"moderator1", append([]string{"application home of Brand home at 3 shown", "application away of Brand away at 4 shown"}, desk...), 9},
		{"auditor1", append([]string{"application home of Brand home at 3 shown", "application away of Brand away at 4 shown"}, desk...), 9},
		{"moderator3", append([]string{"application home of Brand home at 3 shown"}, desk...), 9},
		{"marketer1", append([]string{"contract 00000000-0000-7000-8000-000000000001 of Luma Skin at 6 shown"}, public...), 4},
	} {
		slices.Sort(c.want)
		pictures := d.Open(t, c.login).Pictures()
		got, total, err := pictures.Seen(t.Context(), picture("post"))
		if err != nil || !slices.Equal(places(got), c.want) || total != c.total {
			t.Errorf("%s is told %d of %d: %q, %v, want %d: %q", c.login, len(got), total, places(got), err, c.total, c.want)
		}
		if !slices.IsSortedFunc(got, func(a, b assets.Sighting) int { return a.At.Compare(b.At) }) {
			t.Errorf("%s: not by time: %+v", c.login, got)
		}
		// The same by its prints, of which nothing hidden counts; it is no picture of ours then.
		got, total, err = pictures.SeenLike(t.Context(), printsOf(of, madeHash(2)))
		if err != nil || total != len(got) || len(got) != len(c.want) || slices.ContainsFunc(got, func(s assets.Sighting) bool { return s.Same }) {
			t.Errorf("%s is told %d of %d by prints: %q, %v", c.login, len(got), total, places(got), err)
		}
	}
	// Of what they can't see people learn nothing, not even that it is somewhere.
	for login, name := range map[string]string{"moderator3": "abroad", "marketer1": "paper"} {
		if got, total, err := d.Open(t, login).Pictures().Seen(t.Context(), picture(name)); err != nil || len(got) != 0 || total != 0 {
			t.Errorf("%s is told of %s: %q, %d, %v", login, name, places(got), total, err)
		}
	}
	if got, total, err := d.Open(t, "moderator1").Pictures().Seen(t.Context(), picture("nobody's")); err != nil || len(got) != 0 || total != 0 {
		t.Errorf("of no picture: %q, %d, %v", places(got), total, err)
	}
	_, _, err := worker.Pictures().Seen(t.Context(), picture("post"))
	refused(t, err, fault.NoRight)
}
