package engagement

import (
	"fmt"
	"strings"

	"github.com/partnerengage/partnerengage/internal/enum"
)

// UnknownValueError says which values an enumerated text may have.
type UnknownValueError struct {
	Field   string   // the enumeration, "status" for example
	Value   string   // what was given
	Allowed []string // what would have been right
}

func (e *UnknownValueError) Error() string {
	return fmt.Sprintf("%s %q is unknown: use one of %s", e.Field, e.Value, strings.Join(e.Allowed, ", "))
}

// decode sets v to the text when it is one of all; the empty text is the zero
// value, which is a missing value and never junk.
func decode[T ~string](v *T, field string, text []byte, all []T) error {
	return enum.Unmarshal(field, v, text, enum.OrZero(all), unknownValue)
}

// spell returns the text that decode reads.
func spell[T ~string](v T, field string, all []T) ([]byte, error) {
	return enum.Marshal(field, v, enum.OrZero(all), unknownValue)
}

func unknownValue(field, value string, all []string) error {
	return &UnknownValueError{Field: field, Value: value, Allowed: all}
}

// Availability is where the dates of an engagement put a moment.
type Availability string

// The availabilities.
const (
	AvailabilityUpcoming Availability = "upcoming"
	AvailabilityActive   Availability = "active"
	AvailabilityExpired  Availability = "expired"
)

// AllAvailabilities returns every Availability in order of time.
func AllAvailabilities() []Availability {
	return []Availability{AvailabilityUpcoming, AvailabilityActive, AvailabilityExpired}
}

// MarshalText refuses a value that is not an Availability.
func (a Availability) MarshalText() ([]byte, error) {
	return spell(a, "availability", AllAvailabilities())
}

// UnmarshalText refuses a text that is not an Availability.
func (a *Availability) UnmarshalText(b []byte) error {
	return decode(a, "availability", b, AllAvailabilities())
}

// Origin is how a participation began.
type Origin string

// The origins: a customer new to the partner is added, a known one is claimed.
const (
	OriginAdded   Origin = "added"
	OriginClaimed Origin = "claimed"
)

// AllOrigins returns every Origin.
func AllOrigins() []Origin { return []Origin{OriginAdded, OriginClaimed} }

// MarshalText refuses a value that is not an Origin.
func (o Origin) MarshalText() ([]byte, error) { return spell(o, "origin", AllOrigins()) }

// UnmarshalText refuses a text that is not an Origin.
func (o *Origin) UnmarshalText(b []byte) error { return decode(o, "origin", b, AllOrigins()) }

// Status is what a claim list shows of a participation, in the program's
// spelling.
type Status string

// The statuses.
const (
	StatusCustomerClaimed         Status = "Customer claimed"
	StatusAwaitingConsentResponse Status = "Awaiting customer consent response"
	StatusConsentReceived         Status = "Customer consent received"
	StatusConsentDeclined         Status = "Customer consent declined"
	StatusConsentExpired          Status = "Customer consent expired"
	StatusConsentWithdrawn        Status = "Customer consent withdrawn"
	StatusCanceled                Status = "Canceled"
	StatusSubmitted               Status = "Submitted"
	StatusUnderReview             Status = "Under review"
	StatusPartnerActionRequired   Status = "Partner action required"
	StatusApproved                Status = "Approved"
	StatusPaid                    Status = "Paid"
	StatusRejected                Status = "Rejected"
	StatusDisputed                Status = "Disputed"
	StatusRejectedFinal           Status = "Rejected final"
	StatusNotSubmittedExpired     Status = "Not submitted expired"
	StatusPostSubmissionExpired   Status = "Post submission expired"
	StatusDisputedExpired         Status = "Disputed expired"
)

// AllStatuses returns every Status, in the order in which a claim may meet
// them.
func AllStatuses() []Status {
	return []Status{
		StatusCustomerClaimed, StatusAwaitingConsentResponse, StatusConsentReceived, StatusConsentDeclined,
		StatusConsentExpired, StatusConsentWithdrawn, StatusCanceled, StatusSubmitted, StatusUnderReview, StatusPartnerActionRequired,
		StatusApproved, StatusPaid, StatusRejected, StatusDisputed, StatusRejectedFinal, StatusNotSubmittedExpired, StatusPostSubmissionExpired, StatusDisputedExpired,
	}
}

// rejected is another word for StatusConsentDeclined in the program's own lists.
// It is read as such, and never written.
const rejected = "Consent rejected"

// MarshalText refuses a value that is not a Status.
func (s Status) MarshalText() ([]byte, error) { return spell(s, "status", AllStatuses()) }

