package criteria_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

// program is what testdata/program.json says of criteria and locations.
type program struct {
	Engagements []struct {
		ID                 string
		Location, Customer json.RawMessage
	}
	Partners []struct {
		Locations []struct {
			Name, Area      string
			ProgramEnrolled bool `json:"program_enrolled"`
			Designations    []string
			Specializations []string
		}
	}
}

func readProgram(t *testing.T) (p program) {
	t.Helper()
	data, err := os.ReadFile("testdata/program.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &p))
	return p
}

func ruleSet(t *testing.T, id string, list []byte) *eligibility.RuleSet {
	t.Helper()
	rules, err := criteria.NewRegistry().ReadRules(list)
	require.NoError(t, err)
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: id, Version: "2026.1", Rules: rules})
	require.NoError(t, err)
	return set
}

// readCustomers reads the facts of testdata/customers.csv, by customer. It is
// known of an empty last_assessment that there was none.
func readCustomers(t *testing.T) map[string]eligibility.Facts {
	t.Helper()
	file, err := os.Open("testdata/customers.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)

	var registry criteria.Registry
	customers := map[string]eligibility.Facts{}
	head := rows[0]
	first := slices.Index(head, "segment")
	for _, row := range rows[1:] {
		var facts eligibility.Facts
		for i := first; i < len(head); i++ {
			cell := row[i]
			if head[i] == criteria.LastAssessment.Name() && cell == "" {
				cell = "never"
			}
			require.NoError(t, registry.Set(&facts, head[i], cell))
		}
		customers[row[0]] = facts
	}
	require.Len(t, customers, 36)
	return customers
}

// verdict is the outcome, and each rule that is not met with its result.
func verdict(t *testing.T, set *eligibility.RuleSet, facts eligibility.Facts, at time.Time) []string {
	t.Helper()
	d, err := set.Decide(facts, at)
	require.NoError(t, err)
	v := []string{string(d.Outcome)}
	for _, r := range d.Reasons() {
		v = append(v, r.Rule+" "+string(r.Result))
	}
	return v
}

func is(v ...string) []string { return v }

// 365 days after 2025-11-22, the day of many customers' last assessment.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestProgramsCustomers(t *testing.T) {
	eligible := is("eligible")
	cases := map[string]map[string][]string{
		"defend-against-threats": {
			"Adventure Works":       eligible,
			"Lamna Healthcare":      eligible, // exactly 1000 seats
			"Müller & Söhne":        eligible,
			"Contoso":               is("ineligible", "entra_p1_seats fail"),
			"Adatum":                is("ineligible", "segment fail", "entra_p1_seats fail"), // 999 seats
			"Alpine Ski House":      is("ineligible", "monthly_active_users fail"),           // 249 users
			"Coho Winery":           is("ineligible", "segment fail"),                        // exactly 250 users
			"Litware Government":    is("ineligible", "monthly_active_users fail", "government_cloud fail"),
			"Best for You Organics": is("unknown", "monthly_active_users unknown"),
			"Northwind Traders":     is("ineligible", "entra_p1_seats unknown", "monthly_active_users fail"),
		},
		"secure-multicloud": {
			"Alpine Ski House":       eligible,
			"Cervejaria São João":    eligible, // exactly 2500.00
			"Müller & Söhne":         eligible,
			"Consolidated Messenger": is("ineligible", "same_area_as_location fail"),
			"Coho Winery":            is("ineligible", "azure_consumed_revenue fail"),
			"Litware Government":     is("ineligible", "government_cloud fail"),
			"Woodgrove Bank":         is("unknown", "azure_consumed_revenue unknown"),
			"Adatum":                 is("ineligible", "azure_consumed_revenue fail", "same_area_as_location fail"),
		},
		"hybrid-meetings": {
			"Nod Publishers":           eligible, // exactly 150 users
			"Trey Research":            eligible, // exactly 500 units
			"Graphic Design Institute": eligible, // enterprise, but 40 rooms
			"Contoso":                  is("ineligible", "paid_available_units fail", "segment_or_rooms fail"),
			"Consolidated Messenger":   is("ineligible", "segment_or_rooms fail"), // enterprise, 4 rooms
			"Cervejaria São João":      is("ineligible", "teams_monthly_active_users fail"),
			"Best for You Organics":    is("ineligible", "paid_available_units unknown", "teams_monthly_active_users fail"),
			"Northwind Traders":        is("unknown", "paid_available_units unknown"),
		},
		"endpoint-management": {
			"Fourth Coffee":         eligible,                                         // exactly 300 units
			"Lamna Healthcare":      eligible,                                         // 39.9 %
			"Adatum":                is("ineligible", "intune_enrolled_percent fail"), // exactly 40.0 %
			"Lucerne Publishing":    is("ineligible", "intune_enrolled_percent fail", "paid_available_units fail"),
			"Woodgrove Bank":        is("unknown", "paid_available_units unknown"),
			"Best for You Organics": is("ineligible", "intune_enrolled_percent fail", "paid_available_units unknown"),
		},
		"azure-migration-assessment": {
			"Lamna Healthcare":   eligible,                                                                // never assessed
			"Coho Winery":        eligible,                                                                // exactly 1000.00
			"School of Fine Art": eligible,                                                                // exactly 50000.00
			"Contoso":            is("ineligible", "last_assessment fail"),                                // exactly 365 days ago
			"Adventure Works":    is("ineligible", "azure_consumed_revenue fail"),                         // 999.99
			"Nod Publishers":     is("ineligible", "azure_consumed_revenue fail", "last_assessment fail"), // 50000.01
			"Woodgrove Bank":     is("ineligible", "azure_consumed_revenue unknown", "last_assessment fail"),
		},
		"data-analytics-pilot": {
			"Contoso":          eligible, // exactly 10000.00
			"Alpine Ski House": is("ineligible", "azure_consumed_revenue fail"),
			"Woodgrove Bank":   is("unknown", "azure_consumed_revenue unknown"),
		},
		"copilot-readiness": {
			"Adventure Works":       eligible, // exactly 300 users
			"Relecloud":             is("ineligible", "monthly_active_users fail"),
			"Best for You Organics": is("unknown", "monthly_active_users unknown"),
		},
		"legacy-voice": {
			"Coho Winery":       eligible,
			"The Phone Company": is("ineligible", "monthly_active_users fail"), // 99 users
		},
	}
	customers := readCustomers(t)
	engagements := readProgram(t).Engagements
	require.Len(t, engagements, len(cases))
	for _, e := range engagements {
		set := ruleSet(t, e.ID, e.Customer)
		require.NotEmpty(t, cases[e.ID], e.ID)
		for customer, want := range cases[e.ID] {
			facts, ok := customers[customer]
			require.True(t, ok, customer)
			facts = facts.Clone()
			criteria.DeriveSameArea(&facts, "Western Europe")
			require.Equal(t, want, verdict(t, set, facts, noon), "%s for %s", e.ID, customer)
		}
	}
}

