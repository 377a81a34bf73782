package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/tenant"
)

var kills = flag.Int("kills", 40, "how often TestKilled kills a process that writes")

// The environment in which the test binary is such a process.
const (
	victimPath = "PARTNERENGAGE_SQLITE_VICTIM"
	victimRun  = "PARTNERENGAGE_SQLITE_RUN"

	victimBackup = "PARTNERENGAGE_SQLITE_BACKUP"
)

func TestMain(m *testing.M) {
	if to := os.Getenv(victimBackup); to != "" {
		fmt.Fprintln(os.Stderr, backUp(context.Background(), os.Getenv(victimPath), to))
		os.Exit(1)
	}
	if path := os.Getenv(victimPath); path != "" {
		run, _ := strconv.Atoi(os.Getenv(victimRun))
		if err := victim(context.Background(), path, run, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const migration = engagement.ID("azure-migration")

// step is a command that the victim says it tries, and later that it is done.
type step struct {
	Op      string                     `json:"op"` // add, request, accept or cancel
	Key     string                     `json:"key"`
	Partner engagement.PartnerID       `json:"partner"`
	Domain  string                     `json:"domain"`
	ID      engagement.ParticipationID `json:"id"`
	Token   string                     `json:"token"`
	Done    bool                       `json:"done"`
	Refused string                     `json:"refused"`
}

// desk is the workflow on a store, in the time of a run.
type desk struct {
	*workflow.Service
	now   func() time.Time
	mu    sync.Mutex
	links map[engagement.ParticipationID]string
}

func (d *desk) Notify(_ context.Context, m workflow.Delivery) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m.Link != "" {
		d.links[m.Message.Participation] = m.Link
	}
	return nil
}

func (d *desk) token(id engagement.ParticipationID) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.links[id]
}

// anybody is a directory in which customer 7 of run 3 has the domain
// r3-7.example.
type anybody struct{}

func (anybody) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	id, err := tenantOf(d.String())
	return []tenant.Entry{{Tenant: id, Name: d.String(), Cloud: tenant.CloudPublic}}, err
}

func tenantOf(domain string) (tenant.ID, error) {
	var run, n int
	if _, err := fmt.Sscanf(domain, "r%d-%d.example", &run, &n); err != nil {
		return tenant.ID{}, err
	}
	return tenant.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%06d%06d", run, n))
}

// second is what is added to the number of a run for a second process in it, which
// lives at the same time.
const second = 100_000

// newDesk returns a desk with Contoso's engagements, or the first few.
func newDesk(s storage.Store, run int, engagements int) (*desk, error) {
	sc := workflowtest.Contoso()
	sc.Engagements = sc.Engagements[:engagements]
	catalog, err := engagement.NewCatalog(sc.Engagements, sc.Partners)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	d := &desk{links: map[engagement.ParticipationID]string{}, now: func() time.Time { return sc.Start.Add(time.Duration(run%second)*10*time.Minute + time.Since(began)) }}
	facts := workflow.FactFunc(func(context.Context, engagement.PartnerID, tenant.Identity) (f eligibility.Facts, _ error) {
		workflowtest.Seats.Set(&f, 500)
		workflowtest.Segment.Set(&f, "enterprise")
		return f, nil
	})
	d.Service, err = workflow.New(s, anybody{}, catalog, facts, &workflow.Options{
		Policy: link.Unlimited(), Notifier: d, Now: d.now,
	})
	return d, err
}

func actorOf(p engagement.PartnerID) workflow.Actor {
	if p == workflowtest.Northwind.Partner {
		return workflowtest.Northwind
	}
	return workflowtest.Fabrikam
}

// do carries out a step. Doing it again does nothing more.
func (d *desk) do(ctx context.Context, s *step) error {
	actor := actorOf(s.Partner)
	switch s.Op {
	case "add":
		location := map[engagement.PartnerID]engagement.LocationID{"northwind": "4711201", "fabrikam": "5822301"}[s.Partner]
		started, err := d.Customers.Add(ctx, actor.Request(s.Key), workflow.AddCustomer{
			Candidate: workflow.Candidate{Location: location, Domain: s.Domain}, Engagements: []engagement.ID{migration},
		})
		if err == nil {
			s.ID = started[0].ID
		}
		return err
	case "request":
		_, err := d.Consents.Request(ctx, actor.Request(s.Key), s.ID, workflow.RequestConsent{
			Customer: workflow.ByEmail("contact@" + s.Domain), Partner: workflow.ByEmail("us@partner.example"), Language: "en",
		})
		return err
	case "accept":
		token, err := link.ParseToken(s.Token)
		if err != nil {
			return err
		}
		_, err = d.Links.AnswerConsent(ctx, token, consent.DecisionAccept)
		return err
	}
	_, err := d.Claims.Cancel(ctx, actor.Request(s.Key), s.ID, workflow.Cancel{})
	return err
}

