//go:build unix

package decode

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cinnabar/internal/fault"
)

func TestAFileThatNeverEndsHoldsNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]string{pipe: "pipe", "/dev/zero": "device", "/dev/tty": ""} {
		start := time.Now()
		_, err := ReadFile(path)
		// A terminal may be none here, which is as good a refusal.
		if f := fault.Of(err); f == nil || kind != "" && (f.Code != fault.PictureKind || f.Args["kind"] != kind) {
			t.Errorf("%s: %v", path, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s held us for %v", path, took)
		}
	}
}

func TestAFileMayBeLongerThanItSays(t *testing.T) {
	t.Parallel()
	// The kernel says 0 bytes of this one.
	if data, err := ReadFile("/proc/self/status"); err != nil && fault.CodeOf(err) != fault.FileMissing || err == nil && len(data) == 0 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := readFile("/proc/self/status", 10); err != nil && fault.CodeOf(err) != fault.FileMissing && fault.CodeOf(err) != fault.PictureLarge || err == nil {
		t.Error(err)
	}
}

func TestAFileThatWaitsForMoreHoldsNobody(t *testing.T) {
	t.Parallel()
	// Whoever may read it would otherwise wait until the kernel says something again.
	began := time.Now()
	if _, err := ReadFile("/proc/kmsg"); err == nil {
		t.Error("it was read to its end")
	}
	if took := time.Since(began); took > 2*maxTime {
		t.Errorf("it took %v", took)
	}
}

// passOn opens a file so that processes started from now on inherit it, as libraries
// in other languages do by mistake.
func passOn(t *testing.T, path string) {
	t.Helper()
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
}
