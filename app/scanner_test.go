package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/rings"
)

// livestream is a lead's rule that flags whatever says so.
func livestream(say string) []moderation.DetectorRule {
	return []moderation.DetectorRule{
		{Name: "offer.livestream", Kind: moderation.RulePhrase, Weight: 5, Say: []string{say}},
		{Name: "offer.hot", Kind: moderation.RulePhrase, Weight: 5, Say: []string{"全场清仓"}},
	}
}

// published brings rules to a state, as a lead.
func (s *shared) published(t *testing.T, rules []moderation.DetectorRule, to moderation.RulebookState) moderation.Rulebook {
	t.Helper()
	lead := s.Open(t, "lead1").Rulebooks()
	b, err := lead.Save(t.Context(), uuid.NewString(), nil, moderation.Rulebook{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.publish(t, b, to); err != nil {
		t.Fatal(err)
	}
	return b
}

// publish moves a rulebook, live all the same where nobody has decided anything.
func (s *shared) publish(t *testing.T, b moderation.Rulebook, to moderation.RulebookState) error {
	t.Helper()
	lead := s.Open(t, "lead1").Rulebooks()
	live, _, err := lead.Numbers(t.Context())
	if err != nil {
		return err
	}
	before := "hand-1"
	if live > 0 {
		before = moderation.Rulebook{Number: live}.Model(before)
	}
	var shown *moderation.Replay
	if to == moderation.RulebookLive {
		shown = &moderation.Replay{Model: b.Model("hand-1"), Live: &moderation.Replay{Model: before}}
	}
	return lead.Move(t.Context(), uuid.NewString(), b.Number, b.Version, to, shown, "We try it.")
}

// importing brings in posts that a lead's rules may flag and the program's don't.
func (s *shared) importing(t *testing.T, from, n int, body string) {
	t.Helper()
	var rows strings.Builder
	for i := range n {
		fmt.Fprintf(&rows, `{"id":"p%03d","lang":"zh-Hans","title":"周末","body":"%s，海边的风很大。","image_count":9,"likes":400}`+"\n", from+i, body)
	}
	s.as("worker1", "import", "posts", lay(t, t.TempDir(), "posts.jsonl", []byte(rows.String()))).want(t, exitFine)
}

// flaggedBy counts the cases by the version of the model that flagged them.
func (s *shared) flaggedBy(t *testing.T) string {
	t.Helper()
	var said string
	if err := s.Super(t).QueryRow(`SELECT coalesce(string_agg(text || ' ' || n, ', ' ORDER BY text), '') FROM (
		SELECT text, count(*) AS n FROM studio.evidence WHERE kind = 'model' GROUP BY text) AS x`).Scan(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

// meddler moves a rulebook when the first batch of a scan has been put.
type meddler struct {
	scanQueue
	once func()
}

func (m *meddler) Put(ctx context.Context, request, model string, scored []moderation.Scored, marked ...rings.Marked) (int, error) {
	n, err := m.scanQueue.Put(ctx, request, model, scored, marked...)
	if m.once != nil {
		m.once()
		m.once = nil
	}
	return n, err
}

func TestAScanGoesByTheRulesInForceAndNoticesAChange(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	base := disclosure.Default().Version()
	first := s.published(t, livestream("今晚开播"), moderation.RulebookLive)
	second := s.published(t, livestream("明早开播"), moderation.RulebookShadow)
	s.importing(t, 0, 10, "今晚开播")
	s.importing(t, 10, 10, "明早开播")

	got := s.as("worker1", "scan", "--json").want(t, exitFine).lines(t)
	if len(got) != 1 || got[0]["scored"] != 20.0 || got[0]["model"] != first.Model(base) || got[0]["shadow"] != second.Model(base) || got[0]["shadow_scored"] != 20.0 {
		t.Errorf("the scan says %v", got)
	}
	if said := s.flaggedBy(t); said != first.Model(base)+" 10" {
		t.Errorf("cases are of %s", said)
	}

	// While a scan of the next posts runs, the second takes over: what it flagged in the
	// shadow is opened by the same scan.
	s.importing(t, 20, scanBatch+50, "平常")
	worker := s.Open(t, "worker1")
	models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
	queue := &meddler{scanQueue: worker.Scans(), once: func() {
		if err := s.publish(t, second, moderation.RulebookLive); err != nil {
			t.Error(err)
		}
	}}
	var done, total int
	did, err := scanAll(t.Context(), queue, models, func(d, t int) { done, total = d, t })
	if err != nil || models.live.Version() != second.Model(base) || models.shadow != nil || done == 0 || done > total {
		t.Errorf("the scan did %+v by %s, %v, %d of %d", did, models.live.Version(), err, done, total)
	}
	if said := s.flaggedBy(t); said != first.Model(base)+" 10, "+second.Model(base)+" 10" {
		t.Errorf("cases are of %s", said)
	}
	// Every post has its score by what is in force, and once.
	var scores int
	if err := s.Super(t).QueryRow(`SELECT count(*) FROM studio.post_score s JOIN studio.scan_model m ON m.id = s.model WHERE m.version = $1`, second.Model(base)).Scan(&scores); err != nil || scores != 20+scanBatch+50 {
		t.Errorf("%d scores of the new rules, %v", scores, err)
	}
}

// A rulebook that somebody wrote past the checks.
func TestAScanStopsAtRulesThatItCannotRead(t *testing.T) {
	t.Parallel()
	rules := fixedRules{live: &moderation.Rulebook{Number: 1, Rules: []moderation.DetectorRule{{Name: "a.b", Kind: moderation.RuleExpression, Weight: 1, Say: []string{"a("}}}}}
	_, err := scanAll(t.Context(), nil, &scanModels{base: disclosure.Default(), rules: rules}, nil)
	if fault.CodeOf(err) != fault.ExpressionBad {
		t.Errorf("%v", err)
	}
}

// fixedRules are rulebooks without a database.
type fixedRules struct{ live, shadow *moderation.Rulebook }

func (f fixedRules) Numbers(context.Context) (live, shadow int, err error) {
	if f.live != nil {
		live = f.live.Number
	}
	if f.shadow != nil {
		shadow = f.shadow.Number
	}
	return live, shadow, nil
}

func (f fixedRules) InForce(context.Context) (live, shadow *moderation.Rulebook, err error) {
	return f.live, f.shadow, nil
}

func (fixedRules) Model(context.Context, string) (*disclosure.Model, error) {
	panic("no rulebook here stands on a model")
}
