package main

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"

	"cinnabar/app/sample"
	"cinnabar/moderation/disclosure"
	"cinnabar/store/local"
	"cinnabar/store/local/localtest"
	"cinnabar/store/storetest"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

// window is the whole studio as a person has it, on the toolkit's software
// driver and a real database, driven by keys.
type window struct {
	*studio
	t    *testing.T
	loop *queueLoop
	w    fyne.Window
}

// The toolkit keeps one application for the whole process, so the tests that
// open a window take turns.
func openTestWindow(t *testing.T, where *place, login string) *window {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	looktest.Dress(t, look.Light)
	p := &program{in: &bytes.Buffer{}, out: &bytes.Buffer{}, errs: &bytes.Buffer{}, words: words.For(words.EN), log: slog.New(slog.DiscardHandler)}
	loop := newQueueLoop()
	w := test.NewWindow(nil)
	w.SetPadded(false)
	s := newStudio(p, w, loop)
	s.place = where
	sat := make(chan error, 1)
	go func() { sat <- s.sit(t.Context(), login) }()
	if err := loop.until(t.Context(), sat); err != nil {
		t.Fatal(err)
	}
	w.Resize(tourSize)
	win := &window{studio: s, t: t, loop: loop, w: w}
	t.Cleanup(func() {
		s.place = nil // the test has it
		done := make(chan error, 1)
		wait := s.close()
		go func() { wait(); done <- nil }()
		if err := loop.until(context.Background(), done); err != nil {
			t.Error(err)
		}
		w.Close()
	})
	return win
}

// press types a key as the keyboard would: to the field that has the focus, or
// else to the window.
func (w *window) press(names ...fyne.KeyName) {
	w.t.Helper()
	for _, name := range names {
		e := &fyne.KeyEvent{Name: name}
		c := w.w.Canvas()
		focused := c.Focused()
		if focused != nil {
			focused.TypedKey(e)
		} else if typed := c.OnTypedKey(); typed != nil {
			typed(e)
		}
		if len(name) == 1 {
			r := rune(name[0])
			if focused != nil {
				focused.TypedRune(r)
			} else if typed := c.OnTypedRune(); typed != nil {
				typed(r)
			}
		}
		w.loop.drain()
	}
}

