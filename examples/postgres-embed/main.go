// Postgres-embed shows a host's own table and a command of the workflow in one
// transaction: both are written, or neither is. What the command asks, the facts, stands
// in the same database and is read on the same pool, so the transaction begins only when
// the command is decided. (One that is open meanwhile holds a connection and waits for a
// second one; as many commands at once as the pool has connections wait for ever.)
//
//	go run ./examples/postgres-embed -in "postgres://user:password@localhost/database"
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/tenant"
)

func main() {
	in := flag.String("in", "", "connection string of a database in which schemas can be made")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *in); err != nil {
		fmt.Fprintln(os.Stderr, "postgres-embed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, connection string) error {
	pool, err := pgxpool.New(ctx, connection)
	if err != nil {
		return err
	}
	defer pool.Close()
	p, err := openPortal(ctx, pool)
	if err != nil {
		return err
	}
	for _, l := range []lead{
		{"Contoso", "ana@contoso.com", "met at the fair"},
		{"Contoso again", "joao@contoso.com", "called back"}, // the customer is there already
		{"Proseware", "it@proseware.com", ""},                // the portal wants a note
	} {
		if err := p.accept(ctx, l); err != nil {
			fmt.Fprintf(out, "%-14s ✗ %v\n", l.name, err)
		} else {
			fmt.Fprintf(out, "%-14s ✓ added\n", l.name)
		}
	}
	leads, rows, err := p.count(ctx)
	fmt.Fprintf(out, "The portal has %d lead, and its partner's page %d row.\n", leads, rows)
	return err
}

// portal is a host with tables of its own: leads, and what it knows of customers.
type portal struct {
	pool    *pgxpool.Pool
	schema  string
	store   *postgres.Store
	program *host.Data
	desk    *workflow.Service
}

// lead is what a seller enters.
type lead struct{ name, email, note string }

const endpoints = engagement.ID("endpoint-management")

var rita = workflow.Actor{Partner: "northwind-consulting", User: "rita", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}

// openPortal makes the portal's tables, and beside them those of the library, in a
// new schema.
func openPortal(ctx context.Context, pool *pgxpool.Pool) (*portal, error) {
	p := &portal{pool: pool, schema: "embed_" + strings.ToLower(rand.Text()[:12])}
	var err error
	if p.program, err = host.Load(host.Files); err != nil {
		return nil, err
	}
	if p.store, err = postgres.New(ctx, pool, &postgres.Options{Schema: p.schema}); err != nil {
		return nil, err
	}
	if err := p.store.Migrate(ctx); err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, `
		CREATE TABLE `+p.schema+`.lead (request text PRIMARY KEY, name text NOT NULL, note text NOT NULL CHECK (note <> ''));
		CREATE TABLE `+p.schema+`.device_report (tenant text PRIMARY KEY, facts jsonb NOT NULL)`)
	if err != nil {
		return nil, err
	}
	if err := p.report(ctx, "Contoso", "Proseware", "Adventure Works", "Fourth Coffee", "Graphic Design Institute", "Lamna Healthcare", "Margie's Travel", "Coho Winery"); err != nil {
		return nil, err
	}
	p.desk, err = workflow.New(p.store, p.program.Directory, p.program.Catalog, p, &workflow.Options{Derive: host.Derive})
	return p, err
}

// report writes down what is known of customers.
func (p *portal) report(ctx context.Context, names ...string) error {
	for _, c := range p.program.Known(names...) {
		facts, err := p.program.Facts(ctx, rita.Partner, []tenant.Identity{c.Identity})
		if err != nil {
			return err
		}
		if _, err := p.pool.Exec(ctx, `INSERT INTO `+p.schema+`.device_report (tenant, facts) VALUES ($1, $2)`, c.Identity.Tenant.String(), facts[0]); err != nil {
			return err
		}
	}
	return nil
}

// onTransaction is where a context has the transaction that facts are to be asked on.
type onTransaction struct{}

// Facts is the portal's workflow.FactSource. It takes a connection of the pool, unless
// the context has a transaction: whoever holds one of the pool's connections must not
// wait for another.
func (p *portal) Facts(ctx context.Context, _ engagement.PartnerID, customers []tenant.Identity) ([]eligibility.Facts, error) {
	query := p.pool.Query
	if tx, ok := ctx.Value(onTransaction{}).(pgx.Tx); ok {
		query = tx.Query
	}
	asked := make([]string, len(customers))
	for i, c := range customers {
		asked[i] = c.Tenant.String()
	}
	rows, err := query(ctx, `SELECT tenant, facts FROM `+p.schema+`.device_report WHERE tenant = ANY ($1)`, asked)
	if err != nil {
		return nil, err
	}
	known := map[string]eligibility.Facts{}
	var id string
	var facts eligibility.Facts
	_, err = pgx.ForEachRow(rows, []any{&id, &facts}, func() error {
		known[id] = facts.Clone()
		return nil
	})
	out := make([]eligibility.Facts, len(customers))
	for i, id := range asked {
		out[i] = known[id]
	}
	return out, err
}

// accept adds the lead's customer and writes the lead down, in one transaction. That
// begins when it is decided whether the customer can be added, for which the facts are
// asked: it holds a connection only while it writes.
func (p *portal) accept(ctx context.Context, l lead) error {
	request := rita.Request(rand.Text()) // a host makes it with the form
	desk := p.desk.WithTransaction(func(ctx context.Context, apply func(storage.Store) error) error {
		return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			if err := p.insert(ctx, tx, request, l); err != nil {
				return err // and nobody is added
			}
			return apply(p.store.WithTx(tx))
		})
	})
	_, err := desk.Customers.Add(ctx, request, l.command())
	return err
}

func (p *portal) insert(ctx context.Context, tx pgx.Tx, request workflow.Request, l lead) error {
	if _, err := tx.Exec(ctx, `INSERT INTO `+p.schema+`.lead (request, name, note) VALUES ($1, $2, $3)`, request.Key, l.name, l.note); err != nil {
		return errors.New("the portal wants a note")
	}
	return nil
}

func (l lead) command() workflow.AddCustomer {
	return workflow.AddCustomer{Candidate: workflow.Candidate{Location: "4711201", Email: l.email}, Engagements: []engagement.ID{endpoints}}
}

// count returns how many leads there are, and how many rows the Customers page
// has.
func (p *portal) count(ctx context.Context) (leads, rows int, err error) {
	if err := p.pool.QueryRow(ctx, `SELECT count(*) FROM `+p.schema+`.lead`).Scan(&leads); err != nil {
		return 0, 0, err
	}
	page, err := p.desk.Customers.List(ctx, rita, workflow.CustomersQuery{Engagement: endpoints})
	return leads, page.Counts[engagement.TabEligible].N, err
}
