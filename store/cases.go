package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Cases are the cases, their leases and their decisions. Everything that changes
// one is a function of the database, which judges by itself who may do what;
// the methods here only carry wishes there and answers back.
//
// A request is a UUID that the caller chooses once for each wish. Sending it again
// changes nothing and gets the same answer.
type Cases struct{ db *DB }

// Cases returns the cases.
func (db *DB) Cases() *Cases { return &Cases{db} }

// answer is what the functions over cases return, each a part of it.
type answer struct {
	Case      string           `json:"case"`
	Fence     int64            `json:"fence"`
	Until     time.Time        `json:"until"`
	Version   int              `json:"version"`
	Decision  string           `json:"decision"`
	Stage     moderation.Stage `json:"stage"`
	At        time.Time        `json:"at"`
	Effective time.Time        `json:"effective"`
}

func (a answer) lease() moderation.Lease {
	return moderation.Lease{Case: a.Case, Fence: a.Fence, Until: a.Until, Version: a.Version}
}

// call runs one of the database's functions and reads its JSON answer.
func (db *DB) call(ctx context.Context, into any, query string, args ...any) error {
	var raw []byte
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		return tx.QueryRowxContext(ctx, query, args...).Scan(&raw)
	})
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return nil
}

// known refuses what can't be an identifier of ours, which the database would
// call a syntax error.
func known(what, id string) error {
	if uuid.Validate(id) != nil {
		return fault.New(fault.NotFound, "what", what, "id", id)
	}
	return nil
}

// Claim opens a case for the person of this connection, for some minutes. Claiming
// what one holds already renews it. Faults: HeldByOther, NotFound, NoRight,
// OwnSubmission, SecondPerson, NotAllowedNow.
func (c *Cases) Claim(ctx context.Context, request, caseID string) (moderation.Lease, error) {
	if err := known("case", caseID); err != nil {
		return moderation.Lease{}, err
	}
	var a answer
	err := c.db.call(ctx, &a, `SELECT studio.case_claim($1, $2)`, request, caseID)
	return a.lease(), err
}

// Take claims the next cases that this person may decide, at most n and at most
// five, from a named queue or with "" from all of the kind. It returns none when
// nothing waits.
func (c *Cases) Take(ctx context.Context, request string, kind moderation.Kind, named string, n int) ([]moderation.Lease, error) {
	var all []answer
	from := sql.NullString{String: named, Valid: named != ""}
	if err := c.db.call(ctx, &all, `SELECT studio.case_take($1, $2, $3, $4)`, request, kind, n, from); err != nil {
		return nil, err
	}
	leases := make([]moderation.Lease, len(all))
	for i, a := range all {
		leases[i] = a.lease()
	}
	return leases, nil
}

// Renew holds a case for longer. Fault: LeaseLost, when it ran out or passed on.
func (c *Cases) Renew(ctx context.Context, l moderation.Lease) (moderation.Lease, error) {
	if err := known("case", l.Case); err != nil {
		return moderation.Lease{}, err
	}
	var a answer
	err := c.db.call(ctx, &a, `SELECT studio.case_renew($1, $2)`, l.Case, l.Fence)
	return a.lease(), err
}

// Hand gives a case to a named person, with words for them if there are any; it
// waits for them for some hours and is everybody's after that. l is the lease of
// whoever holds the case; a lead may leave its Fence 0 and so move any case that
// waits, out of another's hand too. Faults: LeaseLost, CannotTake for somebody who
// may not decide on it, OwnSubmission, NotAllowedNow, HeldByOther while a decision on
// it may still be undone, NotFound.
func (c *Cases) Hand(ctx context.Context, request string, l moderation.Lease, to, words string) error {
	if err := known("case", l.Case); err != nil {
		return err
	}
	fence := sql.NullInt64{Int64: l.Fence, Valid: l.Fence != 0}
	return c.db.call(ctx, nil, `SELECT studio.case_hand($1, $2, $3, $4, $5)`, request, l.Case, fence, to, words)
}

