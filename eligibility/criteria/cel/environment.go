package cel

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Op is the name of the operator in documents.
const Op eligibility.Op = "cel"

// Options say what expressions may read and cost.
type Options struct {
	// Facts are what expressions may read, each of a name that is an identifier:
	// letters, digits and underscores, no word that CEL keeps for itself and none that
	// this package defines.
	Facts []eligibility.AnyFact

	// CostLimit is what an expression may cost, in CEL's units: a comparison or the call
	// of a function costs one, a step through a list what is done there, a text its
	// length by ten. 0 is 10,000.
	CostLimit uint64
}

// Language reads expressions over some facts. It is safe for concurrent use.
type Language struct {
	env   *cel.Env
	facts map[string]eligibility.AnyFact
	limit uint64
}

const (
	longest = 4096 // bytes of an expression
	deepest = 50   // levels of it

	// What is assumed of facts when the cost of an expression is estimated.
	usualText, usualList = 200, 200
)

// today is the variable that holds the day of the decision.
const today = "today"

// New returns the language over these facts. It returns a *[FactError] for each fact
// that cannot be a variable, joined.
func New(o Options) (*Language, error) {
	l := &Language{facts: map[string]eligibility.AnyFact{}, limit: cmp.Or(o.CostLimit, 10_000)}
	options := append([]cel.EnvOption{
		cel.ClearMacros(), cel.Macros(cel.ExistsMacro, cel.ExistsOneMacro, cel.AllMacro, cel.MapMacro, cel.FilterMacro),
		cel.ParserExpressionSizeLimit(longest), cel.ParserRecursionLimit(deepest),
		cel.DefaultUTCTimeZone(true),
		cel.Variable(today, dateType),
	}, functions()...)
	var errs []error
	for _, fact := range o.Facts {
		name := fact.Name()
		if problem := unfit(name); problem != "" {
			errs = append(errs, &FactError{name, problem})
			continue
		}
		if _, there := l.facts[name]; there {
			errs = append(errs, &FactError{name, "is there twice"})
			continue
		}
		l.facts[name] = fact
		options = append(options, cel.Variable(name, typeOf(fact.Kind())))
	}
	if err := problems.Join(errs...); err != nil {
		return nil, err
	}
	var err error
	l.env, err = cel.NewEnv(options...)
	return l, err
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved are the words that are no variables: CEL's own, and those of its types and
// this package's.
var reserved = strings.Fields(`as break const continue else false for function if import in let loop package namespace null return true var void while
	int uint double bool string bytes list map type dyn null_type timestamp duration
	today decimal money date`)

func unfit(name string) string {
	switch {
	case !identifier.MatchString(name):
		return "has to have a name of letters, digits and underscores that does not begin with a digit"
	case slices.Contains(reserved, name):
		return "has a name that means something else in an expression: leave it out, or choose another"
	}
	return ""
}

func typeOf(kind eligibility.Kind) *cel.Type {
	switch kind {
	case eligibility.KindInteger:
		return cel.IntType
	case eligibility.KindBoolean:
		return cel.BoolType
	case eligibility.KindList:
		return cel.ListType(cel.StringType)
	case eligibility.KindDecimal:
		return decimalType
	case eligibility.KindMoney:
		return moneyType
	case eligibility.KindDate:
		return dateType
	default:
		return cel.StringType
	}
}

// Operator returns the operator for documents: ["cel", "seats_used < seats_bought"]. What
// is wrong with an expression is then a [criteria.DocumentError] that wraps an
// *[ExpressionError]. Documents are written with expressions as they were read.
func (l *Language) Operator() criteria.Operator {
	return criteria.NewFreeOperator(Op, l.Check)
}

// Check makes a check of an expression. It reads the facts that the expression names,
// and is confidential where one of them is. It returns an *[ExpressionError] for each
// place that has to change, joined.
func (l *Language) Check(expression string) (eligibility.Check, error) {
	p, err := l.compile(expression)
	if err != nil {
		return eligibility.Check{}, err
	}
	reads := make([]eligibility.AnyFact, len(p.reads))
	for i := range p.reads {
		reads[i] = p.reads[i].fact
	}
	return eligibility.Func(p.decide, reads...).Named(Op, nil, expression), nil
}

func (l *Language) compile(expression string) (*program, error) {
	if len(expression) > longest {
		return nil, &ExpressionError{Problem: fmt.Sprintf("is longer than %d bytes: divide it into several rules", longest)}
	}
	checked, issues := l.env.Compile(expression)
	if issues.Err() != nil {
		var errs []error
		for _, e := range issues.Errors() {
			errs = append(errs, &ExpressionError{Line: max(0, e.Location.Line()), Column: e.Location.Column() + 1, Problem: e.Message})
		}
		return nil, problems.Join(errs...)
	}
	if !checked.OutputType().IsExactType(cel.BoolType) {
		return nil, &ExpressionError{Problem: fmt.Sprintf("is a %s, and has to be true or false: compare it with something", checked.OutputType())}
	}
	if err := literals(checked.NativeRep()); err != nil {
		return nil, err
	}
	most, err := l.env.EstimateCost(checked, usual{})
	if err != nil {
		return nil, err
	}
	if most.Max > l.limit {
		return nil, &ExpressionError{Problem: fmt.Sprintf("may cost %d, where %d are allowed: go through fewer lists within one another", most.Max, l.limit)}
	}
	run, err := l.env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(l.limit))
	if err != nil {
		return nil, &ExpressionError{Problem: "cannot be made ready: " + err.Error()}
	}
	p := &program{run: run, expression: expression}
	for _, name := range read(checked.NativeRep()) {
		if fact, ok := l.facts[name]; ok {
			p.reads = append(p.reads, variable{fact, loaderOf(fact)})
		}
	}
	return p, nil
}

