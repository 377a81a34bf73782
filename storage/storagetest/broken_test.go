package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// TestBrokenStores shows that the kit fails stores which are broken on purpose,
// each in the case that is there for it, with an error that begins with the rule.
func TestBrokenStores(t *testing.T) {
	expectFailures(t, []brokenStore{
		{"duplicate command", []string{"command guard", "one command"}, func() storage.Store { return &duplicateCommand{Store: memory.New()} }},
		{"dirty read", []string{"whole states"}, func() storage.Store { return &dirtyRead{Store: memory.New()} }},
		{"half a failure", []string{"atomic"}, func() storage.Store { return &halfFailure{Store: memory.New()} }},
		{"unstable paging", []string{"stable pages", "stable claims"}, func() storage.Store { return &unstablePaging{Store: memory.New()} }},
		{"outbox outside of the transaction", []string{"outbox", "atomic"}, func() storage.Store { return &outboxOutside{Store: memory.New()} }},
		{"truncated time", []string{"time"}, func() storage.Store { return &truncatedTime{Store: memory.New()} }},
		{"customers that are associated", []string{"time", "model"}, func() storage.Store { return &associated{Store: memory.New()} }},
		{"history rebased", []string{"history guard"}, func() storage.Store { return &rebasedHistory{Store: memory.New()} }},
		{"details that are lost", []string{"history", "model"}, func() storage.Store {
			return &otherHistory{Store: memory.New(), event: func(e *engagement.Event) { e.Detail.Codes = nil }}
		}},
		{"states that are lost", []string{"history"}, func() storage.Store {
			return &otherHistory{Store: memory.New(), event: func(e *engagement.Event) { e.State = engagement.Digest{} }}
		}},
		{"everybody's events", []string{"history", "model"}, func() storage.Store {
			return &otherHistory{Store: memory.New(), query: func(q *storage.HistoryQuery) { q.Participation = "" }}
		}},
		{"the oldest events first", []string{"history", "model"}, func() storage.Store {
			return &otherHistory{Store: memory.New(), query: func(q *storage.HistoryQuery) { q.Newest = false }}
		}},
		{"histories without end", []string{"history", "model"}, func() storage.Store {
			return &otherHistory{Store: memory.New(), query: func(q *storage.HistoryQuery) { q.Before = 0 }}
		}},
		{"leases that hold nothing", []string{"lease", "exclusive leases"}, func() storage.Store { return &sharedLease{Store: memory.New()} }},
		{"drifting counts", []string{"counts"}, func() storage.Store { return &driftingCounts{Store: memory.New()} }},
		{"stale reads", []string{"visible"}, func() storage.Store { return &staleRead{Store: memory.New()} }},
		{"late deadlines", []string{"overdue", "due"}, func() storage.Store { return &lateDeadlines{Store: memory.New()} }},
		{"entries left behind", []string{"entries", "claims replaced", "model", "read model"}, newLoose(func(s *loose) {
			s.keep = func(e engagement.Entry) engagement.Entry {
				if s.first == nil {
					s.first = map[engagement.RowID]engagement.Entry{}
				}
				if first, ok := s.first[e.Row]; ok && first.Record == e.Record {
					return first
				}
				s.first[e.Row] = e
				return e
			}
		})},
		{"cursors that need their entry", []string{"cursors", "claims cursors"}, func() storage.Store { return &lostCursor{memory.New()} }},
		{"an order for people", []string{"byte order"}, func() storage.Store { return &politeOrder{memory.New()} }},
		{"customers shown early", []string{"whole states"}, func() storage.Store { return &earlyCustomer{memory.New()} }},
		{"attempts not counted", []string{"attempts", "model"}, func() storage.Store { return &uncounted{memory.New()} }},
		{"endless lease", []string{"lease", "delivered", "model"}, func() storage.Store { return &endlessLease{memory.New()} }},
		{"unsent to everybody", []string{"unsent"}, func() storage.Store { return &unsentToAll{memory.New()} }},
		{"sendings forgotten for everybody", []string{"sendings go", "model"}, func() storage.Store { return &forgetful{memory.New()} }},
		{"sendings counted from the beginning", []string{"sendings", "model"}, func() storage.Store { return &countsAll{memory.New()} }},
		{"links that are spent", []string{"link"}, func() storage.Store { return &spentLink{Store: memory.New(), opened: map[link.Hash]bool{}} }},
		{"persons that stay", []string{"erase", "model"}, func() storage.Store { return &keptPerson{memory.New()} }},
		{"customers of every kind", []string{"customers", "model"}, func() storage.Store { return &allCustomers{memory.New()} }},
		{"contacts forgotten", []string{"contacts"}, func() storage.Store { return &nobodyNamed{memory.New()} }},
		{"contexts that are not heard", []string{"context"}, func() storage.Store { return &deaf{memory.New()} }},
		{"names in another normal form", []string{"awkward values"}, func() storage.Store { return &composed{memory.New()} }},
		{"an engine that keeps no NUL", []string{"odd texts", "odd keys"}, func() storage.Store { return &noNUL{memory.New()} }},
		{"participations of all partners", []string{"participation"}, func() storage.Store { return &openDoors{Store: memory.New()} }},
	})
}

