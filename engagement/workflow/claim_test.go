package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// begun adds the customer with that domain or, when it is known, claims it.
func begun(w *workflowtest.World, e engagement.ID, domain string) engagement.ParticipationID {
	_, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: w.Customer(domain), Location: w.Location(e)})
	if errors.As(err, new(*workflow.NotKnownError)) {
		return w.Added(e, domain)
	}
	return w.Claimed(e, domain)
}

// reached returns a participation of Contoso that has gone straight to a status.
// For one that a deadline leads to, time passes; nobody sweeps.
func reached(t *testing.T, w *workflowtest.World, e engagement.ID, status engagement.Status) engagement.ParticipationID {
	t.Helper()
	return reachedWith(t, w, e, "contoso.com", status)
}

// reachedWith is reached for another customer.
func reachedWith(t *testing.T, w *workflowtest.World, e engagement.ID, domain string, status engagement.Status) engagement.ParticipationID {
	t.Helper()
	p := begun(w, e, domain)
	for _, walk := range route(t, status) {
		walk(w, p)
	}
	w.ExpectStatus(p, status)
	return p
}

type leg = func(w *workflowtest.World, p engagement.ParticipationID)

// route is how a participation comes to a status.
func route(t *testing.T, status engagement.Status) []leg {
	t.Helper()
	wait := func(w *workflowtest.World, p engagement.ParticipationID) {
		late := must(w.Desk.Claims.Participation(background, w.Actor, p)).Deadline
		w.SetNow(late)
	}
	last := map[engagement.Status]struct {
		before engagement.Status
		leg    leg
	}{
		engagement.StatusAwaitingConsentResponse: {engagement.StatusCustomerClaimed, func(w *workflowtest.World, p engagement.ParticipationID) { w.Requested(p) }},
		engagement.StatusConsentReceived:         {engagement.StatusAwaitingConsentResponse, (*workflowtest.World).Accepted},
		engagement.StatusSubmitted:               {engagement.StatusConsentReceived, (*workflowtest.World).Submitted},
		engagement.StatusUnderReview:             {engagement.StatusSubmitted, (*workflowtest.World).Reviewed},
		engagement.StatusPartnerActionRequired:   {engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) { w.AskedForAction(p, "Sign it.") }},
		engagement.StatusApproved:                {engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) { w.Approved(p, "5000.00 USD") }},
		engagement.StatusPaid:                    {engagement.StatusApproved, func(w *workflowtest.World, p engagement.ParticipationID) { w.Paid(p, "5000.00 USD") }},
		engagement.StatusRejected:                {engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) { w.Rejected(p, "Not delivered.") }},
		engagement.StatusDisputed:                {engagement.StatusRejected, func(w *workflowtest.World, p engagement.ParticipationID) { w.Disputed(p, "It was.") }},
		engagement.StatusCanceled:                {engagement.StatusConsentReceived, (*workflowtest.World).Cancelled},
		engagement.StatusConsentDeclined:         {engagement.StatusAwaitingConsentResponse, (*workflowtest.World).Declined},
		engagement.StatusConsentWithdrawn:        {engagement.StatusConsentReceived, (*workflowtest.World).Withdrawn},
		engagement.StatusConsentExpired:          {engagement.StatusAwaitingConsentResponse, wait},
		engagement.StatusNotSubmittedExpired:     {engagement.StatusConsentReceived, wait},
		engagement.StatusPostSubmissionExpired:   {engagement.StatusPartnerActionRequired, wait},
		engagement.StatusDisputedExpired:         {engagement.StatusDisputed, wait},
		engagement.StatusRejectedFinal: {engagement.StatusDisputed, func(w *workflowtest.World, p engagement.ParticipationID) {
			w.Submitted(p)
			w.Reviewed(p)
			w.Rejected(p, "Still not.")
		}},
	}
	if status == engagement.StatusCustomerClaimed {
		return nil
	}
	way, is := last[status]
	if !is {
		t.Fatalf("no way leads to %q", status)
	}
	return append(route(t, way.before), way.leg)
}

