package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

func figuresCases() []Case {
	return []Case{
		{"figures", "Figures are what entries count and come to, told apart by what is asked for, those on no tab left out.", checkFigures},
		{"no figures", "Figures of nobody are none, and not an error.", checkNoFigures},
		{"figures of a partner", "Figures of a partner are its own; without a partner they are those of every partner.", checkFiguresOfPartner},
		{"figures filter", "Figures are those of entries that pass what is asked for; no engagements are none of them, and nil engagements all.", checkFiguresFilter},
		{"figures replaced", "An entry that changes counts as what it is now, and no more as what it was: those that only follow what is shared, too.", checkFiguresReplaced},
		{"figures exact", "Sums are exact, whatever the amounts.", checkFiguresExact},
		{"figures overdue", "Overdue entries are in no figure; with more of them than MaxOverdue nothing is told but that.", checkFiguresOverdue},
		{"figures calls", "Figures by what there is not, by the same twice or of what is no month are ErrInvalid.", checkFiguresCalls},
		{"figures drift", "Figures are those of the entries after whatever has happened to them.", checkFiguresDrift},
	}
}

// figuresText is what is compared of Figures, in which a number is the same however it
// is written.
func figuresText(f storage.Figures) any {
	rows := []string{}
	for _, r := range f.Rows {
		rows = append(rows, fmt.Sprintf("%s %s %s %q %q %q %q: %d, %s, %s, %s, %s", r.Partner, r.Engagement, r.Tab, r.Status, r.Locations, r.Month, r.Currency,
			r.Entries, r.Estimated, r.Requested, r.Approved, r.Paid))
	}
	return []any{rows, f.Overdue, f.Behind}
}

// figuresAre expects the figures of these entries.
func figuresAre(ctx context.Context, s storage.Store, q storage.FiguresQuery, entries []engagement.Entry) error {
	got, err := s.Figures(ctx, q)
	if err != nil {
		return err
	}
	sum := q.Sum()
	for _, e := range entries {
		sum.Add(e)
	}
	return alike(fmt.Sprintf("what there is for %+v", q), figuresText(got), figuresText(storage.Figures{Rows: sum.Rows()}))
}

// figuresQueries ask by nothing, by one thing, and by everything.
func figuresQueries(of engagement.PartnerID) []storage.FiguresQuery {
	out := []storage.FiguresQuery{{Partner: of, Now: start}, {Partner: of, Now: start, By: storage.AllFigureDimensions()}}
	for _, by := range storage.AllFigureDimensions() {
		out = append(out, storage.FiguresQuery{Partner: of, Now: start, By: []storage.FigureDimension{by}})
	}
	for i := range out {
		q := out[i]
		q.Participation = true
		out = append(out, q)
	}
	return out
}

// through is the scene of a known customer that is eligible through these locations.
func through(s scene, locations ...engagement.LocationID) scene {
	r := s.records[0]
	r.Evaluation.Locations = locations
	return s.with(r)
}

func everyParticipation(scenes []scene) []engagement.Participation {
	var out []engagement.Participation
	for _, s := range scenes {
		for _, r := range s.records {
			out = append(out, r.Participations...)
		}
	}
	return out
}

// moved is a participation with another customer.
func moved(p engagement.Participation, n int) engagement.Participation {
	like := added(p.Partner, p.Engagement, n, p.StartedAt)
	p.ID, p.Customer, p.Identity = like.ID, like.Customer, like.Identity
	return p
}

func everyEntry(scenes []scene) []engagement.Entry {
	return entriesOf(scenes, func(engagement.Entry) bool { return true })
}

func checkFigures(ctx context.Context, a, b storage.Store) error {
	scenes := append(business(40), through(known(northwind, migration, 900, "Somewhere", start), "4711201", "4711203"))
	for i, p := range everyParticipation(scenes) { // of other months, and with other amounts
		if p.Claim == nil || i%2 == 0 {
			continue
		}
		c := *p.Claim
		c.Status, c.Requested, c.Approved, c.Paid = claim.StatusPaid, money("12.50 EUR"), money("12.5 EUR"), money(fmt.Sprintf("%d.25 EUR", i))
		c.Payments = []claim.Payment{{At: start.AddDate(0, -i%3, 0)}}
		p.Claim = &c
		scenes = append(scenes, of(moved(p, 2000+i)))
	}
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, q := range figuresQueries(northwind) {
		if err := figuresAre(ctx, b, q, everyEntry(scenes)); err != nil {
			return err
		}
	}
	all, err := b.Figures(ctx, storage.FiguresQuery{Partner: northwind, Now: start})
	if err != nil || len(all.Rows) < 2 {
		return fmt.Errorf("of nothing that is told apart there are %d figures, and should be one for each currency: %v", len(all.Rows), err)
	}
	return nil
}

