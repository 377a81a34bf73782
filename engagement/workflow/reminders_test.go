package workflow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// A partner is told in a language of its own, where it names one; a change of
// contacts keeps it.
func TestPartnerLanguage(t *testing.T) {
	for _, test := range []struct{ partner, want string }{{"", "“Contoso” deu o seu consentimento: Azure Migration"}, {"en", "“Contoso” has given consent: Azure Migration"}} {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
			Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("us@partner.example"), Language: "pt-PT", PartnerLanguage: test.partner,
		})
		ok(t, err)
		w.Relayed()
		w.Advance(25 * time.Hour)
		_, err = w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Customer: workflow.ByEmail("rui@contoso.com"), Language: "pt-PT"})
		ok(t, err)
		w.Relayed()
		w.Accepted(p)
		w.Relayed()
		sent := w.Messages()
		equal(t, "the subject", sent[len(sent)-1].Subject, test.want)
	}
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	reqKey, req := w.Key(), asked(w, "ana@contoso.com")
	req.PartnerLanguage = "no language"
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
	equal(t, "the field", refused[*workflow.InputError](t, err).Field, "partner_language")
}

// reminded lets everything go out that is due, and returns how many reminders of
// that kind there were so far.
func reminded(w *workflowtest.World, kind engagement.MessageKind) int {
	w.Swept()
	w.Relayed()
	return len(sentTo(w, kind))
}

// Before each kind of deadline the partner's contacts are reminded when 14, 7 and
// 1 days are left, once each, and not before.
func TestReminders(t *testing.T) {
	for status, kind := range map[engagement.Status]engagement.MessageKind{
		engagement.StatusAwaitingConsentResponse: engagement.MessageConsentReminder,
		engagement.StatusConsentReceived:         engagement.MessageSubmissionReminder,
		engagement.StatusPartnerActionRequired:   engagement.MessageActionReminder,
		engagement.StatusRejected:                engagement.MessageDisputeReminder,
		engagement.StatusDisputed:                engagement.MessageDisputeReminder,
	} {
		t.Run(string(status), func(t *testing.T) {
			w, _ := newWorld(t)
			p := reached(t, w, migration, status)
			deadline := part(t, w, p).DeadlineAt(w.Now())
			for i, days := range []int{14, 7, 1} {
				at := deadline.AddDate(0, 0, -days)
				w.SetNow(at.Add(-tick))
				equal(t, fmt.Sprintf("a moment before %d days are left", days), reminded(w, kind), i)
				w.SetNow(at)
				equal(t, fmt.Sprintf("%d days before", days), reminded(w, kind), i+1)
				equal(t, "days left on the row", w.Row(p).DaysLeft, days)
				last := w.Messages()[len(w.Messages())-1]
				equal(t, "the message", []any{last.Message.Kind, last.Message.To.String(), last.Deadline, last.ClaimNumber},
					[]any{kind, "partner@partner.example", deadline, part(t, w, p).ClaimNumber})
				equal(t, "swept again", reminded(w, kind), i+1)
			}
			w.SetNow(deadline.Add(-tick))
			equal(t, "a moment before the deadline", reminded(w, kind), 3)
			w.SetNow(deadline)
			equal(t, "at the deadline", reminded(w, kind), 3)
			events, _ := history(t, w, "contoso.com")
			var got []engagement.Detail
			for _, e := range events {
				if e.Kind == engagement.EventReminderDue {
					equal(t, "the event", []any{e.By, e.From, e.To, e.Participation, e.Person == nil}, []any{engagement.ByClock, status, status, p, true})
					got = append(got, e.Detail)
				}
			}
			due := engagement.Detail{Reminder: kind, Deadline: deadline}
			equal(t, "the history", got, []engagement.Detail{due, due, due})
		})
	}
}

