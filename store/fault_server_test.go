package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/store/local"
	"cinnabar/store/local/localtest"
	"cinnabar/store/storetest"
)

// A durable server (fsync and all) dies under sixteen writers. What was acknowledged
// is there afterwards, once, and the same handles go on.
func TestAServerKilledUnderSixteenWritersLosesNothing(t *testing.T) {
	t.Parallel()
	own := privateWith(t, local.Config{Dir: ownFolder(t)})
	super := superOf(t, own)
	o := openOffice(t, super, own.URL, 10*time.Second, 20*time.Millisecond)
	seed := seeded(t)
	status := func() local.State {
		st, err := local.Status(t.Context(), local.Config{Dir: filepath.Dir(own.Dir)})
		must(t, err)
		return st
	}

	// Nothing is asked here of how soon they are told, and a busy machine takes its time
	// to start a server; only a write that outlasts that may give up.
	patient := func(url string) (*store.DB, error) { return store.OpenPatient(t.Context(), url) }
	o.enter("worker1", seed, patient).supply(t.Context(), 30, 60)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all sync.WaitGroup
	for i := range 16 {
		w := o.enter([]string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "worker1"}[i%6], seed, patient)
		all.Go(func() { w.work(ctx) })
	}
	kills := 0
	for end := time.Now().Add(while(0)); kills == 0 || time.Now().Before(end); kills++ {
		before := o.decisions()
		until(t, "decisions are made", func() bool { return o.decisions() > before+20 })
		st := status()
		must(t, syscall.Kill(st.PID, syscall.SIGKILL))
		until(t, "another server answers", func() bool {
			now := status()
			return now.Ready && now.PID != st.PID
		})
	}
	killed := o.decisions()
	until(t, "deciding goes on", func() bool { return o.decisions() > killed+20 })
	cancel()
	all.Wait()
	o.balance()
	if o.faults[fault.Offline] > 0 {
		t.Errorf("%d writes gave up, although the server was back soon: %v", o.faults[fault.Offline], o.faults)
	}
	t.Logf("killed %d times", kills)
}

// The server's disk runs full under writers: first the tables find no room, later
// the log of changes finds none, and the server goes down. People are told so in
// as many words; what was acknowledged is there when there is room again.
func TestAFullDiskIsCalledThatAndLosesNothing(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 192<<20)
	own := privateWith(t, local.Config{Dir: disk, Fragile: true})
	super := superOf(t, own)
	o := openOffice(t, super, own.URL, 10*time.Second, 20*time.Millisecond)
	seed := seeded(t)

	o.enter("worker1", seed, hasty(t)).supply(t.Context(), 30, 60)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all sync.WaitGroup
	for _, login := range []string{"moderator1", "moderator2", "lead1", "lead2", "worker1", "worker1"} {
		w := o.enter(login, seed, hasty(t))
		all.Go(func() { w.work(ctx) })
	}
	for end := time.Now().Add(while(0)); ; {
		before := o.decisions()
		until(t, "decisions are made", func() bool { return o.decisions() > before+20 })
		// A checkpoint keeps files of the log for later, so that it has room for a while
		// when nothing else has.
		must(t, exec(super, `CHECKPOINT`))
		told := o.told(fault.DiskFull)
		free := fill(t, disk)
		until(t, "somebody is told that the disk is full", func() bool { return o.told(fault.DiskFull) > told })

		down := o.told(fault.Offline)
		until(t, "the log has no room either", func() bool {
			_, err := super.Exec(`SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))`)
			return err != nil
		})
		until(t, "somebody is told that the server is gone", func() bool { return o.told(fault.Offline) > down })
		free()
		before = o.decisions()
		until(t, "deciding goes on", func() bool { return o.decisions() > before+20 })
		if time.Now().After(end) {
			break
		}
	}
	cancel()
	all.Wait()
	o.balance()
}

// told is how often people were told of a fault so far.
func (o *office) told(code fault.Code) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.faults[code]
}

// smallDisk mounts a file system of so many bytes, where that is allowed.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := ownFolder(t)
	err := mountSmall(dir, size)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("no small disk to fill: this account may not mount one here (%v)", err)
	}
	must(t, err)
	t.Cleanup(func() { must(t, unmount(dir)) })
	return dir
}

// fill takes all room that is left on a disk, until it is freed again.
func fill(t *testing.T, disk string) (free func()) {
	t.Helper()
	path := filepath.Join(disk, "ballast")
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for piece := make([]byte, 1<<20); len(piece) > 0; {
		if _, err := f.Write(piece); errors.Is(err, syscall.ENOSPC) {
			piece = piece[:len(piece)/2] // to the last page
		} else {
			must(t, err)
		}
	}
	return func() { must(t, os.Remove(path)) }
}

// superOf opens a private server's database as superuser.
func superOf(t *testing.T, own *local.Server) *sql.DB {
	t.Helper()
	super, err := sql.Open("postgres", own.SuperURL())
	must(t, err)
	t.Cleanup(func() { super.Close() })
	return super
}

// private starts a server of this test's own, migrated and with the sample people.
func private(t *testing.T) *local.Server {
	t.Helper()
	return privateWith(t, local.Config{Dir: ownFolder(t), Fragile: true})
}

func privateWith(t *testing.T, c local.Config) *local.Server {
	t.Helper()
	own := started(t, c)
	_, _, err := store.Migrate(t.Context(), own.SuperURL())
	must(t, err)
	_, err = store.AddFounders(t.Context(), own.SuperURL(), storetest.Sample())
	must(t, err)
	return own
}

// bare starts a server with an empty database.
func bare(t *testing.T) *local.Server {
	t.Helper()
	return started(t, local.Config{Dir: ownFolder(t), Fragile: true})
}

func started(t *testing.T, c local.Config) *local.Server {
	t.Helper()
	own, err := local.Start(t.Context(), c)
	must(t, err)
	t.Cleanup(func() { must(t, own.Close()) })
	return own
}

// ownFolder is a folder for a server, gone with the test.
func ownFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(localtest.Folder(), "cinnabar-store-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755)) // as root the server is somebody else
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
