package rings

import (
	"strings"
	"testing"

	"cinnabar/moderation"
)

// A post of about the length and mixture that people write: 1,200 characters.
var ordinary = moderation.Post{
	ID: "p", Title: "周末两天一夜｜海边民宿真实体验", Author: moderation.Author{ID: "a"},
	Body: strings.Repeat("早上十点出发，一路上没怎么堵车，中午就到了。房间比照片小一点，但是阳台正对着海，风很大。老板娘人很亲切，给我们推荐了附近的大排档。", 12) +
		"\n📍地址：样例路 88 号\n⏰营业时间 10:00–22:00\n想去的姐妹可以私信我，报我名字 XIXI88 立减三十 https://example.com/a?utm_source=x\n#民宿 #海边 #周末",
}

func BenchmarkMarkAnOrdinaryPost(b *testing.B) {
	Mark(ordinary)
	b.SetBytes(int64(len(ordinary.Title) + len(ordinary.Body)))
	b.ReportAllocs()
	for b.Loop() {
		Mark(ordinary)
	}
}

func BenchmarkMarkAMegabyte(b *testing.B) {
	p := ordinary
	p.Body = strings.Repeat(p.Body, 1<<20/len(p.Body))
	b.SetBytes(int64(len(p.Body)))
	for b.Loop() {
		Mark(p)
	}
}

func BenchmarkJudge(b *testing.B) {
	one, two := Read(ordinary), Read(ordinary)
	two.ID, two.Author = "q", "b"
	for b.Loop() {
		Judge(one, two, Known{})
	}
}
