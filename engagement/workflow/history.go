package workflow

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

const historyBatch = 500

// Participation returns a participation of the partner as it is now, or a
// *ForbiddenError, a *NotFoundError or an *UnavailableError. So do Status,
// ConsentEvidence and Receipt.
func (s *Service) Participation(ctx context.Context, actor Actor, id engagement.ParticipationID) (engagement.Participation, error) {
	p, err := s.unit(storage.CommandRecord{}).participation(ctx, actor, ViewCustomers, id)
	p.ActedFor = nil
	return p, err
}

// Status returns the status of a participation of the partner at this moment.
func (s *Service) Status(ctx context.Context, actor Actor, id engagement.ParticipationID) (engagement.Status, error) {
	u := s.unit(storage.CommandRecord{})
	p, err := u.participation(ctx, actor, ViewCustomers, id)
	if err != nil {
		return "", err
	}
	return p.StatusAt(u.now), nil
}

// ConsentEvidence returns what proves a participation's consent: each sending and each
// answer, joined by the IDs of the links.
func (s *Service) ConsentEvidence(ctx context.Context, actor Actor, id engagement.ParticipationID) ([]consent.Evidence, error) {
	p, err := s.unit(storage.CommandRecord{}).participation(ctx, actor, ViewHistory, id)
	return p.Consent.Evidence(), err
}

// Receipt returns a receipt of a participation's consent along ISO/IEC TS 27560,
// to be written as JSON. The details are what only the host can say; without a
// RecordID, ReceiptID or IssuedAt the receipt gets the participation's ID, a new
// one and the present. The error for details that lack what the specification
// makes mandatory is consent's.
func (s *Service) Receipt(ctx context.Context, actor Actor, id engagement.ParticipationID, details consent.ReceiptDetails) (consent.Receipt, error) {
	u := s.unit(storage.CommandRecord{})
	p, err := u.participation(ctx, actor, ViewHistory, id)
	if err != nil {
		return consent.Receipt{}, err
	}
	if details.RecordID == "" {
		details.RecordID = string(p.ID)
	}
	if details.ReceiptID == "" {
		details.ReceiptID = u.newID()
	}
	if details.IssuedAt.IsZero() {
		details.IssuedAt = u.now
	}
	return consent.NewReceipt(p.Consent, details)
}

// History returns everything that happened between the partner and a customer,
// the oldest first, after checking that nothing in it was changed, left out or
// put in. It returns an *engagement.HistoryError, together with the events, when
// something was.
//
// Within a Scope that is not the whole partner it checks all of it as well, and
// returns what concerns the customer itself and participations through the scope's
// locations; a customer of which that is nothing is not found.
func (s *Service) History(ctx context.Context, actor Actor, customer tenant.Key) ([]engagement.Event, error) {
	scope, err := s.authorize(ctx, actor, ViewHistory)
	if err != nil {
		return nil, err
	}
	key := actor.customerKey(customer)
	loaded, err := s.store.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
	if err != nil {
		return nil, unavailable("storage", err)
	}
	c, ok := loaded.Customers[key]
	if !ok {
		return nil, &NotFoundError{Field: "customer", Value: string(customer)}
	}
	events, err := s.history(ctx, c)
	if err != nil {
		return nil, err
	}
	broken := engagement.VerifyHistory(events, c.History)
	if events, err = s.historyWithin(ctx, scope, events); err != nil {
		return nil, err
	}
	if len(events) == 0 && !scope.All() {
		return nil, &NotFoundError{Field: "customer", Value: string(customer)}
	}
	return events, broken
}

// historyWithin leaves out the events of participations through locations that are
// not in the scope.
func (s *Service) historyWithin(ctx context.Context, scope Scope, events []engagement.Event) ([]engagement.Event, error) {
	if scope.All() {
		return events, nil
	}
	var want storage.Want
	for _, e := range events {
		key := engagement.PlaceKey{Engagement: e.Engagement, Customer: e.Customer}
		if e.Participation != "" && !slices.Contains(want.Places, key) {
			want.Places = append(want.Places, key)
		}
	}
	loaded, err := s.store.Load(ctx, want)
	if err != nil {
		return nil, unavailable("storage", err)
	}
	return slices.DeleteFunc(events, func(e engagement.Event) bool {
		if e.Participation == "" {
			return false
		}
		p, ok := loaded.Places[engagement.PlaceKey{Engagement: e.Engagement, Customer: e.Customer}].Participation(e.Partner, e.Participation)
		return !ok || !scope.Has(p.Location)
	}), nil
}

// history reads the events up to the head that the customer was loaded with:
// what was appended since then is not asked for.
func (s *Service) history(ctx context.Context, c engagement.Customer) ([]engagement.Event, error) {
	var events []engagement.Event
	for int64(len(events)) < c.History.Seq {
		var after int64
		if len(events) > 0 {
			after = events[len(events)-1].Seq
		}
		limit := min(c.History.Seq-int64(len(events)), historyBatch)
		batch, err := s.store.History(ctx, c.Key, after, int(limit))
		if err != nil {
			return nil, unavailable("storage", err)
		}
		if len(batch) == 0 {
			break
		}
		events = append(events, batch...)
	}
	return events, nil
}
