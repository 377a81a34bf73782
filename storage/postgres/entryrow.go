package postgres

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// entryRow is the row of an entry and, where it is a record's own, of the record.
type entryRow struct {
	Slot                                         int16
	Engagement, Customer, Partner, Participation string
	Tab, Base, Type, Status                      *string
	Rank                                         *int64
	Amount, Locations                            *string
	Name, Search                                 string
	Since                                        int64
	Soonest, Until, Covered, Due                 *int64
	MindsRoom                                    bool
	Room, Shown                                  []byte
	Wake, Version                                *int64
	Record                                       []byte
	Keys                                         int64
	Figures                                      *string // of a participation
}

func (r *entryRow) fields() []any {
	return []any{
		&r.Slot, &r.Engagement, &r.Customer, &r.Partner, &r.Participation, &r.Tab, &r.Base, &r.Type, &r.Status, &r.Rank,
		&r.Amount, &r.Figures, &r.Locations, &r.Name, &r.Search, &r.Since, &r.Soonest, &r.Until, &r.Covered, &r.Due, &r.MindsRoom, &r.Room, &r.Shown,
		&r.Wake, &r.Version, &r.Record, &r.Keys,
	}
}

// entryKey is how many of the columns, the first ones, are the key.
const entryKey = 5

// entryWake is which column comes before those of a record.
var entryWake = slices.Index(entryRows.columns, "wake")

var entryRows = shape[entryRow]{[]string{
	"slot", "engagement", "customer", "partner", "participation", "tab", "base", "type", "status", "rank",
	"amount", "figures", "locations", "name", "search", "since", "soonest", "until", "covered", "due", "minds_room", "room", "shown",
	"wake", "version", "record", "keys",
}, (*entryRow).fields, false}

// letters are how the tabs are stored.
var letters = map[engagement.Tab]string{
	engagement.TabEligible: "e", engagement.TabIneligible: "i", engagement.TabComplete: "c", engagement.TabOff: "o",
}

func letter(t engagement.Tab) *string { return textOrNull(letters[t]) }

func tabOf(letter *string) engagement.Tab {
	for t, l := range letters {
		if letter != nil && l == *letter {
			return t
		}
	}
	return engagement.TabNone
}

// keysNumber stands for the version of the keys in each entry.
var keysNumber = func() int64 {
	sum := sha256.Sum256([]byte(engagement.KeysVersion))
	return int64(binary.BigEndian.Uint32(sum[:]) >> 1)
}()

// ErrKeys says that entries were made by another version of the keys.
var ErrKeys = errors.New("the keys by which customers are sorted and found are of another version: call Migrate, by the newest version of the library that works with these tables")

// notStarted is the rank of every record's own entry.
var notStarted = engagement.StatusRank(engagement.RowNotStarted, "")

// latest stands for the deadline of what has none.
var latest = micros(storage.SortByDeadline.PositionOf(engagement.Entry{}, nil).Time)

func newEntry(e engagement.Entry) (entryRow, error) {
	k := e.Record
	r := entryRow{
		Slot: slotOf(k.Customer), Engagement: string(k.Engagement), Customer: string(k.Customer), Partner: string(k.Partner), Participation: string(e.Participation),
		Tab: letter(e.Tab), Base: letter(e.Base), Name: e.Name, Search: e.Search, Since: micros(e.Since),
		Until: orNull(e.Until), Due: orNull(e.Due), MindsRoom: e.MindsRoom, Keys: keysNumber,
	}
	if e.Participation == "" && (!e.Deadline.IsZero() || e.Amount != "" || e.Rank != notStarted || e.Type != engagement.RowNotStarted || e.Status != "") {
		return r, invalid(fmt.Sprintf("the entry of a record, %q, has a status, a deadline or an amount", e.Row))
	}
	if e.Participation != "" {
		rank, soonest, amount := int64(e.Rank), micros(storage.SortByDeadline.PositionOf(e, nil).Time), e.Amount
		kind, status := string(e.Type), string(e.Status)
		r.Rank, r.Soonest, r.Amount, r.Type, r.Status, r.Figures = &rank, &soonest, &amount, &kind, &status, textOrNull(engagement.FiguresText(e))
	}
	if len(e.Locations) > 0 {
		b, err := json.Marshal(e.Locations)
		if err != nil {
			return r, invalid("the locations of an entry cannot be stored")
		}
		text := string(b)
		r.Locations = &text
	}
	var err error
	if len(e.Room.Taken) > 0 {
		if r.Room, err = roomBody(e.Room); err != nil {
			return r, err
		}
	}
	if p := e.Shown.Participation; p != nil {
		short := nameless(*p)
		e.Shown.Participation = &short
	}
	r.Shown, err = sealed("an entry", e.Shown, r.Partner, r.Engagement, r.Customer, r.Participation)
	return r, err
}

func locationsOf(text *string) (list []engagement.LocationID, err error) {
	if text != nil {
		err = json.Unmarshal([]byte(*text), &list)
	}
	return list, err
}

// roomBody is the same for all to whom the room is the same, so it has no sum.
func roomBody(room engagement.Room) ([]byte, error) {
	if len(room.Taken) == 0 {
		return nil, nil
	}
	return sealed("the room of an entry", room)
}

