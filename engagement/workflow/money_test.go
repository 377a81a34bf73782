package workflow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// rate adds a rate to an engagement's from a day on; a cap of "" is none.
func rate(t *testing.T, w *workflowtest.World, e engagement.ID, from, amount, most string) {
	t.Helper()
	r := engagement.Rate{From: date(t, from), Amount: money(t, amount)}
	if most != "" {
		r.Cap = money(t, most)
	}
	changeEngagement(t, w, e, func(e *engagement.Engagement) { e.Rates = append(e.Rates, r) })
}

// A claim pays by the rate in force on the day of the consent, in the engagement's
// zone; what comes into force later changes nothing.
func TestRateOfTheDayOfConsent(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon") // an hour before UTC in September
	ok(t, err)
	midnight := time.Date(2026, 9, 14, 23, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{midnight.Add(-tick): "5000.00 USD", midnight: "7500.00 USD", midnight.AddDate(0, 0, 6): "1.50 EUR"} {
		w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Engagements[0].Zone = lisbon })
		rate(t, w, migration, "2026-09-15", "7500.00 USD", "")
		rate(t, w, migration, "2026-09-21", "1.50 EUR", "")
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		w.SetNow(at)
		w.Accepted(p)
		w.Advance(20 * day)
		c := part(t, w, p).Claim
		equal(t, "rate, estimate and cap", asJSON(t, []eligibility.Money{c.Rate, c.Estimated, c.Cap}), asJSON(t, []string{want, want, want}))
		w.Submitted(p)
		equal(t, "requested", part(t, w, p).Claim.Requested.String(), want)
		equal(t, "on the row", w.Row(p).Amount.String(), want)
	}
}

// What is requested is what the partner says, else what was estimated, else what it
// said the last time.
func TestRequested(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Proved(p)
	submit := func(amount eligibility.Money) error {
		return errOf(w.Desk.Claims.Submit(background, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{Requested: amount}))
	}
	bad := func(amount eligibility.Money, help string) {
		t.Helper()
		unchanged(t, spy, func() {
			e := refused[*claim.AmountError](t, submit(amount))
			equal(t, "the field", e.Field, "requested")
			if !strings.Contains(e.Error(), help) {
				t.Errorf("%v does not say %q", e, help)
			}
		})
	}
	bad(money(t, "100.00 EUR"), "use USD")
	bad(money(t, "-1.00 USD"), "not positive")
	bad(money(t, "0.00 USD"), "not positive")
	bad(eligibility.Money{Amount: money(t, "5.00 USD").Amount}, "has no currency: add its code")
	ok(t, submit(money(t, "4321.09 USD")))
	w.Reviewed(p)
	w.AskedForAction(p, "Less.")
	ok(t, submit(eligibility.Money{}))
	c := part(t, w, p).Claim
	equal(t, "requested", c.Requested.String(), "4321.09 USD")
	equal(t, "the submissions", len(c.Submissions), 2)
	events, _ := history(t, w, "contoso.com")
	var notes []string
	for _, e := range events {
		if e.Kind == engagement.EventClaimSubmitted {
			notes = append(notes, detailOf(t, e))
		}
	}
	equal(t, "the history", notes, []string{`{"requested":"4321.09 USD"}`, `{"requested":"4321.09 USD"}`})
}

