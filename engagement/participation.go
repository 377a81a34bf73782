package engagement

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// Participation is one customer in one engagement with one partner, from the
// add or claim to its end. It is a value: the functions that change it return a
// new one and leave theirs as it was.
type Participation struct {
	ID           ParticipationID      `json:"id"`
	Partner      PartnerID            `json:"partner"`
	Engagement   ID                   `json:"engagement"`
	Customer     tenant.Key           `json:"customer"`
	Identity     tenant.Identity      `json:"identity"`
	Basis        tenant.Basis         `json:"basis,omitzero"`  // what the identity stands on
	Reason       string               `json:"reason,omitzero"` // why it was accepted unconfirmed
	FriendlyName string               `json:"friendly_name,omitzero"`
	Location     LocationID           `json:"location"`
	Origin       Origin               `json:"origin"`
	ClaimNumber  string               `json:"claim_number"` // for people; unique, and never a key
	StartedAt    time.Time            `json:"started_at"`
	Terms        Terms                `json:"terms"`
	Decision     eligibility.Decision `json:"decision"` // with which the customer was found eligible
	Consent      consent.State        `json:"consent"`
	Language     link.Language        `json:"language,omitzero"`    // in which the partner's contacts are told; zero: the customer's
	Nominated    tenant.IDKind        `json:"nominated,omitzero"`   // by which ID the customer was named
	Hours        int                  `json:"hours,omitzero"`       // planned, with variable pay; never changes
	DealSize     eligibility.Money    `json:"deal_size,omitzero"`   // as the partner estimates it; frozen when consent is requested
	Owner        string               `json:"owner,omitzero"`       // the partner's user who looks after it, as the host names people
	Labels       []string             `json:"labels,omitempty"`     // the partner's own, in order; see Labels
	Claim        *claim.State         `json:"claim,omitzero"`       // nil until the customer consents
	Failures     []MailFailure        `json:"failures,omitzero"`    // messages without a link that did not reach their contacts
	RemindedAt   time.Time            `json:"reminded_at,omitzero"` // the last time that a reminder was due
	ActedFor     []string             `json:"acted_for,omitempty"`  // digests of the users who acted for the partner; nil: not remembered yet
	RemindAt     time.Time            `json:"remind_at,omitzero"`   // when the partner is to be reminded of the deadline that runs; zero: not again
	Recorded     Head                 `json:"recorded,omitzero"`    // the event of the history that changed it last

	Referral Referral `json:"referral,omitzero"` // that the terms ask for, once it is recorded

	ContactFlags []ContactFlag `json:"contact_flags,omitempty"` // what the reviewer is to know of the customer's contacts
}

// LogValue keeps persons out of logs: it names the participation only.
func (p Participation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(p.ID)), slog.String("engagement", string(p.Engagement)))
}

// OpenClaim returns the participation with the draft of its claim, opened by the
// consent that was granted at now. The engagement's rate and what there is to prove
// are those of the days which the engagement names, see RatesBy and ProofBy; the
// windows are those of the terms. Its error is that of a survey's form which cannot
// be used.
func OpenClaim(p Participation, e Engagement, now time.Time) (Participation, error) {
	payout, _ := e.PayoutAt(p.Hours, e.RatesBy.day(p, now))
	proof, from := e.proofAt(e.ProofBy.day(p, now))
	if e.ProofBy == AnchorStart && p.Terms.Proof != nil {
		proof = p.Terms.Proof // as it was told then
	}
	opened, err := claim.Open(claim.Opening{
		At:       now,
		SubmitBy: p.Terms.Deadline(now, p.Terms.Windows.FirstSubmission),
		ReviewBy: p.Terms.Deadline(now, p.Terms.Windows.ReviewDone),
		Rate:     payout.Rate, Estimated: payout.Estimated, Cap: payout.Cap, Proof: proof,
		RateFrom: payout.From, ProofFrom: from,
	})
	if err != nil {
		return p, err
	}
	p.Claim, p.Terms.Proof = &opened, nil // from now on the claim has the proof
	return p, nil
}

// ApplyClaim makes an event happen to the claim, with the deadlines that the
// terms give it. It returns what [claim.Apply] returns, and a
// *claim.NotAllowedError while there is no claim.
func ApplyClaim(p Participation, e claim.Event, now time.Time) (Participation, error) {
	if p.Claim == nil {
		return p, &claim.NotAllowedError{Event: e.Kind(), Why: "there is no claim before the customer consents"}
	}
	switch v := e.(type) {
	case claim.Submit:
		v.ReviewBy = p.Terms.Deadline(now, p.Terms.Windows.AfterDispute)
		e = v
	case claim.Reject:
		v.DisputeBy = p.Terms.Deadline(now, p.Terms.Windows.Dispute)
		e = v
	}
	next, err := claim.Apply(*p.Claim, e, now)
	if err != nil {
		return p, err
	}
	p.Claim = &next
	return p, nil
}

