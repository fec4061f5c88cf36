// Package rings finds posts of different people that belong together: the same text
// with words swapped, or the same way to somebody. What belongs together is one ring
// and can be decided at once.
//
// A ring says that people act together. It does not say that a post is an advert, and
// it is never part of that score.
//
// Read looks at one post. Its Marks are kept where they can be looked up; whoever has
// marks in common with a new post is a candidate, Judge compares two posts for good,
// and Group puts what belongs together into rings. The package knows no database.
package rings

import (
	"slices"
	"strings"
	"time"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// Ref names a post and whose it is.
type Ref struct {
	ID     string
	Author string // "" when not known
	Posted time.Time
}

// Reading is a post as it is compared with others. It is only read once made, so
// that many goroutines may share it.
type Reading struct {
	Ref
	Marks    Marks
	Mentions []Mention // where each channel of Marks stands, in order

	fields   []field
	tokens   []token
	shingles []shingle
	hashes   []uint64 // of shingles, sorted, each once; nil for a text too short to compare
}

type field struct {
	name string
	text disclosure.Folded
}

// Read reads a post: its text once, in time linear in its length but for a sort, and
// a bounded number of its comments, links and pictures.
func Read(p moderation.Post) *Reading {
	r := readMarks(p)
	if r.Marks.Bands != nil {
		r.hashes = distinct(r.shingles)
	}
	return r
}

// readMarks is all of Read but the set that texts are compared by.
func readMarks(p moderation.Post) *Reading {
	r := &Reading{Ref: Ref{ID: p.ID, Author: AuthorOf(p), Posted: p.Posted}}
	rules := standard()
	for i, content := range []string{p.Title, p.Body} {
		f := field{[]string{"title", "body"}[i], disclosure.Fold(content)}
		r.fields = append(r.fields, f)
		s := newScanner(rules, f.name, f.text, true)
		r.Mentions = append(r.Mentions, s.scan()...)
		skip := s.quoted
		for j, in := range s.inLink {
			skip[j] = skip[j] || in
		}
		kept := 0
		for _, out := range skip {
			if !out {
				kept++
			}
		}
		r.tokens = tokens(f.text, uint8(i), skip, slices.Grow(r.tokens, kept))
	}
	r.beside(p, rules)
	r.Marks.Channels = channelsOf(r.Mentions)

	r.shingles = shingles(r.tokens)
	if telling(r.tokens, r.shingles) {
		r.Marks.Signature, r.Marks.Bands = sign(r.shingles)
	}
	return r
}

// Mark is Read for whoever keeps the marks alone.
func Mark(p moderation.Post) Marks { return readMarks(p).Marks }

// AuthorOf names a post's author for comparisons: the platform's id, else the handle.
func AuthorOf(p moderation.Post) string {
	if p.Author.ID != "" {
		return p.Author.ID
	}
	if p.Author.Handle != "" {
		return "@" + strings.ToLower(p.Author.Handle)
	}
	return ""
}

// beside reads what a post gives outside its text: the author's own and pinned
// comments, the platform's list of links, the pictures.
func (r *Reading) beside(p moderation.Post, rules *rules) {
	for i, c := range p.CommentTexts {
		if i == readComments {
			break
		}
		if c.Pinned || c.Author != "" && (c.Author == p.Author.ID || c.Author == p.Author.Handle) {
			s := newScanner(rules, "comment", disclosure.Fold(c.Text), false)
			r.Mentions = append(r.Mentions, s.scan()...)
		}
	}
	add := func(c Channel, field, text string) {
		f := moderation.Finding{Rule: "ring." + string(c.Kind), Field: field, Text: text}
		r.Mentions = append(r.Mentions, Mention{c, f, rules.kinds[c.Kind].Strength})
	}
	for i, l := range p.Links {
		if i == mostMentions {
			break
		}
		l = strings.ToValidUTF8(l, "\uFFFD")
		for _, c := range rules.readAddress(l) {
			if len(c.Key) <= longestKey {
				add(c, "link", l)
			}
		}
	}
	for i, picture := range p.Pictures {
		if i == mostMentions {
			break
		}
		if picture.ID.Valid() {
			add(Channel{Picture, string(picture.ID)}, "pictures", strings.ToValidUTF8(picture.Name, "\uFFFD"))
		}
	}
}

func newScanner(rules *rules, name string, text disclosure.Folded, spans bool) *scanner {
	s := &scanner{rules: rules, text: text, runes: text.Runes(), quoted: text.Quoted(), field: name, spans: spans}
	s.matches = rules.phrases.Find(text)
	s.inLink = make([]bool, len(s.runes))
	s.listed = text.Links()
	for _, l := range s.listed {
		for i := l.Start; i < l.End; i++ {
			s.inLink[i] = true
		}
	}
	return s
}

func channelsOf(mentions []Mention) []Channel {
	var out []Channel
	seen := map[Channel]bool{}
	for _, m := range mentions {
		if !seen[m.Channel] {
			seen[m.Channel] = true
			out = append(out, m.Channel)
		}
	}
	return out
}

// hashesOf are the shingles of a text by itself.
func hashesOf(text string) []uint64 {
	f := disclosure.Fold(text)
	return distinct(shingles(tokens(f, 0, make([]bool, len(f.Runes())), nil)))
}
