package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Person is somebody whose data is to be erased: a contact by e-mail address, a
// user by the name that the host gave in Actor.User, or both.
type Person struct {
	Email string
	User  string
}

// Erased counts what ErasePerson took a person out of.
type Erased struct {
	Participations int
	Events         int
}

// ErasePerson takes a person out of what the partner keeps: contacts, links,
// evidence, history and messages that have not gone out. Histories still verify,
// and the proof that somebody consented, when and to what, stays. It goes through
// all of the partner's customers, one after the other, each whole or not at all;
// erasing again continues where it stopped, so it takes no idempotency key.
func (s *Service) ErasePerson(ctx context.Context, actor Actor, person Person) (Erased, error) {
	var done Erased
	if err := s.authorize(ctx, actor, ErasePersons); err != nil {
		return done, err
	}
	var email tenant.Email
	if person.Email != "" {
		var err error
		if email, err = tenant.ParseEmail(person.Email); err != nil {
			return done, &InputError{Field: "email", Problem: err.Error(), Err: err}
		}
	} else if person.User == "" {
		return done, &InputError{Field: "person", Problem: "is not named: give an e-mail address or a user"}
	}
	if !email.IsZero() {
		unsent := storage.Changes{Unsent: []storage.Recipient{{Partner: actor.Partner, To: email}}}
		if err := s.store.Apply(ctx, unsent); err != nil {
			return done, unavailable("storage", err)
		}
	}
	for batch, err := range s.customers(ctx, storage.CustomersQuery{Partner: actor.Partner, Limit: customersBatch}) {
		if err != nil {
			return done, err
		}
		for _, c := range batch {
			n, err := attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (Erased, error) {
				return u.erase(ctx, actor, c.Key, person.User, email)
			})
			if err != nil {
				return done, err
			}
			done.Participations += n.Participations
			done.Events += n.Events
		}
	}
	return done, nil
}

// erase takes a person out of one customer's history and participations. Every
// participation has an event, so the history tells where they are.
func (u *unit) erase(ctx context.Context, actor Actor, key engagement.CustomerKey, user string, email tenant.Email) (Erased, error) {
	var done Erased
	if _, err := u.load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}}); err != nil {
		return done, err
	}
	events, err := u.s.history(ctx, u.customers[key])
	if err != nil {
		return done, err
	}
	where := map[engagement.PlaceKey]bool{}
	for _, e := range events {
		if e.Participation != "" {
			where[engagement.PlaceKey{Engagement: e.Engagement, Customer: key.Customer}] = true
		}
		if e.Person.About(user, email) {
			u.changes.Erased = append(u.changes.Erased, e.Erase())
			done.Events++
		}
	}
	if !email.IsZero() {
		if done.Participations, err = u.eraseContact(ctx, actor, where, email); err != nil {
			return done, err
		}
	}
	if done != (Erased{}) {
		u.customerEvent(engagement.Event{Kind: engagement.PersonErased, By: engagement.ByPartner}, key)
	}
	return done, nil
}

func (u *unit) eraseContact(ctx context.Context, actor Actor, where map[engagement.PlaceKey]bool, email tenant.Email) (int, error) {
	var want storage.Want
	for key := range where {
		want.Places = append(want.Places, key)
	}
	if len(want.Places) == 0 {
		return 0, nil
	}
	if _, err := u.load(ctx, want); err != nil {
		return 0, err
	}
	n := 0
	for _, key := range want.Places {
		standing, _ := u.place(key).Standing(actor.Partner)
		for _, p := range standing.Participations {
			next, found := p.Consent.Erase(email)
			if !found {
				continue
			}
			p.Consent = next
			u.putParticipation(p)
			n++
		}
	}
	return n, nil
}
