package survey

import (
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// Erase removes a person from the state: their address, in any spelling, is gone from
// links, with name and telephone number. It reports whether it was found. A link
// whose contact was erased keeps an empty contact, which [link.Link.Erased] tells
// as such, and stays what it was: its token still opens it, so that the person can
// still answer. That the survey was done, when and by which link, stays. Nobody
// erased is written to again. What was written as free text is for [State.Scrub].
func (s State) Erase(person tenant.Email) (State, bool) {
	if person.IsZero() {
		return s, false
	}
	next, found := s.clone(), false
	for i := range next.Links {
		if next.Links[i].Contact.Email.Same(person) {
			next.Links[i].Contact = link.Contact{}
			found = true
		}
	}
	return next, found
}

// Scrub puts every free-text answer and the names of contacts through clean, which
// takes out what names a person, and reports whether that changed any. Where clean
// leaves nothing, the answer is gone; the survey stays done.
func (s State) Scrub(clean func(string) string) (State, bool) {
	next, changed := s.clone(), false
	for i := range next.Links {
		if c := &next.Links[i].Contact; c.Name != "" && clean(c.Name) != c.Name {
			c.Name, changed = clean(c.Name), true
		}
	}
	for id, answer := range s.Response.Answers {
		if q, _ := s.Form.question(id); q.Kind != KindText {
			continue
		}
		scrubbed := clean(answer)
		if scrubbed == answer {
			continue
		}
		changed = true
		if next.Response.Answers[id] = scrubbed; scrubbed == "" {
			delete(next.Response.Answers, id)
		}
	}
	if len(next.Response.Answers) == 0 {
		next.Response.Answers = nil
	}
	return next, changed
}
