package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func pageCases() []Case {
	return []Case{
		{"entries", "Entries replace those with the same record and Row.", checkEntries},
		{"shown", "A row comes back with all that it shows.", checkShown},
		{"no tab", "An entry on TabNone is in no Rows and in no counts.", checkNoTab},
		{"orders", "A page is in the order asked for, in both directions, whatever its limit; entries that are equal in it follow by their Row.", checkOrders},
		{"byte order", "Texts are compared byte by byte.", checkByteOrder},
		{"cursors", "A page begins behind the position asked for, whether or not an entry is there.", checkCursors},
		{"stable pages", "Entries that come or go between two pages neither repeat nor hide others.", checkStablePages},
		{"filter", "A page has the entries of its partner, engagement and tab that pass the filter, and no others.", checkFilter},
		{"counts", "Counts are all entries of each tab, TabOff included, whatever the filter.", checkCounts},
		{"page calls", "A page of an unknown tab or order, or with a limit below 1, is ErrInvalid.", checkPageCalls},
	}
}

func checkEntries(ctx context.Context, a, b storage.Store) error {
	was := known(northwind, migration, 1, "One", start)
	if err := a.Apply(ctx, changed(start, was)); err != nil {
		return err
	}
	was, err := load(ctx, b, was.shared.Key)
	if err != nil {
		return err
	}
	r := was.record(northwind)
	r.Evaluation = engagement.Evaluation{At: start, Reasons: []engagement.Reason{{Kind: engagement.ReasonCriteriaNotMet, Rule: "seats", Missing: []string{"a", "b"}}}}
	is := was.with(r)
	if err := b.Apply(ctx, becoming(start, was, is)); err != nil {
		return err
	}
	gone, err := walk(ctx, a, pageOf(engagement.TabEligible, 10), nil)
	if err := errors.Join(err, same("the rows of the tab that a customer left", len(gone), 0)); err != nil {
		return err
	}
	page, err := a.List(ctx, pageOf(engagement.TabIneligible, 10))
	if err != nil || len(page.Rows) != 1 {
		return fmt.Errorf("the tab that a customer came to has %d rows: %v", len(page.Rows), err)
	}
	return alike("the entry", page.Rows[0].Entry, is.entries(start)[0])
}

// checkShown gives rows everything that they can show.
func checkShown(ctx context.Context, a, b storage.Store) error {
	asked := added(northwind, migration, 1, start)
	ana := message("m", northwind, 1, start, "ana@contoso.com").To
	asked.FriendlyName, asked.Owner, asked.Labels = "São João", "ana", []string{"first", "second"}
	asked.Consent.Status = consent.StatusRequested
	asked.Consent.Customer = []link.Contact{{Name: "Ana", Email: ana}}
	asked.Consent.Links = []link.Link{{ID: "link-1", Contact: link.Contact{Name: "Ana", Email: ana}, Tokens: []link.Hash{{1}}, IssuedAt: start}}
	scenes := []scene{
		of(asked), of(worth(granted(added(northwind, migration, 2, start), start), "1500.50 EUR")),
		known(northwind, migration, 3, "Three", start, engagement.Reason{Kind: engagement.ReasonFactsMissing, Rule: "seats", Doc: "Doc", Wanted: "300", Found: "1", Missing: []string{"seats"}}),
		known(northwind, migration, 4, "Four", start).enter(granted(added(fabrikam, migration, 4, start), start)),
		known(northwind, migration, 5, "Five", start).enter(added(northwind, migration, 5, start)),
	}
	r := scenes[0].record(northwind)
	r.Asked = []engagement.Ask{{Mailbox: engagement.MailboxDigest(northwind, ana), At: start.Add(-day)}, {Mailbox: engagement.Digest{1}, At: start}}
	r.Known, r.FriendlyName = true, "São"
	scenes[0] = scenes[0].with(r)
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	want := map[string]engagement.Entry{}
	for _, e := range entriesOf(scenes, func(e engagement.Entry) bool { return e.Record.Partner == northwind && e.Tab != engagement.TabNone }) {
		want[string(e.Row)] = e
	}
	got := map[string]engagement.Entry{}
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		page, err := b.List(ctx, pageOf(tab, 10))
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if row.Err != nil {
				return row.Err
			}
			got[string(row.Entry.Row)] = row.Entry
		}
	}
	claims, err := b.List(ctx, claimsOf(northwind, 10))
	errs := []error{err, alike("the entries of a page", got, want)}
	for _, row := range claims.Rows {
		errs = append(errs, alike("the entry of a claims list", row.Entry, want[string(row.Entry.Row)]))
	}
	return errors.Join(append(errs, same("the number of claims", len(claims.Rows), 3))...)
}

