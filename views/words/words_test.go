package words

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

func TestEachLanguageHasEveryKey(t *testing.T) {
	t.Parallel()
	all := load()
	for _, a := range Languages() {
		for _, b := range Languages() {
			for key := range all[a] {
				if _, ok := all[b][key]; !ok {
					t.Errorf("%q is in %s and not in %s", key, a, b)
				}
			}
		}
	}
}

// A key says where it belongs, and no text is empty.
func TestNoKeyIsBareAndNoTextEmpty(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(catalogues, "*/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(catalogues, name)
		if err != nil {
			t.Fatal(err)
		}
		var area map[string]string
		if err := json.Unmarshal(data, &area); err != nil {
			t.Fatal(name, err)
		}
		for key, text := range area {
			if !strings.Contains(key, ".") || strings.TrimSpace(text) == "" && key != "common.dot" {
				t.Errorf("%s: %q: %q", name, key, text)
			}
		}
	}
}

var (
	verb  = regexp.MustCompile(`%(\[\d+\])?[-+ #0]*[\d.]*[a-zA-Z%]`)
	named = regexp.MustCompile(`\{[a-z_]+\}`)
)

// holes lists what a text expects to be put in: verbs by their kind, since their
// order may differ between languages, and {names}.
func holes(text string) string {
	var out []string
	for _, v := range verb.FindAllString(text, -1) {
		if v != "%%" {
			out = append(out, "%"+v[len(v)-1:])
		}
	}
	out = append(out, named.FindAllString(text, -1)...)
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestTheLanguagesTakeTheSameArguments(t *testing.T) {
	t.Parallel()
	en, zh := load()[EN], load()[ZH]
	for key := range en {
		if a, b := holes(en[key]), holes(zh[key]); a != b {
			t.Errorf("%q takes %q in English and %q in Chinese", key, a, b)
		}
	}
}

func TestEveryFaultHasASentenceAndANextStep(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		b := For(l)
		for _, code := range fault.Codes() {
			key := "error." + string(code)
			if !b.Has(key) || !b.Has(key+".next") {
				t.Errorf("%s: %s lacks its sentence or its next step", l, code)
			}
		}
		for key := range b.words {
			code, ok := strings.CutPrefix(strings.TrimSuffix(key, ".next"), "error.")
			if !ok {
				continue
			}
			known := false
			for _, c := range fault.Codes() {
				known = known || string(c) == code
			}
			if !known {
				t.Errorf("%s: %q is for a fault that does not exist", l, key)
			}
		}
	}
}

func TestEveryCodeOfTheTradeHasAName(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		b := For(l)
		var names []string
		for _, r := range people.Roles() {
			names = append(names, "role."+string(r))
		}
		for _, v := range []moderation.Verdict{moderation.Approve, moderation.Refuse, moderation.AskMore, moderation.RequireLabel, moderation.Clear, moderation.Escalate, moderation.Overturn, moderation.Uphold} {
			names = append(names, "verdict."+string(v), "action."+string(v))
		}
		for _, s := range []moderation.Stage{moderation.StageFirst, moderation.StageSecond, moderation.StageInformation, moderation.StageEscalated, moderation.StageAppeal, moderation.StageClosed} {
			names = append(names, "stage."+string(s))
		}
		for _, r := range moderation.SkipReasons() {
			names = append(names, "skip."+string(r))
		}
		for _, s := range []moderation.ApplicationState{moderation.Submitted, moderation.NeedsInfo, moderation.SecondReview, moderation.InEscalation, moderation.Approved, moderation.Rejected, moderation.Expired} {
			names = append(names, "state."+string(s))
		}
		for _, d := range []moderation.DocumentKind{moderation.Licence, moderation.MarkPaper, moderation.Letter, moderation.CategoryPaper, moderation.Logo, moderation.OtherPaper, moderation.Representation} {
			names = append(names, "document."+string(d))
		}
		for _, s := range []moderation.SubjectType{moderation.Company, moderation.SoleTrader, moderation.Overseas} {
			names = append(names, "subject."+string(s))
		}
		for _, name := range names {
			if !b.Has(name) {
				t.Errorf("%s has no %q", l, name)
			}
		}
	}
}

