package consent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"

	"github.com/partnerengage/partnerengage/internal/errtest"
)

// event returns an event of each kind that nothing but status and time refuses.
func event(k consent.Kind) consent.Event {
	switch k {
	case consent.KindRequest:
		return consent.Request{Customer: emails(ana), Links: links("new"), Terms: terms("en")}
	case consent.KindResend:
		return consent.Resend{Links: links("new", "newer")}
	case consent.KindChangeContacts:
		return consent.ChangeContacts{Customer: emails(carla), Links: links("new")}
	case consent.KindAccept:
		return consent.Accept{Link: "l2"}
	case consent.KindDecline:
		return consent.Decline{Link: "l2"}
	case consent.KindWithdraw:
		return consent.Withdraw{Link: "l2"}
	case consent.KindCancel:
		return consent.Cancel{}
	case consent.KindExpire:
		return consent.Expire{}
	}
	panic(k)
}

// Each event in each status, before and at the deadline: what the program says,
// written out, so that the table in the code is held to it.
func TestEveryEventInEveryStatus(t *testing.T) {
	var (
		allowed  = func(s consent.Status) any { return s }
		no       = errtest.Type[*consent.NotAllowedError]()
		answered = errtest.Type[*consent.AlreadyAnsweredError]()
		over     = errtest.Type[*consent.ExpiredError]()
		unknown  = link.ErrUnknown
		same     = "done already"
	)
	const before, at = false, true
	for _, c := range []struct {
		status     consent.Status
		atDeadline bool
		want       [8]any // as AllKinds: request, resend, change contacts, accept, decline, withdraw, cancel, expire
	}{
		{consent.StatusAwaitingRequest, before, [8]any{allowed(consent.StatusRequested), no, no, unknown, unknown, unknown, allowed(consent.StatusCanceled), no}},
		{consent.StatusAwaitingRequest, at, [8]any{over, over, over, unknown, unknown, unknown, over, allowed(consent.StatusExpired)}},
		{consent.StatusRequested, before, [8]any{no, allowed(consent.StatusRequested), allowed(consent.StatusRequested), allowed(consent.StatusGranted), allowed(consent.StatusDeclined), no, allowed(consent.StatusCanceled), no}},
		{consent.StatusRequested, at, [8]any{over, over, over, over, over, over, over, allowed(consent.StatusExpired)}},
		{consent.StatusGranted, before, [8]any{no, no, no, same, answered, allowed(consent.StatusWithdrawn), allowed(consent.StatusCanceled), no}},
		{consent.StatusGranted, at, [8]any{no, no, no, same, answered, allowed(consent.StatusWithdrawn), allowed(consent.StatusCanceled), no}},
		{consent.StatusDeclined, before, [8]any{no, no, no, answered, same, answered, no, no}},
		{consent.StatusDeclined, at, [8]any{no, no, no, answered, same, answered, no, no}},
		{consent.StatusExpired, at, [8]any{over, over, over, over, over, over, over, allowed(consent.StatusExpired)}},
		{consent.StatusWithdrawn, before, [8]any{no, no, no, answered, answered, same, no, no}},
		{consent.StatusWithdrawn, at, [8]any{no, no, no, answered, answered, same, no, no}},
		{consent.StatusCanceled, before, [8]any{no, no, no, no, no, no, no, no}},
		{consent.StatusCanceled, at, [8]any{no, no, no, no, no, no, no, no}},
	} {
		now := start.Add(2 * day)
		if c.atDeadline {
			now = deadline
		}
		for i, k := range consent.AllKinds() {
			s := in(t, c.status)
			equal(t, c.status, s.Status)
			got, err := consent.Apply(s, event(k), now)
			if want, ok := c.want[i].(error); ok {
				errorIs(t, err, want, "%s while %s, at deadline: %v", k, c.status, c.atDeadline)
				equal(t, s, got, "a refusal leaves the state as it was")
				check(t, !(s.Allows(k, now) && want != unknown), "Allows(%s) while %s", k, c.status)
				continue
			}
			noError(t, err, "%s while %s", k, c.status)
			if c.want[i] == same {
				equal(t, s, got, "the same answer again leaves the state as it was")
				check(t, s.Repeats(event(k)) && !s.Allows(k, now), "%s while %s is a repetition", k, c.status)
				continue
			}
			check(t, !s.Repeats(event(k)), "%s while %s is no repetition", k, c.status)
			equal(t, c.want[i], got.Status, "%s while %s", k, c.status)
			equal(t, c.want[i], got.StatusAt(now))
			check(t, s.Allows(k, now), "Allows(%s) while %s", k, c.status)
		}
	}
}

