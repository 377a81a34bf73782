package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// The desk is what the pages of package consenthttp ask.
var _ consenthttp.Desk = (*workflow.LinksDesk)(nil)

// asked is a request to these contacts.
func asked(w *workflowtest.World, customer ...string) workflow.RequestConsent {
	return workflow.RequestConsent{Customer: workflow.ByEmail(customer...), Partner: workflow.ByEmail("joe@northwind.example"), Language: "en"}
}

func newest(w *workflowtest.World, p engagement.ParticipationID) link.Token {
	links := w.Links(p)
	return links[len(links)-1]
}

// The window runs from the add. Nothing that happens later moves its end.
func TestConsentWindowNeverMoves(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	deadline := w.Now().Add(30 * day)
	check := func(what string) {
		t.Helper()
		equal(t, "the deadline after "+what, part(t, w, p).Consent.Deadline, deadline)
		equal(t, "the row's deadline after "+what, w.Row(p).Deadline, deadline)
	}
	check("the add")
	w.Advance(10 * day)
	r, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
	ok(t, err)
	equal(t, "what was requested", []any{len(r.Consent.Customer), r.Consent.Deadline}, []any{1, deadline})
	check("the request")
	w.Advance(5 * day)
	r, err = w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
	ok(t, err)
	equal(t, "what was resent", []any{len(r.Consent.Customer), r.Consent.Deadline}, []any{1, deadline})
	check("the resend")
	r, err = w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts(asked(w, "eva@contoso.com", "rui@contoso.com")))
	ok(t, err)
	equal(t, "what was changed", []any{len(r.Consent.Customer), r.Consent.Deadline}, []any{2, deadline})
	check("the change of contacts")
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.Version, e.Windows = "2", engagement.DefaultWindows(engagement.TypeLargeProject)
		e.Windows.Consent = 90
	})
	w.Reevaluated()
	check("a new version of the engagement")
	w.Relayed()
	token := newest(w, p)
	w.SetNow(deadline)
	if err := answer(w, token, consent.DecisionAccept); !errors.As(err, new(*consent.ExpiredError)) {
		t.Fatalf("at the deadline: %v", err)
	}
	w.SetNow(deadline.Add(-tick))
	ok(t, answer(w, token, consent.DecisionAccept))
}

// A preview shows what the customer would see, and writes nothing.
func TestPreviewConsent(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	req := workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@northwind.example"), Language: "pt-PT"}
	unchanged(t, spy, func() {
		for range 3 {
			v, err := w.Desk.Consents.Preview(background, w.Actor, p, req)
			ok(t, err)
			got := []string{v.Partner, v.Customer, v.Engagement, v.Summary, v.Program, string(v.Language), v.Contacts[0].Email.String(), string(v.Status)}
			want := []string{"Northwind Consulting", "Contoso", "Azure Migration", "About Azure Migration.", "Commerce Incentives", "pt-PT", "joe@northwind.example", "requested"}
			equal(t, "the view", got, want)
			if !v.MayDecide || !v.Deadline.Equal(w.Now().Add(30*day)) || v.Text.Title == "" {
				t.Fatalf("the view is %+v", v)
			}
		}
		_, err := w.Desk.Consents.Preview(background, w.Actor, p, workflow.RequestConsent{Customer: workflow.ByEmail("nobody")})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "customer[0].email")
	})
	w.ExpectStatus(p, engagement.StatusCustomerClaimed)
	equal(t, "messages", len(w.Messages()), 0)
	w.Requested(p)
	_, err := w.Desk.Consents.Preview(background, w.Actor, p, req)
	refused[*workflow.WrongStateError](t, err)
}

// What a request cannot use is refused with its field; nothing is stored.
func TestRequestInput(t *testing.T) {
	many := make([]string, link.MaxContacts+1)
	for i := range many {
		many[i] = fmt.Sprintf("a%d@contoso.com", i)
	}
	for name, test := range map[string]struct {
		req    workflow.RequestConsent
		fields []string
		help   string
	}{
		"nobody":            {workflow.RequestConsent{}, []string{"customer"}, "name at least one"},
		"empty":             {workflow.RequestConsent{Customer: workflow.ByEmail()}, []string{"customer"}, "name at least one"},
		"junk":              {workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com", "junk", "a@b@c"), Partner: workflow.ByEmail("x")}, []string{"customer[1].email", "customer[2].email", "partner[0].email"}, ""},
		"header injection":  {workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com\r\nBcc: x@y.z")}, []string{"customer[0].email"}, "line end"},
		"twice":             {workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com", "ANA@Contoso.com")}, []string{"customer[1].email"}, "once"},
		"a partner twice":   {workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("j@n.example", "j@n.example")}, []string{"partner[1].email"}, "once"},
		"too many":          {workflow.RequestConsent{Customer: workflow.ByEmail(many...)}, []string{"customer"}, "at most 20"},
		"too many partners": {workflow.RequestConsent{Customer: workflow.ByEmail(many[:1]...), Partner: workflow.ByEmail(many...)}, []string{"partner"}, "at most 20"},
		"no language":       {workflow.RequestConsent{Customer: workflow.ByEmail(many[:1]...), Language: "!"}, []string{"language"}, ""},
		"unknown language":  {workflow.RequestConsent{Customer: workflow.ByEmail(many[:1]...), Language: "tlh"}, []string{"language"}, "use one of"},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			p := w.Added(migration, "ana@contoso.com")
			try := func(f func() error) {
				unchanged(t, spy, func() {
					err := f()
					refused[*workflow.InputError](t, err)
					for _, field := range test.fields {
						if !strings.Contains(err.Error(), field+" ") {
							t.Errorf("the error does not name %s: %v", field, err)
						}
					}
					if !strings.Contains(err.Error(), test.help) {
						t.Errorf("the error does not say %q: %v", test.help, err)
					}
				})
			}
			key := w.Key()
			try(func() error {
				_, err := w.Desk.Consents.Request(background, w.Actor.Request(key), p, test.req)
				return err
			})
			w.ExpectStatus(p, engagement.StatusCustomerClaimed)
			w.Requested(p, "first@contoso.com")
			try(func() error {
				_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(key), p, workflow.ChangeContacts(test.req))
				return err
			})
		})
	}
}

