//go:build unix && !linux

package decode

import (
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const rootFolder = "/"

func ownProgram() (string, error) { return os.Executable() }

// ownGroup puts a process in a group of its own, so that Ctrl-C is for us to
// answer. When we die it reads the end of its work and ends too.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func fence(*os.Process) (io.Closer, error) { return nil, nil }

func widen(*os.File) {}

// confine takes from this process what it doesn't need. Memory is left to
// watchMemory: macOS takes a limit for data and does not keep it.
func confine() error { return limitTo(uint64(3*maxBusy.Seconds()/2), 0) }

// limitTo sets what the kernel keeps: seconds of processor time, and descriptors.
func limitTo(seconds, files uint64) error {
	for which, value := range map[int]uint64{
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_CPU:    seconds,
		unix.RLIMIT_FSIZE:  0,
		unix.RLIMIT_NOFILE: files,
	} {
		if err := unix.Setrlimit(which, &unix.Rlimit{Cur: value, Max: value}); err != nil {
			return err
		}
	}
	return nil
}

func wasKilled(state *os.ProcessState) bool {
	if state == nil {
		return false
	}
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGTERM)
}
