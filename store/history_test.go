package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// A history is what people asked of some cases and were told, with the times of both.
// It is right if there is an order of the calls, each at a moment between its question
// and its answer, in which the model of model_test.go answers the same. The model's
// times are microseconds of the database's clock.

type call struct {
	what     string
	who      string
	id       string // of the case
	lease    moderation.Lease
	verdict  moderation.Verdict
	decision string
}

type told struct {
	code     fault.Code
	lease    moderation.Lease
	receipt  moderation.Receipt
	seen     moderation.Case // of a look
	asked    int64           // not after the question came to the database
	answered int64           // not before its answer left
}

// moment is the model at a point of the order.
type moment struct {
	docket
	now       int64    // nothing later in the order happens earlier
	decisions []string // ids, beside docket.made
}

// record writes a history down.
type record struct {
	mu    sync.Mutex
	ops   []porcupine.Operation
	ahead [2]int64 // the least and the most that the database's clock is ahead of ours
}

// setClock measures how far the two clocks are apart.
func (r *record) setClock(d *desk) {
	for i := range 20 {
		before := time.Now().UnixMicro()
		var at time.Time
		must(d.t, d.super.QueryRowContext(d.t.Context(), `SELECT clock_timestamp()`).Scan(&at))
		least, most := at.UnixMicro()-time.Now().UnixMicro(), at.UnixMicro()-before
		if i == 0 || most-least < r.ahead[1]-r.ahead[0] {
			r.ahead = [2]int64{least, most}
		}
	}
}

// do makes a call and writes down what came of it. A call may tell of several cases.
func (r *record) do(client int, c call, ask func() []told) {
	began := time.Now()
	answers := ask()
	ended := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range answers {
		a.asked, a.answered = began.UnixMicro()+r.ahead[0], ended.UnixMicro()+r.ahead[1]
		if a.lease.Case != "" {
			c.id = a.lease.Case
		}
		r.ops = append(r.ops, porcupine.Operation{ClientId: client, Input: c, Output: a, Call: began.UnixNano(), Return: ended.UnixNano()})
	}
}

// referee is the model for the checker.
func referee(book rulebook, begin moment) porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byCase := map[string][]porcupine.Operation{}
			var ids []string
			for _, op := range history {
				id := op.Input.(call).id
				if byCase[id] == nil {
					ids = append(ids, id)
				}
				byCase[id] = append(byCase[id], op)
			}
			var parts [][]porcupine.Operation
			for _, id := range ids {
				parts = append(parts, byCase[id])
			}
			return parts
		},
		Init: func() any { return begin },
		Step: func(state, input, output any) (bool, any) {
			return state.(moment).after(book, input.(call), output.(told))
		},
		Equal: func(a, b any) bool { return reflect.DeepEqual(a, b) },
		DescribeOperation: func(input, output any) string {
			c, a := input.(call), output.(told)
			text := fmt.Sprintf("%s %s %s fence %d version %d", c.who, c.what, c.verdict, c.lease.Fence, c.lease.Version)
			if a.code != "" {
				return text + ": " + string(a.code)
			}
			return fmt.Sprintf("%s: fence %d until %s, stage %s %s", text, a.lease.Fence, a.lease.Until.Format("05.000000"), a.receipt.Stage, a.seen.Stage)
		},
		DescribeState: func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

