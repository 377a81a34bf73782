package engagement_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// Every enrolled location is listed, with every criterion that it does not meet;
// it may add when it is eligible, and earns when its payee profile is valid too.
func TestLocationOutcomes(t *testing.T) {
	e := offer()
	e.LocationRules = rules(enoughSeats, isEnterprise)
	p := engagement.Partner{ID: northwind, Name: "Northwind", Locations: []engagement.Location{
		{ID: "4", Name: "Neither", Enrolled: true, Payee: engagement.PayeeValid, Facts: facts(20, "smb")},
		{ID: "1", Name: "Earns", Enrolled: true, Payee: engagement.PayeeValid, Facts: facts(300, "enterprise")},
		{ID: "2", Name: "May add", Enrolled: true, Payee: "bank details missing", Facts: facts(300, "enterprise")},
		{ID: "3", Name: "Not enrolled", Enrolled: false, Payee: engagement.PayeeValid, Facts: facts(300, "enterprise")},
		{ID: "5", Name: "Unknown", Enrolled: true, Facts: facts(-1, "enterprise")},
	}}
	got, err := engagement.LocationOutcomes(e, p, start)
	require.NoError(t, err)
	type outcome struct {
		id          engagement.LocationID
		name, payee string
		earns, may  bool
		outcome     eligibility.Outcome
		reasons     []string
	}
	var have []outcome
	for _, o := range got {
		out := outcome{o.Location, o.Name, o.Payee, o.Payable, o.Eligible, o.Decision.Outcome, nil}
		for _, r := range o.Reasons() {
			out.reasons = append(out.reasons, r.String())
		}
		have = append(have, out)
		require.Equal(t, start, o.Decision.At)
	}
	require.Equal(t, []outcome{
		{"4", "Neither", "valid", false, false, eligibility.OutcomeIneligible,
			[]string{"Criterion not met: There are at least 300 seats (required: at least 300; found: 20)", "Criterion not met: It is an enterprise (required: enterprise; found: smb)"}},
		{"1", "Earns", "valid", true, true, eligibility.OutcomeEligible, nil},
		{"2", "May add", "bank details missing", false, true, eligibility.OutcomeEligible, nil},
		{"5", "Unknown", "", false, false, eligibility.OutcomeUnknown, []string{"Data is missing for this criterion: There are at least 300 seats (missing: seats)"}},
	}, have)
}

// Rules that fail for one location say nothing about it, and all about the others.
func TestLocationRulesFail(t *testing.T) {
	boom := errors.New("boom")
	e := offer()
	e.LocationRules = rules(eligibility.Rule{ID: "fails", Doc: "Fails for few seats.", Check: eligibility.Func(
		func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			if n, _ := seats.Get(f); n < 300 {
				return eligibility.Finding{}, boom
			}
			return eligibility.Passed("enough", "enough"), nil
		}, seats)})
	p := partner()
	p.Locations = append(p.Locations, engagement.Location{ID: "broken", Enrolled: true, Payee: engagement.PayeeValid, Facts: facts(1, "")})
	got, err := engagement.LocationOutcomes(e, p, start)
	require.ErrorIs(t, err, boom)
	require.ErrorAs(t, err, new(*eligibility.RuleError))
	require.ErrorContains(t, err, "location broken in engagement azure-migration")
	require.Len(t, got, 3)
	require.True(t, got[0].Payable)
	require.True(t, got[1].Eligible)
	require.False(t, got[2].Eligible || got[2].Payable)
	require.Empty(t, got[2].Decision.Outcome)
}

func TestPartnerLocation(t *testing.T) {
	l, ok := partner().Location("4711202")
	require.True(t, ok)
	require.Equal(t, "Porto", l.Name)
	l, ok = partner().Location("5822301")
	require.False(t, ok)
	require.Equal(t, engagement.Location{}, l)
}

// A domain at which everybody can have an address is no partner's own: else every
// customer with such an address would be the partner.
func TestPartnerDomains(t *testing.T) {
	bad, c := partner(), &engagement.Catalog{}
	for _, name := range []string{"northwind.example", "OUTLOOK.com", "gmail.com", "northwind.example", "northwind-pt.example"} {
		bad.Domains = append(bad.Domains, must(tenant.ParseDomain(name)))
	}
	bad.Domains = append(bad.Domains, tenant.Domain{})
	invalid(t, bad.Validate(), "domains[1]", "domains[2]", "domains[3]", "domains[5]")
	invalid(t, c.PutPartner(bad), "domains[1]", "domains[2]", "domains[3]", "domains[5]")
	_, err := engagement.NewCatalog(nil, []engagement.Partner{bad})
	invalid(t, err, "domains[1]", "domains[2]", "domains[3]", "domains[5]")
	require.ErrorContains(t, err, "outlook.com")

	bad.Domains = bad.Domains[:1]
	require.NoError(t, bad.Validate())
}
