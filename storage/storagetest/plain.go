package storagetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// plain is a store that is slow and plain to see: lists that are searched from end to
// end and sorted when somebody asks. It keeps no entries: they are worked out from the
// records and from what is shared, which is what the entries of every store come to. It
// is for one goroutine.
type plain struct {
	scenes    map[engagement.CustomerEngagementKey]scene
	made      map[row]time.Time                              // when each entry was written
	lined     map[engagement.CustomerEngagementKey]time.Time // when what is shared was
	customers map[engagement.CustomerKey]engagement.Customer
	events    map[engagement.CustomerKey][]engagement.Event
	tokens    map[link.Hash]storage.Token
	spent     spending
	commands  map[storage.CommandKey]storage.CommandRecord
	messages  []held
	sendings  []storage.Sending
	feed      []fed
	consumers map[storage.ConsumerKey]storage.Consumer
}

// row is the key of an entry.
type row struct {
	record engagement.RecordKey
	id     engagement.RowID
}

type held struct {
	engagement.Message
	until time.Time
}

func newPlain() *plain {
	return &plain{
		scenes:    map[engagement.CustomerEngagementKey]scene{},
		made:      map[row]time.Time{},
		lined:     map[engagement.CustomerEngagementKey]time.Time{},
		customers: map[engagement.CustomerKey]engagement.Customer{},
		events:    map[engagement.CustomerKey][]engagement.Event{},
		tokens:    map[link.Hash]storage.Token{},
		spent:     spending{},
		commands:  map[storage.CommandKey]storage.CommandRecord{},
		consumers: map[storage.ConsumerKey]storage.Consumer{},
	}
}

var _ storage.Store = (*plain)(nil)

func (s *plain) Apply(_ context.Context, c storage.Changes) error {
	if err := cmp.Or(c.Check(), s.guard(c)); err != nil {
		return err
	}
	for _, v := range c.Shared {
		v.Version++
		at := s.scenes[v.Key]
		at.shared = v
		s.scenes[v.Key], s.lined[v.Key] = at, c.At
	}
	for _, r := range c.Records {
		at := s.scenes[r.Key.Shared()]
		r.Version++
		r.Participations = at.record(r.Key.Partner).Participations
		at.shared.Key = r.Key.Shared()
		s.scenes[r.Key.Shared()] = at.with(r)
	}
	for _, p := range c.Participations {
		at := s.scenes[p.Record().Shared()]
		r := at.record(p.Partner)
		s.scenes[p.Record().Shared()] = at.with(oldestFirst(r.WithParticipation(p)))
	}
	for _, e := range c.Entries {
		s.made[row{e.Record, e.Row}] = c.At
	}
	for _, x := range c.Customers {
		x.Persons = s.customers[x.Key].Persons
		s.customers[x.Key] = x
	}
	for _, p := range c.Persons {
		x := s.customers[p.Key]
		x.Persons = p.Persons
		s.customers[p.Key] = x
	}
	for _, e := range c.Events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		s.events[key] = append(s.events[key], e)
		s.feed = append(s.feed, fed{key, e.Seq})
	}
	for _, e := range c.Erased {
		s.events[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}][e.Seq-1].Person = nil
	}
	for _, t := range c.Tokens {
		s.tokens[t.Hash] = t
	}
	s.applySpent(c)
	s.applySendings(c)
	if c.Command != nil {
		s.commands[c.Command.Key] = *c.Command
	}
	for i, m := range s.messages {
		if until, ok := c.Postponed[m.ID]; ok {
			s.messages[i].until = until
		}
	}
	s.messages = slices.DeleteFunc(s.messages, func(m held) bool {
		return slices.Contains(c.Delivered, m.ID) || slices.Contains(c.Unsent, storage.Recipient{Partner: m.Partner, To: m.To})
	})
	for _, m := range c.Messages {
		s.messages = append(s.messages, held{Message: m})
	}
	return nil
}

