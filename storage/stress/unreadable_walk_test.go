package stress_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// spoiled is a store with one bad row in it, and who reads it: Northwind, whose
// customer is 889, with others of its own and a partner beside it.
type spoiled struct {
	*workflowtest.World
	bad   engagement.ParticipationID
	token consent.Token // opens the bad participation
}

// readings are every query and job: what it gave, and its error. None of them
// needs a customer of its own to be there.
var readings = map[string]func(t *testing.T, w spoiled) (int, error){
	"Customers": func(t *testing.T, w spoiled) (n int, err error) {
		for _, tab := range engagement.AllTabs() {
			page, err := w.Desk.Customers(t.Context(), w.Actor, once, workflow.CustomersQuery{Tab: tab})
			if n += len(page.Rows); err != nil {
				return n, err
			}
			if len(page.Unreadable) > 0 {
				return n, errShown
			}
		}
		return n, nil
	},
	"Claims": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Claims(t.Context(), w.Actor, workflow.ClaimsQuery{})
		if err == nil && len(page.Unreadable) > 0 {
			err = errShown
		}
		return len(page.Rows), err
	},
	"Claims by location": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Claims(t.Context(), w.Actor, workflow.ClaimsQuery{Locations: []engagement.LocationID{w.Location(once)}})
		if err == nil && len(page.Unreadable) > 0 {
			err = errShown
		}
		return len(page.Rows), err
	},
	"AllClaims": func(t *testing.T, w spoiled) (int, error) {
		return drain(w.Desk.AllClaims(t.Context(), w.Actor, workflow.ClaimsQuery{}))
	},
	"AllCustomers": func(t *testing.T, w spoiled) (int, error) {
		return drain(w.Desk.AllCustomers(t.Context(), w.Actor, once, workflow.CustomersQuery{}))
	},
	"KnownCustomers": func(t *testing.T, w spoiled) (int, error) { return drain(w.Desk.KnownCustomers(t.Context(), w.Actor)) },
	"Heads":          func(t *testing.T, w spoiled) (int, error) { return drain(w.Desk.Heads(t.Context(), w.Actor)) },
	"ClaimTotals": func(t *testing.T, w spoiled) (int, error) {
		totals, err := w.Desk.ClaimTotals(t.Context(), w.Actor, workflow.ClaimsQuery{})
		return len(totals), err
	},
	"Search": func(t *testing.T, w spoiled) (int, error) {
		rows, err := w.Desk.Search(t.Context(), w.Actor, "", 0)
		return len(rows), err
	},
	"AttentionRequired": func(t *testing.T, w spoiled) (int, error) {
		rows, err := w.Desk.AttentionRequired(t.Context(), w.Actor, 0)
		return len(rows), err
	},
	"ExportCustomers": func(t *testing.T, w spoiled) (int, error) {
		var b bytes.Buffer
		err := w.Desk.ExportCustomers(t.Context(), w.Actor, once, workflow.CustomersQuery{}, &b, nil)
		return strings.Count(b.String(), "\n") - 1, err
	},
	"ExportClaims": func(t *testing.T, w spoiled) (int, error) {
		var b bytes.Buffer
		err := w.Desk.ExportClaims(t.Context(), w.Actor, workflow.ClaimsQuery{}, &b, nil)
		return strings.Count(b.String(), "\n") - 1, err
	},
	"Engagements": func(t *testing.T, w spoiled) (int, error) {
		groups, err := w.Desk.Engagements(t.Context(), w.Actor, workflow.EngagementsQuery{})
		return len(groups), err
	},
	"Claim": func(t *testing.T, w spoiled) (int, error) {
		view, err := w.Desk.Claim(t.Context(), w.Actor, w.bad)
		if err == nil && len(view.UnreadableEvents) > 0 {
			return len(view.History), errShown
		}
		return 1, err
	},
	"Participation": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Participation(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"Status": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Status(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"Contacts": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Contacts(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"ConsentEvidence": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.ConsentEvidence(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"History": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.History(t.Context(), w.Actor, workflow.HistoryQuery{Customer: w.Customer(domainOf(889))})
		if err == nil && len(page.Unreadable) > 0 {
			return len(page.Events), errShown
		}
		return 1, err
	},
	"AllHistory": func(t *testing.T, w spoiled) (int, error) {
		_, err := drain(w.Desk.AllHistory(t.Context(), w.Actor, workflow.HistoryQuery{Customer: w.Customer(domainOf(889))}))
		return 1, err
	},
	"VerifyHistory": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.VerifyHistory(t.Context(), w.Actor, w.Customer(domainOf(889)))
		if errors.Is(err, engagement.ErrHistoryBroken) {
			t.Errorf("VerifyHistory takes a bad row for tampering: %v", err)
		}
		return 1, err
	},
	"ConsentView": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.ConsentView(t.Context(), w.token)
		return 1, err
	},
	"Feed": func(t *testing.T, w spoiled) (n int, err error) {
		for q := (workflow.FeedQuery{Persons: true}); ; {
			page, err := w.Desk.Feed(t.Context(), w.Actor, q)
			if n += len(page.Events); err != nil {
				return n, err
			}
			if page.Unreadable > 0 {
				return n, errShown
			}
			if q.Cursor = page.Next; !page.More {
				return n, nil
			}
		}
	},
	"FeedLag": func(t *testing.T, w spoiled) (int, error) {
		lag, err := w.Desk.FeedLag(t.Context(), w.Actor, "")
		return lag.Events, err
	},
	"FeedConsumers": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Feed(t.Context(), w.Actor, workflow.FeedQuery{Limit: 1})
		if err != nil {
			return 0, err
		}
		move := workflow.MoveFeedConsumer{Name: "crm " + w.Key(), To: page.Next}
		if err := w.Desk.MoveFeedConsumer(t.Context(), w.Actor, move); err != nil {
			return 0, err
		}
		all, err := w.Desk.FeedConsumers(t.Context(), w.Actor)
		return len(all), err
	},
	"Prune": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Prune(t.Context())
		return 1, err
	},
	"Reevaluate": func(t *testing.T, w spoiled) (int, error) {
		done, err := w.Desk.Reevaluate(t.Context(), w.Reviewer(), workflow.Reevaluation{Partner: w.Actor.Partner}, nil)
		if errors.Is(err, storage.ErrUnreadable) && done.Failed != 1 {
			t.Errorf("the re-evaluation counts %+v, %v", done, err)
		}
		return done.Done - done.Failed, err
	},
	"ErasePerson": func(t *testing.T, w spoiled) (int, error) {
		done, err := w.Desk.ErasePerson(t.Context(), w.Actor, workflow.Person{Email: "contact@customer.example"}, nil)
		return done.Participations, err
	},
	"Relay": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Relay(t.Context())
		return 1, err
	},
	"Sweep": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Sweep(t.Context())
		return 1, err
	},
}