func checkNoTab(ctx context.Context, a, b storage.Store) error {
	stranger := known(northwind, migration, 4, "Not known", start)
	r := stranger.record(northwind)
	r.Known = false
	if err := a.Apply(ctx, changed(start,
		known(northwind, migration, 1, "One", start),
		known(northwind, migration, 2, "Two", start).enter(added(northwind, migration, 2, start)),         // open here
		known(northwind, migration, 3, "Three", start).enter(paid(added(northwind, migration, 3, start))), // and holding the only place
		stranger.with(r),
	)); err != nil {
		return err
	}
	var errs []error
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		page, err := b.List(ctx, pageOf(tab, 10))
		errs = append(errs, err, same(fmt.Sprintf("the customers with rows on tab %q", tab), customers(page.Rows), map[engagement.Tab]string{engagement.TabEligible: "2 1", engagement.TabComplete: "3"}[tab]),
			same("the counts", counts(page), map[string]int{"eligible": 2, "complete": 1}))
	}
	claims, err := b.List(ctx, claimsOf("", 10))
	return errors.Join(append(errs, err, same("the customers in claims", customers(claims.Rows), "2 3"))...)
}

// crowd are scenes with rows that are equal in some orders.
func crowd(n int) []scene {
	var scenes []scene
	for i := range n {
		name := fmt.Sprintf("Name %d", i/4)
		s := known(northwind, migration, 100+i, name, start.Add(time.Duration(i%5)*time.Hour))
		if i%3 == 1 {
			p := added(northwind, migration, 100+i, start.Add(time.Duration(i%4)*time.Hour))
			p.Identity.Name = name
			if i%2 == 0 {
				p = worth(granted(p, start), amounts[i%len(amounts)])
			}
			s = s.enter(p)
		}
		scenes = append(scenes, s)
	}
	return scenes
}

// shown are the entries that the crowd's page has.
func shown(scenes []scene) []engagement.Entry {
	return entriesOf(scenes, func(e engagement.Entry) bool {
		return e.Record.Partner == northwind && e.Record.Engagement == migration && e.Tab == engagement.TabEligible
	})
}

func checkOrders(ctx context.Context, a, b storage.Store) error {
	scenes := crowd(40)
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	return inOrder(ctx, b, pageOf(engagement.TabEligible, 1), shown(scenes))
}

