package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// shown is everything that both partners can read at the moment.
func shown(t *testing.T, w *workflowtest.World) string {
	t.Helper()
	var b strings.Builder
	for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
		w := w.As(actor)
		all, err := w.Catalog.Engagements(background)
		ok(t, err)
		for _, e := range all {
			for _, tab := range engagement.AllTabs() {
				for _, sort := range workflow.AllSorts() {
					page, err := w.Desk.Customers.List(background, actor, workflow.CustomersQuery{Engagement: e.ID, Tab: tab, Sort: sort})
					ok(t, err)
					fmt.Fprintln(&b, actor.Partner, e.ID, tab, sort, asJSON(t, page))
					for _, r := range page.Rows {
						if r.Participation != "" {
							status, err := w.Desk.Claims.Status(background, actor, r.Participation)
							ok(t, err)
							fmt.Fprintln(&b, r.Participation, status)
						}
					}
				}
			}
		}
		rows, err := searchRows(w.Desk, actor, "", 0)
		ok(t, err)
		due, err := attentionRows(w.Desk, actor, 0)
		ok(t, err)
		claims, err := w.Desk.Claims.List(background, actor, workflow.ClaimsQuery{})
		ok(t, err)
		fmt.Fprintln(&b, asJSON(t, rows), asJSON(t, due), asJSON(t, claims))
	}
	return b.String()
}

// Sweeping turns passed deadlines into events, once, and nothing that a reader
// sees changes by it.
func TestSweep(t *testing.T) {
	w, spy := newWorld(t)
	f := w.As(workflowtest.Fabrikam)
	w.Added(migration, "ana@contoso.com")              // nobody is asked
	f.Requested(f.Added(migration, "eva@contoso.com")) // nobody answers
	w.Granted(workshop, "ana@adatum.com")              // nothing is submitted
	f.Declined(func() engagement.ParticipationID { p := f.Added(pilot, "eva@adatum.com"); f.Requested(p); return p }())
	w.Advance(10 * day)
	late := w.Added(pilot, "ana@contoso.com")

	steps := []struct {
		after   time.Duration
		settled int
	}{{0, 0}, {20*day - tick, 3}, {tick, 2}, {10 * day, 1}, {50*day - tick, 1}, {tick, 1}, {300 * day, 0}} // deadlines, and a microsecond before them reminders
	for i, step := range steps {
		w.Advance(step.after)
		before := shown(t, w)
		n, err := w.Desk.Jobs.Sweep(background)
		ok(t, err)
		equal(t, fmt.Sprintf("settled in step %d", i), n, step.settled)
		if after := shown(t, w); after != before {
			t.Fatalf("step %d: what is shown has changed\nbefore %s\nafter %s", i, before, after)
		}
		unchanged(t, spy, func() {
			n, err := w.Desk.Jobs.Sweep(background)
			ok(t, err)
			equal(t, "settled again", n, 0)
		})
	}
	w.ExpectStatus(late, engagement.StatusConsentExpired)
	events, _ := history(t, w, "contoso.com")
	last := events[len(events)-1]
	equal(t, "the event", []string{string(last.Kind), string(last.By), string(last.From), string(last.To), string(last.Participation), detailOf(t, last)},
		[]string{"deadline passed", "clock", "Customer claimed", "Customer consent expired", string(late), `{"deadline":"2026-10-11T09:00:00Z"}`})
	events, _ = history(t, w, "adatum.com")
	last = events[len(events)-1]
	equal(t, "the event", []string{string(last.Kind), string(last.From), string(last.To)}, []string{"deadline passed", "Customer consent received", "Not submitted expired"})
	w.Relayed()
	equal(t, "who is told", sentTo(w, engagement.MessageConsentExpired), []string{"partner@partner.example", "", ""}) // the one who asked, and two who named nobody
}

// crowd adds n customers, and lets their time to answer pass.
func crowd(t *testing.T, w *workflowtest.World, n int) {
	t.Helper()
	for i := range n {
		c := workflowtest.Customer{Domain: fmt.Sprintf("customer-%d.example", i), Entry: tenant.Entry{TPID: tenant.TPID(1000 + i), Name: fmt.Sprint("Customer ", i)}}
		workflowtest.Seats.Set(&c.Facts, 300)
		workflowtest.Segment.Set(&c.Facts, "enterprise")
		w.PutCustomer(c)
		cmdKey, cmd := w.Key(), add(w, "", pilot)
		cmd.Candidate.Domain = c.Domain
		cmd.Candidate.TPID = fmt.Sprint(1000 + i)
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		ok(t, err)
	}
	w.Advance(30 * day)
}

