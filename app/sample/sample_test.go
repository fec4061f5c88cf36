package sample

import (
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/google/go-cmp/cmp"

	"cinnabar/assets"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// monday is a moment in the middle of a working day at the platform.
var monday = time.Date(2026, 11, 23, 6, 30, 0, 0, time.UTC)

func TestTheSameMomentMakesTheSameSample(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(Applications(monday), Applications(monday)); diff != "" {
		t.Errorf("applications differ: %s", diff)
	}
	if diff := cmp.Diff(Posts(monday), Posts(monday)); diff != "" {
		t.Errorf("posts differ: %s", diff)
	}
}

func TestOnlyTimesMoveWithTheClock(t *testing.T) {
	t.Parallel()
	later := monday.Add(400 * 24 * time.Hour)
	for i, a := range Applications(later) {
		b := Applications(monday)[i]
		if a.ID != b.ID || a.Ref != b.Ref || a.Entity.USCC != b.Entity.USCC {
			t.Errorf("%s became %s", b.Ref, a.Ref)
		}
		if got := later.Sub(a.Submitted) - monday.Sub(b.Submitted); got != 0 {
			t.Errorf("%s is %v older than before", a.Ref, got)
		}
	}
	for i, p := range Posts(later) {
		if was := Posts(monday)[i]; p.ID != was.ID || p.Body != was.Body || p.Likes != was.Likes {
			t.Errorf("post %s changed", was.Title)
		}
		if i == 5 {
			break // each call makes all posts
		}
	}
}

func TestEveryRoleHasSomebodyToActAs(t *testing.T) {
	t.Parallel()
	seen := make(map[people.Role]bool)
	var logins []string
	for _, p := range People() {
		seen[p.Role] = true
		logins = append(logins, p.Login)
		for _, brand := range p.Brands {
			if _, err := brandNamed(brand); err != nil {
				t.Errorf("%s acts for a brand that doesn't apply: %v", p.Login, err)
			}
		}
	}
	for _, role := range people.Roles() {
		if !seen[role] {
			t.Errorf("nobody is a %s", role)
		}
	}
	want := []string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "marketer1", "marketer2", "auditor1", "admin1", "worker1"}
	if diff := cmp.Diff(want, logins); diff != "" {
		t.Error(diff)
	}
}

func TestRowsAreTakenInAndTextIsComposed(t *testing.T) {
	t.Parallel()
	for _, a := range Applications(monday) {
		if err := a.Validate(); err != nil {
			t.Errorf("%s: %v", a.Ref, err)
		}
		for _, text := range []string{a.BrandName, a.AccountName, a.Contact, a.Entity.Name, a.Entity.Address, a.Entity.Scope} {
			if !norm.NFC.IsNormalString(text) {
				t.Errorf("%s: %q is not composed", a.Ref, text)
			}
		}
	}
	for _, p := range Posts(monday) {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Title, err)
		}
		if !norm.NFC.IsNormalString(p.Title + p.Body) {
			t.Errorf("%s is not composed", p.Title)
		}
		if p.Label != nil {
			t.Errorf("%s says whether it is paid for", p.Title)
		}
		if p.Posted.After(monday) || monday.Sub(p.Posted) > span {
			t.Errorf("%s is posted %v before now", p.Title, monday.Sub(p.Posted))
		}
		if p.Author.Joined.After(p.Posted) {
			t.Errorf("%s was posted before its author joined", p.Title)
		}
	}
}

func TestNothingSharesAnID(t *testing.T) {
	t.Parallel()
	ids := make(map[string]string)
	once := func(id, what string) {
		if other, ok := ids[id]; ok {
			t.Errorf("%s and %s are both %s", what, other, id)
		}
		ids[id] = what
	}
	for _, a := range Applications(monday) {
		once(a.ID, a.BrandName)
		once(a.Ref, a.BrandName)
	}
	for _, p := range Posts(monday) {
		once(p.ID, p.Title)
	}
	if _, ok := ids[FirstApplication]; !ok {
		t.Errorf("no application %s", FirstApplication)
	}
}

func TestPostsAreMixedAsOnAPlatform(t *testing.T) {
	t.Parallel()
	manners, langs, authors := map[manner]int{}, map[string]int{}, map[string]bool{}
	for _, s := range scripts() {
		manners[s.manner]++
		langs[s.lang]++
		authors[s.author] = true
	}
	total := len(scripts())
	if total != 400 || langs["en"] != 200 || langs["zh-Hant"] < 15 {
		t.Errorf("%d posts: %v", total, langs)
	}
	if len(authors) < 110 {
		t.Errorf("only %d authors", len(authors))
	}
	within := func(what string, n int, low, high float64) {
		if share := float64(n) / float64(total); share < low || share > high {
			t.Errorf("%d of %d posts are %s", n, total, what)
		}
	}
	within("paid and silent", manners[paid]+manners[ring], .10, .15)
	within("labelled", manners[labelled], .05, .08)
	within("vague", manners[vague], .04, .08)
	within("made from a template", manners[mould], .02, .05)
	within("honest or self-paid", manners[honest]+manners[ownMoney], .08, .20)
	within("about no brand", manners[everyday], .45, .65)
}

