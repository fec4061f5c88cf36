package disclosure

import (
	"slices"
	"strings"

	"cinnabar/moderation/hanzi"
)

// stream is a field as the learned parts read it: what its author says, without
// labels, denials, quotations and links, and with white space reduced to what
// parts words and lines. What is left out leaves no gap: a post with a label
// added reads as it did before.
type stream struct {
	runes []rune
	at    []int32 // offset of each in the folded text
}

// read fills a stream from a text.
func (s *stream) read(a *analysed) {
	n := len(a.folded)
	s.runes, s.at = slices.Grow(s.runes[:0], n), slices.Grow(s.at[:0], n)
	out := a.leftOut()
	space, line := false, false
	last := rune('\n') // what was read last; nothing before it is worth a break
	for i, r := range a.folded {
		if out[i] {
			continue
		}
		if r <= ' ' {
			if r == '\n' {
				line = true
			} else if r == ' ' || r == '\t' {
				space = true
			}
			continue
		}
		if line || space {
			if len(s.runes) > 0 {
				if line {
					s.runes, s.at = append(s.runes, '\n'), append(s.at, int32(i))
				} else if bounded(last) && bounded(r) {
					s.runes, s.at = append(s.runes, ' '), append(s.at, int32(i))
				}
			}
			space, line = false, false
		}
		s.runes, s.at = append(s.runes, r), append(s.at, int32(i))
		last = r
	}
}

// leftOut marks what the learned parts never see.
func (a *analysed) leftOut() []bool {
	out := make([]bool, len(a.folded))
	for i, masked := range a.masked {
		out[i] = masked || a.inQuotes[i] || a.inLink[i]
	}
	f := a.folded
	for i := 0; i < len(out); i++ {
		if !out[i] {
			continue
		}
		end := i + 1
		switch {
		case a.masked[i]:
			for end < len(out) && a.masked[end] {
				end++
			}
			a.undress(out, i, end)
		case a.inQuotes[i]:
			for end < len(out) && a.inQuotes[end] {
				end++
			}
			if i > 0 && slices.Contains(quotes[:], f[i-1]) {
				out[i-1] = true
			}
			if end < len(out) && slices.Contains(quotes[:], f[end]) {
				out[end] = true
			}
		}
		i = end - 1
	}
	return out
}

// labelFrames are what people put around a label.
var labelFrames = map[rune]rune{'[': ']', '(': ')', '【': '】', '「': '」', '『': '』', '《': '》', '<': '>', '〔': '〕'}

// undress marks the frame of a masked stretch, too: its brackets, the same sign on
// both sides, the mark of a hashtag, the colon or bar after it.
func (a *analysed) undress(out []bool, start, end int) {
	f := a.folded
	for {
		l, r := start-1, end
		for l >= 0 && f[l] == ' ' {
			l--
		}
		for r < len(f) && f[r] == ' ' {
			r++
		}
		if l < 0 || r >= len(f) {
			break
		}
		closing, framed := labelFrames[f[l]]
		if !(framed && closing == f[r]) && !(f[l] == f[r] && f[l] != '\n' && natureOf(f[l])&(isLetter|isNumber) == 0) {
			break
		}
		out[l], out[r] = true, true
		start, end = l, r+1
	}
	// One of two signs around a label may have been dropped as standing between two
	// Chinese characters; the other goes with it.
	if l := start - 1; l >= 0 && end < len(f) && a.glued[end] && a.between(end, f[l]) {
		start = l
		out[l] = true
	}
	if end < len(f) && start > 0 && a.glued[start] && a.between(start, f[end]) {
		out[end] = true
		end++
	}
	if start > 0 && f[start-1] == '#' {
		start--
		out[start] = true
	}
	opens := true
	for l := start - 1; l >= 0; l-- {
		if f[l] == ' ' || out[l] {
			continue
		}
		opens = !wordRune(f[l]) || hanzi.Is(f[l])
		break
	}
	for r := end; opens && r < len(f); r++ {
		if f[r] == ' ' {
			continue
		}
		if strings.ContainsRune(":|。.!,，！·•-", f[r]) {
			out[r] = true
		}
		break
	}
}

// between reports whether a mark was dropped right before a folded offset.
func (a *analysed) between(at int, mark rune) bool {
	return !wordRune(mark) && slices.Contains(a.original[a.from[at-1]+1:a.from[at]], mark)
}

// statementEnd is where a label ends that counts with a statement after it only: to
// say who paid is part of saying so.
func statementEnd(t *text, end int, p *labelPhrase) int {
	if len(p.With) == 0 {
		return end
	}
	last := min(len(t.folded), end+withinReach)
	for end < last && !clauseEnd(t.folded[end]) {
		end++
	}
	return end
}
