package sample

import (
	"time"

	"cinnabar/moderation"
)

// Act is one deed of the trial's past, done through the same functions as everybody
// else's: somebody claims a case and decides it, or an appeal against a decision is
// taken in.
type Act struct {
	Login   string
	Kind    moderation.Kind
	Target  string // id of the application or post
	Verdict moderation.Verdict
	Policy  string
	Reason  string
	Note    string
	Appeal  string // what is said against the decision; "" where this is a decision itself
	// Maybe marks an act that is left out when the scan opened no case on its post.
	Maybe bool
}

// History is what was decided before the first day, in order. Second opinions
// come after all first ones, because a first one may be undone for ten seconds
// and only then goes on to somebody else.
func History(time.Time) []Act {
	acts := []Act{
		// Approved once; a second person is wanted.
		brandAct("moderator2", chulan, moderation.Approve, "", "", "执照、授权链、备案均核对，授权到期日已登记。"),
		brandAct("moderator3", "雾岛茶事", moderation.Approve, "", "", "SC 编号校验通过，产品与经营范围相符。"),
		brandAct("moderator2", "山野来信", moderation.Approve, "", "", ""),
		brandAct("moderator1", "织云 ZHIYUN", moderation.Approve, "", "", "商标本人持有，类别 25。"),

		// The applicant was asked for something.
		brandAct("moderator2", "木与白", moderation.AskMore, "1.1", "营业执照图片只有 620 像素宽，经营范围无法辨认，请重新上传 800 像素以上的原图。", ""),
		brandAct("moderator3", "半坡咖啡", moderation.AskMore, "1.1", "营业执照文件损坏，只能打开一半，请重新上传。", ""),
		brandAct("moderator1", "听澜助听", moderation.AskMore, "1.5", "清单里列有《医疗器械广告审查证明》，但文件没有上传。", ""),

		// A lead should look.
		brandAct("moderator3", "MAISON ORÉA", moderation.Escalate, "", "", "Second letter is given by Oréa Pacific, but the first names Oréa Asia. The importer says both are one group; I can't see that from the papers."),
		brandAct("moderator2", "灶边优选", moderation.Escalate, "", "", "与 A-0433「灶边 ZAOBIAN」提交了同一张执照，联系人不同。"),

		// Refused.
		brandAct("moderator2", "岁安", moderation.Refuse, "1.8", "账号名含“国家级”，请更换后重新申请。", ""),

		// Approved by two.
		brandAct("moderator2", "素屿 SUYU", moderation.Approve, "", "", "资料齐全。"),
		brandAct("moderator3", "Fjord & Fell", moderation.Approve, "", "", "Register extract is recent, mark in 22 covers tents."),
		brandAct("moderator2", "团子与月亮", moderation.Approve, "", "", ""),
		brandAct("moderator1", "纸上岛屿", moderation.Approve, "", "", "图书、文具范围一致。"),

		// Posts of the last weeks.
		postAct("moderator2", "桃子汽水", "换季烂脸自救成功！", moderation.RequireLabel, "2.3", "正文留有站外联系方式“卫❤星”，并引导进群购买。", ""),
		postAct("moderator3", "platform9ish", "The only headphones that stay on", moderation.RequireLabel, "2.4", "", "Same text by six accounts within three days, all new."),
		postAct("moderator2", "大三的芋圆", "军训没晒黑的秘密，我只说一次", moderation.RequireLabel, "2.4", "", "与另外五个账号雷同，图片为同一张。"),
		postAct("moderator1", "山行", "新包上山三天", moderation.RequireLabel, "2.2", "", "“合作”埋在第十个话题里。"),
		postAct("moderator3", "onepot.onepan", "I threw out every other pan", moderation.RequireLabel, "2.1",
			"Your note “I threw out every other pan” presents a product commercially and carries no label. Please add the commercial label within 24 hours.", ""),
		postAct("moderator2", "飞行的阿默", "飞了 40 次的箱子，一个轮子都没坏", moderation.RequireLabel, "2.1", "", "淘口令在正文。"),
		postAct("moderator3", "paint.by.number", "Lamp, two months, three points", moderation.Clear, "2.6", "", "Names two faults; no code, no link."),
		postAct("moderator1", "衣柜第三层", "自费买的大衣，起球了", moderation.Clear, "2.6", "", ""),

		brandAct("lead1", "素屿 SUYU", moderation.Approve, "", "", ""),
		brandAct("lead2", "Fjord & Fell", moderation.Approve, "", "", ""),
		brandAct("moderator3", "团子与月亮", moderation.Approve, "", "", "第二人复核，无异议。"),
		brandAct("moderator2", "纸上岛屿", moderation.Approve, "", "", ""),

		// Against what was decided. They come last: a decision can be appealed once it
		// is in effect.
		appealOf(brandAct("worker1", "岁安", "", "", "", ""),
			"“国家级养生专家”是创始人 2019 年获得的荣誉称号，证书扫描件已发邮件，不是我们自己起的广告语。这个账号名用了三年，老用户都认得，请再看一次。"),
		appealOf(postAct("worker1", "onepot.onepan", "I threw out every other pan", "", "", "", ""),
			"I bought the pan with my own money and can send the receipt. Yes, the link pays me a few cents when somebody buys, but nobody asked me for this note or read it first. That is not an advert."),
	}
	return acts
}

func brandAct(login, brand string, v moderation.Verdict, policy, reason, note string) Act {
	for i, a := range cast {
		if a.brand == brand {
			return Act{Login: login, Kind: moderation.KindBrand, Target: applicationID(i), Verdict: v, Policy: policy, Reason: reason, Note: note}
		}
	}
	panic("sample: history of an unknown brand " + brand)
}

func appealOf(a Act, words string) Act {
	a.Appeal = words
	return a
}

func postAct(login, author, title string, v moderation.Verdict, policy, reason, note string) Act {
	return Act{
		Login: login, Kind: moderation.KindPost, Target: postID(script{author: author, title: title}),
		Verdict: v, Policy: policy, Reason: reason, Note: note, Maybe: true,
	}
}
