package rings

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/assets"
	"cinnabar/moderation"
)

func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 7)) }

func TestTemplatesWithSwappedWordsAreFoundAndMatch(t *testing.T) {
	t.Parallel()
	r := seeded(1)
	met, judged, all := 0, 0, 0
	for i := range 400 {
		template := templates[i%len(templates)]
		if i%2 == 1 { // one that nobody wrote before
			template = different(r, i%4 == 3, 4+r.IntN(6))
			at := r.IntN(len(template))
			template[at] = "{b}" + template[at] + " {c} {p}"
		}
		a, b := Read(post("a", "1", fillIn(r, template))), Read(post("b", "2", fillIn(r, template)))
		all++
		if ShareBand(a.Marks, b.Marks) {
			met++
			if e, ok := Judge(a, b, Known{}); ok && e.Copy() {
				judged++
			}
		}
	}
	t.Logf("of %d copies an index brings %d together, and %d are judged near-copies", all, met, judged)
	if judged*100 < all*95 {
		t.Errorf("only %d of %d near-copies found", judged, all)
	}
}

func TestACopyInDisguiseIsACopy(t *testing.T) {
	t.Parallel()
	plain := "姐妹们久等啦！这个月真的只用初岚防晒，上脸三秒成膜质感绝美，没有一点想吐槽的地方。想试的宝子评论区置顶有惊喜，报我名字还能再减三十。"
	between := func(sign string) string { // a sign between the characters, but not at the end of a sentence
		var b strings.Builder
		var last rune
		for _, r := range plain {
			if single(r) && single(last) {
				b.WriteString(sign)
			}
			b.WriteRune(r)
			last = r
		}
		return b.String()
	}
	for name, body := range map[string]string{
		"traditional":    "姐妹們久等啦！這個月真的只用初嵐防曬，上臉三秒成膜質感絕美，沒有一點想吐槽的地方。想試的寶子評論區置頂有驚喜，報我名字還能再減三十。",
		"zero width":     between("\u200b"),
		"emojis":         between("❤️"),
		"dots":           between("·"),
		"spaces":         between(" "),
		"other commas":   strings.NewReplacer("，", " ", "。", "!!", "！", "～\n").Replace(plain),
		"hashtags added": plain + "\n#好物分享 #防晒 #春日穿搭",
		"a link added":   plain + "https://shop.example/a/b/c?d=e",
	} {
		e, ok := Judge(Read(post("a", "1", plain)), Read(post("b", "2", body)), Known{})
		if !ok || !ShareBand(Read(post("a", "1", plain)).Marks, Read(post("b", "2", body)).Marks) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestDifferentPostsNeverPair(t *testing.T) {
	t.Parallel()
	r := seeded(2)
	var all []*Reading
	for i := range 500 {
		all = append(all, Read(post(fmt.Sprint("p", i), fmt.Sprint("a", i), strings.Join(different(r, i%3 == 0, 3+r.IntN(12)), ""))))
	}
	for i, a := range all[:200] { // each with each, whatever an index finds
		for _, b := range all[:i] {
			if e, ok := Judge(a, b, Known{}); ok {
				t.Fatalf("%s and %s: %+v", a.ID, b.ID, e)
			}
		}
	}
	if edges := Edges(all, Known{}); len(edges) > 0 {
		t.Errorf("%d edges", len(edges))
	}
}

func TestShortTextsDoNotPairByChance(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "求链接！", "好看好看，姐妹冲！", "太可爱了吧，想要同款，蹲一个链接", "Love this so much, need it!", strings.Repeat("哈", 500), strings.Repeat("好吃 ", 300), "😀😀😀", "123 456"} {
		m := Mark(post("a", "1", s))
		if m.Bands != nil || m.Signature != nil {
			t.Errorf("%q has bands", s)
		}
		if _, ok := Judge(Read(post("a", "1", s)), Read(post("b", "2", s)), Known{}); ok {
			t.Errorf("%q pairs", s)
		}
	}
}

func TestACampaignsWordsMakeNoRing(t *testing.T) {
	t.Parallel()
	r := seeded(3)
	campaign := "#生活打卡計畫 #把日子過成喜歡的樣子 #城市慢走路線大募集 #分享你家附近的小店 #週末去哪裡玩才不累 #早餐吃什麼最有精神 #一個人也要好好吃飯 #旅行中遇見的溫柔瞬間 #我的房間改造日記 #雨天限定的快樂 #平凡生活裡的儀式感 #下班以後的三小時\n"
	verse := "月光洒在老街的石板上，你说要等到花开才肯回头，我撑着伞走过一整个雨季，把没寄出的信折成一只小船。风吹过来的时候谁也没有说话，只有钟楼替我们数着夜晚的长短。\n"
	var tagged, quoting, bare []*Reading
	for i := range 80 {
		id, author := fmt.Sprint("p", i), fmt.Sprint("a", i)
		own := strings.Join(different(r, false, 3), "")
		tagged = append(tagged, Read(post(id, author, own+campaign)))
		quoting = append(quoting, Read(post(id, author, "「"+verse+"」"+own)))
		bare = append(bare, Read(post(id, author, verse+own)))
	}
	for name, all := range map[string][]*Reading{"hashtags": tagged, "in quotation marks": quoting, "without": bare} {
		if rings := Group(Edges(all, Known{})); len(rings) > 0 {
			t.Errorf("%s: %d rings", name, len(rings))
		}
	}
	// Such words leave no trace in what is kept of a text.
	own := strings.Join(different(r, false, 5), "")
	want := Mark(post("a", "1", own))
	for name, more := range map[string]string{"a quotation": "「" + verse + "」", "hashtags": campaign, "a quoted line": "\n> " + verse, "a link": "https://maps.app.goo.gl/abc"} {
		if diff := cmp.Diff(want, Mark(post("a", "1", own+more))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// A text that people post and nothing else is known only when somebody says so.
	only := []*Reading{Read(post("a", "1", verse)), Read(post("b", "2", verse))}
	if _, ok := Judge(only[0], only[1], Known{}); !ok {
		t.Error("the same verse twice is a near-copy until it is known")
	}
	if _, ok := Judge(only[0], only[1], Known{Common: Commonplaces(nil, verse)}); ok {
		t.Error("a known verse still pairs")
	}
	known := Commonplaces(nil, verse)
	if diff := cmp.Diff(known, CommonFrom(known.Kept()), cmp.AllowUnexported(Common{})); diff != "" || len(known.Kept()) == 0 {
		t.Error("what is kept comes back as something else:", diff)
	}
}

func TestEveryPostOfARingHasItsEvidence(t *testing.T) {
	t.Parallel()
	r := seeded(10)
	var all []*Reading
	bodies := map[string]moderation.Post{}
	for i := range 12 {
		p := post(fmt.Sprint("p", i), fmt.Sprint("a", i), fillIn(r, templates[0]))
		if i%2 == 1 {
			p.Body = strings.Join(different(r, false, 4), "") + "加薇 xiao_mi88"
		} else if i == 0 {
			p.Body += " 加薇 xiao_mi88"
		}
		bodies[p.ID] = p
		all = append(all, Read(p))
	}
	rings := Group(Edges(all, Known{}))
	if len(rings) != 1 || len(rings[0].Posts) != 12 {
		t.Fatalf("%+v", rings)
	}
	for _, p := range rings[0].Posts {
		evidence := rings[0].Evidence(p.ID)
		if len(evidence) == 0 {
			t.Errorf("%s has none", p.ID)
		}
		for _, e := range evidence {
			if e.Target == p.ID || bodies[e.Target].ID == "" || e.Kind != "ring" && e.Kind != "copy" {
				t.Errorf("%s: %+v", p.ID, e)
			}
			reread(t, bodies[p.ID], []moderation.Finding{{Rule: e.Rule, Field: e.Field, Span: e.Span, Text: e.Text, Weight: e.Weight}})
		}
	}
	if rings[0].Evidence("somebody else's") != nil {
		t.Error("evidence for a post that is not in the ring")
	}
}

// What many people write is discounted, many hands with one text are not: however
// large a ring is, it wrote once.
func TestALargeRingIsNotTakenForACommonplace(t *testing.T) {
	t.Parallel()
	r := seeded(4)
	var all []*Reading
	for i := range 60 {
		all = append(all, Read(post(fmt.Sprint("p", i), fmt.Sprint("a", i), fillIn(r, templates[0]))))
	}
	for i := range 40 {
		all = append(all, Read(post(fmt.Sprint("q", i), fmt.Sprint("b", i), strings.Join(different(r, false, 6), ""))))
	}
	rings := Group(Edges(all, Known{}))
	if len(rings) != 1 || len(rings[0].Posts) < 57 || len(rings[0].Why) != len(rings[0].Posts)-1 {
		t.Fatalf("%d rings, %+v", len(rings), rings)
	}
	if s := rings[0].Shared[0]; s.Channel != (Channel{}) || s.Posts != len(rings[0].Posts) {
		t.Errorf("what runs through it: %+v", rings[0].Shared)
	}
}

func TestOneAuthorIsNeverARing(t *testing.T) {
	t.Parallel()
	var all []*Reading
	for i := range 10 {
		all = append(all, Read(post(fmt.Sprint("p", i), "me", fillIn(seeded(5), templates[i%2])+" 微信 abc_12345")))
	}
	if rings := Group(Edges(all, Known{})); len(rings) > 0 {
		t.Fatalf("%+v", rings)
	}
	// Authors who are not known may all be one.
	a, b := Read(post("a", "", ordinary.Body)), Read(post("b", "", ordinary.Body))
	if _, ok := Judge(a, b, Known{}); ok {
		t.Error("two unknown authors pair")
	}
	// A copy by somebody else takes all of an author's copies in.
	all = append(all, Read(post("z", "other", fillIn(seeded(5), templates[0]))))
	rings := Group(Edges(all, Known{}))
	if len(rings) != 1 || len(rings[0].Authors) != 2 || len(rings[0].Posts) != 6 {
		t.Fatalf("%+v", rings)
	}
}

func TestRingsDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		r := seeded(100 + seed)
		var all []*Reading
		for i := range 12 {
			body := fillIn(r, templates[r.IntN(3)])
			switch r.IntN(3) {
			case 0:
				body = strings.Join(different(r, false, 5), "") + fmt.Sprintf("微信 shop_%d000", r.IntN(2))
			case 1:
				body += fmt.Sprintf("微信 shop_%d000", r.IntN(3))
			}
			all = append(all, Read(post(fmt.Sprint("p", i), fmt.Sprint("a", r.IntN(6)), body)))
		}
		edges := Edges(all, Known{})
		want := Group(edges)
		r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		if diff := cmp.Diff(want, Group(edges)); diff != "" {
			t.Fatal("other order of edges:", diff)
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if diff := cmp.Diff(want, Group(Edges(all, Known{}))); diff != "" {
			t.Fatal("other order of posts:", diff)
		}
		for _, ring := range want {
			if len(ring.Authors) < 2 || len(ring.Posts) < 2 || ring.Key != KeyOf(ring.Posts[0]) {
				t.Fatalf("%+v", ring)
			}
		}
	}
}

// A post that comes later joins by what an index finds: the same answer as for the whole.
func TestANewPostJoinsByItsMarks(t *testing.T) {
	t.Parallel()
	r := seeded(6)
	var all []*Reading
	for i := range 20 {
		all = append(all, Read(post(fmt.Sprint("p", i), fmt.Sprint("a", i), fillIn(r, templates[i%4]))))
	}
	late := Read(post("z", "late", fillIn(r, templates[2])))
	var found []*Reading
	for _, o := range all {
		if ShareBand(late.Marks, o.Marks) {
			found = append(found, o)
		}
	}
	edges := Match(late, found, Known{})
	if len(edges) < 4 {
		t.Fatalf("%d edges", len(edges))
	}
	before, after := Group(Edges(all, Known{})), Group(append(Edges(all, Known{}), edges...))
	if len(before) != 4 || len(after) != 4 {
		t.Fatalf("%d rings before, %d after", len(before), len(after))
	}
	for i := range before {
		if before[i].Key != after[i].Key {
			t.Errorf("%s became %s", before[i].Key, after[i].Key)
		}
	}
}

func TestChannelsAreReadThroughDisguise(t *testing.T) {
	t.Parallel()
	phone := Channel{Phone, "+8613800138000"}
	for body, want := range map[string][]Channel{
		"想要的加微信：xiao_mi88":                                     {{WeChat, "xiao_mi88"}},
		"➕薇❤ xiao_mi88 拿小样":                                    {{WeChat, "xiao_mi88"}},
		"+V：ｘｉａｏ＿ｍｉ８８":                                         {{WeChat, "xiao_mi88"}},
		"卫星 𝐱𝐢𝐚𝐨_𝐦𝐢𝟖𝟖":                                         {{WeChat, "xiao_mi88"}},
		"v信x❤i❤a❤o❤8❤8 快来":                                     {{WeChat, "xiao88"}},
		"微信号是 xiaomeizi 哦":                                     {{WeChat, "xiaomeizi"}},
		"VX\u200b: xiao\u200b_mi88":                            {{WeChat, "xiao_mi88"}},
		"微信支付很方便，wechat pay":                                   nil,
		"微信 138 0013 8000":                                     {{WeChat, "+8613800138000"}, phone},
		"电话138-0013-8000":                                      {phone},
		"打 1❤3❤8❤0❤0❤1❤3❤8❤0❤0❤0":                              {phone},
		"幺三八零零幺三八零零零":                                          {phone},
		"+86 13800138000":                                      {phone},
		"訂位 0912-345-678":                                      {{Phone, "+886912345678"}},
		"电话 02-2345-6789":                                      {{Desk, "0223456789"}},
		"客服 400-820-8820":                                      {{Desk, "4008208820"}},
		"2025.10.12 花了 13800 元":                                nil,
		"13 25 30 45 60 9":                                     nil,
		"扣扣 1234567":                                           {{QQ, "1234567"}},
		"麻糬很QQ 123":                                            nil,
		"加賴 mei.mei_77":                                        {{Line, "mei.mei_77"}},
		"LINE ID：@meimei77":                                    {{Line, "meimei77"}},
		"Blue line 2 to exit 4":                                nil,
		"TG @lune_deals":                                       {{Telegram, "lune_deals"}},
		"t.me/lune_deals":                                      {{Telegram, "lune_deals"}},
		"https://line.me/R/ti/p/@meimei77":                     {{Line, "meimei77"}},
		"https://lin.ee/AbC123":                                {{Line, "AbC123"}},
		"WhatsApp +852 9123 4567":                              {{WhatsApp, "+85291234567"}, {Phone, "+85291234567"}},
		"https://wa.me/85291234567?text=hi":                    {{WhatsApp, "+85291234567"}, {Phone, "+85291234567"}},
		"复制￥AbC123xyz9￥打开":                                     {{Command, "AbC123xyz9"}},
		"复制 ￥ＡｂＣ123xyz9￥ 打开":                                   {{Command, "AbC123xyz9"}},
		"报我名字 XIXI88 立减":                                       {{Code, "XIXI88"}},
		"use code LUNE20 at checkout":                          {{Code, "LUNE20"}},
		"📞 138.0013.8000":                                      {phone},
		"加 V：xiao_mi88":                                        {{WeChat, "xiao_mi88"}},
		"私信或者➕Q 1234567":                                       {{QQ, "1234567"}},
		"https://m.tb.cn/h.abc?tk=XyZ":                         {{Link, "m.tb.cn/h.abc"}},
		"订单号 13800138000123":                                   nil,
		"输入优惠码 TW88":                                           nil,
		"use code WELCOME10":                                   nil,
		"dress code CASUAL tonight":                            nil,
		"https://www.amazon.com/dp/B000?tag=l-20&utm_source=x": {{Affiliate, "amazon:l-20"}, {Link, "amazon.com/dp/B000"}},
		"http://m.shop.example/a/?b=2&a=1&utm_medium=q&spm=1":  {{Link, "shop.example/a?a=1&b=2"}},
		"https://maps.app.goo.gl/abc":                          nil,
		"https://cdn.example/a.JPG":                            nil,
		"m.tb.cn/h.AbCd12":                                     {{Link, "m.tb.cn/h.AbCd12"}},
	} {
		got := Mark(post("a", "1", body)).Channels
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", body, diff)
		}
	}
}

// Every written form of the same page is one channel.
func TestALinkIsTheSameHoweverItIsShared(t *testing.T) {
	t.Parallel()
	want := Channel{Link, "shop.example/item?id=7"}
	for _, l := range []string{
		"https://shop.example/item?id=7", "http://www.shop.example/item/?id=7", "https://SHOP.example/item?utm_campaign=a&id=7",
		"https://m.shop.example/item?id=7&share_token=zz#reviews", "https://shop.example:443/item?fbclid=x&id=7",
	} {
		p := post("a", "1", "x")
		p.Links = []string{l}
		if got := Mark(p).Channels; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v", l, got)
		}
	}
}

