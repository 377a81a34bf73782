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
	for _, tab := range tabs {
		query.Tab = tab
		for row, err := range s.AllCustomers(ctx, actor, id, query) {
			if err != nil {
				return err
			}
			if err := w.Write(exportRow(row)); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

func exportRow(r engagement.Row) []string {
	tpid := ""
	if !r.Identity.TPID.IsZero() {
		tpid = r.Identity.TPID.String()
	}
	tenantID := ""
	if !r.Identity.Tenant.IsZero() {
		tenantID = r.Identity.Tenant.String()
	}
	days := ""
	if !r.Deadline.IsZero() {
		days = strconv.Itoa(r.DaysLeft)
	}
	reasons := make([]string, len(r.Reasons))
	for i, reason := range r.Reasons {
		reasons[i] = reason.String()
	}
	cells := []string{
		string(r.Tab), r.Identity.Name, r.FriendlyName, r.Identity.Domain.Unicode(), tenantID, tpid, string(r.Type),
		string(r.Status), r.Todo(), r.ClaimNumber, string(r.Origin), joinTexts(r.Locations), dateText(r.Since),
		dateText(r.Deadline), days, strings.Join(reasons, "; "), joinTexts(r.Actions),
	}
	for i, c := range cells {
		cells[i] = neutral(c)
	}
	return cells
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
