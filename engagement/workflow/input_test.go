package workflow_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// fields are what an error finds wrong, each by its field, in order.
func fields(err error) []string {
	var out []string
	var walk func(error)
	walk = func(err error) {
		if joined, is := err.(interface{ Unwrap() []error }); is {
			for _, e := range joined.Unwrap() {
				walk(e)
			}
			return
		}
		switch e := err.(type) {
		case *workflow.InputError:
			out = append(out, e.Field)
		case *workflow.NotFoundError:
			out = append(out, e.Field)
		case *workflow.LocationNotEligibleError:
			out = append(out, "location")
		case *tenant.MalformedError:
			out = append(out, e.Field)
		case nil:
		default:
			out = append(out, err.Error())
		}
	}
	walk(err)
	slices.Sort(out)
	return out
}

// Every mistake of one input is told at once, each with its field, and nothing is
// stored.
func TestMistakesAreToldTogether(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("contoso.com")
	wrong := workflow.Candidate{Location: "9", Email: "x", TenantID: "1", TPID: "x", Hours: -1}
	outside := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		do   func() error
		want []string
	}{
		"a candidate": {func() error { _, err := w.Desk.Customers.Identify(background, w.Actor, wrong); return err },
			[]string{"email", "hours", "location", "tenant_id", "tpid"}},
		"an add": {func() error {
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{
				Candidate: wrong, Engagements: []engagement.ID{migration, "nothing", migration, "nor this"},
				DealSize: money(t, "0 USD"), Payout: money(t, "1 ZZZ"),
			})
			return err
		}, []string{"deal_size", "email", "engagements", "engagements[1]", "engagements[3]", "hours", "location", "payout", "tenant_id", "tpid"}},
		"an add to nothing through a location that is not enrolled": {func() error {
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: workflow.Candidate{Location: funchal, Domain: "contoso.com"}})
			return err
		}, []string{"engagements", "location"}},
		"a claim": {func() error {
			_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
				Customer: "contoso", Location: "9", Engagements: []engagement.ID{"nothing"}, Hours: 20_000, DealSize: money(t, "0 USD"),
			})
			return err
		}, []string{"customer", "deal_size", "engagements[0]", "hours", "location"}},
		"the offer of a claim": {func() error {
			_, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: "contoso", Location: "9", Hours: -1, DealSize: money(t, "0 USD")})
			return err
		}, []string{"customer", "deal_size", "hours", "location"}},
		"a query of customers": {func() error {
			_, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: "nothing",
				Tab: "all", Sort: "luck", Limit: -1, Types: []engagement.RowType{"x"}, Statuses: []engagement.Status{"x"}, From: outside, To: outside,
			})
			return err
		}, []string{"engagement", "from", "limit", "sort", "statuses", "tab", "to", "types"}},
		"a query of claims": {func() error {
			_, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{
				Sort: workflow.Sort("luck"), Limit: 5000, Statuses: []engagement.Status{"x"}, To: outside, Customer: "x", AtLeast: money(t, "-1 USD"), Below: money(t, "1 ZZZ"),
			})
			return err
		}, []string{"at_least", "below", "below", "customer", "limit", "sort", "statuses", "to"}},
	} {
		t.Run(name, func(t *testing.T) {
			unchanged(t, spy, func() {
				err := c.do()
				equal(t, "the mistakes", fields(err), c.want)
			})
		})
	}
}

// An engagement that there is not hides no refusal of the others, and what is wrong
// with the input does not hide them either.
func TestUnknownEngagementsHideNothing(t *testing.T) {
	w, _ := newWorld(t)
	w.Added(migration, "contoso.com")
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", "nothing", migration, "legacy-voice")
	cmd.DealSize = money(t, "0 USD")
	_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	for _, want := range []error{errtest.Type[*workflow.NotFoundError](), errtest.Type[*workflow.OpenParticipationError](), errtest.Type[*workflow.NotClaimableError](), errtest.Type[*workflow.InputError]()} {
		if !errtest.Is(err, want) {
			t.Errorf("%v does not tell of: %v", err, want)
		}
	}
	w.Fail(workflowtest.Directory, errors.New("no route"))
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	if !errors.As(err, new(*workflow.UnavailableError)) || errors.As(err, new(*workflow.InputError)) {
		t.Errorf("while the directory gives no answer: %v", err)
	}
}