func TestOnlyWhatLeadsToOnePersonMakesAnEdge(t *testing.T) {
	t.Parallel()
	r := seeded(8)
	pair := func(common string, change ...func(*moderation.Post)) (Edge, bool) {
		a, b := post("a", "1", strings.Join(different(r, false, 5), "")+common), post("b", "2", common+strings.Join(different(r, false, 5), ""))
		for _, f := range change {
			f(&a)
			f(&b)
		}
		return Judge(Read(a), Read(b), Known{})
	}
	same := assets.IDOf([]byte("picture"))
	for name, c := range map[string]struct {
		common string
		change func(*moderation.Post)
		want   bool
	}{
		"a messenger account":    {common: "\n微信 abc_12345\n", want: true},
		"a mobile number":        {common: "\n联系我 13800138000\n", want: true},
		"an affiliate":           {common: "\nhttps://www.amazon.com/dp/B0?tag=lune-20\n", want: true},
		"a command":              {common: "\n￥AbC123xyz9￥\n", want: true},
		"a personal code":        {common: "\n优惠码 LUNE20\n", want: true},
		"a page":                 {common: "\nhttps://hotel.example/rooms\n"},
		"five pages":             {common: "\nhttps://hotel.example/a https://hotel.example/b https://hotel.example/c https://hotel.example/d https://hotel.example/e\n"},
		"a restaurant's card":    {common: "\n餐厅电话 13800138000 地址 https://food.example/x\n营业时间 10:00 02-2345-6789\n"},
		"a warning":              {common: "\n骗子！别加微信 abc_12345\n"},
		"a code set off":         {common: "\n优惠码「LUNE20」\n", want: true},
		"a quotation":            {common: "\n他说“加微信 abc_12345”\n"},
		"one picture":            {change: func(p *moderation.Post) { p.Pictures = []moderation.PostPicture{{ID: same}} }},
		"one picture and a page": {common: "\nhttps://hotel.example/a https://hotel.example/b\n", change: func(p *moderation.Post) { p.Pictures = []moderation.PostPicture{{ID: same}} }, want: true},
		"a comment of one's own": {want: true, change: func(p *moderation.Post) {
			p.CommentTexts = []moderation.Comment{{Author: p.Author.ID, Text: "加微信 abc_12345"}}
		}},
		"a comment of somebody else's": {change: func(p *moderation.Post) {
			p.CommentTexts = []moderation.Comment{{Author: "spam", Text: "加微信 abc_12345"}}
		}},
	} {
		change := c.change
		if change == nil {
			change = func(*moderation.Post) {}
		}
		if e, ok := pair(c.common, change); ok != c.want {
			t.Errorf("%s: %v, %+v", name, ok, e)
		}
	}
}

