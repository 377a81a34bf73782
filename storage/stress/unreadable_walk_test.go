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
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
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
	token link.Token // opens the bad participation
}

// readings are every query and job: what it gave, and its error. None of them
// needs a customer of its own to be there.
var readings = map[string]func(t *testing.T, w spoiled) (int, error){
	"Customers.List": func(t *testing.T, w spoiled) (n int, err error) {
		for _, tab := range engagement.AllTabs() {
			page, err := w.Desk.Customers.List(t.Context(), w.Actor, workflow.CustomersQuery{Engagement: once, Tab: tab})
			if n += len(page.Rows); err != nil {
				return n, err
			}
			if len(page.Unreadable) > 0 {
				return n, errShown
			}
		}
		return n, nil
	},
	"Claims.List": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Claims.List(t.Context(), w.Actor, workflow.ClaimsQuery{})
		if err == nil && len(page.Unreadable) > 0 {
			err = errShown
		}
		return len(page.Rows), err
	},
	"Claims by location": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Claims.List(t.Context(), w.Actor, workflow.ClaimsQuery{Locations: []engagement.LocationID{w.Location(once)}})
		if err == nil && len(page.Unreadable) > 0 {
			err = errShown
		}
		return len(page.Rows), err
	},
	"Claims.All": func(t *testing.T, w spoiled) (int, error) {
		return drain(w.Desk.Claims.All(t.Context(), w.Actor, workflow.ClaimsQuery{}))
	},
	"Customers.All": func(t *testing.T, w spoiled) (int, error) {
		return drain(w.Desk.Customers.All(t.Context(), w.Actor, workflow.CustomersQuery{Engagement: once}))
	},
	"Customers.AllKnown": func(t *testing.T, w spoiled) (int, error) {
		return drain(w.Desk.Customers.AllKnown(t.Context(), w.Actor))
	},
	"Customers.Known": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Customers.Known(t.Context(), w.Actor, workflow.KnownQuery{Limit: 1000})
		if err == nil && len(page.Unreadable) > 0 {
			err = errShown
		}
		return len(page.Rows), err
	},
	"Histories.Heads": func(t *testing.T, w spoiled) (int, error) { return drain(w.Desk.Histories.Heads(t.Context(), w.Actor)) },
	"Claims.Totals": func(t *testing.T, w spoiled) (int, error) {
		totals, err := w.Desk.Claims.Totals(t.Context(), w.Actor, workflow.ClaimsQuery{})
		return len(totals), err
	},
	"Totals of a search": func(t *testing.T, w spoiled) (int, error) { // whose rows it reads
		totals, err := w.Desk.Claims.Totals(t.Context(), w.Actor, workflow.ClaimsQuery{From: time.Unix(1, 0)})
		return len(totals), err
	},
	"Claims.Figures": func(t *testing.T, w spoiled) (int, error) {
		figures, err := w.Desk.Claims.Figures(t.Context(), w.Actor, workflow.FiguresQuery{By: workflow.AllFigureDimensions(), Known: true})
		return len(figures.Rows), err
	},
	"Customers.Search": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Customers.Search(t.Context(), w.Actor, workflow.SearchQuery{Limit: 1000})
		return len(page.Rows), shownIn(page, err)
	},
	"Customers.NeedingAttention": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Customers.NeedingAttention(t.Context(), w.Actor, workflow.AttentionQuery{Limit: 1000})
		return len(page.Rows), shownIn(page, err)
	},
	"Customers.Export": func(t *testing.T, w spoiled) (int, error) {
		var b bytes.Buffer
		err := w.Desk.Customers.Export(t.Context(), w.Actor, workflow.CustomersQuery{Engagement: once}, &b, nil)
		return strings.Count(b.String(), "\n") - 1, err
	},
	"Claims.Export": func(t *testing.T, w spoiled) (int, error) {
		var b bytes.Buffer
		err := w.Desk.Claims.Export(t.Context(), w.Actor, workflow.ClaimsQuery{}, &b, nil)
		return strings.Count(b.String(), "\n") - 1, err
	},
	"Engagements.List": func(t *testing.T, w spoiled) (int, error) {
		groups, err := w.Desk.Engagements.List(t.Context(), w.Actor, workflow.EngagementsQuery{})
		return len(groups), err
	},
	"Claims.Get": func(t *testing.T, w spoiled) (int, error) {
		view, err := w.Desk.Claims.Get(t.Context(), w.Actor, w.bad)
		if err == nil && len(view.UnreadableEvents) > 0 {
			return len(view.History), errShown
		}
		return 1, err
	},
	"Claims.Participation": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Claims.Participation(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"Claims.Status": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Claims.Status(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"Consents.Contacts": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Consents.Contacts(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"Consents.Evidence": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Consents.Evidence(t.Context(), w.Actor, w.bad)
		return 1, err
	},
	"Histories.List": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Histories.List(t.Context(), w.Actor, workflow.HistoryQuery{Customer: w.Customer(domainOf(889))})
		if err == nil && len(page.Unreadable) > 0 {
			return len(page.Events), errShown
		}
		return 1, err
	},
	"Histories.All": func(t *testing.T, w spoiled) (int, error) {
		_, err := drain(w.Desk.Histories.All(t.Context(), w.Actor, workflow.HistoryQuery{Customer: w.Customer(domainOf(889))}))
		return 1, err
	},
	"Histories.Verify": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Histories.Verify(t.Context(), w.Actor, w.Customer(domainOf(889)))
		if errors.As(err, new(*engagement.HistoryError)) {
			t.Errorf("VerifyHistory takes a bad row for tampering: %v", err)
		}
		return 1, err
	},
	"Links.ConsentView": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Links.ConsentView(t.Context(), w.token)
		return 1, err
	},
	"Feed.Read": func(t *testing.T, w spoiled) (n int, err error) {
		for q := (workflow.FeedQuery{Persons: true}); ; {
			page, err := w.Desk.Feed.Read(t.Context(), w.Actor, q)
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
	"Feed.Lag": func(t *testing.T, w spoiled) (int, error) {
		lag, err := w.Desk.Feed.Lag(t.Context(), w.Actor, "")
		return lag.Events, err
	},
	"Feed.Consumers": func(t *testing.T, w spoiled) (int, error) {
		page, err := w.Desk.Feed.Read(t.Context(), w.Actor, workflow.FeedQuery{Limit: 1})
		if err != nil {
			return 0, err
		}
		move := workflow.MoveFeedConsumer{Name: "crm " + w.Key(), To: page.Next}
		if err := w.Desk.Feed.MoveConsumer(t.Context(), w.Actor, move); err != nil {
			return 0, err
		}
		all, err := w.Desk.Feed.Consumers(t.Context(), w.Actor)
		return len(all), err
	},
	"Jobs.Prune": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Jobs.Prune(t.Context())
		return 1, err
	},
	"Program.Reevaluate": func(t *testing.T, w spoiled) (int, error) {
		done, err := w.Desk.Program.Reevaluate(t.Context(), w.Reviewer(), workflow.Reevaluation{Partner: w.Actor.Partner}, nil)
		if errors.Is(err, storage.ErrUnreadable) && done.Failed != 1 {
			t.Errorf("the re-evaluation counts %+v, %v", done, err)
		}
		return done.Done - done.Failed, err
	},
	"Program.ErasePerson": func(t *testing.T, w spoiled) (int, error) {
		done, err := w.Desk.Program.ErasePerson(t.Context(), w.Actor, workflow.Person{Email: "contact@customer.example"}, nil)
		return done.Participations, err
	},
	"Jobs.Relay": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Jobs.Relay(t.Context())
		return 1, err
	},
	"Jobs.Sweep": func(t *testing.T, w spoiled) (int, error) {
		_, err := w.Desk.Jobs.Sweep(t.Context())
		return 1, err
	},
}

