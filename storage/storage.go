package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	// ErrConflict says that what a command was decided on has changed: load and
	// decide again.
	ErrConflict error = code.New(code.Unavailable, "storage: conflict")
	// ErrInvalid says that a call breaks this contract.
	ErrInvalid error = code.New(code.Internal, "storage: invalid call")
	// ErrUnavailable says that the storage cannot be reached or is out of
	// resources; later it may work.
	ErrUnavailable error = code.New(code.Unavailable, "storage: unavailable")
	// ErrFull says that there is no room to write in. Nothing was written; what is
	// stored can be read, and what is tried again once there is room goes on. It
	// matches ErrUnavailable.
	ErrFull = fmt.Errorf("%w: there is no room left", ErrUnavailable)
)

// Store keeps the state of the workflow. Its methods may be called from many
// goroutines at once. The package comment states what all of them guarantee.
type Store interface {
	// Load returns what a command needs, in one consistent state. What does not
	// exist is no error: see Loaded.
	Load(ctx context.Context, want Want) (Loaded, error)

	// Apply makes the changes, all or none. It returns ErrInvalid for what
	// Changes.Check refuses, ErrConflict when a guard of theirs fails, and ErrInvalid
	// for changes that contradict what is stored: Changes.Check says which is which.
	Apply(ctx context.Context, changes Changes) error

	// List returns one page of entries, of a Customers page or of a claims list, in
	// one consistent state. Without a text or a filter its cost grows neither with
	// the number of entries nor with what other partners have.
	List(ctx context.Context, query ListQuery) (List, error)

	// Figures returns counts and sums of entries, in one consistent state. Its cost
	// does not grow with the number of entries, but with that of the months, locations,
	// statuses and engagements in which there are some.
	Figures(ctx context.Context, query FiguresQuery) (Figures, error)

	// Customers returns the partner's customers in order of their keys, or those of
	// all partners in order of the partners and then of their keys, from the
	// first one after the given key; limit of them, or fewer at the end. One
	// that cannot be read is among the limit, and its *UnreadableError is joined to
	// the error that comes with the rest; see Unreadable.
	Customers(ctx context.Context, query CustomersQuery) ([]engagement.Customer, error)

	// History returns events of a partner with a customer in order of Seq, or, the
	// newest first, in the order opposite to that; limit of them, or fewer where
	// there are no more. It returns whatever is stored, also beyond the head of
	// the history.
	History(ctx context.Context, query HistoryQuery) ([]engagement.Event, error)

	// Due returns the records whose Wake is at or before now, the longest overdue
	// first, and those due at the same time in order of their keys; limit of
	// them, or fewer when there are no more. Processes that sweep at once may be
	// given the same records: Apply lets one of them record.
	Due(ctx context.Context, query DueQuery) ([]engagement.RecordKey, error)

	// Lease hands out messages that nobody else holds, the oldest first by
	// CreatedAt, then by ID, and holds them for the caller until the lease ends:
	// of two calls at once no message is in both. Each message's Attempts counts
	// this handing out. A message that is not reported in Changes.Delivered is
	// handed out again after its lease. One that cannot be read is held like the
	// others, and its *UnreadableError is joined to the error that comes with the
	// rest; see Unreadable.
	Lease(ctx context.Context, query LeaseQuery) ([]engagement.Message, error)

	// Feed returns events of all histories, or of all of a partner's, behind a position:
	// at most limit of them, and perhaps fewer although More are there. Whoever goes on
	// from each Next gets every event once, whenever it was committed, those of a
	// customer in order of Seq, as they are stored now: a person that was erased is not
	// in them. One that cannot be read is among the limit, and its *UnreadableError is
	// joined to the error that comes with the rest; see Unreadable. It returns
	// ErrRewound for a position whose event is not stored here, and ErrInvalid for a
	// text that is no position. What Apply has returned for can be read at once, unless
	// FeedLag says what holds it.
	Feed(ctx context.Context, query FeedQuery) (Feed, error)

	// FeedLag returns how much is behind a position, counted up to the limit or, of one
	// partner, as far as a store can count at the cost of some pages. Its errors are
	// those of Feed.
	FeedLag(ctx context.Context, query FeedQuery) (FeedLag, error)

	// Consumers returns the consumers of a partner or, of "", the program's, in order
	// of their names.
	Consumers(ctx context.Context, partner engagement.PartnerID) ([]Consumer, error)

	// Consume moves a consumer from one position to the next. It returns ErrConflict
	// unless the consumer stands at From, so that of two processes which are the same
	// consumer one is told; and ErrInvalid for what Consumed.Check refuses and for a
	// text that is no position.
	Consume(ctx context.Context, c Consumed) error

	// Prune takes away rows that have their age, up to the limit of each kind, and
	// returns how many went: fewer than the limit when there were no more. Processes
	// that prune at once do not wait for each other; a row goes once.
	Prune(ctx context.Context, query PruneQuery) (Pruned, error)
}

