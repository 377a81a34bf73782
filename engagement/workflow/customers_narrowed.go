package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// shown is a row as somebody sees it, and the entry by which it is sorted: of a scope
// that is not the whole partner, one that tells no more than the row.
type shown struct {
	engagement.Row
	from  engagement.RowID // of the row that it is made of
	entry engagement.Entry
	shows engagement.Entry // of which it is made, whole
	err   error            // why it cannot be read
}

// row returns what is seen of an entry by itself: nothing of one that belongs to
// another location.
func (c customersPage) row(e engagement.Entry) (shown, bool) {
	r, ok := e.RowAt(c.engagement, c.s.policy, c.now)
	if !ok || c.within.All() {
		return shown{Row: r, from: e.Row, entry: e, shows: e}, ok
	}
	r, ok = c.within.own(r)
	return shown{Row: r, from: e.Row, entry: r.Entry(c.partner), shows: e}, ok
}

// rowsOf returns what is seen of a whole record.
func (c customersPage) rowsOf(r engagement.PartnerRecord, room engagement.Room) []shown {
	entries := r.Entries(room, c.now)
	var all []engagement.Row
	for _, e := range append(entries[1:], entries[0]) {
		if row, ok := e.RowAt(c.engagement, c.s.policy, c.now); ok {
			all = append(all, row)
		}
	}
	out := c.within.narrow(all)
	for i := range out {
		out[i].entry = out[i].Row.Entry(c.partner)
	}
	return out
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
	if is[*NotFoundError](err) {
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

// narrow turns the rows of one record into those that a scope shows. What belongs
// to another location is at most one row, which says that the company has the
// customer and nothing else; there is none where the customer already has a row
// that says what can be done with it.
func (w sight) narrow(rows []engagement.Row) []shown {
	var out []shown
	var theirs *engagement.Row
	told := false
	for i, r := range rows {
		own, is := w.own(r)
		switch {
		case is:
			told = told || own.Tab == engagement.TabEligible || own.Tab == engagement.TabIneligible
			out = append(out, shown{Row: own, from: r.ID})
		case r.Tab != engagement.TabOff && (theirs == nil || theirs.Tab == engagement.TabComplete):
			theirs = &rows[i]
		}
	}
	if theirs != nil && !told {
		out = append(out, shown{Row: held(*theirs), from: theirs.ID})
	}
	return out
}

// own returns a row as the scope shows it by itself, and false for one that belongs to
// another location.
func (w sight) own(r engagement.Row) (engagement.Row, bool) {
	switch {
	case w.All():
		return r, true
	case r.Participation == "":
		return w.known(r), true
	}
	return r, len(w.among(r.Locations)) > 0
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
		r.Reasons = append([]engagement.Reason{{Kind: engagement.ReasonNotThroughTheseLocations}}, w.lacks...)
	}
	return r
}

// held is all that colleagues at other locations are told of a participation.
func held(r engagement.Row) engagement.Row {
	return engagement.Row{
		ID: engagement.RowID(r.Customer), Tab: engagement.TabIneligible, Type: engagement.RowNotStarted, Engagement: r.Engagement, Customer: r.Customer,
		Identity: r.Identity, FriendlyName: r.FriendlyName, Reasons: []engagement.Reason{{Kind: engagement.ReasonHeldByColleagues}},
	}
}
