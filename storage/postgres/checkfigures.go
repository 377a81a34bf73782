package postgres

import (
	"fmt"
	"strconv"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// figures finds figures that are not those of the rows. What is missing is added to one of
// the shards, so that it is right whatever others add meanwhile.
func (c restCheck) figures() error {
	negative := "SELECT " + figureKeys + ", -entries, -estimated, -requested, -approved, -paid FROM " + c.in + "figure"
	wrong := "SELECT " + figureKeys + ", sum(entries)::bigint AS entries, sum(estimated) AS estimated, sum(requested) AS requested, sum(approved) AS approved, sum(paid) AS paid" +
		" FROM (SELECT " + figureKeys + ", " + figureSums + " FROM (" + addedUp("", c.storedFigures()) + ") r UNION ALL " + negative + ") d GROUP BY " + figureKeys +
		" HAVING sum(entries) <> 0 OR sum(estimated) <> 0 OR sum(requested) <> 0 OR sum(approved) <> 0 OR sum(paid) <> 0"
	show := "SELECT " + figureKeys + ", entries, estimated::text, requested::text, approved::text, paid::text FROM "
	sql := show + "(" + wrong + ") w ORDER BY " + figureKeys
	if c.mend {
		sql = "WITH wrong AS (" + wrong + "), mended AS (" + c.figured("0::smallint", "SELECT * FROM wrong") + ") " + show + "wrong ORDER BY " + figureKeys
	}
	found, err := list(c.ctx, c.Store, "check the figures", sql, nil, (*figureRow).fields)
	if err != nil {
		return err
	}
	for _, r := range found {
		err := c.report(storage.Finding{
			Kind: storage.FindingCount, Partner: engagement.PartnerID(r.Partner), Engagement: engagement.ID(r.Engagement), Mended: c.mend,
			Problem: fmt.Sprintf("the figures of tab %q, status %q, month %q and currency %q are not those of the rows: %+d are counted that are not there", tabOf(&r.Tab), r.Status, r.Month, r.Currency, -r.Entries),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// entries finds rows that count as something else than what they show.
func (c restCheck) entries() error {
	key := quoted(entryRows.columns[:entryKey])
	sql := "SELECT " + of("t", entryRows.columns) + " FROM " + c.in + "entry t WHERE (" + key + ") > (" + marks(entryRows, 0, entryKey) + ") ORDER BY " + key + " LIMIT " + strconv.Itoa(restLot)
	for at := (entryRow{}); ; {
		found, err := list(c.ctx, c.Store, "check the rows of lists", sql, valuesOf(at.fields()[:entryKey]), (*entryRow).fields)
		if err != nil {
			return err
		}
		for i := range found {
			if err := c.entry(&found[i]); err != nil {
				return err
			}
		}
		if len(found) < restLot {
			return nil
		}
		at = found[len(found)-1]
	}
}

func (c restCheck) entry(r *entryRow) error {
	e, unread := r.value()
	is := engagement.FiguresText(e)
	if unread != nil || is == textOf[string](r.Figures) {
		return nil
	}
	mended, err := c.change("WITH own AS (UPDATE "+c.in+"entry AS t SET figures = $6::text, was = "+wasBefore+" WHERE "+keyed(entryRows, entryKey)+
		" AND t.shown = $7::bytea"+returning+"), "+c.counted(slotShard, true, "own")+" SELECT 1", append(valuesOf(r.fields()[:entryKey]), textOrNull(is), r.Shown)...)
	if err != nil {
		return err
	}
	return c.report(storage.Finding{
		Kind: storage.FindingColumn, Partner: engagement.PartnerID(r.Partner), Engagement: engagement.ID(r.Engagement), Customer: tenant.Key(r.Customer),
		Participation: e.Participation, Mended: mended, Problem: "what the row that lists show counts and comes to is not what it shows",
	})
}
