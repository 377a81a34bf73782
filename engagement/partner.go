package engagement

import (
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/tenant"
)

// Partner is an organisation with the locations through which it takes part.
type Partner struct {
	ID        PartnerID  `json:"id"`
	Name      string     `json:"name"`
	Locations []Location `json:"locations"`
	// Domains are those of the partner's own people: nobody there, nor below one of
	// them, answers for a customer.
	Domains []tenant.Domain `json:"domains,omitempty"`
}

// Location returns the partner's location with that ID.
func (p Partner) Location(id LocationID) (Location, bool) {
	i := slices.IndexFunc(p.Locations, func(l Location) bool { return l.ID == id })
	if i < 0 {
		return Location{}, false
	}
	return p.Locations[i], true
}

// PayeeValid is the payee profile status with which a location can be paid.
// Every other text says what is wrong with the profile.
const PayeeValid = "valid"

// Location is one site of a partner.
type Location struct {
	ID       LocationID        `json:"id"`
	Name     string            `json:"name"`
	Enrolled bool              `json:"enrolled"`           // in the program
	Payee    string            `json:"payee"`              // PayeeValid, or what is wrong
	PayeeURL string            `json:"payee_url,omitzero"` // where its payee profile is mended: https; "": the host does not say
	Facts    eligibility.Facts `json:"facts"`              // what an engagement's location rules ask for
}

// LocationOutcome is one line of an engagement's eligibility page.
type LocationOutcome struct {
	Location LocationID           `json:"location"`
	Name     string               `json:"name"`
	Payee    string               `json:"payee"`
	PayeeURL string               `json:"payee_url,omitzero"` // where the payee profile is mended, while it is not valid
	Decision eligibility.Decision `json:"decision"`
	Payable  bool                 `json:"payable"`  // eligible, and its payee profile is valid
	Eligible bool                 `json:"eligible"` // so its customers can be added and claimed
}

// Reasons returns every criterion that the location does not meet.
func (o LocationOutcome) Reasons() []Reason { return ReasonsOf(o.Decision) }

// LocationOutcomes decides for every enrolled location of the partner whether
// it is eligible for the engagement, in the partner's order. A location that is
// not enrolled is not listed. One for which the rules fail to decide is listed
// without an outcome: it neither earns nor may add, and the joined error, which
// comes together with all outcomes, has the rules' errors.
func LocationOutcomes(e Engagement, p Partner, now time.Time) ([]LocationOutcome, error) {
	var out []LocationOutcome
	var errs []error
	for _, l := range p.Locations {
		if !l.Enrolled {
			continue
		}
		d, err := e.DecideLocation(l.Facts, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("location %s in engagement %s: %w", l.ID, e.ID, err))
		}
		eligible := d.Outcome == eligibility.OutcomeEligible
		mend := l.PayeeURL
		if l.Payee == PayeeValid {
			mend = ""
		}
		out = append(out, LocationOutcome{
			Location: l.ID, Name: l.Name, Payee: l.Payee, PayeeURL: mend, Decision: d,
			Payable: eligible && l.Payee == PayeeValid, Eligible: eligible,
		})
	}
	return out, problems.Join(errs...)
}

// Reason is one cause why a customer or a location is not eligible. What it
// says of others is only their kind, never who they are.
type Reason struct {
	Kind    ReasonKind `json:"kind"`
	Rule    string     `json:"rule,omitzero"`    // the criterion's ID
	Doc     string     `json:"doc,omitzero"`     // the criterion in words
	Wanted  string     `json:"wanted,omitzero"`  // what the criterion wanted
	Found   string     `json:"found,omitzero"`   // what was found
	Missing []string   `json:"missing,omitzero"` // the facts that are missing
	// Takes are the kinds of ID of which the engagement takes one, where it takes
	// none of the customer's.
	Takes []tenant.IDKind `json:"takes,omitzero"`
}

// ReasonsOf turns what a decision found wanting into reasons, in the order in
// which the rules are declared. Those on confidential facts have no figures.
func ReasonsOf(d eligibility.Decision) []Reason {
	var out []Reason
	for _, f := range d.Reasons() {
		r := Reason{Kind: ReasonCriteriaNotMet, Rule: f.Rule, Doc: f.Doc}
		if !f.Confidential {
			r.Wanted, r.Found = f.Wanted, f.Found
		}
		if f.Result == eligibility.ResultUnknown {
			r.Kind, r.Missing = ReasonFactsMissing, f.Missing
		}
		out = append(out, r)
	}
	return out
}

// WithoutFigures returns the reasons without what was wanted and found: what a
// partner may know of a customer whose identity it merely stated.
func WithoutFigures(reasons []Reason) []Reason {
	out := slices.Clone(reasons)
	for i := range out {
		out[i].Wanted, out[i].Found = "", ""
	}
	return out
}

// Equal reports whether two reasons say the same.
func (r Reason) Equal(o Reason) bool {
	return r.Kind == o.Kind && r.Rule == o.Rule && r.Doc == o.Doc && r.Wanted == o.Wanted && r.Found == o.Found && slices.Equal(r.Missing, o.Missing) &&
		slices.Equal(r.Takes, o.Takes)
}
