package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/moderation"
)

// Attacks: a client that is no program of ours, with somebody's login and any SQL. It
// speaks through database/sql and the driver alone. docs/security.md says what each
// table of attempts proves.

// attempt is something that a login should not come through with.
type attempt struct {
	name string // what they want
	as   string // logins, by spaces; "everybody" is one of each role
	sql  string // any number of statements; {name} stands for something of the scene
	want string // a SQLSTATE, a fault's code, "refused" (by any), "nothing" (no row comes back), or "allowed"
	// gone, asked by the superuser afterwards, counts what the attempt would have left or
	// taken: it must be 0. For what Postgres lets go through with a warning, or without harm.
	gone string
}

// scene is a desk on which something has happened: cases of every kind, other
// people's opinions, papers, plans.
type scene struct {
	*desk
	words map[string]string
	lines map[string]*sql.DB // open connections, by login
}

// stage sets the scene. moderator2 acts for the brand Moon Lake; moderator3 sees
// Singapore and Chinese alone; moderator1 has given a first opinion, and refused the
// brand of marketer1, who appeals.
func stage(t *testing.T) *scene {
	t.Helper()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	d.exec(`SELECT studio.person_add(gen_random_uuid(), 'moderator2', 'Chen Wei', 'moderator', '{}', '{}', '{Moon Lake}'),
		studio.person_add(gen_random_uuid(), 'moderator3', 'Aisha Rahman', 'moderator', '{SG}', '{zh}', '{}')`)
	s := &scene{d, map[string]string{}, map[string]*sql.DB{}}
	m1, m2, l1 := d.sit("moderator1"), d.sit("moderator2"), d.sit("lead1")

	s.words["first"] = d.brand("first", "Alpha", "alpha", "worker1")
	s.words["mine"] = d.brand("mine", "Beta", "moderator1", "worker1")
	s.words["typed"] = d.brand("typed", "Gamma", "gamma", "moderator1")
	s.words["spelled"] = d.brand("spelled", "Delta", "　Ｍoderator1\t", "worker1")
	s.words["leads"] = d.brand("leads", "Epsilon", "lead1", "lead2")
	s.words["second"] = d.brand("second", "Zeta", "zeta", "worker1")
	verdict := decision(m1.claim(s.words["second"]), moderation.Approve)
	verdict.Note = "SECRET: I know the owner."
	_, err := m1.db.Cases().Decide(t.Context(), verdict)
	must(t, err)
	s.words["escalated"] = d.brand("escalated", "Eta", "eta", "worker1")
	m2.decide(s.words["escalated"], moderation.Escalate)
	s.words["closed"] = d.brand("closed", "Luma Skin", "marketer1", "marketer1")
	s.words["refusal"] = m1.decide(s.words["closed"], moderation.Refuse).Decision
	s.words["approved"] = d.brand("approved", "Theta", "theta", "worker1")
	m1.decide(s.words["approved"], moderation.Approve)
	s.words["approval"] = m2.decide(s.words["approved"], moderation.Approve).Decision
	s.words["appealed"] = d.brand("appealed", "Iota", "iota", "worker1")
	l1.decide(s.words["appealed"], moderation.Refuse)
	must(t, d.sit("lead2").db.Cases().Appeal(t.Context(), uuid.NewString(), s.words["appealed"], "", "They are wrong."))

	s.words["post"] = d.post("p1", 0.9)
	s.words["held"] = d.post("p2", 0.8)
	held := m2.claim(s.words["held"])
	s.words["fence"] = fmt.Sprint(held.Fence)
	must(t, m2.db.Cases().AddNote(t.Context(), uuid.NewString(), s.words["held"], "SECRET: a note among colleagues."))
	s.importing("worker1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+
		handed("abroad", `"brand_name": "Kappa", "category": "cosmetics", "submitted_by": "kappa", "region": "US"`)+`))`)
	s.words["abroad"] = d.one(`SELECT id FROM studio.cases WHERE target = 'abroad'`)

	d.exec(`INSERT INTO studio.campaign (brand, name, created_by) VALUES ('Luma Skin', 'Spring', 'marketer1'), ('Rival', 'Autumn', 'worker1')`)
	d.exec(`INSERT INTO studio.contract (campaign, kol, post, state, signed_at, window_from, window_to, fee, ref, created_by)
		SELECT id, 'k1', CASE brand WHEN 'Rival' THEN 'p2' ELSE '' END, 'signed', now(), current_date, current_date + 30, 777777, 'C-' || brand, created_by FROM studio.campaign`)
	d.plansNoted()
	s.importing("worker1", "pictures", `SELECT studio.pictures_import({request}, ARRAY['\xfeed'::bytea, '\xcafe'], '{image/png,image/png}', '{1,1}', '{1,1}')`)
	s.words["picture"] = d.one(`SELECT encode(sha256('\xfeed'), 'hex')`)
	s.importing("worker1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("rival", `"brand_name": "Rival", "submitted_by": "rival"`)+
		` || '{"documents": [{"kind": "licence", "picture": "`+s.words["picture"]+`", "name": "", "number": "", "issuer": "", "fields": []}]}'))`)
	s.words["rival"] = d.one(`SELECT id FROM studio.cases WHERE target = 'rival'`)

	s.words["request"] = uuid.NewString() // of moderator2, for a claim
	must(t, func() error {
		_, err := m2.db.Cases().Claim(t.Context(), s.words["request"], s.words["held"])
		return err
	}())
	return s
}

