package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// notify is a Notifier that is a function.
type notify func(context.Context, workflow.Delivery) error

func (f notify) Notify(ctx context.Context, d workflow.Delivery) error { return f(ctx, d) }

// relay is another process on the world's storage, which relays to the Notifier.
func relay(t *testing.T, w *workflowtest.World, to workflow.Notifier) *workflow.Service {
	t.Helper()
	desk, err := workflow.New(w.Store, directory{}, w.Catalog, workflow.FactFunc(noFacts), &workflow.Options{Notifier: to, Now: w.Now})
	ok(t, err)
	return desk
}

// A message goes out once the change that caused it is written, and never without.
func TestMessagesAfterCommit(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	spy.reset(func(int, func() error) error { return errors.New("down") }, nil)
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
	refused[*workflow.UnavailableError](t, err)
	spy.reset(nil, nil)
	w.Relayed()
	equal(t, "messages", len(w.Messages()), 0)

	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
	ok(t, err)
	equal(t, "messages before the relay", len(w.Messages()), 0)
	n, err := w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent", n, 1)
	n, err = w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent again", n, 0)
	m := w.Messages()[0]
	equal(t, "the delivery", []string{m.Partner, m.Customer, m.Engagement, m.Message.To.String(), string(m.Message.Language)},
		[]string{"Northwind Consulting", "Contoso", "Azure Migration", "ana@contoso.com", "en"})
	equal(t, "its deadline", m.Deadline, w.Now().Add(30*day))
}

// What cannot be sent is tried again with the same ID, after a wait that grows from
// a minute to six hours. Every token that went out opens the link.
func TestRelayBacksOff(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
	ok(t, err)
	full := errors.New("the mailbox is full")
	var tries []time.Duration
	var ids []engagement.MessageID
	var tokens []link.Token
	start := w.Now()
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		tries = append(tries, w.Now().Sub(start))
		ids = append(ids, d.Message.ID)
		token, err := link.ParseToken(d.Link)
		ok(t, err)
		tokens = append(tokens, token)
		equal(t, "attempts", d.Message.Attempts, len(tries))
		return full
	}))
	for range 5 * 24 * 60 {
		if n, err := desk.Jobs.Relay(background); n != 0 || err != nil && !errors.Is(err, full) {
			t.Fatalf("%d sent, %v", n, err)
		}
		w.Advance(time.Minute)
	}
	want := time.Duration(0)
	wait := time.Minute
	for i, at := range tries {
		equal(t, fmt.Sprintf("try %d", i+1), at, want)
		want += wait
		wait = min(2*wait, 6*time.Hour)
	}
	if len(tries) < 20 || len(slices.Compact(ids)) != 1 {
		t.Fatalf("%d tries of the messages %v", len(tries), slices.Compact(ids))
	}
	_, kinds := history(t, w, "contoso.com")
	equal(t, "nothing was sent", kinds, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventConsentRequested})
	w.SetNow(start.Add(want))
	w.Relayed() // by a process whose mail works
	equal(t, "the same message", w.Messages()[0].Message.ID, ids[0])
	_, kinds = history(t, w, "contoso.com")
	equal(t, "it was sent", kinds[2:], []engagement.EventKind{engagement.EventConsentSent})
	for _, token := range append(tokens, newest(w, p)) {
		_, err := w.Desk.Links.ConsentView(background, token)
		ok(t, err)
	}
	equal(t, "tokens of one process", len(slices.Compact(tokens)), 1)
	equal(t, "tokens of both", len(storedPart(t, spy, w, p).Consent.Links[0].Tokens), 2)
}

// The oldest go first, and one that cannot be sent keeps no other back.
func TestRelayOrder(t *testing.T) {
	w, _ := newWorld(t)
	var want []string
	for i, id := range []engagement.ID{migration, workshop, pilot} {
		p := w.Added(id, "ana@contoso.com")
		to := []string{fmt.Sprintf("z%d@contoso.com", 9-i), fmt.Sprintf("a%d@contoso.com", i)}
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, to...))
		ok(t, err)
		want = append(want, to...)
		w.Advance(time.Second)
	}
	broken := errors.New("no such mailbox")
	var got []string
	n, err := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		got = append(got, d.Message.To.String())
		if d.Message.To.String() == want[0] || d.Message.To.String() == want[3] {
			return broken
		}
		return nil
	})).Jobs.Relay(background)
	if !errors.Is(err, broken) {
		t.Fatalf("the error is %v", err)
	}
	equal(t, "sent", n, 4)
	equal(t, "the order", got, want)
}

// A request whose link nobody can use any more is dropped.
func TestRelayDropsPointless(t *testing.T) {
	for name, meanwhile := range map[string]func(t *testing.T, w *workflowtest.World, p engagement.ParticipationID, other link.Token){
		"replaced": func(t *testing.T, w *workflowtest.World, p engagement.ParticipationID, _ link.Token) {
			_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts(asked(w, "new@contoso.com")))
			ok(t, err)
		},
		"answered": func(t *testing.T, w *workflowtest.World, _ engagement.ParticipationID, other link.Token) {
			ok(t, answer(w, other, consent.DecisionDecline))
		},
		"cancelled": func(_ *testing.T, w *workflowtest.World, p engagement.ParticipationID, _ link.Token) {
			w.Cancelled(p)
		},
		"expired": func(_ *testing.T, w *workflowtest.World, _ engagement.ParticipationID, _ link.Token) {
			w.Advance(31 * day)
		},
		"erased": func(t *testing.T, w *workflowtest.World, _ engagement.ParticipationID, _ link.Token) {
			_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "late@contoso.com"}, nil)
			ok(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newWorld(t)
			p := w.Added(migration, "ana@contoso.com")
			_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "first@contoso.com", "late@contoso.com"))
			ok(t, err)
			var other link.Token
			_, err = relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
				if !other.IsZero() {
					return errors.New("down")
				}
				other, err = link.ParseToken(d.Link)
				return err
			})).Jobs.Relay(background)
			if err == nil {
				t.Fatal("both were sent")
			}
			meanwhile(t, w, p, other)
			w.Advance(time.Hour)
			var to []string
			again := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
				if d.Message.Kind == engagement.MessageConsentRequest {
					to = append(to, d.Message.To.String())
				}
				return nil
			}))
			_, err = again.Jobs.Relay(background)
			ok(t, err)
			if slices.Contains(to, "late@contoso.com") {
				t.Fatalf("asked %q", to)
			}
			w.Advance(day)
			to = nil
			_, err = again.Jobs.Relay(background)
			ok(t, err)
			equal(t, "left", len(to), 0)
		})
	}
}

