package postgres

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// listing is what pages and claims have in common.
type listing struct {
	within     string // the condition that keep those entries which are counted
	tab        string // and the further one that keep those which can be rows
	args       arguments
	counted    string // the column by which they are counted
	order      rows.Order
	descending bool
	after      *storage.Position
	limit      int
	filter     storage.Filter
	names      storage.Names
	now        time.Time
}

// How many overdue entries are read along with a page. Most of the time there are
// none, so that at first a page only looks whether there are any. If so, it is read
// again with some of them, and with more where those are not all, because a plan
// has to know how many there can be.
const (
	noOverdue   = 0
	someOverdue = 64
	moreOverdue = 64
)

// statement returns the statement for one entry more than the limit with its place,
// for the counts, and for what is overdue: at most one more than so many entries,
// with their places unless that is none.
func (s *Store) statement(l listing, overdueLimit int) (string, []any) {
	a := slices.Clone(l.args)
	now := a.add(rows.Micros(l.now), "bigint")
	by := make([]string, len(l.order.Columns))
	for i, c := range l.order.Columns {
		by[i] = quoted([]string{c})
		if c == rows.EngagementKey {
			by[i] = "coalesce(" + a.add(rows.NamesText(l.names), "text") + `::jsonb ->> engagement, '~' || engagement) COLLATE "C"`
		}
	}
	columns := strings.Join(by, ", ")
	order, behind := columns, " > "
	if l.descending {
		order, behind = strings.Join(by, " DESC, ")+" DESC", " < "
	}
	where := l.within + l.tab
	if overdueLimit > noOverdue { // or there is none to be left out, and the planner need not guess how many there are
		where += " AND due > " + now
	}
	if l.after != nil {
		var at []string
		for _, v := range l.order.Values(*l.after) {
			at = append(at, a.add(v, castOf(v)))
		}
		where += " AND (" + columns + ")" + behind + "(" + strings.Join(at, ", ") + ")"
	}
	conditions, _ := rows.Conditions(l.filter)
	for _, c := range conditions {
		where += " AND " + condition(&a, c)
	}
	name := []string{"engagement", "customer", l.counted}
	parts := []string{
		paging.selected(kindRow, shownColumns, new(shown).fields()) + s.wholes("listed"),
		paging.selected(kindOverdue, prefixed("t", name), new(overdue).fields()) + " FROM overdue t",
		paging.selected(kindCount, prefixed("t", []string{"name", "n"}), new(count).fields()) + " FROM (" + s.counted(l) + ") t",
	}
	if overdueLimit > noOverdue {
		parts = append(parts, paging.selected(kindPlace, wholeColumns, new(whole).fields())+s.wholes("(SELECT DISTINCT engagement, customer FROM overdue)"))
	}
	return "WITH listed AS MATERIALIZED (SELECT " + quoted(rows.EntryColumns()) + " FROM " + s.in + "entry WHERE " + where +
		" ORDER BY " + order + " LIMIT " + strconv.Itoa(l.limit+1) + ")," +
		" overdue AS MATERIALIZED (SELECT " + quoted(name) + " FROM " + s.in + "entry WHERE " + l.within +
		" AND due < 9223372036854775807 AND due <= " + now + " ORDER BY due LIMIT " + strconv.Itoa(overdueLimit+1) + ") " +
		strings.Join(parts, " UNION ALL "), a
}

// counted returns the statement that sums up the shards of the counts.
func (s *Store) counted(l listing) string {
	if l.counted == "tab" {
		return "SELECT tab AS name, sum(entries)::bigint AS n FROM " + s.in + "tab_count WHERE partner = $1::text AND engagement = $2::text GROUP BY tab"
	}
	return "SELECT status AS name, sum(participations)::bigint AS n FROM " + s.in + "status_count WHERE partner = $1::text GROUP BY status"
}

// textList matches a list of texts as JSON, or none: what every version can read.
const textList = `E'^(null|\\[("([^"\\\\[:cntrl:]]|\\\\(["\\\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}))*"(,"([^"\\\\[:cntrl:]]|\\\\(["\\\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}))*")*)?\\])$'`

func castOf(v any) string {
	if _, ok := v.(int64); ok {
		return "bigint"
	}
	return "text"
}

// condition returns the SQL of a condition.
func condition(a *arguments, c rows.Condition) string {
	value := func() string {
		if len(c.Texts) > 0 {
			return a.add(c.Texts[0], "text")
		}
		return a.add(c.Micros, "bigint")
	}
	switch c.Op {
	case rows.Finds:
		var ways []string
		for _, text := range c.Texts {
			ways = append(ways, `strpos("`+c.Column+`", `+a.add(text, "text")+") > 0")
		}
		if len(c.Engagements) > 0 {
			ways = append(ways, "engagement = ANY ("+a.add(c.Engagements, "text[]")+")")
		}
		if len(ways) == 0 {
			return "false"
		}
		return "(" + strings.Join(ways, " OR ") + ")"
	case rows.OneOf:
		return `"` + c.Column + `" = ANY (` + a.add(c.Texts, "text[]") + ")"
	case rows.Overlaps:
		// What is no list of texts is found, too: it is named where it is read.
		return `CASE WHEN "` + c.Column + `" ~ ` + textList + ` THEN "` + c.Column + `"::jsonb ?| ` + a.add(c.Texts, "text[]") + ` ELSE true END`
	case rows.AtLeast:
		return `"` + c.Column + `" >= ` + value()
	case rows.Below:
		return `"` + c.Column + `" < ` + value()
	}
	return `"` + c.Column + `"`
}

