package review

import (
	"regexp"
	"strings"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Draft is what the person has prepared to say of a case. It outlives leaving
// the item, a failed decision and a lost link.
type Draft struct {
	Verdict moderation.Verdict // the one the fields speak of
	Policy  string
	Reason  string
	Note    string
	Words   string // for whoever looks next, when the case is put aside or handed over
	// Typed says that Reason is the person's own and no template may replace it.
	Typed bool
}

// Empty reports whether there is nothing in the draft that would be missed.
func (d Draft) Empty() bool { return !d.Typed && strings.TrimSpace(d.Note+d.Words) == "" }

var placeholder = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_.]*\}`)

// Placeholders lists the {placeholders} that still stand in a message, in order.
// One that reaches an applicant is worse than no message, so it blocks sending.
func Placeholders(message string) []string {
	return placeholder.FindAllString(message, -1)
}

// Fill replaces the placeholders for which there is a value and leaves the
// others for a person.
func Fill(template string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(template, func(p string) string {
		if v := values[p[1:len(p)-1]]; v != "" {
			return v
		}
		return p
	})
}

// lacks returns what is missing from a draft before it may be sent, as the
// fault that the referee would answer with and the field that mends it.
func (d Draft) lacks(policy *moderation.Policy) (*fault.Error, Field) {
	if policy == nil && moderation.NeedsPolicy(d.Verdict) {
		return fault.New(fault.PolicyNeeded), PolicyField
	}
	needed := moderation.NeedsReason(d.Verdict) || policy != nil && policy.NeedsReason
	blank := strings.TrimSpace(d.Reason) == ""
	if needed && blank || len(Placeholders(d.Reason)) > 0 {
		code := ""
		if policy != nil {
			code = policy.Code
		}
		return fault.New(fault.ReasonNeeded, "policy", code), ReasonField
	}
	return nil, 0
}

// choose sets the policy of a draft and, unless the person wrote their own, the
// message that goes with it.
func (d *Draft) choose(p *moderation.Policy, lang string, values map[string]string) {
	d.Policy = ""
	if p != nil {
		d.Policy = p.Code
	}
	if d.Typed {
		return
	}
	d.Reason = ""
	if p != nil {
		message := p.Message[lang]
		if message == "" {
			message = p.Message["en"]
		}
		d.Reason = Fill(message, values)
	}
}