// A ring is found by its picture; anybody else's picture is their own.
func TestOnlyRingsShareAPictureAcrossAuthors(t *testing.T) {
	t.Parallel()
	by := make(map[any]map[string]bool)
	for _, s := range scripts() {
		still, ok := s.still()
		if !ok {
			continue
		}
		if by[still] == nil {
			by[still] = make(map[string]bool)
		}
		by[still][s.author] = true
	}
	rings := 0
	for _, authors := range by {
		if len(authors) > 1 {
			rings++
			if len(authors) != 6 {
				t.Errorf("%d authors share a picture", len(authors))
			}
		}
	}
	if rings != 2 {
		t.Errorf("%d pictures are shared, want those of the two rings", rings)
	}
}

func TestBatchesHoldEverythingOnce(t *testing.T) {
	t.Parallel()
	var refs, titles []string
	for _, first := range []bool{true, false} {
		for _, d := range pick(monday, first) {
			refs = append(refs, d.app.Ref)
		}
		for _, s := range order(first) {
			titles = append(titles, s.title)
		}
	}
	if len(refs) != len(cast) || len(titles) != len(scripts()) {
		t.Fatalf("%d applications and %d posts", len(refs), len(titles))
	}
	covered := 0
	for i := range Batches() {
		covered += len(slice(order(false), i, postsEach))
	}
	if covered != len(order(false)) {
		t.Errorf("batches hold %d of %d posts", covered, len(order(false)))
	}
}

func TestHistoryOnlySaysWhatTheStagesAllow(t *testing.T) {
	t.Parallel()
	type state struct {
		stage    moderation.Stage
		approved []string
		made     []moderation.Made
	}
	appealed := make(map[moderation.Kind]int)
	person := make(map[string]people.Person)
	for _, p := range People() {
		person[p.Login] = p
	}
	brands := make(map[string]moderation.Application)
	for _, a := range Applications(monday) {
		brands[a.ID] = a
	}
	posts := make(map[string]bool)
	for _, p := range Posts(monday) {
		posts[p.ID] = true
	}
	now := make(map[string]state)
	for _, act := range History(monday) {
		s, ok := now[act.Target]
		if !ok {
			s.stage = moderation.StageFirst
		}
		if act.Appeal != "" {
			if s.stage != moderation.StageClosed || act.Login != "worker1" {
				t.Errorf("%s appeals %s at stage %s", act.Login, act.Target, s.stage)
			}
			appealed[act.Kind]++
			// A lead of the trial must be there to hear it.
			f := moderation.File{Case: moderation.Case{Kind: act.Kind, Stage: moderation.StageAppeal}, Made: s.made,
				Appeals: []moderation.Appeal{{EnteredBy: act.Login, Words: act.Appeal}}}
			for _, lead := range []string{"lead1", "lead2"} {
				for _, choice := range moderation.Allowed(person[lead], f, brands[act.Target].Parties()) {
					if choice.Why != "" {
						t.Errorf("%s may not %s in %s: %s", lead, choice.Verdict, act.Target, choice.Why)
					}
				}
			}
			continue
		}
		c := moderation.Case{Kind: act.Kind, Stage: s.stage, Approved: len(s.approved)}
		var made []moderation.Made
		for _, who := range s.approved {
			made = append(made, moderation.Made{By: who, Verdict: moderation.Approve})
		}
		if act.Kind == moderation.KindBrand && brands[act.Target].ID == "" || act.Kind == moderation.KindPost && !posts[act.Target] {
			t.Errorf("%s decides on %s, which is not there", act.Login, act.Target)
		}
		if (moderation.NeedsPolicy(act.Verdict) && act.Policy == "") || (moderation.NeedsReason(act.Verdict) && act.Reason == "") {
			t.Errorf("%s decides on %s without policy or reason", act.Login, act.Target)
		}
		for _, choice := range moderation.Allowed(person[act.Login], moderation.File{Case: c, Made: made}, brands[act.Target].Parties()) {
			if choice.Verdict != act.Verdict {
				continue
			}
			if choice.Why != "" {
				t.Errorf("%s may not %s %s: %s", act.Login, act.Verdict, act.Target, choice.Why)
			}
			s.stage = choice.To.To
		}
		if act.Verdict == moderation.Approve {
			s.approved = append(s.approved, act.Login)
		}
		s.made = append(s.made, moderation.Made{By: act.Login, Verdict: act.Verdict})
		now[act.Target] = s
	}
	if appealed[moderation.KindBrand] != 1 || appealed[moderation.KindPost] != 1 {
		t.Errorf("a lead finds %v appeals; one of a brand and one of an author are wanted", appealed)
	}
}

// fakePictures gives every paper that is handed in an id, the same for the same
// painting, so that checks can be made without painting anything.
func fakePictures(all []draft) []moderation.Application {
	apps := make([]moderation.Application, len(all))
	for i, d := range all {
		apps[i] = d.app
		for j, art := range d.art {
			doc := &apps[i].Documents[j]
			if art != nil {
				doc.Picture = assets.IDOf([]byte(string(doc.Kind) + doc.Number + doc.Name + d.app.Entity.Name + logoOf(d, doc.Kind)))
			}
		}
	}
	return apps
}

// logoOf tells the logos of applicants with one licence apart.
func logoOf(d draft, kind moderation.DocumentKind) string {
	if kind == moderation.Licence {
		return ""
	}
	return d.app.BrandName
}