func TestRefusalsTell(t *testing.T) {
	var notAllowed *consent.NotAllowedError
	_, err := consent.Apply(requested(t), consent.Request{}, start)
	errorAs(t, err, &notAllowed)
	equal(t, consent.NotAllowedError{Status: consent.StatusRequested, Event: consent.KindRequest}, *notAllowed)
	equal(t, "request is not allowed while the consent is requested", err.Error())

	var answered *consent.AlreadyAnsweredError
	s := apply(t, requested(t), consent.Decline{Link: "l1"}, start.Add(time.Hour))
	_, err = consent.Apply(s, consent.Accept{Link: "l2"}, start.Add(2*time.Hour))
	errorAs(t, err, &answered)
	equal(t, consent.AlreadyAnsweredError{Decision: consent.DecisionDecline, At: start.Add(time.Hour)}, *answered)
	equal(t, `already answered with "decline" at 2026-07-01T10:00:00Z; the first answer counts`, err.Error())

	// A withdrawal is the latest answer.
	s = apply(t, in(t, consent.StatusGranted), consent.Withdraw{Link: "l1"}, start.Add(3*time.Hour))
	_, err = consent.Apply(s, consent.Accept{Link: "l1"}, start.Add(4*time.Hour))
	errorAs(t, err, &answered)
	equal(t, consent.AlreadyAnsweredError{Decision: consent.DecisionWithdraw, At: start.Add(3 * time.Hour)}, *answered)

	var expired *consent.ExpiredError
	_, err = consent.Apply(requested(t), consent.Accept{Link: "l1"}, deadline)
	errorAs(t, err, &expired)
	equal(t, deadline, expired.Deadline)

	for want, err := range map[string]error{
		"this link was replaced by a newer one at 2026-07-01T09:00:00Z; use the link in the newest message": &link.VoidError{VoidedAt: start},
		"the time to answer ended at 2026-07-31T09:00:00Z; the customer has to be added or claimed again":   &consent.ExpiredError{Deadline: deadline},
		"a contact was written to a short while ago; try again at 2026-07-01T09:00:00Z or later":            &link.TooSoonError{NotBefore: start},
		"the contact was written to 5 times and 5 is the most; ask the contact to open the newest message":  &link.TooManyError{Sent: 5, Max: 5},
		"links: each contact needs one new ID": &link.InvalidError{Field: "links", Problem: "each contact needs one new ID"},
	} {
		equal(t, want, err.Error())
	}

	var invalid *link.InvalidError
	_, err = consent.Apply(requested(t), nil, start)
	errorAs(t, err, &invalid)
	equal(t, "event", invalid.Field)
}

// The deadline is half open.
func TestAnswerAroundTheDeadline(t *testing.T) {
	for _, e := range []consent.Event{consent.Accept{Link: "l1"}, consent.Decline{Link: "l1"}} {
		_, err := consent.Apply(requested(t), e, deadline.Add(-time.Microsecond))
		noError(t, err, "%s a microsecond before", e.Kind())
		for _, late := range []time.Duration{0, time.Microsecond, 100 * day} {
			_, err = consent.Apply(requested(t), e, deadline.Add(late))
			errorIs(t, err, errtest.Type[*consent.ExpiredError](), "%s %s after", e.Kind(), late)
		}
	}
	_, err := consent.Apply(requested(t), consent.Expire{}, deadline.Add(-time.Microsecond))
	errorIs(t, err, errtest.Type[*consent.NotAllowedError]())
}

// Recording that the deadline has passed changes nothing that a reader could see,
// and does so any number of times.
func TestExpireShowsNothingNew(t *testing.T) {
	for _, s := range []consent.State{consent.Start(deadline), requested(t)} {
		late := deadline.Add(5 * day)
		check(t, !s.Due(deadline.Add(-time.Microsecond)))
		check(t, s.Due(deadline))
		once := apply(t, s, consent.Expire{}, late)
		twice := apply(t, once, consent.Expire{}, late.Add(day))
		equal(t, once, twice)
		check(t, !once.Due(late))
		for _, now := range []time.Time{deadline, late, late.Add(day)} {
			equal(t, consent.StatusExpired, s.StatusAt(now))
			equal(t, s.StatusAt(now), once.StatusAt(now))
			equal(t, s.EndedAt(now), once.EndedAt(now))
			equal(t, deadline, once.EndedAt(now), "expired at the deadline, not when it was noticed")
			equal(t, s.Evidence(), once.Evidence())
		}
	}
}

