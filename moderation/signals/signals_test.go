package signals

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/rings"
)

var (
	thinZH = moderation.Post{ID: "t", Title: "真的绝了", Body: "家人们谁懂啊，这个真的太好用了吧，强烈推荐，闭眼入不踩雷！"}
	fullZH = moderation.Post{ID: "f", Title: "用完两瓶来说说", PictureCount: 4,
		Body: "去年十月在成都的专柜买的，50ml 装 ¥299，每天早晚用，三个月用完一瓶。比之前用的那款清爽，质地像乳液，很喜欢。缺点是泵头容易堵，夏天在公司补涂会搓泥。"}
	thinEN = moderation.Post{ID: "te", Body: "OMG this is amazing, I am obsessed. Must have, highly recommend, thank me later!"}
	fullEN = moderation.Post{ID: "fe", PictureCount: 2,
		Body: "I bought the 30 oz version last month at the store downtown for $24 and have used it for 3 weeks. It keeps ice longer than my old one, which I love, but the lid is annoying to clean. Highly recommend if you compare it with pricier ones."}
)

// of is one signal of a post. Whatever is said must be listed with its figures.
func of(kind Kind, p moderation.Post, c Context) Signal {
	for _, s := range Judge(p, c) {
		for _, x := range s.Says {
			listed, ok := Says()[x.Code]
			if given := slices.Sorted(maps.Keys(x.Args)); !ok || !slices.Equal(given, slices.Sorted(slices.Values(listed))) {
				panic(fmt.Sprintf("%s with %v is not listed", x.Code, given))
			}
		}
		if s.Kind == kind {
			return s
		}
	}
	return Signal{}
}

func codes(s Signal) []string {
	var all []string
	for _, x := range s.Says {
		all = append(all, x.Code)
	}
	return all
}

func TestPraiseWithoutDetailIsThinAndAFullReviewIsNot(t *testing.T) {
	t.Parallel()
	for _, p := range []moderation.Post{thinZH, thinEN} {
		if s := of(Thin, p, Context{}); s.Level != Strong || len(s.Missing) < 6 {
			t.Errorf("%s: %+v", p.ID, s)
		}
	}
	for _, p := range []moderation.Post{fullZH, fullEN} {
		if s := of(Thin, p, Context{}); s.Level != None || len(s.Missing) > 0 {
			t.Errorf("%s: %s %.2f lacks %v", p.ID, s.Level, s.Score, s.Missing)
		}
	}
}

func TestEachDetailIsFoundByItself(t *testing.T) {
	t.Parallel()
	for detail, bodies := range map[string][]string{
		"when":     {"上周末", "3月12日", "10 am", "three of us went last week"},
		"where":    {"在专柜", "样例路88号店", "at the gym"},
		"what":     {"50ml", "色号", "size"},
		"used":     {"用了三个月", "用了半年", "used for 3 weeks", "第二瓶"},
		"price":    {"¥299", "299元", "$24", "人均"},
		"drawback": {"缺点是泵头", "but the lid broke"},
		"compared": {"比之前", "compared to my old"},
	} {
		for _, body := range bodies {
			s := of(Thin, moderation.Post{Body: "好用，推荐。" + body}, Context{})
			if slices.Contains(s.Missing, detail) {
				t.Errorf("%s is not seen in %q", detail, body)
			}
		}
	}
	for body, detail := range map[string]string{
		"没有缺点": "drawback", "没有任何不足": "drawback", "3 gardens": "what", "https://a.example/50ml": "what", "一起": "used", "每一天": "used", "一瓶": "what", "「上周末」": "when",
	} {
		if s := of(Thin, moderation.Post{Body: "好用，推荐。" + body}, Context{}); !slices.Contains(s.Missing, detail) {
			t.Errorf("%q is taken for %s", body, detail)
		}
	}
}

func TestWhatIsNoReviewIsNotThin(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "明天几点集合？", "The museum closes at five.", "“超好用，强烈推荐”，他们都这么写。", "这家店不错。"} {
		if s := of(Thin, moderation.Post{Body: body}, Context{}); s.Level != None || !cmp.Equal(codes(s), []string{"thin.no_review"}) {
			t.Errorf("%q: %+v", body, s)
		}
	}
}

func TestPraiseFromAMouldIsSeen(t *testing.T) {
	t.Parallel()
	mould := moderation.Post{Brand: "初岚", Author: moderation.Author{ID: "1"},
		Body: "谁懂啊，初岚真的是神仙单品！质感绝美，幸福感拉满，闭眼入不踩雷，吐血推荐给姐妹们。用了就回不去，初岚yyds，无限回购！"}
	s := of(Templated, mould, Context{})
	if s.Level != Strong || !slices.Contains(codes(s), "stock.slot") {
		t.Errorf("%+v", s)
	}
	for _, p := range []moderation.Post{fullZH, fullEN, {Body: "姐妹们，今天去爬山了，路上遇到一只很亲人的小狗，一直跟到山顶。"}} {
		if s := of(Templated, p, Context{}); s.Level != None {
			t.Errorf("%q: %+v", p.Body, s)
		}
	}
	if s := of(Templated, moderation.Post{Body: "😀"}, Context{}); s.Level != CannotTell {
		t.Errorf("%+v", s)
	}
}

