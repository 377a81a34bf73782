package memory

import (
	"iter"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// search is what every kind of page is asked for.
type search struct {
	order      *order
	kept       int // index in orders; -1: the order is not kept ready
	descending bool
	after      *storage.Position
	limit      int
	filter     *storage.Filter
	now        int64
}

// newSearch returns ErrInvalid for an unknown order, or a limit below 1.
func newSearch(sort storage.Sort, names storage.Names, descending bool, after *storage.Position, limit int, filter *storage.Filter, now int64) (search, error) {
	q := search{kept: slices.IndexFunc(orders[:], func(o order) bool { return o.sort == sort }), descending: descending, after: after, limit: limit, filter: filter, now: now}
	switch {
	case q.kept >= 0:
		q.order = &orders[q.kept]
	case sort == storage.ByEngagement:
		q.order = byEngagement(names)
	default:
		return search{}, invalid("the order of a page is %q: use one of %q", sort, storage.AllSorts())
	}
	if limit < 1 {
		return search{}, invalid("the limit of a page is %d: at least 1 is needed", limit)
	}
	return q, nil
}

// list returns the entries of a set in the order of the search.
func (q *search) list(s *set) *list[*entry] {
	if q.kept >= 0 {
		return s.order(q.kept)
	}
	return newList(q.order.compare, slices.Clone(s.entries))
}

// page returns the rows that are found in a set, and whether more follow. The row
// that the search begins after is in one of the places, if it is still there: to
// take it from there is faster than to look for its position.
func (q *search) page(s *set, overdue bool, places ...*place) (rows []storage.PageRow, more bool) {
	found := q.find(s, overdue, q.begin(s, places))
	return pageRows(found[:min(q.limit, len(found))]), len(found) > q.limit
}

// begin returns the entry that the search begins after, or nil when it is not in
// the set any more.
func (q *search) begin(s *set, places []*place) *entry {
	for _, p := range places {
		if p == nil || q.after == nil {
			continue
		}
		for _, e := range p.entries {
			if in := e.sets(); e.row == q.after.Row && slices.Contains(in[:], s) {
				return e
			}
		}
	}
	return nil
}

// find returns the entries of a page, and one more when more follow.
func (q *search) find(s *set, overdue bool, after *entry) []*entry {
	l := q.list(s)
	filtered := !isZero(q.filter)
	size := min(q.limit, l.count) + 1
	found := make([]*entry, 0, size)
	kept := 0
	for e := range q.walk(l, after) {
		found = append(found, e)
		if len(found) < size {
			continue
		}
		// What the entries point to is looked at for many of them at once: the
		// processor then fetches it from memory at once, too.
		if !overdue && !filtered {
			break
		}
		found = q.keep(found, kept, filtered)
		if kept = len(found); kept == size {
			break
		}
	}
	if overdue || filtered {
		found = q.keep(found, kept, filtered)
	}
	return found
}

// keep drops those entries from the i-th on that are overdue or filtered out.
func (q *search) keep(found []*entry, i int, filtered bool) []*entry {
	for _, e := range found[i:] {
		if e.place.due > q.now && (!filtered || e.matches(q.filter)) {
			found[i] = e
			i++
		}
	}
	return found[:i]
}

func isZero(f *storage.Filter) bool {
	return len(f.Words) == 0 && len(f.Types)+len(f.Statuses)+len(f.Locations) == 0 &&
		f.SinceFrom.IsZero() && f.SinceBefore.IsZero() && !f.Participation &&
		f.Engagements == nil && f.Customer == "" && f.AmountFrom == "" && f.AmountBefore == ""
}

// walk goes over the entries of an order as the search asks for them. The entry
// that its position stands for is given when it is still there.
func (q *search) walk(l *list[*entry], after *entry) iter.Seq[*entry] {
	o := q.order
	var p position
	if q.after != nil {
		p = position{q.after.Text, micros(q.after.Time), q.after.Row}
	}
	switch {
	case q.after == nil && q.descending:
		return l.backFrom(l.end())
	case q.after == nil:
		return l.from(cursor{})
	case after != nil && o.to(after, p) == 0:
		at := l.index(after)
		if q.descending {
			return l.backFrom(at)
		}
		return l.from(cursor{at.chunk, at.item + 1})
	case q.descending:
		return l.backFrom(l.seek(func(e *entry) bool { return o.to(e, p) < 0 }))
	}
	return l.from(l.seek(func(e *entry) bool { return o.to(e, p) <= 0 }))
}

// pageRows returns the entries with their places. It goes over them once for
// each step from pointer to pointer, so that the processor can fetch what the
// next entries point to while it waits for the first.
func pageRows(found []*entry) []storage.PageRow {
	if len(found) == 0 {
		return nil
	}
	places := make([]*place, len(found))
	for i, e := range found {
		places[i] = e.place
	}
	out := make([]storage.PageRow, len(found))
	u := newUnpacker(places...)
	for i, p := range places {
		u.place(p, &out[i].Place)
	}
	for i, e := range found {
		e.fill(&out[i].Entry)
	}
	return out
}

// overdue returns the places of a list that are due, by key. It calls uncount
// for each of their entries.
func overdue(due *list[*place], now int64, uncount func(e *entry)) []engagement.Place {
	var out []engagement.Place
	for p := range due.all() {
		if p.due > now {
			break
		}
		out = append(out, p.value())
		for _, e := range p.entries {
			uncount(e)
		}
	}
	slices.SortFunc(out, func(p, q engagement.Place) int { return comparePlaceKeys(p.Key, q.Key) })
	return out
}
