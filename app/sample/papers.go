package sample

import (
	"fmt"
	"strings"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/moderation"
)

// registry is who issues the papers of the trial.
const registry = "样例市登记处"

// field is one thing that stands on a paper and shall be read from it; shown is
// how it is printed, where that is not how it is read.
type field struct {
	label, name, text, shown string
}

// rows turns fields into what is printed and what is read.
func rows(fields []field) ([]paint.Row, []moderation.Field) {
	var out []paint.Row
	var read []moderation.Field
	for _, f := range fields {
		shown := f.shown
		if shown == "" {
			shown = f.text
		}
		out = append(out, paint.Row{Label: f.label, Text: shown, Field: f.name})
		if f.name != "" {
			read = append(read, moderation.Field{Name: f.name, Text: f.text})
		}
	}
	return out, read
}

func printing(want paint.Paper) painting {
	return func(p *paint.Painter) ([]byte, map[string]assets.Box) {
		s := p.Paper(want)
		return s.Data, s.Boxes
	}
}

// licence decides what stands on the licence and paints it.
func (d *desk) licence() {
	start := d.today.AddDate(-d.founded, -1, -17)
	end := dateOf(start.AddDate(20, 0, -1))
	if d.n%3 == 0 || d.subject != moderation.Company {
		end = moderation.LongTerm
	}
	switch d.flaw {
	case licenceSoon:
		end = d.day(40)
	case licenceOver:
		end = d.day(-21)
	case sharedLicence:
		end = moderation.LongTerm
	}
	d.paper = moderation.Entity{
		Name: d.company, Address: d.address, Representative: d.rep, Scope: d.scope,
		Established: dateOf(start), Expires: end,
	}
	if d.subject == moderation.Overseas {
		d.registerExtract()
		return
	}
	subject, kind := "1", "有限责任公司（自然人投资或控股）"
	person, place := "法定代表人", "住所"
	if d.subject == moderation.SoleTrader {
		subject, kind, person, place = "2", "个体工商户", "经营者", "经营场所"
	}
	d.paper.USCC = creditCode(subject, d.division, d.shown)
	if d.flaw == brokenCode {
		d.paper.USCC = spoilt(d.paper.USCC)
	}
	e := d.paper
	fields := []field{
		{"名称", "name", e.Name, ""},
		{"类型", "", kind, ""},
		{person, "representative", e.Representative, ""},
		{"注册资本", "", capital(d.shown), ""},
		{"成立日期", "established", string(e.Established), printed(e.Established)},
		{"营业期限", "expires", string(e.Expires), until(e.Established, e.Expires)},
		{place, "address", e.Address, ""},
		{"经营范围", "scope", e.Scope, ""},
	}
	if d.subject == moderation.SoleTrader {
		fields = append(fields[:3], fields[4:]...)
	}
	layout := paint.Gold
	if d.wide {
		// The lying form has its long texts in the left column.
		layout = paint.GoldWide
		last := len(fields) - 1
		scope := fields[last]
		copy(fields[4:], fields[3:last])
		fields[3] = scope
	}
	printedRows, read := rows(fields)
	want := paint.Paper{
		Layout: layout, Title: "营业执照", Under: "（副 本）",
		Code: paint.Row{Label: "统一社会信用代码", Text: e.USCC, Field: "uscc"}, Rows: printedRows,
		Signed: registry, Date: printed(d.day(-400 - 9*d.shown)), Seal: registry, Tone: d.shown,
	}
	if d.flaw == smallPicture {
		want.Scale = .5
	}
	art := printing(want)
	if d.flaw == brokenPicture {
		art = cutOff(art)
	}
	d.add(moderation.Document{
		Kind: moderation.Licence, Name: "营业执照副本.jpg", Number: e.USCC, Issuer: registry,
		From: e.Established, Until: e.Expires,
		Fields: append([]moderation.Field{{Name: "uscc", Text: e.USCC}}, read...),
	}, art)
}

func capital(n int) string {
	return "人民币" + []string{"壹佰万", "叁佰万", "伍佰万", "捌佰万", "壹仟万"}[n%5] + "元整"
}

// cutOff loses the second half of a file, as an upload that broke.
func cutOff(whole painting) painting {
	return func(p *paint.Painter) ([]byte, map[string]assets.Box) {
		data, _ := whole(p)
		return data[:len(data)/2], nil
	}
}

func (d *desk) registerExtract() {
	e := d.paper
	number := fmt.Sprintf("%s %03d %03d %03d", d.region, 900+d.n, 117+7*d.n, 204+11*d.n)
	fields := []field{
		{"Company name", "name", e.Name, ""},
		{"Registered office", "address", e.Address, ""},
		{"Managing director", "representative", e.Representative, ""},
		{"Objects", "scope", e.Scope, ""},
		{"Incorporated", "established", string(e.Established), ""},
		{"Duration", "expires", string(e.Expires), "Unlimited"},
		{"Status", "", "Active", ""},
	}
	printedRows, read := rows(fields)
	d.add(moderation.Document{
		Kind: moderation.Licence, Name: "register-extract.jpg", Number: number, Issuer: "Specimen registry",
		From: e.Established, Until: e.Expires, Fields: append([]moderation.Field{{Name: "number", Text: number}}, read...),
	}, printing(paint.Paper{
		Layout: paint.Register, Title: "Extract from the Companies Register", Under: "Specimen registry · certified copy, English translation",
		Code: paint.Row{Label: "Registration no.", Text: number, Field: "number"}, Rows: printedRows,
		Outro:  "This extract shows what stood in the register on the day below. It is a specimen and proves nothing.",
		Signed: "The registrar", Date: d.today.AddDate(0, 0, -34).Format("2 January 2006"), Tone: d.n,
	}))
}

