package postgres_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// What is damaged is found and named, and what is made of something else is mended,
// exactly.
func TestVerifyFindsDamage(t *testing.T) {
	const (
		contoso = `customer = (SELECT customer FROM pe.participation WHERE partner = 'northwind' AND live = '')`
		theirs  = `partner = 'northwind' AND engagement = 'azure-migration' AND ` + contoso
	)
	pool := running(t).pool(t, modes["cached"], 2)
	for name, d := range map[string]struct {
		sql   string
		kinds string // of the findings
	}{
		"a count off by one":          {`UPDATE pe.tab_count SET entries = entries + 1 WHERE partner = 'northwind'`, "count"},
		"a count of statuses off":     {`UPDATE pe.status_count SET participations = participations - 1`, "count"},
		"a count lost":                {`DELETE FROM pe.tab_count WHERE partner = 'northwind'`, "count"},
		"figures off by one":          {`UPDATE pe.figure SET entries = entries + 1 WHERE partner = 'northwind'`, "count"},
		"a sum off":                   {`UPDATE pe.figure SET approved = 0.01 WHERE partner = 'northwind'`, "count"},
		"figures lost":                {`DELETE FROM pe.figure WHERE partner = 'northwind'`, "count"},
		"a row of another count":      {`UPDATE pe.entry SET figures = '2020-01|EUR|1|5|||' WHERE participation <> ''`, "column count entry"},
		"a participation's tab":       {`UPDATE pe.entry SET tab = 'c' WHERE participation <> '' AND ` + theirs, "count entry"},
		"a name":                      {`UPDATE pe.entry SET name = 'x' WHERE participation <> '' AND ` + theirs, "entry"},
		"words":                       {`UPDATE pe.entry SET search = ' else' WHERE participation <> '' AND ` + theirs, "entry"},
		"a deadline":                  {`UPDATE pe.entry SET until = NULL, due = NULL WHERE participation <> '' AND until IS NOT NULL`, "entry"},
		"an entry lost":               {`DELETE FROM pe.entry WHERE participation <> '' AND partner = 'northwind'`, "count entry"},
		"a holder lost":               {`UPDATE pe.shared SET holders = NULL, granted = 0 WHERE granted > 0`, "entry holders"},
		"what is due":                 {`UPDATE pe.entry SET wake = NULL WHERE wake IS NOT NULL`, "column"},
		"what is open":                {`UPDATE pe.participation SET live = NULL WHERE live = ''`, "column"},
		"who is known":                {`UPDATE pe.customer SET known = false WHERE known`, "column"},
		"a participation lost":        {`DELETE FROM pe.participation WHERE partner = 'northwind'`, "lost"},
		"a participation unreadable":  {`UPDATE pe.participation SET body = '\x00' WHERE partner = 'northwind'`, "unreadable"},
		"another one's participation": {`UPDATE pe.participation SET body = (SELECT body FROM pe.participation WHERE partner = 'fabrikam' LIMIT 1) WHERE partner = 'northwind'`, "unreadable"},
		"a record lost":               {`DELETE FROM pe.entry WHERE participation = '' AND ` + theirs, "lost"},
		"a record unreadable":         {`UPDATE pe.entry SET shown = '\x00' WHERE participation = '' AND ` + theirs, "unreadable"},
		"what is shared lost":         {`DELETE FROM pe.shared`, "lost"},
		"holders unreadable":          {`UPDATE pe.shared SET holders = '\x00' WHERE granted > 0`, "unreadable"},
		"how many hold":               {`UPDATE pe.shared SET granted = 0 WHERE granted > 0`, "unreadable"},
		"a customer lost":             {`DELETE FROM pe.customer WHERE partner = 'northwind'`, "lost persons"},
		"a person lost":               {`DELETE FROM pe.person WHERE partner = 'northwind'`, "persons"},
		"a person too many":           {`INSERT INTO pe.person (slot, partner, key, person, customer) SELECT slot, partner, key, '\x0102030405060708', customer FROM pe.person LIMIT 1`, "persons"},
		"a customer unreadable":       {`UPDATE pe.customer SET body = '\x00' WHERE partner = 'northwind'`, "unreadable"},
		"a message unreadable":        {`UPDATE pe.message SET body = '\x00'`, "unreadable"},
		"an event unreadable":         {`UPDATE pe.event SET body = '\x00' WHERE seq = 2`, "unreadable"},
		"an event cut off":            {`DELETE FROM pe.event WHERE partner = 'northwind' AND seq > 2`, "history state"},
		"a history cut off":           {`UPDATE pe.customer x SET seq = 2, hash = (SELECT hash FROM pe.event v WHERE v.partner = x.partner AND v.customer = x.customer AND v.seq = 2) WHERE ` + contoso, "history state"},
	} {
		t.Run(name, func(t *testing.T) {
			schema := newSchema()
			s := store(t, pool, schema)
			now := verifiedStory(t, s)
			if found := found(t, s, now, verify.Check); len(found) > 0 {
				t.Fatalf("before: %+v", found)
			}
			run(t, pool, schema, "ALTER TABLE pe.event DISABLE TRIGGER USER; ALTER TABLE pe.customer DISABLE TRIGGER USER; "+d.sql)
			is := found(t, s, now, verify.Check)
			if kindsOf(is) != d.kinds {
				t.Fatalf("found are %q, want %q: %+v", kindsOf(is), d.kinds, is)
			}
			for _, f := range found(t, s, now, verify.Repair) {
				if f.Mended != f.Kind.Derived() {
					t.Errorf("mended: %+v", f)
				}
			}
			left := slices.DeleteFunc(is, func(f storage.Finding) bool { return f.Kind.Derived() })
			if after := found(t, s, now, verify.Check); kindsOf(after) != kindsOf(left) {
				t.Errorf("after the repair there are %+v, want %+v", after, left)
			}
		})
	}
}

func found(t *testing.T, s *postgres.Store, now func() time.Time, how func(context.Context, storage.Inspector, verify.Options) (verify.Progress, error)) []storage.Finding {
	t.Helper()
	var found []storage.Finding
	done, err := how(t.Context(), s, verify.Options{Now: now, Report: func(f storage.Finding) error {
		found = append(found, f)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if done.Customers < 2 {
		t.Fatalf("checked were %+v", done)
	}
	return found
}

func kindsOf(found []storage.Finding) string {
	var kinds []string
	for _, f := range found {
		kinds = append(kinds, string(f.Kind))
	}
	slices.Sort(kinds)
	return strings.Join(slices.Compact(kinds), " ")
}

// verifiedStory fills a store, and returns its clock.
func verifiedStory(t *testing.T, s storage.Store) func() time.Time {
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = s
		return sc
	})
	w.Granted("azure-migration", "ana@contoso.com")
	w.Cancelled(w.Added("azure-migration", "ana@adatum.com"))
	f := w.As(workflowtest.Fabrikam)
	_, err := f.Desk.Consents.Request(t.Context(), f.Actor.Request(w.Key()), f.Added("azure-migration", "ana@adatum.com"), workflow.RequestConsent{
		Customer: workflow.ByEmail("ana@adatum.com"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.Now
}
