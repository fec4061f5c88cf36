package views

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// bookDraft is the draft of a rulebook as somebody is writing it. It is saved whole,
// because its rules are judged together.
type bookDraft struct {
	before  *moderation.Rulebook // nil for one that was never saved
	rules   []ruleDraft
	base    string // the learned model that it stands on, "" for the program's own rules
	note    string
	request string // of the try under way, or of the last one while nothing was changed since
	sending bool

	// What was read last, so that a keystroke reads one rule and not hundreds.
	read []ruleDraft
	as   []moderation.DetectorRule
	was  []moderation.DetectorRule // before, read the same way
}

// ruleDraft is a rule as it is typed.
type ruleDraft struct {
	name               string
	kind               moderation.RuleKind
	weight             string
	say, hosts, params string // one a line
	note               string
}

func newBookDraft(v *moderation.Rulebook) *bookDraft {
	d := &bookDraft{}
	if v == nil {
		return d
	}
	d.note, d.base, d.rules = v.Note, v.Base, typedRules(v.Rules)
	d.stands(v)
	return d
}

// stands says what the draft goes on from.
func (d *bookDraft) stands(v *moderation.Rulebook) {
	d.before = v
	d.was, _ = (&bookDraft{rules: typedRules(v.Rules)}).book()
}

// typedRules are rules as somebody would type them.
func typedRules(rules []moderation.DetectorRule) []ruleDraft {
	var typed []ruleDraft
	for _, r := range rules {
		typed = append(typed, ruleDraft{name: r.Name, kind: r.Kind, weight: weightText(r.Weight), note: r.Note,
			say: strings.Join(r.Say, "\n"), hosts: strings.Join(r.Hosts, "\n"), params: strings.Join(r.Query, "\n")})
	}
	return typed
}

func weightText(w float64) string { return strconv.FormatFloat(w, 'f', -1, 64) }

var weightTyped = strings.NewReplacer("−", "-", "，", ".", ",", ".", "＋", "", "+", "")

// weighs reads the weight as it was typed; false for what is no weight.
func (r ruleDraft) weighs() (float64, bool) {
	text := weightTyped.Replace(strings.TrimSpace(r.weight))
	w, err := strconv.ParseFloat(text, 64)
	return w, err == nil && w >= -moderation.MaxRuleWeight && w <= moderation.MaxRuleWeight
}

// rule reads a rule as it was typed. Of words and hosts only those count that its kind
// looks for; the others stay in their fields in case somebody turns back.
func (r ruleDraft) rule() moderation.DetectorRule {
	w, _ := r.weighs()
	one := moderation.DetectorRule{Name: strings.TrimSpace(r.name), Kind: r.kind, Weight: w, Note: strings.TrimSpace(r.note)}
	if r.kind == moderation.RuleLink {
		one.Hosts, one.Query = linesOf(r.hosts), linesOf(r.params)
	} else {
		one.Say = linesOf(r.say)
	}
	return one
}

