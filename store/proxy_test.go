package store_test

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// proxy stands between a program and the server and does to the link what
// cables, firewalls and laptops do to it.
type proxy struct {
	t        *testing.T
	listener net.Listener
	network  string // of the server behind
	address  string
	url      *url.URL

	mu       sync.Mutex
	links    map[*proxied]struct{}
	silent   chan struct{} // not nil: bytes vanish until it is closed
	held     chan struct{} // not nil: bytes wait until it is closed
	refusing bool
	commits  int    // how many more replies to a COMMIT get lost
	writing  string // only those of transactions that sent this; "" for all
	weather  weather
	chance   *rand.Rand
	met      map[string]int // what the weather did, by name
}

type proxied struct {
	client, server net.Conn
	swallow        bool          // the next reply is the one that gets lost
	wrote          bool          // this transaction sent what proxy.writing says
	ended          chan struct{} // closed with the connections
	hole           bool          // both sides are there and hear nothing any more
}

// weather is what a bad link does at random: how likely each of it is to befall one
// packet, and how long what lasts may last.
type weather struct {
	cut     float64 // the connection ends, and the packet with it
	after   float64 // it ends when the packet is through: nobody knows what became of it
	commit  float64 // the reply to a COMMIT is lost, and the connection with it
	hole    float64 // the connection falls silent, and ends after a while
	stall   float64 // the packet waits
	trickle float64 // it comes in drops
	longest time.Duration
}

// newProxy stands before the database of a URL.
func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, links: map[*proxied]struct{}{}, met: map[string]int{}}
	if host := u.Query().Get("host"); filepath.IsAbs(host) {
		p.network, p.address = "unix", filepath.Join(host, ".s.PGSQL."+u.Query().Get("port"))
	} else {
		p.network, p.address = "tcp", u.Host
	}
	dir, err := os.MkdirTemp("", "px") // short: a socket's path is
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p.listener, err = net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	u.Host = ""
	u.RawQuery = url.Values{"host": {dir}, "port": {"5432"}}.Encode()
	p.url = u
	go p.accept()
	t.Cleanup(func() {
		p.listener.Close()
		p.release()
		p.cut()
	})
	return p
}

// tcp makes the proxy listen on loopback too, and returns a URL for it.
func (p *proxy) tcp(query string) string {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { l.Close() })
	go p.acceptFrom(l)
	u := *p.url
	u.Host, u.RawQuery = l.Addr().String(), query
	return u.String()
}

func (p *proxy) accept() { p.acceptFrom(p.listener) }

func (p *proxy) acceptFrom(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		refusing := p.refusing
		p.mu.Unlock()
		if refusing {
			client.Close()
			continue
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			client.Close()
			continue
		}
		link := &proxied{client: client, server: server, ended: make(chan struct{})}
		p.mu.Lock()
		p.links[link] = struct{}{}
		p.mu.Unlock()
		go p.pass(link, client, server, true)
		go p.pass(link, server, client, false)
	}
}

func (p *proxy) pass(link *proxied, from, to net.Conn, up bool) {
	defer p.close(link)
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		silent, held := p.silent, p.held
		drop := !up && link.swallow
		commit := up && bytes.Contains(buf[:n], []byte("COMMIT\x00"))
		link.wrote = link.wrote || up && bytes.Contains(buf[:n], []byte(p.writing))
		if commit && p.commits > 0 && link.wrote {
			p.commits--
			link.swallow = true
		}
		link.wrote = link.wrote && !commit
		what, long := p.befalls(commit)
		switch what {
		case "commit":
			link.swallow = true
		case "hole":
			link.hole = true
			time.AfterFunc(long, func() { p.close(link) })
		}
		hole := link.hole
		p.mu.Unlock()
		if silent != nil {
			<-silent
			return // what fell into the hole does not come out of it
		}
		if held != nil {
			<-held
		}
		if hole {
			<-link.ended
			return
		}
		if drop || what == "cut" {
			return
		}
		if what == "stall" {
			time.Sleep(long)
		}
		if err := deliver(to, buf[:n], what == "trickle"); err != nil || what == "after" {
			return
		}
	}
}

// befalls draws what the weather does to a packet, and for how long. The caller
// holds the lock.
func (p *proxy) befalls(commit bool) (what string, long time.Duration) {
	w := p.weather
	if w == (weather{}) {
		return "", 0
	}
	dice := p.chance.Float64()
	for _, c := range []struct {
		name   string
		likely float64
	}{{"cut", w.cut}, {"after", w.after}, {"hole", w.hole}, {"stall", w.stall}, {"trickle", w.trickle}} {
		if dice -= c.likely; dice < 0 {
			what = c.name
			break
		}
	}
	if commit && p.chance.Float64() < w.commit {
		what = "commit"
	}
	if what != "" {
		p.met[what]++
	}
	return what, time.Duration(p.chance.Float64() * float64(w.longest))
}

// deliver writes a packet, at once or in some ten drops.
func deliver(to net.Conn, packet []byte, trickle bool) error {
	for step := len(packet)/10 + 1; trickle && len(packet) > step; packet = packet[step:] {
		if _, err := to.Write(packet[:step]); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	_, err := to.Write(packet)
	return err
}

func (p *proxy) close(link *proxied) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.links[link]; !there {
		return // the other direction was first
	}
	link.client.Close()
	link.server.Close()
	close(link.ended)
	delete(p.links, link)
}

// turn lets the weather change. The same seed draws the same luck, as far as the
// packets come in the same order.
func (p *proxy) turn(w weather, seed uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.weather, p.chance = w, rand.New(rand.NewPCG(seed, 0))
}

// hold lets nothing through, and forgets nothing: the client has been stopped, or
// its lid closed.
func (p *proxy) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = make(chan struct{})
	}
}

// release lets through what was held, as late as it is.
func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil {
		close(p.held)
		p.held = nil
	}
}

// cut ends all connections, and lets new ones pass.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for link := range p.links {
		link.client.Close()
		link.server.Close()
	}
	if p.silent != nil {
		close(p.silent)
		p.silent = nil
	}
}

// swallow lets all bytes vanish, without a word to either side.
func (p *proxy) swallow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent == nil {
		p.silent = make(chan struct{})
	}
}

// refuse ends all connections and every new one.
func (p *proxy) refuse() {
	p.mu.Lock()
	p.refusing = true
	p.mu.Unlock()
	p.cut()
}

// heal lets everything pass again.
func (p *proxy) heal() {
	p.mu.Lock()
	p.refusing = false
	p.mu.Unlock()
	p.cut()
}

// loseCommits loses the replies to the next n commits, and the connections with them.
func (p *proxy) loseCommits(n int) { p.loseCommitsOf("", n) }

// loseCommitsOf does so with transactions that sent a piece of text alone.
func (p *proxy) loseCommitsOf(text string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commits, p.writing = n, text
}

// commitsToLose is how many of these have not been lost yet.
func (p *proxy) commitsToLose() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.commits
}
