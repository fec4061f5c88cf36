package store_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	})
	return a
}

func (a *authority) sign(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(a.t, err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	parent, signer := template, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	must(a.t, err)
	cert, err := x509.ParseCertificate(der)
	must(a.t, err)
	return cert, key
}

// server signs what a server shows: for a host, for a time from now on.
func (a *authority) server(host string, from, to time.Duration) tls.Certificate {
	a.t.Helper()
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: host}, NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	cert, key := a.sign(template)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// file leaves the authority's own certificate where sslrootcert can find it.
func (a *authority) file() string {
	a.t.Helper()
	return lay(a.t, "root.crt", "CERTIFICATE", a.cert.Raw, 0o644)
}

// client signs a person's certificate and leaves it and its key in files.
func (a *authority) client(login string) (cert, key string) {
	a.t.Helper()
	signed, secret := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: login}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	der, err := x509.MarshalPKCS8PrivateKey(secret)
	must(a.t, err)
	return lay(a.t, "client.crt", "CERTIFICATE", signed.Raw, 0o644), lay(a.t, "client.key", "PRIVATE KEY", der, 0o600)
}

func lay(t *testing.T, name, kind string, der []byte, mode os.FileMode) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode))
	return name
}

// gate is a server with TLS, standing before one that has none.
type gate struct {
	answer string // to the request for TLS
	config *tls.Config

	mu     sync.Mutex
	heard  int    // bytes of the session itself, after the greeting
	person string // whom the client's certificate names
}

// newGate returns a gate before a database and an address that leads to it.
func newGate(t *testing.T, target string, g *gate) *url.URL {
	t.Helper()
	u, err := url.Parse(target)
	must(t, err)
	network, address := "tcp", u.Host
	if host := u.Query().Get("host"); filepath.IsAbs(host) {
		network, address = "unix", filepath.Join(host, ".s.PGSQL."+u.Query().Get("port"))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go g.receive(client, network, address)
		}
	}()
	u.Host, u.RawQuery = l.Addr().String(), ""
	return u
}

