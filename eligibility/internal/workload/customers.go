package workload

import (
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Customer is a host's record. What is not known is the zero value: "", Money
// without a currency, the zero Date, Count and Flag that are not Known.
type Customer struct {
	Segment, Country, Area string
	Seats, Users, Claims   Count
	Revenue                eligibility.Money
	Assessed               eligibility.Date
	Government, Enrolled   Flag
}

// Count is a number that may not be known.
type Count struct {
	N     int64
	Known bool
}

// Flag is a yes or no that may not be known.
type Flag struct {
	On, Known bool
}

// At is when the customers are decided on.
var At = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// Customers makes n customers, the same ones every time: some meet all
// criteria, most miss a few, and of many something is not known.
func Customers(n int) []Customer {
	r := rand.New(rand.NewPCG(2026, 9))
	text := func(values ...string) string {
		if r.IntN(25) == 0 {
			return ""
		}
		return values[r.IntN(len(values))]
	}
	count := func(values ...int64) Count {
		return Count{N: values[r.IntN(len(values))], Known: r.IntN(25) != 0}
	}
	flag := func(percent int) Flag {
		return Flag{On: r.IntN(100) < percent, Known: r.IntN(25) != 0}
	}
	today := eligibility.DateOf(At)
	customers := make([]Customer, n)
	for i := range customers {
		c := &customers[i]
		c.Segment = text("enterprise", "corporate", "smb", "education")
		c.Country = text("PT", "ES", "DE", "FR", "PL", "US", "CA", "JP", "SG", "CU", "IR")
		c.Area = text("Western Europe", "Central Europe", "North America", "Asia")
		c.Seats = count(0, 200, 999, 1000, 4200, 25000)
		c.Users = count(0, 99, 249, 250, 300, 5100)
		c.Claims = count(0, 0, 0, 1, 1, 2)
		c.Government = flag(5)
		c.Enrolled = flag(85)
		if r.IntN(25) != 0 {
			amounts := []int64{0, 99999, 249999, 250000, 1000000, 5000001}
			c.Revenue = eligibility.Money{Amount: decimal.New(amounts[r.IntN(len(amounts))]+int64(r.IntN(2)), -2), Currency: "USD"}
		}
		switch r.IntN(25) {
		case 0:
		case 1, 2, 3:
			c.Assessed = eligibility.Never()
		default:
			c.Assessed = today.AddDays(-r.IntN(1000))
		}
	}
	return customers
}
