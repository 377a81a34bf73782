package record

import "github.com/partnerengage/partnerengage/engagement"

var waysTaken = engagement.AllTakenBy()

// partnerRecord is without its participations, which are rows of their own, and
// without what could not be read.
func partnerRecord(c *coder, r *engagement.PartnerRecord) {
	c.begin("PartnerRecord")
	c.format(1)
	text(c, 2, "partner", &r.Key.Partner)
	text(c, 3, "engagement", &r.Key.Engagement)
	part(c, 4, "identity", &r.Identity, identity)
	textOr(c, 5, "customer", &r.Key.Customer, usual(c, r.Identity)) // the key of the identity
	integer(c, 6, "version", &r.Version)
	text(c, 7, "friendly_name", &r.FriendlyName)
	flag(c, 8, "known", &r.Known)
	part(c, 9, "evaluation", &r.Evaluation, evaluation)
	list(c, 10, "asked", &r.Asked, ask)
}

func ask(c *coder, a *engagement.Ask) {
	c.begin("Ask")
	fixed(c, 1, "mailbox", a.Mailbox[:])
	instant(c, 2, "at", &a.At)
}

// shown is of a participation, or of a record; the fields of the other are left out.
func shown(c *coder, s *engagement.Shown) {
	c.begin("Shown")
	c.format(1)
	pointer(c, 2, "participation", &s.Participation, participation)
	list(c, 3, "asked", &s.Asked, ask)
	part(c, 4, "identity", &s.Identity, identity)
	text(c, 5, "friendly_name", &s.FriendlyName)
	flag(c, 6, "known", &s.Known)
	part(c, 7, "evaluation", &s.Evaluation, evaluation)
	flag(c, 8, "open", &s.Open)
	instant(c, 9, "open_until", &s.OpenUntil)
}

func customerEngagement(c *coder, e *engagement.CustomerEngagement) {
	c.begin("CustomerEngagement")
	c.format(1)
	text(c, 2, "engagement", &e.Key.Engagement)
	text(c, 3, "customer", &e.Key.Customer)
	integer(c, 4, "version", &e.Version)
	integer(c, 5, "claim_limit", &e.ClaimLimit)
	part(c, 6, "external", &e.External, externalHoldings)
	list(c, 7, "holders", &e.Holders, holder)
}

func holder(c *coder, h *engagement.Holder) {
	c.begin("Holder")
	text(c, 1, "partner", &h.Partner)
	text(c, 2, "participation", &h.Participation)
	flag(c, 3, "delivered", &h.Delivered)
	instant(c, 4, "until", &h.Until)
}

func externalHoldings(c *coder, e *engagement.ExternalHoldings) {
	c.begin("ExternalHoldings")
	c.format(1)
	integer(c, 2, "consented", &e.Consented)
	integer(c, 3, "participated", &e.Participated)
	instant(c, 4, "as_of", &e.AsOf)
}

func room(c *coder, r *engagement.Room) {
	c.begin("Room")
	c.format(1)
	integer(c, 2, "limit", &r.Limit)
	list(c, 3, "taken", &r.Taken, taken)
}

func taken(c *coder, t *engagement.Taken) {
	c.begin("Taken")
	choice(c, 1, "by", &t.By, waysTaken)
	integer(c, 2, "n", &t.N)
	instant(c, 3, "until", &t.Until)
}
