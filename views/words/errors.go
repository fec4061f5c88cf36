package words

import (
	"strings"

	"cinnabar/internal/fault"
)

// Error says what happened and what to do next. Whatever is no fault of ours
// comes out as the internal one: its details are for the log, not for a screen.
// Both are empty for nil.
func (b *Book) Error(err error) (what, next string) {
	f := fault.Of(err)
	if f == nil {
		return "", ""
	}
	key := "error." + string(f.Code)
	if !b.Has(key) {
		key = "error." + string(fault.Internal)
	}
	return b.sentence(key, f), b.sentence(key+".next", f)
}

// Sentence is Error in one line, for a terminal.
func (b *Book) Sentence(err error) string {
	what, next := b.Error(err)
	if b.Chinese() {
		return what + next
	}
	return strings.TrimSpace(what + " " + next)
}

// sentence fills the gaps; an argument that a fault came without reads as "…",
// since a sentence with a hole is better than one with a brace.
func (b *Book) sentence(key string, f *fault.Error) string {
	text := fill(b.T(key), b.argumentNames(f))
	for {
		from := strings.IndexByte(text, '{')
		if from < 0 {
			return text
		}
		to := strings.IndexByte(text[from:], '}')
		if to < 0 {
			return text
		}
		text = text[:from] + "…" + text[from+to+1:]
	}
}

// argumentNames translates the arguments that are codes rather than names.
func (b *Book) argumentNames(f *fault.Error) map[string]string {
	args := make(map[string]string, len(f.Args))
	for name, value := range f.Args {
		switch name {
		case "verdict":
			value = b.named("verdict", value)
		case "stage":
			value = b.named("stage", value)
		case "what":
			value = b.named("thing", value)
		case "field":
			value = b.column(value)
		case "want":
			value = b.named("want", value)
		case "detail":
			value = b.named("detail", value)
		case "kind":
			value = b.named("file_kind", value)
		case "until":
			value = b.stampOf(value)
		}
		args[name] = value
	}
	return args
}

// column names a field as the screens do and as the files do: who mends a file
// looks for the second.
func (b *Book) column(code string) string {
	name := b.named("field", code)
	switch {
	case name == code:
		return code
	case b.Chinese():
		return name + "（" + code + "）"
	}
	return name + " (" + code + ")"
}