// read returns the names of the variables that an expression reads, in order.
func read(a *ast.AST) []string {
	names := map[string]bool{}
	for _, r := range a.ReferenceMap() {
		if r.Name != "" {
			names[r.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// usual tells the estimate how large facts are.
type usual struct{}

func (usual) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	switch n.Type().Kind() {
	case types.StringKind:
		return &cost.SizeEstimate{Max: usualText}
	case types.ListKind:
		return &cost.SizeEstimate{Max: usualList}
	case types.StructKind: // a decimal, an amount or a date
		return &cost.SizeEstimate{Min: 1, Max: 1}
	}
	return nil
}

func (usual) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// program is an expression that is ready to run.
type program struct {
	run        cel.Program
	expression string
	reads      []variable
}

// variable is a fact that an expression reads.
type variable struct {
	fact eligibility.AnyFact
	load func(eligibility.Facts) (ref.Val, bool)
}

// activation is what the variables of an expression are for one decision.
type activation struct {
	program *program
	facts   eligibility.Facts
	at      time.Time
}

func (a *activation) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (a *activation) ResolveName(name string) (any, bool) {
	if name == today {
		return day{eligibility.DateOf(a.at)}, true
	}
	for i := range a.program.reads {
		v := &a.program.reads[i]
		if v.fact.Name() != name {
			continue
		}
		if value, known := v.load(a.facts); known {
			return value, true
		}
		return types.NewUnknown(int64(i+1), types.NewAttributeTrail(name)), true
	}
	return nil, false
}

// decide is the check.
func (p *program) decide(facts eligibility.Facts, at time.Time) (eligibility.Finding, error) {
	value, _, err := p.run.Eval(&activation{p, facts, at})
	if unknown, ok := value.(*types.Unknown); ok {
		return p.missing(unknown), nil
	}
	if err != nil {
		return eligibility.Finding{}, errors.New("the expression cannot be answered: " + err.Error())
	}
	if value == types.True {
		return eligibility.Passed(p.expression, found(facts)), nil
	}
	return eligibility.Failed(p.expression, found(facts)), nil
}

// missing is the finding where the facts that are not known would decide.
func (p *program) missing(unknown *types.Unknown) eligibility.Finding {
	var facts []eligibility.AnyFact
	for i := range p.reads {
		if _, ok := unknown.GetAttributeTrails(int64(i + 1)); ok {
			facts = append(facts, p.reads[i].fact)
		}
	}
	return eligibility.Missing(p.expression, facts...)
}

// found tells the facts that the expression read: one by its value alone.
func found(facts eligibility.Facts) string {
	var names, values []string
	for name, value := range facts.All() {
		names, values = append(names, name+" "+value), append(values, value)
	}
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(names, "; ")
}

// loaderOf returns what reads a fact as a value of CEL. An empty text is not known: it
// would pass for being none of those that are excluded.
func loaderOf(fact eligibility.AnyFact) func(eligibility.Facts) (ref.Val, bool) {
	name := fact.Name()
	switch fact.Kind() {
	case eligibility.KindInteger:
		return loader(name, func(v int64) ref.Val { return types.Int(v) })
	case eligibility.KindBoolean:
		return loader(name, func(v bool) ref.Val { return types.Bool(v) })
	case eligibility.KindList:
		return loader(name, func(v []string) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, v) })
	case eligibility.KindMoney:
		return loader(name, func(v eligibility.Money) ref.Val { return amount{v} })
	case eligibility.KindDate:
		return loader(name, func(v eligibility.Date) ref.Val { return day{v} })
	case eligibility.KindDecimal:
		return loader(name, func(v decimal.Decimal) ref.Val { return exact{v} })
	default:
		text := eligibility.NewFact[string](name)
		return func(f eligibility.Facts) (ref.Val, bool) {
			v, known := text.Get(f)
			return types.String(v), known && v != ""
		}
	}
}

func loader[T eligibility.Value](name string, value func(T) ref.Val) func(eligibility.Facts) (ref.Val, bool) {
	fact := eligibility.NewFact[T](name)
	return func(f eligibility.Facts) (ref.Val, bool) {
		v, known := fact.Get(f)
		if !known {
			return nil, false
		}
		return value(v), true
	}
}
