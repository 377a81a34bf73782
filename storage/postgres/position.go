package postgres

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
)

// position is how far the log of a cluster has got.
type position struct {
	system   int64 // of which cluster
	timeline int32 // a new one begins with each replica that is promoted
	at       int64 // in bytes
	shows    int64 // of a primary: all transactions before the one with this number have ended for whoever reads there
}

// Statements for the position up to which a primary has written, and a replica can show.
// A replica tells the timeline that it has gone over to with its next restart point.
const (
	writtenText = "SELECT (SELECT system_identifier FROM pg_control_system()), " + timelineText + ", (l - '0/0'::pg_lsn)::bigint, " + visibleText + " FROM pg_current_wal_insert_lsn() l"
	shownText   = "SELECT (SELECT system_identifier FROM pg_control_system())," +
		" (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline) FROM pg_control_checkpoint() c, pg_control_recovery() r)," +
		" coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)::bigint, pg_is_in_recovery()"
	visibleText  = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
	timelineText = "('x' || left(pg_walfile_name(l), 8))::bit(32)::integer"
)

func (p *position) scan(found pgx.Rows) error {
	err := found.Scan(&p.system, &p.timeline, &p.at, &p.shows)
	// Where the next record will be is behind the head of a page of the log that nothing
	// is on yet.
	if in := p.at % logPage; in == shortHead || in == longHead {
		p.at -= in
	}
	return err
}

// How large pages of the log are, and their heads.
const (
	logPage   = 8192
	shortHead = 24
	longHead  = 40
)

// sameLog reports whether two positions are of one log.
func (p position) sameLog(o position) bool { return p.system == o.system && p.timeline == o.timeline }

// track knows how far a replica has to be for what it shows to be as new as it has to be.
type track struct {
	stale   time.Duration // how old that may be; less than 0: not at all
	asked   []sample      // how far the primary was, the oldest first
	log     position      // of which all is here
	written map[engagement.PartnerID]int64
	newest  int64 // of written
	shows   int64 // of the log: the highest
	round   int   // how often what was asked has been given up
}

// sample is where the primary was, at some time or later.
type sample struct {
	position
	time time.Time
}

// least returns the position that a replica has to have reached for a partner, or for
// whoever sees all partners; false when the primary has to be asked first.
func (t *track) least(of engagement.PartnerID, now time.Time) (position, bool) {
	for len(t.asked) > 0 && now.Sub(t.asked[0].time) > t.stale {
		t.asked = t.asked[1:]
	}
	if len(t.asked) == 0 {
		return position{}, false
	}
	for partner, at := range t.written {
		if at <= t.asked[0].at { // so it is asked for anyway
			delete(t.written, partner)
		}
	}
	return t.with(of, t.asked[0].position), true
}

// with returns a position, or that behind what has been written for a partner.
func (t *track) with(of engagement.PartnerID, p position) position {
	if !p.sameLog(t.log) {
		return p
	}
	p.shows = t.shows
	if of == "" {
		p.at = max(p.at, t.newest)
	} else {
		p.at = max(p.at, t.written[of])
	}
	return p
}

// due reports whether it is time to ask the primary again: so often that a replica that
// lags a little is not held to where the primary is now.
func (t *track) due(now time.Time) bool {
	return len(t.asked) == 0 || now.Sub(t.asked[len(t.asked)-1].time) > t.stale/4
}

// answered takes in where the primary is, which was asked in a round. It reports whether
// that is still the primary.
func (t *track) answered(p position, asked time.Time, round int) bool {
	now := round == t.round
	if !t.of(p) {
		return false
	}
	if now && t.stale >= 0 {
		t.asked = append(t.asked, sample{p, asked})
	}
	return true
}

// wrote takes in that something was written for partners, and how far the primary was
// then.
func (t *track) wrote(partners []engagement.PartnerID, p position) {
	if !t.of(p) || t.stale < 0 {
		return
	}
	if t.written == nil {
		t.written = map[engagement.PartnerID]int64{}
	}
	for _, partner := range partners {
		t.written[partner] = max(t.written[partner], p.at)
	}
	t.newest = max(t.newest, p.at)
}

// of reports whether a position is of the log that all here is of, or a later one; then
// all else goes. One of an earlier timeline comes from a server that is not the primary
// any more.
func (t *track) of(p position) bool {
	switch {
	case p.sameLog(t.log):
		t.shows = max(t.shows, p.shows)
		return true
	case p.system == t.log.system && p.timeline < t.log.timeline:
		return false
	}
	t.forget()
	t.log, t.written, t.newest, t.shows = p, nil, 0, p.shows
	return true
}

// forget has the primary asked again before anything else is read.
func (t *track) forget() {
	t.asked, t.round = slices.Delete(t.asked, 0, len(t.asked)), t.round+1
}
