package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/disclosure/measure"
)

var (
	daysZH  = []string{"早上起床下雨了", "我妈在家包饺子", "迷路走了半小时", "路边的猫不理我", "结果店没开门", "同学说太远了", "晚上走回家很累", "排队等了很久", "买到的水果有点酸", "公园里都是落叶"}
	sellsZH = []string{"专柜同款质感绝美", "限量礼盒现在下单", "成分温和敏感肌安心", "点击主页了解更多", "品牌周年庆超值", "全新升级配方"}
	daysEN  = []string{"We walked along the river all day.", "It rained and the bus was late.", "The museum was closed on Monday.", "My sister made soup at home.", "A cat slept on the wall.", "The path was steep and muddy.", "We lost the map near the bridge."}
	sellsEN = []string{"Discover the stylish comfort of the new Lune collection.", "Experience trusted banking with Harbour, your reliable partner.", "Upgrade your kitchen with the award-winning Opal range.", "Enjoy seamless travel with the Meridian card."}
)

// written makes posts up: n of them, a third paid. Paid ones have one or two sentences
// that sell, fewer likes and an author who posts often; so do some that are not paid.
func written(n int, seed uint64) (posts []moderation.Post, spans [][]moderation.Span) {
	random := rand.New(rand.NewPCG(seed, 9))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	for i := range n {
		paid := i%3 == 0
		days, sells, end := daysZH, sellsZH, "，"
		lang := "zh-Hans"
		if i%2 == 0 {
			days, sells, end, lang = daysEN, sellsEN, " ", "en"
		}
		p := moderation.Post{ID: fmt.Sprint("p", i), Lang: lang, Title: pick(days), Label: &paid, Likes: 5 + random.IntN(60), PictureCount: 1 + random.IntN(9)}
		p.Author = moderation.Author{ID: fmt.Sprint("a", i/3), PostsPerDay: 0.05 + random.Float64()/4, Posts: 3 + random.IntN(90)}
		var marked []moderation.Span
		at := random.IntN(6)
		for k := range 7 {
			if paid && (k == at || k == at+1 && random.IntN(2) == 0) {
				start := len([]rune(p.Body))
				said := pick(sells)
				p.Body += said
				marked = append(marked, moderation.Span{Start: start, End: start + len([]rune(said))})
				p.Body += end
			}
			p.Body += pick(days) + end
			if k%3 == 2 {
				p.Body += "\n"
			}
		}
		if paid {
			p.Likes, p.Author.PostsPerDay = random.IntN(30), 0.2+random.Float64()
		}
		posts, spans = append(posts, p), append(spans, marked)
	}
	return posts, spans
}

func byAuthor(p moderation.Post) string { return p.Author.ID }

type fitted struct {
	model  *disclosure.Model
	report Report
}

func fit(t interface {
	Helper()
	Fatal(...any)
}, posts []moderation.Post, spans [][]moderation.Span) fitted {
	t.Helper()
	m, r, err := Fit(context.Background(), posts, spans, Options{Group: byAuthor})
	if err != nil {
		t.Fatal(err)
	}
	return fitted{m, r}
}

// plain learned from labels alone, marked from sentences as well.
var (
	plain = sync.OnceValue(func() fitted {
		posts, _ := written(240, 1)
		m, r, err := Fit(context.Background(), posts, nil, Options{Group: byAuthor})
		if err != nil {
			panic(err)
		}
		return fitted{m, r}
	})
	marked = sync.OnceValue(func() fitted {
		posts, spans := written(240, 1)
		m, r, err := Fit(context.Background(), posts, spans, Options{Group: byAuthor})
		if err != nil {
			panic(err)
		}
		return fitted{m, r}
	})
)

func both(t *testing.T, run func(t *testing.T, f fitted)) {
	t.Parallel()
	t.Run("from labels", func(t *testing.T) { t.Parallel(); run(t, plain()) })
	t.Run("from marked sentences", func(t *testing.T) { t.Parallel(); run(t, marked()) })
}

func TestALearnedModelTellsNewPostsApart(t *testing.T) {
	both(t, func(t *testing.T, f fitted) {
		posts, _ := written(120, 2)
		for _, cold := range []bool{false, true} {
			var logits, chances []float64
			var truth []bool
			for _, p := range posts {
				r := f.model.Score(p, cold)
				logits, chances, truth = append(logits, r.Logit), append(chances, r.Commercial), append(truth, *p.Label)
			}
			if auc, ece := measure.AUC(logits, truth), measure.ECE(chances, truth); auc < 0.95 || ece > 0.12 {
				t.Errorf("cold %v: AUC %.3f, ECE %.3f", cold, auc, ece)
			}
		}
		if r := f.report; r.Posts != 240 || r.Positives != 80 || r.Groups != 80 || r.Folds != 5 || r.Warm.AUC < 0.9 || r.Warm.Precision < 0.7 || r.Grams+r.Passages == 0 {
			t.Errorf("%+v", r)
		}
		if !f.model.Learned() || !f.model.Calibrated() || disclosure.Default().Learned() {
			t.Error("a model does not say what it is")
		}
	})
}

