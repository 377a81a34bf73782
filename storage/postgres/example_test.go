package postgres_test

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

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
// together, or neither is. The transaction begins when the command is decided, so that no
// connection waits meanwhile, and is done again when somebody else was faster.
func Example_transaction() {
	ctx := context.Background()
	var pool *pgxpool.Pool // the portal's
	var store *postgres.Store
	var svc *workflow.Service // on store
	var request workflow.Request
	var command workflow.AddCustomer

	desk := svc.WithTransaction(func(ctx context.Context, apply func(storage.Store) error) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO lead (request) VALUES ($1)", request.Key); err != nil {
				return err
			}
			return apply(store.WithTx(tx))
		})
	})
	_, err := desk.Customers.Add(ctx, request, command)
	_ = err // of the lead, of the command, or of the database
}

// Several commands in one transaction of the portal's. What they ask must not take
// connections from the pool of the transaction.
func ExampleStore_WithTx() {
	ctx := context.Background()
	var pool *pgxpool.Pool // the portal's
	var store *postgres.Store
	var svc *workflow.Service // on store
	var request [2]workflow.Request
	var command [2]workflow.AddCustomer

	for range 3 {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			desk := svc.With(store.WithTx(tx))
			for i := range command {
				if _, err := desk.Customers.Add(ctx, request[i], command[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, storage.ErrConflict) {
			break // done, refused, or something to be told to the caller
		}
	}
}

// A host with database/sql, or with what is built on it, shares the store's pool.
func ExampleStore_WithSQLTx() {
	ctx := context.Background()
	var pool *pgxpool.Pool // the store's
	var store *postgres.Store
	var svc *workflow.Service // on store
	var request workflow.Request
	var command workflow.AddCustomer

	db := stdlib.OpenDBFromPool(pool)
	desk := svc.WithTransaction(func(ctx context.Context, apply func(storage.Store) error) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, "INSERT INTO lead (request) VALUES ($1)", request.Key); err != nil {
			return err
		}
		if err := apply(store.WithSQLTx(tx)); err != nil {
			return err
		}
		return tx.Commit()
	})
	_, err := desk.Customers.Add(ctx, request, command)
	_ = err
}

// Jobs send messages as soon as they are there, and look every now and then for those
// whose time has come.
func ExampleStore_Listen() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var store *postgres.Store
	var desk *workflow.Service

	listener, err := store.Listen(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = listener.Close(context.Background()) }()
	wake := make(chan struct{})
	go func() {
		defer close(wake)
		for listener.Wait(ctx, time.Minute) == nil {
			wake <- struct{}{}
		}
	}()
	err = desk.Jobs.Run(ctx, workflow.Schedule{Wake: wake})
	stop()
	for range wake { // until nobody listens any more
	}
	if err != nil {
		log.Print(err)
	}
}

// newDesk makes the workflow on a store, with the portal's directory, catalog and
// facts.
func newDesk(storage.Store) *workflow.Service { return nil }
