package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// sums are by how much figures change.
type sums map[figureKey]engagement.Figure

type figureKey struct{ partner, engagement, tab, status, month, locations, currency string }

func (k *figureKey) fields() []any {
	return []any{&k.partner, &k.engagement, &k.tab, &k.status, &k.month, &k.locations, &k.currency}
}

func (k figureKey) compare(o figureKey) int {
	return cmp.Or(strings.Compare(k.partner, o.partner), strings.Compare(k.engagement, o.engagement), strings.Compare(k.tab, o.tab),
		strings.Compare(k.status, o.status), strings.Compare(k.month, o.month), strings.Compare(k.locations, o.locations), strings.Compare(k.currency, o.currency))
}

// comesTo returns what the entry counts and comes to. One of which that cannot be read
// counts.
func (r entryRow) comesTo() []engagement.Figure {
	figures, err := engagement.ParseFigures(r.figures)
	if err != nil {
		return []engagement.Figure{{Entries: 1}}
	}
	return figures
}

func (s sums) replace(had, next entryRow) {
	s.add(had, -1)
	s.add(next, 1)
}

func (s sums) add(r entryRow, times int) {
	if r.tab == "" { // on no page and no list, or not there
		return
	}
	for _, f := range r.comesTo() {
		s.change(figureKey{r.partner, r.engagement, r.tab, r.status, string(f.Month), r.locations, f.Currency}, f, times)
	}
}

func (s sums) change(key figureKey, by engagement.Figure, times int) {
	f, n := s[key], decimal.NewFromInt(int64(times))
	f.Entries += times * by.Entries
	f.Estimated, f.Requested = f.Estimated.Add(by.Estimated.Mul(n)), f.Requested.Add(by.Requested.Mul(n))
	f.Approved, f.Paid = f.Approved.Add(by.Approved.Mul(n)), f.Paid.Add(by.Paid.Mul(n))
	s[key] = f
}

func nothing(f engagement.Figure) bool {
	return f.Entries == 0 && f.Estimated.IsZero() && f.Requested.IsZero() && f.Approved.IsZero() && f.Paid.IsZero()
}

// figureRow is what entries come to. Each sum is a list of numbers.
type figureRow struct {
	figureKey
	entries                              int
	estimated, requested, approved, paid sql.NullString
}

func (r *figureRow) fields() []any {
	return append(r.figureKey.fields(), &r.entries, &r.estimated, &r.requested, &r.approved, &r.paid)
}

func (r *figureRow) value() (engagement.Figure, error) {
	f := engagement.Figure{Month: engagement.Month(r.month), Currency: r.currency, Entries: r.entries}
	for _, sum := range []struct {
		of    *decimal.Decimal
		texts sql.NullString
	}{{&f.Estimated, r.estimated}, {&f.Requested, r.requested}, {&f.Approved, r.approved}, {&f.Paid, r.paid}} {
		for text := range strings.FieldsSeq(sum.texts.String) {
			d, err := decimal.NewFromString(text)
			if err != nil {
				return f, &storage.UnreadableError{Kind: "figure", Key: strings.Join([]string{r.partner, r.engagement, r.status, r.month}, " "), Err: err}
			}
			*sum.of = sum.of.Add(d)
		}
	}
	return f, nil
}

