package intake

import (
	"cinnabar/internal/fault"
)

// Refusal is a row that stays out, and why.
type Refusal struct {
	Line  int          // where the row begins, from 1; in a workbook the row's number
	ID    string       // the row's id, "" where it could not be read
	Fault *fault.Error // RowSyntax, RowTooLong, FieldMissing, FieldType, FieldValue or FieldTwice
	// Raw is the row as it stands in the file, or the beginning of a very long
	// one. A row of a workbook is given as CSV.
	Raw string
}

// Note is something a person should know of a row that came in all the same.
type Note struct {
	Line  int
	ID    string
	Field string       // e.g. "images.0"
	Fault *fault.Error // PictureAbsent, PictureKind, PictureLarge, PictureEmpty or FileUnreadable
}

// maxRaw is how much of a refused row is kept, in bytes.
const maxRaw = 64 << 10

func clipRaw(raw []byte) string {
	return string(raw[:min(len(raw), maxRaw)])
}

// clip shortens a value for the sentence it is shown in.
func clip(value string) string {
	const most = 40
	n := 0
	for i := range value {
		if n == most {
			return value[:i] + "…"
		}
		n++
	}
	return value
}

// Why a row is not a row, for RowSyntax's argument detail; words has a sentence
// for each.
const (
	notUTF8      = "not_utf8"
	notJSON      = "not_json"
	cutOff       = "cut_off"
	notAnObject  = "not_an_object"
	moreThanOne  = "more_than_one"
	tooManyCells = "too_many_cells"
	bareQuote    = "bare_quote"
	afterQuote   = "after_quote"
	openQuote    = "open_quote"
)

func unreadable(detail string, cause error) *fault.Error {
	return fault.Wrap(cause, fault.RowSyntax, "detail", detail)
}
