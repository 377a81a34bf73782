package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
)

// checkModel takes few enough steps for a slow store under the race detector. More
// of them, from other seeds, are an adapter's own to ask Compare for.
func checkModel(ctx context.Context, a, b storage.Store) error { return Compare(ctx, a, b, 1, 1000) }

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
	tokens   []storage.Token    // perhaps
	used     storage.CommandKey // perhaps

	follower follower // of either store's feed
}

func newDriver(a, b storage.Store, c chooser) *driver {
	return &driver{chooser: c, stores: [2]storage.Store{a, b}, plain: newPlain(), now: start}
}

func (d *driver) step(ctx context.Context) error {
	s := d.stores[d.IntN(2)]
	switch d.IntN(16) {
	case 0:
		d.pass()
	case 1:
		return d.page(ctx, s, storage.ListQuery{
			Partner: d.partner(), Engagement: d.key().Engagement, Tab: append(engagement.AllTabs(), engagement.TabOff)[d.IntN(4)],
		})
	case 2:
		return d.page(ctx, s, storage.ListQuery{Partner: []engagement.PartnerID{northwind, fabrikam, "contoso", "", "nobody"}[d.IntN(5)]})
	case 3:
		want := d.want()
		got, err1 := s.Load(ctx, want)
		plain, err2 := d.plain.Load(ctx, want)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what Load returns for %+v", want), loadedText(got), loadedText(plain)))
	case 4:
		q := d.customersQuery()
		if d.IntN(3) == 0 {
			q.Naming = engagement.Persons{}
			q.Partner, q.AfterPartner = "", []engagement.PartnerID{"", northwind, fabrikam}[d.IntN(3)]
		}
		got, err1 := s.Customers(ctx, q)
		plain, err2 := d.plain.Customers(ctx, q)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what Customers returns for %+v", q), got, plain))
	case 5:
		q := storage.HistoryQuery{
			Customer: d.customer(), After: int64(d.IntN(5)), Before: int64(max(0, d.IntN(20)-10)), Newest: d.IntN(2) == 0, Limit: 1 + d.IntN(9),
			Participation: []engagement.ParticipationID{"", "", "p-0", "p-1", "nobody's"}[d.IntN(5)],
		}
		got, err1 := s.History(ctx, q)
		plain, err2 := d.plain.History(ctx, q)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what History returns for %+v", q), got, plain))
	case 6:
		q := storage.DueQuery{Now: d.around(), Limit: 1 + d.IntN(9)}
		if d.IntN(3) == 0 {
			q.Partner = d.partner()
		}
		if d.IntN(3) == 0 {
			q.Engagement = d.key().Engagement
		}
		got, err1 := s.Due(ctx, q)
		plain, err2 := d.plain.Due(ctx, q)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what is due for %+v", q), got, plain))
	case 7:
		now := d.around()
		q := storage.LeaseQuery{Now: now, Until: now.Add(time.Duration(1+d.IntN(72)) * time.Hour), Limit: 1 + d.IntN(4)}
		got, err1 := s.Lease(ctx, q)
		plain, err2 := d.plain.Lease(ctx, q)
		return errors.Join(err1, err2, alike(fmt.Sprintf("what Lease hands out for %+v", q), got, plain))
	case 8:
		switch d.IntN(8) {
		case 0:
			return d.readModel(ctx, s)
		case 1:
			return d.prune(ctx, s)
		case 2, 3, 4:
			return d.figures(ctx, s)
		}
		return d.follow(ctx, s)
	default:
		c := d.changes()
		got := s.Apply(ctx, c)
		return applied(c, got, d.plain.Apply(ctx, c))
	}
	return nil
}

// What the steps are about: partners, engagements, and the numbers of customers.
func (d *driver) partners() []engagement.PartnerID {
	return []engagement.PartnerID{northwind, fabrikam, "contoso"}
}
func (d *driver) engagements() []engagement.ID { return []engagement.ID{migration, security} }
func (d *driver) numbers() []int               { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12} }

func (d *driver) partner() engagement.PartnerID { return d.partners()[d.IntN(3)] }

