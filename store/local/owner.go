package local

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"cinnabar/internal/fault"
)

// owner is the account that the server runs as. Postgres refuses root, and a
// uid without a passwd entry, so root must name somebody else.
type owner struct {
	uid, gid int
	other    bool // not the account of this process
}

func serverOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return owner{uid: uid, gid: gid, other: true}, nil
		}
	}
	return owner{}, fault.New(fault.ServerFolder, "path", "/etc/passwd",
		"detail", "Postgres does not run as root, and there is neither an account postgres nor nobody")
}

// attr makes a child run as the owner, in a session of its own: Ctrl-C in the
// terminal of one user must not take the server from the others.
func (o owner) attr() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true}
	if o.other {
		a.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return a
}

// give hands a file or folder to the owner.
func (o owner) give(path string) error {
	if !o.other {
		return nil
	}
	return os.Lchown(path, o.uid, o.gid)
}

// reaches checks that the owner may walk to a folder. Without it initdb fails
// with nothing but "Permission denied" on a path that root can see.
func (o owner) reaches(dir string) error {
	for at := filepath.Dir(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return fault.Wrap(err, fault.ServerFolder, "path", at, "detail", err.Error())
		}
		if !o.enters(info) {
			return fault.New(fault.ServerFolder, "path", at,
				"detail", "the account the server runs as (uid "+strconv.Itoa(o.uid)+") may not enter it")
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

func (o owner) enters(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	mode := info.Mode().Perm()
	switch {
	case !ok:
		return true
	case int(st.Uid) == o.uid:
		return mode&0o100 != 0
	case int(st.Gid) == o.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}
