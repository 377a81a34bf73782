package storagetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func wholeCases() []Case {
	return []Case{
		{"last part", "An Apply that fails, whichever part of it is wrong, leaves every kind of row as it was.", checkLastPart},
		{"behind the back", "What another handle has changed is seen and reckoned with, whatever this one has read and written before.", checkBehindTheBack},
	}
}

// state is every kind of row that a store shows of what the cases here write, as
// JSON by the name of the kind.
type state map[string]string

// stateOf reads a store. It leases messages for a moment, so each reading has to be
// at a later minute than the one before. Counts that are not those of the rows are an
// error.
func stateOf(ctx context.Context, s storage.Store, minute int) (state, error) {
	out := state{}
	add := func(kind string, value any) error {
		text, err := json.Marshal(value)
		out[kind] += nothing.Replace(string(text)) + "\n"
		return err
	}
	return out, errors.Join(addLoaded(ctx, s, add), addLists(ctx, s, add), addMessages(ctx, s, start.Add(day+time.Duration(minute)*time.Minute), add))
}

// addLoaded adds what a Load returns: by key, by link, by participation.
func addLoaded(ctx context.Context, s storage.Store, add func(string, any) error) error {
	for n := 1; n <= 5; n++ {
		for _, e := range []engagement.ID{migration, security} {
			at, err := load(ctx, s, keyOf(e, n))
			if err := errors.Join(err, add("what is shared", at.shared)); err != nil {
				return err
			}
			for _, r := range at.records {
				err := add("participations", r.Participations)
				r.Participations = nil
				if err := errors.Join(err, add("records", r)); err != nil {
					return err
				}
			}
		}
		customer := engagement.CustomerKey{Partner: northwind, Customer: customerOf(n)}
		loaded, err1 := s.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{customer}, Command: commandKey(n), Link: storage.LinkKey{Hash: link.Hash{byte(n)}}})
		byID, err2 := s.Load(ctx, storage.Want{Participation: storage.ParticipationKey{Partner: northwind, ID: added(northwind, migration, n, start).ID}})
		history, err3 := s.History(ctx, storage.HistoryQuery{Customer: customer, Limit: 100})
		if err := errors.Join(err1, err2, err3, add("customers", loaded.Customers[customer]), add("command records", loaded.Command), add("tokens", loaded.Participation),
			add("participations", fmt.Sprint(byID.Participation != nil, byID.At)), add("events", history)); err != nil {
			return err
		}
	}
	return nil
}

// addLists adds pages with their counts, claims with theirs, lists and sendings.
func addLists(ctx context.Context, s storage.Store, add func(string, any) error) error {
	for _, of := range []engagement.PartnerID{northwind, fabrikam} {
		for _, e := range []engagement.ID{migration, security} {
			for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
				q := pageOf(tab, 100)
				q.Partner, q.Engagement = of, e
				page, err := s.List(ctx, q)
				if err := errors.Join(err, add("entries", page.Rows), add("counts", page.Tabs[tab]), same("a page's count", page.Tabs[tab], len(page.Rows))); err != nil {
					return err
				}
			}
		}
		claims, err1 := s.List(ctx, claimsOf(of, 100))
		rows := map[engagement.Status]int{}
		for _, r := range claims.Rows {
			rows[r.Entry.Status]++
		}
		for _, status := range engagement.AllStatuses() {
			err1 = errors.Join(err1, same("the count of claims that are "+string(status), claims.Statuses[status], rows[status]))
		}
		customers, err2 := s.Customers(ctx, storage.CustomersQuery{Partner: of, Limit: 100})
		mailed, err3 := sent(ctx, s, of)
		if err := errors.Join(err1, err2, err3, add("entries", claims.Rows), add("counts", fmt.Sprint(rows)), add("customers", customers), add("sendings", mailed)); err != nil {
			return err
		}
	}
	due, err := dueAt(ctx, s, start.AddDate(1, 0, 0), 100)
	return errors.Join(err, add("what is due", due))
}

