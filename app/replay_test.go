package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/store"
	"cinnabar/views"
)

var _ views.Replayer = replayer{}

// audited is an id that comes by random audit, or one that doesn't.
func audited(prefix string, random bool) string {
	for i := 0; ; i++ {
		id := fmt.Sprint(prefix, i)
		if sum := sha256.Sum256([]byte("random audit " + id)); (sum[0] < 13) == random {
			return id
		}
	}
}

// decided is a platform on which people have decided: on three posts that the rules in
// force flagged (two paid), and on two of three that came at random (one paid).
func decided(t *testing.T) (s shared, live moderation.Rulebook) {
	t.Helper()
	s = newShared(t)
	zero(t, s)
	live = s.published(t, livestream("今晚开播"), moderation.RulebookLive)
	posts := map[string]string{
		audited("f1", false): "今晚开播", audited("f2", false): "今晚开播，宝宝们来", audited("f3", false): "今晚开播的球赛",
		audited("r1", true): "宝宝们来", audited("r2", true): "平常", audited("r3", true): "平常", audited("n1", false): "平常",
	}
	var rows strings.Builder
	for id, say := range posts {
		fmt.Fprintf(&rows, `{"id":"%s","lang":"zh-Hans","title":"周末","body":"%s，海边的风很大。","image_count":9,"likes":400,"group":"kept"}`+"\n", id, say)
	}
	s.as("worker1", "import", "posts", lay(t, t.TempDir(), "posts.jsonl", []byte(rows.String()))).want(t, exitFine)
	s.as("worker1", "scan").want(t, exitFine)
	desk := s.Open(t, "moderator1")
	for id, v := range map[string]moderation.Verdict{
		audited("f1", false): moderation.RequireLabel, audited("f2", false): moderation.RequireLabel, audited("f3", false): moderation.Clear,
		audited("r1", true): moderation.RequireLabel, audited("r2", true): moderation.Clear,
	} {
		decide(t, s, desk, id, v)
	}
	return s, live
}

// zero lets decisions take effect at once.
func zero(t *testing.T, s shared) {
	t.Helper()
	if _, err := s.Super(t).Exec(`UPDATE studio.setting SET value = '0 seconds' WHERE name = 'undo_window'`); err != nil {
		t.Fatal(err)
	}
}