func TestAChannelOfTooManyIsNoEvidence(t *testing.T) {
	t.Parallel()
	a, b := Read(post("a", "1", "微信 abc_12345")), Read(post("b", "2", "微信 abc_12345"))
	c := a.Marks.Channels[0]
	if e, ok := Judge(a, b, Known{Authors: map[Channel]int{c: 300}}); !ok || len(e.Channels) != 1 {
		t.Errorf("300 hands: %+v", e)
	}
	if e, ok := Judge(a, b, Known{Authors: map[Channel]int{c: 301}}); ok {
		t.Errorf("301 hands: %+v", e)
	}
}

func TestWhatWasSwappedIsShown(t *testing.T) {
	t.Parallel()
	swap := func(b string) string {
		return "熬夜党的救命恩人来了，用了" + b + "三周皮肤稳定到不敢相信。质地像冻酸奶一样，推开就化，一点都不黏。油皮敏感肌都可以放心冲，真的要谢谢" + b + "让我敢素颜出门了。"
	}
	e, ok := Judge(Read(post("a", "1", swap("初岚"))), Read(post("b", "2", swap("Velour"))), Known{})
	if !ok || e.Alike < 0.4 || e.Covered < 0.8 {
		t.Fatalf("%+v", e)
	}
	var slots []string
	for _, f := range e.OfB {
		if f.Rule == "copy.slot" {
			slots = append(slots, f.Text)
		}
	}
	if diff := cmp.Diff([]string{"Velour", "Velour"}, slots); diff != "" {
		t.Error(diff)
	}
}

