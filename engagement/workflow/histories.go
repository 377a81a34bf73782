package workflow

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
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
	Events []engagement.Event `json:"events"`         // in the order that was asked for
	Next   string             `json:"next,omitempty"` // cursor of the next page; "" when this is the last
	Head   engagement.Head    `json:"head"`           // where the history ended when the page was read; one that is kept elsewhere shows whether the history still holds it, see HistoriesDesk.Verify

	// Unreadable are the numbers of events that stand among these, by their Seq, and
	// that storage cannot read: the host is told why in its log. Within a Scope that is
	// not the whole partner they are left out.
	Unreadable []int64 `json:"unreadable"`
}

// List returns a page of everything that happened between the partner and a customer,
// as the actor's side may see it: a partner sees "the program" and what is meant for
// the partner, and not who acted for the program. The page is checked first: that
// nothing on it was changed, left out or put in, that it follows the page before and,
// at the end, that the history ends where the customer's record says and nothing was
// cut off. Whoever reads all pages, one after the other, has checked the whole history;
// [HistoriesDesk.Verify] does that without showing it, and also checks what it led to.
// An event that cannot be read is named in Unreadable, and the others come; whether the
// next one follows it cannot be checked.
//
// It returns an *[InputError] or an *[InvalidCursorError], and its
// *[engagement.HistoryError] comes together with the page, which then may be the last
// one.
//
// Within a [Scope] that is not the whole partner it checks all of the page as well, and
// returns what concerns the customer itself and participations through the scope's
// locations; a customer with nothing of that kind is not found. A page then has fewer
// events than its limit.
func (d *HistoriesDesk) List(ctx context.Context, actor Actor, query HistoryQuery) (HistoryPage, error) {
	s := d.s
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
	for len(page.Events)+len(page.Unreadable) == 0 && !r.done && err == nil {
		var batch stretch
		if batch, err = s.read(ctx, &r); err != nil && !errors.As(err, new(*engagement.HistoryError)) {
			return HistoryPage{}, err
		}
		within, failed := s.historyWithin(ctx, scope, batch.events)
		if failed != nil {
			return HistoryPage{}, failed
		}
		if page.Events = eventsSeenBy(actor.side(), within); scope.All() { // else nobody can tell whose they are
			page.Unreadable = batch.lost
		}
	}
	if len(page.Events) == 0 && query.Cursor == "" && !scope.All() {
		return HistoryPage{}, &NotFoundError{Kind: "customer", Field: "customer", Value: string(query.Customer)}
	}
	page.Head = r.head
	if !r.done && err == nil {
		page.Next = r.cursor()
	}
	return page, err
}

// All yields every event that [HistoriesDesk.List] would return, page by page. An error
// ends it: an *[engagement.HistoryError] after the events that it has read, an
// *[UnreadableEventsError] after all that can be read.
func (d *HistoriesDesk) All(ctx context.Context, actor Actor, query HistoryQuery) iter.Seq2[engagement.Event, error] {
	return func(yield func(engagement.Event, error) bool) {
		var lost UnreadableEventsError
		for {
			page, err := d.List(ctx, actor, query)
			lost.add(page.Unreadable)
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
				if lost.Count > 0 {
					yield(engagement.Event{}, &lost)
				}
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
	if err != nil || len(text) > longestCursor || json.Unmarshal(raw, &b) != nil || b.At.Seq < 1 {
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