// addMessages adds those that are ready, without how often they have been.
func addMessages(ctx context.Context, s storage.Store, now time.Time, add func(string, any) error) error {
	ready, err := s.Lease(ctx, storage.LeaseQuery{Now: now, Until: now.Add(time.Second), Limit: 100})
	ready = slices.Clone(ready)
	for i := range ready {
		ready[i].Attempts = 0
	}
	return errors.Join(err, add("messages", ready))
}

// unchanged returns an error for each kind that is another.
func (s state) unchanged(since state, what string) error {
	var all []error
	for _, kind := range slices.Sorted(maps.Keys(s)) {
		all = append(all, same(what+": what there is of "+kind, s[kind], since[kind]))
	}
	return errors.Join(all...)
}

// changed returns an error for each kind that is the same.
func (s state) changed(since state, what string) error {
	var all []error
	for _, kind := range slices.Sorted(maps.Keys(s)) {
		if s[kind] == since[kind] {
			all = append(all, fmt.Errorf("%s has not changed what there is of %s", what, kind))
		}
	}
	return errors.Join(all...)
}

func commandKey(n int) storage.CommandKey { return everything(n).Command.Key }

// groundwork is what there is at first.
func groundwork() []storage.Changes {
	other := changed(start, known(fabrikam, security, 5, "Five", start))
	other.Messages = []engagement.Message{message("m-3", fabrikam, 3, start, "ana@contoso.com"), message("m-4", northwind, 3, start, "joao@contoso.com")}
	other.Sendings = []storage.Sending{
		sending(northwind, "s-1", 1, start), sending(northwind, "s-2", 2, start.Add(time.Hour)), sending(fabrikam, "s-1", 1, start), sending(fabrikam, "s-2", 2, start),
	}
	return []storage.Changes{everything(1), everything(2), other}
}

// onTop are changes of every kind to the groundwork, each of which is seen.
func onTop() storage.Changes {
	first, second, third := everything(1), everything(2), everything(3)
	p := added(northwind, migration, 1, start)
	was := of(p)
	was.shared.Version = 1
	r := was.record(northwind)
	r.Version = 1
	was = was.with(r)
	c := becoming(start, was, was.enter(granted(p, start)))
	also(&c, of(added(northwind, migration, 3, start)))
	customer := first.Customers[0]
	customer.FriendlyName = "Friend"
	c, _ = told(c, customer, event(engagement.EventConsentGranted))
	c, _ = told(c, newCustomer(northwind, 3), event(engagement.EventCustomerAdded))
	c.Tokens, c.Command = third.Tokens, third.Command
	c.Messages = []engagement.Message{message("m-5", northwind, 3, start, "ana@contoso.com")}
	c.Delivered, c.Postponed = []engagement.MessageID{"m-1"}, map[engagement.MessageID]time.Time{"m-2": start.Add(30 * day)}
	c.Unsent = []storage.Recipient{{Partner: northwind, To: message("", northwind, 1, start, "joao@contoso.com").To}}
	c.Sendings, c.SendingsFrom = []storage.Sending{sending(northwind, "s-3", 2, start.Add(2*time.Hour))}, start.Add(time.Minute)
	c.Forgotten = []storage.Mailbox{{Partner: fabrikam, Mailbox: box(1)}}
	c.Erased = []engagement.Event{second.Events[0].Erase()}
	return c
}

// faults each make changes on top of the groundwork fail, by what comes last.
var faults = []struct {
	what  string
	spoil func(c *storage.Changes)
}{
	{"a record that has gone on", func(c *storage.Changes) { also(c, known(fabrikam, security, 5, "Five", start)) }},
	{"what is shared and has gone on", func(c *storage.Changes) { also(c, of(added(fabrikam, migration, 2, start))) }},
	{"what is relied on and has gone on", func(c *storage.Changes) { also(c, known(fabrikam, migration, 2, "Two", start)) }},
	{"a history that has gone on", func(c *storage.Changes) {
		*c, _ = told(*c, newCustomer(northwind, 2), event(engagement.EventCustomerAdded))
	}},
	{"a command key in use", func(c *storage.Changes) { c.Command = everything(1).Command }},
	{"a token that is there", func(c *storage.Changes) { c.Tokens = append(slices.Clone(c.Tokens), everything(1).Tokens...) }},
	{"a message that is there", func(c *storage.Changes) {
		c.Messages = append(slices.Clone(c.Messages), message("m-3", fabrikam, 3, start, "ana@contoso.com"))
	}},
	{"a sending that is there", func(c *storage.Changes) {
		c.Sendings = append(slices.Clone(c.Sendings), sending(northwind, "s-2", 1, start.Add(2*time.Hour)))
	}},
	{"another hash of an event to be erased", func(c *storage.Changes) {
		forged := everything(2).Events[1].Erase()
		forged.Hash = engagement.Digest{1}
		c.Erased = append(slices.Clone(c.Erased), forged)
	}},
	{"a participation that is elsewhere", func(c *storage.Changes) {
		p := added(northwind, security, 4, start)
		p.ID = added(northwind, migration, 2, start).ID
		also(c, of(p))
	}},
}

