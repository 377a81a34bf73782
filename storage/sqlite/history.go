package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
)

// customerRow is the row of a customer of a partner.
type customerRow struct {
	partner, customer string
	seq               int64
	hash, body        []byte
	persons           []byte
}

func (r *customerRow) fields() []any {
	return []any{&r.partner, &r.customer, &r.seq, &r.hash, &r.body, &r.persons}
}

const (
	customerColumns      = `t.partner, t.customer, t.seq, t.hash, t.body, t.persons`
	selectCustomersByKey = `SELECT ` + customerColumns + `
		FROM json_each(?) k CROSS JOIN pe_customer t ON t.partner = k.value ->> 0 AND t.customer = k.value ->> 1`
	selectCustomers = `SELECT ` + customerColumns + ` FROM pe_customer t WHERE partner = ? AND customer > ? ORDER BY customer LIMIT ?`
	selectKnown     = `SELECT ` + customerColumns + ` FROM pe_customer t INDEXED BY pe_customer_known
		WHERE partner = ? AND customer > ? AND known = 1 ORDER BY customer LIMIT ?`
	selectAllCustomers = `SELECT ` + customerColumns + ` FROM pe_customer t WHERE (partner, customer) > (?, ?) ORDER BY partner, customer LIMIT ?`
	selectAllKnown     = `SELECT ` + customerColumns + ` FROM pe_customer t INDEXED BY pe_customer_known
		WHERE (partner, customer) > (?, ?) AND known = 1 ORDER BY partner, customer LIMIT ?`

	selectHeads    = `SELECT t.partner, t.customer, t.seq, t.hash FROM json_each(?) k CROSS JOIN pe_customer t ON t.partner = k.value ->> 0 AND t.customer = k.value ->> 1`
	insertCustomer = `INSERT INTO pe_customer (partner, customer, known, seq, hash, body, persons) VALUES (?, ?, ?, ?, ?, ?, ?)`
	updateCustomer = `UPDATE pe_customer SET seq = ?, hash = ?, body = ? WHERE partner = ? AND customer = ? AND known = ?`
	becomeKnown    = `UPDATE pe_customer SET known = ?, seq = ?, hash = ?, body = ? WHERE partner = ? AND customer = ?`
)

func (r customerRow) key() engagement.CustomerKey {
	return engagement.CustomerKey{Partner: engagement.PartnerID(r.partner), Customer: tenant.Key(r.customer)}
}

func (r customerRow) value() (engagement.Customer, error) {
	c, err := decode[engagement.Customer](r.body)
	if err == nil && c.Key != r.key() {
		err = errOthers
	}
	if err == nil {
		c.History.Seq = r.seq
		c.History.Hash, err = digestOf(r.hash)
	}
	if err == nil {
		c.Persons, err = record.DecodePersons(r.persons)
	}
	if err != nil {
		err = &storage.UnreadableError{Kind: "customer", Key: r.partner + " " + r.customer, Partner: r.key().Partner, Customer: r.key().Customer, Err: err}
	}
	return c, err
}

func (r *customerRow) headFields() []any {
	return []any{&r.partner, &r.customer, &r.seq, &r.hash}
}

func customerParts(k engagement.CustomerKey) []string {
	return []string{string(k.Partner), string(k.Customer)}
}

// guardCustomers returns ErrConflict unless the stored histories end where the new
// events begin. It returns which customers are there.
func (s *session) guardCustomers(c storage.Changes) (map[engagement.CustomerKey]bool, error) {
	if len(c.Customers) == 0 {
		return nil, nil
	}
	added := make(map[engagement.CustomerKey]int64, len(c.Customers))
	for _, e := range c.Events {
		added[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}]++
	}
	keys := keyList(c.Customers, func(x engagement.Customer) []string { return customerParts(x.Key) })
	found, err := collect(s, (*customerRow).headFields, selectHeads, keys)
	if err != nil {
		return nil, err
	}
	stored := make(map[engagement.CustomerKey]customerRow, len(found))
	there := make(map[engagement.CustomerKey]bool, len(found))
	for _, r := range found {
		stored[r.key()], there[r.key()] = r, true
	}
	for _, x := range c.Customers {
		if behind := x.History.Seq - added[x.Key]; stored[x.Key].seq != behind {
			return nil, conflict("a history does not end at event %d any more", behind)
		}
	}
	for _, x := range c.Customers {
		if added[x.Key] == 0 && string(stored[x.Key].hash) != string(digestBytes(x.History.Hash)) {
			return nil, invalid("a customer's history ends with another hash than its events")
		}
	}
	return there, nil
}

