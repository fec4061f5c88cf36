package hanzi

import "testing"

func TestTraditionalTextFoldsToSimplified(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"感謝邀請的體驗文":       "感谢邀请的体验文",
		"上海初蘭化妝品":        "上海初兰化妆品",
		"妳說優惠碼":          "你说优惠码",
		"already 简体 😀 ｱ": "already 简体 😀 ｱ",
		"한국어 ひらがな":       "한국어 ひらがな",
	} {
		if got := SimplifyString(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestFoldingTwiceChangesNothingMore(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0x30000; r++ {
		if once := Simplify(r); Simplify(once) != once {
			t.Errorf("%c → %c → %c", r, once, Simplify(once))
		}
	}
}

func TestOnlyHanCharactersAreHan(t *testing.T) {
	t.Parallel()
	for _, r := range "汉𠀀〇豈" {
		if !Is(r) {
			t.Errorf("%c is one", r)
		}
	}
	for _, r := range "aあア한·，😀⼀" {
		if Is(r) {
			t.Errorf("%c is none", r)
		}
	}
}
