package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

const (
	selectTabs     = `SELECT '', '', tab, entries FROM pe_tab_count WHERE partner = ? AND engagement = ?`
	selectStatuses = `SELECT '', '', status, participations FROM pe_status_count WHERE partner = ?`

	// The entries of places that are due, counted.
	selectTabsDue = `SELECT engagement, customer, tab, count(*) FROM pe_entry INDEXED BY pe_entry_due
		WHERE partner = ? AND engagement = ? AND due < 9223372036854775807 AND due <= ? GROUP BY engagement, customer, tab ORDER BY engagement, customer`
	selectStatusesDue = `SELECT engagement, customer, status, count(*) FROM pe_entry INDEXED BY pe_entry_due
		WHERE partner = ? AND participation = 1 AND due < 9223372036854775807 AND due <= ? GROUP BY engagement, customer, status ORDER BY engagement, customer`
	selectAllStatusesDue = `SELECT p.engagement, p.customer, e.status, count(*)
		FROM pe_place p INDEXED BY pe_place_wake CROSS JOIN pe_entry e ON e.engagement = p.engagement AND e.customer = p.customer
		WHERE p.wake < 9223372036854775807 AND p.wake <= ?1 AND p.due <= ?1 AND e.participation = 1
		GROUP BY p.engagement, p.customer, e.status ORDER BY p.engagement, p.customer`
)

// counted is how many entries there are of something, in a place or in all.
type counted struct {
	at    pair
	name  string
	count int
}

func (c *counted) fields() []any { return []any{&c.at[0], &c.at[1], &c.name, &c.count} }

// listing is what pages and claims have in common.
type listing struct {
	index      string   // followed by the sort's name
	ofCustomer string   // the index by which to find what is of one customer
	within     []string // conditions
	args       []any    // of these
	order      rows.Order
	descending bool
	after      *storage.Position
	limit      int
	filter     storage.Filter
	names      storage.Names
	now        time.Time
}

// engagementKey is what the order by engagement compares; its argument is the
// names as JSON.
const engagementKey = `coalesce(json_extract(?, '$."' || t.engagement || '"'), '~' || t.engagement)`

// query returns the statement for one entry more than the limit, and its
// arguments.
func (l listing) query(conditions []rows.Condition) (string, []any) {
	where, args := l.within[:len(l.within):len(l.within)], l.args[:len(l.args):len(l.args)]
	by, sort := slices.Clone(l.order.Columns), l.order.Sort
	var names []any
	if sort == storage.ByEngagement {
		by[0], sort, names = engagementKey, storage.ByName, []any{rows.NamesText(l.names)}
	}
	columns, direction, behind := strings.Join(by, ", "), "", ">"
	if l.descending {
		columns, direction, behind = strings.Join(by, " DESC, "), " DESC", "<"
	}
	if l.after != nil {
		where = append(where, fmt.Sprintf("(%s) %s (%s)", strings.Join(by, ", "), behind, marks(len(by))))
		args = append(append(args, names...), l.order.Values(*l.after)...)
	}
	where, args = append(where, "due > ?"), append(args, rows.Micros(l.now))
	for _, c := range conditions {
		text, of := condition(c)
		where, args = append(where, text), append(args, of...)
	}
	index := l.index + "_" + string(sort)
	if l.filter.Customer != "" { // which leaves so few that it is better to find them and sort
		for i := range by {
			by[i] = "+" + by[i]
		}
		index, columns = l.ofCustomer, strings.Join(by, direction+", ")
	}
	return "SELECT " + listed(rows.EntryColumns()) + " FROM pe_entry t INDEXED BY " + index +
		" WHERE " + strings.Join(where, " AND ") + " ORDER BY " + columns + direction + " LIMIT ?", append(append(args, names...), l.limit+1)
}

// marks returns n question marks.
func marks(n int) string { return strings.Repeat("?, ", n-1) + "?" }

// condition returns the SQL of a condition, and its arguments. The plus keeps
// SQLite from leaving the index that it walks along.
func condition(c rows.Condition) (string, []any) {
	column := "+" + c.Column
	if c.Column == "customer" {
		column = c.Column
	}
	value := []any{c.Micros}
	if len(c.Texts) > 0 {
		value = []any{c.Texts[0]}
	}
	switch c.Op {
	case rows.Finds:
		var ways []string
		var args []any
		for _, text := range c.Texts {
			ways, args = append(ways, "instr("+c.Column+", ?) > 0"), append(args, text)
		}
		if len(c.Engagements) > 0 {
			ways, args = append(ways, "+engagement IN (SELECT value FROM json_each(?))"), append(args, list(c.Engagements))
		}
		return "(" + strings.Join(ways, " OR ") + ")", args
	case rows.OneOf:
		if len(c.Texts) == 1 {
			return column + " = ?", value
		}
		return column + " IN (SELECT value FROM json_each(?))", []any{list(c.Texts)}
	case rows.Overlaps:
		// What is no list is found, too: it is named where it is read.
		return "CASE WHEN NOT json_valid(t." + c.Column + ") OR json_type(t." + c.Column + ") NOT IN ('array', 'null') THEN 1" +
			" ELSE EXISTS (SELECT 1 FROM json_each(t." + c.Column + ") k WHERE k.value IN (SELECT value FROM json_each(?))) END", []any{list(c.Texts)}
	case rows.AtLeast:
		return column + " >= ?", value
	case rows.Below:
		return column + " < ?", value
	}
	return column + " = 1", nil
}