// Each contact gets a link of its own. Its text is nowhere in the store, whatever
// happens with it; its hash is.
func TestOnlyHashesAreStored(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p, "ana@contoso.com", "eva@contoso.com", "rui@contoso.com")
	equal(t, "receivers", sentTo(w, engagement.MessageConsentRequest), []string{"ana@contoso.com", "eva@contoso.com", "rui@contoso.com"})
	links := w.Links(p)
	equal(t, "links", len(links), 3)
	scan := func(when string) {
		t.Helper()
		all := stored(w)
		for i, l := range links {
			raw := l.Secret()
			if found := holding(all, raw); len(found) > 0 {
				t.Errorf("%s: token %d is stored in %q", when, i, found)
			}
			if len(holding(all, l.Hash().String())) == 0 {
				t.Errorf("%s: the hash of token %d is not stored: this test sees nothing", when, i)
			}
			for j := range i {
				if links[j] == l {
					t.Errorf("contacts %d and %d have the same token", i, j)
				}
			}
		}
	}
	scan("sent")
	ok(t, answer(w, links[1], consent.DecisionAccept))
	w.Relayed()
	scan("accepted")
	ok(t, answer(w, links[2], consent.DecisionWithdraw))
	w.Relayed()
	scan("withdrawn")
	for _, m := range w.Messages() {
		if (m.Link != "") != (m.Message.Kind == engagement.MessageConsentRequest) || strings.Contains(m.Subject, "/") {
			t.Errorf("%s with subject %q has the link %t", m.Message.Kind, m.Subject, m.Link != "")
		}
	}
	for _, m := range w.Messages()[:3] {
		if !strings.HasPrefix(m.Link, "https://portal.example/consent/") || !strings.Contains(m.Body, m.Link) {
			t.Errorf("link %q in body %q", m.Link, m.Body)
		}
	}
}

// Opening a link changes nothing, however often and in whatever state.
func TestViewChangesNothing(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	token := newest(w, p)
	look := func(want consent.Status, mayDecide, mayWithdraw bool) {
		t.Helper()
		before := asJSON(t, part(t, w, p))
		unchanged(t, spy, func() {
			for range 5 {
				v, err := w.Desk.Links.ConsentView(background, token)
				ok(t, err)
				equal(t, "the status", v.Status, want)
				equal(t, "may decide, may withdraw", []bool{v.MayDecide, v.MayWithdraw}, []bool{mayDecide, mayWithdraw})
			}
		})
		equal(t, "the participation", asJSON(t, part(t, w, p)), before)
	}
	look(consent.StatusRequested, true, false)
	deadline := part(t, w, p).Consent.Deadline
	now := w.Now()
	w.SetNow(deadline) // looking at an expired request does not record that it is
	look(consent.StatusExpired, false, false)
	w.SetNow(now)
	look(consent.StatusRequested, true, false)
	ok(t, answer(w, token, consent.DecisionAccept))
	look(consent.StatusGranted, false, true)
	ok(t, answer(w, token, consent.DecisionWithdraw))
	look(consent.StatusWithdrawn, false, false)
}

// A token that nobody was given opens nothing.
func TestUnknownLinks(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	other, _, err := link.NewToken(strings.NewReader(strings.Repeat("x", 32)), 7)
	ok(t, err)
	unchanged(t, spy, func() {
		for _, token := range []link.Token{{}, other} {
			if _, err := w.Desk.Links.ConsentView(background, token); !errors.Is(err, link.ErrUnknown) {
				t.Errorf("view: %v", err)
			}
			if err := answer(w, token, consent.DecisionAccept); !errors.Is(err, link.ErrUnknown) {
				t.Errorf("answer: %v", err)
			}
		}
		for _, d := range []consent.Decision{"", "Accept", "maybe"} {
			if err := answer(w, newest(w, p), d); !errors.As(err, new(*link.InvalidError)) {
				t.Errorf("decision %q: %v", d, err)
			}
		}
	})
}

