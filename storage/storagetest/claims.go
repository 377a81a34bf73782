package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func claimsCases() []Case {
	return []Case{
		{"claims", "Claims are the entries of participations over all engagements, whatever their tab; customers who are only known have none.", checkClaims},
		{"no claims", "Claims of nobody are an empty page, and not an error.", checkNoClaims},
		{"claims of a partner", "Claims of a partner are its own: another partner's are neither in Rows nor in counts.", checkClaimsOfPartner},
		{"claims of every partner", "Without a partner, Claims are those of every partner.", checkClaimsOfAll},
		{"claims replaced", "Participations that change replace those with the same ID, in Rows and in counts; the others of their record stay.", checkClaimsReplaced},
		{"claims orders", "Claims are in the order asked for, in both directions, whatever the limit.", checkClaimsOrders},
		{"amounts", "By amount, entries without one come first, then currency by currency, each from small to large.", checkAmounts},
		{"claims cursors", "Claims begin behind the position asked for, whether or not an entry is there.", checkClaimsCursors},
		{"stable claims", "Participations that come or go between two pages of claims neither repeat nor hide others.", checkStableClaims},
		{"claims filter", "Claims have the participations that pass the filter, and no others; no engagements are none of them, and nil engagements all.", checkClaimsFilter},
		{"claims counts", "Statuses of claims are all participations of each status, whatever the filter.", checkClaimsCounts},
		{"claims calls", "Claims in an unknown order, or with a limit below 1, are ErrInvalid.", checkClaimsCalls},
		{"exact", "What was stored comes back as it was: reminders, amounts and the deadlines of messages too.", checkExact},
	}
}

// business are scenes of two engagements with known customers and participations
// of two partners: of many statuses, in every tab, equal in some orders.
func business(n int) []scene {
	var scenes []scene
	for i := range n {
		e := []engagement.ID{migration, security}[i%2]
		s := known(northwind, e, 100+i, "Known", start)
		for j, partner := range []engagement.PartnerID{northwind, fabrikam} {
			if (i+j)%4 == 3 {
				continue
			}
			p := added(partner, e, 100+i, start.Add(time.Duration(i%4)*time.Hour))
			p.Identity.Name, p.Location = fmt.Sprintf("Name %d", i/4), []engagement.LocationID{"4711201", "4711202"}[i%3/2]
			switch (i + j) % 5 {
			case 1:
				p = without(p)
			case 2:
				p = worth(granted(p, start), amounts[i%len(amounts)])
			case 3:
				p = worth(granted(p, start), amounts[(i+j)%len(amounts)])
				p.Claim.Status = claim.StatusPaid
			case 4:
				p = granted(p, start)
				p.Consent.Status = consent.StatusWithdrawn
			}
			s = s.enter(p)
		}
		scenes = append(scenes, s.limited(max(1, len(s.shared.Holders)))) // in some both hold
	}
	return scenes
}

// participations are the entries of those of a partner, or of every one.
func participations(scenes []scene, of engagement.PartnerID) []engagement.Entry {
	return entriesOf(scenes, func(e engagement.Entry) bool {
		return e.Participation != "" && (of == "" || e.Record.Partner == of)
	})
}

// claimsAre expects exactly these entries, and their counts.
func claimsAre(ctx context.Context, s storage.Store, of engagement.PartnerID, want []engagement.Entry) error {
	got, err := s.List(ctx, claimsOf(of, len(want)+1))
	if err != nil {
		return err
	}
	tally := map[string]int{}
	for _, e := range want {
		tally[string(e.Status)]++
	}
	entries := []engagement.Entry{}
	for _, r := range got.Rows {
		entries = append(entries, r.Entry)
	}
	byRow := func(a, b engagement.Entry) int { return strings.Compare(string(a.Row), string(b.Row)) }
	slices.SortFunc(entries, byRow)
	slices.SortFunc(want, byRow)
	return errors.Join(alike(fmt.Sprintf("the entries of the claims of %q", of), entries, want),
		same("their counts", counts(got), tally), same("the number of overdue entries", len(got.Overdue), 0))
}

func checkClaims(ctx context.Context, a, b storage.Store) error {
	scenes := business(24)
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	return claimsAre(ctx, b, northwind, participations(scenes, northwind))
}

