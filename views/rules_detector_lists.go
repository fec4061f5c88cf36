package views

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// The heights of the rows, in pixels.
const (
	versionHeight = 54
	ruleHeight    = 50
	hitHeight     = 78
)

// ruleLine and hitLine are what the lower list shows, each with its place.
type (
	ruleLine struct {
		i    int
		rule ruleDraft
	}
	hitLine struct {
		i   int
		hit PreviewHit
	}
)

// drawLeft draws the lists from what is known.
func (d *detector) drawLeft() {
	b := d.r.book
	list := d.list()
	d.recount()
	d.versions.Set(list, false)
	var lines []ruleLine
	for i, x := range d.shownRules() {
		lines = append(lines, ruleLine{i, x})
	}
	d.rules.Set(lines, false)
	var hits []hitLine
	if p := d.tries().preview; p != nil {
		for i, h := range p.Hits {
			hits = append(hits, hitLine{i, h})
		}
	}
	d.found.Set(hits, false)
	d.mark()
	d.left.Objects = []fyne.CanvasObject{d.r.tabs()}
	defer d.left.Refresh()
	if len(list) == 0 {
		state := kit.State{Icon: look.IconRules, What: b.T("detector.none"), Next: b.T("detector.none_read")}
		if d.r.edits() {
			state.Next = b.T("detector.none_next")
			state.Action = kit.ButtonConfig{Text: b.T("detector.first"), Key: "N", Weight: kit.Primary, Press: d.begin}
		}
		d.left.Add(kit.Grow(kit.NewState(state)))
		return
	}
	head := kit.Row(look.S3, kit.NewText(b.T("detector.versions"), kit.Heading), kit.Gap())
	if d.r.edits() && d.draft == nil {
		head.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("detector.next"), Key: "N", Icon: look.IconPlus, Weight: kit.Quiet, Press: d.begin}))
	}
	d.left.Add(kit.Stack(look.S2, kit.Stack(2, head, kit.NewParagraph(b.T("detector.versions_note"), kit.Second)),
		kit.NewPanel(kit.Pad(1, 1, 1, 1, kit.Fixed(0, float32(min(len(list), versionRows))*versionHeight, d.versions)))))
	d.left.Add(kit.Grow(d.lower()))
}

// recount takes up how many posts each rule hits, as long as the preview was of the rules
// as they are now.
func (d *detector) recount() {
	t, before := d.tries(), d.counts
	d.counts = nil
	if t.preview != nil && d.fits(t.previewOf) {
		d.counts = t.preview.ByRule
	}
	if (before == nil) != (d.counts == nil) {
		d.rules.Refresh()
	}
}

// lower is the list of the rules of a version, or of what they hit.
func (d *detector) lower() fyne.CanvasObject {
	b := d.r.book
	rules, shown := d.shownRules(), d.tries().preview
	of := kit.Chip{ID: "rules", Text: b.T("detector.rules"), Count: b.Number(len(rules))}
	hit := kit.Chip{ID: "hits", Text: b.T("detector.hits")}
	chosen := of.ID
	if d.hits {
		chosen = hit.ID
	}
	if shown != nil {
		hit.Count = b.Number(len(shown.Hits))
	}
	chips := kit.NewChips(func(id string) { d.showHits(id == "hits") })
	chips.Set([]kit.Chip{of, hit}, chosen)
	head := kit.Row(look.S3, kit.Grow(chips))
	if d.writes() && !d.hits {
		head.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("detector.add"), Key: "N", Icon: look.IconPlus, Weight: kit.Quiet, Press: d.addRule}))
	}
	var list fyne.CanvasObject = d.rules
	switch {
	case d.hits && shown == nil:
		state := kit.State{Icon: look.IconSearch, What: b.T("detector.hits_none"), Next: b.T("detector.hits_none_next", PreviewDays)}
		if d.canTry() && d.trial == nil {
			state.Action = kit.ButtonConfig{Text: b.T("detector.preview"), Key: "V", Press: func() { d.try(previewTrial) }}
		}
		list = kit.NewState(state)
	case d.hits && len(shown.Hits) == 0:
		list = kit.NewState(kit.State{Icon: look.IconSearch, What: b.T("detector.hits_zero", b.Number(shown.Posts)), Next: b.T("detector.hits_zero_next")})
	case d.hits:
		list = d.found
	case len(rules) == 0:
		list = kit.NewState(kit.State{Icon: look.IconRules, What: b.T("detector.rules_none"), Next: b.T("detector.rules_none_next")})
	}
	lower := kit.Stack(look.S2, head)
	if d.hits && shown != nil {
		lower.Add(d.hitSums(*shown))
	}
	lower.Add(kit.Grow(kit.NewPanel(kit.Pad(1, 1, 1, 1, list))))
	return lower
}