// used finds the keys that code asks for: T("…") and Fill("…") with a literal,
// and, for keys that are put together, the literal prefix.
func used(t *testing.T) (whole map[string]string, prefixes map[string]bool) {
	t.Helper()
	whole, prefixes = map[string]string{}, map[string]bool{}
	for _, root := range []string{"../../views", "../../app"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil //nolint:nilerr // a file being written by somebody else right now; the compiler speaks of it
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if name := called(n); (name == "T" || name == "Fill" || name == "t") && len(n.Args) > 0 {
						if key, ok := text(n.Args[0]); ok && strings.Contains(key, ".") {
							whole[key] = path
						}
					}
				case *ast.BinaryExpr:
					if s, ok := text(n.X); ok && n.Op == token.ADD && strings.HasSuffix(s, ".") {
						prefixes[s] = true
					}
				case *ast.BasicLit:
					if s, ok := text(n); ok && keyLike.MatchString(s) {
						prefixes[s] = true // a key that a table holds
					}
				}
				return true
			})
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return whole, prefixes
}

var keyLike = regexp.MustCompile(`^[a-z_]+\.[a-z0-9_.]+$`)

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

func text(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

func TestEveryKeyThatCodeAsksForExists(t *testing.T) {
	t.Parallel()
	whole, _ := used(t)
	if len(whole) < 20 {
		t.Fatalf("only %d keys found in the code; has the way of asking changed?", len(whole))
	}
	for key, path := range whole {
		if !For(EN).Has(key) {
			t.Errorf("%s asks for %q, which no catalogue has", path, key)
		}
	}
}

// Names of codes come from data, so that nothing in the code spells them out.
var families = []string{"kind.", "rule.", "stage.", "verdict.", "action.", "state.", "subject.", "document.", "category.",
	"field.", "disclosure.", "outcome.", "role.", "region.", "thing.", "error.", "skip.", "want.", "detail.", "file_kind."}

func TestUnusedWordsAreReported(t *testing.T) {
	t.Parallel()
	whole, prefixes := used(t)
	var idle []string
	for key := range load()[EN] {
		_, asked := whole[key]
		for p := range prefixes {
			asked = asked || strings.HasPrefix(key, p)
		}
		for _, f := range families {
			asked = asked || strings.HasPrefix(key, f)
		}
		if !asked {
			idle = append(idle, key)
		}
	}
	sort.Strings(idle)
	if len(idle) > 0 {
		t.Logf("%d words that no code spells out: %s", len(idle), strings.Join(idle, " "))
	}
}

func TestAKeyThatNobodyWroteIsSeenAndDoesNotPanic(t *testing.T) {
	t.Parallel()
	if got := For(EN).T("no.such.key", 1); got != "⟦no.such.key⟧" {
		t.Errorf("got %q", got)
	}
}

func TestAnErrorNeverShowsItsCauseOrABrace(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		b := For(l)
		for _, code := range fault.Codes() {
			what, next := b.Error(fault.Wrap(fmt.Errorf("postgres://user:secret@host"), code))
			if strings.ContainsAny(what+next, "{}") || strings.Contains(what+next, "secret") || what == "" || next == "" {
				t.Errorf("%s %s: %q, %q", l, code, what, next)
			}
		}
		if what, next := b.Error(nil); what != "" || next != "" {
			t.Errorf("nil gives %q, %q", what, next)
		}
		if what, _ := b.Error(os.ErrNotExist); what != b.T("error.internal") {
			t.Errorf("an unknown error gives %q", what)
		}
	}
}

func TestArgumentsOfAnErrorAreInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	err := fault.New(fault.HeldByOther, "who", "moderator2", "until", "2026-11-22T06:05:00Z")
	if what, _ := For(EN).Error(err); what != "moderator2 has this open until 14:05." {
		t.Errorf("got %q", what)
	}
	err = fault.New(fault.NotAllowedNow, "verdict", "approve", "stage", "closed")
	if what, _ := For(ZH).Error(err); !strings.Contains(what, "通过") || !strings.Contains(what, "已办结") {
		t.Errorf("got %q", what)
	}
}