// CommandKey is an idempotency key of a partner.
type CommandKey struct {
	Partner engagement.PartnerID
	Key     string
}

// CommandRecord is what an idempotency key led to.
type CommandRecord struct {
	Key    CommandKey
	Body   engagement.Digest // of the command and everything it asked for
	Result []byte            // JSON, to be given again
	At     time.Time
}

// ParticipationKey names a participation, wherever it is.
type ParticipationKey struct {
	Partner engagement.PartnerID
	ID      engagement.ParticipationID
}

// Want says what Load is to return.
type Want struct {
	Command       CommandKey                         // zero: none
	Records       []engagement.RecordKey             // by key, each with what is shared
	Shared        []engagement.CustomerEngagementKey // by key
	Customers     []engagement.CustomerKey           // by key
	Participation ParticipationKey                   // zero: none; brings its record, what is shared, and its customer
	Link          LinkKey                            // zero: none; brings the participation in the same way
	Ended         bool                               // the records come with every participation that ended, too
	Sendings      SendingsQuery                      // zero: none
}

// Loaded is what Load found.
type Loaded struct {
	Command   *CommandRecord                                                     // nil when the key is new
	Records   map[engagement.RecordKey]engagement.PartnerRecord                  // every wanted one; where the partner has nothing, with its Key and nothing else
	Shared    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement // every wanted one, and that of every record; where nobody takes part, with its Key and nothing else
	Customers map[engagement.CustomerKey]engagement.Customer                     // those that exist

	// Participation is the wanted one, or that of the link; nil when there is none. It
	// is in its record, also when it has ended. At is the key of the record.
	Participation *ParticipationKey
	At            engagement.RecordKey

	// Unreadable are customers that exist and cannot be read: *UnreadableErrors.
	// What cannot be read of a record is in the record.
	Unreadable map[engagement.CustomerKey]error

	Sendings []Sending // to the wanted mailboxes, the oldest first, and those of the same time by message
	Sent     int       // how many the partner has sent Today
}

// Relied is what partners share, as something was decided on it.
type Relied struct {
	Key     engagement.CustomerEngagementKey
	Version int64 // 0: nobody takes part
}