func TestTheSamePraiseByOthersIsShownWithWhatWasSwapped(t *testing.T) {
	t.Parallel()
	text := func(brand string) string {
		return "搬进新家以后第一件事就是换掉旧的那台，朋友送来" + brand + "让我晚上终于能睡个整觉。声音轻得像没开一样，滤芯三个月换一次，孩子的鼻子也不堵了。"
	}
	own := moderation.Post{ID: "a", Body: text("澄一"), Author: moderation.Author{ID: "1"}}
	other := func(id, author string) *rings.Reading {
		return rings.Read(moderation.Post{ID: id, Body: text("Velour"), Author: moderation.Author{ID: author}})
	}
	s := of(Templated, own, Context{Like: []*rings.Reading{other("b", "2"), other("c", "3"), other("d", "3")}})
	if s.Level != Strong || s.Says[0].Args["authors"] != "2" {
		t.Fatalf("%+v", s)
	}
	var slots []string
	for _, f := range s.Findings {
		if f.Rule == "stock.slot" {
			slots = append(slots, f.Text)
		}
	}
	if !cmp.Equal(slots, []string{"澄一"}) {
		t.Errorf("slots %q", slots)
	}
	// Copying oneself is no mould.
	if s := of(Templated, own, Context{Like: []*rings.Reading{other("e", "1")}}); s.Level != None {
		t.Errorf("%+v", s)
	}
}

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func posts(n int, at func(i int) Engagement) []Engagement {
	var out []Engagement
	for i := range n {
		e := at(i)
		e.Posted = now.AddDate(0, 0, -3-i)
		out = append(out, e)
	}
	return out
}

// An honest account of some size: likes go up and down, people comment.
func grown() (moderation.Post, Context) {
	p := moderation.Post{Author: moderation.Author{ID: "a", Followers: 24000, Following: 310, Posts: 420, Joined: now.AddDate(-3, 0, 0)}}
	return p, Context{Now: now, History: moderation.AuthorHistory{PerWeek: []int{2, 3, 1, 0, 4, 2, 2, 3, 1, 5, 2, 3}},
		Recent: posts(10, func(i int) Engagement {
			return Engagement{Likes: 200 + 397*i%1100, Comments: 12 + 7*i%30, Saves: 40}
		})}
}

func TestEachSignOfBoughtFollowersHasItsReason(t *testing.T) {
	t.Parallel()
	p, c := grown()
	if s := of(Followers, p, c); s.Level != None || !cmp.Equal(codes(s), []string{"followers.fine"}) {
		t.Fatalf("an honest account: %+v", s)
	}
	for rule, change := range map[string]func(*moderation.Post, *Context){
		"followers.engagement": func(p *moderation.Post, c *Context) {
			c.Recent = posts(6, func(i int) Engagement { return Engagement{Likes: 3 + 5*i%9, Comments: 1} })
		},
		"followers.silent": func(p *moderation.Post, c *Context) {
			c.Recent = posts(6, func(i int) Engagement { return Engagement{Likes: 300 + 211*i%900} })
		},
		"followers.flat": func(p *moderation.Post, c *Context) {
			c.Recent = posts(10, func(i int) Engagement { return Engagement{Likes: 498 + i%5, Comments: 9} })
		},
		"followers.following": func(p *moderation.Post, c *Context) { p.Author.Following = 21000 },
		"followers.growth":    func(p *moderation.Post, c *Context) { p.Author.Joined = now.AddDate(0, 0, -40) },
		"followers.few_posts": func(p *moderation.Post, c *Context) { p.Author.Posts = 4 },
		"followers.round":     func(p *moderation.Post, c *Context) { c.History.PerWeek = []int{10, 7, 10, 8, 10, 9} },
		"followers.burst":     func(p *moderation.Post, c *Context) { c.History.PerWeek = []int{1, 2, 0, 31, 1, 2} },
	} {
		p, c := grown()
		change(&p, &c)
		s := of(Followers, p, c)
		if !cmp.Equal(codes(s), []string{rule}) || len(s.Findings) != 1 || s.Findings[0].Rule != rule {
			t.Errorf("%s: %+v", rule, s)
		}
		if s.Level == Strong {
			t.Errorf("%s alone is strong", rule)
		}
	}
	p.Author.Following, p.Author.Joined = 21000, now.AddDate(0, 0, -40)
	if s := of(Followers, p, c); s.Level != Strong {
		t.Errorf("two signs: %+v", s)
	}
}

