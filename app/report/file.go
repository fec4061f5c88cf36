package report

import (
	"os"
	"path/filepath"

	"cinnabar/internal/fault"
)

// atomicFile is written beside its place and moved there when it is whole, so
// that nobody ever opens half of it.
type atomicFile struct {
	*os.File
	path string
}

func createAtomic(path string) (*atomicFile, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, fault.Wrap(err, fault.FileWrite, "path", path)
	}
	return &atomicFile{f, path}, nil
}

// commit puts the file in its place. Afterwards it cannot be written any more.
func (f *atomicFile) commit() error {
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

func (f *atomicFile) discard() {
	_ = f.Close()
	_ = os.Remove(f.Name())
}
