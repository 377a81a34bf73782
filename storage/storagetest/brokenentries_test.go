package storagetest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// TestLooseKeepsTheContract: a store that keeps its own entries, and breaks no promise.
func TestLooseKeepsTheContract(t *testing.T) {
	for _, c := range storagetest.Cases() {
		s := newLoose(func(*loose) {})()
		if err := c.Run(t.Context(), s, s); err != nil {
			t.Errorf("case %q: %v", c.Name, err)
		}
	}
}

// writes reports whether changes write a record of the partner.
func writes(c storage.Changes, p engagement.PartnerID) bool {
	return slices.ContainsFunc(c.Records, func(r engagement.PartnerRecord) bool { return r.Key.Partner == p })
}

// TestBrokenEntries is TestBrokenStores for what is broken about entries and what
// follows of what is shared.
func TestBrokenEntries(t *testing.T) {
	expectFailures(t, []brokenStore{
		{"another partner's entries forgotten when room changes", []string{"room", "room alone", "read model", "model", "counts"}, newLoose(func(s *loose) {
			s.inLine = func(c storage.Changes, e engagement.Entry) bool { return writes(c, e.Record.Partner) }
		})},
		{"the own other entry forgotten when room changes", []string{"room of one's own"}, newLoose(func(s *loose) {
			s.inLine = func(c storage.Changes, e engagement.Entry) bool { return !writes(c, e.Record.Partner) }
		})},
		{"entries forgotten when what is shared changes alone", []string{"room alone", "read model", "model"}, newLoose(func(s *loose) {
			s.inLine = func(c storage.Changes, _ engagement.Entry) bool { return len(c.Records) > 0 }
		})},
		{"only known customers follow the room", []string{"room", "room alone", "read model"}, newLoose(func(s *loose) {
			s.inLine = func(_ storage.Changes, e engagement.Entry) bool { return e.Participation == "" }
		})},
		{"only participations follow the room", []string{"room", "room alone", "read model"}, newLoose(func(s *loose) {
			s.inLine = func(_ storage.Changes, e engagement.Entry) bool { return e.Participation != "" }
		})},
		{"entries that follow the room of another engagement", []string{"room elsewhere", "read model"}, newLoose(func(s *loose) { s.widely = true })},
		{"rooms forgotten", []string{"shown", "model"}, newLoose(func(s *loose) {
			s.keep = func(e engagement.Entry) engagement.Entry {
				e.Room = engagement.Room{}
				return e
			}
		})},
		{"what a row shows forgotten", []string{"shown", "entries", "exact", "read model", "model"}, newLoose(func(s *loose) {
			s.keep = func(e engagement.Entry) engagement.Entry {
				e.Shown = engagement.Shown{}
				return e
			}
		})},
		{"what was asked before forgotten", []string{"shown"}, newLoose(func(s *loose) {
			s.keep = func(e engagement.Entry) engagement.Entry {
				e.Shown.Asked = nil
				return e
			}
		})},
		{"overdue entries among the rows", []string{"overdue", "overdue claims", "overdue whatever", "model"}, newLoose(func(s *loose) {
			s.overdue = func(storage.ListQuery, engagement.Entry) bool { return false }
		})},
		{"overdue by their own deadline alone", []string{"overdue", "overdue whatever", "model"}, newLoose(func(s *loose) {
			s.overdue = func(q storage.ListQuery, e engagement.Entry) bool { return engagement.Passed(e.Due, q.Now) }
		})},
		{"overdue on the tab asked for alone", []string{"overdue whatever", "overdue", "model"}, newLoose(func(s *loose) {
			s.overdue = func(q storage.ListQuery, e engagement.Entry) bool {
				return engagement.Passed(e.Until, q.Now) && (q.Tab == engagement.TabNone || q.Tab == e.Tab)
			}
		})},
		{"no overdue entries that are on no tab", []string{"overdue whatever", "model"}, newLoose(func(s *loose) {
			s.overdue = func(q storage.ListQuery, e engagement.Entry) bool {
				return engagement.Passed(e.Until, q.Now) && e.Tab != engagement.TabNone
			}
		})},
		{"overdue entries filtered", []string{"overdue whatever", "model"}, newLoose(func(s *loose) {
			s.overdue = func(q storage.ListQuery, e engagement.Entry) bool {
				return engagement.Passed(e.Until, q.Now) && q.Filter.Match(e)
			}
		})},
		{"entries on no tab counted", []string{"no tab", "model", "read model"}, newLoose(func(s *loose) {
			s.counted = func(storage.ListQuery, engagement.Entry) bool { return true }
			s.listed = func(q storage.ListQuery, l storage.List) storage.List {
				l.Tabs[engagement.TabEligible] += l.Tabs[engagement.TabNone]
				return l
			}
		})},
		{"counts of what passes the filter", []string{"counts", "claims counts", "model"}, newLoose(func(s *loose) {
			s.counted = func(q storage.ListQuery, e engagement.Entry) bool {
				return e.Tab != engagement.TabNone && q.Filter.Match(e)
			}
		})},
		{"never behind", []string{"behind", "model"}, newLoose(func(s *loose) {
			s.listed = func(_ storage.ListQuery, l storage.List) storage.List { return l }
		})},
		{"behind one too early", []string{"behind", "model"}, newLoose(func(s *loose) {
			s.listed = func(q storage.ListQuery, l storage.List) storage.List {
				if q.MaxOverdue > 0 && len(l.Overdue) >= q.MaxOverdue {
					return storage.List{Behind: true}
				}
				return l
			}
		})},
		{"behind, and told nevertheless", []string{"behind", "model"}, newLoose(func(s *loose) {
			s.listed = func(q storage.ListQuery, l storage.List) storage.List {
				l.Behind = q.MaxOverdue > 0 && len(l.Overdue) > q.MaxOverdue
				return l
			}
		})},
		{"behind without a bound", []string{"behind", "overdue"}, newLoose(func(s *loose) {
			s.listed = func(q storage.ListQuery, l storage.List) storage.List {
				if len(l.Overdue) > q.MaxOverdue {
					return storage.List{Behind: true}
				}
				return l
			}
		})},
	})
}

