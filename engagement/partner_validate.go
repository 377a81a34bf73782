package engagement

import (
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/tenant"
)

// Validate returns every problem of the partner, joined, each an *InvalidError: IDs,
// names and addresses that cannot be used or stand twice, and domains that cannot be its
// own because everybody can have an address there. A host with a catalog of its own
// checks its partners with it.
func (p Partner) Validate() error {
	var errs []error
	of := fmt.Sprintf("partner %q", p.ID)
	if problem := checkID(string(p.ID)); problem != "" {
		errs = append(errs, &InvalidError{Of: of, Field: "id", Problem: problem})
	}
	if problem := checkLine(p.Name, "is empty: customers are told who asks them"); problem != "" {
		errs = append(errs, &InvalidError{Of: of, Field: "name", Problem: problem})
	}
	for i, l := range p.Locations {
		if problem := checkLine(l.Name, ""); problem != "" {
			errs = append(errs, &InvalidError{Of: of, Field: fmt.Sprintf("locations[%d].name", i), Problem: problem})
		}
		if problem := checkLine(l.Payee, ""); problem != "" {
			errs = append(errs, &InvalidError{Of: of, Field: fmt.Sprintf("locations[%d].payee", i), Problem: problem})
		}
		if l.PayeeURL != "" {
			if problem := checkLink(l.PayeeURL); problem != "" {
				errs = append(errs, &InvalidError{Of: of, Field: fmt.Sprintf("locations[%d].payee_url", i), Problem: problem})
			}
		}
		field := fmt.Sprintf("locations[%d].id", i)
		if problem := checkID(string(l.ID)); problem != "" {
			errs = append(errs, &InvalidError{Of: of, Field: field, Problem: problem})
		} else if first, _ := p.Location(l.ID); slices.IndexFunc(p.Locations, func(x Location) bool { return x.ID == first.ID }) != i {
			errs = append(errs, &InvalidError{Of: of, Field: field, Problem: fmt.Sprintf("%q stands twice", l.ID)})
		}
	}
	for i, d := range p.Domains {
		field := fmt.Sprintf("domains[%d]", i)
		switch {
		case d.IsZero():
			errs = append(errs, &InvalidError{Of: of, Field: field, Problem: "is empty: name a domain, or leave it out"})
		case tenant.IsConsumerDomain(d):
			errs = append(errs, &InvalidError{Of: of, Field: field, Problem: fmt.Sprintf("is %s, where everybody can have an address: it is nobody's own", d)})
		case slices.Contains(p.Domains[:i], d):
			errs = append(errs, &InvalidError{Of: of, Field: field, Problem: fmt.Sprintf("%s stands twice", d)})
		}
	}
	return problems.Join(errs...)
}
