package main

import (
	"context"
	"fmt"

	"cinnabar/store"
)

type migrateCommand struct{}

// Run brings the database up to date. The trial migrates itself whenever it
// opens, so here that is only another way of opening it.
func (migrateCommand) Run(ctx context.Context, p *program) error {
	var from, to int64
	migrate := func(c store.Config) (err error) {
		from, to, err = c.Migrate(ctx)
		return err
	}
	url, shared := p.sharedURL()
	if shared {
		if err := p.secrets.admit(ctx, url, migrate); err != nil {
			return err
		}
	} else {
		where, err := p.findPlace(ctx)
		if err != nil {
			return err
		}
		defer where.close()
		if err := migrate(store.Config{URL: where.server.SuperURL()}); err != nil {
			return err
		}
	}
	if p.flags.JSON {
		return p.printJSON(map[string]int64{"from": from, "to": to})
	}
	key := "command.migrated"
	if from == to {
		key = "command.migrated_already"
	}
	_, err := fmt.Fprintln(p.out, p.words.T(key, to))
	return err
}
