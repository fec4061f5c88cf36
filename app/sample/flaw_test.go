package sample

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cinnabar/assets"
	"cinnabar/moderation"
	"cinnabar/moderation/credentials"
)

// shows says which checks each flaw is made to trip, and with which detail.
// Flaws of the picture alone trip none: no check opens a picture.
var shows = map[flaw][]string{
	sound:         nil,
	brokenCode:    {"warn uscc uscc.checksum"},
	misreadCode:   {"fail licence.uscc compare.differs", "fail uscc uscc.misread"},
	otherScript:   {"warn licence.name compare.script"},
	otherPerson:   {"fail licence.representative compare.differs"},
	licenceOver:   {"fail licence.validity validity.over"},
	licenceSoon:   {"warn licence.validity validity.soon"},
	brokenChain:   {"fail mark.owner chain.broken"},
	otherName:     {"fail letter letter.other"},
	markPending:   {"fail mark mark.pending"},
	otherClass:    {"fail mark.class class.other"},
	bannedWords:   {"fail account.words words.banned"},
	narrowScope:   {"fail scope scope.other"},
	noFiling:      {"fail category category.missing"},
	oddFiling:     {"warn category number.pattern"},
	wrongFiling:   {"fail category number.checksum"},
	smallPicture:  nil,
	absentPaper:   {"fail pictures pictures.absent"},
	brokenPicture: nil,
	sharedLicence: {"fail papers papers.reused"},
	nearName:      {"warn account.taken taken.near"},
	chainSoon:     {"warn mark.owner chain.soon"},
}

func TestEveryApplicationTripsExactlyTheCheckItIsMadeToTrip(t *testing.T) {
	t.Parallel()
	all := drafts(monday)
	apps := fakePictures(all)
	tripped := make(map[flaw]bool)
	for i, a := range apps {
		var got []string
		for _, r := range moderation.Check(a, moderation.CheckContext{Now: monday.In(zone), Others: others(apps, i)}) {
			if r.Outcome == moderation.Warn || r.Outcome == moderation.Fail {
				got = append(got, string(r.Outcome)+" "+r.Check+" "+r.Detail)
			}
		}
		f := all[i].cast.flaw
		tripped[f] = true
		if diff := cmp.Diff(shows[f], got, cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
			t.Errorf("%s %s (%s): %s", a.Ref, a.BrandName, f, diff)
		}
	}
	for f := range shows {
		if !tripped[f] {
			t.Errorf("no application has the flaw %q", f)
		}
	}
}

// others is what a database would know of everybody but applicant n.
func others(apps []moderation.Application, n int) moderation.Others {
	o := moderation.Others{Compared: len(apps) - 1, Pictures: make(map[assets.ID]string)}
	for i, a := range apps {
		if i == n {
			continue
		}
		o.Names = append(o.Names, moderation.OtherName{Text: a.AccountName, Ref: a.Ref}, moderation.OtherName{Text: a.BrandName, Ref: a.Ref})
		for _, d := range a.Documents {
			if d.Picture != "" {
				o.Pictures[d.Picture] = a.Ref
			}
		}
	}
	return o
}

func TestCreditCodesAreSoundUnlessMeantOtherwise(t *testing.T) {
	t.Parallel()
	for _, d := range drafts(monday) {
		code := d.app.Documents[0].Number
		if d.app.Subject == moderation.Overseas {
			continue
		}
		if got := credentials.ReadUSCC(code).Status; (got == credentials.Sound) == (d.cast.flaw == brokenCode) {
			t.Errorf("%s: %s is %s", d.app.BrandName, code, got)
		}
	}
}
