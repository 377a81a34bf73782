package workflow

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// unit is one attempt at a command: what it has read, and what it is going to
// change. It has one now.
type unit struct {
	s         *Service
	actor     Actor  // who gives the command; zero for jobs and customers
	except    string // why the actor may review what it did itself; "": it does not
	within    Scope  // of the actor, where it acts on a participation
	now       time.Time
	command   storage.CommandRecord
	replay    []byte // the result of the command, when it was carried out before
	places    map[engagement.PlaceKey]engagement.Place
	customers map[engagement.CustomerKey]engagement.Customer
	dirty     map[engagement.PlaceKey]bool     // places that change
	touched   map[engagement.CustomerKey]bool  // customers that change, or get an event
	ids       uint16                           // made so far
	events    []engagement.Event               // what happened, in order, not yet in the histories
	many      bool                             // many customers at once: what cannot be read of one is left out
	bad       map[engagement.CustomerKey]error // customers that cannot be read
	lost      []error                          // what an erasure could not look into
	settled   int                              // participations of which a deadline or a reminder was recorded
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
// same body gives the result that it gave the first time; a command that was
// refused leaves nothing behind, so its key is still new. A dry run decides and
// writes nothing.
func execute[R any](ctx context.Context, s *Service, actor Actor, name, key string, body any, dry bool, do func(*unit) (R, error)) (R, error) {
	record, err := commandRecord(actor, name, key, body)
	if err != nil {
		var none R
		return none, err
	}
	if dry {
		u, result, err := decide(s, record, func(u *unit) (R, error) {
			u.actor = actor
			return do(u)
		})
		if errors.Is(err, errReplay) {
			return replayed[R](u)
		}
		return result, err
	}
	return attempt(ctx, s, record, func(u *unit) (R, error) {
		u.actor = actor
		return do(u)
	})
}

// programKeys precedes the keys of the Program's commands about a partner's claim:
// no key of the partner's begins like it, so neither stands in the other's way.
const programKeys = "\x1f"

func commandRecord(actor Actor, name, key string, body any) (storage.CommandRecord, error) {
	const longest = 200
	if key == "" || len(key) > longest {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: fmt.Sprintf("has %d bytes: give each request a key of its own of 1 to %d bytes", len(key), longest)}
	}
	if !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return storage.CommandRecord{}, &InputError{Field: "key", Problem: "holds a control character or is not UTF-8: give each request a key of letters and digits, such as a UUID"}
	}
	asked, err := json.Marshal(body)
	if err != nil {
		return storage.CommandRecord{}, fmt.Errorf("workflow: %s: %w", name, err)
	}
	if actor.program() {
		key = programKeys + key
	}
	return storage.CommandRecord{
		Key:  storage.CommandKey{Partner: actor.Partner, Key: key},
		Body: sha256.Sum256(slices.Concat([]byte(name), []byte{0}, asked)),
	}, nil
}

// used reports whether a command of the actor's was carried out with the key.
func (s *Service) used(ctx context.Context, actor Actor, key string) (bool, error) {
	record, err := commandRecord(actor, "", key, nil)
	if err != nil {
		return false, err
	}
	loaded, err := s.store.Load(ctx, storage.Want{Command: record.Key})
	return loaded.Command != nil, unavailable("storage", err)
}

