package engagement_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
)

// People are sent to https addresses only, with a title that can be read.
func TestLinks(t *testing.T) {
	for link, good := range map[string]bool{
		"https://vendor.example/guide": true, "https://vendor.example/guide?of=a#b": true,
		"": false, "http://vendor.example": false, "javascript:alert(1)": false, "https://": false, "/guide": false, "https://me:pw@vendor.example": false,
		"https://vendor.example/\u202eguide": false, "https://vendor.example/\n": false,
	} {
		e := offer()
		e.Resources = []engagement.Resource{{Title: "Guide", URL: link}}
		require.Equal(t, good, e.Validate() == nil, "%q: %v", link, e.Validate())
		c := &engagement.Catalog{}
		err := c.PutPartner(engagement.Partner{ID: "p", Name: "P", Locations: []engagement.Location{{ID: "1", PayeeURL: link}}})
		require.Equal(t, good || link == "", err == nil, "%q: %v", link, err)
	}
	e := offer()
	e.Resources = []engagement.Resource{{Title: "\u200b", URL: "https://vendor.example"}}
	require.ErrorContains(t, e.Validate(), "resources[0].title")
}

// The eligibility page tells where a payee profile is mended, beside one that is not
// valid.
func TestPayeeLink(t *testing.T) {
	const link = "https://vendor.example/payee"
	locations := []engagement.Location{
		{ID: "1", Enrolled: true, Payee: engagement.PayeeValid, PayeeURL: link, Facts: facts(500, "")},
		{ID: "2", Enrolled: true, Payee: "bank details missing", PayeeURL: link, Facts: facts(500, "")},
	}
	outcomes, err := engagement.LocationOutcomes(offer(), engagement.Partner{Locations: locations}, start)
	require.NoError(t, err)
	require.Equal(t, []string{"", link}, []string{outcomes[0].PayeeURL, outcomes[1].PayeeURL})
	require.Equal(t, []bool{true, false}, []bool{outcomes[0].Payable, outcomes[1].Payable})
}
