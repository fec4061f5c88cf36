package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cinnabar/assets/decode"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// TestMain gives the tests folders and an environment of their own: nothing that
// the person who runs them has set may decide what a command does.
func TestMain(m *testing.M) {
	decode.ServeIfChild() // as main does
	if os.Getenv("CINNABAR_TEST_PROGRAM") != "" {
		os.Exit(asProgram())
	}
	dir, err := os.MkdirTemp("", "cinnabar-app-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"} {
		_ = os.Setenv(name, filepath.Join(dir, name))
	}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || name == "LANG" || name == "CINNABAR_LANG" || name == "CINNABAR_DATABASE_URL" {
			_ = os.Unsetenv(name)
		}
	}
	// A command line takes no password, so those of the tests are where a person's are.
	passfile := filepath.Join(dir, "pgpass")
	if err := os.WriteFile(passfile, []byte("*:*:*:ana:secret\n*:*:*:*:trial\n"), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = os.Setenv("PGPASSFILE", passfile)
	// Where a test wants a keyring, it brings one.
	_ = os.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(dir, "no-bus"))
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// said is what a command left behind.
type said struct {
	code      int
	out, errs string
}

// typed runs a command line as a person would type it.
func typed(ctx context.Context, in string, args ...string) said {
	var out, errs bytes.Buffer
	code := run(ctx, args, strings.NewReader(in), &out, &errs)
	return said{code, out.String(), errs.String()}
}

// shared is a database and the command lines that speak to it.
type shared struct {
	*storetest.Env
	t *testing.T
}

func newShared(t *testing.T) shared {
	t.Helper()
	return shared{storetest.New(t), t}
}

func (s shared) as(login string, args ...string) said {
	s.t.Helper()
	return typed(s.t.Context(), "", append(args, "--database", s.address(login))...)
}

// address is a login's URL without its password, as a command line takes it.
func (s shared) address(login string) string {
	bare, _ := store.BarePassword(s.URL(login))
	return bare
}

// want fails the test unless the command ended so and said this on standard output.
func (a said) want(t *testing.T, code int, texts ...string) said {
	t.Helper()
	if a.code != code {
		t.Fatalf("exit %d, want %d\nout: %s\nerrs: %s", a.code, code, a.out, a.errs)
	}
	for _, text := range texts {
		if !strings.Contains(a.out, text) {
			t.Fatalf("%q is not in\nout: %s\nerrs: %s", text, a.out, a.errs)
		}
	}
	return a
}

// lines reads JSON Lines and fails on anything else.
func (a said) lines(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	for text := range strings.Lines(a.out) {
		var one map[string]any
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatalf("%v in line %q of\n%s\nerrs: %s", err, text, a.out, a.errs)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		t.Fatalf("no JSON came, errs: %s", a.errs)
	}
	return all
}

// oneSentence fails unless exactly one line came on standard error, with a next
// step in it and nothing that no person should see.
func (a said) oneSentence(t *testing.T) said {
	t.Helper()
	text := strings.TrimSuffix(a.errs, "\n")
	if text == "" || strings.Contains(text, "\n") || a.out != "" {
		t.Errorf("not one sentence:\nout: %q\nerrs: %q", a.out, a.errs)
	}
	if n := strings.Count(text, ".") + strings.Count(text, "。") + strings.Count(text, "；"); n < 2 {
		t.Errorf("no next step in %q", text)
	}
	for _, never := range []string{"ana:", "pq:", "hba", "secret", "goroutine", "panic", ".go:", "SQLSTATE", "dial ", "{", "…"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is in %q", never, text)
		}
	}
	return a
}

func lay(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
