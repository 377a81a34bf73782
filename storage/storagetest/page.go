package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func pageCases() []Case {
	return []Case{
		{"entries", "The entries of a place are replaced with it.", checkEntries},
		{"orders", "A page is in the order asked for, in both directions, whatever its limit; entries that are equal in it follow by their Row.", checkOrders},
		{"byte order", "Texts are compared byte by byte.", checkByteOrder},
		{"cursors", "A page begins behind the position asked for, whether or not an entry is there.", checkCursors},
		{"stable pages", "Entries that come or go between two pages neither repeat nor hide others.", checkStablePages},
		{"filter", "A page has the entries of its partner, engagement and tab that pass the filter, and no others.", checkFilter},
		{"counts", "Counts are all entries of each tab, TabOff included, whatever the filter.", checkCounts},
		{"overdue", "The entries of a place that is due at or before Now are neither in Rows nor in Counts; the place is in Overdue.", checkOverdue},
		{"page calls", "A page of an unknown tab or order, or with a limit below 1, is ErrInvalid.", checkPageCalls},
	}
}

func pageQuery(tab engagement.Tab, limit int) storage.PageQuery {
	return storage.PageQuery{Partner: northwind, Engagement: migration, Tab: tab, Sort: storage.ByName, Limit: limit, Now: start}
}

// walk returns the rows of every page, one after the other. Between two pages it
// calls between, where given.
func walk(ctx context.Context, s storage.Store, q storage.PageQuery, between func(page int) error) ([]engagement.RowID, error) {
	var rows []engagement.RowID
	for page := 0; ; page++ {
		p, err := s.Page(ctx, q)
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
		at := q.Sort.PositionOf(p.Rows[len(p.Rows)-1].Entry)
		q.After = &at
		if between != nil {
			if err := between(page); err != nil {
				return rows, err
			}
		}
	}
}

func checkEntries(ctx context.Context, a, b storage.Store) error {
	pl := known(northwind, migration, 1, "One", start)
	if err := a.Apply(ctx, changed(start, pl)); err != nil {
		return err
	}
	read, err := load(ctx, b, pl.Key)
	if err != nil {
		return err
	}
	s, _ := read.Standing(northwind)
	s.Evaluation = engagement.Evaluation{At: start, Reasons: []engagement.Reason{{Kind: engagement.CriteriaNotMet, Rule: "seats", Missing: []string{"a", "b"}}}}
	if err := b.Apply(ctx, changed(start, read.WithStanding(s))); err != nil {
		return err
	}
	gone, err := walk(ctx, a, pageQuery(engagement.TabEligible, 10), nil)
	if err := errors.Join(err, same("the rows of the tab that a customer left", len(gone), 0)); err != nil {
		return err
	}
	page, err := a.Page(ctx, pageQuery(engagement.TabIneligible, 10))
	if err != nil || len(page.Rows) != 1 {
		return fmt.Errorf("the tab that a customer came to has %d rows: %v", len(page.Rows), err)
	}
	stored, _ := page.Rows[0].Place.Standing(northwind)
	return errors.Join(same("the place beside its row", stored, s), same("the entry", page.Rows[0].Entry, read.WithStanding(s).Entries(start)[0]))
}

// crowd are places with rows that are equal in some orders.
func crowd(n int) []engagement.Place {
	var places []engagement.Place
	for i := range n {
		name := fmt.Sprintf("Name %d", i/4)
		pl := known(northwind, migration, 100+i, name, start.Add(time.Duration(i%5)*time.Hour))
		if i%3 == 1 {
			p := added(northwind, migration, 100+i, start.Add(time.Duration(i%4)*time.Hour))
			p.Identity.Name = name
			if i%2 == 0 {
				p = granted(p, start)
			}
			pl = pl.WithParticipation(p)
		}
		places = append(places, pl)
	}
	return places
}

