package cel_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/eligibility/criteria/cel"
)

var (
	segment  = eligibility.NewFact[string]("segment")
	country  = eligibility.NewFact[string]("country")
	bought   = eligibility.NewFact[int64]("seats_bought")
	used     = eligibility.NewFact[int64]("seats_used")
	percent  = eligibility.NewFact[decimal.Decimal]("percent")
	revenue  = eligibility.NewFact[eligibility.Money]("revenue")
	assessed = eligibility.NewFact[eligibility.Date]("last_assessment")
	enrolled = eligibility.NewFact[bool]("enrolled")
	tags     = eligibility.NewFact[[]string]("tags")
	secret   = eligibility.NewFact[int64]("secret").Confidential()

	all = []eligibility.AnyFact{segment, country, bought, used, percent, revenue, assessed, enrolled, tags, secret}

	noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
)

func language(t testing.TB) *cel.Language {
	t.Helper()
	l, err := cel.New(cel.Options{Facts: all})
	require.NoError(t, err)
	return l
}

func money(s string) eligibility.Money {
	m, err := eligibility.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}

func date(s string) eligibility.Date {
	d, err := eligibility.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// known are the facts of the tables below; what they leave out is not known.
func known() (f eligibility.Facts) {
	segment.Set(&f, "smb")
	country.Set(&f, "ｋｐ ")
	bought.Set(&f, 300)
	percent.Set(&f, decimal.RequireFromString("39.90"))
	revenue.Set(&f, money("2500.00 USD"))
	assessed.Set(&f, date("2025-07-01"))
	tags.Set(&f, []string{"security", "azure"})
	secret.Set(&f, 42)
	return f
}

func set(t testing.TB, check eligibility.Check) *eligibility.RuleSet {
	t.Helper()
	s, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "s", Version: "1", Rules: []eligibility.Rule{{ID: "r", Doc: "The rule.", Check: check}}})
	require.NoError(t, err)
	return s
}

func decide(t testing.TB, expression string, f eligibility.Facts) (eligibility.Finding, error) {
	t.Helper()
	check, err := language(t).Check(expression)
	require.NoError(t, err, expression)
	d, err := set(t, check).Decide(f, noon)
	if err != nil {
		return eligibility.Finding{}, err
	}
	return d.Findings()[0], nil
}

func TestDecides(t *testing.T) {
	for expression, want := range map[string]eligibility.Result{
		`segment == "smb"`:                                       "pass",
		`segment in ["enterprise", "corporate"]`:                 "fail",
		`seats_bought >= 300 && seats_bought < 301`:              "pass",
		`percent < decimal("40.0")`:                              "pass",
		`percent >= 40`:                                          "fail",
		`percent == decimal("39.9")`:                             "pass",
		`percent + decimal("0.1") >= 40`:                         "pass",
		`percent - 39 < 1`:                                       "pass",
		`revenue >= money("2500.00 USD")`:                        "pass",
		`revenue - money("0.01 USD") >= money("2500.00 USD")`:    "fail",
		`revenue + revenue == money("5000 USD")`:                 "pass",
		`last_assessment < daysAgo(364)`:                         "pass",
		`last_assessment < daysAgo(365)`:                         "fail",
		`last_assessment >= date("2025-07-01")`:                  "pass",
		`today == date("2026-07-01")`:                            "pass",
		`isNever(last_assessment)`:                               "fail",
		`tags.exists(t, t.startsWith("sec"))`:                    "pass",
		`tags.all(t, t in ["security"])`:                         "fail",
		`size(tags) == 2`:                                        "pass",
		`country in ["KP"]`:                                      "fail", // letter by letter
		`!resembles(country, ["CU", "KP"])`:                      "fail",
		`resembles(segment, ["SMB"])`:                            "pass",
		`seats_used < seats_bought`:                              "unknown",
		`segment == "smb" || seats_used < 1`:                     "pass", // decided without it
		`seats_used < 1 || segment == "smb"`:                     "pass",
		`segment == "smb" && seats_used < 1`:                     "unknown",
		`segment == "enterprise" && seats_used < 1`:              "fail",
		`seats_used < 1 && segment == "enterprise"`:              "fail",
		`!(seats_used < 1)`:                                      "unknown",
		`enrolled`:                                               "unknown",
		`enrolled ? true : seats_bought > 1000`:                  "unknown",
		`seats_bought > 100 ? segment == "smb" : seats_used > 1`: "pass",
	} {
		f, err := decide(t, expression, known())
		require.NoError(t, err, expression)
		assert.Equal(t, want, f.Result, expression)
		assert.Equal(t, expression, f.Wanted)
	}
}

