package workflow_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// company is the n-th customer of a street: an organisation with that many
// hundred seats, in a directory that shuffles their names.
func company(n int) workflowtest.Customer {
	id, err := tenant.ParseID(fmt.Sprintf("10000000-0000-4000-8000-%012x", n*7919%4096))
	if err != nil {
		panic(err)
	}
	c := workflowtest.Customer{
		Domain: fmt.Sprintf("c%02d.example", n),
		Entry:  tenant.Entry{Tenant: id, Name: fmt.Sprintf("%s Company %02d", []string{"Zinc", "amber", "Ébano", "Coal"}[n%4], n), Cloud: tenant.CloudPublic},
	}
	workflowtest.Seats.Set(&c.Facts, int64(n)*100)
	workflowtest.Segment.Set(&c.Facts, "enterprise")
	return c
}

// street adds the first n companies to a scenario.
func street(n int) func(*workflowtest.Scenario) {
	return func(sc *workflowtest.Scenario) {
		for i := range n {
			sc.Customers = append(sc.Customers, company(i))
		}
	}
}

// find returns every row of a query's tab.
func find(t *testing.T, w *workflowtest.World, e engagement.ID, q workflow.CustomersQuery) []workflow.Row {
	t.Helper()
	var rows []workflow.Row
	for row, err := range w.Desk.Customers.All(background, w.Actor, within(e, q)) {
		ok(t, err)
		rows = append(rows, row)
	}
	return rows
}

func called(rows []workflow.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Name)
	}
	return out
}

func counts(t *testing.T, w *workflowtest.World, e engagement.ID) map[engagement.Tab]int {
	t.Helper()
	page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: e, Limit: 1})
	ok(t, err)
	return exact(t, page.Counts)
}

// exact returns counts none of which stopped.
func exact[K comparable](t *testing.T, counts map[K]workflow.Count) map[K]int {
	t.Helper()
	out := map[K]int{}
	for k, n := range counts {
		equal(t, "whether there are more", n.OrMore, false)
		out[k] = n.N
	}
	return out
}

// Each tab counts the rows that it shows, and the page begins filled with the
// customers who are known to the partner.
func TestTabs(t *testing.T) {
	w, _ := newWorld(t, street(10))
	equal(t, "the counts of an empty page", counts(t, w, migration), map[engagement.Tab]int{engagement.TabEligible: 0, engagement.TabIneligible: 0, engagement.TabComplete: 0})
	for n := range 6 {
		w.Known(fmt.Sprintf("c%02d.example", n)) // those with fewer than 300 seats are not eligible
	}
	w.Known("woodgrovebank.com") // nobody knows its seats
	w.ExpectTab(migration, engagement.TabEligible, "amber Company 05", "Coal Company 03", "Zinc Company 04")
	w.ExpectTab(migration, engagement.TabIneligible, "Zinc Company 00", "amber Company 01", "Ébano Company 02", "Woodgrove Bank")
	w.ExpectTab(migration, engagement.TabComplete)
	reasons := map[string]engagement.ReasonKind{}
	for _, r := range w.Rows(migration, engagement.TabIneligible) {
		equal(t, "how many reasons", len(r.Reasons), 1)
		reasons[r.Name] = r.Reasons[0].Kind
		equal(t, "the actions", len(r.Actions), 0)
	}
	equal(t, "the reasons", reasons, map[string]engagement.ReasonKind{
		"Zinc Company 00": engagement.ReasonCriteriaNotMet, "amber Company 01": engagement.ReasonCriteriaNotMet, "Ébano Company 02": engagement.ReasonCriteriaNotMet,
		"Woodgrove Bank": engagement.ReasonFactsMissing,
	})

	// Known customers that take part move, and new ones come.
	w.Requested(w.Claimed(migration, "c03.example"))
	fresh := w.Added(migration, "x@c06.example")
	done := w.Granted(migration, "x@c07.example")
	w.ExpectTab(migration, engagement.TabEligible, "amber Company 05", "Coal Company 03", "Zinc Company 04", "Ébano Company 06", "Coal Company 07")
	w.Cancelled(done)
	w.ExpectTab(migration, engagement.TabComplete, "Coal Company 07")
	w.ExpectTab(migration, engagement.TabEligible, "amber Company 05", "Coal Company 03", "Zinc Company 04", "Ébano Company 06", "Coal Company 07")
	w.ExpectActions(done, engagement.ActionViewClaim)
	w.Cancelled(fresh)
	w.ExpectTab(migration, engagement.TabEligible, "amber Company 05", "Coal Company 03", "Zinc Company 04", "Coal Company 07")
	equal(t, "the counts", counts(t, w, migration), map[engagement.Tab]int{engagement.TabEligible: 4, engagement.TabIneligible: 4, engagement.TabComplete: 1})

	// Whoever consented once is known everywhere.
	w.ExpectTab(workshop, engagement.TabEligible, "Zinc Company 00", "amber Company 01", "Ébano Company 02", "Coal Company 03", "Zinc Company 04", "amber Company 05", "Coal Company 07", "Woodgrove Bank")
	w.As(workflowtest.Fabrikam).ExpectTab(migration, engagement.TabEligible)
}

