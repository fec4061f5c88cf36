package store_test

import (
	"strconv"

	"golang.org/x/sys/unix"
)

func mountSmall(dir string, size int) error {
	return unix.Mount("cinnabar", dir, "tmpfs", 0, "mode=755,size="+strconv.Itoa(size))
}

// unmount does not wait for a process that is just ending.
func unmount(dir string) error { return unix.Unmount(dir, unix.MNT_DETACH) }
