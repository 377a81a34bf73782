package storagetest

import (
	"context"
	"errors"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func dueCases() []Case {
	return []Case{
		{"due", "Due returns the places whose Wake is at or before now, the longest overdue first, then by key, at most limit.", checkDue},
		{"wake", "Due goes by Wake, the earliest of a place's deadlines and reminders.", checkWake},
		{"overdue", "The entries of a place that is due at or before Now are neither in Rows nor in Counts; the place is in Overdue.", checkOverdue},
		{"overdue claims", "Of claims, Overdue are the due places with participations of this partner, by key; their entries are neither in Rows nor in Counts.", checkOverdueClaims},
		{"reminders", "A place whose only deadline is a reminder's is not overdue.", checkReminders},
	}
}

func checkDue(ctx context.Context, a, b storage.Store) error {
	var c storage.Changes
	for i, n := range []int{4, 1, 3, 2} {
		more := changed(start, engagement.Place{Key: placeOf(migration, n)}.WithParticipation(added(northwind, migration, n, start.Add(-day*[]time.Duration{0, 0, 2, 1}[i]))))
		c.Places, c.Entries = append(c.Places, more.Places...), append(c.Entries, more.Entries...)
	}
	more := changed(start, known(northwind, migration, 9, "No deadline", start))
	c.Places, c.Entries = append(c.Places, more.Places...), append(c.Entries, more.Entries...)
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	end := start.Add(30 * day)
	before, err1 := b.Due(ctx, end.Add(-time.Microsecond), 10)
	at, err2 := b.Due(ctx, end, 10)
	some, err3 := b.Due(ctx, end, 2)
	if err := errors.Join(err1, err2, err3, same("due a microsecond before the deadline", before, []engagement.PlaceKey{placeOf(migration, 3), placeOf(migration, 2)}),
		same("due at the deadline", at, []engagement.PlaceKey{placeOf(migration, 3), placeOf(migration, 2), placeOf(migration, 1), placeOf(migration, 4)}),
		same("due, two of them,", some, []engagement.PlaceKey{placeOf(migration, 3), placeOf(migration, 2)})); err != nil {
		return err
	}
	pl, err := load(ctx, a, placeOf(migration, 3))
	if err != nil {
		return err
	}
	settled, _, err := pl.Settle(end)
	if err := errors.Join(err, a.Apply(ctx, changed(end, settled))); err != nil {
		return err
	}
	some, err = b.Due(ctx, end, 1)
	return errors.Join(err, same("due after the first is settled", some, []engagement.PlaceKey{placeOf(migration, 2)}))
}

// reminded is a participation of which its partner is to be reminded at a time.
func reminded(p engagement.Participation, at time.Time) engagement.Participation {
	p.RemindAt = at
	return p
}

// without is a participation that has ended, so that no deadline runs.
func without(p engagement.Participation) engagement.Participation {
	p.Consent.Status = consent.Declined
	return p
}

func of(participations ...engagement.Participation) engagement.Place {
	pl := engagement.Place{Key: engagement.PlaceKey{Engagement: participations[0].Engagement, Customer: participations[0].Customer}, ClaimLimit: 1}
	for _, p := range participations {
		pl = pl.WithParticipation(p)
	}
	return pl
}

func checkWake(ctx context.Context, a, b storage.Store) error {
	in := func(days int) time.Time { return start.Add(time.Duration(days) * day) }
	if err := a.Apply(ctx, changed(start,
		of(reminded(added(northwind, migration, 1, start), in(20))),   // before its deadline
		of(reminded(added(northwind, migration, 2, in(-20)), in(25))), // after its deadline
		of(reminded(added(northwind, migration, 3, start), in(5))),
		of(added(northwind, migration, 4, in(-5)), reminded(added(fabrikam, migration, 4, start), in(3))),         // of one of two
		of(reminded(added(northwind, migration, 5, start), in(5)), without(added(fabrikam, migration, 5, start))), // at the same time as another
		of(added(northwind, migration, 6, in(-28))),
		of(reminded(without(added(northwind, migration, 7, start)), in(1))), // of nothing that runs
	)); err != nil {
		return err
	}
	wakes := func(now time.Time, customers ...int) error {
		var want []engagement.PlaceKey
		for _, n := range customers {
			want = append(want, placeOf(migration, n))
		}
		got, err := b.Due(ctx, now, 10)
		return errors.Join(err, same("what is due at "+now.String(), got, want))
	}
	if err := errors.Join(wakes(in(2).Add(-time.Microsecond)), wakes(in(2), 6), wakes(in(3), 6, 4), wakes(in(5), 6, 4, 3, 5),
		wakes(in(10), 6, 4, 3, 5, 2), wakes(in(20).Add(-time.Microsecond), 6, 4, 3, 5, 2), wakes(in(90), 6, 4, 3, 5, 2, 1)); err != nil {
		return err
	}
	// A reminder goes, so that the deadline is left, or another one comes later.
	for _, next := range []struct {
		place int
		at    time.Time
	}{{3, time.Time{}}, {5, in(25)}, {1, time.Time{}}} {
		pl, err := load(ctx, a, placeOf(migration, next.place))
		if err != nil {
			return err
		}
		p := reminded(pl.Standings[len(pl.Standings)-1].Participations[0], next.at)
		if err := a.Apply(ctx, changed(start, pl.WithParticipation(p))); err != nil {
			return err
		}
	}
	return errors.Join(wakes(in(20), 6, 4, 2), wakes(in(25), 6, 4, 2, 5), wakes(in(30), 6, 4, 2, 5, 1, 3))
}

func checkOverdue(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start,
		known(northwind, migration, 1, "One", start),
		of(added(northwind, migration, 2, start)),
		of(added(northwind, migration, 3, start.Add(day))),
		known(northwind, migration, 4, "Waits for Fabrikam", start).WithParticipation(added(fabrikam, migration, 4, start)),
		of(added(fabrikam, migration, 5, start)),
		of(added(northwind, security, 6, start)),
	)); err != nil {
		return err
	}
	end := start.Add(30 * day)
	return inTime(ctx, b, pages(pageQuery(engagement.TabEligible, 10)), []moment{
		{end.Add(-time.Microsecond), "2 3 1 4", "", map[string]int{"eligible": 4}},
		{end, "3 1", "2 4", map[string]int{"eligible": 2}},
		{end.Add(day), "1", "2 3 4", map[string]int{"eligible": 1}},
	})
}

