// Package moderation holds the rules of trust work in plain Go: what an
// application, a post and a case are, which verdicts a stage allows, which
// checks an application can be put to.
//
// It knows no database and no screen. Reading and writing rows is store's; what
// a person sees is in views. Detectors and checks return findings, and
// EvidenceFrom turns them into the evidence of a case.
package moderation
