package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestColumnsStandBelowEachOtherInChineseToo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	rows := [][]string{
		{"账号", "姓名", "品牌"},
		{"moderator1", "林晓雨", "青柚实验室"},
		{"w", "Zoe\u0301 — x", ""},
		{"x", "ＡＢ", "a\x1b[31mb\nc"},
	}
	if err := printTable(&out, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != len(rows) {
		t.Fatalf("%d lines for %d rows:\n%s", len(lines), len(rows), out.String())
	}
	for i, column := range []int{12, 21} {
		for _, n := range []int{0, 1} {
			before, _, found := strings.Cut(lines[n], rows[n][i+1])
			if !found || cells(before) != column {
				t.Errorf("column %d of line %d begins at cell %d, want %d:\n%s", i+1, n, cells(before), column, out.String())
			}
		}
	}
	if strings.ContainsAny(out.String(), "\x1b") {
		t.Error("a stranger's text reached the terminal with its escapes")
	}
	if lines[2] != strings.TrimRight(lines[2], " ") {
		t.Error("an empty last cell left blanks at the end of its line")
	}
}

func TestAMarkOnALetterTakesNoCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "abc": 3, "中文": 4, "e\u0301": 1, "ｱ": 1, "（）": 4, "😀": 2, "a\u200bb": 2} {
		if got := cells(text); got != want {
			t.Errorf("cells(%q) = %d, want %d", text, got, want)
		}
	}
}
