package claim_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// transitions are what a claim mostly goes through, and two refusals.
func transitions(t testing.TB) []transition {
	comment := claim.AddComment{By: claim.SidePartner, User: "paula", Text: "Here it is."}
	return []transition{
		{"comment", in(t, claim.StatusSubmitted), comment, after(30)},
		{"submit", draft(t), claim.Submit{Requested: money("4000.00 USD")}, after(30)},
		{"dispute", in(t, claim.StatusDisputed), dispute(after(90)), after(90)},
		{"review", in(t, claim.StatusSubmitted), claim.StartReview{}, after(30)},
		{"ask", in(t, claim.StatusUnderReview), askFor("Sign it, please."), after(30)},
		{"approve", in(t, claim.StatusUnderReview), approve("4000.00 USD"), after(30)},
		{"pay", in(t, claim.StatusApproved), claim.Pay{Amount: money("1000.00 USD"), Reference: "R-1"}, after(30)},
		{"expire", in(t, claim.StatusActionRequired), claim.Expire{}, reviewBy},
		{"refused", in(t, claim.StatusPaid), comment, after(30)},
		{"too late", draft(t), claim.Submit{}, submitBy},
	}
}

type transition struct {
	name  string
	from  claim.State
	event claim.Event
	now   time.Time
}

type decide func(claim.State, claim.Event, time.Time) (claim.State, error)

// What a transition costs by the table, against a switch written by hand for it
// with the same guards and the same record; and how often the one is the other,
// measured in turns.
func BenchmarkTransition(b *testing.B) {
	for _, c := range []struct {
		name string
		by   decide
	}{{"table", claim.Apply}, {"switch", bySwitch}} {
		b.Run(c.name, func(b *testing.B) {
			for _, x := range transitions(b) {
				b.Run(x.name, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						_, _ = c.by(x.from, x.event, x.now)
					}
				})
			}
		})
	}
	b.Run("ratio", func(b *testing.B) {
		for _, x := range transitions(b) {
			b.Run(x.name, func(b *testing.B) {
				var ratios []float64
				for b.Loop() {
					ratios = append(ratios, float64(turn(claim.Apply, x))/float64(turn(bySwitch, x)))
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[len(ratios)/2], "x")
			})
		}
	})
}

// turn returns how long a thousand take.
func turn(by decide, x transition) time.Duration {
	began := time.Now()
	for range 1000 {
		_, _ = by(x.from, x.event, x.now)
	}
	return time.Since(began)
}

// The switch decides as the table does.
func TestTheSwitchDecidesTheSame(t *testing.T) {
	for _, x := range transitions(t) {
		want, wantErr := claim.Apply(x.from, x.event, x.now)
		got, err := bySwitch(x.from, x.event, x.now)
		require.Equal(t, want, got, x.name)
		require.Equal(t, wantErr, err, x.name)
	}
}

