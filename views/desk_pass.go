package views

import (
	"strings"

	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// Commands are what the palette offers on a desk. Verdicts are not among them: whoever
// types a name and Enter must not have refused somebody.
func (d *desk[S]) Commands() []kit.Command {
	b := d.book
	return []kit.Command{
		{ID: "desk.skip", Text: b.T("review.key_skip"), Also: "skip", Hint: "S", Icon: look.IconMinus, Do: d.skip},
		{ID: "desk.hand", Text: b.T("review.key_hand"), Also: "hand over", Hint: "H", Icon: look.IconShare, Do: d.handOver},
		{ID: "desk.note", Text: b.T("review.key_note"), Also: "note", Hint: "N", Icon: look.IconNote, Do: func() { d.side.focus(review.NoteField) }},
	}
}

// skip asks why the case on screen is put aside.
func (d *desk[S]) skip() {
	if !d.hand.MaySkip() {
		return
	}
	b, it := d.book, d.hand.Current()
	var lines []kit.Option
	for _, why := range moderation.SkipReasons() {
		o := kit.Option{ID: string(why), Text: b.Skip(why)}
		if why == moderation.SkipConflict {
			o.More = b.T("review.skip_conflict_more")
		}
		lines = append(lines, o)
	}
	id := it.Case.ID
	d.handing = ""
	d.side.menu.Open(d.side.pass, kit.MenuConfig{
		Title: b.T("review.skip_title"), Lines: lines,
		Say: func(why string) (kit.MenuWords, bool) {
			return kit.MenuWords{Placeholder: b.T("review.skip_words"), Button: b.T("review.skip_do"), Needed: true},
				moderation.SkipReason(why) == moderation.SkipOther
		},
		Words: it.Draft.Words, Changed: func(text string) { d.hand.SetWords(id, text) },
		Picked: func(why, words string) { d.hand.Skip(id, moderation.SkipReason(why), words) },
	})
}

// handOver asks whom the case on screen should go to.
func (d *desk[S]) handOver() {
	if !d.hand.MayHand() {
		return
	}
	b, it := d.book, d.hand.Current()
	id := it.Case.ID
	d.handing = id
	d.hand.AskHands()
	lines, none := d.hands(it)
	d.side.menu.Open(d.side.pass, kit.MenuConfig{
		Title: b.T("review.hand_title"), Lines: lines, None: none,
		Say: func(to string) (kit.MenuWords, bool) {
			return kit.MenuWords{Placeholder: b.T("review.hand_words", nameOf(it.Hands, to)), Button: b.T("review.hand_do")}, to != d.cfg.Me.Login
		},
		Words: it.Draft.Words, Changed: func(text string) { d.hand.SetWords(id, text) },
		Picked: func(to, words string) { d.hand.Hand(id, to, words) },
	})
}

// showHands brings the answer into the menu that waits for it.
func (d *desk[S]) showHands(it *review.Item[S]) {
	if d.handing == it.Case.ID && d.side.menu.IsOpen() {
		d.side.menu.Set(d.hands(it))
	}
}

// hands are the colleagues to choose from, or what stands there in their place.
func (d *desk[S]) hands(it *review.Item[S]) (lines []kit.Option, none string) {
	b := d.book
	switch {
	case it.Hands.Err != nil:
		return nil, b.Sentence(it.Hands.Err)
	case !it.Hands.Ready:
		return nil, b.T("common.loading")
	}
	if now := d.hand.Now(); it.Case.KeptFrom(d.cfg.Me.Login, now) { // a lead's: others don't come here
		who := it.Case.For
		if it.Case.HeldAt(now) {
			who = it.Case.Holder
		}
		lines = append(lines, kit.Option{ID: d.cfg.Me.Login, Text: b.T("review.hand_me"), More: b.T("review.hand_me_more", who)})
	}
	for _, p := range it.Hands.People {
		lines = append(lines, kit.Option{ID: p.Login, Text: p.Name, More: aboutColleague(b, p)})
	}
	return lines, b.T("review.hand_none")
}

// aboutColleague says what to choose a colleague by.
func aboutColleague(b *words.Book, p people.Person) string {
	if p.Role == "" {
		return "" // known by the login alone
	}
	about := []string{b.Role(p.Role)}
	for _, code := range p.Regions {
		about = append(about, b.Region(code))
	}
	return joinDots(b, append(about, strings.Join(p.Languages, ", ")))
}

func nameOf(h review.Hands, login string) string {
	for _, p := range h.People {
		if p.Login == login && p.Name != "" {
			return p.Name
		}
	}
	return login
}

// Passed implements review.Screen.
func (d *desk[S]) Passed(p review.Passed) {
	b, title := d.book, d.titled24(p.Case)
	d.said = ""
	switch {
	case p.Back():
		d.said = "pass " + p.Case.ID
		text := joined(b, b.T("review.did_skip", title), b.T("review.did_skip_next"))
		d.cfg.Notify.Undoable(d.said, text, d.clock().Now().Add(undoWindow), d.hand.Undo)
	case p.Skipped != "":
		d.cfg.Notify.Note(kit.Neutral, b.T("review.did_conflict", title), b.T("review.did_conflict_next"))
	case p.To.Login == d.cfg.Me.Login:
		d.cfg.Notify.Note(kit.Neutral, b.T("review.did_take", p.From, title), "")
	default:
		name := p.To.Name
		if name == "" {
			name = p.To.Login
		}
		d.cfg.Notify.Note(kit.Neutral, b.T("review.did_hand", name, title), "")
	}
}

// did names a decision for the toast.
func (d *desk[S]) did(s review.Sent) string {
	switch s.Decision.Verdict {
	case moderation.Overturn:
		return d.book.T("review.did_overturn", d.titled24(s.Case))
	case moderation.Uphold:
		return d.book.T("review.did_uphold", d.titled24(s.Case))
	}
	return d.its.decided(d.book, s)
}

// titled24 is what a toast calls a case.
func (d *desk[S]) titled24(c moderation.Case) string {
	title := oneLine(c.Title)
	if title == "" {
		title = c.Ref
	}
	return clip(title, 24)
}

// chips are the kind's own, and before them what is for this person alone.
func (d *desk[S]) chips(n moderation.QueueCounts) []kit.Chip {
	chips := d.its.chips(d.book, n)
	f := d.hand.Filter()
	own := chips[:1:1]
	add := func(id, text string, count int, chosen bool) {
		if count > 0 || chosen {
			own = append(own, kit.Chip{ID: id, Text: text, Count: d.book.Counted(count, n.More)})
		}
	}
	add(Mine, d.book.T("review.chip_mine"), n.Mine, f.Mine)
	if d.cfg.Me.Role != people.Moderator { // appeals are not for moderators
		add(Appeals, d.book.T("review.chip_appeals"), n.Stages[moderation.StageAppeal], f.Stage == moderation.StageAppeal)
	}
	return append(own, chips[1:]...)
}

// namedQueues are the queues to choose from, none where there is but one.
func (d *desk[S]) namedQueues(n moderation.QueueCounts) []kit.Option {
	chosen := d.hand.Filter().Named
	if len(n.Named) < 2 && chosen == "" {
		return nil
	}
	b := d.book
	options := []kit.Option{{ID: "", Text: b.T("review.queues_all")}}
	known := map[string]bool{}
	add := func(code, title string) {
		known[code] = true
		if count := n.Named[code]; count > 0 || code == chosen {
			options = append(options, kit.Option{ID: code, Text: joinDots(b, []string{title, b.Counted(count, n.More)})})
		}
	}
	for _, q := range d.queues {
		if q.Kind == d.its.kind() {
			add(q.Code, inLanguage(b, q.Title, q.Code))
		}
	}
	var rest []string
	for code := range n.Named {
		if !known[code] {
			rest = append(rest, code)
		}
	}
	sortBy(rest, func(a, b string) bool { return a < b })
	for _, code := range rest {
		add(code, code)
	}
	return options
}

// inLanguage picks a text of rules that are written in both languages.
func inLanguage(b *words.Book, texts map[string]string, otherwise string) string {
	for _, l := range []string{string(b.Language()), "en"} {
		if texts[l] != "" {
			return texts[l]
		}
	}
	return otherwise
}
