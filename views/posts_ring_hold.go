package views

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// renewLater keeps what is held while the page is open.
func (r *ringPage) renewLater() {
	if r.stop != nil {
		r.stop()
	}
	if len(r.leases) == 0 {
		return
	}
	until := time.Time{}
	for _, l := range r.leases {
		if until.IsZero() || l.Until.Before(until) {
			until = l.Until
		}
	}
	half := max(5*time.Second, until.Sub(r.desk.hand.Now())/2)
	r.stop = r.desk.clock().AfterFunc(half, func() {
		r.desk.cfg.Loop.Do(func() {
			if r.closed || r.sending {
				return
			}
			held := slices.Collect(maps.Values(r.leases))
			r.run(func(ctx context.Context) func() {
				still, err := answered(ctx, func(ctx context.Context) ([]moderation.Lease, error) { return r.rings.Renew(ctx, held) })
				return func() {
					if r.closed {
						return
					}
					if err == nil {
						r.leases = map[string]moderation.Lease{}
						for _, l := range still {
							r.leases[l.Case] = l
						}
					}
					r.renewLater()
					r.draw()
				}
			})
		})
	})
}

// close gives back what is still held.
func (r *ringPage) close() {
	if r.closed {
		return
	}
	r.closed = true
	if r.stop != nil {
		r.stop()
	}
	if r.pick != nil {
		r.pick.Close()
	}
	if r.sending { // what is being decided is not given back on the way
		for _, l := range r.wish.Leases {
			delete(r.leases, l.Case)
		}
	}
	r.giveBack(slices.Collect(maps.Values(r.leases)))
	r.leases = nil
}

// giveBack lets go of what is held.
func (r *ringPage) giveBack(held []moderation.Lease) {
	if len(held) == 0 {
		return
	}
	r.desk.cfg.Go(func() {
		// If this fails the leases run out by themselves; nobody need be told.
		_, _ = answered(context.Background(), func(ctx context.Context) (bool, error) { return true, r.rings.Release(ctx, uuid.NewString(), held) })
	})
}

// chosen are the members that the decision is about.
func (r *ringPage) chosen() []rings.Member {
	var list []rings.Member
	for _, m := range r.free() {
		if !r.out[m.Post.ID] {
			list = append(list, m)
		}
	}
	return list
}

// free are the members that may be chosen: held by this hand.
func (r *ringPage) free() []rings.Member {
	var list []rings.Member
	if r.standing == nil {
		return nil
	}
	for _, m := range r.standing.Members {
		if _, held := r.leases[m.Case.ID]; held && m.State == rings.StateOpen {
			list = append(list, m)
		}
	}
	return list
}

// beyond is how many posts wait that this page does not show.
func (r *ringPage) beyond() int {
	if r.standing == nil {
		return 0
	}
	return r.standing.Counts[rings.StateOpen] - len(r.standing.Waiting())
}

// toggle takes the member under the hand out of the decision, or back into it.
func (r *ringPage) toggle(i int) {
	if r.standing == nil || i >= len(r.standing.Members) || r.sending {
		return
	}
	m := r.standing.Members[i]
	if _, held := r.leases[m.Case.ID]; !held {
		return
	}
	r.out[m.Post.ID] = !r.out[m.Post.ID]
	r.at = i
	r.draw()
}

func (r *ringPage) toggleAll() {
	none := len(r.chosen()) == 0
	for _, m := range r.free() {
		r.out[m.Post.ID] = !none
	}
	r.draw()
}
