package sqlite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Whoever has the file can change what is in it, once they have taken the triggers
// away; that shows.
func TestTamperingWithTheFileShows(t *testing.T) {
	for name, script := range map[string]string{
		"cut in the record": `UPDATE pe_customer SET seq = 2, hash = (SELECT hash FROM pe_event WHERE seq = 2)`,
		"cut off": `DELETE FROM pe_event WHERE seq > 2;
			UPDATE pe_customer SET seq = 2, hash = (SELECT hash FROM pe_event WHERE seq = 2)`,
		"all of it":                `DELETE FROM pe_event; UPDATE pe_customer SET seq = 0, hash = NULL`,
		"declined beside granted":  `UPDATE pe_participation SET body = replace(body, '"status":"granted"', '"status":"declined"')`,
		"another event":            `UPDATE pe_event SET status_to = 'Paid' WHERE seq = 4`,
		"other details":            `UPDATE pe_event SET detail = '{"location":"4711202"}' WHERE seq = 1`,
		"an event in the old form": `UPDATE pe_event SET format = 1, note = 'through location 4711201', detail = '' WHERE seq = 1`,
		"no participation":         `DELETE FROM pe_participation`,
	} {
		t.Run(name, func(t *testing.T) {
			path := newFile(t)
			w := workflowtest.New(t, func() workflowtest.Scenario {
				sc := workflowtest.Contoso()
				sc.Store = open(t, path, relaxed)
				return sc
			})
			p := w.Granted("azure-migration", "ana@contoso.com")
			if _, err := w.Desk.VerifyHistory(t.Context(), w.Actor, w.Customer("contoso.com")); err != nil {
				t.Fatal(err)
			}
			db := openDB(t, path)
			if strings.Contains(script, "seq = ") && strings.Contains(script, "UPDATE pe_customer") {
				if _, err := db.ExecContext(t.Context(), script); !errors.Is(err, sqlite3.CONSTRAINT_TRIGGER) {
					t.Errorf("by mistake: %v", err)
				}
			}
			run(t, db, "DROP TRIGGER pe_event_stays; DROP TRIGGER pe_event_same; DROP TRIGGER pe_customer_goes_on;"+script)
			if _, err := w.Desk.VerifyHistory(t.Context(), w.Actor, w.Customer("contoso.com")); !errors.Is(err, engagement.ErrHistoryBroken) {
				t.Errorf("the verification: %v", err)
			}
			if name == "no participation" {
				return
			}
			if _, err := w.Desk.Claim(t.Context(), w.Actor, p); !errors.Is(err, engagement.ErrHistoryBroken) {
				t.Errorf("the claim: %v", err)
			}
		})
	}
}
