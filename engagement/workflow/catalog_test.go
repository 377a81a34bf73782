package workflow_test

import (
	"context"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// countedCatalog counts what a catalog is asked for.
type countedCatalog struct {
	workflow.Catalog
	one, all *int
}

func (a countedCatalog) Engagements(ctx context.Context) ([]engagement.Engagement, error) {
	*a.all++
	return a.Catalog.Engagements(ctx)
}

func (a countedCatalog) Engagement(ctx context.Context, id engagement.ID) (engagement.Engagement, bool, error) {
	*a.one++
	return a.Catalog.Engagement(ctx, id)
}

// A command about one participation asks the catalog for its engagement, once, and
// not for all of them.
func TestCatalogIsAskedOnce(t *testing.T) {
	w, _ := newWorld(t)
	one, all := 0, 0
	desk, err := workflow.New(w.Store, directory{}, countedCatalog{w.Catalog, &one, &all}, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now})
	ok(t, err)
	p := w.Added(migration, "ana@contoso.com")
	for name, do := range map[string]func() error{
		"request": func() error {
			_, err := desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "ana@contoso.com"))
			return err
		},
		"look": func() error {
			_, err := desk.Claims.Get(background, w.Actor, p)
			return err
		},
		"summary": func() error {
			_, err := desk.Engagements.Get(background, w.Actor, migration)
			return err
		},
	} {
		one, all = 0, 0
		ok(t, do())
		equal(t, name+": one, all", []int{one, all}, []int{1, 0})
	}
	w.Relayed()
	one, all = 0, 0
	_, err = desk.Links.AnswerConsent(background, newest(w, p), consent.DecisionAccept) // the customer becomes known everywhere
	ok(t, err)
	equal(t, "accept: one, all", []int{one, all}, []int{1, 1})
}
