package sqlite

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// entryRow is the row of an entry.
type entryRow struct {
	id                                 int64
	partner, engagement, customer, row string
	participation                      bool
	tab, base, kind, status            string
	rank                               int64
	name, search                       string
	since, soonest                     int64
	amount, locations                  string
	until, due                         int64
	mindsRoom                          bool
	room, shown                        []byte
	version                            int64 // of the record whose own entry it is
}

func (r *entryRow) fields() []any {
	return []any{&r.id, &r.partner, &r.engagement, &r.customer, &r.row, &r.participation, &r.tab, &r.base, &r.kind, &r.status,
		&r.rank, &r.name, &r.search, &r.since, &r.soonest, &r.amount, &r.locations, &r.until, &r.due, &r.mindsRoom, &r.room, &r.version, &r.shown}
}

var entryColumns = strings.Join([]string{"t.rowid", "t.partner", "t.engagement", "t.customer", "t.row", "t.participation", "t.tab", "coalesce(t.base, t.tab)", "t.type", "t.status",
	"t.rank", "t.name", "t.search", "t.since", "t.soonest", "t.amount", "coalesce(t.locations, '')", orNever("t.until"), orNever("t.due"), "t.minds_room", "t.room", "coalesce(t.version, 0)", "t.shown"}, ", ")

// behindAll is where entries without a deadline stand among the others.
var behindAll = micros(storage.BySoonest.PositionOf(engagement.Entry{}, nil).Time)

func newEntryRow(e engagement.Entry) (entryRow, error) {
	r := entryRow{
		partner: string(e.Record.Partner), engagement: string(e.Record.Engagement), customer: string(e.Record.Customer), row: string(e.Row),
		participation: e.Participation != "", tab: string(e.Tab), base: string(e.Base), kind: string(e.Type), status: string(e.Status), rank: int64(e.Rank),
		name: e.Name, search: e.Search, since: micros(e.Since), soonest: micros(storage.BySoonest.PositionOf(e, nil).Time),
		amount: e.Amount, until: moment(e.Until), due: moment(e.Due), mindsRoom: e.MindsRoom,
	}
	if e.Locations != nil {
		r.locations = jsonText(e.Locations)
	}
	var err error
	if r.room, err = roomBytes(e.Room); err != nil {
		return r, err
	}
	r.shown, err = encodeShown(e)
	return r, err
}

// roomBytes returns the room as it is stored, nothing for that of which nothing is
// taken.
func roomBytes(room engagement.Room) ([]byte, error) {
	if room.Equal(engagement.Room{}) {
		return nil, nil
	}
	return encode(room)
}

func roomOf(b []byte) (engagement.Room, error) {
	if len(b) == 0 {
		return engagement.Room{}, nil
	}
	return decode[engagement.Room](b)
}

func (r entryRow) record() engagement.RecordKey {
	return engagement.RecordKey{Partner: engagement.PartnerID(r.partner), Engagement: engagement.ID(r.engagement), Customer: tenant.Key(r.customer)}
}

// ordered returns the entry by its columns: what orders it, and what becomes of it.
func (r entryRow) ordered() engagement.Entry {
	e := engagement.Entry{
		Record: r.record(), Row: engagement.RowID(r.row), Tab: engagement.Tab(r.tab), Type: engagement.RowType(r.kind), Status: engagement.Status(r.status),
		Rank: int(r.rank), Name: r.name, Search: r.search, Since: timeOf(r.since), Amount: r.amount,
		Until: momentOf(r.until), MindsRoom: r.mindsRoom, Base: engagement.Tab(r.base), Due: momentOf(r.due),
	}
	if r.participation {
		e.Participation = engagement.ParticipationID(r.row)
	}
	if r.soonest != behindAll {
		e.Deadline = timeOf(r.soonest)
	}
	return e
}

// value returns the entry. With an error it is what is ordered.
func (r entryRow) value() (engagement.Entry, error) {
	e := r.ordered()
	locations, err := locationsOf(r.locations)
	if err == nil {
		e.Locations = locations
		e.Shown, err = decodeShown(e, r.shown)
	}
	if err == nil {
		e.Room, err = roomOf(r.room)
	}
	if err != nil {
		return r.ordered(), &storage.UnreadableError{Kind: "entry", Key: strings.Join([]string{r.partner, r.engagement, r.row}, " "), Err: err}
	}
	return e, nil
}

func locationsOf(text string) ([]engagement.LocationID, error) {
	if text == "" {
		return nil, nil
	}
	var out []engagement.LocationID
	err := json.Unmarshal([]byte(text), &out)
	return out, err
}

// rows returns entries with what of them is not counted.
func listRows(found []entryRow) []storage.ListRow {
	var out []storage.ListRow
	for _, r := range found {
		e, err := r.value()
		out = append(out, storage.ListRow{Entry: e, Err: err})
	}
	return out
}

func overdueAt(now time.Time, until int64) bool { return until <= micros(now) }
