// Package eligibility decides from typed facts whether somebody meets a set
// of rules, and says why.
//
// A host names its facts once, states its rules over them and asks a rule set:
//
//	var Seats = eligibility.NewFact[int64]("entra_p1_seats")
//
//	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{
//		ID:      "security-workshop",
//		Version: "2026.1",
//		Rules: []eligibility.Rule{{
//			ID:    "enough_seats",
//			Doc:   "The customer has at least 1000 Entra ID P1 seats.",
//			Check: eligibility.AtLeast(Seats, 1000),
//		}},
//	})
//
//	var facts eligibility.Facts
//	Seats.Set(&facts, 999)
//	decision, err := set.Decide(facts, now)
//	// decision.Outcome is "ineligible"; decision.Reasons() says that it
//	// wanted "at least 1000" and found "999".
//
// # What is decided
//
// Every rule is evaluated, always, and each gives pass, fail or unknown. A
// fact that nobody has set is unknown, comparing with it is unknown, and
// [All], [Any] and [Not] follow Kleene's three-valued logic. The outcome is
// ineligible if a rule fails, else unknown if one is unknown, else eligible.
// The zero Outcome is none of these, and in particular not eligible.
//
// A rule that cannot be answered (a host's function returns an error or
// panics, two currencies are compared, a fact has another type than the rule
// expects) has failed to decide, which is not a verdict on the customer:
// [RuleSet.Decide] then returns a *[RuleError] for each such rule, and a
// decision without an outcome that still holds the findings of the others.
//
// # Pure
//
// Nothing here reads a clock, a file or a network: the time is handed in, and
// what a rule needs to know is a fact. Hence a [Decision], which keeps the
// rule set's ID and version, the facts and the time, can be written to JSON,
// read back and decided again with [Decision.Replay].
//
// # Many customers
//
// [RuleSet.NewFacts] makes facts that are laid out for a rule set, and
// [SlotOf] finds a fact's place there once. Setting such slots for one
// customer after the other and calling [RuleSet.DecideInPlace] on the same
// Decision allocates nothing; see its example. Neither does reading which rules
// are not met, as long as nobody needs words: [Decision.Bits] has a bit for each
// rule, [Decision.Unmet] their IDs.
//
// # Looking ahead
//
// [RuleSet.WhatIf] says what would have to change so that somebody is eligible: the
// smallest sets of facts, the values that would do, and from which day on. [Impact]
// decides on all customers by two versions of rules and says who gains, who loses and
// of whom it can no longer be told, before the new one is in effect.
//
// # Errors
//
// [NewRuleSet] returns a *[RuleSetError] per defect, joined. Deciding returns
// *[RuleError], or a *[NotInEffectError] outside of a rule set's dates; replaying
// *[ReplayError], the parsers *[ParseError]. [Currencies.Check] returns a *[MoneyError]
// for an amount that cannot be paid, [Facts.Check] a *[ValueError] for a value that
// could not be kept.
package eligibility
