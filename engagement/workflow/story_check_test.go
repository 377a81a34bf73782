package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// check compares every participation with the model.
func (t *teller) check() {
	for i, p := range t.parts {
		got, err := wholePart(t.w, storyActors[p.partner].Partner, p.id)
		if err != nil {
			t.Fatalf("participation %d: %v", i, err)
		}
		s := t.status(p)
		t.shown[s] = true
		if is := got.StatusAt(t.now); is != s {
			t.Fatalf("participation %d is %q, want %q", i, is, s)
		}
		if !got.Consent.Deadline.Equal(p.answerBy) {
			t.Fatalf("participation %d can be answered until %s, want %s", i, got.Consent.Deadline, p.answerBy)
		}
		if got.Owner != p.owner || strings.Join(got.Labels, " ") != p.labels {
			t.Fatalf("participation %d has the owner %q and the labels %q, want %q and %q", i, got.Owner, got.Labels, p.owner, p.labels)
		}
		if (got.Claim != nil) != p.consented {
			t.Fatalf("participation %d has the claim %+v, want one: %t", i, got.Claim, p.consented)
		}
		if p.consented {
			t.checkClaim(i, p, *got.Claim)
		}
	}
	for customer := range storyCustomers {
		for offer, o := range storyOffers {
			if n := t.granted(-1, customer, offer); n > o.limit {
				t.Fatalf("%d are granted in %s", n, o.id)
			}
		}
	}
}

// checkStored lets everything that is stored be held together.
func (t *teller) checkStored() {
	_, err := verify.Check(background, t.w.Store.(storage.Inspector), verify.Options{Now: t.w.Now, Persons: &engagement.PersonKey{}, Report: func(f storage.Finding) error {
		t.Fatalf("a check of all that is stored finds %+v", f)
		return nil
	}})
	if err != nil {
		t.Fatalf("a check of all that is stored: %v", err)
	}
}

// checkClaim compares a claim with the model: its deadlines, each counted from what
// it counts from, its proof, and its money, of which none may appear or get lost.
func (t *teller) checkClaim(i int, p *modelPart, c claim.State) {
	for _, d := range []struct {
		what      string
		got, want time.Time
	}{{"submitted", c.SubmitBy, p.submitBy}, {"reviewed", c.ReviewBy, p.reviewBy}, {"disputed", c.DisputeBy, p.disputeBy}} {
		if !d.got.Equal(d.want) {
			t.Fatalf("participation %d has to be %s by %s, want %s", i, d.what, d.got, d.want)
		}
	}
	if len(c.Evidence) != len(p.docs) || len(c.Missing()) != p.lacks() || c.FirstSubmittedAt().IsZero() == p.submitted {
		t.Fatalf("participation %d has %d documents and lacks %v, want %d and %d", i, len(c.Evidence), c.Missing(), len(p.docs), p.lacks())
	}
	if own, _ := c.Survey(claim.ProofPartnerSurvey); own.Response.Answers["outcome"] != p.own {
		t.Fatalf("participation %d has the partner's answers %v, want an outcome of %q", i, own.Response, p.own)
	}
	for _, m := range []struct {
		what string
		got  fmt.Stringer
		want int64
	}{
		{"estimated", c.Estimated, p.estimated}, {"cap", c.Cap, p.most}, {"requested", c.Requested, p.requested},
		{"approved", c.Approved, p.approved}, {"paid", c.Paid, p.paid},
	} {
		if m.got.String() != dollars(m.want).String() {
			t.Fatalf("participation %d: %s is %s, want %s", i, m.what, m.got, dollars(m.want))
		}
	}
	if c.Paid.Amount.GreaterThan(c.Approved.Amount) || c.Approved.Amount.GreaterThan(c.Cap.Amount) != p.overridden {
		t.Fatalf("participation %d: %s paid of %s approved under a cap of %s", i, c.Paid, c.Approved, c.Cap)
	}
	sum := dollars(0).Amount
	for _, one := range c.Payments {
		sum = sum.Add(one.Amount.Amount)
	}
	if !sum.Equal(c.Paid.Amount) {
		t.Fatalf("participation %d: the payments come to %s, and %s is paid", i, sum, c.Paid)
	}
}

