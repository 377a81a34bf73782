package workflow_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// decoded is what stands in a cursor.
func decoded(t *testing.T, cursor string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	ok(t, err)
	return string(text)
}

// Whatever Northwind has with the customers that Fabrikam asks about, nothing
// that Fabrikam is answered holds a trace of it: not in rows, reasons, errors,
// histories, cursors, exports, searches or counts.
func TestNobodySeesAnother(t *testing.T) {
	w, _ := newWorld(t, street(6))
	ours := map[string]string{} // what must not be seen, by what it is
	secret := func(what, text string) {
		if text == "" {
			t.Fatalf("%s is empty", what)
		}
		ours[what] = text
	}
	secret("partner", "northwind")
	for _, l := range []engagement.LocationID{lisboa, porto, funchal} {
		secret("location "+string(l), string(l))
	}
	secret("user", "anaofnorthwind")
	us := w.As(workflow.Actor{Partner: "northwind", User: "anaofnorthwind", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}})
	them := w.As(workflowtest.Fabrikam)

	// Of Northwind: a grant, an open request, one that is over, one withdrawn.
	for n, until := range []func(engagement.ParticipationID){
		func(p engagement.ParticipationID) { us.Accepted(p) },
		func(engagement.ParticipationID) {},
		func(p engagement.ParticipationID) { us.Declined(p) },
		func(p engagement.ParticipationID) { us.Accepted(p); us.Withdrawn(p) },
	} {
		started, err := us.Desk.Customers.Add(background, us.Actor.Request(us.Key()), workflow.AddCustomer{Engagements: []engagement.ID{pilot, migration}[:1+n/3],
			Candidate: workflow.Candidate{Location: lisboa, Email: fmt.Sprintf("secret%d@c%02d.example", n, n+2), FriendlyName: fmt.Sprintf("Darling%d", n)}})
		ok(t, err)
		secret(fmt.Sprint("contact ", n), fmt.Sprintf("secret%d", n))
		secret(fmt.Sprint("friendly name ", n), fmt.Sprintf("Darling%d", n))
		p := started[0]
		us.Requested(p.ID, fmt.Sprintf("secret%d@c%02d.example", n, n+2))
		until(p.ID)
		secret(fmt.Sprint("participation ", n), string(p.ID))
		secret(fmt.Sprint("claim ", n), p.ClaimNumber)
		for i, link := range us.Links(p.ID) {
			secret(fmt.Sprint("token ", n, i), link.Secret())
			secret(fmt.Sprint("hash ", n, i), link.Hash().String())
		}
	}
	held := us.Granted(migration, "ana@contoso.com")
	secret("the participation that holds the place", string(held))
	us.Submitted(held)
	for _, c := range []struct {
		by   workflow.Actor
		text string
	}{{us.Actor, "Ourwords"}, {us.Reviewer(), "Theirwords"}} {
		ok(t, errOf(w.Desk.Claims.Comment(background, c.by.Request(us.Key()), held, workflow.Comment{Text: c.text})))
		secret("comment "+c.text, c.text)
	}
	for _, v := range part(t, us, held).Claim.Evidence {
		secret("document", string(v.ID))
	}
	secret("claim of the one that holds the place", part(t, us, held).ClaimNumber)

	// Fabrikam knows some of the same customers, and tries for the same places.
	for n := range 4 {
		them.Known(fmt.Sprintf("c%02d.example", n+2))
	}
	them.Known("contoso.com")
	late := them.Claimed(migration, "c04.example")
	them.Requested(late, "theirs@c04.example")
	us.Accepted(func() engagement.ParticipationID {
		p := us.Added(migration, "y@c04.example")
		us.Requested(p)
		secret("the faster one", string(p))
		return p
	}())

	answers := map[string]any{}
	var errs []error
	keep := func(what string, v any, err error) {
		if err != nil {
			errs = append(errs, err)
		}
		answers[what] = v
	}
	ask := func() {
		for _, e := range []engagement.ID{migration, pilot, workshop} {
			for _, tab := range engagement.AllTabs() {
				page, err := them.Desk.Customers.List(background, them.Actor, workflow.CustomersQuery{Engagement: e, Tab: tab, Limit: 1})
				keep(fmt.Sprint("page ", e, tab), page, err)
				if page.Next != "" {
					keep(fmt.Sprint("cursor ", e, tab), decoded(t, page.Next), nil)
				}
				keep(fmt.Sprint("rows ", e, tab), them.Rows(e, tab), nil)
			}
			var csv strings.Builder
			keep("export "+string(e), &csv, them.Desk.Customers.Export(background, them.Actor, workflow.CustomersQuery{Engagement: e}, &csv, nil))
			for _, domain := range []string{"c00.example", "c01.example", "c02.example", "c03.example", "c04.example", "c05.example", "contoso.com"} {
				offer, err := them.Desk.Customers.Identify(background, them.Actor, workflow.Candidate{Location: madrid, Domain: domain})
				keep("offer "+domain, offer, err)
				for _, c := range append(offer.Eligible, offer.Ineligible...) {
					errs = append(errs, c.Refusals...)
				}
				offer, err = them.Desk.Customers.PreviewClaim(background, them.Actor, workflow.ClaimCustomer{Customer: them.Customer(domain), Location: madrid})
				keep("claim offer "+domain, offer, err)
				events, err := wholeHistory(background, them.Desk, them.Actor, them.Customer(domain))
				keep("history "+domain, events, err)
				_, err = them.Desk.Customers.Add(background, them.Actor.Request("add "+domain+string(e)), workflow.AddCustomer{Candidate: workflow.Candidate{Location: madrid, Domain: domain}, Engagements: []engagement.ID{e, "legacy-voice"}})
				keep("add "+domain, nil, err)
				_, err = them.Desk.Customers.Claim(background, them.Actor.Request("claim "+domain+string(e)), workflow.ClaimCustomer{Customer: them.Customer(domain), Location: madrid, Engagements: []engagement.ID{e, "legacy-voice"}})
				keep("claim "+domain, nil, err)
			}
		}
		for _, text := range []string{"", "darling", "c02", "x"} {
			rows, err := searchRows(them.Desk, them.Actor, text, 0)
			keep("search "+text, rows, err)
		}
		rows, err := attentionRows(them.Desk, them.Actor, 0)
		keep("attention", rows, err)
		for _, q := range []workflow.ClaimsQuery{{}, {Limit: 1}, {Search: "contoso"}, {Customer: them.Customer("contoso.com")}, {Locations: []engagement.LocationID{madrid}}} {
			page, err := them.Desk.Claims.List(background, them.Actor, q)
			keep(fmt.Sprintf("claims %+v", q), page, err)
			if page.Next != "" {
				keep("cursor of claims", decoded(t, page.Next), nil)
			}
			totals, err := them.Desk.Claims.Totals(background, them.Actor, q)
			keep(fmt.Sprintf("totals %+v", q), totals, err)
			figures, err := them.Desk.Claims.Figures(background, them.Actor, workflow.FiguresQuery{By: workflow.AllFigureDimensions(), Locations: q.Locations, Known: true})
			keep(fmt.Sprintf("figures %+v", q), figures, err)
			var csv strings.Builder
			keep(fmt.Sprintf("export of claims %+v", q), &csv, them.Desk.Claims.Export(background, them.Actor, q, &csv, nil))
		}
		view, err := them.Desk.Claims.Get(background, them.Actor, late)
		keep("claim", view, err)
		list, err := them.Desk.Engagements.List(background, them.Actor, workflow.EngagementsQuery{})
		keep("engagements", list, err)
		outcomes, err := them.Desk.Engagements.Locations(background, them.Actor, migration)
		keep("eligibility", outcomes, err)
		var customers []workflow.KnownCustomerView
		for c, err := range them.Desk.Customers.AllKnown(background, them.Actor) {
			ok(t, err)
			customers = append(customers, c)
		}
		keep("customers", customers, nil)
		p, err := them.Desk.Claims.Participation(background, them.Actor, late)
		keep("participation", p, err)
		keep("answer of the customer", nil, them.Answer(late, consent.DecisionAccept))
		_, err = them.Desk.Consents.Resend(background, them.Actor.Request(them.Key()), late)
		keep("resend", nil, err)
	}
	check := func() {
		t.Helper()
		if len(errs) < 30 {
			t.Fatalf("only %d refusals: too few to learn from", len(errs))
		}
		for what, text := range ours {
			if found := holding(texts(answers), text); len(found) > 0 {
				t.Errorf("%s is in what Fabrikam is answered: %q", what, found[0])
			}
			for _, err := range errs {
				if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(text)) || len(holding(texts(err), text)) > 0 {
					t.Errorf("%s is in the error %v", what, err)
				}
			}
		}
	}
	ask()
	taken := slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, consent.ErrTakenElsewhere) })
	lost := slices.ContainsFunc(errs, func(err error) bool {
		var not *workflow.NotEligibleError
		return errors.As(err, &not) && slices.ContainsFunc(not.Reasons, func(r engagement.Reason) bool { return r.Kind == engagement.ReasonConsentedElsewhere })
	})
	equal(t, "that the customer, and that Fabrikam is told that another has it", [2]bool{taken, lost}, [2]bool{true, true})
	check()

	// The same when everything of Northwind's is overdue, and after a sweep.
	w.Advance(61 * day)
	ask()
	check()
	w.Swept()
	ask()
	check()
	equal(t, "how many participations Northwind has in the end", len(slices.DeleteFunc(
		append(us.Rows(migration, engagement.TabComplete), us.Rows(migration, engagement.TabEligible)...),
		func(r workflow.Row) bool { return r.Participation == "" })), 2)
}