func checkNoClaims(ctx context.Context, a, b storage.Store) error {
	for _, scenes := range [][]scene{nil, {known(northwind, migration, 1, "Only known", start), of(added("contoso", security, 2, start))}} {
		if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
			return err
		}
		for _, p := range []engagement.PartnerID{northwind, fabrikam} {
			q := claimsOf(p, 10)
			q.Now = start.Add(90 * day)
			got, err := b.List(ctx, q)
			if err != nil {
				return err
			}
			if err := same("how much there is in claims of nobody", len(got.Rows)+len(counts(got))+len(got.Overdue), 0); err != nil || got.More || got.Statuses == nil {
				return fmt.Errorf("claims of nobody, more %t, statuses %v: %w", got.More, got.Statuses, err)
			}
		}
	}
	return nil
}

func checkClaimsOfPartner(ctx context.Context, a, b storage.Store) error {
	scenes := append(business(12), of(added("contoso", migration, 900, start)))
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, fabrikam, "contoso"} {
		if err := claimsAre(ctx, b, p, participations(scenes, p)); err != nil {
			return err
		}
	}
	return nil
}

func checkClaimsOfAll(ctx context.Context, a, b storage.Store) error {
	scenes := append(business(12), of(added("contoso", migration, 900, start)))
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	return claimsAre(ctx, b, "", participations(scenes, ""))
}

func checkClaimsReplaced(ctx context.Context, a, b storage.Store) error {
	first, second := added(northwind, migration, 1, start), added(northwind, migration, 1, start.Add(time.Hour))
	second.ID += "-second"
	is := of(first, added(fabrikam, migration, 1, start))
	for _, next := range []func(s scene) scene{
		func(s scene) scene { return is },
		func(s scene) scene { return s.enter(worth(granted(first, start), "1500 EUR")) },
		func(s scene) scene {
			return s.enter(without(first)).enter(worth(granted(second, start), "9.99 EUR"))
		},
		func(s scene) scene { return s.enter(without(added(fabrikam, migration, 1, start))) },
		func(s scene) scene { return s.enter(worth(granted(second, start), "10 EUR")) },
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
			if err := claimsAre(ctx, b, p, participations([]scene{is}, p)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkClaimsOrders(ctx context.Context, a, b storage.Store) error {
	scenes := business(24)
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, ""} {
		if err := inOrder(ctx, b, claimsOf(p, 1), participations(scenes, p)); err != nil {
			return fmt.Errorf("the claims of %q: %w", p, err)
		}
	}
	return nil
}

func checkAmounts(ctx context.Context, a, b storage.Store) error {
	var scenes []scene
	var want []engagement.RowID
	for i, amount := range []string{"", "0 EUR", "0.05 EUR", "0.5 EUR", "9.99 EUR", "10 EUR", "250.50 EUR", "1500 EUR", "12000 EUR", "0.50 USD", "9 USD", "10.00 USD"} {
		p := added(northwind, migration, 900-i, start)
		if amount != "" {
			p = worth(granted(p, start), amount)
		}
		scenes = append(scenes, of(p))
		want = append(want, engagement.RowID(p.ID))
	}
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, q := range []storage.ListQuery{pageOf(engagement.TabEligible, 5), claimsOf(northwind, 5), claimsOf("", 5)} {
		q.Sort = storage.SortByAmount
		got, err := walk(ctx, b, q, nil)
		if err := errors.Join(err, same("the order by amount", got, want)); err != nil {
			return err
		}
	}
	return nil
}

// checkClaimsCursors ends, and moves, the participation that a page ended with.
func checkClaimsCursors(ctx context.Context, a, b storage.Store) error {
	for i, change := range []func(p *engagement.Participation){
		func(p *engagement.Participation) { *p = without(*p) },
		func(p *engagement.Participation) { p.Identity.Name = "Zzz" },
		func(p *engagement.Participation) { p.Identity.Name = "Aaa" },
	} {
		for j, descending := range []bool{false, true} {
			first := 1000 + 20*i + 10*j
			q := claimsOf(engagement.PartnerID(fmt.Sprintf("partner-%d", first)), 1)
			q.Descending = descending
			var scenes []scene
			var rows []engagement.RowID
			for n := range 8 {
				p := added(q.Partner, []engagement.ID{migration, security}[n%2], first+n, start)
				scenes, rows = append(scenes, of(p)), append(rows, engagement.RowID(p.ID))
			}
			if descending {
				slices.Reverse(rows)
			}
			if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
				return err
			}
			if err := nextPage(ctx, a, b, q, rows, func(s scene) scene {
				p := s.record(q.Partner).Participations[0]
				change(&p)
				return s.enter(p)
			}); err != nil {
				return fmt.Errorf("change %d: %w", i, err)
			}
		}
	}
	return nil
}

func checkStableClaims(ctx context.Context, a, b storage.Store) error {
	for i, p := range []engagement.PartnerID{northwind, ""} {
		var scenes []scene
		for n := range 24 {
			scenes = append(scenes, of(added(northwind, []engagement.ID{migration, security}[i], 100+n, start)))
		}
		if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
			return err
		}
		if err := stable(ctx, b, claimsOf(p, 5), func(page int) error {
			came := added(northwind, security, 500+10*i+page, start)
			came.Identity.Name = "Aaa"
			return a.Apply(ctx, changed(start, of(came)))
		}, func(page int) (engagement.RowID, error) { // one that was shown moves to the front
			if 5*page >= len(scenes) {
				return "", nil
			}
			was, err := load(ctx, b, scenes[5*page].shared.Key)
			if err != nil {
				return "", err
			}
			moved := was.record(northwind).Participations[0]
			moved.Identity.Name = "Aaa"
			return engagement.RowID(moved.ID), a.Apply(ctx, becoming(start, was, was.enter(moved)))
		}); err != nil {
			return err
		}
	}
	return nil
}

