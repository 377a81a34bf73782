package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// known is the n-th of many customers whom the program names by a TPID.
func known(n int) workflow.KnownCustomer {
	return workflow.KnownCustomer{Identity: tenant.Identity{TPID: tenant.TPID(n + 1)}}
}

// identified is a customer of the world as the program names it.
func identified(w *workflowtest.World, domain string) workflow.KnownCustomer {
	d, err := tenant.ParseDomain(domain)
	if err != nil {
		panic(err)
	}
	key := w.Customer(domain)
	id, err := tenant.ParseID(strings.TrimPrefix(string(key), "tenant:"))
	if err != nil {
		panic(err)
	}
	return workflow.KnownCustomer{Identity: tenant.Identity{Tenant: id, Domain: d, Name: domain}}
}

func imported(t *testing.T, w *workflowtest.World, customers ...workflow.KnownCustomer) workflow.Progress {
	t.Helper()
	done, err := w.Desk.Program.Import(background, workflowtest.Vendor, w.Actor.Partner, slices.Values(customers), nil)
	ok(t, err)
	return done
}

// scoped is what a re-evaluation of Northwind's did.
func scoped(t *testing.T, w *workflowtest.World, scope workflow.Reevaluation) workflow.Progress {
	t.Helper()
	scope.Partner = "northwind"
	done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, scope, nil)
	ok(t, err)
	return done
}

func seatsOf(n int64) eligibility.Facts {
	var f eligibility.Facts
	workflowtest.Seats.Set(&f, n)
	workflowtest.Segment.Set(&f, "enterprise")
	return f
}

func TestImportKnown(t *testing.T) {
	w, spy := newWorld(t)
	since := time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.FixedZone("x", 3600))
	c := identified(w, "contoso.com")
	c.FriendlyName, c.Since = "  The\tBig One ", since
	done := imported(t, w, c, identified(w, "fourthcoffee.com"))
	equal(t, "what was done", done, workflow.Progress{Done: 2, Changed: 2})
	w.ExpectTab(migration, engagement.TabEligible, "The Big One")
	w.ExpectTab(migration, engagement.TabIneligible, "fourthcoffee.com")
	w.As(workflowtest.Fabrikam).ExpectTab(migration, engagement.TabEligible)

	events, kinds := history(t, w, "contoso.com")
	equal(t, "the history", kinds, []engagement.EventKind{engagement.EventCustomerKnown})
	equal(t, "who", []string{string(events[0].By), userOf(events[0])}, []string{"program", ""})
	equal(t, "why", detailOf(t, events[0]), `{"known_since":"2024-05-06T06:08:09.123456Z"}`)
	for c, err := range w.Desk.Customers.AllKnown(background, w.Actor) {
		ok(t, err)
		if c.Name == "The Big One" {
			equal(t, "since when", c.KnownSince, since.UTC().Truncate(time.Microsecond))
		} else {
			equal(t, "since when", c.KnownSince, w.Now())
		}
	}

	// Again it changes nothing, whatever it says of who is known already.
	c.FriendlyName, c.Since = "Another", time.Time{}
	unchanged(t, spy, func() {
		equal(t, "what was done again", imported(t, w, c, identified(w, "fourthcoffee.com"), c), workflow.Progress{Done: 3})
	})

	// One who was added keeps what is known of it.
	p := w.Added(workshop, "it@adatum.com")
	imported(t, w, identified(w, "adatum.com"))
	w.ExpectTab(migration, engagement.TabEligible, "The Big One", "Adatum")
	w.ExpectTab(workshop, engagement.TabEligible, "The Big One", "Adatum")
	equal(t, "the rows of who takes part", w.Row(p).Actions, []engagement.Action{engagement.ActionRequestConsent, engagement.ActionCancel})
	equal(t, "no other row", len(find(t, w, workshop, workflow.CustomersQuery{Search: "adatum"})), 1)
	_, kinds = history(t, w, "adatum.com")
	equal(t, "the history", kinds, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventCustomerKnown})
}

