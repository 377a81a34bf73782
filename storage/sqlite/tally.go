package sqlite

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// tally is by how much counts change.
type tally map[counter]int64

// counter names a count: of the entries on a tab, or of the participations of a
// status.
type counter struct{ partner, engagement, tab, status string }

func (t tally) replace(had, next entryRow) {
	t.count(had, -1)
	t.count(next, 1)
}

func (t tally) count(r entryRow, n int64) {
	if r.tab == "" { // on no page and no list, or not there
		return
	}
	t[counter{partner: r.partner, engagement: r.engagement, tab: r.tab}] += n
	if r.participation {
		t[counter{partner: r.partner, status: r.status}] += n
	}
}

// The values of counts follow, for as many as change.
const (
	addToTabs     = `INSERT INTO pe_tab_count (partner, engagement, tab, entries) VALUES `
	addToStatuses = `INSERT INTO pe_status_count (partner, status, participations) VALUES `
)

// count adds to what is kept of how many entries there are.
func (s *session) count(t tally) error {
	keys := slices.SortedFunc(maps.Keys(t), func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.partner, b.partner), cmp.Compare(a.engagement, b.engagement), cmp.Compare(a.tab, b.tab), cmp.Compare(a.status, b.status))
	})
	var tabs, statuses []any
	for _, k := range keys {
		switch n := t[k]; {
		case n == 0:
		case k.tab != "":
			tabs = append(tabs, k.partner, k.engagement, k.tab, n)
		default:
			statuses = append(statuses, k.partner, k.status, n)
		}
	}
	if err := s.addTo(addToTabs, 4, tabs, "entries = entries + excluded.entries"); err != nil {
		return err
	}
	return s.addTo(addToStatuses, 3, statuses, "participations = participations + excluded.participations")
}

// addTo changes counts, in lots that keep the statement short.
func (s *session) addTo(query string, columns int, args []any, sum string) error {
	const lot = 8
	one := "(" + marks(columns) + ")"
	for len(args) > 0 {
		n := min(len(args)/columns, lot)
		if _, err := s.exec(query+one+strings.Repeat(", "+one, n-1)+" ON CONFLICT DO UPDATE SET "+sum, args[:n*columns]...); err != nil {
			return err
		}
		args = args[n*columns:]
	}
	return nil
}