func TestAClockThatGoesBackRevivesNothing(t *testing.T) {
	s := apply(t, requested(t), consent.Expire{}, deadline)
	equal(t, consent.StatusExpired, s.StatusAt(start))
	_, err := consent.Apply(s, consent.Accept{Link: "l1"}, start)
	errorIs(t, err, errtest.Type[*consent.ExpiredError]())
	s = in(t, consent.StatusGranted)
	_, err = consent.Apply(s, consent.Decline{Link: "l1"}, start.Add(-day))
	errorIs(t, err, errtest.Type[*consent.AlreadyAnsweredError]())
}

func TestTheZeroStateIsOver(t *testing.T) {
	var zero consent.State
	for _, k := range consent.AllKinds() {
		_, err := consent.Apply(zero, event(k), start)
		check(t, err != nil, "%s", k)
	}
	s := consent.Start(time.Time{})
	equal(t, consent.StatusExpired, s.StatusAt(start))
	_, err := consent.Apply(s, event(consent.KindRequest), start)
	errorIs(t, err, errtest.Type[*consent.ExpiredError]())
}

func TestRequestRecordsWhatWasSent(t *testing.T) {
	s := requested(t)
	want := consent.State{
		Status: consent.StatusRequested, Deadline: deadline, Partner: emails(paula),
		Links: []link.Link{{ID: "l1", Contact: who(ana), IssuedAt: start}, {ID: "l2", Contact: who(bruno), IssuedAt: start}},
		Sent:  []consent.Sent{{Kind: consent.KindRequest, At: start, Links: links("l1", "l2"), Terms: terms("en")}},
	}
	if diff := cmp.Diff(want, s, cmp.AllowUnexported(tenant.Email{}, tenant.Domain{})); diff != "" {
		t.Error(diff)
	}
	equal(t, emails(ana, bruno), s.Contacts())
}

func TestRequestRefusesBadInput(t *testing.T) {
	many := make([]link.Contact, link.MaxContacts+1)
	ids := make([]link.ID, len(many))
	for i := range many {
		many[i] = who(email(string(rune('a'+i)) + "@contoso.com"))
		ids[i] = link.ID(rune('a' + i))
	}
	bad := func(change func(*consent.Request)) consent.Request {
		r := consent.Request{Customer: emails(ana, bruno), Links: links("l1", "l2"), Terms: terms("en")}
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		request consent.Request
		field   string
	}{
		"nobody":         {bad(func(r *consent.Request) { r.Customer = nil; r.Links = nil }), "customer"},
		"too many":       {bad(func(r *consent.Request) { r.Customer = many; r.Links = ids }), "customer"},
		"empty address":  {bad(func(r *consent.Request) { r.Customer = emails(ana, tenant.Email{}) }), "customer[1].email"},
		"twice the same": {bad(func(r *consent.Request) { r.Customer = emails(ana, email("ANA@contoso.com")) }), "customer[1].email"},
		"a link short":   {bad(func(r *consent.Request) { r.Links = links("l1") }), "links"},
		"one link twice": {bad(func(r *consent.Request) { r.Links = links("l1", "l1") }), "links"},
		"empty link":     {bad(func(r *consent.Request) { r.Links = links("l1", "") }), "link"},
		"odd link":       {bad(func(r *consent.Request) { r.Links = links("l1", "l 2") }), "link"},
		"no text":        {bad(func(r *consent.Request) { r.Terms.Text = consent.TextRef{} }), "terms.text"},
		"no purpose":     {bad(func(r *consent.Request) { r.Terms.Purposes = nil }), "terms.purposes"},
		"no partner":     {bad(func(r *consent.Request) { r.Terms.Parties = r.Terms.Parties[:1] }), "terms.parties"},
		"no engagement":  {bad(func(r *consent.Request) { r.Terms.Engagement.Name = " " }), "terms.engagement.name"},
		"nameless party": {bad(func(r *consent.Request) { r.Terms.Parties[2].Name = "" }), "terms.parties[2].name"},
		"odd role":       {bad(func(r *consent.Request) { r.Terms.Parties[2].Role = "boss" }), "terms.parties[2].role"},
	} {
		s := consent.Start(deadline)
		got, err := consent.Apply(s, c.request, start)
		var invalid *link.InvalidError
		errorAs(t, err, &invalid, name)
		equal(t, c.field, invalid.Field, name)
		errorIs(t, err, errtest.Type[*link.InvalidError](), name)
		lacks(t, err.Error(), "ana@", "%s: no address in an error", name)
		equal(t, s, got, name)
	}
	_, err := consent.Apply(consent.Start(deadline), bad(func(r *consent.Request) { r.Customer = many[1:]; r.Links = ids[1:] }), start)
	noError(t, err, "as many as are allowed")
}

