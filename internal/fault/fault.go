// Package fault holds the one error that reaches a person: a code for the
// machine, the arguments of its sentence, and the cause for the log.
//
// The sentences themselves (what happened, and what to do next, in each
// language) live in views/words. What never lives here: secrets. An argument is
// shown on a screen, so put a host name in it, never a connection URL.
package fault

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Code names a kind of trouble. Each has a sentence in every language of
// views/words; a test there walks Codes and fails when one is missing.
type Code string

// The codes, by where the trouble comes from.
const (
	// Internal is what nobody foresaw. Its cause is in the log, not on the screen.
	Internal Code = "internal"
	// Cancelled is not a failure: the person stopped the work.
	Cancelled Code = "cancelled"
	// BadUsage is a command or flag that makes no sense; Args: detail.
	BadUsage Code = "bad_usage"

	// Offline means that the database does not answer; Args: host.
	Offline Code = "offline"
	// WrongPassword is a login that the server refuses; Args: login, host.
	WrongPassword Code = "wrong_password"
	// PasswordNeeded is a server that asks for a password where none was found; Args: login, host.
	PasswordNeeded Code = "password_needed"
	// PasswordInArguments is a password on the command line, where everybody can
	// read it. It takes no arguments.
	PasswordInArguments Code = "password_in_arguments"
	// PasswordInSettings is one in the settings, where none belongs; Args: path.
	PasswordInSettings Code = "password_in_settings"
	// PasswordNotKept is one that this machine's keyring did not take.
	PasswordNotKept Code = "password_not_kept"
	// NoSuchDatabase means a server without the named database; Args: database, host.
	NoSuchDatabase Code = "no_such_database"
	// InsecureTransport is a remote server reached in the clear without the
	// person having said sslmode; Args: host.
	InsecureTransport Code = "insecure_transport"
	// TransportRefused is a failed TLS handshake or certificate; Args: host, detail.
	TransportRefused Code = "transport_refused"
	// BadAddress is a database URL that cannot be parsed. It takes no arguments,
	// because a URL may hold a password.
	BadAddress Code = "bad_address"
	// SchemaMissing means a database that was never migrated; Args: host.
	SchemaMissing Code = "schema_missing"
	// SchemaOld means a database older than this client can use; Args: have, need.
	SchemaOld Code = "schema_old"
	// MigrationBlocked is a migration that gave way to somebody who uses a table it changes.
	MigrationBlocked Code = "migration_blocked"
	// SchemaNew means that this client is too old to write; Args: have, need.
	SchemaNew Code = "schema_new"
	// NotKnown is a login without a person behind it; Args: login.
	NotKnown Code = "not_known"
	// NoRight is an action that this role may not take; Args: login, action.
	NoRight Code = "no_right"
	// DiskFull is the server's disk, not this machine's.
	DiskFull Code = "disk_full"
	// TimedOut is a statement that ran longer than allowed; Args: none.
	TimedOut Code = "timed_out"

	// ServerMissing means no Postgres binaries on this machine; Args: install.
	ServerMissing Code = "server_missing"
	// ServerStart is a private server that would not start; Args: log (a path).
	ServerStart Code = "server_start"
	// ServerFolder is a data folder the server cannot use; Args: path, detail.
	ServerFolder Code = "server_folder"

	// NotFound is an item that is not there, or not for this person; Args: what, id.
	NotFound Code = "not_found"
	// HeldByOther is a case that a colleague has open; Args: who, until (RFC 3339).
	HeldByOther Code = "held_by_other"
	// LeaseLost is a decision under a lease that ran out or passed on; Args: case.
	LeaseLost Code = "lease_lost"
	// Changed is a decision on a version that is no longer current; Args: case.
	Changed Code = "changed"
	// RingRefused is a ring's decision that one of its cases does not allow, so that none
	// was decided; Args: ref, case, why (the code of that case's own fault).
	RingRefused Code = "ring_refused"
	// NotInRing is a case that can't be decided with a ring: it left it, is under appeal,
	// judged by itself, or its post says by now that it is paid.
	NotInRing Code = "not_in_ring"
	// OwnSubmission is a decision on what one submitted, entered or is tied to.
	OwnSubmission Code = "own_submission"
	// SecondPerson is a second approval by the one who gave the first.
	SecondPerson Code = "second_person"
	// OwnDecision is a verdict on an appeal by somebody who had a part in the case.
	OwnDecision Code = "own_decision"
	// CannotTake is a case handed to somebody who may not decide on it; Args: who.
	CannotTake Code = "cannot_take"
	// RuleChanged is an edit of a rule that somebody else changed meanwhile; Args: what, id.
	RuleChanged Code = "rule_changed"
	// NotAllowedNow is a verdict that the stage does not have; Args: verdict, stage.
	NotAllowedNow Code = "not_allowed_now"
	// PolicyNeeded is a verdict that must name the policy it rests on.
	PolicyNeeded Code = "policy_needed"
	// ReasonNeeded is a policy that must be explained to whom it concerns; Args: policy.
	ReasonNeeded Code = "reason_needed"
	// TooLate is an undo after the decision took effect.
	TooLate Code = "too_late"
	// RequestReused is one request id used for two different wishes: a fault of ours.
	RequestReused Code = "request_reused"

	// SettingsDamaged is a settings file that cannot be read; defaults hold; Args: path.
	SettingsDamaged Code = "settings_damaged"

	// FileMissing, FileUnreadable and FileKind are files that cannot come in; Args: path.
	FileMissing    Code = "file_missing"
	FileUnreadable Code = "file_unreadable"
	FileKind       Code = "file_kind"
	// FileWrite is an output that could not be written; Args: path.
	FileWrite Code = "file_write"
	// FileExists is an output that is there already and was not to be replaced; Args: path.
	FileExists Code = "file_exists"
	// FontMissing is a page that can't be printed without a Chinese font on this machine.
	FontMissing Code = "font_missing"
	// FileEmpty is a file without a single row; Args: path.
	FileEmpty Code = "file_empty"
	// RowSyntax is a row that is not a row of this format; Args: detail.
	RowSyntax Code = "row_syntax"
	// RowTooLong is a row over the size limit; Args: limit.
	RowTooLong Code = "row_too_long"
	// FieldMissing, FieldType and FieldValue refuse one row; Args: field, and want or value.
	FieldMissing Code = "field_missing"
	FieldType    Code = "field_type"
	FieldValue   Code = "field_value"
	// FieldTwice is a column or an id that stands twice in one file; Args: field, value.
	FieldTwice Code = "field_twice"
	// TextEncoding is a file that is neither UTF-8 nor GB18030; Args: path.
	TextEncoding Code = "text_encoding"

	// PictureEmpty to PictureBroken are pictures that will not be shown; Args as
	// in assets/decode.
	PictureEmpty  Code = "picture_empty"
	PictureKind   Code = "picture_kind"
	PictureLarge  Code = "picture_large"
	PictureBroken Code = "picture_broken"
	// PictureSlow is a picture or video that takes longer to open than is allowed.
	PictureSlow Code = "picture_slow"
	// PictureEnded is a picture or video whose process was ended by somebody else, and
	// the next one as well. It says nothing of the file.
	PictureEnded Code = "picture_ended"
	// VideoNeedsFFmpeg is a video on a machine without the program that opens it.
	VideoNeedsFFmpeg Code = "video_needs_ffmpeg"
	// VideoLarge and VideoBroken are videos that will not be shown; Args: have, limit
	// and detail.
	VideoLarge  Code = "video_large"
	VideoBroken Code = "video_broken"
	// PictureAbsent is a picture that was named but never handed in; Args: name.
	PictureAbsent Code = "picture_absent"

	// MustConflict are must-haves that exclude one another; Args: names.
	MustConflict Code = "must_conflict"
	// QuotaConflict are quotas that can't all be kept, each with its tag and limits; Args: quotas.
	QuotaConflict Code = "quota_conflict"
	// BudgetTooSmall is less than the cheapest choice that keeps the constraints; Args:
	// budget, least (both in yuan).
	BudgetTooSmall Code = "budget_too_small"

	// NotMovable is something of the calendar that is published or closed; Args: name.
	NotMovable Code = "not_movable"
	// OutsideWindow is a day that a contract or a campaign does not cover; Args: name,
	// from, to (days).
	OutsideWindow Code = "outside_window"
	// LedgerOver is an entry for more money than there is for it; Args: entry, amount, free.
	LedgerOver Code = "ledger_over"
	// AlreadyReversed is a second reversal of one entry; Args: id.
	AlreadyReversed Code = "already_reversed"
	// BrandNotVerified is a plan for a brand that can't be planned for now; Args: brand,
	// detail (brand_none, brand_waiting, brand_refused, brand_expired, brand_barred).
	BrandNotVerified Code = "brand_not_verified"
	// OverBudget is a plan that costs more than its budget; Args: cost, budget (yuan).
	OverBudget Code = "over_budget"
	// EndorsementNeeded is a contract above the sum that needs a second person before it
	// is signed; Args: sum (yuan).
	EndorsementNeeded Code = "endorsement_needed"
	// NoAudience is a choice of KOLs of whom nobody knows who follows them; no arguments.
	NoAudience Code = "no_audience"

	// LabelsTooFew are too few labelled posts of one kind to learn from; Args: positives,
	// negatives, need (of each).
	LabelsTooFew Code = "labels_too_few"
	// PhraseTaken is a phrase that another rule of the detector weighs already; Args:
	// value, rule.
	PhraseTaken Code = "phrase_taken"
	// LabelWeighed is a rule that would hold a word of disclosure or a denial against a
	// post, which nothing may; Args: value.
	LabelWeighed Code = "label_weighed"
	// ExpressionBad is a regular expression that is none, finds nothing in particular, or
	// is too large; Args: value, detail.
	ExpressionBad Code = "expression_bad"
	// ReplayNeeded is a rulebook that should go live without a replay on what people
	// decided; no arguments.
	ReplayNeeded Code = "replay_needed"
	// ReplayWorse is one whose replay finds less or is wrong more often than the rules in
	// force, and that nobody gave a reason for; Args: found, wrong, live_found, live_wrong.
	ReplayWorse Code = "replay_worse"

	// AuditBroken is a chain that does not verify; Args: chain, row.
	AuditBroken Code = "audit_broken"
	// AuditFile is an exported record that the database can't be held to; Args: path,
	// line, detail.
	AuditFile Code = "audit_file"
)

