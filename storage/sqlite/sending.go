package sqlite

import (
	"cmp"
	"slices"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

var (
	insertSending = `INSERT INTO pe_sending (partner, message, mailbox, engagement, at) SELECT ` + marks(len(rows.SendingColumns())) + `
		WHERE NOT EXISTS (SELECT 1 FROM pe_sending WHERE partner = ? AND message = ?)`
	selectSendings = `SELECT ` + listed(rows.SendingColumns()) + ` FROM pe_sending t INDEXED BY pe_sending_mailbox WHERE partner = ? AND mailbox = ? AND at >= ?`
)

const (
	selectSent     = `SELECT count(*) FROM pe_sending INDEXED BY pe_sending_at WHERE partner = ? AND at >= ?`
	dropSendings   = `DELETE FROM pe_sending INDEXED BY pe_sending_at WHERE partner = ? AND at < ?`
	forgetSendings = `DELETE FROM pe_sending INDEXED BY pe_sending_mailbox WHERE partner = ? AND mailbox = ?`
)

func (s *session) applySendings(p rows.Plan) error {
	for _, o := range p.Outdated {
		if _, err := s.exec(dropSendings, o.Partner, o.Before); err != nil {
			return err
		}
	}
	for _, f := range p.Forgotten {
		if _, err := s.exec(forgetSendings, f.Partner, f.Mailbox); err != nil {
			return err
		}
	}
	for i := range p.Sendings {
		r := &p.Sendings[i]
		n, err := s.exec(insertSending, append(rows.Values(r.Fields()), r.Partner, r.Message)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return invalid("the sending of message %q is there already", r.Message)
		}
	}
	return nil
}

// number is a count.
type number struct{ n int64 }

func (n *number) fields() []any { return []any{&n.n} }

func (s *session) sendings(out *storage.Loaded, q storage.SendingsQuery) error {
	if q.Partner == "" {
		return nil
	}
	sent, err := collect(s, (*number).fields, selectSent, string(q.Partner), rows.Micros(q.Today))
	if err != nil {
		return err
	}
	out.Sent = int(sent[0].n)
	for i, box := range q.Mailboxes {
		if slices.Contains(q.Mailboxes[:i], box) {
			continue
		}
		found, err := collect(s, (*rows.Sending).Fields, selectSendings, string(q.Partner), box[:], rows.Micros(q.Since))
		if err != nil {
			return err
		}
		list, err := rows.SendingValues(found)
		if err != nil {
			return err
		}
		out.Sendings = append(out.Sendings, list...)
	}
	slices.SortFunc(out.Sendings, func(a, b storage.Sending) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Message, b.Message))
	})
	return nil
}
