package intake

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cinnabar/internal/fault"
)

// csvReader reads records as RFC 4180 has them. encoding/csv reads the same
// files, but holds a record in memory whatever its length, and a quote that is
// never closed makes the rest of a file one record.
//
// A malformed record is given up up to its end: after a quote that does not
// close, lines of a text could pass for rows, and nonsense would come in.
type csvReader struct {
	r     *bufio.Reader
	limit int
	comma byte
	line  int

	text []byte // the cells' content, one after the other
	ends []int  // where each cell ends in text
	raw  []byte
}

// record is one row of a table before it has names. cells is valid until the
// next record.
type record struct {
	line  int
	cells []string
	raw   []byte
	fault *fault.Error
}

func newCSVReader(r io.Reader, limit int) *csvReader {
	return &csvReader{r: bufio.NewReaderSize(r, 64<<10), limit: limit, comma: ','}
}

// header settles the delimiter, the one of comma, semicolon and tab with which
// the first line has an id column, and returns the first record.
func (c *csvReader) header() ([]string, error) {
	peeked, err := c.r.Peek(c.r.Size())
	if err != nil && err != io.EOF {
		return nil, err
	}
	line, _, _ := bytes.Cut(bytes.TrimLeft(peeked, "\r\n"), []byte("\n"))
	for _, comma := range []byte{',', ';', '\t'} {
		probe := &csvReader{r: bufio.NewReader(bytes.NewReader(line)), limit: maxRow, comma: comma}
		if first, err := probe.next(); err == nil && hasID(first.cells) {
			c.comma = comma
			break
		}
	}
	first, err := c.next()
	switch {
	case err == io.EOF:
		return nil, fault.New(fault.FileEmpty)
	case err != nil:
		return nil, err
	case first.fault != nil:
		return nil, first.fault
	}
	return slices.Clone(first.cells), nil
}

func hasID(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return slices.Contains(keyColumns, columnName(c)) })
}

type csvState int

const (
	fieldStart csvState = iota
	bare
	quoted
	quoteInQuoted // a quote that closes, or the first of a doubled one
	afterReturn   // a carriage return behind a closing quote
)

// next returns the next record that is not an empty line, or io.EOF.
func (c *csvReader) next() (record, error) {
	for {
		rec, err := c.read()
		if err != nil || rec.fault != nil || len(c.ends) > 1 || len(c.text) > 0 || bytes.HasPrefix(c.raw, []byte(`"`)) {
			return rec, err
		}
	}
}

func (c *csvReader) read() (record, error) {
	c.text, c.ends, c.raw = c.text[:0], c.ends[:0], c.raw[:0]
	rec := record{line: c.line + 1}
	state := fieldStart
	wrong := ""
	size := 0
	for {
		part, err := c.r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return rec, err
		}
		if err == io.EOF && len(part) == 0 {
			if size == 0 {
				return rec, io.EOF
			}
			return c.finish(rec, state, wrong, size)
		}
		size += len(part)
		long := size > c.limit
		if keep := maxRaw - len(c.raw); keep > 0 {
			c.raw = append(c.raw, part[:min(keep, len(part))]...)
		}
		end := c.scan(part, &state, &wrong, long)
		if err == nil {
			c.line++
		}
		if end {
			return c.finish(rec, state, wrong, size)
		}
	}
}

// scan takes a part of a line and tells whether the record has ended with it.
// When dropping, it follows the structure and keeps nothing.
func (c *csvReader) scan(part []byte, state *csvState, wrong *string, drop bool) (end bool) {
	keep := func(b []byte) {
		if !drop {
			c.text = append(c.text, b...)
		}
	}
	for i := 0; i < len(part); {
		switch *state {
		case fieldStart:
			*state = bare
			if part[i] == '"' {
				*state = quoted
				i++
			}
		case bare:
			from := i
			for i < len(part) && part[i] != c.comma && part[i] != '\n' && part[i] != '"' {
				i++
			}
			keep(part[from:i])
			if i == len(part) {
				return false
			}
			switch part[i] {
			case '\n':
				return true
			case '"':
				*wrong = cmp.Or(*wrong, bareQuote)
			default:
				if !drop {
					c.ends = append(c.ends, len(c.text))
				}
				*state = fieldStart
			}
			i++
		case quoted:
			n := bytes.IndexByte(part[i:], '"')
			if n < 0 {
				keep(part[i:])
				return false
			}
			keep(part[i : i+n])
			*state = quoteInQuoted
			i += n + 1
		case quoteInQuoted, afterReturn:
			b := part[i]
			switch {
			case b == '\n':
				return true
			case b == '"' && *state == quoteInQuoted:
				keep(part[i : i+1])
				*state = quoted
			case b == c.comma && *state == quoteInQuoted:
				if !drop {
					c.ends = append(c.ends, len(c.text))
				}
				*state = fieldStart
			case b == '\r' && *state == quoteInQuoted:
				*state = afterReturn
			default:
				*wrong = cmp.Or(*wrong, afterQuote)
				*state = bare
			}
			i++
		}
	}
	return false
}

func (c *csvReader) finish(rec record, state csvState, wrong string, size int) (record, error) {
	if state == bare || state == fieldStart {
		start := 0
		if len(c.ends) > 0 {
			start = c.ends[len(c.ends)-1]
		}
		if n := len(c.text); n > start && c.text[n-1] == '\r' {
			c.text = c.text[:n-1]
		}
	}
	c.ends = append(c.ends, len(c.text))
	if state == quoted {
		wrong = cmp.Or(wrong, openQuote)
	}
	rec.raw = trimLineEnd(c.raw)
	switch {
	case size > c.limit:
		rec.fault = tooLong(c.limit)
	case wrong != "":
		rec.fault = unreadable(wrong, nil)
	case !c.valid():
		rec.fault = unreadable(notUTF8, nil)
	default:
		rec.cells = c.cells()
	}
	return rec, nil
}

// valid looks at every cell by itself: a character cut in two by a comma is
// whole again in the text of all cells.
func (c *csvReader) valid() bool {
	from := 0
	for _, end := range c.ends {
		if !utf8.Valid(c.text[from:end]) {
			return false
		}
		from = end
	}
	return true
}

// cells makes the strings of a record out of one allocation for all its text.
func (c *csvReader) cells() []string {
	all := string(c.text)
	cells := make([]string, len(c.ends))
	from := 0
	for i, end := range c.ends {
		cells[i] = all[from:end]
		from = end
	}
	return cells
}

// columnName is how a header's cell is compared: without space around it or a
// byte order mark in front, and in small letters where it is one of our names.
func columnName(cell string) string {
	return strings.ToLower(strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")))
}
