package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

func letter(id string) storage.Changes {
	return storage.Changes{Messages: []engagement.Message{{ID: engagement.MessageID(id), Kind: engagement.MessageConsentGranted, Partner: "northwind", Language: "en", CreatedAt: time.Unix(0, 0)}}}
}

// waits returns how long a Listener waits.
func waits(t *testing.T, l *postgres.Listener, atMost time.Duration) time.Duration {
	t.Helper()
	began := time.Now()
	if err := l.Wait(t.Context(), atMost); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

const minute = time.Minute

func TestListener(t *testing.T) {
	c := running(t)
	pool := c.pool(t, modes["exec"], 4)
	schema := newSchema()
	s := store(t, pool, schema)
	l, err := s.Listen(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close(context.Background()) }()
	if took := waits(t, l, 50*time.Millisecond); took < 50*time.Millisecond {
		t.Errorf("without a message it waits for %v", took)
	}
	for _, id := range []string{"a", "b", "c"} { // each is told, though they follow each other
		if err := s.Apply(t.Context(), letter(id)); err != nil {
			t.Fatal(err)
		}
		if took := waits(t, l, minute); took > minute/4 {
			t.Errorf("with message %s it waits for %v", id, took)
		}
	}
	// A connection that is lost is made again, and Wait returns at once: nobody
	// knows what was announced meanwhile.
	run(t, pool, schema, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1", `LISTEN "`+schema+`_outbox"`)
	if took := waits(t, l, minute); took > minute/4 {
		t.Errorf("after its connection was lost it waits for %v", took)
	}
	waits(t, l, minute)
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return s.WithTx(tx).Apply(t.Context(), letter("d")) })
	if err := errors.Join(err, s.Announce(t.Context())); err != nil {
		t.Fatal(err)
	}
	if took := waits(t, l, minute); took > minute/4 {
		t.Errorf("after an announcement it waits for %v", took)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Wait(over, minute); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context it returns %v", err)
	}
}

// TestNoSessionState looks at what calls leave on a connection: a pooler may give
// it to anybody.
func TestNoSessionState(t *testing.T) {
	c := running(t)
	for _, mode := range []string{"exec", "simple"} {
		pool := c.pool(t, modes[mode], 1)
		schema := newSchema()
		s := store(t, pool, schema)
		everyCommand(t, s)
		var prepared, locks, channels int
		err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
			(SELECT count(*) FROM pg_listening_channels())`).Scan(&prepared, &locks, &channels)
		if err != nil || prepared+locks+channels > 0 {
			t.Errorf("%s: %d prepared statements, %d locks, %d channels are left: %v", mode, prepared, locks, channels, err)
		}
		var path string
		if err := pool.QueryRow(t.Context(), "SHOW search_path").Scan(&path); err != nil || path != `"$user", public` {
			t.Errorf("%s: the search path is %s: %v", mode, path, err)
		}
	}
}
