package postgres_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// following returns a replica of a cluster.
func following(t testing.TB, c *cluster, dsn string, settings ...string) *cluster {
	t.Helper()
	r, err := c.StartReplica(dsn, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Remove)
	return &cluster{r}
}

// readingFrom returns a store that reads from a reader what may be so old.
func readingFrom(t testing.TB, pool, reader *pgxpool.Pool, schema string, stale time.Duration) *postgres.Store {
	t.Helper()
	s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema, Reader: reader, MaxStale: stale})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// waitsForReplicas lets each commit wait for the replicas, as synchronous_commit says; "":
// for none.
func waitsForReplicas(t testing.TB, pool *pgxpool.Pool, commit string) {
	t.Helper()
	names := "*"
	if commit == "" {
		names, commit = "", "on"
	}
	run(t, pool, "", "ALTER SYSTEM SET synchronous_standby_names = '"+names+"'")
	run(t, pool, "", "ALTER SYSTEM SET synchronous_commit = '"+commit+"'")
	run(t, pool, "", "SELECT pg_reload_conf()")
	for {
		var now string
		if err := pool.QueryRow(t.Context(), "SELECT setting FROM pg_settings WHERE name = 'synchronous_standby_names'").Scan(&now); err != nil {
			t.Fatal(err)
		}
		if now == names {
			return
		}
	}
}

// whole has a test go through the whole kit where that takes long.
var whole = flag.Bool("whole", false, "run the whole kit with readers, and in each way in transactions of database/sql")

// shownCases are the cases of the kit that are most about what a reader shows.
var shownCases = []string{"visible", "erase", "history", "stable pages", "counts", "claims replaced", "behind", "overdue", "whole states", "feed", "feed position", "feed of a partner", "feed race",
	"figures", "figures of a partner", "figures replaced", "figures overdue"}

// TestReader has a replica for all of its parts, since to start one takes long.
func TestReader(t *testing.T) {
	c := own(t)
	r := held{cluster: following(t, c, c.DSN()), primary: c, writing: c.pool(t, modes["exec"], 1)}
	r.admin = r.pool(t, modes["exec"], 1)
	t.Run("contract", func(t *testing.T) { readerContract(t, r) })
	for name, part := range map[string]func(*testing.T, held){
		"own writes": readerShowsOwnWrites, "known": readerIsNotBehindWhatIsKnown, "rights": readerNeedsNoRights,
	} {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(func() { r.release(t) })
			part(t, r)
		})
	}
	t.Run("gone", func(t *testing.T) { readerGone(t, r) })
}

// readerContract runs the kit on two stores that read from a replica, and show
// nothing that anybody has changed since: one that follows as it can, and one that each
// commit waits for.
func readerContract(t *testing.T, r held) {
	pool, reader := r.primary.pool(t, modes["cached"], 10), r.pool(t, modes["cached"], 10)
	for name, commit := range map[string]string{"as it follows": "", "waited for": "remote_apply"} {
		t.Run(name, func(t *testing.T) {
			waits := commit != ""
			if waits && !*whole {
				t.Skip("it takes long")
			}
			waitsForReplicas(t, pool, commit)
			defer waitsForReplicas(t, pool, "")
			var all postgres.ReaderStatus
			for _, k := range storagetest.Cases() {
				if !*whole && !slices.Contains(shownCases, k.Name) {
					continue
				}
				t.Run(k.Name, func(t *testing.T) {
					schema := newSchema()
					a, b := readingFrom(t, pool, reader, schema, -1), readingFrom(t, pool, reader, schema, -1)
					if err := k.Run(t.Context(), a, b); err != nil {
						t.Error(err)
					}
					for _, s := range []*postgres.Store{a, b} {
						is := s.ReaderStatus()
						all.Read, all.Behind, all.Failed = all.Read+is.Read, all.Behind+is.Behind, all.Failed+is.Failed
						if is.Failed > 0 {
							t.Errorf("the reader failed: %v", is.Err)
						}
					}
				})
			}
			if all.Read == 0 || waits && all.Read < all.Behind {
				t.Errorf("the reader was used like this: %+v", all)
			}
		})
	}
}

// held is a replica that gets what its primary writes only when the test lets it.
type held struct {
	*cluster
	primary        *cluster
	admin, writing *pgxpool.Pool
}

// release lets the replica follow.
func (h held) release(t testing.TB) { h.signal(t, syscall.SIGCONT) }

// hold lets the replica get no more.
func (h held) hold(t testing.TB) { h.signal(t, syscall.SIGSTOP) }

func (h held) signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	var pid int
	if err := h.admin.QueryRow(context.Background(), "SELECT pid FROM pg_stat_wal_receiver").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
	for signal == syscall.SIGSTOP { // until it has stopped
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(state), ") T ") {
			return
		}
	}
}

