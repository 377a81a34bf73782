package rows

import (
	"encoding/json"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Customer is the row of a customer of a partner.
type Customer struct {
	Partner  string
	Customer string
	Known    bool
	Seq      int64  // of the last event
	Hash     []byte // of the last event; none while there is no event
	Body     string // the customer without its history
}

// CustomerColumns returns the columns of a Customer. The first two are its key.
func CustomerColumns() []string {
	return []string{"partner", "customer", "known", "seq", "hash", "body"}
}

// Fields points to the fields in the order of the columns.
func (r *Customer) Fields() []any {
	return []any{&r.Partner, &r.Customer, &r.Known, &r.Seq, &r.Hash, &r.Body}
}

func newCustomer(c engagement.Customer) (Customer, error) {
	row := Customer{
		Partner: string(c.Key.Partner), Customer: string(c.Key.Customer), Known: c.Known(), Seq: c.History.Seq, Hash: digestBytes(c.History.Hash),
	}
	c.History, c.KnownSince, c.ParkedSince = engagement.Head{}, precise(c.KnownSince), precise(c.ParkedSince)
	body, err := json.Marshal(c)
	if err != nil {
		return row, fmt.Errorf("%w: a customer cannot be written as JSON: %w", storage.ErrInvalid, err)
	}
	row.Body = string(body)
	return row, nil
}

// Value returns the customer.
func (r Customer) Value() (engagement.Customer, error) {
	var c engagement.Customer
	if err := json.Unmarshal([]byte(r.Body), &c); err != nil {
		return c, r.unreadable(err)
	}
	c.History.Seq = r.Seq
	var err error
	if c.History.Hash, err = digestOf(r.Hash); err != nil {
		return c, r.unreadable(err)
	}
	if c.Key != r.Key() {
		return c, r.unreadable(orOthers(nil))
	}
	return c, nil
}

// Key returns the customer's key.
func (r Customer) Key() engagement.CustomerKey {
	return engagement.CustomerKey{Partner: engagement.PartnerID(r.Partner), Customer: tenant.Key(r.Customer)}
}

func (r Customer) unreadable(err error) error {
	return &storage.UnreadableError{Kind: "customer", Key: r.Partner + " " + r.Customer, Customer: r.Key().Customer, Err: err}
}

// Event is the row of an event.
type Event struct {
	Partner       string
	Customer      string
	Seq           int64
	At            int64
	Kind          string
	By            string
	Engagement    string
	Participation string
	From          string
	To            string
	Note          string // of an event of the first format
	Format        int64
	Detail        string  // JSON; "" when there is none
	State         []byte  // none when the event led to no state
	Person        *string // JSON; nil when nobody is named, or no longer
	PersonDigest  []byte  // none when nobody is named
	Hash          []byte
}

// EventColumns returns the columns of an Event. The first three are its key.
func EventColumns() []string {
	return []string{"partner", "customer", "seq", "at", "kind", "party", "engagement", "participation",
		"status_from", "status_to", "note", "format", "detail", "state", "person", "person_digest", "hash"}
}

// Fields points to the fields in the order of the columns.
func (r *Event) Fields() []any {
	return []any{&r.Partner, &r.Customer, &r.Seq, &r.At, &r.Kind, &r.By, &r.Engagement, &r.Participation,
		&r.From, &r.To, &r.Note, &r.Format, &r.Detail, &r.State, &r.Person, &r.PersonDigest, &r.Hash}
}

func newEvent(e engagement.Event) (Event, error) {
	row := Event{
		Partner: string(e.Partner), Customer: string(e.Customer), Seq: e.Seq, At: Micros(e.At), Kind: string(e.Kind), By: string(e.By),
		Engagement: string(e.Engagement), Participation: string(e.Participation), From: string(e.From), To: string(e.To), Note: e.Note,
		Format: int64(e.Format), State: digestBytes(e.State), PersonDigest: digestBytes(e.PersonDigest), Hash: e.Hash[:],
	}
	if !e.Detail.IsZero() {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return row, fmt.Errorf("%w: the details of event %d cannot be written as JSON: %w", storage.ErrInvalid, e.Seq, err)
		}
		row.Detail = string(detail)
	}
	if e.Person == nil {
		return row, nil
	}
	person, err := json.Marshal(e.Person)
	if err != nil {
		return row, fmt.Errorf("%w: the person of event %d cannot be written as JSON: %w", storage.ErrInvalid, e.Seq, err)
	}
	text := string(person)
	row.Person = &text
	return row, nil
}

// Value returns the event.
func (r Event) Value() (engagement.Event, error) {
	e, err := r.value()
	if err != nil {
		err = &storage.UnreadableError{Kind: "event", Key: fmt.Sprintf("%s %s %d", r.Partner, r.Customer, r.Seq), Seq: r.Seq, Err: err}
	}
	return e, err
}

func (r Event) value() (engagement.Event, error) {
	e := engagement.Event{
		Partner: engagement.PartnerID(r.Partner), Customer: tenant.Key(r.Customer), Seq: r.Seq, At: Time(r.At),
		Kind: engagement.EventKind(r.Kind), By: engagement.Party(r.By), Engagement: engagement.ID(r.Engagement),
		Participation: engagement.ParticipationID(r.Participation), From: engagement.Status(r.From), To: engagement.Status(r.To), Note: r.Note,
		Format: int(r.Format),
	}
	if r.Detail != "" {
		if err := json.Unmarshal([]byte(r.Detail), &e.Detail); err != nil {
			return e, fmt.Errorf("its details: %w", err)
		}
	}
	if r.Person != nil {
		if err := json.Unmarshal([]byte(*r.Person), &e.Person); err != nil {
			return e, fmt.Errorf("its person: %w", err)
		}
	}
	var err error
	if e.PersonDigest, err = digestOf(r.PersonDigest); err != nil {
		return e, err
	}
	if e.State, err = digestOf(r.State); err != nil {
		return e, err
	}
	e.Hash, err = digestOf(r.Hash)
	return e, err
}

// digestBytes returns a digest as it is stored, nothing for the zero one.
func digestBytes(d engagement.Digest) []byte {
	if d.IsZero() {
		return nil
	}
	return d[:]
}

func digestOf(b []byte) (engagement.Digest, error) {
	var d engagement.Digest
	if len(b) != 0 && len(b) != len(d) {
		return d, fmt.Errorf("a stored hash has %d bytes, not %d", len(b), len(d))
	}
	copy(d[:], b)
	return d, nil
}
