package views

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
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
// something newer was asked or the page is closed.
func (r *ringPage) run(work func(ctx context.Context) func()) {
	r.gen++
	gen := r.gen
	do := r.desk.cfg.Go
	if do == nil {
		do = func(f func()) { go f() }
	}
	do(func() {
		then := work(context.Background())
		r.desk.cfg.Loop.Do(func() {
			if gen == r.gen && !r.closed {
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
		s, err := answered(ctx, func(ctx context.Context) (rings.Standing, error) { return r.rings.Of(ctx, r.post) })
		var c rings.Claimed
		if err == nil && claims {
			c, err = answered(ctx, func(ctx context.Context) (rings.Claimed, error) { return r.rings.Claim(ctx, uuid.NewString(), s.Key) })
		}
		return func() {
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
	if len(r.leases) == 0 {
		return
	}
	held := slices.Collect(maps.Values(r.leases))
	r.leases = nil
	do := r.desk.cfg.Go
	if do == nil {
		do = func(f func()) { go f() }
	}
	do(func() {
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
			r.done()
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
	r.draw()
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
		do := d.cfg.Go
		if do == nil {
			do = func(f func()) { go f() }
		}
		do(func() {
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

// draw lays the page out as it stands.
func (r *ringPage) draw() {
	b := r.book
	up, why := r.desk.hand.Link()
	back := kit.ButtonConfig{Text: b.T("common.back"), Key: "G", Press: r.done}
	switch {
	case r.err != nil && fault.CodeOf(r.err) == fault.NotFound:
		r.box.Objects = []fyne.CanvasObject{kit.NewState(kit.State{Icon: look.IconCheck, Tone: kit.Jade, What: b.T("ring.gone"), Next: b.T("ring.gone_next"), Action: back})}
	case r.err != nil:
		what, next := b.Error(r.err)
		r.box.Objects = []fyne.CanvasObject{kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
			Action: kit.ButtonConfig{Text: b.T("common.retry"), Press: r.read}})}
	case r.standing == nil && !up:
		what, next := b.Error(why)
		r.box.Objects = []fyne.CanvasObject{kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next, Action: back})}
	case r.standing == nil:
		r.box.Objects = []fyne.CanvasObject{kit.Columns(look.QueueWidth, look.DecisionWidth, newSkeletonRows(), skeletonSubject(), kit.NewGround(look.Surface, 0, kit.Fixed(0, 0, nil)))}
	default:
		r.page(up)
	}
	r.box.Refresh()
}

// page draws the ring, and of its posts only those anew that are not as they were: a long
// list would stop the window at every mark.
func (r *ringPage) page(up bool) {
	r.rows = nil
	var parts []fyne.CanvasObject
	members := r.standing.Members
	for i, m := range members[:min(r.shown, len(members))] {
		if i > 0 {
			parts = append(parts, kit.NewRule())
		}
		_, held := r.leases[m.Case.ID]
		state := fmt.Sprint(r.book.Language(), held, r.out[m.Post.ID], m.State, r.why(m))
		had := r.drawn[m.Post.ID]
		if had == nil || had.state != state {
			had = &drawnRow{state, r.row(i, m)}
			r.drawn[m.Post.ID] = had
		}
		had.press.Choose(i == r.at)
		r.rows = append(r.rows, had.press)
		parts = append(parts, had.press)
	}
	if rest := len(members) - r.shown; rest > 0 {
		parts = append(parts, kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: r.book.T("ring.show_more", r.book.Number(rest)), Weight: kit.Quiet, Press: func() {
			r.shown += ringStep
			r.draw()
		}}), kit.Gap()))
	}
	if r.list == nil {
		r.list = kit.Stack(0)
		r.scroll = kit.NewScroll(kit.Pad(look.S4, subjectInset, look.S5, subjectInset, r.list))
	}
	r.list.Objects = parts
	r.scroll.Refresh()
	focused := r.words != nil && r.words.Focused()
	r.box.Objects = []fyne.CanvasObject{kit.Columns(look.QueueWidth, look.DecisionWidth, r.overview(), r.scroll, r.side(up))}
	if focused {
		r.words.Focus()
	}
}

// drawnRow is a member as it was drawn, and what that was made of.
type drawnRow struct {
	state string
	press *kit.Press
}

// overview is what the ring shares, when its posts came and where they stand.
func (r *ringPage) overview() fyne.CanvasObject {
	b, s := r.book, r.standing
	parts := []fyne.CanvasObject{
		kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("common.back"), Key: "G", Press: r.done}), kit.Gap()),
		kit.NewParagraph(ringTitle(b, s), kit.PageTitle),
		kit.NewParagraph(b.T("ring.says"), kit.Small),
		kit.NewRule(),
		kit.NewText(b.T("ring.shared"), kit.Section),
	}
	for _, run := range s.Runs[:min(6, len(s.Runs))] {
		parts = append(parts, kit.Row(look.S2, kit.Grow(kit.NewParagraph(ringShares(b, []rings.Share{run}), kit.Plain)),
			kit.NewText(b.T("ring.in_posts", b.Number(run.Posts)), kit.Small)))
	}
	if bars := ringDays(b, s); bars != nil {
		parts = append(parts, kit.NewRule(), kit.NewText(b.T("ring.when"), kit.Section), kit.NewBars(110, bars...))
		if !s.First.IsZero() && s.Last.After(s.First) {
			parts = append(parts, kit.NewParagraph(b.T("ring.within", b.Span(s.Last.Sub(s.First))), kit.Small))
		}
	}
	parts = append(parts, kit.NewRule(), kit.NewText(b.T("ring.stands"), kit.Section))
	counts := map[rings.State]int{}
	for _, m := range s.Members {
		counts[m.State]++
	}
	for _, state := range rings.States() {
		if n := counts[state]; n > 0 {
			parts = append(parts, kit.Row(look.S2, ringPill(b, rings.Member{State: state}), kit.Gap(), kit.NewText(b.Number(n), kit.Figure)))
		}
	}
	return kit.NewGround(look.Paper, 0, kit.Row(0, kit.Grow(tall{kit.NewScroll(kit.Pad(look.S4, look.S4, look.S4, look.S4, kit.Stack(look.S2+2, parts...)))}.box()), tall{kit.NewRule()}.box()))
}

// row is one member: whether it is in, who wrote it, and its words with what it shares.
func (r *ringPage) row(i int, m rings.Member) *kit.Press {
	b := r.book
	_, held := r.leases[m.Case.ID]
	body, marks := excerpt(m.Post, r.standing.Evidence(m.Post.ID), 220)
	words := newMarkedText(b, kit.Plain, body, marks, 400, func() {})
	parts := []fyne.CanvasObject{ringHead(b, m)}
	if t := strings.TrimSpace(m.Post.Title); t != "" {
		parts = append(parts, kit.NewText(oneLine(t), kit.Style{Bold: true, Shrink: true}))
	}
	parts = append(parts, words.box)
	if why := r.why(m); why != "" {
		parts = append(parts, kit.NewParagraph(why, kit.Style{Size: look.Caption, Ink: look.AmberInk}))
	}
	press := kit.NewPress(kit.Pad(look.S3, look.S2, look.S3, look.S2, kit.TopRow(look.S3, top(tick(held && !r.out[m.Post.ID], held)), kit.Grow(kit.Stack(look.S1, parts...)))), 0, func() {
		if c := kit.CanvasOf(r.list); c != nil {
			c.Unfocus() // whoever was typing gets the keys back
		}
		r.toggle(i)
	})
	return press
}

// why says why a member that waits can't be chosen.
func (r *ringPage) why(m rings.Member) string {
	if m.State != rings.StateOpen {
		return ""
	}
	if f := r.left[m.Case.ID]; f != nil {
		return r.book.Sentence(f)
	}
	if _, held := r.leases[m.Case.ID]; !held && r.claimed {
		if m.Case.KeptFrom(r.desk.cfg.Me.Login, r.standing.Now) {
			return r.book.T("review.held_by", m.Case.Holder)
		}
		return r.book.T("ring.not_held")
	}
	return ""
}

// tick is a box with a mark in it, or without; none where there is nothing to choose.
func tick(on, free bool) fyne.CanvasObject {
	const side = 18
	switch {
	case !free:
		return kit.Fixed(side, side, kit.NewSymbol(look.IconMinus, look.SecondInk, 14))
	case on:
		return kit.Fixed(side, side, kit.NewGround(look.Ink, look.SmallRadius, kit.PadAll(2, kit.NewSymbol(look.IconCheck, look.Surface, 14))))
	}
	return kit.Fixed(side, side, kit.NewGround(look.Line, look.SmallRadius, kit.PadAll(1, kit.NewGround(look.Surface, look.SmallRadius, kit.Fixed(0, 0, nil)))))
}

// side is the decision over all that are chosen.
func (r *ringPage) side(up bool) fyne.CanvasObject {
	b := r.book
	n, of := len(r.chosen()), len(r.free())
	r.count = kit.NewText(b.T("ring.chosen", b.Number(n), b.Number(of)), kit.Style{Size: look.Title, Bold: true, Shrink: true})
	all := b.T("ring.all_out")
	if n == 0 {
		all = b.T("ring.all_in")
	}
	r.all = kit.NewButton(kit.ButtonConfig{Text: all, Weight: kit.Quiet, Press: r.toggleAll})
	lang := string(b.Language())
	var options []kit.Option
	for _, p := range r.grounds() {
		title := p.Title[lang]
		if title == "" {
			title = p.Title["en"]
		}
		options = append(options, kit.Option{ID: p.Code, Text: p.Code + " " + title, More: p.Source})
	}
	if r.pick != nil {
		r.pick.Close()
	}
	r.pick = kit.NewSelect(b.T("posts.policy"), b.T("common.choose"))
	r.pick.Picked = func(code string) { r.policy = code }
	r.pick.Set(options, r.policy)
	if r.words == nil {
		r.words = kit.NewField(kit.FieldConfig{Label: b.T("review.note"), Placeholder: b.T("review.note_hint"), Lines: 2})
		r.words.Changed = func(s string) { r.note = s }
		r.words.Set(r.note)
	}
	r.label = kit.NewButton(kit.ButtonConfig{Text: b.T("ring.label", b.Number(n)), Key: "A", Weight: kit.Primary, Press: func() { r.decide(moderation.RequireLabel) }})
	r.clear = kit.NewButton(kit.ButtonConfig{Text: b.T("ring.clear", b.Number(n)), Key: "R", Press: func() { r.decide(moderation.Clear) }})
	said := b.T("ring.foot")
	switch {
	case !up:
		said = b.T("ring.offline")
	case r.sending:
		said = b.T("ring.sending")
	case !r.desk.cfg.Me.Decides():
		said = b.T("ring.reader")
	case of == 0:
		said = b.T("ring.nothing_free")
	}
	r.notice = kit.NewParagraph(said, kit.Small)
	if n == 0 || r.sending || !up {
		r.label.Disable("")
		r.clear.Disable("")
	}
	if of == 0 || r.sending {
		r.all.Disable("")
	}
	caps := kit.Row(look.S1, kit.NewKeycap("J"), kit.NewKeycap("K"), kit.NewText(b.T("shell.keys_move"), kit.Small),
		kit.Fixed(look.S2, 0, nil), kit.NewKeycap("X"), kit.NewText(b.T("ring.key_take"), kit.Small), kit.Gap())
	content := kit.Stack(look.S3, kit.Row(look.S2, kit.Grow(r.count), r.all), r.pick,
		kit.NewParagraph(b.T("ring.letters"), kit.Small), r.words, kit.Stack(look.S2, r.label, r.clear), r.notice, kit.NewRule(), caps)
	return kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{kit.NewScroll(kit.Pad(look.S4, sideInset, look.S4, sideInset, content))}.box())))
}

