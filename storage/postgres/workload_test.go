package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// workload lets two partners add the same customers, ask them for consent and get
// an answer, over and over.
type workload struct {
	desk  *workflow.Service
	store storage.Store
	clock func() time.Time
	tell  func(line string) // what has been acknowledged

	mu    sync.Mutex
	links map[engagement.ParticipationID]consent.Token
	mails map[engagement.MessageID]int

	commands atomic.Int64 // acknowledged
	retries  atomic.Int64 // of commands whose outcome was not known
}

// hasty is a clock that begins in the middle of Contoso's year and goes a thousand
// times as fast, so that leases end while a test runs.
func hasty(began time.Time) func() time.Time {
	return func() time.Time {
		return time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC).Add(1000 * time.Since(began)).Truncate(time.Microsecond)
	}
}

// everybody is a directory in which every domain is of an organisation.
type everybody struct{}

func (everybody) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	var n int
	if _, err := fmt.Sscanf(d.String(), "customer-%d.example", &n); err != nil {
		return nil, err
	}
	id, err := tenant.ParseID(fmt.Sprintf("00000000-0000-4000-9000-%012d", n))
	return []tenant.Entry{{Tenant: id, Name: fmt.Sprintf("Customer %d", n), Cloud: tenant.CloudPublic}}, err
}

func largeEnterprise(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
	var facts eligibility.Facts
	workflowtest.Seats.Set(&facts, 500)
	workflowtest.Segment.Set(&facts, "enterprise")
	return facts, nil
}

// newWorkload returns a workload on a store. began is when its clock did.
func newWorkload(s storage.Store, began time.Time, tell func(string)) (*workload, error) {
	sc := workflowtest.Contoso()
	catalog, err := engagement.NewCatalog(sc.Engagements[:2], sc.Partners)
	if err != nil {
		return nil, err
	}
	w := &workload{store: s, clock: hasty(began), tell: tell, links: map[engagement.ParticipationID]consent.Token{}, mails: map[engagement.MessageID]int{}}
	w.desk, err = workflow.New(s, everybody{}, catalog, workflow.FactFunc(largeEnterprise), &workflow.Options{Notifier: w, Now: w.clock, Policy: consent.Unlimited()})
	return w, err
}

// Notify is the workload's workflow.Notifier.
func (w *workload) Notify(_ context.Context, d workflow.Delivery) error {
	w.mu.Lock()
	w.mails[d.Message.ID]++
	if d.Message.Kind == engagement.AskForConsent {
		token, err := consent.ParseToken(d.Link)
		if err != nil {
			w.mu.Unlock()
			return err
		}
		w.links[d.Message.Participation] = token
	}
	w.mu.Unlock()
	w.tell(fmt.Sprintf("mail %s %s", d.Message.ID, d.Message.Participation))
	return nil
}

// actors are the two partners, and their locations.
var actors = []struct {
	workflow.Actor
	location engagement.LocationID
}{{workflowtest.Northwind, "4711201"}, {workflowtest.Fabrikam, "5822301"}}

// customer does everything that one partner does with one customer. What fails
// because the storage gave no answer it does again with the same key, for as long
// as the context lasts.
func (w *workload) customer(ctx context.Context, partner, n int) error {
	who := actors[partner]
	name := fmt.Sprintf("%d-%d", partner, n)
	var id engagement.ParticipationID
	err := w.insist(ctx, func() error {
		started, err := w.desk.AddCustomer(ctx, who.Actor, workflow.AddCustomer{
			Key: "add-" + name, Engagements: []engagement.ID{"azure-migration"},
			Candidate: workflow.Candidate{Location: who.location, Domain: fmt.Sprintf("customer-%d.example", n)},
		})
		if err == nil {
			id = started[0].ID
			w.tell(fmt.Sprintf("add %s %s", name, id))
		}
		return err
	})
	if errors.Is(err, workflow.ErrNotEligible) {
		return nil // the other partner has its consent already
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	err = w.insist(ctx, func() error {
		_, err := w.desk.RequestConsent(ctx, who.Actor, id, workflow.ConsentRequest{
			Key: "ask-" + name, Customer: workflow.ByEmail("contact@customer.example"), Partner: workflow.ByEmail("desk@" + string(who.Partner) + ".example"), Language: "en",
		})
		if err == nil {
			w.tell("ask " + name + " " + string(id))
		}
		return err
	})
	if errors.Is(err, workflow.ErrNotNow) {
		return nil // the same, since then
	}
	if err != nil {
		return fmt.Errorf("ask %s: %w", name, err)
	}
	if err := w.insist(ctx, func() error { _, err := w.desk.Relay(ctx); return err }); err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	w.mu.Lock()
	token, ok := w.links[id]
	w.mu.Unlock()
	if !ok {
		return nil // another relay has it, or had it before it was killed
	}
	err = w.insist(ctx, func() error {
		_, err := w.desk.AnswerConsent(ctx, token, consent.DecisionAccept)
		if err == nil || errors.Is(err, consent.ErrAlreadyAnswered) { // or done before without our knowing
			w.tell("yes " + name + " " + string(id))
			return nil
		}
		return err
	})
	if errors.Is(err, consent.ErrTakenElsewhere) || errors.Is(err, consent.ErrLinkVoid) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("answer %s: %w", name, err)
	}
	return nil
}

