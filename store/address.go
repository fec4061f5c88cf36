package store

import (
	"net"
	"path/filepath"
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
// about to change: none on a socket, whatever there is to this machine, and a
// verified certificate to any other, unless the person said otherwise in so many words.
func parseAddress(url string) (address, error) {
	dsn, err := flatten(url)
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
	if filepath.IsAbs(cfg.Host) || strings.HasPrefix(cfg.Host, "@") {
		// $PGHOSTADDR would win over a socket that was asked for by name.
		a.cfg.Hostaddr = pq.Config{}.Hostaddr
		a.cfg.SSLMode = pq.SSLModeDisable
		return a, nil
	}
	if a.host == "" {
		a.host = cfg.Hostaddr.String()
	}
	remote := !loopback(a.host)
	for _, m := range cfg.Multi {
		remote = remote || !loopback(m.Host)
	}
	switch {
	case cfg.SSLMode == "" && remote:
		a.cfg.SSLMode, a.chose = pq.SSLModeVerifyFull, true
	case cfg.SSLMode == "":
		a.cfg.SSLMode, a.chose = pq.SSLModePrefer, true
	case remote && (cfg.SSLMode == pq.SSLModeAllow || cfg.SSLMode == pq.SSLModePrefer):
		// These two fall back to plain text without a word.
		return address{}, fault.New(fault.InsecureTransport, "host", a.host)
	}
	return a, nil
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

func loopback(host string) bool {
	if host == "localhost" || filepath.IsAbs(host) {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
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