// pages is everything that both partners see on their Customers pages, and they and
// the program in the claims list.
func (t *teller) pages() []any {
	var all []any
	for _, actor := range storyActors {
		for _, o := range storyOffers {
			for _, tab := range engagement.AllTabs() {
				page, err := t.w.Desk.Customers.List(background, actor, workflow.CustomersQuery{Engagement: o.id, Tab: tab})
				if err != nil {
					t.Fatalf("the page: %v", err)
				}
				all = append(all, page)
			}
		}
	}
	for _, actor := range append(slices.Clone(storyActors), workflowtest.Vendor) {
		list, err := t.w.Desk.Claims.List(background, actor, workflow.ClaimsQuery{})
		if err != nil {
			t.Fatalf("the claims list: %v", err)
		}
		all = append(all, list)
	}
	return all
}

// checkPages compares the Customers pages, the claims lists and the histories with
// the model.
func (t *teller) checkPages() {
	for partner, actor := range storyActors {
		for offer := range storyOffers {
			t.checkTabs(partner, actor, offer)
		}
		t.checkClaims(partner, actor)
		for customer, domain := range storyCustomers {
			t.checkHistory(partner, actor, customer, domain)
		}
	}
	t.checkClaims(-1, workflowtest.Vendor)
	kept := 0
	for _, p := range t.parts {
		for _, d := range p.docs {
			if d.kept {
				kept++
			}
		}
	}
	if keys := t.kept.Keys(); len(keys) != kept {
		t.Fatalf("the documents %v are kept, want %d", keys, kept)
	}
}

// rowText is a row in words: what is shown, and what can be done.
func (t *teller) rowText(r workflow.Row) string {
	actions := slices.Sorted(slices.Values(r.Actions))
	return fmt.Sprint(r.Tab, " ", r.Identity.Domain, " ", r.Status, " ", r.Locations, " ", r.FriendlyName, " ", r.Amount, " ", r.Deadline.Unix(), " ", r.DaysLeft, " ", actions)
}

// partText is the row of a participation as the model has it.
func (t *teller) partText(p *modelPart) string {
	var deadline time.Time
	days := 0
	if t.todo(p) {
		deadline = p.deadline()
		days = int((deadline.Sub(t.now) + day - 1) / day)
	}
	actions := slices.Sorted(slices.Values(t.actions(p)))
	return fmt.Sprint(t.tab(p), " ", storyCustomers[p.customer], " ", t.status(p), " ", []engagement.LocationID{p.location}, " ", p.name, " ",
		dollars(p.amount()), " ", deadline.Unix(), " ", days, " ", actions)
}

