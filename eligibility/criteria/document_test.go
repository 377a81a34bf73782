package criteria_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

// Facts of kinds that the program has no facts of, or few.
var (
	employees = eligibility.NewFact[int64]("employees")
	ratio     = eligibility.NewFact[decimalNumber]("ratio")
	budget    = eligibility.NewFact[eligibility.Money]("budget")
	founded   = eligibility.NewFact[eligibility.Date]("founded")
	tags      = eligibility.NewFact[[]string]("tags")
)

func testRegistry(t testing.TB) *criteria.Registry {
	t.Helper()
	r := criteria.NewRegistry()
	for _, f := range []eligibility.AnyFact{employees, ratio, budget, founded, tags} {
		require.NoError(t, r.AddFact(f, ""))
	}
	require.NoError(t, r.AddOperator(endsWith))
	require.NoError(t, r.AddOperator(within))
	require.NoError(t, r.AddOperator(onWeekdays))
	return r
}

func TestOperators(t *testing.T) {
	const pass, fail, unknown = eligibility.ResultPass, eligibility.ResultFail, eligibility.ResultUnknown
	cases := []struct {
		check string
		facts string // name=text, separated by |
		want  eligibility.Result
	}{
		{`["segment", "is", "smb"]`, "segment=smb", pass},
		{`["segment", "is", "smb"]`, "segment=SMB", fail},
		{`["segment", "is", "smb"]`, "", unknown},
		{`["employees", "is", 5]`, "employees=5", pass},
		{`["employees", "is", -5]`, "employees=5", fail},
		{`["employees", "is", 5]`, "", unknown},
		{`["ratio", "is", "1.50"]`, "ratio=1.5", pass},
		{`["ratio", "is", 1.50]`, "ratio=1.5", pass},
		{`["ratio", "is", 1.50]`, "ratio=1.51", fail},
		{`["ratio", "is", 1.50]`, "", unknown},
		{`["budget", "is", "10.00 EUR"]`, "budget=10 EUR", pass},
		{`["budget", "is", "10.00 EUR"]`, "budget=10.01 EUR", fail},
		{`["budget", "is", "10.00 EUR"]`, "", unknown},
		{`["government_cloud", "is", false]`, "government_cloud=false", pass},
		{`["government_cloud", "is", "false"]`, "government_cloud=true", fail},
		{`["government_cloud", "is", "true"]`, "government_cloud=true", pass},
		{`["government_cloud", "is", true]`, "", unknown},
		{`["founded", "is", "2020-02-29"]`, "founded=2020-02-29", pass},
		{`["founded", "is", "2020-02-29"]`, "founded=never", fail},
		{`["founded", "is", "never"]`, "founded=never", pass},
		{`["founded", "is", "never"]`, "", unknown},

		{`["segment", "one of", ["smb", "corporate"]]`, "segment=corporate", pass},
		{`["segment", "one of", ["smb", "corporate"]]`, "segment=enterprise", fail},
		{`["segment", "one of", ["smb", "corporate"]]`, "", unknown},
		{`["employees", "one of", [1, 2]]`, "employees=2", pass},
		{`["employees", "one of", [1, 2]]`, "employees=3", fail},
		{`["segment", "not one of", ["smb"]]`, "segment=corporate", pass},
		{`["segment", "not one of", ["smb"]]`, "segment=smb", fail},
		{`["segment", "not one of", ["smb"]]`, "", unknown},
		{`["employees", "not one of", [1, 2]]`, "employees=3", pass},
		{`["employees", "not one of", [1, 2]]`, "employees=1", fail},

		{`["tags", "contains", "a"]`, "tags=b; a", pass},
		{`["tags", "contains", "a"]`, "tags=ab", fail},
		{`["tags", "contains", "a"]`, "tags=none", fail},
		{`["tags", "contains", "a"]`, "", unknown},

		{`["employees", "at least", 5]`, "employees=4", fail},
		{`["employees", "at least", 5]`, "employees=5", pass},
		{`["employees", "at least", 5]`, "", unknown},
		{`["ratio", "at least", "0.5"]`, "ratio=0.49", fail},
		{`["ratio", "at least", "0.5"]`, "ratio=0.50", pass},
		{`["budget", "at least", "5.00 EUR"]`, "budget=4.99 EUR", fail},
		{`["budget", "at least", "5.00 EUR"]`, "budget=5.00 EUR", pass},
		{`["employees", "at most", 5]`, "employees=5", pass},
		{`["employees", "at most", 5]`, "employees=6", fail},
		{`["employees", "at most", 5]`, "", unknown},
		{`["ratio", "at most", "0.5"]`, "ratio=0.5", pass},
		{`["ratio", "at most", "0.5"]`, "ratio=0.51", fail},
		{`["budget", "at most", "5.00 EUR"]`, "budget=5.00 EUR", pass},
		{`["budget", "at most", "5.00 EUR"]`, "budget=5.01 EUR", fail},
		{`["employees", "below", 5]`, "employees=4", pass},
		{`["employees", "below", 5]`, "employees=5", fail},
		{`["employees", "below", 5]`, "", unknown},
		{`["ratio", "below", 0.5]`, "ratio=0.49", pass},
		{`["ratio", "below", 0.5]`, "ratio=0.5", fail},
		{`["budget", "below", "5.00 EUR"]`, "budget=4.99 EUR", pass},
		{`["budget", "below", "5.00 EUR"]`, "budget=5.00 EUR", fail},

		{`["employees", "between", [5, 6]]`, "employees=4", fail},
		{`["employees", "between", [5, 6]]`, "employees=5", pass},
		{`["employees", "between", [5, 6]]`, "employees=6", pass},
		{`["employees", "between", [5, 6]]`, "employees=7", fail},
		{`["employees", "between", [5, 6]]`, "", unknown},
		{`["ratio", "between", ["0.1", 0.2]]`, "ratio=0.2", pass},
		{`["ratio", "between", ["0.1", 0.2]]`, "ratio=0.21", fail},
		{`["budget", "between", ["1 EUR", "2 EUR"]]`, "budget=1.00 EUR", pass},
		{`["budget", "between", ["1 EUR", "2 EUR"]]`, "budget=0.99 EUR", fail},
		{`["founded", "between", ["2020-01-01", "2020-12-31"]]`, "founded=2020-12-31", pass},
		{`["founded", "between", ["2020-01-01", "2020-12-31"]]`, "founded=2021-01-01", fail},
		{`["founded", "between", ["2020-01-01", "2020-12-31"]]`, "founded=never", fail},

		{`["founded", "before", "2026-07-01"]`, "founded=2026-06-30", pass},
		{`["founded", "before", "2026-07-01"]`, "founded=2026-07-01", fail},
		{`["founded", "before", "2026-07-01"]`, "founded=never", fail},
		{`["founded", "before", "2026-07-01 or never"]`, "founded=never", pass},
		{`["founded", "before", "2026-07-01 or never"]`, "", unknown},
		{`["founded", "before", "1 days ago"]`, "founded=2026-11-20", pass},
		{`["founded", "before", "1 days ago"]`, "founded=2026-11-21", fail},
		{`["founded", "after", "2026-07-01"]`, "founded=2026-07-02", pass},
		{`["founded", "after", "2026-07-01"]`, "founded=2026-07-01", fail},
		{`["founded", "after", "2026-07-01"]`, "founded=never", fail},
		{`["founded", "after", "30 days ago or never"]`, "founded=2026-10-24", pass},
		{`["founded", "after", "30 days ago or never"]`, "founded=2026-10-23", fail},
		{`["founded", "after", "30 days ago or never"]`, "founded=never", pass},
		{`["founded", "after", "30 days ago or never"]`, "", unknown},
		{`["founded", "older than", "30 days"]`, "founded=2026-10-22", pass},
		{`["founded", "older than", "30 days"]`, "founded=2026-10-23", fail},
		{`["founded", "older than", "30 days"]`, "founded=never", fail},
		{`["founded", "older than", "30 days"]`, "", unknown},

		{`["any of", [["segment", "is", "smb"], ["rooms", "at least", 5]]]`, "segment=smb", pass},
		{`["any of", [["segment", "is", "smb"], ["rooms", "at least", 5]]]`, "rooms=4", unknown},
		{`["any of", [["segment", "is", "smb"], ["rooms", "at least", 5]]]`, "segment=x|rooms=4", fail},
		{`["all of", [["segment", "is", "smb"], ["rooms", "at least", 5]]]`, "segment=smb|rooms=5", pass},
		{`["all of", [["segment", "is", "smb"], ["rooms", "at least", 5]]]`, "rooms=5", unknown},
		{`["all of", [["segment", "is", "smb"], ["rooms", "at least", 5]]]`, "rooms=4", fail},
		{`["not", ["segment", "is", "smb"]]`, "segment=smb", fail},
		{`["not", ["segment", "is", "smb"]]`, "segment=x", pass},
		{`["not", ["segment", "is", "smb"]]`, "", unknown},
		{`["not", ["any of", [["rooms", "is", 1], ["all of", [["rooms", "at least", 3], ["rooms", "below", 5]]]]]]`, "rooms=4", fail},
		{`["not", ["any of", [["rooms", "is", 1], ["all of", [["rooms", "at least", 3], ["rooms", "below", 5]]]]]]`, "rooms=5", pass},

		{`["segment", "ends with", "b"]`, "segment=smb", pass},
		{`["segment", "ends with", "b"]`, "segment=enterprise", fail},
		{`["segment", "ends with", "b"]`, "", unknown},
		{`["employees", "within", {"center": 10, "radius": 2}]`, "employees=12", pass},
		{`["employees", "within", {"center": 10, "radius": 2}]`, "employees=13", fail},
		{`["on", ["Sunday"]]`, "", pass}, // noon is on a Sunday
		{`["on", ["Monday", "Tuesday"]]`, "", fail},
	}
	registry := testRegistry(t)
	for _, c := range cases {
		var facts eligibility.Facts
		if c.facts != "" {
			for pair := range strings.SplitSeq(c.facts, "|") {
				name, text, _ := strings.Cut(pair, "=")
				require.NoError(t, registry.Set(&facts, name, text))
			}
		}
		set, err := registry.ReadDocument([]byte(`{"id": "a", "version": "1", "rules": [` + c.check + `]}`))
		require.NoError(t, err, c.check)
		d, err := set.Decide(facts, noon)
		require.NoError(t, err, c.check)
		assert.Equal(t, c.want, d.Findings()[0].Result, "%s of %q", c.check, c.facts)

		// It decides the same after a round trip.
		data, err := registry.WriteDocument(set)
		require.NoError(t, err, c.check)
		again, err := registry.ReadDocument(data)
		require.NoError(t, err, "%s", data)
		_, err = d.Replay(again)
		require.NoError(t, err, "%s", data)
	}
}

