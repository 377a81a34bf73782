package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// designations is what a location is good at.
var designations = eligibility.NewFact[[]string]("designations")

// designated makes engagements of Contoso ask locations for a designation, which
// Lisboa has for Security and Porto for Infrastructure; nobody has one for Voice.
func designated(sc *workflowtest.Scenario) {
	for e, want := range map[engagement.ID]string{workshop: "Security", migration: "Infrastructure", "legacy-voice": "Voice"} {
		i := slices.IndexFunc(sc.Engagements, func(x engagement.Engagement) bool { return x.ID == e })
		sc.Engagements[i].LocationRules = ruleSet("location", eligibility.Rule{
			ID: "enrolled", Doc: "The location is enrolled in the program.", Check: eligibility.Is(workflowtest.Enrolled, true),
		}, eligibility.Rule{
			ID: "designated", Doc: "The location has the designation.", Check: eligibility.Contains(designations, want),
		})
	}
	northwind := sc.Partners[0].Locations
	designations.Set(&northwind[0].Facts, []string{"Security"})
	designations.Set(&northwind[1].Facts, []string{"Infrastructure"})
	designations.Set(&northwind[2].Facts, []string{"Voice"}) // but not enrolled
}

func ruleSet(id string, rules ...eligibility.Rule) *eligibility.RuleSet {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: id, Version: "2", Rules: rules})
	if err != nil {
		panic(err)
	}
	return set
}

// The list has the engagements for which a location is eligible, in groups by
// solution area, each with how many of the enrolled locations are.
func TestEngagements(t *testing.T) {
	w, _ := newWorld(t, designated)
	groups, err := w.Desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{})
	ok(t, err)
	type line struct {
		area      string
		id        engagement.ID
		available engagement.Availability
		of        int
		eligible  []engagement.LocationID
	}
	var got []line
	for _, g := range groups {
		for _, e := range g.Engagements {
			got = append(got, line{g.SolutionArea, e.ID, e.Availability, e.EnrolledLocations, e.EligibleLocations})
		}
	}
	both := []engagement.LocationID{lisboa, porto}
	equal(t, "the list", got, []line{
		{"Infrastructure", migration, engagement.AvailabilityActive, 2, both[1:]},
		{"Security", workshop, engagement.AvailabilityActive, 2, both[:1]},
		{"Data & AI", pilot, engagement.AvailabilityActive, 2, both},
		{"Modern Work", "endpoint-workshop", engagement.AvailabilityActive, 2, both},
		{"Modern Work", "copilot-readiness", engagement.AvailabilityUpcoming, 2, both},
	})
	equal(t, "how many groups", len(groups), 4)
	first := groups[0].Engagements[0]
	equal(t, "the rest of a line", first, workflow.EngagementListing{
		ID: migration, Name: "Azure Migration", Type: engagement.TypeAssessment, Role: "build-intent", Availability: engagement.AvailabilityActive,
		Opens: date(t, "2026-07-01"), Closes: date(t, "2027-07-01"), ClaimableUntil: time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC),
		EligibleLocations: both[1:], EnrolledLocations: 2,
	})
	equal(t, "until the last claim day is over", groups[3].Engagements[0].ClaimableUntil, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))

	theirs, err := w.Desk.Engagements.List(background, workflowtest.Fabrikam, workflow.EngagementsQuery{})
	ok(t, err)
	equal(t, "what Fabrikam has no designation for is left out", listed(theirs), []engagement.ID{pilot, "endpoint-workshop", "copilot-readiness"})
}

