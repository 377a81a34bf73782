package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

const rounds = 40

// refusals are what a race may be lost with.
var refusals = []error{
	errtest.Type[*workflow.OpenParticipationError](), errtest.Type[*workflow.AlreadyKnownError](), errtest.Type[*workflow.NotKnownError](), errtest.Type[*workflow.NotEligibleError](), errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.AmountError](),
	consent.ErrTakenElsewhere, errtest.Type[*consent.AlreadyAnsweredError](), errtest.Type[*survey.AlreadyAnsweredError](), errtest.Type[*consent.ExpiredError](), errtest.Type[*link.VoidError](), errtest.Type[*consent.NotAllowedError](),
}

// outcome says how calls made at once came out, which is one of the expected ways.
func outcome(t *testing.T, errs []error, want ...string) {
	t.Helper()
	got := tally(errs, refusals...)
	for _, w := range want {
		if got == inOrder(strings.Split(w, ", ")) {
			return
		}
	}
	t.Fatalf("the outcome is %q, want one of %q", got, want)
}

// races gives f a new world for each of many rounds.
func races(t *testing.T, f func(t *testing.T, w *workflowtest.World)) {
	t.Helper()
	for range rounds {
		w, _ := newWorld(t)
		f(t, w)
	}
}

func adding(w *workflowtest.World, email string, id engagement.ID) func() error {
	cmdKey, cmd := w.Key(), add(w, email, id)
	return func() error { _, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd); return err }
}

func claiming(w *workflowtest.World, domain string, id engagement.ID) func() error {
	cmdKey, cmd := w.Key(), workflow.ClaimCustomer{Customer: w.Customer(domain), Location: lisboa, Engagements: []engagement.ID{id}}
	return func() error { _, err := w.Desk.Customers.Claim(background, w.Actor.Request(cmdKey), cmd); return err }
}

func answering(w *workflowtest.World, p engagement.ParticipationID, d consent.Decision) func() error {
	token := newest(w, p)
	return func() error { return answer(w, token, d) }
}

func resending(w *workflowtest.World, p engagement.ParticipationID) func() error {
	key := w.Key()
	return func() error { _, err := w.Desk.Consents.Resend(background, w.Actor.Request(key), p); return err }
}

func callingOff(w *workflowtest.World, p engagement.ParticipationID) func() error {
	key := w.Key()
	return func() error {
		return errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(key), p, workflow.Cancel{}))
	}
}

func sweeping(w *workflowtest.World) func() error {
	return func() error { _, err := w.Desk.Jobs.Sweep(background); return err }
}

// count returns how often a kind is in the history with a customer.
func count(t *testing.T, w *workflowtest.World, domain string, kind engagement.EventKind) int {
	t.Helper()
	n := 0
	_, kinds := history(t, w, domain)
	for _, k := range kinds {
		if k == kind {
			n++
		}
	}
	return n
}

// Two of one partner's users begin the same at once: one does, the other is told.
func TestRaceToBegin(t *testing.T) {
	t.Run("add and add", func(t *testing.T) {
		races(t, func(t *testing.T, w *workflowtest.World) {
			errs := together(adding(w, "ana@contoso.com", migration), adding(w, "eva@contoso.com", migration), adding(w, "rui@contoso.com", migration))
			outcome(t, errs, "1 ok, 2 *workflow.OpenParticipationError")
			equal(t, "added", count(t, w, "contoso.com", engagement.EventCustomerAdded), 1)
			w.ExpectTab(migration, engagement.TabEligible, "Contoso")
		})
	})
	t.Run("claim and claim", func(t *testing.T) {
		races(t, func(t *testing.T, w *workflowtest.World) {
			w.Known("contoso.com")
			errs := together(claiming(w, "contoso.com", migration), claiming(w, "contoso.com", migration), claiming(w, "contoso.com", pilot))
			outcome(t, errs, "1 *workflow.OpenParticipationError, 2 ok")
			equal(t, "claimed", count(t, w, "contoso.com", engagement.EventCustomerClaimed), 2)
		})
	})
	t.Run("add and claim", func(t *testing.T) {
		races(t, func(t *testing.T, w *workflowtest.World) {
			p := w.Added(workshop, "ana@contoso.com")
			w.Requested(p)
			// The customer becomes known meanwhile: each of the two can be first or late.
			errs := together(adding(w, "eva@contoso.com", migration), claiming(w, "contoso.com", migration), answering(w, p, consent.DecisionAccept))
			outcome(t, errs,
				"1 *workflow.NotKnownError, 2 ok",                                // added before
				"1 *workflow.AlreadyKnownError, 1 *workflow.NotKnownError, 1 ok", // neither
				"1 *workflow.AlreadyKnownError, 2 ok",                            // claimed after
				"1 *workflow.OpenParticipationError, 2 ok",                       // one of them, the other found it open
			)
			begun := count(t, w, "contoso.com", engagement.EventCustomerAdded) - 1 + count(t, w, "contoso.com", engagement.EventCustomerClaimed)
			succeeded := 0
			for _, err := range errs[:2] {
				if err == nil {
					succeeded++
				}
			}
			equal(t, "begun", begun, succeeded)
		})
	})
}

