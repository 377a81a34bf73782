package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// pageOf asks for a Customers page of northwind's in the migration.
func pageOf(tab engagement.Tab, limit int) storage.ListQuery {
	return storage.ListQuery{Partner: northwind, Engagement: migration, Tab: tab, Sort: storage.SortByName, Limit: limit, Now: start}
}

// claimsOf asks for a claims list.
func claimsOf(p engagement.PartnerID, limit int) storage.ListQuery {
	return storage.ListQuery{Partner: p, Sort: storage.SortByName, Limit: limit, Now: start}
}

// position is where an entry stands in the order asked for.
func position(q storage.ListQuery, e engagement.Entry) storage.Position {
	return q.Sort.PositionOf(e, q.Names)
}

// counts are those of a list, without those that are 0.
func counts(l storage.List) map[string]int {
	out := map[string]int{}
	for key, n := range l.Tabs {
		out[string(key)] = n
	}
	for key, n := range l.Statuses {
		out[string(key)] = n
	}
	maps.DeleteFunc(out, func(_ string, n int) bool { return n == 0 })
	return out
}

// customers are those of rows, by their numbers.
func customers(rows []storage.ListRow) string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimPrefix(string(r.Entry.Record.Customer), "tpid:"))
	}
	return strings.Join(out, " ")
}

// rowsOf are the rows' IDs.
func rowsOf(rows []storage.ListRow) []engagement.RowID {
	var out []engagement.RowID
	for _, r := range rows {
		out = append(out, r.Entry.Row)
	}
	return out
}

// entriesOf are the entries of scenes that pass a test.
func entriesOf(scenes []scene, pass func(e engagement.Entry) bool) []engagement.Entry {
	var out []engagement.Entry
	for _, s := range scenes {
		for _, e := range s.entries(start) {
			if pass(e) {
				out = append(out, e)
			}
		}
	}
	return out
}

// walk returns the rows of every page, one after the other. Between two pages it
// calls between, where given.
func walk(ctx context.Context, s storage.Store, q storage.ListQuery, between func(page int) error) ([]engagement.RowID, error) {
	var rows []engagement.RowID
	for page := 0; ; page++ {
		p, err := s.List(ctx, q)
		if err != nil {
			return rows, err
		}
		if len(p.Rows) > q.Limit {
			return rows, fmt.Errorf("a limit of %d gives %d rows", q.Limit, len(p.Rows))
		}
		for _, r := range p.Rows {
			if r.Err != nil {
				return rows, fmt.Errorf("row %q cannot be read: %w", r.Entry.Row, r.Err)
			}
			rows = append(rows, r.Entry.Row)
		}
		if !p.More {
			return rows, nil
		}
		if len(p.Rows) < q.Limit || page > 1000 {
			return rows, fmt.Errorf("a page of %d rows, with a limit of %d, says that more follow", len(p.Rows), q.Limit)
		}
		at := position(q, p.Rows[len(p.Rows)-1].Entry)
		q.After = &at
		if between != nil {
			if err := between(page); err != nil {
				return rows, err
			}
		}
	}
}

