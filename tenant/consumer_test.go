package tenant

import (
	"slices"
	"testing"
)

func TestConsumerDomainsAreSortedAndCanonical(t *testing.T) {
	if !slices.IsSorted(consumerDomains) {
		t.Error("the list is not sorted, so that a search in it misses")
	}
	for i, s := range consumerDomains {
		if d, err := ParseDomain(s); err != nil || d.String() != s || i > 0 && s == consumerDomains[i-1] {
			t.Errorf("%q is not a canonical domain, once: %v", s, err)
		}
	}
}