// StatusAt returns the one status of the participation at now. Deadlines that
// have passed count, whether or not anybody has recorded it.
func (p Participation) StatusAt(now time.Time) Status {
	switch p.Consent.StatusAt(now) {
	case consent.StatusRequested:
		return StatusAwaitingConsentResponse
	case consent.StatusGranted:
		return p.claimStatusAt(now)
	case consent.StatusDeclined:
		return StatusConsentDeclined
	case consent.StatusExpired:
		return StatusConsentExpired
	case consent.StatusWithdrawn:
		return StatusConsentWithdrawn
	case consent.StatusCanceled:
		return StatusCanceled
	}
	return StatusCustomerClaimed
}

// claimStatusAt is the status of a participation whose consent is granted.
func (p Participation) claimStatusAt(now time.Time) Status {
	if p.Claim == nil {
		return StatusConsentReceived
	}
	switch p.Claim.StatusAt(now) {
	case claim.StatusSubmitted:
		return StatusSubmitted
	case claim.StatusUnderReview:
		return StatusUnderReview
	case claim.StatusActionRequired:
		return StatusPartnerActionRequired
	case claim.StatusApproved:
		return StatusApproved
	case claim.StatusPaid:
		return StatusPaid
	case claim.StatusRejected, claim.Undisputed:
		return StatusRejected
	case claim.StatusDisputed:
		return StatusDisputed
	case claim.StatusRejectedFinal:
		return StatusRejectedFinal
	case claim.StatusNotSubmittedExpired:
		return StatusNotSubmittedExpired
	case claim.StatusPostSubmissionExpired:
		return StatusPostSubmissionExpired
	case claim.StatusDisputedExpired:
		return StatusDisputedExpired
	case claim.StatusCanceled:
		return StatusCanceled
	case claim.StatusWithdrawn:
		return StatusConsentWithdrawn
	}
	return StatusConsentReceived
}

// Consented reports whether the customer has ever consented.
func (p Participation) Consented() bool { return p.Claim != nil }

// OpenAt reports whether the partner, the customer or a reviewer can still bring
// the participation to another end. A partner has at most one open participation
// per customer and engagement. One that is approved is not open any more: it
// waits for its payment only.
func (p Participation) OpenAt(now time.Time) bool {
	switch p.StatusAt(now) {
	case StatusCustomerClaimed, StatusAwaitingConsentResponse, StatusConsentReceived, StatusSubmitted, StatusUnderReview, StatusPartnerActionRequired, StatusDisputed:
		return true
	case StatusRejected:
		return p.Claim.StatusAt(now) == claim.StatusRejected // and can be disputed
	}
	return false
}

// Delivered reports whether the engagement was delivered: its claim is approved.
func (p Participation) Delivered() bool {
	return p.Claim != nil && (p.Claim.Status == claim.StatusApproved || p.Claim.Status == claim.StatusPaid)
}

// HoldsAt reports whether the participation counts against the engagement's
// claim limit: its consent was granted, and it has not ended without delivery,
// which is every end but an approval.
func (p Participation) HoldsAt(now time.Time) bool {
	return p.Consented() && (p.Delivered() || p.OpenAt(now))
}

// DeadlineAt returns the deadline until which the partner has something to do
// now, or the zero time.
func (p Participation) DeadlineAt(now time.Time) time.Time {
	if d := p.unrecorded(); !Passed(d, now) {
		return d
	}
	return time.Time{}
}

// unrecorded returns the deadline that will change, or has changed, the
// participation without its state saying so yet; or the zero time.
func (p Participation) unrecorded() time.Time {
	switch p.Consent.Status {
	case consent.StatusAwaitingRequest, consent.StatusRequested:
		return p.Consent.Deadline
	case consent.StatusGranted:
		if p.Claim != nil {
			return p.Claim.Deadline()
		}
	}
	return time.Time{}
}

// Settle records the deadlines that have passed at now. What the participation
// shows at now is the same before and after.
func (p Participation) Settle(now time.Time) (Participation, error) {
	if !Passed(p.unrecorded(), now) {
		return p, nil
	}
	if p.Claim != nil {
		return ApplyClaim(p, claim.Expire{}, now)
	}
	next, err := consent.Apply(p.Consent, consent.Expire{}, now)
	if err != nil {
		return p, err
	}
	p.Consent = next
	return p, nil
}
