package storage

import (
	"cmp"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// Sort is an order of a page. Entries that are equal in it follow in order of
// their Row, so that every order is total.
type Sort string

// The orders. Entries without a deadline come last in SortByDeadline.
const (
	SortByName     Sort = "name"
	SortByDeadline Sort = "deadline"
	SortBySince    Sort = "since"
	SortByStatus   Sort = "status" // by Rank, then Name
	SortByAmount   Sort = "amount" // by Amount: entries without one come first, then currency by currency

	SortByEngagement Sort = "engagement" // by the engagement's name, then Name; on a page of one engagement, by Name
)

// AllSorts returns every Sort.
func AllSorts() []Sort {
	return []Sort{SortByName, SortByDeadline, SortBySince, SortByStatus, SortByAmount, SortByEngagement}
}

// Position is a place in an order: where an entry stands, whether or not the
// entry is still there.
type Position struct {
	Rank int              `json:"k,omitzero"`
	Text string           `json:"t,omitzero"`
	Time time.Time        `json:"d,omitzero"`
	Row  engagement.RowID `json:"r"`
}

// latest stands for the deadline of entries that have none.
var latest = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Names are the keys by which the names of engagements compare. An engagement
// without one comes behind those that have one.
type Names map[engagement.ID]string

// Key returns what an engagement is sorted by in SortByEngagement.
func (n Names) Key(id engagement.ID) string {
	if key, ok := n[id]; ok {
		return key
	}
	return "~" + string(id) // no key begins with it
}

// PositionOf returns where an entry stands in an order. Names are for
// SortByEngagement.
func (s Sort) PositionOf(e engagement.Entry, names Names) Position {
	switch s {
	case SortByDeadline:
		if e.Deadline.IsZero() {
			return Position{Time: latest, Row: e.Row}
		}
		return Position{Time: e.Deadline, Row: e.Row}
	case SortBySince:
		return Position{Time: e.Since, Row: e.Row}
	case SortByStatus:
		return Position{Rank: e.Rank, Text: e.Name, Row: e.Row}
	case SortByEngagement:
		return Position{Text: names.Key(e.Record.Engagement) + "\n" + e.Name, Row: e.Row}
	case SortByAmount:
		return Position{Text: e.Amount, Row: e.Row}
	}
	return Position{Text: e.Name, Row: e.Row}
}

// Compare orders two positions of the same order.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Rank, q.Rank), cmp.Compare(p.Text, q.Text), p.Time.Compare(q.Time), cmp.Compare(p.Row, q.Row))
}

// Filter narrows a page. Its zero value lets everything through; what is set
// must all hold.
type Filter struct {
	Words         []engagement.Word // all are found in the entry
	Types         []engagement.RowType
	Statuses      []engagement.Status
	Locations     []engagement.LocationID // one of them
	SinceFrom     time.Time               // at or after
	SinceBefore   time.Time               // before
	Participation bool                    // only rows of participations
	Engagements   []engagement.ID         // one of them; nil: whichever, empty and not nil: none
	Customer      tenant.Key              // "": whichever
	AmountFrom    string                  // Amount at or after, see engagement.AmountSortKey
	AmountBefore  string                  // Amount before; "": no end
}

// Match reports whether the entry passes the filter.
func (f Filter) Match(e engagement.Entry) bool {
	return !slices.ContainsFunc(f.Words, func(w engagement.Word) bool { return !w.In(e) }) &&
		(len(f.Types) == 0 || slices.Contains(f.Types, e.Type)) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, e.Status)) &&
		(len(f.Locations) == 0 || slices.ContainsFunc(f.Locations, func(l engagement.LocationID) bool { return slices.Contains(e.Locations, l) })) &&
		(f.SinceFrom.IsZero() || !e.Since.Before(f.SinceFrom)) &&
		(f.SinceBefore.IsZero() || e.Since.Before(f.SinceBefore)) &&
		(!f.Participation || e.Participation != "") &&
		(f.Engagements == nil || slices.Contains(f.Engagements, e.Record.Engagement)) &&
		(f.Customer == "" || e.Record.Customer == f.Customer) &&
		e.Amount >= f.AmountFrom && (f.AmountBefore == "" || e.Amount < f.AmountBefore)
}

// ListQuery asks for one page of entries. With a Tab it is a Customers page: the
// entries of one partner and one engagement on that tab. Without one it is a claims
// list: the participations of a partner, or of every partner, over all engagements,
// whatever their tab.
type ListQuery struct {
	Partner    engagement.PartnerID // "" in a claims list: every partner
	Engagement engagement.ID        // "" in a claims list
	Tab        engagement.Tab       // one of AllTabs, or TabOff; TabNone: a claims list
	Sort       Sort
	Descending bool      // the exact reverse of the order, for equal entries and those without a deadline too
	After      *Position // entries behind it in the order asked for; nil begins at the first
	Limit      int       // at least 1
	Filter     Filter
	Names      Names // for SortByEngagement
	Now        time.Time
	MaxOverdue int // see List.Behind; 0: no bound
}

// Has reports whether an entry is one of the list's, whatever its Tab, its Until and the
// filter: of a Customers page, one of the partner in the engagement; of a claims list, a
// participation.
func (q ListQuery) Has(e engagement.Entry) bool {
	if q.Tab == engagement.TabNone {
		return e.Participation != "" && (q.Partner == "" || e.Record.Partner == q.Partner)
	}
	return e.Record.Partner == q.Partner && e.Record.Engagement == q.Engagement
}

// List is what a ListQuery found.
//
// An entry whose Until is at or before Now has become another one since it was stored.
// It is neither in Rows nor in Tabs or Statuses but in Overdue, so that the caller can
// work out where it is now, by engagement.Entry.At. Of the others, those on TabNone are
// nowhere in a List. A count of 0 may be missing.
type List struct {
	Rows     []ListRow                 // in order, at most Limit
	More     bool                      // whether entries follow the last of Rows
	Tabs     map[engagement.Tab]int    // of a Customers page: all entries on each tab, TabOff included, whatever the filter
	Statuses map[engagement.Status]int // of a claims list: all participations of each status, whatever the filter
	Overdue  []ListRow                 // all overdue entries for which ListQuery.Has is true, whatever their tab, TabNone too, and the filter; by Record, then Row

	// Behind says that more than MaxOverdue entries are overdue; nothing else is told
	// then.
	Behind bool
}

// ListRow is an entry of a list.
type ListRow struct {
	Entry engagement.Entry
	Err   error // an *UnreadableError: of the entry nothing is certain but its keys, what orders it, its Tab and, where it has any, Locations
}
