package intake

import (
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"cinnabar/internal/fault"
)

// cell is a value out of a table: text that may stand for any type.
type cell string

// recordReader gives the records of a table below its header.
type recordReader interface {
	next() (record, error)
}

// table gives the rows of a CSV file or a worksheet in the shape of JSON:
// columns named author.id or documents.0.kind become nested values.
type table struct {
	records recordReader
	names   []string // of the columns, "" where nothing may stand
	columns []column
	whole   []string // columns whose empty cells are empty text, not nothing
	groups  []string // nested columns that are never a list, though their names be positions
	// serial reads the days that a worksheet counts time in; nil for CSV.
	serial func(float64) (time.Time, error)
}

// column says where a cell goes: a path of one name, or of several for what is
// nested.
type column struct {
	path []string
}

// keyColumns are those by one of which a header is known: every kind of table has one.
var keyColumns = []string{"id", "kol_id"}

// maxIndex bounds the positions in columns like documents.0.kind.
const maxIndex = 999

func newTable(header []string, records recordReader) (*table, error) {
	t := &table{records: records, names: make([]string, len(header))}
	seen := make(map[string]bool)
	for i, h := range header {
		name := norm.NFC.String(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if name == "" {
			continue
		}
		if seen[columnName(name)] {
			return nil, fault.New(fault.FieldTwice, "field", clip(name), "value", columnLetter(i))
		}
		seen[columnName(name)] = true
		t.names[i] = name
	}
	if !slices.ContainsFunc(keyColumns, func(k string) bool { return seen[k] }) {
		return nil, fault.New(fault.FieldMissing, "field", "id")
	}
	return t, nil
}

// columnLetter is how spreadsheets call the column: A for 0.
func columnLetter(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// arrange fits the columns to a kind of row: the names that it knows, which of
// these have columns with dots, and which must be there. A dot in any other name
// is part of the name.
func (t *table) arrange(known, nested, required []string) error {
	t.columns = make([]column, len(t.names))
	have := make(map[string]bool)
	for i, name := range t.names {
		if name == "" {
			name = "column " + columnLetter(i)
		}
		path := strings.Split(columnName(name), ".")
		if !slices.Contains(nested, path[0]) {
			path = []string{name}
			if lower := columnName(name); slices.Contains(known, lower) {
				path[0] = lower
			}
		}
		t.columns[i] = column{path: path}
		have[strings.Join(path, ".")] = true
	}
	for name := range have {
		// "author" beside "author.id" would be two things under one name.
		for at := strings.LastIndexByte(name, '.'); at > 0; at = strings.LastIndexByte(name[:at], '.') {
			if have[name[:at]] && slices.Contains(nested, strings.Split(name, ".")[0]) {
				return fault.New(fault.FieldTwice, "field", name[:at], "value", name)
			}
		}
	}
	for _, name := range required {
		if !have[name] {
			return fault.New(fault.FieldMissing, "field", name)
		}
	}
	t.whole = required
	return nil
}

// next returns the next row that has a cell with anything in it.
func (t *table) next() (row, error) {
	for {
		rec, err := t.records.next()
		if err != nil {
			return row{}, err
		}
		r := row{line: rec.line, raw: rec.raw, fault: rec.fault}
		if r.fault != nil {
			return r, nil
		}
		filled := false
		for i, text := range rec.cells {
			if strings.TrimSpace(text) == "" {
				continue
			}
			filled = true
			if i >= len(t.columns) {
				r.fault = unreadable(tooManyCells, nil)
			}
		}
		if !filled {
			continue
		}
		if r.raw == nil {
			r.raw = asCSV(rec.cells)
		}
		if r.fault == nil {
			r.values = t.nest(rec.cells)
		}
		return r, nil
	}
}

// nest puts the cells of a row where their columns say. Empty cells are absent,
// except in columns that every row must have.
func (t *table) nest(cells []string) map[string]any {
	values := make(map[string]any, len(t.columns))
	for i, c := range t.columns {
		text := ""
		if i < len(cells) {
			text = cells[i]
		}
		if text == "" && !(len(c.path) == 1 && slices.Contains(t.whole, c.path[0])) {
			continue
		}
		into := values
		for _, step := range c.path[:len(c.path)-1] {
			inner, ok := into[step].(map[string]any)
			if !ok {
				inner = make(map[string]any)
				into[step] = inner
			}
			into = inner
		}
		into[c.path[len(c.path)-1]] = cell(text)
	}
	for name, v := range values {
		if inner, ok := v.(map[string]any); ok && !slices.Contains(t.groups, name) {
			values[name] = listed(inner)
		}
	}
	return values
}

// listed turns maps whose names are all positions (0, 1, …) into lists, in
// order. Gaps close: an empty second document is no document.
func listed(m map[string]any) any {
	list := len(m) > 0
	for name, v := range m {
		if inner, ok := v.(map[string]any); ok {
			m[name] = listed(inner)
		}
		at, err := strconv.Atoi(name)
		list = list && err == nil && at >= 0 && at <= maxIndex && strconv.Itoa(at) == name
	}
	if !list {
		return m
	}
	positions := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	values := make([]any, len(positions))
	for i, p := range positions {
		values[i] = m[p]
	}
	return values
}

func asCSV(cells []string) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells)
	w.Flush()
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

func itoa(n int) string { return strconv.Itoa(n) }
