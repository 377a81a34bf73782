package sqlite_test

import (
	"errors"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// goesOn adds an event of northwind's to each of these customers' histories.
func goesOn(t *testing.T, s storage.Store, heads map[int]engagement.Head, customers ...int) {
	t.Helper()
	for _, n := range customers {
		x := engagement.Customer{Key: engagement.CustomerKey{Partner: "northwind", Customer: customer(n)}}
		var c storage.Changes
		c.Events, x.History = engagement.Chain(heads[n], engagement.Event{Partner: "northwind", Customer: customer(n), At: noon, Kind: engagement.EventDetailsChanged, By: engagement.ByPartner})
		c.Customers, heads[n] = []engagement.Customer{x}, x.History
		apply(t, s, c)
	}
}

// TestFeedOutlivesVacuum: positions stay what they are when the file is written anew.
func TestFeedOutlivesVacuum(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	heads := map[int]engagement.Head{}
	goesOn(t, s, heads, 1, 2, 1, 3)
	before, err := s.Feed(t.Context(), storage.FeedQuery{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t, path)
	run(t, db, "VACUUM")
	goesOn(t, s, heads, 2)
	rest, err := s.Feed(t.Context(), storage.FeedQuery{After: before.Next, Limit: 9})
	if err != nil || len(rest.Events) != 3 || rest.Events[2].Customer != customer(2) || rest.More {
		t.Errorf("behind a position from before VACUUM are %+v: %v", rest, err)
	}
}

// TestFeedOfRestoredBackup: a position of what a backup does not have is refused, also
// when other events have its number since.
func TestFeedOfRestoredBackup(t *testing.T) {
	path, backup := newFile(t), newFile(t)
	s := open(t, path, relaxed)
	heads := map[int]engagement.Head{}
	goesOn(t, s, heads, 1, 2)
	run(t, openDB(t, path), "VACUUM INTO '"+backup+"'")
	then := map[int]engagement.Head{1: heads[1], 2: heads[2]}
	goesOn(t, s, heads, 1, 2)
	all, err := s.Feed(t.Context(), storage.FeedQuery{Limit: 9})
	if err != nil || len(all.Events) != 4 {
		t.Fatal(all, err)
	}
	restored := open(t, backup, relaxed)
	if _, err := restored.Feed(t.Context(), storage.FeedQuery{After: all.Next, Limit: 9}); !errors.Is(err, storage.ErrRewound) {
		t.Errorf("behind an event that is not there: %v", err)
	}
	goesOn(t, restored, then, 2, 1, 1)
	if _, err := restored.Feed(t.Context(), storage.FeedQuery{After: all.Next, Limit: 9}); !errors.Is(err, storage.ErrRewound) {
		t.Errorf("behind an event that has become another one: %v", err)
	}
	rest, err := restored.Feed(t.Context(), storage.FeedQuery{After: all.Events[1].Position, Limit: 9})
	if err != nil || len(rest.Events) != 3 {
		t.Errorf("behind the last event of the backup are %+v: %v", rest, err)
	}
}