// Error is a fault on its way to a person. Callers return it as error; screens
// and commands read it back with Of.
type Error struct {
	Code  Code
	Args  map[string]string
	Cause error // for the log and errors.Is; never shown
}

// New makes a fault. pairs are argument names and values in turn; an odd one out
// is a mistake in the program and panics in the test that first runs it.
func New(code Code, pairs ...string) *Error {
	return Wrap(nil, code, pairs...)
}

// Wrap makes a fault out of a cause, which stays reachable by errors.Is and As.
func Wrap(cause error, code Code, pairs ...string) *Error {
	if len(pairs)%2 != 0 {
		panic("fault: argument name without a value: " + strings.Join(pairs, ", "))
	}
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return &Error{Code: code, Args: args, Cause: cause}
}

// Error is the line for the log: code, arguments in order, cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	keys := make([]string, 0, len(e.Args))
	for k := range e.Args {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, " %s=%q", k, e.Args[k])
	}
	if e.Cause != nil {
		b.WriteString(": ")
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports two faults alike by their code alone, so that
// errors.Is(err, fault.New(fault.Offline)) asks for the kind.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Of returns the fault in err's chain, or one around err: Cancelled for a context
// that a person ended, else Internal. It returns nil for nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return Wrap(err, Cancelled)
	}
	return Wrap(err, Internal)
}

