package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// TestGrants works as a role that has what Grants gives, and tries what it does
// not.
func TestGrants(t *testing.T) {
	c := running(t)
	owner := c.pool(t, modes["cached"], 2)
	schema := newSchema()
	store(t, owner, schema)
	role := "clerk_" + schema
	run(t, owner, schema, "CREATE ROLE "+role+" LOGIN PASSWORD '"+password+"'")
	if _, err := owner.Exec(t.Context(), postgres.Grants(schema, role), pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	pool := poolOf(t, c.with("user", role, "password", password), modes["cached"], 2)
	s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("Migrate where there is nothing to do: %v", err)
	}
	everyCommand(t, s)
	if _, err := s.Prune(t.Context(), everything); err == nil {
		t.Error("it prunes without the right to")
	}
	for _, sql := range []string{
		"DELETE FROM pe.event", "UPDATE pe.event SET body = ''", "TRUNCATE pe.event", "DELETE FROM pe.command", "UPDATE pe.token SET partner = ''",
		"DELETE FROM pe.customer", "DELETE FROM pe.tab_count", "CREATE TABLE pe.more (n INT)", "ALTER TABLE pe.event DISABLE TRIGGER ALL",
	} {
		_, err := pool.Exec(t.Context(), strings.ReplaceAll(sql, "pe.", schema+"."))
		var server *pgconn.PgError
		if !errors.As(err, &server) || server.Code != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := owner.Exec(t.Context(), postgres.GrantsToPrune(schema, role), pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	if gone, err := s.Prune(t.Context(), everything); err != nil || gone.Commands == 0 || gone.Sendings == 0 {
		t.Errorf("%+v have gone, %v", gone, err)
	}
}

var everything = storage.PruneQuery{Commands: time.Now().AddDate(100, 0, 0), Spent: time.Now().AddDate(100, 0, 0), Sendings: time.Now().AddDate(100, 0, 0), Limit: 10_000}
