package main

import (
	"context"
	"io"
	"iter"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"cinnabar/app/intake"
	"cinnabar/app/report"
	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
	"cinnabar/views/words"
)

// imported is what came of one file.
type imported struct {
	moderation.Tally
	File     string // the path as given
	Refusals string // path of the file with refused rows, "" when none was refused
	Absent   int    // pictures and videos that rows name and that were not there
	Unopened int    // videos that were there, of which only the name is kept
}

// note counts what a person should know of rows that came in all the same.
func (i *imported) note(n intake.Note) {
	switch {
	case n.Fault.Code == fault.PictureAbsent:
		i.Absent++
	case strings.HasPrefix(n.Field, "videos."):
		i.Unopened++
	}
}

// importer brings files into one database, whatever window or command asks.
type importer struct {
	db    *store.DB
	words *words.Book // the person's language, for the refusals file
	in    io.Reader   // what "-" means
	films intake.VideoOpener
}

// file imports one file whole: good rows in one transaction, refused ones into a
// file beside it. progress gets bytes read and bytes in all (0: nobody knows).
func (m importer) file(ctx context.Context, kind intake.Kind, path string, progress func(done, total int64)) (imported, error) {
	switch kind {
	case intake.ApplicationRows:
		return importFile(ctx, m, path, intake.Applications, m.db.Applications().Import, progress)
	case intake.KOLRows:
		return importFile(ctx, m, path, intake.KOLs, m.putKOLs, progress)
	case intake.QuoteRows:
		return importOfKOLs(ctx, m, path, intake.Quotes, quoteOf, m.db.KOLs().ImportQuotes, progress)
	case intake.AudienceRows:
		return importOfKOLs(ctx, m, path, intake.Follows, followOf, m.db.KOLs().ImportAudience, progress)
	default:
		return importFile(ctx, m, path, intake.Posts, m.db.Posts().Import, progress)
	}
}

// guess says what kind of rows a dropped file has: the first of the kinds with
// fields of their own that its first row can be read as, else posts.
func (m importer) guess(ctx context.Context, path string) (intake.Kind, error) {
	for _, try := range []struct {
		kind intake.Kind
		is   func(context.Context, *intake.Source) bool
	}{
		{intake.ApplicationRows, firstRow(intake.Applications, nil)},
		{intake.QuoteRows, firstRow(intake.Quotes, nil)},
		{intake.AudienceRows, firstRow(intake.Follows, nil)},
		// A post may have a handle of its own, but a KOL has no body.
		{intake.KOLRows, firstRow(intake.KOLs, func(k campaigns.KOL) bool { return k.Extra["body"] == nil })},
	} {
		source, err := intake.Open(path, intake.Options{})
		if err != nil {
			return "", err
		}
		is := try.is(ctx, source)
		if err := source.Close(); err != nil {
			return "", err
		}
		if is {
			return try.kind, nil
		}
	}
	return intake.PostRows, nil
}

// firstRow asks whether the first row of a file can be read in some way, and whether it
// looks like one of those.
func firstRow[T any](read read[T], like func(T) bool) func(context.Context, *intake.Source) bool {
	return func(ctx context.Context, source *intake.Source) bool {
		for row, refusal := range read(ctx, source) {
			return refusal == nil && (like == nil || like(row))
		}
		return false
	}
}

type put[T any] func(ctx context.Context, request string, rows iter.Seq[T], report func(done int)) (moderation.Tally, error)

type read[T any] func(context.Context, *intake.Source) iter.Seq2[T, *intake.Refusal]

func importFile[T any](ctx context.Context, m importer, path string, read read[T], put put[T], progress func(done, total int64)) (imported, error) {
	result := imported{File: path}
	open := intake.Open
	if path == "-" {
		spooled, err := spool(ctx, m.in)
		if err != nil {
			return result, err
		}
		defer spooled.remove()
		open = spooled.open
	}
	// Whatever ends reading early must also end the transaction: rows that were
	// never read are not rows that were refused.
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	var refused *report.Refused
	var source atomic.Pointer[intake.Source]
	// The store may go through the rows a second time, after a lost connection;
	// so every pass opens the file anew and begins its own list of refusals.
	rows := func(yield func(T) bool) {
		if refused != nil {
			refused.Discard()
		}
		refused, result.Absent, result.Unopened = m.refused(result.File), 0, 0
		src, err := open(path, intake.Options{
			Pictures: pictureShelf{m.db.Pictures()}, Videos: m.films,
			OnNote: result.note,
		})
		if err != nil {
			stop(err)
			return
		}
		defer src.Close()
		source.Store(src)
		for row, refusal := range read(ctx, src) {
			if refusal != nil {
				if err := refused.Add(refusal); err != nil {
					stop(err)
					return
				}
				continue
			}
			if !yield(row) {
				return
			}
		}
		if err := src.Err(); err != nil {
			stop(err)
		}
	}
	tally, err := put(ctx, uuid.NewString(), rows, func(int) {
		if src := source.Load(); src != nil {
			progress(src.Progress())
		}
	})
	if err != nil {
		if refused != nil {
			refused.Discard()
		}
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return result, err
	}
	result.Tally = tally
	if refused != nil {
		result.Refusals, result.Refused, err = refused.Close()
	}
	return result, err
}

// refused begins the file of refusals beside an imported file.
func (m importer) refused(path string) *report.Refused {
	t := m.words.T
	head := [4]string{t("command.refused_line"), t("command.refused_id"), t("command.refused_reason"), t("command.refused_row")}
	return report.NewRefused(path, head, m.words.Sentence)
}

// pictureShelf stores the pictures that rows bring along.
type pictureShelf struct {
	pictures interface {
		Put(ctx context.Context, request string, files [][]byte) ([]assets.ID, error)
	}
}

// PutPicture implements intake.PictureSink. Pictures are named by their content,
// so one that is stored although its row is refused later does no harm.
func (s pictureShelf) PutPicture(ctx context.Context, _ assets.ID, data []byte) error {
	_, err := s.pictures.Put(ctx, uuid.NewString(), [][]byte{data})
	return err
}
