// Package criteria has the criteria of the published program, Microsoft's Commerce
// Incentives, for customers and locations ready to use, as facts and as rules, and
// reads and writes rule sets as JSON documents, so that criteria are data and change
// without a release.
//
// # Documents
//
// A document is one version of one rule set:
//
//	{
//	  "id": "hybrid-meetings/customer",
//	  "version": "2026.1",
//	  "effective_from": "2026-07-01",
//	  "effective_to": "2027-07-01",
//	  "time_zone": "Europe/Lisbon",
//	  "rules": [
//	    ["paid_available_units", "at least", 500],
//	    {
//	      "id": "size",
//	      "doc": "The customer is not large, or has five meeting rooms.",
//	      "check": ["any of", [
//	        ["segment", "one of", ["corporate", "smb"]],
//	        ["rooms", "at least", 5]
//	      ]]
//	    }
//	  ]
//	}
//
// The rule set is in effect from the first moment of effective_from until just
// before that of effective_to, in the time zone, or between two times if they
// are written as times ("2026-07-01T08:00:00Z"). Both may be left out, and so
// may the time zone, which is then UTC; it is also where the day of a decision
// begins, for rules that count days back from it.
//
// A rule is a check, or an object with an ID, a doc and a check. For a check
// alone both are derived: the ID is the name of its fact, as findings show it
// ("rooms", "segment_or_rooms"; "rooms_at_most" and then "rooms_at_most_2"
// where the shorter one is taken), and does not depend on the threshold.
//
// A check is a fact, an operator and a value:
//
//	["segment", "is", "enterprise"]               every kind but lists
//	["segment", "one of", ["corporate", "smb"]]   texts, integers
//	["country", "not one of", ["CU", "KP"]]       texts, integers
//	["designations", "contains", "Security"]      lists
//	["rooms", "at least", 5]                      integers, decimals, money
//	["rooms", "at most", 5]                       integers, decimals, money
//	["intune_enrolled_percent", "below", "40.0"]  integers, decimals, money
//	["azure_consumed_revenue", "between", ["1000.00 USD", "50000.00 USD"]]
//	                                              these and dates; both ends are in
//	["last_assessment", "before", "365 days ago or never"]
//	["last_assessment", "after", "2026-07-01"]    dates
//	["last_assessment", "older than", "365 days"] dates
//	["any of", [check, check]]
//	["all of", [check, check]]
//	["not", check]
//
// Integers are written as numbers, decimals as texts or numbers, amounts of
// money, dates and numbers of days as texts, booleans as true and false or the
// texts "true" and "false", in whatever case. A document is UTF-8, with or
// without a byte-order mark.
//
// A fact that is registered as [eligibility.Fact.Confidential] makes every rule on
// it confidential, and the docs that are derived for those rules name no figure.
//
// [Registry.ReadDocument] is strict: what it does not know or cannot use is a
// [DocumentError] with the path of the place and what would help, and all of a
// document's are reported at once, the first 20 of them each by itself.
// [Registry.WriteDocument] writes a rule set in one form, and only if it reads back
// as it was. For what is part of a larger document there are
// [Registry.ReadRules], [Registry.ReadRuleSet] and [Registry.WriteRuleSet].
//
// # A host's own
//
// A [Registry] says which facts and operators documents may name. The zero one
// knows the program's facts and the operators above; [Registry.AddFact] and
// [Registry.AddOperator] teach it a host's. [Registry.Set] sets any of these
// facts from the text of a table's cell.
//
// # Versions
//
// A [Timeline] holds the versions of a rule set, which must not overlap, and
// finds the one that is in effect at a time, and the one with which an earlier
// decision was made.
package criteria
