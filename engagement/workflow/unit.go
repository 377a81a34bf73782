package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// unit is one attempt at a command: what it has read, and what it is going to
// change. It has one now.
type unit struct {
	s         *Service
	now       time.Time
	command   storage.CommandRecord
	checked   bool // whether the command's key has been looked up
	replay    []byte
	places    map[engagement.PlaceKey]engagement.Place
	customers map[engagement.CustomerKey]engagement.Customer
	heads     map[engagement.CustomerKey]engagement.Head // of customers whose history or data changed
	dirty     map[engagement.PlaceKey]bool
	settled   int // participations whose deadline was recorded
	changes   storage.Changes
}

// errReplay says that the command was carried out before.
var errReplay = errors.New("workflow: already done")

// The first attempts follow each other at once; then they wait for a moment
// that grows with the number of attempts, so that a crowd at one place thins.
const (
	maxAttempts   = 64
	eagerAttempts = 3
	patience      = 200 * time.Microsecond
)

// execute carries out a command: whole, or not at all. The same key with the
// same body gives the result that it gave the first time. A dry run decides and
// writes nothing.
func execute[R any](ctx context.Context, s *Service, actor Actor, name, key string, body any, dry bool, do func(*unit) (R, error)) (R, error) {
	record, err := commandRecord(actor, name, key, body)
	if err != nil {
		var none R
		return none, err
	}
	if dry {
		return do(s.unit(record))
	}
	return attempt(ctx, s, record, do)
}

func commandRecord(actor Actor, name, key string, body any) (storage.CommandRecord, error) {
	const longest = 200
	if key == "" || len(key) > longest {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: fmt.Sprintf("has %d bytes: give each request a key of its own of 1 to %d bytes", len(key), longest)}
	}
	asked, err := json.Marshal(body)
	if err != nil {
		return storage.CommandRecord{}, fmt.Errorf("workflow: %s: %w", name, err)
	}
	return storage.CommandRecord{
		Key:  storage.CommandKey{Partner: actor.Partner, Key: key},
		Body: sha256.Sum256(slices.Concat([]byte(name), []byte{0}, asked)),
	}, nil
}

// attempt decides and writes until no one else was faster.
func attempt[R any](ctx context.Context, s *Service, record storage.CommandRecord, do func(*unit) (R, error)) (R, error) {
	var zero R
	for n := range maxAttempts {
		u := s.unit(record)
		result, err := do(u)
		if errors.Is(err, errReplay) {
			err = json.Unmarshal(u.replay, &result)
			return result, err
		}
		if err != nil {
			return zero, err
		}
		err = u.apply(ctx, result)
		if err == nil {
			return result, nil
		}
		if !errors.Is(err, storage.ErrConflict) {
			return zero, unavailable("storage", err)
		}
		if n >= eagerAttempts {
			if err := pause(ctx, rand.N(time.Duration(n)*patience)); err != nil {
				return zero, err
			}
		}
	}
	return zero, &UnavailableError{Source: "storage", Err: errors.New("too many others changed the same at the same time")}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (s *Service) unit(record storage.CommandRecord) *unit {
	return &unit{
		s: s, now: s.now(), command: record,
		places:    map[engagement.PlaceKey]engagement.Place{},
		customers: map[engagement.CustomerKey]engagement.Customer{},
		heads:     map[engagement.CustomerKey]engagement.Head{},
		dirty:     map[engagement.PlaceKey]bool{},
	}
}

// load reads what is wanted, settles it, and finds out whether the command was
// carried out before.
func (u *unit) load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if !u.checked {
		want.Command = u.command.Key
	}
	loaded, err := u.s.store.Load(ctx, want)
	if err != nil {
		return loaded, unavailable("storage", err)
	}
	u.checked = true
	if c := loaded.Command; c != nil {
		if c.Body != u.command.Body {
			return loaded, &KeyReusedError{Key: c.Key.Key}
		}
		u.replay = c.Result
		return loaded, errReplay
	}
	u.take(loaded)
	for key, pl := range loaded.Places {
		if _, ok := u.places[key]; ok {
			continue
		}
		if err := u.settle(ctx, pl); err != nil {
			return loaded, err
		}
	}
	return loaded, nil
}

func (u *unit) take(loaded storage.Loaded) {
	for key, c := range loaded.Customers {
		if _, ok := u.customers[key]; !ok {
			u.customers[key] = c
		}
	}
}

