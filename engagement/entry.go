package engagement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/tenant"
)

// Entry is a row of the Customers pages and claims lists as it is stored: by what they
// sort, filter and count it, and all that it shows, so that a page reads nothing else.
// There is one for each participation, and one for each record: that of the customer
// as one that can be claimed, which is on no page while it cannot be.
type Entry struct {
	Record        RecordKey
	Row           RowID
	Participation ParticipationID // none for that of the record
	Tab           Tab             // TabNone: on no page and no list now
	Type          RowType
	Status        Status
	Rank          int // what ByStatus goes by: see StatusRank
	Locations     []LocationID
	Name          string    // the key by which names compare; at most 487 bytes
	Search        string    // what a Word is looked for in: words and IDs, see SearchWords
	Since         time.Time // see Row.Since
	Deadline      time.Time // see Row.Deadline
	Amount        string    // AmountSortKey of Row.Amount
	Month         Month     // of a participation: see Participation.MonthAt

	// Until is when the entry becomes another one by itself, because a deadline passes
	// or room appears; zero: never. What it is then says At.
	Until time.Time

	// What follows of the room there is. Only of entries that mind it, by Base and
	// Due, which are the Tab and the Until that they have while there is room.
	MindsRoom bool
	Base      Tab
	Due       time.Time
	Room      Room

	Shown Shown
}

// Shown is what a row shows.
type Shown struct {
	// Of a participation: what a row needs of it, see Participation.Abridged, and when
	// those who may be asked again were asked in others of the record.
	Participation *Participation
	Asked         []Ask

	// Of a record.
	Identity     tenant.Identity
	FriendlyName string
	Known        bool
	Evaluation   Evaluation
	Open         bool      // a participation stands for the customer
	OpenUntil    time.Time // until it ends by itself; zero: it does not
}

func (s Shown) openAt(now time.Time) bool { return s.Open && !Passed(s.OpenUntil, now) }

// Entries returns the entries of the record at now: its own, and that of each of its
// participations.
func (r PartnerRecord) Entries(room Room, now time.Time) []Entry {
	out := []Entry{r.Entry(room, now)}
	for _, p := range r.Participations {
		out = append(out, r.EntryOf(p, room, now))
	}
	return out
}

// Entry returns the record's own entry at now.
func (r PartnerRecord) Entry(room Room, now time.Time) Entry {
	s := Shown{Identity: r.Identity, FriendlyName: r.FriendlyName, Known: r.Known, Evaluation: r.Evaluation}
	open := func(until time.Time) {
		if !s.Open || until.IsZero() || !s.OpenUntil.IsZero() && until.After(s.OpenUntil) {
			s.OpenUntil = until
		}
		s.Open = true
	}
	for _, p := range r.Participations {
		if p.OpenAt(now) {
			open(p.unrecorded())
		}
	}
	for _, u := range r.Unreadable {
		if u.Open {
			open(time.Time{}) // so that nobody claims beside it
		}
	}
	return entryOfRecord(r.Key, s, room, now)
}

func entryOfRecord(key RecordKey, s Shown, room Room, now time.Time) Entry {
	r := Row{
		ID: RowID(key.Customer), Type: RowNotStarted, Engagement: key.Engagement, Customer: key.Customer, Identity: s.Identity,
		FriendlyName: s.FriendlyName, Locations: s.Evaluation.Locations, Since: s.Evaluation.At,
	}
	e := r.Entry(key.Partner)
	e.MindsRoom, e.Shown = s.Known, s
	switch {
	case !s.Known:
	case s.openAt(now):
		e.Due = s.OpenUntil
	case s.Evaluation.Eligible():
		e.Base = TabEligible
	default:
		e.Base = TabIneligible
	}
	return e.WithRoom(room, now)
}

// EntryOf returns the entry of a participation of the record at now.
func (r PartnerRecord) EntryOf(p Participation, room Room, now time.Time) Entry {
	short := p.Abridged()
	s := Shown{Participation: &short}
	if p.Consent.Status == consent.StatusRequested { // else nobody can be asked again
		for _, c := range p.Consent.Contacts() {
			s.Asked = append(s.Asked, r.asks(c.Email, p.ID)...)
		}
	}
	return entryOfParticipation(s, p.MonthAt(now), room, now)
}

