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
		{"claims of a partner", "Claims of a partner are its own: another partner's are neither in Rows nor in Counts.", checkClaimsOfPartner},
		{"claims of every partner", "Without a partner, Claims are those of every partner.", checkClaimsOfAll},
		{"claims replaced", "The participations of a place are replaced with it, in Rows and in Counts.", checkClaimsReplaced},
		{"claims orders", "Claims are in the order asked for, in both directions, whatever the limit.", checkClaimsOrders},
		{"amounts", "By amount, entries without one come first, then currency by currency, each from small to large.", checkAmounts},
		{"claims cursors", "Claims begin behind the position asked for, whether or not an entry is there.", checkClaimsCursors},
		{"stable claims", "Participations that come or go between two pages of claims neither repeat nor hide others.", checkStableClaims},
		{"claims filter", "Claims have the participations that pass the filter, and no others; no engagements are none of them, and nil engagements all.", checkClaimsFilter},
		{"claims counts", "Counts of claims are all participations of each status, whatever the filter.", checkClaimsCounts},
		{"claims calls", "Claims in an unknown order, or with a limit below 1, are ErrInvalid.", checkClaimsCalls},
		{"exact", "What was stored comes back as it was: reminders, amounts and the deadlines of messages too.", checkExact},
	}
}

func claimsQuery(p engagement.PartnerID, limit int) storage.ClaimsQuery {
	return storage.ClaimsQuery{Partner: p, Sort: storage.ByName, Limit: limit, Now: start}
}

// business are places of two engagements with known customers and participations
// of two partners: of many statuses, in every tab, equal in some orders.
func business(n int) []engagement.Place {
	var places []engagement.Place
	for i := range n {
		e := []engagement.ID{migration, security}[i%2]
		pl := known(northwind, e, 100+i, "Known", start)
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
				p.Claim.Status = claim.Paid
			case 4:
				p = granted(p, start)
				p.Consent.Status = consent.Withdrawn
			}
			pl = pl.WithParticipation(p)
		}
		pl.ClaimLimit = max(pl.ClaimLimit, pl.Granted(recorded)) // in some places both hold
		places = append(places, pl)
	}
	return places
}

// participations are the entries of those of a partner, or of every one.
func participations(places []engagement.Place, of engagement.PartnerID) []engagement.Entry {
	return entriesOf(places, func(e engagement.Entry) bool { return e.Participation != "" && (of == "" || e.Partner == of) })
}

// claimsAre expects exactly these entries, each with its place, and their counts.
func claimsAre(ctx context.Context, s storage.Store, of engagement.PartnerID, want []engagement.Entry) error {
	got, err := s.Claims(ctx, claimsQuery(of, len(want)+1))
	if err != nil {
		return err
	}
	tally := map[string]int{}
	for _, e := range want {
		tally[string(e.Status)]++
	}
	var entries []engagement.Entry
	for _, r := range got.Rows {
		entries = append(entries, r.Entry)
		if _, ok := r.Place.Participation(r.Entry.Partner, r.Entry.Participation); !ok || r.Place.Key != r.Entry.Place {
			return fmt.Errorf("participation %q comes with place %v, which does not have it", r.Entry.Participation, r.Place.Key)
		}
	}
	byRow := func(a, b engagement.Entry) int { return strings.Compare(string(a.Row), string(b.Row)) }
	slices.SortFunc(entries, byRow)
	slices.SortFunc(want, byRow)
	return errors.Join(same(fmt.Sprintf("the entries of the claims of %q", of), entries, want),
		same("their counts", counts(got.Counts), tally), same("the number of overdue places", len(got.Overdue), 0))
}

func checkClaims(ctx context.Context, a, b storage.Store) error {
	places := business(24)
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	return claimsAre(ctx, b, northwind, participations(places, northwind))
}

