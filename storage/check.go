package storage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// Check returns ErrInvalid, with a sentence that says what is wrong, for changes that
// contradict themselves or have a text that not every engine can keep. Every adapter
// calls it before it looks at what is stored. What it cannot know without that is left
// to the adapter, in one transaction with what is written:
//
//   - ErrConflict for guards: the version of what is shared, of Shared and of Relied,
//     and of a record; the end of a customer's history, where its first new event or,
//     without new events, its History does not have the Seq that follows from the
//     stored head; a command key or a token that is there already.
//   - ErrInvalid for a participation that is in another record of its partner's, the
//     entry of a participation that is not there, a customer without new events whose
//     History has the Seq of the stored one and another hash, a message or a sending
//     that is there already, an erased event that is not the stored one, a value for
//     which package record has no stored form.
//   - ErrInvalid, as a last line of defense that an adapter need not have, for a second
//     open participation of a record, for an entry that is not InLine with what it
//     relies on, and for what CheckHolders says.
//
// Where a guard fails and something else contradicts what is stored, an adapter may
// return either, unless another Apply has just made it so: what somebody else was
// faster at is an ErrConflict.
func (c Changes) Check() error {
	k := checking{changes: c, shared: map[engagement.CustomerEngagementKey]*engagement.CustomerEngagement{}, records: map[engagement.RecordKey]bool{}}
	for _, check := range []func() error{
		k.checkShared, k.checkRecords, k.checkParticipations, k.checkEntries, c.checkCustomers, c.checkErased, c.checkTokens, c.checkMessages,
		c.checkSpent, c.checkSendings, c.checkCommand,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// CheckHolders returns ErrInvalid where what is shared has more holders than places,
// and is not what was stored with some of them gone, as it is after the claim limit was
// lowered. Had is what is stored, of which a new one is the zero value.
func CheckHolders(had, next engagement.CustomerEngagement) error {
	if len(next.Holders) <= max(next.ClaimLimit, 1) {
		return nil
	}
	for _, h := range next.Holders {
		if !slices.ContainsFunc(had.Holders, func(o engagement.Holder) bool { return o.Partner == h.Partner && o.Participation == h.Participation }) {
			return invalid("participation %q holds a part of the claim limit of %d, of which nothing is left", h.Participation, max(next.ClaimLimit, 1))
		}
	}
	return nil
}

// checking is what is known of changes while they are checked.
type checking struct {
	changes Changes
	shared  map[engagement.CustomerEngagementKey]*engagement.CustomerEngagement // those that change; nil: relied on
	nobody  map[engagement.CustomerEngagementKey]bool                           // those of which it is relied on that nobody takes part
	records map[engagement.RecordKey]bool                                       // those that are written
}

func (k *checking) checkShared() error {
	if k.changes.At.IsZero() && len(k.changes.Shared)+len(k.changes.Records) > 0 {
		return invalid("a record, or what is shared, changes, and nothing says when")
	}
	for i := range k.changes.Shared {
		s := &k.changes.Shared[i]
		if err := k.take(s.Key, s.Version, s); err != nil {
			return err
		}
		for j, h := range s.Holders {
			if h.Partner == "" || h.Participation == "" {
				return invalid("a holder has no partner or no participation")
			}
			if j > 0 && cmp.Or(cmp.Compare(s.Holders[j-1].Partner, h.Partner), cmp.Compare(s.Holders[j-1].Participation, h.Participation)) >= 0 {
				return invalid("the holders of what is shared are not in order of their partners and participations")
			}
			if err := checkTexts("a holder", string(h.Partner), string(h.Participation)); err != nil {
				return err
			}
		}
		if s.Version == 0 {
			if err := CheckHolders(engagement.CustomerEngagement{}, *s); err != nil {
				return err
			}
		}
	}
	for _, r := range k.changes.Relied {
		if err := k.take(r.Key, r.Version, nil); err != nil {
			return err
		}
		if r.Version == 0 {
			if k.nobody == nil {
				k.nobody = map[engagement.CustomerEngagementKey]bool{}
			}
			k.nobody[r.Key] = true
		}
	}
	return nil
}

// take notes what is shared, or relied on where s is nil.
func (k *checking) take(key engagement.CustomerEngagementKey, version int64, s *engagement.CustomerEngagement) error {
	if key.Engagement == "" || key.Customer == "" {
		return invalid("what is shared has no engagement or no customer")
	}
	if version < 0 {
		return invalid("what is shared has version %d", version)
	}
	if _, twice := k.shared[key]; twice {
		return invalid("what is shared of a customer in engagement %q is given twice, in Shared or in Relied", key.Engagement)
	}
	k.shared[key] = s
	return checkTexts("the key of what is shared", string(key.Engagement), string(key.Customer))
}

func (k *checking) checkRecords() error {
	for _, r := range k.changes.Records {
		switch _, guarded := k.shared[r.Key.Shared()]; {
		case r.Key.Partner == "" || r.Key.Engagement == "" || r.Key.Customer == "":
			return invalid("a record has no partner, no engagement or no customer")
		case r.Version < 0:
			return invalid("a record has version %d", r.Version)
		case k.records[r.Key]:
			return invalid("a record is changed twice at once")
		case !guarded:
			return invalid("what is shared where a record is written is neither in Shared nor in Relied")
		}
		k.records[r.Key] = true
		if err := checkTexts("the key of a record", string(r.Key.Partner), string(r.Key.Engagement), string(r.Key.Customer)); err != nil {
			return err
		}
	}
	return nil
}

func (k *checking) checkParticipations() error {
	seen := make(map[ParticipationKey]bool, len(k.changes.Participations))
	open := make(map[engagement.RecordKey]bool, len(k.changes.Participations))
	for i := range k.changes.Participations {
		p := &k.changes.Participations[i]
		key, record := ParticipationKey{Partner: p.Partner, ID: p.ID}, p.Record()
		switch isOpen := p.OpenAt(recorded); {
		case !k.records[record]:
			return invalid("participation %q is of none of the records that are written", p.ID)
		case p.ID == "" || seen[key]:
			return invalid("participation %q has no ID of its own", p.ID)
		case string(p.ID) == string(p.Customer):
			return invalid("participation %q is named like its customer", p.ID)
		case isOpen && open[record]:
			return invalid("participation %q is a second open one of its record", p.ID)
		case k.nobody[record.Shared()]:
			return invalid("participation %q is written where it is relied on that nobody takes part", p.ID)
		default:
			seen[key], open[record] = true, open[record] || isOpen
		}
		if s := k.shared[record.Shared()]; s != nil && !follows(*s, *p) {
			return invalid("what is shared does not say of participation %q whether it holds a part of the claim limit, and until when", p.ID)
		}
		if err := checkTexts("the ID of a participation", string(p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// follows reports whether what is shared is what it is with the participation.
func follows(s engagement.CustomerEngagement, p engagement.Participation) bool {
	next, changed := s.Following(p)
	return !changed || slices.EqualFunc(s.Holders, next.Holders, func(a, b engagement.Holder) bool {
		same := a.Until.Equal(b.Until)
		a.Until = b.Until
		return same && a == b
	})
}

var (
	entryTabs     = append(engagement.AllTabs(), engagement.TabOff, engagement.TabNone)
	entryTypes    = append(engagement.AllRowTypes(), "")
	entryStatuses = append(engagement.AllStatuses(), "")
)

// entryKey is what tells entries apart.
type entryKey struct {
	record engagement.RecordKey
	row    engagement.RowID
}

func (k *checking) checkEntries() error {
	given := make(map[entryKey]bool, len(k.changes.Entries))
	for i := range k.changes.Entries {
		e := &k.changes.Entries[i]
		row := string(e.Participation)
		if row == "" {
			row = string(e.Record.Customer)
		}
		key := entryKey{e.Record, e.Row}
		switch {
		case !k.records[e.Record]:
			return invalid("the entry %q is of none of the records that are written", e.Row)
		case string(e.Row) != row:
			return invalid("the entry %q is not named after its participation or, without one, its customer", e.Row)
		case given[key]:
			return invalid("the entry %q is given twice", e.Row)
		case !slices.Contains(entryTabs, e.Tab) || !slices.Contains(entryTabs, e.Base):
			return invalid("the entry %q is on tab %q, with room on %q: use some of %q", e.Row, e.Tab, e.Base, entryTabs)
		case !slices.Contains(entryTypes, e.Type):
			return invalid("the entry %q has type %q: use one of %q", e.Row, e.Type, entryTypes)
		case !slices.Contains(entryStatuses, e.Status):
			return invalid("the entry %q has status %q: use one of %q", e.Row, e.Status, entryStatuses)
		}
		given[key] = true
		if s := k.shared[e.Record.Shared()]; s != nil {
			if _, changes := k.changes.InLine(*e, *s); changes {
				return invalid("the entry %q is not in line with what is shared", e.Row)
			}
		}
		if err := checkTexts("an entry", string(e.Row), e.Name, e.Search, e.Amount); err != nil {
			return err
		}
		for _, l := range e.Locations {
			if err := checkTexts("the location of an entry", string(l)); err != nil {
				return err
			}
		}
	}
	for key := range k.records {
		if !given[entryKey{key, engagement.RowID(key.Customer)}] {
			return invalid("a record of engagement %q is written without its own entry", key.Engagement)
		}
	}
	for _, p := range k.changes.Participations {
		if !given[entryKey{p.Record(), engagement.RowID(p.ID)}] {
			return invalid("participation %q is written without its entry", p.ID)
		}
	}
	return nil
}

func (c Changes) checkCustomers() error {
	heads := make(map[engagement.CustomerKey]engagement.Head, len(c.Customers)) // as far as the events go
	for _, x := range c.Customers {
		if x.Key.Partner == "" || x.Key.Customer == "" {
			return invalid("a customer has no partner or no key")
		}
		if _, twice := heads[x.Key]; twice {
			return invalid("a customer is changed twice at once")
		}
		heads[x.Key] = engagement.Head{}
		if err := checkTexts("the key of a customer", string(x.Key.Partner), string(x.Key.Customer)); err != nil {
			return err
		}
	}
	for _, e := range c.Events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		head, is := heads[key]
		switch {
		case !is:
			return invalid("event %d belongs to none of the customers that are changed", e.Seq)
		case e.Seq < 1 || head.Seq != 0 && e.Seq != head.Seq+1:
			return invalid("event %d follows event %d", e.Seq, head.Seq)
		}
		heads[key] = engagement.Head{Seq: e.Seq, Hash: e.Hash}
		if err := checkTexts("an event", string(e.Kind), string(e.By), string(e.Engagement), string(e.Participation), string(e.From), string(e.To)); err != nil {
			return err
		}
	}
	for _, x := range c.Customers {
		if last := heads[x.Key]; last.Seq != 0 && x.History != last {
			return invalid("a customer's history ends at event %d, and its new events with another hash or at %d", x.History.Seq, last.Seq)
		}
	}
	return c.checkPersons(heads)
}

func (c Changes) checkPersons(customers map[engagement.CustomerKey]engagement.Head) error {
	given := make(map[engagement.CustomerKey]bool, len(c.Persons))
	for _, p := range c.Persons {
		digests := p.Persons.Digests
		_, is := customers[p.Key]
		switch {
		case !is:
			return invalid("persons are given of a customer that is not changed")
		case given[p.Key]:
			return invalid("the persons of a customer are given twice")
		case p.Persons.Key.IsZero() && len(digests) > 0:
			return invalid("the digests of a customer's persons are made with no key")
		}
		given[p.Key] = true
		for i, d := range digests {
			if d.IsZero() || i > 0 && digests[i-1].Compare(d) >= 0 {
				return invalid("the digests of a customer's persons are not in order, each once")
			}
		}
	}
	return nil
}

func (c Changes) checkErased() error {
	for _, e := range c.Erased {
		if e.Person != nil {
			return invalid("event %d to be erased still has its person", e.Seq)
		}
		if err := checkTexts("an erased event", string(e.Partner), string(e.Customer)); err != nil {
			return err
		}
	}
	return nil
}

func (c Changes) checkTokens() error {
	seen := make(map[link.Hash]bool, len(c.Tokens))
	for _, t := range c.Tokens {
		switch {
		case t.Hash.IsZero() || seen[t.Hash]:
			return invalid("a token has no hash of its own")
		case t.Participation == "" || t.Record.Partner == "" || t.Record.Engagement == "" || t.Record.Customer == "":
			return invalid("a token has no participation, or no record")
		case t.Slot != SlotOf(t.Record.Customer) && t.Slot != SlotOfHash(t.Hash):
			return invalid("a token is in slot %d, which is neither its customer's nor its hash's", t.Slot)
		}
		seen[t.Hash] = true
		if err := checkTexts("a token", string(t.Participation), string(t.Record.Partner), string(t.Record.Engagement), string(t.Record.Customer)); err != nil {
			return err
		}
	}
	return nil
}

func (c Changes) checkMessages() error {
	seen := make(map[engagement.MessageID]bool, len(c.Messages))
	for _, m := range c.Messages {
		if m.ID == "" || seen[m.ID] {
			return invalid("message %q has no ID of its own", m.ID)
		}
		seen[m.ID] = true
		if err := checkTexts("a message", string(m.ID), string(m.Partner), string(m.Engagement), string(m.Customer), string(m.Participation), m.To.String()); err != nil {
			return err
		}
	}
	for _, id := range c.Delivered {
		if err := checkTexts("the ID of a message that was delivered", string(id)); err != nil {
			return err
		}
	}
	for id := range c.Postponed {
		if err := checkTexts("the ID of a message that is postponed", string(id)); err != nil {
			return err
		}
	}
	for _, r := range c.Unsent {
		if err := checkTexts("a recipient", string(r.Partner), r.To.String()); err != nil {
			return err
		}
	}
	return nil
}

func (c Changes) checkSendings() error {
	seen := make(map[Sending]bool, len(c.Sendings))
	for _, s := range c.Sendings {
		if s.Partner == "" || s.Message == "" || s.Mailbox.IsZero() {
			return invalid("a sending has no partner, no message or no mailbox")
		}
		key := Sending{Partner: s.Partner, Message: s.Message}
		if seen[key] {
			return invalid("the sending of message %q is given twice", s.Message)
		}
		seen[key] = true
		if err := checkTexts("a sending", string(s.Partner), string(s.Message), string(s.Engagement)); err != nil {
			return err
		}
	}
	for _, f := range c.Forgotten {
		if err := checkTexts("the partner of a mailbox", string(f.Partner)); err != nil {
			return err
		}
	}
	return nil
}

func (c Changes) checkCommand() error {
	if c.Command == nil {
		return nil
	}
	if c.Command.Key.Partner == "" || c.Command.Key.Key == "" {
		return invalid("a command is recorded without a partner or a key")
	}
	return checkTexts("the key of a command", string(c.Command.Key.Partner), c.Command.Key.Key)
}

// Storable reports whether every engine can have a text in a column and find it
// again: it is in UTF-8 and has no NUL.
func Storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// checkTexts does not say what the text is: it can be about a person.
func checkTexts(of string, texts ...string) error {
	for _, text := range texts {
		if !Storable(text) {
			return invalid("%s has a text with a NUL, or one that is not in UTF-8", of)
		}
	}
	return nil
}
