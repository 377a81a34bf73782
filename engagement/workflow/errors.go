package workflow

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// What a command or a query is refused for. Each is matched, with errors.Is, by the
// error type beside it, which says more. The others are [ErrClock],
// [ErrForeignContact], [ErrFourEyes], [ErrOwnContact] and [ErrPayeeNotValid].
var (
	ErrForbidden           = errors.New("workflow: forbidden")                  // *ForbiddenError
	ErrNotFound            = errors.New("workflow: not found")                  // *NotFoundError
	ErrInvalidInput        = errors.New("workflow: input cannot be used")       // *InputError, *NameRequiredError
	ErrLocationNotEligible = errors.New("workflow: location cannot be used")    // *LocationNotEligibleError
	ErrNotClaimable        = errors.New("workflow: engagement is not open")     // *NotClaimableError
	ErrNotEligible         = errors.New("workflow: customer is not eligible")   // *NotEligibleError
	ErrAlreadyKnown        = errors.New("workflow: customer is already known")  // *AlreadyKnownError
	ErrNotKnown            = errors.New("workflow: customer is not known")      // *NotKnownError
	ErrOpenParticipation   = errors.New("workflow: participation is open")      // *OpenParticipationError
	ErrIDNotAccepted       = errors.New("workflow: ID does not nominate")       // *IDNotAcceptedError, *StatedIdentityError
	ErrPayoutChanged       = errors.New("workflow: payout has changed")         // *PayoutChangedError
	ErrDisassociated       = errors.New("workflow: customer is disassociated")  // *DisassociatedError
	ErrWrongState          = errors.New("workflow: not possible in this state") // *WrongStateError
	ErrKeyReused           = errors.New("workflow: idempotency key was reused") // *KeyReusedError
	ErrInvalidCursor       = errors.New("workflow: cursor cannot be used")      // *InvalidCursorError
	ErrConsumerMoved       = errors.New("workflow: consumer was moved")         // *ConsumerMovedError
	ErrUnavailable         = errors.New("workflow: unavailable, try again")     // *UnavailableError
)

// ForbiddenError says that the actor may not do that: no role allows it, the
// Authorizer does not, its Scope is too narrow, or the Actor names no user.
type ForbiddenError struct {
	Permission Permission
	Location   engagement.LocationID // the one that was asked for; "" where none was
	Why        error                 // what is in the way, in words
}

func (e *ForbiddenError) Error() string {
	at := ""
	if e.Location != "" {
		at = fmt.Sprintf(" through location %s", e.Location)
	}
	return fmt.Sprintf("the actor may not %s%s: %v", e.Permission, at, e.Why)
}

// Is makes errors.Is(err, ErrForbidden) true.
func (e *ForbiddenError) Is(target error) bool { return target == ErrForbidden }

// Unwrap returns why: the Authorizer's error, if it was that.
func (e *ForbiddenError) Unwrap() error { return e.Why }

// NotFoundError says that the partner has no such thing. Whether another
// partner has it is never said.
type NotFoundError struct {
	Field string // "engagement", "participation", "customer", "location", "partner", "evidence" or "survey"
	Value string
}

func (e *NotFoundError) Error() string { return fmt.Sprintf("there is no %s %.60q", e.Field, e.Value) }

// Is makes errors.Is(err, ErrNotFound) true.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// InputError names a field that cannot be used as it was given.
type InputError struct {
	Field   string
	Problem string // what is wrong and what would help
	Err     error  // the cause, where there is one
}

func (e *InputError) Error() string { return e.Field + " " + e.Problem }

// Is makes errors.Is(err, ErrInvalidInput) true.
func (e *InputError) Is(target error) bool { return target == ErrInvalidInput }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// LocationNotEligibleError says that a location cannot add or claim customers for an
// engagement.
type LocationNotEligibleError struct {
	Location   engagement.LocationID
	Engagement engagement.ID       // "" when the location is not enrolled at all
	Reasons    []engagement.Reason // every criterion that it does not meet
}

func (e *LocationNotEligibleError) Error() string {
	if e.Engagement == "" {
		return fmt.Sprintf("location %s is not enrolled in the program: choose an enrolled location", e.Location)
	}
	return fmt.Sprintf("location %s is not eligible for %s: %s: choose an eligible location", e.Location, e.Engagement, reasonText(e.Reasons))
}

