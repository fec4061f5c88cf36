package local

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// clear removes what keeps a server from starting after its predecessor was
// killed, and reports whether a second try makes sense.
//
// Two things do: a backend that outlived its postmaster holds the shared memory,
// and a pid file whose number has passed to another process (after a restart
// of the machine, or as a zombie) looks like a running server. Postgres guards
// against two servers on one folder by exactly these two, so neither is touched
// before it is proved that no server lives here; a pid file is moved aside, never deleted.
func (f folder) clear(ctx context.Context) bool {
	if _, lives := f.running(); lives || !exists("/proc/self/stat") {
		return false
	}
	cleared := false
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		left := f.orphans()
		if len(left) == 0 {
			break
		}
		cleared = true
		for _, pid := range left {
			syscall.Kill(pid, signal) // gone already is as good
		}
		f.gone(ctx, time.Second)
	}
	if len(f.orphans()) > 0 {
		return false
	}
	if p, ok := f.readPID(); ok && !f.serves(p.pid) && syscall.Kill(p.pid, 0) != syscall.ESRCH {
		path := filepath.Join(f.data(), "postmaster.pid")
		if os.Rename(path, path+".stale-"+strconv.FormatInt(time.Now().Unix(), 10)) == nil {
			cleared = true
		}
	}
	return cleared
}

// gone waits until no process works in the data folder.
func (f folder) gone(ctx context.Context, limit time.Duration) {
	deadline := time.Now().Add(limit)
	for len(f.orphans()) > 0 && time.Now().Before(deadline) && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
}
