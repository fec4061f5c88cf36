package store

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// column is a Postgres array in the making, in its text form. A batch of rows goes
// to the server as one array for each column, which costs it about what COPY does;
// writing them here, without a slice of strings in between, halves our own part.
type column struct{ b []byte }

func (c *column) next() {
	if len(c.b) == 0 {
		c.b = append(c.b, '{')
	} else {
		c.b = append(c.b, ',')
	}
}

func (c *column) null() {
	c.next()
	c.b = append(c.b, "NULL"...)
}

func (c *column) text(s string) {
	c.next()
	c.b = append(c.b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			c.b = append(append(c.b, s[from:i]...), '\\')
			from = i
		}
	}
	c.b = append(append(c.b, s[from:]...), '"')
}

func (c *column) int(n int) {
	c.next()
	c.b = strconv.AppendInt(c.b, int64(n), 10)
}

func (c *column) float(f float64) {
	c.next()
	c.b = strconv.AppendFloat(c.b, f, 'g', -1, 64)
}

func (c *column) bool(b bool) {
	c.next()
	c.b = strconv.AppendBool(c.b, b)
}

// maybe writes what need not be known.
func (c *column) maybe(b *bool) {
	if b == nil {
		c.null()
		return
	}
	c.bool(*b)
}

// time writes a moment; the zero time is not known.
func (c *column) time(t time.Time) {
	if t.IsZero() {
		c.null()
		return
	}
	c.next()
	c.b = append(c.b, '"')
	c.b = t.UTC().AppendFormat(c.b, time.RFC3339Nano)
	c.b = append(c.b, '"')
}

// json writes a value as JSON, and its empty form for what has no items.
func (c *column) json(v any, items int, empty string) {
	if items == 0 {
		c.text(empty)
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		// Only what was decoded from JSON, or is made of strings and numbers that
		// were checked, comes here.
		panic("store: " + err.Error())
	}
	c.text(string(raw))
}

func (c *column) size() int { return len(c.b) }

// literal ends the array. A column without a row is the empty array.
func (c *column) literal() string {
	if len(c.b) == 0 {
		return "{}"
	}
	return string(append(c.b, '}'))
}

func itoa(n int) string { return strconv.Itoa(n) }

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
