package intake

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Kind is what the rows of a file are.
type Kind string

// The kinds.
const (
	PostRows        Kind = "posts"
	ApplicationRows Kind = "applications"
	KOLRows         Kind = "kols"
	QuoteRows       Kind = "quotes"
	AudienceRows    Kind = "audience"
)

// Writer writes rows that Open reads back as they were. Pictures go out as the
// names they came under, and where a review stands does not go out at all.
type Writer struct {
	format  Format
	out     io.Writer
	csv     *csv.Writer
	columns []string
	begun   bool
}

// NewWriter writes JSON Lines or CSV; CSV begins with a header of every column
// of the kind and the extra ones named. Text in CSV is written as it is, so that
// it reads back: a file for people to open in a spreadsheet is app/report's work.
func NewWriter(w io.Writer, k Kind, f Format, extra ...string) *Writer {
	var columns []field
	switch k {
	case ApplicationRows:
		columns = flat(applicationFields(moderation.Application{}))
	case KOLRows:
		columns = flat(kolFields(campaigns.KOL{}))
	case QuoteRows:
		columns = flat(quoteFields(campaigns.KOLQuote{}))
	case AudienceRows:
		columns = flat(followFields(campaigns.Follow{}))
	default:
		columns = flat(postFields(moderation.Post{}))
	}
	wr := &Writer{format: f, out: w}
	for _, c := range columns {
		wr.columns = append(wr.columns, c.name)
	}
	wr.columns = append(wr.columns, extra...)
	if f == CSV {
		wr.csv = csv.NewWriter(w)
	}
	return wr
}

// Post writes a post.
func (w *Writer) Post(p moderation.Post) error { return w.row(postFields(p), p.Extra) }

// Application writes an application.
func (w *Writer) Application(a moderation.Application) error {
	return w.row(applicationFields(a), a.Extra)
}

// KOL writes a KOL.
func (w *Writer) KOL(k campaigns.KOL) error {
	extra := maps.Clone(k.Extra)
	delete(extra, pictureName)
	return w.row(kolFields(k), extra)
}

// Quote writes a quote.
func (w *Writer) Quote(q campaigns.KOLQuote) error { return w.row(quoteFields(q), nil) }

// Follow writes who follows whom.
func (w *Writer) Follow(f campaigns.Follow) error { return w.row(followFields(f), nil) }

// Flush writes out what is still held, and the header of a table without rows.
func (w *Writer) Flush() error {
	if w.csv == nil {
		return nil
	}
	if err := w.head(); err != nil {
		return err
	}
	w.csv.Flush()
	return w.csv.Error()
}

func (w *Writer) head() error {
	if w.begun {
		return nil
	}
	w.begun = true
	return w.csv.Write(w.columns)
}

func (w *Writer) row(fields []field, extra map[string]any) error {
	for _, name := range sortedNames(extra) {
		fields = append(fields, field{name, kept{extra[name]}})
	}
	if w.csv == nil {
		line, err := encode(fields)
		if err != nil {
			return err
		}
		_, err = w.out.Write(append(line, '\n'))
		return err
	}
	if err := w.head(); err != nil {
		return err
	}
	cells := make([]string, len(w.columns))
	for _, f := range flat(fields) {
		at := slices.Index(w.columns, f.name)
		if at < 0 {
			return fmt.Errorf("intake: no column for %q", f.name)
		}
		text, err := cellText(f)
		if err != nil {
			return err
		}
		cells[at] = text
	}
	return w.csv.Write(cells)
}

// field is a named value of a row: text, a number, a truth value, a list, a
// group ([]field) or a list of groups.
type field struct {
	name  string
	value any
}

type links []string // spaces may part them in a cell

// kept is an unknown value, written whatever it is.
type kept struct{ value any }

func postFields(p moderation.Post) []field {
	images := make([]string, len(p.Pictures))
	for i, picture := range p.Pictures {
		images[i] = picture.Name
	}
	videos := make([]string, len(p.Videos))
	for i, video := range p.Videos {
		videos[i] = video.Name
	}
	comments := make([][]field, len(p.CommentTexts))
	for i, c := range p.CommentTexts {
		comments[i] = []field{{"author", c.Author}, {"text", c.Text}, {"pinned", c.Pinned}}
	}
	var label any
	if p.Label != nil {
		label = *p.Label
	}
	return []field{
		{"id", p.ID},
		{"lang", p.Lang},
		{"title", p.Title},
		{"body", p.Body},
		{"posted_at", p.Posted},
		{"declared", p.Declared},
		{"links", links(p.Links)},
		{"images", images},
		{"videos", videos},
		{"image_count", p.PictureCount},
		{"video_count", p.VideoCount},
		{"likes", p.Likes},
		{"saves", p.Saves},
		{"shares", p.Shares},
		{"comments", p.Comments},
		{"comment_texts", comments},
		{"author", []field{
			{"id", p.Author.ID},
			{"handle", p.Author.Handle},
			{"followers", p.Author.Followers},
			{"following", p.Author.Following},
			{"posts", p.Author.Posts},
			{"posts_per_day", p.Author.PostsPerDay},
			{"joined_at", p.Author.Joined},
		}},
		{"brand", p.Brand},
		{"label", label},
	}
}

