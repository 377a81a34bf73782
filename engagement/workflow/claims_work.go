package workflow

import (
	"context"
	"log/slog"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// Comment is the command by which one side says something about a claim.
type Comment struct {
	Text string `json:"text"` // at most claim.MaxText characters
}

// LogValue hides what the person wrote.
func (c Comment) LogValue() slog.Value { return slog.GroupValue() }

// Comment adds a comment to a claim, which both the partner and the Program read.
func (d *ClaimsDesk) Comment(ctx context.Context, req Request, id engagement.ParticipationID, cmd Comment) (ParticipationView, error) {
	s, actor := d.s, req.Actor
	by := claim.SidePartner
	if actor.program() {
		by = claim.SideProgram
	}
	return s.command(ctx, req, MayCommentOnClaims, id, "comment", cmd, deed{
		event: claim.AddComment{By: by, User: actor.User, Text: cmd.Text}, kind: engagement.EventCommentAdded, why: cmd.Text,
	})
}

// SubmitClaim is the command that submits a claim.
type SubmitClaim struct {
	Requested eligibility.Money `json:"requested,omitzero"` // zero: as before, and at first what was estimated
}

// Submit submits a claim: for the first time, again after the reviewer asked for
// action, or, after [ClaimsDesk.Dispute], as a dispute.
//
// It returns a *[claim.IncompleteError] that lists every required item which is
// missing, or a *[claim.AmountError].
func (d *ClaimsDesk) Submit(ctx context.Context, req Request, id engagement.ParticipationID, cmd SubmitClaim) (ParticipationView, error) {
	s := d.s
	requested, err := s.claimAmount("requested", cmd.Requested)
	if err != nil {
		return ParticipationView{}, err
	}
	cmd.Requested = requested
	return s.command(ctx, req, MayEditClaims, id, "submit claim", cmd, deed{
		event: claim.Submit{Requested: cmd.Requested, Currencies: s.currencies}, kind: engagement.EventClaimSubmitted,
		told: func(p engagement.Participation) engagement.Detail {
			return engagement.Detail{Requested: p.Claim.Requested}
		},
	})
}

// RecallClaim is the command that takes a submitted claim back.
type RecallClaim struct {
	Reason string `json:"reason"` // at most claim.MaxText characters
}

// LogValue hides what the person wrote.
func (c RecallClaim) LogValue() slog.Value { return slog.GroupValue() }

// Recall takes a submitted claim back, as long as its review has not started. It can
// then be edited and has to be submitted again: by the submission deadline, or by the
// review deadline if it was submitted and reviewed before; Recall is refused when that
// has passed. What was submitted once cannot be cancelled any more.
func (d *ClaimsDesk) Recall(ctx context.Context, req Request, id engagement.ParticipationID, cmd RecallClaim) (ParticipationView, error) {
	s := d.s
	return s.command(ctx, req, MayEditClaims, id, "recall claim", cmd, deed{
		event: claim.RecallSubmission{Reason: cmd.Reason}, kind: engagement.EventClaimRecalled, why: cmd.Reason,
	})
}

// DisputeClaim is the command that disputes a rejection.
type DisputeClaim struct {
	Reason string `json:"reason"` // at most claim.MaxText characters
}

// LogValue hides what the person wrote.
func (c DisputeClaim) LogValue() slog.Value { return slog.GroupValue() }

// Dispute opens the one dispute that a rejected claim may have. The claim can then be
// edited like a draft, and the dispute has to be submitted, with [ClaimsDesk.Submit],
// before the same deadline.
func (d *ClaimsDesk) Dispute(ctx context.Context, req Request, id engagement.ParticipationID, cmd DisputeClaim) (ParticipationView, error) {
	s := d.s
	return s.command(ctx, req, MayEditClaims, id, "dispute claim", cmd, deed{
		event: claim.OpenDispute{Reason: cmd.Reason}, kind: engagement.EventDisputeOpened, why: cmd.Reason,
	})
}
