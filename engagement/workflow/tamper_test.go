package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// rewritten is a store in which somebody has rewritten customers and
// participations, whose histories are as they were.
type rewritten struct {
	storage.Store
	customer      func(*engagement.Customer)
	participation func(*engagement.Participation)
}

func (s *rewritten) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, want)
	for key, c := range loaded.Customers {
		if s.customer != nil {
			s.customer(&c)
		}
		loaded.Customers[key] = c
	}
	for key, r := range loaded.Records {
		for _, p := range r.Participations {
			if s.participation != nil {
				s.participation(&p)
			}
			r = r.WithParticipation(p)
		}
		loaded.Records[key] = r
	}
	return loaded, err
}

// toldBy is what each way to see a history says is wrong with it.
func toldBy(w *workflowtest.World, p engagement.ParticipationID) map[string]error {
	key := w.Customer("contoso.com")
	_, verified := w.Desk.Histories.Verify(background, w.Actor, key)
	_, viewed := w.Desk.Claims.Get(background, w.Actor, p)
	out := map[string]error{"verification": verified, "claim": viewed}
	for _, newest := range []bool{false, true} {
		for _, limit := range []int{1, 2, 3, 50} {
			name := fmt.Sprintf("pages of %d, newest first %v", limit, newest)
			for _, err := range w.Desk.Histories.All(background, w.Actor, workflow.HistoryQuery{Customer: key, Newest: newest, Limit: limit}) {
				out[name] = err
			}
		}
	}
	return out
}

// A history whose end was cut off in the customer's record shows, in every view of
// it, while the events stand behind the end; and in what knows them, the claim and
// the verification, when they are gone as well.
func TestCutEndShows(t *testing.T) {
	f, s := &forger{}, &rewritten{}
	w, spied := newWorld(t)
	f.Store, s.Store, spied.Store = spied.Store, f, s
	p := w.Granted(migration, "ana@contoso.com")
	events, _ := history(t, w, "contoso.com")
	for cut := range len(events) {
		var head engagement.Head
		if cut > 0 {
			head = engagement.Head{Seq: int64(cut), Hash: events[cut-1].Hash}
		}
		s.customer = func(c *engagement.Customer) { c.History = head }
		for where, err := range toldBy(w, p) {
			if e := refused[*engagement.HistoryError](t, err); e.Seq != int64(cut) {
				t.Errorf("%s: cut behind event %d, and %v", where, cut, e)
			}
		}
		f.forge = func(es []engagement.Event) []engagement.Event { return es[:min(cut, len(es))] }
		seen := toldBy(w, p)
		refused[*engagement.HistoryError](t, seen["verification"])
		if cut < 4 { // by the fifth, the customer became known, which is no event of the claim
			refused[*engagement.HistoryError](t, seen["claim"])
		}
		f.forge = nil
	}
	s.customer = func(c *engagement.Customer) { c.History.Hash[0]++ }
	for where, err := range toldBy(w, p) {
		if e := refused[*engagement.HistoryError](t, err); e.Seq != int64(len(events)) {
			t.Errorf("%s: another end, and %v", where, e)
		}
	}
	s.customer = nil
	for where, err := range toldBy(w, p) {
		if err != nil {
			t.Errorf("%s: honest, and %v", where, err)
		}
	}
}