func (s *session) writeCustomers(c storage.Changes, there map[engagement.CustomerKey]bool) error {
	persons := make(map[engagement.CustomerKey][]byte, len(c.Persons))
	for _, p := range c.Persons {
		persons[p.Key] = record.EncodePersons(p.Persons)
	}
	for _, x := range c.Customers {
		head := x.History
		x.History, x.Persons = engagement.Head{}, engagement.Persons{}
		body, err := encode(x)
		if err != nil {
			return err
		}
		partner, customer, known, hash := string(x.Key.Partner), string(x.Key.Customer), x.Known(), blob(digestBytes(head.Hash))
		if !there[x.Key] {
			if _, err := s.exec(insertCustomer, partner, customer, known, head.Seq, hash, body, blob(persons[x.Key])); err != nil {
				return err
			}
			continue
		}
		n, err := s.exec(updateCustomer, head.Seq, hash, body, partner, customer, known)
		if err == nil && n == 0 {
			_, err = s.exec(becomeKnown, known, head.Seq, hash, body, partner, customer)
		}
		if err != nil {
			return err
		}
	}
	if err := s.writePersons(c, there); err != nil {
		return err
	}
	for _, e := range c.Events {
		r, err := newEventRow(e)
		if err != nil {
			return err
		}
		if _, err := s.exec(insertEvent, r.partner, r.customer, r.seq, string(e.Participation), r.hash, r.body, blob(r.person)); err != nil {
			return err
		}
	}
	for _, e := range c.Erased {
		n, err := s.exec(eraseEvent, string(e.Partner), string(e.Customer), e.Seq, e.Hash[:])
		if err != nil {
			return err
		}
		if n == 0 {
			return invalid("event %d to be erased is not the stored one", e.Seq)
		}
	}
	return nil
}

func (s *session) customers(out *storage.Loaded, keys []engagement.CustomerKey) error {
	if len(keys) == 0 {
		return nil
	}
	list := keyList(keys, customerParts)
	found, err := collect(s, (*customerRow).fields, selectCustomersByKey, list)
	for _, r := range found {
		c, err := r.value()
		if err == nil {
			out.Customers[c.Key] = c
			continue
		}
		if out.Unreadable == nil {
			out.Unreadable = map[engagement.CustomerKey]error{}
		}
		out.Unreadable[r.key()] = err
	}
	return err
}

// readable turns rows into values. A row that cannot be read is left out, and its
// error is among the joined ones.
func readable[R, V any](list []R, value func(R) (V, error)) ([]V, error) {
	out := make([]V, 0, len(list))
	var errs []error
	for _, row := range list {
		v, err := value(row)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, v)
	}
	return out, errors.Join(errs...)
}

// Customers implements storage.Store.
func (s *Store) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if !q.Naming.Key.IsZero() {
		return s.naming(ctx, q)
	}
	query, after := selectCustomers, q.Partner
	switch {
	case q.Partner == "" && q.Known:
		query, after = selectAllKnown, q.AfterPartner
	case q.Partner == "":
		query, after = selectAllCustomers, q.AfterPartner
	case q.Known:
		query = selectKnown
	}
	var found []customerRow
	err := s.read(ctx, "list customers", func(se *session) (err error) {
		found, err = collect(se, (*customerRow).fields, query, string(after), string(q.After), q.Limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return readable(found, customerRow.value)
}

// eventRow is the row of an event.
type eventRow struct {
	partner, customer  string
	seq                int64
	hash, body, person []byte
}

func (r *eventRow) fields() []any {
	return []any{&r.partner, &r.customer, &r.seq, &r.hash, &r.body, &r.person}
}

const (
	selectHistory = `SELECT partner, customer, seq, hash, body, person FROM pe_event WHERE partner = ? AND customer = ? AND seq > ? AND seq < ?`
	selectAbout   = `SELECT partner, customer, seq, hash, body, person FROM pe_event INDEXED BY pe_event_participation
		WHERE partner = ? AND customer = ? AND seq > ? AND seq < ? AND participation <> '' AND participation = ?`
	insertEvent = `INSERT INTO pe_event (partner, customer, seq, participation, hash, body, person) VALUES (?, ?, ?, ?, ?, ?, ?)`
	eraseEvent  = `UPDATE pe_event SET person = NULL WHERE partner = ? AND customer = ? AND seq = ? AND hash = ?`
)

func newEventRow(e engagement.Event) (eventRow, error) {
	r := eventRow{partner: string(e.Partner), customer: string(e.Customer), seq: e.Seq, hash: e.Hash[:]}
	var err error
	if e.Person != nil {
		if r.person, err = encode(engagement.Event{Person: e.Person}); err != nil {
			return r, err
		}
		e.Person = nil
	}
	r.body, err = encode(e)
	return r, err
}

func (r eventRow) value() (engagement.Event, error) {
	e, err := decode[engagement.Event](r.body)
	if err == nil && (string(e.Partner) != r.partner || string(e.Customer) != r.customer || e.Seq != r.seq || string(e.Hash[:]) != string(r.hash)) {
		err = errOthers
	}
	if err == nil && len(r.person) > 0 {
		var of engagement.Event
		of, err = decode[engagement.Event](r.person)
		e.Person = of.Person
	}
	if err != nil {
		err = &storage.UnreadableError{Kind: "event", Key: fmt.Sprintf("%s %s %d", r.partner, r.customer, r.seq), Seq: r.seq, Err: err}
	}
	return e, err
}

// History implements storage.Store.
func (s *Store) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	before := q.Before
	if before == 0 {
		before = math.MaxInt64
	}
	query, args := selectHistory, []any{string(q.Customer.Partner), string(q.Customer.Customer), q.After, before}
	if q.Participation != "" {
		query, args = selectAbout, append(args, string(q.Participation))
	}
	query += " ORDER BY seq"
	if q.Newest {
		query += " DESC"
	}
	var found []eventRow
	err := s.read(ctx, "read a history", func(se *session) (err error) {
		found, err = collect(se, (*eventRow).fields, query+" LIMIT ?", append(args, q.Limit)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return readable(found, eventRow.value)
}