// until runs the window until the database says so.
func (w *window) until(db *sql.DB, what, query string, args ...any) {
	w.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		w.loop.drain()
		var yes bool
		if err := db.QueryRow(query, args...).Scan(&yes); err == nil && yes {
			return
		} else if time.Now().After(deadline) {
			w.t.Fatalf("%s: not within 20 s (%v)", what, err)
		}
		select {
		case <-w.loop.came:
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (w *window) settle() {
	w.t.Helper()
	if err := w.loop.settle(w.t.Context(), nil); err != nil {
		w.t.Fatal(err)
	}
}

// firstHandful is painted once for all tests: the race detector makes painting slow.
var firstHandful = sync.OnceValue(func() sample.Batch { return sample.First(time.Now().UTC()) })

// bringFirst stores the first handful of the sample, and scores its posts.
func bringFirst(t *testing.T, where *place) {
	t.Helper()
	db, err := where.open(t.Context(), trialWorker)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	batch := firstHandful()
	nothing := func(int) {}
	if _, err := db.Pictures().Put(t.Context(), uuid.NewString(), batch.Pictures); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Applications().Import(t.Context(), uuid.NewString(), slices.Values(batch.Applications), nothing); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Posts().Import(t.Context(), uuid.NewString(), slices.Values(batch.Posts), nothing); err != nil {
		t.Fatal(err)
	}
	if _, err := scanAll(t.Context(), db.Scans(), &scanModels{base: disclosure.Default(), rules: db.Rulebooks()}, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
}

// sharedAt is the place of a test database, opened by whatever login is asked for.
func sharedAt(env *storetest.Env, login string) *place { return &place{url: env.URL(login)} }

func TestAModeratorClearsABrandByKeysAndTakesItBack(t *testing.T) {
	env := storetest.New(t)
	bringFirst(t, sharedAt(env, "worker1"))
	db := env.Super(t)
	w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")

	w.desk.shell.Go("brands")
	w.settle()
	w.press(fyne.KeyReturn)
	w.until(db, "opening a case claims it", `SELECT count(*) = 1 FROM studio.queue WHERE holder = 'moderator1' AND lease_until > now()`)

	w.press(fyne.KeyA)
	w.until(db, "A approves", `SELECT count(*) = 1 FROM studio.decision WHERE person = 'moderator1' AND verdict = 'approve' AND undone_at IS NULL`)
	w.until(db, "the approval is in the record", `SELECT count(*) = 1 FROM studio.audit WHERE actor = 'moderator1' AND action = 'case.decide'`)

	w.settle()
	w.press(fyne.KeyZ)
	w.until(db, "Z takes it back", `SELECT count(*) = 1 FROM studio.decision WHERE person = 'moderator1' AND undone_at IS NOT NULL`)
	w.until(db, "taking back is in the record", `SELECT count(*) = 1 FROM studio.audit WHERE actor = 'moderator1' AND action = 'case.undo'`)
	w.until(db, "no approval is left", `SELECT NOT EXISTS (SELECT FROM studio.cases WHERE kind = 'brand' AND approvals > 0)`)

	// A refusal needs a policy: the key leads to the field, and nothing is sent.
	w.settle()
	w.press(fyne.KeyR)
	w.settle()
	w.until(db, "a refusal without a policy is not sent", `SELECT NOT EXISTS (SELECT FROM studio.decision WHERE verdict = 'refuse')`)
}

func TestAModeratorAsksForALabelByOneKeyAndTheNextPostIsThere(t *testing.T) {
	env := storetest.New(t)
	bringFirst(t, sharedAt(env, "worker1"))
	db := env.Super(t)
	w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")

	var waiting int
	if err := db.QueryRow(`SELECT count(*) FROM studio.cases WHERE kind = 'post' AND stage = 'first'`).Scan(&waiting); err != nil {
		t.Fatal(err)
	}
	if waiting < 2 {
		t.Fatalf("the sample's first posts gave %d cases; this test wants two", waiting)
	}
	w.desk.shell.Go("posts")
	w.settle()
	w.press(fyne.KeyA)
	w.until(db, "A on an unopened case claims and decides it",
		`SELECT count(*) = 1 FROM studio.decision WHERE person = 'moderator1' AND verdict = 'require_label' AND policy <> ''`)
	w.until(db, "the next case is held already",
		`SELECT count(*) = 1 FROM studio.queue WHERE holder = 'moderator1' AND lease_until > now()`)
}

func TestTheStudioGoesOnAfterTheServerWasKilled(t *testing.T) {
	dir := reachable(t)
	server, err := local.Start(t.Context(), local.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	where := &place{server: server}
	p := &program{log: slog.New(slog.DiscardHandler), words: words.For(words.EN)}
	if err := p.prepareTrial(t.Context(), server); err != nil {
		t.Fatal(err)
	}
	bringFirst(t, where)
	db := superuser(t, server)
	w := openTestWindow(t, where, "moderator1")
	w.desk.shell.Go("posts")
	w.settle()
	w.press(fyne.KeyA)
	w.until(db, "the first decision stands", `SELECT count(*) = 1 FROM studio.decision`)

	state, err := local.Status(t.Context(), local.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(state.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// Right into the dead server: the decision must neither vanish nor count twice.
	w.press(fyne.KeyA)
	back := superuser(t, server)
	w.until(back, "the first decision is still there", `SELECT count(*) >= 1 FROM studio.decision`)
	w.settle()
	if w.desk.db.Link().Up {
		w.press(fyne.KeyA)
	}
	w.until(back, "a decision goes through after the restart", `SELECT count(*) >= 2 FROM studio.decision`)
	w.until(back, "no case was decided twice", `SELECT NOT EXISTS (SELECT FROM studio.decision WHERE undone_at IS NULL GROUP BY case_id HAVING count(*) > 1)`)

	auditor, err := where.open(t.Context(), trialReader)
	if err != nil {
		t.Fatal(err)
	}
	defer auditor.Close()
	found, err := auditor.Audit().Verify(t.Context(), nil)
	if err != nil || len(found.Problems) > 0 {
		t.Errorf("after the kill verify finds %v, %v", found.Problems, err)
	}
}

func TestAFileDroppedOnTheWindowComesInAndItsRefusalsLieBesideIt(t *testing.T) {
	env := storetest.New(t)
	db := env.Super(t)
	w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")
	file := filepath.Join(t.TempDir(), "posts.jsonl")
	rows := `{"id":"d1","body":"第一条"}` + "\n" + `{"id":"d2"}` + "\n" + `{"id":"d3","body":"third"}` + "\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	w.drop(t.Context(), w.desk, []string{file})
	w.until(db, "the two good rows are in", `SELECT count(*) = 2 FROM studio.post WHERE id IN ('d1', 'd3')`)
	w.settle()
	refused, err := os.ReadFile(filepath.Join(filepath.Dir(file), "posts.refused.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(refused), "d2") {
		t.Errorf("the refused row is not in the file beside it: %s", refused)
	}
}

func TestLanguageThemeAndPersonChangeWhileTheWindowIsOpen(t *testing.T) {
	env := storetest.New(t)
	bringFirst(t, sharedAt(env, "worker1"))
	w := openTestWindow(t, sharedAt(env, "moderator1"), "moderator1")
	before := w.w.Canvas().Capture()

	next := w.preferences(w.desk)
	next.Language, next.Theme = words.ZH, look.Dark
	w.change(t.Context(), w.desk, next)
	w.settle()
	if title, _ := w.desk.shell.Current().Title(); title != "今日" {
		t.Errorf("after switching to Chinese the screen is called %q", title)
	}
	if before.At(4, 4) == w.w.Canvas().Capture().At(4, 4) {
		t.Error("the ground did not change with the theme")
	}
	if s, err := loadSettings(); err != nil || s.Language != "zh" || s.Theme != "dark" {
		t.Errorf("settings kept %+v", s)
	}
}

// reachable makes a folder that the server's own account can enter, which one of
// t.TempDir is not when the tests run as root.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(localtest.Folder(), "cinnabar-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func superuser(t *testing.T, server *local.Server) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", server.SuperURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