// Customers are imported batch by batch, with news after each; one that cannot be
// named is told, and does not keep the others back.
func TestImportInBatches(t *testing.T) {
	w, spy := newWorld(t)
	var customers []workflow.KnownCustomer
	for n := range 1100 {
		customers = append(customers, known(n))
		if n%100 == 0 {
			customers = append(customers, workflow.KnownCustomer{Identity: tenant.Identity{Name: fmt.Sprint("nobody ", n)}})
		}
	}
	var news []workflow.Progress
	before := spy.count()
	done, err := w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values(customers), func(p workflow.Progress) { news = append(news, p) })
	equal(t, "the writes", spy.count()-before, 3)
	equal(t, "what was done", done, workflow.Progress{Done: 1111, Changed: 1100, Failed: 11})
	whole := workflow.Progress{Done: 505, Changed: 500, Failed: 5}
	second := workflow.Progress{Done: 1010, Changed: 1000, Failed: 10}
	if len(news) > 1 && news[1].Done < second.Done { // the small last batch can be done before the second one
		second = workflow.Progress{Done: 606, Changed: 600, Failed: 6}
	}
	equal(t, "the news", news, []workflow.Progress{whole, second, done})
	equal(t, "the errors", strings.Count(err.Error(), "has neither tenant ID nor TPID"), 11)
	refused[*workflow.InputError](t, err)

	// An endless list of mistakes does not become an endless error.
	done, err = w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values(make([]workflow.KnownCustomer, 500)), nil)
	equal(t, "what failed", done, workflow.Progress{Done: 500, Failed: 500})
	equal(t, "the errors that are kept", strings.Count(err.Error(), "neither"), 20)

	_, err = w.Desk.Program.Import(background, workflowtest.Vendor, "nobody", slices.Values(customers), nil)
	equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "partner", Value: "nobody"})
	done, err = w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values[[]workflow.KnownCustomer](nil), nil)
	ok(t, err)
	equal(t, "nobody", done, workflow.Progress{})
}

// A source that fails stops an import before its batch, which can be run again;
// what was written until then stays.
func TestImportStops(t *testing.T) {
	for _, source := range []workflowtest.Source{workflowtest.Facts, workflowtest.External} {
		w, _ := newWorld(t)
		var customers []workflow.KnownCustomer
		for n := range 2200 {
			customers = append(customers, known(n))
		}
		done, err := w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values(customers), func(workflow.Progress) { w.Fail(source, errBoom) })
		e := refused[*workflow.UnavailableError](t, err)
		equal(t, "the source", e.Source, string(source))
		equal(t, "the cause", errors.Is(err, errBoom), true)
		first := done.Done // two batches can be in the making
		equal(t, "what was done", done, workflow.Progress{Done: first, Changed: first})
		equal(t, "whole batches, and two at most", first == 500 || first == 1000, true)
		equal(t, "the rows", counts(t, w, pilot)[engagement.TabIneligible], first)
		w.Fail(source, nil)
		equal(t, "what is left to do", imported(t, w, customers...), workflow.Progress{Done: 2200, Changed: 2200 - first})

		ctx, cancel := context.WithCancel(background)
		for n := range 2200 {
			customers[n] = known(n + 3000)
		}
		done, err = w.Desk.Program.Import(ctx, workflowtest.Vendor, "northwind", slices.Values(customers), func(workflow.Progress) { cancel() })
		equal(t, "that it was stopped", errors.Is(err, context.Canceled) && !errors.As(err, new(*workflow.UnavailableError)), true)
		equal(t, "whole batches, and two at most", done.Done == 500 || done.Done == 1000, true)
	}
}

// An import reads no further ahead than the batches that are in the making, so that
// it needs the same memory for any number of customers.
func TestImportReadsAsItWrites(t *testing.T) {
	w, _ := newWorld(t)
	read, done := 0, 0
	_, err := w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", func(yield func(workflow.KnownCustomer) bool) {
		for n := range 5000 {
			read++
			if !yield(known(n)) {
				return
			}
		}
	}, func(p workflow.Progress) { done = p.Done })
	ok(t, err)
	equal(t, "what was read and done", []int{read, done}, []int{5000, 5000})

	read = 0
	w.Fail(workflowtest.Facts, errBoom)
	_, err = w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", func(yield func(workflow.KnownCustomer) bool) {
		for read < 1_000_000 {
			read++
			if !yield(known(10_000 + read)) {
				return
			}
		}
	}, nil)
	refused[*workflow.UnavailableError](t, err)
	equal(t, "that it stops reading", read <= 2000, true)
}

// forgetful is a store that knows nobody and keeps nothing.
type forgetful struct{ storage.Store }

func (forgetful) Load(context.Context, storage.Want) (storage.Loaded, error) {
	return storage.Loaded{}, nil
}

