package local

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"golang.org/x/sys/unix"

	"cinnabar/internal/fault"
)

const (
	superuser = "postgres"
	database  = "cinnabar"
)

// Config says which private server. The zero value is the person's own.
type Config struct {
	// Dir holds the version folders; "" means Root().
	Dir string
	// Standing leaves the server up when its last user goes, until Stop.
	Standing bool
	// Fragile trades safety for speed and is for tests: a crash of the machine
	// (not of the server) destroys the cluster. Only the start that makes the cluster decides.
	Fragile bool
	// Linger is how long the server outlives users that ended without Close,
	// in whole seconds. It is for tests, whose processes follow each other closely.
	Linger time.Duration
}

// Server is this process's use of a private server.
type Server struct {
	Version string // of Postgres, e.g. "15.14"
	Major   int
	Dir     string // the version folder
	Made    bool   // this start made the cluster: it is a first run
	Joined  bool   // somebody else had it running

	folder folder
	bin    Binaries
	config Config
	users  *flock

	mu     sync.Mutex
	socket string
	child  *child // nil when the server is somebody else's child

	stop    context.CancelFunc
	watched sync.WaitGroup
	closed  sync.Once
}

// Start makes the server ready to be asked: joins it if it runs, else starts it,
// after making its data folder if there is none. Many processes may call it at
// once; one does the work. The caller ends its use by Close; a process that
// dies without it no longer counts either.
//
// It returns fault.ServerMissing, ServerFolder or ServerStart.
func Start(ctx context.Context, c Config) (*Server, error) {
	bin, f, err := choose(c)
	if err != nil {
		return nil, err
	}
	if err := f.make(); err != nil {
		return nil, err
	}
	gate, err := f.lock(ctx, f.start(), unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer gate.release()

	s := &Server{Version: bin.Version, Major: bin.Major, Dir: f.root, folder: f, bin: bin, config: c}
	if s.users, err = f.lock(ctx, f.users(), unix.LOCK_SH); err != nil {
		return nil, err
	}
	if c.Standing {
		err = os.WriteFile(f.standing(), nil, 0o600)
	}
	if err == nil {
		err = remove(f.stopped())
	}
	if err != nil {
		s.users.release()
		return nil, f.unusable(err)
	}
	if err := s.ensure(ctx); err != nil {
		s.users.release()
		return nil, err
	}
	s.warden()
	s.supervise()
	return s, nil
}

// lock takes one of the folder's lock files and sees that the owner can open it too.
func (f folder) lock(ctx context.Context, path string, how int) (*flock, error) {
	l, err := lockFile(ctx, path, how)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fault.Wrap(err, fault.Cancelled)
		}
		return nil, f.unusable(err)
	}
	if err := f.owner.give(path); err != nil {
		l.release()
		return nil, f.unusable(err)
	}
	return l, nil
}

// ensure leaves with a server that answers. The caller holds the start lock.
func (s *Server) ensure(ctx context.Context) error {
	s.Joined = false
	if p, ok := s.folder.running(); ok {
		if err := s.folder.ready(ctx, nil); err == nil {
			s.Joined = true
			s.setSocket(p.socket)
			return s.folder.createDatabase(ctx, p.socket)
		} else if ctx.Err() != nil {
			return err
		}
		// It went away while we asked; go on as if it had never been there.
	}
	if !exists(s.folder.data()) {
		if err := s.folder.initialise(ctx, s.bin, !s.config.Fragile); err != nil {
			return err
		}
		s.Made = true
	}
	socket, err := s.launch(ctx)
	if err != nil {
		return err
	}
	s.setSocket(socket)
	return s.folder.createDatabase(ctx, socket)
}

func (s *Server) setSocket(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket = dir
}

// URL returns a libpq URL for a login of the private server. It needs no password.
func (s *Server) URL(login string) string { return s.url(login, database) }

// SuperURL returns the URL of the superuser, for migrations of the private server.
func (s *Server) SuperURL() string { return s.url(superuser, database) }

// MaintenanceURL returns the superuser's URL of the database that is always
// there, for creating and dropping others.
func (s *Server) MaintenanceURL() string { return s.url(superuser, "postgres") }

func (s *Server) url(login, db string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return socketURL(s.socket, login, db)
}

func socketURL(socket, login, db string) string {
	u := url.URL{
		Scheme: "postgresql", User: url.User(login), Path: "/" + db,
		RawQuery: url.Values{"host": {socket}, "port": {strconv.Itoa(port)}}.Encode(),
	}
	return u.String()
}

