package stress_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/tenant"
)

// followTask is the environment variable in which a process that writes or follows, until
// it is killed, finds what to do.
const followTask = "PARTNERENGAGE_STRESS_FOLLOW"

// followed is what such a process does.
type followed struct {
	Database database `json:"database"`
	Role     string   `json:"role"`   // "write", "beside" or "within"
	Beside   string   `json:"beside"` // the file of the follower that has a database of its own
}

// TestFollowed is the process that is killed.
func TestFollowed(t *testing.T) {
	text := os.Getenv(followTask)
	if text == "" {
		t.Skip("nobody is to be killed")
	}
	var f followed
	must(0, json.Unmarshal([]byte(text), &f))
	do, done, err := f.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for {
		switch did, err := do(t.Context()); {
		case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrUnavailable): // others are faster
		case err != nil:
			t.Fatal(err)
		case did:
			fmt.Println("did")
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

// open returns what the process does again and again, which reports whether it did
// anything.
func (f followed) open(ctx context.Context) (func(context.Context) (bool, error), func(), error) {
	if f.Database.Kind == "postgres" {
		pool, err := pgxpool.New(ctx, f.Database.Where)
		if err != nil {
			return nil, nil, err
		}
		s, err := postgres.New(ctx, pool, &postgres.Options{Schema: f.Database.Names})
		if err != nil {
			return nil, pool.Close, err
		}
		switch f.Role {
		case "write":
			return func(ctx context.Context) (bool, error) { return true, writeLate(ctx, pool, s) }, pool.Close, nil
		case "within":
			in := withinPostgres(pool, s, f.Database.Names)
			return in.takeIn, pool.Close, nil
		}
		in, done, err := beside(ctx, s, f.Beside)
		return in.takeIn, func() { done(); pool.Close() }, err
	}
	db, err := sqlite.OpenDB(ctx, f.Database.Where, &sqlite.Options{Relaxed: true})
	if err != nil {
		return nil, nil, err
	}
	closeDB := func() { _ = db.Close() }
	s, err := sqlite.New(ctx, db, nil)
	if err != nil {
		return nil, closeDB, err
	}
	switch f.Role {
	case "write":
		return func(ctx context.Context) (bool, error) { return true, writeSome(ctx, s) }, closeDB, nil
	case "within":
		in := withinSQLite(db, s)
		return in.takeIn, closeDB, nil
	}
	in, done, err := beside(ctx, s, f.Beside)
	return in.takeIn, func() { done(); closeDB() }, err
}

// Who is written about.
const followedCustomers = 6

var followedPartners = []engagement.PartnerID{"northwind", "fabrikam"}

func followedCustomer(n int) tenant.Key { return tenant.TPIDKey(tenant.TPID(1000 + n)) }

// writeSome adds events to one history or two.
func writeSome(ctx context.Context, s storage.Store) error {
	c := storage.Changes{At: start}
	keys := map[engagement.CustomerKey]bool{}
	for range 1 + rand.N(2) {
		keys[engagement.CustomerKey{Partner: followedPartners[rand.N(2)], Customer: followedCustomer(rand.N(followedCustomers))}] = true
	}
	for key := range keys {
		loaded, err := s.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
		if err != nil {
			return err
		}
		x := loaded.Customers[key]
		x.Key = key
		var events []engagement.Event
		for range 1 + rand.N(3) {
			events = append(events, engagement.Event{
				Partner: key.Partner, Customer: key.Customer, At: start, Kind: engagement.EventDetailsChanged, By: engagement.ByPartner,
				Person: &engagement.Person{Salt: fmt.Sprint(rand.Uint64()), User: "ana"},
			})
		}
		events, x.History = engagement.Chain(x.History, events...)
		c.Customers, c.Events = append(c.Customers, x), append(c.Events, events...)
	}
	return s.Apply(ctx, c)
}

// writeLate is writeSome that now and then commits long after it began, twice in one
// transaction, or not at all.
func writeLate(ctx context.Context, pool *pgxpool.Pool, s *postgres.Store) error {
	if rand.N(2) == 0 {
		return writeSome(ctx, s)
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for range 1 + rand.N(2) {
			if err := writeSome(ctx, s.WithTx(tx)); err != nil {
				return err
			}
			time.Sleep(rand.N(10 * time.Millisecond))
		}
		if rand.N(8) == 0 {
			return storage.ErrConflict
		}
		return nil
	})
	if err != nil && ctx.Err() == nil && !errors.Is(err, storage.ErrInvalid) {
		return errors.Join(storage.ErrConflict, err) // done again
	}
	return err
}

// follower takes events into a table of its own, with the position, in one transaction.
type follower struct {
	store storage.Store
	table string
	begin func(ctx context.Context) (*taking, error)
}

// taking is such a transaction.
type taking struct {
	store    storage.Store // within it
	exec     func(ctx context.Context, sql string, args ...any) error
	number   func(ctx context.Context, sql string, args ...any) (int64, error)
	position func(ctx context.Context) (storage.FeedPosition, error)
	move     func(ctx context.Context, from, to storage.FeedPosition) error
	commit   func(ctx context.Context) error
	rollback func()
}

const followersTable = " (partner TEXT, customer TEXT, seq BIGINT, hash TEXT, PRIMARY KEY (partner, customer, seq))"

func (f *follower) takeIn(ctx context.Context) (bool, error) {
	tx, err := f.begin(ctx)
	if err != nil {
		return false, errors.Join(storage.ErrUnavailable, err)
	}
	defer tx.rollback()
	at, err := tx.position(ctx)
	if err != nil {
		return false, err
	}
	feed, err := tx.store.Feed(ctx, storage.FeedQuery{After: at, Limit: 1 + rand.N(20)})
	if err != nil || feed.Next == at {
		return false, err
	}
	for _, e := range feed.Events {
		last, err := tx.number(ctx, "SELECT coalesce(max(seq), 0) FROM "+f.table+" WHERE partner = $1 AND customer = $2", string(e.Partner), string(e.Customer))
		if err != nil {
			return false, err
		}
		if e.Seq != last+1 {
			return false, fmt.Errorf("event %d of %s follows event %d", e.Seq, e.Customer, last)
		}
		if err := tx.exec(ctx, "INSERT INTO "+f.table+" (partner, customer, seq, hash) VALUES ($1, $2, $3, $4)", string(e.Partner), string(e.Customer), e.Seq, hex.EncodeToString(e.Hash[:])); err != nil {
			return false, err
		}
	}
	if err := tx.move(ctx, at, feed.Next); err != nil {
		return false, err
	}
	return true, tx.commit(ctx)
}

// beside is a follower with a database of its own.
func beside(ctx context.Context, s storage.Store, path string) (*follower, func(), error) {
	db, err := sqlite.OpenDB(ctx, path, &sqlite.Options{Relaxed: true})
	if err != nil {
		return nil, func() {}, err
	}
	for _, sql := range []string{"CREATE TABLE IF NOT EXISTS seen" + followersTable, "CREATE TABLE IF NOT EXISTS follower (position TEXT)"} {
		if _, err := db.ExecContext(ctx, sql); err != nil {
			return nil, func() { _ = db.Close() }, err
		}
	}
	f := &follower{store: s, table: "seen"}
	f.begin = func(ctx context.Context) (*taking, error) {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
		if err != nil {
			return nil, err
		}
		t := takingSQL(tx)
		t.store = s
		t.position = func(ctx context.Context) (storage.FeedPosition, error) {
			var at string
			err := tx.QueryRowContext(ctx, "SELECT coalesce(max(position), '') FROM follower").Scan(&at)
			return storage.FeedPosition(at), err
		}
		t.move = func(ctx context.Context, _, to storage.FeedPosition) error {
			return errors.Join(t.exec(ctx, "DELETE FROM follower"), t.exec(ctx, "INSERT INTO follower VALUES ($1)", string(to)))
		}
		return t, nil
	}
	return f, func() { _ = db.Close() }, nil
}

func takingSQL(tx *sql.Tx) *taking {
	return &taking{
		exec: func(ctx context.Context, sql string, args ...any) error {
			_, err := tx.ExecContext(ctx, sql, args...)
			return err
		},
		number: func(ctx context.Context, sql string, args ...any) (n int64, err error) {
			err = tx.QueryRowContext(ctx, sql, args...).Scan(&n)
			return n, err
		},
		commit:   func(context.Context) error { return tx.Commit() },
		rollback: func() { _ = tx.Rollback() },
	}
}

// withinSQLite is a follower with a table beside those of the store.
func withinSQLite(db *sql.DB, s *sqlite.Store) *follower {
	f := &follower{store: s, table: "seen"}
	f.begin = func(ctx context.Context) (*taking, error) {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
		if err != nil {
			return nil, err
		}
		t := takingSQL(tx)
		t.named(s.WithTx(tx))
		return t, nil
	}
	return f
}

// withinPostgres is the same in PostgreSQL.
func withinPostgres(pool *pgxpool.Pool, s *postgres.Store, schema string) *follower {
	f := &follower{store: s, table: schema + ".seen"}
	f.begin = func(ctx context.Context) (*taking, error) {
		tx, err := pool.Begin(ctx)
		if err != nil {
			return nil, err
		}
		t := &taking{
			exec: func(ctx context.Context, sql string, args ...any) error {
				_, err := tx.Exec(ctx, sql, args...)
				return err
			},
			number: func(ctx context.Context, sql string, args ...any) (n int64, err error) {
				err = tx.QueryRow(ctx, sql, args...).Scan(&n)
				return n, err
			},
			commit:   tx.Commit,
			rollback: func() { _ = tx.Rollback(context.WithoutCancel(ctx)) },
		}
		t.named(s.WithTx(tx))
		return t, nil
	}
	return f
}

// named keeps the position in the store, by name.
func (t *taking) named(s storage.Store) {
	key := storage.ConsumerKey{Name: "seen"}
	t.store = s
	t.position = func(ctx context.Context) (storage.FeedPosition, error) {
		all, err := s.Consumers(ctx, "")
		for _, c := range all {
			if c.Key == key {
				return c.Position, err
			}
		}
		return "", err
	}
	t.move = func(ctx context.Context, from, to storage.FeedPosition) error {
		return s.Consume(ctx, storage.Consumed{Consumer: key, From: from, To: to, At: start})
	}
}

// running is a process that has a role.
type running struct {
	cmd  *exec.Cmd
	did  chan struct{} // a value for each thing it did
	said *strings.Builder
	done chan struct{}
}

func (f followed) start(t *testing.T) *running {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFollowed$")
	cmd.Env = append(os.Environ(), followTask+"="+string(must(json.Marshal(f))))
	r := &running{cmd: cmd, did: make(chan struct{}, 1<<16), said: &strings.Builder{}, done: make(chan struct{})}
	cmd.Stderr = r.said
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.done)
		for in := bufio.NewScanner(out); in.Scan(); {
			if in.Text() == "did" {
				select {
				case r.did <- struct{}{}:
				default:
				}
				continue
			}
			r.said.WriteString(in.Text() + "\n")
		}
	}()
	return r
}

