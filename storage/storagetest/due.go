package storagetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func dueCases() []Case {
	return []Case{
		{"due", "Due returns the records whose Wake is at or before now, the longest overdue first, then by key, at most limit.", checkDue},
		{"due of some", "Due of a partner, or in an engagement, returns that partner's records, or those of that engagement, and no others.", checkDueOfSome},
		{"wake", "Due goes by Wake, the earliest of the deadlines and reminders of all of a record's participations.", checkWake},
		{"overdue", "An entry whose Until is at or before Now is neither in Rows nor in counts but in Overdue; that of another partner which waits for room too, when the consent that takes the room runs out.", checkOverdue},
		{"overdue claims", "Of claims, Overdue has the partner's overdue participations, by key; they are neither in Rows nor in counts.", checkOverdueClaims},
		{"overdue whatever", "Overdue has every overdue entry of the list, on whatever tab, TabNone too, and whatever the filter.", checkOverdueWhatever},
		{"behind", "A list with more than MaxOverdue overdue entries says that it is behind, and nothing else.", checkBehind},
		{"reminders", "A reminder that is due makes no entry overdue.", checkReminders},
	}
}

// recordsOf are northwind's records of these customers in the migration.
func recordsOf(customers ...int) []engagement.RecordKey {
	var out []engagement.RecordKey
	for _, n := range customers {
		out = append(out, recordOf(northwind, migration, n))
	}
	return out
}

func dueAt(ctx context.Context, s storage.Store, now time.Time, limit int) ([]engagement.RecordKey, error) {
	return s.Due(ctx, storage.DueQuery{Now: now, Limit: limit})
}

func checkDue(ctx context.Context, a, b storage.Store) error {
	scenes := []scene{known(northwind, migration, 9, "No deadline", start)}
	for i, n := range []int{4, 1, 3, 2} {
		scenes = append(scenes, of(added(northwind, migration, n, start.Add(-day*[]time.Duration{0, 0, 2, 1}[i]))))
	}
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	end := start.Add(30 * day)
	before, err1 := dueAt(ctx, b, end.Add(-time.Microsecond), 10)
	at, err2 := dueAt(ctx, b, end, 10)
	some, err3 := dueAt(ctx, b, end, 2)
	if err := errors.Join(err1, err2, err3, same("due a microsecond before the deadline", before, recordsOf(3, 2)),
		same("due at the deadline", at, recordsOf(3, 2, 1, 4)), same("due, two of them,", some, recordsOf(3, 2))); err != nil {
		return err
	}
	was, err := load(ctx, a, keyOf(migration, 3))
	if err != nil {
		return err
	}
	is, err := settled(was, end)
	if err := errors.Join(err, a.Apply(ctx, becoming(end, was, is))); err != nil {
		return err
	}
	some, err = dueAt(ctx, b, end, 1)
	_, err2 = dueAt(ctx, b, end, 0)
	return errors.Join(err, same("due after the first is settled", some, recordsOf(2)), matches("Due with a limit of 0", err2, storage.ErrInvalid))
}

// settled is a scene in which all that has passed is recorded.
func settled(s scene, now time.Time) (scene, error) {
	for _, r := range s.records {
		_, passed, err := r.Settle(now)
		if err != nil {
			return s, err
		}
		for _, p := range passed {
			s = s.enter(p.After)
		}
	}
	return s, nil
}

func checkDueOfSome(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, of(added(northwind, migration, 1, start), added(fabrikam, migration, 1, start)),
		of(added(northwind, security, 1, start)), of(added(fabrikam, security, 2, start)))); err != nil {
		return err
	}
	var errs []error
	for _, try := range []struct {
		partner engagement.PartnerID
		in      engagement.ID
		want    []engagement.RecordKey
	}{
		{"", "", []engagement.RecordKey{recordOf(fabrikam, migration, 1), recordOf(northwind, migration, 1), recordOf(northwind, security, 1), recordOf(fabrikam, security, 2)}},
		{northwind, "", []engagement.RecordKey{recordOf(northwind, migration, 1), recordOf(northwind, security, 1)}},
		{"", security, []engagement.RecordKey{recordOf(northwind, security, 1), recordOf(fabrikam, security, 2)}},
		{fabrikam, migration, []engagement.RecordKey{recordOf(fabrikam, migration, 1)}},
		{"nobody", "", nil},
	} {
		got, err := b.Due(ctx, storage.DueQuery{Now: start.Add(30 * day), Limit: 9, Partner: try.partner, Engagement: try.in})
		errs = append(errs, err, same(fmt.Sprintf("what is due of partner %q in engagement %q", try.partner, try.in), append([]engagement.RecordKey(nil), got...), try.want))
	}
	return errors.Join(errs...)
}

// reminded is a participation of which its partner is to be reminded at a time.
func reminded(p engagement.Participation, at time.Time) engagement.Participation {
	p.RemindAt = at
	return p
}

// without is a participation that has ended, so that no deadline runs.
func without(p engagement.Participation) engagement.Participation {
	p.Consent.Status = consent.StatusDeclined
	return p
}

