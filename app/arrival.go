package main

import (
	"context"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/store"
)

// arrival is a person at a database, before there is a window to show it in.
type arrival struct {
	place  *place
	db     *store.DB
	me     people.Person
	sample *planting // in a trial; nil on a shared server
}

// arrive finds the place and connects. It needs no window, so it may go on while
// the toolkit starts: that saves a person some tenths of a second every morning.
func (p *program) arrive(ctx context.Context) (a *arrival, err error) {
	defer fault.Catch(&err)
	a = &arrival{}
	if _, shared := p.sharedURL(); !shared {
		a.sample = paintAhead()
	}
	if a.place, err = p.findPlace(ctx); err != nil {
		return nil, err
	}
	if a.db, a.me, err = a.place.enter(ctx, p.who()); err != nil {
		a.place.close()
		return nil, err
	}
	return a, nil
}

// who is the sample person to act as; without meaning on a shared server.
func (p *program) who() string {
	for _, login := range []string{p.flags.As, p.settings.Person} {
		if login != "" {
			return login
		}
	}
	return trialDesk
}

// enter connects as a person and asks who that is.
func (w *place) enter(ctx context.Context, login string) (*store.DB, people.Person, error) {
	db, err := w.open(ctx, login)
	if err != nil {
		return nil, people.Person{}, err
	}
	me, err := db.People().Me(ctx)
	if err != nil {
		_ = db.Close()
		return nil, people.Person{}, err
	}
	return db, me, nil
}
