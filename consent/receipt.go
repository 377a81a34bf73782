package consent

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/instant"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// ReceiptSchema is the schema version of a [Receipt] and of its [Record].
const ReceiptSchema = "ISO/IEC TS 27560:2023"

// Receipt is a consent receipt along ISO/IEC TS 27560:2023 (Consent record
// information structure): what a customer's contact is given as proof, and can show
// to others. It holds a copy of the consent record, as the specification allows.
//
// The JSON names of the fields are the specification's. Which of them it makes
// mandatory is taken from the public mapping of the W3C community's Data Privacy
// Vocabulary (https://w3id.org/dpv/guides/consent-27560), whose terms, with the
// prefix "dpv:" or "pd:", stand for roles, states and kinds of data. Fields of this
// package's own, which the specification allows, say so.
//
// It holds personal data, the address of who answered, and hides it in structured
// logs.
type Receipt struct {
	SchemaVersion string    `json:"schema_version"`
	ReceiptID     string    `json:"receipt_id"`
	IssuedAt      time.Time `json:"issued_at"` // our own
	Record        Record    `json:"consent_record"`
}

// Record is the consent record.
type Record struct {
	SchemaVersion string        `json:"schema_version"`
	RecordID      string        `json:"record_id"`
	PrincipalID   string        `json:"pii_principal_id"` // a party, by its ID; never an address
	Processing    Processing    `json:"pii_processing"`
	Parties       []RecordParty `json:"parties"`
	Events        []RecordEvent `json:"events"` // in the order in which they happened
}

// Processing says what was consented to.
type Processing struct {
	PrivacyNotice string           `json:"privacy_notice"` // where to read it, or its name
	NoticeVersion string           `json:"notice_version"` // our own
	NoticeHash    string           `json:"notice_hash"`    // our own: "sha-256:" and the hash of [Text.Canonical] in hexadecimal
	Language      link.Language    `json:"language"`
	Purposes      []ReceiptPurpose `json:"purposes"`
}

// ReceiptPurpose is one purpose, with all that is processed for it.
type ReceiptPurpose struct {
	Purpose               string   `json:"purpose"` // as the contact read it
	PurposeType           string   `json:"purpose_type,omitempty"`
	LawfulBasis           string   `json:"lawful_basis,omitempty"`
	PII                   []PII    `json:"pii_information"`
	Controllers           []string `json:"pii_controllers"` // parties, by ID
	CollectionMethod      string   `json:"collection_method,omitempty"`
	StorageLocations      []string `json:"storage_locations"`
	RetentionPeriod       string   `json:"retention_period"`
	Service               string   `json:"service,omitempty"`
	Jurisdiction          []string `json:"jurisdiction"`
	RecipientThirdParties []string `json:"recipient_third_parties"` // parties, by ID; an empty list says none
	WithdrawalMethod      string   `json:"withdrawal_method"`
}

// PII is one kind of personal data.
type PII struct {
	Type     string `json:"pii_type"` // such as "pd:EmailAddress"
	Optional bool   `json:"pii_optional,omitempty"`
}

// The roles of a [RecordParty].
const (
	DataSubject    = "dpv:DataSubject"
	DataController = "dpv:DataController"
	ThirdParty     = "dpv:ThirdParty"
)

// RecordParty is somebody whom the record concerns. Of a data subject, neither
// address nor contact is mandatory.
type RecordParty struct {
	ID         string `json:"party_id"`
	Name       string `json:"party_name"`
	Role       string `json:"party_role"`
	Type       string `json:"party_type"` // such as "organisation"
	Address    string `json:"party_address,omitempty"`
	Contact    string `json:"party_contact,omitempty"`
	Email      string `json:"party_email,omitempty"`
	URL        string `json:"party_url,omitempty"`
	OnBehalfOf string `json:"on_behalf_of,omitempty"` // our own: the organisation for which a person answered, by its ID
	Erased     bool   `json:"erased,omitempty"`       // our own: the person asked to be forgotten
}

