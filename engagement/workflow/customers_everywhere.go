package workflow

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// SearchQuery looks for customers and participations in all engagements of the catalog.
type SearchQuery struct {
	Search string // as in CustomersQuery, and in the names of the engagements; "": all
	Limit  int    // 1 to 1000; 0: 50
	Cursor string // Page.Next or Page.Previous of another page; "" begins at the first
}

// LogValue hides what somebody searches for.
func (q SearchQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("search", q.Search != ""), slog.Int("limit", q.Limit))
}

// AttentionQuery asks for what the partner has to do.
type AttentionQuery struct {
	Limit  int    // 1 to 1000; 0: 50
	Cursor string // Page.Next or Page.Previous of another page; "" begins at the first
}

// Search finds customers and participations of the partner in all engagements of the
// catalog: those on a tab and those that left the page. It also looks in the names of
// the engagements. The rows come engagement by engagement in the order of the catalog,
// tab by tab, and by name.
//
// It returns an *[InputError] for each mistake of the query, joined, or an
// *[InvalidCursorError], also for one of an engagement that has left the catalog.
func (d *CustomersDesk) Search(ctx context.Context, actor Actor, query SearchQuery) (RowsPage, error) {
	x, err := d.s.everywhere(ctx, actor, CustomersQuery{Search: query.Search, Limit: query.Limit}, append(engagement.AllTabs(), engagement.TabOff)...)
	if err != nil {
		return RowsPage{}, err
	}
	begin := 0
	if query.Cursor != "" {
		if begin, err = x.begin(query.Cursor); err != nil {
			return RowsPage{}, err
		}
	}
	page, err := x.page(ctx, begin)
	if err == nil && page.Next == "" && begin < len(x.lists) && x.lists[begin].back { // there is nothing before it any more
		for i := range x.lists {
			x.lists[i].after, x.lists[i].back = nil, false
		}
		page, err = x.page(ctx, 0)
	}
	return page, err
}

// NeedingAttention returns what the partner has to do in all engagements of the
// catalog, in order of when it is due: consents to be obtained, claims and disputes to
// be submitted, what reviewers ask for, rejections to be disputed.
//
// It returns an *[InputError] or an *[InvalidCursorError].
func (d *CustomersDesk) NeedingAttention(ctx context.Context, actor Actor, query AttentionQuery) (RowsPage, error) {
	x, err := d.s.everywhere(ctx, actor, CustomersQuery{Sort: SortByDeadline, Limit: query.Limit}, engagement.TabEligible)
	if err != nil {
		return RowsPage{}, err
	}
	all := list{partner: actor.Partner, tab: engagement.TabEligible, sort: storage.SortByDeadline, limit: limitOf(query.Limit), scope: x.scope.locations, now: x.now}
	if err := all.begin(query.Cursor); err != nil {
		return RowsPage{}, err
	}
	page, some, err := x.merged(ctx, all)
	if err == nil && all.back && !some { // there is nothing before it any more
		all.after, all.back = nil, false
		page, _, err = x.merged(ctx, all)
	}
	return page, err
}

// everyList is lists of Customers pages, one after the other, as they are at one moment.
type everyList struct {
	s       *Service
	partner engagement.PartnerID
	told    *teller
	scope   Scope

	pages []customersPage // of each list
	lists []list
	limit int
	now   time.Time
}

// everywhere returns the lists of a query in all engagements of the catalog, on these
// tabs.
func (s *Service) everywhere(ctx context.Context, actor Actor, query CustomersQuery, tabs ...engagement.Tab) (everyList, error) {
	scope, err := s.authorize(ctx, actor, MayViewCustomers)
	if err != nil {
		return everyList{}, err
	}
	if err := query.check(); err != nil {
		return everyList{}, err
	}
	all, err := s.engagements(ctx)
	if err != nil {
		return everyList{}, err
	}
	x := everyList{s: s, partner: actor.Partner, told: s.teller(actor), scope: scope, now: s.now(), limit: limitOf(query.Limit)}
	for _, e := range all {
		within, err := s.sight(ctx, actor.Partner, scope, e, x.now)
		if err != nil {
			return everyList{}, err
		}
		c := customersPage{s: s, partner: actor.Partner, engagement: e, within: within, named: true, now: x.now, told: x.told}
		for _, tab := range tabs {
			query.Tab = tab
			x.pages, x.lists = append(x.pages, c), append(x.lists, c.list(query))
		}
	}
	return x, nil
}