// kill kills the process once it has done something, at some moment after that.
func (r *running) kill(t *testing.T, patience time.Duration) {
	t.Helper()
	select {
	case <-r.did:
		time.Sleep(rand.N(20 * time.Millisecond))
	case <-r.done: // by itself, which is told below
	case <-time.After(patience):
	}
	_ = r.cmd.Process.Kill()
	<-r.done
	if err := r.cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Fatalf("a process ended with %v: %s", err, r.said)
	}
}

// TestFollowersKilled kills those who write and those who follow the feed. Each follower
// has taken in every event once, in order, whatever was killed when.
func TestFollowersKilled(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := newDatabase(t, kind)
			s, done, err := d.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			path := filepath.Join(t.TempDir(), "beside.db")
			tableWithin(t, d)

			roles := []string{"write", "write", "beside", "within"}
			all := make([]*running, len(roles))
			for i, role := range roles {
				all[i] = followed{d, role, path}.start(t)
			}
			for range *kills {
				i := rand.N(len(all))
				all[i].kill(t, 10*time.Second)
				all[i] = followed{d, roles[i], path}.start(t)
			}
			for _, r := range all {
				r.kill(t, 0)
			}

			want := stored(t, s)
			for _, role := range []string{"beside", "within"} {
				caughtUp(t, followed{d, role, path}, s, want)
			}
			t.Logf("%d killed, %d events", *kills, len(want))
		})
	}
}

