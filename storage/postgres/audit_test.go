package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// audit finds out whether everything in a database agrees: records with what is shared,
// with their entries and counts, histories with their heads, tokens and messages with
// their participations, and commands with what they did, once.
func audit(t testing.TB, pool *pgxpool.Pool, schema string, s storage.Store, now time.Time) {
	t.Helper()
	none := func(what, sql string) {
		t.Helper()
		rows, err := pool.Query(t.Context(), strings.ReplaceAll(sql, "pe.", schema+"."), pgx.QueryExecModeExec)
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
	if err := counted(t.Context(), pool, schema); err != nil {
		t.Error(err)
	}
	none("more consents than the limit", `SELECT engagement, customer, granted FROM pe.shared WHERE granted > greatest(claim_limit, 1)`)
	none("tokens of nothing", `SELECT participation FROM pe.token t WHERE NOT EXISTS (SELECT 1 FROM pe.participation p WHERE p.slot = t.home AND p.partner = t.partner AND p.id = t.participation)`)
	none("added participations whose command is not recorded", `SELECT partner, id FROM pe.participation p WHERE NOT EXISTS
		(SELECT 1 FROM pe.command c WHERE c.partner = p.partner AND c.key LIKE 'add-%' AND position(p.id IN convert_from(c.result, 'UTF8')) > 0)`)
	happened := auditHistories(t, s)
	auditRecords(t, pool, schema, s, now, happened)
	auditMessages(t, pool, schema, happened)
}

// happened are how often what happened to participations.
type happened map[engagement.ParticipationID]map[engagement.EventKind]int

func auditHistories(t testing.TB, s storage.Store) happened {
	t.Helper()
	out := happened{}
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
				for _, e := range events {
					if out[e.Participation] == nil {
						out[e.Participation] = map[engagement.EventKind]int{}
					}
					out[e.Participation][e.Kind]++
				}
			}
			if len(batch) < q.Limit {
				break
			}
			q.After = batch[len(batch)-1].Key.Customer
		}
	}
	for id, kinds := range out {
		for _, once := range []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventConsentRequested, engagement.EventConsentGranted} {
			if kinds[once] > 1 {
				t.Errorf("%d times %q happened to %s", kinds[once], once, id)
			}
		}
	}
	return out
}

// auditRecords compares what every record says with what is shared, with the entries
// that are stored, and with what happened.
func auditRecords(t testing.TB, pool *pgxpool.Pool, schema string, s storage.Store, now time.Time, happened happened) {
	t.Helper()
	rows, err := pool.Query(t.Context(), "SELECT partner, engagement, customer FROM "+schema+".entry WHERE participation = '' ORDER BY 1, 2, 3", pgx.QueryExecModeExec)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[engagement.RecordKey])
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := s.Load(t.Context(), storage.Want{Records: keys, Ended: true})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	entryText := func(e engagement.Entry) string {
		return fmt.Sprint(e.Record, e.Row, e.Tab, e.Status, e.Name, e.Deadline.UnixMicro(), e.Room)
	}
	holders := map[engagement.CustomerEngagementKey]int{}
	for key, r := range loaded.Records {
		for _, e := range r.Entries(loaded.Shared[key.Shared()].RoomFor(key.Partner), now) {
			if e.Tab != engagement.TabNone {
				want = append(want, entryText(e))
			}
		}
		for _, p := range r.Participations {
			holds := p.HoldsAt(time.Time{})
			if holds {
				holders[key.Shared()]++
			}
			if is := happened[p.ID]; is[engagement.EventCustomerAdded] != 1 || holds != (is[engagement.EventConsentGranted] == 1) {
				t.Errorf("participation %s holds: %t, and there happened %v", p.ID, holds, is)
			}
		}
	}
	for key, shared := range loaded.Shared {
		if len(shared.Holders) != holders[key] {
			t.Errorf("of %v there are %d holders, not %v", key, holders[key], shared.Holders)
		}
	}
	for _, partner := range actors {
		for _, id := range []engagement.ID{"azure-migration", "security-workshop"} {
			for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
				q := storage.ListQuery{Partner: partner.Partner, Engagement: id, Tab: tab, Sort: storage.SortByName, Limit: 500, Now: now}
				for more := true; more; {
					page, err := s.List(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range page.Rows {
						got = append(got, entryText(r.Entry))
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
		t.Errorf("%d entries are stored, and the records have %d, or others", len(got), len(want))
	}
}

// auditMessages compares what waits to be sent with what happened.
func auditMessages(t testing.TB, pool *pgxpool.Pool, schema string, happened happened) {
	t.Helper()
	rows, err := pool.Query(t.Context(), "SELECT body FROM "+schema+".message", pgx.QueryExecModeExec)
	if err != nil {
		t.Fatal(err)
	}
	bodies, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		t.Fatal(err)
	}
	waits := map[engagement.ParticipationID]bool{}
	for _, body := range bodies {
		m, err := record.Decode[engagement.Message](body[4:]) // behind its sum
		if err != nil {
			t.Fatal(err)
		}
		if happened[m.Participation] == nil {
			t.Errorf("a message of nothing: %+v", m)
		}
		waits[m.Participation] = waits[m.Participation] || m.Kind == engagement.MessageConsentRequest
	}
	for id, is := range happened {
		asked, sent := is[engagement.EventConsentRequested] > 0, is[engagement.EventConsentSent] > 0
		if waits[id] && sent || asked && !sent && !waits[id] && is[engagement.EventConsentGranted] == 0 {
			t.Errorf("that a request for %s waits in the outbox is %t, and there happened %v", id, waits[id], is)
		}
	}
}

// acknowledged checks that what was acknowledged is there: participations by their
// commands, requests, grants. It takes lines such as "add 0-17 <participation>".
func acknowledged(t testing.TB, s storage.Store, lines []string) {
	t.Helper()
	happened := auditHistories(t, s)
	for what, kind := range map[string]engagement.EventKind{"add": engagement.EventCustomerAdded, "ask": engagement.EventConsentRequested, "yes": engagement.EventConsentGranted} {
		all, lost := 0, 0
		for _, l := range lines {
			if f := strings.Fields(l); len(f) == 3 && f[0] == what {
				all++
				if happened[engagement.ParticipationID(f[2])][kind] == 0 {
					lost++
				}
			}
		}
		if lost > 0 {
			t.Errorf("%d of %d acknowledged commands of the kind %q are lost", lost, all, what)
		}
	}
}
