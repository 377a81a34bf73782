package workflow_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// ledger is a world with one claim a day of each of twelve companies, in as many
// states, and what Fabrikam has with some of them.
func ledger(t *testing.T) *workflowtest.World {
	t.Helper()
	w, _ := newWorld(t, street(14))
	changeEngagement(t, w, pilot, func(e *engagement.Engagement) { e.Rates[0].Amount = money(t, "0.10 EUR") })
	for n, line := range []struct {
		e      engagement.ID
		status engagement.Status
	}{
		{pilot, engagement.StatusCustomerClaimed}, {pilot, engagement.StatusConsentDeclined}, {pilot, engagement.StatusConsentReceived},
		{migration, engagement.StatusAwaitingConsentResponse}, {migration, engagement.StatusConsentReceived}, {migration, engagement.StatusSubmitted},
		{migration, engagement.StatusUnderReview}, {migration, engagement.StatusPaid}, {migration, engagement.StatusRejected},
		{workshop, engagement.StatusApproved}, {workshop, engagement.StatusCanceled}, {pilot, engagement.StatusSubmitted},
	} {
		p := reachedWith(t, w, line.e, fmt.Sprintf("c%02d.example", n), line.status)
		if line.status == engagement.StatusApproved {
			w.Paid(p, "0.10 USD")
			w.Paid(p, "0.20 USD")
		}
		w.Advance(day)
	}
	f := w.As(workflowtest.Fabrikam)
	reachedWith(t, f, pilot, "c02.example", engagement.StatusSubmitted)
	reachedWith(t, f, pilot, "c13.example", engagement.StatusCustomerClaimed)
	return w
}

// claimsOf returns every row of a query, and the companies' numbers.
func claimsOf(t *testing.T, w *workflowtest.World, actor workflow.Actor, q workflow.ClaimsQuery) ([]workflow.ClaimRow, []string) {
	t.Helper()
	var rows []workflow.ClaimRow
	var who []string
	for row, err := range w.Desk.Claims.All(background, actor, q) {
		ok(t, err)
		rows = append(rows, row)
		who = append(who, strings.TrimSuffix(strings.TrimPrefix(row.Identity.Domain.String(), "c"), ".example"))
	}
	return rows, who
}