// UnmarshalText refuses a text that is not a Status. It reads "Consent rejected", which
// the program's own lists have for it, as StatusConsentDeclined.
func (s *Status) UnmarshalText(b []byte) error {
	if string(b) == rejected {
		*s = StatusConsentDeclined
		return nil
	}
	return decode(s, "status", b, AllStatuses())
}

// Tab is one of the three parts of the Customers page.
type Tab string

// The tabs. TabOff is not on the page: it is where participations are that
// left it, so that a search still finds them. TabNone is what is on no page and no
// list.
const (
	TabNone       Tab = ""
	TabEligible   Tab = "eligible"
	TabIneligible Tab = "ineligible"
	TabComplete   Tab = "complete"
	TabOff        Tab = "off the page"
)

// AllTabs returns the tabs of the page in the order in which it shows them.
func AllTabs() []Tab { return []Tab{TabEligible, TabIneligible, TabComplete} }

// MarshalText refuses a value that is neither a tab nor TabOff.
func (t Tab) MarshalText() ([]byte, error) { return spell(t, "tab", append(AllTabs(), TabOff)) }

// UnmarshalText refuses a text that is neither a tab nor TabOff.
func (t *Tab) UnmarshalText(b []byte) error { return decode(t, "tab", b, append(AllTabs(), TabOff)) }

// RowType is how far what a row shows has come.
type RowType string

// The row types.
const (
	RowNotStarted RowType = "not started"
	RowActive     RowType = "active"
	RowComplete   RowType = "complete"
)

// AllRowTypes returns every RowType.
func AllRowTypes() []RowType { return []RowType{RowNotStarted, RowActive, RowComplete} }

// MarshalText refuses a value that is not a RowType.
func (t RowType) MarshalText() ([]byte, error) { return spell(t, "row type", AllRowTypes()) }

// UnmarshalText refuses a text that is not a RowType.
func (t *RowType) UnmarshalText(b []byte) error { return decode(t, "row type", b, AllRowTypes()) }

// Action is something that a row lets its partner do now.
type Action string

// The actions.
const (
	ActionClaimCustomer  Action = "claim customer"
	ActionRequestConsent Action = "request consent"
	ActionResendConsent  Action = "resend consent"
	ActionCancel         Action = "cancel"
	ActionWorkOnClaim    Action = "work on claim"
	ActionSubmitClaim    Action = "submit claim"
	ActionRecallClaim    Action = "recall claim"
	ActionDispute        Action = "dispute"
	ActionViewClaim      Action = "view claim"
)

// AllActions returns every Action in the order in which a row lists them.
func AllActions() []Action {
	return []Action{ActionClaimCustomer, ActionRequestConsent, ActionResendConsent, ActionWorkOnClaim, ActionSubmitClaim, ActionRecallClaim, ActionDispute, ActionViewClaim, ActionCancel}
}

// MarshalText refuses a value that is not an Action.
func (a Action) MarshalText() ([]byte, error) { return spell(a, "action", AllActions()) }

// UnmarshalText refuses a text that is not an Action.
func (a *Action) UnmarshalText(b []byte) error { return decode(a, "action", b, AllActions()) }

// ReasonKind says why a customer cannot take part in an engagement.
type ReasonKind string

// The kinds of reason.
const (
	ReasonCriteriaNotMet        ReasonKind = "criteria not met"
	ReasonFactsMissing          ReasonKind = "facts missing"
	ReasonConsentedElsewhere    ReasonKind = "consented to another partner"
	ReasonParticipatedElsewhere ReasonKind = "already participated with another partner"
	ReasonClaimLimitReached     ReasonKind = "claim limit reached"
	ReasonIDNotAccepted         ReasonKind = "the engagement does not take the customer's IDs"

	// What users hear who may act through some of the partner's locations only.
	ReasonHeldByColleagues         ReasonKind = "your company has this customer already"
	ReasonNotThroughTheseLocations ReasonKind = "not eligible through these locations"
)

// AllReasonKinds returns every ReasonKind.
func AllReasonKinds() []ReasonKind {
	return []ReasonKind{ReasonCriteriaNotMet, ReasonFactsMissing, ReasonConsentedElsewhere, ReasonParticipatedElsewhere, ReasonClaimLimitReached, ReasonIDNotAccepted, ReasonHeldByColleagues, ReasonNotThroughTheseLocations}
}

// MarshalText refuses a value that is not a ReasonKind.
func (k ReasonKind) MarshalText() ([]byte, error) { return spell(k, "reason kind", AllReasonKinds()) }

// UnmarshalText refuses a text that is not a ReasonKind.
func (k *ReasonKind) UnmarshalText(b []byte) error {
	return decode(k, "reason kind", b, AllReasonKinds())
}