// Days count back in the engagement's zone, over a change of the clocks, too.
func TestRemindersInZone(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	ok(t, err)
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Engagements[0].Zone = lisbon })
	p := reached(t, w, migration, engagement.StatusConsentReceived)
	equal(t, "the deadline", part(t, w, p).Claim.SubmitBy, time.Date(2026, 10, 31, 10, 0, 0, 0, time.UTC)) // at 10:00 in Lisbon
	at := time.Date(2026, 10, 17, 9, 0, 0, 0, time.UTC)                                                    // at 10:00 in Lisbon, by the summer's clock
	w.SetNow(at.Add(-tick))
	equal(t, "a moment before", reminded(w, engagement.MessageSubmissionReminder), 0)
	w.SetNow(at)
	equal(t, "14 days before", reminded(w, engagement.MessageSubmissionReminder), 1)
}

// However many processes sweep, each reminder goes out once.
func TestRemindersTogether(t *testing.T) {
	w, _ := newWorld(t)
	crowd(t, w, 60)
	w.Advance(-14 * day)
	var sweeps []func() error
	for range 8 {
		sweeps = append(sweeps, sweeping(w))
	}
	for _, err := range together(sweeps...) {
		ok(t, err)
	}
	for i := range 60 {
		equal(t, "in the history", count(t, w, fmt.Sprintf("customer-%d.example", i), engagement.EventReminderDue), 1)
	}
	var relays []func() error
	for range 4 {
		relays = append(relays, func() error { _, err := w.Desk.Jobs.Relay(background); return err })
	}
	for _, err := range together(relays...) {
		ok(t, err)
	}
	equal(t, "sent", len(sentTo(w, engagement.MessageConsentReminder)), 60)
}

// A clock that is set back reminds nobody twice, and one that jumps ahead over
// several reminders sends one.
func TestRemindersAndClocks(t *testing.T) {
	w, _ := newWorld(t)
	p := reached(t, w, migration, engagement.StatusAwaitingConsentResponse)
	deadline := part(t, w, p).Consent.Deadline
	for _, step := range []struct {
		days, want int // days before the deadline
	}{
		{14, 1}, {20, 1}, {14, 1}, {30, 1}, {13, 1}, {7, 2}, {14, 2}, {8, 2}, {7, 2}, {3, 2}, {1, 3}, {7, 3}, {1, 3}, {0, 3},
	} {
		w.SetNow(deadline.AddDate(0, 0, -step.days))
		equal(t, fmt.Sprintf("%d days before", step.days), reminded(w, engagement.MessageConsentReminder), step.want)
	}

	w, _ = newWorld(t)
	p = reached(t, w, migration, engagement.StatusAwaitingConsentResponse)
	deadline = part(t, w, p).Consent.Deadline
	w.SetNow(deadline.Add(-time.Hour)) // all three have become due
	equal(t, "sent", reminded(w, engagement.MessageConsentReminder), 1)
	equal(t, "in the history", count(t, w, "contoso.com", engagement.EventReminderDue), 1)

	w, _ = newWorld(t)
	reached(t, w, migration, engagement.StatusAwaitingConsentResponse)
	w.Advance(31 * day) // and the deadline, too: there is nothing to remind of
	equal(t, "sent after the deadline", reminded(w, engagement.MessageConsentReminder), 0)
	equal(t, "told instead", len(sentTo(w, engagement.MessageConsentExpired)), 1)
}

// A reminder is recorded by whoever comes first after it is due, a sweep or a
// command; not by who only looks.
func TestReminderByCommand(t *testing.T) {
	w, spy := newWorld(t)
	p := reached(t, w, migration, engagement.StatusConsentReceived)
	w.Advance(50 * day)
	unchanged(t, spy, func() {
		_, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
	})
	ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "We are late."})))
	equal(t, "in the history", count(t, w, "contoso.com", engagement.EventReminderDue), 1)
	unchanged(t, spy, w.Swept)
	w.Relayed()
	equal(t, "sent", len(sentTo(w, engagement.MessageSubmissionReminder)), 1)
}

