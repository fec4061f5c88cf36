package kit

import "fyne.io/fyne/v2"

// Loop runs things on the UI's own thread. Whatever comes from a goroutine goes
// through it before it touches a widget.
type Loop interface{ Do(func()) }

// WindowLoop is the loop of the running program.
type WindowLoop struct{}

// Do queues f for the UI thread and returns at once.
func (WindowLoop) Do(f func()) { fyne.Do(f) }
