package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// Meta reads what a picture's file says of itself. The place it may hold is told by
// Place alone. Faults: those of Bytes.
func (p *Pictures) Meta(ctx context.Context, id assets.ID) (decode.Meta, error) {
	data, err := p.Bytes(ctx, id)
	if err != nil {
		return decode.Meta{}, err
	}
	return decode.ReadMeta(data), nil
}

// Place tells where a picture says it was taken, after the record has a row that says
// who asked: without that row there is no answer. Asking again with the same request
// leaves no second row. Faults: NoRight, NotFound (also for a picture that is not this
// person's to ask about, and for one that names no place).
func (p *Pictures) Place(ctx context.Context, request string, id assets.ID) (decode.Place, error) {
	// The bytes come first: who finds no place in them has looked at nothing, and
	// whether there is one the screen says to everybody.
	meta, err := p.Meta(ctx, id)
	if err != nil {
		return decode.Place{}, err
	}
	place, known := meta.Place()
	if !known {
		return decode.Place{}, fault.New(fault.NotFound, "what", "place", "id", string(id))
	}
	err = p.db.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `SELECT studio.picture_place($1, $2)`, request, string(id))
		return err
	})
	if err != nil {
		return decode.Place{}, err
	}
	return place, nil
}