// Another partner's command for the same customer and engagement leaves it to a sweep.
func TestReminderByAnother(t *testing.T) {
	w, _ := newWorld(t)
	f := w.As(workflowtest.Fabrikam)
	f.Requested(f.Added(pilot, "eva@contoso.com"))
	w.Advance(16 * day)
	w.Added(pilot, "ana@contoso.com")
	equal(t, "in their history", count(t, f, "contoso.com", engagement.EventReminderDue), 0)
	w.Swept()
	equal(t, "in their history", count(t, f, "contoso.com", engagement.EventReminderDue), 1)
	equal(t, "in the own one", count(t, w, "contoso.com", engagement.EventReminderDue), 0)
	equal(t, "sent", reminded(w, engagement.MessageConsentReminder), 1)
}

// What it reminds of is done, or over, before the reminder goes out: it is dropped.
// What is still to be done by the same time is reminded of all the same.
func TestPointlessReminders(t *testing.T) {
	for name, test := range map[string]struct {
		at        engagement.Status
		kind      engagement.MessageKind
		meanwhile leg
		sent      int
	}{
		"accepted":   {engagement.StatusAwaitingConsentResponse, engagement.MessageConsentReminder, (*workflowtest.World).Accepted, 0},
		"declined":   {engagement.StatusAwaitingConsentResponse, engagement.MessageConsentReminder, (*workflowtest.World).Declined, 0},
		"called off": {engagement.StatusAwaitingConsentResponse, engagement.MessageConsentReminder, (*workflowtest.World).Cancelled, 0},
		"expired":    {engagement.StatusAwaitingConsentResponse, engagement.MessageConsentReminder, func(w *workflowtest.World, _ engagement.ParticipationID) { w.Advance(14 * day) }, 0},
		"asked again": {engagement.StatusAwaitingConsentResponse, engagement.MessageConsentReminder, func(w *workflowtest.World, p engagement.ParticipationID) {
			_ = must(w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p))
		}, 1},
		"submitted":     {engagement.StatusConsentReceived, engagement.MessageSubmissionReminder, (*workflowtest.World).Submitted, 0},
		"withdrawn":     {engagement.StatusConsentReceived, engagement.MessageSubmissionReminder, (*workflowtest.World).Withdrawn, 0},
		"cancelled":     {engagement.StatusConsentReceived, engagement.MessageSubmissionReminder, (*workflowtest.World).Cancelled, 0},
		"worked on":     {engagement.StatusConsentReceived, engagement.MessageSubmissionReminder, func(w *workflowtest.World, p engagement.ParticipationID) { w.Documented(p, "invoice") }, 1},
		"done":          {engagement.StatusPartnerActionRequired, engagement.MessageActionReminder, (*workflowtest.World).Submitted, 0},
		"disputed":      {engagement.StatusRejected, engagement.MessageDisputeReminder, func(w *workflowtest.World, p engagement.ParticipationID) { w.Disputed(p, "It was.") }, 1},
		"and submitted": {engagement.StatusDisputed, engagement.MessageDisputeReminder, (*workflowtest.World).Submitted, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newWorld(t)
			p := reached(t, w, migration, test.at)
			if test.at == engagement.StatusConsentReceived {
				w.Proved(p)
			}
			w.Relayed()
			w.SetNow(part(t, w, p).DeadlineAt(w.Now()).AddDate(0, 0, -14))
			w.Swept()
			test.meanwhile(w, p)
			w.Relayed()
			equal(t, "sent", len(sentTo(w, test.kind)), test.sent)
			n, err := w.Desk.Jobs.Relay(background)
			ok(t, err)
			equal(t, "left", n, 0)
		})
	}
}

