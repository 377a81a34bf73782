package workflow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// ClaimsQuery asks for a page of the claims list: every participation of a
// partner, in all engagements, or for the Program of every partner. What is set
// must all hold.
type ClaimsQuery struct {
	Search        string   // as in CustomersQuery, and in the engagement's name
	SolutionAreas []string // any of these
	Engagements   []engagement.ID
	Statuses      []engagement.Status
	Locations     []engagement.LocationID
	Owners        []string // as in CustomersQuery
	Labels        []string // as in CustomersQuery
	Customer      tenant.Key
	From, To      time.Time         // started at or after From and before To
	AtLeast       eligibility.Money // the most advanced amount (see claim.State.Amount), in the currency of this
	Below         eligibility.Money // and less than this
	Sort          Sort              // "": by name
	Descending    bool
	Limit         int    // 1 to 1000; 0: 50
	Cursor        string // Page.Next or Page.Previous of another page; "" begins at the first
}

// LogValue hides what somebody searches for.
func (q ClaimsQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("search", q.Search != ""), slog.Any("statuses", q.Statuses), slog.String("sort", string(q.Sort)))
}

// ClaimRow is one line of the claims list.
type ClaimRow struct {
	Row
	Partner      engagement.PartnerID `json:"partner"`
	PartnerName  string               `json:"partner_name"`
	SolutionArea string               `json:"solution_area"`
	Estimated    eligibility.Money    `json:"estimated,omitzero"` // the zero Money is an amount that there is not
	Requested    eligibility.Money    `json:"requested,omitzero"`
	Approved     eligibility.Money    `json:"approved,omitzero"`
	Paid         eligibility.Money    `json:"paid,omitzero"`
	ReviewBy     time.Time            `json:"review_by,omitzero"`    // end of the review window; zero before consent
	WithdrawnAt  time.Time            `json:"withdrawn_at,omitzero"` // when the customer withdrew after the submission: a flag for the reviewer; zero: it has not
}

// ClaimsPage is one page of the claims list.
type ClaimsPage struct {
	Page[ClaimRow]
	Counts map[engagement.Status]Count `json:"counts"`      // of all participations, whatever is searched or filtered
	At     time.Time                   `json:"at,omitzero"` // the moment that the page shows

	Unreadable []UnreadableRow `json:"unreadable"` // see RowsPage.Unreadable
}

// List returns a page of the claims list as it is now: participations from their add or
// claim on, which a query by Statuses narrows. A partner's actor sees the partner's. An
// actor of the Program sees those of the partner that it names or, naming none, of
// every partner. Rows and counts are those of the actor's [Scope]: participations
// through other locations do not show.
//
// It returns an *[InputError] for each mistake of the query, joined, or an
// *[InvalidCursorError].
func (d *ClaimsDesk) List(ctx context.Context, actor Actor, query ClaimsQuery) (ClaimsPage, error) {
	s := d.s
	c, err := s.claimsOf(ctx, actor, query)
	if err != nil {
		return ClaimsPage{}, err
	}
	page, err := c.page(ctx, query)
	if err == nil && !c.scope.All() {
		page.Counts, err = c.count(ctx)
	}
	if err == nil {
		page.Matches, err = c.matches(ctx, query, page)
	}
	if err != nil {
		return ClaimsPage{}, err
	}
	return page, nil
}

// claimsOf checks who asks and what for.
func (s *Service) claimsOf(ctx context.Context, actor Actor, query ClaimsQuery) (claimsList, error) {
	var none claimsList
	scope, err := s.overAll(ctx, actor, MayViewClaims)
	if err != nil {
		return none, err
	}
	if err := s.checkClaims(&query); err != nil {
		return none, err
	}
	all, err := s.engagements(ctx)
	return claimsList{s: s, actor: actor, scope: scope, engagements: all, now: s.now(), told: s.teller(actor)}, err
}

