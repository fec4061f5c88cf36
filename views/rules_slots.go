package views

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// SlotBook is what the rules screen asks of the platforms' slots. version is that of the
// slot that the person saw, 0 for one that no lead has written yet; a fault of code
// RuleChanged says that it stands no more.
type SlotBook interface {
	All(ctx context.Context) ([]assets.KeptSlot, error)
	Save(ctx context.Context, request string, version int, slot assets.Slot, retired bool) (assets.KeptSlot, error)
}

// slotsTab is the part of the screen with the places where pictures are shown.
const slotsTab = "slots"

// slotRule is a slot as a rule of the list.
const slotRule ruleKind = "slot"

// slotDraft is a slot as somebody is changing it; figures as they were typed.
type slotDraft struct {
	before     *assets.KeptSlot // nil for a new one
	now        assets.Slot
	retired    bool
	typed      map[string]string // by the field's name
	request    string
	sending    bool
	what, next string
}

// slotFigures are the fields of a slot that are numbers, in pixels or bytes.
var slotFigures = []struct {
	name string
	of   func(*assets.Slot) *int
}{
	{"width", func(s *assets.Slot) *int { return &s.Width }}, {"height", func(s *assets.Slot) *int { return &s.Height }},
	{"safe.top", func(s *assets.Slot) *int { return &s.Safe.Top }}, {"safe.bottom", func(s *assets.Slot) *int { return &s.Safe.Bottom }},
	{"safe.left", func(s *assets.Slot) *int { return &s.Safe.Left }}, {"safe.right", func(s *assets.Slot) *int { return &s.Safe.Right }},
}

func newSlotDraft(k *assets.KeptSlot) *slotDraft {
	d := &slotDraft{before: k, typed: map[string]string{}, now: assets.Slot{Platform: "red"}}
	if k != nil {
		d.now, d.retired = k.Slot, k.Retired
		d.now.Asks = slices.Clone(k.Asks)
	}
	for _, f := range slotFigures {
		if n := *f.of(&d.now); n != 0 || f.name == "width" || f.name == "height" {
			d.typed[f.name] = strconv.Itoa(n)
		}
	}
	if k == nil {
		delete(d.typed, "width")
		delete(d.typed, "height")
	}
	if d.now.MaxBytes > 0 {
		d.typed["max_bytes"] = strconv.FormatFloat(float64(d.now.MaxBytes)/(1<<20), 'f', -1, 64)
	}
	return d
}

// slot reads what was typed. Fault: FieldValue for what is no number.
func (d *slotDraft) slot() (assets.Slot, error) {
	s := d.now
	s.Asks = slices.Clone(d.now.Asks)
	for _, text := range []*string{&s.Name.EN, &s.Name.ZH, &s.Source, &s.Read, &s.Platform} {
		*text = strings.TrimSpace(*text)
	}
	s.ID = assets.SlotID(strings.TrimSpace(string(s.ID)))
	for _, f := range slotFigures {
		text, n := strings.TrimSpace(d.typed[f.name]), 0
		if text != "" {
			var err error
			if n, err = strconv.Atoi(text); err != nil {
				return s, fault.New(fault.FieldValue, "field", f.name, "value", clip(text, 40))
			}
		}
		*f.of(&s) = n
	}
	s.MaxBytes = 0
	if text := strings.TrimSpace(d.typed["max_bytes"]); text != "" {
		mb, err := strconv.ParseFloat(text, 64)
		if err != nil || !(mb >= 0 && mb <= 1024) {
			return s, fault.New(fault.FieldValue, "field", "max_bytes", "value", clip(text, 40))
		}
		s.MaxBytes = int64(mb * (1 << 20))
	}
	return s, nil
}

func (d *slotDraft) dirty() bool {
	if d.before == nil {
		return true
	}
	s, err := d.slot()
	return err != nil || d.retired != d.before.Retired || !sameSlotText(s, d.before.Slot)
}

