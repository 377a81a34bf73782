package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// surveyPolicy is how often a survey is sent: as soon again as the partner likes,
// because what limits the sending of surveys is the Policy's count over participations,
// and so many times that nobody is flooded.
var surveyPolicy = link.Policy{ResendInterval: -1, MaxSends: MaxSurveys}

// MaxSurveys is how many times a survey of one claim can be sent, resends and other
// contacts included. The limit is the library's.
const MaxSurveys = 30

// SendSurvey is the command that sends a survey to its contact, or to another
// one instead.
type SendSurvey struct {
	Survey   string  `json:"survey"` // its kind, such as claim.ProofCustomerSurvey
	Contact  Contact `json:"contact"`
	Language string  `json:"language,omitzero"` // one of the survey's; "": that of the request for consent, or the closest there is
	Reason   string  `json:"reason,omitzero"`   // see RequestConsent.Reason
}

// LogValue hides the contact.
func (r SendSurvey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("survey", r.Survey), slog.String("language", r.Language))
}

// Send sends a survey of the claim to a contact once [JobsDesk.Relay] runs. Until the
// submission deadline, also after the claim was submitted, it can be sent again,
// [MaxSurveys] times in all, and until it is answered also to somebody else; every
// sending voids the link before. Once it is answered its contact is frozen.
//
// It returns an *[OwnContactError] or a *[ForeignContactError] as
// [ConsentsDesk.Request] does, and its *[WrongStateError] can also wrap a
// *[link.LimitError].
func (d *SurveysDesk) Send(ctx context.Context, req Request, id engagement.ParticipationID, cmd SendSurvey) (ParticipationView, error) {
	s := d.s
	return s.sendSurvey(ctx, req, id, "request survey", cmd, cmd.Survey, func(p engagement.Participation, linkID link.ID) (claim.Event, tenant.Email, error) {
		contact, err := readContact("contact", cmd.Contact)
		if err := errors.Join(err, checkReason(cmd.Reason)); err != nil {
			return nil, tenant.Email{}, err
		}
		language := p.Consent.Language()
		if cmd.Language != "" {
			if language, err = link.ParseLanguage(cmd.Language); err != nil {
				return nil, tenant.Email{}, &InputError{Field: "language", Problem: err.Error(), Err: err}
			}
			if v, err := p.Claim.Survey(cmd.Survey); err == nil {
				if _, ok := link.MatchLanguage(v.Form.Languages(), language); !ok {
					return nil, tenant.Email{}, &InputError{Field: "language", Problem: fmt.Sprintf("%s is none of the survey's: use one of %v", language, v.Form.Languages())}
				}
			}
		}
		return claim.SendSurvey{Survey: cmd.Survey, Contact: contact, Language: language, Link: linkID, Policy: surveyPolicy}, contact.Email, nil
	}, engagement.EventSurveyRequested)
}

// ResendSurvey is the command that sends a survey to the same contact again.
type ResendSurvey struct {
	Survey string `json:"survey"` // its kind
}

// Resend sends a survey to its contact again, with a new link. It returns what
// [SurveysDesk.Send] returns.
func (d *SurveysDesk) Resend(ctx context.Context, req Request, id engagement.ParticipationID, cmd ResendSurvey) (ParticipationView, error) {
	s := d.s
	return s.sendSurvey(ctx, req, id, "resend survey", cmd, cmd.Survey, func(p engagement.Participation, linkID link.ID) (claim.Event, tenant.Email, error) {
		v, err := p.Claim.Survey(cmd.Survey)
		return claim.ResendSurvey{Survey: cmd.Survey, Link: linkID, Policy: surveyPolicy}, v.Contact().Email, err
	}, engagement.EventSurveyResent)
}

// sendSurvey carries out a command that writes to a survey's contact.
func (s *Service) sendSurvey(ctx context.Context, req Request, id engagement.ParticipationID, name string, body any, survey string,
	event func(engagement.Participation, link.ID) (claim.Event, tenant.Email, error), kind engagement.EventKind) (ParticipationView, error) {
	return s.change(ctx, req, MayEditClaims, id, name, body, func(u *unit, p engagement.Participation) error {
		d := deed{kind: kind, detail: engagement.Detail{Survey: survey}}
		if p.Claim == nil {
			_, err := engagement.ApplyClaim(p, claim.SendSurvey{}, u.Now)
			return notNow(name, p, u.Now, err)
		}
		links, err := u.newLinks(1)
		if err != nil {
			return err
		}
		e, contact, err := event(p, links[0])
		if err != nil {
			return notNow(name, p, u.Now, err)
		}
		asked, err := engagement.ApplyClaim(p, e, u.Now)
		if err != nil {
			return notNow(name, p, u.Now, err)
		}
		cmd, _ := body.(SendSurvey)
		var detail engagement.Detail
		if asked, detail, err = u.surveySides(ctx, asked, survey, cmd.Reason); err != nil {
			return notNow(name, p, u.Now, err)
		}
		d.event, d.why = e, cmd.Reason
		d.detail.ForeignContacts, d.detail.OwnContacts = detail.ForeignContacts, detail.OwnContacts
		d.also = func(p engagement.Participation) engagement.Participation {
			p.ContactFlags = asked.ContactFlags
			return p
		}
		d.contacts = []tenant.Email{contact}
		d.then = func(p engagement.Participation) {
			if v, link, err := p.Claim.SurveyLink(links[0]); err == nil {
				u.tell(p, engagement.MessageSurveyRequest, link.Contact.Email, v.Sendings[len(v.Sendings)-1].Language, link.ID)
			}
		}
		return u.do(req.Actor, MayEditClaims, name, p, d)
	})
}
