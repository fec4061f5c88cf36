package main

import (
	"context"
	"os"

	"cinnabar"
	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/store/local"
)

// The sample people that commands act as in the trial when nobody is named.
// Imports and scans are a process's work: a moderator who brought applications
// in could not decide on them afterwards.
const (
	trialDesk     = "moderator1"
	trialLead     = "lead1"
	trialWorker   = "worker1"
	trialReader   = "auditor1"
	trialClerk    = "admin1" // makes people
	trialMarketer = "marketer1"
)

// place is where the rows live: the trial on this machine, or a shared server.
type place struct {
	url     string        // of the shared server; "" in the trial
	secrets *secrets      // finds its password; nil where the address has all that is needed
	server  *local.Server // nil on a shared server
}

// findPlace decides between trial and shared server and, for the trial, brings
// the private server up, migrated and with its sample people.
func (p *program) findPlace(ctx context.Context) (*place, error) {
	if url, shared := p.sharedURL(); shared {
		return &place{url: url, secrets: p.secrets}, nil
	}
	server, err := local.Start(ctx, local.Config{})
	if err != nil {
		return nil, err
	}
	where := &place{server: server}
	if err := p.prepareTrial(ctx, server); err != nil {
		where.close()
		return nil, err
	}
	return where, nil
}

// sharedURL returns the address the person gave: by flag or CINNABAR_DATABASE_URL,
// by libpq's own variables, or in the settings. An empty URL with true means
// that libpq's variables say it all.
func (p *program) sharedURL() (string, bool) {
	if p.flags.Database != "" {
		return p.flags.Database, true
	}
	for _, name := range []string{"PGHOST", "PGSERVICE", "PGHOSTADDR"} {
		if os.Getenv(name) != "" {
			return "", true
		}
	}
	return p.settings.Database, p.settings.Database != ""
}

func (w *place) trial() bool { return w.server != nil }

func (w *place) close() {
	if w.server != nil {
		_ = w.server.Close()
	}
}

// open connects as a person. In the trial that is the named sample person; on a
// shared server the login is part of the address and nobody can choose another.
func (w *place) open(ctx context.Context, login string) (*store.DB, error) {
	return w.openFor(ctx, login, false)
}

// openFor is open; a founder need not be a person yet.
func (w *place) openFor(ctx context.Context, login string, founder bool) (db *store.DB, err error) {
	open := func(c store.Config) error {
		c.Founder = founder
		db, err = store.Open(ctx, c)
		return err
	}
	if w.server != nil {
		err = open(store.Config{URL: w.server.URL(login), Client: cinnabar.About().Version})
	} else {
		err = w.secrets.admit(ctx, w.url, open)
	}
	return db, err
}

// session is one open database and the place it is in.
type session struct {
	*store.DB
	place *place
}

func (s *session) close() {
	_ = s.DB.Close()
	s.place.close()
}

// connect finds the place and opens it, in the trial as --as or else as usual.
func (p *program) connect(ctx context.Context, usual string) (*session, error) {
	return p.connectFor(ctx, usual, false)
}

// connectFor is connect; a founder need not be a person yet.
func (p *program) connectFor(ctx context.Context, usual string, founder bool) (*session, error) {
	where, err := p.findPlace(ctx)
	if err != nil {
		return nil, err
	}
	login := usual
	if p.flags.As != "" {
		login = p.flags.As
		if !where.trial() {
			where.close()
			return nil, fault.New(fault.BadUsage, "detail", p.words.T("command.as_only_in_trial"))
		}
	}
	db, err := where.openFor(ctx, login, founder)
	if err != nil {
		where.close()
		return nil, err
	}
	return &session{DB: db, place: where}, nil
}
