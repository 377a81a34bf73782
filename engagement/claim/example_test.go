package claim_test

import (
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// A claim from the customer's consent to the payment.
func Example() {
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	amount := func(text string) eligibility.Money {
		m, err := eligibility.ParseMoney(text)
		if err != nil {
			log.Fatal(err)
		}
		return m
	}
	s, err := claim.Open(claim.Opening{
		At: now, SubmitBy: now.AddDate(0, 0, 60), ReviewBy: now.AddDate(0, 0, 90),
		Rate: amount("5000.00 USD"), Estimated: amount("5000.00 USD"), Cap: amount("5000.00 USD"),
		Proof: []claim.ProofItem{{Kind: claim.ProofInvoice, Title: "Invoice", Required: true, MediaTypes: []string{"application/pdf"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	happens := func(e claim.Event) {
		now = now.AddDate(0, 0, 1)
		if s, err = claim.Apply(s, e, now); err != nil {
			fmt.Println("refused:", err)
			return
		}
		fmt.Printf("%s: %s\n", e.Kind(), s.Status)
	}

	happens(claim.Submit{})
	happens(claim.AddEvidence{Evidence: claim.Evidence{
		ID: "e1", Kind: claim.ProofInvoice, Name: "invoice.pdf", MediaType: "application/pdf", Size: 48_213,
		SHA256: strings.Repeat("5a", 32), Ref: "claims/c-0042/e1",
	}})
	happens(claim.Submit{})
	happens(claim.StartReview{})
	happens(claim.RequestAction{Items: []claim.ActionItem{{Kind: claim.ProofInvoice, Text: "The invoice names another customer."}}})
	happens(claim.AddComment{By: claim.SidePartner, User: "paula", Text: "That is the customer's holding company."})
	happens(claim.Submit{Requested: amount("4800.00 USD")})
	happens(claim.StartReview{})
	happens(claim.Approve{Amount: amount("4800.00 USD")})
	happens(claim.Pay{Amount: amount("4000.00 USD"), Reference: "2026-07/117"})
	happens(claim.Pay{Amount: amount("4000.00 USD"), Reference: "2026-08/023"})
	happens(claim.Pay{Amount: amount("800.00 USD"), Reference: "2026-08/024"})
	// Output:
	// refused: the claim cannot be submitted yet: Invoice is missing
	// add evidence: draft
	// submit: submitted
	// start review: under review
	// ask for action: action required
	// comment: action required
	// submit: submitted
	// start review: under review
	// approve: approved
	// pay: approved
	// refused: the paid amount "4000.00 USD" is more than the 800.00 USD that is approved and not paid yet
	// pay: paid
}

// What the deadline makes of a claim is true from that moment on, whether or not
// anybody has recorded it.
func ExampleState_StatusAt() {
	consented := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	s, err := claim.Open(claim.Opening{At: consented, SubmitBy: consented.AddDate(0, 0, 60), ReviewBy: consented.AddDate(0, 0, 90)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.StatusAt(s.SubmitBy.Add(-time.Second)), s.Allows(claim.KindSubmit, s.SubmitBy.Add(-time.Second)))
	fmt.Println(s.StatusAt(s.SubmitBy), s.Allows(claim.KindSubmit, s.SubmitBy))

	_, err = claim.Apply(s, claim.Submit{}, s.SubmitBy)
	var expired *claim.ExpiredError
	fmt.Println(errors.As(err, &expired), err)
	// Output:
	// draft true
	// not submitted expired false
	// true the claim is not submitted expired since 2026-08-30T09:00:00Z, and an expired claim is not reopened: claim the customer again
}
