package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Part is a share of a meter.
type Part struct {
	Share float64 // 0 to 1 of the whole
	Tone  Tone
}

// Meter is a thin bar, filled from the left by its parts.
type Meter struct {
	widget.BaseWidget
	parts []Part
	track *canvas.Rectangle
	fills []*canvas.Rectangle
}

const meterHeight = 6

// NewMeter makes a meter.
func NewMeter(parts ...Part) *Meter {
	m := &Meter{parts: parts, track: panel(meterHeight/2, false)}
	m.ExtendBaseWidget(m)
	return m
}

// Set changes the parts.
func (m *Meter) Set(parts ...Part) {
	m.parts = parts
	m.Refresh()
}

// MinSize is thin.
func (m *Meter) MinSize() fyne.Size { return fyne.NewSize(look.S5, meterHeight) }

// CreateRenderer implements fyne.Widget.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: m.MinSize}
	r.layout = func(s fyne.Size) {
		y := (s.Height - meterHeight) / 2
		place(m.track, 0, y, s.Width, meterHeight)
		x := float32(0)
		for i, p := range m.parts {
			w := float32(min(1, max(0, p.Share))) * s.Width
			w = min(w, s.Width-x)
			f := m.fills[i]
			left, right := float32(0), float32(0)
			if i == 0 {
				left = meterHeight / 2
			}
			if x+w >= s.Width-.5 || i == len(m.parts)-1 && i == 0 {
				right = meterHeight / 2
			}
			f.TopLeftCornerRadius, f.BottomLeftCornerRadius = left, left
			f.TopRightCornerRadius, f.BottomRightCornerRadius = right, right
			place(f, x, y, w, meterHeight)
			f.Hidden = w <= 0
			x += w
		}
	}
	r.refresh = func() {
		for len(m.fills) < len(m.parts) {
			m.fills = append(m.fills, panel(0, false))
		}
		fill(m.track, look.Track, look.Clear)
		r.objects = append(r.objects[:0], m.track)
		for i, p := range m.parts {
			fill(m.fills[i], p.Tone.Fill(), look.Clear)
			r.objects = append(r.objects, m.fills[i])
		}
		r.layout(m.Size())
		canvas.Refresh(m)
	}
	r.refresh()
	return r
}
