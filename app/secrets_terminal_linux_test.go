package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cinnabar/store"
)

// terminalOf starts a command on a terminal of its own and returns the other end.
func terminalOf(t *testing.T, cmd *exec.Cmd) *keyboard {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	k := &keyboard{t: t, master: master, cmd: cmd, ended: make(chan struct{})}
	go k.look()
	return k
}

// keyboard is a person at a terminal: what they type, and what they see.
type keyboard struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	ended  chan struct{} // closed when nothing more comes to the screen

	mu   sync.Mutex
	seen strings.Builder
}

func (k *keyboard) look() {
	defer close(k.ended)
	buf := make([]byte, 4096)
	for {
		n, err := k.master.Read(buf)
		k.mu.Lock()
		k.seen.Write(buf[:n])
		k.mu.Unlock()
		if err != nil {
			return // the last process on the terminal has ended
		}
	}
}

func (k *keyboard) screen() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen.String()
}

// sees waits for a text.
func (k *keyboard) sees(text string) {
	k.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(k.screen(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatalf("%q did not come; the screen shows %q", text, k.screen())
		}
	}
}

// echoes reports whether the terminal shows what is typed.
func (k *keyboard) echoes() bool {
	k.t.Helper()
	state, err := unix.IoctlGetTermios(int(k.master.Fd()), unix.TCGETS)
	if err != nil {
		k.t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

func (k *keyboard) types(text string) {
	k.t.Helper()
	if _, err := k.master.WriteString(text); err != nil {
		k.t.Fatal(err)
	}
}

// hidden types when the terminal has stopped to show what is typed.
func (k *keyboard) hidden(text string) {
	k.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); k.echoes(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatal("the terminal goes on showing what is typed")
		}
	}
	k.types(text)
}

func (k *keyboard) ends(code int) {
	k.t.Helper()
	done := make(chan struct{})
	go func() { _ = k.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		k.t.Fatalf("the program goes on; the screen shows %q", k.screen())
	}
	<-k.ended
	if got := k.cmd.ProcessState.ExitCode(); got != code {
		k.t.Errorf("exit %d, want %d; the screen shows %q", got, code, k.screen())
	}
}

func TestAPasswordIsAskedForOnTheTerminal(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	at, err := store.Locate(g.server.URL("moderator1"))
	if err != nil {
		t.Fatal(err)
	}
	const good = right + "moderator1"
	start := func(t *testing.T, env map[string]string) (*household, *keyboard) {
		h := newHousehold(t).with(map[string]string{"CINNABAR_DATABASE_URL": g.server.URL("moderator1")}).with(env)
		return h, terminalOf(t, h.program("person", "list"))
	}
	t.Run("and kept in a file", func(t *testing.T) {
		t.Parallel()
		h, k := start(t, nil)
		k.sees("Password of moderator1 on " + at.Host)
		k.hidden("mistyped\r")
		k.sees("did not accept the last one")
		k.hidden(good + "\r")
		k.sees("no keyring. Keep it in " + h.home + "/.pgpass")
		if !k.echoes() {
			t.Error("the answer to a question is not shown")
		}
		k.types("y\r")
		k.ends(exitFine)
		if screen := k.screen(); strings.Contains(screen, "mistyped") || strings.Contains(screen, right) || !strings.Contains(screen, "moderator2") {
			t.Errorf("the screen shows %q", screen)
		}
		name := filepath.Join(h.home, ".pgpass")
		if data, err := os.ReadFile(name); err != nil || !strings.HasSuffix(string(data), ":moderator1:"+good+"\n") {
			t.Errorf("the file is %q, %v", data, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read the file: %v, %v", info, err)
		}
		if got := h.runs([]string{right}, "person", "list"); got.code != exitFine {
			t.Errorf("the next start: %+v", got)
		}
		h.search("mistyped")
	})
	t.Run("and not kept", func(t *testing.T) {
		t.Parallel()
		h, k := start(t, map[string]string{"CINNABAR_LANG": "zh"})
		k.sees("moderator1 在 " + at.Host + " 上的密码")
		k.hidden(good + "\r")
		k.sees(".pgpass")
		k.types("\r")
		k.ends(exitFine)
		if _, err := os.Stat(filepath.Join(h.home, ".pgpass")); err == nil {
			t.Error("the file was written all the same")
		}
		h.search(right)
	})
	t.Run("instead of a wrong one in the keyring", func(t *testing.T) {
		t.Parallel()
		h, k := start(t, map[string]string{"CINNABAR_TEST_KEYRING": shelfMark(at) + "\tstale", "DBUS_SESSION_BUS_ADDRESS": "a mock"})
		k.sees("did not accept the last one")
		k.hidden(good + "\r")
		k.sees("Keep it in this machine's keyring?")
		k.types("yes\r")
		k.ends(exitFine)
		if screen := k.screen(); !strings.Contains(screen, "moderator2") || strings.Contains(screen, right) {
			t.Errorf("the screen shows %q", screen)
		}
		h.search(right)
	})
	t.Run("and not given", func(t *testing.T) {
		t.Parallel()
		_, k := start(t, nil)
		k.sees("Password of")
		k.hidden("\r")
		k.ends(exitFault)
		if screen := k.screen(); !strings.Contains(screen, "asks for the password of moderator1") {
			t.Errorf("the screen shows %q", screen)
		}
	})
	t.Run("and stopped with Ctrl-C", func(t *testing.T) {
		t.Parallel()
		_, k := start(t, nil)
		k.sees("Password of")
		k.hidden("half a pass")
		k.types("\x03")
		for deadline := time.Now().Add(10 * time.Second); !k.echoes(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the terminal stays silent after Ctrl-C")
			}
		}
		k.ends(exitFault)
		if screen := k.screen(); strings.Contains(screen, "half a pass") || !strings.Contains(screen, "Stopped, as you asked") {
			t.Errorf("the screen shows %q", screen)
		}
	})
}
