package disclosure

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/moderation"
)

// Two posts that sell without saying so, and two that don't sell.
var (
	hiddenZH = moderation.Post{ID: "zh", Lang: "zh-Hans", Title: "春日防晒清单，油皮亲测",
		Body: "姐妹们久等啦！这个月真的只用初岚轻羽防晒，上脸三秒成膜，质感绝美，没有一点想吐槽的地方。想试的宝子评论区置顶有惊喜，报我名字 XIXI88 立减三十，+薇 xx2026 还能拿小样。限时三天哦～", PictureCount: 3}
	hiddenEN = moderation.Post{ID: "en", Lang: "en", Title: "My honest retinol diary",
		Body: "You need this serum in your life. Use my code LUNE20 for 20% off, shop now before it sells out! Link in bio or DM me to order.\nhttps://www.amazon.com/dp/B000?tag=lune-20", PictureCount: 2}
	honestZH = moderation.Post{ID: "h1", Lang: "zh-Hans", Title: "空瓶记",
		Body: "我妈用了半年的面霜，我也跟着用完了一瓶。缺点是有点油，夏天我就不用了。后来换了别的，还在试。"}
	honestEN = moderation.Post{ID: "h2", Lang: "en", Title: "Weekend in Chengdu",
		Body: "My sister and I went to Chengdu. It rained the whole second day and I was disappointed by the market, too expensive and crowded. The noodles were nice."}
)

func with(p moderation.Post, f func(*moderation.Post)) moderation.Post {
	f(&p)
	return p
}

func score(p moderation.Post) Result { return Default().Score(p, false) }

func rules(r Result) map[string]bool {
	m := map[string]bool{}
	for _, f := range r.Findings {
		m[f.Rule] = true
	}
	return m
}

func TestHiddenAdvertsAreFlaggedAndHonestPostsAreNot(t *testing.T) {
	t.Parallel()
	for _, p := range []moderation.Post{hiddenZH, hiddenEN} {
		if r := score(p); !r.Flag || r.Disclosure != None {
			t.Errorf("%s: %.2f %s %v", p.ID, r.Commercial, r.Disclosure, r.Findings)
		}
	}
	for _, p := range []moderation.Post{honestZH, honestEN} {
		if r := score(p); r.Flag {
			t.Errorf("%s: %.2f %v", p.ID, r.Commercial, r.Findings)
		}
	}
}

// The evidence is what the reviewer will see marked.
func TestTheEvidenceIsInThePostsOwnWords(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, f := range score(hiddenZH).Findings {
		if f.Span != nil {
			found[f.Rule+" "+f.Text] = true
		}
	}
	for _, want := range []string{"code.own 报我名字", "code.value XIXI88", "contact.add +薇", "pinned.named 评论区置顶", "offer.deal 立减"} {
		if !found[want] {
			t.Errorf("no %s in %v", want, found)
		}
	}
}

func TestWeightsAddUpToTheLogitExactly(t *testing.T) {
	t.Parallel()
	parts := []string{"报我名字 XIXI88", "我妈", "公园", "享受", "你", "\n", "https://bit.ly/x1", "立减", "广告", "#ad ", "use code ABC1 ", "￥299", "全文", "没有优惠码", "「折扣码」", "缺点", "opulence "}
	rapid.Check(t, func(t *rapid.T) {
		p := moderation.Post{
			Title: strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 4).Draw(t, "title"), ""),
			Body:  strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 200).Draw(t, "body"), ""),
			Links: rapid.SliceOfN(rapid.SampledFrom([]string{"https://s.click.taobao.com/x", "https://example.com/a"}), 0, 3).Draw(t, "links"),
			Likes: rapid.IntRange(0, 100).Draw(t, "likes"), PictureCount: rapid.IntRange(0, 20).Draw(t, "pictures"),
		}
		r := Default().Score(p, rapid.Bool().Draw(t, "cold"))
		sum, intercepts, remainders := 0.0, 0, 0
		for _, f := range r.Findings {
			sum += f.Weight
			switch f.Rule {
			case "intercept":
				intercepts++
			case "remainder":
				remainders++
			}
		}
		if sum != r.Logit || intercepts != 1 || remainders != 1 {
			t.Fatalf("sum %v, logit %v, %d intercepts, %d remainders", sum, r.Logit, intercepts, remainders)
		}
		if want := 1 / (1 + math.Exp(-sum)); r.Commercial != want {
			t.Fatalf("commercial %v, want %v", r.Commercial, want)
		}
	})
}

