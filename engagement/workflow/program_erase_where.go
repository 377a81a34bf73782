package workflow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// erasing is an erasure on its way through the customers of the actor's partner.
type erasing struct {
	s     *Service
	actor Actor
	erasure
	progress func(Progress) // may be nil

	at   Progress
	done ErasureResult
	left []error // rows that cannot be read: whom they name nobody knows
}

// everywhere erases the person wherever it may be: at the customers who name its address
// or user or, by a name, at all of them. Its error is what stopped it.
func (r *erasing) everywhere(ctx context.Context, name string) error {
	q := storage.CustomersQuery{Partner: r.actor.Partner, Limit: customersBatch}
	if name == "" {
		q.Naming = r.s.personsOf(r.actor.Partner, r.erasure)
		return r.customers(ctx, q, nil)
	}
	last, err := r.find(ctx, name)
	if err != nil {
		return err
	}
	r.since = last.since
	if err := r.customers(ctx, q, last.holders); err != nil {
		return err
	}
	// Those by whom the name is known come last: as long as there is anything left
	// to erase, erasing again finds the name.
	for _, key := range slices.Sorted(maps.Keys(last.holders)) {
		if err := r.customer(ctx, key); err != nil {
			return err
		}
	}
	r.tell()
	return nil
}

// customers erases the person from those that a query asks for, but for some.
func (r *erasing) customers(ctx context.Context, q storage.CustomersQuery, besides map[tenant.Key]bool) error {
	for batch, err := range r.s.customers(ctx, q) {
		if err != nil {
			return err
		}
		r.left = batch.keep(r.left)
		r.at.Done, r.at.Failed = r.at.Done+len(batch.lost), r.at.Failed+len(batch.lost)
		for _, c := range batch.list {
			if besides[c.Key.Customer] {
				continue
			}
			if err := r.customer(ctx, c.Key.Customer); err != nil {
				return err
			}
		}
		r.tell()
	}
	return nil
}

// customer erases the person from one customer.
func (r *erasing) customer(ctx context.Context, customer tenant.Key) error {
	var lost error
	n, err := attempt(ctx, r.s, func(u *unit) (ErasureResult, error) {
		n, err := u.erase(ctx, r.actor, engagement.CustomerKey{Partner: r.actor.Partner, Customer: customer}, r.erasure)
		lost = errors.Join(u.lost...)
		return n, err
	})
	if errors.Is(err, storage.ErrUnreadable) {
		err, lost = nil, err
	}
	if err != nil {
		return err
	}
	r.at.Done++
	if lost != nil { // others are erased all the same
		r.s.tellUnreadable(ctx, lost)
		r.left = engine.KeepErrors(r.left, []error{ofCustomer(customer, lost)})
		r.at.Failed++
	}
	if n.Participations+n.Events+n.renamed > 0 {
		r.at.Changed++
	}
	r.done.Participations += n.Participations
	r.done.Events += n.Events
	r.done.Left += n.Left
	r.done.renamed += n.renamed
	return nil
}

func (r *erasing) tell() {
	if r.progress != nil {
		r.progress(r.at)
	}
}

// personsOf returns the digests of whom to erase, but for a name: by that nobody is found.
func (s *Service) personsOf(partner engagement.PartnerID, x erasure) engagement.Persons {
	var all []engagement.PersonDigest
	if !x.email.IsZero() {
		all = append(all, s.persons.Address(partner, x.email))
	}
	if x.user != "" {
		all = append(all, s.persons.User(partner, x.user))
	}
	return engagement.Persons{Key: s.persons.ID()}.With(all)
}

// erasedDigests is how the history says whom to erase: nothing without a secret.
func (s *Service) erasedDigests(partner engagement.PartnerID, x erasure) engagement.Erased {
	if !s.persons.Secret() {
		return engagement.Erased{}
	}
	e := engagement.Erased{Key: s.persons.ID()}
	if !x.email.IsZero() {
		e.Address = s.persons.Address(partner, x.email)
	}
	if x.user != "" {
		e.User = s.persons.User(partner, x.user)
	}
	if len(x.words) > 0 {
		e.Name = s.persons.Name(partner, strings.Join(x.words, " "))
	}
	return e
}

// lookThrough notes who is named with a customer after an erasure: by the events as they
// were before, and the records as they are. Where something cannot be read, nobody has
// looked.
func (u *unit) lookThrough(key engagement.CustomerKey, events []engagement.Event, where map[engagement.RecordKey]bool) {
	var next engagement.Persons
	if len(u.lost) == 0 {
		c := u.Customer(key)
		next = engagement.Persons{Key: u.s.persons.ID()}.With(u.s.persons.Digests(key.Partner, func(m engagement.Mentions) {
			m.Customer(c)
			for _, e := range events {
				if !slices.ContainsFunc(u.Changes.Erased, func(o engagement.Event) bool { return o.Seq == e.Seq }) {
					m.Event(e)
				}
			}
			for at := range where {
				m.Record(u.Record(at))
			}
		}))
	}
	if !next.Equal(u.Customer(key).Persons) {
		u.PutPersons(u.Customer(key), next)
	}
}
