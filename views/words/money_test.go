package words

import (
	"testing"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

func TestAmountsReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fen                   money.Fen
		whole, short, chinese string
	}{
		{0, "¥0", "¥0", "¥0"},
		{11_840_000, "¥118,400", "¥118k", "¥11.8万"},
		{120_050, "¥1,200.50", "¥1,200", "¥1,200"},
		{-30_005, "−¥300.05", "−¥300", "−¥300"},
		{money.Most, "¥100,000,000,000", "¥100000m", "¥1000亿"},
	} {
		if got := For(EN).Money(c.fen); got != c.whole {
			t.Errorf("Money(%d) = %q, want %q", c.fen, got, c.whole)
		}
		if got := For(EN).MoneyShort(c.fen); got != c.short {
			t.Errorf("MoneyShort(%d) = %q, want %q", c.fen, got, c.short)
		}
		if got := For(ZH).MoneyShort(c.fen); got != c.chinese {
			t.Errorf("Chinese MoneyShort(%d) = %q, want %q", c.fen, got, c.chinese)
		}
	}
}

func TestAWindowSaysItsYearOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, en, zh string }{
		{"2026-03-10", "2026-04-06", "10 Mar – 6 Apr 2026", "2026年3月10日 – 4月6日"},
		{"2026-12-20", "2027-01-05", "20 Dec 2026 – 5 Jan 2027", "2026年12月20日 – 2027年1月5日"},
		{"2026-03-10", "2026-03-10", "10 Mar 2026", "2026年3月10日"},
		{"", "2026-03-10", "— – 10 Mar", "— – 3月10日"},
	} {
		if got := For(EN).Window(moderation.Date(c.from), moderation.Date(c.to)); got != c.en {
			t.Errorf("%s to %s = %q, want %q", c.from, c.to, got, c.en)
		}
		if got := For(ZH).Window(moderation.Date(c.from), moderation.Date(c.to)); got != c.zh {
			t.Errorf("%s to %s = %q, want %q", c.from, c.to, got, c.zh)
		}
	}
}
