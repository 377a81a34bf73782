package rows

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Entry is the row of an entry.
type Entry struct {
	Partner       string
	Engagement    string
	Customer      string
	Row           string
	Participation bool // Row is its ID
	Tab           string
	Type          string
	Status        string
	Locations     string // JSON
	Name          string
	Search        string
	Since         int64
	Deadline      int64 // or Never
	Soonest       int64 // to sort by: Deadline, or behind all deadlines
	Amount        string
	Due           int64 // of its place

	// Keys is the version by which Name and Search were made. Stored entries have one
	// version, or they would be sorted by the one and looked for by the other.
	Keys string
}

// ErrKeys says that entries were made by another version of the keys.
var ErrKeys = errors.New("the keys by which customers are sorted and found are of another version: call Migrate, by the newest version of the library that works with these tables")

// Rekey gives a stored entry the keys of this version. Where the place cannot be
// read, or has no such row, it keeps the texts: better found badly than not at all.
func (r Entry) Rekey(pl engagement.Place) Entry {
	if name, search, ok := pl.Keys(engagement.PartnerID(r.Partner), engagement.RowID(r.Row)); ok {
		r.Name, r.Search = name, search
	}
	r.Keys = engagement.KeysVersion
	return r
}

// EntryColumns returns the columns of an Entry. The first four are its key.
func EntryColumns() []string {
	return []string{"partner", "engagement", "customer", "row", "participation", "tab", "type", "status", "locations",
		"name", "search", "since", "deadline", "soonest", "amount", "due", "keys"}
}

// Fields points to the fields in the order of the columns.
func (r *Entry) Fields() []any {
	return []any{&r.Partner, &r.Engagement, &r.Customer, &r.Row, &r.Participation, &r.Tab, &r.Type, &r.Status, &r.Locations,
		&r.Name, &r.Search, &r.Since, &r.Deadline, &r.Soonest, &r.Amount, &r.Due, &r.Keys}
}

// SameKey reports whether the rows have the same key.
func (r Entry) SameKey(o Entry) bool {
	return r.Row == o.Row && r.Partner == o.Partner && r.Customer == o.Customer && r.Engagement == o.Engagement
}

// Same reports whether the rows say the same.
func (r Entry) Same(o Entry) bool { return r == o }

// The values that an entry's columns can have.
var (
	tabs     = append(engagement.AllTabs(), engagement.TabOff)
	types    = append(engagement.AllRowTypes(), "")
	statuses = append(engagement.AllStatuses(), "")
)

func newEntry(e engagement.Entry, due int64) (Entry, error) {
	switch {
	case !slices.Contains(tabs, e.Tab):
		return Entry{}, invalid("an entry is in tab %q: use one of %q", e.Tab, tabs)
	case !slices.Contains(types, e.Type):
		return Entry{}, invalid("an entry has type %q: use one of %q", e.Type, types)
	case !slices.Contains(statuses, e.Status):
		return Entry{}, invalid("an entry has status %q: use one of %q", e.Status, statuses)
	case e.Participation != "" && string(e.Participation) != string(e.Row):
		return Entry{}, invalid("the entry %q is of participation %q: a row is named after its participation", e.Row, e.Participation)
	}
	locations, err := json.Marshal(e.Locations)
	if err != nil {
		return Entry{}, invalid("the locations of entry %q cannot be written as JSON: %v", e.Row, err)
	}
	return Entry{
		Partner: string(e.Partner), Engagement: string(e.Place.Engagement), Customer: string(e.Place.Customer), Row: string(e.Row),
		Participation: e.Participation != "", Tab: string(e.Tab), Type: string(e.Type), Status: string(e.Status), Locations: string(locations),
		Name: e.Name, Search: e.Search, Since: Micros(e.Since), Deadline: orNever(e.Deadline),
		Soonest: Micros(storage.BySoonest.PositionOf(e, nil).Time), Amount: e.Amount, Due: due, Keys: engagement.KeysVersion,
	}, nil
}

// Value returns the entry.
func (r Entry) Value() (engagement.Entry, error) {
	if r.Keys != engagement.KeysVersion {
		return engagement.Entry{}, ErrKeys
	}
	e := engagement.Entry{
		Partner: engagement.PartnerID(r.Partner), Place: r.Place(), Row: engagement.RowID(r.Row),
		Tab: engagement.Tab(r.Tab), Type: engagement.RowType(r.Type), Status: engagement.Status(r.Status),
		Name: r.Name, Search: r.Search, Since: Time(r.Since), Amount: r.Amount,
	}
	if r.Participation {
		e.Participation = engagement.ParticipationID(r.Row)
	}
	if r.Deadline != Never {
		e.Deadline = Time(r.Deadline)
	}
	if err := json.Unmarshal([]byte(r.Locations), &e.Locations); err != nil {
		return e, &storage.UnreadableError{Kind: "entry", Key: r.Row, Err: err}
	}
	return e, nil
}

// Place returns the key of the entry's place.
func (r Entry) Place() engagement.PlaceKey {
	return engagement.PlaceKey{Engagement: engagement.ID(r.Engagement), Customer: tenant.Key(r.Customer)}
}
