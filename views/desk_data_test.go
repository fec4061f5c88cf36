package views

import (
	"fmt"
	"strings"
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/moderation"
)

func policies() []moderation.Policy {
	p := func(code string, k moderation.Kind, needs bool, en, zh, men, mzh string, vs ...moderation.Verdict) moderation.Policy {
		return moderation.Policy{Code: code, Kind: k, Verdicts: vs, NeedsReason: needs,
			Title: map[string]string{"en": en, "zh": zh}, Message: map[string]string{"en": men, "zh": mzh}, Source: "Rules of this desk"}
	}
	return []moderation.Policy{
		p("1.3", moderation.KindBrand, true, "Identity does not match the register", "主体信息与登记信息不一致",
			"What you entered for {brand} differs from the register of enterprises: {what}.", "「{brand}」填写的主体信息与企业登记信息不一致：{what}。", moderation.Refuse, moderation.AskMore),
		p("1.6", moderation.KindBrand, true, "The chain of authorisations breaks", "商标授权链条不完整",
			"Please send the missing or renewed letter for {brand}.", "请补充「{brand}」缺失或已续期的授权书。", moderation.Refuse, moderation.AskMore),
		p("2.1", moderation.KindPost, false, "Commercial content must be marked", "商业内容必须标注",
			"Your note “{title}” of {date} presents a product commercially and carries no label. Please add the commercial label within 24 hours.",
			"您 {date} 发布的笔记《{title}》含有商业推广内容但未作标注。请在 24 小时内添加商业合作标识。", moderation.RequireLabel),
		p("2.3", moderation.KindPost, true, "Sold outside the platform’s market", "绕开平台的商业合作",
			"Your note “{title}” leads buyers away for {brand}.", "您的笔记《{title}》将「{brand}」的购买者引导至站外。", moderation.RequireLabel),
		p("2.6", moderation.KindPost, false, "An honest note", "真实分享", "Your note “{title}” is fine as it is.", "您的笔记《{title}》经审核无需标注。", moderation.Clear),
	}
}

// withBrands fills the platform with applications such as come every day.
func (p *platform) withBrands(paintThem bool) *platform {
	p.policies = policies()
	painter := paint.New()
	rows := []struct {
		name, category, tag string
		stage               moderation.Stage
		age, due            time.Duration
	}{
		{"初岚 CHULAN", "cosmetics", "second", moderation.StageSecond, 2 * time.Hour, 2*time.Hour + 10*time.Minute},
		{"Norrlys Audio", "electronics", "new", moderation.StageFirst, 5 * time.Hour, 9 * time.Hour},
		{"谷雨粮仓", "food", "new", moderation.StageFirst, 6 * time.Hour, 12 * time.Hour},
		{"MAISON ORÉA", "perfume", "chain", moderation.StageFirst, 9 * time.Hour, 12 * time.Hour},
		{"青釉小铺", "home", "new", moderation.StageFirst, 26 * time.Hour, 30 * time.Hour},
		{"Fjord & Fell", "outdoor", "info_came", moderation.StageFirst, 28 * time.Hour, 30 * time.Hour},
		{"和悦堂", "health_food", "expiring", moderation.StageFirst, 30 * time.Hour, 31 * time.Hour},
		{"镜海光学", "medical_device", "new", moderation.StageFirst, 49 * time.Hour, 51 * time.Hour},
		{"Petit Lapin", "baby", "new", moderation.StageEscalated, 50 * time.Hour, -time.Hour},
		{"雾岛茶事", "tea", "new", moderation.StageFirst, 52 * time.Hour, 53 * time.Hour},
	}
	for i, r := range rows {
		id := fmt.Sprintf("b%d", i)
		c := moderation.Case{ID: id, Ref: fmt.Sprintf("A-%04d", 412+i), Kind: moderation.KindBrand, Target: "app" + id, Stage: r.stage, Version: 1,
			Title: r.name, Subtitle: r.category, Tag: r.tag, Created: p.now.Add(-r.age), Due: p.now.Add(r.due)}
		if r.stage == moderation.StageSecond {
			c.Approved, p.hidden[id] = 1, 1
		}
		if paintThem {
			c.Picture = p.picture(painted("logo "+r.name, func() []byte {
				return painter.Logo(paint.Emblem{Letter: string([]rune(r.name)[0]), Motif: paint.Motif(i % int(paint.Motifs)), Palette: i * 3})
			}))
		}
		p.cases = append(p.cases, c)
		app := p.application(c, r.category)
		if i == 3 {
			app.Mark = moderation.Trademark{Number: "G1187204", Name: "MAISON ORÉA", Classes: []int{3}, Owner: "Maison Oréa SAS", Status: "registered", Expires: "2030-04-01"}
			app.Entity.Name = "上海奥芮雅贸易有限公司"
			app.Letters = []moderation.Authorisation{
				{From: "Maison Oréa SAS", To: "华东总代（样例）有限公司", Level: 1, Until: "2028-01-31"},
				{From: "华南总代（样例）有限公司", To: "上海奥芮雅贸易有限公司", Level: 2, Until: "2027-03-31"},
			}
		}
		if paintThem && (i == 0 || i == 3) {
			p.paintPapers(painter, &app)
		}
		p.apps[app.ID] = app
	}
	p.cases[4].Holder, p.cases[4].Held = "wang.lei", p.now.Add(4*time.Minute)
	return p
}

