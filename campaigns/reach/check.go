package reach

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

// prepare checks a problem and turns it into an instance, together with a choice that
// keeps every constraint (offers of the instance), from which the search starts.
func prepare(p *Problem) (*instance, []int32, error) {
	if err := checkNumbers(p); err != nil {
		return nil, nil, err
	}
	offers, kols, err := names(p)
	if err != nil {
		return nil, nil, err
	}
	must, err := certain(p, offers, kols)
	if err != nil {
		return nil, nil, err
	}
	if err := checkQuotas(p.Quotas); err != nil {
		return nil, nil, err
	}
	in := &instance{frequency: max(1, p.Frequency), budget: int64(p.Budget)}
	in.take(p, must, nil)
	start, err := in.start(p)
	if err != nil {
		return nil, nil, err
	}
	// Now what can't be paid beside the must-haves goes.
	chosen := make([]bool, len(p.Offers))
	for _, j := range start {
		chosen[in.from[j]] = true
	}
	least := in.leastOfNeeded()
	affordable := make([]bool, len(p.Offers))
	for j, i := range in.from {
		rest := in.budget - least
		if in.needed[in.group[j]] {
			rest += in.cheapest(in.group[j])
		}
		affordable[i] = in.cost[j] <= rest
	}
	in.take(p, must, affordable)
	start = start[:0]
	for j, i := range in.from {
		if chosen[i] {
			start = append(start, int32(j))
		}
	}
	in.divide()
	in.fill(p)
	return in, start, nil
}

func checkNumbers(p *Problem) error {
	wrong := func(field, value string) error { return fault.New(fault.FieldValue, "field", field, "value", value) }
	if p.Budget < 0 || p.Budget > money.Most {
		return wrong("budget", p.Budget.String())
	}
	if p.Frequency < 0 || p.Frequency > math.MaxUint16/2 {
		return wrong("frequency", strconv.Itoa(p.Frequency))
	}
	if len(p.Offers) == 0 {
		return fault.New(fault.FieldMissing, "field", "offers")
	}
	var weights float64
	for _, w := range p.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return wrong("weight", fmt.Sprint(w))
		}
		weights += w
	}
	if math.IsInf(weights, 1) {
		return wrong("weight", fmt.Sprint(weights))
	}
	for i := range p.Offers {
		o := &p.Offers[i]
		if o.Cost < 0 || o.Cost > money.Most {
			return wrong("fee", o.ID+": "+o.Cost.String())
		}
		if !(o.Risk >= 0) || math.IsInf(o.Risk, 1) {
			return wrong("risk", o.ID+": "+fmt.Sprint(o.Risk))
		}
		if p.Weights == nil {
			continue
		}
		for _, u := range o.Audience {
			if int64(u) >= int64(len(p.Weights)) {
				return wrong("audience", o.ID+": "+strconv.FormatUint(uint64(u), 10))
			}
		}
	}
	return nil
}

// names finds offers by id and KOLs by name, each KOL with its offers.
func names(p *Problem) (offers map[string]int, kols map[string][]int, err error) {
	offers = make(map[string]int, len(p.Offers))
	kols = make(map[string][]int)
	for i := range p.Offers {
		o := &p.Offers[i]
		switch _, twice := offers[o.ID]; {
		case o.ID == "":
			return nil, nil, fault.New(fault.FieldMissing, "field", "offer_id")
		case o.KOL == "":
			return nil, nil, fault.New(fault.FieldMissing, "field", "kol_id")
		case twice:
			return nil, nil, fault.New(fault.FieldTwice, "field", "offer_id", "value", o.ID)
		}
		offers[o.ID] = i
		kols[o.KOL] = append(kols[o.KOL], i)
	}
	return offers, kols, nil
}

// wish is what Must and Never come to for one offer.
type wish struct {
	out    []bool          // by offer of the problem: it can't be chosen
	needed map[string]bool // KOLs of whom one offer must be chosen
}

