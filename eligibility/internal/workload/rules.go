package workload

import "github.com/partnerengage/partnerengage/eligibility"

// Terms are the thresholds and sets of the criteria: data, for both sides.
type Terms struct {
	Segments, Embargoed, Areas []string
	Seats, Users               int64 // at least
	Claims                     int64 // below
	Revenue                    eligibility.Money
	Days                       int // since the last assessment, or never
	Government, Enrolled       bool
}

// Standard is the terms that are measured with.
func Standard(revenue eligibility.Money) Terms {
	return Terms{
		Segments:  []string{"enterprise", "corporate", "smb"},
		Embargoed: []string{"CU", "IR", "KP", "SY"},
		Areas:     []string{"Western Europe", "Central Europe", "North America"},
		Seats:     200,
		Users:     250,
		Claims:    2,
		Revenue:   revenue,
		Days:      365,
		Enrolled:  true,
	}
}

// The facts of a customer.
var (
	Segment    = eligibility.NewFact[string]("segment")
	Country    = eligibility.NewFact[string]("country")
	Area       = eligibility.NewFact[string]("area")
	Seats      = eligibility.NewFact[int64]("seats")
	Users      = eligibility.NewFact[int64]("users")
	Revenue    = eligibility.NewFact[eligibility.Money]("revenue")
	Assessed   = eligibility.NewFact[eligibility.Date]("assessed")
	Government = eligibility.NewFact[bool]("government")
	Enrolled   = eligibility.NewFact[bool]("enrolled")
	Claims     = eligibility.NewFact[int64]("claims")
)

// The numbers of the rules, in their order.
const (
	segment = iota
	country
	area
	seats
	users
	revenue
	assessed
	government
	enrolled
	claims
	rules
)

// RuleSet makes the ten criteria a rule set.
func RuleSet(t Terms) (*eligibility.RuleSet, error) {
	return eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "workload", Version: "1", Rules: []eligibility.Rule{
		segment:    {ID: "segment", Doc: "The customer is in one of the segments.", Check: eligibility.OneOf(Segment, t.Segments...)},
		country:    {ID: "country", Doc: "The customer's country is under no embargo.", Check: eligibility.NotOneOf(Country, t.Embargoed...)},
		area:       {ID: "area", Doc: "The customer is in one of the areas.", Check: eligibility.OneOf(Area, t.Areas...)},
		seats:      {ID: "seats", Doc: "The customer has enough seats.", Check: eligibility.AtLeast(Seats, t.Seats)},
		users:      {ID: "users", Doc: "The customer has enough users.", Check: eligibility.AtLeast(Users, t.Users)},
		revenue:    {ID: "revenue", Doc: "The customer's revenue is large enough.", Check: eligibility.AtLeast(Revenue, t.Revenue)},
		assessed:   {ID: "assessed", Doc: "The last assessment is long ago.", Check: eligibility.Before(Assessed, eligibility.DaysAgo(t.Days).OrNever())},
		government: {ID: "government", Doc: "The customer is not in a government cloud.", Check: eligibility.Is(Government, t.Government)},
		enrolled:   {ID: "enrolled", Doc: "The location is enrolled.", Check: eligibility.Is(Enrolled, t.Enrolled)},
		claims:     {ID: "claims", Doc: "The claim limit is not reached.", Check: eligibility.Below(Claims, t.Claims)},
	}})
}

// Loader sets the facts of one customer after the other.
type Loader struct {
	segment, country, area eligibility.Slot[string]
	seats, users, claims   eligibility.Slot[int64]
	revenue                eligibility.Slot[eligibility.Money]
	assessed               eligibility.Slot[eligibility.Date]
	government, enrolled   eligibility.Slot[bool]
}

// NewLoader returns a loader of f.
func NewLoader(f *eligibility.Facts) *Loader {
	return &Loader{
		segment: eligibility.SlotOf(Segment, f), country: eligibility.SlotOf(Country, f), area: eligibility.SlotOf(Area, f),
		seats: eligibility.SlotOf(Seats, f), users: eligibility.SlotOf(Users, f), claims: eligibility.SlotOf(Claims, f),
		revenue: eligibility.SlotOf(Revenue, f), assessed: eligibility.SlotOf(Assessed, f),
		government: eligibility.SlotOf(Government, f), enrolled: eligibility.SlotOf(Enrolled, f),
	}
}

// Load sets all facts of c.
func (l *Loader) Load(c *Customer) {
	l.segment.SetIf(c.Segment, c.Segment != "")
	l.country.SetIf(c.Country, c.Country != "")
	l.area.SetIf(c.Area, c.Area != "")
	l.seats.SetIf(c.Seats.N, c.Seats.Known)
	l.users.SetIf(c.Users.N, c.Users.Known)
	l.claims.SetIf(c.Claims.N, c.Claims.Known)
	l.revenue.Set(c.Revenue)
	l.assessed.Set(c.Assessed)
	l.government.SetIf(c.Government.On, c.Government.Known)
	l.enrolled.SetIf(c.Enrolled.On, c.Enrolled.Known)
}
