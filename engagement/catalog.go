package engagement

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Catalog is a program held in memory: its engagements and its partners. It may
// be changed while it is used. The zero Catalog is empty.
type Catalog struct {
	// Currencies are those in which amounts can be; nil: those of ISO 4217. Set it
	// before the first engagement is put in.
	Currencies *eligibility.Currencies

	mu          sync.RWMutex
	engagements []Engagement
	at          map[ID]int // where each stands
	partners    map[PartnerID]Partner
}

// NewCatalog returns a catalog of these, in the given order, or every problem
// that they have, joined, each an *InvalidError.
func NewCatalog(engagements []Engagement, partners []Partner) (*Catalog, error) {
	c := &Catalog{}
	var errs []error
	for _, e := range engagements {
		if slices.ContainsFunc(c.engagements, func(x Engagement) bool { return x.ID == e.ID }) {
			errs = append(errs, &InvalidError{Of: fmt.Sprintf("engagement %q", e.ID), Field: "id", Problem: "stands twice in the catalog"})
		}
		errs = append(errs, c.PutEngagement(e))
	}
	for _, p := range partners {
		if _, twice := c.partners[p.ID]; twice {
			errs = append(errs, &InvalidError{Of: fmt.Sprintf("partner %q", p.ID), Field: "id", Problem: "stands twice in the catalog"})
		}
		errs = append(errs, c.PutPartner(p))
	}
	if err := problems.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// PutEngagement adds an engagement, or replaces the one with its ID by a new
// version. It returns every problem of the
// engagement, joined, each an *[InvalidError].
func (c *Catalog) PutEngagement(e Engagement) error {
	if err := e.ValidateIn(c.Currencies); err != nil {
		return err
	}
	e.Rates, e.Proof, e.AcceptsIDs = slices.Clone(e.Rates), slices.Clone(e.Proof), slices.Clone(e.AcceptsIDs)
	e.Resources, e.LaterProof, e.LaterTexts = slices.Clone(e.Resources), slices.Clone(e.LaterProof), slices.Clone(e.LaterTexts)
	e.Translations = maps.Clone(e.Translations)
	e.LaterLocationRules, e.LaterCustomerRules = slices.Clone(e.LaterLocationRules), slices.Clone(e.LaterCustomerRules)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.engagements = slices.Clone(c.engagements) // those handed out stay as they are
	if i, ok := c.at[e.ID]; ok {
		c.engagements[i] = e
		return nil
	}
	if c.at == nil {
		c.at = map[ID]int{}
	}
	c.at[e.ID] = len(c.engagements)
	c.engagements = append(c.engagements, e)
	return nil
}

// PutPartner adds a partner, or replaces the one with its ID. It returns what Validate
// returns.
func (c *Catalog) PutPartner(p Partner) error {
	if err := p.Validate(); err != nil {
		return err
	}
	p.Locations, p.Domains = slices.Clone(p.Locations), slices.Clone(p.Domains)
	for i, l := range p.Locations {
		p.Locations[i].Facts = l.Facts.Clone()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.partners == nil {
		c.partners = map[PartnerID]Partner{}
	}
	c.partners[p.ID] = p
	return nil
}

// Engagements returns the program's engagements in the order in which they were
// put in, each in its current version.
func (c *Catalog) Engagements(context.Context) ([]Engagement, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clip(c.engagements), nil
}

// Engagement returns an engagement in its current version, and false when there is
// none with that ID.
func (c *Catalog) Engagement(_ context.Context, id ID) (Engagement, bool, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	i, ok := c.at[id]
	if !ok {
		return Engagement{}, false, nil
	}
	return c.engagements[i], true, nil
}

// Partner returns a partner with its locations, and false when there is none
// with that ID.
func (c *Catalog) Partner(_ context.Context, id PartnerID) (Partner, bool, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.partners[id]
	return p, ok, nil
}
