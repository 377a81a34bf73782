package claim

import (
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// State is one claim: plain data, for its owner to store. Make one with [Open],
// change it with [Apply], [Mint] and [State.Erase], which leave the State they
// are given as it was.
//
// It can hold personal data, in surveys, comments, names of files and whatever
// else people wrote, and hides it in structured logs.
type State struct {
	Status    Status    `json:"status"`    // as recorded; ask StatusAt what is true at a time
	OpenedAt  time.Time `json:"opened_at"` // when the customer consented
	SubmitBy  time.Time `json:"submit_by"` // end of the first submission window
	ReviewBy  time.Time `json:"review_by"` // end of the review window; a submitted dispute resets it once
	DisputeBy time.Time `json:"dispute_by,omitzero"`

	// Money. The zero Money is an amount that there is not yet.
	Rate      eligibility.Money `json:"rate,omitzero"`      // of the day of consent, or that the engagement goes by; of an hour with variable pay
	Estimated eligibility.Money `json:"estimated,omitzero"` // by the rate
	Cap       eligibility.Money `json:"cap,omitzero"`       // the most that is approved without an override; zero: any approval needs one
	Requested eligibility.Money `json:"requested,omitzero"`
	Approved  eligibility.Money `json:"approved,omitzero"`
	Paid      eligibility.Money `json:"paid,omitzero"` // the sum of Payments

	// The first days of the versions of the engagement's rates and proof that it
	// stands on; zero: written before they were kept, or no rate was in force.
	RateFrom  eligibility.Date `json:"rate_from,omitzero"`
	ProofFrom eligibility.Date `json:"proof_from,omitzero"`

	Proof    []ProofItem `json:"proof,omitempty"` // what has to be proved; the forms of surveys are in Surveys
	Evidence []Evidence  `json:"evidence,omitempty"`
	Surveys  []Survey    `json:"surveys,omitempty"` // one for each item of Proof that is a survey

	// What happened, each the oldest first.
	Submissions []Submission `json:"submissions,omitempty"` // recalled ones, too
	Recalls     []Recall     `json:"recalls,omitempty"`
	Reviews     []Review     `json:"reviews,omitempty"`
	Dispute     DisputeCase  `json:"dispute,omitzero"`
	Payments    []Payment    `json:"payments,omitempty"`
	Comments    []Comment    `json:"comments,omitempty"`
	EndedAt     time.Time    `json:"ended_at,omitzero"` // cancelled or withdrawn
}

// Survey is a survey of a claim.
type Survey struct {
	Kind string `json:"kind"` // of its ProofItem
	survey.State
}

// LogValue shows the survey without its contact and its answers.
func (s Survey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", s.Kind), slog.Any("survey", s.State))
}

// Submission is one handing in of the claim.
type Submission struct {
	At        time.Time         `json:"at"`
	Requested eligibility.Money `json:"requested,omitzero"`
}

// Recall is the partner's taking back of a submission, before its review started.
type Recall struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// LogValue hides the reason.
func (r Recall) LogValue() slog.Value { return slog.GroupValue(slog.Time("at", r.At)) }

// Review is what a reviewer decided.
type Review struct {
	At       time.Time         `json:"at"`
	Outcome  Kind              `json:"outcome"` // KindRequestAction, KindApprove or KindReject
	Items    []ActionItem      `json:"items,omitempty"`
	Codes    []RejectionCode   `json:"codes,omitempty"`
	Text     string            `json:"text,omitzero"`
	Amount   eligibility.Money `json:"amount,omitzero"`
	Override string            `json:"override,omitzero"` // why more than the cap was approved
}

// LogValue hides what was written.
func (r Review) LogValue() slog.Value {
	return slog.GroupValue(slog.String("outcome", string(r.Outcome)), slog.Any("codes", r.Codes), slog.String("amount", r.Amount.String()))
}

// ActionItem is one thing that a reviewer asks the partner to do.
type ActionItem struct {
	Kind string `json:"kind,omitzero"` // of the ProofItem that it is about; "" for the claim as a whole
	Text string `json:"text"`
}

// DisputeCase is the one dispute that a claim may have.
type DisputeCase struct {
	OpenedAt    time.Time `json:"opened_at,omitzero"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	Reason      string    `json:"reason,omitzero"`
}

// LogValue hides the reason.
func (d DisputeCase) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("opened_at", d.OpenedAt), slog.Time("submitted_at", d.SubmittedAt))
}

// LogValue hides what the reviewer wrote.
func (i ActionItem) LogValue() slog.Value { return slog.StringValue(i.Kind) }

// Payment is one payment, of all or of a part of what was approved.
type Payment struct {
	At        time.Time         `json:"at"`
	Amount    eligibility.Money `json:"amount"`
	Reference string            `json:"reference,omitzero"` // of the payment system
	Reason    string            `json:"reason,omitzero"`    // why it was paid, where something spoke against it
}

// LogValue hides what was written, which can name somebody.
func (p Payment) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", p.At), slog.String("amount", p.Amount.String()))
}

// Comment is what one side wrote about the claim; both sides read it.
type Comment struct {
	At   time.Time `json:"at"`
	By   Side      `json:"by"`
	User string    `json:"user,omitzero"` // as the host names the person; "" when erased
	Text string    `json:"text"`
}

// LogValue hides who wrote and what.
func (c Comment) LogValue() slog.Value { return slog.StringValue(string(c.By) + " [comment]") }

// Opening is what a claim begins with.
type Opening struct {
	At        time.Time         // when the customer consented
	SubmitBy  time.Time         // end of the first submission window
	ReviewBy  time.Time         // end of the review window
	Rate      eligibility.Money // in force then; zero when there is none
	Estimated eligibility.Money // by the rate
	Cap       eligibility.Money // the most that is approved without an override
	Proof     []ProofItem
	RateFrom  eligibility.Date // the first day of the rate
	ProofFrom eligibility.Date // the first day of the proof
}

// Open returns the draft that a consent opens. Its error is an *InvalidError of a
// time that is missing, or that of a form of a survey that cannot be used.
func Open(o Opening) (State, error) {
	switch {
	case o.At.IsZero():
		return State{}, invalid("at", "is missing: a claim opens when the customer consents")
	case o.SubmitBy.IsZero():
		return State{}, invalid("submit_by", "is missing: a claim has to be submitted within a window")
	case o.ReviewBy.IsZero():
		return State{}, invalid("review_by", "is missing: a claim has a review window")
	}
	s := State{
		Status: StatusDraft, OpenedAt: o.At, SubmitBy: o.SubmitBy, ReviewBy: o.ReviewBy,
		Rate: o.Rate, Estimated: o.Estimated, Cap: o.Cap, RateFrom: o.RateFrom,
	}
	return s.WithProof(o.Proof, o.ProofFrom)
}

// WithProof returns the claim with what it has to prove by a version that begins on
// the day from. What was handed in stays: documents, and surveys that were sent or
// answered, also of kinds that are asked for no more. Its error is that of a form of
// a survey that cannot be used.
func (s State) WithProof(proof []ProofItem, from eligibility.Date) (State, error) {
	was := s.Surveys
	s.Proof, s.ProofFrom, s.Surveys = append([]ProofItem(nil), proof...), from, nil
	kept := map[string]bool{}
	for i, p := range proof {
		if p.Survey == nil {
			continue
		}
		s.Proof[i].Survey = nil // the survey has its form
		kept[p.Kind] = true
		if at := slices.IndexFunc(was, func(v Survey) bool { return v.Kind == p.Kind }); at >= 0 && was[at].begun() {
			s.Surveys = append(s.Surveys, was[at])
			continue
		}
		started, err := survey.Start(*p.Survey)
		if err != nil {
			return State{}, err
		}
		s.Surveys = append(s.Surveys, Survey{Kind: p.Kind, State: started})
	}
	for _, v := range was {
		if !kept[v.Kind] && v.begun() {
			s.Surveys = append(s.Surveys, v)
		}
	}
	return s, nil
}

// begun reports whether somebody was asked, or has answered.
func (s Survey) begun() bool { return len(s.Sendings) > 0 || !s.AnsweredAt().IsZero() }

// Survey returns the survey of that kind, or a *NotFoundError.
func (s State) Survey(kind string) (Survey, error) {
	for _, v := range s.Surveys {
		if v.Kind == kind {
			return v, nil
		}
	}
	return Survey{}, &NotFoundError{Kind: "survey", Value: kind}
}

// Deadline returns the deadline that runs in the recorded status, or the zero
// time while none does: until it the partner can act.
func (s State) Deadline() time.Time { return s.deadline() }

func (s *State) deadline() time.Time {
	switch s.Status {
	case StatusDraft:
		return s.draftDeadline()
	case StatusActionRequired:
		return s.ReviewBy
	case StatusRejected, StatusDisputed:
		return s.DisputeBy
	}
	return time.Time{}
}

// draftDeadline is until when the claim can be submitted as a draft. A recall gives
// no more time than there was without the submission that it takes back: that of the
// first submission, as long as no reviewer has decided anything; after that, when an
// action or a dispute was submitted and recalled, that of the review.
func (s *State) draftDeadline() time.Time {
	if len(s.Reviews) == 0 {
		return s.SubmitBy
	}
	return s.ReviewBy
}

// AnswerBy returns until when a survey can be answered in the recorded status, or the
// zero time where none can.
func (s State) AnswerBy() time.Time {
	switch s.Status {
	case StatusSubmitted, StatusUnderReview:
		return s.ReviewBy
	case StatusDraft, StatusActionRequired, StatusDisputed:
		return s.deadline()
	}
	return time.Time{}
}

// CustomerAnsweredAt returns when the customer's contact first answered one of the
// customer's surveys, or the zero time. From then on it is settled who speaks for the
// customer: its contact is frozen.
func (s State) CustomerAnsweredAt() time.Time {
	var first time.Time
	for _, v := range s.Surveys {
		if at := v.AnsweredAt(); !v.Form.OfPartner && !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// StatusAt returns the status at now: as recorded, but what the deadline makes
// of it once that has come, whether or not it was recorded.
func (s State) StatusAt(now time.Time) Status { return s.statusAt(now) }

func (s *State) statusAt(now time.Time) Status {
	if d := s.deadline(); d.IsZero() || now.Before(d) {
		return s.Status
	}
	switch s.Status {
	case StatusDraft:
		// What it expires as says which window was missed.
		if len(s.Reviews) == 0 {
			return StatusNotSubmittedExpired
		}
		return StatusPostSubmissionExpired
	case StatusActionRequired:
		return StatusPostSubmissionExpired
	case StatusDisputed:
		return StatusDisputedExpired
	}
	return Undisputed
}

// Expired reports whether a deadline has ended the claim at now, recorded or not; a
// rejection that nobody disputed is no such end.
func (s State) Expired(now time.Time) bool {
	switch s.statusAt(now) {
	case StatusNotSubmittedExpired, StatusPostSubmissionExpired, StatusDisputedExpired:
		return true
	}
	return false
}

// lapsed returns the deadline that made a claim what it is.
func (s *State) lapsed(status Status) time.Time {
	switch status {
	case StatusNotSubmittedExpired:
		return s.SubmitBy
	case StatusPostSubmissionExpired:
		return s.ReviewBy
	}
	return s.DisputeBy
}

// Allows reports whether [Moves] lists an event of this kind at now, as far as
// that can be told without the event.
func (s State) Allows(on Kind, now time.Time) bool {
	for _, m := range movesFrom(s.statusAt(now)) {
		if m.On == on && (on == KindPay || m.When.holds(&s, nil, now)) {
			return true
		}
	}
	return false
}

// FirstSubmittedAt returns when the claim was submitted for the first time, or
// the zero time.
func (s State) FirstSubmittedAt() time.Time {
	if len(s.Submissions) == 0 {
		return time.Time{}
	}
	return s.Submissions[0].At
}

// LastReview returns what the reviewer decided last; the zero Review is nothing.
func (s State) LastReview() Review {
	if len(s.Reviews) == 0 {
		return Review{}
	}
	return s.Reviews[len(s.Reviews)-1]
}

// Amount returns the most advanced amount: paid, else approved, else requested, else
// estimated.
func (s State) Amount() eligibility.Money {
	for _, m := range []eligibility.Money{s.Paid, s.Approved, s.Requested} {
		if !m.IsZero() {
			return m
		}
	}
	return s.Estimated
}

// LogValue shows the claim without persons.
func (s State) LogValue() slog.Value {
	return slog.GroupValue(slog.String("status", string(s.Status)), slog.Time("opened_at", s.OpenedAt),
		slog.Int("evidence", len(s.Evidence)), slog.Int("surveys", len(s.Surveys)))
}
