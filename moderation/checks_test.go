package moderation

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/assets"
)

var checkDay = time.Date(2026, 3, 1, 23, 30, 0, 0, time.FixedZone("CST", 8*3600))

// chulan is an application in order: a trader two letters away from the mark.
func chulan() Application {
	box := func(y int) assets.Box { return assets.Box{X: 100, Y: y, W: 300, H: 24} }
	scan := func(name string) assets.ID { return assets.IDOf([]byte(name)) }
	return Application{
		ID: "a1", Ref: "A-0412", Version: 1, Subject: Company, Region: "CN",
		BrandName: "初岚", AccountName: "初岚官方", Category: "cosmetics",
		Entity: Entity{
			USCC: "91310115MA1K3BTP2B", Name: "上海初岚化妆品有限公司", Representative: "（样例）",
			Address: "浦东新区样例路 88 号", Scope: "化妆品批发、零售", Established: "2016-05-11", Expires: "2036-05-10",
		},
		Mark: Trademark{Number: "30112233", Name: "初岚", Classes: []int{3, 35}, Owner: "初岚控股有限公司", Status: "registered", Expires: "2032-01-01"},
		Letters: []Authorisation{
			{From: "初岚控股有限公司", To: "华东总代商贸有限公司", Level: 1, Until: "2028-12-31"},
			{From: "华东总代商贸有限公司", To: "上海初岚化妆品有限公司", Level: 2, Until: "2027-03-31"},
		},
		Documents: []Document{
			{Kind: Licence, Picture: scan("licence"), Name: "licence.jpg", Until: "2036-05-10", Fields: []Field{
				{"uscc", "91310115MA1K3BTP2B", box(1)},
				{"name", "上海初岚化妆品有限公司", box(2)},
				{"representative", "(样例)", box(3)},
				{"address", "上海市浦东新区样例路88号", box(4)},
				{"scope", "化妆品批发、零售；进出口业务。（依法须经批准的项目除外）", box(5)},
				{"expires", "2036-05-10", box(6)},
			}},
			{Kind: MarkPaper, Picture: scan("mark"), Name: "mark.jpg", Fields: []Field{{"owner", "初岚控股有限公司", box(7)}}},
			{Kind: Letter, Picture: scan("l1"), Name: "letter1.jpg", Fields: []Field{{"from", "初岚控股有限公司", box(8)}}},
			{Kind: Letter, Picture: scan("l2"), Name: "letter2.jpg", Fields: []Field{{"to", "上海初岚化妆品有限公司", box(9)}, {"until", "2027-03-31", box(10)}}},
			{Kind: CategoryPaper, Picture: scan("filing"), Name: "filing.jpg", Number: "沪G妆网备字2024012345", Until: LongTerm, Fields: []Field{{"number", "沪G妆网备字2024012345", box(11)}}},
			{Kind: Logo, Picture: scan("logo"), Name: "logo.png"},
		},
	}
}

func check(t *testing.T, a Application, ctx CheckContext) map[string]CheckResult {
	t.Helper()
	if ctx.Now.IsZero() {
		ctx.Now = checkDay
	}
	results := map[string]CheckResult{}
	for _, r := range Check(a, ctx) {
		// Of several answers of one check the gravest is what counts.
		if old, ok := results[r.Check]; !ok || grave(r.Outcome) > grave(old.Outcome) {
			results[r.Check] = r
		}
	}
	return results
}

func grave(o Outcome) int { return slices.Index([]Outcome{NotApplicable, Pass, Warn, Fail}, o) }

func TestAnApplicationInOrderPassesEveryCheck(t *testing.T) {
	t.Parallel()
	others := Others{Compared: 41220, Names: []OtherName{{"谷雨粮仓", "A-0001"}}}
	for _, r := range Check(chulan(), CheckContext{Now: checkDay, Others: others}) {
		if r.Outcome != Pass {
			t.Errorf("%s: %s %s %v", r.Check, r.Outcome, r.Detail, r.Args)
		}
	}
}