// hitSums says what the rules would change among the posts of the last days.
func (d *detector) hitSums(p Preview) fyne.CanvasObject {
	b := d.r.book
	sums := kit.Row(look.S2, kit.Grow(kit.NewText(b.T("detector.flagged", b.Number(p.Posts), b.Number(p.FlaggedThen), b.Number(p.FlaggedNow)), kit.Style{Shrink: true})))
	if d.counts == nil {
		sums.Add(kit.NewPill(b.T("detector.earlier"), kit.Amber))
	}
	if p.NewlyFlagged > 0 {
		sums.Add(kit.NewPill(b.T("detector.newly", b.Number(p.NewlyFlagged)), kit.Cinnabar))
	}
	if p.NoLonger > 0 {
		sums.Add(kit.NewPill(b.T("detector.no_longer", b.Number(p.NoLonger)), kit.Jade))
	}
	return sums
}

// stateName and stateTone show where a version stands, quietly: one live, one beside it,
// one being written.
func (d *detector) stateName(s moderation.RulebookState) string {
	return d.r.book.T("detector.state_" + string(s))
}

func rulebookTone(s moderation.RulebookState) kit.Tone {
	switch s {
	case moderation.RulebookLive:
		return kit.Jade
	case moderation.RulebookShadow:
		return kit.Indigo
	case moderation.RulebookDraft:
		return kit.Amber
	}
	return kit.Neutral
}

// versionRow is a line of the list of versions.
type versionRow struct {
	widget.BaseWidget
	d                         *detector
	number, note, about, when *kit.Text
	shown                     *kit.Text
	pill                      *kit.Pill
	right, box                *fyne.Container
}

func newVersionRow(d *detector) *versionRow {
	small := kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}
	right := small
	right.Align = fyne.TextAlignTrailing
	r := &versionRow{d: d, number: kit.NewText("", kit.Style{Bold: true, Ink: look.SecondInk, Shrink: true}), note: kit.NewText("", kit.Style{Bold: true, Shrink: true}),
		about: kit.NewText("", small), when: kit.NewText("", right), shown: kit.NewText("", right), pill: kit.NewPill("", kit.Neutral)}
	r.right = kit.Fixed(150, 0, kit.Stack(3, r.shown, r.when))
	r.box = kit.Pad(0, look.S4, 0, look.S4, kit.Row(look.S3, kit.Fixed(28, 0, r.number), kit.Grow(kit.Stack(1, r.note, r.about)),
		r.pill, r.right))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *versionRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

// Bind shows a version.
func (r *versionRow) Bind(v moderation.Rulebook, _ bool) {
	d, b := r.d, r.d.r.book
	note, rules := v.Note, len(v.Rules)
	if v.State == moderation.RulebookDraft && d.draft != nil {
		note, rules = d.draft.note, len(d.draft.rules)
	}
	number := b.T("detector.unnumbered")
	if v.Number > 0 {
		number = strconv.Itoa(v.Number)
	}
	r.number.Set(number)
	title := oneLine(note)
	if title == "" {
		title = b.T("detector.no_note")
	}
	r.note.Set(title)
	by, at := v.WrittenBy, v.WrittenAt
	if !v.MovedAt.IsZero() {
		by, at = v.MovedBy, v.MovedAt
	}
	who := b.T("detector.by_"+string(v.State), by)
	r.about.Set(joinDots(b, []string{b.T("detector.rules_n", b.Number(rules)), who}))
	when := ""
	if !at.IsZero() {
		when = b.Stamp(at)
	}
	r.when.Set(when)
	shown := ""
	if v.Replay != nil && v.Replay.Posts > 0 {
		shown = b.T("detector.shown", b.Number(v.Replay.Found), b.Number(v.Replay.Found+v.Replay.Missed), b.Number(v.Replay.Wrong))
	}
	r.shown.Set(shown)
	r.shown.Hidden = shown == ""
	r.right.Hidden = shown == "" && when == "" // one that was never saved
	if v.State == moderation.RulebookDraft && d.dirty() {
		r.pill.Set(b.T("rules.unsaved"), kit.Amber)
	} else {
		r.pill.Set(d.stateName(v.State), rulebookTone(v.State))
	}
	r.box.Refresh()
}

