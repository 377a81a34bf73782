package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/examples/internal/storytest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/tenant"
)

var kills = flag.Int("kills", 16, "how many processes TestKilled kills on each store")

// processTask is the environment variable in which a process that is to be killed finds
// what to do.
const processTask = "PARTNERENGAGE_CRM_PROCESS"

// process is one that works in the program, or that follows it for the CRM.
type process struct {
	Kind   string `json:"kind"`
	In     string `json:"in"`  // a file or a connection string
	CRM    string `json:"crm"` // the file of the CRM
	Follow bool   `json:"follow"`
}

// schema is that of the program in PostgreSQL.
const schema = "followed"

// open opens the program's store, which is there already or not.
func (p process) open(ctx context.Context) (storage.Store, func(), error) {
	if p.Kind == "sqlite" {
		s, err := sqlite.Open(ctx, p.In, &sqlite.Options{Relaxed: true}) // nobody pulls the plug here
		return s, func() { _ = s.Close() }, err
	}
	pool, err := pgxpool.New(ctx, p.In)
	if err != nil {
		return nil, nil, err
	}
	s, err := postgres.New(ctx, pool, &postgres.Options{Schema: schema})
	if err == nil {
		err = s.Migrate(ctx)
	}
	return s, pool.Close, err
}

// program is one in which things happen to customers that exist by their numbers.
type program struct {
	desk *workflow.Service
}

const customers = 12

// waiting are the statuses in which something is left to do.
var waiting = []engagement.Status{engagement.StatusCustomerClaimed, engagement.StatusAwaitingConsentResponse, engagement.StatusConsentReceived}

func newProgram(s storage.Store) (*program, error) {
	sc := workflowtest.Contoso()
	catalog, err := engagement.NewCatalog(sc.Engagements, sc.Partners)
	if err != nil {
		return nil, err
	}
	p := new(program)
	p.desk, err = workflow.New(s, p, catalog, workflow.FactFunc(large), &workflow.Options{
		Notifier: p, Now: func() time.Time { return sc.Start }, PersonSecret: []byte("a secret that all processes know"),
		Policy: link.Unlimited(),
	})
	return p, err
}

func (p *program) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	var n int
	if _, err := fmt.Sscanf(d.String(), "customer-%d.example", &n); err != nil {
		return nil, err
	}
	id, err := tenant.ParseID(fmt.Sprintf("00000000-0000-4000-9000-%012d", n))
	return []tenant.Entry{{Tenant: id, Name: fmt.Sprintf("Customer %d", n), Cloud: tenant.CloudPublic}}, err
}

func large(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
	var facts eligibility.Facts
	workflowtest.Seats.Set(&facts, 500)
	workflowtest.Segment.Set(&facts, "enterprise")
	return facts, nil
}

// Notify lets most customers answer as soon as they are asked.
func (p *program) Notify(ctx context.Context, d workflow.Delivery) error {
	decisions := []consent.Decision{consent.DecisionAccept, consent.DecisionAccept, consent.DecisionDecline}
	if n := rand.N(4); n < len(decisions) && d.Message.Kind == engagement.MessageConsentRequest {
		token, err := link.ParseToken(d.Link)
		if err != nil {
			return err
		}
		_, _ = p.desk.Links.AnswerConsent(ctx, token, decisions[n]) // or another partner was faster
	}
	return nil
}

