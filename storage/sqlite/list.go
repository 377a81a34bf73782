package sqlite

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// order is how an order of a list is kept: the columns that are compared before the
// row, and the names of the indexes, of tabs and of claims, that have it.
type order struct {
	columns    []string
	tab, claim string
}

var orders = map[storage.Sort]order{
	storage.SortByName:     {[]string{"name"}, "pe_tab_name", "pe_claim_name"},
	storage.SortByDeadline: {[]string{"soonest"}, "pe_tab_deadline", "pe_claim_deadline"},
	storage.SortBySince:    {[]string{"since"}, "pe_tab_since", "pe_claim_since"},
	storage.SortByStatus:   {[]string{"rank", "name"}, "pe_tab_status", "pe_claim_status"},
	// On a page there are no amounts to speak of: whoever wants their order has it sorted.
	storage.SortByAmount:     {[]string{"amount"}, "", "pe_claim_amount"},
	storage.SortByEngagement: {[]string{"name"}, "pe_tab_name", "pe_claim_engagement"}, // of each engagement
}

// values are what the columns of an order and the row are compared with, to find what
// stands behind a position.
func values(s storage.Sort, p storage.Position) []any {
	switch s {
	case storage.SortByDeadline, storage.SortBySince:
		return []any{micros(p.Time), string(p.Row)}
	case storage.SortByStatus:
		return []any{p.Rank, p.Text, string(p.Row)}
	case storage.SortByEngagement:
		_, name, _ := strings.Cut(p.Text, "\n")
		return []any{name, string(p.Row)}
	}
	return []any{p.Text, string(p.Row)}
}

// lane is a part of a list that an index has in order: a tab, what a partner takes
// part in, or, in the order of engagements, what it takes part in in one of them.
type lane struct {
	partner, engagement string
	key                 string // by which engagements are compared, in the order of these
}

// listing is a list that is read.
type listing struct {
	*session
	storage.ListQuery
	order    order
	filter   conditions
	possible bool // whether an entry can pass the filter
}

// List implements storage.Store.
func (s *Store) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	if err := q.Check(); err != nil {
		return storage.List{}, err
	}
	var out storage.List
	err := s.read(ctx, "read a list", func(se *session) error {
		l := listing{session: se, ListQuery: q, order: orders[q.Sort]}
		l.filter, l.possible = filtered(q.Filter)
		var err error
		out, err = l.read()
		return err
	})
	return out, err
}