// certain works Must and Never out. A never that names nobody in the pool changes
// nothing; a must that does can't be kept.
func certain(p *Problem, offers map[string]int, kols map[string][]int) (wish, error) {
	w := wish{out: make([]bool, len(p.Offers)), needed: make(map[string]bool)}
	never := make(map[int]string)
	for _, name := range p.Never {
		of := kols[name]
		if i, is := offers[name]; is {
			of = []int{i}
		}
		for _, i := range of {
			w.out[i] = true
			never[i] = name
		}
	}
	sure := make(map[string]string) // of each KOL, the offer that must be there
	for _, name := range p.Must {
		i, is := offers[name]
		if !is {
			continue
		}
		kol := p.Offers[i].KOL
		if other, has := sure[kol]; has && other != name {
			return w, fault.New(fault.MustConflict, "names", other+", "+name)
		}
		if w.out[i] {
			return w, conflict(name, never[i])
		}
		sure[kol], w.needed[kol] = name, true
		for _, sibling := range kols[kol] {
			if sibling != i {
				w.out[sibling] = true
			}
		}
	}
	for _, name := range p.Must {
		if _, is := offers[name]; is {
			continue
		}
		of, known := kols[name]
		if !known {
			return w, fault.New(fault.FieldValue, "field", "must", "value", name)
		}
		w.needed[name] = true
		left := slices.ContainsFunc(of, func(i int) bool { return !w.out[i] })
		if !left {
			return w, conflict(name, never[of[0]])
		}
	}
	return w, nil
}

func conflict(must, never string) error {
	return fault.New(fault.MustConflict, "names", strings.Join(slices.Compact([]string{must, never}), ", "))
}

func checkQuotas(quotas []Quota) error {
	for _, q := range quotas {
		switch {
		case q.Tag == "" || q.Least < 0 || q.Most < 0:
			return fault.New(fault.FieldValue, "field", "quota", "value", q.String())
		case q.Most > 0 && q.Most < q.Least:
			return fault.New(fault.QuotaConflict, "quotas", q.String())
		}
	}
	return nil
}

// String is the quota as a person reads it in a refusal, in no language: "video ≥ 2 ≤ 5".
func (q Quota) String() string {
	s := q.Tag
	if q.Least != 0 {
		s += " ≥ " + strconv.Itoa(q.Least)
	}
	if q.Most != 0 {
		s += " ≤ " + strconv.Itoa(q.Most)
	}
	return s
}

// take makes the instance's offers and KOLs out of those of the problem that may be
// chosen; keep limits them further.
func (in *instance) take(p *Problem, w wish, keep []bool) {
	in.from, in.cost, in.risk, in.group, in.tagged = nil, nil, nil, nil, nil
	in.groups, in.needed, in.quotas = nil, nil, nil
	quotas := make(map[string][]int16)
	for i, q := range p.Quotas {
		b := bounds{least: q.Least, most: q.Most, index: i}
		if b.most == 0 {
			b.most = math.MaxInt
		}
		quotas[q.Tag] = append(quotas[q.Tag], int16(len(in.quotas)))
		in.quotas = append(in.quotas, b)
	}
	groups := make(map[string]int32)
	for i := range p.Offers {
		o := &p.Offers[i]
		if w.out[i] || keep != nil && !keep[i] {
			continue
		}
		j := int32(len(in.from))
		g, known := groups[o.KOL]
		if !known {
			g = int32(len(in.groups))
			groups[o.KOL] = g
			in.groups = append(in.groups, nil)
			in.needed = append(in.needed, w.needed[o.KOL])
		}
		in.groups[g] = append(in.groups[g], j)
		in.from = append(in.from, i)
		in.cost = append(in.cost, int64(o.Cost))
		in.risk = append(in.risk, o.Risk)
		in.group = append(in.group, g)
		var tagged []int16
		for _, tag := range o.Tags {
			tagged = append(tagged, quotas[tag]...)
		}
		slices.Sort(tagged)
		in.tagged = append(in.tagged, slices.Compact(tagged))
	}
	in.offers = len(in.from)
}

