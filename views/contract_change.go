package views

import (
	"context"
	"slices"
	"strings"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/views/kit"
	"cinnabar/views/words"
)

// make begins the contract of the chosen line from the template.
func (p *contracts) make() {
	l, _, made := p.chosen()
	c := p.known.Campaign
	if made || p.busy || !p.s.up || l.KOL == nil || !p.tied() {
		return
	}
	where := "CN"
	if k, ok := p.known.KOLs[l.KOL.KOL]; ok && k.Region != "" {
		where = k.Region
	}
	id := p.s.cfg.NewID()
	_, code := campaigns.Track("", c, l.ID, id)
	brief := campaigns.BriefFor(c, l).Under(where)
	brief.Product = c.Name // the line is called after its KOL
	d := campaigns.Contract{Campaign: c.ID, Brand: c.Brand, Line: l.ID, KOL: l.KOL.KOL, Handle: p.handle(l), State: campaigns.ContractDraft,
		Brief: brief,
		Terms: campaigns.Terms{Fee: l.Cost, ServiceFee: c.ServiceFee, Deliverables: []campaigns.Deliverable{
			{ID: id, Format: l.KOL.Format, Count: 1, From: l.From, To: l.To, Planned: l.From, Code: code}}}}
	p.put(d, nil)
}

// put saves a contract, and shows what stands then.
func (p *contracts) put(d campaigns.Contract, panel *planPanel) {
	b := p.s.book
	if err := campaigns.ValidateContract(d); err != nil {
		p.tell(panel, err)
		return
	}
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request := p.request
	p.working(panel, true)
	var saved campaigns.Contract
	p.s.send(func(ctx context.Context) (err error) {
		saved, err = p.s.cfg.Contracts.Put(ctx, request, d)
		return err
	}, func(err error) {
		p.working(panel, false)
		if err != nil {
			p.tell(panel, err)
			p.read()
			return
		}
		p.came(saved, panel)
		p.s.cfg.Notify.Note(kit.Jade, b.T("contract.saved", saved.Ref), "")
	})
}

func (p *contracts) working(panel *planPanel, on bool) {
	p.busy = on
	if panel != nil {
		panel.busy(on)
	}
	if p.panel == nil {
		p.drawSide()
	}
}

// tell says what went wrong where the person looks.
func (p *contracts) tell(panel *planPanel, err error) {
	said := func(b *words.Book) (what, next string) {
		switch fault.CodeOf(err) {
		case fault.RuleChanged, fault.Changed:
			return b.T("contract.changed"), b.T("contract.changed_next")
		}
		return b.Error(err)
	}
	if panel != nil && p.panel == panel {
		panel.complain(said)
		return
	}
	p.what, p.next = said(p.s.book)
	p.drawSide()
}

// came puts what was saved in place of what stood.
func (p *contracts) came(d campaigns.Contract, panel *planPanel) {
	f := *p.known
	f.Contracts = slices.Clone(f.Contracts)
	at := slices.IndexFunc(f.Contracts, func(o campaigns.Contract) bool { return o.ID == d.ID })
	if at < 0 {
		f.Contracts = append(f.Contracts, d)
	} else {
		f.Contracts[at] = d
	}
	p.known = &f
	p.request, p.what, p.next = "", "", ""
	if p.panel == panel {
		p.panel = nil
	}
	p.draw()
	if panel != nil {
		panel.settle(true)
	}
}

