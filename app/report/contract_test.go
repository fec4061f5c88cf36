package report

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/views/words"
)

func someContract() (campaigns.Contract, campaigns.Campaign) {
	c := campaigns.Campaign{ID: "m1", Brand: "初岚", Name: "春日防晒 Spring sun care"}
	c.Wish.From, c.Wish.To = "2027-03-10", "2027-04-06"
	brief := campaigns.BriefFor(c, campaigns.Line{Title: "初岚轻薄防晒乳 SPF50+"})
	brief.MustSay = append(brief.MustSay, "每两小时补涂一次，游泳或出汗后立即补涂", "Reapply every two hours, and at once after swimming")
	link, code := campaigns.Track("https://shop.example.com/sun?from=note", c, "k7", "d1")
	return campaigns.Contract{
		Ref: "C-0007", Brand: c.Brand, KOL: "u-5d3a9", Handle: "溪溪 Xixi", State: campaigns.Agreed, Version: 3, Brief: brief, EndorsedBy: "marketer2",
		Terms: campaigns.Terms{Fee: 18_000 * money.Yuan, ServiceFee: 1000, UsageDays: 90, UsageWhere: "品牌官网与线下门店",
			Deliverables: []campaigns.Deliverable{
				{ID: "d1", Format: campaigns.PictureNote, Count: 2, From: "2027-03-12", To: "2027-03-19", Link: link, Code: code},
				{ID: "d2", Format: campaigns.VideoNote, Count: 1, From: "2027-03-20", To: "2027-04-02"}}},
	}, c
}

// TestAContractIsPrinted leaves the pages in the folder that CINNABAR_SHOTS names.
func TestAContractIsPrinted(t *testing.T) {
	t.Parallel()
	contract, campaign := someContract()
	for _, l := range words.Languages() {
		var b bytes.Buffer
		if err := WriteContract(&b, words.For(l), contract, campaign); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || !bytes.Contains(b.Bytes(), []byte("/MediaBox")) || b.Len() < 20_000 {
			t.Errorf("%s: %d bytes that look like no contract", l, b.Len())
		}
		if dir := os.Getenv("CINNABAR_SHOTS"); dir != "" {
			if err := os.WriteFile(dir+"/contract-"+string(l)+".pdf", b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A long brief goes on over pages; nothing is written outside them.
func TestALongContractGoesOnOverPages(t *testing.T) {
	t.Parallel()
	contract, campaign := someContract()
	contract.Brief.Words = strings.Repeat("拍摄需自然光，画面中不得出现其他品牌。No other brand in the picture. ", 120)
	l, err := newLetters()
	if err != nil {
		t.Fatal(err)
	}
	s := &sheet{letters: l, book: words.For(words.ZH), foot: "C-0007"}
	s.contract(contract, campaign)
	if len(s.pages) < 3 {
		t.Errorf("%d pages", len(s.pages))
	}
	if s.y < marginY {
		t.Errorf("the last line stands at %v", s.y)
	}
}

func TestOnlyWhatIsAgreedPrintsWithoutTheWordDraft(t *testing.T) {
	t.Parallel()
	contract, campaign := someContract()
	size := func(state campaigns.ContractState) int {
		contract.State = state
		var b bytes.Buffer
		if err := WriteContract(&b, words.For(words.EN), contract, campaign); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	agreed, offered := size(campaigns.Agreed), size(campaigns.OfferMade)
	if offered <= agreed {
		t.Errorf("%d bytes agreed, %d offered: the band over the draft is missing", agreed, offered)
	}
	for _, c := range []struct {
		state    campaigns.ContractState
		fee      money.Fen
		endorsed string
		want     bool
	}{
		{campaigns.ContractDraft, 1, "", false}, {campaigns.CounterMade, 1, "", false}, {campaigns.Agreed, 1, "", true}, {campaigns.Signed, 1, "", true},
		{campaigns.Agreed, 60_000 * money.Yuan, "", false}, {campaigns.Agreed, 60_000 * money.Yuan, "marketer2", true},
	} {
		contract.State, contract.Terms.Fee, contract.EndorsedBy = c.state, c.fee, c.endorsed
		if got := ready(contract); got != c.want {
			t.Errorf("%+v is ready: %v", c, got)
		}
	}
}

func TestLinesBreakWhereBothScriptsAllowIt(t *testing.T) {
	t.Parallel()
	l, err := newLetters()
	if err != nil {
		t.Fatal(err)
	}
	text := "内容发布后三十天内（含当日），品牌方可用于官网。The brand may use the posts on its own site, and nowhere else."
	for _, width := range []float64{60, 90, 140} {
		lines := l.wrap(regular, 10, width, text)
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(text, " ", "") {
			t.Errorf("something was lost: %q", lines)
		}
		for _, line := range lines {
			if strings.ContainsAny(line[:1], ",.;") || strings.HasPrefix(line, "，") || strings.HasPrefix(line, "）") || strings.HasSuffix(line, "（") {
				t.Errorf("a line %q at %v", line, width)
			}
			if l.width(regular, 10, line) > width+.01 {
				t.Errorf("%q is wider than %v", line, width)
			}
		}
	}
}
