package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
)

// People are the persons of this database.
type People struct{ db *DB }

// People returns the people.
func (db *DB) People() *People { return &People{db} }

type personRow struct {
	Login     string         `db:"login"`
	Name      string         `db:"name"`
	Role      people.Role    `db:"role"`
	Regions   pq.StringArray `db:"regions"`
	Languages pq.StringArray `db:"languages"`
	Brands    pq.StringArray `db:"brands"`
	Active    bool           `db:"active"`
}

func (r personRow) person() people.Person {
	return people.Person{Login: r.Login, Name: r.Name, Role: r.Role, Regions: r.Regions, Languages: r.Languages, Brands: r.Brands, Active: r.Active}
}

const personColumns = `login, name, role, regions, languages, brands, active`

// Me returns the person of this connection. Fault: NotKnown.
func (p *People) Me(ctx context.Context) (people.Person, error) {
	var row personRow
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `SELECT `+personColumns+` FROM studio.who_am_i() WHERE active`)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return people.Person{}, fault.New(fault.NotKnown, "login", p.db.address.cfg.User)
	}
	if err != nil {
		return people.Person{}, err
	}
	return row.person(), nil
}

// Login is the login of this connection.
func (p *People) Login() string { return p.db.address.cfg.User }

// List returns everybody, those who may no longer log in too, by role and login.
func (p *People) List(ctx context.Context) ([]people.Person, error) {
	var rows []personRow
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT `+personColumns+` FROM studio.person
			ORDER BY array_position(ARRAY['moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker'], role), login`)
	})
	if err != nil {
		return nil, err
	}
	all := make([]people.Person, len(rows))
	for i, r := range rows {
		all[i] = r.person()
	}
	return all, nil
}

// Add makes a person, and the login role where there is none, without a password;
// or changes the person of that login, who is active from then on. Faults:
// NoRight for everybody but administrators, FieldValue, FieldMissing.
func (p *People) Add(ctx context.Context, request string, person people.Person) error {
	return p.db.write(ctx, func(tx *sqlx.Tx) error { return addPerson(ctx, tx, request, person) })
}

// AddWithPassword is Add and SetPassword in one: both are done or neither.
func (p *People) AddWithPassword(ctx context.Context, request string, person people.Person, password string) error {
	second := follows(request, "password")
	secret, err := verifier(second, password)
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return p.db.write(ctx, func(tx *sqlx.Tx) error {
		if err := addPerson(ctx, tx, request, person); err != nil {
			return err
		}
		return setPassword(ctx, tx, second, person.Login, secret)
	})
}

// follows names the second wish of a request, the same each time it is sent.
func follows(request, wish string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(request+" "+wish)).String()
}

func addPerson(ctx context.Context, tx *sqlx.Tx, request string, person people.Person) error {
	_, err := tx.ExecContext(ctx, `SELECT studio.person_add($1, $2, $3, $4, $5, $6, $7)`, request, person.Login, person.Name, person.Role,
		list(person.Regions), list(person.Languages), list(person.Brands))
	return err
}

// SetPassword gives a person another password, of plain ASCII. It stays on this
// machine: the server gets what it needs to check it. Sessions that are open go on.
// Faults: NoRight, NotFound, and FieldValue for a login that has rights outside of
// Cinnabar, which its password would hand over.
func (p *People) SetPassword(ctx context.Context, request, login, password string) error {
	secret, err := verifier(request, password)
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return p.db.write(ctx, func(tx *sqlx.Tx) error { return setPassword(ctx, tx, request, login, secret) })
}

func setPassword(ctx context.Context, tx *sqlx.Tx, request, login, secret string) error {
	_, err := tx.ExecContext(ctx, `SELECT studio.person_password($1, $2, $3)`, request, login, secret)
	return err
}

// HasLogin reports whether the server has a login of that name, a person's or not.
func (p *People) HasLogin(ctx context.Context, login string) (bool, error) {
	var there bool
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &there, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, login)
	})
	return there, err
}

// Disable takes the database away from a person and ends their sessions, where the
// server lets people be sent away; what they decided stands. An administrator loses
// that role in every database of the server. Faults: NoRight, NotFound.
func (p *People) Disable(ctx context.Context, request, login string) error {
	if err := p.db.call(ctx, nil, `SELECT studio.person_disable($1, $2)`, request, login); err != nil {
		return err
	}
	// A program whose session ended in there connected again at once, and it could.
	return p.db.call(ctx, nil, `SELECT studio.person_leave($1, $2)`, follows(request, "leave"), login)
}

// Sessions counts the sessions that a login has open in this database.
func (p *People) Sessions(ctx context.Context, login string) (int, error) {
	var n int
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &n, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1`, login)
	})
	return n, err
}

// list is an array that is empty rather than NULL.
func list(items []string) pq.StringArray {
	if items == nil {
		return pq.StringArray{}
	}
	return items
}
