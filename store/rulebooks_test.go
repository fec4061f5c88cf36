package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/store"
)

func someRules(name string) []moderation.DetectorRule {
	return []moderation.DetectorRule{
		{Name: name, Kind: moderation.RulePhrase, Weight: 1.25, Say: []string{"今晚开播", "flash drop"}, Note: "Seen all week."},
		{Name: "link.partner", Kind: moderation.RuleLink, Weight: -0.5, Hosts: []string{"shop.example"}, Query: []string{"kol_*"}},
		{Name: "offer.fans", Kind: moderation.RulePhrase},
	}
}

// replayed is a replay against the rules of a live rulebook, 0 for none.
func replayed(found, wrong, live, liveFound, liveWrong int) *moderation.Replay {
	model := "rules-1"
	if live > 0 {
		model = moderation.Rulebook{Number: live}.Model(model)
	}
	return &moderation.Replay{Model: "rules-1+r9", Posts: 100, Found: found, Wrong: wrong, Missed: 50 - found, RandomPosts: 7, RandomPaid: 3, RandomFlagged: 2,
		Live: &moderation.Replay{Model: model, Posts: 100, Found: liveFound, Wrong: liveWrong, Missed: 50 - liveFound, RandomPosts: 7, RandomPaid: 3, RandomFlagged: 1}}
}

// saved is a new draft of a lead.
func (p *person) saved(rules []moderation.DetectorRule) moderation.Rulebook {
	p.t.Helper()
	b, err := p.db.Rulebooks().Save(p.t.Context(), uuid.NewString(), nil, moderation.Rulebook{Rules: rules, Note: "A note."})
	must(p.t, err)
	return b
}

func (p *person) move(b moderation.Rulebook, to moderation.RulebookState, replay *moderation.Replay, reason string) error {
	return p.db.Rulebooks().Move(p.t.Context(), uuid.NewString(), b.Number, b.Version, to, replay, reason)
}

// states are those of all rulebooks, "1 retired, 2 live".
func (d *desk) states() string {
	return d.one(`SELECT coalesce(string_agg(number || ' ' || state, ', ' ORDER BY number), '') FROM studio.rulebook`)
}

func (d *desk) stand(want string) {
	d.t.Helper()
	if got := d.states(); got != want {
		d.t.Errorf("the rulebooks are %s, want %s", got, want)
	}
}

