package stress_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
)

// auditor compares what is stored with what was written down.
type auditor struct {
	*testing.T
	*books
	store storage.Store
	desk  *desk
	now   time.Time
	many  int // customers

	shared    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement
	records   map[engagement.RecordKey]engagement.PartnerRecord
	happened  map[string]int // events by kind
	reminders int
}

// audit finishes what the processes have left to do, looks at everything, and
// returns how many reminders there were.
func audit(t *testing.T, d database, b *books, dir string, many int, now time.Time) int {
	t.Helper()
	s, done, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	a := &auditor{
		T: t, books: b, store: s, now: now, many: many, happened: map[string]int{},
		shared:  map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		records: map[engagement.RecordKey]engagement.PartnerRecord{},
	}
	a.finish(filepath.Join(dir, "finish.jsonl"))
	a.chains()
	a.histories()
	a.counts()
	a.outbox()
	verified(t, s, func() time.Time { return a.now })
	return a.reminders
}

// finish sweeps and relays what was under way when the processes ended, an hour
// after every lease.
func (a *auditor) finish(path string) {
	a.Helper()
	file, err := os.Create(path)
	if err != nil {
		a.Fatal(err)
	}
	defer file.Close()
	a.now = a.now.Add(time.Hour).Truncate(time.Microsecond)
	now := func() time.Time { return a.now }
	book := newLedger(a.store, file, now)
	mail := newMailbox()
	mail.sent = book.sent
	if a.desk, err = newDesk(book, mail, now); err != nil {
		a.Fatal(err)
	}
	_, err = a.desk.Jobs.Sweep(a.Context())
	_, err2 := a.desk.Jobs.Relay(a.Context())
	if err := errors.Join(err, err2); err != nil {
		a.Fatal(err)
	}
	book.write(line{What: "end", End: &tally{}})
	if err := book.out.Flush(); err != nil {
		a.Fatal(err)
	}
	a.read(a.T, path)
}

// chains checks that each version of each record, and of what is shared, was written
// once: nobody has overwritten what somebody else had decided.
func (a *auditor) chains() {
	a.Helper()
	written := func(key engagement.RecordKey, is int64) {
		a.Helper()
		written := a.versions[key]
		for v := range max(is, int64(len(written))) {
			if written[v+1] != 1 {
				a.Errorf("version %d of %v was written %d times, and it is at %d", v+1, key, written[v+1], is)
			}
		}
	}
	for e, limit := range limits {
		for n := range a.many {
			want := storage.Want{Ended: true}
			for _, p := range partners {
				want.Records = append(want.Records, engagement.RecordKey{Partner: p.Partner, Engagement: e, Customer: keyOf(n)})
			}
			loaded, err := a.store.Load(a.Context(), want)
			if err != nil {
				a.Fatal(err)
			}
			for key, r := range loaded.Records {
				a.records[key] = r
				written(key, r.Version)
			}
			for key, c := range loaded.Shared {
				a.shared[key] = c
				written(engagement.RecordKey{Engagement: key.Engagement, Customer: key.Customer}, c.Version)
				if granted := c.Granted(a.now); granted > limit {
					a.Errorf("%v has %d consents, and %d is the most", key, granted, limit)
				}
			}
		}
	}
}

// histories checks that each history verifies, that each participation goes from
// status to status in it, and that what was carried out is there, once.
func (a *auditor) histories() {
	a.Helper()
	for _, partner := range partners {
		for n := range a.many {
			var events []engagement.Event
			var err error
			for e, failed := range a.desk.Histories.All(a.Context(), partner.Actor, workflow.HistoryQuery{Customer: keyOf(n)}) {
				if err = failed; err == nil {
					events = append(events, e)
				}
			}
			if err == nil {
				_, err = a.desk.Histories.Verify(a.Context(), partner.Actor, keyOf(n))
			}
			if errors.As(err, new(*workflow.NotFoundError)) {
				continue
			}
			if err != nil {
				a.Errorf("the history of %s with %s: %v", partner.Partner, domainOf(n), err)
			}
			a.history(partner.Partner, n, events)
		}
	}
	for op, kind := range events {
		n, done := a.happened[string(kind)], a.Done[string(kind)]
		if again := op == accept || op == decline || op == withdraw; again && n <= done && (n > 0 || done == 0) {
			continue // the same answer is given again, and done already
		}
		if n != done {
			a.Errorf("%q was carried out %d times, and happened %d times by the histories", kind, a.Done[string(kind)], n)
		}
	}
}

