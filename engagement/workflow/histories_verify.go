package workflow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// CustomerHead is where the history with a customer ends: how many events it has,
// and the last one's hash.
type CustomerHead struct {
	Partner  engagement.PartnerID `json:"partner"`
	Customer tenant.Key           `json:"customer"`
	Head     engagement.Head      `json:"head"`
}

// Heads yields where the histories with all customers of the actor's partner end or,
// for the Program where it names no partner, those of all partners. Somebody who can
// write everything that is stored can write histories that hold together, but none that
// hold a head which the host keeps out of their reach. Keep heads from time to time,
// and give them to [HistoriesDesk.Verify].
//
// An error ends it. The [Scope] has to be the whole partner.
func (d *HistoriesDesk) Heads(ctx context.Context, actor Actor) iter.Seq2[CustomerHead, error] {
	s := d.s
	return func(yield func(CustomerHead, error) bool) {
		scope, err := s.overAll(ctx, actor, MayViewHistory)
		if err == nil && !scope.All() {
			err = &ForbiddenError{Permission: MayViewHistory, Why: errAllLocations}
		}
		if err != nil {
			yield(CustomerHead{}, err)
			return
		}
		var lost []error
		for batch, err := range s.customers(ctx, storage.CustomersQuery{Partner: actor.Partner, Limit: customersBatch}) {
			if err != nil {
				yield(CustomerHead{}, err)
				return
			}
			for _, c := range batch.list {
				if !yield(CustomerHead{c.Key.Partner, c.Key.Customer, c.History}, nil) {
					return
				}
			}
			lost = batch.keep(lost)
		}
		if len(lost) > 0 {
			yield(CustomerHead{}, errors.Join(lost...))
		}
	}
}

// Verify reads the whole history with a customer, which may have any
// length, and checks it and what it led to, and returns where it ends:
//
//   - that no event was changed, left out, put in or moved,
//   - that it was not cut off at the end: neither the customer's record nor any
//     participation knows a later event, and none stands behind its end,
//   - that every participation that is stored, and every one that it tells of, is in
//     the state to which it led, see engagement.VerifyParticipation, and the customer
//     itself, see engagement.VerifyCustomer,
//   - that it still holds the heads that the host has kept.
//
// Somebody who can write everything that is stored, and knows this library, can
// rewrite a history from some event on, with all that it led to; only a kept head
// shows that. Names, addresses and what people wrote are covered by no hash but that
// of the event that records them, and only until they are erased.
//
// It returns a *ForbiddenError, a *NotFoundError, an *UnavailableError or an
// *engagement.HistoryError; and, when the rest holds together, the
// *storage.UnreadableErrors of what cannot be read, which is no tampering. A Scope has to
// be the whole partner.
func (d *HistoriesDesk) Verify(ctx context.Context, actor Actor, customer tenant.Key, kept ...engagement.Head) (engagement.Head, error) {
	s := d.s
	ctx = storage.Current(ctx) // a copy of the storage proves nothing
	scope, err := s.authorize(ctx, actor, MayViewHistory)
	if err == nil && !scope.All() {
		err = &ForbiddenError{Permission: MayViewHistory, Why: errAllLocations}
	}
	if err != nil {
		return engagement.Head{}, err
	}
	c, err := s.customer(ctx, actor.customerKey(customer))
	if err != nil {
		return engagement.Head{}, err
	}
	all, err := s.engagements(ctx)
	if err != nil {
		return engagement.Head{}, err
	}
	v := verification{
		reading: reading{key: c.Key, head: c.History, limit: historyBatch},
		about:   map[engagement.ParticipationID]engagement.Event{}, lost: map[int64]error{}, records: map[engagement.RecordKey]bool{}, kept: kept,
	}
	for _, e := range all {
		v.records[c.Key.In(e.ID)] = true
	}
	// What the histories led to is read after the events, and they may have gone on
	// meanwhile.
	for range engine.MaxAttempts {
		for v.done = false; !v.done; {
			page, err := s.read(ctx, &v.reading)
			if err == nil {
				err = v.take(page)
			}
			if err != nil {
				return v.at, err
			}
		}
		loaded, err := s.store.Load(ctx, v.want())
		if err != nil {
			return v.at, unavailable("storage", err)
		}
		if c, err = customerIn(loaded, c.Key); err != nil {
			return v.at, err
		}
		if v.head = c.History; v.head == v.at {
			return v.at, s.verifyState(ctx, &v, loaded)
		}
		if v.head.Seq <= v.at.Seq {
			return v.at, &engagement.HistoryError{Seq: v.head.Seq, Problem: "by the customer's record it ends here, and it goes on: its end was cut off"}
		}
	}
	return v.at, &UnavailableError{Source: "storage", Err: errors.New("the history goes on faster than it is read")}
}