// bySwitch is Apply as one would write it without a table, for the events above.
func bySwitch(s claim.State, e claim.Event, now time.Time) (claim.State, error) {
	now = now.UTC().Truncate(time.Microsecond)
	status := s.StatusAt(now)
	next := s
	switch e := e.(type) {
	case claim.AddComment:
		switch status {
		case claim.StatusDraft, claim.StatusSubmitted, claim.StatusUnderReview, claim.StatusActionRequired, claim.StatusApproved, claim.StatusRejected, claim.StatusDisputed:
		default:
			return s, refuse(s, e.Kind(), status)
		}
		if err := checkText("text", e.Text); err != nil {
			return s, err
		}
		if e.By != claim.SidePartner && e.By != claim.SideProgram {
			return s, &claim.InvalidError{Field: "by", Problem: "is unknown"}
		}
		next.Comments = append(slices.Clip(s.Comments), claim.Comment{At: now, By: e.By, User: e.User, Text: e.Text})
	case claim.Submit:
		switch status {
		case claim.StatusDraft, claim.StatusActionRequired, claim.StatusDisputed:
		default:
			return s, refuse(s, e.Kind(), status)
		}
		if missing := s.Missing(); len(missing) > 0 {
			return s, &claim.IncompleteError{Missing: missing}
		}
		switch {
		case !e.Requested.IsZero():
			if err := checkMoney("requested", e.Requested, s.Estimated); err != nil {
				return s, err
			}
			next.Requested = e.Requested
		case s.Requested.IsZero():
			next.Requested = s.Estimated
		}
		if status == claim.StatusDisputed {
			if e.ReviewBy.IsZero() {
				return s, &claim.InvalidError{Field: "review_by", Problem: "is missing"}
			}
			next.Dispute.SubmittedAt, next.ReviewBy = now, e.ReviewBy
		}
		next.Submissions = append(slices.Clip(s.Submissions), claim.Submission{At: now, Requested: next.Requested})
		next.Status = claim.StatusSubmitted
	case claim.StartReview:
		if status != claim.StatusSubmitted {
			return s, refuse(s, e.Kind(), status)
		}
		next.Status = claim.StatusUnderReview
	case claim.RequestAction:
		if status != claim.StatusUnderReview || !now.Before(s.ReviewBy) {
			return s, refuse(s, e.Kind(), status)
		}
		if len(e.Items) == 0 || len(e.Items) > 20 {
			return s, &claim.InvalidError{Field: "items", Problem: "are too many or none"}
		}
		for _, item := range e.Items {
			if err := checkText("items", item.Text); err != nil {
				return s, err
			}
			if item.Kind != "" && !slices.ContainsFunc(s.Proof, func(p claim.ProofItem) bool { return p.Kind == item.Kind }) {
				return s, &claim.InvalidError{Field: "items", Problem: "are of an unknown kind"}
			}
		}
		next.Reviews = append(slices.Clip(s.Reviews), claim.Review{At: now, Outcome: e.Kind(), Items: slices.Clone(e.Items)})
		next.Status = claim.StatusActionRequired
	case claim.Approve:
		if status != claim.StatusUnderReview {
			return s, refuse(s, e.Kind(), status)
		}
		like := s.Cap
		if like.IsZero() {
			like = s.Requested
		}
		if err := checkMoney("approved", e.Amount, like); err != nil {
			return s, err
		}
		for _, text := range []string{e.Override, e.Text} {
			if err := checkText("text", text); text != "" && err != nil {
				return s, err
			}
		}
		if over := s.Cap.IsZero() || e.Amount.Amount.GreaterThan(s.Cap.Amount); over != (e.Override != "") {
			return s, &claim.AmountError{Field: "approved", Amount: e.Amount, Limit: s.Cap, Problem: "exceeds the cap"}
		}
		next.Approved = e.Amount
		next.Reviews = append(slices.Clip(s.Reviews), claim.Review{At: now, Outcome: e.Kind(), Amount: e.Amount, Override: e.Override, Text: e.Text})
		next.Status = claim.StatusApproved
	case claim.Pay:
		if status != claim.StatusApproved {
			return s, refuse(s, e.Kind(), status)
		}
		if err := checkMoney("paid", e.Amount, s.Approved); err != nil {
			return s, err
		}
		if len(e.Reference) > 200 || !utf8.ValidString(e.Reference) {
			return s, &claim.InvalidError{Field: "reference", Problem: "is too long"}
		}
		paid := s.Paid.Amount.Add(e.Amount.Amount)
		switch paid.Cmp(s.Approved.Amount) {
		case 1:
			return s, &claim.AmountError{Field: "paid", Amount: e.Amount, Problem: "is too much"}
		case 0:
			next.Status = claim.StatusPaid
		}
		next.Paid = eligibility.Money{Amount: paid, Currency: s.Approved.Currency}
		next.Payments = append(slices.Clip(s.Payments), claim.Payment{At: now, Amount: e.Amount, Reference: e.Reference})
	case claim.Expire:
		switch status {
		case claim.StatusNotSubmittedExpired, claim.StatusPostSubmissionExpired, claim.StatusDisputedExpired, claim.Undisputed:
		default:
			return s, refuse(s, e.Kind(), status)
		}
		next.Status = status
	}
	return next, nil
}

func refuse(s claim.State, on claim.Kind, status claim.Status) error {
	switch status {
	case claim.StatusNotSubmittedExpired:
		return &claim.ExpiredError{Status: status, Deadline: s.SubmitBy}
	case claim.StatusPostSubmissionExpired:
		return &claim.ExpiredError{Status: status, Deadline: s.ReviewBy}
	case claim.StatusDisputedExpired:
		return &claim.ExpiredError{Status: status, Deadline: s.DisputeBy}
	}
	return &claim.NotAllowedError{Status: status, Event: on}
}

func checkText(field, text string) error {
	if strings.TrimSpace(text) == "" || len(text) > claim.MaxText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return &claim.InvalidError{Field: field, Problem: "is no text"}
	}
	return nil
}

func checkMoney(field string, m, like eligibility.Money) error {
	if !m.Amount.IsPositive() || m.Currency == "" || !like.IsZero() && m.Currency != like.Currency {
		return &claim.AmountError{Field: field, Amount: m, Problem: "cannot be"}
	}
	if _, err := m.MarshalText(); err != nil {
		return &claim.AmountError{Field: field, Amount: m, Problem: "cannot be"}
	}
	return nil
}
