package record_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/shopspring/decimal"
)

// filler gives every exported field of a value another value than the zero one, and
// than all others of its type where there are as many.
type filler struct{ n int }

// enumerations are the texts that are one of a few.
var enumerations = map[reflect.Type]reflect.Value{}

func enumeration[T ~string](all []T) { enumerations[reflect.TypeFor[T]()] = reflect.ValueOf(all) }

func init() {
	enumeration(tenant.AllBases())
	enumeration(tenant.AllIDKinds())
	enumeration(tenant.AllClouds())
	enumeration(engagement.AllOrigins())
	enumeration(engagement.AllMessageKinds())
	enumeration(engagement.AllContactDoubts())
	enumeration(engagement.AllReasonKinds())
	enumeration(engagement.AllEventKinds())
	enumeration(engagement.AllParties())
	enumeration(engagement.AllStatuses())
	enumeration(engagement.AllChangedFields())
	enumeration(engagement.AllTakenBy())
	enumeration(consent.AllStatuses())
	enumeration(consent.AllKinds())
	enumeration(consent.AllDecisions())
	enumeration(consent.AllChannels())
	enumeration(consent.AllRoles())
	enumeration(link.AllFailureCodes())
	enumeration(claim.AllStatuses())
	enumeration(claim.AllKinds())
	enumeration(claim.AllRejectionCodes())
	enumeration(claim.AllSides())
	enumeration(survey.AllStatuses())
	enumeration(survey.AllCommands())
	enumeration(survey.AllKinds())
	enumeration(eligibility.AllOutcomes())
	enumeration(eligibility.AllResults())
}

// apart are fields that no value carries: they are stored as values of their own, or not
// at all.
var apart = map[reflect.Type][]string{
	reflect.TypeFor[engagement.PartnerRecord](): {"Participations", "Unreadable"},
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	n := f.n
	if all, ok := enumerations[v.Type()]; ok {
		v.Set(all.Index(n % all.Len()))
		return
	}
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.UnixMicro(1_780_000_000_000_000 + int64(n)*1_000_001).UTC()
		return
	case *eligibility.Money:
		*x = eligibility.Money{Amount: decimal.New(int64(n), -2), Currency: "EUR"}
		return
	case *eligibility.Date:
		*x = eligibility.DateOf(time.Unix(int64(n)*24*60*60, 0).UTC())
		return
	case *eligibility.Decision:
		*x = f.decision()
		return
	case *tenant.Email:
		*x = must(tenant.ParseEmail(fmt.Sprintf("person%d@contoso%d.example", n, n)))
		return
	case *tenant.Domain:
		*x = must(tenant.ParseDomain(fmt.Sprintf("contoso%d.example", n)))
		return
	case *tenant.OpportunityID:
		*x = must(tenant.ParseOpportunityID(fmt.Sprintf("7-%dX", n)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d, ção", n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8:
		v.SetUint(uint64(n%255 + 1))
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if !v.Type().Field(i).IsExported() {
				panic(fmt.Sprintf("%v.%s cannot be filled: say how", v.Type(), name))
			}
			if !slices.Contains(apart[v.Type()], name) {
				f.fill(v.Field(i))
			}
		}
	default:
		panic(fmt.Sprintf("a %v cannot be filled: say how", v.Type()))
	}
}

// decision has a fact of every kind, and a finding of every result.
func (f *filler) decision() eligibility.Decision {
	d := eligibility.Decision{RuleSet: "rules", Version: "7", At: time.UnixMicro(1_780_000_000_000_000).UTC(), Outcome: eligibility.OutcomeIneligible}
	eligibility.NewFact[string]("a_text").Set(&d.Facts, "enterprise")
	eligibility.NewFact[string]("an_empty_text").Set(&d.Facts, "")
	eligibility.NewFact[int64]("an_integer").Set(&d.Facts, -500)
	eligibility.NewFact[decimal.Decimal]("a_decimal").Set(&d.Facts, decimal.RequireFromString("-39.90"))
	eligibility.NewFact[eligibility.Money]("money").Set(&d.Facts, must(eligibility.ParseMoney("2500.00 USD")))
	eligibility.NewFact[bool]("a_no").Set(&d.Facts, false)
	eligibility.NewFact[eligibility.Date]("a_date").Set(&d.Facts, eligibility.Never())
	eligibility.NewFact[[]string]("a_list").Set(&d.Facts, []string{"b", "a", ""})
	eligibility.NewFact[[]string]("an_empty_list").Set(&d.Facts, nil)
	var findings []eligibility.Finding
	for _, r := range eligibility.AllResults() {
		var finding eligibility.Finding
		f.fill(reflect.ValueOf(&finding).Elem())
		finding.Result = r
		findings = append(findings, finding)
	}
	return must(d.WithFindings(findings))
}

// filled returns a value of which every field is filled.
func filled[T any]() T {
	var v T
	(&filler{}).fill(reflect.ValueOf(&v).Elem())
	return v
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// same compares values field by field.
var same = cmp.Options{
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() }),
	cmp.Comparer(func(a, b eligibility.Money) bool {
		return a == b || a.Equal(b) && a.Amount.Exponent() == b.Amount.Exponent()
	}),
	cmp.Comparer(func(a, b eligibility.Date) bool { return a == b }),
	cmp.Comparer(func(a, b tenant.Email) bool { return a == b }),
	cmp.Comparer(func(a, b tenant.Domain) bool { return a == b }),
	cmp.Comparer(func(a, b tenant.OpportunityID) bool { return a == b }),
	cmp.Comparer(func(a, b eligibility.Decision) bool {
		return a.Equal(b) && cmp.Equal(a.Findings(), b.Findings()) && a.At.Location() == b.At.Location()
	}),
}

// A field that is added to a type and that its record does not carry is lost here.
func TestEveryFieldIsCarried(t *testing.T) {
	t.Run("participation", carries[engagement.Participation])
	t.Run("partner record", carries[engagement.PartnerRecord])
	t.Run("customer engagement", carries[engagement.CustomerEngagement])
	t.Run("shown", carries[engagement.Shown])
	t.Run("room", carries[engagement.Room])
	t.Run("evaluation", carries[engagement.Evaluation])
	t.Run("external holdings", carries[engagement.ExternalHoldings])
	t.Run("customer", carries[engagement.Customer])
	t.Run("event", carries[engagement.Event])
	t.Run("message", carries[engagement.Message])
	t.Run("command record", carries[storage.CommandRecord])
	t.Run("sending", carries[storage.Sending])
}

func carries[T record.Value](t *testing.T) {
	var zero T
	for _, v := range []T{filled[T](), zero} {
		body, err := record.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := record.Decode[T](body)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(v, got, same); d != "" {
			t.Error(d)
		}
		again, err := record.Encode(got)
		if err != nil || string(again) != string(body) {
			t.Errorf("it is written otherwise again: %v", err)
		}
	}
}
