package engagement

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/tenant"
)

// PaymentModel is how what an engagement pays is worked out.
type PaymentModel string

// The ways to pay: the same for everyone, or by the hours that were planned.
// With variable pay a customer is nominated by an opportunity ID, for one
// engagement at a time, and the hours are given then and never change.
const (
	PaymentFixed    PaymentModel = "fixed"
	PaymentVariable PaymentModel = "variable"
)

// AllPaymentModels returns every Pay.
func AllPaymentModels() []PaymentModel { return []PaymentModel{PaymentFixed, PaymentVariable} }

// MarshalText refuses a value that is not a PaymentModel.
func (p PaymentModel) MarshalText() ([]byte, error) { return spell(p, "payment", AllPaymentModels()) }

// UnmarshalText refuses a text that is not a Pay.
func (p *PaymentModel) UnmarshalText(b []byte) error {
	return decode(p, "payment", b, AllPaymentModels())
}

// MaxHours is how many hours can be planned for one participation.
const MaxHours = 10_000

// Rate is what an engagement pays from a day on.
type Rate struct {
	From   eligibility.Date  `json:"from"`
	Until  eligibility.Date  `json:"until,omitzero"` // the first day on which it is no longer paid; zero: until the next rate
	Amount eligibility.Money `json:"amount"`         // for the engagement or, with variable pay, for an hour
	Cap    eligibility.Money `json:"cap,omitzero"`   // the most that is paid for one participation; zero: the Amount, times the hours with variable pay
}

// Payout is what a participation would be paid by the rate of a day.
type Payout struct {
	From      eligibility.Date  `json:"from,omitzero"`  // the first day of the rate
	Rate      eligibility.Money `json:"rate"`           // for the engagement, or for an hour
	Hours     int               `json:"hours,omitzero"` // with variable pay
	Estimated eligibility.Money `json:"estimated"`      // the rate, times the hours with variable pay; at most the cap
	Cap       eligibility.Money `json:"cap"`            // the most that is approved without an override
}

func (e Engagement) rateVersions() versions[Rate] {
	var v versions[Rate]
	for _, r := range e.Rates {
		v = append(v, version[Rate]{e.span(r.From, r.Until), r.From, r.From.String(), r})
	}
	return inOrder(v, true)
}

// RateAt returns the rate in force on the day of t, after the last day of all rates
// the latest, and false before the first.
func (e Engagement) RateAt(t time.Time) (Rate, bool) {
	if len(e.Rates) == 0 {
		return Rate{}, false
	}
	found := e.rateVersions().at(t)
	if t.Before(found.from) {
		return Rate{}, false
	}
	return found.value, true
}

// PayoutAt returns what a participation with these hours (0 with fixed pay) would
// be paid by the rate in force on the day of t, and false before the first rate.
func (e Engagement) PayoutAt(hours int, t time.Time) (Payout, bool) {
	r, ok := e.RateAt(t)
	if !ok {
		return Payout{}, false
	}
	p := Payout{From: r.From, Rate: r.Amount, Estimated: r.Amount, Cap: r.Cap}
	if e.PaymentModel() == PaymentVariable {
		p.Hours = hours
		p.Estimated.Amount = r.Amount.Amount.Mul(decimal.NewFromInt(int64(hours)))
		if r.Cap.IsZero() || p.Estimated.Amount.LessThan(r.Cap.Amount) {
			p.Cap = p.Estimated // the hours never change, so neither does what they are worth
		}
	}
	if p.Cap.IsZero() {
		p.Cap = p.Estimated
	}
	if p.Estimated.Amount.GreaterThan(p.Cap.Amount) {
		p.Estimated = p.Cap
	}
	return p, true
}

// PaymentModel returns how the engagement pays: Payment, or PaymentFixed where that is not set.
func (e Engagement) PaymentModel() PaymentModel {
	if e.Payment == "" {
		return PaymentFixed
	}
	return e.Payment
}