// refused reports whether the other partner was faster.
func refused(err error) bool {
	for _, refusal := range []error{consent.ErrTakenElsewhere, errtest.Code("wrong_state"), errtest.Type[*workflow.NotEligibleError](), errtest.Type[*workflow.WrongStateError]()} {
		if errtest.Is(err, refusal) {
			return true
		}
	}
	return false
}

// victim runs commands until it is killed: four at once, of which two and two
// compete for the same customers. It says what it does to the writer.
func victim(ctx context.Context, path string, run int, out io.Writer) error {
	s, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		return err
	}
	d, err := newDesk(s, run, 6)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	say := func(s step) {
		mu.Lock()
		defer mu.Unlock()
		line, _ := json.Marshal(s)
		fmt.Fprintf(out, "%s\n", line)
	}
	say(step{Op: "ready"})
	errs := make(chan error, 4)
	for worker := range 4 {
		go func() {
			partner := []engagement.PartnerID{"northwind", "fabrikam"}[worker%2]
			for i := 0; ; i++ {
				if err := d.story(ctx, partner, fmt.Sprintf("r%d-%d.example", run, 2*i+worker/2), i, say); err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	return <-errs
}

// story is what happens with one customer of a partner.
func (d *desk) story(ctx context.Context, partner engagement.PartnerID, domain string, i int, say func(step)) error {
	one := func(s step) (step, error) {
		s.Key, s.Partner, s.Domain = fmt.Sprintf("%s of %s", s.Op, domain), partner, domain
		say(s)
		err := d.do(ctx, &s)
		if refused(err) {
			s.Refused, err = err.Error(), nil
		}
		s.Done = true
		say(s)
		return s, err
	}
	added, err := one(step{Op: "add"})
	if err != nil || added.Refused != "" {
		return err
	}
	if asked, err := one(step{Op: "request", ID: added.ID}); err != nil || asked.Refused != "" {
		return err
	}
	if _, err := d.Jobs.Relay(ctx); err != nil {
		return err
	}
	token := d.token(added.ID)
	if token == "" {
		return nil // the other relay has it, and has not come to it yet
	}
	answer, err := one(step{Op: "accept", ID: added.ID, Token: token})
	if err != nil || answer.Refused != "" || i%3 > 0 {
		return err
	}
	_, err = one(step{Op: "cancel", ID: added.ID})
	return err
}

// TestKilled kills processes that write, at random moments; every fourth time two
// that write into the same file. After each, what was acknowledged is there
// exactly once, nothing is half there, and what was not acknowledged has exactly
// one effect when it is tried again with its key.
func TestKilled(t *testing.T) {
	n := *kills / slowdown
	if testing.Short() {
		n = min(n, 10)
	}
	dir := t.TempDir()
	var total tally
	path := ""
	for run := range n {
		if run%20 == 0 { // some die while they make the tables
			path = fmt.Sprintf("%s/%d.db", dir, run)
		}
		victims := []*killed{start(t, path, run)}
		if run%4 == 3 {
			victims = append(victims, start(t, path, second+run))
		}
		for _, v := range victims {
			v.wait(t)
			if total.kills++; !v.ready {
				total.early++
			}
		}
		verifyAll(t, path, victims, &total)
		if t.Failed() {
			t.Fatalf("after kill %d", run)
		}
	}
	t.Logf("%d kills, %d of them before the database was open; %d commands acknowledged, none lost; %d not acknowledged, of which %d had happened and %d had not; each has one effect",
		total.kills, total.early, total.acknowledged, total.open, total.happened, total.open-total.happened)
}

type tally struct{ kills, early, acknowledged, open, happened int }

// killed is a victim, and what it said.
type killed struct {
	run   int
	cmd   *exec.Cmd
	out   io.Reader
	err   strings.Builder
	ready bool
	steps []step
}

// start starts a victim, which is killed some time after it is ready, and now and
// then before.
func start(t *testing.T, path string, run int) *killed {
	t.Helper()
	v := &killed{run: run, cmd: exec.Command(os.Args[0])}
	v.cmd.Env = append(os.Environ(), victimPath+"="+path, victimRun+"="+strconv.Itoa(run))
	v.cmd.Stderr = &v.err
	var err error
	if v.out, err = v.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if run%20 == 0 {
		v.killAfter(60 * time.Millisecond * slowdown)
	}
	return v
}

func (v *killed) killAfter(most time.Duration) {
	time.AfterFunc(rand.N(most), func() { _ = v.cmd.Process.Kill() })
}

// wait listens to a victim until it is dead.
func (v *killed) wait(t *testing.T) {
	t.Helper()
	lines := bufio.NewScanner(v.out)
	for lines.Scan() {
		var s step
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			continue // the last line is cut
		}
		if s.Op != "ready" {
			v.steps = append(v.steps, s)
			continue
		}
		v.ready = true
		v.killAfter(120 * time.Millisecond * slowdown)
	}
	if err := v.cmd.Wait(); v.err.Len() > 0 || err == nil || err.Error() != "signal: killed" {
		t.Fatalf("the process that was to be killed ended with %v: %s", err, v.err.String())
	}
}

// verifyAll looks at the database that killed processes left.
func verifyAll(t *testing.T, path string, victims []*killed, total *tally) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := sqlite.OpenDB(t.Context(), path, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	soundness(t, db)
	store := s // of which a step is none
	for _, v := range victims {
		d, err := newDesk(s, v.run, 6)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]*step{} // by key and partner
		for i := range v.steps {
			said[v.steps[i].Key+string(v.steps[i].Partner)] = &v.steps[i] // the later one, which may be done
		}
		for _, s := range said {
			switch {
			case s.Done && s.Refused == "":
				total.acknowledged++
				s.check(t, d, 1)
			case !s.Done:
				total.open++
				total.happened += s.again(t, d)
			}
		}
		for _, s := range said {
			if s.Op == "add" && s.effects(t, d) > 0 {
				s.links(t, d, store, db)
			}
		}
	}
	soundness(t, db)
}

