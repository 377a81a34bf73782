package postgres_test

import (
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

var asBytes = regexp.MustCompile(`\\\\x([0-9a-f]*)`)

// Of a person who was erased nothing is left in any row of any table, in whatever
// spelling and wherever it was.
func TestNothingOfAPersonIsLeft(t *testing.T) {
	const address, user = "ana.sousa@contoso.com", "u-4711-maria"
	pool := running(t).pool(t, modes["cached"], 2)
	schema := newSchema()
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store, sc.Options.PersonSecret = store(t, pool, schema), []byte("quite hidden")
		return sc
	})
	maria := w.As(workflow.Actor{Partner: w.Actor.Partner, User: user, Roles: w.Actor.Roles})
	request := func(e string, r workflow.RequestConsent) {
		t.Helper()
		if _, err := w.Desk.Consents.Request(t.Context(), maria.Actor.Request(w.Key()), maria.Added("azure-migration", e), r); err != nil {
			t.Fatal(err)
		}
	}
	request("ana.sousa@contoso.com", workflow.RequestConsent{Customer: workflow.ByEmail("rui@contoso.com", "Ana.Sousa@contoso.com")})
	p := maria.Granted("data-pilot", "Ana.SOUSA@contoso.com")
	request("x@adatum.com", workflow.RequestConsent{Customer: workflow.ByEmail("ana.sousA@contoso.com")}) // which waits to be sent
	if _, err := w.Desk.Claims.Comment(t.Context(), maria.Actor.Request(w.Key()), p, workflow.Comment{Text: "Ask <ANA.Sousa@Contoso.com>, or ana.sousa@contoso.com."}); err != nil {
		t.Fatal(err)
	}
	// dump returns everything that is stored, as it is, in small letters.
	dump := func() string {
		var b strings.Builder
		tables, err := pool.Query(t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
		if err != nil {
			t.Fatal(err)
		}
		names, err := pgx.CollectRows(tables, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			found, err := pool.Query(t.Context(), "SELECT to_json(t)::text FROM "+schema+"."+name+" t")
			if err != nil {
				t.Fatal(err)
			}
			rows, err := pgx.CollectRows(found, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				b.WriteString(asBytes.ReplaceAllStringFunc(row, func(s string) string {
					raw, _ := hex.DecodeString(s[len(`\\x`):])
					return string(raw)
				}))
			}
		}
		return strings.ToLower(b.String())
	}
	before := dump()
	for _, gone := range []string{address, user} {
		if n := strings.Count(before, gone); n < 5 {
			t.Fatalf("%s is there %d times: is everything looked at?", gone, n)
		}
	}
	for _, person := range []workflow.Person{{Email: "Ana.Sousa@CONTOSO.com"}, {User: user}} {
		if _, err := w.Desk.Program.ErasePerson(t.Context(), w.Actor, person, nil); err != nil {
			t.Fatal(err)
		}
	}
	after := dump()
	for _, gone := range []string{address, user} {
		if i := strings.Index(after, gone); i >= 0 {
			t.Errorf("%s is left in %q", gone, after[max(0, i-60):min(len(after), i+80)])
		}
	}
}

// Customers who name somebody are found along the index, in each way, however many others
// there are.
func TestPersonsAreFoundByTheIndex(t *testing.T) {
	pool, trace := running(t).traced(t, modes["exec"])
	schema := newSchema()
	s := store(t, pool, schema)
	if err := (storagetest.Filling{Customers: 3000, Eligible: 500}).Fill(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	run(t, pool, schema, "ANALYZE")
	k := engagement.PersonKey{}
	list, err := s.Customers(t.Context(), storage.CustomersQuery{
		Partner: "northwind", Limit: 100, Naming: engagement.Persons{Key: k.ID()}.With([]engagement.PersonDigest{k.User("northwind", "nobody")}),
	})
	if err != nil || len(list) > 0 {
		t.Fatalf("%d customers name nobody, %v", len(list), err)
	}
	for sql, args := range trace.statements {
		if !strings.Contains(sql, "n.person = ANY") {
			continue
		}
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(t.Context()) }()
		rows, err := tx.Query(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) "+sql, append([]any{pgx.QueryExecModeExec}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(lines, "\n")
		if strings.Contains(plan, "Seq Scan") || strings.Count(plan, "person_pkey") != 3 || strings.Contains(plan, "Rows Removed") {
			t.Errorf("the plan is\n%s", plan)
		}
		return
	}
	t.Error("the statement was not seen")
}
