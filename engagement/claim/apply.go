package claim

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/instant"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/shopspring/decimal"
)

// Apply makes the event happen to the claim at now and returns the next state.
// The state it is given stays as it was; with an error it is what is returned.
//
// The error is one of [*NotAllowedError], [*ExpiredError], [*IncompleteError],
// [*AmountError], [*InvalidError] and [*NotFoundError], or for a survey's events
// one of package survey.
func Apply(s State, e Event, now time.Time) (next State, err error) {
	if e == nil {
		return s, invalid("event", "is missing")
	}
	now = instant.Of(now)
	move, err := moveOf(&s, e, now)
	if err != nil {
		return s, err
	}
	if next, err = e.apply(s, now); err != nil {
		return s, err
	}
	next.Status = move.To
	return next, nil
}

func (e AddEvidence) apply(s State, now time.Time) (State, error) {
	v := e.Evidence
	if err := s.CheckEvidence(v); err != nil {
		return s, err
	}
	switch _, taken := s.evidence(v.ID); {
	case v.ID == "" || taken:
		return s, invalid("evidence.id", fmt.Sprintf("is %.60q: each document needs an ID of its own", v.ID))
	case v.Ref == "" || len(v.Ref) > 1000:
		return s, invalid("evidence.ref", "has to say where the document is kept, in 1 to 1,000 bytes")
	case text.Line(v.Ref, 1000) != "":
		return s, invalid("evidence.ref", text.Line(v.Ref, 1000))
	case !isSHA256(v.SHA256):
		return s, invalid("evidence.sha256", "is not one: use 64 lower-case hexadecimal digits")
	}
	v.AddedAt = now
	s.Evidence = append(slices.Clip(s.Evidence), v)
	return s, nil
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && strings.ToLower(s) == s
}

func (s State) evidence(id EvidenceID) (int, bool) {
	i := slices.IndexFunc(s.Evidence, func(v Evidence) bool { return v.ID == id })
	return i, i >= 0
}

func (e RemoveEvidence) apply(s State, _ time.Time) (State, error) {
	i, ok := s.evidence(e.ID)
	if !ok {
		return s, &NotFoundError{Kind: "evidence", Value: string(e.ID)}
	}
	if s.Evidence = slices.Delete(slices.Clone(s.Evidence), i, i+1); len(s.Evidence) == 0 {
		s.Evidence = nil // as JSON reads it back
	}
	return s, nil
}

// changeSurvey replaces the survey of that kind by what change makes of it.
func (s *State) changeSurvey(kind string, change func(survey.State) (survey.State, error)) error {
	i := slices.IndexFunc(s.Surveys, func(v Survey) bool { return v.Kind == kind })
	if i < 0 {
		return &NotFoundError{Kind: "survey", Value: kind}
	}
	next, err := change(s.Surveys[i].State)
	if err != nil {
		return err
	}
	s.Surveys = slices.Clone(s.Surveys)
	s.Surveys[i].State = next
	return nil
}

func (e SendSurvey) apply(s State, now time.Time) (State, error) {
	err := s.changeSurvey(e.Survey, func(v survey.State) (survey.State, error) {
		return survey.Send(v, survey.Invitation{Contact: e.Contact, Language: e.Language, Link: e.Link, Policy: e.Policy}, now, s.SubmitBy)
	})
	return s, err
}

func (e ResendSurvey) apply(s State, now time.Time) (State, error) {
	err := s.changeSurvey(e.Survey, func(v survey.State) (survey.State, error) {
		return survey.Resend(v, e.Link, e.Policy, now, s.SubmitBy)
	})
	return s, err
}

func (e AnswerSurvey) apply(s State, now time.Time) (State, error) {
	err := s.changeSurvey(e.Survey, func(v survey.State) (survey.State, error) {
		if e.Link == "" {
			return survey.AnswerWithin(v, e.User, e.Answers, now, s.AnswerBy())
		}
		return survey.Answer(v, e.Link, e.Answers, now, s.AnswerBy())
	})
	return s, err
}