// Of customers of two partners who accept at once, no more get through than the
// claim limit has room for.
func TestRaceToConsent(t *testing.T) {
	for id, limit := range map[engagement.ID]int{migration: 1, pilot: 2} {
		t.Run(fmt.Sprintf("limit %d", limit), func(t *testing.T) {
			third := workflow.Actor{Partner: "tailspin", User: "kim", Roles: []workflow.Role{workflow.RoleIncentivesUser}}
			for range rounds {
				w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
					p := sc.Partners[1]
					p.ID, p.Name = third.Partner, "Tailspin"
					sc.Partners = append(sc.Partners, p)
				})
				var accepts []func() error
				var parts []engagement.ParticipationID
				worlds := []*workflowtest.World{w, w.As(workflowtest.Fabrikam), w.As(third)}
				for _, w := range worlds {
					p := w.Added(id, "ana@contoso.com")
					w.Requested(p)
					accepts = append(accepts, answering(w, p, consent.DecisionAccept), answering(w, p, consent.DecisionAccept))
					parts = append(parts, p)
				}
				errs := together(accepts...)
				outcome(t, errs, fmt.Sprintf("%d %s, %d ok", 2*(3-limit), consent.ErrTakenElsewhere, 2*limit)) // the second click on the same is done, too
				equal(t, "granted", granted(t, w, id, "contoso.com"), limit)
				got := 0
				for i, p := range parts {
					got += count(t, worlds[i], "contoso.com", engagement.EventConsentGranted)
					equal(t, "one claim", part(t, worlds[i], p).Claim != nil, errs[2*i] == nil || errs[2*i+1] == nil)
				}
				equal(t, "grants in the histories", got, limit)
				for _, err := range errs {
					if err != nil && strings.Contains(strings.ToLower(err.Error()), "northwind") {
						t.Errorf("%v says who", err)
					}
				}
			}
		})
	}
}

// Yes and no at once: the first counts, the other is told.
func TestRaceToAnswer(t *testing.T) {
	races(t, func(t *testing.T, w *workflowtest.World) {
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p, "ana@contoso.com", "eva@contoso.com")
		links := w.Links(p)
		errs := together(
			func() error { return answer(w, links[0], consent.DecisionAccept) },
			func() error { return answer(w, links[1], consent.DecisionDecline) },
			func() error { return answer(w, links[1], consent.DecisionAccept) },
		)
		if errs[1] == nil {
			outcome(t, errs, "1 ok, 2 *consent.AlreadyAnsweredError")
		} else {
			outcome(t, errs, "1 *consent.AlreadyAnsweredError, 2 ok")
		}
		equal(t, "answers", count(t, w, "contoso.com", engagement.EventConsentGranted)+count(t, w, "contoso.com", engagement.EventConsentDeclined), 1)
		equal(t, "declined", count(t, w, "contoso.com", engagement.EventConsentDeclined) == 1, errs[1] == nil)
	})
}

// An answer that races the deadline is in time or late, and whatever it is, it is
// that for good. A sweep beside it makes no difference.
func TestRaceWithDeadline(t *testing.T) {
	for name, at := range map[string]time.Duration{"a microsecond before": -tick, "at": 0, "a microsecond after": tick} {
		t.Run(name, func(t *testing.T) {
			races(t, func(t *testing.T, w *workflowtest.World) {
				p := w.Added(migration, "ana@contoso.com")
				w.Requested(p)
				w.SetNow(part(t, w, p).Consent.Deadline.Add(at))
				errs := together(sweeping(w), answering(w, p, consent.DecisionAccept), sweeping(w))
				if at < 0 {
					outcome(t, errs, "3 ok")
					w.ExpectStatus(p, engagement.StatusConsentReceived)
				} else {
					outcome(t, errs, "1 *consent.ExpiredError, 2 ok")
					equal(t, "recorded", count(t, w, "contoso.com", engagement.EventDeadlinePassed), 1)
				}
			})
		})
	}
	t.Run("while it passes", func(t *testing.T) {
		inTime := 0
		races(t, func(t *testing.T, w *workflowtest.World) {
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p)
			deadline := part(t, w, p).Consent.Deadline
			w.SetNow(deadline.Add(-tick))
			errs := together(sweeping(w), answering(w, p, consent.DecisionAccept), func() error { w.SetNow(deadline); return nil }, sweeping(w))
			w.Swept()
			yes, no := count(t, w, "contoso.com", engagement.EventConsentGranted), count(t, w, "contoso.com", engagement.EventDeadlinePassed)
			equal(t, "granted and expired", []int{yes, no}, map[bool][]int{true: {1, 0}, false: {0, 1}}[errs[1] == nil])
			if errs[1] == nil {
				inTime++
				w.ExpectStatus(p, engagement.StatusConsentReceived)
				return
			}
			outcome(t, errs, "1 *consent.ExpiredError, 3 ok")
			w.ExpectStatus(p, engagement.StatusConsentExpired)
		})
		t.Logf("%d of %d in time", inTime, rounds)
	})
}