// plansNoted tells the record of campaigns and contracts that a test put there by hand.
func (d *desk) plansNoted() {
	d.t.Helper()
	d.exec(`SELECT studio.campaign_noted(c, 'campaign.put', NULL) FROM studio.campaign c`)
	d.exec(`SELECT studio.contract_noted(k, 'contract.put', NULL) FROM studio.contract k`)
}

// planned puts a row or two into every table of the planning side.
func (s *scene) planned() {
	s.t.Helper()
	s.importing("worker1", "kols", `SELECT studio.kols_import({request}, '[{"id": "k1", "handle": "K"}]')`)
	s.importing("worker1", "quotes", `SELECT studio.quotes_import({request}, '[{"kol": "k1", "format": "video", "fee": 777777}]')`)
	s.importing("worker1", "audience", `SELECT studio.audience_put({request}, 'k1', studio.audience_people({request}, '{u1}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{NULL}'))`)
	s.exec(`INSERT INTO studio.breach VALUES ('gone', 'k1', 'luma skin', now()); INSERT INTO studio.author_open VALUES ('k1', 'gone');
		INSERT INTO studio.campaign_line SELECT id, 's1', 'l1', 1, 'kol', 'A post', current_date, current_date, 777777, 0, 'k1', 'video' FROM studio.campaign;
		INSERT INTO studio.request (id, actor, function, digest, result) SELECT id, 'marketer1', 'ledger_enter', '', '{}' FROM studio.campaign;
		INSERT INTO studio.ledger (campaign, line, kind, amount, day, words, by, at, request) SELECT id, 'l1', 'commit', 777777, current_date, '', 'marketer1', now(), id FROM studio.campaign;
		INSERT INTO studio.contract (campaign, kol, ref, window_from, window_to, fee) SELECT id, 'k1', 'D-' || brand, current_date, current_date, 777777 FROM studio.campaign;
		INSERT INTO studio.deliverable SELECT id, 'd1', 1, 'video', 1, current_date, current_date, NULL, '', '' FROM studio.contract WHERE signed_at IS NULL;
		INSERT INTO studio.brand_bar SELECT studio.fold(brand), brand, current_date, 'No.', 'lead1', now() FROM studio.campaign;
		INSERT INTO studio.kol_note (brand, kol, by, text, at) SELECT brand, 'k1', 'marketer1', 'SECRET: a note on a KOL.', now() FROM studio.campaign;
		INSERT INTO studio.shortlist (brand, name, kols, by, updated_at) SELECT brand, 'Autumn', '{k1}', 'marketer1', now() FROM studio.campaign;
		INSERT INTO studio.creative (campaign, brand, picture, name, regions, crops, version, created_by, created_at, edited_by, updated_at)
		  SELECT c.id, c.brand, (SELECT min(id) FROM studio.picture), 'a.png', '[]', '{}', 1, 'marketer1', now(), 'marketer1', now() FROM studio.campaign c;
		INSERT INTO studio.creative_version SELECT id, 1, name, regions, crops, dropped, 'marketer1', now(), NULL FROM studio.creative;
		INSERT INTO studio.slot VALUES ('odd', '{"id": "odd", "platform": "own", "name": {"en": "Odd", "zh": "怪"}, "width": 3, "height": 4, "source": "A lead", "read": "2026-11-23"}', false, 1, 'lead1', now());
		INSERT INTO studio.slot_version SELECT id, version, body, retired, by, at FROM studio.slot`)
}

// handed is a whole application as JSON in SQL, with some fields of the caller's.
func handed(id, fields string) string {
	return `('{"id": "` + id + `", "subject": "company", "region": "CN", "brand_name": "B", "account_name": "A", "category": "c", "contact": "", "uscc": "",
		"entity_name": "", "address": "", "representative": "", "scope": "", "mark_number": "", "mark_name": "", "mark_classes": [], "mark_owner": "",
		"mark_status": "", "letters": [], "submitted_by": "", "extra": {}, "documents": []}'::jsonb || '{` + fields + `}')`
}

// importing runs the parts of an import as a login, as a program of ours would.
func (s *scene) importing(login, kind, parts string) {
	s.t.Helper()
	if err := s.try(login, s.imported(kind, parts)); err != nil {
		s.t.Fatalf("%s imports %s: %v", login, kind, err)
	}
}

