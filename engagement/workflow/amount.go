package workflow

import (
	"errors"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// amount is what every amount that somebody hands in goes through. It returns it
// with the decimals of its currency, or an *InputError for its field.
func (s *Service) amount(field string, m eligibility.Money) (eligibility.Money, error) {
	checked, err := s.currencies.Check(m)
	if bad := (*eligibility.MoneyError)(nil); errors.As(err, &bad) {
		return m, &InputError{Field: field, Problem: bad.Problem, Err: err}
	}
	return checked, err
}

// claimAmount is amount for what a claim is about; it returns a *claim.AmountError.
func (s *Service) claimAmount(field string, m eligibility.Money) (eligibility.Money, error) {
	checked, err := s.currencies.Check(m)
	if bad := (*eligibility.MoneyError)(nil); errors.As(err, &bad) {
		return m, &claim.AmountError{Field: field, Amount: m, Problem: bad.Problem, Err: err}
	}
	return checked, err
}

// dealSize is amount for an estimate, which is positive where there is one.
func (s *Service) dealSize(m eligibility.Money) (eligibility.Money, error) {
	checked, err := s.amount("deal_size", m)
	if err == nil && !m.IsZero() && !m.Amount.IsPositive() {
		err = &InputError{Field: "deal_size", Problem: "is not positive: use an amount with its currency, or leave it out"}
	}
	return checked, err
}