// AcceptedIDs returns the kinds of ID by which a customer can be named for the
// engagement.
func (e Engagement) AcceptedIDs() []tenant.IDKind {
	switch {
	case e.AcceptsIDs != nil:
		return slices.Clone(e.AcceptsIDs)
	case e.PaymentModel() == PaymentVariable:
		return []tenant.IDKind{tenant.IDKindOpportunity}
	}
	return []tenant.IDKind{tenant.IDKindDomain, tenant.IDKindTenant, tenant.IDKindTPID, tenant.IDKindSubscription}
}

// Takes reports whether the engagement takes a customer who is named by an ID of
// one of these kinds.
func (e Engagement) Takes(named ...tenant.IDKind) bool {
	return slices.ContainsFunc(e.AcceptedIDs(), func(k tenant.IDKind) bool { return slices.Contains(named, k) })
}

// NotTaken returns why the engagement does not take a customer who is named by an
// ID of one of these kinds (none: those of the identity), and whether it does not.
func (e Engagement) NotTaken(who tenant.Identity, named ...tenant.IDKind) (Reason, bool) {
	if len(named) == 0 {
		named = who.NamedBy()
	}
	if e.Takes(named...) && e.RefusesStated && who.Stated {
		return Reason{Kind: ReasonIDNotAccepted, Doc: "The directory confirms the customer's ID."}, true
	}
	return Reason{Kind: ReasonIDNotAccepted, Takes: e.AcceptedIDs()}, !e.Takes(named...)
}

// validatePay says what is wrong with the rates and with who can be nominated.
func (e Engagement) validatePay(currencies *eligibility.Currencies, bad func(field, format string, args ...any)) {
	if !slices.Contains(AllPaymentModels(), e.PaymentModel()) {
		bad("payment", "is %q: use one of %q", e.Payment, AllPaymentModels())
	}
	if e.AcceptsIDs != nil && len(e.AcceptsIDs) == 0 {
		bad("accepts_ids", "is empty: nobody could be added; leave it out for the default")
	}
	for i, k := range e.AcceptsIDs {
		field := fmt.Sprintf("nominated_by[%d]", i)
		switch {
		case !slices.Contains(tenant.AllIDKinds(), k):
			bad(field, "is %q: use one of %q", k, tenant.AllIDKinds())
		case slices.Contains(e.AcceptsIDs[:i], k):
			bad(field, "%q stands twice", k)
		case e.PaymentModel() == PaymentVariable && k != tenant.IDKindOpportunity:
			bad(field, "is %q: with variable pay a customer is nominated by %s only", k, tenant.IDKindOpportunity)
		}
	}
	dated := len(e.Rates) > 0
	for i, r := range e.Rates {
		field := fmt.Sprintf("rates[%d]", i)
		if !e.checkSpan(field+".", r.From, r.Until, bad) {
			dated = false
		} else if i > 0 && r.From.Compare(e.Rates[i-1].From) <= 0 {
			bad(field+".from", "is %s, not after the day of the rate before it", r.From)
			dated = false
		}
		if r.Amount.IsZero() || r.Amount.Amount.IsNegative() {
			bad(field+".amount", "is %q: use an amount with its currency that is not negative", r.Amount)
		}
		payable := func(field string, m eligibility.Money) {
			wrong := (*eligibility.MoneyError)(nil)
			if _, err := currencies.Check(m); errors.As(err, &wrong) {
				bad(field, "is %q: it %s", m, wrong.Problem)
			}
		}
		payable(field+".amount", r.Amount)
		payable(field+".cap", r.Cap)
		if c := r.Cap; !c.IsZero() && (c.Currency != r.Amount.Currency || c.Amount.LessThan(r.Amount.Amount)) {
			bad(field+".cap", "is %q: use at least the amount, in its currency, or leave it out", c)
		}
	}
	if dated {
		e.rateVersions().check(e, "rates", bad)
	}
}