func (g *gate) receive(client net.Conn, network, address string) {
	defer client.Close()
	var request [8]byte
	if _, err := io.ReadFull(client, request[:]); err != nil {
		return
	}
	if binary.BigEndian.Uint32(request[4:]) != 80877103 { // a session in the clear
		g.count(len(request))
	} else if _, err := client.Write([]byte(g.answer)); err != nil {
		return
	} else if g.answer == "S" {
		secure := tls.Server(client, g.config)
		if secure.Handshake() != nil {
			return
		}
		if certs := secure.ConnectionState().PeerCertificates; len(certs) > 0 {
			g.mu.Lock()
			g.person = certs[0].Subject.CommonName
			g.mu.Unlock()
		}
		client, request = secure, [8]byte{}
	}
	server, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer server.Close()
	if request != [8]byte{} && g.answer != "N" {
		_, _ = server.Write(request[:])
	}
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := client.Read(buf)
		if n > 0 && buf[0] != 0x16 { // a greeting of TLS is not the session
			g.count(n)
		}
		if err != nil {
			return
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (g *gate) count(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard += n
}

func (g *gate) seen() (heard int, person string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.heard, g.person
}

func TestOnlyTheRightServerIsSpokenTo(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	own, other := newAuthority(t), newAuthority(t)
	roots, strangers := own.file(), other.file()
	const hour = time.Hour
	good := own.server("127.0.0.1", -hour, hour)
	elsewhere := own.server("db.example.com", -hour, hour)
	expired := own.server("127.0.0.1", -2*hour, -hour)

	for _, c := range []struct {
		name   string
		shows  tls.Certificate
		answer string // "" is S
		most   uint16 // the newest TLS it speaks; 0 for all
		query  string // of the address
		code   fault.Code
		detail string
	}{
		{name: "a verified certificate", shows: good, query: "sslrootcert=" + roots},
		{name: "asked for in so many words", shows: good, query: "sslmode=verify-full&sslrootcert=" + roots},
		{name: "another host's certificate", shows: elsewhere, query: "sslrootcert=" + roots, code: fault.TransportRefused, detail: "certificate_name"},
		{name: "an unknown authority", shows: good, query: "sslrootcert=" + strangers, code: fault.TransportRefused, detail: "certificate_unknown"},
		{name: "an authority this machine does not know", shows: good, query: "sslrootcert=system", code: fault.TransportRefused, detail: "certificate_unknown"},
		{name: "an expired certificate", shows: expired, query: "sslrootcert=" + roots, code: fault.TransportRefused, detail: "certificate_invalid"},
		{name: "a certificate of the day after tomorrow", shows: own.server("127.0.0.1", 48*hour, 49*hour), query: "sslrootcert=" + roots, code: fault.TransportRefused, detail: "certificate_invalid"},
		{name: "no TLS", answer: "N", query: "sslrootcert=" + roots, code: fault.InsecureTransport},
		{name: "no TLS where it was asked for", answer: "N", query: "sslmode=require", code: fault.TransportRefused, detail: "tls_absent"},
		{name: "an error where TLS was asked for", answer: "E", query: "sslrootcert=" + roots, code: fault.InsecureTransport},
		{name: "words in the clear before the greeting", answer: "SEFATAL: send your password", query: "sslrootcert=" + roots, code: fault.TransportRefused, detail: "tls_failed"},
		{name: "an old TLS", shows: good, most: tls.VersionTLS11, query: "sslrootcert=" + roots, code: fault.TransportRefused, detail: "tls_failed"},
		{name: "a file of roots that is not there", shows: good, query: "sslrootcert=" + roots + ".gone", code: fault.TransportRefused, detail: "certificate_file"},
		{name: "a file of roots that holds none", shows: good, query: "sslrootcert=" + os.DevNull, code: fault.TransportRefused, detail: "certificate_file"},

		// Who says less than verify-full gets it.
		{name: "verify-ca and another host's certificate", shows: elsewhere, query: "sslmode=verify-ca&sslrootcert=" + roots},
		{name: "verify-ca and an unknown authority", shows: good, query: "sslmode=verify-ca&sslrootcert=" + strangers, code: fault.TransportRefused, detail: "certificate_unknown"},
		{name: "verify-ca and an expired certificate", shows: expired, query: "sslmode=verify-ca&sslrootcert=" + roots, code: fault.TransportRefused, detail: "certificate_invalid"},
		{name: "require and any certificate", shows: expired, query: "sslmode=require"},
		{name: "prefer on this machine", shows: elsewhere, query: "sslmode=prefer"},
		{name: "disable", answer: "-", query: "sslmode=disable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &gate{answer: c.answer, config: &tls.Config{Certificates: []tls.Certificate{c.shows}, MinVersion: tls.VersionTLS10, MaxVersion: c.most}}
			if g.answer == "" {
				g.answer = "S"
			}
			u := newGate(t, env.URL("moderator1"), g)
			u.RawQuery = c.query
			db, err := store.OpenQuick(t.Context(), u.String())
			if c.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				if n, err := ask(t.Context(), db, `SELECT 7`); n != 7 || err != nil {
					t.Errorf("asked for 7: %d, %v", n, err)
				}
				if heard, _ := g.seen(); heard == 0 {
					t.Error("the session went another way, so this test shows nothing")
				}
				return
			}
			f := refused(t, err, c.code)
			if c.detail != "" && f.Args["detail"] != c.detail {
				t.Errorf("the reason is %q (%v), want %q", f.Args["detail"], err, c.detail)
			}
			if heard, _ := g.seen(); heard != 0 {
				t.Errorf("%d bytes of the session were sent all the same", heard)
			}
		})
	}
}

func TestAPersonsCertificateIsShownToAServerThatAsks(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	own := newAuthority(t)
	known := x509.NewCertPool()
	known.AddCert(own.cert)
	roots := own.file()
	cert, key := own.client("moderator1")
	open := lay(t, "open.key", "PRIVATE KEY", nil, 0o600)
	data, err := os.ReadFile(key)
	must(t, err)
	must(t, os.WriteFile(open, data, 0o644))
	must(t, os.Chmod(open, 0o644))

	for _, c := range []struct {
		name, query string
		code        fault.Code
		detail      string
	}{
		{"shown", "&sslcert=" + cert + "&sslkey=" + key, "", ""},
		{"none to show", "", fault.TransportRefused, "tls_failed"},
		{"one whose key others may read", "&sslcert=" + cert + "&sslkey=" + open, fault.TransportRefused, "certificate_file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &gate{answer: "S", config: &tls.Config{
				Certificates: []tls.Certificate{own.server("127.0.0.1", -time.Hour, time.Hour)},
				ClientCAs:    known, ClientAuth: tls.RequireAndVerifyClientCert,
			}}
			u := newGate(t, env.URL("moderator1"), g)
			u.RawQuery = "sslrootcert=" + roots + c.query
			db, err := store.OpenQuick(t.Context(), u.String())
			if c.code == "" {
				must(t, err)
				defer db.Close()
				if _, person := g.seen(); person != "moderator1" {
					t.Errorf("the server saw the certificate of %q", person)
				}
				return
			}
			if f := refused(t, err, c.code); f.Args["detail"] != c.detail {
				t.Errorf("the reason is %q (%v), want %q", f.Args["detail"], err, c.detail)
			}
			if heard, _ := g.seen(); heard != 0 {
				t.Errorf("%d bytes came through", heard)
			}
		})
	}
}