// Counts tell of whole tabs, whatever is searched for and however many rows a
// page has.
func TestCountsAreOfWholeTabs(t *testing.T) {
	w, _ := newWorld(t, street(10))
	for n := range 10 {
		w.Known(fmt.Sprintf("c%02d.example", n))
	}
	want := map[engagement.Tab]int{engagement.TabEligible: 7, engagement.TabIneligible: 3, engagement.TabComplete: 0}
	for _, q := range []workflow.CustomersQuery{
		{}, {Limit: 1}, {Search: "amber"}, {Search: "nobody"}, {Tab: engagement.TabComplete}, {Tab: engagement.TabIneligible, Limit: 2},
		{Types: []engagement.RowType{engagement.RowComplete}},
	} {
		page, err := w.Desk.Customers.List(background, w.Actor, within(migration, q))
		ok(t, err)
		equal(t, fmt.Sprintf("the counts of %+v", q), exact(t, page.Counts), want)
		equal(t, "the moment", page.At, w.Now())
	}
}

func TestSearch(t *testing.T) {
	w, _ := newWorld(t, street(4), func(sc *workflowtest.Scenario) {
		c := company(40)
		c.Domain, c.Entry.Name = "bücher.example", "Bücherei\tZum  Löwen\n"
		sc.Customers = append(sc.Customers, c)
		for i, name := range []string{"Cervejaria São João", "Łódź Straße"} {
			c := company(41 + i)
			c.Entry.Name = name
			sc.Customers = append(sc.Customers, c)
		}
	})
	for _, domain := range []string{"c00.example", "c01.example", "c02.example", "c03.example", "bücher.example", "c41.example", "c42.example"} {
		w.Known(domain)
	}
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{pilot},
		Candidate: workflow.Candidate{Location: lisboa, Domain: "contoso.com", FriendlyName: "The Big One"}})
	ok(t, err)
	everybody := []string{"amber Company 01", "Coal Company 03", "Ébano Company 02", "The Big One", "Zinc Company 00", "Bücherei Zum Löwen", "Cervejaria São João", "Łódź Straße"}
	for text, want := range map[string][]string{
		"":                                     everybody,
		"COMPANY":                              {"amber Company 01", "Coal Company 03", "Ébano Company 02", "Zinc Company 00"},
		"  company   02 ":                      {"Ébano Company 02"},
		"ébano":                                {"Ébano Company 02"},
		"ÉBANO":                                {"Ébano Company 02"},
		"c03.EXAMPLE":                          {"Coal Company 03"},
		"bücherei zum löwen":                   {"Bücherei Zum Löwen"},
		"bücher.example":                       {"Bücherei Zum Löwen"},
		"xn--bcher-kva":                        {"Bücherei Zum Löwen"},
		"00000000-0000-4000-8000-000000000001": {"The Big One"},
		strings.ToUpper(company(3).Entry.Tenant.String()): {"Coal Company 03"},
		"the big":                               {"The Big One"},
		"contoso":                               {"The Big One"},
		started[0].ClaimNumber:                  {"The Big One"},
		strings.ToLower(started[0].ClaimNumber): {"The Big One"},
		"example\nzinc":                         {"Zinc Company 00"},
		"ompany":                                nil,
		"zinc nobody":                           nil,
		"cOmp zi":                               {"Zinc Company 00"},
		"sao":                                   {"Cervejaria São João"},
		"sa\u0303o jo":                          {"Cervejaria São João"},
		"ＣＥＲＶＥＪＡＲＩＡ":                            {"Cervejaria São João"},
		"STRASSE":                               {"Łódź Straße"},
		"lo\u00addz":                            {"Łódź Straße"},
		"{" + company(3).Entry.Tenant.String() + "}":                  {"Coal Company 03"},
		strings.ReplaceAll(company(3).Entry.Tenant.String(), "-", ""): {"Coal Company 03"},
		company(3).Entry.Tenant.String()[:20]:                         nil,
		"bucherei":                                                    {"Bücherei Zum Löwen"},
		"...":                                                         nil,
		"\u200b":                                                      everybody,
		"%":                                                           nil,
		"_":                                                           nil,
		"nobody":                                                      nil,
	} {
		got, want := called(find(t, w, pilot, workflow.CustomersQuery{Search: text})), slices.Clone(want)
		slices.Sort(got)
		slices.Sort(want)
		equal(t, fmt.Sprintf("what %q finds", text), got, want)
	}
}

