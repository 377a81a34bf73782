package storage

import (
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
)

// Check returns ErrInvalid where a participation and a link are wanted: one of them
// is found.
func (w Want) Check() error {
	if w.Participation != (ParticipationKey{}) && w.Link != (LinkKey{}) {
		return invalid("a participation and a link are wanted in one call: one of them is found")
	}
	return nil
}

// Check returns ErrInvalid for a list that there is not, an order that there is not,
// or a limit below 1.
func (q ListQuery) Check() error {
	tabs := append(engagement.AllTabs(), engagement.TabOff)
	switch {
	case q.Tab != engagement.TabNone && !slices.Contains(tabs, q.Tab):
		return invalid("the tab of a page is %q: use one of %q", q.Tab, tabs)
	case q.Tab != engagement.TabNone && (q.Partner == "" || q.Engagement == ""):
		return invalid("a page with a tab is asked for without a partner or an engagement")
	case q.Tab == engagement.TabNone && q.Engagement != "":
		return invalid("a claims list is asked for in one engagement: use Filter.Engagements")
	case !slices.Contains(AllSorts(), q.Sort):
		return invalid("the order of a list is %q: use one of %q", q.Sort, AllSorts())
	case q.MaxOverdue < 0:
		return invalid("the list is said to be behind from %d overdue entries on", q.MaxOverdue)
	}
	return checkLimit("a list", q.Limit)
}

// Check returns ErrInvalid for a limit below 1, or for persons of no Key or no partner.
func (q CustomersQuery) Check() error {
	if q.Naming.Key.IsZero() && len(q.Naming.Digests) > 0 {
		return invalid("customers are asked for who name persons, whose digests are made with no key")
	}
	if q.Partner == "" && !q.Naming.Key.IsZero() {
		return invalid("customers are asked for who name persons, whose digests are a partner's own, and of no partner")
	}
	return checkLimit("customers", q.Limit)
}

// Check returns ErrInvalid for a limit below 1.
func (q HistoryQuery) Check() error { return checkLimit("events", q.Limit) }

// Check returns ErrInvalid for a limit below 1.
func (q DueQuery) Check() error { return checkLimit("due records", q.Limit) }

// Check returns ErrInvalid for a limit below 1.
func (q LeaseQuery) Check() error { return checkLimit("messages", q.Limit) }

func checkLimit(what string, limit int) error {
	if limit < 1 {
		return invalid("the limit of %s is %d: at least 1 is needed", what, limit)
	}
	return nil
}
