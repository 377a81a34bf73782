package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func applyCases() []Case {
	return []Case{
		{"visible", "What Apply has returned for is seen by every later call, on every handle.", checkVisible},
		{"atomic", "Apply happens whole or not at all.", checkAtomic},
		{"outbox", "Messages go to the outbox with the changes that cause them, or not at all.", checkOutboxAtomic},
		{"place guard", "Of two Apply calls that were decided on the same version of a place, one succeeds.", checkPlaceGuard},
		{"grant guard", "Two partners that were granted the same last place are not both stored.", checkGrantGuard},
		{"history guard", "Of two Apply calls that were decided on the same end of a history, one succeeds.", checkHistoryGuard},
		{"command guard", "Of two Apply calls with the same command key, one succeeds.", checkCommandGuard},
		{"contradictions", "Apply returns ErrInvalid for changes that contradict themselves, and makes none of them.", checkContradictions},
		{"erase", "Erased replaces events by themselves without their person; the hash has to be the stored one.", checkErase},
		{"contacts", "The contacts that are kept with a customer come back.", checkContacts},
		{"time", "Times are kept to the microsecond and come back in UTC.", checkTime},
		{"context", "A cancelled context gives its error, and nothing is changed.", checkContext},
	}
}

// everything are changes of every kind around one customer.
func everything(n int) storage.Changes {
	p := added(northwind, migration, n, start)
	c := changed(start, engagement.Place{Key: placeOf(migration, n), ClaimLimit: 1}.WithParticipation(p))
	c, _ = told(c, newCustomer(northwind, n), event(engagement.CustomerAdded), event(engagement.ConsentRequested))
	c.Messages = []engagement.Message{message(fmt.Sprintf("m-%d", n), northwind, n, start, "ana@contoso.com")}
	c.Tokens = []storage.Token{{Hash: consent.Hash{byte(n)}, Participation: storage.ParticipationKey{Partner: northwind, ID: p.ID}, Place: placeOf(migration, n)}}
	c.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: northwind, Key: fmt.Sprintf("key-%d", n)}, Body: engagement.Digest{1}, Result: []byte(`["p"]`), At: start}
	return c
}

// seen returns what of everything(n) a store shows.
func seen(ctx context.Context, s storage.Store, n int) (string, error) {
	key := engagement.CustomerKey{Partner: northwind, Customer: customerOf(n)}
	loaded, err := s.Load(ctx, storage.Want{
		Command: storage.CommandKey{Partner: northwind, Key: fmt.Sprintf("key-%d", n)}, Places: []engagement.PlaceKey{placeOf(migration, n)},
		Customers: []engagement.CustomerKey{key}, Link: consent.Hash{byte(n)},
	})
	if err != nil {
		return "", err
	}
	history, err := s.History(ctx, storage.HistoryQuery{Customer: key, Limit: 10})
	if err != nil {
		return "", err
	}
	page, err := s.Page(ctx, storage.PageQuery{Partner: northwind, Engagement: migration, Tab: engagement.TabEligible, Sort: storage.ByName, Limit: 100, Now: start})
	if err != nil {
		return "", err
	}
	rows := 0
	for _, r := range page.Rows {
		if r.Entry.Place == placeOf(migration, n) {
			rows++
		}
	}
	return fmt.Sprintf("command %t, place version %d, customer's events %d, events %d, link %t, rows %d",
		loaded.Command != nil, loaded.Places[placeOf(migration, n)].Version, loaded.Customers[key].History.Seq, len(history), loaded.Participation != nil, rows), nil
}

const (
	allSeen  = "command true, place version 1, customer's events 2, events 2, link true, rows 1"
	noneSeen = "command false, place version 0, customer's events 0, events 0, link false, rows 0"
)

func checkVisible(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, everything(1)); err != nil {
		return err
	}
	for _, s := range []storage.Store{a, b} {
		got, err := seen(ctx, s, 1)
		if err := errors.Join(err, same("what is seen", got, allSeen)); err != nil {
			return err
		}
	}
	pl, err := load(ctx, b, placeOf(migration, 1))
	if err != nil {
		return err
	}
	pl = pl.WithParticipation(granted(added(northwind, migration, 1, start), start))
	if err := b.Apply(ctx, changed(start, pl)); err != nil {
		return err
	}
	again, err := load(ctx, a, placeOf(migration, 1))
	p, _ := again.Participation(northwind, added(northwind, migration, 1, start).ID)
	return errors.Join(err, same("the version after a second Apply", again.Version, int64(2)), same("the participation's status", p.StatusAt(start), engagement.CustomerConsentReceived))
}

