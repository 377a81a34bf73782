package workflow

import (
	"context"
	"log/slog"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// StartReview is the command that takes a submitted claim under review.
type StartReview struct {
}

// Start takes a submitted claim under review.
func (d *ReviewsDesk) Start(ctx context.Context, req Request, id engagement.ParticipationID, cmd StartReview) (ParticipationView, error) {
	s := d.s
	return s.command(ctx, req, MayReviewClaims, id, "start review", cmd, deed{event: claim.StartReview{}, kind: engagement.EventReviewStarted})
}

// RequestAction is the command that gives a claim back to its partner.
type RequestAction struct {
	Items []claim.ActionItem `json:"items"` // 1 to 20 things to do, each text at most claim.MaxText characters
}

// LogValue hides what the reviewer wrote.
func (c RequestAction) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("items", len(c.Items)))
}

// RequestAction gives a claim under review back to its partner, any number of
// times before the review deadline; later the partner would have no time to act,
// and a slow reviewer expires nothing.
func (d *ReviewsDesk) RequestAction(ctx context.Context, req Request, id engagement.ParticipationID, cmd RequestAction) (ParticipationView, error) {
	s := d.s
	return s.command(ctx, req, MayReviewClaims, id, "ask for action", cmd, deed{
		event: claim.RequestAction{Items: cmd.Items}, kind: engagement.EventActionRequested,
		detail: engagement.Detail{Items: len(cmd.Items)}, tell: engagement.MessageActionRequired,
	})
}

// ApproveClaim is the command that approves an amount.
type ApproveClaim struct {
	Amount   eligibility.Money `json:"amount"`
	Override string            `json:"override,omitzero"` // why the amount may exceed the claim's cap; the partner does not read it
	Text     string            `json:"text,omitzero"`     // for the partner; each at most claim.MaxText characters
}

// LogValue hides what the reviewer wrote.
func (c ApproveClaim) LogValue() slog.Value {
	return slog.GroupValue(slog.String("amount", c.Amount.String()), slog.Bool("override", c.Override != ""))
}

// Approve approves an amount for a claim under review. More than the claim's cap, or
// any amount where no rate gives a cap, needs an override, which is recorded; without
// one it returns a *[claim.AmountError] that names the cap.
func (d *ReviewsDesk) Approve(ctx context.Context, req Request, id engagement.ParticipationID, cmd ApproveClaim) (ParticipationView, error) {
	s := d.s
	amount, err := s.claimAmount("approved", cmd.Amount)
	if err != nil {
		return ParticipationView{}, err
	}
	cmd.Amount = amount
	return s.command(ctx, req, MayReviewClaims, id, "approve claim", cmd, deed{
		event: claim.Approve{Amount: cmd.Amount, Override: cmd.Override, Text: cmd.Text, Currencies: s.currencies}, kind: engagement.EventClaimApproved,
		detail: engagement.Detail{Approved: cmd.Amount, OverCap: cmd.Override != ""}, why: cmd.Override, tell: engagement.MessageClaimApproved,
	})
}

// RejectClaim is the command that rejects a claim.
type RejectClaim struct {
	Codes []claim.RejectionCode `json:"codes"` // at least one
	Text  string                `json:"text"`  // why, for the partner; at most claim.MaxText characters
}

// LogValue hides what the reviewer wrote.
func (c RejectClaim) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("codes", c.Codes))
}

// Reject rejects a claim under review. The partner may dispute that once,
// within the dispute window; after a dispute a rejection is final.
func (d *ReviewsDesk) Reject(ctx context.Context, req Request, id engagement.ParticipationID, cmd RejectClaim) (ParticipationView, error) {
	s := d.s
	asked := struct { // the same in JSON, also with a code that there is not, which the claim refuses where it stands
		Codes []string `json:"codes"`
		Text  string   `json:"text"`
	}{Text: cmd.Text}
	for _, c := range cmd.Codes {
		asked.Codes = append(asked.Codes, string(c))
	}
	return s.command(ctx, req, MayReviewClaims, id, "reject claim", asked, deed{
		event: claim.Reject{Codes: cmd.Codes, Text: cmd.Text}, kind: engagement.EventClaimRejected,
		detail: engagement.Detail{Codes: cmd.Codes}, why: cmd.Text, tell: engagement.MessageClaimRejected,
	})
}

// RecordPayment is the command that records a payment.
type RecordPayment struct {
	Amount    eligibility.Money `json:"amount"`
	Reference string            `json:"reference,omitzero"` // of the payment system, at most 200 characters; the partner reads it
	Reason    string            `json:"reason,omitzero"`    // why a location is paid whose payee profile is not valid; the partner does not read it
}

// LogValue hides the reference, which people write.
func (c RecordPayment) LogValue() slog.Value {
	return slog.GroupValue(slog.String("amount", c.Amount.String()))
}

// RecordPayment records a payment for an approved claim, of the whole amount or a part.
// The claim is paid once all of it is. More than what is left is refused with a
// *[claim.AmountError] that names it, as is, like in [ReviewsDesk.Approve] and
// [ClaimsDesk.Submit], an amount of an unknown currency or with more decimals than its
// currency has. Paying a location whose payee profile is not valid needs a reason,
// which is recorded; without one it returns a *[PayeeNotValidError].
func (d *ReviewsDesk) RecordPayment(ctx context.Context, req Request, id engagement.ParticipationID, cmd RecordPayment) (ParticipationView, error) {
	s := d.s
	amount, err := s.claimAmount("paid", cmd.Amount)
	if err != nil {
		return ParticipationView{}, err
	}
	cmd.Amount = amount
	const name = "record payment"
	return s.change(ctx, req, MayReviewClaims, id, name, cmd, func(u *unit, p engagement.Participation) (err error) {
		d := deed{
			event: claim.Pay{Amount: cmd.Amount, Reference: cmd.Reference, Reason: cmd.Reason, Currencies: s.currencies}, kind: engagement.EventPaymentRecorded,
			detail: engagement.Detail{Paid: cmd.Amount}, why: cmd.Reference, tell: engagement.MessageClaimPaid,
		}
		if u.pays(p) { // else it is refused
			if d.detail.Payee, err = s.checkPayee(ctx, p, cmd.Reason); err != nil {
				return err
			}
		}
		return u.do(req.Actor, MayReviewClaims, name, p, d)
	})
}
