package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// scanLine is a line of a scan's output, as docs/formats.md has it.
type scanLine struct {
	ID         string        `json:"id"`
	Commercial float64       `json:"commercial"`
	Disclosure string        `json:"disclosure"`
	Declared   bool          `json:"declared"`
	Flag       bool          `json:"flag"`
	Evidence   []scanFinding `json:"evidence"`
}

type scanFinding struct {
	Rule   string  `json:"rule"`
	Field  string  `json:"field"`
	Start  *int    `json:"start,omitempty"` // runes, in the field as it was read
	End    *int    `json:"end,omitempty"`
	Text   string  `json:"text,omitempty"`
	Weight float64 `json:"weight"`
}

// WriteScan writes what a model says of one post as a line of JSON. The writer
// should be buffered. A score that is no number is an error: JSON has none.
func WriteScan(w io.Writer, p moderation.Post, r disclosure.Result) error {
	line := scanLine{
		ID:         p.ID,
		Commercial: r.Commercial,
		Disclosure: string(r.Disclosure),
		Declared:   p.Declared,
		Flag:       r.Flag,
		Evidence:   make([]scanFinding, len(r.Findings)),
	}
	for i, f := range r.Findings {
		line.Evidence[i] = scanFinding{Rule: f.Rule, Field: f.Field, Text: f.Text, Weight: f.Weight}
		if f.Span != nil {
			line.Evidence[i].Start, line.Evidence[i].End = &f.Span.Start, &f.Span.End
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		return fmt.Errorf("post %s: %w", p.ID, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