// after says whether a call could have been answered so at this point of the order,
// and what is then.
func (m moment) after(book rulebook, c call, a told) (bool, moment) {
	p := book.people[c.who]
	switch {
	case a.code == "" && !a.lease.Until.IsZero():
		return m.leased(book, p, c, a)
	case a.code == "" && c.what == "decide":
		at := a.receipt.At.UnixMicro()
		next, why := m.decide(book, p, decisionOf(c), at)
		if why != "" || at < max(m.now, a.asked) || at > a.answered || next.stage != a.receipt.Stage || a.receipt.Effective.UnixMicro() != at+book.window {
			return false, m
		}
		return true, moment{next, at, append(slices.Clone(m.decisions), a.receipt.Decision)}
	}
	// The answer has no time in it: the earliest moment that fits leaves the most room
	// to what comes later in the order.
	from := max(m.now, a.asked)
	idle := c.what == "look" || c.what == "release" && (m.holder != c.who || m.fence != c.lease.Fence)
	if idle {
		// Whoever changes nothing waits for nobody: what a transaction that is just ending
		// did can't be seen yet, although its moment is past.
		from = a.asked
	}
	for _, at := range m.moments(from, a.answered) {
		next, why := m.docket, fault.Code("")
		switch c.what {
		case "claim":
			next, why = m.claim(book, p, at, at)
		case "renew":
			next, why = m.renew(book, p, c.lease.Fence, at, at)
		case "release":
			next, why = m.release(p, c.lease.Fence, at)
		case "decide":
			next, why = m.decide(book, p, decisionOf(c), at)
		case "undo":
			i := slices.Index(m.decisions, c.decision)
			if i < 0 {
				return false, m // not made yet at this point
			}
			next, why = m.undo(book, p, i, false, at, at)
		case "papers":
			if m.stage != moderation.StageClosed {
				next = m.papers("worker1", at)
			}
		case "look":
			holder := ""
			if m.until > at {
				holder = m.holder
			}
			if a.seen.Stage == m.stage && a.seen.Version == m.version && a.seen.Approved == len(m.votes) && a.seen.Holder == holder {
				return true, m
			}
			continue
		}
		if why == a.code && idle {
			return true, m
		}
		if why == a.code {
			return true, moment{next, at, m.decisions}
		}
	}
	return false, m
}

// moments are those between two at which anything can differ: the first, and
// whenever a lease or a window ends.
func (m moment) moments(from, to int64) []int64 {
	all := []int64{from}
	ends := []int64{m.until, m.avail}
	for _, o := range m.made {
		ends = append(ends, o.effective)
	}
	slices.Sort(ends)
	for _, end := range ends {
		if end > from && end <= to {
			all = append(all, end)
		}
	}
	return all
}

// leased is a call that ended in a lease, whose end tells when it was given. The
// database reads its clock to judge, and again to give, and a lease may end between.
func (m moment) leased(book rulebook, p people.Person, c call, a told) (bool, moment) {
	gave := a.lease.Until.UnixMicro() - book.lease
	if gave < max(m.now, a.asked) || gave > a.answered {
		return false, m
	}
	moments := append(m.moments(max(m.now, a.asked), gave), gave)
	for i, judged := range moments {
		for _, given := range moments[i:] {
			next, why := m.docket, fault.Code("")
			switch c.what {
			case "claim":
				next, why = m.claim(book, p, judged, given)
			case "take":
				if why = fault.HeldByOther; m.offered(p, judged) {
					next, why = m.give(book, p, given), ""
				}
			case "renew":
				next, why = m.renew(book, p, c.lease.Fence, judged, given)
			case "undo":
				i := slices.Index(m.decisions, c.decision)
				if i < 0 {
					return false, m
				}
				next, why = m.undo(book, p, i, false, judged, given)
			}
			next.until = gave + book.lease
			if why == "" && next.fence == a.lease.Fence && next.version == a.lease.Version {
				return true, moment{next, gave, m.decisions}
			}
		}
	}
	return false, m
}

func decisionOf(c call) moderation.Decision {
	x := decision(c.lease, c.verdict)
	x.Request = ""
	return x
}

// table is some brands' cases, and people who make a history of them. Leases are so
// short that they run out under their hands.
type table struct {
	*record
	d       *desk
	ids     []string // of the cases
	players []*player
	model   porcupine.Model
}