// Hands lists the logins of those whom a case may be handed to.
func (c *Cases) Hands(ctx context.Context, caseID string) ([]string, error) {
	if err := known("case", caseID); err != nil {
		return nil, err
	}
	var logins []string
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		logins = logins[:0]
		return sqlx.SelectContext(ctx, q, &logins, `SELECT studio.case_hands($1)`, caseID)
	})
	return logins, err
}

// Skip puts a case aside for the person of this connection, for some hours or, for a
// conflict of interest, for good; everybody else goes on seeing it. words go into
// the case's notes, and SkipOther needs them. Faults: FieldMissing, FieldValue,
// NotAllowedNow, NotFound.
func (c *Cases) Skip(ctx context.Context, request, caseID string, why moderation.SkipReason, words string) error {
	if err := known("case", caseID); err != nil {
		return err
	}
	return c.db.call(ctx, nil, `SELECT studio.case_skip($1, $2, $3, $4)`, request, caseID, why, words)
}

// Appeal takes in what is said against the decision that closed a case. from is
// whose wish it is, "" for the case's own submitter or author; a marketer speaks for
// themselves. Faults: NotFound, NotAllowedNow for what cannot be appealed (again),
// TooLate, FieldMissing.
func (c *Cases) Appeal(ctx context.Context, request, caseID, from, words string) error {
	if err := known("case", caseID); err != nil {
		return err
	}
	return c.db.call(ctx, nil, `SELECT studio.case_appeal($1, $2, $3, $4)`, request, caseID, from, words)
}

// Ref returns the reference of a target's newest case. Faults: NotFound for one that
// never had a case, NoRight.
func (c *Cases) Ref(ctx context.Context, kind moderation.Kind, target string) (string, error) {
	var ref sql.NullString
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &ref, `SELECT studio.case_ref($1, $2)`, kind, target)
	})
	if err == nil && !ref.Valid {
		err = fault.New(fault.NotFound, "what", "case", "id", target)
	}
	return ref.String, err
}

// OfRef returns the id of the newest case of a reference, "A-0412", as far as the
// person of this connection may know of it. Faults: NotFound, NoRight.
func (c *Cases) OfRef(ctx context.Context, ref string) (string, error) {
	var id sql.NullString
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &id, `SELECT studio.case_of_ref($1)`, ref)
	})
	if err == nil && !id.Valid {
		err = fault.New(fault.NotFound, "what", "case", "id", ref)
	}
	return id.String, err
}

// Release gives a case back to the queue. Releasing what is no longer held is no fault.
func (c *Cases) Release(ctx context.Context, request string, l moderation.Lease) error {
	if err := known("case", l.Case); err != nil {
		return err
	}
	return c.db.call(ctx, nil, `SELECT studio.case_release($1, $2, $3)`, request, l.Case, l.Fence)
}

