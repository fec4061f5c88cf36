package sample

import (
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/money"
)

// Plan is one campaign of the trial's past and what was done with it, through the same
// calls as everybody else's: it is made, moved, contracted and paid for.
type Plan struct {
	By       string             // who makes it
	Campaign campaigns.Campaign // a draft without an id
	Moves    []PlanMove
	// Agreements are made after the moves. Their contracts name a line, but neither id
	// nor campaign, which only the database gives.
	Agreements []Agreement
}

// PlanMove is a move by one of the trial's people.
type PlanMove struct {
	Login string
	Move  campaigns.Move
	Words string
}

// Agreement is a contract, what became of it, and the money that went.
type Agreement struct {
	By       string
	Contract campaigns.Contract
	Moves    []AgreementMove
	Entries  []campaigns.Entry // By is who writes them; Contract is filled in
}

// AgreementMove is a contract's move.
type AgreementMove struct {
	Login string
	Move  campaigns.ContractMove
	Fee   money.Fen // of an offer or counter-offer
	Words string
}

// Artwork paints the pictures that Plans names: the collectible of one plan.
func Artwork() [][]byte {
	return [][]byte{paint.New().Still(paint.Still{Subject: paint.Tent, Palette: 8, Scene: paint.Horizon, Seed: 12, Name: "F&F", Title: "First snow"})}
}

// Plans are three campaigns of verified brands: one that is still written, one that
// waits for approval, and one that runs. artwork is what Artwork painted, stored.
func Plans(now time.Time, artwork assets.ID) []Plan {
	kols, _ := KOLs(now)
	d := planner{calendarOf(now), make(map[string]campaigns.KOL, len(kols))}
	for _, k := range kols {
		d.kols[k.ID] = k
	}
	return []Plan{d.draft(), d.proposed(artwork), d.running()}
}

type planner struct {
	calendar
	kols map[string]campaigns.KOL
}

// post is a line that asks a KOL for a post at the KOL's own price.
func (p planner) post(id, kol string, f campaigns.Format, from, to int) campaigns.Line {
	k, known := p.kols[kol]
	q, ok := campaigns.QuoteOn(k, f, p.day(from))
	if !known || !ok {
		panic("sample: a plan asks " + kol + " for " + string(f))
	}
	return campaigns.Line{
		ID: id, Kind: campaigns.KOLLine, Title: k.Handle, From: p.day(from), To: p.day(to), Cost: q.Fee,
		KOL: &campaigns.KOLPost{KOL: k.ID, Format: f, Handle: k.Handle, Alone: -1},
	}
}

func (p planner) draft() Plan {
	careful := []campaigns.Line{
		p.post("p1", "苏沫测评室", campaigns.PictureNote, 24, 30),
		p.post("p2", "溪溪", campaigns.VideoNote, 26, 32),
		p.post("p3", "冷白皮不存在", campaigns.PictureNote, 28, 34),
		p.post("p4", "阿梨", campaigns.PictureNote, 28, 34),
		{ID: "t1", Kind: campaigns.TrialLine, Title: "积雪草精华 200 份", From: p.day(20), To: p.day(34), Cost: 12_000 * money.Yuan,
			Trial: &campaigns.Trials{Product: "素屿积雪草修护精华液 30 ml", Units: 200, Worth: 168 * money.Yuan, Who: "换季泛红、愿意记录十四天的用户"}},
		{ID: "a1", Kind: campaigns.PromotionLine, Title: "换季修护 · 小预算试水", From: p.day(20), To: p.day(26), Promotion: &campaigns.Promotion{
			Segment: campaigns.Segment{Ages: []string{"18-24", "25-34"}, Genders: []string{"f"}},
			Message: "换季泛红？十四天记录给你看", Variant: "同事问我最近是不是睡得好", Daily: 600 * money.Yuan, Expected: 42_000}},
	}
	many := []campaigns.Line{
		p.post("p1", "溪溪", campaigns.PictureNote, 24, 30),
		p.post("p2", "冷白皮不存在", campaigns.VideoNote, 24, 30),
		p.post("p3", "阿梨", campaigns.VideoNote, 26, 32),
		p.post("p4", "油皮小周", campaigns.PictureNote, 26, 32),
		p.post("p5", "小个子莉莉", campaigns.PictureNote, 28, 34),
		p.post("p6", "雨后的玻璃", campaigns.PictureNote, 28, 34),
	}
	return Plan{By: "marketer1", Campaign: campaigns.Campaign{
		Brand: suyu, Name: "春季修护上新", State: campaigns.Draft, ServiceFee: campaigns.DefaultServiceFee(),
		Wish: campaigns.Wish{
			Goal: campaigns.Awareness, Segment: campaigns.Segment{Ages: []string{"18-24", "25-34"}, Genders: []string{"f"}, Others: .2},
			Budget: 180_000 * money.Yuan, From: p.day(20), To: p.day(55), Frequency: 1, Caution: 1,
			// Few enough posts to look after each of them.
			Quotas: []campaigns.Quota{{Tag: "category:beauty", Least: 3}, {Tag: "tier:top", Most: 1}, {Tag: "format:picture", Most: 10}, {Tag: "format:video", Most: 6}},
			Never:  []string{"桃子汽水"},
		},
		Scenarios: []campaigns.Scenario{{ID: "s1", Name: "一位头部加试用", Lines: careful}, {ID: "s2", Name: "多位初级", Lines: many}}, Chosen: "s1",
	}}
}

