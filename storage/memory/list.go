package memory

import (
	"iter"
	"slices"
	"sort"
)

// chunkSize is how many items a chunk holds at most. Pointers and the
// allocator's header of 8 bytes fill 2 KiB.
const chunkSize = 255

// list keeps items in order: in chunks, so that putting one in moves few
// others. To find a place in it takes a binary search over the chunks and one
// within a chunk. Each item is in a list once, and no two compare as equal.
type list[T comparable] struct {
	compare func(a, b T) int
	chunks  []chunk[T] // none is empty
	count   int
}

// chunk is a run of items. Its first one is kept beside the slice, so that a
// search over the chunks does not look into each.
type chunk[T comparable] struct {
	first T
	items []T
}

// cursor is a place between the items of a list: in front of that item.
type cursor struct{ chunk, item int }

// seek returns the place behind all items that are before, which must be those
// at the front of the list.
func (l *list[T]) seek(before func(T) bool) cursor {
	c := sort.Search(len(l.chunks), func(i int) bool { return !before(l.chunks[i].first) }) - 1
	if c < 0 {
		return cursor{}
	}
	items := l.chunks[c].items
	return cursor{c, sort.Search(len(items), func(i int) bool { return !before(items[i]) })}
}

// index returns the place in front of an item, which must be in the list. Within
// its chunk it looks for the item itself: that is faster than to search, because
// it reads nothing of the others.
func (l *list[T]) index(item T) cursor {
	c := sort.Search(len(l.chunks), func(i int) bool { return l.compare(l.chunks[i].first, item) > 0 }) - 1
	return cursor{c, slices.Index(l.chunks[c].items, item)}
}

// newList returns a list of the items.
func newList[T comparable](compare func(a, b T) int, items []T) *list[T] {
	slices.SortFunc(items, compare)
	l := &list[T]{compare: compare, count: len(items)}
	for part := range slices.Chunk(items, chunkSize*3/4) { // leaves room for some more
		l.chunks = append(l.chunks, chunk[T]{part[0], append(make([]T, 0, chunkSize), part...)})
	}
	return l
}

// insert puts an item in its place.
func (l *list[T]) insert(item T) {
	l.count++
	if len(l.chunks) == 0 {
		l.chunks = []chunk[T]{{item, []T{item}}}
		return
	}
	at := l.seek(func(x T) bool { return l.compare(x, item) < 0 })
	if len(l.chunks[at.chunk].items) >= chunkSize {
		at = l.split(at)
	}
	c := &l.chunks[at.chunk]
	c.items = slices.Insert(c.items, at.item, item)
	c.first = c.items[0]
}

// split makes room in a full chunk, and returns where the place at is then.
func (l *list[T]) split(at cursor) cursor {
	c := &l.chunks[at.chunk]
	half := len(c.items) / 2
	if at.chunk == len(l.chunks)-1 && at.item == len(c.items) {
		half = len(c.items) - 1 // items that come in order leave full chunks behind
	}
	right := append(make([]T, 0, chunkSize), c.items[half:]...)
	clear(c.items[half:])
	c.items = c.items[:half]
	l.chunks = slices.Insert(l.chunks, at.chunk+1, chunk[T]{right[0], right})
	if at.item > half {
		return cursor{at.chunk + 1, at.item - half}
	}
	return at
}

// remove takes out an item, which must be in the list.
func (l *list[T]) remove(item T) {
	l.count--
	at := l.index(item)
	c := &l.chunks[at.chunk]
	c.items = slices.Delete(c.items, at.item, at.item+1)
	if len(c.items) == 0 {
		l.chunks = slices.Delete(l.chunks, at.chunk, at.chunk+1)
		return
	}
	c.first = c.items[0]
	l.join(at.chunk)
	if at.chunk > 0 {
		l.join(at.chunk - 1)
	}
}

// join makes one chunk of a small one and the next.
func (l *list[T]) join(i int) {
	if i+1 >= len(l.chunks) || len(l.chunks[i].items)+len(l.chunks[i+1].items) > chunkSize/2 {
		return
	}
	l.chunks[i].items = append(l.chunks[i].items, l.chunks[i+1].items...)
	l.chunks = slices.Delete(l.chunks, i+1, i+2)
}

// from goes over the items behind a place.
func (l *list[T]) from(at cursor) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := at.chunk; i < len(l.chunks); i, at.item = i+1, 0 {
			for _, item := range l.chunks[i].items[at.item:] {
				if !yield(item) {
					return
				}
			}
		}
	}
}

// backFrom goes over the items in front of a place, backwards.
func (l *list[T]) backFrom(at cursor) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := min(at.chunk, len(l.chunks)-1); i >= 0; i-- {
			items := l.chunks[i].items
			if i == at.chunk {
				items = items[:at.item]
			}
			for _, item := range slices.Backward(items) {
				if !yield(item) {
					return
				}
			}
		}
	}
}

// all goes over every item.
func (l *list[T]) all() iter.Seq[T] { return l.from(cursor{}) }

// end is the place behind the last item.
func (l *list[T]) end() cursor {
	if len(l.chunks) == 0 {
		return cursor{}
	}
	last := len(l.chunks) - 1
	return cursor{last, len(l.chunks[last].items)}
}