type brokenStore struct {
	name  string
	cases []string // that must fail
	open  func() storage.Store
}

func expectFailures(t *testing.T, stores []brokenStore) {
	for _, broken := range stores {
		t.Run(broken.name, func(t *testing.T) {
			for _, c := range storagetest.Cases() {
				if !slices.Contains(broken.cases, c.Name) {
					continue
				}
				s := broken.open()
				err := c.Run(t.Context(), s, s)
				for seed := uint64(100); err == nil && c.Name == "model" && seed < 110; seed++ { // what the steps of one walk do not come upon
					s := broken.open()
					if walked := storagetest.Compare(t.Context(), s, s, seed, 1000); walked != nil {
						err = fmt.Errorf("%s\n\t%w", c.Rule, walked)
					}
				}
				if err == nil {
					t.Errorf("case %q passes", c.Name)
				} else if !strings.HasPrefix(err.Error(), c.Rule+"\n") {
					t.Errorf("the error of %q does not begin with the rule: %v", c.Name, err)
				}
				broken.cases = slices.DeleteFunc(broken.cases, func(name string) bool { return name == c.Name })
			}
			if len(broken.cases) > 0 {
				t.Errorf("there are no cases %q", broken.cases)
			}
		})
	}
}

// duplicateCommand forgets a command's key when it is not new.
type duplicateCommand struct{ storage.Store }

func (s *duplicateCommand) Apply(ctx context.Context, c storage.Changes) error {
	err := s.Store.Apply(ctx, c)
	if c.Command != nil && errors.Is(err, storage.ErrConflict) {
		c.Command = nil
		return s.Store.Apply(ctx, c)
	}
	return err
}

// dirtyRead shows each part of a change as soon as it is written.
type dirtyRead struct{ storage.Store }

func (s *dirtyRead) Apply(ctx context.Context, c storage.Changes) error {
	if len(c.Records) != 2 || len(c.Messages) > 0 {
		return s.Store.Apply(ctx, c)
	}
	for _, r := range c.Records {
		if err := s.Store.Apply(ctx, partOf(c, r.Key)); err != nil {
			return err
		}
		time.Sleep(100 * time.Microsecond) // so that a reader gets in between
	}
	return s.Store.Apply(ctx, storage.Changes{Customers: c.Customers, Events: c.Events})
}

