package workflow

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
)

// exportHeader are the columns of an export.
var exportHeader = []string{
	"tab", "customer", "friendly_name", "domain", "tenant_id", "tpid", "subscription_id", "opportunity_id", "stated", "type", "status", "to_do", "claim_number",
	"origin", "locations", "since", "deadline", "days_left", "amount", "currency", "reasons", "actions",
}

// CSVOptions are what spreadsheets differ in. The zero value is what RFC 4180 and
// most programs want.
type CSVOptions struct {
	Separator     rune // between cells: a comma, a semicolon or a tab; zero: a comma
	ByteOrderMark bool // a mark before the header, by which some spreadsheets know UTF-8
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

// ExportCustomers writes every row that the query finds as CSV (RFC 4180, UTF-8),
// with a header. With no Tab it writes all three; Limit and Cursor do not matter.
// Amounts stand in two columns, the number and its currency. The options may be
// nil.
//
// Each record is one line: line breaks and other control characters within a
// cell become blanks. A cell whose first character, blanks aside, would make a
// spreadsheet take it for a formula (=, +, -, @, also in their full width) is
// preceded by an apostrophe.
//
// It returns what Customers returns, or the error of writing. What was written
// until then is a part of the export only; an *UnreadableRowsError says which rows
// could not be read, and all the others were written.
func (s *Service) ExportCustomers(ctx context.Context, actor Actor, id engagement.ID, query CustomersQuery, to io.Writer, opts *CSVOptions) error {
	tabs := []engagement.Tab{query.Tab}
	if query.Tab == "" {
		tabs = engagement.AllTabs()
	}
	query.Limit, query.Cursor = maxLimit, ""
	w, err := csvWriter(to, opts)
	if err != nil {
		return err
	}
	if err := w.Write(exportHeader); err != nil {
		return err
	}
	c, err := s.customersOf(ctx, actor, id, query)
	if err != nil {
		return err
	}
	var out leftOut
	for _, tab := range tabs {
		query.Tab = tab
		var failed error
		c.all(ctx, query, &out, func(row engagement.Row, err error) bool {
			if failed = err; failed == nil {
				failed = w.Write(exportRow(row))
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

// claimsHeader are the columns of an export of claims.
var claimsHeader = []string{
	"claim_number", "partner", "engagement", "solution_area", "customer", "friendly_name", "domain", "tenant_id", "tpid", "subscription_id", "opportunity_id", "stated", "status",
	"to_do", "locations", "started", "deadline", "days_left", "estimated", "estimated_currency", "requested", "requested_currency",
	"approved", "approved_currency", "paid", "paid_currency", "withdrawn", "actions",
}

// ExportClaims writes every claim that the query finds as CSV, in the form of
// ExportCustomers. It returns what Claims returns, or the error of writing.
func (s *Service) ExportClaims(ctx context.Context, actor Actor, query ClaimsQuery, to io.Writer, opts *CSVOptions) error {
	query.Limit, query.Cursor = maxLimit, ""
	w, err := csvWriter(to, opts)
	if err != nil {
		return err
	}
	if err := w.Write(claimsHeader); err != nil {
		return err
	}
	var left error
	for row, err := range s.AllClaims(ctx, actor, query) {
		if errors.Is(err, storage.ErrUnreadable) {
			left = err
			break // it is the last
		}
		if err != nil {
			return err
		}
		if err := w.Write(exportClaim(row)); err != nil {
			return err
		}
	}
	w.Flush()
	return cmp.Or(w.Error(), left)
}

func exportClaim(r ClaimRow) []string {
	return neutrals(
		r.ClaimNumber, string(r.Partner), r.EngagementName, r.SolutionArea, r.Identity.Name, r.FriendlyName, r.Identity.Domain.Unicode(),
		r.Identity.Tenant.String(), r.Identity.TPID.String(), r.Identity.Subscription.String(), r.Identity.Opportunity.String(), stated(r.Row), string(r.Status), r.Todo(), joinTexts(r.Locations), dateText(r.Since),
		dateText(r.Deadline), daysText(r.Row), r.Estimated.Digits(), r.Estimated.Currency, r.Requested.Digits(), r.Requested.Currency,
		r.Approved.Digits(), r.Approved.Currency, r.Paid.Digits(), r.Paid.Currency,
		dateText(r.WithdrawnAt), joinTexts(r.Actions),
	)
}

// stated marks an ID that the directory does not confirm.
func stated(r engagement.Row) string {
	if r.Identity.Stated {
		return "stated"
	}
	return ""
}

// daysText is empty where nothing is due.
func daysText(r engagement.Row) string {
	if r.Deadline.IsZero() {
		return ""
	}
	return strconv.Itoa(r.DaysLeft)
}

// neutrals makes each cell neutral, see text.Cell.
func neutrals(cells ...string) []string {
	for i, c := range cells {
		cells[i] = text.Cell(c)
	}
	return cells
}

func exportRow(r engagement.Row) []string {
	reasons := make([]string, len(r.Reasons))
	for i, reason := range r.Reasons {
		reasons[i] = reason.String()
	}
	return neutrals(
		string(r.Tab), r.Identity.Name, r.FriendlyName, r.Identity.Domain.Unicode(), r.Identity.Tenant.String(), r.Identity.TPID.String(),
		r.Identity.Subscription.String(), r.Identity.Opportunity.String(), stated(r), string(r.Type), string(r.Status), r.Todo(), r.ClaimNumber, string(r.Origin), joinTexts(r.Locations), dateText(r.Since),
		dateText(r.Deadline), daysText(r), r.Amount.Digits(), r.Amount.Currency, strings.Join(reasons, "; "), joinTexts(r.Actions),
	)
}

func joinTexts[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