// A resend voids every earlier link. It waits a day, and there are five sendings in
// all unless the host's policy says otherwise.
func TestResend(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	resend := func() error {
		_, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
		w.Relayed()
		return err
	}
	unchanged(t, spy, func() {
		e := refused[*workflow.WrongStateError](t, resend()) // nobody was asked yet
		equal(t, "the refusal", []string{e.Command, string(e.Status)}, []string{"resend consent", "Customer claimed"})
		if !errors.As(e, new(*consent.NotAllowedError)) {
			t.Errorf("%v", e)
		}
	})
	w.Requested(p, "ana@contoso.com", "eva@contoso.com")
	for n := 2; n <= 5; n++ {
		last := w.Now()
		w.SetNow(last.Add(day - tick))
		w.ExpectActions(p, engagement.ActionCancel)
		unchanged(t, spy, func() {
			e := refused[*link.TooSoonError](t, resend())
			equal(t, "not before", e.NotBefore, last.Add(day))
		})
		w.SetNow(last.Add(day))
		w.ExpectActions(p, engagement.ActionCancel, engagement.ActionResendConsent)
		ok(t, resend())
		links := w.Links(p)
		equal(t, "links", len(links), 2*n)
		for i, l := range links {
			_, err := w.Desk.Links.ConsentView(background, l)
			if live := i >= 2*(n-1); live && err != nil || !live && !errors.As(err, new(*link.VoidError)) {
				t.Fatalf("after sending %d times, link %d gives %v", n, i, err)
			}
		}
		unchanged(t, spy, func() {
			if err := answer(w, links[0], consent.DecisionDecline); !errors.As(err, new(*link.VoidError)) {
				t.Fatalf("a void link answers: %v", err)
			}
		})
	}
	w.Advance(2 * day)
	w.ExpectActions(p, engagement.ActionCancel)
	unchanged(t, spy, func() {
		e := refused[*link.TooManyError](t, resend())
		equal(t, "sent and most", []int{e.Sent, e.Max}, []int{5, 5})
	})

	w, _ = newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Policy = link.Policy{ResendInterval: time.Hour, MaxSends: 2}
	})
	p = w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	w.Advance(time.Hour)
	ok(t, resend())
	w.Advance(time.Hour)
	equal(t, "the configured most", refused[*link.TooManyError](t, resend()).Max, 2)
}

// A change of contacts voids links and counts as a sending; what it does not name
// stays as it was.
func TestChangeContacts(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	change := func(req workflow.RequestConsent) error {
		_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts(req))
		w.Relayed()
		return err
	}
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("wrong@contoso.com"), Partner: workflow.ByEmail("joe@northwind.example"), Language: "pt-PT",
	})
	ok(t, err)
	w.Relayed()
	old := newest(w, p)
	ok(t, change(workflow.RequestConsent{Customer: workflow.ByEmail("right@contoso.com")}))
	if _, err := w.Desk.Links.ConsentView(background, old); !errors.As(err, new(*link.VoidError)) {
		t.Fatalf("the old link gives %v", err)
	}
	v, err := w.Desk.Links.ConsentView(background, newest(w, p))
	ok(t, err)
	equal(t, "language", v.Language, "pt-PT")
	equal(t, "partner contact", v.Contacts[0].Email.String(), "joe@northwind.example")

	unchanged(t, spy, func() { // it is no way round the limit
		err := change(workflow.RequestConsent{Customer: workflow.ByEmail("RIGHT@contoso.com", "new@contoso.com")})
		refused[*link.TooSoonError](t, err)
	})
	ok(t, change(workflow.RequestConsent{Customer: workflow.ByEmail("third@contoso.com"), Partner: workflow.ByEmail(), Language: "en"}))
	v, err = w.Desk.Links.ConsentView(background, newest(w, p))
	ok(t, err)
	equal(t, "language", v.Language, "en")
	equal(t, "partner contacts", len(v.Contacts), 0)
	ok(t, change(workflow.RequestConsent{Customer: workflow.ByEmail("fourth@contoso.com")}))
	ok(t, change(workflow.RequestConsent{Customer: workflow.ByEmail("fifth@contoso.com")}))
	unchanged(t, spy, func() {
		refused[*link.TooManyError](t, change(workflow.RequestConsent{Customer: workflow.ByEmail("sixth@contoso.com")}))
	})
	equal(t, "receivers", sentTo(w, engagement.MessageConsentRequest), []string{
		"wrong@contoso.com", "right@contoso.com", "third@contoso.com", "fourth@contoso.com", "fifth@contoso.com",
	})
}

