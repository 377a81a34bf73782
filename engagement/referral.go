package engagement

import (
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/text"
)

// MaxReference is how long the reference of a referral may be, in characters.
const MaxReference = 200

// Referral is the referral that an engagement asks for once the customer has
// consented, as its partner recorded it.
type Referral struct {
	Reference string    `json:"reference,omitzero"` // by which the system that has it knows it; a link, a number or a name
	At        time.Time `json:"at,omitzero"`        // when it was recorded; zero: it was not
}

// IsZero reports whether none is recorded.
func (r Referral) IsZero() bool { return r == Referral{} }

// Reference returns the reference of a referral as it is kept, without blanks around
// it, or the *InvalidError of one that is empty, too long or that nobody can read.
func Reference(reference string) (string, error) {
	reference = strings.TrimSpace(reference)
	problem := text.Line(reference, MaxReference)
	if reference == "" {
		problem = "is empty: give the number or the link by which the referral is known"
	}
	if problem != "" {
		return "", &InvalidError{Of: "participation", Field: "reference", Problem: problem}
	}
	return reference, nil
}

// NeedsReferral reports whether the engagement asks for a referral, it could be
// recorded at now, and has not been.
func (p Participation) NeedsReferral(now time.Time) bool {
	return p.Terms.AsksReferral && p.Referral.IsZero() && p.takesReferral(now) == nil
}

// takesReferral says why no referral can be recorded at now, whether or not the
// engagement asks for one.
func (p Participation) takesReferral(now time.Time) error {
	switch {
	case !p.Consented():
		return errNoClaimYet
	case !p.OpenAt(now):
		return errClaimEnded
	}
	return nil
}

var (
	errNoClaimYet = code.New(code.WrongState, "a referral is recorded for a claim, and there is none before the customer consents")
	errClaimEnded = code.New(code.WrongState, "a referral is recorded until the claim ends, and it has ended")
)

// WithReferral returns the participation with a reference that Reference has
// returned, recorded at now, in place of an earlier one. Its error has the
// code "wrong_state" before the customer consents and after the claim has ended, and is
// an *InvalidError where the engagement does not ask for a referral.
func (p Participation) WithReferral(reference string, now time.Time) (Participation, error) {
	if err := p.takesReferral(now); err != nil {
		return p, err
	}
	if !p.Terms.AsksReferral {
		return p, &InvalidError{Of: "participation", Field: "reference", Problem: "is not asked for: the engagement that the customer takes part in needs no referral"}
	}
	p.Referral = Referral{Reference: reference, At: now}
	return p, nil
}