func checkWake(ctx context.Context, a, b storage.Store) error {
	in := func(days int) time.Time { return start.Add(time.Duration(days) * day) }
	if err := a.Apply(ctx, changed(start,
		of(reminded(added(northwind, migration, 1, start), in(20))),   // before its deadline
		of(reminded(added(northwind, migration, 2, in(-20)), in(25))), // after its deadline
		of(reminded(added(northwind, migration, 3, start), in(5))),
		of(reminded(added(northwind, migration, 4, in(-5)), in(3)), added(fabrikam, migration, 4, in(-29))), // another partner's is its own affair
		of(reminded(added(northwind, migration, 5, start), in(5))),                                          // at the same time as another
		of(added(northwind, migration, 6, in(-28))),
		of(reminded(without(added(northwind, migration, 7, start)), in(1))), // of nothing that runs
	)); err != nil {
		return err
	}
	wakes := func(now time.Time, customers ...int) error {
		got, err := b.Due(ctx, storage.DueQuery{Now: now, Limit: 10, Partner: northwind})
		return errors.Join(err, same("what is due at "+now.String(), append([]engagement.RecordKey(nil), got...), recordsOf(customers...)))
	}
	if err := errors.Join(wakes(in(2).Add(-time.Microsecond)), wakes(in(2), 6), wakes(in(3), 6, 4), wakes(in(5), 6, 4, 3, 5),
		wakes(in(10), 6, 4, 3, 5, 2), wakes(in(20).Add(-time.Microsecond), 6, 4, 3, 5, 2), wakes(in(90), 6, 4, 3, 5, 2, 1)); err != nil {
		return err
	}
	// A reminder goes, so that the deadline is left, or another one comes later.
	for _, next := range []struct {
		customer int
		at       time.Time
	}{{3, time.Time{}}, {5, in(25)}, {1, time.Time{}}} {
		was, err := load(ctx, a, keyOf(migration, next.customer))
		if err != nil {
			return err
		}
		p := reminded(was.record(northwind).Participations[0], next.at)
		if err := a.Apply(ctx, becoming(start, was, was.enter(p))); err != nil {
			return err
		}
	}
	return errors.Join(wakes(in(20), 6, 4, 2), wakes(in(25), 6, 4, 2, 5), wakes(in(30), 6, 4, 2, 5, 1, 3))
}

// waiting is a scene in which a customer that northwind knows waits until fabrikam's
// consent, which takes the only place, runs out.
func waiting(n int) scene {
	return known(northwind, migration, n, "Waits for Fabrikam", start).enter(granted(added(fabrikam, migration, n, start), start))
}

// runsOut is when the consent of waiting does.
func runsOut() time.Time { return waiting(1).shared.Holders[0].Until }

func checkOverdue(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start,
		known(northwind, migration, 1, "One", start),
		of(added(northwind, migration, 2, start)),
		of(added(northwind, migration, 3, start.Add(day))),
		known(northwind, migration, 4, "Sees Fabrikam", start).enter(added(fabrikam, migration, 4, start)), // which takes no room
		of(added(fabrikam, migration, 5, start)),
		of(added(northwind, security, 6, start)),
		waiting(7),
	)); err != nil {
		return err
	}
	end, free := start.Add(30*day), runsOut()
	return errors.Join(
		inTime(ctx, b, pageOf(engagement.TabEligible, 10), []moment{
			{end.Add(-time.Microsecond), "2 3 1 4", "", map[string]int{"eligible": 4, "ineligible": 1}},
			{end, "3 1 4", "2", map[string]int{"eligible": 3, "ineligible": 1}},
			{end.Add(day), "1 4", "2 3", map[string]int{"eligible": 2, "ineligible": 1}},
			{free, "1 4", "2 3 7", map[string]int{"eligible": 2}},
		}),
		inTime(ctx, b, pageOf(engagement.TabIneligible, 10), []moment{
			{free.Add(-time.Microsecond), "7", "2 3", map[string]int{"eligible": 2, "ineligible": 1}},
			{free, "", "2 3 7", map[string]int{"eligible": 2}},
		}))
}

func checkOverdueClaims(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start,
		known(northwind, migration, 1, "One", start),
		of(added(northwind, migration, 2, start)),
		of(added(northwind, migration, 3, start.Add(day))),
		known(northwind, migration, 4, "Sees Fabrikam", start).enter(added(fabrikam, migration, 4, start)),
		of(without(added(northwind, migration, 5, start)), added(fabrikam, migration, 5, start)),
		of(added(northwind, security, 1, start)),
		of(without(added(northwind, security, 7, start))),
	)); err != nil {
		return err
	}
	end := start.Add(30 * day)
	const open, over = string(engagement.StatusCustomerClaimed), string(engagement.StatusConsentDeclined)
	return errors.Join(
		inTime(ctx, b, claimsOf(northwind, 10), []moment{
			{end.Add(-time.Microsecond), "1 2 3 5 7", "", map[string]int{open: 3, over: 2}},
			{end, "3 5 7", "2 1", map[string]int{open: 1, over: 2}},
			{end.Add(day), "5 7", "2 3 1", map[string]int{over: 2}},
		}),
		inTime(ctx, b, claimsOf(fabrikam, 10), []moment{
			{end.Add(-time.Microsecond), "4 5", "", map[string]int{open: 2}},
			{end, "", "4 5", map[string]int{}},
		}),
		inTime(ctx, b, claimsOf("", 10), []moment{
			{end.Add(-time.Microsecond), "1 2 3 4 5 5 7", "", map[string]int{open: 5, over: 2}},
			{end, "3 5 7", "2 4 5 1", map[string]int{open: 1, over: 2}},
		}))
}