// begin returns which of the lists a cursor is in, and begins that one there.
func (x everyList) begin(cursor string) (int, error) {
	var err error = &InvalidCursorError{Problem: "is not one of ours"}
	for i := range x.lists {
		if err = x.lists[i].begin(cursor); err == nil {
			return i, nil
		}
	}
	return 0, err
}

// read reads so many rows of a list.
func (x everyList) read(ctx context.Context, i, limit int) (segment[shown], error) {
	l := x.lists[i]
	l.limit = limit
	return x.pages[i].read(ctx, l, map[engagement.Tab]Count{})
}

// page reads a page from a list on: the lists after it or, backwards, those before it.
func (x everyList) page(ctx context.Context, begin int) (page RowsPage, err error) {
	type part struct {
		segment[shown]
		list int
	}
	var parts []part
	var from list
	if len(x.lists) > 0 {
		from = x.lists[begin]
	}
	more, left, step := false, x.limit, 1
	if from.back {
		step = -1
	}
	for i := begin; i >= 0 && i < len(x.lists) && !more; i += step {
		x.lists[i].back = from.back
		found, err := x.read(ctx, i, max(left, 1))
		if err != nil {
			return page, err
		}
		if left == 0 { // the page is full, and only whether anything follows is of interest
			more = found.n > 0
			continue
		}
		more, left = found.more, left-found.n
		parts = append(parts, part{found, i})
	}
	if from.back {
		slices.Reverse(parts)
	}
	show := x.showing()
	var first, last *part
	for i, p := range parts {
		show.add(ctx, x.pages[p.list], append(p.lost, p.rows...)...)
		if p.n == 0 {
			continue
		}
		if last = &parts[i]; first == nil {
			first = last
		}
	}
	if page, err = show.page(ctx); err != nil {
		return page, err
	}
	if first == nil {
		page.Next, page.Previous, err = from.cursors(ends{})
		return page, err
	}
	if more || from.back {
		l := x.lists[last.list]
		if page.Next, err = l.cursor(l.positionOf(last.last), false); err != nil {
			return page, err
		}
	}
	if from.after != nil && (more || !from.back) {
		l := x.lists[first.list]
		page.Previous, err = l.cursor(l.positionOf(first.first), true)
	}
	return page, err
}

func (x everyList) showing() showing {
	return showing{customersPage: customersPage{s: x.s, partner: x.partner, within: sight{Scope: x.scope}, now: x.now, told: x.told}}
}

// merged reads a page of all the lists in one order, and reports whether there is
// anything on it.
func (x everyList) merged(ctx context.Context, all list) (RowsPage, bool, error) {
	type found struct {
		shown
		list int
	}
	var rows, lost []found
	var at ends
	for i := range x.lists {
		x.lists[i].after, x.lists[i].back = all.after, all.back
		x.lists[i].filter.Participation = true
		part, err := x.read(ctx, i, x.limit)
		if err != nil {
			return RowsPage{}, false, err
		}
		for _, r := range part.lost {
			lost = append(lost, found{r, i})
		}
		for _, r := range part.rows {
			if !r.entry.Deadline.IsZero() {
				rows = append(rows, found{r, i})
			}
		}
		at.more = at.more || part.more && !part.last.Deadline.IsZero()
	}
	slices.SortFunc(rows, func(a, b found) int { return all.compare(all.positionOf(a.entry), all.positionOf(b.entry)) })
	if len(rows) > x.limit {
		rows, at.more = rows[:x.limit], true
	}
	rows = turned(all, rows)
	if at.n = len(rows); at.n > 0 {
		at.first, at.last = rows[0].entry, rows[at.n-1].entry
	}
	show := x.showing()
	for _, r := range append(lost, rows...) {
		show.add(ctx, x.pages[r.list], r.shown)
	}
	page, err := show.page(ctx)
	if err != nil {
		return page, false, err
	}
	page.Next, page.Previous, err = all.cursors(at)
	return page, at.n > 0, err
}
