package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
)

// showing is rows that are about to be shown on a page, of one engagement or of several.
type showing struct {
	customersPage
	rows   []shown
	offers []engagement.Engagement // of each row
	lost   []UnreadableRow
}

// add adds rows of an engagement's page, of which those that cannot be read are named.
func (x *showing) add(ctx context.Context, c customersPage, rows ...shown) {
	for _, r := range rows {
		switch {
		case r.err == nil:
			x.rows, x.offers = append(x.rows, r), append(x.offers, c.engagement)
		case c.within.mayTell(r.entry):
			x.lost = append(x.lost, c.s.unreadableRow(ctx, r.entry, r.err))
		}
	}
}

// page makes the page.
func (x *showing) page(ctx context.Context) (RowsPage, error) {
	page := RowsPage{At: x.now, Unreadable: listOf(x.lost)}
	page.Rows = make([]Row, len(x.rows))
	var asked []asking
	for i, r := range x.rows {
		page.Rows[i].Row = r.Row
		if a, ok := askingOf(&page.Rows[i].Row, r.shows); ok {
			asked = append(asked, a)
		}
	}
	if err := x.s.sayFrom(ctx, x.partner, asked, x.now); err != nil {
		return RowsPage{}, err
	}
	for i := range page.Rows {
		if err := x.told.row(ctx, &page.Rows[i], x.partner, x.offers[i]); err != nil {
			return RowsPage{}, err
		}
	}
	return page, nil
}
