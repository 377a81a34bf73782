package eligibility

import (
	"reflect"
	"slices"

	"github.com/shopspring/decimal"
	"golang.org/x/exp/constraints"

	"github.com/partnerengage/partnerengage/internal/enum"
)

// Value is what a fact can hold. Types of a host's own whose underlying type
// is text, a signed integer, a boolean or a list of text are welcome.
type Value interface {
	Scalar | ~[]string
}

// Scalar is every Value but a list.
type Scalar interface {
	~string | ~bool | constraints.Signed | decimal.Decimal | Money | Date
}

// Number is a Value that has more and less: a count, an exact decimal or an
// amount of money. There are no floating-point facts: thresholds are exact.
type Number interface {
	constraints.Signed | decimal.Decimal | Money
}

// Kind names the type of a fact.
type Kind string

// The kinds of facts.
const (
	KindText    Kind = "text"
	KindInteger Kind = "integer"
	KindDecimal Kind = "decimal"
	KindMoney   Kind = "money"
	KindBoolean Kind = "boolean"
	KindDate    Kind = "date"
	KindList    Kind = "list"
)

// AllKinds returns every Kind.
func AllKinds() []Kind {
	return slices.Clone(kindNames[1:])
}

// String returns the kind's documented spelling.
func (k Kind) String() string { return string(k) }

// MarshalText refuses what is not in AllKinds, with a *ParseError.
func (k Kind) MarshalText() ([]byte, error) {
	return enum.Marshal("kind of fact", k, AllKinds(), unknownText)
}

// UnmarshalText refuses what is not in AllKinds, with a *ParseError.
func (k *Kind) UnmarshalText(text []byte) error {
	return enum.Unmarshal("kind of fact", k, text, AllKinds(), unknownText)
}

// kindCode is a Kind in one byte; none is also an unknown fact's.
type kindCode uint8

const (
	none kindCode = iota
	text
	integer
	decimalNumber
	money
	boolean
	date
	list
)

var kindNames = []Kind{"", KindText, KindInteger, KindDecimal, KindMoney, KindBoolean, KindDate, KindList}

func (k Kind) code() kindCode {
	return kindCode(max(0, slices.Index(kindNames, k)))
}

func (c kindCode) kind() Kind { return kindNames[c] }

func kindOf[T Value]() kindCode {
	t := reflect.TypeFor[T]()
	switch t {
	case reflect.TypeFor[decimal.Decimal]():
		return decimalNumber
	case reflect.TypeFor[Money]():
		return money
	case reflect.TypeFor[Date]():
		return date
	}
	switch t.Kind() {
	case reflect.String:
		return text
	case reflect.Bool:
		return boolean
	case reflect.Slice:
		return list
	default: // Value leaves only the signed integers
		return integer
	}
}