func TestAnAddressSaysHowItIsReached(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none")
	filed := filepath.Join(t.TempDir(), "pgpass")
	must(t, os.WriteFile(filed, []byte("# a comment\nother:*:*:*:x\ndb.example.com:5433:studio:ana:se\\:cret\n"), 0o600))
	for _, c := range []struct {
		url  string
		want store.Endpoint
	}{
		{"host=/run/pg dbname=d user=u passfile=" + none, store.Endpoint{Host: "/run/pg", Port: 5432, Database: "d", Login: "u", Passfile: none, Transport: "socket"}},
		{"host=db.example.com user=u passfile=" + none, store.Endpoint{Host: "db.example.com", Port: 5432, Database: "u", Login: "u", Passfile: none, Transport: "verify-full"}},
		{"host=127.0.0.1 user=u password=x sslmode=disable passfile=" + none, store.Endpoint{Host: "127.0.0.1", Port: 5432, Database: "u", Login: "u", Given: true, Passfile: none, Transport: "disable"}},
		{"postgresql://ana@db.example.com:5433/studio?sslmode=require&passfile=" + filed, store.Endpoint{Host: "db.example.com", Port: 5433, Database: "studio", Login: "ana", Filed: true, Passfile: filed, Transport: "require"}},
		{"postgresql://bob@db.example.com:5433/studio?passfile=" + filed, store.Endpoint{Host: "db.example.com", Port: 5433, Database: "studio", Login: "bob", Passfile: filed, Transport: "verify-full"}},
	} {
		got, err := store.Locate(c.url)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.url, got, err, c.want)
		}
	}
	if _, err := store.Locate("mysql://x"); fault.CodeOf(err) != fault.BadAddress {
		t.Errorf("%v", err)
	}
}

func TestAPasswordIsTakenOutOfAnAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, bare string
		had       bool
	}{
		{"", "", false},
		{"postgresql://ana@db/x?sslmode=require", "postgresql://ana@db/x?sslmode=require", false},
		{"postgresql://ana:s3cret@db/x?sslmode=require", "postgresql://ana@db/x?sslmode=require", true},
		{"postgres://ana:@db/x", "postgres://ana@db/x", true},
		{"postgres://ana:s3%3Acret@db:5433/x", "postgres://ana@db:5433/x", true},
		{"postgresql://ana@db/x?password=s3cret&sslmode=require", "postgresql://ana@db/x?sslmode=require", true},
		{"postgresql:///x?host=/run/pg&sslpassword=s3cret", "postgresql:///x?host=%2Frun%2Fpg", true},
		{"postgresql://ana@db/x?sslinline=true&sslkey=-----BEGIN+PRIVATE+KEY-----s3cret", "postgresql://ana@db/x?sslinline=true", true},
		{"postgresql://ana@db/x?sslkey=/home/ana/key.pem", "postgresql://ana@db/x?sslkey=/home/ana/key.pem", false},
		{"postgres://ana:s3cret@:not a port/x", "", true},
		{"postgres://ana@db/x?password=s3cret%zz", "", true},
		{"postgres://db:not a port/x", "postgres://db:not a port/x", false},
		{"mysql://ana:s3cret@db/x", "mysql://ana@db/x", true},
		{"host=db user=ana", "host=db user=ana", false},
		{"host=db password=s3cret user=ana", "host=db  user=ana", true},
		{"password = 's3 cret' host=db", "host=db", true},
		{`host=db password='s3\' cret'`, "host=db", true},
		{`host=db password=s3\ cret`, "host=db", true},
		{"host=db passfile=/home/ana/pass", "host=db passfile=/home/ana/pass", false},
		{"host=db sslkey=/home/ana/key.pem", "host=db sslkey=/home/ana/key.pem", false},
	} {
		bare, had := store.BarePassword(c.url)
		if bare != c.bare || had != c.had || strings.Contains(bare, "cret") {
			t.Errorf("%s: %q, %t; want %q, %t", c.url, bare, had, c.bare, c.had)
		}
	}
}