func TestResendVoidsEarlierLinks(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	equal(t, deadline, s.Deadline, "the deadline does not move")
	equal(t, emails(ana, bruno), s.Contacts())
	for _, id := range links("l1", "l2") {
		for _, e := range []consent.Event{consent.Accept{Link: id}, consent.Decline{Link: id}, consent.Withdraw{Link: id}} {
			_, err := consent.Apply(s, e, start.Add(2*day))
			var void *link.VoidError
			errorAs(t, err, &void)
			equal(t, start.Add(day), void.VoidedAt)
			errorIs(t, err, errtest.Type[*link.VoidError]())
		}
	}
	_, err := consent.Apply(s, consent.Accept{Link: "l4"}, start.Add(2*day))
	noError(t, err)
	_, err = consent.Apply(s, consent.Resend{Links: links("l1", "l5")}, start.Add(2*day))
	errorIs(t, err, errtest.Type[*link.InvalidError](), "an ID is used once, also after its link is void")
	_, err = consent.Apply(s, consent.Accept{Link: "l9"}, start.Add(2*day))
	errorIs(t, err, link.ErrUnknown)
}

func TestResendKeepsTermsUnlessGivenNewer(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	equal(t, terms("en"), s.Sent[1].Terms)
	s = apply(t, s, consent.Resend{Links: links("l5", "l6"), Terms: terms("pt-PT")}, start.Add(2*day))
	equal(t, terms("pt-PT"), s.Sent[2].Terms)
	s = apply(t, s, consent.Accept{Link: "l6"}, start.Add(2*day))
	equal(t, terms("pt-PT").Text, s.Answer.Text, "the text of the link by which was answered")
}

func TestResendLimits(t *testing.T) {
	s := requested(t)
	var soon *link.TooSoonError
	_, err := consent.Apply(s, consent.Resend{Links: links("x", "y")}, start.Add(day-time.Microsecond))
	errorAs(t, err, &soon)
	errorIs(t, err, errtest.Type[*link.TooSoonError]())
	equal(t, start.Add(day), soon.NotBefore)

	ids := []link.ID{"a", "b", "c", "d", "e", "f", "g", "h"}
	now := start
	for i := range 4 {
		now = now.Add(day)
		s = apply(t, s, consent.Resend{Links: ids[2*i : 2*i+2]}, now)
	}
	equal(t, 5, len(s.Sent), "the first request counts")
	var many *link.TooManyError
	_, err = consent.Apply(s, consent.Resend{Links: links("x", "y")}, now.Add(day))
	errorAs(t, err, &many)
	errorIs(t, err, errtest.Type[*link.TooManyError]())
	equal(t, link.TooManyError{Sent: 5, Max: 5}, *many)
	_, err = consent.Apply(s, consent.ChangeContacts{Customer: emails(carla), Links: links("x")}, now.Add(day))
	errorIs(t, err, errtest.Type[*link.TooManyError](), "a change of contacts is no way round the limit")

	_, err = consent.Apply(s, consent.Resend{Links: links("x", "y"), Policy: link.Policy{MaxSends: 6}}, now.Add(day))
	noError(t, err)
	_, err = consent.Apply(s, consent.Resend{Links: links("x", "y"), Policy: link.Policy{MaxSends: -1, ResendInterval: -1}}, now)
	noError(t, err, "negative is no limit")
	_, err = consent.Apply(s, consent.Resend{Links: links("x", "y"), Policy: link.Policy{MaxSends: 6, ResendInterval: time.Hour}}, now.Add(time.Hour-1))
	errorIs(t, err, errtest.Type[*link.TooSoonError]())
}

