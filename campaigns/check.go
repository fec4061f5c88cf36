package campaigns

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Facts are what checks need to know beside the campaign itself.
type Facts struct {
	Today moderation.Date
	Brand BrandStanding
	KOLs  map[string]KOL // of the scenario's lines and of the wish's must-haves, by id
	Items []Item         // what else is in the calendar of these KOLs and of the brand
}

// Rule says where a check of plans comes from.
type Rule struct {
	Check        string          `json:"check"`
	Jurisdiction string          `json:"jurisdiction"` // ISO 3166; "" for a rule of the house or the platform
	Date         moderation.Date `json:"date"`         // of the rule where it is a law, else when it was last looked at
	Source       string          `json:"source"`
}

type ruleTable struct {
	origin
	Rules []Rule `json:"rules"`
}

var rules = sync.OnceValue(func() []Rule { return mustRead[ruleTable]("rules.json").Rules })

// Rules lists the checks of a plan with their sources, in the order Check answers
// them. They are read second-hand and no legal advice.
func Rules() []Rule { return slices.Clone(rules()) }

type tradeTable struct {
	origin
	Never         []string `json:"never"`
	Approval      []string `json:"approval"`
	NotForMinors  []string `json:"not_for_minors"`
	NoCure        []string `json:"no_cure"` // trades whose adverts may not use Cures
	Cures         []string `json:"cures"`
	Special       []string `json:"special"` // claims of special cosmetics alone
	SpecialTrades []string `json:"special_trades"`
}

var trade = sync.OnceValue(func() tradeTable { return mustRead[tradeTable]("trade.json") })

// Bounds that checks hold a plan to.
const (
	// TopPrize is what a winner of a draw may get at most, all chances added up.
	TopPrize = 50_000 * money.Yuan
	// LeastGroup is how many people must stand behind a share of an audience.
	LeastGroup = 100
	// manyMinors makes a KOL's channel one for minors, someMinors worth a look.
	manyMinors = .5
	someMinors = .2
)

// Check puts a scenario of a campaign to every rule, in the order of Rules. Every check
// answers, with NotApplicable where it has nothing to say; some answer once per line or
// KOL. In a result, Field is the id of the line it speaks of, "" for none; Args name
// lines by their title and KOLs by their handle.
//
// A warning is for a person to weigh; a failure keeps the plan from being proposed, see
// Blocks.
func Check(c Campaign, s Scenario, f Facts) []moderation.CheckResult {
	p := &plan{c: c, s: s, f: f}
	for _, check := range []func(){
		p.lines, p.brand, p.category, p.window, p.budget, p.quotas, p.must, p.never, p.kols, p.quotes, p.market, p.records,
		p.authentic, p.paidShare, p.rivals, p.figures, p.minors, p.labels, p.wording, p.gifts, p.transfer, p.prizes, p.draws,
		p.blindBoxes, p.events, p.trials, p.promotions,
	} {
		check()
	}
	return p.results
}

// Blocks reports whether any result keeps a plan from being proposed or approved.
func Blocks(results []moderation.CheckResult) bool {
	return moderation.Worst(results) == moderation.Fail
}

// plan carries what all checks of one scenario read, and what they found.
type plan struct {
	c       Campaign
	s       Scenario
	f       Facts
	results []moderation.CheckResult
}

// say adds a result. pairs are argument names and values in turn, as in CheckDetails.
func (p *plan) say(check string, o moderation.Outcome, detail, line string, pairs ...string) {
	r := moderation.CheckResult{Check: "plan." + check, Outcome: o, Detail: "plan." + check + "." + detail, Field: line, Document: -1}
	if o == moderation.NotApplicable {
		r.Detail = ""
	}
	if len(pairs) > 0 {
		r.Args = make(map[string]string, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			r.Args[pairs[i]] = pairs[i+1]
		}
	}
	p.results = append(p.results, r)
}

func (p *plan) silent(check string) { p.say(check, moderation.NotApplicable, "", "") }

// each calls f for the lines of a kind and reports how many there are.
func (p *plan) each(kind LineKind, f func(Line)) int {
	n := 0
	for _, l := range p.s.Lines {
		if l.Kind == kind {
			n++
			f(l)
		}
	}
	return n
}

// posts are the lines that ask a KOL for a post, with the KOL where it is known.
func (p *plan) posts(f func(l Line, k KOL, known bool)) int {
	return p.each(KOLLine, func(l Line) {
		if l.KOL == nil {
			return
		}
		k, ok := p.f.KOLs[l.KOL.KOL]
		f(l, k, ok)
	})
}

// once is posts for each KOL's first line alone.
func (p *plan) once(f func(l Line, k KOL)) int {
	seen := map[string]bool{}
	return p.posts(func(l Line, k KOL, known bool) {
		if known && !seen[k.ID] {
			seen[k.ID] = true
			f(l, k)
		}
	})
}

func title(l Line) string {
	switch {
	case l.Title != "":
		return l.Title
	case l.KOL != nil:
		return cmp.Or(l.KOL.Handle, l.KOL.KOL)
	}
	return l.ID
}

func name(k KOL) string { return cmp.Or(k.Handle, k.ID) }

func itoa(n int) string { return strconv.Itoa(n) }

