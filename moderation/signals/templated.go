package signals

import (
	"strconv"
	"strings"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/rings"
)

// templated asks whether the praise would fit every product: how dense the stock
// phrases stand, whether others wrote the same, whether the brand's name stands only
// where any other name could.
func (r *rules) templated(p moderation.Post, t *text, c Context) Signal {
	s := Signal{Kind: Templated, Level: None}
	if t.units == 0 {
		s.Level = CannotTell
		s.say("templated.empty")
		return s
	}
	stock := t.find(r.stock, false)
	if n := float64(len(stock)); n >= r.limits["stock_least"] {
		// A short text has few units to fill, so that three phrases do not fill it.
		density := 100 * n / max(t.units, 50)
		s.Score = min(1, density/r.limits["stock_full"])
		s.Findings = append(s.Findings, findings("stock.praise", stock)...)
		s.say("stock.praise", "count", strconv.Itoa(len(stock)), "density", short(density))
		if slots := interchangeable(t, p.Brand, stock); len(slots) > 0 {
			s.Score += 0.2
			s.Findings = append(s.Findings, findings("stock.slot", slots)...)
			s.say("stock.slot", "brand", p.Brand)
		}
	}
	r.copied(&s, p, c)
	r.level(&s)
	if len(s.Says) == 0 {
		s.say("templated.none")
	}
	return s
}

// copied looks for the same text from other authors, and shows what was swapped.
func (r *rules) copied(s *Signal, p moderation.Post, c Context) {
	if len(c.Like) == 0 {
		return
	}
	own := rings.Read(p)
	if own.Author == "" {
		own.Author = "\x00" // whose it is matters not here, only that it is not theirs
	}
	others := map[string]bool{}
	for _, e := range rings.Match(own, c.Like, c.Known) {
		other, found := e.B.Author, e.OfA
		if e.A.ID != own.ID {
			other, found = e.A.Author, e.OfB
		}
		if !e.Copy() || other == own.Author || others[other] {
			continue
		}
		if others[other] = true; len(others) == 1 {
			for _, f := range found {
				switch f.Rule {
				case "copy.text":
					f.Rule = "stock.copied"
				case "copy.slot":
					f.Rule = "stock.slot"
				default:
					continue
				}
				s.Findings = append(s.Findings, f)
			}
		}
	}
	if n := float64(len(others)); n > 0 {
		s.Score += 0.3 + 0.7*min(1, n/r.limits["copies_full"])
		s.say("stock.copied", "authors", strconv.Itoa(len(others)))
	}
}

// interchangeable returns where the brand is named, if each such sentence has a stock
// phrase and no number: take the name out and put another in, and it is as true.
func interchangeable(t *text, brand string, stock []place) []place {
	name := string(disclosure.Fold(strings.TrimSpace(brand)).Runes())
	if len(name) < 2 {
		return nil
	}
	var named []place
	for i := range t.fields {
		f := &t.fields[i]
		runes := f.text.Runes()
		want := []rune(name)
		for at := 0; at+len(want) <= len(runes) && len(named) < mostNamed; at++ {
			if runes[at] != want[0] || string(runes[at:at+len(want)]) != name {
				continue
			}
			from, to := sentence(runes, at)
			mould := false
			for _, p := range stock {
				mould = mould || p.field == f && p.start >= from && p.end <= to
			}
			if !mould || strings.ContainsAny(string(runes[from:to]), "0123456789") {
				return nil
			}
			named = append(named, place{f, at, at + len(want)})
			at += len(want) - 1
		}
	}
	return named
}

// mostNamed bounds the sentences that are looked at, each of which may be the whole text.
const mostNamed = 20

func sentence(runes []rune, at int) (from, to int) {
	ends := func(r rune) bool { return strings.ContainsRune("\n。.!?;", r) }
	for from = at; from > 0 && !ends(runes[from-1]); from-- {
	}
	for to = at; to < len(runes) && !ends(runes[to]); to++ {
	}
	return from, to
}

// short writes a figure with as many digits as say something.
func short(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