// also changes another scene, of which nothing is stored.
func also(c *storage.Changes, is scene) { add(c, scene{}, is) }

func checkLastPart(ctx context.Context, a, b storage.Store) error {
	for _, c := range groundwork() {
		if err := a.Apply(ctx, c); err != nil {
			return err
		}
	}
	before, err := stateOf(ctx, a, 0)
	if err != nil {
		return err
	}
	minute := 0
	for _, fault := range faults {
		c := onTop()
		fault.spoil(&c)
		if err := a.Apply(ctx, c); !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrInvalid) {
			return fmt.Errorf("an Apply with %s returns %w", fault.what, err)
		}
		for _, s := range []storage.Store{a, b} {
			minute++
			after, err := stateOf(ctx, s, minute)
			if err := errors.Join(err, after.unchanged(before, "after an Apply that failed because of "+fault.what)); err != nil {
				return err
			}
		}
	}
	if err := b.Apply(ctx, onTop()); err != nil {
		return fmt.Errorf("what failed cannot be done without its fault: %w", err)
	}
	after, err := stateOf(ctx, a, minute+1)
	return errors.Join(err, after.changed(before, "an Apply of every kind of change"))
}

func checkBehindTheBack(ctx context.Context, a, b storage.Store) error {
	before, err := stateOf(ctx, a, 0)
	if err != nil {
		return err
	}
	minute := 0
	for _, changes := range [][]storage.Changes{groundwork(), {onTop()}} {
		for _, c := range changes {
			if err := b.Apply(ctx, c); err != nil {
				return err
			}
		}
		minute += 2
		one, err1 := stateOf(ctx, a, minute)
		other, err2 := stateOf(ctx, b, minute+1)
		if err := errors.Join(err1, err2, one.unchanged(other, "after another handle's Apply"), one.changed(before, "another handle's Apply")); err != nil {
			return err
		}
		before = one
	}
	// A customer goes from tab to tab, by turns; each handle has read it before the other
	// one changes it, and is told what it has become.
	is := known(northwind, security, 3, "Three", start)
	was := scene{shared: is.shared}
	for turn := range 4 {
		s, other := a, b
		if turn%2 == 1 {
			s, other = b, a
		}
		if err := s.Apply(ctx, becoming(start, was, is)); err != nil {
			return err
		}
		_, err1 := load(ctx, other, is.shared.Key)
		was, err = load(ctx, s, is.shared.Key)
		if err := errors.Join(err, err1); err != nil {
			return err
		}
		r := known(northwind, security, 3, "Three", start).record(northwind)
		if turn%2 == 0 {
			r = known(northwind, security, 3, "Three", start, engagement.Reason{Kind: engagement.ReasonFactsMissing, Rule: "seats"}).record(northwind)
		}
		r.Version = was.record(northwind).Version
		err2 := s.Apply(ctx, becoming(start, was, was.with(r)))
		was, err = load(ctx, s, is.shared.Key)
		r = was.record(northwind)
		r.FriendlyName = fmt.Sprint(turn)
		is = was.with(r)
		minute += 2
		_, err3 := stateOf(ctx, s, minute)
		if err := errors.Join(err, err2, err3); err != nil {
			return err
		}
	}
	one, err1 := stateOf(ctx, a, minute+2)
	two, err2 := stateOf(ctx, b, minute+3)
	return errors.Join(err1, err2, one.unchanged(two, "after changes by turns"))
}
