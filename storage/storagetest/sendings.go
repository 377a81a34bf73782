package storagetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func sendingCases() []Case {
	return []Case{
		{"sendings", "Load brings the partner's sendings to the wanted mailboxes since a time, the oldest first, and counts all that the partner has sent since another time.", checkSendings},
		{"sendings go", "A partner's sendings from before SendingsFrom go when it sends again, and those to a Forgotten mailbox at once; nobody else's do, and nothing that the same Apply adds.", checkSendingsGo},
	}
}

// box is the n-th mailbox.
func box(n int) engagement.Digest { return engagement.Digest{byte(n), 1} }

func sending(of engagement.PartnerID, id string, to int, at time.Time) storage.Sending {
	return storage.Sending{Partner: of, Message: engagement.MessageID(id), Mailbox: box(to), Engagement: "azure-migration", At: at}
}

// sent is what a store says of the partner's sendings to mailboxes 1 and 2 since
// start, by message, and how many there are since an hour later.
func sent(ctx context.Context, s storage.Store, of engagement.PartnerID) (string, error) {
	loaded, err := s.Load(ctx, storage.Want{Sendings: storage.SendingsQuery{
		Partner: of, Mailboxes: []engagement.Digest{box(1), box(2), box(1)}, Since: start, Today: start.Add(time.Hour),
	}})
	text := ""
	for _, n := range loaded.Sendings {
		text += string(n.Message) + " "
	}
	return text + fmt.Sprint(loaded.Sent), err
}

func checkSendings(ctx context.Context, a, b storage.Store) error {
	first := sending(northwind, "e", 1, start.Add(2*time.Hour))
	err := a.Apply(ctx, storage.Changes{Sendings: []storage.Sending{
		first, sending(northwind, "d", 2, start.Add(2*time.Hour)), sending(northwind, "c", 1, start), sending(northwind, "b", 1, start.Add(-time.Microsecond)),
		sending(northwind, "a", 3, start.Add(time.Hour)), sending(fabrikam, "e", 1, start.Add(time.Hour)),
	}})
	if err != nil {
		return err
	}
	own, err1 := sent(ctx, b, northwind)
	other, err2 := sent(ctx, a, fabrikam)
	none, err3 := b.Load(ctx, storage.Want{Sendings: storage.SendingsQuery{Partner: "nobody", Mailboxes: []engagement.Digest{box(1)}}})
	one, err4 := b.Load(ctx, storage.Want{Sendings: storage.SendingsQuery{Partner: northwind, Mailboxes: []engagement.Digest{box(1)}, Since: start.Add(time.Hour), Today: start}})
	unasked, err5 := b.Load(ctx, storage.Want{})
	return errors.Join(err1, err2, err3, err4, err5,
		same("what the partner sent", own, "c d e 3"), same("what another one sent", other, "e 1"),
		same("what nobody sent", []any{len(none.Sendings), none.Sent}, []any{0, 0}),
		same("one sending, whole", one.Sendings, []storage.Sending{first}), same("how many since the start", one.Sent, 4),
		same("what nobody asked for", []any{len(unasked.Sendings), unasked.Sent}, []any{0, 0}),
		matches("a sending that is there already", b.Apply(ctx, storage.Changes{Sendings: []storage.Sending{sending(northwind, "e", 2, start)}}), storage.ErrInvalid),
		matches("a sending given twice", b.Apply(ctx, storage.Changes{Sendings: []storage.Sending{sending(northwind, "x", 1, start), sending(northwind, "x", 2, start)}}), storage.ErrInvalid),
		matches("a sending without a mailbox", b.Apply(ctx, storage.Changes{Sendings: []storage.Sending{{Partner: northwind, Message: "y", At: start}}}), storage.ErrInvalid),
	)
}

