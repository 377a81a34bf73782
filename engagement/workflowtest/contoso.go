package workflowtest

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// The actors of Contoso.
var (
	Northwind = workflow.Actor{Partner: "northwind", User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}
	Fabrikam  = workflow.Actor{Partner: "fabrikam", User: "joe", Roles: []workflow.Role{workflow.RoleIncentivesUser}}
	Vendor    = workflow.Actor{User: "program", Roles: []workflow.Role{workflow.RoleProgram}}
)

// The facts that Contoso's rules ask for.
var (
	Enrolled = eligibility.NewFact[bool]("program_enrolled")
	Seats    = eligibility.NewFact[int64]("seats")
	Segment  = eligibility.NewFact[string]("segment")
)

// Contoso is a small program in the middle of its year, on 1 September 2026.
//
// Engagements: azure-migration (an assessment, for customers with 300 seats or
// more), security-workshop (a workshop, for enterprises), data-pilot (a medium
// project, two per customer), endpoint-workshop (until its last claim day, 30
// September), copilot-readiness (upcoming) and legacy-voice (expired).
//
// Partners: northwind, with locations 4711201 (Lisboa) and 4711202 (Porto, which
// has no valid payee profile), and 4711203 (Funchal, not enrolled); fabrikam with
// 5822301 (Madrid). Their domains are northwind.example and fabrikam.example.
//
// Customers: contoso.com and adatum.com (eligible for everything),
// fourthcoffee.com (20 seats, a small business), woodgrovebank.com (its seats are
// unknown), 21vianet.com (a tenant in each of two clouds).
func Contoso() Scenario {
	return Scenario{
		Start: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC),
		Actor: Northwind,
		// Helpers write to the same contact for every customer.
		Options: workflow.Options{Policy: link.Policy{MaxPerEngagement: -1, MaxPerMailbox: -1, MaxPerDay: -1}},
		Engagements: []engagement.Engagement{
			offer("azure-migration", "Azure Migration", "Infrastructure", engagement.TypeAssessment, eligibility.Rule{
				ID: "enough_seats", Doc: "The customer has at least 300 seats.", Check: eligibility.AtLeast(Seats, 300),
			}),
			offer("security-workshop", "Security Workshop", "Security", engagement.TypeWorkshop, eligibility.Rule{
				ID: "enterprise", Doc: "The customer is an enterprise.", Check: eligibility.Is(Segment, "enterprise"),
			}),
			twice(offer("data-pilot", "Data Pilot", "Data & AI", engagement.TypeMediumProject)),
			until(offer("endpoint-workshop", "Endpoint Workshop", "Modern Work", engagement.TypeWorkshop), "2026-09-30"),
			open(offer("copilot-readiness", "Copilot Readiness", "Modern Work", engagement.TypeWorkshop), "2027-01-01", "2027-07-01"),
			open(offer("legacy-voice", "Legacy Voice", "Modern Work", engagement.TypeWorkshop), "2025-07-01", "2026-07-01"),
		},
		Partners: []engagement.Partner{
			{ID: "northwind", Name: "Northwind Consulting", Domains: []tenant.Domain{must(tenant.ParseDomain("northwind.example"))}, Locations: []engagement.Location{
				site("4711201", "Lisboa", true, engagement.PayeeValid),
				site("4711202", "Porto", true, "bank details missing"),
				site("4711203", "Funchal", false, "none"),
			}},
			{ID: "fabrikam", Name: "Fabrikam Services", Domains: []tenant.Domain{must(tenant.ParseDomain("fabrikam.example"))}, Locations: []engagement.Location{site("5822301", "Madrid", true, engagement.PayeeValid)}},
		},
		Customers: []Customer{
			organisation("contoso.com", "Contoso", 1, 500, "enterprise"),
			organisation("adatum.com", "Adatum", 2, 900, "enterprise"),
			organisation("fourthcoffee.com", "Fourth Coffee", 3, 20, "smb"),
			organisation("woodgrovebank.com", "Woodgrove Bank", 4, -1, "enterprise"),
			organisation("21vianet.com", "21Vianet", 5, 500, "corporate"),
			organisation("21vianet.com", "21Vianet China", 6, 500, "corporate"),
		},
	}
}

func offer(id engagement.ID, name, area string, size engagement.Type, customer ...eligibility.Rule) engagement.Engagement {
	customer = append(customer, eligibility.Rule{
		ID: "not_consumer", Doc: "The customer is an organisation.", Check: eligibility.NotOneOf(Segment, "consumer"),
	})
	return open(engagement.Engagement{
		ID: id, Version: "1", Name: name, Summary: "About " + name + ".", SolutionArea: area, Type: size, Role: "build-intent",
		LocationRules: rules(string(id)+"/location", eligibility.Rule{
			ID: "enrolled", Doc: "The location is enrolled in the program.", Check: eligibility.Is(Enrolled, true),
		}),
		CustomerRules: rules(string(id)+"/customer", customer...),
	}, "2026-07-01", "2027-07-01")
}

func open(e engagement.Engagement, opens, closes string) engagement.Engagement {
	e.Opens, e.Closes = day(opens), day(closes)
	e.Rates = []engagement.Rate{{From: e.Opens, Amount: money("5000.00 USD")}}
	return e
}

func until(e engagement.Engagement, last string) engagement.Engagement {
	e.LastClaimDay = day(last)
	return e
}

func twice(e engagement.Engagement) engagement.Engagement {
	e.ClaimLimit = 2
	return e
}

func rules(id string, list ...eligibility.Rule) *eligibility.RuleSet {
	return must(eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: id, Version: "1", Rules: list}))
}

func day(text string) eligibility.Date    { return must(eligibility.ParseDate(text)) }
func money(text string) eligibility.Money { return must(eligibility.ParseMoney(text)) }

// must is for the package's own scenario, which its tests build.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func site(id engagement.LocationID, name string, enrolled bool, payee string) engagement.Location {
	l := engagement.Location{ID: id, Name: name, Enrolled: enrolled, Payee: payee}
	Enrolled.Set(&l.Facts, enrolled)
	return l
}

// organisation is a customer; fewer than no seats are unknown seats.
func organisation(domain, name string, n, seats int64, segment string) Customer {
	c := Customer{Domain: domain, Entry: tenant.Entry{
		Tenant: must(tenant.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))), Name: name, Cloud: tenant.CloudPublic,
	}}
	if seats >= 0 {
		Seats.Set(&c.Facts, seats)
	}
	Segment.Set(&c.Facts, segment)
	return c
}

func tenantDomain(text string) (tenant.Domain, error) { return tenant.ParseDomain(text) }

func identity(d tenant.Domain, e tenant.Entry) tenant.Identity {
	return tenant.Identity{Tenant: e.Tenant, TPID: e.TPID, Domain: d, Name: e.Name, Cloud: e.Cloud}
}
