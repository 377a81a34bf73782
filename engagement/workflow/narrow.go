package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// shown is a row as somebody sees it, and which of the stored rows it is made of.
type shown struct {
	engagement.Row
	from  engagement.RowID
	entry *engagement.Entry // of one that cannot be read
	err   error             // why it cannot
}

// Entry returns what the row is sorted by.
func (r shown) Entry(partner engagement.PartnerID) engagement.Entry {
	if r.entry != nil {
		return *r.entry
	}
	return r.Row.Entry(partner)
}

// rows returns what a partner sees of a place through a scope. Every row that a
// query gives comes from here.
func (s *Service) rows(pl engagement.Place, partner engagement.PartnerID, e engagement.Engagement, within sight, now time.Time) []shown {
	return within.narrow(pl.Rows(partner, e, s.policy, now))
}

// sight is a scope, with what its locations lack for the engagement that is
// looked at.
type sight struct {
	Scope
	lacks []engagement.Reason
}

// sight returns what is needed to show the customers of an engagement through a
// scope.
func (s *Service) sight(ctx context.Context, partner engagement.PartnerID, scope Scope, e engagement.Engagement, now time.Time) (sight, error) {
	within := sight{Scope: scope}
	if scope.All() {
		return within, nil
	}
	p, err := s.partner(ctx, partner)
	if errors.Is(err, ErrNotFound) {
		return within, nil
	}
	if err != nil {
		return within, err
	}
	outcomes, _ := engagement.LocationOutcomes(e, scope.partner(p), now) // where the rules fail there is nothing to tell
	for _, o := range outcomes {
		for _, r := range o.Reasons() {
			if !slices.ContainsFunc(within.lacks, r.Equal) {
				within.lacks = append(within.lacks, r)
			}
		}
	}
	return within, nil
}

// narrow turns the rows of one place into those that a scope shows. What belongs
// to another location is at most one row, which says that the company has the
// customer and nothing else; there is none where the customer already has a row
// that says what can be done with it.
func (w sight) narrow(rows []engagement.Row) []shown {
	var out []shown
	var theirs *engagement.Row
	told := false
	for i, r := range rows {
		switch {
		case w.All():
		case r.Participation == "":
			r = w.known(r)
		case len(w.among(r.Locations)) == 0:
			if r.Tab != engagement.TabOff && (theirs == nil || theirs.Tab == engagement.TabComplete) {
				theirs = &rows[i]
			}
			continue
		}
		told = told || r.Tab == engagement.TabEligible || r.Tab == engagement.TabIneligible
		out = append(out, shown{Row: r, from: r.ID})
	}
	if theirs != nil && !told {
		out = append(out, shown{Row: held(*theirs), from: theirs.ID})
	}
	return out
}

// known narrows the row of a customer that is merely known: it belongs to all
// locations, and is eligible where it is so through one of the scope's.
func (w sight) known(r engagement.Row) engagement.Row {
	r.Locations = w.among(r.Locations)
	if len(r.Locations) == 0 {
		r.Locations = nil
	}
	if r.Tab == engagement.TabEligible && r.Locations == nil {
		r.Tab, r.Actions = engagement.TabIneligible, nil
		r.Reasons = append([]engagement.Reason{{Kind: engagement.NotThroughThese}}, w.lacks...)
	}
	return r
}

// held is all that colleagues at other locations are told of a participation.
func held(r engagement.Row) engagement.Row {
	return engagement.Row{
		ID: engagement.RowID(r.Customer), Tab: engagement.TabIneligible, Type: engagement.NotStarted, Engagement: r.Engagement, Customer: r.Customer,
		Identity: r.Identity, FriendlyName: r.FriendlyName, Reasons: []engagement.Reason{{Kind: engagement.HeldByColleagues}},
	}
}
