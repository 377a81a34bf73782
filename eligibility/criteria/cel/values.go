package cel

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// The types that CEL does not have.
var (
	decimalType = types.NewObjectType("decimal", traits.ComparerType|traits.AdderType|traits.SubtractorType)
	moneyType   = types.NewObjectType("money", traits.ComparerType|traits.AdderType|traits.SubtractorType)
	dateType    = types.NewObjectType("date", traits.ComparerType)
)

// neither is how a date compares with one that has no order to it: CEL takes only -1, 0
// and 1 for less, equal and greater.
const neither = types.Int(2)

// exact is a decimal.
type exact struct{ decimal.Decimal }

var (
	_ traits.Comparer   = exact{}
	_ traits.Adder      = exact{}
	_ traits.Subtractor = exact{}
)

// decimalOf takes whole numbers, too.
func decimalOf(v ref.Val) (decimal.Decimal, bool) {
	switch v := v.(type) {
	case exact:
		return v.Decimal, true
	case types.Int:
		return decimal.NewFromInt(int64(v)), true
	}
	return decimal.Decimal{}, false
}

func (d exact) Compare(other ref.Val) ref.Val {
	o, ok := decimalOf(other)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(d.Cmp(o))
}

func (d exact) Add(other ref.Val) ref.Val {
	o, ok := decimalOf(other)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return exact{d.Decimal.Add(o)}
}

func (d exact) Subtract(other ref.Val) ref.Val {
	o, ok := decimalOf(other)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return exact{d.Sub(o)}
}

func (d exact) Equal(other ref.Val) ref.Val {
	o, ok := other.(exact)
	return types.Bool(ok && d.Decimal.Equal(o.Decimal))
}

func (d exact) ConvertToNative(t reflect.Type) (any, error) { return toNative(d.Decimal, t) }
func (d exact) ConvertToType(t ref.Type) ref.Val            { return toType(d, d.String(), t) }
func (d exact) Type() ref.Type                              { return decimalType }
func (d exact) Value() any                                  { return d.Decimal }

// amount is money.
type amount struct{ eligibility.Money }

var (
	_ traits.Comparer   = amount{}
	_ traits.Adder      = amount{}
	_ traits.Subtractor = amount{}
)

// alike returns another amount of the same currency, or what is to be returned instead.
func (m amount) alike(other ref.Val) (amount, ref.Val) {
	o, ok := other.(amount)
	if !ok {
		return o, types.MaybeNoSuchOverloadErr(other)
	}
	if o.Currency != m.Currency {
		return o, types.NewErr("amounts of %s and %s cannot be compared", m.Currency, o.Currency)
	}
	return o, nil
}

func (m amount) Compare(other ref.Val) ref.Val {
	o, refused := m.alike(other)
	if refused != nil {
		return refused
	}
	return types.Int(m.Amount.Cmp(o.Amount))
}

func (m amount) Add(other ref.Val) ref.Val {
	o, refused := m.alike(other)
	if refused != nil {
		return refused
	}
	return amount{eligibility.Money{Amount: m.Amount.Add(o.Amount), Currency: m.Currency}}
}

func (m amount) Subtract(other ref.Val) ref.Val {
	o, refused := m.alike(other)
	if refused != nil {
		return refused
	}
	return amount{eligibility.Money{Amount: m.Amount.Sub(o.Amount), Currency: m.Currency}}
}

// Equal fails for two currencies, as the ready checks do: "not equal" would let
// an amount pass that was never compared.
func (m amount) Equal(other ref.Val) ref.Val {
	o, refused := m.alike(other)
	if refused != nil {
		return refused
	}
	return types.Bool(m.Amount.Equal(o.Amount))
}

func (m amount) ConvertToNative(t reflect.Type) (any, error) { return toNative(m.Money, t) }
func (m amount) ConvertToType(t ref.Type) ref.Val            { return toType(m, m.String(), t) }
func (m amount) Type() ref.Type                              { return moneyType }
func (m amount) Value() any                                  { return m.Money }

// day is a date.
type day struct{ eligibility.Date }

var _ traits.Comparer = day{}

func (d day) Compare(other ref.Val) ref.Val {
	o, ok := other.(day)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(other)
	case d.IsNever() != o.IsNever():
		return neither
	}
	return types.Int(d.Date.Compare(o.Date))
}

func (d day) Equal(other ref.Val) ref.Val {
	o, ok := other.(day)
	return types.Bool(ok && d.Date == o.Date)
}

func (d day) ConvertToNative(t reflect.Type) (any, error) { return toNative(d.Date, t) }
func (d day) ConvertToType(t ref.Type) ref.Val            { return toType(d, d.String(), t) }
func (d day) Type() ref.Type                              { return dateType }
func (d day) Value() any                                  { return d.Date }

func toNative(v any, t reflect.Type) (any, error) {
	if r := reflect.ValueOf(v); r.Type().AssignableTo(t) {
		return v, nil
	}
	return nil, fmt.Errorf("a %T is no %v", v, t)
}

func toType(v ref.Val, text string, t ref.Type) ref.Val {
	switch t {
	case types.StringType:
		return types.String(text)
	case types.TypeType:
		return v.Type().(*types.Type)
	case v.Type():
		return v
	}
	return types.NewErr("a %s cannot become a %s", v.Type().TypeName(), t.TypeName())
}