func (p planner) proposed(artwork assets.ID) Plan {
	snow := p.calendar.today.AddDate(0, 0, 26).Add(5 * time.Hour) // one in the afternoon at the platform
	lines := []campaigns.Line{
		p.post("p1", "野外生存老何", campaigns.PictureNote, 12, 18),
		p.post("p2", "山行", campaigns.VideoNote, 14, 20),
		p.post("p3", "northbound", campaigns.VideoNote, 14, 22),
		p.post("p4", "北坡向阳", campaigns.PictureNote, 16, 24),
		p.post("p5", "knees.at.forty", campaigns.PictureNote, 16, 24),
		{ID: "g1", Kind: campaigns.GiftLine, Title: "First snow, a collectible", From: p.day(12), To: p.day(26), Cost: 6_000 * money.Yuan,
			Gift: &campaigns.Gift{Kind: campaigns.Collectible, Artwork: artwork, Editions: 3000, PerHead: 1}},
		{ID: "e1", Kind: campaigns.EventLine, Title: "松果坪 · 雪夜试帐", From: p.day(26), To: p.day(27), Cost: 28_000 * money.Yuan,
			Event: &campaigns.Event{Place: "松果坪营地（样例）", City: "成都", Starts: snow, Ends: snow.Add(20 * time.Hour), Capacity: 60}},
	}
	return Plan{
		By: "marketer2", Campaign: campaigns.Campaign{
			Brand: fjord, Name: "First snow 初雪", State: campaigns.Draft, ServiceFee: campaigns.DefaultServiceFee(),
			Wish: campaigns.Wish{
				Goal: campaigns.Engaging, Segment: campaigns.Segment{Ages: []string{"25-34", "35-44"}, Abroad: true, Others: .3},
				Budget: 120_000 * money.Yuan, From: p.day(10), To: p.day(40), Frequency: 1, Caution: 1,
				Quotas: []campaigns.Quota{{Tag: "category:outdoor", Least: 4}}, Must: []string{"northbound"},
			},
			Scenarios: []campaigns.Scenario{{ID: "s1", Name: "Two markets", Lines: lines}}, Chosen: "s1",
		},
		Moves: []PlanMove{{Login: "marketer2", Move: campaigns.Propose, Words: "营地已确认，限六十人。"}},
	}
}

