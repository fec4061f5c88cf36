package main

import (
	"context"
	"runtime"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/rings"
	"cinnabar/store"
)

// scanBatch is how many posts a scanner takes at once: enough to make the two
// round trips cheap, few enough that a scanner that dies holds up little.
const scanBatch = 200

// scanQueue is what a scan needs of the database.
type scanQueue interface {
	Take(ctx context.Context, request, model string, n int) ([]moderation.Post, error)
	Put(ctx context.Context, request, model string, scored []moderation.Scored, marked ...rings.Marked) (opened int, err error)
	Waiting(ctx context.Context, model string) (int, error)
	Rings() *store.Rings
	Posts() *store.Posts
}

// scanRules is where a scan learns which rules of leads are in force.
type scanRules interface {
	Numbers(ctx context.Context) (live, shadow int, err error)
	InForce(ctx context.Context) (live, shadow *moderation.Rulebook, err error)
	Model(ctx context.Context, id string) (*disclosure.Model, error)
}

// scanModels are what a scan scores by: a model with the live rulebook on top, which
// opens cases, and beside it the model with the one in the shadow. They are compiled
// anew when a lead has moved a rulebook, also in the middle of a scan.
type scanModels struct {
	base          *disclosure.Model
	rules         scanRules
	live, shadow  *disclosure.Model // shadow nil for none; live the base where no rulebook is
	liveN, shadeN int               // the rulebooks' numbers, 0 for none
}

// refresh looks which rules are in force. A rulebook that this program can't compile is
// a fault: to score by other rules would open cases by what nobody published.
func (m *scanModels) refresh(ctx context.Context) error {
	live, shadow, err := m.rules.Numbers(ctx)
	if err != nil || m.live != nil && live == m.liveN && shadow == m.shadeN {
		return err
	}
	liveBook, shadowBook, err := m.rules.InForce(ctx)
	if err != nil {
		return err
	}
	next := scanModels{base: m.base, rules: m.rules}
	if next.live, next.liveN, err = m.with(ctx, liveBook); err != nil {
		return err
	}
	if next.live == nil {
		next.live = m.base
	}
	if next.shadow, next.shadeN, err = m.with(ctx, shadowBook); err != nil {
		return err
	}
	*m = next
	return nil
}

func (m *scanModels) with(ctx context.Context, book *moderation.Rulebook) (*disclosure.Model, int, error) {
	if book == nil {
		return nil, 0, nil
	}
	model, err := onBase(ctx, m.rules, m.base, *book)
	return model, book.Number, err
}

// learnedModels is where the models are that rulebooks stand on.
type learnedModels interface {
	Model(ctx context.Context, id string) (*disclosure.Model, error)
}

// onBase compiles a rulebook on the model that it stands on: own where it names none.
func onBase(ctx context.Context, models learnedModels, own *disclosure.Model, book moderation.Rulebook) (*disclosure.Model, error) {
	base, err := baseOf(ctx, models, own, book.Base)
	if err != nil {
		return nil, err
	}
	return base.WithRules(book.Rules, book.Model(base.Version()))
}

func baseOf(ctx context.Context, models learnedModels, own *disclosure.Model, id string) (*disclosure.Model, error) {
	if id == "" {
		return own, nil
	}
	return models.Model(ctx, id)
}

// all are the models in the order of their urgency.
func (m *scanModels) all() []*disclosure.Model {
	if m.shadow == nil {
		return []*disclosure.Model{m.live}
	}
	return []*disclosure.Model{m.live, m.shadow}
}