// point is what the pages show of a claim at one point of its life.
type point struct {
	status  engagement.Status
	tab     engagement.Tab
	todo    string
	due     time.Time // the deadline; zero for none
	actions []engagement.Action
}

func (want point) check(t *testing.T, w *workflowtest.World, p engagement.ParticipationID, when string) {
	t.Helper()
	row := w.Row(p)
	got := point{row.Status, row.Tab, row.Todo(words.Words{}), row.Deadline, row.Actions}
	equal(t, when, got, want)
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	equal(t, when+": the claim shows", point{view.Status, want.tab, want.todo, view.Deadline, view.Actions}, want)
	page, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Search: row.ClaimNumber})
	ok(t, err)
	equal(t, when+": the claims list shows", asJSON(t, page.Rows[0].Row), asJSON(t, row))
	equal(t, when+": the count", page.Counts[want.status].N > 0, true)
	due, err := attentionRows(w.Desk, w.Actor, 0)
	ok(t, err)
	equal(t, when+": is due", slices.ContainsFunc(due, func(r workflow.Row) bool { return r.Participation == p && r.Deadline.Equal(want.due) }), !want.due.IsZero())
}

// A claim that meets everything that can happen to it before it is paid: at every
// stop its status, its tab, what there is to do until when, and what is allowed are
// what they should be, and its history tells it all.
func TestClaimLife(t *testing.T) {
	w, _ := newWorld(t)
	start := w.Now()
	p := w.Granted(migration, "ana@contoso.com")
	in := func(days int) time.Time { return start.AddDate(0, 0, days) }
	work, submit, view, cancel, dispute := engagement.ActionWorkOnClaim, engagement.ActionSubmitClaim, engagement.ActionViewClaim, engagement.ActionCancel, engagement.ActionDispute
	done := func(status engagement.Status) point {
		return point{status, engagement.TabComplete, string(status), time.Time{}, []engagement.Action{view}}
	}
	waiting := func(status engagement.Status) point {
		actions := []engagement.Action{view}
		if status == engagement.StatusSubmitted {
			actions = []engagement.Action{engagement.ActionRecallClaim, view}
		}
		return point{status, engagement.TabEligible, string(status) + ": nothing to do now", time.Time{}, actions}
	}
	todo := func(status engagement.Status, what string, due int, actions ...engagement.Action) point {
		return point{status, engagement.TabEligible, what, in(due), actions}
	}
	for _, s := range []struct {
		on   int // day
		name string
		do   func()
		want point
	}{
		{0, "consent", func() {}, todo(engagement.StatusConsentReceived, "60 days left to submit the claim", 60, work, view, cancel)},
		{5, "proof", func() { w.Proved(p) }, todo(engagement.StatusConsentReceived, "55 days left to submit the claim", 60, work, submit, view, cancel)},
		{59, "the last day", func() {}, todo(engagement.StatusConsentReceived, "1 day left to submit the claim", 60, work, submit, view, cancel)},
		{59, "submission", func() { w.Submitted(p) }, waiting(engagement.StatusSubmitted)},
		{65, "review", func() { w.Reviewed(p) }, waiting(engagement.StatusUnderReview)},
		{70, "action", func() { w.AskedForAction(p, "Sign the findings.") },
			todo(engagement.StatusPartnerActionRequired, "20 days left to do what the reviewer asks for", 90, work, submit, view)},
		{75, "submission again", func() { w.Submitted(p) }, waiting(engagement.StatusSubmitted)},
		{89, "review again", func() { w.Reviewed(p) }, waiting(engagement.StatusUnderReview)},
		{200, "a slow reviewer", func() {}, waiting(engagement.StatusUnderReview)},
		{200, "rejection", func() { w.Rejected(p, "Nothing was delivered.") }, todo(engagement.StatusRejected, "30 days left to dispute the rejection", 230, dispute, view)},
		{210, "dispute", func() { w.Disputed(p, "It was delivered.") }, todo(engagement.StatusDisputed, "20 days left to submit the dispute", 230, work, submit, view)},
		{229, "submission of the dispute", func() { w.Submitted(p) }, waiting(engagement.StatusSubmitted)},
		{240, "its review", func() { w.Reviewed(p) }, waiting(engagement.StatusUnderReview)},
		{241, "its action", func() { w.AskedForAction(p, "Date it.") },
			todo(engagement.StatusPartnerActionRequired, "18 days left to do what the reviewer asks for", 259, work, submit, view)},
		{242, "its submission again", func() { w.Submitted(p) }, waiting(engagement.StatusSubmitted)},
		{243, "its review again", func() { w.Reviewed(p) }, waiting(engagement.StatusUnderReview)},
		{500, "approval", func() { w.Approved(p, "4500.00 USD") }, done(engagement.StatusApproved)},
		{501, "a part of the payment", func() { w.Paid(p, "500.00 USD") }, done(engagement.StatusApproved)},
		{502, "the rest", func() { w.Paid(p, "4000.00 USD") }, done(engagement.StatusPaid)},
		{5000, "long after", func() {}, done(engagement.StatusPaid)},
	} {
		w.SetNow(in(s.on))
		s.do()
		s.want.check(t, w, p, s.name)
		w.Swept()
		s.want.check(t, w, p, s.name+", swept")
		w.Relayed()
	}

	type entry struct{ kind, by, user, from, to, note, why string }
	received, review, required := "Customer consent received", "Under review", "Partner action required"
	want := []entry{
		{"claim submitted", "partner", "ana", received, "Submitted", `{"requested":"5000.00 USD"}`, ""},
		{"review started", "program", "", "Submitted", review, "", ""},
		{"action asked for", "program", "", review, required, `{"items":1}`, ""},
		{"claim submitted", "partner", "ana", required, "Submitted", `{"requested":"5000.00 USD"}`, ""},
		{"review started", "program", "", "Submitted", review, "", ""},
		{"claim rejected", "program", "", review, "Rejected", `{"codes":["other"]}`, "Nothing was delivered."},
		{"dispute opened", "partner", "ana", "Rejected", "Disputed", "", "It was delivered."},
		{"claim submitted", "partner", "ana", "Disputed", "Submitted", `{"requested":"5000.00 USD"}`, ""},
		{"review started", "program", "", "Submitted", review, "", ""},
		{"action asked for", "program", "", review, required, `{"items":1}`, ""},
		{"claim submitted", "partner", "ana", required, "Submitted", `{"requested":"5000.00 USD"}`, ""},
		{"review started", "program", "", "Submitted", review, "", ""},
		{"claim approved", "program", "", review, "Approved", `{"approved":"4500.00 USD"}`, ""},
		{"payment recorded", "program", "", "Approved", "Approved", `{"paid":"500.00 USD"}`, ""},
		{"payment recorded", "program", "", "Approved", "Paid", `{"paid":"4000.00 USD"}`, ""},
	}
	events, _ := history(t, w, "contoso.com")
	var got []entry
	for _, e := range events {
		if slices.ContainsFunc(want, func(w entry) bool { return w.kind == string(e.Kind) }) {
			got = append(got, entry{string(e.Kind), string(e.By), userOf(e), string(e.From), string(e.To), detailOf(t, e), whyOf(e)})
			equal(t, "what it is about", e.Participation, p)
		}
	}
	equal(t, "the history", got, want)

	for kind, times := range map[engagement.MessageKind]int{
		engagement.MessageActionRequired: 2, engagement.MessageClaimRejected: 1, engagement.MessageClaimApproved: 1, engagement.MessageClaimPaid: 2, engagement.MessageClaimExpired: 0,
	} {
		equal(t, "how often the partner was told "+string(kind), len(sentTo(w, kind)), times)
	}
}

