package workflow

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// CSVOptions are what spreadsheets differ in. The zero value is what RFC 4180 and
// most programs want.
type CSVOptions struct {
	Separator     rune // between cells: a comma, a semicolon or a tab; zero: a comma
	ByteOrderMark bool // a mark before the header, by which some spreadsheets know UTF-8
	// Language is in which headings, statuses, actions and the like are said; "": they
	// stand in their documented spellings, for programs, and to-dos and reasons are said in the
	// default language of Options.Words. Times are RFC 3339 in any case.
	Language link.Language
}

// csvWriter returns a writer of records, or an *InputError for a separator that
// cannot be told from what stands in cells.
func csvWriter(to io.Writer, opts *CSVOptions) (*csv.Writer, error) {
	if opts == nil {
		opts = &CSVOptions{}
	}
	w := csv.NewWriter(to)
	w.UseCRLF = true
	switch opts.Separator {
	case 0:
	case ',', ';', '\t':
		w.Comma = opts.Separator
	default:
		return nil, &InputError{Field: "separator", Problem: fmt.Sprintf("is %q: use a comma, a semicolon or a tab", opts.Separator)}
	}
	if opts.ByteOrderMark {
		if _, err := io.WriteString(to, "\ufeff"); err != nil {
			return nil, err
		}
	}
	return w, nil
}

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

// Export writes every claim that the query finds as CSV, in the form of
// [CustomersDesk.Export]. It returns what [ClaimsDesk.List] returns, or the error of
// writing.
func (d *ClaimsDesk) Export(ctx context.Context, actor Actor, query ClaimsQuery, to io.Writer, opts *CSVOptions) error {
	s := d.s
	query.Limit, query.Cursor = maxLimit, ""
	in := s.sheet(opts)
	w, err := csvWriter(to, opts)
	if err != nil {
		return err
	}
	if err := w.Write(in.header(claimColumns)); err != nil {
		return err
	}
	var offered []engagement.Engagement
	if in.inWords {
		if offered, err = s.engagements(ctx); err != nil {
			return err
		}
	}
	var left error
	for row, err := range s.Claims.All(ctx, actor, query) {
		if errors.Is(err, storage.ErrUnreadable) {
			left = err
			break // it is the last
		}
		if err != nil {
			return err
		}
		in.Words = engagementOf(offered, row.Engagement).In(in.Words)
		if err := w.Write(in.cells(claimColumns, row)); err != nil {
			return err
		}
	}
	w.Flush()
	return cmp.Or(w.Error(), left)
}