const (
	figureColumns = `partner, engagement, tab, status, month, locations, currency, entries, estimated, requested, approved, paid`
	whereFigure   = ` WHERE partner = ? AND engagement = ? AND tab = ? AND status = ? AND month = ? AND locations = ? AND currency = ?`

	selectFigure = `SELECT ` + figureColumns + ` FROM pe_figure` + whereFigure
	deleteFigure = `DELETE FROM pe_figure` + whereFigure
	putFigure    = `INSERT INTO pe_figure (` + figureColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET entries = excluded.entries, estimated = excluded.estimated, requested = excluded.requested, approved = excluded.approved, paid = excluded.paid`
)

// sumUp adds to the figures that are kept.
func (s *session) sumUp(all sums) error {
	for _, key := range slices.SortedFunc(maps.Keys(all), figureKey.compare) {
		if nothing(all[key]) {
			continue
		}
		args := valuesOf(key.fields())
		found, err := collect(s, (*figureRow).fields, selectFigure, args...)
		if err != nil {
			return err
		}
		change := sums{key: all[key]}
		for _, r := range found {
			had, err := r.value()
			if err != nil {
				return err
			}
			change.change(key, had, 1)
		}
		f := change[key]
		if nothing(f) {
			_, err = s.exec(deleteFigure, args...)
		} else {
			_, err = s.exec(putFigure, append(args, f.Entries, sumText(f.Estimated), sumText(f.Requested), sumText(f.Approved), sumText(f.Paid))...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// valuesOf returns the texts to which fields point.
func valuesOf(fields []any) []any {
	out := make([]any, len(fields))
	for i, f := range fields {
		out[i] = *f.(*string)
	}
	return out
}

func sumText(d decimal.Decimal) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// dimensions are the columns by which figures can be told apart.
var dimensions = map[string]storage.FigureDimension{
	"partner": storage.FiguresByPartner, "engagement": storage.FiguresByEngagement, "tab": storage.FiguresByTab, "status": storage.FiguresByStatus,
	"month": storage.FiguresByMonth, "locations": storage.FiguresByLocations,
}

// Figures implements storage.Store.
func (s *Store) Figures(ctx context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	if err := q.Check(); err != nil {
		return storage.Figures{}, err
	}
	var out storage.Figures
	err := s.read(ctx, "read figures", func(se *session) error {
		var err error
		out, err = se.figures(q)
		return err
	})
	return out, err
}

func (s *session) figures(q storage.FiguresQuery) (storage.Figures, error) {
	var none storage.Figures
	if err := s.checkKeys("read figures"); err != nil {
		return none, err
	}
	overdue, err := s.overdueOf(q)
	if err != nil {
		return none, err
	}
	if q.MaxOverdue > 0 && len(overdue) > q.MaxOverdue {
		return storage.Figures{Behind: true}, nil
	}
	query, args := figuresText(q)
	found, err := collectOnce(s, (*figureRow).fields, query, args...)
	if err != nil {
		return none, err
	}
	rows := make([]storage.Figure, len(found))
	for i, r := range found {
		rows[i] = storage.Figure{Partner: engagement.PartnerID(r.partner), Engagement: engagement.ID(r.engagement), Tab: engagement.Tab(r.tab), Status: engagement.Status(r.status)}
		if rows[i].Figure, err = r.value(); err != nil {
			return none, err
		}
		if rows[i].Locations, err = locationsOf(r.locations); err != nil {
			rows[i].Locations = nil
		}
	}
	sum := q.Sum(rows...)
	for _, r := range overdue {
		if r.tab != "" {
			e := r.ordered()
			e.Locations, _ = locationsOf(r.locations)
			sum.Move(e, r.comesTo(), -1)
		}
	}
	out := storage.Figures{Rows: sum.Rows(), Overdue: listRows(overdue)}
	slices.SortFunc(out.Overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	return out, nil
}

// figuresText returns the statement that adds up what is kept. Sums are lists of their
// numbers, since numbers here are not exact.
func figuresText(q storage.FiguresQuery) (string, []any) {
	var columns, by []string
	for _, column := range []string{"partner", "engagement", "tab", "status", "month", "locations"} {
		if slices.Contains(q.By, dimensions[column]) {
			columns, by = append(columns, column), append(by, column)
		} else {
			columns = append(columns, "''")
		}
	}
	columns, by = append(columns, "currency"), append(by, "currency")
	where := conditions{texts: []string{"true"}}
	if q.Partner != "" {
		where.add("partner = ?", string(q.Partner))
	}
	if q.Engagements != nil {
		where.add(oneOf("engagement", q.Engagements))
	}
	if q.Participation {
		where.add("status <> ''")
	}
	if len(q.Statuses) > 0 {
		where.add(oneOf("status", q.Statuses))
	}
	if q.MonthFrom != "" {
		where.add("month >= ?", string(q.MonthFrom))
	}
	if q.MonthBefore != "" {
		where.add("month < ?", string(q.MonthBefore))
	}
	if len(q.Locations) > 0 {
		where.add("CASE WHEN NOT json_valid(locations) THEN 0 ELSE EXISTS (SELECT 1 FROM json_each(locations) k WHERE k.value IN (SELECT value FROM json_each(?))) END", jsonText(q.Locations))
	}
	return "SELECT " + strings.Join(columns, ", ") + ", sum(entries), group_concat(estimated, ' '), group_concat(requested, ' '), group_concat(approved, ' '), group_concat(paid, ' ')" +
		" FROM pe_figure WHERE " + strings.Join(where.texts, " AND ") + " GROUP BY " + strings.Join(by, ", "), where.args
}

var selectOverdueOfAll = lists + ` SELECT ` + entryColumns + ` FROM k CROSS JOIN pe_entry t INDEXED BY pe_entry_until
	ON t.partner = k.partner AND t.engagement = k.engagement AND t.until IS NOT NULL AND t.until <= ?2
	WHERE (?1 = '' OR t.partner = ?1) AND (?4 = 0 OR t.participation = 1) AND (?5 = '' OR t.engagement IN (SELECT value FROM json_each(?5))) LIMIT ?3`

// overdueOf returns the overdue entries, one more than the most of them if there are more.
func (s *session) overdueOf(q storage.FiguresQuery) ([]entryRow, error) {
	most, engagements := -1, ""
	if q.MaxOverdue > 0 {
		most = q.MaxOverdue + 1
	}
	if q.Engagements != nil {
		engagements = jsonText(q.Engagements)
	}
	return collect(s, (*entryRow).fields, selectOverdueOfAll, string(q.Partner), micros(q.Now), most, q.Participation, engagements)
}