func TestALeadsRulesGoFromDraftThroughShadowToLive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	lead, other, worker, moderator := d.sit("lead1"), d.sit("lead2"), d.sit("worker1"), d.sit("moderator1")
	books := lead.db.Rulebooks()

	// The draft, which two leads don't write over each other.
	b := lead.saved(someRules("offer.livestream"))
	if b.Number != 1 || b.Version != 1 || b.State != moderation.RulebookDraft || b.WrittenBy != "lead1" || time.Since(b.WrittenAt).Abs() > time.Hour {
		t.Errorf("saved: %+v", b)
	}
	_, err := other.db.Rulebooks().Save(ctx, uuid.NewString(), nil, moderation.Rulebook{Rules: someRules("offer.other")})
	refused(t, err, fault.RuleChanged)
	var won atomic.Int32
	parallel(t, 2, func(ctx context.Context, i int) error {
		p := []*person{lead, other}[i]
		_, err := p.db.Rulebooks().Save(ctx, uuid.NewString(), &b.Version, moderation.Rulebook{Number: b.Number, Rules: someRules(fmt.Sprint("offer.by", i)), Note: "Mine."})
		switch {
		case err == nil:
			won.Add(1)
		case fault.CodeOf(err) != fault.RuleChanged:
			return err
		}
		return nil
	})
	if won.Load() != 1 {
		t.Errorf("%d of two who saved at once did", won.Load())
	}
	request := uuid.NewString()
	seen := 2
	for range 2 { // the second time it was the driver
		if b, err = books.Save(ctx, request, &seen, moderation.Rulebook{Number: 1, Rules: someRules("offer.livestream"), Note: " Mine. "}); err != nil || b.Version != 3 {
			t.Fatalf("%+v, %v", b, err)
		}
	}
	_, err = books.Save(ctx, request, &seen, moderation.Rulebook{Number: 1, Rules: someRules("offer.others")})
	refused(t, err, fault.RequestReused)
	refused(t, errOf(books.Save(ctx, uuid.NewString(), &seen, moderation.Rulebook{Number: 1, Rules: someRules("offer.late")})), fault.RuleChanged)
	refused(t, errOf(books.Save(ctx, uuid.NewString(), &b.Version, moderation.Rulebook{Number: 1, Rules: []moderation.DetectorRule{{Name: "a.b", Kind: moderation.RulePhrase, Weight: 1, Say: []string{"#ad"}}}})), fault.LabelWeighed)
	refused(t, errOf(books.Save(ctx, uuid.NewString(), &b.Version, moderation.Rulebook{Number: 1, Note: strings.Repeat("长", 1001)})), fault.FieldValue)

	// Everybody at a desk reads them as they were written.
	list, err := moderator.db.Rulebooks().List(ctx)
	must(t, err)
	if len(list) != 1 || !list[0].MovedAt.IsZero() || list[0].Note != "Mine." {
		t.Fatalf("the list is %+v", list)
	}
	if diff := cmp.Diff(someRules("offer.livestream"), list[0].Rules); diff != "" {
		t.Errorf("rules (-saved +read):\n%s", diff)
	}
	// Whoever knows them gets them from what they know, and only in the edit that they know.
	had := list[0]
	had.Rules = someRules("offer.known")
	older := had
	older.Version--
	for known, want := range map[*moderation.Rulebook]string{&had: "offer.known", &older: "offer.livestream"} {
		again, err := moderator.db.Rulebooks().List(ctx, *known)
		must(t, err)
		if diff := cmp.Diff(someRules(want), again[0].Rules); diff != "" {
			t.Errorf("edit %d is known, rules (-want +got):\n%s", known.Version, diff)
		}
	}

	// Into the shadow, where another begins a draft beside it.
	stale := b
	stale.Version--
	refused(t, lead.move(stale, moderation.RulebookShadow, nil, ""), fault.RuleChanged)
	must(t, lead.move(b, moderation.RulebookShadow, nil, ""))
	refused(t, lead.move(b, moderation.RulebookShadow, nil, ""), fault.NotAllowedNow)
	refused(t, errOf(books.Save(ctx, uuid.NewString(), &b.Version, moderation.Rulebook{Number: 1})), fault.RuleChanged)
	second := other.saved(someRules("offer.second"))
	live, shadow, err := worker.db.Rulebooks().InForce(ctx)
	if err != nil || live != nil || shadow == nil || shadow.Number != 1 || shadow.MovedBy != "lead1" || shadow.Model("hand-1") != "hand-1+r1" {
		t.Errorf("in force: %+v, %+v, %v", live, shadow, err)
	}

	// Live by the rule of taking over, or by a reason.
	refused(t, lead.move(b, moderation.RulebookLive, nil, ""), fault.ReplayNeeded)
	for name, r := range map[string]*moderation.Replay{
		"finds less":                         replayed(19, 0, 0, 20, 10),
		"is wrong more often":                replayed(40, 21, 0, 20, 10),
		"was tried on nothing":               {Live: &moderation.Replay{}},
		"flags none where the other has one": replayed(0, 0, 0, 1, 9),
	} {
		if !r.Worse() {
			t.Errorf("%s: the program says it is no worse", name)
		}
		f := refused(t, lead.move(b, moderation.RulebookLive, r, " "), fault.ReplayWorse)
		if name == "finds less" && (f.Args["found"] != "19" || f.Args["live_wrong"] != "10") {
			t.Errorf("%s: %v", name, f.Args)
		}
	}
	refused(t, lead.move(b, moderation.RulebookLive, replayed(20, 10, 2, 20, 10), ""), fault.RuleChanged) // against rules that aren't in force
	otherPosts := replayed(30, 5, 0, 20, 10)
	otherPosts.Live.Posts = 90
	refused(t, lead.move(b, moderation.RulebookLive, otherPosts, ""), fault.FieldValue)
	won.Store(0)
	even := replayed(20, 10, 0, 20, 10)
	parallel(t, 2, func(ctx context.Context, i int) error {
		err := []*person{lead, other}[i].db.Rulebooks().Move(ctx, uuid.NewString(), b.Number, b.Version, moderation.RulebookLive, even, "")
		switch {
		case err == nil:
			won.Add(1)
		case fault.CodeOf(err) != fault.NotAllowedNow:
			return err
		}
		return nil
	})
	if even.Worse() || won.Load() != 1 {
		t.Errorf("%d of two who published at once did", won.Load())
	}
	d.stand("1 live, 2 draft")

	// The next retires it; the reason for taking over all the same stays with it.
	must(t, other.move(second, moderation.RulebookShadow, replayed(10, 0, 1, 20, 10), ""))
	refused(t, other.move(second, moderation.RulebookLive, nil, ""), fault.ReplayWorse) // the replay that was kept
	request = uuid.NewString()
	for range 2 {
		must(t, other.db.Rulebooks().Move(ctx, request, second.Number, second.Version, moderation.RulebookLive, nil, "The old one drowns us."))
	}
	d.stand("1 retired, 2 live")
	list, err = books.List(ctx)
	must(t, err)
	if r := list[0].Replay; r == nil || r.Found != 10 || r.Live == nil || r.Live.Model != "rules-1+r1" || time.Since(r.At).Abs() > time.Hour || list[0].Reason != "The old one drowns us." {
		t.Errorf("what it had shown: %+v", list[0])
	}
	if got := d.one(`SELECT string_agg((detail::jsonb ->> 'state') || CASE WHEN detail::jsonb ->> 'override' = 'true' THEN ' all the same' ELSE '' END, ', ' ORDER BY seq) FROM studio.audit WHERE kind = 'rulebook' AND target = '2'`); got != "draft, shadow, live all the same" {
		t.Errorf("the record says %s", got)
	}

	// A shadow gives way to the next one; a draft can be dropped; the live one is taken
	// out of force by a reason, and then there is none.
	third := lead.saved(nil)
	must(t, lead.move(third, moderation.RulebookShadow, nil, ""))
	fourth := lead.saved(nil)
	must(t, lead.move(fourth, moderation.RulebookShadow, nil, ""))
	fifth := lead.saved(nil)
	must(t, lead.move(fifth, moderation.RulebookRetired, nil, ""))
	refused(t, lead.move(fifth, moderation.RulebookShadow, nil, ""), fault.NotAllowedNow)
	refused(t, lead.move(second, moderation.RulebookRetired, nil, ""), fault.FieldMissing)
	must(t, lead.move(second, moderation.RulebookRetired, nil, "It flags recipes."))
	d.stand("1 retired, 2 retired, 3 retired, 4 shadow, 5 retired")
	refused(t, lead.move(moderation.Rulebook{Number: 77, Version: 1}, moderation.RulebookLive, nil, ""), fault.NotFound)
	d.inOrder()

	// And past all of that.
	d.rulebookAttacks()
	if tried := d.altered(bookAlterations); len(tried) != 4 {
		t.Errorf("tried %d checks", len(tried))
	}
}

