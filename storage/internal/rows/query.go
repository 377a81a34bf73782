package rows

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Order is what entries are sorted by: columns, the last of which is the row, so
// that no two entries of a query stand at the same position.
type Order struct {
	Sort    storage.Sort
	Columns []string
}

var orders = []Order{
	{storage.ByName, []string{"name", "row"}},
	{storage.BySoonest, []string{"soonest", "row"}},
	{storage.BySince, []string{"since", "row"}},
	{storage.ByStatus, []string{"type", "status", "name", "row"}},
	{storage.ByAmount, []string{"amount", "row"}},
	{storage.ByEngagement, []string{EngagementKey, "name", "row"}},
}

// EngagementKey stands for the key of an entry's engagement among the names of a
// query: see storage.Names.Key.
const EngagementKey = "engagement_key"

// NamesText returns names as a JSON object, in which an adapter looks them up.
func NamesText(names storage.Names) string {
	if names == nil {
		return "{}"
	}
	b, err := json.Marshal(names)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// OrderOf returns the order, and false for one that is unknown.
func OrderOf(s storage.Sort) (Order, bool) {
	i := slices.IndexFunc(orders, func(o Order) bool { return o.Sort == s })
	if i < 0 {
		return Order{}, false
	}
	return orders[i], true
}

// Values returns what the columns are compared with to find what stands behind a
// position.
func (o Order) Values(p storage.Position) []any {
	row := string(p.Row)
	switch o.Sort {
	case storage.BySoonest, storage.BySince:
		return []any{Micros(p.Time), row}
	case storage.ByStatus:
		parts := append(strings.SplitN(p.Text, "\n", 3), "", "")
		return []any{parts[0], parts[1], parts[2], row}
	case storage.ByEngagement:
		key, name, _ := strings.Cut(p.Text, "\n")
		return []any{key, name, row}
	}
	return []any{p.Text, row}
}

// Operator is how a Condition compares.
type Operator int

// The operators.
const (
	Finds    Operator = iota // one of the texts is somewhere in the column, or the entry is of one of the engagements
	OneOf                    // the column is one of the texts
	Overlaps                 // one of the texts is in the column's JSON list
	AtLeast                  // the column is at or after the one value
	Below                    // the column is before the one value
	IsTrue                   // the column is true
)

// Condition is something that must hold of an entry.
type Condition struct {
	Column string
	Op     Operator
	Texts  []string // for Finds, OneOf, Overlaps, and for AtLeast and Below on a text
	Micros int64    // for AtLeast and Below on a time

	Engagements []string // for Finds
}

// Conditions returns what a filter demands, and false when no entry can pass.
func Conditions(f storage.Filter) ([]Condition, bool) {
	var out []Condition
	add := func(when bool, c Condition) {
		if when {
			out = append(out, c)
		}
	}
	add(f.Customer != "", Condition{Column: "customer", Op: OneOf, Texts: []string{string(f.Customer)}})
	add(f.Engagements != nil, Condition{Column: "engagement", Op: OneOf, Texts: texts(f.Engagements)})
	add(len(f.Types) > 0, Condition{Column: "type", Op: OneOf, Texts: texts(f.Types)})
	add(len(f.Statuses) > 0, Condition{Column: "status", Op: OneOf, Texts: texts(f.Statuses)})
	add(f.Participation, Condition{Column: "participation", Op: IsTrue})
	add(!f.SinceFrom.IsZero(), Condition{Column: "since", Op: AtLeast, Micros: Micros(f.SinceFrom)})
	add(!f.SinceBefore.IsZero(), Condition{Column: "since", Op: Below, Micros: Micros(f.SinceBefore)})
	add(f.AmountFrom != "", Condition{Column: "amount", Op: AtLeast, Texts: []string{f.AmountFrom}})
	add(f.AmountBefore != "", Condition{Column: "amount", Op: Below, Texts: []string{f.AmountBefore}})
	add(len(f.Locations) > 0, Condition{Column: "locations", Op: Overlaps, Texts: texts(f.Locations)})
	possible := f.Engagements == nil || len(f.Engagements) > 0
	for _, w := range f.Words {
		add(true, Condition{Column: "search", Op: Finds, Texts: w.Texts, Engagements: texts(w.Engagements)})
		possible = possible && len(w.Texts)+len(w.Engagements) > 0
	}
	return out, possible
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// CheckPage returns ErrInvalid for a query that no correct workflow makes, and
// the order that it asks for.
func CheckPage(q storage.PageQuery) (Order, error) {
	if !slices.Contains(tabs, q.Tab) {
		return Order{}, invalid("the tab of a page is %q: use one of %q", q.Tab, tabs)
	}
	return checkOrder(q.Sort, q.Limit)
}

// CheckClaims is CheckPage for claims.
func CheckClaims(q storage.ClaimsQuery) (Order, error) { return checkOrder(q.Sort, q.Limit) }

func checkOrder(s storage.Sort, limit int) (Order, error) {
	order, ok := OrderOf(s)
	if !ok {
		return order, invalid("the order of a page is %q: use one of %q", s, storage.AllSorts())
	}
	return order, CheckLimit("a page", limit)
}

// CheckLimit returns ErrInvalid for a limit below 1 of whatever it is that a call
// asks for.
func CheckLimit(what string, limit int) error {
	if limit < 1 {
		return invalid("the limit of %s is %d: at least 1 is needed", what, limit)
	}
	return nil
}

// CheckWant returns ErrInvalid for a Want that asks for two participations.
func CheckWant(want storage.Want) error {
	if want.Participation != (storage.ParticipationKey{}) && !want.Link.IsZero() {
		return invalid("a participation and a link are wanted in one call: one of them is found")
	}
	return nil
}

// ComparePlaces orders places by key.
func ComparePlaces(a, b engagement.PlaceKey) int {
	if c := strings.Compare(string(a.Engagement), string(b.Engagement)); c != 0 {
		return c
	}
	return strings.Compare(string(a.Customer), string(b.Customer))
}

// Behind returns the Seq before which the events of a query end.
func Behind(q storage.HistoryQuery) int64 {
	if q.Before == 0 {
		return math.MaxInt64
	}
	return q.Before
}

// Direction returns how the events of a query are ordered, as SQL says it.
func Direction(q storage.HistoryQuery) string {
	if q.Newest {
		return " DESC"
	}
	return ""
}