func (a *auditor) history(partner engagement.PartnerID, customer int, events []engagement.Event) {
	a.Helper()
	status := map[engagement.ParticipationID]engagement.Status{}
	times := map[string]int{}
	for _, e := range events {
		a.happened[string(e.Kind)]++
		if e.Participation == "" {
			continue
		}
		if was, ok := status[e.Participation]; ok && e.From != was {
			a.Errorf("%s, %s: %s was %q, and then %q before %q", partner, domainOf(customer), e.Participation, was, e.From, e.Kind)
		}
		status[e.Participation] = e.To
		what := fmt.Sprintf("%q of %s", e.Kind, e.Participation)
		switch e.Kind {
		case engagement.EventConsentSent, engagement.EventMessageFailed, engagement.EventDeadlinePassed: // a link is sent at least once, or to nobody; what is asked for again passes again
			continue
		case engagement.EventReminderDue:
			a.reminders++
			what += fmt.Sprintf(" (%s, %v, day %d)", e.Detail.Reminder, e.Detail.Deadline, slotOf(e.Detail.Deadline, e.At))
		}
		if times[what]++; times[what] > 1 {
			a.Errorf("%s, %s: %s happened %d times", partner, domainOf(customer), what, times[what])
		}
	}
	for _, e := range []engagement.ID{once, twice} {
		for _, p := range a.records[engagement.RecordKey{Partner: partner, Engagement: e, Customer: keyOf(customer)}].Participations {
			if got := p.StatusAt(a.now); got != status[p.ID] {
				a.Errorf("%s, %s: %s is %q, and by the history %q", partner, domainOf(customer), p.ID, got, status[p.ID])
			}
			delete(status, p.ID)
		}
	}
	for id, last := range status {
		a.Errorf("%s, %s: %s is %q by the history, and nowhere else", partner, domainOf(customer), id, last)
	}
}

// slotOf is which of its deadline's reminders one that came at a time is: that of
// the day that was last reached, 14, 7 or 1 before the deadline.
func slotOf(deadline, at time.Time) int {
	for _, days := range []int{1, 7, 14} {
		if !at.Before(deadline.AddDate(0, 0, -days)) {
			return days
		}
	}
	return 0 // too early
}

// outbox checks that every message went out or became pointless, that each
// reminder is one message, and that nobody held what somebody else held.
func (a *auditor) outbox() {
	a.Helper()
	left, err := a.store.Lease(a.Context(), storage.LeaseQuery{Now: a.now.AddDate(1, 0, 0), Until: a.now.AddDate(2, 0, 0), Limit: 10})
	if err != nil || len(left) > 0 {
		a.Errorf("%d messages are left, %v", len(left), err)
	}
	reminded := map[string]engagement.MessageID{}
	reminders := 0
	for id, m := range a.made {
		if a.gone[id] == 0 {
			a.Errorf("message %s (%s) is lost", id, m.Kind)
		}
		if a.sent[id] == 0 && m.Kind != engagement.MessageConsentRequest && m.Deadline.IsZero() {
			a.Errorf("message %s (%s) is out of the outbox, and was never sent", id, m.Kind)
		}
		if !m.Deadline.IsZero() {
			reminders++
			what := fmt.Sprintf("%s, %s, %d days before %v", m.Participation, m.Kind, slotOf(m.Deadline, m.CreatedAt), m.Deadline)
			if other := reminded[what]; other != "" || slotOf(m.Deadline, m.CreatedAt) == 0 {
				a.Errorf("%s: the reminder is message %s, and %q", what, id, other)
			}
			reminded[what] = id
		}
		p, ok := a.records[engagement.RecordKey{Partner: m.Partner, Engagement: m.Engagement, Customer: m.Customer}].Participation(m.Participation)
		if m.Kind == engagement.MessageConsentRequest && a.sent[id] == 0 && (!ok || p.StatusAt(a.now) == engagement.StatusAwaitingConsentResponse) {
			a.Errorf("%s waits for an answer, and its link was never sent", m.Participation)
		}
	}
	if reminders != a.reminders {
		a.Errorf("%d reminders are in histories, and %d messages were made for them", a.reminders, reminders)
	}
	for id := range a.sent {
		if _, ok := a.made[id]; !ok {
			a.Errorf("message %s was sent, and nobody had made it", id)
		}
	}
	for id, leases := range a.leases {
		slices.SortFunc(leases, func(x, y line) int { return cmp.Compare(x.From, y.From) })
		for i := 1; i < len(leases); i++ {
			if leases[i].From < leases[i-1].Until {
				a.Errorf("message %s was handed out again %v before its lease was over", id, time.Duration(leases[i-1].Until-leases[i].From)*time.Microsecond)
			}
		}
	}
}

