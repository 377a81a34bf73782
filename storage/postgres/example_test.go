package postgres_test

import (
	"context"
	"errors"
	"log"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// A portal opens its database, makes the tables if need be, and gives the store
// to the workflow.
func Example() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	store, err := postgres.New(ctx, pool, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := store.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	desk := newDesk(store)
	_ = desk
}

// A lead of the portal's own and the customer that is added for it are written
// together, or neither is.
func ExampleStore_WithTx() {
	ctx := context.Background()
	var pool *pgxpool.Pool // the portal's
	var store *postgres.Store
	var request workflow.Request
	var command workflow.AddCustomer

	for range 3 {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO lead (request) VALUES ($1)", request.Key); err != nil {
				return err
			}
			_, err := newDesk(store.WithTx(tx)).Customers.Add(ctx, request, command)
			return err
		})
		if !errors.Is(err, storage.ErrConflict) {
			break // done, refused, or something to be told to the caller
		}
	}
}

// A relay sends messages as soon as they are there, and looks every minute for
// those whose time has come.
func ExampleStore_Listen() {
	ctx := context.Background()
	var store *postgres.Store
	var desk *workflow.Service

	listener, err := store.Listen(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = listener.Close(context.Background()) }()
	for ctx.Err() == nil {
		if _, err := desk.Jobs.Relay(ctx); err != nil {
			log.Print(err)
		}
		if err := listener.Wait(ctx, time.Minute); err != nil {
			return
		}
	}
}

// newDesk makes the workflow on a store, with the portal's directory, catalog and
// facts.
func newDesk(storage.Store) *workflow.Service { return nil }