func TestTooLittleIsKnownOfSmallAndNewAuthors(t *testing.T) {
	t.Parallel()
	p, c := grown()
	p.Author.Followers = 400
	if s := of(Followers, p, c); s.Level != CannotTell || s.Score != 0 {
		t.Errorf("400 followers: %+v", s)
	}
	p.Author = moderation.Author{ID: "a", Followers: 90000}
	if s := of(Followers, p, Context{}); s.Level != CannotTell {
		t.Errorf("followers alone: %+v", s)
	}
	// What was posted today has not been seen yet.
	p, c = grown()
	for i := range c.Recent {
		c.Recent[i] = Engagement{Posted: now.Add(-time.Hour), Likes: 1}
	}
	if s := of(Followers, p, c); s.Level != None {
		t.Errorf("fresh posts: %+v", s)
	}
}

func TestCommentsThatAnswerThemselvesAreSeen(t *testing.T) {
	t.Parallel()
	p := moderation.Post{Author: moderation.Author{ID: "me"}}
	under := func(cs ...moderation.Comment) Signal {
		p := p
		p.CommentTexts = cs
		return of(Answers, p, Context{})
	}
	for name, c := range map[string]struct {
		comments []moderation.Comment
		level    Level
		code     string
	}{
		"nothing":            {nil, CannotTell, "answers.unknown"},
		"readers":            {[]moderation.Comment{{Author: "a", Text: "求链接"}, {Author: "b", Text: "求链接！"}, {Author: "c", Text: "好看"}}, None, "answers.none"},
		"an author answers":  {[]moderation.Comment{{Author: "a", Text: "哪里买？"}, {Author: "me", Text: "我买的是门店里的"}}, None, "answers.none"},
		"the author asks":    {[]moderation.Comment{{Author: "me", Text: "这个在哪买呀"}}, Strong, "answers.author"},
		"one asks, answers":  {[]moderation.Comment{{Author: "a", Text: "真的好用吗？"}, {Author: "a", Text: "已下单，真的好用！"}}, Some, "answers.same"},
		"a question is none": {[]moderation.Comment{{Author: "a", Text: "多少钱"}, {Author: "a", Text: "真的好用吗"}}, None, "answers.none"},
		"a chorus": {[]moderation.Comment{{Author: "a", Text: "跟着博主买的，皮肤真的变好了"}, {Author: "b", Text: "跟着博主买的，皮肤真的变好了！"},
			{Author: "c", Text: "跟着博主买的～皮肤真的变好了😍"}}, Some, "answers.chorus"},
		"in English": {[]moderation.Comment{{Author: "a", Text: "Where can I buy this?"}, {Author: "a", Text: "Just ordered, trust me"}}, Some, "answers.same"},
	} {
		if s := under(c.comments...); s.Level != c.level || !cmp.Equal(codes(s), []string{c.code}) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// A signal stands by itself: whatever it finds leaves the score as it was.
func TestNoSignalWeighsAnything(t *testing.T) {
	t.Parallel()
	p := thinZH
	p.Author = moderation.Author{ID: "a", Followers: 90000, Following: 80000, Posts: 3}
	p.CommentTexts = []moderation.Comment{{Author: "a", Text: "求链接"}}
	before := disclosure.Default().Score(p, false)
	for _, s := range Judge(p, Context{}) {
		for _, f := range s.Findings {
			if f.Weight != 0 {
				t.Errorf("%s weighs %v", f.Rule, f.Weight)
			}
		}
	}
	if after := disclosure.Default().Score(p, false); before.Logit != after.Logit {
		t.Error("the score changed")
	}
}

func TestEverythingSaidIsListedAndEveryListedRuleIsReachable(t *testing.T) {
	t.Parallel()
	rules, says := map[string]bool{}, map[string]bool{}
	note := func(p moderation.Post, c Context) {
		for i, s := range Judge(p, c) {
			if s.Kind != Kinds()[i] || !slices.Contains(Levels(), s.Level) || len(s.Says) == 0 || s.Score < 0 || s.Score > 1 {
				t.Errorf("%+v", s)
			}
			for _, f := range s.Findings {
				if rules[f.Rule] = true; !slices.Contains(Rules(), f.Rule) {
					t.Errorf("unlisted rule %s", f.Rule)
				}
			}
			for _, x := range s.Says {
				says[x.Code] = true
			}
		}
	}
	for _, p := range []moderation.Post{thinZH, fullZH, thinEN, fullEN, {}} {
		note(p, Context{})
	}
	for _, rule := range []string{"detail.when", "detail.picture", "stock.praise"} {
		if !rules[rule] {
			t.Errorf("%s was never found", rule)
		}
	}
}

func TestSpansReadTheSameWordsInTheOriginal(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(rapid.SampledFrom([]string{"好用", "缺·点", "３００元", "１２ｍｌ", "𝐚𝐦𝐚𝐳𝐢𝐧𝐠", "三个月", "¥99", "初岚", "没有缺点", "“", "”", "\u200b", "\xff", "㍿", "。", "yyds", "https://a.b/50ml", "闭眼入", "半", "。\n"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return strings.Join(rapid.SliceOfN(piece, 0, 15).Draw(t, name), "") }
		p := moderation.Post{Title: text("title"), Body: text("body"), Brand: "初岚", CommentTexts: []moderation.Comment{{Author: "a", Text: text("comment")}}}
		fields := map[string][]rune{"title": []rune(p.Title), "body": []rune(p.Body)}
		for _, s := range Judge(p, Context{}) {
			for _, f := range s.Findings {
				if !utf8.ValidString(f.Text) {
					t.Fatalf("%s: %q", f.Rule, f.Text)
				}
				if f.Span == nil {
					continue
				}
				field := fields[f.Field]
				if f.Span.Start < 0 || f.Span.End > len(field) || f.Span.Start >= f.Span.End || string(field[f.Span.Start:f.Span.End]) != f.Text {
					t.Fatalf("%s: %v in %q does not read %q", f.Rule, *f.Span, f.Field, f.Text)
				}
			}
		}
	})
}

func TestStrangeFiguresAreAnswered(t *testing.T) {
	t.Parallel()
	big := int(^uint(0) >> 1)
	for _, n := range []int{0, 1, -1, big, -big} {
		p := moderation.Post{PictureCount: n, Author: moderation.Author{Followers: n, Following: n, Posts: n, Joined: now}}
		c := Context{Now: now, History: moderation.AuthorHistory{PerWeek: []int{n, n, n, n}}, Recent: slices.Repeat([]Engagement{{Likes: n, Comments: n, Saves: n, Shares: n}}, 10)}
		for _, s := range Judge(p, c) {
			if s.Score < 0 || s.Score > 1 || s.Score != s.Score {
				t.Errorf("%d: %+v", n, s)
			}
			for _, x := range s.Says {
				if strings.Contains(fmt.Sprint(x.Args), "NaN") {
					t.Errorf("%d: %+v", n, x)
				}
			}
		}
	}
}

func TestLongAndStrangeTextsAreJudgedInBoundedTime(t *testing.T) {
	t.Parallel()
	fill := func(s string) string { return strings.Repeat(s, 1<<18/len(s)) }
	for name, body := range map[string]string{
		"the brand": "谁懂啊 yyds 神仙" + fill("初岚"), "stock": fill("yyds "), "numbers": fill("3"), "numerals": fill("三"), "units": fill("3天"),
		"quotes": fill("“"), "denials": fill("没有缺点"), "broken": fill("\xff好用"), "stars": fill("⭐"), "nothing": fill(" "),
	} {
		p := moderation.Post{Body: body, Brand: "初岚", CommentTexts: []moderation.Comment{{Author: "a", Text: body}, {Author: "b", Text: body}}}
		start := time.Now()
		Judge(p, Context{Like: []*rings.Reading{rings.Read(moderation.Post{ID: "x", Body: body, Author: moderation.Author{ID: "x"}})}})
		// Far above what it takes, because tests share their machine; what grows faster
		// than its input misses it by minutes.
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestTheSignalsFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	good := string(builtIn)
	for name, bad := range map[string]string{
		"an unknown field":        strings.Replace(good, `"about"`, `"abuot"`, 1),
		"an unknown limit":        strings.Replace(good, `"stock_full"`, `"stock_fool"`, 1),
		"no source":               strings.Replace(good, `"value": 6, "source": "set by hand"`, `"value": 6, "source": ""`, 1),
		"a level out of order":    strings.Replace(good, `"some": 0.65`, `"some": 0.95`, 1),
		"a rule that nobody has":  strings.Replace(good, `"followers.flat", "weight"`, `"followers.flet", "weight"`, 1),
		"a detail without weight": strings.Replace(good, `"name": "when", "weight": 1`, `"name": "when", "weight": 0`, 1),
		"one sign that is strong": strings.Replace(good, `"followers.flat", "weight": 0.35`, `"followers.flat", "weight": 0.6`, 1),
		"a phrase twice":          strings.Replace(good, `"yyds",`, `"yyds", "YYDS",`, 1),
	} {
		if bad == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := readRules(strings.NewReader(bad)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	p := fullZH
	p.Body = strings.Repeat(p.Body+"\n", 10)
	Judge(p, Context{})
	b.SetBytes(int64(len(p.Body)))
	for b.Loop() {
		Judge(p, Context{})
	}
}
