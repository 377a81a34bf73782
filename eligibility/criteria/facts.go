package criteria

import (
	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// What the published program's criteria ask about a customer. All are as of the day
// on which they were measured; who measures and how often is the host's choice.
var (
	Segment                 = eligibility.NewFact[string]("segment")                          // "enterprise", "corporate", "smb"
	Country                 = eligibility.NewFact[string]("country")                          // ISO 3166-1 alpha-2, "PT"
	Area                    = eligibility.NewFact[string]("area")                             // the program's sales area, "Western Europe"
	EntraP1Seats            = eligibility.NewFact[int64]("entra_p1_seats")                    // seats of Entra ID P1 that are paid for
	MonthlyActiveUsers      = eligibility.NewFact[int64]("monthly_active_users")              // of the workload that the engagement is about
	PaidAvailableUnits      = eligibility.NewFact[int64]("paid_available_units")              // licences that are paid for and can be assigned
	TeamsMonthlyActiveUsers = eligibility.NewFact[int64]("teams_monthly_active_users")        // users of Teams within a month
	Rooms                   = eligibility.NewFact[int64]("rooms")                             // meeting rooms
	IntuneEnrolledPercent   = eligibility.NewFact[decimal.Decimal]("intune_enrolled_percent") // of all devices, 0 to 100
	AzureConsumedRevenue    = eligibility.NewFact[eligibility.Money]("azure_consumed_revenue")
	GovernmentCloud         = eligibility.NewFact[bool]("government_cloud")            // the tenant is in a government's cloud
	LastAssessment          = eligibility.NewFact[eligibility.Date]("last_assessment") // eligibility.Never if there was none
	SameAreaAsLocation      = eligibility.NewFact[bool]("same_area_as_location")       // see DeriveSameArea
)

// What the published program's criteria ask about a partner's location.
var (
	ProgramEnrolled = eligibility.NewFact[bool]("program_enrolled")
	Designations    = eligibility.NewFact[[]string]("designations")    // solution partner designations
	Specializations = eligibility.NewFact[[]string]("specializations") // advanced specializations
)

// title is what derived docs call a fact.
type title struct {
	fact eligibility.AnyFact
	text string
}

func programFacts() []title {
	return []title{
		{Segment, "Segment"},
		{Country, "Country"},
		{Area, "Area"},
		{EntraP1Seats, "Entra ID P1 seats"},
		{MonthlyActiveUsers, "Monthly active users"},
		{PaidAvailableUnits, "Paid available units"},
		{TeamsMonthlyActiveUsers, "Teams monthly active users"},
		{Rooms, "Meeting rooms"},
		{IntuneEnrolledPercent, "Percentage of devices enrolled in Intune"},
		{AzureConsumedRevenue, "Azure consumed revenue"},
		{GovernmentCloud, "Government cloud"},
		{LastAssessment, "Last assessment"},
		{SameAreaAsLocation, "Same area as the location"},
		{ProgramEnrolled, "Enrolled in the program"},
		{Designations, "Designations"},
		{Specializations, "Specializations"},
	}
}

// DeriveSameArea sets same_area_as_location from the customer's area and that
// of the location through which it would take part. If either is not known,
// so is the derived fact, whatever it was before.
func DeriveSameArea(f *eligibility.Facts, locationArea string) {
	area, known := Area.Get(*f)
	if !known || area == "" || locationArea == "" {
		SameAreaAsLocation.Clear(f)
		return
	}
	SameAreaAsLocation.Set(f, area == locationArea)
}