func list(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// entries returns at most the limit of entries, with their places, and whether
// more follow.
func (s *session) entries(l listing) ([]storage.PageRow, bool, error) {
	conditions, possible := rows.Conditions(l.filter)
	if !possible {
		return nil, false, nil
	}
	get := collect[rows.Entry]
	if len(conditions) > 0 { // filters come in many shapes
		get = collectOnce[rows.Entry]
	}
	query, args := l.query(conditions)
	found, err := get(s, (*rows.Entry).Fields, query, args...)
	if err != nil {
		return nil, false, err
	}
	more := len(found) > l.limit
	found = found[:min(len(found), l.limit)]
	keys := make([]engagement.PlaceKey, len(found))
	for i, row := range found {
		keys[i] = row.Place()
	}
	places := make(map[engagement.PlaceKey]engagement.Place, len(keys))
	if err := s.places(places, keys); err != nil {
		return nil, false, err
	}
	out := make([]storage.PageRow, len(found))
	for i, row := range found {
		if out[i].Entry, out[i].Err = row.Value(); errors.Is(out[i].Err, ErrKeys) { // so are all others
			return nil, false, out[i].Err
		}
		out[i].Place = places[keys[i]]
	}
	return out, more, nil
}

// overdue returns the places that are due, by key, and how many entries of each
// name they have.
func (s *session) overdue(query string, args ...any) ([]engagement.Place, map[string]int, error) {
	due, err := collect(s, (*counted).fields, query, args...)
	if err != nil || len(due) == 0 {
		return nil, nil, err
	}
	counts := map[string]int{}
	var keys []engagement.PlaceKey // in order, as the query's answer is
	for _, c := range due {
		counts[c.name] += c.count
		if key := c.at.place(); len(keys) == 0 || keys[len(keys)-1] != key {
			keys = append(keys, key)
		}
	}
	found := make(map[engagement.PlaceKey]engagement.Place, len(keys))
	if err := s.places(found, keys); err != nil {
		return nil, nil, err
	}
	out := make([]engagement.Place, len(keys))
	for i, key := range keys {
		out[i] = found[key]
	}
	return out, counts, nil
}

// counts returns what is counted in a table, less what is overdue.
func counts[N ~string](s *session, less map[string]int, query string, args ...any) (map[N]int, error) {
	kept, err := collect(s, (*counted).fields, query, args...)
	out := make(map[N]int, len(kept))
	for _, c := range kept {
		out[N(c.name)] = c.count - less[c.name]
	}
	return out, err
}

// Page implements storage.Store.
func (s *Store) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	order, err := rows.CheckPage(q)
	if err != nil {
		return storage.Page{}, err
	}
	partner, id := string(q.Partner), string(q.Engagement)
	l := listing{
		index: "pe_entry", ofCustomer: "sqlite_autoindex_pe_entry_1", // its primary key
		within: []string{"partner = ?", "engagement = ?", "tab = ?"}, args: []any{partner, id, string(q.Tab)},
		order: order, descending: q.Descending, after: q.After, limit: q.Limit, filter: q.Filter, now: q.Now,
	}
	var page storage.Page
	err = s.read(ctx, "read a page", func(se *session) error {
		var less map[string]int
		var err error
		if page.Overdue, less, err = se.overdue(selectTabsDue, partner, id, rows.Micros(q.Now)); err != nil {
			return err
		}
		if page.Counts, err = counts[engagement.Tab](se, less, selectTabs, partner, id); err != nil {
			return err
		}
		page.Rows, page.More, err = se.entries(l)
		return err
	})
	return page, err
}

// Claims implements storage.Store.
func (s *Store) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	order, err := rows.CheckClaims(q)
	if err != nil {
		return storage.ClaimsPage{}, err
	}
	partner, due := string(q.Partner), selectStatusesDue
	l := listing{
		index: "pe_claim", ofCustomer: "pe_claim_customer",
		within: []string{"partner = ?", "participation = 1"}, args: []any{partner},
		order: order, descending: q.Descending, after: q.After, limit: q.Limit, filter: q.Filter, names: q.Names, now: q.Now,
	}
	if q.Partner == "" {
		due, l.index, l.within, l.args = selectAllStatusesDue, "pe_program", []string{"participation = 1"}, nil
	}
	var page storage.ClaimsPage
	err = s.read(ctx, "read a page of claims", func(se *session) error {
		var less map[string]int
		var err error
		if page.Overdue, less, err = se.overdue(due, append(l.args[:len(l.args):len(l.args)], rows.Micros(q.Now))...); err != nil {
			return err
		}
		if page.Counts, err = counts[engagement.Status](se, less, selectStatuses, partner); err != nil {
			return err
		}
		page.Rows, page.More, err = se.entries(l)
		return err
	})
	return page, err
}
