package cinnabar

import (
	"os"
	"regexp"
	"testing"

	"github.com/BurntSushi/toml"
)

func TestAboutSaysWhatFyneAppSays(t *testing.T) {
	about := About()
	if about.Name != "Cinnabar" || about.ID == "" || about.Build < 1 {
		t.Errorf("About() = %+v", about)
	}
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(about.Version) {
		t.Errorf("version %q is not of the form 1.2.3", about.Version)
	}
}

func TestTheIconThatFyneAppNamesIsThere(t *testing.T) {
	var file struct{ Details struct{ Icon string } }
	if _, err := toml.Decode(fyneApp, &file); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file.Details.Icon); err != nil {
		t.Error(err)
	}
}
