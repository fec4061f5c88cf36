package views

import (
	"context"
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/assets"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// sheet is the creative in every slot.
type sheet struct {
	p      *Pictures
	tiles  []*slotTile
	of     []assets.Slot // what the tiles are for
	grid   *fyne.Container
	scroll *kit.Scroll
	room   *fyne.Container
	big    *slotTile
	large  bool // one slot fills the room
}

// The measures of a tile.
const (
	tileWidth  = 148
	tileHeight = 192 // the tallest cut
	tileGap    = 18
	// sheetBleed is the room left of the tiles for the line around a chosen one.
	sheetBleed = 8
)

func newSheet(p *Pictures) *sheet {
	s := &sheet{p: p, room: container.NewStack()}
	s.grid = container.New(tilesLayout{})
	s.scroll = kit.NewScroll(kit.Pad(look.S5, look.S4, look.S5, sheetBleed, s.grid))
	return s
}

func (s *sheet) content() fyne.CanvasObject { return s.room }

// draw shows checks, crops and the chosen slot.
func (s *sheet) draw() {
	p, w := s.p, s.p.work
	switch {
	case w == nil:
		s.fill(kit.NewState(kit.State{Icon: look.IconPictures, What: p.book.T("pictures.choose")}))
		return
	case w.broken != nil:
		what, next := p.book.Error(w.broken)
		s.fill(kit.NewState(kit.State{Icon: look.IconImageMissing, Tone: kit.Amber, What: what, Next: next,
			Action: kit.ButtonConfig{Text: p.book.T("common.retry"), Press: func() { p.viewer.Retry(); p.open(w.now) }}}))
		return
	case w.looked == nil && w.now.Width == 0:
		s.fill(kit.NewState(kit.State{What: p.book.T("pictures.opening")}))
		return
	}
	slots := p.known.Slots
	if !slices.EqualFunc(s.of, slots, sameSlot) {
		s.of, s.tiles, s.grid.Objects = slots, nil, nil
		for i, slot := range slots {
			t := newSlotTile(p, slot, tileWidth, tileHeight, func() { p.chooseSlot(i) })
			s.tiles = append(s.tiles, t)
			s.grid.Add(t.press)
		}
		s.big = nil
	}
	for i, t := range s.tiles {
		t.show(w, i, i, i == w.slot)
	}
	if s.large && w.slot < len(slots) {
		width, height := s.largeSize()
		big := newSlotTile(p, slots[w.slot], width, height, func() { p.enlarge() })
		big.show(w, w.slot, 3*len(slots), false)
		s.big = big
		s.fill(kit.Pad(look.S5, look.S5, look.S5, sheetBleed, kit.Stack(look.S3, s.big.press)))
		return
	}
	s.fill(s.scroll)
	s.grid.Refresh()
	s.scroll.Refresh()
}

// largeSize is the room for a slot that is enlarged.
func (s *sheet) largeSize() (w, h float32) {
	size := s.room.Size()
	return max(tileWidth, size.Width-2*look.S5), max(tileHeight, size.Height-110)
}

func (s *sheet) fill(o fyne.CanvasObject) {
	if len(s.room.Objects) == 1 && s.room.Objects[0] == o {
		return
	}
	s.room.Objects = []fyne.CanvasObject{o}
	s.room.Refresh()
}

// chooseSlot looks at one slot: its cut is drawn on the picture, its checks stand beside.
func (p *Pictures) chooseSlot(i int) {
	if p.work == nil || i < 0 || i >= len(p.known.Slots) {
		return
	}
	p.work.slot = i
	p.redraw()
	if i < len(p.sheet.tiles) && !p.sheet.large {
		p.sheet.scroll.To(offsetIn(p.sheet.tiles[i].press, p.sheet.grid))
	}
}

// arrow moves the chosen region, or else goes from slot to slot.
func (p *Pictures) arrow(dx, dy int) {
	w := p.work
	switch {
	case w == nil:
	case w.region != "" && p.draws():
		p.viewer.Nudge(dx, dy)
	case dx != 0:
		p.chooseSlot(w.slot + dx)
	default:
		p.chooseSlot(w.slot + dy*tilesIn(p.sheet.grid.Size().Width))
	}
}

// enlarge shows the chosen slot as large as there is room, and goes back.
func (p *Pictures) enlarge() {
	if p.work == nil || p.work.looked == nil {
		return
	}
	p.sheet.large = !p.sheet.large
	p.cut()
	p.redraw()
}

// cutting is one image of a cut that is wanted.
type cutting struct {
	slot int
	box  assets.Box
	w, h int // device pixels
}

// The size of a cut in the right column.
const (
	besideWidth  = 118
	besideHeight = 150
)

// wanted lists the images that the screen shows now: a tile for each slot, its suggestion
// and itself for the right column, and one that is enlarged, "" boxes for what is not known.
func (p *Pictures) wanted() []cutting {
	w, slots, scale := p.work, p.known.Slots, float32(1)
	if c := kit.CanvasOf(p.room); c != nil {
		scale = c.Scale()
	}
	n := len(slots)
	list := make([]cutting, 3*n, 3*n+1)
	for i, s := range slots {
		put := func(at int, box assets.Box, width, height float32) {
			cw, ch := fitted(s, width, height)
			list[at] = cutting{i, box, int(cw*scale + .5), int(ch*scale + .5)}
		}
		put(i, w.checks[i].Crop, tileWidth, tileHeight)
		if i < len(w.advice) {
			put(n+i, w.advice[i].box, besideWidth, besideHeight)
		}
		put(2*n+i, w.checks[i].Crop, besideWidth, besideHeight)
	}
	if p.sheet != nil && p.sheet.large && w.slot < n {
		width, height := p.sheet.largeSize()
		cw, ch := fitted(slots[w.slot], width, height)
		list = append(list, cutting{w.slot, w.checks[w.slot].Crop, int(cw*scale + .5), int(ch*scale + .5)})
	}
	return list
}

// cut makes the images of cuts that have changed off the thread, what stands on the sheet
// first. While some are on their way no others are asked for: what comes shows them, and
// asks for what is missing by then.
func (p *Pictures) cut() {
	w := p.work
	if w == nil || w.looked == nil || len(w.checks) != len(p.known.Slots) || p.asks.cuts.out && p.asks.cutting == w {
		return
	}
	list := p.wanted()
	if slices.Equal(list, w.cuts) {
		return
	}
	known, images := make([]cutting, len(list)), make([]*image.RGBA, len(list))
	copy(known, w.cuts)
	copy(images, w.images)
	now := urgent(list, known, len(p.known.Slots))
	looked, small, slots := *w.looked, w.small, p.known.Slots
	p.asks.cutting = w
	p.asks.cuts.ask(func(ctx context.Context) (slotImages, error) {
		if small.Image == nil { // tiles are cut out of a small version: the whole one is read once
			small = looked
			small.Image = shrunk(looked.Image, 560)
		}
		for _, i := range now {
			if ctx.Err() != nil {
				return slotImages{}, ctx.Err()
			}
			c, from := list[i], small
			if c.w > 2*tileWidth || c.h > 2*tileHeight {
				from = looked
			}
			known[i], images[i] = c, cutImage(from, c.box, slots[c.slot], c.w, c.h)
		}
		return slotImages{known, images, small}, nil
	}, func(out slotImages, err error) {
		if err == nil && p.work == w {
			w.slotImages = out
			p.redraw()
			p.cut()
		}
	})
}

// urgent are the places of those images to be made next: of the slot that is enlarged, else
// of the sheet's tiles, else all others.
func urgent(list, known []cutting, slots int) []int {
	missing := func(from, to int) (at []int) {
		for i := from; i < to; i++ {
			if list[i] != known[i] {
				at = append(at, i)
			}
		}
		return at
	}
	for _, part := range [][]int{missing(3*slots, len(list)), missing(0, slots)} {
		if len(part) > 0 {
			return part
		}
	}
	return missing(slots, 3*slots)
}

// slotImages are the images of a creative's cuts that were made.
type slotImages struct {
	cuts   []cutting // what images shows
	images []*image.RGBA
	small  Looked // the same picture, small, to cut tiles out of
}

// of is the image at a place, once it is one of that slot.
func (s slotImages) of(at, slot int) *image.RGBA {
	if at >= len(s.images) || s.cuts[at].slot != slot {
		return nil
	}
	return s.images[at]
}

// fitted is the size at which a slot is drawn within a width and a height.
func fitted(s assets.Slot, w, h float32) (float32, float32) {
	if s.Width <= 0 || s.Height <= 0 {
		return w, w
	}
	f := min(w/float32(s.Width), h/float32(s.Height))
	return float32(s.Width) * f, float32(s.Height) * f
}

// slotTile is one slot: what it shows of the picture, what is lost, and why.
type slotTile struct {
	p      *Pictures
	slot   assets.Slot
	cut    *cutView
	pill   *kit.Pill
	reason *kit.Paragraph
	press  *kit.Press
	w, h   float32
}

func newSlotTile(p *Pictures, s assets.Slot, w, h float32, press func()) *slotTile {
	cw, ch := fitted(s, w, h)
	t := &slotTile{p: p, slot: s, cut: newCutView(cw, ch, s.Round), pill: kit.NewPill("", kit.Neutral), reason: kit.NewParagraph("", kit.Small).Limit(3), w: cw, h: ch}
	name := kit.NewText(p.book.SlotName(s), kit.Strong)
	t.press = kit.NewPress(kit.Stack(look.S2-1, kit.Row(0, kit.Fixed(cw, ch, t.cut), kit.Gap()),
		kit.Stack(2, newFlow(look.S2, 2, name, t.pill), t.reason)), 6, press)
	return t
}

// show draws what becomes of the creative in slot i; at is the place of its image.
func (t *slotTile) show(w *creativeWork, i, at int, chosen bool) {
	p := t.p
	if i < len(w.checks) {
		c := w.checks[i]
		t.pill.Set(p.book.CropVerdict(c.Verdict), cropTone(c.Verdict))
		line := p.book.CropLine(c)
		if _, own := w.now.Crops[t.slot.ID]; own {
			line = joinDots(p.book, []string{line, p.book.T("pictures.own_crop")})
		}
		t.reason.Set(line)
	}
	edge := look.Line
	if chosen {
		edge = look.Ink
	}
	t.cut.set(w.of(at, i), edge)
	t.press.Refresh()
}

func cropTone(v assets.Verdict) kit.Tone {
	switch v {
	case assets.OK:
		return kit.Jade
	case assets.Lost:
		return kit.Cinnabar
	}
	return kit.Amber
}

// tilesLayout lays tiles of one width in as many columns as there is room for.
type tilesLayout struct{}

func tilesIn(width float32) int { return max(1, int((width+tileGap)/(tileWidth+tileGap))) }

// rows are the heights of the rows.
func (tilesLayout) rows(objects []fyne.CanvasObject, width float32) []float32 {
	n := tilesIn(width)
	var rows []float32
	for i, o := range objects {
		if i%n == 0 {
			rows = append(rows, 0)
		}
		rows[len(rows)-1] = max(rows[len(rows)-1], kit.HeightFor(o, tileWidth))
	}
	return rows
}

// HeightFor is the height at a width.
func (l tilesLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, r := range l.rows(objects, width) {
		h += r + look.S5
	}
	return max(0, h-look.S5)
}

// MinSize is one column.
func (l tilesLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(tileWidth, l.HeightFor(objects, 3*(tileWidth+tileGap)))
}

// Layout implements fyne.Layout.
func (l tilesLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	n, y := tilesIn(s.Width), float32(0)
	rows := l.rows(objects, s.Width)
	for i, o := range objects {
		if i > 0 && i%n == 0 {
			y += rows[i/n-1] + look.S5
		}
		o.Move(fyne.NewPos(float32(i%n)*(tileWidth+tileGap), y))
		o.Resize(fyne.NewSize(tileWidth, kit.HeightFor(o, tileWidth)))
	}
}

// newFlow lays objects beside each other and goes on below where the room ends.
func newFlow(gap, below float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(flowingLayout{gap, below}, objects...)
}

type flowingLayout struct{ gap, below float32 }

func (l flowingLayout) walk(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) (height float32) {
	x, y, row := float32(0), float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		w := min(m.Width, width)
		if x > 0 && x+w > width {
			x, y, row = 0, y+row+l.below, 0
		}
		if put != nil {
			put(o, x, y, w, m.Height)
		}
		x += w + l.gap
		row = max(row, m.Height)
	}
	return y + row
}

// HeightFor is the height at a width.
func (l flowingLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return l.walk(objects, width, nil)
}

// MinSize is that of one row.
func (l flowingLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(40, h)
}

// Layout implements fyne.Layout.
func (l flowingLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	l.walk(objects, s.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}