// imported is the SQL of an import.
func (s *scene) imported(kind, parts string) string {
	request := `'` + uuid.NewString() + `'`
	return `BEGIN; SELECT studio.import_begin(` + request + `, '` + kind + `'); ` + strings.ReplaceAll(parts, "{request}", request) +
		`; SELECT studio.import_end(` + request + `, '` + kind + `'); COMMIT`
}

var blank = regexp.MustCompile(`\{[a-z0-9_]+\}`)

// fill puts the scene's words for their names. {new} is a request nobody has used.
func (s *scene) fill(sql string) string {
	return blank.ReplaceAllStringFunc(sql, func(name string) string {
		if name == "{new}" {
			return `'` + uuid.NewString() + `'`
		}
		if word, ok := s.words[name[1:len(name)-1]]; ok {
			return word
		}
		return name // an array or a JSON object
	})
}

// hostile is a connection of a login that says it is a client of today.
func (s *scene) hostile(login string) *sql.DB {
	s.t.Helper()
	db, err := sql.Open("postgres", s.URL(login)+"&cinnabar.client=1")
	must(s.t, err)
	db.SetMaxOpenConns(1)
	s.t.Cleanup(func() { db.Close() })
	return db
}

// try runs statements and returns the first error.
func (s *scene) try(login, sql string) error {
	_, err := s.rows(login, sql)
	return err
}

// rows runs statements and returns the rows of all of them as text. What sets something
// gets a connection of its own, whose functions were never called by other rules.
func (s *scene) rows(login, statements string) ([]string, error) {
	s.t.Helper()
	if strings.Contains(statements, "SET ") {
		db := s.hostile(login)
		defer db.Close()
		return all(s.t.Context(), db, s.fill(statements))
	}
	if s.lines[login] == nil {
		s.lines[login] = s.hostile(login)
	}
	found, err := all(s.t.Context(), s.lines[login], s.fill(statements))
	for _, clean := range []string{`ROLLBACK`, `DISCARD ALL`, `SET cinnabar.client = 1`} {
		if _, err := s.lines[login].ExecContext(s.t.Context(), clean); err != nil {
			s.lines[login].Close() // the driver lost its place in what the server said
			delete(s.lines, login)
			break
		}
	}
	return found, err
}

func all(ctx context.Context, db interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, statements string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	rows, err := db.QueryContext(ctx, statements)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for {
		columns, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(sql.NullString)
			}
			if err := rows.Scan(values...); err != nil {
				return found, err
			}
			var row []string
			for _, v := range values {
				row = append(row, v.(*sql.NullString).String)
			}
			found = append(found, strings.Join(row, "|"))
		}
		if !rows.NextResultSet() {
			return found, rows.Err()
		}
	}
}

// code is the SQLSTATE of an error, or the fault's code of a refusal of ours.
func code(err error) string {
	var p *pq.Error
	switch {
	case err == nil:
		return "allowed"
	case !errors.As(err, &p):
		return err.Error()
	case p.Code == "CN001":
		return p.Message
	}
	return string(p.Code)
}

// record is what the chains of the record end in.
func (s *scene) record() string {
	s.t.Helper()
	return s.one(`SELECT (SELECT string_agg(seq || ':' || encode(hash, 'hex'), ' ' ORDER BY chain) FROM studio.audit_head)
		|| (SELECT count(*) FROM studio.audit) || (SELECT count(*) FROM studio.audit_pending) || (SELECT count(*) FROM studio.decision)`)
}

// withstand makes every attempt as every login, and holds the record to what it was
// after each of them, and to its chains and invariants at the end.
func (s *scene) withstand(attempts []attempt) {
	s.t.Helper()
	for _, a := range attempts {
		logins := strings.Fields(a.as)
		if a.as == "everybody" {
			logins = everyRole
		}
		if len(logins) == 0 {
			s.t.Errorf("%s: by nobody", a.name)
		}
		for _, login := range logins {
			before := s.record()
			rows, err := s.rows(login, a.sql)
			got := code(err)
			if a.want == "nothing" && err == nil && len(rows) > 0 {
				got = "rows: " + strings.Join(rows, "; ")
			} else if a.want == "nothing" && err == nil {
				got = "nothing"
			} else if a.want == "refused" && err != nil {
				got = "refused"
			}
			if got != a.want {
				s.t.Errorf("%s, as %s: %s (%v), want %s", a.name, login, got, err, a.want)
			}
			if a.gone != "" {
				if n := s.one(s.fill(a.gone)); n != "0" {
					s.t.Errorf("%s, as %s: %s", a.name, login, n)
				}
			}
			if after := s.record(); after != before {
				s.t.Errorf("%s, as %s: the record went from\n%s to\n%s", a.name, login, before, after)
			}
		}
	}
	s.inOrder()
}
