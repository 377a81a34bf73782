package criteria_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

const written = `{
  "id": "everything",
  "version": "2026.1",
  "effective_from": "2026-07-01",
  "effective_to": "2027-06-30T22:30:00.000001Z",
  "time_zone": "Europe/Lisbon",
  "rules": [
    {
      "id": "segment",
      "doc": "Segment: one of a \"b\", <c> & d.",
      "check": ["segment", "one of", ["a \"b\"", "<c> & d"]]
    },
    {
      "id": "rooms",
      "doc": "Five.",
      "check": ["rooms", "not one of", [5, -6]]
    },
    {
      "id": "percent",
      "doc": "Percent.",
      "check": ["intune_enrolled_percent", "below", "40.0"]
    },
    {
      "id": "money",
      "doc": "Money.",
      "check": ["azure_consumed_revenue", "between", ["1000.00 USD", "50000.00 USD"]]
    },
    {
      "id": "cloud",
      "doc": "Cloud.",
      "check": ["government_cloud", "is", false]
    },
    {
      "id": "dates",
      "doc": "Dates.",
      "check": ["all of", [["last_assessment", "before", "365 days ago or never"], ["not", ["last_assessment", "older than", "1000 days"]], ["any of", [["last_assessment", "is", "2026-01-01"]]]]]
    },
    {
      "id": "tags",
      "doc": "Tags.",
      "check": ["designations", "contains", "Data & AI (Azure)"]
    },
    {
      "id": "within",
      "doc": "Within.",
      "check": ["employees", "within", {"center":1,"radius":2}]
    },
    {
      "id": "on",
      "doc": "On.",
      "check": ["on", ["Sunday"]]
    }
  ]
}
`

func TestWriteDocument(t *testing.T) {
	registry := testRegistry(t)
	set, err := registry.ReadDocument([]byte(written))
	require.NoError(t, err)
	assert.Equal(t, "everything", set.ID())
	assert.Equal(t, "2026.1", set.Version())
	assert.Equal(t, "Europe/Lisbon", set.TimeZone().String())
	assert.Equal(t, "2026-06-30T23:00:00Z", set.EffectiveFrom().UTC().Format(time.RFC3339Nano), "midnight in Lisbon, in summer")
	assert.Equal(t, "2027-06-30T22:30:00.000001Z", set.EffectiveTo().UTC().Format(time.RFC3339Nano))

	data, err := registry.WriteDocument(set)
	require.NoError(t, err)
	assert.Equal(t, written, string(data))
}

// A derived ID and doc are written out, so that they stay what they were.
func TestWriteDerivedNames(t *testing.T) {
	registry := criteria.NewRegistry()
	set, err := registry.ReadDocument([]byte(`{"rules": [["rooms", "at least", 5]], "version": "1", "id": "a"}`))
	require.NoError(t, err)
	assert.True(t, set.EffectiveFrom().IsZero() && set.EffectiveTo().IsZero())
	assert.Equal(t, time.UTC, set.TimeZone())
	data, err := registry.WriteDocument(set)
	require.NoError(t, err)
	assert.Equal(t, `{
  "id": "a",
  "version": "1",
  "rules": [
    {
      "id": "rooms",
      "doc": "Meeting rooms: at least 5.",
      "check": ["rooms", "at least", 5]
    }
  ]
}
`, string(data))
}

