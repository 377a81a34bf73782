package postgres_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// TestChangesAfterALoad writes what differs from a place that was just read: what
// goes with a partner, and what can only be written in one order.
func TestChangesAfterALoad(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	key := engagement.PlaceKey{Engagement: "azure-migration", Customer: "tpid:7"}
	participation := func(partner engagement.PartnerID, id engagement.ParticipationID, status consent.Status) engagement.Participation {
		p := engagement.Participation{
			ID: id, Partner: partner, Engagement: key.Engagement, Customer: key.Customer, Identity: tenant.Identity{TPID: 7, Name: "Contoso"},
			Location: "4711201", Origin: engagement.Added, ClaimNumber: string(id), StartedAt: now, Consent: consent.Start(now.AddDate(0, 0, 30)),
		}
		if status != "" {
			p.Consent.Status = status
		}
		return p
	}
	schema := newSchema()
	pool := running(t).pool(t, modes["cached"], 2)
	s, other := store(t, pool, schema), store(t, pool, schema)
	read := func(s storage.Store) engagement.Place {
		t.Helper()
		loaded, err := s.Load(t.Context(), storage.Want{Places: []engagement.PlaceKey{key}})
		if err != nil {
			t.Fatal(err)
		}
		return loaded.Places[key]
	}
	write := func(pl engagement.Place) {
		t.Helper()
		if err := s.Apply(t.Context(), storage.Changes{Places: []engagement.Place{pl}, Entries: pl.Entries(now)}); err != nil {
			t.Fatal(err)
		}
	}
	write(engagement.Place{Key: key, ClaimLimit: 1}.
		WithParticipation(participation("fabrikam", "f-1", "")).
		WithParticipation(participation("northwind", "n-1", consent.Declined)).
		WithParticipation(participation("northwind", "n-2", "")).
		WithParticipation(participation("northwind", "n-3", consent.Declined)))

	// The first one opens in the same moment in which the second ends; the third
	// goes, and so does the other partner with all it has.
	pl := read(s)
	pl.Standings = pl.Standings[1:]
	pl = pl.WithParticipation(participation("northwind", "n-1", "")).WithParticipation(participation("northwind", "n-2", consent.Declined))
	pl.Standings[0].Participations = pl.Standings[0].Participations[:2]
	write(pl)

	got := read(other)
	if len(got.Standings) != 1 || got.Standings[0].Partner != "northwind" || len(got.Standings[0].Participations) != 2 {
		t.Fatalf("the place has %+v", got.Standings)
	}
	for i, open := range []bool{true, false} {
		if p := got.Standings[0].Participations[i]; p.OpenAt(now) != open {
			t.Errorf("that %s is open is %t", p.ID, !open)
		}
	}
}
