// Package cel lets a host's rules be expressions of the Common Expression Language
// (CEL, https://cel.dev), in documents of package criteria and in Go.
//
//	rules, err := cel.New(cel.Options{Facts: registry.Facts()})
//	err = registry.AddOperator(rules.Operator())
//
// and from then on a document may say
//
//	{
//	  "id": "room_to_grow",
//	  "doc": "The customer has room to grow, and was not assessed this year.",
//	  "check": ["cel", "seats_used < seats_bought && last_assessment < daysAgo(365)"]
//	}
//
// It is in a module of its own, so that only who imports it gets CEL.
//
// # When to use it
//
// The ready checks of package eligibility are faster, compare whole lists at once, and
// say what would make somebody eligible ([eligibility.RuleSet.WhatIf]); of an expression
// that cannot be said. An expression is for what they do not have: two facts compared
// with each other, sums, parts of texts, a condition on each entry of a list.
//
// # Facts
//
// A fact is a variable of its name. What it is in CEL follows from its kind:
//
//	text     string
//	integer  int
//	boolean  bool
//	list     list(string)
//	decimal  decimal    exact; decimal("39.9"), + and -, compared with int, too
//	money    money      exact; money("2500.00 USD"), + and -, one currency
//	date     date       a day; date("2026-07-01"), daysAgo(365), today, isNever(d)
//
// There are no floating-point numbers among the facts: a decimal is compared with
// decimal("39.9"), and 39.9 is refused when the expression is read. Amounts of two
// currencies cannot be compared, so that the rule fails to decide, as with the ready
// checks. The day "never" is neither before nor after any other; isNever tells it.
// The day today, from which daysAgo counts, is that of the decision in the rule set's
// time zone: an expression reads no clock.
//
// Texts are compared letter by letter. Where a rule excludes, as embargoed countries
// are, that would fail open for another spelling, so use resembles(country, ["CU", "KP"]):
// it is true of every text that people would take for one of these, in small letters,
// in full width, or with a blank behind it.
//
// # What is not known
//
// A fact that is not known, or is an empty text, is unknown, and so is what depends on
// it: && and || decide without it where the other side suffices, as [eligibility.All]
// and [eligibility.Any] do. The finding then names the facts that are missing; of a sum
// or a comparison of several, the first of them.
//
// # Limits
//
// Expressions are checked when they are read: their syntax, their types, what they may
// cost at most, and the texts given to decimal, money and date, which have to be
// literals. Whatever is wrong is an *[ExpressionError] with line and column; in a
// document, it has the path of the expression, too. An expression that costs more than
// [Options.CostLimit] is stopped, and its rule fails to decide.
package cel
