package postgres_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// fairGrants grants a consent as one writes it by hand: found by its token and locked, its
// body decoded, changed and encoded, a guarded update, two events that are chained, a
// message, and a row of a read model with the same orders.
type fairGrants struct{ pool *pgxpool.Pool }

// consentState is the body.
type consentState struct {
	ID, Partner, Engagement, Customer, Location, Language string
	Status                                                string
	Requested, Expires, Answered                          time.Time
	Contacts                                              []handContact
	Terms                                                 []handTerm
	Purposes                                              []string
	Amount                                                string
	Head                                                  []byte
}

type handContact struct{ Side, Name, Email, Phone string }

type handTerm struct {
	Name, Text string
	Value      int
}

type handEvent struct {
	Kind, Actor, Note string
	Previous          []byte
	At                time.Time
}

func newFair(b *testing.B, pool *pgxpool.Pool, n int) fairGrants {
	b.Helper()
	for _, sql := range []string{
		"CREATE TABLE public.h_link (hash BYTEA PRIMARY KEY, id TEXT NOT NULL)",
		"CREATE TABLE public.h_state (id TEXT PRIMARY KEY, version BIGINT NOT NULL, body BYTEA NOT NULL) WITH (fillfactor = 70)",
		"CREATE TABLE public.h_event (id TEXT, seq BIGINT, hash BYTEA NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (id, seq))",
		"CREATE TABLE public.h_outbox (id TEXT PRIMARY KEY, created_at BIGINT NOT NULL, held BOOLEAN NOT NULL DEFAULT false, body BYTEA NOT NULL)",
		"CREATE INDEX ON public.h_outbox (created_at, id) WHERE NOT held",
		`CREATE TABLE public.h_row (id TEXT PRIMARY KEY, partner TEXT COLLATE "C" NOT NULL, engagement TEXT COLLATE "C" NOT NULL, customer TEXT COLLATE "C" NOT NULL, tab TEXT COLLATE "C",
			status TEXT, rank INTEGER, name TEXT COLLATE "C", soonest BIGINT, since BIGINT, amount TEXT COLLATE "C", until BIGINT, shown BYTEA) WITH (fillfactor = 85)`,
		"CREATE INDEX ON public.h_row (partner, engagement, tab, name, id)",
		"CREATE INDEX ON public.h_row (partner, engagement, tab, soonest, id)",
		"CREATE INDEX ON public.h_row (partner, engagement, tab, since, id)",
		"CREATE INDEX ON public.h_row (partner, engagement, tab, rank, name, id)",
		"CREATE INDEX ON public.h_row (partner, name, id)",
		"CREATE INDEX ON public.h_row (partner, soonest, id)",
		"CREATE INDEX ON public.h_row (partner, since, id)",
		"CREATE INDEX ON public.h_row (partner, rank, name, id)",
		"CREATE INDEX ON public.h_row (partner, amount, id)",
		"CREATE INDEX ON public.h_row (partner, engagement, until) WHERE until IS NOT NULL",
	} {
		run(b, pool, "", sql)
	}
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	state := consentState{
		Partner: "northwind", Engagement: "azure-migration", Location: "4711201", Language: "en", Status: "requested", Requested: at, Expires: at.AddDate(0, 0, 30),
		Contacts: []handContact{{"customer", "Kim Example", "contact@customer.example", ""}, {"partner", "Alex Example", "partner@partner.example", ""}},
		Terms:    []handTerm{{"seats", body[:60], 500}, {"segment", body[:60], 1}, {"term", body[:60], 12}},
		Purposes: []string{body[:200], body[:120]}, Amount: "0001000", Head: make([]byte, 32),
	}
	for i := range n {
		state.ID, state.Customer = handID(i), fmt.Sprintf("customer-%d.example", i)
		text, err := json.Marshal(state)
		if err != nil {
			b.Fatal(err)
		}
		hash := handToken(i)
		run(b, pool, "", "INSERT INTO public.h_link VALUES ($1, $2)", hash[:], state.ID)
		run(b, pool, "", "INSERT INTO public.h_state VALUES ($1, 1, $2)", state.ID, text)
		run(b, pool, "", "INSERT INTO public.h_event VALUES ($1, 1, $2, $3)", state.ID, hash[:], text[:500])
		run(b, pool, "", "INSERT INTO public.h_row VALUES ($1, $2, $3, $4, 'e', 'requested', 3, $4, $5, $6, $7, $5, $8)",
			state.ID, state.Partner, state.Engagement, state.Customer, at.UnixMicro(), at.UnixMicro(), state.Amount, text[:400])
	}
	return fairGrants{pool}
}

