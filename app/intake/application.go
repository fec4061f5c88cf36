package intake

import (
	"strings"

	"cinnabar/assets"
	"cinnabar/moderation"
)

var applicationShape = shape[moderation.Application]{
	names: []string{
		"id", "state", "subject", "region", "brand_name", "account_name", "category", "contact",
		"entity", "mark", "letters", "documents", "submitted_at", "submitted_by", "due_at",
	},
	nested:   []string{"entity", "mark", "letters", "documents"},
	required: []string{"id", "subject", "brand_name"},
	build:    buildApplication,
	id:       func(a moderation.Application) string { return a.ID },
	attach: func(at *attacher, a *moderation.Application) {
		for i, d := range a.Documents {
			if d.Name != "" {
				a.Documents[i].Picture = at.picture("documents."+itoa(i)+".file", d.Name)
			}
		}
	},
}

// buildApplication reads what an applicant hands in. Where a review stands is
// never read from a file, or a file could let a brand in: a state other than
// "submitted" refuses the row. Who entered it is whoever imports it, and its
// reference and version are the database's to give.
func buildApplication(f *fields, o object) moderation.Application {
	a := moderation.Application{
		ID:          f.key(o, "id"),
		Version:     1,
		State:       moderation.Submitted,
		Subject:     oneOf(f, o, "subject", moderation.Company, moderation.SoleTrader, moderation.Overseas),
		Region:      f.short(o, "region"),
		BrandName:   f.short(o, "brand_name"),
		AccountName: f.short(o, "account_name"),
		Category:    f.short(o, "category"),
		Contact:     f.short(o, "contact"),
	}
	for _, need := range []struct{ name, value string }{
		{"id", a.ID}, {"subject", string(a.Subject)}, {"brand_name", a.BrandName},
	} {
		if strings.TrimSpace(need.value) == "" {
			f.missing(need.name)
		}
	}
	oneOf(f, o, "state", moderation.Submitted)
	a.Entity = f.entity(o)
	a.Mark = f.mark(o)
	for _, l := range f.objects(o, "letters") {
		a.Letters = append(a.Letters, moderation.Authorisation{
			From:  f.short(l, "from"),
			To:    f.short(l, "to"),
			Level: f.whole(l, "level", 0, 100),
			Until: f.day(l, "until"),
		})
		f.rest(l)
	}
	for _, d := range f.objects(o, "documents") {
		a.Documents = append(a.Documents, f.document(d))
	}
	a.Submitted = f.moment(o, "submitted_at")
	a.SubmittedBy = f.key(o, "submitted_by")
	a.Due = f.moment(o, "due_at")
	f.rest(o)
	if len(f.extra) > 0 {
		a.Extra = f.extra
	}
	return a
}

func (f *fields) entity(o object) moderation.Entity {
	e := f.group(o, "entity")
	entity := moderation.Entity{
		USCC:           f.key(e, "uscc"),
		Name:           f.short(e, "name"),
		Address:        f.short(e, "address"),
		Representative: f.short(e, "representative"),
		Scope:          f.text(e, "scope"),
		Established:    f.day(e, "established"),
		Expires:        f.day(e, "expires"),
	}
	f.rest(e)
	return entity
}

func (f *fields) mark(o object) moderation.Trademark {
	m := f.group(o, "mark")
	mark := moderation.Trademark{
		Number:  f.key(m, "number"),
		Name:    f.short(m, "name"),
		Classes: f.numbers(m, "classes", 1, 45), // of the Nice classification
		Owner:   f.short(m, "owner"),
		Status:  f.short(m, "status"),
		Expires: f.day(m, "expires"),
	}
	f.rest(m)
	return mark
}

func (f *fields) document(o object) moderation.Document {
	d := moderation.Document{
		Kind: oneOf(f, o, "kind", moderation.Licence, moderation.MarkPaper, moderation.Letter, moderation.CategoryPaper,
			moderation.Logo, moderation.OtherPaper, moderation.Representation),
		Name:   f.file(o, "file"),
		Number: f.key(o, "number"),
		Issuer: f.short(o, "issuer"),
		From:   f.day(o, "from"),
		Until:  f.day(o, "until"),
	}
	if d.Kind == "" {
		f.missing(o.path + "kind")
	}
	for _, x := range f.objects(o, "fields") {
		d.Fields = append(d.Fields, moderation.Field{Name: f.short(x, "name"), Text: f.text(x, "text"), Box: f.box(x)})
		f.rest(x)
	}
	f.rest(o)
	return d
}

func (f *fields) box(o object) assets.Box {
	b := f.group(o, "box")
	const most = 100_000 // pixels, beyond any picture that opens
	box := assets.Box{
		X: f.whole(b, "x", 0, most),
		Y: f.whole(b, "y", 0, most),
		W: f.whole(b, "w", 0, most),
		H: f.whole(b, "h", 0, most),
	}
	f.rest(b)
	return box
}
