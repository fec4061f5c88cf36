package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views/words"
)

// labelledSet is a file of posts for learning or measuring, some of them with the truth.
type labelledSet struct {
	path  string
	posts []moderation.Post
	// spans[i] marks the commerce in the body of posts[i], in runes; nil where nobody
	// looked, empty where somebody looked and there is none.
	spans   [][]moderation.Span
	refused int // rows that could not be read; they are told on stderr
}

func readLabelled(ctx context.Context, p *program, path string) (*labelledSet, error) {
	if isModel(path) {
		return nil, p.misuse("command.detector_is_model", path)
	}
	// Verbatim, since spans count the runes of the text as it stands in the file.
	source, err := intake.Open(path, intake.Options{Stdin: p.in, Verbatim: true})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	progress := newBar(p.errs, p.words.T("command.importing", path))
	defer progress.clear()
	set := &labelledSet{path: path}
	for post, refusal := range intake.Posts(ctx, source) {
		progress.set(source.Progress())
		var marked []moderation.Span
		var line int
		var wrong error
		if refusal != nil {
			line, wrong = refusal.Line, refusal.Fault
		} else if marked, wrong = markedSpans(post); wrong != nil {
			line, _ = source.Row()
		}
		if wrong != nil {
			set.refused++
			progress.clear()
			fmt.Fprintln(p.errs, p.words.T("command.row_refused", line, p.words.Sentence(wrong)))
			continue
		}
		set.posts, set.spans = append(set.posts, post), append(set.spans, marked)
	}
	return set, source.Err()
}

// markedSpans reads the field spans, [[start, end], …]; in a table that is one cell.
func markedSpans(post moderation.Post) ([]moderation.Span, error) {
	v := post.Extra["spans"]
	if v == nil {
		return nil, nil
	}
	list, is := v.([]any)
	if cell, text := v.(string); text {
		if strings.TrimSpace(cell) == "" {
			return nil, nil
		}
		is = json.Unmarshal([]byte(cell), &list) == nil
	}
	if !is {
		return nil, fault.New(fault.FieldType, "field", "spans", "want", "list")
	}
	length := utf8.RuneCountInString(post.Body)
	spans := []moderation.Span{}
	for i, v := range list {
		pair, _ := v.([]any)
		field := fmt.Sprintf("spans.%d", i)
		if len(pair) != 2 {
			return nil, fault.New(fault.FieldType, "field", field, "want", "list")
		}
		start, isStart := pair[0].(float64)
		end, isEnd := pair[1].(float64)
		if !isStart || !isEnd || start != float64(int(start)) || end != float64(int(end)) {
			return nil, fault.New(fault.FieldType, "field", field, "want", "whole_number")
		}
		if start < 0 || end <= start || int(end) > length {
			return nil, fault.New(fault.FieldValue, "field", field, "value", fmt.Sprintf("%v, %v", start, end))
		}
		spans = append(spans, moderation.Span{Start: int(start), End: int(end)})
	}
	return spans, nil
}

// withTruth leaves out the posts without a label, which can't be measured on, and
// refuses a set in which one kind is missing altogether.
func (s *labelledSet) withTruth() (known *labelledSet, unlabelled int, err error) {
	known = &labelledSet{path: s.path, refused: s.refused}
	positives := 0
	for i, post := range s.posts {
		if post.Label == nil {
			unlabelled++
			continue
		}
		if *post.Label {
			positives++
		}
		known.posts, known.spans = append(known.posts, post), append(known.spans, s.spans[i])
	}
	if negatives := len(known.posts) - positives; positives == 0 || negatives == 0 {
		return nil, 0, fault.New(fault.LabelsTooFew, "positives", fmt.Sprint(positives), "negatives", fmt.Sprint(negatives), "need", "1")
	}
	return known, unlabelled, nil
}

// grouping says which posts of a set belong together.
type grouping struct {
	by string // a field, or one of the names below
	of func(moderation.Post) string
}

// How posts are grouped where nobody names a field.
const (
	byAuthor  = "author"         // by the author's id
	byProfile = "author_profile" // by what is known of the author, where there is no id
	byText    = "text"           // equal texts
)

func (g grouping) name(w *words.Book) string {
	switch g.by {
	case byAuthor, byProfile, byText:
		return w.T("command.grouped_" + g.by)
	}
	return g.by
}

// grouping groups by a field of the rows, or without one by the author: a model that
// has read one post of an author knows the next one's phrases and figures by heart.
func (s *labelledSet) grouping(p *program, field string) (grouping, error) {
	if field == "" {
		counts := map[string]int{}
		for _, post := range s.posts {
			kind, _, _ := strings.Cut(authorOf(post), ":")
			counts[kind]++
		}
		most := byAuthor
		for _, kind := range []string{byProfile, byText} {
			if counts[kind] > counts[most] {
				most = kind
			}
		}
		return grouping{most, authorOf}, nil
	}
	g := grouping{field, func(post moderation.Post) string { return fieldOf(post, field) }}
	if !slices.ContainsFunc(s.posts, func(post moderation.Post) bool { return g.of(post) != "" }) {
		return g, p.misuse("command.detector_no_field", s.path, field)
	}
	return g, nil
}

// authorOf names who wrote a post as well as the row allows: the author's id, else the
// figures of their profile, which seldom agree by chance, else the text itself, so that
// at least copies stay together.
func authorOf(post moderation.Post) string {
	a := post.Author
	switch {
	case a.ID != "":
		return byAuthor + ":" + a.ID
	case a.Handle != "":
		return byAuthor + ":@" + a.Handle
	case a.Posts > 0 && a.PostsPerDay > 0 || a.Followers > 0 && (a.Posts > 0 || a.Following > 0):
		return fmt.Sprintf("%s:%d %d %d %v %d", byProfile, a.Followers, a.Following, a.Posts, a.PostsPerDay, a.Joined.Unix())
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(post.Title+post.Body))
	sum := sha256.Sum256([]byte(plain))
	return byText + ":" + hex.EncodeToString(sum[:8])
}

// fieldOf is a field of a row as text, "" where it isn't there. Nested ones have a dot.
func fieldOf(post moderation.Post, field string) string {
	known := map[string]any{
		"id": post.ID, "lang": post.Lang, "title": post.Title, "body": post.Body, "brand": post.Brand,
		"author.id": post.Author.ID, "author.handle": post.Author.Handle,
	}
	if !post.Posted.IsZero() {
		known["posted_at"] = post.Posted.UTC().Format(time.RFC3339)
	}
	v, is := known[field]
	if !is {
		v, is = post.Extra[field]
	}
	if !is || v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
