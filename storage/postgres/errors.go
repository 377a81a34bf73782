package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partnerengage/partnerengage/storage"
)

// What can be wrong, for errors.Is. The first six also match
// storage.ErrUnavailable: for them it can help to try again later. ErrFull is
// storage.ErrFull.
var (
	ErrUnreachable = errors.New("the server cannot be reached, or the connection to it was lost")
	ErrUnknown     = errors.New("it is not known whether the changes were made: do the command again with the same key")
	ErrBusy        = errors.New("the server is too busy: others hold what is needed, time ran out, or it takes no more connections")
	ErrFull        = errors.New("there is no room left on the server's disk: free some, then try again")
	ErrResources   = errors.New("the server is out of memory or of something else that it needs")
	ErrReadOnly    = errors.New("the server takes no changes: it is a standby, or set to read only")

	ErrAccess      = errors.New("the server refuses the user: check its name and its password, and what pg_hba.conf says of it")
	ErrDatabase    = errors.New("there is no database with that name")
	ErrPermission  = errors.New("the user may not do this: give it what Grants returns, or let the owner of the schema do it")
	ErrSchema      = errors.New("the tables are missing or older than this library: call Migrate")
	ErrNewerSchema = errors.New("the tables are newer than this library: use the version that made them, or a later one")
	ErrCorrupt     = errors.New("the server's data are damaged: restore a backup")
	ErrEncoding    = errors.New("the database cannot keep every text: make one with ENCODING 'UTF8'")
	ErrSetting     = errors.New("a setting is in the way: change it with ALTER ROLE … SET or ALTER DATABASE … SET, or in the connection string, then connect again")
	ErrPooler      = errors.New("the pooler between this process and the server loses prepared statements: add default_query_exec_mode=exec to the connection string, or let it keep track of them (PgBouncer from 1.21 on: max_prepared_statements)")
	ErrParameter   = errors.New("the pooler takes no such setting in the connection string: leave it out and set it with ALTER ROLE … SET, or add it to PgBouncer's ignore_startup_parameters")
	ErrPoolMode    = errors.New("the pooler between this process and the server gives out a connection for one statement only, and so can make no transaction: set pool_mode to transaction or session in PgBouncer, for the database or the user if not for all")
	ErrListen      = errors.New("a pooler is between this process and the server, and lets a Listener hear nothing: give Listen a connection string that leads to the server itself")
	ErrReader      = errors.New("the reader is no streaming replica of the server that is written to: let Options.Reader lead to one")
	ErrRestored    = errors.New("the tables were restored from a dump of a server that had got further: call Migrate, so that the feed goes on behind what is there")
	ErrName        = errors.New("the schema's name cannot be used: 1 to 63 lower-case letters, digits and underscores, a letter first, not beginning with pg_")
)

// Error is trouble with the database. It matches its Problem, and
// storage.ErrUnavailable where trying again later can help. Its text says neither
// how the database is reached nor what was to be stored.
type Error struct {
	Op      string // what was being done: "apply changes"
	Problem error  // one of this package's, or nil when Err says it all
	Err     error  // the driver's, or nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("postgres: " + e.Op)
	if e.Problem != nil {
		b.WriteString(": " + e.Problem.Error())
	}
	if cause := causeOf(e.Err); cause != "" && e.Problem != nil {
		b.WriteString(" (" + cause + ")")
	} else if cause != "" {
		b.WriteString(": " + cause)
	}
	return b.String()
}

// Unwrap returns everything that the error matches.
func (e *Error) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Problem, e.Err} {
		if err != nil {
			all = append(all, err)
		}
	}
	switch e.Problem {
	case ErrFull:
		all = append(all, storage.ErrFull)
	case ErrUnreachable, ErrUnknown, ErrBusy, ErrResources, ErrReadOnly:
		all = append(all, storage.ErrUnavailable)
	}
	return all
}

// causeOf says what a driver's error comes from without its addresses, names and
// values.
func causeOf(err error) string {
	var server *pgconn.PgError
	var system syscall.Errno
	var lookup *net.DNSError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &server):
		return serverText(server, errors.As(err, new(*pgconn.ConnectError)))
	case errors.As(err, &system):
		return system.Error()
	case errors.As(err, &lookup):
		return "the host's name is not found"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "time ran out"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, pgconn.ErrConnClosed):
		return "the connection ended"
	}
	var own *plainError
	if errors.As(err, &own) {
		return own.text
	}
	return fmt.Sprintf("%T", err)
}

// harmless are the codes with which the server's message names nothing but tables,
// columns, constraints and statements of this package. Messages of the others, and
// those with which a connection is refused, can hold a stored value, a user, a
// database or an address.
var harmless = []string{
	"23001", "23502", "23503", "23505", "23514", "25006", "26000", "3F000", "42501", "42601", "42703", "42883", "42P01", "42P05",
	"55P03", "57014", "57P01", "57P02", "57P03", "XX001", "XX002",
}

// revealing is what a message may be about that is said with one of these codes: an
// engine can put one of its own servers there, and the name of a user or a database.
var revealing = regexp.MustCompile(`(?i)\b(for database|role|user|host|node|worker|address|port) ["\w]|@|\d\.\d|:\d`)

