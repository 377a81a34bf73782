package claim_test

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write STATES.md anew")

const (
	day  = 24 * time.Hour
	tick = time.Microsecond // the finest time that is kept
)

// start is when the customer consents. The deadlines are those of an assessment.
var (
	start    = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	submitBy = start.AddDate(0, 0, 60)
	reviewBy = start.AddDate(0, 0, 90)
)

// after is so many days after the consent.
func after(days int) time.Time { return start.AddDate(0, 0, days) }

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func money(text string) eligibility.Money { return must(eligibility.ParseMoney(text)) }
func email(text string) tenant.Email      { return must(tenant.ParseEmail(text)) }
func jsonOf(v any) string                 { return string(must(json.Marshal(v))) }

var (
	ana   = email("ana@contoso.com")
	bruno = email("bruno@contoso.com")
	paula = email("paula@northwind.example")
)

// proof asks for a document and the customer's answers; the partner's own survey
// may be left out.
func proof() []claim.ProofItem {
	partner, customer := survey.PartnerForm(), survey.CustomerForm()
	return []claim.ProofItem{
		{Kind: claim.ProofFindings, Title: "Findings and recommendations document", Required: true},
		{Kind: claim.ProofCustomerSurvey, Title: "Customer survey", Required: true, Survey: &customer},
		{Kind: claim.ProofPartnerSurvey, Title: "Partner survey", Survey: &partner},
	}
}

func opening() claim.Opening {
	return claim.Opening{
		At: start, SubmitBy: submitBy, ReviewBy: reviewBy,
		Rate: money("5000.00 USD"), Estimated: money("5000.00 USD"), Cap: money("5000.00 USD"), Proof: proof(),
	}
}

func document(id claim.EvidenceID) claim.Evidence {
	return claim.Evidence{
		ID: id, Kind: claim.ProofFindings, Name: "findings.pdf", MediaType: "application/pdf", Size: 1 << 20,
		SHA256: strings.Repeat("5a", 32), Ref: "claims/1/" + string(id),
	}
}

func addDocument(id claim.EvidenceID) claim.AddEvidence {
	return claim.AddEvidence{Evidence: document(id)}
}

func send(kind string, to tenant.Email, id link.ID) claim.SendSurvey {
	return claim.SendSurvey{Survey: kind, Contact: link.Contact{Email: to}, Language: "en", Link: id}
}

func customerAnswers() map[string]string {
	return map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5", "comments": "Ana says: well done"}
}

func partnerAnswers() map[string]string {
	return map[string]string{"delivered": "yes", "findings": "yes", "outcome": "4"}
}

// then is Apply where it has to succeed, event after event, a minute apart.
func then(t testing.TB, s claim.State, now time.Time, events ...claim.Event) claim.State {
	t.Helper()
	for _, e := range events {
		next, err := claim.Apply(s, e, now)
		require.NoError(t, err, "%s at %s while %s", e.Kind(), now, s.Status)
		s, now = next, now.Add(time.Minute)
	}
	return s
}

// draft has the document e1 and the customer's answers, and waits for those of the
// partner's contact, who has the link p1.
func draft(t testing.TB) claim.State {
	t.Helper()
	return then(t, must(claim.Open(opening())), start, addDocument("e1"),
		send(claim.ProofCustomerSurvey, ana, "c1"), send(claim.ProofPartnerSurvey, paula, "p1"),
		claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: "c1", Answers: customerAnswers()})
}

func askFor(text string) claim.RequestAction {
	return claim.RequestAction{Items: []claim.ActionItem{{Kind: claim.ProofFindings, Text: text}}}
}

func approve(amount string) claim.Approve { return claim.Approve{Amount: money(amount)} }

// reject gives until 30 days after now to dispute.
func reject(now time.Time) claim.Reject {
	return claim.Reject{Codes: []claim.RejectionCode{claim.RejectionProofInconsistent}, Text: "The dates differ.", DisputeBy: now.AddDate(0, 0, 30)}
}

// dispute submits a dispute, with 30 days for the review from now.
func dispute(now time.Time) claim.Submit { return claim.Submit{ReviewBy: now.AddDate(0, 0, 30)} }

// disputedReview is under review again after a dispute that was submitted on day 100.
func disputedReview(t testing.TB) claim.State {
	t.Helper()
	return then(t, in(t, claim.StatusDisputed), after(100), dispute(after(100)), claim.StartReview{})
}

