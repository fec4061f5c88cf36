package store_test

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
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
	refusing bool
	commits  int // how many more replies to a COMMIT get lost
}

type proxied struct {
	client, server net.Conn
	swallow        bool // the next reply is the one that gets lost
}

// newProxy stands before the database of a URL.
func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, links: map[*proxied]struct{}{}}
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
		link := &proxied{client: client, server: server}
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
		silent := p.silent
		drop := !up && link.swallow
		if up && p.commits > 0 && bytes.Contains(buf[:n], []byte("COMMIT\x00")) {
			p.commits--
			link.swallow = true
		}
		p.mu.Unlock()
		if silent != nil {
			<-silent
			return // what fell into the hole does not come out of it
		}
		if drop {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (p *proxy) close(link *proxied) {
	p.mu.Lock()
	defer p.mu.Unlock()
	link.client.Close()
	link.server.Close()
	delete(p.links, link)
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
func (p *proxy) loseCommits(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commits = n
}
