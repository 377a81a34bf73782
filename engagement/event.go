package engagement

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// EventKind says what happened.
type EventKind string

// The kinds of event.
const (
	EventCustomerAdded         EventKind = "customer added"
	EventCustomerClaimed       EventKind = "customer claimed"
	EventCustomerKnown         EventKind = "customer known"
	EventConsentRequested      EventKind = "consent requested"
	EventConsentResent         EventKind = "consent resent"
	EventContactsChanged       EventKind = "contacts changed"
	EventConsentSent           EventKind = "consent sent"
	EventConsentGranted        EventKind = "consent granted"
	EventConsentDeclined       EventKind = "consent declined"
	EventConsentWithdrawn      EventKind = "consent withdrawn"
	EventParticipationCanceled EventKind = "participation cancelled"
	EventDeadlinePassed        EventKind = "deadline passed"
	EventEligibilityChanged    EventKind = "eligibility changed"
	EventPersonErased          EventKind = "person erased"
	EventReminderDue           EventKind = "reminder due"
	EventDetailsChanged        EventKind = "details changed"
	EventCustomerAssociated    EventKind = "customer associated"
	EventCustomerDisassociated EventKind = "customer disassociated"
	EventEvidenceAdded         EventKind = "evidence added"
	EventEvidenceRemoved       EventKind = "evidence removed"
	EventSurveyRequested       EventKind = "survey requested"
	EventSurveyResent          EventKind = "survey resent"
	EventSurveySent            EventKind = "survey sent"
	EventSurveyAnswered        EventKind = "survey answered"
	EventCommentAdded          EventKind = "comment added"
	EventClaimSubmitted        EventKind = "claim submitted"
	EventClaimRecalled         EventKind = "claim recalled"
	EventReviewStarted         EventKind = "review started"
	EventActionRequested       EventKind = "action asked for"
	EventClaimApproved         EventKind = "claim approved"
	EventClaimRejected         EventKind = "claim rejected"
	EventDisputeOpened         EventKind = "dispute opened"
	EventPaymentRecorded       EventKind = "payment recorded"
	EventMessageFailed         EventKind = "message not delivered"
	EventReferralRecorded      EventKind = "referral recorded"
)

// AllEventKinds returns every EventKind.
func AllEventKinds() []EventKind {
	return []EventKind{
		EventCustomerAdded, EventCustomerClaimed, EventCustomerKnown, EventConsentRequested, EventConsentResent, EventContactsChanged, EventConsentSent,
		EventConsentGranted, EventConsentDeclined, EventConsentWithdrawn, EventParticipationCanceled, EventDeadlinePassed, EventEligibilityChanged, EventPersonErased,
		EventReminderDue, EventDetailsChanged, EventCustomerAssociated, EventCustomerDisassociated, EventEvidenceAdded, EventEvidenceRemoved,
		EventSurveyRequested, EventSurveyResent, EventSurveySent, EventSurveyAnswered, EventCommentAdded,
		EventClaimSubmitted, EventClaimRecalled, EventReviewStarted, EventActionRequested, EventClaimApproved, EventClaimRejected, EventDisputeOpened, EventPaymentRecorded,
		EventMessageFailed, EventReferralRecorded,
	}
}

// MarshalText refuses a value that is not an EventKind.
func (k EventKind) MarshalText() ([]byte, error) { return spell(k, "event kind", AllEventKinds()) }

// UnmarshalText refuses a text that is not an EventKind.
func (k *EventKind) UnmarshalText(b []byte) error { return decode(k, "event kind", b, AllEventKinds()) }

// Party is the side that caused an event.
type Party string

// The parties.
const (
	ByPartner  Party = "partner"
	ByCustomer Party = "customer"
	ByProgram  Party = "program"
	ByClock    Party = "clock"
)

// AllParties returns every Party.
func AllParties() []Party { return []Party{ByPartner, ByCustomer, ByProgram, ByClock} }

// MarshalText refuses a value that is not a Party.
func (p Party) MarshalText() ([]byte, error) { return spell(p, "party", AllParties()) }

