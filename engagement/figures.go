package engagement

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
)

// Month is a calendar month, "2026-03". Months compare as texts; "" is none.
type Month string

// MonthOf returns the month of a time in a zone (UTC when nil), none of the zero time.
func MonthOf(t time.Time, zone *time.Location) Month {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	return Month(t.In(zone).Format("2006-01"))
}

// Valid reports whether it is a month, or none.
func (m Month) Valid() bool {
	t, err := time.Parse("2006-01", string(m))
	return m == "" || err == nil && t.Year() > 0
}

// Figure is the number of the entries of one month and currency, and the sums of the
// amounts of their claims. A sum is 0 where there is no amount.
type Figure struct {
	Month     Month
	Currency  string // "": none of them has an amount
	Entries   int    // by the currency of the most advanced amount, see claim.State.Amount
	Estimated decimal.Decimal
	Requested decimal.Decimal
	Approved  decimal.Decimal
	Paid      decimal.Decimal
}

// Figures returns the count and the amounts of an entry: one Figure, or several where the
// amounts of its claim have different currencies. That of a record has neither a month
// nor a currency.
func (e Entry) Figures() []Figure {
	p := e.Shown.Participation
	if p == nil || p.Claim == nil {
		return []Figure{{Month: e.Month, Entries: 1}}
	}
	out := []Figure{{Month: e.Month, Currency: p.Claim.Amount().Currency, Entries: 1}}
	of := func(currency string) *Figure {
		i := slices.IndexFunc(out, func(f Figure) bool { return f.Currency == currency })
		if i < 0 {
			i, out = len(out), append(out, Figure{Month: e.Month, Currency: currency})
		}
		return &out[i]
	}
	add := func(m eligibility.Money, sum func(*Figure) *decimal.Decimal) {
		if !m.Amount.IsZero() {
			f := of(m.Currency)
			*sum(f) = m.Amount
		}
	}
	add(p.Claim.Estimated, func(f *Figure) *decimal.Decimal { return &f.Estimated })
	add(p.Claim.Requested, func(f *Figure) *decimal.Decimal { return &f.Requested })
	add(p.Claim.Approved, func(f *Figure) *decimal.Decimal { return &f.Approved })
	add(p.Claim.Paid, func(f *Figure) *decimal.Decimal { return &f.Paid })
	return out
}

// FiguresText writes the figures of an entry in a short text that a store can keep in a
// column, to know what the entry counted as when it becomes another one: lines apart by
// ";", each with the month, the currency, the number of entries and the four sums,
// apart by "|", without what is 0. For the entry of a record it is "".
func FiguresText(e Entry) string {
	if e.Participation == "" {
		return ""
	}
	var b strings.Builder
	for i, f := range e.Figures() {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(string(f.Month) + "|" + f.Currency + "|")
		if f.Entries != 0 {
			b.WriteString(strconv.Itoa(f.Entries))
		}
		for _, sum := range f.sums() {
			b.WriteByte('|')
			if !sum.IsZero() {
				b.WriteString(sum.String())
			}
		}
	}
	return b.String()
}

func (f *Figure) sums() []*decimal.Decimal {
	return []*decimal.Decimal{&f.Estimated, &f.Requested, &f.Approved, &f.Paid}
}

// ParseFigures reads what FiguresText wrote.
func ParseFigures(text string) ([]Figure, error) {
	if text == "" {
		return []Figure{{Entries: 1}}, nil
	}
	var out []Figure
	for line := range strings.SplitSeq(text, ";") {
		parts := strings.Split(line, "|")
		if len(parts) != 7 || !Month(parts[0]).Valid() {
			return nil, fmt.Errorf("engagement: %.60q are no figures of an entry", line)
		}
		f := Figure{Month: Month(parts[0]), Currency: parts[1]}
		var errs []error
		if parts[2] != "" {
			n, err := strconv.Atoi(parts[2])
			f.Entries, errs = n, append(errs, err)
		}
		for i, sum := range f.sums() {
			if parts[3+i] != "" {
				d, err := decimal.NewFromString(parts[3+i])
				*sum, errs = d, append(errs, err)
			}
		}
		if err := errors.Join(errs...); err != nil {
			return nil, fmt.Errorf("engagement: the figures of an entry cannot be read: %w", err)
		}
		out = append(out, f)
	}
	return out, nil
}

// MonthAt returns the month in which the participation came to the status that it has
// at now, in the zone of its terms: when it was added or claimed, when the customer was
// first asked, when it consented, declined or withdrew, when the claim was last
// submitted (also while it is under review) or recalled, when the reviewer decided, when
// the dispute was opened, when the last payment came, when it was canceled; and the
// month of the deadline where that ended it, whether or not that was recorded. So it
// follows from the participation alone, and stays while the status does.
func (p Participation) MonthAt(now time.Time) Month { return p.monthOf(p.StatusAt(now)) }

// WithMonth returns the entry with the Month of its status as its participation gives it:
// for stores from before entries had one.
func (e Entry) WithMonth(p Participation) Entry {
	e.Month = p.monthOf(e.Status)
	return e
}

// monthOf returns the month in which it came to a status: the recorded one, or the one
// that follows from the deadline that runs.
func (p Participation) monthOf(status Status) Month {
	reached := p.unrecorded()
	if status == p.StatusAt(time.Time{}) {
		reached = p.reachedAt(status)
	}
	return MonthOf(reached, p.Terms.Location())
}

// reachedAt is when it came to its recorded status.
func (p Participation) reachedAt(status Status) time.Time {
	switch {
	case status == StatusCustomerClaimed, status == StatusAwaitingConsentResponse && len(p.Consent.Sent) == 0:
		return p.StartedAt
	case status == StatusAwaitingConsentResponse:
		return p.Consent.Sent[0].At
	case p.Consent.Status != consent.StatusGranted:
		return p.Consent.EndedAt(time.Time{})
	case p.Claim == nil:
		return p.Consent.GrantedAt()
	}
	return p.Claim.ReachedAt()
}