// openRing shows the ring of a post in place of the desk.
func (p *Posts) openRing(post string) {
	if p.kind.rings == nil || p.ring != nil || post == "" {
		return
	}
	p.ring = newRingPage(p.desk, p.kind.rings, post, p.closeRing)
	p.turn()
	page := p.ring
	// The case on the desk is one of the ring's: it goes back before the ring is claimed.
	p.desk.hand.Aside(func() {
		if p.ring == page {
			page.read()
		}
	})
}

// closeRing goes back to the desk.
func (p *Posts) closeRing() {
	if p.ring == nil {
		return
	}
	p.ring.close()
	p.ring = nil
	p.turn()
	p.desk.hand.Refresh()
}

// turn shows the ring or the desk.
func (p *Posts) turn() {
	if p.room == nil {
		p.room = container.NewStack()
	}
	p.room.Objects = []fyne.CanvasObject{p.desk.Content()}
	if p.ring != nil {
		p.room.Objects = []fyne.CanvasObject{p.ring.box}
	}
	p.room.Refresh()
	if p.desk.cfg.Retitle != nil && p.desk.shown {
		p.desk.cfg.Retitle()
	}
}

// Content is the desk, or the ring that was opened from it.
func (p *Posts) Content() fyne.CanvasObject {
	if p.room == nil {
		p.turn()
	}
	return p.room
}