// errShown stands for rows that a page says cannot be read.
var errShown = errors.Join(storage.ErrUnreadable)

func drain[V any](all iter.Seq2[V, error]) (n int, err error) {
	for _, bad := range all {
		if err = bad; err == nil {
			n++
		}
	}
	return n, err
}

// details are what no person may read in an error: whose text speaks of JSON, keys and
// statements speaks of the storage.
var details = regexp.MustCompile(`(?i)json|unexpected|invalid character|sqlite|sql|pe_|record northwind|azure-migration t[:-]|\bunknown\b`)

// namedBy are who has to name a bad row of each kind, besides what may.
var namedBy = map[string][]string{
	"participation": {"Claim", "Participation", "Status", "Contacts", "ConsentEvidence", "VerifyHistory", "ConsentView", "ErasePerson"},
	"record":        {"VerifyHistory", "ErasePerson"},
	"customer":      {"Claim", "History", "AllHistory", "VerifyHistory", "Heads", "Reevaluate", "ErasePerson"},
	"event":         {"Claim", "History", "AllHistory", "Feed", "VerifyHistory", "ErasePerson"},
	"entry":         {"Customers", "Claims", "Claims by location", "AllClaims", "ClaimTotals", "Search", "ExportCustomers", "ExportClaims"},
	"message":       {"Relay"},
}

