package record

import (
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	eventKinds    = engagement.AllEventKinds()
	parties       = engagement.AllParties()
	statuses      = engagement.AllStatuses()
	changedFields = engagement.AllChangedFields()
)

func event(c *coder, e *engagement.Event) {
	c.begin("Event")
	c.format(1)
	text(c, 2, "partner", &e.Partner)
	text(c, 3, "customer", &e.Customer)
	integer(c, 4, "seq", &e.Seq)
	instant(c, 5, "at", &e.At)
	choice(c, 6, "kind", &e.Kind, eventKinds)
	choice(c, 7, "by", &e.By, parties)
	text(c, 8, "engagement", &e.Engagement)
	text(c, 9, "participation", &e.Participation)
	integer(c, 10, "hash_format", &e.Format)
	if e.Format == engagement.FormatNote { // they can be outcomes of eligibility
		text(c, 11, "from", &e.From)
		text(c, 12, "to", &e.To)
	} else {
		choice(c, 11, "from", &e.From, statuses)
		choice(c, 12, "to", &e.To, statuses)
	}
	part(c, 13, "detail", &e.Detail, detail)
	pointer(c, 14, "person", &e.Person, person)
	fixed(c, 15, "person_digest", e.PersonDigest[:])
	fixed(c, 16, "state", e.State[:])
	text(c, 17, "note", &e.Note)
	fixed(c, 18, "hash", e.Hash[:])
}

// detail has the numbers by which the hash of an event covers it.
func detail(c *coder, d *engagement.Detail) {
	c.begin("Detail")
	text(c, 1, "location", &d.Location)
	text(c, 2, "rule_set", &d.RuleSet)
	text(c, 3, "rule_version", &d.RuleVersion)
	text(c, 4, "engagement_version", &d.EngagementVersion)
	integer(c, 5, "contacts", &d.Contacts)
	text(c, 6, "text_version", &d.TextVersion)
	text(c, 7, "language", &d.Language)
	text(c, 8, "link", &d.Link)
	instant(c, 9, "deadline", &d.Deadline)
	money(c, 10, "requested", &d.Requested)
	money(c, 11, "approved", &d.Approved)
	money(c, 12, "paid", &d.Paid)
	money(c, 13, "deal_size", &d.DealSize)
	flag(c, 14, "over_cap", &d.OverCap)
	integer(c, 15, "items", &d.Items)
	choices(c, 16, "codes", &d.Codes, rejectionCodes)
	text(c, 17, "survey", &d.Survey)
	text(c, 18, "document", &d.Document)
	text(c, 19, "document_id", &d.DocumentID)
	text(c, 20, "media_type", &d.MediaType)
	integer(c, 21, "size", &d.Size)
	text(c, 22, "sha256", &d.SHA256)
	choices(c, 23, "changed", &d.Changed, changedFields)
	choice(c, 24, "reminder", &d.Reminder, messageKinds)
	instant(c, 25, "known_since", &d.KnownSince)
	choice(c, 26, "outcome_before", &d.OutcomeBefore, outcomes)
	choice(c, 27, "outcome_after", &d.OutcomeAfter, outcomes)
	flag(c, 28, "after_submission", &d.AfterSubmission)
	text(c, 29, "own_review", &d.OwnReview)
	choice(c, 30, "message", &d.Message, messageKinds)
	choice(c, 31, "failure", &d.Failure, failureCodes)
	text(c, 32, "payee", &d.Payee)
	flag(c, 33, "stated", &d.Stated)
	integer(c, 34, "foreign_contacts", &d.ForeignContacts)
	integer(c, 35, "own_contacts", &d.OwnContacts)
	flag(c, 36, "replaced", &d.Replaced)
}

func person(c *coder, p *engagement.Person) {
	c.begin("Person")
	text(c, 1, "salt", &p.Salt)
	text(c, 2, "user", &p.User)
	emails(c, 3, "contacts", &p.Contacts)
	text(c, 4, "why", &p.Why)
	nobody := p.Contacts != nil && len(p.Contacts) == 0 // which the digest tells from nil
	if flag(c, 5, "nobody", &nobody); c.mode == reading && nobody {
		if p.Contacts != nil {
			c.fail("is there, and so are contacts")
		}
		p.Contacts = []tenant.Email{}
	}
	part(c, 6, "erased", &p.Erased, erased)
}

func erased(c *coder, e *engagement.Erased) {
	c.begin("Erased")
	fixed(c, 1, "key", e.Key[:])
	fixed(c, 2, "address", e.Address[:])
	fixed(c, 3, "user", e.User[:])
	fixed(c, 4, "name", e.Name[:])
}
