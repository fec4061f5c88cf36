package disclosure

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/moderation"
)

// Whoever hides a label from readers has not told them, and whoever hides a
// commercial post behind such a label is still flagged.
func TestADisguisedLabelIsNeverAdequate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p     moderation.Post
		label string
	}{
		{hiddenZH, "广 告｜"}, {hiddenZH, "广-告｜"}, {hiddenZH, "【广❤告】"}, {hiddenZH, "【广\u200b告】"}, {hiddenZH, "【广\ufe0f告】"}, {hiddenZH, "厂告｜"}, {hiddenZH, "廣 告｜"},
		{hiddenZH, "【广告\u0336】"}, {hiddenZH, "【⼴告】"}, {hiddenZH, "广.告｜"}, {hiddenZH, "ｇｇ｜"}, {hiddenZH, "guanggao｜"}, {hiddenZH, "#广·告 "}, {hiddenZH, "已报-备 "},
		{hiddenZH, "#ａｄ "}, {hiddenZH, "光告｜"},
		{hiddenEN, "#ａｄ "}, {hiddenEN, "ＡＤ: "}, {hiddenEN, "#𝗮𝗱 "}, {hiddenEN, "[Ⓐⓓ] "}, {hiddenEN, "#аd "}, {hiddenEN, "a d: "}, {hiddenEN, "#a\u200bd "}, {hiddenEN, "#a\u0336d\u0336 "},
		{hiddenEN, "ⓈⓅⓞⓃⓈⓞⓇⒺⒹ by Lune. "}, {hiddenEN, "4d: "}, {hiddenEN, "#a.d "}, {hiddenEN, "p-a-i-d partnership with Lune. "},
	} {
		for where, p := range map[string]moderation.Post{
			"body":  with(c.p, func(p *moderation.Post) { p.Body = c.label + p.Body }),
			"title": with(c.p, func(p *moderation.Post) { p.Title = c.label + p.Title }),
		} {
			r := score(p)
			for j, state := range r.Jurisdictions {
				if state != None && state != Ambiguous {
					t.Errorf("%q in the %s is %s in %s", c.label, where, state, j)
				}
			}
			if !r.Flag {
				t.Errorf("%q in the %s: not flagged, %.2f", c.label, where, r.Commercial)
			}
		}
	}
}

func TestAPlainLabelInEitherScriptStaysAdequate(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"廣告｜", "广告：", "【廣告】", "＃广告 ", "［广告］", "品牌合作｜", "本文為廣告\n", "商業合作｜", "✨广告✨"} {
		if r := score(with(hiddenZH, func(p *moderation.Post) { p.Body = label + p.Body })); r.Disclosure != Adequate || r.Flag {
			t.Errorf("%q: %s, flag %v", label, r.Disclosure, r.Flag)
		}
	}
	for _, label := range []string{"AD: ", "Ad | ", "#AD ", "＃ad ", "ADVERT: ", "Paid Partnership with Lune. ", "(ad) "} {
		if r := score(with(hiddenEN, func(p *moderation.Post) { p.Body = label + p.Body })); r.Disclosure != Adequate || r.Flag {
			t.Errorf("%q: %s, flag %v", label, r.Disclosure, r.Flag)
		}
	}
}

// The rule of the house: saying it can only help. A label may stand on any line
// of a post, or before its title.
func TestALabelAnywhereNeverRaisesAFlag(t *testing.T) {
	t.Parallel()
	zh := []string{"报我名字 XIXI88 立减三十", "加薇 xx2026 拿小样", "我妈用了半年", "没有优惠码", "限时三天", "今天去了海边，风很大", "#海边 #风", "自费", "“私信我”都是骗人的", "缺点是有点油", "点我头像", "非广", "￥299"}
	en := []string{"Use my code LUNE20 for 20% off", "My sister and I went to Chengdu", "There is no promo code", "Not sponsored", "Link in bio", "It rained all day", "#river #walk", "He said \"use code LUNE20\"", "shop now", "too expensive"}
	labels := map[string][]string{
		"zh": {"广告", "【广告】", "本文为广告", "#广告", "廣告", "品牌合作", "利益相关：品牌方寄送", "已报备", "商业合作"},
		"en": {"Ad", "#ad", "[AD]", "Advertisement", "This post is sponsored", "Paid partnership"},
	}
	rapid.Check(t, func(t *rapid.T) {
		lang, lines := "zh", zh
		if rapid.Bool().Draw(t, "english") {
			lang, lines = "en", en
		}
		body := rapid.SliceOfN(rapid.SampledFrom(lines), 1, 12).Draw(t, "lines")
		p := moderation.Post{Lang: lang, Title: rapid.SampledFrom(lines).Draw(t, "title"), Body: strings.Join(body, "\n"), PictureCount: rapid.IntRange(0, 9).Draw(t, "pictures")}
		label := rapid.SampledFrom(labels[lang]).Draw(t, "label")
		at := rapid.IntRange(0, len(body)).Draw(t, "at")
		labelled := p
		if rapid.Bool().Draw(t, "in the title") {
			labelled.Title = label + "｜" + p.Title
		} else {
			labelled.Body = strings.Join(append(append(append([]string{}, body[:at]...), label), body[at:]...), "\n")
		}
		before, after := score(p), score(labelled)
		if after.Flag && !before.Flag {
			t.Fatalf("%q raises a flag: %.3f after %.3f\n%s", label, after.Commercial, before.Commercial, labelled.Body)
		}
		// "寄送" is a word of text beside the label.
		if after.Logit > before.Logit+1e-9 && label != "利益相关：品牌方寄送" {
			t.Fatalf("%q raises the logit from %.4f to %.4f\n%s\n%s", label, before.Logit, after.Logit, labelled.Title, labelled.Body)
		}
	})
}

