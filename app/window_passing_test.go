package main

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/store/storetest"
	"cinnabar/views"
	"cinnabar/views/kit"
)

// write types a text into the field that has the focus.
func (w *window) write(text string) {
	w.t.Helper()
	for _, r := range text {
		focused := w.w.Canvas().Focused()
		if focused == nil {
			w.t.Fatalf("nothing has the focus to write %q into", text)
		}
		focused.TypedRune(r)
	}
	w.loop.drain()
}

func TestSkippingByKeysIsARowAndZTakesItBack(t *testing.T) {
	env := storetest.New(t)
	bringFirst(t, sharedAt(env, "worker1"))
	db := env.Super(t)
	w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")

	w.desk.shell.Go("posts")
	w.settle()
	w.press(fyne.KeyReturn)
	w.until(db, "the case is held", `SELECT count(*) = 1 FROM studio.queue WHERE holder = 'moderator1' AND lease_until > now()`)
	w.press(fyne.KeyS, fyne.Key2)
	w.until(db, "S and 2 put it aside", `SELECT count(*) = 1 FROM studio.skip WHERE person = 'moderator1' AND reason = 'knowledge'`)
	w.until(db, "and give it back", `SELECT NOT EXISTS (SELECT FROM studio.queue q JOIN studio.skip s USING (case_id) WHERE q.holder = 'moderator1' AND q.lease_until > now())`)
	w.until(db, "it is in the record", `SELECT count(*) = 1 FROM studio.audit WHERE actor = 'moderator1' AND action = 'case.skip'`)
	w.until(db, "the next case is held", `SELECT count(*) = 1 FROM studio.queue WHERE holder = 'moderator1' AND lease_until > now()`)

	w.settle()
	w.press(fyne.KeyZ)
	w.until(db, "Z opens it again, which takes it back", `SELECT NOT EXISTS (SELECT FROM studio.skip)`)
	w.until(db, "nothing was decided", `SELECT NOT EXISTS (SELECT FROM studio.decision)`)

	w.settle()
	w.press(fyne.KeyS, fyne.Key5)
	w.write("the author is a friend of a friend")
	w.press(fyne.KeyReturn)
	w.until(db, "another reason has words, for colleagues to read",
		`SELECT count(*) = 1 FROM studio.skip s JOIN studio.note n USING (case_id) WHERE s.reason = 'other' AND n.text = 'the author is a friend of a friend'`)
}

func TestACaseHandedOverIsOnTheColleaguesDesk(t *testing.T) {
	env := storetest.New(t)
	bringFirst(t, sharedAt(env, "worker1"))
	db := env.Super(t)
	t.Run("from one desk", func(t *testing.T) {
		w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")
		w.desk.shell.Go("brands")
		w.settle()
		w.press(fyne.KeyH)
		w.settle() // the colleagues come: lead1, lead2, moderator2, moderator3
		w.press(fyne.Key3)
		w.write("you know this trade")
		w.press(fyne.KeyReturn)
		w.until(db, "it waits for the colleague", `SELECT count(*) = 1 FROM studio.queue WHERE reserved_for = 'moderator2' AND holder IS NULL`)
		w.until(db, "with the words", `SELECT count(*) = 1 FROM studio.note WHERE person = 'moderator1' AND text = 'you know this trade'`)
		w.until(db, "it is in the record", `SELECT count(*) = 1 FROM studio.audit WHERE actor = 'moderator1' AND action = 'case.hand'`)
	})
	t.Run("to the other", func(t *testing.T) {
		w := openTestWindow(t, sharedAt(env, "moderator2"), "moderator2")
		w.desk.shell.Go("brands")
		w.settle()
		counts, err := w.desk.db.Cases().Counts(t.Context(), moderation.KindBrand)
		if err != nil || counts.Mine != 1 {
			t.Fatalf("the colleague is told of %d cases, %v", counts.Mine, err)
		}
		w.narrow(views.Mine)
		w.settle()
		w.press(fyne.KeyReturn)
		w.until(db, "who was given it may open it", `SELECT count(*) = 1 FROM studio.queue WHERE reserved_for = 'moderator2' AND holder = 'moderator2'`)
		w.press(fyne.KeyA)
		w.until(db, "and decides it", `SELECT count(*) = 1 FROM studio.decision WHERE person = 'moderator2' AND verdict = 'approve'`)
	})
}