func (forgetful) Apply(context.Context, storage.Changes) error { return nil }

// An import of ten times as many customers holds no more memory at its end. What the
// batches in the making have allocated since the last collection counts too, and is
// more or less by chance, hence the least of the last readings.
func TestImportMemoryStaysFlat(t *testing.T) {
	thorough(t)
	w, _ := newWorld(t)
	desk, err := workflow.New(forgetful{w.Store}, directory{}, w.Catalog, workflow.FactFunc(noFacts), nil)
	ok(t, err)
	held := func(customers int) uint64 {
		var readings []uint64
		_, err := desk.Program.Import(background, workflowtest.Vendor, "northwind", func(yield func(workflow.KnownCustomer) bool) {
			for n := range customers {
				if !yield(known(n)) {
					return
				}
			}
		}, func(workflow.Progress) {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			readings = append(readings, m.HeapAlloc)
		})
		ok(t, err)
		return slices.Min(readings[len(readings)/2:])
	}
	few, many := held(3000), held(30_000)
	if many > few+4<<20 {
		t.Errorf("importing 3,000 holds %d KiB, 30,000 hold %d KiB", few>>10, many>>10)
	}
	t.Logf("importing 3,000 holds %d KiB, 30,000 hold %d KiB", few>>10, many>>10)
}

// What panics in a host's function panics where the host called.
func TestImportPanics(t *testing.T) {
	w, _ := newWorld(t)
	defer func() {
		equal(t, "the panic", recover(), any("boom"))
		equal(t, "what is left to do", imported(t, w, known(1)).Done, 1)
	}()
	_, _ = w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values([]workflow.KnownCustomer{known(1)}), func(workflow.Progress) { panic("boom") })
}

// Once facts have changed, re-evaluation moves the rows and says so in the
// history; running it again changes nothing.
func TestReevaluate(t *testing.T) {
	w, spy := newWorld(t)
	imported(t, w, identified(w, "contoso.com"), identified(w, "fourthcoffee.com"))
	w.SetFacts("contoso.com", seatsOf(10))
	w.SetFacts("fourthcoffee.com", seatsOf(1000))
	w.ExpectTab(migration, engagement.TabEligible, "contoso.com") // until somebody re-evaluates
	w.Advance(day)
	var news []workflow.Progress
	done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, func(p workflow.Progress) { news = append(news, p) })
	ok(t, err)
	equal(t, "what was done", done, workflow.Progress{Done: 2, Changed: 2})
	equal(t, "the news", news, []workflow.Progress{done})
	w.ExpectTab(migration, engagement.TabEligible, "fourthcoffee.com")
	w.ExpectTab(migration, engagement.TabIneligible, "contoso.com")
	w.ExpectTab(workshop, engagement.TabEligible, "fourthcoffee.com", "contoso.com")
	row := w.Rows(migration, engagement.TabIneligible)[0]
	equal(t, "the reason", row.Reasons[0].Found, "10")
	equal(t, "since when", row.Since, w.Now())

	type flip struct {
		e        engagement.ID
		from, to string
		by       string
		note     string
	}
	flips := func(domain string) []flip {
		var out []flip
		events, _ := history(t, w, domain)
		for _, e := range events {
			if e.Kind == engagement.EventEligibilityChanged {
				out = append(out, flip{e.Engagement, string(e.Detail.OutcomeBefore), string(e.Detail.OutcomeAfter), string(e.By) + " " + userOf(e), e.Detail.RuleSet + " " + e.Detail.RuleVersion})
			}
		}
		return out
	}
	equal(t, "the flip", flips("contoso.com"), []flip{{migration, "eligible", "ineligible", "program ", "azure-migration/customer 1"}})
	equal(t, "the flips", flips("fourthcoffee.com"), []flip{
		{migration, "ineligible", "eligible", "program ", "azure-migration/customer 1"},
		{workshop, "ineligible", "eligible", "program ", "security-workshop/customer 1"},
	})
	unchanged(t, spy, func() {
		equal(t, "what is done again", scoped(t, w, workflow.Reevaluation{}), workflow.Progress{Done: 2})
	})

	// Other reasons are no flip, and are shown all the same.
	w.SetFacts("contoso.com", seatsOf(20))
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{}), workflow.Progress{Done: 2, Changed: 1})
	equal(t, "the flips", len(flips("contoso.com")), 1)
	equal(t, "the reason", w.Rows(migration, engagement.TabIneligible)[0].Reasons[0].Found, "20")

	// What is not known any more is unknown, never eligible.
	w.SetFacts("contoso.com", eligibility.Facts{})
	scoped(t, w, workflow.Reevaluation{})
	w.ExpectTab(workshop, engagement.TabIneligible, "contoso.com")
	equal(t, "the flips", flips("contoso.com")[1:2], []flip{{migration, "ineligible", "unknown", "program ", "azure-migration/customer 1"}})
}

