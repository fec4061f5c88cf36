package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"cinnabar/app/sample"
	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/store/local"
	"cinnabar/views"
	"cinnabar/views/words"
)

// guarded is a server that asks for passwords, with the sample people in it, each of
// whom has the password right+login.
type guarded struct {
	server *local.Server
	dir    string
}

const right = "right-word-of-"

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{dir: reachable(t)}
	var err error
	if g.server, err = local.Start(t.Context(), local.Config{Dir: g.dir, Fragile: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.server.Close() })
	if _, _, err := store.Migrate(t.Context(), g.server.SuperURL()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.AddFounders(t.Context(), g.server.SuperURL(), sample.People()); err != nil {
		t.Fatal(err)
	}
	db := superuser(t, g.server)
	for _, p := range sample.People() {
		if _, err := db.Exec(`ALTER ROLE ` + p.Login + ` PASSWORD '` + right + p.Login + `'`); err != nil {
			t.Fatal(err)
		}
	}
	hba := filepath.Join(g.server.Dir, "data", "pg_hba.conf")
	if err := os.WriteFile(hba, []byte("local all postgres trust\nlocal all all scram-sha-256\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`SELECT pg_reload_conf()`); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		db, err := store.Open(t.Context(), store.Config{URL: g.url("moderator1", g.dir+"/no-passfile")})
		if fault.CodeOf(err) == fault.PasswordNeeded {
			return g
		} else if err == nil {
			_ = db.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server asks for no password: %v", err)
		}
	}
}

// url is an address that takes its password from a passfile, if from anywhere.
func (g *guarded) url(login, passfile string) string {
	return g.server.URL(login) + "&passfile=" + passfile
}

// ring is a keyring in memory.
type ring struct {
	mu     sync.Mutex
	kept   map[string]string
	broken error // all it says
	asked  int
}

func (r *ring) Get(service, user string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.broken != nil {
		return "", r.broken
	}
	if password, ok := r.kept[service+" "+user]; ok {
		return password, nil
	}
	return "", keyring.ErrNotFound
}

func (r *ring) Set(service, user, password string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken != nil {
		return r.broken
	}
	if r.kept == nil {
		r.kept = map[string]string{}
	}
	r.kept[service+" "+user] = password
	return nil
}

func (r *ring) Delete(service, user string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, service+" "+user)
	return r.broken
}

// person answers questions in turn, then not any more.
type answers struct {
	said  []answer
	asked []question
}

func (a *answers) ask(_ context.Context, q question) (answer, error) {
	a.asked = append(a.asked, q)
	if len(a.said) == 0 {
		return answer{}, errNoAnswer
	}
	next := a.said[0]
	a.said = a.said[1:]
	return next, nil
}

func says(password string, keep views.Keep) answer {
	return answer{password: password, keep: func() views.Keep { return keep }}
}

