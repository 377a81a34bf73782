package criteria_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

// The ready rules are the checks of documents, under the IDs of documents.
func TestRules(t *testing.T) {
	usd := func(text string) eligibility.Money { return must(eligibility.ParseMoney(text)) }
	for _, c := range []struct {
		rule       eligibility.Rule
		check, doc string
	}{
		{criteria.InSegment("enterprise", "corporate"), `["segment", "one of", ["enterprise", "corporate"]]`, "The customer's segment is enterprise or corporate."},
		{criteria.InSegment("smb"), `["segment", "one of", ["smb"]]`, "The customer's segment is smb."},
		{criteria.NotInCountry("CU", "IR", "KP"), `["country", "not one of", ["CU", "IR", "KP"]]`, "The customer's country is not CU, IR or KP."},
		{criteria.MinEntraP1Seats(1000), `["entra_p1_seats", "at least", 1000]`, "The customer has at least 1000 Entra ID P1 seats."},
		{criteria.MinMonthlyActiveUsers(250), `["monthly_active_users", "at least", 250]`, "The customer has at least 250 monthly active users."},
		{criteria.MinPaidAvailableUnits(500), `["paid_available_units", "at least", 500]`, "The customer has at least 500 paid available units."},
		{criteria.MinTeamsMonthlyActiveUsers(150), `["teams_monthly_active_users", "at least", 150]`, "The customer has at least 150 monthly active users of Teams."},
		{criteria.MinRooms(5), `["rooms", "at least", 5]`, "The customer has at least 5 meeting rooms."},
		{criteria.IntuneEnrolledBelow(decimal.RequireFromString("40.5")), `["intune_enrolled_percent", "below", "40.5"]`, "Less than 40.5 % of the customer's devices are enrolled in Intune."},
		{criteria.MinAzureConsumedRevenue(usd("2500.00 USD")), `["azure_consumed_revenue", "at least", "2500.00 USD"]`, "The customer's Azure consumed revenue is at least 2500.00 USD."},
		{criteria.AzureConsumedRevenueBetween(usd("1000.00 USD"), usd("50000.00 USD")), `["azure_consumed_revenue", "between", ["1000.00 USD", "50000.00 USD"]]`, "The customer's Azure consumed revenue is between 1000.00 USD and 50000.00 USD."},
		{criteria.NotGovernmentCloud(), `["government_cloud", "is", false]`, "The customer's tenant is not in a government cloud."},
		{criteria.NoAssessmentWithin(365), `["last_assessment", "before", "365 days ago or never"]`, "The customer's last assessment was more than 365 days ago, or never."},
		{criteria.InSameArea(), `["same_area_as_location", "is", true]`, "The customer is in the same area as the location."},
		{criteria.EnrolledInProgram(), `["program_enrolled", "is", true]`, "The location is enrolled in the program."},
		{criteria.Designated("Security"), `["designations", "contains", "Security"]`, "The location has the designation Security."},
		{criteria.Specialized("Migration"), `["specializations", "contains", "Migration"]`, "The location has the specialization Migration."},
		{criteria.AnyOf(criteria.InSegment("smb"), criteria.MinRooms(5)), `["any of", [["segment", "one of", ["smb"]], ["rooms", "at least", 5]]]`, "The customer's segment is smb; or The customer has at least 5 meeting rooms."},
	} {
		read, err := criteria.NewRegistry().ReadRules([]byte("[" + c.check + "]"))
		require.NoError(t, err, c.check)
		assert.Equal(t, read[0].ID, c.rule.ID)
		assert.Equal(t, c.doc, c.rule.Doc)

		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "a", Version: "1", Rules: []eligibility.Rule{c.rule}})
		require.NoError(t, err, c.check)
		data, err := criteria.NewRegistry().WriteDocument(set)
		require.NoError(t, err, c.check)
		var document struct {
			Rules []struct{ Check json.RawMessage }
		}
		require.NoError(t, json.Unmarshal(data, &document))
		assert.Equal(t, c.check, string(document.Rules[0].Check))
	}
}