// A search over all engagements finds what left the page, too.
func TestSearchEverywhere(t *testing.T) {
	w, _ := newWorld(t)
	left := w.Added(migration, "ana@contoso.com")
	w.Requested(left)
	w.Declined(left)
	over := w.Added(workshop, "ana@contoso.com")
	w.Advance(30 * day)
	taken := w.Granted(pilot, "ana@contoso.com")
	w.ExpectTab(workshop, engagement.TabEligible, "Contoso") // it is known now, so it can be claimed
	type line struct {
		e      engagement.ID
		tab    engagement.Tab
		status engagement.Status
		p      engagement.ParticipationID
	}
	search := func(text string, limit int) []line {
		rows, err := searchRows(w.Desk, w.Actor, text, limit)
		ok(t, err)
		var got []line
		for _, r := range rows {
			got = append(got, line{r.Engagement, r.Tab, r.Status, r.Participation})
		}
		return got
	}
	all := []line{
		{migration, engagement.TabEligible, "", ""},
		{migration, engagement.TabOff, engagement.StatusConsentDeclined, left},
		{workshop, engagement.TabEligible, "", ""},
		{workshop, engagement.TabOff, engagement.StatusConsentExpired, over},
		{pilot, engagement.TabEligible, engagement.StatusConsentReceived, taken},
		{"endpoint-workshop", engagement.TabEligible, "", ""},
		{"copilot-readiness", engagement.TabEligible, "", ""},
		{"legacy-voice", engagement.TabEligible, "", ""},
	}
	equal(t, "what a search finds", search("contoso", 0), all)
	equal(t, "what an empty one finds", search("", 0), all)
	equal(t, "by claim number", search(part(t, w, left).ClaimNumber, 0), all[1:2])
	equal(t, "nobody", search("adatum", 0), nil)
	w.Cancelled(w.Added(migration, "it@adatum.com"))
	w.Cancelled(w.Added(migration, "it@adatum.com"))
	few := search("", 3)
	equal(t, "the first three", [3]engagement.Tab{few[0].tab, few[1].tab, few[2].tab}, [3]engagement.Tab{engagement.TabEligible, engagement.TabOff, engagement.TabOff})
	equal(t, "and no more", len(few), 3)
	theirs, err := searchRows(w.Desk, workflowtest.Fabrikam, "contoso", 0)
	ok(t, err)
	equal(t, "what another partner finds", len(theirs), 0)
	for _, limit := range []int{-1, 1001} {
		_, err := searchRows(w.Desk, w.Actor, "contoso", limit)
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "limit")
		_, err = attentionRows(w.Desk, w.Actor, limit)
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "limit")
	}
}

