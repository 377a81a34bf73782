package engagement_test

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
)

// place is one customer in one engagement over all partners: what they share, and
// the records of each, with all participations that there ever were.
type place struct {
	shared  engagement.CustomerEngagement
	records []engagement.PartnerRecord // by partner
}

// record is what the partner has.
func (pl place) record(partner engagement.PartnerID) (engagement.PartnerRecord, bool) {
	i := slices.IndexFunc(pl.records, func(r engagement.PartnerRecord) bool { return r.Key.Partner == partner })
	if i < 0 {
		return engagement.PartnerRecord{Key: keyOf(partner), Identity: contoso}, false
	}
	return pl.records[i], true
}

// with puts a record in.
func (pl place) with(r engagement.PartnerRecord) place {
	pl.records = slices.Clone(pl.records)
	i, found := slices.BinarySearchFunc(pl.records, r.Key, func(a engagement.PartnerRecord, k engagement.RecordKey) int { return a.Key.Compare(k) })
	if found {
		pl.records[i] = r
	} else {
		pl.records = slices.Insert(pl.records, i, r)
	}
	return pl
}

// withParticipation puts a participation in, which what is shared follows.
func (pl place) withParticipation(p engagement.Participation) place {
	r, _ := pl.record(p.Partner)
	pl = pl.with(r.WithParticipation(p))
	pl.shared, _ = pl.shared.Following(p)
	return pl
}

func (pl place) participation(partner engagement.PartnerID, id engagement.ParticipationID) (engagement.Participation, bool) {
	r, _ := pl.record(partner)
	return r.Participation(id)
}

func (pl place) full(partner engagement.PartnerID, now time.Time) []engagement.Reason {
	return pl.shared.RoomFor(partner).Reasons(now)
}

// entries are those of every partner, made at now.
func (pl place) entries(now time.Time) []engagement.Entry {
	var out []engagement.Entry
	for _, r := range pl.records {
		out = append(out, r.Entries(pl.shared.RoomFor(r.Key.Partner), now)...)
	}
	return out
}

// rows are those of a partner, the customer's own last.
func (pl place) rows(partner engagement.PartnerID, offer engagement.Engagement, policy link.Policy, now time.Time) []engagement.Row {
	r, ok := pl.record(partner)
	if !ok {
		return nil
	}
	entries := r.Entries(pl.shared.RoomFor(partner), now)
	var out []engagement.Row
	for _, e := range append(entries[1:], entries[0]) {
		if row, ok := e.RowAt(offer, policy, now); ok {
			out = append(out, row)
		}
	}
	return out
}

// text is all of it, to be compared.
func (pl place) text() string {
	return string(must(json.Marshal(pl.records))) + string(must(json.Marshal(pl.shared)))
}

// settle settles every record, and lets what is shared follow.
func (pl place) settle(now time.Time) (place, []engagement.Lapse, error) {
	var all []engagement.Lapse
	var errs []error
	for _, r := range pl.records {
		r, passed, err := r.Settle(now)
		pl = pl.with(r)
		for _, c := range passed {
			pl.shared, _ = pl.shared.Following(c.After)
		}
		all, errs = append(all, passed...), append(errs, err)
	}
	return pl, all, errors.Join(errs...)
}

func (pl place) remind(schedule engagement.Reminders, now time.Time) (place, []engagement.DueReminder) {
	var all []engagement.DueReminder
	for _, r := range pl.records {
		r, due := r.Remind(schedule, pl.shared.RoomFor(r.Key.Partner), now)
		pl, all = pl.with(r), append(all, due...)
	}
	return pl, all
}

func (pl place) due() time.Time  { return pl.soonest(engagement.PartnerRecord.Due) }
func (pl place) wake() time.Time { return pl.soonest(engagement.PartnerRecord.Wake) }

func (pl place) soonest(of func(engagement.PartnerRecord) time.Time) time.Time {
	var first time.Time
	for _, r := range pl.records {
		if t := of(r); !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

func keyOf(partner engagement.PartnerID) engagement.RecordKey {
	return engagement.RecordKey{Partner: partner, Engagement: the.Engagement, Customer: the.Customer}
}

// placeOf is the place with these records and participations in it.
func placeOf(limit int, parts ...any) place {
	pl := place{shared: engagement.CustomerEngagement{Key: the, ClaimLimit: limit}}
	for _, part := range parts {
		switch part := part.(type) {
		case engagement.PartnerRecord:
			r, _ := pl.record(part.Key.Partner)
			part.Participations = r.Participations
			pl = pl.with(part)
		case engagement.Participation:
			pl = pl.withParticipation(part)
		case engagement.ExternalHoldings:
			pl.shared.External = part
		default:
			panic(part)
		}
	}
	return pl
}