func checkOverdueClaims(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start,
		known(northwind, migration, 1, "One", start),
		of(added(northwind, migration, 2, start)),
		of(added(northwind, migration, 3, start.Add(day))),
		known(northwind, migration, 4, "Waits for Fabrikam", start).WithParticipation(added(fabrikam, migration, 4, start)),
		of(without(added(northwind, migration, 5, start)), added(fabrikam, migration, 5, start)),
		of(added(northwind, security, 1, start)),
		of(without(added(northwind, security, 7, start))),
	)); err != nil {
		return err
	}
	end := start.Add(30 * day)
	const open, over = string(engagement.CustomerClaimed), string(engagement.CustomerConsentDeclined)
	return errors.Join(
		inTime(ctx, b, claims(claimsQuery(northwind, 10)), []moment{
			{end.Add(-time.Microsecond), "1 2 3 5 7", "", map[string]int{open: 3, over: 2}},
			{end, "3 7", "2 5 1", map[string]int{open: 1, over: 1}},
			{end.Add(day), "7", "2 3 5 1", map[string]int{over: 1}},
		}),
		inTime(ctx, b, claims(claimsQuery(fabrikam, 10)), []moment{
			{end.Add(-time.Microsecond), "4 5", "", map[string]int{open: 2}},
			{end, "", "4 5", map[string]int{}},
		}),
		inTime(ctx, b, claims(claimsQuery("", 10)), []moment{
			{end.Add(-time.Microsecond), "1 2 3 4 5 5 7", "", map[string]int{open: 5, over: 2}},
			{end, "3 7", "2 4 5 1", map[string]int{open: 1, over: 1}},
		}))
}

func checkReminders(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start,
		of(reminded(added(northwind, migration, 1, start), start.Add(20*day))),
		known(northwind, migration, 2, "Two", start).WithParticipation(reminded(without(added(northwind, migration, 2, start)), start.Add(20*day))),
	)); err != nil {
		return err
	}
	const open, over = string(engagement.CustomerClaimed), string(engagement.CustomerConsentDeclined)
	page := map[string]int{string(engagement.TabEligible): 2, string(engagement.TabOff): 1}
	both := map[string]int{open: 1, over: 1}
	reminder, deadline := start.Add(20*day), start.Add(30*day)
	return errors.Join(
		inTime(ctx, b, pages(pageQuery(engagement.TabEligible, 10)), []moment{
			{reminder, "1 2", "", page}, {deadline.Add(-time.Microsecond), "1 2", "", page},
			{deadline, "2", "1", map[string]int{string(engagement.TabEligible): 1, string(engagement.TabOff): 1}},
		}),
		inTime(ctx, b, claims(claimsQuery(northwind, 10)), []moment{
			{reminder, "1 2", "", both}, {deadline, "2", "1", map[string]int{over: 1}},
		}),
		inTime(ctx, b, claims(claimsQuery("", 10)), []moment{
			{reminder, "1 2", "", both}, {deadline, "2", "1", map[string]int{over: 1}},
		}))
}