// A label keeps a post from being flagged and changes nothing in how commercial
// it looks, so that nobody is worse off for saying so.
func TestAGoodLabelEndsTheMatter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p     moderation.Post
		label string
	}{
		{hiddenZH, "【广告】"}, {hiddenZH, "本文为广告\n"}, {hiddenZH, "廣告｜"}, {hiddenZH, "✨广告✨"}, {hiddenZH, "广告 | "}, {hiddenZH, "#广告 "}, {hiddenZH, "本篇为商业合作\n"},
		{hiddenZH, "已报备 "}, {hiddenZH, "利益相关：品牌寄送\n"}, {hiddenZH, "#业配 "},
		{hiddenEN, "#ad "}, {hiddenEN, "Ad: "}, {hiddenEN, "[AD] "}, {hiddenEN, "Advertisement\n"}, {hiddenEN, "Paid partnership with Lune. "}, {hiddenEN, "This post is sponsored. "},
	} {
		r, before := score(with(c.p, func(p *moderation.Post) { p.Body = c.label + p.Body })), score(c.p)
		if r.Flag || r.Disclosure != Adequate {
			t.Errorf("%q: flag %v, %s", c.label, r.Flag, r.Disclosure)
		}
		// What the statement adds beside the label (who paid, what was sent) is a
		// word or two of text, and weighs as much as any other.
		beside := 0.0
		if strings.Contains(c.label, "Lune") || strings.Contains(c.label, "寄送") {
			beside = 0.05
		}
		if r.Logit > before.Logit+1e-9+beside {
			t.Errorf("%q raises commercial from %.4f to %.4f: %v", c.label, before.Commercial, r.Commercial, cmp.Diff(before.Findings, r.Findings))
		}
		if r := score(with(c.p, func(p *moderation.Post) { p.Title = strings.TrimSpace(c.label) })); r.Flag {
			t.Errorf("%q as title: %s", c.label, r.Disclosure)
		}
	}
	for _, p := range []moderation.Post{hiddenZH, hiddenEN} {
		if r := score(with(p, func(p *moderation.Post) { p.Declared = true })); r.Flag || !r.Declared {
			t.Errorf("%s: declared and flagged", p.ID)
		}
	}
}

func TestNoLabelMakesAnHonestPostCommercial(t *testing.T) {
	t.Parallel()
	l, err := builtInLabels()
	if err != nil {
		t.Fatal(err)
	}
	for _, honest := range []moderation.Post{honestZH, honestEN} {
		before := score(honest)
		for _, phrases := range l.Phrases {
			for _, said := range phrases.Say {
				r := score(with(honest, func(p *moderation.Post) { p.Body = said + "\n" + p.Body }))
				// A label that is not read as one (合作 in 合作社) may count as two
				// or three characters of text, and no more.
				if r.Flag || r.Logit > before.Logit+0.1 {
					t.Errorf("%q: flag %v, logit %.3f after %.3f", said, r.Flag, r.Logit, before.Logit)
				}
			}
		}
	}
}

func TestDenialsCountForNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    moderation.Post
		said string
	}{
		{honestZH, "不是广告"}, {honestZH, "非广"}, {honestZH, "無廣"}, {honestZH, "自费"}, {honestZH, "自己買的"}, {honestZH, "不是业配，真金白银"}, {honestZH, "這不是廣告"}, {honestZH, "没有收任何费用"}, {honestZH, "非商业合作"},
		{honestEN, "Not sponsored"}, {honestEN, "This is not an ad"}, {honestEN, "bought with my own money"}, {honestEN, "#notsponsored"}, {honestEN, "I wasn't paid for this"},
	} {
		r := score(with(c.p, func(p *moderation.Post) { p.Body = c.said + "。\n" + p.Body }))
		if r.Flag || r.Disclosure != None {
			t.Errorf("%q: flag %v, disclosure %s", c.said, r.Flag, r.Disclosure)
		}
		if d := r.Logit - score(c.p).Logit; math.Abs(d) > 0.1 {
			t.Errorf("%q moves the logit by %.3f", c.said, d)
		}
		// Nor does it excuse a post that sells.
		hidden := hiddenZH
		if c.p.Lang == "en" {
			hidden = hiddenEN
		}
		if r := score(with(hidden, func(p *moderation.Post) { p.Body = c.said + "。\n" + p.Body })); !r.Flag {
			t.Errorf("%q excuses a hidden advert: %.2f %s", c.said, r.Commercial, r.Disclosure)
		}
	}
}

func TestDeniedAndQuotedOffersAreNotTheAuthors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    moderation.Post
		said string
	}{
		{honestZH, "我没有优惠码"}, {honestZH, "不用私信我"}, {honestZH, "沒有任何折扣碼"}, {honestZH, "别加我微信"}, {honestZH, "不会放购买链接"},
		{honestZH, "博主说“报我名字立减”"}, {honestZH, "評論裡一堆「私信我」「加微信」"}, {honestZH, "> 用我的优惠码 ABC123 下单"},
		{honestEN, "There is no promo code"}, {honestEN, "I don't have a discount code"}, {honestEN, "Please don't DM me to order"},
		{honestEN, "They all shout \"use my code LUNE20, shop now\""}, {honestEN, "> use code LUNE20, link in bio"}, {honestEN, "He said “link in bio” again"},
	} {
		r := score(with(c.p, func(p *moderation.Post) { p.Body = c.said + "\n" + p.Body }))
		if r.Flag {
			t.Errorf("%q is flagged", c.said)
		}
		for _, f := range r.Findings {
			if selling(f.Rule) && f.Weight > 0 {
				t.Errorf("%q: %s %q weighs %.2f", c.said, f.Rule, f.Text, f.Weight)
			}
		}
	}
}

func TestWhatOnlyLooksLikeADenialStillCounts(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"别错过我的优惠码", "不要忘记私信我", "不仅好用，报我名字立减", "没想到吧，私信我就有", "特别优惠码在此", "Don't forget to use my code LUNE20", "not only that, use my code LUNE20", "No wonder it sells. Shop now",
	} {
		sells := false
		for _, f := range score(moderation.Post{Body: said}).Findings {
			sells = sells || selling(f.Rule) && f.Weight > 0
		}
		if !sells {
			t.Errorf("%q: nothing found", said)
		}
	}
}

func TestAPostWhollyInQuotationMarksQuotesNobody(t *testing.T) {
	t.Parallel()
	if r := score(with(hiddenZH, func(p *moderation.Post) { p.Body = "“" + p.Body + "”" })); !r.Flag {
		t.Errorf("%.2f %v", r.Commercial, r.Findings)
	}
}

