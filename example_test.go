package partnerengage_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

var (
	Enrolled = eligibility.NewFact[bool]("enrolled")
	Seats    = eligibility.NewFact[int64]("seats")
)

func Example() {
	site := engagement.Location{ID: "4711201", Name: "Lisboa", Enrolled: true, Payee: engagement.PayeeValid}
	Enrolled.Set(&site.Facts, true)

	catalog, err := engagement.NewCatalog(
		[]engagement.Engagement{{
			ID: "azure-migration", Version: "1", Name: "Azure Migration", SolutionArea: "Infrastructure",
			Type: engagement.TypeAssessment, Opens: date("2026-01-01"), Closes: date("2099-01-01"),
			LocationRules: rules("location", eligibility.Rule{
				ID: "enrolled", Doc: "The location is enrolled.", Check: eligibility.Is(Enrolled, true)}),
			CustomerRules: rules("customer", eligibility.Rule{
				ID: "seats", Doc: "The customer has at least 300 seats.", Check: eligibility.AtLeast(Seats, 300)}),
		}},
		[]engagement.Partner{{ID: "northwind", Name: "Northwind", Locations: []engagement.Location{site}}})
	if err != nil {
		log.Fatal(err)
	}
	directory, err := tenanttest.ReadStatic(strings.NewReader(
		"domain,tenant_id,tpid,name,cloud\ncontoso.com,2925428c-a5e2-56fd-9428-066f43b9c2e7,,Contoso,public\n"))
	if err != nil {
		log.Fatal(err)
	}
	facts := workflow.FactFunc(func(ctx context.Context, p engagement.PartnerID, c tenant.Identity) (eligibility.Facts, error) {
		var f eligibility.Facts
		Seats.Set(&f, 120) // from the host's own database
		return f, nil
	})

	desk, err := workflow.New(memory.New(), directory, catalog, facts, nil)
	if err != nil {
		log.Fatal(err)
	}
	ana := workflow.Actor{Partner: "northwind", User: "ana", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}
	offer, err := desk.Customers.Identify(context.Background(), ana, workflow.Candidate{Location: "4711201", Email: "joao@contoso.com"})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range offer.Ineligible {
		fmt.Println(c.Name, "-", c.Reasons[0])
	}
	// Output: Azure Migration - Criterion not met: The customer has at least 300 seats (required: at least 300; found: 120)
}

func date(text string) eligibility.Date { return must(eligibility.ParseDate(text)) }

func rules(id string, list ...eligibility.Rule) *eligibility.RuleSet {
	return must(eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: id, Version: "1", Rules: list}))
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
