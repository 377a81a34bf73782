package workflow

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// CustomersQuery asks for a page of one tab of the Customers page.
type CustomersQuery struct {
	Tab        engagement.Tab // "": the eligible ones
	Search     string         // a part of the name, friendly name, domain, tenant ID or claim number, in whatever case
	Types      []engagement.RowType
	Statuses   []engagement.Status
	Locations  []engagement.LocationID // rows of any of these
	From, To   time.Time               // started, or evaluated, at or after From and before To
	Sort       storage.Sort            // "": by name
	Descending bool
	Limit      int    // 1 to 1000; 0: 50
	Cursor     string // CustomersPage.Next of the page before; "" begins at the first
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
// It returns a *ForbiddenError, a *NotFoundError, an *InputError, a *CursorError
// or an *UnavailableError.
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
	return s.page(ctx, actor.Partner, e, query)
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

// Search finds customers and participations of the partner in all engagements:
// those on a tab and those that left the page. The rows come engagement by
// engagement, at most limit of each.
func (s *Service) Search(ctx context.Context, actor Actor, text string, limit int) ([]engagement.Row, error) {
	if err := s.authorize(ctx, actor, ViewCustomers); err != nil {
		return nil, err
	}
	all, err := s.engagements(ctx)
	if err != nil {
		return nil, err
	}
	var rows []engagement.Row
	for _, e := range all {
		var found []engagement.Row
		for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
			page, err := s.page(ctx, actor.Partner, e, CustomersQuery{Tab: tab, Search: text, Limit: limit})
			if err != nil {
				return nil, err
			}
			found = append(found, page.Rows...)
		}
		rows = append(rows, found[:min(len(found), cmpLimit(limit))]...)
	}
	return rows, nil
}

// AttentionRequired returns what the partner has to do in all engagements, what
// is due soonest first: consents to be obtained and claims to be submitted.
func (s *Service) AttentionRequired(ctx context.Context, actor Actor, limit int) ([]engagement.Row, error) {
	if err := s.authorize(ctx, actor, ViewCustomers); err != nil {
		return nil, err
	}
	all, err := s.engagements(ctx)
	if err != nil {
		return nil, err
	}
	var rows []engagement.Row
	for _, e := range all {
		page, err := s.page(ctx, actor.Partner, e, CustomersQuery{Tab: engagement.TabEligible, Sort: storage.BySoonest, Limit: limit})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Rows {
			if r.Deadline.IsZero() { // those without one come last
				break
			}
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b engagement.Row) int { return a.Deadline.Compare(b.Deadline) })
	return rows[:min(len(rows), cmpLimit(limit))], nil
}

func cmpLimit(limit int) int {
	if limit == 0 {
		return defaultLimit
	}
	return limit
}

// page reads one page and works in what has happened since it was stored.
func (s *Service) page(ctx context.Context, partner engagement.PartnerID, e engagement.Engagement, query CustomersQuery) (CustomersPage, error) {
	var none CustomersPage
	q, err := s.pageQuery(partner, e.ID, query)
	if err != nil {
		return none, err
	}
	stored, err := s.store.Page(ctx, q)
	if err != nil {
		return none, unavailable("storage", err)
	}
	rows, more, err := overlay(q, &stored)
	if err != nil {
		return none, err
	}
	page := CustomersPage{Counts: stored.Counts, At: q.Now}
	delete(page.Counts, engagement.TabOff)
	for _, r := range rows {
		i := slices.IndexFunc(r.Place.Standings, func(st engagement.Standing) bool { return st.Partner == partner })
		if i < 0 {
			continue
		}
		for _, row := range r.Place.Rows(partner, e, s.policy, q.Now) {
			if row.ID == r.Entry.Row {
				page.Rows = append(page.Rows, row)
			}
		}
	}
	if more {
		page.Next = encodeCursor(q, q.Sort.PositionOf(rows[len(rows)-1].Entry))
	}
	return page, nil
}

func (s *Service) pageQuery(partner engagement.PartnerID, id engagement.ID, query CustomersQuery) (storage.PageQuery, error) {
	q := storage.PageQuery{
		Partner: partner, Engagement: id, Tab: query.Tab, Sort: query.Sort, Descending: query.Descending,
		Limit: cmpLimit(query.Limit), Now: s.now(),
		Filter: storage.Filter{
			Text: engagement.Fold(query.Search), Types: query.Types, Statuses: query.Statuses, Locations: query.Locations,
			SinceFrom: query.From, SinceBefore: query.To,
		},
	}
	if q.Sort == "" {
		q.Sort = storage.ByName
	}
	if !slices.Contains(storage.AllSorts(), q.Sort) {
		return q, &InputError{Field: "sort", Problem: "is unknown: use one of storage.AllSorts"}
	}
	if q.Limit < 1 || q.Limit > maxLimit {
		return q, &InputError{Field: "limit", Problem: "is out of range: use 1 to 1000, or 0 for 50"}
	}
	if query.Cursor != "" {
		after, err := decodeCursor(q, query.Cursor)
		if err != nil {
			return q, err
		}
		q.After = &after
	}
	return q, nil
}

// overlay merges what storage gave with the rows of the places whose deadline
// has passed since, and corrects the counts.
func overlay(q storage.PageQuery, stored *storage.Page) (rows []storage.PageRow, more bool, err error) {
	rows, more = stored.Rows, stored.More
	order := func(a, b storage.Position) int {
		if q.Descending {
			a, b = b, a
		}
		return a.Compare(b)
	}
	for _, pl := range stored.Overdue {
		settled, _, err := pl.Settle(q.Now)
		if err != nil {
			return nil, false, err
		}
		for _, e := range settled.Entries(q.Now) {
			if e.Partner != q.Partner {
				continue
			}
			stored.Counts[e.Tab]++
			at := q.Sort.PositionOf(e)
			if e.Tab != q.Tab || !q.Filter.Match(e) || q.After != nil && order(at, *q.After) <= 0 {
				continue
			}
			i, _ := slices.BinarySearchFunc(rows, at, func(r storage.PageRow, at storage.Position) int {
				return order(q.Sort.PositionOf(r.Entry), at)
			})
			if i == len(rows) && more {
				continue // behind what this page reaches
			}
			rows = slices.Insert(slices.Clip(rows), i, storage.PageRow{Entry: e, Place: settled})
		}
	}
	if len(rows) > q.Limit {
		rows, more = rows[:q.Limit], true
	}
	return rows, more, nil
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
