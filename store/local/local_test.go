package local

import (
	"bufio"
	"context"
	"database/sql/driver"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/store/local/localtest"
)

// Making a cluster costs a second of a core. The tests about something else
// begin with a copy of one that is made once.

func TestTheFirstUserMakesTheClusterAndTheLastStopsIt(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	first := room.start(t)
	if !first.Made || first.Joined {
		t.Errorf("first start: Made %v Joined %v, want a made cluster", first.Made, first.Joined)
	}
	second := room.start(t)
	if second.Made || !second.Joined {
		t.Errorf("second start: Made %v Joined %v, want a joined server", second.Made, second.Joined)
	}
	if first.URL("x") != second.URL("x") {
		t.Errorf("two users of one server have two addresses: %s and %s", first.URL("x"), second.URL("x"))
	}
	room.must(t, first.Close())
	if !room.status(t).Ready {
		t.Error("the server stopped while somebody used it")
	}
	room.must(t, second.Close())
	if st := room.status(t); st.Running || !st.Made {
		t.Errorf("after the last user: %+v, want a stopped server that is there", st)
	}
	if again := room.start(t); again.Made || again.Joined {
		t.Errorf("third start: Made %v Joined %v, want the old cluster started", again.Made, again.Joined)
	}
}

func TestOfThreeFirstStartsAtOnceOneMakesTheCluster(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	servers := make([]*Server, 3)
	errs := make([]error, 3)
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() { servers[i], errs[i] = Start(t.Context(), room.config()) })
	}
	all.Wait()
	made, joined := 0, 0
	for i, s := range servers {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		t.Cleanup(func() { s.Close() })
		if s.Made {
			made++
		}
		if s.Joined {
			joined++
		}
	}
	if made != 1 || joined != 2 {
		t.Errorf("%d made it and %d joined, want 1 and 2", made, joined)
	}
}

func TestAKilledServerComesBackWithWhatWasCommitted(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	s := room.start(t)
	room.run(t, s, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
	before := room.status(t).PID
	room.must(t, syscall.Kill(before, syscall.SIGKILL))
	room.until(t, "another server answers", func() bool {
		st := room.status(t)
		return st.Ready && st.PID != before
	})
	room.run(t, s, "DO $$ BEGIN ASSERT (SELECT n FROM kept) = 7; END $$")
}

func TestAServerKilledUnderAJoinerComesBackToo(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	starter := room.helper(t, "stay")
	s := room.start(t)
	if !s.Joined {
		t.Fatal("did not join the helper's server")
	}
	before := room.status(t).PID
	room.must(t, starter.kill())
	room.must(t, syscall.Kill(before, syscall.SIGKILL))
	room.until(t, "another server answers", func() bool {
		st := room.status(t)
		return st.Ready && st.PID != before
	})
}

func TestABackendThatOutlivesItsServerIsEnded(t *testing.T) {
	t.Parallel()
	if !exists("/proc/self/stat") {
		t.Log("without /proc an orphan cannot be told from a server; the start waits for it and then fails")
		return
	}
	room := furnished(t)
	s := room.start(t)
	conn, err := dial(t.Context(), s.socket, database)
	room.must(t, err)
	defer conn.Close()
	rows, err := conn.(driver.QueryerContext).QueryContext(t.Context(), "SELECT pg_backend_pid()", nil)
	room.must(t, err)
	row := make([]driver.Value, 1)
	room.must(t, rows.Next(row))
	rows.Close()
	backend := int(row[0].(int64))
	// A stopped process cannot notice that its postmaster has gone, as one in the middle of a long sort would not.
	room.must(t, syscall.Kill(backend, syscall.SIGSTOP))
	before := room.status(t).PID
	room.must(t, syscall.Kill(before, syscall.SIGKILL))
	room.until(t, "another server answers", func() bool {
		st := room.status(t)
		return st.Ready && st.PID != before
	})
	if s.folder.serves(backend) && !zombie(backend) {
		t.Errorf("backend %d still holds the old shared memory", backend)
	}
}

func TestAPIDFileOfAStrangerIsMovedAside(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	s := room.start(t)
	f := s.folder
	room.must(t, s.Close())

	// As after a power cut: the number in the file belongs to another process of the same account now.
	stranger := f.command(context.Background(), "sleep", "600")
	room.must(t, stranger.Start())
	t.Cleanup(func() { stranger.Process.Kill(); stranger.Wait() })
	path := filepath.Join(f.data(), "postmaster.pid")
	text := strconv.Itoa(stranger.Process.Pid) + "\n" + f.data() + "\n1700000000\n5432\n/nowhere\n\n  1 1\nready\n"
	room.must(t, os.WriteFile(path, []byte(text), 0o600))
	room.must(t, f.owner.give(path))

	if st := room.status(t); st.Running {
		t.Errorf("status takes a stranger for the server: %+v", st)
	}
	room.start(t)
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger was harmed: %v", err)
	}
	if kept, _ := filepath.Glob(path + ".stale-*"); len(kept) != 1 {
		t.Errorf("kept pid files: %v, want the stranger's moved aside", kept)
	}
}

