package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cinnabar/app/intake"
	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

type planCommand struct {
	Offers     string        `help:"The offers to choose from: offer_id, kol_id, format, fee_cny." placeholder:"FILE" required:""`
	Audience   string        `help:"Who sees whom: kol_id, user_id, and perhaps weight." placeholder:"FILE" required:""`
	Budget     string        `help:"What may be spent, in yuan, service fee included." placeholder:"CNY" required:""`
	ServiceFee string        `help:"What the platform takes on top of each fee: 10% or 0.1." placeholder:"SHARE" default:"0"`
	Time       time.Duration `help:"How long to look, reading included." default:"1s"`
}

// Run chooses offers from two files, without a database.
func (c planCommand) Run(ctx context.Context, p *program) error {
	began := time.Now()
	budget, err := money.Parse("budget", c.Budget)
	if err != nil || budget < 0 {
		return fault.Wrap(err, fault.BadUsage, "detail", p.words.T("command.plan_budget", c.Budget))
	}
	rate, ok := share(c.ServiceFee)
	if !ok {
		return fault.New(fault.BadUsage, "detail", p.words.T("command.plan_service_fee", c.ServiceFee))
	}
	if c.Time <= 0 {
		return fault.New(fault.BadUsage, "detail", p.words.T("command.plan_time"))
	}
	problem, err := c.read(ctx, p, rate)
	if err != nil {
		return err
	}
	problem.Budget = budget

	progress := newBar(p.errs, p.words.T("command.planning"))
	// A large file may have taken all the time there was; some is needed to choose at all.
	left := max(c.Time-time.Since(began), c.Time/5)
	answer, err := reach.Choose(ctx, problem, reach.Options{Time: left, Progress: func(a reach.Answer) {
		progress.set(int64(min(a.Took, left)), int64(left))
	}})
	progress.clear()
	if err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(planned(problem, answer))
	}
	return c.print(p, problem, answer)
}

// share reads "10%", "0.1" or "0": a share of a fee, to a hundredth of a per cent.
func share(text string) (money.Rate, bool) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	// 10 without a sign may mean ten per cent or ten times: better to ask.
	if err != nil || !(v >= 0) || v > 1 || v == 1 && !percent {
		return 0, false
	}
	parts := math.Round(v * 10_000)
	return money.Rate(parts), math.Abs(parts-v*10_000) < 1e-6
}

// read makes the problem out of the two files. Refused rows are told on stderr, and
// then there is no plan: it would be one of other offers than those asked about.
func (c planCommand) read(ctx context.Context, p *program, rate money.Rate) (reach.Problem, error) {
	var problem reach.Problem
	offers, refused, err := intake.PlanOffers(ctx, c.Offers)
	if err != nil {
		return problem, err
	}
	if len(refused) > 0 {
		return problem, c.refuse(p, c.Offers, refused)
	}
	var kols []string
	number := make(map[string]int)
	for _, o := range offers {
		if _, known := number[o.KOL]; !known {
			number[o.KOL] = len(kols)
			kols = append(kols, o.KOL)
		}
	}
	reading := newBar(p.errs, p.words.T("command.importing", c.Audience))
	audience, refused, err := intake.PlanAudienceOf(ctx, c.Audience, kols, reading.set)
	reading.clear()
	if err != nil {
		return problem, err
	}
	if len(refused) > 0 {
		return problem, c.refuse(p, c.Audience, refused)
	}
	problem.Weights = audience.Weights
	for _, o := range offers {
		cost, err := money.Add("fee_cny", o.Fee, rate.Of(o.Fee))
		if err != nil {
			return problem, err
		}
		offer := reach.Offer{ID: o.ID, KOL: o.KOL, Cost: cost, Audience: audience.Of[number[o.KOL]]}
		if o.Format != "" {
			offer.Tags = []string{o.Format}
		}
		problem.Offers = append(problem.Offers, offer)
	}
	return problem, nil
}

func (c planCommand) refuse(p *program, path string, refused []*intake.Refusal) error {
	for _, r := range refused {
		fmt.Fprintln(p.errs, p.words.T("command.plan_refused", path, r.Line, p.words.Sentence(r.Fault)))
	}
	return errFound
}

// plannedJSON is what --json prints.
type plannedJSON struct {
	Reach      float64  `json:"reach"`
	UpperBound float64  `json:"upper_bound"`
	Gap        *float64 `json:"gap"` // null while nobody is reached though somebody might be
	Cost       string   `json:"cost"`
	Offers     []string `json:"offers"`
	Seconds    float64  `json:"seconds"`
}

func planned(problem reach.Problem, a reach.Answer) plannedJSON {
	v := plannedJSON{Reach: a.Reach, UpperBound: a.Bound, Cost: a.Cost.String(), Offers: []string{}, Seconds: math.Round(a.Took.Seconds()*1000) / 1000}
	if gap := a.Gap(); !math.IsInf(gap, 0) {
		v.Gap = &gap
	}
	for _, pick := range a.Picks {
		v.Offers = append(v.Offers, problem.Offers[pick.Offer].ID)
	}
	return v
}

func (c planCommand) print(p *program, problem reach.Problem, a reach.Answer) error {
	rows := [][]string{strings.Split(p.words.T("command.plan_header"), "\t")}
	for _, pick := range a.Picks {
		o := problem.Offers[pick.Offer]
		format := ""
		if len(o.Tags) > 0 {
			format = o.Tags[0]
		}
		rows = append(rows, []string{o.ID, o.KOL, format, p.words.Money(o.Cost), p.words.Number(len(o.Audience)), p.amount(pick.Alone)})
	}
	if err := printTable(p.out, rows); err != nil {
		return err
	}
	gap := p.words.T("command.plan_gap_unknown")
	switch {
	case a.Proved || a.Gap() == 0:
		gap = p.words.T("command.plan_proved")
	case !math.IsInf(a.Gap(), 0):
		gap = p.words.T("command.plan_gap", strconv.FormatFloat(100*a.Gap(), 'f', 2, 64))
	}
	_, err := fmt.Fprintln(p.out, p.words.T("command.planned", p.amount(a.Reach), p.amount(a.Bound), gap, p.words.Money(a.Cost), p.words.Money(problem.Budget)))
	return err
}

// amount is a number of people, or with weights what they are worth, to a tenth.
func (p *program) amount(v float64) string {
	if v == math.Trunc(v) {
		return p.words.Number(int(v))
	}
	tenths := int(math.Round(v * 10))
	return fmt.Sprintf("%s.%d", p.words.Number(tenths/10), tenths%10)
}