// child is a postmaster that this process started and must wait for: a zombie
// still answers to its pid and blocks the next start.
type child struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it was reaped
}

// launch starts the server and waits until it answers. When it won't start, it
// clears what a killed predecessor left, if that is provably dead, and tries again.
func (s *Server) launch(ctx context.Context) (string, error) {
	socket, err := s.folder.makeSocketDir()
	if err != nil {
		return "", err
	}
	const tries = 4
	for try := 1; ; try++ {
		err := s.spawn(ctx, socket)
		if err == nil {
			return socket, nil
		}
		if ctx.Err() != nil || try == tries || !s.folder.clear(ctx) {
			os.Remove(socket) // goes only if it is empty
			return "", err
		}
	}
}

func (s *Server) spawn(ctx context.Context, socket string) error {
	log, err := s.folder.openLog()
	if err != nil {
		return s.folder.unusable(err)
	}
	defer log.Close()
	// Not bound to ctx: the server outlives the call that started it.
	cmd := s.folder.command(context.WithoutCancel(ctx), s.bin.Dir+"/postgres", "-D", s.folder.data(), "-k", socket)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fault.Wrap(err, fault.ServerStart, "log", s.folder.log())
	}
	c := &child{cmd: cmd, done: make(chan struct{})}
	go func() {
		cmd.Wait() // its status is in the log; that it was waited for is what counts
		close(c.done)
	}()
	if err := s.folder.ready(ctx, c); err != nil {
		cmd.Process.Signal(unix.SIGINT)
		<-c.done
		return err
	}
	s.mu.Lock()
	s.child = c
	s.mu.Unlock()
	return nil
}

// ready waits until the server answers a login. c is the child to give up
// with; nil waits for a server of somebody else's, as long as it lives.
func (f folder) ready(ctx context.Context, c *child) error {
	var ended <-chan struct{}
	if c != nil {
		ended = c.done
	}
	for wait := 2 * time.Millisecond; ; wait = min(wait*3/2, 50*time.Millisecond) {
		p, lives := f.running()
		// The file says "ready" a moment before connections pass, and saves
		// hundreds of refused ones while the server recovers from a crash.
		if lives && p.status == "ready" && (c == nil || p.pid == c.cmd.Process.Pid) {
			if err := ping(ctx, p.socket); err == nil {
				return nil
			}
		}
		if !lives && c == nil {
			return fault.New(fault.ServerStart, "log", f.log())
		}
		select {
		case <-ended:
			return fault.New(fault.ServerStart, "log", f.log())
		case <-ctx.Done():
			return fault.Wrap(context.Cause(ctx), fault.ServerStart, "log", f.log())
		case <-time.After(wait):
		}
	}
}

// dial opens one connection as superuser, free of the person's PG* variables.
func dial(ctx context.Context, socket, db string) (driver.Conn, error) {
	c, err := pq.NewConnectorConfig(pq.Config{
		Host: socket, Port: port, User: superuser, Database: db, SSLMode: pq.SSLModeDisable,
		MinProtocolVersion: "3.0", MaxProtocolVersion: "3.0", ClientEncoding: "UTF8", Datestyle: "ISO, MDY",
		ConnectTimeout: 2 * time.Second, ApplicationName: "cinnabar private server",
	})
	if err != nil {
		return nil, err
	}
	return c.Connect(ctx)
}

func ping(ctx context.Context, socket string) error {
	conn, err := dial(ctx, socket, "postgres")
	if err != nil {
		return err
	}
	return conn.Close()
}

// createDatabase makes the studio's database if it is not there. Asking for it
// by a login is the cheapest question, and the usual answer is yes.
func (f folder) createDatabase(ctx context.Context, socket string) error {
	conn, err := dial(ctx, socket, database)
	if err == nil {
		return conn.Close()
	}
	if pq.As(err, pqerror.InvalidCatalogName) == nil {
		return fault.Wrap(err, fault.ServerStart, "log", f.log())
	}
	conn, err = dial(ctx, socket, "postgres")
	if err == nil {
		defer conn.Close()
		_, err = conn.(driver.ExecerContext).ExecContext(ctx, "CREATE DATABASE "+database, nil)
	}
	if err != nil && pq.As(err, pqerror.DuplicateDatabase) == nil {
		return fault.Wrap(err, fault.ServerStart, "log", f.log())
	}
	return nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
