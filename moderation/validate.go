package moderation

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cinnabar/internal/fault"
)

// Bounds on what comes in from outside. They keep one row from filling a screen
// or an index; they are no judgement of content.
const (
	longestID   = 200     // bytes; ids are index keys
	longestLine = 500     // runes of a name or a title
	longestText = 4 << 20 // bytes of a body or a scope
	mostOfAKind = 1000    // letters, documents, links, pictures, comments of one row
)

// Validate reports the first thing that keeps an application from being taken
// in, as a fault: FieldMissing (Args: field) or FieldValue (Args: field, value).
// It judges the form, not the brand; that is Check's business.
func (a Application) Validate() error {
	v := validator{}
	v.id("id", a.ID)
	v.line("brand_name", a.BrandName, true)
	v.line("account_name", a.AccountName, true)
	v.line("category", a.Category, true)
	v.oneOf("subject", string(a.Subject), string(Company), string(SoleTrader), string(Overseas))
	v.check("region", a.Region, a.Region == "" || isRegion(a.Region))
	v.line("contact", a.Contact, false)
	v.line("name", a.Entity.Name, false)
	v.line("uscc", a.Entity.USCC, false)
	v.line("representative", a.Entity.Representative, false)
	v.line("address", a.Entity.Address, false)
	v.text("scope", a.Entity.Scope)
	v.date("established", a.Entity.Established)
	v.date("expires", a.Entity.Expires)
	v.line("mark.number", a.Mark.Number, false)
	v.line("mark.name", a.Mark.Name, false)
	v.line("mark.owner", a.Mark.Owner, false)
	v.date("mark.expires", a.Mark.Expires)
	for _, class := range a.Mark.Classes {
		v.check("mark.classes", strconv.Itoa(class), class >= 1 && class <= 45)
	}
	v.count("letters", len(a.Letters))
	for _, l := range a.Letters {
		v.line("letters.from", l.From, false)
		v.line("letters.to", l.To, false)
		v.date("letters.until", l.Until)
	}
	v.count("documents", len(a.Documents))
	kinds := []string{string(Licence), string(MarkPaper), string(Letter), string(CategoryPaper), string(Logo), string(OtherPaper), string(Representation)}
	for _, d := range a.Documents {
		v.oneOf("documents.kind", string(d.Kind), kinds...)
		v.check("documents.picture", string(d.Picture), d.Picture == "" || d.Picture.Valid())
		v.line("documents.name", d.Name, false)
		v.line("documents.number", d.Number, false)
		v.date("documents.from", d.From)
		v.date("documents.until", d.Until)
		for _, f := range d.Fields {
			v.line("documents.fields", f.Name, true)
			v.text("documents.fields", f.Text)
		}
	}
	return v.err()
}

// Validate reports the first thing that keeps a post from being taken in, as
// Application.Validate does. A post may be all pictures: its body may be empty.
func (p Post) Validate() error {
	v := validator{}
	v.id("id", p.ID)
	v.line("lang", p.Lang, false)
	v.text("title", p.Title)
	v.text("body", p.Body)
	v.count("links", len(p.Links)/10) // a long list of links is a sign, not a mistake
	for _, l := range p.Links {
		v.text("links", l)
	}
	v.count("images", len(p.Pictures))
	for _, pic := range p.Pictures {
		v.line("images", pic.Name, false)
		v.check("images", string(pic.ID), pic.ID == "" || pic.ID.Valid())
	}
	v.count("videos", len(p.Videos))
	for _, video := range p.Videos {
		v.line("videos", video.Name, false)
		v.count("videos", len(video.Frames))
		for _, frame := range video.Frames {
			v.check("videos", string(frame.ID), frame.ID.Valid())
		}
	}
	for _, c := range []struct {
		name string
		n    int
	}{
		{"image_count", p.PictureCount}, {"video_count", p.VideoCount}, {"likes", p.Likes}, {"saves", p.Saves},
		{"shares", p.Shares}, {"comments", p.Comments}, {"author.followers", p.Author.Followers},
		{"author.following", p.Author.Following}, {"author.posts", p.Author.Posts},
	} {
		v.check(c.name, strconv.Itoa(c.n), c.n >= 0)
	}
	v.check("author.posts_per_day", strconv.FormatFloat(p.Author.PostsPerDay, 'g', -1, 64), p.Author.PostsPerDay >= 0)
	v.line("author.id", p.Author.ID, false)
	v.line("author.handle", p.Author.Handle, false)
	v.count("comment_texts", len(p.CommentTexts)/10)
	for _, c := range p.CommentTexts {
		v.line("comment_texts.author", c.Author, false)
		v.text("comment_texts.text", c.Text)
	}
	v.line("brand", p.Brand, false)
	return v.err()
}

// Ready reports what a decision still lacks, as PolicyNeeded, ReasonNeeded
// (Args: policy); a policy that does not speak of the verdict counts as none. policy
// is the one that Policy names, nil for none.
func (d Decision) Ready(k Kind, policy *Policy) error {
	reason := strings.TrimSpace(d.Reason)
	if policy == nil {
		if NeedsPolicy(d.Verdict) {
			return fault.New(fault.PolicyNeeded)
		}
		if NeedsReason(d.Verdict) && reason == "" {
			return fault.New(fault.ReasonNeeded, "policy", "")
		}
		return nil
	}
	if !policy.Grounds(k, d.Verdict) {
		return fault.New(fault.PolicyNeeded)
	}
	if (policy.NeedsReason || NeedsReason(d.Verdict)) && reason == "" {
		return fault.New(fault.ReasonNeeded, "policy", policy.Code)
	}
	return nil
}

// validator keeps the first fault and goes quiet after it.
type validator struct{ first *fault.Error }

func (v *validator) err() error {
	if v.first == nil {
		return nil // not a nil *fault.Error in an error
	}
	return v.first
}

func (v *validator) check(field, value string, ok bool) {
	if ok || v.first != nil {
		return
	}
	if runes := []rune(strings.ToValidUTF8(value, "\uFFFD")); len(runes) > 60 {
		value = string(runes[:60]) + "…"
	} else {
		value = string(runes)
	}
	v.first = fault.New(fault.FieldValue, "field", field, "value", value)
}

func (v *validator) missing(field, value string) bool {
	if strings.TrimSpace(value) != "" || v.first != nil {
		return false
	}
	v.first = fault.New(fault.FieldMissing, "field", field)
	return true
}

func (v *validator) id(field, value string) {
	if !v.missing(field, value) {
		v.check(field, value, len(value) <= longestID && storable(value) && !strings.ContainsAny(value, "\r\n\t"))
	}
}

func (v *validator) line(field, value string, needed bool) {
	if needed && v.missing(field, value) {
		return
	}
	v.check(field, value, storable(value) && utf8.RuneCountInString(value) <= longestLine)
}

func (v *validator) text(field, value string) {
	v.check(field, value, storable(value) && len(value) <= longestText)
}

func (v *validator) date(field string, d Date) { v.check(field, string(d), d.Valid()) }

func (v *validator) oneOf(field, value string, known ...string) {
	v.check(field, value, slices.Contains(known, value))
}

func (v *validator) count(field string, n int) { v.check(field, strconv.Itoa(n), n <= mostOfAKind) }

// storable reports whether Postgres can hold a text: valid UTF-8 without NUL.
func storable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func isRegion(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}