// checkTabs compares the three tabs of a Customers page: they hold every
// participation that is on the page once, and every known customer unless the partner
// has it open or holds its place.
func (t *teller) checkTabs(partner int, actor workflow.Actor, offer int) {
	var want, got []string
	for _, p := range t.parts {
		if p.partner == partner && p.offer == offer && t.tab(p) != engagement.TabOff {
			want = append(want, t.partText(p))
		}
	}
	for customer, domain := range storyCustomers {
		full := t.full(customer, offer)
		if !t.known[[2]int{partner, customer}] || t.openOf(partner, customer, offer) != nil || full && t.granted(partner, customer, offer) > 0 {
			continue
		}
		row := fmt.Sprint(engagement.TabEligible, " ", domain)
		switch {
		case full:
			row = fmt.Sprint(engagement.TabIneligible, " ", domain)
		case t.claimable():
			row += fmt.Sprint(" ", []engagement.Action{engagement.ActionClaimCustomer})
		}
		want = append(want, row)
	}
	for _, tab := range engagement.AllTabs() {
		page, err := t.w.Desk.Customers.List(background, actor, workflow.CustomersQuery{Engagement: storyOffers[offer].id, Tab: tab})
		if err != nil {
			t.Fatalf("the page: %v", err)
		}
		if page.Counts[tab] != (workflow.Count{N: len(page.Rows)}) {
			t.Fatalf("the tab %s of %s counts %v and has %d rows", tab, storyOffers[offer].id, page.Counts[tab], len(page.Rows))
		}
		for _, r := range page.Rows {
			if r.Tab != tab || (tab == engagement.TabIneligible) != (len(r.Reasons) > 0) {
				t.Fatalf("a row of the tab %s stands on %s with the reasons %v", tab, r.Tab, r.Reasons)
			}
			switch {
			case r.Participation != "":
				got = append(got, t.rowText(r))
			case len(r.Actions) > 0:
				got = append(got, fmt.Sprint(tab, " ", r.Identity.Domain, " ", r.Actions))
			default:
				got = append(got, fmt.Sprint(tab, " ", r.Identity.Domain))
			}
		}
	}
	t.same(fmt.Sprintf("the page of %s in %s", actor.Partner, storyOffers[offer].id), got, want)
}

func (t *teller) same(what string, got, want []string) {
	more := slices.Clone(got)
	var less []string
	for _, row := range want {
		if i := slices.Index(more, row); i >= 0 {
			more = slices.Delete(more, i, i+1)
		} else {
			less = append(less, row)
		}
	}
	if len(more)+len(less) > 0 {
		t.Fatalf("%s has\n\t%s\nand lacks\n\t%s", what, strings.Join(more, "\n\t"), strings.Join(less, "\n\t"))
	}
}

// checkClaims compares a claims list, a partner's or, for -1, the program's: every
// participation once, the counts and the sums.
func (t *teller) checkClaims(partner int, actor workflow.Actor) {
	type total struct {
		count                                int
		estimated, requested, approved, paid int64
	}
	var want, got []string
	totals, summed := map[engagement.Status]total{}, map[engagement.Status]total{}
	for _, p := range t.parts {
		if partner >= 0 && p.partner != partner {
			continue
		}
		text := fmt.Sprint(storyActors[p.partner].Partner, " ", p.id, " ", p.flagged)
		if partner >= 0 { // what a row allows is the partner's to know
			text += " " + t.partText(p)
		}
		want = append(want, text)
		in := totals[t.status(p)]
		totals[t.status(p)] = total{in.count + 1, in.estimated + p.estimated, in.requested + p.requested, in.approved + p.approved, in.paid + p.paid}
	}
	page, err := t.w.Desk.Claims.List(background, actor, workflow.ClaimsQuery{})
	if err != nil {
		t.Fatalf("the claims list: %v", err)
	}
	for _, r := range page.Rows {
		text := fmt.Sprint(r.Partner, " ", r.Participation, " ", !r.WithdrawnAt.IsZero())
		if partner >= 0 {
			text += " " + t.rowText(r.Row)
		}
		got = append(got, text)
	}
	t.same("the claims list", got, want)
	for status, n := range page.Counts {
		if (workflow.Count{N: totals[status].count}) != n {
			t.Fatalf("the claims list counts %v that are %q, want %d", n, status, totals[status].count)
		}
	}
	sums, err := t.w.Desk.Claims.Totals(background, actor, workflow.ClaimsQuery{})
	if err != nil {
		t.Fatalf("the totals: %v", err)
	}
	for _, s := range sums {
		in := summed[s.Status]
		summed[s.Status] = total{in.count + s.Count, in.estimated + inCents(s.Estimated), in.requested + inCents(s.Requested), in.approved + inCents(s.Approved), in.paid + inCents(s.Paid)}
	}
	for _, status := range engagement.AllStatuses() {
		if summed[status] != totals[status] || page.Counts[status].N != totals[status].count {
			t.Fatalf("what is %q comes to %+v and counts %v, want %+v", status, summed[status], page.Counts[status], totals[status])
		}
	}
}