// A partner that has named nobody yet is reminded as a whole: one message without a
// receiver, for the host to direct.
func TestReminderWithoutContacts(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Advance(16 * day)
	equal(t, "sent", reminded(w, engagement.MessageConsentReminder), 1)
	m := w.Messages()[0]
	equal(t, "to nobody", m.Message.To.IsZero(), true)
	equal(t, "about", []any{m.Message.Partner, m.Message.Participation, m.Partner, m.Customer, m.Engagement, m.Deadline},
		[]any{engagement.PartnerID("northwind"), p, "Northwind Consulting", "Contoso", "Azure Migration", part(t, w, p).Consent.Deadline})
	equal(t, "the subject", m.Subject, "Consent needed, 14 days left: “Contoso”")

	w, _ = newWorld(t)
	p = w.Added(migration, "ana@contoso.com")
	reqKey, req := w.Key(), asked(w, "ana@contoso.com")
	req.Partner = workflow.ByEmail("joe@northwind.example", "kim@northwind.example")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
	ok(t, err)
	w.Advance(16 * day)
	reminded(w, engagement.MessageConsentReminder)
	equal(t, "each of several", sentTo(w, engagement.MessageConsentReminder), []string{"joe@northwind.example", "kim@northwind.example"})
	equal(t, "once in the history", count(t, w, "contoso.com", engagement.EventReminderDue), 1)
}

// Who chooses a schedule gets that one: other days, none at all, or to be told of
// some things only.
func TestReminderSchedule(t *testing.T) {
	with := func(r engagement.Reminders) *workflowtest.World {
		w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Reminders = &r })
		return w
	}
	w := with(engagement.Reminders{Submission: []int{2, 30}, Tell: []engagement.MessageKind{engagement.MessageClaimRejected}})
	p := reached(t, w, migration, engagement.StatusConsentReceived)
	w.SetNow(part(t, w, p).Claim.SubmitBy.AddDate(0, 0, -30))
	equal(t, "of 30 days", reminded(w, engagement.MessageSubmissionReminder), 1)
	w.Advance(27 * day)
	equal(t, "a day before 2 days", reminded(w, engagement.MessageSubmissionReminder), 1)
	w.SetNow(part(t, w, p).Claim.SubmitBy.AddDate(0, 0, -2))
	equal(t, "of 2 days", reminded(w, engagement.MessageSubmissionReminder), 2)
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "Sign it.")
	w.Advance(29 * day)
	equal(t, "of an action", reminded(w, engagement.MessageActionReminder), 0)
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "No.")
	w.Relayed()
	for _, m := range w.Messages() {
		switch m.Message.Kind {
		case engagement.MessageConsentRequest, engagement.MessageSurveyRequest, engagement.MessageSubmissionReminder, engagement.MessageClaimRejected:
		default:
			t.Errorf("told of %q", m.Message.Kind)
		}
	}
	equal(t, "told of the rejection", len(sentTo(w, engagement.MessageClaimRejected)), 1)

	w = with(engagement.Reminders{})
	reached(t, w, migration, engagement.StatusRejectedFinal)
	w.Swept()
	w.Relayed()
	for _, m := range w.Messages() {
		if k := m.Message.Kind; k != engagement.MessageConsentRequest && k != engagement.MessageSurveyRequest {
			t.Errorf("with an empty schedule: told of %q", k)
		}
	}
}

// A schedule that cannot be used is refused when the desk is made, with all that is
// wrong with it.
func TestReminderScheduleIsChecked(t *testing.T) {
	w, _ := newWorld(t)
	desk, err := workflow.New(w.Store, directory{}, w.Catalog, workflow.FactFunc(noFacts), &workflow.Options{Reminders: &engagement.Reminders{
		Consent: []int{0}, Submission: []int{14, 14}, Action: []int{-1}, Dispute: []int{1, 1 << 20}, Tell: []engagement.MessageKind{engagement.MessageConsentRequest, "hello"},
	}})
	if desk != nil || err == nil {
		t.Fatalf("New gives %v, %v", desk, err)
	}
	bad, is := errors.AsType[*engagement.InvalidError](err)
	if !is || bad.Of != "reminders" {
		t.Errorf("the error is %T %v", err, err)
	}
	for _, field := range []string{"consent[0]", "submission[1]", "action[0]", "dispute[1]", "tell[0]", "tell[1]"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%v does not name %s", err, field)
		}
	}
}
