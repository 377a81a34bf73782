package consent

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
)

// View is everything that the page of a customer's link shows. It names no other
// contact of the customer.
type View struct {
	Partner    string         `json:"partner"`
	Customer   string         `json:"customer"` // who asks, and who is asked
	Program    string         `json:"program"`  // may be empty
	Engagement string         `json:"engagement"`
	Summary    string         `json:"summary"`  // of the engagement; may be empty
	Contacts   []link.Contact `json:"contacts"` // the partner's, whom the customer can ask
	Text       Text           `json:"text"`
	Language   link.Language  `json:"language"`          // of the text
	Deadline   time.Time      `json:"deadline,omitzero"` // in the zone in which it is shown

	Status      Status    `json:"status"`
	AnsweredAt  time.Time `json:"answered_at,omitzero"`  // zero if nobody has
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"` // zero if nobody has, in effect or as a flag
	CancelledAt time.Time `json:"cancelled_at,omitzero"`

	MayDecide   bool `json:"may_decide"` // accept or decline
	MayWithdraw bool `json:"may_withdraw"`
	// Submitted: the claim has been submitted, and a withdrawal only reaches its
	// reviewer.
	Submitted bool `json:"submitted"`
}

// Page is what a [View] needs besides the state.
type Page struct {
	Texts     *Texts         // nil for [StandardTexts]
	Zone      *time.Location // in which times are shown; nil for UTC
	Submitted bool           // whether the claim has been submitted
}

// NewView shows the state at now to whoever opens the link. The names, the
// engagement and the text are those that were sent with the link, whatever they
// have become since. The error is [link.ErrUnknown], a [*link.VoidError] or
// [ErrUnknownText]. A consent that was answered, cancelled or has expired has a View too.
func NewView(s State, id link.ID, p Page, now time.Time) (View, error) {
	if _, err := link.Live(s.Links, id); err != nil {
		return View{}, err
	}
	if p.Texts == nil {
		p.Texts = StandardTexts()
	}
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	terms := s.termsOf(id)
	text, err := p.Texts.Lookup(terms.Text)
	if err != nil {
		return View{}, err
	}
	partner, _ := terms.Party(RolePartner)
	customer, _ := terms.Party(RoleCustomer)
	program, _ := terms.Party(RoleProgram)
	shown := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(p.Zone)
	}
	return View{
		Partner:     partner.Name,
		Customer:    customer.Name,
		Program:     program.Name,
		Engagement:  terms.Engagement.Name,
		Summary:     terms.Engagement.Summary,
		Contacts:    append([]link.Contact{}, s.Partner...),
		Text:        text,
		Language:    text.Language,
		Deadline:    shown(s.Deadline),
		Status:      s.StatusAt(now),
		AnsweredAt:  shown(s.Answer.At),
		WithdrawnAt: shown(s.Withdrawal.At),
		CancelledAt: shown(s.CancelledAt),
		MayDecide:   s.Allows(KindAccept, now),
		MayWithdraw: s.Allows(KindWithdraw, now) && s.Withdrawal.IsZero(),
		Submitted:   p.Submitted,
	}, nil
}

// IsZero reports whether v shows nothing.
func (v View) IsZero() bool { return v.Status == "" }

// LogValue shows the status only.
func (v View) LogValue() slog.Value {
	return slog.GroupValue(slog.String("status", string(v.Status)), slog.String("language", string(v.Language)))
}