func (in *instance) cheapest(g int32) int64 {
	least := int64(math.MaxInt64)
	for _, j := range in.groups[g] {
		least = min(least, in.cost[j])
	}
	return least
}

func (in *instance) leastOfNeeded() (sum int64) {
	for g, needed := range in.needed {
		if needed {
			sum += in.cheapest(int32(g))
		}
	}
	return sum
}

// start finds a choice that keeps every constraint, or says why there is none: the
// fewest quotas that can't be kept together, or what the budget would have to be.
func (in *instance) start(p *Problem) ([]int32, error) {
	if found, ok := in.affordable(); ok {
		return found, nil
	}
	all := in.allQuotas()
	if found, _, ok := in.cheapestChoice(all, math.MaxInt64); ok && len(found) == 0 {
		if len(in.cost) == 0 { // everything is ruled out
			return nil, fault.New(fault.FieldMissing, "field", "offers")
		}
		return nil, tooSmall(p, slices.Min(in.cost))
	}
	if _, least, ok := in.cheapestChoice(all, math.MaxInt64); ok {
		return nil, tooSmall(p, least)
	}
	// Without any one of those that are left at the end, the others could be kept.
	guilty := all
	for i := 0; i < len(guilty); {
		without := slices.Delete(slices.Clone(guilty), i, i+1)
		if _, _, ok := in.cheapestChoice(without, math.MaxInt64); ok {
			i++
		} else {
			guilty = without
		}
	}
	var said []string
	for _, q := range guilty {
		said = append(said, p.Quotas[in.quotas[q].index].String())
	}
	return nil, fault.New(fault.QuotaConflict, "quotas", strings.Join(said, "; "))
}

// affordable finds a choice that keeps every constraint within the budget. Choosing
// nobody is one, as long as somebody could be paid.
func (in *instance) affordable() ([]int32, bool) {
	found, _, ok := in.cheapestChoice(in.allQuotas(), in.budget)
	if ok && len(found) == 0 {
		ok = slices.ContainsFunc(in.cost, func(c int64) bool { return c <= in.budget })
	}
	return found, ok
}

func (in *instance) allQuotas() []int {
	all := make([]int, len(in.quotas))
	for i := range all {
		all[i] = i
	}
	return all
}

func tooSmall(p *Problem, least int64) error {
	return fault.New(fault.BudgetTooSmall, "budget", p.Budget.String(), "least", money.Fen(least).String())
}

// enough is how many steps the search for a first choice takes. A pool where quotas
// cross one another in many ways could take for ever; what is not found by then is
// taken as not there, and the refusal names all quotas that could be at fault.
const enough = 20_000

// cheapestChoice looks for a choice that keeps these quotas, has an offer of every
// needed KOL, and costs no more than limit. With limit MaxInt64 it goes on until the
// cheapest is found; else the first will do.
func (in *instance) cheapestChoice(quotas []int, limit int64) (found []int32, cost int64, ok bool) {
	c := chooser{instance: in, quotas: quotas, limit: limit, first: limit != math.MaxInt64, steps: enough}
	c.counts = make([]int, len(in.quotas))
	c.used = make([]bool, len(in.groups))
	c.choose(c.pool(), 0)
	return c.best, c.bestCost, c.ok
}

// chooser is the depth-first search behind cheapestChoice.
type chooser struct {
	*instance
	quotas []int
	limit  int64
	first  bool
	steps  int

	counts   []int
	used     []bool
	picked   []int32
	best     []int32
	bestCost int64
	ok       bool
}

// counted is which of the quotas in question count an offer.
func (c *chooser) counted(j int32) string {
	var b strings.Builder
	for _, q := range c.tagged[j] {
		if slices.Contains(c.quotas, int(q)) {
			fmt.Fprintf(&b, "%d ", q)
		}
	}
	return b.String()
}

