package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// unit is one attempt at a command: what it has read, and what it is going to
// change. It has one now.
type unit struct {
	s         *Service
	actor     Actor // who gives the command; zero for jobs and customers
	request   Request
	except    string // why the actor may review what it did itself; "": it does not
	within    Scope  // of the actor, where it acts on a participation
	now       time.Time
	command   storage.CommandRecord
	replay    []byte // the result of the command, when it was carried out before
	records   map[engagement.RecordKey]engagement.PartnerRecord
	shared    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement // that of each record, too
	customers map[engagement.CustomerKey]engagement.Customer
	changed   map[engagement.RecordKey][]engagement.ParticipationID // records that change, with those of their participations that do
	sharing   map[engagement.CustomerEngagementKey]bool             // what is shared and changes
	ended     []storage.ParticipationKey                            // participations that have just ended
	named     map[engagement.CustomerKey]bool                       // customers whose persons change
	touched   map[engagement.CustomerKey]bool                       // customers that change, or get an event
	ids       uint16                                                // made so far
	events    []engagement.Event                                    // what happened, in order, not yet in the histories
	many      bool                                                  // many customers at once: what cannot be read of one is left out
	overdue   []engagement.RecordKey                                // other partners' records whose passed deadlines make room
	bad       map[engagement.CustomerKey]error                      // customers that cannot be read
	lost      []error                                               // what an erasure could not look into
	settled   int                                                   // participations of which a deadline or a reminder was recorded
	changes   storage.Changes
}

func (s *Service) unit(record storage.CommandRecord) *unit {
	return &unit{
		s: s, now: s.now(), command: record,
		records:   map[engagement.RecordKey]engagement.PartnerRecord{},
		shared:    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		customers: map[engagement.CustomerKey]engagement.Customer{},
		changed:   map[engagement.RecordKey][]engagement.ParticipationID{},
		sharing:   map[engagement.CustomerEngagementKey]bool{},
		touched:   map[engagement.CustomerKey]bool{},
		named:     map[engagement.CustomerKey]bool{},
	}
}

// load reads what is wanted, settles it, and finds out whether the command was
// carried out before. It asks that every time: who sees what the same command
// did in another process must not take it for an obstacle.
func (u *unit) load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	want.Command = u.command.Key
	loaded, err := u.s.fetch(ctx, want)
	if err != nil {
		return loaded, unavailable("storage", err)
	}
	if c := loaded.Command; c != nil {
		if c.Body != u.command.Body {
			return loaded, &KeyReusedError{Key: strings.TrimPrefix(c.Key.Key, programKeys)}
		}
		u.replay = c.Result
		return loaded, errReplay
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		if !u.many {
			return loaded, bad
		}
		u.spoil(key, bad)
	}
	for _, key := range slices.SortedFunc(maps.Keys(loaded.Records), engagement.RecordKey.Compare) {
		if _, ok := u.records[key]; ok {
			continue
		}
		if err := u.settle(ctx, loaded.Records[key]); err != nil {
			return loaded, err
		}
	}
	return loaded, nil
}

// take keeps what was read for the first time.
func (u *unit) take(loaded storage.Loaded) {
	for key, c := range loaded.Customers {
		if _, ok := u.customers[key]; !ok {
			u.customers[key] = c
		}
	}
	for key, c := range loaded.Shared {
		if _, ok := u.shared[key]; !ok {
			u.shared[key] = c
		}
	}
}

// record returns a record that was loaded.
func (u *unit) record(key engagement.RecordKey) engagement.PartnerRecord {
	if r, ok := u.records[key]; ok {
		return r
	}
	return engagement.PartnerRecord{Key: key}
}

// sharedAt returns what partners share, as it was loaded.
func (u *unit) sharedAt(key engagement.CustomerEngagementKey) engagement.CustomerEngagement {
	if c, ok := u.shared[key]; ok {
		return c
	}
	return engagement.CustomerEngagement{Key: key}
}

// roomOf returns how the claim limit stands to the partner of a record.
func (u *unit) roomOf(key engagement.RecordKey) engagement.Room {
	return u.sharedAt(key.Shared()).RoomFor(key.Partner)
}

// limited returns what partners share under the claim limit that the engagement has
// now, and changes it where it is stored under another one.
func (u *unit) limited(e engagement.Engagement, key engagement.CustomerEngagementKey) engagement.CustomerEngagement {
	c := u.sharedAt(key)
	if c.ClaimLimit == e.Limit() {
		return c
	}
	c.ClaimLimit = e.Limit()
	u.shared[key] = c
	if c.Version > 0 {
		u.sharing[key] = true
	}
	return c
}

// putRecord changes a record, and none of its participations.
func (u *unit) putRecord(r engagement.PartnerRecord) {
	u.records[r.Key] = r
	if _, ok := u.changed[r.Key]; !ok {
		u.changed[r.Key] = nil
	}
}

