package verify_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/verify"
	"github.com/partnerengage/partnerengage/tenant"
)

// damaged shows a store as if something in it were not what it was.
type damaged struct {
	storage.Inspector
	whole   func(*storage.Whole)
	history func([]engagement.Event)
	rest    []storage.Finding
}

func (d damaged) Whole(ctx context.Context, customer tenant.Key) (storage.Whole, error) {
	w, err := d.Inspector.Whole(ctx, customer)
	if err == nil && d.whole != nil {
		w.Records, w.Shared, w.Customers = maps.Clone(w.Records), maps.Clone(w.Shared), maps.Clone(w.Customers)
		w.Entries = slices.Clone(w.Entries)
		d.whole(&w)
	}
	return w, err
}

func (d damaged) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events, err := d.Inspector.History(ctx, q)
	if err == nil && d.history != nil {
		events = slices.Clone(events)
		d.history(events)
	}
	return events, err
}

func (d damaged) CheckRest(_ context.Context, _ bool, report func(storage.Finding) error) error {
	for _, f := range d.rest {
		if err := report(f); err != nil {
			return err
		}
	}
	return nil
}

// story has one consent granted in a store in memory.
func story(t *testing.T) (*workflowtest.World, storage.Inspector) {
	t.Helper()
	store := memory.New()
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = store
		return sc
	})
	w.Granted("azure-migration", "ana@contoso.com")
	return w, store
}

// records does something to each record with participations.
func records(do func(*engagement.PartnerRecord)) func(*storage.Whole) {
	return func(w *storage.Whole) {
		for key, r := range w.Records {
			if len(r.Participations) == 0 {
				continue
			}
			r.Participations = slices.Clone(r.Participations)
			do(&r)
			w.Records[key] = r
		}
	}
}

// Each kind of damage is found and named, and nothing else: one story with a grant in it,
// told by a store that shows one thing otherwise.
func TestCheck(t *testing.T) {
	bad := &storage.UnreadableError{Kind: "participation", Key: "northwind p", Err: errors.New("broken")}
	named := map[storage.FindingKind]bool{}
	for name, try := range map[string]struct {
		damaged
		kinds []storage.FindingKind
	}{
		"nothing": {},
		"a row's tab": {damaged{whole: func(w *storage.Whole) { w.Entries[0].Entry.Tab = engagement.TabOff }},
			[]storage.FindingKind{storage.FindingEntry}},
		"a row": {damaged{whole: func(w *storage.Whole) { w.Entries = w.Entries[1:] }}, []storage.FindingKind{storage.FindingEntry}},
		"a holder": {damaged{whole: func(w *storage.Whole) {
			for key, c := range w.Shared {
				c.Holders = nil
				w.Shared[key] = c
			}
		}}, []storage.FindingKind{storage.FindingHolders, storage.FindingEntry}},
		"what is shared": {damaged{whole: func(w *storage.Whole) { clear(w.Shared) }}, []storage.FindingKind{storage.FindingLost}},
		"a participation that cannot be read": {damaged{whole: records(func(r *engagement.PartnerRecord) {
			r.Unreadable = []engagement.Unreadable{{Participation: r.Participations[0].ID, Open: true, Err: bad}}
			r.Participations = nil
		})}, []storage.FindingKind{storage.FindingUnreadable}},
		"what a participation was claimed for": {damaged{whole: records(func(r *engagement.PartnerRecord) { r.Participations[0].Hours++ })},
			[]storage.FindingKind{storage.FindingState}},
		"an event": {damaged{history: func(events []engagement.Event) {
			for i := range events[:min(len(events), 1)] {
				events[i].Kind = engagement.EventCommentAdded
			}
		}},
			[]storage.FindingKind{storage.FindingHistory}},
		"the end of the history": {damaged{whole: func(w *storage.Whole) {
			for key, c := range w.Customers {
				c.History.Seq--
				w.Customers[key] = c
			}
		}}, []storage.FindingKind{storage.FindingHistory, storage.FindingState}},
		"one of the persons": {damaged{whole: func(w *storage.Whole) {
			for key, c := range w.Customers {
				c.Persons.Digests = c.Persons.Digests[1:]
				w.Customers[key] = c
			}
		}}, []storage.FindingKind{storage.FindingPersons}},
		"what the adapter keeps besides": {damaged{rest: []storage.Finding{{Kind: storage.FindingCount}, {Kind: storage.FindingWords}, {Kind: storage.FindingPersons}, {Kind: storage.FindingColumn}}},
			[]storage.FindingKind{storage.FindingCount, storage.FindingWords, storage.FindingPersons, storage.FindingColumn}},
	} {
		t.Run(name, func(t *testing.T) {
			w, store := story(t)
			try.Inspector = store
			var kinds []storage.FindingKind
			done, err := verify.Check(t.Context(), try.damaged, verify.Options{Now: w.Now, Persons: &engagement.PersonKey{}, Report: func(f storage.Finding) error {
				if !slices.Contains(kinds, f.Kind) {
					kinds = append(kinds, f.Kind)
				}
				if f.Mended {
					t.Errorf("a check has mended %+v", f)
				}
				return nil
			}})
			if err != nil || done.Customers != 1 {
				t.Fatalf("%+v were checked, %v", done, err)
			}
			slices.Sort(kinds)
			slices.Sort(try.kinds)
			if !slices.Equal(kinds, try.kinds) {
				t.Errorf("found are %v, and not %v", kinds, try.kinds)
			}
			for _, k := range kinds {
				named[k] = true
			}
		})
	}
	for _, k := range storage.AllFindingKinds() {
		if !named[k] {
			t.Errorf("nothing comes to %s", k)
		}
	}
}