// Every end of a participation: what it shows, what it leaves in the history, whom
// it is told, and whether it frees the customer's place for this partner and for
// others.
func TestEndings(t *testing.T) {
	delivered := map[engagement.Status]bool{engagement.StatusApproved: true, engagement.StatusPaid: true}
	kinds := map[engagement.Status]engagement.EventKind{
		engagement.StatusApproved: engagement.EventClaimApproved, engagement.StatusPaid: engagement.EventPaymentRecorded, engagement.StatusRejectedFinal: engagement.EventClaimRejected,
		engagement.StatusCanceled: engagement.EventParticipationCanceled, engagement.StatusConsentWithdrawn: engagement.EventConsentWithdrawn,
		engagement.StatusNotSubmittedExpired: engagement.EventDeadlinePassed, engagement.StatusPostSubmissionExpired: engagement.EventDeadlinePassed,
		engagement.StatusDisputedExpired: engagement.EventDeadlinePassed, "Rejected, and never disputed": engagement.EventDeadlinePassed,
	}
	for status, kind := range kinds {
		t.Run(string(status), func(t *testing.T) {
			w, _ := newWorld(t)
			f := w.As(workflowtest.Fabrikam)
			begin := status
			if strings.HasPrefix(string(status), "Rejected,") {
				begin, status = engagement.StatusRejected, engagement.StatusRejected
			}
			p := reached(t, w, migration, begin)
			if status == engagement.StatusRejected {
				w.SetNow(part(t, w, p).DeadlineAt(w.Now()))
			}
			want := point{status, engagement.TabComplete, string(status), time.Time{}, []engagement.Action{engagement.ActionViewClaim}}
			want.check(t, w, p, "in the end")
			theirs := func() []engagement.Reason {
				t.Helper()
				_, err := f.Desk.Customers.Add(background, f.Actor.Request(f.Key()), add(f, "eva@contoso.com", migration))
				if !delivered[status] {
					ok(t, err)
					return nil
				}
				return refused[*workflow.NotEligibleError](t, err).Reasons
			}
			again := func() error {
				_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: lisboa, Engagements: []engagement.ID{migration}})
				return err
			}
			if delivered[status] {
				w.ExpectTab(migration, engagement.TabEligible)
				w.ExpectTab(migration, engagement.TabIneligible)
				equal(t, "what another partner is told", theirs(), []engagement.Reason{{Kind: engagement.ReasonParticipatedElsewhere}})
				equal(t, "why it cannot be claimed again", refused[*workflow.NotEligibleError](t, again()).Reasons, []engagement.Reason{{Kind: engagement.ReasonClaimLimitReached}})
				equal(t, "granted", granted(t, w, migration, "contoso.com"), 1)
			} else {
				w.ExpectTab(migration, engagement.TabEligible, "Contoso")
				equal(t, "what another partner is told", theirs(), nil)
				equal(t, "granted", granted(t, w, migration, "contoso.com"), 0)
				ok(t, again())
			}
			w.Swept()
			want.check(t, w, p, "swept")
			events, _ := history(t, w, "contoso.com")
			i := slices.IndexFunc(events, func(e engagement.Event) bool { return e.Participation == p && e.Kind == kind && e.To == status })
			if i < 0 {
				t.Fatalf("no event %q leads to %q", kind, status)
			}
			for _, do := range []func() error{
				func() error {
					return errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), p, workflow.Cancel{}))
				},
				func() error {
					return errOf(w.Desk.Claims.Submit(background, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{}))
				},
				func() error {
					return errOf(w.Desk.Reviews.Start(background, w.Reviewer().Request(w.Key()), p, workflow.StartReview{}))
				},
				func() error {
					return errOf(w.Desk.Claims.Dispute(background, w.Actor.Request(w.Key()), p, workflow.DisputeClaim{Reason: "Again."}))
				},
			} {
				e := refused[*workflow.WrongStateError](t, do())
				equal(t, "the status in the refusal", e.Status, status)
			}
		})
	}
}

