package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// TestAfterAFailover has a process read and write on, when a failover to a server
// that lagged behind has taken back what it had read, and another process has
// written the same version of it with other rows: what it writes, and what it adds
// to the counts, is about what is there now.
func TestAfterAFailover(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
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
	}
}

// counted returns an error unless the counts are those of the rows.
func counted(ctx context.Context, pool *pgxpool.Pool, schema string) error {
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
}
