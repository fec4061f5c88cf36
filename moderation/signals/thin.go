package signals

import (
	"slices"
	"strconv"
	"strings"

	"cinnabar/moderation"
	"cinnabar/moderation/hanzi"
)

// thin asks of a review what readers need: when, where, what exactly, for how long,
// for how much, what is not good, against what else, with a picture of one's own. The
// score is the weighed share that is missing.
func (r *rules) thin(p moderation.Post, t *text) Signal {
	s := Signal{Kind: Thin, Level: None}
	praise := len(t.find(r.praise, true))
	if float64(praise) < r.limits["praise_least"] && len(t.find(r.stock, false)) == 0 && !stars(p) {
		s.say("thin.no_review")
		return s
	}
	all, missing := 0.0, 0.0
	taken := map[place]bool{}
	// In the order of the file, except that a number belongs to its longest unit:
	// "three days ago" is a time, "three days" a use.
	numbers := r.measured(t)
	for i := range r.details {
		d := &r.details[i]
		all += d.Weight
		found := t.find(d.phrases, d.Affirmed)
		found = append(found, numbers[i]...)
		if d.Name == "picture" {
			if n := max(p.PictureCount, len(p.Pictures)); n > 0 {
				s.Findings = append(s.Findings, moderation.Finding{Rule: "detail.picture", Field: "pictures", Text: strconv.Itoa(n)})
				continue
			}
		}
		found = slices.DeleteFunc(found, func(at place) bool { return taken[at] })
		if len(found) == 0 {
			missing += d.Weight
			s.Missing = append(s.Missing, d.Name)
			continue
		}
		slices.SortStableFunc(found, func(a, b place) int { return a.start - b.start })
		for _, f := range found {
			taken[f] = true
		}
		s.Findings = append(s.Findings, findings("detail."+d.Name, found)...)
	}
	s.Score = missing / all
	r.level(&s)
	if len(s.Missing) == 0 {
		s.say("thin.nothing")
	} else {
		s.say("thin.missing", "missing", strconv.Itoa(len(s.Missing)), "asked", strconv.Itoa(len(r.details)))
	}
	return s
}

// stars reports a rating without words. "5/5" is none: it is a date as well.
func stars(p moderation.Post) bool {
	s := p.Title + "\n" + p.Body
	return strings.Contains(s, "⭐⭐⭐") || strings.Contains(s, "★★★")
}

// measured finds numbers with a unit or a sign of money, by detail. 一 with a short unit
// (一天, 一瓶) counts nothing: it is how Chinese says "a".
func (r *rules) measured(t *text) [][]place {
	found := make([][]place, len(r.details))
	for i := range t.fields {
		f := &t.fields[i]
		runes := f.text.Runes()
		for at := 0; at < len(runes); at++ {
			if f.quoted[at] || !number(runes[at]) || at > 0 && latin(runes[at-1]) {
				continue
			}
			end := at
			for end < len(runes) && (number(runes[end]) || (runes[end] == '.' || runes[end] == ',') && end+1 < len(runes) && digit(runes[end+1])) {
				end++
			}
			if d, to := r.unit(runes, end); d >= 0 && !(end-at == 1 && runes[at] == '一' && to-end == 1) {
				found[d] = append(found[d], place{f, at, to})
			} else if d := r.sign(runes, at); d >= 0 {
				found[d] = append(found[d], place{f, at - 1, end})
			}
			at = end - 1
		}
	}
	return found
}

// unit is the detail whose unit stands at an offset, after at most one space or 个多,
// and where that ends; -1 for none. The longest unit of all details counts.
func (r *rules) unit(runes []rune, at int) (detail, end int) {
	if at < len(runes) && (runes[at] == ' ' || runes[at] == '多') {
		at++
	}
	detail = -1
	longest := 0
	for i := range r.details {
		for _, u := range r.details[i].units {
			if len(u) <= longest || len(runes)-at < len(u) || !slices.Equal(runes[at:at+len(u)], u) {
				continue
			}
			if e := at + len(u); latin(u[len(u)-1]) && e < len(runes) && latin(runes[e]) {
				continue // "3 gardens" are no grams
			}
			detail, longest = i, len(u)
		}
	}
	return detail, at + longest
}

func (r *rules) sign(runes []rune, at int) int {
	if at == 0 {
		return -1
	}
	for i := range r.details {
		if slices.Contains(r.details[i].signs, runes[at-1]) {
			return i
		}
	}
	return -1
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// number reports whether a rune is part of a number: digits, and the characters that
// write one.
func number(r rune) bool {
	return digit(r) || hanzi.Is(r) && strings.ContainsRune("一二两三四五六七八九十百千半几", r)
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || digit(r) }