// TestBrokenRecords is TestBrokenStores for what is broken about records, what is
// shared, and how they are found.
func TestBrokenRecords(t *testing.T) {
	expectFailures(t, []brokenStore{
		{"what is relied on not looked at", []string{"relied guard", "model", "read model"}, func() storage.Store { return &trusting{Store: memory.New()} }},
		{"what is relied on alone not looked at", []string{"relied guard"}, func() storage.Store { return &trusting{Store: memory.New(), alone: true} }},
		{"records without a guard", []string{"record guard", "one winner", "model"}, func() storage.Store { return &unguarded{Store: memory.New(), records: true} }},
		{"what is shared without a guard", []string{"shared guard", "grant guard", "one winner", "model"}, func() storage.Store { return &unguarded{Store: memory.New()} }},
		{"records of two partners under one version", []string{"own versions", "model"}, func() storage.Store { return &oneVersion{memory.New()} }},
		{"what is shared moves with every record", []string{"own versions", "model"}, func() storage.Store { return &restless{memory.New()} }},
		{"ended participations in their records", []string{"ended participations", "model"}, func() storage.Store {
			return &loading{Store: memory.New(), want: func(w *storage.Want) { w.Ended = true }}
		}},
		{"participations lost that ended", []string{"ended participations", "model"}, func() storage.Store { return &losing{memory.New()} }},
		{"links found in every slot", []string{"link slot", "model"}, func() storage.Store {
			return &loading{Store: memory.New(), want: func(w *storage.Want) { w.Link.Slot = 0 }}
		}},
		{"links found by their slot alone", []string{"link", "link slot", "old IDs"}, func() storage.Store {
			return &loading{Store: memory.New(), want: func(w *storage.Want) {
				if w.Link.Slot == 0 {
					w.Link = storage.LinkKey{}
				}
			}}
		}},
		{"links found by their customer's slot", []string{"link slot", "old IDs"}, func() storage.Store {
			return &loading{Store: memory.New(), want: func(w *storage.Want) {
				if w.Link.Slot == storage.SlotOfHash(w.Link.Hash) || w.Link.Hash[1] == 7 {
					w.Link = storage.LinkKey{}
				}
			}}
		}},
		{"IDs without a slot not found", []string{"old IDs", "participation"}, func() storage.Store {
			return &loading{Store: memory.New(), want: func(w *storage.Want) {
				if storage.SlotIn(string(w.Participation.ID)) == 0 {
					w.Participation = storage.ParticipationKey{}
				}
			}}
		}},
		{"due of every partner", []string{"due of some", "model"}, func() storage.Store {
			return &otherDue{memory.New(), func(q *storage.DueQuery) { q.Partner = "" }}
		}},
		{"due in every engagement", []string{"due of some", "model"}, func() storage.Store {
			return &otherDue{memory.New(), func(q *storage.DueQuery) { q.Engagement = "" }}
		}},
		{"nothing shared without a partner", []string{"nothing"}, func() storage.Store { return &unshared{memory.New()} }},
	})
}

// trusting takes whatever version somebody relies on for the stored one; or does so
// only where nothing is written.
type trusting struct {
	storage.Store
	alone bool
}

