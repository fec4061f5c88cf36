package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/zalando/go-keyring"

	"cinnabar/store"
)

// asProgram is the whole program in a process of its own, as the tests below start
// it: with an environment, a home and arguments of which nothing is made up.
func asProgram() int {
	// What the keyring keeps, one entry to a line: mark, tab, password.
	if kept, ok := os.LookupEnv("CINNABAR_TEST_KEYRING"); ok {
		keyring.MockInit()
		for line := range strings.Lines(kept) {
			mark, password, _ := strings.Cut(strings.TrimSpace(line), "\t")
			_ = keyring.Set(shelf, mark, password)
		}
	}
	var out io.Writer = os.Stdout
	if os.Getenv("CINNABAR_TEST_PROGRAM") == "panics" {
		out = writerThatPanics{}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdin, out, os.Stderr)
}

// household is what a person's account is made of, for one process of the program.
type household struct {
	t    *testing.T
	home string
	env  map[string]string
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	h := &household{t: t, home: t.TempDir()}
	h.env = map[string]string{
		"CINNABAR_TEST_PROGRAM": "yes", "HOME": h.home, "PATH": os.Getenv("PATH"), "LANG": "en_US.UTF-8",
		"XDG_CONFIG_HOME": h.home + "/config", "XDG_STATE_HOME": h.home + "/state", "XDG_DATA_HOME": h.home + "/data", "TMPDIR": h.home,
		// The race detector would have each of them wait a second before it ends.
		"GORACE": "atexit_sleep_ms=100",
	}
	return h
}

func (h *household) with(env map[string]string) *household {
	maps.Copy(h.env, env)
	return h
}

func (h *household) program(args ...string) *exec.Cmd {
	h.t.Helper()
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	cmd := exec.CommandContext(h.t.Context(), self, args...)
	for name, value := range h.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Dir = h.home
	return cmd
}

