package workflow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// wholeFeed reads a feed to its end.
func wholeFeed(desk *workflow.Service, a workflow.Actor, q workflow.FeedQuery) ([]workflow.FeedEvent, error) {
	var all []workflow.FeedEvent
	for {
		page, err := desk.Feed.Read(background, a, q)
		if err != nil {
			return all, err
		}
		all = append(all, page.Events...)
		if !page.More {
			return all, nil
		}
		q.Cursor = page.Next
	}
}

// vic acts for the program.
var vic = workflow.Actor{User: "vic", Roles: []workflow.Role{workflow.RoleProgram}}

// following is what a feed tells of whom: kinds by partner and customer.
func following(events []workflow.FeedEvent) map[engagement.CustomerKey][]engagement.EventKind {
	out := map[engagement.CustomerKey][]engagement.EventKind{}
	for _, e := range events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		out[key] = append(out[key], e.Kind)
	}
	return out
}

// The feed is all histories together, as each side sees them; the program follows all
// partners, or one.
func TestFeed(t *testing.T) {
	w, _, _, _ := quarters(t)
	histories := func(actors ...workflow.Actor) map[engagement.CustomerKey][]engagement.EventKind {
		out := map[engagement.CustomerKey][]engagement.EventKind{}
		for _, a := range actors {
			for _, domain := range []string{"contoso.com", "adatum.com", "woodgrovebank.com"} {
				events, err := collect(w.Desk.Histories.All(background, a, workflow.HistoryQuery{Customer: w.Customer(domain)}))
				if errors.As(err, new(*workflow.NotFoundError)) {
					continue
				}
				ok(t, err)
				for _, e := range events {
					key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
					out[key] = append(out[key], e.Kind)
				}
			}
		}
		return out
	}
	for what, try := range map[string]struct {
		actor workflow.Actor
		of    []workflow.Actor
	}{
		"a partner":                   {w.Actor, []workflow.Actor{w.Actor}},
		"another one":                 {workflowtest.Fabrikam, []workflow.Actor{workflowtest.Fabrikam}},
		"the program, all":            {vic, []workflow.Actor{w.Actor, workflowtest.Fabrikam}},
		"the program, one":            {vic.For("fabrikam"), []workflow.Actor{workflowtest.Fabrikam}},
		"a partner with one location": {rui, []workflow.Actor{rui}},
	} {
		for _, limit := range []int{1, 3, 1000} {
			events, err := wholeFeed(w.Desk, try.actor, workflow.FeedQuery{Limit: limit})
			ok(t, err)
			want := histories(try.of...)
			if try.actor.User == rui.User { // a history of nothing but others' is not found; in the feed nothing of it is left
				for key, kinds := range following(events) {
					if _, found := want[key]; !found {
						t.Errorf("%s is told of %v: %v", what, key, kinds)
					}
				}
			}
			equal(t, what, following(events), want)
			for _, e := range events {
				if e.Person != nil {
					t.Errorf("%s is told about persons, unasked", what)
				}
			}
		}
	}
}

// Persons come when they are asked for, as each side may see them, and go when they are
// erased.
func TestFeedOfPersons(t *testing.T) {
	w, _, _, _ := quarters(t)
	named := func(a workflow.Actor, text string) int {
		events, err := wholeFeed(w.Desk, a, workflow.FeedQuery{Persons: true})
		ok(t, err)
		n := 0
		for _, e := range events {
			if p := e.Person; p != nil && (p.User == text || slices.ContainsFunc(p.Contacts, func(c tenant.Email) bool { return c.String() == text }) || p.Salt != "") {
				n++
			}
		}
		return n
	}
	reviewer := w.Reviewer().User
	equal(t, "a partner is not told who reviews", named(w.Actor, reviewer), 0)
	if named(vic, reviewer) == 0 || named(vic, "lisboan@contoso.com") == 0 || named(w.Actor, "lisboan@contoso.com") == 0 {
		t.Error("nobody is named")
	}
	equal(t, "another partner is not told", named(workflowtest.Fabrikam, "lisboan@contoso.com"), 0)
	_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "lisboan@contoso.com"}, nil)
	ok(t, err)
	equal(t, "an erased person", named(vic, "lisboan@contoso.com"), 0)
	events, err := wholeFeed(w.Desk, w.Actor, workflow.FeedQuery{})
	ok(t, err)
	equal(t, "the last event", events[len(events)-1].Kind, engagement.EventPersonErased)
}