// Only what is asked for is evaluated: one customer, one engagement, or both.
func TestReevaluateScope(t *testing.T) {
	begin := func() *workflowtest.World {
		w, _ := newWorld(t)
		imported(t, w, identified(w, "contoso.com"), identified(w, "adatum.com"))
		for _, domain := range []string{"contoso.com", "adatum.com"} {
			var f eligibility.Facts
			workflowtest.Seats.Set(&f, 1)
			workflowtest.Segment.Set(&f, "consumer")
			w.SetFacts(domain, f)
		}
		return w
	}
	lost := func(w *workflowtest.World) string {
		var out []string
		for _, e := range []engagement.ID{migration, workshop} {
			for _, r := range w.Rows(e, engagement.TabIneligible) {
				out = append(out, string(e)+" "+r.Name)
			}
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	w := begin()
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{Customer: w.Customer("contoso.com"), Engagement: migration}), workflow.Progress{Done: 1, Changed: 1})
	equal(t, "who", lost(w), "azure-migration contoso.com")
	w = begin()
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{Customer: w.Customer("contoso.com")}), workflow.Progress{Done: 1, Changed: 1})
	equal(t, "who", lost(w), "azure-migration contoso.com, security-workshop contoso.com")
	w = begin()
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{Engagement: migration}), workflow.Progress{Done: 2, Changed: 2})
	equal(t, "who", lost(w), "azure-migration adatum.com, azure-migration contoso.com")
	w = begin()
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{}), workflow.Progress{Done: 2, Changed: 2})
	equal(t, "who", lost(w), "azure-migration adatum.com, azure-migration contoso.com, security-workshop adatum.com, security-workshop contoso.com")

	for _, c := range []struct {
		scope workflow.Reevaluation
		want  workflow.NotFoundError
	}{
		{workflow.Reevaluation{}, workflow.NotFoundError{Kind: "partner", Field: "partner"}},
		{workflow.Reevaluation{Partner: "nobody"}, workflow.NotFoundError{Kind: "partner", Field: "partner", Value: "nobody"}},
		{workflow.Reevaluation{Partner: "northwind", Engagement: "nothing"}, workflow.NotFoundError{Kind: "engagement", Field: "engagement", Value: "nothing"}},
		{workflow.Reevaluation{Partner: "northwind", Customer: "tpid:7"}, workflow.NotFoundError{Kind: "customer", Field: "customer", Value: "tpid:7"}},
		{workflow.Reevaluation{Partner: "fabrikam", Customer: w.Customer("contoso.com")}, workflow.NotFoundError{Kind: "customer", Field: "customer", Value: string(w.Customer("contoso.com"))}},
	} {
		_, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, c.scope, nil)
		equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), c.want)
	}
}

// What a customer was eligible for when it was added it stays eligible for, in
// that participation; once that is over, what is known now counts.
func TestReevaluateKeepsParticipations(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Known("contoso.com")
	w.SetFacts("contoso.com", seatsOf(10))
	scoped(t, w, workflow.Reevaluation{})
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")
	w.ExpectTab(migration, engagement.TabIneligible)
	w.Requested(p)
	w.Accepted(p)
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")
	w.Cancelled(p)
	w.ExpectTab(migration, engagement.TabComplete, "Contoso")
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso")
}

