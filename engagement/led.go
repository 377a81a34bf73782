package engagement

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// participationForm is what the digest of a participation's state covers: what
// only an event changes, and nothing about a person, so that it stays when one is
// erased. Like those of Detail, its numbers are never used for anything else; a
// field that is added is left out of the digest while it has no value, so earlier
// digests still match.
type participationForm struct {
	ID          ParticipationID     `field:"1"`
	Partner     PartnerID           `field:"2"`
	Engagement  ID                  `field:"3"`
	Customer    tenant.Key          `field:"4"`
	Location    LocationID          `field:"5"`
	Origin      Origin              `field:"6"`
	ClaimNumber string              `field:"7"`
	StartedAt   time.Time           `field:"8"`
	Nominated   tenant.IDKind       `field:"9"`
	Hours       int                 `field:"10"`
	DealSize    eligibility.Money   `field:"11"`
	RuleSet     string              `field:"12"`
	RuleVersion string              `field:"13"`
	Outcome     eligibility.Outcome `field:"14"`
	Consent     consentForm         `field:"15"`
	Claim       claimForm           `field:"16"`
	ReferralAt  time.Time           `field:"17"`
}

type consentForm struct {
	Status      consent.Status `field:"1"`
	Deadline    time.Time      `field:"2"`
	Sent        []sentForm     `field:"3"`
	Answer      answerForm     `field:"4"`
	Withdrawal  answerForm     `field:"5"`
	CancelledAt time.Time      `field:"6"`
}

type sentForm struct {
	Kind  consent.Kind `field:"1"`
	At    time.Time    `field:"2"`
	Links []link.ID    `field:"3"`
}

type answerForm struct {
	Decision        consent.Decision `field:"1"`
	Link            link.ID          `field:"2"`
	At              time.Time        `field:"3"`
	AfterSubmission bool             `field:"4"`
}

type claimForm struct {
	Status      claim.Status      `field:"1"`
	OpenedAt    time.Time         `field:"2"`
	SubmitBy    time.Time         `field:"3"`
	ReviewBy    time.Time         `field:"4"`
	DisputeBy   time.Time         `field:"5"`
	Rate        eligibility.Money `field:"6"`
	Estimated   eligibility.Money `field:"7"`
	Cap         eligibility.Money `field:"8"`
	Requested   eligibility.Money `field:"9"`
	Approved    eligibility.Money `field:"10"`
	Paid        eligibility.Money `field:"11"`
	Evidence    []evidenceForm    `field:"12"`
	Surveys     []surveyForm      `field:"13"`
	Submissions []amountForm      `field:"14"`
	Recalls     []time.Time       `field:"15"`
	Reviews     []reviewForm      `field:"16"`
	DisputedAt  time.Time         `field:"17"`
	DisputeAt   time.Time         `field:"18"`
	Payments    []amountForm      `field:"19"`
	Comments    []time.Time       `field:"20"`
	EndedAt     time.Time         `field:"21"`
	RateFrom    string            `field:"22"`
	ProofFrom   string            `field:"23"`
}

type evidenceForm struct {
	ID      claim.EvidenceID `field:"1"`
	Kind    string           `field:"2"`
	Size    int64            `field:"3"`
	SHA256  string           `field:"4"`
	AddedAt time.Time        `field:"5"`
}

type surveyForm struct {
	Kind       string        `field:"1"`
	Status     survey.Status `field:"2"`
	Sent       []link.ID     `field:"3"`
	AnsweredAt time.Time     `field:"4"`
}

type amountForm struct {
	At     time.Time         `field:"1"`
	Amount eligibility.Money `field:"2"`
}

type reviewForm struct {
	At      time.Time             `field:"1"`
	Outcome claim.Kind            `field:"2"`
	Codes   []claim.RejectionCode `field:"3"`
	Amount  eligibility.Money     `field:"4"`
}

// StateDigest returns the digest of the participation's state, which the last
// event about it carries in Event.State. It covers what happened and to which
// amounts, documents, deadlines and status that led; not what people wrote, names,
// addresses, the secrets of links, nor when reminders were sent.
func (p Participation) StateDigest() Digest {
	return sha256.Sum256(encode(participationForm{
		ID: p.ID, Partner: p.Partner, Engagement: p.Engagement, Customer: p.Customer, Location: p.Location, Origin: p.Origin,
		ClaimNumber: p.ClaimNumber, StartedAt: p.StartedAt, Nominated: p.Nominated, Hours: p.Hours, DealSize: p.DealSize,
		RuleSet: p.Decision.RuleSet, RuleVersion: p.Decision.Version, Outcome: p.Decision.Outcome,
		Consent: formOfConsent(p.Consent), Claim: formOfClaim(p.Claim), ReferralAt: p.Referral.At,
	}))
}

func formOfConsent(c consent.State) consentForm {
	form := consentForm{
		Status: c.Status, Deadline: c.Deadline, Answer: formOfAnswer(c.Answer), Withdrawal: formOfAnswer(c.Withdrawal), CancelledAt: c.CancelledAt,
	}
	for _, s := range c.Sent {
		form.Sent = append(form.Sent, sentForm{Kind: s.Kind, At: s.At, Links: s.Links})
	}
	return form
}

