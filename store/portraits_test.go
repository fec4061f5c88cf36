package store_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func TestWhoPlansSeesPortraitsAndNoPapers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := [][]byte{[]byte("a portrait"), []byte("somebody else's licence"), []byte("nobody's picture")}
	ids, err := d.Open(t, "worker1").Pictures().Put(t.Context(), uuid.NewString(), files)
	must(t, err)
	app := someApplication("app-1")
	app.SubmittedBy = "another"
	app.Documents = []moderation.Document{{Kind: moderation.Licence, Picture: ids[1]}}
	_, err = d.Open(t, "worker1").Applications().Import(t.Context(), uuid.NewString(), func(yield func(moderation.Application) bool) { yield(app) }, nil)
	must(t, err)

	db := d.Open(t, "marketer1")
	_, err = db.Pictures().Bytes(t.Context(), ids[0])
	refused(t, err, fault.NotFound) // nobody's portrait yet
	a, b := someKOL("a"), someKOL("b")
	a.Picture, b.Picture = ids[0], ids[1] // the second in the hope to see a paper
	importKOLs(t, db, a, b)
	got, err := db.Pictures().Bytes(t.Context(), ids[0])
	if err != nil || !bytes.Equal(got, files[0]) {
		t.Errorf("the portrait: %q, %v", got, err)
	}
	for _, id := range ids[1:] {
		_, err = db.Pictures().Bytes(t.Context(), id)
		refused(t, err, fault.NotFound)
	}
	d.inOrder()
}