func TestFilters(t *testing.T) {
	w, _ := newWorld(t, street(8))
	w.Known("c03.example")
	w.Known("c04.example")
	start := w.Now()
	w.Advance(day)
	w.Added(migration, "x@c05.example")
	w.Advance(day)
	asked := w.Added(migration, "x@c06.example")
	w.Requested(asked)
	w.Advance(day)
	w.Granted(migration, "x@c07.example")
	none := []string(nil)
	for name, c := range map[string]struct {
		q    workflow.CustomersQuery
		want []string
	}{
		"no filter":     {workflow.CustomersQuery{}, []string{"c03", "c04", "c05", "c06", "c07"}},
		"not started":   {workflow.CustomersQuery{Types: []engagement.RowType{engagement.RowNotStarted}}, []string{"c03", "c04", "c05", "c06"}},
		"active":        {workflow.CustomersQuery{Types: []engagement.RowType{engagement.RowActive}}, []string{"c07"}},
		"either":        {workflow.CustomersQuery{Types: []engagement.RowType{engagement.RowActive, engagement.RowNotStarted}}, []string{"c03", "c04", "c05", "c06", "c07"}},
		"complete":      {workflow.CustomersQuery{Types: []engagement.RowType{engagement.RowComplete}}, none},
		"a status":      {workflow.CustomersQuery{Statuses: []engagement.Status{engagement.StatusAwaitingConsentResponse}}, []string{"c06"}},
		"two statuses":  {workflow.CustomersQuery{Statuses: []engagement.Status{engagement.StatusAwaitingConsentResponse, engagement.StatusCustomerClaimed}}, []string{"c05", "c06"}},
		"the location":  {workflow.CustomersQuery{Locations: []engagement.LocationID{lisboa}}, []string{"c03", "c04", "c05", "c06", "c07"}},
		"another":       {workflow.CustomersQuery{Locations: []engagement.LocationID{porto}}, []string{"c03", "c04"}}, // known customers can be claimed through both
		"a partner's":   {workflow.CustomersQuery{Locations: []engagement.LocationID{madrid}}, none},
		"from":          {workflow.CustomersQuery{From: start.Add(day)}, []string{"c05", "c06", "c07"}},
		"from later":    {workflow.CustomersQuery{From: start.Add(day).Add(1)}, []string{"c06", "c07"}},
		"to":            {workflow.CustomersQuery{To: start.Add(2 * day)}, []string{"c03", "c04", "c05"}},
		"to later":      {workflow.CustomersQuery{To: start.Add(2 * day).Add(1)}, []string{"c03", "c04", "c05", "c06"}},
		"from and to":   {workflow.CustomersQuery{From: start.Add(day), To: start.Add(2 * day)}, []string{"c05"}},
		"nothing left":  {workflow.CustomersQuery{From: start.Add(day), To: start.Add(day)}, none},
		"with a search": {workflow.CustomersQuery{From: start.Add(day), Search: "coal"}, []string{"c07"}},
		"all at once": {workflow.CustomersQuery{
			Types: []engagement.RowType{engagement.RowNotStarted}, Statuses: []engagement.Status{engagement.StatusCustomerClaimed},
			Locations: []engagement.LocationID{lisboa}, From: start, To: start.Add(3 * day), Search: "c05",
		}, []string{"c05"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range find(t, w, migration, c.q) {
				got = append(got, strings.TrimSuffix(r.Identity.Domain.String(), ".example"))
			}
			slices.Sort(got)
			equal(t, "who", got, c.want)
		})
	}
}

func TestCustomersRefuses(t *testing.T) {
	w, spy := newWorld(t)
	for field, q := range map[string]workflow.CustomersQuery{
		"tab":      {Tab: "all"},
		"limit":    {Limit: -1},
		"limit ":   {Limit: 1001},
		"sort":     {Sort: "size"},
		"types":    {Types: []engagement.RowType{engagement.RowComplete, "x"}},
		"statuses": {Statuses: []engagement.Status{"x"}},
		"from":     {From: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"to":       {To: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		_, err := w.Desk.Customers.List(background, w.Actor, within(migration, q))
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, strings.TrimSpace(field))
	}
	_, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabOff})
	refused[*workflow.InputError](t, err)
	_, err = w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Limit: -1, Sort: "size"})
	if !strings.Contains(err.Error(), "limit") || !strings.Contains(err.Error(), "sort") {
		t.Errorf("%q does not name both", err)
	}
	_, err = w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: "nothing"})
	equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "engagement", Field: "engagement", Value: "nothing"})
	_, err = w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Limit: 1000})
	ok(t, err)
	unchanged(t, spy, func() { find(t, w, migration, workflow.CustomersQuery{}) })

	ctx, cancel := context.WithCancel(background)
	cancel()
	_, err = w.Desk.Customers.List(ctx, w.Actor, workflow.CustomersQuery{Engagement: migration})
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*workflow.UnavailableError)) {
		t.Errorf("the error of a cancelled context is %v", err)
	}
	for _, err := range w.Desk.Customers.AllKnown(ctx, w.Actor) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error of a cancelled context is %v", err)
		}
	}
}

