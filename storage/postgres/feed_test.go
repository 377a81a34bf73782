package postgres_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/tenant"
)

// goesOn is a change that adds events of a customer of northwind's to a history that
// ends at a head.
func goesOn(n int, head engagement.Head, events int) (storage.Changes, engagement.Head) {
	x := engagement.Customer{Key: engagement.CustomerKey{Partner: "northwind", Customer: tenant.TPIDKey(tenant.TPID(n))}, History: head}
	c := storage.Changes{At: feedStart}
	for range events {
		c.Events = append(c.Events, engagement.Event{Partner: "northwind", Customer: tenant.TPIDKey(tenant.TPID(n)), At: feedStart, Kind: engagement.EventDetailsChanged, By: engagement.ByPartner})
	}
	c.Events, x.History = engagement.Chain(head, c.Events...)
	c.Customers = []engagement.Customer{x}
	return c, x.History
}

// eventsIn is what a feed tells: the numbers of the customers' events, "1.2" the second one
// of the first customer's.
func eventsIn(events []storage.FeedEvent) []string {
	var out []string
	for _, e := range events {
		out = append(out, strings.TrimPrefix(string(e.Customer), "tpid:")+"."+strconv.FormatInt(e.Seq, 10))
	}
	return out
}

func feed(t *testing.T, s storage.Store, after storage.FeedPosition) storage.Feed {
	t.Helper()
	f, err := s.Feed(t.Context(), storage.FeedQuery{After: after, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// feedOf reads until so much has come: others who use the server may hold it back.
func feedOf(t *testing.T, s storage.Store, after storage.FeedPosition, events int) storage.Feed {
	t.Helper()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		f := feed(t, s, after)
		if len(f.Events) >= events {
			return f
		}
		if time.Since(began) > 5*time.Minute {
			t.Fatalf("the feed has %q", eventsIn(f.Events))
		}
	}
}

// TestFeedWaitsForLateCommit: what is committed first and began later is held back, and
// FeedLag says by whom.
func TestFeedWaitsForLateCommit(t *testing.T) {
	c := running(t)
	for name, parts := range map[string]int{"whole": 0, "in parts": 3} {
		t.Run(name, func(t *testing.T) {
			pool := c.pool(t, modes["cached"], 4)
			s := storeIn(t, pool, newSchema(), parts)
			tx := hostTx(t, pool)
			late, _ := goesOn(1, engagement.Head{}, 2)
			applied(t, s.WithTx(tx), late)
			early, _ := goesOn(2, engagement.Head{}, 1)
			applied(t, s, early)

			if f := feed(t, s, ""); len(f.Events) > 0 || f.Next != "" {
				t.Errorf("the feed has %q while another transaction may come before", eventsIn(f.Events))
			}
			lag, err := s.FeedLag(t.Context(), storage.FeedQuery{Limit: 10})
			if err != nil || lag.Events != 0 || lag.Held != 1 || lag.HeldBy == "" || lag.HeldSince.IsZero() {
				t.Errorf("the lag is %+v: %v", lag, err)
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			f := feedOf(t, s, "", 3)
			if got := eventsIn(f.Events); !slices.Equal(got, []string{"1.1", "1.2", "2.1"}) {
				t.Errorf("the feed is %q", got)
			}
		})
	}
}

// TestFeedFollowsHistories: a host's transaction has its number from before somebody else
// wrote the events that it goes on from.
func TestFeedFollowsHistories(t *testing.T) {
	c := running(t)
	pool := c.pool(t, modes["cached"], 4)
	s := storeIn(t, pool, newSchema(), 0)
	tx := hostTx(t, pool)
	first, _ := goesOn(1, engagement.Head{}, 1)
	applied(t, s.WithTx(tx), first)
	before, head := goesOn(2, engagement.Head{}, 2)
	applied(t, s, before)
	for range 2 {
		var next storage.Changes
		next, head = goesOn(2, head, 2)
		applied(t, s.WithTx(tx), next)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, _ := goesOn(2, head, 1)
	applied(t, s, after)
	f := feedOf(t, s, "", 8)
	if got := eventsIn(f.Events); !slices.Equal(got, []string{"1.1", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"}) {
		t.Errorf("the feed is %q", got)
	}
}

// TestFeedOfRestoredDump: where transactions are numbered anew, the feed says so, and goes
// on behind what is there once Migrate has been called.
func TestFeedOfRestoredDump(t *testing.T) {
	c := running(t)
	for name, parts := range map[string]int{"whole": 0, "in parts": 3} {
		t.Run(name, func(t *testing.T) {
			pool, schema := c.pool(t, modes["cached"], 4), newSchema()
			s := storeIn(t, pool, schema, parts)
			first, head := goesOn(1, engagement.Head{}, 2)
			applied(t, s, first)
			feedOf(t, s, "", 2)
			// As it is when the dump is of a server that had got a million transactions further.
			run(t, pool, schema, "ALTER TABLE pe.event DISABLE TRIGGER ALL; UPDATE pe.event SET place = place + 1000000; ALTER TABLE pe.event ENABLE TRIGGER ALL")

			if _, err := s.Feed(t.Context(), storage.FeedQuery{Limit: 1}); !errors.Is(err, postgres.ErrRestored) || errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("the feed of a restored dump says %v", err)
			}
			again, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema, Quiet: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			second, _ := goesOn(1, head, 2)
			applied(t, s, second)
			other, _ := goesOn(2, engagement.Head{}, 1)
			applied(t, s, other)
			all := feedOf(t, s, "", 5)
			if got := eventsIn(all.Events); !slices.Equal(got, []string{"1.1", "1.2", "1.3", "1.4", "2.1"}) {
				t.Errorf("the feed is %q", got)
			}
			if got := eventsIn(feed(t, s, all.Events[1].Position).Events); !slices.Equal(got, []string{"1.3", "1.4", "2.1"}) {
				t.Errorf("from a position of before, the feed is %q", got)
			}
		})
	}
}

// TestFeedLosesLastCommits: a position of what a survivor of a failover does not have is
// refused.
func TestFeedLosesLastCommits(t *testing.T) {
	c := running(t)
	pool, schema := c.pool(t, modes["cached"], 4), newSchema()
	s := storeIn(t, pool, schema, 0)
	first, head := goesOn(1, engagement.Head{}, 2)
	applied(t, s, first)
	lost, _ := goesOn(1, head, 1)
	applied(t, s, lost)
	all := feedOf(t, s, "", 3)
	run(t, pool, schema, "ALTER TABLE pe.event DISABLE TRIGGER ALL; DELETE FROM pe.event WHERE seq = 3; ALTER TABLE pe.event ENABLE TRIGGER ALL")
	if _, err := s.Feed(t.Context(), storage.FeedQuery{After: all.Next, Limit: 1}); !errors.Is(err, storage.ErrRewound) {
		t.Errorf("behind an event that was lost, the feed says %v", err)
	}
}

// TestFeedLosesWhatWasOvertaken: an event that was committed last, by a transaction that
// began earlier, is lost, and the one behind it, which was read last, is there.
func TestFeedLosesWhatWasOvertaken(t *testing.T) {
	c := running(t)
	pool, schema := c.pool(t, modes["cached"], 4), newSchema()
	s := storeIn(t, pool, schema, 0)
	first, head := goesOn(1, engagement.Head{}, 2)
	applied(t, s, first)
	lost, _ := goesOn(1, head, 1)
	applied(t, s, lost)
	last, _ := goesOn(2, engagement.Head{}, 300)
	applied(t, s, last)
	all := feedOf(t, s, "", 100)
	theirs, err := s.Feed(t.Context(), storage.FeedQuery{Partner: "northwind", Limit: 100})
	if err != nil || theirs.Next != all.Next || theirs.Events[50].Position != all.Events[50].Position {
		t.Errorf("the positions of a partner's feed are others than those of all: %v", err)
	}
	later := feedOf(t, s, all.Next, 100)
	run(t, pool, schema, "ALTER TABLE pe.event DISABLE TRIGGER ALL; DELETE FROM pe.event WHERE seq = 3 AND customer LIKE '%:1'; ALTER TABLE pe.event ENABLE TRIGGER ALL")
	old := strings.Join(strings.Split(string(all.Next), ".")[:3], ".") // as positions were
	for _, of := range []engagement.PartnerID{"", "northwind"} {
		for at, rewound := range map[storage.FeedPosition]bool{
			all.Events[2].Position: true, all.Events[3].Position: true, all.Next: true, later.Events[96].Position: true,
			all.Events[1].Position: false, storage.FeedPosition(old): false,
		} {
			_, err1 := s.Feed(t.Context(), storage.FeedQuery{After: at, Partner: of, Limit: 10})
			_, err2 := s.FeedLag(t.Context(), storage.FeedQuery{After: at, Partner: of, Limit: 10})
			for _, err := range []error{err1, err2} {
				if errors.Is(err, storage.ErrRewound) != rewound || !rewound && err != nil {
					t.Errorf("from %s the feed says %v, and should say that it was rewound: %t", at, err, rewound)
				}
			}
		}
	}
	again := feedOf(t, s, all.Events[1].Position, 100)
	if got := eventsIn(again.Events[:2]); !slices.Equal(got, []string{"2.1", "2.2"}) {
		t.Errorf("behind what is there the feed is %q", got)
	}
}

// TestFeedPlans: what is read of the feed is found in order by an index, in each part
// of the tables.
func TestFeedPlans(t *testing.T) {
	c := running(t)
	for name, parts := range map[string]int{"whole": 0, "in parts": 3} {
		t.Run(name, func(t *testing.T) {
			pool, trace := c.traced(t, modes["exec"])
			schema := newSchema()
			s := storeIn(t, pool, schema, parts)
			if err := filled.Fill(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			run(t, pool, schema, "ANALYZE")
			clear(trace.statements)
			f := feedOf(t, s, "", 100)
			for _, q := range []storage.FeedQuery{{After: f.Next, Limit: 100}, {After: f.Next, Partner: "northwind", Limit: 100}, {After: f.Next, Partner: "nobody", Limit: 100}} {
				_, err1 := s.Feed(t.Context(), q)
				_, err2 := s.FeedLag(t.Context(), q)
				if err := errors.Join(err1, err2); err != nil {
					t.Fatal(err)
				}
			}
			for sql, args := range maps.Clone(trace.statements) {
				if !strings.Contains(sql, schema+`"`) {
					continue
				}
				checkPlan(t, pool, sql, args, false)
				checkPlan(t, pool, sql, args, true)
			}
		})
	}
}

var feedStart = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func applied(t *testing.T, s storage.Store, c storage.Changes) {
	t.Helper()
	if err := s.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func hostTx(t *testing.T, pool *pgxpool.Pool) pgx.Tx {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}
