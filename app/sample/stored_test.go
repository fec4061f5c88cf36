package sample

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/store/storetest"
)

// The directory goes into a database as it is, and a second time changes nothing.
func TestTheDirectoryIsTakenIn(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	worker := env.Open(t, "worker1")
	kols, who := KOLs(monday)
	// A dozen of the audiences are enough to see them come in.
	who.KOLs, who.Of = who.KOLs[:12], who.Of[:12]
	pool := Pool{KOLs: kols, Audience: who}
	for _, again := range []bool{false, true} {
		tally, err := worker.KOLs().Import(t.Context(), uuid.NewString(), slices.Values(pool.KOLs), nil)
		if err != nil || again && (tally.Came != 0 || tally.Changed != 0) || !again && tally.Came != len(kols) {
			t.Fatalf("KOLs: %+v, %v", tally, err)
		}
		tally, err = worker.KOLs().ImportQuotes(t.Context(), uuid.NewString(), pool.Quotes(), nil)
		if err != nil || again && tally.Came+tally.Changed != 0 || !again && tally.Came < len(kols) {
			t.Fatalf("quotes: %+v, %v", tally, err)
		}
		tally, err = worker.KOLs().ImportAudience(t.Context(), uuid.NewString(), pool.Follows(), nil)
		if err != nil || again && tally.Came+tally.Changed != 0 || !again && tally.Came == 0 {
			t.Fatalf("audience: %+v, %v", tally, err)
		}
	}
	marketer := env.Open(t, "marketer1")
	got, err := marketer.KOLs().Get(t.Context(), "溪溪")
	if err != nil || got.Handle != "溪溪" || len(got.Quotes) != len(kols[0].Quotes) || got.Followers != kols[0].Followers {
		t.Errorf("溪溪 came back as %+v, %v", got, err)
	}
	back, err := marketer.KOLs().Following(t.Context(), who.KOLs)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range back.KOLs {
		for j, other := range who.KOLs {
			if id == other && len(back.Of[i]) != len(who.Of[j]) {
				t.Errorf("%d follow %s; %d were brought", len(back.Of[i]), id, len(who.Of[j]))
			}
		}
	}
}
