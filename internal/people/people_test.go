package people_test

import (
	"testing"

	"cinnabar/internal/people"
)

func TestOnlyActiveModeratorsAndLeadsDecide(t *testing.T) {
	for _, role := range people.Roles() {
		want := role == people.Moderator || role == people.Lead
		if got := (people.Person{Role: role, Active: true}).Decides(); got != want {
			t.Errorf("%s decides: %v", role, got)
		}
		if (people.Person{Role: role}).Decides() {
			t.Errorf("a disabled %s decides", role)
		}
	}
}

func TestAPersonIsTiedToTheBrandsTheyActFor(t *testing.T) {
	p := people.Person{Brands: []string{"初岚 CHULAN"}}
	if !p.TiedTo("初岚 CHULAN") || p.TiedTo("初岚") || p.TiedTo("") {
		t.Error("ties go by the whole name")
	}
}