// partOf are the changes of one record, and of what is shared there.
func partOf(c storage.Changes, key engagement.RecordKey) storage.Changes {
	part := storage.Changes{At: c.At}
	for _, v := range c.Shared {
		if v.Key == key.Shared() {
			part.Shared = append(part.Shared, v)
		}
	}
	for _, v := range c.Relied {
		if v.Key == key.Shared() {
			part.Relied = append(part.Relied, v)
		}
	}
	for _, r := range c.Records {
		if r.Key == key {
			part.Records = append(part.Records, r)
		}
	}
	for _, p := range c.Participations {
		if p.Record() == key {
			part.Participations = append(part.Participations, p)
		}
	}
	for _, e := range c.Entries {
		if e.Record == key {
			part.Entries = append(part.Entries, e)
		}
	}
	return part
}

// halfFailure keeps what comes before the failure.
type halfFailure struct{ storage.Store }

func (s *halfFailure) Apply(ctx context.Context, c storage.Changes) error {
	if err := s.Store.Apply(ctx, c); err != nil {
		if ctx.Err() == nil {
			_ = s.Store.Apply(ctx, storage.Changes{Command: c.Command})
		}
		return err
	}
	return nil
}

// unstablePaging counts rows instead of looking for where the last page ended.
type unstablePaging struct {
	storage.Store
	offsets offsets
}

func (s *unstablePaging) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	offset := s.offsets.of(q.After)
	q.After, q.Limit = nil, offset+q.Limit
	page, err := s.Store.List(ctx, q)
	page.Rows = s.offsets.from(offset, page.Rows)
	return page, err
}

// offsets are how many rows were shown up to each one.
type offsets struct {
	mu    sync.Mutex
	shown map[engagement.RowID]int
}

func (o *offsets) of(after *storage.Position) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if after == nil {
		return 0
	}
	return o.shown[after.Row]
}

// from returns the rows from an offset on, and remembers them.
func (o *offsets) from(offset int, rows []storage.ListRow) []storage.ListRow {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shown == nil {
		o.shown = map[engagement.RowID]int{}
	}
	rows = rows[min(offset, len(rows)):]
	for i, r := range rows {
		o.shown[r.Entry.Row] = offset + i + 1
	}
	return rows
}

// outboxOutside stores messages before everything else.
type outboxOutside struct{ storage.Store }

func (s *outboxOutside) Apply(ctx context.Context, c storage.Changes) error {
	if err := s.Store.Apply(ctx, storage.Changes{Messages: c.Messages}); err != nil {
		return err
	}
	c.Messages = nil
	return s.Store.Apply(ctx, c)
}

// truncatedTime keeps customers' times to the second.
type truncatedTime struct{ storage.Store }

func (s *truncatedTime) Apply(ctx context.Context, c storage.Changes) error {
	c.Customers = slices.Clone(c.Customers)
	for i := range c.Customers {
		c.Customers[i].KnownSince = c.Customers[i].KnownSince.Truncate(time.Second)
	}
	return s.Store.Apply(ctx, c)
}

// nobodyNamed forgets the contacts of customers.
type nobodyNamed struct{ storage.Store }

func (s *nobodyNamed) Apply(ctx context.Context, c storage.Changes) error {
	c.Customers = slices.Clone(c.Customers)
	for i := range c.Customers {
		c.Customers[i].Named = nil
	}
	return s.Store.Apply(ctx, c)
}

// associated forgets that a customer was disassociated.
type associated struct{ storage.Store }

func (s *associated) Apply(ctx context.Context, c storage.Changes) error {
	c.Customers = slices.Clone(c.Customers)
	for i := range c.Customers {
		c.Customers[i].DisassociatedAt = time.Time{}
	}
	return s.Store.Apply(ctx, c)
}

// rebasedHistory puts events behind whatever the history ends with.
type rebasedHistory struct{ storage.Store }

