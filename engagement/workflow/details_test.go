package workflow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// A participation has an owner and labels for as long as there is anything to see of
// it: they are shown with it, a search finds it by them, and they go with the person.
func TestOwnerAndLabels(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	change := func(cmd workflow.UpdateDetails) error {
		return errOf(w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, cmd))
	}
	owner, labels := "João de Sousa", []string{"VIP", "before summer"}
	ok(t, change(workflow.UpdateDetails{Owner: &owner, Labels: &labels}))
	row := w.Row(p)
	equal(t, "the row", []any{row.Owner, row.Labels}, []any{owner, []string{"VIP", "before summer"}})
	for _, search := range []string{"joao", "vip", "summer"} {
		rows, err := searchRows(w.Desk, w.Actor, search, 0)
		ok(t, err)
		equal(t, "found by "+search, len(rows), 1)
	}
	other := w.Added(migration, "ana@adatum.com")
	for _, test := range []struct {
		owners, labels []string
		found          int
	}{
		{[]string{"joão DE sousa"}, nil, 1}, {[]string{"João"}, nil, 0}, {[]string{"eva", owner}, []string{"vip"}, 1}, {nil, []string{"summer"}, 0},
		{nil, []string{"before summer", "other"}, 1}, {[]string{"eva"}, []string{"VIP"}, 0}, {[]string{""}, nil, 0}, {nil, nil, 2},
	} {
		page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Owners: test.owners, Labels: test.labels})
		ok(t, err)
		list, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{Owners: test.owners, Labels: test.labels})
		ok(t, err)
		equal(t, fmt.Sprint("found by ", test.owners, test.labels), []int{len(page.Rows), len(list.Rows)}, []int{test.found, test.found})
	}
	w.Cancelled(other)
	events, _ := history(t, w, "contoso.com")
	equal(t, "what was changed", events[len(events)-1].Detail, engagement.Detail{Changed: []engagement.ChangedField{engagement.ChangedOwner, engagement.ChangedLabels}})

	for field, bad := range map[string][]string{
		"labels":    strings.Split(strings.Repeat("x", engagement.MaxLabels+1), ""),
		"labels[0]": {""}, "labels[1]": {"VIP", "vip"}, "labels[2]": {"a", "b", "\u200b"}, "labels[3]": {"a", "b", "c", strings.Repeat("d", engagement.MaxLabel+1)},
	} {
		unchanged(t, spy, func() {
			equal(t, "the field", refused[*workflow.InputError](t, change(workflow.UpdateDetails{Labels: &bad})).Field, field)
		})
	}
	all := []string{"\u200b", "", "ok"}
	if err := change(workflow.UpdateDetails{Labels: &all}); !strings.Contains(err.Error(), "labels[0]") || !strings.Contains(err.Error(), "labels[1]") {
		t.Errorf("not every mistake at once: %v", err)
	}
	hidden := "\u202ejoe"
	equal(t, "the field", refused[*workflow.InputError](t, change(workflow.UpdateDetails{Owner: &hidden})).Field, "owner")

	w.Cancelled(p)
	nobody, none := "", []string{}
	ok(t, change(workflow.UpdateDetails{Labels: &none})) // also of what has ended
	equal(t, "the labels", len(part(t, w, p).Labels), 0)
	name := "Contoso"
	if err := change(workflow.UpdateDetails{Owner: &nobody, FriendlyName: &name}); !errors.As(err, new(*workflow.WrongStateError)) {
		t.Errorf("the name of what has ended: %v", err)
	}
	equal(t, "the owner stays", part(t, w, p).Owner, owner)
	erase(t, w, workflow.Person{User: owner})
	equal(t, "the owner", part(t, w, p).Owner, "")
}

// An engagement that asks for the deal size has it before a customer is asked.
func TestDealSizeIsAskedFor(t *testing.T) {
	w, spy := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.AsksDealSize = true })
	p := w.Added(migration, "ana@contoso.com")
	ask := func() error {
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
		return err
	}
	unchanged(t, spy, func() {
		equal(t, "the field", refused[*workflow.InputError](t, ask()).Field, "deal_size")
		_, err := w.Desk.Consents.Preview(background, w.Actor, p, asked(w, "ana@contoso.com"))
		refused[*workflow.InputError](t, err)
	})
	size := w.Money("40000.00 USD")
	ok(t, errOf(w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, workflow.UpdateDetails{DealSize: &size})))
	ok(t, ask())
}