// linesOf reads what stands one a line; nil for nothing.
func linesOf(text string) (list []string) {
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// said is what a rule looks for, whatever its kind.
func (r ruleDraft) said() []string {
	one := r.rule()
	return slices.Concat(one.Say, one.Hosts, one.Query)
}

// book reads the rules as they were typed. The fault names the first weight that is none.
func (d *bookDraft) book() ([]moderation.DetectorRule, error) {
	rules := make([]moderation.DetectorRule, 0, len(d.rules))
	for i, r := range d.rules {
		if i < len(d.read) && d.read[i] == r {
			rules = append(rules, d.as[i])
			continue
		}
		if _, ok := r.weighs(); !ok {
			if strings.TrimSpace(r.weight) == "" {
				return nil, fault.New(fault.FieldMissing, "field", "weight", "rule", strings.TrimSpace(r.name))
			}
			return nil, fault.New(fault.FieldValue, "field", "weight", "value", r.weight, "rule", strings.TrimSpace(r.name))
		}
		rules = append(rules, r.rule())
	}
	d.read, d.as = slices.Clone(d.rules), rules
	return slices.Clip(rules), nil
}

func (d *bookDraft) dirty() bool {
	if d.before == nil {
		return true
	}
	now, err := d.book()
	return err != nil || d.base != d.before.Base || strings.TrimSpace(d.note) != d.before.Note || !sameRules(now, d.was)
}

func sameRules(a, b []moderation.DetectorRule) bool {
	return slices.EqualFunc(a, b, func(a, b moderation.DetectorRule) bool {
		return a.Name == b.Name && a.Kind == b.Kind && a.Weight == b.Weight && a.Note == b.Note &&
			slices.Equal(a.Say, b.Say) && slices.Equal(a.Hosts, b.Hosts) && slices.Equal(a.Query, b.Query)
	})
}

// begin starts the next version from the one that is looked at.
func (d *detector) begin() {
	if d.draft != nil || d.known == nil || !d.r.edits() {
		return
	}
	next := newBookDraft(nil)
	if v := d.version(d.number); v != nil {
		next.base, next.rules = v.Base, typedRules(v.Rules)
	}
	d.draft, d.number, d.at, d.hits = next, 0, detectorPlace{kind: bookPlace}, false
	delete(d.tried, 0)
	d.trouble, d.wrong, d.asks = nil, nil, nil
	if len(next.rules) == 0 && next.base == "" {
		d.addRule()
		return
	}
	d.drawLeft()
	d.drawRight()
	d.r.retitle()
}

// Draft begins the next version of the detector's rules with some on top of those that
// are looked at, or adds them to the one that is being written. Nothing is saved by it.
func (r *Rules) Draft(rules ...moderation.DetectorRule) {
	r.turn(detectorTab)
	d := r.detector
	if d == nil || d.known == nil || !r.edits() {
		return
	}
	if d.draft == nil {
		d.begin()
	} else if v := d.stored(); v != nil {
		d.look(v.Number)
	}
	if !d.writes() || d.draft.sending {
		return
	}
	d.draft.rules = slices.DeleteFunc(slices.Concat(d.draft.rules, typedRules(rules)), func(x ruleDraft) bool { return x.name == "" })
	d.hits, d.at = false, detectorPlace{rulePlace, len(d.draft.rules) - 1}
	if len(d.draft.rules) == 0 {
		d.at = detectorPlace{kind: bookPlace}
	}
	d.drawLeft()
	d.drawRight()
	d.typed()
}

func (d *detector) addRule() {
	if !d.writes() || d.draft.sending {
		return
	}
	d.draft.rules = append(d.draft.rules, ruleDraft{kind: moderation.RulePhrase, weight: "1"})
	d.hits, d.at = false, detectorPlace{rulePlace, len(d.draft.rules) - 1}
	d.draft.request = ""
	d.drawLeft()
	d.drawRight()
	d.typed()
}

func (d *detector) removeRule(i int) {
	if !d.writes() || d.draft.sending || i >= len(d.draft.rules) {
		return
	}
	d.draft.rules = slices.Delete(slices.Clone(d.draft.rules), i, i+1)
	d.draft.request = ""
	d.at = detectorPlace{rulePlace, min(i, len(d.draft.rules)-1)}
	if len(d.draft.rules) == 0 {
		d.at = detectorPlace{kind: bookPlace}
	}
	d.drawLeft()
	d.drawRight()
	d.typed()
}

// typed is called on every change by hand: what waits to be saved is marked, and the
// rules are held against the program's own, which takes longer than a keystroke.
func (d *detector) typed() {
	d.draft.request, d.trouble = "", nil
	d.versions.Set(d.list(), false)
	d.recount()
	d.drawFoot()
	rules, err := d.draft.book()
	if err != nil || d.r.cfg.Check == nil {
		d.checks.drop()
		d.judged(err)
		return
	}
	check := d.r.cfg.Check
	d.checks.ask(func(context.Context) (error, error) { return check(rules), nil }, func(bad, panicked error) {
		if bad == nil {
			bad = panicked
		}
		d.judged(bad)
	})
}

// judged takes what the check said.
func (d *detector) judged(err error) {
	d.wrong = err
	d.drawFoot()
}

// rulePage shows a rule whole, in fields where it may be changed.
func (d *detector) rulePage(i int) fyne.CanvasObject {
	b := d.r.book
	rules := d.shownRules()
	if i >= len(rules) {
		return kit.NewState(kit.State{Icon: look.IconRules, What: b.T("rules.choose")})
	}
	if !d.writes() {
		return d.ruleText(rules[i])
	}
	x := &d.draft.rules[i]
	changed := func(into *string) func(string) {
		return func(s string) {
			*into = s
			d.rules.Update(ruleLine{i, *x})
			d.typed()
		}
	}
	// The list of rules may have been made anew meanwhile, by a save or another reader.
	at := func(f func(x *ruleDraft) *string) func(string) {
		return func(s string) {
			if d.writes() && i < len(d.draft.rules) {
				x = &d.draft.rules[i]
				changed(f(x))(s)
			}
		}
	}
	own := kit.NewParagraph("", kit.Small)
	says := func() {
		text := b.T("detector.name_note")
		if name := strings.TrimSpace(x.name); name != "" && b.Has("rule."+name) {
			text = b.T("detector.name_own", b.T("rule."+name))
		}
		own.Set(text)
	}
	name := written(b.T("detector.field_rule"), b.T("detector.name_hint"), 1, x.name, func(s string) {
		at(func(x *ruleDraft) *string { return &x.name })(s)
		says()
		d.body.Refresh()
	})
	says()
	fields := []fyne.CanvasObject{
		kit.Stack(look.S1, name, own),
		choice(b.T("detector.field_kind"), []kit.Chip{{ID: "phrase", Text: b.T("detector.kind_phrase")}, {ID: "link", Text: b.T("detector.kind_link")},
			{ID: "expression", Text: b.T("detector.kind_expression")}}, string(x.kind), func(id string) {
			d.draft.rules[i].kind = moderation.RuleKind(id)
			d.rules.Update(ruleLine{i, d.draft.rules[i]})
			d.typed()
			d.drawRight()
		}),
	}
	switch x.kind {
	case moderation.RuleLink:
		fields = append(fields, written(b.T("detector.field_hosts"), "shop.example", 4, x.hosts, at(func(x *ruleDraft) *string { return &x.hosts })),
			kit.Stack(look.S1, written(b.T("detector.field_query"), "utm_*", 3, x.params, at(func(x *ruleDraft) *string { return &x.params })), kit.NewParagraph(b.T("detector.link_note"), kit.Small)))
	case moderation.RuleExpression:
		fields = append(fields, kit.Stack(look.S1, written(b.T("detector.field_expression"), `\d{2,} ?元`, 5, x.say, at(func(x *ruleDraft) *string { return &x.say })),
			kit.NewParagraph(b.T("detector.expression_note"), kit.Small)))
	default:
		fields = append(fields, kit.Stack(look.S1, written(b.T("detector.field_say"), "", 7, x.say, at(func(x *ruleDraft) *string { return &x.say })),
			kit.NewParagraph(b.T("detector.say_note"), kit.Small)))
	}
	fields = append(fields, d.weightField(i),
		written(b.T("detector.field_note"), b.T("detector.note_hint"), 2, x.note, at(func(x *ruleDraft) *string { return &x.note })),
		kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("detector.remove"), Key: "X", Weight: kit.Quiet, Press: func() { d.removeRule(i) }}), kit.Gap()))
	return kit.Stack(look.S3, append([]fyne.CanvasObject{kit.NewText(b.T("detector.rule_n", i+1), kit.Heading)}, fields...)...)
}

