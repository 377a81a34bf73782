package workflow

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
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

// Unwrap returns why: the Authorizer's error, if it was that.
func (e *ForbiddenError) Unwrap() error { return e.Why }

// NotFoundError says that the partner has no such thing. Whether another
// partner has it is never said.
type NotFoundError struct {
	Kind  string // "engagement", "participation", "customer", "location", "partner", "evidence", "survey", "message" or "address"
	Field string // of the command or query, such as "engagements[1]"; "" where it is an argument of its own, or the actor's partner
	Value string
}

func (e *NotFoundError) Error() string { return fmt.Sprintf("there is no %s %.60q", e.Kind, e.Value) }

// inField says of a *NotFoundError which field of a command or query names what there is not.
func inField(err error, field string) error {
	if e, ok := err.(*NotFoundError); ok {
		return &NotFoundError{Kind: e.Kind, Field: field, Value: e.Value}
	}
	return err
}

// InputError names a field that cannot be used as it was given.
type InputError struct {
	Field   string
	Problem string // what is wrong and what would help
	Err     error  // the cause, where there is one
}

func (e *InputError) Error() string { return e.Field + " " + e.Problem }

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

// NotEligibleError says why the customer is not eligible for an engagement.
type NotEligibleError struct {
	Engagement engagement.ID
	Reasons    []engagement.Reason // all of them
}

func (e *NotEligibleError) Error() string {
	return fmt.Sprintf("the customer is not eligible for %s: %s", e.Engagement, reasonText(e.Reasons))
}

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

// NotKnownError says that a customer cannot be claimed because it has never
// consented to the partner: it can be added.
type NotKnownError struct{ Customer string }

func (e *NotKnownError) Error() string {
	return fmt.Sprintf("customer %s is not known: it has never consented to this partner: add it instead of claiming it", e.Customer)
}

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

// StatedIdentityError says that an engagement takes no customer whose ID is merely
// stated.
type StatedIdentityError struct{ Engagement engagement.ID }

func (e *StatedIdentityError) Error() string {
	return fmt.Sprintf("%s does not take a customer whose ID the directory does not confirm: give an e-mail address or a domain that leads to it", e.Engagement)
}

// NameRequiredError says that the directory knows no name for a customer, so that a
// friendly name is needed for people to know it by.
type NameRequiredError struct{ Customer string }

func (e *NameRequiredError) Error() string {
	return fmt.Sprintf("friendly_name is needed: the directory has no name for %s, so say what you call the customer", e.Customer)
}

// PayoutChangedError says that an engagement no longer pays what was previewed.
type PayoutChangedError struct {
	Engagement     engagement.ID
	Previewed, Now eligibility.Money
}

func (e *PayoutChangedError) Error() string {
	return fmt.Sprintf("%s pays %q now, not %q: look at the offer again and confirm that", e.Engagement, e.Now, e.Previewed)
}

// DisassociatedError says that a customer takes part in nothing, because the
// partner has disassociated it.
type DisassociatedError struct {
	Customer string
	Since    time.Time
}

func (e *DisassociatedError) Error() string {
	return fmt.Sprintf("customer %s was disassociated at %s: associate it first", e.Customer, e.Since.Format(time.RFC3339))
}

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

// Unwrap returns the cause.
func (e *WrongStateError) Unwrap() error { return e.Err }

// KeyReusedError says that an idempotency key was used for something else.
type KeyReusedError struct{ Key string }

func (e *KeyReusedError) Error() string {
	return fmt.Sprintf("key %q was used for another command, or for this one with another content: use a new key for each request", e.Key)
}

// InvalidCursorError says that a cursor cannot be used.
type InvalidCursorError struct {
	Problem string
	Err     error // storage.ErrRewound, of a feed; else nil
}

func (e *InvalidCursorError) Error() string {
	return "cursor " + e.Problem + ": begin again without a cursor"
}

// Unwrap returns why, where there is more to tell than that it is not one of ours.
func (e *InvalidCursorError) Unwrap() error { return e.Err }

// ConsumerMovedError says that a consumer of the feed is not where it was said to be:
// another process has moved it.
type ConsumerMovedError struct{ Name string }

func (e *ConsumerMovedError) Error() string {
	return fmt.Sprintf("the consumer %q is not there any more: another process moves it, too; ask where it is, and go on from there", e.Name)
}

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

// Unwrap returns the source's error.
func (e *UnavailableError) Unwrap() error { return e.Err }
