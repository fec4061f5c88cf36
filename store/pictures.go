package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// maxPicture is the most bytes a picture may have. The database has the same limit.
const maxPicture = 20 << 20

// pictureBatch is about how many bytes of pictures go in one call.
const pictureBatch = 4 << 20

// Pictures are the bytes of pictures, by their content.
type Pictures struct{ db *DB }

// Pictures returns the pictures.
func (db *DB) Pictures() *Pictures { return &Pictures{db} }

// Bytes returns a picture as it was handed in. Fault: NotFound, also for one that
// this person may not see.
func (p *Pictures) Bytes(ctx context.Context, id assets.ID) ([]byte, error) {
	var data []byte
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &data, `SELECT bytes FROM studio.picture WHERE id = $1`, string(id))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "what", "picture", "id", string(id))
	}
	return data, err
}

// Has tells which of some pictures are there for this person to see. Those that
// aren't are absent from the map.
func (p *Pictures) Has(ctx context.Context, ids []assets.ID) (map[assets.ID]bool, error) {
	wanted := make(pq.StringArray, 0, len(ids))
	for _, id := range ids {
		if id.Valid() {
			wanted = append(wanted, string(id))
		}
	}
	if len(wanted) == 0 {
		return map[assets.ID]bool{}, nil
	}
	var there []assets.ID
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		there = there[:0]
		return sqlx.SelectContext(ctx, q, &there, `SELECT id FROM studio.picture WHERE id = ANY ($1)`, wanted)
	})
	if err != nil {
		return nil, err
	}
	has := make(map[assets.ID]bool, len(there))
	for _, id := range there {
		has[id] = true
	}
	return has, nil
}

// Put keeps files and returns their IDs in the same order. What is there already
// doesn't travel again. A file that is no picture is kept too, because it was
// handed in and somebody has to see that; opening it will say what it is. Faults:
// PictureEmpty, PictureLarge (over 20 MB), each with the file's position from 1
// as row; then none of the files is kept.
func (p *Pictures) Put(ctx context.Context, request string, files [][]byte) ([]assets.ID, error) {
	ids := make([]assets.ID, len(files))
	for i, data := range files {
		switch {
		case len(data) == 0:
			return nil, fault.New(fault.PictureEmpty, "row", itoa(i+1))
		case len(data) > maxPicture:
			return nil, fault.New(fault.PictureLarge, "have", megabytes(len(data)), "limit", megabytes(maxPicture), "row", itoa(i+1))
		}
		ids[i] = assets.IDOf(data)
	}
	there, err := p.Has(ctx, ids)
	if err != nil {
		return nil, err
	}
	var missing []int
	for i, id := range ids {
		if !there[id] {
			there[id] = true
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return ids, nil
	}
	_, err = p.db.importing(ctx, request, "pictures", func(tx *sqlx.Tx) error {
		for from := 0; from < len(missing); {
			var batch pictureColumns
			for ; from < len(missing) && (len(batch.data) == 0 || batch.bytes+len(files[missing[from]]) <= pictureBatch); from++ {
				batch.add(files[missing[from]])
			}
			if _, err := tx.ExecContext(ctx, `SELECT studio.pictures_import($1, $2, $3, $4, $5)`, request,
				batch.data, batch.media, batch.width, batch.height); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

type pictureColumns struct {
	data          pq.ByteaArray
	media         pq.StringArray
	width, height pq.Int64Array
	bytes         int
}

// add reads the header for what lists show of a picture without opening it.
func (c *pictureColumns) add(data []byte) {
	media, width, height := "application/octet-stream", 0, 0
	if info, err := decode.Config(data); err == nil {
		media, width, height = "image/"+strings.ToLower(string(info.Format)), info.Width, info.Height
	}
	c.data = append(c.data, data)
	c.media = append(c.media, media)
	c.width = append(c.width, int64(width))
	c.height = append(c.height, int64(height))
	c.bytes += len(data)
}

func megabytes(n int) string {
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}
