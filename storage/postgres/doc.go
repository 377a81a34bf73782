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
// stopped first, and unless names and search words are made anew: then what they write
// of rows is refused. A process that starts on tables newer than itself gets
// ErrNewerSchema; so migrate first, and then replace processes.
//
// Version 10 begins anew: of tables from before, Migrate makes the rows that this
// version keeps, all in one transaction, and drops the old ones. Stop older processes
// for that, and leave room for both on the disk. What could not be read before is taken
// over as it is.
//
// Names are for reading: reports may select from the tables, in which what lists sort,
// filter and count by is in columns, and the rest is what package storage/record makes
// of values, behind a sum of four bytes. Only this package should write to them. What
// must hold is held by the tables themselves: one open participation per partner,
// engagement and customer; no more consents granted than the claim limit; histories
// that nobody can change but to erase a person, and that go on where they end; no
// idempotency key and no token twice.
//
// # Roles
//
// The owner of the schema can do everything. A process that only works with it
// needs less: see Grants. That also keeps it from taking away what happened.
//
// # Pool
//
// The pool is the host's. Each call uses one connection, for one trip: Load, List,
// Customers, History and Due are one statement, Apply and Lease are
// several that are sent together with their BEGIN and COMMIT; one that fails takes
// another trip for its ROLLBACK. A command is two or three trips; a list is two
// while something in it is overdue, so let Sweep run. An import and a re-evaluation
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
// Behind a pooler that gives out connections by transaction (PgBouncer with
// pool_mode = transaction, and others) nothing is relied on but transactions: no session
// settings, no session locks, no LISTEN; Migrate works there, too. Prepared statements are
// the exception: either the pooler keeps track of them (PgBouncer 1.21 and later with
// max_prepared_statements), or turn them off with default_query_exec_mode=exec,
// =simple_protocol or =cache_describe in the connection string. Else calls fail with
// ErrPooler as soon as connections change; pgx's mode describe_exec, which could run
// another client's statement, is refused. Such a pooler takes few settings in the
// connection string: where it refuses one, calls fail with ErrParameter.
//
// One that gives them out by session is as if it were not there, and needs as many
// connections to the server as the pools of all processes have. One that gives them out by
// statement can make no transaction: New returns ErrPoolMode.
//
// A Listener needs a connection of its own that goes past the pooler: give Listen the
// server's own address. With a pooler between it hears nothing, and Listen returns
// ErrListen.
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
// WithTx and WithSQLTx join a transaction of the host's, of pgx or of database/sql: see
// there for what is the host's to do when it fails. It holds a connection while commands
// decide, so what they ask, directory, catalog and facts, must not take connections from
// the same pool: with a pool of 4, four commands at once wait for each other until their
// contexts end. workflow.Service.WithTransaction begins the transaction when the command
// is decided, and holds nothing before.
//
// # Lost connections
//
// What only reads is done again on another connection, up to five times in about
// half a second. So is an Apply that did not get as far as the server. When the
// connection is lost later, the server may have done it or not; the same holds for
// an error whose code says nothing of that, such as XX000, behind which an engine of
// several servers may have lost one of them. Apply then looks for what it would have
// left there and nobody else: its command record; without one, the hash of its last
// event; or a token. If that is there, it has succeeded.
// Else it returns ErrUnknown, which matches storage.ErrUnavailable, and through the
// workflow a *workflow.UnavailableError: the host makes the same call again, with the
// same idempotency key, and it is carried out once.
//
// A context that ends within an Apply leaves it as open what became of it.
//
// # Durability, failover and backups
//
// A commit is as durable as the server's synchronous_commit says: on disk, by
// default. With synchronous_commit = off the last commits can be lost with the
// server, whole ones only, and messages that went out for them are not taken back:
// leave it on.
//
// A replica that becomes the primary does not have the last commits of the one before,
// though they were acknowledged, unless commits wait for it. What it has is whole, and
// agrees: records, histories, lists, counts and outbox. What it does not have reads as if
// it had never been: participations are not found, links are unknown, idempotency keys
// are new again, and give new IDs. Mails that went out are not taken back, and who had read
// of it in the feed is told, see below. Where commits wait for the replica
// (synchronous_standby_names, with synchronous_commit = on or remote_apply), nothing that
// was acknowledged is lost with the primary. Each command then takes as long as the
// replica, and none ends while that is gone; have two.
//
// Processes live on. With both hosts in the connection string and
// target_session_attrs=read-write their pools find the new primary by themselves. Until
// then calls fail with errors that match storage.ErrUnavailable; what was under way is done
// again with the same key, and is carried out once.
//
// Any backup of the database as one state will do, pg_dump of the schema or a base
// backup with its log, also while commands are carried out. After an old one is restored,
// messages that went out since then go out again, and what was recorded since then is
// gone: tell the partners. Who was erased since then is there again: a follower of the
// feed that keeps the events of engagement.EventPersonErased gives each to
// workflow.ProgramDesk.RepeatErasure.
//
// # Readers
//
// With a pool of connections to a streaming replica of the server in Options.Reader,
// pages and claims lists with their counts, figures and totals, histories and the feed are
// read there: List, Figures, History and Feed, and with a context of storage.Shown, which
// the workflow gives them where they serve a page only, Load and Customers. Everything
// else goes to the primary, above all what commands decide on: a claim by itself, whose
// revision a command may name; links, since whoever has just got a mail has to find it;
// and FeedLag, as only the primary knows what holds events back. Each call is answered by
// one of the two, in one state.
//
// What is shown is never older than Options.MaxStale, a second unless it says otherwise.
// For that the Store asks the primary now and then how far its log has got, at most four
// times in that time, and has the replica tell in the same trip how far it is; where that
// is not far enough, the call is made again at the primary. No clock but the process's own
// counts. Partners read what this Store has written for them, however far the replica is.
// What other processes have written they see when it is as old as MaxStale: let somebody
// who gave a command come back to the same process for so long, or make the call that
// shows what came of it with a context of storage.Current, which goes to the primary. A
// MaxStale below 0 has each call ask the primary first, and shows whatever anybody has
// written, from a replica where that has it already: for replicas that commits wait for
// (synchronous_commit = remote_apply). What a host commits through WithTx counts as another
// process's.
//
// A replica shows a commit a moment before its primary does, or as long before as that
// waits for another replica. A page can have it then; the feed and histories have nothing
// there that the primary did not show when it was asked.
//
// While the replica is out of reach all goes to the primary, and it is tried again every
// five seconds; New does without it, too. The same holds for a server that is no replica
// of this primary's any more: one that was promoted itself, or that follows, or has got
// further than, a primary that is none any more. One that goes over to a new primary is
// used again after its next restart point, since it does not tell before. ReaderStatus
// counts all that. A statement that the replica gives up so that it can follow
// (max_standby_streaming_delay) is made again at the primary.
//
// The user of the reader needs what Grants gives, and the functions pg_control_system,
// pg_control_checkpoint and pg_control_recovery, which everybody may call unless somebody
// has taken that away.
//
// # Sweeps, relays and waking
//
// Any number of processes may sweep and relay at once. None waits for another: a Lease
// passes over what others are just taking, or are changing in a transaction of the host's
// that goes on, and takes the next messages. New messages are announced by NOTIFY after their commit, at most every 50 ms and process, which Options.Quiet
// turns off; a Listener hears it, on a connection of its own.
//
// # The feed
//
// Each event has a place: the number of the transaction that wrote it. Numbers are given
// when a transaction first writes, and it may commit after others with higher ones. So
// Feed reads only what is before the oldest transaction under way that has written
// something, in whatever database of the server: nothing can come before that any more. A
// transaction that writes and then stays open for an hour, a prepared one that nobody
// ends, or a long import holds everybody's feeds back for as long; FeedLag says how many
// events wait, since when, and for which process of the server (for those of other users,
// its name only to members of pg_read_all_stats). Transactions that only read hold
// nothing. See idle_in_transaction_session_timeout.
//
// A host's transaction of WithTx has a number from when it first wrote, maybe before the
// events that its own go on from; those get the place of these, so that histories stay in
// order.
//
// Places last through a dump. A server in which it is restored has numbers of its own,
// which may be lower: then Feed returns ErrRestored, and Migrate begins an epoch of
// places behind all that there are. Call it before anything is written, as programs do
// that call it when they start; positions stay good. After a base backup from before, or a
// failover to a replica that lagged behind, a position whose event was lost is refused
// (storage.ErrRewound). So is one whose event survived where one of the 200 before it did
// not: what overtook it was committed earlier. Only where more were read between the two,
// because the transaction of the one that is lost was under way for long, the follower is
// not told, and sees another event with a Seq that it has had.
//
// The feed of one partner looks through some thousand events of all at a time: an index
// by partner would be written with every event.
//
// # Retention
//
// Nothing is deleted but messages that are done with and, by Prune, what has its age:
// rows of command, after which their keys can be used again; rows of token whose
// participations have ended, after which their links read as unknown; and rows of
// sending that no longer count against the limits on sending. All else grows with what
// happens: a participation comes to some kilobytes with its history. Erasing persons
// is a command of the workflow. It leaves old row versions for vacuum to remove,
// and copies in backups for as long as those are kept.
//
// message, tab_count, status_count and figure change all the time: leave autovacuum on.
// figure has a row for each month, status, location and so on in which there is
// something, in up to 24 shards: Prune, called now and then, leaves one of them of past
// months, and none of what has come to nothing.
//
// # What takes long
//
// A page and a partner's claims list take as long whatever there is besides. What does
// not, to keep writing cheap, is in no index: the list of every partner's participations
// is put together of those of each, and takes longer the more partners there are, and a
// search in it reads on until the page is full; a list by the engagements' names sorts
// all of its rows; a page by amount all of its participations; Due for one partner or
// engagement passes over what of others is due; the events of one participation are
// looked for in the history of its customer; and erasing a person reads the whole outbox.
//
// # Spreading the tables
//
// Whatever a command writes about one customer has the customer's slot, a number from 1
// to 1,024, in front of its keys: shared, entry, participation, customer, event, token
// and message. tab_count, status_count and figure are summed over shards, which follow
// from the slot. All keys of a table begin with the same column, and there are no foreign keys.
// So the tables can be placed by the hash of that column. With Options.Partitions
// Migrate makes them so, in one database; a command on one customer then touches one
// part of each, as do links and the IDs of participations and messages, which carry the
// slot. Those from before they did are looked for in all parts, as Lists, Figures, Due,
// Lease and Customers do. command and sending are placed by partner.
//
// The statements are plain SQL: common table expressions, INSERT … ON CONFLICT, unnest,
// FOR UPDATE and FOR SHARE; an Apply is a transaction that is named as such, not only
// sent at once. The migration needs PL/pgSQL for two triggers, without which histories
// can be changed by whoever may write to the tables, and GIN for the search. Who relies
// on that nobody takes part yet holds an advisory lock of the slot until its commit, and
// who is the first to do so waits for it: on an engine whose advisory locks hold on one
// node, all processes have to go through that. One whose transactions can fail with
// 40001 is served by the repetition named above.
//
// The feed counts on the numbers of one server's transactions: an engine whose parts
// number theirs by themselves has to be read part by part.
//
// One database, in parts or not, gives one state per call. What an engine of several
// machines gives at most is each customer whole: a list, or a Load of several customers,
// can have one part of before a command and another of after it, and some of these
// engines finish a transaction over several machines only after they have said that it
// is done.
//
// # Errors
//
// Trouble with the database is an *Error, which matches one of the problems listed
// with ErrUnreachable, and storage.ErrUnavailable where trying again later can
// help. Its text holds no address, no password and no stored value: what the server
// says is repeated only with codes for which that is certain.
package postgres
