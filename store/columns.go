package store

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// column is a Postgres array in the making, in the binary form of the wire. A batch
// of rows goes to the server as one array for each column. Binary, because nobody
// then has to quote a text and look for the quotes again: that alone is a seventh of
// an import's cost.
//
// The connection sends a []byte argument as binary (see the package comment), and
// the server takes it for the parameter's own type.
type column struct {
	b    []byte
	n    uint32
	null bool // there is one
}

// The element types that arrays name on the wire; pg_type.dat has them.
const (
	oidBool        = 16
	oidInt8        = 20
	oidInt4        = 23
	oidText        = 25
	oidFloat8      = 701
	oidTimestamptz = 1184
	oidJSONB       = 3802
)

// arrayHeader is the room for dimensions, flags, element type, length and lower bound.
const arrayHeader = 5 * 4

// typedColumn is a column with the type of its elements.
type typedColumn struct {
	*column
	element uint32
}

// reserve makes room for so many bytes ahead.
func (c *column) reserve(bytes int) {
	c.b = make([]byte, arrayHeader, arrayHeader+bytes)
}

// room begins an element of so many bytes.
func (c *column) room(size int) {
	if c.b == nil {
		c.reserve(1 << 10)
	}
	c.n++
	c.b = binary.BigEndian.AppendUint32(c.b, uint32(size))
}

func (c *column) unknown() {
	c.room(-1)
	c.null = true
}

func (c *column) text(s string) {
	c.room(len(s))
	c.b = append(c.b, s...)
}

func (c *column) int4(n int) {
	c.room(4)
	c.b = binary.BigEndian.AppendUint32(c.b, uint32(int32(n)))
}

func (c *column) int8(n int) {
	c.room(8)
	c.b = binary.BigEndian.AppendUint64(c.b, uint64(n))
}

func (c *column) float(f float64) {
	c.room(8)
	c.b = binary.BigEndian.AppendUint64(c.b, math.Float64bits(f))
}

func (c *column) bool(b bool) {
	c.room(1)
	if b {
		c.b = append(c.b, 1)
	} else {
		c.b = append(c.b, 0)
	}
}

// maybe writes what need not be known.
func (c *column) maybe(b *bool) {
	if b == nil {
		c.unknown()
		return
	}
	c.bool(*b)
}

// epoch is where Postgres counts from, in microseconds of Unix.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// time writes a moment; the zero time is not known.
func (c *column) time(t time.Time) {
	if t.IsZero() {
		c.unknown()
		return
	}
	c.int8(int(t.UnixMicro() - epoch))
}

// json writes a value as JSON, and NULL for what has no items.
func (c *column) json(v any, items int) {
	if items == 0 {
		c.unknown()
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		// Only what was decoded from JSON, or is made of strings and numbers that
		// were checked, comes here.
		panic("store: " + err.Error())
	}
	c.room(1 + len(raw))
	c.b = append(append(c.b, 1), raw...) // the version of jsonb's wire form
}

func (c *column) size() int { return len(c.b) }

// array ends the column. One without a row is the empty array.
func (c *column) array(element uint32) []byte {
	if c.n == 0 {
		return binary.BigEndian.AppendUint32(make([]byte, 8, arrayHeader), element)
	}
	var nulls uint32
	if c.null {
		nulls = 1
	}
	for i, word := range [...]uint32{1, nulls, element, c.n, 1} {
		binary.BigEndian.PutUint32(c.b[4*i:], word)
	}
	return c.b
}

func itoa(n int) string { return strconv.Itoa(n) }

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