func errOf[T any](_ T, err error) error { return err }

// rulebookAttacks tries what is not allowed on a desk with rulebook 4 in the shadow.
func (d *desk) rulebookAttacks() {
	t := d.t
	t.Helper()
	before := d.one(`SELECT md5(string_agg(CAST(b AS text), ',' ORDER BY number)) FROM studio.rulebook b`)
	for _, login := range []string{"moderator1", "marketer1", "auditor1", "admin1", "worker1"} {
		db := d.Open(t, login).Rulebooks()
		refused(t, errOf(db.Save(t.Context(), uuid.NewString(), nil, moderation.Rulebook{})), fault.NoRight)
		refused(t, db.Move(t.Context(), uuid.NewString(), 4, 1, moderation.RulebookLive, replayed(1, 0, 0, 1, 0), "x"), fault.NoRight)
		_, err := db.List(t.Context())
		if login == "marketer1" {
			refused(t, err, fault.NoRight)
		} else if err != nil {
			t.Errorf("%s reads: %v", login, err)
		}
	}
	lead := d.plain("lead1")
	must(t, exec(lead, `SET cinnabar.client = 1`))
	for _, bad := range []string{`'[1]'`, `'{}'`, `'null'`, `NULL`, `'[{}]'`, `'[{"name": "a.b", "kind": "phrase"}]'`, `'[{"name": "a.b", "kind": "phrase", "weight": 6}]'`,
		`'[{"name": "a.b", "kind": "phrase", "weight": "1"}]'`, `'[{"name": ["a.b"], "kind": "phrase", "weight": 1}]'`, `'[{"name": "a.b", "kind": "phrase", "weight": 1, "say": "x"}]'`,
		`'[{"name": "a.b", "kind": "phrase", "weight": 1, "say": [1]}]'`, `'[{"name": "a.b", "kind": "phrase", "weight": 1, "say": [["x"]]}]'`, `'[{"name": "a.b", "kind": "phrase", "weight": 1, "more": 2}]'`,
		`'[{"name": "a.b", "kind": "phrase", "weight": 1}, {"name": "a.b", "kind": "phrase", "weight": 1}]'`, `'[{"name": "a.b", "kind": "phrase", "weight": 1, "note": 5}]'`,
		`jsonb_build_array(jsonb_build_object('name', 'a.b', 'kind', 'phrase', 'weight', 1, 'say', ARRAY[repeat('x', 101)]))`,
		`(SELECT jsonb_agg(jsonb_build_object('name', 'a.b' || n, 'kind', 'phrase', 'weight', 0)) FROM generate_series(1, 501) AS n)`,
		`jsonb_build_array(jsonb_build_object('name', 'a.b', 'kind', 'expression', 'weight', 1, 'say', ARRAY(SELECT 'x' || n FROM generate_series(1, 101) AS n)))`,
		`(SELECT jsonb_agg(jsonb_build_object('name', 'a.b' || n, 'kind', 'phrase', 'weight', 0, 'say', ARRAY(SELECT 'x' || m FROM generate_series(1, 101) AS m))) FROM generate_series(1, 20) AS n)`} {
		if err := exec(lead, `SELECT studio.rulebook_save(gen_random_uuid(), NULL, NULL, `+bad+`, '')`); code(err) != "field_value" {
			t.Errorf("rules %s: %v", bad, err)
		}
	}
	for _, bad := range []string{`'{}'`, `'[]'`, `'{"posts": 1}'`, `'{"model": "x", "posts": 1, "found": 1, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0}'`,
		`'{"model": 5, "posts": 1, "found": 1, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0, "live": {"model": "x", "posts": 1, "found": 1, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0}}'`,
		`'{"model": "x", "posts": 1, "found": 1.0, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0, "live": {"model": "x", "posts": 1, "found": 1, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0}}'`,
		`'{"model": "x", "posts": 1, "found": -1, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0, "live": {"model": "x", "posts": 1, "found": 1, "wrong": 0, "missed": 0, "random_posts": 0, "random_paid": 0, "random_flagged": 0}}'`} {
		if err := exec(lead, `SELECT studio.rulebook_move(gen_random_uuid(), 4, 1, 'live', `+bad+`, 'x')`); code(err) != "field_value" {
			t.Errorf("a replay %s: %v", bad, err)
		}
	}
	// Nobody calls what moves the scans, and no lead touches the table by hand.
	for _, statement := range []string{`SELECT studio.scan_comes_out(4)`, `SELECT studio.scan_forget(4)`, `SELECT studio.rulebook_noted(NULL, 'rulebook.move', '', b) FROM studio.rulebook b`,
		`UPDATE studio.rulebook SET state = 'live'`, `DELETE FROM studio.rulebook`, `INSERT INTO studio.rulebook DEFAULT VALUES`} {
		if err := exec(lead, statement); code(err) != "42501" {
			t.Errorf("%s: %v", statement, err)
		}
	}
	// What is out does not change by the owner's hand either, nor goes live by nothing.
	for statement, want := range map[string]string{
		`UPDATE studio.rulebook SET rules = '[]', note = 'x' WHERE number = 4`:                          "42501",
		`UPDATE studio.rulebook SET state = 'draft', moved_by = NULL, moved_at = NULL WHERE number = 2`: "42501",
		`UPDATE studio.rulebook SET state = 'live' WHERE number = 2`:                                    "42501",
		`DELETE FROM studio.rulebook WHERE number = 2`:                                                  "42501",
		`TRUNCATE studio.rulebook`:                                   "42501",
		`UPDATE studio.rulebook SET state = 'live' WHERE number = 4`: "23514",
		`INSERT INTO studio.rulebook (number, state, rules, note, version, written_by, written_at, moved_by, moved_at) VALUES (99, 'shadow', '[]', '', 1, 'x', now(), 'x', now())`: "23505",
	} {
		if _, err := d.super.ExecContext(t.Context(), `SET ROLE cinnabar_owner; `+statement); code(err) != want {
			t.Errorf("the owner: %s: %v, want %s", statement, err, want)
		}
		d.exec(`RESET ROLE`)
	}
	if after := d.one(`SELECT md5(string_agg(CAST(b AS text), ',' ORDER BY number)) FROM studio.rulebook b`); after != before {
		t.Error("an attack changed a rulebook")
	}
}

