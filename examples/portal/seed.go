package main

import (
	"context"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// seed makes customers known to the partners, and begins some participations, unless there
// are any: a store that stays is seeded once.
func (p *portal) seed(ctx context.Context, m *market) error {
	rita, _ := personOf("rita")
	ana, _ := personOf("ana")
	known, err := p.desk.Customers.Known(ctx, ana.Actor, workflow.KnownQuery{Limit: 1})
	if err != nil || len(known.Rows) > 0 {
		return err
	}
	for partner, customers := range map[engagement.PartnerID][]customer{northwind: m.customers[:200], fabrikam: m.customers[120:]} {
		list := make([]workflow.KnownCustomer, len(customers))
		for i, c := range customers {
			list[i] = workflow.KnownCustomer{Identity: c.Identity, Since: p.sandbox.now().Add(-time.Duration(i) * day)}
		}
		if _, err := p.desk.Program.Import(ctx, rita.Actor, partner, slices.Values(list), nil); err != nil {
			return err
		}
	}
	return nil
}

// settle does what the jobs of a portal do all the time.
func (p *portal) settle(ctx context.Context) error {
	for {
		swept, err := p.desk.Jobs.Sweep(ctx)
		if err != nil {
			return err
		}
		sent, err := p.desk.Jobs.Relay(ctx)
		if err != nil {
			return err
		}
		if swept == 0 && sent == 0 {
			return nil
		}
	}
}