func TestClaimsFilters(t *testing.T) {
	w := ledger(t)
	start := workflowtest.Contoso().Start
	numbers := func(numbers ...int) []string {
		var out []string
		for _, n := range numbers {
			out = append(out, fmt.Sprintf("%02d", n))
		}
		return out
	}
	all := numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	rows, _ := claimsOf(t, w, w.Actor, workflow.ClaimsQuery{})
	for name, c := range map[string]struct {
		q    workflow.ClaimsQuery
		want []string
	}{
		"no filter":             {workflow.ClaimsQuery{}, all},
		"a name":                {workflow.ClaimsQuery{Search: "COAL"}, numbers(3, 7, 11)},
		"a domain":              {workflow.ClaimsQuery{Search: "c05.EX"}, numbers(5)},
		"a claim number":        {workflow.ClaimsQuery{Search: strings.ToLower(rows[0].ClaimNumber)}, []string{strings.TrimPrefix(strings.TrimSuffix(rows[0].Identity.Domain.String(), ".example"), "c")}},
		"a solution area":       {workflow.ClaimsQuery{SolutionAreas: []string{"Infrastructure"}}, numbers(3, 4, 5, 6, 7, 8)},
		"solution areas":        {workflow.ClaimsQuery{SolutionAreas: []string{"Security", "Data & AI"}}, numbers(0, 1, 2, 9, 10, 11)},
		"no such area":          {workflow.ClaimsQuery{SolutionAreas: []string{"Gardening"}}, nil},
		"an engagement":         {workflow.ClaimsQuery{Engagements: []engagement.ID{workshop}}, numbers(9, 10)},
		"engagements":           {workflow.ClaimsQuery{Engagements: []engagement.ID{workshop, pilot}}, numbers(0, 1, 2, 9, 10, 11)},
		"of another area":       {workflow.ClaimsQuery{Engagements: []engagement.ID{workshop}, SolutionAreas: []string{"Infrastructure"}}, nil},
		"of the area":           {workflow.ClaimsQuery{Engagements: []engagement.ID{workshop, pilot}, SolutionAreas: []string{"Security"}}, numbers(9, 10)},
		"an unknown engagement": {workflow.ClaimsQuery{Engagements: []engagement.ID{"nothing"}}, nil},
		"a status":              {workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusSubmitted}}, numbers(5, 11)},
		"statuses":              {workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusCanceled, engagement.StatusConsentDeclined}}, numbers(1, 10)},
		"the location":          {workflow.ClaimsQuery{Locations: []engagement.LocationID{lisboa, porto}}, all},
		"another location":      {workflow.ClaimsQuery{Locations: []engagement.LocationID{porto, madrid}}, nil},
		"a customer":            {workflow.ClaimsQuery{Customer: w.Customer("c06.example")}, numbers(6)},
		"from":                  {workflow.ClaimsQuery{From: start.Add(9 * day)}, numbers(9, 10, 11)},
		"from later":            {workflow.ClaimsQuery{From: start.Add(9 * day).Add(1)}, numbers(10, 11)},
		"to":                    {workflow.ClaimsQuery{To: start.Add(2 * day)}, numbers(0, 1)},
		"from and to":           {workflow.ClaimsQuery{From: start.Add(day), To: start.Add(2 * day)}, numbers(1)},
		"at least":              {workflow.ClaimsQuery{AtLeast: money(t, "0.30 USD")}, numbers(4, 5, 6, 7, 8, 9, 10)},
		"at least a cent more":  {workflow.ClaimsQuery{AtLeast: money(t, "0.31 USD")}, numbers(4, 5, 6, 7, 8, 10)},
		"at least as much":      {workflow.ClaimsQuery{AtLeast: money(t, "5000 USD")}, numbers(4, 5, 6, 7, 8, 10)},
		"at least more":         {workflow.ClaimsQuery{AtLeast: money(t, "5000.01 USD")}, nil},
		"at least nothing":      {workflow.ClaimsQuery{AtLeast: money(t, "0.00 EUR")}, numbers(2, 11)},
		"below":                 {workflow.ClaimsQuery{Below: money(t, "5000.00 USD")}, numbers(9)},
		"below a little":        {workflow.ClaimsQuery{Below: money(t, "0.30 USD")}, nil},
		"below in euros":        {workflow.ClaimsQuery{Below: money(t, "0.11 EUR")}, numbers(2, 11)},
		"between":               {workflow.ClaimsQuery{AtLeast: money(t, "0.1 USD"), Below: money(t, "1 USD")}, numbers(9)},
		"in no currency there":  {workflow.ClaimsQuery{AtLeast: money(t, "1.00 CHF")}, nil},
		"all at once": {workflow.ClaimsQuery{
			Search: "company", SolutionAreas: []string{"Infrastructure"}, Engagements: []engagement.ID{migration}, Statuses: []engagement.Status{engagement.StatusPaid, engagement.StatusSubmitted},
			Locations: []engagement.LocationID{lisboa}, Customer: w.Customer("c07.example"), From: start, To: start.Add(30 * day), AtLeast: money(t, "1 USD"), Below: money(t, "5000.01 USD"),
		}, numbers(7)},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := claimsOf(t, w, w.Actor, c.q)
			slices.Sort(got)
			equal(t, "who", got, c.want)
		})
	}
}

// In every order and both directions, by pages of whatever size, each claim comes
// once and in its place; the counts are of all, whatever is asked for.
func TestClaimsOrders(t *testing.T) {
	w := ledger(t)
	all, _ := claimsOf(t, w, w.Actor, workflow.ClaimsQuery{})
	want := map[engagement.Status]int{}
	for _, r := range all {
		want[r.Status]++
	}
	for _, by := range workflow.AllSorts() {
		for _, descending := range []bool{false, true} {
			rows := slices.SortedFunc(slices.Values(all), func(a, b workflow.ClaimRow) int { return before(by)(a.Row, b.Row) })
			if descending {
				slices.Reverse(rows)
			}
			for _, limit := range []int{1, 5, 1000} {
				q := workflow.ClaimsQuery{Sort: by, Descending: descending, Limit: limit}
				var got []workflow.ClaimRow
				for {
					page, err := w.Desk.Claims.List(background, w.Actor, q)
					ok(t, err)
					equal(t, "the counts", exact(t, page.Counts), want)
					equal(t, "the moment", page.At, w.Now())
					got = append(got, page.Rows...)
					if q.Cursor = page.Next; q.Cursor == "" {
						break
					}
				}
				equal(t, fmt.Sprintf("by %s, descending %t, %d a page", by, descending, limit), got, rows)
			}
		}
	}
	page, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Search: "nobody", Statuses: []engagement.Status{engagement.StatusPaid}})
	ok(t, err)
	equal(t, "the counts", exact(t, page.Counts), want)
}