// weightField is a number with a step down and up beside it, and a bar that shows it.
func (d *detector) weightField(i int) fyne.CanvasObject {
	b := d.r.book
	bar := kit.NewMeter()
	means := kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})
	show := func() {
		w, ok := d.draft.rules[i].weighs()
		bar.Set(weightPart(w, ok))
		means.Set(weightMeans(b.T, w, ok))
	}
	field := written("", "", 1, d.draft.rules[i].weight, nil)
	set := func(s string) {
		if !d.writes() || i >= len(d.draft.rules) {
			return
		}
		d.draft.rules[i].weight = s
		d.rules.Update(ruleLine{i, d.draft.rules[i]})
		show()
		d.typed()
	}
	field.Changed = set
	by := func(step float64) func() {
		return func() {
			w, _ := d.draft.rules[i].weighs()
			w = max(-moderation.MaxRuleWeight, min(moderation.MaxRuleWeight, w+step))
			text := strconv.FormatFloat(w, 'f', 1, 64)
			field.Set(text)
			set(text)
		}
	}
	show()
	return kit.Stack(look.S1+2, kit.NewText(b.T("detector.field_weight"), kit.Section),
		kit.Row(look.S2, kit.NewButton(kit.ButtonConfig{Icon: look.IconMinus, Press: by(-.1)}), kit.Fixed(76, 0, field), kit.NewButton(kit.ButtonConfig{Icon: look.IconPlus, Press: by(.1)}),
			kit.Grow(kit.Stack(look.S1, bar, means))))
}

