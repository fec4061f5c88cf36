// Package local runs the private Postgres server of a first run: it finds the
// installed binaries, makes a data folder, starts the server or joins one that
// runs, keeps it up while somebody uses it, and stops it when the last one goes.
//
// The server listens on a socket in a folder of its own and on no port. Whoever
// can reach the socket may log in as anybody, so what a private server holds is
// a trial for one person on one machine: the referee inside the database binds
// nobody who owns the server.
//
// One folder a major version of Postgres, never another's:
//
//	ROOT/pg15/data        the cluster
//	ROOT/pg15/log         server.log, where a failed start explains itself
//	ROOT/pg15/start.lock  held while somebody looks, makes, starts or stops
//	ROOT/pg15/users.lock  held shared by every process that uses the server
//	ROOT/pg15/standing    there while `server start` wants it up without users
//	ROOT/pg15/stopped     there after `server stop`, so that nobody's watch restarts it
//
// ROOT is $XDG_DATA_HOME/cinnabar, and /var/lib/cinnabar for root, because
// Postgres refuses to run as root and the account it runs as instead cannot
// enter root's home.
//
// Schema, migrations and everything about a server of somebody else's is in
// package store, which does not know this one.
package local
