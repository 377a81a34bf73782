package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
)

func disassociating(w *workflowtest.World, domain string) func() error {
	cmdKey, cmd := w.Key(), workflow.Disassociate{Reason: "Merged into Adatum."}
	return func() error {
		return w.Desk.Customers.Disassociate(background, w.Actor.Request(cmdKey), w.Customer(domain), cmd)
	}
}

func associating(w *workflowtest.World, domain string) func() error {
	cmdKey, cmd := w.Key(), workflow.Associate{Reason: "Split off again."}
	return func() error {
		return w.Desk.Customers.Associate(background, w.Actor.Request(cmdKey), w.Customer(domain), cmd)
	}
}

// A customer that is disassociated leaves the tabs, and can neither be added nor
// claimed, whatever is imported or evaluated, until it is associated again. What it
// had stays where it is.
func TestDisassociate(t *testing.T) {
	w, spy := newWorld(t)
	p := reached(t, w, migration, engagement.StatusCanceled)
	w.Known("adatum.com")
	w.As(workflowtest.Fabrikam).Known("contoso.com")
	since := w.Now()
	ok(t, disassociating(w, "contoso.com")())
	parked := func(when string) {
		t.Helper()
		for _, e := range []engagement.ID{migration, workshop, pilot} {
			w.ExpectTab(e, engagement.TabEligible, "Adatum")
			w.ExpectTab(e, engagement.TabIneligible)
		}
		w.ExpectTab(migration, engagement.TabComplete, "Contoso") // its participation
		w.ExpectStatus(p, engagement.StatusCanceled)
		unchanged(t, spy, func() {
			for what, err := range map[string]error{"add": adding(w, "ana@contoso.com", workshop)(), "claim": claiming(w, "contoso.com", workshop)()} {
				e := refused[*workflow.DisassociatedError](t, err)
				equal(t, when+": "+what, *e, workflow.DisassociatedError{Customer: string(w.Customer("contoso.com")), Since: since})
				if !strings.Contains(e.Error(), "associate it first") {
					t.Errorf("%v does not help", e)
				}
			}
			for _, offer := range []workflow.Offer{
				must(w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: lisboa})),
				must(w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Domain: "contoso.com"})),
			} {
				equal(t, "what can be chosen", len(offer.Eligible), 0)
				refusalOf[*workflow.DisassociatedError](t, offer.Ineligible[0])
			}
			e := refused[*workflow.DisassociatedError](t, disassociating(w, "contoso.com")())
			equal(t, "since", e.Since, since)
		})
	}
	parked("at once")
	w.Advance(day)
	w.SetFacts("contoso.com", seatsOf(20))
	w.Reevaluated()
	parked("re-evaluated")
	imported(t, w, identified(w, "contoso.com"))
	parked("imported")
	equal(t, "it is known all the same", slices.ContainsFunc(customersOf(t, w), func(c workflow.KnownCustomerView) bool {
		return c.Customer == w.Customer("contoso.com") && c.DisassociatedAt.Equal(since)
	}), true)
	w.As(workflowtest.Fabrikam).ExpectTab(pilot, engagement.TabEligible, "Contoso") // another partner's is its own

	ok(t, associating(w, "contoso.com")())
	w.ExpectTab(migration, engagement.TabEligible, "Adatum")
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso") // evaluated anew, it has too few seats
	w.ExpectTab(migration, engagement.TabComplete, "Contoso")
	w.ExpectTab(pilot, engagement.TabEligible, "Adatum", "Contoso")
	w.Claimed(pilot, "contoso.com")

	events, _ := history(t, w, "contoso.com")
	type entry struct{ kind, by, user, why string }
	var got []entry
	for _, e := range events {
		if e.Kind == engagement.EventCustomerDisassociated || e.Kind == engagement.EventCustomerAssociated {
			got = append(got, entry{string(e.Kind), string(e.By), e.Person.User, e.Person.Why})
		}
	}
	equal(t, "the history", got, []entry{
		{"customer disassociated", "partner", "ana", "Merged into Adatum."}, {"customer associated", "partner", "ana", "Split off again."},
	})
}