func listed(groups []workflow.EngagementGroup) []engagement.ID {
	var ids []engagement.ID
	for _, g := range groups {
		for _, e := range g.Engagements {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func TestEngagementsFilters(t *testing.T) {
	w, _ := newWorld(t, designated, func(sc *workflowtest.Scenario) { sc.Engagements[2].Role = "managed-services" })
	all := []engagement.ID{migration, workshop, pilot, "endpoint-workshop", "copilot-readiness"}
	for name, c := range map[string]struct {
		query workflow.EngagementsQuery
		want  []engagement.ID
	}{
		"nothing":            {workflow.EngagementsQuery{}, all},
		"a location":         {workflow.EngagementsQuery{Locations: []engagement.LocationID{lisboa}}, []engagement.ID{workshop, pilot, "endpoint-workshop", "copilot-readiness"}},
		"another location":   {workflow.EngagementsQuery{Locations: []engagement.LocationID{porto}}, []engagement.ID{migration, pilot, "endpoint-workshop", "copilot-readiness"}},
		"either":             {workflow.EngagementsQuery{Locations: []engagement.LocationID{lisboa, porto}}, all},
		"not enrolled":       {workflow.EngagementsQuery{Locations: []engagement.LocationID{funchal}}, nil},
		"another partner's":  {workflow.EngagementsQuery{Locations: []engagement.LocationID{madrid}}, nil},
		"active":             {workflow.EngagementsQuery{Statuses: []engagement.Availability{engagement.AvailabilityActive}}, all[:4]},
		"upcoming":           {workflow.EngagementsQuery{Statuses: []engagement.Availability{engagement.AvailabilityUpcoming, engagement.AvailabilityExpired}}, all[4:]},
		"expired":            {workflow.EngagementsQuery{Statuses: []engagement.Availability{engagement.AvailabilityExpired}}, nil},
		"a type":             {workflow.EngagementsQuery{Types: []engagement.Type{engagement.TypeAssessment}}, all[:1]},
		"two types":          {workflow.EngagementsQuery{Types: []engagement.Type{engagement.TypeAssessment, engagement.TypeMediumProject}}, []engagement.ID{migration, pilot}},
		"a role":             {workflow.EngagementsQuery{Roles: []string{"managed-services"}}, []engagement.ID{pilot}},
		"a role nobody pays": {workflow.EngagementsQuery{Roles: []string{"x"}}, nil},
		"all at once": {workflow.EngagementsQuery{
			Locations: []engagement.LocationID{lisboa}, Statuses: []engagement.Availability{engagement.AvailabilityActive},
			Types: []engagement.Type{engagement.TypeWorkshop}, Roles: []string{"build-intent"},
		}, []engagement.ID{workshop, "endpoint-workshop"}},
		"no longer both": {workflow.EngagementsQuery{Types: []engagement.Type{engagement.TypeAssessment}, Locations: []engagement.LocationID{lisboa}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			groups, err := w.Desk.Engagements.List(background, w.Actor, c.query)
			ok(t, err)
			equal(t, "the list", listed(groups), c.want)
			for _, g := range groups {
				if len(g.Engagements) == 0 {
					t.Errorf("%s is an empty group", g.SolutionArea)
				}
			}
		})
	}
	w.SetNow(time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC))
	groups, err := w.Desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{Statuses: []engagement.Availability{engagement.AvailabilityExpired}})
	ok(t, err)
	equal(t, "a year later", listed(groups), all)

	_, err = w.Desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{Statuses: []engagement.Availability{"open"}})
	equal(t, "the field", refused[*workflow.InputError](t, err).Field, "statuses")
	groups, err = w.Desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{Types: []engagement.Type{"seminar"}})
	ok(t, err)
	equal(t, "of a type that none has", len(groups), 0)
	_, err = w.Desk.Engagements.List(background, workflow.Actor{Partner: "nobody", User: "ana", Roles: w.Actor.Roles}, workflow.EngagementsQuery{})
	equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "partner", Value: "nobody"})
}

