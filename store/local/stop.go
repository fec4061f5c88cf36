package local

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cinnabar/internal/fault"
)

// stopLimit bounds how long a fast shutdown may take: it writes a checkpoint.
const stopLimit = 60 * time.Second

// Close ends this process's use. The last one out stops the server, unless it
// is a standing one, and returns when it has stopped.
func (s *Server) Close() error {
	var err error
	s.closed.Do(func() { err = s.leave() })
	return err
}

func (s *Server) leave() error {
	s.stop()
	s.watched.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	gate, err := s.folder.lock(ctx, s.folder.start(), unix.LOCK_EX)
	s.users.release()
	if err != nil {
		return err
	}
	defer gate.release()
	if exists(s.folder.standing()) {
		return nil
	}
	for {
		alone, err := tryLock(s.folder.users(), unix.LOCK_EX)
		if err != nil {
			return s.folder.unusable(err)
		}
		if alone != nil {
			defer alone.release()
			return s.folder.shutdown(ctx)
		}
		// Somebody has it. Shared with us, it is another user; alone, it is the
		// warden, which is stopping the server right now.
		if other, _ := tryLock(s.folder.users(), unix.LOCK_SH); other != nil {
			other.release()
			return nil
		}
		select {
		case <-ctx.Done():
			return fault.Wrap(ctx.Err(), fault.ServerStart, "log", s.folder.log())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// shutdown stops the server by SIGINT (Postgres's fast shutdown: open
// transactions are rolled back, nothing committed is lost) and waits for its end.
func (f folder) shutdown(ctx context.Context) error {
	p, lives := f.running()
	if !lives {
		return nil
	}
	if err := syscall.Kill(p.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fault.Wrap(err, fault.ServerStart, "log", f.log())
	}
	for wait := 2 * time.Millisecond; ; wait = min(wait*2, 50*time.Millisecond) {
		if now, lives := f.running(); !lives || now.pid != p.pid {
			os.Remove(p.socket) // goes only if it is empty, and the next start makes it again
			return nil
		}
		select {
		case <-ctx.Done():
			return fault.Wrap(ctx.Err(), fault.ServerStart, "log", f.log())
		case <-time.After(wait):
		}
	}
}

// Stop stops the private server of a folder, whoever uses it, and ends its
// standing. Their watches leave it stopped until somebody starts it again.
func Stop(ctx context.Context, c Config) error {
	_, f, err := choose(c)
	if err != nil {
		return err
	}
	if !exists(f.root) {
		return nil
	}
	gate, err := f.lock(ctx, f.start(), unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer gate.release()
	if err := remove(f.standing()); err != nil {
		return f.unusable(err)
	}
	if err := os.WriteFile(f.stopped(), nil, 0o600); err != nil {
		return f.unusable(err)
	}
	return f.shutdown(ctx)
}

// State is what Status finds.
type State struct {
	Running  bool
	Ready    bool // answers; false while it starts or recovers
	Standing bool // stays up without users
	InUse    bool // some process has it open
	Made     bool // there is a data folder
	PID      int
	Version  string // of the installed binaries that serve this folder
	Dir      string // the version folder
	Log      string
	Socket   string // folder of the socket; "" when it does not run
}

// URL returns the libpq URL of a login, or "" when the server does not run.
func (s State) URL(login string) string {
	if s.Socket == "" {
		return ""
	}
	return socketURL(s.Socket, login, database)
}

// Status looks, and changes nothing.
func Status(ctx context.Context, c Config) (State, error) {
	bin, f, err := choose(c)
	if err != nil {
		return State{}, err
	}
	st := State{Version: bin.Version, Dir: f.root, Log: f.log(), Made: exists(f.data()), Standing: exists(f.standing())}
	p, lives := f.running()
	if !lives {
		return st, nil
	}
	st.Running, st.PID, st.Socket = true, p.pid, p.socket
	st.Ready = p.status == "ready" && ping(ctx, p.socket) == nil
	if free, _ := tryLock(f.users(), unix.LOCK_EX); free != nil {
		free.release()
	} else {
		st.InUse = true
	}
	return st, nil
}
