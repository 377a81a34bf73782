package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Unit is one attempt at a command: what it has read, and what it is going to change. It
// has one Now.
type Unit struct {
	Now     time.Time
	Memo    *Memo           // of the attempt; nil remembers nothing
	Domain  Domain          // what the Opener made of it
	Many    bool            // many customers at once: what cannot be read of one is left out
	Changes storage.Changes // what is written besides what the methods put

	engine    *Engine
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
	overdue   []engagement.RecordKey                                // other partners' records whose passed deadlines make room
	bad       map[engagement.CustomerKey]error                      // customers that cannot be read
	settled   int                                                   // participations of which a deadline or a reminder was recorded
}

// Unit returns a unit that reads, with what was answered before.
func (e *Engine) Unit(memo *Memo) *Unit { return e.unit(storage.CommandRecord{}, memo) }

func (e *Engine) unit(command storage.CommandRecord, memo *Memo) *Unit {
	u := &Unit{
		engine: e, Now: e.Now(), Memo: memo, command: command,
		records:   map[engagement.RecordKey]engagement.PartnerRecord{},
		shared:    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		customers: map[engagement.CustomerKey]engagement.Customer{},
		changed:   map[engagement.RecordKey][]engagement.ParticipationID{},
		sharing:   map[engagement.CustomerEngagementKey]bool{},
		touched:   map[engagement.CustomerKey]bool{},
		named:     map[engagement.CustomerKey]bool{},
	}
	u.Domain = e.Opener.Open(u)
	return u
}

// Load reads what is wanted, settles it, and finds out whether the command was
// carried out before: then it returns ErrReplay. It asks that every time: who sees what
// the same command did in another process must not take it for an obstacle.
func (u *Unit) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	want.Command = u.command.Key
	loaded, err := u.fetch(ctx, want)
	if err != nil {
		return loaded, u.engine.unavailable(err)
	}
	if c := loaded.Command; c != nil {
		if c.Body != u.command.Body {
			return loaded, u.engine.Errors.KeyReused(c.Key.Key)
		}
		u.replay = c.Result
		return loaded, ErrReplay
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		if !u.Many {
			return loaded, bad
		}
		u.spoil(key, bad)
	}
	for _, key := range slices.SortedFunc(maps.Keys(loaded.Records), engagement.RecordKey.Compare) {
		if u.Has(key) {
			continue
		}
		if err := u.Settle(ctx, loaded.Records[key]); err != nil {
			return loaded, err
		}
	}
	return loaded, nil
}

// LoadTogether reads records, with their ended participations if need be, and with
// their customers. It does not settle them.
func (u *Unit) LoadTogether(ctx context.Context, keys []engagement.RecordKey, ended bool) (map[engagement.RecordKey]engagement.PartnerRecord, error) {
	want := storage.Want{Records: keys, Ended: ended}
	for _, key := range keys {
		if !slices.Contains(want.Customers, key.OfCustomer()) {
			want.Customers = append(want.Customers, key.OfCustomer())
		}
	}
	loaded, err := u.fetch(ctx, want)
	if err != nil {
		return nil, u.engine.unavailable(err)
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		u.spoil(key, bad)
	}
	return loaded.Records, nil
}

// fetch reads what is wanted from storage, once for all decisions of an attempt.
func (u *Unit) fetch(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	return Remember(u.Memo, readStorage, want, func() (storage.Loaded, error) { return u.engine.Store.Load(ctx, want) })
}

