package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func checkModel(ctx context.Context, a, b storage.Store) error { return Compare(ctx, a, b, 1, 3000) }

// Compare drives two handles of one empty database and a plain list with the
// same random steps, and returns an error that names the seed and the step at
// which their answers differ.
func Compare(ctx context.Context, a, b storage.Store, seed uint64, steps int) error {
	d := newDriver(a, b, rand.New(rand.NewPCG(seed, 0)))
	for step := range steps {
		if err := d.step(ctx); err != nil {
			return fmt.Errorf("seed %d, step %d: %w", seed, step, err)
		}
	}
	return nil
}

// CompareBytes is Compare with steps that are chosen by bytes until there are
// none left: for fuzzing.
func CompareBytes(ctx context.Context, a, b storage.Store, choices []byte) error {
	left := bytesLeft(choices)
	d := newDriver(a, b, &left)
	for step := 0; len(left) > 0; step++ {
		if err := d.step(ctx); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
	}
	return nil
}

// chooser chooses a number from 0 to n-1.
type chooser interface{ IntN(n int) int }

// bytesLeft chooses by its first byte, and 0 when none is left.
type bytesLeft []byte

func (b *bytesLeft) IntN(n int) int {
	if len(*b) == 0 {
		return 0
	}
	c := int((*b)[0]) % n
	*b = (*b)[1:]
	return c
}

// driver does the same to a store and to the plain one.
type driver struct {
	chooser
	stores   [2]storage.Store
	plain    *plain
	now      time.Time
	n        int // counts what needs a number of its own
	messages []engagement.MessageID
	used     storage.CommandKey // perhaps
}

func newDriver(a, b storage.Store, c chooser) *driver {
	return &driver{chooser: c, stores: [2]storage.Store{a, b}, plain: newPlain(), now: start}
}

func (d *driver) step(ctx context.Context) error {
	s := d.stores[d.IntN(2)]
	switch d.IntN(16) {
	case 0:
		d.now = d.now.Add(time.Duration(d.IntN(40)) * 4 * time.Hour)
	case 1, 2:
		return d.page(ctx, s)
	case 3:
		want := d.want()
		got, err1 := s.Load(ctx, want)
		plain, err2 := d.plain.Load(ctx, want)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what Load returns for %+v", want), loadedText(got), loadedText(plain)))
	case 4:
		q := storage.CustomersQuery{Partner: d.partner(), Known: d.IntN(2) == 0, After: customerOf(d.IntN(40)), Limit: 1 + d.IntN(9)}
		got, err1 := s.Customers(ctx, q)
		plain, err2 := d.plain.Customers(ctx, q)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what Customers returns for %+v", q), got, plain))
	case 5:
		key, after, limit := d.customer(), int64(d.IntN(5)), 1+d.IntN(9)
		got, err1 := s.History(ctx, key, after, limit)
		plain, err2 := d.plain.History(ctx, key, after, limit)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what History returns after %d, limit %d,", after, limit), got, plain))
	case 6:
		now, limit := d.around(), 1+d.IntN(9)
		got, err1 := s.Due(ctx, now, limit)
		plain, err2 := d.plain.Due(ctx, now, limit)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what is due at %v, limit %d,", now, limit), got, plain))
	case 7:
		now := d.around()
		q := storage.LeaseQuery{Now: now, Until: now.Add(time.Duration(1+d.IntN(72)) * time.Hour), Limit: 1 + d.IntN(4)}
		got, err1 := s.Lease(ctx, q)
		plain, err2 := d.plain.Lease(ctx, q)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what Lease hands out for %+v", q), got, plain))
	default:
		c := d.changes()
		got, plain := s.Apply(ctx, c), d.plain.Apply(ctx, c)
		return alike(fmt.Sprintf("what Apply says (%v)", got), outcome(got), outcome(plain))
	}
	return nil
}

func (d *driver) partner() engagement.PartnerID {
	return []engagement.PartnerID{northwind, fabrikam}[d.IntN(2)]
}

func (d *driver) place() engagement.PlaceKey {
	return placeOf([]engagement.ID{migration, security}[d.IntN(2)], 1+d.IntN(40))
}

func (d *driver) customer() engagement.CustomerKey {
	return engagement.CustomerKey{Partner: d.partner(), Customer: customerOf(1 + d.IntN(12))}
}

// around is now, by a clock that may be some hours off.
func (d *driver) around() time.Time { return d.now.Add(time.Duration(d.IntN(48)-24) * time.Hour) }