func TestAKilledUserCountsNoLonger(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	user := room.helper(t, "stay")
	if st := room.status(t); !st.Ready || !st.InUse {
		t.Fatalf("with a user: %+v", st)
	}
	room.must(t, user.kill())
	if _, err := exec.LookPath("flock"); err != nil {
		// Nobody watches without flock(1); the next user's end is the server's.
		room.must(t, room.start(t).Close())
	}
	room.until(t, "the server has stopped", func() bool { return !room.status(t).Running })
}

func TestAStandingServerStaysUntilStop(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	c := room.config()
	c.Standing = true
	s, err := Start(t.Context(), c)
	room.must(t, err)
	t.Cleanup(func() { Stop(context.Background(), room.config()) })
	room.must(t, s.Close())
	guest := room.start(t)
	if !guest.Joined {
		t.Error("the standing server had gone")
	}
	room.must(t, guest.Close())
	if st := room.status(t); !st.Ready || !st.Standing {
		t.Errorf("after its guests: %+v, want a standing server", st)
	}
	room.must(t, Stop(t.Context(), room.config()))
	if st := room.status(t); st.Running || st.Standing {
		t.Errorf("after Stop: %+v", st)
	}
}

func TestStopIsNotUndoneByTheUsersThatAreLeft(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	s := room.start(t)
	room.must(t, Stop(t.Context(), room.config()))
	s.revive(t.Context())
	if st := room.status(t); st.Running {
		t.Errorf("somebody's watch brought a stopped server back: %+v", st)
	}
	if again := room.start(t); again.Joined {
		t.Error("a start after Stop found a server running")
	}
	room.run(t, s, "SELECT 1") // the user from before goes on with it
}

func TestAHalfMadeClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	_, f, err := choose(room.config())
	room.must(t, err)
	room.must(t, f.make())
	room.must(t, os.MkdirAll(filepath.Join(f.data()+".new", "base"), 0o700))
	if s := room.start(t); !s.Made {
		t.Error("took a folder that a killed initdb left for a cluster")
	}
}

func TestAFolderOutOfReachIsNamed(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	shut := filepath.Join(room.dir, "shut")
	room.must(t, os.Mkdir(shut, 0))
	t.Cleanup(func() { os.Chmod(shut, 0o700) })
	_, err := Start(t.Context(), Config{Dir: filepath.Join(shut, "in")})
	if fault.CodeOf(err) != fault.ServerFolder {
		t.Errorf("Start in a folder the server cannot enter: %v, want %s", err, fault.ServerFolder)
	}
}

func TestAServerThatCannotStartNamesItsLog(t *testing.T) {
	t.Parallel()
	room := furnished(t)
	s := room.start(t)
	f := s.folder
	room.must(t, s.Close())
	room.must(t, os.WriteFile(filepath.Join(f.data(), "postgresql.conf"), []byte("nonsense = 1\n"), 0o600))
	_, err := Start(t.Context(), room.config())
	if fault.CodeOf(err) != fault.ServerStart || fault.Of(err).Args["log"] != f.log() {
		t.Fatalf("Start with a broken configuration: %v, want %s with the log", err, fault.ServerStart)
	}
	log, err := os.ReadFile(f.log())
	room.must(t, err)
	if !strings.Contains(string(log), "nonsense") {
		t.Errorf("the log does not say why:\n%s", log)
	}
}

