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
exec 8<users.lock || exit 1
while :; do
  "$flock" -x 8 || exit 1
  [ -e standing ] && exit 0
  "$flock" -u 8
  sleep "$linger"
  "$flock" -n -x 8 && break
done
[ -f data/postmaster.pid ] || exit 0
socket=$(sed -n 5p data/postmaster.pid)
"$bin/pg_isready" -q -t 5 -h "$socket" || exit 0
"$bin/pg_ctl" stop -D data -m fast -s -w
rmdir "$socket"
`