// The first answer wins, whoever of the contacts gives it; later ones are told what
// was answered, and change nothing.
func TestFirstAnswerWins(t *testing.T) {
	for _, first := range []consent.Decision{consent.DecisionAccept, consent.DecisionDecline} {
		t.Run(string(first), func(t *testing.T) {
			w, spy := newWorld(t)
			p := w.Added(migration, "ana@contoso.com")
			w.Requested(p, "ana@contoso.com", "eva@contoso.com")
			links := w.Links(p)
			if err := answer(w, links[0], consent.DecisionWithdraw); !errors.As(err, new(*consent.NotAllowedError)) {
				t.Fatalf("withdrawn before anything was accepted: %v", err)
			}
			at := w.Now()
			ok(t, answer(w, links[0], first))
			w.Advance(time.Hour)
			unchanged(t, spy, func() {
				for _, token := range links {
					for _, second := range []consent.Decision{consent.DecisionAccept, consent.DecisionDecline} {
						if second == first { // also by somebody else
							ok(t, answer(w, token, second))
							continue
						}
						e := refused[*consent.AlreadyAnsweredError](t, answer(w, token, second))
						equal(t, "what was answered", e.Decision, first)
						equal(t, "when", e.At, at)
					}
				}
				_, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
				refused[*workflow.WrongStateError](t, err)
				_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "x@contoso.com"))
				refused[*workflow.WrongStateError](t, err)
			})
			w.Relayed()
			kind := map[consent.Decision]engagement.MessageKind{consent.DecisionAccept: engagement.MessageConsentGranted, consent.DecisionDecline: engagement.MessageConsentDeclined}[first]
			equal(t, "who is told", sentTo(w, kind), []string{"partner@partner.example"})
		})
	}
}

// At the deadline the time is over, a microsecond before it is not; the same holds
// for whatever the partner can do.
func TestDeadlineInstant(t *testing.T) {
	for _, test := range []struct {
		name string
		at   time.Duration // from the deadline
		over bool
	}{{"before", -tick, false}, {"at", 0, true}, {"after", tick, true}} {
		t.Run(test.name, func(t *testing.T) {
			for _, d := range []consent.Decision{consent.DecisionAccept, consent.DecisionDecline} {
				w, spy := newWorld(t)
				p := w.Added(migration, "ana@contoso.com")
				w.Requested(p)
				w.SetNow(part(t, w, p).Consent.Deadline.Add(test.at))
				do := map[string]func() error{
					"request": func() error {
						_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "x@contoso.com"))
						return err
					},
					"resend": func() error { _, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p); return err },
					"change": func() error {
						_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts(asked(w, "x@contoso.com")))
						return err
					},
					"cancel": func() error {
						return errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), p, workflow.Cancel{}))
					},
				}
				if !test.over {
					ok(t, answer(w, newest(w, p), d))
					continue
				}
				w.ExpectStatus(p, engagement.StatusConsentExpired)
				unchanged(t, spy, func() {
					e := refused[*consent.ExpiredError](t, answer(w, newest(w, p), d))
					equal(t, "the deadline", e.Deadline, part(t, w, p).Consent.Deadline)
					for name, f := range do {
						e := refused[*workflow.WrongStateError](t, f())
						equal(t, name, e.Status, engagement.StatusConsentExpired)
						if !strings.Contains(e.Error(), "again") {
							t.Errorf("%s: %q does not help", name, e)
						}
					}
				})
				w.Added(migration, "ana@contoso.com") // what has expired is in nobody's way
			}
		})
	}
}

// Of two partners with the same customer one gets the consent. The other's customer
// is told that it has agreed elsewhere, and nobody is told where.
func TestTakenElsewhere(t *testing.T) {
	w, spy := newWorld(t)
	f := w.As(workflowtest.Fabrikam)
	mine, theirs := w.Added(migration, "ana@contoso.com"), f.Added(migration, "eva@contoso.com")
	late := w.Added(migration, "ana@adatum.com")
	w.Requested(mine)
	f.Requested(theirs)
	f.Accepted(theirs)
	silent := func(err error) {
		t.Helper()
		if s := strings.ToLower(err.Error()); strings.Contains(s, "fabrikam") || strings.Contains(s, "madrid") || strings.Contains(s, string(madrid)) || strings.Contains(s, string(theirs)) {
			t.Errorf("%q says who", err)
		}
	}
	unchanged(t, spy, func() {
		v, err := w.Desk.Links.ConsentView(background, newest(w, mine))
		if !errors.Is(err, consent.ErrTakenElsewhere) {
			t.Fatalf("view: %v", err)
		}
		silent(err)
		equal(t, "the page is for", v.Partner, "Northwind Consulting")
		err = answer(w, newest(w, mine), consent.DecisionAccept)
		if !errors.Is(err, consent.ErrTakenElsewhere) {
			t.Fatalf("answer: %v", err)
		}
		silent(err)
		for name, f := range map[string]func() error{
			"resend": func() error {
				w.Advance(day)
				_, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), mine)
				return err
			},
			"change": func() error {
				_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), mine, workflow.ChangeContacts(asked(w, "x@contoso.com")))
				return err
			},
		} {
			e := refused[*workflow.WrongStateError](t, f())
			if !errors.Is(e, consent.ErrTakenElsewhere) || e.Status != engagement.StatusAwaitingConsentResponse {
				t.Errorf("%s: %v", name, e)
			}
			silent(e)
		}
	})
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso")
	w.ExpectActions(mine, engagement.ActionCancel)
	equal(t, "the reasons", w.Row(mine).Reasons, []engagement.Reason{{Kind: engagement.ReasonConsentedElsewhere}})
	equal(t, "the events of this partner", len(func() []engagement.Event { e, _ := history(t, w, "contoso.com"); return e }()), 3)

	w.Requested(late) // another customer's place is another place
	w.Accepted(late)

	ok(t, answer(w, newest(w, mine), consent.DecisionDecline)) // a no needs no room
	w.ExpectStatus(mine, engagement.StatusConsentDeclined)
	f.Withdrawn(theirs)
	again := w.Granted(migration, "ana@contoso.com")
	w.ExpectStatus(again, engagement.StatusConsentReceived)
}