// page reads some pages, one after the other, while nothing changes.
func (d *driver) page(ctx context.Context, s storage.Store) error {
	q := storage.PageQuery{
		Partner: d.partner(), Engagement: d.place().Engagement, Tab: append(engagement.AllTabs(), engagement.TabOff)[d.IntN(4)],
		Sort: storage.AllSorts()[d.IntN(4)], Descending: d.IntN(2) == 0, Limit: 1 + d.IntN(9), Now: d.now,
	}
	switch d.IntN(8) {
	case 0:
		q.Filter.Text = fmt.Sprint(d.IntN(5))
	case 1:
		q.Filter.Participation = true
	case 2:
		q.Filter.SinceFrom = d.now.Add(-time.Duration(d.IntN(30)) * day)
	case 3: // a cursor whose entry may have gone, or never was
		at := q.Sort.PositionOf(engagement.Entry{
			Row: engagement.RowID(d.place().Customer), Name: "customer " + fmt.Sprint(d.IntN(10)), Type: engagement.NotStarted, Since: d.around(), Deadline: d.around(),
		})
		q.After = &at
	}
	for range 4 {
		got, err1 := s.Page(ctx, q)
		plain, err2 := d.plain.Page(ctx, q)
		if err := errors.Join(err1, err2, alike(fmt.Sprintf("the page for %+v", q), pageText(got), pageText(plain))); err != nil {
			return err
		}
		if len(got.Rows) == 0 {
			break
		}
		at := q.Sort.PositionOf(got.Rows[len(got.Rows)-1].Entry)
		q.After = &at
	}
	return nil
}

func (d *driver) want() storage.Want {
	want := storage.Want{
		Command: storage.CommandKey{Partner: d.partner(), Key: fmt.Sprint(d.IntN(d.n + 1))},
		Places:  []engagement.PlaceKey{d.place(), d.place()}, Customers: []engagement.CustomerKey{d.customer(), d.customer()},
	}
	if d.IntN(2) == 0 {
		want.Link = hashOf(1 + d.IntN(d.n+1))
	} else {
		key := d.place()
		want.Participation = storage.ParticipationKey{Partner: d.partner(), ID: added(d.partner(), key.Engagement, 1+d.IntN(40), start).ID}
	}
	return want
}

func hashOf(n int) consent.Hash { return consent.Hash{byte(n >> 16), byte(n >> 8), byte(n), 1} }

// changes are random, and wrong in one way at most.
func (d *driver) changes() storage.Changes {
	wrong := d.IntN(30)
	var c storage.Changes
	for range d.IntN(3) {
		d.addPlace(&c)
	}
	for range d.IntN(3) {
		d.addCustomer(&c)
	}
	for range d.IntN(3) {
		d.n++
		m := message(fmt.Sprintf("m-%d-%d", d.IntN(3), d.n), d.partner(), 1, d.now.Add(-time.Duration(d.IntN(20))*time.Minute), []string{"ana@contoso.com", "joao@contoso.com"}[d.IntN(2)])
		c.Messages = append(c.Messages, m)
		d.messages = append(d.messages, m.ID)
	}
	d.settleMessages(&c)
	if d.IntN(2) == 0 {
		d.n++
		c.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: d.partner(), Key: fmt.Sprint(d.n)}, Body: engagement.Digest{byte(d.n)}, Result: []byte(`{"n":1}`), At: d.now}
	}
	if key := d.customer(); d.IntN(8) == 0 && len(d.plain.events[key]) > 0 {
		c.Erased = append(c.Erased, d.plain.events[key][d.IntN(len(d.plain.events[key]))].Erase())
	}
	switch {
	case wrong == 0 && len(c.Places) > 0:
		c.Places[d.IntN(len(c.Places))].Version += int64(1 - 2*d.IntN(2))
	case wrong == 1 && len(c.Events) > 0:
		c.Customers[0].History.Seq++
		for i := range c.Events {
			if c.Events[i].Customer == c.Customers[0].Key.Customer && c.Events[i].Partner == c.Customers[0].Key.Partner {
				c.Events[i].Seq++
			}
		}
	case wrong == 2 && len(c.Customers) > 0:
		c.Customers[0].History.Hash[0]++
	case wrong == 3 && len(c.Entries) > 0:
		c.Entries[0].Place.Engagement = "another"
	case wrong == 4 && len(c.Erased) > 0:
		c.Erased[0].Hash[0]++
	case wrong == 5 && c.Command != nil:
		c.Command.Key = d.used
	}
	if c.Command != nil {
		d.used = c.Command.Key
	}
	return c
}

