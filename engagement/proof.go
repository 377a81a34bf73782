package engagement

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

func (e Engagement) proofVersions() versions[[]claim.ProofItem] {
	return datedVersions(e, e.Proof, e.LaterProof)
}

// proofAt returns what a claim has to prove by the version in force at t, and the
// first day of that version.
func (e Engagement) proofAt(t time.Time) ([]claim.ProofItem, eligibility.Date) {
	found := e.proofVersions().at(t)
	if found.value == nil {
		return claim.DefaultProof(), found.day
	}
	return slices.Clone(found.value), found.day
}

// ProofAt returns what a claim has to prove by the version that is in force on the
// day of t. Which day counts for a claim, ProofBy says.
func (e Engagement) ProofAt(t time.Time) []claim.ProofItem {
	items, _ := e.proofAt(t)
	return items
}

// validateProof says what is wrong with what a claim has to prove.
func (e Engagement) validateProof(bad func(field, format string, args ...any)) {
	validateItems("proof", e.Proof, bad)
	surveys := map[string]bool{}
	for i, v := range e.proofVersions() {
		items, _ := e.proofAt(v.from)
		for _, p := range items {
			if was, ok := surveys[p.Kind]; ok && was != (p.Survey != nil) {
				bad("proof", "has %q as a survey in one version and as documents in another: give one of them another kind", p.Kind)
			}
			surveys[p.Kind] = p.Survey != nil
		}
		if i < len(e.LaterProof) {
			validateItems(fmt.Sprintf("later_proof[%d].value", i), e.LaterProof[i].Value, bad)
		}
	}
	checkDated(e, "proof", e.Proof, e.LaterProof, bad)
}

func validateItems(of string, items []claim.ProofItem, bad func(field, format string, args ...any)) {
	for i, p := range items {
		field := fmt.Sprintf("%s[%d].", of, i)
		if problem := checkID(p.Kind); problem != "" {
			bad(field+"kind", "%s", problem)
			continue
		}
		if slices.ContainsFunc(items[:i], func(q claim.ProofItem) bool { return q.Kind == p.Kind }) {
			bad(field+"kind", "%q stands twice", p.Kind)
		}
		if invalid := (*claim.InvalidError)(nil); errors.As(p.Validate(), &invalid) {
			bad(field+invalid.Field, "%s", invalid.Problem)
		}
	}
}

// WithProofAt returns the participation with the proof that its claim needs if it is
// submitted at now. Only a draft of an engagement with AnchorSubmission changes: what
// was handed in for it stays, and what else there is to prove is decided anew. Its
// error is that of a survey's form which cannot be used.
func (p Participation) WithProofAt(e Engagement, now time.Time) (Participation, error) {
	if e.proofBy() != AnchorSubmission || p.Claim == nil || p.Claim.StatusAt(now) != claim.StatusDraft {
		return p, nil
	}
	items, from := e.proofAt(now)
	next, err := p.Claim.WithProof(items, from)
	if err != nil {
		return p, err
	}
	p.Claim = &next
	return p, nil
}