// Every operator has a case above and every kind that it goes with, too.
func TestOperatorsByKind(t *testing.T) {
	var r criteria.Registry
	want := map[eligibility.Kind]string{
		"":                      "all of, any of, not",
		eligibility.KindText:    "is, one of, not one of",
		eligibility.KindInteger: "is, one of, not one of, at least, at most, below, between",
		eligibility.KindDecimal: "is, at least, at most, below, between",
		eligibility.KindMoney:   "is, at least, at most, below, between",
		eligibility.KindBoolean: "is",
		eligibility.KindDate:    "is, between, before, after, older than",
		eligibility.KindList:    "contains",
	}
	seen := map[eligibility.Op]bool{}
	for kind, ops := range want {
		var got []string
		for _, op := range r.Operators(kind) {
			got = append(got, string(op))
			seen[op] = true
		}
		assert.Equal(t, ops, strings.Join(got, ", "), "kind %q", kind)
	}
	assert.Len(t, seen, len(eligibility.AllOps()))
}

// fault is a DocumentError that is expected: its path, a part of what it says
// and, if any, its cause.
type fault struct {
	path, problem string
	cause         error
}

func requireFaults(t *testing.T, err error, about string, want ...fault) {
	t.Helper()
	require.ErrorAs(t, err, new(*criteria.DocumentError), about)
	var got []*criteria.DocumentError
	var walk func(error)
	walk = func(err error) {
		if d, ok := err.(*criteria.DocumentError); ok {
			got = append(got, d)
			return
		}
		joined, ok := err.(interface{ Unwrap() []error })
		require.True(t, ok, "%s: %T is neither a DocumentError nor joined ones: %v", about, err, err)
		for _, e := range joined.Unwrap() {
			walk(e)
		}
	}
	walk(err)
	require.Len(t, got, len(want), "%s: %v", about, err)
	for i, w := range want {
		assert.Equal(t, w.path, got[i].Path, "%s: %v", about, got[i])
		assert.Contains(t, got[i].Problem, w.problem, about)
		if w.cause != nil {
			switch w.cause.(type) {
			case *eligibility.RuleSetError:
				assert.ErrorAs(t, got[i], new(*eligibility.RuleSetError), about)
			case *eligibility.ParseError:
				assert.ErrorAs(t, got[i], new(*eligibility.ParseError), about)
			default:
				assert.ErrorIs(t, got[i], w.cause, about)
			}
		}
		where := w.path
		if where == "" {
			where = "the document"
		}
		assert.True(t, strings.HasPrefix(got[i].Error(), where+" "), got[i].Error())
	}
}

