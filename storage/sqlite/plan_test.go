package sqlite_test

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"
	ncruces "github.com/ncruces/go-sqlite3/driver"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// heard is every statement that connections ran.
type heard struct {
	mu         sync.Mutex
	statements map[string]bool
}

func (h *heard) listen(c *sqlite3.Conn) error {
	return c.Trace(sqlite3.TRACE_STMT, func(_ sqlite3.TraceEvent, stmt, _ any) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.statements[stmt.(*sqlite3.Stmt).SQL()] = true
		return nil
	})
}

// TestNothingIsScanned listens to every statement that the kit and pages of every
// shape make, and fails on one that goes through a table from end to end, or
// sorts what it finds.
func TestNothingIsScanned(t *testing.T) {
	h := &heard{statements: map[string]bool{}}
	db, err := ncruces.Open("file:"+newFile(t), func(c *sqlite3.Conn) error {
		if err := c.Exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON"); err != nil {
			return err
		}
		if _, err := c.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true); err != nil { // as Open does
			return err
		}
		return h.listen(c)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := sqlite.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.statements = map[string]bool{} // making the tables may read them all
	for _, c := range storagetest.Cases() {
		if slices.Contains([]string{"visible", "erase", "delivered", "unsent", "customers", "due", "entries"}, c.Name) {
			_ = c.Run(t.Context(), s, s) // not on an empty store, so it may fail
		}
	}
	askEverything(t.Context(), t, s)
	askFigures(t.Context(), t, s)
	next, now := known(500), shares(500, 1)
	for _, p := range []engagement.Participation{participation(500, "p-500"), granted(participation(500, "p-500"))} {
		apply(t, s, taking(now, next, p))
		now, _ = now.Following(p)
		next.Version, now.Version = next.Version+1, now.Version+1
		if _, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{next.Key}, Ended: true}); err != nil {
			t.Error(err)
		}
	}
	if len(h.statements) < 100 {
		t.Errorf("only %d statements were heard", len(h.statements))
	}
	for statement := range h.statements {
		explain(t, db, statement)
	}
}

// askEverything asks for pages and claims of every shape.
func askEverything(ctx context.Context, t *testing.T, s storage.Store) {
	filters := []storage.Filter{
		{}, {Words: []engagement.Word{{Texts: []string{"x", "y"}, Engagements: []engagement.ID{"a"}}}}, {Types: []engagement.RowType{engagement.RowComplete}}, {Statuses: []engagement.Status{engagement.StatusPaid}}, {Locations: []engagement.LocationID{"1"}},
		{SinceFrom: noon, SinceBefore: noon.Add(time.Hour)}, {Participation: true}, {Engagements: []engagement.ID{"a", "b"}}, {Customer: "tpid:1"},
		{AmountFrom: "EUR 01", AmountBefore: "EUR 02"}, {Words: engagement.SearchWords("x 7"), Customer: "tpid:1", Engagements: []engagement.ID{"a"}, Participation: true},
	}
	for _, order := range storage.AllSorts() {
		for _, descending := range []bool{false, true} {
			for _, after := range []*storage.Position{nil, {Text: "a\nb\nc", Time: noon, Row: "r"}} {
				for _, f := range filters {
					q := page(engagement.TabEligible, order, 5)
					q.Descending, q.After, q.Filter, q.Now = descending, after, f, noon.AddDate(1, 0, 0)
					if _, err := s.List(ctx, q); err != nil {
						t.Error(err)
					}
					q.Tab, q.Engagement = engagement.TabNone, ""
					for _, q.Partner = range []engagement.PartnerID{"northwind", ""} {
						if _, err := s.List(ctx, q); err != nil {
							t.Error(err)
						}
					}
				}
			}
		}
	}
}

// askFigures asks for figures of every shape.
func askFigures(ctx context.Context, t *testing.T, s storage.Store) {
	for _, q := range []storage.FiguresQuery{
		{}, {By: storage.AllFigureDimensions()}, {Participation: true, Engagements: []engagement.ID{"a", "b"}, By: storage.AllFigureDimensions()[3:4]},
		{Statuses: []engagement.Status{engagement.StatusPaid}, Locations: []engagement.LocationID{"1"}, MonthFrom: "2026-01", MonthBefore: "2026-07"},
	} {
		for _, q.Partner = range []engagement.PartnerID{"northwind", ""} {
			if _, err := s.Figures(ctx, q); err != nil {
				t.Error(err)
			}
		}
	}
}

var (
	// Lists that a statement brings along, and tables that do not grow.
	small = regexp.MustCompile(`^SCAN (k\b|w\b|n\b|\(subquery|json_each |\d+-ROW VALUES |CONSTANT ROW|pe_keys|pe_schema|pe_status_count|pe_tab_count|pe_figure|sqlite_schema)`)
	// An index that is read in its order, up to a limit.
	ordered = regexp.MustCompile(`^SCAN (t|pe_message) USING INDEX pe_message_ready`)
	// What sorts little: what there is of a customer, or of few; and a page by amounts,
	// which pages do not show.
	sorts = regexp.MustCompile(`GROUP BY|customer = |pe_word|INDEXED BY pe_tab_name.* ORDER BY t.amount|SELECT DISTINCT`)
)

func explain(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	head := strings.ToUpper(strings.Fields(statement)[0])
	if !slices.Contains([]string{"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}, head) {
		return
	}
	marks := strings.Count(statement, "?")
	for _, numbered := range []string{"?4", "?3", "?2", "?1"} {
		if strings.Contains(statement, numbered) {
			marks = int(numbered[1] - '0')
			break
		}
	}
	args := make([]any, marks)
	found, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer found.Close()
	for found.Next() {
		var id, parent, unused int
		var detail string
		if err := found.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		inOrder := ordered.MatchString(detail) && (strings.HasSuffix(statement, "LIMIT ?") || strings.Contains(statement, "EXISTS"))
		if strings.HasPrefix(detail, "SCAN") && !small.MatchString(detail) && !inOrder {
			t.Errorf("%s\n\tgoes through all of it: %s", statement, detail)
		}
		if strings.HasPrefix(detail, "SEARCH t USING INDEX pe_") && strings.Contains(statement, "AND customer = ? AND") && !strings.Contains(detail, "customer=?") {
			t.Errorf("%s\n\tdoes not look for the customer: %s", statement, detail)
		}
		if strings.Contains(detail, "USE TEMP B-TREE") && !sorts.MatchString(statement) {
			t.Errorf("%s\n\tsorts: %s", statement, detail)
		}
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
}