func (s *trusting) Apply(ctx context.Context, c storage.Changes) error {
	if s.alone && len(c.Records) > 0 {
		return s.Store.Apply(ctx, c)
	}
	c.Relied = slices.Clone(c.Relied)
	for i, r := range c.Relied {
		loaded, err := s.Load(ctx, storage.Want{Shared: []engagement.CustomerEngagementKey{r.Key}})
		if err != nil {
			return err
		}
		c.Relied[i].Version = loaded.Shared[r.Key].Version
	}
	return s.Store.Apply(ctx, c)
}

// unguarded takes whatever version a record has, or what is shared, for the stored one.
type unguarded struct {
	storage.Store
	records bool
}

func (s *unguarded) Apply(ctx context.Context, c storage.Changes) error {
	c.Records, c.Shared = slices.Clone(c.Records), slices.Clone(c.Shared)
	for i := range c.Records {
		loaded, err := s.Load(ctx, storage.Want{Records: []engagement.RecordKey{c.Records[i].Key}})
		if err != nil {
			return err
		}
		if s.records {
			c.Records[i].Version = loaded.Records[c.Records[i].Key].Version
		}
	}
	for i := range c.Shared {
		loaded, err := s.Load(ctx, storage.Want{Shared: []engagement.CustomerEngagementKey{c.Shared[i].Key}})
		if err != nil {
			return err
		}
		if stored := loaded.Shared[c.Shared[i].Key]; !s.records {
			c.Shared[i].Version = stored.Version
			c.Shared[i].ClaimLimit = max(c.Shared[i].ClaimLimit, len(c.Shared[i].Holders))
		}
	}
	return s.Store.Apply(ctx, c)
}

// oneVersion writes the records of other partners with each record.
type oneVersion struct{ storage.Store }

func (s *oneVersion) Apply(ctx context.Context, c storage.Changes) error {
	whole := c
	for _, r := range c.Records {
		for _, p := range []engagement.PartnerID{"northwind", "fabrikam"} {
			key := r.Key
			key.Partner = p
			if slices.ContainsFunc(whole.Records, func(o engagement.PartnerRecord) bool { return o.Key == key }) {
				continue
			}
			loaded, err := s.Load(ctx, storage.Want{Records: []engagement.RecordKey{key}})
			if err != nil {
				return err
			}
			other, shared := loaded.Records[key], loaded.Shared[key.Shared()]
			if i := slices.IndexFunc(c.Shared, func(v engagement.CustomerEngagement) bool { return v.Key == key.Shared() }); i >= 0 {
				shared = c.Shared[i]
			}
			if other.Version > 0 {
				whole.Records = append(slices.Clip(whole.Records), other)
				whole.Entries = append(slices.Clip(whole.Entries), other.Entry(shared.RoomFor(p), c.At))
			}
		}
	}
	return s.Store.Apply(ctx, whole)
}

// restless writes what is shared with each record.
type restless struct{ storage.Store }

func (s *restless) Apply(ctx context.Context, c storage.Changes) error {
	var relied []storage.Relied
	for _, r := range c.Relied {
		loaded, err := s.Load(ctx, storage.Want{Shared: []engagement.CustomerEngagementKey{r.Key}})
		if err != nil {
			return err
		}
		if shared := loaded.Shared[r.Key]; shared.Version == r.Version && r.Version > 0 && !c.At.IsZero() {
			c.Shared = append(slices.Clip(c.Shared), shared)
		} else {
			relied = append(relied, r)
		}
	}
	c.Relied = relied
	return s.Store.Apply(ctx, c)
}

// loading answers another Want than the one that it is given.
type loading struct {
	storage.Store
	want func(w *storage.Want)
}

func (s *loading) Load(ctx context.Context, w storage.Want) (storage.Loaded, error) {
	s.want(&w)
	return s.Store.Load(ctx, w)
}

// losing has no participation that ended.
type losing struct{ storage.Store }

func (s *losing) Load(ctx context.Context, w storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, w)
	for key, r := range loaded.Records {
		r.Participations = slices.DeleteFunc(slices.Clone(r.Participations), engagement.Participation.Ended)
		loaded.Records[key] = r
	}
	return loaded, err
}

// otherDue answers another query than the one that it is asked.
type otherDue struct {
	storage.Store
	change func(q *storage.DueQuery)
}

func (s *otherDue) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	s.change(&q)
	return s.Store.Due(ctx, q)
}

// unshared leaves out what is shared where there is nothing.
type unshared struct{ storage.Store }

func (s *unshared) Load(ctx context.Context, w storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, w)
	for key, v := range loaded.Shared {
		if v.Version == 0 {
			delete(loaded.Shared, key)
		}
	}
	return loaded, err
}