func checkClaimsFilter(ctx context.Context, a, b storage.Store) error {
	scenes := business(24)
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, ""} {
		if err := narrowed(ctx, b, claimsOf(p, 4), participations(scenes, p), filters); err != nil {
			return fmt.Errorf("the claims of %q: %w", p, err)
		}
	}
	return nil
}

func checkClaimsCounts(ctx context.Context, a, b storage.Store) error {
	scenes := business(24)
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, fabrikam, ""} {
		want := map[string]int{}
		for _, e := range participations(scenes, p) {
			want[string(e.Status)]++
		}
		for what, f := range filters {
			q := claimsOf(p, 1)
			q.Filter = f
			got, err := b.List(ctx, q)
			if err := errors.Join(err, same(fmt.Sprintf("the counts of the claims of %q with a filter by %s", p, what), counts(got), want)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkClaimsCalls(ctx context.Context, a, _ storage.Store) error {
	return errors.Join(invalidCalls(ctx, a, claimsOf(northwind, 1)), invalidCalls(ctx, a, claimsOf("", 1)))
}

func checkExact(ctx context.Context, a, b storage.Store) error {
	p := reminded(worth(granted(added(northwind, migration, 1, start), start), "1234567.89 EUR"), start.Add(20*day+time.Microsecond))
	told := message("m-1", northwind, 1, start, "ana@contoso.com")
	told.Deadline = start.Add(30*day + time.Microsecond)
	plain := message("m-2", northwind, 1, start, "ana@contoso.com")
	plain.To, plain.Language = tenant.Email{}, "" // to the partner, before anybody was written to
	c := changed(start, of(p))
	c.Messages = []engagement.Message{told, plain}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	stored, err := load(ctx, b, keyOf(migration, 1))
	if err != nil {
		return err
	}
	read, _ := stored.record(northwind).Participation(p.ID)
	page, err1 := b.List(ctx, pageOf(engagement.TabEligible, 1))
	claims, err2 := b.List(ctx, claimsOf(northwind, 1))
	leased, err3 := lease(ctx, b, start, 2)
	if err := errors.Join(err1, err2, err3); err != nil || len(page.Rows) != 1 || len(claims.Rows) != 1 || len(leased) != 2 {
		return fmt.Errorf("%d rows of a page, %d claims and %d messages are there, not 1, 1 and 2: %v", len(page.Rows), len(claims.Rows), len(leased), err)
	}
	told.Attempts, plain.Attempts = 1, 1
	return errors.Join(
		same("the time of a reminder", read.RemindAt, p.RemindAt), alike("a participation", read, p),
		alike("the entry of a page", page.Rows[0].Entry, c.Entries[1]), alike("the entry of claims", claims.Rows[0].Entry, c.Entries[1]),
		same("the messages", leased, []engagement.Message{told, plain}))
}
