package claim_test

import (
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// paying returns a draft with other money.
func paying(t testing.TB, change func(*claim.Opening)) claim.State {
	t.Helper()
	o := opening()
	o.Proof = nil
	change(&o)
	return must(claim.Open(o))
}

// What is requested is what was said last, and at first what was estimated.
func TestRequested(t *testing.T) {
	s := then(t, draft(t), after(20), claim.Submit{})
	require.Equal(t, "5000.00 USD", s.Requested.String())
	s = then(t, s, after(21), claim.StartReview{}, askFor("Less, please."), claim.Submit{Requested: money("4000.50 USD")}, claim.StartReview{}, askFor("Sign it."), claim.Submit{})
	require.Equal(t, "4000.50 USD", s.Requested.String())
	var each []string
	for _, sub := range s.Submissions {
		each = append(each, sub.Requested.String())
	}
	require.Equal(t, []string{"5000.00 USD", "4000.50 USD", "4000.50 USD"}, each)

	s = then(t, draft(t), after(20), claim.Submit{Requested: money("7000.00 USD")})
	require.Equal(t, "7000.00 USD", s.Requested.String(), "more than the cap may be asked for; approving it needs an override")

	none := func(o *claim.Opening) {
		o.Rate, o.Estimated, o.Cap = eligibility.Money{}, eligibility.Money{}, eligibility.Money{}
	}
	require.True(t, then(t, paying(t, none), after(20), claim.Submit{}).Requested.IsZero(), "where there is no rate there is no estimate")
	require.Equal(t, "1.00 EUR", then(t, paying(t, none), after(20), claim.Submit{Requested: money("1.00 EUR")}).Requested.String())
}

func TestAmountsThatCannotBe(t *testing.T) {
	usd := func(amount string) eligibility.Money {
		return eligibility.Money{Amount: decimal.RequireFromString(amount), Currency: "USD"}
	}
	for _, c := range []struct {
		status  claim.Status
		event   claim.Event
		problem string
	}{
		{claim.StatusDraft, claim.Submit{Requested: usd("0")}, `the requested amount "0.00 USD" is not positive: use an amount with its currency`},
		{claim.StatusDraft, claim.Submit{Requested: usd("-1")}, `the requested amount "-1.00 USD" is not positive: use an amount with its currency`},
		{claim.StatusDraft, claim.Submit{Requested: eligibility.Money{Amount: decimal.NewFromInt(5)}}, `the requested amount "5 " is not positive: use an amount with its currency`},
		{claim.StatusDraft, claim.Submit{Requested: money("10.00 EUR")}, `the requested amount "10.00 EUR" has another currency than the claim: use USD`},
		{claim.StatusUnderReview, claim.Approve{}, `the approved amount "" is not positive: use an amount with its currency`},
		{claim.StatusUnderReview, claim.Approve{Amount: usd("0.00")}, `the approved amount "0.00 USD" is not positive: use an amount with its currency`},
		{claim.StatusUnderReview, claim.Approve{Amount: money("10.00 EUR")}, `the approved amount "10.00 EUR" has another currency than the claim: use USD`},
		{claim.StatusUnderReview, approve("5000.01 USD"), `the approved amount "5000.01 USD" exceeds the cap of 5000.00 USD: approve at most that, or say in the override why not`},
		{claim.StatusApproved, claim.Pay{}, `the paid amount "" is not positive: use an amount with its currency`},
		{claim.StatusApproved, claim.Pay{Amount: usd("-5000")}, `the paid amount "-5000.00 USD" is not positive: use an amount with its currency`},
		{claim.StatusApproved, claim.Pay{Amount: money("5000.00 EUR")}, `the paid amount "5000.00 EUR" has another currency than the claim: use USD`},
		{claim.StatusApproved, claim.Pay{Amount: money("5000.01 USD")}, `the paid amount "5000.01 USD" is more than the 5000.00 USD that is approved and not paid yet`},
	} {
		err := refused(t, in(t, c.status), after(25), c.event, errtest.Type[*claim.AmountError](), c.problem)
		require.EqualError(t, err, c.problem)
		var amount *claim.AmountError
		require.ErrorAs(t, err, &amount)
	}

	rateless := paying(t, func(o *claim.Opening) {
		o.Rate, o.Estimated, o.Cap = eligibility.Money{}, eligibility.Money{}, eligibility.Money{}
	})
	odd := eligibility.Money{Amount: decimal.NewFromInt(5), Currency: "usd"}
	require.EqualError(t, refused(t, rateless, after(20), claim.Submit{Requested: odd}, errtest.Type[*claim.AmountError]()), `the requested amount "5 usd" is in an unknown currency: use a code of ISO 4217 in capitals, for example EUR`)
	bad := claim.Pay{Amount: money("1.00 USD"), Reference: strings.Repeat("R", 201)}
	require.EqualError(t, refused(t, in(t, claim.StatusApproved), after(25), bad, errtest.Type[*claim.InvalidError]()), "reference has 201 characters: say it in at most 200")
	bad.Reference = "R\xff"
	refused(t, in(t, claim.StatusApproved), after(25), bad, errtest.Type[*claim.InvalidError]())
}

// More than the cap is approved only with words that say why, and they are not
// taken where there is nothing to explain.
func TestOverride(t *testing.T) {
	review := func(change func(*claim.Opening)) claim.State {
		return then(t, paying(t, change), after(20), claim.Submit{Requested: money("9000.00 USD")}, claim.StartReview{})
	}
	capped := review(func(o *claim.Opening) { o.Cap = money("6000.00 USD") })
	require.Equal(t, "6000.00 USD", then(t, capped, after(21), approve("6000.00 USD")).Approved.String(), "up to the cap, also over the estimate")
	err := refused(t, capped, after(21), approve("6000.01 USD"), errtest.Type[*claim.AmountError]())
	var over *claim.AmountError
	require.ErrorAs(t, err, &over)
	require.Equal(t, "approved", over.Field)
	require.Equal(t, "6000.00 USD", over.Limit.String())

	s := then(t, capped, after(21), claim.Approve{Amount: money("6000.01 USD"), Override: "A second workshop.", Text: "Well done."})
	require.Equal(t, claim.Review{At: after(21), Outcome: claim.KindApprove, Amount: money("6000.01 USD"), Override: "A second workshop.", Text: "Well done."}, s.LastReview())
	err = refused(t, capped, after(21), claim.Approve{Amount: money("6000.00 USD"), Override: "To be sure."}, errtest.Type[*claim.InvalidError]())
	require.EqualError(t, err, "override is not needed: the amount does not exceed the cap")

	rateless := review(func(o *claim.Opening) {
		o.Rate, o.Estimated, o.Cap = eligibility.Money{}, eligibility.Money{}, eligibility.Money{}
	})
	err = refused(t, rateless, after(21), approve("1.00 USD"), errtest.Type[*claim.AmountError]())
	require.EqualError(t, err, `the approved amount "1.00 USD" has no cap to keep to, because no rate was in force: say in the override why it is right`)
	refused(t, rateless, after(21), claim.Approve{Amount: money("1.00 EUR"), Override: "By letter."}, errtest.Type[*claim.AmountError](), "the partner asked in dollars")
	require.Equal(t, claim.StatusApproved, then(t, rateless, after(21), claim.Approve{Amount: money("9000.00 USD"), Override: "By letter."}).Status)
}

// Payments come in parts, exact to the last cent, and never to more than what was
// approved.
func TestPayments(t *testing.T) {
	pay := func(amount string) claim.Pay { return claim.Pay{Amount: money(amount)} }
	s := then(t, in(t, claim.StatusUnderReview), after(23), approve("1000.00 USD"))
	s = then(t, s, after(24), pay("0.10 USD"), pay("0.20 USD"), pay("333.33 USD"))
	require.Equal(t, claim.StatusApproved, s.Status)
	require.Equal(t, "333.63 USD", s.Paid.String())

	err := refused(t, s, after(25), pay("666.38 USD"), errtest.Type[*claim.AmountError]())
	var over *claim.AmountError
	require.ErrorAs(t, err, &over)
	require.Equal(t, "666.37 USD", over.Limit.String())
	require.EqualError(t, err, `the paid amount "666.38 USD" is more than the 666.37 USD that is approved and not paid yet`)

	s = then(t, s, after(25), pay("666.37 USD"))
	require.Equal(t, claim.StatusPaid, s.Status)
	require.Equal(t, "1000.00 USD", s.Paid.String())
	require.Len(t, s.Payments, 4)
	refused(t, s, after(26), pay("0.01 USD"), errtest.Type[*claim.NotAllowedError](), "all is paid")
}

// Whatever is approved and paid, in whatever parts: no more is paid than approved,
// no more approved than the cap without a word why, and the parts make the whole.
func TestMoneyHolds(t *testing.T) {
	cents := func(n int32) eligibility.Money {
		return eligibility.Money{Amount: decimal.New(int64(n), -2), Currency: "USD"}
	}
	holds := func(cap, asked, approved uint16, override bool, parts []int16) bool {
		s := paying(t, func(o *claim.Opening) { o.Cap = cents(int32(cap) + 1) })
		yes := claim.Approve{Amount: cents(int32(approved) + 1)}
		if override {
			yes.Override = "Agreed."
		}
		s = then(t, s, after(1), claim.Submit{Requested: cents(int32(asked) + 1)}, claim.StartReview{})
		next, err := claim.Apply(s, yes, after(2))
		if over := approved > cap; (err == nil) != (over == override) {
			t.Logf("cap %d, approved %d, override %v: %v", cap, approved, override, err)
			return false
		} else if err != nil {
			return true
		}
		s = next
		for i, part := range parts {
			s, _ = claim.Apply(s, claim.Pay{Amount: cents(int32(part))}, after(3).Add(time.Duration(i)))
		}
		sum := decimal.Zero
		for _, p := range s.Payments {
			sum = sum.Add(p.Amount.Amount)
		}
		return sum.Equal(s.Paid.Amount) && s.Paid.Amount.LessThanOrEqual(s.Approved.Amount) &&
			(s.Approved.Amount.LessThanOrEqual(s.Cap.Amount) || s.LastReview().Override != "") &&
			(s.Status == claim.StatusPaid) == s.Paid.Amount.Equal(s.Approved.Amount)
	}
	require.NoError(t, quick.Check(holds, &quick.Config{MaxCount: 2000}))
}

// The amount that says most is what was paid, else approved, else requested, else
// estimated.
func TestAmount(t *testing.T) {
	s := draft(t)
	require.Equal(t, "5000.00 USD", s.Amount().String())
	s = then(t, s, after(20), claim.Submit{Requested: money("4000.00 USD")})
	require.Equal(t, "4000.00 USD", s.Amount().String())
	s = then(t, s, after(21), claim.StartReview{}, approve("3000.00 USD"))
	require.Equal(t, "3000.00 USD", s.Amount().String())
	s = then(t, s, after(22), claim.Pay{Amount: money("1.00 USD")})
	require.Equal(t, "1.00 USD", s.Amount().String())
	require.True(t, claim.State{}.Amount().IsZero())
}
