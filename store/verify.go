package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"golang.org/x/sync/errgroup"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

const (
	chainCount = 64
	// chainBatch is how many rows of a chain are read at a time: a megabyte or two.
	chainBatch = 4000
	// chainsAtOnce are followed beside each other, so that the server reads while we hash.
	chainsAtOnce = 2
	// picturesAtOnce are hashed by one statement: a second or two where they are large.
	picturesAtOnce = 256
	// problemsAtMost bounds what one check reports. Beyond it the finding is not that
	// single rows are wrong.
	problemsAtMost = 200
)

// Verify recomputes every chain of the record and the digest of every picture, asks
// for every invariant, and returns what is wrong; nothing for a database in order.
// It reads beside people who work, and judges of the record what stood when it
// began. report is told how much of the work is done and in all, in no unit of its
// own, and from several goroutines; nil is allowed.
//
// Only auditors see all that it has to read. Fault: NoRight for anybody else, since
// a chain with rows left out looks like a broken one.
//
// What it can't show: rows cut from the end of a chain together with its head and
// with what they speak of, or a chain written anew from some row on, by somebody who
// may alter tables. VerifyAgainst an earlier Export shows that.
func (a *Audit) Verify(ctx context.Context, report func(done, total int64)) (moderation.Verified, error) {
	if err := a.forAuditors(ctx, "verify"); err != nil {
		return moderation.Verified{}, err
	}
	var v verification
	err := a.db.patiently(ctx, func(ctx context.Context, patient *DB) error {
		v = verification{db: patient, meter: meter{report: report}}
		return v.run(ctx)
	})
	if err != nil {
		return moderation.Verified{}, err
	}
	return v.found, nil
}

// forAuditors refuses whoever is none.
func (a *Audit) forAuditors(ctx context.Context, action string) error {
	me, err := a.db.People().Me(ctx)
	if err != nil {
		return err
	}
	if me.Role != people.Auditor {
		return fault.New(fault.NoRight, "login", me.Login, "action", action)
	}
	return nil
}

// meter adds up the progress of several goroutines.
type meter struct {
	mu          sync.Mutex
	done, total int64
	report      func(done, total int64)
}

func (m *meter) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = min(m.done+n, m.total)
	if m.report != nil {
		m.report(m.done, m.total)
	}
}

// verification is one verification under way.
type verification struct {
	db    *DB
	meter meter
	found moderation.Verified

	mu      sync.Mutex
	spoiled []auditPlaceKey // rows of the record whose detail is no JSON any more
}

type auditPlaceKey struct {
	chain int
	seq   int64
}

type auditHead struct {
	Chain int    `db:"chain"`
	Seq   int64  `db:"seq"`
	Hash  []byte `db:"hash"`
}

func (db *DB) auditHeads(ctx context.Context) ([]auditHead, error) {
	var heads []auditHead
	err := db.read(ctx, func(q sqlx.QueryerContext) error {
		heads = heads[:0]
		return sqlx.SelectContext(ctx, q, &heads, `SELECT chain, seq, hash FROM studio.audit_head ORDER BY chain`)
	})
	return heads, err
}

func (v *verification) run(ctx context.Context) error {
	heads, err := v.db.auditHeads(ctx)
	if err != nil {
		return err
	}
	var pictures int64
	if err := v.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &pictures, `SELECT count(*) FROM studio.picture`)
	}); err != nil {
		return err
	}
	var rows int64
	for _, h := range heads {
		rows += h.Seq
	}
	// By what they cost about: hashing a picture as much as hashing fifty rows, going
	// through the tables for one invariant as much as a part of the record.
	const perPicture = 50
	perCheck := rows/32 + 1
	v.meter.total = rows + perPicture*pictures + perCheck*int64(len(invariants()))
	v.meter.add(0)

	if err := v.chains(ctx, heads); err != nil {
		return err
	}
	if err := v.pictures(ctx, func(n int) { v.meter.add(perPicture * int64(n)) }); err != nil {
		return err
	}
	for _, check := range invariants() {
		var found []moderation.Problem
		if err := v.db.read(ctx, func(q sqlx.QueryerContext) error {
			found, err = check.ask(ctx, q, v.spoiled)
			return err
		}); err != nil {
			return err
		}
		v.found.Problems = append(v.found.Problems, found...)
		v.meter.add(perCheck)
	}
	v.meter.add(v.meter.total)
	return nil
}

