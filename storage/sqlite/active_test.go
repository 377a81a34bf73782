package sqlite_test

import (
	"io/fs"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// Claims under way that an older library wrote as complete are active once the
// tables are brought up to date, and the counts say so.
func TestSubmittedBecomesActive(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	place := engagement.PlaceKey{Engagement: "e", Customer: "tpid:1"}
	changes := storage.Changes{Places: []engagement.Place{{Key: place}}}
	for row, status := range map[engagement.RowID]engagement.Status{"1": engagement.Submitted, "2": engagement.UnderReview, "3": engagement.Paid} {
		changes.Entries = append(changes.Entries, engagement.Entry{
			Partner: "northwind", Place: place, Row: row, Tab: engagement.TabComplete, Type: engagement.Done, Status: status,
		})
	}
	if err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	migration, err := fs.ReadFile(sqlite.Migrations, "0002_submitted_is_active.sql")
	if err != nil {
		t.Fatal(err)
	}
	run(t, openDB(t, path), string(migration))
	page, err := s.Page(t.Context(), storage.PageQuery{Partner: "northwind", Engagement: "e", Tab: engagement.TabEligible, Sort: storage.ByName, Limit: 10, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	if page.Counts[engagement.TabEligible] != 2 || page.Counts[engagement.TabComplete] != 1 || len(page.Rows) != 2 || page.Rows[0].Entry.Type != engagement.InProgress {
		t.Errorf("the counts are %v, the rows %+v", page.Counts, page.Rows)
	}
}