// While a claim runs it holds its place: another partner is told that the customer
// has consented elsewhere, and not to whom.
func TestPlaceIsHeld(t *testing.T) {
	for _, status := range []engagement.Status{
		engagement.StatusConsentReceived, engagement.StatusSubmitted, engagement.StatusUnderReview, engagement.StatusPartnerActionRequired, engagement.StatusRejected, engagement.StatusDisputed,
	} {
		w, spy := newWorld(t)
		f := w.As(workflowtest.Fabrikam)
		reached(t, w, migration, status)
		unchanged(t, spy, func() {
			_, err := f.Desk.Customers.Add(background, f.Actor.Request(f.Key()), add(f, "eva@contoso.com", migration))
			equal(t, "the reasons", refused[*workflow.NotEligibleError](t, err).Reasons, []engagement.Reason{{Kind: engagement.ReasonConsentedElsewhere}})
		})
		equal(t, "granted", granted(t, w, migration, "contoso.com"), 1)
	}
}

// Before the customer consents there is no claim, and every command about one says
// so.
func TestNoClaimYet(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	unchanged(t, spy, func() {
		for _, c := range claimCalls() {
			if c.name == "Claims.Update" || c.act == workflow.MayViewClaims {
				continue
			}
			_, err := c.do(w, c.by(), p)
			e := refused[*workflow.WrongStateError](t, err)
			if !strings.Contains(e.Error(), "before the customer consents") {
				t.Errorf("%s: %v", c.name, e)
			}
		}
	})
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	equal(t, "what can be done", view.Actions, []engagement.Action{engagement.ActionRequestConsent, engagement.ActionCancel})
	equal(t, "what is missing", len(view.Missing), 0)
}

