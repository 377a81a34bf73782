package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
)

// began is what is kept of what a command led to: which participation. What that is
// like is told as it is when somebody asks.
type began struct {
	ID engagement.ParticipationID `json:"id"`
}

// change carries out a command on a participation, and returns that as it is then. A
// repeated command does nothing, and returns it as it has become.
func (s *Service) change(ctx context.Context, req Request, act Permission, id engagement.ParticipationID, name string, body any,
	do func(*unit, engagement.Participation) error) (ParticipationView, error) {
	var u *unit
	_, err := execute(ctx, s, req, name, aboutClaim{id, body}, false, func(at *unit) (began, error) {
		u = at
		p, err := u.participation(ctx, req.Actor, act, id)
		if err != nil {
			return began{}, err
		}
		return began{id}, do(u, p)
	})
	if err != nil {
		return ParticipationView{}, err
	}
	return s.changed(ctx, u, req.Actor, act, id)
}

// begin carries out a command that begins participations, and returns them as they are
// then, or, when it was carried out before, as they have become.
func (s *Service) begin(ctx context.Context, req Request, act Permission, name string, body any, dry bool, do func(*unit) ([]began, error)) ([]ParticipationView, error) {
	if err := req.withoutRevision(); err != nil {
		return nil, err
	}
	var u *unit
	ids, err := execute(ctx, s, req, name, body, dry, func(at *unit) ([]began, error) {
		u = at
		return do(u)
	})
	if err != nil {
		return nil, err
	}
	views := make([]ParticipationView, len(ids))
	for i, b := range ids {
		if views[i], err = s.changed(ctx, u, req.Actor, act, b.ID); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// changed returns a participation as a command has left it, or, when it was carried out
// before, as it is now.
func (s *Service) changed(ctx context.Context, u *unit, actor Actor, act Permission, id engagement.ParticipationID) (ParticipationView, error) {
	repeated := u.Replayed()
	if repeated {
		u = s.unit()
		if _, err := u.participation(ctx, actor, act, id); err != nil {
			return ParticipationView{}, err
		}
	}
	p, ok := u.Found(id)
	if !ok {
		return ParticipationView{}, &NotFoundError{Kind: "participation", Value: string(id)}
	}
	v := u.view(ctx, actor, p)
	v.Repeated = repeated
	return v, nil
}
