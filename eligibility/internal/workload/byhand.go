package workload

import (
	"slices"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
)

// ByHand is the criteria as a function, as somebody would write it who needs
// them only once and fast.
type ByHand struct {
	terms  Terms
	limit  eligibility.Date // the last assessment has to be before
	labels [rules]Label
}

// Label is what a reason says of its rule.
type Label struct {
	Rule, Doc, Wanted string
	Missing           []string
}

// Reason is a criterion that is not met, or not known to be. What was found is
// in the field of its type.
type Reason struct {
	*Label
	Result eligibility.Result
	Text   string
	Number int64
	Amount eligibility.Money
	Day    eligibility.Date
	Flag   bool
}

// NewByHand prepares the function for decisions on a day.
func NewByHand(t Terms, today eligibility.Date) *ByHand {
	return &ByHand{terms: t, limit: today.AddDays(-t.Days), labels: [rules]Label{
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

// Decide appends the reasons to those given and says what they come to. The
// revenue's currency has to be that of the terms.
func (h *ByHand) Decide(c *Customer, reasons []Reason) (eligibility.Outcome, []Reason) {
	t := &h.terms
	failed, unknown := false, false
	fail := func(rule int) *Reason {
		failed = true
		reasons = append(reasons, Reason{Label: &h.labels[rule], Result: eligibility.ResultFail})
		return &reasons[len(reasons)-1]
	}
	miss := func(rule int) {
		unknown = true
		reasons = append(reasons, Reason{Label: &h.labels[rule], Result: eligibility.ResultUnknown})
	}
	if c.Segment == "" {
		miss(segment)
	} else if !slices.Contains(t.Segments, c.Segment) {
		fail(segment).Text = c.Segment
	}
	if c.Country == "" {
		miss(country)
	} else if slices.Contains(t.Embargoed, c.Country) {
		fail(country).Text = c.Country
	}
	if c.Area == "" {
		miss(area)
	} else if !slices.Contains(t.Areas, c.Area) {
		fail(area).Text = c.Area
	}
	if !c.Seats.Known {
		miss(seats)
	} else if c.Seats.N < t.Seats {
		fail(seats).Number = c.Seats.N
	}
	if !c.Users.Known {
		miss(users)
	} else if c.Users.N < t.Users {
		fail(users).Number = c.Users.N
	}
	if c.Revenue.Currency == "" {
		miss(revenue)
	} else if c.Revenue.Currency != t.Revenue.Currency {
		panic("revenue in another currency")
	} else if c.Revenue.Amount.LessThan(t.Revenue.Amount) {
		fail(revenue).Amount = c.Revenue
	}
	if c.Assessed.IsZero() {
		miss(assessed)
	} else if !c.Assessed.IsNever() && c.Assessed.Compare(h.limit) >= 0 {
		fail(assessed).Day = c.Assessed
	}
	if !c.Government.Known {
		miss(government)
	} else if c.Government.On != t.Government {
		fail(government).Flag = c.Government.On
	}
	if !c.Enrolled.Known {
		miss(enrolled)
	} else if c.Enrolled.On != t.Enrolled {
		fail(enrolled).Flag = c.Enrolled.On
	}
	if !c.Claims.Known {
		miss(claims)
	} else if c.Claims.N >= t.Claims {
		fail(claims).Number = c.Claims.N
	}
	return outcome(failed, unknown), reasons
}

// Evidence returns a finding in words for every criterion, and what they come
// to.
func (h *ByHand) Evidence(c *Customer) (eligibility.Outcome, []eligibility.Finding) {
	t := &h.terms
	failed, unknown := false, false
	findings := make([]eligibility.Finding, 0, rules)
	add := func(rule int, known, ok bool, found string) {
		l := &h.labels[rule]
		f := eligibility.Finding{Rule: l.Rule, Doc: l.Doc, Wanted: l.Wanted}
		switch {
		case !known:
			unknown = true
			f.Result, f.Missing = eligibility.ResultUnknown, slices.Clone(l.Missing)
		case ok:
			f.Result, f.Found = eligibility.ResultPass, found
		default:
			failed = true
			f.Result, f.Found = eligibility.ResultFail, found
		}
		findings = append(findings, f)
	}
	add(segment, c.Segment != "", slices.Contains(t.Segments, c.Segment), c.Segment)
	add(country, c.Country != "", !slices.Contains(t.Embargoed, c.Country), c.Country)
	add(area, c.Area != "", slices.Contains(t.Areas, c.Area), c.Area)
	add(seats, c.Seats.Known, c.Seats.N >= t.Seats, number(c.Seats.N))
	add(users, c.Users.Known, c.Users.N >= t.Users, number(c.Users.N))
	add(revenue, c.Revenue.Currency != "", !c.Revenue.Amount.LessThan(t.Revenue.Amount), c.Revenue.String())
	add(assessed, !c.Assessed.IsZero(), c.Assessed.IsNever() || c.Assessed.Compare(h.limit) < 0, c.Assessed.String())
	add(government, c.Government.Known, c.Government.On == t.Government, strconv.FormatBool(c.Government.On))
	add(enrolled, c.Enrolled.Known, c.Enrolled.On == t.Enrolled, strconv.FormatBool(c.Enrolled.On))
	add(claims, c.Claims.Known, c.Claims.N < t.Claims, number(c.Claims.N))
	return outcome(failed, unknown), findings
}

func outcome(failed, unknown bool) eligibility.Outcome {
	switch {
	case failed:
		return eligibility.OutcomeIneligible
	case unknown:
		return eligibility.OutcomeUnknown
	default:
		return eligibility.OutcomeEligible
	}
}

// Found is what the reason found, in words.
func (r *Reason) Found() string {
	if r.Result == eligibility.ResultUnknown {
		return ""
	}
	switch r.Rule {
	case "segment", "country", "area":
		return r.Text
	case "revenue":
		return r.Amount.String()
	case "assessed":
		return r.Day.String()
	case "government", "enrolled":
		return strconv.FormatBool(r.Flag)
	default:
		return number(r.Number)
	}
}