// Whatever the bad row is, every query and every job says so or does without it, and
// the rest is there: nothing is called unavailable, nothing panics, and nobody but who
// runs the jobs reads how things are stored.
func TestUnreadableWalk(t *testing.T) {
	const of889 = "partner = 'northwind' AND customer LIKE '%889'"
	for _, ruin := range append(slices.Clone(ruins),
		ruin{"event", "event", "body = BAD", of889 + " AND seq = 2"},
		ruin{"event", "event", "person = BAD", of889 + " AND seq = 2"},
		ruin{"entry", "entry", "locations = '{}'", of889 + " AND engagement = 'azure-migration' AND CLAIM"},
		ruin{"entry", "entry", "shown = BAD", of889 + " AND engagement = 'azure-migration' AND CLAIM"},
	) {
		for _, kind := range []string{"sqlite", "postgres"} {
			t.Run(kind+"/"+ruin.kind+" "+ruin.set, func(t *testing.T) {
				w, d := companies(t, kind)
				bad := w.Added(once, "ana@"+domainOf(889))
				w.Requested(bad)
				w.Granted(once, "ana@"+domainOf(888))
				last := w.Added(once, "ana@"+domainOf(890))
				_, err := w.Desk.RequestConsent(t.Context(), w.Actor, last, workflow.ConsentRequest{Key: w.Key(), Customer: workflow.ByEmail("eva@customer.example")})
				if err != nil {
					t.Fatal(err)
				}
				s := spoiled{World: w, bad: bad, token: w.Links(bad)[0]}
				d.spoil(t, ruin.table, ruin.set, ruin.where)
				for name, read := range readings {
					if name == "ErasePerson" || name == "Relay" || name == "Sweep" {
						continue // which change what the others read
					}
					s.check(t, ruin.kind, name, read)
				}
				for _, name := range []string{"ErasePerson", "Relay", "Sweep"} {
					s.check(t, ruin.kind, name, readings[name])
				}
			})
		}
	}
}

func (w spoiled) check(t *testing.T, table, name string, read func(*testing.T, spoiled) (int, error)) {
	t.Helper()
	n, err := read(t, w)
	told := errors.Is(err, storage.ErrUnreadable) || errors.Is(err, consent.ErrNotShown)
	job := name == "Relay" || name == "Sweep" || name == "Reevaluate"
	switch {
	case err != nil && !told, errors.Is(err, workflow.ErrUnavailable):
		t.Errorf("%s: %v", name, err)
	case n == 0:
		t.Errorf("%s shows nothing of the rest: %v", name, err)
	case !told && slices.Contains(namedBy[table], name):
		t.Errorf("%s does not say that a %s cannot be read", name, table)
	case err != nil && !job && details.MatchString(err.Error()):
		t.Errorf("%s says to people: %v", name, err)
	case err != nil && job && !strings.Contains(err.Error(), "the stored "+table):
		t.Errorf("%s does not say which row it is: %v", name, err)
	}
}

// A query that is new takes a line in the walk.
func TestUnreadableWalkIsWhole(t *testing.T) {
	commands := regexp.MustCompile(`^(Add|Answer|Approve|Ask|Associate|Bounce|Cancel|Change|ClaimCustomer|Comment|Disassociate|Dispute|Import|Offer|Open|Identify|Preview|Recall|Record|Reject|Remove|Request|Resend|Start|Submit)`)
	other := []string{"Eligibility", "EngagementSummary", "MoveFeedConsumer", "Receipt", "SurveyView"} // that read no store, or as Participation, ConsentView and FeedConsumers do
	desk := reflect.TypeFor[*workflow.Service]()
	for i := range desk.NumMethod() {
		name := desk.Method(i).Name
		if readings[name] == nil && !commands.MatchString(name) && !slices.Contains(other, name) {
			t.Errorf("%s is not in the walk over bad rows", name)
		}
	}
}

