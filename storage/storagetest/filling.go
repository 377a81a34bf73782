package storagetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Filling is what a store holds while a benchmark runs: the known customers of
// one partner, each with a record in one engagement.
type Filling struct {
	Customers int // how many
	Eligible  int // how many in a thousand are eligible; the others have one to three reasons
	Completed int // how many in a thousand have a complete participation besides
}

func (f Filling) String() string {
	return fmt.Sprintf("customers=%d/eligible=%g%%", f.Customers, float64(f.Eligible)/10)
}

const (
	benchPartner    = engagement.PartnerID("northwind")
	benchEngagement = engagement.ID("azure-migration")
	batch           = 500 // customers in one Apply
)

// epoch is when everything in a benchmark has happened.
var epoch = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// named are the persons of every customer: the user who added it.
var named = engagement.Persons{
	Key:     engagement.PersonKey{}.ID(),
	Digests: []engagement.PersonDigest{engagement.PersonKey{}.User(benchPartner, "ana")},
}

// Fill puts the filling into an empty store.
func (f Filling) Fill(ctx context.Context, s storage.Store) error {
	for i := 0; i < f.Customers; {
		c := storage.Changes{At: epoch}
		for ; i < f.Customers && len(c.Customers) < batch; i++ {
			customer, is, event := f.customer(i)
			c.Customers = append(c.Customers, customer)
			c.Persons = append(c.Persons, storage.CustomerPersons{Key: customer.Key, Persons: named})
			c.Events = append(c.Events, event)
			add(&c, scene{}, is)
		}
		if err := s.Apply(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// customer makes the i-th customer. Its key and name are spread over the orders.
func (f Filling) customer(i int) (engagement.Customer, scene, engagement.Event) {
	r := rand.New(rand.NewPCG(2026, uint64(i)))
	var id tenant.ID
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	identity := tenant.Identity{
		Tenant: id,
		Name:   fmt.Sprintf("%s %s %d", firstNames[r.IntN(len(firstNames))], lastNames[r.IntN(len(lastNames))], i),
		Cloud:  tenant.CloudPublic,
	}
	identity.Domain, _ = tenant.ParseDomain(fmt.Sprintf("customer-%d.example", i))
	key := engagement.CustomerKey{Partner: benchPartner, Customer: identity.Key()}

	events, head := engagement.Chain(engagement.Head{}, engagement.Event{
		Partner: benchPartner, Customer: key.Customer, At: epoch, Kind: engagement.EventCustomerKnown, By: engagement.ByPartner,
		Engagement: benchEngagement, Person: &engagement.Person{Salt: fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), User: "ana"},
	})
	customer := engagement.Customer{Key: key, Identity: identity, KnownSince: epoch, History: head}

	record := engagement.PartnerRecord{
		Key: engagement.RecordKey{Partner: benchPartner, Engagement: benchEngagement, Customer: key.Customer}, Identity: identity, Known: true,
		Evaluation: engagement.Evaluation{
			RuleSet: "azure-migration", Version: "2026-01", At: epoch.Add(time.Duration(r.IntN(90*24)) * time.Hour), Outcome: eligibility.OutcomeIneligible,
		},
	}
	if i*f.Eligible/1000 != (i+1)*f.Eligible/1000 {
		record.Evaluation.Outcome = eligibility.OutcomeEligible
		record.Evaluation.Locations = []engagement.LocationID{locations[r.IntN(len(locations))]}
	} else {
		record.Evaluation.Reasons = reasons(r, 1+i%3)
	}
	is := scene{shared: engagement.CustomerEngagement{Key: record.Key.Shared(), ClaimLimit: 1}}.with(record)
	if i*f.Completed/1000 != (i+1)*f.Completed/1000 {
		is = is.enter(completed(i, key, identity))
	}
	return customer, is, events[0]
}

var (
	firstNames = []string{"Adventure", "Alpine", "Blue", "City", "Coho", "Fourth", "Graphic", "Humongous", "Liberty", "Lucerne", "Margie", "Proseware", "School", "Tailspin", "Wide", "Wingtip"}
	lastNames  = []string{"Airlines", "Books", "Coffee", "Cycles", "Design", "Farms", "Insurance", "Labs", "Power", "Publishing", "School", "Ski House", "Toys", "Traders", "Travel", "Works"}
	locations  = []engagement.LocationID{"4711201", "4711202", "4711203"}
	missing    = []string{"annual_spend", "open_escalations"}
)

// reasons makes n reasons that share what their criteria share.
func reasons(r *rand.Rand, n int) []engagement.Reason {
	return []engagement.Reason{
		{Kind: engagement.ReasonCriteriaNotMet, Rule: "seats", Doc: "The customer has enough seats.", Wanted: "at least 300", Found: fmt.Sprint(r.IntN(300))},
		{Kind: engagement.ReasonCriteriaNotMet, Rule: "annual_spend", Doc: "The customer spends enough in a year.", Wanted: "at least 25000 USD", Found: fmt.Sprintf("%d USD", r.IntN(25000))},
		{Kind: engagement.ReasonFactsMissing, Rule: "open_escalations", Doc: "The customer has no open escalation.", Wanted: "at most 0", Missing: missing},
	}[:n:n]
}

// completed makes a participation with nothing left to do.
func completed(i int, key engagement.CustomerKey, identity tenant.Identity) engagement.Participation {
	start := epoch.AddDate(0, 0, -200+i%60)
	return engagement.Participation{
		ID: engagement.ParticipationID(fmt.Sprintf("p-%09d", i)), Partner: key.Partner, Engagement: benchEngagement, Customer: key.Customer,
		Identity: identity, Location: locations[i%len(locations)], Origin: engagement.OriginAdded,
		ClaimNumber: fmt.Sprintf("C-%09d", i), StartedAt: start,
		Consent: consent.State{Status: consent.StatusGranted, Deadline: start.AddDate(0, 0, 30)},
		Claim:   &claim.State{Status: claim.StatusNotSubmittedExpired, OpenedAt: start, SubmitBy: start.AddDate(0, 0, 90), ReviewBy: start.AddDate(0, 0, 120)},
	}
}
