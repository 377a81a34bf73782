package sqlite

import (
	"fmt"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

const (
	everyFigure = `SELECT ` + figureColumns + ` FROM pe_figure`
	// Those that come to the same together.
	everyCounted = `SELECT partner, engagement, tab, status, coalesce(locations, ''), coalesce(figures, ''), count(*) FROM pe_entry WHERE tab <> '' GROUP BY 1, 2, 3, 4, 5, 6`
	figuresFrom  = ` FROM pe_entry t WHERE t.rowid > ? ORDER BY t.rowid LIMIT ?`
)

// checkFigures holds the figures to all rows at once.
func checkFigures(s *session, _ string, mend bool) (found []storage.Finding, end string, more bool, err error) {
	all := sums{}
	counted, err := s.tx.QueryContext(s.ctx, everyCounted)
	if err != nil {
		return nil, "", false, err
	}
	defer counted.Close()
	for counted.Next() {
		var r entryRow
		var n int
		if err := counted.Scan(&r.partner, &r.engagement, &r.tab, &r.status, &r.locations, &r.figures, &n); err != nil {
			return nil, "", false, err
		}
		all.add(r, n)
	}
	if err := counted.Err(); err != nil {
		return nil, "", false, err
	}
	kept, err := collectOnce(s, (*figureRow).fields, everyFigure)
	if err != nil {
		return nil, "", false, err
	}
	var lost []figureKey
	for _, r := range kept {
		f, unread := r.value()
		if unread != nil {
			lost = append(lost, r.figureKey)
			continue
		}
		all.change(r.figureKey, f, -1)
	}
	for _, key := range slices.SortedFunc(maps.Keys(all), figureKey.compare) {
		if !nothing(all[key]) {
			found = append(found, ofFigures(key, mend, all[key]))
		}
	}
	if !mend {
		return found, "", false, nil
	}
	for _, key := range lost { // or it could not be added to
		if _, err := s.exec(deleteFigure, valuesOf(key.fields())...); err != nil {
			return nil, "", false, err
		}
	}
	return found, "", false, s.sumUp(all)
}

func ofFigures(key figureKey, mended bool, missing engagement.Figure) storage.Finding {
	return storage.Finding{
		Kind: storage.FindingCount, Partner: engagement.PartnerID(key.partner), Engagement: engagement.ID(key.engagement), Mended: mended,
		Problem: fmt.Sprintf("the figures of tab %q, status %q, month %q and currency %q are not those of the rows: %+d are counted that are not there", key.tab, key.status, key.month, key.currency, -missing.Entries),
	}
}

// checkFiguresOfEntries finds rows that count as something else than what they show.
func checkFiguresOfEntries(s *session, after int64, mend bool) (found []storage.Finding, end int64, more bool, err error) {
	rows, err := collect(s, (*entryRow).storedFields, "SELECT "+storedColumns+figuresFrom, after, restLot)
	changed := sums{}
	for _, r := range rows {
		end = r.id
		e, unread := r.value()
		if unread != nil {
			continue // which is found where it is read
		}
		next := r
		if next.figures = engagement.FiguresText(e); next.figures == r.figures {
			continue
		}
		if mend {
			if _, err := s.exec("UPDATE pe_entry SET figures = ? WHERE rowid = ?", nullText(next.figures), r.id); err != nil {
				return nil, end, false, err
			}
			changed.replace(r, next)
		}
		found = append(found, storage.Finding{
			Kind: storage.FindingColumn, Partner: engagement.PartnerID(r.partner), Engagement: engagement.ID(r.engagement), Customer: tenant.Key(r.customer),
			Participation: e.Participation, Mended: mend, Problem: "what the row that lists show counts and comes to is not what it shows",
		})
	}
	if err == nil && mend {
		err = s.sumUp(changed)
	}
	return found, end, len(rows) == restLot, err
}
