// Package columntest checks on a database that IDs, amounts and days can be kept in
// columns of a host's own.
package columntest

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// T is what is needed of a *testing.T.
type T interface {
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Helper()
}

// hostColumns are the values that a host keeps in columns of its own, and a column for
// each.
type hostColumns struct {
	tenant       tenant.ID
	uuid         tenant.ID
	subscription tenant.SubscriptionID
	opportunity  tenant.OpportunityID
	tpid         tenant.TPID
	domain       tenant.Domain
	email        tenant.Email
	amount       eligibility.Money
	day          eligibility.Date
	dayText      eligibility.Date
	engagement   engagement.ID
}

const columnsTable = `(n integer PRIMARY KEY, tenant text, tenant_uuid UUID, subscription text, opportunity text, tpid bigint,
	domain text, email text, amount text, day date, day_text text, engagement text)`

func (c *hostColumns) values(n int) []any {
	return []any{n, c.tenant, c.uuid, c.subscription, c.opportunity, c.tpid, c.domain, c.email, c.amount, c.day, c.dayText, c.engagement}
}

func (c *hostColumns) targets() []any {
	return []any{&c.tenant, &c.uuid, &c.subscription, &c.opportunity, &c.tpid, &c.domain, &c.email, &c.amount, &c.day, &c.dayText, &c.engagement}
}

func (c *hostColumns) equal(o hostColumns) bool {
	if !c.amount.Equal(o.amount) {
		return false
	}
	o.amount = c.amount
	return *c == o
}

// nullColumns are the same as values that may be NULL.
type nullColumns struct {
	tenant       sql.Null[tenant.ID]
	uuid         sql.Null[tenant.ID]
	subscription sql.Null[tenant.SubscriptionID]
	opportunity  sql.Null[tenant.OpportunityID]
	tpid         sql.Null[tenant.TPID]
	domain       sql.Null[tenant.Domain]
	email        sql.Null[tenant.Email]
	amount       sql.Null[eligibility.Money]
	day          sql.Null[eligibility.Date]
	dayText      sql.Null[eligibility.Date]
	engagement   sql.Null[engagement.ID]
}

func (c *nullColumns) values(n int) []any {
	return []any{n, c.tenant, c.uuid, c.subscription, c.opportunity, c.tpid, c.domain, c.email, c.amount, c.day, c.dayText, c.engagement}
}

func (c *nullColumns) targets() []any {
	return []any{&c.tenant, &c.uuid, &c.subscription, &c.opportunity, &c.tpid, &c.domain, &c.email, &c.amount, &c.day, &c.dayText, &c.engagement}
}

func (c *nullColumns) all() []bool {
	return []bool{c.tenant.Valid, c.uuid.Valid, c.subscription.Valid, c.opportunity.Valid, c.tpid.Valid, c.domain.Valid, c.email.Valid, c.amount.Valid, c.day.Valid, c.dayText.Valid, c.engagement.Valid}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func someColumns() hostColumns {
	return hostColumns{
		tenant: must(tenant.ParseID("4966865e-6df6-5cd4-92d1-832a5ad4d4f4")), uuid: must(tenant.ParseID("59ada8f3-e059-55c1-a3ab-a3374a8bc729")),
		subscription: must(tenant.ParseSubscriptionID("59ada8f3-e059-55c1-a3ab-a3374a8bc729")), opportunity: must(tenant.ParseOpportunityID("7-3ABCD1234X")),
		tpid: 640037, domain: must(tenant.ParseDomain("müller-söhne.de")), email: must(tenant.ParseEmail("José@müller-söhne.de")),
		amount: must(eligibility.ParseMoney("4800.50 EUR")), day: must(eligibility.ParseDate("2026-07-01")), dayText: eligibility.Never(), engagement: "azure-migration",
	}
}

// Keeps checks that values are kept in columns: by a driver of database/sql, or through
// pgx. exec runs a statement, query reads its one row.
func Keeps(t T, exec func(sql string, args ...any) error, query func(sql string, into ...any) error) {
	t.Helper()
	const insert = "INSERT INTO host_columns VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
	read := func(n int) string {
		return fmt.Sprintf("SELECT tenant, tenant_uuid, subscription, opportunity, tpid, domain, email, amount, day, day_text, engagement FROM host_columns WHERE n = %d", n)
	}
	if err := exec("DROP TABLE IF EXISTS host_columns"); err != nil {
		t.Fatal(err)
	}
	if err := exec("CREATE TABLE host_columns " + columnsTable); err != nil {
		t.Fatal(err)
	}
	want := someColumns()
	if err := exec(insert, want.values(1)...); err != nil {
		t.Fatal(err)
	}
	var got hostColumns
	if err := query(read(1), got.targets()...); err != nil || !got.equal(want) {
		t.Errorf("what was written is read as %+v: %v", got, err)
	}
	var text, amount string
	if err := query("SELECT tenant, amount FROM host_columns WHERE n = 1", &text, &amount); err != nil || text != want.tenant.String() || amount != "4800.50 EUR" {
		t.Errorf("the columns hold %q and %q: %v", text, amount, err)
	}
	var null nullColumns
	if err := query(read(1), null.targets()...); err != nil || slices.Contains(null.all(), false) || null.email.V != want.email || null.day.V != want.day {
		t.Errorf("what was written is read as %+v: %v", null, err)
	}
	if err := exec(insert, null.values(2)...); err != nil {
		t.Fatal(err)
	}
	got = hostColumns{}
	if err := query(read(2), got.targets()...); err != nil || !got.equal(want) {
		t.Errorf("what was written from a sql.Null is read as %+v: %v", got, err)
	}

	zero := hostColumns{}
	if err := exec(insert, zero.values(3)...); err != nil {
		t.Fatal(err)
	}
	if err := exec(insert, (&nullColumns{}).values(4)...); err != nil {
		t.Fatal(err)
	}
	if err := exec("UPDATE host_columns SET engagement = '' WHERE n = 4"); err != nil {
		t.Fatal(err)
	}
	for n := 3; n <= 4; n++ {
		got = someColumns()
		if err := query(read(n), got.targets()...); err != nil || got != (hostColumns{}) {
			t.Errorf("NULL is read as %+v: %v", got, err)
		}
		if err := query(read(n), null.targets()...); err != nil || slices.Contains(null.all()[:10], true) {
			t.Errorf("NULL is read as %+v: %v", null, err)
		}
	}

	if err := exec("UPDATE host_columns SET tenant = 'junk', subscription = 'junk', opportunity = '---', tpid = -1, domain = 'junk', email = 'junk', amount = '4800.50', day_text = 'soon' WHERE n = 1"); err != nil {
		t.Fatal(err)
	}
	for column, into := range map[string]any{
		"tenant": &got.tenant, "subscription": &got.subscription, "opportunity": &got.opportunity, "tpid": &got.tpid, "domain": &got.domain, "email": &got.email,
	} {
		if err := query("SELECT "+column+" FROM host_columns WHERE n = 1", into); !errors.As(err, new(*tenant.MalformedError)) {
			t.Errorf("junk in %s: %v", column, err)
		}
	}
	for column, into := range map[string]any{"amount": &got.amount, "day_text": &got.dayText} {
		var e *eligibility.ParseError
		if err := query("SELECT "+column+" FROM host_columns WHERE n = 1", into); !errors.As(err, &e) {
			t.Errorf("junk in %s: %v", column, err)
		}
	}
	if got != (hostColumns{}) {
		t.Errorf("junk has changed a value: %+v", got)
	}
}
