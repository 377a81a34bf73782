package consenthttp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/internal/code"
)

// consentPage asks for a consent and shows what became of it.
type consentPage struct{ desk Desk }

func (c consentPage) show(ctx context.Context, t link.Token) reply {
	v, err := c.desk.ConsentView(ctx, t)
	if err != nil {
		return refusal(v, err)
	}
	return reply{status: statusOf(v), view: consentView{v}}
}

func (c consentPage) post(ctx context.Context, t link.Token, form url.Values) reply {
	given := form["decision"]
	if len(given) != 1 {
		return reply{status: http.StatusBadRequest, notice: notFromPage, again: true, err: errors.New("the form does not hold one decision")}
	}
	d, err := consent.ParseDecision(given[0])
	if err != nil {
		return reply{status: http.StatusBadRequest, notice: notFromPage, again: true, err: errors.New("the form holds no decision that there is")}
	}
	v, err := c.desk.AnswerConsent(ctx, t, d)
	if answered := (*consent.AlreadyAnsweredError)(nil); err == nil || errors.As(err, &answered) && answered.Decision == d {
		return reply{status: http.StatusSeeOther}
	}
	if v.IsZero() {
		v, _ = c.desk.ConsentView(ctx, t) // to say it in the right language, with what was decided
	}
	return refusal(v, err)
}

// statusOf is how a view that can be shown is shown.
func statusOf(v consent.View) int {
	if v.Status == consent.StatusExpired || v.Status == consent.StatusCanceled {
		return http.StatusGone
	}
	return http.StatusOK
}

// refusal explains why the Desk did not do it. The view may be zero.
func refusal(v consent.View, err error) reply {
	answered := new(consent.AlreadyAnsweredError)
	if v.IsZero() && errors.As(err, &answered) {
		v = viewOf(answered)
	}
	r := reply{view: consentView{v}}
	switch {
	case errors.Is(err, link.ErrUnknown):
		r.status, r.notice = http.StatusNotFound, unknown
	case errors.Is(err, link.ErrNotShown), code.Has(err, code.Internal, code.Unreadable):
		r.status, r.notice, r.err = http.StatusInternalServerError, notShown, err
	case errors.As(err, new(*link.VoidError)):
		r.status, r.notice = http.StatusGone, replaced
	case code.Has(err, code.Expired):
		r.status, r.notice = http.StatusGone, "page.expired"
	case errors.Is(err, consent.ErrTakenElsewhere):
		r.status, r.notice = http.StatusConflict, "page.taken_elsewhere"
	case code.Has(err, code.WrongState) && statusOf(v) == http.StatusGone: // the view says why
		r.status = http.StatusGone
	case code.Has(err, code.AlreadyAnswered, code.WrongState):
		r.status, r.notice, r.again = http.StatusConflict, "page.not_recorded", true
	default:
		r.status, r.notice, r.again = http.StatusServiceUnavailable, unavailable, true
		r.err = err
	}
	return r
}

// viewOf shows what was answered when nothing else is known.
func viewOf(e *consent.AlreadyAnsweredError) consent.View {
	switch e.Decision {
	case consent.DecisionAccept:
		return consent.View{Status: consent.StatusGranted, AnsweredAt: e.At}
	case consent.DecisionDecline:
		return consent.View{Status: consent.StatusDeclined, AnsweredAt: e.At}
	}
	return consent.View{Status: consent.StatusWithdrawn, WithdrawnAt: e.At}
}

// consentView is what the page of a consent shows.
type consentView struct{ consent.View }

func (v consentView) language() link.Language { return v.Language }

func (v consentView) title() string { return v.Text.Title }

func (v consentView) outcome() words.Key {
	switch v.Status {
	case consent.StatusGranted:
		if !v.WithdrawnAt.IsZero() {
			return "page.withdrawal_noted"
		}
		return "page.granted"
	case consent.StatusDeclined:
		return "page.declined"
	case consent.StatusWithdrawn:
		return "page.withdrawn"
	case consent.StatusCanceled:
		return "page.cancelled"
	case consent.StatusExpired:
		return "page.expired"
	}
	return ""
}

// Withdrawing says what withdrawing does now.
func (v consentView) Withdrawing() words.Key {
	if v.Submitted {
		return "page.withdraw_noted"
	}
	return "page.withdraw_ends"
}