func TestEngagementSummary(t *testing.T) {
	w, _ := newWorld(t, designated, func(sc *workflowtest.Scenario) {
		e := &sc.Engagements[0]
		e.Rates = append(e.Rates, engagement.Rate{From: date(t, "2026-10-01"), Amount: money(t, "4000.00 USD")})
		e.Zone = time.UTC
	})
	got, err := w.Desk.Engagements.Get(background, w.Actor, migration)
	ok(t, err)
	item := got.EngagementListing
	equal(t, "the line", item.ID, migration)
	equal(t, "n of m", [2]int{len(item.EligibleLocations), item.EnrolledLocations}, [2]int{1, 2})
	equal(t, "those that earn: the eligible one has no valid payee profile", len(item.PayableLocations), 0)
	got.EngagementListing = workflow.EngagementListing{}
	equal(t, "the summary", got, workflow.EngagementSummary{
		Version: "1", SolutionArea: "Infrastructure", Summary: "About Azure Migration.",
		PartnerCriteria: []workflow.Criterion{
			{ID: "enrolled", Doc: "The location is enrolled in the program."}, {ID: "designated", Doc: "The location has the designation."},
		},
		CustomerCriteria: []workflow.Criterion{
			{ID: "enough_seats", Doc: "The customer has at least 300 seats."}, {ID: "not_consumer", Doc: "The customer is an organisation."},
		},
		Proof:      claim.DefaultProof(),
		RatesBy:    engagement.AnchorConsent,
		ProofBy:    engagement.AnchorConsent,
		Windows:    engagement.Windows{Consent: 30, FirstSubmission: 60, ReviewDone: 90, Dispute: 30, AfterDispute: 30},
		ClaimLimit: 1, Payment: engagement.PaymentFixed, Rate: engagement.Rate{From: date(t, "2026-07-01"), Amount: money(t, "5000.00 USD")},
		MostDays: 120, Rates: []engagement.Rate{
			{From: date(t, "2026-07-01"), Amount: money(t, "5000.00 USD")}, {From: date(t, "2026-10-01"), Amount: money(t, "4000.00 USD")},
		},
		AcceptsIDs: []tenant.IDKind{tenant.IDKindDomain, tenant.IDKindTenant, tenant.IDKindTPID, tenant.IDKindSubscription},
		Resources:  []engagement.Resource{}, LaterProof: []engagement.Dated[[]claim.ProofItem]{},
	})
	w.SetNow(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	got, err = w.Desk.Engagements.Get(background, w.Actor, migration)
	ok(t, err)
	equal(t, "the rate of the day", got.Rate.Amount.String(), "4000.00 USD")
	got, err = w.Desk.Engagements.Get(background, w.Actor, pilot)
	ok(t, err)
	equal(t, "the claim limit", got.ClaimLimit, 2)

	// What no location is eligible for reads like what nobody offers.
	for _, id := range []engagement.ID{"legacy-voice", "nothing"} {
		_, err = w.Desk.Engagements.Get(background, w.Actor, id)
		equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "engagement", Value: string(id)})
	}
}

func money(t *testing.T, text string) eligibility.Money {
	t.Helper()
	m, err := eligibility.ParseMoney(text)
	ok(t, err)
	return m
}

// The eligibility page has every enrolled location, with every criterion that it
// does not meet, its payee profile, and whether it earns or may add.
func TestEligibilityPage(t *testing.T) {
	w, _ := newWorld(t, designated, func(sc *workflowtest.Scenario) {
		site := engagement.Location{ID: "4711204", Name: "Faro", Enrolled: true, Payee: engagement.PayeeValid}
		workflowtest.Enrolled.Set(&site.Facts, false)
		designations.Set(&site.Facts, []string{"Voice"})
		bare := engagement.Location{ID: "4711205", Name: "Braga", Enrolled: true}
		sc.Partners[0].Locations = append(sc.Partners[0].Locations, site, bare)
	})
	type line struct {
		id          engagement.LocationID
		payee       string
		outcome     eligibility.Outcome
		earns, adds bool
		unmet       string
	}
	page := func(e engagement.ID) []line {
		outcomes, err := w.Desk.Engagements.Locations(background, w.Actor, e)
		ok(t, err)
		var got []line
		for _, o := range outcomes {
			var unmet []string
			for _, r := range o.Reasons() {
				unmet = append(unmet, string(r.Kind)+" "+r.Rule)
			}
			got = append(got, line{o.Location, o.Payee, o.Decision.Outcome, o.Payable, o.Eligible, strings.Join(unmet, ", ")})
		}
		return got
	}
	equal(t, "the page", page(workshop), []line{
		{lisboa, "valid", eligibility.OutcomeEligible, true, true, ""},
		{porto, "bank details missing", eligibility.OutcomeIneligible, false, false, "criteria not met designated"},
		{"4711204", "valid", eligibility.OutcomeIneligible, false, false, "criteria not met enrolled, criteria not met designated"},
		{"4711205", "", eligibility.OutcomeUnknown, false, false, "facts missing enrolled, facts missing designated"},
	})
	equal(t, "who may add does not always earn", page(migration)[1], line{porto, "bank details missing", eligibility.OutcomeEligible, false, true, ""})
	equal(t, "the page says why there is no location", len(page("legacy-voice")), 4)

	_, err := w.Desk.Engagements.Locations(background, w.Actor, "nothing")
	refused[*workflow.NotFoundError](t, err)
	_, err = w.Desk.Engagements.Locations(background, workflow.Actor{Partner: "nobody", User: "ana", Roles: w.Actor.Roles}, workshop)
	refused[*workflow.NotFoundError](t, err)
}