// What is stored and is not what the history led to shows.
func TestStateNotLedToShows(t *testing.T) {
	s := &rewritten{}
	w, spied := newWorld(t)
	s.Store, spied.Store = spied.Store, s
	p := reached(t, w, migration, engagement.StatusApproved)
	for name, rewrite := range map[string]func(*engagement.Participation){
		"declined beside granted":    func(p *engagement.Participation) { p.Consent.Status = consent.StatusDeclined },
		"another answer":             func(p *engagement.Participation) { p.Consent.Answer.At = p.Consent.Answer.At.Add(time.Hour) },
		"another status":             func(p *engagement.Participation) { p.Claim.Status = claim.StatusPaid },
		"more approved":              func(p *engagement.Participation) { p.Claim.Approved = money(t, "9000.00 USD") },
		"another document":           func(p *engagement.Participation) { p.Claim.Evidence[0].SHA256 = p.Claim.Evidence[1].SHA256 },
		"no document":                func(p *engagement.Participation) { p.Claim.Evidence = p.Claim.Evidence[1:] },
		"a later deadline":           func(p *engagement.Participation) { p.Claim.ReviewBy = p.Claim.ReviewBy.AddDate(0, 0, 1) },
		"through another location":   func(p *engagement.Participation) { p.Location = "4711202" },
		"another event that did it":  func(p *engagement.Participation) { p.Recorded.Hash[0]++ },
		"an event that is not there": func(p *engagement.Participation) { p.Recorded.Seq += 100 },
	} {
		s.participation = func(p *engagement.Participation) {
			if p.Claim != nil {
				c := *p.Claim
				c.Evidence = slices.Clone(c.Evidence)
				p.Claim = &c
				rewrite(p)
			}
		}
		_, err := w.Desk.Histories.Verify(background, w.Actor, w.Customer("contoso.com"))
		e := refused[*engagement.HistoryError](t, err)
		view, err := w.Desk.Claims.Get(background, w.Actor, p)
		equal(t, name+": where the claim says so", *refused[*engagement.HistoryError](t, err), *e)
		equal(t, name+": the claim is there", view.ID, p)
	}
	s.participation = nil

	for name, rewrite := range map[string]func(*engagement.Customer){
		"not known":             func(c *engagement.Customer) { c.KnownSince = time.Time{} },
		"known since yesterday": func(c *engagement.Customer) { c.KnownSince = c.KnownSince.AddDate(0, 0, -1) },
		"disassociated":         func(c *engagement.Customer) { c.DisassociatedAt = c.KnownSince },
	} {
		s.customer = rewrite
		_, err := w.Desk.Histories.Verify(background, w.Actor, w.Customer("contoso.com"))
		if err == nil {
			t.Errorf("a customer that is %s is what the history led to", name)
		}
	}
}

// A participation that the history tells of and is gone shows.
func TestMissingParticipationShows(t *testing.T) {
	w, s := newWorld(t)
	w.Granted(migration, "ana@contoso.com")
	s.Store = &emptied{s.Store}
	_, err := w.Desk.Histories.Verify(background, w.Actor, w.Customer("contoso.com"))
	refused[*engagement.HistoryError](t, err)
}

// emptied is a store whose participations are gone.
type emptied struct{ storage.Store }

func (s *emptied) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, want)
	for key, r := range loaded.Records {
		r.Participations = nil
		loaded.Records[key] = r
	}
	return loaded, err
}

// Whoever rewrites everything that is stored, from some event on, is found out by
// a head that was kept elsewhere.
func TestKeptHeads(t *testing.T) {
	w, _ := newWorld(t)
	w.Added(migration, "ana@contoso.com")
	key := w.Customer("contoso.com")
	var kept []engagement.Head
	keep := func() {
		for h, err := range w.Desk.Histories.Heads(background, w.Actor) {
			ok(t, err)
			if h.Customer == key {
				kept = append(kept, h.Head)
			}
		}
	}
	keep()
	w.Cancelled(w.Rows(migration, engagement.TabEligible)[0].Participation)
	keep()
	head, err := w.Desk.Histories.Verify(background, w.Actor, key, append(kept, engagement.Head{})...)
	ok(t, err)
	equal(t, "what was kept last", kept, []engagement.Head{kept[0], head})

	other, _ := newWorld(t) // the same, made anew
	other.Advance(time.Second)
	other.Cancelled(other.Added(migration, "ana@contoso.com"))
	_, err = other.Desk.Histories.Verify(background, other.Actor, key)
	ok(t, err)
	_, err = other.Desk.Histories.Verify(background, other.Actor, key, kept...)
	equal(t, "where", refused[*engagement.HistoryError](t, err).Seq, int64(1))
	shorter := engagement.Head{Seq: 3, Hash: head.Hash}
	_, err = w.Desk.Histories.Verify(background, w.Actor, key, shorter)
	equal(t, "where it ends", refused[*engagement.HistoryError](t, err).Seq, int64(2))
}

