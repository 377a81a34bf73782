package record

import (
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func message(c *coder, m *engagement.Message) {
	c.begin("Message")
	c.format(1)
	text(c, 2, "id", &m.ID)
	choice(c, 3, "kind", &m.Kind, messageKinds)
	text(c, 4, "partner", &m.Partner)
	text(c, 5, "engagement", &m.Place.Engagement)
	text(c, 6, "customer", &m.Place.Customer)
	text(c, 7, "participation", &m.Participation)
	email(c, 8, "to", &m.To)
	text(c, 9, "language", &m.Language)
	text(c, 10, "link", &m.Link)
	instant(c, 11, "deadline", &m.Deadline)
	integer(c, 12, "of", &m.Of)
	instant(c, 13, "created_at", &m.CreatedAt)
	integer(c, 14, "attempts", &m.Attempts)
}

func sending(c *coder, s *storage.Sending) {
	c.begin("Sending")
	c.format(1)
	text(c, 2, "partner", &s.Partner)
	text(c, 3, "message", &s.Message)
	fixed(c, 4, "mailbox", s.Mailbox[:])
	text(c, 5, "engagement", &s.Engagement)
	instant(c, 6, "at", &s.At)
}

func commandRecord(c *coder, r *storage.CommandRecord) {
	c.begin("CommandRecord")
	c.format(1)
	text(c, 2, "partner", &r.Key.Partner)
	text(c, 3, "key", &r.Key.Key)
	fixed(c, 4, "body", r.Body[:])
	blob(c, 5, "result", &r.Result)
	instant(c, 6, "at", &r.At)
}
