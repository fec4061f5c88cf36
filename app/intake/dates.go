package intake

import (
	"strconv"
	"strings"
	"time"

	"cinnabar/moderation"
)

// Layouts that tables may have besides RFC 3339. Spreadsheets in Chinese write
// slashes and no leading zeros.
var (
	clockLayouts = []string{
		"2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04",
		"2006年1月2日 15:04:05", "2006年1月2日 15:04",
	}
	dayLayouts = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日"}
)

// The years a time or a paper's day may lie in. Years outside are a wrong unit
// or a broken export, and a table partitioned by month should not grow for them.
const (
	firstYear, lastYear       = 1990, 2100
	firstPaperYear, lastPaper = 1800, 2300
)

// moment reads a time. JSON has RFC 3339 only; tables have the layouts above as
// well, at home in the zone, and a worksheet its serial days.
func (f *fields) moment(o object, name string) time.Time {
	v, path := f.take(o, name)
	var t time.Time
	ok := false
	switch v := v.(type) {
	case nil:
		return time.Time{}
	case string:
		if v == "" {
			return time.Time{}
		}
		t, ok = parseTime(v, time.RFC3339)
		if !ok {
			f.wrongValue(path, v)
			return time.Time{}
		}
	case cell:
		text := strings.TrimSpace(string(v))
		if t, ok = parseTime(text, time.RFC3339); !ok {
			if t, ok = f.clock(text); !ok {
				f.wrongValue(path, text)
				return time.Time{}
			}
		}
	default:
		f.wrongType(path, wantTime)
		return time.Time{}
	}
	if y := t.UTC().Year(); y < firstYear || y > lastYear {
		f.wrongValue(path, t.Format(time.RFC3339))
		return time.Time{}
	}
	// Microseconds are what the database keeps: finer ones would never stand.
	return t.UTC().Truncate(time.Microsecond)
}

// clock reads a time of a table that does not say its zone.
func (f *fields) clock(text string) (time.Time, bool) {
	for _, layouts := range [][]string{clockLayouts, dayLayouts} {
		for _, l := range layouts {
			if t, err := time.ParseInLocation(l, text, f.zone); err == nil {
				return t, true
			}
		}
	}
	if t, ok := f.fromSerial(text); ok {
		y, m, d := t.Date()
		return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, f.zone), true
	}
	return time.Time{}, false
}

func (f *fields) fromSerial(text string) (time.Time, bool) {
	if f.serial == nil {
		return time.Time{}, false
	}
	days, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, false
	}
	t, err := f.serial(days)
	// Days are a fraction: what was typed as a full second is a hair off it.
	return t.Round(time.Second), err == nil
}

// day reads a calendar day as printed on a paper, or that it has no end.
func (f *fields) day(o object, name string) moderation.Date {
	v, path := f.take(o, name)
	if v == nil {
		return ""
	}
	_, table := v.(cell)
	text := strings.TrimSpace(f.asText(v, path))
	switch {
	case f.fault != nil:
		if f.fault.Args["want"] == wantText {
			f.fault.Args["want"] = wantDay
		}
		return ""
	case text == "":
		return ""
	case text == string(moderation.LongTerm), text == "长期", text == "長期":
		return moderation.LongTerm
	}
	t, err := time.Parse(time.DateOnly, text)
	ok := err == nil
	if !ok && table {
		for _, l := range dayLayouts {
			if t, err = time.Parse(l, text); err == nil {
				ok = true
				break
			}
		}
		if !ok {
			t, ok = f.fromSerial(text)
		}
	}
	if !ok || t.Year() < firstPaperYear || t.Year() > lastPaper {
		f.wrongValue(path, text)
		return ""
	}
	return moderation.Date(t.Format(time.DateOnly))
}

func parseTime(text, layout string) (time.Time, bool) {
	t, err := time.Parse(layout, text)
	return t, err == nil
}