func checkByteOrder(ctx context.Context, a, b storage.Store) error {
	names := []string{"", "A", "Z b", "a", "a b", "a-b", "a_b", "ab", "b", "z", "\u00e0", "\u00e9", "\u4e2d", "\U0001f600"}
	var want []engagement.RowID
	var c storage.Changes
	for i, name := range names {
		n := 100 + i*37%100 // so that the rows are in another order
		more := changed(start, known(northwind, migration, n, "Name", start))
		more.Entries[0].Name = name
		c.At, c.Records, c.Relied, c.Entries = start, append(c.Records, more.Records...), append(c.Relied, more.Relied...), append(c.Entries, more.Entries...)
		want = append(want, more.Entries[0].Row)
	}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	for _, order := range []storage.Sort{storage.SortByName, storage.SortByStatus} {
		q := pageOf(engagement.TabEligible, 3)
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
	for i, change := range []func(r *engagement.PartnerRecord){
		func(r *engagement.PartnerRecord) { r.Known = false },
		func(r *engagement.PartnerRecord) { r.Evaluation.Outcome = eligibility.OutcomeIneligible },
		func(r *engagement.PartnerRecord) { r.Identity.Name = "Zzz" },
		func(r *engagement.PartnerRecord) { r.Identity.Name = "Aaa" },
	} {
		for j, descending := range []bool{false, true} {
			first := 1000 + 20*i + 10*j
			q := pageOf(engagement.TabEligible, 1)
			q.Partner, q.Descending = engagement.PartnerID(fmt.Sprintf("partner-%d", first)), descending
			var scenes []scene
			var rows []engagement.RowID
			for n := range 8 {
				scenes = append(scenes, known(q.Partner, migration, first+n, fmt.Sprintf("Customer %d", n), start))
				rows = append(rows, engagement.RowID(customerOf(first+n)))
			}
			if descending {
				slices.Reverse(rows)
			}
			if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
				return err
			}
			if err := nextPage(ctx, a, b, q, rows, func(s scene) scene {
				r := s.record(q.Partner)
				change(&r)
				return s.with(r)
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
	q := pageOf(engagement.TabEligible, 6)
	come := func(name string, n int) func(page int) error {
		return func(page int) error {
			return a.Apply(ctx, changed(start, known(northwind, migration, n+page, name, start)))
		}
	}
	if err := stable(ctx, b, q, come("Aaa", 200), func(page int) (engagement.RowID, error) {
		was, err := load(ctx, a, keyOf(migration, 100+6*page)) // a known customer that was shown
		r := was.record(northwind)
		r.Known = false
		return engagement.RowID(r.Key.Customer), errors.Join(err, a.Apply(ctx, becoming(start, was, was.with(r))))
	}); err != nil {
		return err
	}
	q.Descending = true
	return stable(ctx, b, q, come("Zzz", 300), nil)
}

func checkFilter(ctx context.Context, a, b storage.Store) error {
	scenes := append(crowd(30), known(fabrikam, migration, 500, "Foreign", start), known(northwind, security, 501, "Other engagement", start))
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	return narrowed(ctx, b, pageOf(engagement.TabEligible, 4), shown(scenes), filters)
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
	"a type":                  {Types: []engagement.RowType{engagement.RowActive}},
	"statuses":                {Statuses: []engagement.Status{engagement.StatusCustomerClaimed, engagement.StatusApproved}},
	"a location":              {Locations: []engagement.LocationID{"4711201"}},
	"another location":        {Locations: []engagement.LocationID{"1"}},
	"one of locations":        {Locations: []engagement.LocationID{"1", "4711202"}},
	"dates":                   {SinceFrom: start.Add(time.Hour), SinceBefore: start.Add(3 * time.Hour)},
	"participations":          {Participation: true},
	"several":                 {Words: engagement.SearchWords("nam"), Types: []engagement.RowType{engagement.RowNotStarted}, Participation: true},
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
	"several of claims":       {Engagements: []engagement.ID{migration}, Statuses: []engagement.Status{engagement.StatusPaid, engagement.StatusConsentReceived}, AmountFrom: "EUR "},
}

func checkCounts(ctx context.Context, a, b storage.Store) error {
	reason := engagement.Reason{Kind: engagement.ReasonCriteriaNotMet, Rule: "seats"}
	declined := added(northwind, migration, 4, start)
	declined.Consent.Status = "declined"
	withdrawn := granted(added(northwind, migration, 5, start), start)
	withdrawn.Consent.Status = "withdrawn"
	scenes := []scene{
		known(northwind, migration, 1, "One", start), known(northwind, migration, 2, "Two", start),
		known(northwind, migration, 3, "Three", start, reason),
		of(declined),
		of(withdrawn),
		known(fabrikam, migration, 6, "Foreign", start),
	}
	for _, s := range scenes {
		if err := a.Apply(ctx, changed(start, s)); err != nil {
			return err
		}
	}
	q := pageOf(engagement.TabEligible, 1)
	q.Filter.Words = engagement.SearchWords("nobody")
	page, err := b.List(ctx, q)
	if err := errors.Join(err, countsAre(page.Tabs, 2, 1, 1, 1)); err != nil {
		return err
	}
	was, err := load(ctx, a, keyOf(migration, 1))
	if err != nil {
		return err
	}
	is := was.enter(granted(added(fabrikam, migration, 1, start), start)) // takes the only place
	if err := a.Apply(ctx, becoming(start, was, is)); err != nil {
		return err
	}
	page, err = b.List(ctx, q)
	return errors.Join(err, countsAre(page.Tabs, 1, 2, 1, 1))
}

func countsAre(got map[engagement.Tab]int, eligible, ineligible, complete, off int) error {
	var texts []string
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		texts = append(texts, fmt.Sprintf("%s %d", tab, got[tab]))
	}
	return same("the counts", strings.Join(texts, ", "), fmt.Sprintf("eligible %d, ineligible %d, complete %d, off the page %d", eligible, ineligible, complete, off))
}

func checkPageCalls(ctx context.Context, a, _ storage.Store) error {
	_, err := a.List(ctx, pageOf("nowhere", 1))
	nobodys := pageOf(engagement.TabEligible, 1)
	nobodys.Partner = ""
	_, err2 := a.List(ctx, nobodys)
	return errors.Join(matches("a page of an unknown tab", err, storage.ErrInvalid), matches("a page of nobody's", err2, storage.ErrInvalid), invalidCalls(ctx, a, pageOf(engagement.TabEligible, 1)))
}