func (p *platform) application(c moderation.Case, category string) moderation.Application {
	return moderation.Application{
		ID: c.Target, Ref: c.Ref, Version: 3, State: moderation.Submitted, Subject: moderation.Company, Region: "CN",
		BrandName: c.Title, AccountName: "初岚官方", Category: category, Contact: "岚女士 · 品牌部",
		Entity: moderation.Entity{USCC: "91310115MA1K3BTP2B", Name: "上海初蘭化妆品有限公司", Address: "上海市浦东新区样例路 88 号",
			Representative: "样例人", Scope: "化妆品批发、零售；进出口", Established: "2016-05-11", Expires: "2036-05-10"},
		Mark: moderation.Trademark{Number: "25810377", Name: "初岚", Classes: []int{3}, Owner: "初岚控股有限公司", Status: "registered", Expires: "2029-08-13"},
		Letters: []moderation.Authorisation{
			{From: "初岚控股有限公司", To: "华东总代（样例）有限公司", Level: 1, Until: "2028-12-31"},
			{From: "华东总代（样例）有限公司", To: "上海初兰化妆品有限公司", Level: 2, Until: "2027-02-01"},
		},
		Documents: []moderation.Document{
			{Kind: moderation.Licence, Name: "licence.jpg", From: "2016-05-11", Until: "2036-05-10", Fields: []moderation.Field{
				{Name: "uscc", Text: "91310115MA1K3BTP2B"}, {Name: "name", Text: "上海初兰化妆品有限公司"}, {Name: "representative", Text: "样例人"},
				{Name: "address", Text: "上海市浦东新区样例路 88 号"}, {Name: "scope", Text: "化妆品批发、零售；进出口"}, {Name: "expires", Text: "2036-05-10"}}},
			{Kind: moderation.MarkPaper, Name: "mark.jpg", Number: "25810377", Until: "2029-08-13"},
			{Kind: moderation.Letter, Name: "letter-1.jpg", Until: "2028-12-31"},
			{Kind: moderation.Letter, Name: "letter-2.jpg", Until: "2027-02-01"},
			{Kind: moderation.CategoryPaper, Name: "filing.jpg", Number: "沪G妆网备字2024012345", Until: "2028-01-01"},
			{Kind: moderation.Logo, Name: "logo.png", Picture: c.Picture},
		},
		Submitted: time.Date(2026, 11, 19, 14, 5, 0, 0, shanghaiTime()), SubmittedBy: "marketer1", EnteredBy: "marketer1", Due: c.Due,
		Extra: map[string]any{"shop": "own shop", "employees": 42.0, "channels": []any{"Tmall", "offline"}},
	}
}

// paintedLicences are those that were painted already, by brand.
var paintedLicences = map[string]paint.Sheet{}

