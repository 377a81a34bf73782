package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/tenant"
)

// fails lets whatever writes an entry fail with a code and a message: at once, or
// only at its COMMIT.
func fails(t *testing.T, pool *pgxpool.Pool, schema, code, message string, atCommit bool) {
	t.Helper()
	run(t, pool, schema, `CREATE OR REPLACE FUNCTION pe.fails() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN RAISE EXCEPTION USING ERRCODE = '`+code+`', MESSAGE = '`+message+`'; END $$`)
	run(t, pool, schema, "DROP TRIGGER IF EXISTS fails ON pe.entry")
	if atCommit {
		run(t, pool, schema, "CREATE CONSTRAINT TRIGGER fails AFTER INSERT OR UPDATE ON pe.entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pe.fails()")
	} else {
		run(t, pool, schema, "CREATE TRIGGER fails BEFORE INSERT OR UPDATE ON pe.entry FOR EACH ROW EXECUTE FUNCTION pe.fails()")
	}
}

// An error of an Apply that does not say for certain that nothing was done says
// that nobody knows, and how to go on. Its text tells nothing of any server.
func TestErrorsThatSettleNothing(t *testing.T) {
	const elsewhere = "connection to the remote node engage@127.0.0.1:6503 failed"
	cases := []struct {
		code     string
		atCommit bool
		want     error
	}{
		{"XX000", false, postgres.ErrUnknown},
		{"P0001", false, postgres.ErrUnknown},
		{"0A000", false, postgres.ErrUnknown},
		{"08006", false, postgres.ErrUnknown},
		{"XX000", true, postgres.ErrUnknown},
		{"53200", true, postgres.ErrUnknown},
		{"57014", true, postgres.ErrUnknown},
		{"53200", false, postgres.ErrResources},
		{"42501", false, postgres.ErrPermission},
		{"42P05", false, postgres.ErrPooler},
		{"26000", false, postgres.ErrPooler},
		{"40001", true, postgres.ErrBusy},
		{"23514", true, storage.ErrInvalid},
		{"23505", false, storage.ErrConflict}, // of a record
	}
	for mode := range modes {
		pool := running(t).pool(t, modes[mode], 1)
		schema := newSchema()
		s := store(t, pool, schema)
		for _, c := range cases {
			change := plainly(0, tenant.Key(fmt.Sprint(c)))
			command := storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: fmt.Sprint(c)}, At: time.Unix(7, 0)}
			fails(t, pool, schema, c.code, elsewhere, c.atCommit)
			change.Command = &command
			err := s.Apply(t.Context(), change)
			if !errors.Is(err, c.want) {
				t.Errorf("an Apply that fails with %s (at the COMMIT: %t): %v", c.code, c.atCommit, err)
			}
			for _, secret := range []string{"127.0.0.1", "6503", "engage@"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells %q: %v", secret, err)
				}
			}
			run(t, pool, schema, "DROP TRIGGER fails ON pe.entry")
			if err := s.Apply(t.Context(), change); err != nil {
				t.Errorf("an Apply after one that failed with %s: %v", c.code, err)
			}
		}
		if n := pool.Stat().NewConnsCount(); n > 1 {
			t.Errorf("%d connections were made: those of calls that fail are not used again", n)
		}
	}
}

// An Apply whose error says nothing, and which has been done all the same, has
// succeeded.
func TestDoneInSpiteOfAnError(t *testing.T) {
	pool := running(t).pool(t, modes["exec"], 4)
	schema := newSchema()
	s := store(t, pool, schema)
	command := &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: "k"}, At: time.Unix(7, 0)}
	if err := s.Apply(t.Context(), storage.Changes{Command: command}); err != nil {
		t.Fatal(err)
	}
	fails(t, pool, schema, "XX000", "server closed the connection unexpectedly", false)
	change := plainly(0, "c")
	change.Command = command
	if err := s.Apply(t.Context(), change); err != nil {
		t.Errorf("an Apply whose command is recorded: %v", err)
	}
	other := *command
	other.Body = engagement.Digest{1}
	change.Command = &other
	told(t, s.Apply(t.Context(), change), postgres.ErrUnknown, true)
}
