package workflow

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/storage"
)

// FigureDimension is something by which figures are told apart.
type FigureDimension string

// The dimensions of figures.
const (
	FigureByPartner      FigureDimension = "partner"
	FigureByEngagement   FigureDimension = "engagement"
	FigureBySolutionArea FigureDimension = "solution_area"
	FigureByTab          FigureDimension = "tab"
	FigureByStatus       FigureDimension = "status"
	FigureByLocation     FigureDimension = "location"
	FigureByMonth        FigureDimension = "month"
)

// AllFigureDimensions returns every FigureDimension.
func AllFigureDimensions() []FigureDimension {
	return []FigureDimension{FigureByPartner, FigureByEngagement, FigureBySolutionArea, FigureByTab, FigureByStatus, FigureByLocation, FigureByMonth}
}

// MarshalText refuses a value that is not a FigureDimension.
func (d FigureDimension) MarshalText() ([]byte, error) {
	return spell(d, "figure dimension", AllFigureDimensions())
}

// UnmarshalText refuses a text that is not a FigureDimension.
func (d *FigureDimension) UnmarshalText(b []byte) error {
	return decode(d, "figure dimension", b, AllFigureDimensions())
}

// FiguresQuery asks for counts and sums of participations. All that is set must hold.
type FiguresQuery struct {
	By            []FigureDimension // what figures are told apart by, besides the currency; none: one for each currency
	SolutionAreas []string          // any of these
	Engagements   []engagement.ID   // any of these
	Statuses      []engagement.Status
	Locations     []engagement.LocationID
	From, Before  engagement.Month // of the status: at or after From, and before Before

	// Known counts customers, too, who are merely known, as the Customers pages show
	// them: on their tab, without a status, a month or an amount, and at each location
	// through which they can be claimed. It takes the permission to view customers.
	Known bool
}

// LogValue says what is asked for.
func (q FiguresQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("by", q.By), slog.Any("statuses", q.Statuses), slog.Bool("known", q.Known))
}

// FigureRow is the count and the sums of the participations that are alike in every
// dimension asked for; other dimensions are left out, and so are sums of nothing.
type FigureRow struct {
	Partner      engagement.PartnerID  `json:"partner,omitzero"`
	Engagement   engagement.ID         `json:"engagement,omitzero"`
	SolutionArea string                `json:"solution_area,omitzero"`
	Tab          engagement.Tab        `json:"tab,omitzero"`
	Status       engagement.Status     `json:"status,omitzero"`
	Location     engagement.LocationID `json:"location,omitzero"`
	Month        engagement.Month      `json:"month,omitzero"` // in which they came to their status, see engagement.Participation.MonthAt
	Currency     string                `json:"currency"`
	Count        int                   `json:"count"` // by the currency of the most advanced amount: paid, else approved, else requested, else estimated
	Estimated    eligibility.Money     `json:"estimated,omitzero"`
	Requested    eligibility.Money     `json:"requested,omitzero"`
	Approved     eligibility.Money     `json:"approved,omitzero"`
	Paid         eligibility.Money     `json:"paid,omitzero"`
}

// Figures are counts and sums as they are at one moment.
type Figures struct {
	Rows []FigureRow `json:"rows"` // sorted by their dimensions, statuses and tabs in the order of their lists
	At   time.Time   `json:"at"`
}

