package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/moderation"
)

// Audit is the record that nobody can rewrite: 64 chains of hashes. Who may read
// what of it is the database's business: leads, auditors and administrators all,
// others what they did themselves.
type Audit struct{ db *DB }

// Audit returns the record.
func (db *DB) Audit() *Audit { return &Audit{db} }

type auditRow struct {
	Chain   int       `db:"chain"`
	Seq     int64     `db:"seq"`
	At      time.Time `db:"at"`
	Actor   string    `db:"actor"`
	Action  string    `db:"action"`
	Kind    string    `db:"kind"`
	Target  string    `db:"target"`
	Request string    `db:"request"`
	Detail  string    `db:"detail"`
	Hash    []byte    `db:"hash"`
}

const auditColumns = `chain, seq, at, actor, action, kind, target, coalesce(CAST(request AS text), '') AS request, detail, hash`

// canonical returns the bytes that a row's hash covers, given the hash before it:
// each field as its length in bytes, a colon, and its bytes, so that no two rows
// can be written the same. studio.audit_canonical does the same in the database.
func (r auditRow) canonical(prev []byte) []byte {
	var b []byte
	for _, field := range []string{
		"cinnabar.audit.1",
		string(prev),
		strconv.Itoa(r.Chain),
		strconv.FormatInt(r.Seq, 10),
		r.At.UTC().Format("2006-01-02T15:04:05.000000Z"),
		r.Actor,
		r.Action,
		r.Kind,
		r.Target,
		r.Request,
		r.Detail,
	} {
		b = strconv.AppendInt(b, int64(len(field)), 10)
		b = append(b, ':')
		b = append(b, field...)
	}
	return b
}

func (r auditRow) hashAfter(prev []byte) []byte {
	sum := sha256.Sum256(r.canonical(prev))
	return sum[:]
}

// auditKey is the order of a page. Microseconds, as Postgres keeps them.
type auditKey struct {
	At    int64 `json:"a"`
	Chain int   `json:"c"`
	Seq   int64 `json:"s"`
}

// Page returns a page of the record, newest first. Faults: NoRight, BadUsage.
func (a *Audit) Page(ctx context.Context, ask moderation.AuditQuery) (moderation.AuditPage, error) {
	var (
		after auditKey
		w     where
	)
	paged, err := decodeCursor(ask.After, &after)
	if err != nil {
		return moderation.AuditPage{}, err
	}
	if ask.Actor != "" {
		w.and(`actor = ?`, ask.Actor)
	}
	if ask.Target != "" {
		w.and(`target = ?`, ask.Target)
	}
	if strings.HasSuffix(ask.Action, ".") {
		w.and(`starts_with(action, ?)`, ask.Action)
	} else if ask.Action != "" {
		w.and(`action = ?`, ask.Action)
	}
	if paged {
		w.and(`(at, chain, seq) < (?, ?, ?)`, time.UnixMicro(after.At).UTC(), after.Chain, after.Seq)
	}
	limit := pageSize(ask.Limit)
	var rows []auditRow
	err = a.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT `+auditColumns+` FROM studio.audit WHERE true`+w.text.String()+`
			ORDER BY at DESC, chain DESC, seq DESC LIMIT `+strconv.Itoa(limit+1), w.args...)
	})
	if err != nil {
		return moderation.AuditPage{}, err
	}
	var page moderation.AuditPage
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		page.Next = encodeCursor(auditKey{At: last.At.UnixMicro(), Chain: last.Chain, Seq: last.Seq})
	}
	page.Rows = make([]moderation.AuditRow, len(rows))
	for i, r := range rows {
		page.Rows[i] = moderation.AuditRow{
			Chain: r.Chain, Seq: r.Seq, At: r.At.UTC(), Actor: r.Actor, Action: r.Action, Kind: r.Kind, Target: r.Target,
			Request: r.Request, Detail: r.Detail, Hash: hex.EncodeToString(r.Hash),
		}
	}
	return page, nil
}