// runs the program, and fails the test if a secret shows in what it said, in what it
// left behind, or to anybody who lists the processes meanwhile.
func (h *household) runs(secrets []string, args ...string) said {
	h.t.Helper()
	var out, errs bytes.Buffer
	cmd := h.program(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	ended := make(chan struct{})
	watched := make(chan string, 1)
	others := processes()
	go func() { watched <- listed(secrets, others, ended) }()
	err := cmd.Run()
	close(ended)
	if line := <-watched; line != "" {
		h.t.Errorf("%v: whoever lists the processes reads %q", args, line)
	}
	if _, exited := err.(*exec.ExitError); err != nil && !exited { //nolint:errorlint // Run wraps nothing
		h.t.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(out.String()+errs.String(), secret) {
			h.t.Errorf("%v says %s\nout: %s\nerrs: %s", args, secret, out.String(), errs.String())
		}
		h.search(secret)
	}
	return said{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// search looks for a secret in every file of the home but those that are for it.
func (h *household) search(secret string) {
	h.t.Helper()
	err := filepath.WalkDir(h.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == ".pgpass" || d.Name() == "settings.json.given" {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(secret)) {
			h.t.Errorf("%s stands in %s", secret, strings.TrimPrefix(path, h.home))
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// listed looks at the arguments of every process that began after the others were
// counted, until it is told to stop, and returns one that holds a secret. Who was there
// before has its arguments from somebody else; to read those too, again and again,
// costs more than all that the program does.
func listed(secrets []string, others map[string]bool, stop <-chan struct{}) string {
	for {
		for name := range processes() {
			if others[name] {
				continue
			}
			data, _ := os.ReadFile("/proc/" + name + "/cmdline") // it may have ended
			for _, secret := range secrets {
				if bytes.Contains(data, []byte(secret)) {
					return string(bytes.ReplaceAll(data, []byte{0}, []byte{' '}))
				}
			}
		}
		select {
		case <-stop:
			return ""
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// processes are the names that all processes have under /proc, where there is one.
func processes() map[string]bool {
	all := map[string]bool{}
	proc, err := os.Open("/proc")
	if err != nil {
		return all
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	for _, name := range names {
		if name[0] >= '0' && name[0] <= '9' {
			all[name] = true
		}
	}
	return all
}

// logged fails the test unless the log has been written to: a search of nothing finds nothing.
func (h *household) logged() {
	h.t.Helper()
	if data, err := os.ReadFile(filepath.Join(h.home, "state", "cinnabar", "cinnabar.log")); err != nil || len(data) == 0 {
		h.t.Errorf("the log is empty: %v", err)
	}
}

func TestNoSecretShows(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	const wrong = "Xq-wrong-word-Xq"
	secrets := []string{right, wrong}
	bare := g.server.URL("moderator1")
	with := func(password string) string {
		u, err := url.Parse(bare)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword("moderator1", password)
		return u.String()
	}
	at, err := store.Locate(bare)
	if err != nil {
		t.Fatal(err)
	}
	kept := func(password string) map[string]string {
		return map[string]string{"CINNABAR_DATABASE_URL": bare, "CINNABAR_TEST_KEYRING": shelfMark(at) + "\t" + password, "DBUS_SESSION_BUS_ADDRESS": "a mock"}
	}
	const good = right + "moderator1"

	for _, c := range []struct {
		name  string
		env   map[string]string
		file  string // the password in ~/.pgpass
		args  []string
		code  int
		says  string // on either stream
		quiet bool   // nothing goes wrong, so nothing is logged
	}{
		{name: "right, in the environment's address", env: map[string]string{"CINNABAR_DATABASE_URL": with(good)}, args: []string{"person", "list"}, says: "moderator2", quiet: true},
		{name: "wrong, in the environment's address", env: map[string]string{"CINNABAR_DATABASE_URL": with(wrong)}, args: []string{"person", "list"}, code: exitFault, says: "does not accept the password"},
		{name: "wrong, in JSON", env: map[string]string{"CINNABAR_DATABASE_URL": with(wrong)}, args: []string{"person", "list", "--json"}, code: exitFault, says: "does not accept the password"},
		{name: "nobody answers", env: map[string]string{"CINNABAR_DATABASE_URL": "postgresql://ana:" + wrong + "@127.0.0.1:1/x"}, args: []string{"verify"}, code: exitFault, says: "does not answer"},
		{name: "an address nobody can read", env: map[string]string{"CINNABAR_DATABASE_URL": "postgresql://ana:" + wrong + "@:not a port/x"}, args: []string{"verify"}, code: exitFault, says: "cannot be read"},
		{name: "an address of another kind", env: map[string]string{"CINNABAR_DATABASE_URL": "mysql://ana:" + wrong + "@db/x"}, args: []string{"migrate"}, code: exitFault, says: "cannot be read"},
		{name: "a broken pair", env: map[string]string{"CINNABAR_DATABASE_URL": "host=db password='" + wrong}, args: []string{"verify"}, code: exitFault, says: "cannot be read"},
		{name: "in the clear", env: map[string]string{"CINNABAR_DATABASE_URL": "postgresql://ana:" + wrong + "@db.example.com/x?sslmode=prefer"}, args: []string{"verify"}, code: exitFault, says: "encrypted"},
		{name: "an unknown parameter", env: map[string]string{"CINNABAR_DATABASE_URL": with(good) + "&no_such_thing=1"}, args: []string{"verify"}, code: exitFault},
		{name: "no right", env: map[string]string{"CINNABAR_DATABASE_URL": with(good)}, args: []string{"migrate"}, code: exitFault, says: "role does not allow"},
		{name: "a doctor's look", env: map[string]string{"CINNABAR_DATABASE_URL": with(good)}, args: []string{"doctor"}, says: "holds the password", quiet: true},
		{name: "a doctor's look at what is wrong", env: map[string]string{"CINNABAR_DATABASE_URL": with(wrong)}, args: []string{"doctor", "--json"}, code: exitFault, says: "does not accept", quiet: true},
		{name: "help", env: map[string]string{"CINNABAR_DATABASE_URL": with(good)}, args: []string{"person", "--help"}, says: "Usage", quiet: true},
		{name: "wrong use", env: map[string]string{"CINNABAR_DATABASE_URL": with(good)}, args: []string{"fly"}, code: exitUsage, says: "--help"},
		{name: "a panic", env: map[string]string{"CINNABAR_DATABASE_URL": with(good), "CINNABAR_TEST_PROGRAM": "panics"}, args: []string{"person", "list"}, code: exitFault, says: "went wrong"},
		{name: "right, in libpq's variable", env: map[string]string{"PGHOST": at.Host, "PGPORT": "5432", "PGUSER": "moderator1", "PGDATABASE": at.Database, "PGPASSWORD": good}, args: []string{"person", "list"}, says: "moderator2", quiet: true},
		{name: "wrong, in libpq's variable", env: map[string]string{"PGHOST": at.Host, "PGPORT": "5432", "PGUSER": "moderator1", "PGDATABASE": at.Database, "PGPASSWORD": wrong}, args: []string{"person", "list"}, code: exitFault, says: "does not accept"},
		{name: "right, in the passfile", env: map[string]string{"CINNABAR_DATABASE_URL": bare}, file: good, args: []string{"doctor"}, says: ".pgpass", quiet: true},
		{name: "wrong, in the passfile", env: map[string]string{"CINNABAR_DATABASE_URL": bare}, file: wrong, args: []string{"person", "list"}, code: exitFault, says: "does not accept"},
		{name: "right, in the keyring", env: kept(good), args: []string{"doctor"}, says: "keyring", quiet: true},
		{name: "wrong, in the keyring", env: kept(wrong), args: []string{"person", "list"}, code: exitFault, says: "does not accept"},
		{name: "none", env: map[string]string{"CINNABAR_DATABASE_URL": bare}, args: []string{"person", "list"}, code: exitFault, says: "asks for the password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if at.Port != 5432 && c.env["PGPORT"] != "" {
				t.Fatalf("the private server's socket is for port %d", at.Port)
			}
			h := newHousehold(t).with(c.env)
			if c.file != "" {
				lay(t, h.home, ".pgpass", []byte("*:*:*:*:"+c.file+"\n"))
			}
			got := h.runs(secrets, c.args...)
			if got.code != c.code || !strings.Contains(got.out+got.errs, c.says) {
				t.Errorf("exit %d, want %d and %q\nout: %s\nerrs: %s", got.code, c.code, c.says, got.out, got.errs)
			}
			if !c.quiet {
				h.logged()
			}
		})
	}
}

func TestAPasswordInTheSettingsIsNeitherUsedNorKept(t *testing.T) {
	const secret = "Xq-in-the-settings-Xq"
	for _, address := range []string{"postgresql://ana:" + secret + "@127.0.0.1:1/x", "host=127.0.0.1 port=1 password=" + secret, "postgresql://ana:" + secret + "@:not a port/x"} {
		config := t.TempDir()
		t.Setenv("XDG_CONFIG_HOME", config)
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		name := filepath.Join(config, "cinnabar", "settings.json")
		if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(map[string]string{"database": address, "theme": "dark"})
		if err != nil {
			t.Fatal(err)
		}
		lay(t, filepath.Dir(name), "settings.json", data)
		got := typed(t.Context(), "", "version").want(t, exitFine)
		if !strings.Contains(got.errs, name) || strings.Contains(got.errs+got.out, secret) || strings.Count(got.errs, "\n") != 1 {
			t.Errorf("%s: %q", address, got.errs)
		}
		s, err := loadSettings()
		if err == nil || strings.Contains(s.Database, secret) || s.Theme != "dark" {
			t.Errorf("%s: loaded %+v, %v", address, s, err)
		}
		// Saving anything mends it; saving a password is refused and leaves the file alone.
		s.Theme = "light"
		if err := s.save(); err != nil {
			t.Error(err)
		}
		if data, err = os.ReadFile(name); err != nil || bytes.Contains(data, []byte(secret)) || !bytes.Contains(data, []byte("light")) {
			t.Errorf("saved %s, %v", data, err)
		}
		s.Database, s.Theme = address, "dark"
		if err := s.save(); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("saving a password: %v", err)
		}
		if after, err := os.ReadFile(name); err != nil || !bytes.Equal(after, data) {
			t.Errorf("a refused save left %s, %v", after, err)
		}
	}
}

var passwordShape = regexp.MustCompile(`\b[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){6}\b`)

func TestPeopleAreMadeByCommand(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	h := newHousehold(t).with(map[string]string{"CINNABAR_DATABASE_URL": g.server.URL("admin1")})
	lay(t, h.home, ".pgpass", []byte("*:*:*:admin1:"+right+"admin1\n"))
	// What is shown once may stand in that one line and in no other place.
	shown := func(a said) (password string) {
		t.Helper()
		all := passwordShape.FindAllString(a.out+a.errs, -1)
		if a.code != exitFine || len(all) != 1 || a.errs != "" {
			t.Fatalf("exit %d with %d passwords\nout: %s\nerrs: %s", a.code, len(all), a.out, a.errs)
		}
		h.search(all[0])
		return all[0]
	}
	opens := func(login, password string) bool {
		db, err := store.Open(t.Context(), store.Config{URL: g.url(login, g.dir+"/no-passfile"), Password: password})
		if err == nil {
			_ = db.Close()
		}
		return err == nil
	}
	secrets := []string{right}

	added := h.runs(secrets, "person", "add", "huang.li", "--name", "Huang Li", "--role", "moderator", "--region", "CN", "--language", "zh-Hans", "--brand", "初岚, 夏", "--brand", "Norrlys")
	first := shown(added)
	if !opens("huang.li", first) || opens("huang.li", "") {
		t.Errorf("the password that was shown does not open: %s", added.out)
	}
	for _, line := range strings.Split(h.runs(secrets, "person", "list", "--json").out, "\n") {
		if strings.Contains(line, "huang.li") && !strings.Contains(line, `"brands":["初岚, 夏","Norrlys"]`) {
			t.Errorf("the person is %s", line)
		}
	}
	// Changed, they keep their password.
	again := h.runs(secrets, "person", "add", "huang.li", "--name", "Huang Li", "--role", "lead", "--json")
	if again.code != exitFine || passwordShape.MatchString(again.out) || again.lines(t)[0]["login_made"] != false || !opens("huang.li", first) {
		t.Errorf("changed: %+v", again)
	}
	if text := h.runs(secrets, "person", "add", "huang.li", "--name", "Huang Li", "--role", "lead"); !strings.Contains(text.out, "keeps the password") {
		t.Errorf("changed: %+v", text)
	}
	// Unless a new one is wanted.
	second := shown(h.runs(secrets, "person", "add", "huang.li", "--name", "Huang Li", "--role", "lead", "--new-password", "--json"))
	third := shown(h.runs(secrets, "person", "password", "huang.li", "--json"))
	if opens("huang.li", first) || opens("huang.li", second) || !opens("huang.li", third) {
		t.Error("not the newest password opens, or more than it")
	}
	// By certificate: no password at all.
	none := h.runs(secrets, "person", "add", "xu.jia", "--name", "Xu Jia", "--role", "auditor", "--without-password", "--json")
	if none.code != exitFine || passwordShape.MatchString(none.out) || none.lines(t)[0]["login_made"] != true || opens("xu.jia", "") {
		t.Errorf("without a password: %+v", none)
	}
	gone := h.runs(secrets, "person", "disable", "huang.li", "--json")
	if gone.code != exitFine || gone.lines(t)[0]["sessions"] != 0. || opens("huang.li", third) {
		t.Errorf("disabled: %+v", gone)
	}

	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"person", "add", "x"}, exitUsage},
		{[]string{"person", "add", "x", "--name", "X", "--role", "king"}, exitUsage},
		{[]string{"person", "add", "x", "--name", "X", "--role", "lead", "--new-password", "--without-password"}, exitUsage},
		{[]string{"person", "add", "Robert'); DROP", "--name", "X", "--role", "lead"}, exitFault},
		{[]string{"person", "add", "postgres", "--name", "X", "--role", "lead"}, exitFault},
		{[]string{"person", "password", "postgres"}, exitFault},
		{[]string{"person", "password", "huang.li"}, exitFault}, // disabled
		{[]string{"person", "disable", "nobody"}, exitFault},
	} {
		for _, lang := range []string{"en", "zh"} {
			got := h.runs(secrets, append(c.args, "--lang", lang)...).oneSentence(t)
			if got.code != c.code {
				t.Errorf("%v: exit %d, want %d: %s", c.args, got.code, c.code, got.errs)
			}
		}
	}
	for _, login := range []string{"moderator1", "lead1", "auditor1"} {
		lay(t, h.home, ".pgpass", []byte("*:*:*:*:"+right+login+"\n"))
		h.with(map[string]string{"CINNABAR_DATABASE_URL": g.server.URL(login)})
		for _, args := range [][]string{{"person", "add", "me", "--name", "Me", "--role", "lead"}, {"person", "password", login}, {"person", "disable", "lead2"}} {
			if got := h.runs(secrets, args...).oneSentence(t); got.code != exitFault || passwordShape.MatchString(got.out) {
				t.Errorf("%s %v: %+v", login, args, got)
			}
		}
	}
}

func TestTheFirstAdministratorIsMadeByCommand(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	if _, err := superuser(t, g.server).Exec(`DELETE FROM studio.person`); err != nil {
		t.Fatal(err)
	}
	h := newHousehold(t).with(map[string]string{"CINNABAR_DATABASE_URL": g.server.SuperURL()})
	// Whoever may become the owner is no person for that, and reads nothing.
	h.runs(nil, "person", "list").want(t, exitFault).oneSentence(t)
	made := h.runs(nil, "person", "add", "he.rui", "--name", "He Rui", "--role", "administrator", "--json").want(t, exitFine).lines(t)
	password, _ := made[0]["password"].(string)
	if !passwordShape.MatchString(password) {
		t.Fatalf("made %v", made)
	}
	lay(t, h.home, ".pgpass", []byte("*:*:*:he.rui:"+password+"\n"))
	h.with(map[string]string{"CINNABAR_DATABASE_URL": g.server.URL("he.rui")})
	h.runs([]string{password}, "person", "add", "he.rui", "--name", "He Rui, married", "--role", "administrator").want(t, exitFine)
	h.runs([]string{password}, "person", "add", "lin", "--name", "Lin", "--role", "moderator").want(t, exitFine, "Lin")
	h.runs([]string{password}, "migrate").want(t, exitFine)
	h.runs([]string{password}, "person", "list").want(t, exitFine, "married")
}

func TestTheDoctorSaysHowTheServerIsReached(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none")
	for query, want := range map[string]string{
		"": "fine", "?sslmode=verify-full": "fine", "?sslmode=verify-ca": "warn", "?sslmode=require": "warn",
		"?sslmode=prefer": "warn", "?sslmode=allow": "warn", "?sslmode=disable": "warn",
	} {
		for _, lang := range []string{"en", "zh"} {
			got := typed(t.Context(), "", "doctor", "--json", "--lang", lang, "--database", "postgres://bob@127.0.0.1:1/x"+query).want(t, exitFault)
			seen := map[string]map[string]any{}
			for _, symptom := range got.lines(t) {
				seen[symptom["name"].(string)] = symptom
			}
			text, _ := seen["transport"]["text"].(string)
			if seen["transport"]["state"] != want || !strings.Contains(text, "127.0.0.1") || strings.Contains(text, "⟦") {
				t.Errorf("%s %s: %v", lang, query, seen["transport"])
			}
			if seen["password"] == nil {
				t.Errorf("%s %s: nothing of a password in %s", lang, query, got.out)
			}
		}
	}
	if got := typed(t.Context(), "", "doctor", "--database", "host="+none+" user=bob").want(t, exitFault); !strings.Contains(got.out, "socket") {
		t.Errorf("%s", got.out)
	}
}

// The screens of the tour, as it paints them, through an address with a password.
func TestNoScreenShowsThePassword(t *testing.T) {
	g := newGuarded(t)
	u, err := url.Parse(g.server.URL("moderator1"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("moderator1", right+"moderator1")
	where := &place{url: u.String(), secrets: &secrets{ring: &ring{}}}
	w := openTestWindow(t, where, "moderator1")
	for _, screen := range []string{"today", "brands", "posts", "audit", "settings"} {
		w.desk.shell.Go(screen)
		w.settle()
		texts := textsOf(w.w.Canvas().Content())
		if len(texts) < 10 {
			t.Fatalf("%s has %d texts; this test looks in the wrong place", screen, len(texts))
		}
		for _, text := range texts {
			if strings.Contains(text, right) {
				t.Errorf("%s shows %q", screen, text)
			}
		}
		if screen == "settings" && !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "moderator1") }) {
			t.Error("the settings do not name the login; this test looks in the wrong place")
		}
	}
}

func textsOf(o fyne.CanvasObject) []string {
	switch o := o.(type) {
	case *canvas.Text:
		return []string{o.Text}
	case *fyne.Container:
		var all []string
		for _, inner := range o.Objects {
			all = append(all, textsOf(inner)...)
		}
		return all
	case fyne.Widget:
		var all []string
		for _, inner := range test.WidgetRenderer(o).Objects() {
			all = append(all, textsOf(inner)...)
		}
		return all
	}
	return nil
}
