package criteria_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

func TestProgramFactsAreNamedLikeTheirColumns(t *testing.T) {
	var registry criteria.Registry
	got := map[string]eligibility.Kind{}
	last := ""
	for _, f := range registry.Facts() {
		assert.Less(t, last, f.Name(), "in order")
		last = f.Name()
		got[f.Name()] = f.Kind()
	}
	assert.Equal(t, map[string]eligibility.Kind{
		"segment": "text", "country": "text", "area": "text",
		"entra_p1_seats": "integer", "monthly_active_users": "integer", "paid_available_units": "integer",
		"teams_monthly_active_users": "integer", "rooms": "integer",
		"intune_enrolled_percent": "decimal", "azure_consumed_revenue": "money",
		"government_cloud": "boolean", "last_assessment": "date", "same_area_as_location": "boolean",
		"program_enrolled": "boolean", "designations": "list", "specializations": "list",
	}, got)
}

func TestSet(t *testing.T) {
	var registry criteria.Registry
	var facts eligibility.Facts
	for name, text := range map[string]string{
		"segment": " enterprise ", "entra_p1_seats": "4200", "rooms": "-9223372036854775808", "intune_enrolled_percent": "39.90",
		"azure_consumed_revenue": "2500.00 USD", "government_cloud": "true", "last_assessment": "2025-11-22",
		"designations": "Data & AI (Azure) ;Security", "specializations": "none",
	} {
		require.NoError(t, registry.Set(&facts, name, text), name)
	}
	assert.Equal(t, 9, facts.Len())
	expect(t, facts, criteria.Segment, "enterprise")
	expect(t, facts, criteria.EntraP1Seats, int64(4200))
	expect(t, facts, criteria.Rooms, int64(math.MinInt64))
	expect(t, facts, criteria.IntuneEnrolledPercent, decimal.RequireFromString("39.90"))
	expect(t, facts, criteria.AzureConsumedRevenue, must(eligibility.ParseMoney("2500.00 USD")))
	expect(t, facts, criteria.GovernmentCloud, true)
	expect(t, facts, criteria.LastAssessment, must(eligibility.ParseDate("2025-11-22")))
	expect(t, facts, criteria.Designations, []string{"Data & AI (Azure)", "Security"})
	expect(t, facts, criteria.Specializations, []string{})

	require.NoError(t, registry.Set(&facts, "last_assessment", "never"))
	expect(t, facts, criteria.LastAssessment, eligibility.Never())

	for _, f := range registry.Facts() { // an empty cell makes a known fact unknown
		require.NoError(t, registry.Set(&facts, f.Name(), " "))
	}
	assert.Zero(t, facts.Len())
}

func expect[T eligibility.Value](t *testing.T, facts eligibility.Facts, fact eligibility.Fact[T], want T) {
	t.Helper()
	got, known := fact.Get(facts)
	assert.True(t, known, fact.Name())
	assert.Equal(t, want, got, fact.Name())
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSetRefuses(t *testing.T) {
	var registry criteria.Registry
	for _, c := range []struct{ fact, text, want string }{
		{"entra_p1_seats", "4,200", `fact "entra_p1_seats": "4,200" is not a whole number: write digits alone, as in "4200"`},
		{"entra_p1_seats", "4200.0", `fact "entra_p1_seats": "4200.0" is not a whole number: write digits alone, as in "4200"`},
		{"entra_p1_seats", "9223372036854775808", `fact "entra_p1_seats": "9223372036854775808" is not a whole number: write digits alone, as in "4200"`},
		{"government_cloud", "1", `fact "government_cloud": "1" is not a boolean: write "true" or "false"`},
		{"specializations", "a;;b", `fact "specializations": "a;;b" is not a list: an entry is empty: write "one; two", and "none" if there are none`},
	} {
		var facts eligibility.Facts
		err := registry.Set(&facts, c.fact, c.text)
		assert.EqualError(t, err, c.want)
		assert.ErrorAs(t, err, new(*criteria.FactError))
		assert.ErrorAs(t, err, new(*eligibility.ParseError))
		assert.Zero(t, facts.Len())
	}
	for fact, text := range map[string]string{"intune_enrolled_percent": "40,0", "azure_consumed_revenue": "2500.00", "last_assessment": "22.11.2025"} {
		var facts eligibility.Facts
		require.NoError(t, registry.Set(&facts, "rooms", "5"))
		err := registry.Set(&facts, fact, text)
		var refused *criteria.FactError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, fact, refused.Fact)
		assert.ErrorAs(t, err, new(*eligibility.ParseError))
		assert.Equal(t, 1, facts.Len(), "nothing else is lost")
	}

	var facts eligibility.Facts
	criteria.Rooms.Set(&facts, 7)
	assert.Error(t, registry.Set(&facts, "rooms", "many"))
	expect(t, facts, criteria.Rooms, int64(7))

	err := registry.Set(&facts, "room", "")
	assert.EqualError(t, err, `nobody has registered the fact "room": register it with AddFact`)
	assert.ErrorIs(t, err, criteria.ErrUnknownFact)
	assert.ErrorAs(t, err, new(*criteria.FactError))
	assert.NotErrorAs(t, err, new(*criteria.DocumentError))
}

