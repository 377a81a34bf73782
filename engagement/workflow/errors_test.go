package workflow_test

import (
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// Each error keeps its cause, names what is in the way and says what would help.
func TestErrors(t *testing.T) {
	cause := errors.New("the cause")
	opens, until := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)
	reasons := []engagement.Reason{
		{Kind: engagement.ReasonCriteriaNotMet, Rule: "enough_seats", Wanted: "at least 300", Found: "20"},
		{Kind: engagement.ReasonFactsMissing, Rule: "calm", Missing: []string{"open_escalations"}},
		{Kind: engagement.ReasonConsentedElsewhere},
	}
	for _, test := range []struct {
		err, cause error
		text       string
	}{
		{&workflow.ForbiddenError{Permission: workflow.MayAddCustomers, Why: cause}, cause, "the actor may not add customers: the cause"},
		{&workflow.ForbiddenError{Permission: workflow.MayManageConsent, Location: "4711201", Why: cause}, cause,
			"the actor may not manage consent through location 4711201: the cause"},
		{&workflow.NotFoundError{Kind: "engagement", Value: "x\n"}, nil, `there is no engagement "x\n"`},
		{&workflow.InputError{Field: "language", Problem: "is unknown: use one of [en pt-PT]", Err: cause}, cause,
			"language is unknown: use one of [en pt-PT]"},
		{&workflow.LocationNotEligibleError{Location: "4711203"}, nil, "location 4711203 is not enrolled in the program: choose an enrolled location"},
		{&workflow.LocationNotEligibleError{Location: "4711201", Engagement: "pilot", Reasons: reasons[:1]}, nil,
			"location 4711201 is not eligible for pilot: " + reasons[0].String() + ": choose an eligible location"},
		{&workflow.NotClaimableError{Engagement: "pilot", Availability: engagement.AvailabilityUpcoming, Opens: opens, Until: until}, nil,
			"pilot is upcoming: customers can be added and claimed from 2026-07-01T00:00:00Z until 2027-07-01T00:00:00Z"},
		{&workflow.NotEligibleError{Engagement: "pilot", Reasons: reasons}, nil,
			"the customer is not eligible for pilot: " + reasons[0].String() + "; " + reasons[1].String() + "; " + reasons[2].String()},
		{&workflow.AlreadyKnownError{Engagement: "pilot"}, nil,
			"the customer has consented to this partner before: claim it for pilot instead of adding it"},
		{&workflow.NotKnownError{Customer: "tpid:1"}, nil,
			"customer tpid:1 is not known: it has never consented to this partner: add it instead of claiming it"},
		{&workflow.OpenParticipationError{Engagement: "pilot", Participation: "p1", Status: engagement.StatusCustomerClaimed}, nil,
			"the customer already has the open participation p1 in pilot (Customer claimed): go on with that one, or cancel it first"},
		{&workflow.IDNotAcceptedError{Engagement: "pilot", Given: tenant.IDKindDomain, Takes: []tenant.IDKind{tenant.IDKindTPID, tenant.IDKindOpportunity}}, nil,
			`pilot does not take a customer who is named by domain: name it by one of ["TPID" "opportunity ID"]`},
		{&workflow.PayoutChangedError{Engagement: "pilot", Previewed: money(t, "2.00 USD"), Now: money(t, "1.50 USD")}, nil,
			`pilot pays "1.50 USD" now, not "2.00 USD": look at the offer again and confirm that`},
		{&workflow.PayeeNotValidError{Location: "4711202", Payee: "tax form missing"}, nil,
			"the payee profile of location 4711202 is not valid (tax form missing): have it mended, or say in the reason why it is paid all the same"},
		{&workflow.DisassociatedError{Customer: "tpid:1", Since: opens}, nil,
			"customer tpid:1 was disassociated at 2026-07-01T00:00:00Z: associate it first"},
		{&workflow.WrongStateError{Command: "cancel", Status: engagement.StatusPaid}, nil, `cancel is not possible while the participation is "Paid"`},
		{&workflow.WrongStateError{Command: "resend consent", Status: engagement.StatusAwaitingConsentResponse, Err: &link.TooSoonError{NotBefore: opens}}, errtest.Type[*link.TooSoonError](),
			`resend consent is not possible while the participation is "Awaiting customer consent response": a contact was written to a short while ago; try again at 2026-07-01T00:00:00Z or later`},
		{&workflow.KeyReusedError{Key: "k"}, nil,
			`key "k" was used for another command, or for this one with another content: use a new key for each request`},
		{&workflow.InvalidCursorError{Problem: "belongs to another list"}, nil, "cursor belongs to another list: begin again without a cursor"},
		{&workflow.UnavailableError{Source: "facts", Err: cause}, cause, "the facts gave no answer, make the same call again: the cause"},
	} {
		equal(t, "the text", test.err.Error(), test.text)
		if test.cause != nil && !errtest.Is(test.err, test.cause) {
			t.Errorf("%q has lost its cause", test.err)
		}
	}
}
