package postgres

import (
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

var (
	sendings  = shape[rows.Sending]{rows.SendingColumns(), (*rows.Sending).Fields}
	outdated  = shape[rows.Outdated]{[]string{"partner", "before"}, func(r *rows.Outdated) []any { return []any{&r.Partner, &r.Before} }}
	forgotten = shape[rows.Forgotten]{[]string{"partner", "mailbox"}, func(r *rows.Forgotten) []any { return []any{&r.Partner, &r.Mailbox} }}
)

// putSendings is before the messages, and what goes is before what comes.
func (s *applying) putSendings(p rows.Plan) {
	if len(p.Outdated) > 0 {
		s.then(nil, func(a *arguments) string {
			return "WITH " + relation(a, "v", outdated, p.Outdated) + " DELETE FROM " + s.in + `sending t USING v WHERE t.partner = v.partner AND t.at < v."before"`
		})
	}
	if len(p.Forgotten) > 0 {
		s.then(nil, func(a *arguments) string {
			return "WITH " + relation(a, "v", forgotten, p.Forgotten) + " DELETE FROM " + s.in + "sending t USING v WHERE " + alike("t", "v", "partner", "mailbox")
		})
	}
	insert(s, "sending", sendings, p.Sendings, errSendingThere)
}

// mailboxes are the wanted ones, as an argument.
func mailboxes(q storage.SendingsQuery) [][]byte {
	out := make([][]byte, len(q.Mailboxes))
	for i := range q.Mailboxes {
		out[i] = q.Mailboxes[i][:]
	}
	return out
}
