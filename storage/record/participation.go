package record

import (
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	bases        = tenant.AllBases()
	idKinds      = tenant.AllIDKinds()
	clouds       = tenant.AllClouds()
	origins      = engagement.AllOrigins()
	messageKinds = engagement.AllMessageKinds()
	doubts       = engagement.AllContactDoubts()
)

func participation(c *coder, p *engagement.Participation) {
	c.begin("Participation")
	c.format(1)
	text(c, 2, "id", &p.ID)
	text(c, 3, "partner", &p.Partner)
	text(c, 4, "engagement", &p.Engagement)
	part(c, 5, "identity", &p.Identity, identity)
	textOr(c, 6, "customer", &p.Customer, usual(c, p.Identity)) // the key of the identity
	choice(c, 7, "basis", &p.Basis, bases)
	text(c, 8, "reason", &p.Reason)
	text(c, 9, "friendly_name", &p.FriendlyName)
	text(c, 10, "location", &p.Location)
	choice(c, 11, "origin", &p.Origin, origins)
	text(c, 12, "claim_number", &p.ClaimNumber)
	instant(c, 13, "started_at", &p.StartedAt)
	part(c, 14, "terms", &p.Terms, engagementTerms)
	part(c, 15, "decision", &p.Decision, decision)
	part(c, 16, "consent", &p.Consent, consentState)
	text(c, 17, "language", &p.Language)
	choice(c, 18, "nominated", &p.Nominated, idKinds)
	integer(c, 19, "hours", &p.Hours)
	money(c, 20, "deal_size", &p.DealSize)
	text(c, 21, "owner", &p.Owner)
	texts(c, 22, "labels", &p.Labels)
	pointer(c, 23, "claim", &p.Claim, claimState)
	list(c, 24, "failures", &p.Failures, mailFailure)
	instant(c, 25, "reminded_at", &p.RemindedAt)
	texts(c, 26, "acted_for", &p.ActedFor)
	instant(c, 27, "remind_at", &p.RemindAt)
	part(c, 28, "recorded", &p.Recorded, head)
	part(c, 29, "referral", &p.Referral, referral)
	list(c, 30, "contact_flags", &p.ContactFlags, contactFlag)
}

// usual is the key of the customer who has this identity.
func usual(c *coder, i tenant.Identity) tenant.Key {
	if c.mode == describing {
		return ""
	}
	return i.Key()
}

func identity(c *coder, i *tenant.Identity) {
	c.begin("Identity")
	fixed(c, 1, "tenant_id", i.Tenant[:])
	integer(c, 2, "tpid", &i.TPID)
	fixed(c, 3, "subscription_id", i.Subscription[:])
	opportunity(c, 4, "opportunity_id", &i.Opportunity)
	domain(c, 5, "domain", &i.Domain)
	text(c, 6, "name", &i.Name)
	choice(c, 7, "cloud", &i.Cloud, clouds)
	flag(c, 8, "stated", &i.Stated)
}

func engagementTerms(c *coder, t *engagement.Terms) {
	c.begin("Terms")
	text(c, 1, "version", &t.Version)
	part(c, 2, "windows", &t.Windows, windows)
	text(c, 3, "zone", &t.Zone)
	list(c, 4, "proof", &t.Proof, proofItem)
	flag(c, 5, "asks_referral", &t.AsksReferral)
}

func windows(c *coder, w *engagement.Windows) {
	c.begin("Windows")
	integer(c, 1, "consent", &w.Consent)
	integer(c, 2, "first_submission", &w.FirstSubmission)
	integer(c, 3, "review_done", &w.ReviewDone)
	integer(c, 4, "dispute", &w.Dispute)
	integer(c, 5, "after_dispute", &w.AfterDispute)
}

func mailFailure(c *coder, f *engagement.MailFailure) {
	c.begin("MailFailure")
	email(c, 1, "to", &f.To)
	choice(c, 2, "message", &f.Message, messageKinds)
	part(c, 3, "failure", &f.Failure, failure)
}

func head(c *coder, h *engagement.Head) {
	c.begin("Head")
	integer(c, 1, "seq", &h.Seq)
	fixed(c, 2, "hash", h.Hash[:])
}

func referral(c *coder, r *engagement.Referral) {
	c.begin("Referral")
	text(c, 1, "reference", &r.Reference)
	instant(c, 2, "at", &r.At)
}

func contactFlag(c *coder, f *engagement.ContactFlag) {
	c.begin("ContactFlag")
	domain(c, 1, "domain", &f.Domain)
	choice(c, 2, "doubt", &f.Doubt, doubts)
	text(c, 3, "reason", &f.Reason)
	instant(c, 4, "at", &f.At)
}

func contact(c *coder, k *link.Contact) {
	c.begin("Contact")
	text(c, 1, "name", &k.Name)
	email(c, 2, "email", &k.Email)
	text(c, 3, "phone", &k.Phone)
}