var collator = collate.New(language.Und, collate.Loose)

// before says, independently of storage, whether one row stands before another.
func before(by workflow.Sort) func(a, b workflow.Row) int {
	name := func(a, b workflow.Row) int {
		return cmp.Or(collator.CompareString(a.Name, b.Name), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
	}
	deadline := func(r workflow.Row) time.Time {
		if r.Deadline.IsZero() {
			return time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return r.Deadline
	}
	return map[workflow.Sort]func(a, b workflow.Row) int{
		workflow.SortByName: name,
		workflow.SortByEngagement: func(a, b workflow.Row) int { // whose IDs are in the order of their names
			return cmp.Or(strings.Compare(string(a.Engagement), string(b.Engagement)), name(a, b))
		},
		workflow.SortByAmount: func(a, b workflow.Row) int {
			return cmp.Or(strings.Compare(a.Amount.Currency, b.Amount.Currency), a.Amount.Amount.Cmp(b.Amount.Amount), strings.Compare(string(a.ID), string(b.ID)))
		},
		workflow.SortByDeadline: func(a, b workflow.Row) int {
			return cmp.Or(deadline(a).Compare(deadline(b)), strings.Compare(string(a.ID), string(b.ID)))
		},
		workflow.SortBySince: func(a, b workflow.Row) int {
			return cmp.Or(a.Since.Compare(b.Since), strings.Compare(string(a.ID), string(b.ID)))
		},
		workflow.SortByStatus: func(a, b workflow.Row) int {
			life := func(r workflow.Row) int { return slices.Index(engagement.AllStatuses(), r.Status) }
			return cmp.Or(slices.Index(engagement.AllRowTypes(), a.Type)-slices.Index(engagement.AllRowTypes(), b.Type), life(a)-life(b), name(a, b))
		},
	}[by]
}

// busy is a world in which two partners have participations in every state, some
// of them in the same places, and which nobody sweeps unless asked to.
func busy(t *testing.T, seed uint64, customers int) *workflowtest.World {
	w, _ := newWorld(t, street(customers))
	r := rand.New(rand.NewPCG(seed, 7))
	for n := range customers {
		domain := fmt.Sprintf("c%02d.example", n)
		for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
			w := w.As(actor)
			if r.IntN(3) == 0 {
				w.Known(domain)
			}
			for _, e := range []engagement.ID{migration, pilot} {
				w.Advance(time.Duration(r.IntN(60*24)) * time.Minute)
				begin := w.Claimed
				offer, err := w.Desk.Customers.PreviewClaim(background, actor, workflow.ClaimCustomer{Customer: w.Customer(domain), Location: w.Location(e)})
				if errors.As(err, new(*workflow.NotKnownError)) {
					begin = w.Added
					offer, err = w.Desk.Customers.Identify(background, actor, workflow.Candidate{Location: w.Location(e), Domain: domain})
				}
				ok(t, err)
				if r.IntN(4) == 0 || !slices.ContainsFunc(offer.Eligible, func(c workflow.Choice) bool { return c.Engagement == e }) {
					continue
				}
				p := begin(e, domain)
				if r.IntN(4) == 0 {
					continue
				}
				w.Requested(p)
				switch r.IntN(6) {
				case 0:
				case 1:
					w.Declined(p)
				case 2:
					w.Cancelled(p)
				case 3:
					w.Accepted(p)
					w.Withdrawn(p)
				default:
					w.Accepted(p)
					further := route(t, []engagement.Status{
						engagement.StatusConsentReceived, engagement.StatusSubmitted, engagement.StatusPartnerActionRequired, engagement.StatusRejected, engagement.StatusDisputed, engagement.StatusPaid,
					}[r.IntN(6)])
					for _, walk := range further[2:] {
						walk(w, p)
					}
				}
			}
		}
	}
	return w
}

// In every order and both directions, by pages of whatever size, each row comes
// once and in its place.
func TestOrders(t *testing.T) {
	w := busy(t, 1, 24)
	for _, tab := range engagement.AllTabs() {
		all := w.Rows(migration, tab)
		if len(all) < 3 {
			t.Fatalf("%d rows in %s are too few", len(all), tab)
		}
		for _, by := range workflow.AllSorts() {
			for _, descending := range []bool{false, true} {
				want := slices.SortedFunc(slices.Values(all), before(by))
				if descending {
					slices.Reverse(want)
				}
				for _, limit := range []int{1, 2, 3, len(all), 1000} {
					q := workflow.CustomersQuery{Tab: tab, Sort: by, Descending: descending, Limit: limit}
					var got []workflow.Row
					for {
						page, err := w.Desk.Customers.List(background, w.Actor, within(migration, q))
						ok(t, err)
						if len(page.Rows) > limit || len(page.Rows) < limit && page.Next != "" {
							t.Fatalf("%d rows on a page of %d", len(page.Rows), limit)
						}
						got = append(got, page.Rows...)
						if q.Cursor = page.Next; q.Cursor == "" {
							break
						}
					}
					equal(t, fmt.Sprintf("%s by %s, descending %t, %d a page", tab, by, descending, limit), called(got), called(want))
					equal(t, "the rows", got, want)
				}
			}
		}
	}
	page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Sort: workflow.SortByName})
	ok(t, err)
	def, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration})
	ok(t, err)
	equal(t, "what is asked for by default", def, page)
}

