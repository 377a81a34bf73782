package workflow

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// claimHistory returns the events about a participation, the oldest first, without
// reading the rest of the history with its customer, and verifies what that can
// show: that the participation, as it is stored, is what the last of them led to, that
// they are what they were where one follows another, and that the history was not
// cut off at its end.
//
// Events that cannot be read are left out; the second result is their numbers.
func (s *Service) claimHistory(ctx context.Context, seen engagement.Participation) ([]engagement.Event, []int64, error) {
	// What the page of the claim would record is not stored yet; the history that is
	// read is the stored one, and so is what it is held to.
	about := storage.Want{Participation: storage.ParticipationKey{Partner: seen.Partner, ID: seen.ID}}
	key := engagement.CustomerKey{Partner: seen.Partner, Customer: seen.Customer}
	for range engine.MaxAttempts {
		loaded, err := s.store.Load(ctx, about)
		if err != nil {
			return nil, nil, unavailable("storage", err)
		}
		p, ok := loaded.Records[loaded.At].Participation(seen.ID)
		if !ok {
			return nil, nil, &NotFoundError{Kind: "participation", Value: string(seen.ID)}
		}
		if _, err := customerIn(loaded, key); err != nil {
			return nil, nil, err
		}
		events, err := s.events(ctx, storage.HistoryQuery{Customer: key, Participation: p.ID, Reaching: loaded.Customers[key].History.Seq})
		bad, err := storage.Unreadable(err)
		if err != nil {
			return events, nil, err
		}
		lost := numbersOf(bad)
		r := reading{key: key, newest: true, limit: 1, head: loaded.Customers[key].History}
		_, broken := s.read(ctx, &r)
		if broken != nil && !errors.As(broken, new(*engagement.HistoryError)) {
			return events, lost, broken
		}
		if n := len(events); broken == nil && n > 0 && events[n-1].Seq > loaded.Customers[key].History.Seq {
			continue // somebody has just changed it
		}
		if broken = cmp.Or(broken, engagement.VerifyLinks(events)); broken == nil && !slices.Contains(lost, p.Recorded.Seq) {
			broken = engagement.VerifyParticipation(p, events)
		}
		return events, lost, broken
	}
	return nil, nil, &UnavailableError{Source: "storage", Err: errors.New("the participation changes faster than it is read")}
}

func numbersOf(bad []*storage.UnreadableError) []int64 {
	var numbers []int64
	for _, b := range bad {
		numbers = append(numbers, b.Seq)
	}
	return numbers
}

// history returns the events up to the head that the customer was loaded with:
// what was appended since then is not asked for. It is for commands.
func (s *Service) history(ctx context.Context, c engagement.Customer) ([]engagement.Event, error) {
	return s.events(storage.Current(ctx), storage.HistoryQuery{Customer: c.Key, Before: c.History.Seq + 1})
}

// events returns everything that a query asks for, however much that is. Events that
// cannot be read are left out, and their errors joined.
func (s *Service) events(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	var events []engagement.Event
	var errs []error
	q.Limit = historyBatch
	for {
		batch, err := s.store.History(ctx, q)
		lost, err := storage.Unreadable(err)
		if err != nil {
			return nil, unavailable("storage", err)
		}
		for _, bad := range lost {
			s.log.ErrorContext(ctx, "an event cannot be read", "error", bad)
			errs, q.After = engine.KeepErrors(errs, []error{bad}), max(q.After, bad.Seq)
		}
		if events = append(events, batch...); len(batch)+len(lost) < q.Limit {
			return events, errors.Join(errs...)
		}
		if len(batch) > 0 {
			q.After = max(q.After, batch[len(batch)-1].Seq)
		}
	}
}

// within returns which of these events are in the scope: those of participations through
// its locations, and of none.
func (s *Service) within(ctx context.Context, scope Scope, events []engagement.Event) (func(engagement.Event) bool, error) {
	if scope.All() {
		return func(engagement.Event) bool { return true }, nil
	}
	want := storage.Want{Ended: true}
	for _, e := range events {
		if key := e.Record(); e.Participation != "" && !slices.Contains(want.Records, key) {
			want.Records = append(want.Records, key)
		}
	}
	loaded, err := s.store.Load(ctx, want)
	if err != nil {
		return nil, unavailable("storage", err)
	}
	return func(e engagement.Event) bool {
		if e.Participation == "" {
			return true
		}
		p, ok := loaded.Records[e.Record()].Participation(e.Participation)
		return ok && scope.Has(p.Location)
	}, nil
}

// customer returns a customer with the head of its history, or a *NotFoundError.
func (s *Service) customer(ctx context.Context, key engagement.CustomerKey) (engagement.Customer, error) {
	loaded, err := s.store.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
	if err != nil {
		return engagement.Customer{}, unavailable("storage", err)
	}
	c, err := customerIn(loaded, key)
	s.tellUnreadable(ctx, err)
	return c, err
}
