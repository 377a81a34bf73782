package claim

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
)

// Event is something that happens to a claim. Its deadlines are computed by
// whoever makes it, by the terms of the participation.
type Event interface {
	Kind() Kind
	apply(s State, now time.Time) (State, error)
}

// AddEvidence adds a document. Its AddedAt is the time of the event.
type AddEvidence struct{ Evidence Evidence }

// LogValue hides the name of the file.
func (e AddEvidence) LogValue() slog.Value { return e.Evidence.LogValue() }

// RemoveEvidence takes a document away.
type RemoveEvidence struct{ ID EvidenceID }

// SendSurvey asks a contact to answer a survey. To another contact than before,
// it voids the earlier link. Once the survey is done its contact is frozen.
type SendSurvey struct {
	Survey   string // the kind of its ProofItem
	Contact  link.Contact
	Language link.Language
	Link     link.ID     // a new one
	Policy   link.Policy // how often; zero: the library's defaults for consents
}

// LogValue hides the contact.
func (e SendSurvey) LogValue() slog.Value { return slog.StringValue(e.Survey) }

// ResendSurvey writes to the same contact again, with a new link.
type ResendSurvey struct {
	Survey string
	Link   link.ID
	Policy link.Policy
}

// AnswerSurvey is a contact's answers, by the IDs of the questions; or, without a
// link, those of the partner to its own survey.
type AnswerSurvey struct {
	Survey  string
	Link    link.ID
	User    string // without a link: who answers, as the host names people
	Answers map[string]string
}

// LogValue hides the answers.
func (e AnswerSurvey) LogValue() slog.Value { return slog.StringValue(e.Survey) }

// AddComment is what one side has to say.
type AddComment struct {
	By   Side
	User string // as the host names the person
	Text string // at most MaxText characters
}

// LogValue hides who wrote and what.
func (e AddComment) LogValue() slog.Value { return slog.StringValue(string(e.By)) }

// MaxText is how long a text about a claim may be, in characters, and MaxComments how
// many comments it may have.
const (
	MaxText     = 4000
	MaxComments = 200
)

// Submit hands the claim in: for the first time, again after the reviewer asked
// for action or the partner recalled it, or as a dispute.
type Submit struct {
	Requested  eligibility.Money       // zero: as before, and at first what was estimated
	ReviewBy   time.Time               // end of the review window, if this submits a dispute
	Currencies *eligibility.Currencies // nil: those of ISO 4217
}

// RecallSubmission takes a submission back, as long as its review has not started:
// the claim is a draft again, which can be edited, submitted and no longer
// cancelled.
type RecallSubmission struct{ Reason string }

// LogValue hides the reason.
func (RecallSubmission) LogValue() slog.Value { return slog.StringValue("[reason]") }

// MaxRecalls is how many times a claim can be recalled.
const MaxRecalls = 20

// StartReview takes a submitted claim under review.
type StartReview struct{}

// RequestAction gives the claim back to the partner, with what there is to do.
type RequestAction struct{ Items []ActionItem }

// LogValue hides what was written.
func (e RequestAction) LogValue() slog.Value { return slog.IntValue(len(e.Items)) }

// Approve approves an amount.
type Approve struct {
	Amount     eligibility.Money // positive
	Override   string            // why it may exceed the cap; "" where it does not
	Text       string
	Currencies *eligibility.Currencies // nil: those of ISO 4217
}

// LogValue hides what was written.
func (e Approve) LogValue() slog.Value { return slog.StringValue(e.Amount.String()) }

// Reject rejects the claim.
type Reject struct {
	Codes     []RejectionCode // at least one
	Text      string          // why, in words; needed
	DisputeBy time.Time       // end of the dispute window
}

// LogValue hides what was written.
func (e Reject) LogValue() slog.Value { return slog.AnyValue(e.Codes) }

// OpenDispute disputes a rejection. The dispute is prepared like a draft, and
// has to be submitted within the same window.
type OpenDispute struct{ Reason string }

// LogValue hides the reason.
func (OpenDispute) LogValue() slog.Value { return slog.StringValue("[reason]") }

// Pay records a payment.
type Pay struct {
	Amount     eligibility.Money // positive, at most what is approved and not paid
	Reference  string
	Reason     string                  // why it is paid, where something speaks against it
	Currencies *eligibility.Currencies // nil: those of ISO 4217
}

// LogValue hides the reference, which can name somebody.
func (e Pay) LogValue() slog.Value { return slog.StringValue(e.Amount.String()) }

// Cancel ends a draft.
type Cancel struct{}

// Withdraw is the customer's taking back its consent. It ends a claim that was
// never submitted; after that it changes nothing here, and package consent records
// it for the reviewer.
type Withdraw struct{}

// Expire records that the deadline has passed.
type Expire struct{}

// Kind returns KindAddEvidence. The methods below do likewise.
func (AddEvidence) Kind() Kind      { return KindAddEvidence }
func (RemoveEvidence) Kind() Kind   { return KindRemoveEvidence }
func (SendSurvey) Kind() Kind       { return KindSendSurvey }
func (ResendSurvey) Kind() Kind     { return KindResendSurvey }
func (AnswerSurvey) Kind() Kind     { return KindAnswerSurvey }
func (AddComment) Kind() Kind       { return KindComment }
func (Submit) Kind() Kind           { return KindSubmit }
func (RecallSubmission) Kind() Kind { return KindRecall }
func (StartReview) Kind() Kind      { return KindStartReview }
func (RequestAction) Kind() Kind    { return KindRequestAction }
func (Approve) Kind() Kind          { return KindApprove }
func (Reject) Kind() Kind           { return KindReject }
func (OpenDispute) Kind() Kind      { return KindOpenDispute }
func (Pay) Kind() Kind              { return KindPay }
func (Cancel) Kind() Kind           { return KindCancel }
func (Withdraw) Kind() Kind         { return KindWithdraw }
func (Expire) Kind() Kind           { return KindExpire }
