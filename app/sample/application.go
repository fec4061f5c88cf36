package sample

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/moderation"
)

// FirstApplication is the id of an application that First always brings.
const FirstApplication = "app-0412"

// reviewTime is how long the platform promises to take: three days.
const reviewTime = 72 * time.Hour

// Applications returns every application in words alone: its documents carry
// numbers, dates and what stands on them, but no picture and no boxes.
func Applications(now time.Time) []moderation.Application {
	all := make([]moderation.Application, len(cast))
	for i, d := range drafts(now) {
		all[i] = d.app
	}
	return all
}

// applicationID is fixed by the place in the cast.
func applicationID(n int) string { return fmt.Sprintf("app-%04d", 401+n) }

// draft is an application and how to paint each of its documents; no painting
// stands for a paper that was never handed in.
type draft struct {
	app  moderation.Application
	art  []painting
	cast applicant
}

// painting makes a picture and says where on it things stand.
type painting func(*paint.Painter) ([]byte, map[string]assets.Box)

func drafts(now time.Time) []draft {
	all := make([]draft, len(cast))
	for i := range cast {
		all[i] = newDraft(i, now)
	}
	return all
}

// filled paints the documents and returns the application with their pictures.
func (d draft) filled(p *paint.Painter) (moderation.Application, [][]byte) {
	a := d.app
	a.Documents = slices.Clone(a.Documents)
	var files [][]byte
	for i, draw := range d.art {
		if draw == nil {
			continue
		}
		data, boxes := draw(p)
		doc := &a.Documents[i]
		doc.Picture = assets.IDOf(data)
		doc.Fields = slices.Clone(doc.Fields)
		for j := range doc.Fields {
			doc.Fields[j].Box = boxes[doc.Fields[j].Name]
		}
		files = append(files, data)
	}
	return a, files
}

// desk puts one application together.
type desk struct {
	applicant
	calendar
	n     int // place in the cast
	shown int // place of the first with the same licence
	paper moderation.Entity
	draft draft
}

func newDraft(n int, now time.Time) draft {
	c := cast[n]
	if c.region == "" {
		c.region = "CN"
	}
	if c.owner == "" {
		c.owner = c.company
	}
	if c.scope == "" {
		c.scope = usualScope[c.category]
	}
	shown := slices.IndexFunc(cast, func(o applicant) bool { return o.company == c.company })
	d := &desk{applicant: c, calendar: calendarOf(now), n: n, shown: shown}
	submitted := now.Add(-time.Duration(c.hours * float64(time.Hour))).UTC().Truncate(time.Second)
	d.draft.cast = c
	d.draft.app = moderation.Application{
		ID: applicationID(n), Ref: fmt.Sprintf("A-%04d", 401+n), Version: 1 + n%3,
		State: moderation.Submitted, Subject: c.subject, Region: c.region,
		BrandName: c.brand, AccountName: c.account, Category: c.category, Contact: c.contact,
		Submitted: submitted, SubmittedBy: d.wish(), Due: submitted.Add(reviewTime),
	}
	d.licence()
	d.form()
	d.mark()
	d.letters()
	d.categoryPaper()
	d.rest()
	return d.draft
}

func (d *desk) wish() string {
	if d.by != "" {
		return d.by
	}
	return "@" + d.account
}

func (d *desk) add(doc moderation.Document, art painting) {
	d.draft.app.Documents = append(d.draft.app.Documents, doc)
	d.draft.art = append(d.draft.art, art)
}

// form fills in what the applicant typed: what the licence says, but for the
// flaws that live in the difference.
func (d *desk) form() {
	e := d.paper
	switch d.flaw {
	case misreadCode:
		e.USCC = e.USCC[:10] + strings.Replace(e.USCC[10:], "0", "O", 1)
	case otherScript:
		e.Name = strings.ReplaceAll(e.Name, "兰", "蘭")
	case otherPerson:
		e.Representative = "邱远山（样例）"
	}
	d.draft.app.Entity = e
}

func (d *desk) mark() {
	years := min(max(d.founded-1, 1), 8)
	from := d.today.AddDate(-years, -2, 11)
	m := moderation.Trademark{
		Number: fmt.Sprint(31000000 + 614377*d.n), Name: d.brand, Classes: d.classes,
		Owner: d.owner, Status: "registered", Expires: dateOf(from.AddDate(10, 0, -1)),
	}
	if d.owner == d.company {
		m.Owner = d.draft.app.Entity.Name
	}
	if d.flaw == markPending {
		m.Status, m.Expires = "pending", ""
	}
	d.draft.app.Mark = m
	d.add(d.markPaper(m, dateOf(from)))
}

// letters writes the chain from the mark's owner to the applicant.
func (d *desk) letters() {
	if d.owner == d.company {
		return
	}
	holders := append(append([]string{d.owner}, d.via...), d.draft.app.Entity.Name)
	for i := range len(holders) - 1 {
		l := moderation.Authorisation{From: holders[i], To: holders[i+1], Level: i + 1, Until: d.day(900 - 180*i)}
		named := l
		switch {
		case d.flaw == brokenChain && i == 1:
			l.From = "Oréa Pacific (Specimen) Pte. Ltd."
			named = l
		case d.flaw == otherName:
			named.To = "武汉旺财（样例）宠物用品有限公司"
		case d.flaw == chainSoon:
			l.Until = d.day(55)
			named = l
		}
		d.draft.app.Letters = append(d.draft.app.Letters, l)
		d.add(d.letterPaper(named, d.day(-300-20*i)))
	}
}

func (d *desk) categoryPaper() {
	if d.filing == "" {
		return
	}
	number, year := d.dated(d.filing)
	from, to := d.day(-700), d.day(1125)
	if year != 0 {
		start := time.Date(year, time.March, 12, 0, 0, 0, 0, time.UTC)
		from, to = dateOf(start), dateOf(start.AddDate(5, 0, -1))
	}
	if d.category == "cosmetics" || d.category == "perfume" {
		to = moderation.LongTerm
	}
	if d.flaw == wrongFiling {
		last := number[len(number)-1]
		number = number[:len(number)-1] + string('0'+(last-'0'+3)%10)
	}
	d.add(d.filingPaper(number, from, to))
}

// rest adds the logo and whatever else was named.
func (d *desk) rest() {
	if d.flaw == absentPaper {
		d.add(moderation.Document{Kind: moderation.OtherPaper, Name: "医疗器械广告审查证明.pdf", Issuer: "样例市登记处"}, nil)
	}
	e := paint.Emblem{Letter: d.logo.letter, Motif: d.logo.motif, Palette: d.logo.palette}
	d.add(moderation.Document{Kind: moderation.Logo, Name: "logo.png"}, func(p *paint.Painter) ([]byte, map[string]assets.Box) {
		return p.Logo(e), nil
	})
}
