package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// market is the customers of the sandbox: who they are and what is known of them. It is
// the portal's tenant.Directory and workflow.FactSource.
type market struct {
	customers []customer
	byDomain  map[tenant.Domain]*customer
	byKey     map[tenant.Key]*customer
}

type customer struct {
	Identity tenant.Identity
	Facts    eligibility.Facts
}

var (
	firstWords  = strings.Fields("Alpine Atlantic Baltic Cascade Cedar Coastal Copper Douro Ember Estrela Falcon Granite Harbour Iberia Juniper Kestrel Lakeshore Lusitano Meridian Northern")
	secondWords = strings.Fields("Foods Logistics Energy Textiles Pharma Motors Retail Insurance Foundry Airlines Hotels Ceramics")
	countries   = []struct{ code, area string }{{"PT", "Western Europe"}, {"ES", "Western Europe"}, {"FR", "Western Europe"}, {"PL", "Central Europe"}, {"DE", "Central Europe"}}
)

// newMarket makes the same customers each time.
func newMarket() (*market, error) {
	m := &market{byDomain: map[tenant.Domain]*customer{}, byKey: map[tenant.Key]*customer{}}
	random := rand.New(rand.NewPCG(1, 2))
	for i, first := range firstWords {
		for j, second := range secondWords {
			c, err := made(random, first+" "+second, 640_000+len(secondWords)*i+j)
			if err != nil {
				return nil, err
			}
			m.customers = append(m.customers, c)
		}
	}
	for i := range m.customers {
		c := &m.customers[i]
		m.byDomain[c.Identity.Domain], m.byKey[c.Identity.Key()] = c, c
	}
	return m, nil
}

// made makes a customer.
func made(random *rand.Rand, name string, number int) (customer, error) {
	sum := sha256.Sum256([]byte(name))
	h := hex.EncodeToString(sum[:])
	id, err := tenant.ParseID(h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:32])
	if err != nil {
		return customer{}, err
	}
	domain, err := tenant.ParseDomain(strings.ToLower(strings.ReplaceAll(name, " ", "")) + ".example.com")
	if err != nil {
		return customer{}, err
	}
	tpid, err := tenant.ParseTPID(fmt.Sprint(number))
	if err != nil {
		return customer{}, err
	}
	c := customer{Identity: tenant.Identity{Tenant: id, TPID: tpid, Domain: domain, Name: name, Cloud: tenant.CloudPublic}}
	at := countries[random.IntN(len(countries))]
	f := &c.Facts
	criteria.Segment.Set(f, []string{"enterprise", "corporate", "corporate", "smb"}[random.IntN(4)])
	criteria.Country.Set(f, at.code)
	criteria.Area.Set(f, at.area)
	criteria.EntraP1Seats.Set(f, int64(random.IntN(30)*100))
	criteria.MonthlyActiveUsers.Set(f, int64(random.IntN(40)*50))
	if random.IntN(10) > 0 { // of some customers nobody has counted them
		criteria.PaidAvailableUnits.Set(f, int64(random.IntN(20)*100))
	}
	criteria.TeamsMonthlyActiveUsers.Set(f, int64(random.IntN(20)*50))
	criteria.Rooms.Set(f, int64(random.IntN(12)))
	criteria.IntuneEnrolledPercent.Set(f, decimal.New(int64(random.IntN(1000)), -1))
	criteria.AzureConsumedRevenue.Set(f, eligibility.Money{Amount: decimal.New(int64(random.IntN(60_000)*100), -2), Currency: "USD"})
	criteria.GovernmentCloud.Set(f, false)
	criteria.LastAssessment.Set(f, eligibility.Never())
	return c, nil
}

// Lookup implements tenant.Directory.
func (m *market) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	c, ok := m.byDomain[d]
	if !ok {
		return nil, nil
	}
	return []tenant.Entry{{Tenant: c.Identity.Tenant, TPID: c.Identity.TPID, Name: c.Identity.Name, Cloud: c.Identity.Cloud}}, nil
}

// Facts implements workflow.FactSource.
func (m *market) Facts(_ context.Context, _ engagement.PartnerID, who []tenant.Identity) ([]eligibility.Facts, error) {
	facts := make([]eligibility.Facts, len(who))
	for i := range who {
		if c, ok := m.byKey[who[i].Key()]; ok {
			facts[i] = c.Facts.Clone()
		}
	}
	return facts, nil
}
