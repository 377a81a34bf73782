package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func loadCases() []Case {
	return []Case{
		{"nothing", "What does not exist is no error: every wanted record is there, and what is shared with it, empty and with version 0.", checkNothing},
		{"participation", "A wanted participation brings its record, what is shared there, and its customer; another partner's is not found.", checkParticipation},
		{"ended participations", "A record comes with the participations that have not ended, and with those that have when they are wanted.", checkEnded},
		{"old IDs", "Participations and tokens are found whether or not their IDs carry a slot; an ID is in one record of its partner only, and another partner may have it, too.", checkOldIDs},
		{"link", "A wanted link brings its participation, its record and its customer, and stays found; a token is added once.", checkLink},
		{"link slot", "A link that carries a slot is found there and nowhere else; one that carries none is found wherever it is.", checkLinkSlot},
		{"history", "History returns the events in order of Seq, or the newest first, of one participation if asked, between the given ones, at most limit.", checkHistory},
		{"customers", "Customers returns the partner's customers in order of their keys, or those of all partners in order of the partners, only known ones if asked, after the given key, at most limit.", checkCustomers},
	}
}

func checkNothing(ctx context.Context, a, _ storage.Store) error {
	record, shared := recordOf(northwind, migration, 1), keyOf(security, 1)
	loaded, err := a.Load(ctx, storage.Want{
		Command: storage.CommandKey{Partner: northwind, Key: "k"}, Records: []engagement.RecordKey{record}, Shared: []engagement.CustomerEngagementKey{shared},
		Customers: []engagement.CustomerKey{record.OfCustomer()}, Participation: storage.ParticipationKey{Partner: northwind, ID: "p"},
	})
	if err != nil {
		return err
	}
	q := pageOf(engagement.TabComplete, 5)
	q.Sort = storage.SortBySince
	page, err := a.List(ctx, q)
	if err != nil {
		return err
	}
	_, err = a.Load(ctx, storage.Want{Participation: storage.ParticipationKey{Partner: northwind, ID: "p"}, Link: storage.LinkKey{Hash: link.Hash{1}}})
	return errors.Join(
		same("the records", loaded.Records, map[engagement.RecordKey]engagement.PartnerRecord{record: {Key: record}}),
		same("what is shared", loaded.Shared, map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{shared: {Key: shared}, record.Shared(): {Key: record.Shared()}}),
		same("the number of customers", len(loaded.Customers), 0),
		same("whether there is a command or a participation", loaded.Command != nil || loaded.Participation != nil, false),
		same("what there is on a page of nothing", len(page.Rows)+len(page.Overdue)+len(counts(page)), 0),
		matches("a Load of a participation and of a link", err, storage.ErrInvalid))
}

func checkParticipation(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, everything(1)); err != nil {
		return err
	}
	key := storage.ParticipationKey{Partner: northwind, ID: added(northwind, migration, 1, start).ID}
	loaded, err := b.Load(ctx, storage.Want{Participation: key})
	if err != nil {
		return err
	}
	if loaded.Participation == nil {
		return errors.New("a stored participation is not found")
	}
	if err := errors.Join(same("the participation found", *loaded.Participation, key), same("its record", loaded.At, recordOf(northwind, migration, 1)),
		same("the version of its record", loaded.Records[loaded.At].Version, int64(1)), same("the version of what is shared", loaded.Shared[loaded.At.Shared()].Version, int64(1)),
		same("the number of participations of its record", len(loaded.Records[loaded.At].Participations), 1),
		same("its customer's events", loaded.Customers[newCustomer(northwind, 1).Key].History.Seq, int64(2))); err != nil {
		return err
	}
	key.Partner = fabrikam
	loaded, err = b.Load(ctx, storage.Want{Participation: key})
	return errors.Join(err, same("whether another partner finds it", loaded.Participation != nil || len(loaded.Records) > 0, false))
}