// bookAlterations break rows where rulebook 1 was live, 2 went live by a reason and was
// taken out, 4 is in the shadow and 5 was a draft that was dropped.
var bookAlterations = []alteration{
	{"rulebook.audited", `UPDATE studio.rulebook SET rules = '[]' WHERE number = 1`, `SELECT 'rulebook 1'`},
	{"rulebook.audited", `UPDATE studio.rulebook SET written_by = 'lead2' WHERE number = 1`, `SELECT 'rulebook 1'`},
	{"rulebook.audited", `UPDATE studio.rulebook SET replay = jsonb_set(replay, '{found}', '50') WHERE number = 2`, `SELECT 'rulebook 2'`},
	{"rulebook.audited", `UPDATE studio.rulebook SET reason = 'Fine.' WHERE number = 2`, `SELECT 'rulebook 2'`},
	{"rulebook.audited", `UPDATE studio.rulebook SET moved_at = moved_at - interval '1 day' WHERE number = 2`, `SELECT 'rulebook 2'`},
	{"rulebook.audited", `UPDATE studio.rulebook SET state = 'retired' WHERE number = 4`, `SELECT 'rulebook 4'`},
	{"rulebook.audited", `DELETE FROM studio.rulebook WHERE number = 3`, `SELECT 'rulebook 3'`},
	{"rulebook.audited", `INSERT INTO studio.rulebook (number, state, rules, note, version, written_by, written_at) VALUES (6, 'draft', '[]', '', 1, 'lead1', now())`, `SELECT 'rulebook 6'`},
	{"rulebook.once", `DROP INDEX studio.rulebook_once; UPDATE studio.rulebook SET state = 'shadow' WHERE number = 3`, `SELECT 'rulebook 3, 4'`},
	{"rulebook.right", `UPDATE studio.audit SET actor = 'moderator1' WHERE kind = 'rulebook' AND target = '5' AND detail::jsonb ->> 'state' = 'retired'`,
		`SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE kind = 'rulebook' AND target = '5' AND detail::jsonb ->> 'state' = 'retired'`},
	{"rulebook.takeover", `UPDATE studio.rulebook SET reason = '' WHERE number = 2`, `SELECT 'rulebook 2'`},
	{"rulebook.takeover", `UPDATE studio.rulebook SET replay = NULL WHERE number = 1`, `SELECT 'rulebook 1'`},
}

