package store

import (
	"context"
	"database/sql"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/internal/people"
)

// AddFounders makes the first people of a database: the administrator who makes
// all others, or in the trial everybody. People who are there already stay as
// they are. The login behind the URL needs no person of its own, but must be a
// superuser or able to become the owner; else fault.NoRight.
func AddFounders(ctx context.Context, url string, all []people.Person) (added int, err error) {
	a, err := parseAddress(url)
	if err != nil {
		return 0, err
	}
	m := &migrator{address: a}
	added, err = m.found(ctx, all)
	return added, m.explain(err)
}

func (m *migrator) found(ctx context.Context, all []people.Person) (added int, err error) {
	db, err := m.pool(m.address.configure("cinnabar people", migrationLimits))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var known pq.StringArray
	if err := db.QueryRowContext(ctx, `SELECT coalesce(array_agg(login), '{}') FROM studio.person`).Scan(&known); err != nil {
		return 0, err
	}
	have := make(map[string]bool, len(known))
	for _, login := range known {
		have[login] = true
	}
	for _, p := range all {
		if have[p.Login] {
			continue
		}
		if err := m.addFounder(ctx, db, p); err != nil {
			return added, err
		}
		added++
	}
	return added, nil
}

// addFounder runs in a transaction, as every write must: outside of one the
// driver may repeat a statement by itself.
func (m *migrator) addFounder(ctx context.Context, db *sql.DB, p people.Person) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	_, err = tx.ExecContext(ctx, `SELECT studio.person_add($1, $2, $3, $4, $5, $6, $7)`,
		uuid.NewString(), p.Login, p.Name, string(p.Role), pq.Array(orNone(p.Regions)), pq.Array(orNone(p.Languages)), pq.Array(orNone(p.Brands)))
	if err != nil {
		return err
	}
	return tx.Commit()
}

// orNone keeps an empty list from becoming NULL.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
