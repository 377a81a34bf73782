package workflow

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// Revision names a state of a participation, as a side sees it: it is opaque, and moves
// when what is shown changes, but not by mails, reminders, other partners, or a sweep
// that records what had passed already.
type Revision string

// ParticipationView is a participation as the actor's side may see it: what every
// command on one returns, and what ClaimsDesk.Get begins with.
type ParticipationView struct {
	ID       engagement.ParticipationID `json:"id"`
	Revision Revision                   `json:"revision"`           // to be given with a command that was decided on this, see Request.IfRevision
	Repeated bool                       `json:"repeated,omitempty"` // the command was carried out before, under the same key: this is the participation as it is now

	Partner        engagement.PartnerID  `json:"partner"`
	Location       engagement.LocationID `json:"location"`
	Engagement     engagement.ID         `json:"engagement"`
	EngagementName string                `json:"engagement_name"` // of now
	SolutionArea   string                `json:"solution_area"`
	Customer       tenant.Key            `json:"customer"`
	Identity       tenant.Identity       `json:"identity"`
	Name           string                `json:"name"`                    // by which people know the customer: the friendly name, else the directory's, else domain or ID
	FriendlyName   string                `json:"friendly_name,omitempty"` // as the partner calls it
	Basis          tenant.Basis          `json:"basis,omitempty"`         // what the identity is based on
	Reason         string                `json:"reason,omitempty"`        // why it was accepted unconfirmed
	Nominated      tenant.IDKind         `json:"nominated,omitempty"`     // by which ID the customer was named
	Origin         engagement.Origin     `json:"origin"`
	ClaimNumber    string                `json:"claim_number"`
	StartedAt      time.Time             `json:"started_at"`

	Status        engagement.Status   `json:"status"`
	Deadline      time.Time           `json:"deadline,omitzero"`        // by which the partner has to act; zero: nothing to do
	DeadlineTerms string              `json:"deadline_terms,omitempty"` // the version of the engagement under whose windows the deadline was made
	DaysLeft      int                 `json:"days_left,omitempty"`      // until the deadline, rounded up
	AskFrom       time.Time           `json:"ask_from,omitzero"`        // from when the customer can be asked again, see engagement.Row.AskFrom; after a command, by what was sent for this engagement
	Actions       []engagement.Action `json:"actions"`                  // what the partner can do now; none for the Program

	Terms    engagement.Terms     `json:"terms"`    // what the participation stands on, without the forms of surveys
	Decision eligibility.Decision `json:"decision"` // with which the customer was found eligible

	Hours         int                    `json:"hours,omitempty"`       // planned, with variable pay
	DealSize      eligibility.Money      `json:"deal_size,omitzero"`    // as the partner estimates it
	Owner         string                 `json:"owner,omitempty"`       // the partner's user who looks after it
	Labels        []string               `json:"labels"`                // the partner's own
	Language      link.Language          `json:"language,omitempty"`    // in which the partner's contacts are told; "": the customer's
	Referral      engagement.Referral    `json:"referral,omitzero"`     // that was recorded
	NeedsReferral bool                   `json:"needs_referral"`        // the engagement asks for a referral, and none is recorded
	Unreached     []engagement.Unreached `json:"unreached"`             // contacts of both sides that the last message did not reach
	WithdrawnAt   time.Time              `json:"withdrawn_at,omitzero"` // when the customer withdrew after the submission: a flag for the reviewer

	ContactFlags []engagement.ContactFlag `json:"contact_flags"` // what the reviewer is to know of the customer's contacts

	Consent ConsentState `json:"consent"`
	Claim   *ClaimState  `json:"claim,omitempty"` // absent until the customer consents
}

// LogValue keeps persons out of logs: it names the participation only.
func (v ParticipationView) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(v.ID)), slog.String("engagement", string(v.Engagement)), slog.String("status", string(v.Status)))
}

// ConsentState is a consent as people see it.
type ConsentState struct {
	Status     consent.Status   `json:"status"`
	Deadline   time.Time        `json:"deadline"` // until which the customer can answer
	Customer   []link.Contact   `json:"customer"` // who is, or will be, asked; see ConsentsDesk.Contacts
	Partner    []link.Contact   `json:"partner"`  // whom the customer can ask
	Sendings   []ConsentSending `json:"sendings"` // the oldest first
	Answer     ConsentAnswer    `json:"answer,omitzero"`
	Withdrawal ConsentAnswer    `json:"withdrawal,omitzero"`
	CanceledAt time.Time        `json:"canceled_at,omitzero"`
}

