package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/storage"
)

// With returns the same service on another store: what commands write in a transaction
// of the host's is committed with the host's own work, and rolled back with it.
//
//	tx, err := pool.Begin(ctx)
//	started, err := svc.With(store.WithTx(tx)).Customers.Add(ctx, req, cmd)
//
// It shares everything else with s, is cheap enough to be made for each transaction, and
// need not be closed.
//
// Within a transaction nothing is tried again. An error that matches
// storage.ErrConflict (its code is CodeUnavailable) says that somebody else was faster:
// roll back, and do the whole transaction again with the same idempotency key, the
// host's own work included. A refusal changes nothing, so the transaction can go on. What
// follows later, such as messages and deadlines, is done by any process whose jobs run;
// where a relay listens for new messages, tell it after the commit.
//
// While the command decides, the transaction holds its connection, and the directory,
// the catalog and the facts are asked. Sources that take connections from the pool of the
// transaction can therefore make all wait for each other for ever: as many commands as
// the pool has connections, each holding one and waiting for another. Let sources have a
// pool of their own, or ask on the transaction, which they can find in the context; or
// use WithTransaction, which holds nothing while a command decides.
func (s *Service) With(store storage.Store) *Service {
	other := *s
	other.store = store
	other.openDesks()
	return &other
}

// WithTransaction returns the same service, whose commands are written in a transaction
// of the host's that begins only when they are decided. So no connection is held while
// the directory, the catalog and the facts are asked, and the host needs no loop of its
// own: when somebody else was faster, the command is decided again and transaction
// called again.
//
//	desk := svc.WithTransaction(func(ctx context.Context, apply func(storage.Store) error) error {
//		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
//			if _, err := tx.Exec(ctx, "INSERT INTO lead (request) VALUES ($1)", req.Key); err != nil {
//				return err
//			}
//			return apply(store.WithTx(tx))
//		})
//	})
//	started, err := desk.Customers.Add(ctx, req, cmd)
//
// transaction is called for each command under an idempotency key that changes something:
// not for one that is refused, nor for one that was carried out before with the same key.
// It calls apply with a store in the transaction that it has begun, returns apply's error
// as it is or wrapped, and has committed when it returns nil. Another error of its own
// rolls back, and the command returns it as it is. One that matches storage.ErrConflict
// has all of it done again: wrap that around what the host's own statements or its commit
// have met of others (on PostgreSQL 40001 and 40P01). When the outcome of a commit is not
// known, repeat the command with the same key.
//
// What the command decides on was committed before the transaction began; of what the
// host changes in it, sources know nothing. One command is one transaction: use With for
// several in one. Jobs, imports and customers' answers, which have no idempotency key,
// are written as by s.
func (s *Service) WithTransaction(transaction func(ctx context.Context, apply func(storage.Store) error) error) *Service {
	other := *s
	other.transaction = transaction
	other.openDesks()
	return &other
}
