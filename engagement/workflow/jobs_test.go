package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// meddled is a store in which somebody meddles with a write or with what is leased.
type meddled struct {
	storage.Store
	onApply func(c storage.Changes) error // before it; an error is that of the Apply
	onLease func(q storage.LeaseQuery)
}

func (s meddled) Apply(ctx context.Context, c storage.Changes) error {
	if s.onApply != nil {
		if err := s.onApply(c); err != nil {
			return err
		}
	}
	return s.Store.Apply(ctx, c)
}

func (s meddled) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	if s.onLease != nil {
		s.onLease(q)
	}
	return s.Store.Lease(ctx, q)
}

// writes reports whether the changes are of a customer.
func writes(c storage.Changes, customer string) bool {
	return slices.ContainsFunc(c.Participations, func(p engagement.Participation) bool { return p.Identity.Domain.String() == customer })
}

// A sweep and a relay read and write many at once: at most three calls of the storage
// for ten of them.
func TestJobsTakeFewTrips(t *testing.T) {
	const n = 240
	w, spy := newWorld(t)
	crowd(t, w, n)
	spy.reset(nil, nil)
	settled, err := w.Desk.Jobs.Sweep(background)
	ok(t, err)
	equal(t, "settled", settled, n)
	if trips := spy.reads + spy.tries; 10*trips > 3*n {
		t.Errorf("the sweep took %d trips for %d records", trips, n)
	}
	spy.reset(nil, nil)
	sent, err := w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent", sent, n) // that it has expired: nothing is stored of these but that they are out
	if trips := spy.reads + spy.tries; 10*trips > 3*n {
		t.Errorf("the relay took %d trips for %d messages", trips, n)
	}
	for i := range 2 {
		p := w.Added([]engagement.ID{migration, workshop}[i], "ana@contoso.com")
		var to []string
		for n := range link.MaxContacts {
			to = append(to, fmt.Sprintf("c%d@contoso.com", n))
		}
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, to...))
		ok(t, err)
	}
	spy.reset(nil, nil)
	sent, err = w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent with links", sent, 2*link.MaxContacts)
	if trips := spy.reads + spy.tries; 10*trips > 3*2*link.MaxContacts {
		t.Errorf("the relay took %d trips for %d messages with links", trips, 2*link.MaxContacts)
	}
}

// While others keep changing one customer, the rest of its batch is recorded; when they
// stop, so is that one.
func TestSweepBesideABusyCustomer(t *testing.T) {
	w, spy := newWorld(t)
	crowd(t, w, 60)
	spy.Store = meddled{Store: spy.Store, onApply: func(c storage.Changes) error {
		if writes(c, "customer-7.example") {
			return storage.ErrConflict
		}
		return nil
	}}
	settled, err := w.Desk.Jobs.Sweep(background)
	equal(t, "settled", settled, 59)
	if !errors.As(err, new(*workflow.UnavailableError)) {
		t.Errorf("the error is %v", err)
	}
	spy.Store = spy.Store.(meddled).Store
	settled, err = w.Desk.Jobs.Sweep(background)
	ok(t, err)
	equal(t, "settled then", settled, 1)
}

// Somebody who was faster with one customer of a batch costs the others nothing.
func TestSweepOvertaken(t *testing.T) {
	w, spy := newWorld(t)
	crowd(t, w, 60)
	var once sync.Once
	spy.reset(func(_ int, apply func() error) error {
		once.Do(func() {
			spy.reset(nil, nil)
			other := relay(t, w, nil) // another process
			n, err := other.Jobs.Sweep(background)
			ok(t, err)
			equal(t, "settled by the other", n, 60)
		})
		return apply()
	}, nil)
	settled, err := w.Desk.Jobs.Sweep(background)
	ok(t, err)
	equal(t, "settled", settled, 0)
	for i := range 60 {
		equal(t, "deadlines in the history", count(t, w, fmt.Sprintf("customer-%d.example", i), engagement.EventDeadlinePassed), 1)
	}
}

// A customer whose link cannot be written keeps no other message of its batch.
func TestRelayBesideABadCustomer(t *testing.T) {
	for name, refusal := range map[string]error{
		"busy":    storage.ErrConflict,
		"invalid": fmt.Errorf("%w: this row is damaged", storage.ErrInvalid),
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			for _, domain := range []string{"contoso.com", "adatum.com"} {
				p := w.Added(migration, "ana@"+domain)
				_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "a@"+domain, "b@"+domain))
				ok(t, err)
			}
			spy.Store = meddled{Store: spy.Store, onApply: func(c storage.Changes) error {
				if writes(c, "contoso.com") {
					return refusal
				}
				return nil
			}}
			sent, err := w.Desk.Jobs.Relay(background)
			equal(t, "sent", sent, 2)
			if !errors.Is(err, refusal) && !errors.As(err, new(*workflow.UnavailableError)) {
				t.Errorf("the error is %v", err)
			}
			equal(t, "to whom", sentTo(w, engagement.MessageConsentRequest), []string{"a@adatum.com", "b@adatum.com"})
			spy.Store = spy.Store.(meddled).Store
			w.Advance(time.Minute)
			w.Relayed()
			equal(t, "to whom then", sentTo(w, engagement.MessageConsentRequest), []string{"a@adatum.com", "b@adatum.com", "a@contoso.com", "b@contoso.com"})
		})
	}
}

