package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

const people = `domain,tenant_id,tpid,name,cloud
contoso.com,2925428c-a5e2-56fd-9428-066f43b9c2e7,,Contoso,public
21vianet.com,8db0f33b-a444-5d55-9f00-086e8f67ff78,641184,21Vianet,public
21vianet.com,99af6eaa-0cef-51e4-9d8c-f7541882e058,,21Vianet,china
`

// A host tells its user something different for each refusal.
func ExampleResolve() {
	directory, err := tenanttest.ReadStatic(strings.NewReader(people))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, candidate := range []tenant.Candidate{
		{Email: "ANA@Contoso.com."},
		{Email: "ana@contoso.com", TPID: "640037"},
		{Email: "ana@contoso.com", TPID: "640037", Reason: "From the customer's contract."},
		{Email: "it@21vianet.com"},
		{Domain: "mail.contoso.com"},
		{Email: "joao@gmail.com"},
		{Email: "ana@contoso.com\nBcc: x@y.z"},
	} {
		resolution, err := tenant.Resolve(context.Background(), directory, candidate)

		var ambiguous *tenant.AmbiguousError
		switch {
		case err == nil:
			fmt.Println(resolution.Basis, resolution.Identity.Key())
		case errors.As(err, &ambiguous):
			fmt.Println("choose one of", len(ambiguous.Found))
		case errors.As(err, new(*tenant.ReasonRequiredError)):
			fmt.Println("ask for a reason")
		case errors.As(err, new(*tenant.NotFoundError)):
			fmt.Println("ask for another address, or an ID")
		case errors.As(err, new(*tenant.ConsumerDomainError)):
			fmt.Println("ask for an ID and a reason")
		case errors.As(err, new(*tenant.UnavailableError)):
			fmt.Println("try again later")
		default:
			fmt.Println(err)
		}
	}
	// Output:
	// derived tenant:2925428c-a5e2-56fd-9428-066f43b9c2e7
	// ask for a reason
	// stated tpid:640037
	// choose one of 2
	// ask for another address, or an ID
	// ask for an ID and a reason
	// malformed email: the address holds a line end or another character that does not show
}

// A host that knows of more consumer domains says so.
func ExampleResolver() {
	resolver := tenant.Resolver{ConsumerDomain: func(d tenant.Domain) bool {
		return d.String() == "alumni.example" || tenant.IsConsumerDomain(d)
	}}
	_, err := resolver.Resolve(context.Background(), tenanttest.NewStatic(), tenant.Candidate{Email: "ana@alumni.example", TPID: "640037"})
	fmt.Println(err)
	// Output:
	// alumni.example is a domain of a public e-mail service and names no customer: give a reason, or an address of the customer's own domain
}

// An opportunity nominates by itself: the directory completes who the customer
// is, and the key stays the opportunity's.
func ExampleCandidate_opportunity() {
	directory, err := tenanttest.ReadStatic(strings.NewReader(people))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, candidate := range []tenant.Candidate{
		{Email: "ana@contoso.com", OpportunityID: "7-3abcd1234x"},
		{Domain: "mail.contoso.com", OpportunityID: "7-3abcd1234x"},
		{Domain: "mail.contoso.com", OpportunityID: "7-3abcd1234x", Reason: "The customer's mail has a domain of its own."},
		{Email: "ana@contoso.com", OpportunityID: "7-3abcd1234x", TPID: "640037"},
	} {
		resolution, err := tenant.Resolve(context.Background(), directory, candidate)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("by %s, %s: %s %q\n", resolution.Nominated, resolution.Basis, resolution.Identity.Key(), resolution.Identity.Name)
	}
	// Output:
	// by opportunity ID, unchecked: opportunity:7-3ABCD1234X "Contoso"
	// the directory knows no customer by the domain mail.contoso.com, and exactly one is wanted beside opportunity 7-3ABCD1234X: give another e-mail address or domain of the customer, or a reason why the ID is right
	// by opportunity ID, stated: opportunity:7-3ABCD1234X ""
	// malformed tpid: the opportunity ID was given too, and one ID nominates the customer: leave out the TPID, or leave out the opportunity ID to nominate by the TPID
}

func ExampleParseID() {
	id, err := tenant.ParseID(" {4966865E-6DF6-5CD4-92D1-832A5AD4D4F4}")
	fmt.Println(id, err)
	fmt.Println(tenant.TenantKey(id))
	// Output:
	// 4966865e-6df6-5cd4-92d1-832a5ad4d4f4 <nil>
	// tenant:4966865e-6df6-5cd4-92d1-832a5ad4d4f4
}
