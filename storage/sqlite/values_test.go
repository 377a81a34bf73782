package sqlite_test

import (
	"strings"
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
		ID: id, Partner: "northwind", Engagement: "azure-migration", Customer: customer(n), Location: "4711201", Origin: engagement.OriginAdded,
		StartedAt: noon, Consent: consent.Start(noon.AddDate(0, 0, 30)),
	}
}

func granted(p engagement.Participation) engagement.Participation {
	p.Consent.Status = consent.StatusGranted
	p.Claim = &claim.State{Status: claim.StatusDraft, OpenedAt: noon, SubmitBy: noon.AddDate(0, 0, 60), ReviewBy: noon.AddDate(0, 0, 90)}
	return p
}

// known is a record of a customer that northwind knows.
func known(n int) engagement.PartnerRecord {
	return engagement.PartnerRecord{
		Key:   engagement.RecordKey{Partner: "northwind", Engagement: "azure-migration", Customer: customer(n)},
		Known: true, FriendlyName: strings.Repeat("name ", 30),
	}
}

// changed writes records of customers who are merely known.
func changed(records ...engagement.PartnerRecord) storage.Changes {
	c := storage.Changes{At: noon}
	for _, r := range records {
		c.Relied = append(c.Relied, storage.Relied{Key: r.Key.Shared()})
		c.Entries = append(c.Entries, r.Entry(engagement.Room{}, noon))
	}
	c.Records = records
	return c
}

// shares is what is shared of customer n, with room for so many.
func shares(n, limit int) engagement.CustomerEngagement {
	return engagement.CustomerEngagement{Key: known(n).Key.Shared(), ClaimLimit: limit}
}

// taking writes participations of a record, with what is shared then.
func taking(shared engagement.CustomerEngagement, r engagement.PartnerRecord, participations ...engagement.Participation) storage.Changes {
	for _, p := range participations {
		shared, _ = shared.Following(p)
		r = r.WithParticipation(p)
	}
	room := shared.RoomFor(r.Key.Partner)
	c := storage.Changes{
		At: noon, Shared: []engagement.CustomerEngagement{shared}, Records: []engagement.PartnerRecord{r}, Participations: participations,
		Entries: []engagement.Entry{r.Entry(room, noon)},
	}
	for _, p := range participations {
		c.Entries = append(c.Entries, r.EntryOf(p, room, noon))
	}
	return c
}

func apply(t testing.TB, s storage.Store, c storage.Changes) {
	t.Helper()
	if err := s.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// page asks for a tab of a page.
func page(tab engagement.Tab, sort storage.Sort, limit int) storage.ListQuery {
	return storage.ListQuery{Partner: "northwind", Engagement: "azure-migration", Tab: tab, Sort: sort, Limit: limit, Now: noon}
}

// storyOf stores a customer with two events.
func storyOf(t testing.TB, s storage.Store) engagement.Customer {
	t.Helper()
	c := engagement.Customer{Key: engagement.CustomerKey{Partner: "northwind", Customer: customer(1)}, Identity: tenant.Identity{TPID: 2}}
	e := engagement.Event{
		Partner: c.Key.Partner, Customer: c.Key.Customer, At: noon, Kind: engagement.EventCustomerKnown, By: engagement.ByProgram,
		Person: &engagement.Person{Salt: "s", User: "ana-the-user"},
	}
	var changes storage.Changes
	changes.Events, c.History = engagement.Chain(c.History, e, e)
	changes.Customers = []engagement.Customer{c}
	apply(t, s, changes)
	return c
}
