package engagement_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// lapsed is what the first deadline of a participation that has passed leads to.
func lapsed(t *testing.T, p engagement.Participation, now time.Time) engagement.Lapse {
	t.Helper()
	r := engagement.PartnerRecord{Key: p.Record()}.WithParticipation(p)
	_, passed, err := r.Settle(now)
	require.NoError(t, err)
	require.Len(t, passed, 1)
	return passed[0]
}

func TestWhatIsToldOfADeadline(t *testing.T) {
	for name, c := range map[string]struct {
		p    engagement.Participation
		to   engagement.Status
		told engagement.MessageKind
	}{
		"nobody was asked":         {began(northwind, engagement.OriginAdded), engagement.StatusConsentExpired, engagement.MessageConsentExpired},
		"nobody answered":          {asked(began(northwind, engagement.OriginAdded)), engagement.StatusConsentExpired, engagement.MessageConsentExpired},
		"nothing was submitted":    {reached(claim.StatusDraft, northwind), engagement.StatusNotSubmittedExpired, engagement.MessageClaimExpired},
		"nothing was done":         {reached(claim.StatusActionRequired, northwind), engagement.StatusPostSubmissionExpired, engagement.MessageClaimExpired},
		"nobody disputed":          {reached(claim.StatusRejected, northwind), engagement.StatusRejected, ""},
		"no dispute was submitted": {reached(claim.StatusDisputed, northwind), engagement.StatusDisputedExpired, engagement.MessageClaimExpired},
	} {
		t.Run(name, func(t *testing.T) {
			now := on(1000)
			l := lapsed(t, c.p, now)
			e := l.Event(now)
			assert.Equal(t, []any{engagement.EventDeadlinePassed, engagement.ByClock, c.p.StatusAt(start), c.to}, []any{e.Kind, e.By, e.From, e.To})
			assert.Equal(t, l.Deadline, e.Detail.Deadline)
			assert.Equal(t, c.told, l.Message(now))
		})
	}
}

func TestAMessageIsPointlessOnceItIsDone(t *testing.T) {
	draft := reached(claim.StatusDraft, northwind)
	due := engagement.ReminderDue(draft, on(1))
	reminder := engagement.Message{Kind: due.Detail.Reminder, Deadline: due.Detail.Deadline}
	assert.Equal(t, engagement.MessageSubmissionReminder, reminder.Kind)
	assert.False(t, reminder.Pointless(draft, on(1)))
	assert.True(t, reminder.Pointless(reached(claim.StatusSubmitted, northwind), on(1)), "it was submitted")

	asks := engagement.Message{Kind: engagement.MessageActionRequired}
	assert.False(t, asks.Pointless(reached(claim.StatusActionRequired, northwind), on(10)))
	assert.True(t, asks.Pointless(reached(claim.StatusSubmitted, northwind), on(10)))

	assert.True(t, engagement.Message{Kind: engagement.MessageReferralRequest}.Pointless(draft, on(1)), "none is needed")
	assert.False(t, engagement.Message{Kind: engagement.MessageConsentGranted}.Pointless(draft, on(1)), "what happened stays told")
}

func TestTheDeadlineThatAMessageTells(t *testing.T) {
	draft, rejected := reached(claim.StatusDraft, northwind), reached(claim.StatusRejected, northwind)
	assert.Equal(t, draft.Claim.SubmitBy, engagement.MessageConsentGranted.Deadline(draft, on(1)))
	assert.Equal(t, rejected.Claim.DisputeBy, engagement.MessageClaimRejected.Deadline(rejected, on(10)))
	assert.Zero(t, engagement.MessageClaimRejected.Deadline(reached(claim.StatusRejectedFinal, northwind), on(10)))
	waiting := began(northwind, engagement.OriginAdded)
	assert.Equal(t, waiting.Consent.Deadline, engagement.MessageConsentReminder.Deadline(waiting, start))
}

func TestWhomThePartnersMessagesGoTo(t *testing.T) {
	p := began(northwind, engagement.OriginAdded)
	assert.Equal(t, []tenant.Email{{}}, p.PartnerContacts(), "the partner as a whole")
	p.Consent.Partner = []link.Contact{{Name: "Joe", Email: email("joe@northwind.example")}}
	assert.Equal(t, []tenant.Email{email("joe@northwind.example")}, p.PartnerContacts())
	assert.Equal(t, "Joe", p.ContactName(email("JOE@northwind.example")))
	assert.Empty(t, p.ContactName(email("eva@contoso.com")))

	p = asked(p)
	assert.Equal(t, p.Consent.Language(), p.PartnerLanguage(), "the customer's")
	p.Language = "pt-PT"
	assert.Equal(t, link.Language("pt-PT"), p.PartnerLanguage())

	assert.True(t, engagement.MessageSurveyRequest.ToCustomer())
	assert.False(t, engagement.MessageClaimPaid.ToCustomer())
}

func TestEveryDecisionIsTold(t *testing.T) {
	events, told := map[engagement.EventKind]bool{}, map[engagement.MessageKind]bool{}
	for _, d := range consent.AllDecisions() {
		e, m := engagement.Answered(d)
		events[e], told[m] = true, true
		assert.Contains(t, engagement.DefaultReminders().Tell, m)
	}
	assert.Len(t, events, len(consent.AllDecisions()))
	assert.Len(t, told, len(consent.AllDecisions()))
}
