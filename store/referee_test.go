package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// desk is a database with people at it.
type desk struct {
	*storetest.Env
	t     *testing.T
	super *sql.DB
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	env := storetest.New(t)
	return &desk{Env: env, t: t, super: env.Super(t)}
}

func (d *desk) exec(query string, args ...any) {
	d.t.Helper()
	if _, err := d.super.ExecContext(d.t.Context(), query, args...); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
}

func (d *desk) one(query string, args ...any) string {
	d.t.Helper()
	var s sql.NullString
	if err := d.super.QueryRowContext(d.t.Context(), query, args...).Scan(&s); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	return s.String
}

// undoWindow sets how long a decision may be undone.
func (d *desk) undoWindow(window string) {
	d.t.Helper()
	d.exec(`UPDATE studio.setting SET value = $1 WHERE name = 'undo_window'`, window)
}

// brand hands in an application, by an import of whoever enters it, which opens its case.
func (d *desk) brand(id, brand, submittedBy, enteredBy string) (caseID string) {
	d.t.Helper()
	d.imported(enteredBy, "applications", func(request string) string {
		row, err := json.Marshal([]map[string]any{{"id": id, "subject": "company", "region": "CN", "brand_name": brand, "account_name": brand,
			"category": "cosmetics", "contact": "", "uscc": "", "entity_name": "", "address": "", "representative": "", "scope": "",
			"mark_number": "", "mark_name": "", "mark_classes": []int{}, "mark_owner": "", "mark_status": "", "letters": []any{},
			"submitted_by": submittedBy, "extra": map[string]any{}, "documents": []any{}}})
		must(d.t, err)
		return `SELECT studio.applications_import(` + request + `, ` + pq.QuoteLiteral(string(row)) + `)`
	})
	return d.one(`SELECT id FROM studio.cases WHERE kind = 'brand' AND target = $1 AND stage <> 'closed'`, id)
}

// post imports a post and opens its case.
func (d *desk) post(id string, score float64) (caseID string) {
	d.t.Helper()
	d.imported("worker1", "posts", func(request string) string {
		return `SELECT studio.posts_import(` + request + `, ARRAY[` + pq.QuoteLiteral(id) + `], '{en}', '{A note}', '{body}', '{NULL}', '{false}',
			'{NULL}', '{NULL}', '{0}', '{0}', '{0}', '{0}', '{0}', '{0}', '{NULL}', ARRAY[''], '{NULL}', ARRAY[''], '{NULL}', '{NULL}')`
	})
	return d.one(`SELECT studio.case_open(NULL, 'post', $1, 'A note', 'somebody', 1200, '', 'code', $2, NULL, NULL, 'author', NULL, '', '', 'en',
		'[{"rule":"code.offer","target":"","field":"body","start":0,"end":4,"text":"body","weight":1.5},{"rule":"author.young","field":"author","text":"new","weight":0.5}]')`,
		id, score)
}

// imported runs an import of one part as a person.
func (d *desk) imported(login, kind string, part func(request string) string) {
	d.t.Helper()
	request := pq.QuoteLiteral(uuid.NewString())
	d.exec(`BEGIN; SET LOCAL SESSION AUTHORIZATION ` + pq.QuoteIdentifier(login) + `; SET LOCAL cinnabar.client = 1;
		SELECT studio.import_begin(` + request + `, '` + kind + `'); ` + part(request) + `;
		SELECT studio.import_end(` + request + `, '` + kind + `'); COMMIT`)
}

// person is one login with its connection.
type person struct {
	t     *testing.T
	login string
	db    *store.DB
}

func (d *desk) sit(login string) *person {
	d.t.Helper()
	return &person{t: d.t, login: login, db: d.Open(d.t, login)}
}

func (p *person) claim(caseID string) moderation.Lease {
	p.t.Helper()
	l, err := p.db.Cases().Claim(p.t.Context(), uuid.NewString(), caseID)
	if err != nil {
		p.t.Fatalf("%s claims: %v", p.login, err)
	}
	return l
}

// decision is a verdict under a lease, with what the verdict has to come with.
func decision(l moderation.Lease, v moderation.Verdict) moderation.Decision {
	d := moderation.Decision{Request: uuid.NewString(), Case: l.Case, Fence: l.Fence, Version: l.Version, Verdict: v}
	switch v {
	case moderation.Refuse:
		d.Policy, d.Reason = "1.3", "The register has another address."
	case moderation.AskMore:
		d.Reason = "Please send the second page."
	case moderation.RequireLabel:
		d.Policy = "2.1"
	}
	return d
}

// decide claims and decides.
func (p *person) decide(caseID string, v moderation.Verdict) moderation.Receipt {
	p.t.Helper()
	r, err := p.db.Cases().Decide(p.t.Context(), decision(p.claim(caseID), v))
	if err != nil {
		p.t.Fatalf("%s decides %s: %v", p.login, v, err)
	}
	return r
}

func (p *person) file(caseID string) moderation.File {
	p.t.Helper()
	f, err := p.db.Cases().File(p.t.Context(), caseID)
	if err != nil {
		p.t.Fatalf("%s opens the file: %v", p.login, err)
	}
	return f
}

// refused fails the test unless err is the fault.
func refused(t testing.TB, err error, code fault.Code) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want a refusal %s", err, code)
	}
	return f
}

// inOrder fails the test when verification finds anything.
func (d *desk) inOrder() {
	d.t.Helper()
	for _, p := range d.verify() {
		d.t.Errorf("verify: %+v", p)
	}
}

// inOrderBut is inOrder for a test that broke the rule of some checks by its own hand.
func (d *desk) inOrderBut(checks ...string) {
	d.t.Helper()
	for _, p := range d.verify() {
		if !slices.Contains(checks, p.Check) {
			d.t.Errorf("verify: %+v", p)
		}
	}
}

func (d *desk) verify() []moderation.Problem {
	d.t.Helper()
	found, err := d.Open(d.t, "auditor1").Audit().Verify(d.t.Context(), nil)
	if err != nil {
		d.t.Fatalf("verify: %v", err)
	}
	return found.Problems
}

// parallel runs n functions at once and fails on the first error.
func parallel(t *testing.T, n int, f func(ctx context.Context, i int) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	errs := make(chan error, n)
	for i := range n {
		go func() {
			defer func() {
				if x := recover(); x != nil {
					errs <- fmt.Errorf("panic: %v", x)
				}
			}()
			errs <- f(ctx, i)
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
}

// plain is a connection of a login without anything of ours around it: a hostile client.
func (d *desk) plain(login string) *sql.DB {
	d.t.Helper()
	db, err := sql.Open("postgres", d.URL(login))
	if err != nil {
		d.t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // so that a SET holds for what follows
	d.t.Cleanup(func() { db.Close() })
	return db
}

// column is a column of a table that could be written.
func (d *desk) column(table string) string {
	d.t.Helper()
	return d.one(`SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = ('studio.' || $1)::regclass AND attnum > 0 AND attidentity = '' LIMIT 1`, table)
}
