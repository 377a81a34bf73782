package eligibility_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

type (
	tier   string
	level  int8
	total  int64
	status bool
	skills []string
)

// roundTrip sets and gets a fact in Facts of their own and in those of a rule
// set.
func roundTrip[T eligibility.Value](t *testing.T, kind eligibility.Kind, v T) {
	t.Helper()
	fact := eligibility.NewFact[T]("fact")
	assert.Equal(t, "fact", fact.Name())
	assert.Equal(t, kind, fact.Kind())
	set := ruleSet(t, eligibility.Func(passing, fact))
	for _, f := range []eligibility.Facts{{}, set.NewFacts()} {
		_, ok := fact.Get(f)
		assert.False(t, ok, "not set yet")
		fact.Set(&f, v)
		got, ok := fact.Get(f)
		assert.True(t, ok)
		assert.Equal(t, v, got)
		assert.Equal(t, 1, f.Len())
		fact.Clear(&f)
		_, ok = fact.Get(f)
		assert.False(t, ok)
		assert.Zero(t, f.Len())
		fact.Set(&f, v)

		other := eligibility.NewFact[T]("other")
		_, ok = other.Get(f)
		assert.False(t, ok)
		other.Clear(&f)
		assert.Equal(t, 1, f.Len())
	}
}

// slotRoundTrip is roundTrip, and the same through a slot.
func slotRoundTrip[T eligibility.SlotValue](t *testing.T, kind eligibility.Kind, v T) {
	t.Helper()
	roundTrip(t, kind, v)
	fact := eligibility.NewFact[T]("fact")
	set := ruleSet(t, eligibility.Func(passing, fact))
	for _, f := range []eligibility.Facts{{}, set.NewFacts()} {
		slot := eligibility.SlotOf(fact, &f)
		_, ok := fact.Get(f)
		assert.False(t, ok, "not set yet")
		slot.Set(v)
		got, ok := fact.Get(f)
		assert.True(t, ok)
		assert.Equal(t, v, got)
		var zero T
		slot.SetIf(zero, false)
		_, ok = fact.Get(f)
		assert.False(t, ok)
		slot.SetIf(v, true)
		got, _ = fact.Get(f)
		assert.Equal(t, v, got)
		f.Reset()
		_, ok = fact.Get(f)
		assert.False(t, ok)
	}
}

func TestFactsOfEveryType(t *testing.T) {
	slotRoundTrip(t, eligibility.KindText, "smb")
	slotRoundTrip(t, eligibility.KindText, tier("gold"))
	slotRoundTrip(t, eligibility.KindInteger, int64(math.MinInt64))
	slotRoundTrip(t, eligibility.KindInteger, total(7))
	roundTrip(t, eligibility.KindInteger, 42)
	roundTrip(t, eligibility.KindInteger, int32(-7))
	roundTrip(t, eligibility.KindInteger, level(-7))
	slotRoundTrip(t, eligibility.KindBoolean, true)
	slotRoundTrip(t, eligibility.KindBoolean, status(true))
	slotRoundTrip(t, eligibility.KindDecimal, number("39.90"))
	slotRoundTrip(t, eligibility.KindDecimal, number("-123456789012345678901234567890.123"))
	slotRoundTrip(t, eligibility.KindMoney, usd("2500.00"))
	slotRoundTrip(t, eligibility.KindDate, day("2026-07-01"))
	slotRoundTrip(t, eligibility.KindDate, eligibility.Never())
	slotRoundTrip(t, eligibility.KindList, []string{"a", "b"})
	slotRoundTrip(t, eligibility.KindList, skills{"a"})
	assert.Len(t, eligibility.AllKinds(), 7)
}

func TestNamedTypesInRules(t *testing.T) {
	tiers, levels := eligibility.NewFact[tier]("tier"), eligibility.NewFact[level]("level")
	assert.Equal(t, eligibility.ResultPass, found(t, eligibility.OneOf(tiers, "gold", "silver"), with(tiers, "gold")).Result)
	assert.Equal(t, eligibility.ResultFail, found(t, eligibility.AtLeast(levels, 3), with(levels, 2)).Result)
	assert.Equal(t, eligibility.ResultPass, found(t, eligibility.Contains(eligibility.NewFact[skills]("s"), "go"), with(eligibility.NewFact[skills]("s"), skills{"go"})).Result)
}