type oddFact struct{ name, kind string }

func (f oddFact) Name() string           { return f.name }
func (f oddFact) Kind() eligibility.Kind { return eligibility.Kind(f.kind) }

func TestAddFact(t *testing.T) {
	var registry criteria.Registry
	require.NoError(t, registry.AddFact(eligibility.NewFact[int64]("open_escalations"), ""))
	require.NoError(t, registry.AddFact(eligibility.NewFact[string]("öffnung"), " Opening hours "))
	require.NoError(t, registry.AddFact(eligibility.NewFact[int]("rooms"), "Rooms with a camera"), "the same kind, another title")
	rules, err := registry.ReadRules([]byte(`[["open_escalations", "is", 0], ["öffnung", "is", "9"], ["rooms", "is", 1]]`))
	require.NoError(t, err)
	assert.Equal(t, "Open escalations: is 0.", rules[0].Doc)
	assert.Equal(t, "Opening hours: is 9.", rules[1].Doc)
	assert.Equal(t, "Rooms with a camera: is 1.", rules[2].Doc)

	var other criteria.Registry // shares nothing with the first
	_, err = other.ReadRules([]byte(`[["open_escalations", "is", 0]]`))
	assert.ErrorIs(t, err, criteria.ErrUnknownFact)

	for _, c := range []struct {
		fact eligibility.AnyFact
		want string
	}{
		{eligibility.NewFact[string]("rooms"), `"rooms" cannot be registered: it is known as a fact of kind integer already: choose another name`},
		{eligibility.NewFact[bool]("open_escalations"), `"open_escalations" cannot be registered: it is known as a fact of kind integer already: choose another name`},
		{eligibility.NewFact[string](""), `"" cannot be registered: it has to have a name without blanks and control characters`},
		{eligibility.NewFact[string]("a b"), `"a b" cannot be registered: it has to have a name without blanks and control characters`},
		{oddFact{"odd", "float"}, `"odd" cannot be registered: it is of no kind that facts have: make it by eligibility.NewFact`},
	} {
		err := registry.AddFact(c.fact, "Title")
		assert.EqualError(t, err, c.want)
		assert.ErrorAs(t, err, new(*criteria.RegistrationError))
	}
	assert.Len(t, registry.Facts(), 18, "none of those")
}

func TestAddOperator(t *testing.T) {
	var registry criteria.Registry
	sameAs := func(op eligibility.Op) criteria.Operator {
		return criteria.NewOperator(op, func(f eligibility.Fact[string], v string) (eligibility.Check, error) {
			return eligibility.Is(f, v), nil
		})
	}
	require.NoError(t, registry.AddOperator(sameAs("same as")))
	require.NoError(t, registry.AddOperator(criteria.NewOperator("same as", func(f eligibility.Fact[bool], v bool) (eligibility.Check, error) {
		return eligibility.Is(f, v), nil
	})), "the same operator for another kind")
	_, err := registry.ReadRules([]byte(`[["segment", "same as", "smb"], ["government_cloud", "same as", false]]`))
	require.NoError(t, err)
	_, err = registry.ReadRules([]byte(`[["rooms", "same as", 5]]`))
	assert.ErrorIs(t, err, criteria.ErrUnknownOperator)

	for _, c := range []struct {
		operator criteria.Operator
		want     string
	}{
		{sameAs("same as"), `"same as" cannot be registered: it is registered already`},
		{sameAs("at least"), `"at least" cannot be registered: it is a ready operator: choose another name`},
		{sameAs("any of"), `"any of" cannot be registered: it is a ready operator: choose another name`},
		{sameAs(""), `"" cannot be registered: it has to have a name without blanks around it and control characters`},
		{sameAs(" same"), `" same" cannot be registered: it has to have a name without blanks around it and control characters`},
		{criteria.Operator{}, `"" cannot be registered: it is not an operator: make it by NewOperator`},
	} {
		err := registry.AddOperator(c.operator)
		assert.EqualError(t, err, c.want)
		assert.ErrorAs(t, err, new(*criteria.RegistrationError))
	}
}