// something lets something happen, which may well be refused.
func (p *program) something(ctx context.Context) error {
	who, location := workflowtest.Northwind, engagement.LocationID("4711201")
	if rand.N(2) == 0 {
		who, location = workflowtest.Fabrikam, "5822301"
	}
	n := rand.N(customers)
	domain := fmt.Sprintf("customer-%d.example", n)
	key := func() workflow.Request { return who.Request(fmt.Sprint(rand.Uint64())) }
	person := fmt.Sprintf("person-%d@%s", rand.N(3), domain)
	var err error
	switch rand.N(8) {
	case 0, 1:
		_, err = p.desk.Customers.Add(ctx, key(), workflow.AddCustomer{
			Engagements: []engagement.ID{[]engagement.ID{"azure-migration", "data-pilot"}[rand.N(2)]},
			Candidate:   workflow.Candidate{Location: location, Domain: domain},
		})
	case 2, 3, 4, 5:
		var page workflow.ClaimsPage
		if page, err = p.desk.Claims.List(ctx, who, workflow.ClaimsQuery{Statuses: waiting}); err != nil || len(page.Rows) == 0 {
			break
		}
		id := page.Rows[rand.N(len(page.Rows))].Participation
		if rand.N(4) == 0 {
			_, err = p.desk.Claims.Cancel(ctx, key(), id, workflow.Cancel{Reason: "It was called off."})
			break
		}
		_, err = p.desk.Consents.Request(ctx, key(), id, workflow.RequestConsent{Customer: workflow.ByEmail(person), Partner: workflow.ByEmail("desk@" + string(who.Partner) + ".example")})
	case 6:
		_, err = p.desk.Jobs.Relay(ctx)
	case 7:
		if rand.N(4) == 0 {
			_, err = p.desk.Program.ErasePerson(ctx, workflow.Actor{Partner: who.Partner, User: "program", Roles: []workflow.Role{workflow.RoleProgram}}, workflow.Person{Email: person}, nil)
		}
	}
	if errors.As(err, new(*workflow.InputError)) || errors.As(err, new(*workflow.ForbiddenError)) {
		return err // which is a mistake of the test's
	}
	return nil
}

// TestProcess is the process that is killed.
func TestProcess(t *testing.T) {
	text := os.Getenv(processTask)
	if text == "" {
		t.Skip("nobody is to be killed")
	}
	var p process
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	s, done, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if err := p.work(t.Context(), s, func() { fmt.Println("did") }); err != nil {
		t.Fatal(err)
	}
}

// work works or follows until the context ends, and tells each time it has.
func (p process) work(ctx context.Context, s storage.Store, did func()) error {
	program, err := newProgram(s)
	if err != nil {
		return err
	}
	if !p.Follow {
		for ; ctx.Err() == nil; did() {
			if err := program.something(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	for ctx.Err() == nil { // opened again and again, as by an errand that somebody's timer starts
		err := func() error {
			c, err := open(ctx, p.CRM, program.desk)
			if err != nil {
				return err
			}
			defer c.close()
			for range 20 {
				if err := c.follow(ctx); err != nil {
					return err
				}
				did()
			}
			return nil
		}()
		if err != nil && ctx.Err() == nil && !errors.Is(err, storage.ErrUnavailable) {
			return err
		}
	}
	return nil
}

// TestKilled kills those who work and those who follow at any moment. The CRM's table is
// then what the histories come to: each event has counted once.
func TestKilled(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			p := process{Kind: kind, In: filepath.Join(dir, "program.db"), CRM: filepath.Join(dir, "crm.db")}
			if kind == "postgres" {
				p.In = storytest.Database(t)
			}
			s, done, err := p.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			all := make([]*running, 4)
			for i := range all {
				p.Follow = i%2 == 0
				all[i] = p.start(t)
			}
			for range *kills {
				i := rand.N(len(all))
				all[i].kill(t)
				p.Follow = i%2 == 0
				all[i] = p.start(t)
			}
			for _, r := range all {
				r.kill(t)
			}
			inStep(t, s, p.CRM)
		})
	}
	t.Run("memory", func(t *testing.T) { // which ends with its process, so contexts end instead
		p := process{CRM: filepath.Join(t.TempDir(), "crm.db")}
		s := memory.New()
		for i := range max(4, *kills) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 2)
			for _, follow := range []bool{false, true} {
				one := p
				one.Follow = follow
				go func() { ended <- one.work(ctx, s, func() {}) }()
			}
			time.Sleep(rand.N(time.Duration(10+i) * time.Millisecond))
			cancel()
			if err := errors.Join(<-ended, <-ended); err != nil {
				t.Fatal(err)
			}
		}
		program, err := newProgram(s)
		for range 50 {
			err = errors.Join(err, program.something(t.Context()))
		}
		if err != nil {
			t.Fatal(err)
		}
		inStep(t, s, p.CRM)
	})
}

