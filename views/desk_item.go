package views

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
)

// drawItem shows the item in the hand. The subject is built anew only when it is
// another one or was read again; holding it, typing and notices leave it alone.
func (d *desk[S]) drawItem() {
	it := d.hand.Current()
	key := d.state(it)
	if key != d.drawn {
		before := d.drawn
		d.drawn = key
		d.middle.Objects = []fyne.CanvasObject{d.subject(it)}
		d.middle.Refresh()
		if caseOf(before) != caseOf(key) {
			d.side.left()
		}
		if d.viewing != nil && caseOf(key) != d.viewed {
			d.lookAway()
		}
	}
	d.drawBanner(it)
	d.drawSide(it)
	d.foot()
}

// state names what the middle shows: what kind of thing, of which case, as read
// how often.
func (d *desk[S]) state(it *review.Item[S]) string {
	loaded, err := d.hand.QueueState()
	switch {
	case it == nil && err != nil:
		return "queue-error"
	case it == nil && !loaded:
		return "loading"
	case it == nil:
		return "empty"
	case it.Ready:
		return fmt.Sprintf("case %s %d", it.Case.ID, it.Loads)
	case it.Err != nil:
		return fmt.Sprintf("error %s %s", it.Case.ID, fault.CodeOf(it.Err))
	}
	return "skeleton " + it.Case.ID
}

func caseOf(state string) string {
	if f := strings.Fields(state); len(f) > 1 {
		return f[1]
	}
	return ""
}

const subjectInset = 28

func (d *desk[S]) subject(it *review.Item[S]) fyne.CanvasObject {
	d.scroll = nil
	switch {
	case it == nil:
		_, err := d.hand.QueueState()
		loaded, _ := d.hand.QueueState()
		if err != nil || !loaded {
			return kit.Fixed(0, 0, nil) // the queue column says what is the matter
		}
		k := d.its.kind()
		f := d.hand.Filter()
		if f != (review.Filter{}) {
			return kit.Fixed(0, 0, nil)
		}
		return kit.NewState(kit.State{Icon: look.IconCheck, Tone: kit.Jade,
			What: d.book.T(area(k, "empty")), Next: d.book.T(area(k, "empty_next"))})
	case it.Ready:
		d.banner = kit.Stack(look.S2)
		d.bannered = ""
		page := kit.Pad(look.S5, subjectInset, look.S5, subjectInset, kit.Stack(look.S4, d.banner, kit.Grow(d.its.page(d, it))))
		d.scroll = kit.NewScroll(page)
		return d.scroll
	case it.Err != nil:
		what, next := d.book.Error(it.Err)
		return kit.NewState(kit.State{Icon: look.IconWarn, Tone: kit.Amber, What: what, Next: next,
			Action: kit.ButtonConfig{Text: d.book.T("common.retry"), Press: d.hand.Retry}})
	}
	return skeletonSubject()
}

func skeletonSubject() fyne.CanvasObject {
	bar := func(w, h float32) fyne.CanvasObject {
		return kit.Row(0, kit.Fixed(w, h, kit.NewGround(look.Selected, look.Radius, kit.Fixed(0, 0, nil))), kit.Gap())
	}
	block := func(h float32) fyne.CanvasObject {
		return kit.Fixed(0, h, kit.NewGround(look.Selected, look.Radius, kit.Fixed(0, 0, nil)))
	}
	return kit.Pad(look.S5, subjectInset, look.S5, subjectInset,
		kit.Stack(look.S3, bar(220, 26), bar(340, 14), kit.Fixed(0, look.S2, nil), kit.Grid(2, look.S4, block(300), block(300)), block(120)))
}

// drawBanner shows what happened to the item beside what can be done about it.
func (d *desk[S]) drawBanner(it *review.Item[S]) {
	if it == nil || !it.Ready {
		return
	}
	notice, key := d.notice(it)
	if key == d.bannered {
		return
	}
	d.bannered = key
	d.banner.Objects = nil
	if notice != nil {
		d.banner.Objects = []fyne.CanvasObject{notice}
	}
	d.banner.Hidden = notice == nil
	if d.scroll != nil {
		d.scroll.Refresh()
		if notice != nil {
			d.scroll.ToTop()
		}
	}
}

// notice builds the banner and a key that changes with what it says.
func (d *desk[S]) notice(it *review.Item[S]) (fyne.CanvasObject, string) {
	b := d.book
	up, _ := d.hand.Link()
	now := d.hand.Now()
	rows, at := d.hand.Rows(), d.hand.Selected()
	switch {
	case it.Kept != nil:
		return d.keptNotice(it, up), fmt.Sprint("kept", up, it.Kept.Why)
	case it.Back != nil:
		return d.backNotice(it), fmt.Sprint("back", it.Back.Why, it.Loads)
	case it.News:
		return banner(kit.Amber, b.T("review.news"), b.T("review.news_next"),
			kit.NewButton(kit.ButtonConfig{Text: b.T("review.seen"), Key: "↵", Press: d.hand.TakeUp})), "news"
	case at >= 0 && rows[at].Gone:
		what := b.T("review.closed")
		if made := lastMade(it.File.Made); made != nil {
			what = b.T("review.closed_by", made.By, b.Verdict(made.Verdict))
		}
		return banner(kit.Neutral, what, b.T("review.closed_next")), "gone" + what
	case it.Hold == review.Ended:
		return banner(kit.Amber, b.T("review.ended"), b.T("review.ended_next"),
			kit.NewButton(kit.ButtonConfig{Text: b.T("review.open"), Key: "↵", Press: d.hand.TakeUp})), "ended"
	case it.Hold == review.Free && it.Case.KeptFrom(d.cfg.Me.Login, now):
		what, next := b.T("review.handed_other", it.Case.For, b.Clock(it.Case.ForUntil)), b.T("review.other_has_next")
		if it.Case.HeldAt(now) {
			what = b.T("review.other_has", it.Case.Holder, b.Clock(it.Case.Held))
		}
		if d.cfg.Me.Role == people.Lead {
			next = b.T("review.other_has_lead")
		}
		return banner(kit.Indigo, what, next), what
	case it.Case.For == d.cfg.Me.Login && now.Before(it.Case.ForUntil):
		what, next := b.T("review.handed_you", b.Clock(it.Case.ForUntil)), ""
		if n := len(it.File.Notes); n > 0 {
			next = b.T("review.handed_words", it.File.Notes[n-1].By, it.File.Notes[n-1].Text)
		}
		return banner(kit.Indigo, what, next), what + next
	}
	return nil, "none"
}