// ConsentSending is one message to the customer's contacts, with a link for each.
type ConsentSending struct {
	Kind     consent.Kind    `json:"kind"`
	At       time.Time       `json:"at"`
	Text     consent.TextRef `json:"text"`     // what they were asked to agree to
	Contacts []link.Contact  `json:"contacts"` // zero where the person was erased
}

// ConsentAnswer is what a contact of the customer decided.
type ConsentAnswer struct {
	Decision        consent.Decision `json:"decision"`
	At              time.Time        `json:"at"`
	Contact         link.Contact     `json:"contact,omitzero"` // zero when the person was erased
	Channel         consent.Channel  `json:"channel,omitempty"`
	Client          consent.Client   `json:"client,omitzero"` // from where, for the Program
	Text            consent.TextRef  `json:"text,omitzero"`   // what the contact was shown
	AfterSubmission bool             `json:"after_submission,omitempty"`
}

// IsZero reports whether nothing was answered.
func (a ConsentAnswer) IsZero() bool { return a.Decision == "" }

// ClaimState is a claim as people see it. Lists are the oldest first.
type ClaimState struct {
	Status    claim.Status `json:"status"`
	OpenedAt  time.Time    `json:"opened_at"`
	SubmitBy  time.Time    `json:"submit_by"`
	ReviewBy  time.Time    `json:"review_by"`
	DisputeBy time.Time    `json:"dispute_by,omitzero"`

	// The zero Money is an amount that there is not yet.
	Rate      eligibility.Money `json:"rate,omitzero"`
	RateFrom  eligibility.Date  `json:"rate_from,omitzero"` // the first day of the rate's version
	Estimated eligibility.Money `json:"estimated,omitzero"`
	Cap       eligibility.Money `json:"cap,omitzero"`
	Requested eligibility.Money `json:"requested,omitzero"`
	Approved  eligibility.Money `json:"approved,omitzero"`
	Paid      eligibility.Money `json:"paid,omitzero"`

	Proof     []claim.ProofItem `json:"proof"`               // what has to be proved, without the forms of surveys: survey.Published has the library's, EngagementsDesk.Get those in force now
	ProofFrom eligibility.Date  `json:"proof_from,omitzero"` // the first day of its version
	Evidence  []claim.Evidence  `json:"evidence"`
	Surveys   []SurveyState     `json:"surveys"`

	Submissions []claim.Submission `json:"submissions"`
	Recalls     []claim.Recall     `json:"recalls"`
	Reviews     []claim.Review     `json:"reviews"`
	Dispute     claim.DisputeCase  `json:"dispute,omitzero"`
	Payments    []claim.Payment    `json:"payments"`
	Comments    []claim.Comment    `json:"comments"`
	EndedAt     time.Time          `json:"ended_at,omitzero"` // cancelled or withdrawn
}

// SurveyState is a survey of a claim as people see it.
type SurveyState struct {
	Kind       string            `json:"kind"` // of its proof item
	Form       string            `json:"form"` // its ID
	Version    string            `json:"version"`
	OfPartner  bool              `json:"of_partner"` // the partner itself answers it
	Status     string            `json:"status"`
	Contact    link.Contact      `json:"contact,omitzero"` // who was asked last
	Language   link.Language     `json:"language,omitempty"`
	Sent       int               `json:"sent"`             // how many times it was sent
	SentAt     time.Time         `json:"sent_at,omitzero"` // the last time
	AnsweredAt time.Time         `json:"answered_at,omitzero"`
	AnsweredBy string            `json:"answered_by,omitempty"` // the partner's user; "" for a contact
	Answers    map[string]string `json:"answers,omitempty"`     // by the ID of the question, where this side may read them
}

// LastReview returns what the reviewer decided last; the zero Review is nothing.
func (s ClaimState) LastReview() claim.Review {
	if len(s.Reviews) == 0 {
		return claim.Review{}
	}
	return s.Reviews[len(s.Reviews)-1]
}