// bookRuleRow is a line of the list of rules.
type bookRuleRow struct {
	widget.BaseWidget
	d                        *detector
	name, kind, said, weight *kit.Text
	hits                     *kit.Text
	bar                      *kit.Meter
	counted, box             *fyne.Container
}

func newRuleRow(d *detector) *bookRuleRow {
	small := kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}
	right := kit.Style{Align: fyne.TextAlignTrailing, Shrink: true}
	smallRight := small
	smallRight.Align = fyne.TextAlignTrailing
	r := &bookRuleRow{d: d, name: kit.NewText("", kit.Style{Bold: true, Shrink: true}), kind: kit.NewText("", small), said: kit.NewText("", kit.Style{Ink: look.SecondInk, Shrink: true}),
		weight: kit.NewText("", right), hits: kit.NewText("", smallRight), bar: kit.NewMeter()}
	r.counted = kit.Fixed(60, 0, r.hits)
	r.box = kit.Pad(0, look.S4, 0, look.S4, kit.Row(look.S3, kit.Fixed(150, 0, kit.Stack(1, r.name, r.kind)), kit.Grow(r.said),
		r.counted, kit.Fixed(56, 0, r.bar), kit.Fixed(36, 0, r.weight)))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *bookRuleRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

// Bind shows a rule.
func (r *bookRuleRow) Bind(l ruleLine, _ bool) {
	b := r.d.r.book
	name := strings.TrimSpace(l.rule.name)
	r.name.SetInk(look.Ink)
	if name == "" {
		name = b.T("detector.unnamed")
		r.name.SetInk(look.SecondInk)
	}
	r.name.Set(name)
	r.kind.Set(b.T("detector.kind_" + string(l.rule.kind)))
	said := strings.Join(l.rule.said(), b.T("common.comma"))
	if said == "" && b.Has("rule."+name) {
		said = b.T("detector.name_own", b.T("rule."+name))
	}
	r.said.Set(said)
	w, ok := l.rule.weighs()
	weight := b.T("common.none")
	if ok {
		weight = weightShown(b.Weight, b.T, w)
	}
	r.weight.Set(weight)
	r.bar.Set(weightPart(w, ok))
	hits := ""
	if r.d.counts != nil {
		hits = b.T("detector.hits_n", b.Number(r.d.counts[strings.TrimSpace(l.rule.name)]))
	}
	r.hits.Set(hits)
	r.counted.Hidden = hits == ""
	r.box.Refresh()
}

// weightShown writes a weight with its sign, and 0 as what it means.
func weightShown(number func(float64) string, t func(string, ...any) string, w float64) string {
	if w == 0 {
		return t("detector.off")
	}
	return number(w)
}

// hitRow is a line of what the rules hit: the words in their context.
type hitRow struct {
	widget.BaseWidget
	d           *detector
	title, rule *kit.Text
	context     *kit.Marked
	pill        *kit.Pill
	box         *fyne.Container
}

func newHitRow(d *detector) *hitRow {
	r := &hitRow{d: d, title: kit.NewText("", kit.Style{Size: look.Caption, Bold: true, Ink: look.SecondInk, Shrink: true}),
		rule: kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk}), context: kit.NewMarked(kit.Plain), pill: kit.NewPill("", kit.Cinnabar)}
	r.box = kit.Pad(look.S2, look.S4, 0, look.S4, kit.Stack(0, kit.Row(look.S3, kit.Grow(r.title), r.rule, r.pill), kit.Fixed(0, 48, r.context)))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *hitRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

// Bind shows a hit.
func (r *hitRow) Bind(l hitLine, _ bool) {
	b, h := r.d.r.book, l.hit
	title := oneLine(h.Post.Title)
	if title == "" {
		title = h.Post.ID
	}
	r.title.Set(joinDots(b, []string{title, h.Post.Author.Handle}))
	r.rule.Set(h.Rule)
	r.pill.Set(map[bool]string{true: b.T("detector.new_flag")}[h.NewlyFlagged], kit.Cinnabar)
	r.pill.Hidden = !h.NewlyFlagged
	text, mark := inContext(h)
	mark.Tone = kit.Amber
	if h.NewlyFlagged {
		mark.Tone = kit.Cinnabar
	}
	r.context.Set(text, []kit.Mark{mark})
	r.box.Refresh()
}