// What a command led to can be unreadable, too: the same command again says so, and
// all others go on.
func TestUnreadableCommand(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			w, d := companies(t, kind)
			bad, cmd := w.Added(once, "ana@"+domainOf(889)), workflow.Cancel{Key: w.Key()}
			if err := w.Desk.Cancel(t.Context(), w.Actor, bad, cmd); err != nil {
				t.Fatal(err)
			}
			d.spoil(t, "command", "result = BAD", "partner = 'northwind' AND key = '"+cmd.Key+"'")
			err := w.Desk.Cancel(t.Context(), w.Actor, bad, cmd)
			if !errors.Is(err, storage.ErrUnreadable) || errors.Is(err, workflow.ErrUnavailable) || details.MatchString(err.Error()) {
				t.Errorf("the same command again: %v", err)
			}
			w.Cancelled(w.Added(once, "ana@"+domainOf(889)))
		})
	}
}

// Whoever is erased by name is found, and erased, although an event of another
// customer cannot be read.
func TestUnreadableName(t *testing.T) {
	w, d := companies(t, "sqlite")
	for _, n := range []int{888, 890} {
		_, err := w.Desk.RequestConsent(t.Context(), w.Actor, w.Added(once, "ana@"+domainOf(n)), workflow.ConsentRequest{
			Key: w.Key(), Customer: []workflow.Contact{{Name: "Ana Lopes", Email: "ana@" + domainOf(n)}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d.spoil(t, "event", "body = BAD", "partner = 'northwind' AND customer LIKE '%888' AND seq = 1")
	erased, err := w.Desk.ErasePerson(t.Context(), w.Actor, workflow.Person{Name: "Ana Lopes"}, nil)
	if erased.Participations != 2 || !errors.Is(err, storage.ErrUnreadable) || errors.Is(err, workflow.ErrNotFound) {
		t.Errorf("erased %+v, %v", erased, err)
	}
}

type oneSite engagement.LocationID

func (l oneSite) Authorize(_ context.Context, actor workflow.Actor, _ workflow.Permission) (workflow.Scope, error) {
	if actor.User == "rui" {
		return workflow.SomeLocations(engagement.LocationID(l)), nil
	}
	return workflow.AllLocations(), nil
}

// Who may see some locations is told of a row that cannot be read if it is one of
// theirs, and of no other.
func TestUnreadableWithin(t *testing.T) {
	for _, c := range []struct {
		table, set string
		told       bool
	}{{"entry", "shown = BAD", true}, {"entry", "locations = '{'", false}} {
		var at oneSite
		w, d := companies(t, "sqlite", func(sc *workflowtest.Scenario) { sc.Options.Authorizer = &at })
		w.Added(once, "ana@"+domainOf(889))
		w.Added(once, "ana@"+domainOf(888))
		d.spoil(t, c.table, c.set, "partner = 'northwind' AND customer LIKE '%889' AND CLAIM")
		rui := w.Actor
		rui.User = "rui"
		for _, at = range []oneSite{oneSite(w.Location(once)), "elsewhere"} {
			told := c.told && at != "elsewhere"
			page, err := w.Desk.Claims(t.Context(), rui, workflow.ClaimsQuery{})
			if err != nil || len(page.Unreadable) > 0 != told || len(page.Rows) > 0 != (at != "elsewhere") {
				t.Errorf("%s, %s: the claims are %d rows, and unreadable %+v, %v", c.table, at, len(page.Rows), page.Unreadable, err)
			}
			if _, err := w.Desk.Search(t.Context(), rui, "", 0); errors.Is(err, storage.ErrUnreadable) != told {
				t.Errorf("%s, %s: a search says %v", c.table, at, err)
			}
		}
	}
}
