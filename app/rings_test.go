package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

func TestAScanFindsRingsAndWhatAnotherLeftBehind(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	worker := s.Open(t, "worker1")
	var posts []moderation.Post
	for i := range 12 {
		posts = append(posts, moderation.Post{ID: fmt.Sprintf("copy%02d", i), Author: moderation.Author{ID: fmt.Sprint("a", i)},
			Body: fmt.Sprintf("军训%d天，全班就我没黑！秘密就是这支水感防晒，早上一次中午一次，出汗也不怕。质地像乳液，推开就没了，脸上一点都不油。真心推荐给要军训的学弟学妹，闭眼入不会错，%d块就能拿下。", i+3, 40+i)})
	}
	bring := func(some []moderation.Post) {
		if _, err := worker.Posts().Import(t.Context(), uuid.NewString(), slices.Values(some), nil); err != nil {
			t.Fatal(err)
		}
	}
	scan := func() {
		models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
		if _, err := scanAll(t.Context(), worker.Scans(), models, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
	}
	size := func() int {
		ring, err := worker.Rings().Of(t.Context(), posts[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return ring.Size
	}
	bring(posts[:6])
	scan()
	if n := size(); n != 6 {
		t.Errorf("a ring of %d posts", n)
	}
	// A scan from before there were rings scored the others: they have no marks.
	bring(posts[6:])
	models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
	if err := models.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	batch, err := worker.Scans().Take(t.Context(), uuid.NewString(), models.live.Version(), 100)
	if err != nil || len(batch) != 6 {
		t.Fatal(len(batch), err)
	}
	results, err := scoreAll(t.Context(), models.live, batch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := worker.Scans().Put(t.Context(), uuid.NewString(), models.live.Version(), results); err != nil {
		t.Fatal(err)
	}
	scan()
	if n := size(); n != 12 {
		t.Errorf("a ring of %d posts after the next scan", n)
	}
}

// People hand questions on to each other and fill them in: what they then share is the
// questions, and none of them knows the others.
func TestStrangersWhoFillInTheSameQuestionsAreNoRing(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	worker := s.Open(t, "worker1")
	questions := []string{"你最近一次哭是在", "小时候的外号叫作", "周末早上通常几点", "冰箱里面总会备着", "手机壁纸现在用的", "最想学会的乐器是", "出门忘带什么会慌", "上个月看完的书名", "下雨天最喜欢待在", "奶茶一般会点几分", "第一份工资花在了", "如果能搬家想去住"}
	words := []rune("山水风云花鸟鱼虫日月星辰春夏秋冬东西南北金木火土梅兰竹菊琴棋书画诗酒茶汤米面油盐甜咸酸辣红绿蓝紫黑白黄青猫狗牛羊马鹿虎兔桥路街巷楼台亭阁船车灯伞笔墨纸砚针线布衣帽鞋袜手足眉眼")
	r := rand.New(rand.NewPCG(5, 6))
	var posts []moderation.Post
	for i := range 40 {
		var body strings.Builder
		for _, q := range questions {
			fmt.Fprintf(&body, "%s%c%c%c。", q, words[r.IntN(len(words))], words[r.IntN(len(words))], words[r.IntN(len(words))])
		}
		posts = append(posts, moderation.Post{ID: fmt.Sprintf("asked%02d", i), Author: moderation.Author{ID: fmt.Sprint("a", i)}, Body: body.String()})
	}
	for i := range 5 {
		posts = append(posts, moderation.Post{ID: fmt.Sprintf("copy%02d", i), Author: moderation.Author{ID: fmt.Sprint("b", i)},
			Body: fmt.Sprintf("军训%d天，全班就我没黑！秘密就是这支水感防晒，早上一次中午一次，出汗也不怕。质地像乳液，推开就没了，脸上一点都不油。", i+3)})
	}
	if _, err := worker.Posts().Import(t.Context(), uuid.NewString(), slices.Values(posts), nil); err != nil {
		t.Fatal(err)
	}
	models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
	if _, err := scanAll(t.Context(), worker.Scans(), models, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	var found string
	if err := s.Super(t).QueryRow(`SELECT coalesce(string_agg(oldest || ' ' || posts, ', ' ORDER BY oldest), '') FROM studio.ring WHERE authors > 1`).Scan(&found); err != nil {
		t.Fatal(err)
	}
	if found != "copy00 5" {
		t.Errorf("rings: %s", found)
	}
}
