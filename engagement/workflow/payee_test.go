package workflow_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// grantedAt is a participation through a location, to which the customer consented.
func grantedAt(t *testing.T, w *workflowtest.World, location engagement.LocationID) engagement.ParticipationID {
	t.Helper()
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
	cmd.Candidate.Location = location
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	w.Requested(started[0].ID)
	w.Accepted(started[0].ID)
	return started[0].ID
}

// A location whose payee profile is not valid is paid with a reason only, which is
// recorded; one whose profile is valid without.
func TestPaymentTakesAPayee(t *testing.T) {
	w, spy := newWorld(t)
	p := grantedAt(t, w, porto)
	pay := func(reason string) error {
		return errOf(w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reason: reason}))
	}
	unchanged(t, spy, func() { refused[*workflow.WrongStateError](t, pay("")) }) // whatever else is wrong
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	unchanged(t, spy, func() {
		e := refused[*workflow.PayeeNotValidError](t, pay(""))
		equal(t, "the location", e.Location, porto)
		refused[*workflow.InputError](t, pay("\u200b"))
	})
	ok(t, pay("The bank confirmed the account."))
	c := forReview(t, w, p)
	equal(t, "the reason", c.Payments[0].Reason, "The bank confirmed the account.")
	view, err := w.Desk.Claims.Get(background, w.Reviewer(), p)
	ok(t, err)
	last := view.History[len(view.History)-1]
	if last.Detail.Payee == "" || last.Detail.Payee == engagement.PayeeValid {
		t.Errorf("the history says %q of the payee", last.Detail.Payee)
	}

	valid := w.Granted(migration, "ana@adatum.com")
	w.Submitted(valid)
	w.Reviewed(valid)
	w.Approved(valid, "100.00 USD")
	unchanged(t, spy, func() {
		_, err := w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), valid, workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reason: "Why not."})
		refused[*workflow.InputError](t, err)
	})
	ok(t, errOf(w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), valid, workflow.RecordPayment{Amount: w.Money("1.00 USD")})))
}
