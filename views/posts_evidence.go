package views

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// evidenceRow is one line of the evidence card: kind, words, weight. Pointing at
// it marks its words out in the post, and the other way round.
type evidenceRow struct {
	widget.BaseWidget
	index int // in the file's evidence, -1 for a row that stands for none
	hover func(evidence int)
	tap   func(evidence int)
	face  *canvas.Rectangle
	box   *fyne.Container
	lit   bool
}

const kindWidth = 84

func newEvidenceRow(b *words.Book, e moderation.Evidence, index int) *evidenceRow {
	text := e.Text
	rule := b.Rule(e.Rule)
	if e.Rule == "" || rule == b.Kind(e.Kind) || rule == e.Rule {
		rule = ""
	}
	if n, ok := strings.CutPrefix(e.Field, "picture:"); ok {
		if e.Rule == "picture.shared" { // its text is the number of the others
			text = b.T("evidence.picture_others", e.Text)
		}
		rule = joinDots(b, []string{rule, b.T("evidence.picture", n)})
	}
	if text == "" {
		text, rule = rule, ""
	}
	weight := "—"
	if e.Weight != 0 {
		weight = b.Weight(e.Weight)
	}
	lines := []fyne.CanvasObject{kit.NewParagraph(oneLine(text), kit.Plain).Limit(2)}
	if rule != "" {
		lines = append(lines, kit.NewParagraph(rule, kit.Small).Limit(2))
	}
	r := &evidenceRow{index: index, face: canvas.NewRectangle(look.Color(look.Clear))}
	r.face.CornerRadius = look.SmallRadius
	r.box = kit.Pad(look.S1+2, 0, look.S1+2, 0, kit.Row(look.S2,
		kit.Fixed(kindWidth, 0, kit.Row(0, kit.NewPill(b.Kind(e.Kind), kindTone(e.Kind)), kit.Gap())),
		kit.Grow(kit.Stack(0, lines...)),
		kit.Fixed(36, 0, kit.NewText(weight, kit.Figure))))
	r.ExtendBaseWidget(r)
	return r
}

func (r *evidenceRow) light(on bool) {
	if r.lit == on {
		return
	}
	r.lit = on
	r.paint()
}

func (r *evidenceRow) paint() {
	token := look.Clear
	if r.lit {
		token = look.Selected
	}
	r.face.FillColor = look.Color(token)
	r.face.Refresh()
}

// HeightFor lets the words wrap.
func (r *evidenceRow) HeightFor(width float32) float32 { return kit.HeightFor(r.box, width) }

// MinSize is the content's.
func (r *evidenceRow) MinSize() fyne.Size { return r.box.MinSize() }

// Tapped brings the words into view.
func (r *evidenceRow) Tapped(*fyne.PointEvent) {
	if r.tap != nil && r.index >= 0 {
		r.tap(r.index)
	}
}

// MouseIn implements desktop.Hoverable.
func (r *evidenceRow) MouseIn(*desktop.MouseEvent) {
	if r.hover != nil && r.index >= 0 {
		r.hover(r.index)
	}
}

// MouseMoved implements desktop.Hoverable.
func (r *evidenceRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *evidenceRow) MouseOut() {
	if r.hover != nil && r.index >= 0 {
		r.hover(-1)
	}
}

// CreateRenderer implements fyne.Widget.
func (r *evidenceRow) CreateRenderer() fyne.WidgetRenderer {
	return &evidenceRowRenderer{r}
}

type evidenceRowRenderer struct{ r *evidenceRow }

func (e *evidenceRowRenderer) Destroy()           {}
func (e *evidenceRowRenderer) MinSize() fyne.Size { return e.r.MinSize() }
func (e *evidenceRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{e.r.face, e.r.box}
}

func (e *evidenceRowRenderer) Layout(s fyne.Size) {
	e.r.face.Move(fyne.NewPos(-look.S2, 0))
	e.r.face.Resize(fyne.NewSize(s.Width+2*look.S2, s.Height))
	e.r.box.Move(fyne.NewPos(0, 0))
	e.r.box.Resize(s)
}

func (e *evidenceRowRenderer) Refresh() {
	e.r.paint()
	e.r.box.Refresh()
}