// A resend voids the link that is being answered, or comes too late; never both.
func TestRaceResendAnswer(t *testing.T) {
	races(t, func(t *testing.T, w *workflowtest.World) {
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		w.Advance(day)
		errs := together(resending(w, p), answering(w, p, consent.DecisionAccept))
		outcome(t, errs, "1 *workflow.WrongStateError, 1 ok", "1 *link.VoidError, 1 ok")
		w.Relayed()
		asks := len(sentTo(w, engagement.MessageConsentRequest))
		if errs[0] == nil {
			w.ExpectStatus(p, engagement.StatusAwaitingConsentResponse)
			equal(t, "asked", asks, 2)
			w.Accepted(p)
		} else {
			equal(t, "asked", asks, 1)
		}
		w.ExpectStatus(p, engagement.StatusConsentReceived)
	})
}

// A partner cancels while the customer accepts: whatever comes first, the other is
// told how it is, and in the end it is cancelled.
func TestRaceCancelAnswer(t *testing.T) {
	races(t, func(t *testing.T, w *workflowtest.World) {
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		errs := together(callingOff(w, p), answering(w, p, consent.DecisionAccept))
		outcome(t, errs, "2 ok", "1 *consent.NotAllowedError, 1 ok")
		w.ExpectStatus(p, engagement.StatusCanceled)
		equal(t, "consented", part(t, w, p).Consented(), errs[1] == nil)
		equal(t, "granted", granted(t, w, migration, "contoso.com"), 0)
	})
}

// The same command with the same key from many: it happens once, and all are given
// the same.
func TestRaceSameKey(t *testing.T) {
	for range rounds / 4 {
		commands(t, func(t *testing.T, w *workflowtest.World, spy *spy, c command) {
			before := len(spy.writes)
			results := make([]any, 12)
			var calls []func() error
			for i := range results {
				calls = append(calls, func() (err error) { results[i], err = c.do("k"); return err })
			}
			for _, err := range together(calls...) {
				ok(t, err)
			}
			for _, r := range results {
				equal(t, "the result", unrepeated(r), unrepeated(results[0]))
			}
			equal(t, "writes", len(spy.writes)-before, 1)
		})
	}
}

// Erasing a person while others work with it leaves histories whole, and once more
// finishes what came in between.
func TestRaceErase(t *testing.T) {
	races(t, func(t *testing.T, w *workflowtest.World) {
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p, "ana@contoso.com", "eva@contoso.com")
		w.Advance(day)
		links := w.Links(p)
		erasing := func() error {
			_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "ana@contoso.com"}, nil)
			if errors.As(err, new(*workflow.PersonNotFoundError)) { // the other one was faster
				return nil
			}
			return err
		}
		errs := together(erasing, func() error { return answer(w, links[1], consent.DecisionAccept) }, erasing,
			func() error { _, err := w.Desk.Jobs.Relay(background); return err })
		outcome(t, errs, "4 ok")
		ok(t, erasing())
		gone(t, w, "ana@contoso.com")
		history(t, w, "contoso.com")
		w.ExpectStatus(p, engagement.StatusConsentReceived)
	})
}

// submitting and what follows are given by different people at once, each with a key
// of their own.
func submitting(w *workflowtest.World, p engagement.ParticipationID) func() error {
	cmdKey, cmd := w.Key(), workflow.SubmitClaim{}
	return func() error { return errOf(w.Desk.Claims.Submit(background, w.Actor.Request(cmdKey), p, cmd)) }
}

func starting(w *workflowtest.World, p engagement.ParticipationID) func() error {
	cmdKey, cmd := w.Key(), workflow.StartReview{}
	return func() error { return errOf(w.Desk.Reviews.Start(background, w.Reviewer().Request(cmdKey), p, cmd)) }
}

func approving(w *workflowtest.World, p engagement.ParticipationID) func() error {
	cmdKey, cmd := w.Key(), workflow.ApproveClaim{Amount: w.Money("5000.00 USD")}
	return func() error { return errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(cmdKey), p, cmd)) }
}

func rejecting(w *workflowtest.World, p engagement.ParticipationID) func() error {
	cmdKey, cmd := w.Key(), workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionOther}, Text: "No."}
	return func() error { return errOf(w.Desk.Reviews.Reject(background, w.Reviewer().Request(cmdKey), p, cmd)) }
}

