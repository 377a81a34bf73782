package tenant_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"reflect"
	"testing"

	"github.com/partnerengage/partnerengage/tenant"
)

// scannable is a value, and how it is in a column.
type scannable struct {
	field  string
	value  driver.Valuer
	column driver.Value
	also   []any // what is read as the value, too
	junk   []any
}

var guid = must(tenant.ParseID("4966865e-6df6-5cd4-92d1-832a5ad4d4f4"))

var scannables = []scannable{
	{"tenant_id", guid, "4966865e-6df6-5cd4-92d1-832a5ad4d4f4", []any{"{4966865E-6DF6-5CD4-92D1-832A5AD4D4F4}"}, []any{"contoso", "00000000-0000-0000-0000-000000000000", guid[:], int64(7), 1.5, true}},
	{
		"subscription_id", must(tenant.ParseSubscriptionID("59ada8f3-e059-55c1-a3ab-a3374a8bc729")), "59ada8f3-e059-55c1-a3ab-a3374a8bc729",
		[]any{" 59ada8f3e05955c1a3aba3374a8bc729 "}, []any{"contoso", int64(7)},
	},
	{"opportunity_id", must(tenant.ParseOpportunityID("7-3abcd1234x")), "7-3ABCD1234X", []any{"7-3abcd1234x"}, []any{"---", "a b", int64(7)}},
	{"tpid", tenant.TPID(640037), int64(640037), []any{"640037"}, []any{"0", int64(0), int64(-1), "contoso", 1.5}},
	{"domain", must(tenant.ParseDomain("CervejariaSãoJoão.pt")), "xn--cervejariasojoo-ukbd.pt", []any{"cervejariasãojoão.pt"}, []any{"contoso", "a b.com", int64(7)}},
	{"email", must(tenant.ParseEmail("José@contoso.com")), "José@contoso.com", nil, []any{"José", "José <jose@contoso.com>", int64(7)}},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What is written to a column is read from it again, the zero value is NULL, and what is
// no value is refused and changes nothing.
func TestColumns(t *testing.T) {
	for _, c := range scannables {
		t.Run(c.field, func(t *testing.T) {
			kind := reflect.TypeOf(c.value)
			if got, err := c.value.Value(); err != nil || got != c.column {
				t.Errorf("its column is %#v, not %#v: %v", got, c.column, err)
			}
			zero := reflect.Zero(kind).Interface().(driver.Valuer)
			if got, err := zero.Value(); err != nil || got != nil {
				t.Errorf("the column of the zero value is %#v: %v", got, err)
			}
			v := reflect.New(kind)
			scan := v.Interface().(sql.Scanner).Scan
			read := []any{c.column}
			if text, ok := c.column.(string); ok {
				read = append(read, []byte(text))
			}
			for _, src := range append(read, c.also...) {
				v.Elem().SetZero()
				if err := scan(src); err != nil || v.Elem().Interface() != any(c.value) {
					t.Errorf("%#v is read as %v: %v", src, v.Elem().Interface(), err)
				}
			}
			for _, src := range c.junk {
				if err, ok := errors.AsType[*tenant.MalformedError](scan(src)); !ok || err.Field != c.field {
					t.Errorf("%#v: %v", src, err)
				}
				if v.Elem().Interface() != any(c.value) {
					t.Errorf("%#v has changed the value", src)
				}
			}
			for _, src := range []any{nil, "", []byte{}} {
				v.Elem().Set(reflect.ValueOf(c.value))
				if err := scan(src); err != nil || !v.Elem().IsZero() {
					t.Errorf("%#v is read as %v: %v", src, v.Elem().Interface(), err)
				}
			}
		})
	}
	if v, err := tenant.TPID(-7).Value(); err == nil {
		t.Errorf("a negative TPID is the column %v", v)
	}
}
