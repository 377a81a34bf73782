package workflow

import (
	"context"
	"iter"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// CustomersQuery asks for a page of one tab of the Customers page.
type CustomersQuery struct {
	Engagement engagement.ID
	Tab        engagement.Tab // "": the eligible ones
	// Search is for words, or their beginnings, of the name, friendly name, domain,
	// claim number, referral, owner or labels, in whatever case and with or without
	// accents; or for whole IDs of the customer, in any usual spelling. All have to
	// be found.
	Search     string
	Types      []engagement.RowType    // any of these
	Statuses   []engagement.Status     // any of these
	Locations  []engagement.LocationID // rows of any of these
	Owners     []string                // looked after by any of these users, in whatever case
	Labels     []string                // with any of these labels, in whatever case
	From, To   time.Time               // started, or evaluated, at or after From and before To
	Sort       Sort                    // "": by name
	Descending bool
	Limit      int    // 1 to 1000; 0: 50
	Cursor     string // Page.Next or Page.Previous of another page; "" begins at the first
}

// LogValue hides what somebody searches for.
func (q CustomersQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tab", string(q.Tab)), slog.Bool("search", q.Search != ""), slog.String("sort", string(q.Sort)))
}

// CustomersPage is one page of a tab.
type CustomersPage struct {
	RowsPage
	Counts map[engagement.Tab]Count `json:"counts"` // of every tab as a whole, whatever is searched or filtered
}

// List returns a page of the partner's Customers page for an engagement, as it is now:
// deadlines that have passed count, recorded or not. Rows that come or go between two
// pages neither repeat nor hide others. Rows and counts are those of the actor's
// [Scope].
//
// It returns a *[NotFoundError] for the engagement, an *[InputError] for each mistake
// of the query, joined, or an *[InvalidCursorError].
func (d *CustomersDesk) List(ctx context.Context, actor Actor, query CustomersQuery) (CustomersPage, error) {
	s := d.s
	c, err := s.customersOf(ctx, actor, query)
	if err != nil {
		return CustomersPage{}, err
	}
	c.counting = true
	return c.page(ctx, query)
}

// All yields every row that [CustomersDesk.List] would return, page by page. An error
// ends it: an *[UnreadableRowsError] after all the rows that can be read.
func (d *CustomersDesk) All(ctx context.Context, actor Actor, query CustomersQuery) iter.Seq2[Row, error] {
	s := d.s
	return func(yield func(Row, error) bool) {
		c, err := s.customersOf(ctx, actor, query)
		if err != nil {
			yield(Row{}, err)
			return
		}
		var out leftOut
		if c.all(ctx, query, &out, yield) && out.error() != nil {
			yield(Row{}, out.error())
		}
	}
}

// customersPage is a Customers page as one actor sees it.
type customersPage struct {
	s          *Service
	partner    engagement.PartnerID
	engagement engagement.Engagement
	within     sight
	now        time.Time
	counting   bool    // whether its counts are wanted
	named      bool    // whether a search looks in the engagement's name, too
	told       *teller // nil: rows are not put into words
}

// customersOf checks who asks and what for.
func (s *Service) customersOf(ctx context.Context, actor Actor, query CustomersQuery) (customersPage, error) {
	var none customersPage
	scope, err := s.authorize(ctx, actor, MayViewCustomers)
	if err != nil {
		return none, err
	}
	e, unknown := s.engagement(ctx, query.Engagement)
	var badTab error
	if query.Tab != "" && !slices.Contains(engagement.AllTabs(), query.Tab) {
		badTab = &InputError{Field: "tab", Problem: "is not one of the three tabs: use " + oneOf(engagement.AllTabs())}
	}
	if err := together(inField(unknown, "engagement"), badTab, query.check()); err != nil {
		return none, err
	}
	now := s.now()
	within, err := s.sight(ctx, actor.Partner, scope, e, now)
	return customersPage{s: s, partner: actor.Partner, engagement: e, within: within, now: now, told: s.teller(actor)}, err
}

// all yields the rows of one tab, from the query's cursor on, and notes those that
// cannot be read.
func (c customersPage) all(ctx context.Context, query CustomersQuery, out *leftOut, yield func(Row, error) bool) bool {
	for {
		page, err := c.page(ctx, query)
		if err != nil {
			yield(Row{}, err)
			return false
		}
		out.add(page.Unreadable)
		for _, r := range page.Rows {
			if !yield(r, nil) {
				return false
			}
		}
		if page.Next == "" {
			return true
		}
		query.Cursor, c.now = page.Next, c.s.now()
	}
}

// page returns one page of a tab, from the query's cursor on.
func (c customersPage) page(ctx context.Context, query CustomersQuery) (CustomersPage, error) {
	if query.Tab == "" {
		query.Tab = engagement.TabEligible
	}
	l := c.list(query)
	if err := l.begin(query.Cursor); err != nil {
		return CustomersPage{}, err
	}
	page := CustomersPage{Counts: map[engagement.Tab]Count{}}
	found, err := c.read(ctx, l, page.Counts)
	if err == nil && l.back && found.n == 0 { // there is nothing before it any more
		l.after, l.back = nil, false
		found, err = c.read(ctx, l, page.Counts)
	}
	if err != nil {
		return CustomersPage{}, err
	}
	if c.counting && !c.within.All() {
		if err := c.count(ctx, page.Counts); err != nil {
			return CustomersPage{}, err
		}
	}
	x := showing{customersPage: c}
	x.add(ctx, c, append(found.lost, found.rows...)...)
	if page.RowsPage, err = x.page(ctx); err != nil {
		return CustomersPage{}, err
	}
	if c.counting {
		if page.Matches, err = c.matches(ctx, query, l, found.ends, page.Counts); err != nil {
			return CustomersPage{}, err
		}
	}
	page.Next, page.Previous, err = l.cursors(found.ends)
	return page, err
}

// matches counts the rows of a query on all of its pages; nil where counting them could
// take reading the whole of what the partner has.
func (c customersPage) matches(ctx context.Context, query CustomersQuery, l list, at ends, counts map[engagement.Tab]Count) (*Count, error) {
	query.Sort, query.Descending, query.Limit, query.Cursor = "", false, 0, ""
	switch whole := (CustomersQuery{Engagement: query.Engagement, Tab: l.tab}); {
	case reflect.DeepEqual(query, whole):
		return new(counts[l.tab]), nil
	case l.after == nil && !at.more:
		return &Count{N: at.n}, nil
	case l.tab == engagement.TabIneligible && !c.within.All():
		return nil, nil
	}
	found, err := c.read(ctx, l.whole(), map[engagement.Tab]Count{})
	if err != nil {
		return nil, err
	}
	return new(counted(found.n, found.more)), nil
}

// read reads one page of a list, works in what has happened since it was stored, and
// counts every tab if the scope is the whole partner.
func (c customersPage) read(ctx context.Context, l list, counts map[engagement.Tab]Count) (segment[shown], error) {
	var out segment[shown]
	if l.nothing {
		return out, nil
	}
	if l.tab == engagement.TabIneligible && !c.within.All() {
		return c.ineligible(ctx, l)
	}
	found, err := c.s.listed(ctx, l.query())
	if err != nil {
		return out, err
	}
	tabs := map[engagement.Tab]int{}
	maps.Copy(tabs, found.Tabs)
	read := l.overlay(found, func(e engagement.Entry) { tabs[e.Tab]++ })
	if c.within.All() {
		for _, tab := range engagement.AllTabs() {
			counts[tab] = Count{N: tabs[tab]}
		}
	}
	out.ends = read.ends
	of := func(all []storage.ListRow) (rows []shown) {
		for _, r := range all {
			if r.Err != nil {
				rows = append(rows, shown{entry: r.Entry, err: r.Err})
			} else if row, ok := c.row(r.Entry); ok {
				rows = append(rows, row)
			}
		}
		return rows
	}
	out.rows, out.lost = of(read.rows), of(read.lost)
	return out, nil
}

func (c customersPage) list(query CustomersQuery) list {
	words := engagement.SearchWords(query.Search)
	if c.named {
		words = engagement.Named(words, []engagement.Engagement{c.engagement})
	}
	words = append(words, looked(query.Owners, query.Labels)...)
	l := newList(list{
		partner: c.partner, engagement: c.engagement.ID, tab: query.Tab, sort: storage.Sort(query.Sort), descending: query.Descending,
		limit: limitOf(query.Limit), now: c.now,
		filter: storage.Filter{
			Words: words, Types: query.Types, Statuses: query.Statuses,
			SinceFrom: nextMicrosecond(query.From), SinceBefore: nextMicrosecond(query.To),
		},
	})
	return l.within(c.within.Scope, query.Locations)
}