// running is a process that was started.
type running struct {
	cmd  *exec.Cmd
	did  chan struct{} // closed when it has done something
	said *strings.Builder
	done chan struct{}
}

func (p process) start(t *testing.T) *running {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcess$")
	cmd.Env = append(os.Environ(), processTask+"="+string(text))
	r := &running{cmd: cmd, did: make(chan struct{}), said: &strings.Builder{}, done: make(chan struct{})}
	cmd.Stderr = r.said
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.done)
		first := true
		for in := bufio.NewScanner(out); in.Scan(); {
			switch {
			case in.Text() != "did":
				r.said.WriteString(in.Text() + "\n")
			case first:
				first = false
				close(r.did)
			}
		}
	}()
	return r
}

// kill kills the process at some moment after it has done something.
func (r *running) kill(t *testing.T) {
	t.Helper()
	select {
	case <-r.did:
		time.Sleep(rand.N(150 * time.Millisecond))
	case <-r.done: // by itself, which is told below
	}
	_ = r.cmd.Process.Kill()
	<-r.done
	if err := r.cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Fatalf("a process ended with %v: %s", err, r.said)
	}
}

// inStep lets the CRM come to the end of the feed, and holds what it has to the histories.
func inStep(t *testing.T, s storage.Store, path string) {
	t.Helper()
	program, err := newProgram(s)
	if err != nil {
		t.Fatal(err)
	}
	c, err := open(t.Context(), path, program.desk)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.caughtUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	want, events, err := histories(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.all(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range want {
		if got[what] != n {
			t.Errorf("the CRM has %q %d times, and the histories %d times", what, got[what], n)
		}
	}
	for what := range got {
		if want[what] == 0 {
			t.Errorf("the CRM has %q, and the histories do not", what)
		}
	}
	t.Logf("%d participations and contacts of %d events", len(want), events)
	if len(want) == 0 {
		t.Error("nothing happened")
	}
}

// all is what the CRM has: each participation with how many events it has counted, and
// each contact once.
func (c *crm) all(ctx context.Context) (map[string]int, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT partner || ' ' || id || ' ' || customer || ' ' || engagement || ' ' || status, events FROM participation
		UNION ALL SELECT partner || ' ' || customer || ' ' || address, 1 FROM contact`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var what string
		var n int
		if err := rows.Scan(&what, &n); err != nil {
			return nil, err
		}
		out[what] = n
	}
	return out, rows.Err()
}

// histories is the same of what happened, and how many events that was.
func histories(ctx context.Context, s storage.Store) (map[string]int, int, error) {
	out, n := map[string]int{}, 0
	all, err := s.Customers(ctx, storage.CustomersQuery{Limit: 1000})
	if err != nil {
		return nil, 0, err
	}
	for _, c := range all {
		events, err := s.History(ctx, storage.HistoryQuery{Customer: c.Key, Limit: 1 << 20})
		if err != nil {
			return nil, 0, err
		}
		n += len(events)
		of := string(c.Key.Partner) + " "
		last, times, contacts := map[string]string{}, map[string]int{}, map[string]bool{}
		for _, e := range events {
			if e.Kind == engagement.EventPersonErased {
				clear(contacts)
			} else if e.Person != nil {
				for _, a := range e.Person.Contacts {
					contacts[of+string(e.Customer)+" "+a.String()] = true
				}
			}
			if e.Participation != "" && e.To != "" {
				id := string(e.Participation)
				last[id], times[id] = fmt.Sprintf("%s%s %s %s %s", of, id, e.Customer, e.Engagement, e.To), times[id]+1
			}
		}
		for id, what := range last {
			out[what] = times[id]
		}
		for what := range contacts {
			out[what] = 1
		}
	}
	return out, n, nil
}
