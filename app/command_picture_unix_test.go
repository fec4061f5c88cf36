//go:build !windows

package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

func TestACheckWaitsForNoPipeBesideAPicture(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lay(t, dir, "a.png", []byte("\x89PNG\r\n\x1a\n"))
	if err := syscall.Mkfifo(filepath.Join(dir, "a.regions.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	typed(t.Context(), "", "picture", "check", filepath.Join(dir, "a.png")).want(t, exitFault).tells(t, "a.regions.json")
}
