package kit

import "fyne.io/fyne/v2"

// CanvasOf is the canvas that an object stands on, nil before there is a window.
//
// The toolkit learns where an object stands when it first paints it. A field that
// was hidden until this moment has never been painted, so asking the driver alone
// would leave it without the cursor, and what is typed next would be taken for
// keys of the screen: a name typed into a search would approve a brand. The studio
// has one window, and what is on no canvas yet will be on that one's.
func CanvasOf(o fyne.CanvasObject) fyne.Canvas {
	driver := fyne.CurrentApp().Driver()
	if c := driver.CanvasForObject(o); c != nil {
		return c
	}
	if windows := driver.AllWindows(); len(windows) > 0 {
		return windows[0].Canvas()
	}
	return nil
}