func TestDocumentFaults(t *testing.T) {
	const rules = `"rules": [["rooms", "at least", 5]]`
	registry := testRegistry(t)
	cases := []struct {
		document string
		want     []fault
	}{
		{``, []fault{{"", "is not JSON: line 1, column 1: unexpected end of JSON input", nil}}},
		{`{"id": "a"`, []fault{{"", "is not JSON: line 1, column 10: unexpected end", nil}}},
		{"{\n  \"íd\": x}", []fault{{"", "is not JSON: line 2, column 9: invalid character 'x'", nil}}},
		{`{"id": "a", "version": "1", ` + rules + `} {}`, []fault{{"", "invalid character '{' after top-level value", nil}}},
		{`{"id": "a", "version": "1", ` + rules + `} x`, []fault{{"", "after top-level value", nil}}},
		{"{\"id\": \"\xff\"}", []fault{{"", "is not UTF-8", nil}}},
		{`[]`, []fault{{"", "is a list, and has to be an object with the fields id, version and rules", nil}}},
		{`null`, []fault{{"", "is null, and has to be an object", nil}}},
		{`{}`, []fault{
			{"id", `is missing: it has to be a text, as in "security-workshop/customer"`, nil},
			{"version", "is missing", nil},
			{"rules", "are missing", nil},
		}},
		{`{"id": "a", "version": "1", ` + rules + `, "extra": 1}`, []fault{{"extra", "is no field here: use id, version, effective_from, effective_to, time_zone, rules", nil}}},
		{`{"id": "a", "version": "1", ` + rules + `, "Version": "2"}`, []fault{{"Version", "is no field here", nil}}},
		{`{"id": "a", "version": "1", ` + rules + `, "a b": 1}`, []fault{{`["a b"]`, "is no field here", nil}}},
		{`{"id": "a", "id": "b", "version": "1", ` + rules + `}`, []fault{{"id", "is there twice", nil}}},
		{`{"id": "a", "\u0069d": "b", "version": "1", ` + rules + `}`, []fault{{"id", "is there twice", nil}}},
		{`{"id": 7, "version": 2026.1, ` + rules + `}`, []fault{
			{"id", "is a number, and has to be a text", nil},
			{"version", `is a number, and has to be a text, as in "2026.1"`, nil},
		}},
		{`{"id": "", "version": " ", ` + rules + `}`, []fault{{"id", "is empty", nil}, {"version", "is empty", nil}}},
		{`{"id": " a", "version": "1\n", ` + rules + `}`, []fault{{"id", "blanks around it", &eligibility.RuleSetError{}}, {"version", "control characters", nil}}},
		{`{"id": "a", "version": "1", "effective_from": "July", ` + rules + `}`, []fault{{"effective_from", `is "July", and has to be a day as in "2026-07-01" or a time`, nil}}},
		{`{"id": "a", "version": "1", "effective_from": "2026-02-30", ` + rules + `}`, []fault{{"effective_from", "has to be a day", nil}}},
		{`{"id": "a", "version": "1", "effective_to": "0001-01-01", ` + rules + `}`, []fault{{"effective_to", "has to be a day", nil}}},
		{`{"id": "a", "version": "1", "effective_to": "9999-12-31T23:59:59-02:00", ` + rules + `}`, []fault{{"effective_to", "has to be a day", nil}}},
		{`{"id": "a", "version": "1", "effective_to": "2026-07-01 08:00", ` + rules + `}`, []fault{{"effective_to", "has to be a day", nil}}},
		{`{"id": "a", "version": "1", "effective_from": 20260701, ` + rules + `}`, []fault{{"effective_from", "is a number", nil}}},
		{`{"id": "a", "version": "1", "effective_from": null, ` + rules + `}`, []fault{{"effective_from", "is null", nil}}},
		{`{"id": "a", "version": "1", "effective_from": "2026-07-01", "effective_to": "2026-07-01", ` + rules + `}`, []fault{{"effective_to", "has to be after", nil}}},
		{`{"id": "a", "version": "1", "time_zone": "Lisbon", ` + rules + `}`, []fault{{"time_zone", `is "Lisbon", which is no time zone here`, nil}}},
		{`{"id": "a", "version": "1", "time_zone": "Local", ` + rules + `}`, []fault{{"time_zone", `is "Local", which is no time zone here`, nil}}},
		{`{"id": "a", "version": "1", "time_zone": "", ` + rules + `}`, []fault{{"time_zone", "is empty", nil}}},
		{`{"id": "a", "version": "1", "rules": []}`, []fault{{"rules", "has no rules", nil}}},
		{`{"id": "a", "version": "1", "rules": {}}`, []fault{{"rules", "is an object, and has to be a list of rules", nil}}},
	}
	for _, c := range cases {
		set, err := registry.ReadDocument([]byte(c.document))
		assert.Nil(t, set, c.document)
		requireFaults(t, err, c.document, c.want...)
	}
}

