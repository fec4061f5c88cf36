package views

import (
	"context"
	"slices"
	"strings"
	"time"

	"cinnabar/campaigns"
	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/job"
)

// lookFor is how long a better answer is looked for.
const lookFor = 10 * time.Second

// better looks for a better choice of KOLs, as a job that shows its progress and can
// be stopped. What it finds becomes lines of the scenario at once, better from moment
// to moment. Pressed again it stops.
func (p *plan) better() {
	if p.looking != nil {
		p.looking.Cancel()
		return
	}
	if !p.edits() || p.s.cfg.Jobs == nil || !p.known.there {
		return
	}
	b := p.s.book
	c, f := p.as(p.shown), p.known
	before := slices.Clone(p.scenario().Lines)
	shown := p.shown
	began := p.s.cfg.Now()
	var work *job.Job
	show := func(picks []chosen, a reach.Answer, bound float64) {
		if p.looking != work || p.shown != shown || p.known == nil {
			return
		}
		p.proved = &proof{bound: bound, wish: whole(c).Wish, other: p.others()}
		lines := p.linesOf(before, picks)
		p.found = b.T("plan.found", b.Count(int(a.Reach)), b.Number(len(picks)))
		if a.Reach > 0 && bound > 0 {
			p.found += b.T("common.dot") + b.T("plan.at_most_below", fine(b, max(0, (bound-a.Net())/bound)))
		}
		p.change(lines)
	}
	p.found = b.T("plan.looking")
	work = p.s.cfg.Jobs.Start(context.Background(), b.T("plan.better_of", c.Name), func(ctx context.Context, progress *job.Progress) error {
		problem, err := campaigns.Offers(c, f.Pool, f.Who)
		if err != nil {
			return err
		}
		total := int64(lookFor / time.Second)
		progress.Set(0, total)
		last, err := p.s.cfg.Chooser.Choose(ctx, problem, reach.Options{Time: lookFor, Progress: func(a reach.Answer) {
			progress.Set(min(total, int64(p.s.cfg.Now().Sub(began)/time.Second)), total)
			picks := chosenOf(problem, a)
			a.Picks = nil
			progress.Note(b.T("plan.found", b.Count(int(a.Reach)), b.Number(len(picks))))
			p.s.cfg.Loop.Do(func() { show(picks, a, a.Bound) })
		}})
		if err != nil {
			return err
		}
		picks := chosenOf(problem, last)
		last.Picks = nil
		p.s.cfg.Loop.Do(func() { show(picks, last, last.Bound) })
		return nil
	})
	p.looking = work
	p.drawSide()
	p.s.cfg.Go(func() {
		err := work.Wait()
		p.s.cfg.Loop.Do(func() {
			if p.looking != work {
				return
			}
			p.looking = nil
			if err != nil && fault.CodeOf(err) != fault.Cancelled {
				p.what, p.next = b.Error(err)
			}
			p.drawMain()
			p.drawSide()
		})
	})
}

// chosen is a pick of the chooser without its indices.
type chosen struct {
	kol    string
	format campaigns.Format
	alone  int
}

func chosenOf(problem reach.Problem, a reach.Answer) []chosen {
	out := make([]chosen, len(a.Picks))
	for i, pick := range a.Picks {
		o := problem.Offers[pick.Offer]
		out[i] = chosen{kol: o.KOL, format: campaigns.Format(strings.TrimPrefix(o.ID, o.KOL+"/")), alone: int(pick.Alone)}
	}
	return out
}

// linesOf makes lines of what was chosen. Lines that were there keep their days; new
// ones are spread over the window, a week each.
func (p *plan) linesOf(before []campaigns.Line, picks []chosen) []campaigns.Line {
	var lines []campaigns.Line
	old := map[string]campaigns.Line{}
	for _, l := range before {
		if l.KOL == nil {
			continue
		}
		old[l.KOL.KOL+"/"+string(l.KOL.Format)] = l
	}
	all := campaigns.Days(p.now.Wish.From, p.now.Wish.To)
	week := min(7, max(1, all))
	for i, pick := range picks {
		k := p.known.KOLs[pick.kol]
		l, kept := old[pick.kol+"/"+string(pick.format)]
		if !kept {
			start := 0
			if len(picks) > 1 {
				start = i * (all - week) / (len(picks) - 1)
			}
			// The same KOL and format is the same line from one answer to the next.
			l = campaigns.Line{ID: "kol-" + pick.kol + "-" + string(pick.format), Kind: campaigns.KOLLine, Title: k.Handle,
				From: shifted(p.now.Wish.From, start), To: shifted(p.now.Wish.From, start+week-1)}
		}
		if q, ok := campaigns.QuoteOn(k, pick.format, p.now.Wish.From); ok {
			l.Cost = q.Fee
		}
		l.KOL = &campaigns.KOLPost{KOL: pick.kol, Format: pick.format, Handle: k.Handle, Alone: pick.alone}
		lines = append(lines, l)
	}
	for _, l := range before {
		if l.KOL == nil {
			lines = append(lines, l)
		}
	}
	return lines
}
