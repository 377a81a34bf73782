package storagetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func roomCases() []Case {
	return []Case{
		{"room", "When what is shared is written, every other entry there that minds the room follows in the same moment, of whatever partner.", checkRoom},
		{"room of one's own", "The other entries of the partner that changes what is shared follow as well.", checkOwnRoom},
		{"room alone", "What is shared may change without any record: the entries that mind the room follow.", checkRoomAlone},
		{"room elsewhere", "What is shared in one engagement, or of one customer, changes no entry of another.", checkRoomElsewhere},
	}
}

// rowsAre expects exactly the entries of scenes to be in the store's lists, and no
// others, each on its tab, whole, and counted; of these partners, in the migration.
func rowsAre(ctx context.Context, s storage.Store, what string, partners []engagement.PartnerID, scenes ...scene) error {
	var errs []error
	byRow := func(a, b engagement.Entry) int {
		return cmp.Or(a.Record.Compare(b.Record), cmp.Compare(a.Row, b.Row))
	}
	for _, p := range partners {
		for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
			want := entriesOf(scenes, func(e engagement.Entry) bool {
				return e.Record.Partner == p && e.Record.Engagement == migration && e.Tab == tab
			})
			q := pageOf(tab, 100)
			q.Partner = p
			page, err := s.List(ctx, q)
			var got []engagement.Entry
			for _, r := range page.Rows {
				got = append(got, r.Entry)
			}
			slices.SortFunc(got, byRow)
			slices.SortFunc(want, byRow)
			errs = append(errs, err, alike(fmt.Sprintf("%s: %s's entries on tab %q", what, p, tab), got, want), same(fmt.Sprintf("%s: how many are counted there", what), page.Tabs[tab], len(want)))
		}
	}
	return errors.Join(errs...)
}

var three = []engagement.PartnerID{northwind, fabrikam, "contoso"}

// checkRoom lets a partner take the only place and give it back.
func checkRoom(ctx context.Context, a, b storage.Store) error {
	first := known(northwind, migration, 1, "One", start, engagement.Reason{Kind: engagement.ReasonCriteriaNotMet, Rule: "seats"}).
		with(known("contoso", migration, 1, "One, to others", start).record("contoso")).
		enter(added(northwind, migration, 1, start)).enter(added(fabrikam, migration, 1, start))
	if err := errors.Join(a.Apply(ctx, changed(start, first)), rowsAre(ctx, b, "at first", three, first)); err != nil {
		return err
	}
	for _, next := range []struct {
		what string
		p    engagement.Participation
	}{
		{"when the last place was granted", granted(added(fabrikam, migration, 1, start), start)},
		{"when it was delivered", paid(added(fabrikam, migration, 1, start))},
		{"when it is free again", without(added(fabrikam, migration, 1, start))},
		{"when it was granted to another partner", granted(added(northwind, migration, 1, start), start)},
	} {
		was, err := load(ctx, a, keyOf(migration, 1), three...)
		if err != nil {
			return err
		}
		is := was.enter(next.p)
		if err := errors.Join(a.Apply(ctx, becoming(start, was, is)), rowsAre(ctx, b, next.what, three, is)); err != nil {
			return err
		}
	}
	return nil
}

// checkOwnRoom has two participations of one partner: one was delivered, the other one
// waits for room.
func checkOwnRoom(ctx context.Context, a, b storage.Store) error {
	first := of(paid(added(northwind, migration, 1, start)), granted(added(fabrikam, migration, 1, start), start), secondOf(northwind, 1)).limited(2)
	if err := errors.Join(a.Apply(ctx, changed(start, first)), rowsAre(ctx, b, "at first", three, first)); err != nil {
		return err
	}
	was, err := load(ctx, a, keyOf(migration, 1))
	if err != nil {
		return err
	}
	withdrawn := added(northwind, migration, 1, start)
	withdrawn.Owner = "ana"
	is := was.enter(without(withdrawn))
	c := becoming(start, was, is)
	if n := len(c.Entries); n != 2 {
		return fmt.Errorf("the kit writes %d entries", n)
	}
	return errors.Join(a.Apply(ctx, c), rowsAre(ctx, b, "when the first has ended without delivery", three, is))
}

func checkRoomAlone(ctx context.Context, a, b storage.Store) error {
	first := known(northwind, migration, 1, "One", start).enter(added(fabrikam, migration, 1, start))
	if err := a.Apply(ctx, changed(start, first)); err != nil {
		return err
	}
	for _, next := range []struct {
		what  string
		limit int
		held  engagement.ExternalHoldings
	}{
		{"when another portal holds the only place", 1, engagement.ExternalHoldings{Consented: 1, AsOf: start}},
		{"when it has delivered", 1, engagement.ExternalHoldings{Participated: 1, AsOf: start.Add(time.Hour)}},
		{"when the limit is higher", 2, engagement.ExternalHoldings{Participated: 1, AsOf: start.Add(time.Hour)}},
		{"when the limit is lower again", 0, engagement.ExternalHoldings{Participated: 1, AsOf: start.Add(time.Hour)}},
		{"when the other portal holds nothing", 1, engagement.ExternalHoldings{AsOf: start.Add(2 * time.Hour)}},
	} {
		was, err := load(ctx, a, keyOf(migration, 1))
		if err != nil {
			return err
		}
		is := was.limited(next.limit)
		is.shared.External = next.held
		c := becoming(start, was, is)
		if len(c.Records) > 0 {
			return errors.New("the kit writes records")
		}
		if err := errors.Join(a.Apply(ctx, c), rowsAre(ctx, b, next.what, three, is)); err != nil {
			return err
		}
		after, err := load(ctx, b, keyOf(migration, 1))
		if err := errors.Join(err, same("what other portals hold", after.shared.External, next.held), same("the claim limit", after.shared.ClaimLimit, next.limit)); err != nil {
			return err
		}
	}
	return nil
}

func checkRoomElsewhere(ctx context.Context, a, b storage.Store) error {
	others := []scene{known(northwind, migration, 2, "Two", start), known(northwind, migration, 11, "Eleven", start)}
	there := known(northwind, security, 1, "One", start)
	if err := a.Apply(ctx, changed(start, append(others, there, known(northwind, migration, 1, "One", start))...)); err != nil {
		return err
	}
	was, err := load(ctx, a, keyOf(migration, 1))
	if err != nil {
		return err
	}
	is := was.enter(granted(added(fabrikam, migration, 1, start), start))
	if err := a.Apply(ctx, becoming(start, was, is)); err != nil {
		return err
	}
	q := pageOf(engagement.TabEligible, 10)
	q.Engagement = security
	page, err := b.List(ctx, q)
	return errors.Join(rowsAre(ctx, b, "when room for another customer goes", three, append(others, is)...), err,
		same("the customers in another engagement", customers(page.Rows), "1"))
}
