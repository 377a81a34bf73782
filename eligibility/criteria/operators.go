package criteria

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/exp/constraints"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// build makes a check of a fact's name and an operand.
type build func(fact string, operand node) (eligibility.Check, error)

// use is an operator for facts of one kind; the kind is empty for an operator
// that needs no fact.
type use struct {
	op   eligibility.Op
	kind eligibility.Kind
}

// readyOperators are those for which a document needs no registration.
var readyOperators = map[use]build{
	{eligibility.OpIs, eligibility.KindText}:    one(eligibility.Is, readText),
	{eligibility.OpIs, eligibility.KindInteger}: one(eligibility.Is, readInteger),
	{eligibility.OpIs, eligibility.KindDecimal}: one(eligibility.Is, readDecimal),
	{eligibility.OpIs, eligibility.KindMoney}:   one(eligibility.Is, readMoney),
	{eligibility.OpIs, eligibility.KindBoolean}: one(eligibility.Is, readBoolean),
	{eligibility.OpIs, eligibility.KindDate}:    one(eligibility.Is, readDate),

	{eligibility.OpOneOf, eligibility.KindText}:       several(eligibility.OneOf, readText),
	{eligibility.OpOneOf, eligibility.KindInteger}:    several(eligibility.OneOf, readInteger),
	{eligibility.OpNotOneOf, eligibility.KindText}:    several(eligibility.NotOneOf, readText),
	{eligibility.OpNotOneOf, eligibility.KindInteger}: several(eligibility.NotOneOf, readInteger),

	{eligibility.OpContains, eligibility.KindList}: func(fact string, operand node) (eligibility.Check, error) {
		want, err := readText(operand)
		return eligibility.Contains(eligibility.NewFact[[]string](fact), want), err
	},

	{eligibility.OpAtLeast, eligibility.KindInteger}: one(eligibility.AtLeast, readInteger),
	{eligibility.OpAtLeast, eligibility.KindDecimal}: one(eligibility.AtLeast, readDecimal),
	{eligibility.OpAtLeast, eligibility.KindMoney}:   one(eligibility.AtLeast, readMoney),
	{eligibility.OpAtMost, eligibility.KindInteger}:  one(eligibility.AtMost, readInteger),
	{eligibility.OpAtMost, eligibility.KindDecimal}:  one(eligibility.AtMost, readDecimal),
	{eligibility.OpAtMost, eligibility.KindMoney}:    one(eligibility.AtMost, readMoney),
	{eligibility.OpBelow, eligibility.KindInteger}:   one(eligibility.Below, readInteger),
	{eligibility.OpBelow, eligibility.KindDecimal}:   one(eligibility.Below, readDecimal),
	{eligibility.OpBelow, eligibility.KindMoney}:     one(eligibility.Below, readMoney),

	{eligibility.OpBetween, eligibility.KindInteger}: two(eligibility.Between, readInteger),
	{eligibility.OpBetween, eligibility.KindDecimal}: two(eligibility.Between, readDecimal),
	{eligibility.OpBetween, eligibility.KindMoney}:   two(eligibility.Between, readMoney),
	{eligibility.OpBetween, eligibility.KindDate}:    two(eligibility.Between, readDate),

	{eligibility.OpBefore, eligibility.KindDate}:    day(eligibility.Before, eligibility.ParseWhen),
	{eligibility.OpAfter, eligibility.KindDate}:     day(eligibility.After, eligibility.ParseWhen),
	{eligibility.OpOlderThan, eligibility.KindDate}: day(eligibility.OlderThan, eligibility.ParseDays),
}

// reader reads one value of an operand.
type reader[T any] func(node) (T, error)

// one is an operator with one value.
func one[T eligibility.Value](check func(eligibility.Fact[T], T) eligibility.Check, read reader[T]) build {
	return func(fact string, operand node) (eligibility.Check, error) {
		v, err := read(operand)
		return check(eligibility.NewFact[T](fact), v), err
	}
}

// several is an operator with a list of values.
func several[T ~string | constraints.Signed](check func(eligibility.Fact[T], ...T) eligibility.Check, read reader[T]) build {
	return func(fact string, operand node) (eligibility.Check, error) {
		values, err := list(operand, read)
		return check(eligibility.NewFact[T](fact), values...), err
	}
}

// two is an operator with a lower and an upper end.
func two[T eligibility.Value](check func(eligibility.Fact[T], T, T) eligibility.Check, read reader[T]) build {
	return func(fact string, operand node) (eligibility.Check, error) {
		ends, err := list(operand, read)
		if err != nil {
			return eligibility.Check{}, err
		}
		if len(ends) != 2 {
			return eligibility.Check{}, &DocumentError{Path: operand.path,
				Problem: fmt.Sprintf("has %d values, and has to have two: the lower end and the upper one", len(ends))}
		}
		return check(eligibility.NewFact[T](fact), ends[0], ends[1]), nil
	}
}

