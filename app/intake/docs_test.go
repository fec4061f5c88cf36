package intake_test

import (
	"os"
	"strings"
	"testing"

	"cinnabar/app/intake"
)

// The examples of the documentation are imported, so that they stay true.
func TestTheExamplesOfTheDocumentationComeIn(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, kind := range []string{"json", "csv"} {
		for _, block := range strings.Split(string(text), "```"+kind+"\n")[1:] {
			example, _, _ := strings.Cut(block, "```")
			name := "a." + map[string]string{"json": "jsonl", "csv": "csv"}[kind]
			switch {
			case strings.Contains(example, "evidence"):
				continue // a scan's output
			case strings.Contains(example, `"hash"`):
				continue // the record's file, which verify reads
			case strings.Contains(example, "subject"):
				if a := applications(t, write(t, name, example)).only(t); len(a.Extra) > 0 || len(a.Documents) != 2 {
					t.Errorf("%+v", a)
				}
			default:
				if p := posts(t, write(t, name, example), intake.Options{}).only(t); len(p.Extra) > 0 || p.Author.Followers == 0 {
					t.Errorf("%+v", p)
				}
			}
			found++
		}
	}
	if found != 4 {
		t.Errorf("%d examples, want 4", found)
	}
}