// More than the cap is approved only with an override, which is kept.
func TestCap(t *testing.T) {
	for name, test := range map[string]struct {
		rate, most string
		amount     string
		over       bool
	}{
		"less than the rate":    {"5000.00 USD", "", "4999.99 USD", false},
		"the rate":              {"5000.00 USD", "", "5000.00 USD", false},
		"a cent more":           {"5000.00 USD", "", "5000.01 USD", true},
		"the cap":               {"5000.00 USD", "6000.00 USD", "6000.00 USD", false},
		"a cent more than that": {"5000.00 USD", "6000.00 USD", "6000.01 USD", true},
		"a yen more":            {"1234 JPY", "", "1235 JPY", true},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			rate(t, w, migration, "2026-09-01", test.rate, test.most)
			p := reached(t, w, migration, engagement.StatusUnderReview)
			approve := func(cmd workflow.ApproveClaim) error {
				return errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(w.Key()), p, cmd))
			}
			cmd := workflow.ApproveClaim{Amount: money(t, test.amount), Text: "Well done."}
			if test.over {
				unchanged(t, spy, func() {
					e := refused[*claim.AmountError](t, approve(cmd))
					limit := test.rate
					if test.most != "" {
						limit = test.most
					}
					equal(t, "the refusal", []string{e.Field, e.Amount.String(), e.Limit.String()}, []string{"approved", test.amount, limit})
					cmd := cmd
					cmd.Override = "\u200b" // says nothing
					equal(t, "that it was refused", approve(cmd) != nil, true)
				})
				cmd.Override = "The customer was larger than we knew."
			}
			ok(t, approve(cmd))
			c := part(t, w, p).Claim
			equal(t, "approved", c.Approved, cmd.Amount)
			equal(t, "the review", forReview(t, w, p).LastReview(), claim.Review{At: w.Now(), Outcome: claim.KindApprove, Amount: cmd.Amount, Override: cmd.Override, Text: cmd.Text})
			events, _ := history(t, w, "contoso.com")
			last := events[len(events)-1]
			equal(t, "the history says so", last.Detail, engagement.Detail{Approved: cmd.Amount})
		})
	}
	w, spy := newWorld(t)
	p := reached(t, w, migration, engagement.StatusUnderReview)
	unchanged(t, spy, func() {
		for _, amount := range []eligibility.Money{
			money(t, "100.00 EUR"), money(t, "0.00 USD"), money(t, "-5.00 USD"), {}, {Amount: money(t, "5.00 USD").Amount}, {Currency: "usd"},
		} {
			_, err := w.Desk.Reviews.Approve(background, w.Reviewer().Request(w.Key()), p, workflow.ApproveClaim{Amount: amount, Override: "Why not."})
			equal(t, "the field", refused[*claim.AmountError](t, err).Field, "approved")
		}
	})
}

// Without a rate on the day of consent nothing is estimated, and every approval is
// an override.
func TestNoRate(t *testing.T) {
	w, spy := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Rates = nil })
	p := reached(t, w, migration, engagement.StatusUnderReview)
	c := part(t, w, p).Claim
	equal(t, "estimated, requested", []bool{c.Estimated.IsZero(), c.Requested.IsZero()}, []bool{true, true})
	cmdKey, cmd := w.Key(), workflow.ApproveClaim{Amount: money(t, "10.00 USD")}
	unchanged(t, spy, func() {
		e := refused[*claim.AmountError](t, errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(cmdKey), p, cmd)))
		if !strings.Contains(e.Error(), "no rate was in force") {
			t.Errorf("%v does not say why", e)
		}
	})
	cmd.Override = "Agreed by telephone."
	ok(t, errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(cmdKey), p, cmd)))
	w.ExpectStatus(p, engagement.StatusApproved)
}

// Payments add up exactly, and never to more than was approved.
func TestPayments(t *testing.T) {
	w, spy := newWorld(t)
	p := reached(t, w, migration, engagement.StatusApproved) // of 5000
	pay := func(amount string) error {
		return errOf(w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: money(t, amount), Reference: "T-" + amount}))
	}
	bad := func(amount, left string) {
		t.Helper()
		unchanged(t, spy, func() {
			e := refused[*claim.AmountError](t, pay(amount))
			equal(t, "the refusal", []string{e.Field, e.Limit.String()}, []string{"paid", left})
		})
	}
	bad("5000.01 USD", "5000.00 USD")
	bad("0.00 USD", "")
	bad("-1.00 USD", "")
	bad("1.00 EUR", "")
	unchanged(t, spy, func() {
		for _, amount := range []eligibility.Money{{}, {Amount: money(t, "5.00 USD").Amount}, {Currency: "usd"}} {
			_, err := w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: amount})
			equal(t, "the field", refused[*claim.AmountError](t, err).Field, "paid")
		}
	})
	ok(t, pay("1666.67 USD"))
	ok(t, pay("1666.67 USD"))
	bad("1666.67 USD", "1666.66 USD")
	w.ExpectStatus(p, engagement.StatusApproved)
	equal(t, "on the row", w.Row(p).Amount.String(), "3333.34 USD")
	ok(t, pay("1666.66 USD"))
	w.ExpectStatus(p, engagement.StatusPaid)
	c := part(t, w, p).Claim
	equal(t, "paid", c.Paid.Equal(money(t, "5000.00 USD")), true)
	equal(t, "the payments", c.Payments[2], claim.Payment{At: w.Now(), Amount: money(t, "1666.66 USD"), Reference: "T-1666.66 USD"})
	unchanged(t, spy, func() {
		refused[*workflow.WrongStateError](t, pay("0.01 USD"))
	})
}
