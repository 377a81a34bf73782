package storagetest

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// scene is all that is stored of one customer in one engagement: what partners share,
// and the record of each, with every participation, whether or not it has ended. It is
// a value.
type scene struct {
	shared  engagement.CustomerEngagement
	records []engagement.PartnerRecord // by partner
}

// known is a scene in which a customer that a partner knows can be claimed, or, with a
// reason, cannot.
func known(p engagement.PartnerID, e engagement.ID, n int, name string, at time.Time, reasons ...engagement.Reason) scene {
	r := engagement.PartnerRecord{Key: recordOf(p, e, n), Identity: identityOf(n, name), Known: true}
	r.Evaluation = engagement.Evaluation{RuleSet: "rules", Version: "1", At: at, Outcome: eligibility.OutcomeEligible, Locations: []engagement.LocationID{"4711201"}}
	if len(reasons) > 0 {
		r.Evaluation.Outcome, r.Evaluation.Locations, r.Evaluation.Reasons = eligibility.OutcomeIneligible, nil, reasons
	}
	return scene{shared: engagement.CustomerEngagement{Key: keyOf(e, n), ClaimLimit: 1}}.with(r)
}

// of is the scene of participations of one customer in one engagement.
func of(participations ...engagement.Participation) scene {
	s := scene{shared: engagement.CustomerEngagement{Key: participations[0].Record().Shared(), ClaimLimit: 1}}
	for _, p := range participations {
		s = s.enter(p)
	}
	return s
}

// record returns what a partner has, which may be nothing.
func (s scene) record(p engagement.PartnerID) engagement.PartnerRecord {
	for _, r := range s.records {
		if r.Key.Partner == p {
			return r
		}
	}
	return engagement.PartnerRecord{Key: engagement.RecordKey{Partner: p, Engagement: s.shared.Key.Engagement, Customer: s.shared.Key.Customer}}
}

// with returns the scene with that record in it.
func (s scene) with(r engagement.PartnerRecord) scene {
	s.records = slices.DeleteFunc(slices.Clone(s.records), func(o engagement.PartnerRecord) bool { return o.Key == r.Key })
	s.records = append(s.records, r)
	slices.SortFunc(s.records, func(a, b engagement.PartnerRecord) int { return cmp.Compare(a.Key.Partner, b.Key.Partner) })
	return s
}

// enter returns the scene with that participation in it, and what is shared following.
func (s scene) enter(p engagement.Participation) scene {
	r := s.record(p.Partner)
	if r.Version == 0 && !r.Known && len(r.Participations) == 0 {
		r.Identity = p.Identity
	}
	s = s.with(oldestFirst(r.WithParticipation(p)))
	s.shared, _ = s.shared.Following(p)
	return s
}

func oldestFirst(r engagement.PartnerRecord) engagement.PartnerRecord {
	r.Participations = slices.Clone(r.Participations)
	slices.SortFunc(r.Participations, func(a, b engagement.Participation) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return r
}

// limited returns the scene with another claim limit.
func (s scene) limited(n int) scene {
	s.shared.ClaimLimit = n
	return s
}

// entries are those of all records at a time.
func (s scene) entries(now time.Time) []engagement.Entry {
	var out []engagement.Entry
	for _, r := range s.records {
		out = append(out, r.Entries(s.shared.RoomFor(r.Key.Partner), now)...)
	}
	return out
}

// changed are the changes that put scenes into a store that has nothing of them.
func changed(now time.Time, scenes ...scene) storage.Changes {
	c := storage.Changes{At: now}
	for _, s := range scenes {
		add(&c, scene{}, s)
	}
	return c
}

// becoming are the changes that turn a scene into another one, as a command makes
// them: with the entries of those records and participations that change, and no
// others.
func becoming(now time.Time, was, is scene) storage.Changes {
	c := storage.Changes{At: now}
	add(&c, was, is)
	return c
}

func add(c *storage.Changes, was, is scene) {
	takesPart := false
	for _, r := range is.records {
		had := was.record(r.Key.Partner)
		takesPart = takesPart || len(r.Participations) > 0
		if reflect.DeepEqual(r, had) {
			continue
		}
		bare := r
		bare.Participations = nil // which stores do not look at
		c.Records = append(c.Records, bare)
		room := is.shared.RoomFor(r.Key.Partner)
		c.Entries = append(c.Entries, r.Entry(room, c.At))
		for _, p := range r.Participations {
			if before, _ := had.Participation(p.ID); !reflect.DeepEqual(p, before) {
				c.Participations = append(c.Participations, p)
				c.Entries = append(c.Entries, r.EntryOf(p, room, c.At))
			}
		}
	}
	if takesPart && is.shared.Version == 0 || is.shared.Version != 0 && !reflect.DeepEqual(is.shared, was.shared) {
		c.Shared = append(c.Shared, is.shared)
		return
	}
	c.Relied = append(c.Relied, storage.Relied{Key: is.shared.Key, Version: is.shared.Version})
}

// load returns a scene as it is stored, with the records of these partners or, of none,
// of northwind and fabrikam, as far as they exist.
func load(ctx context.Context, s storage.Store, key engagement.CustomerEngagementKey, partners ...engagement.PartnerID) (scene, error) {
	if len(partners) == 0 {
		partners = []engagement.PartnerID{fabrikam, northwind}
	}
	want := storage.Want{Shared: []engagement.CustomerEngagementKey{key}, Ended: true}
	for _, p := range partners {
		want.Records = append(want.Records, engagement.RecordKey{Partner: p, Engagement: key.Engagement, Customer: key.Customer})
	}
	loaded, err := s.Load(ctx, want)
	out := scene{shared: loaded.Shared[key]}
	for _, key := range want.Records {
		if r := loaded.Records[key]; r.Version > 0 {
			out = out.with(r)
		}
	}
	return out, err
}