func checkAtomic(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, known(northwind, security, 2, "Two", start))); err != nil {
		return err
	}
	stale := everything(1)
	stale.Places = append(stale.Places, known(northwind, security, 2, "Two", start)) // version 0, and 1 is stored
	if err := matches("an Apply with a stale place", a.Apply(ctx, stale), storage.ErrConflict); err != nil {
		return err
	}
	twice := everything(1)
	twice.Places = append([]engagement.Place{known(northwind, security, 3, "Three", start)}, twice.Places...)
	twice.Events[1].Seq = 7
	if a.Apply(ctx, twice) == nil {
		return errors.New("an Apply with a gap in a history succeeds")
	}
	for _, s := range []storage.Store{a, b} {
		got, err := seen(ctx, s, 1)
		if err := errors.Join(err, same("what is seen of changes that failed", got, noneSeen)); err != nil {
			return err
		}
		pl, err := load(ctx, s, placeOf(security, 3))
		if err := errors.Join(err, same("the version of another place in changes that failed", pl.Version, int64(0))); err != nil {
			return err
		}
	}
	if err := a.Apply(ctx, everything(1)); err != nil {
		return fmt.Errorf("what failed cannot be done again: %w", err)
	}
	return nil
}

func checkOutboxAtomic(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, known(northwind, migration, 1, "One", start))); err != nil {
		return err
	}
	stale := changed(start, known(northwind, migration, 1, "One", start))
	stale.Messages = []engagement.Message{message("m-1", northwind, 1, start, "ana@contoso.com")}
	if err := matches("an Apply with a stale place", a.Apply(ctx, stale), storage.ErrConflict); err != nil {
		return err
	}
	leased, err := b.Lease(ctx, storage.LeaseQuery{Now: start.Add(day), Until: start.Add(2 * day), Limit: 10})
	return errors.Join(err, same("the messages of changes that failed", ids(leased), ""))
}

func checkPlaceGuard(ctx context.Context, a, b storage.Store) error {
	first := known(northwind, migration, 1, "One", start)
	if err := a.Apply(ctx, changed(start, first)); err != nil {
		return err
	}
	if err := matches("an Apply on version 0 of a place that exists", b.Apply(ctx, changed(start, first)), storage.ErrConflict); err != nil {
		return err
	}
	read, err := load(ctx, a, first.Key)
	if err != nil {
		return err
	}
	if err := b.Apply(ctx, changed(start, read.WithParticipation(added(northwind, migration, 1, start)))); err != nil {
		return err
	}
	lost := read.WithParticipation(added(fabrikam, migration, 1, start))
	if err := matches("an Apply on a version that was overtaken", a.Apply(ctx, changed(start, lost)), storage.ErrConflict); err != nil {
		return err
	}
	missing := known(northwind, security, 1, "One", start)
	missing.Version = 3
	return matches("an Apply on a version of a place that does not exist", a.Apply(ctx, changed(start, missing)), storage.ErrConflict)
}

func checkGrantGuard(ctx context.Context, a, b storage.Store) error {
	pl := engagement.Place{Key: placeOf(migration, 1), ClaimLimit: 1}.
		WithParticipation(added(northwind, migration, 1, start)).WithParticipation(added(fabrikam, migration, 1, start))
	if err := a.Apply(ctx, changed(start, pl)); err != nil {
		return err
	}
	read, err := load(ctx, a, pl.Key)
	if err != nil {
		return err
	}
	for i, p := range []engagement.PartnerID{northwind, fabrikam} {
		s := []storage.Store{a, b}[i]
		err := s.Apply(ctx, changed(start, read.WithParticipation(granted(added(p, migration, 1, start), start))))
		if i == 0 && err != nil {
			return err
		}
		if i == 1 {
			if err := matches("the second grant", err, storage.ErrConflict); err != nil {
				return err
			}
		}
	}
	read, err = load(ctx, b, pl.Key)
	return errors.Join(err, same("the number of grants", read.Granted(start), 1))
}

