package record

import (
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
)

var (
	consentStatuses = consent.AllStatuses()
	consentKinds    = consent.AllKinds()
	decisions       = consent.AllDecisions()
	channels        = consent.AllChannels()
	roles           = consent.AllRoles()
	failureCodes    = link.AllFailureCodes()
)

func consentState(c *coder, s *consent.State) {
	c.begin("Consent")
	choice(c, 1, "status", &s.Status, consentStatuses)
	instant(c, 2, "deadline", &s.Deadline)
	list(c, 3, "partner", &s.Partner, contact)
	list(c, 4, "customer", &s.Customer, contact)
	list(c, 5, "links", &s.Links, mailedLink)
	list(c, 6, "sent", &s.Sent, sent)
	part(c, 7, "answer", &s.Answer, answer)
	part(c, 8, "withdrawal", &s.Withdrawal, answer)
	instant(c, 9, "cancelled_at", &s.CancelledAt)
}

func mailedLink(c *coder, l *link.Link) {
	c.begin("Link")
	text(c, 1, "id", &l.ID)
	part(c, 2, "contact", &l.Contact, contact)
	instant(c, 3, "issued_at", &l.IssuedAt)
	instant(c, 4, "voided_at", &l.VoidedAt)
	instant(c, 5, "sent_at", &l.SentAt)
	part(c, 6, "failed", &l.Failed, failure)
	text(c, 7, "message", &l.Message)
	hashes(c, 8, "tokens", &l.Tokens)
}

func failure(c *coder, f *link.Failure) {
	c.begin("Failure")
	choice(c, 1, "code", &f.Code, failureCodes)
	instant(c, 2, "at", &f.At)
}

func sent(c *coder, s *consent.Sent) {
	c.begin("Sent")
	choice(c, 1, "kind", &s.Kind, consentKinds)
	instant(c, 2, "at", &s.At)
	texts(c, 3, "links", &s.Links)
	part(c, 4, "terms", &s.Terms, consentTerms)
}

// consentTerms are those of a text that the library publishes by its number, without
// what it says.
func consentTerms(c *coder, t *consent.Terms) {
	c.begin("ConsentTerms")
	n := 0
	if c.mode == writing {
		n = numberOfTerms(*t)
	}
	integer(c, 1, "published", &n)
	if n != 0 {
		if c.mode == reading {
			c.termsOf(n, t)
		}
	} else {
		part(c, 2, "text", &t.Text, textRef)
		list(c, 3, "purposes", &t.Purposes, purpose)
		text(c, 4, "validity", &t.Validity)
		text(c, 5, "withdrawal", &t.Withdrawal)
	}
	part(c, 6, "engagement", &t.Engagement, subject)
	list(c, 7, "parties", &t.Parties, party)
}

func textRef(c *coder, r *consent.TextRef) {
	c.begin("TextRef")
	n := 0
	if c.mode == writing {
		n = numberOfText(*r)
	}
	integer(c, 1, "published", &n)
	if n != 0 {
		if c.mode == reading {
			c.refOf(n, r)
		}
		return
	}
	text(c, 2, "version", &r.Version)
	text(c, 3, "language", &r.Language)
	fixed(c, 4, "hash", r.Hash[:])
}

func purpose(c *coder, p *consent.Purpose) {
	c.begin("Purpose")
	text(c, 1, "id", &p.ID)
	text(c, 2, "text", &p.Text)
}

func subject(c *coder, s *consent.Subject) {
	c.begin("Subject")
	text(c, 1, "id", &s.ID)
	text(c, 2, "name", &s.Name)
	text(c, 3, "summary", &s.Summary)
}

func party(c *coder, p *consent.Party) {
	c.begin("Party")
	choice(c, 1, "role", &p.Role, roles)
	text(c, 2, "id", &p.ID)
	text(c, 3, "name", &p.Name)
}

func answer(c *coder, a *consent.Answer) {
	c.begin("Answer")
	choice(c, 1, "decision", &a.Decision, decisions)
	text(c, 2, "link", &a.Link)
	instant(c, 3, "at", &a.At)
	choice(c, 4, "channel", &a.Channel, channels)
	part(c, 5, "client", &a.Client, client)
	part(c, 6, "text", &a.Text, textRef)
	flag(c, 7, "after_submission", &a.AfterSubmission)
}

func client(c *coder, l *consent.Client) {
	c.begin("Client")
	text(c, 1, "address", &l.Address)
	text(c, 2, "agent", &l.Agent)
}
