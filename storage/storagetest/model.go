package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// model is a store's places as a plain list.
type model struct {
	places map[engagement.PlaceKey]engagement.Place
	stored map[engagement.PlaceKey]time.Time // when their entries were made
}

// page answers a query by sorting everything.
func (m model) page(q storage.PageQuery) storage.Page {
	page := storage.Page{Counts: map[engagement.Tab]int{}}
	var found []storage.PageRow
	for key, pl := range m.places {
		overdue := engagement.Passed(pl.Due(), q.Now)
		mine := false
		for _, e := range pl.Entries(m.stored[key]) {
			if e.Partner != q.Partner || e.Place.Engagement != q.Engagement {
				continue
			}
			mine = true
			if overdue {
				continue
			}
			page.Counts[e.Tab]++
			if e.Tab == q.Tab && q.Filter.Match(e) {
				found = append(found, storage.PageRow{Entry: e, Place: pl})
			}
		}
		if overdue && mine {
			page.Overdue = append(page.Overdue, pl)
		}
	}
	order := func(a, b storage.Position) int {
		if q.Descending {
			a, b = b, a
		}
		return a.Compare(b)
	}
	found = slices.DeleteFunc(found, func(r storage.PageRow) bool {
		return q.After != nil && order(q.Sort.PositionOf(r.Entry), *q.After) <= 0
	})
	slices.SortFunc(found, func(a, b storage.PageRow) int { return order(q.Sort.PositionOf(a.Entry), q.Sort.PositionOf(b.Entry)) })
	page.More = len(found) > q.Limit
	page.Rows = found[:min(len(found), q.Limit)]
	return page
}

// text is what is compared of a page.
func text(p storage.Page) string {
	s := ""
	for _, r := range p.Rows {
		s += fmt.Sprintf("%s@%d ", r.Entry.Row, r.Place.Version)
	}
	s += fmt.Sprintf("more %t;", p.More)
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		s += fmt.Sprintf(" %s %d", tab, p.Counts[tab])
	}
	var overdue []string
	for _, pl := range p.Overdue {
		overdue = append(overdue, string(pl.Key.Customer))
	}
	slices.Sort(overdue)
	return s + fmt.Sprint("; overdue ", overdue)
}

func checkModel(ctx context.Context, a, b storage.Store) error { return Compare(ctx, a, b, 1, 600) }

// Compare drives two handles of one empty database and a plain list with the same
// random steps, and returns an error that names the seed and the step at which
// their answers differ.
func Compare(ctx context.Context, a, b storage.Store, seed uint64, steps int) error {
	r := rand.New(rand.NewPCG(seed, 0))
	m := model{places: map[engagement.PlaceKey]engagement.Place{}, stored: map[engagement.PlaceKey]time.Time{}}
	now := start
	for step := range steps {
		s := []storage.Store{a, b}[r.IntN(2)]
		if err := m.step(ctx, s, r, &now); err != nil {
			return fmt.Errorf("seed %d, step %d: %w", seed, step, err)
		}
	}
	return nil
}

func (m model) step(ctx context.Context, s storage.Store, r *rand.Rand, now *time.Time) error {
	if r.IntN(20) == 0 {
		*now = now.Add(time.Duration(r.IntN(40)) * 12 * time.Hour)
	}
	if r.IntN(2) == 0 {
		return m.change(ctx, s, r, *now)
	}
	q := storage.PageQuery{
		Partner: []engagement.PartnerID{northwind, fabrikam}[r.IntN(2)], Engagement: []engagement.ID{migration, security}[r.IntN(2)],
		Tab:  append(engagement.AllTabs(), engagement.TabOff)[r.IntN(4)],
		Sort: storage.AllSorts()[r.IntN(4)], Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(9), Now: *now,
	}
	if r.IntN(3) == 0 {
		q.Filter = storage.Filter{Text: fmt.Sprint(r.IntN(5)), Participation: r.IntN(3) == 0}
	}
	for range 4 { // pages
		got, err := s.Page(ctx, q)
		want := m.page(q)
		if err := errors.Join(err, same(fmt.Sprintf("page %+v", q), text(got), text(want))); err != nil {
			return err
		}
		if len(got.Rows) == 0 {
			return nil
		}
		at := q.Sort.PositionOf(got.Rows[len(got.Rows)-1].Entry)
		q.After = &at
	}
	return nil
}

// change puts a place with random standings, settled or not.
func (m model) change(ctx context.Context, s storage.Store, r *rand.Rand, now time.Time) error {
	n := 1 + r.IntN(40)
	e := []engagement.ID{migration, security}[r.IntN(2)]
	pl := m.places[placeOf(e, n)]
	pl.Key, pl.ClaimLimit = placeOf(e, n), 1+r.IntN(2)
	p := []engagement.PartnerID{northwind, fabrikam}[r.IntN(2)]
	standing, _ := pl.Standing(p)
	standing.Identity, standing.Known = identityOf(n, fmt.Sprintf("Customer %d", r.IntN(10))), r.IntN(4) > 0
	standing.Evaluation = engagement.Evaluation{At: now, Outcome: "eligible", Locations: []engagement.LocationID{"4711201"}}
	if r.IntN(2) == 0 {
		standing.Evaluation.Outcome = "ineligible"
	}
	pl = pl.WithStanding(standing)
	switch part := added(p, e, n, now.Add(-time.Duration(r.IntN(29))*day)); r.IntN(4) {
	case 0:
		pl = pl.WithParticipation(part)
	case 1:
		pl = pl.WithParticipation(granted(part, now))
	case 2:
		part.Consent.Status = "declined"
		pl = pl.WithParticipation(part)
	}
	stale := r.IntN(10) == 0
	if stale {
		pl.Version++
	}
	err := s.Apply(ctx, changed(now, pl))
	if stale {
		return matches("an Apply with a wrong version", err, storage.ErrConflict)
	}
	if err != nil {
		return err
	}
	pl.Version++
	m.places[pl.Key], m.stored[pl.Key] = pl, now
	return nil
}
