package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/store"
)

func TestAnAdministratorMakesAPersonWhoCanLogIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	login := "new_" + strings.ReplaceAll(uuid.NewString()[:8], "-", "")
	t.Cleanup(func() { // roles belong to the cluster, and outlive the database
		for _, statement := range []string{`SELECT studio.login_shut('` + login + `')`, `DROP ROLE ` + login} {
			if _, err := d.super.ExecContext(context.Background(), statement); err != nil {
				t.Error(err)
			}
		}
	})
	admin := d.sit("admin1")
	person := people.Person{Login: login, Name: "Wang Fang", Role: people.Moderator, Languages: []string{"zh-Hans", "en-GB"}, Brands: []string{"初岚, 夏"}, Active: true}
	request := uuid.NewString()
	for range 2 {
		if err := admin.db.People().Add(t.Context(), request, person); err != nil {
			t.Fatal(err)
		}
	}
	own := d.sit(login)
	me, err := own.db.People().Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	person.Regions = []string{}
	if diff := cmp.Diff(person, me); diff != "" {
		t.Errorf("who am I (-want +got):\n%s", diff)
	}
	own.decide(d.post("p1", 0.9), moderation.Clear)

	if err := admin.db.People().Disable(t.Context(), uuid.NewString(), login); err != nil {
		t.Fatal(err)
	}
	_, err = own.db.Cases().Claim(t.Context(), uuid.NewString(), d.post("p2", 0.9))
	refused(t, err, fault.NotKnown)
	if _, err := store.Open(t.Context(), store.Config{URL: d.URL(login)}); fault.CodeOf(err) != fault.NotKnown {
		t.Errorf("a disabled person connects: %v", err)
	}
	d.inOrder()
}

func TestOnlyAnAdministratorMakesPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, login := range []string{"moderator1", "lead1", "marketer1", "auditor1", "worker1"} {
		p := d.sit(login)
		refused(t, p.db.People().Add(t.Context(), uuid.NewString(), people.Person{Login: login, Name: "Me", Role: people.Lead}), fault.NoRight)
		refused(t, p.db.People().Disable(t.Context(), uuid.NewString(), "lead1"), fault.NoRight)
	}
	d.inOrder()
}

func TestALoginThatCannotBeAPersonsIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	admin := d.sit("admin1").db.People()
	for login, code := range map[string]fault.Code{
		"":                fault.FieldValue,
		"postgres":        fault.FieldValue, // a superuser is adopted by nobody
		"cinnabar_owner":  fault.FieldValue,
		"moderator":       fault.FieldValue,
		"pg_monitor":      fault.FieldValue,
		"Robert'); DROP ": fault.FieldValue,
	} {
		refused(t, admin.Add(t.Context(), uuid.NewString(), people.Person{Login: login, Name: "Somebody", Role: people.Moderator}), code)
	}
	refused(t, admin.Add(t.Context(), uuid.NewString(), people.Person{Login: "moderator1", Name: " ", Role: people.Moderator}), fault.FieldMissing)
	refused(t, admin.Add(t.Context(), uuid.NewString(), people.Person{Login: "moderator1", Name: "x", Role: "king"}), fault.FieldValue)
	refused(t, admin.Disable(t.Context(), uuid.NewString(), "nobody"), fault.NotFound)
}

func TestEverybodySeesWhoIsThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, login := range everyRole {
		all, err := d.sit(login).db.People().List(t.Context())
		if err != nil || len(all) != 9 || all[0].Role != people.Moderator || all[8].Role != people.Worker {
			t.Errorf("%s sees %+v, %v", login, all, err)
		}
	}
}

func TestThePoliciesSpeakBothLanguagesAndGroundTheirVerdicts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	all, err := d.sit("moderator1").db.Policies().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grounds := map[moderation.Verdict]int{}
	for _, p := range all {
		for _, lang := range []string{"en", "zh"} {
			if p.Title[lang] == "" || p.Message[lang] == "" {
				t.Errorf("%s says nothing in %s", p.Code, lang)
			}
			rest := strings.NewReplacer("{brand}", "", "{title}", "", "{date}", "").Replace(p.Message[lang])
			if strings.ContainsAny(rest, "{}") {
				t.Errorf("%s has a gap that nobody fills: %s", p.Code, p.Message[lang])
			}
		}
		if p.Source == "" || p.Since.IsZero() {
			t.Errorf("%s comes from %q of %s", p.Code, p.Source, p.Since)
		}
		for _, v := range p.Verdicts {
			grounds[v]++
		}
	}
	if grounds[moderation.Refuse] < 6 || grounds[moderation.RequireLabel] < 4 {
		t.Errorf("verdicts are grounded by %v", grounds)
	}
}

func TestAnOldClientReadsAndWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	d.exec(`UPDATE studio.compat SET level = 2, write_from = 2`)
	p := d.sit("moderator1")
	if f := p.db.Link().Fault; f == nil || f.Code != fault.SchemaNew {
		t.Errorf("the link says %v", f)
	}
	if f := p.file(id); f.Case.ID != id {
		t.Errorf("the file is %+v", f)
	}
	_, err := p.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	f := refused(t, err, fault.SchemaNew)
	if f.Args["have"] != "1" || f.Args["need"] != "2" || errors.Unwrap(f) == nil {
		t.Errorf("the refusal is %v", f)
	}
}
