package disclosure

import (
	"bytes"
	"strings"
	"testing"

	"cinnabar/moderation"
)

// A post of about the length and mixture that people write: 1,200 characters.
var ordinary = moderation.Post{
	Lang: "zh-Hans", Title: "周末两天一夜｜海边民宿真实体验",
	Body: strings.Repeat("早上十点出发，一路上没怎么堵车，中午就到了。房间比照片小一点，但是阳台正对着海，风很大。老板娘人很亲切，给我们推荐了附近的大排档。", 12) +
		"\n📍地址：样例路 88 号\n⏰营业时间 10:00–22:00\n想去的姐妹可以私信我，报我名字 XIXI88 立减三十 https://example.com/a?utm_source=x\n#民宿 #海边 #周末",
	Likes: 30, PictureCount: 9,
}

func BenchmarkScoreAnOrdinaryPost(b *testing.B) {
	m := Default()
	m.Score(ordinary, false)
	b.SetBytes(int64(len(ordinary.Title) + len(ordinary.Body)))
	b.ReportAllocs()
	for b.Loop() {
		m.Score(ordinary, false)
	}
}

func BenchmarkFold(b *testing.B) {
	newText("", ordinary.Body)
	b.SetBytes(int64(len(ordinary.Body)))
	for b.Loop() {
		newText("body", ordinary.Body)
	}
}

func BenchmarkFindPhrases(b *testing.B) {
	x, t := Default().lexicon, newText("body", ordinary.Body)
	b.SetBytes(int64(len(ordinary.Body)))
	for b.Loop() {
		t.ways = nil
		x.find(t)
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := Read(bytes.NewReader(builtIn)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScoreAMegabyte(b *testing.B) {
	p := moderation.Post{Body: strings.Repeat(ordinary.Body, 1<<20/len(ordinary.Body))}
	b.SetBytes(int64(len(p.Body)))
	for b.Loop() {
		Default().Score(p, false)
	}
}
