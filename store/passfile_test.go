package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/internal/fault"
)

func TestAPasswordIsFiledWithoutDisturbingTheOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after string }{
		{"no file yet", "", "db:5432:studio:ana:n\\:e\\\\w\n"},
		{"others and a comment", "# mine\nother:*:*:bob:x\n", "# mine\nother:*:*:bob:x\ndb:5432:studio:ana:n\\:e\\\\w\n"},
		{"no newline at the end", "other:*:*:bob:x", "other:*:*:bob:x\ndb:5432:studio:ana:n\\:e\\\\w\n"},
		{"an old password", "a:*:*:b:x\ndb:5432:studio:ana:old\nc:*:*:d:y\n", "a:*:*:b:x\ndb:5432:studio:ana:n\\:e\\\\w\nc:*:*:d:y\n"},
		{"twice an old one", "db:5432:studio:ana:old\ndb:5432:studio:ana:older\n", "db:5432:studio:ana:n\\:e\\\\w\n"},
		{"a wider line that would win", "*:*:*:ana:wide\nc:*:*:d:y\n", "db:5432:studio:ana:n\\:e\\\\w\n*:*:*:ana:wide\nc:*:*:d:y\n"},
		{"a wider line after the old one", "db:5432:studio:ana:old\n*:*:*:ana:wide\n", "db:5432:studio:ana:n\\:e\\\\w\n*:*:*:ana:wide\n"},
		{"lines that are none", "nonsense\n:::\n\n", "nonsense\n:::\n\ndb:5432:studio:ana:n\\:e\\\\w\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := Endpoint{Host: "db", Port: 5432, Database: "studio", Login: "ana", Passfile: filepath.Join(t.TempDir(), "deep", "pgpass")}
			if c.before != "" {
				write(t, e.Passfile, c.before, 0o644)
			}
			if err := e.File(`n:e\w`); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(e.Passfile)
			if err != nil || string(data) != c.after {
				t.Errorf("the file is\n%s%v\nwant\n%s", data, err, c.after)
			}
			if info, err := os.Stat(e.Passfile); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the file has mode %v, %v", info.Mode(), err)
			}
			a, err := Config{URL: "host=db dbname=studio user=ana passfile=" + e.Passfile}.resolve()
			if err != nil || !a.filed() {
				t.Errorf("what was filed is not found, %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(e.Passfile), ".pgpass-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestALinkToAPassfileStaysOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	write(t, real, "other:*:*:bob:x\n", 0o600)
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	if err := (Endpoint{Host: "db", Port: 1, Database: "d", Login: "u", Passfile: link}).File("x"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	if data, err := os.ReadFile(real); err != nil || string(data) != "other:*:*:bob:x\ndb:1:d:u:x\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAPassfileThatCannotBeWrittenStaysAsItWas(t *testing.T) {
	t.Parallel()
	wall := filepath.Join(t.TempDir(), "wall")
	write(t, wall, "", 0o600)
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(t.TempDir(), "kept")
	write(t, kept, "db:1:d:u:old\n", 0o600)
	for _, c := range []struct{ name, password string }{
		{"", "secret"}, {filepath.Join(wall, "pgpass"), "secret"}, {folder, "secret"}, {kept, "secret\nof two lines"},
	} {
		err := (Endpoint{Host: "db", Port: 1, Database: "d", Login: "u", Passfile: c.name}).File(c.password)
		if fault.CodeOf(err) != fault.FileWrite || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", c.name, err)
		}
	}
	if data, err := os.ReadFile(kept); err != nil || string(data) != "db:1:d:u:old\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAPassfileThatOthersMayReadIsPassedOver(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pgpass")
	for mode, want := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false} {
		write(t, name, "*:*:*:*:x\n", 0o600)
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		a, err := Config{URL: "host=db dbname=d user=u passfile=" + name}.resolve()
		if err != nil || a.filed() != want {
			t.Errorf("%o: %t, %v", mode, a.filed(), err)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever the fields hold, the line that is written is read back as it was meant.
func TestALineOfAPassfileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var line passLine
		for i := range line {
			line[i] = rapid.StringMatching(`[a-z:\\*' äß#]{1,8}`).Draw(t, "field")
		}
		if line[0][0] == '#' {
			t.Skip("a comment")
		}
		got, ok := parsePassLine(line.String() + "\n")
		if !ok || got != line {
			t.Fatalf("%q is read as %q, %t", line, got, ok)
		}
	})
}
