package store

import (
	"context"
	"database/sql"
	"errors"

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
	return p.db.call(ctx, nil, `SELECT studio.person_add($1, $2, $3, $4, $5, $6, $7)`, request, person.Login, person.Name, person.Role,
		list(person.Regions), list(person.Languages), list(person.Brands))
}

// Disable takes the database away from a person; what they decided stands. Faults:
// NoRight, NotFound.
func (p *People) Disable(ctx context.Context, request, login string) error {
	return p.db.call(ctx, nil, `SELECT studio.person_disable($1, $2)`, request, login)
}

// list is an array that is empty rather than NULL.
func list(items []string) pq.StringArray {
	if items == nil {
		return pq.StringArray{}
	}
	return items
}
