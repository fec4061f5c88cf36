package store

import (
	"context"
	"io/fs"
	"testing/fstest"
)

// MigrateTo migrates with one more file, as a later version of this program would.
func MigrateTo(ctx context.Context, url, name, text string) (from, to int64, err error) {
	files := fstest.MapFS{name: {Data: []byte(text)}}
	err = fs.WalkDir(migrations(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(migrations(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	a, err := parseAddress(url)
	if err != nil {
		return 0, 0, err
	}
	m := &migrator{address: a, files: files}
	from, to, err = m.run(ctx)
	return from, to, m.explain(err)
}
