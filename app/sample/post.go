package sample

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"cinnabar/moderation"
)

// span is how far back the posts of the sample reach.
const span = 60 * 24 * time.Hour

// Posts returns every post in words alone: its pictures have names but no ids.
// Nothing in them says which are paid for.
func Posts(now time.Time) []moderation.Post {
	all := make([]moderation.Post, len(scripts()))
	for i, s := range scripts() {
		all[i] = s.post(now)
	}
	return all
}

// postID looks like the platform's own ids.
func postID(s script) string {
	sum := sha256.Sum256([]byte("sample post " + s.author + " " + s.title))
	return hex.EncodeToString(sum[:12])
}

func (s script) post(now time.Time) moderation.Post {
	rnd := chance("post " + s.author + s.title)
	p := moderation.Post{
		ID: postID(s), Lang: s.lang, Title: s.title, Body: s.body, Declared: s.declared,
		Links: s.links, Author: author(s.author, now), Brand: s.brand,
	}
	ago := time.Duration(rnd.Int64N(int64(span)))
	if s.days > 0 {
		ago = time.Duration(s.days)*24*time.Hour - time.Duration(rnd.Int64N(int64(20*time.Hour)))
	}
	p.Posted = now.Add(-ago).UTC().Truncate(time.Second)
	if p.Posted.Before(p.Author.Joined) {
		p.Posted = p.Author.Joined.Add(time.Hour)
	}
	if s.subject != "" {
		p.Pictures = []moderation.PostPicture{{Name: fmt.Sprintf("%s.jpg", s.subject)}}
		p.PictureCount = 2 + rnd.IntN(8)
		if s.manner == paid || s.manner == ring || s.manner == mould {
			p.PictureCount = 1 + rnd.IntN(3)
		}
	} else if rnd.IntN(3) == 0 {
		p.VideoCount = 1
	}
	// What is paid for is liked less by those who see it, and saved more for its code.
	reach := float64(p.Author.Followers)*(.02+.10*rnd.Float64()) + float64(rnd.IntN(40))
	switch s.manner {
	case paid, ring, mould:
		reach *= .45
	case honest, ownMoney:
		reach *= 1.3
	}
	p.Likes = int(reach)
	if s.likes > 0 {
		p.Likes = s.likes
	}
	p.Saves = int(float64(p.Likes) * (.1 + .5*rnd.Float64()))
	p.Shares = int(math.Sqrt(float64(p.Likes)) * rnd.Float64())
	for _, c := range s.comments {
		p.CommentTexts = append(p.CommentTexts, moderation.Comment{Author: c.author, Text: c.text, Pinned: c.pinned})
	}
	if len(s.comments) == 0 {
		p.CommentTexts = s.chatter(p.Likes)
	}
	p.Comments = len(p.CommentTexts) + int(float64(p.Likes)*.06*rnd.Float64())
	return p
}

// chatter is what people write under anything.
func (s script) chatter(likes int) []moderation.Comment {
	rnd := chance("comments " + s.title)
	pool := smallTalk[s.lang]
	var said []moderation.Comment
	for _, i := range rnd.Perm(len(pool))[:min(rnd.IntN(4), 1+likes/40)] {
		who := handles(s.lang)
		said = append(said, moderation.Comment{Author: who[rnd.IntN(len(who))], Text: pool[i]})
	}
	return said
}

// handles are the readers who comment, in one language.
func handles(lang string) []string {
	if lang == "en" {
		return []string{"mira.k", "osk", "petra", "jo_b", "hal", "tove", "anneke", "sun.ok", "brynja", "lou.d", "wren", "ida", "marlo", "tess.t", "ok_ben"}
	}
	return []string{"小米粒", "阿宁", "西瓜", "布丁", "半夏", "青柠", "莫奈花园", "七月的风", "橙子皮", "豆沙包", "南瓜马车", "不吃香菜", "木木", "一颗土豆", "夏至"}
}

var smallTalk = map[string][]string{
	"zh-Hans": {"马住", "蹲一个后续", "哈哈哈哈太真实了", "同款经历", "写得真好", "第一次这么早", "谢谢分享，正好需要", "看饿了", "笑出声", "可以问问在哪个城市吗", "我也是这样过来的", "收藏了等于学会了",
		"看到最后一句破防了", "请问光线是自然光吗", "这个颜色好舒服", "我妈也这么说", "转给室友了", "等更新", "有被安慰到", "说得对"},
	"zh-Hant": {"先存起來", "哈哈哈太真實", "我家也是", "寫得好溫柔", "想念了", "求後續", "推", "看完好想出門"},
	"en": {"saving this", "the last line got me", "we have the same kitchen", "how did it go?", "ok this is beautiful", "sent to my sister", "I laughed on the train", "thank you, needed this", "part two please",
		"same, every year", "what a sentence", "I felt that", "is that natural light?", "my nan says this too", "bookmarked and will forget", "you write so well", "hard agree", "where is this?"},
}
