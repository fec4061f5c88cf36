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

// auditRow is a row as its hash covers it: every field is the text that is hashed.
type auditRow struct {
	Chain   int    `db:"chain"`
	Seq     int64  `db:"seq"`
	At      string `db:"at"` // as auditTime
	Actor   string `db:"actor"`
	Action  string `db:"action"`
	Kind    string `db:"kind"`
	Target  string `db:"target"`
	Request string `db:"request"`
	Detail  string `db:"detail"`
	Hash    []byte `db:"hash"`
}

// auditTime is how a moment is written in what a hash covers, always in UTC.
const auditTime = "2006-01-02T15:04:05.000000Z"

// auditColumns are the columns of studio.audit a. A moment that has no such form
// (infinity) can only have been put there past our functions; it comes as Postgres
// writes it, so that the row is shown rather than the work ended.
const auditColumns = `a.chain, a.seq, coalesce(to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), CAST(a.at AS text)) AS at,
	a.actor, a.action, a.kind, a.target, coalesce(CAST(a.request AS text), '') AS request, a.detail, a.hash`

// canonical appends the bytes that a row's hash covers, given the hash before it:
// each field as its length in bytes, a colon, and its bytes, so that no two rows
// can be written the same. studio.audit_canonical does the same in the database.
func (r *auditRow) canonical(b, prev []byte) []byte {
	b = appendField(b, "cinnabar.audit.1")
	b = strconv.AppendInt(b, int64(len(prev)), 10)
	b = append(b, ':')
	b = append(b, prev...)
	b = appendField(b, strconv.Itoa(r.Chain))
	b = appendField(b, strconv.FormatInt(r.Seq, 10))
	for _, field := range [...]string{r.At, r.Actor, r.Action, r.Kind, r.Target, r.Request, r.Detail} {
		b = appendField(b, field)
	}
	return b
}

func appendField(b []byte, field string) []byte {
	b = strconv.AppendInt(b, int64(len(field)), 10)
	b = append(b, ':')
	return append(b, field...)
}

func (r *auditRow) hashAfter(prev []byte) []byte {
	sum := sha256.Sum256(r.canonical(make([]byte, 0, 512), prev))
	return sum[:]
}

// place names a row for people.
func (r *auditRow) place() string { return auditPlace(r.Chain, r.Seq) }

func auditPlace(chain int, seq int64) string {
	return "chain " + strconv.Itoa(chain) + " row " + strconv.FormatInt(seq, 10)
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
		return sqlx.SelectContext(ctx, q, &rows, `SELECT `+auditColumns+` FROM studio.audit a WHERE true`+w.text.String()+`
			ORDER BY a.at DESC, a.chain DESC, a.seq DESC LIMIT `+strconv.Itoa(limit+1), w.args...)
	})
	if err != nil {
		return moderation.AuditPage{}, err
	}
	var page moderation.AuditPage
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	page.Rows = make([]moderation.AuditRow, len(rows))
	for i, r := range rows {
		at, _ := time.Parse(auditTime, r.At) // what has no such form is shown without a time
		page.Rows[i] = moderation.AuditRow{
			Chain: r.Chain, Seq: r.Seq, At: at, Actor: r.Actor, Action: r.Action, Kind: r.Kind, Target: r.Target,
			Request: r.Request, Detail: r.Detail, Hash: hex.EncodeToString(r.Hash),
		}
	}
	if more {
		last := page.Rows[limit-1]
		page.Next = encodeCursor(auditKey{At: last.At.UnixMicro(), Chain: last.Chain, Seq: last.Seq})
	}
	return page, nil
}