const historyBatch = 500

// verification is a whole history that is being verified. Of each thing that the
// history is about it keeps the last event only.
type verification struct {
	reading
	about   map[engagement.ParticipationID]engagement.Event
	known   []engagement.Event // that the customer became known, and the last one about the customer itself
	lost    map[int64]error    // events that cannot be read
	records map[engagement.RecordKey]bool
	kept    []engagement.Head
}

// take notes what events lead to, and holds them to the kept heads.
func (v *verification) take(page stretch) error {
	maps.Copy(v.lost, page.why)
	for _, e := range page.events {
		for _, h := range v.kept {
			if h.Seq == e.Seq && h.Hash != e.Hash {
				return notHeld(h)
			}
		}
		switch {
		case e.Participation != "":
			v.about[e.Participation] = e
			v.records[e.Record()] = true
		case len(v.known) == 0 || v.known[0].Kind != engagement.EventCustomerKnown:
			v.known = []engagement.Event{e}
		default:
			v.known = []engagement.Event{v.known[0], e}
		}
	}
	return nil
}

func notHeld(h engagement.Head) error {
	return &engagement.HistoryError{Seq: h.Seq, Problem: "this is not the event that was kept: the history was written anew"}
}

// want is the state to which the history may have led, all at one moment.
func (v *verification) want() storage.Want {
	return storage.Want{
		Customers: []engagement.CustomerKey{v.key}, Records: slices.SortedFunc(maps.Keys(v.records), engagement.RecordKey.Compare), Ended: true,
	}
}

// verifyState holds what is stored to the whole history that was read.
func (s *Service) verifyState(ctx context.Context, v *verification, loaded storage.Loaded) error {
	for _, h := range v.kept {
		if h.Seq > v.at.Seq {
			return &engagement.HistoryError{Seq: v.at.Seq, Problem: fmt.Sprintf("it ends here, and event %d was kept: its end was cut off", h.Seq)}
		}
	}
	if len(v.lost) == 0 { // else what the customer was led to may be among them
		if err := engagement.VerifyCustomer(loaded.Customers[v.key], v.known); err != nil {
			return err
		}
	}
	var lost []error
	for _, seq := range slices.Sorted(maps.Keys(v.lost)) {
		lost = engine.KeepErrors(lost, []error{v.lost[seq]})
	}
	for _, key := range slices.SortedFunc(maps.Keys(v.records), engagement.RecordKey.Compare) {
		r := loaded.Records[key]
		if err := r.ErrUnreadable(""); err != nil {
			lost = append(lost, err)
			maps.DeleteFunc(v.about, func(id engagement.ParticipationID, last engagement.Event) bool {
				return last.Engagement == key.Engagement && r.ErrUnreadable(id) != nil
			})
		}
		for _, p := range r.Participations {
			if r.ErrUnreadable(p.ID) != nil {
				continue
			}
			last, told := v.about[p.ID]
			delete(v.about, p.ID)
			if v.lost[p.Recorded.Seq] != nil || !told && len(v.lost) > 0 { // what led to it is not known
				continue
			}
			events := []engagement.Event{last}
			if told && p.Recorded.Seq != last.Seq && p.Recorded.Seq > 0 {
				recorded, err := s.store.History(ctx, storage.HistoryQuery{Customer: v.key, After: p.Recorded.Seq - 1, Before: p.Recorded.Seq + 1, Limit: 1})
				if err != nil {
					return unavailable("storage", err)
				}
				events = append(recorded, last)
			}
			if err := engagement.VerifyParticipation(p, events); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(v.about)) {
		return &engagement.HistoryError{Seq: v.about[id].Seq, Problem: fmt.Sprintf("participation %s, of which it tells, is not stored", id)}
	}
	s.tellUnreadable(ctx, errors.Join(lost...))
	return errors.Join(lost...)
}