// UnmarshalText refuses a text that is not a Party.
func (p *Party) UnmarshalText(b []byte) error { return decode(p, "party", b, AllParties()) }

// Digest is a SHA-256. As text it is 64 hexadecimal digits, or nothing when zero.
type Digest [sha256.Size]byte

// IsZero reports whether the digest is missing.
func (d Digest) IsZero() bool { return d == Digest{} }

func (d Digest) String() string {
	if d.IsZero() {
		return ""
	}
	return hex.EncodeToString(d[:])
}

// MarshalText returns String.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText refuses everything but what MarshalText gives.
func (d *Digest) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Digest{}
		return nil
	}
	var read Digest
	if len(b) == hex.EncodedLen(len(d)) {
		_, _ = hex.Decode(read[:], b)
	}
	if read.IsZero() || read.String() != string(b) {
		return &InvalidError{Of: "digest", Field: "text", Problem: fmt.Sprintf("is not one: use %d lower-case hexadecimal digits, not all zero, or no text for none", hex.EncodedLen(len(d)))}
	}
	*d = read
	return nil
}

// Head is the end of a history: how many events it has, and the last one's
// hash.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash Digest `json:"hash"`
}

// Event is one entry in the history which a partner has with a customer. It is
// never changed; only its Person can be erased, and the hash holds all the same.
type Event struct {
	Partner       PartnerID       `json:"partner"`
	Customer      tenant.Key      `json:"customer"`
	Seq           int64           `json:"seq"` // 1, 2, 3 … within the history
	At            time.Time       `json:"at"`
	Kind          EventKind       `json:"kind"`
	By            Party           `json:"by"`
	Engagement    ID              `json:"engagement,omitzero"`
	Participation ParticipationID `json:"participation,omitzero"`
	From          Status          `json:"from,omitzero"`   // status before
	To            Status          `json:"to,omitzero"`     // status after
	Detail        Detail          `json:"detail,omitzero"` // what else there is to say, never about a person
	Person        *Person         `json:"person,omitzero"`
	PersonDigest  Digest          `json:"person_digest,omitzero"` // of Person, salted; stays when the person is erased
	State         Digest          `json:"state,omitzero"`         // of what the event led to
	Format        int             `json:"format"`                 // how Hash covers all this: FormatDetail, or FormatNote for old events
	Note          string          `json:"note,omitzero"`          // what an event of FormatNote says instead of Detail, in English; nobody writes it any more
	Hash          Digest          `json:"hash"`                   // of all this, and of the event before
}

// How an event's hash covers it.
const (
	FormatNote   = 1 // texts and numbers in a row, with a note in English; From and To may be outcomes of eligibility
	FormatDetail = 2 // numbered fields
)

// MarshalJSON refuses a status that there is not, unless the event is an old one,
// whose From and To can be outcomes of eligibility.
func (e Event) MarshalJSON() ([]byte, error) {
	type fields Event
	if e.Format > FormatNote {
		return json.Marshal(fields(e))
	}
	return json.Marshal(struct {
		fields
		From string `json:"from,omitzero"`
		To   string `json:"to,omitzero"`
	}{fields(e), string(e.From), string(e.To)})
}

// UnmarshalJSON refuses a status that there is not, unless the event is an old
// one, whose From and To can be outcomes of eligibility.
func (e *Event) UnmarshalJSON(b []byte) error {
	type fields Event
	var read struct {
		fields
		From string `json:"from"`
		To   string `json:"to"`
	}
	if err := json.Unmarshal(b, &read); err != nil {
		return err
	}
	read.fields.From, read.fields.To = Status(read.From), Status(read.To)
	if read.Format == 0 {
		read.Format = FormatNote // from before formats had numbers
	}
	if read.Format > FormatNote {
		if err := errors.Join(read.fields.From.UnmarshalText([]byte(read.From)), read.fields.To.UnmarshalText([]byte(read.To))); err != nil {
			return err
		}
	}
	*e = Event(read.fields)
	return nil
}

// Record returns the key of the record that the event is about.
func (e Event) Record() RecordKey {
	return RecordKey{Partner: e.Partner, Engagement: e.Engagement, Customer: e.Customer}
}