// shadowAlterations break the word of a case about who flagged it.
var shadowAlterations = []alteration{
	{"rulebook.opened", `UPDATE studio.evidence SET text = 'rules-1+r3' WHERE kind = 'model' AND case_id = (SELECT id FROM studio.cases WHERE target = 'between')`, fmt.Sprintf(caseOf, "between")},
	{"evidence.audited", `UPDATE studio.evidence SET text = 'rules-1+r2' WHERE kind = 'model' AND case_id = (SELECT id FROM studio.cases WHERE target = 'between')`, fmt.Sprintf(caseOf, "between")},
}

// flagged scores posts by a model as flagged or not, as scanners do.
func flagged(model string, posts []moderation.Post, flag func(moderation.Post) bool) []moderation.Scored {
	all := make([]moderation.Scored, len(posts))
	for i, p := range posts {
		all[i] = score(p, flag(p))
		all[i].Model = model
	}
	return all
}

func TestTheShadowScoresAndOpensNothingUntilItIsLive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	ctx := t.Context()
	lead, worker, desk := d.sit("lead1"), d.sit("worker1"), d.sit("moderator1")
	all := func(moderation.Post) bool { return true }
	posts := ordinary(8)
	random := somePost("")
	for i := 0; ; i++ {
		if random.ID = fmt.Sprint("audited", i); inAudit(random.ID) {
			break
		}
	}
	importPosts(t, worker.db, posts[:2]...)

	b := lead.saved(someRules("offer.livestream"))
	name := b.Model(model)
	refused(t, errOf(worker.db.Scans().Take(ctx, uuid.NewString(), name, 10)), fault.FieldValue) // nobody published the draft
	refused(t, errOf(worker.db.Scans().Take(ctx, uuid.NewString(), model+"+r7", 10)), fault.FieldValue)
	must(t, lead.move(b, moderation.RulebookShadow, nil, ""))

	// What comes from now on, each post once, also where a scanner dies with some.
	importPosts(t, worker.db, append(slices.Clone(posts[2:]), random)...)
	waiting(t, worker.db, name, 7)
	dead := take(t, desk.db, name, 3)
	d.exec(`UPDATE studio.scan_lease SET until = now() - interval '1 second'`)
	got := take(t, worker.db, name, 100)
	if len(dead) != 3 || len(got) != 7 {
		t.Fatalf("the dead took %v, the next got %v", ids(dead), ids(got))
	}
	if opened := put(t, worker.db, name, flagged(name, got, func(p moderation.Post) bool { return p.ID != posts[7].ID && p.ID != random.ID })...); opened != 0 {
		t.Errorf("the shadow opened %d cases", opened)
	}
	if opened := put(t, desk.db, name, flagged(name, dead, all)...); opened != 0 || len(take(t, worker.db, name, 100)) != 0 {
		t.Error("the shadow scored a post twice")
	}
	if got := d.one(`SELECT count(*) || ' scores, ' || count(*) FILTER (WHERE flag) || ' flags, ' || (SELECT count(*) FROM studio.cases) || ' cases' FROM studio.post_score`); got != "7 scores, 5 flags, 0 cases" {
		t.Errorf("the shadow left %s", got)
	}

	// The rules of the program alone open cases meanwhile, and say so.
	put(t, worker.db, model, flagged(model, take(t, worker.db, model, 100), func(p moderation.Post) bool { return p.ID == posts[0].ID || p.ID == posts[2].ID })...)
	says := func(target string) string {
		t.Helper()
		var said []string
		for _, e := range desk.file(d.one(`SELECT id FROM studio.cases WHERE target = $1`, target)).Evidence {
			if e.Kind == moderation.KindModel {
				said = append(said, e.Text)
			}
		}
		return strings.Join(said, ", ")
	}
	if says(posts[2].ID) != model || says(random.ID) != "" {
		t.Errorf("flagged by %q, and at random by %q", says(posts[2].ID), says(random.ID))
	}
	desk.decide(d.one(`SELECT id FROM studio.cases WHERE target = $1`, posts[2].ID), moderation.Clear)
	list, err := desk.db.Rulebooks().List(ctx)
	must(t, err)
	if beside := list[0].Beside; beside == nil || *beside != (moderation.Beside{Posts: 7, Both: 1, Only: 4}) {
		t.Errorf("beside the rules in force: %+v", beside)
	}

	// One is on its way while it goes live: it counts as live, or is asked for again.
	importPosts(t, worker.db, somePost("between"))
	between := take(t, worker.db, name, 10)
	must(t, lead.move(b, moderation.RulebookLive, replayed(3, 0, 0, 2, 0), ""))
	weak := flagged(name, between, all)
	weak[0].Evidence = []moderation.Evidence{{Kind: "link", Rule: "link.affiliate", Field: "body", Text: "x", Weight: -1}} // outweighs the model's name
	if opened := put(t, worker.db, name, weak...); opened != 1 || says("between") != name {
		t.Errorf("opened %d, flagged by %q", opened, says("between"))
	}
	// What it flagged in the shadow comes once more, for its evidence, and what there was
	// before it for the first time; what it had passed over does not.
	live := take(t, worker.db, name, 100)
	want := []string{posts[0].ID, posts[1].ID, posts[2].ID, posts[3].ID, posts[4].ID, posts[5].ID, posts[6].ID}
	slices.Sort(want)
	if gotten := ids(live); !slices.Equal(slices.Sorted(slices.Values(gotten)), want) {
		t.Errorf("live it gets %v, want %v", gotten, want)
	}
	forged := flagged(name, live, all)
	for i := range forged {
		forged[i].Evidence = append([]moderation.Evidence{{Kind: "model", Rule: "model.version", Text: "somebody's"}, {Rule: "model.other", Text: "somebody's"}}, forged[i].Evidence...)
	}
	if opened := put(t, worker.db, name, forged...); opened != 5 { // 0 has a case, 2 was decided on in these words
		t.Errorf("live it opened %d", opened)
	}
	if says(posts[0].ID) != name || says(posts[3].ID) != name || says(posts[2].ID) != model {
		t.Errorf("flagged by %q, %q and %q", says(posts[0].ID), says(posts[3].ID), says(posts[2].ID))
	}
	if got := d.one(`SELECT string_agg(DISTINCT tag, ' ') FROM studio.cases`); got != "link random" {
		t.Errorf("why cases wait: %s", got)
	}
	waiting(t, worker.db, name, 0)
	// The program's rules alone open none any more.
	importPosts(t, worker.db, somePost("bare"))
	if opened := put(t, worker.db, model, flagged(model, take(t, worker.db, model, 100), all)...); opened != 0 {
		t.Errorf("the rules without the live ones opened %d", opened)
	}
	put(t, worker.db, name, flagged(name, take(t, worker.db, name, 100), func(moderation.Post) bool { return false })...)

	// The next takes its place: it gets no more work, and what is on its way opens nothing.
	importPosts(t, worker.db, somePost("late"))
	late := take(t, worker.db, name, 10)
	next := lead.saved(nil)
	must(t, lead.move(next, moderation.RulebookLive, replayed(3, 0, 1, 3, 0), ""))
	if opened := put(t, worker.db, name, flagged(name, late, all)...); opened != 0 || len(take(t, worker.db, name, 10)) != 0 {
		t.Errorf("retired it opened %d and takes more", opened)
	}
	waiting(t, worker.db, name, 0)
	importPosts(t, worker.db, somePost("after"))
	if n := d.one(`SELECT count(*) FROM studio.scan_wait w JOIN studio.scan_model m ON m.id = w.model WHERE m.version = $1`, name); n != "0" {
		t.Errorf("%s posts are queued for what retired", n)
	}
	if got := take(t, worker.db, next.Model(model), 100); len(got) != 13 {
		t.Errorf("the next gets %v", ids(got))
	}
	d.inOrder()
	d.altered(shadowAlterations)
}