func TestALabelMustStandWhereItIsSeen(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("今天去了海边，风很大，拍了很多照片。\n", 20)
	longEN := strings.Repeat("We walked along the river all day.\n", 20)
	for _, c := range []struct {
		name string
		p    moderation.Post
		want map[string]State
	}{
		{"in the title", moderation.Post{Lang: "zh", Title: "【广告】海边", Body: long}, map[string]State{"cn": Adequate, "ftc": Ambiguous, "asa": Ambiguous}},
		{"in the first line", moderation.Post{Lang: "zh", Body: "本文为广告\n" + long}, map[string]State{"cn": Adequate, "ftc": Ambiguous, "asa": Ambiguous}},
		{"at the end", moderation.Post{Lang: "zh", Body: long + "#广告"}, map[string]State{"cn": Buried, "ftc": Ambiguous, "asa": Ambiguous}},
		{"in a pile of hashtags", moderation.Post{Lang: "zh", Body: "#海边 #风 #周末 #民宿 #旅行 #广告\n" + long}, map[string]State{"cn": Buried, "ftc": Ambiguous, "asa": Ambiguous}},
		{"a word that readers don't take for one", moderation.Post{Lang: "zh", Body: "感谢邀请\n" + long}, map[string]State{"cn": Ambiguous, "ftc": Ambiguous, "asa": Ambiguous}},
		{"an interest without a statement", moderation.Post{Lang: "zh", Body: "利益相关\n" + long}, map[string]State{"cn": Ambiguous, "ftc": Ambiguous, "asa": Ambiguous}},
		{"a firm that is called so", moderation.Post{Lang: "zh", Body: "我在广告公司上班，路过一块广告牌\n" + long}, map[string]State{"cn": None, "ftc": None, "asa": None}},
		{"somebody else's", moderation.Post{Lang: "zh", Body: "他说“#广告”太长\n" + long}, map[string]State{"cn": None, "ftc": None, "asa": None}},
		{"sponsored, up front", moderation.Post{Lang: "en", Body: "Sponsored by Lune.\n" + longEN}, map[string]State{"cn": Ambiguous, "ftc": Adequate, "asa": Ambiguous}},
		{"#ad up front", moderation.Post{Lang: "en", Body: "#ad\n" + longEN}, map[string]State{"cn": Ambiguous, "ftc": Adequate, "asa": Adequate}},
		{"#ad at the end", moderation.Post{Lang: "en", Body: longEN + "#ad"}, map[string]State{"cn": Ambiguous, "ftc": Buried, "asa": Buried}},
		{"#ad as the third tag", moderation.Post{Lang: "en", Body: "#river #walk #ad\n" + longEN}, map[string]State{"cn": Ambiguous, "ftc": Adequate, "asa": Buried}},
		{"gifted", moderation.Post{Lang: "en", Body: "#gifted " + longEN}, map[string]State{"cn": Ambiguous, "ftc": Ambiguous, "asa": Ambiguous}},
		{"an ad is no ad lib", moderation.Post{Lang: "en", Body: "An ad lib about adverts I saw.\n" + longEN}, map[string]State{"cn": None, "ftc": None, "asa": None}},
	} {
		r := score(c.p)
		if diff := cmp.Diff(c.want, r.Jurisdictions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		home := map[string]string{"zh": "cn", "en": "ftc"}[c.p.Lang]
		if r.Disclosure != c.want[home] {
			t.Errorf("%s: %s", c.name, r.Disclosure)
		}
	}
}

func TestDisguisedAdvertsStayFlaggedAndTheDisguiseIsShown(t *testing.T) {
	t.Parallel()
	wide := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7F {
				return r + 0xFEE0
			}
			return r
		}, s)
	}
	between := func(mark string) func(string) string {
		return func(s string) string {
			return strings.NewReplacer("报我名字", "报"+mark+"我"+mark+"名"+mark+"字", "立减", "立"+mark+"减", "置顶", "置"+mark+"顶", "防晒", "防"+mark+"晒", "code", "c"+mark+"o"+mark+"d"+mark+"e").Replace(s)
		}
	}
	styled := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return 0x1D41A + r - 'a'
			}
			return r
		}, s)
	}
	for name, c := range map[string]struct {
		p    moderation.Post
		f    func(string) string
		rule string
	}{
		"full width":          {hiddenEN, wide, ""},
		"zero width":          {hiddenZH, between("\u200b"), "disguise.hidden"},
		"variation selectors": {hiddenZH, between("\ufe0f"), "disguise.hidden"},
		"hyphens":             {hiddenZH, between("-"), "disguise.split"},
		"dots":                {hiddenZH, between("·"), "disguise.split"},
		"hearts":              {hiddenZH, between("❤️"), "disguise.split"},
		"mathematical":        {hiddenEN, styled, "disguise.letters"},
		"cyrillic":            {hiddenEN, strings.NewReplacer("o", "о", "c", "с", "e", "е").Replace, "disguise.mixed"},
		"traditional":         {hiddenZH, strings.NewReplacer("报", "報", "减", "減", "顶", "頂", "评论", "評論", "限时", "限時").Replace, ""},
		"soft hyphens":        {hiddenEN, between("\u00ad"), "disguise.hidden"},
	} {
		r := score(with(c.p, func(p *moderation.Post) { p.Body = c.f(p.Body) }))
		if !r.Flag {
			t.Errorf("%s: %.2f %v", name, r.Commercial, r.Findings)
		}
		if c.rule != "" && !rules(r)[c.rule] {
			t.Errorf("%s: no %s in %v", name, c.rule, r.Findings)
		}
	}
}