// The claim limit is over all partners, and one that ends without delivery frees
// its place.
func TestClaimLimit(t *testing.T) {
	third := workflow.Actor{Partner: "tailspin", User: "kim", Roles: []workflow.Role{workflow.RoleIncentivesUser}}
	withThird := func(sc *workflowtest.Scenario) {
		p := sc.Partners[1]
		p.ID, p.Name = "tailspin", "Tailspin"
		sc.Partners = append(sc.Partners, p)
	}
	for name, free := range map[string]func(w *workflowtest.World, p engagement.ParticipationID){
		"withdrawn": func(w *workflowtest.World, p engagement.ParticipationID) { w.Withdrawn(p) },
		"cancelled": func(w *workflowtest.World, p engagement.ParticipationID) { w.Cancelled(p) },
		"expired":   func(w *workflowtest.World, _ engagement.ParticipationID) { w.Advance(199 * day) },
		"rejected for good": func(w *workflowtest.World, p engagement.ParticipationID) {
			for range 2 {
				w.Submitted(p)
				w.Reviewed(p)
				w.Rejected(p, "No.")
				if part(t, w, p).DeadlineAt(w.Now()).IsZero() {
					return
				}
				w.Disputed(p, "Yes.")
			}
		},
		"rejected, not disputed": func(w *workflowtest.World, p engagement.ParticipationID) {
			w.Submitted(p)
			w.Reviewed(p)
			w.Rejected(p, "No.")
			w.Advance(30 * day)
		},
		"dispute not submitted": func(w *workflowtest.World, p engagement.ParticipationID) {
			w.Submitted(p)
			w.Reviewed(p)
			w.Rejected(p, "No.")
			w.Disputed(p, "Yes.")
			w.Advance(30 * day)
		},
		"expired and swept":   func(w *workflowtest.World, _ engagement.ParticipationID) { w.Advance(199 * day); w.Swept() },
		"the limit is raised": nil,
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newWorld(t, withThird)
			f, k := w.As(workflowtest.Fabrikam), w.As(third)
			first := w.Granted(pilot, "ana@contoso.com")
			w.Advance(day)
			f.Granted(pilot, "eva@contoso.com")
			equal(t, "granted", granted(t, w, pilot, "contoso.com"), 2)
			_, err := k.Desk.Customers.Add(background, third.Request(k.Key()), workflow.AddCustomer{
				Candidate: workflow.Candidate{Location: madrid, Email: "rui@contoso.com"}, Engagements: []engagement.ID{pilot},
			})
			e := refused[*workflow.NotEligibleError](t, err)
			equal(t, "the reasons", e.Reasons, []engagement.Reason{{Kind: engagement.ReasonConsentedElsewhere}, {Kind: engagement.ReasonClaimLimitReached}})
			if free == nil {
				changeEngagement(t, w, pilot, func(e *engagement.Engagement) { e.ClaimLimit = 3 })
				p := k.Granted(pilot, "rui@contoso.com")
				k.ExpectStatus(p, engagement.StatusConsentReceived)
				equal(t, "granted", granted(t, w, pilot, "contoso.com"), 3)
				return
			}
			free(w, first)
			p := k.Granted(pilot, "rui@contoso.com")
			k.ExpectStatus(p, engagement.StatusConsentReceived)
			equal(t, "granted", granted(t, w, pilot, "contoso.com"), 2)
			w.ExpectTab(pilot, engagement.TabComplete, "Contoso")
			w.ExpectTab(pilot, engagement.TabIneligible, "Contoso") // known here, and the place is full
		})
	}
}