func entryOfParticipation(s Shown, month Month, room Room, now time.Time) Entry {
	p := *s.Participation
	e := participationRow(p, now).Entry(p.Partner)
	e.Month = month
	e.Base, e.Due, e.MindsRoom, e.Shown = e.Tab, e.Deadline, p.OpenAt(now) && !p.Consented(), s
	return e.WithRoom(room, now)
}

// Entry returns by what lists sort, filter and find a row of that partner's, and
// nothing else of the entry that it was made of.
func (r Row) Entry(partner PartnerID) Entry {
	e := Entry{
		Record: RecordKey{Partner: partner, Engagement: r.Engagement, Customer: r.Customer}, Row: r.ID, Participation: r.Participation,
		Tab: r.Tab, Type: r.Type, Status: r.Status, Rank: StatusRank(r.Type, r.Status), Locations: r.Locations, Since: r.Since,
		Deadline: r.Deadline, Amount: AmountSortKey(r.Amount),
	}
	e.Name, e.Search = r.keys()
	return e
}

// WithRoom returns the entry when the room there is becomes another one at now.
func (e Entry) WithRoom(room Room, now time.Time) Entry {
	e.Tab, e.Until, e.Room = e.Base, e.Due, Room{}
	if !e.MindsRoom {
		return e
	}
	e.Room = room
	e.Tab = e.tabAt(now)
	for _, t := range room.Taken {
		if !t.Until.IsZero() && !Passed(t.Until, now) && e.tabAt(t.Until) != e.Tab {
			e.Until = soonest(e.Until, t.Until)
		}
	}
	return e
}

// tabAt returns on which tab the entry is at now by the room there is.
func (e Entry) tabAt(now time.Time) Tab {
	switch {
	case e.Base == TabNone || !e.Room.FullAt(now):
		return e.Base
	case e.Participation == "" && e.Room.at(now, TakenBySelf) > 0:
		return TabNone // it shows as that participation
	}
	return TabIneligible
}

// At returns the entry as it is at now, whatever has been recorded since it was stored.
func (e Entry) At(now time.Time) Entry {
	switch {
	case !Passed(e.Until, now):
		return e
	case e.Shown.Participation != nil:
		month := e.Month
		if p := e.Shown.Participation; p.StatusAt(now) != e.Status { // by a deadline
			month = MonthOf(p.unrecorded(), p.Terms.Location())
		}
		return entryOfParticipation(e.Shown, month, e.Room, now)
	}
	return entryOfRecord(e.Record, e.Shown, e.Room, now)
}

// Keys returns the entry with its Name and Search as this version makes them.
func (e Entry) Keys() Entry {
	r := Row{Identity: e.Shown.Identity, FriendlyName: e.Shown.FriendlyName}
	if p := e.Shown.Participation; p != nil {
		r = participationRow(*p, p.StartedAt) // at whatever time: neither depends on it
	}
	e.Name, e.Search = r.keys()
	return e
}

// StatusRank returns what a list by status goes by: first the rows that have not
// begun, then the active ones, then those that are complete, each by how far a claim
// has come. The numbers are stored and never change.
func StatusRank(t RowType, s Status) int {
	return 100*(slices.Index(AllRowTypes(), t)+1) + slices.Index(AllStatuses(), s) + 1
}

// AmountSortKey writes an amount that is not negative so that, within a currency,
// texts compare like amounts: currency, number of digits, digits. The zero Money
// is "".
func AmountSortKey(m eligibility.Money) string {
	if m.IsZero() {
		return ""
	}
	whole, fraction, _ := strings.Cut(m.Amount.String(), ".")
	whole = strings.TrimLeft(whole, "0")
	text := fmt.Sprintf("%s %02d%s", m.Currency, len(whole), whole)
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		text += "." + fraction
	}
	return text
}

// keys returns what a row is sorted by as its customer's name, and found by.
func (r Row) keys() (name, search string) {
	return text.SortKey(CleanName(r.Name())), searchText(r) // a name comes to stand in cursors, so it has to be short
}