func checkHistoryGuard(ctx context.Context, a, b storage.Store) error {
	first, customer := told(storage.Changes{}, newCustomer(northwind, 1), event(engagement.CustomerAdded))
	if err := a.Apply(ctx, first); err != nil {
		return err
	}
	if err := matches("beginning a history that has begun", b.Apply(ctx, first), storage.ErrConflict); err != nil {
		return err
	}
	one, _ := told(storage.Changes{}, customer, event(engagement.ConsentRequested))
	other, _ := told(storage.Changes{}, customer, event(engagement.ParticipationCancel))
	if err := b.Apply(ctx, one); err != nil {
		return err
	}
	if err := matches("continuing a history from an end that was overtaken", a.Apply(ctx, other), storage.ErrConflict); err != nil {
		return err
	}
	events, err := a.History(ctx, storage.HistoryQuery{Customer: customer.Key, Limit: 10})
	if err != nil {
		return err
	}
	loaded, err := b.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{customer.Key}})
	if err != nil {
		return err
	}
	return engagement.VerifyHistory(events, loaded.Customers[customer.Key].History)
}

func checkCommandGuard(ctx context.Context, a, b storage.Store) error {
	first := everything(1)
	if err := a.Apply(ctx, first); err != nil {
		return err
	}
	again := changed(start, known(northwind, security, 9, "Nine", start))
	again.Command = &storage.CommandRecord{Key: first.Command.Key, Body: engagement.Digest{2}, Result: []byte(`[]`), At: start}
	if err := matches("an Apply with a command key that was used", b.Apply(ctx, again), storage.ErrConflict); err != nil {
		return err
	}
	again.Command.Key.Partner = fabrikam
	if err := b.Apply(ctx, again); err != nil {
		return fmt.Errorf("another partner cannot use the same key: %w", err)
	}
	loaded, err := b.Load(ctx, storage.Want{Command: first.Command.Key})
	if err != nil || loaded.Command == nil {
		return fmt.Errorf("the command's record is gone: %v", err)
	}
	return same("the command's record", *loaded.Command, *first.Command)
}

func checkContradictions(ctx context.Context, a, b storage.Store) error {
	pl := known(northwind, migration, 1, "One", start)
	foreign := changed(start, pl)
	foreign.Entries[0].Place = placeOf(security, 1)
	double := changed(start, pl, pl)
	gap, _ := told(changed(start, pl), newCustomer(northwind, 1), event(engagement.CustomerAdded), event(engagement.CustomerClaim))
	gap.Events[1].Seq = 5
	orphan := changed(start, pl)
	orphan.Events, _ = engagement.Chain(engagement.Head{}, event(engagement.CustomerAdded))
	end, _ := told(changed(start, pl), newCustomer(northwind, 1), event(engagement.CustomerAdded))
	end.Customers[0].History.Hash = engagement.Digest{1}
	for what, c := range map[string]storage.Changes{
		"an entry of a place that is not changed": foreign, "a place that is changed twice": double,
		"a gap in a history": gap, "an event without its customer": orphan, "a head that is not the last event's": end,
	} {
		if err := matches("an Apply with "+what, a.Apply(ctx, c), storage.ErrInvalid); err != nil {
			return err
		}
		got, err := load(ctx, b, pl.Key)
		if err := errors.Join(err, same("the version of a place after "+what, got.Version, int64(0))); err != nil {
			return err
		}
	}
	return nil
}

func checkErase(ctx context.Context, a, b storage.Store) error {
	c, customer := told(storage.Changes{}, newCustomer(northwind, 1), event(engagement.CustomerAdded), event(engagement.ConsentRequested))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	forged := c.Events[0].Erase()
	forged.Hash = engagement.Digest{1}
	if err := matches("erasing an event with another hash", a.Apply(ctx, storage.Changes{Erased: []engagement.Event{forged}}), storage.ErrInvalid); err != nil {
		return err
	}
	if err := a.Apply(ctx, storage.Changes{Erased: []engagement.Event{c.Events[0].Erase()}}); err != nil {
		return err
	}
	events, err := b.History(ctx, storage.HistoryQuery{Customer: customer.Key, Limit: 10})
	if err != nil {
		return err
	}
	if len(events) != 2 || events[0].Person != nil || events[1].Person == nil {
		return fmt.Errorf("after erasing the first person the history is %+v", events)
	}
	return engagement.VerifyHistory(events, customer.History)
}