// inOrder expects these entries in every order, in both directions, whatever the
// limit.
func inOrder(ctx context.Context, s storage.Store, q storage.ListQuery, entries []engagement.Entry) error {
	for _, order := range storage.AllSorts() {
		var at []storage.Position
		for _, e := range entries {
			at = append(at, order.PositionOf(e, q.Names))
		}
		slices.SortFunc(at, storage.Position.Compare)
		for _, descending := range []bool{false, true} {
			var want []engagement.RowID
			for _, p := range at {
				want = append(want, p.Row)
			}
			if descending {
				slices.Reverse(want)
			}
			for _, limit := range []int{1, 7, len(entries), len(entries) + 1} {
				q.Sort, q.Descending, q.Limit = order, descending, limit
				got, err := walk(ctx, s, q, nil)
				if err := errors.Join(err, same(fmt.Sprintf("the order by %s, descending %t, in pages of %d,", order, descending, limit), got, want)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// narrowed expects those of these entries that pass each filter.
func narrowed(ctx context.Context, s storage.Store, q storage.ListQuery, entries []engagement.Entry, filters map[string]storage.Filter) error {
	for what, f := range filters {
		var want []engagement.RowID
		for _, e := range entries {
			if f.Match(e) {
				want = append(want, e.Row)
			}
		}
		q.Filter, q.Limit = f, 4
		got, err := walk(ctx, s, q, nil)
		slices.Sort(want)
		slices.Sort(got)
		if err := errors.Join(err, same("what passes a filter by "+what, fmt.Sprint(got), fmt.Sprint(want))); err != nil {
			return err
		}
	}
	return nil
}

// nextPage reads the first three of these rows, changes the scene of the third, and
// expects the next three.
func nextPage(ctx context.Context, a, b storage.Store, q storage.ListQuery, rows []engagement.RowID, change func(s scene) scene) error {
	q.Limit = 3
	page, err := b.List(ctx, q)
	if err != nil || len(page.Rows) != 3 {
		return fmt.Errorf("the first page has %d rows, not 3: %v", len(page.Rows), err)
	}
	last := page.Rows[2]
	at := position(q, last.Entry)
	q.After = &at
	was, err := load(ctx, b, last.Entry.Record.Shared(), last.Entry.Record.Partner)
	if err := errors.Join(err, a.Apply(ctx, becoming(start, was, change(was)))); err != nil {
		return err
	}
	page, err = b.List(ctx, q)
	return errors.Join(err, same(fmt.Sprintf("the second page, descending %t, after the last row of the first has changed", q.Descending), rowsOf(page.Rows), rows[3:6]))
}

// stable expects that what comes and goes between pages neither repeats nor hides
// the rows that stay. Between two pages come makes one row that precedes all
// others, and leave, which may be nil, says which row it has taken away.
func stable(ctx context.Context, s storage.Store, q storage.ListQuery, come func(page int) error, leave func(page int) (engagement.RowID, error)) error {
	before, err := walk(ctx, s, q, nil)
	if err != nil {
		return err
	}
	gone := map[engagement.RowID]bool{}
	got, err := walk(ctx, s, q, func(page int) error {
		if leave != nil {
			row, err := leave(page)
			if err != nil {
				return err
			}
			gone[row] = true
		}
		return come(page)
	})
	if err != nil {
		return err
	}
	seen := map[engagement.RowID]int{}
	for _, r := range got {
		if seen[r]++; seen[r] > 1 {
			return fmt.Errorf("row %q is shown twice", r)
		}
	}
	for _, r := range before {
		if seen[r] == 0 && !gone[r] {
			return fmt.Errorf("row %q is hidden", r)
		}
	}
	return nil
}

// invalidCalls expects that an unknown order and a limit below 1 are refused.
func invalidCalls(ctx context.Context, s storage.Store, q storage.ListQuery) error {
	order, none, fewer := q, q, q
	order.Sort, none.Limit, fewer.Limit = "weather", 0, -1
	for what, q := range map[string]storage.ListQuery{"an unknown order": order, "a limit of 0": none, "a limit of -1": fewer} {
		_, err := s.List(ctx, q)
		if err := matches("a page with "+what, err, storage.ErrInvalid); err != nil {
			return err
		}
	}
	return nil
}

// moment is what is expected at a time.
type moment struct {
	now           time.Time
	rows, overdue string // customers of these rows, by their numbers
	counts        map[string]int
}

// inTime expects what is told of each moment.
func inTime(ctx context.Context, s storage.Store, q storage.ListQuery, moments []moment) error {
	for _, m := range moments {
		q.Now = m.now
		got, err := s.List(ctx, q)
		if err != nil {
			return err
		}
		if err := errors.Join(same(fmt.Sprintf("the customers with rows at %v", m.now), customers(got.Rows), m.rows),
			same("those with overdue entries then", customers(got.Overdue), m.overdue), same("the counts then", counts(got), m.counts)); err != nil {
			return err
		}
	}
	return nil
}