// Many sweep at once: each deadline is recorded once, none is left.
func TestSweepTogether(t *testing.T) {
	w, _ := newWorld(t)
	crowd(t, w, 250)
	counts := make([]int, 8)
	var sweeps []func() error
	for i := range counts {
		sweeps = append(sweeps, func() (err error) { counts[i], err = w.Desk.Jobs.Sweep(background); return err })
	}
	for _, err := range together(sweeps...) {
		ok(t, err)
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	equal(t, "settled by all", total, 250)
	keys, err := w.Store.Due(background, storage.DueQuery{Now: w.Now(), Limit: 1})
	ok(t, err)
	equal(t, "left", len(keys), 0)
	for i := range 250 {
		_, kinds := history(t, w, fmt.Sprintf("customer-%d.example", i))
		equal(t, "history", kinds, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventDeadlinePassed})
	}
}

// A customer that storage refuses to settle keeps no others waiting. When storage
// is out of reach, the sweep ends and says so.
func TestSweepTrouble(t *testing.T) {
	w, spy := newWorld(t)
	crowd(t, w, 130)
	broken := fmt.Errorf("%w: this row is damaged", storage.ErrInvalid)
	spy.Store = meddled{Store: spy.Store, onApply: func(c storage.Changes) error {
		if writes(c, "customer-0.example") { // the one that is due first, also when it comes up again
			return broken
		}
		return nil
	}}
	n, err := w.Desk.Jobs.Sweep(background)
	equal(t, "settled", n, 129)
	if !errors.Is(err, storage.ErrInvalid) || errors.As(err, new(*workflow.UnavailableError)) {
		t.Fatalf("the error is %v", err)
	}
	spy.Store = spy.Store.(meddled).Store
	down := errors.New("down")
	spy.reset(func(int, func() error) error { return down }, nil)
	n, err = w.Desk.Jobs.Sweep(background)
	equal(t, "settled", n, 0)
	equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "storage")
	equal(t, "tries", spy.tries, 1)
	spy.reset(nil, nil)
	n, err = w.Desk.Jobs.Sweep(background)
	ok(t, err)
	equal(t, "settled", n, 1)

	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := w.Desk.Jobs.Sweep(ctx); !errors.Is(err, context.Canceled) || errors.As(err, new(*workflow.UnavailableError)) {
		t.Fatalf("cancelled: %v", err)
	}
}

