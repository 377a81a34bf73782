package workflow

import (
	"slices"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// What each side sees. Whatever a query shows of a participation or of a history
// comes through here: nobody sees the hashes of links' tokens, salts, where a
// document is kept, or what the library remembers for itself; and a partner neither
// sees who reviewed nor what the program writes for itself. It sees the program, and
// the text that is meant for it.

// side is for whom something is shown. Whoever has the roles of both sides sees what
// the program sees.
func (a Actor) side() claim.Side {
	if a.program() {
		return claim.SideProgram
	}
	return claim.SidePartner
}

// seenBy returns the participation as a side sees it. It leaves the one it is given
// as it was.
func seenBy(side claim.Side, p engagement.Participation) engagement.Participation {
	p.ActedFor, p.Recorded = nil, engagement.Head{}
	p.Consent.Links = slices.Clone(p.Consent.Links)
	for i := range p.Consent.Links {
		p.Consent.Links[i].Tokens = nil
	}
	if side == claim.SidePartner { // from where the customer answered is evidence, and nothing for a page
		p.Consent.Answer.Client, p.Consent.Withdrawal.Client = consent.Client{}, consent.Client{}
	}
	if p.Claim != nil {
		seen := claimSeenBy(side, *p.Claim)
		p.Claim = &seen
	}
	return p
}

func claimSeenBy(side claim.Side, c claim.State) claim.State {
	c.Evidence = slices.Clone(c.Evidence)
	for i := range c.Evidence {
		c.Evidence[i].Ref = ""
	}
	c.Surveys = slices.Clone(c.Surveys)
	for i := range c.Surveys {
		v := &c.Surveys[i]
		v.Links = slices.Clone(v.Links)
		for j := range v.Links {
			v.Links[j].Tokens = nil
		}
		if side == claim.SidePartner && !v.Form.OfPartner && !v.Form.PartnerReads {
			v.Response.Answers = nil
		}
	}
	if side == claim.SideProgram {
		return c
	}
	c.Comments = slices.Clone(c.Comments)
	for i := range c.Comments {
		if c.Comments[i].By == claim.SideProgram {
			c.Comments[i].User = ""
		}
	}
	c.Payments = slices.Clone(c.Payments)
	for i := range c.Payments {
		c.Payments[i].Reason = ""
	}
	c.Reviews = slices.Clone(c.Reviews)
	for i := range c.Reviews {
		c.Reviews[i].Override = ""
	}
	return c
}

// meantForPartner are the events of the program whose words are meant for the
// partner. What it writes with others it writes for itself.
var meantForPartner = []engagement.EventKind{
	engagement.EventCommentAdded, engagement.EventActionRequested, engagement.EventClaimRejected, engagement.EventPaymentRecorded,
}

// eventsSeenBy returns a history as a side sees it. It was verified as it is stored;
// what is left out here, no chain of hashes vouches for any more. It leaves the events
// it is given as they were.
func eventsSeenBy(side claim.Side, events []engagement.Event) []engagement.Event {
	out := slices.Clone(events)
	for i := range out {
		e := &out[i]
		if e.Person != nil {
			person := *e.Person
			person.Salt = ""
			e.Person = &person
		}
		if side == claim.SideProgram || e.By != engagement.ByProgram {
			continue
		}
		e.Detail.OverCap, e.Detail.OwnReview, e.Detail.Payee = false, "", ""
		if e.Person == nil {
			continue
		}
		e.Person.User, e.PersonDigest = "", engagement.Digest{} // nobody was erased
		if !slices.Contains(meantForPartner, e.Kind) {
			e.Person.Why = ""
		}
		if len(e.Person.Contacts) == 0 && e.Person.Why == "" {
			e.Person = nil
		}
	}
	return out
}