// put changes a participation within its record, and what partners share with it.
func (u *unit) put(p engagement.Participation) {
	r := u.record(p.Record())
	before, was := r.Participation(p.ID)
	if p.Ended() && was && !before.Ended() {
		u.ended = append(u.ended, storage.ParticipationKey{Partner: p.Partner, ID: p.ID})
		u.putAsked(r.Ending(p, u.s.policy.Horizon(u.now)))
		r = u.record(r.Key)
	}
	u.putRecord(r.WithParticipation(p))
	u.mark(p)
	shared := u.sharedAt(r.Key.Shared())
	c, changes := shared.Following(p)
	if len(c.Holders) > len(shared.Holders) {
		c = u.makeRoom(c)
	}
	if changes || c.Version == 0 { // with the first participation of anybody it begins
		u.putShared(c)
	}
}

// makeRoom takes out the holders whose deadlines have passed, when another one takes
// room: what is recorded of them is to say so before.
func (u *unit) makeRoom(c engagement.CustomerEngagement) engagement.CustomerEngagement {
	left := c.WithoutLapsed(u.now)
	for _, h := range c.Holders {
		if !slices.Contains(left.Holders, h) {
			u.overdue = append(u.overdue, engagement.RecordKey{Partner: h.Partner, Engagement: c.Key.Engagement, Customer: c.Key.Customer})
		}
	}
	return left
}

// putAsked changes a record and when its mailboxes were asked, which each of its
// participations shows.
func (u *unit) putAsked(r engagement.PartnerRecord) {
	u.putRecord(r)
	for _, p := range r.Participations {
		if !p.Ended() {
			u.mark(p)
		}
	}
}

// mark notes that a participation of a changed record changes.
func (u *unit) mark(p engagement.Participation) {
	if key := p.Record(); !slices.Contains(u.changed[key], p.ID) {
		u.changed[key] = append(u.changed[key], p.ID)
	}
}

// putShared changes what partners share.
func (u *unit) putShared(c engagement.CustomerEngagement) {
	u.shared[c.Key] = c
	u.sharing[c.Key] = true
}

// putCustomer changes a customer.
func (u *unit) putCustomer(c engagement.Customer) {
	u.customers[c.Key] = c
	u.touched[c.Key] = true
}

// apply writes what the unit changes, in an order that is the same everywhere,
// so that two processes do not wait for each other's rows.
func (u *unit) apply(ctx context.Context, result any) error {
	u.namePersons()
	u.chain()
	u.writeRecords()
	for _, key := range slices.SortedFunc(maps.Keys(u.touched), compareCustomers) {
		u.changes.Customers = append(u.changes.Customers, u.customers[key])
	}
	if u.command.Key.Key != "" {
		text, err := json.Marshal(result)
		if err != nil {
			return fmt.Errorf("workflow: keep the result: %w", err)
		}
		record := u.command
		record.Result, record.At = text, u.now
		u.changes.Command = &record
	}
	if reflect.ValueOf(u.changes).IsZero() {
		return nil
	}
	u.changes.At = u.now
	return u.s.write(ctx, u.changes)
}

// writeRecords adds the records that change to the changes, with what is shared there,
// or that it is as it was read, and the entries that show them.
func (u *unit) writeRecords() {
	relied := map[engagement.CustomerEngagementKey]bool{}
	for _, key := range slices.SortedFunc(maps.Keys(u.changed), engagement.RecordKey.Compare) {
		r, c := u.records[key], u.sharedAt(key.Shared())
		if c.Version == 0 && c.External.Consented+c.External.Participated > 0 {
			u.sharing[c.Key] = true // the room follows from it
		}
		if !u.sharing[c.Key] {
			relied[c.Key] = true
		}
		room := c.RoomFor(key.Partner)
		u.changes.Records = append(u.changes.Records, r)
		u.changes.Entries = append(u.changes.Entries, r.Entry(room, u.now))
		for _, id := range u.changed[key] {
			p, _ := r.Participation(id)
			if slices.Contains(u.ended, storage.ParticipationKey{Partner: p.Partner, ID: p.ID}) {
				u.spend(p)
			}
			u.changes.Participations = append(u.changes.Participations, p)
			u.changes.Entries = append(u.changes.Entries, r.EntryOf(p, room, u.now))
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(u.sharing), engagement.CustomerEngagementKey.Compare) {
		u.changes.Shared = append(u.changes.Shared, u.shared[key])
	}
	for _, key := range slices.SortedFunc(maps.Keys(relied), engagement.CustomerEngagementKey.Compare) {
		u.changes.Relied = append(u.changes.Relied, storage.Relied{Key: key, Version: u.sharedAt(key).Version})
	}
}

func compareCustomers(a, b engagement.CustomerKey) int {
	return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Customer, b.Customer))
}