// Re-evaluation brings a new engagement, a new version of rules and locations
// that have changed onto the page.
func TestReevaluateAfterTheProgramChanged(t *testing.T) {
	w, _ := newWorld(t)
	w.Known("contoso.com")
	all, err := w.Catalog.Engagements(background)
	ok(t, err)
	fresh := all[1]
	fresh.ID, fresh.Name = "new-workshop", "New Workshop"
	ok(t, w.Catalog.PutEngagement(fresh))
	w.ExpectTab("new-workshop", engagement.TabEligible)
	scoped(t, w, workflow.Reevaluation{Engagement: "new-workshop"})
	w.ExpectTab("new-workshop", engagement.TabEligible, "Contoso")

	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.Version, e.CustomerRules = "2", ruleSet("azure-migration/customer", eligibility.Rule{ID: "more_seats", Doc: "The customer has at least 5000 seats.", Check: eligibility.AtLeast(workflowtest.Seats, 5000)})
	})
	scoped(t, w, workflow.Reevaluation{Engagement: migration})
	equal(t, "the reason", w.Rows(migration, engagement.TabIneligible)[0].Reasons[0].Rule, "more_seats")

	changeLocation(t, w, porto, func(l *engagement.Location) { workflowtest.Enrolled.Set(&l.Facts, false) })
	scoped(t, w, workflow.Reevaluation{})
	equal(t, "through which locations", w.Rows(pilot, engagement.TabEligible)[0].Locations, []engagement.LocationID{lisboa})
	changeLocation(t, w, lisboa, func(l *engagement.Location) { workflowtest.Enrolled.Set(&l.Facts, false) })
	scoped(t, w, workflow.Reevaluation{})
	w.ExpectTab(pilot, engagement.TabEligible)
	row := w.Rows(pilot, engagement.TabIneligible)[0]
	equal(t, "through none it cannot be claimed", []any{len(row.Locations), len(row.Actions), row.Reasons[0].Rule}, []any{0, 0, "eligible_locations"})
}

// A claim limit that has changed, and what other portals hold, reach every place
// of the partner, also of customers who are not known.
func TestReevaluateBringsLimitsAndOthers(t *testing.T) {
	w, _ := newWorld(t)
	w.Known("adatum.com")
	p := w.Added(migration, "ana@contoso.com")
	w.Held(migration, "contoso.com", engagement.ExternalHoldings{Consented: 1})
	w.Held(migration, "adatum.com", engagement.ExternalHoldings{Participated: 1})
	w.ExpectTab(migration, engagement.TabEligible, "Contoso", "Adatum") // nobody has asked yet
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{}), workflow.Progress{Done: 2, Changed: 2})
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso", "Adatum")
	w.ExpectActions(p, engagement.ActionCancel)
	equal(t, "the reason", w.Row(p).Reasons, []engagement.Reason{{Kind: engagement.ReasonConsentedElsewhere}})

	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Version, e.ClaimLimit = "2", 2 })
	equal(t, "what was done", scoped(t, w, workflow.Reevaluation{}), workflow.Progress{Done: 2, Changed: 2})
	w.ExpectTab(migration, engagement.TabEligible, "Contoso", "Adatum")
	equal(t, "what is done again", scoped(t, w, workflow.Reevaluation{}), workflow.Progress{Done: 2})

	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Version, e.ClaimLimit = "3", 0 })
	w.Held(migration, "contoso.com", engagement.ExternalHoldings{})
	equal(t, "of one customer", scoped(t, w, workflow.Reevaluation{Customer: w.Customer("contoso.com")}), workflow.Progress{Done: 1, Changed: 1})
	w.ExpectTab(migration, engagement.TabEligible, "Contoso", "Adatum")
	scoped(t, w, workflow.Reevaluation{})
	w.ExpectTab(migration, engagement.TabIneligible, "Adatum")
}

