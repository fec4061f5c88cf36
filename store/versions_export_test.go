package store

import (
	"context"
	"io/fs"
	"slices"
	"testing/fstest"
	"time"
)

// Migrations are the numbers of all migrations, in order.
func Migrations() []int64 {
	files, _ := fs.Glob(migrations(), "*.sql") // the pattern is well formed
	var all []int64
	for _, name := range files {
		all = append(all, number(name))
	}
	slices.Sort(all)
	return all
}

// MigrateUpTo migrates no further than a version, as the program of that time did.
func MigrateUpTo(ctx context.Context, url string, version int64) (from, to int64, err error) {
	files := fstest.MapFS{}
	all, _ := fs.Glob(migrations(), "*.sql")
	for _, name := range all {
		if number(name) > version {
			continue
		}
		text, err := fs.ReadFile(migrations(), name)
		if err != nil {
			return 0, 0, err
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	a, err := parseAddress(url)
	if err != nil {
		return 0, 0, err
	}
	m := &migrator{address: a, files: files}
	from, to, err = m.run(ctx)
	return from, to, m.explain(err)
}

// MigrateImpatiently waits for a lock only so long.
func MigrateImpatiently(ctx context.Context, url string, lock time.Duration) (from, to int64, err error) {
	a, err := parseAddress(url)
	if err != nil {
		return 0, 0, err
	}
	m := &migrator{address: a, files: migrations(), lock: lock}
	from, to, err = m.run(ctx)
	return from, to, m.explain(err)
}

// Level is the level of this client.
const Level = level