func TestEveryDenialIsTakenOut(t *testing.T) {
	t.Parallel()
	l, err := builtInLabels()
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range l.Denials {
		honest := honestZH
		if said[0] < 0x80 && said[0] != '0' {
			honest = honestEN
		}
		before := score(honest)
		r := score(with(honest, func(p *moderation.Post) { p.Body = said + "\n" + p.Body }))
		if r.Flag || r.Disclosure != None || math.Abs(r.Logit-before.Logit) > 0.1 || !rules(r)["negation.denied"] {
			t.Errorf("%q: flag %v, %s, logit %+.3f", said, r.Flag, r.Disclosure, r.Logit-before.Logit)
		}
	}
}

func TestDenialsInManyWordsAreNoLabels(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"不是广告，自己买的", "非广，放心看", "無廣，純分享", "全程自费无广", "自己買的，沒有業配", "这不是广告哈", "绝对不是广告！", "真的不是打广告", "没恰饭，自费测评", "无合作，自己掏钱", "不是品牌合作哦", "我不接广告", "这篇没有赞助",
		"Not sponsored, just love it", "This isn't an ad", "I'm not being paid for this", "nobody paid me to say this", "bought it myself", "not a paid partnership", "This post is not sponsored by anyone", "Never an ad on this page", "no #ad here, promise", "This is not sponsored content",
	} {
		for _, p := range []moderation.Post{honestZH, honestEN} {
			r := score(with(p, func(p *moderation.Post) { p.Body = said + "\n" + p.Body }))
			if r.Disclosure == Adequate || r.Disclosure == Buried || r.Flag {
				t.Errorf("%q: %s, flag %v", said, r.Disclosure, r.Flag)
			}
		}
		for _, p := range []moderation.Post{hiddenZH, hiddenEN} {
			if r := score(with(p, func(p *moderation.Post) { p.Body = said + "\n" + p.Body })); !r.Flag {
				t.Errorf("%q excuses %s: %.2f %s", said, p.ID, r.Commercial, r.Disclosure)
			}
		}
	}
}

func TestWhatOthersAreQuotedWithIsNotTheAuthorsOffer(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"她说“报我名字立减三十，加薇 xx2026”", "「報我名字」這種話我聽膩了", "群里有人发『优惠码 ABC123，私信我』", "> 报我名字 XIXI88 立减\n我才不信", "评论都在刷“➕薇拿福利”", "客服回我：“输入折扣码 XX20 下单”",
		"he said 'use code X' and left", "He said \"use code X\"", "“Use my code LUNE20 for 20% off,” she says in every video", "> shop now, link in bio\nsuch spam", "The sign read «order now»", "They wrote ‘DM me to order’ under it",
	} {
		p := honestZH
		if said[0] < 0x80 && !strings.Contains(said, "我") {
			p = honestEN
		}
		r := score(with(p, func(p *moderation.Post) { p.Body = said + "\n" + p.Body }))
		if r.Flag {
			t.Errorf("%q is flagged", said)
		}
		for _, f := range r.Findings {
			if (selling(f.Rule) || strings.HasPrefix(f.Rule, "disguise")) && f.Weight > 0 {
				t.Errorf("%q: %s %q weighs %.2f", said, f.Rule, f.Text, f.Weight)
			}
		}
	}
}