// Pages of any size, from either end, are the whole history, also when it goes on
// meanwhile; a cursor is for its own list.
func TestHistoryPages(t *testing.T) {
	w, spied := newWorld(t)
	reached(t, w, migration, engagement.StatusApproved)
	whole, _ := history(t, w, "contoso.com")
	key := w.Customer("contoso.com")
	for _, newest := range []bool{false, true} {
		want := slices.Clone(whole)
		if newest {
			slices.Reverse(want)
		}
		for limit := 1; limit <= len(whole)+1; limit++ {
			var got []engagement.Event
			query, pages := workflow.HistoryQuery{Customer: key, Newest: newest, Limit: limit}, 0
			for next := true; next; next = query.Cursor != "" {
				page, err := w.Desk.Histories.List(background, w.Actor, query)
				ok(t, err)
				if len(page.Events) > limit {
					t.Fatalf("a page of %d has %d events", limit, len(page.Events))
				}
				equal(t, "the head", page.Head, engagement.Head{Seq: whole[len(whole)-1].Seq, Hash: whole[len(whole)-1].Hash})
				got, query.Cursor, pages = append(got, page.Events...), page.Next, pages+1
			}
			equal(t, fmt.Sprintf("pages of %d, newest first %v", limit, newest), got, want)
			equal(t, "how many pages", pages, (len(whole)+limit-1)/limit)
		}
	}

	first, err := w.Desk.Histories.List(background, w.Actor, workflow.HistoryQuery{Customer: key, Limit: 2})
	ok(t, err)
	back, err := w.Desk.Histories.List(background, w.Actor, workflow.HistoryQuery{Customer: key, Limit: 2, Newest: true})
	ok(t, err)
	equal(t, "the newest", back.Events[0], whole[len(whole)-1])
	w.Claimed(workshop, "contoso.com") // it goes on
	for _, page := range []struct {
		q    workflow.HistoryQuery
		want []engagement.Event
	}{
		{workflow.HistoryQuery{Customer: key, Limit: 2, Cursor: first.Next}, whole[2:4]},
		{workflow.HistoryQuery{Customer: key, Limit: 1, Newest: true, Cursor: back.Next}, whole[len(whole)-3 : len(whole)-2]},
	} {
		got, err := w.Desk.Histories.List(background, w.Actor, page.q)
		ok(t, err)
		equal(t, "the page goes on", got.Events, page.want)
	}
	unchanged(t, spied, func() {
		for _, q := range []workflow.HistoryQuery{
			{Customer: key, Cursor: "x"}, {Customer: key, Newest: true, Cursor: first.Next}, {Customer: w.Customer("adatum.com"), Cursor: first.Next},
			{Customer: key, Cursor: first.Next + "A"}, {Customer: key, Cursor: back.Next},
		} {
			_, err := w.Desk.Histories.List(background, w.Actor, q)
			refused[*workflow.InvalidCursorError](t, err)
		}
		for _, limit := range []int{-1, 1001} {
			_, err := w.Desk.Histories.List(background, w.Actor, workflow.HistoryQuery{Customer: key, Limit: limit})
			equal(t, "the field", refused[*workflow.InputError](t, err).Field, "limit")
		}
	})
}

// A claim is shown without reading the rest of a long history.
func TestClaimReadsItsOwnEvents(t *testing.T) {
	w, s := newWorld(t)
	for range 200 {
		w.Cancelled(w.Added(migration, "ana@contoso.com"))
	}
	p := w.Granted(migration, "ana@contoso.com")
	c := &counted{Store: s.Store}
	s.Store = c
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	if len(view.History) != 4 || c.events > 10 {
		t.Errorf("%d events were read for %d", c.events, len(view.History))
	}
}

// counted counts the events that are read.
type counted struct {
	storage.Store
	events int
}

func (s *counted) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events, err := s.Store.History(ctx, q)
	s.events += len(events)
	return events, err
}