func checkNoClaims(ctx context.Context, a, b storage.Store) error {
	for _, places := range [][]engagement.Place{nil, {known(northwind, migration, 1, "Only known", start), of(added("contoso", security, 2, start))}} {
		if err := a.Apply(ctx, changed(start, places...)); err != nil {
			return err
		}
		for _, p := range []engagement.PartnerID{northwind, fabrikam} {
			q := claims(claimsQuery(p, 10))
			q.Now = start.Add(90 * day)
			got, err := q.ask(ctx, b, q)
			if err != nil {
				return err
			}
			if err := same("how much there is in claims of nobody", len(got.Rows)+len(got.Counts)+len(got.Overdue), 0); err != nil || got.More {
				return fmt.Errorf("claims of nobody, more %t: %w", got.More, err)
			}
		}
	}
	return nil
}

func checkClaimsOfPartner(ctx context.Context, a, b storage.Store) error {
	places := append(business(12), of(added("contoso", migration, 900, start)))
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, fabrikam, "contoso"} {
		if err := claimsAre(ctx, b, p, participations(places, p)); err != nil {
			return err
		}
	}
	return nil
}

func checkClaimsOfAll(ctx context.Context, a, b storage.Store) error {
	places := append(business(12), of(added("contoso", migration, 900, start)))
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	return claimsAre(ctx, b, "", participations(places, ""))
}

