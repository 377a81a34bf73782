package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// personSecret gives the host a secret for digests of persons.
func personSecret(secret string) func(*workflowtest.Scenario) {
	return func(sc *workflowtest.Scenario) { sc.Options.PersonSecret = []byte(secret) }
}

// costing counts the calls of a store, and the customers and events that it gives.
type costing struct {
	storage.Store
	mu    sync.Mutex
	calls map[string]int
	rows  int
}

func (s *costing) count(call string, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.calls[call]++
	s.rows += rows
}

func (s *costing) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, want)
	s.count("Load", len(loaded.Records)+len(loaded.Customers)+len(loaded.Shared))
	return loaded, err
}

func (s *costing) Apply(ctx context.Context, c storage.Changes) error {
	s.count("Apply", 0)
	return s.Store.Apply(ctx, c)
}

func (s *costing) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	list, err := s.Store.Customers(ctx, q)
	s.count("Customers", len(list))
	return list, err
}

func (s *costing) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events, err := s.Store.History(ctx, q)
	s.count("History", len(events))
	return events, err
}

// An erasure by address and user costs what the customers do that name the person, and
// the same among 100 customers and among a hundred thousand.
func TestEraseCost(t *testing.T) {
	var costs []string
	sizes := []int{100, 100_000}
	if testing.Short() || raced {
		sizes[1] = 5_000
	}
	for _, customers := range sizes {
		s := &costing{Store: memory.New()}
		ok(t, storagetest.Filling{Customers: customers, Eligible: 500}.Fill(background, s))
		w := workflowtest.New(t, func() workflowtest.Scenario {
			sc := workflowtest.Contoso()
			sc.Store = s
			sandbox(&sc)
			return sc
		})
		traces(t, w)
		s.calls, s.rows = nil, 0
		done := erase(t, w, workflow.Person{Email: address, User: user})
		if done.Participations == 0 || done.Events == 0 {
			t.Fatalf("erased is %+v", done)
		}
		costs = append(costs, fmt.Sprint(s.calls, s.rows))
	}
	if costs[0] != costs[1] {
		t.Errorf("it costs %s among %d customers, and %s among %d", costs[0], sizes[0], costs[1], sizes[1])
	}
	t.Logf("it costs %s", costs[0])
}

// Customers whom nobody has looked through, or with another secret, are looked through by
// the next erasure, and found from then on.
func TestEraseLooksThroughOnce(t *testing.T) {
	for name, forget := range map[string]func(engagement.Customer) engagement.Persons{
		"an older version": func(engagement.Customer) engagement.Persons { return engagement.Persons{} },
		"another secret": func(c engagement.Customer) engagement.Persons {
			c.Persons.Key = engagement.NewPersonKey([]byte("before")).ID()
			return c.Persons
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t, sandbox, personSecret("now"))
			w.Known("fourthcoffee.com")
			traces(t, w)
			list, err := w.Store.Customers(background, storage.CustomersQuery{Partner: "northwind", Limit: 100})
			ok(t, err)
			for _, c := range list {
				ok(t, w.Store.Apply(background, storage.Changes{At: w.Now(), Customers: []engagement.Customer{c}, Persons: []storage.CustomerPersons{{Key: c.Key, Persons: forget(c)}}}))
			}
			// Whom a command names meanwhile is found all the same, and nobody has looked yet.
			_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), w.Added(pilot, "x@adatum.com"), asked(w, "late@adatum.com"))
			ok(t, err)
			adatum := engagement.CustomerKey{Partner: "northwind", Customer: w.Customer("adatum.com")}
			equal(t, "who is named while nobody has looked", customerOf(t, w, adatum).Persons, engagement.Persons{})

			erase(t, w, workflow.Person{Email: address})
			gone(t, w, address)
			for _, c := range list {
				if is := customerOf(t, w, c.Key).Persons; is.Key != engagement.NewPersonKey([]byte("now")).ID() {
					t.Errorf("%s has the persons %+v", c.Key.Customer, is)
				}
			}
			erase(t, w, workflow.Person{Email: "late@adatum.com"})
			gone(t, w, "late@adatum.com")
			before := spy.reads
			nothingLeft(t, w, spy, workflow.Person{Email: address})
			if n := spy.reads - before; n != 1 {
				t.Errorf("once it is gone, looking for the person takes %d reads", n)
			}
		})
	}
}

func customerOf(t *testing.T, w *workflowtest.World, key engagement.CustomerKey) engagement.Customer {
	t.Helper()
	loaded, err := w.Store.Load(background, storage.Want{Customers: []engagement.CustomerKey{key}})
	ok(t, err)
	return loaded.Customers[key]
}

// Somebody looks a customer through while a command that was decided before that names
// another person: neither loses whom the other names.
func TestEraseWhileNamed(t *testing.T) {
	w, spy := newWorld(t, sandbox)
	p := w.Added(migration, "x@adatum.com")
	key := engagement.CustomerKey{Partner: "northwind", Customer: w.Customer("adatum.com")}
	put := func(persons engagement.Persons) {
		c := customerOf(t, w, key)
		ok(t, spy.Store.Apply(background, storage.Changes{At: w.Now(), Customers: []engagement.Customer{c}, Persons: []storage.CustomerPersons{{Key: key, Persons: persons}}}))
	}
	looked := customerOf(t, w, key).Persons
	put(engagement.Persons{})
	spy.reset(func(_ int, apply func() error) error {
		put(looked) // between what the command has read and what it writes
		return apply()
	}, nil)
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "late@adatum.com"))
	ok(t, err)
	spy.reset(nil, nil)
	erase(t, w, workflow.Person{Email: "late@adatum.com"})
	gone(t, w, "late@adatum.com")
}

