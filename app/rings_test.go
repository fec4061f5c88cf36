package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

func TestAScanFindsRingsAndWhatAnotherLeftBehind(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	worker := s.Open(t, "worker1")
	var posts []moderation.Post
	for i := range 12 {
		posts = append(posts, moderation.Post{ID: fmt.Sprintf("copy%02d", i), Author: moderation.Author{ID: fmt.Sprint("a", i)},
			Body: fmt.Sprintf("军训%d天，全班就我没黑！秘密就是这支水感防晒，早上一次中午一次，出汗也不怕。质地像乳液，推开就没了，脸上一点都不油。真心推荐给要军训的学弟学妹，闭眼入不会错，%d块就能拿下。", i+3, 40+i)})
	}
	bring := func(some []moderation.Post) {
		if _, err := worker.Posts().Import(t.Context(), uuid.NewString(), slices.Values(some), nil); err != nil {
			t.Fatal(err)
		}
	}
	scan := func() {
		models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
		if _, err := scanAll(t.Context(), worker.Scans(), models, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
	}
	size := func() int {
		ring, err := worker.Rings().Of(t.Context(), posts[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return ring.Size
	}
	bring(posts[:6])
	scan()
	if n := size(); n != 6 {
		t.Errorf("a ring of %d posts", n)
	}
	// A scan from before there were rings scored the others: they have no marks.
	bring(posts[6:])
	models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
	if err := models.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	batch, err := worker.Scans().Take(t.Context(), uuid.NewString(), models.live.Version(), 100)
	if err != nil || len(batch) != 6 {
		t.Fatal(len(batch), err)
	}
	results, err := scoreAll(t.Context(), models.live, batch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := worker.Scans().Put(t.Context(), uuid.NewString(), models.live.Version(), results); err != nil {
		t.Fatal(err)
	}
	scan()
	if n := size(); n != 12 {
		t.Errorf("a ring of %d posts after the next scan", n)
	}
}
