package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
)

// torn is a store that cannot read the events with these numbers, and in which somebody
// has changed another one.
type torn struct {
	storage.Store
	lost    []int64
	changed int64
}

func (s torn) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	all, err := s.Store.History(ctx, q)
	errs := []error{err}
	var events []engagement.Event
	for _, e := range all {
		if slices.Contains(s.lost, e.Seq) {
			errs = append(errs, &storage.UnreadableError{Kind: "event", Key: fmt.Sprint("northwind contoso ", e.Seq), Seq: e.Seq, Err: errors.New("torn")})
			continue
		}
		if e.Seq == s.changed {
			e.To = engagement.StatusPaid
		}
		events = append(events, e)
	}
	return events, errors.Join(errs...)
}

// An event that cannot be read is named in its place, wherever it stands and however a
// history is read, and the rest comes and is still verified.
func TestHistoriesWithEventsThatCannotBeRead(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Submitted(p)
	contoso, whole := w.Customer("contoso.com"), spy.Store
	all, _ := history(t, w, "contoso.com")
	last := int64(len(all))
	for _, lost := range [][]int64{{1}, {2}, {last}, {last - 1}, {1, 2}, {2, 3}, {last - 1, last}, {3, 6, 7, last}, {1, last}} {
		for _, newest := range []bool{false, true} {
			for _, limit := range []int{1, 2, 3, 50} {
				t.Run(fmt.Sprint(lost, newest, limit), func(t *testing.T) {
					spy.Store = torn{Store: whole, lost: lost}
					defer func() { spy.Store = whole }()
					var got, unread []int64
					q := workflow.HistoryQuery{Customer: contoso, Newest: newest, Limit: limit}
					for {
						page, err := w.Desk.Histories.List(background, w.Actor, q)
						ok(t, err)
						if len(page.Events)+len(page.Unreadable) > limit {
							t.Fatalf("a page of %d has %d events and %d that cannot be read", limit, len(page.Events), len(page.Unreadable))
						}
						for _, e := range page.Events {
							got = append(got, e.Seq)
						}
						if unread = append(unread, page.Unreadable...); page.Next == "" {
							break
						}
						q.Cursor = page.Next
					}
					var want []int64
					for seq := int64(1); seq <= last; seq++ {
						if !slices.Contains(lost, seq) {
							want = append(want, seq)
						}
					}
					named := slices.Clone(lost)
					if newest {
						slices.Reverse(want)
						slices.Reverse(named)
					}
					equal(t, "the rest", got, want)
					equal(t, "those that cannot be read", unread, named)

					q.Cursor = ""
					events, err := collect(w.Desk.Histories.All(background, w.Actor, q))
					equal(t, "the rest at once", len(events), len(want))
					left := refused[*workflow.UnreadableEventsError](t, err, storage.ErrUnreadable)
					equal(t, "what is left out", []any{left.Count, left.Events}, []any{len(lost), named})
				})
			}
		}
		spy.Store = torn{Store: whole, lost: lost}
		_, err := w.Desk.Histories.Verify(background, w.Actor, contoso)
		if !errors.Is(err, storage.ErrUnreadable) || errors.As(err, new(*engagement.HistoryError)) {
			t.Errorf("%v: it is verified with %v", lost, err)
		}
		equal(t, "how many are named", len(storage.UnreadableIn(err)), len(lost))
		view, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
		var about []int64
		for _, e := range all {
			if e.Participation == p && slices.Contains(lost, e.Seq) {
				about = append(about, e.Seq)
			}
		}
		equal(t, "of the claim", view.UnreadableEvents, about)
		equal(t, "the claim's status", view.Status, engagement.StatusSubmitted)
		spy.Store = whole
	}
}

// What cannot be read hides nothing else: an event that was changed shows, but for the
// one directly behind it, whose hash goes on from what nobody can read.
func TestChangedBesideWhatCannotBeRead(t *testing.T) {
	w, spy := newWorld(t)
	w.Submitted(w.Granted(migration, "ana@contoso.com"))
	contoso, whole := w.Customer("contoso.com"), spy.Store
	all, _ := history(t, w, "contoso.com")
	for seq := range int64(len(all)) + 1 {
		if seq == 0 || seq == 3 || seq == 4 {
			continue
		}
		spy.Store = torn{Store: whole, lost: []int64{3}, changed: seq}
		for _, q := range []workflow.HistoryQuery{{Customer: contoso}, {Customer: contoso, Limit: 2}, {Customer: contoso, Newest: true, Limit: 2}} {
			_, err := collect(w.Desk.Histories.All(background, w.Actor, q))
			refused[*engagement.HistoryError](t, err)
		}
		_, err := w.Desk.Histories.Verify(background, w.Actor, contoso)
		refused[*engagement.HistoryError](t, err)
	}
}
