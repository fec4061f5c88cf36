package decode

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"time"

	"cinnabar/internal/fault"
)

// ReadFile reads a picture's file for Open, and refuses by a look at what it is
// whatever could never be one: a folder, a pipe (which might never end, or never
// begin), a device, a file that is too large. Its faults: FileMissing and
// FileUnreadable (Args: path), PictureKind and PictureLarge.
func ReadFile(path string) ([]byte, error) { return readFile(path, MaxBytes) }

// Begins reports whether a file begins like a picture that is opened, whatever its name
// says. It is false for everything that cannot be read.
func Begins(path string) bool {
	file, err := openWithoutWaiting(path)
	if err != nil {
		return false
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return false
	}
	head := make([]byte, 16)
	n, _ := io.ReadFull(file, head)
	_, err = Sniff(head[:n])
	return err == nil
}

func readFile(path string, most int64) ([]byte, error) {
	file, err := openWithoutWaiting(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.FileMissing, "path", path)
	case err != nil:
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", path)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", path)
	}
	mode := info.Mode()
	switch {
	case mode.IsDir():
		return nil, fault.New(fault.PictureKind, "kind", "folder")
	case mode&fs.ModeNamedPipe != 0:
		return nil, fault.New(fault.PictureKind, "kind", "pipe")
	case !mode.IsRegular():
		return nil, fault.New(fault.PictureKind, "kind", "device")
	case info.Size() > most:
		return nil, large(megabytes(info.Size()), megabytes(most))
	}
	// A few that call themselves files wait for more to come, as pipes do: the log of a
	// kernel. Those can be given a time; the others need none.
	_ = file.SetReadDeadline(time.Now().Add(maxTime))
	// It may be another length than it said: somebody writes it, or it is one of those
	// that the kernel makes up while they are read.
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	n, err := data.ReadFrom(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", path)
	case n > most:
		return nil, large("> "+megabytes(most), megabytes(most))
	}
	return data.Bytes(), nil
}