// checkEnded lets participations end, and one of them be looked for.
func checkEnded(ctx context.Context, a, b storage.Store) error {
	over, open := added(northwind, migration, 1, start), added(northwind, migration, 1, start.Add(2*time.Hour))
	before := added(northwind, migration, 1, start.Add(-time.Hour)) // of another Row, and older
	open.ID, before.ID = open.ID+"-open", before.ID+"-before"
	unpaid := paid(added(northwind, migration, 1, start.Add(time.Hour)))
	unpaid.ID += "-unpaid"
	unpaid.Claim.Status = claim.StatusApproved // which waits for its payment, and has not ended
	var is scene
	for _, next := range []scene{of(over), of(without(over), without(before)), of(without(over), without(before), unpaid), of(without(over), without(before), unpaid, open).limited(2)} {
		was, err := load(ctx, b, keyOf(migration, 1))
		if err != nil {
			return err
		}
		r := next.record(northwind)
		r.Version, next.shared.Version = was.record(northwind).Version, was.shared.Version
		if err := a.Apply(ctx, becoming(start, was, next.with(r))); err != nil {
			return err
		}
		is = next
	}
	ids := func(want storage.Want) string {
		loaded, err := b.Load(ctx, want)
		if err != nil {
			return err.Error()
		}
		text := ""
		for _, p := range loaded.Records[recordOf(northwind, migration, 1)].Participations {
			text += strings.TrimPrefix(string(p.ID), "northwind-azure-migration-") + " "
		}
		return strings.TrimSpace(text)
	}
	records := []engagement.RecordKey{recordOf(northwind, migration, 1)}
	named := storage.ParticipationKey{Partner: northwind, ID: over.ID}
	whole, err := load(ctx, b, keyOf(migration, 1))
	return errors.Join(err,
		same("the participations of a record", ids(storage.Want{Records: records}), "1-unpaid 1-open"),
		same("those with the ended ones", ids(storage.Want{Records: records, Ended: true}), "1-before 1 1-unpaid 1-open"),
		same("those with one that has ended and is wanted", ids(storage.Want{Participation: named}), "1 1-unpaid 1-open"),
		same("the same in a call for the record as well", ids(storage.Want{Records: records, Participation: named}), "1 1-unpaid 1-open"),
		same("those with another one", ids(storage.Want{Participation: storage.ParticipationKey{Partner: northwind, ID: unpaid.ID}}), "1-unpaid 1-open"),
		alike("the participations", whole.record(northwind).Participations, is.record(northwind).Participations))
}

// checkOldIDs stores IDs with a slot and without.
func checkOldIDs(ctx context.Context, a, b storage.Store) error {
	var errs []error
	for i, id := range []engagement.ParticipationID{
		"p-1", "0198c1a2-7b3c-7d4e-8f50-a1b2c3d4e5f6", // from before IDs carried a slot
		engagement.ParticipationID(fmt.Sprintf("0198c1a2-7b3c-8d4e-8f50-a1b2c3d4e%03x", int(storage.SlotOf(customerOf(3))))),
	} {
		n := i + 1
		p := added(northwind, migration, n, start)
		p.ID = id
		c := changed(start, of(p))
		hash := link.Hash{byte(n), 7}
		c.Tokens = []storage.Token{{Hash: hash, Slot: storage.SlotOfHash(hash), Participation: id, Record: p.Record()}}
		if err := a.Apply(ctx, c); err != nil {
			return err
		}
		key := storage.ParticipationKey{Partner: northwind, ID: id}
		loaded, err1 := b.Load(ctx, storage.Want{Participation: key})
		linked, err2 := b.Load(ctx, storage.Want{Link: storage.LinkKey{Hash: hash}})
		errs = append(errs, err1, err2, same(fmt.Sprintf("the record of participation %q", id), loaded.At, p.Record()), same("the record of its token", linked.At, p.Record()))
		twice := of(added(northwind, migration, 100+n, start))
		other := twice.record(northwind).Participations[0]
		other.ID = id
		errs = append(errs, matches("the same ID in another record", a.Apply(ctx, changed(start, of(other))), storage.ErrInvalid))
		other.Partner = fabrikam
		errs = append(errs, a.Apply(ctx, changed(start, of(other)))) // another partner's IDs are its own
	}
	return errors.Join(errs...)
}

