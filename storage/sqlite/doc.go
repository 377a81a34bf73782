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
// Options.BusyTimeout and then gets ErrBusy, which is storage.ErrUnavailable. Of one
// handle, the calls that wait are committed together, some 32 at most, so that the disk
// is waited for once. Each of them happens whole or not at all by itself all the same:
// one that fails is undone alone, and where SQLite undoes all for its sake the others
// are done again. None succeeds before the common commit has: of a process that dies
// within it nothing was acknowledged, and where the commit itself fails each is told.
// A shell or another tool that keeps a transaction open in which it writes keeps all
// others that write waiting. For many machines take a database server: the file must be on a local
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
// after a crash. Open makes the file readable for its owner only, and the
// log like it; the folder has to be writable.
//
// The log is worked into the file whenever it has 16 MB, and used again from its
// beginning once nobody reads from it. Where others read all the time that moment
// does not come by itself: at 64 MB a writer waits for it, a quarter of a second at
// most. So the log has at most 64 MB and what is committed at once, unless somebody
// reads one state for long: a backup, a shell with an open transaction. Then it grows
// by what is written meanwhile, nobody waits for longer than said, and it is cut to
// 64 MB by one of the next writes after that. What hosts write in transactions of their
// own alone nobody looks after: see [Store.Checkpoint].
//
// Erased persons and delivered messages are overwritten with zeros, in the file as
// soon as the log is worked in ([Store.Checkpoint] does that at once, and Close when
// nobody else has the file open). Until then the log holds them, and backups do for as
// long as they are kept.
//
// # Backups
//
// [Store.Backup] copies the database into a new file while everything goes on, whole or
// not at all. VACUUM INTO and a snapshot of the file system, of all three files in one
// moment, do as well; copying the files one after the other does not. To restore one,
// stop all processes, move the three files away, put the copy in the place of the
// first, and open it: there must be no -wal of another database beside it. What was
// acknowledged after the backup is gone then: followers of the feed are told
// (storage.ErrRewound), the keys of those commands are new again, and whoever was
// erased since has to be erased again: a follower of the feed that keeps the events of
// engagement.EventPersonErased gives each to workflow.ProgramDesk.RepeatErasure.
//
// # When the disk is full
//
// A call that needs room that is not there returns ErrFull, which is storage.ErrFull and
// storage.ErrUnavailable; Error.File says where it was missing. Nothing of the call was
// written, everything before it is kept and can be read, and calls go on as soon as
// there is room, without opening anything anew. Where only the database itself cannot
// grow, what is written stays in its log, so calls go on until the log cannot, either;
// [Store.Checkpoint] tells. Large changes and sorts need a temporary file, in the folder
// that the environment names SQLITE_TMPDIR or TMPDIR: without room there only the call
// fails that needs one.
//
// # The tables
//
// What is looked for, guarded or sorted by stands in columns; all else is in bodies, as
// package storage/record makes them. A customer that is merely known is one row of
// pe_entry, which is its record as well, and the words by which a partner finds it, which
// are kept once however many engagements there are. A file has no parts, so nothing is
// placed by a slot; a token notes the one that its link says.
//
// Primary keys and constraints carry what must hold whatever the program does: one
// open participation per partner, engagement and customer; no more granted
// consents than the claim limit; histories that only grow, in sequence; a command
// key once per partner; a token once. A violation is storage.ErrInvalid. How many
// entries a tab has is kept by each write, so a page costs the same at a thousand
// customers and at a million.
//
// Each order of a Customers page and of a partner's claims list is an index, but for
// amounts on a page, which has next to none: whoever asks for that order has the whole
// tab sorted. The program's lists over all partners have no index of their own, which
// every command would pay for; they are merged of those of the partners, and cost as
// much as a page of each. A search by words or IDs that few customers have looks at the
// entries of these; by those that many have, or by texts that are no whole words or IDs,
// it goes along the list until the page is full. When room for a customer appears or goes, the
// entries of all other partners who know it are written with the command.
//
// # The feed
//
// Events are numbered in the order of the commits, which one writer at a time makes one
// order: what is committed can be read, and nothing comes before it later. A position
// holds the number and some of the hash of its event, so that after a backup was restored
// it is told (storage.ErrRewound) instead of skipping what came since. For the feed of one
// partner some thousand events of all are looked through at a time.
//
// # Tables from before
//
// Migrate brings tables over whose bodies were JSON, those of versions 1 to 7, whole and
// in one transaction: of a million customers that takes minutes, in which others can read
// what was there, and nobody can write; then the former tables are dropped. No process of
// such a version can go on afterwards. Take a backup first; the file keeps its size
// until VACUUM.
//
// # Errors
//
// Trouble with the database is an *Error, which says in a sentence what is wrong
// and what helps. Its Problem is one of this package's errors, for errors.Is; see
// ErrBusy and the others. Those that can pass match storage.ErrUnavailable too, and
// ErrFull storage.ErrFull.
package sqlite