// Rules that fail for one customer leave its rows as they were, and judge the
// others.
func TestReevaluateWithFailingRules(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Engagements[0].CustomerRules = ruleSet("azure-migration/customer",
			eligibility.Rule{ID: "enough_seats", Doc: "The customer has at least 300 seats.", Check: eligibility.AtLeast(workflowtest.Seats, 300)}, fails(broken))
	})
	imported(t, w, identified(w, "adatum.com"), identified(w, "contoso.com"), identified(w, "fourthcoffee.com"))
	bad := seatsOf(1)
	broken.Set(&bad, true)
	w.SetFacts("contoso.com", bad)
	w.SetFacts("fourthcoffee.com", seatsOf(300))
	done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
	equal(t, "what was done", done, workflow.Progress{Done: 3, Changed: 1, Failed: 1})
	if !errors.Is(err, errBoom) || !errors.As(err, new(*eligibility.RuleError)) || !strings.Contains(err.Error(), string(w.Customer("contoso.com"))) || errors.As(err, new(*workflow.UnavailableError)) {
		t.Errorf("the error is %v", err)
	}
	w.ExpectTab(migration, engagement.TabEligible, "adatum.com", "contoso.com", "fourthcoffee.com")
	_, kinds := history(t, w, "contoso.com")
	equal(t, "the history of who could not be judged", kinds, []engagement.EventKind{engagement.EventCustomerKnown})

	// One who is imported then is on the page, and not eligible.
	w.SetFacts("woodgrovebank.com", bad)
	done, err = w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values([]workflow.KnownCustomer{identified(w, "woodgrovebank.com")}), nil)
	equal(t, "what was done", done, workflow.Progress{Done: 1, Changed: 1, Failed: 1})
	equal(t, "the error", errors.Is(err, errBoom), true)
	w.ExpectTab(migration, engagement.TabIneligible, "woodgrovebank.com")
	equal(t, "the reasons", w.Rows(migration, engagement.TabIneligible)[0].Reasons, []engagement.Reason{{Kind: engagement.ReasonFactsMissing, Doc: "The customer has not been evaluated for this engagement yet."}})
	w.ExpectTab(workshop, engagement.TabEligible, "adatum.com", "contoso.com", "fourthcoffee.com", "woodgrovebank.com")
	w.SetFacts("woodgrovebank.com", seatsOf(500))
	scoped2, _ := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind", Customer: w.Customer("woodgrovebank.com")}, nil)
	equal(t, "what was done", scoped2, workflow.Progress{Done: 1, Changed: 1})
	events, _ := history(t, w, "woodgrovebank.com")
	equal(t, "the flip", []string{string(events[1].Detail.OutcomeBefore), string(events[1].Detail.OutcomeAfter)}, []string{"", "eligible"})
}

// Rules that fail for a location leave the rows of that engagement as they were.
func TestReevaluateWithFailingLocationRules(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Engagements[0].LocationRules = ruleSet("location", fails(broken)) })
	w.Known("contoso.com")
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")
	changeLocation(t, w, porto, func(l *engagement.Location) { broken.Set(&l.Facts, true) })
	w.SetFacts("contoso.com", eligibility.Facts{})
	done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
	equal(t, "what was done", done, workflow.Progress{Done: 1, Changed: 1, Failed: 1})
	equal(t, "the error", errors.Is(err, errBoom), true)
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")
	w.ExpectTab(workshop, engagement.TabIneligible, "Contoso")
}

// A source that fails is told as such, and nothing is changed.
func TestReevaluateUnavailable(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("contoso.com")
	w.SetFacts("contoso.com", eligibility.Facts{})
	for _, source := range []workflowtest.Source{workflowtest.Facts, workflowtest.External} {
		w.Fail(source, errBoom)
		unchanged(t, spy, func() {
			done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
			e := refused[*workflow.UnavailableError](t, err)
			equal(t, "the source", e.Source, string(source))
			equal(t, "what was done", done, workflow.Progress{})
		})
		w.Fail(source, nil)
	}
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")

	down := &storeDown{Store: w.Store}
	desk, err := workflow.New(down, directory{}, w.Catalog, workflow.FactFunc(noFacts), nil)
	ok(t, err)
	for _, scope := range []workflow.Reevaluation{{Partner: "northwind"}, {Partner: "northwind", Customer: w.Customer("contoso.com")}} {
		_, err = desk.Program.Reevaluate(background, workflowtest.Vendor, scope, nil)
		equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "storage")
	}
	_, err = desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration})
	equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "storage")
	_, err = searchRows(desk, w.Actor, "", 0)
	refused[*workflow.UnavailableError](t, err)
	_, err = attentionRows(desk, w.Actor, 0)
	refused[*workflow.UnavailableError](t, err)
	_, err = wholeHistory(background, desk, w.Actor, w.Customer("contoso.com"))
	refused[*workflow.UnavailableError](t, err)
	for _, err := range desk.Customers.AllKnown(background, w.Actor) {
		refused[*workflow.UnavailableError](t, err)
	}
}

// storeDown is a store that cannot be reached.
type storeDown struct{ storage.Store }

func (storeDown) Load(context.Context, storage.Want) (storage.Loaded, error) {
	return storage.Loaded{}, storage.ErrUnavailable
}

func (storeDown) List(context.Context, storage.ListQuery) (storage.List, error) {
	return storage.List{}, storage.ErrUnavailable
}

func (storeDown) Customers(context.Context, storage.CustomersQuery) ([]engagement.Customer, error) {
	return nil, storage.ErrUnavailable
}
