package workflow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
)

// column is one column of an export.
type column struct {
	name string
	cell func(sheet, ClaimRow) string
}

// customerColumns are the columns of an export of customers.
var customerColumns = slices.Concat(
	[]column{{"tab", func(s sheet, r ClaimRow) string { return s.named("tab", string(r.Tab)) }}},
	whoColumns, engagementColumns,
	[]column{
		{"type", func(s sheet, r ClaimRow) string { return s.named("row_type", string(r.Type)) }},
		{"status", func(s sheet, r ClaimRow) string { return s.named("status", string(r.Status)) }},
		{"to_do", func(s sheet, r ClaimRow) string { return r.Todo(s.Words) }},
		{"claim_number", func(_ sheet, r ClaimRow) string { return r.ClaimNumber }},
		{"origin", func(s sheet, r ClaimRow) string { return s.named("origin", string(r.Origin)) }},
		{"locations", func(_ sheet, r ClaimRow) string { return joinTexts(r.Locations) }},
		{"since", func(_ sheet, r ClaimRow) string { return dateText(r.Since) }},
	},
	dueColumns,
	[]column{
		{"amount", func(_ sheet, r ClaimRow) string { return r.Amount.Digits() }},
		{"currency", func(_ sheet, r ClaimRow) string { return r.Amount.Currency }},
	},
	ownColumns,
	[]column{
		{"reasons", func(s sheet, r ClaimRow) string {
			reasons := make([]string, len(r.Reasons))
			for i, reason := range r.Reasons {
				reasons[i] = reason.In(s.Words)
			}
			return s.Series(reasons)
		}},
		{"actions", func(s sheet, r ClaimRow) string { return s.actions(r.Actions) }},
	},
)

// claimColumns are the columns of an export of claims.
var claimColumns = slices.Concat(
	[]column{
		{"claim_number", func(_ sheet, r ClaimRow) string { return r.ClaimNumber }},
		{"partner", func(_ sheet, r ClaimRow) string { return string(r.Partner) }},
	},
	engagementColumns, whoColumns,
	[]column{
		{"status", func(s sheet, r ClaimRow) string { return s.named("status", string(r.Status)) }},
		{"to_do", func(s sheet, r ClaimRow) string { return r.Todo(s.Words) }},
		{"origin", func(s sheet, r ClaimRow) string { return s.named("origin", string(r.Origin)) }},
		{"locations", func(_ sheet, r ClaimRow) string { return joinTexts(r.Locations) }},
		{"started", func(_ sheet, r ClaimRow) string { return dateText(r.Since) }},
	},
	dueColumns,
	[]column{{"review_by", func(_ sheet, r ClaimRow) string { return dateText(r.ReviewBy) }}},
	amountColumns("estimated", func(r ClaimRow) eligibility.Money { return r.Estimated }),
	amountColumns("requested", func(r ClaimRow) eligibility.Money { return r.Requested }),
	amountColumns("approved", func(r ClaimRow) eligibility.Money { return r.Approved }),
	amountColumns("paid", func(r ClaimRow) eligibility.Money { return r.Paid }),
	[]column{{"withdrawn", func(_ sheet, r ClaimRow) string { return dateText(r.WithdrawnAt) }}},
	ownColumns,
	[]column{{"actions", func(s sheet, r ClaimRow) string { return s.actions(r.Actions) }}},
)

// whoColumns say who the customer is.
var whoColumns = []column{
	{"customer", func(_ sheet, r ClaimRow) string { return r.Identity.Name }},
	{"friendly_name", func(_ sheet, r ClaimRow) string { return r.FriendlyName }},
	{"domain", func(_ sheet, r ClaimRow) string { return r.Identity.Domain.Unicode() }},
	{"tenant_id", func(_ sheet, r ClaimRow) string { return r.Identity.Tenant.String() }},
	{"cloud", func(_ sheet, r ClaimRow) string { return string(r.Identity.Cloud) }},
	{"tpid", func(_ sheet, r ClaimRow) string { return r.Identity.TPID.String() }},
	{"subscription_id", func(_ sheet, r ClaimRow) string { return r.Identity.Subscription.String() }},
	{"opportunity_id", func(_ sheet, r ClaimRow) string { return r.Identity.Opportunity.String() }},
	{"stated", func(s sheet, r ClaimRow) string {
		if r.Identity.Stated { // the directory does not confirm the ID
			return s.named("basis", "stated")
		}
		return ""
	}},
}

var engagementColumns = []column{
	{"engagement", func(s sheet, r ClaimRow) string { return s.ownText(r.EngagementName) }},
	{"solution_area", func(_ sheet, r ClaimRow) string { return r.SolutionArea }},
}

// dueColumns say until when there is something to do.
var dueColumns = []column{
	{"deadline", func(_ sheet, r ClaimRow) string { return dateText(r.Deadline) }},
	{"days_left", func(_ sheet, r ClaimRow) string {
		if r.Deadline.IsZero() {
			return ""
		}
		return strconv.Itoa(r.DaysLeft)
	}},
}

// ownColumns are what the partner keeps of a participation, and whom it could not reach.
var ownColumns = []column{
	{"owner", func(_ sheet, r ClaimRow) string { return r.Owner }},
	{"labels", func(_ sheet, r ClaimRow) string { return strings.Join(r.Labels, ", ") }},
	{"referral", func(_ sheet, r ClaimRow) string { return r.Referral }},
	{"asked", func(_ sheet, r ClaimRow) string {
		if r.Contacts == 0 {
			return ""
		}
		return strconv.Itoa(r.Contacts)
	}},
	{"not_reached", func(_ sheet, r ClaimRow) string {
		if len(r.Unreached) == 0 {
			return ""
		}
		return strconv.Itoa(len(r.Unreached))
	}},
	{"ask_from", func(_ sheet, r ClaimRow) string { return dateText(r.AskFrom) }},
}

// amountColumns are an amount and its currency.
func amountColumns(name string, of func(ClaimRow) eligibility.Money) []column {
	return []column{
		{name, func(_ sheet, r ClaimRow) string { return of(r).Digits() }},
		{name + "_currency", func(_ sheet, r ClaimRow) string { return of(r).Currency }},
	}
}

// sheet is what a table is written in: a language, or for programs the documented
// spellings, with sentences in the default language.
type sheet struct {
	words.Words
	inWords bool
}

// sheet returns what the options ask for.
func (s *Service) sheet(opts *CSVOptions) sheet {
	if opts == nil || opts.Language == "" {
		return sheet{Words: s.words.For().Of(words.GroupRows)}
	}
	return sheet{Words: s.words.For(opts.Language).Of(words.GroupRows), inWords: true}
}

func (s sheet) named(family, value string) string {
	if !s.inWords || value == "" {
		return value
	}
	return s.Named(family, value)
}

// ownText returns a text of the engagement's.
func (s sheet) ownText(text string) string {
	if !s.inWords {
		return text
	}
	return s.Own(text)
}

func (s sheet) actions(actions []engagement.Action) string {
	texts := make([]string, len(actions))
	for i, a := range actions {
		texts[i] = s.named("action", string(a))
	}
	return strings.Join(texts, ", ")
}

func (s sheet) header(columns []column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = s.named("heading", c.name)
	}
	return names
}

// cells returns a row's cells, each neutral, see text.Cell.
func (s sheet) cells(columns []column, r ClaimRow) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = text.Cell(c.cell(s, r))
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