func (e AddComment) apply(s State, now time.Time) (State, error) {
	if err := checkText("text", e.Text); err != nil {
		return s, err
	}
	if !slices.Contains(AllSides(), e.By) {
		return s, invalid("by", fmt.Sprintf("is %.60q: use one of %q", e.By, AllSides()))
	}
	if len(s.Comments) >= MaxComments {
		return s, invalid("comments", fmt.Sprintf("are %d, and more are not kept: talk to each other", MaxComments))
	}
	s.Comments = append(slices.Clip(s.Comments), Comment{At: now, By: e.By, User: e.User, Text: e.Text})
	return s, nil
}

// checkText wants a text that people can read. Everything that somebody writes about
// a claim goes through it, or through checkOptional where it can be left out.
func checkText(field, written string) error {
	if written == "" {
		return invalid(field, "is empty: say it in words")
	}
	return checkOptional(field, written)
}

func checkOptional(field, written string) error {
	if problem := text.Prose(written, MaxText); problem != "" {
		return invalid(field, problem)
	}
	return nil
}

func (e Submit) apply(s State, now time.Time) (State, error) {
	if missing := s.Missing(); len(missing) > 0 {
		return s, &IncompleteError{Missing: missing}
	}
	switch {
	case !e.Requested.IsZero():
		requested, err := checkAmount(e.Currencies, "requested", e.Requested, s.Estimated)
		if err != nil {
			return s, err
		}
		s.Requested = requested
	case s.Requested.IsZero():
		s.Requested = s.Estimated
	}
	if s.Status == StatusDisputed {
		if e.ReviewBy.IsZero() {
			return s, invalid("review_by", "is missing: a submitted dispute has a review window of its own")
		}
		s.Dispute.SubmittedAt, s.ReviewBy = now, e.ReviewBy
	}
	s.Submissions = append(slices.Clip(s.Submissions), Submission{At: now, Requested: s.Requested})
	return s, nil
}

// checkAmount wants a positive amount that can be paid, in the currency of another
// one, if that is set, and returns it with the decimals of its currency.
func checkAmount(currencies *eligibility.Currencies, field string, m, like eligibility.Money) (eligibility.Money, error) {
	switch {
	case !m.Amount.IsPositive() || m.Currency == "":
		return m, &AmountError{Field: field, Amount: m, Problem: "is not positive: use an amount with its currency"}
	case !like.IsZero() && m.Currency != like.Currency:
		return m, &AmountError{Field: field, Amount: m, Problem: "has another currency than the claim: use " + like.Currency}
	}
	checked, err := currencies.Check(m)
	if bad := (*eligibility.MoneyError)(nil); errors.As(err, &bad) {
		return m, &AmountError{Field: field, Amount: m, Problem: bad.Problem, Err: err}
	}
	return checked, err
}

func (e RecallSubmission) apply(s State, now time.Time) (State, error) {
	if err := checkText("reason", e.Reason); err != nil {
		return s, err
	}
	if len(s.Recalls) >= MaxRecalls {
		return s, invalid("recalls", fmt.Sprintf("are %d, and more are not made: comment on the claim, and the reviewer gives it back", MaxRecalls))
	}
	s.Recalls = append(slices.Clip(s.Recalls), Recall{At: now, Reason: e.Reason})
	return s, nil
}

func (StartReview) apply(s State, _ time.Time) (State, error) { return s, nil }

func (s *State) review(r Review) { s.Reviews = append(slices.Clip(s.Reviews), r) }

func (e RequestAction) apply(s State, now time.Time) (State, error) {
	if len(e.Items) == 0 || len(e.Items) > 20 {
		return s, invalid("items", fmt.Sprintf("are %d: say what there is to do in 1 to 20 items", len(e.Items)))
	}
	for i, item := range e.Items {
		if checkText("text", item.Text) != nil {
			return s, checkText(fmt.Sprintf("items[%d].text", i), item.Text)
		}
		if item.Kind == "" {
			continue
		}
		if _, err := s.Item(item.Kind); err != nil {
			return s, invalid(fmt.Sprintf("items[%d].kind", i), fmt.Sprintf("is %.60q, which the engagement does not ask for: use one of %q, or leave it out", item.Kind, s.kinds()))
		}
	}
	s.review(Review{At: now, Outcome: KindRequestAction, Items: slices.Clone(e.Items)})
	return s, nil
}

