package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"cinnabar"
	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/views"
)

// keeper keeps passwords between two starts: the system's keyring, or a test's.
// Its errors are no faults; keyring.ErrNotFound is the one that means anything.
type keeper interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

// shelf is our name in the keyring.
const shelf = "cinnabar"

// errNoKeyring says that there is nobody to keep a password, which is no failure.
var errNoKeyring = errors.New("no keyring on this machine")

// secrets finds passwords for shared servers and keeps those that a person gave.
// A password is in no address, no setting and no log: it goes from the keyring, the
// passfile or a person's fingers into store.Config and nowhere else.
type secrets struct {
	ring keeper
	// ask asks whoever sits at the terminal; nil where nobody does. The window has no
	// need of it: there the fault itself leads to the screen that asks.
	ask func(context.Context, question) (answer, error)

	mu     sync.Mutex
	given  map[string]answer // by endpoint, what a person gave since the start
	mute   bool              // the keyring did not answer once, and is not asked again
	unkept error             // a password could not be put away, for the person to be told
}

// question is what a person must know to give a password.
type question struct {
	at    store.Endpoint
	wrong bool // there was one, and the server did not accept it
	keep  views.Keep
}

// answer is what they gave.
type answer struct {
	password string
	// keep says where it is to stay. It is asked only when the password was right.
	keep func() views.Keep
	kept bool
}

func newSecrets() *secrets { return &secrets{ring: systemKeyring{}} }

// admit runs try with the password that belongs to an address: what the address or
// libpq's own places hold, else what the keyring keeps, else what a person says. An
// error of try that is not about passwords is returned as it is.
//
// The keyring comes before the server is asked, because a server that has to refuse
// first would write a failed login down on every start.
func (s *secrets) admit(ctx context.Context, url string, try func(store.Config) error) error {
	cfg := store.Config{URL: url, Client: cinnabar.About().Version}
	at, err := store.Locate(url)
	if s == nil || err != nil || at.Given {
		return try(cfg)
	}
	said, known := s.said(at)
	switch {
	case known:
		cfg.Password = said.password
	case !at.Filed:
		cfg.Password, _ = s.fetch(at)
	}
	err = try(cfg)
	for n := 0; n < 3 && aboutPassword(err) && s.ask != nil; n++ {
		answered, none := s.ask(ctx, s.question(at, err))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case none != nil:
			return err // nobody wants to say; the server's own words stand
		}
		s.say(at, answered)
		said, known, cfg.Password = answered, true, answered.password
		err = try(cfg)
	}
	switch {
	case aboutPassword(err):
		s.unsay(at)
	case err == nil && known && !said.kept:
		s.put(at, said)
	}
	return err
}

func aboutPassword(err error) bool {
	code := fault.CodeOf(err)
	return code == fault.PasswordNeeded || code == fault.WrongPassword
}

// question is what to ask after the server has refused.
func (s *secrets) question(at store.Endpoint, refusal error) question {
	q := question{at: at, wrong: fault.CodeOf(refusal) == fault.WrongPassword}
	if _, err := s.fetch(at); err == nil || errors.Is(err, keyring.ErrNotFound) {
		q.keep = views.KeepInKeyring
	} else if at.Passfile != "" {
		q.keep = views.KeepInPassfile
	}
	return q
}

// asks reports whether an error of admit is one that a person can answer, and how
// to put the question.
func (s *secrets) asks(url string, err error) (question, bool) {
	at, bad := store.Locate(url)
	if s == nil || bad != nil || at.Given || !aboutPassword(err) {
		return question{}, false
	}
	return s.question(at, err), true
}

func shelfMark(at store.Endpoint) string {
	return fmt.Sprintf("%s@%s:%d/%s", at.Login, at.Host, at.Port, at.Database)
}

func (s *secrets) said(at store.Endpoint) (answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.given[shelfMark(at)]
	return a, ok
}

// say takes a password from a person; the next admit tries it.
func (s *secrets) say(at store.Endpoint, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given == nil {
		s.given = make(map[string]answer)
	}
	s.given[shelfMark(at)] = a
}

func (s *secrets) unsay(at store.Endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.given, shelfMark(at))
}

// fetch asks the keyring. Every error but keyring.ErrNotFound means that there is
// none to ask.
func (s *secrets) fetch(at store.Endpoint) (password string, err error) {
	return s.quickly(func() (string, error) { return s.ring.Get(shelf, shelfMark(at)) })
}