// page returns one page, from the query's cursor on.
func (c claimsList) page(ctx context.Context, query ClaimsQuery) (ClaimsPage, error) {
	l := c.list(query)
	if err := l.begin(query.Cursor); err != nil {
		return ClaimsPage{}, err
	}
	page := ClaimsPage{Counts: map[engagement.Status]Count{}, At: c.now, Unreadable: []UnreadableRow{}}
	found, counts, err := c.read(ctx, l)
	if err == nil && l.back && found.n == 0 { // there is nothing before it any more
		l.after, l.back = nil, false
		found, counts, err = c.read(ctx, l)
	}
	if err != nil {
		return ClaimsPage{}, err
	}
	for status, n := range counts {
		page.Counts[status] = Count{N: n}
	}
	var asked []asking
	page.Rows = make([]ClaimRow, 0, len(found.rows)) // whose rows stay where they are
	for _, r := range append(found.lost, found.rows...) {
		switch {
		case r.Err == nil:
			page.Rows = append(page.Rows, c.s.claimRow(c.actor, r.Entry, c.engagements, c.now))
			if a, ok := askingOf(&page.Rows[len(page.Rows)-1].Row.Row, r.Entry); ok && !c.actor.program() {
				asked = append(asked, a)
			}
		case c.scope.mayTell(r.Entry):
			page.Unreadable = append(page.Unreadable, c.s.unreadableRow(ctx, r.Entry, r.Err))
		}
	}
	if err := c.s.sayFrom(ctx, c.actor.Partner, asked, c.now); err != nil {
		return ClaimsPage{}, err
	}
	for i := range page.Rows {
		if err := c.told.claim(ctx, &page.Rows[i], engagementOf(c.engagements, page.Rows[i].Engagement)); err != nil {
			return ClaimsPage{}, err
		}
	}
	page.Next, page.Previous, err = l.cursors(found.ends)
	return page, err
}

// matches counts the rows of a query on all of its pages.
func (c claimsList) matches(ctx context.Context, query ClaimsQuery, page ClaimsPage) (*Count, error) {
	if query.Cursor == "" && page.Next == "" && len(page.Unreadable) == 0 {
		return &Count{N: len(page.Rows)}, nil
	}
	l := c.list(query)
	query.Sort, query.Descending, query.Limit, query.Cursor = "", false, 0, ""
	if reflect.DeepEqual(query, ClaimsQuery{}) {
		var all Count
		for _, n := range page.Counts {
			all.N, all.OrMore = all.N+n.N, all.OrMore || n.OrMore
		}
		return &all, nil
	}
	found, _, err := c.read(ctx, l.whole())
	if err != nil {
		return nil, err
	}
	return new(counted(found.n, found.more)), nil
}

// count counts the claims of a scope by status, by reading them.
func (c claimsList) count(ctx context.Context) (map[engagement.Status]Count, error) {
	found := map[engagement.Status]int{}
	more, err := c.each(ctx, c.list(ClaimsQuery{Limit: maxLimit}), func(e engagement.Entry) { found[e.Status]++ })
	if err != nil {
		return nil, err
	}
	counts := map[engagement.Status]Count{}
	for status, n := range found {
		counts[status] = counted(n, more)
	}
	return counts, nil
}

// claimRow is how the claims list shows the entry of a participation. What the row
// allows is what its partner may do.
func (s *Service) claimRow(actor Actor, entry engagement.Entry, all []engagement.Engagement, now time.Time) ClaimRow {
	e, p := engagementOf(all, entry.Record.Engagement), *entry.Shown.Participation
	out := ClaimRow{Partner: entry.Record.Partner, SolutionArea: e.SolutionArea}
	out.EngagementName = e.Name
	out.Row.Row, _ = entry.RowAt(e, s.policy, now)
	if actor.program() {
		out.Actions = nil
	}
	if out.EngagementName == "" { // it has left the catalog since
		out.EngagementName = p.Consent.LastSent().Terms.Engagement.Name
	}
	if p.Claim != nil {
		out.Estimated, out.Requested, out.Approved, out.Paid = p.Claim.Estimated, p.Claim.Requested, p.Claim.Approved, p.Claim.Paid
		out.WithdrawnAt, out.ReviewBy = p.Consent.WithdrawalRequestedAt(), p.Claim.ReviewBy
	}
	return out
}

