package store_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

func TestSixteenMigrationsAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	name := env.Database + "_raw"
	must(t, exec(super, `CREATE DATABASE `+name))
	t.Cleanup(func() { must(t, exec(super, `DROP DATABASE `+name+` WITH (FORCE)`)) })
	raw, err := url.Parse(env.SuperURL())
	must(t, err)
	raw.Path = "/" + name

	var (
		mu      sync.Mutex
		workers int
		all     sync.WaitGroup
	)
	for range 16 {
		all.Go(func() {
			from, to, err := store.Migrate(t.Context(), raw.String())
			if err != nil {
				t.Error(err)
			}
			if to != store.LatestMigration() {
				t.Errorf("migrated to %d, want %d", to, store.LatestMigration())
			}
			if from == 0 {
				mu.Lock()
				workers++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if workers != 1 {
		t.Errorf("%d of 16 say they did the work, want one", workers)
	}
}

func TestOnlyWhoMayBecomeTheOwnerMigrates(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	for _, c := range []struct {
		login string
		want  fault.Code
	}{
		{"moderator1", fault.NoRight}, {"lead1", fault.NoRight}, {"worker1", fault.NoRight}, {"auditor1", fault.NoRight},
		{"admin1", ""},
	} {
		from, to, err := store.Migrate(t.Context(), env.URL(c.login))
		if fault.CodeOf(err) != c.want {
			t.Errorf("Migrate as %s: %v, want %q", c.login, err, c.want)
		}
		if err == nil && (from != to || to != store.LatestMigration()) {
			t.Errorf("Migrate of a current database as %s: %d to %d", c.login, from, to)
		}
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	must(t, exec(env.Super(t), `INSERT INTO public.cinnabar_version (version_id, is_applied) VALUES (99999, true)`))
	from, to, err := store.Migrate(t.Context(), env.SuperURL())
	if err != nil || from != 99999 || to != 99999 {
		t.Errorf("Migrate = %d, %d, %v, want 99999 twice", from, to, err)
	}
	if !strings.HasPrefix(env.Database, "cinnabar_test_") {
		t.Errorf("test database is called %s", env.Database)
	}
}