func checkLink(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, everything(1)); err != nil {
		return err
	}
	content := tokenOf(link.Hash{99}, added(northwind, migration, 1, start))
	content.Slot = storage.SlotOfHash(content.Hash)
	later := storage.Changes{Tokens: []storage.Token{content}}
	if err := b.Apply(ctx, later); err != nil {
		return err
	}
	for _, h := range []link.Hash{{1}, {99}} {
		loaded, err := b.Load(ctx, storage.Want{Link: storage.LinkKey{Hash: h}})
		if err != nil || loaded.Participation == nil {
			return fmt.Errorf("the participation of a link is not found: %v", err)
		}
		if err := errors.Join(same("the link's record", loaded.At, recordOf(northwind, migration, 1)), same("the link's customers", len(loaded.Customers), 1)); err != nil {
			return err
		}
	}
	// A token that is there stays what it is, and who comes second decides again.
	again := everything(3)
	again.Tokens[0].Hash, again.Tokens[0].Slot = content.Hash, content.Slot
	if err := matches("an Apply with a token whose hash is in its slot already", a.Apply(ctx, again), storage.ErrConflict); err != nil {
		return err
	}
	loaded, err := b.Load(ctx, storage.Want{Link: storage.LinkKey{Hash: link.Hash{99}}, Records: []engagement.RecordKey{recordOf(northwind, migration, 3)}})
	if err := errors.Join(err, same("the link's record", loaded.At, recordOf(northwind, migration, 1)),
		same("what came with the second", loaded.Records[recordOf(northwind, migration, 3)].Version, int64(0))); err != nil {
		return err
	}
	loaded, err = b.Load(ctx, storage.Want{Link: storage.LinkKey{Hash: link.Hash{2}}})
	return errors.Join(err, same("whether an unknown link finds anything", loaded.Participation != nil, false))
}

func checkLinkSlot(ctx context.Context, a, b storage.Store) error {
	p := added(northwind, migration, 1, start)
	own, other := storage.SlotOf(p.Customer), link.Hash{5}
	c := changed(start, of(p))
	c.Tokens = []storage.Token{tokenOf(link.Hash{1}, p), {Hash: other, Slot: storage.SlotOfHash(other), Participation: p.ID, Record: p.Record()}}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	var errs []error
	for _, try := range []struct {
		link  storage.LinkKey
		found bool
	}{
		{storage.LinkKey{Hash: link.Hash{1}, Slot: own}, true}, {storage.LinkKey{Hash: link.Hash{1}}, true}, {storage.LinkKey{Hash: link.Hash{1}, Slot: own%storage.Slots + 1}, false},
		{storage.LinkKey{Hash: other, Slot: storage.SlotOfHash(other)}, true}, {storage.LinkKey{Hash: other}, true}, {storage.LinkKey{Hash: other, Slot: own}, false},
		{storage.LinkKey{Hash: link.Hash{2}, Slot: own}, false}, {storage.LinkKey{Hash: link.Hash{2}}, false},
	} {
		loaded, err := b.Load(ctx, storage.Want{Link: try.link})
		errs = append(errs, err, same(fmt.Sprintf("whether a link is found by %+v", try.link), loaded.Participation != nil, try.found))
	}
	return errors.Join(errs...)
}