func TestOrdinaryWritingIsNoDisguise(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"好吃😋推荐👍", "家人👨‍👩‍👧一起去❤️", "２０２６年　東京", "Москва и Киев", "café, naïve, Zürich", "ตุ\u200bจักร", "สวัสดี", "A1 B2", "今天 天气 很好",
	} {
		for rule := range rules(score(moderation.Post{Body: body})) {
			if strings.HasPrefix(rule, "disguise") {
				t.Errorf("%q: %s", body, rule)
			}
		}
	}
}

func TestWordsAreNotFoundAcrossPauses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"很优惠。码头很美", "很优惠，码头很美", "很优惠\n码头很美", "价格优惠 码头很美", "decode it", "promo codes"} {
		for _, f := range score(moderation.Post{Body: body}).Findings {
			if strings.HasPrefix(f.Rule, "code.") {
				t.Errorf("%q: %s %q", body, f.Rule, f.Text)
			}
		}
	}
}

func TestTheColdScoreDoesNotSeeEngagementOrHabits(t *testing.T) {
	t.Parallel()
	busy := with(hiddenZH, func(p *moderation.Post) { p.Likes, p.Comments, p.Author.PostsPerDay = 1, 1, 5 })
	quiet := with(hiddenZH, func(p *moderation.Post) { p.Likes = 5000 })
	if a, b := Default().Score(busy, true), Default().Score(quiet, true); a.Logit != b.Logit {
		t.Errorf("cold: %v and %v", a.Logit, b.Logit)
	}
	if a, b := Default().Score(busy, false), Default().Score(quiet, false); a.Logit <= b.Logit {
		t.Errorf("warm: %v and %v", a.Logit, b.Logit)
	}
}

func TestTheTruthIsNeverAFeature(t *testing.T) {
	t.Parallel()
	yes := true
	if diff := cmp.Diff(score(hiddenZH), score(with(hiddenZH, func(p *moderation.Post) { p.Label = &yes }))); diff != "" {
		t.Error(diff)
	}
}

func TestAnOfferUnderThePostCountsOnlyFromItsAuthor(t *testing.T) {
	t.Parallel()
	under := func(c moderation.Comment) Result {
		return score(with(honestZH, func(p *moderation.Post) {
			p.Author.ID = "a1"
			p.CommentTexts = []moderation.Comment{c}
		}))
	}
	if !rules(under(moderation.Comment{Author: "a1", Text: "要链接的私信我"}))["pinned.offer"] {
		t.Error("the author's own")
	}
	if !rules(under(moderation.Comment{Author: "a2", Pinned: true, Text: "https://example.com/buy"}))["pinned.offer"] {
		t.Error("a pinned one")
	}
	if rules(under(moderation.Comment{Author: "a2", Text: "要链接的私信我"}))["pinned.offer"] {
		t.Error("a reader's")
	}
}

