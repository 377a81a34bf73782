package workflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// PersonNotFoundError says that nobody was erased, because nothing that the actor
// may erase names the person.
type PersonNotFoundError struct {
	Field string // "name" when no contact and no user has that name, else "person"
}

func (e *PersonNotFoundError) Error() string {
	if e.Field == "name" {
		return "name is that of no contact and no user of the partner: give it in full, as it stands with the contact, or give the person's address or user"
	}
	return "nobody was erased, because nothing names the person: give the address, the user or the name under which the partner has the person"
}

// known is where a name is known to be a person's.
type known struct {
	since   time.Time           // whoever writes the name later means the person; zero: whoever writes it
	holders map[tenant.Key]bool // customers of which the person is a contact, or for which it acted
}

// at notes that somebody of the customer's was called so at that time.
func (k *known) at(customer tenant.Key, t time.Time) {
	if k.holders == nil || t.Before(k.since) {
		k.since = t
	}
	if k.holders == nil {
		k.holders = map[tenant.Key]bool{}
	}
	k.holders[customer] = true
}

// find looks for a person of that name: a contact, or a user, of the partner or for
// the Program also one of its own. Nobody is erased by a phrase.
func (r *erasing) find(ctx context.Context, name string) (known, error) {
	var k known
	if r.s.knownPerson != nil {
		is, err := r.s.knownPerson(ctx, r.actor, name)
		if err != nil || is {
			return k, unavailable("list of persons", err)
		}
	}
	var lost []error // what is reported when a person was looked for in them
	for batch, err := range r.s.customers(ctx, storage.CustomersQuery{Partner: r.actor.Partner, Limit: customersBatch}) {
		if err != nil {
			return k, err
		}
		lost = batch.keep(lost)
		for _, c := range batch.list {
			err := r.s.findIn(ctx, r.actor, r.erasure, c, &k)
			if errors.Is(err, storage.ErrUnreadable) {
				lost, err = engine.KeepErrors(lost, []error{ofCustomer(c.Key.Customer, err)}), nil
			}
			if err != nil {
				return k, err
			}
		}
		r.at.Done += len(batch.list) + len(batch.lost)
		r.tell()
	}
	switch {
	case r.side == claim.SideProgram && len(k.holders) == 0:
		k.since = never
	case r.side == claim.SideProgram:
		k.since = time.Time{}
	case len(k.holders) == 0:
		return k, errors.Join(append(lost, &PersonNotFoundError{Field: "name"})...)
	}
	return k, nil
}

// findIn looks for a person of that name with one customer.
func (s *Service) findIn(ctx context.Context, actor Actor, x erasure, c engagement.Customer, k *known) error {
	for _, n := range c.Named {
		if slices.ContainsFunc(slices.Concat(n.Customer, n.Partner), func(c link.Contact) bool { return x.calls(c.Name) }) {
			k.at(c.Key.Customer, s.now()) // since when is not recorded
		}
	}
	events, lost := s.history(ctx, c)
	if lost != nil && !errors.Is(lost, storage.ErrUnreadable) {
		return lost
	}
	want := storage.Want{Ended: true}
	for _, e := range events {
		key := c.Key.In(e.Engagement)
		if e.Participation != "" && !slices.Contains(want.Records, key) {
			want.Records = append(want.Records, key)
		}
		if e.Person == nil {
			continue
		}
		if x.mayErase(e.By) && e.Kind != engagement.EventPersonErased && x.calls(e.Person.User) {
			k.at(e.Customer, e.At)
		}
		for _, to := range e.Person.Contacts {
			if local, _, _ := strings.Cut(to.String(), "@"); x.calls(local) {
				k.at(e.Customer, e.At)
			}
		}
	}
	if len(want.Records) == 0 {
		return lost
	}
	loaded, err := s.store.Load(ctx, want)
	if err != nil {
		return unavailable("storage", err)
	}
	for _, r := range loaded.Records {
		lost = errors.Join(lost, r.ErrUnreadable(""))
		for _, p := range r.Participations {
			for _, l := range p.Links() {
				if x.calls(l.Contact.Name) {
					k.at(p.Customer, l.IssuedAt)
				}
			}
			if slices.ContainsFunc(slices.Concat(p.Consent.Partner, p.Consent.Customer), func(c link.Contact) bool { return x.calls(c.Name) }) {
				k.at(p.Customer, s.now()) // since when is not recorded
			}
		}
	}
	return lost
}

// calls reports whether a text is the name, and nothing else.
func (x erasure) calls(text string) bool {
	return text != "" && len(x.words) > 0 && slices.Equal(wordsOf(text), x.words)
}

// isUser reports whether a user is the person.
func (x erasure) isUser(user string) bool { return user != "" && (user == x.user || x.calls(user)) }

// wordsOf returns the words of a name, folded, whatever stands between them.
func wordsOf(name string) []string {
	return text.FindWords(name)
}

// mayErase reports whether what a side did and wrote is for the actor to erase: the
// program's is the program's.
func (x erasure) mayErase(by engagement.Party) bool {
	return x.side == claim.SideProgram || by != engagement.ByProgram
}

// sideOf is the side of a claim that a party is on; "" is the customer's, and the
// clock's.
func sideOf(by engagement.Party) claim.Side {
	switch by {
	case engagement.ByPartner:
		return claim.SidePartner
	case engagement.ByProgram:
		return claim.SideProgram
	}
	return ""
}

// never is after everything that was written.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// own takes the person out of what the partner wrote, whenever that was.
func (x erasure) own(text string) string { return x.clean(text, claim.SidePartner, time.Time{}) }

// clean takes the person out of what a side wrote at a time. A name it takes out of
// others' words only where these were written when the name was known to be a
// person's: else a partner could name somebody after what it wants to be gone.
func (x erasure) clean(text string, by claim.Side, at time.Time) string {
	if by == x.side || x.since.IsZero() || at.After(x.since) {
		return x.scrub(text)
	}
	all := x.scrub(text)
	if x.words = nil; x.scrub(text) != all && x.spared != nil {
		*x.spared++
	}
	return x.scrub(text)
}

// left reports whether an event that only the program may erase names the person.
func (x erasure) left(e engagement.Event) bool {
	return !x.mayErase(e.By) && e.Person != nil && (e.Person.Names("", x.email) || x.quotedIn(e.Person.Why))
}
