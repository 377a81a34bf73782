package workflow

import (
	"context"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// PayeeNotValidError says that a location cannot be paid without a reason, because its payee
// profile is not valid.
type PayeeNotValidError struct {
	Location engagement.LocationID
	Payee    string // the status of its profile; "" when the catalog has none, or no longer has the location
}

func (e *PayeeNotValidError) Error() string {
	payee := e.Payee
	if payee == "" {
		payee = "unknown"
	}
	return fmt.Sprintf("the payee profile of location %s is not valid (%s): have it mended, or say in the reason why it is paid all the same", e.Location, payee)
}

// checkPayee returns the status of the payee profile of a participation's location
// where that is not valid. A payment then takes a reason, and only then.
func (s *Service) checkPayee(ctx context.Context, p engagement.Participation, reason string) (string, error) {
	partner, err := s.partner(ctx, p.Partner)
	if err != nil && !is[*NotFoundError](err) {
		return "", err
	}
	l, _ := partner.Location(p.Location)
	switch {
	case l.Payee == engagement.PayeeValid && reason != "":
		return "", &InputError{Field: "reason", Problem: "is not needed: the payee profile of the location is valid"}
	case l.Payee == engagement.PayeeValid:
		return "", nil
	case reason == "":
		return "", &PayeeNotValidError{Location: p.Location, Payee: l.Payee}
	case l.Payee == "":
		return "unknown", nil
	}
	return l.Payee, nil
}

// pays reports whether a payment of the claim can be recorded at all.
func (u *unit) pays(p engagement.Participation) bool {
	return p.Claim != nil && p.Claim.Allows(claim.KindPay, u.Now)
}
