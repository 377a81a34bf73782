package workflow_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// A preview is refused as the request would be, and nothing is written by either;
// where both are taken, what was shown is what is sent.
func TestPreviewIsWhatTheRequestWouldBe(t *testing.T) {
	few := func(sc *workflowtest.Scenario) {
		sc.Options.Policy = link.Policy{MaxPerMailbox: 2, MaxPerEngagement: 1, MaxPerDay: 3}
	}
	for name, test := range map[string]struct {
		why   error // nil: it is taken
		limit link.Limit
		ready func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent)
	}{
		"taken": {nil, "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			return w.Added(migration, "ana@contoso.com"), asked(w, "ana@contoso.com")
		}},
		"nobody": {errtest.Type[*workflow.InputError](), "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			return w.Added(migration, "ana@contoso.com"), asked(w)
		}},
		"own": {errtest.Type[*workflow.OwnContactError](), "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			return w.Added(migration, "ana@contoso.com"), asked(w, "joe@northwind.example")
		}},
		"too late": {errtest.Type[*consent.ExpiredError](), "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			p := w.Added(migration, "ana@contoso.com")
			w.Advance(30 * day)
			return p, asked(w, "ana@contoso.com")
		}},
		"asked already": {errtest.Type[*consent.NotAllowedError](), "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p, "eva@contoso.com")
			return p, asked(w, "ana@contoso.com")
		}},
		"the claim limit": {consent.ErrTakenElsewhere, "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			p := w.Added(migration, "ana@contoso.com")
			w.As(workflowtest.Fabrikam).Granted(migration, "ana@contoso.com")
			return p, asked(w, "eva@contoso.com")
		}},
		"held elsewhere": {consent.ErrTakenElsewhere, "", func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			p := w.Added(migration, "ana@contoso.com")
			w.Held(migration, "contoso.com", engagement.ExternalHoldings{Consented: 1})
			return p, asked(w, "eva@contoso.com")
		}},
		"the mailbox and engagement": {errtest.Type[*link.LimitError](), link.LimitEngagement, func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			p := w.Added(migration, "ana@adatum.com")
			w.Requested(p, "eva@contoso.com")
			return w.Added(migration, "ana@contoso.com"), asked(w, "ana@contoso.com", "Eva+x@contoso.com")
		}},
		"the mailbox": {errtest.Type[*link.LimitError](), link.LimitMailbox, func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			for _, e := range []engagement.ID{workshop, pilot} {
				w.Requested(w.Added(e, "ana@adatum.com"), "eva@contoso.com")
			}
			return w.Added(migration, "ana@contoso.com"), asked(w, "eva@contoso.com")
		}},
		"the day": {errtest.Type[*link.LimitError](), link.LimitDay, func(w *workflowtest.World) (engagement.ParticipationID, workflow.RequestConsent) {
			w.Requested(w.Added(workshop, "ana@adatum.com"), "a@contoso.com", "b@contoso.com", "c@contoso.com")
			return w.Added(migration, "ana@contoso.com"), asked(w, "eva@contoso.com")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t, few)
			p, req := test.ready(w)
			var shown consent.View
			var before error
			unchanged(t, spy, func() { shown, before = w.Desk.Consents.Preview(background, w.Actor, p, req) })
			if test.why == nil {
				ok(t, before)
				_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, req)
				ok(t, err)
				w.Relayed()
				sent, err := w.Desk.Links.ConsentView(background, newest(w, p))
				ok(t, err)
				equal(t, "what was shown", asJSON(t, shown), asJSON(t, sent))
				return
			}
			unchanged(t, spy, func() {
				_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, req)
				refused[error](t, before, test.why)
				refused[error](t, err, test.why)
				equal(t, "why", before.Error(), err.Error())
			})
			if test.limit == "" {
				return
			}
			limit := refused[*link.LimitError](t, before)
			equal(t, "the limit", limit.Limit, test.limit)
			w.SetNow(limit.NotBefore.Add(-tick)) // until then
			_, err := w.Desk.Consents.Preview(background, w.Actor, p, req)
			refused[*link.LimitError](t, err)
		})
	}
}