// What a command writes more, so that customers are found by whom it names: the digests
// of those who are named for the first time, and nothing where nobody is.
func TestNamedOnce(t *testing.T) {
	w, spy := newWorld(t)
	named := map[engagement.PersonDigest]bool{}
	persons := func(do func()) (n int) { // written for the first time; -1: the same ones again
		before := len(spy.writes)
		do()
		for _, c := range spy.writes[before:] {
			for _, p := range c.Persons {
				n--
				for _, d := range p.Persons.Digests {
					if !named[d] {
						n, named[d] = max(n, 0)+1, true
					}
				}
			}
		}
		return n
	}
	var p engagement.ParticipationID
	equal(t, "an add: the user, and the address that was given", persons(func() { p = w.Added(migration, "ana@contoso.com") }), 2)
	equal(t, "a request: another contact", persons(func() {
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@northwind.example")})
		ok(t, err)
	}), 1)
	equal(t, "what is sent, and the grant: nobody new", persons(func() { w.Relayed(); w.Accepted(p); w.Relayed() }), 0)
	equal(t, "a comment: nobody new", persons(func() {
		ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "ana@contoso.com knows."})))
	}), 0)
	equal(t, "a comment that quotes another address: that one", persons(func() {
		ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "Ask <Eva@Contoso.com>."})))
	}), 1)
}

// Progress tells how many customers were looked at, by a name twice.
func TestEraseProgress(t *testing.T) {
	w, _ := newWorld(t, sandbox)
	w.Known("fourthcoffee.com")
	traces(t, w)
	var told []workflow.Progress
	progress := func(p workflow.Progress) { told = append(told, p) }
	_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: address}, progress)
	ok(t, err)
	equal(t, "by address", told, []workflow.Progress{{Done: 2, Changed: 2}})
	told = nil
	_, err = w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Name: user}, progress)
	ok(t, err)
	equal(t, "by name", told, []workflow.Progress{{Done: 3}, {Done: 5}, {Done: 6, Changed: 1}})
}

// An erasure is done again, by what the feed said of it, in a storage that was restored
// from before it, and then there is nothing more to do.
func TestRepeatErasure(t *testing.T) {
	world := func() *workflowtest.World {
		w, _ := newWorld(t, sandbox, personSecret("secret"))
		claimTraces(t, w)
		return w
	}
	for name, person := range map[string]workflow.Person{
		"address": {Email: address}, "user": {User: user}, "name": {Name: name}, "all": {Email: address, User: user, Name: name},
	} {
		t.Run(name, func(t *testing.T) {
			w, restored := world(), world()
			_, err := w.Desk.Program.ErasePerson(background, w.Reviewer(), person, nil)
			ok(t, err)
			program := workflow.Actor{User: "vera", Roles: []workflow.Role{workflow.RoleProgram}}
			events, err := wholeFeed(w.Desk, program, workflow.FeedQuery{})
			ok(t, err)
			events = slices.DeleteFunc(events, func(e workflow.FeedEvent) bool { return e.Kind != engagement.EventPersonErased })
			equal(t, "erasures", len(events), 1)
			kept := events[0].Event
			for _, text := range []string{address, user, surname} {
				equal(t, "what is kept of it names "+text, len(holding([]string{asJSON(t, kept)}, text)), 0)
			}
			for i := range 2 {
				done, err := restored.Desk.Program.RepeatErasure(background, restored.Reviewer(), kept.Person.Erased, nil)
				ok(t, err)
				equal(t, "something is erased", done.Participations > 0, i == 0)
			}
			for what, text := range map[string]string{person.Email: address, person.User: user, person.Name: "de sousa"} {
				if what != "" {
					gone(t, restored, text)
				}
			}
		})
	}
}

// What says nothing of whom is not repeated.
func TestRepeatErasureOfNobody(t *testing.T) {
	w, spy := newWorld(t, sandbox)
	traces(t, w)
	erase(t, w, workflow.Person{Email: address})
	events, _ := history(t, w, "contoso.com")
	last := events[len(events)-1].Person.Erased
	other := engagement.Erased{Key: engagement.NewPersonKey([]byte("another")).ID(), User: engagement.PersonDigest{1}}
	unchanged(t, spy, func() {
		for what, e := range map[string]engagement.Erased{"without a secret": last, "by another secret": other} {
			_, err := w.Desk.Program.RepeatErasure(background, w.Actor, e, nil)
			equal(t, what+": the field", refused[*workflow.InputError](t, err).Field, "erased")
		}
		_, err := w.Desk.Program.RepeatErasure(background, workflow.Actor{Partner: "northwind", User: "joe", Roles: []workflow.Role{workflow.RoleIncentivesUser}}, last, nil)
		refused[*workflow.ForbiddenError](t, err)
	})
}
