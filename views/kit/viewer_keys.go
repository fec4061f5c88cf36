package kit

import "fyne.io/fyne/v2/driver/desktop"

// Keys are the viewer's own: zoom, pan, revealing, and moving the chosen overlay. say
// gives the words for a key of the catalogue. The screen may put others before them.
func (v *Viewer) Keys(say func(key string, args ...any) string) []Key {
	keys := []Key{
		{Name: "+", Label: say("viewer.key_larger"), Do: v.Larger},
		{Name: "-", Label: say("viewer.key_smaller"), Do: v.Smaller},
		{Name: "0", Label: say("viewer.key_fit"), Do: v.Fit},
		{Name: "1", Label: say("viewer.key_actual"), Do: v.Actual},
	}
	if v.stage.hiding != Unhidden {
		keys = append(keys, Key{Name: "Space", Label: say("viewer.key_reveal"), Hold: v.Reveal})
	}
	arrows := say("viewer.key_pan")
	movable := v.stage.overlay(v.stage.chosen).Movable
	if movable {
		arrows = say("viewer.key_nudge")
	}
	arrow := func(name string, dx, dy int) {
		keys = append(keys, Key{Name: name, Label: arrows, Do: func() {
			switch {
			case movable && v.shift:
				v.Grow(dx, dy)
			case movable:
				v.Nudge(dx, dy)
			default:
				v.Pan(float32(dx)/5, float32(dy)/5)
			}
		}})
	}
	// Where there is neither anything to move nor anywhere to go, the arrows are the screen's.
	if movable || !v.Fitted() {
		arrow("Left", -1, 0)
		arrow("Right", 1, 0)
		arrow("Up", 0, -1)
		arrow("Down", 0, 1)
	}
	// The toolkit tells of no modifier with a key: so it is watched.
	for _, name := range []string{string(desktop.KeyShiftLeft), string(desktop.KeyShiftRight)} {
		keys = append(keys, Key{Name: name, Hold: func(down bool) { v.shift = down }})
	}
	return keys
}
