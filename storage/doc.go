// Package storage is the contract between the workflow and whatever keeps its
// state. Hosts pick an adapter (memory, sqlite, postgres) or write one, and run
// storagetest against it.
//
// # The shape
//
// A command reads what it needs in one call (Load), decides in pure functions,
// and writes everything it changes in one call (Apply). There is no open
// transaction between the two: Apply is guarded by versions instead, and fails
// whole with ErrConflict when somebody else was faster. The workflow then reads
// again and decides again; the host never sees it.
//
// # What is stored
//
//   - Places: one customer in one engagement, over all partners, with every
//     participation. The unit of writing; it has a version.
//   - Entries: for each row of a Customers page what it is sorted, filtered and
//     counted by. They belong to a place and are replaced with it. Those of
//     participations are also what Claims goes over.
//   - Customers: as each partner has them, with the head of their history.
//   - Events: the histories, one per partner and customer, append-only.
//   - Messages: the outbox.
//   - Command records: what each idempotency key led to.
//   - Sendings: which mailboxes of customers a partner has written to lately, by
//     digests, for the limits on that.
//   - Tokens: the hashes by which the answer to a link finds its participation, by
//     which a mail that came back does, and by which the participations are found
//     with which a document of the same content was handed in.
//
// # Placement
//
// What belongs to a partner is keyed by the partner first; what partners share
// is keyed by engagement and customer; a link token by its hash, because whoever
// opens a link names nothing else. So a sharded engine can place every table.
// Claims of every partner, Due and Lease ask all of its parts.
//
// # Due and awake
//
// A place is due when its first deadline passes: from then on what is stored lags
// behind what is true, so Page and Claims return the place as overdue instead of
// its entries. It wakes when it is due, or before that when a reminder is to be
// sent, which changes nothing that a page shows. Due returns what wakes, because
// a sweep does both.
//
// # Possible places
//
// In no place that a workflow makes has a partner more than one open
// participation, and no consent is granted beyond the place's claim limit (1 where
// it says less), over all partners; both are meant as recorded, whatever the time,
// as [engagement.Participation.OpenAt] and [engagement.Participation.HoldsAt]
// report at the zero time. And no survey's form is without questions. A store may
// refuse other places with ErrInvalid, as a last line of defense, and need not.
//
// What it judges is the place as it becomes: in one Apply a participation may end
// and leave its room to another one. And it keeps a place whose limit was lowered
// below what was granted before, while nothing more is granted.
//
// # Guarantees
//
// Atomic: Apply happens whole or not at all, outbox and history included, also
// when the process dies within it.
//
// Isolated: each method sees one committed state. Nobody sees a part of an
// Apply, and nobody sees one that failed.
//
// Guarded: of two Apply calls that were decided on the same version of a place,
// the same end of a history or the same command key, or that add the same token, one
// succeeds.
//
// Visible: what Apply has returned for is seen by every later call, on every
// handle of the same database.
//
// Durable: as the adapter's documentation says; memory is not.
//
// Ordered: as each method says. Texts are compared byte by byte.
//
// Texts are in UTF-8 and have no NUL, which some engines cannot keep. A query by any
// other text finds nothing; a store may refuse it, or changes with such a text, with
// ErrInvalid. That is never reported as trouble of the storage.
//
// Precise: times are kept to the microsecond and come back in UTC. The workflow
// hands in no finer ones.
//
// # Unreadable rows
//
// A bug, a disk or a newer version can leave a row that this version cannot read. It
// is no reason to keep others waiting: a list gives the rest, and an
// *UnreadableError for each, joined to its error (Lease, Customers, History), in
// Loaded.Unreadable or beside the row of a page. What cannot be read of a place is in
// its Unreadable, with as much as the adapter knows without it, and Apply leaves it
// stored as it is, with its entries; an adapter that cannot do that for a place
// refuses to change it, with the *UnreadableError. A filter that such a row cannot be
// held to, by location for example, lets it through, so that it is named and not left
// out. A body that is another row's cannot be read, either.
//
// # Keys
//
// Names are sorted and found by keys, engagement.Entry's Name and Search, which
// the workflow makes and a store compares byte by byte. Their version is
// engagement.KeysVersion. A store that outlives the process keeps the version
// beside them; it makes those of another version anew, by engagement.Place.Keys,
// or refuses them and says what to do, and never has keys of two versions at once.
//
// # Values
//
// Values that come out of a store may share memory with it and with each other.
// Nobody writes through them; the functions of package engagement return new
// values. A store takes over what it is given in the same way.
//
// # Errors
//
// ErrConflict as said. ErrInvalid for a call that no correct workflow makes,
// with a sentence that says what is wrong. A cancelled context gives its error.
// Everything else is trouble of the storage itself and matches ErrUnavailable
// where trying again later can help. ErrUnreadable never does.
package storage