func checkSendingsGo(ctx context.Context, a, b storage.Store) error {
	for _, of := range []engagement.PartnerID{northwind, fabrikam} {
		err := a.Apply(ctx, storage.Changes{Sendings: []storage.Sending{
			sending(of, "a", 1, start), sending(of, "b", 1, start.Add(time.Hour)), sending(of, "c", 2, start.Add(2*time.Hour)), sending(of, "d", 2, start),
		}})
		if err != nil {
			return err
		}
	}
	err := b.Apply(ctx, storage.Changes{SendingsFrom: start.Add(time.Hour), Sendings: []storage.Sending{sending(northwind, "e", 1, start.Add(3*time.Hour))}})
	if err != nil {
		return err
	}
	pruned, err1 := sent(ctx, a, northwind)
	if err := a.Apply(ctx, storage.Changes{SendingsFrom: start.Add(9 * time.Hour), Forgotten: []storage.Mailbox{{Partner: northwind, Mailbox: box(1)}}}); err != nil {
		return err
	}
	left, err2 := sent(ctx, b, northwind)
	other, err3 := sent(ctx, b, fabrikam)
	if err := errors.Join(err1, err2, err3, same("what is left of the older ones", pruned, "b c e 3"), same("what is left of a mailbox", left, "c 1"), same("another partner's", other, "a d b c 2")); err != nil {
		return err
	}
	// What is sent in the same Apply stays, to a forgotten mailbox and of whatever time.
	if err := b.Apply(ctx, storage.Changes{Forgotten: []storage.Mailbox{{Partner: northwind, Mailbox: box(2)}}, Sendings: []storage.Sending{sending(northwind, "f", 2, start.Add(4*time.Hour))}}); err != nil {
		return err
	}
	forgotten, err1 := sent(ctx, a, northwind)
	if err := a.Apply(ctx, storage.Changes{SendingsFrom: start.Add(9 * time.Hour), Sendings: []storage.Sending{sending(northwind, "g", 1, start.Add(5*time.Hour))}}); err != nil {
		return err
	}
	late, err2 := sent(ctx, b, northwind)
	return errors.Join(err1, err2, same("what is sent to a mailbox that is forgotten in the same Apply", forgotten, "f 1"), same("what is sent from before SendingsFrom", late, "g 1"))
}

func (s *plain) applySendings(c storage.Changes) {
	s.sendings = slices.DeleteFunc(s.sendings, func(n storage.Sending) bool {
		old := !c.SendingsFrom.IsZero() && n.At.Before(c.SendingsFrom) && slices.ContainsFunc(c.Sendings, func(o storage.Sending) bool { return o.Partner == n.Partner })
		return old || slices.Contains(c.Forgotten, storage.Mailbox{Partner: n.Partner, Mailbox: n.Mailbox})
	})
	s.sendings = append(s.sendings, c.Sendings...)
}

func (s *plain) loadSendings(out *storage.Loaded, q storage.SendingsQuery) {
	for _, n := range s.sendings {
		if n.Partner != q.Partner {
			continue
		}
		if !n.At.Before(q.Today) {
			out.Sent++
		}
		if !n.At.Before(q.Since) && slices.Contains(q.Mailboxes, n.Mailbox) {
			out.Sendings = append(out.Sendings, n)
		}
	}
	slices.SortFunc(out.Sendings, func(a, b storage.Sending) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Message, b.Message))
	})
}

// addSendings are random, and now and then some go.
func (d *driver) addSendings(c *storage.Changes) {
	for range d.IntN(3) {
		d.n++
		c.Sendings = append(c.Sendings, sending(d.partner(), fmt.Sprint("s-", d.n), d.IntN(3), d.now.Add(-time.Duration(d.IntN(20))*time.Minute)))
	}
	if d.IntN(4) == 0 {
		c.SendingsFrom = d.now.Add(-time.Duration(d.IntN(60)) * time.Minute)
	}
	if d.IntN(10) == 0 {
		c.Forgotten = append(c.Forgotten, storage.Mailbox{Partner: d.partner(), Mailbox: box(d.IntN(3))})
	}
}

func (d *driver) sendingsQuery() storage.SendingsQuery {
	return storage.SendingsQuery{
		Partner: d.partner(), Mailboxes: []engagement.Digest{box(d.IntN(3)), box(d.IntN(3))}[:d.IntN(3)],
		Since: d.now.Add(-time.Duration(d.IntN(60)) * time.Minute), Today: d.now.Add(-time.Duration(d.IntN(60)) * time.Minute),
	}
}