// attempt decides and writes until no one else was faster.
func attempt[R any](ctx context.Context, s *Service, record storage.CommandRecord, do func(*unit) (R, error)) (R, error) {
	var zero R
	for n := range maxAttempts {
		u, result, err := decide(s, record, do)
		if errors.Is(err, errReplay) {
			return replayed[R](u)
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

// replayed returns the result that the command gave the first time.
func replayed[R any](u *unit) (R, error) {
	var result R
	if err := json.Unmarshal(u.replay, &result); err != nil {
		key := u.command.Key
		return result, &storage.UnreadableError{Kind: "command record", Key: string(key.Partner) + " " + key.Key, Err: err}
	}
	return result, nil
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
		dirty:     map[engagement.PlaceKey]bool{},
		touched:   map[engagement.CustomerKey]bool{},
	}
}

// load reads what is wanted, settles it, and finds out whether the command was
// carried out before. It asks that every time: who sees what the same command
// did in another process must not take it for an obstacle.
func (u *unit) load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	want.Command = u.command.Key
	loaded, err := u.s.fetch(ctx, want)
	if err != nil {
		return loaded, unavailable("storage", err)
	}
	if c := loaded.Command; c != nil {
		if c.Body != u.command.Body {
			return loaded, &KeyReusedError{Key: strings.TrimPrefix(c.Key.Key, programKeys)}
		}
		u.replay = c.Result
		return loaded, errReplay
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		if !u.many {
			return loaded, bad
		}
		u.spoil(key, bad)
	}
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

// settle puts a place into the unit with every passed deadline recorded, and
// every reminder that is due.
func (u *unit) settle(ctx context.Context, pl engagement.Place) error {
	settled, passed, err := pl.Settle(u.now)
	if err != nil {
		return fmt.Errorf("workflow: settle %v: %w", pl.Key, err)
	}
	settled, due := settled.Remind(u.s.reminders, u.now)
	u.places[pl.Key] = settled
	if len(passed)+len(due) == 0 || u.many && len(pl.Unreadable) > 0 {
		return nil
	}
	var reminded []engagement.Participation
	for _, d := range due {
		if d.Tell {
			reminded = append(reminded, d.Participation)
		}
	}
	if err := u.loadCustomers(ctx, passed, reminded); err != nil {
		return err
	}
	for _, key := range u.unreadableOf(passed, due) {
		settled, passed, due, reminded = unsettle(pl, settled, key, passed, due, reminded)
	}
	if u.places[pl.Key] = settled; len(passed)+len(due) == 0 {
		return nil
	}
	u.put(settled)
	u.settled += len(passed) + len(due)
	for _, p := range passed {
		before := p.Before.StatusAt(p.Deadline.Add(-time.Microsecond))
		u.event(engagement.Event{
			Kind: engagement.DeadlinePassed, By: engagement.ByClock, From: before, To: p.After.StatusAt(u.now),
			Detail: engagement.Detail{Deadline: p.Deadline},
		}, p.After)
		switch {
		case !p.After.Consented():
			u.tellPartner(p.After, engagement.TellExpired)
		case p.After.StatusAt(u.now) != before:
			u.tellPartner(p.After, engagement.TellClaimExpired)
		}
	}
	for _, p := range reminded {
		u.remind(p)
	}
	return nil
}

// loadCustomers reads those customers whose histories settling goes on with.
func (u *unit) loadCustomers(ctx context.Context, passed []engagement.Passing, reminded []engagement.Participation) error {
	for _, p := range passed {
		reminded = append(slices.Clip(reminded), p.After)
	}
	var missing []engagement.CustomerKey
	for _, p := range reminded {
		key := engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer}
		if _, ok := u.customers[key]; !ok && !slices.Contains(missing, key) {
			missing = append(missing, key)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	loaded, err := u.s.fetch(ctx, storage.Want{Customers: missing})
	if err != nil {
		return unavailable("storage", err)
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		u.spoil(key, bad)
	}
	return nil
}

// remind queues the reminder that is due.
func (u *unit) remind(p engagement.Participation) {
	status, deadline := p.StatusAt(u.now), p.DeadlineAt(u.now)
	kind := engagement.ReminderOf(status)
	u.event(engagement.Event{
		Kind: engagement.ReminderDue, By: engagement.ByClock, From: status, To: status,
		Detail: engagement.Detail{Reminder: kind, Deadline: deadline},
	}, p)
	for _, to := range partnerContacts(p) {
		u.tell(p, kind, to, partnerLanguage(p), "")
		u.changes.Messages[len(u.changes.Messages)-1].Deadline = deadline
	}
}

// partnerContacts are those whom the partner named. Where there are none, the one
// that is zero stands for the partner as a whole: the host knows whom to tell.
func partnerContacts(p engagement.Participation) []tenant.Email {
	if len(p.Consent.Partner) == 0 {
		return []tenant.Email{{}}
	}
	return consent.Emails(p.Consent.Partner)
}

// partnerLanguage is the language in which the partner's contacts are told.
func partnerLanguage(p engagement.Participation) consent.Language {
	if p.Language != "" {
		return p.Language
	}
	return languageOf(p.Consent)
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
	u.touched[c.Key] = true
}

// event appends to the history of the participation's customer.
func (u *unit) event(e engagement.Event, p engagement.Participation) {
	e.Engagement, e.Participation = p.Engagement, p.ID
	switch {
	case e.By == engagement.ByPartner:
		u.acts(p)
	case e.By == engagement.ByProgram:
		e.Detail.OwnReview = u.except
	}
	u.customerEvent(e, engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer})
}

func (u *unit) customerEvent(e engagement.Event, key engagement.CustomerKey) {
	c := u.customers[key]
	c.Key = key
	e.Partner, e.Customer, e.At = key.Partner, key.Customer, u.now
	if e.Person != nil {
		e.Person.Salt, e.Person.User, e.Person.Why = u.s.randomText(16), plain(e.Person.User), plain(e.Person.Why)
	}
	u.events = append(u.events, e)
	u.putCustomer(c)
}

// chain appends what happened to the histories. The last event about a
// participation, or about a customer itself, carries the state in which it is
// written, and a participation that was changed knows which event did it.
func (u *unit) chain() {
	type subject struct {
		customer      engagement.CustomerKey
		participation engagement.ParticipationID
	}
	of := func(e engagement.Event) subject {
		return subject{engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}, e.Participation}
	}
	last := map[subject]int{}
	for i, e := range u.events {
		last[of(e)] = i
	}
	for i, e := range u.events {
		c := u.customers[of(e).customer]
		pl := u.place(engagement.PlaceKey{Engagement: e.Engagement, Customer: e.Customer})
		p, about := pl.Participation(e.Partner, e.Participation)
		switch {
		case last[of(e)] != i:
		case about:
			e.State = p.StateDigest()
		case e.Participation == "":
			e.State = c.StateDigest()
		}
		chained, head := engagement.Chain(c.History, e)
		u.changes.Events = append(u.changes.Events, chained...)
		c.History = head
		u.customers[c.Key] = c
		if about && u.dirty[pl.Key] {
			p.Recorded = head
			u.places[pl.Key] = pl.WithParticipation(p)
		}
	}
}

// plain returns a text as every storage gives it back: what is not UTF-8 would
// come back otherwise, and no longer match the hash of its event.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

// apply writes what the unit changes, in an order that is the same everywhere,
// so that two processes do not wait for each other's rows.
func (u *unit) apply(ctx context.Context, result any) error {
	u.chain()
	for _, key := range slices.SortedFunc(maps.Keys(u.dirty), comparePlaces) {
		pl := u.places[key]
		u.changes.Places = append(u.changes.Places, pl)
		u.changes.Entries = append(u.changes.Entries, pl.Entries(u.now)...)
	}
	for _, key := range slices.SortedFunc(maps.Keys(u.touched), compareCustomers) {
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
	if reflect.ValueOf(u.changes).IsZero() {
		return nil
	}
	return u.s.store.Apply(ctx, u.changes)
}

func comparePlaces(a, b engagement.PlaceKey) int {
	return cmp.Or(cmp.Compare(a.Engagement, b.Engagement), cmp.Compare(a.Customer, b.Customer))
}

func compareCustomers(a, b engagement.CustomerKey) int {
	return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Customer, b.Customer))
}

