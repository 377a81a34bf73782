package workflow

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Page is one page of a list. Rows that come or go between two pages neither repeat nor
// hide others, forwards and backwards: a cursor is a place in the order of the list, not
// a number of rows.
type Page[T any] struct {
	Rows     []T    `json:"rows"`
	Next     string `json:"next,omitempty"`     // cursor of the next page; "" when this is the last
	Previous string `json:"previous,omitempty"` // cursor of the page before; "" when this is the first, and of a list that is read forwards only

	// Matches is how many rows the list has, on all of its pages, under what is searched
	// and filtered: exact up to 1,000. Customers.List and Claims.List have it, which read
	// up to 1,000 rows more for it where something is searched or filtered; on the
	// Ineligible tab as a narrower Scope shows it, it is then absent unless all is on one
	// page.
	Matches *Count `json:"matches,omitempty"`
}

// RowsPage is a page of rows of Customers pages.
type RowsPage struct {
	Page[Row]
	At time.Time `json:"at,omitzero"` // the moment that the page shows

	// Unreadable are rows that there are, and that storage cannot read: the host is
	// told which in its log. They are in the counts.
	Unreadable []UnreadableRow `json:"unreadable"`
}

// Sort is an order of a list. Rows that are equal in it follow in order of their IDs, so
// that every order is total.
type Sort string

// The orders. Rows without a deadline come last in SortByDeadline.
const (
	SortByName       Sort = Sort(storage.SortByName)
	SortByDeadline   Sort = Sort(storage.SortByDeadline)
	SortBySince      Sort = Sort(storage.SortBySince)
	SortByStatus     Sort = Sort(storage.SortByStatus)     // by its place in the life of a claim, then by name
	SortByAmount     Sort = Sort(storage.SortByAmount)     // rows without one come first, then currency by currency
	SortByEngagement Sort = Sort(storage.SortByEngagement) // by the engagement's name, then by the customer's
)

// AllSorts returns every Sort.
func AllSorts() []Sort {
	return []Sort{SortByName, SortByDeadline, SortBySince, SortByStatus, SortByAmount, SortByEngagement}
}

// MarshalText refuses a value that is not a Sort.
func (s Sort) MarshalText() ([]byte, error) { return spell(s, "sort", AllSorts()) }

// UnmarshalText refuses a text that is not a Sort.
func (s *Sort) UnmarshalText(b []byte) error { return decode(s, "sort", b, AllSorts()) }

// segment is what a page of a list shows, in the order of the list.
type segment[T any] struct {
	ends
	rows []T
	lost []T // that cannot be read, and of which it is not known where they would stand
}

// ends are where a page of a list begins and ends.
type ends struct {
	n           int              // entries that were read, shown or not
	first, last engagement.Entry // of these, in the order of the list
	more        bool             // whether entries follow in the direction in which it was read
}

// whole is the list from its beginning, as far as it is counted.
func (l list) whole() list {
	l.after, l.back, l.limit = nil, false, maxCounted+1
	return l
}

// cursors returns those of the pages after and before this one.
func (l list) cursors(at ends) (next, previous string, err error) {
	if at.n == 0 {
		if l.after == nil || l.back {
			return "", "", nil
		}
		previous, err = l.cursor(l.including(*l.after), true)
		return "", previous, err
	}
	if at.more || l.back {
		if next, err = l.cursor(l.positionOf(at.last), false); err != nil {
			return "", "", err
		}
	}
	if l.after != nil && (at.more || !l.back) {
		previous, err = l.cursor(l.positionOf(at.first), true)
	}
	return next, previous, err
}

// including returns a place just behind a position behind which nothing was found, so
// that what is read backwards from there begins with what stands at the position.
func (l list) including(at storage.Position) storage.Position {
	if !l.descending {
		at.Row += "~" // behind every character of a row's ID
	} else if n := len(at.Row); n > 1 {
		at.Row = at.Row[:n-1]
	}
	return at
}

// turned returns the rows in the order of the list.
func turned[T any](l list, rows []T) []T {
	if l.back {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return rows
}
