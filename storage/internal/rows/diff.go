package rows

import (
	"cmp"
	"maps"
	"slices"
)

// Row is a row with a key.
type Row[R any] interface {
	SameKey(R) bool
	Same(R) bool
}

// Diff is what turns stored rows into others.
type Diff[R any] struct {
	New     []R
	Changed []R // as they are to be
	Was     []R // as the changed ones are stored, in the same order
	Gone    []R // as they are stored
}

// NewDiff compares the stored rows of a place with those that are to be.
func NewDiff[R Row[R]](stored, next []R) Diff[R] {
	var d Diff[R]
	for _, r := range next {
		switch i := slices.IndexFunc(stored, r.SameKey); {
		case i < 0:
			d.New = append(d.New, r)
		case !r.Same(stored[i]):
			d.Changed, d.Was = append(d.Changed, r), append(d.Was, stored[i])
		}
	}
	for _, r := range stored {
		if !slices.ContainsFunc(next, r.SameKey) {
			d.Gone = append(d.Gone, r)
		}
	}
	return d
}

// TabKey names a count of entries.
type TabKey struct{ Partner, Engagement, Tab string }

// StatusKey names a count of participations.
type StatusKey struct{ Partner, Status string }

// Tally is by how much counts change.
type Tally struct {
	tabs     map[TabKey]int64
	statuses map[StatusKey]int64
}

// Replace counts the stored entries of a place out and the next ones in.
func (t *Tally) Replace(stored, next []Entry) {
	if t.tabs == nil {
		t.tabs, t.statuses = map[TabKey]int64{}, map[StatusKey]int64{}
	}
	for _, e := range stored {
		t.count(e, -1)
	}
	for _, e := range next {
		t.count(e, 1)
	}
}

func (t *Tally) count(e Entry, n int64) {
	t.tabs[TabKey{e.Partner, e.Engagement, e.Tab}] += n
	if e.Participation {
		t.statuses[StatusKey{e.Partner, e.Status}] += n
	}
}

// TabDelta is by how much the count of a tab changes.
type TabDelta struct {
	TabKey
	N int64 // not 0
}

// StatusDelta is by how much the count of a status changes.
type StatusDelta struct {
	StatusKey
	N int64 // not 0
}

// Tabs returns what changes in the counts of tabs, by key.
func (t *Tally) Tabs() []TabDelta {
	var out []TabDelta
	for _, k := range slices.SortedFunc(maps.Keys(t.tabs), func(a, b TabKey) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Engagement, b.Engagement), cmp.Compare(a.Tab, b.Tab))
	}) {
		if n := t.tabs[k]; n != 0 {
			out = append(out, TabDelta{k, n})
		}
	}
	return out
}

// Statuses returns what changes in the counts of statuses, by key.
func (t *Tally) Statuses() []StatusDelta {
	var out []StatusDelta
	for _, k := range slices.SortedFunc(maps.Keys(t.statuses), func(a, b StatusKey) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Status, b.Status))
	}) {
		if n := t.statuses[k]; n != 0 {
			out = append(out, StatusDelta{k, n})
		}
	}
	return out
}