// serverText is what the server says: its message where that is harmless, and else
// only the code. While a connection is made it is none of them.
func serverText(e *pgconn.PgError, outside bool) string {
	parameter := e.Code == protocolViolation && strings.HasPrefix(e.Message, badParameter)
	if (parameter || !outside && slices.Contains(harmless, e.Code)) && !revealing.MatchString(e.Message) {
		return e.Message + ", SQLSTATE " + e.Code
	}
	return "SQLSTATE " + e.Code
}

// plainError is a text of this package's, which holds nothing that is secret.
type plainError struct{ text string }

func (e *plainError) Error() string { return e.text }

func plain(format string, args ...any) error { return &plainError{fmt.Sprintf(format, args...)} }

// explain turns an error of the driver into one of this package's. Errors of the
// contract stay what they are, and so does that of a context which is over.
func explain(ctx context.Context, op string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrInvalid), errors.Is(err, storage.ErrRewound), errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &Error{Op: op, Problem: problem(err), Err: err}
}

// problem finds out what a driver's error comes to, by its code.
func problem(err error) error {
	var server *pgconn.PgError
	switch {
	case errors.As(err, &server):
		return serverProblem(server)
	case lost(err):
		return ErrUnreachable
	}
	return nil
}

// protocolViolation is the code of many things. With it a server says that the
// arguments do not fit the statement, which then is another client's, and PgBouncer
// whatever it has to say; that ends the connection.
const (
	protocolViolation = "08P01"
	badParameter      = "unsupported startup parameter"
	byStatement       = "transaction blocks not allowed in statement pooling mode"
)

func serverProblem(e *pgconn.PgError) error {
	switch {
	case e.Code != protocolViolation:
		return problems[e.Code]
	case strings.HasPrefix(e.Message, badParameter):
		return ErrParameter
	case strings.HasPrefix(e.Message, byStatement):
		return ErrPoolMode
	case e.SeverityUnlocalized == "ERROR":
		return ErrPooler
	}
	return ErrUnreachable
}

// problems are by SQLSTATE.
var problems = map[string]error{
	"08000": ErrUnreachable, "08001": ErrUnreachable, "08003": ErrUnreachable, "08004": ErrUnreachable, "08006": ErrUnreachable, "08007": ErrUnreachable,
	"40003": ErrUnreachable, "57P01": ErrUnreachable, "57P02": ErrUnreachable, "57P03": ErrUnreachable, "57P05": ErrUnreachable,

	"40001": ErrBusy, "40P01": ErrBusy, "55P03": ErrBusy, "57014": ErrBusy, "25P03": ErrBusy, "25P04": ErrBusy, "53300": ErrBusy,
	"53100": ErrFull,
	"53000": ErrResources, "53200": ErrResources, "53400": ErrResources, "58000": ErrResources, "58030": ErrResources,
	"25006": ErrReadOnly,

	"28000": ErrAccess, "28P01": ErrAccess,
	"3D000": ErrDatabase,
	"42501": ErrPermission,
	"3F000": ErrSchema, "42P01": ErrSchema, "42703": ErrSchema, "42883": ErrSchema,
	"26000": ErrPooler, "42P05": ErrPooler,
	"XX001": ErrCorrupt, "XX002": ErrCorrupt,
}

// lost reports whether an error ends the connection, or comes from one that has
// ended or never began.
func lost(err error) bool {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return serverProblem(server) == ErrUnreachable
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed) ||
		errors.Is(err, context.DeadlineExceeded)
}

// undone reports whether the server has said that the transaction was rolled back
// because of others, so that it can be done again as it is.
func undone(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (server.Code == "40001" || server.Code == "40P01")
}

// settled reports whether an error of an Apply says that nothing was done. A code
// that is not known here says nothing of the kind, since what stands between this
// process and the data may have made it; nor does most of what a COMMIT comes to.
func settled(err error) bool {
	var known *Error
	var server *pgconn.PgError
	switch {
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrInvalid), errors.As(err, &known), unsent(err), undone(err):
		return true
	case errors.As(err, new(commitError)) || !errors.As(err, &server):
		return false
	}
	problem := serverProblem(server)
	return problem != nil && problem != ErrUnreachable
}

// commitError is what a COMMIT has come to.
type commitError struct{ error }

func (e commitError) Unwrap() error { return e.error }

// unsentError is of a call that did not get as far as the server.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// unsent reports whether an error says that nothing has reached the server.
func unsent(err error) bool {
	var e unsentError
	return errors.As(err, &e)
}

// refusal is what the server's error at a step of an Apply comes to.
func (s step) refusal(err error) error {
	var server *pgconn.PgError
	is := errors.As(err, &server)
	switch {
	case is && s.refused != nil && (server.Code == guardFailed || server.Code == "23505"):
		return s.refused
	case is && server.ConstraintName == keysConstraint:
		return &Error{Op: "apply changes", Problem: ErrKeys}
	case is && (strings.HasPrefix(server.Code, "22") || strings.HasPrefix(server.Code, "23")):
		return fmt.Errorf("%w: the changes break what the tables demand: %s", storage.ErrInvalid, serverText(server, false))
	case s.sql == commit:
		return commitError{err}
	}
	return err
}

func invalid(text string) error  { return fmt.Errorf("%w: %s", storage.ErrInvalid, text) }
func conflict(text string) error { return fmt.Errorf("%w: %s", storage.ErrConflict, text) }
