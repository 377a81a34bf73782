package engagement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// Detail is what an event says besides who, when, and from which status to
// which: data with names, of which each kind of event has those that it is
// about. Sentences are made of it when it is read. Nothing in it is about a
// person: that is in [Person], where it can be erased.
//
// The event's hash covers every field under the number in its tag. A field that
// is added takes the next number; a number is never used again.
type Detail struct {
	Location          LocationID            `json:"location,omitzero" field:"1"`           // through which the partner takes part
	RuleSet           string                `json:"rule_set,omitzero" field:"2"`           // by which the customer was judged
	RuleVersion       string                `json:"rule_version,omitzero" field:"3"`       // of the rule set
	EngagementVersion string                `json:"engagement_version,omitzero" field:"4"` // on which the event stands
	Contacts          int                   `json:"contacts,omitzero" field:"5"`           // how many were written to
	TextVersion       string                `json:"text_version,omitzero" field:"6"`       // of what they were sent
	Language          link.Language         `json:"language,omitzero" field:"7"`           // in which
	Link              link.ID               `json:"link,omitzero" field:"8"`               // joins a sending with its answer
	Deadline          time.Time             `json:"deadline,omitzero" field:"9"`           // that passed, or comes near
	Requested         eligibility.Money     `json:"requested,omitzero" field:"10"`         // by the partner
	Approved          eligibility.Money     `json:"approved,omitzero" field:"11"`          // by the program
	Paid              eligibility.Money     `json:"paid,omitzero" field:"12"`              // with this payment
	DealSize          eligibility.Money     `json:"deal_size,omitzero" field:"13"`         // as it was changed to
	OverCap           bool                  `json:"over_cap,omitzero" field:"14"`          // approved with an override
	Items             int                   `json:"items,omitzero" field:"15"`             // how many things were asked for
	Codes             []claim.RejectionCode `json:"codes,omitempty" field:"16"`            // why a claim was rejected
	Survey            string                `json:"survey,omitzero" field:"17"`            // its kind
	Document          string                `json:"document,omitzero" field:"18"`          // what it proves: its kind of proof
	DocumentID        claim.EvidenceID      `json:"document_id,omitzero" field:"19"`       // of a document
	MediaType         string                `json:"media_type,omitzero" field:"20"`        // of a document
	Size              int64                 `json:"size,omitzero" field:"21"`              // of a document, in bytes
	SHA256            string                `json:"sha256,omitzero" field:"22"`            // of a document's content
	Changed           []ChangedField        `json:"changed,omitempty" field:"23"`          // what was changed; the values are in fields of their own where they may be shown
	Reminder          MessageKind           `json:"reminder,omitzero" field:"24"`          // which one
	KnownSince        time.Time             `json:"known_since,omitzero" field:"25"`       // to the program
	OutcomeBefore     eligibility.Outcome   `json:"outcome_before,omitzero" field:"26"`    // of judging the customer
	OutcomeAfter      eligibility.Outcome   `json:"outcome_after,omitzero" field:"27"`     // of judging it again
	Stated            bool                  `json:"stated,omitzero" field:"33"`            // the customer's ID, which the directory does not confirm
	AfterSubmission   bool                  `json:"after_submission,omitzero" field:"28"`  // withdrawn too late to end the claim: a flag for its reviewer
	OwnReview         string                `json:"own_review,omitzero" field:"29"`        // why the reviewer was let review a claim on which it acted for the partner
	Message           MessageKind           `json:"message,omitzero" field:"30"`           // that did not reach its contact
	Failure           link.FailureCode      `json:"failure,omitzero" field:"31"`           // why it did not
	Payee             string                `json:"payee,omitzero" field:"32"`             // status of the payee profile, not valid, of a location that was paid all the same
	ForeignContacts   int                   `json:"foreign_contacts,omitzero" field:"34"`  // how many customer contacts have a domain that the directory does not give to the customer, or could not look up
	OwnContacts       int                   `json:"own_contacts,omitzero" field:"35"`      // how many contacts were let answer for the other side, as in a sandbox

	Replaced bool `json:"replaced,omitzero" field:"36"` // the reference of an earlier referral
}

// detail has the fields of Detail, and no methods.
type detail Detail

// UnmarshalJSON refuses what it does not know, so that nothing that an event says
// is lost: it was written by a newer version, or by somebody else.
func (d *Detail) UnmarshalJSON(b []byte) error {
	var read detail
	from := json.NewDecoder(bytes.NewReader(b))
	from.DisallowUnknownFields()
	if err := from.Decode(&read); err != nil {
		return fmt.Errorf("engagement: the details of an event cannot be read: %w", err)
	}
	for _, t := range []time.Time{read.Deadline, read.KnownSince} {
		if y := t.UTC().Year(); y < 1 || y > 9999 {
			return fmt.Errorf("engagement: the details of an event cannot be read: the year of %v is not between 1 and 9999", t)
		}
	}
	*d = Detail(read)
	return nil
}

// IsZero reports whether there is nothing to say.
func (d Detail) IsZero() bool { return len(encode(d)) == 0 }

// plain returns the details as every storage gives them back: texts in UTF-8
// without NUL, times in UTC to the microsecond, no empty list.
func (d Detail) plain() Detail {
	v := reflect.ValueOf(&d).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(plain(f.String()))
		case reflect.Slice:
			plainList := reflect.MakeSlice(f.Type(), f.Len(), f.Len())
			for j := range f.Len() {
				plainList.Index(j).SetString(plain(f.Index(j).String()))
			}
			if f.Len() == 0 {
				plainList = reflect.Zero(f.Type())
			}
			f.Set(plainList)
		case reflect.Struct:
			if t, ok := f.Addr().Interface().(*time.Time); ok && !t.IsZero() {
				*t = t.UTC().Truncate(time.Microsecond)
			}
		}
	}
	return d
}

// plain returns a text as every storage gives it back: what is not UTF-8 would
// come back otherwise, and no longer match its hash.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

// ChangedField names something of a participation that its partner can change.
type ChangedField string

// What can be changed.
const (
	ChangedFriendlyName ChangedField = "friendly_name"
	ChangedDealSize     ChangedField = "deal_size"
	ChangedOwner        ChangedField = "owner"
	ChangedLabels       ChangedField = "labels"

	ChangedCustomerContacts ChangedField = "customer_contacts"
	ChangedPartnerContacts  ChangedField = "partner_contacts"
)

// AllChangedFields returns every ChangedField.
func AllChangedFields() []ChangedField {
	return []ChangedField{ChangedFriendlyName, ChangedDealSize, ChangedOwner, ChangedLabels, ChangedCustomerContacts, ChangedPartnerContacts}
}

// MarshalText refuses a value that is not a ChangedField.
func (f ChangedField) MarshalText() ([]byte, error) {
	return spell(f, "changed field", AllChangedFields())
}

// UnmarshalText refuses a text that is not a ChangedField.
func (f *ChangedField) UnmarshalText(b []byte) error {
	return decode(f, "changed field", b, AllChangedFields())
}