// Changes are everything that one command changes.
type Changes struct {
	At time.Time // when: what entries say, and what the room that there is means to others, is as of then

	// Shared replace those with the same key. Each carries the Version that it was
	// loaded with, which must still be the stored one (0: there is none yet); the store
	// makes it one more. Every other entry of that customer in that
	// engagement, of whatever partner, that minds the room becomes, in the same
	// moment, what engagement.Entry.WithRoom makes of it with RoomFor its partner, At.
	Shared []engagement.CustomerEngagement

	// Relied must still have these versions. Whoever writes a record has what is
	// shared there in Shared or in Relied.
	Relied []Relied

	// Records replace those with the same key, with versions that guard and grow in the
	// same way. Their Participations are not looked at: those which change are in
	// Participations, each of one of these records, whether or not it has ended, and
	// the others stay. Due goes by the Wake of the record with all of its participations
	// then.
	Records        []engagement.PartnerRecord
	Participations []engagement.Participation

	// Entries replace those with the same record and Row. Each record is written with
	// its own entry and those of its Participations that change.
	Entries []engagement.Entry

	// Customers replace those with the same key. Events must continue the
	// history from the stored head, in order, and end at the head that the
	// customer is stored with.
	Customers []engagement.Customer
	Events    []engagement.Event

	// Persons replace those of customers that are among Customers, whose own are not
	// looked at: where they are not given, what is stored stays, which is none of a
	// customer that is new.
	Persons []CustomerPersons

	// Tokens are added; they stay found, so that a spent link can be told from a wrong
	// one. Their hashes must be new in their slots. Spent ones, of which some can be
	// among those that are added, have their age since At, for Prune, unless they
	// have it since before; all others are never pruned. One that is not there is passed
	// over.
	Tokens []Token
	Spent  []LinkKey

	// Messages go to the outbox. Delivered ones leave it. Postponed ones are
	// handed out again from that time on, also where they are held for longer; their
	// Attempts stay. One that is not there is passed over.
	Messages  []engagement.Message
	Delivered []engagement.MessageID
	Postponed map[engagement.MessageID]time.Time

	// Sendings are added, of whatever time. What is stored to Forgotten mailboxes goes
	// before that, and so does what the partners of these Sendings sent before
	// SendingsFrom.
	Sendings     []Sending
	SendingsFrom time.Time // zero: all stay
	Forgotten    []Mailbox

	// Command is recorded. Its key must be new.
	Command *CommandRecord

	// Erased replaces events by themselves without their person; sequence
	// number and hash must be those of the stored event. Unsent drops the
	// partner's messages to this very address from the outbox, but for those in
	// Messages.
	Erased []engagement.Event
	Unsent []Recipient
}

// CustomerPersons says who is named in what a partner keeps of a customer.
type CustomerPersons struct {
	Key     engagement.CustomerKey
	Persons engagement.Persons
}

// Token lets a participation be found by a hash: that of a link's token, or that
// under which a workflow notes that a content was handed in with it.
type Token struct {
	Hash          link.Hash
	Slot          Slot // where it is looked for: that of the customer or, where nothing else is known then, of the hash
	Participation engagement.ParticipationID
	Record        engagement.RecordKey // of the participation
}

// Recipient is whom a partner writes to.
type Recipient struct {
	Partner engagement.PartnerID
	To      tenant.Email
}

// CustomersQuery asks for customers of a partner, or of all partners.
type CustomersQuery struct {
	Partner      engagement.PartnerID // "": all partners, in order of their IDs
	Known        bool                 // only known ones
	AfterPartner engagement.PartnerID // of all partners: whose customer After is
	After        tenant.Key           // "" begins at the first
	Limit        int                  // at least 1

	// Naming: only those of whom it is not certain that they name nobody of these; see
	// engagement.Persons.May. What it costs goes by how many those are, not by how many
	// customers there are. Without a Key: all; with one, of a Partner.
	Naming engagement.Persons
}

// Has reports whether a customer of the partner or partners, behind After, is one of those that are
// asked for.
func (q CustomersQuery) Has(c engagement.Customer) bool {
	return (c.Known() || !q.Known) && (q.Naming.Key.IsZero() || c.Persons.May(q.Naming))
}

// HistoryQuery asks for events of a history.
type HistoryQuery struct {
	Customer      engagement.CustomerKey
	Participation engagement.ParticipationID // only those about it; "": all
	After         int64                      // only those with a greater Seq
	Before        int64                      // only those with a smaller Seq; 0: to the end
	Newest        bool                       // the newest first
	Reaching      int64                      // the Seq of an event that is known to be there, so that no copy of the store is read which does not have it yet; 0: none
	Limit         int                        // at least 1
}

// Has reports whether an event is one of those that are asked for.
func (q HistoryQuery) Has(e engagement.Event) bool {
	return e.Seq > q.After && (q.Before == 0 || e.Seq < q.Before) && (q.Participation == "" || e.Participation == q.Participation)
}

// DueQuery asks for records that have something to record or to send.
type DueQuery struct {
	Now        time.Time
	Limit      int                  // at least 1
	Partner    engagement.PartnerID // "": of whichever
	Engagement engagement.ID        // "": in whichever
}

// LeaseQuery asks for outgoing messages.
type LeaseQuery struct {
	Now   time.Time // messages held until later are not handed out
	Until time.Time // end of the lease
	Limit int       // at least 1
}
