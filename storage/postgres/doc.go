// Package postgres keeps the state of a workflow in PostgreSQL, for any number of
// processes at once.
//
//	pool, err := pgxpool.New(ctx, dsn)
//	store, err := postgres.New(ctx, pool, nil)
//	err = store.Migrate(ctx)
//	desk, err := workflow.New(store, directory, catalog, facts, nil)
//
// What follows is what a host has to decide.
//
// # Schema and tables
//
// The tables are in a schema of their own, partnerengage unless the Options say
// otherwise; a database can hold several. Migrate makes them and brings them up to
// date, also when many processes start at once. Run it by a role that may create
// tables, or give the files of Migrations to your own tool.
//
// Migrate is one transaction. While it runs, processes that are at work wait for the
// tables that it changes, or get ErrBusy where their time runs out. Those with an
// older library may go on afterwards unless a migration says that they have to be
// stopped first, as 4, 5 and 8 do, and unless names and search words are made anew:
// then what they write of rows is refused. A process that starts on tables newer
// than itself gets ErrNewerSchema; so migrate first, and then replace processes.
//
// Names are for reading: reports may select from the tables. Only this package
// should write to them. What must hold is held by the tables themselves: one open
// participation per partner, engagement and customer; no more consents granted
// than the claim limit; histories without gaps, which nobody can change but to
// erase a person; no idempotency key and no token twice.
//
// # Roles
//
// The owner of the schema can do everything. A process that only works with it
// needs less: see Grants. That also keeps it from taking away what happened.
//
// # Pool
//
// The pool is the host's. Each call uses one connection, for one trip: Load, Page,
// Claims, Customers, History and Due are one statement, Apply and Lease are
// several that are sent together with their BEGIN and COMMIT; one that fails takes
// another trip for its ROLLBACK. A command is two or three trips; a page is two
// while something on it is overdue, so let Sweep run. An import and a re-evaluation
// use two connections. Few connections do: about twice as many as the server has
// cores, over all processes, before calls only wait for each other within the
// server. Let the pool wait for a connection, and limit with a context how long.
//
// Statements are few and repeat, so pgx's cache of prepared statements, which is
// its default, saves the server their planning, a good part of what a call costs
// it. random_page_cost = 1.1 is right for solid-state disks. BENCHMARKS.md has
// figures.
//
// # Poolers
//
// Behind a pooler that gives out connections by transaction (PgBouncer and
// others) nothing is relied on but transactions: no session settings, no session
// locks, no LISTEN. Prepared statements are the exception: either the pooler keeps
// track of them (PgBouncer 1.21 and later with max_prepared_statements), or turn
// them off with default_query_exec_mode=exec, or =simple_protocol, in the
// connection string. Else calls fail with ErrPooler as soon as connections change;
// pgx's mode describe_exec, which could run another client's statement, is refused.
// Such a pooler takes few settings in the connection string: where it refuses one,
// calls fail with ErrParameter.
//
// # Encoding and settings
//
// The database has to be in UTF8, and so has client_encoding. With the modes exec and
// simple_protocol, bytea_output has to be hex and array_nulls on, with the latter also
// standard_conforming_strings. All these are the server's defaults; New refuses
// others with ErrEncoding and ErrSetting, and says which one it is.
//
// # Transactions and isolation
//
// Guards are in the statements, so that any isolation level will do; READ
// COMMITTED, the default, is best. Under the others a call that meets another is
// done again, as it is after a deadlock, up to five times in all.
//
// WithTx joins a transaction of the host's: see there for what is the host's to do
// when it fails.
//
// # Lost connections
//
// What only reads is done again on another connection, up to five times in about
// half a second. So is an Apply that did not get as far as the server. When the
// connection is lost later, the server may have done it or not; the same holds for
// an error whose code says nothing of that, such as XX000, behind which an engine of
// several servers may have lost one of them. Apply then looks for what it would have left there and nobody else: its command record; without
// one, the hash of its last event; or a token. If that is there, it has succeeded.
// Else it returns ErrUnknown, which matches storage.ErrUnavailable, and through the
// workflow workflow.ErrUnavailable: the host makes the same call again, with the
// same idempotency key, and it is carried out once.
//
// A context that ends within an Apply leaves it as open what became of it.
//
// # Durability, replicas and backups
//
// A commit is as durable as the server's synchronous_commit says: on disk, by
// default. With synchronous_commit = off the last commits can be lost with the
// server, whole ones only, and messages that went out for them are not taken back:
// leave it on. The same holds for a failover to a replica that lags behind: use a
// synchronous one. Calls must go to the primary: a replica shows the past.
//
// Any backup of the database as one state will do, pg_dump of the schema or a base
// backup with its log. After an old one is restored, messages that went out since
// then go out again, and what was recorded since then is gone: tell the partners.
//
// # Sweeps, relays and waking
//
// Any number of processes may sweep and relay at once. They do not wait for each
// other: a Lease passes over what another is taking. New messages are announced by
// NOTIFY after their commit, at most every 50 ms and process, which Options.Quiet
// turns off; a Listener hears it, on a connection of its own.
//
// # Retention
//
// Nothing is deleted but messages that are done with, and the rows of sending that no
// longer count against the limits on sending. Tables grow with what happens:
// a participation comes to some kilobytes with its history. Rows of command may be
// deleted when they are older than any client tries again; rows of token when the
// links are of no more use to anybody, which then read as unknown. Erasing persons
// is a command of the workflow. It leaves old row versions for vacuum to remove,
// and copies in backups for as long as those are kept.
//
// message, tab_count and status_count change all the time: leave autovacuum on.
//
// # Spreading the tables
//
// On an engine that speaks PostgreSQL and spreads tables over machines, every
// primary key and unique index begins with what places its rows, and foreign keys
// are between tables that are placed alike:
//
//   - by engagement and customer: place, standing, participation, entry
//   - by partner: customer, event, command, message, sending, tab_count, status_count
//   - by hash: token
//
// Where the engine orders rows by their primary keys it has nothing to be told.
// Where it hashes, name these columns as distribution columns, engagement and
// customer together where it takes several, else customer; participation_id, which
// begins with the partner, then is a global index. The other indexes are not
// unique: those that begin with the partner serve one partner's pages, those that
// begin with a name, a time or an amount serve the program, and all parts are
// asked for Due and Lease.
//
// The statements are plain SQL: common table expressions, INSERT … ON CONFLICT,
// unnest, FOR UPDATE SKIP LOCKED; an Apply is a transaction that is named as such,
// not only sent at once. So are the Migrations, but for those numbered 2, 3,
// 5 and 7, which need PL/pgSQL; 3 and 6 are only about speed. An engine without
// advisory locks has to migrate from one process. One whose transactions can fail
// with 40001 is served by the repetition named above.
//
// # Errors
//
// Trouble with the database is an *Error, which matches one of the problems listed
// with ErrUnreachable, and storage.ErrUnavailable where trying again later can
// help. Its text holds no address, no password and no stored value: what the server
// says is repeated only with codes for which that is certain.
package postgres
