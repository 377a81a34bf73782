package engagement_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

func TestLabels(t *testing.T) {
	got, err := engagement.Labels([]string{"urgent", "Azure"})
	require.NoError(t, err)
	require.Equal(t, []string{"Azure", "urgent"}, got)
	_, err = engagement.Labels([]string{"", "one", "ONE", "\u200b", strings.Repeat("x", engagement.MaxLabel+1)})
	invalid(t, err, "labels[0]", "labels[2]", "labels[3]", "labels[4]")
	_, err = engagement.Labels(make([]string, engagement.MaxLabels+1))
	invalid(t, err, "labels")
	require.NoError(t, engagement.CheckOwner("ana"))
	invalid(t, engagement.CheckOwner("\u200b"), "owner")
}

func TestReferral(t *testing.T) {
	got, err := engagement.Reference(" R-1 ")
	require.NoError(t, err)
	require.Equal(t, "R-1", got)
	for _, text := range []string{"", "  ", "\u200b", strings.Repeat("x", engagement.MaxReference+1)} {
		_, err := engagement.Reference(text)
		invalid(t, err, "reference")
	}
	var p engagement.Participation
	_, err = p.WithReferral("R-1", start)
	require.Equal(t, code.WrongState, code.Of(err), "before the consent")
	require.False(t, p.NeedsReferral(start))
}

// A flag replaces that of the same domain, and keeps its reason.
func TestContactFlags(t *testing.T) {
	contoso := email("ana@contoso.com").Domain()
	p := engagement.Participation{}.Flagged(engagement.ContactFlag{Domain: contoso, Doubt: engagement.DoubtUncheckedDomain, Reason: "Known.", At: start})
	q := p.Flagged(engagement.ContactFlag{Domain: contoso, Doubt: engagement.DoubtForeignDomain, At: start.Add(day)})
	require.Equal(t, []engagement.ContactFlag{{Domain: contoso, Doubt: engagement.DoubtForeignDomain, Reason: "Known.", At: start.Add(day)}}, q.ContactFlags)
	require.Equal(t, engagement.DoubtUncheckedDomain, p.ContactFlags[0].Doubt, "the one before stays as it was")
	require.NotContains(t, q.ContactFlags[0].LogValue().String(), "Known")
	for _, d := range engagement.AllContactDoubts() {
		var back engagement.ContactDoubt
		require.NoError(t, back.UnmarshalText([]byte(d)))
		require.Equal(t, d, back)
	}
	require.ErrorAs(t, new(engagement.ContactDoubt).UnmarshalText([]byte("junk")), new(*engagement.UnknownValueError))
}

func TestSides(t *testing.T) {
	var p engagement.Participation
	p.Consent.Partner = []link.Contact{{Email: email("joe@northwind.example")}}
	p.Claim = &claim.State{}
	require.Equal(t, []tenant.Email{email("joe@northwind.example")}, p.PartnerSide())
	require.Empty(t, p.CustomerSide())
}

// What an address failed to get is forgotten when it gets something, or is erased.
func TestMailFailures(t *testing.T) {
	message := engagement.Message{To: email("joe@northwind.example"), Kind: engagement.MessageClaimPaid}
	failure := link.Failure{Code: link.AllFailureCodes()[0], At: start}
	p := engagement.Participation{}.WithMail(message, failure)
	require.Len(t, p.Failures, 1)
	require.NotContains(t, p.Failures[0].LogValue().String(), "joe")
	require.Empty(t, p.WithMail(message, link.Failure{}).Failures)
	erased, found := p.ErasedMail(email("JOE@northwind.example"))
	require.True(t, found)
	require.Empty(t, erased.Failures)
	_, found = p.ErasedMail(tenant.Email{})
	require.False(t, found)
}

// A customer whom the engagement takes by none of its IDs, or whom no location could
// claim, is not eligible, whatever the criteria say.
func TestBesides(t *testing.T) {
	eligible := engagement.Evaluation{Outcome: eligibility.OutcomeEligible}
	by := tenant.Identity{TPID: 7}
	ev := eligible.Besides(engagement.Engagement{Payment: engagement.PaymentVariable}, by)
	require.Len(t, ev.Reasons, 2)
	require.Equal(t, "None of your locations is eligible for this engagement", ev.Reasons[0].String())
	require.Contains(t, ev.Reasons[1].String(), string(tenant.IDKindOpportunity))
	require.Empty(t, engagement.WithoutFigures(ev.Reasons)[0].Wanted)
	by.Stated = true
	refused, not := engagement.Engagement{RefusesStated: true}.NotTaken(by)
	require.True(t, not)
	require.Equal(t, "The engagement does not accept a customer ID that the directory does not confirm", refused.String())
	require.Equal(t, []engagement.Type{engagement.TypeAssessment, engagement.TypeWorkshop}, engagement.AllTypes()[:2])
}
