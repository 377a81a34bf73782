package sqlite_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// What a newer process wrote with a field that this one does not know is refused, and
// outlives whatever this one does about the same customer.
func TestFieldsOfANewerVersionStay(t *testing.T) {
	path := newFile(t)
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = open(t, path, relaxed)
		return sc
	})
	p := w.Granted("azure-migration", "ana@contoso.com")
	db := openDB(t, path)
	body := func() (b []byte) {
		t.Helper()
		if err := db.QueryRowContext(t.Context(), "SELECT body FROM pe_participation WHERE id = ?", string(p)).Scan(&b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	newer := append(body(), append(binary.AppendUvarint(nil, 1000<<3|2), "\x05newer"...)...)
	if _, err := db.ExecContext(t.Context(), "UPDATE pe_participation SET body = ? WHERE id = ?", newer, string(p)); err != nil {
		t.Fatal(err)
	}
	_, err := w.Desk.Claims.Comment(t.Context(), w.Actor.Request(w.Key()), p, workflow.Comment{Text: "By an older process."})
	bad := storage.UnreadableIn(err)
	if !errors.Is(err, storage.ErrUnreadable) || errors.As(err, new(*workflow.UnavailableError)) || len(bad) != 1 || !errors.As(bad[0].Err, new(*record.NewerError)) {
		t.Errorf("a comment: %v, for %v", err, bad)
	}
	f := w.As(workflowtest.Fabrikam)
	if _, err := f.Desk.Program.Reevaluate(t.Context(), workflowtest.Vendor, workflow.Reevaluation{Partner: f.Actor.Partner}, nil); err != nil {
		t.Errorf("another partner's re-evaluation: %v", err)
	}
	_, _ = w.Desk.Program.Reevaluate(t.Context(), workflowtest.Vendor, workflow.Reevaluation{Partner: w.Actor.Partner}, nil)
	_, _ = w.Desk.Program.ErasePerson(t.Context(), w.Actor, workflow.Person{Email: "ana@contoso.com"}, nil)
	w.Advance(400 * 24 * time.Hour)
	_, _ = w.Desk.Jobs.Sweep(t.Context())
	_, _ = w.Desk.Jobs.Relay(t.Context())
	if !bytes.Equal(body(), newer) {
		t.Error("what the newer process wrote is not there any more")
	}
}
