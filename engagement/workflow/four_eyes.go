package workflow

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
)

// FourEyes says who is who: a person who acted for the partner on a claim, by
// whichever command, does not review, approve, reject or pay it, whatever roles the
// person has. Each participation remembers who acted; for one that was begun before
// it did, the history says who, as long as the person is not erased. The functions
// may be called several times for a command.
type FourEyes struct {
	// Person names the person behind an actor, with the same text in whatever role
	// and for whichever partner the person acts. nil: Actor.User does, in whatever
	// case, so users then have to be unique over partners and the Program.
	Person func(Actor) string

	// Except says why an actor may review what it did itself, such as "service
	// account" or "sandbox", and "" where it may not. The history keeps the reason
	// with each review that would have been refused. nil: nobody may.
	Except func(Actor) string

	// Secrets key the digests by which a participation remembers who acted, which
	// stay when a person is erased. The first one makes them, all of them are
	// recognised: to change it, put a new one in front. Without a secret, whoever has
	// the store can try out for each user of a list whether it acted.
	Secrets [][]byte
}

// FourEyesError says that the actor acted for the partner on the claim.
type FourEyesError struct {
	Participation engagement.ParticipationID
}

func (e *FourEyesError) Error() string {
	return "the actor acted for the partner on this claim: somebody else has to review it"
}

// digest tells a person from others within one participation.
func (f FourEyes) digest(secret []byte, id engagement.ParticipationID, actor Actor) string {
	person := strings.ToLower(engine.Plain(actor.User)) // not text.Fold, whose rules can change: digests are kept
	if f.Person != nil {
		person = cmp.Or(f.Person(actor), person)
	}
	mac := hmac.New(sha256.New, secret)
	for _, text := range []string{string(id), person} {
		_ = binary.Write(mac, binary.BigEndian, int64(len(text)))
		mac.Write([]byte(text))
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// key is the secret that makes new digests.
func (f FourEyes) key() []byte {
	if len(f.Secrets) == 0 {
		return nil
	}
	return f.Secrets[0]
}

// acted reports whether the actor is among those who acted for the partner.
func (f FourEyes) acted(p engagement.Participation, actor Actor) bool {
	return slices.ContainsFunc(append(slices.Clone(f.Secrets), nil), func(secret []byte) bool {
		return slices.Contains(p.ActedFor, f.digest(secret, p.ID, actor))
	})
}

// acts remembers that the unit's actor acts for the partner on a participation.
func (u *unit) acts(p engagement.Participation) {
	p, ok := u.Record(p.Record()).Participation(p.ID)
	if !ok || u.actor.User == "" || u.s.fourEyes.acted(p, u.actor) {
		return
	}
	p.ActedFor = append(slices.Clip(p.ActedFor), u.s.fourEyes.digest(u.s.fourEyes.key(), p.ID, u.actor))
	u.Put(p)
}

// mayReview refuses an actor who acted for the partner on the participation, and
// returns why not where an exception lets it through.
func (s *Service) mayReview(actor Actor, p engagement.Participation) (except string, err error) {
	if !s.fourEyes.acted(p, actor) {
		return "", nil
	}
	if s.fourEyes.Except != nil {
		except = s.fourEyes.Except(actor)
	}
	if except == "" {
		return "", &FourEyesError{Participation: p.ID}
	}
	return except, nil
}

// rememberActors finds out from the history who acted on a participation that was
// begun before that was remembered; the next command about it keeps it. Who has
// been erased from the history by then is not known any more.
func (u *unit) rememberActors(ctx context.Context, p engagement.Participation) (engagement.Participation, error) {
	if p.ActedFor != nil {
		return p, nil
	}
	events, err := u.s.history(ctx, u.Customer(engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer}))
	if err != nil {
		return p, err
	}
	for _, e := range events {
		if e.Participation != p.ID || e.By != engagement.ByPartner || e.Person == nil || e.Person.User == "" {
			continue
		}
		if actor := (Actor{Partner: p.Partner, User: e.Person.User}); !u.s.fourEyes.acted(p, actor) {
			p.ActedFor = append(slices.Clip(p.ActedFor), u.s.fourEyes.digest(u.s.fourEyes.key(), p.ID, actor))
		}
	}
	u.Complete(p)
	return p, nil
}