// tell queues a message about a participation.
func (u *unit) tell(p engagement.Participation, kind engagement.MessageKind, to tenant.Email, language consent.Language, link consent.LinkID) {
	u.changes.Messages = append(u.changes.Messages, engagement.Message{
		ID: engagement.MessageID(u.newID()), Kind: kind, Partner: p.Partner,
		Place:         engagement.PlaceKey{Engagement: p.Engagement, Customer: p.Customer},
		Participation: p.ID, To: to, Language: language, Link: link, Of: toldOf(kind, p), CreatedAt: u.now,
	})
	u.count(p, u.changes.Messages[len(u.changes.Messages)-1])
}

// tellPartner queues a message for everybody whom the partner named, unless the
// schedule leaves it out.
func (u *unit) tellPartner(p engagement.Participation, kind engagement.MessageKind) {
	if !slices.Contains(u.s.reminders.Tell, kind) {
		return
	}
	for _, to := range partnerContacts(p) {
		u.tell(p, kind, to, partnerLanguage(p), "")
	}
}

// newToken returns a token of a link.
func (s *Service) newToken() consent.Token {
	token, _, err := consent.NewToken(s.random)
	if err != nil {
		panic(fmt.Sprintf("workflow: no random bytes: %v", err))
	}
	return token
}

// newID returns an ID behind those that the unit has made before.
func (u *unit) newID() string {
	u.ids++
	return u.s.newID(u.now, u.ids)
}

// newID returns an ID that sorts by the time at which it was made and then by n:
// the version 7 UUID of RFC 9562, with n as its counter.
func (s *Service) newID(now time.Time, n uint16) string {
	var b [16]byte
	s.fill(b[:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	binary.BigEndian.PutUint16(b[6:8], 0x7000|n&0x0fff)
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
