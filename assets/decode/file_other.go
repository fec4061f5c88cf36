//go:build !unix

package decode

import "os"

func openWithoutWaiting(path string) (*os.File, error) { return os.Open(path) }
