package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAScanScoresEverythingOnceAndThenNothing(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	var rows strings.Builder
	for i := range 25 {
		fmt.Fprintf(&rows, `{"id":"p%d","lang":"zh-Hans","title":"好物","body":"用我的码 SUN88 立减二十，链接在下面 https://shop.example/sun?ref=a77"}`+"\n", i)
	}
	s.as("worker1", "import", "posts", lay(t, t.TempDir(), "posts.jsonl", []byte(rows.String()))).want(t, exitFine)
	got := s.as("worker1", "scan", "--json").want(t, exitFine).lines(t)
	if len(got) != 1 || got[0]["scored"] != 25.0 {
		t.Errorf("the first scan says %v", got)
	}
	var opened float64
	if err := s.Super(t).QueryRow(`SELECT count(*) FROM studio.cases`).Scan(&opened); err != nil || got[0]["opened"] != opened {
		t.Errorf("%v cases are there, %v; the scan says %v", opened, err, got)
	}
	s.as("worker1", "scan").want(t, exitFine, "0 posts scored, 0 cases opened")
	s.as("worker1", "scan", "--out", "x").want(t, exitUsage)
	s.as("auditor1", "scan").want(t, exitFault).oneSentence(t)
}

// Combining marks, emoji of several runes and line ends must not move an offset.
var awkward = []string{
	"cafe\u0301 👩‍👩‍👧 用我的码 SUN88 立减二十\r\n链接 https://shop.example/sun?ref=a77 🇨🇳",
	"no advert at all",
	"𠮷野家 partner! Use code LUMA20 for 20% off: https://luma.example/?aff=9\tend",
}

func TestTheEvidenceOfAFileIsInItsOwnWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var rows strings.Builder
	for i, body := range awkward {
		line, err := json.Marshal(map[string]string{"id": fmt.Sprintf("p%d", i), "title": "#合作 e\u0301", "body": body})
		if err != nil {
			t.Fatal(err)
		}
		rows.Write(append(line, '\n'))
	}
	path := lay(t, dir, "posts.jsonl", []byte(rows.String()))
	out := filepath.Join(dir, "scores.jsonl")
	got := typed(t.Context(), "", "scan", "--in", path, "--out", out, "--json").want(t, exitFine).lines(t)
	if len(got) != 1 || got[0]["scored"] != 3.0 {
		t.Errorf("the command said %v", got)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	marked := 0
	lines := said{out: string(data)}.lines(t)
	for i, line := range lines {
		if line["id"] != fmt.Sprintf("p%d", i) {
			t.Errorf("line %d is of %v", i, line["id"])
		}
		for _, e := range line["evidence"].([]any) {
			e := e.(map[string]any)
			start, there := e["start"].(float64)
			if !there {
				continue
			}
			original := map[string]string{"body": awkward[i], "title": "#合作 e\u0301"}[e["field"].(string)]
			if original == "" {
				continue // links and comments are fields of their own
			}
			marked++
			if words := string([]rune(original)[int(start):int(e["end"].(float64))]); words != e["text"] {
				t.Errorf("%v of %s marks %q and says %q", e["rule"], line["id"], words, e["text"])
			}
		}
	}
	if len(lines) != 3 || marked < 4 {
		t.Errorf("%d lines with %d spans: %s", len(lines), marked, data)
	}
	if typed(t.Context(), "", "scan", "--in", path).want(t, exitFine).out != string(data) {
		t.Error("on standard output the scores are others")
	}
	typed(t.Context(), "", "scan", "--in", path, "--cold").want(t, exitFine)
}

func TestABrokenFileScansAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := lay(t, dir, "posts.jsonl", []byte(`{"id":"p1","body":"one"}`+"\nno row\n"+`{"id":"p2","body":"two"}`+"\n"))
	got := typed(t.Context(), "", "scan", "--in", path).want(t, exitFault)
	if n := len(got.lines(t)); n != 2 || !strings.Contains(got.errs, "Line 2") {
		t.Errorf("%d scores, and %q", n, got.errs)
	}
	out := filepath.Join(dir, "out.jsonl")
	for name, data := range map[string]string{"empty.jsonl": "", "letter.pdf": "%PDF", "table.xlsx": "no workbook", "x.csv": "a,b\n1,2\n"} {
		typed(t.Context(), "", "scan", "--in", lay(t, dir, name, []byte(data)), "--out", out).want(t, exitFault).oneSentence(t)
	}
	typed(t.Context(), "", "scan", "--in", filepath.Join(dir, "absent.csv"), "--lang", "zh").want(t, exitFault).oneSentence(t)
	typed(t.Context(), "", "scan", "--in", path, "--model", lay(t, dir, "model.json", []byte("{"))).want(t, exitFault).oneSentence(t)
	typed(t.Context(), "", "scan", "--in", path, "--out", filepath.Join(dir, "no", "such", "folder")).want(t, exitFault).oneSentence(t)
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Error("a scan that failed left a file:", err)
	}
}

func TestAStoppedScanLeavesTheOldScoresAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := lay(t, dir, "scores.jsonl", []byte("the old ones\n"))
	path := lay(t, dir, "posts.jsonl", []byte(strings.Repeat(`{"id":"p","body":"x"}`+"\n", 100)))
	s, stop := stoppedSoon(t)
	defer stop()
	typed(s, "", "scan", "--in", path, "--out", out).want(t, exitFault).oneSentence(t)
	if data, err := os.ReadFile(out); err != nil || string(data) != "the old ones\n" {
		t.Errorf("%q, %v", data, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