func checkOrders(ctx context.Context, a, b storage.Store) error {
	places := crowd(40)
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for _, order := range storage.AllSorts() {
		var at []storage.Position
		for _, pl := range places {
			at = append(at, order.PositionOf(pl.Entries(start)[0]))
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
			for _, limit := range []int{1, 7, 40, 100} {
				q := pageQuery(engagement.TabEligible, limit)
				q.Sort, q.Descending = order, descending
				got, err := walk(ctx, b, q, nil)
				if err := errors.Join(err, same(fmt.Sprintf("the order by %s, descending %t, in pages of %d,", order, descending, limit), got, want)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func checkByteOrder(ctx context.Context, a, b storage.Store) error {
	names := []string{"", "A", "Z b", "a", "a b", "a-b", "a_b", "ab", "b", "z", "\u00e0", "\u00e9", "\u4e2d", "\U0001f600"}
	var want []engagement.RowID
	var c storage.Changes
	for i, name := range names {
		n := 100 + i*37%100 // so that the rows are in another order
		more := changed(start, known(northwind, migration, n, "Name", start))
		more.Entries[0].Name = name
		c.Places, c.Entries = append(c.Places, more.Places...), append(c.Entries, more.Entries...)
		want = append(want, more.Entries[0].Row)
	}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	for _, order := range []storage.Sort{storage.ByName, storage.ByStatus} {
		q := pageQuery(engagement.TabEligible, 3)
		q.Sort = order
		got, err := walk(ctx, b, q, nil)
		if err := errors.Join(err, same(fmt.Sprintf("the order by %s of the names %q", order, names), got, want)); err != nil {
			return err
		}
	}
	return nil
}

// checkCursors takes away, and moves, the entry that a page ended with.
func checkCursors(ctx context.Context, a, b storage.Store) error {
	q := pageQuery(engagement.TabEligible, 3)
	for i, away := range []func(s *engagement.Standing){
		func(s *engagement.Standing) { s.Known = false },
		func(s *engagement.Standing) { s.Evaluation.Outcome = eligibility.OutcomeIneligible },
		func(s *engagement.Standing) { s.Identity.Name = "Zzz" },
		func(s *engagement.Standing) { s.Identity.Name = "Aaa" },
	} {
		for _, q.Descending = range []bool{false, true} {
			q.After = nil
			first := 10 * (2*i + map[bool]int{true: 1}[q.Descending])
			q.Partner = engagement.PartnerID(fmt.Sprintf("partner-%d", first))
			var rows []engagement.RowID
			for n := range 8 {
				pl := known(q.Partner, migration, 1000+first+n, fmt.Sprintf("Customer %d", n), start)
				if err := a.Apply(ctx, changed(start, pl)); err != nil {
					return err
				}
				rows = append(rows, engagement.RowID(pl.Key.Customer))
			}
			if q.Descending {
				slices.Reverse(rows)
			}
			page, err := b.Page(ctx, q)
			if err != nil || len(page.Rows) != 3 {
				return fmt.Errorf("the first page has %d rows, not 3: %v", len(page.Rows), err)
			}
			last := page.Rows[2]
			at := q.Sort.PositionOf(last.Entry)
			q.After = &at
			s, _ := last.Place.Standing(q.Partner)
			away(&s)
			if err := a.Apply(ctx, changed(start, last.Place.WithStanding(s))); err != nil {
				return err
			}
			page, err = b.Page(ctx, q)
			var got []engagement.RowID
			for _, r := range page.Rows {
				got = append(got, r.Entry.Row)
			}
			if err := errors.Join(err, same(fmt.Sprintf("the second page after the last row of the first has changed (change %d, descending %t)", i, q.Descending), got, rows[3:6])); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkStablePages(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, crowd(40)...)); err != nil {
		return err
	}
	for _, descending := range []bool{false, true} {
		q := pageQuery(engagement.TabEligible, 6)
		q.Descending = descending
		before, err := walk(ctx, b, q, nil)
		if err != nil {
			return err
		}
		gone := map[engagement.RowID]bool{}
		got, err := walk(ctx, b, q, func(page int) error {
			// One customer comes before all others, and one that was shown goes.
			came := 200 + page
			if descending {
				came += 100
			}
			first := known(northwind, migration, came, map[bool]string{false: "Aaa", true: "Zzz"}[descending], start)
			leaves, err := load(ctx, a, placeOf(migration, 100+4*page))
			if err != nil {
				return err
			}
			s, _ := leaves.Standing(northwind)
			if s.Known && len(s.Participations) == 0 && !descending {
				gone[engagement.RowID(leaves.Key.Customer)] = true
				s.Known = false
				return a.Apply(ctx, changed(start, first, leaves.WithStanding(s)))
			}
			return a.Apply(ctx, changed(start, first))
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
	}
	return nil
}

func checkFilter(ctx context.Context, a, b storage.Store) error {
	places := append(crowd(30), known(fabrikam, migration, 500, "Foreign", start), known(northwind, security, 501, "Other engagement", start))
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for what, f := range map[string]storage.Filter{
		"nothing":          {},
		"text":             {Text: "name 3"},
		"text of nobody":   {Text: "foreign"},
		"a type":           {Types: []engagement.RowType{engagement.InProgress}},
		"statuses":         {Statuses: []engagement.Status{engagement.CustomerClaimed, engagement.Approved}},
		"a location":       {Locations: []engagement.LocationID{"4711201"}},
		"another location": {Locations: []engagement.LocationID{"1"}},
		"dates":            {SinceFrom: start.Add(time.Hour), SinceBefore: start.Add(3 * time.Hour)},
		"participations":   {Participation: true},
		"several":          {Text: "name", Types: []engagement.RowType{engagement.NotStarted}, Participation: true},
	} {
		var want []engagement.RowID
		for _, pl := range places {
			for _, e := range pl.Entries(start) {
				if e.Partner == northwind && e.Place.Engagement == migration && e.Tab == engagement.TabEligible && f.Match(e) {
					want = append(want, e.Row)
				}
			}
		}
		q := pageQuery(engagement.TabEligible, 4)
		q.Filter = f
		got, err := walk(ctx, b, q, nil)
		slices.Sort(want)
		slices.Sort(got)
		if err := errors.Join(err, same("what passes a filter by "+what, fmt.Sprint(got), fmt.Sprint(want))); err != nil {
			return err
		}
	}
	return nil
}

func checkCounts(ctx context.Context, a, b storage.Store) error {
	reason := engagement.Reason{Kind: engagement.CriteriaNotMet, Rule: "seats"}
	declined := added(northwind, migration, 4, start)
	declined.Consent.Status = "declined"
	withdrawn := granted(added(northwind, migration, 5, start), start)
	withdrawn.Consent.Status = "withdrawn"
	places := []engagement.Place{
		known(northwind, migration, 1, "One", start), known(northwind, migration, 2, "Two", start),
		known(northwind, migration, 3, "Three", start, reason),
		engagement.Place{Key: placeOf(migration, 4)}.WithParticipation(declined),
		engagement.Place{Key: placeOf(migration, 5)}.WithParticipation(withdrawn),
		known(fabrikam, migration, 6, "Foreign", start),
	}
	for _, pl := range places {
		if err := a.Apply(ctx, changed(start, pl)); err != nil {
			return err
		}
	}
	q := pageQuery(engagement.TabEligible, 1)
	q.Filter.Text = "nobody"
	page, err := b.Page(ctx, q)
	if err := errors.Join(err, countsAre(page.Counts, 2, 1, 1, 1)); err != nil {
		return err
	}
	pl, err := load(ctx, a, placeOf(migration, 1))
	if err != nil {
		return err
	}
	pl = pl.WithParticipation(granted(added(fabrikam, migration, 1, start), start)) // takes the only place
	if err := a.Apply(ctx, changed(start, pl)); err != nil {
		return err
	}
	page, err = b.Page(ctx, q)
	return errors.Join(err, countsAre(page.Counts, 1, 2, 1, 1))
}

func countsAre(got map[engagement.Tab]int, eligible, ineligible, complete, off int) error {
	var texts []string
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		texts = append(texts, fmt.Sprintf("%s %d", tab, got[tab]))
	}
	return same("the counts", strings.Join(texts, ", "), fmt.Sprintf("eligible %d, ineligible %d, complete %d, off the page %d", eligible, ineligible, complete, off))
}

func checkOverdue(ctx context.Context, a, b storage.Store) error {
	places := []engagement.Place{
		known(northwind, migration, 1, "One", start),
		engagement.Place{Key: placeOf(migration, 2)}.WithParticipation(added(northwind, migration, 2, start)),
		engagement.Place{Key: placeOf(migration, 3)}.WithParticipation(added(northwind, migration, 3, start.Add(day))),
		known(northwind, migration, 4, "Waits for Fabrikam", start).WithParticipation(added(fabrikam, migration, 4, start)),
		engagement.Place{Key: placeOf(migration, 5)}.WithParticipation(added(fabrikam, migration, 5, start)),
	}
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	end := start.Add(30 * day)
	for _, try := range []struct {
		now     time.Time
		rows    string
		overdue string
		count   int
	}{
		{end.Add(-time.Microsecond), "2 3 1 4", "", 4},
		{end, "3 1", "2 4", 2},
		{end.Add(day), "1", "2 3 4", 1},
	} {
		q := pageQuery(engagement.TabEligible, 10)
		q.Now = try.now
		page, err := b.Page(ctx, q)
		if err != nil {
			return err
		}
		var rows, overdue []string
		for _, r := range page.Rows {
			rows = append(rows, strings.TrimPrefix(string(r.Place.Key.Customer), "tpid:"))
		}
		for _, pl := range page.Overdue {
			overdue = append(overdue, strings.TrimPrefix(string(pl.Key.Customer), "tpid:"))
		}
		if err := errors.Join(same(fmt.Sprintf("the customers with rows at %v", try.now), strings.Join(rows, " "), try.rows),
			same("the overdue customers then", strings.Join(overdue, " "), try.overdue),
			same("the count then", page.Counts[engagement.TabEligible], try.count)); err != nil {
			return err
		}
	}
	return nil
}

func checkPageCalls(ctx context.Context, a, _ storage.Store) error {
	tab, order, limit := pageQuery("nowhere", 1), pageQuery(engagement.TabEligible, 1), pageQuery(engagement.TabEligible, 0)
	order.Sort = "weather"
	for what, q := range map[string]storage.PageQuery{"tab": tab, "order": order, "limit": limit} {
		_, err := a.Page(ctx, q)
		if err := matches("a page with a wrong "+what, err, storage.ErrInvalid); err != nil {
			return err
		}
	}
	return nil
}
