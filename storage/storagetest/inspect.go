package storagetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func inspectorCases() []Case {
	return []Case{{
		"inspect", "A store that is an Inspector goes to every customer, returns all there is of it, and finds nothing wrong with the rest.", checkInspector,
	}}
}

// checkInspector walks over commands, and looks at everything now and then.
func checkInspector(ctx context.Context, a, b storage.Store) error {
	i, is := a.(storage.Inspector)
	if !is {
		return nil
	}
	if keys, err := i.CustomerKeys(ctx, "", 10); err != nil || len(keys) > 0 {
		return fmt.Errorf("of a store with nothing in it, CustomerKeys returns %q, %v", keys, err)
	}
	d := newDriver(a, b, rand.New(rand.NewPCG(9, 0)))
	for step := range 240 {
		if d.IntN(8) == 0 {
			d.pass()
		}
		c := d.changes()
		err := d.stores[d.IntN(2)].Apply(ctx, c)
		if err := applied(c, err, d.plain.Apply(ctx, c)); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		if step%40 == 39 {
			if err := d.inspect(ctx, i); err != nil {
				return fmt.Errorf("step %d: %w", step, err)
			}
		}
	}
	return nil
}

// inspect compares all that an Inspector shows with the plain store.
func (d *driver) inspect(ctx context.Context, s storage.Inspector) error {
	for _, mend := range []bool{false, true} {
		err := s.CheckRest(ctx, mend, func(f storage.Finding) error { return fmt.Errorf("CheckRest finds %+v where nothing is wrong", f) })
		if err != nil {
			return err
		}
	}
	var keys []tenant.Key
	for after := tenant.Key(""); ; {
		some, err := s.CustomerKeys(ctx, after, 2)
		if err != nil {
			return err
		}
		if keys = append(keys, some...); len(some) < 2 {
			break
		}
		after = some[1]
	}
	var stored []tenant.Key
	for _, n := range d.numbers() {
		w, err := s.Whole(ctx, identityOf(n, "").Key())
		if err != nil {
			return err
		}
		is, err := d.whole(ctx, w, n)
		if err != nil {
			return err
		}
		if is {
			stored = append(stored, identityOf(n, "").Key())
		}
	}
	slices.Sort(keys)
	slices.Sort(stored)
	return same("every key that CustomerKeys returns", keys, stored)
}

// whole compares all that is stored of a customer, and reports whether there is
// anything.
func (d *driver) whole(ctx context.Context, w storage.Whole, n int) (bool, error) {
	want := storage.Want{Ended: true}
	for _, p := range d.partners() {
		want.Customers = append(want.Customers, engagement.CustomerKey{Partner: p, Customer: identityOf(n, "").Key()})
		for _, in := range d.engagements() {
			want.Records = append(want.Records, recordOf(p, in, n))
		}
	}
	loaded, err := d.plain.Load(ctx, want)
	if err != nil {
		return false, err
	}
	expected := map[string]engagement.Entry{}
	for key, r := range loaded.Records {
		if r.Version == 0 {
			delete(loaded.Records, key)
			continue
		}
		for _, e := range r.Entries(loaded.Shared[key.Shared()].RoomFor(key.Partner), d.now) {
			expected[fmt.Sprint(e.Record, e.Row)] = e
		}
	}
	for key, c := range loaded.Shared {
		if c.Version == 0 {
			delete(loaded.Shared, key)
		}
	}
	for key, c := range w.Shared {
		if c.Version == 0 { // which is no more than that there is nothing
			delete(w.Shared, key)
		}
	}
	what := fmt.Sprintf("all that is stored of customer %d", n)
	if err := alike(what, loadedText(w.Loaded), loadedText(loaded)); err != nil {
		return false, err
	}
	got := map[string]engagement.Entry{}
	for i, row := range w.Entries {
		if i > 0 {
			before := w.Entries[i-1].Entry
			if c := before.Record.Compare(row.Entry.Record); c > 0 || c == 0 && before.Row >= row.Entry.Row {
				return false, fmt.Errorf("%s has entries that are not in order", what)
			}
		}
		if row.Err != nil {
			return false, row.Err
		}
		e := atNow(row.Entry, d.now)
		got[fmt.Sprint(e.Record, e.Row)] = e
	}
	is := len(loaded.Records)+len(loaded.Shared)+len(loaded.Customers) > 0
	return is, alike("the entries in "+what, got, expected)
}

// atNow is an entry as the record gives it at now.
func atNow(e engagement.Entry, now time.Time) engagement.Entry {
	e = e.At(now)
	if e.Shown.Open && engagement.Passed(e.Shown.OpenUntil, now) { // as the record says by itself
		e.Shown.Open, e.Shown.OpenUntil = false, time.Time{}
	}
	return e
}