// A limit that is raised while customers are asked counts for their answers, and
// one that is lowered too.
func TestClaimLimitChanges(t *testing.T) {
	w, _ := newWorld(t)
	f := w.As(workflowtest.Fabrikam)
	mine, theirs := w.Added(migration, "ana@contoso.com"), f.Added(migration, "eva@contoso.com")
	w.Requested(mine)
	f.Requested(theirs)
	f.Accepted(theirs)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.ClaimLimit = 2 })
	_, err := w.Desk.Links.ConsentView(background, newest(w, mine))
	ok(t, err)
	w.Accepted(mine)
	equal(t, "granted", granted(t, w, migration, "contoso.com"), 2)

	mine, theirs = w.Added(pilot, "ana@adatum.com"), f.Added(pilot, "eva@adatum.com")
	w.Requested(mine)
	f.Requested(theirs)
	f.Accepted(theirs)
	changeEngagement(t, w, pilot, func(e *engagement.Engagement) { e.ClaimLimit = 1 })
	if err := w.Answer(mine, consent.DecisionAccept); !errors.Is(err, consent.ErrTakenElsewhere) {
		t.Fatalf("beyond the limit: %v", err)
	}
}

// What other portals hold counts like the library's own. When nobody can say, the
// answer is neither yes nor no, and nothing changes.
func TestExternalHoldings(t *testing.T) {
	for _, held := range []engagement.ExternalHoldings{{Consented: 1}, {Participated: 1}} {
		w, spy := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		q := w.Added(migration, "ana@adatum.com")
		w.Requested(p)
		token := newest(w, p)

		down := errors.New("no connection")
		w.Fail(workflowtest.External, down)
		unchanged(t, spy, func() {
			_, view := w.Desk.Links.ConsentView(background, token)
			_, request := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), q, asked(w, "ana@adatum.com"))
			_, add := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", workshop))
			for _, err := range []error{view, request, add, answer(w, token, consent.DecisionAccept)} {
				e := refused[*workflow.UnavailableError](t, err)
				equal(t, "the source", e.Source, "external holdings")
				if !errors.Is(err, down) || errors.As(err, new(*workflow.WrongStateError)) {
					t.Errorf("%v", err)
				}
			}
		})
		w.ExpectStatus(p, engagement.StatusAwaitingConsentResponse)
		w.ExpectStatus(q, engagement.StatusCustomerClaimed)

		w.Fail(workflowtest.External, nil)
		w.Held(migration, "contoso.com", held)
		unchanged(t, spy, func() {
			if err := answer(w, token, consent.DecisionAccept); !errors.Is(err, consent.ErrTakenElsewhere) {
				t.Fatalf("taken in another portal: %v", err)
			}
		})
		w.Held(migration, "contoso.com", engagement.ExternalHoldings{})
		ok(t, answer(w, token, consent.DecisionAccept))
	}
	// A source that answers for other places than it was asked about is no source.
	w, spy := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.External = short{} })
	unchanged(t, spy, func() {
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
		if e, internal := errors.AsType[*workflow.InternalError](err); !internal || e.Source != "external holdings" || errors.As(err, new(*workflow.UnavailableError)) {
			t.Errorf("the error is %v", err)
		}
	})
}

// The customer takes its consent back through the link by which it gave it.
func TestWithdraw(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	token := newest(w, p)
	w.Advance(10 * day)
	w.Withdrawn(p)
	w.ExpectStatus(p, engagement.StatusConsentWithdrawn)
	w.ExpectTab(migration, engagement.TabComplete, "Contoso")
	w.ExpectTab(migration, engagement.TabEligible, "Contoso") // it can be claimed again
	w.ExpectActions(p, engagement.ActionViewClaim)
	w.Relayed()
	equal(t, "who is told", sentTo(w, engagement.MessageConsentWithdrawn), []string{"partner@partner.example"})
	unchanged(t, spy, func() {
		ok(t, answer(w, token, consent.DecisionWithdraw))
		for _, d := range consent.AllDecisions()[:2] {
			e := refused[*consent.AlreadyAnsweredError](t, answer(w, token, d))
			equal(t, "what was answered", e.Decision, consent.DecisionWithdraw)
		}
	})
	w.Claimed(migration, "contoso.com")
}

// Consent opens the claim as a draft, with deadlines that count from the consent
// and the rate of that day.
func TestClaimOpens(t *testing.T) {
	money := func(text string) eligibility.Money {
		m, err := eligibility.ParseMoney(text)
		ok(t, err)
		return m
	}
	for _, test := range []struct {
		consented time.Time
		rate      string
		from      string
	}{
		{time.Date(2026, 9, 14, 23, 59, 59, 999999000, time.UTC), "5000.00 USD", "2026-07-01"},
		{time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC), "7500.00 USD", "2026-09-15"},
	} {
		w, _ := newWorld(t)
		changeEngagement(t, w, migration, func(e *engagement.Engagement) {
			e.Rates = append(e.Rates, engagement.Rate{From: date(t, "2026-09-15"), Amount: money("7500.00 USD")})
		})
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		if part(t, w, p).Claim != nil {
			t.Fatal("a claim without consent")
		}
		w.SetNow(test.consented)
		w.Accepted(p)
		draft, err := claim.Open(claim.Opening{
			At: test.consented, Rate: money(test.rate), Estimated: money(test.rate), Cap: money(test.rate), Proof: claim.DefaultProof(),
			SubmitBy: test.consented.AddDate(0, 0, 60), ReviewBy: test.consented.AddDate(0, 0, 90), // an assessment's
			RateFrom: date(t, test.from), ProofFrom: date(t, "2026-07-01"),
		})
		ok(t, err)
		equal(t, "the claim", asJSON(t, part(t, w, p).Claim), asJSON(t, draft))
		row := w.Row(p)
		equal(t, "the row", []string{string(row.Type), row.Todo(words.Words{})}, []string{"active", "60 days left to submit the claim"})
		w.Relayed()
		m := w.Messages()[len(w.Messages())-1]
		equal(t, "the deadline that the partner is told", m.Deadline, test.consented.AddDate(0, 0, 60))
	}
}