// weightPart is the bar of a weight: what speaks for an advert in amber, what speaks
// against it in jade.
func weightPart(w float64, ok bool) kit.Part {
	switch {
	case !ok || w == 0:
		return kit.Part{}
	case w < 0:
		return kit.Part{Share: -w / moderation.MaxRuleWeight, Tone: kit.Jade}
	}
	return kit.Part{Share: w / moderation.MaxRuleWeight, Tone: kit.Amber}
}

func weightMeans(t func(string, ...any) string, w float64, ok bool) string {
	switch {
	case !ok:
		return ""
	case w == 0:
		return t("detector.weight_off")
	case w < 0:
		return t("detector.weight_against")
	case w < 1:
		return t("detector.weight_little")
	case w < 2.5:
		return t("detector.weight_some")
	}
	return t("detector.weight_much")
}

// ruleText is a rule for whoever only reads it.
func (d *detector) ruleText(x ruleDraft) fyne.CanvasObject {
	b := d.r.book
	one := x.rule()
	line := func(key string, list []string) fyne.CanvasObject {
		return label(b.T(key), kit.NewParagraph(orDash(b, strings.Join(list, b.T("common.comma"))), kit.Plain))
	}
	lines := kit.Stack(look.S3, kit.NewParagraph(one.Name, kit.Heading))
	if b.Has("rule." + one.Name) {
		lines.Add(kit.NewParagraph(b.T("detector.name_own", b.T("rule."+one.Name)), kit.Small))
	}
	lines.Add(label(b.T("detector.field_kind"), kit.NewText(b.T("detector.kind_"+string(one.Kind)), kit.Plain)))
	switch one.Kind {
	case moderation.RuleLink:
		lines.Add(line("detector.field_hosts", one.Hosts))
		lines.Add(line("detector.field_query", one.Query))
	case moderation.RuleExpression:
		lines.Add(line("detector.field_expression", one.Say))
	default:
		lines.Add(line("detector.field_say", one.Say))
	}
	bar := kit.NewMeter(weightPart(one.Weight, true))
	lines.Add(label(b.T("detector.field_weight"), kit.Row(look.S3, kit.NewText(weightShown(b.Weight, b.T, one.Weight), kit.Strong), kit.Grow(bar))))
	lines.Add(line("detector.field_note", linesOf(one.Note)))
	return lines
}

