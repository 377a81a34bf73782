// Package eligibilitytest tests a host's own rules in a few lines: each [Case]
// states facts and which rules they make fail or leave unknown, and [Run]
// decides them and reports every rule that comes out otherwise.
//
//	able := eligibilitytest.Facts(
//		eligibilitytest.With(Seats, 1000),
//		eligibilitytest.With(Segment, "corporate"),
//	)
//	coverage := eligibilitytest.Run(t, set, []eligibilitytest.Case{{
//		Name:  "just enough seats",
//		Facts: able, At: noon,
//		Outcome: eligibility.OutcomeEligible,
//	}, {
//		Name:  "a seat short, of no segment",
//		Facts: eligibilitytest.Change(able,
//			eligibilitytest.With(Seats, 999), eligibilitytest.Without(Segment)),
//		At:      noon,
//		Outcome: eligibility.OutcomeIneligible,
//		Fail:    []string{"enough_seats"},
//		Unknown: []string{"segment"},
//	}})
//	coverage.Require(t) // fails: no case leaves the seats out, or has a wrong segment
//
// A case is exact: a rule that it does not name has to pass. So a missing
// reason fails it, and an unexpected one does too. A rule that returns an
// error or panics fails it unless the case names the rule in Error. Every case
// is decided twice, because a rule whose answers vary, or that changes the
// facts, cannot be replayed.
//
// The [Coverage] that Run returns tells which rules no case has made pass, fail
// and go unknown; [Coverage.Require] fails the test for each.
//
// [RunRules] does the same with rules that are not in a rule set yet. Nothing
// here imports package testing; *testing.T is a [T].
package eligibilitytest