func TestProgramsBoundaries(t *testing.T) {
	cases := []struct {
		check, fact, text string
		want              eligibility.Outcome
	}{
		{`["entra_p1_seats", "at least", 1000]`, "entra_p1_seats", "999", "ineligible"},
		{`["entra_p1_seats", "at least", 1000]`, "entra_p1_seats", "1000", "eligible"},
		{`["monthly_active_users", "at least", 250]`, "monthly_active_users", "249", "ineligible"},
		{`["monthly_active_users", "at least", 250]`, "monthly_active_users", "250", "eligible"},
		{`["intune_enrolled_percent", "below", "40.0"]`, "intune_enrolled_percent", "39.9", "eligible"},
		{`["intune_enrolled_percent", "below", "40.0"]`, "intune_enrolled_percent", "39.99999999999999999999", "eligible"},
		{`["intune_enrolled_percent", "below", "40.0"]`, "intune_enrolled_percent", "40.0", "ineligible"},
		{`["intune_enrolled_percent", "below", "40.0"]`, "intune_enrolled_percent", "40", "ineligible"},
		{`["azure_consumed_revenue", "at least", "2500.00 USD"]`, "azure_consumed_revenue", "2499.99 USD", "ineligible"},
		{`["azure_consumed_revenue", "at least", "2500.00 USD"]`, "azure_consumed_revenue", "2500.00 USD", "eligible"},
		{`["azure_consumed_revenue", "at least", "2500.00 USD"]`, "azure_consumed_revenue", "2500 USD", "eligible"},
		{`["country", "not one of", ["CU", "IR", "KP", "SY"]]`, "country", "SY", "ineligible"},
		{`["country", "not one of", ["CU", "IR", "KP", "SY"]]`, "country", "PT", "eligible"},
		{`["last_assessment", "before", "365 days ago or never"]`, "last_assessment", "2025-11-21", "eligible"},
		{`["last_assessment", "before", "365 days ago or never"]`, "last_assessment", "2025-11-22", "ineligible"},
		{`["last_assessment", "before", "365 days ago or never"]`, "last_assessment", "never", "eligible"},
		{`["last_assessment", "before", "365 days ago or never"]`, "last_assessment", "", "unknown"},
	}
	for _, c := range cases {
		var registry criteria.Registry
		var facts eligibility.Facts
		require.NoError(t, registry.Set(&facts, c.fact, c.text))
		d, err := ruleSet(t, "one", []byte("["+c.check+"]")).Decide(facts, noon)
		require.NoError(t, err)
		require.Equal(t, c.want, d.Outcome, "%s of %q", c.check, c.text)
	}
}

