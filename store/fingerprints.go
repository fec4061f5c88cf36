package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/assets/fingerprint"
	"cinnabar/internal/fault"
)

// Looked is what a process saw in a picture.
type Looked struct {
	assets.Look
	Prints fingerprint.Set
}

// TakeLooks leases up to n pictures, at most 100, that nobody of this version has looked
// at, and returns their IDs in the order in which they came. Nobody else gets them for
// two minutes. None means that there is nothing to do. For workers. Fault: NoRight.
func (p *Pictures) TakeLooks(ctx context.Context, request string, version, n int) ([]assets.ID, error) {
	var ids []assets.ID
	err := p.db.call(ctx, &ids, `SELECT studio.looks_take($1, $2, $3)`, request, version, n)
	return ids, err
}

// PutLooks keeps what was seen in pictures that TakeLooks handed out. What comes too
// late, because somebody else brought it, is left aside without a fault. It returns how
// many were kept. For workers. Faults: NoRight, FieldValue.
func (p *Pictures) PutLooks(ctx context.Context, request string, version int, looks []Looked) (kept int, err error) {
	if len(looks) == 0 {
		return 0, nil
	}
	rows := make([]lookJSON, len(looks))
	for i, l := range looks {
		rows[i] = newLookJSON(l)
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return 0, fault.Wrap(err, fault.Internal)
	}
	var done struct {
		Kept int `json:"kept"`
	}
	err = p.db.call(ctx, &done, `SELECT studio.looks_put($1, $2, $3)`, request, version, string(raw))
	return done.Kept, err
}

// LooksWaiting is how many pictures nobody of this version has looked at yet; those
// that somebody has in hand count.
func (p *Pictures) LooksWaiting(ctx context.Context, version int) (int, error) {
	var n int
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &n, `SELECT count(*) FROM studio.picture_look WHERE version < $1`, version)
	})
	return n, err
}

// Look returns what was found in a picture. Fault: NotFound, also for one that this
// person may not see.
func (p *Pictures) Look(ctx context.Context, id assets.ID) (assets.Look, error) {
	var row struct {
		At      sql.NullTime `db:"looked_at"`
		Failed  string       `db:"failed"`
		Quality int          `db:"quality"`
		Codes   []byte       `db:"codes"`
	}
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `SELECT looked_at, failed, quality, codes FROM studio.picture_look WHERE picture = $1`, string(id))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return assets.Look{}, fault.New(fault.NotFound, "what", "picture", "id", string(id))
	}
	if err != nil {
		return assets.Look{}, err
	}
	look := assets.Look{Picture: id, At: row.At.Time, Failed: row.Failed, Quality: row.Quality}
	if err := json.Unmarshal(row.Codes, &look.Codes); err != nil {
		return assets.Look{}, fault.Wrap(err, fault.Internal)
	}
	return look, nil
}

// Seen returns where a picture was seen, and pictures that look like it, earliest first:
// at most 300 of what this person may be told of, and how many there are in all. More in
// all than are returned means that there are places in regions that aren't theirs; to a
// marketer these don't count. Of more than 150 pictures that are alike only the nearest are
// asked, and the fifty that came first. A picture that nobody has looked at yet is found under its
// own bytes alone. There is nothing of a picture that this person may not see.
func (p *Pictures) Seen(ctx context.Context, id assets.ID) ([]assets.Sighting, int, error) {
	return p.seen(ctx, id, `SELECT studio.picture_seen($1)`, string(id))
}

// SeenLike is Seen for a file that is not in the database, by its prints. What this
// person may not be told of doesn't count either.
func (p *Pictures) SeenLike(ctx context.Context, set fingerprint.Set) ([]assets.Sighting, int, error) {
	part, mirrored, hash := pq.Int64Array{}, pq.BoolArray{}, pq.StringArray{}
	if set.Usable() {
		for _, x := range set {
			if x.Usable() {
				part, mirrored, hash = append(part, int64(x.Part)), append(mirrored, x.Mirrored), append(hash, x.Hash.String())
			}
		}
	}
	if len(hash) == 0 {
		return nil, 0, nil
	}
	return p.seen(ctx, "", `SELECT studio.picture_seen_like($1, $2, $3)`, part, mirrored, hash)
}

func (p *Pictures) seen(ctx context.Context, id assets.ID, query string, args ...any) ([]assets.Sighting, int, error) {
	var answer struct {
		Total int `json:"total"`
		Seen  []struct {
			Picture  assets.ID    `json:"picture"`
			Distance int          `json:"distance"`
			Mirrored bool         `json:"mirrored"`
			Cut      bool         `json:"cut"`
			Place    assets.Place `json:"place"`
			ID       string       `json:"id"`
			Ref      string       `json:"ref"`
			By       string       `json:"by"`
			At       time.Time    `json:"at"`
			First    bool         `json:"first"`
		} `json:"seen"`
	}
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		var raw []byte
		if err := q.QueryRowxContext(ctx, query, args...).Scan(&raw); err != nil {
			return err
		}
		answer.Total, answer.Seen = 0, nil
		if raw == nil {
			return nil // of a person who was disabled just now
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return fault.Wrap(err, fault.Internal)
		}
		return nil
	})
	if err != nil || len(answer.Seen) == 0 {
		return nil, answer.Total, err
	}
	ids := make([]assets.ID, len(answer.Seen))
	for i, s := range answer.Seen {
		ids[i] = s.Picture
	}
	// By the person's own eyes, which the answer above is not.
	shown, err := p.Has(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	all := make([]assets.Sighting, len(answer.Seen))
	for i, s := range answer.Seen {
		all[i] = assets.Sighting{Picture: s.Picture, Same: s.Picture == id, Distance: s.Distance, Mirrored: s.Mirrored, Cut: s.Cut,
			Place: s.Place, ID: s.ID, Ref: s.Ref, By: s.By, At: s.At, First: s.First, Shown: shown[s.Picture]}
	}
	return all, answer.Total, nil
}

type lookJSON struct {
	Picture string        `json:"picture"`
	Failed  string        `json:"failed"`
	Quality int           `json:"quality"`
	Codes   []assets.Code `json:"codes"`
	Prints  []printJSON   `json:"prints"`
}

type printJSON struct {
	Part     int    `json:"part"`
	Mirrored bool   `json:"mirrored"`
	Hash     string `json:"hash"`
}

// Of the codes of one picture so many are kept, and so much of each: what is in a code
// is a stranger's, and a QR code holds 3 kB at most.
const (
	mostCodes = 20
	codeBytes = 3000
)

func newLookJSON(l Looked) lookJSON {
	row := lookJSON{Picture: string(l.Picture), Failed: l.Failed, Codes: []assets.Code{}, Prints: []printJSON{}}
	if l.Failed != "" {
		return row
	}
	if whole, ok := l.Prints.Whole(); ok {
		row.Quality = whole.Quality
	}
	for _, c := range l.Codes[:min(len(l.Codes), mostCodes)] {
		text := strings.ReplaceAll(strings.ToValidUTF8(c.Text, "\uFFFD"), "\x00", "\uFFFD")
		for len(text) > codeBytes {
			_, size := utf8.DecodeLastRuneInString(text)
			text = text[:len(text)-size]
		}
		row.Codes = append(row.Codes, assets.Code{Text: text, Box: c.Box})
	}
	if !l.Prints.Usable() {
		return row
	}
	for _, x := range l.Prints {
		if x.Usable() {
			row.Prints = append(row.Prints, printJSON{x.Part, x.Mirrored, x.Hash.String()})
		}
	}
	return row
}