func recall() claim.RecallSubmission {
	return claim.RecallSubmission{Reason: "It is the wrong invoice."}
}

// resubmitted is submitted again on day 30, after the reviewer asked for action.
func resubmitted(t testing.TB) claim.State {
	t.Helper()
	return then(t, in(t, claim.StatusActionRequired), after(30), claim.Submit{})
}

// in returns a claim with that status as recorded.
func in(t testing.TB, status claim.Status) claim.State {
	t.Helper()
	switch status {
	case claim.StatusDraft:
		return draft(t)
	case claim.StatusSubmitted:
		return then(t, draft(t), after(20), claim.Submit{})
	case claim.StatusUnderReview:
		return then(t, in(t, claim.StatusSubmitted), after(21), claim.StartReview{})
	case claim.StatusActionRequired:
		return then(t, in(t, claim.StatusUnderReview), after(22), askFor("Sign it, please."))
	case claim.StatusApproved:
		return then(t, in(t, claim.StatusUnderReview), after(23), approve("5000.00 USD"))
	case claim.StatusPaid:
		return then(t, in(t, claim.StatusApproved), after(24), claim.Pay{Amount: money("5000.00 USD"), Reference: "R-1"})
	case claim.StatusRejected:
		return then(t, in(t, claim.StatusUnderReview), after(80), reject(after(80)))
	case claim.Undisputed:
		return then(t, in(t, claim.StatusRejected), after(110), claim.Expire{})
	case claim.StatusDisputed:
		return then(t, in(t, claim.StatusRejected), after(81), claim.OpenDispute{Reason: "They do not differ."})
	case claim.StatusRejectedFinal:
		return then(t, disputedReview(t), after(102), reject(after(102)))
	case claim.StatusNotSubmittedExpired:
		return then(t, draft(t), submitBy, claim.Expire{})
	case claim.StatusPostSubmissionExpired:
		return then(t, in(t, claim.StatusActionRequired), reviewBy, claim.Expire{})
	case claim.StatusDisputedExpired:
		return then(t, in(t, claim.StatusDisputed), after(110), claim.Expire{})
	case claim.StatusCanceled:
		return then(t, draft(t), after(5), claim.Cancel{})
	case claim.StatusWithdrawn:
		return then(t, draft(t), after(5), claim.Withdraw{})
	}
	panic("no way to " + status)
}

// event returns an event of each kind that nothing but the status and the time
// refuses.
func event(k claim.Kind, now time.Time) claim.Event {
	switch k {
	case claim.KindAddEvidence:
		return addDocument("e2")
	case claim.KindRemoveEvidence:
		return claim.RemoveEvidence{ID: "e1"}
	case claim.KindSendSurvey:
		return send(claim.ProofPartnerSurvey, bruno, "p2")
	case claim.KindResendSurvey:
		return claim.ResendSurvey{Survey: claim.ProofPartnerSurvey, Link: "p2"}
	case claim.KindAnswerSurvey:
		return claim.AnswerSurvey{Survey: claim.ProofPartnerSurvey, Link: "p1", Answers: partnerAnswers()}
	case claim.KindComment:
		return claim.AddComment{By: claim.SidePartner, User: "paula", Text: "Here it is."}
	case claim.KindSubmit:
		return dispute(now)
	case claim.KindRecall:
		return recall()
	case claim.KindStartReview:
		return claim.StartReview{}
	case claim.KindRequestAction:
		return askFor("Sign it, please.")
	case claim.KindApprove:
		return approve("5000.00 USD")
	case claim.KindReject:
		return reject(now)
	case claim.KindOpenDispute:
		return claim.OpenDispute{Reason: "They do not differ."}
	case claim.KindPay:
		return claim.Pay{Amount: money("5000.00 USD"), Reference: "R-1"}
	case claim.KindCancel:
		return claim.Cancel{}
	case claim.KindWithdraw:
		return claim.Withdraw{}
	case claim.KindExpire:
		return claim.Expire{}
	}
	panic("no event of kind " + k)
}

// refused fails the test unless the event is refused so, and changes nothing.
func refused(t testing.TB, s claim.State, now time.Time, e claim.Event, want error, msg ...any) error {
	t.Helper()
	before := jsonOf(s)
	next, err := claim.Apply(s, e, now)
	require.Truef(t, errtest.Is(err, want), "the error is %v, want a %v %v", err, want, msg)
	require.Equal(t, before, jsonOf(s), msg...)
	require.Equal(t, s, next, msg...)
	return err
}