// counts checks that tabs and claims lists count the rows that they have, and have
// those that the records give.
func (a *auditor) counts() {
	a.Helper()
	rows, tabs := map[string]int{}, map[string]int{}
	claims, statuses := map[string]int{}, map[string]int{}
	for key, r := range a.records {
		for _, e := range r.Entries(a.shared[key.Shared()].RoomFor(key.Partner), a.now) {
			if e.Tab == engagement.TabNone || r.Version == 0 {
				continue
			}
			rows[rowText(e)]++
			tabs[fmt.Sprint(key.Partner, key.Engagement, e.Tab)]++
			if e.Participation == "" {
				continue
			}
			for _, whose := range []engagement.PartnerID{key.Partner, ""} {
				claims[fmt.Sprint(whose, rowText(e))]++
				statuses[fmt.Sprint(whose, e.Status)]++
			}
		}
	}
	gotRows, gotTabs := map[string]int{}, map[string]int{}
	for _, p := range partners {
		for e := range limits {
			a.pages(p.Partner, e, gotRows, gotTabs)
		}
	}
	gotClaims, gotStatuses := map[string]int{}, map[string]int{}
	for _, whose := range []engagement.PartnerID{partners[0].Partner, partners[1].Partner, partners[2].Partner, ""} {
		a.claims(whose, gotClaims, gotStatuses)
	}
	a.same("rows", rows, gotRows)
	a.same("counts of tabs", tabs, gotTabs)
	a.same("claims", claims, gotClaims)
	a.same("counts of statuses", statuses, gotStatuses)
}

func rowText(e engagement.Entry) string {
	return fmt.Sprint(e.Record, e.Row, e.Tab, e.Status, e.Deadline.UnixMicro())
}

// pages reads every tab page by page.
func (a *auditor) pages(partner engagement.PartnerID, e engagement.ID, rows, tabs map[string]int) {
	a.Helper()
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		q := storage.ListQuery{Partner: partner, Engagement: e, Tab: tab, Sort: storage.SortByName, Limit: 100, Now: a.now}
		for more := true; more; {
			page, err := a.store.List(a.Context(), q)
			if err != nil || len(page.Overdue) > 0 {
				a.Fatalf("%v, and %d rows are overdue after a sweep", err, len(page.Overdue))
			}
			for _, r := range page.Rows {
				rows[rowText(r.Entry)]++
				at := q.Sort.PositionOf(r.Entry, nil)
				q.After = &at
			}
			more = page.More
			if n := page.Tabs[tab]; n > 0 {
				tabs[fmt.Sprint(partner, e, tab)] = n
			}
		}
	}
}

// claims reads a claims list page by page.
func (a *auditor) claims(partner engagement.PartnerID, claims, statuses map[string]int) {
	a.Helper()
	q := storage.ListQuery{Partner: partner, Sort: storage.SortByStatus, Limit: 100, Now: a.now}
	for more := true; more; {
		page, err := a.store.List(a.Context(), q)
		if err != nil || len(page.Overdue) > 0 {
			a.Fatalf("%v, and %d rows are overdue after a sweep", err, len(page.Overdue))
		}
		for _, r := range page.Rows {
			claims[fmt.Sprint(partner, rowText(r.Entry))]++
			at := q.Sort.PositionOf(r.Entry, nil)
			q.After = &at
		}
		more = page.More
		for s, n := range page.Statuses {
			if n > 0 {
				statuses[fmt.Sprint(partner, s)] = n
			}
		}
	}
}

func (a *auditor) same(what string, want, got map[string]int) {
	a.Helper()
	if maps.Equal(want, got) {
		return
	}
	for k, n := range want {
		if got[k] != n {
			a.Errorf("%s: %s is there %d times, and %d are meant", what, k, got[k], n)
			return
		}
	}
	a.Errorf("%s: %d are there, and %d are meant", what, len(got), len(want))
}
