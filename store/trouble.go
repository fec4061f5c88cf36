package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"cinnabar/internal/fault"
)

// lost reports an error after which nobody knows whether the server did the
// work: the connection is gone, or was refused before there was one.
func lost(err error) bool {
	var u unreachable
	if errors.As(err, &u) {
		return u.why.Code == fault.Offline
	}
	var e *pq.Error
	if errors.As(err, &e) {
		switch e.Code {
		case pqerror.AdminShutdown, pqerror.CrashShutdown, pqerror.CannotConnectNow, pqerror.TooManyConnections,
			pqerror.IdleSessionTimeout, pqerror.IdleInTransactionSessionTimeout:
			return true
		}
		return e.Code.Class() == "08"
	}
	var network net.Error // *net.OpError, deadlines of ours, failed look-ups
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, errNotPostgres) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) ||
		(errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled))
}

// collided reports a transaction that lost against another one and may simply run again.
func collided(err error) bool {
	return pq.As(err, pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected) != nil
}

// connectFault says why a connection could not be made; nil means for no
// reason that belongs to connecting.
func connectFault(err error, a address) *fault.Error {
	var e *pq.Error
	if errors.As(err, &e) {
		switch e.Code {
		case pqerror.InvalidPassword:
			if a.cfg.Password == "" && !a.filed() {
				return fault.Wrap(err, fault.PasswordNeeded, "login", a.cfg.User, "host", a.host)
			}
			return fault.Wrap(err, fault.WrongPassword, "login", a.cfg.User, "host", a.host)
		case pqerror.InvalidAuthorizationSpecification:
			// One SQLSTATE for three things, and texts in the server's language; the
			// name of the C function tells them apart.
			switch e.Routine {
			case "InitializeSessionUserId": // no such role, or one that may not log in
				return fault.Wrap(err, fault.NotKnown, "login", a.cfg.User)
			case "ClientAuthentication": // no line in pg_hba.conf for this host and transport
				return fault.Wrap(err, fault.TransportRefused, "host", a.host, "detail", "not_admitted")
			}
			return fault.Wrap(err, fault.WrongPassword, "login", a.cfg.User, "host", a.host)
		case pqerror.InvalidCatalogName:
			return fault.Wrap(err, fault.NoSuchDatabase, "database", a.cfg.Database, "host", a.host)
		case pqerror.InsufficientPrivilege:
			if e.Routine == "CheckMyDatabase" { // CONNECT is given person by person
				return fault.Wrap(err, fault.NotKnown, "login", a.cfg.User)
			}
		}
	}
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		alert    tls.AlertError
		record   tls.RecordHeaderError
		network  *net.OpError
		file     *fs.PathError
	)
	refuse := func(detail string) *fault.Error {
		return fault.Wrap(err, fault.TransportRefused, "host", a.host, "detail", detail)
	}
	switch {
	case errors.Is(err, pq.ErrSSLNotSupported) && a.chose:
		return fault.Wrap(err, fault.InsecureTransport, "host", a.host)
	case errors.Is(err, pq.ErrSSLNotSupported):
		return refuse("tls_absent")
	case errors.As(err, &unknown):
		return refuse("certificate_unknown")
	case errors.As(err, &hostname):
		return refuse("certificate_name")
	case errors.As(err, &verify), errors.As(err, &invalid):
		return refuse("certificate_invalid")
	case errors.As(err, &alert), errors.As(err, &record),
		// An alert over TCP has a type of its own that is not exported.
		errors.As(err, &network) && (network.Op == "remote error" || network.Op == "local error"):
		return refuse("tls_failed")
	case errors.As(err, &file), errors.Is(err, pq.ErrSSLKeyHasWorldPermissions), errors.Is(err, pq.ErrSSLKeyUnknownOwnership),
		strings.Contains(err.Error(), "couldn't parse pem"), strings.HasPrefix(err.Error(), "tls: failed to "), strings.HasPrefix(err.Error(), "tls: private key"):
		// Read before the server is asked anything: root.crt, sslrootcert, sslcert, sslkey.
		return refuse("certificate_file")
	case strings.HasPrefix(err.Error(), "tls: "):
		return refuse("tls_failed")
	case lost(err), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Offline, "host", a.host)
	}
	return nil
}

// explain turns what a read or write ended with into a fault. A fault stays
// what it is, so that closures can refuse in their own words.
func (db *DB) explain(ctx context.Context, err error) error {
	var known *fault.Error
	var u unreachable
	switch {
	case err == nil:
		return nil
	case errors.As(err, &u) && errors.Is(ctx.Err(), context.Canceled):
		return fault.Wrap(err, fault.Cancelled) // whoever stops waiting for a server knows that it was away
	case errors.As(err, &u):
		return u.why
	case errors.As(err, &known):
		return err
	case lost(err) && !db.isClosed() && ctx.Err() == nil:
		return fault.Wrap(err, fault.Offline, "host", db.address.host)
	case errors.Is(ctx.Err(), context.Canceled), db.isClosed():
		return fault.Wrap(err, fault.Cancelled)
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.TimedOut)
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Cancelled)
	}
	return statementFault(err)
}

// statementFault says what the server made of a statement that it did receive.
func statementFault(err error) error {
	var e *pq.Error
	if !errors.As(err, &e) {
		return fault.Wrap(err, fault.Internal)
	}
	switch e.Code {
	case pqerror.QueryCanceled, pqerror.LockNotAvailable:
		return fault.Wrap(err, fault.TimedOut)
	case pqerror.DiskFull:
		return fault.Wrap(err, fault.DiskFull)
	}
	return refusal(e)
}
