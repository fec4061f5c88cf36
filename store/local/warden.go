package local

import (
	"context"
	"os/exec"
	"strconv"
)

// warden leaves a small process behind that stops the server when every user
// has gone without Close, as a killed program does. It sleeps in flock(1)
// until the kernel has dropped the last user's lock. A second one ends at once.
//
// It also ends when the folder is taken away from under it, rather than spin.
//
// Where flock(1) is missing (macOS) the server of a killed last user stays up
// until the next user's Close.
func (s *Server) warden() {
	flock, err := exec.LookPath("flock")
	if err != nil {
		return
	}
	cmd := s.folder.command(context.Background(), "/bin/sh", "-c", wardenScript,
		"cinnabar-warden", flock, s.bin.Dir, strconv.Itoa(int(s.config.Linger.Seconds())))
	if cmd.Start() == nil {
		go cmd.Wait()
	}
}

// The script runs in the version folder. pg_isready comes before pg_ctl because
// a pid file alone may name somebody else's process.
const wardenScript = `
flock=$1 bin=$2 linger=$3
exec 9>>warden.lock
"$flock" -n 9 || exit 0
while [ -f users.lock ]; do
  "$flock" -x users.lock true || exit 1
  [ -e standing ] && exit 0
  sleep "$linger"
  [ -f users.lock ] || exit 0
  "$flock" -n -x users.lock sh -c '
    [ -f data/postmaster.pid ] || exit 0
    socket=$(sed -n 5p data/postmaster.pid)
    "$1/pg_isready" -q -t 5 -h "$socket" || exit 0
    "$1/pg_ctl" stop -D data -m fast -s -w
    rmdir "$socket"
    exit 0' sh "$bin" && exit 0
done
`