func setTable(d *desk, desks []*person, cases int, seed uint64) *table {
	d.t.Helper()
	book := rulebook{people: map[string]people.Person{}, lease: 250_000, window: 80_000}
	d.lease("250 milliseconds")
	d.undoWindow("80 milliseconds")
	// What an earlier history left is nobody's to take.
	d.exec(`UPDATE studio.queue SET available_at = 'infinity', holder = NULL, lease_until = NULL`)
	tb := &table{record: &record{}, d: d}
	tb.setClock(d)
	for range cases {
		tb.ids = append(tb.ids, d.brand("a"+uuid.NewString(), "初岚", "chulan", "worker1"))
	}
	for client, p := range desks {
		me, err := p.db.People().Me(d.t.Context())
		must(d.t, err)
		book.people[p.login] = me
		tb.players = append(tb.players, &player{table: tb, person: p, client: client, dice: rand.New(rand.NewPCG(seed, uint64(client))),
			leases: map[string]moderation.Lease{}, decided: map[string]string{}})
	}
	tb.model = referee(book, moment{docket: docket{kind: moderation.KindBrand, parties: moderation.Parties{Brand: "初岚", SubmittedBy: "chulan", EnteredBy: "worker1"},
		region: "CN", lang: "zh", stage: moderation.StageFirst, version: 1}})
	return tb
}

// play lets all loose for a while.
func (tb *table) play(long time.Duration, seed uint64) {
	end := time.Now().Add(long)
	var all sync.WaitGroup
	for _, p := range tb.players {
		all.Go(func() {
			for time.Now().Before(end) {
				p.act()
				pause := p.dice.IntN(10)
				if p.dice.IntN(30) == 0 {
					pause = 300 // long enough to lose everything
				}
				time.Sleep(time.Duration(pause) * time.Millisecond)
			}
		})
	}
	dice := rand.New(rand.NewPCG(seed, 99))
	all.Go(func() {
		for time.Now().Before(end) {
			tb.papers(tb.ids[dice.IntN(len(tb.ids))])
			time.Sleep(time.Duration((150+dice.IntN(300))/len(tb.ids)) * time.Millisecond)
		}
	})
	all.Wait()
}

// papers come in for a case.
func (tb *table) papers(id string) {
	tb.do(len(tb.players), call{what: "papers", who: "worker1", id: id}, func() []told {
		_, err := tb.d.super.Exec(`SELECT studio.case_reopen(NULL, 'brand', target, '初岚', 'cosmetics', '', '初岚', 'chulan', 'worker1')
			FROM studio.cases WHERE id = $1`, id)
		if err != nil {
			tb.d.t.Error(err)
		}
		return []told{{}}
	})
}

// six are people at desks, one of them at two.
func (d *desk) six() (desks []*person) {
	for _, login := range []string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "moderator1"} {
		desks = append(desks, d.sit(login))
	}
	return desks
}

// player is one of the people of a history.
type player struct {
	*table
	*person
	client  int
	dice    *rand.Rand
	leases  map[string]moderation.Lease // the last of each case, dead or alive
	decided map[string]string           // the last decision on each
}

// act makes one call on one case, at random.
func (p *player) act() {
	ctx, cases := p.d.t.Context(), p.db.Cases()
	id := p.ids[p.dice.IntN(len(p.ids))]
	l := p.leases[id]
	c := call{who: p.login, id: id, lease: l, decision: p.decided[id]}
	switch dice := p.dice.IntN(100); {
	case dice < 3 && time.Now().Before(l.Until):
		// Away from the desk for longer than a lease, and deciding at once.
		time.Sleep(time.Until(l.Until) + 20*time.Millisecond)
		p.decide(id, moderation.Escalate)
	case dice < 25 || l.Case == "":
		p.claim(id)
	case dice < 35:
		c.what = "take"
		p.do(p.client, c, func() (all []told) {
			leases, err := cases.Take(ctx, uuid.NewString(), moderation.KindBrand, "", 1+p.dice.IntN(2))
			p.tell(err, told{})
			for _, l := range leases {
				p.leases[l.Case] = l
				all = append(all, told{lease: l})
			}
			return all
		})
	case dice < 50:
		c.what = "renew"
		p.do(p.client, c, func() []told { return p.leased(cases.Renew(ctx, l)) })
	case dice < 58:
		c.what = "release"
		p.do(p.client, c, func() []told { return []told{p.tell(cases.Release(ctx, uuid.NewString(), l), told{})} })
	case dice < 66 && c.decision != "":
		c.what = "undo"
		p.do(p.client, c, func() []told { return p.leased(cases.Undo(ctx, uuid.NewString(), c.decision)) })
	case dice < 75:
		c.what = "look"
		p.do(p.client, c, func() []told {
			f, err := cases.File(ctx, id)
			return []told{p.tell(err, told{seen: f.Case})}
		})
	default:
		p.decide(id, []moderation.Verdict{moderation.Approve, moderation.Approve, moderation.Escalate, moderation.Approve, moderation.Escalate, moderation.AskMore}[p.dice.IntN(6)])
	}
}

