package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// A scan is killed as a process while it holds posts of both the live rules and the
// shadow's; two others end the work. Every post has one score of each, and the ring that
// the dead scan had half put together is whole.
func TestAScanThatIsKilledLosesNothingAndScoresNothingTwice(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	base := disclosure.Default().Version()
	live := s.published(t, livestream("今晚开播"), moderation.RulebookLive)
	shadow := s.published(t, livestream("明早开播"), moderation.RulebookShadow)
	const posts, copies = 2*scanBatch + 150, 30
	var rows strings.Builder
	for i := range posts {
		body := fmt.Sprintf("今晚开播，第%d回，海边的风很大。", i)
		if i%(posts/copies) == 0 {
			body = fmt.Sprintf("军训%d天，全班就我没黑！秘密就是这支水感防晒，早上一次中午一次，出汗也不怕。质地像乳液，推开就没了，脸上一点都不油。", i)
		}
		fmt.Fprintf(&rows, `{"id":"p%04d","lang":"zh-Hans","title":"周末","body":"%s","author":{"id":"a%d","handle":"h"}}`+"\n", i, body, i)
	}
	s.as("worker1", "import", "posts", lay(t, t.TempDir(), "posts.jsonl", []byte(rows.String()))).want(t, exitFine)

	super := s.Super(t)
	count := func(query string, args ...any) (n int) {
		t.Helper()
		if err := super.QueryRow(query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s did not come", what)
			}
		}
	}
	home := newHousehold(t).with(map[string]string{"PGPASSFILE": os.Getenv("PGPASSFILE")})
	scan := func() (*exec.Cmd, *bytes.Buffer) {
		t.Helper()
		cmd, out := home.program("scan", "--json", "--database", s.address("worker1")), new(bytes.Buffer)
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, out
	}

	// It has put a batch and has another in hand, which it can't put for the lock.
	first, _ := scan()
	until("the first batch", func() bool { return count(`SELECT count(*) FROM studio.post_score`) >= scanBatch })
	lock, err := super.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback() }()
	if _, err := lock.Exec(`LOCK TABLE studio.post_score IN SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	until("the second batch", func() bool {
		return count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'worker1' AND wait_event_type = 'Lock'`) > 0
	})
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	until("the dead scan's end", func() bool {
		return count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'worker1'`) == 0
	})
	before := count(`SELECT count(*) FROM studio.post_score`)
	if left := count(`SELECT count(*) FROM studio.scan_lease`); before < scanBatch || before >= 2*posts || left == 0 {
		t.Fatalf("it was killed with %d of %d scores and %d posts in hand", before, 2*posts, left)
	}

	// What it had in hand is anybody's two minutes later.
	for _, table := range []string{"scan_lease", "ring_wait"} {
		if _, err := super.Exec(`UPDATE studio.` + table + ` SET until = now() - interval '1 second'`); err != nil {
			t.Fatal(err)
		}
	}
	one, outOne := scan()
	two, outTwo := scan()
	for cmd, out := range map[*exec.Cmd]*bytes.Buffer{one: outOne, two: outTwo} {
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	after := 0
	for _, out := range []*bytes.Buffer{outOne, outTwo} {
		for _, line := range (said{out: out.String()}).lines(t) {
			after += int(line["scored"].(float64) + line["shadow_scored"].(float64))
		}
	}
	// A batch that the live rules put while the shadow's was on its way is left aside, counted,
	// and put again later; so there may be more.
	if before+after < 2*posts {
		t.Errorf("the dead scan scored %d, the others %d: want %d in all", before, after, 2*posts)
	}
	for _, version := range []string{live.Model(base), shadow.Model(base)} {
		if n := count(`SELECT count(DISTINCT s.post) FROM studio.post_score s JOIN studio.scan_model m ON m.id = s.model WHERE m.version = $1`, version); n != posts {
			t.Errorf("%d posts have a score of %s", n, version)
		}
	}
	if n := count(`SELECT count(*) FROM studio.ring_wait`); n != 0 {
		t.Errorf("%d posts wait to be linked", n)
	}
	if n := count(`SELECT coalesce(max(posts), 0) FROM studio.ring`); n != copies && n != copies+1 {
		t.Errorf("the ring has %d posts", n)
	}
	if n := count(`SELECT count(*) - count(DISTINCT target) FROM studio.cases`); n != 0 {
		t.Errorf("%d posts have two cases", n)
	}
	s.as("auditor1", "verify").want(t, exitFine)
}