// Marks lie in databases for years. If this fails, folding, shingles or permutations
// have changed: raise Version, so that old marks are made anew and not compared.
func TestMarksStayTheSameAcrossBuilds(t *testing.T) {
	t.Parallel()
	m := Mark(ordinary)
	h := uint64(0)
	for _, b := range m.Bands {
		h = mix(h ^ uint64(b))
	}
	for _, s := range m.Signature {
		h = mix(h ^ uint64(s))
	}
	const want = 0xa97b6c99df58b995
	if Version != 1 || h != want {
		t.Errorf("marks of version %d are %#x, not %#x", Version, h, uint64(want))
	}
	if Estimate(m, m) != 1 || Estimate(m, Marks{}) != 0 {
		t.Error("a text is wholly like itself and not like nothing")
	}
	old := Marks{Signature: append([]byte{Version + 1}, m.Signature[1:]...)}
	if Estimate(m, old) != 0 {
		t.Error("signatures of different versions are compared")
	}
}

func TestTheEstimateIsNearTheTruth(t *testing.T) {
	t.Parallel()
	r := seeded(9)
	off := 0.0
	const n = 200
	for range n {
		shared := different(r, false, 6)
		a := Read(post("a", "1", strings.Join(append(different(r, false, r.IntN(8)), shared...), "")))
		b := Read(post("b", "2", strings.Join(append(different(r, false, r.IntN(8)), shared...), "")))
		both := len(intersect(a.hashes, b.hashes))
		truth := float64(both) / float64(len(a.hashes)+len(b.hashes)-both)
		d := Estimate(a.Marks, b.Marks) - truth
		off += d * d
	}
	if off/n > 0.07*0.07 {
		t.Errorf("mean square error %.4f", off/n)
	}
}

