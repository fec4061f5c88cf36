// Package looktest dresses tests of screens in the house's look.
//
// What a screen does and how it looks is not asked here: each package of views has
// tests of its own for that.
package looktest

import (
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/views/look"
)

// application is the only one of the process. The toolkit parses its fonts anew for
// every application and every change of theme, and its shaper never lets go of one
// that it has set a line with (the plans of a shaping buffer are kept for ever): a
// Chinese face is 24 MB, in five styles. An application for each test came to 6 GB.
var application = sync.OnceValue(test.NewApp)

// Dress shows the house's look in the process's only application and returns it.
// Tests that use it can't run in parallel with each other, as the toolkit has it.
func Dress(t testing.TB, mode look.Mode) fyne.App {
	t.Helper()
	app := application()
	now, ok := app.Settings().Theme().(*look.Theme)
	if fyne.CurrentApp() == app && ok && now.Mode() == mode {
		return app
	}
	fyne.SetCurrentApp(app) // the tour makes one of its own
	app.Settings().SetTheme(look.New(mode))
	return app
}