func TestAPasswordIsLookedForWhereItMayBe(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	const good = right + "moderator1"
	gone := errors.New("no such service")

	for _, c := range []struct {
		name string
		kept string // the password in the keyring, "" for none
		none error  // why there is no keyring
		file string // the password in the passfile, "" for no file
		said []answer

		code  fault.Code
		asked []question // without the endpoint
		after string     // in the ring
		filed string     // in the file
		told  fault.Code // what could not be kept
	}{
		{name: "in the keyring", kept: good, after: good},
		{name: "in the passfile, which comes first", file: good, kept: "stale", filed: good, after: "stale"},
		{name: "nowhere, and nobody to ask", code: fault.PasswordNeeded, asked: []question{{keep: views.KeepInKeyring}}},
		{name: "asked for and kept", said: []answer{says(good, views.KeepInKeyring)},
			asked: []question{{keep: views.KeepInKeyring}}, after: good},
		{name: "asked for each time", said: []answer{says(good, views.KeepNowhere)}, asked: []question{{keep: views.KeepInKeyring}}},
		{name: "wrong in the keyring", kept: "stale", said: []answer{says(good, views.KeepInKeyring)},
			asked: []question{{wrong: true, keep: views.KeepInKeyring}}, after: good},
		{name: "wrong in the keyring and not to stay", kept: "stale", said: []answer{says(good, views.KeepNowhere)},
			asked: []question{{wrong: true, keep: views.KeepInKeyring}}},
		{name: "wrong in the keyring, and nobody to ask", kept: "stale", code: fault.WrongPassword,
			asked: []question{{wrong: true, keep: views.KeepInKeyring}}, after: "stale"},
		{name: "no keyring, a file wished for", none: gone, said: []answer{says(good, views.KeepInPassfile)},
			asked: []question{{keep: views.KeepInPassfile}}, filed: good},
		{name: "no keyring, no file wished for", none: gone, said: []answer{says(good, views.KeepNowhere)},
			asked: []question{{keep: views.KeepInPassfile}}},
		{name: "wrong in the file", none: gone, file: "stale", said: []answer{says(good, views.KeepInPassfile)},
			asked: []question{{wrong: true, keep: views.KeepInPassfile}}, filed: good},
		{name: "mistyped twice", said: []answer{says("Right", views.KeepInKeyring), says("rihgt", views.KeepInKeyring), says(good, views.KeepInKeyring)},
			asked: []question{{keep: views.KeepInKeyring}, {wrong: true, keep: views.KeepInKeyring}, {wrong: true, keep: views.KeepInKeyring}}, after: good},
		{name: "mistyped three times", said: []answer{says("a", views.KeepInKeyring), says("b", views.KeepInKeyring), says("c", views.KeepInKeyring), says(good, views.KeepInKeyring)},
			code:  fault.WrongPassword,
			asked: []question{{keep: views.KeepInKeyring}, {wrong: true, keep: views.KeepInKeyring}, {wrong: true, keep: views.KeepInKeyring}}},
		{name: "a keyring that takes none", none: errors.New("locked, says " + good), said: []answer{says(good, views.KeepInKeyring)},
			asked: []question{{keep: views.KeepInPassfile}}, told: fault.PasswordNotKept},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passfile := filepath.Join(t.TempDir(), "pgpass")
			if c.file != "" {
				lay(t, filepath.Dir(passfile), "pgpass", []byte("*:*:*:moderator1:"+c.file+"\n"))
			}
			url := g.url("moderator1", passfile)
			at, err := store.Locate(url)
			if err != nil {
				t.Fatal(err)
			}
			r := &ring{kept: map[string]string{}, broken: c.none}
			if c.kept != "" {
				r.kept[shelf+" "+shelfMark(at)] = c.kept
			}
			someone := &answers{said: c.said}
			s := &secrets{ring: r, ask: someone.ask}
			where := &place{url: url, secrets: s}
			open := func() error {
				db, err := where.open(t.Context(), "")
				if err == nil {
					_ = db.Close()
				}
				return err
			}
			if err := open(); fault.CodeOf(err) != c.code {
				t.Fatalf("opening: %v, want %q", err, c.code)
			}
			for i := range someone.asked {
				if someone.asked[i].at.Login != "moderator1" || someone.asked[i].at.Passfile != passfile {
					t.Errorf("asked about %+v", someone.asked[i].at)
				}
				someone.asked[i].at = store.Endpoint{}
			}
			if !slices.Equal(someone.asked, c.asked) {
				t.Errorf("asked %+v, want %+v", someone.asked, c.asked)
			}
			if got := r.kept[shelf+" "+shelfMark(at)]; got != c.after {
				t.Errorf("the keyring keeps %q, want %q", got, c.after)
			}
			told := s.complaint()
			if fault.CodeOf(told) != c.told || told != nil && strings.Contains(told.Error(), good) {
				t.Errorf("told %v, want %q", told, c.told)
			}
			if s.complaint() != nil {
				t.Error("told twice")
			}
			at, err = store.Locate(url)
			if err != nil || at.Filed != (c.filed != "") {
				t.Errorf("in the file: %t, %v", at.Filed, err)
			}
			if c.code != "" {
				return
			}
			// The second opening of the same start asks nobody.
			before := len(someone.asked)
			if err := open(); err != nil || len(someone.asked) != before {
				t.Errorf("opened again: %v, asked %d times", err, len(someone.asked)-before)
			}
			// Nor does the next start, where the password was to stay.
			next := &secrets{ring: r}
			where.secrets = next
			err = open()
			if kept := c.after == good || c.filed == good; kept != (err == nil) {
				t.Errorf("the next start: %v", err)
			}
		})
	}
}

func TestAnAddressWithAPasswordAsksNoKeyring(t *testing.T) {
	t.Parallel()
	r := &ring{broken: errors.New("asked")}
	s := &secrets{ring: r, ask: func(context.Context, question) (answer, error) {
		t.Error("somebody was asked")
		return answer{}, errNoAnswer
	}}
	var got store.Config
	for _, url := range []string{"postgresql://ana:x@db/x", "not an address", "mysql://db/x"} {
		refused := fault.New(fault.WrongPassword)
		err := s.admit(t.Context(), url, func(c store.Config) error { got = c; return refused })
		if !errors.Is(err, refused) || got.URL != url || got.Password != "" {
			t.Errorf("%s: %v with %+v", url, err, got)
		}
	}
	if r.asked != 0 {
		t.Errorf("the keyring was asked %d times", r.asked)
	}
}

// stuck is a keyring that waits for somebody to unlock it.
type stuck struct{ keeper }

func (stuck) Get(string, string) (string, error) { select {} }

