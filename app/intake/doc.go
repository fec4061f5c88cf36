// Package intake reads the files that come in, posts and applications as JSON
// Lines, CSV or XLSX, row by row. A row that cannot be read becomes a Refusal
// with its line and reason, and the rest goes on. The formats are described in
// docs/formats.md.
//
// It knows no database. Whoever imports takes the rows in one transaction and
// asks Source.Err before committing; whoever scans a file takes them as they
// are. Writing files, refusals included, is app/report's; only the formats' own
// counterpart, the Writer, is here, next to the reader it must agree with.
package intake
