package sqlite_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/storage"
)

// manyFigures are those of 100,800 claims: of ten engagements, seven statuses, three years
// and four locations.
const manyFigures = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 10079)
	INSERT INTO pe_figure SELECT 'northwind', 'engagement-' || (i % 10), 'complete', 'status-' || (i / 10 % 7),
		printf('20%02d-%02d', 24 + i / 70 % 36 / 12, 1 + i / 70 % 12), printf('["471120%d"]', i / 2520), 'EUR', 10, '25000', '25000.5', '20000', '12000.01' FROM n`

// BenchmarkFigures reads the totals, and the figures by everything, of many claims.
func BenchmarkFigures(b *testing.B) {
	path := newFile(b)
	s := open(b, path, relaxed)
	run(b, openDB(b, path), manyFigures)
	for name, q := range map[string]storage.FiguresQuery{
		"totals":     {By: []storage.FigureDimension{storage.FiguresByStatus}},
		"by month":   {By: []storage.FigureDimension{storage.FiguresByStatus, storage.FiguresByMonth}},
		"everything": {By: storage.AllFigureDimensions()},
	} {
		b.Run(name, func(b *testing.B) {
			q.Partner, q.Participation, q.Now = "northwind", true, noon
			for b.Loop() {
				found, err := s.Figures(b.Context(), q)
				n := 0
				for _, r := range found.Rows {
					n += r.Entries
				}
				if err != nil || n != 100_800 {
					b.Fatalf("%d claims: %v", n, err)
				}
			}
		})
	}
}