// errShown stands for rows that a page says cannot be read.
var errShown = errors.Join(storage.ErrUnreadable)

// shownIn is the error of a page, or errShown.
func shownIn(page workflow.RowsPage, err error) error {
	if err == nil && len(page.Unreadable) > 0 {
		return errShown
	}
	return err
}

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
	"participation": {"Claims.Get", "Claims.Participation", "Claims.Status", "Consents.Contacts", "Consents.Evidence", "Histories.Verify", "Links.ConsentView", "Program.ErasePerson"},
	"record":        {"Histories.Verify", "Program.ErasePerson"},
	"customer":      {"Claims.Get", "Histories.List", "Histories.All", "Histories.Verify", "Histories.Heads", "Program.Reevaluate", "Program.ErasePerson"},
	"event":         {"Claims.Get", "Histories.List", "Histories.All", "Feed.Read", "Histories.Verify", "Program.ErasePerson"},
	"entry":         {"Customers.List", "Claims.List", "Claims by location", "Claims.All", "Totals of a search", "Customers.Search", "Customers.Export", "Claims.Export"},
	"message":       {"Jobs.Relay"},
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
				_, err := w.Desk.Consents.Request(t.Context(), w.Actor.Request(w.Key()), last, workflow.RequestConsent{Customer: workflow.ByEmail("eva@customer.example")})
				if err != nil {
					t.Fatal(err)
				}
				s := spoiled{World: w, bad: bad, token: w.Links(bad)[0]}
				d.spoil(t, ruin.table, ruin.set, ruin.where)
				for name, read := range readings {
					if name == "Program.ErasePerson" || name == "Jobs.Relay" || name == "Jobs.Sweep" {
						continue // which change what the others read
					}
					s.check(t, ruin.kind, name, read)
				}
				for _, name := range []string{"Program.ErasePerson", "Jobs.Relay", "Jobs.Sweep"} {
					s.check(t, ruin.kind, name, readings[name])
				}
			})
		}
	}
}

