package postgres

import (
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/former"
	"github.com/partnerengage/partnerengage/tenant"
)

// formerCustomer is a customer as it was kept.
type formerCustomer struct {
	partner, customer string
	known             bool
	seq               int64
	hash              []byte
	body              string
}

func (r *formerCustomer) fields() []any {
	return []any{&r.partner, &r.customer, &r.known, &r.seq, &r.hash, &r.body}
}

// row returns the customer as it is kept now. One that cannot be read stays as it is.
func (r *formerCustomer) row() (customerRow, error) {
	key := engagement.CustomerKey{Partner: engagement.PartnerID(r.partner), Customer: tenant.Key(r.customer)}
	c, err := former.CustomerOf([]byte(r.body))
	if err != nil || c.Key != key {
		return customerRow{Slot: slotOf(key.Customer), Partner: r.partner, Customer: r.customer, Known: r.known, Seq: r.seq, Hash: r.hash, Body: []byte(r.body)}, nil
	}
	c.History = engagement.Head{Seq: r.seq, Hash: digestOf(r.hash)}
	return newCustomer(c)
}

func (b *bringing) customers() error {
	for at := (formerCustomer{}); ; {
		found, err := formerRows(b, (*formerCustomer).fields, "SELECT partner, customer, known, seq, hash, body FROM "+b.in+"former_customer"+
			" WHERE (partner, customer) > ($1::text, $2::text) ORDER BY partner, customer LIMIT "+itoa(bringBatch), at.partner, at.customer)
		if err != nil || len(found) == 0 {
			return err
		}
		rows := make([]customerRow, len(found))
		for i := range found {
			if rows[i], err = found[i].row(); err != nil {
				return err
			}
		}
		if err := b.write(func(a *applying) { insert(a, "customer", many(customerRows), rows, nil) }); err != nil {
			return err
		}
		at = found[len(found)-1]
	}
}

// formerEvent is an event as it was kept.
type formerEvent struct {
	partner, customer                 string
	seq, at, format                   int64
	kind, party, offer, participation string
	from, to, note, detail, person    string
	state, personDigest, hash         []byte
}

func (r *formerEvent) fields() []any {
	return []any{&r.partner, &r.customer, &r.seq, &r.at, &r.format, &r.kind, &r.party, &r.offer, &r.participation, &r.from, &r.to, &r.note, &r.detail, &r.person,
		&r.state, &r.personDigest, &r.hash}
}

func (b *bringing) events() error {
	place := int64(0)
	for at := (formerEvent{}); ; {
		found, err := formerRows(b, (*formerEvent).fields, "SELECT partner, customer, seq, at, format, kind, party, engagement, participation, status_from, status_to, note, detail,"+
			" coalesce(person, ''), state, person_digest, hash FROM "+b.in+"former_event"+
			" WHERE (partner, customer, seq) > ($1::text, $2::text, $3::bigint) ORDER BY partner, customer, seq LIMIT "+itoa(bringBatch), at.partner, at.customer, at.seq)
		if err != nil || len(found) == 0 {
			return err
		}
		rows := make([]fedRow, len(found))
		for i := range found {
			place++
			if rows[i].eventRow, err = found[i].row(); err != nil {
				return err
			}
			rows[i].Place = place
		}
		if err := b.write(func(a *applying) { insert(a, "event", many(fedRows), rows, nil) }); err != nil {
			return err
		}
		at = found[len(found)-1]
	}
}

// row returns the event as it is kept now. What cannot be read of it stays as it is.
func (r *formerEvent) row() (eventRow, error) {
	e := engagement.Event{
		Partner: engagement.PartnerID(r.partner), Customer: tenant.Key(r.customer), Seq: r.seq, At: timeOf(r.at), Kind: engagement.EventKind(r.kind),
		By: engagement.Party(r.party), Engagement: engagement.ID(r.offer), Participation: engagement.ParticipationID(r.participation),
		From: engagement.Status(r.from), To: engagement.Status(r.to), Note: r.note, Format: int(r.format),
		State: digestOf(r.state), PersonDigest: digestOf(r.personDigest), Hash: digestOf(r.hash),
	}
	kept := eventRow{Slot: slotOf(e.Customer), Partner: r.partner, Customer: r.customer, Seq: r.seq, Participation: r.participation, Hash: r.hash}
	if r.person != "" {
		kept.Person = []byte(r.person)
	}
	whole, err := former.EventOf(e, r.detail, "")
	if err == nil {
		var row eventRow
		if row, err = newEvent(whole); err == nil {
			named, err := former.EventOf(whole, "", r.person)
			if err != nil {
				row.Person = kept.Person
				return row, nil
			}
			return newEvent(named)
		}
	}
	kept.Body = []byte(strings.Join([]string{"{", r.kind, r.party, r.offer, r.from, r.to, r.note, r.detail}, "\n"))
	return kept, nil
}