func (l *listing) read() (storage.List, error) {
	var out storage.List
	overdue, err := l.overdue()
	if err != nil {
		return out, err
	}
	if l.MaxOverdue > 0 && len(overdue) > l.MaxOverdue {
		return storage.List{Behind: true}, nil
	}
	if err := l.count(&out, overdue); err != nil {
		return out, err
	}
	out.Overdue = listRows(overdue)
	slices.SortFunc(out.Overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	found, err := l.entries()
	if err != nil {
		return out, err
	}
	out.More = len(found) > l.Limit
	out.Rows = listRows(found[:min(len(found), l.Limit)])
	return out, nil
}

func (l *listing) isPage() bool { return l.Tab != engagement.TabNone }

var selectOverdue = `SELECT ` + entryColumns + ` FROM pe_entry t INDEXED BY pe_entry_until
	WHERE partner = ? AND engagement = ? AND until IS NOT NULL AND until <= ? LIMIT ?`

// lists goes from one list that has something with an end to the next.
const lists = `WITH RECURSIVE k (partner, engagement) AS (
		SELECT * FROM (SELECT partner, engagement FROM pe_entry INDEXED BY pe_entry_until
			WHERE until IS NOT NULL AND (partner, engagement) > (?1, '') ORDER BY partner, engagement LIMIT 1)
		UNION ALL
		SELECT n.partner, n.engagement FROM k JOIN pe_entry n ON n.rowid = (SELECT rowid FROM pe_entry INDEXED BY pe_entry_until
			WHERE until IS NOT NULL AND (partner, engagement) > (k.partner, k.engagement) ORDER BY partner, engagement LIMIT 1)
		WHERE ?1 = '' OR n.partner = ?1
	)`

var selectOverdueOf = lists + ` SELECT ` + entryColumns + ` FROM k CROSS JOIN pe_entry t INDEXED BY pe_entry_until
	ON t.partner = k.partner AND t.engagement = k.engagement AND t.until IS NOT NULL AND t.until <= ?2
	WHERE t.participation = 1 AND (?1 = '' OR t.partner = ?1) LIMIT ?3`

// overdue returns the overdue entries, one more than the most of them if there are more.
func (l *listing) overdue() ([]entryRow, error) {
	most := -1
	if l.MaxOverdue > 0 {
		most = l.MaxOverdue + 1
	}
	if l.isPage() {
		return collect(l.session, (*entryRow).fields, selectOverdue, string(l.Partner), string(l.Engagement), micros(l.Now), most)
	}
	return collect(l.session, (*entryRow).fields, selectOverdueOf, string(l.Partner), micros(l.Now), most)
}

// The version of the keys comes first.
const (
	selectTabs = `SELECT version, 0 FROM pe_keys UNION ALL
		SELECT tab, entries FROM pe_tab_count WHERE partner = ? AND engagement = ?`
	selectStatuses = `SELECT version, 0 FROM pe_keys UNION ALL
		SELECT status, participations FROM pe_status_count WHERE partner = ?`
	selectAllStatuses = `SELECT version, 0 FROM pe_keys UNION ALL
		SELECT status, sum(participations) FROM pe_status_count GROUP BY status`
)

// counted is how many entries there are of something.
type counted struct {
	name string
	n    int
}

func (c *counted) fields() []any { return []any{&c.name, &c.n} }

// count brings the counts, less what is overdue.
func (l *listing) count(out *storage.List, overdue []entryRow) error {
	query, args := selectTabs, []any{string(l.Partner), string(l.Engagement)}
	switch {
	case l.isPage():
	case l.Partner == "":
		query, args = selectAllStatuses, nil
	default:
		query, args = selectStatuses, args[:1]
	}
	counts, err := collect(l.session, (*counted).fields, query, args...)
	if err != nil {
		return err
	}
	if len(counts) == 0 || counts[0].name != engagement.KeysVersion {
		return ErrKeys
	}
	if l.isPage() {
		out.Tabs = make(map[engagement.Tab]int, len(counts))
		for _, c := range counts[1:] {
			out.Tabs[engagement.Tab(c.name)] += c.n
		}
		for _, r := range overdue {
			if r.tab != "" {
				out.Tabs[engagement.Tab(r.tab)]--
			}
		}
		return nil
	}
	out.Statuses = make(map[engagement.Status]int, len(counts))
	for _, c := range counts[1:] {
		out.Statuses[engagement.Status(c.name)] += c.n
	}
	for _, r := range overdue {
		if r.tab != "" {
			out.Statuses[engagement.Status(r.status)]--
		}
	}
	return nil
}

const (
	selectPartners = `SELECT DISTINCT partner, '' FROM pe_status_count`
	// What there is no entry of any more does no harm.
	selectLists     = `SELECT DISTINCT partner, engagement FROM pe_tab_count WHERE partner = ?`
	selectEveryList = `SELECT DISTINCT partner, engagement FROM pe_tab_count`
)

func (l *lane) fields() []any { return []any{&l.partner, &l.engagement} }

// lanes returns what the list consists of: those after one another that are, and
// within each what has to be merged.
func (l *listing) lanes() ([][]lane, error) {
	switch {
	case l.Sort == storage.SortByEngagement:
		return l.lanesByEngagement()
	case l.isPage():
		return [][]lane{{{partner: string(l.Partner), engagement: string(l.Engagement)}}}, nil
	case l.Partner != "":
		return [][]lane{{{partner: string(l.Partner)}}}, nil
	}
	all, err := collect(l.session, (*lane).fields, selectPartners)
	return [][]lane{all}, err
}

// lanesByEngagement are those from the position on.
func (l *listing) lanesByEngagement() ([][]lane, error) {
	var all []lane
	var err error
	switch {
	case l.isPage():
		all = []lane{{partner: string(l.Partner), engagement: string(l.Engagement)}}
	case l.Partner == "":
		all, err = collect(l.session, (*lane).fields, selectEveryList)
	default:
		all, err = collect(l.session, (*lane).fields, selectLists, string(l.Partner))
	}
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].key = l.Names.Key(engagement.ID(all[i].engagement))
	}
	slices.SortFunc(all, func(a, b lane) int { return l.directed(cmp.Compare(a.key, b.key)) })
	var out [][]lane
	for _, a := range all {
		if l.After != nil && l.directed(cmp.Compare(a.key, l.afterKey())) < 0 {
			continue
		}
		if n := len(out); n > 0 && out[n-1][0].key == a.key {
			out[n-1] = append(out[n-1], a)
		} else {
			out = append(out, []lane{a})
		}
	}
	return out, nil
}

