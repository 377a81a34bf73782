package eligibility

import (
	"iter"
	"log/slog"
	"slices"
	"strings"
)

// Facts is what is known about somebody: values by name, each of a type. What
// has not been set is unknown. The zero Facts is empty and ready for use.
//
// Copying a Facts does not copy what it holds, as with a slice; [Facts.Clone]
// does. Facts can be read from several goroutines, but not while one writes.
type Facts struct {
	layout *layout // names of cells; nil for the zero Facts
	cells  []cell
	rest   []named // facts that the layout has no place for, by name
}

type named struct {
	name string
	cell *cell // stays in place when others are inserted, for slots
}

// layout gives the facts of a rule set their places: by name, so that two
// layouts can be walked side by side.
type layout struct {
	names []string
	kinds []kindCode
}

func (l *layout) newFacts() Facts {
	if l == nil {
		return Facts{}
	}
	return Facts{layout: l, cells: make([]cell, len(l.names))}
}

func (l *layout) slot(name string) (int, bool) {
	if l == nil {
		return 0, false
	}
	return slices.BinarySearch(l.names, name)
}

// place returns the cell of a name, made if need be.
func (f *Facts) place(name string) *cell {
	if i, ok := f.layout.slot(name); ok {
		return &f.cells[i]
	}
	i, ok := f.searchRest(name)
	if !ok {
		f.rest = slices.Insert(f.rest, i, named{name, &cell{}})
	}
	return f.rest[i].cell
}

// find returns the cell of a name, or nil.
func (f *Facts) find(name string) *cell {
	if i, ok := f.layout.slot(name); ok {
		return &f.cells[i]
	}
	if i, ok := f.searchRest(name); ok {
		return f.rest[i].cell
	}
	return nil
}

func (f *Facts) searchRest(name string) (int, bool) {
	return slices.BinarySearchFunc(f.rest, name, func(n named, name string) int {
		return strings.Compare(n.name, name)
	})
}

// all yields the known facts by name.
func (f Facts) all() iter.Seq2[string, *cell] {
	return func(yield func(string, *cell) bool) {
		i, j := 0, 0
		for i < len(f.cells) || j < len(f.rest) {
			var name string
			var c *cell
			if j == len(f.rest) || i < len(f.cells) && f.layout.names[i] < f.rest[j].name {
				name, c = f.layout.names[i], &f.cells[i]
				i++
			} else {
				name, c = f.rest[j].name, f.rest[j].cell
				j++
			}
			if c.known() && !yield(name, c) {
				return
			}
		}
	}
}

// Reset makes every fact unknown and keeps the room for the next customer's.
func (f *Facts) Reset() {
	for i := range f.cells {
		f.cells[i].kind = none
	}
	for i := range f.rest {
		f.rest[i].cell.kind = none
	}
}

// Len returns how many facts are known.
func (f Facts) Len() int {
	n := 0
	for range f.all() {
		n++
	}
	return n
}

// All yields the name and the text of every known fact, by name.
func (f Facts) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for name, c := range f.all() {
			if !yield(name, c.String()) {
				return
			}
		}
	}
}

// LogValue tells which facts are known, but not their values, which may be
// personal.
func (f Facts) LogValue() slog.Value {
	var names []string
	for name := range f.all() {
		names = append(names, name)
	}
	return slog.AnyValue(names)
}

// Clone returns facts that share nothing with f.
func (f Facts) Clone() Facts {
	return f.laidOut(f.layout, true)
}

// Equal reports whether f and g know the same facts with the same values;
// 1.0 and 1.00 are the same.
func (f Facts) Equal(g Facts) bool {
	if f.Len() != g.Len() {
		return false
	}
	for name, c := range f.all() {
		if d := g.find(name); d == nil || !c.equal(d) {
			return false
		}
	}
	return true
}

// laidOut returns a copy of f in the layout of a rule set. Facts without a
// place there are dropped, unless keep is set.
func (f Facts) laidOut(l *layout, keep bool) Facts {
	out := l.newFacts()
	for name, c := range f.all() {
		if i, ok := l.slot(name); ok {
			out.cells[i] = c.clone()
		} else if keep {
			clone := c.clone()
			out.rest = append(out.rest, named{name, &clone})
		}
	}
	return out
}