// A partner sees its own claims. The Program sees those of the partner that it
// names, or of all, and is offered nothing that is the partner's to do.
func TestClaimsOfWhom(t *testing.T) {
	w := ledger(t)
	for name, c := range map[string]struct {
		actor workflow.Actor
		want  map[engagement.PartnerID]int
	}{
		"a partner":               {workflowtest.Northwind, map[engagement.PartnerID]int{"northwind": 12}},
		"another":                 {workflowtest.Fabrikam, map[engagement.PartnerID]int{"fabrikam": 2}},
		"the Program":             {workflowtest.Vendor, map[engagement.PartnerID]int{"northwind": 12, "fabrikam": 2}},
		"the Program, for one":    {workflowtest.Vendor.For("fabrikam"), map[engagement.PartnerID]int{"fabrikam": 2}},
		"the Program, for nobody": {workflowtest.Vendor.For("tailspin"), map[engagement.PartnerID]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, _ := claimsOf(t, w, c.actor, workflow.ClaimsQuery{Limit: 3})
			got := map[engagement.PartnerID]int{}
			for _, r := range rows {
				got[r.Partner]++
				if program := slices.Contains(c.actor.Roles, workflow.RoleProgram); program && len(r.Actions) > 0 {
					t.Errorf("the Program is offered %q", r.Actions)
				}
			}
			equal(t, "whose", got, c.want)
			total := 0
			for _, s := range must(w.Desk.Claims.Totals(background, c.actor, workflow.ClaimsQuery{})) {
				total += s.Count
			}
			equal(t, "the totals count", total, len(rows))
			page := must(w.Desk.Claims.List(background, c.actor, workflow.ClaimsQuery{}))
			counted := 0
			for n := range maps.Values(exact(t, page.Counts)) {
				counted += n
			}
			equal(t, "the counts", counted, len(rows))
			var text strings.Builder
			ok(t, w.Desk.Claims.Export(background, c.actor, workflow.ClaimsQuery{}, &text, nil))
			equal(t, "the export has", strings.Count(text.String(), "\n"), len(rows)+1)
		})
	}
}

// Totals add up exactly, status by status and currency by currency; of different
// amounts each is its own sum.
func TestClaimTotals(t *testing.T) {
	w := ledger(t)
	type line struct{ status, currency, sums string }
	var got []line
	for _, s := range must(w.Desk.Claims.Totals(background, w.Actor, workflow.ClaimsQuery{Limit: 1, Cursor: "whatever"})) {
		got = append(got, line{string(s.Status), s.Currency, fmt.Sprintf("%d: %s, %s, %s, %s", s.Count, s.Estimated, s.Requested, s.Approved, s.Paid)})
	}
	equal(t, "the totals", got, []line{
		{"Customer claimed", "", "1: , , , "},
		{"Awaiting customer consent response", "", "1: , , , "},
		{"Customer consent received", "EUR", "1: 0.10 EUR, , , "},
		{"Customer consent received", "USD", "1: 5000.00 USD, , , "},
		{"Customer consent declined", "", "1: , , , "},
		{"Canceled", "USD", "1: 5000.00 USD, , , "},
		{"Submitted", "EUR", "1: 0.10 EUR, 0.10 EUR, , "},
		{"Submitted", "USD", "1: 5000.00 USD, 5000.00 USD, , "},
		{"Under review", "USD", "1: 5000.00 USD, 5000.00 USD, , "},
		{"Approved", "USD", "1: 5000.00 USD, 5000.00 USD, 5000.00 USD, 0.30 USD"},
		{"Paid", "USD", "1: 5000.00 USD, 5000.00 USD, 5000.00 USD, 5000.00 USD"},
		{"Rejected", "USD", "1: 5000.00 USD, 5000.00 USD, , "},
	})
	both := must(w.Desk.Claims.Totals(background, workflowtest.Vendor, workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusSubmitted}, AtLeast: money(t, "0 EUR")}))
	equal(t, "of both partners", []any{len(both), both[0].Count, both[0].Requested.String()}, []any{1, 2, "0.20 EUR"})
	none, err := w.Desk.Claims.Totals(background, w.Actor, workflow.ClaimsQuery{Search: "nobody"})
	ok(t, err)
	equal(t, "of nothing", len(none), 0)
}