// reread checks that every span lies in its field and holds the words shown.
func reread(t interface {
	Errorf(string, ...any)
	Helper()
}, p moderation.Post, findings []moderation.Finding) {
	t.Helper()
	fields := map[string][]rune{"title": []rune(p.Title), "body": []rune(p.Body)}
	for _, f := range findings {
		if !utf8.ValidString(f.Text) {
			t.Errorf("%s: text is no UTF-8: %q", f.Rule, f.Text)
		}
		if f.Weight != 0 {
			t.Errorf("%s weighs %v", f.Rule, f.Weight)
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

func TestSpansReadTheSameWordsInBothPosts(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"+薇 abc_1234", "优·惠·码 XIXI88", "ｗｘ：ａｂｃ１２３４５", "𝐯𝐱 𝐚𝐛𝐜𝟏𝟐𝟑𝟒", "ﷺ", "é", "㍿", "👨‍👩‍👧", "\u200b", "\xff", "138\u200b00138000", "1⃣3⃣8⃣0⃣0⃣1⃣3⃣8⃣0⃣0⃣0⃣", "https://bit.ly/Ａ?x=1", "t.me/", "“", "”", "\r\n", "#一键", "￥AbC12345x￥", "𠀀", ordinary.Body}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, name), " ") }
		shared := text("shared")
		a := moderation.Post{ID: "a", Author: moderation.Author{ID: "1"}, Title: text("title"), Body: text("one") + shared}
		b := moderation.Post{ID: "b", Author: moderation.Author{ID: "2"}, Body: shared + text("two")}
		x, y := Read(a), Read(b)
		for _, m := range x.Mentions {
			reread(t, a, []moderation.Finding{m.Finding})
		}
		e, _ := Judge(x, y, Known{})
		reread(t, a, e.OfA)
		reread(t, b, e.OfB)
		again, _ := Judge(y, x, Known{})
		if diff := cmp.Diff(e, again); diff != "" {
			t.Fatal("judged the other way round:", diff)
		}
	})
}