// engagementOf returns an engagement, or one with the ID alone when the catalog
// no longer has it.
func engagementOf(all []engagement.Engagement, id engagement.ID) engagement.Engagement {
	if i := slices.IndexFunc(all, func(e engagement.Engagement) bool { return e.ID == id }); i >= 0 {
		return all[i]
	}
	return engagement.Engagement{ID: id}
}

// checkClaims returns the *InputErrors of a query, joined, and gives its amounts
// the decimals of their currencies.
func (s *Service) checkClaims(q *ClaimsQuery) error {
	errs := []error{CustomersQuery{Owners: q.Owners, Labels: q.Labels, Search: q.Search, Statuses: q.Statuses, From: q.From, To: q.To, Sort: q.Sort, Limit: q.Limit}.check()}
	for _, bound := range []struct {
		field string
		money *eligibility.Money
	}{{"at_least", &q.AtLeast}, {"below", &q.Below}} {
		checked, err := s.amount(bound.field, *bound.money)
		if err == nil && checked.Amount.IsNegative() {
			err = &InputError{Field: bound.field, Problem: "is negative: use an amount that is not, with its currency"}
		}
		*bound.money = checked
		errs = append(errs, err)
	}
	if !q.AtLeast.IsZero() && !q.Below.IsZero() && q.AtLeast.Currency != q.Below.Currency {
		errs = append(errs, &InputError{Field: "below", Problem: fmt.Sprintf("is in %s and at_least in %s: use one currency", q.Below.Currency, q.AtLeast.Currency)})
	}
	if q.Customer != "" {
		if _, err := tenant.ParseKey(string(q.Customer)); err != nil {
			errs = append(errs, &InputError{Field: "customer", Problem: "is not a customer's key", Err: err})
		}
	}
	return problems.Join(errs...)
}

// All yields every row that [ClaimsDesk.List] would return, page by page. An error ends
// it: an *[UnreadableRowsError] after all the rows that can be read.
func (d *ClaimsDesk) All(ctx context.Context, actor Actor, query ClaimsQuery) iter.Seq2[ClaimRow, error] {
	s := d.s
	return func(yield func(ClaimRow, error) bool) {
		c, err := s.claimsOf(ctx, actor, query)
		if err != nil {
			yield(ClaimRow{}, err)
			return
		}
		var out leftOut
		for {
			page, err := c.page(ctx, query)
			if err != nil {
				yield(ClaimRow{}, err)
				return
			}
			out.add(page.Unreadable)
			for _, r := range page.Rows {
				if !yield(r, nil) {
					return
				}
			}
			if page.Next == "" {
				if out.error() != nil {
					yield(ClaimRow{}, out.error())
				}
				return
			}
			query.Cursor, c.now = page.Next, s.now()
		}
	}
}

// ClaimTotal is the total of the claims of one status in one currency.
type ClaimTotal struct {
	Status    engagement.Status `json:"status"`
	Currency  string            `json:"currency"` // "" for participations without any amount
	Count     int               `json:"count"`    // by the currency of the most advanced amount: paid, else approved, else requested, else estimated
	Estimated eligibility.Money `json:"estimated,omitzero"`
	Requested eligibility.Money `json:"requested,omitzero"`
	Approved  eligibility.Money `json:"approved,omitzero"`
	Paid      eligibility.Money `json:"paid,omitzero"`
}

