package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
)

// someApplication has every field set that an import brings.
func someApplication(id string) moderation.Application {
	return moderation.Application{
		ID: id, Subject: moderation.Company, Region: "CN", BrandName: "初岚", AccountName: "初岚护肤", Category: "cosmetics", Contact: "王女士 138",
		Entity: moderation.Entity{USCC: "91310115MA1K3BTP2B", Name: "初岚（上海）化妆品有限公司", Address: "上海市浦东新区", Representative: "王岚",
			Scope: "化妆品销售", Established: "2019-02-28", Expires: moderation.LongTerm},
		Mark:    moderation.Trademark{Number: "4123", Name: "初岚", Classes: []int{3, 35}, Owner: "初岚集团", Status: "registered", Expires: "2031-01-01"},
		Letters: []moderation.Authorisation{{From: "初岚集团", To: "初岚（上海）化妆品有限公司", Level: 1, Until: "2030-06-30"}},
		Documents: []moderation.Document{
			{Kind: moderation.Licence, Picture: picture("licence"), Name: "licence.jpg", From: "2019-02-28", Until: moderation.LongTerm,
				Fields: []moderation.Field{{Name: "uscc", Text: "91310115MA1K3BTP2B", Box: assets.Box{X: 10, Y: 20, W: 300, H: 40}}}},
			{Kind: moderation.Logo, Picture: picture("logo"), Name: "logo.png"},
			{Kind: moderation.CategoryPaper, Name: "never came.pdf", Number: "沪G妆网备字2023001234", Issuer: "上海药监", Until: "2029-12-31"},
		},
		Submitted: march, SubmittedBy: "chulan", Due: march.Add(24 * time.Hour), Extra: map[string]any{"fee": "600"},
	}
}

func importApplications(t testing.TB, db *store.DB, apps ...moderation.Application) moderation.Tally {
	t.Helper()
	tally, err := db.Applications().Import(t.Context(), uuid.NewString(), slices.Values(apps), nil)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return tally
}

func application(t testing.TB, db *store.DB, id string) moderation.Application {
	t.Helper()
	a, err := db.Applications().Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnApplicationComesBackAsItWentInAndOpensItsCase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	want := someApplication("a1")
	if got := importApplications(t, d.Open(t, "worker1"), want); got != (moderation.Tally{Came: 1}) {
		t.Errorf("%+v", got)
	}
	desk := d.Open(t, "moderator1")
	got := application(t, desk, "a1")
	page, err := desk.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindBrand})
	if err != nil || len(page.Cases) != 1 {
		t.Fatalf("the queue has %d cases, %v", len(page.Cases), err)
	}
	c := page.Cases[0]
	if c.Target != "a1" || c.Title != "初岚" || c.Subtitle != "cosmetics" || c.Picture != picture("logo") || !c.Due.Equal(want.Due) || c.Tag != "new" {
		t.Errorf("the case is %+v", c)
	}
	want.Ref, want.Version, want.State, want.EnteredBy = c.Ref, 1, moderation.Submitted, "worker1"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-in +out):\n%s", diff)
	}
	d.inOrder()
}

func TestAnApplicationHandedInAgainStandsOrIsTheNextVersion(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	app := someApplication("a1")
	importApplications(t, worker, app)
	if got := importApplications(t, worker, app); got != (moderation.Tally{Stood: 1}) {
		t.Errorf("the same: %+v", got)
	}

	// It changes while somebody has it open: the decision on the old words is refused.
	d.undoWindow("0 seconds")
	sits := d.sit("moderator1")
	page, err := sits.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindBrand})
	if err != nil {
		t.Fatal(err)
	}
	caseID := page.Cases[0].ID
	lease := sits.claim(caseID)
	app.Entity.Address = "上海市静安区"
	app.SubmittedBy = "somebody else"
	if got := importApplications(t, worker, app); got != (moderation.Tally{Changed: 1}) {
		t.Errorf("another address: %+v", got)
	}
	_, err = sits.db.Cases().Decide(t.Context(), decision(lease, moderation.Approve))
	refused(t, err, fault.Changed)
	got := application(t, sits.db, "a1")
	if got.Version != 2 || got.Entity.Address != app.Entity.Address || got.SubmittedBy != "chulan" || got.State != moderation.Submitted {
		t.Errorf("version %d, %q, by %s, %s", got.Version, got.Entity.Address, got.SubmittedBy, got.State)
	}

	// Asked for information, it comes back to its first look when that came.
	sits.decide(caseID, moderation.AskMore)
	if s := application(t, sits.db, "a1").State; s != moderation.NeedsInfo {
		t.Errorf("state %s, want needs_information", s)
	}
	app.Documents = app.Documents[:2]
	importApplications(t, worker, app)
	got = application(t, sits.db, "a1")
	if got.Version != 3 || got.State != moderation.Submitted || len(got.Documents) != 2 {
		t.Errorf("version %d, %s, %d papers", got.Version, got.State, len(got.Documents))
	}
	if n := d.one(`SELECT string_agg(version || ':' || (content ->> 'address'), ' ' ORDER BY version) FROM studio.application_version`); n != "1:上海市浦东新区 2:上海市静安区 3:上海市静安区" {
		t.Errorf("the versions are %s", n)
	}
	if n := d.one(`SELECT count(*) FROM studio.cases`); n != "1" {
		t.Errorf("%s cases stand", n)
	}
	d.inOrder()
}