// contextRoom is how much text stands before and after the words that were hit, in
// Latin letters: two lines of a narrow window hold both.
const contextRoom = 48

// inContext cuts the words that were hit out of their field, with what stands around
// them on one line.
func inContext(h PreviewHit) (string, kit.Mark) {
	field := ""
	switch h.Field {
	case "title":
		field = h.Post.Title
	case "body":
		field = h.Post.Body
	}
	runes := []rune(field)
	start, end := h.Span.Start, h.Span.End
	if start < 0 || end > len(runes) || start >= end {
		text := oneLine(h.Text)
		return text, kit.Mark{Start: 0, End: utf8.RuneCountInString(text)}
	}
	cost := func(r rune) int {
		if r >= 0x2E80 {
			return 2
		}
		return 1
	}
	from, to := start, end
	for room := contextRoom; from > 0 && room > 0; from-- {
		room -= cost(runes[from-1])
	}
	for room := contextRoom; to < len(runes) && room > 0; to++ {
		room -= cost(runes[to])
	}
	flat := func(part []rune) string {
		return strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' || r == '\t' {
				return ' '
			}
			return r
		}, string(part))
	}
	before, words, after := flat(runes[from:start]), clip(flat(runes[start:end]), 60), flat(runes[end:to])
	if from > 0 {
		before = "…" + before
	}
	if to < len(runes) {
		after += "…"
	}
	n := utf8.RuneCountInString(before)
	return before + words + after, kit.Mark{Start: n, End: n + utf8.RuneCountInString(words)}
}

// hitPage shows the post of a hit, with everything in it that the rules hit.
func (d *detector) hitPage(i int) fyne.CanvasObject {
	b := d.r.book
	p := d.tries().preview
	if p == nil || i >= len(p.Hits) {
		return kit.NewState(kit.State{Icon: look.IconSearch, What: b.T("detector.hits_none")})
	}
	h := p.Hits[i]
	var evidence []moderation.Evidence
	var links []string
	for _, o := range p.Hits {
		if o.Post.ID == h.Post.ID {
			span := o.Span
			evidence = append(evidence, moderation.Evidence{Kind: "contract", Field: o.Field, Span: &span, Text: o.Text})
			if o.Field != "title" && o.Field != "body" {
				links = append(links, oneLine(o.Text))
			}
		}
	}
	marks := placeEvidence(h.Post, evidence)
	lines := kit.Stack(look.S3)
	if h.Post.Title != "" {
		t := kit.NewMarked(kit.Heading)
		var at []kit.Mark
		for _, m := range marks["title"] {
			at = append(at, kit.Mark{Start: m.start, End: m.end, Tone: m.tone})
		}
		t.Set(h.Post.Title, at)
		lines.Add(t)
	}
	posted := ""
	if !h.Post.Posted.IsZero() {
		posted = b.Stamp(h.Post.Posted)
	}
	about := kit.Row(look.S2, kit.Grow(kit.NewText(joinDots(b, []string{h.Post.Author.Handle, posted, h.Post.ID}), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})))
	if h.NewlyFlagged {
		about.Add(kit.NewPill(b.T("detector.new_flag"), kit.Cinnabar))
	}
	lines.Add(about)
	text := newMarkedText(b, kit.Plain, h.Post.Body, marks["body"], bodyLimit, func() { d.body.Refresh() })
	lines.Add(text.box)
	if len(links) > 0 {
		lines.Add(label(b.T("detector.elsewhere"), kit.NewParagraph(strings.Join(links, "\n"), kit.Plain)))
	}
	rule := kit.Stack(look.S1+2, kit.NewText(b.T("detector.hit_by"), kit.Section), kit.Row(look.S2, kit.NewText(h.Rule, kit.Strong), kit.Gap(),
		kit.NewButton(kit.ButtonConfig{Text: b.T("detector.open_rule"), Weight: kit.Quiet, Press: func() { d.openRule(h.Rule) }})))
	lines.Add(kit.NewRule())
	lines.Add(rule)
	return lines
}

// openRule turns to a rule by its name.
func (d *detector) openRule(name string) {
	for i, x := range d.shownRules() {
		if strings.TrimSpace(x.name) == name {
			d.hits, d.at = false, detectorPlace{rulePlace, i}
			d.drawLeft()
			d.drawRight()
			return
		}
	}
}
