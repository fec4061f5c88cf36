package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// verifyStep is how many rows of a chain are read at a time: some megabytes, well
// under the time that one statement may take.
const verifyStep = 4000

// problemsAtMost bounds what one check reports. Beyond it the finding is not that
// single rows are wrong.
const problemsAtMost = 200

// Verify recomputes every chain of the record and asks for every invariant, and
// returns what is wrong; nothing for a database in order. It reads beside people
// who work, and judges what stood when it began. report is told the rows of the
// record done and in all; nil is allowed.
//
// Only auditors see all that it has to read. Fault: NoRight for anybody else, since
// a chain with rows left out looks like a broken one.
//
// What it can't show: rows cut from the end of a chain together with its head, by
// somebody who may alter tables. Heads kept elsewhere show that.
func (a *Audit) Verify(ctx context.Context, report func(done, total int64)) ([]moderation.Problem, error) {
	me, err := a.db.People().Me(ctx)
	if err != nil {
		return nil, err
	}
	if me.Role != people.Auditor {
		return nil, fault.New(fault.NoRight, "login", me.Login, "action", "verify")
	}
	if report == nil {
		report = func(done, total int64) {}
	}
	problems, err := a.verifyChains(ctx, report)
	if err != nil {
		return nil, err
	}
	for _, check := range invariants {
		found, err := a.db.ask(ctx, check)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	return problems, nil
}

type auditHead struct {
	Chain int    `db:"chain"`
	Seq   int64  `db:"seq"`
	Hash  []byte `db:"hash"`
}

func (a *Audit) verifyChains(ctx context.Context, report func(done, total int64)) ([]moderation.Problem, error) {
	var heads []auditHead
	err := a.db.read(ctx, func(q sqlx.QueryerContext) error {
		heads = heads[:0]
		return sqlx.SelectContext(ctx, q, &heads, `SELECT chain, seq, hash FROM studio.audit_head ORDER BY chain`)
	})
	if err != nil {
		return nil, err
	}
	var problems []moderation.Problem
	if len(heads) != 64 {
		problems = append(problems, moderation.Problem{Check: "chain.heads", Where: "audit_head", Seen: strconv.Itoa(len(heads)), Want: "64"})
	}
	var done, total int64
	for _, h := range heads {
		total += h.Seq
	}
	report(0, total)
	for _, h := range heads {
		found, err := a.verifyChain(ctx, h, func(rows int64) {
			done += rows
			report(done, total)
		})
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	return problems, nil
}

// verifyChain follows one chain up to a head read before. A row that does not
// match is named; the rows after it are judged by the hash it carries, so one
// altered row is one problem and not a thousand.
func (a *Audit) verifyChain(ctx context.Context, head auditHead, tell func(rows int64)) ([]moderation.Problem, error) {
	var problems []moderation.Problem
	add := func(seq int64, seen, want string) {
		if len(problems) < problemsAtMost {
			problems = append(problems, moderation.Problem{Check: "chain", Where: fmt.Sprintf("chain %d row %d", head.Chain, seq), Seen: seen, Want: want})
		}
	}
	last, prev := int64(0), make([]byte, 32)
	for last < head.Seq {
		var rows []auditRow
		err := a.db.read(ctx, func(q sqlx.QueryerContext) error {
			rows = rows[:0]
			return sqlx.SelectContext(ctx, q, &rows, `SELECT `+auditColumns+` FROM studio.audit
				WHERE chain = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT `+strconv.Itoa(verifyStep), head.Chain, last, head.Seq)
		})
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if r.Seq != last+1 {
				add(r.Seq, "row "+strconv.FormatInt(last, 10)+" before it", "row "+strconv.FormatInt(r.Seq-1, 10)+" before it")
			} else if want := r.hashAfter(prev); !bytes.Equal(r.Hash, want) {
				add(r.Seq, hex.EncodeToString(r.Hash), hex.EncodeToString(want))
			}
			last, prev = r.Seq, r.Hash
		}
		tell(int64(len(rows)))
	}
	if last != head.Seq {
		add(head.Seq, "the chain ends at row "+strconv.FormatInt(last, 10), "row "+strconv.FormatInt(head.Seq, 10))
	} else if !bytes.Equal(prev, head.Hash) {
		add(head.Seq, hex.EncodeToString(prev), hex.EncodeToString(head.Hash)+" (the head's)")
	}
	return problems, nil
}

// ask runs one invariant and returns its rows as problems.
func (db *DB) ask(ctx context.Context, check invariant) ([]moderation.Problem, error) {
	var rows []struct {
		Place string `db:"place"`
		Seen  string `db:"seen"`
		Want  string `db:"want"`
	}
	err := db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT place, coalesce(seen, '') AS seen, coalesce(want, '') AS want
			FROM (`+check.query+`) AS x(place, seen, want) LIMIT `+strconv.Itoa(problemsAtMost))
	})
	if err != nil {
		return nil, err
	}
	var problems []moderation.Problem
	for _, r := range rows {
		problems = append(problems, moderation.Problem{Check: check.name, Where: r.Place, Seen: r.Seen, Want: r.Want})
	}
	return problems, nil
}