type panicking struct{ keeper }

func (panicking) Get(string, string) (string, error) { panic("the bus fell over") }

// No keyring, whatever is wrong with it, holds anybody up or takes the program with it.
func TestAKeyringThatDoesNotAnswerIsNone(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	silent := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // accepts and says nothing, as a bus that hangs

	for _, c := range []struct {
		name string
		ring keeper
		bus  string
		most time.Duration
	}{
		{"a keyring that hangs", stuck{}, "", ringPatience + time.Second},
		{"a keyring that panics", panicking{}, "", time.Second},
		{"a bus that is gone", systemKeyring{}, "unix:path=" + silent + ".gone", time.Second},
		{"nonsense for a bus", systemKeyring{}, "nonsense", time.Second},
		{"a bus that hangs", systemKeyring{}, "unix:path=" + silent, ringPatience + time.Second}, // last: the library waits for it for ever
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", c.bus)
			s := &secrets{ring: c.ring}
			began := time.Now()
			for range 3 {
				err := s.admit(t.Context(), "host=db.example.com user=ana passfile="+silent+".none", func(c store.Config) error {
					if c.Password != "" {
						t.Errorf("the password is %q", c.Password)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
			if took := time.Since(began); took > c.most {
				t.Errorf("three starts took %v", took)
			}
		})
	}
}

func TestWithoutABusNoKeyringIsStarted(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if busThere() {
		t.Error("a bus is seen where there is none")
	}
	if _, err := (systemKeyring{}).Get("cinnabar", "x"); !errors.Is(err, errNoKeyring) {
		t.Errorf("%v", err)
	}
	if err := (systemKeyring{}).Set("cinnabar", "x", "y"); !errors.Is(err, errNoKeyring) {
		t.Errorf("%v", err)
	}
}

func TestNewPasswordsAreLongReadableAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen, letters := map[string]bool{}, map[rune]int{}
	for range 2000 {
		p := newPassword()
		if seen[p] {
			t.Fatalf("%s came twice", p)
		}
		seen[p] = true
		groups := strings.Split(p, "-")
		if len(groups) != 7 {
			t.Fatalf("%s", p)
		}
		for _, g := range groups {
			if len(g) != 4 {
				t.Fatalf("%s", p)
			}
			for _, r := range g {
				letters[r]++
			}
		}
	}
	if len(letters) != 32 { // 28 letters of five bits each are 140
		t.Errorf("%d different letters", len(letters))
	}
	for r, n := range letters {
		if strings.ContainsRune("lo01IO", r) || n < 1400 || n > 2100 { // 1750 expected
			t.Errorf("%c came %d times", r, n)
		}
	}
}

func TestAPasswordOnTheCommandLineIsRefused(t *testing.T) {
	t.Parallel()
	const secret = "Xq-never-seen-Xq"
	for _, args := range [][]string{
		{"person", "list", "--database", "postgresql://ana:" + secret + "@db/x"},
		{"person", "list", "--database=postgres://ana:" + secret + "@db/x"},
		{"--database", "postgresql://ana@db/x?password=" + secret, "verify"},
		{"--database", "host=db user=ana password=" + secret},
		{"--database", "password=" + secret},
		{"--database=password='" + secret + "'", "doctor"},
		{"--database", "postgresql://ana:" + secret + "@:not a port/x", "migrate"},
		{"postgresql://ana:" + secret + "@db/x"}, // --database forgotten
		{"--databse", "postgresql://ana:" + secret + "@db/x", "verify"},
		{"--databse=postgresql://ana:" + secret + "@db/x", "verify"},
		{"verify", "host=db password=" + secret},
		{"migrate", "--database", "postgres://ana:" + secret + "@127.0.0.1:1/x", "--json"},
	} {
		for lang, word := range map[string]string{"en": "command line", "zh": "命令行"} {
			got := typed(t.Context(), "", append([]string{"--lang", lang}, args...)...).want(t, exitUsage).oneSentence(t)
			if strings.Contains(got.errs+got.out, secret) || !strings.Contains(got.errs, word) {
				t.Errorf("%v: %q %q", args, got.errs, got.out)
			}
		}
	}
	// What only looks a little like one goes on.
	for _, args := range [][]string{
		{"version", "--database", "postgresql://ana@db/x?sslmode=require"}, {"version", "--database", "host=db passfile=/home/ana/x"},
	} {
		typed(t.Context(), "", args...).want(t, exitFine)
	}
	got := typed(t.Context(), "", "import", "posts", "password=1.csv", "--database", "host="+t.TempDir()).want(t, exitFault)
	if strings.Contains(got.errs, words.For(words.EN).Sentence(fault.New(fault.PasswordInArguments))) {
		t.Errorf("a file's name was taken for a password: %s", got.errs)
	}
}
