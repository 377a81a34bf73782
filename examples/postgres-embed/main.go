// Postgres-embed shows a host's own table and a command of the workflow in one
// transaction: both are written, or neither is.
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

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/program"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
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

// portal is a host with a table of its own.
type portal struct {
	pool    *pgxpool.Pool
	schema  string
	store   *postgres.Store
	program *program.Program
}

// lead is what a seller enters.
type lead struct{ name, email, note string }

const endpoints = engagement.ID("endpoint-management")

var rita = workflow.Actor{Partner: "northwind-consulting", User: "rita", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}

// openPortal makes the portal's table, and beside it those of the library, in a
// new schema.
func openPortal(ctx context.Context, pool *pgxpool.Pool) (*portal, error) {
	p := &portal{pool: pool, schema: "embed_" + strings.ToLower(rand.Text()[:12])}
	var err error
	if p.program, err = program.Load(program.Files); err != nil {
		return nil, err
	}
	if p.store, err = postgres.New(ctx, pool, &postgres.Options{Schema: p.schema}); err != nil {
		return nil, err
	}
	if err := p.store.Migrate(ctx); err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, `CREATE TABLE `+p.schema+`.lead (request text PRIMARY KEY, name text NOT NULL, note text NOT NULL CHECK (note <> ''))`)
	return p, err
}

// desk is the workflow on a store.
func (p *portal) desk(s storage.Store) (*workflow.Service, error) {
	return workflow.New(s, p.program.Directory, p.program.Catalog, p.program, &workflow.Options{Derive: program.Derive})
}

// accept adds the lead's customer and writes the lead down. A conflict says that
// somebody else was faster: then all of it is done again, in a new transaction.
func (p *portal) accept(ctx context.Context, l lead) error {
	request := rand.Text() // a host makes it with the form
	for range 5 {
		err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error { return p.acceptIn(ctx, tx, request, l) })
		if !errors.Is(err, storage.ErrConflict) {
			return err
		}
	}
	return errors.New("others are faster: try again")
}

func (p *portal) acceptIn(ctx context.Context, tx pgx.Tx, request string, l lead) error {
	desk, err := p.desk(p.store.WithTx(tx))
	if err != nil {
		return err
	}
	if _, err := desk.Customers.Add(ctx, rita.Request(request), workflow.AddCustomer{
		Candidate: workflow.Candidate{Location: "4711201", Email: l.email}, Engagements: []engagement.ID{endpoints},
	}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO `+p.schema+`.lead (request, name, note) VALUES ($1, $2, $3)`, request, l.name, l.note); err != nil {
		return errors.New("the portal wants a note") // and what AddCustomer did is rolled back with it
	}
	return nil
}

// count returns how many leads there are, and how many rows the Customers page
// has.
func (p *portal) count(ctx context.Context) (leads, rows int, err error) {
	if err := p.pool.QueryRow(ctx, `SELECT count(*) FROM `+p.schema+`.lead`).Scan(&leads); err != nil {
		return 0, 0, err
	}
	desk, err := p.desk(p.store)
	if err != nil {
		return 0, 0, err
	}
	page, err := desk.Customers.List(ctx, rita, workflow.CustomersQuery{Engagement: endpoints})
	return leads, page.Counts[engagement.TabEligible].N, err
}