func lastMade(made []moderation.Made) *moderation.Made {
	for i := len(made) - 1; i >= 0; i-- {
		if !made[i].Undone {
			return &made[i]
		}
	}
	return nil
}

func (d *desk[S]) keptNotice(it *review.Item[S], up bool) fyne.CanvasObject {
	b, k := d.book, it.Kept
	what := b.T("review.kept_what", b.Action(k.Mine.Verdict), b.Clock(k.At))
	next := b.T("review.kept_wait")
	var buttons []fyne.CanvasObject
	if up {
		next = b.T("review.kept_maybe")
		if k.Unsent {
			next = b.T("review.kept_next")
		}
		buttons = append(buttons, kit.NewButton(kit.ButtonConfig{Text: b.T("review.send"), Key: "↵", Press: d.hand.TakeUp}))
	}
	if k.Unsent {
		buttons = append(buttons, kit.NewButton(kit.ButtonConfig{Text: b.T("review.take_back"), Weight: kit.Quiet, Press: d.hand.DropKept}))
	}
	return banner(kit.Amber, what, next, buttons...)
}

// backNotice lays what the person said beside what stands now.
func (d *desk[S]) backNotice(it *review.Item[S]) fyne.CanvasObject {
	b := d.book
	what, _ := b.Error(it.Back.Why)
	mine := []string{b.Action(it.Back.Mine.Verdict)}
	if it.Back.Mine.Policy != "" {
		mine = append(mine, it.Back.Mine.Policy)
	}
	side := func(title, head string, texts ...string) fyne.CanvasObject {
		lines := []fyne.CanvasObject{kit.NewText(title, kit.Section), kit.NewParagraph(head, kit.Strong)}
		for _, t := range texts {
			if t != "" {
				lines = append(lines, kit.NewParagraph(t, kit.Second).Limit(3))
			}
		}
		return kit.Stack(2, lines...)
	}
	stands := b.Stage(it.File.Case.Stage)
	var by string
	if made := lastMade(it.File.Made); made != nil {
		by = b.T("review.made", made.By, b.Verdict(made.Verdict), b.Clock(made.At))
	} else if it.Case.HeldAt(d.hand.Now()) && it.Case.Holder != d.cfg.Me.Login {
		by = b.T("review.held_by", it.Case.Holder)
	}
	again := kit.NewButton(kit.ButtonConfig{Text: b.T("review.again"), Key: "↵", Press: d.hand.TakeUp})
	if it.File.Case.Stage == moderation.StageClosed {
		again.Disable("")
	}
	return kit.NewGround(kit.Cinnabar.Tint(), look.Radius, kit.PadAll(look.S4, kit.Stack(look.S3,
		kit.NewParagraph(what, kit.Style{Bold: true, Ink: kit.Cinnabar.Ink()}),
		kit.Grid(2, look.S4,
			side(b.T("review.mine"), strings.Join(mine, " · "), it.Back.Mine.Reason, it.Back.Mine.Note),
			side(b.T("review.stands"), stands, by)),
		kit.Row(look.S2, again, kit.NewButton(kit.ButtonConfig{Text: b.T("review.let_stand"), Weight: kit.Quiet, Press: d.hand.LetStand}), kit.Gap()),
	)))
}

// banner is a notice in a tone: what happened, what to do, and the doing.
func banner(tone kit.Tone, what, next string, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	ink := tone.Ink()
	if tone == kit.Neutral {
		ink = look.Ink
	}
	words := kit.Stack(2, kit.NewParagraph(what, kit.Style{Bold: true, Ink: ink}))
	if next != "" {
		words.Objects = append(words.Objects, kit.NewParagraph(next, kit.Plain))
	}
	parts := append([]fyne.CanvasObject{kit.Grow(words)}, buttons...)
	return kit.NewGround(tone.Tint(), look.Radius, kit.Pad(look.S3, look.S4, look.S3, look.S4, kit.Row(look.S2, parts...)))
}

// drawSide shows the decision column of the item.
func (d *desk[S]) drawSide(it *review.Item[S]) {
	key := d.state(it)
	if it == nil || !it.Ready {
		if d.opined != key {
			d.opined = key
			d.side.setOpinion(nil, nil)
		}
		d.side.show(verdictState{})
		return
	}
	if d.opined != key {
		d.opined = key
		d.side.setOpinion(d.its.opinion(d, it))
	}
	d.showHands(it)
	d.side.show(verdictState{
		ready: true, verdicts: it.Case.Verdicts(), passes: d.cfg.Me.Decides(), draft: it.Draft, policies: d.hand.Grounds(it.Draft.Verdict), choice: it.Choice, guarded: it.Guarded(),
		speaks: review.Speaks(it.Draft.Verdict),
	})
}
