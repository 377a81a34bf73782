package workflow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/text"
)

// column is one column of an export.
type column struct {
	name string
	cell func(ClaimRow) string
}

// customerColumns are the columns of an export of customers.
var customerColumns = slices.Concat(
	[]column{{"tab", func(r ClaimRow) string { return string(r.Tab) }}},
	whoColumns, engagementColumns,
	[]column{
		{"type", func(r ClaimRow) string { return string(r.Type) }},
		{"status", func(r ClaimRow) string { return string(r.Status) }},
		{"to_do", func(r ClaimRow) string { return r.Todo() }},
		{"claim_number", func(r ClaimRow) string { return r.ClaimNumber }},
		{"origin", func(r ClaimRow) string { return string(r.Origin) }},
		{"locations", func(r ClaimRow) string { return joinTexts(r.Locations) }},
		{"since", func(r ClaimRow) string { return dateText(r.Since) }},
	},
	dueColumns,
	[]column{
		{"amount", func(r ClaimRow) string { return r.Amount.Digits() }},
		{"currency", func(r ClaimRow) string { return r.Amount.Currency }},
	},
	ownColumns,
	[]column{
		{"reasons", func(r ClaimRow) string {
			reasons := make([]string, len(r.Reasons))
			for i, reason := range r.Reasons {
				reasons[i] = reason.String()
			}
			return strings.Join(reasons, "; ")
		}},
		{"actions", func(r ClaimRow) string { return joinTexts(r.Actions) }},
	},
)

// claimColumns are the columns of an export of claims.
var claimColumns = slices.Concat(
	[]column{
		{"claim_number", func(r ClaimRow) string { return r.ClaimNumber }},
		{"partner", func(r ClaimRow) string { return string(r.Partner) }},
	},
	engagementColumns, whoColumns,
	[]column{
		{"status", func(r ClaimRow) string { return string(r.Status) }},
		{"to_do", func(r ClaimRow) string { return r.Todo() }},
		{"origin", func(r ClaimRow) string { return string(r.Origin) }},
		{"locations", func(r ClaimRow) string { return joinTexts(r.Locations) }},
		{"started", func(r ClaimRow) string { return dateText(r.Since) }},
	},
	dueColumns,
	[]column{{"review_by", func(r ClaimRow) string { return dateText(r.ReviewBy) }}},
	amountColumns("estimated", func(r ClaimRow) eligibility.Money { return r.Estimated }),
	amountColumns("requested", func(r ClaimRow) eligibility.Money { return r.Requested }),
	amountColumns("approved", func(r ClaimRow) eligibility.Money { return r.Approved }),
	amountColumns("paid", func(r ClaimRow) eligibility.Money { return r.Paid }),
	[]column{{"withdrawn", func(r ClaimRow) string { return dateText(r.WithdrawnAt) }}},
	ownColumns,
	[]column{{"actions", func(r ClaimRow) string { return joinTexts(r.Actions) }}},
)

// whoColumns say who the customer is.
var whoColumns = []column{
	{"customer", func(r ClaimRow) string { return r.Identity.Name }},
	{"friendly_name", func(r ClaimRow) string { return r.FriendlyName }},
	{"domain", func(r ClaimRow) string { return r.Identity.Domain.Unicode() }},
	{"tenant_id", func(r ClaimRow) string { return r.Identity.Tenant.String() }},
	{"cloud", func(r ClaimRow) string { return string(r.Identity.Cloud) }},
	{"tpid", func(r ClaimRow) string { return r.Identity.TPID.String() }},
	{"subscription_id", func(r ClaimRow) string { return r.Identity.Subscription.String() }},
	{"opportunity_id", func(r ClaimRow) string { return r.Identity.Opportunity.String() }},
	{"stated", func(r ClaimRow) string {
		if r.Identity.Stated { // the directory does not confirm the ID
			return "stated"
		}
		return ""
	}},
}

var engagementColumns = []column{
	{"engagement", func(r ClaimRow) string { return r.EngagementName }},
	{"solution_area", func(r ClaimRow) string { return r.SolutionArea }},
}

// dueColumns say until when there is something to do.
var dueColumns = []column{
	{"deadline", func(r ClaimRow) string { return dateText(r.Deadline) }},
	{"days_left", func(r ClaimRow) string {
		if r.Deadline.IsZero() {
			return ""
		}
		return strconv.Itoa(r.DaysLeft)
	}},
}

// ownColumns are what the partner keeps of a participation, and whom it could not reach.
var ownColumns = []column{
	{"owner", func(r ClaimRow) string { return r.Owner }},
	{"labels", func(r ClaimRow) string { return strings.Join(r.Labels, ", ") }},
	{"referral", func(r ClaimRow) string { return r.Referral }},
	{"asked", func(r ClaimRow) string {
		if r.Contacts == 0 {
			return ""
		}
		return strconv.Itoa(r.Contacts)
	}},
	{"not_reached", func(r ClaimRow) string {
		if len(r.Unreached) == 0 {
			return ""
		}
		return strconv.Itoa(len(r.Unreached))
	}},
	{"ask_again_from", func(r ClaimRow) string { return dateText(r.ResendFrom) }},
}

// amountColumns are an amount and its currency.
func amountColumns(name string, of func(ClaimRow) eligibility.Money) []column {
	return []column{
		{name, func(r ClaimRow) string { return of(r).Digits() }},
		{name + "_currency", func(r ClaimRow) string { return of(r).Currency }},
	}
}

func header(columns []column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// cells returns a row's cells, each neutral, see text.Cell.
func cells(columns []column, r ClaimRow) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = text.Cell(c.cell(r))
	}
	return out
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
