package report

import (
	"os"
	"path/filepath"

	"cinnabar/internal/fault"
)

// File is written beside its place and moved there when it is whole, so that
// nobody ever opens half of it.
type File struct {
	*os.File
	path  string
	plain bool // a pipe or a device, which is written as it is
	ended bool
}

// Create begins a file. Its error is FileWrite (Args: path).
func Create(path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fault.Wrap(err, fault.FileWrite, "path", path)
		}
		return &File{File: f, path: path, plain: true}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, fault.Wrap(err, fault.FileWrite, "path", path)
	}
	return &File{File: f, path: path}, nil
}

// Commit puts the file in its place. Afterwards it cannot be written any more.
func (f *File) Commit() error {
	f.ended = true
	if f.plain {
		return f.Close()
	}
	// CreateTemp makes files for their owner alone; this one is an ordinary file
	// beside another.
	err := f.Chmod(0o644)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fault.Wrap(err, fault.FileWrite, "path", f.path)
	}
	return nil
}

// Discard gives up what was written; after Commit it does nothing.
func (f *File) Discard() {
	if f.ended {
		return
	}
	f.ended = true
	_ = f.Close()
	if !f.plain {
		_ = os.Remove(f.Name())
	}
}