// The day of a decision begins at midnight of the rule set's time zone.
func TestDayOfTheLastAssessment(t *testing.T) {
	contoso := readCustomers(t)["Contoso"]
	document := func(zone string) *eligibility.RuleSet {
		set, err := criteria.NewRegistry().ReadDocument([]byte(`{"id": "a", "version": "1", "time_zone": "` + zone +
			`", "rules": [["last_assessment", "before", "365 days ago or never"]]}`))
		require.NoError(t, err)
		return set
	}
	for _, c := range []struct {
		zone string
		at   time.Time
		want string
	}{
		{"UTC", time.Date(2026, 11, 22, 23, 59, 59, 999999999, time.UTC), "ineligible"},
		{"UTC", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), "eligible"},
		{"Europe/Madrid", time.Date(2026, 11, 22, 22, 59, 59, 0, time.UTC), "ineligible"},
		{"Europe/Madrid", time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC), "eligible"},
	} {
		require.Equal(t, c.want, verdict(t, document(c.zone), contoso, c.at)[0], "%s at %s", c.zone, c.at)
	}
}

func TestProgramsLocations(t *testing.T) {
	eligible := is("eligible")
	notEnrolled := is("ineligible", "program_enrolled fail")
	noDesignation := is("ineligible", "designations fail")
	neither := is("ineligible", "program_enrolled fail", "designations fail")
	security := map[string][]string{"Lisboa": eligible, "Porto": noDesignation, "Funchal": notEnrolled, "Madrid": eligible}
	modernWork := map[string][]string{"Lisboa": eligible, "Porto": noDesignation, "Funchal": neither, "Madrid": eligible}
	enrolled := map[string][]string{"Lisboa": eligible, "Porto": eligible, "Funchal": notEnrolled, "Madrid": eligible}
	cases := map[string]map[string][]string{
		"defend-against-threats": security,
		"secure-multicloud":      security,
		"hybrid-meetings":        modernWork,
		"endpoint-management":    modernWork,
		"azure-migration-assessment": {
			"Lisboa":  is("ineligible", "designations_or_specializations fail"),
			"Porto":   eligible,
			"Funchal": is("ineligible", "program_enrolled fail", "designations_or_specializations fail"),
			"Madrid":  eligible,
		},
		"data-analytics-pilot": {"Lisboa": noDesignation, "Porto": eligible, "Funchal": neither, "Madrid": noDesignation},
		"copilot-readiness":    enrolled,
		"legacy-voice":         enrolled,
	}
	p := readProgram(t)
	for _, e := range p.Engagements {
		set := ruleSet(t, e.ID, e.Location)
		seen := 0
		for _, partner := range p.Partners {
			for _, l := range partner.Locations {
				var facts eligibility.Facts
				criteria.ProgramEnrolled.Set(&facts, l.ProgramEnrolled)
				criteria.Designations.Set(&facts, l.Designations)
				criteria.Specializations.Set(&facts, l.Specializations)
				require.Equal(t, cases[e.ID][l.Name], verdict(t, set, facts, noon), "%s for %s", e.ID, l.Name)
				seen++
			}
		}
		require.Equal(t, 4, seen)
	}
}

func TestDeriveSameArea(t *testing.T) {
	for _, c := range []struct {
		customer, location string
		same, known        bool
	}{
		{"Western Europe", "Western Europe", true, true},
		{"Asia", "Western Europe", false, true},
		{"western europe", "Western Europe", false, true},
		{"", "Western Europe", false, false},
		{"Asia", "", false, false},
		{"", "", false, false},
	} {
		var facts eligibility.Facts
		criteria.SameAreaAsLocation.Set(&facts, true) // that of another location
		if c.customer != "" {
			criteria.Area.Set(&facts, c.customer)
		}
		criteria.DeriveSameArea(&facts, c.location)
		same, known := criteria.SameAreaAsLocation.Get(facts)
		require.Equal(t, c.known, known, "%+v", c)
		require.Equal(t, c.same, same, "%+v", c)
	}
	var facts eligibility.Facts
	criteria.Area.Set(&facts, "") // no area either
	for _, location := range []string{"", "Western Europe"} {
		criteria.DeriveSameArea(&facts, location)
		_, known := criteria.SameAreaAsLocation.Get(facts)
		require.False(t, known, location)
	}
}
