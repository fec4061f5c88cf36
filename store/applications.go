package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Applications are the brands' applications.
type Applications struct{ db *DB }

// Applications returns the applications.
func (db *DB) Applications() *Applications { return &Applications{db} }

type applicationRow struct {
	ID             string                      `db:"id"`
	Ref            string                      `db:"ref"`
	Version        int                         `db:"version"`
	State          moderation.ApplicationState `db:"state_now"`
	Subject        moderation.SubjectType      `db:"subject"`
	Region         string                      `db:"region"`
	BrandName      string                      `db:"brand_name"`
	AccountName    string                      `db:"account_name"`
	Category       string                      `db:"category"`
	Contact        string                      `db:"contact"`
	USCC           string                      `db:"uscc"`
	EntityName     string                      `db:"entity_name"`
	Address        string                      `db:"address"`
	Representative string                      `db:"representative"`
	Scope          string                      `db:"scope"`
	Established    sql.NullString              `db:"established"`
	EntityExpires  sql.NullString              `db:"entity_expires"`
	MarkNumber     string                      `db:"mark_number"`
	MarkName       string                      `db:"mark_name"`
	MarkClasses    pq.Int64Array               `db:"mark_classes"`
	MarkOwner      string                      `db:"mark_owner"`
	MarkStatus     string                      `db:"mark_status"`
	MarkExpires    sql.NullString              `db:"mark_expires"`
	Letters        []byte                      `db:"letters"`
	SubmittedAt    time.Time                   `db:"submitted_at"`
	SubmittedBy    string                      `db:"submitted_by"`
	EnteredBy      string                      `db:"entered_by"`
	Due            time.Time                   `db:"due_at"`
	Extra          []byte                      `db:"extra"`
	Documents      []byte                      `db:"documents"`
}

// Get returns an application with its papers, in one round trip. Fault: NotFound,
// also for one that this person may not see.
func (a *Applications) Get(ctx context.Context, id string) (moderation.Application, error) {
	var row applicationRow
	err := a.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `
			SELECT a.id, a.ref, a.version, studio.application_state(a, clock_timestamp()) AS state_now, a.subject, a.region,
			       a.brand_name, a.account_name, a.category, a.contact, a.uscc, a.entity_name, a.address, a.representative, a.scope,
			       CAST(a.established AS text) AS established, CAST(a.entity_expires AS text) AS entity_expires,
			       a.mark_number, a.mark_name, a.mark_classes, a.mark_owner, a.mark_status, CAST(a.mark_expires AS text) AS mark_expires,
			       a.letters, a.submitted_at, a.submitted_by, a.entered_by, a.due_at, a.extra,
			       (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'application' ORDER BY d.n), '[]')
			          FROM studio.document d WHERE d.application = a.id) AS documents
			  FROM studio.application a WHERE a.id = $1`, id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return moderation.Application{}, fault.New(fault.NotFound, "what", "application", "id", id)
	}
	if err != nil {
		return moderation.Application{}, err
	}
	return row.application()
}

func (r applicationRow) application() (moderation.Application, error) {
	app := moderation.Application{
		ID: r.ID, Ref: r.Ref, Version: r.Version, State: r.State, Subject: r.Subject, Region: r.Region,
		BrandName: r.BrandName, AccountName: r.AccountName, Category: r.Category, Contact: r.Contact,
		Entity: moderation.Entity{USCC: r.USCC, Name: r.EntityName, Address: r.Address, Representative: r.Representative,
			Scope: r.Scope, Established: dateOf(r.Established.String), Expires: dateOf(r.EntityExpires.String)},
		Mark: moderation.Trademark{Number: r.MarkNumber, Name: r.MarkName, Owner: r.MarkOwner, Status: r.MarkStatus,
			Expires: dateOf(r.MarkExpires.String)},
		Submitted: r.SubmittedAt.UTC(), SubmittedBy: r.SubmittedBy, EnteredBy: r.EnteredBy, Due: r.Due.UTC(),
	}
	for _, class := range r.MarkClasses {
		app.Mark.Classes = append(app.Mark.Classes, int(class))
	}
	var letters []letterJSON
	var papers []documentJSON
	if err := errors.Join(json.Unmarshal(r.Letters, &letters), json.Unmarshal(r.Documents, &papers),
		json.Unmarshal(r.Extra, &app.Extra)); err != nil {
		return moderation.Application{}, fault.Wrap(err, fault.Internal)
	}
	for _, l := range letters {
		app.Letters = append(app.Letters, moderation.Authorisation{From: l.From, To: l.To, Level: l.Level, Until: dayOf(l.Until)})
	}
	for _, p := range papers {
		if len(p.Fields) == 0 {
			p.Fields = nil
		}
		app.Documents = append(app.Documents, moderation.Document{Kind: p.Kind, Picture: p.Picture, Name: p.Name, Number: p.Number,
			Issuer: p.Issuer, From: dayOf(p.From), Until: dayOf(p.Until), Fields: p.Fields})
	}
	if len(app.Extra) == 0 {
		app.Extra = nil
	}
	return app, nil
}

