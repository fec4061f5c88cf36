package store

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"cinnabar/internal/fault"
)

// passfile is the file that the driver takes passwords from: $PGPASSFILE or the
// address's own, else the one in the person's home; "" where there is no home.
func (a address) passfile() string {
	if a.cfg.Passfile != "" {
		return a.cfg.Passfile
	}
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("APPDATA"); dir != "" {
			return filepath.Join(dir, "postgresql", ".pgpass")
		}
		return ""
	}
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		me, err := user.Current()
		if err != nil || me.HomeDir == "" {
			return ""
		}
		home = me.HomeDir
	}
	return filepath.Join(home, ".pgpass")
}

// filed reports whether the passfile has a password for this address. A file that
// others may read is passed over, as by the driver.
func (a address) filed() bool {
	name := a.passfile()
	if name == "" {
		return false
	}
	info, err := os.Stat(name)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return false
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return false
	}
	for line := range bytes.Lines(data) {
		if e, ok := parsePassLine(string(line)); ok && a.takes(e) {
			return true
		}
	}
	return false
}

// takes reports whether a line is for one of the address's servers.
func (a address) takes(e passLine) bool {
	if e.matches(a.cfg.Host, a.cfg.Port, a.cfg.Database, a.cfg.User) {
		return true
	}
	for _, m := range a.cfg.Multi {
		if e.matches(m.Host, m.Port, a.cfg.Database, a.cfg.User) {
			return true
		}
	}
	return false
}

// passLine is one line of a passfile: host, port, database, login, password.
type passLine [5]string

// parsePassLine splits at colons; a backslash makes the next character plain.
func parsePassLine(text string) (passLine, bool) {
	text = strings.TrimRight(text, "\r\n")
	if text == "" || text[0] == '#' {
		return passLine{}, false
	}
	var (
		line    passLine
		field   strings.Builder
		n       int
		escaped bool
	)
	for _, r := range text {
		switch {
		case escaped:
			field.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ':' && n == len(line)-1:
			return passLine{}, false // one field too many
		case r == ':':
			line[n] = field.String()
			field.Reset()
			n++
		default:
			field.WriteRune(r)
		}
	}
	line[n] = field.String()
	return line, n == len(line)-1
}

func (e passLine) matches(host string, port uint16, database, login string) bool {
	fits := func(pattern, value string) bool { return pattern == "*" || pattern == value }
	return (fits(e[0], host) || e[0] == "localhost" && (host == "" || isSocket(host))) &&
		fits(e[1], strconv.Itoa(int(port))) && fits(e[2], database) && fits(e[3], login)
}

var passEscape = strings.NewReplacer(`\`, `\\`, `:`, `\:`)

// String is the line as it stands in the file.
func (e passLine) String() string {
	fields := make([]string, len(e))
	for i, f := range e {
		fields[i] = passEscape.Replace(f)
	}
	return strings.Join(fields, ":")
}

// File writes a password for this address into the passfile, readable by the person
// alone. The line of the same server, database and login is replaced; all others
// stay as they are, and an earlier line that would win over the new one gets it
// before it. The error is FileWrite.
func (e Endpoint) File(password string) error {
	if e.Passfile == "" {
		return fault.New(fault.FileWrite, "path", ".pgpass")
	}
	if err := e.file(password); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", e.Passfile)
	}
	return nil
}

func (e Endpoint) file(password string) error {
	if strings.ContainsAny(password, "\r\n\x00") {
		return errors.New("a passfile has no room for a password of several lines")
	}
	// A symbolic link stays one: the file it leads to is what changes.
	name := e.Passfile
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return replaceFile(name, e.withLine(data, password))
}

// withLine puts the new line in the place of the old one, or before the first that
// would win over it, or at the end.
func (e Endpoint) withLine(data []byte, password string) []byte {
	own := passLine{e.Host, strconv.Itoa(int(e.Port)), e.Database, e.Login, password}
	var out bytes.Buffer
	written := false
	write := func() {
		if !written {
			out.WriteString(own.String() + "\n")
		}
		written = true
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		line, ok := parsePassLine(lines.Text())
		if ok && line.matches(e.Host, e.Port, e.Database, e.Login) {
			write()
			if [4]string(line[:4]) == [4]string(own[:4]) {
				continue
			}
		}
		out.Write(lines.Bytes())
		out.WriteByte('\n')
	}
	write()
	return out.Bytes()
}

// replaceFile writes a file of 0600 whole or not at all.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".pgpass-*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename; left only when that failed
	_, err = f.Write(data)
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
