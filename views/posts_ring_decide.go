package views

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// decide gives one verdict on all that are chosen.
func (r *ringPage) decide(v moderation.Verdict) {
	up, _ := r.desk.hand.Link()
	list := r.chosen()
	if r.sending || len(list) == 0 || !up {
		return
	}
	d := rings.Decision{Request: uuid.NewString(), Ring: r.standing.Key, Verdict: v, Note: strings.TrimSpace(r.note), Reasons: map[string]string{}}
	p := r.ground(v)
	if p != nil {
		d.Policy = p.Code
	}
	for _, m := range list {
		l := r.leases[m.Case.ID]
		l.Version = m.Case.Version // what was looked at
		d.Leases = append(d.Leases, l)
		if p != nil {
			d.Reasons[m.Case.ID] = r.letter(m, *p)
		}
	}
	// The same wish again after a broken link is the same wish.
	if w := r.wish; w != nil && w.Verdict == d.Verdict && w.Policy == d.Policy && w.Note == d.Note && slices.Equal(w.Leases, d.Leases) {
		d.Request = w.Request
	}
	r.wish, r.sending = &d, true
	r.draw()
	r.run(func(ctx context.Context) func() {
		receipt, err := answered(ctx, func(ctx context.Context) (rings.Receipt, error) { return r.rings.Decide(ctx, d) })
		return func() {
			r.sending = false
			if err != nil {
				r.refused(err)
				return
			}
			for _, l := range d.Leases {
				delete(r.leases, l.Case)
			}
			r.told(v, receipt)
			switch {
			case r.closed:
			case r.beyond() > 0: // the next page
				r.shown, r.standing.Members = ringStep, nil
				r.read()
			default:
				r.done()
			}
		}
	})
}

// ground is the policy that a verdict rests on: the one that was chosen, or the only
// one there is for it.
func (r *ringPage) ground(v moderation.Verdict) *moderation.Policy {
	list := r.desk.hand.Grounds(v)
	i := slices.IndexFunc(list, func(p moderation.Policy) bool { return p.Code == r.policy })
	if i < 0 && v != moderation.RequireLabel && len(list) == 1 {
		i = 0
	}
	if i < 0 {
		return nil
	}
	return &list[i]
}

// letter is what an author is told of their own post, in its language. What is not
// known of it is said without a name: nobody reads all the letters of a ring.
func (r *ringPage) letter(m rings.Member, p moderation.Policy) string {
	lang, values := r.desk.its.Letter(m.Case, postFile{Post: m.Post})
	b := words.For(words.Language(lang))
	for _, name := range []string{"brand", "date", "author", "handle", "title"} {
		if values[name] == "" {
			values[name] = b.T("ring.some_" + name)
		}
	}
	message := p.Message[lang]
	if message == "" {
		message = p.Message["en"]
	}
	return review.Fill(message, values)
}

// refused shows why nothing was decided, at the post that stands against it.
func (r *ringPage) refused(err error) {
	f := fault.Of(err)
	r.desk.Tell(err)
	if id := f.Args["case"]; f.Code == fault.RingRefused && id != "" {
		r.left[id] = fault.New(fault.Code(f.Args["why"]), "case", id)
		delete(r.leases, id)
	}
	if !r.closed {
		r.renewLater() // which waited for the answer
		r.draw()
	}
}

// told says what was done, with a way back.
func (r *ringPage) told(v moderation.Verdict, receipt rings.Receipt) {
	d, b, book, post := r.desk, r.book, r.rings, r.post
	key := "ring.did_label"
	if v == moderation.Clear {
		key = "ring.did_clear"
	}
	request := uuid.NewString()
	d.said = ""
	d.cfg.Notify.Undoable(receipt.ID, b.T(key, b.Number(len(receipt.Made))), d.clock().Now().Add(receipt.Effective.Sub(d.hand.Now())), func() {
		d.cfg.Go(func() {
			leases, err := answered(context.Background(), func(ctx context.Context) ([]moderation.Lease, error) { return book.Undo(ctx, request, receipt.ID) })
			if err == nil { // back where they were: everybody's
				_ = book.Release(context.Background(), uuid.NewString(), leases)
			}
			d.cfg.Loop.Do(func() {
				d.cfg.Notify.Dismiss(receipt.ID)
				if err != nil {
					d.Tell(err)
					return
				}
				d.hand.Refresh()
				if k, ok := d.its.(*postKind); ok && k.openRing != nil {
					k.openRing(post)
				}
			})
		})
	})
}