// Every change leaves one event, which says who, what, from where to where, when,
// and why; the chain holds.
func TestHistory(t *testing.T) {
	w, _ := newWorld(t)
	start := w.Now()
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
	cmd.Candidate.TenantID, cmd.Candidate.Reason = "00000000-0000-4000-8000-000000000001", "As agreed."
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	p := started[0].ID
	w.Advance(time.Hour)
	w.Requested(p, "eva@contoso.com")
	w.Advance(day)
	_, err = w.Desk.Consents.Resend(background, workflow.Actor{Partner: "northwind", User: "bob", Roles: []workflow.Role{workflow.RoleIncentivesUser}}.Request(w.Key()), p)
	ok(t, err)
	w.Advance(time.Hour)
	w.Relayed()
	_, err = w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts(asked(w, "rui@contoso.com")))
	ok(t, err)
	w.Relayed()
	w.Advance(time.Hour)
	w.Accepted(p)
	w.Advance(time.Hour)
	w.Withdrawn(p)
	q := w.Claimed(migration, "contoso.com")
	w.Requested(q, "eva@contoso.com")
	w.Declined(q)
	r := w.Claimed(migration, "contoso.com")
	ok(t, errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), r, workflow.Cancel{Reason: "Not now."})))
	x := w.Claimed(migration, "contoso.com")
	w.Advance(40 * day)
	w.Swept()

	const claimed, awaiting, received = "Customer claimed", "Awaiting customer consent response", "Customer consent received"
	type entry struct{ kind, by, user, contacts, from, to, why, note string }
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	want := []struct {
		at    time.Time
		about engagement.ParticipationID
		entry
	}{
		{hour(0), p, entry{"customer added", "partner", "ana", "ana@contoso.com", "", claimed, "As agreed.", `"location":"4711201"`}},
		{hour(1), p, entry{"consent requested", "partner", "ana", "eva@contoso.com", claimed, awaiting, "", `"language":"en"`}},
		{hour(1), p, entry{"consent sent", "clock", "", "eva@contoso.com", awaiting, awaiting, "", `"link":`}},
		{hour(25), p, entry{"consent resent", "partner", "bob", "eva@contoso.com", awaiting, awaiting, "", `"language":"en"`}},
		{hour(26), p, entry{"consent sent", "clock", "", "eva@contoso.com", awaiting, awaiting, "", `"link":`}},
		{hour(26), p, entry{"contacts changed", "partner", "ana", "rui@contoso.com", awaiting, awaiting, "", `"language":"en"`}},
		{hour(26), p, entry{"consent sent", "clock", "", "rui@contoso.com", awaiting, awaiting, "", `"link":`}},
		{hour(27), p, entry{"consent granted", "customer", "", "rui@contoso.com", awaiting, received, "", `"link":`}},
		{hour(27), "", entry{"customer known", "customer", "", "", "", "", "", ""}},
		{hour(28), p, entry{"consent withdrawn", "customer", "", "rui@contoso.com", received, "Customer consent withdrawn", "", `"link":`}},
		{hour(28), q, entry{"customer claimed", "partner", "ana", "", "", claimed, "", `"location":"4711201"`}},
		{hour(28), q, entry{"consent requested", "partner", "ana", "eva@contoso.com", claimed, awaiting, "", `"language":"en"`}},
		{hour(28), q, entry{"consent sent", "clock", "", "eva@contoso.com", awaiting, awaiting, "", `"link":`}},
		{hour(28), q, entry{"consent declined", "customer", "", "eva@contoso.com", awaiting, "Customer consent declined", "", `"link":`}},
		{hour(28), r, entry{"customer claimed", "partner", "ana", "", "", claimed, "", `"location":"4711201"`}},
		{hour(28), r, entry{"participation cancelled", "partner", "ana", "", claimed, "Canceled", "Not now.", ""}},
		{hour(28), x, entry{"customer claimed", "partner", "ana", "", "", claimed, "", `"location":"4711201"`}},
		{hour(28 + 40*24), x, entry{"deadline passed", "clock", "", "", claimed, "Customer consent expired", "", `"deadline":"2026-10-02T13:00:00Z"`}},
	}
	events, kinds := history(t, w, "contoso.com")
	if len(events) != len(want) {
		t.Fatalf("the history is %q", kinds)
	}
	for i, e := range events {
		var person engagement.Person
		if e.Person != nil {
			person = *e.Person
		}
		var contacts []string
		for _, c := range person.Contacts {
			contacts = append(contacts, c.String())
		}
		got := entry{string(e.Kind), string(e.By), person.User, strings.Join(contacts, " "), string(e.From), string(e.To), person.Why, detailOf(t, e)}
		if !strings.Contains(got.note, want[i].note) || want[i].note == "" && got.note != "" {
			t.Errorf("event %d notes %q, want %q within", i+1, got.note, want[i].note)
		}
		got.note = want[i].note
		equal(t, fmt.Sprintf("event %d", i+1), got, want[i].entry)
		equal(t, fmt.Sprintf("moment of event %d", i+1), e.At, want[i].at)
		equal(t, fmt.Sprintf("participation of event %d", i+1), e.Participation, want[i].about)
		if person.Salt != "" {
			t.Errorf("event %d shows its salt", i+1)
		}
	}
	records, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	for i, of := range []int{1, 3, 5} { // the events of sending name the link of the evidence
		equal(t, fmt.Sprintf("the link of event %d", of+2), events[of+1].Detail.Link, records[i].Link)
	}
}

// A clock that is set back and forth moves no deadline and makes no state that
// there is not; what was recorded stays recorded.
func TestClockJumps(t *testing.T) {
	w, _ := newWorld(t)
	start := w.Now()
	p := w.Added(migration, "ana@contoso.com")
	w.SetNow(start.Add(-5 * day)) // the request is earlier than the add
	w.Requested(p)
	equal(t, "the deadline", part(t, w, p).Consent.Deadline, start.Add(30*day))
	equal(t, "days left", w.Row(p).DaysLeft, 35)
	w.SetNow(start.Add(31 * day))
	w.ExpectStatus(p, engagement.StatusConsentExpired)
	w.SetNow(start.Add(2 * day)) // nobody has recorded it: it is not over yet
	w.ExpectStatus(p, engagement.StatusAwaitingConsentResponse)
	_, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
	ok(t, err)
	w.Relayed()
	w.SetNow(start.Add(-10 * day))
	_, err = w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
	refused[*link.TooSoonError](t, err)
	w.Accepted(p) // before it was asked, by this clock
	claim := part(t, w, p).Claim
	equal(t, "the claim counts from the consent", claim.SubmitBy, start.Add(50*day))
	w.SetNow(start.Add(50 * day))
	w.Swept()
	w.ExpectStatus(p, engagement.StatusNotSubmittedExpired)
	w.SetNow(start)
	w.ExpectStatus(p, engagement.StatusNotSubmittedExpired) // recorded is recorded
	w.Swept()
	q := w.Claimed(migration, "contoso.com")
	w.SetNow(start.Add(30 * day))
	w.Swept()
	w.SetNow(start)
	w.ExpectStatus(q, engagement.StatusConsentExpired)
	if _, err := w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), q, workflow.Cancel{}); !errors.As(err, new(*workflow.WrongStateError)) {
		t.Fatalf("cancelled what has expired: %v", err)
	}
	events, _ := history(t, w, "contoso.com")
	for i, e := range events {
		equal(t, "the place in the history", e.Seq, int64(i+1))
	}
}
