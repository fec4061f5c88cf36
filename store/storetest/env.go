// Package storetest gives each test a Postgres database of its own, migrated
// and with the sample people in it.
//
// It never replaces Postgres by something else and never skips: a test that
// cannot have a server fails. Without CINNABAR_TEST_DATABASE_URL (a superuser's
// URL) it starts a private server in localtest.Folder, shared by all test
// processes and without fsync, which a few seconds after the last of them stops by itself.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cinnabar/store"
)

// Env is one fresh database.
type Env struct {
	Database string // its name
	server   *server
}

var count atomic.Int64

// New makes a database that is dropped when the test ends.
func New(t testing.TB) *Env {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("storetest: no Postgres to test on: %v", err)
	}
	e := &Env{Database: fmt.Sprintf("%s%d_%d", databasePrefix, os.Getpid(), count.Add(1)), server: s}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err = s.run(ctx,
		`CREATE DATABASE `+e.Database+` TEMPLATE `+s.template,
		fmt.Sprintf(copyGrants, s.template, e.Database))
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.run(ctx, `DROP DATABASE `+e.Database+` WITH (FORCE)`); err != nil {
			t.Errorf("storetest: %v", err)
		}
	})
	return e
}

// URL returns the URL by which a sample person, or any other login without a
// password of its own, reaches the database.
func (e *Env) URL(login string) string {
	user := url.User(login)
	if !strings.Contains(e.server.super, "host=%2F") {
		user = url.UserPassword(login, password)
	}
	u, err := rewrite(e.server.super, e.Database, user)
	if err != nil {
		panic(err) // New has parsed it before
	}
	return u
}

// SuperURL returns the superuser's URL.
func (e *Env) SuperURL() string {
	u, err := e.server.at(e.Database)
	if err != nil {
		panic(err)
	}
	return u
}

// Open opens the store as a sample person, until the test ends.
func (e *Env) Open(t testing.TB, login string) *store.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	db, err := store.Open(ctx, store.Config{URL: e.URL(login), Client: "test"})
	if err != nil {
		t.Fatalf("storetest: open as %s: %v", login, err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Super opens the database as superuser, for looking at rows and for what no
// person may do. It closes when the test ends.
func (e *Env) Super(t testing.TB) *sql.DB {
	t.Helper()
	db, err := e.server.open(e.Database)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
