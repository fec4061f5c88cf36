package hanzi

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/longbridgeapp/opencc"
)

var write = flag.Bool("write", false, "write simplified.txt anew from OpenCC's dictionaries")

func TestTheTableIsThatOfOpenCC(t *testing.T) {
	t.Parallel()
	cc, err := opencc.New("t2s")
	if err != nil {
		t.Fatal(err)
	}
	from := map[rune][]rune{}
	for r := rune(first); r <= last; r++ {
		if r >= 0xA000 && r < 0xF900 {
			continue // Yi, Hangul, surrogates, private use: nothing of ours
		}
		s, err := cc.Convert(string(r))
		if folded := []rune(s); err == nil && len(folded) == 1 && folded[0] != r {
			from[folded[0]] = append(from[folded[0]], r)
		}
	}
	var to []rune
	for r := range from {
		to = append(to, r)
	}
	slices.Sort(to)
	var b strings.Builder
	b.WriteString("# Made from the dictionaries of OpenCC (Apache License 2.0); go test ./moderation/hanzi -write makes it again.\n")
	for _, r := range to {
		b.WriteString(string(r) + string(from[r]) + "\n")
	}
	if *write {
		if err := os.WriteFile("simplified.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if b.String() != simplifiedData {
		t.Error("simplified.txt is another table; -write makes it anew")
	}
}

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

func TestOldAndJapaneseFormsFoldToo(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"広吿": "广告", "団購価": "团购价", "転売": "转卖", "優恵劵": "优惠券"} {
		if got := SimplifyString(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestCharactersThatSoundAlikeHaveOneSound(t *testing.T) {
	t.Parallel()
	for _, alike := range []string{"微威薇维", "信芯新心", "私思丝死", "扣叩蔻寇", "惠会慧汇", "最罪嘴蕞"} {
		first := SoundOf([]rune(alike)[0])
		for _, r := range alike {
			if SoundOf(r) != first || first == 0 {
				t.Errorf("%c in %s: %d, want %d", r, alike, SoundOf(r), first)
			}
		}
	}
	if SoundOf('券') == SoundOf('卷') || SoundOf('a') != 0 || SoundOf('あ') != 0 {
		t.Error("券 and 卷 differ; letters have none")
	}
}

func TestPinyinIsReadInSyllables(t *testing.T) {
	t.Parallel()
	for pinyin, want := range map[string]string{
		"jiaweixin": "加微信", "youhuima": "优惠码", "sixin": "私信", "zhuangxiu": "装修", "er": "二", "lv": "绿",
		"code": "", "": "", "shop": "", "x": "", "weixinn": "",
	} {
		got := Syllables(pinyin)
		if len(got) != len([]rune(want)) {
			t.Errorf("%q: %d syllables, want %s", pinyin, len(got), want)
			continue
		}
		for i, r := range []rune(want) {
			if got[i] != SoundOf(r) {
				t.Errorf("%q: syllable %d is not that of %c", pinyin, i, r)
			}
		}
	}
}
