package store

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestWhatLooksPlainIsInNFC(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if s := string(r); utf8.ValidRune(r) && look(s) == plain && !norm.NFC.IsNormalString(s) {
			t.Errorf("%U looks plain", r)
		}
	}
	// Nor do two plain ones join; any two of them.
	plainRune := rapid.Rune().Filter(func(r rune) bool { return r != 0 && look(string(r)) == plain })
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(plainRune, 2, 8, -1).Draw(t, "text")
		if !norm.NFC.IsNormalString(s) {
			t.Errorf("%+q looks plain", s)
		}
	})
	for _, s := range []string{"a\x00", "\xff", "好\xe5\xa5", "\xed\xa0\x80"} {
		if look(s) != unheld {
			t.Errorf("%+q passes", s)
		}
	}
	if s := "\uFFFD"; look(s) == unheld {
		t.Error("a replacement character is a character")
	}
	if got := (&checked{}).text("body", "e\u0301"); got != "\u00e9" {
		t.Errorf("kept as %+q", got)
	}
}
