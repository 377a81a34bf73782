package postgres

import (
	"strings"

	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// shard is the one in which this connection counts, of so many as a count is kept
// in.
const shard = "pg_backend_pid() % 32"

// What follows the rows that come to counts of their own where there are none yet.
const (
	orAddToTab    = " ON CONFLICT (partner, engagement, tab, shard) DO UPDATE SET entries = t.entries + excluded.entries"
	orAddToStatus = " ON CONFLICT (partner, status, shard) DO UPDATE SET participations = t.participations + excluded.participations"
)

// count adds to the counts.
func (s *applying) count(tally *rows.Tally) {
	if tabs := tally.Tabs(); len(tabs) > 0 {
		s.counting("tab_count", len(tabs), given(tabDeltas, tabs), func() string {
			return "WITH " + relationText("v", tabDeltas, len(tabs), 0) + " INSERT INTO " + s.in + "tab_count AS t (partner, engagement, tab, shard, entries)" +
				" SELECT partner, engagement, tab, " + shard + ", n FROM v" + orAddToTab
		})
	}
	if statuses := tally.Statuses(); len(statuses) > 0 {
		s.counting("status_count", len(statuses), given(statusDeltas, statuses), func() string {
			return "WITH " + relationText("v", statusDeltas, len(statuses), 0) + " INSERT INTO " + s.in + "status_count AS t (partner, status, shard, participations)" +
				" SELECT partner, status, " + shard + ", sum(n) FROM (SELECT * FROM v UNION ALL SELECT '', status, n FROM v) d" +
				" GROUP BY partner, status HAVING sum(n) <> 0 ORDER BY partner, status" + orAddToStatus
		})
	}
}

func (s *applying) counting(table string, n int, args []any, text func() string) {
	s.known(nil, textKey{what: "add to " + table, rows: min(n, few+1)}, args, text)
}

// countCompared adds to the counts, and takes off what is stored of places.
func (s *applying) countCompared(keys []pair, tally *rows.Tally) {
	s.then(nil, func(a *arguments) string {
		return "WITH " + strings.Join([]string{
			relation(a, "tabs", tabDeltas, tally.Tabs()),
			relation(a, "statuses", statusDeltas, tally.Statuses()),
			relation(a, "k", placeKeys, keys),
			"gone AS (SELECT t.partner, t.engagement, t.tab, t.participation, t.status FROM k JOIN " + s.in + "entry t ON " + alike("t", "k", "engagement", "customer") + ")",
			"tab AS (INSERT INTO " + s.in + "tab_count AS t (partner, engagement, tab, shard, entries)" +
				" SELECT partner, engagement, tab, " + shard + ", sum(n) FROM (SELECT * FROM tabs UNION ALL SELECT partner, engagement, tab, -1 FROM gone) d" +
				" GROUP BY partner, engagement, tab HAVING sum(n) <> 0 ORDER BY partner, engagement, tab" + orAddToTab + ")",
			"status AS (SELECT * FROM statuses UNION ALL SELECT partner, status, -1 FROM gone WHERE participation)",
		}, ", ") + " INSERT INTO " + s.in + "status_count AS t (partner, status, shard, participations)" +
			" SELECT partner, status, " + shard + ", sum(n) FROM (SELECT * FROM status UNION ALL SELECT '', status, n FROM status) d" +
			" GROUP BY partner, status HAVING sum(n) <> 0 ORDER BY partner, status" + orAddToStatus
	})
}