// LogValue keeps the person out of logs: it says what happened, where.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("customer", string(e.Customer)), slog.Int64("seq", e.Seq), slog.String("kind", string(e.Kind)),
		slog.String("engagement", string(e.Engagement)), slog.String("participation", string(e.Participation)))
}

// Person is the part of an event that is about people. The event's hash covers
// it through a salted digest, so that it can be erased without breaking the
// chain and cannot be guessed from what is left.
type Person struct {
	Salt     string         `json:"salt,omitzero"`
	User     string         `json:"user,omitzero"`     // the actor, as the host names it
	Contacts []tenant.Email `json:"contacts,omitzero"` // those that the event was about
	Why      string         `json:"why,omitzero"`      // in the words of whoever did it
	Erased   Erased         `json:"erased,omitzero"`   // of EventPersonErased: who it was, by digests; User is who erased
}

// Erased says who was erased, by digests: enough to do it again where a backup brought
// the person back, and no name. Those by which nobody was named are zero.
type Erased struct {
	Key     PersonDigest `json:"key,omitzero"` // of the secret by which the others are made
	Address PersonDigest `json:"address,omitzero"`
	User    PersonDigest `json:"user,omitzero"`
	Name    PersonDigest `json:"name,omitzero"`
}

// IsZero reports whether it says nothing.
func (e Erased) IsZero() bool { return e == Erased{} }

// LogValue keeps the person out of logs.
func (Person) LogValue() slog.Value { return slog.StringValue("[person]") }

func (p *Person) digest() Digest {
	if p == nil {
		return Digest{}
	}
	form := personForm{Salt: p.Salt, User: p.User, Why: p.Why}
	if !p.Erased.IsZero() {
		form.Erased = []string{p.Erased.Key.String(), p.Erased.Address.String(), p.Erased.User.String(), p.Erased.Name.String()}
	}
	if p.Contacts != nil {
		form.Contacts = make([]string, len(p.Contacts))
		for i, c := range p.Contacts {
			form.Contacts[i] = c.String()
		}
	}
	b, err := json.Marshal(form)
	if err != nil {
		panic(err) // strings always marshal
	}
	return sha256.Sum256(b)
}

// personForm is what the digest of a person covers: this JSON, whatever that of a
// Person is. What is there never changes, and what is new is left out where it says
// nothing.
type personForm struct {
	Salt     string   `json:"salt"`
	User     string   `json:"user,omitzero"`
	Contacts []string `json:"contacts,omitzero"` // an empty list is not none
	Why      string   `json:"why,omitzero"`
	Erased   []string `json:"erased,omitzero"` // by key, address, user and name, of which some are ""
}

// plain returns the person as every storage gives it back.
func (p *Person) plain() *Person {
	if p == nil {
		return nil
	}
	out := *p
	out.Salt, out.User, out.Why = plain(p.Salt), plain(p.User), plain(p.Why)
	return &out
}

// Names reports whether the person part names this user or e-mail address.
func (p *Person) Names(user string, email tenant.Email) bool {
	if p == nil {
		return false
	}
	if user != "" && p.User == user {
		return true
	}
	for _, c := range p.Contacts {
		if c.Same(email) {
			return true
		}
	}
	return false
}

// Chain returns the events with their places and hashes in the history that
// ends at head, and the head that they make, in the newest format. Times are cut
// to microseconds, and what is not UTF-8 in a text is replaced.
func Chain(head Head, events ...Event) ([]Event, Head) {
	out := make([]Event, len(events))
	for i, e := range events {
		head.Seq++
		e.Seq = head.Seq
		e.At = e.At.UTC().Truncate(time.Microsecond)
		e.Detail, e.Person = e.Detail.plain(), e.Person.plain()
		e.PersonDigest = e.Person.digest()
		e.Format, e.Note = FormatDetail, ""
		e.Hash = e.digest(head.Hash)
		head.Hash = e.Hash
		out[i] = e
	}
	return out, head
}

// Erase returns the event without its person. Its hash still holds.
func (e Event) Erase() Event {
	e.Person = nil
	return e
}
