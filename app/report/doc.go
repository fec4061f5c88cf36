// Package report writes the files that go out: what an import refused, what a
// scan found, contracts to sign.
//
// It decides nothing and reads no database; rows come to it. Every file appears
// whole under its name or not at all.
package report