// Decide hands a verdict to the referee. Faults: LeaseLost, Changed, NotAllowedNow,
// PolicyNeeded (also for a policy that doesn't carry the verdict), ReasonNeeded,
// OwnSubmission, SecondPerson, NoRight, Offline.
func (c *Cases) Decide(ctx context.Context, d moderation.Decision) (moderation.Receipt, error) {
	if err := known("case", d.Case); err != nil {
		return moderation.Receipt{}, err
	}
	var a answer
	err := c.db.call(ctx, &a, `SELECT studio.case_decide($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.Request, d.Case, d.Fence, d.Version, d.Verdict, d.Policy, d.Reason, d.Note)
	return moderation.Receipt{Decision: a.Decision, Case: a.Case, Stage: a.Stage, At: a.At, Effective: a.Effective}, err
}

// Undo takes a decision of one's own back before it takes effect, and returns the
// case open on one's own desk. Faults: TooLate, NotFound (also for a colleague's
// decision), Changed when the applicant handed in more meanwhile.
func (c *Cases) Undo(ctx context.Context, request, decisionID string) (moderation.Lease, error) {
	if err := known("decision", decisionID); err != nil {
		return moderation.Lease{}, err
	}
	var a answer
	err := c.db.call(ctx, &a, `SELECT studio.decision_undo($1, $2)`, request, decisionID)
	return a.lease(), err
}

// AddNote adds a remark for colleagues, of 1 to 4000 characters.
func (c *Cases) AddNote(ctx context.Context, request, caseID, text string) error {
	if err := known("case", caseID); err != nil {
		return err
	}
	return c.db.call(ctx, nil, `SELECT studio.note_add($1, $2, $3)`, request, caseID, text)
}

// caseColumns reads a moderation.Case from cases c and queue q.
const caseColumns = `c.id, c.ref, c.kind, c.target, c.stage, c.version, c.title, c.subtitle, c.weight, c.picture,
	studio.case_tag(c.kind, c.stage, c.tag) AS tag, c.score, c.approvals, c.created, c.due,
	coalesce(q.holder, '') AS holder, q.lease_until, q.named, coalesce(q.reserved_for, '') AS reserved_for, q.reserved_until,
	coalesce((SELECT r.key ` + ringOfCase + `), '') AS ring, coalesce((SELECT r.posts ` + ringOfCase + `), 0) AS ring_posts`

// ringOfCase is the ring r of a case c. Of a random audit nobody is told one.
const ringOfCase = `FROM studio.ring_post m JOIN studio.ring r ON r.key = m.ring
	WHERE c.kind = 'post' AND m.post = c.target AND r.authors > 1 AND c.tag <> 'random'`

type caseRow struct {
	ID        string           `db:"id"`
	Ref       string           `db:"ref"`
	Kind      moderation.Kind  `db:"kind"`
	Target    string           `db:"target"`
	Stage     moderation.Stage `db:"stage"`
	Version   int              `db:"version"`
	Title     string           `db:"title"`
	Subtitle  string           `db:"subtitle"`
	Weight    int              `db:"weight"`
	Picture   assets.ID        `db:"picture"`
	Tag       string           `db:"tag"`
	Score     float64          `db:"score"`
	Approvals int              `db:"approvals"`
	Created   time.Time        `db:"created"`
	Due       time.Time        `db:"due"`
	Holder    string           `db:"holder"`
	Held      sql.NullTime     `db:"lease_until"`
	Ring      string           `db:"ring"`
	RingPosts int              `db:"ring_posts"`
	Named     string           `db:"named"`
	For       string           `db:"reserved_for"`
	ForUntil  sql.NullTime     `db:"reserved_until"`
}

// moderation returns the case as it is for people: a lease that ran out by the
// database's clock is no lease.
func (r caseRow) moderation(now time.Time) moderation.Case {
	c := moderation.Case{
		ID: r.ID, Ref: r.Ref, Kind: r.Kind, Target: r.Target, Stage: r.Stage, Version: r.Version,
		Title: r.Title, Subtitle: r.Subtitle, Weight: r.Weight, Picture: r.Picture, Tag: r.Tag, Score: r.Score,
		Ring: r.Ring, RingPosts: r.RingPosts,
		Approved: r.Approvals, Created: r.Created.UTC(), Due: r.Due.UTC(), Queue: r.Named,
	}
	if r.ForUntil.Valid && now.Before(r.ForUntil.Time) {
		c.For, c.ForUntil = r.For, r.ForUntil.Time.UTC()
	}
	if r.Held.Valid && now.Before(r.Held.Time) {
		c.Holder, c.Held = r.Holder, r.Held.Time.UTC()
	}
	return c
}

// File returns everything known of a case beside its subject, in one round trip.
// Faults: NotFound, NoRight.
func (c *Cases) File(ctx context.Context, caseID string) (moderation.File, error) {
	if err := known("case", caseID); err != nil {
		return moderation.File{}, err
	}
	var row struct {
		caseRow
		Now      time.Time `db:"now"`
		Evidence []byte    `db:"evidence"`
		Made     []byte    `db:"made"`
		Hidden   int       `db:"hidden"`
		Notes    []byte    `db:"notes"`
		Appeals  []byte    `db:"appeals"`
	}
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `
			SELECT `+caseColumns+`, clock_timestamp() AS now, studio.case_hidden(c.id) AS hidden,
			       (SELECT coalesce(jsonb_agg(e ORDER BY e.n), '[]') FROM studio.evidence e WHERE e.case_id = c.id) AS evidence,
			       (SELECT coalesce(jsonb_agg(to_jsonb(d) || jsonb_build_object('void', d.verdict = 'approve' AND coalesce(
			                 d.at < (SELECT max(v.at) FROM studio.application_version v WHERE c.kind = 'brand' AND v.application = c.target), false)) ORDER BY d.id), '[]')
			          FROM studio.decision d WHERE d.case_id = c.id) AS made,
			       (SELECT coalesce(jsonb_agg(n ORDER BY n.id), '[]') FROM studio.note n WHERE n.case_id = c.id) AS notes,
			       (SELECT coalesce(jsonb_agg(a ORDER BY a.id), '[]') FROM studio.appeal a WHERE a.case_id = c.id) AS appeals
			  FROM studio.cases c JOIN studio.queue q ON q.case_id = c.id
			 WHERE c.id = $1`, caseID)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return moderation.File{}, fault.New(fault.NotFound, "what", "case", "id", caseID)
	}
	if err != nil {
		return moderation.File{}, err
	}
	f := moderation.File{Case: row.moderation(row.Now), Hidden: row.Hidden}
	if err := errors.Join(readEvidence(row.Evidence, &f), readMade(row.Made, &f), readNotes(row.Notes, &f), readAppeals(row.Appeals, &f)); err != nil {
		return moderation.File{}, fault.Wrap(err, fault.Internal)
	}
	return f, nil
}

func readEvidence(raw []byte, f *moderation.File) error {
	var rows []struct {
		Kind, Rule, Target, Field, Text string
		Weight                          float64
		Start                           *int `json:"span_start"`
		End                             *int `json:"span_end"`
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		e := moderation.Evidence{Kind: r.Kind, Rule: r.Rule, Target: r.Target, Field: r.Field, Text: r.Text, Weight: r.Weight}
		if r.Start != nil && r.End != nil {
			e.Span = &moderation.Span{Start: *r.Start, End: *r.End}
		}
		f.Evidence = append(f.Evidence, e)
	}
	return nil
}

func readMade(raw []byte, f *moderation.File) error {
	var rows []struct {
		ID           string
		Verdict      moderation.Verdict
		Stage        moderation.Stage
		Person       string
		At           time.Time
		Effective    time.Time  `json:"effective_at"`
		Undone       *time.Time `json:"undone_at"`
		Void         bool
		Policy       string
		Reason, Note string
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		f.Made = append(f.Made, moderation.Made{
			ID: r.ID, Verdict: r.Verdict, Stage: r.Stage, By: r.Person, At: r.At.UTC(), Effective: r.Effective.UTC(),
			Undone: r.Undone != nil, Void: r.Void, Policy: r.Policy, Reason: r.Reason, Note: r.Note,
		})
	}
	return nil
}

func readNotes(raw []byte, f *moderation.File) error {
	var rows []struct {
		Person string
		At     time.Time
		Text   string
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		f.Notes = append(f.Notes, moderation.Note{By: r.Person, At: r.At.UTC(), Text: r.Text})
	}
	return nil
}

func readAppeals(raw []byte, f *moderation.File) error {
	var rows []struct {
		Decision    string
		SubmittedBy string `json:"submitted_by"`
		EnteredBy   string `json:"entered_by"`
		Words       string
		At          time.Time
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		f.Appeals = append(f.Appeals, moderation.Appeal{
			Decision: r.Decision, SubmittedBy: r.SubmittedBy, EnteredBy: r.EnteredBy, At: r.At.UTC(), Words: r.Words,
		})
	}
	return nil
}
