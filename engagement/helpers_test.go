package engagement_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones that tests count days in, on every machine

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

// start is when most things in these tests begin.
var start = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func date(text string) eligibility.Date   { return must(eligibility.ParseDate(text)) }
func money(text string) eligibility.Money { return must(eligibility.ParseMoney(text)) }
func zone(name string) *time.Location     { return must(time.LoadLocation(name)) }
func at(text string) time.Time            { return must(time.Parse(time.RFC3339Nano, text)) }
func email(text string) tenant.Email      { return must(tenant.ParseEmail(text)) }
func rules(list ...eligibility.Rule) *eligibility.RuleSet {
	return must(eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "rules", Version: "1", Rules: list}))
}

var (
	seats   = eligibility.NewFact[int64]("seats")
	segment = eligibility.NewFact[string]("segment")

	enoughSeats  = eligibility.Rule{ID: "enough_seats", Doc: "There are at least 300 seats.", Check: eligibility.AtLeast(seats, 300)}
	isEnterprise = eligibility.Rule{ID: "enterprise", Doc: "It is an enterprise.", Check: eligibility.Is(segment, "enterprise")}
)

func facts(n int64, s string) eligibility.Facts {
	var f eligibility.Facts
	if n >= 0 {
		seats.Set(&f, n)
	}
	if s != "" {
		segment.Set(&f, s)
	}
	return f
}

// offer is a valid engagement.
func offer() engagement.Engagement {
	return engagement.Engagement{
		ID: "azure-migration", Version: "1", Name: "Azure Migration", SolutionArea: "Infrastructure", Type: engagement.TypeAssessment,
		Opens: date("2026-01-01"), Closes: date("2027-07-01"),
		Rates:         []engagement.Rate{{From: date("2026-01-01"), Amount: money("5000.00 USD")}},
		LocationRules: rules(enoughSeats), CustomerRules: rules(enoughSeats, isEnterprise),
	}
}

const (
	northwind = engagement.PartnerID("northwind")
	fabrikam  = engagement.PartnerID("fabrikam")
)

var contoso = tenant.Identity{
	Tenant: must(tenant.ParseID("00000000-0000-4000-8000-000000000001")), Domain: must(tenant.ParseDomain("contoso.com")), Name: "Contoso",
}

// the is the customer in the engagement that most tests are about.
var the = engagement.CustomerEngagementKey{Engagement: "azure-migration", Customer: contoso.Key()}

var participations int

// began is a participation of the partner that began at start.
func began(partner engagement.PartnerID, origin engagement.Origin) engagement.Participation {
	participations++
	terms := engagement.TermsOf(offer(), start)
	return engagement.Participation{
		ID: engagement.ParticipationID(fmt.Sprintf("p-%03d", participations)), Partner: partner, Engagement: the.Engagement, Customer: the.Customer,
		Identity: contoso, Location: "4711201", Origin: origin, ClaimNumber: fmt.Sprintf("C-%03d", participations),
		StartedAt: start, Terms: terms, Consent: consent.Start(terms.Deadline(start, terms.Windows.Consent)),
	}
}

// The steps of a participation, each in a minute of its own.
func asked(p engagement.Participation) engagement.Participation {
	terms := consent.NewTerms(consent.StandardTexts().For("en"), consent.Subject{ID: "azure-migration", Name: "Azure Migration"},
		consent.Party{Role: consent.RoleCustomer, ID: "contoso", Name: "Contoso"}, consent.Party{Role: consent.RolePartner, ID: "northwind", Name: "Northwind"})
	p.Consent = must(consent.Apply(p.Consent, consent.Request{
		Customer: []link.Contact{{Email: email("ana@contoso.com")}}, Links: []link.ID{linkOf(p)}, Terms: terms,
	}, start.Add(time.Minute)))
	return p
}

func linkOf(p engagement.Participation) link.ID { return link.ID("link-of-" + p.ID) }

func accepted(p engagement.Participation) engagement.Participation {
	p.Consent = must(consent.Apply(p.Consent, consent.Accept{Link: linkOf(p)}, start.Add(2*time.Minute)))
	return must(engagement.OpenClaim(p, offer(), start.Add(2*time.Minute)))
}

func declined(p engagement.Participation) engagement.Participation {
	p.Consent = must(consent.Apply(p.Consent, consent.Decline{Link: linkOf(p)}, start.Add(2*time.Minute)))
	return p
}

func withdrawn(p engagement.Participation) engagement.Participation {
	p.Consent = must(consent.Apply(p.Consent, consent.Withdraw{Link: linkOf(p)}, start.Add(3*time.Minute)))
	return must(engagement.ApplyClaim(p, claim.Withdraw{}, start.Add(3*time.Minute)))
}

func cancelled(p engagement.Participation) engagement.Participation {
	p.Consent = must(consent.Apply(p.Consent, consent.Cancel{}, start.Add(3*time.Minute)))
	if p.Claim == nil {
		return p
	}
	return must(engagement.ApplyClaim(p, claim.Cancel{}, start.Add(3*time.Minute)))
}

// consented is when the customer consents, and on(n) is n days later.
var consented = start.Add(2 * time.Minute)

func on(days int) time.Time { return consented.AddDate(0, 0, days) }