func (p *platform) paintPapers(painter *paint.Painter, app *moderation.Application) {
	labels := map[string]string{"name": "名　　称", "representative": "法定代表人", "address": "住　　所", "scope": "经营范围", "expires": "营业期限"}
	want := paint.Paper{Layout: paint.Gold, Title: "营业执照", Code: paint.Row{Label: "统一社会信用代码", Text: "91310115MA1K3BTP2B", Field: "uscc"}, Seal: "样例市登记处", Date: "2016 年 5 月 11 日"}
	for _, f := range app.Documents[0].Fields[1:] {
		want.Rows = append(want.Rows, paint.Row{Label: labels[f.Name], Text: f.Text, Field: f.Name})
	}
	sheet, ok := paintedLicences[app.BrandName]
	if !ok {
		sheet = painter.Paper(want)
		paintedLicences[app.BrandName] = sheet
	}
	app.Documents[0].Picture = p.picture(sheet.Data)
	for i := range app.Documents[0].Fields {
		f := &app.Documents[0].Fields[i]
		f.Box = sheet.Boxes[f.Name]
	}
	for i, layout := range map[int]paint.Layout{1: paint.Certificate, 2: paint.LetterSheet, 3: paint.LetterSheet, 4: paint.Filing} {
		app.Documents[i].Picture = p.picture(painted(fmt.Sprint("paper", i), func() []byte {
			return painter.Paper(paint.Paper{Layout: layout, Title: "样例", Rows: []paint.Row{{Label: "编号", Text: "25810377"}}, Mark: "初岚"}).Data
		}))
	}
}

const sunscreen = "姐妹们久等啦！这个月真的只用了初岚的轻羽防晒，上脸三秒成膜，出油也不搓泥。我从二月中开始每天带着它通勤，没有一点想吐槽的地方。想试的宝评论区置顶有惊喜，报我名字 XIXI88 立减三十，+薇 xx2026 还能拿小样。限时三天哦～"

func spanOf(text, words string) *moderation.Span {
	i := strings.Index(text, words)
	if i < 0 {
		return nil
	}
	start := len([]rune(text[:i]))
	return &moderation.Span{Start: start, End: start + len([]rune(words))}
}