// While rows come and go between the pages, no row comes twice, and every row
// that was there all the time comes.
func TestPagesAreStable(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 11))
		w, _ := newWorld(t, street(60))
		var open []engagement.ParticipationID
		next := 0
		add := func() {
			if next < 60 {
				open = append(open, w.Added(pilot, fmt.Sprintf("x@c%02d.example", next)))
				next++
				w.Advance(time.Minute)
			}
		}
		for range 25 {
			add()
		}
		sorts := workflow.AllSorts()
		q := workflow.CustomersQuery{Sort: sorts[int(seed)%len(sorts)], Descending: r.IntN(2) == 1, Limit: 1 + r.IntN(4)}
		always := map[engagement.ParticipationID]bool{}
		for _, p := range open {
			always[p] = true
		}
		seen := map[engagement.ParticipationID]int{}
		for {
			page, err := w.Desk.Customers.List(background, w.Actor, within(pilot, q))
			ok(t, err)
			for _, row := range page.Rows {
				seen[row.Participation]++
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
			for range r.IntN(3) {
				add()
			}
			for range r.IntN(3) {
				i := r.IntN(len(open))
				if r.IntN(2) == 0 && len(page.Rows) > 0 { // often the one at which the page ended
					i = max(slices.Index(open, page.Rows[len(page.Rows)-1].Participation), 0)
				}
				w.Cancelled(open[i])
				delete(always, open[i])
				open = slices.Delete(open, i, i+1)
			}
		}
		for p, n := range seen {
			if n > 1 {
				t.Fatalf("seed %d: a row came %d times: %s", seed, n, p)
			}
		}
		for p := range always {
			if seen[p] != 1 {
				t.Fatalf("seed %d: a row that was always there did not come: %s", seed, p)
			}
		}
	}
}