func checkHistory(ctx context.Context, a, b storage.Store) error {
	var events []engagement.Event
	for i := range 7 {
		e := event(engagement.EventConsentSent)
		e.Participation = []engagement.ParticipationID{"p-0", "p-1", ""}[i%3]
		events = append(events, e)
	}
	c, customer := told(storage.Changes{}, newCustomer(northwind, 1), events...)
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	var got []engagement.Event
	for after := int64(0); ; {
		batch, err := b.History(ctx, storage.HistoryQuery{Customer: customer.Key, After: after, Limit: 3})
		if err != nil {
			return err
		}
		if len(batch) == 0 || len(batch) > 3 {
			break
		}
		got, after = append(got, batch...), batch[len(batch)-1].Seq
	}
	other, err := b.History(ctx, storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: fabrikam, Customer: customerOf(1)}, Limit: 10})
	errs := []error{err, same("the history in batches", got, c.Events), same("another partner's history", len(other), 0)}
	for _, q := range []storage.HistoryQuery{
		{Newest: true, Limit: 10}, {Newest: true, Limit: 3}, {Newest: true, Before: 5, Limit: 3}, {Before: 5, Limit: 10}, {After: 2, Before: 5, Limit: 10},
		{After: 6, Before: 3, Limit: 10}, {Participation: "p-1", Limit: 10}, {Participation: "p-1", Newest: true, Limit: 1},
		{Participation: "p-0", After: 1, Before: 7, Limit: 10}, {Participation: "nobody's", Limit: 10},
	} {
		q.Customer = customer.Key
		var want []engagement.Event
		for i := range c.Events {
			if q.Newest {
				i = len(c.Events) - 1 - i
			}
			if q.Has(c.Events[i]) && len(want) < q.Limit {
				want = append(want, c.Events[i])
			}
		}
		got, err := b.History(ctx, q)
		errs = append(errs, err, same(fmt.Sprintf("what History returns for %+v", q), append([]engagement.Event(nil), got...), want))
	}
	return errors.Join(errs...)
}

func checkCustomers(ctx context.Context, a, b storage.Store) error {
	var c storage.Changes
	for _, n := range []int{5, 3, 11, 2, 7, 13} {
		customer := newCustomer(northwind, n)
		if n%2 == 1 {
			customer.KnownSince = start
		}
		c, _ = told(c, customer, event(engagement.EventCustomerAdded))
	}
	c, _ = told(c, newCustomer(fabrikam, 4), event(engagement.EventCustomerAdded))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	for _, try := range []struct {
		known bool
		want  string
	}{{false, "tpid:11 tpid:13 tpid:2 tpid:3 tpid:5 tpid:7 "}, {true, "tpid:11 tpid:13 tpid:3 tpid:5 tpid:7 "}} {
		got, after := "", tenant.Key("")
		for range 10 {
			batch, err := b.Customers(ctx, storage.CustomersQuery{Partner: northwind, Known: try.known, After: after, Limit: 2})
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			if len(batch) > 2 {
				return fmt.Errorf("a limit of 2 gives %d customers", len(batch))
			}
			for _, x := range batch {
				got += string(x.Key.Customer) + " "
			}
			after = batch[len(batch)-1].Key.Customer
		}
		if err := same(fmt.Sprintf("the customers in batches, only known %t,", try.known), got, try.want); err != nil {
			return err
		}
	}
	for _, try := range []struct {
		known bool
		want  string
	}{
		{false, "fabrikam tpid:4, northwind tpid:11, northwind tpid:13, northwind tpid:2, northwind tpid:3, northwind tpid:5, northwind tpid:7, "},
		{true, "northwind tpid:11, northwind tpid:13, northwind tpid:3, northwind tpid:5, northwind tpid:7, "},
	} {
		got, q := "", storage.CustomersQuery{Known: try.known, Limit: 3}
		for range 10 {
			batch, err := b.Customers(ctx, q)
			if err != nil {
				return err
			}
			for _, x := range batch {
				got += fmt.Sprintf("%s %s, ", x.Key.Partner, x.Key.Customer)
				q.AfterPartner, q.After = x.Key.Partner, x.Key.Customer
			}
			if len(batch) < q.Limit {
				break
			}
		}
		if err := same(fmt.Sprintf("the customers of all partners, only known %t,", try.known), got, try.want); err != nil {
			return err
		}
	}
	_, err := a.Customers(ctx, storage.CustomersQuery{Partner: northwind})
	return matches("a limit of 0", err, storage.ErrInvalid)
}
