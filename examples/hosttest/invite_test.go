package hosttest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/examples/hosttest"
)

var form = hosttest.Invitation{
	RequestID: "form-1", Location: "4711201", Email: "ana@contoso.com",
	Engagements: []engagement.ID{"azure-migration", "security-workshop"},
}

func TestInvitedCustomerHasThirtyDays(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	started, err := hosttest.Invite(t.Context(), w.Desk, w.Actor, form)
	if err != nil {
		t.Fatal(err)
	}
	w.Relayed()
	w.Accepted(started[0].ID)
	w.Advance(30 * 24 * time.Hour)
	w.ExpectStatus(started[0].ID, engagement.StatusConsentReceived)
	w.ExpectStatus(started[1].ID, engagement.StatusConsentExpired)
}

func TestInvitingTwiceInvitesOnce(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	first, _ := hosttest.Invite(t.Context(), w.Desk, w.Actor, form)
	again, err := hosttest.Invite(t.Context(), w.Desk, w.Actor, form)
	if err != nil || len(first) != len(again) || first[0].ID != again[0].ID || !again[0].Repeated {
		t.Fatalf("the second time %v, %v; want %v", again, err, first)
	}
	w.Relayed()
	if n := len(w.Messages()); n != 2 {
		t.Fatalf("%d messages went out, want 2", n)
	}
}

func TestInviteSaysWhyNot(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	funchal := form
	funchal.Location = "4711203" // not enrolled
	if _, err := hosttest.Invite(t.Context(), w.Desk, w.Actor, funchal); !errors.As(err, new(*workflow.LocationNotEligibleError)) {
		t.Fatalf("invited through a location that is not enrolled: %v", err)
	}
}
