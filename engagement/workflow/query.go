package workflow

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
)

const (
	defaultLimit = 50
	maxLimit     = 1000
)

const (
	longestSearch = 200 // characters
	mostWords     = 20
)

func limitOf(limit int) int {
	if limit == 0 {
		return defaultLimit
	}
	return limit
}

// check returns the *InputErrors of a query, joined; whether the cursor can be
// used turns out later.
func (q CustomersQuery) check() error {
	var errs []error
	if err := checkLooked(q.Owners, q.Labels); err != nil {
		errs = append(errs, err)
	}
	bad := func(field, problem string) { errs = append(errs, &InputError{Field: field, Problem: problem}) }
	if q.Sort != "" && !slices.Contains(AllSorts(), q.Sort) {
		bad("sort", "is unknown: use "+oneOf(AllSorts()))
	}
	if limit := limitOf(q.Limit); limit < 1 || limit > maxLimit {
		bad("limit", "is out of range: use 1 to 1000, or 0 for 50")
	}
	if n := utf8.RuneCountInString(q.Search); n > longestSearch {
		bad("search", fmt.Sprintf("has %d characters: look for at most %d", n, longestSearch))
	} else if n := len(engagement.SearchWords(q.Search)); n > mostWords {
		bad("search", fmt.Sprintf("has %d words: look for at most %d", n, mostWords))
	}
	errs = append(errs, checkList("types", q.Types, engagement.AllRowTypes()), checkList("statuses", q.Statuses, engagement.AllStatuses()))
	for field, t := range map[string]time.Time{"from": q.From, "to": q.To} {
		if year := t.UTC().Year(); year < 1 || year > 9998 {
			bad(field, "is not in the years 1 to 9998")
		}
	}
	return problems.Join(errs...)
}

// looked are the words of owners and labels that a list is narrowed to.
func looked(owners, labels []string) []engagement.Word {
	var words []engagement.Word
	if len(owners) > 0 {
		words = append(words, engagement.OwnerWord(owners...))
	}
	if len(labels) > 0 {
		words = append(words, engagement.LabelWord(labels...))
	}
	return words
}

// checkLooked refuses to look for too many owners or labels.
func checkLooked(owners, labels []string) error {
	var errs []error
	for _, of := range []struct {
		field string
		n     int
	}{{"owners", len(owners)}, {"labels", len(labels)}} {
		if of.n > mostWords {
			errs = append(errs, &InputError{Field: of.field, Problem: fmt.Sprintf("are %d: look for at most %d", of.n, mostWords)})
		}
	}
	return problems.Join(errs...)
}

// nextMicrosecond returns the first time at or after t that is as precise as
// storage: what is stored is before it exactly when it is before t.
func nextMicrosecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Add(time.Microsecond - 1).UTC().Truncate(time.Microsecond)
}