func TestRuleFaults(t *testing.T) {
	registry := testRegistry(t)
	cases := []struct {
		rule string // the third one of the document
		want []fault
	}{
		{`"rooms"`, []fault{{"rules[2]", `is a text, and has to be a check as in ["segment", "is", "enterprise"], or an object with the fields id, doc and check`, nil}}},
		{`{}`, []fault{{"rules[2].id", "is missing", nil}, {"rules[2].doc", "is missing", nil}, {"rules[2].check", "is missing", nil}}},
		{`{"doc": "d", "check": ["rooms", "is", 1]}, {"doc": "d", "check": ["rooms", "is", 1]}`, []fault{{"rules[2].id", "is missing", nil}, {"rules[3].id", "is missing", nil}}},
		{`{"id": "x", "doc": "", "check": ["rooms", "is", 1]}`, []fault{{"rules[2].doc", "is empty: it has to be a text, a sentence", nil}}},
		{`{"id": "x", "doc": "d", "check": ["rooms", "is", 1], "why": "?"}`, []fault{{"rules[2].why", "is no field here: use id, doc, check", nil}}},
		{`{"id": "x", "doc": "d", "doc": "e", "check": ["rooms", "is", 1]}`, []fault{{"rules[2].doc", "is there twice", nil}}},
		{`{"id": "x ", "doc": "d", "check": ["rooms", "is", 1]}`, []fault{{"rules[2].id", "blanks around it", nil}}},
		{`{"id": "first", "doc": "d", "check": ["rooms", "is", 1]}`, []fault{{"rules[2].id", `is "first", as that of an earlier rule`, nil}}},
		{`{"id": "x", "doc": "d", "check": "rooms"}`, []fault{{"rules[2].check", "is a text, and has to be a fact, an operator and a value", nil}}},
		{`[]`, []fault{{"rules[2]", "has to be a fact, an operator and a value", nil}}},
		{`["rooms", "at least", 5, 6]`, []fault{{"rules[2]", "has to be a fact, an operator and a value", nil}}},
		{`[1, "at least", 5]`, []fault{{"rules[2][0]", "is a number, and has to be a text, the name of a fact", nil}}},
		{`["room", "at least", 5]`, []fault{{"rules[2][0]", `is "room", which is no fact here: register it, or use area, azure_consumed_revenue, budget,`, criteria.ErrUnknownFact}}},
		{`{"id": "x", "doc": "d", "check": ["room", "at least", 5]}`, []fault{{"rules[2].check[0]", "is no fact here", criteria.ErrUnknownFact}}},
		{`["rooms", 7, 5]`, []fault{{"rules[2][1]", "is a number, and has to be a text, an operator", nil}}},
		{`{"id": "x", "doc": "d", "check": ["rooms", "at leest", 5]}`, []fault{{"rules[2].check[1]",
			`is "at leest", which is no operator for rooms, a fact of kind integer: use "is", "one of", "not one of", "at least", "at most", "below", "between", "within"`, criteria.ErrUnknownOperator}}},
		{`["segment", "at least", 5]`, []fault{{"rules[2][1]", `no operator for segment, a fact of kind text: use "is", "one of", "not one of", "ends with"`, criteria.ErrUnknownOperator}}},
		{`["segment", "any of", ["a"]]`, []fault{{"rules[2][1]", "no operator for segment", criteria.ErrUnknownOperator}}},
		{`["is", 5]`, []fault{{"rules[2][0]", `is "is", which is no operator without a fact: use "all of", "any of", "not", "on"`, criteria.ErrUnknownOperator}}},
		{`[true, 5]`, []fault{{"rules[2][0]", "is true or false, and has to be a text, an operator", nil}}},

		{`["segment", "is", 5]`, []fault{{"rules[2][2]", "is a number, and has to be a text", nil}}},
		{`["rooms", "is", "5"]`, []fault{{"rules[2][2]", "is a text, and has to be a whole number, without quotes", nil}}},
		{`["rooms", "is", 5.0]`, []fault{{"rules[2][2]", "is 5.0, and has to be a whole number", nil}}},
		{`["rooms", "is", 1e3]`, []fault{{"rules[2][2]", "is 1e3, and has to be a whole number", nil}}},
		{`["rooms", "is", 9223372036854775808]`, []fault{{"rules[2][2]", "whole number of 64 bits", nil}}},
		{`["ratio", "is", 1e3]`, []fault{{"rules[2][2]", `is "1e3", which is not a decimal`, &eligibility.ParseError{}}}},
		{`["ratio", "is", "many"]`, []fault{{"rules[2][2]", `is "many", which is not a decimal`, nil}}},
		{`["ratio", "is", true]`, []fault{{"rules[2][2]", `is true or false, and has to be a text, or a number`, nil}}},
		{`["budget", "is", 5]`, []fault{{"rules[2][2]", `is a number, and has to be a text, as in "2500.00 USD"`, nil}}},
		{`["budget", "is", "5 Euro"]`, []fault{{"rules[2][2]", `is "5 Euro", which is not a money: write an amount, a blank and a currency`, nil}}},
		{`["government_cloud", "is", "yes"]`, []fault{{"rules[2][2]", "has to be true or false", nil}}},
		{`["government_cloud", "is", 1]`, []fault{{"rules[2][2]", "is a number, and has to be true or false", nil}}},
		{`["founded", "is", "yesterday"]`, []fault{{"rules[2][2]", `is "yesterday", which is not a date`, nil}}},
		{`["founded", "before", "365 days"]`, []fault{{"rules[2][2]", `is "365 days", which is not a day`, nil}}},
		{`["founded", "before", 365]`, []fault{{"rules[2][2]", "is a number, and has to be a text", nil}}},
		{`["founded", "older than", "365 days ago"]`, []fault{{"rules[2][2]", "is not a number of days", nil}}},
		{`["founded", "older than", "` + strings.Repeat("9", 99) + ` days"]`, []fault{{"rules[2][2]", strings.Repeat("9", 60) + "…", nil}}},
		{`["segment", "one of", "smb"]`, []fault{{"rules[2][2]", "is a text, and has to be a list of values", nil}}},
		{`["segment", "one of", []]`, []fault{{"rules[2][2]", "needs at least one value", &eligibility.RuleSetError{}}}},
		{`["segment", "one of", ["smb", 5, null]]`, []fault{{"rules[2][2][1]", "is a number", nil}, {"rules[2][2][2]", "is null", nil}}},
		{`["rooms", "between", 5]`, []fault{{"rules[2][2]", "is a number, and has to be a list of values", nil}}},
		{`["rooms", "between", [5]]`, []fault{{"rules[2][2]", "has 1 values, and has to have two", nil}}},
		{`["rooms", "between", [5, 6, 7]]`, []fault{{"rules[2][2]", "has 3 values", nil}}},
		{`["rooms", "between", [5, "6"]]`, []fault{{"rules[2][2][1]", "is a text", nil}}},
		{`["rooms", "between", [6, 5]]`, []fault{{"rules[2][2]", "is between 6 and 5, which is nothing", nil}}},
		{`["budget", "between", ["5 EUR", "6 USD"]]`, []fault{{"rules[2][2]", "is between two currencies, EUR and USD", nil}}},
		{`["founded", "between", ["never", "2026-01-01"]]`, []fault{{"rules[2][2]", "never", nil}}},

		{`["any of", 5]`, []fault{{"rules[2][1]", "is a number, and has to be a list of checks", nil}}},
		{`["all of", []]`, []fault{{"rules[2][1]", "has no checks", nil}}},
		{`["not", []]`, []fault{{"rules[2][1]", "has to be a fact, an operator and a value", nil}}},
		{`["not", ["room", "is", 5]]`, []fault{{"rules[2][1][0]", "is no fact here", nil}}},
		{`["any of", [["rooms", "is", 5], ["segment", "is", 5], ["room", "is", 5]]]`, []fault{{"rules[2][1][1][2]", "is a number", nil}, {"rules[2][1][2][0]", "no fact", nil}}},
		{`{"id": "x", "doc": "d", "check": ["all of", [["not", ["rooms", "between", [1, true]]]]]}`, []fault{{"rules[2].check[1][0][1][2][1]", "is true or false", nil}}},
		{strings.Repeat(`["not", `, 40) + `["rooms", "is", 1]` + strings.Repeat(`]`, 40), []fault{{"rules[2]" + strings.Repeat("[1]", 30) + "[0]", "is nested more than 32 deep", nil}}},

		{`["segment", "ends with", null]`, []fault{{"rules[2][2]", "is null, and has to be a value", nil}}},
		{`["segment", "ends with", 5]`, []fault{{"rules[2][2]", `does not suit "ends with": json: cannot unmarshal number`, nil}}},
		{`["segment", "ends with", ""]`, []fault{{"rules[2][2]", `does not suit "ends with": every text ends with nothing`, errNothing}}},
		{`["employees", "within", {"center": 1, "radius": 2, "unit": "m"}]`, []fault{{"rules[2][2]", `unknown field "unit"`, nil}}},
		{`["employees", "within", {"center": 1, "radius": 2, "radius": 3}]`, []fault{{"rules[2][2].radius", "is there twice", nil}}},
		{`["employees", "within", {"center": "1e999999999", "radius": 2}]`, []fault{{"rules[2][2]", "cannot unmarshal string", nil}}},
		{`["on", ["Caturday"]]`, []fault{{"rules[2][1]", `"Caturday" is no weekday`, nil}}},
	}
	for _, c := range cases {
		document := `{"id": "a", "version": "1", "rules": [
			{"id": "first", "doc": "The first one.", "check": ["rooms", "at least", 5]},
			["rooms", "at least", 5], ` + c.rule + `]}`
		set, err := registry.ReadDocument([]byte(document))
		assert.Nil(t, set, c.rule)
		requireFaults(t, err, c.rule, c.want...)
	}
}

