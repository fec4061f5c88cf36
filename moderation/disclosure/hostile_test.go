package disclosure

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"cinnabar/moderation"
)

// The bound is far above what a quiet machine takes (0.1 s for a megabyte),
// because tests share theirs and run with the race detector; what grows faster
// than its input misses it by minutes.
const patience = 20 * time.Second

func TestLongAndStrangeInputsAreAnsweredInBoundedTime(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, 1<<18/len(s)) }
	mega := func(s string) string { return strings.Repeat(s, 1<<20/len(s)) }
	links := make([]string, 10_000)
	for i := range links {
		links[i] = "https://example.com/a?utm_source=x&tag=" + strings.Repeat("z", i%50)
	}
	Default()
	for name, p := range map[string]moderation.Post{
		"ordinary text":         {Body: mega(ordinary.Body)},
		"one phrase":            {Body: fill("优惠码")},
		"denied phrases":        {Body: mega("没有优惠码")},
		"denied in English":     {Body: fill("no promo code ")},
		"labels":                {Body: fill("#ad ")},
		"labels set apart":      {Body: fill("【广告】")},
		"opening quotes":        {Body: fill("“")},
		"mixed quotes":          {Body: fill("“「『\"")},
		"hashtags":              {Body: fill("#旅行 ")},
		"links":                 {Body: fill("https://a.example/?tag=1 ")},
		"one endless link":      {Body: "https://" + fill("a")},
		"schemes":               {Body: fill("https://")},
		"a list of links":       {Body: "x", Links: links},
		"emoji":                 {Body: fill("😀👨‍👩‍👧❤️")},
		"zero width":            {Body: fill("a\u200b")},
		"combining marks":       {Body: "a" + fill("\u0301")},
		"ligature":              {Body: fill("ﷺ")},
		"separators":            {Body: fill("优-惠-码-")},
		"broken UTF-8":          {Body: mega("a\xff\xfe\xed\xa0\x80广")},
		"NUL":                   {Body: fill("\x00")},
		"surrogates":            {Body: fill("\xed\xa0\xbd\xed\xb8\x80薇")},
		"overrides":             {Body: fill("\u202e信微加\u202c abc ")},
		"towers":                {Body: fill("加" + strings.Repeat("\u0335\u0301", 300) + "微")},
		"tags":                  {Body: fill("私\U000E0061信\U000E007F")},
		"rare ideographs":       {Body: fill("𠀀𪛖")},
		"parts":                 {Body: fill("女子力口彳亍讠青禾厶")},
		"words that sound":      {Body: fill("优惠玛加薇信粉斯福利")},
		"words apart":           {Body: fill("加、微、信、")},
		"brackets apart":        {Body: fill("【加】【微】【信】")},
		"letters apart":         {Body: fill("u s e c o d e ")},
		"digits in words":       {Body: fill("us3 c0d3 ")},
		"one line of i":         {Body: fill("1il!")},
		"Pinyin":                {Body: fill("加weixinyouhuima ")},
		"endless Pinyin":        {Body: "加" + fill("weixin")},
		"signs":                 {Body: fill("➕🐧点🔗")},
		"plus signs":            {Body: fill("+加+微")},
		"labels in disguise":    {Body: fill("【广 告】")},
		"single quotes":         {Body: fill("'use code' ")},
		"one line of digits":    {Body: fill("1")},
		"handles":               {Body: fill("@a.b_c ")},
		"brackets in the title": {Title: fill("【初岚】"), Body: fill("初岚")},
		"comments": {Body: "x", Author: moderation.Author{ID: "a"},
			CommentTexts: slices.Repeat([]moderation.Comment{{Author: "a", Text: strings.Repeat("没有优惠码", 2000)}}, 100)},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r := Default().Score(p, false)
			if took := time.Since(start); took > patience {
				t.Errorf("took %v", took)
			}
			if len(r.Findings) > 100 {
				t.Errorf("%d findings", len(r.Findings))
			}
			reread(t, p, r)
		})
	}
}

// reread checks that every span lies in its field and holds the words shown.
func reread(t interface {
	Errorf(string, ...any)
	Helper()
}, p moderation.Post, r Result) {
	t.Helper()
	fields := map[string][]rune{"title": []rune(p.Title), "body": []rune(p.Body)}
	for _, f := range r.Findings {
		if !utf8.ValidString(f.Text) {
			t.Errorf("%s: text is no UTF-8: %q", f.Rule, f.Text)
		}
		if f.Span == nil {
			continue
		}
		field, ok := fields[f.Field]
		if !ok || f.Span.Start < 0 || f.Span.End > len(field) || f.Span.Start >= f.Span.End {
			t.Errorf("%s: span %v in %q of %d runes", f.Rule, *f.Span, f.Field, len(field))
			continue
		}
		if words := string(field[f.Span.Start:f.Span.End]); words != f.Text {
			t.Errorf("%s: %q stands at %v, shown is %q", f.Rule, words, *f.Span, f.Text)
		}
	}
}

