package campaigns

// Follow is one line of an audience file: somebody who follows a KOL.
type Follow struct {
	KOL string // id
	Person
}

// KOLQuote is one line of a file of quotes.
type KOLQuote struct {
	KOL string // id
	Quote
}