// What a command cannot use is refused with its field, and leaves nothing.
func TestClaimInput(t *testing.T) {
	long := strings.Repeat("x", claim.MaxText+1)
	type input struct {
		at    engagement.Status
		do    func(w *workflowtest.World, p engagement.ParticipationID) error
		field string
	}
	comment := func(text string) input {
		return input{engagement.StatusConsentReceived, func(w *workflowtest.World, p engagement.ParticipationID) error {
			return errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: text}))
		}, "text"}
	}
	dispute := func(reason string) input {
		return input{engagement.StatusRejected, func(w *workflowtest.World, p engagement.ParticipationID) error {
			return errOf(w.Desk.Claims.Dispute(background, w.Actor.Request(w.Key()), p, workflow.DisputeClaim{Reason: reason}))
		}, "reason"}
	}
	action := func(field string, items ...claim.ActionItem) input {
		return input{engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) error {
			return errOf(w.Desk.Reviews.RequestAction(background, w.Reviewer().Request(w.Key()), p, workflow.RequestAction{Items: items}))
		}, field}
	}
	reject := func(field, text string, codes ...claim.RejectionCode) input {
		return input{engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) error {
			return errOf(w.Desk.Reviews.Reject(background, w.Reviewer().Request(w.Key()), p, workflow.RejectClaim{Codes: codes, Text: text}))
		}, field}
	}
	approve := func(field string, cmd workflow.ApproveClaim) input {
		return input{engagement.StatusUnderReview, func(w *workflowtest.World, p engagement.ParticipationID) error {
			cmd.Amount = money(t, "5000.00 USD")
			return errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(w.Key()), p, cmd))
		}, field}
	}
	for name, in := range map[string]input{
		"an empty comment":          comment(" \n"),
		"too long a comment":        comment(long),
		"a comment not in UTF-8":    comment("a\xff"),
		"no reason to dispute":      dispute(""),
		"too long a reason":         dispute(long),
		"nothing to do":             action("items"),
		"too much to do":            action("items", make([]claim.ActionItem, 21)...),
		"an empty item":             action("items[1].text", claim.ActionItem{Text: "Sign."}, claim.ActionItem{}),
		"an item about nothing":     action("items[0].kind", claim.ActionItem{Kind: "photo", Text: "Sign."}),
		"no rejection code":         reject("codes", "No."),
		"an unknown rejection code": reject("codes[1]", "No.", claim.RejectionOther, "bad luck"),
		"a rejection code twice":    reject("codes[1]", "No.", claim.RejectionOther, claim.RejectionOther),
		"a rejection without words": reject("text", "", claim.RejectionOther),
		"an override for nothing":   approve("override", workflow.ApproveClaim{Override: "Well done."}),
		"too long an override":      approve("override", workflow.ApproveClaim{Override: long}),
		"too long a text":           approve("text", workflow.ApproveClaim{Text: long}),
		"a reference without end": {engagement.StatusApproved, func(w *workflowtest.World, p engagement.ParticipationID) error {
			return errOf(w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: money(t, "1.00 USD"), Reference: strings.Repeat("x", 201)}))
		}, "reference"},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			p := reached(t, w, migration, in.at)
			unchanged(t, spy, func() {
				equal(t, "the field", refused[*workflow.InputError](t, in.do(w, p)).Field, in.field)
			})
		})
	}
}

