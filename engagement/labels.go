package engagement

import (
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/internal/text"
)

// How many labels a participation may have, and how long each of them, and the name
// of its owner, may be, in characters.
const (
	MaxLabels = 10
	MaxLabel  = 40
	MaxOwner  = 200
)

// Labels returns labels as a participation keeps them, in order, or every problem,
// joined, each an *InvalidError: too many, one that nobody can read or that is too
// long, and one that stands twice, in whatever case.
func Labels(labels []string) ([]string, error) {
	var errs []error
	bad := func(field, problem string) {
		errs = append(errs, &InvalidError{Of: "participation", Field: field, Problem: problem})
	}
	if len(labels) > MaxLabels {
		bad("labels", fmt.Sprintf("are %d: use at most %d", len(labels), MaxLabels))
		return nil, problems.Join(errs...)
	}
	var seen []string
	for i, l := range labels {
		field := fmt.Sprintf("labels[%d]", i)
		folded := text.Fold(l)
		switch problem := text.Line(l, MaxLabel); {
		case problem != "":
			bad(field, problem)
		case l == "":
			bad(field, "is empty: leave it out")
		case slices.Contains(seen, folded):
			bad(field, fmt.Sprintf("is %q, which stands there already", l))
		}
		seen = append(seen, folded)
	}
	if len(errs) > 0 || len(labels) == 0 {
		return nil, problems.Join(errs...)
	}
	return slices.Sorted(slices.Values(labels)), nil
}

// CheckOwner returns an *InvalidError for an owner's name that is too long or that
// nobody can read; "" is nobody.
func CheckOwner(user string) error {
	if problem := text.Line(user, MaxOwner); problem != "" {
		return &InvalidError{Of: "participation", Field: "owner", Problem: problem}
	}
	return nil
}