// happens makes events happen to a claim, each a minute after the one before.
func happens(p engagement.Participation, now time.Time, events ...claim.Event) engagement.Participation {
	for _, e := range events {
		p = must(engagement.ApplyClaim(p, e, now))
		now = now.Add(time.Minute)
	}
	return p
}

// proven has all the proof that the offer asks for.
func proven(p engagement.Participation) engagement.Participation {
	document := func(id claim.EvidenceID, kind string) claim.Event {
		return claim.AddEvidence{Evidence: claim.Evidence{
			ID: id, Kind: kind, Name: kind + ".pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("5a", 32), Ref: string(id),
		}}
	}
	return happens(p, on(1), document("e1", claim.ProofFindings), document("e2", claim.ProofInvoice),
		claim.SendSurvey{Survey: claim.ProofPartnerSurvey, Contact: link.Contact{Email: email("paula@northwind.example")}, Link: "s1"},
		claim.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: link.Contact{Email: email("ana@contoso.com")}, Link: "s2"},
		claim.AnswerSurvey{Survey: claim.ProofPartnerSurvey, Link: "s1", Answers: map[string]string{"delivered": "yes", "findings": "yes", "outcome": "4"}},
		claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: "s2", Answers: map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5"}},
	)
}

// reached is a participation of the partner whose claim has come to that status: it
// is submitted on day 20, and reviewed from then on, or on day 80 if it is rejected.
func reached(status claim.Status, partner engagement.PartnerID) engagement.Participation {
	no := claim.Reject{Codes: []claim.RejectionCode{claim.RejectionProofInconsistent}, Text: "The dates differ."}
	from := func(before claim.Status) engagement.Participation { return reached(before, partner) }
	switch status {
	case claim.StatusDraft:
		return proven(accepted(asked(began(partner, engagement.OriginAdded))))
	case claim.StatusSubmitted:
		return happens(from(claim.StatusDraft), on(20), claim.Submit{})
	case claim.StatusUnderReview:
		return happens(from(claim.StatusSubmitted), on(21), claim.StartReview{})
	case claim.StatusActionRequired:
		return happens(from(claim.StatusUnderReview), on(22), claim.RequestAction{Items: []claim.ActionItem{{Text: "Sign it."}}})
	case claim.StatusApproved:
		return happens(from(claim.StatusUnderReview), on(23), claim.Approve{Amount: money("4000.00 USD")})
	case claim.StatusPaid:
		return happens(from(claim.StatusApproved), on(24), claim.Pay{Amount: money("4000.00 USD")})
	case claim.StatusRejected:
		return happens(from(claim.StatusUnderReview), on(80), no)
	case claim.Undisputed:
		return happens(from(claim.StatusRejected), on(110), claim.Expire{})
	case claim.StatusDisputed:
		return happens(from(claim.StatusRejected), on(81), claim.OpenDispute{Reason: "They do not."})
	case claim.StatusRejectedFinal:
		return happens(from(claim.StatusDisputed), on(100), claim.Submit{}, claim.StartReview{}, no)
	case claim.StatusNotSubmittedExpired:
		return happens(from(claim.StatusDraft), on(60), claim.Expire{})
	case claim.StatusPostSubmissionExpired:
		return happens(from(claim.StatusActionRequired), on(90), claim.Expire{})
	case claim.StatusDisputedExpired:
		return happens(from(claim.StatusDisputed), on(110), claim.Expire{})
	case claim.StatusCanceled:
		return cancelled(from(claim.StatusDraft))
	case claim.StatusWithdrawn:
		return withdrawn(from(claim.StatusDraft))
	}
	panic("no way to " + status)
}

// known is the record of a known customer about whom the rules said that.
func known(partner engagement.PartnerID, outcome eligibility.Outcome, reasons ...engagement.Reason) engagement.PartnerRecord {
	r := engagement.PartnerRecord{Key: keyOf(partner), Identity: contoso, Known: true, Evaluation: engagement.Evaluation{
		RuleSet: "rules", Version: "1", At: start, Outcome: outcome, Reasons: reasons,
	}}
	if outcome == eligibility.OutcomeEligible {
		r.Evaluation.Locations = []engagement.LocationID{"4711201", "4711202"}
	}
	return r
}

func kinds(reasons []engagement.Reason) []engagement.ReasonKind {
	var out []engagement.ReasonKind
	for _, r := range reasons {
		out = append(out, r.Kind)
	}
	return out
}

// invalid fails the test unless the error is, or joins, an *InvalidError about
// each of these fields, in that order, and about nothing else.
func invalid(t *testing.T, err error, fields ...string) {
	t.Helper()
	var got []string
	for _, e := range parts(err) {
		require.ErrorAs(t, e, new(*engagement.InvalidError))
		bad, ok := e.(*engagement.InvalidError)
		require.True(t, ok, "%T", e)
		require.NotEmpty(t, bad.Of)
		require.NotEmpty(t, bad.Problem)
		require.Equal(t, bad.Of+": "+bad.Field+" "+bad.Problem, bad.Error())
		got = append(got, bad.Field)
	}
	require.Equal(t, fields, got, "%v", err)
}

// parts returns what an error joins, however deep.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, parts(e)...)
	}
	return out
}
