package claim

import (
	"fmt"

	"github.com/partnerengage/partnerengage/internal/enum"
)

// Status says where a claim stands.
type Status string

// The statuses of a claim.
const (
	StatusDraft                 Status = "draft"
	StatusSubmitted             Status = "submitted"
	StatusUnderReview           Status = "under review"
	StatusActionRequired        Status = "action required" // of the partner
	StatusApproved              Status = "approved"
	StatusPaid                  Status = "paid"
	StatusRejected              Status = "rejected"       // and can be disputed
	Undisputed                  Status = "undisputed"     // rejected, and the time to dispute it is over
	StatusDisputed              Status = "disputed"       // and the dispute is being prepared
	StatusRejectedFinal         Status = "rejected final" // after a dispute
	StatusNotSubmittedExpired   Status = "not submitted expired"
	StatusPostSubmissionExpired Status = "post submission expired"
	StatusDisputedExpired       Status = "disputed expired"
	StatusCanceled              Status = "cancelled" // by the partner
	StatusWithdrawn             Status = "withdrawn" // by the customer
)

// AllStatuses returns every Status, in the order in which a claim may meet them.
func AllStatuses() []Status {
	return []Status{
		StatusDraft, StatusSubmitted, StatusUnderReview, StatusActionRequired, StatusApproved, StatusPaid, StatusRejected, Undisputed, StatusDisputed, StatusRejectedFinal,
		StatusNotSubmittedExpired, StatusPostSubmissionExpired, StatusDisputedExpired, StatusCanceled, StatusWithdrawn,
	}
}

// MarshalText writes the documented spelling and nothing else.
func (s Status) MarshalText() ([]byte, error) { return spell("status", s, AllStatuses()) }

// UnmarshalText reads the documented spelling and nothing else.
func (s *Status) UnmarshalText(text []byte) error { return decode("status", s, text, AllStatuses()) }

// Kind names what happens to a claim: the kind of an [Event].
type Kind string

// The kinds of events.
const (
	KindAddEvidence    Kind = "add evidence"
	KindRemoveEvidence Kind = "remove evidence"
	KindSendSurvey     Kind = "send survey" // to its first contact, or to another one
	KindResendSurvey   Kind = "resend survey"
	KindAnswerSurvey   Kind = "answer survey"
	KindComment        Kind = "comment"
	KindSubmit         Kind = "submit" // for the first time, after an action or a recall, or in a dispute
	KindRecall         Kind = "recall" // by the partner, before the review starts
	KindStartReview    Kind = "start review"
	KindRequestAction  Kind = "ask for action"
	KindApprove        Kind = "approve"
	KindReject         Kind = "reject"
	KindOpenDispute    Kind = "dispute"
	KindPay            Kind = "pay"
	KindCancel         Kind = "cancel"
	KindWithdraw       Kind = "withdraw"
	KindExpire         Kind = "expire"
)

// AllKinds returns every Kind.
func AllKinds() []Kind {
	return []Kind{
		KindAddEvidence, KindRemoveEvidence, KindSendSurvey, KindResendSurvey, KindAnswerSurvey, KindComment,
		KindSubmit, KindRecall, KindStartReview, KindRequestAction, KindApprove, KindReject, KindOpenDispute, KindPay,
		KindCancel, KindWithdraw, KindExpire,
	}
}

// MarshalText writes the documented spelling and nothing else.
func (k Kind) MarshalText() ([]byte, error) { return spell("event", k, AllKinds()) }

// UnmarshalText reads the documented spelling and nothing else.
func (k *Kind) UnmarshalText(text []byte) error { return decode("event", k, text, AllKinds()) }

// Side is who wrote a [Comment].
type Side string

// The sides.
const (
	SidePartner Side = "partner"
	SideProgram Side = "program"
)

// AllSides returns every Side.
func AllSides() []Side { return []Side{SidePartner, SideProgram} }

// MarshalText writes the documented spelling and nothing else.
func (s Side) MarshalText() ([]byte, error) { return spell("side", s, AllSides()) }

// UnmarshalText reads the documented spelling and nothing else.
func (s *Side) UnmarshalText(text []byte) error { return decode("side", s, text, AllSides()) }

// RejectionCode is a reason for which a claim is rejected. A [Rejection] has its
// text besides.
type RejectionCode string

// The codes.
const (
	RejectionProofIncomplete     RejectionCode = "proof incomplete"
	RejectionProofInconsistent   RejectionCode = "proof inconsistent"
	RejectionNotDelivered        RejectionCode = "engagement not delivered"
	RejectionCustomerNotEligible RejectionCode = "customer not eligible"
	RejectionDuplicateClaim      RejectionCode = "duplicate claim"
	RejectionConsentWithdrawn    RejectionCode = "consent withdrawn"
	RejectionOther               RejectionCode = "other"
)

// AllRejectionCodes returns every RejectionCode.
func AllRejectionCodes() []RejectionCode {
	return []RejectionCode{RejectionProofIncomplete, RejectionProofInconsistent, RejectionNotDelivered, RejectionCustomerNotEligible, RejectionDuplicateClaim, RejectionConsentWithdrawn, RejectionOther}
}

// MarshalText writes the documented spelling and nothing else.
func (c RejectionCode) MarshalText() ([]byte, error) {
	return spell("rejection code", c, AllRejectionCodes())
}

// UnmarshalText reads the documented spelling and nothing else.
func (c *RejectionCode) UnmarshalText(text []byte) error {
	return decode("rejection code", c, text, AllRejectionCodes())
}

// decode sets v to the text when it is one of all; the empty text is the zero
// value, which is a missing value and never junk.
func decode[T ~string](field string, v *T, text []byte, all []T) error {
	return enum.Unmarshal(field, v, text, enum.OrZero(all), unknownValue)
}

// spell returns the text that decode reads.
func spell[T ~string](field string, v T, all []T) ([]byte, error) {
	return enum.Marshal(field, v, enum.OrZero(all), unknownValue)
}

func unknownValue(field, value string, all []string) error {
	return invalid(field, fmt.Sprintf("%.60q is unknown: use one of %q", value, all))
}
