package claim_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/partnerengage/partnerengage/engagement/claim"
)

// A claim tells when it came to where it is: never before it was opened, and later the
// further it has come.
func TestReachedAt(t *testing.T) {
	for _, status := range claim.AllStatuses() {
		s := in(t, status)
		reached := s.ReachedAt()
		assert.False(t, reached.IsZero(), status)
		assert.False(t, reached.Before(s.OpenedAt), status)
		if status == claim.StatusDraft {
			assert.Equal(t, s.OpenedAt, reached)
		}
		ended := status == claim.StatusNotSubmittedExpired || status == claim.StatusPostSubmissionExpired || status == claim.StatusDisputedExpired
		assert.Equal(t, ended, s.Expired(reached), status)
	}
	submitted := in(t, claim.StatusSubmitted)
	assert.Equal(t, submitted.Submissions[len(submitted.Submissions)-1].At, submitted.ReachedAt())
	assert.Equal(t, in(t, claim.StatusSubmitted).ReachedAt(), in(t, claim.StatusUnderReview).ReachedAt(), "a review counts from the submission")
	paid := in(t, claim.StatusPaid)
	assert.Equal(t, paid.Payments[len(paid.Payments)-1].At, paid.ReachedAt())
	late := draft(t)
	assert.False(t, late.Expired(late.SubmitBy.Add(-1)))
	assert.True(t, late.Expired(late.SubmitBy), "whether or not it is recorded")
}

// What people wrote does not come into a log.
func TestLogsHideWhatWasWritten(t *testing.T) {
	const secret = "what somebody wrote"
	var b bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&b, nil))
	log.Info("", "recall", claim.Recall{Reason: secret}, "review", claim.Review{Text: secret, Outcome: claim.KindReject}, "dispute", claim.DisputeCase{Reason: secret},
		"item", claim.ActionItem{Text: secret}, "payment", claim.Payment{Reference: secret, Reason: secret}, "event", claim.RecallSubmission{Reason: secret})
	assert.NotContains(t, b.String(), secret)
	assert.Contains(t, b.String(), "reject")
}