// Figures counts participations and adds up their amounts, as they are now: deadlines
// that have passed count, recorded or not. It costs what a page costs, however many
// there are; over all partners at once, some times that, the more partners there are. A
// partner's actor asks about the partner, an actor of the Program about
// the partner that it names or, naming none, about all. The figures are exactly those
// of the actor's [Scope]. Within one narrower than the whole partner, a customer who is
// merely known counts on the Ineligible tab where it can be claimed through other
// locations only, and what colleagues have does not count.
//
// The months are those in which the participations reached the status that they have.
// So figures by status and month say since when things have been waiting, and what was
// approved, paid or lost in a month and still is; what was approved in March and paid
// in May is in May. Each sum is over all participations with the status, whenever their
// amounts were set.
//
// It returns an *[InputError] for each mistake of the query, joined, and an
// *[UnreadableRowsError] together with the figures of all others where rows whose
// deadline has passed cannot be read. Other rows that cannot be read count as they were
// written.
func (d *ClaimsDesk) Figures(ctx context.Context, actor Actor, query FiguresQuery) (Figures, error) {
	s := d.s
	c, err := s.claimsOf(ctx, actor, ClaimsQuery{Engagements: query.Engagements, SolutionAreas: query.SolutionAreas, Statuses: query.Statuses})
	if err == nil && query.Known {
		var scope Scope
		scope, err = s.authorize(ctx, actor, MayViewCustomers)
		c.scope = c.scope.and(scope)
	}
	if err := together(err, query.check()); err != nil {
		return Figures{}, err
	}
	q := c.figures(ClaimsQuery{Engagements: query.Engagements, SolutionAreas: query.SolutionAreas, Statuses: query.Statuses})
	q.Participation, q.MonthFrom, q.MonthBefore = !query.Known, query.From, query.Before
	q.By = query.stored()
	if query.Known && len(q.Statuses) > 0 {
		q.Statuses = append(slices.Clone(q.Statuses), "")
	}
	if !query.Known { // who is known has to be looked at, and all others are not
		some := true
		if q.Locations, some = c.scope.filter(query.Locations); !some {
			return Figures{Rows: []FigureRow{}, At: c.now}, nil
		}
	}
	rows, lost, err := s.figured(ctx, c, q)
	out := Figures{Rows: []FigureRow{}, At: c.now}
	if err != nil {
		return out, err
	}
	out.Rows = query.sum(s, c, rows)
	return out, lost
}

// check returns the *InputErrors of a query, joined.
func (q FiguresQuery) check() error {
	errs := []error{checkList("by", q.By, AllFigureDimensions())}
	for i, d := range q.By {
		if slices.Contains(q.By[:i], d) {
			errs = append(errs, &InputError{Field: "by", Problem: fmt.Sprintf("has %q twice", d)})
		}
	}
	for _, month := range []struct {
		field string
		value engagement.Month
	}{{"from", q.From}, {"before", q.Before}} {
		if !month.value.Valid() {
			errs = append(errs, &InputError{Field: month.field, Problem: `is no month: write a year and a month, as in "2026-03"`})
		}
	}
	return problems.Join(errs...)
}

// stored are the dimensions that storage is asked for: those that the scope needs, too.
func (q FiguresQuery) stored() []storage.FigureDimension {
	var by []storage.FigureDimension
	if q.Known {
		by = append(by, storage.FiguresByTab, storage.FiguresByStatus, storage.FiguresByLocations)
	}
	for _, d := range q.By {
		var more storage.FigureDimension
		switch d {
		case FigureByPartner:
			more = storage.FiguresByPartner
		case FigureByEngagement, FigureBySolutionArea:
			more = storage.FiguresByEngagement
		case FigureByTab:
			more = storage.FiguresByTab
		case FigureByStatus:
			more = storage.FiguresByStatus
		case FigureByLocation:
			more = storage.FiguresByLocations
		case FigureByMonth:
			more = storage.FiguresByMonth
		}
		if !slices.Contains(by, more) {
			by = append(by, more)
		}
	}
	return by
}

