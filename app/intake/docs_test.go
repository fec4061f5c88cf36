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
				continue // the record's file, which verify reads, or a fingerprint
			case strings.Contains(example, `"file":`) && !strings.Contains(example, `"subject"`), strings.Contains(example, `"regions"`), strings.Contains(example, `"comparable"`):
				continue // what the commands about pictures read and print
			case strings.Contains(example, "k3001"):
				planned(t, write(t, name, example), example)
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
	if found != 8 {
		t.Errorf("%d examples, want 8", found)
	}
}

// planned reads an example of KOLs, quotes or audiences.
func planned(t *testing.T, path, example string) {
	t.Helper()
	switch {
	case strings.Contains(example, "user_id"):
		if f := read(t, path, intake.Follows).only(t); f.ID == "" || f.Age == "" {
			t.Errorf("%+v", f)
		}
	case strings.Contains(example, "kol_id"):
		if q := read(t, path, intake.Quotes).only(t); q.Fee == 0 {
			t.Errorf("%+v", q)
		}
	default:
		if k := read(t, path, intake.KOLs).only(t); len(k.Extra) > 1 || k.Followers == 0 || len(k.Quotes) != 2 || len(k.Audience.Age) == 0 {
			t.Errorf("%+v", k)
		}
	}
}
