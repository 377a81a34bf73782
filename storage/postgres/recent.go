package postgres

import (
	"sync"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// recent remembers the rows of places as a Load has read them, for the Apply that
// comes next: it then need not ask what is stored to write what has changed. That
// holds as long as the place is at the same version, which the Apply guards, since
// no row of a place changes without that. What was remembered is used once.
type recent struct {
	mu       sync.Mutex
	new, old map[engagement.PlaceKey]rows.PlaceRows // new ones, and those before these
}

// How much is remembered: up to twice so many places, and none of a Load of more.
const (
	recentPlaces = 512
	recentAtOnce = 16
)

// keep remembers the rows of a place.
func (r *recent) keep(key engagement.PlaceKey, p rows.PlaceRows) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.new == nil || len(r.new) == recentPlaces {
		r.new, r.old = map[engagement.PlaceKey]rows.PlaceRows{}, r.new
	}
	r.new[key] = p
}

// take returns the rows of a place at a version, and forgets them.
func (r *recent) take(key engagement.PlaceKey, version int64) (rows.PlaceRows, bool) {
	if r == nil {
		return rows.PlaceRows{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.new[key]
	if !ok {
		p, ok = r.old[key]
	}
	delete(r.new, key)
	delete(r.old, key)
	return p, ok && p.Place.Version == version
}