// pool is the offers of needed KOLs and, of those that the same quotas count, the
// cheapest of so many KOLs as could be asked for: among more than that, one whose KOL
// is free could always stand in for a dearer one. Cheapest first.
func (c *chooser) pool() []int32 {
	most := 0
	for _, q := range c.quotas {
		most += c.instance.quotas[q].least
	}
	for _, needed := range c.needed {
		if needed {
			most++
		}
	}
	order := make([]int32, c.offers)
	for j := range order {
		order[j] = int32(j)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(c.cost[a], c.cost[b]) })
	type key struct {
		signature string
		group     int32
	}
	had := make(map[key]bool)
	many := make(map[string]int)
	var pool []int32
	for _, j := range order {
		if c.needed[c.group[j]] {
			pool = append(pool, j)
			continue
		}
		signature := c.counted(j)
		useful := slices.ContainsFunc(c.quotas, func(q int) bool {
			return c.instance.quotas[q].least > 0 && slices.Contains(c.tagged[j], int16(q))
		})
		if !useful || had[key{signature, c.group[j]}] || many[signature] > most {
			continue
		}
		had[key{signature, c.group[j]}] = true
		many[signature]++
		pool = append(pool, j)
	}
	return pool
}

func (c *chooser) choose(pool []int32, cost int64) {
	if c.steps--; c.steps < 0 || c.ok && c.first {
		return
	}
	wanted, short, ok := c.wanted(pool, cost)
	if !ok {
		return
	}
	if !short {
		c.best, c.bestCost, c.ok = slices.Clone(c.picked), cost, true
		c.limit = cost - 1
		return
	}
	at := slices.IndexFunc(pool, wanted)
	if at < 0 {
		return
	}
	j := pool[at]
	rest := slices.Delete(slices.Clone(pool), at, at+1)
	if cost <= c.limit-c.cost[j] && c.fits(j) {
		c.put(j, 1)
		c.choose(slices.DeleteFunc(slices.Clone(rest), func(i int32) bool { return c.group[i] == c.group[j] || !c.fits(i) }), cost+c.cost[j])
		c.put(j, -1)
	}
	if !c.needed[c.group[j]] && len(c.groups[c.group[j]]) == 1 {
		// Without j, a dearer one that counts the same is no help either: j could
		// stand in for it.
		signature := c.counted(j)
		rest = slices.DeleteFunc(rest, func(i int32) bool { return !c.needed[c.group[i]] && c.counted(i) == signature })
	}
	c.choose(rest, cost)
}

// wanted says what is still short: it returns a filter for the offers that help, the
// KOL or the quota with the fewest left to take from first.
func (c *chooser) wanted(pool []int32, cost int64) (helps func(int32) bool, short, ok bool) {
	slack, least := math.MaxInt, int64(0)
	consider := func(lack int, is func(int32) bool) bool {
		left, sum := 0, int64(0)
		for _, j := range pool {
			if is(j) {
				if left < lack {
					sum += c.cost[j] // the pool is in order of cost
				}
				left++
			}
		}
		least = max(least, sum)
		if left-lack < slack {
			slack, helps = left-lack, is
		}
		short = true
		return left >= lack
	}
	for g, needed := range c.needed {
		if needed && !c.used[g] && !consider(1, func(j int32) bool { return c.group[j] == int32(g) }) {
			return nil, true, false
		}
	}
	for _, q := range c.quotas {
		b := c.instance.quotas[q]
		if c.counts[q] > b.most {
			return nil, true, false
		}
		if lack := b.least - c.counts[q]; lack > 0 && !consider(lack, func(j int32) bool { return slices.Contains(c.tagged[j], int16(q)) }) {
			return nil, true, false
		}
	}
	return helps, short, cost <= c.limit-least
}

func (c *chooser) fits(j int32) bool {
	if c.used[c.group[j]] {
		return false
	}
	for _, q := range c.tagged[j] {
		if slices.Contains(c.quotas, int(q)) && c.counts[q] >= c.instance.quotas[q].most {
			return false
		}
	}
	return true
}

func (c *chooser) put(j int32, by int) {
	for _, q := range c.tagged[j] {
		c.counts[q] += by
	}
	if c.used[c.group[j]] = by > 0; by > 0 {
		c.picked = append(c.picked, j)
	} else {
		c.picked = c.picked[:len(c.picked)-1]
	}
}
