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
//   - What partners share of one customer in one engagement, once one of them takes
//     part: the claim limit and its holders. It has a version.
//   - Records: what one partner has of one customer in one engagement, with the
//     participations that have not ended. The unit of writing; each has a version of
//     its own. Those that ended are kept and leave the record.
//   - Entries: the rows of the Customers pages and claims lists, with all that they
//     show, written with their record. Lists read nothing else.
//   - Customers: as each partner has them, with the head of their history and an index of
//     who is named in what is kept of each: digests, keyed with a secret that no store has.
//   - Events: the histories, one per partner and customer, append-only; all of them
//     together are the feed.
//   - Consumers: how far those who follow the feed have got.
//   - Messages: the outbox.
//   - Command records: what each idempotency key led to.
//   - Sendings: which mailboxes of customers a partner has written to lately, by
//     digests, for the limits on that.
//   - Tokens: the hashes by which the answer to a link finds its participation, by
//     which a mail that came back does, and by which the participations are found
//     with which a document of the same content was handed in.
//
// A record that has had no participation is all in its own entry, but for its version,
// so an adapter can keep a customer that is merely known in one row.
//
// # Placement
//
// Whatever a command about one customer writes lies in the customer's slot, SlotOf:
// what is shared, records, participations, entries, the customer, its events, its
// messages, the tokens of its links and the digests of whom it names. IDs and links carry the slot, so each is
// found in one place; those from before they did are found wherever they are. By their
// partner lie command records and sendings, by its hash what a content was handed in
// with. So a sharded engine can place every table. Lists, Due and Lease, and
// Customers that name somebody, ask all of its parts.
//
// # Due and awake
//
// A record is due when its first deadline passes: from then on what is stored lags
// behind what is true, and each of its entries says so by Until, from which on List
// returns it as overdue. An entry of another partner that waits for room has an Until
// as well: when the consent that takes the room runs out. A record wakes when it is
// due, or before that when a reminder is to be sent, which changes nothing that a page
// shows. Due returns what wakes, because a sweep does both.
//
// # Room
//
// Entries that mind the room there is follow what partners share in the same Apply
// that changes it, of whatever partner they are; and whoever writes an entry has it
// guarded by the version of what is shared, which it was made of. So entries are
// exact. An adapter finds the others' by their key and needs nothing of them but
// MindsRoom, Base, Due, the kind of entry and its partner.
//
// # Writing an adapter
//
// Apply, in one transaction: Changes.Check, which needs nothing that is stored; the
// guards, of which each that fails is ErrConflict; then what is written. The entries
// that are given replace theirs, and every other entry with the key of one of Shared
// becomes what Changes.InLine returns, where it says that anything changes. Counts
// of tabs and statuses and Figures are those of the entries, so an adapter that keeps them
// adds how each entry differs from the stored one, those that InLine changes included.
//
// Who is named in what is kept of a customer comes back with the customer, and finds it:
// a row for each digest, by partner and key, which Apply brings in line with
// Changes.Persons. Customers whose Persons have no Key, because nobody has looked, have to
// be found as fast, so that an erasure does not go through all of them.
//
// A record comes back as it was given, in its next version, with its participations as
// they are stored.
// Due goes by its engagement.PartnerRecord.Wake, which Apply works out with all of its
// participations that have not ended and can be read, those that it does not change
// included, and keeps beside it.
//
// List goes by the entries alone. To sort and narrow them an engine has to know of each
// its key, Participation, Tab, Type, Status, Rank, Locations, Name, Search, Since,
// Deadline, Amount and Until, and to bring it in line MindsRoom, Base and Due; for figures
// engagement.FiguresText, in which Month is. These are columns; Room and Shown are bodies to it, for which package record has a form, as it
// has for all other rows but tokens and consumers. ListQuery.Has, Filter.Match,
// Sort.PositionOf and Position.Compare say what a list is, and an engine without indexes
// can use them as they are. One with indexes has one of each Sort, by partner, engagement
// and tab for pages and by partner for claims, and keeps the counts. Every query has a
// Check of its own for its call.
//
// memory is all of this in a few hundred lines to read, and storagetest says which
// sentence of this comment an adapter does not keep.
//
// # The feed
//
// Other systems follow what happens by reading the events of all histories, in an order
// of the adapter's own that is a customer's own within the customer: Feed, from where
// the last one ended. Nothing is skipped because somebody committed late. A store whose
// transactions overlap cannot number events as they are written: one with a smaller
// number could be committed after a larger one was read. It has to hold back what may
// have something before it that is not committed yet, and says so in FeedLag.
//
// A consumer that keeps tables of its own writes them together with the position, in one
// transaction of its own database, and so takes in each event exactly once, whatever dies
// when. One that keeps nothing can have its position kept here, by Consume; if it acts
// first and moves on then, it may be given the same events again after a crash. In the
// database of the store both go together, in a host's own transaction.
//
// Events that say that a person was erased are in the feed like all others; whoever keeps
// what is said of people erases it then, too.
//
// A position names the event that was last read. A store that was restored from an
// earlier state has other events from there on, or none, and refuses the position with
// ErrRewound instead of skipping what is new.
//
// # Possible records
//
// In no record that a workflow makes are there two open participations, and there are
// no more holders than the claim limit has places (1 where it says less), but for a
// limit that was lowered since, below which nothing more is granted. Both are meant as
// recorded, whatever the time, as [engagement.Participation.OpenAt] and
// [engagement.Participation.HoldsAt] report at the zero time. A workflow records that a
// deadline has passed before another holder takes the room that this made; where it
// cannot, because a row cannot be read for example, that holder is gone before its
// participation is recorded to have ended. What can be known without what is stored
// is in [Changes.Check]; beyond that a store may refuse others with ErrInvalid, as a
// last line of defense, and need not.
//
// # Guarantees
//
// Atomic: Apply happens whole or not at all, outbox and history included, also
// when the process dies within it.
//
// Isolated: each method sees one committed state. Nobody sees a part of an
// Apply, and nobody sees one that failed.
//
// Guarded: of two Apply calls that were decided on the same version of a record
// or of what is shared, the same end of a history or the same command key, or that add
// the same token, one succeeds.
//
// Visible: what Apply has returned for is seen by every later call, on every
// handle of the same database. A store may let a host choose to have List, History and
// Feed read from copies that lag behind: then it says how far at most, what its own Apply
// has returned for they show all the same, and so they do with a context of Current. What
// they return is one state that was committed, which has the event that
// HistoryQuery.Reaching names.
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
// Loaded.Unreadable or beside the row of a List. What cannot be read of a record is in
// its Unreadable, with as much as the adapter knows without it; Apply leaves it stored
// as it is. A record of which nothing can be read cannot be written: Apply returns the
// *UnreadableError. What partners share is small and in columns; where it cannot be
// read Load fails for the records of that customer in that engagement alone, which
// come with an Unreadable of their own. A filter that an unreadable row cannot be held
// to, by location for example, lets it through, so that it is named and not left out.
// A body that is another row's cannot be read, either.
//
// # Checks
//
// A store can be an Inspector, too. Then package verify can hold everything in it
// together, and make anew what is made of something else.
//
// # Keys
//
// Names are sorted and found by keys, engagement.Entry's Name and Search, which
// the workflow makes and a store compares byte by byte. Their version, which is that of
// engagement.FiguresText, too, is engagement.KeysVersion. A store that outlives the
// process keeps the version beside them; it makes those of another version anew, by
// engagement.Entry.Keys and WithMonth, or refuses them and says what to do, and never has
// keys of two versions at once.
//
// # Values
//
// Values that come out of a store may share memory with it and with each other.
// Callers must not modify them; the functions of package engagement return new
// values. A store takes over what it is given in the same way.
//
// # Errors
//
// ErrConflict as said. ErrInvalid for a call that no correct workflow makes,
// with a sentence that says what is wrong. ErrRewound for a position of the feed that
// is not the store's. A cancelled context gives its error.
// Everything else is trouble of the storage itself and matches ErrUnavailable
// where trying again later can help, and ErrFull where that is once somebody has
// made room. ErrUnreadable never does.
package storage
