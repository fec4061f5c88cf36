//go:build unix

package decode

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// runConfined turns this process into another program, which then has our limits: no
// file larger than it is, few descriptors, little time, no more memory than pictures.
func runConfined(args []string) {
	const seconds, files = 20, 64
	if len(args) == 0 {
		return
	}
	err := limitTo(seconds, files)
	if err == nil {
		err = syscall.Exec(args[0], args, []string{"LC_ALL=C"})
	}
	fmt.Fprintln(os.Stderr, "run:", err)
}

// endGroup has a command's end reach whatever it started.
func endGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
