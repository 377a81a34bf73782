package sqlite_test

import (
	"database/sql"
	"errors"
	"strconv"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage/record"
)

// Whoever has the file can change what is in it, once they have taken the triggers
// away; that shows.
func TestTamperingWithTheFileShows(t *testing.T) {
	script := func(text string) func(*testing.T, *sql.DB) {
		return func(t *testing.T, db *sql.DB) { run(t, db, text) }
	}
	event := func(seq int, change func(*engagement.Event)) func(*testing.T, *sql.DB) {
		return func(t *testing.T, db *sql.DB) { rewrite(t, db, "pe_event", "seq = "+strconv.Itoa(seq), change) }
	}
	for name, tamper := range map[string]func(*testing.T, *sql.DB){
		"cut in the record": script(headAt2),
		"cut off":           script("DELETE FROM pe_event WHERE seq > 2;" + headAt2),
		"all of it":         script("DELETE FROM pe_event; UPDATE pe_customer SET seq = 0, hash = NULL"),
		"declined beside granted": func(t *testing.T, db *sql.DB) {
			rewrite(t, db, "pe_participation", "true", func(p *engagement.Participation) { p.Consent.Status = consent.StatusDeclined })
		},
		"another event": event(4, func(e *engagement.Event) { e.To = engagement.StatusPaid }),
		"other details": event(1, func(e *engagement.Event) { e.Detail = engagement.Detail{Location: "4711202"} }),
		"an event in the old form": event(1, func(e *engagement.Event) {
			e.Format, e.Note, e.Detail = engagement.FormatNote, "through location 4711201", engagement.Detail{}
		}),
		"no participation": script("DELETE FROM pe_participation"),
	} {
		t.Run(name, func(t *testing.T) {
			path := newFile(t)
			w := workflowtest.New(t, func() workflowtest.Scenario {
				sc := workflowtest.Contoso()
				sc.Store = open(t, path, relaxed)
				return sc
			})
			p := w.Granted("azure-migration", "ana@contoso.com")
			if _, err := w.Desk.Histories.Verify(t.Context(), w.Actor, w.Customer("contoso.com")); err != nil {
				t.Fatal(err)
			}
			db := openDB(t, path)
			if _, err := db.ExecContext(t.Context(), headAt2); !errors.Is(err, sqlite3.CONSTRAINT_TRIGGER) {
				t.Errorf("by mistake: %v", err)
			}
			run(t, db, "DROP TRIGGER pe_event_stays; DROP TRIGGER pe_event_same; DROP TRIGGER pe_customer_goes_on")
			tamper(t, db)
			if _, err := w.Desk.Histories.Verify(t.Context(), w.Actor, w.Customer("contoso.com")); !errors.As(err, new(*engagement.HistoryError)) {
				t.Errorf("the verification: %v", err)
			}
			if name == "no participation" {
				return
			}
			if _, err := w.Desk.Claims.Get(t.Context(), w.Actor, p); !errors.As(err, new(*engagement.HistoryError)) {
				t.Errorf("the claim: %v", err)
			}
		})
	}
}

const headAt2 = `UPDATE pe_customer SET seq = 2, hash = (SELECT hash FROM pe_event WHERE seq = 2)`

// rewrite changes the body of a row.
func rewrite[T record.Value](t *testing.T, db *sql.DB, table, where string, change func(*T)) {
	t.Helper()
	var body []byte
	if err := db.QueryRowContext(t.Context(), "SELECT body FROM "+table+" WHERE "+where).Scan(&body); err != nil {
		t.Fatal(err)
	}
	v, err := record.Decode[T](body)
	if err != nil {
		t.Fatal(err)
	}
	change(&v)
	if body, err = record.Encode(v); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE "+table+" SET body = ? WHERE "+where, body); err != nil {
		t.Fatal(err)
	}
}