func (v *verification) chains(ctx context.Context, heads []auditHead) error {
	if len(heads) != chainCount {
		v.found.Problems = append(v.found.Problems, moderation.Problem{Check: "chain.heads", Where: "audit_head",
			Seen: strconv.Itoa(len(heads)), Want: strconv.Itoa(chainCount)})
	}
	var group errgroup.Group
	group.SetLimit(chainsAtOnce)
	problems, rows := make([][]moderation.Problem, len(heads)), make([]int64, len(heads))
	for i, head := range heads {
		group.Go(func() (err error) {
			defer fault.Catch(&err)
			problems[i], rows[i], err = v.chain(ctx, head)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i := range heads {
		v.found.Rows += rows[i]
		v.found.Problems = append(v.found.Problems, problems[i]...)
	}
	return nil
}

// chain follows one chain up to a head read before. A row that does not match is
// named; the rows after it are judged by the hash it carries, so one altered row is
// one problem and not a thousand.
func (v *verification) chain(ctx context.Context, head auditHead) (problems []moderation.Problem, count int64, err error) {
	add := func(check, where, seen, want string) {
		if len(problems) < problemsAtMost {
			problems = append(problems, moderation.Problem{Check: check, Where: where, Seen: seen, Want: want})
		}
	}
	rows := v.db.chainRows(ctx, head.Chain, head.Seq)
	defer rows.stop()
	w := newWalk()
	for {
		batch, more, err := rows.next(ctx)
		if err != nil {
			return nil, 0, v.db.explain(ctx, err)
		}
		if !more {
			break
		}
		for i := range batch {
			r := &batch[i]
			if seen, want, ok := w.step(r); !ok {
				add("chain", r.place(), seen, want)
			}
			if !isObject(r.Detail) {
				add("chain.detail", r.place(), excerpt(r.Detail), "a JSON object")
				v.mu.Lock()
				v.spoiled = append(v.spoiled, auditPlaceKey{r.Chain, r.Seq})
				v.mu.Unlock()
			}
		}
		count += int64(len(batch))
		v.meter.add(int64(len(batch)))
	}
	if w.seq != head.Seq {
		add("chain", auditPlace(head.Chain, head.Seq), "the chain ends at row "+strconv.FormatInt(w.seq, 10), "row "+strconv.FormatInt(head.Seq, 10))
	} else if !bytes.Equal(w.hash, head.Hash) {
		add("chain", auditPlace(head.Chain, head.Seq), hex.EncodeToString(w.hash), hex.EncodeToString(head.Hash)+" (the head's)")
	}
	return problems, count, nil
}

func isObject(detail string) bool {
	return strings.HasPrefix(strings.TrimLeft(detail, " \t\r\n"), "{") && json.Valid([]byte(detail))
}

// walk follows a chain row by row.
type walk struct {
	seq  int64
	hash []byte // of row seq, as it says itself
	prev []byte // of the row before it
	fits bool   // row seq has the hash that follows from prev
}

func newWalk() walk { return walk{hash: make([]byte, 32), fits: true} }

// step takes the next row and reports whether it is the one that has to follow.
func (w *walk) step(r *auditRow) (seen, want string, ok bool) {
	switch {
	case r.Seq == w.seq:
		// Of two that claim one place the chain goes on with the one that fits.
		if !w.fits && bytes.Equal(r.Hash, r.hashAfter(w.prev)) {
			w.hash, w.fits = r.Hash, true
		}
		return "twice", "once", false
	case r.Seq != w.seq+1:
		seen, want = "row "+strconv.FormatInt(w.seq, 10)+" before it", "row "+strconv.FormatInt(r.Seq-1, 10)+" before it"
		w.fits = true // as far as anybody can tell
	default:
		follows := r.hashAfter(w.hash)
		if w.fits = bytes.Equal(r.Hash, follows); w.fits {
			ok = true
		} else {
			seen, want = hex.EncodeToString(r.Hash), hex.EncodeToString(follows)
		}
	}
	w.seq, w.prev, w.hash = r.Seq, w.hash, r.Hash
	return seen, want, ok
}

// chainRows reads the rows of a chain up to one of them, in order, a batch ahead of
// whoever takes them.
func (db *DB) chainRows(ctx context.Context, chain int, upTo int64) *pipeline[[]auditRow] {
	return newPipeline(func(hand func([]auditRow) bool) error {
		// The moment belongs to the key: a row put beside another of its number, past
		// our functions, must not fall between two batches.
		key := auditRow{At: "-infinity"}
		for {
			var rows []auditRow
			err := db.read(ctx, func(q sqlx.QueryerContext) error {
				rows = make([]auditRow, 0, min(chainBatch, upTo))
				return sqlx.SelectContext(ctx, q, &rows, `SELECT `+auditColumns+` FROM studio.audit a
					WHERE a.chain = $1 AND (a.seq, a.at) > ($2, $3) AND a.seq <= $4
					ORDER BY a.seq, a.at LIMIT `+strconv.Itoa(chainBatch), chain, key.Seq, key.At, upTo)
			})
			if err != nil {
				return err
			}
			if len(rows) > 0 && !hand(rows) {
				return nil
			}
			if len(rows) < chainBatch {
				return nil
			}
			key = rows[len(rows)-1]
		}
	})
}

// pictures recomputes the digests that name pictures. The server does it: sending
// every picture over the link would prove no more, since it is the server that says
// what the bytes are.
func (v *verification) pictures(ctx context.Context, tell func(n int)) error {
	type picture struct {
		ID     string `db:"id"`
		Digest string `db:"digest"`
	}
	last, wrong := "", 0
	for {
		var some []picture
		err := v.db.read(ctx, func(q sqlx.QueryerContext) error {
			some = some[:0]
			return sqlx.SelectContext(ctx, q, &some, `SELECT id, encode(sha256(bytes), 'hex') AS digest FROM studio.picture
				WHERE id > $1 ORDER BY id LIMIT `+strconv.Itoa(picturesAtOnce), last)
		})
		if err != nil {
			return err
		}
		for _, p := range some {
			if p.Digest != p.ID && wrong < problemsAtMost {
				wrong++
				v.found.Problems = append(v.found.Problems, moderation.Problem{Check: "picture.bytes", Where: "picture " + p.ID, Seen: p.Digest, Want: p.ID})
			}
		}
		v.found.Pictures += int64(len(some))
		tell(len(some))
		if len(some) < picturesAtOnce {
			return nil
		}
		last = some[len(some)-1].ID
	}
}

// ask runs an invariant on a connection and returns the rows that break it. One that
// can't be asked because of what stands in a row, or because something it asks of is
// gone, is broken as well: our functions leave nothing behind that would do that.
func (check invariant) ask(ctx context.Context, q sqlx.QueryerContext, spoiled []auditPlaceKey) ([]moderation.Problem, error) {
	var rows []struct {
		Place string `db:"place"`
		Seen  string `db:"seen"`
		Want  string `db:"want"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, premises(spoiled)+`
		SELECT coalesce(place, '') AS place, coalesce(seen, '') AS seen, coalesce(want, '') AS want
		  FROM (`+check.query+`) AS x(place, seen, want) LIMIT `+strconv.Itoa(problemsAtMost))
	var e *pq.Error
	if errors.As(err, &e) && (e.Code.Class() == "22" || e.Code.Class() == "42") {
		return []moderation.Problem{{Check: check.name, Where: "the check itself", Seen: e.Message, Want: "rows that it can be asked of"}}, nil
	}
	if err != nil {
		return nil, err
	}
	var problems []moderation.Problem
	for _, r := range rows {
		problems = append(problems, moderation.Problem{Check: check.name, Where: r.Place, Seen: r.Seen, Want: r.Want})
	}
	return problems, nil
}

// detailOf reads the detail of studio.audit a as JSON, except of rows that are
// spoiled, which the chains have named.
func detailOf(spoiled []auditPlaceKey) string {
	detail := `CAST(a.detail AS jsonb)`
	if len(spoiled) == 0 {
		return detail
	}
	var places []string
	for _, p := range spoiled[:min(len(spoiled), problemsAtMost)] {
		places = append(places, "("+strconv.Itoa(p.chain)+", "+strconv.FormatInt(p.seq, 10)+")")
	}
	return `CASE WHEN (a.chain, a.seq) IN (` + strings.Join(places, ", ") + `) THEN jsonb '{}' ELSE ` + detail + ` END`
}

// Checks lists what a verification may find broken, as Problem.Check names it.
func Checks() []string {
	checks := []string{"chain", "chain.heads", "chain.detail", "against.head", "against.row", "picture.bytes"}
	for _, check := range invariants() {
		checks = append(checks, check.name)
	}
	return checks
}