// withPosts fills the platform with posts of both languages.
func (p *platform) withPosts(paintThem bool) *platform {
	p.policies = policies()
	painter := paint.New()
	rows := []struct {
		title, handle, tag string
		followers          int
		score              float64
	}{
		{"春日防晒清单，油皮亲测", "溪溪", "contract", 124000, .97},
		{"这支精华我真的空瓶三次", "阿梨", "code", 8210, .94},
		{"Weekend in Chengdu, all in: what I packed and what I left", "northbound", "link", 41000, .91},
		{"开箱！朋友都在问的香薰", "小满", "ring", 21000, .88},
		{"平价猫粮测评 七款横评", "橘座", "copy", 990, .81},
		{"My honest retinol diary", "lune", "link", 15000, .78},
		{"留学生省钱好物", "阿泽", "code", 6402, .74},
		{"周末露营装备分享", "山行", "brand", 33000, .71},
		{"新手化妆刷怎么选", "桃桃", "copy", 11000, .69},
		{"A week of matcha", "kumo", "random", 22000, .66},
	}
	for i, r := range rows {
		id := fmt.Sprintf("p%d", i)
		var pictures []moderation.PostPicture
		var first assets.ID
		if paintThem {
			for j := range 1 + i%4 {
				first2 := p.picture(painted(fmt.Sprint("still", i, j), func() []byte {
					return painter.Still(paint.Still{Subject: paint.Subject((i*5 + j) % int(paint.Subjects)), Palette: i + j, Scene: paint.Scene((i + j) % int(paint.Scenes)), Seed: uint64(i*10 + j), Name: "初岚"})
				}))
				if j == 0 {
					first = first2
				}
				pictures = append(pictures, moderation.PostPicture{Name: fmt.Sprintf("%d.jpg", j), ID: first2})
			}
		}
		c := moderation.Case{ID: id, Ref: fmt.Sprintf("P-%d", 2031+i), Kind: moderation.KindPost, Target: "post" + id, Stage: moderation.StageFirst, Version: 1,
			Title: r.title, Subtitle: r.handle, Weight: r.followers, Picture: first, Tag: r.tag, Score: r.score,
			Created: p.now.Add(-time.Hour), Due: p.now.Add(2*time.Hour + time.Duration(i)*time.Minute)}
		p.cases = append(p.cases, c)
		body := sunscreen
		lang := "zh-Hans"
		if i == 2 || i == 5 || i == 9 {
			lang = "en"
			body = "Three days, one carry-on. The pack is the only thing I would buy again: it sat under every seat and still looked new. Use NORTH15 for fifteen percent off until Sunday, the link is in my bio. https://example.com/go?ref=northbound"
		}
		p.posts[c.Target] = moderation.Post{ID: c.Target, Lang: lang, Title: r.title, Body: body, Posted: time.Date(2026, 3, 14, 9, 12, 0, 0, shanghaiTime()),
			Pictures: pictures, PictureCount: len(pictures), Likes: 3204, Saves: 1870, Comments: 412,
			CommentTexts: []moderation.Comment{{Author: "溪溪", Text: "置顶：链接放这里啦，前一百名送小样", Pinned: true}, {Author: "小鱼", Text: "真的不搓泥吗？"}},
			Author:       moderation.Author{ID: "a" + id, Handle: r.handle, Followers: r.followers, Following: 312, Posts: 204, PostsPerDay: .6, Joined: time.Date(2022, 5, 1, 0, 0, 0, 0, time.UTC)},
			Links:        map[bool][]string{true: {"https://example.com/go?ref=" + r.handle}}[i%2 == 0], Extra: map[string]any{"topic": "防晒", "device": "phone"}}
		p.past["a"+id] = moderation.AuthorHistory{Posts: 31, Declared: 4, Breaches: 2, TopBrand: "初岚", TopShare: .62, PerWeek: []int{2, 3, 2, 3, 4, 3, 5, 9, 14, 6, 7, 8}}
		p.evidence[id] = []moderation.Evidence{
			{Kind: "contract", Rule: "contract", Text: "C-2026-031", Weight: 3.1},
			{Kind: "code", Rule: "code.named", Field: "body", Span: spanOf(body, "报我名字 XIXI88 立减"), Text: "报我名字 XIXI88 立减", Weight: 1.4},
			{Kind: "praise", Rule: "praise.flawless", Field: "body", Span: spanOf(body, "没有一点想吐槽的地方"), Text: "没有一点想吐槽的地方", Weight: .6},
			{Kind: "disguise", Rule: "disguise.wechat", Field: "body", Span: spanOf(body, "+薇 xx2026"), Text: "+薇 xx2026", Weight: .9},
			{Kind: "brand", Rule: "brand.named", Field: "body", Span: spanOf(body, "初岚的轻羽防晒"), Text: "初岚的轻羽防晒", Weight: .5},
			{Kind: "pinned", Rule: "pinned.link", Field: "comment", Text: "链接放这里啦", Weight: .4},
			{Kind: "base", Rule: "base", Weight: -2.1},
		}
		if i == 2 || i == 5 || i == 9 {
			p.evidence[id] = []moderation.Evidence{
				{Kind: "code", Rule: "code.named", Field: "body", Span: spanOf(body, "Use NORTH15"), Text: "Use NORTH15", Weight: 1.4},
				{Kind: "link", Rule: "link.affiliate", Field: "body", Span: spanOf(body, "https://example.com/go?ref=northbound"), Text: "https://example.com/go?ref=northbound", Weight: 1.4},
				{Kind: "praise", Rule: "praise.flawless", Field: "body", Span: spanOf(body, "the only thing I would buy again"), Text: "the only thing I would buy again", Weight: .6},
			}
		}
	}
	held := p.find("p3")
	held.Holder, held.Held = "wang.lei", p.now.Add(4*time.Minute)
	return p
}
