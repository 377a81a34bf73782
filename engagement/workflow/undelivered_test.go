package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// A notifier that panics on a message fails that one: the others go out, and it is
// tried again.
func TestRelayPanics(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "a@contoso.com", "b@contoso.com", "c@contoso.com"))
	ok(t, err)
	var got []string
	broken := true
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		if to := d.Message.To.String(); to == "a@contoso.com" && broken {
			panic("nil map")
		} else {
			got = append(got, to)
		}
		return nil
	}))
	n, err := desk.Jobs.Relay(background)
	equal(t, "sent", n, 2)
	var bad *workflow.PanicError
	if !errors.As(err, &bad) || bad.Value != "nil map" || len(bad.Stack) == 0 {
		t.Fatalf("the error is %v", err)
	}
	broken = false
	w.Advance(time.Minute)
	n, err = desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent later", n, 1)
	equal(t, "to whom", got, []string{"b@contoso.com", "c@contoso.com", "a@contoso.com"})
}

// What can never be delivered is given up at once. The history and the row say so,
// the evidence does not say that it was sent; after the contact was mended, nothing
// is left of it.
func TestUndeliverable(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "typo@contoso.com", "b@contoso.com", "c@contoso.com"))
	ok(t, err)
	tries := 0
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		if d.Message.To.String() == "typo@contoso.com" {
			tries++
			return fmt.Errorf("550 5.1.1: %w", workflow.ErrUndeliverable)
		}
		return nil
	}))
	at := w.Now()
	n, err := desk.Jobs.Relay(background)
	equal(t, "sent", n, 2)
	if !errors.Is(err, workflow.ErrUndeliverable) {
		t.Fatalf("the error is %v", err)
	}
	for range 10 {
		w.Advance(day)
		n, err = desk.Jobs.Relay(background)
		ok(t, err)
		equal(t, "sent later", n, 0)
	}
	equal(t, "tries", tries, 1)
	events, kinds := history(t, w, "contoso.com")
	equal(t, "the history", kinds[2:], []engagement.EventKind{engagement.EventMessageFailed, engagement.EventConsentSent, engagement.EventConsentSent})
	equal(t, "whom it names", events[2].Person.Contacts[0].String(), "typo@contoso.com")
	row := w.Row(p)
	equal(t, "contacts on the row", row.Contacts, 3)
	equal(t, "who was not reached", unreached(row.Unreached), []string{"typo@contoso.com, ask for consent, undeliverable"})
	equal(t, "when", row.Unreached[0].At, at)
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	equal(t, "who was not reached, in the view", unreached(view.Unreached), unreached(row.Unreached))
	evidence, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	equal(t, "the evidence", []bool{evidence[0].SentAt.IsZero(), evidence[0].Failed.IsZero(), evidence[1].SentAt.IsZero(), evidence[1].Failed.IsZero()}, []bool{true, false, false, true})

	_, err = w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts(asked(w, "right@contoso.com")))
	ok(t, err)
	n, err = desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent after mending", n, 1)
	equal(t, "who is not reached now", len(w.Row(p).Unreached), 0)
}

func unreached(all []engagement.Unreached) []string {
	var out []string
	for _, u := range all {
		out = append(out, fmt.Sprintf("%s, %s, %s", u.Contact.Email, u.Message, u.Code))
	}
	return out
}

// What keeps failing is given up when its link's time is over or, without a link,
// after seven days; no more than a handful of tokens was made.
func TestRelayGivesUp(t *testing.T) {
	w, spy := newWorld(t)
	q := w.Added(workshop, "ana@adatum.com")
	w.Requested(q) // its partner contact is partner@partner.example
	w.Declined(q)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "full@contoso.com"))
	ok(t, err)
	start := w.Now()
	full := errors.New("the mailbox is full")
	last := map[engagement.MessageKind]time.Duration{}
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		last[d.Message.Kind] = w.Now().Sub(start)
		return full
	}))
	for range 40 * 24 {
		_, _ = desk.Jobs.Relay(background)
		w.Advance(time.Hour)
	}
	if got := last[engagement.MessageConsentDeclined]; got < 7*day || got > 7*day+7*time.Hour {
		t.Errorf("the message without a link was given up after %v", got)
	}
	if got := last[engagement.MessageConsentRequest]; got > 30*day || got < 29*day {
		t.Errorf("the request was given up after %v", got)
	}
	_, kinds := history(t, w, "contoso.com")
	if !slices.Contains(kinds, engagement.EventMessageFailed) || slices.Contains(kinds, engagement.EventConsentSent) {
		t.Errorf("the history of the request: %q", kinds)
	}
	l := storedPart(t, spy, w, p).Consent.Links[0]
	equal(t, "the link", []any{l.Failed.Code, l.SentAt.IsZero(), len(l.Tokens)}, []any{link.FailureTimedOut, true, 1})
	events, _ := history(t, w, "adatum.com")
	i := slices.IndexFunc(events, func(e engagement.Event) bool { return e.Kind == engagement.EventMessageFailed })
	if i < 0 || events[i].Person.Contacts[0].String() != "partner@partner.example" {
		t.Fatal("the history does not tell that the partner was not reached")
	}
	equal(t, "who was not reached", unreached(part(t, w, q).Unreached()), []string{"partner@partner.example, consent declined, timed out"})

	n, err := desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "left", n, 0)
	erase(t, w, workflow.Person{Email: "partner@partner.example"})
	if left := part(t, w, q).Failures; len(left) > 0 {
		t.Errorf("the person who was erased stands in %v", left)
	}
}

