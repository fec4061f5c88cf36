package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"iter"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// row is one row before it is understood: names and values as in JSON, tables
// included. Cells of tables are of type cell.
type row struct {
	line   int
	values map[string]any
	raw    []byte       // valid until the next row
	fault  *fault.Error // the row is not a row; values is nil
}

// rowReader gives the rows of a file. It returns io.EOF at the end; any other
// error means that the rest of the file cannot be read.
type rowReader interface {
	next() (row, error)
}

// shape is what a kind of row is made of.
type shape[T any] struct {
	names    []string // every name at the top
	nested   []string // of these, the ones whose columns have dots
	groups   []string // of these, the ones that are never a list, whatever their names
	required []string // columns that a table must have
	key      string   // the column that names a row in a refusal; "" is id
	build    func(*fields, object) T
	id       func(T) string // what may stand once in a file; nil where anything may stand twice
	attach   func(*attacher, *T)
}

// Posts reads a file of posts, each either as a post or as a refusal, in the
// file's order. The sequence may be ranged over once; ask src.Err afterwards.
func Posts(ctx context.Context, src *Source) iter.Seq2[moderation.Post, *Refusal] {
	return read(ctx, src, postShape)
}

// Applications reads a file of brands' applications, like Posts.
func Applications(ctx context.Context, src *Source) iter.Seq2[moderation.Application, *Refusal] {
	return read(ctx, src, applicationShape)
}

func read[T any](ctx context.Context, s *Source, sh shape[T]) iter.Seq2[T, *Refusal] {
	return func(yield func(T, *Refusal) bool) {
		if s.begun {
			s.err = fault.Wrap(errors.New("a source is read once"), fault.Internal)
			return
		}
		s.begun = true
		if s.table != nil {
			s.table.groups = sh.groups
		}
		rows, err := s.reader(ctx, sh.names, sh.nested, sh.required)
		if err != nil {
			s.err = err
			return
		}
		attach := newAttacher(ctx, s)
		defer attach.close()
		seen := make(map[[16]byte]struct{})
		for {
			if ctx.Err() != nil {
				s.stopped(ctx)
				return
			}
			r, err := rows.next()
			if err == io.EOF {
				s.ended(ctx)
				return
			}
			if err != nil {
				if s.stopped(ctx); s.err == nil {
					s.err = s.readFault(err)
				}
				return
			}
			s.rows++
			s.last = r
			item, refusal := understand(s, sh, r, seen)
			if refusal == nil && sh.attach != nil && attach != nil {
				attach.line, attach.id = r.line, sh.id(item)
				sh.attach(attach, &item)
				if attach.err != nil {
					s.err = attach.err
					return
				}
			}
			if !yield(item, refusal) {
				return
			}
		}
	}
}

// understand turns a row into an item or a refusal. seen holds the hash of every
// id that came, so that a file of any length costs the same few bytes a row.
func understand[T any](s *Source, sh shape[T], r row, seen map[[16]byte]struct{}) (T, *Refusal) {
	var none T
	if r.fault != nil {
		return none, &Refusal{Line: r.line, Fault: r.fault, Raw: clipRaw(r.raw)}
	}
	id := rawID(r.values, cmp.Or(sh.key, "id"))
	f := &fields{zone: s.opts.Zone, verbatim: s.opts.Verbatim, extra: make(map[string]any)}
	if s.table != nil {
		f.serial = s.table.serial
	}
	item := sh.build(f, object{values: r.values})
	if f.fault == nil && sh.id != nil {
		sum := sha256.Sum256([]byte(sh.id(item)))
		key := [16]byte(sum[:16])
		if _, twice := seen[key]; twice {
			f.fault = fault.New(fault.FieldTwice, "field", cmp.Or(sh.key, "id"), "value", id)
		}
		seen[key] = struct{}{}
	}
	if f.fault != nil {
		return none, &Refusal{Line: r.line, ID: id, Fault: f.fault, Raw: clipRaw(r.raw)}
	}
	return item, nil
}

// rawID reads the id for a refusal before it has been checked.
func rawID(values map[string]any, key string) string {
	switch v := values[key].(type) {
	case string:
		return clip(v)
	case cell:
		return clip(string(v))
	}
	return ""
}

func (s *Source) reader(ctx context.Context, names, nested, required []string) (rowReader, error) {
	if s.table == nil {
		return s.lines(ctx), nil
	}
	return s.table, s.table.arrange(names, nested, required)
}

// stopped notes that the context ended, which for a followed file is the only
// proper end.
func (s *Source) stopped(ctx context.Context) {
	if ctx.Err() != nil && !s.opts.Follow {
		s.err = fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
}

func (s *Source) ended(ctx context.Context) {
	s.stopped(ctx)
	if s.err == nil && s.rows == 0 && !s.opts.Follow {
		s.err = s.fail(nil, fault.FileEmpty)
	}
}
