package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"cinnabar/internal/fault"
)

// ctypes are tried in this order. The first three know that É is a letter,
// which matters to search; sorting is by bytes everywhere, so that an index
// made here reads the same on every machine.
var ctypes = []string{"C.UTF-8", "en_US.UTF-8", "UTF-8", "C"}

// initialise makes a cluster under another name and renames it when it is
// whole, so that a folder called data is never half a cluster. The caller holds
// the start lock, hence a data.new is nobody's but a dead process's.
func (f folder) initialise(ctx context.Context, bin Binaries, durable bool) error {
	fresh := f.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return f.unusable(err)
	}
	var out []byte
	var err error
	for _, ctype := range ctypes {
		args := []string{"--pgdata", fresh, "--username", superuser, "--encoding", "UTF8",
			"--locale", "C", "--lc-ctype", ctype, "--auth", "trust", "--no-instructions"}
		if durable {
			args = append(args, "--data-checksums")
		} else {
			args = append(args, "--no-sync", "--wal-segsize", "1")
		}
		cmd := f.command(ctx, filepath.Join(bin.Dir, "initdb"), args...)
		if out, err = cmd.CombinedOutput(); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		os.RemoveAll(fresh)
		f.append(out)
		return fault.Wrap(fmt.Errorf("initdb: %w: %s", err, tail(out)), fault.ServerStart, "log", f.log())
	}
	for name, text := range map[string]string{"postgresql.conf": configuration(durable), "pg_hba.conf": access} {
		path := filepath.Join(fresh, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return f.unusable(err)
		}
		if err := f.owner.give(path); err != nil {
			return f.unusable(err)
		}
	}
	if err := os.Rename(fresh, f.data()); err != nil {
		return f.unusable(err)
	}
	return nil
}

// access lets everybody in who can reach the socket; the socket's folder lets in
// the owner alone. There is no host line, because there is no port.
const access = "# Written by Cinnabar. The socket's folder decides who gets here.\nlocal all all trust\n"

// configuration is the whole of postgresql.conf. What is absent has Postgres's default.
func configuration(durable bool) string {
	var b strings.Builder
	b.WriteString(`# Written by Cinnabar when it made this private server, and yours from then on.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, mdy'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
idle_in_transaction_session_timeout = 60s
log_line_prefix = '%m [%p] %u@%d '
jit = off
# Tells the studio that this database is a trial on one machine.
cinnabar.private = on
`)
	if !durable {
		// Not synchronous_commit: a killed server must keep what it acknowledged, even here.
		b.WriteString("# For tests only: a crash of the machine destroys this cluster.\nfsync = off\nfull_page_writes = off\n")
	}
	return b.String()
}

// command prepares one of the server's programs to run as the owner, without
// the PG* variables of the person: PGPORT and PGDATA would lead it elsewhere.
func (f folder) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = f.owner.attr()
	cmd.Dir = f.root
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") && !strings.HasPrefix(v, "HOME=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C", "HOME="+f.root)
	return cmd
}

// append adds to the server's log, as the place to look when a start fails.
func (f folder) append(text []byte) {
	file, err := f.openLog()
	if err != nil {
		return // the fault itself still carries the last lines
	}
	defer file.Close()
	file.Write(text)
}

const logLimit = 4 << 20

// openLog opens the log for appending and keeps one old one.
func (f folder) openLog() (*os.File, error) {
	if info, err := os.Stat(f.log()); err == nil && info.Size() > logLimit {
		os.Rename(f.log(), f.log()+".1")
	}
	file, err := os.OpenFile(f.log(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.owner.give(f.log()); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// tail is the end of a program's output, for the log of the caller.
func tail(out []byte) string {
	const keep = 600
	if len(out) > keep {
		out = out[len(out)-keep:]
	}
	return strings.TrimSpace(string(out))
}