// Is makes errors.Is(err, ErrLocationNotEligible) true.
func (e *LocationNotEligibleError) Is(target error) bool { return target == ErrLocationNotEligible }

// NotClaimableError says that customers cannot be added to, or claimed for, an
// engagement now.
type NotClaimableError struct {
	Engagement   engagement.ID
	Availability engagement.Availability
	Opens, Until time.Time
}

func (e *NotClaimableError) Error() string {
	if e.Availability == engagement.AvailabilityActive {
		return fmt.Sprintf("%s takes no more customers: they could be added and claimed until %s", e.Engagement, e.Until.Format(time.RFC3339))
	}
	return fmt.Sprintf("%s is %s: customers can be added and claimed from %s until %s",
		e.Engagement, e.Availability, e.Opens.Format(time.RFC3339), e.Until.Format(time.RFC3339))
}

// Is makes errors.Is(err, ErrNotClaimable) true.
func (e *NotClaimableError) Is(target error) bool { return target == ErrNotClaimable }

// NotEligibleError says why the customer is not eligible for an engagement.
type NotEligibleError struct {
	Engagement engagement.ID
	Reasons    []engagement.Reason // all of them
}

func (e *NotEligibleError) Error() string {
	return fmt.Sprintf("the customer is not eligible for %s: %s", e.Engagement, reasonText(e.Reasons))
}

// Is makes errors.Is(err, ErrNotEligible) true.
func (e *NotEligibleError) Is(target error) bool { return target == ErrNotEligible }

func reasonText(reasons []engagement.Reason) string {
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		texts[i] = r.String()
	}
	return strings.Join(texts, "; ")
}

// AlreadyKnownError says that a customer cannot be added because the partner
// knows it: it can be claimed.
type AlreadyKnownError struct {
	Engagement engagement.ID
}

func (e *AlreadyKnownError) Error() string {
	return fmt.Sprintf("the customer has consented to this partner before: claim it for %s instead of adding it", e.Engagement)
}

// Is makes errors.Is(err, ErrAlreadyKnown) true.
func (e *AlreadyKnownError) Is(target error) bool { return target == ErrAlreadyKnown }

// NotKnownError says that a customer cannot be claimed because it has never
// consented to the partner: it can be added.
type NotKnownError struct{ Customer string }

func (e *NotKnownError) Error() string {
	return fmt.Sprintf("customer %s is not known: it has never consented to this partner: add it instead of claiming it", e.Customer)
}

// Is makes errors.Is(err, ErrNotKnown) true.
func (e *NotKnownError) Is(target error) bool { return target == ErrNotKnown }

// OpenParticipationError says that the partner already has the customer in the
// engagement. Of a participation through a location that is not in the actor's
// Scope it says no more than that.
type OpenParticipationError struct {
	Engagement    engagement.ID
	Participation engagement.ParticipationID // "" for one at a location out of scope
	Status        engagement.Status          // "" for the same
}

func (e *OpenParticipationError) Error() string {
	if e.Participation == "" {
		return fmt.Sprintf("%s in %s: ask your colleagues at its other locations", engagement.ReasonHeldByColleagues, e.Engagement)
	}
	return fmt.Sprintf("the customer already has the open participation %s in %s (%s): go on with that one, or cancel it first",
		e.Participation, e.Engagement, e.Status)
}

// Is makes errors.Is(err, ErrOpenParticipation) true.
func (e *OpenParticipationError) Is(target error) bool { return target == ErrOpenParticipation }

// IDNotAcceptedError says that an engagement does not take the kind of ID by which
// the customer was named.
type IDNotAcceptedError struct {
	Engagement engagement.ID
	Given      tenant.IDKind
	Takes      []tenant.IDKind
}

func (e *IDNotAcceptedError) Error() string {
	return fmt.Sprintf("%s does not take a customer who is named by %s: name it by one of %q", e.Engagement, e.Given, e.Takes)
}

// Is makes errors.Is(err, ErrIDNotAccepted) true.
func (e *IDNotAcceptedError) Is(target error) bool { return target == ErrIDNotAccepted }

// StatedIdentityError says that an engagement takes no customer whose ID is merely
// stated.
type StatedIdentityError struct{ Engagement engagement.ID }

func (e *StatedIdentityError) Error() string {
	return fmt.Sprintf("%s does not take a customer whose ID the directory does not confirm: give an e-mail address or a domain that leads to it", e.Engagement)
}