// requestedOf asks so many contacts of Contoso, and returns their addresses in the order
// in which messages to them go out.
func requestedOf(t *testing.T, w *workflowtest.World, n int) []string {
	t.Helper()
	p := w.Added(migration, "ana@contoso.com")
	var to []string
	for i := range n {
		to = append(to, fmt.Sprintf("c%02d@contoso.com", i))
	}
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, to...))
	ok(t, err)
	return to
}

// A process that dies among its messages, or loses its storage, has what it sent within
// the last second sent again, and nothing else.
func TestRelayDiesAmongMany(t *testing.T) {
	w, spy := newWorld(t)
	want := requestedOf(t, w, 12)
	dead := errors.New("killed")
	var got []string
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		got = append(got, d.Message.To.String())
		w.Advance(250 * time.Millisecond)
		if len(got) == 7 {
			spy.reset(func(int, func() error) error { return dead }, nil)
		}
		return nil
	}))
	sent, err := desk.Jobs.Relay(background)
	if !errors.Is(err, dead) {
		t.Fatalf("the error is %v", err)
	}
	equal(t, "sent until the second was over", sent, 8)
	equal(t, "to whom", got, want[:8])
	spy.reset(nil, nil)
	w.Advance(5 * time.Minute)
	w.Relayed()
	equal(t, "sent again, and the rest", sentTo(w, engagement.MessageConsentRequest), want[4:])
	_, kinds := history(t, w, "contoso.com")
	equal(t, "sendings in the history", len(slices.DeleteFunc(kinds, func(k engagement.EventKind) bool { return k != engagement.EventConsentSent })), 12)
}

// What is answered while earlier messages of the same batch go out is not asked any more.
func TestRelayLooksAgain(t *testing.T) {
	w, _ := newWorld(t)
	requestedOf(t, w, 5)
	var got []string
	n, err := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		got = append(got, d.Message.To.String())
		if d.Message.Kind == engagement.MessageConsentRequest {
			token, err := link.ParseToken(d.Link)
			ok(t, err)
			ok(t, answer(w, token, consent.DecisionDecline))
			w.Advance(time.Second)
		}
		return nil
	})).Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent", n, 2) // the request, and that it was declined
	equal(t, "to whom", got, []string{"c00@contoso.com", "joe@northwind.example"})
}

// Messages are held by the storage's clock, not by the process's, unless the host gives
// the time.
func TestRelayHoldsByTheStoragesClock(t *testing.T) {
	w, spy := newWorld(t)
	for _, given := range []bool{false, true} {
		var held []storage.LeaseQuery
		store := watch{Store: meddled{Store: spy.Store, onLease: func(q storage.LeaseQuery) { held = append(held, q) }}, off: 4 * time.Minute}
		opts := workflow.Options{Notifier: notify(func(context.Context, workflow.Delivery) error { return nil })}
		want := time.Now().Add(4 * time.Minute)
		if given {
			opts.Now, want = w.Now, w.Now()
		}
		desk, err := workflow.New(store, directory{}, w.Catalog, workflow.FactFunc(noFacts), &opts)
		ok(t, err)
		_, err = desk.Jobs.Relay(background)
		ok(t, err)
		if off := held[0].Now.Sub(want); off < 0 && given || off < -time.Second || off > time.Minute {
			t.Errorf("given %v: held from %v, by the clock that counts it is %v", given, held[0].Now, want)
		}
		equal(t, "for how long", held[0].Until.Sub(held[0].Now), 5*time.Minute)
	}
}

// A process whose clock is far from the storage's, by which links are over that are not,
// sends nothing and gives nothing up.
func TestRelayByAWrongClock(t *testing.T) {
	w, spy := newWorld(t)
	requestedOf(t, w, 1)
	desk, err := workflow.New(watch{Store: spy, off: 40 * day}, directory{}, w.Catalog, workflow.FactFunc(noFacts), &workflow.Options{
		Notifier: notify(func(context.Context, workflow.Delivery) error { t.Error("it sends"); return nil }),
	})
	ok(t, err)
	unchanged(t, spy, func() {
		_, err := desk.Jobs.Relay(background)
		refused[*workflow.ClockError](t, err)
	})
	w.Relayed()
	equal(t, "sent by another process at once", len(sentTo(w, engagement.MessageConsentRequest)), 1)
}