// again tries a step that was not acknowledged again. It returns how often it had
// happened before.
func (s *step) again(t *testing.T, d *desk) int {
	t.Helper()
	before := s.effects(t, d)
	if before > 1 {
		t.Errorf("%+v was not acknowledged, and happened %d times", *s, before)
	}
	switch err := d.do(t.Context(), s); {
	case err == nil, s.Op == "accept" && errtest.Is(err, errtest.Code("already_answered")) && before == 1:
		s.check(t, d, 1)
	case refused(err) && before == 0:
		if n := s.effects(t, d); n != 0 {
			t.Errorf("%+v was refused, and happened %d times", *s, n)
		}
	default:
		t.Errorf("%+v cannot be tried again: %v", *s, err)
	}
	return before
}

// effects returns how often the step is in the customer's history.
func (s *step) effects(t *testing.T, d *desk) int {
	t.Helper()
	kind := map[string]engagement.EventKind{
		"add": engagement.EventCustomerAdded, "request": engagement.EventConsentRequested, "accept": engagement.EventConsentGranted, "cancel": engagement.EventParticipationCanceled,
	}[s.Op]
	n := 0
	for _, e := range s.history(t, d) {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// history returns what happened with the step's customer, none if it is unknown.
// It verifies.
func (s *step) history(t *testing.T, d *desk) []engagement.Event {
	t.Helper()
	id, err := tenantOf(s.Domain)
	if err != nil {
		t.Fatal(err)
	}
	var events []engagement.Event
	for e, failed := range d.Histories.All(t.Context(), actorOf(s.Partner), workflow.HistoryQuery{Customer: tenant.TenantKey(id)}) {
		if err = failed; err == nil {
			events = append(events, e)
		}
	}
	if err == nil {
		_, err = d.Histories.Verify(t.Context(), actorOf(s.Partner), tenant.TenantKey(id))
	}
	if errors.As(err, new(*workflow.NotFoundError)) {
		return nil
	}
	if err != nil {
		t.Errorf("the history of %s: %v", s.Domain, err)
	}
	return events
}

// check makes sure that the step happened so often, and that the state says what
// the history says.
func (s *step) check(t *testing.T, d *desk, times int) {
	t.Helper()
	if n := s.effects(t, d); n != times {
		t.Errorf("%+v happened %d times, not %d", *s, n, times)
		return
	}
	events := s.history(t, d)
	status, err := d.Claims.Status(t.Context(), actorOf(s.Partner), s.ID)
	var last engagement.Status
	for _, e := range events {
		if e.Participation == s.ID {
			last = e.To
		}
	}
	if err != nil || status != last {
		t.Errorf("%+v: the status is %q, and by the history %q: %v", *s, status, last, err)
	}
}

// links makes sure that each link which can still be answered is on its way or
// was sent, one of both, and that every token that was made is found.
func (s *step) links(t *testing.T, d *desk, store storage.Store, db *sql.DB) {
	t.Helper()
	loaded, err := store.Load(t.Context(), storage.Want{Participation: storage.ParticipationKey{Partner: s.Partner, ID: s.ID}})
	if err != nil {
		t.Errorf("%+v: %v", *s, err)
		return
	}
	p, _ := loaded.Records[loaded.At].Participation(s.ID)
	events := s.history(t, d)
	for _, l := range p.Consent.Links {
		waiting, sent := 0, 0
		for _, m := range outbox(t, db) {
			if m.Partner == s.Partner && m.Link == l.ID {
				waiting++
			}
		}
		for _, e := range events {
			if e.Kind == engagement.EventConsentSent && e.Detail.Link == l.ID {
				sent++
			}
		}
		pointless := p.Consent.Status != consent.StatusRequested // then the message may be dropped
		if waiting+sent > 1 || waiting+sent == 0 && !pointless {
			t.Errorf("%s: the message of link %s is %d times in the outbox, and %d times sent by the history", s.Domain, l.ID, waiting, sent)
		}
		for _, h := range l.Tokens {
			var found int
			if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pe_token WHERE hash = ? AND participation = ?", h[:], string(s.ID)).Scan(&found); err != nil || found != 1 {
				t.Errorf("%s: a link's token is found %d times: %v", s.Domain, found, err)
			}
		}
	}
}

// outbox returns all of its messages.
func outbox(t *testing.T, db *sql.DB) (all []engagement.Message) {
	t.Helper()
	found, err := db.QueryContext(t.Context(), "SELECT body FROM pe_message")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var body []byte
		if err := found.Scan(&body); err != nil {
			t.Fatal(err)
		}
		m, err := record.Decode[engagement.Message](body)
		if err != nil {
			t.Error(err)
		}
		all = append(all, m)
	}
	return all
}

