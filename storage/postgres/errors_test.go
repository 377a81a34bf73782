package postgres_test

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// told checks what an error matches and that it can be read, and tells no secret.
func told(t *testing.T, err, problem error, later bool) {
	t.Helper()
	var e *postgres.Error
	switch {
	case err == nil:
		t.Errorf("no error, and not %q", problem)
		return
	case !errors.Is(err, problem):
		t.Errorf("the error is not %q: %v", problem, err)
	case !errors.As(err, &e) || e.Op == "":
		t.Errorf("the error does not say what was being done: %v", err)
	case errors.Is(err, storage.ErrFull) != (problem == postgres.ErrFull):
		t.Errorf("whether there is no room: %v", err)
	case errors.Is(err, storage.ErrUnavailable) != later:
		t.Errorf("that trying later can help is %t of: %v", !later, err)
	}
	for _, secret := range []string{password, "wrong password", "password=", "dbname", "127.0.0.1", "host=", "nobody", "nowhere", "closed", `"engage"`} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells %q: %v", secret, err)
		}
	}
	t.Log(err)
}

func newStore(t *testing.T, dsn string) (*postgres.Store, error) {
	t.Helper()
	return postgres.New(t.Context(), poolOf(t, dsn, modes["cached"], 2), &postgres.Options{Schema: newSchema()})
}

func TestNoWayIn(t *testing.T) {
	c := running(t)
	_, err := newStore(t, c.with("password", "wrong password"))
	told(t, err, postgres.ErrAccess, false)
	_, err = newStore(t, c.with("user", "nobody"))
	told(t, err, postgres.ErrAccess, false)
	_, err = newStore(t, c.with("dbname", "nowhere"))
	told(t, err, postgres.ErrDatabase, false)
	run(t, c.pool(t, modes["cached"], 1), "", "CREATE DATABASE closed")
	run(t, c.pool(t, modes["cached"], 1), "", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
	run(t, c.pool(t, modes["cached"], 1), "", "CREATE ROLE outsider LOGIN PASSWORD '"+password+"'")
	_, err = newStore(t, c.with("user", "outsider", "password", password, "dbname", "closed"))
	told(t, err, postgres.ErrPermission, false)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	_ = l.Close()
	_, err = newStore(t, c.with("port", port))
	told(t, err, postgres.ErrUnreachable, true)
}

func TestServerGone(t *testing.T) {
	c := own(t)
	s, err := newStore(t, c.DSN())
	if err == nil {
		err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Stop(syscall.SIGQUIT)
	_, err = s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{somebody("c")}})
	told(t, err, postgres.ErrUnreachable, true)
	told(t, s.Apply(t.Context(), letter("a")), postgres.ErrUnreachable, true)
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), letter("a")); err != nil {
		t.Errorf("after the server is back: %v", err)
	}
}

func TestRefusedByTheServer(t *testing.T) {
	c := running(t)
	pool := c.pool(t, modes["cached"], 4)
	schema := newSchema()
	s := store(t, pool, schema)
	user := "guest_" + schema
	run(t, pool, schema, "CREATE ROLE "+user+" LOGIN PASSWORD '"+password+"' CONNECTION LIMIT 1")
	guest := func(options string) *postgres.Store {
		t.Helper()
		s, err := postgres.New(t.Context(), poolOf(t, c.with("user", user, "password", password)+options, modes["cached"], 2), &postgres.Options{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	load := func(s *postgres.Store) error {
		_, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{somebody("c")}})
		return err
	}
	run(t, pool, schema, "GRANT USAGE ON SCHEMA "+schema+" TO "+user)
	run(t, pool, schema, "GRANT SELECT ON pe.migration, pe.event, pe.feed_epoch TO "+user) // what New looks at
	first := guest("")
	told(t, load(first), postgres.ErrPermission, false)
	_, err := newStore(t, c.with("user", user, "password", password))
	told(t, err, postgres.ErrBusy, true)

	options := func(options string) *postgres.Store {
		t.Helper()
		s, err := postgres.New(t.Context(), poolOf(t, c.DSN()+options, modes["cached"], 2), &postgres.Options{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	told(t, options(" default_transaction_read_only=on").Apply(t.Context(), letter("a")), postgres.ErrReadOnly, true)

	if err := s.Apply(t.Context(), plainly(0, "c")); err != nil {
		t.Fatal(err)
	}
	change := plainly(1, "c")
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if err := s.WithTx(tx).Apply(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	told(t, options(" lock_timeout=50ms").Apply(t.Context(), change), postgres.ErrBusy, true)
	told(t, options(" statement_timeout=50ms").Apply(t.Context(), change), postgres.ErrBusy, true)
	hasty, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Apply(hasty, change); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call whose time runs out: %v", err)
	}
}

// TestLostAnswer loses the answer to an Apply that the server has done.
func TestLostAnswer(t *testing.T) {
	c := running(t)
	p := newProxy(t, c.Port())
	schema := newSchema()
	store(t, c.pool(t, modes["exec"], 2), schema)
	s := store(t, poolOf(t, c.with("port", p.port()), modes["exec"], 2), schema)
	key := somebody("c")
	proved := plainly(0, "c")
	proved.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: "k"}, Result: []byte("[]"), At: time.Unix(7, 0)}
	p.deaf.Store(1)
	if err := s.Apply(t.Context(), proved); err != nil {
		t.Errorf("an Apply that has left its command record: %v", err)
	}
	events, head := engagement.Chain(engagement.Head{}, engagement.Event{Partner: "northwind", Customer: "tpid:1", At: time.Unix(7, 0), Kind: engagement.EventCustomerAdded, By: engagement.ByPartner})
	customer := engagement.Customer{Key: engagement.CustomerKey{Partner: "northwind", Customer: "tpid:1"}, History: head}
	p.deaf.Store(1)
	if err := s.Apply(t.Context(), storage.Changes{Customers: []engagement.Customer{customer}, Events: events}); err != nil {
		t.Errorf("an Apply that has left its event: %v", err)
	}
	p.deaf.Store(1)
	told(t, s.Apply(t.Context(), plainly(1, "c")), postgres.ErrUnknown, true)
	loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}})
	if err != nil || loaded.Records[key].Version != 2 {
		t.Errorf("the record is at version %d: it was not done, or twice: %v", loaded.Records[key].Version, err)
	}
	p.deaf.Store(2) // a read is just done again
	if _, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}}); err != nil {
		t.Errorf("a Load whose answer was lost: %v", err)
	}
}

// TestDeadlocksAreDoneAgain lets Apply calls lock the same records in one order.
func TestDeadlocksAreDoneAgain(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 8)
	schema := newSchema()
	s := store(t, pool, schema)
	if err := s.Apply(t.Context(), plainly(0, "a", "b")); err != nil {
		t.Fatal(err)
	}
	// Somebody by hand locks them the other way round.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), "SET LOCAL deadlock_timeout = '10s'", pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT 1 FROM "+schema+".entry WHERE customer = 'b' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		done <- s.Apply(t.Context(), plainly(1, "a", "b"))
	}()
	time.Sleep(100 * time.Millisecond)
	if _, err := tx.Exec(t.Context(), "SELECT 1 FROM "+schema+".entry WHERE customer = 'a' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("an Apply that was the victim of a deadlock: %v", err)
	}
}
