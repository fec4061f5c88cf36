package store

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"cinnabar/internal/fault"
)

// address is where a database is and how to speak to it, complete.
type address struct {
	cfg   pq.Config
	host  string // as people are shown it: never with a password
	chose bool   // the TLS mode is ours; the person said none
}

// parseAddress reads a URL or a key=value string. What it leaves open comes from
// libpq's PG* variables, service file and passfile, as in psql; "" leaves
// everything open.
//
// The TLS mode is always settled here, because the driver's default is weak and
// about to change: none on a socket, and a verified certificate everywhere else, to
// this machine too, where another account can take a port as well as anybody. The
// person may say otherwise in so many words.
func parseAddress(text string) (address, error) {
	dsn, err := flatten(text)
	if err != nil {
		return address{}, fault.New(fault.BadAddress) // without the cause, which may quote a password
	}
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		if text, ok := strings.CutPrefix(err.Error(), "pq: environment variable "); ok {
			return address{}, fault.New(fault.BadUsage, "detail", "environment variable "+text)
		}
		return address{}, fault.New(fault.BadAddress)
	}
	a := address{cfg: cfg, host: cfg.Host}
	if cfg.Database == "" {
		a.cfg.Database = cfg.User // the server's own rule; said aloud, a line of the passfile is found by it
	}
	first := isSocket(cfg.Host)
	if first {
		// $PGHOSTADDR would win over a socket that was asked for by name.
		a.cfg.Hostaddr = netip.Addr{}
	}
	sockets, remote := first, !first && !loopback(cfg.Host, cfg.Hostaddr)
	for _, m := range cfg.Multi {
		sockets = sockets && isSocket(m.Host)
		remote = remote || !isSocket(m.Host) && !loopback(m.Host, m.Hostaddr)
	}
	if a.host == "" {
		a.host = cfg.Hostaddr.String()
	}
	switch {
	case sockets:
		a.cfg.SSLMode = pq.SSLModeDisable
	case cfg.SSLMode == "", first:
		// The driver takes a mode of none from a socket that is named first, and would
		// keep it for the hosts behind it.
		a.cfg.SSLMode, a.chose = pq.SSLModeVerifyFull, true
	case remote && (cfg.SSLMode == pq.SSLModeAllow || cfg.SSLMode == pq.SSLModePrefer):
		// These two fall back to plain text without a word.
		return address{}, fault.New(fault.InsecureTransport, "host", a.host)
	}
	return a, nil
}

// resolve is parseAddress with the password that was found for the address.
func (c Config) resolve() (address, error) {
	a, err := parseAddress(c.URL)
	if err == nil && c.Password != "" {
		a.cfg.Password = c.Password
	}
	return a, err
}

// Endpoint is where an address leads, for whoever keeps passwords: what a password
// belongs to, and where one comes from without anybody asking.
type Endpoint struct {
	Host     string // of the first server; the folder of a socket
	Port     uint16
	Database string
	Login    string
	// Given says that the address itself, $PGPASSWORD or the service file has a password.
	Given bool
	// Filed says that the passfile has one, which counts where none is given.
	Filed bool
	// Passfile is where that file is or would be, "" where there is no place for one.
	Passfile string
	// Transport is "socket" or the TLS mode, as libpq names them: verify-full,
	// verify-ca, require, prefer, allow, disable.
	Transport string
}

// Locate reads an address without connecting. Faults: BadAddress, BadUsage,
// InsecureTransport.
func Locate(text string) (Endpoint, error) {
	a, err := parseAddress(text)
	if err != nil {
		return Endpoint{}, err
	}
	e := Endpoint{
		Host: a.host, Port: a.cfg.Port, Database: a.cfg.Database, Login: a.cfg.User,
		Given: a.cfg.Password != "", Filed: a.filed(), Passfile: a.passfile(), Transport: string(a.cfg.SSLMode),
	}
	if a.cfg.SSLMode == pq.SSLModeDisable && isSocket(a.cfg.Host) {
		e.Transport = "socket"
	}
	return e, nil
}