func TestFindings(t *testing.T) {
	f, err := decide(t, `seats_bought < 100`, known())
	require.NoError(t, err)
	assert.Equal(t, "300", f.Found)

	f, err = decide(t, `seats_bought < 100 && segment == "smb"`, known())
	require.NoError(t, err)
	assert.Equal(t, "seats_bought 300; segment smb", f.Found, "only what is read")

	f, err = decide(t, `seats_used < 100 || enrolled || segment == "x"`, known())
	require.NoError(t, err)
	assert.Equal(t, []string{"enrolled", "seats_used"}, f.Missing)

	f, err = decide(t, `secret < 100`, known())
	require.NoError(t, err)
	assert.True(t, f.Confidential)
}

// An empty text is not known: it is no country, and so none of those that are excluded.
func TestEmptyText(t *testing.T) {
	facts := known()
	country.Set(&facts, "")
	f, err := decide(t, `country != "KP"`, facts)
	require.NoError(t, err)
	assert.Equal(t, eligibility.ResultUnknown, f.Result)
}

// The day never is neither before nor after any other.
func TestNever(t *testing.T) {
	facts := known()
	assessed.Set(&facts, eligibility.Never())
	for expression, want := range map[string]eligibility.Result{
		`last_assessment < daysAgo(0)`:                              "fail",
		`last_assessment > daysAgo(365)`:                            "fail",
		`last_assessment <= date("2026-01-01")`:                     "fail",
		`date("2026-01-01") >= last_assessment`:                     "fail",
		`isNever(last_assessment)`:                                  "pass",
		`isNever(last_assessment) || last_assessment < daysAgo(99)`: "pass",
		`last_assessment == date("never")`:                          "pass",
	} {
		f, err := decide(t, expression, facts)
		require.NoError(t, err, expression)
		assert.Equal(t, want, f.Result, expression)
	}
}

// What cannot be answered is no verdict on the customer.
func TestCannotBeAnswered(t *testing.T) {
	facts := known()
	bought.Set(&facts, 1<<62)
	used.Set(&facts, 0)
	for expression, problem := range map[string]string{
		`revenue >= money("1 EUR")`:                    "amounts of USD and EUR cannot be compared",
		`revenue == money("2500.00 EUR")`:              "amounts of USD and EUR cannot be compared",
		`revenue + money("1 EUR") > money("1 USD")`:    "amounts of USD and EUR cannot be compared",
		`seats_bought * 4 > 0`:                         "overflow",
		`seats_bought / seats_used > 0`:                "division by zero",
		`last_assessment < daysAgo(0 - 1)`:             "daysAgo(-1) is no day",
		`last_assessment < daysAgo(9999999)`:           "is no day",
		`tags[7] == "azure"`:                           "index",
		`tags.map(t, int(t)).exists(n, n > 0)`:         "conversion",
		`last_assessment < daysAgo(seats_bought)`:      "is no day",
		`segment == "smb" && revenue < money("1 EUR")`: "cannot be compared",
	} {
		_, err := decide(t, expression, facts)
		rule, ok := errors.AsType[*eligibility.RuleError](err)
		if assert.True(t, ok, "%s: %v", expression, err) {
			assert.Contains(t, rule.Error(), problem, expression)
		}
	}
}

func TestRefused(t *testing.T) {
	l := language(t)
	for expression, problem := range map[string]string{
		``:                                   "",
		`segment ==`:                         "line 1",
		`seats_bougth > 1`:                   "undeclared reference to 'seats_bougth'",
		`seats_bought > "1"`:                 "no matching overload",
		`percent < 40.5`:                     "no matching overload",
		`percent == 39.9`:                    "no matching overload",
		`revenue > percent`:                  "no matching overload",
		`seats_bought + 1`:                   "has to be true or false",
		`percent < decimal("1e9")`:           `line 1, column 19`,
		`revenue < money("1 usd")`:           "is not a money",
		`last_assessment < date("1.7.26")`:   "is not a date",
		`percent < decimal(segment)`:         "takes a text in quotes",
		"segment == 'smb' &&\n  percent < x": "line 2, column 13",
		`tags.all(a, tags.all(b, tags.all(c, a == b && b == c)))`:  "may cost",
		strings.Repeat("(", 60) + "true" + strings.Repeat(")", 60): "",
		strings.Repeat("!", 5000) + "true":                         "longer than",
		`timestamp("2026-01-01T00:00:00Z") < now`:                  "undeclared reference to 'now'",
		`has(segment.x)`:                         "",
		`dyn(segment) == 1 ? dyn(1) : dyn(true)`: "has to be true or false",
	} {
		_, err := l.Check(expression)
		require.Error(t, err, expression)
		refused, ok := errors.AsType[*cel.ExpressionError](err)
		require.True(t, ok, "%s: %v", expression, err)
		assert.Contains(t, err.Error(), problem, expression)
		assert.NotEmpty(t, refused.Problem)
	}
	_, err := l.Check("seats_bougth > 1 && segmnet == 'x'")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "seats_bougth")
	assert.Contains(t, err.Error(), "segmnet", "all mistakes at once")
}

