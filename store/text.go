package store

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cinnabar/internal/fault"
)

// maxID bounds identifiers of the platform, in bytes: they stand in indexes.
const maxID = 200

// checked collects the first fault of a row's fields, so that a row can be read
// field by field without a condition after each.
type checked struct {
	row string // the row's id, for the sentence
	err error
}

// id returns an identifier as it is: it has to be found again by the same bytes.
func (c *checked) id(field, value string, needed bool) string {
	if value == "" && needed {
		c.refuse(fault.New(fault.FieldMissing, "field", field, "id", c.row))
	}
	if len(value) > maxID {
		c.refuse(c.value(field, value))
	}
	c.clean(field, value)
	return value
}

// text returns a text in NFC, the form everything here is kept in.
func (c *checked) text(field, value string) string {
	switch look(value) {
	case unheld:
		c.refuse(c.value(field, value))
		return ""
	case unsure:
		return norm.NFC.String(value)
	}
	return value
}

// number refuses what no column holds.
func (c *checked) number(field string, value int) int {
	const most = 1<<31 - 1
	if value < 0 || value > most {
		c.refuse(fault.New(fault.FieldValue, "field", field, "value", itoa(value), "id", c.row))
	}
	return value
}

// any checks every text within a decoded JSON value.
func (c *checked) any(field string, value any) {
	switch v := value.(type) {
	case string:
		c.clean(field, v)
	case []any:
		for _, item := range v {
			c.any(field, item)
		}
	case map[string]any:
		for key, item := range v {
			c.clean(field, key)
			c.any(field, item)
		}
	}
}

// clean refuses what Postgres can't hold: a NUL byte, and bytes that are no UTF-8.
func (c *checked) clean(field, value string) {
	if look(value) == unheld {
		c.refuse(c.value(field, value))
	}
}

// What a look at a text tells.
type looks int

const (
	plain  looks = iota // in NFC for certain
	unsure              // perhaps not
	unheld              // nothing that Postgres can hold
)

// look reads a text once. Asking the normaliser about every character costs more
// than all the rest of an import's preparation, and nearly all text is made of
// characters that neither change under NFC nor join with others.
func look(s string) looks {
	found := plain
	for i, r := range s {
		switch {
		case r == 0:
			return unheld
		case r < 0x300, // before the first combining mark
			r >= 0x4E00 && r <= 0x9FFF,   // Chinese characters, compatibility forms not among them
			r >= 0x3000 && r <= 0x3029,   // their punctuation, up to the first tone mark
			r >= 0xFF01 && r <= 0xFF5E,   // full width
			r >= 0x2010 && r <= 0x2027,   // dashes, quotes
			r >= 0x1F300 && r <= 0x1FAFF: // emoji
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return unheld
			}
		default:
			found = unsure
		}
	}
	return found
}

func (c *checked) value(field, value string) error {
	return fault.New(fault.FieldValue, "field", field, "value", excerpt(value), "id", c.row)
}

func (c *checked) refuse(err error) {
	if c.err == nil {
		c.err = err
	}
}

// excerpt shows the beginning of a text that may be long or no text at all.
func excerpt(s string) string {
	const most = 40
	shown := []rune(strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), 4*most)], "\uFFFD"), "\x00", "\u2400"))
	if len(shown) > most {
		return string(shown[:most]) + "…"
	}
	return string(shown)
}
