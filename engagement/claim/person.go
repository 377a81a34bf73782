package claim

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// SurveyOf returns the survey whose link a token with this hash opens, and the
// link, or [link.ErrUnknown].
func (s State) SurveyOf(h link.Hash) (Survey, link.Link, error) {
	for _, v := range s.Surveys {
		if l, err := v.Find(h); err == nil {
			return v, l, nil
		}
	}
	return Survey{}, link.Link{}, link.ErrUnknown
}

// SurveyLink returns the survey that a link belongs to, and the link, or
// [link.ErrUnknown].
func (s State) SurveyLink(id link.ID) (Survey, link.Link, error) {
	for _, v := range s.Surveys {
		if l, err := v.Link(id); err == nil {
			return v, l, nil
		}
	}
	return Survey{}, link.Link{}, link.ErrUnknown
}

// Mint records the hash of a token for a survey's link, as [survey.Mint] does.
func Mint(s State, id link.ID, h link.Hash) (State, error) {
	v, _, err := s.SurveyLink(id)
	if err != nil {
		return s, err
	}
	next := s
	err = next.changeSurvey(v.Kind, func(v survey.State) (survey.State, error) { return survey.Mint(v, id, h) })
	if err != nil {
		return s, err
	}
	return next, nil
}

// MarkLink changes the links of the survey that one of this ID is of, or returns
// [link.ErrUnknown].
func MarkLink(s State, id link.ID, mark func([]link.Link) ([]link.Link, error)) (State, error) {
	v, _, err := s.SurveyLink(id)
	if err != nil {
		return s, err
	}
	next := s
	err = next.changeSurvey(v.Kind, func(v survey.State) (survey.State, error) {
		var err error
		v.Links, err = mark(v.Links)
		return v, err
	})
	if err != nil {
		return s, err
	}
	return next, nil
}

// Erasure says whom [State.Erase] takes out of a claim.
type Erasure struct {
	Email tenant.Email           // out of the surveys; zero: nobody's
	Named func(user string) bool // which user it is
	Of    Side                   // whose users; "" for either's

	// Clean takes the person out of what a side wrote at that time, "" being the
	// customer; the zero time is for what was written when nobody recorded it.
	Clean func(text string, by Side, at time.Time) string
}

// Erase takes a person out of the claim: an e-mail address out of the surveys, a
// user out of what it wrote, and whatever Clean changes out of everything that
// people wrote. What was decided, and that a survey was answered, stays. It
// reports whether there was anything to erase.
func (s State) Erase(who Erasure) (State, bool) {
	changed := false
	scrub := func(text string, by Side, at time.Time) string {
		out := who.Clean(text, by, at)
		changed = changed || out != text
		return out
	}
	s.Surveys = slices.Clone(s.Surveys)
	for i, v := range s.Surveys {
		next, found := v.State, false
		if !who.Email.IsZero() {
			next, found = next.Erase(who.Email)
		}
		by := Side("")
		if next.Response.User != "" {
			by = SidePartner
		}
		if by != "" && who.Named(next.Response.User) && who.Of != SideProgram {
			next.Response.User, found = "", true
		}
		next, scrubbed := next.Scrub(func(text string) string {
			if slices.ContainsFunc(v.Links, func(l link.Link) bool { return l.Contact.Name == text }) {
				return who.Clean(text, SidePartner, time.Time{}) // the partner named its contacts
			}
			return who.Clean(text, by, v.AnsweredAt())
		})
		s.Surveys[i].State = next
		changed = changed || found || scrubbed
	}
	s.Comments = slices.Clone(s.Comments)
	for i := range s.Comments {
		c := &s.Comments[i]
		if c.User != "" && (who.Of == "" || who.Of == c.By) && who.Named(c.User) {
			c.User, changed = "", true
		}
		c.Text = scrub(c.Text, c.By, c.At)
	}
	s.Evidence = slices.Clone(s.Evidence)
	for i := range s.Evidence {
		s.Evidence[i].Name = scrub(s.Evidence[i].Name, SidePartner, s.Evidence[i].AddedAt)
	}
	s.Recalls = slices.Clone(s.Recalls)
	for i := range s.Recalls {
		s.Recalls[i].Reason = scrub(s.Recalls[i].Reason, SidePartner, s.Recalls[i].At)
	}
	s.Reviews = slices.Clone(s.Reviews)
	for i := range s.Reviews {
		r := &s.Reviews[i]
		r.Text, r.Override, r.Items = scrub(r.Text, SideProgram, r.At), scrub(r.Override, SideProgram, r.At), slices.Clone(r.Items)
		for j := range r.Items {
			r.Items[j].Text = scrub(r.Items[j].Text, SideProgram, r.At)
		}
	}
	s.Dispute.Reason = scrub(s.Dispute.Reason, SidePartner, s.Dispute.OpenedAt)
	s.Payments = slices.Clone(s.Payments)
	for i := range s.Payments {
		paid := &s.Payments[i]
		paid.Reference, paid.Reason = scrub(paid.Reference, SideProgram, paid.At), scrub(paid.Reason, SideProgram, paid.At)
	}
	return s, changed
}
