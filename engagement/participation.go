package engagement

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
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
	Claim        *Claim               `json:"claim,omitzero"` // nil until the customer consents
}

// LogValue keeps persons out of logs: it names the participation only.
func (p Participation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(p.ID)), slog.String("engagement", string(p.Engagement)))
}

// ClaimState is how far a claim has come.
type ClaimState string

// The states of a claim.
const (
	ClaimDraft        ClaimState = "draft"
	ClaimNotSubmitted ClaimState = "not submitted, expired"
)

// AllClaimStates returns every ClaimState.
func AllClaimStates() []ClaimState { return []ClaimState{ClaimDraft, ClaimNotSubmitted} }

// UnmarshalText refuses a text that is not a ClaimState.
func (s *ClaimState) UnmarshalText(b []byte) error {
	return decode(s, "claim state", b, AllClaimStates())
}

// Claim is the partner's request for payment. The customer's consent opens it.
type Claim struct {
	State    ClaimState        `json:"state"`
	OpenedAt time.Time         `json:"opened_at"` // when the customer consented
	SubmitBy time.Time         `json:"submit_by"` // end of the first submission window
	ReviewBy time.Time         `json:"review_by"` // end of the review window
	Rate     eligibility.Money `json:"rate,omitzero"`
}

// OpenClaim returns the participation with a draft claim, opened by the consent
// that was granted at now. The rate is the one in force on that day.
func OpenClaim(p Participation, rate eligibility.Money, now time.Time) Participation {
	p.Claim = &Claim{
		State: ClaimDraft, OpenedAt: now, Rate: rate,
		SubmitBy: p.Terms.Deadline(now, p.Terms.Windows.FirstSubmission),
		ReviewBy: p.Terms.Deadline(now, p.Terms.Windows.ReviewDone),
	}
	return p
}

// StatusAt returns the one status of the participation at now. Deadlines that
// have passed count, whether or not anybody has recorded it.
func (p Participation) StatusAt(now time.Time) Status {
	switch p.Consent.StatusAt(now) {
	case consent.Requested:
		return AwaitingConsentResponse
	case consent.Granted:
		if p.Claim != nil && (p.Claim.State == ClaimNotSubmitted || Passed(p.Claim.SubmitBy, now)) {
			return NotSubmittedExpired
		}
		return CustomerConsentReceived
	case consent.Declined:
		return CustomerConsentDeclined
	case consent.Expired:
		return CustomerConsentExpired
	case consent.Withdrawn:
		return CustomerConsentWithdrawn
	case consent.Cancelled:
		return Canceled
	}
	return CustomerClaimed
}

// Consented reports whether the customer has ever consented.
func (p Participation) Consented() bool { return p.Claim != nil }

// OpenAt reports whether something can still happen to the participation. A
// partner has at most one open participation per customer and engagement.
func (p Participation) OpenAt(now time.Time) bool {
	switch p.StatusAt(now) {
	case CustomerClaimed, AwaitingConsentResponse, CustomerConsentReceived:
		return true
	}
	return false
}

// HoldsAt reports whether the participation counts against the engagement's
// claim limit: its consent was granted, and it has not ended without delivery.
func (p Participation) HoldsAt(now time.Time) bool {
	return p.Consented() && p.StatusAt(now) == CustomerConsentReceived
}

// DeadlineAt returns the deadline that runs now, or the zero time.
func (p Participation) DeadlineAt(now time.Time) time.Time {
	switch p.StatusAt(now) {
	case CustomerClaimed, AwaitingConsentResponse:
		return p.Consent.Deadline
	case CustomerConsentReceived:
		return p.Claim.SubmitBy
	}
	return time.Time{}
}

// unrecorded returns the deadline that will change, or has changed, the
// participation without its state saying so yet; or the zero time.
func (p Participation) unrecorded() time.Time {
	switch p.Consent.Status {
	case consent.AwaitingRequest, consent.Requested:
		return p.Consent.Deadline
	case consent.Granted:
		if p.Claim != nil && p.Claim.State == ClaimDraft {
			return p.Claim.SubmitBy
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
		claim := *p.Claim
		claim.State = ClaimNotSubmitted
		p.Claim = &claim
		return p, nil
	}
	next, err := consent.Apply(p.Consent, consent.Expire{}, now)
	if err != nil {
		return p, err
	}
	p.Consent = next
	return p, nil
}
