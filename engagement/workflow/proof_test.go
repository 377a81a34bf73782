package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// An engagement whose proof goes by the day of submission asks of a draft what is in
// force on that day, in views, rows and commands alike; what was handed in stays, and
// the history still leads to what is stored.
func TestProofOfTheDay(t *testing.T) {
	w, spy := newWorld(t)
	document := claim.ProofItem{Kind: "report", Title: "Report", Required: true}
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.ProofBy = engagement.AnchorSubmission
		e.Proof = []claim.ProofItem{document}
		e.LaterProof = []engagement.Dated[[]claim.ProofItem]{{From: date(t, "2026-10-01"), Value: append([]claim.ProofItem{document}, claim.DefaultProof()[1:]...)}}
	})
	p := w.Granted(migration, "ana@contoso.com")
	w.Documented(p, "report")
	look := func() workflow.ClaimView {
		t.Helper()
		v, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
		equal(t, "row and claim allow the same", w.Row(p).Actions, v.Actions)
		equal(t, "what it stands on", []string{v.Terms.Version, v.Decision.Version, v.Claim.RateFrom.String()}, []string{"1", "1", "2026-07-01"})
		equal(t, "a deadline says by what it was made", v.DeadlineTerms == "1", !v.Deadline.IsZero())
		return v
	}
	view := look()
	equal(t, "stands on", view.Claim.ProofFrom, date(t, "2026-07-01"))
	equal(t, "can be submitted", slices.Contains(view.Actions, engagement.ActionSubmitClaim), true)

	w.SetNow(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	view = look()
	equal(t, "stands on", view.Claim.ProofFrom, date(t, "2026-10-01"))
	equal(t, "is missing", len(view.Missing), 3)
	equal(t, "can be submitted", slices.Contains(view.Actions, engagement.ActionSubmitClaim), false)
	unchanged(t, spy, func() {
		_, err := w.Desk.Claims.Submit(background, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{})
		equal(t, "is missing", len(refused[*claim.IncompleteError](t, err).Missing), 3)
	})
	w.Proved(p)
	look()
	w.Submitted(p)
	view = look()
	equal(t, "what was handed in", len(view.Claim.Evidence), 2)

	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.LaterProof = nil })
	equal(t, "a submitted claim stays as it is", look().Claim.ProofFrom, date(t, "2026-10-01"))
}

// Texts are those of the day, wherever an engagement is named.
func TestTextsOfTheDay(t *testing.T) {
	w, _ := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.LaterTexts = []engagement.Dated[engagement.Texts]{{From: date(t, "2026-10-01"), Value: engagement.Texts{Name: "Cloud Migration", Summary: "Newer."}}}
	})
	p := w.Added(migration, "ana@contoso.com")
	for when, want := range map[string][2]string{"2026-09-30": {"Azure Migration", "About Azure Migration."}, "2026-10-01": {"Cloud Migration", "Newer."}} {
		day, err := time.Parse(time.DateOnly, when)
		ok(t, err)
		w.SetNow(day)
		summary, err := w.Desk.Engagements.Get(background, w.Actor, migration)
		ok(t, err)
		equal(t, "the summary", [2]string{summary.Name, summary.Summary}, want)
		page, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Search: want[0]})
		ok(t, err)
		if len(page.Rows) != 1 || page.Rows[0].Participation != p || page.Rows[0].EngagementName != want[0] {
			t.Errorf("%s: the claims are %+v", when, page.Rows)
		}
	}
}
