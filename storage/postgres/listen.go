package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// channel is the name of the notification of new messages.
func channel(schema string) string { return schema + "_outbox" }

// bell tells Listeners that there are new messages. It does so after the commit
// and not within it, and not for each one: the server lets those who commit
// notifications do it one after the other.
type bell struct {
	pool    *pgxpool.Pool
	channel string

	mu   sync.Mutex
	rung time.Time // when it was last rung, or will be
}

// quiet is how long after one notification the next one goes out, and how long
// the server has for one.
const (
	quiet      = 50 * time.Millisecond
	ringWithin = 5 * time.Second
)

func newBell(pool *pgxpool.Pool, channel string) *bell { return &bell{pool: pool, channel: channel} }

// ring lets a notification go out soon, and waits for nothing. One that does not
// go out is no harm: Listeners look by themselves, too.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := quiet - time.Since(b.rung)
	if wait > quiet {
		return // one is about to go out
	}
	wait = max(wait, 0)
	b.rung = time.Now().Add(wait)
	time.AfterFunc(wait, func() {
		ctx, cancel := context.WithTimeout(context.Background(), ringWithin)
		defer cancel()
		_ = notify(ctx, b.pool, b.channel)
	})
}

func notify(ctx context.Context, pool *pgxpool.Pool, channel string) error {
	_, err := pool.Exec(ctx, "SELECT pg_notify($1::text, '')", channel)
	return err
}

// Announce tells Listeners that there are new messages. Only who has committed
// messages through WithTx needs it: an Apply of its own announces them.
func (s *Store) Announce(ctx context.Context) error {
	return explain(ctx, "announce messages", notify(ctx, s.pool, channel(s.schema)))
}

// Listener wakes a relay when there are new messages. It is for one goroutine.
type Listener struct {
	config  *pgx.ConnConfig
	channel string
	conn    *pgx.Conn // nil when it has been lost
}

// Listen returns a Listener with a connection of its own, which has to lead to the
// server itself: with a pooler between it returns ErrListen. A nil config is that of the
// Store's pool. Close it in the end.
func (s *Store) Listen(ctx context.Context, config *pgx.ConnConfig) (*Listener, error) {
	if config == nil {
		config = s.pool.Config().ConnConfig
	}
	l := &Listener{config: config.Copy(), channel: channel(s.schema)}
	return l, explain(ctx, "listen for messages", l.connect(ctx))
}

func (l *Listener) connect(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return err
	}
	through, err := pooled(ctx, conn)
	if err == nil && through {
		err = &Error{Op: "listen for messages", Problem: ErrListen}
	}
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	if _, err := conn.Exec(ctx, `LISTEN "`+l.channel+`"`, pgx.QueryExecModeSimpleProtocol); err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	l.conn = conn
	return nil
}

// Wait returns when there may be new messages: when some were announced since the
// last call, or after so long at the latest, which also finds messages whose
// announcement was lost, and those whose time has come. While the server is out
// of reach that is all it does. Its error is that of the context.
func (l *Listener) Wait(ctx context.Context, atMost time.Duration) error {
	within, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	if l.conn == nil && l.connect(within) == nil {
		return ctx.Err() // what was announced meanwhile is not known
	}
	if l.conn == nil {
		<-within.Done()
		return ctx.Err()
	}
	if _, err := l.conn.WaitForNotification(within); err != nil && within.Err() == nil {
		l.lose()
		return ctx.Err()
	}
	if l.conn.IsClosed() {
		l.conn = nil
	}
	return ctx.Err()
}

// lose lets go of a connection that has ended.
func (l *Listener) lose() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.conn.Close(ctx)
	l.conn = nil
}

// Close ends the connection.
func (l *Listener) Close(ctx context.Context) error {
	if l.conn == nil {
		return nil
	}
	conn := l.conn
	l.conn = nil
	return explain(ctx, "stop listening", conn.Close(ctx))
}