// Where a participation can be cancelled, and what that leaves.
func TestCancel(t *testing.T) {
	w, spy := newWorld(t)
	cancel := func(p engagement.ParticipationID) error {
		return errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), p, workflow.Cancel{Reason: "The customer called."}))
	}
	for name, test := range map[string]struct {
		reach func() engagement.ParticipationID
		tab   engagement.Tab
		told  bool // the customer
	}{
		"awaiting request": {func() engagement.ParticipationID { return w.Added(migration, "ana@contoso.com") }, engagement.TabOff, false},
		"requested": {func() engagement.ParticipationID {
			p := w.Added(workshop, "ana@contoso.com")
			w.Requested(p, "ana@contoso.com")
			return p
		}, engagement.TabOff, true},
		"requested, and the message has not gone out": {func() engagement.ParticipationID {
			p := w.Added("endpoint-workshop", "ana@contoso.com")
			_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
			ok(t, err)
			return p
		}, engagement.TabOff, false},
		"granted": {func() engagement.ParticipationID { return w.Granted(migration, "ana@adatum.com") }, engagement.TabComplete, true},
	} {
		p := test.reach()
		before := part(t, w, p).StatusAt(w.Now())
		told := len(sentTo(w, engagement.MessageCanceled))
		if err := cancel(p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w.ExpectStatus(p, engagement.StatusCanceled)
		equal(t, name+": the tab", w.Row(p).Tab, test.tab)
		domain := part(t, w, p).Identity.Domain.String()
		events, _ := history(t, w, domain)
		last := events[len(events)-1]
		equal(t, name+": the event", []string{string(last.Kind), string(last.From), string(last.To), userOf(last), whyOf(last)},
			[]string{"participation cancelled", string(before), "Canceled", "ana", "The customer called."})
		w.Relayed()
		equal(t, name+": the customer is told", len(sentTo(w, engagement.MessageCanceled)) > told, test.told)
		unchanged(t, spy, func() {
			e := refused[*workflow.WrongStateError](t, cancel(p))
			equal(t, name+": the refusal", []string{e.Command, string(e.Status)}, []string{"cancel", "Canceled"})
			for _, token := range w.Links(p) {
				if err := answer(w, token, consent.DecisionAccept); !errors.As(err, new(*consent.NotAllowedError)) {
					t.Errorf("%s: an answer gives %v", name, err)
				}
			}
		})
	}

	for name, reach := range map[string]func() engagement.ParticipationID{
		"declined": func() engagement.ParticipationID {
			p := w.Added(pilot, "ana@contoso.com")
			w.Requested(p)
			w.Declined(p)
			return p
		},
		"withdrawn": func() engagement.ParticipationID {
			p := w.Claimed(workshop, "adatum.com")
			w.Requested(p)
			w.Accepted(p)
			w.Withdrawn(p)
			return p
		},
		"not submitted": func() engagement.ParticipationID {
			p := w.Claimed(pilot, "adatum.com")
			w.Requested(p)
			w.Accepted(p)
			w.Advance(200 * day)
			return p
		},
	} {
		p := reach()
		unchanged(t, spy, func() {
			e := refused[*workflow.WrongStateError](t, cancel(p))
			if !strings.Contains(e.Error(), "again") {
				t.Errorf("%s: %q does not help", name, e)
			}
		})
	}
	p := w.Claimed(pilot, "adatum.com")
	unchanged(t, spy, func() {
		_, err := w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), p, workflow.Cancel{Reason: strings.Repeat("x", 2001)})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "reason")
	})
}