func TestWhatPeopleDecidedIsTheTruthThatRulesAreMeasuredBy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	ctx := t.Context()
	desk, lead, worker := d.sit("moderator1"), d.sit("lead1"), d.sit("worker1")
	posts := numbered(40, func(id string) moderation.Post {
		p := somePost(id)
		p.Posted = time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
		return p
	})
	posts[39].Posted = posts[39].Posted.AddDate(0, 0, -40)
	var flaggedIDs, randomIDs []string
	for _, p := range posts[:39] {
		if inAudit(p.ID) {
			randomIDs = append(randomIDs, p.ID)
		} else {
			flaggedIDs = append(flaggedIDs, p.ID)
		}
	}
	for len(randomIDs) < 2 {
		for i := 0; len(randomIDs) < 2; i++ {
			if id := fmt.Sprint("audited", i); inAudit(id) {
				posts, randomIDs = append(posts, somePost(id)), append(randomIDs, id)
			}
		}
	}
	importPosts(t, worker.db, posts...)
	some := flaggedIDs[:6]
	put(t, worker.db, model, flagged(model, take(t, worker.db, model, 100), func(p moderation.Post) bool { return slices.Contains(some, p.ID) })...)
	decide := func(id string, v moderation.Verdict) {
		desk.decide(d.one(`SELECT id FROM studio.cases WHERE target = $1 ORDER BY created DESC LIMIT 1`, id), v)
	}
	decide(some[0], moderation.RequireLabel)
	decide(some[1], moderation.Clear)
	decide(some[2], moderation.RequireLabel) // and its words change
	decide(some[3], moderation.Escalate)     // nothing is decided yet
	decide(some[4], moderation.RequireLabel) // an appeal overturns it
	decide(randomIDs[0], moderation.RequireLabel)
	decide(randomIDs[1], moderation.Clear)
	must(t, worker.appeals(d.one(`SELECT id FROM studio.cases WHERE target = $1`, some[4]), "It is mine."))
	overturned := decision(lead.claim(d.one(`SELECT id FROM studio.cases WHERE target = $1`, some[4])), moderation.Overturn)
	overturned.Reason = "It was bought."
	_, err := lead.db.Cases().Decide(ctx, overturned)
	must(t, err)
	changed := posts[slices.IndexFunc(posts, func(p moderation.Post) bool { return p.ID == some[2] })]
	changed.Body = "Other words."
	importPosts(t, worker.db, changed)
	d.undoWindow("1 hour")
	decide(some[5], moderation.RequireLabel) // it may be undone still

	judged, err := lead.db.Rulebooks().Judged(ctx, time.Now().AddDate(0, 0, -1), 100)
	must(t, err)
	var said []string
	for _, j := range judged {
		said = append(said, fmt.Sprint(j.Post.ID, " ", j.Paid, " ", j.Random))
		if j.Post.Body == "" || j.At.IsZero() {
			t.Errorf("judged: %+v", j)
		}
	}
	want := []string{some[4] + " false false", randomIDs[1] + " false true", randomIDs[0] + " true true", some[1] + " false false", some[0] + " true false"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
	if first, err := lead.db.Rulebooks().Judged(ctx, time.Now().AddDate(0, 0, -1), 2); err != nil || len(first) != 2 || first[0].Post.ID != some[4] {
		t.Errorf("the two newest: %v, %v", first, err)
	}
	if none, err := lead.db.Rulebooks().Judged(ctx, time.Now().Add(time.Hour), 100); err != nil || len(none) != 0 {
		t.Errorf("since tomorrow: %v, %v", none, err)
	}
	refused(t, errOf(worker.db.Rulebooks().Judged(ctx, time.Time{}, 10)), fault.NoRight)

	a, err := lead.db.Rulebooks().Audit(ctx, 30)
	must(t, err)
	a.Since = time.Time{}
	total := len(posts)
	if want := (moderation.Audit{Flagged: 3, FlaggedRight: 1, Random: 2, RandomPaid: 1, Posts: total, PostsFlagged: 6}); a != want {
		t.Errorf("the audit says %+v, want %+v", a, want)
	}
	// Once a rulebook is live, it speaks of that one's scores.
	b := lead.saved(nil)
	must(t, lead.move(b, moderation.RulebookLive, replayed(1, 0, 0, 1, 0), ""))
	if a, err := lead.db.Rulebooks().Audit(ctx, 30); err != nil || a.Posts != 0 || a.Flagged != 3 {
		t.Errorf("the audit says %+v, %v", a, err)
	}
	put(t, worker.db, b.Model(model), flagged(b.Model(model), take(t, worker.db, b.Model(model), 10), func(moderation.Post) bool { return false })...)
	if a, err := lead.db.Rulebooks().Audit(ctx, 30); err != nil || a.Posts != 10 || a.PostsFlagged != 0 {
		t.Errorf("the audit says %+v, %v", a, err)
	}

	// A sample is the same every time, and not the first ones.
	recent := func(db *store.DB, days, n int) []string {
		t.Helper()
		sample, err := db.Rulebooks().Recent(ctx, days, n)
		must(t, err)
		var order []string
		for _, p := range sample {
			order = append(order, p.ID)
		}
		return order
	}
	once := recent(lead.db, 30, 10)
	if len(once) != 10 || !slices.Equal(once, recent(desk.db, 30, 10)) || slices.IsSorted(once) {
		t.Errorf("the sample is %v", once)
	}
	whole := recent(lead.db, 30, 1000)
	if slices.Contains(whole, posts[39].ID) || !slices.Equal(whole[:10], once) || !slices.Contains(recent(lead.db, 60, 1000), posts[39].ID) {
		t.Errorf("of the last days are %v", whole)
	}
	refused(t, errOf(d.Open(t, "marketer1").Rulebooks().Recent(ctx, 30, 10)), fault.NoRight)
	d.inOrder()
}

