// Package store keeps everything in Postgres and is the only package that knows
// SQL. It has one small type for each aggregate (Cases, Posts, Pictures …), one
// file for each, and the migrations.
//
// What may never happen is made impossible by the database itself: nobody
// writes to a table, writing goes through functions that know the person by
// the login. So the Go code here asks and translates; it decides nothing.
// Rules that would still be true without a database are in moderation,
// campaigns and assets. The private server of a first run is in store/local.
//
// # The connection
//
// lib/pq has three habits that shape this package. It may run a statement of
// *sql.DB twice without saying so, when the connection breaks at the wrong
// moment; a context does not end a call on a network that has gone silent; and
// a commit whose answer is lost looks like one that never happened. Hence:
//
//   - Reading goes through DB.read and writing through DB.write, never through
//     the pool itself.
//   - Every write carries a request id of the caller's, under which the database
//     does a thing once and remembers the answer. That alone makes it safe for
//     write to run its closure again after a lost connection.
//   - Connections come from our own dialer. They carry read and write deadlines
//     a little above the server's statement timeout, and are cut shortly after
//     the caller's context ends.
//
// Statements travel in one round trip (binary_parameters), whose price is that
// a []byte argument arrives as raw bytes: right for bytea, wrong for JSON, which
// has to be passed as a string.
package store
