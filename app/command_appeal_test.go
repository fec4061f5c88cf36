package main

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/moderation"
)

// decided brings an application and a post to decisions that are in effect, and
// returns their references.
func (s shared) decided(t *testing.T) (brand, post string) {
	t.Helper()
	bringFirst(t, sharedAt(s.Env, "worker1"))
	super := s.Super(t)
	if _, err := super.Exec(`UPDATE studio.setting SET value = '0' WHERE name = 'undo_window'`); err != nil {
		t.Fatal(err)
	}
	m := s.Open(t, "moderator1")
	for kind, d := range map[moderation.Kind]moderation.Decision{
		moderation.KindBrand: {Verdict: moderation.Refuse, Policy: "1.1"},
		moderation.KindPost:  {Verdict: moderation.RequireLabel, Policy: "2.1"},
	} {
		page, err := m.Cases().Page(t.Context(), moderation.QueueQuery{Kind: kind, Limit: 1})
		if err != nil || len(page.Cases) == 0 {
			t.Fatal(page, err)
		}
		c := page.Cases[0]
		lease, err := m.Cases().Claim(t.Context(), uuid.NewString(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		d.Request, d.Case, d.Fence, d.Version = uuid.NewString(), c.ID, lease.Fence, lease.Version
		if _, err := m.Cases().Decide(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if kind == moderation.KindBrand {
			brand = c.Ref
		} else {
			post = c.Ref
		}
	}
	return brand, post
}

func TestAnAppealIsTakenInFromStandardInputAndFromTheLine(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	brand, post := s.decided(t)
	db := s.Super(t)

	got := typed(t.Context(), "防晒是我自己买的。\n", "appeal", post, "--from", "溪溪", "--database", s.URL("worker1")).want(t, exitFine, post)
	if got.errs != "" {
		t.Errorf("a taken appeal complains: %q", got.errs)
	}
	var words, from, by string
	if err := db.QueryRow(`SELECT words, submitted_by, entered_by FROM studio.appeal`).Scan(&words, &from, &by); err != nil {
		t.Fatal(err)
	}
	if words != "防晒是我自己买的。" || from != "溪溪" || by != "worker1" {
		t.Errorf("%q by %s, entered by %s", words, from, by)
	}
	line := s.as("moderator2", "appeal", brand, "--words", "The register was out of date.", "--json").want(t, exitFine).lines(t)
	if line[0]["ref"] != brand || line[0]["case"] == "" {
		t.Errorf("%v", line)
	}
	var waiting int
	if err := db.QueryRow(`SELECT count(*) FROM studio.queue WHERE stage = 'appeal' AND waiting`).Scan(&waiting); err != nil || waiting != 2 {
		t.Errorf("%d appeals wait, %v", waiting, err)
	}

	// Once, in words, of what is there: and each refusal is one sentence.
	for _, c := range []struct {
		login string
		args  []string
		says  string
	}{
		{"worker1", []string{"appeal", post, "--words", "Again."}, "an appeal"},
		{"worker1", []string{"appeal", "P-9999", "--words", "What?"}, "not there"},
		{"worker1", []string{"appeal", brand, "--words", " "}, "Words of the appeal"},
		{"auditor1", []string{"appeal", brand, "--words", "I read it."}, "role does not allow"},
		{"marketer1", []string{"appeal", post, "--words", "Not mine."}, "not there"},
	} {
		if said := s.as(c.login, c.args...).want(t, exitFault).oneSentence(t); !strings.Contains(said.errs, c.says) {
			t.Errorf("%v: %q", c.args, said.errs)
		}
	}
	typed(t.Context(), "\xff\xfe", "appeal", brand, "--database", s.URL("worker1")).want(t, exitFault).oneSentence(t)
	typed(t.Context(), "", "appeal").want(t, exitUsage).oneSentence(t)
}

func TestAMarketerAppealsForTheirOwnBrand(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	brand, _ := s.decided(t)
	db := s.Super(t)
	if _, err := db.Exec(`UPDATE studio.person SET brands = (SELECT array[brand_name] FROM studio.application WHERE ref = $1) WHERE login = 'marketer1'`, brand); err != nil {
		t.Fatal(err)
	}
	s.as("marketer1", "appeal", brand, "--from", "somebody else", "--words", "We have the letter.").want(t, exitFine, brand)
	var from string
	if err := db.QueryRow(`SELECT submitted_by FROM studio.appeal`).Scan(&from); err != nil || from != "marketer1" {
		t.Errorf("the wish is %s's, %v", from, err)
	}
}
