package engine

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// One truth at each moment: what a command decides, it decides on what is true when
// it writes. But the host's facts and directory can take their time, in which a
// deadline passes; so a command that has waited for them decides once more, at the
// moment after, on the answers that it has. A Memo holds those, and what was read
// from storage, for the length of one attempt.

// slow is how long answers may take before a command decides once more even if no
// deadline has passed meanwhile: so its events are of the moment of the write.
const slow = time.Second

// mostPasses bounds how often a command decides in one attempt. After the first
// time it waits for nobody, so a clock on which it needs more has gone mad.
const mostPasses = 8

var errClock = errors.New("the clock runs ahead of every decision")

// Memo is what the host and the storage have answered within an attempt. A nil Memo
// remembers nothing.
type Memo struct {
	answers []answer
	asked   bool // whether the host was asked since the last decision began
}

type answer struct {
	what  string
	of    any
	value any
	err   error
}

// Remember returns what was answered to the same question before, or asks.
func Remember[T any](m *Memo, what string, of any, ask func() (T, error)) (T, error) {
	if m == nil {
		return ask()
	}
	for _, a := range m.answers {
		if a.what == what && reflect.DeepEqual(a.of, of) {
			return a.value.(T), a.err
		}
	}
	value, err := ask()
	if what != readStorage {
		m.asked = true
	}
	m.answers = append(m.answers, answer{what, of, value, err})
	return value, err
}

// readStorage is the question that is none to the host.
const readStorage = "storage"

// decide makes one decision, or one refusal, that is still true at its end, and returns
// the unit that is to be written.
func decide[R any](e *Engine, command storage.CommandRecord, do func(*Unit) (R, error)) (*Unit, R, error) {
	memo := &Memo{}
	for range mostPasses {
		memo.asked = false
		u := e.unit(command, memo)
		result, err := do(u)
		done := errors.Is(err, ErrReplay) || e.Errors.Troubled(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
		if done || !u.outdated(e.Now()) {
			return u, result, err
		}
	}
	var none R
	return nil, none, e.Errors.Internal("clock", errClock)
}

// outdated reports whether what was decided at the unit's moment need not be true
// any more: a deadline of what it has read has passed since, or the host has taken
// long to answer.
func (u *Unit) outdated(now time.Time) bool {
	if u.Memo.asked && now.Sub(u.Now) >= slow {
		return true
	}
	passed := func(t time.Time) bool { return t.After(u.Now) && engagement.Passed(t, now) }
	for _, r := range u.records {
		if passed(r.Wake()) {
			return true
		}
	}
	for _, c := range u.shared {
		if slices.ContainsFunc(c.Holders, func(h engagement.Holder) bool { return passed(h.Until) }) {
			return true
		}
	}
	return false
}