func TestFeedCursors(t *testing.T) {
	w, _, _, _ := quarters(t)
	all, err := wholeFeed(w.Desk, vic, workflow.FeedQuery{})
	ok(t, err)
	for i, e := range all {
		rest, err := wholeFeed(w.Desk, vic, workflow.FeedQuery{Cursor: e.Cursor})
		ok(t, err)
		equal(t, "what is behind an event", rest, append([]workflow.FeedEvent(nil), all[i+1:]...))
	}
	lag, err := w.Desk.Feed.Lag(background, vic, all[4].Cursor)
	ok(t, err)
	equal(t, "the lag", lag, workflow.FeedLag{Events: len(all) - 5, Oldest: all[5].At})
	for _, cursor := range []string{"x", "!", strings.Repeat("eA", 4000), all[0].Cursor + "x"} {
		_, err := w.Desk.Feed.Read(background, vic, workflow.FeedQuery{Cursor: cursor})
		refused[*workflow.InvalidCursorError](t, err)
		_, err = w.Desk.Feed.Lag(background, vic, cursor)
		refused[*workflow.InvalidCursorError](t, err)
	}
	_, err = w.Desk.Feed.Read(background, vic, workflow.FeedQuery{Limit: 1001})
	refused[*workflow.InputError](t, err)

	// A store that was restored from before has none of it.
	other, _ := newWorld(t)
	_, err = other.Desk.Feed.Read(background, vic, workflow.FeedQuery{Cursor: all[0].Cursor})
	if e := refused[*workflow.InvalidCursorError](t, err); !errors.Is(e, storage.ErrRewound) {
		t.Errorf("a cursor of what is not there any more: %v", e)
	}
}

func TestFeedConsumers(t *testing.T) {
	w, _, _, _ := quarters(t)
	page, err := w.Desk.Feed.Read(background, vic, workflow.FeedQuery{Limit: 3})
	ok(t, err)
	move := func(a workflow.Actor, name, from, to string) error {
		return w.Desk.Feed.MoveConsumer(background, a, workflow.MoveFeedConsumer{Name: name, From: from, To: to})
	}
	ok(t, move(vic, "crm", "", page.Next))
	ok(t, move(w.Actor, "crm", "", page.Events[0].Cursor))
	refused[*workflow.ConsumerMovedError](t, move(vic, "crm", page.Events[0].Cursor, page.Events[1].Cursor))
	refused[*workflow.InputError](t, move(vic, "", "", page.Next))
	refused[*workflow.InputError](t, move(vic, "crm", page.Next, page.Next))
	refused[*workflow.InvalidCursorError](t, move(vic, "crm", page.Next, "?"))
	refused[*workflow.ForbiddenError](t, move(rui, "crm", "", page.Next))
	refused[*workflow.ForbiddenError](t, move(workflow.Actor{User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}, "crm", "", page.Next))

	all, err := wholeFeed(w.Desk, vic, workflow.FeedQuery{})
	ok(t, err)
	got, err := w.Desk.Feed.Consumers(background, vic)
	ok(t, err)
	equal(t, "the program's consumers", got, []workflow.FeedConsumer{
		{Name: "crm", Cursor: page.Next, At: w.Now(), Lag: workflow.FeedLag{Events: len(all) - 3, Oldest: all[3].At}},
	})
	theirs, err := w.Desk.Feed.Consumers(background, workflowtest.Fabrikam)
	ok(t, err)
	equal(t, "the number of another partner's", len(theirs), 0)
}
