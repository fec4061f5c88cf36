// Package localtest says where the private servers of tests live.
package localtest

import (
	"os"
	"syscall"
)

// inMemory is the file system in memory that Linux has for everybody, and room the
// bytes that must be free there. A run of all tests takes some 0.3 GB of it at a
// time; a container often has 64 MB.
const (
	inMemory = "/dev/shm"
	room     = 2 << 30
)

// Folder returns where servers for tests may have their folders: in memory where
// there is room, else in the temporary folder.
//
// A database is a thousand files, and every test makes and removes one. On a disk
// that alone can cost more than what the tests do: ext4 without a journal passes
// over each inode that was freed in the last seconds, half a second of processor
// time a database.
func Folder() string {
	var st syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(inMemory, &st) == nil && st.Bavail*uint64(st.Bsize) >= room {
		return inMemory
	}
	return os.TempDir()
}