// What a query cannot mean is refused with each of its fields.
func TestClaimsRefuses(t *testing.T) {
	w, _ := newWorld(t)
	negative := money(t, "-1.00 USD")
	all := workflow.ClaimsQuery{}
	for field, change := range map[string]func(*workflow.ClaimsQuery){
		"limit":     func(q *workflow.ClaimsQuery) { q.Limit = -1 },
		"limit ":    func(q *workflow.ClaimsQuery) { q.Limit = 1001 },
		"sort":      func(q *workflow.ClaimsQuery) { q.Sort = "size" },
		"statuses":  func(q *workflow.ClaimsQuery) { q.Statuses = []engagement.Status{"x"} },
		"to":        func(q *workflow.ClaimsQuery) { q.To = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"at_least":  func(q *workflow.ClaimsQuery) { q.AtLeast = negative },
		"at_least ": func(q *workflow.ClaimsQuery) { q.AtLeast.Currency = "dollars" },
		"below":     func(q *workflow.ClaimsQuery) { q.Below.Amount = money(t, "1.00 USD").Amount },
		"below ": func(q *workflow.ClaimsQuery) {
			q.AtLeast, q.Below = money(t, "1.00 USD"), money(t, "2.00 EUR")
		},
		"customer": func(q *workflow.ClaimsQuery) { q.Customer = "contoso" },
	} {
		var q workflow.ClaimsQuery
		change(&q)
		if field != "below " {
			change(&all)
		}
		_, err := w.Desk.Claims.List(background, w.Actor, q)
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, strings.TrimSpace(field))
	}
	_, err := w.Desk.Claims.List(background, w.Actor, all)
	for _, field := range []string{"limit", "sort", "statuses", "to", "at_least", "below", "customer"} {
		if !strings.Contains(err.Error(), field+" ") {
			t.Errorf("%q does not name %s", err, field)
		}
	}
	for _, limit := range []int{0, 1, 1000} {
		_, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Limit: limit})
		ok(t, err)
	}
}

// Fifty rows are a page unless it is said otherwise.
func TestClaimsLimit(t *testing.T) {
	w, _ := newWorld(t, street(51))
	for n := range 51 {
		w.Added(pilot, fmt.Sprintf("x@c%02d.example", n))
	}
	page := must(w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{}))
	equal(t, "a page", []any{len(page.Rows), page.Next != ""}, []any{50, true})
}

// A cursor is good for the list that it came from, and for no other.
func TestClaimsCursors(t *testing.T) {
	w := ledger(t)
	list := workflow.ClaimsQuery{Limit: 2, Engagements: []engagement.ID{migration}}
	first := must(w.Desk.Claims.List(background, w.Actor, list))
	list.Cursor = first.Next
	second := must(w.Desk.Claims.List(background, w.Actor, list))
	for name, change := range map[string]func(*workflow.ClaimsQuery){
		"sort":        func(q *workflow.ClaimsQuery) { q.Sort = workflow.SortByAmount },
		"descending":  func(q *workflow.ClaimsQuery) { q.Descending = true },
		"search":      func(q *workflow.ClaimsQuery) { q.Search = "x" },
		"area":        func(q *workflow.ClaimsQuery) { q.SolutionAreas = []string{"Security"} },
		"engagements": func(q *workflow.ClaimsQuery) { q.Engagements = nil },
		"statuses":    func(q *workflow.ClaimsQuery) { q.Statuses = []engagement.Status{engagement.StatusPaid} },
		"locations":   func(q *workflow.ClaimsQuery) { q.Locations = []engagement.LocationID{lisboa} },
		"customer":    func(q *workflow.ClaimsQuery) { q.Customer = w.Customer("c06.example") },
		"from":        func(q *workflow.ClaimsQuery) { q.From = time.Unix(0, 0) },
		"at least":    func(q *workflow.ClaimsQuery) { q.AtLeast = money(t, "1 USD") },
		"below":       func(q *workflow.ClaimsQuery) { q.Below = money(t, "1 USD") },
	} {
		q := list
		change(&q)
		_, err := w.Desk.Claims.List(background, w.Actor, q)
		if e := refused[*workflow.InvalidCursorError](t, err); !strings.Contains(e.Error(), "another list") {
			t.Errorf("%s: %v", name, e)
		}
	}
	for _, actor := range []workflow.Actor{workflowtest.Fabrikam, workflowtest.Vendor} {
		_, err := w.Desk.Claims.List(background, actor, list)
		refused[*workflow.InvalidCursorError](t, err)
	}
	customers := must(w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Limit: 1}))
	_, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Cursor: customers.Next})
	refused[*workflow.InvalidCursorError](t, err)
	larger := list
	larger.Limit = 1000
	equal(t, "a page of another size", must(w.Desk.Claims.List(background, w.Actor, larger)).Rows[:2], second.Rows)
}