func TestWriteFaults(t *testing.T) {
	rooms, segment := criteria.Rooms, criteria.Segment
	number := eligibility.NewFact[decimal.Decimal]("ratio")
	fine := eligibility.AtLeast(rooms, 5)
	function := eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		return eligibility.Passed("", ""), nil
	})
	deep := fine
	for range 20 {
		deep = eligibility.Not(eligibility.Any(deep))
	}
	cases := map[string]struct {
		config eligibility.RuleSetConfig // ID and Version have defaults
		check  eligibility.Check         // the second rule's
		want   fault
	}{
		"function":          {check: function, want: fault{"rules[1].check", "is a Go function, which no document can hold", nil}},
		"function inside":   {check: eligibility.Any(fine, eligibility.Not(function)), want: fault{"rules[1].check[1][1][1]", "is a Go function", nil}},
		"unknown operator":  {check: fine.Named("enough", rooms, 5), want: fault{"rules[1].check[1]", `is "enough", which is no operator`, criteria.ErrUnknownOperator}},
		"unknown alone":     {check: function.Named("odd", nil, 5), want: fault{"rules[1].check[0]", `is "odd", which is no operator without a fact`, criteria.ErrUnknownOperator}},
		"unknown fact":      {check: eligibility.Is(eligibility.NewFact[string]("planet"), "Mars"), want: fault{"rules[1].check[0]", `is "planet", which is no fact here`, criteria.ErrUnknownFact}},
		"other kind":        {check: eligibility.Is(eligibility.NewFact[string]("employees"), "many"), want: fault{"rules[1].check[2]", "is a text, and has to be a whole number", nil}},
		"read otherwise":    {check: eligibility.Is(eligibility.NewFact[string]("government_cloud"), "true"), want: fault{"rules", "do not read back as they are", nil}},
		"operand not JSON":  {check: fine.Named("within", employees, func() {}), want: fault{"rules[1].check[2]", "cannot be written as JSON", nil}},
		"operand misspelt":  {check: fine.Named("within", employees, map[string]int{"middle": 1}), want: fault{"rules[1].check[2]", `unknown field "middle"`, nil}},
		"value not UTF-8":   {check: eligibility.Is(segment, "\xff"), want: fault{"rules[1].check[2]", "is not UTF-8", nil}},
		"list not UTF-8":    {check: eligibility.OneOf(segment, "a", "\xff"), want: fault{"rules[1].check[2][1]", "is not UTF-8", nil}},
		"ID not UTF-8":      {config: eligibility.RuleSetConfig{ID: "a\xff"}, check: fine, want: fault{"id", "is not UTF-8", nil}},
		"too many digits":   {check: eligibility.Below(number, decimal.New(1, 100)), want: fault{"rules[1].check[2]", "is not a decimal", nil}},
		"too deep":          {check: deep, want: fault{"rules[1].check" + strings.Repeat("[1][1][0]", 10), "is nested more than 32 deep", nil}},
		"own zone":          {config: eligibility.RuleSetConfig{TimeZone: time.FixedZone("Here", 3600)}, check: fine, want: fault{"time_zone", `is "Here", which is no time zone here`, nil}},
		"false name":        {config: eligibility.RuleSetConfig{TimeZone: time.FixedZone("UTC", 3600)}, check: fine, want: fault{"time_zone", `is "UTC", but not the zone of that name`, nil}},
		"summer's name":     {config: eligibility.RuleSetConfig{TimeZone: time.FixedZone("Europe/Lisbon", 0)}, check: fine, want: fault{"time_zone", `is "Europe/Lisbon", but not the zone of that name`, nil}},
		"the machine's":     {config: eligibility.RuleSetConfig{TimeZone: time.Local}, check: fine, want: fault{"time_zone", "is no time zone here", nil}},
		"beyond the years":  {config: eligibility.RuleSetConfig{EffectiveTo: time.Date(10000, 1, 1, 1, 0, 0, 0, time.UTC)}, check: fine, want: fault{"effective_to", "has to be a day", nil}},
		"before Christ":     {config: eligibility.RuleSetConfig{EffectiveFrom: time.Date(-1, 1, 1, 1, 0, 0, 0, time.UTC)}, check: fine, want: fault{"effective_from", "has to be a day", nil}},
		"no value, no JSON": {check: fine.Named("within", employees, nil), want: fault{"rules[1].check[2]", "is null", nil}},
	}
	for about, c := range cases {
		if c.config.ID == "" {
			c.config.ID = "a"
		}
		c.config.Version = "1"
		c.config.Rules = []eligibility.Rule{{ID: "first", Doc: "Fine.", Check: fine}, {ID: "second", Doc: "Not fine.", Check: c.check}}
		set, err := eligibility.NewRuleSet(c.config)
		require.NoError(t, err, about)
		if c.config.TimeZone == time.Local && time.Local.String() != "Local" {
			continue // the machine's zone has a name that others know
		}
		data, err := testRegistry(t).WriteDocument(set)
		assert.Nil(t, data, about)
		requireFaults(t, err, about, c.want)
	}
}

