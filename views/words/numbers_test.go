package words

import (
	"testing"
	"time"
)

func TestNumbersAreWrittenAsEachLanguageDoes(t *testing.T) {
	t.Parallel()
	en, zh := For(EN), For(ZH)
	for _, c := range []struct{ got, want string }{
		{en.Number(41220), "41,220"}, {en.Number(-1234567), "−1,234,567"}, {en.Number(0), "0"}, {en.Number(999), "999"},
		{en.Counted(312, false), "312"}, {en.Counted(5000, true), "5,000+"}, {en.Counted(4987, true), "4,900+"}, {zh.Counted(42, true), "42+"}, {en.Counted(7, true), "7+"},
		{en.Count(8210), "8,210"}, {en.Count(41000), "41k"}, {en.Count(999_999), "999k"}, {en.Count(1_240_000), "1.2m"},
		{zh.Count(8210), "8,210"}, {zh.Count(124_000), "12.4万"}, {zh.Count(9_999_999), "999万"}, {zh.Count(230_000_000), "2.3亿"},
		{en.Percent(.974), "97 %"}, {zh.Percent(.974), "97%"},
		{en.Score(.974), ".97"}, {en.Score(1), ".99"}, {en.Score(0), ".00"}, {en.Score(.05), ".05"},
		{en.Weight(1.43), "+1.4"}, {en.Weight(-.3), "−0.3"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimesAreWrittenInThePlatformsZone(t *testing.T) {
	t.Parallel()
	en, zh := For(EN), For(ZH)
	at := time.Date(2026, 11, 21, 18, 5, 0, 0, time.UTC) // 02:05 of the next day in Shanghai
	for _, c := range []struct{ got, want string }{
		{en.Day(at), "Sunday 22 November 2026"}, {zh.Day(at), "2026年11月22日 星期日"},
		{en.Clock(at), "02:05"}, {en.Stamp(at), "2026-11-22 02:05"}, {en.Stamp(time.Time{}), "—"},
		{en.ShortDay(at), "22 Nov"}, {zh.ShortDay(at), "11月22日"},
		{en.In(time.UTC).Clock(at), "18:05"},
		{en.Due(2*time.Hour + 10*time.Minute), "2 h"}, {en.Due(-10 * time.Minute), "late 10 min"}, {zh.Due(-26 * time.Hour), "已超时 26 小时"},
		{en.Ago(90 * time.Second), "1 min ago"}, {zh.Ago(time.Second), "刚刚"}, {zh.Ago(3 * 24 * time.Hour), "3 天前"},
		{en.Held(4*time.Minute + 31*time.Second), "4:31"}, {en.Held(-time.Second), "0:00"}, {en.Held(3729 * time.Second), "1:02:09"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
