package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// cells is how many columns of a terminal a text takes: a Chinese character two,
// an accent that sits on the letter before it none.
func cells(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
				n++
			}
		}
	}
	return n
}

// printable is text that cannot move a terminal's cursor, change its colours or turn
// a line around: names and titles are written by strangers. What is not UTF-8 becomes
// U+FFFD.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// printTable writes rows in columns that stand below each other, which
// text/tabwriter cannot do: it takes every character for one cell wide.
func printTable(w io.Writer, rows [][]string) error {
	var wide []int
	for _, row := range rows {
		for i, text := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], cells(printable(text)))
		}
	}
	const gap = 2
	for _, row := range rows {
		var line strings.Builder
		for i, text := range row {
			text = printable(text)
			line.WriteString(text)
			line.WriteString(strings.Repeat(" ", wide[i]+gap-cells(text)))
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
