package local

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// flock is an advisory lock on a file. The kernel drops it with the process, by
// whatever end the process comes to, so a killed user never counts for ever.
type flock struct{ file *os.File }

// lockFile waits for the lock until ctx is done. It asks again and again, since a
// blocking flock(2) cannot be interrupted by a context.
func lockFile(ctx context.Context, path string, how int) (*flock, error) {
	for {
		l, err := tryLock(path, how)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(15 * time.Millisecond):
		}
	}
}

// tryLock takes the lock (unix.LOCK_SH or LOCK_EX) if it is free, and returns nil if it is not.
func tryLock(path string, how int) (*flock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(file.Fd()), how|unix.LOCK_NB)
	if err == nil {
		return &flock{file}, nil
	}
	file.Close()
	if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EINTR) {
		return nil, nil
	}
	return nil, err
}

// release gives the lock back. Closing does it; nothing else has this description.
func (l *flock) release() {
	if l != nil {
		l.file.Close()
	}
}
