package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
)

// A followed file goes in by bundles: what has come when it stands still for a
// moment, or this many rows.
const (
	followPause  = time.Second
	followBundle = 500
)

// follow imports a growing JSON Lines file until ctx ends. tell is called after
// every bundle.
func (m importer) follow(ctx context.Context, kind intake.Kind, path string, tell func(imported) error) error {
	if kind == intake.ApplicationRows {
		return followFile(ctx, m, path, intake.Applications, m.db.Applications().Import, tell)
	}
	return followFile(ctx, m, path, intake.Posts, m.db.Posts().Import, tell)
}

// outcome is one row of a followed file: the row itself, or why it stays out.
type outcome[T any] struct {
	row     T
	refusal *intake.Refusal
}

func followFile[T any](ctx context.Context, m importer, path string, read read[T], put put[T], tell func(imported) error) error {
	source, err := intake.Open(path, intake.Options{Follow: true, Stdin: m.in, Pictures: pictureShelf{m.db.Pictures()}, Videos: m.films})
	if err != nil {
		return err
	}
	defer source.Close()
	refused := m.refused(path)
	defer func() { _, _, _ = refused.Close() }()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	rows := make(chan outcome[T])
	var failed error // why reading broke off; read after rows is closed
	go func() {
		defer close(rows)
		defer fault.Catch(&failed)
		for row, refusal := range read(ctx, source) {
			select {
			case rows <- outcome[T]{row, refusal}:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		bundle := gather(rows)
		if len(bundle) == 0 {
			return cmp.Or(failed, source.Err())
		}
		result := imported{File: path}
		var good []T
		for _, o := range bundle {
			if o.refusal == nil {
				good = append(good, o.row)
				continue
			}
			result.Refused++
			if err := refused.Add(o.refusal); err != nil {
				return err
			}
		}
		tally, err := put(ctx, uuid.NewString(), slices.Values(good), func(int) {})
		if err != nil {
			return err
		}
		tally.Refused = result.Refused
		result.Tally = tally
		if err := tell(result); err != nil {
			return err
		}
	}
}

// gather waits for a first row and takes what follows without a pause. It
// returns nothing when no more will come.
func gather[T any](rows <-chan T) []T {
	first, open := <-rows
	if !open {
		return nil
	}
	bundle := []T{first}
	for len(bundle) < followBundle {
		select {
		case row, open := <-rows:
			if !open {
				return bundle
			}
			bundle = append(bundle, row)
		case <-time.After(followPause):
			return bundle
		}
	}
	return bundle
}