func checkOverdueWhatever(ctx context.Context, a, b storage.Store) error {
	scenes := []scene{
		known(northwind, migration, 1, "One", start).enter(added(northwind, migration, 1, start)), // its own entry is on TabNone until then
		waiting(2), known(northwind, migration, 3, "Three", start), of(added(fabrikam, migration, 4, start)),
	}
	if err := a.Apply(ctx, changed(start, scenes...)); err != nil {
		return err
	}
	want := entriesOf(scenes, func(e engagement.Entry) bool { return e.Record.Partner == northwind && !e.Until.IsZero() })
	slices.SortFunc(want, func(a, b engagement.Entry) int { return cmp.Or(a.Record.Compare(b.Record), cmp.Compare(a.Row, b.Row)) })
	q := pageOf(engagement.TabComplete, 1)
	q.Now, q.Filter.Words, q.After = start.Add(1000*day), engagement.SearchWords("nobody"), &storage.Position{Text: "zzz", Row: "zzz"}
	page, err := b.List(ctx, q)
	var got []engagement.Entry
	for _, row := range page.Overdue {
		got = append(got, row.Entry)
	}
	q = claimsOf(northwind, 1)
	q.Now, q.Filter.Engagements = start.Add(1000*day), []engagement.ID{}
	claims, err2 := b.List(ctx, q)
	return errors.Join(err, err2, same("the number of overdue entries", len(got), 3), alike("the overdue entries", got, want),
		same("the overdue claims", rowsOf(claims.Overdue), []engagement.RowID{"northwind-azure-migration-1"}))
}

func checkBehind(ctx context.Context, a, b storage.Store) error {
	var scenes []scene
	for n := range 4 {
		scenes = append(scenes, of(added(northwind, migration, 1+n, start.Add(time.Duration(n)*day))))
	}
	if err := a.Apply(ctx, changed(start, append(scenes, known(northwind, migration, 9, "Nine", start))...)); err != nil {
		return err
	}
	var errs []error
	for _, q := range []storage.ListQuery{pageOf(engagement.TabEligible, 10), claimsOf(northwind, 10), claimsOf("", 10)} {
		for overdue := range 5 {
			q.Now, q.MaxOverdue = start.Add(time.Duration(29+overdue)*day), 2
			list, err := b.List(ctx, q)
			errs = append(errs, err, same(fmt.Sprintf("whether a list with %d overdue entries is behind", overdue), list.Behind, overdue > 2))
			if overdue > 2 {
				errs = append(errs, same("what else is told", len(list.Rows)+len(list.Overdue)+len(counts(list)), 0))
			} else {
				errs = append(errs, same("the number of overdue entries", len(list.Overdue), overdue))
			}
		}
		q.MaxOverdue = 0
		list, err := b.List(ctx, q)
		errs = append(errs, err, same("whether a list without a bound is behind", list.Behind, false), same("its overdue entries", len(list.Overdue), 4))
	}
	return errors.Join(errs...)
}

func checkReminders(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start,
		of(reminded(added(northwind, migration, 1, start), start.Add(20*day))),
		known(northwind, migration, 2, "Two", start).enter(reminded(without(added(northwind, migration, 2, start)), start.Add(20*day))),
	)); err != nil {
		return err
	}
	const open, over = string(engagement.StatusCustomerClaimed), string(engagement.StatusConsentDeclined)
	page := map[string]int{string(engagement.TabEligible): 2, string(engagement.TabOff): 1}
	both := map[string]int{open: 1, over: 1}
	reminder, deadline := start.Add(20*day), start.Add(30*day)
	return errors.Join(
		inTime(ctx, b, pageOf(engagement.TabEligible, 10), []moment{
			{reminder, "1 2", "", page}, {deadline.Add(-time.Microsecond), "1 2", "", page},
			{deadline, "2", "1", map[string]int{string(engagement.TabEligible): 1, string(engagement.TabOff): 1}},
		}),
		inTime(ctx, b, claimsOf(northwind, 10), []moment{
			{reminder, "1 2", "", both}, {deadline, "2", "1", map[string]int{over: 1}},
		}),
		inTime(ctx, b, claimsOf("", 10), []moment{
			{reminder, "1 2", "", both}, {deadline, "2", "1", map[string]int{over: 1}},
		}))
}
