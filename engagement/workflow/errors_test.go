package workflow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// Each error matches its own sentinel and no other, keeps its cause, names what is
// in the way and says what would help.
func TestErrors(t *testing.T) {
	cause := errors.New("the cause")
	opens, until := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)
	sentinels := []error{
		workflow.ErrForbidden, workflow.ErrNotFound, workflow.ErrInput, workflow.ErrLocation, workflow.ErrNotClaimable, workflow.ErrNotEligible,
		workflow.ErrAlreadyKnown, workflow.ErrNotKnown, workflow.ErrOpenParticipation, workflow.ErrNotNow, workflow.ErrKeyReused, workflow.ErrCursor, workflow.ErrUnavailable,
		workflow.ErrNomination, workflow.ErrPayout, workflow.ErrDisassociated, workflow.ErrPayee,
	}
	reasons := []engagement.Reason{
		{Kind: engagement.CriteriaNotMet, Rule: "enough_seats", Wanted: "at least 300", Found: "20"},
		{Kind: engagement.FactsMissing, Rule: "calm", Missing: []string{"open_escalations"}},
		{Kind: engagement.ConsentedElsewhere},
	}
	seen := map[error]bool{}
	for _, test := range []struct {
		err, sentinel, cause error
		text                 string
	}{
		{&workflow.ForbiddenError{Act: workflow.AddCustomers, Why: cause}, workflow.ErrForbidden, cause, "the actor may not add customers: the cause"},
		{&workflow.ForbiddenError{Act: workflow.HandleConsent, Location: "4711201", Why: cause}, workflow.ErrForbidden, cause,
			"the actor may not handle consent through location 4711201: the cause"},
		{&workflow.NotFoundError{Field: "engagement", Value: "x\n"}, workflow.ErrNotFound, nil, `there is no engagement "x\n"`},
		{&workflow.InputError{Field: "language", Problem: "is unknown: use one of [en pt-PT]", Err: cause}, workflow.ErrInput, cause,
			"language is unknown: use one of [en pt-PT]"},
		{&workflow.LocationError{Location: "4711203"}, workflow.ErrLocation, nil, "location 4711203 is not enrolled in the program: choose an enrolled location"},
		{&workflow.LocationError{Location: "4711201", Engagement: "pilot", Reasons: reasons[:1]}, workflow.ErrLocation, nil,
			"location 4711201 is not eligible for pilot: " + reasons[0].String() + ": choose an eligible location"},
		{&workflow.NotClaimableError{Engagement: "pilot", Availability: engagement.Upcoming, Opens: opens, Until: until}, workflow.ErrNotClaimable, nil,
			"pilot is upcoming: customers can be added and claimed from 2026-07-01T00:00:00Z until 2027-07-01T00:00:00Z"},
		{&workflow.NotEligibleError{Engagement: "pilot", Reasons: reasons}, workflow.ErrNotEligible, nil,
			"the customer is not eligible for pilot: " + reasons[0].String() + "; " + reasons[1].String() + "; consented to another partner"},
		{&workflow.AlreadyKnownError{Engagement: "pilot"}, workflow.ErrAlreadyKnown, nil,
			"the customer has consented to this partner before: claim it for pilot instead of adding it"},
		{&workflow.NotKnownError{Customer: "tpid:1"}, workflow.ErrNotKnown, nil,
			"customer tpid:1 is not known: it has never consented to this partner: add it instead of claiming it"},
		{&workflow.OpenParticipationError{Engagement: "pilot", Participation: "p1", Status: engagement.CustomerClaimed}, workflow.ErrOpenParticipation, nil,
			"the customer already has the open participation p1 in pilot (Customer claimed): go on with that one, or cancel it first"},
		{&workflow.NominationError{Engagement: "pilot", Given: tenant.ByDomain, Takes: []tenant.IDKind{tenant.ByTPID, tenant.ByOpportunityID}}, workflow.ErrNomination, nil,
			`pilot does not take a customer who is named by domain: name it by one of ["TPID" "opportunity ID"]`},
		{&workflow.PayoutError{Engagement: "pilot", Previewed: money(t, "2.00 USD"), Now: money(t, "1.50 USD")}, workflow.ErrPayout, nil,
			`pilot pays "1.50 USD" now, not "2.00 USD": look at the offer again and confirm that`},
		{&workflow.PayeeError{Location: "4711202", Payee: "tax form missing"}, workflow.ErrPayee, nil,
			"the payee profile of location 4711202 is not valid (tax form missing): have it mended, or say in the reason why it is paid all the same"},
		{&workflow.DisassociatedError{Customer: "tpid:1", Since: opens}, workflow.ErrDisassociated, nil,
			"customer tpid:1 was disassociated at 2026-07-01T00:00:00Z: associate it first"},
		{&workflow.NotNowError{Command: "cancel", Status: engagement.Paid}, workflow.ErrNotNow, nil, `cancel is not possible while the participation is "Paid"`},
		{&workflow.NotNowError{Command: "resend consent", Status: engagement.AwaitingConsentResponse, Err: consent.ErrTooSoon}, workflow.ErrNotNow, consent.ErrTooSoon,
			`resend consent is not possible while the participation is "Awaiting customer consent response": too soon to write again`},
		{&workflow.KeyReusedError{Key: "k"}, workflow.ErrKeyReused, nil,
			`key "k" was used for another command, or for this one with another content: use a new key for each request`},
		{&workflow.CursorError{Problem: "belongs to another list"}, workflow.ErrCursor, nil, "cursor belongs to another list: begin again without a cursor"},
		{&workflow.UnavailableError{Source: "facts", Err: cause}, workflow.ErrUnavailable, cause, "the facts gave no answer, make the same call again: the cause"},
	} {
		seen[test.sentinel] = true
		equal(t, "the text", test.err.Error(), test.text)
		for _, wrapped := range []error{test.err, fmt.Errorf("wrapped: %w", test.err), errors.Join(cause, test.err)} {
			for _, s := range sentinels {
				if errors.Is(wrapped, s) != (s == test.sentinel) {
					t.Errorf("%q matches %q: %t", wrapped, s, errors.Is(wrapped, s))
				}
			}
		}
		if test.cause != nil && !errors.Is(test.err, test.cause) {
			t.Errorf("%q has lost its cause", test.err)
		}
	}
	for _, s := range sentinels {
		if !seen[s] {
			t.Errorf("no error matches %q", s)
		}
		if !strings.HasPrefix(s.Error(), "workflow: ") {
			t.Errorf("%q does not say where it comes from", s)
		}
	}
}
