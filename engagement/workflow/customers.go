package workflow

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// CustomersQuery asks for a page of one tab of the Customers page.
type CustomersQuery struct {
	Tab        engagement.Tab // "": the eligible ones
	Search     string         // a part of the name, friendly name, domain, claim number, or tenant, subscription or opportunity ID, in whatever case
	Types      []engagement.RowType
	Statuses   []engagement.Status
	Locations  []engagement.LocationID // rows of any of these
	From, To   time.Time               // started, or evaluated, at or after From and before To
	Sort       storage.Sort            // "": by name
	Descending bool
	Limit      int    // 1 to 1000; 0: 50
	Cursor     string // CustomersPage.Next of the page before; "" begins at the first
}

// LogValue hides what somebody searches for.
func (q CustomersQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tab", string(q.Tab)), slog.Bool("search", q.Search != ""), slog.String("sort", string(q.Sort)))
}

// CustomersPage is one page of a tab.
type CustomersPage struct {
	Rows   []engagement.Row
	Counts map[engagement.Tab]int // of every tab as a whole, whatever is searched or filtered
	Next   string                 // cursor of the next page; "" when this is the last
	At     time.Time              // the moment that the page shows
}

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// Customers returns a page of the partner's Customers page for an engagement,
// as it is now: deadlines that have passed count, recorded or not. Rows that
// come or go between two pages neither repeat nor hide others.
//
// It returns a *ForbiddenError, a *NotFoundError, *InputErrors, a *CursorError or
// an *UnavailableError.
func (s *Service) Customers(ctx context.Context, actor Actor, id engagement.ID, query CustomersQuery) (CustomersPage, error) {
	var none CustomersPage
	if err := s.authorize(ctx, actor, ViewCustomers, query.Locations...); err != nil {
		return none, err
	}
	e, err := s.engagement(ctx, id)
	if err != nil {
		return none, err
	}
	if query.Tab == "" {
		query.Tab = engagement.TabEligible
	}
	if !slices.Contains(engagement.AllTabs(), query.Tab) {
		return none, &InputError{Field: "tab", Problem: "is not one of the three tabs: use one of engagement.AllTabs"}
	}
	if err := query.check(); err != nil {
		return none, err
	}
	return s.page(ctx, actor.Partner, e, query, s.now())
}

// AllCustomers yields every row that Customers would give, page by page. An
// error ends it.
func (s *Service) AllCustomers(ctx context.Context, actor Actor, id engagement.ID, query CustomersQuery) iter.Seq2[engagement.Row, error] {
	return func(yield func(engagement.Row, error) bool) {
		for {
			page, err := s.Customers(ctx, actor, id, query)
			if err != nil {
				yield(engagement.Row{}, err)
				return
			}
			for _, r := range page.Rows {
				if !yield(r, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			query.Cursor = page.Next
		}
	}
}

// Search finds customers and participations of the partner in all engagements of
// the catalog:
// those on a tab and those that left the page. An empty text finds all. The rows
// come engagement by engagement, at most limit of each (1 to 1000; 0: 50), tab by
// tab and by name.
//
// It returns a *ForbiddenError, an *InputError or an *UnavailableError.
func (s *Service) Search(ctx context.Context, actor Actor, text string, limit int) ([]engagement.Row, error) {
	query := CustomersQuery{Search: text, Limit: limit}
	return s.everywhere(ctx, actor, query, append(engagement.AllTabs(), engagement.TabOff)...)
}

// AttentionRequired returns what the partner has to do in all engagements of the
// catalog, what is due soonest first: consents to be obtained, claims and disputes
// to be submitted, what reviewers ask for, rejections to be disputed. They are at
// most limit (1 to 1000; 0: 50). It returns what Search returns.
func (s *Service) AttentionRequired(ctx context.Context, actor Actor, limit int) ([]engagement.Row, error) {
	query := CustomersQuery{Sort: storage.BySoonest, Limit: limit}
	rows, err := s.everywhere(ctx, actor, query, engagement.TabEligible)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r engagement.Row) bool { return r.Deadline.IsZero() })
	slices.SortStableFunc(rows, func(a, b engagement.Row) int { return a.Deadline.Compare(b.Deadline) })
	return rows[:min(len(rows), limitOf(limit))], nil
}