// markPaper is the certificate, or the notice of an application that is pending.
func (d *desk) markPaper(m moderation.Trademark, from moderation.Date) (moderation.Document, painting) {
	classes := make([]string, len(m.Classes))
	goods := make([]string, len(m.Classes))
	for i, c := range m.Classes {
		classes[i], goods[i] = fmt.Sprint(c), niceGoods[c]
	}
	title, who, start, no, listed := "商标注册证", "注册人", "注册日期", "注册号", "核定项目"
	last := field{"有效期至", "expires", string(m.Expires), printed(m.Expires)}
	name := "商标注册证.jpg"
	if m.Status == "pending" {
		title, name = "商标注册申请受理通知书", "商标受理通知书.jpg"
		who, start, no, listed = "申请人", "申请日期", "申请号", "申请项目"
		last = field{"状态", "status", "审查中", ""}
	}
	printedRows, read := rows([]field{
		{"国际分类", "classes", strings.Join(classes, "、"), "第 " + strings.Join(classes, "、") + " 类"},
		{listed, "", strings.Join(goods, "；"), ""},
		{who, "owner", m.Owner, ""},
		{start, "from", string(from), printed(from)},
		last,
	})
	lettered := paint.Serif
	if d.n%2 == 1 {
		lettered = paint.Sans
	}
	return moderation.Document{
			Kind: moderation.MarkPaper, Name: name, Number: m.Number, Issuer: "商标登记处（样例）", From: from, Until: m.Expires,
			Fields: append([]moderation.Field{{Name: "number", Text: m.Number}}, read...),
		}, printing(paint.Paper{
			Layout: paint.Certificate, Title: title, Code: paint.Row{Label: no, Text: "第 " + m.Number + " 号", Field: "number"},
			Mark: m.Name, Rows: printedRows, Signed: "商标登记处（样例）", Date: printed(from), Seal: "商标登记处样例", Tone: d.n + 1, Ink: lettered,
		})
}

// letterPaper is a letter of authorisation as it reads on paper.
func (d *desk) letterPaper(l moderation.Authorisation, from moderation.Date) (moderation.Document, painting) {
	level := []string{"一级授权", "二级授权", "三级授权"}[l.Level-1]
	printedRows, read := rows([]field{
		{"授权人", "from", l.From, ""},
		{"被授权人", "to", l.To, ""},
		{"授权级别", "level", fmt.Sprint(l.Level), level},
		{"授权商标", "mark", d.brand, d.brand + "（第 " + d.draft.app.Mark.Number + " 号）"},
		{"授权地域", "", "中国大陆", ""},
		{"授权期限", "until", string(l.Until), until(from, l.Until)},
	})
	seal := l.From
	if len([]rune(seal)) > 18 {
		// A foreign company signs and stamps with its short name.
		seal, _, _ = strings.Cut(l.From, " (")
	}
	return moderation.Document{
			Kind: moderation.Letter, Name: fmt.Sprintf("授权书-%d.jpg", l.Level), Issuer: l.From, From: from, Until: l.Until, Fields: read,
		}, printing(paint.Paper{
			Layout: paint.LetterSheet, Title: "商标使用授权书", Under: fmt.Sprintf("编号 SP-%04d-%d", 401+d.n, l.Level),
			Intro:  "兹授权下列公司在约定的地域和期限内，以普通许可的方式使用下述注册商标，在内容社区开设账号、发布笔记并销售带有该商标的商品。未经授权人书面同意，被授权人不得再行转授权。",
			Rows:   printedRows,
			Outro:  "授权人保证对上述商标享有完整、有效的权利。本授权书自签章之日起生效，到期自动终止；如需续期，应于到期前三十日另行签署。",
			Signed: l.From, Date: printed(from), Seal: seal, Tone: d.n + l.Level,
		})
}

// filingPaper is what a category asks for beside the licence.
func (d *desk) filingPaper(number string, from, to moderation.Date) (moderation.Document, painting) {
	title, name := "国产普通化妆品备案信息", "化妆品备案.jpg"
	under := "备案信息公示页打印件"
	switch {
	case strings.HasPrefix(number, "国妆网备进字"):
		title = "进口普通化妆品备案信息"
	case strings.HasPrefix(number, "SC"):
		title, name, under = "食品生产许可证", "食品生产许可证.jpg", "副 本"
	case strings.HasPrefix(number, "JY"):
		title, name, under = "食品经营许可证", "食品经营许可证.jpg", "副 本"
	case d.category == "health_food":
		title, name, under = "保健食品注册证书", "保健食品注册证书.jpg", "附件：产品说明书"
	case d.category == "medical_device":
		title, name, under = "医疗器械注册证", "医疗器械注册证.jpg", "附件：产品技术要求"
	}
	printedRows, read := rows([]field{
		{"产品", "product", d.goods, ""},
		{"持有人", "holder", d.company, ""},
		{"发证日期", "from", string(from), printed(from)},
		{"有效期至", "expires", string(to), printed(to)},
	})
	return moderation.Document{
			Kind: moderation.CategoryPaper, Name: name, Number: number, Issuer: registry, From: from, Until: to,
			Fields: append([]moderation.Field{{Name: "number", Text: number}}, read...),
		}, printing(paint.Paper{
			Layout: paint.Filing, Title: title, Under: under, Code: paint.Row{Label: "编号", Text: number, Field: "number"}, Rows: printedRows,
			Outro: "以上信息以登记机关公示为准。持有人应当对所提交资料的真实性、合法性负责，信息变更时须在三十日内办理变更。", Signed: registry, Date: printed(from), Seal: registry, Tone: d.n + 2,
		})
}