// A list that is longer than what was estimated is stopped at the limit.
func TestCostLimit(t *testing.T) {
	l, err := cel.New(cel.Options{Facts: all, CostLimit: 5000})
	require.NoError(t, err)
	check, err := l.Check(`tags.all(t, t != "x")`)
	require.NoError(t, err)
	facts := known()
	many := make([]string, 100_000)
	for i := range many {
		many[i] = "y"
	}
	tags.Set(&facts, many)
	_, err = set(t, check).Decide(facts, noon)
	_, ok := errors.AsType[*eligibility.RuleError](err)
	require.True(t, ok, "%v", err)
	assert.Contains(t, err.Error(), "cost limit")
}

func TestFactsThatCannotBeVariables(t *testing.T) {
	_, err := cel.New(cel.Options{Facts: []eligibility.AnyFact{
		eligibility.NewFact[string]("entra-p1"), eligibility.NewFact[string]("in"), eligibility.NewFact[string]("today"), segment, segment,
	}})
	require.Error(t, err)
	for _, name := range []string{"entra-p1", `"in"`, `"today"`, `"segment"`} {
		assert.Contains(t, err.Error(), name)
	}
	_, ok := errors.AsType[*cel.FactError](err)
	assert.True(t, ok)
}

// Documents are written as they were read, and a mistake in one has the path and the
// place in the expression.
func TestDocuments(t *testing.T) {
	registry := criteria.NewRegistry()
	for _, fact := range all {
		_ = registry.AddFact(fact, "") // some are the program's
	}
	require.NoError(t, registry.AddOperator(language(t).Operator()))
	document := func(expression string) []byte {
		return []byte(`{"id": "s", "version": "1", "rules": [
			["seats_bought", "at least", 100],
			{"id": "room", "doc": "There is room to grow.", "check": ["any of", [["cel", "` + expression + `"], ["enrolled", "is", true]]]}
		]}`)
	}
	rules, err := registry.ReadDocument(document(`seats_used < seats_bought && segment == 'smb'`))
	require.NoError(t, err)
	written, err := registry.WriteDocument(rules)
	require.NoError(t, err)
	assert.Contains(t, string(written), `["cel", "seats_used < seats_bought && segment == 'smb'"]`)
	again, err := registry.ReadDocument(written)
	require.NoError(t, err)

	f := known()
	used.Set(&f, 10)
	a, err := rules.Decide(f, noon)
	require.NoError(t, err)
	b, err := again.Decide(f, noon)
	require.NoError(t, err)
	assert.Equal(t, eligibility.OutcomeEligible, a.Outcome)
	assert.Equal(t, a.Findings(), b.Findings())

	_, err = registry.ReadDocument(document(`seats_used < `))
	refused, ok := errors.AsType[*criteria.DocumentError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "rules[1].check[1][0][1]", refused.Path)
	_, ok = errors.AsType[*cel.ExpressionError](err)
	assert.True(t, ok)
}

// The day of a decision begins in the rule set's time zone.
func TestToday(t *testing.T) {
	zone, err := time.LoadLocation("Pacific/Auckland")
	require.NoError(t, err)
	check, err := language(t).Check(`today == date("2026-07-02")`)
	require.NoError(t, err)
	s, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "s", Version: "1", TimeZone: zone,
		Rules: []eligibility.Rule{{ID: "r", Doc: "The rule.", Check: check}}})
	require.NoError(t, err)
	d, err := s.Decide(eligibility.Facts{}, noon.Add(2*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, eligibility.OutcomeEligible, d.Outcome)
	_, err = d.Replay(s)
	require.NoError(t, err)
}

// Whatever is read is decided or fails to decide, and neither panics nor takes long.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		`segment == "smb"`, `percent < decimal("40.0")`, `tags.exists(t, t.matches("a+"))`, `!(last_assessment < daysAgo(3))`, `revenue + revenue > money("1 USD")`,
		`[1, 2].all(n, n < seats_bought)`, `resembles(country, tags)`, `{"a": 1}["a"] == seats_used`, `type(percent) == type(revenue)`, `string(percent) == ""`,
	} {
		f.Add(seed)
	}
	l, facts := language(f), known()
	f.Fuzz(func(t *testing.T, expression string) {
		check, err := l.Check(expression)
		if err != nil {
			if _, ok := errors.AsType[*cel.ExpressionError](err); !ok {
				t.Fatalf("%q: %v", expression, err)
			}
			return
		}
		_, err = set(t, check).Decide(facts, noon)
		if _, panicked := errors.AsType[*eligibility.PanicError](err); panicked {
			t.Fatalf("%q: %v", expression, err)
		}
	})
}