// Many processes relay at once: each message goes out once, none is left.
func TestRelayTogether(t *testing.T) {
	w, _ := newWorld(t)
	want := map[string]int{}
	for i, id := range []engagement.ID{migration, workshop, pilot, "endpoint-workshop"} {
		for _, domain := range []string{"contoso.com", "adatum.com"} {
			if p, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "x@"+domain, id)); err == nil {
				var to []string
				for n := range link.MaxContacts {
					to = append(to, fmt.Sprintf("c%d-%d@%s", i, n, domain))
					want[to[n]] = 1
				}
				_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p[0].ID, asked(w, to...))
				ok(t, err)
			}
		}
	}
	equal(t, "messages", len(want), 160)
	var mu sync.Mutex
	got := map[string]int{}
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		mu.Lock()
		defer mu.Unlock()
		got[d.Message.To.String()]++
		return nil
	}))
	var relays []func() error
	for range 8 {
		relays = append(relays, func() error { _, err := desk.Jobs.Relay(background); return err })
	}
	for _, err := range together(relays...) {
		ok(t, err)
	}
	equal(t, "sent", got, want)
	for _, domain := range []string{"contoso.com", "adatum.com"} {
		_, kinds := history(t, w, domain)
		sent := slices.DeleteFunc(kinds, func(k engagement.EventKind) bool { return k != engagement.EventConsentSent })
		equal(t, "events of sending", len(sent), 80)
	}
}

// A process that dies after sending and before it could say so has its message sent
// again, with the same ID, once its lease is over and not before.
func TestRelayDies(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
	ok(t, err)
	dead := errors.New("killed")
	spy.reset(func(n int, apply func() error) error {
		if n >= 2 { // the first write is that of the token
			return dead
		}
		return apply()
	}, nil)
	n, err := w.Desk.Jobs.Relay(background)
	equal(t, "sent", n, 1)
	if !errors.Is(err, dead) {
		t.Fatalf("the error is %v", err)
	}
	spy.reset(nil, nil)
	w.Advance(5*time.Minute - tick)
	n, err = w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent within the lease", n, 0)
	w.Advance(tick)
	n, err = w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent after the lease", n, 1)
	all := w.Messages()
	equal(t, "the same ID", all[1].Message.ID, all[0].Message.ID)
	_, kinds := history(t, w, "contoso.com")
	equal(t, "the history", kinds, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventConsentRequested, engagement.EventConsentSent})
	for _, link := range w.Links(p) { // both work, and one answer is all
		_, err := w.Desk.Links.ConsentView(background, link)
		ok(t, err)
	}
	ok(t, answer(w, w.Links(p)[0], consent.DecisionAccept))
	ok(t, answer(w, w.Links(p)[1], consent.DecisionAccept)) // which it says
	if err := answer(w, w.Links(p)[1], consent.DecisionDecline); !errors.As(err, new(*consent.AlreadyAnsweredError)) {
		t.Fatalf("the second: %v", err)
	}
}

// Who is slower than the lease leaves what another process has taken up.
func TestRelaySlowerThanLease(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	to := []string{"a@contoso.com", "b@contoso.com", "c@contoso.com", "d@contoso.com"}
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, to...))
	ok(t, err)
	var got []string
	fast := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		got = append(got, d.Message.To.String())
		return nil
	}))
	slow := relay(t, w, notify(func(ctx context.Context, d workflow.Delivery) error {
		got = append(got, d.Message.To.String())
		w.Advance(3 * time.Minute)
		if len(got) == 2 { // the lease is over; its own message may go out twice
			got = got[:1]
			_, err := fast.Jobs.Relay(ctx)
			return err
		}
		return nil
	}))
	_, err = slow.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent", got, to)
}

// What became of a message is recorded even when the caller is gone.
func TestRelayCancelled(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "a@contoso.com", "b@contoso.com"))
	ok(t, err)
	ctx, cancel := context.WithCancel(background)
	n, err := relay(t, w, notify(func(context.Context, workflow.Delivery) error { cancel(); return nil })).Jobs.Relay(ctx)
	equal(t, "sent", n, 1)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
	w.Advance(time.Hour)
	w.Relayed()
	equal(t, "sent later", sentTo(w, engagement.MessageConsentRequest), []string{"b@contoso.com"})
}

// Without a Notifier, or without storage, Relay says so.
func TestRelayRefuses(t *testing.T) {
	w, _ := newWorld(t)
	if n, err := relay(t, w, nil).Jobs.Relay(background); n != 0 || err == nil || !strings.Contains(err.Error(), "Notifier") {
		t.Fatalf("%d sent, %v", n, err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := w.Desk.Jobs.Relay(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
}
