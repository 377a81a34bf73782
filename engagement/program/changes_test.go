package program_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// What happens to a program, said as the package comment says it: what runs goes on to
// its payment, and every history holds.

// paid takes a participation from its consent to its payment, and checks its history.
func paid(t *testing.T, w *workflowtest.World, p engagement.ParticipationID, domain string) {
	t.Helper()
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "100.00 USD")
	w.Paid(p, "100.00 USD")
	w.ExpectStatus(p, engagement.StatusPaid)
	holds(t, w, w.Customer(domain))
}

// holds checks a customer's history with the actor's partner.
func holds(t *testing.T, w *workflowtest.World, customer tenant.Key) {
	t.Helper()
	_, err := w.Desk.Histories.Verify(context.Background(), w.Actor, customer)
	require.NoError(t, err)
}

// change puts a partner of the catalog as it has become.
func change(t *testing.T, w *workflowtest.World, id engagement.PartnerID, f func(p *engagement.Partner)) {
	t.Helper()
	p, _, err := w.Catalog.Partner(t.Context(), id)
	require.NoError(t, err)
	p.Locations = slices.Clone(p.Locations)
	f(&p)
	require.NoError(t, w.Catalog.PutPartner(p))
}

// identified is who could be added through a location, or why nobody can.
func identified(w *workflowtest.World, at engagement.LocationID, email string) error {
	_, err := w.Desk.Customers.Identify(context.Background(), w.Actor, workflow.Candidate{Location: at, Email: email})
	return err
}

func TestALocationMoves(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	change(t, w, "northwind", func(p *engagement.Partner) { p.Locations[0].Name = "Setúbal" })
	outcomes, err := w.Desk.Engagements.Locations(t.Context(), w.Actor, "azure-migration")
	require.NoError(t, err)
	require.Equal(t, "Setúbal", outcomes[0].Name)
	paid(t, w, p, "contoso.com")
}

func TestALocationCloses(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	at := w.Location("azure-migration")
	change(t, w, "northwind", func(p *engagement.Partner) { p.Locations[0].Enrolled = false })
	require.Error(t, identified(w, at, "it@adatum.com"), "nobody is added through it")
	require.NoError(t, identified(w, "4711202", "it@adatum.com"), "but through another")
	require.Equal(t, []engagement.LocationID{at}, w.Row(p).Locations)
	paid(t, w, p, "contoso.com")
}

func TestAPartnerLeaves(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	change(t, w, "northwind", func(p *engagement.Partner) {
		for i := range p.Locations {
			p.Locations[i].Enrolled = false
		}
	})
	require.Error(t, identified(w, "4711202", "it@adatum.com"))
	paid(t, w, p, "contoso.com")
}

// Northwind is merged into Fabrikam: its claims stay its own, Fabrikam's people act for
// it, and Fabrikam knows its customers.
func TestAPartnerIsMerged(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	change(t, w, "northwind", func(p *engagement.Partner) {
		for i := range p.Locations {
			p.Locations[i].Enrolled = false
		}
	})
	change(t, w, "fabrikam", func(p *engagement.Partner) {
		moved := p.Locations[0]
		moved.ID, moved.Name = "5822302", "Lisboa"
		p.Locations = append(p.Locations, moved)
	})
	require.Error(t, identified(w, "5822302", "ana@contoso.com"), "it is no location of Northwind's")

	fabrikam := w.As(workflowtest.Fabrikam)
	fabrikam.Known("contoso.com")
	fabrikam.ExpectTab("security-workshop", engagement.TabEligible, "Contoso")
	require.Empty(t, fabrikam.Rows("azure-migration", engagement.TabEligible), "Northwind has its consent there")

	joe := workflowtest.Fabrikam
	joe.Partner = "northwind" // as which the host lets Fabrikam's people act
	paid(t, w.As(joe), p, "contoso.com")
}

func TestASolutionAreaIsRenamed(t *testing.T) {
	ctx := t.Context()
	w := workflowtest.New(t, workflowtest.Contoso)
	over := w.Granted("azure-migration", "ana@contoso.com")
	paid(t, w, over, "contoso.com")
	runs := w.Granted("azure-migration", "it@adatum.com")

	e, _, err := w.Catalog.Engagement(ctx, "azure-migration")
	require.NoError(t, err)
	e.Version, e.SolutionArea = e.Version+", renamed", "Cloud & AI Platforms"
	require.NoError(t, w.Catalog.PutEngagement(e))

	list, err := w.Desk.Claims.List(ctx, w.Actor, workflow.ClaimsQuery{SolutionAreas: []string{"Cloud & AI Platforms"}})
	require.NoError(t, err)
	require.Len(t, list.Rows, 2, "what is over, too")
	figures, err := w.Desk.Claims.Figures(ctx, w.Actor, workflow.FiguresQuery{By: []workflow.FigureDimension{workflow.FigureBySolutionArea}})
	require.NoError(t, err)
	require.Len(t, figures.Rows, 1)
	require.Equal(t, "Cloud & AI Platforms", figures.Rows[0].SolutionArea)
	paid(t, w, runs, "adatum.com")
	holds(t, w, w.Customer("contoso.com"))
}

// Contoso moves to another tenant in the middle of an engagement.
func TestACustomersTenantChanges(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	before := w.Customer("contoso.com")

	next, err := tenant.ParseID("aaaaaaaa-0000-4000-8000-000000000001")
	require.NoError(t, err)
	facts := workflowtest.Contoso().Customers[0].Facts
	w.PutCustomer(workflowtest.Customer{Domain: "contosonew.com", Entry: tenant.Entry{Tenant: next, Name: "Contoso (new)"}, Facts: facts})
	w.Known("contosonew.com")
	w.ExpectTab("security-workshop", engagement.TabEligible, "Contoso", "Contoso (new)")

	// What the old tenant has taken of the claim limit counts for the new one when the
	// program says so.
	w.Held("azure-migration", "contosonew.com", engagement.ExternalHoldings{Consented: 1})
	w.Reevaluated()
	w.ExpectTab("azure-migration", engagement.TabIneligible, "Contoso (new)")

	// And what runs under the old one goes on.
	paid(t, w, p, "contoso.com")
	holds(t, w, before)
	holds(t, w, w.Customer("contosonew.com"))
}
