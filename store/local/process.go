package local

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// running reports whether the pid file's process is a server of this folder
// that lives. A number alone proves nothing: after a restart of the machine it
// may be anybody's, and a server that nobody reaped still answers to signal 0.
func (f folder) running() (pidFile, bool) {
	p, ok := f.readPID()
	return p, ok && f.serves(p.pid)
}

func (f folder) serves(pid int) bool {
	if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
		return false
	}
	if !exists("/proc/self/stat") {
		return true // no /proc to ask; believe the number, as pg_ctl does
	}
	if zombie(pid) {
		return false
	}
	// A postmaster and its backends have the data folder as working directory.
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && f.sameData(cwd)
}

func (f folder) sameData(dir string) bool {
	if dir == f.data() {
		return true
	}
	real, err := filepath.EvalSymlinks(f.data())
	return err == nil && dir == real
}

// zombie reports a process that has ended and that nobody waited for.
func zombie(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return true // gone between the two questions
	}
	// pid (comm) S …: comm may hold blanks and parentheses, so look behind the last one.
	i := bytes.LastIndexByte(stat, ')')
	return i >= 0 && i+2 < len(stat) && stat[i+2] == 'Z'
}

// orphans lists living processes that work in the data folder: when the
// postmaster is gone, these are its backends, and shared memory stays attached
// until they end. Empty where there is no /proc.
func (f folder) orphans() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && pid != os.Getpid() && f.serves(pid) && isPostgres(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func isPostgres(pid int) bool {
	comm, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	return err == nil && string(bytes.TrimSpace(comm)) == "postgres"
}