func TestMayResend(t *testing.T) {
	var p link.Policy
	errorIs(t, consent.MayResend(consent.Start(deadline), p, start), errtest.Type[*consent.NotAllowedError]())
	errorIs(t, consent.MayResend(requested(t), p, start), errtest.Type[*link.TooSoonError]())
	noError(t, consent.MayResend(requested(t), p, start.Add(day)))
	errorIs(t, consent.MayResend(requested(t), p, deadline), errtest.Type[*consent.ExpiredError]())
	errorIs(t, consent.MayResend(in(t, consent.StatusGranted), p, start.Add(day)), errtest.Type[*consent.NotAllowedError]())
}

func TestChangeContacts(t *testing.T) {
	// The wrong address was typed: the right one is written to at once.
	s := apply(t, requested(t), consent.ChangeContacts{Customer: emails(carla), Links: links("l3")}, start.Add(time.Minute))
	equal(t, emails(carla), s.Contacts())
	equal(t, emails(paula), s.Partner, "not given, so as before")
	equal(t, deadline, s.Deadline)
	for _, id := range links("l1", "l2") {
		_, err := consent.Apply(s, consent.Accept{Link: id}, start.Add(time.Hour))
		errorIs(t, err, errtest.Type[*link.VoidError]())
	}

	// Nobody is written to twice in a day this way, not even after others were.
	var soon *link.TooSoonError
	_, err := consent.Apply(s, consent.ChangeContacts{Customer: emails(bruno, carla), Links: links("l4", "l5")}, start.Add(time.Hour))
	errorAs(t, err, &soon)
	equal(t, start.Add(time.Minute).Add(day), soon.NotBefore)
	_, err = consent.Apply(s, consent.ChangeContacts{Customer: emails(email("BRUNO@contoso.com")), Links: links("l4")}, start.Add(time.Hour))
	errorAs(t, err, &soon)
	equal(t, start.Add(day), soon.NotBefore)
	_, err = consent.Apply(s, consent.ChangeContacts{Customer: emails(bruno), Links: links("l4")}, start.Add(day))
	noError(t, err)

	// It counts as a sending for the next resend.
	_, err = consent.Apply(s, consent.Resend{Links: links("l4")}, start.Add(day))
	errorIs(t, err, errtest.Type[*link.TooSoonError]())
	s = apply(t, s, consent.ChangeContacts{Customer: emails(ana), Partner: []link.Contact{}, Links: links("l4"), Terms: terms("pt")}, start.Add(2*day))
	equal(t, 0, len(s.Partner))
	equal(t, consent.KindChangeContacts, s.Sent[2].Kind)
	equal(t, link.Language("pt-PT"), s.Sent[2].Terms.Text.Language)
}

// A clock that went back does not shorten the wait.
func TestChangeContactsAfterTheClockWentBack(t *testing.T) {
	free := link.Policy{ResendInterval: -1}
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4"), Policy: free}, start.Add(2*day))
	s = apply(t, s, consent.Resend{Links: links("l5", "l6"), Policy: free}, start.Add(day))
	_, err := consent.Apply(s, consent.ChangeContacts{Customer: emails(ana), Links: links("l7")}, start.Add(2*day+time.Hour))
	var soon *link.TooSoonError
	errorAs(t, err, &soon)
	equal(t, start.Add(3*day), soon.NotBefore)
}

func TestAnswerIsRecorded(t *testing.T) {
	now := start.Add(time.Hour)
	s := apply(t, requested(t), consent.Accept{Link: "l2"}, now)
	want := consent.Answer{Decision: consent.DecisionAccept, Link: "l2", At: now, Channel: consent.ChannelPage, Text: terms("en").Text}
	equal(t, want, s.Answer)
	equal(t, now, s.GrantedAt())
	check(t, s.EndedAt(now).IsZero())
	_, waiting := s.NextDeadline()
	check(t, !waiting, "a granted consent does not expire")

	s = apply(t, requested(t), consent.Decline{Link: "l1", Channel: consent.ChannelHost}, now)
	equal(t, consent.ChannelHost, s.Answer.Channel)
	equal(t, now, s.EndedAt(now))
	check(t, s.GrantedAt().IsZero())
}

