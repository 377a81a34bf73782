package criteria

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// The rules below are the program's criteria with the thresholds left open.
// Their IDs are those that documents derive for the same checks, so that a
// criterion keeps its ID when it moves from code to a document.

// InSegment asks for a customer in one of the segments.
func InSegment(segments ...string) eligibility.Rule {
	return rule(eligibility.OneOf(Segment, segments...), "The customer's segment is %s.", either(segments))
}

// NotInCountry asks for a customer outside of the countries, in ISO 3166-1
// alpha-2 codes.
func NotInCountry(countries ...string) eligibility.Rule {
	return rule(eligibility.NotOneOf(Country, countries...), "The customer's country is not %s.", either(countries))
}

// MinEntraP1Seats asks for that many paid seats of Entra ID P1.
func MinEntraP1Seats(n int64) eligibility.Rule {
	return rule(eligibility.AtLeast(EntraP1Seats, n), "The customer has at least %d Entra ID P1 seats.", n)
}

// MinMonthlyActiveUsers asks for that many users within a month.
func MinMonthlyActiveUsers(n int64) eligibility.Rule {
	return rule(eligibility.AtLeast(MonthlyActiveUsers, n), "The customer has at least %d monthly active users.", n)
}

// MinPaidAvailableUnits asks for that many paid licences.
func MinPaidAvailableUnits(n int64) eligibility.Rule {
	return rule(eligibility.AtLeast(PaidAvailableUnits, n), "The customer has at least %d paid available units.", n)
}

// MinTeamsMonthlyActiveUsers asks for that many users of Teams within a month.
func MinTeamsMonthlyActiveUsers(n int64) eligibility.Rule {
	return rule(eligibility.AtLeast(TeamsMonthlyActiveUsers, n), "The customer has at least %d monthly active users of Teams.", n)
}

// MinRooms asks for that many meeting rooms.
func MinRooms(n int64) eligibility.Rule {
	return rule(eligibility.AtLeast(Rooms, n), "The customer has at least %d meeting rooms.", n)
}

// IntuneEnrolledBelow asks that less than so many percent of the customer's
// devices are enrolled in Intune.
func IntuneEnrolledBelow(percent decimal.Decimal) eligibility.Rule {
	return rule(eligibility.Below(IntuneEnrolledPercent, percent), "Less than %s %% of the customer's devices are enrolled in Intune.", percent)
}

// MinAzureConsumedRevenue asks for that much revenue. An amount in another
// currency makes the decision fail, see [eligibility.CurrencyError].
func MinAzureConsumedRevenue(least eligibility.Money) eligibility.Rule {
	return rule(eligibility.AtLeast(AzureConsumedRevenue, least), "The customer's Azure consumed revenue is at least %s.", least)
}

// AzureConsumedRevenueBetween asks for revenue from low to high, both
// included.
func AzureConsumedRevenueBetween(low, high eligibility.Money) eligibility.Rule {
	return rule(eligibility.Between(AzureConsumedRevenue, low, high), "The customer's Azure consumed revenue is between %s and %s.", low, high)
}

// NotGovernmentCloud asks for a customer outside of government clouds.
func NotGovernmentCloud() eligibility.Rule {
	return rule(eligibility.Is(GovernmentCloud, false), "The customer's tenant is not in a government cloud.")
}

// NoAssessmentWithin asks that the last assessment was before the day so many
// days before that of the decision, or never. On that very day it is not met.
func NoAssessmentWithin(days int) eligibility.Rule {
	return rule(eligibility.Before(LastAssessment, eligibility.DaysAgo(days).OrNever()),
		"The customer's last assessment was more than %d days ago, or never.", days)
}

// InSameArea asks for a customer in the area of the partner's location, see
// [DeriveSameArea].
func InSameArea() eligibility.Rule {
	return rule(eligibility.Is(SameAreaAsLocation, true), "The customer is in the same area as the location.")
}

// EnrolledInProgram asks for a location that is enrolled in the program.
func EnrolledInProgram() eligibility.Rule {
	return rule(eligibility.Is(ProgramEnrolled, true), "The location is enrolled in the program.")
}

// Designated asks for a location with the designation.
func Designated(designation string) eligibility.Rule {
	return rule(eligibility.Contains(Designations, designation), "The location has the designation %s.", designation)
}

// Specialized asks for a location with the specialization.
func Specialized(specialization string) eligibility.Rule {
	return rule(eligibility.Contains(Specializations, specialization), "The location has the specialization %s.", specialization)
}

// AnyOf joins rules to one that is met if one of them is.
func AnyOf(rules ...eligibility.Rule) eligibility.Rule {
	checks := make([]eligibility.Check, len(rules))
	docs := make([]string, len(rules))
	for i, r := range rules {
		checks[i], docs[i] = r.Check, strings.TrimSuffix(r.Doc, ".")
	}
	return rule(eligibility.Any(checks...), "%s.", strings.Join(docs, "; or "))
}

func rule(check eligibility.Check, format string, args ...any) eligibility.Rule {
	return eligibility.Rule{ID: idOf(check), Doc: fmt.Sprintf(format, args...), Check: check}
}

// either is "a, b or c".
func either(values []string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	last := len(values) - 1
	return strings.Join(values[:last], ", ") + " or " + values[last]
}
