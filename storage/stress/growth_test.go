package stress_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	growing = flag.Int("partners", 4, "how many partners BenchmarkGrowth has")
	monthly = flag.Int("monthly", 20, "how many participations each of them begins in a month")
)

// stock is how many customers each partner knows before it begins.
const stock = 300

// BenchmarkGrowth lives through two years of a program, day by day, and says what each
// table takes at the end of each, before and after Prune, without the room that deleted
// rows left.
func BenchmarkGrowth(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				d := newDatabase(b, kind)
				s, done, err := d.open(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				y := newYears(b, s)
				at := []sizes{d.sizes(b)}
				for range 2 {
					y.live(365)
					at = append(at, d.sizes(b))
					if _, err := y.world.Desk.Jobs.Prune(b.Context()); err != nil {
						b.Fatal(err)
					}
					at = append(at, d.sizes(b))
				}
				done()
				y.print(b, kind, at)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// years is a program that lives day by day.
type years struct {
	world    *workflowtest.World
	partners []*workflowtest.World
	random   *rand.Rand
	days     map[int][]func() // what happens on which day
	today    int
	known    map[int][]string // customers that a partner has not claimed yet, by their domains
	fresh    int              // organisations
	began    int              // participations
	ended    map[string]int   // what is to become of them
}

// newYears returns a program whose partners know their customers, in three engagements,
// and have done nothing yet.
func newYears(b *testing.B, s storage.Store) *years {
	y := &years{random: rand.New(rand.NewPCG(2026, 11)), days: map[int][]func(){}, known: map[int][]string{}, ended: map[string]int{}}
	y.world = workflowtest.New(b, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store, sc.Engagements, sc.Customers, sc.Partners = s, sc.Engagements[:3], nil, nil
		sc.Options.Policy = link.Unlimited()
		for i := range sc.Engagements {
			sc.Engagements[i].Closes = must(eligibility.ParseDate("2030-07-01"))
		}
		for i := range *growing {
			at := engagement.Location{ID: engagement.LocationID(fmt.Sprint(4711000 + i)), Name: fmt.Sprintf("Office %d", i), Enrolled: true, Payee: engagement.PayeeValid}
			workflowtest.Enrolled.Set(&at.Facts, true)
			sc.Partners = append(sc.Partners, engagement.Partner{ID: partnerOf(i), Name: fmt.Sprintf("Partner %d", i), Locations: []engagement.Location{at}})
		}
		return sc
	})
	for i := range *growing {
		w := y.world.As(workflow.Actor{Partner: partnerOf(i), User: fmt.Sprintf("user-%d@partner-%d.example", i%3, i), Roles: []workflow.Role{workflow.RoleIncentivesAdmin}})
		y.partners = append(y.partners, w)
		var known []workflow.KnownCustomer
		for n := range stock {
			seats := int64(500)
			if n%3 == 0 {
				seats = 100 // too few for one of the engagements
			}
			c := y.customer(seats)
			known = append(known, workflow.KnownCustomer{Identity: c})
			if n%3 > 0 {
				y.known[i] = append(y.known[i], c.Domain.String())
			}
		}
		if _, err := w.Desk.Program.Import(b.Context(), workflowtest.Vendor, partnerOf(i), slices.Values(known), nil); err != nil {
			b.Fatal(err)
		}
	}
	return y
}

func partnerOf(i int) engagement.PartnerID { return engagement.PartnerID(fmt.Sprintf("partner-%d", i)) }

// customer is a new organisation.
func (y *years) customer(seats int64) tenant.Identity {
	y.fresh++
	c := workflowtest.Customer{Domain: fmt.Sprintf("organisation-%d.example", y.fresh), Entry: tenant.Entry{
		Tenant: must(tenant.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", y.fresh))), Name: fmt.Sprintf("Organisation No. %d", y.fresh), Cloud: tenant.CloudPublic,
	}}
	workflowtest.Seats.Set(&c.Facts, seats)
	workflowtest.Segment.Set(&c.Facts, "enterprise")
	y.world.PutCustomer(c)
	return tenant.Identity{Tenant: c.Entry.Tenant, Domain: must(tenant.ParseDomain(c.Domain)), Name: c.Entry.Name, Cloud: c.Entry.Cloud}
}

// live lets so many days pass, each with what was planned for it, a sweep and a relay.
func (y *years) live(days int) {
	for range days {
		for i, w := range y.partners {
			for range y.random.IntN(2**monthly + 1) { // on average
				if y.random.IntN(30) == 0 {
					y.begin(i, w)
				}
			}
		}
		for _, deed := range y.days[y.today] {
			deed()
		}
		delete(y.days, y.today)
		y.world.Swept()
		y.world.Relayed()
		y.world.Advance(24 * time.Hour)
		y.today++
	}
}

// in plans something for so many days from now, or a few more.
func (y *years) in(days int, what func()) {
	day := y.today + days + y.random.IntN(days+1)
	y.days[day] = append(y.days[day], what)
}

// begin begins a participation, one in three with a customer that was known before, and
// plans what becomes of it.
func (y *years) begin(i int, w *workflowtest.World) {
	offered := []engagement.ID{"azure-migration", "security-workshop", "data-pilot"}[y.random.IntN(3)]
	var p engagement.ParticipationID
	var domain string
	if known := y.known[i]; len(known) > 0 && y.random.IntN(3) == 0 {
		domain, y.known[i] = known[0], known[1:]
		p = w.Claimed(offered, domain)
	} else {
		domain = y.customer(500).Domain.String()
		p = w.Added(offered, domain)
	}
	y.began++
	fate := y.random.IntN(100)
	end := func(how string) { y.ended[how]++ }
	if fate < 10 {
		end("never asked")
		return
	}
	y.in(1, func() {
		w.Requested(p, "contact@"+domain)
		switch {
		case fate < 30:
			end("never answered")
		case fate < 37:
			y.in(3, func() { w.Declined(p) })
			end("declined")
		default:
			y.in(3, func() { w.Accepted(p); y.granted(w, p, fate) })
		}
	})
}

// granted plans what becomes of a participation that has its consent.
func (y *years) granted(w *workflowtest.World, p engagement.ParticipationID, fate int) {
	end := func(how string) { y.ended[how]++ }
	paid := func() { w.Approved(p, "5000.00 USD"); y.in(5, func() { w.Paid(p, "5000.00 USD") }) }
	switch {
	case fate < 42:
		y.in(10, func() { w.Cancelled(p) })
		end("cancelled")
		return
	case fate < 50:
		end("never submitted")
		return
	}
	y.in(20, func() {
		w.Submitted(p)
		y.in(3, func() {
			w.Reviewed(p)
			y.in(3, func() {
				switch {
				case fate < 58:
					w.Rejected(p, "The report does not say what was done.")
					end("rejected")
				case fate < 70:
					w.AskedForAction(p, "Please add the dates of the workshop to the report.")
					y.in(3, func() {
						w.Submitted(p)
						y.in(2, func() { w.Reviewed(p); paid() })
					})
					end("paid after an action")
				default:
					paid()
					end("paid")
				}
			})
		})
	})
}

// sizes are bytes by table.
type sizes map[string]int64

func (z sizes) total() (n int64) {
	for _, bytes := range z {
		n += bytes
	}
	return n
}

// sizes measures the tables with their indexes, packed.
func (d database) sizes(b *testing.B) sizes {
	if d.Kind == "sqlite" {
		return sqliteSizes(b, d.Where)
	}
	conn, err := pgx.Connect(b.Context(), d.Where)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	found, err := conn.Query(b.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = $1", d.Names)
	if err != nil {
		b.Fatal(err)
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		b.Fatal(err)
	}
	out := sizes{}
	for _, name := range names {
		table := pgx.Identifier{d.Names, name}.Sanitize()
		if _, err := conn.Exec(b.Context(), "VACUUM FULL "+table); err != nil {
			b.Fatal(err)
		}
		var bytes int64
		if err := conn.QueryRow(b.Context(), "SELECT pg_total_relation_size($1)", table).Scan(&bytes); err != nil {
			b.Fatal(err)
		}
		out[name] = bytes
	}
	return out
}

// sqliteSizes drops one table after the other of a packed copy, and looks how many pages
// are free then.
func sqliteSizes(b *testing.B, path string) sizes {
	packed := filepath.Join(b.TempDir(), "packed.db")
	from, err := sqlite.OpenDB(b.Context(), path, nil)
	if err != nil {
		b.Fatal(err)
	}
	_, err = from.ExecContext(b.Context(), "VACUUM INTO ?", packed)
	if err = errors.Join(err, from.Close()); err != nil {
		b.Fatal(err)
	}
	db, err := sqlite.OpenDB(b.Context(), packed, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), "PRAGMA foreign_keys = OFF"); err != nil {
		b.Fatal(err)
	}
	rows, err := db.QueryContext(b.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'pe_%'")
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		b.Fatal(err)
	}
	out := sizes{}
	for _, name := range names {
		before := freePages(b, db)
		if _, err := db.ExecContext(b.Context(), "DROP TABLE "+name); err != nil {
			b.Fatal(err)
		}
		out[name] = (freePages(b, db) - before) * 4096
	}
	return out
}

func freePages(b *testing.B, db *sql.DB) (n int64) {
	if err := db.QueryRowContext(b.Context(), "PRAGMA freelist_count").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

func (y *years) print(b *testing.B, kind string, at []sizes) {
	fmt.Printf("\n%s: %d partners, who knew %d customers each; %d participations in two years: %v\n", kind, *growing, stock, y.began, y.ended)
	fmt.Printf("%-22s %10s %10s %10s %10s %10s   %s\n", "kB", "before", "1st year", "pruned", "2nd year", "pruned", "bytes per participation in the 2nd, pruned")
	var names []string
	for name := range at[0] {
		names = append(names, name)
	}
	slices.Sort(names)
	line := func(name string, of func(sizes) int64) {
		fmt.Printf("%-22s", name)
		for _, z := range at {
			fmt.Printf(" %10d", of(z)/1000)
		}
		fmt.Printf("   %d\n", 2*(of(at[4])-of(at[2]))/int64(max(1, y.began)))
	}
	for _, name := range names {
		line(name, func(z sizes) int64 { return z[name] })
	}
	line("all", sizes.total)
}