// One ID alone names a customer where the engagement takes it. Who has no name there
// needs one from the partner; the mark of an ID that is merely stated goes wherever
// the program looks, and stays when the customer is claimed again.
func TestOneIDAlone(t *testing.T) {
	w, _ := newWorld(t, byIDs)
	contoso, stranger := w.Customer("contoso.com"), "00000000-0000-4000-8000-0000000000ff"
	alone := func(c workflow.Candidate, id engagement.ID) (engagement.Participation, error) {
		c.Location = lisboa
		started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: c, Engagements: []engagement.ID{id}})
		if err != nil {
			return engagement.Participation{}, err
		}
		return part(t, w, started[0].ID), nil
	}
	p, err := alone(workflow.Candidate{TenantID: string(contoso)[len("tenant:"):]}, migration)
	ok(t, err)
	equal(t, "the directory's name", []any{p.Identity.Name, p.Identity.Key(), p.Basis, p.Identity.Stated}, []any{"Contoso", contoso, tenant.BasisConfirmed, false})

	_, err = alone(workflow.Candidate{OpportunityID: opportunity, Hours: 40}, "by-the-hour")
	refused[*workflow.NameRequiredError](t, err)
	p, err = alone(workflow.Candidate{OpportunityID: opportunity, FriendlyName: "Fabled", Hours: 40}, "by-the-hour")
	ok(t, err)
	equal(t, "the opportunity", []any{p.Identity.Opportunity.String(), p.Nominated, p.Basis, p.FriendlyName}, []any{opportunity, tenant.IDKindOpportunity, tenant.BasisUnchecked, "Fabled"})
	_, err = alone(workflow.Candidate{SubscriptionID: subscription, FriendlyName: "Fabled"}, "by-tpid")
	refused[*workflow.IDNotAcceptedError](t, err)
	_, err = alone(workflow.Candidate{SubscriptionID: subscription, FriendlyName: "Fabled"}, pilot)
	ok(t, err) // fixed pay takes it, unless the engagement narrows that

	_, err = alone(workflow.Candidate{TenantID: stranger, FriendlyName: "Stranger"}, pilot)
	refused[*tenant.ReasonRequiredError](t, err)
	_, err = alone(workflow.Candidate{TenantID: "9188040d-6c67-4c5b-b112-36a304b66dad", FriendlyName: "Me", Reason: "r"}, pilot)
	refused[*tenant.MalformedError](t, err) // everybody's personal accounts are nobody's customer
	stated := workflow.Candidate{TenantID: stranger, FriendlyName: "Stranger", Reason: "By telephone."}
	changeEngagement(t, w, pilot, func(e *engagement.Engagement) { e.RefusesStated = true })
	_, err = alone(stated, pilot)
	refused[*workflow.StatedIdentityError](t, err)
	changeEngagement(t, w, pilot, func(e *engagement.Engagement) { e.RefusesStated = false })
	p, err = alone(stated, pilot)
	ok(t, err)
	marked := func(p engagement.ParticipationID, when string) {
		t.Helper()
		list, err := w.Desk.Claims.List(background, workflowtest.Vendor, workflow.ClaimsQuery{})
		ok(t, err)
		for _, row := range list.Rows {
			equal(t, when+": the mark of "+row.FriendlyName, row.Identity.Stated, row.FriendlyName == "Stranger" || row.FriendlyName == "The stranger")
		}
		equal(t, when+": the participation", part(t, w, p).Basis, tenant.BasisStated)
	}
	marked(p.ID, "added")
	events, err := w.Desk.Histories.List(background, w.Actor, workflow.HistoryQuery{Customer: p.Customer})
	ok(t, err)
	equal(t, "the mark in the history", events.Events[0].Detail.Stated, true)

	w.Requested(p.ID)
	w.Accepted(p.ID)
	w.Cancelled(p.ID)
	started, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
		Customer: p.Customer, Location: lisboa, Engagements: []engagement.ID{pilot}, FriendlyName: "The stranger",
	})
	ok(t, err)
	marked(started[0].ID, "claimed")
	equal(t, "the name that was given with the claim", part(t, w, started[0].ID).FriendlyName, "The stranger")

	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.RefusesStated = true })
	w.Reevaluated()
	i := slices.IndexFunc(w.Rows(migration, engagement.TabIneligible), func(r workflow.Row) bool { return r.Customer == p.Customer })
	reasons := w.Rows(migration, engagement.TabIneligible)[i].Reasons
	equal(t, "why it cannot be claimed where stated IDs are refused", reasons[len(reasons)-1].Kind, engagement.ReasonIDNotAccepted)
}
