package workflow

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// sampleOf returns a value of a field's type that is not its zero value.
func sampleOf(t *testing.T, of reflect.Type) reflect.Value {
	t.Helper()
	v := reflect.New(of).Elem()
	switch v.Interface().(type) {
	case time.Time:
		return reflect.ValueOf(time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC))
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		for _, sample := range []string{"12.50 EUR", "00000000-0000-4000-8000-000000000001", "contoso.com", "17", "7-ABCDEF1234"} {
			if text.UnmarshalText([]byte(sample)) == nil {
				return v
			}
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x17")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(17)
	case reflect.Uint64, reflect.Uint32:
		v.SetUint(17)
	case reflect.Slice:
		return reflect.Append(v, sampleOf(t, of.Elem()))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				f.Set(sampleOf(t, f.Type()))
			}
		}
	default:
		t.Fatalf("no sample of %v", of)
	}
	return v
}

// Whatever a row tells stands in its export, but for the keys by which programs name
// things; and no two columns have one name.
func TestExportsTellWhatRowsTell(t *testing.T) {
	keys := []string{"ID", "Engagement", "Customer", "Participation"} // beside their names and the claim number
	notInClaims := []string{"Tab", "Type", "Amount", "Reasons"}       // which are those of a page; the amounts stand there one by one
	onlyClaims := []string{"Partner", "Estimated", "Requested", "Approved", "Paid", "ReviewBy", "WithdrawnAt"}
	leftOut := []string{ // of the claim's view; and what a sheet says from the rest, in its own language
		"DeadlineTerms", "Name", "LocationNames", "PartnerName", "Words",
	}
	for name, export := range map[string]struct {
		columns []column
		without []string
	}{
		"customers": {customerColumns, slices.Concat(keys, leftOut, onlyClaims)},
		"claims":    {claimColumns, slices.Concat(keys, leftOut, notInClaims)},
	} {
		names := sheet{}.header(export.columns)
		slices.Sort(names)
		if n := len(names); len(slices.Compact(names)) != n {
			t.Errorf("%s: a column stands twice in %q", name, names)
		}
		tells := func(field string, set func(*ClaimRow)) {
			row := ClaimRow{Row: Row{Row: engagement.Row{Participation: "1", Deadline: time.Unix(0, 0)}}} // of one, with something due
			before := sheet{}.cells(export.columns, row)
			set(&row)
			if told := !slices.Equal(sheet{}.cells(export.columns, row), before); told == slices.Contains(export.without, field) {
				t.Errorf("the export of %s tells %s: %t", name, field, told)
			}
		}
		for _, of := range []struct {
			in string
			of reflect.Type
			at func(*ClaimRow) reflect.Value
		}{
			{"", reflect.TypeFor[ClaimRow](), func(r *ClaimRow) reflect.Value { return reflect.ValueOf(r).Elem() }},
			{"", reflect.TypeFor[Row](), func(r *ClaimRow) reflect.Value { return reflect.ValueOf(&r.Row).Elem() }},
			{"", reflect.TypeFor[engagement.Row](), func(r *ClaimRow) reflect.Value { return reflect.ValueOf(&r.Row.Row).Elem() }},
			{"Identity.", reflect.TypeFor[tenant.Identity](), func(r *ClaimRow) reflect.Value { return reflect.ValueOf(&r.Identity).Elem() }},
		} {
			for i := range of.of.NumField() {
				f := of.of.Field(i)
				if f.Name == "Row" || f.Name == "Identity" {
					continue
				}
				tells(fmt.Sprint(of.in, f.Name), func(r *ClaimRow) { of.at(r).Field(i).Set(sampleOf(t, f.Type)) })
			}
		}
	}
}
