package main

import (
	"errors"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/internal/code"
)

// reviewer is the program's actor for Northwind's claims.
var reviewer = vendor.For(northwind.Partner)

const day = 24 * time.Hour

// theClaim is Lamna Healthcare's, from the draft to its submission.
func (s *story) theClaim() error {
	s.title("Northwind has carried out the engagement with Lamna Healthcare, and claims its pay")
	id, err := s.participation(northwind, "Lamna Healthcare")
	if err != nil {
		return err
	}
	s.claim = id
	submit := func() error {
		_, err := s.desk.Claims.Submit(s.ctx, northwind.Request(s.key()), id, workflow.SubmitClaim{})
		return err
	}
	if err := submit(); err != nil {
		s.explain("✗ ", err.Error())
	}
	_, err = s.desk.Documents.Add(s.ctx, northwind.Request(s.key()), id, workflow.AddEvidence{
		Kind: claim.ProofFindings, Name: "findings.pdf", MediaType: "a PDF",
	}, strings.NewReader("%PDF-1.7"))
	if err != nil {
		s.explain("✗ ", err.Error())
	}
	for _, kind := range []string{claim.ProofFindings, claim.ProofInvoice} {
		added, err := s.document(id, kind, "the "+kind+" of Lamna Healthcare")
		if err != nil {
			return err
		}
		s.say("✓ %s, %d bytes, SHA-256 %s…", added.Name, added.Size, added.SHA256[:8])
	}
	for _, v := range []workflow.SendSurvey{
		{Survey: claim.ProofPartnerSurvey, Contact: workflow.Contact{Email: "rita@northwind-consulting.example"}, Language: "en"},
		{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "it@lamnahealthcare.com"}}, // in the language of its consent
	} {
		if _, err := s.desk.Surveys.Send(s.ctx, northwind.Request(s.key()), id, v); err != nil {
			return err
		}
	}
	if err := s.deliver(); err != nil {
		return err
	}
	if err := s.answerSurveys(id); err != nil {
		return err
	}
	if err := submit(); err != nil {
		return err
	}
	s.say("✓ Both surveys are answered, and the claim is submitted.")
	return s.page(northwind, endpoints)
}

// theReview is what the program makes of it.
func (s *story) theReview() error {
	s.title("The program reviews the claim")
	s.pass(5 * day)
	if _, err := s.desk.Reviews.Start(s.ctx, reviewer.Request(s.key()), s.claim, workflow.StartReview{}); err != nil {
		return err
	}
	if _, err := s.desk.Reviews.RequestAction(s.ctx, reviewer.Request(s.key()), s.claim, workflow.RequestAction{
		Items: []claim.ActionItem{{Kind: claim.ProofInvoice, Text: "The invoice lacks its date."}},
	}); err != nil {
		return err
	}
	if err := s.deliver(); err != nil {
		return err
	}
	view, err := s.desk.Claims.Get(s.ctx, northwind, s.claim)
	if err != nil {
		return err
	}
	s.say("Northwind's claim is %q, with %d days left. To do:", view.Status, view.DaysLeft)
	for _, item := range view.Claim.LastReview().Items {
		s.say("  - %s: %s", item.Kind, item.Text)
	}
	s.pass(2 * day)
	if _, err := s.document(s.claim, claim.ProofInvoice, "the invoice with its date"); err != nil {
		return err
	}
	if _, err := s.desk.Claims.Comment(s.ctx, northwind.Request(s.key()), s.claim, workflow.Comment{Text: "The second invoice has the date."}); err != nil {
		return err
	}
	_, err = s.desk.Claims.Submit(s.ctx, northwind.Request(s.key()), s.claim, workflow.SubmitClaim{})
	return err
}

// thePayment approves the claim and pays it in two parts.
func (s *story) thePayment() error {
	s.title("The claim is approved, and paid in two parts")
	s.pass(3 * day)
	if _, err := s.desk.Reviews.Start(s.ctx, reviewer.Request(s.key()), s.claim, workflow.StartReview{}); err != nil {
		return err
	}
	for _, amount := range []string{"9000.00 USD", "4000.00 USD"} {
		_, err := s.desk.Reviews.Approve(s.ctx, reviewer.Request(s.key()), s.claim, workflow.ApproveClaim{Amount: money(amount)})
		s.explain("approve "+amount+"  ", doneOrWhyNot(err))
	}
	for _, amount := range []string{"2500.00 USD", "2500.00 USD", "1500.00 USD"} {
		_, err := s.desk.Reviews.RecordPayment(s.ctx, reviewer.Request(s.key()), s.claim, workflow.RecordPayment{Amount: money(amount)})
		s.explain("pay     "+amount+"  ", doneOrWhyNot(err))
	}
	if err := s.deliver(); err != nil {
		return err
	}
	status, err := s.desk.Claims.Status(s.ctx, northwind, s.claim)
	s.say("The claim is %q.", status)
	return err
}

// document adds a document to a claim.
func (s *story) document(id engagement.ParticipationID, kind, content string) (claim.Evidence, error) {
	return s.desk.Documents.Add(s.ctx, northwind.Request(s.key()), id, workflow.AddEvidence{
		Kind: kind, Name: kind + ".pdf", MediaType: "application/pdf",
	}, strings.NewReader("%PDF-1.7 "+content))
}

// answerSurveys answers every survey of a claim that was sent, as its contact
// does on the page that the link opens.
func (s *story) answerSurveys(id engagement.ParticipationID) error {
	answered := 0
	for _, token := range s.mail.links(id, engagement.MessageSurveyRequest) {
		view, err := s.desk.Links.SurveyView(s.ctx, token)
		if err != nil {
			return err
		}
		answers := map[string]string{}
		for _, q := range view.Questions {
			if choices := q.Kind.Choices(); len(choices) > 0 {
				answers[q.ID] = choices[0]
			} else if q.Required {
				answers[q.ID] = "We go on with the next step."
			}
		}
		if _, err := s.desk.Links.AnswerSurvey(s.ctx, token, answers); err != nil && !code.Has(err, code.AlreadyAnswered) {
			return err
		}
		answered++
	}
	if answered == 0 {
		return errors.New("no survey was sent")
	}
	return nil
}

func money(text string) eligibility.Money {
	m, err := eligibility.ParseMoney(text)
	if err != nil {
		panic(err) // the story's own amounts
	}
	return m
}

func doneOrWhyNot(err error) string {
	if err != nil {
		return "✗ " + err.Error()
	}
	return "✓"
}
