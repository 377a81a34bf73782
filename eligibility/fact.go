package eligibility

// Fact names something that can be known about whoever is decided on, and
// says what type it has. Two facts with the same name and kind are the same.
//
// Facts are values: declare them once, as package variables, and share them.
type Fact[T Value] struct {
	name   string
	kind   kindCode
	slot   int32
	layout *layout // of the rule set that it was bound to, or nil
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

// Name returns the name that NewFact was given.
func (x Fact[T]) Name() string { return x.name }

// Kind returns the fact's type.
func (x Fact[T]) Kind() Kind { return x.kind.kind() }

// Bind returns the same fact, which remembers its place in Facts that are laid
// out for set: Set, Get and Clear find it there at once, and go on to work
// with all other Facts. It is for loading many customers.
func (x Fact[T]) Bind(set *RuleSet) Fact[T] {
	if slot, ok := set.layout.slot(x.name); ok {
		x.layout, x.slot = set.layout, int32(slot)
	}
	return x
}

// Set makes the fact known in f. Setting the zero Date, or Money without a
// currency, makes it unknown, since these are no values. A list is copied.
func (x Fact[T]) Set(f *Facts, v T) {
	if x.layout != nil && x.layout == f.layout {
		store(&f.cells[x.slot], v)
		return
	}
	store(f.place(x.name), v)
}

// Get returns the fact's value in f, and whether it is known. A value of
// another kind than the fact's is not.
func (x Fact[T]) Get(f Facts) (T, bool) {
	c := x.find(&f)
	if c == nil || c.kind != x.kind {
		var zero T
		return zero, false
	}
	return load[T](c), true
}

// Clear makes the fact unknown in f.
func (x Fact[T]) Clear(f *Facts) {
	if c := x.find(f); c != nil {
		c.kind = none
	}
}

func (x Fact[T]) find(f *Facts) *cell {
	if x.layout != nil && x.layout == f.layout {
		return &f.cells[x.slot]
	}
	return f.find(x.name)
}