// The database judges a replay as the program does, over all small figures.
func TestTheDatabaseJudgesAReplayAsTheProgramDoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rows, err := d.super.QueryContext(t.Context(), `
		SELECT p, f, w, lf, lw, studio.takes_over(jsonb_build_object('model', 'm', 'posts', p, 'found', f, 'wrong', w, 'missed', 0, 'random_posts', 0, 'random_paid', 0, 'random_flagged', 0,
		         'live', jsonb_build_object('model', 'l', 'posts', p, 'found', lf, 'wrong', lw, 'missed', 0, 'random_posts', 0, 'random_paid', 0, 'random_flagged', 0)))
		  FROM generate_series(0, 1) AS p, generate_series(0, 4) AS f, generate_series(0, 4) AS w, generate_series(0, 4) AS lf, generate_series(0, 4) AS lw`)
	must(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var p, f, w, lf, lw int
		var may bool
		must(t, rows.Scan(&p, &f, &w, &lf, &lw, &may))
		r := moderation.Replay{Posts: p, Found: f, Wrong: w, Live: &moderation.Replay{Posts: p, Found: lf, Wrong: lw}}
		if may == r.Worse() {
			t.Errorf("%+v against %+v: the database says %v", r, r.Live, may)
		}
		n++
	}
	if must(t, rows.Err()); n != 1250 {
		t.Errorf("%d figures", n)
	}
}

