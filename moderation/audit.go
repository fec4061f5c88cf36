package moderation

import "time"

// AuditRow is one line of the record that nobody can rewrite.
type AuditRow struct {
	Chain   int   // 0 to 63
	Seq     int64 // position in its chain, from 1
	At      time.Time
	Actor   string // login
	Action  string // e.g. "case.decide"; words has its sentence
	Kind    string // what it happened to: "case", "application", "post", "person" …
	Target  string
	Request string // request id, "" for what has none
	Detail  string // JSON object as stored, byte for byte: the hash covers it
	Hash    string // 64 hexadecimal digits
}

// AuditQuery asks for a page of the record, newest first.
type AuditQuery struct {
	Actor  string // "" means all
	Action string // "" means all; "case." means all of that family
	Target string // "" means all
	After  string // cursor; "" starts at the newest
	Limit  int    // 1 to 200
}

// AuditPage is a page of the record.
type AuditPage struct {
	Rows []AuditRow
	Next string
}

// Today is what the first screen shows one person.
type Today struct {
	Now      time.Time
	Brands   QueueCounts
	Posts    QueueCounts
	Mine     int    // decisions of this person since midnight of the platform's day
	Stood    int    // of Mine that are second looks or had one, how many were agreed with
	Looked   int    // of Mine, how many had a second look
	Hours    []int  // everybody's decisions per hour of the platform's day, 24 entries
	Hour     int    // which of Hours is now
	Expiring int    // papers of approved brands that run out within 30 days
	Oldest   []Case // the most urgent cases, at most five
	Recent   []Recent
}

// Recent is one decision of the last days as the first screen lists it.
type Recent struct {
	Case    Case
	Verdict Verdict
	By      string
	At      time.Time
}

// Problem is one thing that a verification found wrong.
type Problem struct {
	Check string // "chain", or the name of an invariant, e.g. "approval.two_people"
	Where string // the row: "chain 12 row 4031", "application …"
	Seen  string // what stands there
	Want  string // what should
}

// Verified is what a verification went through and what it found.
type Verified struct {
	Rows     int64 // of the record, recomputed
	Pictures int64 // whose digest was recomputed
	Problems []Problem
}

// AuditFile is what an exported record says of itself, and the digest to know it by.
type AuditFile struct {
	At      time.Time // by the clock of the database
	Program string    // the version that wrote it
	Rows    int64     // that stand in the file; 0 where it has the heads alone
	Covered int64     // rows that its heads stand for
	SHA256  string    // of the whole file, 64 hexadecimal digits
}