// Keys are the ring's while it is open, else the desk's.
func (p *Posts) Keys() []kit.Key {
	if p.ring != nil {
		return p.ring.keys()
	}
	keys := p.desk.Keys()
	if p.kind.rings != nil {
		keys = append(keys, kit.Key{Name: "G", Label: p.desk.book.T("ring.open"), Do: p.lookAtRing})
	}
	return keys
}

// lookAtRing opens the ring of the post on screen, if it is in one.
func (p *Posts) lookAtRing() {
	if it := p.desk.hand.Current(); it != nil && it.Ready && it.Subject.Ring != nil {
		p.openRing(it.Case.Target)
	}
}

// Commands are what the palette offers.
func (p *Posts) Commands() []kit.Command {
	if p.ring != nil {
		return nil
	}
	list := p.desk.Commands()
	if p.kind.rings != nil {
		list = append(list, kit.Command{ID: "posts.ring", Text: p.desk.book.T("ring.open"), Also: "ring", Hint: "G", Icon: look.IconShare, Do: p.lookAtRing})
	}
	return list
}

// SetBook changes the language in place.
func (p *Posts) SetBook(b *words.Book) {
	p.desk.SetBook(b)
	if p.ring != nil {
		p.ring.book, p.ring.words = b, nil
		p.ring.draw()
	}
}

// SetLink tells where the connection stands.
func (p *Posts) SetLink(up bool, why *fault.Error) {
	p.desk.SetLink(up, why)
	switch {
	case p.ring == nil:
	case up && p.ring.standing == nil:
		p.ring.read()
	default:
		p.ring.draw()
	}
}

// Close gives back what is held.
func (p *Posts) Close() {
	if p.ring != nil {
		p.ring.close()
		p.ring = nil
	}
	p.desk.Close()
}