func (s *rebasedHistory) Apply(ctx context.Context, c storage.Changes) error {
	err := s.Store.Apply(ctx, c)
	if !errors.Is(err, storage.ErrConflict) || len(c.Customers) != 1 || len(c.Records) > 0 {
		return err
	}
	key := c.Customers[0].Key
	loaded, err := s.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
	if err != nil {
		return err
	}
	c.Customers = slices.Clone(c.Customers)
	c.Events, c.Customers[0].History = engagement.Chain(loaded.Customers[key].History, c.Events...)
	return s.Store.Apply(ctx, c)
}

// sharedLease lets a lease end when it begins.
type sharedLease struct{ storage.Store }

func (s *sharedLease) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	got, err := s.Store.Lease(ctx, q)
	postponed := map[engagement.MessageID]time.Time{}
	for _, m := range got {
		if m.Attempts < 3 { // so that who drains the outbox comes to an end
			postponed[m.ID] = q.Now
		}
	}
	if len(postponed) > 0 {
		err = errors.Join(err, s.Apply(ctx, storage.Changes{Postponed: postponed}))
	}
	return got, err
}

// driftingCounts counts the rows of the eligible tab as they were at first.
type driftingCounts struct {
	storage.Store
	mu    sync.Mutex
	first map[engagement.Tab]int
}

func (s *driftingCounts) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	page, err := s.Store.List(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		s.first = page.Tabs
	}
	page.Tabs = s.first
	return page, err
}

// staleRead answers a Load as it did the first time.
type staleRead struct {
	storage.Store
	mu    sync.Mutex
	first *storage.Loaded
}

func (s *staleRead) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(want.Records) != 2 || len(want.Customers) > 0 {
		return s.Store.Load(ctx, want)
	}
	if s.first == nil {
		loaded, err := s.Store.Load(ctx, want)
		if err != nil {
			return loaded, err
		}
		s.first = &loaded
	}
	return *s.first, nil
}

// lateDeadlines takes the deadline itself for time that is left.
type lateDeadlines struct{ storage.Store }

func (s *lateDeadlines) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	q.Now = q.Now.Add(-time.Microsecond)
	return s.Store.List(ctx, q)
}

func (s *lateDeadlines) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	q.Now = q.Now.Add(-time.Microsecond)
	return s.Store.Due(ctx, q)
}

// openDoors finds a participation whoever asks.
type openDoors struct{ storage.Store }

func (s *openDoors) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if want.Participation.ID != "" {
		want.Participation.Partner = "northwind"
	}
	return s.Store.Load(ctx, want)
}

// lostCursor begins at the first row when the one that the cursor stands for is
// gone.
type lostCursor struct{ storage.Store }

func (s *lostCursor) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	if q.After != nil {
		all := q
		all.After, all.Limit = nil, 1000
		page, err := s.Store.List(ctx, all)
		if err != nil {
			return page, err
		}
		if !slices.ContainsFunc(page.Rows, func(r storage.ListRow) bool { return q.Sort.PositionOf(r.Entry, q.Names) == *q.After }) {
			q.After = nil
		}
	}
	return s.Store.List(ctx, q)
}

// politeOrder does not tell capital letters from small ones.
type politeOrder struct{ storage.Store }

func (s *politeOrder) Apply(ctx context.Context, c storage.Changes) error {
	c.Entries = slices.Clone(c.Entries)
	for i := range c.Entries {
		c.Entries[i].Name = strings.ToLower(c.Entries[i].Name)
	}
	return s.Store.Apply(ctx, c)
}

// earlyCustomer stores a customer and what happened before the records.
type earlyCustomer struct{ storage.Store }

func (s *earlyCustomer) Apply(ctx context.Context, c storage.Changes) error {
	if len(c.Records) != 2 || len(c.Customers) != 1 || len(c.Messages) > 0 {
		return s.Store.Apply(ctx, c)
	}
	if err := s.Store.Apply(ctx, storage.Changes{Customers: c.Customers, Events: c.Events}); err != nil {
		return err
	}
	time.Sleep(100 * time.Microsecond) // so that a reader gets in between
	c.Customers, c.Events = nil, nil
	return s.Store.Apply(ctx, c)
}