func TestNoValues(t *testing.T) {
	f := facts(with(assessed, eligibility.Date{}), with(revenue, eligibility.Money{}), with(revenue, eligibility.Money{Amount: number("3")}))
	assert.Zero(t, f.Len())
	_, ok := assessed.Get(f)
	assert.False(t, ok)
	_, ok = revenue.Get(f)
	assert.False(t, ok)
	set := ruleSet(t, eligibility.Is(assessed, day("2026-01-01")), eligibility.Is(revenue, usd("1")))
	laid := set.NewFacts()
	last, rev := eligibility.SlotOf(assessed, &laid), eligibility.SlotOf(revenue, &laid)
	last.Set(eligibility.Date{})
	rev.Set(eligibility.Money{})
	assert.Zero(t, laid.Len())
	d := eligibility.Decision{Facts: laid}
	require.NoError(t, set.DecideInPlace(&d, noon))
	assert.Equal(t, eligibility.OutcomeUnknown, d.Outcome)
	assert.Len(t, d.Reasons(), 2)
}

func TestFactsAreByNameAndKind(t *testing.T) {
	f := facts(with(segment, "smb"))
	same := eligibility.NewFact[tier]("segment")
	v, ok := same.Get(f)
	assert.True(t, ok)
	assert.Equal(t, tier("smb"), v)
	_, ok = eligibility.NewFact[int]("segment").Get(f)
	assert.False(t, ok, "of another kind")
}

func TestFactsCopyAndClone(t *testing.T) {
	f := facts(with(designations, []string{"a"}), with(revenue, usd("1")), with(percent, number("1")), with(seats, 1))
	clone, shares := f.Clone(), f
	designations.Set(&f, []string{"b"})
	revenue.Set(&f, usd("2"))
	percent.Set(&f, number("2"))
	seats.Set(&f, 2)
	assert.Equal(t, map[string]string{"designations": "a", "revenue": "1.00 USD", "percent": "1", "seats": "1"}, maps.Collect(clone.All()))
	assert.Equal(t, map[string]string{"designations": "b", "revenue": "2.00 USD", "percent": "2", "seats": "2"}, maps.Collect(shares.All()))

	list := []string{"x"}
	designations.Set(&f, list)
	list[0] = "y"
	got, _ := designations.Get(f)
	assert.Equal(t, []string{"x"}, got, "set copies")
	got[0] = "z"
	again, _ := designations.Get(f)
	assert.Equal(t, []string{"x"}, again, "get copies")
}

func TestFactsInOrder(t *testing.T) {
	set := ruleSet(t, eligibility.Is(segment, "x"), eligibility.Is(rooms, 1))
	f := set.NewFacts()
	for _, s := range []func(*eligibility.Facts){with(segment, "x"), with(seats, 3), with(rooms, 4), with(eligibility.NewFact[bool]("a"), true), with(government, false)} {
		s(&f)
	}
	var names []string
	for name := range f.All() {
		names = append(names, name)
	}
	assert.True(t, slices.IsSorted(names))
	assert.Len(t, names, 5, "facts that the rule set does not know are kept too")
	for range f.All() {
		break
	}
	f.Reset()
	assert.Zero(t, f.Len())
}

func TestFactsEqual(t *testing.T) {
	all := func() eligibility.Facts {
		return facts(with(segment, "a"), with(seats, 1), with(percent, number("1.0")), with(revenue, usd("1.0")),
			with(government, true), with(assessed, eligibility.Never()), with(designations, []string{"a"}))
	}
	same := facts(with(percent, number("1")), with(revenue, usd("1")))
	f := all()
	percent.Set(&f, number("1"))
	revenue.Set(&f, usd("1"))
	assert.True(t, all().Equal(f))
	assert.Equal(t, 2, same.Len())
	for _, change := range []func(*eligibility.Facts){
		with(segment, "b"), with(seats, 2), with(percent, number("1.1")), with(revenue, usd("2")), with(revenue, money("1 EUR")),
		with(government, false), with(assessed, day("2026-01-01")), with(designations, []string{"b"}),
		with(eligibility.NewFact[int]("segment"), 1), with(rooms, 1),
		func(f *eligibility.Facts) { seats.Clear(f) },
		func(f *eligibility.Facts) { seats.Clear(f); rooms.Set(f, 1) },
	} {
		f := all()
		change(&f)
		assert.False(t, all().Equal(f), "%v", maps.Collect(f.All()))
		assert.False(t, f.Equal(all()))
	}
}

func TestSlotsSurviveOtherFacts(t *testing.T) {
	var f eligibility.Facts
	slot := eligibility.SlotOf(seats, &f)
	for _, name := range []string{"a", "z", "m", "b", "y"} {
		eligibility.NewFact[decimal.Decimal](name).Set(&f, number("1"))
	}
	slot.Set(7)
	v, ok := seats.Get(f)
	assert.True(t, ok)
	assert.Equal(t, int64(7), v)

	rev := eligibility.SlotOf(revenue, &f)
	eligibility.NewFact[decimal.Decimal]("revenue").Set(&f, number("3"))
	eligibility.NewFact[[]string]("revenue").Set(&f, []string{"x"})
	rev.Set(usd("5"))
	got, _ := revenue.Get(f)
	assert.True(t, usd("5").Equal(got), "whatever kind the name had in between")
}