// A message that reaches its contact ends that one's failure.
func TestReachedAgain(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	ok(t, w.Desk.Jobs.RecordBounce(background, workflow.Bounce{Partner: w.Actor.Partner, Participation: p, Address: "partner@partner.example"}))
	equal(t, "who is not reached", unreached(part(t, w, p).Unreached()), []string{"partner@partner.example, , bounced"})
	w.Accepted(p)
	w.Relayed()
	equal(t, "who is not reached then", len(part(t, w, p).Unreached()), 0)
}

// A mail that came back is no longer sent, whether its ID or its address is known;
// the same bounce again changes nothing.
func TestRecordBounce(t *testing.T) {
	for name, bounce := range map[string]func(p engagement.ParticipationID, m engagement.MessageID) workflow.Bounce{
		"by message": func(_ engagement.ParticipationID, m engagement.MessageID) workflow.Bounce {
			return workflow.Bounce{Message: m}
		},
		"by address": func(p engagement.ParticipationID, _ engagement.MessageID) workflow.Bounce {
			return workflow.Bounce{Partner: "northwind", Participation: p, Address: "ANA@contoso.com"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p, "ana@contoso.com", "b@contoso.com")
			m := w.Messages()[0].Message
			equal(t, "to whom", m.To.String(), "ana@contoso.com")
			w.Advance(time.Hour)
			ok(t, w.Desk.Jobs.RecordBounce(background, bounce(p, m.ID)))
			equal(t, "who was not reached", unreached(w.Row(p).Unreached), []string{"ana@contoso.com, ask for consent, bounced"})
			_, kinds := history(t, w, "contoso.com")
			equal(t, "the last event", kinds[len(kinds)-1], engagement.EventMessageFailed)
			unchanged(t, spy, func() { ok(t, w.Desk.Jobs.RecordBounce(background, bounce(p, m.ID))) })
			evidence, err := w.Desk.Consents.Evidence(background, w.Actor, p)
			ok(t, err)
			equal(t, "the evidence", evidence[0].Failed.Code, link.FailureBounced)
			ok(t, answer(w, w.Links(p)[0], consent.DecisionAccept)) // it may have reached somebody all the same
		})
	}
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Relayed()
	ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("late@contoso.com"))))
	w.Relayed()
	ok(t, w.Desk.Jobs.RecordBounce(background, workflow.Bounce{Partner: "northwind", Participation: p, Address: "late@contoso.com"}))
	equal(t, "who was not reached", unreached(w.Row(p).Unreached), []string{"late@contoso.com, ask for survey, bounced"})
	v, err := part(t, w, p).Claim.Survey(claim.ProofCustomerSurvey)
	ok(t, err)
	equal(t, "the survey's link", v.Links[0].Failed.Code, link.FailureBounced)
	for _, bad := range []struct {
		bounce workflow.Bounce
		want   error
	}{
		{workflow.Bounce{}, errtest.Type[*workflow.InputError]()},
		{workflow.Bounce{Partner: "northwind", Participation: p}, errtest.Type[*workflow.InputError]()},
		{workflow.Bounce{Participation: p, Address: "ana@contoso.com"}, errtest.Type[*workflow.InputError]()},
		{workflow.Bounce{Message: "m", Address: "nobody"}, errtest.Type[*workflow.InputError]()},
		{workflow.Bounce{Message: "m"}, errtest.Type[*workflow.NotFoundError]()},
		{workflow.Bounce{Partner: "fabrikam", Participation: p, Address: "ana@contoso.com"}, errtest.Type[*workflow.NotFoundError]()},
		{workflow.Bounce{Partner: "northwind", Participation: p, Address: "nobody@contoso.com"}, errtest.Type[*workflow.NotFoundError]()},
	} {
		if err := w.Desk.Jobs.RecordBounce(background, bad.bounce); !errtest.Is(err, bad.want) {
			t.Errorf("%+v: %v", bad.bounce, err)
		}
	}
}

// When the context ends, what was leased and not sent is free at once: also the
// message whose sending the end of the context broke off.
func TestRelayHandsBack(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "a@contoso.com", "b@contoso.com", "c@contoso.com"))
	ok(t, err)
	ctx, cancel := context.WithCancel(background)
	n, err := relay(t, w, notify(func(ctx context.Context, _ workflow.Delivery) error { cancel(); return ctx.Err() })).Jobs.Relay(ctx)
	equal(t, "sent", n, 0)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
	n, err = w.Desk.Jobs.Relay(background)
	ok(t, err)
	equal(t, "sent by another process at once", n, 3)
}
