package main

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/store"
)

// ringBook is what linking posts to rings needs of the database.
type ringBook interface {
	Take(ctx context.Context, n int) ([]moderation.Post, error)
	Sample(ctx context.Context) ([]moderation.Post, error)
	KeepCommon(ctx context.Context, posts int, common rings.Common) error
	Common(ctx context.Context) (rings.Common, error)
	Keep(ctx context.Context, marked []rings.Marked) error
	Candidates(ctx context.Context, posts []string) (store.Found, error)
	Link(ctx context.Context, request string, posts []moderation.Post, edges []rings.Edge) error
}

// linker finds what binds posts, and hands it in.
type linker struct {
	book   ringBook
	texts  postTexts
	common rings.Common // what everybody writes
	asked  time.Time    // when that was read, zero for never
}

// commonFor is how long a linker goes by what it knows everybody to write.
const commonFor = 10 * time.Minute

// commonplaces learns what everybody writes, from a sample of all posts where it is due.
func (l *linker) commonplaces(ctx context.Context) error {
	if time.Since(l.asked) < commonFor {
		return nil
	}
	sample, err := l.book.Sample(ctx)
	if err != nil {
		return err
	}
	if len(sample) > 0 {
		read := make([]*rings.Reading, len(sample))
		for i, p := range sample {
			if err := ctx.Err(); err != nil {
				return err
			}
			read[i] = rings.Read(p)
		}
		if err := l.book.KeepCommon(ctx, len(sample), rings.Commonplaces(read)); err != nil {
			return err
		}
	}
	if l.common, err = l.book.Common(ctx); err != nil {
		return err
	}
	l.asked = time.Now()
	return nil
}

// link finds the neighbours of posts whose marks have come to the database, and hands in
// what binds them. Marks that were still under way when it looked find these posts in
// their turn.
func (l *linker) link(ctx context.Context, posts []moderation.Post) error {
	ids := make([]string, len(posts))
	own := make(map[string]moderation.Post, len(posts))
	for i, p := range posts {
		ids[i], own[p.ID] = p.ID, p
	}
	found, err := l.book.Candidates(ctx, ids)
	if err != nil {
		return err
	}
	var edges []rings.Edge
	if len(found.Of) > 0 {
		if err := l.commonplaces(ctx); err != nil {
			return err
		}
		if edges, err = l.judge(ctx, own, found); err != nil {
			return err
		}
	}
	return l.book.Link(ctx, uuid.NewString(), posts, edges)
}

// postTexts reads posts by id, in any order; those that are gone are left out.
type postTexts interface {
	Some(ctx context.Context, ids []string) ([]moderation.Post, error)
}

// judge reads what is worth reading and judges it.
func (l *linker) judge(ctx context.Context, own map[string]moderation.Post, found store.Found) ([]rings.Edge, error) {
	ringOf := map[string]string{}
	worth := map[string][]string{}
	missing := map[string]bool{}
	for id, of := range found.Of {
		for _, c := range of {
			ringOf[c.Post] = c.Ring
		}
		worth[id] = rings.Worth(rings.Mark(own[id]), of)
		for _, other := range worth[id] {
			if _, ok := own[other]; !ok {
				missing[other] = true
			}
		}
	}
	read := &readings{posts: own, done: map[string]*rings.Reading{}}
	for ids := range chunks(missing, scanBatch) {
		more, err := l.texts.Some(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, p := range more {
			read.posts[p.ID] = p
		}
	}
	var (
		mu    sync.Mutex
		edges []rings.Edge
	)
	known := rings.Known{Authors: found.Authors, Common: l.common}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, runtime.NumCPU()-1))
	for id, others := range worth {
		if len(others) == 0 {
			continue
		}
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			list := make([]*rings.Reading, 0, len(others))
			for _, other := range others {
				if r := read.of(other); r != nil {
					list = append(list, r)
				}
			}
			held := rings.Holding(id, rings.Match(read.of(id), list, known), func(post string) string { return ringOf[post] })
			mu.Lock()
			defer mu.Unlock()
			edges = append(edges, held...)
			return nil
		})
	}
	return edges, group.Wait()
}

// readings reads each post once, for whoever asks first.
type readings struct {
	posts map[string]moderation.Post
	mu    sync.Mutex
	done  map[string]*rings.Reading
}

func (r *readings) of(id string) *rings.Reading {
	r.mu.Lock()
	had, ok := r.done[id]
	post, there := r.posts[id]
	r.mu.Unlock()
	if ok || !there {
		return had
	}
	had = rings.Read(post) // two at once may both read it, and find the same
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done[id] = had
	return had
}

func chunks(ids map[string]bool, size int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		part := make([]string, 0, size)
		for id := range ids {
			if part = append(part, id); len(part) == size {
				if !yield(part) {
					return
				}
				part = part[:0]
			}
		}
		if len(part) > 0 {
			yield(part)
		}
	}
}

// rest marks and links what others left behind: a scan that died with it, or one from
// before there were rings.
func (l *linker) rest(ctx context.Context) error {
	for {
		posts, err := l.book.Take(ctx, scanBatch)
		if err != nil || len(posts) == 0 {
			return err
		}
		marked, err := markAll(ctx, posts)
		if err != nil {
			return err
		}
		if err := l.book.Keep(ctx, marked); err != nil {
			return err
		}
		if err := l.link(ctx, posts); err != nil {
			return err
		}
	}
}

// markAll marks posts on all cores but one.
func markAll(ctx context.Context, posts []moderation.Post) ([]rings.Marked, error) {
	marked := make([]rings.Marked, len(posts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, runtime.NumCPU()-1))
	for i, p := range posts {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			marked[i] = rings.Marked{Post: p.ID, Revision: p.Revision, Marks: rings.Mark(p)}
			return nil
		})
	}
	return marked, group.Wait()
}
