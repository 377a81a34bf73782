package workflow

import (
	"context"
	"errors"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// participation loads a participation of the actor's partner, as long as the actor
// may do the act through its location: to anybody else it is not there.
func (u *unit) participation(ctx context.Context, actor Actor, act Permission, id engagement.ParticipationID) (engagement.Participation, error) {
	scope, err := u.s.authorize(ctx, actor, act)
	if err != nil {
		return engagement.Participation{}, err
	}
	u.within = scope
	loaded, failed := u.Load(ctx, storage.Want{Participation: storage.ParticipationKey{Partner: actor.Partner, ID: id}})
	if failed != nil && !errors.Is(failed, engine.ErrReplay) {
		return engagement.Participation{}, failed
	}
	p, ok := loaded.Records[loaded.At].Participation(id)
	if err := loaded.Records[loaded.At].ErrUnreadable(id); !ok && err != nil && scope.All() {
		u.s.tellUnreadable(ctx, err)
		return engagement.Participation{}, err
	}
	if !ok || !scope.Has(p.Location) {
		return engagement.Participation{}, &NotFoundError{Kind: "participation", Value: string(id)}
	}
	if failed != nil { // a repeated command gives its result to who may still give it
		return engagement.Participation{}, failed
	}
	p, _ = u.Record(loaded.At).Participation(id)
	if u.actor.User != "" {
		if p, err = u.rememberActors(ctx, p); err != nil {
			return engagement.Participation{}, err
		}
	}
	if p, err = u.s.withProof(ctx, p, u.Now); err != nil {
		return engagement.Participation{}, err
	}
	if act == MayReviewClaims {
		if u.except, err = u.s.mayReview(actor, p); err != nil {
			return engagement.Participation{}, err
		}
	}
	return p, u.checkRevision(ctx, p)
}

// putParticipation changes a participation, and sets when its partner is reminded
// next.
func (u *unit) putParticipation(p engagement.Participation) {
	p.RemindAt = u.s.reminders.Next(p, u.Now)
	u.Put(p)
}

// room returns consent.ErrTakenElsewhere when the claim limit leaves a
// participation that has no consent yet no room. It counts by the limit that the
// engagement has now.
func (u *unit) room(ctx context.Context, p engagement.Participation) (engagement.Engagement, error) {
	e, err := u.s.engagement(ctx, p.Engagement)
	if err != nil {
		return e, err
	}
	if err := u.askExternal(ctx, []engagement.RecordKey{p.Record()}); err != nil {
		return e, err
	}
	if u.limited(e, p.Record().Shared()).RoomFor(p.Partner).FullAt(u.Now) {
		return e, consent.ErrTakenElsewhere
	}
	return e, nil
}
