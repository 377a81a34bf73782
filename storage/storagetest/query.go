package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// query asks a store for a Page or for Claims. Where both keep the same rules,
// the same checks are made of both.
type query struct {
	Sort       storage.Sort
	Descending bool
	After      *storage.Position
	Limit      int
	Filter     storage.Filter
	Names      storage.Names
	Now        time.Time

	ask func(ctx context.Context, s storage.Store, q query) (answer, error)
}

// answer is a Page or a ClaimsPage.
type answer struct {
	Rows    []storage.PageRow
	More    bool
	Counts  map[string]int // without those that are 0
	Overdue []engagement.Place
}

func pages(q storage.PageQuery) query {
	return query{q.Sort, q.Descending, q.After, q.Limit, q.Filter, nil, q.Now, func(ctx context.Context, s storage.Store, x query) (answer, error) {
		q.Sort, q.Descending, q.After, q.Limit, q.Filter, q.Now = x.Sort, x.Descending, x.After, x.Limit, x.Filter, x.Now
		p, err := s.Page(ctx, q)
		return answer{p.Rows, p.More, counts(p.Counts), p.Overdue}, err
	}}
}

func claims(q storage.ClaimsQuery) query {
	return query{q.Sort, q.Descending, q.After, q.Limit, q.Filter, q.Names, q.Now, func(ctx context.Context, s storage.Store, x query) (answer, error) {
		q.Sort, q.Descending, q.After, q.Limit, q.Filter, q.Names, q.Now = x.Sort, x.Descending, x.After, x.Limit, x.Filter, x.Names, x.Now
		p, err := s.Claims(ctx, q)
		if err == nil && p.Counts == nil {
			err = errors.New("the counts of claims are nil")
		}
		return answer{p.Rows, p.More, counts(p.Counts), p.Overdue}, err
	}}
}

// position is where an entry stands in the order asked for.
func (q query) position(e engagement.Entry) storage.Position { return q.Sort.PositionOf(e, q.Names) }

func counts[K ~string](of map[K]int) map[string]int {
	out := map[string]int{}
	for key, n := range of {
		if n != 0 {
			out[string(key)] = n
		}
	}
	return out
}

// customers are those of the rows and of the overdue places of an answer, by
// their numbers.
func (a answer) customers() (rows, overdue string) {
	number := func(key engagement.PlaceKey) string { return strings.TrimPrefix(string(key.Customer), "tpid:") }
	var r, o []string
	for _, row := range a.Rows {
		r = append(r, number(row.Place.Key))
	}
	for _, pl := range a.Overdue {
		o = append(o, number(pl.Key))
	}
	return strings.Join(r, " "), strings.Join(o, " ")
}

// entriesOf are the entries of places that pass a test.
func entriesOf(places []engagement.Place, pass func(e engagement.Entry) bool) []engagement.Entry {
	var out []engagement.Entry
	for _, pl := range places {
		for _, e := range pl.Entries(start) {
			if pass(e) {
				out = append(out, e)
			}
		}
	}
	return out
}

// walk returns the rows of every page, one after the other. Between two pages it
// calls between, where given.
func walk(ctx context.Context, s storage.Store, q query, between func(page int) error) ([]engagement.RowID, error) {
	var rows []engagement.RowID
	for page := 0; ; page++ {
		p, err := q.ask(ctx, s, q)
		if err != nil {
			return rows, err
		}
		if len(p.Rows) > q.Limit {
			return rows, fmt.Errorf("a limit of %d gives %d rows", q.Limit, len(p.Rows))
		}
		for _, r := range p.Rows {
			if r.Entry.Place != r.Place.Key {
				return rows, fmt.Errorf("row %q of place %v comes with place %v", r.Entry.Row, r.Entry.Place, r.Place.Key)
			}
			rows = append(rows, r.Entry.Row)
		}
		if !p.More {
			return rows, nil
		}
		if len(p.Rows) < q.Limit || page > 1000 {
			return rows, fmt.Errorf("a page of %d rows, with a limit of %d, says that more follow", len(p.Rows), q.Limit)
		}
		at := q.position(p.Rows[len(p.Rows)-1].Entry)
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
func inOrder(ctx context.Context, s storage.Store, q query, entries []engagement.Entry) error {
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
func narrowed(ctx context.Context, s storage.Store, q query, entries []engagement.Entry, filters map[string]storage.Filter) error {
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

// nextPage reads the first three of these rows, changes the place of the third,
// and expects the next three.
func nextPage(ctx context.Context, a, b storage.Store, q query, rows []engagement.RowID, change func(pl engagement.Place) engagement.Place) error {
	q.Limit = 3
	page, err := q.ask(ctx, b, q)
	if err != nil || len(page.Rows) != 3 {
		return fmt.Errorf("the first page has %d rows, not 3: %v", len(page.Rows), err)
	}
	last := page.Rows[2]
	at := q.position(last.Entry)
	q.After = &at
	if err := a.Apply(ctx, changed(start, change(last.Place))); err != nil {
		return err
	}
	page, err = q.ask(ctx, b, q)
	var got []engagement.RowID
	for _, r := range page.Rows {
		got = append(got, r.Entry.Row)
	}
	return errors.Join(err, same(fmt.Sprintf("the second page, descending %t, after the last row of the first has changed", q.Descending), got, rows[3:6]))
}

// stable expects that what comes and goes between pages neither repeats nor hides
// the rows that stay. Between two pages come makes one row that precedes all
// others, and leave, which may be nil, says which row it has taken away.
func stable(ctx context.Context, s storage.Store, q query, come func(page int) error, leave func(page int) (engagement.RowID, error)) error {
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
func invalidCalls(ctx context.Context, s storage.Store, q query) error {
	order, none, fewer := q, q, q
	order.Sort, none.Limit, fewer.Limit = "weather", 0, -1
	for what, q := range map[string]query{"an unknown order": order, "a limit of 0": none, "a limit of -1": fewer} {
		_, err := q.ask(ctx, s, q)
		if err := matches("a page with "+what, err, storage.ErrInvalid); err != nil {
			return err
		}
	}
	return nil
}

// moment is what is expected at a time.
type moment struct {
	now           time.Time
	rows, overdue string // customers, by their numbers
	counts        map[string]int
}

// inTime expects what is told of each moment.
func inTime(ctx context.Context, s storage.Store, q query, moments []moment) error {
	for _, m := range moments {
		q.Now = m.now
		got, err := q.ask(ctx, s, q)
		if err != nil {
			return err
		}
		rows, overdue := got.customers()
		if err := errors.Join(same(fmt.Sprintf("the customers with rows at %v", m.now), rows, m.rows),
			same("the overdue customers then", overdue, m.overdue), same("the counts then", got.Counts, m.counts)); err != nil {
			return err
		}
	}
	return nil
}
