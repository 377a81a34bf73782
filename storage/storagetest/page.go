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
		{"page calls", "A page of an unknown tab or order, or with a limit below 1, is ErrInvalid.", checkPageCalls},
	}
}

func pageQuery(tab engagement.Tab, limit int) storage.PageQuery {
	return storage.PageQuery{Partner: northwind, Engagement: migration, Tab: tab, Sort: storage.ByName, Limit: limit, Now: start}
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
	gone, err := walk(ctx, a, pages(pageQuery(engagement.TabEligible, 10)), nil)
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
				p = worth(granted(p, start), amounts[i%len(amounts)])
			}
			pl = pl.WithParticipation(p)
		}
		places = append(places, pl)
	}
	return places
}

// shown are the entries that the crowd's page has.
func shown(places []engagement.Place) []engagement.Entry {
	return entriesOf(places, func(e engagement.Entry) bool {
		return e.Partner == northwind && e.Place.Engagement == migration && e.Tab == engagement.TabEligible
	})
}

func checkOrders(ctx context.Context, a, b storage.Store) error {
	places := crowd(40)
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	return inOrder(ctx, b, pages(pageQuery(engagement.TabEligible, 1)), shown(places))
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
		q := pages(pageQuery(engagement.TabEligible, 3))
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
	for i, change := range []func(s *engagement.Standing){
		func(s *engagement.Standing) { s.Known = false },
		func(s *engagement.Standing) { s.Evaluation.Outcome = eligibility.OutcomeIneligible },
		func(s *engagement.Standing) { s.Identity.Name = "Zzz" },
		func(s *engagement.Standing) { s.Identity.Name = "Aaa" },
	} {
		for j, descending := range []bool{false, true} {
			first := 1000 + 20*i + 10*j
			q := pageQuery(engagement.TabEligible, 1)
			q.Partner, q.Descending = engagement.PartnerID(fmt.Sprintf("partner-%d", first)), descending
			var places []engagement.Place
			var rows []engagement.RowID
			for n := range 8 {
				places = append(places, known(q.Partner, migration, first+n, fmt.Sprintf("Customer %d", n), start))
				rows = append(rows, engagement.RowID(places[n].Key.Customer))
			}
			if descending {
				slices.Reverse(rows)
			}
			if err := a.Apply(ctx, changed(start, places...)); err != nil {
				return err
			}
			if err := nextPage(ctx, a, b, pages(q), rows, func(pl engagement.Place) engagement.Place {
				s, _ := pl.Standing(q.Partner)
				change(&s)
				return pl.WithStanding(s)
			}); err != nil {
				return fmt.Errorf("change %d: %w", i, err)
			}
		}
	}
	return nil
}

func checkStablePages(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, crowd(40)...)); err != nil {
		return err
	}
	q := pages(pageQuery(engagement.TabEligible, 6))
	come := func(name string, n int) func(page int) error {
		return func(page int) error {
			return a.Apply(ctx, changed(start, known(northwind, migration, n+page, name, start)))
		}
	}
	if err := stable(ctx, b, q, come("Aaa", 200), func(page int) (engagement.RowID, error) {
		pl, err := load(ctx, a, placeOf(migration, 100+6*page)) // a known customer that was shown
		s, _ := pl.Standing(northwind)
		s.Known = false
		return engagement.RowID(pl.Key.Customer), errors.Join(err, a.Apply(ctx, changed(start, pl.WithStanding(s))))
	}); err != nil {
		return err
	}
	q.Descending = true
	return stable(ctx, b, q, come("Zzz", 300), nil)
}

func checkFilter(ctx context.Context, a, b storage.Store) error {
	places := append(crowd(30), known(fabrikam, migration, 500, "Foreign", start), known(northwind, security, 501, "Other engagement", start))
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	return narrowed(ctx, b, pages(pageQuery(engagement.TabEligible, 4)), shown(places), filters)
}

// filters are what a page can be narrowed by.
var filters = map[string]storage.Filter{
	"nothing":                 {},
	"text":                    {Words: engagement.SearchWords("NÁME 3")},
	"the middle of a word":    {Words: engagement.SearchWords("ame")},
	"a whole ID":              {Words: engagement.SearchWords("104")},
	"a part of an ID":         {Words: engagement.SearchWords("10")},
	"no word at all":          {Words: engagement.SearchWords("...")},
	"a word or an engagement": {Words: []engagement.Word{{Texts: []string{" foreign"}, Engagements: []engagement.ID{security}}, {Texts: []string{" name", " customer"}}}},
	"words of an engagement":  {Words: []engagement.Word{{Engagements: []engagement.ID{migration}}}},
	"text of nobody":          {Words: engagement.SearchWords("foreign")},
	"a type":                  {Types: []engagement.RowType{engagement.InProgress}},
	"statuses":                {Statuses: []engagement.Status{engagement.CustomerClaimed, engagement.Approved}},
	"a location":              {Locations: []engagement.LocationID{"4711201"}},
	"another location":        {Locations: []engagement.LocationID{"1"}},
	"one of locations":        {Locations: []engagement.LocationID{"1", "4711202"}},
	"dates":                   {SinceFrom: start.Add(time.Hour), SinceBefore: start.Add(3 * time.Hour)},
	"participations":          {Participation: true},
	"several":                 {Words: engagement.SearchWords("nam"), Types: []engagement.RowType{engagement.NotStarted}, Participation: true},
	"an engagement":           {Engagements: []engagement.ID{migration}},
	"another engagement":      {Engagements: []engagement.ID{security}},
	"engagements":             {Engagements: []engagement.ID{"unknown", security, migration}},
	"no engagement":           {Engagements: []engagement.ID{}},
	"a customer":              {Customer: customerOf(104)},
	"an unknown customer":     {Customer: customerOf(99)},
	"amounts":                 {AmountFrom: "EUR 039", AmountBefore: "EUR 041500"},
	"amounts from":            {AmountFrom: "EUR 041500"},
	"amounts before":          {AmountBefore: "EUR 041500"},
	"a currency":              {AmountFrom: "USD ", AmountBefore: "USD!"},
	"several of claims":       {Engagements: []engagement.ID{migration}, Statuses: []engagement.Status{engagement.Paid, engagement.CustomerConsentReceived}, AmountFrom: "EUR "},
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
	q.Filter.Words = engagement.SearchWords("nobody")
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

func checkPageCalls(ctx context.Context, a, _ storage.Store) error {
	_, err := a.Page(ctx, pageQuery("nowhere", 1))
	return errors.Join(matches("a page of an unknown tab", err, storage.ErrInvalid), invalidCalls(ctx, a, pages(pageQuery(engagement.TabEligible, 1))))
}