// waiting is about how many scores are still to be made, over all models.
func (m *scanModels) waiting(ctx context.Context, queue scanQueue) (int, error) {
	total := 0
	for _, model := range m.all() {
		n, err := queue.Waiting(ctx, model.Version())
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// scanned is what a scan did.
type scanned struct {
	Scored int // posts, by the rules in force
	Shadow int // posts, by those in the shadow
	Opened int // cases
}

func (s *scanned) add(o scanned) {
	s.Scored, s.Shadow, s.Opened = s.Scored+o.Scored, s.Shadow+o.Shadow, s.Opened+o.Opened
}

// advance is how far all scans of a database are together: one that only counted its own
// would promise twice the time where two work.
type advance struct {
	total, left int
	asked       time.Time
	ask         func(ctx context.Context) (int, error)
}

// askAgain is how often an advance asks what waits, which reads that much of an index.
const askAgain = 5 * time.Second

// by says that this scan has scored some more posts, and returns how many all have.
func (a *advance) by(ctx context.Context, posts int) (done, total int, err error) {
	if a.left = max(0, a.left-posts); time.Since(a.asked) > askAgain {
		if a.left, err = a.ask(ctx); err != nil {
			return 0, 0, err
		}
		a.asked = time.Now()
	}
	a.total = max(a.total, a.left)
	return a.total - a.left, a.total, nil
}

// scanAll scores everything that waits. Any number of scans may run side by side. What
// the shadow is to score comes after what may open a case. report hears how much is done
// by all of them.
func scanAll(ctx context.Context, queue scanQueue, models *scanModels, report func(done, total int)) (did scanned, err error) {
	if err := models.refresh(ctx); err != nil {
		return did, err
	}
	waiting, err := models.waiting(ctx, queue)
	if err != nil {
		return did, err
	}
	along := advance{waiting, waiting, time.Now(), func(ctx context.Context) (int, error) { return models.waiting(ctx, queue) }}
	linker := &linker{book: queue.Rings(), texts: queue.Posts()}
	for {
		more := false
		for _, model := range models.all() {
			posts, opened, err := scanSome(ctx, queue, linker, model, model == models.live)
			if err != nil {
				return did, err
			}
			if posts == 0 {
				continue
			}
			if model == models.shadow {
				did.Shadow += posts
			} else {
				did.Scored += posts
			}
			did.Opened += opened
			done, total, err := along.by(ctx, posts)
			if err != nil {
				return did, err
			}
			report(done, total)
			more = true
			break
		}
		before := *models
		if err := models.refresh(ctx); err != nil {
			return did, err
		}
		// What retired meanwhile has no more work; what took its place may have.
		if !more && models.live == before.live && models.shadow == before.shadow {
			return did, linker.rest(ctx)
		}
	}
}

// scanSome scores one batch; 0 posts when there is nothing to do. What the live rules
// score is looked at for rings as well, once for each of its texts.
func scanSome(ctx context.Context, queue scanQueue, linker *linker, model *disclosure.Model, live bool) (posts, opened int, err error) {
	batch, err := queue.Take(ctx, uuid.NewString(), model.Version(), scanBatch)
	if err != nil || len(batch) == 0 {
		return 0, 0, err
	}
	results, err := scoreAll(ctx, model, batch)
	if err != nil {
		return 0, 0, err
	}
	if !live {
		opened, err = queue.Put(ctx, uuid.NewString(), model.Version(), results)
		return len(batch), opened, err
	}
	marked, err := markAll(ctx, batch)
	if err != nil {
		return 0, 0, err
	}
	if opened, err = queue.Put(ctx, uuid.NewString(), model.Version(), results, marked...); err != nil {
		return 0, 0, err
	}
	return len(batch), opened, linker.link(ctx, batch)
}

// othersMost is how long a scan waits for what others have in hand: a little longer than
// a post is theirs.
const othersMost = 150 * time.Second

// scanToTheEnd is scanAll, and waits for the posts that other scans have: theirs to score,
// or this one's where such a scan has died.
func scanToTheEnd(ctx context.Context, queue scanQueue, models *scanModels, report func(done, total int)) (did scanned, err error) {
	for since := time.Now(); ; {
		more, err := scanAll(ctx, queue, models, report)
		did.add(more)
		if err != nil {
			return did, err
		}
		if more.Scored+more.Shadow > 0 {
			since = time.Now()
		}
		left, err := models.waiting(ctx, queue)
		if err != nil {
			return did, err
		}
		unlinked, err := queue.Rings().Waiting(ctx)
		if err != nil || left+unlinked == 0 || time.Since(since) > othersMost {
			return did, err
		}
		select {
		case <-ctx.Done():
			return did, ctx.Err()
		case <-time.After(time.Second):
		}
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
