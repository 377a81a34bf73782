package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

var (
	background = context.Background()
	begin      = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	contoso    = engagement.CustomerKey{Partner: "northwind", Customer: "tpid:1001"}

	errUnavailable = errors.New("unavailable")
	errInternal    = errors.New("to be mended")
	errReused      = errors.New("key reused")
)

// toy is a domain that counts. Its one command calls a customer something.
type toy struct {
	*engine.Unit
	w *world
}

func (t *toy) Lapsed(p engagement.Lapse) {
	t.Event(engagement.Event{Kind: engagement.EventDeadlinePassed, By: engagement.ByClock, Engagement: p.After.Engagement, Participation: p.After.ID}, p.After.Record().OfCustomer())
}
func (t *toy) Due(engagement.Participation)   { t.w.due++ }
func (t *toy) Ended(engagement.Participation) { t.w.ended++ }

// world is an engine for toys, on a store whose writes a test can watch.
type world struct {
	*engine.Engine
	store      *watched
	now        time.Time
	due, ended int
}

// watched is a store that calls before, where it is set, before each write, and returns
// its error.
type watched struct {
	storage.Store
	mu     sync.Mutex
	before func(storage.Changes) error
	writes int
}

func (s *watched) Apply(ctx context.Context, c storage.Changes) error {
	s.mu.Lock()
	s.writes++
	before := s.before
	s.mu.Unlock()
	if before != nil {
		if err := before(c); err != nil {
			return err
		}
	}
	return s.Store.Apply(ctx, c)
}

func newWorld() *world {
	w := &world{store: &watched{Store: memory.New()}, now: begin}
	w.Engine = &engine.Engine{
		Store: w.store, Clock: func() time.Time { return w.now }, Random: rand.NewChaCha8([32]byte{}),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Reminders: engagement.Reminders{Consent: []int{1}},
		Persons: engagement.NewPersonKey(nil), Horizon: func(now time.Time) time.Time { return now },
		Opener: w,
		Errors: engine.Errors{
			Unavailable: func(source string, err error) error {
				if err == nil {
					return nil
				}
				return fmt.Errorf("%w: %s: %w", errUnavailable, source, err)
			},
			Internal:  func(source string, err error) error { return fmt.Errorf("%w: %s: %w", errInternal, source, err) },
			KeyReused: func(string) error { return errReused },
			Troubled: func(err error) bool {
				return errors.Is(err, errUnavailable) || errors.Is(err, errInternal)
			},
		},
	}
	return w
}

// Open implements engine.Opener.
func (w *world) Open(u *engine.Unit) engine.Domain { return &toy{u, w} }

// call is the toy's command, under a key, for a customer. It returns what the customer
// was called before, and how often it was decided.
func (w *world) call(t *testing.T, key, name string, of engagement.CustomerKey) (before string, times int, err error) {
	t.Helper()
	command, bad := engine.Command(of.Partner, key, "call", name)
	if bad != nil {
		t.Fatal(bad)
	}
	before, err = engine.Attempt(background, w.Engine, command, func(u *engine.Unit) (string, error) {
		times++
		return u.Domain.(*toy).call(name, of)
	})
	return before, times, err
}

func (t *toy) call(name string, of engagement.CustomerKey) (string, error) {
	if _, err := t.Load(background, storage.Want{Customers: []engagement.CustomerKey{of}}); err != nil {
		return "", err
	}
	c := t.Customer(of)
	before := c.FriendlyName
	c.Key, c.FriendlyName = of, name
	t.PutCustomer(c)
	t.Event(engagement.Event{Kind: engagement.EventCustomerKnown, By: engagement.ByProgram}, of)
	return before, nil
}

// customer is what is stored of a customer.
func (w *world) customer(t *testing.T, key engagement.CustomerKey) engagement.Customer {
	t.Helper()
	loaded, err := w.store.Load(background, storage.Want{Customers: []engagement.CustomerKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Customers[key]
}

// wait stores a participation that waits for an answer for so many days.
func (w *world) wait(t *testing.T, id engagement.ParticipationID, of engagement.CustomerKey, days int) engagement.Participation {
	t.Helper()
	p := engagement.Participation{
		Partner: of.Partner, Engagement: "toys", Customer: of.Customer, Location: "4711", Origin: engagement.OriginAdded,
		StartedAt: w.now, Consent: consent.Start(w.now.AddDate(0, 0, days)),
	}
	p, err := engine.Attempt(background, w.Engine, storage.CommandRecord{}, func(u *engine.Unit) (engagement.Participation, error) {
		if _, err := u.Load(background, storage.Want{Records: []engagement.RecordKey{p.Record()}, Customers: []engagement.CustomerKey{of}}); err != nil {
			return p, err
		}
		p.ID, p.ClaimNumber = id, "C-"+string(id)
		if id == "" {
			p.ID = engagement.ParticipationID(u.NewID(of.Customer))
			p.ClaimNumber = "C-" + string(p.ID)
		}
		p.RemindAt = u.Now.AddDate(0, 0, days-1)
		u.Put(p)
		u.Event(engagement.Event{Kind: engagement.EventCustomerAdded, By: engagement.ByPartner, Engagement: p.Engagement, Participation: p.ID}, of)
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