func sameSlotText(a, b assets.Slot) bool {
	if len(a.Asks) == 0 && len(b.Asks) == 0 {
		a.Asks, b.Asks = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

func (r *Rules) keptSlot(id string) *assets.KeptSlot {
	if r.known == nil || id == "" {
		return nil
	}
	for i := range r.known.Slots {
		if string(r.known.Slots[i].ID) == id {
			k := r.known.Slots[i]
			return &k
		}
	}
	return nil
}

// slotSection lists the slots.
func (r *Rules) slotSection() fyne.CanvasObject {
	b := r.book
	var lines []fyne.CanvasObject
	platform := ""
	for _, k := range r.slotsInOrder() {
		if k.Platform != platform {
			platform = k.Platform
			lines = append(lines, kit.Pad(look.S2, look.S4, look.S1, look.S4, kit.NewText(platformName(r.book.Has, r.book.T, platform), kit.Section)))
		}
		pill := ""
		switch {
		case k.Retired:
			pill = b.T("slots.retired")
		case !k.Shipped:
			pill = b.T("slots.own")
		case k.Version > 0:
			pill = b.T("slots.changed")
		}
		about := []string{b.T("slots.size", k.Width, k.Height, ratioOf(k.Width, k.Height))}
		if k.Round {
			about = append(about, b.T("slots.round"))
		}
		if k.Safe != (assets.Edges{}) {
			about = append(about, b.T("slots.safe", k.Safe.Top, k.Safe.Bottom, max(k.Safe.Left, k.Safe.Right)))
		}
		if k.NoCodes {
			about = append(about, b.T("slots.no_codes"))
		}
		lines = append(lines, r.line(ruleRef{slotRule, string(k.ID)}, kit.Fixed(40, 40, slotShape(k.Slot)), b.SlotName(k.Slot), joinDots(b, about), b.T("slots.read", k.Read), pill, k.Retired))
	}
	if d := r.slots[""]; d != nil {
		lines = append(lines, r.line(ruleRef{slotRule, ""}, kit.Fixed(40, 40, slotShape(d.now)), orDash(b, b.SlotName(d.now)), b.T("rules.new"), "", "", false))
	}
	return r.section(b.T("slots.title"), b.T("slots.note"), func() {
		if r.slots[""] == nil {
			r.slots[""] = newSlotDraft(nil)
		}
		r.chosen = ruleRef{slotRule, ""}
		r.drawList()
		r.drawEditor()
	}, lines)
}

// slotsInOrder are the slots by platform, as they are shipped within one.
func (r *Rules) slotsInOrder() []assets.KeptSlot {
	var platforms []string
	for _, k := range r.known.Slots {
		if !slices.Contains(platforms, k.Platform) {
			platforms = append(platforms, k.Platform)
		}
	}
	list := slices.Clone(r.known.Slots)
	slices.SortStableFunc(list, func(a, b assets.KeptSlot) int {
		return slices.Index(platforms, a.Platform) - slices.Index(platforms, b.Platform)
	})
	return list
}

// platformName names a platform; a lead's own is called as the lead calls it.
func platformName(has func(string) bool, t func(string, ...any) string, platform string) string {
	if key := "slots.platform_" + platform; has(key) {
		return t(key)
	}
	return platform
}

// ratioOf writes a ratio in its smallest whole numbers, where they are small.
func ratioOf(w, h int) string {
	a, b := w, h
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return ""
	}
	if w/a <= 40 && h/a <= 40 {
		return fmt.Sprintf("%d:%d", w/a, h/a)
	}
	// Platforms round to whole pixels: 1242 × 1660 is meant for 3:4.
	for b := 1; b <= 16; b++ {
		a := max(1, int(math.Round(float64(w)*float64(b)/float64(max(1, h)))))
		if off := float64(w)*float64(b)/(float64(max(1, h))*float64(a)) - 1; math.Abs(off) < .006 {
			return fmt.Sprintf("≈ %d:%d", a, b)
		}
	}
	return fmt.Sprintf("%.2f", float64(w)/float64(max(1, h)))
}

// slotShape draws the shape of a slot, small.
func slotShape(s assets.Slot) fyne.CanvasObject {
	w, h := fitted(s, 26, 26)
	if s.Width <= 0 || s.Height <= 0 {
		w, h = 26, 26
	}
	v := newCutView(w, h, s.Round)
	v.outline()
	return container.NewCenter(kit.Fixed(w, h, v))
}

// slotPage shows a slot whole, in fields for whoever may change it.
func (r *Rules) slotPage(id string) fyne.CanvasObject {
	b := r.book
	e := &ruleEditor{r: r}
	r.editor = e
	kept := r.keptSlot(id)
	heading := b.T("rules.new")
	if kept != nil {
		heading = b.SlotName(kept.Slot)
	}
	if !r.edits() {
		return e.page(heading, r.slotText(*kept), "", nil)
	}
	d := r.slots[id]
	if d == nil || !d.dirty() {
		d = newSlotDraft(kept)
		r.slots[id] = d
	}
	e.dirty = func() bool { return d.dirty() && !d.sending }
	e.stale = func() bool {
		now := r.keptSlot(id)
		return d.before != nil && (now == nil || now.Version != d.before.Version)
	}
	e.why = func() (string, string) { return d.what, d.next }
	e.load = func() {
		delete(r.slots, id)
		r.chooseAgain(ruleRef{slotRule, id})
	}
	changed := func() {
		d.request, d.what, d.next = "", "", ""
		r.touched()
	}
	text := func(name, hint string, lines int, into *string) fyne.CanvasObject {
		return written(b.Field(name), hint, lines, *into, func(s string) { *into = s; changed() })
	}
	figure := func(name, hint string) fyne.CanvasObject {
		return written(b.Field(name), hint, 1, d.typed[name], func(s string) { d.typed[name] = s; changed() })
	}
	var fields []fyne.CanvasObject
	if kept == nil {
		code := string(d.now.ID)
		fields = append(fields, written(b.T("slots.id"), "lift-9x16", 1, code, func(s string) { d.now.ID = assets.SlotID(s); changed() }))
	} else {
		fields = append(fields, kit.NewText(string(kept.ID), kit.Style{Mono: true, Ink: look.SecondInk}))
	}
	asks := map[string]bool{}
	var kinds []kit.Chip
	for _, k := range assets.Kinds() {
		kinds = append(kinds, kit.Chip{ID: string(k), Text: b.RegionKind(k)})
		asks[string(k)] = len(d.now.Asks) == 0 || slices.Contains(d.now.Asks, k)
	}
	turn := func(kind string, on bool) {
		asks[kind] = on
		d.now.Asks = nil
		for _, k := range assets.Kinds() {
			if asks[string(k)] {
				d.now.Asks = append(d.now.Asks, k)
			}
		}
		if len(d.now.Asks) == len(assets.Kinds()) {
			d.now.Asks = nil // every kind
		}
		changed()
	}
	var toggles []fyne.CanvasObject
	for _, row := range chipRows(kinds, rulesSide-2*look.S4-look.S3) {
		toggles = append(toggles, kit.NewToggles(row, asks, turn))
	}
	yes := func(name string, now bool, put func(bool)) fyne.CanvasObject {
		return choice(b.T(name), []kit.Chip{{ID: "yes", Text: b.T("rules.yes")}, {ID: "no", Text: b.T("rules.no")}}, yesNo(now), func(id string) { put(id == "yes"); changed() })
	}
	fields = append(fields,
		kit.Grid(2, look.S3, text("name.en", "", 1, &d.now.Name.EN), text("name.zh", "", 1, &d.now.Name.ZH)),
		text("platform", "red", 1, &d.now.Platform),
		kit.Grid(2, look.S3, figure("width", "1080"), figure("height", "1440")),
		kit.Grid(2, look.S3, figure("safe.top", "0"), figure("safe.bottom", "0"), figure("safe.left", "0"), figure("safe.right", "0")),
		yes("slots.is_round", d.now.Round, func(on bool) { d.now.Round = on }),
		label(b.Field("asks"), kit.Stack(look.S1+2, toggles...)),
		kit.Grid(2, look.S3, written(b.T("slots.max_mb"), "20", 1, d.typed["max_bytes"], func(s string) { d.typed["max_bytes"] = s; changed() }),
			yes("slots.forbids_codes", d.now.NoCodes, func(on bool) { d.now.NoCodes = on })),
		text("source", b.T("slots.source_hint"), 2, &d.now.Source),
		text("read", "2026-11-23", 1, &d.now.Read))
	if kept != nil && kept.Version > 0 {
		fields = append(fields, kit.NewParagraph(b.T("slots.by", kept.By, b.Stamp(kept.At), kept.Version), kit.Small))
	}
	put := func() { r.saveSlot(id, d) }
	var buttons []fyne.CanvasObject
	if kept != nil {
		name := "slots.retire"
		if kept.Retired {
			name = "slots.restore"
		}
		buttons = append(buttons, kit.NewButton(kit.ButtonConfig{Text: b.T(name), Weight: kit.Quiet, Press: func() {
			d.retired = !kept.Retired
			changed()
			put()
		}}))
	}
	return e.page(heading, fields, b.T("rules.save"), put, buttons...)
}

// slotText is a slot for whoever only reads it.
func (r *Rules) slotText(k assets.KeptSlot) []fyne.CanvasObject {
	b := r.book
	line := func(name, value string) fyne.CanvasObject {
		return label(name, kit.NewParagraph(orDash(b, value), kit.Plain))
	}
	var asks []string
	for _, kind := range assets.Kinds() {
		if k.AsksFor(kind) {
			asks = append(asks, b.RegionKind(kind))
		}
	}
	lines := []fyne.CanvasObject{
		kit.NewText(string(k.ID), kit.Style{Mono: true, Ink: look.SecondInk}),
		line(b.Field("platform"), platformName(b.Has, b.T, k.Platform)), line(b.T("slots.shape"), b.T("slots.size", k.Width, k.Height, ratioOf(k.Width, k.Height))),
		line(b.T("slots.covered"), b.T("slots.safe", k.Safe.Top, k.Safe.Bottom, max(k.Safe.Left, k.Safe.Right))),
		line(b.Field("asks"), strings.Join(asks, b.T("common.comma"))), line(b.Field("source"), k.Source), line(b.Field("read"), k.Read),
	}
	if k.Retired {
		lines = append(lines, line(b.T("rules.state"), b.T("slots.retired")))
	}
	return lines
}

func (r *Rules) saveSlot(id string, d *slotDraft) {
	if d.sending || !d.dirty() || !r.up {
		return
	}
	slot, err := d.slot()
	if err == nil {
		err = slot.Validate()
	}
	if err == nil && d.before == nil && r.keptSlot(string(slot.ID)) != nil {
		err = fault.New(fault.FieldTwice, "field", "id", "value", string(slot.ID))
	}
	if err != nil {
		d.what, d.next = r.told(err)
		r.touched()
		return
	}
	if d.request == "" {
		d.request = r.cfg.NewID()
	}
	d.sending = true
	r.touched()
	version := 0
	if d.before != nil {
		version = d.before.Version
	}
	var after assets.KeptSlot
	request, retired := d.request, d.retired
	r.put(func(ctx context.Context) (err error) {
		after, err = r.cfg.Slots.Save(ctx, request, version, slot, retired)
		return err
	}, func(err error) {
		d.sending = false
		if err != nil {
			d.what, d.next = r.told(err)
			r.Refresh() // somebody may have changed it, and the notice then says so
			r.touched()
			return
		}
		delete(r.slots, id)
		known := *r.known
		known.Slots = slices.Clone(known.Slots)
		if i := slices.IndexFunc(known.Slots, func(k assets.KeptSlot) bool { return k.ID == after.ID }); i >= 0 {
			known.Slots[i] = after
		} else {
			known.Slots = append(known.Slots, after)
		}
		*r.known = known
		r.saved(ruleRef{slotRule, id}, ruleRef{slotRule, string(after.ID)}, r.book.T("rules.saved", r.book.SlotName(after.Slot)))
	})
}