func (p *plan) lines() {
	if len(p.s.Lines) == 0 {
		p.say("lines", moderation.Fail, "none", "")
		return
	}
	p.say("lines", moderation.Pass, "some", "", "count", itoa(len(p.s.Lines)))
}

func (p *plan) brand() {
	b := p.f.Brand
	if !b.Verified {
		why := b.Why
		if !slices.Contains([]string{"waiting", "refused", "expired", "barred"}, why) {
			why = "none"
		}
		p.say("brand", moderation.Fail, why, "", "brand", p.c.Brand, "until", string(b.Until))
		return
	}
	if b.Until != "" && b.Until != moderation.LongTerm && b.Until < p.c.Wish.To {
		p.say("brand", moderation.Warn, "ends", "", "brand", p.c.Brand, "until", string(b.Until))
	} else {
		p.say("brand", moderation.Pass, "verified", "", "brand", p.c.Brand)
	}
	if b.Breaches > 0 {
		p.say("brand", moderation.Warn, "breaches", "", "brand", p.c.Brand, "count", itoa(b.Breaches))
	}
}

func (p *plan) category() {
	t, of := trade(), p.f.Brand.Trade
	switch {
	case of == "":
		p.silent("category")
	case slices.Contains(t.Never, of):
		p.say("category", moderation.Fail, "barred", "", "category", of)
	case slices.Contains(t.Approval, of):
		p.say("category", moderation.Warn, "approval", "", "category", of)
	default:
		p.say("category", moderation.Pass, "free", "", "category", of)
	}
}

func (p *plan) window() {
	w, today := p.c.Wish, p.f.Today
	from, to := string(w.From), string(w.To)
	good := true
	if w.To < today {
		p.say("window", moderation.Fail, "over", "", "from", from, "to", to)
		good = false
	} else if w.From < today && p.c.State != Running && p.c.State != Closed {
		p.say("window", moderation.Warn, "begun", "", "from", from, "to", to)
		good = false
	}
	for _, l := range p.s.Lines {
		if l.From < w.From || l.To > w.To || l.To < l.From {
			p.say("window", moderation.Fail, "line", l.ID, "line", title(l), "from", from, "to", to)
			good = false
		}
	}
	if good {
		p.say("window", moderation.Pass, "within", "", "from", from, "to", to)
	}
}

func (p *plan) budget() {
	cost, err := Total(p.c, p.s)
	budget := p.c.Wish.Budget
	switch {
	case err != nil:
		p.say("budget", moderation.Fail, "sum", "")
	case cost > budget:
		p.say("budget", moderation.Fail, "over", "", "cost", cost.String(), "budget", budget.String(), "over", (cost - budget).String())
	default:
		p.say("budget", moderation.Pass, "within", "", "cost", cost.String(), "budget", budget.String(), "left", (budget - cost).String())
	}
}

func (p *plan) quotas() {
	if len(p.c.Wish.Quotas) == 0 {
		p.silent("quota")
		return
	}
	// A quota counts chosen KOLs: somebody with two posts counts once for each tag.
	tagged := map[string]map[string]bool{}
	p.posts(func(l Line, k KOL, known bool) {
		if !known {
			return
		}
		for _, tag := range Tags(k, l.KOL.Format) {
			if tagged[tag] == nil {
				tagged[tag] = map[string]bool{}
			}
			tagged[tag][k.ID] = true
		}
	})
	for _, q := range p.c.Wish.Quotas {
		n := len(tagged[q.Tag])
		switch {
		case n < q.Least:
			p.say("quota", moderation.Fail, "few", "", "tag", q.Tag, "count", itoa(n), "least", itoa(q.Least))
		case q.Most > 0 && n > q.Most:
			p.say("quota", moderation.Fail, "many", "", "tag", q.Tag, "count", itoa(n), "most", itoa(q.Most))
		default:
			p.say("quota", moderation.Pass, "kept", "", "tag", q.Tag, "count", itoa(n))
		}
	}
}

func (p *plan) chosen() map[string]Line {
	all := map[string]Line{}
	p.posts(func(l Line, _ KOL, _ bool) {
		if _, there := all[l.KOL.KOL]; !there {
			all[l.KOL.KOL] = l
		}
	})
	return all
}

func (p *plan) handle(id string) string {
	if k, ok := p.f.KOLs[id]; ok {
		return name(k)
	}
	return id
}

func (p *plan) must() {
	if len(p.c.Wish.Must) == 0 {
		p.silent("must")
		return
	}
	chosen, good := p.chosen(), true
	for _, id := range p.c.Wish.Must {
		if _, there := chosen[id]; !there {
			p.say("must", moderation.Fail, "missing", "", "kol", p.handle(id))
			good = false
		}
	}
	if good {
		p.say("must", moderation.Pass, "there", "", "count", itoa(len(p.c.Wish.Must)))
	}
}

func (p *plan) never() {
	if len(p.c.Wish.Never) == 0 {
		p.silent("never")
		return
	}
	chosen, good := p.chosen(), true
	for _, id := range p.c.Wish.Never {
		if l, there := chosen[id]; there {
			p.say("never", moderation.Fail, "chosen", l.ID, "kol", p.handle(id))
			good = false
		}
	}
	if good {
		p.say("never", moderation.Pass, "kept", "", "count", itoa(len(p.c.Wish.Never)))
	}
}