func TestOnlyWholeAndNewEnoughBinariesAreTaken(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	install := func(name, version string, programs ...string) string {
		dir := filepath.Join(root, name)
		os.MkdirAll(dir, 0o755)
		for _, p := range programs {
			script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
			if err := os.WriteFile(filepath.Join(dir, p), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	dirs := []string{
		install("old", "14.12", "postgres", "initdb", "pg_ctl"),
		install("fifteen", "15.14 (Debian 15.14-0+deb12u1)", "postgres", "initdb", "pg_ctl"),
		install("client", "18.1", "postgres"),
		install("seventeen", "17beta1", "postgres", "initdb", "pg_ctl"),
		filepath.Join(root, "absent"),
	}
	var got []string
	for _, b := range usable(dirs) {
		got = append(got, b.Version)
	}
	if want := "17beta1 15.14"; strings.Join(got, " ") != want {
		t.Errorf("usable versions: %q, want %q", got, want)
	}
}

func TestWithoutBinariesTheCommandThatInstallsThemIsNamed(t *testing.T) {
	t.Parallel()
	f := missing()
	if f.Code != fault.ServerMissing || f.Args["install"] == "" {
		t.Errorf("missing() = %v, want %s with a command", f, fault.ServerMissing)
	}
}

func TestALongPathGetsAShortSocket(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	deep := filepath.Join(room.dir, strings.Repeat("very-long-folder-name-", 8))
	s, err := Start(t.Context(), Config{Dir: deep, Fragile: true})
	room.must(t, err)
	defer s.Close()
	if !fits(s.socket) {
		t.Errorf("socket folder %s is too long", s.socket)
	}
}

// room is a folder in which one test keeps its servers.
type room struct{ dir string }

// furnished is a room with a stopped cluster in it.
func furnished(t *testing.T) room {
	t.Helper()
	r := newRoom(t)
	from, err := furniture()
	r.must(t, err)
	r.must(t, exec.Command("cp", "-a", from+"/.", r.dir).Run())
	return r
}

// furniture makes the cluster that is copied. TestMain removes it.
var furniture = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp(localtest.Folder(), "cinnabar-local-")
	if err != nil {
		return "", err
	}
	furnitureDir = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	s, err := Start(context.Background(), Config{Dir: dir, Fragile: true})
	if err != nil {
		return "", err
	}
	return dir, s.Close()
})

var furnitureDir string

func newRoom(t *testing.T) room {
	t.Helper()
	// Not t.TempDir, which only its maker may enter: as root, the server is somebody else.
	dir, err := os.MkdirTemp(localtest.Folder(), "cinnabar-local-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return room{dir}
}

func (r room) config() Config { return Config{Dir: r.dir, Fragile: true} }

func (r room) start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(t.Context(), r.config())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (r room) status(t *testing.T) State {
	t.Helper()
	st, err := Status(context.Background(), r.config())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (r room) run(t *testing.T, s *Server, statements ...string) {
	t.Helper()
	conn, err := dial(t.Context(), s.socket, database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, text := range statements {
		if _, err := conn.(driver.ExecerContext).ExecContext(t.Context(), text, nil); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

func (r room) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until waits for what other processes do in their own time.
func (r room) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			log, _ := filepath.Glob(filepath.Join(r.dir, "pg*", "log", "server.log"))
			for _, path := range log {
				text, _ := os.ReadFile(path)
				t.Logf("%s", text)
			}
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// helper is this test binary run once more, to be a user that can be killed.
type helper struct{ cmd *exec.Cmd }

const helperVariable = "CINNABAR_LOCAL_TEST_HELPER"

func (r room) helper(t *testing.T, what string) helper {
	t.Helper()
	exe, err := os.Executable()
	r.must(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), helperVariable+"="+what+":"+r.dir)
	out, err := cmd.StdoutPipe()
	r.must(t, err)
	r.must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("helper said %q, %v", line, err)
	}
	return helper{cmd}
}

func (h helper) kill() error {
	if err := h.cmd.Process.Kill(); err != nil {
		return err
	}
	h.cmd.Wait() // it was killed, and says so
	return nil
}

func TestMain(m *testing.M) {
	if what, dir, ok := strings.Cut(os.Getenv(helperVariable), ":"); ok && what == "stay" {
		if _, err := Start(context.Background(), Config{Dir: dir, Fragile: true}); err != nil {
			panic(err)
		}
		io.WriteString(os.Stdout, "ready\n")
		select {}
	}
	code := m.Run()
	if furnitureDir != "" {
		os.RemoveAll(furnitureDir)
	}
	os.Exit(code)
}
