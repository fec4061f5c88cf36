package look

import (
	"os"
	"path/filepath"
	"sync"

	"fyne.io/fyne/v2"

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
	return fontFile(path)
}

// fontFile is a font that is read when the toolkit parses it. The toolkit keeps
// what it parsed; a second copy of some 16 MB would serve nobody.
type fontFile string

// Name implements fyne.Resource.
func (f fontFile) Name() string { return filepath.Base(string(f)) }

// Content implements fyne.Resource. It is nil if the file went away meanwhile,
// which the toolkit takes for a missing face.
func (f fontFile) Content() []byte {
	data, err := os.ReadFile(string(f))
	if err != nil {
		return nil
	}
	return data
}