// A claim is submitted with everything that it needs, or refused with a list of
// all that is missing; only what is required counts.
func TestSubmitNeedsProof(t *testing.T) {
	w, spy := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.Proof = append(claim.DefaultProof(), claim.ProofItem{Kind: "photos", Title: "Photos", Required: true, AtLeast: 3}, claim.ProofItem{Kind: "notes", Title: "Notes"})
	})
	p := w.Granted(migration, "ana@contoso.com")
	submit := func() error {
		return errOf(w.Desk.Claims.Submit(background, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{}))
	}
	missing := func() string {
		t.Helper()
		var text string
		unchanged(t, spy, func() {
			e := refused[*claim.IncompleteError](t, submit())
			view, err := w.Desk.Claims.Get(background, w.Actor, p)
			ok(t, err)
			equal(t, "what the claim says is missing", view.Missing, e.Missing)
			text = strings.TrimPrefix(e.Error(), "the claim cannot be submitted yet: ")
		})
		return text
	}
	equal(t, "missing at first", missing(), "Findings and recommendations document is missing; Invoice is missing; "+
		"Partner survey has not been answered; Customer survey has not been answered; Photos: 0 of 3 are there")
	w.Documented(p, claim.ProofFindings)
	w.Documented(p, "photos")
	w.Surveyed(p, claim.ProofCustomerSurvey)
	equal(t, "missing then", missing(), "Invoice is missing; Partner survey has not been answered; Photos: 1 of 3 are there")
	w.Surveyed(p, claim.ProofPartnerSurvey)
	w.Documented(p, "photos")
	w.Documented(p, "photos")
	equal(t, "missing in the end", missing(), "Invoice is missing")
	w.Documented(p, claim.ProofInvoice)
	ok(t, submit())
}

// What the customer takes back after the submission is a flag for the reviewer,
// and changes nothing else.
func TestWithdrawAfterSubmission(t *testing.T) {
	w, _ := newWorld(t)
	p := reached(t, w, migration, engagement.StatusSubmitted)
	link := newest(w, p)
	v, err := w.Desk.Links.ConsentView(background, link)
	ok(t, err)
	equal(t, "the customer may withdraw", v.MayWithdraw, true)
	w.Advance(time.Hour)
	ok(t, answer(w, link, consent.DecisionWithdraw))
	at := w.Now()
	w.ExpectStatus(p, engagement.StatusSubmitted)
	view, err := w.Desk.Claims.Get(background, w.Reviewer(), p)
	ok(t, err)
	equal(t, "the flag", view.WithdrawnAt, at)
	page, err := w.Desk.Claims.List(background, workflowtest.Vendor, workflow.ClaimsQuery{})
	ok(t, err)
	equal(t, "the flag in the list", page.Rows[0].WithdrawnAt, at)
	equal(t, "granted", granted(t, w, migration, "contoso.com"), 1)
	last := view.History[len(view.History)-1]
	equal(t, "the event", []string{string(last.Kind), string(last.By), string(last.From), string(last.To)}, []string{"consent withdrawn", "customer", "Submitted", "Submitted"})
	w.Relayed()
	equal(t, "who is told", sentTo(w, engagement.MessageConsentWithdrawn), []string{"partner@partner.example"})
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	view, err = w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	equal(t, "the flag stays", view.WithdrawnAt, at)
}

