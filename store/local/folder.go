package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"cinnabar/internal/fault"
)

// sunPath is the longest socket path that works everywhere: Linux has 107
// bytes, macOS 103.
const sunPath = 103

const port = 5432 // names the socket; there is no TCP port

// folder is one major version's place on disk.
type folder struct {
	root  string // ROOT/pg15
	owner owner
}

func (f folder) data() string     { return filepath.Join(f.root, "data") }
func (f folder) log() string      { return filepath.Join(f.root, "log", "server.log") }
func (f folder) start() string    { return filepath.Join(f.root, "start.lock") }
func (f folder) users() string    { return filepath.Join(f.root, "users.lock") }
func (f folder) standing() string { return filepath.Join(f.root, "standing") }
func (f folder) stopped() string  { return filepath.Join(f.root, "stopped") }

// Root returns the folder that holds the version folders when Config.Dir is empty.
func Root() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/cinnabar", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "cinnabar"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Wrap(err, fault.ServerFolder, "path", "~", "detail", err.Error())
	}
	return filepath.Join(home, ".local", "share", "cinnabar"), nil
}

// choose picks binaries and folder: the newest version that has data already,
// so that installing a newer Postgres beside it hides nobody's work, else the
// newest there is.
func choose(c Config) (Binaries, folder, error) {
	root := c.Dir
	if root == "" {
		var err error
		if root, err = Root(); err != nil {
			return Binaries{}, folder{}, err
		}
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return Binaries{}, folder{}, fault.Wrap(err, fault.ServerFolder, "path", root, "detail", err.Error())
	}
	own, err := serverOwner()
	if err != nil {
		return Binaries{}, folder{}, err
	}
	installed := find()
	if len(installed) == 0 {
		return Binaries{}, folder{}, missing()
	}
	at := func(b Binaries) folder {
		return folder{root: filepath.Join(root, "pg"+strconv.Itoa(b.Major)), owner: own}
	}
	if i := slices.IndexFunc(installed, func(b Binaries) bool { return exists(at(b).data()) }); i >= 0 {
		return installed[i], at(installed[i]), nil
	}
	return installed[0], at(installed[0]), nil
}

// make creates the folders, for the owner alone.
func (f folder) make() error {
	if err := os.MkdirAll(filepath.Dir(f.root), 0o755); err != nil {
		return f.unusable(err)
	}
	if err := f.owner.reaches(f.root); err != nil {
		return err
	}
	for _, dir := range []string{f.root, filepath.Dir(f.log())} {
		if err := f.own(dir); err != nil {
			return f.unusable(err)
		}
	}
	return nil
}

// own makes one folder that belongs to the server's account alone.
func (f folder) own(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	if int(st.Uid) != f.owner.uid {
		// Made by us just now as root, or by somebody else. In a shared temporary
		// folder only the first may pass, or another account could put its own socket there.
		if int(st.Uid) != os.Geteuid() {
			return fmt.Errorf("%s belongs to another account (uid %d)", dir, st.Uid)
		}
		if err := f.owner.give(dir); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

func (f folder) unusable(err error) error {
	return fault.Wrap(err, fault.ServerFolder, "path", f.root, "detail", err.Error())
}

// makeSocketDir creates and returns the folder for the socket: short, for the owner alone,
// and the same for everybody who computes it from the same data folder.
func (f folder) makeSocketDir() (string, error) {
	sum := sha256.Sum256([]byte(f.data()))
	name := "cinnabar-" + hex.EncodeToString(sum[:4])
	var bases []string
	if f.owner.other {
		// One folder that the owner may tidy up in; /run itself is root's.
		if f.own("/run/cinnabar") == nil {
			bases = []string{"/run/cinnabar"}
		}
	} else if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		bases = []string{dir}
	}
	var last error
	for _, base := range append(bases, os.TempDir(), "/tmp") {
		dir := filepath.Join(base, name)
		if !fits(dir) {
			last = fmt.Errorf("%s is too long for a socket", dir)
			continue
		}
		if last = f.own(dir); last == nil {
			return dir, nil
		}
	}
	return "", fault.Wrap(last, fault.ServerFolder, "path", name, "detail", last.Error())
}

func fits(socketDir string) bool {
	return len(filepath.Join(socketDir, ".s.PGSQL."+strconv.Itoa(port))) <= sunPath
}

// pidFile is what the server writes of itself into data/postmaster.pid; see
// src/include/utils/pidfile.h for the lines.
type pidFile struct {
	pid    int
	socket string // folder of the socket
	status string // "starting", "ready", "stopping", "standby"
}

func (f folder) readPID() (pidFile, bool) {
	text, err := os.ReadFile(filepath.Join(f.data(), "postmaster.pid"))
	if err != nil {
		return pidFile{}, false
	}
	lines := strings.Split(string(text), "\n")
	line := func(n int) string {
		if n < len(lines) {
			return strings.TrimSpace(lines[n])
		}
		return ""
	}
	pid, err := strconv.Atoi(line(0))
	if err != nil || pid <= 0 {
		return pidFile{}, false
	}
	return pidFile{pid: pid, socket: line(4), status: line(7)}, true
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