func TestWriteAllFaultsAtOnce(t *testing.T) {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "a", Version: "1", Rules: []eligibility.Rule{
		{ID: "a", Doc: "\xff", Check: eligibility.Is(criteria.Segment, "a")},
		{ID: "b", Doc: "b", Check: eligibility.Is(criteria.Segment, "\xff")},
	}})
	require.NoError(t, err)
	_, err = criteria.NewRegistry().WriteDocument(set)
	requireFaults(t, err, "both", fault{"rules[0].doc", "is not UTF-8", nil}, fault{"rules[1].check[2]", "is not UTF-8", nil})
}

// A whole number for an operand of a host's own is no number of days.
func TestWriteHostsNumber(t *testing.T) {
	registry := criteria.NewRegistry()
	require.NoError(t, registry.AddOperator(criteria.NewOperator("about", func(f eligibility.Fact[int64], n int) (eligibility.Check, error) {
		return eligibility.Between(f, int64(n)-1, int64(n)+1), nil
	})))
	require.NoError(t, registry.AddOperator(criteria.NewOperator("roughly", func(f eligibility.Fact[decimal.Decimal], d decimal.Decimal) (eligibility.Check, error) {
		one := decimal.NewFromInt(1)
		return eligibility.Between(f, d.Sub(one), d.Add(one)), nil
	})))
	set, err := registry.ReadDocument([]byte(`{"id": "a", "version": "1", "rules": [["rooms", "about", 5], ["intune_enrolled_percent", "roughly", 40.0]]}`))
	require.NoError(t, err)
	data, err := registry.WriteDocument(set)
	require.NoError(t, err)
	assert.Contains(t, string(data), `["rooms", "about", 5]`)
	assert.Contains(t, string(data), `["intune_enrolled_percent", "roughly", "40.0"]`)

	_, err = registry.ReadRules([]byte(`[["intune_enrolled_percent", "roughly", "1e999999999"]]`))
	requireFaults(t, err, "exponent", fault{"[0][2]", "is not a decimal", nil})
}

// A day begins when its first moment comes, also where there is no midnight.
func TestDayWithoutMidnight(t *testing.T) {
	registry := criteria.NewRegistry()
	for _, c := range []struct{ zone, day, begins string }{
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"}, // clocks went from 0:00 to 1:00
		{"Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"},
		{"Pacific/Apia", "2026-07-01", "2026-06-30T11:00:00Z"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"}, // the day before was left out
	} {
		document := `{"id": "a", "version": "1", "effective_from": "` + c.day + `", "time_zone": "` + c.zone + `", "rules": [["rooms", "is", 5]]}`
		set, err := registry.ReadDocument([]byte(document))
		require.NoError(t, err)
		assert.Equal(t, c.begins, set.EffectiveFrom().UTC().Format(time.RFC3339), c.zone)
		data, err := registry.WriteDocument(set)
		require.NoError(t, err)
		assert.Contains(t, string(data), `"effective_from": "`+c.day+`"`)
	}

	left, err := registry.ReadDocument([]byte(`{"id": "a", "version": "1", "effective_from": "2011-12-30", "time_zone": "Pacific/Apia", "rules": [["rooms", "is", 5]]}`))
	require.NoError(t, err)
	assert.Equal(t, "2011-12-30T10:00:00Z", left.EffectiveFrom().UTC().Format(time.RFC3339), "a day that is left out begins with the next one")
}
