package survey

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
)

// View is everything that the page of a survey's link shows, or that of a survey within
// a claim. It names no contact and repeats no answer.
type View struct {
	Partner      string        `json:"partner"`
	Customer     string        `json:"customer"` // whose engagement it was
	Program      string        `json:"program"`  // may be empty
	Engagement   string        `json:"engagement"`
	Title        string        `json:"title"`
	Intro        string        `json:"intro"` // of the form; the intro may be empty
	Questions    []Asked       `json:"questions"`
	Language     link.Language `json:"language"`          // of the form's texts
	Deadline     time.Time     `json:"deadline,omitzero"` // in the zone in which it is shown
	OfPartner    bool          `json:"of_partner"`        // the partner is asked, else the customer
	PartnerReads bool          `json:"partner_reads"`     // what the customer answers

	Status     Status    `json:"status"`               // within a claim also not sent
	AnsweredAt time.Time `json:"answered_at,omitzero"` // zero if nobody has
	MayAnswer  bool      `json:"may_answer"`           // neither answered nor too late
}

// Asked is a [Question] in one language.
type Asked struct {
	ID       string `json:"id"`
	Kind     Kind   `json:"kind"`
	Required bool   `json:"required"`
	Text     string `json:"text"`
}

// Page is what a [View] needs besides the state.
type Page struct {
	Partner, Customer   string         // by the names under which the page shows them
	Program, Engagement string         // the program may be empty
	Zone                *time.Location // in which times are shown; nil for UTC
	Deadline            time.Time      // the claim's; zero if the survey can no longer be answered
}

// NewView shows the state at now to whoever opens the link, in the language in which
// it was sent. The error is [link.ErrUnknown] or a [*link.VoidError]. A
// survey that was answered, or is too late, has a View too.
func NewView(s State, id link.ID, p Page, now time.Time) (View, error) {
	if _, err := link.Live(s.Links, id); err != nil {
		return View{}, err
	}
	return s.view(s.lastSending().Language, CommandAnswer, p, now), nil // the live link's
}

// NewViewWithin shows the state at now to the partner where it works on its claim, in
// the best of the form's languages for somebody who wants this one, whether or not it
// was sent to anybody. What the partner can answer there is its own survey; see
// [AnswerWithin]. Of the customer's it shows what is asked.
func NewViewWithin(s State, wanted link.Language, p Page, now time.Time) View {
	v := s.view(s.Form.language(wanted), CommandAnswerWithin, p, now)
	v.MayAnswer = v.MayAnswer && s.Form.OfPartner
	return v
}

// view shows the state in one of the form's languages, to whoever may give the command.
func (s State) view(language link.Language, answer Command, p Page, now time.Time) View {
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	shown := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(p.Zone)
	}
	v := View{
		Partner:    p.Partner,
		Customer:   p.Customer,
		Program:    p.Program,
		Engagement: p.Engagement,
		Title:      s.Form.Titles[language],
		Intro:      s.Form.Intro[language],
		Language:   language,

		OfPartner: s.Form.OfPartner, PartnerReads: s.Form.PartnerReads,

		Deadline:   shown(p.Deadline),
		Status:     s.Status,
		AnsweredAt: shown(s.Response.At),
		MayAnswer:  s.Allows(answer, now, p.Deadline),
	}
	for _, q := range s.Form.Questions {
		v.Questions = append(v.Questions, Asked{q.ID, q.Kind, q.Required, q.Texts[language]})
	}
	return v
}

// IsZero reports whether v shows nothing.
func (v View) IsZero() bool { return v.Status == "" }

// LogValue shows the status only.
func (v View) LogValue() slog.Value {
	return slog.GroupValue(slog.String("status", string(v.Status)), slog.String("language", string(v.Language)))
}