// formerMessage is a message as it was kept.
type formerMessage struct {
	id, partner, receiver string
	createdAt, attempts   int64
	held                  bool
	heldUntil             int64
	body                  string
}

func (r *formerMessage) fields() []any {
	return []any{&r.id, &r.partner, &r.receiver, &r.createdAt, &r.attempts, &r.held, &r.heldUntil, &r.body}
}

// messages brings over the outbox, of which there is little, as it waits to be sent.
func (b *bringing) messages() error {
	found, err := formerRows(b, (*formerMessage).fields, "SELECT id, partner, receiver, created_at, attempts, held, held_until, body FROM "+b.in+"former_message ORDER BY id")
	if err != nil {
		return err
	}
	return b.write(func(a *applying) {
		for i := range found {
			r := &found[i]
			row := messageRow{
				Slot: placed(r.id, ""), ID: r.id, Partner: r.partner, Receiver: r.receiver, CreatedAt: r.createdAt, Attempts: r.attempts, Body: []byte(r.body),
			}
			if m, err := former.MessageOf([]byte(r.body)); err == nil && string(m.ID) == r.id && string(m.Partner) == r.partner {
				m.Attempts = int(r.attempts)
				if now, err := newMessage(m); err == nil && now.Receiver == r.receiver && now.CreatedAt == r.createdAt {
					row = now
				}
			}
			insert(a, "message", messageRows, []messageRow{row}, nil)
			a.then(nil, func(a *arguments) string {
				return "UPDATE " + b.in + "message SET held = " + a.add(r.held, "boolean") + ", held_until = " + a.add(r.heldUntil, "bigint") +
					" WHERE slot = " + a.add(row.Slot, "smallint") + " AND id = " + a.add(r.id, "text")
			})
		}
	})
}

// formerToken is a token as it was kept. Links from then carry no slot.
type formerToken struct {
	hash                             []byte
	partner, participation, customer string
}

func (r *formerToken) fields() []any {
	return []any{&r.hash, &r.partner, &r.participation, &r.customer}
}

// rest brings over tokens, and what has not changed.
func (b *bringing) rest() error {
	for at := []byte{}; ; {
		found, err := formerRows(b, (*formerToken).fields, "SELECT hash, partner, participation, customer FROM "+b.in+"former_token WHERE hash > $1::bytea ORDER BY hash LIMIT "+itoa(bringBatch), at)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			break
		}
		rows := make([]tokenRow, len(found))
		for i, r := range found {
			rows[i] = tokenRow{Slot: int16(storage.SlotOfHash([32]byte(r.hash))), Home: slotOf(tenant.Key(r.customer)), Hash: r.hash, Partner: r.partner, Participation: r.participation}
		}
		if err := b.write(func(a *applying) { insert(a, "token", many(tokenRows), rows, nil) }); err != nil {
			return err
		}
		at = found[len(found)-1].hash
	}
	for _, sql := range []string{
		"INSERT INTO " + b.in + "person (slot, partner, key, person, customer) SELECT slot, partner, '', '', customer FROM " + b.in + "customer",
		"INSERT INTO " + b.in + "command (partner, key, body, result, at) SELECT partner, key, body, result, at FROM " + b.in + "former_command",
		"INSERT INTO " + b.in + "sending (partner, message, mailbox, engagement, at) SELECT partner, message, mailbox, engagement, at FROM " + b.in + "former_sending",
	} {
		if _, err := b.tx.Exec(b.ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
