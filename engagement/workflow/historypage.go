package workflow

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// HistoryQuery asks for a page of what happened between a partner and a customer.
type HistoryQuery struct {
	Customer tenant.Key
	Newest   bool   // the newest first; else the oldest
	Limit    int    // 1 to 1000; 0: 50
	Cursor   string // HistoryPage.Next of the page before; "" begins at the first
}

// HistoryPage is one page of a history.
type HistoryPage struct {
	Events []engagement.Event // in the order that was asked for
	Next   string             // cursor of the next page; "" when this is the last
	Head   engagement.Head    // where the history ended when the page was read; one that is kept elsewhere shows whether the history still holds it, see VerifyHistory
}

// History returns a page of everything that happened between the partner and a
// customer, as the actor's side may see it: a partner sees "the program" and what is
// meant for the partner, and not who acted for the program. The page is checked
// first: that nothing on it was changed, left out or put in, that it goes on where
// the page before ended, and, at the end, that the history ends where the customer's
// record says and nothing was cut off. Who reads all pages, one after the other, has
// checked the whole history; VerifyHistory does that without showing it, and checks
// what it led to, too.
//
// It returns a *ForbiddenError, a *NotFoundError, an *InputError, a *InvalidCursorError
// or an *UnavailableError, and an *engagement.HistoryError together with the page,
// which then may be the last one, when something was tampered with.
//
// Within a Scope that is not the whole partner it checks all of it as well, and
// returns what concerns the customer itself and participations through the scope's
// locations; a customer of which that is nothing is not found. A page then has
// fewer events than its limit.
func (s *Service) History(ctx context.Context, actor Actor, query HistoryQuery) (HistoryPage, error) {
	scope, err := s.authorize(ctx, actor, MayViewHistory)
	if err != nil {
		return HistoryPage{}, err
	}
	r := reading{key: actor.customerKey(query.Customer), newest: query.Newest, limit: limitOf(query.Limit)}
	if r.limit < 1 || r.limit > maxLimit {
		return HistoryPage{}, &InputError{Field: "limit", Problem: fmt.Sprintf("is %d: use 1 to %d, or 0 for %d", query.Limit, maxLimit, defaultLimit)}
	}
	if query.Cursor != "" {
		if r.at, err = r.position(query.Cursor); err != nil {
			return HistoryPage{}, err
		}
	}
	c, err := s.customer(ctx, r.key)
	if err != nil {
		return HistoryPage{}, err
	}
	r.head = c.History
	var page HistoryPage
	for len(page.Events) == 0 && !r.done && err == nil {
		var batch []engagement.Event
		if batch, err = s.read(ctx, &r); err != nil && !errors.Is(err, engagement.ErrHistoryBroken) {
			return HistoryPage{}, err
		}
		within, failed := s.historyWithin(ctx, scope, batch)
		if failed != nil {
			return HistoryPage{}, failed
		}
		page.Events = eventsSeenBy(actor.side(), within)
	}
	if len(page.Events) == 0 && query.Cursor == "" && !scope.All() {
		return HistoryPage{}, &NotFoundError{Field: "customer", Value: string(query.Customer)}
	}
	page.Head = r.head
	if !r.done && err == nil {
		page.Next = r.cursor()
	}
	return page, err
}

// AllHistory yields every event that History would give, page by page. An error
// ends it; before a *HistoryError it yields the events that it has read.
func (s *Service) AllHistory(ctx context.Context, actor Actor, query HistoryQuery) iter.Seq2[engagement.Event, error] {
	return func(yield func(engagement.Event, error) bool) {
		for {
			page, err := s.History(ctx, actor, query)
			for _, e := range page.Events {
				if !yield(e, nil) {
					return
				}
			}
			if err != nil {
				yield(engagement.Event{}, err)
				return
			}
			if page.Next == "" {
				return
			}
			query.Cursor = page.Next
		}
	}
}

// historyWithin leaves out the events of participations through locations that are
// not in the scope.
func (s *Service) historyWithin(ctx context.Context, scope Scope, events []engagement.Event) ([]engagement.Event, error) {
	has, err := s.within(ctx, scope, events)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(events, func(e engagement.Event) bool { return !has(e) }), nil
}