// While claims come and go between the pages, none comes twice, and every one that
// was there all the time comes.
func TestClaimsPagesAreStable(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 5))
		w, _ := newWorld(t, street(40))
		var open []engagement.ParticipationID
		next := 0
		add := func() {
			if next < 40 {
				open = append(open, w.Added(pilot, fmt.Sprintf("x@c%02d.example", next)))
				next++
				w.Advance(time.Minute)
			}
		}
		for range 15 {
			add()
		}
		sorts := workflow.AllSorts()
		q := workflow.ClaimsQuery{Sort: sorts[int(seed)%len(sorts)], Descending: seed >= 5, Limit: 1 + r.IntN(4), Statuses: []engagement.Status{engagement.StatusCustomerClaimed}}
		always := map[engagement.ParticipationID]bool{}
		for _, p := range open {
			always[p] = true
		}
		seen := map[engagement.ParticipationID]int{}
		for {
			page, err := w.Desk.Claims.List(background, w.Actor, q)
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
			i := r.IntN(len(open))
			if r.IntN(2) == 0 { // often the one at which the page ended
				i = max(slices.Index(open, page.Rows[len(page.Rows)-1].Participation), 0)
			}
			w.Cancelled(open[i])
			delete(always, open[i])
			open = slices.Delete(open, i, i+1)
		}
		for p, n := range seen {
			if n > 1 {
				t.Fatalf("seed %d: a claim came %d times: %s", seed, n, p)
			}
		}
		for p := range always {
			if seen[p] != 1 {
				t.Fatalf("seed %d: a claim that was always there did not come: %s", seed, p)
			}
		}
	}
}

// A claim of an engagement that has left the catalog is still there, by the name that the
// customer was asked under, and without the solution area, which nobody knows now.
func TestClaimsOfAnEngagementThatIsGone(t *testing.T) {
	w := ledger(t)
	var gone catalog
	gone.Catalog = w.Catalog
	desk, err := workflow.New(w.Store, directory{}, gone, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now})
	ok(t, err)
	page, err := desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusPaid}})
	ok(t, err)
	row := page.Rows[0]
	equal(t, "the row", []string{string(row.Engagement), row.EngagementName, row.SolutionArea, string(row.Status), row.Paid.String()},
		[]string{"azure-migration", "Azure Migration", "", "Paid", "5000.00 USD"})
	page, err = desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{SolutionAreas: []string{"Infrastructure"}})
	ok(t, err)
	equal(t, "of the area", len(page.Rows), 0)
	view, err := desk.Claims.Get(background, w.Actor, row.Participation)
	ok(t, err)
	equal(t, "the claim", view.Status, engagement.StatusPaid)
}

