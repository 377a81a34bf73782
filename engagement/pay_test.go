package engagement_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

func TestPayoutAt(t *testing.T) {
	for _, c := range []struct {
		name                  string
		pay                   engagement.PaymentModel
		amount, cap           string
		hours                 int
		rate, estimate, limit string
	}{
		{"fixed", "", "5000.00 USD", "", 0, "5000.00 USD", "5000.00 USD", "5000.00 USD"},
		{"fixed, said so", "fixed", "5000.00 USD", "", 0, "5000.00 USD", "5000.00 USD", "5000.00 USD"},
		{"fixed, with a cap", "fixed", "5000.00 USD", "6000.00 USD", 0, "5000.00 USD", "5000.00 USD", "6000.00 USD"},
		{"fixed pay counts no hours", "fixed", "5000.00 USD", "", 40, "5000.00 USD", "5000.00 USD", "5000.00 USD"},
		{"variable", "variable", "150.25 EUR", "", 40, "150.25 EUR", "6010.00 EUR", "6010.00 EUR"},
		{"variable, cap not reached", "variable", "150.25 EUR", "9000.00 EUR", 40, "150.25 EUR", "6010.00 EUR", "6010.00 EUR"},
		{"variable, cap reached", "variable", "150.25 EUR", "6010.00 EUR", 40, "150.25 EUR", "6010.00 EUR", "6010.00 EUR"},
		{"variable, cap passed", "variable", "150.25 EUR", "6000.00 EUR", 40, "150.25 EUR", "6000.00 EUR", "6000.00 EUR"},
		{"variable, an hour", "variable", "0.10 EUR", "0.15 EUR", 1, "0.10 EUR", "0.10 EUR", "0.10 EUR"},
		{"variable, the most hours", "variable", "0.01 EUR", "", engagement.MaxHours, "0.01 EUR", "100.00 EUR", "100.00 EUR"},
		{"variable, no hours", "variable", "150.25 EUR", "9000.00 EUR", 0, "150.25 EUR", "0.00 EUR", "0.00 EUR"},
		{"nothing is paid", "", "0.00 USD", "", 0, "0.00 USD", "0.00 USD", "0.00 USD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := offer()
			e.Payment = c.pay
			e.Rates = []engagement.Rate{{From: date("2026-01-01"), Amount: money(c.amount)}}
			if c.cap != "" {
				e.Rates[0].Cap = money(c.cap)
			}
			require.NoError(t, e.Validate())
			p, ok := e.PayoutAt(c.hours, start)
			require.True(t, ok)
			require.Equal(t, [3]string{c.rate, c.estimate, c.limit}, [3]string{p.Rate.String(), p.Estimated.String(), p.Cap.String()})
			require.Equal(t, c.pay == engagement.PaymentVariable && c.hours > 0, p.Hours > 0)
			require.Equal(t, c.amount, e.Rates[0].Amount.String(), "and the rate stays as it is")

			none, ok := e.PayoutAt(c.hours, at("2025-12-31T23:59:59.999999Z"))
			require.False(t, ok, "before the first rate there is none")
			require.Equal(t, engagement.Payout{}, none)
		})
	}
}

// A customer is named by whatever the engagement says; by default by domain, tenant
// ID and TPID, and with variable pay by the opportunity.
func TestNominations(t *testing.T) {
	e := offer()
	require.Equal(t, []tenant.IDKind{tenant.IDKindDomain, tenant.IDKindTenant, tenant.IDKindTPID, tenant.IDKindSubscription}, e.AcceptedIDs())
	e.Payment = engagement.PaymentVariable
	require.Equal(t, []tenant.IDKind{tenant.IDKindOpportunity}, e.AcceptedIDs())
	e.Payment, e.AcceptsIDs = "", []tenant.IDKind{tenant.IDKindSubscription, tenant.IDKindOpportunity}
	require.NoError(t, e.Validate())
	require.Equal(t, e.AcceptsIDs, e.AcceptedIDs())
	e.AcceptedIDs()[0] = tenant.IDKindDomain
	require.Equal(t, tenant.IDKindSubscription, e.AcceptsIDs[0], "what is handed out is the caller's")
}

func TestValidatePay(t *testing.T) {
	rate := engagement.Rate{From: date("2026-01-01"), Amount: money("100.00 USD")}
	for _, c := range []struct {
		name   string
		change func(*engagement.Engagement)
		fields []string
	}{
		{"unknown pay", func(e *engagement.Engagement) { e.Payment = "by the word" }, []string{"payment"}},
		{"nobody can be named", func(e *engagement.Engagement) { e.AcceptsIDs = []tenant.IDKind{} }, []string{"accepts_ids"}},
		{"an unknown ID", func(e *engagement.Engagement) { e.AcceptsIDs = []tenant.IDKind{tenant.IDKindTPID, "name"} }, []string{"nominated_by[1]"}},
		{"no ID", func(e *engagement.Engagement) { e.AcceptsIDs = []tenant.IDKind{""} }, []string{"nominated_by[0]"}},
		{"an ID twice", func(e *engagement.Engagement) { e.AcceptsIDs = []tenant.IDKind{tenant.IDKindTPID, tenant.IDKindTPID} }, []string{"nominated_by[1]"}},
		{"variable pay by tenant", func(e *engagement.Engagement) {
			e.Payment, e.AcceptsIDs = engagement.PaymentVariable, []tenant.IDKind{tenant.IDKindOpportunity, tenant.IDKindTenant, tenant.IDKindDomain}
		}, []string{"nominated_by[1]", "nominated_by[2]"}},
		{"a cap below the amount", func(e *engagement.Engagement) {
			rate := rate
			rate.Cap = money("99.99 USD")
			e.Rates = []engagement.Rate{rate}
		}, []string{"rates[0].cap"}},
		{"a cap of nothing", func(e *engagement.Engagement) {
			rate := rate
			rate.Cap = money("0.00 USD")
			e.Rates = []engagement.Rate{rate}
		}, []string{"rates[0].cap"}},
		{"a cap in another currency", func(e *engagement.Engagement) {
			rate := rate
			rate.Cap = money("200.00 EUR")
			e.Rates = []engagement.Rate{rate}
		}, []string{"rates[0].cap"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := offer()
			c.change(&e)
			invalid(t, e.Validate(), c.fields...)
		})
	}
	e := offer()
	rate.Cap = money("100 USD")
	e.Payment, e.AcceptsIDs, e.Rates = engagement.PaymentVariable, []tenant.IDKind{tenant.IDKindOpportunity}, []engagement.Rate{rate}
	require.NoError(t, e.Validate())
}