func formOfAnswer(a consent.Answer) answerForm {
	return answerForm{Decision: a.Decision, Link: a.Link, At: a.At, AfterSubmission: a.AfterSubmission}
}

func formOfClaim(c *claim.State) claimForm {
	if c == nil {
		return claimForm{}
	}
	form := claimForm{
		Status: c.Status, OpenedAt: c.OpenedAt, SubmitBy: c.SubmitBy, ReviewBy: c.ReviewBy, DisputeBy: c.DisputeBy,
		Rate: c.Rate, Estimated: c.Estimated, Cap: c.Cap, Requested: c.Requested, Approved: c.Approved, Paid: c.Paid,
		DisputedAt: c.Dispute.OpenedAt, DisputeAt: c.Dispute.SubmittedAt, EndedAt: c.EndedAt,
		RateFrom: c.RateFrom.String(), ProofFrom: c.ProofFrom.String(),
	}
	for _, v := range c.Evidence {
		form.Evidence = append(form.Evidence, evidenceForm{ID: v.ID, Kind: v.Kind, Size: v.Size, SHA256: v.SHA256, AddedAt: v.AddedAt})
	}
	for _, v := range c.Surveys {
		s := surveyForm{Kind: v.Kind, Status: v.Status, AnsweredAt: v.AnsweredAt()}
		for _, sending := range v.Sendings {
			s.Sent = append(s.Sent, sending.Link)
		}
		form.Surveys = append(form.Surveys, s)
	}
	for _, v := range c.Submissions {
		form.Submissions = append(form.Submissions, amountForm{At: v.At, Amount: v.Requested})
	}
	for _, v := range c.Recalls {
		form.Recalls = append(form.Recalls, v.At)
	}
	for _, v := range c.Reviews {
		form.Reviews = append(form.Reviews, reviewForm{At: v.At, Outcome: v.Outcome, Codes: v.Codes, Amount: v.Amount})
	}
	for _, v := range c.Payments {
		form.Payments = append(form.Payments, amountForm{At: v.At, Amount: v.Amount})
	}
	for _, v := range c.Comments {
		form.Comments = append(form.Comments, v.At)
	}
	return form
}

// customerForm is what the digest of a customer's state covers.
type customerForm struct {
	Partner     PartnerID  `field:"1"`
	Customer    tenant.Key `field:"2"`
	KnownSince  time.Time  `field:"3"`
	ParkedSince time.Time  `field:"4"`
}

// StateDigest returns the digest of the customer's state, which the last event
// carries that is about the customer itself, and no participation: since when it
// is known, and since when it is disassociated.
func (c Customer) StateDigest() Digest {
	return sha256.Sum256(encode(customerForm{
		Partner: c.Key.Partner, Customer: c.Key.Customer, KnownSince: c.KnownSince, ParkedSince: c.DisassociatedAt,
	}))
}

// VerifyParticipation checks that a participation, as it is stored, is what its
// history led to. The events are those about the participation, in order; they may
// be a whole history. It does not check that the events themselves are what they
// were: that is for [VerifyHistory] and [VerifyPage]. The error is a
// *HistoryError.
//
// An event that was written before events carried states proves the status only.
func VerifyParticipation(p Participation, events []Event) error {
	var last, recorded Event
	for _, e := range events {
		if e.Participation != p.ID || e.Partner != p.Partner {
			continue
		}
		last = e
		if e.Seq == p.Recorded.Seq {
			recorded = e
		}
	}
	wrong := func(format string, args ...any) error {
		return &HistoryError{Seq: last.Seq, Problem: fmt.Sprintf("participation %s %s", p.ID, fmt.Sprintf(format, args...))}
	}
	switch {
	case last.Seq == 0:
		return wrong("is in no event of it")
	case p.Recorded.Seq > 0 && !same(recorded.Hash, p.Recorded.Hash):
		return wrong("was changed last by an event %d that is not in it", p.Recorded.Seq)
	case last.Format >= FormatDetail && !same(last.State, p.StateDigest()):
		return wrong("is not in the state to which it led")
	case p.StatusAt(last.At) != last.To:
		return wrong("is %q, and by it %q", p.StatusAt(last.At), last.To)
	}
	return nil
}

// VerifyCustomer checks that a customer, as it is stored, is what its history led
// to: known and disassociated since when it says. The events are a whole history,
// or those about no participation, in order. The error is a *HistoryError.
func VerifyCustomer(c Customer, events []Event) error {
	var last Event
	known := false
	for _, e := range events {
		if e.Participation == "" {
			last = e
		}
		known = known || e.Kind == EventCustomerKnown
	}
	switch {
	case last.Format >= FormatDetail && !same(last.State, c.StateDigest()):
		return &HistoryError{Seq: last.Seq, Problem: "the customer is not in the state to which it led"}
	case c.Known() != known:
		return &HistoryError{Seq: last.Seq, Problem: "whether the customer is known is not what it led to"}
	}
	return nil
}

func same(a, b Digest) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }
