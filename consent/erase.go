package consent

import (
	"slices"

	"github.com/partnerengage/partnerengage/tenant"
)

// Erase removes a person from the state: their address, in any case, is gone from
// links and so from the evidence, and from the partner's contacts. It reports
// whether it was found. A link whose contact was erased keeps an empty contact,
// which [Link.Erased] and [Evidence] tell as such, and stays what it was: its
// token still opens it, so that the person can still answer and withdraw. What
// was proven stays, and [NewReceipt] still makes receipts. Nobody erased is
// written to again.
func (s State) Erase(person tenant.Email) (State, bool) {
	if person.IsZero() {
		return s, false
	}
	next := s.clone()
	next.Partner = slices.DeleteFunc(next.Partner, func(e tenant.Email) bool { return sameMailbox(e, person) })
	found := len(next.Partner) != len(s.Partner)
	for i := range next.Links {
		if sameMailbox(next.Links[i].Contact, person) {
			next.Links[i].Contact = tenant.Email{}
			found = true
		}
	}
	return next, found
}
