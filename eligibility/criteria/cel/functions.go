package cel

import (
	"errors"
	"reflect"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/internal/text"
)

// functions are what this package adds to CEL. The standard operators do what the values
// do, once they are declared for their types.
func functions() []cel.EnvOption {
	options := []cel.EnvOption{
		cel.Function("decimal", cel.Overload("decimal_string", []*cel.Type{cel.StringType}, decimalType, read1(readDecimal))),
		cel.Function("money", cel.Overload("money_string", []*cel.Type{cel.StringType}, moneyType, read1(readMoney))),
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, dateType, read1(readDate))),
		cel.Function("isNever", cel.Overload("is_never_date", []*cel.Type{dateType}, cel.BoolType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			d, ok := v.(day)
			if !ok {
				return types.MaybeNoSuchOverloadErr(v)
			}
			return types.Bool(d.IsNever())
		}))),
		cel.Function("daysBefore", cel.Overload("days_before_date_int", []*cel.Type{dateType, cel.IntType}, dateType, cel.BinaryBinding(daysBefore))),
		cel.Macros(cel.GlobalMacro("daysAgo", 1, func(e cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return e.NewCall("daysBefore", e.NewIdent(today), args[0]), nil
		})),
		cel.Function("resembles", cel.Overload("resembles_string_list", []*cel.Type{cel.StringType, cel.ListType(cel.StringType)}, cel.BoolType, cel.BinaryBinding(resembles))),
	}
	compared := []struct{ left, right *cel.Type }{{decimalType, decimalType}, {decimalType, cel.IntType}, {moneyType, moneyType}, {dateType, dateType}}
	for _, operator := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		for _, t := range compared {
			options = append(options, cel.Function(operator, cel.Overload(operator+t.left.String()+t.right.String(), []*cel.Type{t.left, t.right}, cel.BoolType)))
		}
	}
	for _, operator := range []string{operators.Add, operators.Subtract} {
		for _, t := range compared[:3] {
			options = append(options, cel.Function(operator, cel.Overload(operator+t.left.String()+t.right.String(), []*cel.Type{t.left, t.right}, t.left)))
		}
	}
	return options
}

var stringsType = reflect.TypeFor[[]string]()

// readers read the texts of the functions that take a literal.
var readers = map[string]func(string) (ref.Val, error){"decimal": readDecimal, "money": readMoney, "date": readDate}

func readDecimal(s string) (ref.Val, error) {
	d, err := eligibility.ParseDecimal(s)
	return exact{d}, err
}

func readMoney(s string) (ref.Val, error) {
	m, err := eligibility.ParseMoney(s)
	return amount{m}, err
}

func readDate(s string) (ref.Val, error) {
	d, err := eligibility.ParseDate(s)
	return day{d}, err
}

func read1(read func(string) (ref.Val, error)) cel.OverloadOpt {
	return cel.UnaryBinding(func(v ref.Val) ref.Val {
		s, ok := v.(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		value, err := read(string(s))
		if err != nil {
			return types.WrapErr(err)
		}
		return value
	})
}

func daysBefore(from, days ref.Val) ref.Val {
	d, ok := from.(day)
	n, whole := days.(types.Int)
	if !ok || !whole {
		return types.MaybeNoSuchOverloadErr(from)
	}
	const most = 4_000_000 // more days than the years 1 to 9999 have
	if n < 0 || n > most || d.AddDays(-int(n)).IsZero() {
		return types.NewErr("daysAgo(%d) is no day: use a number from 0 to some 700,000", int64(n))
	}
	return day{d.AddDays(-int(n))}
}

// resembles reports whether people would take a text for one of a list.
func resembles(v, list ref.Val) ref.Val {
	s, ok := v.(types.String)
	entries, err := list.ConvertToNative(stringsType)
	if !ok || err != nil {
		return types.MaybeNoSuchOverloadErr(v)
	}
	folded := text.Fold(string(s))
	return types.Bool(slices.ContainsFunc(entries.([]string), func(e string) bool { return text.Fold(e) == folded }))
}

// literals refuses what the functions that take a literal would refuse only when they
// run.
func literals(a *ast.AST) error {
	var errs []error
	visit := func(e ast.Expr) {
		if e.Kind() != ast.CallKind || readers[e.AsCall().FunctionName()] == nil {
			return
		}
		name, argument := e.AsCall().FunctionName(), e.AsCall().Args()[0]
		at := a.SourceInfo().GetStartLocation(argument.ID())
		refuse := func(problem string) {
			errs = append(errs, &ExpressionError{Line: at.Line(), Column: at.Column() + 1, Problem: problem})
		}
		if argument.Kind() != ast.LiteralKind {
			refuse(name + " takes a text in quotes, and not what is known only later")
			return
		}
		s, ok := argument.AsLiteral().(types.String)
		if !ok {
			return // the types have been checked
		}
		_, err := readers[name](string(s))
		if parse, ok := errors.AsType[*eligibility.ParseError](err); ok {
			refuse(parse.Error())
		}
	}
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(visit))
	return problems.Join(errs...)
}
