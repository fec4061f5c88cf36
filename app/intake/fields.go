package intake

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cinnabar/internal/fault"
)

// Bounds of what a field may hold. They are not wider than what the database
// takes, since what it refuses ends the whole import and not the row: ids and
// short texts stand in indexes whose entries have an upper size, and counts in
// columns of four bytes. Counts and times beyond are mistakes of an export.
const (
	maxName  = 200 // bytes of an id
	maxShort = 500 // runes of a name, a handle, a code
	maxList  = 10_000
	maxDepth = 32
	maxCount = math.MaxInt32
	maxMedia = 1_000_000 // pictures or videos of one post
)

// What a field should have been, for FieldType's argument want.
const (
	wantText   = "text"
	wantWhole  = "whole_number"
	wantNumber = "number"
	wantBool   = "true_or_false"
	wantList   = "list"
	wantGroup  = "group"
	wantTime   = "time"
	wantDay    = "day"
)

// object is a group of named values on its way to being understood. Values are
// taken out as they are read, so that what is left over is what nobody knows.
type object struct {
	path   string // with a dot at its end, "" at the top
	values map[string]any
}

// fields reads typed values and remembers the first thing wrong, so that a
// mapping reads like a table. After a fault everything reads as zero.
type fields struct {
	zone     *time.Location
	serial   func(float64) (time.Time, error)
	verbatim bool
	extra    map[string]any
	fault    *fault.Error
}

func (f *fields) wrongType(path, want string) {
	if f.fault == nil {
		f.fault = fault.New(fault.FieldType, "field", path, "want", want)
	}
}

func (f *fields) wrongValue(path, value string) {
	if f.fault == nil {
		f.fault = fault.New(fault.FieldValue, "field", path, "value", clip(value))
	}
}

func (f *fields) missing(path string) {
	if f.fault == nil {
		f.fault = fault.New(fault.FieldMissing, "field", path)
	}
}

// take removes a value. JSON's null is the same as absence.
func (f *fields) take(o object, name string) (v any, path string) {
	v = o.values[name]
	delete(o.values, name)
	return v, o.path + name
}

// text reads a text of any length.
func (f *fields) text(o object, name string) string {
	v, path := f.take(o, name)
	return f.asText(v, path)
}

func (f *fields) asText(v any, path string) string {
	s := f.asWritten(v, path)
	if f.verbatim {
		return s
	}
	return norm.NFC.String(s)
}

// asWritten is asText for links and names of files, which lead nowhere when a
// character of them is written otherwise.
func (f *fields) asWritten(v any, path string) string {
	var s string
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		s = v
	case cell:
		s = string(v)
	default:
		f.wrongType(path, wantText)
		return ""
	}
	if strings.IndexByte(s, 0) >= 0 {
		f.wrongValue(path, `\u0000`) // which Postgres cannot hold
		return ""
	}
	return s
}

// short reads a text that names something.
func (f *fields) short(o object, name string) string {
	return f.atMost(f.text(o, name), maxShort, o.path+name)
}

// file reads the name of a file, as it is written.
func (f *fields) file(o object, name string) string {
	v, path := f.take(o, name)
	return f.atMost(f.asWritten(v, path), maxShort, path)
}

func (f *fields) atMost(s string, most int, path string) string {
	if len(s) > most && utf8.RuneCountInString(s) > most {
		f.wrongValue(path, s)
		return ""
	}
	return s
}

// key reads an identifier of the platform's own: never normalised, since it must
// be found again as it is.
func (f *fields) key(o object, name string) string {
	v, path := f.take(o, name)
	s := ""
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		s = v
	case cell:
		s = strings.TrimSpace(string(v))
		if rounded(s) {
			f.wrongValue(path, s)
			return ""
		}
	default:
		f.wrongType(path, wantText)
		return ""
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		f.wrongValue(path, strconv.QuoteToGraphic(s))
		return ""
	}
	if len(s) > maxName {
		f.wrongValue(path, s)
		return ""
	}
	return s
}