func TestChangedWordsVoidAnApproval(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	worker, first, second := d.Open(t, "worker1"), d.sit("moderator1"), d.sit("moderator2")
	app := someApplication("a1")
	importApplications(t, worker, app)
	caseID := d.one(`SELECT id FROM studio.cases`)
	first.decide(caseID, moderation.Approve)
	app.BrandName = "初岚 2"
	importApplications(t, worker, app)
	second.decide(caseID, moderation.Approve)
	if s := application(t, worker, "a1").State; s != moderation.SecondReview {
		t.Fatalf("an approval of the old words counted: %s", s)
	}
	first.decide(caseID, moderation.Approve)
	if s := application(t, worker, "a1").State; s != moderation.Approved {
		t.Fatalf("two approvals of the new words: %s", s)
	}

	// Approved once doesn't mean approved under another name.
	app.BrandName = "Something Else"
	importApplications(t, worker, app)
	if s := application(t, worker, "a1").State; s != moderation.Submitted {
		t.Errorf("a changed application is %s", s)
	}
	if n := d.one(`SELECT count(*) FILTER (WHERE stage = 'first') || ' of ' || count(*) || ' ' || count(DISTINCT ref) FROM studio.cases`); n != "1 of 2 1" {
		t.Errorf("open cases: %s", n)
	}
	d.inOrder()
}

func TestAStateHoldsFromItsMomentOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	app := someApplication("a1")
	importApplications(t, worker, app)
	state := func(want moderation.ApplicationState) {
		t.Helper()
		if got := application(t, worker, "a1").State; got != want {
			t.Errorf("state %s, want %s", got, want)
		}
	}
	d.exec(`SELECT studio.application_decided('a1', 'rejected', now() + interval '1 hour')`)
	state(moderation.Submitted)
	d.exec(`SELECT studio.application_decided('a1', 'submitted', now())`) // undone
	state(moderation.Submitted)
	d.exec(`SELECT studio.application_decided('a1', 'rejected', now())`)
	state(moderation.Rejected)
	// An approval ends with the first of its papers, which nobody writes down.
	d.exec(`SET session_replication_role = replica; UPDATE studio.application SET state = 'approved', papers_until = '2026-01-01'; RESET session_replication_role`)
	state(moderation.Expired)
}

func TestWhoAppliesCannotChangeDuringAReview(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	app := someApplication("a1")
	importApplications(t, worker, app)
	app.Subject = moderation.SoleTrader
	other := someApplication("a2")
	_, err := worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{other, app}), nil)
	if f := refused(t, err, fault.FieldValue); f.Args["field"] != "subject" || f.Args["id"] != "a1" {
		t.Errorf("the fault says %v", f.Args)
	}
	if n := d.one(`SELECT count(*) FROM studio.application`); n != "1" {
		t.Errorf("%s applications stand", n)
	}
}

func TestAMarketerSeesOnlyOwnApplications(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, marketer := d.Open(t, "worker1"), d.Open(t, "marketer1") // acts for Luma Skin
	theirs, submitted, tied, entered := someApplication("theirs"), someApplication("submitted"), someApplication("tied"), someApplication("entered")
	submitted.SubmittedBy = "marketer1"
	tied.BrandName = "ＬＵＭＡ skin"
	theirs.Documents[1].Picture = picture("their logo")
	importApplications(t, worker, theirs, submitted, tied)
	importApplications(t, marketer, entered)
	for id, sees := range map[string]bool{"theirs": false, "submitted": true, "tied": true, "entered": true} {
		a, err := marketer.Applications().Get(t.Context(), id)
		if sees && (err != nil || len(a.Documents) != 3 || a.Ref == "") {
			t.Errorf("%s: %d papers, ref %q, %v", id, len(a.Documents), a.Ref, err)
		}
		if !sees {
			refused(t, err, fault.NotFound)
		}
	}

	// Nor do they change what isn't theirs, or learn whether it is the same.
	for _, app := range []moderation.Application{theirs, func() moderation.Application { theirs.Contact = "me"; return theirs }()} {
		_, err := marketer.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{app}), nil)
		refused(t, err, fault.NoRight)
	}
	tied.Contact = "me"
	if got := importApplications(t, marketer, tied); got.Changed != 1 {
		t.Errorf("their own brand's: %+v", got)
	}

	for _, p := range []string{"logo", "their logo"} {
		if _, err := worker.Pictures().Put(t.Context(), uuid.NewString(), [][]byte{[]byte(p)}); err != nil {
			t.Fatal(err)
		}
	}
	has, err := marketer.Pictures().Has(t.Context(), []assets.ID{picture("logo"), picture("their logo")})
	if err != nil || !has[picture("logo")] || has[picture("their logo")] {
		t.Errorf("the marketer sees %v, %v", has, err)
	}
}

func TestManyApplicationsComeInOneTransaction(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	var apps []moderation.Application
	for i := range 450 {
		apps = append(apps, someApplication(fmt.Sprint("a", i)))
	}
	var steps []int
	tally, err := worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values(apps), func(done int) { steps = append(steps, done) })
	if err != nil || tally.Came != 450 || !slices.Equal(steps, []int{200, 400, 450}) {
		t.Errorf("%+v, %v, %v", tally, steps, err)
	}
	apps[449].Region = "\x00"
	apps[0].Contact = "changed"
	_, err = worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values(apps), nil)
	refused(t, err, fault.FieldValue)
	if got := application(t, worker, "a0").Contact; got == "changed" {
		t.Error("a part of a failed import stands")
	}
}

func TestACancelledImportLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	posts := numbered(11000, func(id string) moderation.Post { return moderation.Post{ID: id, Body: "x"} })
	_, err := d.Open(t, "worker1").Posts().Import(ctx, uuid.NewString(), slices.Values(posts), func(int) { cancel() })
	refused(t, err, fault.Cancelled)
	if n := d.one(`SELECT count(*) FROM studio.post_key`); n != "0" {
		t.Errorf("%s posts stand", n)
	}
}