// recordOf returns the key of the record that an event is about.
func recordOf(e engagement.Event) engagement.RecordKey {
	return engagement.RecordKey{Partner: e.Partner, Engagement: e.Engagement, Customer: e.Customer}
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

// reading is a history that is being read, page by page.
type reading struct {
	key    engagement.CustomerKey
	newest bool
	limit  int
	head   engagement.Head // where the history ends, as last read
	at     engagement.Head // the last event that was read; the newest first: the one before it; zero at the beginning
	done   bool            // there are no more
}

// read returns the next events, verified. It reads one more than it returns: the
// one behind the page, which shows where a history goes on, or, the newest first,
// the one before it, whose hash the page goes on from.
func (s *Service) read(ctx context.Context, r *reading) ([]engagement.Event, error) {
	q := storage.HistoryQuery{Customer: r.key, Newest: r.newest, Reaching: r.head.Seq, Limit: r.limit + 1}
	switch {
	case !r.newest:
		q.After = r.at.Seq
	case r.at.Seq > 0:
		q.Before = r.at.Seq + 1
	}
	events, err := s.store.History(ctx, q)
	if err != nil {
		return nil, unavailable("storage", err)
	}
	events = slices.Clone(events) // a store may keep them
	if err := s.catchUp(ctx, r, events); err != nil {
		return nil, err
	}
	if r.newest {
		return r.backwards(events)
	}
	return r.forwards(events)
}

// catchUp reads the customer's head again where events stand behind it: they were
// appended since, or the head was put back.
func (s *Service) catchUp(ctx context.Context, r *reading, events []engagement.Event) error {
	if !slices.ContainsFunc(events, func(e engagement.Event) bool { return e.Seq > r.head.Seq }) {
		return nil
	}
	c, err := s.customer(ctx, r.key)
	r.head = c.History
	return err
}

// forwards verifies a page whose oldest event comes first.
func (r *reading) forwards(events []engagement.Event) ([]engagement.Event, error) {
	end, err := engagement.VerifyPage(events, r.at)
	if err == nil {
		err = r.checkHead(events)
	}
	r.done = len(events) <= r.limit
	if err == nil && r.done && end.Seq < r.head.Seq {
		err = r.cutOff(end.Seq)
	}
	events = events[:min(len(events), r.limit)]
	if n := len(events); n > 0 {
		r.at = engagement.Head{Seq: events[n-1].Seq, Hash: events[n-1].Hash}
	}
	return events, err
}

// backwards verifies a page whose newest event comes first.
func (r *reading) backwards(events []engagement.Event) ([]engagement.Event, error) {
	slices.Reverse(events)
	var before engagement.Head
	if r.done = len(events) <= r.limit; !r.done {
		before, events = engagement.Head{Seq: events[0].Seq, Hash: events[0].Hash}, events[1:]
	}
	first := r.at == engagement.Head{}
	end, err := engagement.VerifyPage(events, before)
	switch {
	case err != nil:
	case first:
		if err = r.checkHead(events); err == nil && end.Seq < r.head.Seq {
			err = r.cutOff(end.Seq)
		}
	case end != r.at:
		err = &engagement.HistoryError{Seq: r.at.Seq, Problem: "it is not the event that the one behind it goes on from"}
	}
	r.at = before
	slices.Reverse(events)
	return events, err
}

// checkHead holds the history's head to the event at its place, where that is on
// the page, and finds what stands behind it.
func (r *reading) checkHead(events []engagement.Event) error {
	for _, e := range events {
		switch {
		case e.Seq == r.head.Seq && e.Hash != r.head.Hash:
			return &engagement.HistoryError{Seq: e.Seq, Problem: "it ends with another event than the customer's record says"}
		case e.Seq > r.head.Seq:
			return &engagement.HistoryError{Seq: r.head.Seq, Problem: "by the customer's record it ends here, and it goes on: its end was cut off"}
		}
	}
	return nil
}

func (r *reading) cutOff(last int64) error {
	return &engagement.HistoryError{Seq: last, Problem: "it ends here, and should end with event " + strconv.FormatInt(r.head.Seq, 10)}
}

// bookmark is what a cursor of a history holds.
type bookmark struct {
	Customer engagement.CustomerKey `json:"c"`
	Newest   bool                   `json:"n,omitzero"`
	At       engagement.Head        `json:"a"`
}

func (r *reading) cursor() string {
	text, err := json.Marshal(bookmark{r.key, r.newest, r.at})
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// position returns where a cursor points to, or a *InvalidCursorError. Who makes one up
// reads the same history, and is told that it does not hold together.
func (r *reading) position(text string) (engagement.Head, error) {
	var b bookmark
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(text) > longestCursor || json.Unmarshal(raw, &b) != nil || b.At.Seq < 1 || b.At.Hash.IsZero() {
		return engagement.Head{}, &InvalidCursorError{Problem: "is not one of ours"}
	}
	if b.Customer != r.key || b.Newest != r.newest {
		return engagement.Head{}, &InvalidCursorError{Problem: "belongs to another list"}
	}
	if r.at = b.At; r.cursor() != text {
		return engagement.Head{}, &InvalidCursorError{Problem: "is not one of ours"}
	}
	return b.At, nil
}