// Who, when, how, what text, purposes, parties, validity and withdrawal are kept,
// sendings and answers as records of their own which the link joins; the receipt
// has them all.
func TestEvidenceAndReceipt(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	sentAt := w.Now()
	w.Requested(p, "ana@contoso.com", "eva@contoso.com")
	w.Advance(2 * day)
	ok(t, answer(w, w.Links(p)[1], consent.DecisionAccept))
	w.Advance(day)
	ok(t, answer(w, w.Links(p)[0], consent.DecisionWithdraw))
	records, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	text := consent.StandardTexts().For("en")
	type record struct {
		who, sent, decision, how string
		at                       time.Time
	}
	want := []record{
		{"ana@contoso.com", "request", "", "", sentAt},
		{"eva@contoso.com", "request", "", "", sentAt},
		{"eva@contoso.com", "", "accept", "page", sentAt.Add(2 * day)},
		{"ana@contoso.com", "", "withdraw", "page", sentAt.Add(3 * day)},
	}
	equal(t, "records", len(records), len(want))
	for i, r := range records {
		equal(t, "the record", record{r.Contact.Email.String(), string(r.Sent), string(r.Decision), string(r.Channel), r.At}, want[i])
		equal(t, "the text", r.Terms.Text, text.Ref())
		equal(t, "the purposes", r.Terms.Purposes, text.Purposes)
		equal(t, "validity and withdrawal", []string{r.Terms.Validity, r.Terms.Withdrawal}, []string{text.Validity, text.Withdrawal})
		for role, name := range map[consent.Role]string{consent.RoleCustomer: "Contoso", consent.RolePartner: "Northwind Consulting", consent.RoleProgram: "Commerce Incentives"} {
			party, _ := r.Terms.Party(role)
			equal(t, "the party", party.Name, name)
		}
	}
	if records[1].Link != records[2].Link || records[0].Link != records[3].Link || records[0].Link == records[1].Link {
		t.Error("the links do not join sendings and answers")
	}

	_, err = w.Desk.Consents.Receipt(background, w.Actor, p, consent.ReceiptDetails{})
	if !errors.As(err, new(*link.InvalidError)) {
		t.Fatalf("a receipt without what is mandatory: %v", err)
	}
	receipt, err := w.Desk.Consents.Receipt(background, w.Actor, p, consent.ReceiptDetails{
		Parties: []consent.RecordParty{{ID: "northwind", Address: "Lisboa", Contact: "privacy", Email: "privacy@northwind.example", URL: "https://northwind.example"},
			{ID: "program", Role: consent.ThirdParty, Type: "organisation", Address: "Redmond", Contact: "privacy", Email: "p@program.example", URL: "https://program.example"}},
		StorageLocations: []string{"EU"}, RetentionPeriod: "P7Y", Jurisdiction: []string{"PT"},
	})
	ok(t, err)
	equal(t, "the record's ID", receipt.Record.RecordID, string(p))
	equal(t, "issued", receipt.IssuedAt, w.Now())
	ok(t, receipt.Validate())
	var back consent.Receipt
	ok(t, json.Unmarshal([]byte(asJSON(t, receipt)), &back))
	equal(t, "the receipt", asJSON(t, back), asJSON(t, receipt))

	q := w.Added(pilot, "ana@adatum.com")
	_, err = w.Desk.Consents.Receipt(background, w.Actor, q, consent.ReceiptDetails{})
	if !errors.As(err, new(*link.InvalidError)) {
		t.Fatalf("a receipt of nothing: %v", err)
	}
}

// Accepting makes a customer known, in every engagement. When nobody can evaluate
// it just then, the yes still counts, and its rows say that facts are missing.
func TestAcceptMakesKnown(t *testing.T) {
	for _, source := range []workflowtest.Source{"", workflowtest.Facts} {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		if source != "" {
			w.Fail(source, errors.New("down"))
		}
		w.Accepted(p)
		w.Fail(workflowtest.Facts, nil)
		w.ExpectStatus(p, engagement.StatusConsentReceived)
		_, kinds := history(t, w, "contoso.com")
		equal(t, "history", kinds, []engagement.EventKind{
			engagement.EventCustomerAdded, engagement.EventConsentRequested, engagement.EventConsentSent, engagement.EventConsentGranted, engagement.EventCustomerKnown,
		})
		if source != "" {
			w.ExpectTab(workshop, engagement.TabIneligible, "Contoso")
			equal(t, "why", w.Rows(workshop, engagement.TabIneligible)[0].Reasons[0].Kind, engagement.ReasonFactsMissing)
			w.Reevaluated()
		}
		w.ExpectTab(workshop, engagement.TabEligible, "Contoso")
		w.ExpectTab(pilot, engagement.TabEligible, "Contoso")
		w.As(workflowtest.Fabrikam).ExpectTab(pilot, engagement.TabEligible) // known to this partner only
	}
}

// When the engagement has left the catalog, an answer is refused and can be given
// later; nothing is lost.
func TestEngagementLeavesCatalog(t *testing.T) {
	var gone catalog
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	token := newest(w, p)
	gone.Catalog = w.Catalog
	desk, err := workflow.New(w.Store, directory{}, gone, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now})
	ok(t, err)
	unchanged(t, spy, func() {
		_, err := desk.Links.AnswerConsent(background, token, consent.DecisionAccept)
		equal(t, "the field", refused[*workflow.NotFoundError](t, err).Kind, "engagement")
		_, err = desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
		if err == nil {
			t.Fatal("resent")
		}
	})
	w.Accepted(p)
}