// everywhere returns the first rows that a query finds in each engagement, on
// these tabs, as they are at one moment.
func (s *Service) everywhere(ctx context.Context, actor Actor, query CustomersQuery, tabs ...engagement.Tab) ([]engagement.Row, error) {
	if err := s.authorize(ctx, actor, ViewCustomers); err != nil {
		return nil, err
	}
	if err := query.check(); err != nil {
		return nil, err
	}
	all, err := s.engagements(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var rows []engagement.Row
	for _, e := range all {
		var found []engagement.Row
		for _, tab := range tabs {
			if query.Tab = tab; len(found) >= limitOf(query.Limit) {
				break
			}
			page, err := s.page(ctx, actor.Partner, e, query, now)
			if err != nil {
				return nil, err
			}
			found = append(found, page.Rows...)
		}
		rows = append(rows, found[:min(len(found), limitOf(query.Limit))]...)
	}
	return rows, nil
}

func limitOf(limit int) int {
	if limit == 0 {
		return defaultLimit
	}
	return limit
}

// check returns the *InputErrors of a query, joined; whether the cursor can be
// used turns out later.
func (q CustomersQuery) check() error {
	var errs []error
	bad := func(field, problem string) { errs = append(errs, &InputError{Field: field, Problem: problem}) }
	if q.Sort != "" && !slices.Contains(storage.AllSorts(), q.Sort) {
		bad("sort", "is unknown: use one of storage.AllSorts")
	}
	if limit := limitOf(q.Limit); limit < 1 || limit > maxLimit {
		bad("limit", "is out of range: use 1 to 1000, or 0 for 50")
	}
	if slices.ContainsFunc(q.Types, func(t engagement.RowType) bool { return !slices.Contains(engagement.AllRowTypes(), t) }) {
		bad("types", "hold an unknown one: use those of engagement.AllRowTypes")
	}
	if slices.ContainsFunc(q.Statuses, func(s engagement.Status) bool { return !slices.Contains(engagement.AllStatuses(), s) }) {
		bad("statuses", "hold an unknown one: use those of engagement.AllStatuses")
	}
	for _, t := range []time.Time{q.From, q.To} {
		if year := t.UTC().Year(); year < 1 || year > 9998 {
			bad("from or to", "is not in the years 1 to 9998")
		}
	}
	return errors.Join(errs...)
}

// page reads one page and works in what has happened since it was stored.
func (s *Service) page(ctx context.Context, partner engagement.PartnerID, e engagement.Engagement, query CustomersQuery, now time.Time) (CustomersPage, error) {
	l := customersList(partner, e.ID, query, now)
	if err := l.begin(query.Cursor); err != nil {
		return CustomersPage{}, err
	}
	stored, err := s.store.Page(ctx, storage.PageQuery{
		Partner: l.partner, Engagement: l.engagement, Tab: l.tab, Sort: l.sort, Descending: l.descending, After: l.after,
		Limit: l.limit, Filter: l.filter, Now: l.now,
	})
	if err != nil {
		return CustomersPage{}, unavailable("storage", err)
	}
	page := CustomersPage{Counts: map[engagement.Tab]int{}, At: now}
	for _, tab := range engagement.AllTabs() {
		page.Counts[tab] = stored.Counts[tab]
	}
	rows, more, err := l.overlay(stored.Rows, stored.More, stored.Overdue, func(e engagement.Entry) {
		if _, counted := page.Counts[e.Tab]; counted {
			page.Counts[e.Tab]++
		}
	})
	if err != nil {
		return CustomersPage{}, err
	}
	for _, r := range rows {
		for _, row := range r.Place.Rows(partner, e, s.policy, now) {
			if row.ID == r.Entry.Row {
				page.Rows = append(page.Rows, row)
			}
		}
	}
	if more {
		page.Next, err = l.cursor(l.sort.PositionOf(rows[len(rows)-1].Entry))
	}
	return page, err
}

func customersList(partner engagement.PartnerID, id engagement.ID, query CustomersQuery, now time.Time) list {
	return newList(list{
		partner: partner, engagement: id, tab: query.Tab, sort: query.Sort, descending: query.Descending, limit: limitOf(query.Limit), now: now,
		filter: storage.Filter{
			Text: engagement.Fold(query.Search), Types: query.Types, Statuses: query.Statuses, Locations: query.Locations,
			SinceFrom: nextMicrosecond(query.From), SinceBefore: nextMicrosecond(query.To),
		},
	})
}

// nextMicrosecond returns the first time at or after t that is as precise as
// storage: what is stored is before it exactly when it is before t.
func nextMicrosecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Add(time.Microsecond - 1).UTC().Truncate(time.Microsecond)
}

// KnownCustomers yields the customers that have consented to the partner, in
// order of their keys.
func (s *Service) KnownCustomers(ctx context.Context, actor Actor) iter.Seq2[engagement.Customer, error] {
	return func(yield func(engagement.Customer, error) bool) {
		if err := s.authorize(ctx, actor, ViewCustomers); err != nil {
			yield(engagement.Customer{}, err)
			return
		}
		for batch, err := range s.customers(ctx, storage.CustomersQuery{Partner: actor.Partner, Known: true, Limit: customersBatch}) {
			if err != nil {
				yield(engagement.Customer{}, err)
				return
			}
			for _, c := range batch {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

const customersBatch = 500

// customers yields a partner's customers in batches.
func (s *Service) customers(ctx context.Context, q storage.CustomersQuery) iter.Seq2[[]engagement.Customer, error] {
	return func(yield func([]engagement.Customer, error) bool) {
		for {
			batch, err := s.store.Customers(ctx, q)
			if err != nil {
				yield(nil, unavailable("storage", err))
				return
			}
			if len(batch) > 0 && !yield(batch, nil) || len(batch) < q.Limit {
				return
			}
			q.After = batch[len(batch)-1].Key.Customer
		}
	}
}

// customerKey is the key of a customer of the actor's partner.
func (a Actor) customerKey(customer tenant.Key) engagement.CustomerKey {
	return engagement.CustomerKey{Partner: a.Partner, Customer: customer}
}
