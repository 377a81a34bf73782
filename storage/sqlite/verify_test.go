package sqlite_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/verify"
	"github.com/partnerengage/partnerengage/tenant"
)

// damage is done to a file, and found.
type damage struct {
	do    func(*testing.T, *sql.DB)
	kinds []storage.FindingKind // of the findings, each once or more
}

func byScript(text string) func(*testing.T, *sql.DB) {
	return func(t *testing.T, db *sql.DB) {
		t.Helper()
		r, err := db.ExecContext(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := r.RowsAffected(); n == 0 {
			t.Fatalf("nothing was damaged by %s", text)
		}
	}
}

// What Northwind and Fabrikam have of Contoso and others in story.
const (
	contoso = `customer = (SELECT customer FROM pe_participation WHERE partner = 'northwind' AND live = '')`
	theirs  = `partner = 'northwind' AND engagement = 'azure-migration' AND ` + contoso
)

var damages = map[string]damage{
	"a count off by one":          {byScript(`UPDATE pe_tab_count SET entries = entries + 1 WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingCount}},
	"a count of statuses off":     {byScript(`UPDATE pe_status_count SET participations = participations - 1`), []storage.FindingKind{storage.FindingCount}},
	"a count lost":                {byScript(`DELETE FROM pe_tab_count WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingCount}},
	"figures off by one":          {byScript(`UPDATE pe_figure SET entries = entries + 1 WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingCount}},
	"a sum off":                   {byScript(`UPDATE pe_figure SET approved = '0.01' WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingCount}},
	"a sum that is none":          {byScript(`UPDATE pe_figure SET paid = 'x' WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingCount}},
	"figures lost":                {byScript(`DELETE FROM pe_figure WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingCount}},
	"a row of another count":      {byScript(`UPDATE pe_entry SET figures = '2020-01|EUR|1|5|||' WHERE participation = 1`), []storage.FindingKind{storage.FindingColumn, storage.FindingCount, storage.FindingEntry}},
	"a participation's tab":       {byScript(`UPDATE pe_entry SET tab = 'complete' WHERE participation = 1 AND ` + theirs), []storage.FindingKind{storage.FindingCount, storage.FindingEntry}},
	"a customer's tab":            {byScript(`UPDATE pe_entry SET tab = 'eligible', base = 'eligible' WHERE participation = 0 AND partner = 'fabrikam' AND tab = ''`), []storage.FindingKind{storage.FindingCount, storage.FindingEntry}},
	"a name":                      {byScript(`UPDATE pe_entry SET name = 'x' WHERE participation = 1 AND ` + theirs), []storage.FindingKind{storage.FindingEntry}},
	"a deadline":                  {byScript(`UPDATE pe_entry SET until = NULL, due = NULL WHERE participation = 1 AND until IS NOT NULL`), []storage.FindingKind{storage.FindingEntry}},
	"words":                       {byScript(`UPDATE pe_entry SET search = ' something else' WHERE participation = 1 AND ` + theirs), []storage.FindingKind{storage.FindingEntry, storage.FindingWords}},
	"an entry lost":               {byScript(`DELETE FROM pe_entry WHERE participation = 1 AND partner = 'northwind'`), []storage.FindingKind{storage.FindingCount, storage.FindingEntry, storage.FindingWords}},
	"locations":                   {byScript(`UPDATE pe_entry SET locations = '{' WHERE participation = 1 AND ` + theirs), []storage.FindingKind{storage.FindingCount, storage.FindingEntry, storage.FindingUnreadable}},
	"what an entry shows":         {byScript(`UPDATE pe_entry SET shown = x'00' WHERE participation = 1 AND ` + theirs), []storage.FindingKind{storage.FindingEntry, storage.FindingUnreadable}},
	"a holder lost":               {byScript(`UPDATE pe_shared SET holders = NULL, granted = 0 WHERE granted > 0`), []storage.FindingKind{storage.FindingEntry, storage.FindingHolders}},
	"how many hold":               {byScript(`UPDATE pe_shared SET granted = 0, holders = NULL WHERE granted = 99 OR granted = 1`), []storage.FindingKind{storage.FindingEntry, storage.FindingHolders}},
	"a word lost":                 {byScript(`DELETE FROM pe_word WHERE partner = 'northwind' AND word = (SELECT min(word) FROM pe_word WHERE partner = 'northwind')`), []storage.FindingKind{storage.FindingWords}},
	"a word too many":             {byScript(`INSERT INTO pe_word (partner, word, customer) SELECT 'northwind', ' zzz', customer FROM pe_participation LIMIT 1`), []storage.FindingKind{storage.FindingWords}},
	"what is due":                 {byScript(`UPDATE pe_participation SET wake = NULL WHERE wake IS NOT NULL`), []storage.FindingKind{storage.FindingColumn}},
	"what is open":                {byScript(`UPDATE pe_participation SET live = NULL WHERE live = ''`), []storage.FindingKind{storage.FindingColumn}},
	"who is known":                {byScript(`UPDATE pe_customer SET known = 0 WHERE known = 1`), []storage.FindingKind{storage.FindingColumn}},
	"a participation lost":        {byScript(`DELETE FROM pe_participation WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingLost}},
	"a participation unreadable":  {byScript(`UPDATE pe_participation SET body = x'00' WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingUnreadable}},
	"a record lost":               {byScript(`DELETE FROM pe_entry WHERE participation = 0 AND ` + theirs), []storage.FindingKind{storage.FindingLost}},
	"a record unreadable":         {byScript(`UPDATE pe_entry SET shown = x'00' WHERE participation = 0 AND ` + theirs), []storage.FindingKind{storage.FindingUnreadable}},
	"what is shared lost":         {byScript(`DELETE FROM pe_shared`), []storage.FindingKind{storage.FindingLost}},
	"holders unreadable":          {byScript(`UPDATE pe_shared SET holders = x'00' WHERE granted > 0`), []storage.FindingKind{storage.FindingUnreadable}},
	"a customer lost":             {byScript(`DELETE FROM pe_customer WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingLost, storage.FindingPersons}},
	"a person lost":               {byScript(`DELETE FROM pe_person WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingPersons}},
	"a person too many":           {byScript(`INSERT INTO pe_person (partner, key, person, customer) SELECT partner, key, x'0102030405060708', customer FROM pe_person LIMIT 1`), []storage.FindingKind{storage.FindingPersons}},
	"a customer unreadable":       {byScript(`UPDATE pe_customer SET body = x'00' WHERE partner = 'northwind'`), []storage.FindingKind{storage.FindingUnreadable}},
	"a message unreadable":        {byScript(`UPDATE pe_message SET body = x'00'`), []storage.FindingKind{storage.FindingUnreadable}},
	"a command record unreadable": {byScript(`UPDATE pe_command SET body = x'00'`), []storage.FindingKind{storage.FindingUnreadable}},
	"an event unreadable":         {byScript(`DROP TRIGGER pe_event_same; UPDATE pe_event SET body = x'00' WHERE seq = 2`), []storage.FindingKind{storage.FindingUnreadable}},
	"the last event cut off": {byScript(`DROP TRIGGER pe_event_stays; DELETE FROM pe_event WHERE partner = 'northwind' AND seq = (SELECT max(seq) FROM pe_event WHERE partner = 'northwind')`),
		[]storage.FindingKind{storage.FindingHistory, storage.FindingState}},
	"a history cut off in the customer's row": {byScript(`DROP TRIGGER pe_customer_goes_on; UPDATE pe_customer SET seq = 2, hash = (SELECT hash FROM pe_event v WHERE v.partner = pe_customer.partner AND v.customer = pe_customer.customer AND v.seq = 2) WHERE partner = 'northwind' AND ` + contoso),
		[]storage.FindingKind{storage.FindingHistory, storage.FindingState}},
	"an event changed": {func(t *testing.T, db *sql.DB) {
		run(t, db, "DROP TRIGGER pe_event_same")
		rewrite(t, db, "pe_event", "partner = 'northwind' AND seq = 2 AND "+contoso, func(e *engagement.Event) { e.To = engagement.StatusPaid })
	}, []storage.FindingKind{storage.FindingHistory}},
	"a participation changed": {func(t *testing.T, db *sql.DB) {
		rewrite(t, db, "pe_participation", theirs, func(p *engagement.Participation) { p.Consent.Status = consent.StatusDeclined })
	}, []storage.FindingKind{storage.FindingColumn, storage.FindingState}},
}

// What is damaged is found and named, and what is made of something else is mended,
// exactly.
func TestVerifyFindsDamage(t *testing.T) {
	for name, d := range damages {
		t.Run(name, func(t *testing.T) {
			path := newFile(t)
			s := open(t, path, relaxed)
			now := verifiedStory(t, s)
			if found := check(t, s, now, verify.Check); len(found) > 0 {
				t.Fatalf("before: %+v", found)
			}
			d.do(t, openDB(t, path))
			found := check(t, s, now, verify.Check)
			if got := kindsOf(found); !slices.Equal(got, d.kinds) {
				t.Errorf("found are %v, want %v: %+v", got, d.kinds, found)
			}
			for _, f := range check(t, s, now, verify.Repair) {
				if f.Mended != f.Kind.Derived() && !(f.Kind == storage.FindingUnreadable && len(kindsOf(found)) > 1) {
					t.Errorf("mended: %+v", f)
				}
			}
			var left []storage.FindingKind
			for _, kind := range d.kinds {
				if !kind.Derived() && !(kind == storage.FindingUnreadable && slices.Contains(d.kinds, storage.FindingEntry)) {
					left = append(left, kind)
				}
			}
			if got := check(t, s, now, verify.Check); !slices.Equal(kindsOf(got), left) {
				t.Errorf("after the repair there are %+v, want %v", got, left)
			}
		})
	}
}

func check(t *testing.T, s *sqlite.Store, now func() time.Time, how func(context.Context, storage.Inspector, verify.Options) (verify.Progress, error)) []storage.Finding {
	t.Helper()
	var found []storage.Finding
	done, err := how(t.Context(), s, verify.Options{Now: now, Report: func(f storage.Finding) error {
		found = append(found, f)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if done.Customers < 3 || done.Findings != len(found) {
		t.Fatalf("checked were %+v", done)
	}
	return found
}

func kindsOf(found []storage.Finding) []storage.FindingKind {
	var kinds []storage.FindingKind
	for _, f := range found {
		kinds = append(kinds, f.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// verifiedStory fills a store, and returns its clock.
func verifiedStory(t *testing.T, s storage.Store) func() time.Time {
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = s
		return sc
	})
	w.Granted("azure-migration", "ana@contoso.com")
	f := w.As(workflowtest.Fabrikam)
	n, _ := tenant.ParseID("10000000-0000-4000-8000-000000000889")
	third := workflowtest.Customer{Domain: "third.example", Entry: tenant.Entry{Tenant: n, Name: "Third", Cloud: tenant.CloudPublic}}
	workflowtest.Seats.Set(&third.Facts, 300)
	workflowtest.Segment.Set(&third.Facts, "enterprise")
	w.PutCustomer(third)
	f.Requested(f.Added("azure-migration", "ana@adatum.com"))
	w.Cancelled(w.Added("azure-migration", "ana@adatum.com"))
	_, err := f.Desk.Consents.Request(t.Context(), f.Actor.Request(w.Key()), f.Added("azure-migration", "ana@third.example"), workflow.RequestConsent{Customer: workflow.ByEmail("ana@third.example")})
	if err != nil {
		t.Fatal(err)
	}
	return w.Now
}
