package decode

import (
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const rootFolder = "/"

// ownProgram is the program that runs, even when its file has been replaced since.
func ownProgram() (string, error) { return "/proc/self/exe", nil }

// ownGroup puts a process in a group of its own, so that Ctrl-C is for us to
// answer, and lets it die with us however we end.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// fence has nothing to do here: a process limits itself before it sees a picture.
func fence(*os.Process) (io.Closer, error) { return nil, nil }

// widen gives a pipe room for a megabyte, so that two processes need not take turns
// every 64 KB. Where that is refused it goes slower.
func widen(pipe *os.File) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
}

// confine takes from this process what it doesn't need: descriptors that came with
// it, the right to open others (and with it files and network), a core file, more
// memory and more time than pictures take.
func confine() error {
	closeInherited()
	return limitTo(uint64(3*maxBusy.Seconds()/2), 0)
}

// limitTo sets what the kernel keeps: seconds of processor time, and descriptors.
func limitTo(seconds, files uint64) error {
	limits := map[int]uint64{
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_CPU:    seconds,
		unix.RLIMIT_FSIZE:  0,
		unix.RLIMIT_NOFILE: files,
		unix.RLIMIT_DATA:   dataLimit,
	}
	if raceDetector {
		delete(limits, unix.RLIMIT_DATA) // its shadow memory is counted too
	}
	for which, value := range limits {
		if err := unix.Setrlimit(which, &unix.Rlimit{Cur: value, Max: value}); err != nil {
			return err
		}
	}
	return nil
}

// closeInherited closes what somebody in the parent forgot to mark as its own. The
// runtime's own descriptors, with which it waits for events, stay.
func closeInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(target, "anon_inode:[event") || strings.HasPrefix(target, "/proc/") {
			continue
		}
		_ = unix.Close(fd)
	}
}

func wasKilled(state *os.ProcessState) bool {
	if state == nil {
		return false
	}
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGTERM)
}