// learnedModel is a model with a learned part, made of nothing but figures.
func learnedModel(t *testing.T, version string) *disclosure.Model {
	t.Helper()
	mode := disclosure.Mode{Rules: 1, Slope: 1, Threshold: 0.5}
	m, err := disclosure.Default().With(disclosure.Learned{Warm: mode, Cold: mode}, version)
	must(t, err)
	return m
}

func TestARulebookStandsOnAModelThatALeadHandedIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	lead, worker := d.sit("lead1"), d.sit("worker1")
	books := lead.db.Rulebooks()
	mine := learnedModel(t, "learned-a")

	request := uuid.NewString()
	added, err := books.PutModel(ctx, request, mine, " On our own decisions. ")
	must(t, err)
	for range 2 { // sent again, and handed in by another lead
		again, err := d.sit("lead2").db.Rulebooks().PutModel(ctx, uuid.NewString(), mine, "Mine.")
		must(t, err)
		if again != added || again.AddedBy != "lead1" || again.Note != "On our own decisions." || !again.Calibrated {
			t.Errorf("handed in twice: %+v, first %+v", again, added)
		}
	}
	again, err := books.PutModel(ctx, request, mine, " On our own decisions. ")
	if err != nil || again != added {
		t.Errorf("the same request: %+v, %v", again, err)
	}
	refused(t, errOf(books.PutModel(ctx, uuid.NewString(), learnedModel(t, "a name with blanks"), "")), fault.FieldValue)
	for _, login := range []string{"moderator1", "marketer1", "auditor1", "admin1", "worker1"} {
		refused(t, errOf(d.Open(t, login).Rulebooks().PutModel(ctx, uuid.NewString(), learnedModel(t, "learned-b"), "")), fault.NoRight)
	}
	refused(t, errOf(d.Open(t, "marketer1").Rulebooks().Models(ctx)), fault.NoRight)
	list, err := worker.db.Rulebooks().Models(ctx)
	if err != nil || len(list) != 1 || list[0] != added {
		t.Errorf("the models are %+v, %v", list, err)
	}
	got, err := worker.db.Rulebooks().Model(ctx, added.ID)
	if err != nil || got.Version() != "learned-a" || !got.Learned() {
		t.Errorf("read back: %v", err)
	}
	refused(t, errOf(books.Model(ctx, strings.Repeat("0", 64))), fault.NotFound)

	// A draft stands on it, and stays there when a program saves it that knows of no models.
	refused(t, errOf(books.Save(ctx, uuid.NewString(), nil, moderation.Rulebook{Base: strings.Repeat("0", 64)})), fault.NotFound)
	b, err := books.Save(ctx, uuid.NewString(), nil, moderation.Rulebook{Rules: someRules("offer.livestream"), Base: added.ID})
	must(t, err)
	old := d.plain("lead1")
	must(t, exec(old, `SET cinnabar.client = 1`))
	must(t, exec(old, `SELECT studio.rulebook_save(gen_random_uuid(), 1, 1, '[]', '')`))
	b.Version++
	must(t, lead.move(b, moderation.RulebookShadow, nil, ""))
	_, shadow, err := worker.db.Rulebooks().InForce(ctx)
	if err != nil || shadow == nil || shadow.Base != added.ID {
		t.Fatalf("in the shadow: %+v, %v", shadow, err)
	}

	// Nobody scans by its number and another model.
	importPosts(t, worker.db, ordinary(2)...)
	refused(t, errOf(worker.db.Scans().Take(ctx, uuid.NewString(), "hand-2+r1", 10)), fault.FieldValue)
	if posts, err := worker.db.Scans().Take(ctx, uuid.NewString(), shadow.Model("learned-a"), 10); err != nil || len(posts) != 2 {
		t.Errorf("took %d, %v", len(posts), err)
	}
	d.inOrder()

	// Nor does a model change, by a lead's hand or the owner's.
	for _, statement := range []string{`UPDATE studio.detector_model SET calibrated = false`, `DELETE FROM studio.detector_model`, `TRUNCATE studio.detector_model CASCADE`,
		`UPDATE studio.rulebook SET base = NULL WHERE number = 1`} {
		if err := exec(old, statement); code(err) != "42501" {
			t.Errorf("a lead: %s: %v", statement, err)
		}
		if _, err := d.super.ExecContext(ctx, `SET ROLE cinnabar_owner; `+statement); code(err) != "42501" {
			t.Errorf("the owner: %s: %v", statement, err)
		}
		d.exec(`RESET ROLE`)
	}
	if tried := d.altered(modelAlterations); len(tried) != 2 {
		t.Errorf("tried %d checks", len(tried))
	}
}

// modelAlterations break rows where rulebook 1 stands on the one model that was handed in.
var modelAlterations = []alteration{
	{"model.audited", `UPDATE studio.detector_model SET calibrated = false`, `SELECT 'model ' || id FROM studio.detector_model`},
	{"model.audited", `UPDATE studio.detector_model SET added_by = 'lead2'`, `SELECT 'model ' || id FROM studio.detector_model`},
	{"rulebook.audited", `UPDATE studio.rulebook SET base = NULL`, `SELECT 'rulebook 1'`},
}
