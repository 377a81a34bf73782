package engagement_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

func partner() engagement.Partner {
	return engagement.Partner{ID: northwind, Name: "Northwind", Locations: []engagement.Location{
		{ID: "4711201", Name: "Lisboa", Enrolled: true, Payee: engagement.PayeeValid, Facts: facts(300, "")},
		{ID: "4711202", Name: "Porto", Enrolled: true, Payee: "bank details missing", Facts: facts(400, "")},
	}}
}

func named(id engagement.ID, version string) engagement.Engagement {
	e := offer()
	e.ID, e.Version = id, version
	return e
}

func TestCatalog(t *testing.T) {
	ctx := context.Background()
	c, err := engagement.NewCatalog([]engagement.Engagement{named("b", "1"), named("a", "1")}, []engagement.Partner{partner()})
	require.NoError(t, err)
	before := must(c.Engagements(ctx))
	require.Equal(t, []engagement.ID{"b", "a"}, ids(before), "in the order given")

	require.NoError(t, c.PutEngagement(named("b", "2")))
	require.NoError(t, c.PutEngagement(named("c", "1")))
	after := must(c.Engagements(ctx))
	require.Equal(t, []engagement.ID{"b", "a", "c"}, ids(after), "a new version takes the place of the old one")
	require.Equal(t, "2", after[0].Version)
	require.Equal(t, "1", before[0].Version, "what was handed out stays as it was")
	_ = append(after, named("d", "1"))
	require.Len(t, must(c.Engagements(ctx)), 3)

	p, ok, err := c.Partner(ctx, northwind)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "Northwind", p.Name)
	_, ok, err = c.Partner(ctx, fabrikam)
	require.NoError(t, err)
	require.False(t, ok)

	var zero engagement.Catalog
	require.Empty(t, must(zero.Engagements(ctx)))
	_, ok, _ = zero.Partner(ctx, northwind)
	require.False(t, ok)
	require.NoError(t, zero.PutPartner(partner()))
	_, ok, _ = zero.Partner(ctx, northwind)
	require.True(t, ok)
}

func ids(list []engagement.Engagement) []engagement.ID {
	var out []engagement.ID
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

// Every problem of every part is told at once, and nothing of it gets in.
func TestCatalogRefuses(t *testing.T) {
	ctx := context.Background()
	bad := partner()
	bad.ID, bad.Name = "north wind", ""
	bad.Locations = append(bad.Locations, bad.Locations[0], engagement.Location{ID: ""})
	c, err := engagement.NewCatalog([]engagement.Engagement{named("a", "1"), named("a", "2"), named("b", "")}, []engagement.Partner{partner(), partner(), bad})
	require.Nil(t, c)
	invalid(t, err, "id", "version", "id", "id", "name", "locations[2].id", "locations[3].id")
	require.ErrorContains(t, err, `engagement "a": id stands twice in the catalog`)
	require.ErrorContains(t, err, `partner "northwind": id stands twice in the catalog`)
	require.ErrorContains(t, err, `partner "north wind": locations[2].id "4711201" stands twice`)

	c = must(engagement.NewCatalog([]engagement.Engagement{named("a", "1")}, []engagement.Partner{partner()}))
	invalid(t, c.PutEngagement(named("a", "")), "version")
	require.Equal(t, "1", must(c.Engagements(ctx))[0].Version)
	bad.ID = northwind
	require.Error(t, c.PutPartner(bad))
	p, _, _ := c.Partner(ctx, northwind)
	require.Len(t, p.Locations, 2)
}

// One engagement is found in its current version, wherever it stands.
func TestCatalogByID(t *testing.T) {
	ctx := context.Background()
	first, second := offer(), offer()
	second.ID = "data-pilot"
	c := must(engagement.NewCatalog([]engagement.Engagement{first, second}, nil))
	first.Version = "2"
	require.NoError(t, c.PutEngagement(first))
	for id, version := range map[engagement.ID]string{"azure-migration": "2", "data-pilot": "1", "other": ""} {
		e, ok, err := c.Engagement(ctx, id)
		require.NoError(t, err)
		require.Equal(t, version != "", ok, id)
		require.Equal(t, version, e.Version, id)
	}
	require.Len(t, must(c.Engagements(ctx)), 2)
	_, ok, err := new(engagement.Catalog).Engagement(ctx, "azure-migration")
	require.NoError(t, err)
	require.False(t, ok)
}

// What its maker does with an engagement or a partner later changes nothing in
// the catalog.
func TestCatalogKeepsItsOwn(t *testing.T) {
	ctx := context.Background()
	e, p := offer(), partner()
	e.Rates = []engagement.Rate{{From: e.Opens, Amount: money("1.00 USD")}}
	e.Proof = claim.DefaultProof()
	e.AcceptsIDs = []tenant.IDKind{tenant.IDKindTPID}
	c := must(engagement.NewCatalog([]engagement.Engagement{e}, []engagement.Partner{p}))
	e.Rates[0].Amount, e.Proof[0].Kind, e.AcceptsIDs[0] = money("2.00 USD"), "changed", tenant.IDKindDomain
	p.Locations[0].Enrolled = false
	seats.Set(&p.Locations[1].Facts, 1)

	kept := must(c.Engagements(ctx))[0]
	require.Equal(t, "1.00 USD", kept.Rates[0].Amount.String())
	require.Equal(t, "findings", kept.Proof[0].Kind)
	require.Equal(t, []tenant.IDKind{tenant.IDKindTPID}, kept.AcceptedIDs())
	keptPartner, _, _ := c.Partner(ctx, northwind)
	require.True(t, keptPartner.Locations[0].Enrolled)
	n, _ := seats.Get(keptPartner.Locations[1].Facts)
	require.EqualValues(t, 400, n)
}

func TestCatalogIsSafeForConcurrentUse(t *testing.T) {
	ctx := context.Background()
	c := must(engagement.NewCatalog([]engagement.Engagement{named("a", "1")}, []engagement.Partner{partner()}))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				_ = c.PutEngagement(named("b", "1"))
				_ = c.PutPartner(partner())
			}
		})
		wg.Go(func() {
			for range 50 {
				for _, e := range must(c.Engagements(ctx)) {
					_ = e.Name
				}
				_, _, _ = c.Partner(ctx, northwind)
			}
		})
	}
	wg.Wait()
	require.Len(t, must(c.Engagements(ctx)), 2)
}
