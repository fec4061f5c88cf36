package store_test

import (
	"testing"

	"cinnabar/store/storetest"
)

func TestASamplePersonGetsIn(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	db := env.Open(t, "moderator1")
	link := db.Link()
	if !link.Up || !link.Private || link.Fault != nil {
		t.Errorf("Link() = %+v, want an up link to a private server", link)
	}
}
