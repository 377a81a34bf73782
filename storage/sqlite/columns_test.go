package sqlite_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/internal/columntest"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// TestHostsColumns keeps IDs, amounts and days in tables of the host's own.
func TestHostsColumns(t *testing.T) {
	db, err := sqlite.OpenDB(t.Context(), newFile(t), relaxed)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columntest.Keeps(t, func(sql string, args ...any) error { _, err := db.Exec(sql, args...); return err },
		func(sql string, into ...any) error { return db.QueryRow(sql).Scan(into...) })
}