func TestExportClaims(t *testing.T) {
	w, _ := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Name, e.SolutionArea = "=1+1", "@SUM(A1)" })
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{migration},
		Candidate: workflow.Candidate{Location: lisboa, Domain: "contoso.com", FriendlyName: "+351"}})
	ok(t, err)
	p := started[0].ID
	w.Requested(p)
	w.Accepted(p)
	w.Advance(10 * day)
	other := reachedWith(t, w, workshop, "adatum.com", engagement.StatusSubmitted)
	w.Advance(day)
	w.Withdrawn(other)
	read := func(actor workflow.Actor, q workflow.ClaimsQuery) []map[string]string {
		t.Helper()
		var text strings.Builder
		ok(t, w.Desk.Claims.Export(background, actor, q, &text, nil))
		cells, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
		ok(t, err)
		equal(t, "the header", cells[0], []string{
			"claim_number", "partner", "engagement", "solution_area", "customer", "friendly_name", "domain", "tenant_id", "cloud", "tpid", "subscription_id", "opportunity_id", "stated", "status",
			"to_do", "origin", "locations", "started", "deadline", "days_left", "review_by", "estimated", "estimated_currency", "requested", "requested_currency",
			"approved", "approved_currency", "paid", "paid_currency", "withdrawn", "owner", "labels", "referral", "asked", "not_reached", "ask_from", "actions",
		})
		equal(t, "the line breaks", strings.Count(text.String(), "\r\n"), len(cells))
		var records []map[string]string
		for _, record := range cells[1:] {
			r := map[string]string{}
			for i, c := range record {
				r[cells[0][i]] = c
			}
			records = append(records, r)
		}
		return records
	}
	records := read(w.Actor, workflow.ClaimsQuery{Sort: workflow.SortBySince, Limit: -7, Cursor: "junk"})
	equal(t, "the records", records, []map[string]string{{
		"claim_number": started[0].ClaimNumber, "partner": "northwind", "engagement": "'=1+1", "solution_area": "'@SUM(A1)", "customer": "Contoso",
		"friendly_name": "'+351", "domain": "contoso.com", "tenant_id": "00000000-0000-4000-8000-000000000001", "cloud": "public", "tpid": "", "subscription_id": "", "opportunity_id": "", "stated": "",
		"origin": "added", "review_by": "2026-11-30T09:00:00Z", "owner": "", "labels": "", "referral": "", "asked": "1", "not_reached": "", "ask_from": "",
		"status": "Customer consent received", "to_do": "49 days left to submit the claim", "locations": "4711201", "started": "2026-09-01T09:00:00Z",
		"deadline": "2026-10-31T09:00:00Z", "days_left": "49", "estimated": "5000.00", "estimated_currency": "USD", "requested": "", "requested_currency": "",
		"approved": "", "approved_currency": "", "paid": "", "paid_currency": "", "withdrawn": "",
		"actions": "work on claim, view claim, cancel",
	}, {
		"claim_number": part(t, w, other).ClaimNumber, "partner": "northwind", "engagement": "Security Workshop", "solution_area": "Security", "customer": "Adatum",
		"friendly_name": "", "domain": "adatum.com", "tenant_id": "00000000-0000-4000-8000-000000000002", "cloud": "public", "tpid": "", "subscription_id": "", "opportunity_id": "", "stated": "",
		"origin": "added", "review_by": "2027-01-09T09:00:00Z", "owner": "", "labels": "", "referral": "", "asked": "1", "not_reached": "", "ask_from": "", "status": "Submitted", "to_do": "Submitted: nothing to do now",
		"locations": "4711201", "started": "2026-09-11T09:00:00Z", "deadline": "", "days_left": "", "estimated": "5000.00", "estimated_currency": "USD",
		"requested": "5000.00", "requested_currency": "USD", "approved": "", "approved_currency": "", "paid": "", "paid_currency": "", "withdrawn": "2026-09-12T09:00:00Z", "actions": "recall claim, view claim",
	}})
	equal(t, "of a filter", len(read(w.Actor, workflow.ClaimsQuery{Engagements: []engagement.ID{workshop}})), 1)
	equal(t, "for the Program", read(workflowtest.Vendor, workflow.ClaimsQuery{Sort: workflow.SortBySince})[0]["actions"], "")

	var text strings.Builder
	err = w.Desk.Claims.Export(background, w.Actor, workflow.ClaimsQuery{Sort: "size"}, &text, nil)
	refused[*workflow.InputError](t, err)
	for n := range 3 {
		if err := w.Desk.Claims.Export(background, w.Actor, workflow.ClaimsQuery{}, &full{after: n * 10}, nil); err == nil {
			t.Error("a full disk is no error")
		}
	}
}
