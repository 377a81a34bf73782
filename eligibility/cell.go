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

// cell is one value. Which fields count depends on kind; the others may hold
// what an earlier value left there.
type cell struct {
	kind kindCode
	exp  int32  // decimal and money: the number is num × 10^exp
	num  int64  // integer; boolean (0 or 1); date (its day number); decimal and money
	text string // text; money's currency
	ref  any    // list: []string; decimal and money of more than 18 digits: decimal.Decimal, else nil
}

// store writes v, or makes the cell unknown for the zero Date and for Money
// without a currency, which are no values.
func store[T Value](c *cell, v T) {
	switch v := any(v).(type) {
	case string:
		c.kind, c.text = text, v
	case int64:
		c.kind, c.num = integer, v
	case int:
		c.kind, c.num = integer, int64(v)
	case bool:
		c.setBool(v)
	case decimal.Decimal:
		c.kind = decimalNumber
		c.setDecimal(v)
	case Money:
		c.setMoney(v)
	case Date:
		c.setDate(v)
	case []string:
		c.setList(v)
	default:
		c.setNamed(reflect.ValueOf(v))
	}
}

func (c *cell) setBool(v bool) {
	c.kind, c.num = boolean, 0
	if v {
		c.num = 1
	}
}

func (c *cell) setDecimal(v decimal.Decimal) {
	if v.NumDigits() > 18 {
		c.ref = v
		return
	}
	c.num, c.exp = v.CoefficientInt64(), v.Exponent()
	if c.ref != nil {
		c.ref = nil
	}
}

func (c *cell) setMoney(v Money) {
	if v.Currency == "" {
		c.kind = none
		return
	}
	c.kind, c.text = money, v.Currency
	c.setDecimal(v.Amount)
}

func (c *cell) setDate(v Date) {
	c.kind, c.num = date, int64(v.day)
	if v.IsZero() {
		c.kind = none
	}
}

func (c *cell) setList(v []string) {
	c.kind, c.ref = list, slices.Clone(v)
}

// setNamed stores a value of a type that a host named.
func (c *cell) setNamed(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		c.kind, c.text = text, v.String()
	case reflect.Bool:
		c.setBool(v.Bool())
	case reflect.Slice:
		c.setList(v.Convert(reflect.TypeFor[[]string]()).Interface().([]string))
	default:
		c.kind, c.num = integer, v.Int()
	}
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
		*p = c.num != 0
	case *decimal.Decimal:
		*p = c.decimal()
	case *Money:
		*p = Money{Amount: c.decimal(), Currency: c.text}
	case *Date:
		*p = Date{day: int32(c.num)}
	case *[]string:
		*p = slices.Clone(c.list())
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
		v.SetBool(c.num != 0)
	case reflect.Slice:
		v.Set(reflect.ValueOf(slices.Clone(c.list())).Convert(v.Type()))
	default:
		v.SetInt(c.num)
	}
}

func (c *cell) decimal() decimal.Decimal {
	if d, ok := c.ref.(decimal.Decimal); ok {
		return d
	}
	return decimal.New(c.num, c.exp)
}

func (c *cell) list() []string {
	l, _ := c.ref.([]string)
	return l
}

// value returns what the cell holds as the kind's plain Go type, nil if it is
// unknown.
func (c *cell) value() any {
	switch c.kind {
	case text:
		return c.text
	case integer:
		return c.num
	case decimalNumber:
		return c.decimal()
	case money:
		return load[Money](c)
	case boolean:
		return c.num != 0
	case date:
		return load[Date](c)
	case list:
		return slices.Clone(c.list())
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
		return decimalText(c.decimal())
	case money:
		return load[Money](c).String()
	case boolean:
		return strconv.FormatBool(c.num != 0)
	case date:
		return load[Date](c).String()
	case list:
		if len(c.list()) == 0 {
			return "none"
		}
		return strings.Join(c.list(), ", ")
	default:
		return ""
	}
}

// clone returns a cell that shares nothing which can change.
func (c *cell) clone() cell {
	d := cell{kind: c.kind}
	switch c.kind {
	case none:
	case text:
		d.text = c.text
	case list:
		d.ref = c.ref // never written to after setList
	case decimalNumber, money:
		d = *c
	default:
		d.num = c.num
	}
	return d
}

// equal says whether two cells hold the same value; 1.0 and 1.00 are the same.
func (c *cell) equal(d *cell) bool {
	if c.kind != d.kind {
		return false
	}
	switch c.kind {
	case none:
		return true
	case text:
		return c.text == d.text
	case decimalNumber:
		return compareNumbers(c, d) == 0
	case money:
		return c.text == d.text && compareNumbers(c, d) == 0
	case list:
		return slices.Equal(c.list(), d.list())
	default:
		return c.num == d.num
	}
}

// compare orders two values of one kind of numbers, one currency, or dates.
func (c *cell) compare(d *cell) int {
	if c.kind == decimalNumber || c.kind == money {
		return compareNumbers(c, d)
	}
	return cmp.Compare(c.num, d.num)
}

// compareNumbers compares two decimals, or two amounts of one currency,
// exactly. It allocates only for numbers of more than 18 digits and for
// exponents that are far apart.
func compareNumbers(c, d *cell) int {
	if c.ref == nil && d.ref == nil {
		if c.exp == d.exp {
			return cmp.Compare(c.num, d.num)
		}
		if c.exp > d.exp {
			if scaled, ok := scale(c.num, int64(c.exp)-int64(d.exp)); ok {
				return cmp.Compare(scaled, d.num)
			}
		} else if scaled, ok := scale(d.num, int64(d.exp)-int64(c.exp)); ok {
			return cmp.Compare(c.num, scaled)
		}
	}
	return c.decimal().Cmp(d.decimal())
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
