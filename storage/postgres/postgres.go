package postgres

import (
	"cmp"
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage"
)

// Options are what a host can choose. The zero value of each field is a usable
// default, and so are nil Options.
type Options struct {
	// Schema holds the tables; "": partnerengage. Each has its own, so that a
	// database can hold several stores.
	Schema string

	// Quiet leaves out the notification that tells Listeners of new messages.
	Quiet bool

	// Partitions is into how many parts, by the hash of what places its rows, Migrate
	// makes each table that can be spread; less than 2: into none. Tables that are there
	// stay as they are.
	Partitions int

	// Reader is a pool of connections to a streaming replica of the same server, from
	// which what is shown is read: see "Readers" in the package comment. It stays the
	// host's to close. nil: all is read from the primary.
	Reader *pgxpool.Pool

	// MaxStale is how old what the Reader shows may be; 0: a second, less: nothing is
	// shown that anybody has changed since.
	MaxStale time.Duration
}

// Store keeps the state of a workflow in a PostgreSQL database. It is a
// storage.Store. Make one with New.
type Store struct {
	pool   *pgxpool.Pool
	schema string
	in     string // what the names of tables are preceded by
	bell   *bell  // nil when nobody is to be told of messages
	texts  *texts
	parts  int      // of the tables that Migrate makes
	reader *replica // nil: there is none
	tx     *hosted
}

var _ storage.Store = (*Store)(nil)

const defaultSchema = "partnerengage"

var usable = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// New returns a Store in the database of a pool, which stays the host's to close.
// It leaves the tables alone: call Migrate.
//
// The error is an *Error: ErrName for a schema name that cannot be used, ErrEncoding,
// ErrSetting, ErrPooler and ErrPoolMode for surroundings in which calls would fail later,
// ErrReader for a Reader that is no replica of the same server, ErrNewerSchema for tables that are newer than the library, or why the database
// cannot be asked.
func New(ctx context.Context, pool *pgxpool.Pool, opts *Options) (*Store, error) {
	if opts == nil {
		opts = &Options{}
	}
	schema := cmp.Or(opts.Schema, defaultSchema)
	if !usable.MatchString(schema) || strings.HasPrefix(schema, "pg_") {
		return nil, &Error{Op: "use the database", Problem: ErrName}
	}
	s := &Store{pool: pool, schema: schema, in: identifier(schema) + ".", texts: new(texts), parts: opts.Partitions}
	if !opts.Quiet {
		s.bell = newBell(pool, channel(schema))
	}
	if err := checkSurroundings(ctx, pool); err != nil {
		return nil, err
	}
	if opts.Reader != nil {
		s.reader = newReader(opts.Reader, pool, opts.MaxStale)
		if err := s.reader.check(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.checkSchema(ctx); err != nil && !migrates(err) {
		return nil, err
	}
	return s, nil
}
