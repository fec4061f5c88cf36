package paint

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"cinnabar/assets"
)

func TestEverySubjectLooksLikeNoOther(t *testing.T) {
	t.Parallel()
	p := New()
	seen := make(map[assets.ID]Subject)
	for s := range Subjects {
		p.compose(Still{Subject: s, Palette: 1, Seed: 7})
		id := assets.IDOf(p.canvas.img.Pix)
		if other, ok := seen[id]; ok {
			t.Errorf("subjects %d and %d look the same", s, other)
		}
		seen[id] = s
	}
}

func TestEverySceneGivesACover(t *testing.T) {
	t.Parallel()
	p := New()
	for i := range int(Scenes) {
		want := Still{Subject: Perfume, Palette: 2 * i, Scene: Scene(i), Name: "初岚", Title: "油皮夏天", Price: "¥89", Code: i%2 == 0}
		c, kind, err := image.DecodeConfig(bytes.NewReader(p.Still(want)))
		if err != nil || kind != "jpeg" || c.Width != StillWidth || c.Height != StillHeight {
			t.Errorf("scene %d: %s of %d × %d: %v", i, kind, c.Width, c.Height, err)
		}
	}
}

func TestEveryMotifIsALogoLargeEnoughToHandIn(t *testing.T) {
	t.Parallel()
	p := New()
	for m := range Motifs {
		c, kind, err := image.DecodeConfig(bytes.NewReader(p.Logo(Emblem{Letter: "岚", Motif: m, Palette: int(m)})))
		if err != nil || kind != "png" || c.Width < 800 || c.Height < 800 {
			t.Errorf("motif %d: %s of %d × %d: %v", m, kind, c.Width, c.Height, err)
		}
	}
}

var trialPaper = Paper{
	Layout: Gold, Title: "营业执照", Under: "（副 本）", Code: Row{"统一社会信用代码", "91310115MA1K3BTP2B", "uscc"},
	Rows:   []Row{{"名称", "上海初岚（样例）化妆品有限公司", "name"}, {"经营范围", strings.Repeat("化妆品批发；", 20), "scope"}},
	Signed: "样例市登记处", Date: "2026年01月05日", Seal: "样例市登记处",
}

func TestASmallerPaperHasItsBoxesWhereTheWordsWent(t *testing.T) {
	t.Parallel()
	p := New()
	whole := p.Paper(trialPaper)
	half := trialPaper
	half.Scale = .5
	small := p.Paper(half)
	if small.W*2 != whole.W || small.H*2 != whole.H {
		t.Fatalf("half of %d × %d is %d × %d", whole.W, whole.H, small.W, small.H)
	}
	for name, b := range whole.Boxes {
		s := small.Boxes[name]
		if off := max(abs(2*s.X-b.X), abs(2*s.Y-b.Y), abs(2*s.W-b.W), abs(2*s.H-b.H)); off > 3 {
			t.Errorf("%s at %v became %v", name, b, s)
		}
	}
}

func abs(n int) int { return max(n, -n) }

func TestWithoutAChineseFontPapersAreInEnglish(t *testing.T) {
	t.Parallel()
	p := &Painter{letters: &letters{faces: latinOnly(), known: make(map[glyphKey]glyph)}}
	for _, word := range []string{trialPaper.Title, trialPaper.Under, trialPaper.Rows[0].Label, trialPaper.Signed} {
		if said := p.say(word); strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s is still said as %s", word, said)
		}
	}
	s := p.Paper(trialPaper)
	if b := s.Boxes["name"]; b.Empty() || b.X+b.W > s.W {
		t.Errorf("the name, set as bars, stands at %v", b)
	}
}

func TestWrappingLosesNoLetterAndKeepsMarksWithTheirWords(t *testing.T) {
	t.Parallel()
	l := newLetters()
	letter := rapid.SampledFrom([]rune("化妆品批发零售（样例），。；a b c ABC 12"))
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(letter, 0, 80).Draw(t, "text"))
		lines := l.wrap(plain, 30, 300, text)
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := bare(strings.Join(lines, "")); got != bare(text) {
			t.Fatalf("%q became %q", text, got)
		}
		for _, line := range lines[min(1, len(lines)):] {
			if r := []rune(line); len(r) > 0 && noLineStart(r[0]) {
				t.Fatalf("a line of %q starts with %c", text, r[0])
			}
		}
	})
}

func TestAGlowNeverLeavesTheCanvas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c canvas
		c.size(40, 30)
		at := rapid.Float32Range(-100, 100)
		r := rapid.Float32Range(.5, 200)
		c.glow(at.Draw(t, "x"), at.Draw(t, "y"), r.Draw(t, "rx"), r.Draw(t, "ry"), white)
		c.fill(ellipse(at.Draw(t, "cx"), at.Draw(t, "cy"), r.Draw(t, "ex"), r.Draw(t, "ey")), ramp(0, 0, 40, 30, black, white))
	})
}

func BenchmarkStill(b *testing.B) {
	p := New()
	for i := range b.N {
		p.Still(Still{Subject: Subject(i) % Subjects, Palette: i % Palettes, Scene: Scene(i) % Scenes, Seed: uint64(i), Name: "初岚"})
	}
}

func BenchmarkPaper(b *testing.B) {
	p := New()
	for range b.N {
		p.Paper(trialPaper)
	}
}