// All that is wrong is said at once.
func TestAllFaultsAtOnce(t *testing.T) {
	_, err := criteria.NewRegistry().ReadDocument([]byte(`{
		"id": "a", "verzion": "1", "time_zone": "Mars",
		"rules": [["rooms", "is", "x"], ["room", "is", 5], {"id": "x", "check": ["any of", [["segment", "is", 1], ["segment", "iz", "smb"]]]}]
	}`))
	requireFaults(t, err, "all at once",
		fault{"verzion", "is no field", nil},
		fault{"version", "is missing", nil},
		fault{"time_zone", "is no time zone", nil},
		fault{"rules[0][2]", "whole number", nil},
		fault{"rules[1][0]", "no fact", criteria.ErrUnknownFact},
		fault{"rules[2].doc", "is missing", nil},
		fault{"rules[2].check[1][0][2]", "is a number", nil},
		fault{"rules[2].check[1][1][1]", "no operator", criteria.ErrUnknownOperator},
	)
}

func TestReadRulesFaults(t *testing.T) {
	for list, want := range map[string]fault{
		`{}`:                             {"", "is an object, and has to be a list of rules", nil},
		`[]`:                             {"", "has no rules", nil},
		`[["rooms", "is", 5]] x`:         {"", "is not JSON", nil},
		`[["rooms", "is", 5], ["r", 1]]`: {"[1][0]", "no operator without a fact", criteria.ErrUnknownOperator},
		`[{"id": "x", "doc": "d", "check": ["rooms", "is", "5"]}]`:   {"[0].check[2]", "is a text", nil},
		`[{"id": "x\t", "doc": "d", "check": ["rooms", "is", 5]}]`:   {"[0].id", "blanks around it", nil},
		`[["rooms", "is", 5], ["rooms", "at least", {"a": [1, 2]}]]`: {"[1][2]", "is an object", nil},
	} {
		rules, err := criteria.NewRegistry().ReadRules([]byte(list))
		assert.Nil(t, rules, list)
		requireFaults(t, err, list, want)
	}
}