func (d *driver) key() engagement.CustomerEngagementKey {
	return keyOf(d.engagements()[d.IntN(2)], d.numbers()[d.IntN(12)])
}

func (d *driver) record() engagement.RecordKey {
	key := d.key()
	return engagement.RecordKey{Partner: d.partner(), Engagement: key.Engagement, Customer: key.Customer}
}

func (d *driver) customer() engagement.CustomerKey {
	return engagement.CustomerKey{Partner: d.partner(), Customer: customerOf(1 + d.IntN(12))}
}

// pass lets some hours pass or, now and then, as many days.
func (d *driver) pass() {
	unit := 4 * time.Hour
	if d.IntN(4) == 0 {
		unit = 2 * day
	}
	d.now = d.now.Add(time.Duration(d.IntN(40)) * unit)
}

// around is now, by a clock that may be some hours off.
func (d *driver) around() time.Time { return d.now.Add(time.Duration(d.IntN(48)-24) * time.Hour) }

// page reads some pages, one after the other, while nothing changes.
func (d *driver) page(ctx context.Context, s storage.Store, q storage.ListQuery) error {
	q.Sort, q.Descending = storage.AllSorts()[d.IntN(len(storage.AllSorts()))], d.IntN(2) == 0
	q.Limit, q.Now, q.Filter, q.Names = 1+d.IntN(9), d.around(), d.filter(), names[d.IntN(len(names))]
	if d.IntN(6) == 0 {
		q.MaxOverdue = 1 + d.IntN(9)
	}
	if d.IntN(8) == 0 { // a cursor whose entry may have gone, or never was
		entry := d.anyEntry()
		if q.Tab != engagement.TabNone {
			entry.Record.Engagement = q.Engagement // no page of another engagement's is gone on with
		}
		at := position(q, entry)
		q.After = &at
	}
	for range 4 {
		got, err1 := s.List(ctx, q)
		plain, err2 := d.plain.List(ctx, q)
		if err := errors.Join(err1, err2, alike(fmt.Sprintf("the list for %+v", q), listText(got), listText(plain))); err != nil {
			return err
		}
		if len(got.Rows) == 0 {
			break
		}
		at := position(q, got.Rows[len(got.Rows)-1].Entry)
		q.After = &at
	}
	return nil
}

func (d *driver) filter() (f storage.Filter) {
	switch d.IntN(16) {
	case 0:
		f.Words = d.words()
	case 1:
		f.Participation = true
	case 2:
		f.SinceFrom = d.now.Add(-time.Duration(d.IntN(30)) * day)
	case 3:
		f.Engagements = []engagement.ID{migration, security}[d.IntN(3):]
	case 4:
		f.Customer = d.key().Customer
	case 5:
		f.AmountFrom = amountText(d.amount())
	case 6:
		f.AmountBefore = amountText(d.amount())
	case 7:
		f.Locations = []engagement.LocationID{"4711201", "4711202"}[d.IntN(2):]
	case 8:
		f.Statuses = engagement.AllStatuses()[d.IntN(len(engagement.AllStatuses())):]
	}
	return f
}

// words are what a search looks for: one word or two, a number, or an engagement.
func (d *driver) words() []engagement.Word {
	words := engagement.SearchWords([]string{"cust", "CUSTOMER 00", "cüst 01", "7", "C-1", "nobody", "...", "tomer"}[d.IntN(8)])
	if d.IntN(2) == 0 {
		words[0].Engagements = []engagement.ID{security}
	}
	return words
}

// names of the engagements: none, of one of them, of both in the one order and in
// the other.
var names = []storage.Names{nil, {security: "A b"}, {migration: "B a", security: "A b"}, {migration: "A", security: "B"}}

// anyEntry is one that could be stored.
func (d *driver) anyEntry() engagement.Entry {
	e := engagement.Entry{
		Record: d.record(), Row: engagement.RowID(d.key().Customer), Name: text.SortKey("customer " + fmt.Sprint(d.IntN(10))), Type: engagement.RowNotStarted,
		Since: d.around(), Deadline: d.around(), Amount: amountText(d.amount()),
	}
	if d.IntN(2) == 0 {
		e.Row = engagement.RowID(added(d.partner(), d.key().Engagement, 1+d.IntN(12), start).ID)
	}
	return e
}

