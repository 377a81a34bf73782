package workload

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
)

// ByHand is the criteria as functions, as somebody would write them who needs
// them only once and fast.
type ByHand struct {
	terms  Terms
	limit  eligibility.Date // the last assessment has to be before
	labels [rules]label
}

// label is what a finding says of its rule.
type label struct {
	rule, doc, wanted string
	missing           []string
}

// NewByHand prepares the functions for decisions on a day.
func NewByHand(t Terms, today eligibility.Date) *ByHand {
	return &ByHand{terms: t, limit: today.AddDays(-t.Days), labels: [rules]label{
		segment:    {"segment", "The customer is in one of the segments.", "one of " + strings.Join(t.Segments, ", "), []string{"segment"}},
		country:    {"country", "The customer's country is under no embargo.", "not one of " + strings.Join(t.Embargoed, ", "), []string{"country"}},
		area:       {"area", "The customer is in one of the areas.", "one of " + strings.Join(t.Areas, ", "), []string{"area"}},
		seats:      {"seats", "The customer has enough seats.", "at least " + number(t.Seats), []string{"seats"}},
		users:      {"users", "The customer has enough users.", "at least " + number(t.Users), []string{"users"}},
		revenue:    {"revenue", "The customer's revenue is large enough.", "at least " + t.Revenue.String(), []string{"revenue"}},
		assessed:   {"assessed", "The last assessment is long ago.", "before " + strconv.Itoa(t.Days) + " days ago or never", []string{"assessed"}},
		government: {"government", "The customer is not in a government cloud.", "is " + strconv.FormatBool(t.Government), []string{"government"}},
		enrolled:   {"enrolled", "The location is enrolled.", "is " + strconv.FormatBool(t.Enrolled), []string{"enrolled"}},
		claims:     {"claims", "The claim limit is not reached.", "below " + number(t.Claims), []string{"claims"}},
	}}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Bits says which criteria are not met and which cannot be told, a bit each in the
// order of the rules, and what they come to. The revenue's currency has to be that
// of the terms.
func (h *ByHand) Bits(c *Customer) (o eligibility.Outcome, failed, unknown uint64) {
	t := &h.terms
	if c.Segment == "" {
		unknown |= 1 << segment
	} else if !slices.Contains(t.Segments, c.Segment) {
		failed |= 1 << segment
	}
	if c.Country == "" {
		unknown |= 1 << country
	} else if slices.Contains(t.Embargoed, c.Country) {
		failed |= 1 << country
	}
	if c.Area == "" {
		unknown |= 1 << area
	} else if !slices.Contains(t.Areas, c.Area) {
		failed |= 1 << area
	}
	if !c.Seats.Known {
		unknown |= 1 << seats
	} else if c.Seats.N < t.Seats {
		failed |= 1 << seats
	}
	if !c.Users.Known {
		unknown |= 1 << users
	} else if c.Users.N < t.Users {
		failed |= 1 << users
	}
	if c.Revenue.Currency == "" {
		unknown |= 1 << revenue
	} else if c.Revenue.Currency != t.Revenue.Currency {
		panic("revenue in another currency")
	} else if c.Revenue.Amount.LessThan(t.Revenue.Amount) {
		failed |= 1 << revenue
	}
	if c.Assessed.IsZero() {
		unknown |= 1 << assessed
	} else if !c.Assessed.IsNever() && c.Assessed.Compare(h.limit) >= 0 {
		failed |= 1 << assessed
	}
	if !c.Government.Known {
		unknown |= 1 << government
	} else if c.Government.On != t.Government {
		failed |= 1 << government
	}
	if !c.Enrolled.Known {
		unknown |= 1 << enrolled
	} else if c.Enrolled.On != t.Enrolled {
		failed |= 1 << enrolled
	}
	if !c.Claims.Known {
		unknown |= 1 << claims
	} else if c.Claims.N >= t.Claims {
		failed |= 1 << claims
	}
	switch {
	case failed != 0:
		o = eligibility.OutcomeIneligible
	case unknown != 0:
		o = eligibility.OutcomeUnknown
	default:
		o = eligibility.OutcomeEligible
	}
	return o, failed, unknown
}

// Reasons returns a finding in words for every criterion that is not met or cannot
// be told, and what they come to. The findings are the caller's to keep and change.
func (h *ByHand) Reasons(c *Customer) (eligibility.Outcome, []eligibility.Finding) {
	o, failed, unknown := h.Bits(c)
	return o, h.findings(c, failed|unknown, failed, unknown)
}

// Evidence returns a finding in words for every criterion, also those that are met.
func (h *ByHand) Evidence(c *Customer) (eligibility.Outcome, []eligibility.Finding) {
	o, failed, unknown := h.Bits(c)
	return o, h.findings(c, 1<<rules-1, failed, unknown)
}

func (h *ByHand) findings(c *Customer, which, failed, unknown uint64) []eligibility.Finding {
	findings := make([]eligibility.Finding, bits.OnesCount64(which))
	for i := range findings {
		rule := bits.TrailingZeros64(which)
		which &= which - 1
		l, f := &h.labels[rule], &findings[i]
		f.Rule, f.Doc, f.Wanted = l.rule, l.doc, l.wanted
		switch {
		case unknown>>rule&1 != 0:
			f.Result, f.Missing = eligibility.ResultUnknown, slices.Clone(l.missing)
		case failed>>rule&1 != 0:
			f.Result, f.Found = eligibility.ResultFail, found(c, rule)
		default:
			f.Result, f.Found = eligibility.ResultPass, found(c, rule)
		}
	}
	return findings
}

// found is what a rule found, in words.
func found(c *Customer, rule int) string {
	switch rule {
	case segment:
		return c.Segment
	case country:
		return c.Country
	case area:
		return c.Area
	case seats:
		return number(c.Seats.N)
	case users:
		return number(c.Users.N)
	case revenue:
		return c.Revenue.String()
	case assessed:
		return c.Assessed.String()
	case government:
		return strconv.FormatBool(c.Government.On)
	case enrolled:
		return strconv.FormatBool(c.Enrolled.On)
	default:
		return number(c.Claims.N)
	}
}