// Who is told of findings can end it, and it goes on where it was.
func TestCheckEnds(t *testing.T) {
	w, store := story(t)
	enough := errors.New("enough")
	s := damaged{Inspector: store, whole: func(w *storage.Whole) { w.Entries = nil }}
	done, err := verify.Check(t.Context(), s, verify.Options{Now: w.Now, Report: func(storage.Finding) error { return enough }})
	if !errors.Is(err, enough) || done.Customers != 0 || done.Findings != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	done, err = verify.Check(t.Context(), s, verify.Options{Now: w.Now, After: w.Customer("contoso.com")})
	if err != nil || done.Customers != 0 || done.Findings != 0 {
		t.Errorf("behind the last customer: %+v, %v", done, err)
	}
}

// Customers whom nobody has looked through, or with another secret, are found when there
// is a key to look for, and mended.
func TestRepairPersons(t *testing.T) {
	w, store := story(t)
	c, err := store.Customers(t.Context(), storage.CustomersQuery{Partner: w.Actor.Partner, Limit: 1})
	if err != nil || len(c) != 1 || len(c[0].Persons.Digests) == 0 {
		t.Fatalf("the story has %+v, %v", c, err)
	}
	key := engagement.PersonKey{}
	another := engagement.NewPersonKey([]byte("another secret"))
	for name, p := range map[string]engagement.Persons{"none": {}, "of another secret": {Key: another.ID()}, "some": {Key: key.ID(), Digests: c[0].Persons.Digests[:1]}} {
		put := storage.Changes{At: w.Now(), Customers: c, Persons: []storage.CustomerPersons{{Key: c[0].Key, Persons: p}}}
		if err := store.Apply(t.Context(), put); err != nil {
			t.Fatal(err)
		}
		for i, want := range []verify.Progress{{}, {Findings: 1}, {Findings: 1, Mended: 1}, {}} {
			o, how := verify.Options{Now: w.Now, Persons: &key}, verify.Check
			if i == 0 {
				o.Persons = nil
			}
			if i == 2 {
				how = verify.Repair
			}
			if done, err := how(t.Context(), store, o); err != nil || done.Findings != want.Findings || done.Mended != want.Mended {
				t.Errorf("%s: %+v, want %+v, %v", name, done, want, err)
			}
		}
		if found, err := store.Customers(t.Context(), storage.CustomersQuery{Partner: w.Actor.Partner, Limit: 1}); err != nil || !found[0].Persons.Equal(c[0].Persons) {
			t.Errorf("%s: it names %+v, want %+v, %v", name, found[0].Persons, c[0].Persons, err)
		}
	}
}
