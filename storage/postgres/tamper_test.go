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
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// With the rights of a worker, or without those of the server, the end of a history
// is not cut off; what a worker or the owner of the tables changes shows.
func TestTamperingShows(t *testing.T) {
	c := running(t)
	owner := c.pool(t, modes["cached"], 2)
	for name, try := range map[string]struct {
		sql     string // :before is the participation's body as it was before the answer
		refused bool   // to a worker
	}{
		"cut in the record": {`UPDATE pe.customer SET seq = 2, hash = (SELECT hash FROM pe.event WHERE seq = 2)`, true},
		"cut off": {`DELETE FROM pe.event WHERE seq > 2;
			UPDATE pe.customer SET seq = 2, hash = (SELECT hash FROM pe.event WHERE seq = 2)`, true},
		"not answered beside granted": {`UPDATE pe.participation SET body = decode(':before', 'hex')`, false},
		"another event":               {`UPDATE pe.event SET body = (SELECT body FROM pe.event WHERE seq = 3) WHERE seq = 4`, true},
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
			p := w.Added("azure-migration", "ana@contoso.com")
			w.Requested(p)
			var before string
			if err := owner.QueryRow(t.Context(), "SELECT encode(body, 'hex') FROM "+schema+".participation").Scan(&before); err != nil {
				t.Fatal(err)
			}
			w.Accepted(p)
			role := "clerk_" + schema
			run(t, owner, schema, "CREATE ROLE "+role+" LOGIN PASSWORD '"+password+"'")
			if _, err := owner.Exec(t.Context(), postgres.Grants(schema, role), pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
			worker := poolOf(t, c.with("user", role, "password", password), modes["cached"], 2)
			sql := strings.ReplaceAll(strings.ReplaceAll(try.sql, "pe.", schema+"."), ":before", before)
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
			if _, err := again.Desk.Histories.Verify(t.Context(), w.Actor, w.Customer("contoso.com")); !shows(err) {
				t.Errorf("the verification: %v", err)
			}
			if view, err := again.Desk.Claims.Get(t.Context(), w.Actor, p); !shows(err) && len(view.UnreadableEvents) == 0 {
				t.Errorf("the claim: %v", err)
			}
		})
	}
}

// shows reports whether an error says that a history is not what it was, or that a row
// of it cannot be read, since it is another one's.
func shows(err error) bool {
	return errors.As(err, new(*engagement.HistoryError)) || errors.Is(err, storage.ErrUnreadable)
}
