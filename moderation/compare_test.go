package moderation

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestNamesAreComparedAsRegistersWriteThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want likeness
	}{
		{"上海初岚（集团）有限公司", "上海初岚(集团) 有限公司", same},
		{"ＡＢＣ Trading Co., Ltd.", "abc trading co ltd", same},
		{"Hua & Co", "Hua Co", different},
		{"上海蘭亭", "上海兰亭", sameScript},
		{"上海初岚", "上海初风", different},
		{"", "", same},
	} {
		if got := compare(c.a, c.b); got != c.want {
			t.Errorf("%s against %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestComparingDoesNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.RuneFrom([]rune("初岚嵐兰蘭 ·（)aA1")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if compare(a, b) != compare(b, a) || near(a, b) != near(b, a) || shortened(a, b) != shortened(b, a) {
			t.Errorf("%q and %q", a, b)
		}
	})
}

func TestAnAddressMayLeaveOutProvinceAndCity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"浦东新区样例路 88 号", "上海市浦东新区样例路88号", true},
		{"广东省广州市天河区样例路1号", "天河区样例路1号", true},
		{"样例路1号", "东样例路1号", false}, // another street
		{"88号", "上海市浦东新区样例路88号", false},
		{"样例路88号", "样例路88号", false}, // not shortened, the same
	} {
		if got := shortened(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
}

func TestAScopeIsSplitIntoWhatItLists(t *testing.T) {
	t.Parallel()
	got := listed("化妆品批发、零售；食品销售（除酒类、含预包装）。技术服务;\n")
	if want := []string{"化妆品批发", "零售", "食品销售", "技术服务"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := listed("（）、、"); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestNamesOneEditApartAreNear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"初岚官方", "初嵐 官方", true},
		{"初岚官方", "初岚官方旗", true},
		{"初岚官方", "初风官方", true},
		{"初岚官方", "初风官网", false},
		{"初岚", "初风", false}, // too short to be told apart by one character
		{"", "", false},
	} {
		if got := near(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
}