func TestALeadHearsAnAppealByKeys(t *testing.T) {
	s := newShared(t)
	_, post := s.decided(t)
	s.as("worker1", "appeal", post, "--from", "溪溪", "--words", "I bought it myself.").want(t, exitFine)
	db := s.Super(t)
	if _, err := db.Exec(`UPDATE studio.setting SET value = '10 seconds' WHERE name = 'undo_window'`); err != nil {
		t.Fatal(err)
	}
	w := openTestWindow(t, sharedAt(s.Env, "lead1"), "lead1")
	w.desk.shell.Go("posts")
	w.settle()
	w.narrow(views.Appeals)
	w.settle()

	w.press(fyne.KeyA) // leads to the message, which an answer to an appeal needs
	w.settle()
	w.until(db, "no answer without a word", `SELECT NOT EXISTS (SELECT FROM studio.decision WHERE stage = 'appeal')`)
	w.write("You were right.")
	w.press(fyne.KeyEscape, fyne.KeyA)
	w.until(db, "the appeal is granted",
		`SELECT count(*) = 1 FROM studio.decision WHERE stage = 'appeal' AND verdict = 'overturn' AND person = 'lead1' AND reason = 'You were right.' AND policy IS NULL`)
	w.until(db, "and the case closed", `SELECT count(*) = 1 FROM studio.cases WHERE ref = $1 AND stage = 'closed' AND outcome = 'cleared'`, post)
	w.settle()
	w.press(fyne.KeyZ)
	w.until(db, "Z makes it an appeal again", `SELECT count(*) = 1 FROM studio.cases WHERE ref = $1 AND stage = 'appeal'`, post)

	found, err := s.Open(t, "auditor1").Audit().Verify(t.Context(), nil)
	if err != nil || len(found.Problems) > 0 {
		t.Errorf("verify finds %v, %v", found.Problems, err)
	}
	if !strings.HasPrefix(post, "P-") {
		t.Errorf("a post's case is called %s", post)
	}
}

// narrow chooses a chip of the desk that is shown.
func (w *window) narrow(chip string) {
	w.t.Helper()
	d, ok := w.desk.shell.Current().(interface{ Narrow(string) })
	if !ok {
		w.t.Fatal("no desk is shown")
	}
	d.Narrow(chip)
}

func TestALeadRetiresAPolicyOnTheRulesScreen(t *testing.T) {
	env := storetest.New(t)
	db := env.Super(t)
	w := openTestWindow(t, sharedAt(env, "lead1"), "lead1")
	w.desk.shell.Go("rules")
	w.settle()
	// The last button that Tab reaches, of the first policy.
	for range 40 {
		w.w.Canvas().FocusPrevious()
		if b, ok := w.w.Canvas().Focused().(*kit.Button); ok && b.Text() == "Retire it" {
			w.press(fyne.KeyReturn)
			break
		}
	}
	w.until(db, "the policy is retired", `SELECT NOT active FROM studio.policy WHERE code = '1.1'`)
	w.until(db, "its texts are as they were", `SELECT title ->> 'zh' = '材料无法辨认' AND verdicts = '{refuse,ask}' AND since = '2026-01-01' FROM studio.policy WHERE code = '1.1'`)
	w.until(db, "it is in the record", `SELECT count(*) = 1 FROM studio.audit WHERE actor = 'lead1' AND action = 'policy.put' AND target = '1.1'`)

	if w.desk.shell.Screen("rules") == nil {
		t.Error("a lead has no rules")
	}
}

func TestModeratorsAreNotOfferedTheRules(t *testing.T) {
	env := storetest.New(t)
	w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")
	if w.desk.shell.Screen("rules") != nil {
		t.Error("a moderator is offered the rules")
	}
}