// Totals adds up every claim that the query finds, by status, in the order of
// [engagement.AllStatuses], and by currency; Limit and Cursor do not matter. It costs
// what a page costs, however many there are, except for a query by Search, Owners,
// Labels, Customer, From, To, AtLeast or Below, for which no figures are kept: that
// reads every claim that it finds, a thousand at a time, and takes as many times as long
// as a page of so many: let the context end what takes too long.
//
// It returns what [ClaimsDesk.List] returns, and an *[UnreadableRowsError] together
// with the totals of all others where rows that it had to read cannot be read: these,
// and those whose deadline has passed. See [ClaimsDesk.Figures] for more than statuses.
func (d *ClaimsDesk) Totals(ctx context.Context, actor Actor, query ClaimsQuery) ([]ClaimTotal, error) {
	c, err := d.s.claimsOf(ctx, actor, query)
	if err != nil {
		return nil, err
	}
	f := query.filter(c.engagements)
	if len(f.Words) > 0 || f.Customer != "" || !f.SinceFrom.IsZero() || !f.SinceBefore.IsZero() || f.AmountFrom != "" || f.AmountBefore != "" {
		return d.totalsOfRows(ctx, actor, query)
	}
	q := c.figures(query)
	var some bool
	if q.Locations, some = c.scope.filter(query.Locations); !some {
		return nil, nil
	}
	rows, lost, err := d.s.figured(ctx, c, q)
	if err != nil {
		return nil, err
	}
	var totals []ClaimTotal
	for _, r := range (FiguresQuery{By: []FigureDimension{FigureByStatus}}).sum(d.s, c, rows) {
		totals = append(totals, ClaimTotal{Status: r.Status, Currency: r.Currency, Count: r.Count, Estimated: r.Estimated, Requested: r.Requested, Approved: r.Approved, Paid: r.Paid})
	}
	return totals, lost
}

// totalsOfRows adds up the rows that a query finds, by reading them.
func (d *ClaimsDesk) totalsOfRows(ctx context.Context, actor Actor, query ClaimsQuery) ([]ClaimTotal, error) {
	s := d.s
	query.Limit, query.Cursor = maxLimit, ""
	var totals []ClaimTotal
	in := func(status engagement.Status, currency string) *ClaimTotal {
		i := slices.IndexFunc(totals, func(t ClaimTotal) bool { return t.Status == status && t.Currency == currency })
		if i < 0 {
			i, totals = len(totals), append(totals, ClaimTotal{Status: status, Currency: currency})
		}
		return &totals[i]
	}
	var left error
	for row, err := range s.Claims.All(ctx, actor, query) {
		if errors.Is(err, storage.ErrUnreadable) {
			left = err
			break // it is the last
		}
		if err != nil {
			return nil, err
		}
		c := claim.State{Estimated: row.Estimated, Requested: row.Requested, Approved: row.Approved, Paid: row.Paid}
		in(row.Status, c.Amount().Currency).Count++
		for _, m := range []struct {
			of  eligibility.Money
			sum func(*ClaimTotal) *eligibility.Money
		}{
			{row.Estimated, func(t *ClaimTotal) *eligibility.Money { return &t.Estimated }},
			{row.Requested, func(t *ClaimTotal) *eligibility.Money { return &t.Requested }},
			{row.Approved, func(t *ClaimTotal) *eligibility.Money { return &t.Approved }},
			{row.Paid, func(t *ClaimTotal) *eligibility.Money { return &t.Paid }},
		} {
			if m.of.IsZero() {
				continue
			}
			sum := m.sum(in(row.Status, m.of.Currency))
			sum.Amount, sum.Currency = sum.Amount.Add(m.of.Amount), m.of.Currency
		}
	}
	slices.SortFunc(totals, func(a, b ClaimTotal) int {
		order := engagement.AllStatuses()
		if a.Status != b.Status {
			return slices.Index(order, a.Status) - slices.Index(order, b.Status)
		}
		return strings.Compare(a.Currency, b.Currency)
	})
	return totals, left
}
