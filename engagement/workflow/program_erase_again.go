package workflow

import (
	"context"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// RepeatErasure does again what [ProgramDesk.ErasePerson] has done, in a storage that
// was restored from a backup in which the person still is. It goes by what the history
// says of it: the Erased of the Person of an [engagement.EventPersonErased], which
// [FeedDesk.Read] returns with and without Persons. A host that follows the feed keeps
// these events where the backup does not reach, and repeats each of them after a
// restore, in any order. They have digests and no name, so what is kept names nobody.
//
// It finds the person whose digests these are, by address and user at the customers who
// name them, by name at all of the partner's customers, and erases that person as the
// actor, who has to be of the event's partner, or the Program for it. Nobody found is
// no error: the person is erased, and the result is zero. What it cannot find again is
// a name that no contact and no user has; whoever erased by one has to keep it.
//
// It returns the errors of ErasePerson except *[PersonNotFoundError], and an
// *[InputError] for an event that identifies nobody: it was recorded without
// Options.PersonSecret, or with another one.
func (d *ProgramDesk) RepeatErasure(ctx context.Context, actor Actor, erased engagement.Erased, progress func(Progress)) (ErasureResult, error) {
	if err := d.s.authorizeAll(ctx, actor, MayErasePersons); err != nil {
		return ErasureResult{}, err
	}
	problem := ""
	switch {
	case erased.IsZero():
		problem = "says nothing of who was erased: it was recorded when there was no key for that"
	case erased.Key != d.s.persons.ID():
		problem = "says who was erased by another key than the one that there is now"
	}
	if problem != "" {
		return ErasureResult{}, &InputError{Field: "erased", Problem: problem}
	}
	person, err := d.s.whoWasErased(ctx, actor.Partner, erased)
	if err != nil || person == (Person{}) {
		return ErasureResult{}, err
	}
	return d.ErasePerson(ctx, actor, person, progress)
}

// whoWasErased looks for whom the digests are.
func (s *Service) whoWasErased(ctx context.Context, partner engagement.PartnerID, erased engagement.Erased) (Person, error) {
	var person Person
	q := storage.CustomersQuery{Partner: partner, Limit: customersBatch}
	if erased.Name.IsZero() {
		var all []engagement.PersonDigest
		for _, d := range []engagement.PersonDigest{erased.Address, erased.User} {
			if !d.IsZero() {
				all = append(all, d)
			}
		}
		q.Naming = engagement.Persons{Key: erased.Key}.With(all)
	}
	name := func(name string) {
		if words := wordsOf(name); len(words) > 0 && s.persons.Name(partner, strings.Join(words, " ")) == erased.Name {
			person.Name = name
		}
	}
	mentions := engagement.Mentions{
		Address: func(e tenant.Email) {
			if s.persons.Address(partner, e) == erased.Address {
				person.Email = e.String()
			}
			local, _, _ := strings.Cut(e.String(), "@")
			name(local)
		},
		User: func(user string) {
			if s.persons.User(partner, user) == erased.User {
				person.User = user
			}
			name(user)
		},
		Name: name,
	}
	for batch, err := range s.customers(ctx, q) {
		if err != nil {
			return Person{}, err
		}
		for _, c := range batch.list {
			// What cannot be read of one is told by the erasure, which looks there, too.
			if err := s.tellMentions(ctx, c, mentions); err != nil {
				return Person{}, err
			}
		}
	}
	return person, nil
}

// tellMentions tells of whomever is named in what can be read of a customer.
func (s *Service) tellMentions(ctx context.Context, c engagement.Customer, m engagement.Mentions) error {
	m.Customer(c)
	events, lost := s.history(ctx, c)
	if _, err := storage.Unreadable(lost); err != nil {
		return err
	}
	want := storage.Want{Ended: true}
	seen := map[engagement.RecordKey]bool{}
	for _, e := range events {
		m.Event(e)
		if key := c.Key.In(e.Engagement); e.Participation != "" && !seen[key] {
			seen[key] = true
			want.Records = append(want.Records, key)
		}
	}
	if len(want.Records) == 0 {
		return nil
	}
	loaded, err := s.store.Load(ctx, want)
	if err != nil {
		return unavailable("storage", err)
	}
	for _, r := range loaded.Records {
		m.Record(r)
	}
	return nil
}