var errBoom = errors.New("boom")

// fails is a rule that cannot be answered about customers, or locations, with
// that fact.
func fails(fact eligibility.Fact[bool]) eligibility.Rule {
	return eligibility.Rule{ID: "fails", Doc: "It fails.", Check: eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		if v, _ := fact.Get(f); v {
			return eligibility.Finding{}, errBoom
		}
		return eligibility.Passed("no fact", "none"), nil
	}, fact)}
}

var broken = eligibility.NewFact[bool]("broken")

// Rules that fail for one location hide neither the other locations nor the
// other engagements, and are told.
func TestLocationRulesFail(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Engagements[0].LocationRules = ruleSet("location", fails(broken))
		broken.Set(&sc.Partners[0].Locations[1].Facts, true)
		broken.Set(&sc.Partners[1].Locations[0].Facts, true)
	})
	told := func(err error) {
		t.Helper()
		if !errors.Is(err, errBoom) || !errors.As(err, new(*eligibility.RuleError)) {
			t.Fatalf("the error is %v, want that of the rule", err)
		}
	}
	groups, err := w.Desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{})
	told(err)
	equal(t, "how many engagements", len(listed(groups)), 6)
	equal(t, "the location that can be judged", groups[0].Engagements[0].EligibleLocations, []engagement.LocationID{lisboa})
	summary, err := w.Desk.Engagements.Get(background, w.Actor, migration)
	told(err)
	equal(t, "the summary", summary.Name, "Azure Migration")
	page, err := w.Desk.Engagements.Locations(background, w.Actor, migration)
	told(err)
	equal(t, "how many locations", len(page), 2)
	equal(t, "of which may add", [2]bool{page[0].Eligible, page[1].Eligible}, [2]bool{true, false})

	groups, err = w.Desk.Engagements.List(background, workflowtest.Fabrikam, workflow.EngagementsQuery{})
	told(err)
	equal(t, "how many of Fabrikam's", len(listed(groups)), 5)
	_, err = w.Desk.Engagements.Get(background, workflowtest.Fabrikam, migration)
	told(err)
	if errors.As(err, new(*workflow.NotFoundError)) {
		t.Errorf("an engagement that could not be judged reads as one that is not there")
	}
}

// A catalog that cannot be asked is unavailable, whatever the question.
func TestCatalogUnavailable(t *testing.T) {
	w, _ := newWorld(t)
	desk, err := workflow.New(w.Store, directory{}, brokenCatalog{}, workflow.FactFunc(noFacts), nil)
	ok(t, err)
	_, err = desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{})
	equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "catalog")
	_, err = desk.Engagements.Get(background, w.Actor, migration)
	refused[*workflow.UnavailableError](t, err)
	_, err = desk.Engagements.Locations(background, w.Actor, migration)
	refused[*workflow.UnavailableError](t, err)
	_, err = desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration})
	refused[*workflow.UnavailableError](t, err)
	_, err = searchRows(desk, w.Actor, "", 0)
	refused[*workflow.UnavailableError](t, err)
	_, err = desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
	refused[*workflow.UnavailableError](t, err)
}

// brokenCatalog cannot be asked.
type brokenCatalog struct{}

func (brokenCatalog) Engagements(context.Context) ([]engagement.Engagement, error) {
	return nil, errBoom
}

func (brokenCatalog) Engagement(context.Context, engagement.ID) (engagement.Engagement, bool, error) {
	return engagement.Engagement{}, false, errBoom
}

func (brokenCatalog) Partner(context.Context, engagement.PartnerID) (engagement.Partner, bool, error) {
	return engagement.Partner{}, false, errBoom
}