func (w spoiled) check(t *testing.T, table, name string, read func(*testing.T, spoiled) (int, error)) {
	t.Helper()
	n, err := read(t, w)
	told := errors.Is(err, storage.ErrUnreadable) || errors.Is(err, link.ErrNotShown)
	job := name == "Jobs.Relay" || name == "Jobs.Sweep" || name == "Program.Reevaluate"
	switch {
	case err != nil && !told, errors.As(err, new(*workflow.UnavailableError)):
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

// A query that is new takes a line in the walk; commands have a Request.
func TestUnreadableWalkIsWhole(t *testing.T) {
	other := []string{ // that decide like commands, or read no store but as Participation, ConsentView, FeedConsumers, ErasePerson and jobs do
		"Engagements.Locations", "Engagements.Get", "Customers.Identify", "Customers.AddAll", "Customers.PreviewClaim", "Consents.Preview", "Consents.Receipt",
		"Documents.Open", "Feed.MoveConsumer", "Program.Import", "Program.RepeatErasure", "Links.AnswerConsent", "Links.AnswerSurvey", "Links.SurveyView", "Surveys.Get", "Jobs.RecordBounce", "Jobs.Run",
	}
	for _, desk := range reflect.VisibleFields(reflect.TypeFor[workflow.Service]()) {
		if !desk.IsExported() {
			continue
		}
		for i := range desk.Type.NumMethod() {
			m := desk.Type.Method(i)
			name := desk.Name + "." + m.Name
			command := false
			for n := range m.Type.NumIn() {
				command = command || m.Type.In(n) == reflect.TypeFor[workflow.Request]()
			}
			if readings[name] == nil && !command && !slices.Contains(other, name) {
				t.Errorf("%s is not in the walk over bad rows", name)
			}
		}
	}
}

// What a command led to can be unreadable, too: the same command again says so, and
// all others go on.
func TestUnreadableCommand(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			w, d := companies(t, kind)
			bad, key, cmd := w.Added(once, "ana@"+domainOf(889)), w.Key(), workflow.Cancel{}
			if _, err := w.Desk.Claims.Cancel(t.Context(), w.Actor.Request(key), bad, cmd); err != nil {
				t.Fatal(err)
			}
			d.spoil(t, "command", "result = BAD", "partner = 'northwind' AND key = '"+key+"'")
			_, err := w.Desk.Claims.Cancel(t.Context(), w.Actor.Request(key), bad, cmd)
			if !errors.Is(err, storage.ErrUnreadable) || errors.As(err, new(*workflow.UnavailableError)) || details.MatchString(err.Error()) {
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
		_, err := w.Desk.Consents.Request(t.Context(), w.Actor.Request(w.Key()), w.Added(once, "ana@"+domainOf(n)), workflow.RequestConsent{
			Customer: []workflow.Contact{{Name: "Ana Lopes", Email: "ana@" + domainOf(n)}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d.spoil(t, "event", "body = BAD", "partner = 'northwind' AND customer LIKE '%888' AND seq = 1")
	erased, err := w.Desk.Program.ErasePerson(t.Context(), w.Actor, workflow.Person{Name: "Ana Lopes"}, nil)
	if erased.Participations != 2 || !errors.Is(err, storage.ErrUnreadable) || errors.As(err, new(*workflow.NotFoundError)) {
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
			page, err := w.Desk.Claims.List(t.Context(), rui, workflow.ClaimsQuery{})
			if err != nil || len(page.Unreadable) > 0 != told || len(page.Rows) > 0 != (at != "elsewhere") {
				t.Errorf("%s, %s: the claims are %d rows, and unreadable %+v, %v", c.table, at, len(page.Rows), page.Unreadable, err)
			}
			if page, err := w.Desk.Customers.Search(t.Context(), rui, workflow.SearchQuery{}); err != nil || len(page.Unreadable) > 0 != told {
				t.Errorf("%s, %s: a search says %v", c.table, at, err)
			}
		}
	}
}
