package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cinnabar/views/look"
)

// State is what stands where content would: nothing here, still loading, gone
// wrong, offline.
type State struct {
	Icon look.Icon
	Tone Tone
	What string // what happened, in a sentence
	Next string // what to do next
	// Action is a button for the next step; a zero Text shows none.
	Action ButtonConfig
}

// NewState draws a state in the middle of the room it gets.
func NewState(s State) fyne.CanvasObject {
	ink := look.SecondInk
	if s.Tone != Neutral {
		ink = s.Tone.Ink()
	}
	var parts []fyne.CanvasObject
	if s.Icon != "" {
		parts = append(parts, container.New(layout.NewCenterLayout(), NewSymbol(s.Icon, ink, 32)))
	}
	parts = append(parts, NewParagraph(s.What, Style{Bold: true, Align: fyne.TextAlignCenter}))
	if s.Next != "" {
		parts = append(parts, NewParagraph(s.Next, Style{Ink: look.SecondInk, Align: fyne.TextAlignCenter}))
	}
	if s.Action.Text != "" {
		parts = append(parts, container.New(layout.NewCenterLayout(), NewButton(s.Action)))
	}
	return container.New(middleLayout{360}, Stack(look.S3, parts...))
}

// middleLayout centres one object at a width of its own.
type middleLayout struct{ width float32 }

func (l middleLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightFor(objects[0], min(l.width, width-2*look.S4)) + 2*look.S5
}

func (l middleLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(120, 120) }

func (l middleLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	w := min(l.width, s.Width-2*look.S4)
	h := HeightFor(objects[0], w)
	place(objects[0], (s.Width-w)/2, max(0, (s.Height-h)*.42), w, h)
}
