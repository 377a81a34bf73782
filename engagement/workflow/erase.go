package workflow

import (
	"context"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent"
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

// LogValue hides the person.
func (Person) LogValue() slog.Value { return slog.StringValue("[person]") }

// Erased counts what ErasePerson took a person out of.
type Erased struct {
	Participations int
	Events         int
}

// ErasePerson takes a person out of what the partner keeps: contacts, links,
// evidence, history, reasons that quote the address and messages that have not
// gone out. Histories still verify, and the proof that somebody consented, when
// and to what, stays. It goes through all of the partner's customers, one after
// the other, each whole or not at all; erasing again continues where it stopped,
// so it takes no idempotency key.
//
// It returns what it did, with a *ForbiddenError, an *InputError or an
// *UnavailableError.
func (s *Service) ErasePerson(ctx context.Context, actor Actor, person Person) (Erased, error) {
	var done Erased
	if err := s.authorize(ctx, actor, ErasePersons); err != nil {
		return done, err
	}
	x, err := newErasure(person)
	if err != nil {
		return done, err
	}
	for batch, err := range s.customers(ctx, storage.CustomersQuery{Partner: actor.Partner, Limit: customersBatch}) {
		if err != nil {
			return done, err
		}
		for _, c := range batch {
			n, err := attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (Erased, error) {
				return u.erase(ctx, actor, c.Key, x)
			})
			if err != nil {
				return done, err
			}
			done.Participations += n.Participations
			done.Events += n.Events
		}
	}
	if x.email.IsZero() {
		return done, nil
	}
	// Nobody queues another message now; this drops those to an address that was
	// in no participation any more.
	return done, s.report(ctx, storage.Changes{Unsent: []storage.Recipient{{Partner: actor.Partner, To: x.email}}})
}

// erasure is whom to erase, by either or both.
type erasure struct {
	user   string
	email  tenant.Email
	quoted *regexp.Regexp // the address within a text, in whatever case; nil without an address
}

func newErasure(person Person) (erasure, error) {
	x := erasure{user: plain(person.User)}
	if person.Email == "" {
		if person.User == "" {
			return x, &InputError{Field: "person", Problem: "is not named: give an e-mail address or a user"}
		}
		return x, nil
	}
	var err error
	if x.email, err = tenant.ParseEmail(person.Email); err != nil {
		return x, &InputError{Field: "email", Problem: "cannot be read: " + err.Error(), Err: err}
	}
	ascii, domain := x.email.String(), x.email.Domain()
	unicode := strings.TrimSuffix(ascii, domain.String()) + domain.Unicode()
	x.quoted, err = regexp.Compile("(?i)" + regexp.QuoteMeta(ascii) + "|" + regexp.QuoteMeta(unicode))
	return x, err
}

// event reports whether an event names the person, or quotes the address.
func (x erasure) event(e engagement.Event) bool {
	return e.Person.About(x.user, x.email) || e.Person != nil && x.quotedIn(e.Person.Why)
}

func (x erasure) quotedIn(text string) bool { return x.quoted != nil && x.quoted.MatchString(text) }

// scrub takes the address out of a text.
func (x erasure) scrub(text string) string {
	if x.quoted == nil {
		return text
	}
	return x.quoted.ReplaceAllLiteralString(text, "[erased]")
}

// erase takes a person out of one customer's history and participations. Every
// participation has an event, so the history tells where they are.
func (u *unit) erase(ctx context.Context, actor Actor, key engagement.CustomerKey, x erasure) (Erased, error) {
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
		if x.event(e) {
			u.changes.Erased = append(u.changes.Erased, e.Erase())
			done.Events++
		}
	}
	if !x.email.IsZero() {
		if done.Participations, err = u.eraseContact(ctx, actor, where, x); err != nil {
			return done, err
		}
	}
	if done != (Erased{}) {
		by := &engagement.Person{User: actor.User}
		if x.user != "" && plain(actor.User) == x.user {
			by = nil // who erases themselves leaves no trace by it
		}
		u.customerEvent(engagement.Event{Kind: engagement.PersonErased, By: engagement.ByPartner, Person: by}, key)
	}
	return done, nil
}

// eraseContact takes a contact out of participations, and out of messages to
// them: from then on nobody queues another.
func (u *unit) eraseContact(ctx context.Context, actor Actor, where map[engagement.PlaceKey]bool, x erasure) (int, error) {
	want := storage.Want{Places: slices.SortedFunc(maps.Keys(where), comparePlaces)}
	if len(want.Places) == 0 {
		return 0, nil
	}
	if _, err := u.load(ctx, want); err != nil {
		return 0, err
	}
	n := 0
	spellings := map[tenant.Email]bool{}
	for _, key := range want.Places {
		standing, _ := u.place(key).Standing(actor.Partner)
		for _, p := range standing.Participations {
			for _, to := range addresses(p.Consent) {
				if strings.EqualFold(to.String(), x.email.String()) {
					spellings[to] = true
				}
			}
			next, found := p.Consent.Erase(x.email)
			if !found && !x.quotedIn(p.Reason) {
				continue
			}
			p.Consent, p.Reason = next, x.scrub(p.Reason)
			u.putParticipation(p)
			n++
		}
	}
	for to := range spellings {
		u.changes.Unsent = append(u.changes.Unsent, storage.Recipient{Partner: actor.Partner, To: to})
	}
	return n, nil
}

// addresses returns everybody who is named in a consent.
func addresses(c consent.State) []tenant.Email {
	all := slices.Clone(c.Partner)
	for _, l := range c.Links {
		all = append(all, l.Contact)
	}
	return all
}
