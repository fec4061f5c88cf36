package intake

import (
	"io"
	"time"

	"cinnabar/assets"
	"cinnabar/moderation"
)

// Template writes an example of a kind: one row as JSON Lines, or a header and
// one row as CSV. What it writes comes in without a refusal. An XLSX file has
// the same header and row in its first sheet.
func Template(w io.Writer, k Kind, f Format) error {
	out := NewWriter(w, k, f)
	var err error
	switch k {
	case ApplicationRows:
		err = out.Application(exampleApplication())
	case KOLRows:
		err = out.KOL(exampleKOL())
	case QuoteRows:
		err = out.Quote(exampleQuote())
	case AudienceRows:
		err = out.Follow(exampleFollow())
	default:
		err = out.Post(examplePost())
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

func examplePost() moderation.Post {
	return moderation.Post{
		ID:           "p1001",
		Lang:         "zh-Hans",
		Title:        "通勤防晒，我空瓶了三支",
		Body:         "从四月用到现在，不搓泥也不假白。\n姐妹们用我的码 SUN88 还能减二十，链接放在下面啦。",
		Posted:       time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		Links:        []string{"https://shop.example/sun?ref=a77"},
		Pictures:     []moderation.PostPicture{{Name: "pictures/p1001-1.jpg"}, {Name: "pictures/p1001-2.jpg"}},
		PictureCount: 3,
		Likes:        1260,
		Saves:        388,
		Shares:       41,
		Comments:     57,
		CommentTexts: []moderation.Comment{{Author: "a92", Text: "油皮可以用吗？"}, {Author: "a77", Text: "可以，码在置顶。", Pinned: true}},
		Author: moderation.Author{
			ID: "a77", Handle: "小满不加班", Followers: 48200, Following: 310, Posts: 612, PostsPerDay: 0.7,
			Joined: time.Date(2021, 6, 18, 0, 0, 0, 0, time.UTC),
		},
		Brand: "青柚实验室",
	}
}

func exampleApplication() moderation.Application {
	return moderation.Application{
		ID:          "b2001",
		Version:     1,
		Subject:     moderation.Company,
		Region:      "CN",
		BrandName:   "青柚实验室",
		AccountName: "青柚实验室官方",
		Category:    "cosmetics",
		Contact:     "林女士 brand@qingyou.example",
		Entity: moderation.Entity{
			USCC:           "91310000MA7QY0TN1X",
			Name:           "上海青柚生物科技有限公司",
			Address:        "上海市黄浦区示例路 18 号 602 室",
			Representative: "林知夏",
			Scope:          "化妆品批发；化妆品零售；生物科技领域内的技术开发",
			Established:    "2019-05-20",
			Expires:        moderation.LongTerm,
		},
		Mark: moderation.Trademark{
			Number: "41230987", Name: "青柚实验室", Classes: []int{3, 35}, Owner: "青柚控股有限公司", Status: "registered", Expires: "2030-06-13",
		},
		Letters: []moderation.Authorisation{{From: "青柚控股有限公司", To: "上海青柚生物科技有限公司", Level: 1, Until: "2027-12-31"}},
		Documents: []moderation.Document{
			{
				Kind: moderation.Licence, Name: "pictures/b2001-licence.jpg", Number: "91310000MA7QY0TN1X", Issuer: "上海市市场监督管理局",
				From: "2019-05-20", Until: moderation.LongTerm,
				Fields: []moderation.Field{{Name: "name", Text: "上海青柚生物科技有限公司", Box: assets.Box{X: 412, Y: 388, W: 620, H: 46}}},
			},
			{Kind: moderation.Logo, Name: "pictures/b2001-logo.png"},
		},
		Submitted:   time.Date(2026, 3, 2, 2, 30, 0, 0, time.UTC),
		SubmittedBy: "brand-b2001",
	}
}
