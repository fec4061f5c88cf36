package main

import (
	"context"
	"io"
	"os"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
)

// spooled is standard input kept in a file, because an import may have to read
// it again. To intake it stays standard input: rows from a pipe have no folder
// beside them, least of all the temporary one, to take pictures from.
type spooled struct{ file *os.File }

// spool reads in to its end. It gives up when ctx ends, even while in has
// nothing to say. The caller removes what it returns.
func spool(ctx context.Context, in io.Reader) (_ *spooled, err error) {
	f, err := os.CreateTemp("", "cinnabar-*.jsonl")
	if err != nil {
		return nil, fault.Wrap(err, fault.FileWrite, "path", os.TempDir())
	}
	s := &spooled{f}
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(f, in)
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done():
		s.remove()
		return nil, fault.Wrap(ctx.Err(), fault.Cancelled)
	}
	if err != nil {
		s.remove()
		return nil, fault.Wrap(err, fault.FileWrite, "path", f.Name())
	}
	return s, nil
}

// open reads what was kept, from the start. Each reading has a place of its own
// in the file: one that was given up may still be about to read.
func (s *spooled) open(_ string, o intake.Options) (*intake.Source, error) {
	info, err := s.file.Stat()
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", s.file.Name())
	}
	o.Stdin = io.NewSectionReader(s.file, 0, info.Size())
	return intake.Open("-", o)
}

func (s *spooled) remove() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}