// RecordEvent is one change of the state of a consent.
type RecordEvent struct {
	Time             time.Time `json:"event_time"`
	ValidityDuration string    `json:"validity_duration"`
	EntityID         string    `json:"entity_id"` // a party, by its ID
	Type             string    `json:"event_type"`
	State            string    `json:"event_state"`      // such as "dpv:ConsentGiven"
	Method           Channel   `json:"method,omitempty"` // our own: how the person expressed it
	Note             string    `json:"note,omitempty"`   // our own
}

// ReceiptDetails is what a receipt needs besides the state of the consent.
type ReceiptDetails struct {
	ReceiptID string // the specification recommends a UUID
	RecordID  string // such as the ID of the participation
	IssuedAt  time.Time
	Notice    string // where the text can be read; empty for a name made of its version and language
	// Parties are the controllers, among them the partner, and third parties that
	// receive data. What a party of the terms has by the same ID, its name, may be
	// left out; so may the role of a controller and the type of an organisation.
	Parties          []RecordParty
	PII              []PII // nil for the contact's e-mail address
	StorageLocations []string
	RetentionPeriod  string // such as "P7Y" (ISO 8601) or a sentence
	Jurisdiction     []string
}

// NewReceipt makes the receipt of a consent that was requested at least once. It
// has the events up to d.IssuedAt. The person whom it is about is the contact who
// answered, or else the first who was written to last; contacts who did nothing do
// not appear. People appear by the ID of their link, so that after [State.Erase] the
// same receipt can be made without their address. The errors are [*link.InvalidError], one
// for each mandatory field that d leaves open, joined.
func NewReceipt(s State, d ReceiptDetails) (Receipt, error) {
	if len(s.Sent) == 0 {
		return Receipt{}, invalid("state", "nobody has been asked yet, so that there is nothing to give a receipt for")
	}
	principal := s.LastSent().Links[0]
	if !s.Answer.IsZero() {
		principal = s.Answer.Link
	}
	terms := s.termsOf(principal)
	r := Receipt{
		SchemaVersion: ReceiptSchema,
		ReceiptID:     d.ReceiptID,
		IssuedAt:      instant.Of(d.IssuedAt),
		Record: Record{
			SchemaVersion: ReceiptSchema,
			RecordID:      d.RecordID,
			PrincipalID:   string(principal),
			Processing: Processing{
				PrivacyNotice: d.Notice,
				NoticeVersion: terms.Text.Version,
				NoticeHash:    "sha-256:" + terms.Text.Hash.String(),
				Language:      terms.Text.Language,
			},
			Parties: s.parties(principal, terms, d),
			Events:  s.events(terms, d),
		},
	}
	if d.Notice == "" {
		r.Record.Processing.PrivacyNotice = fmt.Sprintf("consent text %s, %s", terms.Text.Version, terms.Text.Language)
	}
	controllers, recipients := []string{}, []string{}
	for _, p := range r.Record.Parties {
		switch p.Role {
		case DataController:
			controllers = append(controllers, p.ID)
		case ThirdParty:
			recipients = append(recipients, p.ID)
		}
	}
	pii := d.PII
	if pii == nil {
		pii = []PII{{Type: "pd:EmailAddress"}}
	}
	for _, p := range terms.Purposes {
		r.Record.Processing.Purposes = append(r.Record.Processing.Purposes, ReceiptPurpose{
			Purpose:               p.Text,
			PurposeType:           p.ID,
			LawfulBasis:           "dpv:Consent",
			PII:                   slices.Clone(pii),
			Controllers:           controllers,
			CollectionMethod:      "given by the partner; answered by the person",
			StorageLocations:      slices.Clone(d.StorageLocations),
			RetentionPeriod:       d.RetentionPeriod,
			Service:               terms.Engagement.Name,
			Jurisdiction:          slices.Clone(d.Jurisdiction),
			RecipientThirdParties: recipients,
			WithdrawalMethod:      terms.Withdrawal,
		})
	}
	if err := r.Validate(); err != nil {
		return Receipt{}, err
	}
	return r, nil
}

