package look

import (
	"os"
	"path/filepath"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"cinnabar/internal/typeface"
)

// latin is how high and deep a line of the toolkit's own Latin face is; a test
// reads it from that face.
var latin = typeface.Measures{Ascent: 1.069, Descent: 0.293}

// The Chinese faces that stand beside the toolkit's Latin ones, or nil where no
// Chinese font is installed: then the toolkit's own search for single characters
// must do, in one weight.
var (
	hanRegular = sync.OnceValue(func() fyne.Resource { return besideLatin(false) })
	hanBold    = sync.OnceValue(func() fyne.Resource { return besideLatin(true) })
)

func besideLatin(bold bool) fyne.Resource {
	path, err := typeface.BesideFile(bold, latin)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	return fontFile{path, bold}
}

// fontFile is a font that is read when the toolkit parses it. The toolkit keeps
// what it parsed; a second copy of some 16 MB would serve nobody.
type fontFile struct {
	path string
	bold bool
}

// Name implements fyne.Resource.
func (f fontFile) Name() string { return filepath.Base(f.path) }

// Content implements fyne.Resource. The file lies in a cache, which may be
// cleared while the window is open; then the face is cut anew. The toolkit
// crashes on a font without content, so at the very last it gets a Latin one.
func (f fontFile) Content() []byte {
	if data, err := os.ReadFile(f.path); err == nil {
		return data
	}
	if path, err := typeface.BesideFile(f.bold, latin); err == nil {
		if data, err := os.ReadFile(path); err == nil {
			return data
		}
	}
	return theme.DefaultTextFont().Content()
}
