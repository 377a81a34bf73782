package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// With the rights of a worker, or without those of the server, the end of a history
// is not cut off; what a worker or the owner of the tables changes shows.
func TestTamperingShows(t *testing.T) {
	c := running(t)
	owner := c.pool(t, modes["cached"], 2)
	for name, try := range map[string]struct {
		sql     string
		refused bool // to a worker
	}{
		"cut in the record": {`UPDATE pe.customer SET seq = 2, hash = (SELECT hash FROM pe.event WHERE seq = 2)`, true},
		"cut off": {`DELETE FROM pe.event WHERE seq > 2;
			UPDATE pe.customer SET seq = 2, hash = (SELECT hash FROM pe.event WHERE seq = 2)`, true},
		"declined beside granted": {`UPDATE pe.participation SET body = replace(body, '"status":"granted"', '"status":"declined"')`, false},
		"another event":           {`UPDATE pe.event SET status_to = 'Paid' WHERE seq = 4`, true},
		"other details":           {`UPDATE pe.event SET detail = '{"location":"4711202"}' WHERE seq = 1`, true},
	} {
		t.Run(name, func(t *testing.T) {
			schema := newSchema()
			world := func(pool *pgxpool.Pool) *workflowtest.World {
				return workflowtest.New(t, func() workflowtest.Scenario {
					sc := workflowtest.Contoso()
					sc.Store = store(t, pool, schema)
					return sc
				})
			}
			w := world(owner)
			p := w.Granted("azure-migration", "ana@contoso.com")
			role := "clerk_" + schema
			run(t, owner, schema, "CREATE ROLE "+role+" LOGIN PASSWORD '"+password+"'")
			if _, err := owner.Exec(t.Context(), postgres.Grants(schema, role), pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
			worker := poolOf(t, c.with("user", role, "password", password), modes["cached"], 2)
			sql := strings.ReplaceAll(try.sql, "pe.", schema+".")
			_, err := worker.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
			if server := (*pgconn.PgError)(nil); errors.As(err, &server) != try.refused || try.refused && server.Code != "23001" && server.Code != "42501" {
				t.Errorf("as a worker: %v", err)
			}
			if try.refused {
				run(t, owner, schema, "ALTER TABLE pe.event DISABLE TRIGGER USER; ALTER TABLE pe.customer DISABLE TRIGGER USER")
				if _, err := owner.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
					t.Fatal(err)
				}
			}
			again := world(owner) // another process
			if _, err := again.Desk.VerifyHistory(t.Context(), w.Actor, w.Customer("contoso.com")); !errors.Is(err, engagement.ErrHistoryBroken) {
				t.Errorf("the verification: %v", err)
			}
			if _, err := again.Desk.Claim(t.Context(), w.Actor, p); !errors.Is(err, engagement.ErrHistoryBroken) {
				t.Errorf("the claim: %v", err)
			}
		})
	}
}
