package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// host is a host's own database with a table of its own, and a Store on it.
func host(t *testing.T) (*sql.DB, *sqlite.Store) {
	t.Helper()
	db, err := sqlite.OpenDB(t.Context(), newFile(t), relaxed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := sqlite.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE orders (customer TEXT PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	return db, s
}

func begin(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() })
	return tx
}

// in returns Contoso on a store.
func in(s storage.Store) func() workflowtest.Scenario {
	return func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = s
		return sc
	}
}

// counts returns how many orders, events and messages there are.
func count(t *testing.T, db *sql.DB) (n [3]int) {
	t.Helper()
	for i, table := range []string{"orders", "pe_event", "pe_message"} {
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n[i]); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestWithTx runs a command of the workflow in the host's transaction.
func TestWithTx(t *testing.T) {
	for _, commit := range []bool{true, false} {
		db, s := host(t)
		tx := begin(t, db)
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO orders VALUES ('contoso.com')"); err != nil {
			t.Fatal(err)
		}
		inside := workflowtest.New(t, in(s.WithTx(tx)))
		p := inside.Added("azure-migration", "ana@contoso.com")
		if status, err := inside.Desk.Claims.Status(t.Context(), inside.Actor, p); err != nil || status != engagement.StatusCustomerClaimed {
			t.Errorf("within the transaction the status is %q: %v", status, err)
		}
		outside := workflowtest.New(t, in(s))
		if _, err := outside.Desk.Claims.Status(t.Context(), outside.Actor, p); err == nil {
			t.Error("others see a participation that is not committed")
		}
		want := [3]int{}
		if commit {
			want = [3]int{1, 1, 0}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			outside.ExpectStatus(p, engagement.StatusCustomerClaimed)
		} else {
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
			if _, err := outside.Desk.Claims.Status(t.Context(), outside.Actor, p); err == nil {
				t.Error("a participation is there that was rolled back")
			}
		}
		if got := count(t, db); got != want {
			t.Errorf("committed: %t: there are %v orders, events and messages, not %v", commit, got, want)
		}
	}
}

// TestWithTxOfAnotherDatabase joins a transaction of a database that the Store
// was not made with, on the same file.
func TestWithTxOfAnotherDatabase(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	db, err := sqlite.OpenDB(t.Context(), path, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx := begin(t, db)
	p := workflowtest.New(t, in(s.WithTx(tx))).Granted("azure-migration", "ana@contoso.com")
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	workflowtest.New(t, in(s)).ExpectStatus(p, engagement.StatusConsentReceived)
}

// TestFailedApplyLeavesTheTransaction: what the host did before stays, what a
// failed Apply did goes.
func TestFailedApplyLeavesTheTransaction(t *testing.T) {
	db, s := host(t)
	tx := begin(t, db)
	if _, err := tx.ExecContext(t.Context(), "INSERT INTO orders VALUES ('contoso.com')"); err != nil {
		t.Fatal(err)
	}
	key, stale := known(1).Key, known(2)
	stale.Version = 7
	if err := s.WithTx(tx).Apply(t.Context(), changed(known(1), stale)); !errors.Is(err, storage.ErrConflict) {
		t.Fatalf("an Apply with a stale record: %v", err)
	}
	loaded, err := s.WithTx(tx).Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}})
	if err != nil || loaded.Records[key].Version != 0 {
		t.Errorf("a record of an Apply that failed is at version %d: %v", loaded.Records[key].Version, err)
	}
	if err := s.WithTx(tx).Apply(t.Context(), changed(known(1))); err != nil {
		t.Errorf("the transaction cannot go on: %v", err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n[0] != 1 {
		t.Errorf("there are %d orders, not the host's", n[0])
	}
}

// TestStaleTransaction: a transaction that began by reading cannot write after
// somebody else has, and is told so.
func TestStaleTransaction(t *testing.T) {
	db, s := host(t)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := s.WithTx(tx).Load(t.Context(), storage.Want{Records: []engagement.RecordKey{known(1).Key}}); err != nil {
		t.Fatal(err)
	}
	changes := changed(known(1))
	if err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	if err := s.WithTx(tx).Apply(t.Context(), changes); !errors.Is(err, sqlite.ErrBusy) {
		t.Errorf("an Apply on an old state: %v", err)
	}
}

// TestWithTxCancelled: a context that ends within an Apply takes no part of it
// to the commit.
func TestWithTxCancelled(t *testing.T) {
	db, s := host(t)
	tx := begin(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.WithTx(tx).Apply(ctx, changed(known(1)))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an Apply with a context that is over: %v", err)
	}
	if err := tx.Commit(); err != nil {
		t.Errorf("the host cannot commit its own: %v", err)
	}
}
