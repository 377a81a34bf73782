package workflow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// sites says through which locations each user may act; whom it does not know may
// act through all.
type sites map[string][]engagement.LocationID

func (s sites) Authorize(_ context.Context, actor workflow.Actor, _ workflow.Permission) (workflow.Scope, error) {
	if at, narrowed := s[actor.User]; narrowed {
		return workflow.SomeLocations(at...), nil
	}
	return workflow.AllLocations(), nil
}

// rui may act through Porto only.
var rui = workflow.Actor{Partner: "northwind", User: "rui", Roles: []workflow.Role{workflow.RoleIncentivesUser}}

// twoSites is Contoso with n companies, of only five names, some of which are
// eligible through one location only, and a user of Porto.
func twoSites(n int) func(*workflowtest.Scenario) {
	return func(sc *workflowtest.Scenario) {
		street(n)(sc)
		for i := range sc.Customers {
			c := &sc.Customers[i]
			c.Entry.Name = []string{"Amber", "Coal", "Ébano", "Jade", "Zinc"}[i%5]
		}
		sc.Options.Authorizer = sites{"rui": {porto}}
		sc.Options.Derive = func(f *eligibility.Facts, l engagement.Location) {
			if n, _ := workflowtest.Seats.Get(*f); l.ID == porto && n%200 == 0 {
				workflowtest.Segment.Set(f, "consumer")
			}
		}
	}
}

// seen is what the whole company's rows come to within Porto: written down anew,
// row by row.
func seen(whole []workflow.Row) []workflow.Row {
	taken := map[string]bool{} // customers that already have a row of theirs
	var out []workflow.Row
	for _, r := range whole {
		key := string(r.Engagement) + string(r.Customer)
		switch {
		case r.Participation != "" && !slices.Contains(r.Locations, porto):
			continue
		case r.Participation == "":
			here := slices.Contains(r.Locations, porto)
			if r.Locations = nil; here {
				r.Locations = []engagement.LocationID{porto}
			}
			if r.Tab == engagement.TabEligible && !here {
				r.Tab, r.Actions, r.Reasons = engagement.TabIneligible, nil, []engagement.Reason{{Kind: engagement.ReasonNotThroughTheseLocations}}
			}
		}
		if r.Tab != engagement.TabComplete && r.Tab != engagement.TabOff {
			taken[key] = true
		}
		out = append(out, r)
	}
	for _, open := range []bool{true, false} {
		for _, r := range whole {
			key := string(r.Engagement) + string(r.Customer)
			if r.Participation == "" || slices.Contains(r.Locations, porto) || r.Tab == engagement.TabOff || taken[key] || open == (r.Tab == engagement.TabComplete) {
				continue
			}
			taken[key] = true
			out = append(out, workflow.Row{Name: r.Name, Row: engagement.Row{
				ID: engagement.RowID(r.Customer), Tab: engagement.TabIneligible, Type: engagement.RowNotStarted, Engagement: r.Engagement,
				Customer: r.Customer, Identity: r.Identity, FriendlyName: r.FriendlyName, Reasons: []engagement.Reason{{Kind: engagement.ReasonHeldByColleagues}},
			}})
		}
	}
	return out
}

// Whatever the whole company has, a user of one location is shown and told the
// counts of that location, in every order, by pages of whatever size, whether or
// not what is due was recorded.
func TestScopeOfCustomers(t *testing.T) {
	thorough(t)
	const n = 30
	for seed := range uint64(2) {
		w, _ := newWorld(t, twoSites(n))
		mingled(w, rand.New(rand.NewPCG(seed, 7)), n)
		asRui := w.As(rui)
		for _, later := range []func(){func() {}, func() { w.Advance(31 * day) }, w.Swept} {
			later()
			for _, who := range []*workflowtest.World{w, asRui} {
				active(t, who)
			}
			for _, e := range []engagement.ID{migration, pilot} {
				var whole []workflow.Row
				for _, tab := range engagement.AllTabs() {
					whole = append(whole, find(t, w, e, workflow.CustomersQuery{Tab: tab})...)
				}
				want := map[engagement.Tab][]workflow.Row{}
				for _, r := range seen(whole) {
					want[r.Tab] = append(want[r.Tab], r)
				}
				for _, tab := range engagement.AllTabs() {
					if len(want[tab]) == 0 && (tab != engagement.TabComplete) {
						t.Errorf("seed %d: nothing on the %s tab of %s: the test shows nothing", seed, tab, e)
					}
					checkPages(t, asRui, e, tab, want)
				}
			}
		}
	}
}

func checkPages(t *testing.T, w *workflowtest.World, e engagement.ID, tab engagement.Tab, want map[engagement.Tab][]workflow.Row) {
	t.Helper()
	counts := map[engagement.Tab]int{}
	for _, tab := range engagement.AllTabs() {
		counts[tab] = len(want[tab])
	}
	for _, by := range workflow.AllSorts() {
		for _, descending := range []bool{false, true} {
			rows := slices.Clone(want[tab])
			slices.SortFunc(rows, before(by))
			if descending {
				slices.Reverse(rows)
			}
			for _, limit := range []int{1, 7, 1000} {
				q := workflow.CustomersQuery{Tab: tab, Sort: by, Descending: descending, Limit: limit}
				var got []workflow.Row
				for {
					page, err := w.Desk.Customers.List(background, w.Actor, within(e, q))
					ok(t, err)
					equal(t, "the counts", exact(t, page.Counts), counts)
					got = append(got, page.Rows...)
					if q.Cursor = page.Next; q.Cursor == "" || limit == 1 && len(got) > 20 {
						break
					}
				}
				equal(t, fmt.Sprintf("the %s tab of %s by %s, descending %t, %d a page", tab, e, by, descending, limit), asJSON(t, bare(got)), asJSON(t, bare(rows[:len(got)])))
				if limit > 1 {
					equal(t, "the number of rows", len(got), len(rows))
				}
			}
		}
	}
	amber := find(t, w, e, workflow.CustomersQuery{Tab: tab, Search: "amber"})
	equal(t, "found", len(amber), len(slices.DeleteFunc(slices.Clone(want[tab]), func(r workflow.Row) bool { return !strings.Contains(r.Name, "Amber") })))
}

