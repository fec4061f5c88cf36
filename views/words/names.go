package words

import (
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// named looks up a code under a family of keys. A code that nobody has named
// yet is shown as it is, because rules and imports bring new ones.
func (b *Book) named(family, code string) string {
	if text, ok := b.words[family+"."+code]; ok {
		return text
	}
	return code
}

// Kind names a kind of evidence or the reason why a case waits, short enough for a pill.
func (b *Book) Kind(tag string) string { return b.named("kind", tag) }

// Rule explains a detector's rule in a sentence; it falls back to its kind's name.
func (b *Book) Rule(rule string) string {
	if text, ok := b.words["rule."+rule]; ok {
		return text
	}
	return b.Kind(kindOf(rule))
}

func kindOf(rule string) string {
	for i := range rule {
		if rule[i] == '.' {
			return rule[:i]
		}
	}
	return rule
}

// Stage names where a case stands.
func (b *Book) Stage(s moderation.Stage) string { return b.named("stage", string(s)) }

// Verdict names a verdict as a thing done: "approved".
func (b *Book) Verdict(v moderation.Verdict) string { return b.named("verdict", string(v)) }

// Skip names a reason for putting a case aside, as the person who does would say it.
func (b *Book) Skip(r moderation.SkipReason) string { return b.named("skip", string(r)) }

// Action names a verdict as the button that gives it: "Approve".
func (b *Book) Action(v moderation.Verdict) string { return b.named("action", string(v)) }

// State names where an application stands.
func (b *Book) State(s moderation.ApplicationState) string { return b.named("state", string(s)) }

// Subject names who applies.
func (b *Book) Subject(s moderation.SubjectType) string { return b.named("subject", string(s)) }

// Document names a kind of paper.
func (b *Book) Document(k moderation.DocumentKind) string { return b.named("document", string(k)) }

// Category names a trade.
func (b *Book) Category(code string) string { return b.named("category", code) }

// Field names a field of the form or of a paper.
func (b *Book) Field(name string) string { return b.named("field", name) }

// Disclosure names what a detector found of a label.
func (b *Book) Disclosure(state string) string { return b.named("disclosure", state) }

// Outcome names the result of a check.
func (b *Book) Outcome(o moderation.Outcome) string { return b.named("outcome", string(o)) }

// Role names what somebody does here.
func (b *Book) Role(r people.Role) string { return b.named("role", string(r)) }

// Region names a market by its ISO 3166 code.
func (b *Book) Region(code string) string { return b.named("region", code) }

// Act names what an audit row records, "case.decide", in a few words.
func (b *Book) Act(action string) string { return b.named("act", action) }

// Thing names what an audit row or a fault speaks of: a case, a post, a person.
func (b *Book) Thing(kind string) string { return b.named("thing", kind) }

// Invariant says what a check of the verification found broken. One that nobody has
// named yet is shown by its code.
func (b *Book) Invariant(check string) string { return b.named("invariant", check) }