// uncounted hands out messages as if for the first time.
type uncounted struct{ storage.Store }

func (s *uncounted) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	got, err := s.Store.Lease(ctx, q)
	for i := range got {
		got[i].Attempts = 1
	}
	return got, err
}

// endlessLease never hands out a message again.
type endlessLease struct{ storage.Store }

func (s *endlessLease) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	q.Until = q.Until.AddDate(100, 0, 0)
	return s.Store.Lease(ctx, q)
}

// unsentToAll drops the messages of every partner to an address.
type unsentToAll struct{ storage.Store }

func (s *unsentToAll) Apply(ctx context.Context, c storage.Changes) error {
	for _, r := range c.Unsent {
		r.Partner = "fabrikam"
		c.Unsent = append(slices.Clone(c.Unsent), r)
	}
	return s.Store.Apply(ctx, c)
}

// forgetful drops the sendings of every partner to a mailbox.
type forgetful struct{ storage.Store }

func (s *forgetful) Apply(ctx context.Context, c storage.Changes) error {
	for _, f := range slices.Clone(c.Forgotten) {
		for _, p := range []engagement.PartnerID{"northwind", "fabrikam"} {
			f.Partner = p
			c.Forgotten = append(c.Forgotten, f)
		}
	}
	return s.Store.Apply(ctx, c)
}

// countsAll counts what a partner has ever sent.
type countsAll struct{ storage.Store }

func (s *countsAll) Load(ctx context.Context, w storage.Want) (storage.Loaded, error) {
	w.Sendings.Today = time.Time{}
	return s.Store.Load(ctx, w)
}

// spentLink finds a link until another one of the same participation is there.
type spentLink struct {
	storage.Store
	mu     sync.Mutex
	opened map[link.Hash]bool
}

func (s *spentLink) Apply(ctx context.Context, c storage.Changes) error {
	err := s.Store.Apply(ctx, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(c.Tokens) > 0 && err == nil {
		clear(s.opened)
		s.opened[c.Tokens[0].Hash] = true
	}
	return err
}

func (s *spentLink) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opened[want.Link.Hash] {
		want.Link = storage.LinkKey{}
	}
	return s.Store.Load(ctx, want)
}

// otherHistory returns other events than it was asked for, or says less of them.
type otherHistory struct {
	storage.Store
	query func(*storage.HistoryQuery)
	event func(*engagement.Event)
}

func (s *otherHistory) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if s.query != nil {
		s.query(&q)
	}
	events, err := s.Store.History(ctx, q)
	for i := range events {
		if s.event != nil {
			s.event(&events[i])
		}
	}
	return events, err
}

// keptPerson says that it has erased a person.
type keptPerson struct{ storage.Store }

func (s *keptPerson) Apply(ctx context.Context, c storage.Changes) error {
	c.Erased = nil
	return s.Store.Apply(ctx, c)
}

// allCustomers does not ask whether a customer is known.
type allCustomers struct{ storage.Store }

func (s *allCustomers) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	q.Known = false
	return s.Store.Customers(ctx, q)
}

// deaf goes on when its context is cancelled.
type deaf struct{ storage.Store }

func (s *deaf) Apply(ctx context.Context, c storage.Changes) error {
	return s.Store.Apply(context.WithoutCancel(ctx), c)
}

// noNUL has trouble with keys that have a NUL.
type noNUL struct{ storage.Store }

func (s *noNUL) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if strings.Contains(want.Command.Key, "\x00") {
		return storage.Loaded{}, storage.ErrUnavailable
	}
	return s.Store.Load(ctx, want)
}

func (s *noNUL) Apply(ctx context.Context, c storage.Changes) error {
	if c.Command != nil && strings.Contains(c.Command.Key.Key, "\x00") {
		return storage.ErrUnavailable
	}
	return s.Store.Apply(ctx, c)
}