// guard finds what the random changes may have wrong with them.
func (s *plain) guard(c storage.Changes) error {
	for _, v := range c.Shared {
		if s.scenes[v.Key].shared.Version != v.Version {
			return fmt.Errorf("%w: what is shared of %v has version %d", storage.ErrConflict, v.Key, s.scenes[v.Key].shared.Version)
		}
	}
	for _, r := range c.Relied {
		if s.scenes[r.Key].shared.Version != r.Version {
			return fmt.Errorf("%w: what is shared of %v has version %d", storage.ErrConflict, r.Key, s.scenes[r.Key].shared.Version)
		}
	}
	for _, r := range c.Records {
		if s.scenes[r.Key.Shared()].record(r.Key.Partner).Version != r.Version {
			return fmt.Errorf("%w: the record %v has version %d", storage.ErrConflict, r.Key, s.scenes[r.Key.Shared()].record(r.Key.Partner).Version)
		}
	}
	heads := map[engagement.CustomerKey]engagement.Head{}
	for _, x := range c.Customers {
		heads[x.Key] = s.customers[x.Key].History
	}
	for _, e := range c.Events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		if heads[key].Seq+1 != e.Seq {
			return fmt.Errorf("%w: the history of %v ends at event %d", storage.ErrConflict, key, s.customers[key].History.Seq)
		}
		heads[key] = engagement.Head{Seq: e.Seq, Hash: e.Hash}
	}
	for _, x := range c.Customers {
		if heads[x.Key].Seq != x.History.Seq {
			return fmt.Errorf("%w: the history of %v ends at event %d", storage.ErrConflict, x.Key, s.customers[x.Key].History.Seq)
		}
		if heads[x.Key] != x.History {
			return fmt.Errorf("%w: the history of %v ends at event %d, with another hash", storage.ErrInvalid, x.Key, x.History.Seq)
		}
	}
	if c.Command != nil {
		if _, used := s.commands[c.Command.Key]; used {
			return fmt.Errorf("%w: command %v is there already", storage.ErrConflict, c.Command.Key)
		}
	}
	for _, e := range c.Erased {
		events := s.events[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}]
		if e.Seq < 1 || e.Seq > int64(len(events)) || events[e.Seq-1].Hash != e.Hash {
			return fmt.Errorf("%w: the erased event %d of %s and %s is not the stored one", storage.ErrInvalid, e.Seq, e.Partner, e.Customer)
		}
	}
	return nil
}

func (s *plain) Load(_ context.Context, want storage.Want) (storage.Loaded, error) {
	out := storage.Loaded{
		Records: map[engagement.RecordKey]engagement.PartnerRecord{}, Shared: map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		Customers: map[engagement.CustomerKey]engagement.Customer{},
	}
	if record, ok := s.commands[want.Command]; ok {
		out.Command = &record
	}
	s.loadSendings(&out, want.Sendings)
	key := want.Participation
	if t := s.tokens[want.Link.Hash]; want.Link.Slot == 0 || want.Link.Slot == t.Slot {
		if t.Participation != "" {
			key = storage.ParticipationKey{Partner: t.Record.Partner, ID: t.Participation}
		}
	}
	for _, at := range s.scenes {
		if _, ok := at.record(key.Partner).Participation(key.ID); ok && key.ID != "" {
			out.Participation, out.At = &key, at.record(key.Partner).Key
			want.Records = append(want.Records, out.At)
			want.Customers = append(want.Customers, out.At.OfCustomer())
		}
	}
	for _, at := range want.Records {
		r := s.scenes[at.Shared()].record(at.Partner)
		r.Key = at
		r.Participations = slices.DeleteFunc(slices.Clone(r.Participations), func(p engagement.Participation) bool {
			return p.Ended() && !want.Ended && key != storage.ParticipationKey{Partner: p.Partner, ID: p.ID}
		})
		out.Records[at] = r
		want.Shared = append(want.Shared, at.Shared())
	}
	for _, at := range want.Shared {
		shared := s.scenes[at].shared
		shared.Key = at
		out.Shared[at] = shared
	}
	for _, key := range want.Customers {
		if x, ok := s.customers[key]; ok {
			out.Customers[key] = x
		}
	}
	return out, nil
}

// entries are those of all records: as they were when they were written, with the room
// that there is since.
func (s *plain) entries() []engagement.Entry {
	var out []engagement.Entry
	for key, at := range s.scenes {
		for _, r := range at.records {
			room := at.shared.RoomFor(r.Key.Partner)
			when := func(id engagement.RowID) time.Time { return s.made[row{r.Key, id}] }
			all := []engagement.Entry{r.Entry(room, when(engagement.RowID(r.Key.Customer)))}
			for _, p := range r.Participations {
				all = append(all, r.EntryOf(p, room, when(engagement.RowID(p.ID))))
			}
			for _, e := range all {
				if when(e.Row).Before(s.lined[key]) {
					e = e.WithRoom(room, s.lined[key])
				}
				out = append(out, e)
			}
		}
	}
	return out
}

