package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// checkDerived holds who holds a part of the claim limit, and the entries of the
// records that share it, to the participations.
func (k *customer) checkDerived(key engagement.CustomerEngagementKey, records []engagement.PartnerRecord) {
	shared := k.Shared[key]
	shared.Key = key
	takesPart := func(r engagement.PartnerRecord) bool { return len(r.Participations)+len(r.Unreadable) > 0 }
	if shared.Version == 0 && slices.ContainsFunc(records, takesPart) {
		return // it is lost
	}
	if len(records) > 0 && !slices.ContainsFunc(records, func(r engagement.PartnerRecord) bool { return !unreadable(r, "") }) {
		return // or it cannot be read
	}
	next, changed := k.holders(shared, records)
	if changed {
		fix := k.correct(key)
		fix.shared, fix.sharedChanges = next, true
		fix.found = append(fix.found, k.find(storage.Finding{
			Kind: storage.FindingHolders, Engagement: key.Engagement, Problem: "who holds a part of the claim limit is not who does by the participations",
		}))
	}
	for _, r := range records {
		if r.Version > 0 && !unreadable(r, "") {
			k.checkEntries(r, shared, next)
		}
	}
}

// holders returns what is shared with the holders that the participations make, and
// whether that is something else. One that has lapsed may be missing.
func (k *customer) holders(c engagement.CustomerEngagement, records []engagement.PartnerRecord) (engagement.CustomerEngagement, bool) {
	next, changed := c, false
	next.Holders = nil
	for _, h := range c.Holders {
		key := engagement.RecordKey{Partner: h.Partner, Engagement: c.Key.Engagement, Customer: k.key}
		if has(k.Records[key], h.Participation) || k.doubts[key][h.Participation] { // of one that is lost nothing is known
			next.Holders = append(next.Holders, h)
		} else {
			changed = true
		}
	}
	for _, r := range records {
		for _, p := range r.Participations {
			with, differs := next.Following(p)
			if !differs || k.doubts[r.Key][p.ID] {
				continue
			}
			if len(with.Holders) > len(next.Holders) && engagement.Passed(engagement.PartnerRecord{Participations: []engagement.Participation{p}}.Due(), k.now) {
				continue // it made room before anybody has recorded that it ended
			}
			next, changed = with, true
		}
	}
	return next, changed
}

// checkEntries holds the entries of a record to what it gives. Of the record's own
// nothing is known where a participation of it is not.
func (k *customer) checkEntries(r engagement.PartnerRecord, was, shared engagement.CustomerEngagement) {
	stored := map[engagement.RowID]storage.ListRow{}
	for _, row := range k.Entries {
		if row.Entry.Record == r.Key {
			stored[row.Entry.Row] = row
		}
	}
	live := k.live(r)
	check := func(id participation, moments []time.Time, at func(time.Time) engagement.Entry) {
		row, there := stored[engagement.RowID(cmp.Or(string(id), string(k.key)))]
		problem := ""
		switch {
		case !there:
			problem = "the row that lists show is gone"
		case row.Err != nil:
			problem = "the row that lists show cannot be read"
		default:
			problem = differs(row.Entry, moments, at)
		}
		if problem == "" {
			return
		}
		fix := k.correct(r.Key.Shared())
		if !fix.sharedChanges {
			fix.shared = shared
		}
		fix.entries = append(fix.entries, entryOf{r.Key, id})
		fix.found = append(fix.found, k.find(of(storage.FindingEntry, r.Key, id, problem)))
	}
	room := was.RoomFor(r.Key.Partner)
	if len(r.Unreadable)+len(k.doubts[r.Key]) == 0 {
		check("", k.moments(room, r.Participations...), func(at time.Time) engagement.Entry { return r.Entry(room, at) })
	}
	for _, p := range r.Participations {
		if k.doubts[r.Key][p.ID] {
			continue
		}
		check(p.ID, k.moments(room, p), func(at time.Time) engagement.Entry { return live.EntryOf(p, room, at) })
	}
}

// ahead is how far the clock of whoever wrote something may have been ahead of this
// one.
const ahead = time.Hour

// moments are those at which an entry becomes another one by itself: as one of them
// has made it, it may be stored.
func (k *customer) moments(room engagement.Room, list ...engagement.Participation) []time.Time {
	out := []time.Time{{}} // as recorded
	add := func(t time.Time) {
		if engagement.Passed(t, k.now.Add(ahead)) {
			out = append(out, t)
		}
	}
	for _, t := range room.Taken {
		add(t.Until)
	}
	for _, p := range list {
		add(engagement.PartnerRecord{Participations: []engagement.Participation{p}}.Due())
	}
	return out
}
