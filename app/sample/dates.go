package sample

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cinnabar/moderation"
)

// zone is where the platform keeps its days. It has no summer time, so a fixed
// offset spares us the time zone database.
var zone = time.FixedZone("CST", 8*60*60)

// calendar counts days from the platform's today.
type calendar struct{ today time.Time }

func calendarOf(now time.Time) calendar {
	y, m, d := now.In(zone).Date()
	return calendar{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (c calendar) day(offset int) moderation.Date {
	return dateOf(c.today.AddDate(0, 0, offset))
}

func dateOf(t time.Time) moderation.Date { return moderation.Date(t.Format(time.DateOnly)) }

// dated puts a year in place of {-n}, n years ago, and returns it; a text
// without one stays as it is, with 0.
func (c calendar) dated(text string) (string, int) {
	before, rest, ok := strings.Cut(text, "{")
	if !ok {
		return text, 0
	}
	offset, after, _ := strings.Cut(rest, "}")
	n, err := strconv.Atoi(offset)
	if err != nil {
		panic("sample: a year that is no number in " + text)
	}
	year := c.today.Year() + n
	return fmt.Sprint(before, year, after), year
}

// printed is a date as Chinese papers print it.
func printed(d moderation.Date) string {
	if d == moderation.LongTerm {
		return "长期"
	}
	t, ok := d.Time()
	if !ok {
		return string(d)
	}
	return t.Format("2006年01月02日")
}

// until is a period as Chinese papers print it.
func until(from, to moderation.Date) string {
	if to == moderation.LongTerm {
		return printed(from) + " 至 长期"
	}
	return printed(from) + " 至 " + printed(to)
}
