package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// The kinds of row that a List reads.
const (
	kindListed  = 'r'
	kindOverdue = 'o'
	kindCounted = 'n'
)

var listing = newLayout(new(entryRow).fields(), new(count).fields())

// listed is what a List found.
type listed struct {
	rows, overdue reader[entryRow]
	counts        reader[count]
}

func (b *listed) add(r pgx.Rows) error {
	switch kind := kindOf(r); kind {
	case kindListed:
		return b.rows.read(listing, r, entryRows)
	case kindOverdue:
		return b.overdue.read(listing, r, entryRows)
	case kindCounted:
		return b.counts.read(listing, r, countRows)
	default:
		return plain("a row of the unknown kind %q", kind)
	}
}

// List implements storage.Store, in one statement, or in one more when something is
// overdue. The list of every partner's participations is put together of those of each
// partner, and so takes longer the more partners there are; so does a list in order of
// the engagements' names with its length, since names are not stored.
func (s *Store) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	if err := q.Check(); err != nil {
		return storage.List{}, err
	}
	b, err := s.list(ctx, q, false)
	if err == nil && len(b.overdue.rows) > 0 {
		b, err = s.list(ctx, q, true)
	}
	if err != nil {
		return storage.List{}, err
	}
	if q.MaxOverdue > 0 && len(b.overdue.rows) > q.MaxOverdue {
		return storage.List{Behind: true}, nil
	}
	for _, r := range slices.Concat(b.rows.rows, b.overdue.rows) {
		if r.Keys != keysNumber { // so are all others
			return storage.List{}, &Error{Op: "read a list", Problem: ErrKeys}
		}
	}
	return b.list(q)
}

func (s *Store) list(ctx context.Context, q storage.ListQuery, overdue bool) (b *listed, err error) {
	l := listText{Store: s, query: q, overdue: overdue}
	sql := l.text()
	err = s.shown(ctx, "read a list", q.Partner, sql, l.args, func() func(pgx.Rows) error {
		b = new(listed)
		return b.add
	}, nil)
	return b, err
}

// list puts what was found in order.
func (b *listed) list(q storage.ListQuery) (out storage.List, err error) {
	out.Rows = listRows(b.rows.rows)
	slices.SortFunc(out.Rows, func(x, y storage.ListRow) int {
		c := q.Sort.PositionOf(x.Entry, q.Names).Compare(q.Sort.PositionOf(y.Entry, q.Names))
		if q.Descending {
			return -c
		}
		return c
	})
	if out.More = len(out.Rows) > q.Limit; out.More {
		out.Rows = out.Rows[:q.Limit]
	}
	out.Overdue = listRows(b.overdue.rows)
	slices.SortFunc(out.Overdue, func(x, y storage.ListRow) int {
		return cmp.Or(x.Entry.Record.Compare(y.Entry.Record), cmp.Compare(x.Entry.Row, y.Entry.Row))
	})
	if q.Tab == engagement.TabNone {
		out.Statuses = map[engagement.Status]int{}
		for _, c := range b.counts.rows {
			out.Statuses[engagement.Status(c.Name)] += int(c.N)
		}
		for _, r := range out.Overdue {
			if r.Entry.Tab != engagement.TabNone {
				out.Statuses[r.Entry.Status]--
			}
		}
		dropZeros(out.Statuses)
		return out, nil
	}
	out.Tabs = map[engagement.Tab]int{}
	for _, c := range b.counts.rows {
		out.Tabs[tabOf(&c.Name)] += int(c.N)
	}
	for _, r := range out.Overdue {
		if r.Entry.Tab != engagement.TabNone {
			out.Tabs[r.Entry.Tab]--
		}
	}
	dropZeros(out.Tabs)
	return out, nil
}

func dropZeros[K comparable](m map[K]int) {
	for k, n := range m {
		if n == 0 {
			delete(m, k)
		}
	}
}

func listRows(rows []entryRow) []storage.ListRow {
	if len(rows) == 0 {
		return nil
	}
	out := make([]storage.ListRow, len(rows))
	for i := range rows {
		out[i].Entry, out[i].Err = rows[i].value()
	}
	return out
}

// listText writes the statement of a List.
type listText struct {
	*Store
	query   storage.ListQuery
	overdue bool // with all that is overdue; else only whether something is
	args    arguments

	now, partner, engagement string // arguments
	participation            bool   // whether the part at hand is that of participations
}