// checkHistory wants a whole history with as many events as things happened, in which
// every participation goes on from where it was.
func (t *teller) checkHistory(partner int, actor workflow.Actor, customer int, domain string) {
	events, err := wholeHistory(background, t.w.Desk, actor, t.w.Customer(domain))
	if n := t.eventsWith(partner, customer); len(events) != n || err != nil && n > 0 {
		t.Fatalf("%s has %d events with %s, want %d (%v)", actor.Partner, len(events), domain, n, err)
	}
	if len(events) > 0 {
		if _, err := t.w.Desk.Histories.Verify(background, actor, t.w.Customer(domain)); err != nil {
			t.Fatalf("what the history of %s with %s led to: %v", actor.Partner, domain, err)
		}
	}
	at, counts, reminders := map[engagement.ParticipationID]engagement.Status{}, map[engagement.ParticipationID]int{}, map[engagement.ParticipationID]int{}
	for _, e := range events {
		if e.Participation == "" {
			continue
		}
		if e.From != at[e.Participation] {
			t.Fatalf("in the history %q goes on from %q, and it was %q", e.Kind, e.From, at[e.Participation])
		}
		at[e.Participation] = e.To
		counts[e.Participation]++
		if e.Kind == engagement.EventReminderDue {
			reminders[e.Participation]++
		}
	}
	for i, p := range t.parts {
		if p.partner == partner && p.customer == customer && (at[p.id] != p.recorded || counts[p.id] != p.events || reminders[p.id] != p.reminders) {
			t.Fatalf("the history of participation %d ends at %q after %d events and %d reminders, want %q, %d and %d",
				i, at[p.id], counts[p.id], reminders[p.id], p.recorded, p.events, p.reminders)
		}
	}
}

// checkMessages wants each message once, as many as there was to tell, and no partner
// reminded twice of the same.
func (t *teller) checkMessages() {
	got := map[engagement.MessageKind]int{}
	seen := map[engagement.MessageID]bool{}
	last := map[string]time.Time{} // reminders
	parts := map[engagement.ParticipationID]*modelPart{}
	for _, p := range t.parts {
		parts[p.id] = p
	}
	for _, d := range t.w.Messages() {
		m := d.Message
		if seen[m.ID] {
			t.Fatalf("%s was sent twice", m.Kind)
		}
		seen[m.ID] = true
		if m.Deadline.IsZero() {
			got[m.Kind]++
			continue
		}
		about := fmt.Sprint(m.Participation, m.Kind, m.Deadline)
		schedule := map[engagement.MessageKind]engagement.Status{
			engagement.MessageConsentReminder: engagement.StatusCustomerClaimed, engagement.MessageSubmissionReminder: engagement.StatusConsentReceived,
			engagement.MessageActionReminder: engagement.StatusPartnerActionRequired, engagement.MessageDisputeReminder: engagement.StatusRejected,
		}
		between := slices.ContainsFunc(storyReminders[schedule[m.Kind]], func(n int) bool {
			mark := m.Deadline.AddDate(0, 0, -n)
			return mark.After(last[about]) && !mark.After(m.CreatedAt)
		})
		if !between || !m.CreatedAt.Before(m.Deadline) || parts[m.Participation] == nil {
			t.Fatalf("%s of %s was sent at %s, after %s", m.Kind, m.Deadline, m.CreatedAt, last[about])
		}
		last[about] = m.CreatedAt
	}
	for _, kind := range engagement.AllMessageKinds() {
		if got[kind] != t.told[kind] {
			t.Fatalf("%q was sent %d times, want %d", kind, got[kind], t.told[kind])
		}
	}
}
