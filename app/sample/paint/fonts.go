package paint

import (
	"bytes"
	"io/fs"
	"os"
	"sync"

	"cinnabar/internal/typeface"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// face is a weight or style that text is set in.
type face int

const (
	plain  face = iota
	strong      // bold
	song        // serif, for the titles of papers
	faces
)

// typefaces are the fonts of this machine, parsed once. A font may be used by
// several goroutines, each with a buffer of its own.
type typefaces struct {
	of  [faces]*sfnt.Font
	han bool // whether they have Chinese at all
}

var installed = sync.OnceValue(func() typefaces {
	t := typefaces{han: true}
	for f, load := range [faces]func() ([]byte, error){
		plain:  func() ([]byte, error) { return typeface.Han(false) },
		strong: func() ([]byte, error) { return typeface.Han(true) },
		song:   serif,
	} {
		if data, err := load(); err == nil {
			t.of[f], _ = parse(data)
		}
	}
	if t.of[plain] == nil {
		return latinOnly()
	}
	if t.of[strong] == nil {
		t.of[strong] = t.of[plain]
	}
	if t.of[song] == nil {
		t.of[song] = t.of[strong]
	}
	return t
})

// latinOnly is what a machine without a Chinese font has: papers are set in
// English, and Chinese names show as bars.
func latinOnly() typefaces {
	regular, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic("paint: a compiled-in font cannot be read: " + err.Error())
	}
	bold, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		panic("paint: a compiled-in font cannot be read: " + err.Error())
	}
	return typefaces{of: [faces]*sfnt.Font{plain: regular, strong: bold, song: bold}}
}

// parse reads a font or, from a collection, its simplified Chinese member.
func parse(data []byte) (*sfnt.Font, error) {
	if !bytes.HasPrefix(data, []byte("ttcf")) {
		return sfnt.Parse(data)
	}
	all, err := sfnt.ParseCollection(data)
	if err != nil {
		return nil, err
	}
	first, err := all.Font(0)
	if err != nil {
		return nil, err
	}
	for i := range all.NumFonts() {
		f, err := all.Font(i)
		if err != nil {
			continue
		}
		if name, err := f.Name(nil, sfnt.NameIDFull); err == nil && bytes.Contains([]byte(name), []byte("CJK SC")) {
			return f, nil
		}
	}
	return first, nil
}

// serifs are where distributions keep the serif Chinese font. It need not be
// there: titles are then set in bold.
var serifs = []string{
	"/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
	"/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Bold.ttc",
	"/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
	"/System/Library/Fonts/Supplemental/Songti.ttc",
}

func serif() ([]byte, error) {
	for _, path := range serifs {
		if data, err := os.ReadFile(path); err == nil {
			return data, nil
		}
	}
	return nil, fs.ErrNotExist
}
