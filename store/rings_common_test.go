package store_test

import (
	"fmt"
	"testing"

	"cinnabar/internal/fault"
	"cinnabar/moderation/rings"
)

func TestWhatEverybodyWritesIsReadOffOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, other := d.Open(t, "worker1"), d.Open(t, "moderator1")
	importPosts(t, worker, ordinary(40)...)
	sample, err := worker.Rings().Sample(t.Context())
	must(t, err)
	all := len(sample)
	if d.one(`SELECT count(*) FROM studio.post_key`) != fmt.Sprint(all) || all == 0 {
		t.Errorf("a sample of %d", all)
	}
	none := func(what string) {
		t.Helper()
		if again, err := other.Rings().Sample(t.Context()); err != nil || len(again) != 0 {
			t.Errorf("%s: a sample of %d, %v", what, len(again), err)
		}
	}
	none("while one reads it")
	if c, err := other.Rings().Common(t.Context()); err != nil || len(c.Kept()) != 0 {
		t.Errorf("before: %v, %v", c, err)
	}
	want := rings.Commonplaces(nil, "月光洒在老街的石板上，你说要等到花开才肯回头。")
	must(t, worker.Rings().KeepCommon(t.Context(), all, want))
	got, err := other.Rings().Common(t.Context())
	must(t, err)
	if len(want.Kept()) == 0 || len(got.Kept()) != len(want.Kept()) {
		t.Errorf("%d of %d are kept", len(got.Kept()), len(want.Kept()))
	}
	none("a moment later")
	d.exec(`UPDATE studio.ring_common SET asked_at = now() - interval '25 hours', taken_at = now() - interval '25 hours'`)
	if again, err := other.Rings().Sample(t.Context()); err != nil || len(again) != all {
		t.Errorf("a day later: a sample of %d, %v", len(again), err)
	}
	// Who gave it up holds up nobody.
	d.exec(`UPDATE studio.ring_common SET asked_at = now() - interval '11 minutes'`)
	if again, err := worker.Rings().Sample(t.Context()); err != nil || len(again) != all {
		t.Errorf("after one that died: a sample of %d, %v", len(again), err)
	}
	refused(t, errOf(d.Open(t, "auditor1").Rings().Sample(t.Context())), fault.NoRight)
	must(t, d.Open(t, "lead1").Rings().KeepCommon(t.Context(), all, want))
	d.inOrder()
}
