package sqlite

import (
	"encoding/json"
	"errors"
	"strings"

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
	figures                            string
	room, shown                        []byte
}

// shownFields are those that a list needs, besides what it is of.
func (r *entryRow) shownFields() []any {
	return []any{&r.customer, &r.row, &r.participation, &r.base, &r.kind, &r.status, &r.rank, &r.name, &r.search, &r.since, &r.soonest,
		&r.amount, &r.locations, &r.until, &r.due, &r.mindsRoom, &r.figures, &r.room, &r.shown}
}

// fields are those that a list over several needs.
func (r *entryRow) fields() []any {
	return append([]any{&r.partner, &r.engagement, &r.tab}, r.shownFields()...)
}

// storedFields are those that a write needs, too.
func (r *entryRow) storedFields() []any { return append([]any{&r.id}, r.fields()...) }

var (
	shownColumns = strings.Join([]string{"t.customer", "t.row", "t.participation", "coalesce(t.base, t.tab)", "t.type", "t.status", "t.rank", "t.name", "t.search",
		"t.since", "t.soonest", "t.amount", "coalesce(t.locations, '')", orNever("t.until"), orNever("t.due"), "t.minds_room", "coalesce(t.figures, '')", "t.room", "t.shown"}, ", ")
	entryColumns  = "t.partner, t.engagement, t.tab, " + shownColumns
	storedColumns = "t.rowid, " + entryColumns
)

// behindAll is where entries without a deadline stand among the others.
var behindAll = micros(storage.SortByDeadline.PositionOf(engagement.Entry{}, nil).Time)

func newEntryRow(e engagement.Entry) (entryRow, error) {
	r := entryRow{
		partner: string(e.Record.Partner), engagement: string(e.Record.Engagement), customer: string(e.Record.Customer), row: string(e.Row),
		participation: e.Participation != "", tab: string(e.Tab), base: string(e.Base), kind: string(e.Type), status: string(e.Status), rank: int64(e.Rank),
		name: e.Name, search: e.Search, since: micros(e.Since), soonest: micros(storage.SortByDeadline.PositionOf(e, nil).Time),
		amount: e.Amount, until: moment(e.Until), due: moment(e.Due), mindsRoom: e.MindsRoom,
		figures: engagement.FiguresText(e),
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
		month, _, _ := strings.Cut(r.figures, "|")
		e.Participation, e.Month = engagement.ParticipationID(r.row), engagement.Month(month)
	}
	if r.soonest != behindAll {
		e.Deadline = timeOf(r.soonest)
	}
	return e
}

// value returns the entry. With an error it is what is ordered, and the locations if they
// can be read.
func (r entryRow) value() (engagement.Entry, error) {
	e := r.ordered()
	var shown engagement.Shown
	var room engagement.Room
	locations, err := locationsOf(r.locations)
	if err == nil {
		e.Locations = locations
		shown, err = decodeShown(e, r.shown)
	}
	if err == nil {
		room, err = roomOf(r.room)
	}
	if err != nil {
		return e, &storage.UnreadableError{Kind: "entry", Key: strings.Join([]string{r.partner, r.engagement, r.row}, " "), Err: err}
	}
	e.Shown, e.Room = shown, room
	return e, nil
}

// locationsOf returns the texts of a JSON list. There is mostly nothing in it to be
// made of escapes.
func locationsOf(text string) ([]engagement.LocationID, error) {
	if text == "" {
		return nil, nil
	}
	var out []engagement.LocationID
	if strings.HasPrefix(text, `["`) && strings.HasSuffix(text, `"]`) && !strings.ContainsAny(text, "\\") {
		for one := range strings.SplitSeq(text[2:len(text)-2], `","`) {
			if strings.Contains(one, `"`) {
				return nil, errors.New("its locations are no list of texts")
			}
			out = append(out, engagement.LocationID(one))
		}
		return out, nil
	}
	err := json.Unmarshal([]byte(text), &out)
	return out, err
}

// listRows returns the rows of a list.
func listRows(found []entryRow) []storage.ListRow {
	if len(found) == 0 {
		return nil
	}
	out := make([]storage.ListRow, len(found))
	for i, r := range found {
		out[i].Entry, out[i].Err = r.value()
	}
	return out
}