// take keeps what was read for the first time.
func (u *Unit) take(loaded storage.Loaded) {
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

// spoil notes that a customer cannot be read.
func (u *Unit) spoil(key engagement.CustomerKey, bad error) {
	if u.bad == nil {
		u.bad = map[engagement.CustomerKey]error{}
	}
	u.bad[key] = bad
}

// Unreadable returns why a customer that was loaded cannot be read, or nil.
func (u *Unit) Unreadable(key engagement.CustomerKey) error { return u.bad[key] }

// Replayed reports whether the command was carried out before.
func (u *Unit) Replayed() bool { return u.replay != nil }

// Customer returns a customer that was loaded, as the unit leaves it.
func (u *Unit) Customer(key engagement.CustomerKey) engagement.Customer { return u.customers[key] }

// Has reports whether a record was loaded.
func (u *Unit) Has(key engagement.RecordKey) bool {
	_, ok := u.records[key]
	return ok
}

// Record returns a record that was loaded, as the unit leaves it.
func (u *Unit) Record(key engagement.RecordKey) engagement.PartnerRecord {
	if r, ok := u.records[key]; ok {
		return r
	}
	return engagement.PartnerRecord{Key: key}
}

// Found returns a participation of a record that was loaded, as the unit leaves
// it.
func (u *Unit) Found(id engagement.ParticipationID) (engagement.Participation, bool) {
	for _, r := range u.records {
		if p, ok := r.Participation(id); ok {
			return p, true
		}
	}
	return engagement.Participation{}, false
}

// SharedAt returns what partners share, as the unit leaves it.
func (u *Unit) SharedAt(key engagement.CustomerEngagementKey) engagement.CustomerEngagement {
	if c, ok := u.shared[key]; ok {
		return c
	}
	return engagement.CustomerEngagement{Key: key}
}

// RoomOf returns how what is shared stands to the partner of a record.
func (u *Unit) RoomOf(key engagement.RecordKey) engagement.Room {
	return u.SharedAt(key.Shared()).RoomFor(key.Partner)
}

// Touches reports whether the unit changes a customer, or has an event of its.
func (u *Unit) Touches(key engagement.CustomerKey) bool { return u.touched[key] }

// Changing reports whether the unit changes a record, or what is shared there.
func (u *Unit) Changing(key engagement.RecordKey) bool {
	_, written := u.changed[key]
	return written || u.sharing[key.Shared()]
}

// apply writes what the unit changes, in an order that is the same everywhere,
// so that two processes do not wait for each other's rows.
func (u *Unit) apply(ctx context.Context, result any) error {
	u.namePersons()
	u.chain()
	u.writeRecords()
	for _, key := range slices.SortedFunc(maps.Keys(u.touched), CompareCustomers) {
		u.Changes.Customers = append(u.Changes.Customers, u.customers[key])
	}
	if u.command.Key.Key != "" {
		text, err := json.Marshal(result)
		if err != nil {
			return fmt.Errorf("workflow: keep the result: %w", err)
		}
		record := u.command
		record.Result, record.At = text, u.Now
		u.Changes.Command = &record
	}
	if reflect.ValueOf(u.Changes).IsZero() {
		return nil
	}
	u.Changes.At = u.Now
	return u.engine.write(ctx, u.Changes)
}

// writeRecords adds the records that change to the changes, with what is shared there,
// or that it is as it was read, and the entries that show them.
func (u *Unit) writeRecords() {
	relied := map[engagement.CustomerEngagementKey]bool{}
	for _, key := range slices.SortedFunc(maps.Keys(u.changed), engagement.RecordKey.Compare) {
		r, c := u.records[key], u.SharedAt(key.Shared())
		if c.Version == 0 && c.External.Consented+c.External.Participated > 0 {
			u.sharing[c.Key] = true // the room follows from it
		}
		if !u.sharing[c.Key] {
			relied[c.Key] = true
		}
		room := c.RoomFor(key.Partner)
		u.Changes.Records = append(u.Changes.Records, r)
		u.Changes.Entries = append(u.Changes.Entries, r.Entry(room, u.Now))
		for _, id := range u.changed[key] {
			p, _ := r.Participation(id)
			if slices.Contains(u.ended, storage.ParticipationKey{Partner: p.Partner, ID: p.ID}) {
				u.Domain.Ended(p)
			}
			u.Changes.Participations = append(u.Changes.Participations, p)
			u.Changes.Entries = append(u.Changes.Entries, r.EntryOf(p, room, u.Now))
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(u.sharing), engagement.CustomerEngagementKey.Compare) {
		u.Changes.Shared = append(u.Changes.Shared, u.shared[key])
	}
	for _, key := range slices.SortedFunc(maps.Keys(relied), engagement.CustomerEngagementKey.Compare) {
		u.Changes.Relied = append(u.Changes.Relied, storage.Relied{Key: key, Version: u.SharedAt(key).Version})
	}
}

// CompareCustomers is the order in which customers are written.
func CompareCustomers(a, b engagement.CustomerKey) int {
	return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Customer, b.Customer))
}