// put keeps a password that was right where the person wanted it. One that is not
// to stay takes the old one, which is wrong by now, out of the keyring.
func (s *secrets) put(at store.Endpoint, a answer) {
	var err error
	switch a.keep() {
	case views.KeepInKeyring:
		_, err = s.quickly(func() (string, error) { return "", s.ring.Set(shelf, shelfMark(at), a.password) })
		if err != nil {
			err = fault.Wrap(errors.New(strings.ReplaceAll(err.Error(), a.password, "…")), fault.PasswordNotKept)
		}
	case views.KeepInPassfile:
		err = at.File(a.password)
	default:
		if _, old := s.fetch(at); old == nil {
			// At worst it is refused again next time.
			_, _ = s.quickly(func() (string, error) { return "", s.ring.Delete(shelf, shelfMark(at)) })
		}
	}
	a.kept = true
	s.say(at, a)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unkept = err
}

// complaint returns, once, why the last password could not be kept.
func (s *secrets) complaint() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.unkept
	s.unkept = nil
	return err
}

// How long a keyring may take. A desktop may have to ask the person to unlock it
// first; where no window can open nobody could, and a keyring that waits for that
// is as good as none.
var (
	ringPatience        = 2 * time.Second // no window could open here
	ringPatienceUnlocks = time.Minute
)

// quickly runs work on the keyring, for as long as is reasonable. A keyring that
// hung once is not waited for again.
func (s *secrets) quickly(work func() (string, error)) (string, error) {
	s.mu.Lock()
	mute := s.mute
	s.mu.Unlock()
	if mute {
		return "", errNoKeyring
	}
	patience := ringPatience
	if hasDisplay() {
		patience = ringPatienceUnlocks
	}
	type found struct {
		password string
		err      error
	}
	done := make(chan found, 1)
	go func() {
		var f found
		panicked := caught(func() { f.password, f.err = work() })
		if panicked != nil {
			f = found{"", panicked}
		}
		done <- f
	}()
	select {
	case f := <-done:
		return f.password, f.err
	case <-time.After(patience):
		s.mu.Lock()
		s.mute = true
		s.mu.Unlock()
		return "", errNoKeyring
	}
}

// systemKeyring is the keyring of the machine's account: Secret Service, Keychain,
// Credential Manager.
type systemKeyring struct{}

// Get implements keeper.
func (systemKeyring) Get(service, user string) (string, error) {
	if !busThere() {
		return "", errNoKeyring
	}
	return keyring.Get(service, user)
}

// Set implements keeper.
func (systemKeyring) Set(service, user, password string) error {
	if !busThere() {
		return errNoKeyring
	}
	return keyring.Set(service, user, password)
}

// Delete implements keeper.
func (systemKeyring) Delete(service, user string) error {
	if !busThere() {
		return errNoKeyring
	}
	return keyring.Delete(service, user)
}

// busThere reports whether a Secret Service could be reached at all. Without this
// look the library would start a message bus of its own where there is none.
func busThere() bool {
	switch runtime.GOOS {
	case "darwin", "ios", "windows":
		return true
	}
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil
}

// The letters of a password: none that is taken for another on paper or aloud
// (l, o, 0, 1), and 32 of them, so that each is five bits and no remainder favours any.
const passwordLetters = "abcdefghijkmnpqrstuvwxyz23456789"

// newPassword makes a password of 140 random bits, in groups that can be read out.
func newPassword() string {
	const groups, each = 7, 4
	random := make([]byte, groups*each)
	rand.Read(random) // never fails: the program ends first
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%each == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(passwordLetters[r%32])
	}
	return b.String()
}

// secretInArguments reports whether somebody wrote a password into a command line,
// in an address after --database or anywhere else: a typing error must not put it
// into an error message either.
func secretInArguments(args []string) bool {
	for i, arg := range args {
		_, value, assigned := strings.Cut(arg, "=")
		address := i > 0 && args[i-1] == "--database"
		if assigned && strings.HasPrefix(arg, "--") {
			address = strings.HasPrefix(arg, "--database=")
			arg = value
		}
		// Besides an address only what looks like one: a file may be called password=1.
		if address || strings.Contains(arg, "://") || strings.Contains(arg, "host=") || strings.Contains(arg, "user=") {
			if _, had := store.BarePassword(arg); had {
				return true
			}
		}
	}
	return false
}
