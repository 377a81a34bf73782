// Package sqlite keeps the state of a workflow in a SQLite database: in a file
// beside the program, or in the database that a host has anyway. It is a
// storage.Store, and keeps the whole contract of package storage.
//
// It is made with github.com/ncruces/go-sqlite3, which is Go alone, needs no C
// compiler, and measured 1.4 to 1.6 times as fast as modernc.org/sqlite in bulk
// and for pages, and the same for single transactions on disk.
//
// # A path or a database of your own
//
// Open takes a path: the file is made if it is missing, and its tables are
// brought up to date. That is all that a program needs whose data is only this.
//
// New takes a *sql.DB, which OpenDB or the driver's own functions open, for a
// host that keeps tables of its own in the same file. The library's tables have
// names that begin with pe_; call Migrate to make them. Then a command can run in
// the host's own transaction, see WithTx. Whoever opens the database without
// OpenDB has to see to what OpenDB does: PRAGMA journal_mode = WAL, foreign_keys
// = ON, secure_delete = ON, a busy timeout, and no _txlock in the name.
//
// # Who may use it at once
//
// Any number of goroutines, handles and processes of one machine. Readers never
// wait. There is one writer at a time, over all processes: who writes waits for
// Options.BusyTimeout and then gets ErrBusy, which is storage.ErrUnavailable. A
// backup tool or a shell that keeps a transaction open for long keeps all others
// waiting. For many machines take a database server: the file must be on a local
// disk. Network file systems do not lock reliably, and do not share the memory
// that the write-ahead log needs.
//
// # What is durable
//
// What Apply has returned for is on the disk (synchronous FULL): it outlives the
// process and a power cut, as far as the disk does what it is told. With
// Options.Relaxed a commit does not wait for the disk: a process that dies loses
// nothing all the same, a machine that dies can lose the last commits, each of
// them whole. In a host's transaction it is the host's commit that counts.
//
// # Files
//
// Beside the file are its write-ahead log (-wal) and its index (-shm). The three
// belong together: never copy, move or delete one while the database is open, nor
// after a crash. For a backup use VACUUM INTO, SQLite's backup interface or a
// file system's snapshot. Open makes the file readable for its owner only, and the
// log like it; the folder has to be writable. The log grows to 16 MB and is used
// again. Where others read all the time it grows to 64 MB; then a writer waits until
// nobody reads from it. It grows beyond that only while somebody reads one state for
// long, or where a host writes in its own transactions alone: then see to it now and
// then ("PRAGMA wal_checkpoint(RESTART)").
//
// Erased persons and delivered messages are overwritten with zeros, in the file as
// soon as the log is worked in ("PRAGMA wal_checkpoint(TRUNCATE)" does that at
// once, and Close when nobody else has the file open). Until then the log holds
// them, and backups do for as long as they are kept.
//
// # What the tables see to
//
// Primary keys and constraints carry what must hold whatever the program does: one
// open participation per partner, engagement and customer; no more granted
// consents than the claim limit; histories that only grow, in sequence; a command
// key once per partner; a token once. A violation is storage.ErrInvalid. How many
// entries a tab has is kept by each write, so a page costs the same at a thousand
// customers and at a million.
//
// # Errors
//
// Trouble with the database is an *Error, which says in a sentence what is wrong
// and what helps. Its Problem is one of this package's errors, for errors.Is; see
// ErrBusy and the others. Those that can pass match storage.ErrUnavailable too.
package sqlite
