package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// A file keeps everything: whoever opens it later goes on where others stopped.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "engage")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "engage.db")

	store, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		log.Fatal(err)
	}
	participation := workflowtest.New(workflowtest.Panic{}, in(store)).Granted("azure-migration", "ana@contoso.com")
	if err := store.Close(); err != nil {
		log.Fatal(err)
	}

	store, err = sqlite.Open(ctx, path, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	w := workflowtest.New(workflowtest.Panic{}, in(store))
	status, err := w.Desk.Claims.Status(ctx, w.Actor, participation)
	fmt.Println(status, err)
	// Output: Customer consent received <nil>
}

// A host's own table and a command of the workflow are written together, or not
// at all.
func ExampleStore_WithTx() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "engage")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	db, err := sqlite.OpenDB(ctx, filepath.Join(dir, "portal.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	store, err := sqlite.New(ctx, db, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if err := store.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE orders (number INTEGER PRIMARY KEY, participation TEXT)"); err != nil {
		log.Fatal(err)
	}

	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable}) // writes from its start
	if err != nil {
		log.Fatal(err)
	}
	defer tx.Rollback()
	w := workflowtest.New(workflowtest.Panic{}, in(store.WithTx(tx))) // a workflow.Service on the transaction
	started, err := w.Desk.Customers.Add(ctx, w.Actor.Request("order 17"), workflow.AddCustomer{
		Candidate:   workflow.Candidate{Location: "4711201", Email: "ana@contoso.com"},
		Engagements: []engagement.ID{"azure-migration"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO orders VALUES (17, ?)", string(started[0].ID)); err != nil {
		log.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		log.Fatal(err)
	}

	status, err := workflowtest.New(workflowtest.Panic{}, in(store)).Desk.Claims.Status(ctx, w.Actor, started[0].ID)
	fmt.Println(status, err)
	// Output: Customer claimed <nil>
}

// A copy is made while everything goes on, and checked before it counts as one.
func ExampleStore_Backup() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "engage")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(ctx, filepath.Join(dir, "engage.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	participation := workflowtest.New(workflowtest.Panic{}, in(store)).Granted("azure-migration", "ana@contoso.com")

	path := filepath.Join(dir, "engage-monday.db")
	if err := store.Backup(ctx, path, nil); err != nil {
		log.Fatal(err)
	}
	err = store.Backup(ctx, path, nil)
	fmt.Println(errors.Is(err, sqlite.ErrExists)) // what is there stays

	backup, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer backup.Close()
	w := workflowtest.New(workflowtest.Panic{}, in(backup))
	checked, err := verify.Check(ctx, backup, verify.Options{Now: w.Now})
	fmt.Println(checked.Findings, err)
	status, err := w.Desk.Claims.Status(ctx, w.Actor, participation)
	fmt.Println(status, err)
	// Output:
	// true
	// 0 <nil>
	// Customer consent received <nil>
}
