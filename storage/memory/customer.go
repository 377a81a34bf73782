package memory

import (
	"encoding/json"
	"slices"
	"strings"
	"unique"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// customer is an engagement.Customer in less memory, with its history. The
// head of the history is that of the last event.
type customer struct {
	key          tenant.Key
	identity     tenant.Identity
	friendlyName string
	knownSince   int64
	parkedSince  int64
	named        []engagement.NamedContacts
	events       []event
}

// customersByKey are the customers of a partner in order of their keys.
type customersByKey struct{ known, others *list[*customer] }

func (by *customersByKey) list(c *customer) *list[*customer] {
	if c.known() {
		return by.known
	}
	return by.others
}

// byKey returns the customers in order, and puts them in order when nobody has
// asked before. The store is locked at least for reading.
func (p *partner) byKey() *customersByKey {
	p.sorting.Lock()
	defer p.sorting.Unlock()
	if by := p.sorted.Load(); by != nil {
		return by
	}
	var known, others []*customer
	for _, c := range p.customers {
		if c.known() {
			known = append(known, c)
		} else {
			others = append(others, c)
		}
	}
	by := &customersByKey{newList(compareKeys, known), newList(compareKeys, others)}
	p.sorted.Store(by)
	return by
}

// after returns the customers that a query asks for.
func (p *partner) after(q storage.CustomersQuery) []*customer {
	by := p.byKey()
	found := after(by.known, q)
	if !q.Known {
		found = append(found, after(by.others, q)...)
		slices.SortFunc(found, compareKeys)
		found = found[:min(q.Limit, len(found))]
	}
	return found
}

func after(l *list[*customer], q storage.CustomersQuery) []*customer {
	var out []*customer
	for c := range l.from(l.seek(func(c *customer) bool { return c.key <= q.After })) {
		if len(out) == q.Limit {
			break
		}
		out = append(out, c)
	}
	return out
}

func compareKeys(a, b *customer) int { return strings.Compare(string(a.key), string(b.key)) }

func (c *customer) known() bool { return !at(c.knownSince).IsZero() }

func (c *customer) head() engagement.Head {
	if len(c.events) == 0 {
		return engagement.Head{}
	}
	return engagement.Head{Seq: int64(len(c.events)), Hash: c.events[len(c.events)-1].hash}
}

func (c *customer) value(partner engagement.PartnerID) engagement.Customer {
	return engagement.Customer{
		Key:      engagement.CustomerKey{Partner: partner, Customer: c.key},
		Identity: c.identity, FriendlyName: c.friendlyName, KnownSince: at(c.knownSince), ParkedSince: at(c.parkedSince), Named: c.named, History: c.head(),
	}
}

// event is an engagement.Event in less memory: its history says whose it is and
// its index its number.
type event struct {
	at            int64
	what          unique.Handle[what]
	participation engagement.ParticipationID
	detail        string // as JSON, which is a tenth as large; "" when there is none
	state         engagement.Digest
	format        int
	note          string
	person        *engagement.Person
	personDigest  engagement.Digest
	hash          engagement.Digest
}

// what is the part of events in which many are alike.
type what struct {
	kind       engagement.EventKind
	by         engagement.Party
	engagement engagement.ID
	from, to   engagement.Status
}

func newEvent(e *engagement.Event) (event, error) {
	var detail []byte
	if !e.Detail.IsZero() {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return event{}, invalid("the details of event %d cannot be written as JSON: %v", e.Seq, err)
		}
	}
	return event{
		at:            micros(e.At),
		what:          unique.Make(what{e.Kind, e.By, e.Engagement, e.From, e.To}),
		participation: e.Participation,
		detail:        string(detail),
		state:         e.State,
		format:        e.Format,
		note:          e.Note,
		person:        e.Person,
		personDigest:  e.PersonDigest,
		hash:          e.Hash,
	}, nil
}

func (e *event) value(key engagement.CustomerKey, seq int64) engagement.Event {
	w := e.what.Value()
	var detail engagement.Detail
	if e.detail != "" {
		_ = json.Unmarshal([]byte(e.detail), &detail) // cannot fail: newEvent wrote it
	}
	return engagement.Event{
		Partner: key.Partner, Customer: key.Customer, Seq: seq, At: at(e.at),
		Kind: w.kind, By: w.by, Engagement: w.engagement, Participation: e.participation,
		From: w.from, To: w.to, Detail: detail, State: e.state, Format: e.format, Note: e.note,
		Person: e.person, PersonDigest: e.personDigest, Hash: e.hash,
	}
}
