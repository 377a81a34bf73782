package memory

import (
	"cmp"
	"slices"

	"github.com/partnerengage/partnerengage/storage"
)

// checkSendings returns ErrInvalid for sendings that contradict themselves or what
// is stored.
func (s *Store) checkSendings(c storage.Changes) error {
	for i, n := range c.Sendings {
		if n.Partner == "" || n.Message == "" || n.Mailbox.IsZero() {
			return invalid("a sending has no partner, no message or no mailbox")
		}
		same := func(o storage.Sending) bool { return o.Partner == n.Partner && o.Message == n.Message }
		if slices.ContainsFunc(c.Sendings[:i], same) {
			return invalid("the sending of message %q is given twice", n.Message)
		}
		if p := s.partners[n.Partner]; p != nil && slices.ContainsFunc(p.sendings, func(o storage.Sending) bool { return same(o) && !dropped(c, o) }) {
			return invalid("the sending of message %q is there already", n.Message)
		}
	}
	return nil
}

// dropped reports whether the changes take a sending away.
func dropped(c storage.Changes, n storage.Sending) bool {
	if slices.Contains(c.Forgotten, storage.Mailbox{Partner: n.Partner, Mailbox: n.Mailbox}) {
		return true
	}
	return !c.SendingsFrom.IsZero() && micros(n.At) < micros(c.SendingsFrom) &&
		slices.ContainsFunc(c.Sendings, func(o storage.Sending) bool { return o.Partner == n.Partner })
}

func (s *Store) changeSendings(c storage.Changes) {
	drop := func(p *partner) {
		p.sendings = slices.DeleteFunc(p.sendings, func(n storage.Sending) bool { return dropped(c, n) })
	}
	for _, f := range c.Forgotten {
		if p := s.partners[f.Partner]; p != nil {
			drop(p)
		}
	}
	for _, n := range c.Sendings {
		drop(s.partner(n.Partner))
	}
	for _, n := range c.Sendings {
		n.At = at(micros(n.At))
		p := s.partner(n.Partner)
		p.sendings = append(p.sendings, n)
	}
}

func (s *Store) loadSendings(out *storage.Loaded, q storage.SendingsQuery) {
	p := s.partners[q.Partner]
	if q.Partner == "" || p == nil {
		return
	}
	for _, n := range p.sendings {
		if micros(n.At) >= micros(q.Today) {
			out.Sent++
		}
		if micros(n.At) >= micros(q.Since) && slices.Contains(q.Mailboxes, n.Mailbox) {
			out.Sendings = append(out.Sendings, n)
		}
	}
	slices.SortFunc(out.Sendings, func(a, b storage.Sending) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Message, b.Message))
	})
}