// soundness checks the file, and whatever must hold over all rows.
func soundness(t *testing.T, db *sql.DB) {
	t.Helper()
	for what, query := range map[string]string{
		"damage":                        `SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'`,
		"more grants than places":       `SELECT count(*) FROM pe_shared WHERE granted > max(claim_limit, 1)`,
		"participations without entry":  `SELECT count(*) FROM pe_participation p WHERE NOT EXISTS (SELECT 1 FROM pe_entry e WHERE e.partner = p.partner AND e.row = p.id)`,
		"entries without participation": `SELECT count(*) FROM pe_entry e WHERE participation = 1 AND NOT EXISTS (SELECT 1 FROM pe_participation p WHERE e.partner = p.partner AND e.row = p.id)`,
		"entries without record":        `SELECT count(*) FROM pe_entry e WHERE NOT EXISTS (SELECT 1 FROM pe_entry r WHERE r.customer = e.customer AND r.engagement = e.engagement AND r.partner = e.partner AND r.row = r.customer)`,
		"words without entry":           `SELECT count(*) FROM pe_word w WHERE NOT EXISTS (SELECT 1 FROM pe_entry e WHERE e.customer = w.customer AND e.partner = w.partner AND instr(e.search, w.word))`,
		"histories that end elsewhere":  `SELECT count(*) FROM pe_customer c WHERE seq <> (SELECT count(*) FROM pe_event e WHERE e.partner = c.partner AND e.customer = c.customer)`,
		"wrong counts of tabs": `SELECT count(*) FROM pe_tab_count c WHERE entries <> (
			SELECT count(*) FROM pe_entry e WHERE e.partner = c.partner AND e.engagement = c.engagement AND e.tab = c.tab)`,
		"wrong counts of statuses": `SELECT count(*) FROM pe_status_count c WHERE participations <> (
			SELECT count(*) FROM pe_entry e WHERE e.partner = c.partner AND e.tab <> '' AND e.status = c.status AND e.participation = 1)`,
		"wrong figures": `SELECT count(*) FROM (SELECT partner, engagement, tab, status, locations, sum(n) AS n FROM (
			SELECT partner, engagement, tab, status, locations, entries AS n FROM pe_figure
			UNION ALL SELECT partner, engagement, tab, status, coalesce(locations, ''), -1 FROM pe_entry WHERE tab <> '') GROUP BY 1, 2, 3, 4, 5) WHERE n <> 0`,
	} {
		var n int
		if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
	}
}