func (p *player) claim(id string) {
	p.do(p.client, call{what: "claim", who: p.login, id: id, lease: p.leases[id]}, func() []told {
		return p.leased(p.db.Cases().Claim(p.d.t.Context(), uuid.NewString(), id))
	})
}

// decide is under the last lease that this person had.
func (p *player) decide(id string, v moderation.Verdict) {
	c := call{what: "decide", who: p.login, id: id, lease: p.leases[id], verdict: v}
	p.do(p.client, c, func() []told {
		r, err := p.db.Cases().Decide(p.d.t.Context(), decision(c.lease, v))
		if err == nil {
			p.decided[id] = r.Decision
		}
		return []told{p.tell(err, told{receipt: r})}
	})
}

func (p *player) leased(l moderation.Lease, err error) []told {
	if err == nil {
		p.leases[l.Case] = l
	}
	return []told{p.tell(err, told{lease: l})}
}

// tell makes an answer of an error, or of none.
func (p *player) tell(err error, ok told) told {
	if err == nil {
		return ok
	}
	code := fault.CodeOf(err)
	if code == fault.Internal || code == fault.Offline || code == fault.TimedOut {
		p.d.t.Errorf("%s: %v", p.login, err)
	}
	return told{code: code}
}

// granted counts what was answered by yes, by the call.
func granted(history []porcupine.Operation) map[string]int {
	n := map[string]int{}
	for _, op := range history {
		if op.Output.(told).code == "" {
			n[op.Input.(call).what]++
		}
	}
	return n
}

// Claims, takes, renewals, releases, decisions, undos and new papers of many people
// at once are as if each had happened in one moment, in one order, by the rules.
func TestWhatPeopleAreToldIsOneHistory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	desks, seed := d.six(), seeded(t)
	for end, round := time.Now().Add(while(0)), uint64(0); round == 0 || time.Now().Before(end); round++ {
		tb := setTable(d, desks, 3, seed+round)
		tb.play(sized(2*time.Second, 6*time.Second), seed+round)
		history, model := tb.ops, tb.model
		result, info := porcupine.CheckOperationsVerbose(model, history, time.Minute)
		if result != porcupine.Ok {
			path := filepath.Join(os.TempDir(), "cinnabar-history.html")
			t.Errorf("a history of %d calls is %s; drawn in %s (%v)", len(history), result, path, porcupine.VisualizePath(model, info, path))
		}
		n := granted(history)
		t.Logf("%d calls, of which granted: %v", len(history), n)
		for _, what := range []string{"claim", "renew", "decide", "papers"} {
			if n[what] == 0 {
				t.Errorf("nobody could %s: too little happened to prove anything", what)
			}
		}
		if round == 0 && result == porcupine.Ok {
			falsified(t, history, model)
		}
	}
	d.inOrder()
}

