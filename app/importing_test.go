package main

import (
	"context"
	"iter"
	"testing"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views/words"
)

// A file on which the reader panics costs its import and nothing else.
func TestAReaderThatPanicsOverAFileBringsNothingIn(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	db := s.Open(t, "worker1")
	path := lay(t, t.TempDir(), "posts.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"))
	read := func(ctx context.Context, src *intake.Source) iter.Seq2[moderation.Post, *intake.Refusal] {
		return func(yield func(moderation.Post, *intake.Refusal) bool) {
			for post, refusal := range intake.Posts(ctx, src) {
				yield(post, refusal)
				break
			}
			panic("a file made to do harm")
		}
	}
	m := importer{db: db, words: words.For(words.EN)}
	if _, err := importFile(t.Context(), m, path, read, db.Posts().Import, func(int64, int64) {}); fault.CodeOf(err) != fault.Internal {
		t.Errorf("importing: %v", err)
	}
	if _, err := db.Posts().Get(t.Context(), "p1"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("half a file is in: %v", err)
	}
	if err := followFile(t.Context(), m, path, read, db.Posts().Import, func(imported) error { return nil }); fault.CodeOf(err) != fault.Internal {
		t.Errorf("following: %v", err)
	}
}