func TestSpansReadTheSameWordsInTheOriginal(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"報我名字", "优·惠·码", "ＵＳＥ　ＣＯＤＥ ABC1", "𝐬𝐡𝐨𝐩 𝐧𝐨𝐰", "ﷺ", "é", "e\u0301", "㍿", "👨‍👩‍👧", "\u200b", "\xff", "#ad", "广告", "+薇", "https://bit.ly/Ａ?x=1", "“", "”", "\r\n", "一键", "私\ufe0f信\ufe0f我", "¥２９９", "𠀀", "豈"}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		p := moderation.Post{
			Title: strings.Join(rapid.SliceOfN(piece, 0, 3).Draw(t, "title"), ""),
			Body:  strings.Join(rapid.SliceOfN(piece, 0, 20).Draw(t, "body"), ""),
		}
		reread(t, p, Default().Score(p, false))
	})
}

func TestTenMegabytesAndTenThousandLinksAreAnswered(t *testing.T) {
	links := make([]string, 10_000)
	for i := range links {
		links[i] = "https://shop.example/?affid=1&n=" + strings.Repeat("z", i%50)
	}
	body := strings.Join(links, " ") + " 加薇信 "
	body += strings.Repeat("今天去了海边，风很大。\n", (10<<20-len(body))/34)
	start := time.Now()
	p := moderation.Post{Body: body, Links: links}
	r := Default().Score(p, false)
	if took := time.Since(start); took > 5*patience {
		t.Errorf("%d bytes took %v", len(body), took)
	}
	if !rules(r)["link.affiliate"] || !rules(r)["contact.add"] {
		t.Errorf("%v", r.Findings)
	}
	reread(t, p, r)
}

func FuzzNormaliserKeepsItsMap(f *testing.F) {
	for _, s := range []string{"", "广-告", "色❤单❤身", "ＡＢＣ①㍿ﷺ½", "a\u0301\u0302b", "\xff\xfe", "👨‍👩‍👧‍👦", "x\u200b\u200by", "優 惠 碼", "\r\n\t \u3000", "\U000E0041\U000E0042", "Ⅷ➕＋", "한국어ｶﾞ", "不是广告", "use my code ABC1", "豈\U0002F800",
		"\xed\xa0\xbd\xed\xb8\x80", "\u202e信微加\u202c", "a\u0335\u0336\u0301", "加、微、信", "c-o-d-e", "us3 c0d3", "女子力口", "加weixin", "+🐧", "🍠搜", "【广 告】", "⼴⺮", "1️⃣折", "𠀀\U000E0100", "\U0010FFFF", "优+惠+码", "l i n k  i n  b i o", "'x'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := newText("body", s)
		if len(n.folded) != len(n.from) || len(n.folded) != len(n.glued) {
			t.Fatalf("%d folded, %d from, %d glued", len(n.folded), len(n.from), len(n.glued))
		}
		last := int32(-1)
		for i, from := range n.from {
			if from < last || int(from) >= len(n.original) {
				t.Fatalf("rune %d comes from %d after %d of %d", i, from, last, len(n.original))
			}
			last = from
		}
		for i, r := range n.folded {
			if r == utf8.RuneError && n.original[n.from[i]] != utf8.RuneError {
				t.Fatalf("rune %d folds to nothing readable", i)
			}
		}
		for _, m := range Default().lexicon.find(n) {
			if m.start < 0 || m.start >= m.end || int(m.end) > len(n.folded) {
				t.Fatalf("%v in %d runes of %q", m, len(n.folded), s)
			}
			if at := n.span(int(m.start), int(m.end)); at.Start < 0 || at.Start >= at.End || at.End > len(n.original) {
				t.Fatalf("%v of %v in %d runes of %q", at, m, len(n.original), s)
			}
		}
		for _, w := range n.ways {
			if w.start < 0 || w.start >= w.end || w.end > len(n.folded) {
				t.Fatalf("%v in %d runes of %q", w, len(n.folded), s)
			}
		}
		// Folding what is folded changes nothing but separators that have become
		// neighbours of Han characters.
		if again := newText("body", string(n.folded)); len(again.folded) > len(n.folded) {
			t.Fatalf("%q grows from %q to %q", s, string(n.folded), string(again.folded))
		}
		p := moderation.Post{Title: s, Body: s + "\n报我名字 " + s}
		reread(t, p, Default().Score(p, false))
	})
}