// falsified checks that a history is right no longer when one answer in it was another.
func falsified(t *testing.T, history []porcupine.Operation, model porcupine.Model) {
	t.Helper()
	lies := 0
	for _, lie := range []struct {
		name   string
		change func(c *call, a *told) bool
	}{
		{"a renewal was refused in the midst of its lease", func(c *call, a *told) bool {
			if c.what != "renew" || a.code != "" || a.answered > c.lease.Until.UnixMicro() {
				return false
			}
			*a = told{code: fault.LeaseLost, asked: a.asked, answered: a.answered}
			return true
		}},
		{"a lease was given with the fence of the one before", func(c *call, a *told) bool {
			if c.what != "claim" && c.what != "take" || a.code != "" || a.lease.Fence < 2 || a.lease.Fence == c.lease.Fence {
				return false
			}
			a.lease.Fence--
			return true
		}},
		{"a decision counted twice", func(c *call, a *told) bool {
			if c.what != "decide" || a.code != fault.LeaseLost {
				return false
			}
			a.code, a.receipt = "", moderation.Receipt{Stage: moderation.StageSecond, At: time.UnixMicro(a.asked), Effective: time.UnixMicro(a.asked + 80_000)}
			return true
		}},
		{"a colleague who held it was not there", func(c *call, a *told) bool {
			if c.what != "look" || a.seen.Holder == "" || a.answered > a.seen.Held.UnixMicro() {
				return false
			}
			a.seen.Holder = ""
			return true
		}},
	} {
		for i := range history {
			c, a := history[i].Input.(call), history[i].Output.(told)
			// While something else happens to the case, the lie may be the truth of a moment before.
			if !undisturbed(history, i) || !lie.change(&c, &a) {
				continue
			}
			lies++
			wrong := slices.Clone(history)
			wrong[i].Input, wrong[i].Output = c, a
			if result := porcupine.CheckOperationsTimeout(model, wrong, time.Minute); result != porcupine.Illegal {
				t.Errorf("a history in which %s is %s", lie.name, result)
			}
			break
		}
	}
	if lies < 2 {
		t.Errorf("only %d answers could be falsified: too little happened to prove anything", lies)
	}
}

// undisturbed reports whether nobody else asked for anything about the same case while
// an operation went on.
func undisturbed(history []porcupine.Operation, i int) bool {
	one := history[i]
	id := one.Input.(call).id
	return !slices.ContainsFunc(history, func(op porcupine.Operation) bool {
		return op.ClientId != one.ClientId && op.Input.(call).id == id && op.Call <= one.Return && op.Return >= one.Call
	})
}

// A referee with one line less is found out by the history of what it said.
func TestTheHistoryOfABrokenRefereeIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, other := d.sit("moderator1"), d.sit("moderator2")
	for _, c := range []struct {
		name, function, line, instead string // line is a regular expression
		play                          func(id string, one, other *player)
	}{
		{"who gives away what another holds", "case_claim", `IF q\.holder .*q\.lease_until > t THEN`, `IF false THEN`,
			func(id string, one, other *player) {
				one.claim(id)
				other.claim(id)
			}},
		{"who forgets that leases end", "case_decide", ` OR q\.lease_until <= t `, ` `,
			func(id string, one, other *player) {
				one.claim(id)
				time.Sleep(time.Until(one.leases[id].Until) + 20*time.Millisecond)
				one.decide(id, moderation.Approve)
			}},
		{"whose fence does not grow", "lease_give", `THEN 0 ELSE 1 END`, `THEN 0 ELSE 0 END`,
			func(id string, one, other *player) { one.claim(id) }},
		{"who approves what has changed", "case_decide", `IF c\.version .*p_version THEN`, `IF false THEN`,
			func(id string, one, other *player) {
				one.claim(id)
				one.papers(id)
				one.decide(id, moderation.Approve)
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := func(want porcupine.CheckResult) {
				t.Helper()
				tb := setTable(d, []*person{one, other}, 1, 0)
				c.play(tb.ids[0], tb.players[0], tb.players[1])
				if result := porcupine.CheckOperationsTimeout(tb.model, tb.ops, time.Minute); result != want {
					t.Errorf("the history is %s, want %s", result, want)
				}
			}
			check(porcupine.Ok)
			text := d.one(`SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = CAST('studio' AS regnamespace) AND p.proname = $1`, c.function)
			line := regexp.MustCompile(c.line)
			if found := line.FindAllString(text, -1); len(found) != 1 {
				t.Fatalf("studio.%s reads otherwise now; take another line out of it than %q:\n%s", c.function, found, text)
			}
			d.exec(line.ReplaceAllString(text, c.instead))
			defer d.exec(text)
			check(porcupine.Illegal)
		})
	}
}