// pageOf reads a listing: its rows, whether more follow, what is overdue, and the
// counts without that.
func (s *Store) pageOf(ctx context.Context, op string, l listing) (b *bundle, places map[engagement.PlaceKey]engagement.Place, err error) {
	for limit := noOverdue; ; limit = max(limit*moreOverdue, someOverdue) {
		sql, args := s.statement(l, limit)
		err := s.read(ctx, op, sql, args, func() func(pgx.Rows) error {
			b = newBundle(paging)
			return b.add
		})
		if err != nil {
			return nil, nil, err
		}
		if len(b.overdue) <= limit {
			break
		}
	}
	places = make(map[engagement.PlaceKey]engagement.Place, len(b.places))
	return b, places, broken(op, b.placesInto(places))
}

// rows returns at most so many rows as the listing wants, and whether more follow.
// They come in order already where a statement keeps the order of its parts, which
// no standard demands.
func (b *bundle) rows(op string, l listing, places map[engagement.PlaceKey]engagement.Place) ([]storage.PageRow, bool, error) {
	out := make([]storage.PageRow, len(b.entries))
	for i, row := range b.entries {
		if out[i].Entry, out[i].Err = row.Value(); errors.Is(out[i].Err, ErrKeys) { // so are all others
			return nil, false, broken(op, ErrKeys)
		}
		out[i].Place = places[row.Place()]
	}
	slices.SortFunc(out, func(x, y storage.PageRow) int {
		c := l.order.Sort.PositionOf(x.Entry, l.names).Compare(l.order.Sort.PositionOf(y.Entry, l.names))
		if l.descending {
			return -c
		}
		return c
	})
	return out[:min(len(out), l.limit)], len(out) > l.limit, nil
}

// due returns the overdue places by key.
func (b *bundle) due(places map[engagement.PlaceKey]engagement.Place) []engagement.Place {
	if len(b.overdue) == 0 {
		return nil
	}
	keys := map[engagement.PlaceKey]bool{}
	for _, o := range b.overdue {
		keys[keyOf(o.Engagement, o.Customer)] = true
	}
	var out []engagement.Place
	for _, key := range slices.SortedFunc(maps.Keys(keys), rows.ComparePlaces) {
		out = append(out, places[key])
	}
	return out
}

// countsOf returns the counts without what is overdue.
func countsOf[N ~string](b *bundle) map[N]int {
	out := make(map[N]int, len(b.counts))
	for _, c := range b.counts {
		out[N(c.Name)] = int(c.N)
	}
	for _, o := range b.overdue {
		out[N(o.Name)]--
	}
	return out
}

// Page implements storage.Store, in one statement, or in one more when something
// is overdue.
func (s *Store) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	const op = "read a page"
	order, err := rows.CheckPage(q)
	if err != nil {
		return storage.Page{}, err
	}
	l := listing{order: order, descending: q.Descending, after: q.After, limit: q.Limit, filter: q.Filter, now: q.Now, counted: "tab"}
	l.within = "partner = " + l.args.add(string(q.Partner), "text") + " AND engagement = " + l.args.add(string(q.Engagement), "text")
	l.tab = " AND tab = " + l.args.add(string(q.Tab), "text")
	b, places, err := s.pageOf(ctx, op, l)
	if err != nil {
		return storage.Page{}, err
	}
	page := storage.Page{Overdue: b.due(places), Counts: countsOf[engagement.Tab](b)}
	page.Rows, page.More, err = b.rows(op, l, places)
	return page, err
}

// Claims implements storage.Store, as Page does.
func (s *Store) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	const op = "read a page of claims"
	order, err := rows.CheckClaims(q)
	if err != nil {
		return storage.ClaimsPage{}, err
	}
	l := listing{order: order, descending: q.Descending, after: q.After, limit: q.Limit, filter: q.Filter, names: q.Names, now: q.Now, counted: "status", within: "participation"}
	partner := l.args.add(string(q.Partner), "text") // '' in the counts is every partner
	if q.Partner != "" {
		l.within = "partner = " + partner + " AND participation"
	}
	b, places, err := s.pageOf(ctx, op, l)
	if err != nil {
		return storage.ClaimsPage{}, err
	}
	page := storage.ClaimsPage{Overdue: b.due(places), Counts: countsOf[engagement.Status](b)}
	page.Rows, page.More, err = b.rows(op, l, places)
	return page, err
}