// insist does a command until its outcome is known.
func (w *workload) insist(ctx context.Context, command func() error) error {
	for {
		err := command()
		if err == nil {
			w.commands.Add(1)
			return nil
		}
		if !errors.Is(err, workflow.ErrUnavailable) || ctx.Err() != nil {
			return err
		}
		if !errors.Is(err, storage.ErrUnavailable) && !strings.Contains(err.Error(), "too many others") {
			return fmt.Errorf("an error that does not say that it is worth trying again: %w", err)
		}
		w.retries.Add(1)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// run lets so many goroutines go over customers from the first one until the
// context ends, or until n have been seen to.
func (w *workload) run(ctx context.Context, goroutines, first, n int) error {
	var wg sync.WaitGroup
	errs := make([]error, goroutines)
	for g := range goroutines {
		wg.Go(func() {
			for i := first + g/2; i < first+n && ctx.Err() == nil; i += goroutines / 2 {
				if err := w.customer(ctx, g%2, i); err != nil && ctx.Err() == nil {
					errs[g] = err
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// audit finds out whether everything in a database agrees: places with their
// entries and counts, histories with their heads, tokens and messages with their
// participations, and commands with what they did, once.
func audit(t testing.TB, pool *pgxpool.Pool, schema string, s storage.Store, now time.Time) {
	t.Helper()
	ctx := t.Context()
	none := func(what, sql string) {
		t.Helper()
		rows, err := pool.Query(ctx, strings.ReplaceAll(sql, "pe.", schema+"."), pgx.QueryExecModeExec)
		if err != nil {
			t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowToMap)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			t.Errorf("%s: %d, the first is %v", what, len(found), found[0])
		}
	}
	none("tabs with a wrong count", `SELECT * FROM (SELECT partner, engagement, tab, sum(entries) AS n FROM pe.tab_count GROUP BY 1, 2, 3) kept
		FULL JOIN (SELECT partner, engagement, tab, count(*) AS n FROM pe.entry GROUP BY 1, 2, 3) real USING (partner, engagement, tab)
		WHERE coalesce(kept.n, 0) <> coalesce(real.n, 0)`)
	none("statuses with a wrong count", `SELECT * FROM (SELECT partner, status, sum(participations) AS n FROM pe.status_count GROUP BY 1, 2) kept
		FULL JOIN (SELECT partner, status, count(*) AS n FROM pe.entry WHERE participation GROUP BY 1, 2
			UNION ALL SELECT '', status, count(*) FROM pe.entry WHERE participation GROUP BY 2) real USING (partner, status)
		WHERE coalesce(kept.n, 0) <> coalesce(real.n, 0)`)
	none("places with more consents than their limit", `SELECT engagement, customer, count(*) FROM pe.participation WHERE holding GROUP BY 1, 2 HAVING count(*) > 1`)
	none("places with another number of consents than they say", `SELECT engagement, customer, granted FROM pe.place p
		WHERE granted <> (SELECT count(*) FROM pe.participation a WHERE a.engagement = p.engagement AND a.customer = p.customer AND a.holding)`)
	none("customers that were added twice", `SELECT partner, customer, count(*) FROM pe.event WHERE kind = 'customer added' GROUP BY 1, 2 HAVING count(*) > 1`)
	none("participations that were granted twice", `SELECT participation, count(*) FROM pe.event WHERE kind IN ('consent granted', 'consent requested') GROUP BY participation, kind HAVING count(*) > 1`)
	none("participations without their event", `SELECT partner, id FROM pe.participation p WHERE NOT EXISTS (SELECT 1 FROM pe.event e WHERE e.partner = p.partner AND e.customer = p.customer AND e.participation = p.id AND e.kind = 'customer added')`)
	none("granted participations without their event", `SELECT partner, id FROM pe.participation p WHERE holding AND NOT EXISTS (SELECT 1 FROM pe.event e WHERE e.partner = p.partner AND e.participation = p.id AND e.kind = 'consent granted')`)
	none("grants without their participation", `SELECT partner, participation FROM pe.event e WHERE kind = 'consent granted' AND NOT EXISTS (SELECT 1 FROM pe.participation p WHERE p.partner = e.partner AND p.id = e.participation AND p.holding)`)
	none("requests that neither wait in the outbox nor have been sent", `SELECT partner, participation FROM pe.event r WHERE kind = 'consent requested'
		AND NOT EXISTS (SELECT 1 FROM pe.event s WHERE s.participation = r.participation AND s.kind = 'consent sent')
		AND NOT EXISTS (SELECT 1 FROM pe.message m WHERE m.body::json ->> 'participation' = r.participation AND m.body::json ->> 'kind' = 'ask for consent')
		AND NOT EXISTS (SELECT 1 FROM pe.event a WHERE a.participation = r.participation AND a.kind = 'consent granted')`)
	none("messages in the outbox that have been sent", `SELECT id FROM pe.message m WHERE m.body::json ->> 'kind' = 'ask for consent' AND
		EXISTS (SELECT 1 FROM pe.event s WHERE s.participation = m.body::json ->> 'participation' AND s.kind = 'consent sent')`)
	none("messages of nothing", `SELECT id FROM pe.message m WHERE NOT EXISTS (SELECT 1 FROM pe.participation p WHERE p.partner = m.partner AND p.id = m.body::json ->> 'participation')`)
	none("tokens of nothing", `SELECT participation FROM pe.token t WHERE NOT EXISTS (SELECT 1 FROM pe.participation p WHERE p.partner = t.partner AND p.id = t.participation)`)
	none("added participations whose command is not recorded", `SELECT partner, id FROM pe.participation p WHERE NOT EXISTS
		(SELECT 1 FROM pe.command c WHERE c.partner = p.partner AND c.key LIKE 'add-%' AND position(p.id IN convert_from(c.result, 'UTF8')) > 0)`)
	auditPlaces(t, pool, schema, s, now)
	auditHistories(t, s)
}

// auditPlaces compares what every place says with the entries that are stored.
func auditPlaces(t testing.TB, pool *pgxpool.Pool, schema string, s storage.Store, now time.Time) {
	t.Helper()
	rows, err := pool.Query(t.Context(), "SELECT engagement, customer FROM "+schema+".place ORDER BY 1, 2", pgx.QueryExecModeExec)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[engagement.PlaceKey])
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := s.Load(t.Context(), storage.Want{Places: keys})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, pl := range loaded.Places {
		for _, e := range pl.Entries(now) {
			want = append(want, fmt.Sprint(e.Partner, e.Place, e.Row, e.Tab, e.Status, e.Name, e.Deadline.UnixMicro()))
		}
	}
	for _, partner := range actors {
		for _, id := range []engagement.ID{"azure-migration", "security-workshop"} {
			for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
				q := storage.PageQuery{Partner: partner.Partner, Engagement: id, Tab: tab, Sort: storage.ByName, Limit: 500, Now: now}
				for more := true; more; {
					page, err := s.Page(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range page.Rows {
						e := r.Entry
						got = append(got, fmt.Sprint(e.Partner, e.Place, e.Row, e.Tab, e.Status, e.Name, e.Deadline.UnixMicro()))
					}
					if more = page.More; more {
						at := q.Sort.PositionOf(page.Rows[len(page.Rows)-1].Entry, nil)
						q.After = &at
					}
				}
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%d entries are stored, and the places have %d, or others", len(got), len(want))
	}
}

func auditHistories(t testing.TB, s storage.Store) {
	t.Helper()
	for _, partner := range actors {
		q := storage.CustomersQuery{Partner: partner.Partner, Limit: 500}
		for {
			batch, err := s.Customers(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range batch {
				events, err := s.History(t.Context(), storage.HistoryQuery{Customer: c.Key, Limit: 1000})
				if err != nil {
					t.Fatal(err)
				}
				if err := engagement.VerifyHistory(events, c.History); err != nil {
					t.Errorf("the history with %v: %v", c.Key, err)
				}
			}
			if len(batch) < q.Limit {
				break
			}
			q.After = batch[len(batch)-1].Key.Customer
		}
	}
}

// acknowledged checks that what was acknowledged is there: participations by their
// commands, requests, grants. It takes lines such as "add 0-17 <participation>".
func acknowledged(t testing.TB, pool *pgxpool.Pool, schema string, lines []string) {
	t.Helper()
	ids := map[string][]string{}
	for _, l := range lines {
		if f := strings.Fields(l); len(f) == 3 {
			ids[f[0]] = append(ids[f[0]], f[2])
		}
	}
	for what, kind := range map[string]engagement.EventKind{"add": engagement.CustomerAdded, "ask": engagement.ConsentRequested, "yes": engagement.ConsentGranted} {
		var lost []string
		err := pool.QueryRow(t.Context(), "SELECT array_agg(id) FROM unnest($1::text[]) id WHERE NOT EXISTS (SELECT 1 FROM "+schema+".event WHERE participation = id AND kind = $2::text)",
			pgx.QueryExecModeExec, ids[what], string(kind)).Scan(&lost)
		if err != nil {
			t.Fatal(err)
		}
		if len(lost) > 0 {
			t.Errorf("%d of %d acknowledged commands of the kind %q are lost: %v", len(lost), len(ids[what]), what, lost[0])
		}
	}
}
