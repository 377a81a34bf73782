package rows

import (
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Sending is the row of a sending.
type Sending struct {
	Partner    string
	Message    string
	Mailbox    []byte
	Engagement string
	At         int64
}

// SendingColumns returns the columns of a Sending. The first two are its key.
func SendingColumns() []string { return []string{"partner", "message", "mailbox", "engagement", "at"} }

// Fields points to the fields in the order of the columns.
func (r *Sending) Fields() []any {
	return []any{&r.Partner, &r.Message, &r.Mailbox, &r.Engagement, &r.At}
}

// Value returns the sending.
func (r Sending) Value() (storage.Sending, error) {
	mailbox, err := digestOf(r.Mailbox)
	return storage.Sending{
		Partner: engagement.PartnerID(r.Partner), Message: engagement.MessageID(r.Message), Mailbox: mailbox,
		Engagement: engagement.ID(r.Engagement), At: Time(r.At),
	}, err
}

// Outdated are a partner's sendings from before a time.
type Outdated struct {
	Partner string
	Before  int64
}

// Forgotten are a partner's sendings to a mailbox.
type Forgotten struct {
	Partner string
	Mailbox []byte
}

// CheckSending returns ErrInvalid for a sending without what tells it apart.
func CheckSending(s storage.Sending) error {
	if s.Partner == "" || s.Message == "" || s.Mailbox.IsZero() {
		return invalid("a sending has no partner, no message or no mailbox")
	}
	return nil
}

func (p *Plan) planSendings(c storage.Changes) error {
	for _, s := range c.Sendings {
		if err := CheckSending(s); err != nil {
			return err
		}
		if slices.ContainsFunc(p.Sendings, func(o Sending) bool { return o.Partner == string(s.Partner) && o.Message == string(s.Message) }) {
			return invalid("the sending of message %q is given twice", s.Message)
		}
		p.Sendings = append(p.Sendings, Sending{string(s.Partner), string(s.Message), s.Mailbox[:], string(s.Engagement), Micros(s.At)})
		if old := (Outdated{string(s.Partner), Micros(c.SendingsFrom)}); !c.SendingsFrom.IsZero() && !slices.Contains(p.Outdated, old) {
			p.Outdated = append(p.Outdated, old)
		}
	}
	for _, f := range c.Forgotten {
		p.Forgotten = append(p.Forgotten, Forgotten{string(f.Partner), f.Mailbox[:]})
	}
	return nil
}

// SendingValues returns the sendings of rows.
func SendingValues(list []Sending) ([]storage.Sending, error) {
	var out []storage.Sending
	for _, r := range list {
		s, err := r.Value()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
