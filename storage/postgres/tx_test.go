package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/tenant"
)

// host is a portal with a table of its own in the same database.
type host struct {
	pool   *pgxpool.Pool
	schema string
	store  *postgres.Store
	world  *workflowtest.World
	n      int
}

func newHost(t *testing.T, mode string) *host {
	t.Helper()
	h := &host{pool: running(t).pool(t, modes[mode], 4), schema: newSchema()}
	h.store = store(t, h.pool, h.schema)
	run(t, h.pool, h.schema, "CREATE TABLE pe.lead (domain TEXT PRIMARY KEY)")
	h.world = workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = h.store
		return sc
	})
	return h
}

// add writes a row of the host's and adds a customer in one transaction. in is
// called before the end; an error of its rolls all back.
func (h *host) add(ctx context.Context, t *testing.T, options pgx.TxOptions, domain string, in func(tx pgx.Tx, desk *workflow.Service) error) error {
	t.Helper()
	h.n++
	return pgx.BeginTxFunc(ctx, h.pool, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO "+h.schema+".lead VALUES ($1::text)", domain); err != nil {
			return err
		}
		desk := workflowtest.New(t, func() workflowtest.Scenario {
			sc := workflowtest.Contoso()
			sc.Store = h.store.WithTx(tx)
			sc.Start = sc.Start.AddDate(0, 0, h.n) // so that its IDs are others
			return sc
		}).Desk
		_, err := desk.Customers.Add(ctx, workflowtest.Northwind.Request("add-"+domain), workflow.AddCustomer{
			Candidate: workflow.Candidate{Location: "4711201", Domain: domain}, Engagements: []engagement.ID{"azure-migration"},
		})
		if err != nil {
			return err
		}
		return in(tx, desk)
	})
}

// has returns how many leads and how many participations there are.
func (h *host) has(t *testing.T) string {
	t.Helper()
	var leads, participations, events, commands int
	err := h.pool.QueryRow(t.Context(), fmt.Sprintf(`SELECT (SELECT count(*) FROM %[1]s.lead), (SELECT count(*) FROM %[1]s.participation),
		(SELECT count(*) FROM %[1]s.event), (SELECT count(*) FROM %[1]s.command)`, h.schema)).Scan(&leads, &participations, &events, &commands)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d leads, %d participations, %d events, %d commands", leads, participations, events, commands)
}

func nothing(pgx.Tx, *workflow.Service) error { return nil }

// TestHostsTransaction commits and rolls back a command with the host's own work.
func TestHostsTransaction(t *testing.T) {
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			h := newHost(t, mode)
			stop := errors.New("the host changes its mind")
			err := h.add(t.Context(), t, pgx.TxOptions{}, "contoso.com", func(tx pgx.Tx, desk *workflow.Service) error {
				page, err := desk.Customers.List(t.Context(), workflowtest.Northwind, workflow.CustomersQuery{Engagement: "azure-migration"})
				if err != nil || len(page.Rows) != 1 {
					t.Errorf("within the transaction its own command shows %d rows: %v", len(page.Rows), err)
				}
				if got := h.has(t); got != "0 leads, 0 participations, 0 events, 0 commands" {
					t.Errorf("before the commit others see %s", got)
				}
				return stop
			})
			if !errors.Is(err, stop) || h.has(t) != "0 leads, 0 participations, 0 events, 0 commands" {
				t.Errorf("after a roll back there are %s: %v", h.has(t), err)
			}
			if err := h.add(t.Context(), t, pgx.TxOptions{}, "contoso.com", nothing); err != nil {
				t.Fatal(err)
			}
			if got := h.has(t); got != "1 leads, 1 participations, 1 events, 1 commands" {
				t.Errorf("after a commit there are %s", got)
			}
			// A refusal is no trouble: the host's transaction goes on.
			err = h.add(t.Context(), t, pgx.TxOptions{}, "adatum.com", func(tx pgx.Tx, desk *workflow.Service) error {
				_, err := desk.Customers.Add(t.Context(), workflowtest.Northwind.Request("small"), workflow.AddCustomer{
					Candidate: workflow.Candidate{Location: "4711201", Domain: "fourthcoffee.com"}, Engagements: []engagement.ID{"azure-migration"},
				})
				if !errors.As(err, new(*workflow.NotEligibleError)) {
					t.Errorf("a customer that is not eligible: %v", err)
				}
				return nil
			})
			if got := h.has(t); err != nil || got != "2 leads, 2 participations, 2 events, 2 commands" {
				t.Errorf("after a commit with a refusal there are %s: %v", got, err)
			}
		})
	}
}