// Each row spoils one thing and names what must be seen, and where.
func TestEachFaultIsSeenWhereItStands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil  func(*Application)
		check  string
		out    Outcome
		detail string
		args   map[string]string
		paper  int // index, -1 for none
		boxY   int // 0 for none
	}{
		"a mistyped check digit asks for a look": {
			func(a *Application) { a.Entity.USCC = "91310115MA1K3BTP2C" },
			"uscc", Warn, "uscc.checksum", map[string]string{"got": "C", "want": "B"}, 0, 1},
		"a letter O in the code": {
			func(a *Application) { a.Entity.USCC = "9131O115MA1K3BTP2B" },
			"uscc", Fail, "uscc.misread", map[string]string{"at": "5", "got": "O", "want": "0"}, 0, 1},
		"a sole trader's code for a company": {
			func(a *Application) { a.Entity.USCC = "92340603MA2UK1TD00" },
			"uscc", Warn, "uscc.subject_trader", map[string]string{"code": "92340603MA2UK1TD00"}, 0, 1},
		"another code on the licence": {
			func(a *Application) { a.Entity.USCC = "91110000600037341L" },
			"licence.uscc", Fail, "compare.differs", map[string]string{"form": "91110000600037341L", "paper": "91310115MA1K3BTP2B"}, 0, 1},
		"traditional on the form": {
			func(a *Application) { a.Entity.Name = "上海初嵐化妝品有限公司" },
			"licence.name", Warn, "compare.script", map[string]string{"pairs": "嵐 / 岚, 妝 / 妆"}, 0, 2},
		"another company": {
			func(a *Application) { a.Entity.Name = "上海初风化妆品有限公司" },
			"licence.name", Fail, "compare.differs", map[string]string{"form": "上海初风化妆品有限公司", "paper": "上海初岚化妆品有限公司"}, 0, 2},
		"another address": {
			func(a *Application) { a.Entity.Address = "浦东新区样例路 89 号" },
			"licence.address", Fail, "compare.differs", map[string]string{"form": "浦东新区样例路 89 号", "paper": "上海市浦东新区样例路88号"}, 0, 4},
		"an item that the licence lacks": {
			func(a *Application) { a.Entity.Scope = "化妆品批发、食品销售" },
			"licence.scope", Warn, "compare.part", map[string]string{"missing": "食品销售"}, 0, 5},
		"an unread licence": {
			func(a *Application) { a.Documents[0].Fields = nil },
			"licence.name", Warn, "compare.unread", nil, 0, 0},
		"a licence that ran out yesterday": {
			func(a *Application) { a.Documents[0].Until = "2026-02-28" },
			"licence.validity", Fail, "validity.over", map[string]string{"until": "2026-02-28", "days": "1"}, 0, 6},
		"a licence with 89 days": {
			func(a *Application) { a.Documents[0].Until = "2026-05-29" },
			"licence.validity", Warn, "validity.soon", map[string]string{"until": "2026-05-29", "days": "89"}, 0, 6},
		"no licence": {
			func(a *Application) { a.Documents = a.Documents[1:] },
			"licence", Fail, "licence.missing", nil, -1, 0},
		"a scope without the trade": {
			func(a *Application) { a.Documents[0].Fields[4].Text = "软件开发；技术服务" },
			"scope", Fail, "scope.other", map[string]string{"words": "化妆品、美妆、护肤、日化、洗护"}, 0, 5},
		"no filing": {
			func(a *Application) { a.Documents = slices.Delete(a.Documents, 4, 5) },
			"category", Fail, "category.missing", nil, -1, 0},
		"a food number on a cosmetics paper": {
			func(a *Application) { a.Documents[4].Number = "JY13101150012345" },
			"category", Fail, "number.other", map[string]string{"number": "JY13101150012345"}, 4, 11},
		"a filing of no known form": {
			func(a *Application) { a.Documents[4].Number = "沪妆20240123" },
			"category", Warn, "number.pattern", map[string]string{"number": "沪妆20240123"}, 4, 11},
		"a pending mark": {
			func(a *Application) { a.Mark.Status = "pending" },
			"mark", Fail, "mark.pending", map[string]string{"number": "30112233"}, 1, 0},
		"the wrong class": {
			func(a *Application) { a.Mark.Classes = []int{25, 18} },
			"mark.class", Fail, "class.other", map[string]string{"have": "25, 18", "want": "3"}, 1, 0},
		"retail alone": {
			func(a *Application) { a.Mark.Classes = []int{35} },
			"mark.class", Warn, "class.retail", map[string]string{"want": "3"}, 1, 0},
		"a chain that breaks at its second link": {
			func(a *Application) { a.Letters[1].From = "华南总代商贸有限公司" },
			"mark.owner", Fail, "chain.broken", map[string]string{"link": "2", "from": "华南总代商贸有限公司", "want": "华东总代商贸有限公司"}, 3, 0},
		"a chain that leads elsewhere": {
			func(a *Application) { a.Letters = a.Letters[:1] },
			"mark.owner", Fail, "chain.ends", map[string]string{"link": "1", "to": "华东总代商贸有限公司", "applicant": "上海初岚化妆品有限公司"}, 2, 0},
		"no chain at all": {
			func(a *Application) { a.Letters = nil },
			"mark.owner", Fail, "chain.none", map[string]string{"owner": "初岚控股有限公司", "applicant": "上海初岚化妆品有限公司"}, -1, 0},
		"a chain whose second letter ends first": {
			func(a *Application) { a.Letters[1].Until = "2026-04-30" },
			"mark.owner", Warn, "chain.soon", map[string]string{"links": "2", "until": "2026-04-30", "days": "60"}, 3, 10},
		"a letter that ran out": {
			func(a *Application) { a.Letters[0].Until = "2025-12-31" },
			"mark.owner", Fail, "chain.over", map[string]string{"link": "1", "until": "2025-12-31"}, 2, 0},
		"levels out of order": {
			func(a *Application) { a.Letters[1].Level = 3 },
			"mark.owner", Warn, "chain.level", map[string]string{"link": "2", "level": "3"}, 3, 0},
		"a letter to somebody else": {
			func(a *Application) { a.Documents[3].Fields[0].Text = "杭州别家有限公司" },
			"letter", Fail, "letter.other", map[string]string{"to": "杭州别家有限公司", "applicant": "上海初岚化妆品有限公司"}, 3, 9},
		"a paper without its picture": {
			func(a *Application) { a.Documents[1].Picture = "" },
			"pictures", Fail, "pictures.absent", map[string]string{"name": "mark.jpg"}, 1, 0},
		"a name of one character": {
			func(a *Application) { a.AccountName = "岚" },
			"account.length", Fail, "length.short", map[string]string{"count": "1"}, -1, 0},
		"a name too long": {
			func(a *Application) { a.AccountName = strings.Repeat("岚", 25) },
			"account.length", Fail, "length.long", map[string]string{"count": "25"}, -1, 0},
		"a banned word with a dot inside, in the other script": {
			func(a *Application) { a.AccountName = "初岚國家·級護膚" },
			"account.words", Fail, "words.banned", map[string]string{"word": "国家级"}, -1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := chulan()
			c.spoil(&a)
			got := check(t, a, CheckContext{})[c.check]
			want := CheckResult{Check: c.check, Outcome: c.out, Detail: c.detail, Args: c.args, Field: got.Field, Document: c.paper}
			if c.boxY > 0 {
				want.Box = assets.Box{X: 100, Y: c.boxY, W: 300, H: 24}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestALicenceIsValidThroughItsLastDayOnThePlatformsCalendar(t *testing.T) {
	t.Parallel()
	a := chulan()
	a.Documents[0].Until = "2026-03-01"
	if r := check(t, a, CheckContext{Now: checkDay})["licence.validity"]; r.Outcome != Warn || r.Args["days"] != "0" {
		t.Errorf("half past eleven at night: %+v", r)
	}
	if r := check(t, a, CheckContext{Now: checkDay.Add(time.Hour)})["licence.validity"]; r.Outcome != Fail {
		t.Errorf("an hour later: %+v", r)
	}
	a.Documents[0].Until, a.Entity.Expires = "2026-05-30", "2026-05-30"
	if r := check(t, a, CheckContext{Now: checkDay})["licence.validity"]; r.Outcome != Pass || r.Args["days"] != "90" {
		t.Errorf("ninety days: %+v", r)
	}
	a.Entity.Expires = "2036-05-10"
	if r := check(t, a, CheckContext{Now: checkDay})["licence.validity"]; r.Outcome != Warn || r.Detail != "validity.differs" {
		t.Errorf("form and paper differ: %+v", r)
	}
	a.Documents[0].Until, a.Entity.Expires = LongTerm, LongTerm
	if r := check(t, a, CheckContext{Now: checkDay})["licence.validity"]; r.Outcome != Pass || r.Detail != "validity.long_term" {
		t.Errorf("long term: %+v", r)
	}
}

func TestAnOwnMarkNeedsNoLetter(t *testing.T) {
	t.Parallel()
	a := chulan()
	a.Mark.Owner, a.Letters = "上海初岚化妆品有限公司", nil
	got := check(t, a, CheckContext{})
	if r := got["mark.owner"]; r.Outcome != Pass || r.Detail != "owner.applicant" {
		t.Errorf("%+v", r)
	}
	if r := got["letter"]; r.Outcome != NotApplicable {
		t.Errorf("%+v", r)
	}
}

func TestOverseasApplicantsAreNotAskedForChinesePapers(t *testing.T) {
	t.Parallel()
	a := chulan()
	a.Subject, a.Region, a.Entity.USCC = Overseas, "FR", ""
	got := check(t, a, CheckContext{})
	for _, name := range []string{"uscc", "scope"} {
		if got[name].Outcome != NotApplicable {
			t.Errorf("%s: %+v", name, got[name])
		}
	}
	if _, asked := got["licence.uscc"]; asked {
		t.Error("a code that was never given is compared")
	}
}

func TestWhatOthersHaveIsComparedOnlyWhenTheyWereAsked(t *testing.T) {
	t.Parallel()
	got := check(t, chulan(), CheckContext{})
	if got["papers"].Outcome != NotApplicable || got["account.taken"].Outcome != NotApplicable {
		t.Errorf("nobody was asked: %+v %+v", got["papers"], got["account.taken"])
	}
	others := Others{
		Compared: 3,
		Pictures: map[assets.ID]string{assets.IDOf([]byte("l1")): "A-0007"},
		Names:    []OtherName{{"初嵐官方旗", "A-0009"}},
	}
	got = check(t, chulan(), CheckContext{Others: others})
	if r := got["papers"]; r.Outcome != Fail || r.Document != 2 || r.Args["ref"] != "A-0007" {
		t.Errorf("a reused letter: %+v", r)
	}
	if r := got["account.taken"]; r.Outcome != Warn || r.Args["ref"] != "A-0009" {
		t.Errorf("a name one character away: %+v", r)
	}
}

// Whatever comes in, checks answer in the codes and arguments that the
// catalogue has sentences for, and never point at a paper that isn't there.
func TestChecksSpeakOnlyInListedCodes(t *testing.T) {
	t.Parallel()
	names, details := map[string]bool{}, map[string][]string{}
	for _, c := range CheckNames() {
		names[c.Code] = true
	}
	for _, c := range CheckDetails() {
		if _, twice := details[c.Code]; twice || names[c.Code] {
			t.Errorf("%s is listed twice", c.Code)
		}
		details[c.Code] = slices.Sorted(slices.Values(c.Args))
	}
	texts := []string{"", "上海初岚化妆品有限公司", "上海初嵐化妝品有限公司", "x", "91310115MA1K3BTP2B", "91310115MA1K3BTP2C", "SC10631011500128", "国妆特字20990001", "\xff", "化妆品、食品"}
	dates := []Date{"", LongTerm, "2026-03-02", "2020-01-01", "2099-12-31", "nonsense"}
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string { return rapid.SampledFrom(texts).Draw(t, label) }
		date := func(label string) Date { return rapid.SampledFrom(dates).Draw(t, label) }
		a := chulan()
		change := func(label string, f func()) {
			if rapid.IntRange(0, 3).Draw(t, label+"?") == 0 {
				f()
			}
		}
		change("uscc", func() { a.Entity.USCC = text("uscc") })
		change("name", func() { a.Entity.Name = text("name") })
		change("scope", func() { a.Entity.Scope = text("scope") })
		change("expires", func() { a.Entity.Expires = date("expires") })
		change("category", func() {
			a.Category = rapid.SampledFrom([]string{"food", "travel", "unknown", "medical_device"}).Draw(t, "category")
		})
		change("subject", func() { a.Subject = rapid.SampledFrom([]SubjectType{SoleTrader, Overseas}).Draw(t, "subject") })
		change("mark", func() {
			a.Mark = Trademark{Number: text("mark"), Owner: text("owner"), Status: rapid.SampledFrom([]string{"", "registered", "pending"}).Draw(t, "status"), Expires: date("mark")}
		})
		change("letters", func() {
			a.Letters = []Authorisation{{From: text("from"), To: text("to"), Level: rapid.IntRange(0, 2).Draw(t, "level"), Until: date("until")}}
		})
		change("papers", func() { a.Documents = a.Documents[:rapid.IntRange(0, 6).Draw(t, "papers")] })
		for i := range a.Documents {
			change("paper", func() {
				a.Documents[i].Until, a.Documents[i].From, a.Documents[i].Number = date("until"), date("from"), text("number")
				a.Documents[i].Fields = []Field{{Name: rapid.SampledFrom([]string{"to", "name", "scope", "expires"}).Draw(t, "field"), Text: text("field")}}
			})
		}
		for _, r := range Check(a, CheckContext{Now: checkDay}) {
			args, listed := details[r.Detail]
			if !names[r.Check] || !listed {
				t.Fatalf("not listed: %s %s", r.Check, r.Detail)
			}
			seen[r.Detail] = true
			if got := slices.Sorted(maps.Keys(r.Args)); !slices.Equal(got, args) {
				t.Fatalf("%s has arguments %v, the table says %v", r.Detail, got, args)
			}
			if r.Document < -1 || r.Document >= len(a.Documents) {
				t.Fatalf("%s points at paper %d of %d", r.Check, r.Document, len(a.Documents))
			}
		}
	})
	if len(seen) < 40 {
		t.Errorf("only %d of %d details were reached", len(seen), len(details))
	}
}

func TestTheWorstOutcomeIsNamed(t *testing.T) {
	t.Parallel()
	of := func(o ...Outcome) []CheckResult {
		var r []CheckResult
		for _, one := range o {
			r = append(r, CheckResult{Outcome: one})
		}
		return r
	}
	for _, c := range []struct {
		in   []CheckResult
		want Outcome
	}{
		{nil, NotApplicable}, {of(NotApplicable), NotApplicable}, {of(NotApplicable, Pass), Pass},
		{of(Warn, Pass), Warn}, {of(Pass, Fail, Warn), Fail},
	} {
		if got := Worst(c.in); got != c.want {
			t.Errorf("%v: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestEveryCategoryCanBeMet(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Categories() {
		if seen[c.Code] || len(c.Scope) == 0 || len(c.Classes) == 0 {
			t.Errorf("%+v", c)
		}
		seen[c.Code] = true
		for _, class := range c.Classes {
			if class < 1 || class > 45 {
				t.Errorf("%s: class %d", c.Code, class)
			}
		}
	}
}
