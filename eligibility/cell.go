package eligibility

import (
	"cmp"
	"math/bits"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// cell is one value: the field that counts depends on kind, and the others may
// hold what earlier values left there. Each field has the type that facts of
// its kind usually have, and stays in place, so that a Slot can point at it.
type cell struct {
	kind kindCode
	flag bool
	day  Date
	num  int64
	text string
	box  *box // of decimals, money and lists; made when the first one comes
}

// box holds what few facts need and is large.
type box struct {
	money Money // of a decimal only the Amount
	list  []string
}

// boxed returns the cell's box, made if need be.
func (c *cell) boxed() *box {
	if c.box == nil {
		c.box = new(box)
	}
	return c.box
}

// known says whether the cell has a value. The zero Date and Money without a
// currency are none.
func (c *cell) known() bool {
	switch c.kind {
	case none:
		return false
	case date:
		return !c.day.IsZero()
	case money:
		return c.box.money.Currency != ""
	default:
		return true
	}
}

// store makes v the cell's value.
func store[T Value](c *cell, v T) {
	switch p := any(&v).(type) {
	case *string:
		c.kind, c.text = text, *p
	case *int64:
		c.kind, c.num = integer, *p
	case *int:
		c.kind, c.num = integer, int64(*p)
	case *bool:
		c.kind, c.flag = boolean, *p
	case *decimal.Decimal:
		c.kind = decimalNumber
		c.boxed().money.Amount = *p
	case *Money:
		c.kind = money
		c.boxed().money = *p
	case *Date:
		c.kind, c.day = date, *p
	case *[]string:
		c.kind = list
		c.boxed().list = slices.Clone(*p)
	default:
		c.storeNamed(reflect.ValueOf(any(v)))
	}
}

// storeNamed stores a value of a type that a host named, or of another size.
func (c *cell) storeNamed(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		c.kind, c.text = text, v.String()
	case reflect.Bool:
		c.kind, c.flag = boolean, v.Bool()
	case reflect.Slice:
		c.kind = list
		c.boxed().list = slices.Clone(v.Convert(reflect.TypeFor[[]string]()).Interface().([]string))
	default:
		c.kind, c.num = integer, v.Int()
	}
}

// field returns where the cell keeps a T.
func field[T SlotValue](c *cell, kind kindCode) *T {
	var p any
	switch kind {
	case text:
		p = &c.text
	case integer:
		p = &c.num
	case boolean:
		p = &c.flag
	case date:
		p = &c.day
	case decimalNumber:
		p = &c.boxed().money.Amount
	case money:
		p = &c.boxed().money
	case list:
		p = &c.boxed().list
	}
	if at, ok := p.(*T); ok {
		return at
	}
	return reflect.ValueOf(p).Convert(reflect.TypeFor[*T]()).Interface().(*T) // a type that a host named
}

// load reads what store wrote. The caller has compared the kinds.
func load[T Value](c *cell) T {
	var v T
	switch p := any(&v).(type) {
	case *string:
		*p = c.text
	case *int64:
		*p = c.num
	case *int:
		*p = int(c.num)
	case *bool:
		*p = c.flag
	case *decimal.Decimal:
		*p = c.box.money.Amount
	case *Money:
		*p = c.box.money
	case *Date:
		*p = c.day
	case *[]string:
		*p = slices.Clone(c.box.list)
	default:
		c.loadNamed(reflect.ValueOf(&v).Elem())
	}
	return v
}

func (c *cell) loadNamed(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(c.text)
	case reflect.Bool:
		v.SetBool(c.flag)
	case reflect.Slice:
		v.Set(reflect.ValueOf(slices.Clone(c.box.list)).Convert(v.Type()))
	default:
		v.SetInt(c.num)
	}
}

// value returns the value as its kind's plain Go type.
func (c *cell) value() any {
	switch c.kind {
	case text:
		return c.text
	case integer:
		return c.num
	case decimalNumber:
		return c.box.money.Amount
	case money:
		return c.box.money
	case boolean:
		return c.flag
	case date:
		return c.day
	case list:
		return slices.Clone(c.box.list)
	default:
		return nil
	}
}

// String is the value as findings show it.
func (c *cell) String() string {
	switch c.kind {
	case text:
		return c.text
	case integer:
		return strconv.FormatInt(c.num, 10)
	case decimalNumber:
		return decimalText(c.box.money.Amount)
	case money:
		return c.box.money.String()
	case boolean:
		return strconv.FormatBool(c.flag)
	case date:
		return c.day.String()
	case list:
		if len(c.box.list) == 0 {
			return "none"
		}
		return strings.Join(c.box.list, ", ")
	default:
		return ""
	}
}

// clone returns a cell that shares nothing which can change.
func (c *cell) clone() cell {
	d := *c
	if c.box != nil {
		d.box = &box{money: c.box.money, list: slices.Clone(c.box.list)}
	}
	return d
}

// equal says whether two known cells hold the same value; 1.0 and 1.00 are the
// same.
func (c *cell) equal(d *cell) bool {
	if c.kind != d.kind {
		return false
	}
	switch c.kind {
	case text:
		return c.text == d.text
	case boolean:
		return c.flag == d.flag
	case list:
		return slices.Equal(c.box.list, d.box.list)
	case money:
		if c.box.money.Currency != d.box.money.Currency {
			return false
		}
	}
	return c.compare(d) == 0
}

// compare orders two values of one kind: numbers, amounts of one currency, or
// dates.
func (c *cell) compare(d *cell) int {
	switch c.kind {
	case decimalNumber:
		return compareDecimals(c.box.money.Amount, d.box.money.Amount)
	case money:
		return compareDecimals(c.box.money.Amount, d.box.money.Amount)
	case date:
		return c.day.Compare(d.day)
	default:
		return cmp.Compare(c.num, d.num)
	}
}

// compareDecimals compares exactly, as a.Cmp(b) does, but allocates only if
// one of them has more than 18 digits or their exponents are far apart.
func compareDecimals(a, b decimal.Decimal) int {
	finer := min(a.Exponent(), b.Exponent())
	if x, ok := coefficient(a, finer); ok {
		if y, ok := coefficient(b, finer); ok {
			return cmp.Compare(x, y)
		}
	}
	return a.Cmp(b)
}

// coefficient returns the whole number that d is at an exponent not above its
// own, if that is an int64.
func coefficient(d decimal.Decimal, exponent int32) (int64, bool) {
	if d.NumDigits() > 18 {
		return 0, false
	}
	return scale(d.CoefficientInt64(), int64(d.Exponent())-int64(exponent))
}

// scale returns n × 10^places if that is an int64.
func scale(n, places int64) (int64, bool) {
	if places > 18 {
		return 0, n == 0
	}
	factor := uint64(1)
	for range places {
		factor *= 10
	}
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	high, low := bits.Mul64(magnitude, factor)
	if high != 0 || low > 1<<63-1 {
		return 0, false
	}
	if n < 0 {
		return -int64(low), true
	}
	return int64(low), true
}