func paying(w *workflowtest.World, p engagement.ParticipationID, amount string) func() error {
	cmdKey, cmd := w.Key(), workflow.RecordPayment{Amount: w.Money(amount)}
	return func() error {
		return errOf(w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(cmdKey), p, cmd))
	}
}

// Of commands about one claim that exclude each other exactly one happens, and the
// others are told that it is too late.
func TestRaceOnClaim(t *testing.T) {
	late := "*workflow.WrongStateError"
	for name, test := range map[string]struct {
		at    engagement.Status
		calls func(w *workflowtest.World, p engagement.ParticipationID) []func() error
		want  []string
		event engagement.EventKind // of which there is one more; "" for any
		ends  []engagement.Status
	}{
		"two users submit": {engagement.StatusConsentReceived, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{submitting(w, p), submitting(w, p), submitting(w, p)}
		}, []string{"1 ok, 2 " + late}, engagement.EventClaimSubmitted, []engagement.Status{engagement.StatusSubmitted}},
		"cancel and submit": {engagement.StatusConsentReceived, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{submitting(w, p), callingOff(w, p)}
		}, []string{"1 " + late + ", 1 ok"}, "", []engagement.Status{engagement.StatusSubmitted, engagement.StatusCanceled}},
		"withdraw and submit": {engagement.StatusConsentReceived, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{submitting(w, p), answering(w, p, consent.DecisionWithdraw)}
		}, []string{"1 " + late + ", 1 ok", "2 ok"}, engagement.EventConsentWithdrawn, []engagement.Status{engagement.StatusSubmitted, engagement.StatusConsentWithdrawn}},
		"two reviewers begin": {engagement.StatusSubmitted, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{starting(w, p), starting(w, p)}
		}, []string{"1 " + late + ", 1 ok"}, engagement.EventReviewStarted, []engagement.Status{engagement.StatusUnderReview}},
		"two reviewers decide": {engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{approving(w, p), rejecting(w, p), approving(w, p)}
		}, []string{"1 ok, 2 " + late}, "", []engagement.Status{engagement.StatusApproved, engagement.StatusRejected}},
		"approve and withdraw": {engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{approving(w, p), answering(w, p, consent.DecisionWithdraw)}
		}, []string{"2 ok"}, engagement.EventConsentWithdrawn, []engagement.Status{engagement.StatusApproved}},
		"two payments": {engagement.StatusApproved, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{paying(w, p, "3000.00 USD"), paying(w, p, "3000.00 USD")}
		}, []string{"1 *claim.AmountError, 1 ok"}, engagement.EventPaymentRecorded, []engagement.Status{engagement.StatusApproved}},
		"all of it, twice": {engagement.StatusApproved, func(w *workflowtest.World, p engagement.ParticipationID) []func() error {
			return []func() error{paying(w, p, "5000.00 USD"), paying(w, p, "5000.00 USD")}
		}, []string{"1 ok, 1 " + late}, engagement.EventPaymentRecorded, []engagement.Status{engagement.StatusPaid}},
	} {
		t.Run(name, func(t *testing.T) {
			for range rounds / 2 {
				w, _ := newWorld(t)
				p := reached(t, w, migration, test.at)
				if test.at == engagement.StatusConsentReceived {
					w.Proved(p)
				}
				before, _ := history(t, w, "contoso.com")
				errs := together(test.calls(w, p)...)
				outcome(t, errs, test.want...)
				done := len(errs)
				for _, err := range errs {
					if err != nil {
						done--
					}
				}
				after, _ := history(t, w, "contoso.com")
				equal(t, "events", len(after)-len(before), done)
				if test.event != "" {
					equal(t, string(test.event), count(t, w, "contoso.com", test.event), 1)
				}
				if status := part(t, w, p).StatusAt(w.Now()); !slices.Contains(test.ends, status) {
					t.Fatalf("in the end it is %q", status)
				}
			}
		})
	}
}

// A contact answers while the partner asks another one: one of the two is told that
// it is too late.
func TestRaceSurveyContact(t *testing.T) {
	races(t, func(t *testing.T, w *workflowtest.World) {
		p := w.Granted(migration, "ana@contoso.com")
		token := sendSurvey(t, w, p, "ana@contoso.com")
		cmdKey, cmd := w.Key(), surveyTo("eva@contoso.com")
		errs := together(func() error { return giveAnswers(w, token) }, func() error { return errOf(w.Desk.Surveys.Send(background, w.Actor.Request(cmdKey), p, cmd)) })
		outcome(t, errs, "1 *workflow.WrongStateError, 1 ok", "1 *link.VoidError, 1 ok")
		equal(t, "answered", surveyOf(t, w, p).AnsweredAt().IsZero(), errs[0] != nil)
	})
}