// edit takes changes of the brief and the terms.
func (p *contracts) edit() {
	_, d, made := p.chosen()
	if !made || !p.edits() || p.panel != nil {
		return
	}
	must, not := strings.Join(d.Brief.MustSay, "\n"), strings.Join(d.Brief.MustNot, "\n")
	d.Terms.Deliverables = slices.Clone(d.Terms.Deliverables)
	base := ""
	if all := d.Terms.Deliverables; len(all) > 0 {
		base, _, _ = strings.Cut(all[0].Link, "?")
	}
	p.panel = newPanel(p.s.book, p.closePanel, func(panel *planPanel, f *form) panelParts {
		b := f.b
		f.touched = func() { p.request = "" }
		f.text(b.T("contract.product"), "", 1, &d.Brief.Product)
		var where []kit.Option
		for _, j := range campaigns.Disclosures() {
			where = append(where, kit.Option{ID: j.Code, Text: inLanguage(b, j.Title, j.Code), More: j.Wording})
		}
		var said *kit.Field
		f.choose(b.T("contract.jurisdiction"), where, campaigns.DisclosureOf(d.Brief.Jurisdiction).Code, func(id string) {
			d.Brief.MustSay = splitLines(said.Text())
			d.Brief = d.Brief.Under(id)
			said.Set(strings.Join(d.Brief.MustSay, "\n"))
		})
		said = f.text(b.T("contract.must_say"), b.T("contract.per_line"), 4, &must)
		f.text(b.T("contract.must_not"), b.T("contract.per_line"), 4, &not)
		f.text(b.T("contract.words"), "", 3, &d.Brief.Words)
		f.pictures(p.s, b.T("contract.creative"), p.known.Campaign.ID, d.Brief.Creative, true, func(ids []assets.ID) { d.Brief.Creative = ids })
		for i := range d.Terms.Deliverables {
			v := &d.Terms.Deliverables[i]
			f.add(kit.NewText(b.T("contract.deliverable", i+1, formatName(b, v.Format)), kit.Section))
			f.number(b.T("contract.how_many"), "count", &v.Count)
			f.days(b.T("plan.from"), b.T("plan.to"), &v.From, &v.To)
		}
		f.text(b.T("contract.base"), "https://", 1, &base)
		f.number(b.T("contract.usage_for"), "usage_days", &d.Terms.UsageDays)
		f.text(b.T("contract.usage_where"), b.T("contract.usage_hint"), 1, &d.Terms.UsageWhere)
		return panelParts{title: b.T("contract.edit_title", d.Ref), save: b.T("contract.save"), put: func() {
			if err := f.read(); err != nil {
				panel.refuse(err)
				return
			}
			if err := campaigns.CheckBase(base); err != nil {
				panel.refuse(err)
				return
			}
			d.Brief.MustSay, d.Brief.MustNot = splitLines(must), splitLines(not)
			for i := range d.Terms.Deliverables {
				v := &d.Terms.Deliverables[i]
				v.Link, v.Code = campaigns.Track(base, p.known.Campaign, d.Line, v.ID)
				if v.Planned < v.From || v.Planned > v.To {
					v.Planned = v.From
				}
			}
			p.put(d, panel)
		}}
	})
	p.drawSide()
}

func splitLines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (p *contracts) closePanel() {
	p.panel = nil
	p.drawSide()
}

// begin makes a move at once, or asks first for the fee or the words that go with it.
func (p *contracts) begin(m campaigns.ContractMove) {
	_, d, made := p.chosen()
	step, ok := campaigns.NextContract(d.State, m)
	if !made || !ok || p.busy || p.panel != nil || !p.tied() || !p.s.up {
		return
	}
	if !step.Fee && !step.Words {
		p.move(d, m, 0, "", nil)
		return
	}
	fee, said := d.Terms.Fee, ""
	p.panel = newPanel(p.s.book, p.closePanel, func(panel *planPanel, f *form) panelParts {
		b := f.b
		f.touched = func() { p.request = "" }
		if step.Fee {
			if m == campaigns.CounterOffer {
				f.add(kit.NewParagraph(b.T("contract.counter_note"), kit.Small))
			}
			f.amount(b.T("plan.fee_before"), "fee", &fee)
		}
		f.text(b.T("contract.with"), b.T("plan.words_hint"), 3, &said)
		return panelParts{title: b.T("contract.move_" + string(m)), save: b.T("contract.move_" + string(m)), put: func() {
			err := f.read()
			if err == nil && step.Words && said == "" {
				err = fault.New(fault.FieldMissing, "field", "words")
			}
			if err != nil {
				panel.refuse(err)
				return
			}
			p.move(d, m, fee, said, panel)
		}}
	})
	p.drawSide()
}

func (p *contracts) move(d campaigns.Contract, m campaigns.ContractMove, fee money.Fen, words string, panel *planPanel) {
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request := p.request
	p.working(panel, true)
	var moved campaigns.Contract
	p.s.send(func(ctx context.Context) (err error) {
		moved, err = p.s.cfg.Contracts.Move(ctx, request, d.ID, d.Version, m, fee, words)
		return err
	}, func(err error) {
		p.working(panel, false)
		if err != nil {
			p.tell(panel, err)
			p.read()
			return
		}
		p.came(moved, panel)
		p.s.cfg.Notify.Note(kit.Jade, p.s.book.T("contract.moved", moved.Ref, p.s.book.T("contract.state_"+string(moved.State))), "")
	})
}
