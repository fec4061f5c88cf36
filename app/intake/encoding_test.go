package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAFileIsUTF8WhereverItsCharactersAreCut(t *testing.T) {
	t.Parallel()
	for _, tail := range []string{"", "广", "é", "😀告", "\xff", "\xe5\xb9", "\xf0\x9f\x98", "\x80\x80\x80\x80", "告\xc3", "\xed\xa0\x80"} {
		for length := 256<<10 - 4; length <= 256<<10+1; length++ {
			text := strings.Repeat("a", length) + tail + strings.Repeat("b", 3)
			for _, text := range []string{text, text[:len(text)-3]} {
				path := filepath.Join(t.TempDir(), "posts")
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				f, err := os.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				got, err := wholly(f)
				_ = f.Close()
				if want := utf8.ValidString(text); err != nil || got != want {
					t.Errorf("%d bytes before %q and %d after: %v, %v", length, tail, len(text)-length-len(tail), got, err)
				}
			}
		}
	}
}
