package store_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/assets/fingerprint"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/store"
)

// codesRead is a process that looks at every waiting picture and reads these codes.
func (d desk) codesRead(codes map[string][]string) {
	d.t.Helper()
	pictures := d.Open(d.t, "worker1").Pictures()
	byID := map[assets.ID][]assets.Code{}
	for name, texts := range codes {
		for _, text := range texts {
			byID[picture(name)] = append(byID[picture(name)], assets.Code{Text: text, Box: assets.Box{X: 1, Y: 2, W: 30, H: 30}})
		}
	}
	ids, err := pictures.TakeLooks(d.t.Context(), uuid.NewString(), lookVersion, 100)
	must(d.t, err)
	var looks []store.Looked
	for _, id := range ids {
		looks = append(looks, store.Looked{Look: assets.Look{Picture: id, Codes: byID[id]}, Prints: fingerprint.Set{}})
	}
	_, err = pictures.PutLooks(d.t.Context(), uuid.NewString(), lookVersion, looks)
	must(d.t, err)
}

func postBy(id, author string, pictures ...string) moderation.Post {
	p := somePost(id)
	p.Author = moderation.Author{ID: author}
	p.Pictures = nil
	for _, name := range pictures {
		x := moderation.PostPicture{Name: name + ".jpg"}
		if name != "never came" {
			x.ID = picture(name)
		}
		p.Pictures = append(p.Pictures, x)
	}
	return p
}

func TestAScanKnowsWhatWasFoundInThePictures(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.picturesPut("worker1", "card", "scene", "plain")
	worker := d.Open(t, "worker1")
	// Who else shows a picture is known of posts that were scanned before.
	importPosts(t, worker, postBy("x", "ann", "card"), postBy("y", "eve", "card"), postBy("z", "", "card"))
	before := take(t, worker, model, 100)
	var marked []rings.Marked
	for _, p := range before {
		marked = append(marked, rings.Marked{Post: p.ID, Revision: p.Revision, Marks: rings.Mark(p)})
	}
	if _, err := worker.Scans().Put(t.Context(), uuid.NewString(), model, scores(before, true), marked...); err != nil {
		t.Fatal(err)
	}
	importPosts(t, worker,
		postBy("a", "ann", "scene", "never came", "card"), postBy("b", "ben", "card"), postBy("d", "", "card"),
		postBy("f", "fay", "plain"), postBy("g", "gus"))
	d.codesRead(map[string][]string{"card": {"https://shop.example/a", "second"}})
	byID := map[string][]moderation.PostPicture{}
	for _, p := range take(t, worker, model, 100) {
		byID[p.ID] = p.Pictures
	}
	same := func(id string, want ...moderation.PostPicture) {
		t.Helper()
		if !slices.EqualFunc(byID[id], want, func(a, b moderation.PostPicture) bool {
			return a.Name == b.Name && a.ID == b.ID && a.Others == b.Others && slices.Equal(a.Codes, b.Codes)
		}) {
			t.Errorf("%s: %+v, want %+v", id, byID[id], want)
		}
	}
	card := func(others int) moderation.PostPicture {
		return moderation.PostPicture{Name: "card.jpg", ID: picture("card"), Codes: []string{"https://shop.example/a", "second"}, Others: others}
	}
	same("a", moderation.PostPicture{Name: "scene.jpg", ID: picture("scene")}, moderation.PostPicture{Name: "never came.jpg"}, card(1)) // eve; whoever has no name is nobody
	same("b", card(2))
	same("d", card(0))
	same("f", moderation.PostPicture{Name: "plain.jpg", ID: picture("plain")})
	same("g")
	d.inOrder()
}

func TestCodesThatAreReadLaterHaveThePostScoredAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.picturesPut("worker1", "card", "plain")
	worker := d.Open(t, "worker1")
	importPosts(t, worker, postBy("p00001", "ann", "card"), postBy("p00002", "ben", "plain"), postBy("p00003", "eve", "card"), postBy("p00004", "fay", "card"))
	var inHand []moderation.Post
	for _, p := range take(t, worker, model, 100) {
		switch p.ID {
		case "p00003":
			put(t, worker, model, score(p, true))
		case "p00004":
			inHand = append(inHand, p)
		default:
			put(t, worker, model, score(p, false))
		}
	}
	waiting(t, worker, model, 1)
	d.codesRead(map[string][]string{"card": {"https://shop.example/a"}})
	// What was scored without it is of no use, and what was flagged stands.
	put(t, worker, model, scores(inHand, false)...)
	waiting(t, worker, model, 2)
	var again []string
	for _, p := range take(t, worker, model, 100) {
		again = append(again, p.ID)
		if len(p.Pictures[0].Codes) != 1 {
			t.Errorf("%s: %+v", p.ID, p.Pictures)
		}
		put(t, worker, model, score(p, true))
	}
	if !slices.Equal(again, []string{"p00001", "p00004"}) {
		t.Errorf("scored again: %q", again)
	}
	waiting(t, worker, model, 0)
	if n := d.one(`SELECT count(*) FROM studio.post_score WHERE flag`); n != "3" {
		t.Errorf("%v posts are flagged, want 3", n)
	}
	d.inOrder()
}
