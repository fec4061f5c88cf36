package cinnabar

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "cinnabar/"

// arrows says which rooms a room may import directly, besides itself and
// internal. An arrow that is not here does not exist; docs/architecture.md says why.
var arrows = map[string][]string{
	"app":        {"views", "store", "moderation", "campaigns", "assets"},
	"views":      {"moderation", "campaigns", "assets"},
	"store":      {"moderation", "campaigns", "assets"},
	"campaigns":  {"moderation", "assets"},
	"moderation": {"assets"},
	"assets":     {},
	"internal":   {},
}

// keepers says which folders alone know a library.
var keepers = map[string][]string{
	"fyne.io/":                          {"app", "views"},
	"github.com/jmoiron/sqlx":           {"store"},
	"github.com/lib/pq":                 {"store"},
	"github.com/pressly/goose":          {"store"},
	"database/sql":                      {"store"},
	"github.com/disintegration/imaging": {"assets/decode", "assets/preview", "assets/fingerprint", "bench/pictures"},
	"github.com/esimov/pigo":            {"assets/inspect"},
	"github.com/makiuchi-d/gozxing":     {"assets/inspect"},
}

// forbidden names folders that the rules never import although their room may:
// a rule knows what a picture is, not how one is opened or made small.
var forbidden = map[string][]string{
	"moderation": {"assets/decode", "assets/preview", "assets/fingerprint", "assets/inspect"},
	"campaigns":  {"assets/decode", "assets/preview", "assets/fingerprint", "assets/inspect"},
}

func TestNoArrowLeavesTheDesign(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		// Test files have their own rule: they may look into other rooms.
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if fault := judge(filepath.ToSlash(filepath.Dir(path)), imported); fault != "" {
				t.Errorf("%s: %s", path, fault)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("saw only %d files: is the test run from the project's root?", files)
	}
}

func TestTheJudgeSeesForbiddenArrows(t *testing.T) {
	for _, c := range []struct{ dir, imported string }{
		{"views", "cinnabar/store"},
		{"moderation", "cinnabar/store"},
		{"moderation", "cinnabar/campaigns"},
		{"moderation/disclosure", "cinnabar/assets/decode"},
		{"moderation/disclosure", "cinnabar/assets/inspect"},
		{"store", "github.com/makiuchi-d/gozxing"},
		{"store", "cinnabar/views"},
		{"internal/fault", "cinnabar/moderation"},
		{"internal/fault", "cinnabar/internal/money"},
		{"assets/preview", "cinnabar/moderation"},
		{"moderation", "fyne.io/fyne/v2"},
		{"views", "github.com/lib/pq"},
		{"app", "github.com/jmoiron/sqlx"},
		{"assets", "github.com/disintegration/imaging"},
		{"helpers", "cinnabar/assets"},
	} {
		if judge(c.dir, c.imported) == "" {
			t.Errorf("%s importing %s passed", c.dir, c.imported)
		}
	}
}

// judge returns why a folder may not import a path, or "".
func judge(dir, imported string) string {
	room, _, _ := strings.Cut(dir, "/")
	for library, owners := range keepers {
		if strings.HasPrefix(imported, library) && !slices.ContainsFunc(owners, func(o string) bool { return within(dir, o) }) {
			return "only " + strings.Join(owners, ", ") + " may know " + imported
		}
	}
	own, isOurs := strings.CutPrefix(imported, module)
	if !isOurs {
		return ""
	}
	allowed, known := arrows[room]
	if !known {
		return "the house has no room " + room
	}
	for _, bad := range forbidden[room] {
		if within(own, bad) {
			return room + " must not import " + own
		}
	}
	target, _, _ := strings.Cut(own, "/")
	if room == "internal" {
		// A leaf may fail like everything else; beyond that it stands alone.
		if own != dir && own != "internal/fault" {
			return "internal imports none of ours, not even " + own
		}
		return ""
	}
	if target == room || target == "internal" || slices.Contains(allowed, target) {
		return ""
	}
	return "no arrow leads from " + room + " to " + target
}

func within(dir, folder string) bool {
	return dir == folder || strings.HasPrefix(dir, folder+"/")
}