func (l *listText) text() string {
	q := &l.query
	l.now = l.args.add(micros(q.Now), "bigint")
	within := ""
	if q.Partner != "" {
		l.partner = l.args.add(string(q.Partner), "text")
		within = " AND t.partner = " + l.partner
	}
	var parts []string
	if q.Tab == engagement.TabNone {
		parts = append(parts, l.claims(within))
	} else {
		l.engagement = l.args.add(string(q.Engagement), "text")
		tab := within + " AND t.engagement = " + l.engagement + " AND t.tab = " + l.args.add(letters[q.Tab], "text")
		parts = append(parts, l.known(tab), l.participations(tab))
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	var branches []string
	if len(parts) > 0 {
		branches = append(branches, selecting(listing, kindListed, entryRows)+" FROM (("+strings.Join(parts, ") UNION ALL (")+")) t")
	}
	with, late := l.late()
	branches = append(append(branches, late...), selecting(listing, kindCounted, countRows)+" FROM ("+l.counted()+") t")
	return with + strings.Join(branches, " UNION ALL ")
}

// notOverdue keeps out what is overdue. Where nothing is, the planner need not guess how
// much that would be.
func (l *listText) notOverdue() string {
	if !l.overdue {
		return ""
	}
	return " AND (t.until IS NULL OR t.until > " + l.now + ")"
}

var entryColumns = of("t", entryRows.columns)

// ordered returns the statement for the first entries in an order that are behind the
// position, of which these are the values for the columns.
func (l *listText) ordered(where string, columns []string, after []string) string {
	where += l.worded()
	order, behind := strings.Join(columns, ", "), " > "
	if l.query.Descending {
		order, behind = strings.Join(columns, " DESC, ")+" DESC", " < "
	}
	if after != nil {
		where += " AND (" + strings.Join(columns, ", ") + ")" + behind + "(" + strings.Join(after, ", ") + ")"
	}
	return "SELECT " + entryColumns + " FROM " + l.in + "entry t WHERE " + where + l.notOverdue() + l.conditions() +
		" ORDER BY " + order + " LIMIT " + strconv.Itoa(l.query.Limit+1)
}

// known is the part of a page with the customers as such, who all have the same status,
// no deadline and no amount; "" if none of them can be on it.
func (l *listText) known(where string) string {
	q := &l.query
	f := &q.Filter
	l.participation = false
	if f.Participation || f.AmountFrom != "" ||
		len(f.Types) > 0 && !slices.Contains(f.Types, engagement.RowNotStarted) || len(f.Statuses) > 0 && !slices.Contains(f.Statuses, "") {
		return ""
	}
	where = "t.participation = ''" + where
	columns := []string{"t.customer"}
	same := storage.Position{} // of all of them, but for what is in columns
	switch q.Sort {
	case storage.SortByName, storage.SortByEngagement:
		columns = []string{"t.name", "t.customer"}
	case storage.SortBySince:
		columns = []string{"t.since", "t.customer"}
	case storage.SortByStatus:
		columns = []string{"t.name", "t.customer"}
		same.Rank = notStarted
	case storage.SortByDeadline:
		same.Time = timeOf(latest)
	}
	if q.After == nil {
		return l.ordered(where, columns, nil)
	}
	at := storage.Position{Rank: q.After.Rank, Time: q.After.Time, Text: q.After.Text}
	switch q.Sort {
	case storage.SortByName, storage.SortByEngagement:
		at = storage.Position{}
	case storage.SortBySince:
		at = storage.Position{}
	case storage.SortByStatus:
		at = storage.Position{Rank: at.Rank}
	case storage.SortByDeadline:
		at = storage.Position{Time: at.Time}
	case storage.SortByAmount:
		at = storage.Position{Text: at.Text}
	}
	c := same.Compare(at)
	if q.Descending {
		c = -c
	}
	switch {
	case c < 0:
		return "" // they are all before it
	case c > 0:
		return l.ordered(where, columns, nil)
	}
	row := l.args.add(string(q.After.Row), "text")
	switch len(columns) {
	case 1:
		return l.ordered(where, columns, []string{row})
	default:
		if q.Sort == storage.SortBySince {
			return l.ordered(where, columns, []string{l.args.add(micros(q.After.Time), "bigint"), row})
		}
		return l.ordered(where, columns, []string{l.args.add(l.nameOf(*q.After), "text"), row})
	}
}

// nameOf returns the name in a position. On a page of one engagement the order by
// engagement is one by name.
func (l *listText) nameOf(p storage.Position) string {
	if l.query.Sort == storage.SortByEngagement {
		_, name, _ := strings.Cut(p.Text, "\n")
		return name
	}
	return p.Text
}

// participations is the part of a page or list with the entries of participations.
func (l *listText) participations(where string) string {
	q := &l.query
	where = "t.participation <> ''" + where
	l.participation = true
	var columns []string
	switch q.Sort {
	case storage.SortByName:
		columns = []string{"t.name"}
	case storage.SortByDeadline:
		columns = []string{"t.soonest"}
	case storage.SortBySince:
		columns = []string{"t.since"}
	case storage.SortByStatus:
		columns = []string{"t.rank", "t.name"}
	case storage.SortByAmount:
		columns = []string{"t.amount"}
	case storage.SortByEngagement:
		columns = []string{"t.name"}
		if q.Tab == engagement.TabNone {
			columns = []string{"coalesce(" + l.args.add(namesText(q.Names), "text") + `::jsonb ->> t.engagement, '~' || t.engagement) COLLATE "C"`, "t.name"}
		}
	}
	columns = append(columns, "t.participation")
	if q.After == nil {
		return l.ordered(where, columns, nil)
	}
	var after []string
	at := *q.After
	switch q.Sort {
	case storage.SortByDeadline, storage.SortBySince:
		after = []string{l.args.add(micros(at.Time), "bigint")}
	case storage.SortByStatus:
		after = []string{l.args.add(int64(at.Rank), "bigint"), l.args.add(at.Text, "text")}
	case storage.SortByEngagement:
		key, name, _ := strings.Cut(at.Text, "\n")
		if q.Tab == engagement.TabNone {
			after = append(after, l.args.add(key, "text"))
		}
		after = append(after, l.args.add(name, "text"))
	default:
		after = []string{l.args.add(at.Text, "text")}
	}
	return l.ordered(where, columns, append(after, l.args.add(string(at.Row), "text")))
}

// claims is a claims list: of one partner, or of each.
func (l *listText) claims(within string) string {
	if l.query.Partner != "" {
		return l.participations(within + " AND t.tab IS NOT NULL")
	}
	return "SELECT " + entryColumns + " FROM (SELECT DISTINCT partner FROM " + l.in + "status_count) k CROSS JOIN LATERAL (" +
		l.participations(" AND t.partner = k.partner AND t.tab IS NOT NULL") + ") t"
}

// late returns the part of the statement with what is overdue: all of it, or one entry.
func (l *listText) late() (with string, branches []string) {
	q := &l.query
	limit := ""
	switch {
	case !l.overdue:
		limit = " LIMIT 1"
	case q.MaxOverdue > 0:
		limit = " LIMIT " + strconv.Itoa(q.MaxOverdue+1)
	}
	selected := selecting(listing, kindOverdue, entryRows)
	if q.Tab != engagement.TabNone {
		with = "WITH late AS MATERIALIZED (SELECT " + entryColumns + " FROM " + l.in + "entry t WHERE t.partner = " + l.partner + " AND t.engagement = " + l.engagement +
			" AND t.until IS NOT NULL AND t.until <= " + l.now + limit + ") "
		branches = []string{selected + " FROM late t"}
		if l.overdue { // and those of their records that are found through them
			branches = append(branches, selected+" FROM (SELECT DISTINCT slot, engagement, customer, partner FROM late) k JOIN "+l.in+"entry t ON "+
				alike("t", "k", recordKeys.columns...)+" AND t.participation = '' WHERE t.covered <= "+l.now)
		}
		return with, branches
	}
	// Step by step through the engagements of which something lapses.
	of := ""
	if l.partner != "" {
		of = " AND t.partner = " + l.partner
	}
	first := func(where string) string {
		return "SELECT t.partner, t.engagement FROM " + l.in + "entry t WHERE t.until IS NOT NULL" + of + where + " ORDER BY t.partner, t.engagement LIMIT 1"
	}
	with = "WITH RECURSIVE lapsing AS ((" + first("") + ") UNION ALL SELECT n.partner, n.engagement FROM lapsing k CROSS JOIN LATERAL (" +
		first(" AND (t.partner, t.engagement) > (k.partner, k.engagement)") + ") n) "
	return with, []string{selected + " FROM (SELECT " + entryColumns + " FROM lapsing k JOIN " + l.in + "entry t ON t.partner = k.partner AND t.engagement = k.engagement" +
		" WHERE t.participation <> '' AND t.until IS NOT NULL AND t.until <= " + l.now + limit + ") t"}
}

// counted returns the statement that sums up the shards of the counts.
func (l *listText) counted() string {
	if l.query.Tab != engagement.TabNone {
		return "SELECT t.tab AS name, sum(t.entries)::bigint AS n FROM " + l.in + "tab_count t WHERE t.partner = " + l.partner + " AND t.engagement = " + l.engagement + " GROUP BY t.tab"
	}
	where := ""
	if l.partner != "" {
		where = " WHERE t.partner = " + l.partner
	}
	return "SELECT t.status AS name, sum(t.participations)::bigint AS n FROM " + l.in + "status_count t" + where + " GROUP BY t.status"
}

// namesText returns names as a JSON object, in which the statement looks them up.
func namesText(names storage.Names) string {
	b, err := json.Marshal(names)
	if err != nil || names == nil {
		return "{}" // texts always marshal
	}
	return string(b)
}
