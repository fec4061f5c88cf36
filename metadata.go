// Package cinnabar carries what the whole program knows of itself: the contents
// of FyneApp.toml, compiled in, so that name, version and identity are the same
// whether it was started by go run from the root or as a binary from anywhere.
// Beside it stands the test that keeps the rooms of the house apart.
package cinnabar

import (
	_ "embed"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed FyneApp.toml
var fyneApp string

// Metadata is the part of FyneApp.toml that the program itself uses.
type Metadata struct {
	Name    string
	ID      string // reverse domain name; also the Wayland and X11 class
	Version string // "1.2.3"
	Build   int
}

// About returns the program's metadata. The file is compiled in and read by a
// test, so a mistake in it cannot reach a person.
var About = sync.OnceValue(func() Metadata {
	var file struct{ Details Metadata }
	if _, err := toml.Decode(fyneApp, &file); err != nil {
		panic("FyneApp.toml: " + err.Error())
	}
	return file.Details
})