// parties returns the people who acted and the organisations of the details.
func (s State) parties(principal link.ID, terms Terms, d ReceiptDetails) []RecordParty {
	customer, _ := terms.Party(RoleCustomer)
	var parties []RecordParty
	person := func(id link.ID) {
		if id == "" || slices.ContainsFunc(parties, func(p RecordParty) bool { return p.ID == string(id) }) {
			return
		}
		l, _ := s.Link(id)
		parties = append(parties, RecordParty{
			ID: string(id), Name: "Contact of " + customer.Name, Role: DataSubject, Type: "person",
			Email: l.Contact.Email.String(), OnBehalfOf: customer.ID, Erased: l.Erased(),
		})
	}
	person(principal)
	person(s.Withdrawal.Link)
	for _, p := range d.Parties {
		if i := slices.IndexFunc(terms.Parties, func(known Party) bool { return known.ID == p.ID }); i >= 0 && p.Name == "" {
			p.Name = terms.Parties[i].Name
		}
		if p.Role == "" {
			p.Role = DataController
		}
		if p.Type == "" {
			p.Type = "organisation"
		}
		parties = append(parties, p)
	}
	return parties
}

// events returns what happened until the receipt is issued.
func (s State) events(terms Terms, d ReceiptDetails) []RecordEvent {
	const final = "final"
	partner, _ := terms.Party(RolePartner)
	var events []RecordEvent
	add := func(at time.Time, state, entity, validity, note string, how Channel) {
		if !at.IsZero() && !at.After(d.IssuedAt) {
			events = append(events, RecordEvent{at, validity, entity, "dpv:ExplicitlyExpressedConsent", "dpv:" + state, how, note})
		}
	}
	answered := func(a Answer, state, validity, note string) {
		add(a.At, state, string(a.Link), validity, note, a.Channel)
	}
	for _, sent := range s.Sent {
		add(sent.At, "ConsentRequested", partner.ID, "until "+s.Deadline.Format(time.RFC3339), string(sent.Kind), "")
	}
	switch s.Answer.Decision {
	case DecisionAccept:
		answered(s.Answer, "ConsentGiven", terms.Validity, "")
	case DecisionDecline:
		answered(s.Answer, "ConsentRefused", final, "")
	}
	note := ""
	if s.Withdrawal.AfterSubmission {
		note = "after the claim had been submitted: passed on to its reviewer"
	}
	answered(s.Withdrawal, "ConsentWithdrawn", final, note)
	add(s.CancelledAt, "ConsentTerminated", partner.ID, final, "cancelled by the partner", "")
	if s.StatusAt(d.IssuedAt) == StatusExpired {
		add(s.Deadline, "ConsentExpired", partner.ID, final, "not answered in time", "")
	}
	return events
}

// Validate returns nil, or an [*link.InvalidError] for each mandatory field that is
// missing and each ID that is no party's, joined. The fields are named as in JSON.
func (r Receipt) Validate() error {
	var c check
	c.schema("schema_version", r.SchemaVersion)
	c.text("receipt_id", r.ReceiptID)
	c.time("issued_at", r.IssuedAt)
	c.record("consent_record.", r.Record)
	return problems.Join(c.errs...)
}

// LogValue shows the receipt's and the record's ID.
func (r Receipt) LogValue() slog.Value {
	return slog.GroupValue(slog.String("receipt_id", r.ReceiptID), slog.String("record_id", r.Record.RecordID))
}

// check collects what is wrong with a receipt.
type check struct{ errs []error }

func (c *check) fail(field, problem string) { c.errs = append(c.errs, invalid(field, problem)) }

