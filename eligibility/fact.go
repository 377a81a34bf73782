package eligibility

import "github.com/shopspring/decimal"

// Fact names something that can be known about whoever is decided on, and
// says what type it has. Two facts with the same name and kind are the same.
//
// Facts are values: declare them once, as package variables, and share them.
type Fact[T Value] struct {
	name         string
	kind         kindCode
	confidential bool
}

// AnyFact is a Fact of any type.
type AnyFact interface {
	Name() string
	Kind() Kind
}

// NewFact returns the fact of that name. Names are words in snake case, as
// "entra_p1_seats"; [NewRuleSet] refuses blanks and control characters.
func NewFact[T Value](name string) Fact[T] {
	return Fact[T]{name: name, kind: kindOf[T]()}
}

// Confidential returns the fact marked as confidential: of a rule that reads it,
// [Decision.Redacted] and whatever is made of [Finding.Confidential] tell whether
// it is met, not met or unknown, and never a figure. What it is set to, and what is
// decided, are the same.
func (x Fact[T]) Confidential() Fact[T] {
	x.confidential = true
	return x
}

// IsConfidential reports whether a fact was marked by [Fact.Confidential].
func IsConfidential(f AnyFact) bool {
	marked, ok := f.(interface{ isConfidential() bool })
	return ok && marked.isConfidential()
}

func (x Fact[T]) isConfidential() bool { return x.confidential }

// Name returns the name that NewFact was given.
func (x Fact[T]) Name() string { return x.name }

// Kind returns the fact's type.
func (x Fact[T]) Kind() Kind { return x.kind.kind() }

// Set makes the fact known in f. Setting the zero Date, or Money without a
// currency, makes it unknown, since these are no values. A list is copied.
func (x Fact[T]) Set(f *Facts, v T) { store(f.place(x.name), v) }

// Get returns the fact's value in f, and whether it is known. A value of
// another kind than the fact's is not.
func (x Fact[T]) Get(f Facts) (T, bool) {
	c := f.find(x.name)
	if c == nil || c.kind != x.kind || !c.known() {
		var zero T
		return zero, false
	}
	return load[T](c), true
}

// Clear makes the fact unknown in f.
func (x Fact[T]) Clear(f *Facts) {
	if c := f.find(x.name); c != nil {
		c.kind = none
	}
}

// Slot is where a fact lies in one Facts: for setting it again and again, for
// one customer after the other, without looking its name up. It stays the
// fact's place in copies of these Facts too, which share what they hold, but
// not in clones. Slots of the same Facts must not be set from several
// goroutines.
type Slot[T SlotValue] struct {
	value *T
	cell  *cell
	kind  kindCode
}

// SlotValue is what a slot can hold: every Value but integers of other sizes
// than 64 bits.
type SlotValue interface {
	~string | ~bool | ~int64 | decimal.Decimal | Money | Date | ~[]string
}

// SlotOf returns the fact's slot in f.
func SlotOf[T SlotValue](x Fact[T], f *Facts) Slot[T] {
	c := f.place(x.name)
	return Slot[T]{value: field[T](c, x.kind), cell: c, kind: x.kind}
}

// Set sets the fact as [Fact.Set] does, except that a list is not copied.
func (s *Slot[T]) Set(v T) {
	*s.value = v
	s.cell.kind = s.kind
}

// SetIf sets the fact if it is known, and else makes it unknown.
func (s *Slot[T]) SetIf(v T, known bool) {
	*s.value = v
	s.cell.kind = s.kind * kindCode(bit(known))
}