func checkContacts(ctx context.Context, a, b storage.Store) error {
	ana := []consent.Contact{{Name: "São João", Email: message("m", northwind, 1, start, "ana@contoso.com").To, Phone: "+351 21 000 00 00"}}
	customer := newCustomer(northwind, 1).Naming("4711201", ana, nil).Naming("4711202", nil, ana)
	c, customer := told(storage.Changes{}, customer, event(engagement.CustomerAdded))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	loaded, err := b.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{customer.Key}})
	if err != nil {
		return err
	}
	listed, err := b.Customers(ctx, storage.CustomersQuery{Partner: northwind, Limit: 1})
	if err != nil || len(listed) != 1 {
		return fmt.Errorf("the partner has %d customers: %v", len(listed), err)
	}
	for _, got := range []engagement.Customer{loaded.Customers[customer.Key], listed[0]} {
		if !reflect.DeepEqual(got.Named, customer.Named) {
			return fmt.Errorf("the contacts are %+v, want %+v", got.Named, customer.Named)
		}
	}
	return nil
}

func checkTime(ctx context.Context, a, b storage.Store) error {
	zone := time.FixedZone("elsewhere", 3*60*60)
	p := added(northwind, migration, 1, start)
	c := changed(start, engagement.Place{Key: placeOf(migration, 1)}.WithParticipation(p))
	customer := newCustomer(northwind, 1)
	customer.KnownSince, customer.ParkedSince = start.In(zone), start.Add(day).In(zone)
	c, _ = told(c, customer, event(engagement.CustomerAdded))
	m := message("m-1", northwind, 1, start.In(zone), "ana@contoso.com")
	m.Deadline = start.Add(30 * day).In(zone)
	c.Messages = []engagement.Message{m}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	loaded, err := b.Load(ctx, storage.Want{Participation: storage.ParticipationKey{Partner: northwind, ID: p.ID}})
	if err != nil {
		return err
	}
	stored, _ := loaded.Places[loaded.At].Participation(northwind, p.ID)
	leased, err := b.Lease(ctx, storage.LeaseQuery{Now: start, Until: start.Add(day), Limit: 1})
	if err != nil || len(leased) != 1 {
		return fmt.Errorf("a message that was made at %v is not handed out then: %v", start, err)
	}
	events, err := b.History(ctx, storage.HistoryQuery{Customer: customer.Key, Limit: 1})
	if err != nil || len(events) != 1 {
		return fmt.Errorf("the history has %d events: %v", len(events), err)
	}
	page, err := b.Page(ctx, storage.PageQuery{Partner: northwind, Engagement: migration, Tab: engagement.TabEligible, Sort: storage.ByName, Limit: 1, Now: start})
	if err != nil || len(page.Rows) != 1 {
		return fmt.Errorf("the page has %d rows: %v", len(page.Rows), err)
	}
	return errors.Join(
		same("a customer's time", loaded.Customers[customer.Key].KnownSince, start),
		same("when a customer was disassociated", loaded.Customers[customer.Key].ParkedSince, start.Add(day)),
		same("a participation's time", stored.StartedAt, start),
		same("a deadline", stored.Consent.Deadline, start.Add(30*day)),
		same("a message's time", leased[0].CreatedAt, start),
		same("a message's deadline", leased[0].Deadline, start.Add(30*day)),
		same("an event's time", events[0].At, start),
		same("an entry's time", page.Rows[0].Entry.Since, start),
		same("an entry's deadline", page.Rows[0].Entry.Deadline, start.Add(30*day)))
}

func checkContext(ctx context.Context, a, b storage.Store) error {
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err1 := a.Load(over, storage.Want{Places: []engagement.PlaceKey{placeOf(migration, 1)}})
	_, err2 := a.Page(over, storage.PageQuery{Partner: northwind, Engagement: migration, Tab: engagement.TabEligible, Sort: storage.ByName, Limit: 1, Now: start})
	_, err3 := a.Customers(over, storage.CustomersQuery{Partner: northwind, Limit: 1})
	_, err4 := a.History(over, storage.HistoryQuery{Customer: newCustomer(northwind, 1).Key, Limit: 1})
	_, err5 := a.Due(over, start, 1)
	_, err6 := a.Lease(over, storage.LeaseQuery{Now: start, Until: start, Limit: 1})
	_, err7 := a.Claims(over, claimsQuery(northwind, 1))
	for i, err := range []error{a.Apply(over, everything(1)), err1, err2, err3, err4, err5, err6, err7} {
		what := []string{"Apply", "Load", "Page", "Customers", "History", "Due", "Lease", "Claims"}[i]
		if err := matches(what+" with a cancelled context", err, context.Canceled); err != nil {
			return err
		}
	}
	got, err := seen(ctx, b, 1)
	return errors.Join(err, same("what is seen of a cancelled Apply", got, noneSeen))
}