func (c *check) text(field, value string) {
	if strings.TrimSpace(value) == "" {
		c.fail(field, "it is mandatory and empty")
	}
}

func (c *check) time(field string, t time.Time) {
	if t.IsZero() {
		c.fail(field, "it is mandatory and empty")
	}
}

func (c *check) list(field string, values []string) {
	if len(values) == 0 {
		c.fail(field, "it is mandatory and empty")
	}
	for i, v := range values {
		c.text(fmt.Sprintf("%s[%d]", field, i), v)
	}
}

func (c *check) schema(field, value string) {
	if value != ReceiptSchema {
		c.fail(field, "it is not "+ReceiptSchema)
	}
}

func (c *check) record(at string, r Record) {
	c.schema(at+"schema_version", r.SchemaVersion)
	c.text(at+"record_id", r.RecordID)
	party := func(field, id string) {
		c.text(field, id)
		if id != "" && !slices.ContainsFunc(r.Parties, func(p RecordParty) bool { return p.ID == id }) {
			c.fail(field, "it is the ID of none of the parties")
		}
	}
	party(at+"pii_principal_id", r.PrincipalID)
	c.text(at+"pii_processing.privacy_notice", r.Processing.PrivacyNotice)
	c.text(at+"pii_processing.notice_version", r.Processing.NoticeVersion)
	c.text(at+"pii_processing.notice_hash", r.Processing.NoticeHash)
	c.text(at+"pii_processing.language", string(r.Processing.Language))
	if len(r.Processing.Purposes) == 0 {
		c.fail(at+"pii_processing.purposes", "it is mandatory and empty")
	}
	for i, p := range r.Processing.Purposes {
		at := fmt.Sprintf("%spii_processing.purposes[%d].", at, i)
		c.text(at+"purpose", p.Purpose)
		if len(p.PII) == 0 {
			c.fail(at+"pii_information", "it is mandatory and empty")
		}
		for j, pii := range p.PII {
			c.text(fmt.Sprintf("%spii_information[%d].pii_type", at, j), pii.Type)
		}
		c.list(at+"pii_controllers", p.Controllers)
		for j, id := range p.Controllers {
			party(fmt.Sprintf("%spii_controllers[%d]", at, j), id)
		}
		c.list(at+"storage_locations", p.StorageLocations)
		c.text(at+"retention_period", p.RetentionPeriod)
		c.list(at+"jurisdiction", p.Jurisdiction)
		if p.RecipientThirdParties == nil {
			c.fail(at+"recipient_third_parties", "it is mandatory; an empty list says that there are none")
		}
		for j, id := range p.RecipientThirdParties {
			party(fmt.Sprintf("%srecipient_third_parties[%d]", at, j), id)
		}
		c.text(at+"withdrawal_method", p.WithdrawalMethod)
	}
	for i, p := range r.Parties {
		at := fmt.Sprintf("%sparties[%d].", at, i)
		c.text(at+"party_id", p.ID)
		if slices.ContainsFunc(r.Parties[:i], func(o RecordParty) bool { return o.ID == p.ID }) {
			c.fail(at+"party_id", "two parties have it")
		}
		c.text(at+"party_name", p.Name)
		c.text(at+"party_role", p.Role)
		c.text(at+"party_type", p.Type)
		if p.Role != DataSubject {
			c.text(at+"party_address", p.Address)
			c.text(at+"party_contact", p.Contact)
		}
	}
	if len(r.Events) == 0 {
		c.fail(at+"events", "it is mandatory and empty")
	}
	for i, e := range r.Events {
		at := fmt.Sprintf("%sevents[%d].", at, i)
		c.time(at+"event_time", e.Time)
		c.text(at+"validity_duration", e.ValidityDuration)
		party(at+"entity_id", e.EntityID)
		c.text(at+"event_type", e.Type)
		c.text(at+"event_state", e.State)
	}
}
