package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
)

// patientLimits are for work that goes through the whole database: a statement may
// take what it takes. A link that died shows all the same, because the kernel asks
// after the other end every 15 s and gives up after some minutes; silence is for a
// server that lives and says nothing.
var patientLimits = limits{
	connect: 5 * time.Second, lock: time.Minute, silence: 6 * time.Hour, grace: 2 * time.Second,
}

// patientSettings are what such work wants of the server.
var patientSettings = map[string]string{
	"default_transaction_read_only": "on",
	// Whatever somebody set for the database or the login: names without a schema are
	// Postgres's own, and texts are read and numbers written as they were when the
	// record was.
	"search_path":                 "pg_catalog",
	"standard_conforming_strings": "on",
	"extra_float_digits":          "1",
	// These statements compare whole tables. A nested loop is never the right way to do
	// that, and is what the planner takes where it believes a table to be small.
	"enable_nestloop": "off",
	"work_mem":        "64MB",
	"jit":             "off",
}

// patiently runs fn on connections of its own, beside the desk's, so that neither
// the desk's limits end it nor the desk waits for it. It ends with ctx, or when the
// database is closed; fn has to use the context that it is given.
func (db *DB) patiently(ctx context.Context, fn func(ctx context.Context, patient *DB) error) error {
	cfg := db.address.configure("cinnabar verify", patientLimits)
	for name, value := range patientSettings {
		cfg.Runtime[name] = value
	}
	conn, err := newConnector(cfg, patientLimits)
	if err != nil {
		return fault.New(fault.BadAddress)
	}
	// It shares the link: what one learns of the server, the other need not find out.
	patient := &DB{address: db.address, limits: patientLimits, connector: conn,
		pool: sqlx.NewDb(sql.OpenDB(conn), "postgres"), link: db.link, closing: db.closing}
	patient.pool.SetMaxOpenConns(poolSize)
	patient.pool.SetMaxIdleConns(poolSize)
	defer patient.pool.Close()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-db.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return fn(ctx, patient)
}
