package consent

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
)

// Event is something that happens to a consent: one of [Request], [Resend],
// [ChangeContacts], [Accept], [Decline], [Withdraw], [Cancel] and [Expire].
type Event interface {
	Kind() Kind
	apply(*State, time.Time) error
}

// Request writes to the customer's contacts for the first time.
type Request struct {
	Customer []link.Contact // at least one, at most [link.MaxContacts]
	Partner  []link.Contact // whom the customer can ask; may be empty
	Links    []link.ID      // a new ID for each customer contact, in their order
	Terms    Terms
}

// Resend writes to the same contacts again, with new links; all earlier ones are
// void from then on.
type Resend struct {
	Links  []link.ID // a new ID for each of [State.Contacts], in their order
	Terms  Terms     // zero for the same as last time
	Policy link.Policy
}

// ChangeContacts writes to other contacts; all earlier links are void from then
// on. It counts as one of [link.Policy].MaxSends, and no address may be written to
// within [link.Policy].ResendInterval of the last time.
type ChangeContacts struct {
	Customer []link.Contact // all of them, also those who stay
	Partner  []link.Contact // nil for the same as before
	Links    []link.ID      // a new ID for each customer contact, in their order
	Terms    Terms          // zero for the same as last time
	Policy   link.Policy
}

// Accept is a contact's yes.
type Accept struct {
	Link    link.ID
	Channel Channel // zero for [ChannelPage]
	Client  Client  // zero for none
}

// Decline is a contact's no.
type Decline struct {
	Link    link.ID
	Channel Channel // zero for [ChannelPage]
	Client  Client  // zero for none
}

// Withdraw takes back an acceptance, by any live link.
type Withdraw struct {
	Link    link.ID
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

func (e Accept) by() link.ID   { return e.Link }
func (e Decline) by() link.ID  { return e.Link }
func (e Withdraw) by() link.ID { return e.Link }

func logSending(kind Kind, contacts []link.Contact, links []link.ID) slog.Value {
	return slog.GroupValue(slog.String("event", string(kind)), slog.Int("contacts", len(contacts)), slog.Any("links", links))
}

func checkContacts(contacts []link.Contact) error {
	const side = "customer"
	if len(contacts) == 0 {
		return invalid(side, "at least one contact is needed")
	}
	return link.ValidateContacts(side, contacts)
}