func TestLinksAreKnownByWhereTheyLead(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://www.amazon.com/dp/B0?tag=x-20":              "link.affiliate",
		"https://www.amazon.co.jp/dp/B0":                     "link.shop",
		"https://s.click.taobao.com/abc":                     "link.affiliate",
		"https://shop.example/x?affid=12":                    "link.affiliate",
		"https://shareasale.com/r.cfm?b=1&u=2&merchantID=3":  "link.affiliate",
		"HTTPS://BIT.LY/AbC":                                 "link.short",
		"https://item.taobao.com/item.htm?id=1":              "link.shop",
		"https://example.com/?utm_source=red":                "link.tracked",
		"https://example.com/":                               "link.outside",
		"https://maps.google.com/?q=x":                       "",
		"https://www.youtube.com/watch?v=1":                  "",
		"https://cdn.example.com/a.jpg":                      "",
		"https://notamazon.com.evil.example/?tag=x":          "link.outside",
		"https://%zz/":                                       "link.outside",
		"https://www.kkday.com/zh-tw/product/1?cid=5&ud1=x":  "link.affiliate",
		"https://forms.gle/abc":                              "link.form",
		"https://wa.me/8613800000000":                        "link.messenger",
		"https://www.instagram.com/someone?utm_source=qr":    "link.profile",
		"https://liketk.it/abc":                              "link.affiliate",
		"https://www.booking.com/hotel/x.html?aid=12&sid=34": "link.affiliate",
	} {
		for _, p := range []moderation.Post{{Links: []string{raw}}, {Body: "看这里 " + raw + " 就是"}} {
			got := ""
			for _, f := range score(p).Findings {
				if strings.HasPrefix(f.Rule, "link.") {
					got = f.Rule
					if f.Text != raw {
						t.Errorf("%s is shown as %s", raw, f.Text)
					}
				}
			}
			if got != want {
				t.Errorf("%s in %q: %q, want %q", raw, p.Body, got, want)
			}
		}
	}
}

func TestPatternsAreFoundWhole(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"复制￥AbC123xyz9￥打开":        "link.command:￥AbC123xyz9￥",
		"只要¥299就到手":               "price.named:¥299",
		"一共 1,299 元":              "price.named:1,299 元",
		"全场 8.5折":                 "offer.percent:8.5折",
		"20% off":                 "offer.percent:20%",
		"电话13800138000":           "contact.phone:13800138000",
		"找 @hello_world.shop 就好":  "brand.handle:@hello_world.shop",
		"写信到 someone@example.com": "contact.email:@example.com",
	} {
		rule, words, _ := strings.Cut(want, ":")
		found := ""
		for _, f := range score(moderation.Post{Body: body}).Findings {
			if f.Rule == rule {
				found = f.Text
			}
		}
		if found != words {
			t.Errorf("%q: %q, want %q", body, found, words)
		}
	}
}

func TestFiguresThatAreNotKnownWeighNothing(t *testing.T) {
	t.Parallel()
	r := rules(score(moderation.Post{Body: honestZH.Body}))
	for _, rule := range []string{"picture.few", "engagement.low", "author.burst"} {
		if r[rule] {
			t.Errorf("%s without anything known", rule)
		}
	}
}

func TestAScoreIsReadyToBeKept(t *testing.T) {
	t.Parallel()
	s := Default().Scored(hiddenZH, false)
	if s.Post != "zh" || s.Model != Default().Version() || !s.Flag || s.Disclosure != "none" || moderation.Leading(s.Evidence) == "" {
		t.Errorf("%+v", s)
	}
	for _, e := range s.Evidence {
		if e.Target != "zh" || strings.Contains(e.Kind, ".") {
			t.Errorf("%+v", e)
		}
	}
}