// The evidence of a paid post points at the sentence that sells.
func TestTheEvidencePointsWhereTheCommerceStands(t *testing.T) {
	t.Parallel()
	posts, spans := written(120, 3)
	total, n := 0.0, 0.0
	for i, p := range posts {
		if len(spans[i]) != 1 {
			continue
		}
		in := make([]int, len([]rune(p.Body)))
		for _, f := range marked().model.Score(p, false).Findings {
			if f.Span == nil || f.Weight <= 0 || f.Field != "body" {
				continue
			}
			for k := f.Span.Start; k < f.Span.End; k++ {
				in[k] = 1
			}
		}
		for k := spans[i][0].Start; k < spans[i][0].End; k++ {
			in[k] |= 2
		}
		var shared, either float64
		for _, v := range in {
			if v == 3 {
				shared++
			}
			if v != 0 {
				either++
			}
		}
		total += shared / either
		n++
	}
	if iou := total / n; iou < 0.5 {
		t.Errorf("intersection over union %.2f of %v posts", iou, n)
	}
}

func TestLearnedWeightsAddUpToTheLogitExactly(t *testing.T) {
	both(t, func(t *testing.T, f fitted) {
		piece := rapid.OneOf(rapid.SampledFrom(daysZH), rapid.SampledFrom(sellsZH), rapid.SampledFrom(daysEN), rapid.SampledFrom(sellsEN),
			rapid.SampledFrom([]string{"\n", "【广告】", "#ad ", "“", "”", "报我名字 XIXI88", "https://bit.ly/x", "\xff", "😀", "不是广告", " ", ". "}), rapid.String())
		rapid.Check(t, func(t *rapid.T) {
			p := moderation.Post{
				Title: strings.Join(rapid.SliceOfN(piece, 0, 3).Draw(t, "title"), ""),
				Body:  strings.Join(rapid.SliceOfN(piece, 0, 25).Draw(t, "body"), ""),
				Likes: rapid.IntRange(0, 100).Draw(t, "likes"), Author: moderation.Author{PostsPerDay: rapid.Float64Range(0, 3).Draw(t, "rate")},
			}
			r := f.model.Score(p, rapid.Bool().Draw(t, "cold"))
			sum := 0.0
			body, title := []rune(p.Body), []rune(p.Title)
			for _, f := range r.Findings {
				sum += f.Weight
				if f.Span == nil {
					continue
				}
				field := body
				if f.Field == "title" {
					field = title
				}
				if f.Span.Start < 0 || f.Span.Start >= f.Span.End || f.Span.End > len(field) || string(field[f.Span.Start:f.Span.End]) != f.Text {
					t.Fatalf("%+v at %v", f, *f.Span)
				}
			}
			if sum != r.Logit || math.IsNaN(sum) || !(r.Commercial >= 0 && r.Commercial <= 1) {
				t.Fatalf("sum %v, logit %v, commercial %v", sum, r.Logit, r.Commercial)
			}
		})
	})
}

func TestAModelComesBackFromItsFileAsItWas(t *testing.T) {
	both(t, func(t *testing.T, f fitted) {
		var file bytes.Buffer
		if err := f.model.Write(&file); err != nil {
			t.Fatal(err)
		}
		written1 := file.String()
		m, err := disclosure.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		posts, _ := written(30, 4)
		for _, p := range posts {
			if a, b := f.model.Score(p, false), m.Score(p, false); a.Logit != b.Logit || a.Commercial != b.Commercial || a.Flag != b.Flag {
				t.Fatalf("%s: %v and %v", p.ID, a.Logit, b.Logit)
			}
		}
		var again bytes.Buffer
		if err := m.Write(&again); err != nil || again.String() != written1 {
			t.Errorf("the second file differs from the first: %v", err)
		}
	})
}

func TestOnePurposeOneModel(t *testing.T) {
	t.Parallel()
	posts, _ := written(120, 5)
	a, b := fit(t, posts, nil), fit(t, posts, nil)
	var x, y bytes.Buffer
	if err := errors.Join(a.model.Write(&x), b.model.Write(&y)); err != nil {
		t.Fatal(err)
	}
	if x.String() != y.String() || a.report != b.report || a.model.Version() != b.model.Version() || a.model.Version() == disclosure.Default().Version() {
		t.Error("two models were learned from the same posts")
	}
}

func TestWhatComesWithExposureDoesNotCountCold(t *testing.T) {
	both(t, func(t *testing.T, f fitted) {
		posts, _ := written(40, 6)
		differs := false
		for _, p := range posts {
			q := p
			q.Likes, q.Saves, q.Shares, q.Comments = 12345, 99, 7, 3
			q.Author.PostsPerDay, q.Author.Posts, q.Author.Followers = 40, 1, 1
			if a, b := f.model.Score(p, true).Logit, f.model.Score(q, true).Logit; a != b {
				t.Fatalf("%s: %v and %v", p.ID, a, b)
			}
			differs = differs || f.model.Score(p, false).Logit != f.model.Score(q, false).Logit
		}
		if !differs {
			t.Error("nor does it count warm")
		}
	})
}