// catchUp lets the replica show all that there is, and get no more from then on.
func (h held) catchUp(t testing.TB) {
	t.Helper()
	h.release(t)
	caughtUp(t, h.admin, h.writing)
	h.hold(t)
}

// caughtUp returns when a replica shows what is on a primary.
func caughtUp(t testing.TB, replica, primary *pgxpool.Pool) {
	t.Helper()
	var at string
	if err := primary.QueryRow(t.Context(), "SELECT pg_current_wal_flush_lsn()::text").Scan(&at); err != nil {
		t.Fatal(err)
	}
	for there := false; !there; {
		err := replica.QueryRow(t.Context(), "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", at).Scan(&there)
		var gaveUp *pgconn.PgError // so that the replica can follow
		if err != nil && !(errors.As(err, &gaveUp) && gaveUp.Code == "40001") {
			t.Fatal(err)
		}
	}
}

// historyOf returns how many events a store has in a customer's history.
func historyOf(t testing.TB, ctx context.Context, s storage.Store, n int) int {
	t.Helper()
	c, _ := goesOn(n, engagement.Head{}, 1)
	found, err := s.History(ctx, storage.HistoryQuery{Customer: c.Customers[0].Key, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// until reads from the store until the reader has answered once more.
func (h held) until(t testing.TB, s *postgres.Store) {
	t.Helper()
	for was := s.ReaderStatus(); ; {
		h.catchUp(t)
		historyOf(t, t.Context(), s, 1)
		is := s.ReaderStatus()
		if is.Read > was.Read {
			return
		}
		if is.Failed > was.Failed {
			t.Fatalf("the reader fails: %v", is.Err)
		}
	}
}

// readerShowsOwnWrites: what a process has written it reads, from a replica that lags,
// too, and what others have written when that is as old as it may be, or it asks for it.
func readerShowsOwnWrites(t *testing.T, r held) {
	pool, reader, schema := r.primary.pool(t, modes["cached"], 4), r.pool(t, modes["cached"], 4), newSchema()
	other := store(t, pool, schema)
	before, head := goesOn(1, engagement.Head{}, 1)
	applied(t, other, before)
	r.catchUp(t)
	s, exact := readingFrom(t, pool, reader, schema, time.Hour), readingFrom(t, pool, reader, schema, -1)
	shows := func(s *postgres.Store, n, events int) {
		t.Helper()
		if found := historyOf(t, t.Context(), s, n); found != events {
			t.Errorf("of customer %d there are %d events, want %d", n, found, events)
		}
	}
	var was postgres.ReaderStatus
	used := func(read, behind int64) {
		t.Helper()
		is := s.ReaderStatus()
		if is.Read-was.Read != read || is.Behind-was.Behind != behind || is.Failed > 0 {
			t.Errorf("the reader was used like this: %+v, and then %+v; want %d times, and %d times not", was, is, read, behind)
		}
		was = is
	}
	r.until(t, exact)
	r.until(t, s)
	was = s.ReaderStatus()

	next, head := goesOn(1, head, 1)
	applied(t, other, next)
	shows(s, 1, 1) // which may be an hour old
	shows(exact, 1, 2)
	used(1, 0)
	if found := historyOf(t, storage.Current(t.Context()), s, 1); found != 2 {
		t.Errorf("what is committed are %d events", found)
	}
	used(0, 0)

	// So it is with what else is only shown, and not with what a command may go by.
	key := before.Customers[0].Key
	for what, ctx := range map[string]context.Context{"shown": storage.Shown(t.Context()), "for a command": t.Context(), "what is committed": storage.Current(storage.Shown(t.Context()))} {
		seq, reads := int64(2), int64(0)
		if what == "shown" {
			seq, reads = 1, 2
		}
		loaded, err1 := s.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
		listed, err2 := s.Customers(ctx, storage.CustomersQuery{Partner: key.Partner, Limit: 1})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if loaded.Customers[key].History.Seq != seq || listed[0].History.Seq != seq {
			t.Errorf("%s: the customer is at event %d and %d, want %d", what, loaded.Customers[key].History.Seq, listed[0].History.Seq, seq)
		}
		used(reads, 0)
	}
	if _, err := s.Figures(t.Context(), storage.FiguresQuery{Partner: key.Partner, Now: feedStart}); err != nil {
		t.Fatal(err)
	}
	used(1, 0)

	mine, head := goesOn(1, head, 1)
	applied(t, s, mine)
	shows(s, 1, 3)
	if loaded, err := s.Load(storage.Shown(t.Context()), storage.Want{Customers: []engagement.CustomerKey{key}}); err != nil || loaded.Customers[key].History.Seq != 3 {
		t.Errorf("who has written is shown event %d: %v", loaded.Customers[key].History.Seq, err)
	}
	if f := feedOf(t, s, "", 3); len(f.Events) != 3 {
		t.Errorf("the feed of all has %q", eventsIn(f.Events))
	}
	if is := s.ReaderStatus(); is.Read != was.Read || is.Behind < was.Behind+2 {
		t.Errorf("the reader was used like this: %+v, and then %+v", was, is)
	}
	was = s.ReaderStatus()
	if f, err := s.Feed(t.Context(), storage.FeedQuery{Partner: "fabrikam", Limit: 10}); err != nil || len(f.Events) > 0 {
		t.Errorf("that of another partner has %q: %v", eventsIn(f.Events), err)
	}
	used(1, 0) // what northwind wrote holds nobody else back

	r.until(t, s)
	was = s.ReaderStatus()
	shows(s, 1, 3)
	used(1, 0)
	shows(exact, 1, 3)

	// In a host's own transaction all is read there.
	within := s.WithTx(hostTx(t, pool))
	more, _ := goesOn(1, head, 1)
	applied(t, within, more)
	if found := historyOf(t, t.Context(), within, 1); found != 4 {
		t.Errorf("within the transaction there are %d events", found)
	}
	used(0, 0)
}

// readerIsNotBehindWhatIsKnown: a position of the feed, and what is known to be there
// of a history, are not looked for where they have not come yet.
func readerIsNotBehindWhatIsKnown(t *testing.T, r held) {
	pool, reader, schema := r.primary.pool(t, modes["cached"], 4), r.pool(t, modes["cached"], 4), newSchema()
	other := store(t, pool, schema)
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = other
		return sc
	})
	id := w.Added("azure-migration", "ana@contoso.com")
	r.catchUp(t)
	s := readingFrom(t, pool, reader, schema, time.Hour)
	desk, err := workflow.New(s, everybody{}, w.Catalog, workflow.FactFunc(largeEnterprise), &workflow.Options{Now: w.Now})
	if err != nil {
		t.Fatal(err)
	}
	r.until(t, s)
	was := s.ReaderStatus()
	w.Requested(id)
	claims, err := desk.Claims.List(t.Context(), w.Actor, workflow.ClaimsQuery{})
	if err != nil || len(claims.Rows) != 1 || claims.Counts[claims.Rows[0].Status].N != 1 {
		t.Fatalf("the claims of before are %+v: %v", claims, err)
	}
	if is := s.ReaderStatus(); is.Read != was.Read+2 || is.Behind > was.Behind { // the list, and from when the customer can be asked
		t.Fatalf("they are not read from the reader: %+v, and then %+v", was, is)
	}
	for _, newest := range []bool{false, true} {
		page, err := desk.Histories.List(t.Context(), w.Actor, workflow.HistoryQuery{Customer: claims.Rows[0].Customer, Newest: newest})
		if err != nil || !slices.ContainsFunc(page.Events, func(e engagement.Event) bool { return e.Kind == engagement.EventConsentRequested }) {
			t.Errorf("the history, the newest first is %t, has %d events: %v", newest, len(page.Events), err)
		}
	}
	if view, err := desk.Claims.Get(t.Context(), w.Actor, id); err != nil || len(view.History) < 2 {
		t.Errorf("the claim has %d events: %v", len(view.History), err)
	}
	end := feedOf(t, other, "", 1)
	if f, err := s.Feed(t.Context(), storage.FeedQuery{After: end.Next, Limit: 10}); err != nil || len(f.Events) > 0 {
		t.Errorf("behind the end of the feed are %q: %v", eventsIn(f.Events), err)
	}
	if is := s.ReaderStatus(); is.Behind < was.Behind+4 || is.Failed > 0 {
		t.Errorf("the reader was used like this: %+v, and then %+v", was, is)
	}
}

// readerGone: while the reader is gone all is read from the primary, and a server that
// is no replica of it is refused, or not used.
func readerGone(t *testing.T, r held) {
	c := r.primary
	pool, schema := c.pool(t, modes["cached"], 4), newSchema()
	store(t, pool, schema)
	r.catchUp(t)
	s := readingFrom(t, pool, r.pool(t, modes["cached"], 4), schema, time.Hour)
	r.release(t)
	r.Stop(syscall.SIGQUIT)
	next, head := goesOn(1, engagement.Head{}, 1)
	applied(t, s, next)
	for n := range 2 {
		if found := historyOf(t, t.Context(), s, 1); found != 1 {
			t.Errorf("without the reader there are %d events", found)
		}
		is := s.ReaderStatus()
		if is.Failed != int64(n)+1 {
			t.Errorf("the reader was used like this: %+v", is)
		}
		told(t, is.Err, postgres.ErrUnreachable, true)
	}
	again := readingFrom(t, pool, r.pool(t, modes["cached"], 4), schema, time.Hour) // which begins without it
	if found := historyOf(t, t.Context(), again, 1); found != 1 {
		t.Errorf("without the reader there are %d events", found)
	}

	_, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema, Reader: running(t).pool(t, modes["cached"], 1)})
	told(t, err, postgres.ErrReader, false)
	_, err = postgres.New(t.Context(), pool, &postgres.Options{Schema: schema, Reader: poolOf(t, c.DSN()+" bytea_output=escape", modes["exec"], 1)})
	told(t, err, postgres.ErrSetting, false)

	// What is a primary itself is not known to be this one.
	same := readingFrom(t, pool, c.pool(t, modes["cached"], 4), schema, time.Hour)
	more, _ := goesOn(1, head, 1)
	applied(t, same, more)
	if found := historyOf(t, t.Context(), same, 1); found != 2 {
		t.Errorf("there are %d events", found)
	}
	told(t, same.ReaderStatus().Err, postgres.ErrReader, false)
}