func FuzzReadNeverFails(f *testing.F) {
	for _, s := range []string{"", "微信", "加v", "微信：a❤b❤c", "+", "++86", "https://", "t.me/", "￥￥", "（（", "\xff微信\xfe", "https://a?tag=%zz", "优惠码：", "1-3-8", "幺", "#", "@", "1,2.3.", "\u200b\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := moderation.Post{ID: "a", Author: moderation.Author{ID: "1"}, Title: s, Body: s + ordinary.Body + s, Links: []string{s}, CommentTexts: []moderation.Comment{{Text: s, Pinned: true}}}
		x := Read(p)
		for _, m := range x.Mentions {
			reread(t, p, []moderation.Finding{m.Finding})
			if m.Key == "" || len(m.Key) > longestKey {
				t.Errorf("key %q", m.Key)
			}
		}
	})
}

func TestLongAndStrangeInputsAreReadInBoundedTime(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, 1<<17/len(s)) }
	for name, body := range map[string]string{
		"ordinary": fill(ordinary.Body), "cues": fill("微信"), "cues and digits": fill("微信1"), "digits": fill("1"), "digits and gaps": fill("1-"), "numerals": fill("一"),
		"accounts": fill("微信 abc_1234 "), "links": fill("https://a.example/?tag=1 "), "schemes": fill("https://"), "bare hosts": fill("t.me/a "), "hashtags": fill("#a "),
		"quotes": fill("“"), "commands": fill("￥"), "broken": fill("\xff\xfe广"), "one word": fill("a"), "warnings": fill("骗子 微信 abc_1234 "), "no end": fill("好"),
	} {
		t.Run(name, func(t *testing.T) {
			x := Read(post("a", "1", body))
			if len(x.Mentions) > 3*mostMentions {
				t.Errorf("%d mentions", len(x.Mentions))
			}
		})
	}
}

func TestTheChannelsFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	good := string(builtIn)
	for name, bad := range map[string]string{
		"an unknown field":  strings.Replace(good, `"about"`, `"abuot"`, 1),
		"an unknown kind":   strings.Replace(good, `{"kind": "qq", "strength"`, `{"kind": "icq", "strength"`, 1),
		"no reason":         strings.Replace(good, `"why": "a private number or group"`, `"why": ""`, 1),
		"a strength over 1": strings.Replace(good, `"strength": 0.4`, `"strength": 4`, 1),
		"a phrase twice":    strings.Replace(good, `"扣扣",`, `"扣扣", "微信",`, 1),
		"half a file":       good[:len(good)/2],
	} {
		if bad == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := readRules(strings.NewReader(bad)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