// BarePassword takes the password out of an address and reports whether there was
// one. An address that cannot be read comes back empty if it may hold one.
func BarePassword(text string) (bare string, had bool) {
	if !strings.Contains(text, "://") {
		bare = secretPair.ReplaceAllStringFunc(text, func(pair string) string {
			key, value, _ := strings.Cut(pair, "=")
			if isSecret(strings.TrimSpace(key), value) {
				had = true
				return " "
			}
			return pair
		})
		return strings.TrimSpace(bare), had
	}
	u, err := url.Parse(text)
	var query url.Values
	if err == nil {
		query, err = url.ParseQuery(u.RawQuery)
	}
	if err != nil {
		pairs := strings.NewReplacer("?", " ", "&", " ").Replace(text)
		if secretUser.MatchString(text) || secretPair.MatchString(pairs) {
			return "", true
		}
		return text, false
	}
	if _, had = u.User.Password(); had {
		u.User = url.User(u.User.Username())
	}
	for key, values := range query {
		if isSecret(key, strings.Join(values, "")) {
			had = true
			query.Del(key)
		}
	}
	if !had {
		return text, false
	}
	u.RawQuery = query.Encode()
	return u.String(), true
}

var (
	// A pair of key=value form that may be a secret, its value quoted or not.
	secretPair = regexp.MustCompile(`(?:^|\s)(?:password|sslpassword|sslkey)\s*=\s*(?:'(?:[^'\\]|\\.)*'?|(?:[^\s\\]|\\.)*)`)
	// A name and a password before the host of something that was meant as a URL.
	secretUser = regexp.MustCompile(`://[^/@]*:[^@]+@`)
)

// isSecret says of a connection parameter whether nobody else may read it. sslkey is
// the name of a file, unless sslinline makes it the key itself.
func isSecret(key, value string) bool {
	switch key {
	case "password", "sslpassword":
		return true
	case "sslkey":
		return strings.Contains(value, "PRIVATE")
	}
	return false
}

// flatten turns a URL into key=value form, so that a line can be added: a
// service named by $PGSERVICE would otherwise overrule the URL, contrary to
// what both libpq and lib/pq promise.
func flatten(url string) (string, error) {
	if url == "" {
		return "", nil
	}
	dsn := url
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		var err error
		//lint:ignore SA1019 the only way to lib/pq's own reading of a URL
		if dsn, err = pq.ParseURL(url); err != nil {
			return "", err
		}
	} else if strings.Contains(url, "://") {
		return "", fault.New(fault.BadAddress)
	}
	if !strings.Contains(dsn, "service=") {
		dsn += " service=''"
	}
	return dsn, nil
}

func isSocket(host string) bool { return filepath.IsAbs(host) || strings.HasPrefix(host, "@") }

// loopback reports whether a connection stays on this machine. An address says more
// than the name beside it, which is then only what a certificate must show.
func loopback(host string, addr netip.Addr) bool {
	if addr.IsValid() {
		return addr.IsLoopback()
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// configure adds what every connection of ours has.
func (a address) configure(program string, l limits) pq.Config {
	cfg := a.cfg.Clone()
	cfg.ApplicationName = program
	cfg.BinaryParameters = true
	// The person's own connect_timeout counts if it is the shorter one.
	if cfg.ConnectTimeout <= 0 || cfg.ConnectTimeout > l.connect {
		cfg.ConnectTimeout = l.connect
	}
	for name, value := range map[string]string{
		"statement_timeout":                   milliseconds(l.statement),
		"lock_timeout":                        milliseconds(l.lock),
		"idle_in_transaction_session_timeout": milliseconds(l.silence),
		"timezone":                            "UTC",
		"cinnabar.client":                     strconv.Itoa(level),
	} {
		cfg.Runtime[name] = value
	}
	return cfg
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