// Is makes errors.Is(err, ErrIDNotAccepted) true.
func (e *StatedIdentityError) Is(target error) bool { return target == ErrIDNotAccepted }

// NameRequiredError says that the directory knows no name for a customer, so that a
// friendly name is needed for people to know it by.
type NameRequiredError struct{ Customer string }

func (e *NameRequiredError) Error() string {
	return fmt.Sprintf("friendly_name is needed: the directory has no name for %s, so say what you call the customer", e.Customer)
}

// Is makes errors.Is(err, ErrInvalidInput) true.
func (e *NameRequiredError) Is(target error) bool { return target == ErrInvalidInput }

// PayoutChangedError says that an engagement no longer pays what was previewed.
type PayoutChangedError struct {
	Engagement     engagement.ID
	Previewed, Now eligibility.Money
}

func (e *PayoutChangedError) Error() string {
	return fmt.Sprintf("%s pays %q now, not %q: look at the offer again and confirm that", e.Engagement, e.Now, e.Previewed)
}

// Is makes errors.Is(err, ErrPayoutChanged) true.
func (e *PayoutChangedError) Is(target error) bool { return target == ErrPayoutChanged }

// DisassociatedError says that a customer takes part in nothing, because the
// partner has disassociated it.
type DisassociatedError struct {
	Customer string
	Since    time.Time
}

func (e *DisassociatedError) Error() string {
	return fmt.Sprintf("customer %s was disassociated at %s: associate it first", e.Customer, e.Since.Format(time.RFC3339))
}

// Is makes errors.Is(err, ErrDisassociated) true.
func (e *DisassociatedError) Is(target error) bool { return target == ErrDisassociated }

// WrongStateError says that a command is not possible in the state that the
// participation is in.
type WrongStateError struct {
	Command string
	Status  engagement.Status
	Err     error // the cause, where there is one
}

func (e *WrongStateError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s is not possible while the participation is %q: %v", e.Command, e.Status, e.Err)
	}
	return fmt.Sprintf("%s is not possible while the participation is %q", e.Command, e.Status)
}

// Is makes errors.Is(err, ErrWrongState) true.
func (e *WrongStateError) Is(target error) bool { return target == ErrWrongState }

// Unwrap returns the cause.
func (e *WrongStateError) Unwrap() error { return e.Err }

// KeyReusedError says that an idempotency key was used for something else.
type KeyReusedError struct{ Key string }

func (e *KeyReusedError) Error() string {
	return fmt.Sprintf("key %q was used for another command, or for this one with another content: use a new key for each request", e.Key)
}

// Is makes errors.Is(err, ErrKeyReused) true.
func (e *KeyReusedError) Is(target error) bool { return target == ErrKeyReused }

// InvalidCursorError says that a cursor cannot be used.
type InvalidCursorError struct {
	Problem string
	Err     error // storage.ErrRewound, of a feed; else nil
}

func (e *InvalidCursorError) Error() string {
	return "cursor " + e.Problem + ": begin again without a cursor"
}

// Is makes errors.Is(err, ErrInvalidCursor) true.
func (e *InvalidCursorError) Is(target error) bool { return target == ErrInvalidCursor }

// Unwrap returns why, where there is more to tell than that it is not one of ours.
func (e *InvalidCursorError) Unwrap() error { return e.Err }

// ConsumerMovedError says that a consumer of the feed is not where it was said to be:
// another process has moved it.
type ConsumerMovedError struct{ Name string }

func (e *ConsumerMovedError) Error() string {
	return fmt.Sprintf("the consumer %q is not there any more: another process moves it, too; ask where it is, and go on from there", e.Name)
}

// Is makes errors.Is(err, ErrConsumerMoved) true.
func (e *ConsumerMovedError) Is(target error) bool { return target == ErrConsumerMoved }

// UnavailableError says that a source which the host plugged in, or the
// storage, gave no answer. The same call may be made again: a command with the
// same key is then carried out once, also if only the answer of the storage got
// lost.
type UnavailableError struct {
	Source string // "directory", "facts", "external holdings", "catalog", "evidence", "list of persons", "authorizer" or "storage"
	Err    error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("the %s gave no answer, make the same call again: %v", e.Source, e.Err)
}

// Is makes errors.Is(err, ErrUnavailable) true.
func (e *UnavailableError) Is(target error) bool { return target == ErrUnavailable }

// Unwrap returns the source's error.
func (e *UnavailableError) Unwrap() error { return e.Err }