func (e Approve) apply(s State, now time.Time) (State, error) {
	like := s.Cap
	if like.IsZero() {
		like = s.Requested
	}
	amount, err := checkAmount(e.Currencies, "approved", e.Amount, like)
	if err != nil {
		return s, err
	}
	e.Amount = amount
	if err := checkOptional("override", e.Override); err != nil {
		return s, err
	}
	if err := checkOptional("text", e.Text); err != nil {
		return s, err
	}
	over := s.Cap.IsZero() || e.Amount.Amount.GreaterThan(s.Cap.Amount)
	switch {
	case over && e.Override == "":
		problem := fmt.Sprintf("exceeds the cap of %s: approve at most that, or say in the override why not", s.Cap)
		if s.Cap.IsZero() {
			problem = "has no cap to keep to, because no rate was in force: say in the override why it is right"
		}
		return s, &AmountError{Field: "approved", Amount: e.Amount, Limit: s.Cap, Problem: problem}
	case !over && e.Override != "":
		return s, invalid("override", "is not needed: the amount does not exceed the cap")
	}
	s.Approved = e.Amount
	s.review(Review{At: now, Outcome: KindApprove, Amount: e.Amount, Override: e.Override, Text: e.Text})
	return s, nil
}

func (e Reject) apply(s State, now time.Time) (State, error) {
	if len(e.Codes) == 0 {
		return s, invalid("codes", fmt.Sprintf("are missing: give at least one of %q", AllRejectionCodes()))
	}
	for i, c := range e.Codes {
		if !slices.Contains(AllRejectionCodes(), c) || slices.Contains(e.Codes[:i], c) {
			return s, invalid(fmt.Sprintf("codes[%d]", i), fmt.Sprintf("is %.60q: give each once, of %q", c, AllRejectionCodes()))
		}
	}
	if err := checkText("text", e.Text); err != nil {
		return s, err
	}
	if s.Dispute.OpenedAt.IsZero() {
		if e.DisputeBy.IsZero() {
			return s, invalid("dispute_by", "is missing: a rejection can be disputed within a window")
		}
		s.DisputeBy = e.DisputeBy
	}
	s.review(Review{At: now, Outcome: KindReject, Codes: slices.Clone(e.Codes), Text: e.Text})
	return s, nil
}

func (e OpenDispute) apply(s State, now time.Time) (State, error) {
	if err := checkText("reason", e.Reason); err != nil {
		return s, err
	}
	s.Dispute = DisputeCase{OpenedAt: now, Reason: e.Reason}
	return s, nil
}

func (e Pay) apply(s State, now time.Time) (State, error) {
	amount, err := checkAmount(e.Currencies, "paid", e.Amount, s.Approved)
	if err != nil {
		return s, err
	}
	e.Amount = amount
	if problem := text.Line(e.Reference, 200); problem != "" {
		return s, invalid("reference", problem)
	}
	if err := checkOptional("reason", e.Reason); err != nil {
		return s, err
	}
	paid := decimal.Sum(e.Amount.Amount, s.Paid.Amount)
	if left := s.Approved.Amount.Sub(s.Paid.Amount); e.Amount.Amount.GreaterThan(left) {
		limit := eligibility.Money{Amount: left, Currency: s.Approved.Currency}
		return s, &AmountError{Field: "paid", Amount: e.Amount, Limit: limit, Problem: fmt.Sprintf("is more than the %s that is approved and not paid yet", limit)}
	}
	s.Paid = eligibility.Money{Amount: paid, Currency: s.Approved.Currency}
	s.Payments = append(slices.Clip(s.Payments), Payment{At: now, Amount: e.Amount, Reference: e.Reference, Reason: e.Reason})
	return s, nil
}

func (Cancel) apply(s State, now time.Time) (State, error) {
	s.EndedAt = now
	return s, nil
}

func (Withdraw) apply(s State, now time.Time) (State, error) {
	if s.FirstSubmittedAt().IsZero() {
		s.EndedAt = now
	}
	return s, nil
}

// Nothing is recorded but the status: a claim expires at its deadline, and not
// when somebody notices.
func (Expire) apply(s State, _ time.Time) (State, error) { return s, nil }
