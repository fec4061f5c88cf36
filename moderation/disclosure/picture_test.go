package disclosure

import (
	"math"
	"strings"
	"testing"

	"cinnabar/moderation"
)

func withCodes(codes ...string) moderation.Post {
	return moderation.Post{ID: "p", Lang: "zh-Hans", Title: "周末的山", Body: "爬了一天的山，腿很酸，但是看到了云海。", Pictures: []moderation.PostPicture{{Name: "a.jpg"}, {Name: "b.jpg", Codes: codes}}}
}

// fromPictures are the findings that speak of pictures, by rule.
func fromPictures(r Result) map[string]moderation.Finding {
	out := map[string]moderation.Finding{}
	for _, f := range r.Findings {
		if strings.HasPrefix(f.Field, "picture:") {
			out[f.Rule] = f
		}
	}
	return out
}

func TestACodeInAPictureWeighsWhatTheSameWouldInTheText(t *testing.T) {
	t.Parallel()
	m := Default()
	plain := m.Score(withCodes(), false)
	for code, want := range map[string]struct {
		rule   string
		weight float64
	}{
		"https://www.klook.com/activity/1?aid=4711":             {"link.affiliate", 1.4},
		"HTTPS://U.WECHAT.COM/abcDEF":                           {"link.messenger", 1.1},
		"item.taobao.com/item.htm?id=1":                         {"link.shop", 1.1},
		"BEGIN:VCARD\nFN:Lin\nTEL:+86 138 0013 8000\nEND:VCARD": {"contact.phone", .7},
		"加微信 lin_tea88":                                         {"contact.add", 1.1},
		"https://shop.example/x":                                {"link.outside", .5},
		"4711-0815":                                             {"picture.code", .5},
	} {
		r := m.Score(withCodes(code, code), false)
		found := fromPictures(r)
		f := found[want.rule]
		if len(found) != 1 || math.Abs(f.Weight-want.weight) > 1e-9 || f.Field != "picture:2" || f.Span != nil || f.Text != code {
			t.Errorf("%q: %+v", code, found)
		}
		if math.Abs(r.Logit-plain.Logit-want.weight) > 1e-9 {
			t.Errorf("%q adds %v to the logit, want %v", code, r.Logit-plain.Logit, want.weight)
		}
	}
}

func TestACodeThatLeadsWhereEverybodyLinksWeighsNothing(t *testing.T) {
	t.Parallel()
	plain := Default().Score(withCodes(), false)
	for _, code := range []string{"https://maps.google.com/?q=1,2", "https://www.bilibili.com/video/BV1", "WIFI:S:café;T:WPA;P:12345678;;", "", "  "} {
		if r := Default().Score(withCodes(code), false); r.Logit != plain.Logit || len(fromPictures(r)) > 0 {
			t.Errorf("%q: %+v", code, fromPictures(r))
		}
	}
}

func TestAPictureThatOthersShowTooWeighsMoreTheMoreTheyAre(t *testing.T) {
	t.Parallel()
	last := Default().Score(withCodes(), false).Logit
	for others, want := range map[int]float64{1: .6, 2: .9, 4: 1.125, 400: 1.125} {
		p := withCodes()
		p.Pictures[0].Others = others
		r := Default().Score(p, false)
		f := fromPictures(r)["picture.shared"]
		if math.Abs(f.Weight-want) > 1e-9 || f.Field != "picture:1" || math.Abs(r.Logit-last-want) > 1e-9 {
			t.Errorf("%d others: %+v, logit %v more", others, f, r.Logit-last)
		}
	}
}

// What nobody has looked at must not change a score.
func TestPicturesThatNobodyLookedAtChangeNothing(t *testing.T) {
	t.Parallel()
	a, b := withCodes(), withCodes()
	b.Pictures[0].Codes, b.Pictures[1].Codes = []string{}, nil
	for _, m := range []*Model{Default(), learnedModel(t)} {
		if x, y := m.Score(a, false), m.Score(b, false); x.Logit != y.Logit || len(x.Findings) != len(y.Findings) {
			t.Errorf("%v and %v", x.Logit, y.Logit)
		}
	}
}

// A learned model knows nothing of pictures, and doesn't scale what is found in them.
func TestALearnedModelWeighsPicturesAsTheRulesDo(t *testing.T) {
	t.Parallel()
	m := learnedModel(t)
	before, after := m.Score(withCodes(), false), m.Score(withCodes("4711-0815"), false)
	if d := after.Logit - before.Logit; math.Abs(d-.5) > 1e-6 {
		t.Errorf("a code adds %v", d)
	}
}

func TestCodesMadeToKeepOneBusyAreBounded(t *testing.T) {
	t.Parallel()
	p := withCodes()
	for i := range p.Pictures {
		for range 1000 {
			p.Pictures[i].Codes = append(p.Pictures[i].Codes, strings.Repeat("加微信 \xff https://a.example/?aff_id=1 ", 2000))
		}
	}
	r := Default().Score(p, false)
	sum := 0.0
	for _, f := range r.Findings {
		sum += f.Weight
		if len([]rune(f.Text)) > shownCode {
			t.Errorf("%s shows %d runes", f.Rule, len([]rune(f.Text)))
		}
	}
	if math.Abs(sum-r.Logit) > 1e-9 || r.Logit > 10 {
		t.Errorf("findings add up to %v, logit %v", sum, r.Logit)
	}
}
