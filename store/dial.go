package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/lib/pq"
)

// limits are the times after which something counts as lost. Statement is the
// server's own limit; silence is ours, and longer, so that the server's word
// comes first where there is a server to say it.
type limits struct {
	connect   time.Duration // one attempt to connect, login included
	statement time.Duration // statement_timeout; 0 means none
	lock      time.Duration // lock_timeout
	silence   time.Duration // no byte from the server while we wait for one
	repeat    time.Duration // how long write goes on repeating
	grace     time.Duration // from the end of a context to the cut of its connection
	heartbeat time.Duration // a link that is up is asked this often
	poll      time.Duration // so is the change counter
	hint      time.Duration // least time between polls that hints ask for
}

var (
	// A desk waits for answers; nothing it asks for takes 20 s.
	deskLimits = limits{
		connect: 5 * time.Second, statement: 20 * time.Second, lock: 5 * time.Second, silence: 25 * time.Second,
		repeat: 10 * time.Second, grace: time.Second, heartbeat: 15 * time.Second, poll: 2 * time.Second,
		hint: 250 * time.Millisecond,
	}
	// A migration may rewrite a table. Its lock_timeout is short all the same: a
	// waiting ALTER TABLE makes everybody else wait behind it.
	migrationLimits = limits{
		connect: 5 * time.Second, lock: 10 * time.Second, silence: time.Hour, grace: 2 * time.Second,
	}
)

// dialer makes the connections that lib/pq speaks over.
type dialer struct {
	net     net.Dialer
	silence time.Duration
}

var (
	_ pq.Dialer        = dialer{}
	_ pq.DialerContext = dialer{}
)

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.net.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: conn, silence: d.silence}
	if note, ok := ctx.Value(dialled{}).(*noted); ok {
		note.add(w)
	}
	return w, nil
}

// wire is a connection on which no read or write waits for ever. lib/pq reads
// only while a statement runs, so an idle connection never times out.
type wire struct {
	net.Conn
	silence time.Duration

	mu     sync.Mutex
	outer  time.Time // set by lib/pq while it connects, and by bind
	closed func()

	ahead []byte // what await read; only for whoever reads
	heard bool   // the peer has said something; only for whoever reads
}

func (w *wire) onClose(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = f
}

// Close closes the connection and forgets it.
func (w *wire) Close() error {
	w.mu.Lock()
	f := w.closed
	w.closed = nil
	w.mu.Unlock()
	if f != nil {
		f()
	}
	return w.Conn.Close()
}

// Read waits at most for silence.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.ahead) > 0 && len(p) > 0 {
		n := copy(p, w.ahead)
		w.ahead = w.ahead[n:]
		return n, nil
	}
	if err := w.arm(w.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	if n > 0 && !w.heard {
		w.heard = true
		if !answersLikePostgres(p[:n]) {
			return 0, errNotPostgres
		}
	}
	return n, err
}

var errNotPostgres = errors.New("whoever answers there does not speak like Postgres")

// longestFirst bounds the first message: a refusal in words, or how to log in.
const longestFirst = 64 << 10

// answersLikePostgres reports whether a server of Postgres may begin so: with a word on TLS (a
// single S or N), or with a message that is not absurdly long. lib/pq believes any
// four bytes to be a length, and for the web server behind a mistyped port it would
// set aside 1.4 GB before it found out.
func answersLikePostgres(first []byte) bool {
	switch first[0] {
	case 'S', 'N', 'R', 'E', 'v': // TLS yes, TLS no or a notice, login, refusal, older protocol
		return len(first) < 5 || binary.BigEndian.Uint32(first[1:5]) <= longestFirst
	}
	return false
}

// await waits until the peer says something or hangs up, at most for d. What was
// said stays to be read. Only between statements: whoever calls it is the reader.
func (w *wire) await(d time.Duration) {
	if len(w.ahead) > 0 || w.Conn.SetReadDeadline(time.Now().Add(d)) != nil {
		return
	}
	first := make([]byte, 1)
	n, _ := w.Conn.Read(first) // what went wrong, the next statement meets as well
	w.ahead = first[:n]
}

// Write waits at most for silence: with a dead peer it blocks when the socket's buffer is full.
func (w *wire) Write(p []byte) (int, error) {
	if err := w.arm(w.Conn.SetWriteDeadline); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

func (w *wire) arm(set func(time.Time) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := time.Now().Add(w.silence)
	if !w.outer.IsZero() && w.outer.Before(at) {
		at = w.outer
	}
	return set(at)
}

// SetDeadline keeps a deadline that silence must not move. The zero time takes it away.
func (w *wire) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outer = t
	return w.Conn.SetDeadline(t)
}

// dialled is the context key under which connector learns the wire that lib/pq dialled.
type dialled struct{}

// noted collects the wires of one Connect: lib/pq dials several times for
// several hosts, and once more when a TLS mode falls back.
type noted struct {
	mu    sync.Mutex
	wires []*wire
	late  bool
}

func (n *noted) add(w *wire) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wires = append(n.wires, w)
	if n.late {
		w.Close()
	}
}

// end closes what was dialled, now and later.
func (n *noted) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.late = true
	for _, w := range n.wires {
		w.Close()
	}
}

func (n *noted) last() *wire {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.wires) == 0 {
		return nil
	}
	return n.wires[len(n.wires)-1]
}

// connector opens connections for the pool and remembers which wire each one
// uses. lib/pq answers the end of a context by asking the server to cancel,
// which on a silent network achieves nothing; with the wire at hand the
// statement can be cut off.
type connector struct {
	pq    *pq.Connector
	grace time.Duration

	mu    sync.Mutex
	wires map[driver.Conn]*wire
}

func newConnector(cfg pq.Config, l limits) (*connector, error) {
	inner, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, err
	}
	inner.Dialer(dialer{silence: l.silence})
	return &connector{pq: inner, grace: l.grace, wires: map[driver.Conn]*wire{}}, nil
}

// Connect implements driver.Connector. Unlike lib/pq's own, it gives up with
// ctx during the login too, not only while dialling.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	note := &noted{}
	stop := context.AfterFunc(ctx, note.end)
	conn, err := c.pq.Connect(context.WithValue(ctx, dialled{}, note))
	if !stop() {
		if err == nil {
			conn.Close()
		}
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	w := note.last()
	c.mu.Lock()
	c.wires[conn] = w
	c.mu.Unlock()
	w.onClose(func() {
		c.mu.Lock()
		delete(c.wires, conn)
		c.mu.Unlock()
	})
	return conn, nil
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return c.pq.Driver() }

// wireOf returns what an open connection runs over.
func (c *connector) wireOf(conn driver.Conn) *wire {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wires[conn]
}

// bind ties a pooled connection to a context: when the context ends, what runs
// on the connection has the grace to end by the server's cancelling, and is cut
// after it. The caller releases before the connection goes back to the pool.
func (c *connector) bind(ctx context.Context, conn *sql.Conn) (release func()) {
	var w *wire
	conn.Raw(func(dc any) error { // an error means a closed connection, which needs no binding
		w = c.wireOf(dc.(driver.Conn))
		return nil
	})
	if w == nil || ctx.Done() == nil {
		return func() {}
	}
	cut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cut)
		w.SetDeadline(time.Now().Add(c.grace))
	})
	return func() {
		if !stop() {
			<-cut
			w.SetDeadline(time.Time{})
		}
	}
}