func handID(i int) string { return fmt.Sprintf("0190a0b0-0000-7000-8000-%012d", i) }

func handToken(i int) [32]byte { return sha256.Sum256(fmt.Append(nil, "token ", i)) }

func (v fairGrants) grant(ctx context.Context, i int) error {
	tx, err := v.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	hash := handToken(i)
	var id string
	var version, seq int64
	var text []byte
	err = tx.QueryRow(ctx, "SELECT s.id, s.version, s.body, (SELECT max(seq) FROM public.h_event e WHERE e.id = s.id)"+
		" FROM public.h_link l JOIN public.h_state s ON s.id = l.id WHERE l.hash = $1 FOR UPDATE OF s", hash[:]).Scan(&id, &version, &text, &seq)
	if err != nil {
		return err
	}
	var state consentState
	if err := json.Unmarshal(text, &state); err != nil {
		return err
	}
	if state.Status != "requested" {
		return pgx.ErrNoRows
	}
	now := time.Now()
	state.Status, state.Answered = "granted", now
	var hashes, events [2][]byte
	for k, kind := range []string{"granted", "known"} {
		if events[k], err = json.Marshal(handEvent{kind, state.Contacts[0].Email, body[:200], state.Head, now}); err != nil {
			return err
		}
		sum := sha256.Sum256(events[k])
		hashes[k], state.Head = sum[:], sum[:]
	}
	if text, err = json.Marshal(state); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, "UPDATE public.h_state SET version = version + 1, body = $2 WHERE id = $1 AND version = $3", id, text, version)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return pgx.ErrNoRows
	}
	if _, err := tx.Exec(ctx, "INSERT INTO public.h_event VALUES ($1, $2, $3, $4), ($1, $5, $6, $7)", id, seq+1, hashes[0], events[0], seq+2, hashes[1], events[1]); err != nil {
		return err
	}
	message, err := json.Marshal(struct {
		To  handContact
		ID  string
		URL string
	}{state.Contacts[1], id, body[:200]})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO public.h_outbox VALUES ($1, $2, false, $3)", "message-"+id, now.UnixMicro(), message); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE public.h_row SET tab = 'c', status = 'granted', rank = 5, since = $2, until = $3, shown = $4 WHERE id = $1",
		id, now.UnixMicro(), now.AddDate(1, 0, 0).UnixMicro(), text[:400]); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// BenchmarkGrantAmong grants consents to customers whom 19 and 99 other partners know,
// and whose rows move to another tab by that, beside those whom nobody else knows.
func BenchmarkGrantAmong(b *testing.B) {
	const n = 40
	pool := measured(b).pool(b, modes["cached"], 2)
	schema := newSchema()
	s := store(b, pool, schema)
	w := workflowtest.New(b, func() workflowtest.Scenario {
		sc := manyCustomers(3 * samples * n)
		sc.Store = s
		return sc
	})
	tokens := requested(b, w, 3*samples*n)
	const columns = "keys, slot, engagement, customer, name, search, locations, since, minds_room, until, version, shown"
	for i, others := range []int{0, 19, 99} {
		run(b, pool, schema, "INSERT INTO pe.entry (partner, participation, base, tab, "+columns+") SELECT 'partner-' || k, '', 'e', 'e', "+columns+
			" FROM pe.entry, generate_series(1, $1::bigint) k WHERE participation = '' AND partner = 'northwind' AND split_part(name, ' ', 3)::bigint / $2::bigint = $3::bigint", others, samples*n, i)
	}
	run(b, pool, schema, "UPDATE pe.entry SET minds_room = true WHERE partner LIKE 'partner-%'")
	run(b, pool, "", "VACUUM ANALYZE")
	meter := newMeter(b, pool)
	granting := func(group int) func(sample int) time.Duration {
		return func(sample int) time.Duration {
			return together(1, n, func(i int) {
				if _, err := w.Desk.Links.AnswerConsent(context.Background(), tokens[(group*samples+sample)*n+i], consent.DecisionAccept); err != nil {
					b.Error(err)
				}
			})
		}
	}
	for b.Loop() {
		sides(b, meter, n, []string{"alone", "20", "100"}, granting(0), granting(1), granting(2))
	}
	var moved int64
	if err := pool.QueryRow(b.Context(), "SELECT count(*) FROM "+schema+".entry WHERE partner LIKE 'partner-%' AND tab = 'i'").Scan(&moved); err != nil || moved != samples*n*(19+99) {
		b.Errorf("%d rows have moved: %v", moved, err)
	}
}
