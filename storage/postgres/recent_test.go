package postgres

import (
	"fmt"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
	"github.com/partnerengage/partnerengage/tenant"
)

func TestRecent(t *testing.T) {
	key := func(n int) engagement.PlaceKey {
		return engagement.PlaceKey{Engagement: "e", Customer: tenant.Key(fmt.Sprint("tpid:", n))}
	}
	at := func(version int64) rows.PlaceRows { return rows.PlaceRows{Place: rows.Place{Version: version}} }
	r := new(recent)
	r.keep(key(1), at(4))
	r.keep(key(1), at(5))
	if _, ok := r.take(key(2), 5); ok {
		t.Error("a place is remembered that was never read")
	}
	if p, ok := r.take(key(1), 5); !ok || p.Place.Version != 5 {
		t.Errorf("what was read is remembered as %v, %t", p, ok)
	}
	if _, ok := r.take(key(1), 5); ok {
		t.Error("what was used is still there")
	}
	r.keep(key(1), at(4))
	if _, ok := r.take(key(1), 5); ok {
		t.Error("another version is taken for the one that is stored")
	}
	for n := range 10 * recentPlaces {
		r.keep(key(n), at(1))
		if len(r.new)+len(r.old) > 2*recentPlaces {
			t.Fatalf("%d places are remembered", len(r.new)+len(r.old))
		}
	}
	if _, ok := r.take(key(10*recentPlaces-recentPlaces), 1); !ok {
		t.Error("a place is forgotten too soon")
	}
	var none *recent
	none.keep(key(1), at(1))
	if _, ok := none.take(key(1), 1); ok {
		t.Error("nothing remembers something")
	}
}
