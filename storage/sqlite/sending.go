package sqlite

import (
	"cmp"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// sendingRow is the row of a sending.
type sendingRow struct {
	partner, message, engagement string
	mailbox                      []byte
	at                           int64
}

func (r *sendingRow) fields() []any {
	return []any{&r.partner, &r.message, &r.mailbox, &r.engagement, &r.at}
}

const (
	insertSending  = `INSERT INTO pe_sending (partner, message, mailbox, engagement, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	selectSendings = `SELECT partner, message, mailbox, engagement, at FROM pe_sending INDEXED BY pe_sending_mailbox
		WHERE partner = ? AND mailbox = ? AND at >= ?`
	selectSent     = `SELECT count(*) FROM pe_sending INDEXED BY pe_sending_at WHERE partner = ? AND at >= ?`
	dropSendings   = `DELETE FROM pe_sending INDEXED BY pe_sending_at WHERE partner = ? AND at < ?`
	forgetSendings = `DELETE FROM pe_sending INDEXED BY pe_sending_mailbox WHERE partner = ? AND mailbox = ?`
)

func (r sendingRow) value() (storage.Sending, error) {
	mailbox, err := digestOf(r.mailbox)
	return storage.Sending{
		Partner: engagement.PartnerID(r.partner), Message: engagement.MessageID(r.message), Mailbox: mailbox,
		Engagement: engagement.ID(r.engagement), At: timeOf(r.at),
	}, err
}

func (s *session) changeSendings(c storage.Changes) error {
	var partners []engagement.PartnerID
	for _, n := range c.Sendings {
		if !c.SendingsFrom.IsZero() && !slices.Contains(partners, n.Partner) {
			partners = append(partners, n.Partner)
			if _, err := s.exec(dropSendings, string(n.Partner), micros(c.SendingsFrom)); err != nil {
				return err
			}
		}
	}
	for _, f := range c.Forgotten {
		if _, err := s.exec(forgetSendings, string(f.Partner), f.Mailbox[:]); err != nil {
			return err
		}
	}
	for _, n := range c.Sendings {
		added, err := s.exec(insertSending, string(n.Partner), string(n.Message), n.Mailbox[:], string(n.Engagement), micros(n.At))
		if err != nil {
			return err
		}
		if added == 0 {
			return invalid("the sending of message %q is there already", n.Message)
		}
	}
	return nil
}

func (s *session) sendings(out *storage.Loaded, q storage.SendingsQuery) error {
	if q.Partner == "" {
		return nil
	}
	sent, err := collect(s, (*number).fields, selectSent, string(q.Partner), micros(q.Today))
	if err != nil {
		return err
	}
	out.Sent = int(sent[0].n)
	for i, box := range q.Mailboxes {
		if slices.Contains(q.Mailboxes[:i], box) {
			continue
		}
		found, err := collect(s, (*sendingRow).fields, selectSendings, string(q.Partner), box[:], micros(q.Since))
		if err != nil {
			return err
		}
		for _, r := range found {
			n, err := r.value()
			if err != nil {
				return err
			}
			out.Sendings = append(out.Sendings, n)
		}
	}
	slices.SortFunc(out.Sendings, func(a, b storage.Sending) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Message, b.Message))
	})
	return nil
}