// Labels and denials are not among what is learned, even where every paid post has one,
// and a label added later raises nothing.
func TestALabelNeverRaisesALearnedScore(t *testing.T) {
	t.Parallel()
	posts, spans := written(120, 7)
	for i := range posts {
		if label := "#ad "; *posts[i].Label {
			if posts[i].Lang != "en" {
				label = "【广告】"
			}
			posts[i].Body = label + posts[i].Body
			for k := range spans[i] {
				spans[i][k].Start += len([]rune(label))
				spans[i][k].End += len([]rune(label))
			}
		}
	}
	for name, f := range map[string]fitted{"labels": fit(t, posts, nil), "sentences": fit(t, posts, spans)} {
		fresh, _ := written(24, 8)
		for _, p := range fresh {
			before := f.model.Score(p, false)
			labels := []string{"【广告】", "本文为广告\n", "#广告 ", "✨广告✨", "[廣告] ", "利益相关：品牌寄送\n"}
			if p.Lang == "en" {
				labels = []string{"#ad ", "[AD] ", "Advertisement\n", "#sponsored "}
			}
			lines := strings.SplitAfter(p.Body, "\n")
			for _, label := range labels {
				for at := range lines {
					q := p
					q.Body = strings.Join(lines[:at], "") + label + strings.Join(lines[at:], "")
					// What a statement of interest says beside the label is text like any other.
					slack := 1e-9
					if strings.Contains(label, "寄送") {
						slack = 0.05
					}
					if r := f.model.Score(q, false); r.Logit > before.Logit+slack {
						t.Fatalf("%s: %q before line %d raises %s from %.4f to %.4f\n%v\n%v", name, label, at, p.ID, before.Logit, r.Logit, before.Findings, r.Findings)
					}
				}
			}
		}
	}
}

func TestQuotedWordsAreNotLearnedFrom(t *testing.T) {
	both(t, func(t *testing.T, f fitted) {
		said := "“" + sellsZH[0] + "”"
		p := moderation.Post{Lang: "zh-Hans", Title: daysZH[0], Body: strings.Join(daysZH, "，")}
		q := p
		q.Body = said + p.Body
		for _, finding := range f.model.Score(q, false).Findings {
			if finding.Kind() == "learned" && finding.Span != nil && finding.Field == "body" && finding.Weight > 0 && finding.Span.Start < len([]rune(said)) {
				t.Errorf("%+v", finding)
			}
		}
	})
}

func TestTooFewLabelsAreRefused(t *testing.T) {
	t.Parallel()
	posts, _ := written(120, 9)
	unlabelled := make([]moderation.Post, len(posts))
	copy(unlabelled, posts)
	for i := range unlabelled {
		unlabelled[i].Label = nil
	}
	few := make([]moderation.Post, 0, len(posts))
	paid := 0
	for _, p := range posts {
		if *p.Label {
			if paid++; paid >= Least {
				continue
			}
		}
		few = append(few, p)
	}
	for name, posts := range map[string][]moderation.Post{"no label": unlabelled, "no posts": nil, "19 paid": few} {
		if _, _, err := Fit(context.Background(), posts, nil, Options{}); fault.CodeOf(err) != fault.LabelsTooFew {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := func(moderation.Post) string { return "all" }
	if _, _, err := Fit(context.Background(), posts, nil, Options{Group: one}); fault.CodeOf(err) != fault.LabelsTooFew {
		t.Errorf("one group: %v", err)
	}
	mixed := append(posts[:len(posts):len(posts)], unlabelled[:7]...)
	if _, r, err := Fit(context.Background(), mixed, nil, Options{Version: "mine"}); err != nil || r.Unlabelled != 7 || r.Posts != 120 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestLearningStopsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	posts, _ := written(120, 10)
	ctx, cancel := context.WithCancel(context.Background())
	last := 0
	_, _, err := Fit(ctx, posts, nil, Options{Progress: func(done, total int) {
		if done <= last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
		cancel()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// The learner finds what a slow descent finds.
func TestTheLearnerFindsTheBestWeights(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 3))
	var rows []row
	var truth []bool
	for range 60 {
		r := row{index: []int32{0, 1, 2}, value: []float32{random.Float32(), random.Float32() - 0.5, random.Float32() * 2}}
		rows = append(rows, r)
		truth = append(truth, float64(r.value[0]+r.value[1])+random.NormFloat64()*0.3 > 0.5)
	}
	cost := costs(truth, 2, true)
	loss := func(w []float64) float64 {
		sum := 0.0
		for _, x := range w {
			sum += x * x / 2
		}
		for i, r := range rows {
			y := -1.0
			if truth[i] {
				y = 1
			}
			sum += cost[i] * math.Log1p(math.Exp(-y*dot(r, w)))
		}
		return sum
	}
	w := logistic(rows, truth, cost, 3)
	best := loss(w)
	for range 2000 {
		near := append([]float64(nil), w...)
		near[random.IntN(4)] += random.NormFloat64() * 0.05
		if l := loss(near); l < best-1e-3 {
			t.Fatalf("%v is better than %v: %v after %v", near, w, l, best)
		}
	}
}
