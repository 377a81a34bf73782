package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// figureShard is the shard in which figures change with an entry: its slot's.
const figureShard = "(slot % 8)::smallint"

// figureShards are all shards of figures, so that an index on them finds a partner's.
const figureShards = "'{0,1,2,3,4,5,6,7,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47}'::smallint[]"

const (
	figureKeys = "partner, engagement, tab, status, month, locations, currency"
	figureSums = "entries, estimated, requested, approved, paid"
)

// asOne is what an entry counts as that says nothing of it: one, without a month.
const asOne = "'||1||||'"

// addedUp returns the statement that adds up what rows come to, by figureKeys and what is
// before them: rows are those of a relation with slot, figureKeys but for the month and
// the currency, figures, which says these and the sums, and n, how often each counts.
func addedUp(before, rows string) string {
	sum := func(i string) string { return "coalesce(sum(n * nullif(f[" + i + "], '')::numeric), 0)" }
	return "SELECT " + before + "partner, engagement, tab, status, f[1] AS month, locations, f[2] AS currency," +
		" " + sum("3") + "::bigint AS entries, " + sum("4") + " AS estimated, " + sum("5") + " AS requested, " + sum("6") + " AS approved, " + sum("7") + " AS paid" +
		" FROM (" + rows + ") r CROSS JOIN LATERAL (SELECT string_to_array(l, '|') AS f FROM unnest(string_to_array(r.figures, ';')) l) l" +
		" GROUP BY " + before + "partner, engagement, tab, status, f[1], locations, f[2]"
}

// movedFigures are the rows that have moved, once as they are and once as they were.
const movedFigures = "SELECT slot, partner, engagement, tab, coalesce(status, '') AS status, coalesce(locations, '') AS locations, coalesce(figures, " + asOne + ") AS figures, 1 AS n" +
	" FROM moved WHERE tab IS NOT NULL UNION ALL SELECT slot, partner, engagement, left(was, 1), substr(split_part(was, E'\\n', 1), 2), split_part(was, E'\\n', 2)," +
	" coalesce(nullif(split_part(was, E'\\n', 3), ''), " + asOne + "), -1 FROM moved WHERE was <> ''"

// storedFigures are the rows that there are.
func (s *Store) storedFigures() string {
	return "SELECT slot, partner, engagement, tab, coalesce(status, '') AS status, coalesce(locations, '') AS locations, coalesce(figures, " + asOne + ") AS figures, 1 AS n" +
		" FROM " + s.in + "entry WHERE tab IS NOT NULL"
}

// figured returns the statement that adds to the figures what there is of a relation with
// their columns.
func (s *Store) figured(shard, from string) string {
	return "INSERT INTO " + s.in + "figure AS t (shard, " + figureKeys + ", " + figureSums + ") SELECT " + shard + ", " + figureKeys + ", " + figureSums + " FROM (" + from + ") g" +
		" WHERE entries <> 0 OR estimated <> 0 OR requested <> 0 OR approved <> 0 OR paid <> 0 ORDER BY 1, " + figureKeys +
		" ON CONFLICT (shard, " + figureKeys + ") DO UPDATE SET entries = t.entries + excluded.entries, estimated = t.estimated + excluded.estimated," +
		" requested = t.requested + excluded.requested, approved = t.approved + excluded.approved, paid = t.paid + excluded.paid"
}

