package workflowtest

import (
	"context"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Proved adds everything that the participation's claim still lacks: documents,
// and surveys that are sent and answered.
func (w *World) Proved(p engagement.ParticipationID) {
	w.t.Helper()
	view, err := w.Desk.Claims.Get(context.Background(), w.Actor, p)
	if err != nil {
		w.t.Fatalf("claim of %s: %v", p, err)
	}
	for _, m := range view.Missing {
		if m.Survey {
			w.Surveyed(p, m.Kind)
			continue
		}
		for range m.Wanted - m.Found {
			w.Documented(p, m.Kind)
		}
	}
}

// Documented adds a small PDF of that kind to the participation's claim.
func (w *World) Documented(p engagement.ParticipationID, kind string) claim.Evidence {
	w.t.Helper()
	added, err := w.Desk.Documents.Add(context.Background(), w.Actor.Request(w.Key()), p, workflow.AddEvidence{
		Kind: kind, Name: kind + ".pdf", MediaType: "application/pdf",
	}, strings.NewReader("%PDF-1.7 "+kind))
	if err != nil {
		w.t.Fatalf("add %s to %s: %v", kind, p, err)
	}
	return added
}

// Surveyed sends a survey of the participation's claim, lets the messages go out,
// and answers it.
func (w *World) Surveyed(p engagement.ParticipationID, kind string) {
	w.t.Helper()
	w.Relayed() // so that the newest link is the one that is asked for
	contact := "contact@customer.example"
	if kind == claim.ProofPartnerSurvey {
		contact = "partner@partner.example"
	}
	_, err := w.Desk.Surveys.Send(context.Background(), w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: kind, Contact: workflow.Contact{Email: contact}, Language: "en"})
	if err != nil {
		w.t.Fatalf("send %s of %s: %v", kind, p, err)
	}
	w.Relayed()
	links := w.SurveyLinks(p)
	view, err := w.Desk.Links.SurveyView(context.Background(), links[len(links)-1])
	if err != nil {
		w.t.Fatalf("look at %s of %s: %v", kind, p, err)
	}
	answers := map[string]string{}
	for _, q := range view.Questions {
		answers[q.ID] = "Well done."
		if choices := q.Kind.Choices(); len(choices) > 0 {
			answers[q.ID] = choices[0]
		}
	}
	if view, err = w.Desk.Links.AnswerSurvey(context.Background(), links[len(links)-1], answers); err != nil || view.Status != survey.StatusDone {
		w.t.Fatalf("answer %s of %s: %v", kind, p, err)
	}
}

// Submitted adds what the claim lacks and submits it: for the first time, after
// an action, or as a dispute.
func (w *World) Submitted(p engagement.ParticipationID) {
	w.t.Helper()
	w.Proved(p)
	_, err := w.Desk.Claims.Submit(context.Background(), w.Actor.Request(w.Key()), p, workflow.SubmitClaim{})
	w.did("submit", p, err)
}

// Reviewed lets the program take the participation's claim under review.
func (w *World) Reviewed(p engagement.ParticipationID) {
	w.t.Helper()
	_, err := w.Desk.Reviews.Start(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.StartReview{})
	w.did("review", p, err)
}

// AskedForAction lets the program ask the partner for something.
func (w *World) AskedForAction(p engagement.ParticipationID, what string) {
	w.t.Helper()
	_, err := w.Desk.Reviews.RequestAction(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.RequestAction{
		Items: []claim.ActionItem{{Text: what}},
	})
	w.did("ask for action on", p, err)
}

// Approved lets the program approve an amount such as "5000.00 USD".
func (w *World) Approved(p engagement.ParticipationID, amount string) {
	w.t.Helper()
	_, err := w.Desk.Reviews.Approve(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.ApproveClaim{Amount: w.Money(amount)})
	w.did("approve", p, err)
}

// Rejected lets the program reject the claim.
func (w *World) Rejected(p engagement.ParticipationID, why string) {
	w.t.Helper()
	_, err := w.Desk.Reviews.Reject(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.RejectClaim{
		Codes: []claim.RejectionCode{claim.RejectionOther}, Text: why,
	})
	w.did("reject", p, err)
}

// Disputed opens a dispute of the rejection.
func (w *World) Disputed(p engagement.ParticipationID, why string) {
	w.t.Helper()
	_, err := w.Desk.Claims.Dispute(context.Background(), w.Actor.Request(w.Key()), p, workflow.DisputeClaim{Reason: why})
	w.did("dispute", p, err)
}

// Paid lets the program record a payment.
func (w *World) Paid(p engagement.ParticipationID, amount string) {
	w.t.Helper()
	_, err := w.Desk.Reviews.RecordPayment(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: w.Money(amount)})
	w.did("pay", p, err)
}

// Reviewer is the program's actor for the claims of the world's partner.
func (w *World) Reviewer() workflow.Actor { return Vendor.For(w.Actor.Partner) }

// Money reads an amount such as "5000.00 USD".
func (w *World) Money(amount string) eligibility.Money {
	w.t.Helper()
	m, err := eligibility.ParseMoney(amount)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	return m
}

func (w *World) did(what string, p engagement.ParticipationID, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s %s: %v", what, p, err)
	}
}
