package report_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/app/intake"
	"cinnabar/app/report"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

var head = [4]string{"行", "编号", "原因", "原始内容"}

func say(err error) string { return "原因：" + string(fault.CodeOf(err)) }

func TestRefusalsStandBesideTheFileForASpreadsheet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := report.NewRefused(filepath.Join(dir, "posts.jsonl"), head, say)
	refusals := []*intake.Refusal{
		{Line: 3, ID: "p3", Fault: fault.New(fault.FieldMissing, "field", "body"), Raw: `{"id":"p3"}`},
		{Line: 9, ID: `=HYPERLINK("http://evil")`, Fault: fault.New(fault.RowSyntax), Raw: "@SUM(1,\n2)"},
	}
	for _, x := range refusals {
		if err := r.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	if names := files(t, dir); len(names) != 1 || !strings.HasPrefix(names[0], ".") {
		t.Errorf("before the end the folder has %v", names)
	}
	path, rows, err := r.Close()
	if err != nil || rows != 2 || path != filepath.Join(dir, "posts.refused.csv") {
		t.Fatalf("Close = %q, %d, %v", path, rows, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(string(data), "\ufeff")
	if !marked {
		t.Error("no byte order mark: Excel would not read it as UTF-8")
	}
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"行", "编号", "原因", "原始内容"},
		{"3", "p3", "原因：field_missing", `{"id":"p3"}`},
		{"9", `'=HYPERLINK("http://evil")`, "原因：row_syntax", "'@SUM(1,\n2)"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("the folder has %v", names)
	}
}

func TestAnImportWithoutRefusalsTakesOldOnesAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "posts.refused.csv")
	if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, rows, err := report.NewRefused(filepath.Join(dir, "posts.csv"), head, say).Close()
	if path != "" || rows != 0 || err != nil || len(files(t, dir)) != 0 {
		t.Errorf("Close = %q, %d, %v; folder %v", path, rows, err, files(t, dir))
	}
}

func TestADiscardedImportLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := report.NewRefused(filepath.Join(dir, "posts.csv"), head, say)
	if err := r.Add(&intake.Refusal{Line: 2, Fault: fault.New(fault.RowSyntax)}); err != nil {
		t.Fatal(err)
	}
	r.Discard()
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("the folder has %v", names)
	}
}

func TestAFolderThatCannotBeWrittenIsAFault(t *testing.T) {
	t.Parallel()
	r := report.NewRefused(filepath.Join(t.TempDir(), "gone", "posts.csv"), head, say)
	err := r.Add(&intake.Refusal{Line: 2, Fault: fault.New(fault.RowSyntax)})
	if fault.CodeOf(err) != fault.FileWrite {
		t.Errorf("Add = %v", err)
	}
}

func TestNoCellEverBeginsAFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[=+\-@\t\r＝＋－＠].*`),
			rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
		).Draw(t, "cell")
		got := report.Inert(cell)
		if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\x00") {
			t.Fatalf("Inert(%q) = %q", cell, got)
		}
	})
	if got := report.Inert(strings.Repeat("长", 40_000)); len([]rune(got)) > 32_767 {
		t.Errorf("%d characters, more than Excel takes", len([]rune(got)))
	}
}

func TestAScanLineSaysWhereEvidenceStands(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := report.WriteScan(&b, moderation.Post{ID: "p<1>", Declared: true}, disclosure.Result{
		Commercial: 0.93, Disclosure: "buried", Flag: true,
		Findings: []moderation.Finding{
			{Rule: "link.affiliate", Field: "body", Span: &moderation.Span{Start: 0, End: 31}, Text: "https://…", Weight: 1.4},
			{Rule: "author.rate", Field: "author", Weight: -0.2},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"p<1>","commercial":0.93,"disclosure":"buried","declared":true,"flag":true,"evidence":[` +
		`{"rule":"link.affiliate","field":"body","start":0,"end":31,"text":"https://…","weight":1.4},` +
		`{"rule":"author.rate","field":"author","weight":-0.2}]}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	if err := report.WriteScan(&b, moderation.Post{ID: "p2"}, disclosure.Result{Disclosure: "none"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"evidence":[]`) {
		t.Errorf("a post without evidence: %s", b.String())
	}
	if err := report.WriteScan(&b, moderation.Post{}, disclosure.Result{Commercial: math.NaN()}); err == nil {
		t.Error("a score that is no number was written")
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
