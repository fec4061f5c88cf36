package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Number writes a whole number with thousands: "41,220". Chinese figures on
// screens carry the same commas.
func (b *Book) Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	var out strings.Builder
	out.WriteString(sign)
	for i, d := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(d)
	}
	return out.String()
}

// Counted writes a figure that counting may have stopped at: "5,000+" where there
// is more, cut to two digits that are sure, and the plain number where it is whole.
func (b *Book) Counted(n int, more bool) string {
	if !more {
		return b.Number(n)
	}
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return b.Number(n/unit*unit) + "+"
}

// Count writes a size that need not be exact: "990", "8,210", then "12.4万" in
// Chinese and "41k", "1.2m" in English.
func (b *Book) Count(n int) string {
	if b.Chinese() {
		switch {
		case n >= 100_000_000:
			return short(n, 100_000_000) + "亿"
		case n >= 10_000:
			return short(n, 10_000) + "万"
		}
		return b.Number(n)
	}
	switch {
	case n >= 1_000_000:
		return short(n, 1_000_000) + "m"
	case n >= 10_000:
		return short(n, 1_000) + "k"
	}
	return b.Number(n)
}

// Money writes an amount whole: "¥118,400", with its fen only where there are any:
// "¥1,200.50". Below zero the sign stands before the mark: "−¥300".
func (b *Book) Money(f money.Fen) string {
	sign := ""
	if f < 0 {
		sign, f = "−", -f
	}
	text := sign + "¥" + b.Number(int(f/money.Yuan))
	if part := f % money.Yuan; part != 0 {
		text += fmt.Sprintf(".%02d", part)
	}
	return text
}

// MoneyShort writes an amount that need not be exact: "¥11.8万" in Chinese, "¥118k"
// in English.
func (b *Book) MoneyShort(f money.Fen) string {
	sign := ""
	if f < 0 {
		sign, f = "−", -f
	}
	return sign + "¥" + b.Count(int(f/money.Yuan))
}

// short cuts rather than rounds, so that 999,999 never reads as 1000k.
func short(n, unit int) string {
	tenths := n / (unit / 10)
	if tenths >= 1000 || tenths%10 == 0 {
		return strconv.Itoa(tenths / 10)
	}
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10)
}

// Percent writes a share between 0 and 1: "97 %" in English, "97%" in Chinese.
// Only what is exactly all or nothing reads as 100 or 0: a model's .996 is no
// certainty.
func (b *Book) Percent(share float64) string {
	whole := math.Round(share * 100)
	if share < 1 {
		whole = min(whole, 99)
	}
	if share > 0 {
		whole = max(whole, 1)
	}
	n := strconv.Itoa(int(whole))
	if b.Chinese() {
		return n + "%"
	}
	return n + " %"
}

// Score writes a probability as queues show it: ".97"; never ".100".
func (b *Book) Score(p float64) string {
	switch {
	case p >= .995:
		return ".99"
	case p <= 0:
		return ".00"
	}
	return strings.TrimPrefix(strconv.FormatFloat(p, 'f', 2, 64), "0")
}

// Weight writes a share of evidence with its sign: "+1.4", "−0.3".
func (b *Book) Weight(w float64) string {
	s := strconv.FormatFloat(w, 'f', 1, 64)
	if strings.HasPrefix(s, "-") {
		return "−" + s[1:]
	}
	return "+" + s
}

// Span writes a length of time in its largest unit: "8 min", "2 h", "3 d".
// Below a minute it is "now".
func (b *Book) Span(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	switch {
	case d < time.Minute:
		return b.T("time.now")
	case d < time.Hour:
		return b.T("time.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return b.T("time.hours", int(d/time.Hour))
	}
	return b.T("time.days", int(d/(24*time.Hour)))
}

// Due writes the time left, or how late something is: "2 h", "late 10 min".
func (b *Book) Due(d time.Duration) string {
	if d < 0 {
		if d > -time.Minute {
			return b.T("time.due")
		}
		return b.T("time.late", b.Span(d))
	}
	return b.Span(d)
}

// Ago writes how long something lies back: "10 min ago".
func (b *Book) Ago(d time.Duration) string {
	if d < time.Minute {
		return b.T("time.just")
	}
	return b.T("time.ago", b.Span(d))
}

// Held writes a running clock: "4:31", "1:02:09". It never runs below zero.
func (b *Book) Held(d time.Duration) string {
	s := max(0, int(d/time.Second))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Clock writes the hour of the day: "14:05".
func (b *Book) Clock(t time.Time) string { return t.In(b.zone).Format("15:04") }

// Day writes a whole date: "Sunday 22 November 2026", "2026年11月22日 星期日".
func (b *Book) Day(t time.Time) string {
	t = t.In(b.zone)
	if b.Chinese() {
		return fmt.Sprintf("%d年%d月%d日 星期%s", t.Year(), t.Month(), t.Day(), weekdays[t.Weekday()])
	}
	return t.Format("Monday 2 January 2006")
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// ShortDay writes a date without its year: "22 Nov", "11月22日".
func (b *Book) ShortDay(t time.Time) string {
	t = t.In(b.zone)
	if b.Chinese() {
		return fmt.Sprintf("%d月%d日", t.Month(), t.Day())
	}
	return t.Format("2 Jan")
}

// Stamp writes a moment to the minute: "2026-03-14 09:12". It is "—" for the zero time.
func (b *Book) Stamp(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(b.zone).Format("2006-01-02 15:04")
}

// Date writes a day in figures: "2026-03-14", "—" for the zero time.
func (b *Book) Date(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(b.zone).Format(time.DateOnly)
}

// DateOf writes a day without its year: "10 Mar", "3月10日"; "—" for none.
func (b *Book) DateOf(d moderation.Date) string {
	t, ok := d.Time()
	if !ok {
		return b.T("common.none")
	}
	return b.In(time.UTC).ShortDay(t)
}

// Window writes two days and what lies between: "10 Mar – 6 Apr 2026". A year that
// both share stands once.
func (b *Book) Window(from, to moderation.Date) string {
	a, aok := from.Time()
	z, zok := to.Time()
	switch {
	case !aok || !zok:
		return b.DateOf(from) + " – " + b.DateOf(to)
	case from == to:
		return b.withYear(a)
	case a.Year() != z.Year():
		return b.withYear(a) + " – " + b.withYear(z)
	case b.Chinese():
		return b.withYear(a) + " – " + b.DateOf(to)
	}
	return b.DateOf(from) + " – " + b.withYear(z)
}

func (b *Book) withYear(t time.Time) string {
	if b.Chinese() {
		return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
	}
	return t.Format("2 Jan 2006")
}

func (b *Book) stampOf(rfc3339 string) string {
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return rfc3339
	}
	return b.Clock(t)
}