func (d *driver) want() storage.Want {
	want := storage.Want{
		Command: storage.CommandKey{Partner: d.partner(), Key: fmt.Sprint(d.IntN(d.n + 1))},
		Records: []engagement.RecordKey{d.record(), d.record()}, Shared: []engagement.CustomerEngagementKey{d.key()}, Ended: d.IntN(3) == 0, Customers: []engagement.CustomerKey{d.customer(), d.customer()},
	}
	if d.IntN(4) > 0 {
		want.Sendings = d.sendingsQuery()
	}
	if d.IntN(2) == 0 {
		want.Link = storage.LinkKey{Hash: hashOf(1 + d.IntN(d.n+1)), Slot: storage.SlotOf(d.key().Customer)}
		if n := len(d.tokens); n > 0 && d.IntN(4) > 0 {
			t := d.tokens[d.IntN(n)]
			want.Link = storage.LinkKey{Hash: t.Hash, Slot: []storage.Slot{0, t.Slot, want.Link.Slot}[d.IntN(3)]}
		}
	} else {
		key := d.record()
		want.Participation = storage.ParticipationKey{Partner: key.Partner, ID: added(key.Partner, key.Engagement, 1+d.IntN(12), start).ID}
	}
	return want
}

func hashOf(n int) link.Hash { return link.Hash{byte(n >> 16), byte(n >> 8), byte(n), 1} }

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

// applied returns an error unless Apply of a store comes to the same as that of the
// plain one, which says why.
func applied(c storage.Changes, got, plain error) error {
	if outcome(got) == outcome(plain) {
		return nil
	}
	return fmt.Errorf("Apply returns\n\t%v\nand should return\n\t%v\nfor changes of%s", got, plain, outline(c))
}

// outline says what is changed on which versions, a line each.
func outline(c storage.Changes) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "\n\t"+format, args...) }
	for _, s := range c.Shared {
		line("Shared %v on version %d", s.Key, s.Version)
	}
	for _, r := range c.Relied {
		line("Relied %v on version %d", r.Key, r.Version)
	}
	for _, r := range c.Records {
		line("Records %v on version %d", r.Key, r.Version)
	}
	for _, p := range c.Participations {
		line("Participations %s of %v, %s", p.ID, p.Record(), p.StatusAt(c.At))
	}
	for _, e := range c.Entries {
		line("Entries %s of %v", e.Row, e.Record)
	}
	for _, x := range c.Customers {
		line("Customers %v, whose History ends at %d", x.Key, x.History.Seq)
	}
	for _, e := range c.Events {
		line("Events %d of %s and %s", e.Seq, e.Partner, e.Customer)
	}
	for _, e := range c.Erased {
		line("Erased %d of %s and %s", e.Seq, e.Partner, e.Customer)
	}
	for _, t := range c.Tokens {
		line("Tokens %s in slot %d", t.Hash, t.Slot)
	}
	for _, k := range c.Spent {
		line("Spent %s in slot %d", k.Hash, k.Slot)
	}
	for _, m := range c.Messages {
		line("Messages %s of %s", m.ID, m.Partner)
	}
	if c.Command != nil {
		line("Command %v", c.Command.Key)
	}
	return b.String()
}

// alike compares what values are as JSON, in which nothing and an empty list are
// the same to a store that keeps documents.
func alike(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
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
	records, shared, customers := map[string]engagement.PartnerRecord{}, map[string]engagement.CustomerEngagement{}, map[string]engagement.Customer{}
	for key, r := range l.Records {
		records[fmt.Sprint(key)] = r
	}
	for key, x := range l.Shared {
		shared[fmt.Sprint(key)] = x
	}
	for key, x := range l.Customers {
		customers[fmt.Sprint(key)] = x
	}
	return []any{l.Command, records, shared, customers, l.Participation, l.At, l.Sendings, l.Sent}
}

// listText is what is compared of a List: without counts that are 0.
func listText(l storage.List) any {
	return []any{l.Rows, l.More, counts(l), l.Overdue, l.Behind}
}