// A cursor is good for the list that it came from, whatever has become of the row
// at which the page ended, and for nothing else.
func TestCursors(t *testing.T) {
	w, _ := newWorld(t, street(12))
	var ps []engagement.ParticipationID
	for n := range 12 {
		ps = append(ps, w.Added(pilot, fmt.Sprintf("x@c%02d.example", n)))
	}
	list := workflow.CustomersQuery{Limit: 3, Search: "company"}
	first, err := w.Desk.Customers.List(background, w.Actor, within(pilot, list))
	ok(t, err)
	list.Cursor = first.Next
	second, err := w.Desk.Customers.List(background, w.Actor, within(pilot, list))
	ok(t, err)

	at := slices.Index(ps, first.Rows[2].Participation)
	w.Cancelled(ps[at]) // the row at which the page ended is gone
	w.Advance(10 * day)
	same, err := w.Desk.Customers.List(background, w.Actor, within(pilot, list))
	ok(t, err)
	equal(t, "the next page", called(same.Rows), called(second.Rows))
	larger := list
	larger.Limit = 5
	page, err := w.Desk.Customers.List(background, w.Actor, within(pilot, larger))
	ok(t, err)
	equal(t, "a page of another size", called(page.Rows)[:3], called(second.Rows))

	for name, change := range map[string]func(*workflow.CustomersQuery){
		"tab":        func(q *workflow.CustomersQuery) { q.Tab = engagement.TabComplete },
		"sort":       func(q *workflow.CustomersQuery) { q.Sort = workflow.SortByDeadline },
		"descending": func(q *workflow.CustomersQuery) { q.Descending = true },
		"search":     func(q *workflow.CustomersQuery) { q.Search = "" },
		"types":      func(q *workflow.CustomersQuery) { q.Types = []engagement.RowType{engagement.RowNotStarted} },
		"statuses":   func(q *workflow.CustomersQuery) { q.Statuses = []engagement.Status{engagement.StatusCustomerClaimed} },
		"locations":  func(q *workflow.CustomersQuery) { q.Locations = []engagement.LocationID{lisboa} },
		"from":       func(q *workflow.CustomersQuery) { q.From = time.Unix(0, 0) },
		"to":         func(q *workflow.CustomersQuery) { q.To = time.Unix(1e10, 0) },
	} {
		q := list
		change(&q)
		_, err := w.Desk.Customers.List(background, w.Actor, within(pilot, q))
		e := refused[*workflow.InvalidCursorError](t, err)
		if !strings.Contains(e.Error(), "another list") {
			t.Errorf("%s: %q does not say what is wrong", name, e)
		}
	}
	_, err = w.Desk.Customers.List(background, w.Actor, within(migration, list))
	refused[*workflow.InvalidCursorError](t, err)
	_, err = w.Desk.Customers.List(background, workflowtest.Fabrikam, within(pilot, list))
	refused[*workflow.InvalidCursorError](t, err)

	good := list.Cursor
	raw, err := base64.RawURLEncoding.DecodeString(good)
	ok(t, err)
	for name, text := range map[string]string{
		"cut":                   good[:len(good)-1],
		"longer":                good + "A",
		"padded":                good + "=",
		"with a line break":     good[:10] + "\n" + good[10:],
		"with a blank":          " " + good,
		"another alphabet":      strings.ReplaceAll(base64.StdEncoding.EncodeToString(raw), "=", "") + "+",
		"not base64":            "%%%",
		"not JSON":              base64.RawURLEncoding.EncodeToString([]byte("hello")),
		"null":                  base64.RawURLEncoding.EncodeToString([]byte("null")),
		"an empty object":       base64.RawURLEncoding.EncodeToString([]byte("{}")),
		"more behind":           base64.RawURLEncoding.EncodeToString(append(slices.Clone(raw), raw...)),
		"a blank in front":      base64.RawURLEncoding.EncodeToString(append([]byte(" "), raw...)),
		"another field":         base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `{"q"`, `{"x":1,"q"`, 1))),
		"a field twice":         base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `{"q"`, `{"q":"x","q"`, 1))),
		"a field in upper case": base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `{"q"`, `{"Q"`, 1))),
		"no row":                base64.RawURLEncoding.EncodeToString([]byte(`{"q":"` + string(raw[6:18]) + `","p":{"r":""}}`)),
		"too late a time":       base64.RawURLEncoding.EncodeToString([]byte(`{"q":"` + string(raw[6:18]) + `","p":{"d":"9999-12-31T23:59:59-12:00","r":"x"}}`)),
		"too long":              base64.RawURLEncoding.EncodeToString([]byte(`{"q":"` + string(raw[6:18]) + `","p":{"r":"` + strings.Repeat("x", 8192) + `"}}`)),
	} {
		q := list
		q.Cursor = text
		_, err := w.Desk.Customers.List(background, w.Actor, within(pilot, q))
		if !errors.As(err, new(*workflow.InvalidCursorError)) {
			t.Errorf("a cursor that is %s: %v", name, err)
		}
		for _, err := range w.Desk.Customers.All(background, w.Actor, within(pilot, q)) {
			refused[*workflow.InvalidCursorError](t, err)
		}
	}
}