func decide(t *testing.T, s shared, desk *store.DB, post string, v moderation.Verdict) {
	t.Helper()
	var id string
	if err := s.Super(t).QueryRow(`SELECT id FROM studio.cases WHERE target = $1`, post).Scan(&id); err != nil {
		t.Fatalf("%s: %v", post, err)
	}
	lease, err := desk.Cases().Claim(t.Context(), uuid.NewString(), id)
	if err != nil {
		t.Fatal(err)
	}
	d := moderation.Decision{Request: uuid.NewString(), Case: id, Fence: lease.Fence, Version: lease.Version, Verdict: v}
	if v == moderation.RequireLabel {
		d.Policy = "2.1"
	}
	if _, err := desk.Cases().Decide(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func TestALeadTriesRulesOnWhatPeopleDecidedAndOnTheLastDays(t *testing.T) {
	t.Parallel()
	s, live := decided(t)
	ctx := t.Context()
	lead := s.Open(t, "lead1")
	base := disclosure.Default()
	try := replayer{books: lead.Rulebooks(), base: base}

	// Rules that find what the live ones miss, and drop the ball game.
	rules := []moderation.DetectorRule{
		{Name: "offer.livestream", Kind: moderation.RulePhrase, Weight: 5, Say: []string{"今晚开播"}},
		{Name: "call.fans", Kind: moderation.RuleExpression, Weight: 5, Say: []string{`宝宝们?来`}},
		{Name: "subject.game", Kind: moderation.RulePhrase, Weight: -5, Say: []string{"球赛"}},
	}
	var done, total atomic.Int64
	said, err := try.Replay(ctx, moderation.RuleSet{Rules: rules}, func(d, n int) { done.Store(int64(d)); total.Store(int64(n)) })
	if err != nil {
		t.Fatal(err)
	}
	if said.Live == nil || said.At.IsZero() || done.Load() != 5 || total.Load() != 5 {
		t.Fatalf("%+v, %d of %d", said, done.Load(), total.Load())
	}
	was := *said.Live
	said.Live, was.At = nil, said.At
	if want := (moderation.Replay{Model: base.Version() + "+r?", Posts: 5, Found: 3, Wrong: 0, Missed: 0, RandomPosts: 2, RandomPaid: 1, RandomFlagged: 1, At: said.At}); said != want {
		t.Errorf("the rules: %+v, want %+v", said, want)
	}
	if want := (moderation.Replay{Model: live.Model(base.Version()), Posts: 5, Found: 2, Wrong: 1, Missed: 1, RandomPosts: 2, RandomPaid: 1, RandomFlagged: 0, At: said.At}); was != want {
		t.Errorf("in force: %+v, want %+v", was, want)
	}

	shown, err := try.Preview(ctx, moderation.RuleSet{Rules: rules}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if shown.Posts != 7 || shown.FlaggedNow != 3 || shown.FlaggedThen != 3 || shown.NewlyFlagged != 1 || shown.NoLonger != 1 || fmt.Sprint(shown.ByRule) != "map[call.fans:2 offer.livestream:3 subject.game:1]" {
		t.Errorf("the last days: %+v", shown)
	}
	if len(shown.Hits) != 6 || !shown.Hits[0].NewlyFlagged || shown.Hits[1].NewlyFlagged || shown.Hits[0].Rule != "call.fans" {
		t.Errorf("the hits: %+v", shown.Hits)
	}
	for _, h := range shown.Hits {
		if got := string([]rune(h.Post.Body)[h.Span.Start:h.Span.End]); got != h.Text || h.Field != "body" {
			t.Errorf("%s marks %q in %s and says %q", h.Rule, got, h.Field, h.Text)
		}
	}

	// The saved draft goes live by that replay; a replay names the draft.
	b, err := lead.Rulebooks().Save(ctx, uuid.NewString(), nil, moderation.Rulebook{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	said, err = try.Replay(ctx, moderation.RuleSet{Rules: rules}, func(int, int) {})
	if err != nil || said.Model != b.Model(base.Version()) || said.Worse() {
		t.Fatalf("%+v, %v", said, err)
	}
	worse, err := try.Replay(ctx, moderation.RuleSet{}, func(int, int) {})
	if err != nil || !worse.Worse() {
		t.Fatalf("no rules at all are better: %+v, %v", worse, err)
	}
	if err := lead.Rulebooks().Move(ctx, uuid.NewString(), b.Number, b.Version, moderation.RulebookLive, &worse, ""); fault.CodeOf(err) != fault.ReplayWorse {
		t.Errorf("by the worse replay: %v", err)
	}
	if err := lead.Rulebooks().Move(ctx, uuid.NewString(), b.Number, b.Version, moderation.RulebookLive, &said, ""); err != nil {
		t.Errorf("by the better replay: %v", err)
	}
	if _, err := try.Preview(ctx, moderation.RuleSet{Rules: []moderation.DetectorRule{{Name: "a.b", Kind: moderation.RulePhrase, Weight: 1, Say: []string{"#广告"}}}}, func(int, int) {}); fault.CodeOf(err) != fault.LabelWeighed {
		t.Errorf("a label as a rule: %v", err)
	}
}

func TestATrialEndsWhenItIsStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var asked atomic.Int64
	_, err := tryAll(ctx, make([]int, 100_000), func(done, total int) {
		if done >= 200 {
			stop()
		}
	}, func(int) int { return int(asked.Add(1)) })
	if !errors.Is(err, context.Canceled) || asked.Load() > 10_000 {
		t.Errorf("%v after %d", err, asked.Load())
	}
	answers, err := tryAll(t.Context(), []int{1, 2, 3}, func(int, int) {}, func(n int) int { return n * n })
	if err != nil || fmt.Sprint(answers) != "[1 4 9]" {
		t.Errorf("%v, %v", answers, err)
	}
}