// Comments are of both sides, and both read them, in every status that is not over.
func TestComments(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	say := func(actor workflow.Actor, text string) {
		t.Helper()
		ok(t, errOf(w.Desk.Claims.Comment(background, actor.Request(w.Key()), p, workflow.Comment{Text: text})))
	}
	say(w.Actor, "Here it is.")
	w.Submitted(p)
	w.Advance(time.Hour)
	say(w.Reviewer(), "Thank you.\nIt looks good.")
	for _, actor := range []workflow.Actor{w.Actor, w.Reviewer()} {
		view, err := w.Desk.Claims.Get(background, actor, p)
		ok(t, err)
		reviewer := "program"
		if actor.Partner == w.Actor.Partner && actor.User == w.Actor.User {
			reviewer = "" // to the partner it is the program that speaks
		}
		equal(t, "the comments", view.Claim.Comments, []claim.Comment{
			{At: w.Now().Add(-time.Hour), By: claim.SidePartner, User: "ana", Text: "Here it is."},
			{At: w.Now(), By: claim.SideProgram, User: reviewer, Text: "Thank you.\nIt looks good."},
		})
		var events []string
		for _, e := range view.History {
			if e.Kind == engagement.EventCommentAdded {
				events = append(events, fmt.Sprintf("%s: %s", e.By, e.Person.Why))
			}
		}
		equal(t, "the history", events, []string{"partner: Here it is.", "program: Thank you.\nIt looks good."})
	}
}

// Whoever has the roles of both sides acts as the side whose act it is.
func TestBothRoles(t *testing.T) {
	w, _ := newWorld(t)
	both := workflow.Actor{Partner: "northwind", User: "kim", Roles: workflow.AllRoles()}
	w = w.As(both)
	reached(t, w, migration, engagement.StatusDisputed)
	events, _ := history(t, w, "contoso.com")
	for kind, by := range map[engagement.EventKind]engagement.Party{
		engagement.EventCustomerAdded: engagement.ByPartner, engagement.EventEvidenceAdded: engagement.ByPartner, engagement.EventSurveyRequested: engagement.ByPartner,
		engagement.EventClaimSubmitted: engagement.ByPartner, engagement.EventReviewStarted: engagement.ByProgram, engagement.EventClaimRejected: engagement.ByProgram,
		engagement.EventDisputeOpened: engagement.ByPartner,
	} {
		i := slices.IndexFunc(events, func(e engagement.Event) bool { return e.Kind == kind })
		equal(t, "who is behind "+string(kind), events[i].By, by)
	}
}

// A claim that is damaged in storage is shown together with the error that says
// so.
func TestClaimHistoryTampered(t *testing.T) {
	w, s := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Granted(workshop, "it@adatum.com")
	s.Store = tampering{s.Store}
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	e := refused[*engagement.HistoryError](t, err)
	equal(t, "where", e.Seq, int64(2))
	equal(t, "the claim is there", []any{view.ID, view.Status, len(view.History) > 0}, []any{p, engagement.StatusConsentReceived, true})
}

// The history of a claim is that of the one participation, not of all that the
// partner has with the customer.
func TestClaimHistoryIsItsOwn(t *testing.T) {
	w, _ := newWorld(t)
	other := reached(t, w, migration, engagement.StatusCanceled)
	p := reached(t, w, migration, engagement.StatusConsentReceived)
	for _, id := range []engagement.ParticipationID{other, p} {
		view, err := w.Desk.Claims.Get(background, w.Actor, id)
		ok(t, err)
		if len(view.History) < 4 || slices.ContainsFunc(view.History, func(e engagement.Event) bool { return e.Participation != id }) {
			t.Errorf("the history of %s is %v", id, view.History)
		}
	}
}

// Who has done what the reviewer asked for before the message went out is not told
// to do it.
func TestActionDoneBeforeItIsTold(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "Sign the findings.")
	w.Submitted(p)
	w.Relayed()
	equal(t, "how often the partner was told", len(sentTo(w, engagement.MessageActionRequired)), 0)
}
