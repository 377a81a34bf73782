package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func readModelCases() []Case {
	return []Case{{
		"read model", "Whatever the order of calls, the entries of lists are those that the records and what is shared give, and counts are theirs.", checkReadModel,
	}}
}

// checkReadModel walks over commands of several partners about some customers, and
// looks at every entry now and then.
func checkReadModel(ctx context.Context, a, b storage.Store) error {
	d := newDriver(a, b, rand.New(rand.NewPCG(7, 0)))
	for step := range 400 {
		if d.IntN(8) == 0 {
			d.pass()
		}
		c := d.changes()
		err := d.stores[d.IntN(2)].Apply(ctx, c)
		if err := applied(c, err, d.plain.Apply(ctx, c)); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		if step%20 == 19 {
			if err := d.readModel(ctx, d.stores[d.IntN(2)]); err != nil {
				return fmt.Errorf("step %d: %w", step, err)
			}
		}
	}
	return nil
}

// readModel compares every entry that a store lists with the records that it loads.
func (d *driver) readModel(ctx context.Context, s storage.Store) error {
	for _, p := range d.partners() {
		var claims []engagement.Entry
		for _, in := range d.engagements() {
			want := storage.Want{Ended: true}
			for _, n := range d.numbers() {
				want.Records = append(want.Records, recordOf(p, in, n))
			}
			loaded, err := s.Load(ctx, want)
			if err != nil {
				return err
			}
			expected := map[string]engagement.Entry{}
			for _, r := range loaded.Records {
				if r.Version == 0 {
					continue
				}
				for _, e := range r.Entries(loaded.Shared[r.Key.Shared()].RoomFor(p), d.now) {
					if e.Tab != engagement.TabNone {
						expected[fmt.Sprint(e.Record, e.Row)] = e
					}
					if e.Participation != "" {
						claims = append(claims, e)
					}
				}
			}
			got, err := d.listed(ctx, s, storage.ListQuery{Partner: p, Engagement: in}, append(engagement.AllTabs(), engagement.TabOff)...)
			if err := errors.Join(err, alike(fmt.Sprintf("what %s's pages of %s show at %v", p, in, d.now), got, expected)); err != nil {
				return err
			}
		}
		expected := map[string]engagement.Entry{}
		for _, e := range claims {
			expected[fmt.Sprint(e.Record, e.Row)] = e
		}
		got, err := d.listed(ctx, s, storage.ListQuery{Partner: p}, engagement.TabNone)
		if err := errors.Join(err, alike(fmt.Sprintf("what %s's claims show at %v", p, d.now), got, expected)); err != nil {
			return err
		}
	}
	return nil
}

// listed returns every entry of these tabs as it is now, by record and row, and an error
// where the counts are not those of the rows.
func (d *driver) listed(ctx context.Context, s storage.Store, q storage.ListQuery, tabs ...engagement.Tab) (map[string]engagement.Entry, error) {
	q.Sort, q.Limit, q.Now = storage.SortByName, 1000, d.now
	out, rows, counted := map[string]engagement.Entry{}, map[string]int{}, map[string]int{}
	for _, tab := range tabs {
		q.Tab = tab
		list, err := s.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range append(list.Rows, list.Overdue...) {
			e := atNow(r.Entry, d.now)
			if e.Tab != engagement.TabNone {
				out[fmt.Sprint(e.Record, e.Row)] = e
			}
		}
		for _, r := range list.Rows {
			if tab == engagement.TabNone {
				rows[string(r.Entry.Status)]++
			} else {
				rows[string(tab)]++
			}
		}
		counted = counts(list)
	}
	return out, same(fmt.Sprintf("the counts of %+v", q), counted, rows)
}