// rounded reports a number as spreadsheets write long ones, 1.2E+17: an id that
// has lost its last digits, for good.
func rounded(s string) bool {
	mantissa, exponent, ok := strings.Cut(s, "E+")
	if !ok {
		return false
	}
	_, err1 := strconv.ParseFloat(mantissa, 64)
	_, err2 := strconv.Atoi(exponent)
	return err1 == nil && err2 == nil
}

// count reads a whole number from 0; absent is 0.
func (f *fields) count(o object, name string) int { return f.whole(o, name, 0, maxCount) }

func (f *fields) whole(o object, name string, least, most int) int {
	v, path := f.take(o, name)
	return f.asWhole(v, path, least, most)
}

func (f *fields) asWhole(v any, path string, least, most int) int {
	digits, ok := digitsOf(v)
	if v == nil || f.fault != nil {
		return 0
	}
	if !ok {
		f.wrongType(path, wantWhole)
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		// 12.0 and 1e3 are whole too; tables made by other programs have them.
		x, err := strconv.ParseFloat(digits, 64)
		switch {
		case err != nil && !math.IsInf(x, 0), err == nil && (x != math.Trunc(x) || math.IsNaN(x) || math.IsInf(x, 0)):
			f.wrongType(path, wantWhole)
			return 0
		case math.Abs(x) > maxCount:
			f.wrongValue(path, digits)
			return 0
		}
		n = int64(x)
	}
	if n < int64(least) || n > int64(most) {
		f.wrongValue(path, digits)
		return 0
	}
	return int(n)
}

func digitsOf(v any) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return string(v), true
	case cell:
		return strings.TrimSpace(string(v)), true
	}
	return "", false
}

// rate reads a number from 0 that need not be whole.
func (f *fields) rate(o object, name string) float64 {
	v, path := f.take(o, name)
	digits, ok := digitsOf(v)
	if v == nil {
		return 0
	}
	x, err := strconv.ParseFloat(digits, 64)
	switch {
	case !ok, err != nil && !math.IsInf(x, 0), math.IsNaN(x):
		f.wrongType(path, wantNumber)
		return 0
	case x < 0, x > maxCount:
		f.wrongValue(path, digits)
		return 0
	}
	return x
}

// flag reads true or false; absent is nil.
func (f *fields) flag(o object, name string) *bool {
	v, path := f.take(o, name)
	yes, no := true, false
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return &v
	case cell:
		switch strings.ToLower(strings.TrimSpace(string(v))) {
		case "true", "yes", "1", "是":
			return &yes
		case "false", "no", "0", "否":
			return &no
		}
	}
	f.wrongType(path, wantBool)
	return nil
}

// oneOf reads a word of a closed list.
func oneOf[T ~string](f *fields, o object, name string, words ...T) T {
	v, path := f.take(o, name)
	s := strings.TrimSpace(f.asText(v, path))
	if s == "" || slices.Contains(words, T(s)) {
		return T(s)
	}
	f.wrongValue(path, s)
	return ""
}

// links reads a list of texts that point somewhere, as they are written. In a table that is a JSON array or pieces between
// vertical bars or line breaks, and with spaced, between spaces too.
func (f *fields) links(o object, name string, spaced bool) []string {
	v, path := f.take(o, name)
	values := f.asList(v, path, func(s string) []any {
		return pieces(s, func(r rune) bool { return r == '|' || r == '\n' || r == '\r' || spaced && unicode.IsSpace(r) })
	})
	var list []string
	for i, v := range values {
		at := path + "." + itoa(i)
		if v == nil {
			f.wrongType(at, wantText)
		}
		s := f.asWritten(v, at)
		if f.fault != nil {
			return nil
		}
		list = append(list, s)
	}
	return list
}

// numbers reads a list of whole numbers; in a table commas part them as well.
func (f *fields) numbers(o object, name string, least, most int) []int {
	v, path := f.take(o, name)
	values := f.asList(v, path, func(s string) []any {
		return pieces(s, func(r rune) bool { return strings.ContainsRune("|,，、;", r) || unicode.IsSpace(r) })
	})
	var list []int
	for i, v := range values {
		at := path + "." + itoa(i)
		if v == nil {
			f.wrongType(at, wantWhole)
		}
		n := f.asWhole(v, at, least, most)
		if f.fault != nil {
			return nil
		}
		list = append(list, n)
	}
	return list
}

