package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// TestTablesKeepTheInvariants breaks them by hand.
func TestTablesKeepTheInvariants(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	schema := newSchema()
	s := store(t, pool, schema)
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = s
		return sc
	})
	w.Granted("azure-migration", "ana@contoso.com")
	w.Added("azure-migration", "joe@adatum.com")
	for what, try := range map[string]struct{ sql, code string }{
		"a second open participation":            {`INSERT INTO pe.participation SELECT slot, slotted, partner, id || '-2', engagement, customer, '', '', body FROM pe.participation WHERE live = ''`, "23505"},
		"the same participation somewhere else":  {`INSERT INTO pe.participation SELECT slot, slotted, partner, id, 'security-workshop', customer, '', NULL, body FROM pe.participation LIMIT 1`, "23505"},
		"more grants than the limit":             {`UPDATE pe.shared SET granted = granted + 1 WHERE granted = 1`, "23514"},
		"a record without a version":             {`UPDATE pe.entry SET version = NULL WHERE participation = ''`, "23514"},
		"a participation's row without an order": {`UPDATE pe.entry SET soonest = NULL WHERE participation <> ''`, "23514"},
		"a slot that there is not":               {`UPDATE pe.shared SET slot = 1025`, "23514"},
		"an event that is deleted":               {`DELETE FROM pe.event`, "23001"},
		"events that are all deleted":            {`TRUNCATE pe.event`, "23001"},
		"an event that is changed":               {`UPDATE pe.event SET body = '\x01'`, "23001"},
		"an event of another participation":      {`UPDATE pe.event SET participation = 'p'`, "23001"},
		"a hash that is changed":                 {`UPDATE pe.event SET hash = decode(repeat('01', 32), 'hex')`, "23001"},
		"a person that is put back":              {`UPDATE pe.event SET person = '\x01'`, "23001"},
		"an event twice": {`INSERT INTO pe.event (slot, partner, customer, seq, participation, hash, body)
			SELECT slot, partner, customer, seq, participation, hash, body FROM pe.event LIMIT 1`, "23505"},
		"a command key twice":       {`INSERT INTO pe.command SELECT * FROM pe.command LIMIT 1`, "23505"},
		"a token twice":             {`INSERT INTO pe.token SELECT * FROM pe.token LIMIT 1`, "23505"},
		"half a hash":               {`UPDATE pe.customer SET seq = seq + 1, hash = '\x01'`, "23514"},
		"a history that is cut off": {`UPDATE pe.customer SET seq = seq - 1`, "23001"},
		"another end of a history":  {`UPDATE pe.customer SET hash = decode(repeat('00', 32), 'hex')`, "23001"},
	} {
		_, err := pool.Exec(t.Context(), strings.ReplaceAll(try.sql, "pe.", schema+"."))
		var server *pgconn.PgError
		if !errors.As(err, &server) || server.Code != try.code {
			t.Errorf("%s: %v, not SQLSTATE %s", what, err, try.code)
		}
	}
}

// TestGuardsWait lets an Apply wait for another one that is not committed yet, at
// each isolation level that a pool can have as its default.
func TestGuardsWait(t *testing.T) {
	c := running(t)
	for _, level := range []string{"read committed", "repeatable read", "serializable"} {
		t.Run(level, func(t *testing.T) {
			pool := poolOf(t, c.DSN()+" default_transaction_isolation='"+level+"'", modes["cached"], 4)
			s := store(t, pool, newSchema())
			w := workflowtest.New(t, func() workflowtest.Scenario {
				sc := workflowtest.Contoso()
				sc.Store = s
				return sc
			})
			w.Added("azure-migration", "ana@contoso.com")
			due, err := s.Due(t.Context(), storage.DueQuery{Now: w.Now().AddDate(1, 0, 0), Limit: 1})
			if err != nil || len(due) != 1 {
				t.Fatal(due, err)
			}
			loaded, err := s.Load(t.Context(), storage.Want{Records: due})
			if err != nil {
				t.Fatal(err)
			}
			change := writing(w.Now(), loaded.Shared[due[0].Shared()], loaded.Records[due[0]])
			tx, err := pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.WithTx(tx).Apply(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			second := make(chan error)
			go func() { second <- s.Apply(t.Context(), change) }()
			select {
			case err := <-second:
				t.Errorf("the second Apply did not wait: %v", err)
			case <-time.After(100 * time.Millisecond):
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-second; !errors.Is(err, storage.ErrConflict) {
				t.Errorf("the second Apply: %v", err)
			}
		})
	}
}
