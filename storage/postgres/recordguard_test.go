package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// TestRecordWithParticipationIsGuarded writes records together with participations at
// versions that they do not have: a record and the rows of its participations are one
// statement, which says of each row whether it was there.
func TestRecordWithParticipationIsGuarded(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	s := store(t, running(t).pool(t, modes["cached"], 2), newSchema())
	key := somebody("tpid:7")
	at := func(shared, version int64) storage.Changes {
		record := engagement.PartnerRecord{Key: key, Version: version}.WithParticipation(begun(key, "p-1", now, ""))
		return writing(now, engagement.CustomerEngagement{Key: key.Shared(), Version: shared, ClaimLimit: 1}, record)
	}
	if err := s.Apply(t.Context(), at(0, 3)); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a record that is not there, at version 3: %v", err)
	}
	if err := s.Apply(t.Context(), at(0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), at(1, 0)); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a record that is there, as a new one: %v", err)
	}
	if err := s.Apply(t.Context(), at(1, 2)); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a record at a later version than it has: %v", err)
	}
	if err := s.Apply(t.Context(), at(1, 1)); err != nil {
		t.Errorf("a record at its version: %v", err)
	}
}