// readerNeedsNoRights: a role with what Grants gives can use a reader.
func readerNeedsNoRights(t *testing.T, r held) {
	c, schema := r.primary, newSchema()
	owner := c.pool(t, modes["cached"], 2)
	store(t, owner, schema)
	run(t, owner, schema, "CREATE ROLE clerk LOGIN PASSWORD '"+password+"'")
	if _, err := owner.Exec(t.Context(), postgres.Grants(schema, "clerk"), pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	r.catchUp(t)
	for name, mode := range modes {
		pool := poolOf(t, c.with("user", "clerk", "password", password), mode, 2)
		s := readingFrom(t, pool, poolOf(t, r.with("user", "clerk", "password", password), mode, 2), schema, time.Hour)
		r.until(t, s)
		if is := s.ReaderStatus(); is.Read == 0 || is.Failed > 0 {
			t.Errorf("%s: the reader was used like this: %+v", name, is)
		}
	}
}

// TestReaderOfAnotherTimeline: a replica that had got further than the one which became
// the primary shows what is lost, and is not used once anybody has asked the new primary.
func TestReaderOfAnotherTimeline(t *testing.T) {
	c := own(t)
	p := newProxy(t, c.Port())
	survivor, ahead := following(t, c, c.with("port", p.port())), following(t, c, c.DSN())
	over := following(t, c, fmt.Sprintf("%s host=127.0.0.1,127.0.0.1 port=%s,%d", c.DSN(), p.port(), survivor.Port()), "wal_retrieve_retry_interval=100ms")
	schema := newSchema()
	dsn := fmt.Sprintf("%s host='127.0.0.1,127.0.0.1' port='%d,%d' target_session_attrs=read-write", c.DSN(), c.Port(), survivor.Port())
	pool, reader := poolOf(t, dsn, modes["cached"], 4), ahead.pool(t, modes["cached"], 4)
	s, exact := readingFrom(t, pool, reader, schema, time.Hour), readingFrom(t, pool, reader, schema, -1)
	first, head := goesOn(1, engagement.Head{}, 1)
	applied(t, s, first)
	toSurvivor, toOver := survivor.pool(t, modes["exec"], 1), over.pool(t, modes["exec"], 1)
	caughtUp(t, toSurvivor, pool)
	caughtUp(t, toOver, pool)
	p.stop()
	lost, _ := goesOn(1, head, 1)
	applied(t, s, lost)
	caughtUp(t, ahead.pool(t, modes["exec"], 1), pool)
	for s.ReaderStatus().Read == 0 {
		if found := historyOf(t, t.Context(), s, 1); found != 2 {
			t.Fatalf("before the failover there are %d events", found)
		}
	}
	c.Stop(syscall.SIGQUIT)
	if err := survivor.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := historyOf(t, t.Context(), exact, 1); found != 1 {
		t.Errorf("after the failover there are %d events for who asks", found)
	}
	next, _ := goesOn(1, head, 2)
	applied(t, s, next)
	if found := historyOf(t, t.Context(), s, 1); found != 3 {
		t.Errorf("after the failover there are %d events for who has written", found)
	}
	told(t, s.ReaderStatus().Err, postgres.ErrReader, false)

	// One that follows the new primary is used when it has made a restart point there.
	for used := false; !used; {
		run(t, toSurvivor, "", "CHECKPOINT")
		caughtUp(t, toOver, toSurvivor)
		run(t, toOver, "", "CHECKPOINT")
		s := readingFrom(t, toSurvivor, over.pool(t, modes["cached"], 1), schema, time.Hour)
		if found := historyOf(t, t.Context(), s, 1); found != 3 {
			t.Errorf("with a replica that goes over to the new primary there are %d events", found)
		}
		used = s.ReaderStatus().Read > 0
	}
}
