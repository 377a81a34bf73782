package workflow

import (
	"cmp"
	"context"
	"io"

	"github.com/partnerengage/partnerengage/engagement"
)

// Export writes every row that the query finds as CSV (RFC 4180, UTF-8), with a header.
// With no Tab it writes all three; Limit and Cursor do not matter. Amounts take two
// columns, the number and its currency. Several labels, locations and actions share
// one, separated by commas. The options may be nil.
//
// Each record is one line: line breaks and other control characters within a cell
// become blanks. A cell whose first character, blanks aside, would make a spreadsheet
// take it for a formula (=, +, -, @, also in their full width) is preceded by an
// apostrophe.
//
// It returns what [CustomersDesk.List] returns, or the error of writing. What was
// written until then is only part of the export; an *[UnreadableRowsError] says which
// rows could not be read, and all the others were written.
func (d *CustomersDesk) Export(ctx context.Context, actor Actor, query CustomersQuery, to io.Writer, opts *CSVOptions) error {
	s := d.s
	tabs := []engagement.Tab{query.Tab}
	if query.Tab == "" {
		tabs = engagement.AllTabs()
	}
	query.Limit, query.Cursor = maxLimit, ""
	in := s.sheet(opts)
	w, err := csvWriter(to, opts)
	if err != nil {
		return err
	}
	if err := w.Write(in.header(customerColumns)); err != nil {
		return err
	}
	c, err := s.customersOf(ctx, actor, query)
	if err != nil {
		return err
	}
	c.told = nil // the sheet says it, in its own language
	exported := func(r Row) ClaimRow {
		r.EngagementName = c.engagement.Name
		return ClaimRow{Row: r, SolutionArea: c.engagement.SolutionArea}
	}
	in.Words = c.engagement.In(in.Words)
	var out leftOut
	for _, tab := range tabs {
		query.Tab = tab
		var failed error
		c.all(ctx, query, &out, func(row Row, err error) bool {
			if failed = err; failed == nil {
				failed = w.Write(in.cells(customerColumns, exported(row)))
			}
			return failed == nil
		})
		if failed != nil {
			return failed
		}
	}
	w.Flush()
	return cmp.Or(w.Error(), out.error())
}
