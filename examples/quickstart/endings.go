package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// deed is something done to the claim of one customer; without one, only time
// passes.
type deed struct {
	after    time.Duration // since the customers consented
	customer string
	do       func(s *story, id engagement.ParticipationID) error
}

// theEndings shows one claim of every other ending: each of six customers
// consents on the same day, and then takes another way.
func (s *story) theEndings() error {
	const (
		final, forgotten, unanswered = "Fourth Coffee", "Graphic Design Institute", "Margie's Travel"
		undisputed, cancelled, back  = "School of Fine Art", "Southridge Video", "Trey Research"
	)
	s.title("Six other customers, and every other way in which a claim ends")
	ids := map[string]engagement.ParticipationID{}
	names := []string{final, forgotten, unanswered, undisputed, cancelled, back}
	for _, name := range names {
		id, err := s.consented(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		ids[name] = id
	}
	began := s.now
	for _, d := range []deed{
		{1 * day, cancelled, cancel},
		{2 * day, back, withdraw},
		{20 * day, final, submit}, {20 * day, unanswered, submit}, {20 * day, undisputed, submit},
		{25 * day, final, reject}, {25 * day, undisputed, reject}, {25 * day, unanswered, askForAction},
		{30 * day, final, dispute}, {30 * day, undisputed, dispute},
		{35 * day, final, submit}, // the dispute; the other one is never submitted
		{40 * day, final, reject},
		{76 * day, "", nil}, {83 * day, "", nil}, {89 * day, "", nil}, // 14, 7 and 1 days before the last submission
		{106 * day, "", nil}, {113 * day, "", nil}, {119 * day, "", nil}, // and before the end of the review
		{121 * day, "", nil}, // past every deadline
	} {
		s.now = began.Add(d.after)
		if err := s.jobs(); err != nil {
			return err
		}
		if d.do == nil {
			continue
		}
		if err := d.do(s, ids[d.customer]); err != nil {
			return fmt.Errorf("%s: %w", d.customer, err)
		}
	}
	s.say("It is %s.", s.now.Format("Monday, 2 January 2006"))
	for _, name := range names {
		view, err := s.desk.Claims.Get(s.ctx, northwind, ids[name])
		if err != nil {
			return err
		}
		s.explain(fmt.Sprintf("%-25s ", name), path(view.History))
	}
	return s.tally()
}

// path is the statuses that a participation went through since its consent.
func path(history []engagement.Event) string {
	var statuses []string
	for _, e := range history {
		if e.From != e.To && (e.Kind == engagement.EventConsentGranted || len(statuses) > 0) {
			statuses = append(statuses, string(e.To))
		}
	}
	return strings.Join(statuses, " → ")
}

// consented adds a customer, asks for its consent and gets it.
func (s *story) consented(name string) (engagement.ParticipationID, error) {
	email := "it@" + s.program.Domain(name)
	started, err := s.desk.Customers.Add(s.ctx, northwind.Request(s.key()), workflow.AddCustomer{
		Candidate: workflow.Candidate{Location: lisboa, Email: email}, Engagements: []engagement.ID{endpoints},
	})
	if err != nil {
		return "", err
	}
	id := started[0].ID
	if _, err := s.desk.Consents.Request(s.ctx, northwind.Request(s.key()), id, workflow.RequestConsent{
		Customer: workflow.ByEmail(email), Partner: workflow.ByEmail("rita@northwind-consulting.example"),
	}); err != nil {
		return "", err
	}
	if _, err := s.desk.Jobs.Relay(s.ctx); err != nil {
		return "", err
	}
	_, err = s.desk.Links.AnswerConsent(s.ctx, s.mail.link(id), consent.DecisionAccept)
	return id, err
}

// jobs does what a host has running in the background: it records deadlines that have
// passed, sends what waits, and takes away what has its age.
func (s *story) jobs() error {
	_, swept := s.desk.Jobs.Sweep(s.ctx)
	_, relayed := s.desk.Jobs.Relay(s.ctx)
	_, pruned := s.desk.Jobs.Prune(s.ctx)
	return errors.Join(swept, relayed, pruned)
}

func submit(s *story, id engagement.ParticipationID) error {
	view, err := s.desk.Claims.Get(s.ctx, northwind, id)
	if err != nil {
		return err
	}
	for _, m := range view.Missing {
		if m.Survey {
			contact := "contact@customer.example"
			if m.Kind == claim.ProofPartnerSurvey {
				contact = "rita@northwind-consulting.example"
			}
			_, err = s.desk.Surveys.Send(s.ctx, northwind.Request(s.key()), id, workflow.SendSurvey{Survey: m.Kind, Contact: workflow.Contact{Email: contact}})
		} else {
			_, err = s.document(id, m.Kind, m.Title)
		}
		if err != nil {
			return err
		}
	}
	if _, err := s.desk.Jobs.Relay(s.ctx); err != nil {
		return err
	}
	if err := s.answerSurveys(id); err != nil {
		return err
	}
	_, err = s.desk.Claims.Submit(s.ctx, northwind.Request(s.key()), id, workflow.SubmitClaim{})
	return err
}

func reject(s *story, id engagement.ParticipationID) error {
	if _, err := s.desk.Reviews.Start(s.ctx, reviewer.Request(s.key()), id, workflow.StartReview{}); err != nil {
		return err
	}
	_, err := s.desk.Reviews.Reject(s.ctx, reviewer.Request(s.key()), id, workflow.RejectClaim{
		Codes: []claim.RejectionCode{claim.RejectionProofInconsistent}, Text: "The invoice is for something else.",
	})
	return err
}

func askForAction(s *story, id engagement.ParticipationID) error {
	if _, err := s.desk.Reviews.Start(s.ctx, reviewer.Request(s.key()), id, workflow.StartReview{}); err != nil {
		return err
	}
	_, err := s.desk.Reviews.RequestAction(s.ctx, reviewer.Request(s.key()), id, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Please sign the findings."}}})
	return err
}

func dispute(s *story, id engagement.ParticipationID) error {
	_, err := s.desk.Claims.Dispute(s.ctx, northwind.Request(s.key()), id, workflow.DisputeClaim{Reason: "The invoice names the engagement on its second page."})
	return err
}

func cancel(s *story, id engagement.ParticipationID) error {
	_, err := s.desk.Claims.Cancel(s.ctx, northwind.Request(s.key()), id, workflow.Cancel{Reason: "The customer has no time this year."})
	return err
}

func withdraw(s *story, id engagement.ParticipationID) error {
	_, err := s.desk.Links.AnswerConsent(s.ctx, s.mail.link(id), consent.DecisionWithdraw)
	return err
}

// theClaimsDesk shows all that Northwind has claimed.
func (s *story) theClaimsDesk() error {
	s.title("Northwind's claims desk")
	query := workflow.ClaimsQuery{Sort: workflow.SortByStatus, SolutionAreas: []string{"Modern Work"}}
	for row, err := range s.desk.Claims.All(s.ctx, northwind, query) {
		if err != nil {
			return err
		}
		s.say("  %-25s %-27s requested %-12s approved %-12s paid %s", row.Name, row.Status, amount(row.Requested), amount(row.Approved), amount(row.Paid))
	}
	totals, err := s.desk.Claims.Totals(s.ctx, northwind, workflow.ClaimsQuery{Statuses: []engagement.Status{engagement.StatusPaid, engagement.StatusRejectedFinal}})
	if err != nil {
		return err
	}
	s.say("")
	for _, t := range totals {
		s.say("  %d %-15s requested %-12s approved %-12s paid %s", t.Count, t.Status, amount(t.Requested), amount(t.Approved), amount(t.Paid))
	}
	return nil
}
