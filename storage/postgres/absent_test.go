package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// TestNobodyTakesPart has a partner get to know a customer while another takes the only
// place that there is, where no row is there yet that both could lock: the one who
// comes second waits for the first, so that the row says that there is no room.
func TestNobodyTakesPart(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	pool := running(t).pool(t, modes["cached"], 6)
	schema := newSchema()
	s := store(t, pool, schema)
	key := somebody("tpid:7")
	nobody := engagement.CustomerEngagement{Key: key.Shared(), ClaimLimit: 1}
	customer := engagement.Customer{Key: key.OfCustomer()}
	if err := s.Apply(t.Context(), storage.Changes{At: now, Customers: []engagement.Customer{customer}}); err != nil {
		t.Fatal(err)
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), "SELECT 1 FROM "+schema+".customer FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	knows := writing(now, nobody, engagement.PartnerRecord{Key: key, Known: true})
	knows.Customers = []engagement.Customer{customer} // which keeps it from its end
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- s.Apply(t.Context(), knows) }()
	time.Sleep(100 * time.Millisecond)
	other := key
	other.Partner = "fabrikam"
	taken := writing(now, nobody, engagement.PartnerRecord{Key: other, Known: true}.WithParticipation(begun(other, "f-1", now, consent.StatusGranted)))
	go func() { second <- s.Apply(t.Context(), taken) }()
	select {
	case err := <-second:
		t.Errorf("the second did not wait: %v", err)
		second <- err
	case <-time.After(100 * time.Millisecond):
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(<-first, <-second); err != nil {
		t.Fatal(err)
	}
	q := storage.ListQuery{Partner: key.Partner, Engagement: key.Engagement, Tab: engagement.TabIneligible, Sort: storage.SortByName, Limit: 10, Now: now}
	page, err := s.List(t.Context(), q)
	if err != nil || len(page.Rows) != 1 || !page.Rows[0].Entry.Room.FullAt(now) {
		t.Errorf("the page of who knows the customer is %+v: %v", page, err)
	}
}

// TestNobodyTookPartBefore does the same in a host's transaction that began before the
// place was taken, and sees nothing of that.
func TestNobodyTookPartBefore(t *testing.T) {
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	pool := running(t).pool(t, modes["cached"], 4)
	s := store(t, pool, newSchema())
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable} {
		key := somebody(tenant.Key("at " + string(level)))
		nobody := engagement.CustomerEngagement{Key: key.Shared(), ClaimLimit: 1}
		err := pgx.BeginTxFunc(t.Context(), pool, pgx.TxOptions{IsoLevel: level}, func(tx pgx.Tx) error {
			within := s.WithTx(tx)
			if _, err := within.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}}); err != nil {
				return err
			}
			other := key
			other.Partner = "fabrikam"
			taken := writing(now, nobody, engagement.PartnerRecord{Key: other}.WithParticipation(begun(other, engagement.ParticipationID("f-"+string(key.Customer)), now, consent.StatusGranted)))
			if err := s.Apply(t.Context(), taken); err != nil {
				return err
			}
			return within.Apply(t.Context(), writing(now, nobody, engagement.PartnerRecord{Key: key, Known: true}))
		})
		if !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s: %v", level, err)
		}
	}
}