// afterKey is the key of the engagement in the position.
func (l *listing) afterKey() string {
	key, _, _ := strings.Cut(l.After.Text, "\n")
	return key
}

// directed turns a comparison round in a list that is read from its end.
func (l *listing) directed(c int) int {
	if l.Descending {
		return -c
	}
	return c
}

// entries returns the entries of the page and one more, if there is one.
func (l *listing) entries() ([]entryRow, error) {
	if !l.possible {
		return nil, nil
	}
	lanes, err := l.lanes()
	if err != nil {
		return nil, err
	}
	var out []entryRow
	for _, together := range lanes {
		var found []entryRow
		for _, a := range together {
			some, err := l.from(a, l.Limit+1-len(out))
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
		if len(together) > 1 {
			slices.SortFunc(found, func(a, b entryRow) int {
				return l.directed(l.Sort.PositionOf(a.ordered(), l.Names).Compare(l.Sort.PositionOf(b.ordered(), l.Names)))
			})
		}
		out = append(out, found[:min(len(found), l.Limit+1-len(out))]...)
		if len(out) > l.Limit {
			break
		}
	}
	return out, nil
}

// from returns the first entries of a lane behind the position.
func (l *listing) from(a lane, limit int) ([]entryRow, error) {
	candidates, few, err := l.candidates(a)
	if err != nil {
		return nil, err
	}
	source, where := "pe_entry t INDEXED BY "+l.index(few), conditions{args: candidates.args}
	if few {
		source = "(" + candidates.texts[0] + ") w CROSS JOIN " + source
		where.add("t.customer = w.customer")
	}
	where.add("t.partner = ?", a.partner)
	if a.engagement != "" {
		where.add("t.engagement = ?", a.engagement)
	}
	if l.isPage() {
		where.add("t.tab = ?", string(l.Tab))
	} else {
		where.add("t.participation = 1")
	}
	where.add("t.tab <> ''")
	direction, behind := "", ">"
	if l.Descending {
		direction, behind = " DESC", "<"
	}
	by := make([]string, 0, len(l.order.columns)+1)
	for _, column := range append(l.order.columns[:len(l.order.columns):len(l.order.columns)], "row") {
		if few || l.Filter.Customer != "" { // which leaves so few that it is better to find them and sort
			column = "+t." + column
		} else {
			column = "t." + column
		}
		by = append(by, column)
	}
	if l.After != nil && (l.Sort != storage.SortByEngagement || a.key == l.afterKey()) {
		where.add("("+strings.Join(by, ", ")+") "+behind+" ("+marks(len(by))+")", values(l.Sort, *l.After)...)
	}
	where.add("(t.until IS NULL OR t.until > ?)", micros(l.Now))
	where.texts, where.args = append(where.texts, l.filter.texts...), append(where.args, l.filter.args...)
	fields, columns := (*entryRow).fields, entryColumns
	if l.isPage() { // whose rows are all of it
		fields, columns = (*entryRow).shownFields, shownColumns
	}
	query := "SELECT " + columns + " FROM " + source + " WHERE " + strings.Join(where.texts, " AND ") +
		" ORDER BY " + strings.Join(by, direction+", ") + direction + " LIMIT ?"
	get := collect[entryRow]
	if len(l.filter.texts) > 0 { // filters come in many shapes
		get = collectOnce[entryRow]
	}
	found, err := get(l.session, fields, query, append(where.args, limit)...)
	if l.isPage() {
		for i := range found {
			found[i].partner, found[i].engagement, found[i].tab = a.partner, a.engagement, string(l.Tab)
		}
	}
	return found, err
}

// index returns the one to go along, or by which what little there is is found.
func (l *listing) index(few bool) string {
	switch {
	case few || l.Filter.Customer != "":
		return "pe_entry_key"
	case l.isPage():
		return cmp.Or(l.order.tab, "pe_tab_name")
	}
	return l.order.claim
}