// settle puts a place into the unit with every passed deadline recorded.
func (u *unit) settle(ctx context.Context, pl engagement.Place) error {
	settled, passed, err := pl.Settle(u.now)
	if err != nil {
		return fmt.Errorf("workflow: settle %v: %w", pl.Key, err)
	}
	u.places[pl.Key] = settled
	if len(passed) == 0 {
		return nil
	}
	var missing []engagement.CustomerKey
	for _, p := range passed {
		key := engagement.CustomerKey{Partner: p.After.Partner, Customer: p.After.Customer}
		if _, ok := u.customers[key]; !ok {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		loaded, err := u.s.store.Load(ctx, storage.Want{Customers: missing})
		if err != nil {
			return unavailable("storage", err)
		}
		u.take(loaded)
	}
	u.put(settled)
	u.settled += len(passed)
	for _, p := range passed {
		before := p.Before.StatusAt(p.Deadline.Add(-time.Microsecond))
		u.event(engagement.Event{
			Kind: engagement.DeadlinePassed, By: engagement.ByClock, From: string(before), To: string(p.After.StatusAt(u.now)),
			Note: "deadline " + p.Deadline.Format(time.RFC3339Nano),
		}, p.After)
		if !p.After.Consented() {
			u.tellPartner(p.After, engagement.TellExpired)
		}
	}
	return nil
}

// place returns a place that was loaded.
func (u *unit) place(key engagement.PlaceKey) engagement.Place {
	if pl, ok := u.places[key]; ok {
		return pl
	}
	return engagement.Place{Key: key}
}

// put changes a place.
func (u *unit) put(pl engagement.Place) {
	u.places[pl.Key] = pl
	u.dirty[pl.Key] = true
}

// putCustomer changes a customer.
func (u *unit) putCustomer(c engagement.Customer) {
	u.customers[c.Key] = c
	u.heads[c.Key] = c.History
}

// event appends to the history of the participation's customer.
func (u *unit) event(e engagement.Event, p engagement.Participation) {
	e.Engagement, e.Participation = p.Engagement, p.ID
	u.customerEvent(e, engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer})
}

func (u *unit) customerEvent(e engagement.Event, key engagement.CustomerKey) {
	c := u.customers[key]
	c.Key = key
	e.Partner, e.Customer, e.At = key.Partner, key.Customer, u.now
	if e.Person != nil {
		e.Person.Salt = u.s.randomText(16)
	}
	chained, head := engagement.Chain(c.History, e)
	c.History = head
	u.changes.Events = append(u.changes.Events, chained...)
	u.putCustomer(c)
}

// apply writes what the unit changes.
func (u *unit) apply(ctx context.Context, result any) error {
	for key := range u.dirty {
		pl := u.places[key]
		u.changes.Places = append(u.changes.Places, pl)
		u.changes.Entries = append(u.changes.Entries, pl.Entries(u.now)...)
	}
	for key := range u.heads {
		u.changes.Customers = append(u.changes.Customers, u.customers[key])
	}
	if u.command.Key.Key != "" {
		text, err := json.Marshal(result)
		if err != nil {
			return fmt.Errorf("workflow: keep the result: %w", err)
		}
		record := u.command
		record.Result, record.At = text, u.now
		u.changes.Command = &record
	}
	if c := u.changes; len(c.Places)+len(c.Customers)+len(c.Messages)+len(c.Tokens)+len(c.Erased)+len(c.Unsent) == 0 && c.Command == nil {
		return nil
	}
	return u.s.store.Apply(ctx, u.changes)
}

// tell queues a message about a participation.
func (u *unit) tell(p engagement.Participation, kind engagement.MessageKind, to tenant.Email, language consent.Language, link consent.LinkID) {
	u.changes.Messages = append(u.changes.Messages, engagement.Message{
		ID: engagement.MessageID(u.s.newID(u.now)), Kind: kind, Partner: p.Partner,
		Place:         engagement.PlaceKey{Engagement: p.Engagement, Customer: p.Customer},
		Participation: p.ID, To: to, Language: language, Link: link, CreatedAt: u.now,
	})
}

// tellPartner queues a message for everybody whom the partner named.
func (u *unit) tellPartner(p engagement.Participation, kind engagement.MessageKind) {
	for _, to := range p.Consent.Partner {
		u.tell(p, kind, to, languageOf(p.Consent), "")
	}
}

// newID returns an ID that sorts by the time at which it was made: the
// version 7 UUID of RFC 9562.
func (s *Service) newID(now time.Time) string {
	var b [16]byte
	s.fill(b[:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// claimAlphabet leaves out what people misread: I, L, O, U.
var claimAlphabet = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newClaimNumber returns a number that people can read out and type.
func (s *Service) newClaimNumber() string {
	var b [8]byte
	s.fill(b[:])
	text := claimAlphabet.EncodeToString(b[:])
	return "C-" + text[:4] + "-" + text[4:8] + "-" + text[8:12]
}

func (s *Service) randomText(n int) string {
	b := make([]byte, n)
	s.fill(b)
	return hex.EncodeToString(b)
}

// fill fills b with random bytes. A source that cannot is a broken machine.
func (s *Service) fill(b []byte) {
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic(fmt.Sprintf("workflow: no random bytes: %v", err))
	}
}
