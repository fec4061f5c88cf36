package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"

	"cinnabar/app/intake"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// quoteOf and followOf say which KOL a row speaks of.
func quoteOf(q campaigns.KOLQuote) string { return q.KOL }
func followOf(f campaigns.Follow) string  { return f.KOL }

// kolBatch is how many rows are held against the directory at once.
const kolBatch = 500

// putKOLs brings KOLs in and then what their rows ask for. A fee that holds already is
// left as it is, or a file without days would begin a new quote on every day it is
// imported.
func (m importer) putKOLs(ctx context.Context, request string, rows iter.Seq[campaigns.KOL], report func(done int)) (moderation.Tally, error) {
	kols := m.db.KOLs()
	var quotes []campaigns.KOLQuote
	var renewed map[string]bool // KOLs that were there and ask for something else now
	collect := func(yield func(campaigns.KOL) bool) {
		quotes, renewed = nil, make(map[string]bool)
		for batch := range inBatches(rows, kolBatch) {
			known := m.known(ctx, batch)
			for _, k := range batch {
				for _, q := range k.Quotes {
					had, there := known[k.ID]
					if there && holds(had, q) {
						continue
					}
					quotes = append(quotes, campaigns.KOLQuote{KOL: k.ID, Quote: q})
					if there {
						renewed[k.ID] = true
					}
				}
				if !yield(k) {
					return
				}
			}
		}
	}
	tally, err := kols.Import(ctx, request, collect, report)
	if err != nil || len(quotes) == 0 {
		return tally, err
	}
	asked, err := kols.ImportQuotes(ctx, uuid.NewString(), slices.Values(quotes), func(int) {})
	if asked.Came+asked.Changed > 0 {
		// Somebody whose profile stands has changed all the same when the price did.
		more := min(len(renewed), tally.Stood)
		tally.Changed, tally.Stood = tally.Changed+more, tally.Stood-more
	}
	return tally, err
}

// known finds those KOLs of a batch with quotes that are there already. Who may not
// read the directory finds nobody.
func (m importer) known(ctx context.Context, batch []campaigns.KOL) map[string]campaigns.KOL {
	var ids []string
	for _, k := range batch {
		if len(k.Quotes) > 0 {
			ids = append(ids, k.ID)
		}
	}
	known := make(map[string]campaigns.KOL)
	if len(ids) == 0 {
		return known
	}
	all, err := m.db.KOLs().Many(ctx, ids)
	if err != nil {
		return known // the import itself will say what is wrong
	}
	for _, k := range all {
		known[k.ID] = k
	}
	return known
}

// holds reports whether a KOL asks for just that today.
func holds(k campaigns.KOL, q campaigns.Quote) bool {
	had, ok := campaigns.QuoteOn(k, q.Format, today())
	return ok && had.Fee == q.Fee && (q.From == "" || q.From == had.From) && q.To == had.To
}

// today is the platform's day.
func today() moderation.Date {
	return moderation.Date(time.Now().In(time.FixedZone("Asia/Shanghai", 8*60*60)).Format(time.DateOnly))
}

func inBatches[T any](rows iter.Seq[T], n int) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		batch := make([]T, 0, n)
		for row := range rows {
			if batch = append(batch, row); len(batch) == n {
				if !yield(batch) {
					return
				}
				batch = make([]T, 0, n)
			}
		}
		if len(batch) > 0 {
			yield(batch)
		}
	}
}

// importOfKOLs imports rows that speak of KOLs. A row whose KOL isn't there is refused
// like any other bad row, and the rest comes in.
func importOfKOLs[T any](ctx context.Context, m importer, path string, read read[T], kol func(T) string, put put[T], progress func(done, total int64)) (imported, error) {
	return importFile(ctx, m, path, checked(&directory{db: m.db.KOLs(), there: make(map[string]bool)}, read, kol), put, progress)
}

// directory remembers which KOLs are there.
type directory struct {
	db interface {
		There(context.Context, []string) (map[string]bool, error)
	}
	there map[string]bool
}

// look finds out about KOLs that nobody asked for yet. When it can't, the import itself
// will say what is wrong.
func (d *directory) look(ctx context.Context, ids []string) {
	ids = slices.DeleteFunc(ids, func(id string) bool { _, asked := d.there[id]; return asked })
	if len(ids) == 0 {
		return
	}
	found, err := d.db.There(ctx, ids)
	if err != nil {
		return
	}
	for _, id := range ids {
		d.there[id] = found[id]
	}
}

// checked refuses rows of KOLs that aren't there, and leaves the file's order.
func checked[T any](d *directory, read read[T], kol func(T) string) read[T] {
	return func(ctx context.Context, source *intake.Source) iter.Seq2[T, *intake.Refusal] {
		type item struct {
			row     T
			refusal *intake.Refusal
			line    int
			raw     string
		}
		return func(yield func(T, *intake.Refusal) bool) {
			all := func(yield func(item) bool) {
				for row, refusal := range read(ctx, source) {
					line, raw := source.Row()
					if !yield(item{row, refusal, line, raw}) {
						return
					}
				}
			}
			for batch := range inBatches(all, kolBatch) {
				var ids []string
				for _, i := range batch {
					if i.refusal == nil {
						ids = append(ids, kol(i.row))
					}
				}
				d.look(ctx, ids)
				for _, i := range batch {
					if there, asked := d.there[kol(i.row)]; i.refusal == nil && asked && !there {
						i.refusal = &intake.Refusal{Line: i.line, ID: kol(i.row), Raw: i.raw, Fault: fault.New(fault.NotFound, "what", "kol", "id", kol(i.row))}
					}
					if !yield(i.row, i.refusal) {
						return
					}
				}
			}
		}
	}
}