// However long a name is, its page has a next one.
func TestCursorOfALongName(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		for i, name := range []string{strings.Repeat("<", 5000), strings.Repeat("\u2028&", 5000), strings.Repeat("😀", 5000), strings.Repeat("\xff", 5000)} {
			c := company(i)
			c.Entry.Name = name
			sc.Customers = append(sc.Customers, c)
		}
	})
	for n := range 4 {
		w.Known(fmt.Sprintf("c%02d.example", n))
	}
	for _, by := range workflow.AllSorts() {
		equal(t, "how many rows", len(find(t, w, pilot, workflow.CustomersQuery{Sort: by, Limit: 1})), 4)
	}
}

// What is due stands in order of what is due soonest, over all engagements, with
// nothing that is not the partner's to do.
func TestAttentionRequired(t *testing.T) {
	w, _ := newWorld(t)
	w.Known("adatum.com") // can be claimed, and nothing is due
	granted := w.Granted(migration, "ana@contoso.com")
	submit := w.Now().AddDate(0, 0, 60)
	w.Advance(35 * day)
	late := w.Claimed(pilot, "contoso.com")
	consent2 := w.Now().AddDate(0, 0, 30)
	w.Advance(-10 * day)
	w.SetNow(w.Now().Add(time.Hour))
	early := w.Claimed(workshop, "contoso.com")
	consent1 := w.Now().AddDate(0, 0, 30)
	w.Advance(10 * day)
	declined := w.Claimed(workshop, "adatum.com")
	w.Requested(declined)
	w.Declined(declined)
	type line struct {
		p    engagement.ParticipationID
		due  time.Time
		todo string
	}
	attention := func(limit int) []line {
		rows, err := attentionRows(w.Desk, w.Actor, limit)
		ok(t, err)
		var got []line
		for _, r := range rows {
			got = append(got, line{r.Participation, r.Deadline, r.Todo(words.Words{})})
		}
		return got
	}
	want := []line{
		{early, consent1, "20 days left to obtain consent"},
		{granted, submit, "25 days left to submit the claim"},
		{late, consent2, "30 days left to obtain consent"},
	}
	equal(t, "what is due", attention(0), want)
	equal(t, "what is due first", attention(1), want[:1])
	equal(t, "how much when there is less", len(attention(1000)), 3)

	w.SetNow(submit) // two of them are over at that moment, whoever recorded it
	equal(t, "what is still due", attention(0), []line{{late, consent2, "5 days left to obtain consent"}})
	w.SetNow(consent2)
	equal(t, "what is due in the end", attention(0), nil)
}

// Customers.Known has those who consented, in order, however many batches they are.
func TestKnownCustomers(t *testing.T) {
	w, _ := newWorld(t)
	var customers []workflow.KnownCustomer
	for n := range 1203 {
		customers = append(customers, workflow.KnownCustomer{Identity: tenant.Identity{TPID: tenant.TPID(n + 1)}, Since: w.Now().Add(-day)})
	}
	w.Added(migration, "ana@contoso.com") // has not consented
	_, err := w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values(customers), nil)
	ok(t, err)
	var keys []tenant.Key
	for c, err := range w.Desk.Customers.AllKnown(background, w.Actor) {
		ok(t, err)
		keys = append(keys, c.Customer)
		equal(t, "since", c.KnownSince, w.Now().Add(-day))
	}
	equal(t, "how many", len(keys), 1203)
	if !slices.IsSorted(keys) || len(slices.Compact(keys)) != 1203 {
		t.Error("they are not in order, each once")
	}
	for range w.Desk.Customers.AllKnown(background, w.Actor) {
		break // who has enough may stop
	}
	for range w.Desk.Customers.AllKnown(background, workflowtest.Fabrikam) {
		t.Fatal("another partner knows them too")
	}
	for range w.Desk.Customers.All(background, w.Actor, workflow.CustomersQuery{Engagement: migration}) {
		break
	}
	equal(t, "rows", len(find(t, w, pilot, workflow.CustomersQuery{Tab: engagement.TabIneligible})), 1203) // nobody knows their segment
}
