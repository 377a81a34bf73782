package postgres

import (
	"math"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
)

// Each kind of row has a field for each column: what is queried, ordered or
// constrained. The rest of a value is its body. A shape says in which columns they are.

// micros returns a time as it is stored.
func micros(t time.Time) int64 { return t.UnixMicro() }

// timeOf returns a stored time.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// orNull returns a time that may never come as it is stored.
func orNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := micros(t)
	return &n
}

func timeOrZero(micros *int64) time.Time {
	if micros == nil {
		return time.Time{}
	}
	return timeOf(*micros)
}

func textOrNull[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

func textOf[T ~string](s *string) T {
	if s == nil {
		return ""
	}
	return T(*s)
}

// slotOf is the slot of a customer in the type of its column.
func slotOf(customer tenant.Key) int16 { return int16(storage.SlotOf(customer)) }

// anySlot is a relation of all slots, where something is looked for that may be in any.
const anySlot = "(SELECT generate_series(1, 1024)::smallint AS slot) k"

// placed returns where something of a customer's with such an ID is.
func placed(id string, customer tenant.Key) int16 {
	if slot := storage.SlotIn(id); slot != 0 {
		return int16(slot)
	}
	return slotOf(customer)
}

type sharedRow struct {
	Slot                             int16
	Engagement, Customer             string
	Version                          int64
	ClaimLimit, Consented, Delivered int64
	AsOf                             *int64
	Holders                          []byte
	Granted                          int64
}

func (r *sharedRow) fields() []any {
	return []any{&r.Slot, &r.Engagement, &r.Customer, &r.Version, &r.ClaimLimit, &r.Consented, &r.Delivered, &r.AsOf, &r.Holders, &r.Granted}
}

func (r *sharedRow) key() engagement.CustomerEngagementKey {
	return engagement.CustomerEngagementKey{Engagement: engagement.ID(r.Engagement), Customer: tenant.Key(r.Customer)}
}

var sharedRows = shape[sharedRow]{
	[]string{"slot", "engagement", "customer", "version", "claim_limit", "consented", "participated", "as_of", "holders", "granted"},
	(*sharedRow).fields, false,
}

// newShared returns the row with the version that it is stored with.
func newShared(c engagement.CustomerEngagement) (sharedRow, error) {
	r := sharedRow{
		Slot: slotOf(c.Key.Customer), Engagement: string(c.Key.Engagement), Customer: string(c.Key.Customer), Version: c.Version + 1,
		ClaimLimit: int64(c.ClaimLimit), Consented: int64(c.External.Consented), Delivered: int64(c.External.Participated),
		AsOf: orNull(c.External.AsOf), Granted: int64(len(c.Holders)),
	}
	var err error
	if len(c.Holders) > 0 {
		r.Holders, err = sealed("what is shared", engagement.CustomerEngagement{Holders: c.Holders}, r.Engagement, r.Customer)
	}
	return r, err
}

func (r *sharedRow) value() (engagement.CustomerEngagement, error) {
	c := engagement.CustomerEngagement{
		Key: r.key(), Version: r.Version, ClaimLimit: int(r.ClaimLimit),
		External: engagement.ExternalHoldings{Consented: int(r.Consented), Participated: int(r.Delivered), AsOf: timeOrZero(r.AsOf)},
	}
	var err error
	if len(r.Holders) > 0 {
		var held engagement.CustomerEngagement
		held, err = opened[engagement.CustomerEngagement](r.Holders, r.Engagement, r.Customer)
		c.Holders = held.Holders
	}
	if err == nil && len(c.Holders) != int(r.Granted) {
		err = errOthers
	}
	if err != nil {
		err = &storage.UnreadableError{Kind: "shared row", Key: r.Engagement + " " + r.Customer, Err: err}
	}
	return c, err
}

type participationRow struct {
	Slot                 int16
	Slotted              bool
	Partner, ID          string
	Engagement, Customer string
	Search               string // of its entry
	Live                 *string
	Body                 []byte
}

func (r *participationRow) fields() []any {
	return []any{&r.Slot, &r.Partner, &r.ID, &r.Engagement, &r.Customer, &r.Slotted, &r.Search, &r.Live, &r.Body}
}

var participationRows = shape[participationRow]{
	[]string{"slot", "partner", "id", "engagement", "customer", "slotted", "search", "live", "body"}, (*participationRow).fields, false,
}

// recorded is before every deadline: what a participation is then is what is recorded
// of it.
var recorded time.Time

func newParticipation(p engagement.Participation) (participationRow, error) {
	r := participationRow{
		Slot: slotOf(p.Customer), Partner: string(p.Partner), ID: string(p.ID), Engagement: string(p.Engagement), Customer: string(p.Customer),
	}
	r.Slotted = storage.SlotIn(r.ID) == storage.Slot(r.Slot)
	switch {
	case p.OpenAt(recorded):
		r.Live = new(string)
	case !p.Ended():
		r.Live = &r.ID
	}
	var err error
	r.Body, err = sealed("a participation", nameless(p), r.Partner, r.ID, r.Engagement, r.Customer)
	return r, err
}

func (r *participationRow) value() (engagement.Participation, error) {
	p, err := opened[engagement.Participation](r.Body, r.Partner, r.ID, r.Engagement, r.Customer)
	if err != nil {
		err = &storage.UnreadableError{Kind: "participation", Key: r.ID, Err: err}
	}
	return named(p, r.Partner, r.ID, r.Engagement), err
}

// nameless returns a participation without what the columns beside its body say.
func nameless(p engagement.Participation) engagement.Participation {
	p.Partner, p.ID, p.Engagement = "", "", ""
	return p
}

func named(p engagement.Participation, partner, id, offer string) engagement.Participation {
	p.Partner, p.ID, p.Engagement = engagement.PartnerID(partner), engagement.ParticipationID(id), engagement.ID(offer)
	return p
}

func (r *participationRow) record() engagement.RecordKey {
	return engagement.RecordKey{Partner: engagement.PartnerID(r.Partner), Engagement: engagement.ID(r.Engagement), Customer: tenant.Key(r.Customer)}
}

type customerRow struct {
	Slot              int16
	Partner, Customer string
	Known             bool
	Seq               int64
	Hash, Body        []byte
	Persons           []byte
}

func (r *customerRow) fields() []any {
	return []any{&r.Slot, &r.Partner, &r.Customer, &r.Known, &r.Seq, &r.Hash, &r.Body, &r.Persons}
}

var customerRows = shape[customerRow]{[]string{"slot", "partner", "customer", "known", "seq", "hash", "body", "persons"}, (*customerRow).fields, false}

func newCustomer(c engagement.Customer) (customerRow, error) {
	r := customerRow{
		Slot: slotOf(c.Key.Customer), Partner: string(c.Key.Partner), Customer: string(c.Key.Customer), Known: c.Known(),
		Seq: c.History.Seq, Hash: digestBytes(c.History.Hash),
	}
	c.History, c.Persons = engagement.Head{}, engagement.Persons{}
	var err error
	r.Body, err = sealed("a customer", c, r.Partner, r.Customer)
	return r, err
}

func (r *customerRow) key() engagement.CustomerKey {
	return engagement.CustomerKey{Partner: engagement.PartnerID(r.Partner), Customer: tenant.Key(r.Customer)}
}

func (r *customerRow) value() (engagement.Customer, error) {
	c, err := opened[engagement.Customer](r.Body, r.Partner, r.Customer)
	if err == nil {
		c.Persons, err = record.DecodePersons(r.Persons)
	}
	if err != nil {
		return c, &storage.UnreadableError{Kind: "customer", Key: r.Partner + " " + r.Customer, Partner: r.key().Partner, Customer: r.key().Customer, Err: err}
	}
	c.History = engagement.Head{Seq: r.Seq, Hash: digestOf(r.Hash)}
	return c, nil
}

type eventRow struct {
	Slot               int16
	Partner, Customer  string
	Seq                int64
	Participation      string
	Hash, Person, Body []byte
}

func (r *eventRow) fields() []any {
	return []any{&r.Slot, &r.Partner, &r.Customer, &r.Seq, &r.Participation, &r.Hash, &r.Person, &r.Body}
}

var eventRows = shape[eventRow]{[]string{"slot", "partner", "customer", "seq", "participation", "hash", "person", "body"}, (*eventRow).fields, false}

func newEvent(e engagement.Event) (eventRow, error) {
	r := eventRow{
		Slot: slotOf(e.Customer), Partner: string(e.Partner), Customer: string(e.Customer), Seq: e.Seq, Participation: string(e.Participation),
		Hash: slices.Clone(e.Hash[:]),
	}
	var err error
	if e.Person != nil {
		if r.Person, err = sealed("the person of an event", engagement.Event{Person: e.Person}, r.Partner, r.Customer, string(r.Hash)); err != nil {
			return r, err
		}
	}
	e.Person, e.Partner, e.Customer, e.Seq, e.Participation, e.Hash = nil, "", "", 0, "", engagement.Digest{}
	r.Body, err = sealed("an event", e, r.key()...)
	return r, err
}

func (r *eventRow) key() []string {
	return []string{r.Partner, r.Customer, itoa(r.Seq), r.Participation, string(r.Hash)}
}

func (r *eventRow) value() (engagement.Event, error) {
	e, err := opened[engagement.Event](r.Body, r.key()...)
	if err == nil && r.Person != nil {
		var named engagement.Event
		named, err = opened[engagement.Event](r.Person, r.Partner, r.Customer, string(r.Hash))
		e.Person = named.Person
	}
	e.Partner, e.Customer, e.Seq, e.Hash = engagement.PartnerID(r.Partner), tenant.Key(r.Customer), r.Seq, digestOf(r.Hash)
	e.Participation = engagement.ParticipationID(r.Participation)
	if err != nil {
		err = &storage.UnreadableError{Kind: "event", Key: r.Partner + " " + r.Customer + " " + itoa(r.Seq), Seq: r.Seq, Err: err}
	}
	return e, err
}

type tokenRow struct {
	Slot, Home             int16
	Hash                   []byte
	Partner, Participation string
}

func (r *tokenRow) fields() []any {
	return []any{&r.Slot, &r.Home, &r.Hash, &r.Partner, &r.Participation}
}

var tokenRows = shape[tokenRow]{[]string{"slot", "home", "hash", "partner", "participation"}, (*tokenRow).fields, false}

func newToken(t storage.Token) tokenRow {
	return tokenRow{
		Slot: int16(t.Slot), Home: slotOf(t.Record.Customer), Hash: t.Hash[:], Partner: string(t.Record.Partner), Participation: string(t.Participation),
	}
}

type messageRow struct {
	Slot                  int16
	ID, Partner, Receiver string
	CreatedAt, Attempts   int64
	Body                  []byte
}

func (r *messageRow) fields() []any {
	return []any{&r.Slot, &r.ID, &r.Partner, &r.Receiver, &r.CreatedAt, &r.Attempts, &r.Body}
}

var messageRows = shape[messageRow]{[]string{"slot", "id", "partner", "receiver", "created_at", "attempts", "body"}, (*messageRow).fields, false}

func newMessage(m engagement.Message) (messageRow, error) {
	r := messageRow{
		Slot: placed(string(m.ID), m.Customer), ID: string(m.ID), Partner: string(m.Partner), Receiver: m.To.String(),
		CreatedAt: micros(m.CreatedAt), Attempts: int64(m.Attempts),
	}
	m.Attempts = 0
	var err error
	r.Body, err = sealed("a message", m, r.ID, r.Partner, r.Receiver)
	return r, err
}

func (r *messageRow) value() (engagement.Message, error) {
	m, err := opened[engagement.Message](r.Body, r.ID, r.Partner, r.Receiver)
	if err == nil && micros(m.CreatedAt) != r.CreatedAt {
		err = errOthers
	}
	if err != nil {
		return m, &storage.UnreadableError{Kind: "message", Key: r.ID, Err: err}
	}
	m.Attempts = int(r.Attempts)
	return m, nil
}

type commandRow struct {
	Partner, Key string
	Body, Result []byte
	At           int64
}

func (r *commandRow) fields() []any { return []any{&r.Partner, &r.Key, &r.Body, &r.Result, &r.At} }

var commandRows = shape[commandRow]{[]string{"partner", "key", "body", "result", "at"}, (*commandRow).fields, false}

func newCommand(c storage.CommandRecord) commandRow {
	return commandRow{Partner: string(c.Key.Partner), Key: c.Key.Key, Body: c.Body[:], Result: c.Result, At: micros(c.At)}
}

func (r *commandRow) value() (storage.CommandRecord, error) {
	out := storage.CommandRecord{Key: storage.CommandKey{Partner: engagement.PartnerID(r.Partner), Key: r.Key}, Result: r.Result, At: timeOf(r.At)}
	if len(r.Body) != len(out.Body) {
		return out, &storage.UnreadableError{Kind: "command record", Key: r.Partner + " " + r.Key, Err: errOthers}
	}
	out.Body = digestOf(r.Body)
	return out, nil
}

type sendingRow struct {
	Partner, Message string
	Mailbox          []byte
	Engagement       string
	At               int64
}

func (r *sendingRow) fields() []any {
	return []any{&r.Partner, &r.Message, &r.Mailbox, &r.Engagement, &r.At}
}

var sendingRows = shape[sendingRow]{[]string{"partner", "message", "mailbox", "engagement", "at"}, (*sendingRow).fields, false}

func newSending(n storage.Sending) sendingRow {
	return sendingRow{string(n.Partner), string(n.Message), n.Mailbox[:], string(n.Engagement), micros(n.At)}
}

func (r *sendingRow) value() storage.Sending {
	return storage.Sending{
		Partner: engagement.PartnerID(r.Partner), Message: engagement.MessageID(r.Message), Mailbox: digestOf(r.Mailbox),
		Engagement: engagement.ID(r.Engagement), At: timeOf(r.At),
	}
}

// digestBytes returns a digest as it is stored, nothing for the zero one.
func digestBytes(d engagement.Digest) []byte {
	if d.IsZero() {
		return nil
	}
	return d[:]
}

// digestOf returns a stored digest: a constraint keeps its length.
func digestOf(b []byte) (d engagement.Digest) {
	copy(d[:], b)
	return d
}

// behind is a Seq behind all others.
const behind = math.MaxInt64