// refigure makes the figures of all entries anew, within the transaction of a Migrate.
func (s *Store) refigure(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{
		"TRUNCATE " + s.in + "figure",
		s.figured("shard", addedUp("shard, ", "SELECT "+figureShard+" AS shard, r.* FROM ("+s.storedFigures()+") r")),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// foldFigures puts together what the shards have of past months, which hardly change any
// more, and takes away what has come to nothing: of up to so many figures. What somebody
// is just changing it leaves, so it changes no sum.
func (s *Store) foldFigures(limit int) step {
	nothing := func(entries, estimated, requested, approved, paid string) string {
		return entries + " = 0 AND " + estimated + " = 0 AND " + requested + " = 0 AND " + approved + " = 0 AND " + paid + " = 0"
	}
	sums := nothing("sum(entries)", "sum(estimated)", "sum(requested)", "sum(approved)", "sum(paid)")
	keys := strings.Split(figureKeys, ", ")
	return step{sql: "WITH apart AS (SELECT " + figureKeys + " FROM " + s.in + "figure GROUP BY " + figureKeys +
		" HAVING " + sums + " OR count(*) > 1 AND month <> '' AND month < to_char(now() - interval '1 month', 'YYYY-MM') LIMIT " + strconv.Itoa(limit) + ")" +
		", held AS MATERIALIZED (SELECT t.* FROM apart a JOIN " + s.in + "figure t ON " + alike("t", "a", keys...) + " ORDER BY t.shard, " + of("t", keys) + " FOR UPDATE OF t SKIP LOCKED)" +
		", folded AS (SELECT min(shard) AS shard, " + figureKeys + ", sum(entries) AS entries, sum(estimated) AS estimated, sum(requested) AS requested, sum(approved) AS approved, sum(paid) AS paid" +
		" FROM held GROUP BY " + figureKeys + ")" +
		", gone AS (DELETE FROM " + s.in + "figure t USING held h JOIN folded f ON " + alike("h", "f", keys...) + " WHERE " + alike("t", "h", append([]string{"shard"}, keys...)...) +
		" AND (h.shard <> f.shard OR " + nothing("f.entries", "f.estimated", "f.requested", "f.approved", "f.paid") + ") RETURNING 1)" +
		", kept AS (UPDATE " + s.in + "figure t SET entries = f.entries, estimated = f.estimated, requested = f.requested, approved = f.approved, paid = f.paid FROM folded f" +
		" WHERE " + alike("t", "f", append([]string{"shard"}, keys...)...) + " AND NOT (" + nothing("f.entries", "f.estimated", "f.requested", "f.approved", "f.paid") + ") RETURNING 1)" +
		" SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)"}
}

// figureRow is what entries come to. Numbers come as texts, which are exact.
type figureRow struct {
	Partner, Engagement, Tab, Status, Month, Locations, Currency string
	Entries                                                      int64
	Estimated, Requested, Approved, Paid                         string
}

func (r *figureRow) fields() []any {
	return []any{&r.Partner, &r.Engagement, &r.Tab, &r.Status, &r.Month, &r.Locations, &r.Currency, &r.Entries, &r.Estimated, &r.Requested, &r.Approved, &r.Paid}
}

var figureRows = shape[figureRow]{strings.Split(figureKeys+", "+figureSums, ", "), (*figureRow).fields, false}

func (r *figureRow) value() (storage.Figure, error) {
	f := storage.Figure{Partner: engagement.PartnerID(r.Partner), Engagement: engagement.ID(r.Engagement), Tab: tabOf(&r.Tab), Status: engagement.Status(r.Status)}
	f.Figure = engagement.Figure{Month: engagement.Month(r.Month), Currency: r.Currency, Entries: int(r.Entries)}
	if r.Locations != "" {
		f.Locations, _ = locationsOf(&r.Locations) // of what is no list nothing is known
	}
	for _, sum := range []struct {
		of   *decimal.Decimal
		text string
	}{{&f.Estimated, r.Estimated}, {&f.Requested, r.Requested}, {&f.Approved, r.Approved}, {&f.Paid, r.Paid}} {
		var err error
		if *sum.of, err = decimal.NewFromString(sum.text); err != nil {
			return f, &storage.UnreadableError{Kind: "figure", Key: r.Partner + " " + r.Engagement, Err: err}
		}
	}
	return f, nil
}

const kindFigure = 'f'

var figuring = newLayout(new(entryRow).fields(), new(figureRow).fields())

// figured is what Figures found.
type figured struct {
	rows    reader[figureRow]
	overdue reader[entryRow]
}

func (b *figured) add(r pgx.Rows) error {
	if kindOf(r) == kindFigure {
		return b.rows.read(figuring, r, figureRows)
	}
	return b.overdue.read(figuring, r, entryRows)
}

// Figures implements storage.Store, in one statement, or in one more when something is
// overdue. Those of every partner take longer the more partners there are.
func (s *Store) Figures(ctx context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	if err := q.Check(); err != nil {
		return storage.Figures{}, err
	}
	b, err := s.figures(ctx, q, false)
	if err == nil && len(b.overdue.rows) > 0 {
		b, err = s.figures(ctx, q, true)
	}
	if err != nil {
		return storage.Figures{}, err
	}
	if q.MaxOverdue > 0 && len(b.overdue.rows) > q.MaxOverdue {
		return storage.Figures{Behind: true}, nil
	}
	rows := make([]storage.Figure, len(b.rows.rows))
	for i := range rows {
		if rows[i], err = b.rows.rows[i].value(); err != nil {
			return storage.Figures{}, err
		}
	}
	sum := q.Sum(rows...)
	for i := range b.overdue.rows {
		r := &b.overdue.rows[i]
		e, _ := r.value()
		sum.Move(e, r.comesTo(), -1)
	}
	out := storage.Figures{Rows: sum.Rows(), Overdue: listRows(b.overdue.rows)}
	slices.SortFunc(out.Overdue, func(x, y storage.ListRow) int {
		return cmp.Or(x.Entry.Record.Compare(y.Entry.Record), cmp.Compare(x.Entry.Row, y.Entry.Row))
	})
	return out, nil
}

func (s *Store) figures(ctx context.Context, q storage.FiguresQuery, overdue bool) (b *figured, err error) {
	f := figuresText{Store: s, query: q, overdue: overdue}
	sql := f.text()
	err = s.shown(ctx, "read figures", q.Partner, sql, f.args, func() func(pgx.Rows) error {
		b = new(figured)
		return b.add
	}, nil)
	return b, err
}

// comesTo returns what the entry counts and comes to. One of which that cannot be read
// counts.
func (r *entryRow) comesTo() []engagement.Figure {
	figures, err := engagement.ParseFigures(textOf[string](r.Figures))
	if err != nil {
		return []engagement.Figure{{Entries: 1}}
	}
	return figures
}

// figuresText writes the statement of Figures.
type figuresText struct {
	*Store
	query   storage.FiguresQuery
	overdue bool // with all that is overdue; else only whether something is
	args    arguments
}

var figureColumns = map[storage.FigureDimension]string{
	storage.FiguresByPartner: "partner", storage.FiguresByEngagement: "engagement", storage.FiguresByTab: "tab", storage.FiguresByStatus: "status",
	storage.FiguresByMonth: "month", storage.FiguresByLocations: "locations",
}

func (f *figuresText) text() string {
	q := &f.query
	where := "t.shard = ANY (" + figureShards + ")"
	of := ""
	if q.Partner != "" {
		of = " AND t.partner = " + f.args.add(string(q.Partner), "text")
	}
	in := ""
	if q.Engagements != nil {
		in = " AND t.engagement = ANY (" + f.args.add(textsOf(q.Engagements), "text[]") + ")"
	}
	where += of + in
	if q.Participation {
		where += " AND t.status <> ''"
	}
	if len(q.Statuses) > 0 {
		where += " AND t.status = ANY (" + f.args.add(textsOf(q.Statuses), "text[]") + ")"
	}
	if q.MonthFrom != "" {
		where += " AND t.month >= " + f.args.add(string(q.MonthFrom), "text")
	}
	if q.MonthBefore != "" {
		where += " AND t.month < " + f.args.add(string(q.MonthBefore), "text")
	}
	if len(q.Locations) > 0 {
		where += " AND CASE WHEN t.locations ~ " + textList + " THEN t.locations::jsonb ?| " + f.args.add(textsOf(q.Locations), "text[]") + " ELSE false END"
	}
	var columns, by []string
	for _, c := range strings.Split(figureKeys, ", ") {
		asked := c == "currency" || slices.ContainsFunc(q.By, func(d storage.FigureDimension) bool { return figureColumns[d] == c })
		if !asked {
			columns = append(columns, "''::text AS "+c)
			continue
		}
		columns, by = append(columns, "t."+c), append(by, "t."+c)
	}
	counted := "SELECT " + strings.Join(columns, ", ") + ", sum(t.entries)::bigint AS entries, sum(t.estimated)::text AS estimated, sum(t.requested)::text AS requested," +
		" sum(t.approved)::text AS approved, sum(t.paid)::text AS paid FROM " + f.in + "figure t WHERE " + where + " GROUP BY " + strings.Join(by, ", ")
	with, late := f.late(of, in)
	return with + late + " UNION ALL " + selecting(figuring, kindFigure, figureRows) + " FROM (" + counted + ") t"
}

// late returns the part of the statement with what is overdue: all of it, or one entry. It
// goes step by step through the engagements of which something lapses.
func (f *figuresText) late(of, in string) (with, branch string) {
	q := &f.query
	now, limit := f.args.add(micros(q.Now), "bigint"), ""
	switch {
	case !f.overdue:
		limit = " LIMIT 1"
	case q.MaxOverdue > 0:
		limit = " LIMIT " + strconv.Itoa(q.MaxOverdue+1)
	}
	first := func(where string) string {
		return "SELECT t.partner, t.engagement FROM " + f.in + "entry t WHERE t.until IS NOT NULL" + of + where + " ORDER BY t.partner, t.engagement LIMIT 1"
	}
	participations := ""
	if q.Participation {
		participations = " AND t.participation <> ''"
	}
	with = "WITH RECURSIVE lapsing AS ((" + first("") + ") UNION ALL SELECT n.partner, n.engagement FROM lapsing k CROSS JOIN LATERAL (" +
		first(" AND (t.partner, t.engagement) > (k.partner, k.engagement)") + ") n), late AS MATERIALIZED (SELECT " + entryColumns + " FROM lapsing k JOIN " + f.in + "entry t" +
		" ON t.partner = k.partner AND t.engagement = k.engagement WHERE t.until IS NOT NULL AND t.until <= " + now + participations + in + limit + ") "
	selected := selecting(figuring, kindOverdue, entryRows)
	branch = selected + " FROM late t"
	if f.overdue && !q.Participation { // and those of their records that are found through them
		branch += " UNION ALL " + selected + " FROM (SELECT DISTINCT slot, engagement, customer, partner FROM late) k JOIN " + f.in + "entry t ON " +
			alike("t", "k", recordKeys.columns...) + " AND t.participation = '' WHERE t.covered <= " + now
	}
	return with, branch
}