func TestAnyLiveLinkWithdraws(t *testing.T) {
	for _, id := range links("l1", "l2") {
		now := deadline.Add(10 * day)
		s := apply(t, in(t, consent.StatusGranted), consent.Withdraw{Link: id}, now)
		equal(t, consent.StatusWithdrawn, s.Status)
		equal(t, id, s.Withdrawal.Link)
		equal(t, now, s.EndedAt(now))
		equal(t, start, s.GrantedAt(), "it was granted all the same")
		check(t, s.WithdrawalRequestedAt().IsZero())
	}
	resent := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	granted := apply(t, resent, consent.Accept{Link: "l3"}, start.Add(day))
	_, err := consent.Apply(granted, consent.Withdraw{Link: "l1"}, start.Add(day))
	errorIs(t, err, errtest.Type[*link.VoidError]())
}

func TestWithdrawAfterSubmissionIsAFlag(t *testing.T) {
	now := start.Add(50 * day)
	s := apply(t, in(t, consent.StatusGranted), consent.Withdraw{Link: "l1", AfterSubmission: true}, now)
	equal(t, consent.StatusGranted, s.Status)
	equal(t, now, s.WithdrawalRequestedAt())
	check(t, s.EndedAt(now).IsZero())
	for _, after := range []bool{true, false} {
		equal(t, s, apply(t, s, consent.Withdraw{Link: "l1", AfterSubmission: after}, now.Add(day)))
		_, err := consent.Apply(s, consent.Accept{Link: "l1"}, now.Add(day))
		var answered *consent.AlreadyAnsweredError
		errorAs(t, err, &answered)
		equal(t, consent.AlreadyAnsweredError{Decision: consent.DecisionWithdraw, At: now}, *answered)
	}
	equal(t, consent.StatusCanceled, apply(t, s, consent.Cancel{}, now).Status)
}

func TestCancel(t *testing.T) {
	now := start.Add(time.Hour)
	for _, from := range []consent.Status{consent.StatusAwaitingRequest, consent.StatusRequested, consent.StatusGranted} {
		s := apply(t, in(t, from), consent.Cancel{}, now)
		equal(t, now, s.CancelledAt)
		equal(t, now, s.EndedAt(now))
	}
}

// What Apply and its kin are given stays as it was, and what they return shares
// nothing with it that a later change could reach.
func TestStatesShareNothing(t *testing.T) {
	frozen := func(s consent.State) string {
		b, err := json.Marshal(s)
		noError(t, err)
		return string(b)
	}
	s := requested(t)
	before := frozen(s)
	minted, err := consent.Mint(s, "l1", link.Hash{1})
	noError(t, err)
	left, err := consent.Mint(minted, "l1", link.Hash{2})
	noError(t, err)
	right, err := consent.Mint(minted, "l1", link.Hash{3})
	noError(t, err)
	_, err = left.Find(link.Hash{2})
	noError(t, err)
	_, err = left.Find(link.Hash{3})
	errorIs(t, err, link.ErrUnknown)
	_, err = right.Find(link.Hash{2})
	errorIs(t, err, link.ErrUnknown)

	first := apply(t, s, consent.Resend{Links: links("a", "b")}, start.Add(day))
	second := apply(t, s, consent.Resend{Links: links("c", "d")}, start.Add(day))
	equal(t, links("a", "b"), first.Sent[1].Links)
	equal(t, links("c", "d"), second.Sent[1].Links)
	erased, ok := s.Erase(ana)
	check(t, ok)
	check(t, before != frozen(erased))
	equal(t, before, frozen(s))

	// However much room is left behind a slice, two ways from one state do not meet.
	for step := range byte(8) {
		id := func(c string) []link.ID { return links(link.ID(fmt.Sprint(c, step))) }
		free := link.Policy{ResendInterval: -1, MaxSends: -1}
		change := func(s consent.State, c string) consent.State {
			return apply(t, s, consent.ChangeContacts{Customer: emails(ana), Links: id(c), Policy: free}, start)
		}
		left, right := change(s, "left"), change(s, "right")
		equal(t, id("left"), left.Sent[len(left.Sent)-1].Links)
		equal(t, id("right"), right.Sent[len(right.Sent)-1].Links)
		equal(t, id("left")[0], left.Links[len(left.Links)-1].ID)
		s = left

		left, err = consent.Mint(minted, "l1", link.Hash{10 + step})
		noError(t, err)
		_, err = consent.Mint(minted, "l1", link.Hash{20 + step})
		noError(t, err)
		_, err = left.Find(link.Hash{10 + step})
		noError(t, err)
		minted = left
	}

	given := consent.Request{Customer: emails(ana), Partner: emails(paula), Links: links("l1"), Terms: terms("en")}
	s = apply(t, consent.Start(deadline), given, start)
	before = frozen(s)
	given.Customer[0], given.Partner[0], given.Links[0] = who(bruno), who(bruno), "other"
	given.Terms.Purposes[0].Text, given.Terms.Parties[0].Name = "x", "x"
	equal(t, before, frozen(s), "the caller may reuse what it handed in")
}

