package storage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/engagement"
)

// FigureDimension is something by which figures are told apart.
type FigureDimension string

// The dimensions. The currency is no choice: amounts of several are no sum.
const (
	FiguresByPartner    FigureDimension = "partner"
	FiguresByEngagement FigureDimension = "engagement"
	FiguresByTab        FigureDimension = "tab"
	FiguresByStatus     FigureDimension = "status"
	FiguresByLocations  FigureDimension = "locations"
	FiguresByMonth      FigureDimension = "month"
)

// AllFigureDimensions returns every FigureDimension.
func AllFigureDimensions() []FigureDimension {
	return []FigureDimension{FiguresByPartner, FiguresByEngagement, FiguresByTab, FiguresByStatus, FiguresByLocations, FiguresByMonth}
}

// FiguresQuery asks for counts and sums of entries: those on a tab, TabOff included, of one
// partner or of all, which pass what is set.
type FiguresQuery struct {
	Partner       engagement.PartnerID    // "": every partner
	Participation bool                    // only entries of participations
	Engagements   []engagement.ID         // one of them; nil: whichever, empty and not nil: none
	Statuses      []engagement.Status     // one of them; none: whichever, "" is that of entries of records
	Locations     []engagement.LocationID // one of them is among the entry's; none: whichever
	MonthFrom     engagement.Month        // at or after, so none without a month
	MonthBefore   engagement.Month        // before; "": no end
	By            []FigureDimension       // each once
	Now           time.Time
	MaxOverdue    int // see Figures.Behind; 0: no bound
}

// Figure is the count and the sums of the entries that are alike in the dimensions asked
// for and in the currency. Of other dimensions it has the zero value.
type Figure struct {
	Partner    engagement.PartnerID
	Engagement engagement.ID
	Tab        engagement.Tab
	Status     engagement.Status       // "": entries of records
	Locations  []engagement.LocationID // all those of an entry, in its order
	engagement.Figure
}

// Figures is what a FiguresQuery found. An entry whose Until is at or before Now counts in
// none of Rows and is in Overdue, as in a List: a FigureSum that begins with Rows adds what
// has become of those, by engagement.Entry.At.
type Figures struct {
	Rows    []Figure  // as FigureSum.Rows: in order of what they are of, and without those in which all is 0
	Overdue []ListRow // all overdue entries for which FiguresQuery.Has is true, whatever else is asked; by Record, then Row

	// Behind says that more than MaxOverdue entries are overdue; nothing else is told
	// then.
	Behind bool
}

// Check returns ErrInvalid for a dimension that there is not or that is asked for twice,
// and for a text that is no month.
func (q FiguresQuery) Check() error {
	for i, d := range q.By {
		if !slices.Contains(AllFigureDimensions(), d) || slices.Contains(q.By[:i], d) {
			return invalid("figures are asked for by %q: use each of %q once", d, AllFigureDimensions())
		}
	}
	switch {
	case !q.MonthFrom.Valid() || !q.MonthBefore.Valid():
		return invalid("figures are asked for from %q to before %q, which are no months", q.MonthFrom, q.MonthBefore)
	case q.MaxOverdue < 0:
		return invalid("figures are said to be behind from %d overdue entries on", q.MaxOverdue)
	}
	return nil
}

// Has reports whether an entry is one of those that are asked about, whatever its Tab, its
// Until, its status, its locations and its month.
func (q FiguresQuery) Has(e engagement.Entry) bool {
	return (q.Partner == "" || e.Record.Partner == q.Partner) && (!q.Participation || e.Participation != "") &&
		(q.Engagements == nil || slices.Contains(q.Engagements, e.Record.Engagement))
}

// FigureSum adds up what a FiguresQuery asks for.
type FigureSum struct {
	query FiguresQuery
	rows  []Figure
	at    map[figureKey]int // in rows
}

type figureKey struct{ partner, engagement, tab, status, locations, month, currency string }

