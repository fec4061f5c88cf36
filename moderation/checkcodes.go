package moderation

// CheckCode is a code that Check puts into Check or Detail of a result, and the
// names of the arguments that its sentence may use.
type CheckCode struct {
	Code string
	Args []string
}

// CheckNames lists what CheckResult.Check can be. A name takes no arguments: it
// is the heading, and the detail says what was found.
func CheckNames() []CheckCode {
	return []CheckCode{
		{"uscc", nil},
		{"licence", nil}, {"licence.uscc", nil}, {"licence.name", nil}, {"licence.representative", nil},
		{"licence.address", nil}, {"licence.scope", nil}, {"licence.validity", nil},
		{"scope", nil},
		{"category", nil}, {"category.validity", nil},
		{"mark", nil}, {"mark.class", nil}, {"mark.owner", nil}, {"letter", nil},
		{"pictures", nil}, {"papers", nil},
		{"account.length", nil}, {"account.words", nil}, {"account.taken", nil},
	}
}

// CheckDetails lists what CheckResult.Detail can be. Arguments are texts and
// numbers to be shown as they are; dates are Date.
func CheckDetails() []CheckCode {
	return []CheckCode{
		{"uscc.sound", []string{"code"}},
		{"uscc.subject_company", []string{"code"}},
		{"uscc.subject_trader", []string{"code"}},
		{"uscc.overseas", nil},
		{"uscc.empty", nil},
		{"uscc.length", []string{"got"}},
		{"uscc.alphabet", []string{"at", "got"}},
		{"uscc.misread", []string{"at", "got", "want"}},
		{"uscc.checksum", []string{"got", "want"}},
		{"uscc.both_checks", nil},
		{"uscc.organisation", []string{"got", "want"}},
		{"uscc.authority", []string{"got"}},
		{"uscc.region", []string{"got"}},

		{"licence.missing", nil},
		{"compare.same", []string{"form"}},
		{"compare.script", []string{"pairs"}},
		{"compare.differs", []string{"form", "paper"}},
		{"compare.shortened", []string{"form", "paper"}},
		{"compare.within", nil},
		{"compare.part", []string{"missing"}},
		{"compare.unread", nil},
		{"compare.empty", []string{"paper"}},

		{"validity.good", []string{"until", "days"}},
		{"validity.soon", []string{"until", "days"}},
		{"validity.over", []string{"until", "days"}},
		{"validity.early", []string{"from"}},
		{"validity.long_term", nil},
		{"validity.unknown", nil},
		{"validity.differs", []string{"form", "paper"}},

		{"scope.covers", []string{"item"}},
		{"scope.other", []string{"words"}},
		{"scope.empty", nil},
		{"scope.overseas", nil},
		{"scope.no_table", []string{"category"}},

		{"category.free", nil},
		{"category.missing", nil},
		{"number.sound", []string{"number"}},
		{"number.imported", []string{"number"}},
		{"number.empty", nil},
		{"number.pattern", []string{"number"}},
		{"number.year", []string{"number", "year"}},
		{"number.length", []string{"number", "got", "want"}},
		{"number.checksum", []string{"number", "got", "want"}},
		{"number.class", []string{"number", "got"}},
		{"number.region", []string{"number", "got"}},
		{"number.other", []string{"number"}},

		{"mark.missing", nil},
		{"mark.unknown", []string{"number"}},
		{"mark.pending", []string{"number"}},
		{"mark.over", []string{"number", "until"}},
		{"mark.soon", []string{"number", "until", "days"}},
		{"mark.registered", []string{"number"}},
		{"class.covers", []string{"class"}},
		{"class.other", []string{"have", "want"}},
		{"class.unknown", []string{"want"}},
		{"class.retail", []string{"want"}},
		{"class.no_table", nil},
		{"owner.applicant", nil},
		{"owner.unknown", nil},
		{"chain.none", []string{"owner", "applicant"}},
		{"chain.broken", []string{"link", "from", "want"}},
		{"chain.ends", []string{"link", "to", "applicant"}},
		{"chain.script", []string{"pairs"}},
		{"chain.level", []string{"link", "level"}},
		{"chain.undated", []string{"link"}},
		{"chain.over", []string{"link", "until"}},
		{"chain.soon", []string{"links", "until", "days"}},
		{"chain.whole", []string{"links", "until"}},
		{"chain.whole_long", []string{"links"}},
		{"letter.none", nil},
		{"letter.missing", []string{"link"}},
		{"letter.unread", nil},
		{"letter.names", []string{"applicant"}},
		{"letter.script", []string{"pairs"}},
		{"letter.other", []string{"to", "applicant"}},

		{"pictures.all", []string{"count"}},
		{"pictures.absent", []string{"name"}},
		{"pictures.no_mark", nil},
		{"pictures.no_logo", nil},
		{"papers.own", []string{"count"}},
		{"papers.reused", []string{"ref"}},
		{"papers.near", []string{"ref", "bits"}},
		{"papers.not_compared", nil},

		{"length.good", []string{"count"}},
		{"length.short", []string{"count"}},
		{"length.long", []string{"count"}},
		{"words.none", nil},
		{"words.banned", []string{"word"}},
		{"taken.none", []string{"count"}},
		{"taken.near", []string{"name", "ref"}},
	}
}