// tableWithin makes the table of the follower in the store's own database.
func tableWithin(t *testing.T, d database) {
	t.Helper()
	if d.Kind == "sqlite" {
		db, err := sqlite.OpenDB(t.Context(), d.Where, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		_, err = db.ExecContext(t.Context(), "CREATE TABLE seen"+followersTable)
		must(0, err)
		return
	}
	conn, err := pgx.Connect(t.Context(), d.Where)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), "CREATE TABLE "+d.Names+".seen"+followersTable)
	must(0, err)
}

// stored are all events there are, by their hashes.
func stored(t *testing.T, s storage.Store) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, p := range followedPartners {
		for n := range followedCustomers {
			events, err := s.History(t.Context(), storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: p, Customer: followedCustomer(n)}, Limit: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				out[hex.EncodeToString(e.Hash[:])] = true
			}
		}
	}
	return out
}

// caughtUp lets a follower come to the end, and compares what it has.
func caughtUp(t *testing.T, f followed, s storage.Store, want map[string]bool) {
	t.Helper()
	do, done, err := f.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for began, more := time.Now(), true; more; {
		if more, err = do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !more && time.Since(began) < 20*time.Second {
			lag, err := s.FeedLag(t.Context(), storage.FeedQuery{Limit: 1 << 20}) // the server rolls back what was killed
			more = err == nil && lag.Held > 0
		}
	}
	var got []string
	if f.Role == "within" && f.Database.Kind == "postgres" {
		conn := must(pgx.Connect(t.Context(), f.Database.Where))
		defer conn.Close(t.Context())
		rows, err := conn.Query(t.Context(), "SELECT hash FROM "+f.Database.Names+".seen")
		if err != nil {
			t.Fatal(err)
		}
		got = must(pgx.CollectRows(rows, pgx.RowTo[string]))
	} else {
		path := map[string]string{"beside": f.Beside, "within": f.Database.Where}[f.Role]
		db := must(sqlite.OpenDB(t.Context(), path, nil))
		defer db.Close()
		rows := must(db.QueryContext(t.Context(), "SELECT hash FROM seen"))
		for rows.Next() {
			var hash string
			must(0, rows.Scan(&hash))
			got = append(got, hash)
		}
	}
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("the follower %s has %d events, and there are %d", f.Role, len(got), len(want))
	}
	for _, hash := range got {
		if !want[hash] {
			t.Errorf("the follower %s has an event that there is not", f.Role)
		}
	}
}
