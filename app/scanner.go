package main

import (
	"context"
	"runtime"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/store"
)

// scanBatch is how many posts a scanner takes at once: enough to make the two
// round trips cheap, few enough that a scanner that dies holds up little.
const scanBatch = 200

// scanQueue is what a scan needs of the database.
type scanQueue interface {
	Take(ctx context.Context, request, model string, n int) ([]moderation.Post, error)
	Put(ctx context.Context, request, model string, scored []moderation.Scored) (opened int, err error)
	Waiting(ctx context.Context, model string) (int, error)
}

// scanAll scores everything that waits and returns how many posts it scored and
// how many cases that opened. Any number of scans may run side by side.
func scanAll(ctx context.Context, queue scanQueue, model *disclosure.Model, report func(done, total int)) (scored, opened int, err error) {
	waiting, err := queue.Waiting(ctx, model.Version())
	if err != nil {
		return 0, 0, err
	}
	for {
		posts, err := queue.Take(ctx, uuid.NewString(), model.Version(), scanBatch)
		if err != nil || len(posts) == 0 {
			return scored, opened, err
		}
		results, err := scoreAll(ctx, model, posts)
		if err != nil {
			return scored, opened, err
		}
		n, err := queue.Put(ctx, uuid.NewString(), model.Version(), results)
		if err != nil {
			return scored, opened, err
		}
		scored += len(posts)
		opened += n
		report(scored, max(scored, waiting))
	}
}

// renewFees brings the directory's fees to today's, where this login is a process: quotes
// begin and end by themselves, and until somebody has said so every question about fees
// asks all quotes.
func renewFees(ctx context.Context, kols *store.KOLs) error {
	const batch = 5000
	for {
		n, err := kols.RenewFees(ctx, batch)
		if fault.CodeOf(err) == fault.NoRight {
			return nil
		}
		if err != nil || n < batch {
			return err
		}
	}
}

// scoreAll scores a batch on all cores but one, which is left to the window.
func scoreAll(ctx context.Context, model *disclosure.Model, posts []moderation.Post) ([]moderation.Scored, error) {
	results := make([]moderation.Scored, len(posts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, runtime.NumCPU()-1))
	for i, post := range posts {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			results[i] = model.Scored(post, false)
			return nil
		})
	}
	return results, group.Wait()
}