// keep saves the draft and tells whether it could.
func (d *detector) keep(done func(kept bool)) {
	draft := d.draft
	if draft == nil || draft.sending || !draft.dirty() || !d.r.up || d.stale() {
		done(false)
		return
	}
	rules, err := draft.book()
	if err == nil && d.wrong != nil && d.r.cfg.Check != nil {
		err = d.wrong
	}
	if err != nil {
		d.refuse(err)
		done(false)
		return
	}
	if draft.request == "" {
		draft.request = d.r.cfg.NewID()
	}
	var before *int
	book := moderation.Rulebook{Rules: rules, Base: draft.base, Note: strings.TrimSpace(draft.note)}
	if draft.before != nil {
		before, book.Number = &draft.before.Version, draft.before.Number
	}
	draft.sending, d.trouble = true, nil
	request := draft.request
	var saved moderation.Rulebook
	d.drawFoot()
	d.r.put(func(ctx context.Context) (err error) {
		saved, err = d.r.cfg.Rulebooks.Save(ctx, request, before, book)
		return err
	}, func(err error) {
		draft.sending = false
		if err != nil {
			d.refuse(err)
			d.refresh() // somebody may have changed it, and the notice then says so
			done(false)
			return
		}
		d.kept(draft, saved)
		done(true)
	})
}

// kept takes up what was saved. What was typed while it was on its way stays.
func (d *detector) kept(draft *bookDraft, saved moderation.Rulebook) {
	if d.draft == draft {
		draft.stands(&saved)
		draft.request = ""
	}
	if d.tried[0] != nil { // it was tried before it had a number
		d.tried[saved.Number] = d.tried[0]
		delete(d.tried, 0)
	}
	if d.trial != nil && d.trial.number == 0 {
		d.trial.number = saved.Number
	}
	if d.number == 0 {
		d.number = saved.Number
	}
	books := slices.DeleteFunc(slices.Clone(*d.known), func(v moderation.Rulebook) bool { return v.Number == saved.Number })
	books = slices.Insert(books, 0, saved)
	d.known = &books
	d.r.cfg.Notify.Note(kit.Jade, d.r.book.T("detector.saved", saved.Number), "")
	d.drawLeft()
	if d.at.kind == bookPlace && !draft.dirty() {
		d.drawRight()
	} else {
		d.drawn = d.version(d.number) // who goes on typing keeps the cursor
		d.drawFoot()
	}
	d.r.retitle()
	d.refresh()
}

// refuse says why something was not done.
func (d *detector) refuse(err error) {
	d.trouble = err
	d.drawFoot()
}

// told puts a fault in words: what is wrong with which field of which rule.
func (d *detector) told(err error) (what, next string) {
	b := d.r.book
	f := fault.Of(err)
	switch fault.CodeOf(err) {
	case "":
		return "", ""
	case fault.RuleChanged:
		return b.T("rules.changed"), b.T("rules.changed_next")
	case fault.FieldMissing, fault.FieldValue, fault.FieldTwice:
		field := f.Args["field"]
		switch field {
		case "rules":
			return b.T("detector.too_many_rules", b.Number(moderation.MaxRules)), b.T("detector.too_many_next")
		case "sayings":
			return b.T("detector.too_many_sayings", b.Number(moderation.MaxSayings)), b.T("detector.too_many_next")
		case "expressions":
			return b.T("detector.too_many_expressions", b.Number(moderation.MaxBookExpression)), b.T("detector.too_many_next")
		}
		if !b.Has("detector.field_" + field) {
			return b.Error(err)
		}
		name := b.T("detector.field_" + field)
		switch fault.CodeOf(err) {
		case fault.FieldMissing:
			what = b.T("rules.lacks", name)
		case fault.FieldTwice:
			what = b.T("detector.twice", name, clip(f.Args["value"], 40))
		default:
			what = b.T("rules.wrong", name, clip(f.Args["value"], 40))
		}
		if rule := f.Args["rule"]; rule != "" {
			what = b.T("detector.of_rule", rule, what)
		}
		return what, b.T("detector.form_" + field)
	}
	return b.Error(err)
}
