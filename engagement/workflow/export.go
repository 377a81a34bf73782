package workflow

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/engagement"
)

// exportHeader are the columns of an export.
var exportHeader = []string{
	"tab", "customer", "friendly_name", "domain", "tenant_id", "tpid", "type", "status", "to_do", "claim_number",
	"origin", "locations", "since", "deadline", "days_left", "reasons", "actions",
}

// ExportCustomers writes every row that the query finds as CSV (RFC 4180, UTF-8),
// with a header. With no Tab it writes all three; Limit and Cursor do not matter.
//
// Each record is one line: line breaks and other control characters within a
// cell become blanks. A cell whose first character, blanks aside, would make a
// spreadsheet take it for a formula (=, +, -, @, also in their full width) is
// preceded by an apostrophe.
//
// It returns what Customers returns, or the error of writing. What was written
// until then is a part of the export only.
func (s *Service) ExportCustomers(ctx context.Context, actor Actor, id engagement.ID, query CustomersQuery, to io.Writer) error {
	tabs := []engagement.Tab{query.Tab}
	if query.Tab == "" {
		tabs = engagement.AllTabs()
	}
	query.Limit, query.Cursor = maxLimit, ""
	w := csv.NewWriter(to)
	w.UseCRLF = true
	if err := w.Write(exportHeader); err != nil {
		return err
	}
	c, err := s.customersOf(ctx, actor, id, query)
	if err != nil {
		return err
	}
	for _, tab := range tabs {
		query.Tab = tab
		var failed error
		c.all(ctx, query, func(row engagement.Row, err error) bool {
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
	return w.Error()
}

// claimsHeader are the columns of an export of claims.
var claimsHeader = []string{
	"claim_number", "partner", "engagement", "solution_area", "customer", "friendly_name", "domain", "tenant_id", "tpid", "status",
	"to_do", "locations", "started", "deadline", "days_left", "estimated", "requested", "approved", "paid", "withdrawn", "actions",
}

// ExportClaims writes every claim that the query finds as CSV, in the form of
// ExportCustomers. It returns what Claims returns, or the error of writing.
func (s *Service) ExportClaims(ctx context.Context, actor Actor, query ClaimsQuery, to io.Writer) error {
	query.Limit, query.Cursor = maxLimit, ""
	w := csv.NewWriter(to)
	w.UseCRLF = true
	if err := w.Write(claimsHeader); err != nil {
		return err
	}
	for row, err := range s.AllClaims(ctx, actor, query) {
		if err != nil {
			return err
		}
		if err := w.Write(exportClaim(row)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func exportClaim(r ClaimRow) []string {
	return neutrals(
		r.ClaimNumber, string(r.Partner), r.EngagementName, r.SolutionArea, r.Identity.Name, r.FriendlyName, r.Identity.Domain.Unicode(),
		r.Identity.Tenant.String(), r.Identity.TPID.String(), string(r.Status), r.Todo(), joinTexts(r.Locations), dateText(r.Since),
		dateText(r.Deadline), daysText(r.Row), r.Estimated.String(), r.Requested.String(), r.Approved.String(), r.Paid.String(),
		dateText(r.WithdrawnAt), joinTexts(r.Actions),
	)
}

// daysText is empty where nothing is due.
func daysText(r engagement.Row) string {
	if r.Deadline.IsZero() {
		return ""
	}
	return strconv.Itoa(r.DaysLeft)
}

// neutrals makes each cell neutral.
func neutrals(cells ...string) []string {
	for i, c := range cells {
		cells[i] = neutral(c)
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
		string(r.Type), string(r.Status), r.Todo(), r.ClaimNumber, string(r.Origin), joinTexts(r.Locations), dateText(r.Since),
		dateText(r.Deadline), daysText(r), strings.Join(reasons, "; "), joinTexts(r.Actions),
	)
}

// neutral keeps a spreadsheet from running what a cell says, and a cell from
// being more than one. Spreadsheets differ in whether they look behind blanks and
// characters that are not seen; nothing that begins with a formula behind them is
// let through. Invalid UTF-8 becomes the replacement character.
func neutral(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, cell)
	seen := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) })
	if first, _ := utf8.DecodeRuneInString(seen); seen != "" && strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
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
