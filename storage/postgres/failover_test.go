package postgres_test

import (
	"context"
	"errors"
<<<<<<< HEAD
	"fmt"
	"slices"
=======
	"strings"
>>>>>>> stored
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

<<<<<<< HEAD
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
=======
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
>>>>>>> stored
)

// TestAfterAFailover has a process read and write on, when a failover to a server
// that lagged behind has taken back what it had read, and another process has
// written the same version of it with other rows: what it writes, and what it adds
// to the counts, is about what is there now.
func TestAfterAFailover(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
<<<<<<< HEAD
	key := engagement.PlaceKey{Engagement: "azure-migration", Customer: "tpid:7"}
	participation := func(partner engagement.PartnerID, id engagement.ParticipationID) engagement.Participation {
		return engagement.Participation{
			ID: id, Partner: partner, Engagement: key.Engagement, Customer: key.Customer, Identity: tenant.Identity{TPID: 7, Name: "Contoso"},
			Location: "4711201", Origin: engagement.Added, ClaimNumber: string(id), StartedAt: now, Consent: consent.Start(now.AddDate(0, 0, 30)),
		}
	}
	write := func(s storage.Store, pl engagement.Place) {
		t.Helper()
		if err := s.Apply(t.Context(), storage.Changes{Places: []engagement.Place{pl}, Entries: pl.Entries(now)}); err != nil {
			t.Fatal(err)
		}
	}
	pool := running(t).pool(t, modes["cached"], 2)
	for _, n := range []int{0, 19} { // a read of one place, and of so many that a store could pass over what it knows
		schema := newSchema()
		s, other := store(t, pool, schema), store(t, pool, schema)
		keys := []engagement.PlaceKey{key}
		for i := range n {
			keys = append(keys, engagement.PlaceKey{Engagement: key.Engagement, Customer: tenant.TPIDKey(tenant.TPID(100 + i))})
		}
		write(other, engagement.Place{Key: key, ClaimLimit: 2}.WithParticipation(participation("northwind", "n-1")).WithParticipation(participation("adatum", "a-1")))
		read := func(keys []engagement.PlaceKey) engagement.Place {
			t.Helper()
			loaded, err := s.Load(t.Context(), storage.Want{Places: keys})
			if err != nil {
				t.Fatal(err)
			}
			return loaded.Places[key]
		}
		read(keys[:1])
		for _, table := range []string{"entry", "participation", "standing", "place", "tab_count", "status_count"} {
			run(t, pool, schema, "DELETE FROM pe."+table)
		}
		write(other, engagement.Place{Key: key, ClaimLimit: 2}.WithParticipation(participation("northwind", "n-2")).WithParticipation(participation("fabrikam", "f-1")))

		write(s, read(keys).WithParticipation(participation("tailspin", "t-1")))
		var got []string
		for _, s := range read(keys[:1]).Standings {
			for _, p := range s.Participations {
				got = append(got, string(p.ID))
			}
		}
		if !slices.Equal(got, []string{"f-1", "n-2", "t-1"}) {
			t.Errorf("after a read of %d places, the place has %q", len(keys), got)
		}
		if err := counted(t.Context(), pool, schema); err != nil {
			t.Errorf("after a read of %d places: %v", len(keys), err)
		}
=======
	key := somebody("tpid:7")
	pool := running(t).pool(t, modes["cached"], 2)
	schema := newSchema()
	s, other := store(t, pool, schema), store(t, pool, schema)
	write := func(s storage.Store, loaded storage.Loaded, r engagement.PartnerRecord) {
		t.Helper()
		shared := loaded.Shared[key.Shared()]
		shared.Key, shared.ClaimLimit = key.Shared(), 2
		r.Key, r.Version = key, loaded.Records[key].Version
		if err := s.Apply(t.Context(), writing(now, shared, r)); err != nil {
			t.Fatal(err)
		}
	}
	read := func() storage.Loaded {
		t.Helper()
		loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}})
		if err != nil {
			t.Fatal(err)
		}
		return loaded
	}
	known := engagement.PartnerRecord{Known: true}
	write(other, storage.Loaded{}, known.WithParticipation(begun(key, "n-1", now, "")))
	before := read()
	for _, table := range []string{"entry", "participation", "shared", "tab_count", "status_count"} {
		run(t, pool, schema, "DELETE FROM pe."+table)
	}
	write(other, storage.Loaded{}, engagement.PartnerRecord{})
	write(other, read(), known)

	err := s.Apply(t.Context(), writing(now, before.Shared[key.Shared()], before.Records[key]))
	if !errors.Is(err, storage.ErrConflict) {
		t.Errorf("what was read before: %v", err)
	}
	loaded := read()
	write(s, loaded, loaded.Records[key].WithParticipation(begun(key, "n-2", now, "")))
	if got := read().Records[key].Participations; len(got) != 1 || got[0].ID != "n-2" {
		t.Errorf("the record has %+v", got)
	}
	if err := counted(t.Context(), pool, schema); err != nil {
		t.Error(err)
>>>>>>> stored
	}
}

// counted returns an error unless the counts are those of the rows.
func counted(ctx context.Context, pool *pgxpool.Pool, schema string) error {
<<<<<<< HEAD
	var wrong int
	err := pool.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM (
		SELECT partner, engagement, tab, sum(n) FROM (
			SELECT partner, engagement, tab, entries AS n FROM %[1]s.tab_count
			UNION ALL SELECT partner, engagement, tab, -1 FROM %[1]s.entry) d
		GROUP BY partner, engagement, tab HAVING sum(n) <> 0) wrong`, schema)).Scan(&wrong)
	if err == nil && wrong > 0 {
		err = errors.New("counts are not those of the rows")
	}
	return err
=======
	for _, sql := range []string{
		`SELECT count(*) FROM (SELECT partner, engagement, tab FROM (
			SELECT partner, engagement, tab, entries AS n FROM pe.tab_count UNION ALL SELECT partner, engagement, tab, -1 FROM pe.entry WHERE tab IS NOT NULL) d
			GROUP BY 1, 2, 3 HAVING sum(n) <> 0) wrong`,
		`SELECT count(*) FROM (SELECT partner, status FROM (
			SELECT partner, status, participations AS n FROM pe.status_count UNION ALL SELECT partner, status, -1 FROM pe.entry WHERE tab IS NOT NULL AND participation <> '') d
			GROUP BY 1, 2 HAVING sum(n) <> 0) wrong`,
	} {
		var wrong int
		if err := pool.QueryRow(ctx, strings.ReplaceAll(sql, "pe.", schema+".")).Scan(&wrong); err != nil {
			return err
		}
		if wrong > 0 {
			return errors.New("counts are not those of the rows")
		}
	}
	return nil
>>>>>>> stored
}
