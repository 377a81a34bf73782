package consent

import (
	"fmt"
	"log/slog"
	"time"
)

// MaxContacts is the most contacts that one request is sent to.
const MaxContacts = 20

// Event is something that happens to a consent: one of [Request], [Resend],
// [ChangeContacts], [Accept], [Decline], [Withdraw], [Cancel] and [Expire].
type Event interface {
	Kind() Kind
	apply(*State, time.Time) error
}

// Request writes to the customer's contacts for the first time.
type Request struct {
	Customer []Contact // at least one, at most [MaxContacts]
	Partner  []Contact // whom the customer can ask; may be empty
	Links    []LinkID  // a new ID for each customer contact, in their order
	Terms    Terms
}

// Resend writes to the same contacts again, with new links; all earlier ones are
// void from then on.
type Resend struct {
	Links  []LinkID // a new ID for each of [State.Contacts], in their order
	Terms  Terms    // zero for the same as last time
	Policy Policy
}

// ChangeContacts writes to other contacts; all earlier links are void from then
// on. It counts as one of [Policy].MaxSends, and no address may be written to
// within [Policy].ResendInterval of the last time.
type ChangeContacts struct {
	Customer []Contact // all of them, also those who stay
	Partner  []Contact // nil for the same as before
	Links    []LinkID  // a new ID for each customer contact, in their order
	Terms    Terms     // zero for the same as last time
	Policy   Policy
}

// Accept is a contact's yes.
type Accept struct {
	Link    LinkID
	Channel Channel // zero for [ChannelPage]
	Client  Client  // zero for none
}

// Decline is a contact's no.
type Decline struct {
	Link    LinkID
	Channel Channel // zero for [ChannelPage]
	Client  Client  // zero for none
}

// Withdraw takes back an acceptance, by any live link.
type Withdraw struct {
	Link    LinkID
	Channel Channel // zero for [ChannelPage]
	Client  Client  // zero for none
	// GuardAfterSubmission tells that the claim has been submitted: the consent stays
	// granted, and the withdrawal is a flag for the claim's reviewer.
	AfterSubmission bool
}

// Cancel ends a consent on the partner's side, before an answer or after a
// grant. Whether the claim still allows it is for the caller to decide.
type Cancel struct{}

// Expire records that the deadline has come without an answer. Recording it
// again changes nothing.
type Expire struct{}

// Kind returns [KindRequest].
func (Request) Kind() Kind { return KindRequest }

// Kind returns [KindResend].
func (Resend) Kind() Kind { return KindResend }

// Kind returns [KindChangeContacts].
func (ChangeContacts) Kind() Kind { return KindChangeContacts }

// Kind returns [KindAccept].
func (Accept) Kind() Kind { return KindAccept }

// Kind returns [KindDecline].
func (Decline) Kind() Kind { return KindDecline }

// Kind returns [KindWithdraw].
func (Withdraw) Kind() Kind { return KindWithdraw }

// Kind returns [KindCancel].
func (Cancel) Kind() Kind { return KindCancel }

// Kind returns [KindExpire].
func (Expire) Kind() Kind { return KindExpire }

// LogValue shows how many are written to, and not whom.
func (e Request) LogValue() slog.Value { return logSending(e.Kind(), e.Customer, e.Links) }

// LogValue shows how many are written to, and not whom.
func (e ChangeContacts) LogValue() slog.Value { return logSending(e.Kind(), e.Customer, e.Links) }

func (e Accept) by() LinkID   { return e.Link }
func (e Decline) by() LinkID  { return e.Link }
func (e Withdraw) by() LinkID { return e.Link }

func logSending(kind Kind, contacts []Contact, links []LinkID) slog.Value {
	return slog.GroupValue(slog.String("event", string(kind)), slog.Int("contacts", len(contacts)), slog.Any("links", links))
}

func checkContacts(contacts []Contact) error {
	const side = "customer"
	if len(contacts) == 0 {
		return invalid(side, "at least one contact is needed")
	}
	return ValidateContacts(side, contacts)
}

func (s State) checkLinks(ids []LinkID, contacts int) error {
	const field = "links"
	if len(ids) != contacts {
		return invalid(field, fmt.Sprintf("each contact needs one new ID: %d, not %d", contacts, len(ids)))
	}
	seen := make(map[LinkID]bool)
	for _, l := range s.Links {
		seen[l.ID] = true
	}
	for _, id := range ids {
		if err := id.validate(); err != nil {
			return err
		}
		if seen[id] {
			return invalid(field, fmt.Sprintf("%q was used before; make one with NewLinkID", id))
		}
		seen[id] = true
	}
	return nil
}