// day is an operator with a text that tells a day, or a number of them.
func day[W any](check func(eligibility.Fact[eligibility.Date], W) eligibility.Check, parse func(string) (W, error)) build {
	return func(fact string, operand node) (eligibility.Check, error) {
		w, err := parsed(operand, `as in "365 days ago", "2026-07-01" or, for an age, "365 days"`, parse)
		return check(eligibility.NewFact[eligibility.Date](fact), w), err
	}
}

func list[T any](operand node, read reader[T]) ([]T, error) {
	items, ok := operand.value.([]node)
	if !ok {
		return nil, operand.wrongType("a list of values")
	}
	var errs []error
	values := make([]T, len(items))
	for i, item := range items {
		v, err := read(item)
		values[i], errs = v, append(errs, err)
	}
	return values, problems.Join(errs...)
}

func readText(n node) (string, error) { return n.text(`as in "enterprise"`) }

func readInteger(n node) (int64, error) {
	number, ok := n.value.(json.Number)
	if !ok {
		return 0, n.wrongType("a whole number, without quotes")
	}
	i, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil {
		return 0, &DocumentError{Path: n.path, Problem: "is " + short(number.String()) + ", and has to be a whole number of 64 bits, without fraction or exponent"}
	}
	return i, nil
}

// readDecimal takes the digits of a number as they are written, never a float.
func readDecimal(n node) (decimal.Decimal, error) {
	if number, ok := n.value.(json.Number); ok {
		n.value = number.String()
	}
	return parsed(n, `or a number, as in "39.9" or 39.9`, eligibility.ParseDecimal)
}

func readMoney(n node) (eligibility.Money, error) {
	return parsed(n, `as in "2500.00 USD"`, eligibility.ParseMoney)
}

func readBoolean(n node) (bool, error) {
	switch v := n.value.(type) {
	case bool:
		return v, nil
	case string:
		if b, err := parseBoolean(v); err == nil {
			return b, nil
		}
	}
	return false, n.wrongType("true or false")
}

func readDate(n node) (eligibility.Date, error) {
	return parsed(n, `as in "2026-07-01"`, eligibility.ParseDate)
}

// parsed reads a text with a parser of package eligibility.
func parsed[T any](n node, what string, parse func(string) (T, error)) (T, error) {
	var zero T
	s, err := n.text(what)
	if err != nil {
		return zero, err
	}
	v, err := parse(s)
	if refused, ok := errors.AsType[*eligibility.ParseError](err); ok {
		return zero, &DocumentError{Path: n.path, Problem: fmt.Sprintf("is %q, which is not a %s: %s", short(s), refused.What, refused.Problem), Err: err}
	}
	return v, err
}

func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Operator is an operator of a host's own for its documents.
type Operator struct {
	use
	build
}

// NewOperator makes an operator that stands between a fact of type F and an
// operand of type V, as in ["domain", "ends with", ".edu"]. The operand is
// decoded as encoding/json does, but a field that V does not have is refused;
// encoding it again must give the same, or rule sets with it cannot be
// written. An error that check returns is reported with the operand's path.
//
// The same operator can be registered for several kinds of facts.
func NewOperator[F eligibility.Value, V any](op eligibility.Op, check func(fact eligibility.Fact[F], operand V) (eligibility.Check, error)) Operator {
	return Operator{use{op, eligibility.NewFact[F]("any").Kind()}, func(name string, operand node) (eligibility.Check, error) {
		fact := eligibility.NewFact[F](name)
		return hosts(op, fact, operand, func(v V) (eligibility.Check, error) { return check(fact, v) })
	}}
}

// NewFreeOperator makes an operator that stands by itself, with an operand of
// type V as for [NewOperator], as in ["working day in", "PT"].
func NewFreeOperator[V any](op eligibility.Op, check func(operand V) (eligibility.Check, error)) Operator {
	return Operator{use{op, ""}, func(_ string, operand node) (eligibility.Check, error) {
		return hosts(op, nil, operand, check)
	}}
}

func hosts[V any](op eligibility.Op, fact eligibility.AnyFact, operand node, check func(V) (eligibility.Check, error)) (eligibility.Check, error) {
	var v V
	if operand.value == nil {
		return eligibility.Check{}, operand.wrongType("a value")
	}
	err := decode(operand, &v)
	var c eligibility.Check
	if err == nil {
		c, err = check(v)
	}
	if err != nil {
		return eligibility.Check{}, &DocumentError{Path: operand.path, Problem: fmt.Sprintf("does not suit %q: %v", op, err), Err: err}
	}
	return c.Named(op, fact, v), nil
}

func decode[V any](operand node, v *V) (err error) {
	if d, ok := any(v).(*decimal.Decimal); ok { // its own codec takes exponents of any size
		*d, err = readDecimal(operand)
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(operand.raw))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}
