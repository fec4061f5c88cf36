package intake

import (
	"context"
	"io"
	"os"
	"time"
)

// poll is how often a followed file is looked at when it had nothing new. Notices
// of the file system would be quicker, but do not work over every network drive.
const poll = 200 * time.Millisecond

// tail reads a file and waits at its end for more. It ends with its context. A
// file that was replaced under its name, or that shrank, is read from its start.
type tail struct {
	ctx    context.Context
	source *Source
	offset int64
	inLine bool // the last byte read was not the end of a line
}

func (t *tail) Read(b []byte) (int, error) {
	for {
		if t.ctx.Err() != nil {
			return 0, io.EOF
		}
		n, err := t.source.count.Read(b)
		t.offset += int64(n)
		if n > 0 {
			t.inLine = b[n-1] != '\n'
			return n, nil
		}
		if err != nil && err != io.EOF {
			return 0, err
		}
		fresh, err := t.renewed()
		if err != nil {
			return 0, err
		}
		if fresh && t.inLine {
			// What the old file left unfinished must not run into the new one's first line.
			t.inLine = false
			b[0] = '\n'
			return 1, nil
		}
		if fresh {
			continue
		}
		wait := time.NewTimer(poll)
		select {
		case <-t.ctx.Done():
			wait.Stop()
			return 0, io.EOF
		case <-wait.C:
		}
	}
}

// renewed looks whether another file stands under the name now, or a shorter
// one, and turns to it. A name that is gone for a moment is waited for.
func (t *tail) renewed() (bool, error) {
	s := t.source
	there, err := os.Stat(s.path)
	if err != nil {
		return false, nil
	}
	mine, err := s.file.Stat()
	if err != nil {
		return false, err
	}
	if os.SameFile(there, mine) {
		if there.Size() >= t.offset {
			return false, nil
		}
		t.offset = 0
		_, err := s.file.Seek(0, io.SeekStart)
		return true, err
	}
	file, err := os.Open(s.path)
	if err != nil {
		return false, nil
	}
	_ = s.file.Close()
	s.file, s.count.r, t.offset = file, file, 0
	return true, nil
}

// interruptible makes reading end with ctx where the reader itself would wait,
// as standard input does. Its one goroutine ends with the input, which for
// standard input may be as late as the program's own end.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { _ = in.CloseWithError(io.EOF) })
	go func() {
		_, err := io.Copy(in, r)
		_ = in.CloseWithError(err)
	}()
	return out
}