func checkClaimsReplaced(ctx context.Context, a, b storage.Store) error {
	pl := of(added(northwind, migration, 1, start), added(fabrikam, migration, 1, start))
	second := worth(granted(added(northwind, migration, 1, start), start), "9.99 EUR")
	second.ID += "-second"
	for _, next := range []engagement.Place{
		pl,
		pl.WithParticipation(worth(granted(added(northwind, migration, 1, start), start), "1500 EUR")),
		pl.WithParticipation(without(added(northwind, migration, 1, start))).WithParticipation(second),
		of(added(fabrikam, migration, 1, start)),
		known(northwind, migration, 1, "Only known", start),
		pl,
	} {
		stored, err := load(ctx, b, pl.Key)
		if err != nil {
			return err
		}
		next.Version = stored.Version
		if err := a.Apply(ctx, changed(start, next)); err != nil {
			return err
		}
		for _, p := range []engagement.PartnerID{northwind, fabrikam, ""} {
			if err := claimsAre(ctx, b, p, participations([]engagement.Place{next}, p)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkClaimsOrders(ctx context.Context, a, b storage.Store) error {
	places := business(24)
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, ""} {
		if err := inOrder(ctx, b, claims(claimsQuery(p, 1)), participations(places, p)); err != nil {
			return fmt.Errorf("the claims of %q: %w", p, err)
		}
	}
	return nil
}

func checkAmounts(ctx context.Context, a, b storage.Store) error {
	var places []engagement.Place
	var want []engagement.RowID
	for i, amount := range []string{"", "0 EUR", "0.05 EUR", "0.5 EUR", "9.99 EUR", "10 EUR", "250.50 EUR", "1500 EUR", "12000 EUR", "0.50 USD", "9 USD", "10.00 USD"} {
		p := added(northwind, migration, 900-i, start)
		if amount != "" {
			p = worth(granted(p, start), amount)
		}
		places = append(places, of(p))
		want = append(want, engagement.RowID(p.ID))
	}
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for _, q := range []query{pages(pageQuery(engagement.TabEligible, 5)), claims(claimsQuery(northwind, 5)), claims(claimsQuery("", 5))} {
		q.Sort = storage.ByAmount
		got, err := walk(ctx, b, q, nil)
		if err := errors.Join(err, same("the order by amount", got, want)); err != nil {
			return err
		}
	}
	return nil
}

// checkClaimsCursors takes away, and moves, the participation that a page ended
// with.
func checkClaimsCursors(ctx context.Context, a, b storage.Store) error {
	for i, change := range []func(p *engagement.Participation){
		func(p *engagement.Participation) { *p = engagement.Participation{} },
		func(p *engagement.Participation) { *p = without(*p) },
		func(p *engagement.Participation) { p.Identity.Name = "Zzz" },
		func(p *engagement.Participation) { p.Identity.Name = "Aaa" },
	} {
		for j, descending := range []bool{false, true} {
			first := 1000 + 20*i + 10*j
			q := claimsQuery(engagement.PartnerID(fmt.Sprintf("partner-%d", first)), 1)
			q.Descending = descending
			var places []engagement.Place
			var rows []engagement.RowID
			for n := range 8 {
				p := added(q.Partner, []engagement.ID{migration, security}[n%2], first+n, start)
				places, rows = append(places, of(p)), append(rows, engagement.RowID(p.ID))
			}
			if descending {
				slices.Reverse(rows)
			}
			if err := a.Apply(ctx, changed(start, places...)); err != nil {
				return err
			}
			if err := nextPage(ctx, a, b, claims(q), rows, func(pl engagement.Place) engagement.Place {
				s, _ := pl.Standing(q.Partner)
				p := s.Participations[0]
				s.Participations = nil
				if change(&p); p.ID != "" {
					s.Participations = []engagement.Participation{p}
				}
				return pl.WithStanding(s)
			}); err != nil {
				return fmt.Errorf("change %d: %w", i, err)
			}
		}
	}
	return nil
}

func checkStableClaims(ctx context.Context, a, b storage.Store) error {
	for i, p := range []engagement.PartnerID{northwind, ""} {
		var places []engagement.Place
		for n := range 24 {
			p := added(northwind, []engagement.ID{migration, security}[i], 100+n, start)
			places = append(places, of(p))
		}
		if err := a.Apply(ctx, changed(start, places...)); err != nil {
			return err
		}
		if err := stable(ctx, b, claims(claimsQuery(p, 5)), func(page int) error {
			came := added(northwind, security, 500+10*i+page, start)
			came.Identity.Name = "Aaa"
			return a.Apply(ctx, changed(start, of(came)))
		}, func(page int) (engagement.RowID, error) {
			if 5*page >= len(places) {
				return "", nil
			}
			left := places[5*page]
			emptied := engagement.Place{Key: left.Key, Version: 1}
			return engagement.RowID(left.Standings[0].Participations[0].ID), a.Apply(ctx, changed(start, emptied))
		}); err != nil {
			return err
		}
	}
	return nil
}

func checkClaimsFilter(ctx context.Context, a, b storage.Store) error {
	places := business(24)
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, ""} {
		if err := narrowed(ctx, b, claims(claimsQuery(p, 4)), participations(places, p), filters); err != nil {
			return fmt.Errorf("the claims of %q: %w", p, err)
		}
	}
	return nil
}

func checkClaimsCounts(ctx context.Context, a, b storage.Store) error {
	places := business(24)
	if err := a.Apply(ctx, changed(start, places...)); err != nil {
		return err
	}
	for _, p := range []engagement.PartnerID{northwind, fabrikam, ""} {
		want := map[string]int{}
		for _, e := range participations(places, p) {
			want[string(e.Status)]++
		}
		for what, f := range filters {
			q := claims(claimsQuery(p, 1))
			q.Filter = f
			got, err := q.ask(ctx, b, q)
			if err := errors.Join(err, same(fmt.Sprintf("the counts of the claims of %q with a filter by %s", p, what), got.Counts, want)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkClaimsCalls(ctx context.Context, a, _ storage.Store) error {
	return errors.Join(invalidCalls(ctx, a, claims(claimsQuery(northwind, 1))), invalidCalls(ctx, a, claims(claimsQuery("", 1))))
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
	pl, err := load(ctx, b, placeOf(migration, 1))
	if err != nil {
		return err
	}
	stored, _ := pl.Participation(northwind, p.ID)
	page, err1 := b.Page(ctx, pageQuery(engagement.TabEligible, 1))
	claims, err2 := b.Claims(ctx, claimsQuery(northwind, 1))
	leased, err3 := lease(ctx, b, start, 2)
	if err := errors.Join(err1, err2, err3); err != nil || len(page.Rows) != 1 || len(claims.Rows) != 1 || len(leased) != 2 {
		return fmt.Errorf("%d rows of a page, %d claims and %d messages are there, not 1, 1 and 2: %v", len(page.Rows), len(claims.Rows), len(leased), err)
	}
	told.Attempts, plain.Attempts = 1, 1
	return errors.Join(
		same("the time of a reminder", stored.RemindAt, p.RemindAt), alike("a participation", stored, p),
		same("the entry of a page", page.Rows[0].Entry, c.Entries[0]), same("the entry of claims", claims.Rows[0].Entry, c.Entries[0]),
		same("the messages", leased, []engagement.Message{told, plain}))
}
