//go:build unix

package decode

import (
	"os"
	"syscall"
)

// openWithoutWaiting opens a file for reading. Opening a pipe would otherwise wait
// until somebody writes into it.
func openWithoutWaiting(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
}