func applicationFields(a moderation.Application) []field {
	letters := make([][]field, len(a.Letters))
	for i, l := range a.Letters {
		letters[i] = []field{{"from", l.From}, {"to", l.To}, {"level", l.Level}, {"until", string(l.Until)}}
	}
	documents := make([][]field, len(a.Documents))
	for i, d := range a.Documents {
		read := make([][]field, len(d.Fields))
		for j, f := range d.Fields {
			read[j] = []field{{"name", f.Name}, {"text", f.Text}}
			if f.Box != (assets.Box{}) {
				read[j] = append(read[j], field{"box", []field{{"x", f.Box.X}, {"y", f.Box.Y}, {"w", f.Box.W}, {"h", f.Box.H}}})
			}
		}
		documents[i] = []field{
			{"kind", string(d.Kind)},
			{"file", d.Name},
			{"number", d.Number},
			{"issuer", d.Issuer},
			{"from", string(d.From)},
			{"until", string(d.Until)},
			{"fields", read},
		}
	}
	return []field{
		{"id", a.ID},
		{"subject", string(a.Subject)},
		{"region", a.Region},
		{"brand_name", a.BrandName},
		{"account_name", a.AccountName},
		{"category", a.Category},
		{"contact", a.Contact},
		{"entity", []field{
			{"uscc", a.Entity.USCC},
			{"name", a.Entity.Name},
			{"address", a.Entity.Address},
			{"representative", a.Entity.Representative},
			{"scope", a.Entity.Scope},
			{"established", string(a.Entity.Established)},
			{"expires", string(a.Entity.Expires)},
		}},
		{"mark", []field{
			{"number", a.Mark.Number},
			{"name", a.Mark.Name},
			{"classes", a.Mark.Classes},
			{"owner", a.Mark.Owner},
			{"status", a.Mark.Status},
			{"expires", string(a.Mark.Expires)},
		}},
		{"letters", letters},
		{"documents", documents},
		{"submitted_at", a.Submitted},
		{"submitted_by", a.SubmittedBy},
		{"due_at", a.Due},
	}
}

// flat gives groups columns of their own, author.id; lists stay one cell.
func flat(fields []field) []field {
	var all []field
	for _, f := range fields {
		group, ok := f.value.([]field)
		if !ok {
			all = append(all, f)
			continue
		}
		for _, inner := range flat(group) {
			all = append(all, field{f.name + "." + inner.name, inner.value})
		}
	}
	return all
}

// encode writes a group as JSON in its own order, leaving out what is empty
// except what every row must have.
func encode(fields []field) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, f := range fields {
		if empty(f) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		value, err := encodeValue(f.value)
		if err != nil {
			return nil, err
		}
		name, err := plainJSON(f.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encodeValue(v any) ([]byte, error) {
	switch v := v.(type) {
	case []field:
		return encode(v)
	case [][]field:
		var b bytes.Buffer
		for i, group := range v {
			b.WriteByte("[,"[min(i, 1)])
			one, err := encode(group)
			if err != nil {
				return nil, err
			}
			b.Write(one)
		}
		b.WriteByte(']')
		return b.Bytes(), nil
	case time.Time:
		return plainJSON(v.UTC())
	case kept:
		return plainJSON(v.value)
	case money.Fen:
		return []byte(v.String()), nil // a number in yuan
	}
	return plainJSON(v)
}

// plainJSON leaves <, > and & as they are: nobody reads these files in a browser.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func empty(f field) bool {
	switch v := f.value.(type) {
	case string:
		return v == "" && f.name != "body" && f.name != "id" && f.name != "text"
	case bool:
		return !v && f.name != "label"
	case time.Time:
		return v.IsZero()
	case links:
		return len(v) == 0
	case []string:
		return len(v) == 0
	case []int:
		return len(v) == 0
	case [][]field:
		return len(v) == 0
	case []field:
		return !slices.ContainsFunc(v, func(f field) bool { return !empty(f) })
	case int:
		// What is absent is counted from what was handed in, so that 0 must be said.
		return v == 0 && f.name != "image_count" && f.name != "video_count" && f.name != "comments"
	case float64:
		return v == 0 && f.name != "weight"
	case share:
		return v < 0
	case nil:
		return f.name == "label"
	}
	return false
}

func cellText(f field) (string, error) {
	if empty(f) {
		return "", nil
	}
	switch v := f.value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case share:
		return strconv.FormatFloat(float64(v), 'g', -1, 64), nil
	case money.Fen:
		return v.String(), nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	case kept:
		if text, ok := v.value.(string); ok {
			return text, nil
		}
	case links:
		return joined(v, " ")
	case []string:
		return joined(v, "")
	case []int:
		texts := make([]string, len(v))
		for i, n := range v {
			texts[i] = strconv.Itoa(n)
		}
		return strings.Join(texts, ","), nil
	}
	value, err := encodeValue(f.value)
	return string(value), err
}

// joined parts texts by bars, or writes JSON where a text holds what parts them.
func joined(texts []string, partedBy string) (string, error) {
	plain := !strings.HasPrefix(texts[0], "[")
	for _, t := range texts {
		plain = plain && t != "" && strings.TrimSpace(t) == t && !strings.ContainsAny(t, "|\r\n")
		if partedBy != "" {
			plain = plain && len(strings.Fields(t)) == 1
		}
	}
	if plain {
		return strings.Join(texts, "|"), nil
	}
	value, err := plainJSON(texts)
	return string(value), err
}

func sortedNames(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
