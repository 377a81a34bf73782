package postgres

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// What a replica has to show is what the primary had written as long ago as it may be
// old, and what was written here since.
func TestTrack(t *testing.T) {
	began := time.Now()
	at := func(seconds float64) time.Time { return began.Add(time.Duration(seconds * float64(time.Second))) }
	log := func(at int64) position { return position{system: 7, timeline: 1, at: at} }
	tr := track{stale: 4 * time.Second}
	least := func(of engagement.PartnerID, now float64, want int64) {
		t.Helper()
		p, known := tr.least(of, at(now))
		if known != (want > 0) || known && p != log(want) {
			t.Errorf("%q has to see %+v, %t, after %v seconds; want %d", of, p, known, now, want)
		}
	}
	least("", 0, 0)
	tr.answered(log(10), at(0), tr.round)
	least("", 0, 10)
	least("", 4, 10)
	if tr.due(at(1)) || !tr.due(at(1.1)) {
		t.Error("the primary is asked too often, or not often enough")
	}
	tr.answered(log(20), at(2), tr.round)
	least("", 3, 10) // a replica that lags a little is good enough
	least("", 5, 20)
	least("", 7, 0)

	tr.answered(log(30), at(8), tr.round)
	tr.wrote([]engagement.PartnerID{"a"}, log(40))
	least("a", 8, 40)
	least("b", 8, 30)
	least("", 8, 40)
	tr.wrote([]engagement.PartnerID{"b"}, log(50))
	least("a", 9, 40)
	least("", 9, 50)
	tr.answered(log(60), at(10), tr.round)
	least("a", 13, 60)
	if len(tr.written) > 0 {
		t.Errorf("what nobody needs is kept: %v", tr.written)
	}

	// What was asked before something was written, nobody knows how far, is no good.
	round := tr.round
	tr.forget()
	least("a", 13, 0)
	if !tr.answered(log(61), at(12.9), round) {
		t.Error("the primary is not the primary")
	}
	least("a", 13, 0)
	tr.answered(log(70), at(13), tr.round)
	least("a", 13, 70)

	// A log that has forked begins with less, and the one from before comes to nothing.
	tr.wrote([]engagement.PartnerID{"a"}, log(90))
	forked := position{system: 7, timeline: 2, at: 65}
	tr.wrote([]engagement.PartnerID{"a"}, forked)
	least("a", 13, 0)
	if tr.answered(log(95), at(14), tr.round) {
		t.Error("a former primary is one still")
	}
	tr.answered(forked, at(14), tr.round)
	if p, known := tr.least("a", at(14)); !known || p != forked {
		t.Errorf("after the fork, what has to be seen is %+v, %t", p, known)
	}

	none := track{stale: -1}
	none.answered(log(10), at(0), none.round)
	none.wrote([]engagement.PartnerID{"a"}, log(20))
	if _, known := none.least("a", at(0)); known || len(none.written) > 0 {
		t.Error("something may be old, and should not")
	}
}
