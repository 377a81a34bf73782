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
	next := known(500).WithParticipation(granted(participation(500, "p-500")))
	for range 3 {
		apply(t, s, changed(next))
		if next.Version++; next.Version == 2 { // and with something gone
			next.Standings[0].Participations = nil
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
		{}, {Words: []engagement.Word{{Texts: []string{"x", "y"}, Engagements: []engagement.ID{"a"}}}}, {Types: []engagement.RowType{engagement.Done}}, {Statuses: []engagement.Status{engagement.Paid}}, {Locations: []engagement.LocationID{"1"}},
		{SinceFrom: noon, SinceBefore: noon.Add(time.Hour)}, {Participation: true}, {Engagements: []engagement.ID{"a", "b"}}, {Customer: "tpid:1"},
		{AmountFrom: "EUR 01", AmountBefore: "EUR 02"}, {Words: engagement.SearchWords("x 7"), Customer: "tpid:1", Engagements: []engagement.ID{"a"}, Participation: true},
	}
	for _, order := range storage.AllSorts() {
		for _, descending := range []bool{false, true} {
			for _, after := range []*storage.Position{nil, {Text: "a\nb\nc", Time: noon, Row: "r"}} {
				for _, f := range filters {
					_, err := s.Page(ctx, storage.PageQuery{
						Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabEligible, Sort: order, Descending: descending, After: after, Limit: 5, Filter: f, Now: noon.AddDate(1, 0, 0),
					})
					if err != nil {
						t.Error(err)
					}
					for _, partner := range []engagement.PartnerID{"northwind", ""} {
						_, err := s.Claims(ctx, storage.ClaimsQuery{Partner: partner, Sort: order, Descending: descending, After: after, Limit: 5, Filter: f, Now: noon.AddDate(1, 0, 0)})
						if err != nil {
							t.Error(err)
						}
					}
				}
			}
		}
	}
}

var (
	// Lists that a statement brings along, and tables that do not grow.
	small = regexp.MustCompile(`^SCAN (k |json_each |\d+-ROW VALUES |CONSTANT ROW|pe_schema|sqlite_schema)`)
	// An index that is read in its order, up to a limit.
	ordered = regexp.MustCompile(`^SCAN (t|pe_message) USING INDEX pe_(program_|message_ready)`)
	// What sorts little: what is overdue, which is returned whole, and what there
	// is with one customer; and claims by the names of engagements, which are not
	// stored.
	sorts = regexp.MustCompile(`GROUP BY|customer = \?|json_extract`)
)

func explain(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	head := strings.ToUpper(strings.Fields(statement)[0])
	if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, head) {
		return
	}
	marks := strings.Count(statement, "?")
	if strings.Contains(statement, "?1") {
		marks = 1
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

// placements are what keys have to begin with.
var placements = [][]string{{"partner"}, {"engagement", "customer"}, {"hash"}}

// TestKeysBeginWithTheirPlacement reads every primary key and every unique index
// of the library's tables.
func TestKeysBeginWithTheirPlacement(t *testing.T) {
	path := newFile(t)
	open(t, path, relaxed)
	db := openDB(t, path)
	found, err := db.QueryContext(t.Context(), `
		SELECT m.name, i.name, (SELECT group_concat(c.name, ',') FROM pragma_index_info(i.name) c)
		FROM sqlite_schema m, pragma_index_list(m.name) i
		WHERE m.type = 'table' AND m.name LIKE 'pe!_%' ESCAPE '!' AND m.name <> 'pe_schema' AND i."unique" = 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	keys := map[string]int{}
	for found.Next() {
		var table, index, columns string
		if err := found.Scan(&table, &index, &columns); err != nil {
			t.Fatal(err)
		}
		keys[table]++
		if !slices.ContainsFunc(placements, func(p []string) bool {
			return strings.HasPrefix(columns+",", strings.Join(p, ",")+",")
		}) {
			t.Errorf("%s: the key %s begins with %s", table, index, columns)
		}
	}
	var tables int
	err = db.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE 'pe!_%' ESCAPE '!' AND name <> 'pe_schema'`).Scan(&tables)
	if err != nil || found.Err() != nil || len(keys) != tables {
		t.Errorf("of %d tables %d have a key: %v, %v", tables, len(keys), err, found.Err())
	}
}