// sum tells apart what is asked for, within the scope.
func (q FiguresQuery) sum(s *Service, c claimsList, rows []storage.Figure) []FigureRow {
	out, at := []FigureRow{}, map[FigureRow]int{}
	for _, f := range rows {
		within := c.scope.among(f.Locations)
		if q.Known {
			if len(q.Locations) > 0 {
				within = slices.DeleteFunc(slices.Clone(within), func(l engagement.LocationID) bool { return !slices.Contains(q.Locations, l) })
			}
			known, through := f.Status == "", len(within) > 0
			if !through && (len(q.Locations) > 0 || !known && !c.scope.All()) {
				continue
			}
			if known && !through && f.Tab == engagement.TabEligible {
				f.Tab = engagement.TabIneligible
			}
		}
		if !slices.Contains(q.By, FigureByLocation) || len(within) == 0 {
			within = []engagement.LocationID{""}
		}
		for _, l := range within {
			key := q.apart(f, l, c.engagements)
			i, is := at[key]
			if !is {
				i = len(out)
				at[key], out = i, append(out, key)
			}
			r := &out[i]
			r.Count += f.Entries
			r.Estimated, r.Requested = plus(r.Estimated, f.Estimated, f.Currency), plus(r.Requested, f.Requested, f.Currency)
			r.Approved, r.Paid = plus(r.Approved, f.Approved, f.Currency), plus(r.Paid, f.Paid, f.Currency)
		}
	}
	for i := range out {
		r := &out[i]
		r.Estimated, r.Requested, r.Approved, r.Paid = s.written(r.Estimated), s.written(r.Requested), s.written(r.Approved), s.written(r.Paid)
	}
	statuses, tabs := engagement.AllStatuses(), append(engagement.AllTabs(), engagement.TabOff)
	slices.SortFunc(out, func(a, b FigureRow) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.SolutionArea, b.SolutionArea), cmp.Compare(a.Engagement, b.Engagement),
			slices.Index(tabs, a.Tab)-slices.Index(tabs, b.Tab), slices.Index(statuses, a.Status)-slices.Index(statuses, b.Status),
			cmp.Compare(a.Location, b.Location), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

func (q FiguresQuery) apart(f storage.Figure, l engagement.LocationID, all []engagement.Engagement) FigureRow {
	r := FigureRow{Currency: f.Currency}
	for _, d := range q.By {
		switch d {
		case FigureByPartner:
			r.Partner = f.Partner
		case FigureByEngagement:
			r.Engagement = f.Engagement
		case FigureBySolutionArea:
			r.SolutionArea = engagementOf(all, f.Engagement).SolutionArea
		case FigureByTab:
			r.Tab = f.Tab
		case FigureByStatus:
			r.Status = f.Status
		case FigureByLocation:
			r.Location = l
		case FigureByMonth:
			r.Month = f.Month
		}
	}
	return r
}

func plus(m eligibility.Money, d decimal.Decimal, currency string) eligibility.Money {
	if d.IsZero() {
		return m
	}
	return eligibility.Money{Amount: m.Amount.Add(d), Currency: currency}
}

// written returns a sum with the decimals of its currency.
func (s *Service) written(m eligibility.Money) eligibility.Money {
	if checked, err := s.amount("sum", m); err == nil {
		return checked
	}
	return m // more than any amount may be
}

// and returns the scope of what is in both.
func (sc Scope) and(other Scope) Scope {
	switch {
	case sc.all:
		return other
	case other.all:
		return sc
	}
	return SomeLocations(other.among(sc.locations)...)
}

// figures asks storage for what a query finds by figures alone.
func (c claimsList) figures(query ClaimsQuery) storage.FiguresQuery {
	return storage.FiguresQuery{
		Partner: c.actor.Partner, Participation: true, Engagements: query.filter(c.engagements).Engagements, Statuses: query.Statuses, Now: c.now,
		By: []storage.FigureDimension{storage.FiguresByStatus},
	}
}

// figured returns what storage finds, with what has become of entries since, and the
// *UnreadableRowsError of those of which nothing is known. Where many are overdue, what is
// due is recorded first, as for a page.
func (s *Service) figured(ctx context.Context, c claimsList, q storage.FiguresQuery) (rows []storage.Figure, lost, err error) {
	q.MaxOverdue = maxOverdue
	found, err := s.store.Figures(ctx, q)
	for n := 0; err == nil && found.Behind; n++ {
		if n == maxCatchUp || s.sweepSome(ctx, storage.ListQuery{Now: q.Now, Partner: q.Partner}) == 0 {
			q.MaxOverdue = 0
		}
		found, err = s.store.Figures(ctx, q)
	}
	if err != nil {
		return nil, nil, unavailable("storage", err)
	}
	sum := q.Sum(found.Rows...)
	var out leftOut
	for _, r := range found.Overdue {
		switch {
		case r.Err == nil:
			sum.Add(r.Entry.At(q.Now))
		case c.scope.mayTell(r.Entry):
			out.add([]UnreadableRow{s.unreadableRow(ctx, r.Entry, r.Err)})
		}
	}
	return sum.Rows(), out.error(), nil
}