// applicationBatch is how many applications go in one call.
const applicationBatch = 200

// Import brings applications in, in one transaction: a new one opens a case, one
// with other content than before is its next version and goes back to the first
// look, or opens a new case if it was decided; the rest stands. submitted_by stays
// what it was at first. report, which may be nil, is told how many rows are done.
//
// Faults: FieldValue, FieldMissing, FieldTwice (Args: id, beside their own), NoRight
// for a marketer's hand on somebody else's brand. Then nothing came in.
//
// rows is read once more when the transaction has to run again.
func (a *Applications) Import(ctx context.Context, request string, rows iter.Seq[moderation.Application], report func(done int)) (moderation.Tally, error) {
	again := reread{host: a.db.address.host}
	return a.db.importing(ctx, request, "applications", func(tx *sqlx.Tx) error {
		again.start()
		seen := map[string]bool{}
		var batch []applicationJSON
		flush := func() error {
			if len(batch) == 0 {
				return nil
			}
			raw, err := json.Marshal(batch)
			if err != nil {
				return fault.Wrap(err, fault.Internal)
			}
			if _, err := tx.ExecContext(ctx, `SELECT studio.applications_import($1, $2)`, request, string(raw)); err != nil {
				return err
			}
			batch = batch[:0]
			if report != nil {
				report(again.rows)
			}
			return nil
		}
		for app := range rows {
			row, err := newApplicationJSON(app)
			if err != nil {
				return err
			}
			if seen[app.ID] {
				return fault.New(fault.FieldTwice, "field", "id", "value", app.ID)
			}
			seen[app.ID] = true
			batch = append(batch, row)
			again.read(app.ID, 1)
			if len(batch) == applicationBatch {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := flush(); err != nil {
			return err
		}
		return again.complete()
	})
}

// The JSON forms have the columns' names as keys.
type applicationJSON struct {
	ID             string                 `json:"id"`
	Subject        moderation.SubjectType `json:"subject"`
	Region         string                 `json:"region"`
	BrandName      string                 `json:"brand_name"`
	AccountName    string                 `json:"account_name"`
	Category       string                 `json:"category"`
	Contact        string                 `json:"contact"`
	USCC           string                 `json:"uscc"`
	EntityName     string                 `json:"entity_name"`
	Address        string                 `json:"address"`
	Representative string                 `json:"representative"`
	Scope          string                 `json:"scope"`
	Established    *string                `json:"established"`
	EntityExpires  *string                `json:"entity_expires"`
	MarkNumber     string                 `json:"mark_number"`
	MarkName       string                 `json:"mark_name"`
	MarkClasses    []int                  `json:"mark_classes"`
	MarkOwner      string                 `json:"mark_owner"`
	MarkStatus     string                 `json:"mark_status"`
	MarkExpires    *string                `json:"mark_expires"`
	Letters        []letterJSON           `json:"letters"`
	SubmittedAt    *time.Time             `json:"submitted_at"`
	SubmittedBy    string                 `json:"submitted_by"`
	Due            *time.Time             `json:"due_at"`
	Extra          map[string]any         `json:"extra"`
	Documents      []documentJSON         `json:"documents"`
}

type letterJSON struct {
	From  string  `json:"from"`
	To    string  `json:"to"`
	Level int     `json:"level"`
	Until *string `json:"until"`
}

type documentJSON struct {
	Kind    moderation.DocumentKind `json:"kind"`
	Picture assets.ID               `json:"picture"`
	Name    string                  `json:"name"`
	Number  string                  `json:"number"`
	Issuer  string                  `json:"issuer"`
	From    *string                 `json:"valid_from"`
	Until   *string                 `json:"valid_until"`
	Fields  []moderation.Field      `json:"fields"`
}

func newApplicationJSON(a moderation.Application) (applicationJSON, error) {
	c := &checked{row: excerpt(a.ID)}
	row := applicationJSON{
		ID: c.id("id", a.ID, true), Subject: a.Subject, Region: c.text("region", a.Region),
		BrandName: c.text("brand_name", a.BrandName), AccountName: c.text("account_name", a.AccountName),
		Category: c.text("category", a.Category), Contact: c.text("contact", a.Contact),
		USCC: c.text("uscc", a.Entity.USCC), EntityName: c.text("entity_name", a.Entity.Name),
		Address: c.text("address", a.Entity.Address), Representative: c.text("representative", a.Entity.Representative),
		Scope: c.text("scope", a.Entity.Scope), Established: c.date("established", a.Entity.Established),
		EntityExpires: c.date("entity_expires", a.Entity.Expires),
		MarkNumber:    c.text("mark_number", a.Mark.Number), MarkName: c.text("mark_name", a.Mark.Name),
		MarkClasses: a.Mark.Classes, MarkOwner: c.text("mark_owner", a.Mark.Owner),
		MarkStatus: c.text("mark_status", a.Mark.Status), MarkExpires: c.date("mark_expires", a.Mark.Expires),
		SubmittedAt: momentOf(a.Submitted), SubmittedBy: c.id("submitted_by", a.SubmittedBy, false), Due: momentOf(a.Due),
		Extra: a.Extra, Letters: []letterJSON{}, Documents: []documentJSON{},
	}
	if row.MarkClasses == nil {
		row.MarkClasses = []int{}
	}
	if row.Extra == nil {
		row.Extra = map[string]any{}
	}
	c.clean("subject", string(a.Subject))
	c.any("extra", a.Extra)
	for _, l := range a.Letters {
		row.Letters = append(row.Letters, letterJSON{From: c.text("letters.from", l.From), To: c.text("letters.to", l.To),
			Level: c.number("letters.level", l.Level), Until: c.date("letters.until", l.Until)})
	}
	for _, d := range a.Documents {
		paper := documentJSON{Kind: d.Kind, Picture: d.Picture, Name: c.text("documents.name", d.Name),
			Number: c.text("documents.number", d.Number), Issuer: c.text("documents.issuer", d.Issuer),
			From: c.date("documents.from", d.From), Until: c.date("documents.until", d.Until), Fields: []moderation.Field{}}
		if d.Picture != "" && !d.Picture.Valid() {
			c.refuse(c.value("documents.picture", string(d.Picture)))
		}
		c.clean("documents.kind", string(d.Kind))
		for _, f := range d.Fields {
			paper.Fields = append(paper.Fields, moderation.Field{Name: c.text("documents.fields", f.Name), Text: c.text("documents.fields", f.Text), Box: f.Box})
		}
		row.Documents = append(row.Documents, paper)
	}
	return row, c.err
}

// date returns a day as Postgres reads it: infinity for a paper without an end.
func (c *checked) date(field string, d moderation.Date) *string {
	switch {
	case !d.Valid():
		c.refuse(c.value(field, string(d)))
		return nil
	case d == "":
		return nil
	}
	day := string(d)
	if d == moderation.LongTerm {
		day = "infinity"
	}
	return &day
}

func dateOf(day string) moderation.Date {
	if day == "infinity" {
		return moderation.LongTerm
	}
	return moderation.Date(day)
}

func dayOf(day *string) moderation.Date {
	if day == nil {
		return ""
	}
	return dateOf(*day)
}

// momentOf is nil for the zero time, which stands for not known.
func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
