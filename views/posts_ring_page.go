package views

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// ringPage is a ring as a whole: what it shares and when it came, its posts to choose
// from, and one decision over those that are chosen. To open it is to claim what of it
// is free; leaving it gives that back.
type ringPage struct {
	desk  *desk[postFile]
	book  *words.Book
	rings RingBook
	post  string // by which it was opened
	done  func() // goes back to the desk

	standing *rings.Standing // nil while it is read
	err      error
	claimed  bool
	leases   map[string]moderation.Lease // by case
	left     map[string]*fault.Error     // by case: why it can't be decided here
	out      map[string]bool             // posts that were taken out
	at       int                         // the member under the hand
	policy   string
	note     string
	sending  bool
	wish     *rings.Decision // the last one that was sent, to be sent again as it was
	gen      int             // of what is asked: an older answer is for nobody
	stop     func()          // the renewal
	closed   bool

	box    *fyne.Container
	scroll *kit.Scroll
	list   *fyne.Container
	rows   []*kit.Press
	drawn  map[string]*drawnRow // by post
	shown  int                  // members that are laid out
	pick   *kit.Select
	words  *kit.Field
	label  *kit.Button
	clear  *kit.Button
	all    *kit.Button
	count  *kit.Text
	notice *kit.Paragraph
}

// ringStep is how many posts are laid out at once: more would stop the window.
const ringStep = 40

func newRingPage(d *desk[postFile], book RingBook, post string, done func()) *ringPage {
	r := &ringPage{desk: d, book: d.book, rings: book, post: post, done: done, out: map[string]bool{}, left: map[string]*fault.Error{}, drawn: map[string]*drawnRow{}, shown: ringStep}
	r.box = container.NewStack()
	if it := d.hand.Current(); it != nil {
		r.policy = it.Draft.Policy
	}
	if !slices.ContainsFunc(r.grounds(), func(p moderation.Policy) bool { return p.Code == r.policy }) {
		r.policy = ""
		if list := r.grounds(); len(list) > 0 {
			r.policy = list[0].Code
		}
	}
	r.draw()
	return r
}

// grounds are the policies by which posts need a label.
func (r *ringPage) grounds() []moderation.Policy { return r.desk.hand.Grounds(moderation.RequireLabel) }

// run works off the screen's thread and comes back to it with what it found, unless
// something newer was asked. The page may be closed by then.
func (r *ringPage) run(work func(ctx context.Context) func()) {
	r.gen++
	gen := r.gen
	r.desk.cfg.Go(func() {
		then := work(context.Background())
		r.desk.cfg.Loop.Do(func() {
			if gen == r.gen {
				then()
			}
		})
	})
}

// read reads the ring, and claims it if this person decides.
func (r *ringPage) read() {
	claims := r.desk.cfg.Me.Decides()
	r.err = nil
	r.run(func(ctx context.Context) func() {
		s, err := answered(ctx, func(ctx context.Context) (rings.Standing, error) { return r.rings.Page(ctx, r.post) })
		var c rings.Claimed
		if waits := s.Waiting(); err == nil && claims && len(waits) > 0 {
			c, err = answered(ctx, func(ctx context.Context) (rings.Claimed, error) {
				return r.rings.Claim(ctx, uuid.NewString(), s.Key, waits)
			})
		}
		return func() {
			if r.closed { // left while it was on its way
				r.giveBack(c.Leases)
				return
			}
			r.err = err
			if err == nil {
				r.standing, r.claimed, r.left = &s, claims, c.Left
				r.leases = map[string]moderation.Lease{}
				for _, l := range c.Leases {
					r.leases[l.Case] = l
				}
				r.at = max(0, slices.IndexFunc(s.Members, func(m rings.Member) bool { return m.Post.ID == r.post }))
				r.renewLater()
			}
			r.draw()
		}
	})
	r.draw()
}

func (r *ringPage) move(by int) {
	if r.standing == nil {
		return
	}
	r.at = min(max(0, r.at+by), len(r.standing.Members)-1)
	if r.at >= r.shown {
		r.shown += ringStep
		r.draw()
	}
	for i, row := range r.rows {
		row.Choose(i == r.at)
	}
	if r.at < len(r.rows) {
		r.scroll.To(offsetIn(r.rows[r.at], r.list) - look.S5)
	}
}

func (r *ringPage) keys() []kit.Key {
	b := r.book
	return []kit.Key{
		{Name: "J", Label: b.T("review.key_next"), Do: func() { r.move(1) }},
		{Name: "Down", Do: func() { r.move(1) }},
		{Name: "K", Label: b.T("review.key_previous"), Do: func() { r.move(-1) }},
		{Name: "Up", Do: func() { r.move(-1) }},
		{Name: "X", Label: b.T("ring.key_take"), Do: func() { r.toggle(r.at) }},
		{Name: "A", Label: b.T("ring.key_label"), Do: func() { r.decide(moderation.RequireLabel) }},
		{Name: "R", Label: b.T("ring.key_clear"), Do: func() { r.decide(moderation.Clear) }},
		{Name: "N", Label: b.T("review.key_note"), Do: func() {
			if r.words != nil {
				r.words.Focus()
			}
		}},
		{Name: "G", Label: b.T("ring.key_back"), Do: r.done},
		{Name: "Escape", Label: b.T("ring.key_back"), Do: r.done},
	}
}
