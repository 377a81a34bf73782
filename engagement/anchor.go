package engagement

import (
	"fmt"
	"slices"
	"time"
)

// Anchor is the day that decides which version of an engagement's rates or proof
// counts for a participation. Its rules are always those of the day of the add or
// claim.
type Anchor string

// The anchors.
const (
	AnchorStart      Anchor = "start"      // the day of the add or claim
	AnchorConsent    Anchor = "consent"    // the day on which the customer consents
	AnchorSubmission Anchor = "submission" // each day on which the claim is submitted as a draft; for proof only
)

// AllAnchors returns every Anchor.
func AllAnchors() []Anchor { return []Anchor{AnchorStart, AnchorConsent, AnchorSubmission} }

// MarshalText refuses a value that is not an Anchor.
func (a Anchor) MarshalText() ([]byte, error) { return spell(a, "anchor", AllAnchors()) }

// UnmarshalText refuses a text that is not an Anchor.
func (a *Anchor) UnmarshalText(b []byte) error { return decode(a, "anchor", b, AllAnchors()) }

// or returns the anchor, or that of most engagements where it is not set.
func (a Anchor) or() Anchor {
	if a == "" {
		return AnchorConsent
	}
	return a
}

// day returns the moment of a participation that consents at now which an anchor
// means.
func (a Anchor) day(p Participation, now time.Time) time.Time {
	if a.or() == AnchorStart {
		return p.StartedAt
	}
	return now
}

func (e Engagement) proofBy() Anchor { return e.ProofBy.or() }

// validateAnchors says what is wrong with what the versions go by.
func (e Engagement) validateAnchors(bad func(field, format string, args ...any)) {
	if by := []Anchor{AnchorStart, AnchorConsent}; !slices.Contains(by, e.RatesBy.or()) {
		bad("rates_by", "%s", fmt.Sprintf("is %.60q: use one of %q, because the amounts of a claim are settled when it opens", e.RatesBy, by))
	}
	if !slices.Contains(AllAnchors(), e.proofBy()) {
		bad("proof_by", "is %.60q: use one of %q", e.ProofBy, AllAnchors())
	}
}
