package postgres

import (
	"encoding/binary"
	"strconv"
)

// A position of the feed tells which event was read last, and, by its trail, which ones
// before that: the sum of what their hashes begin with. The feed is in order of when
// transactions began, and what is lost with a primary, or is not in a backup, is what was
// committed last. So an event can be there, and another one be lost that was read before
// it.

// trailEvents is of how many events a trail is. Those that overtook each other are near to
// each other, unless one of them was under way for long.
const trailEvents = 200

// trailText is the trail as far as it is in a window.
var trailText = "sum(('x' || encode(substr(t.hash, 1, 4), 'hex'))::bit(32)::bigint) OVER (w ROWS " + strconv.Itoa(trailEvents-1) + " PRECEDING)::bigint"

// trail is what the hashes of some events begin with, the last ones first to begin with
// and then in order.
type trail struct{ earlier, later []int64 }

func start(hash []byte) int64 {
	if len(hash) < 4 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(hash))
}

// before adds an event before all others.
func (t *trail) before(hash []byte) { t.earlier = append(t.earlier, start(hash)) }

// add adds an event behind all others.
func (t *trail) add(hash []byte) { t.later = append(t.later, start(hash)) }

// sum returns the trail of the last events, so many at most.
func (t *trail) sum(events int) int64 {
	var sum int64
	for i := len(t.later) - 1; i >= 0 && events > 0; i, events = i-1, events-1 {
		sum += t.later[i]
	}
	for i := 0; i < len(t.earlier) && events > 0; i, events = i+1, events-1 {
		sum += t.earlier[i]
	}
	return sum
}
