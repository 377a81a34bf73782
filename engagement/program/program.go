package program

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Program is a whole program: what it offers, and who takes part.
type Program struct {
	Name     string         // "commerce-incentives"
	Version  string         // that of engagements and rule sets which have none of their own
	Currency string         // of rates that are written without one; "": each has its own
	Zone     *time.Location // of engagements that have none of their own; nil: UTC

	// Types are the program's own types of engagement, with the windows of those of
	// their engagements that have none of their own. Those of engagement.PublishedTypes
	// need no entry.
	Types       []engagement.TypeInfo
	Engagements []engagement.Engagement
	Partners    []engagement.Partner
}

// Catalog returns the program as a catalog, or what Validate returns.
func (p *Program) Catalog(currencies *eligibility.Currencies) (*engagement.Catalog, error) {
	if err := p.Validate(currencies); err != nil {
		return nil, err
	}
	c := &engagement.Catalog{Currencies: currencies}
	var errs []error
	for _, e := range p.Engagements {
		errs = append(errs, c.PutEngagement(e))
	}
	for _, partner := range p.Partners {
		errs = append(errs, c.PutPartner(partner))
	}
	return c, problems.Join(errs...)
}

// Validate returns every problem of the program, joined, each an
// *engagement.InvalidError: those of its engagements, whose amounts are in these
// currencies (nil: those of ISO 4217), those of its partners, and what stands twice. A
// location is one partner's only.
func (p *Program) Validate(currencies *eligibility.Currencies) error {
	var errs []error
	bad := func(of, field, format string, args ...any) {
		errs = append(errs, &engagement.InvalidError{Of: of, Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	if _, known := currencies.Decimals(p.Currency); p.Currency != "" && !known {
		bad("the program", "currency", "%s", unknownCurrency(p.Currency))
	}
	for i, t := range p.Types {
		if problem := p.typeProblem(i); problem != "" {
			bad(fmt.Sprintf("type %q", t.Type), "type", "%s", problem)
		}
	}
	for i, e := range p.Engagements {
		if slices.ContainsFunc(p.Engagements[:i], func(x engagement.Engagement) bool { return x.ID == e.ID }) {
			bad(fmt.Sprintf("engagement %q", e.ID), "id", "stands twice in the program")
		}
		errs = append(errs, e.ValidateIn(currencies))
	}
	owner := map[engagement.LocationID]engagement.PartnerID{}
	for i, partner := range p.Partners {
		of := fmt.Sprintf("partner %q", partner.ID)
		if slices.ContainsFunc(p.Partners[:i], func(x engagement.Partner) bool { return x.ID == partner.ID }) {
			bad(of, "id", "stands twice in the program")
		}
		for j, l := range partner.Locations {
			if other, ok := owner[l.ID]; ok && other != partner.ID {
				bad(of, fmt.Sprintf("locations[%d].id", j), "%q is a location of the partner %q, too: give each an ID of its own", l.ID, other)
			}
			owner[l.ID] = cmp.Or(owner[l.ID], partner.ID)
		}
		errs = append(errs, partner.Validate())
	}
	return problems.Join(errs...)
}

func unknownCurrency(code string) string {
	return fmt.Sprintf("is %.20q, which is no currency here: use a code of ISO 4217, as in USD", code)
}

// typeProblem says what is wrong with one of the types, or nothing.
func (p *Program) typeProblem(i int) string {
	t := p.Types[i]
	_, published := engagement.InfoOf(t.Type)
	switch {
	case t.Type == "":
		return "is missing"
	case published:
		return "is one of the published ones, which have windows: leave it out, and give engagements windows of their own"
	case slices.ContainsFunc(p.Types[:i], func(x engagement.TypeInfo) bool { return x.Type == t.Type }):
		return "stands twice"
	case t.Windows == engagement.Windows{}:
		return "has no windows: it is here to give them to engagements"
	}
	return ""
}

// windowsOf are those that the program gives the engagements of a type.
func (p *Program) windowsOf(t engagement.Type) engagement.Windows {
	for _, own := range p.Types {
		if own.Type == t {
			return own.Windows
		}
	}
	return engagement.Windows{}
}

// mistakes returns the single errors of a joined one.
func mistakes(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// loadZone returns the zone of that name. That of the machine is none: a document means
// the same everywhere.
func loadZone(name string) (*time.Location, error) {
	if name == "Local" || name == "" {
		return nil, errors.New("no zone of its own")
	}
	return time.LoadLocation(name)
}