func customersOf(t *testing.T, w *workflowtest.World) []workflow.KnownCustomerView {
	t.Helper()
	var out []workflow.KnownCustomerView
	for c, err := range w.Desk.Customers.AllKnown(background, w.Actor) {
		ok(t, err)
		out = append(out, c)
	}
	return out
}

// A customer with an open participation stays; which one it is, the error says. One
// that is over, recorded or not, is in nobody's way.
func TestDisassociateOpen(t *testing.T) {
	for _, status := range []engagement.Status{
		engagement.StatusCustomerClaimed, engagement.StatusAwaitingConsentResponse, engagement.StatusConsentReceived, engagement.StatusSubmitted, engagement.StatusUnderReview,
		engagement.StatusPartnerActionRequired, engagement.StatusRejected, engagement.StatusDisputed,
	} {
		w, spy := newWorld(t)
		w.Known("contoso.com")
		p := reached(t, w, migration, status)
		unchanged(t, spy, func() {
			e := refused[*workflow.OpenParticipationError](t, disassociating(w, "contoso.com")())
			equal(t, "which", *e, workflow.OpenParticipationError{Engagement: migration, Participation: p, Status: status})
		})
	}
	for _, status := range []engagement.Status{
		engagement.StatusConsentDeclined, engagement.StatusConsentExpired, engagement.StatusCanceled, engagement.StatusApproved, engagement.StatusPaid,
		engagement.StatusRejectedFinal, engagement.StatusNotSubmittedExpired, engagement.StatusPostSubmissionExpired, engagement.StatusDisputedExpired,
	} {
		w, _ := newWorld(t)
		w.Known("contoso.com")
		p := reached(t, w, migration, status)
		ok(t, disassociating(w, "contoso.com")())
		w.ExpectStatus(p, status)
	}
}

// Who is not known, or nobody, cannot be disassociated, and a reason is needed.
func TestAssociationInput(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("contoso.com")
	w.Added(migration, "ana@adatum.com")
	unchanged(t, spy, func() {
		for _, do := range []func(customer tenant.Key, reason string) error{
			func(c tenant.Key, reason string) error {
				return w.Desk.Customers.Disassociate(background, w.Actor.Request(w.Key()), c, workflow.Disassociate{Reason: reason})
			},
			func(c tenant.Key, reason string) error {
				return w.Desk.Customers.Associate(background, w.Actor.Request(w.Key()), c, workflow.Associate{Reason: reason})
			},
		} {
			for _, reason := range []string{"", " \n", strings.Repeat("x", 2001)} {
				equal(t, "the field", refused[*workflow.InputError](t, do(w.Customer("contoso.com"), reason)).Field, "reason")
			}
			equal(t, "the field", refused[*workflow.InputError](t, do("contoso", "Why not.")).Field, "customer")
			refused[*workflow.NotKnownError](t, do(w.Customer("adatum.com"), "Why not."))
		}
	})
	ok(t, associating(w, "contoso.com")()) // it is: nothing happens
	equal(t, "events", count(t, w, "contoso.com", engagement.EventCustomerAssociated), 0)
}

// Disassociated while it is claimed: one of the two wins, and the other is told.
func TestRaceDisassociateClaim(t *testing.T) {
	for range rounds {
		w, _ := newWorld(t)
		w.Known("contoso.com")
		errs := together(disassociating(w, "contoso.com"), claiming(w, "contoso.com", migration))
		got := tally(errs, errtest.Type[*workflow.DisassociatedError](), errtest.Type[*workflow.OpenParticipationError]())
		if errs[0] == nil {
			equal(t, "the outcome", got, "1 *workflow.DisassociatedError, 1 ok")
			w.ExpectTab(migration, engagement.TabEligible)
		} else {
			equal(t, "the outcome", got, "1 *workflow.OpenParticipationError, 1 ok")
			w.ExpectTab(migration, engagement.TabEligible, "Contoso")
		}
		history(t, w, "contoso.com")
	}
}