// Sum returns a sum that begins with rows that the query found.
func (q FiguresQuery) Sum(rows ...Figure) *FigureSum {
	s := &FigureSum{query: q, at: map[figureKey]int{}}
	for _, r := range rows {
		s.add(r, 1)
	}
	return s
}

// Add adds an entry, if the query asks for it.
func (s *FigureSum) Add(e engagement.Entry) {
	s.Move(e, e.Figures(), 1)
}

// Move adds an entry with these figures so many times, if the query asks for it: for a
// store that knows its figures and perhaps cannot read what it shows.
func (s *FigureSum) Move(e engagement.Entry, figures []engagement.Figure, times int) {
	q := &s.query
	if e.Tab == engagement.TabNone || !q.Has(e) || len(q.Statuses) > 0 && !slices.Contains(q.Statuses, e.Status) ||
		len(q.Locations) > 0 && !slices.ContainsFunc(q.Locations, func(l engagement.LocationID) bool { return slices.Contains(e.Locations, l) }) {
		return
	}
	of := Figure{Partner: e.Record.Partner, Engagement: e.Record.Engagement, Tab: e.Tab, Status: e.Status, Locations: e.Locations}
	for _, f := range figures {
		if f.Month >= q.MonthFrom && (q.MonthBefore == "" || f.Month < q.MonthBefore) {
			of.Figure = f
			s.add(q.apart(of), times)
		}
	}
}

// apart returns the figure without the dimensions that are not asked for.
func (q FiguresQuery) apart(f Figure) Figure {
	out := Figure{Figure: f.Figure}
	out.Month = ""
	for _, d := range q.By {
		switch d {
		case FiguresByPartner:
			out.Partner = f.Partner
		case FiguresByEngagement:
			out.Engagement = f.Engagement
		case FiguresByTab:
			out.Tab = f.Tab
		case FiguresByStatus:
			out.Status = f.Status
		case FiguresByLocations:
			out.Locations = f.Locations
		case FiguresByMonth:
			out.Month = f.Month
		}
	}
	return out
}

func (f Figure) key() figureKey {
	locations := ""
	for _, l := range f.Locations {
		locations += string(l) + "\x00"
	}
	return figureKey{string(f.Partner), string(f.Engagement), string(f.Tab), string(f.Status), locations, string(f.Month), f.Currency}
}

func (s *FigureSum) add(f Figure, times int) {
	key := f.key()
	i, is := s.at[key]
	if !is {
		i = len(s.rows)
		empty := f
		empty.Figure = engagement.Figure{Month: f.Month, Currency: f.Currency}
		s.at[key], s.rows = i, append(s.rows, empty)
	}
	r, n := &s.rows[i], decimal.NewFromInt(int64(times))
	r.Entries += times * f.Entries
	for _, sum := range []struct {
		of  *decimal.Decimal
		add decimal.Decimal
	}{{&r.Estimated, f.Estimated}, {&r.Requested, f.Requested}, {&r.Approved, f.Approved}, {&r.Paid, f.Paid}} {
		if !sum.add.IsZero() {
			*sum.of = sum.of.Add(sum.add.Mul(n))
		}
	}
}

// Rows returns what there is, without what comes to nothing, in order of what it is of.
func (s *FigureSum) Rows() []Figure {
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(f Figure) bool {
		return f.Entries == 0 && f.Estimated.IsZero() && f.Requested.IsZero() && f.Approved.IsZero() && f.Paid.IsZero()
	})
	slices.SortFunc(rows, func(a, b Figure) int {
		x, y := a.key(), b.key()
		return cmp.Or(strings.Compare(x.partner, y.partner), strings.Compare(x.engagement, y.engagement), strings.Compare(x.tab, y.tab),
			strings.Compare(x.status, y.status), strings.Compare(x.locations, y.locations), strings.Compare(x.month, y.month), strings.Compare(x.currency, y.currency))
	})
	return rows
}