// addPlace changes what a partner has in a place.
func (d *driver) addPlace(c *storage.Changes) {
	key := d.place()
	if slices.ContainsFunc(c.Places, func(pl engagement.Place) bool { return pl.Key == key }) {
		return
	}
	pl := d.plain.places[key]
	pl.Key, pl.ClaimLimit, pl.Elsewhere.Participated = key, 1+d.IntN(2), d.IntN(2)
	var n int
	_, _ = fmt.Sscanf(string(key.Customer), "tpid:%d", &n)
	p := d.partner()
	s, _ := pl.Standing(p)
	s.Identity, s.Known = identityOf(n, fmt.Sprintf("Customer %d", d.IntN(10))), d.IntN(4) > 0
	s.Evaluation = engagement.Evaluation{RuleSet: "rules", Version: fmt.Sprint(d.IntN(2)), At: d.now, Outcome: "ineligible"}
	if d.IntN(2) == 0 {
		s.Evaluation.Outcome, s.Evaluation.Locations = "eligible", []engagement.LocationID{"4711201"}
	}
	for range d.IntN(3) {
		s.Evaluation.Reasons = append(s.Evaluation.Reasons, engagement.Reason{Kind: engagement.FactsMissing, Rule: fmt.Sprint(d.IntN(2)), Missing: []string{"seats", "spend"}[d.IntN(2):]})
	}
	pl = pl.WithStanding(s)
	switch part := added(p, key.Engagement, n, d.now.Add(-time.Duration(d.IntN(29))*day)); d.IntN(6) {
	case 0:
		pl = pl.WithParticipation(part)
	case 1:
		pl = pl.WithParticipation(granted(part, d.now))
	case 2:
		part.Consent.Status = consent.Declined
		pl = pl.WithParticipation(part)
	case 3:
		pl, _, _ = pl.Settle(d.now)
	}
	c.Places = append(c.Places, pl)
	c.Entries = append(c.Entries, pl.Entries(d.now)...)
	if pt := added(p, key.Engagement, n, d.now); d.IntN(2) == 0 {
		if _, ok := pl.Participation(p, pt.ID); ok {
			d.n++
			c.Tokens = append(c.Tokens, storage.Token{Hash: hashOf(d.n), Participation: storage.ParticipationKey{Partner: p, ID: pt.ID}, Place: key})
		}
	}
}

// addCustomer changes a customer, with some events or none.
func (d *driver) addCustomer(c *storage.Changes) {
	key := d.customer()
	if slices.ContainsFunc(c.Customers, func(x engagement.Customer) bool { return x.Key == key }) {
		return
	}
	x := d.plain.customers[key]
	x.Key, x.FriendlyName = key, fmt.Sprint(d.IntN(3))
	if x.KnownSince = (time.Time{}); d.IntN(2) == 0 {
		x.KnownSince = d.now
	}
	var events []engagement.Event
	for range d.IntN(4) {
		e := event(engagement.AllEventKinds()[d.IntN(5)])
		e.At, e.Note = d.now, fmt.Sprint(d.IntN(3))
		events = append(events, e)
	}
	*c, _ = told(*c, x, events...)
}

// settleMessages reports some messages as delivered, postponed or unsent.
func (d *driver) settleMessages(c *storage.Changes) {
	any := func() engagement.MessageID {
		if len(d.messages) == 0 {
			return "unknown"
		}
		return d.messages[d.IntN(len(d.messages))]
	}
	for range d.IntN(2) {
		c.Delivered = append(c.Delivered, any())
	}
	if d.IntN(3) == 0 {
		c.Postponed = map[engagement.MessageID]time.Time{any(): d.now.Add(time.Duration(d.IntN(48)) * time.Hour)}
	}
	if d.IntN(40) == 0 {
		c.Unsent = []storage.Recipient{{Partner: d.partner(), To: message("", northwind, 1, start, "ana@contoso.com").To}}
	}
	c.Delivered = slices.DeleteFunc(c.Delivered, func(id engagement.MessageID) bool {
		return slices.ContainsFunc(c.Messages, func(m engagement.Message) bool { return m.ID == id })
	})
	for _, m := range c.Messages {
		delete(c.Postponed, m.ID)
	}
}

// outcome is what an error of Apply comes to.
func outcome(err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, storage.ErrConflict):
		return "conflict"
	case errors.Is(err, storage.ErrInvalid):
		return "invalid"
	}
	return err.Error()
}

// alike compares what values are as JSON, in which nothing and an empty list are
// the same to a store that keeps documents.
func alike(what string, got, want any) error {
	a, err1 := json.Marshal(got)
	b, err2 := json.Marshal(want)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	return same(what, nothing.Replace(string(a)), nothing.Replace(string(b)))
}

var nothing = strings.NewReplacer("null", "[]")

// loadedText is what is compared of a Loaded: maps with keys that JSON has.
func loadedText(l storage.Loaded) any {
	places, customers := map[string]engagement.Place{}, map[string]engagement.Customer{}
	for key, pl := range l.Places {
		places[fmt.Sprint(key)] = pl
	}
	for key, x := range l.Customers {
		customers[fmt.Sprint(key)] = x
	}
	return []any{l.Command, places, customers, l.Participation, l.At}
}

// pageText is what is compared of a Page: no count is a count of 0.
func pageText(p storage.Page) any {
	var counts []int
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		counts = append(counts, p.Counts[tab])
	}
	return []any{p.Rows, p.More, counts, p.Overdue}
}
