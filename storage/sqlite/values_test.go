package sqlite_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func customer(n int) tenant.Key { return tenant.TPIDKey(tenant.TPID(n + 1)) }

// participation is one of northwind that waits for consent.
func participation(n int, id engagement.ParticipationID) engagement.Participation {
	return engagement.Participation{
		ID: id, Partner: "northwind", Engagement: "azure-migration", Customer: customer(n), Location: "4711201", Origin: engagement.Added,
		StartedAt: noon, Consent: consent.Start(noon.AddDate(0, 0, 30)),
	}
}

func granted(p engagement.Participation) engagement.Participation {
	p.Consent.Status = consent.Granted
	p.Claim = &claim.State{Status: claim.Draft, OpenedAt: noon, SubmitBy: noon.AddDate(0, 0, 60), ReviewBy: noon.AddDate(0, 0, 90)}
	return p
}

// storyOf stores a customer with two events.
func storyOf(t testing.TB, s storage.Store) engagement.Customer {
	t.Helper()
	c := engagement.Customer{Key: engagement.CustomerKey{Partner: "northwind", Customer: customer(1)}, Identity: tenant.Identity{TPID: 2}}
	e := engagement.Event{
		Partner: c.Key.Partner, Customer: c.Key.Customer, At: noon, Kind: engagement.CustomerKnown, By: engagement.ByProgram,
		Person: &engagement.Person{Salt: "s", User: "ana-the-user"},
	}
	var changes storage.Changes
	changes.Events, c.History = engagement.Chain(c.History, e, e)
	changes.Customers = []engagement.Customer{c}
	apply(t, s, changes)
	return c
}