// mingled puts many customers into many states, through both locations.
func mingled(w *workflowtest.World, dice *rand.Rand, n int) {
	for i := range n {
		domain := fmt.Sprintf("c%02d.example", i)
		if dice.IntN(2) == 0 {
			w.Known(domain)
		}
		for _, e := range []engagement.ID{migration, pilot} {
			for range dice.IntN(3) {
				at := []engagement.LocationID{lisboa, porto}[dice.IntN(2)]
				begin := func() ([]workflow.ParticipationView, error) {
					return w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{e}, Candidate: workflow.Candidate{Location: at, Domain: domain}})
				}
				started, err := begin()
				if err != nil {
					started, err = w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Engagements: []engagement.ID{e}, Customer: w.Customer(domain), Location: at})
				}
				if err != nil {
					continue
				}
				p := started[0].ID
				switch dice.IntN(7) {
				case 0:
					w.Cancelled(p)
				case 1:
					w.Requested(p)
				case 2:
					w.Requested(p)
					w.Declined(p)
				case 3:
					w.Requested(p)
					w.Accepted(p)
				case 4, 5:
					w.Requested(p)
					w.Accepted(p)
					w.Submitted(p)
					w.Reviewed(p)
					w.Approved(p, "5000.00 USD")
				}
			}
		}
		if other := w.As(workflowtest.Fabrikam); dice.IntN(4) == 0 { // now and then somebody else has the place
			if started, err := other.Desk.Customers.Add(background, other.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{migration}, Candidate: workflow.Candidate{Location: madrid, Domain: domain}}); err == nil {
				other.Requested(started[0].ID)
				_ = other.Answer(started[0].ID, "accept")
			}
		}
	}
	w.Reevaluated()
}

// active checks that the list of engagements counts as many active customers as the
// claims list shows participations under way.
func active(t *testing.T, w *workflowtest.World) {
	t.Helper()
	want, some := map[engagement.ID]int{}, false
	for r, err := range w.Desk.Claims.All(background, w.Actor, workflow.ClaimsQuery{Limit: 1000}) {
		ok(t, err)
		if r.Type != engagement.RowComplete {
			want[r.Engagement]++
			some = true
		}
	}
	equal(t, "some are under way", some, true)
	groups, err := w.Desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{Active: true})
	ok(t, err)
	for _, g := range groups {
		for _, item := range g.Engagements {
			equal(t, "active customers of "+string(item.ID), item.Active, workflow.Count{N: want[item.ID]})
		}
	}
}

// Counts of the whole company are exact, however many rows there are; within a scope
// they are exact up to 1,000, and say so when there are more.
func TestCountsWithinScope(t *testing.T) {
	const n = 1010
	w, _ := newWorld(t, street(n), func(sc *workflowtest.Scenario) {
		sc.Options.Authorizer = sites{"rui": {porto}, "sam": {funchal}}
	})
	known := func(yield func(workflow.KnownCustomer) bool) {
		for i := range n {
			c := company(i)
			if !yield(workflow.KnownCustomer{Identity: tenant.Identity{Tenant: c.Entry.Tenant, Name: c.Entry.Name, Cloud: c.Entry.Cloud}}) {
				return
			}
		}
	}
	_, err := w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", known, nil)
	ok(t, err)
	type counts = map[engagement.Tab]workflow.Count
	for user, want := range map[string]counts{
		"ana": {engagement.TabEligible: {N: n}, engagement.TabIneligible: {}, engagement.TabComplete: {}},
		"rui": {engagement.TabEligible: {N: 1000, OrMore: true}, engagement.TabIneligible: {}, engagement.TabComplete: {}},
		"sam": {engagement.TabEligible: {}, engagement.TabIneligible: {N: 1000, OrMore: true}, engagement.TabComplete: {}}, // not enrolled
	} {
		actor := rui
		actor.User = user
		page, err := w.Desk.Customers.List(background, actor, workflow.CustomersQuery{Engagement: pilot, Limit: 1})
		ok(t, err)
		equal(t, "the counts for "+user, page.Counts, want)
	}
	equal(t, "in words", []string{fmt.Sprint(workflow.Count{N: 1000, OrMore: true}), fmt.Sprint(workflow.Count{N: 12})}, []string{"1000 or more", "12"})
	equal(t, "in JSON", asJSON(t, workflow.Count{N: 1000, OrMore: true}), `{"n":1000,"or_more":true}`)
}

// A scope of no location lets nobody do anything, the zero one too.
func TestScopes(t *testing.T) {
	for _, none := range []workflow.Scope{{}, workflow.SomeLocations(), workflow.SomeLocations("")} {
		equal(t, "all", none.All(), false)
		equal(t, "has", none.Has(porto) || none.Has(""), false)
	}
	some := workflow.SomeLocations(porto, lisboa, porto)
	equal(t, "the locations", some.Locations(), []engagement.LocationID{lisboa, porto})
	equal(t, "has", []bool{some.Has(porto), some.Has(lisboa), some.Has(funchal), some.All()}, []bool{true, true, false, false})
	equal(t, "all has", workflow.AllLocations().Has(funchal) && workflow.AllLocations().All(), true)
}