func TestMint(t *testing.T) {
	s := apply(t, requested(t), consent.Resend{Links: links("l3", "l4")}, start.Add(day))
	_, err := consent.Mint(s, "l9", link.Hash{1})
	errorIs(t, err, link.ErrUnknown)
	_, err = consent.Mint(s, "l1", link.Hash{1})
	errorIs(t, err, errtest.Type[*link.VoidError]())
	_, err = consent.Mint(s, "l3", link.Hash{})
	errorIs(t, err, errtest.Type[*link.InvalidError]())

	s, err = consent.Mint(s, "l3", link.Hash{1})
	noError(t, err)
	again, err := consent.Mint(s, "l3", link.Hash{1})
	noError(t, err)
	equal(t, s, again)
	_, err = consent.Mint(s, "l4", link.Hash{1})
	errorIs(t, err, errtest.Type[*link.InvalidError](), "one token, one link")
	s, err = consent.Mint(s, "l3", link.Hash{2})
	noError(t, err)
	for _, h := range []link.Hash{{1}, {2}} {
		l, err := s.Find(h)
		noError(t, err)
		equal(t, link.ID("l3"), l.ID)
	}
	_, err = s.Find(link.Hash{})
	errorIs(t, err, link.ErrUnknown)
}

func TestStateJSON(t *testing.T) {
	s := requested(t)
	s, err := consent.Mint(s, "l1", link.Hash{1})
	noError(t, err)
	s = apply(t, s, consent.ChangeContacts{Customer: emails(carla), Links: links("l3"), Terms: terms("pt")}, start.Add(time.Hour))
	s = apply(t, s, consent.Accept{Link: "l3"}, start.Add(2*time.Hour))
	s = apply(t, s, consent.Withdraw{Link: "l3", AfterSubmission: true}, start.Add(3*time.Hour))
	golden(t, "state.json", s)
	stored, err := os.ReadFile("testdata/state_addresses.json") // from when a contact was an address
	noError(t, err)
	var old consent.State
	noError(t, json.Unmarshal(stored, &old))
	equal(t, s, old)
	for _, s := range []consent.State{{}, consent.Start(deadline), requested(t), s} {
		b, err := json.Marshal(s)
		noError(t, err)
		var back consent.State
		noError(t, json.Unmarshal(b, &back))
		equal(t, s, back)
	}
	// A local zone and the monotonic clock do not survive JSON, so they are not kept.
	now := time.Now()
	s = apply(t, consent.Start(now.Add(time.Hour)), event(consent.KindRequest), now)
	b, err := json.Marshal(s)
	noError(t, err)
	var back consent.State
	noError(t, json.Unmarshal(b, &back))
	equal(t, s, back)

	for _, junk := range []string{
		`{"status":"Granted"}`, `{"status":""}`, `{"answer":{"decision":"yes"}}`, `{"answer":{"channel":"phone"}}`,
		`{"links":[{"id":""}]}`, `{"links":[{"id":"a b"}]}`, `{"links":[{"id":"a","tokens":["AAA"]}]}`,
		`{"sent":[{"kind":"spam"}]}`, `{"sent":[{"terms":{"parties":[{"role":"boss"}]}}]}`,
		`{"sent":[{"terms":{"text":{"hash":"00"}}}]}`, `{"sent":[{"terms":{"text":{"language":"?"}}}]}`,
	} {
		var s consent.State
		err := json.Unmarshal([]byte(junk), &s)
		check(t, errors.As(err, new(*link.InvalidError)), "%s: %v", junk, err)
	}
}
