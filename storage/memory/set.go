package memory

import (
	"slices"
	"sync"
	"sync/atomic"
)

// set is entries, and those orders of them that were asked for.
type set struct {
	entries []*entry // in no order; each knows its index
	orders  [len(orders)]atomic.Pointer[list[*entry]]
	sorting sync.Mutex
}

// order returns the entries in an order, and puts them in order when nobody has
// asked before. The store is locked at least for reading.
func (s *set) order(o int) *list[*entry] {
	if l := s.orders[o].Load(); l != nil {
		return l
	}
	s.sorting.Lock()
	defer s.sorting.Unlock()
	if s.orders[o].Load() == nil {
		s.orders[o].Store(newList(orders[o].compare, slices.Clone(s.entries)))
	}
	return s.orders[o].Load()
}

// insert puts an entry into the set, and remove takes it out. The slot is where
// the entries keep their index in this set.
func (s *set) insert(e *entry, slot int) {
	*e.index(slot) = uint32(len(s.entries))
	s.entries = append(s.entries, e)
	s.enter(e, allOrders)
}

func (s *set) remove(e *entry, slot int) {
	at, last := *e.index(slot), len(s.entries)-1
	s.entries[at] = s.entries[last]
	*s.entries[at].index(slot) = at
	s.entries[last] = nil
	s.entries = s.entries[:last]
	for o := range s.orders {
		if l := s.orders[o].Load(); l != nil {
			l.remove(e)
		}
	}
}

// which are some of the orders.
type which uint8

const allOrders which = 1<<len(orders) - 1

// leave takes an entry out of the orders in which next has another position, and
// returns them; enter puts it into orders again.
func (s *set) leave(e, next *entry) (left which) {
	for o := range s.orders {
		if l := s.orders[o].Load(); l != nil && l.compare(e, next) != 0 {
			left |= 1 << o
			l.remove(e)
		}
	}
	return left
}

func (s *set) enter(e *entry, in which) {
	for o := range s.orders {
		if l := s.orders[o].Load(); l != nil && in&(1<<o) != 0 {
			l.insert(e)
		}
	}
}

// sets returns those that an entry is in, each at the slot of its index: its tab
// and, when it is of a participation, its partner's claims and everybody's.
func (e *entry) sets() [slots]*set {
	in := [slots]*set{&e.board.tabs[e.tab]}
	if e.participation {
		for i, c := range e.board.claims {
			in[1+i] = &c.set
		}
	}
	return in
}

// insert puts a new entry where it is looked for, and remove takes it out.
func (e *entry) insert() {
	for slot, s := range e.sets() {
		if s != nil {
			s.insert(e, slot)
		}
	}
	e.count(1)
}

func (e *entry) remove() {
	e.count(-1)
	for slot, s := range e.sets() {
		if s != nil {
			s.remove(e, slot)
		}
	}
}

// replace makes a stored entry what next is, which is the same row. It stays
// where it is in the orders in which next has the same position.
func (e *entry) replace(next *entry) {
	e.count(-1)
	from, to := e.sets(), next.sets()
	var left [slots]which
	for slot, s := range from {
		switch {
		case s == nil:
		case s == to[slot]:
			left[slot] = s.leave(e, next)
			*next.index(slot) = *e.index(slot)
		default:
			s.remove(e, slot)
		}
	}
	*e = *next
	for slot, s := range to {
		switch {
		case s == nil:
		case s == from[slot]:
			s.enter(e, left[slot])
		default:
			s.insert(e, slot)
		}
	}
	e.count(1)
}