// CodeOf returns the code of err: "" for nil, Internal for an error that is no fault.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return Of(err).Code
}

// Codes lists every code, so that a catalogue can be checked for completeness.
func Codes() []Code {
	return []Code{
		Internal, Cancelled, BadUsage,
		Offline, WrongPassword, PasswordNeeded, PasswordInArguments, PasswordInSettings, PasswordNotKept,
		NoSuchDatabase, InsecureTransport, TransportRefused, BadAddress,
		SchemaMissing, SchemaOld, MigrationBlocked, SchemaNew, NotKnown, NoRight, DiskFull, TimedOut,
		ServerMissing, ServerStart, ServerFolder,
		NotFound, HeldByOther, LeaseLost, RingRefused, NotInRing, Changed, OwnSubmission, SecondPerson, OwnDecision, CannotTake, RuleChanged, NotAllowedNow,
		PolicyNeeded, ReasonNeeded, TooLate, RequestReused,
		SettingsDamaged, FileMissing, FileUnreadable, FileKind, FileWrite, FileExists, FontMissing, FileEmpty,
		RowSyntax, RowTooLong, FieldMissing, FieldType, FieldValue, FieldTwice, TextEncoding,
		PictureEmpty, PictureKind, PictureLarge, PictureBroken, PictureSlow, PictureEnded, PictureAbsent,
		VideoNeedsFFmpeg, VideoLarge, VideoBroken,
		MustConflict, QuotaConflict, BudgetTooSmall,
		NotMovable, OutsideWindow, LedgerOver, AlreadyReversed, BrandNotVerified, OverBudget, EndorsementNeeded, NoAudience,
		LabelsTooFew, PhraseTaken, LabelWeighed, ExpressionBad, ReplayNeeded, ReplayWorse,
		AuditBroken, AuditFile,
	}
}
