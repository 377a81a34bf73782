package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func applyCases() []Case {
	return []Case{
		{"visible", "What Apply has returned for is seen by every later call, on every handle.", checkVisible},
		{"atomic", "Apply happens whole or not at all.", checkAtomic},
		{"outbox", "Messages go to the outbox with the changes that cause them, or not at all.", checkOutboxAtomic},
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
	c := changed(start, of(p))
	c, _ = told(c, newCustomer(northwind, n), event(engagement.EventCustomerAdded), event(engagement.EventConsentRequested))
	c.Messages = []engagement.Message{message(fmt.Sprintf("m-%d", n), northwind, n, start, "ana@contoso.com")}
	c.Tokens = []storage.Token{tokenOf(link.Hash{byte(n)}, p)}
	c.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: northwind, Key: fmt.Sprintf("key-%d", n)}, Body: engagement.Digest{1}, Result: []byte(`["p"]`), At: start}
	return c
}

// seen returns what of everything(n) a store shows.
func seen(ctx context.Context, s storage.Store, n int) (string, error) {
	record := recordOf(northwind, migration, n)
	loaded, err := s.Load(ctx, storage.Want{
		Command: storage.CommandKey{Partner: northwind, Key: fmt.Sprintf("key-%d", n)}, Records: []engagement.RecordKey{record},
		Customers: []engagement.CustomerKey{record.OfCustomer()}, Link: storage.LinkKey{Hash: link.Hash{byte(n)}},
	})
	if err != nil {
		return "", err
	}
	history, err := s.History(ctx, storage.HistoryQuery{Customer: record.OfCustomer(), Limit: 10})
	if err != nil {
		return "", err
	}
	page, err := s.List(ctx, pageOf(engagement.TabEligible, 100))
	if err != nil {
		return "", err
	}
	rows := 0
	for _, r := range page.Rows {
		if r.Entry.Record == record {
			rows++
		}
	}
	return fmt.Sprintf("command %t, shared version %d, record version %d, participations %d, customer's events %d, events %d, link %t, rows %d",
		loaded.Command != nil, loaded.Shared[record.Shared()].Version, loaded.Records[record].Version, len(loaded.Records[record].Participations),
		loaded.Customers[record.OfCustomer()].History.Seq, len(history), loaded.Participation != nil, rows), nil
}

const (
	allSeen  = "command true, shared version 1, record version 1, participations 1, customer's events 2, events 2, link true, rows 1"
	noneSeen = "command false, shared version 0, record version 0, participations 0, customer's events 0, events 0, link false, rows 0"
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
	was, err := load(ctx, b, keyOf(migration, 1))
	if err != nil {
		return err
	}
	p := added(northwind, migration, 1, start)
	if err := b.Apply(ctx, becoming(start, was, was.enter(granted(p, start)))); err != nil {
		return err
	}
	again, err := load(ctx, a, keyOf(migration, 1))
	p, _ = again.record(northwind).Participation(p.ID)
	return errors.Join(err, same("the version of the record after a second Apply", again.record(northwind).Version, int64(2)),
		same("the version of what is shared", again.shared.Version, int64(2)), same("the participation's status", p.StatusAt(start), engagement.StatusConsentReceived))
}

