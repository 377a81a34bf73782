package postgres_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/internal/columntest"
)

// TestHostsColumns keeps IDs, amounts and days in tables of the host's own.
func TestHostsColumns(t *testing.T) {
	c := running(t)
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			pool := c.pool(t, modes[mode], 1)
			db := sqlDB(t, pool)
			if _, err := db.Exec("CREATE SCHEMA " + mode + "_columns"); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec("SET search_path = " + mode + "_columns"); err != nil {
				t.Fatal(err)
			}
			t.Run("database/sql", func(t *testing.T) {
				columntest.Keeps(t, func(sql string, args ...any) error { _, err := db.Exec(sql, args...); return err },
					func(sql string, into ...any) error { return db.QueryRow(sql).Scan(into...) })
			})
			t.Run("pgx", func(t *testing.T) {
				columntest.Keeps(t, func(sql string, args ...any) error { _, err := pool.Exec(t.Context(), sql, args...); return err },
					func(sql string, into ...any) error { return pool.QueryRow(t.Context(), sql).Scan(into...) })
			})
		})
	}
}