func (s *plain) List(_ context.Context, q storage.ListQuery) (storage.List, error) {
	out := storage.List{Tabs: map[engagement.Tab]int{}, Statuses: map[engagement.Status]int{}}
	order := func(a, b storage.Position) int {
		if q.Descending {
			return b.Compare(a)
		}
		return a.Compare(b)
	}
	for _, e := range s.entries() {
		switch {
		case !q.Has(e):
			continue
		case engagement.Passed(e.Until, q.Now):
			out.Overdue = append(out.Overdue, storage.ListRow{Entry: e})
			continue
		case e.Tab == engagement.TabNone:
			continue
		case q.Tab == engagement.TabNone:
			out.Statuses[e.Status]++
		default:
			out.Tabs[e.Tab]++
		}
		behind := q.After == nil || order(position(q, e), *q.After) > 0
		if (q.Tab == engagement.TabNone || q.Tab == e.Tab) && q.Filter.Match(e) && behind {
			out.Rows = append(out.Rows, storage.ListRow{Entry: e})
		}
	}
	if q.MaxOverdue > 0 && len(out.Overdue) > q.MaxOverdue {
		return storage.List{Behind: true}, nil
	}
	slices.SortFunc(out.Rows, func(a, b storage.ListRow) int { return order(position(q, a.Entry), position(q, b.Entry)) })
	slices.SortFunc(out.Overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	out.Rows, out.More = out.Rows[:min(len(out.Rows), q.Limit)], len(out.Rows) > q.Limit
	return out, nil
}

func (s *plain) Figures(_ context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	var out storage.Figures
	sum := q.Sum()
	for _, e := range s.entries() {
		switch {
		case !q.Has(e):
		case engagement.Passed(e.Until, q.Now):
			out.Overdue = append(out.Overdue, storage.ListRow{Entry: e})
		default:
			sum.Add(e)
		}
	}
	if q.MaxOverdue > 0 && len(out.Overdue) > q.MaxOverdue {
		return storage.Figures{Behind: true}, nil
	}
	slices.SortFunc(out.Overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	out.Rows = sum.Rows()
	return out, nil
}

func (s *plain) Customers(_ context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	var out []engagement.Customer
	after := engagement.CustomerKey{Partner: cmp.Or(q.Partner, q.AfterPartner), Customer: q.After}
	order := func(a, b engagement.CustomerKey) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Customer, b.Customer))
	}
	for key, x := range s.customers {
		if (q.Partner == "" || key.Partner == q.Partner) && order(key, after) > 0 && q.Has(x) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b engagement.Customer) int { return order(a.Key, b.Key) })
	return out[:min(len(out), q.Limit)], nil
}

func (s *plain) History(_ context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events := slices.DeleteFunc(slices.Clone(s.events[q.Customer]), func(e engagement.Event) bool { return !q.Has(e) })
	if q.Newest {
		slices.Reverse(events)
	}
	return events[:min(len(events), q.Limit)], nil
}

func (s *plain) Due(_ context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	wakes := map[engagement.RecordKey]time.Time{}
	var out []engagement.RecordKey
	for _, at := range s.scenes {
		for _, r := range at.records {
			wakes[r.Key] = r.Wake()
			if engagement.Passed(r.Wake(), q.Now) && (q.Partner == "" || q.Partner == r.Key.Partner) && (q.Engagement == "" || q.Engagement == r.Key.Engagement) {
				out = append(out, r.Key)
			}
		}
	}
	slices.SortFunc(out, func(a, b engagement.RecordKey) int { return cmp.Or(wakes[a].Compare(wakes[b]), a.Compare(b)) })
	return out[:min(len(out), q.Limit)], nil
}

func (s *plain) Lease(_ context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	slices.SortFunc(s.messages, func(a, b held) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	var out []engagement.Message
	for i := range s.messages {
		if m := &s.messages[i]; len(out) < q.Limit && !m.until.After(q.Now) {
			m.Attempts++
			m.until = q.Until
			out = append(out, m.Message)
		}
	}
	return out, nil
}
