package local

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cinnabar/internal/fault"
)

// oldest is the first major version that the schema and lib/pq are tested with.
const oldest = 15

// Binaries is one installed Postgres server.
type Binaries struct {
	Dir     string // holds postgres, initdb, pg_ctl
	Major   int    // e.g. 15
	Version string // as the server says it, e.g. "15.14"
}

// Find returns the newest usable Postgres on this machine, or
// fault.ServerMissing with the command that installs one.
func Find() (bindir, version string, err error) {
	all := find()
	if len(all) == 0 {
		return "", "", missing()
	}
	return all[0].Dir, all[0].Version, nil
}

// find lists what is installed and new enough, newest first. Asking costs a
// process for each, so a find is kept; an empty one is not, since installing is
// the answer to it.
func find() []Binaries {
	foundOnce.Lock()
	defer foundOnce.Unlock()
	if len(foundOnce.all) == 0 {
		foundOnce.all = usable(candidates())
	}
	return foundOnce.all
}

var foundOnce struct {
	sync.Mutex
	all []Binaries
}

func usable(dirs []string) []Binaries {
	var found []Binaries
	for _, dir := range dirs {
		if slices.ContainsFunc(found, func(b Binaries) bool { return b.Dir == dir }) {
			continue
		}
		if b, ok := inspect(dir); ok {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b Binaries) int { return cmp.Compare(b.Major, a.Major) })
	return found
}

// candidates lists folders that may hold the binaries. Debian and Ubuntu put
// them in no PATH at all, since pg_ctlcluster is meant to call them.
func candidates() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// A link in the PATH stands alone; its siblings are where it leads.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	if path, err := exec.LookPath("pg_config"); err == nil {
		if out, err := output(path, "--bindir"); err == nil {
			dirs = append(dirs, strings.TrimSpace(out))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // PGDG's RPMs
		"/usr/lib/postgresql*/bin",                           // openSUSE
		"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew on Apple silicon
		"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",     // Homebrew on Linux
		"/Library/PostgreSQL/*/bin",                          // EDB's installer on macOS
		"/opt/PostgreSQL/*/bin",                              // EDB's installer on Linux
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	} {
		matches, _ := filepath.Glob(pattern) // errs only on a malformed pattern
		dirs = append(dirs, matches...)
	}
	return dirs
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[^\s]*)`)

// inspect asks the binaries of a folder who they are. All three must be there:
// a client-only package brings some of them.
func inspect(dir string) (Binaries, bool) {
	for _, name := range []string{"postgres", "initdb", "pg_ctl"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
			return Binaries{}, false
		}
	}
	out, err := output(filepath.Join(dir, "postgres"), "--version")
	if err != nil {
		return Binaries{}, false
	}
	m := versionLine.FindStringSubmatch(out)
	if m == nil {
		return Binaries{}, false
	}
	major, _ := strconv.Atoi(m[2])
	return Binaries{Dir: dir, Major: major, Version: m[1]}, major >= oldest
}

func output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return string(out), err
}

// missing is the fault with the exact command for this machine's package manager.
func missing() *fault.Error {
	sudo := "sudo "
	if os.Geteuid() == 0 {
		sudo = ""
	}
	for _, way := range []struct{ tool, command string }{
		{"apt-get", sudo + "apt-get install -y postgresql"},
		{"dnf", sudo + "dnf install -y postgresql-server"},
		{"pacman", sudo + "pacman -S --noconfirm postgresql"},
		{"brew", "brew install postgresql@17"},
	} {
		if _, err := exec.LookPath(way.tool); err == nil {
			return fault.New(fault.ServerMissing, "install", way.command)
		}
	}
	return fault.New(fault.ServerMissing, "install", "https://www.postgresql.org/download/")
}