func (r *entryRow) key() engagement.RecordKey {
	return engagement.RecordKey{Partner: engagement.PartnerID(r.Partner), Engagement: engagement.ID(r.Engagement), Customer: tenant.Key(r.Customer)}
}

// value returns the entry; with an error, as much as is known without its body.
func (r *entryRow) value() (engagement.Entry, error) {
	e := engagement.Entry{
		Record: r.key(), Row: engagement.RowID(r.Participation), Participation: engagement.ParticipationID(r.Participation),
		Tab: tabOf(r.Tab), Base: tabOf(r.Base), Type: engagement.RowNotStarted, Rank: notStarted, Name: r.Name, Search: r.Search,
		Since: timeOf(r.Since), Until: timeOrZero(r.Until), Due: timeOrZero(r.Due), MindsRoom: r.MindsRoom,
	}
	if r.Participation == "" {
		e.Row = engagement.RowID(r.Customer)
		if r.Covered != nil {
			e.Until = timeOf(*r.Covered)
		}
	} else {
		e.Type, e.Status, e.Amount, e.Rank = textOf[engagement.RowType](r.Type), textOf[engagement.Status](r.Status), textOf[string](r.Amount), int(*r.Rank)
		month, _, _ := strings.Cut(textOf[string](r.Figures), "|")
		e.Month = engagement.Month(month)
		if *r.Soonest != latest {
			e.Deadline = timeOf(*r.Soonest)
		}
	}
	var errs []error
	locations, err := locationsOf(r.Locations)
	e.Locations = locations
	errs = append(errs, err)
	if r.Room != nil {
		room, err := opened[engagement.Room](r.Room)
		e.Room = room
		errs = append(errs, err)
	}
	shown, err := opened[engagement.Shown](r.Shown, r.Partner, r.Engagement, r.Customer, r.Participation)
	if p := shown.Participation; p != nil {
		*p = named(*p, r.Partner, r.Participation, r.Engagement)
	}
	e.Shown = shown
	if err := errors.Join(append(errs, err)...); err != nil {
		return e, &storage.UnreadableError{Kind: "entry", Key: strings.Join([]string{r.Engagement, r.Customer, r.Partner, r.Participation}, " "), Err: err}
	}
	return e, nil
}

// withRecord adds the record to its own entry.
func (r *entryRow) withRecord(v engagement.PartnerRecord, shown engagement.Shown) error {
	version := v.Version + 1
	r.Version = &version
	rest := besides(v, shown)
	if reflect.ValueOf(rest).IsZero() {
		return nil
	}
	var err error
	r.Record, err = sealed("a record", rest, r.Partner, r.Engagement, r.Customer)
	return err
}

// besides returns what is to be said of a record besides what its own entry shows: all
// of it, where that is not the same.
func besides(v engagement.PartnerRecord, shown engagement.Shown) engagement.PartnerRecord {
	if v.Identity == shown.Identity && v.FriendlyName == shown.FriendlyName && v.Known == shown.Known && reflect.DeepEqual(v.Evaluation, shown.Evaluation) {
		return engagement.PartnerRecord{Asked: v.Asked}
	}
	return engagement.PartnerRecord{Identity: v.Identity, FriendlyName: v.FriendlyName, Known: v.Known, Evaluation: v.Evaluation, Asked: v.Asked}
}

// record returns the record without its participations. What cannot be read is marked.
func (r *entryRow) record() engagement.PartnerRecord {
	out := engagement.PartnerRecord{Key: r.key(), Version: *r.Version}
	e, err := r.value()
	s := e.Shown
	out.Identity, out.FriendlyName, out.Known, out.Evaluation = s.Identity, s.FriendlyName, s.Known, s.Evaluation
	if err == nil && r.Record != nil {
		var rest engagement.PartnerRecord
		rest, err = opened[engagement.PartnerRecord](r.Record, r.Partner, r.Engagement, r.Customer)
		asked := rest.Asked
		if rest.Asked = nil; !reflect.ValueOf(rest).IsZero() {
			rest.Key, rest.Version = out.Key, out.Version
			out = rest
		}
		out.Asked = asked
	}
	if err != nil {
		var bad *storage.UnreadableError
		if errors.As(err, &bad) {
			err = bad.Err
		}
		err = &storage.UnreadableError{Kind: "record", Key: strings.Join([]string{r.Engagement, r.Customer, r.Partner}, " "), Err: err}
		return engagement.PartnerRecord{Key: out.Key, Version: out.Version, Unreadable: []engagement.Unreadable{{Open: true, Err: err}}}
	}
	return out
}

// coverOwn puts the until of a record's own entry where it has no index, if an entry of
// one of its participations, given with it, finds it: that is the case when that one
// lapses no later, with whatever room.
func coverOwn(own *entryRow, participations []entryRow) {
	if own.Tab != nil || own.Base != nil || own.Until == nil {
		return
	}
	for _, p := range participations {
		if p.Until != nil && (p.MindsRoom && p.Due != nil && *p.Due <= *own.Until || !p.MindsRoom && *p.Until <= *own.Until) {
			own.Covered, own.Until = own.Until, nil
			return
		}
	}
}

// wakeOf returns when a participation has something to record or to send.
func wakeOf(p engagement.Participation) time.Time {
	return engagement.PartnerRecord{Participations: []engagement.Participation{p}}.Wake()
}