// objects reads a list of groups; in a table that is columns with positions, or
// one cell with a JSON array.
func (f *fields) objects(o object, name string) []object {
	v, path := f.take(o, name)
	values := f.asList(v, path, func(string) []any { f.wrongType(path, wantList); return nil })
	var list []object
	for i, v := range values {
		at := path + "." + itoa(i)
		m, ok := f.asGroup(v, at)
		if !ok {
			f.wrongType(at, wantGroup)
			return nil
		}
		list = append(list, object{at + ".", m})
	}
	return list
}

// group reads a group of named values, empty when absent.
func (f *fields) group(o object, name string) object {
	v, path := f.take(o, name)
	if v == nil {
		return object{path: path + "."}
	}
	m, ok := f.asGroup(v, path)
	if !ok {
		f.wrongType(path, wantGroup)
	}
	return object{path + ".", m}
}

func (f *fields) asGroup(v any, path string) (map[string]any, bool) {
	if c, ok := v.(cell); ok {
		values, wrong := parseObject([]byte(c))
		if wrong != nil {
			f.wrongType(path, wantGroup)
		}
		return values, wrong == nil
	}
	m, ok := v.(map[string]any)
	return m, ok
}

func (f *fields) asList(v any, path string, split func(string) []any) []any {
	var values []any
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		values = v
	case cell:
		text := strings.TrimSpace(string(v))
		if !strings.HasPrefix(text, "[") {
			values = split(text)
			break
		}
		inner, wrong := parseObject([]byte(`{"list":` + text + `}`))
		if wrong != nil {
			f.wrongType(path, wantList)
			return nil
		}
		values, _ = inner["list"].([]any)
	default:
		f.wrongType(path, wantList)
		return nil
	}
	if len(values) > maxList {
		f.wrongValue(path, itoa(len(values)))
		return nil
	}
	return values
}

func pieces(s string, parts func(rune) bool) []any {
	var all []any
	for _, p := range strings.FieldsFunc(s, parts) {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, cell(p))
		}
	}
	return all
}

// rest keeps whatever is left of a group as extra fields: at the top under its
// own name, in a group under a name with dots (author.badge).
func (f *fields) rest(o object) {
	for name, v := range o.values {
		if f.fault != nil {
			return
		}
		f.extra[f.cleanName(o.path+name)] = f.clean(v, o.path+name, 1)
	}
}

func (f *fields) cleanName(path string) string {
	if strings.IndexByte(path, 0) >= 0 {
		f.wrongValue(strings.ReplaceAll(path, "\x00", `\u0000`), `\u0000`)
	}
	return path
}

// clean makes an unknown value fit to be kept: texts as texts are, numbers as
// float64 unless they are whole and longer than that can hold, and nothing so
// deep or so large that a database would choke on it.
func (f *fields) clean(v any, path string, depth int) any {
	if depth > maxDepth {
		f.wrongValue(path, "> "+itoa(maxDepth))
		return nil
	}
	switch v := v.(type) {
	case string, cell:
		return f.asText(v, path)
	case json.Number:
		return f.number(v, path)
	case []any:
		for i := range v {
			v[i] = f.clean(v[i], path+"."+itoa(i), depth+1)
		}
	case map[string]any:
		for name, inner := range v {
			f.cleanName(path + "." + name)
			v[name] = f.clean(inner, path+"."+name, depth+1)
		}
	}
	return v
}

func (f *fields) number(n json.Number, path string) any {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil && (i > 1<<53 || i < -1<<53) {
		return n
	}
	x, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		f.wrongValue(path, string(n))
		return nil
	}
	if !strings.ContainsAny(string(n), ".eE") && math.Abs(x) > 1<<53 {
		if len(n) > 100 {
			f.wrongValue(path, string(n))
		}
		return n
	}
	return x
}
