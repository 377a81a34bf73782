package postgres_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// TestOneOpensAsAnotherEnds writes what can only be written in one order.
func TestOneOpensAsAnotherEnds(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	key := somebody("tpid:7")
	schema := newSchema()
	pool := running(t).pool(t, modes["cached"], 2)
	s, other := store(t, pool, schema), store(t, pool, schema)
	read := func(s storage.Store) storage.Loaded {
		t.Helper()
		loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}, Ended: true})
		if err != nil {
			t.Fatal(err)
		}
		return loaded
	}
	write := func(shared engagement.CustomerEngagement, r engagement.PartnerRecord) {
		t.Helper()
		if err := s.Apply(t.Context(), writing(now, shared, r)); err != nil {
			t.Fatal(err)
		}
	}
	write(engagement.CustomerEngagement{Key: key.Shared(), ClaimLimit: 1}, engagement.PartnerRecord{Key: key}.
		WithParticipation(begun(key, "n-1", now, consent.StatusDeclined)).
		WithParticipation(begun(key, "n-2", now, "")).
		WithParticipation(begun(key, "n-3", now, consent.StatusDeclined)))

	loaded := read(s)
	write(loaded.Shared[key.Shared()], loaded.Records[key].WithParticipation(begun(key, "n-1", now, "")).WithParticipation(begun(key, "n-2", now, consent.StatusDeclined)))

	got := read(other).Records[key].Participations
	if len(got) != 3 {
		t.Fatalf("the record has %+v", got)
	}
	for i, open := range []bool{true, false, false} {
		if p := got[i]; p.OpenAt(now) != open {
			t.Errorf("that %s is open is %t", p.ID, !open)
		}
	}
}
