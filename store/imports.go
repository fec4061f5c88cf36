package store

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// importing runs an import as one transaction: begin, the parts, end. When the
// request was granted before, parts is not called and the tally is that of then.
//
// parts may be called again after a lost connection or a lost race, with nothing
// left of the call before.
func (db *DB) importing(ctx context.Context, request, kind string, parts func(*sqlx.Tx) error) (moderation.Tally, error) {
	var tally moderation.Tally
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		var raw []byte
		if err := tx.QueryRowxContext(ctx, `SELECT studio.import_begin($1, $2)`, request, kind).Scan(&raw); err != nil {
			return err
		}
		if raw == nil {
			if err := parts(tx); err != nil {
				return err
			}
			if err := tx.QueryRowxContext(ctx, `SELECT studio.import_end($1, $2)`, request, kind).Scan(&raw); err != nil {
				return err
			}
		}
		tally = moderation.Tally{}
		if err := json.Unmarshal(raw, &tally); err != nil {
			return fault.Wrap(err, fault.Internal)
		}
		return nil
	})
	if err != nil {
		return moderation.Tally{}, err
	}
	return tally, nil
}

// pipeline makes batches in a goroutine of its own while the server works on the one
// before. produce hands each batch to its argument until that returns false.
type pipeline[T any] struct {
	batches chan T
	quit    chan struct{}
	once    sync.Once
	err     error // of produce; read after batches is closed
}

func newPipeline[T any](produce func(hand func(T) bool) error) *pipeline[T] {
	p := &pipeline[T]{batches: make(chan T), quit: make(chan struct{})}
	go func() {
		defer close(p.batches)
		// Rows come out of strangers' files: what their reader panics over is one
		// import's trouble, not the studio's.
		defer fault.Catch(&p.err)
		p.err = produce(func(batch T) bool {
			select {
			case p.batches <- batch:
				return true
			case <-p.quit:
				return false
			}
		})
	}()
	return p
}

// next returns a batch, false at the end, and the error that ended it early.
func (p *pipeline[T]) next(ctx context.Context) (batch T, ok bool, err error) {
	select {
	case batch, ok = <-p.batches:
		if !ok {
			return batch, false, p.err
		}
		return batch, true, nil
	case <-ctx.Done():
		return batch, false, ctx.Err()
	}
}

// stop ends the pipeline and waits until produce has returned: nobody may go on
// reading the caller's rows after the import has.
func (p *pipeline[T]) stop() {
	p.once.Do(func() { close(p.quit) })
	for range p.batches {
	}
}

// reread guards rows that are ranged over a second time because the transaction
// has to run again. Rows of a pipe are gone by then, and half a file must not be
// taken for the whole: what is left of one begins with another row.
type reread struct {
	host  string
	first string // id of the first row of the first run
	begun bool   // a run has seen its first row
	other bool   // this run began with another row than the first
	rows  int    // read in this run
	most  int    // read in an earlier one
}

// start begins a run.
func (r *reread) start() {
	r.most = max(r.most, r.rows)
	r.rows, r.other = 0, false
}

// read takes note of n rows that begin with a row of this id.
func (r *reread) read(id string, n int) {
	if !r.begun {
		r.first, r.begun = id, true
	}
	if r.rows == 0 {
		r.other = id != r.first
	}
	r.rows += n
}

// complete refuses a second run that found other rows than the first, or fewer.
func (r *reread) complete() error {
	if r.other || r.rows < r.most {
		return fault.New(fault.Offline, "host", r.host)
	}
	return nil
}