// A fact that a host's function reads with another kind than the document.
func TestFactsOfTwoKinds(t *testing.T) {
	registry := criteria.NewRegistry()
	require.NoError(t, registry.AddOperator(criteria.NewFreeOperator("odd", func(bool) (eligibility.Check, error) {
		return eligibility.Is(eligibility.NewFact[string]("rooms"), "one"), nil
	})))
	_, err := registry.ReadRules([]byte(`[["rooms", "is", 5], ["odd", true]]`))
	requireFaults(t, err, "bare", fault{"[1]", `reads the fact "rooms" as text, and elsewhere it is integer`, &eligibility.RuleSetError{}})
	_, err = registry.ReadRules([]byte(`[["rooms", "is", 5], {"id": "x", "doc": "d", "check": ["odd", true]}]`))
	requireFaults(t, err, "object", fault{"[1].check", "elsewhere it is integer", &eligibility.RuleSetError{}})
}

func TestDerivedNames(t *testing.T) {
	registry := testRegistry(t)
	rules, err := registry.ReadRules([]byte(`[
		["rooms", "at least", 5],
		["rooms", "at most", 50],
		["rooms", "at most", 60],
		["rooms", "at most", 70],
		["any of", [["segment", "is", "smb"], ["all of", [["country", "is", "PT"], ["rooms", "below", 3]]]]],
		["not", ["government_cloud", "is", true]],
		["not", ["any of", [["area", "is", "Asia"], ["employees", "is", 1]]]],
		["segment", "ends with", "b"],
		["on", ["Monday"]],
		{"id": "area", "doc": "Its own.", "check": ["area", "is", "Asia"]},
		["area", "is", "Asia"],
		["founded", "before", "365 days ago or never"]
	]`))
	require.NoError(t, err)
	var got []string
	for _, r := range rules {
		got = append(got, r.ID+" | "+r.Doc)
	}
	assert.Equal(t, []string{
		"rooms | Meeting rooms: at least 5.",
		"rooms_at_most | Meeting rooms: at most 50.",
		"rooms_at_most_2 | Meeting rooms: at most 60.",
		"rooms_at_most_3 | Meeting rooms: at most 70.",
		"segment_or_country_and_rooms | Segment: is smb; or (Country: is PT; and Meeting rooms: below 3).",
		"not_government_cloud | Not Government cloud: is true.",
		"not_area_or_employees | Not (Area: is Asia; or Employees: is 1).",
		"segment | Segment: ends with b.",
		"on | on [Monday].",
		"area | Its own.",
		"area_is | Area: is Asia.",
		"founded | Founded: before 365 days ago or never.",
	}, got)
}

func TestDocumentErrorsAreErrors(t *testing.T) {
	_, err := criteria.NewRegistry().ReadDocument([]byte(`{"id": "a", "version": "1", "rules": [["segment", "is", 7]]}`))
	assert.EqualError(t, err, `rules[0][2] is a number, and has to be a text, as in "enterprise"`)
	d, ok := errors.AsType[*criteria.DocumentError](err)
	require.True(t, ok)
	assert.NotErrorAs(t, d, new(*criteria.FactError))
}