func checkNoFigures(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, of(added("contoso", security, 2, start)))); err != nil {
		return err
	}
	for _, q := range figuresQueries(northwind) {
		q.Now = start.Add(90 * day)
		got, err := b.Figures(ctx, q)
		if err := errors.Join(err, same("how much there is in figures of nobody", len(got.Rows)+len(got.Overdue), 0)); err != nil {
			return err
		}
	}
	return nil
}

func checkFiguresOfPartner(ctx context.Context, a, b storage.Store) error {
	scenes := append(business(12), of(added("contoso", migration, 900, start)))
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, fabrikam, "contoso", ""} {
		for _, q := range figuresQueries(p) {
			if err := figuresAre(ctx, b, q, everyEntry(scenes)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkFiguresFilter(ctx context.Context, a, b storage.Store) error {
	scenes := business(24)
	for i := range 6 { // of other months
		scenes = append(scenes, of(added(northwind, migration, 500+i, start.AddDate(0, -i, 0))))
	}
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	month := engagement.MonthOf(start, nil)
	before := engagement.MonthOf(start.AddDate(0, -2, 0), nil)
	for _, p := range []engagement.PartnerID{northwind, ""} {
		for what, q := range map[string]storage.FiguresQuery{
			"no engagement":       {Engagements: []engagement.ID{}},
			"an engagement":       {Engagements: []engagement.ID{security}},
			"both engagements":    {Engagements: []engagement.ID{security, migration}},
			"a status":            {Statuses: []engagement.Status{engagement.StatusPaid}},
			"several statuses":    {Statuses: []engagement.Status{engagement.StatusPaid, engagement.StatusCustomerClaimed}},
			"no status":           {Statuses: []engagement.Status{""}},
			"a location":          {Locations: []engagement.LocationID{"4711202"}},
			"several locations":   {Locations: []engagement.LocationID{"4711202", "4711201"}},
			"a location of none":  {Locations: []engagement.LocationID{"nowhere"}},
			"from a month on":     {MonthFrom: month},
			"before a month":      {MonthBefore: month},
			"within some months":  {MonthFrom: before, MonthBefore: month},
			"several things":      {Engagements: []engagement.ID{migration}, Locations: []engagement.LocationID{"4711201"}, MonthFrom: before, Participation: true},
			"none of these dates": {MonthFrom: month, MonthBefore: before},
		} {
			q.Partner, q.Now = p, start
			for _, q.By = range [][]storage.FigureDimension{nil, {storage.FiguresByLocations}, storage.AllFigureDimensions()} {
				if err := figuresAre(ctx, b, q, everyEntry(scenes)); err != nil {
					return fmt.Errorf("%s: %w", what, err)
				}
			}
		}
	}
	return nil
}

func checkFiguresReplaced(ctx context.Context, a, b storage.Store) error {
	first := added(northwind, migration, 1, start)
	is := through(known(fabrikam, migration, 1, "Waits", start), "4711209").enter(first)
	for i, next := range []func(s scene) scene{
		func(s scene) scene { return is },
		func(s scene) scene { return s.enter(granted(first, start)) }, // which leaves no room for the other partner
		func(s scene) scene { return s.enter(worth(granted(first, start), "1500 EUR")) },
		func(s scene) scene { return s.enter(worth(granted(first, start), "1500.50 USD")) },
		func(s scene) scene { return s.enter(worth(granted(first, start), "0.01 USD")) },
		func(s scene) scene { return s.enter(without(first)) },
	} {
		was, err := load(ctx, b, is.shared.Key)
		if err != nil {
			return err
		}
		is := next(was)
		if err := a.Apply(ctx, becoming(start, was, is)); err != nil {
			return err
		}
		for _, p := range []engagement.PartnerID{northwind, fabrikam, ""} {
			for _, q := range figuresQueries(p) {
				if err := figuresAre(ctx, b, q, everyEntry([]scene{is})); err != nil {
					return fmt.Errorf("step %d: %w", i, err)
				}
			}
		}
	}
	return nil
}

func checkFiguresExact(ctx context.Context, a, b storage.Store) error {
	var scenes []scene
	for i, amount := range []string{
		"0.1 EUR", "0.2 EUR", "0.3 EUR", "999999999999999.99 EUR", "999999999999999.99 EUR", "0.01 EUR", "0.00000001 XBT", "999999999999999.99999999 XBT", "123456789012345 JPY",
	} {
		scenes = append(scenes, of(worth(granted(added(northwind, migration, 1+i, start), start), amount)))
	}
	for i, s := range scenes { // one after the other, as amounts come
		if err := a.Apply(ctx, changed(start, s)); err != nil {
			return err
		}
		q := storage.FiguresQuery{Partner: northwind, Now: start, By: []storage.FigureDimension{storage.FiguresByStatus}}
		if err := figuresAre(ctx, b, q, everyEntry(scenes[:i+1])); err != nil {
			return err
		}
	}
	got, err := b.Figures(ctx, storage.FiguresQuery{Partner: northwind, Participation: true, Now: start})
	if err != nil {
		return err
	}
	sums := map[string]string{}
	for _, r := range got.Rows {
		sums[r.Currency] = r.Estimated.String()
	}
	return same("the sums", sums, map[string]string{"EUR": "2000000000000000.59", "XBT": "1000000000000000", "JPY": "123456789012345"})
}

func checkFiguresOverdue(ctx context.Context, a, b storage.Store) error {
	waiting, paid := added(northwind, migration, 1, start), granted(added(northwind, security, 2, start), start)
	paid.Claim.Status = claim.StatusPaid
	scenes := []scene{of(waiting), of(worth(paid, "5 EUR")), of(added(fabrikam, security, 3, start))}
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, ""} {
		for _, q := range figuresQueries(p) {
			var late, rest []engagement.Entry
			q.Now = start.Add(365 * day)
			for _, e := range everyEntry(scenes) {
				switch {
				case !q.Has(e):
				case engagement.Passed(e.Until, q.Now):
					late = append(late, e)
				default:
					rest = append(rest, e)
				}
			}
			got, err := b.Figures(ctx, q)
			if err != nil {
				return err
			}
			if len(late) == 0 || len(late) != len(got.Overdue) {
				return fmt.Errorf("%d entries are overdue, not %d", len(got.Overdue), len(late))
			}
			want := q.Sum()
			for _, e := range rest {
				want.Add(e)
			}
			got.Overdue = nil
			if err := alike("what is not overdue", figuresText(got), figuresText(storage.Figures{Rows: want.Rows()})); err != nil {
				return err
			}
			for _, most := range []int{len(late), len(late) - 1} {
				if q.MaxOverdue = most; most == 0 {
					continue
				}
				got, err := b.Figures(ctx, q)
				if err := errors.Join(err, same("whether the figures are behind", got.Behind, most < len(late))); err != nil {
					return err
				}
				if got.Behind && len(got.Rows)+len(got.Overdue) > 0 {
					return fmt.Errorf("figures that are behind tell %d rows and %d overdue entries", len(got.Rows), len(got.Overdue))
				}
			}
		}
	}
	return nil
}

func checkFiguresCalls(ctx context.Context, a, _ storage.Store) error {
	for _, q := range []storage.FiguresQuery{
		{By: []storage.FigureDimension{"weather"}}, {By: []storage.FigureDimension{storage.FiguresByMonth, storage.FiguresByMonth}},
		{MonthFrom: "2026"}, {MonthBefore: "2026-13"}, {MaxOverdue: -1},
	} {
		_, err := a.Figures(ctx, q)
		if err := matches(fmt.Sprintf("Figures for %+v", q), err, storage.ErrInvalid); err != nil {
			return err
		}
	}
	return nil
}

// checkFiguresDrift walks over commands, and compares all figures now and then.
func checkFiguresDrift(ctx context.Context, a, b storage.Store) error {
	d := newDriver(a, b, rand.New(rand.NewPCG(12, 0)))
	for step := range 200 {
		if d.IntN(8) == 0 {
			d.pass()
		}
		c := d.changes()
		err := d.stores[d.IntN(2)].Apply(ctx, c)
		if err := applied(c, err, d.plain.Apply(ctx, c)); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		if step%20 != 19 {
			continue
		}
		for _, q := range []storage.FiguresQuery{{Now: time.Time{}, By: storage.AllFigureDimensions()}, {Now: d.now, By: storage.AllFigureDimensions()}} {
			if err := d.sameFigures(ctx, b, q); err != nil {
				return fmt.Errorf("step %d: %w", step, err)
			}
		}
	}
	return nil
}

func (d *driver) sameFigures(ctx context.Context, s storage.Store, q storage.FiguresQuery) error {
	got, err1 := s.Figures(ctx, q)
	plain, err2 := d.plain.Figures(ctx, q)
	return errors.Join(err1, err2, alike(fmt.Sprintf("what there is for %+v", q), figuresText(got), figuresText(plain)))
}

// figures asks for figures of some kind.
func (d *driver) figures(ctx context.Context, s storage.Store) error {
	q := storage.FiguresQuery{
		Partner: []engagement.PartnerID{northwind, fabrikam, "contoso", "", "nobody"}[d.IntN(5)], Participation: d.IntN(2) == 0, Now: d.around(),
	}
	for _, by := range storage.AllFigureDimensions() {
		if d.IntN(2) == 0 {
			q.By = append(q.By, by)
		}
	}
	switch d.IntN(10) {
	case 0:
		q.Engagements = []engagement.ID{migration, security}[d.IntN(3):]
	case 1:
		q.Locations = []engagement.LocationID{"4711201", "4711202"}[d.IntN(2):]
	case 2:
		q.Statuses = slices.Concat([]engagement.Status{""}, engagement.AllStatuses())[d.IntN(len(engagement.AllStatuses())):]
	case 3:
		q.MonthFrom = engagement.MonthOf(d.around(), nil)
	case 4:
		q.MonthBefore = engagement.MonthOf(d.around(), nil)
	case 5:
		q.MaxOverdue = 1 + d.IntN(9)
	}
	return d.sameFigures(ctx, s, q)
}
