package stress_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/tenant"
)

// spelling is what statements write differently in each kind of store: bytes that are
// nothing, and which entries are those of records and of participations.
var spelling = map[string]*strings.Replacer{
	"sqlite":   strings.NewReplacer("BAD", "x'00'", "OWN", "participation = 0", "CLAIM", "participation = 1"),
	"postgres": strings.NewReplacer("BAD", `'\x00'::bytea`, "OWN", "participation = ''", "CLAIM", "participation <> ''"),
}

// spoil makes rows unreadable, as a bug or a disk would.
func (d database) spoil(t *testing.T, table, set, where string) {
	t.Helper()
	set, where = spelling[d.Kind].Replace(set), spelling[d.Kind].Replace(where)
	var n int64
	if d.Kind == "sqlite" {
		db, err := sqlite.OpenDB(t.Context(), d.Where, &sqlite.Options{Relaxed: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if table == "event" { // whose changes the tables refuse
			if _, err := db.Exec("DROP TRIGGER pe_event_same"); err != nil {
				t.Fatal(err)
			}
		}
		var r sql.Result
		if r, err = db.Exec("UPDATE pe_" + table + " SET " + set + " WHERE " + where); err != nil {
			t.Fatal(err)
		}
		n, _ = r.RowsAffected()
	} else {
		c, err := pgx.Connect(t.Context(), d.Where)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		if table == "event" {
			if _, err := c.Exec(t.Context(), "ALTER TABLE "+d.Names+".event DISABLE TRIGGER USER"); err != nil {
				t.Fatal(err)
			}
		}
		tag, err := c.Exec(t.Context(), "UPDATE "+d.Names+"."+table+" SET "+set+" WHERE "+where)
		if err != nil {
			t.Fatal(err)
		}
		n = tag.RowsAffected()
	}
	if n == 0 {
		t.Fatalf("no %s was spoiled", table)
	}
}

// ruin is a row that cannot be read, and how.
type ruin struct{ kind, table, set, where string }

// ruins are rows that cannot be read, by kind.
var ruins = []ruin{
	{"participation", "participation", "body = BAD", "partner = 'northwind' AND engagement = 'azure-migration' AND customer LIKE '%889'"},
	{"record", "entry", "shown = BAD", "partner = 'northwind' AND engagement = 'azure-migration' AND customer LIKE '%889' AND OWN"},
	{"customer", "customer", "body = BAD", "partner = 'northwind' AND customer LIKE '%889'"},
	{"message", "message", "body = BAD", "partner = 'northwind'"},
	{"entry", "entry", "locations = '{'", "partner = 'northwind' AND engagement = 'azure-migration' AND customer LIKE '%889' AND CLAIM"},
}

// companies is a program with companies 888 to 890 on a database.
func companies(t *testing.T, kind string, change ...func(*workflowtest.Scenario)) (*workflowtest.World, database) {
	t.Helper()
	d := newDatabase(t, kind)
	s, done, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	sc := workflowtest.Contoso()
	sc.Store = s
	for n := 888; n < 891; n++ {
		id, err := tenant.ParseID(fmt.Sprintf("10000000-0000-4000-8000-%012d", n))
		if err != nil {
			t.Fatal(err)
		}
		c := workflowtest.Customer{Domain: domainOf(n), Entry: tenant.Entry{Tenant: id, Name: fmt.Sprint("Company ", n), Cloud: tenant.CloudPublic}}
		workflowtest.Seats.Set(&c.Facts, 300)
		workflowtest.Segment.Set(&c.Facts, "enterprise")
		sc.Customers = append(sc.Customers, c)
	}
	for _, c := range change {
		c(&sc)
	}
	return workflowtest.New(t, func() workflowtest.Scenario { return sc }), d
}

// One row that cannot be read is named where it is met, and keeps nobody else
// waiting: neither other customers nor other partners, no list and no job.
func TestUnreadable(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		for _, ruin := range ruins {
			t.Run(kind+"/"+ruin.kind, func(t *testing.T) {
				w, d := companies(t, kind)
				f := w.As(workflowtest.Fabrikam)
				bad := w.Added(once, "ana@"+domainOf(889))
				for _, p := range []engagement.ParticipationID{bad, w.Added(once, "ana@"+domainOf(888))} {
					_, err := w.Desk.Consents.Request(t.Context(), w.Actor.Request(w.Key()), p, workflow.RequestConsent{
						Customer: []workflow.Contact{{Email: "ana@" + domainOf(888)}},
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				theirs := f.Added(once, "eva@"+domainOf(890))
				_, err := f.Desk.Consents.Request(t.Context(), f.Actor.Request(w.Key()), theirs, workflow.RequestConsent{Customer: []workflow.Contact{{Email: "eva@" + domainOf(890)}}})
				if err != nil {
					t.Fatal(err)
				}
				d.spoil(t, ruin.table, ruin.set, ruin.where)

				named := func(err error) bool {
					return errors.Is(err, storage.ErrUnreadable) && !errors.As(err, new(*workflow.UnavailableError))
				}
				if n, err := w.Desk.Jobs.Relay(t.Context()); n == 0 || ruin.kind == "message" && !named(err) {
					t.Fatalf("%d messages went out: %v", n, err)
				}
				other := f.Added(once, "eva@"+domainOf(889)) // another partner's add of the same customer
				f.Requested(other)
				f.Accepted(other)
				checkUnreadable(t, w, ruin.kind, bad)
				if ruin.kind == "participation" || ruin.kind == "record" {
					if _, err := w.Desk.Claims.Cancel(t.Context(), w.Actor.Request(w.Key()), bad, workflow.Cancel{}); !named(err) {
						t.Fatalf("a command about what cannot be read: %v", err)
					}
				}
				for _, actor := range []workflow.Actor{workflowtest.Vendor, workflowtest.Fabrikam, workflowtest.Northwind} {
					page, err := w.Desk.Claims.List(t.Context(), actor, workflow.ClaimsQuery{})
					if err != nil {
						t.Fatalf("the claims list of %q: %v", actor.Partner, err)
					}
					if want := map[engagement.PartnerID]int{"": 4, "fabrikam": 2, "northwind": 2}[actor.Partner]; len(page.Rows)+len(page.Unreadable) != want {
						t.Fatalf("the claims list of %q has %d rows and %d unreadable ones, want %d", actor.Partner, len(page.Rows), len(page.Unreadable), want)
					}
				}
				_, err = w.Desk.Program.Reevaluate(t.Context(), w.As(workflowtest.Vendor).Actor.For("northwind"), workflow.Reevaluation{Partner: "northwind"}, nil)
				if err != nil && !named(err) {
					t.Fatalf("the re-evaluation: %v", err)
				}
				erased, err := w.Desk.Program.ErasePerson(t.Context(), w.Actor, workflow.Person{Email: "ana@" + domainOf(888)}, nil)
				if erased.Participations == 0 || ruin.kind != "message" && ruin.kind != "entry" && !named(err) {
					t.Fatalf("erased %+v, %v", erased, err)
				}
				w.Advance(40 * 24 * time.Hour)
				n, err := w.Desk.Jobs.Sweep(t.Context())
				if n == 0 || err != nil && !named(err) {
					t.Fatalf("%d settled, %v", n, err)
				}
				f.ExpectStatus(theirs, engagement.StatusConsentExpired)
				checkUnreadable(t, w, ruin.kind, bad)
				if ruin.kind != "entry" && ruin.kind != "message" { // made anew with its participation, and dropped by the erasure
					d.spoil(t, ruin.table, ruin.set, ruin.where+" AND "+ruin.set) // what is unreadable stays as it is
				}
			})
		}
	}
}

// checkUnreadable looks at what is said of a participation.
func checkUnreadable(t *testing.T, w *workflowtest.World, table string, bad engagement.ParticipationID) {
	t.Helper()
	_, err := w.Desk.Claims.Participation(t.Context(), w.Actor, bad)
	switch table {
	case "record": // what is known of the participation is shown
		if err != nil {
			t.Fatalf("of the participation it says %v", err)
		}
	case "participation":
		if !errors.Is(err, storage.ErrUnreadable) || errors.As(err, new(*workflow.UnavailableError)) || !strings.Contains(err.Error(), table) {
			t.Fatalf("of the participation it says %v", err)
		}
	}
}