func checkAtomic(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, known(northwind, security, 2, "Two", start))); err != nil {
		return err
	}
	stale := everything(1)
	add(&stale, scene{}, known(northwind, security, 2, "Two", start)) // version 0, and 1 is stored
	if err := matches("an Apply with a stale record", a.Apply(ctx, stale), storage.ErrConflict); err != nil {
		return err
	}
	gap := changed(start, known(northwind, security, 3, "Three", start))
	gap.Events, gap.Customers = everything(1).Events, everything(1).Customers
	gap.Events[1].Seq = 7
	if a.Apply(ctx, gap) == nil {
		return errors.New("an Apply with a gap in a history succeeds")
	}
	for _, s := range []storage.Store{a, b} {
		got, err := seen(ctx, s, 1)
		if err := errors.Join(err, same("what is seen of changes that failed", got, noneSeen)); err != nil {
			return err
		}
		other, err := load(ctx, s, keyOf(security, 3))
		if err := errors.Join(err, same("the number of other records in changes that failed", len(other.records), 0)); err != nil {
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
	if err := matches("an Apply with a stale record", a.Apply(ctx, stale), storage.ErrConflict); err != nil {
		return err
	}
	leased, err := b.Lease(ctx, storage.LeaseQuery{Now: start.Add(day), Until: start.Add(2 * day), Limit: 10})
	return errors.Join(err, same("the messages of changes that failed", ids(leased), ""))
}

func checkHistoryGuard(ctx context.Context, a, b storage.Store) error {
	first, customer := told(storage.Changes{}, newCustomer(northwind, 1), event(engagement.EventCustomerAdded))
	if err := a.Apply(ctx, first); err != nil {
		return err
	}
	if err := matches("beginning a history that has begun", b.Apply(ctx, first), storage.ErrConflict); err != nil {
		return err
	}
	one, _ := told(storage.Changes{}, customer, event(engagement.EventConsentRequested))
	other, _ := told(storage.Changes{}, customer, event(engagement.EventParticipationCanceled))
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
	one := func() storage.Changes { return changed(start, of(added(northwind, migration, 1, start))) }
	var errs []error
	for what, wrong := range map[string]func(c *storage.Changes){
		"an entry of a record that is not changed":                  func(c *storage.Changes) { c.Entries[0].Record = recordOf(northwind, security, 1) },
		"a record that is changed twice":                            func(c *storage.Changes) { c.Records = append(c.Records, c.Records[0]) },
		"a record without its own entry":                            func(c *storage.Changes) { c.Entries = c.Entries[1:] },
		"a participation without its entry":                         func(c *storage.Changes) { c.Entries = c.Entries[:1] },
		"a participation of no record":                              func(c *storage.Changes) { c.Participations[0].Customer = customerOf(2) },
		"a record where what is shared is not said":                 func(c *storage.Changes) { c.Shared = nil },
		"a participation where it is relied on that nobody has one": func(c *storage.Changes) { c.Shared, c.Relied = nil, []storage.Relied{{Key: keyOf(migration, 1)}} },
		"what is shared, which changes twice":                       func(c *storage.Changes) { c.Shared = append(c.Shared, c.Shared[0]) },
		"a holder that the participations do not know":              func(c *storage.Changes) { c.Shared[0] = of(granted(c.Participations[0], start)).shared },
		"an entry that is not in line with what is shared":          func(c *storage.Changes) { c.Shared[0].External.Participated = 1 },
		"two open participations": func(c *storage.Changes) {
			*c = changed(start, of(added(northwind, migration, 1, start), secondOf(northwind, 1)))
		},
		"an event without its customer": func(c *storage.Changes) {
			c.Events, _ = engagement.Chain(engagement.Head{}, event(engagement.EventCustomerAdded))
		},
		"a gap in a history": func(c *storage.Changes) {
			*c, _ = told(*c, newCustomer(northwind, 1), event(engagement.EventCustomerAdded), event(engagement.EventCustomerClaimed))
			c.Events[1].Seq = 5
		},
		"a head that is not the last event's": func(c *storage.Changes) {
			*c, _ = told(*c, newCustomer(northwind, 1), event(engagement.EventCustomerAdded))
			c.Customers[0].History.Hash = engagement.Digest{1}
		},
		"a token that is given twice": func(c *storage.Changes) {
			t := tokenOf(link.Hash{1}, c.Participations[0])
			c.Tokens = []storage.Token{t, t}
		},
		"a message that is given twice": func(c *storage.Changes) {
			m := message("m", northwind, 1, start, "ana@contoso.com")
			c.Messages = []engagement.Message{m, m}
		},
	} {
		c := one()
		wrong(&c)
		got, err := load(ctx, b, keyOf(migration, 1))
		errs = append(errs, matches("an Apply with "+what, a.Apply(ctx, c), storage.ErrInvalid), err,
			same("the number of records after "+what, len(got.records), 0), same("the version of what is shared after "+what, got.shared.Version, int64(0)))
	}
	// And what contradicts what is stored.
	stored := everything(1)
	if err := errors.Join(append(errs, a.Apply(ctx, stored))...); err != nil {
		return err
	}
	again := everything(2)
	again.Messages = stored.Messages
	head := storage.Changes{Customers: []engagement.Customer{stored.Customers[0]}}
	head.Customers[0].History.Hash = engagement.Digest{1}
	stray := everything(3)
	p := secondOf(northwind, 3)
	stray.Entries = append(stray.Entries, of(p).record(northwind).EntryOf(p, engagement.Room{}, start))
	return errors.Join(
		matches("a message that is there already", b.Apply(ctx, again), storage.ErrInvalid),
		matches("a head that is not the stored one", b.Apply(ctx, head), storage.ErrInvalid),
		matches("the entry of a participation that is not there", b.Apply(ctx, stray), storage.ErrInvalid))
}

// secondOf is another participation of a partner's in the migration.
func secondOf(p engagement.PartnerID, n int) engagement.Participation {
	s := added(p, migration, n, start.Add(time.Minute))
	s.ID += "-second"
	return s
}

func checkErase(ctx context.Context, a, b storage.Store) error {
	c, customer := told(storage.Changes{}, newCustomer(northwind, 1), event(engagement.EventCustomerAdded), event(engagement.EventConsentRequested))
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
	ana := []link.Contact{{Name: "São João", Email: message("m", northwind, 1, start, "ana@contoso.com").To, Phone: "+351 21 000 00 00"}}
	customer := newCustomer(northwind, 1).Naming("4711201", ana, nil).Naming("4711202", nil, ana)
	c, customer := told(storage.Changes{}, customer, event(engagement.EventCustomerAdded))
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
	c := changed(start, of(p))
	customer := newCustomer(northwind, 1)
	customer.KnownSince, customer.DisassociatedAt = start.In(zone), start.Add(day).In(zone)
	c, _ = told(c, customer, event(engagement.EventCustomerAdded))
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
	stored, _ := loaded.Records[loaded.At].Participation(p.ID)
	leased, err := b.Lease(ctx, storage.LeaseQuery{Now: start, Until: start.Add(day), Limit: 1})
	if err != nil || len(leased) != 1 {
		return fmt.Errorf("a message that was made at %v is not handed out then: %v", start, err)
	}
	events, err := b.History(ctx, storage.HistoryQuery{Customer: customer.Key, Limit: 1})
	if err != nil || len(events) != 1 {
		return fmt.Errorf("the history has %d events: %v", len(events), err)
	}
	page, err := b.List(ctx, pageOf(engagement.TabEligible, 1))
	if err != nil || len(page.Rows) != 1 {
		return fmt.Errorf("the page has %d rows: %v", len(page.Rows), err)
	}
	return errors.Join(
		same("a customer's time", loaded.Customers[customer.Key].KnownSince, start),
		same("when a customer was disassociated", loaded.Customers[customer.Key].DisassociatedAt, start.Add(day)),
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
	_, err1 := a.Load(over, storage.Want{Records: []engagement.RecordKey{recordOf(northwind, migration, 1)}})
	_, err2 := a.List(over, pageOf(engagement.TabEligible, 1))
	_, err3 := a.Customers(over, storage.CustomersQuery{Partner: northwind, Limit: 1})
	_, err4 := a.History(over, storage.HistoryQuery{Customer: newCustomer(northwind, 1).Key, Limit: 1})
	_, err5 := a.Due(over, storage.DueQuery{Now: start, Limit: 1})
	_, err6 := a.Lease(over, storage.LeaseQuery{Now: start, Until: start, Limit: 1})
	for i, err := range []error{a.Apply(over, everything(1)), err1, err2, err3, err4, err5, err6} {
		what := []string{"Apply", "Load", "List", "Customers", "History", "Due", "Lease"}[i]
		if err := matches(what+" with a cancelled context", err, context.Canceled); err != nil {
			return err
		}
	}
	got, err := seen(ctx, b, 1)
	return errors.Join(err, same("what is seen of a cancelled Apply", got, noneSeen))
}