// TestHostsImport writes several batches at once in one transaction.
func TestHostsImport(t *testing.T) {
	h := newHost(t, "cached")
	err := h.add(t.Context(), t, pgx.TxOptions{}, "contoso.com", func(_ pgx.Tx, desk *workflow.Service) error {
		done, err := desk.Program.Import(t.Context(), workflowtest.Vendor, "northwind", func(yield func(workflow.KnownCustomer) bool) {
			for n := range 1700 {
				if !yield(workflow.KnownCustomer{Identity: tenant.Identity{TPID: tenant.TPID(n + 1)}}) {
					return
				}
			}
		}, nil)
		if done.Done != 1700 {
			t.Errorf("what is done is %v", done)
		}
		return err
	})
	if got := h.has(t); err != nil || got != "1 leads, 1 participations, 1701 events, 1 commands" {
		t.Errorf("there are %s: %v", got, err)
	}
}

// TestHostsConflict lets another be faster. The host does all of it again.
func TestHostsConflict(t *testing.T) {
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable} {
		t.Run(string(level), func(t *testing.T) {
			h := newHost(t, "cached")
			key := somebody("tpid:1")
			if err := h.store.Apply(t.Context(), plainly(0, key.Customer)); err != nil {
				t.Fatal(err)
			}
			tries := 0
			again := func() error {
				tries++
				return pgx.BeginTxFunc(t.Context(), h.pool, pgx.TxOptions{IsoLevel: level}, func(tx pgx.Tx) error {
					s := h.store.WithTx(tx)
					if _, err := tx.Exec(t.Context(), "INSERT INTO "+h.schema+".lead VALUES ($1::text)", fmt.Sprint("try ", tries)); err != nil {
						return err
					}
					loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}})
					if err != nil {
						return err
					}
					mine := plainly(loaded.Records[key].Version, key.Customer)
					if tries == 1 {
						if err := h.store.Apply(t.Context(), mine); err != nil { // somebody else
							t.Fatal(err)
						}
					}
					first := s.Apply(t.Context(), mine)
					if first == nil {
						return nil
					}
					if _, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}}); !errors.Is(err, storage.ErrConflict) {
						t.Errorf("a call after the conflict: %v", err)
					}
					return first
				})
			}
			if err := again(); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("the first try: %v", err)
			}
			if err := again(); err != nil {
				t.Errorf("the second try: %v", err)
			}
			if got := h.has(t); got != "1 leads, 0 participations, 0 events, 0 commands" {
				t.Errorf("after a conflict and a success there are %s", got)
			}
		})
	}
}

// TestHostsCommandMeetsAnother shows what a host sees of a conflict through the
// workflow: an error that says that the same is worth trying again.
func TestHostsCommandMeetsAnother(t *testing.T) {
	h := newHost(t, "cached")
	err := h.add(t.Context(), t, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, "contoso.com", func(tx pgx.Tx, desk *workflow.Service) error {
		h.world.Added("azure-migration", "ana@adatum.com") // somebody else, who is faster
		_, err := desk.Customers.Add(t.Context(), workflowtest.Northwind.Request("late"), workflow.AddCustomer{
			Candidate: workflow.Candidate{Location: "4711201", Domain: "adatum.com"}, Engagements: []engagement.ID{"azure-migration"},
		})
		return err
	})
	if !errors.Is(err, storage.ErrConflict) || !errors.As(err, new(*workflow.UnavailableError)) {
		t.Errorf("a command that meets another: %v", err)
	}
	if got := h.has(t); got != "0 leads, 1 participations, 1 events, 1 commands" {
		t.Errorf("of a transaction that met another there are %s", got)
	}
}