func (p planner) running() Plan {
	lines := []campaigns.Line{
		p.post("p1", "苏沫测评室", campaigns.PictureNote, 2, 9),
		p.post("p2", "溪溪", campaigns.PictureNote, -8, -2),
		p.post("p3", "冷白皮不存在", campaigns.PictureNote, -4, 4),
		p.post("p4", "spf.daily", campaigns.PictureNote, 3, 10),
		{ID: "a1", Kind: campaigns.PromotionLine, Title: "精华空瓶故事 · 推广", From: p.day(-6), To: p.day(7), Promotion: &campaigns.Promotion{
			Segment: campaigns.Segment{Ages: []string{"18-24", "25-34"}, Genders: []string{"f"}}, Message: "你的第几瓶空瓶？", Daily: 500 * money.Yuan, Expected: 65_000}},
	}
	fee := func(i int) money.Fen { return lines[i].Cost }
	entry := func(line string, kind campaigns.EntryKind, amount money.Fen, day int, words string) campaigns.Entry {
		return campaigns.Entry{Line: line, Kind: kind, Amount: amount, Day: p.day(day), By: "marketer1", Words: words}
	}
	c := campaigns.Campaign{
		Brand: suyu, Name: "空瓶计划", State: campaigns.Draft, ServiceFee: campaigns.DefaultServiceFee(),
		Wish: campaigns.Wish{
			Goal: campaigns.Sales, Segment: campaigns.Segment{Ages: []string{"18-24", "25-34"}, Others: .2},
			Budget: 130_000 * money.Yuan, From: p.day(-10), To: p.day(20), Frequency: 1, Caution: 1,
		},
		Scenarios: []campaigns.Scenario{{ID: "s1", Name: "空瓶计划", Lines: lines}}, Chosen: "s1",
	}
	full := func(i int) money.Fen { return campaigns.CostOf(c, lines[i]) }
	signed := func(i int, entries ...campaigns.Entry) Agreement {
		return Agreement{By: "marketer1", Contract: p.contract(c, lines[i]), Moves: []AgreementMove{
			{"marketer1", campaigns.MakeOffer, fee(i), ""},
			{"marketer1", campaigns.Accept, 0, "平台站内信确认"},
			{"marketer1", campaigns.Sign, 0, ""},
		}, Entries: entries}
	}
	return Plan{
		By: "marketer1", Campaign: c,
		Moves: []PlanMove{
			{"marketer1", campaigns.Propose, "与一月上新错开。"},
			{"marketer2", campaigns.Approve, ""},
			{"marketer1", campaigns.Start, ""},
		},
		Agreements: []Agreement{
			signed(1,
				entry("p2", campaigns.Commit, full(1), -9, "合同签署"),
				entry("p2", campaigns.Pay, full(1), -1, "笔记已发布，标识齐全")),
			signed(2,
				entry("p3", campaigns.Commit, full(2), -5, "合同签署"),
				entry("p3", campaigns.Hold, full(2), 0, "等待补充广告标识")),
			// Above the sum, so that a second person is wanted.
			{By: "marketer1", Contract: p.contract(c, lines[0]), Moves: []AgreementMove{
				{"marketer1", campaigns.MakeOffer, fee(0) * 9 / 10, "含两个月站内使用权"},
				{"marketer1", campaigns.CounterOffer, fee(0), "原价，使用权可延至三个月"},
				{"marketer1", campaigns.Accept, 0, ""},
			}},
			{By: "marketer1", Contract: p.contract(c, lines[3]), Moves: []AgreementMove{
				{"marketer1", campaigns.MakeOffer, fee(3), "Could you post within the week after the sales?"},
			}},
		},
	}
}

func (p planner) contract(c campaigns.Campaign, l campaigns.Line) campaigns.Contract {
	k := p.kols[l.KOL.KOL]
	brief := campaigns.BriefFor(c, l).Under(k.Region)
	brief.Product = "素屿积雪草修护精华液 30 ml"
	link, code := campaigns.Track("https://shop.example/suyu", c, l.ID, "d1")
	return campaigns.Contract{
		Brand: c.Brand, Line: l.ID, KOL: k.ID, Handle: k.Handle, State: campaigns.ContractDraft, Brief: brief,
		Terms: campaigns.Terms{
			Fee: l.Cost, ServiceFee: c.ServiceFee, UsageDays: 90, UsageWhere: "品牌主页与站内推广",
			Deliverables: []campaigns.Deliverable{{ID: "d1", Format: l.KOL.Format, Count: 1, From: l.From, To: l.To, Planned: l.From, Link: link, Code: code}},
		},
	}
}
