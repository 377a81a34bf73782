package rows

import (
	"fmt"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Plan is Changes as rows.
type Plan struct {
	Places    []PlaceRows
	Customers []CustomerRows
	Tokens    []Token
	Messages  []Message
	Delivered []string
	Postponed []Postponed // by message
	Command   *Command
	Erased    []Event // as they are afterwards
	Unsent    []Recipient
	Sendings  []Sending
	Outdated  []Outdated
	Forgotten []Forgotten
}

// PlaceRows are the rows of a place. Its own row has the version that it is
// stored with, so the stored one must be one less.
type PlaceRows struct {
	Place          Place
	Standings      []Standing
	Participations []Participation
	Entries        []Entry
}

// CustomerRows are a customer and its new events, the oldest first.
type CustomerRows struct {
	Customer Customer
	Events   []Event
}

// Before returns the sequence number at which the stored history must end.
func (r CustomerRows) Before() int64 { return r.Customer.Seq - int64(len(r.Events)) }

// Postponed is a message that is handed out again from Until on.
type Postponed struct {
	Message string
	Until   int64
}

// Recipient is whom a partner has messages for.
type Recipient struct{ Partner, Receiver string }

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrInvalid, fmt.Sprintf(format, args...))
}

// NewPlan turns changes into rows. It returns ErrInvalid for changes that contradict
// themselves, or have a text that not every engine can keep; whether they contradict
// what is stored is left to the adapter:
//
//   - ErrConflict: a place's version, the end of a customer's history, a command
//     key that is not new.
//   - ErrInvalid: a participation that is in another place already, a customer
//     without new events whose hash is not the stored one, a token or a message
//     that is there already, an erased event that is not the stored one.
func NewPlan(c storage.Changes) (Plan, error) {
	var p Plan
	var err error
	if p.Places, err = planPlaces(c.Places, c.Entries); err != nil {
		return p, err
	}
	if p.Customers, err = planCustomers(c.Customers, c.Events); err != nil {
		return p, err
	}
	if err := p.planErased(c.Erased); err != nil {
		return p, err
	}
	hashes := map[consent.Hash]bool{}
	for _, t := range c.Tokens {
		if hashes[t.Hash] {
			return p, invalid("a link's token is given twice")
		}
		hashes[t.Hash] = true
		p.Tokens = append(p.Tokens, newToken(t))
	}
	ids := map[engagement.MessageID]bool{}
	for _, m := range c.Messages {
		if ids[m.ID] {
			return p, invalid("message %q is given twice", m.ID)
		}
		ids[m.ID] = true
		row, err := newMessage(m)
		if err != nil {
			return p, err
		}
		p.Messages = append(p.Messages, row)
	}
	p.planSettled(c)
	if err := p.planSendings(c); err != nil {
		return p, err
	}
	if c.Command != nil {
		if c.Command.Key.Partner == "" || c.Command.Key.Key == "" {
			return p, invalid("a command is recorded without a partner or a key")
		}
		row := newCommand(*c.Command)
		p.Command = &row
	}
	return p, p.checkTexts()
}

// planSettled takes over what became of messages. In an order that is always the
// same, so that two who write at once do not wait for each other.
func (p *Plan) planSettled(c storage.Changes) {
	for _, id := range c.Delivered {
		p.Delivered = append(p.Delivered, string(id))
	}
	slices.Sort(p.Delivered)
	for _, id := range slices.Sorted(maps.Keys(c.Postponed)) {
		p.Postponed = append(p.Postponed, Postponed{string(id), Micros(c.Postponed[id])})
	}
	for _, r := range c.Unsent {
		p.Unsent = append(p.Unsent, Recipient{string(r.Partner), r.To.String()})
	}
}

func planPlaces(places []engagement.Place, entries []engagement.Entry) ([]PlaceRows, error) {
	out := make([]PlaceRows, len(places))
	index := make(map[engagement.PlaceKey]int, len(places))
	seen := map[storage.ParticipationKey]bool{}
	for i, pl := range places {
		if pl.Key.Engagement == "" || pl.Key.Customer == "" {
			return nil, invalid("a place has no engagement or no customer")
		}
		index[pl.Key] = i
		var err error
		if out[i].Place, out[i].Standings, out[i].Participations, err = newPlace(pl); err != nil {
			return nil, err
		}
		if err := checkStandings(pl, seen); err != nil {
			return nil, err
		}
	}
	if len(index) < len(places) {
		return nil, invalid("a place is changed twice at once")
	}
	for _, e := range entries {
		at, ok := index[e.Place]
		if !ok {
			return nil, invalid("the entry %q belongs to none of the changed places", e.Row)
		}
		row, err := newEntry(e, out[at].Place.Due)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out[at].Entries, row.SameKey) {
			return nil, invalid("the entry %q is given twice", e.Row)
		}
		out[at].Entries = append(out[at].Entries, row)
	}
	for i, pl := range places {
		if err := out[i].keep(pl); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// checkStandings makes sure that the rows of a place have keys of their own. It
// adds the place's participations to those seen.
func checkStandings(pl engagement.Place, seen map[storage.ParticipationKey]bool) error {
	for i, s := range pl.Standings {
		if s.Partner == "" {
			return invalid("a standing has no partner")
		}
		if i > 0 && pl.Standings[i-1].Partner >= s.Partner {
			return invalid("the standings of a place are not in order of their partners")
		}
		for _, p := range s.Participations {
			key := storage.ParticipationKey{Partner: s.Partner, ID: p.ID}
			if p.ID == "" || seen[key] {
				return invalid("participation %q has no ID of its own", p.ID)
			}
			seen[key] = true
		}
	}
	return nil
}

func planCustomers(customers []engagement.Customer, events []engagement.Event) ([]CustomerRows, error) {
	out := make([]CustomerRows, len(customers))
	index := make(map[engagement.CustomerKey]int, len(customers))
	for i, c := range customers {
		if c.Key.Partner == "" || c.Key.Customer == "" {
			return nil, invalid("a customer has no partner or no key")
		}
		index[c.Key] = i
		var err error
		if out[i].Customer, err = newCustomer(c); err != nil {
			return nil, err
		}
	}
	if len(index) < len(customers) {
		return nil, invalid("a customer is changed twice at once")
	}
	for _, e := range events {
		at, ok := index[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}]
		if !ok {
			return nil, invalid("event %d belongs to none of the changed customers", e.Seq)
		}
		if n := len(out[at].Events); n > 0 && e.Seq != out[at].Events[n-1].Seq+1 {
			return nil, invalid("event %d follows event %d", e.Seq, out[at].Events[n-1].Seq)
		}
		row, err := newEvent(e)
		if err != nil {
			return nil, err
		}
		out[at].Events = append(out[at].Events, row)
	}
	for i := range out {
		n := len(out[i].Events)
		if n == 0 {
			continue
		}
		head, last := customers[i].History, out[i].Events[n-1]
		if head.Seq != last.Seq || string(head.Hash[:]) != string(last.Hash) {
			return nil, invalid("a customer's history ends at event %d, and its new events with another hash or at %d", head.Seq, last.Seq)
		}
	}
	return out, nil
}

func (p *Plan) planErased(events []engagement.Event) error {
	for _, e := range events {
		if e.Person != nil {
			return invalid("event %d to be erased still has its person", e.Seq)
		}
		row, err := newEvent(e)
		if err != nil {
			return err
		}
		p.Erased = append(p.Erased, row)
	}
	return nil
}
