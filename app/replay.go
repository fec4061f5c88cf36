package main

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/views"
)

// How much is tried on: enough for figures that mean something, few enough to wait for.
const (
	replayDays   = 365
	replayPosts  = 10_000
	previewPosts = 5000
)

// tryBooks is what a replay asks of the database.
type tryBooks interface {
	InForce(ctx context.Context) (live, shadow *moderation.Rulebook, err error)
	List(ctx context.Context, known ...moderation.Rulebook) ([]moderation.Rulebook, error)
	Model(ctx context.Context, id string) (*disclosure.Model, error)
	Judged(ctx context.Context, since time.Time, n int) ([]moderation.Judged, error)
	Recent(ctx context.Context, days, n int) ([]moderation.Post, error)
}

// replayer tries rules on posts that are there, for the rules screen.
type replayer struct {
	books tryBooks
	base  *disclosure.Model
}

// models are the rules in force and those that are tried, each on the model that they
// stand on.
func (r replayer) models(ctx context.Context, set moderation.RuleSet) (live, tried *disclosure.Model, err error) {
	book, _, err := r.books.InForce(ctx)
	if err != nil {
		return nil, nil, err
	}
	live = r.base
	if book != nil {
		if live, err = onBase(ctx, r.books, r.base, *book); err != nil {
			return nil, nil, err
		}
	}
	if err := disclosure.CheckRules(set.Rules); err != nil {
		return nil, nil, err
	}
	base, err := baseOf(ctx, r.books, r.base, set.Base)
	if err != nil {
		return nil, nil, err
	}
	version, err := r.version(ctx, set, base.Version())
	if err != nil {
		return nil, nil, err
	}
	tried, err = base.WithRules(set.Rules, version)
	return live, tried, err
}

// version names rules as the rulebook that has them is named; what was not saved yet
// has the base's name and a question mark.
func (r replayer) version(ctx context.Context, set moderation.RuleSet, base string) (string, error) {
	books, err := r.books.List(ctx)
	if err != nil {
		return "", err
	}
	for _, b := range books {
		if b.Base == set.Base && slices.EqualFunc(b.Rules, set.Rules, sameRule) {
			return b.Model(base), nil
		}
	}
	return base + "+r?", nil
}

func sameRule(a, b moderation.DetectorRule) bool {
	return a.Name == b.Name && a.Kind == b.Kind && a.Weight == b.Weight && a.Note == b.Note &&
		slices.Equal(a.Say, b.Say) && slices.Equal(a.Hosts, b.Hosts) && slices.Equal(a.Query, b.Query)
}

// Replay counts what a rule set would have said of the posts that people decided on in the
// last year, as these posts are now, and beside it what the rules in force say.
func (r replayer) Replay(ctx context.Context, set moderation.RuleSet, progress func(done, total int)) (moderation.Replay, error) {
	live, tried, err := r.models(ctx, set)
	if err != nil {
		return moderation.Replay{}, err
	}
	now := time.Now()
	judged, err := r.books.Judged(ctx, now.AddDate(0, 0, -replayDays), replayPosts)
	if err != nil {
		return moderation.Replay{}, err
	}
	type said struct{ live, tried bool }
	answers, err := tryAll(ctx, judged, progress, func(j moderation.Judged) said {
		return said{live.Score(j.Post, false).Flag, tried.Score(j.Post, false).Flag}
	})
	if err != nil {
		return moderation.Replay{}, err
	}
	was, would := moderation.Replay{Model: live.Version(), At: now}, moderation.Replay{Model: tried.Version(), At: now}
	for i, j := range judged {
		count(&was, j, answers[i].live)
		count(&would, j, answers[i].tried)
	}
	would.Live = &was
	return would, nil
}

func count(r *moderation.Replay, j moderation.Judged, flagged bool) {
	r.Posts++
	switch {
	case j.Paid && flagged:
		r.Found++
	case j.Paid:
		r.Missed++
	case flagged:
		r.Wrong++
	}
	if j.Random {
		r.RandomPosts++
		if j.Paid {
			r.RandomPaid++
			if flagged {
				r.RandomFlagged++
			}
		}
	}
}

// Preview looks for what a rule set's rules hit in a sample of the posts of the last days.
func (r replayer) Preview(ctx context.Context, set moderation.RuleSet, progress func(done, total int)) (views.Preview, error) {
	live, tried, err := r.models(ctx, set)
	if err != nil {
		return views.Preview{}, err
	}
	posts, err := r.books.Recent(ctx, views.PreviewDays, previewPosts)
	if err != nil {
		return views.Preview{}, err
	}
	own := map[string]bool{}
	for _, rule := range set.Rules {
		own[rule.Name] = true
	}
	type said struct {
		live, tried bool
		hits        []moderation.Finding // of the lead's rules, with a place in the post
		rules       []string
	}
	answers, err := tryAll(ctx, posts, progress, func(p moderation.Post) said {
		would := tried.Score(p, false)
		s := said{live: live.Score(p, false).Flag, tried: would.Flag}
		for _, f := range would.Findings {
			if !own[f.Rule] {
				continue
			}
			if !slices.Contains(s.rules, f.Rule) {
				s.rules = append(s.rules, f.Rule)
			}
			s.hits = append(s.hits, f)
		}
		return s
	})
	if err != nil {
		return views.Preview{}, err
	}
	shown := views.Preview{Posts: len(posts), ByRule: map[string]int{}}
	for _, rule := range set.Rules {
		shown.ByRule[rule.Name] = 0
	}
	for i, a := range answers {
		if a.live {
			shown.FlaggedNow++
		}
		if a.tried {
			shown.FlaggedThen++
		}
		newly := a.tried && !a.live
		switch {
		case newly:
			shown.NewlyFlagged++
		case a.live && !a.tried:
			shown.NoLonger++
		}
		for _, name := range a.rules {
			shown.ByRule[name]++
		}
		for _, f := range a.hits {
			hit := views.PreviewHit{Post: posts[i], Rule: f.Rule, Field: f.Field, Text: f.Text, NewlyFlagged: newly}
			if f.Span != nil {
				hit.Span = *f.Span
			}
			shown.Hits = append(shown.Hits, hit)
		}
	}
	// Newly flagged first; within that the sample's own order, which is nobody's choice.
	slices.SortStableFunc(shown.Hits, func(a, b views.PreviewHit) int {
		first := func(h views.PreviewHit) int {
			if h.NewlyFlagged {
				return 0
			}
			return 1
		}
		return cmp.Compare(first(a), first(b))
	})
	shown.Hits = slices.Clone(shown.Hits[:min(len(shown.Hits), views.PreviewHits)])
	return shown, nil
}

// tryAll asks one thing of many, on all cores but one, which is left to the window, and
// answers in their order. It ends with ctx.
func tryAll[T, A any](ctx context.Context, all []T, progress func(done, total int), ask func(T) A) ([]A, error) {
	answers := make([]A, len(all))
	group, ctx := errgroup.WithContext(ctx)
	var next, done atomic.Int64
	const step = 64
	for range max(1, runtime.NumCPU()-1) {
		group.Go(func() error {
			for {
				from := int(next.Add(step)) - step
				if from >= len(all) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				to := min(len(all), from+step)
				for i := from; i < to; i++ {
					answers[i] = ask(all[i])
				}
				progress(int(done.Add(int64(to-from))), len(all))
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return answers, nil
}
