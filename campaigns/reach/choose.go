package reach

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

// Choose looks for the offers with the most reach. It returns when the time is over,
// when the answer is proved, or soon after ctx ends, each time with the best answer so
// far and a valid bound; ending early is no error.
//
// Faults are of the problem alone: FieldMissing (offers, offer_id, kol_id), FieldValue (fee, risk, audience,
// weight, budget, must, frequency or quota), FieldTwice for two offers with one
// id, MustConflict, QuotaConflict (the quotas that contradict one another, by name), and
// BudgetTooSmall when nothing that keeps the constraints can be paid.
func Choose(ctx context.Context, p Problem, o Options) (Answer, error) {
	began := time.Now()
	in, start, err := prepare(&p)
	if err != nil {
		return Answer{}, err
	}
	if o.Time <= 0 {
		o.Time = time.Second
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	r := newRace(&p, in, start, o, began)
	defer context.AfterFunc(ctx, func() { r.over.Store(true) })()
	if err := r.run(); err != nil {
		return Answer{}, err
	}
	r.best = in.thrifty(r.best)
	return r.answer(), nil
}

// race is searching and proving at the same time: each is worth more with what the
// other has found.
type race struct {
	p     *Problem
	in    *instance
	o     Options
	began time.Time
	over  atomic.Bool
	proof *prover

	mu     sync.Mutex
	best   []int32
	net    float64
	lately time.Duration // when best was found

	telling sync.Mutex
	told    time.Time
}

func newRace(p *Problem, in *instance, start []int32, o Options, began time.Time) *race {
	r := &race{p: p, in: in, o: o, began: began, best: start}
	reach, risk := in.net(start, make([]uint16, len(in.weight)))
	r.net = reach - risk
	r.proof = newProver(in, o.Workers, r.net)
	r.proof.found = r.found
	return r
}

// found keeps a choice if it is better than all before.
func (r *race) found(picks []int32, net float64) {
	r.mu.Lock()
	better := net > r.net
	if better {
		r.best, r.net, r.lately = slices.Clone(picks), net, time.Since(r.began)
	}
	r.mu.Unlock()
	if better {
		r.proof.raise(net)
	}
}

func (r *race) stopped() bool { return r.over.Load() || time.Since(r.began) >= r.o.Time }

// run lets the workers go until the time is over or all is proved.
func (r *race) run() error {
	start := slices.Clone(r.best)
	failed := make(chan error, r.o.Workers)
	for w := range r.o.Workers {
		go func() {
			var err error
			defer func() { failed <- err }()
			defer fault.Catch(&err)
			r.work(w, start)
		}()
	}
	var first error
	for range r.o.Workers {
		if err := <-failed; err != nil && first == nil {
			first = err
			r.over.Store(true)
		}
	}
	return first
}

// work searches and proves in turn. With several workers every other one begins with
// the search and every other one with the proof; a search that has found nothing new
// for long gets less of the time.
func (r *race) work(w int, start []int32) {
	var looking *search
	var hand *proof
	share := 0.5
	if r.o.Workers > 1 {
		share = float64((w + 1) % 2)
	}
	begin := func() {
		looking = newSearch(r.in, start, r.o.Seed+uint64(w)<<32)
		looking.stopped = r.stopped
		looking.cancelled = r.over.Load
		looking.found = r.found
		looking.begin()
	}
	if w == 0 {
		begin()
	}
	var searched, proved time.Duration
	for round := 0; !r.stopped(); round++ {
		if _, done := r.proof.now(); done || r.o.Rounds > 0 && round >= r.o.Rounds {
			return
		}
		r.tell(false)
		at := time.Now()
		now := share
		if r.idle() {
			now = min(now, 0.2)
		}
		search := now == 1 || searched < time.Duration(now*float64(searched+proved))
		if r.o.Rounds > 0 {
			search = round%2 == 0
		}
		if !search {
			if hand == nil {
				hand = r.proof.hand(w)
			}
			if hand.step() {
				proved += time.Since(at)
				continue
			}
		}
		if looking == nil {
			begin()
		}
		looking.core = r.proof.suggested()
		for range 16 {
			looking.step()
			if r.o.Rounds == 0 && time.Since(at) > 2*time.Millisecond {
				break
			}
		}
		searched += time.Since(at)
	}
}

// idle reports whether nothing better was found for a good while.
func (r *race) idle() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.began) > time.Second+4*r.lately
}

// tell reports progress, not too often.
func (r *race) tell(last bool) {
	if r.o.Progress == nil || !r.telling.TryLock() {
		return
	}
	defer r.telling.Unlock()
	if !last && time.Since(r.told) < 50*time.Millisecond {
		return
	}
	r.told = time.Now()
	r.o.Progress(r.answer())
}

// answer is the best so far in the caller's terms.
func (r *race) answer() Answer {
	r.mu.Lock()
	picks := r.best
	r.mu.Unlock()
	bound, done := r.proof.now()
	in := r.in
	times := make([]uint16, len(in.weight))
	a := Answer{Took: time.Since(r.began), Proved: done}
	a.Reach, a.Risk = in.net(picks, times)
	for _, j := range picks {
		pick := Pick{Offer: in.from[j]}
		for _, u := range in.reached(j) {
			if int(times[u]) == in.frequency {
				pick.Alone += in.weight[u]
			}
		}
		a.Picks = append(a.Picks, pick)
		a.Cost += r.p.Offers[pick.Offer].Cost
	}
	slices.SortFunc(a.Picks, func(x, y Pick) int {
		return cmp.Or(cmp.Compare(y.Alone, x.Alone), cmp.Compare(x.Offer, y.Offer))
	})
	a.Bound = max(bound, a.Net())
	return a
}

// Curve chooses once for each budget, each as long as it says: reach against spend,
// with the bound of each. The answers are in the order of the budgets, and a higher
// budget never has a lower Net or Bound. A budget too small for anything has an Answer
// without picks, whose Reach and Bound are 0. When ctx ends, the rest of the budgets get
// what can be had at once. The problem's own budget plays no part; faults are those of
// Choose but BudgetTooSmall.
func Curve(ctx context.Context, p Problem, budgets []money.Fen, each time.Duration) ([]Answer, error) {
	answers := make([]Answer, len(budgets))
	if len(budgets) == 0 {
		return answers, nil
	}
	p.Budget = slices.Max(budgets)
	if least := slices.Min(budgets); least < 0 {
		return nil, fault.New(fault.FieldValue, "field", "budget", "value", least.String())
	}
	in, _, err := prepare(&p)
	if fault.CodeOf(err) == fault.BudgetTooSmall {
		return answers, nil
	}
	if err != nil {
		return nil, err
	}
	order := make([]int, len(budgets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(budgets[a], budgets[b]) })
	var last []int32 // what a smaller budget chose, a larger one can choose too
	for _, i := range order {
		sub := *in
		sub.budget = int64(budgets[i]) / in.unit
		start := last
		if start == nil {
			var ok bool
			if start, ok = sub.affordable(); !ok {
				continue
			}
		}
		r := newRace(&p, &sub, start, Options{Time: each, Workers: runtime.GOMAXPROCS(0)}, time.Now())
		stop := context.AfterFunc(ctx, func() { r.over.Store(true) })
		err := r.run()
		stop()
		if err != nil {
			return nil, err
		}
		last = r.best
		r.best = sub.thrifty(r.best)
		answers[i] = r.answer()
	}
	for at := len(order) - 2; at >= 0; at-- {
		less, more := &answers[order[at]], answers[order[at+1]]
		less.Bound = min(less.Bound, more.Bound)
	}
	return answers, nil
}
