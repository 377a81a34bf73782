package engagement

import (
	"fmt"
	"slices"
)

// HistoryError says where a history does not hold together.
type HistoryError struct {
	Seq     int64 // of the event
	Problem string
}

func (e *HistoryError) Error() string {
	return fmt.Sprintf("history is broken at event %d: %s", e.Seq, e.Problem)
}

// VerifyHistory checks that the events are a whole history which ends at head:
// none changed, left out, put in, in another order, or cut off at the end. An
// erased person does not count as damage. The error is a *HistoryError.
//
// Somebody who can write both the events and the head can write another history that
// holds together like this one, but not one that holds an earlier head which was kept
// elsewhere: see [Head.In].
func VerifyHistory(events []Event, head Head) error {
	at, err := VerifyPage(events, Head{})
	if err == nil && at != head {
		err = &HistoryError{Seq: at.Seq, Problem: fmt.Sprintf("it ends here, and should end with event %d", head.Seq)}
	}
	return err
}

// VerifyPage checks that the events follow one another in a history, the first of
// them behind the event of after, which is zero at the beginning. It returns the
// head that they make. The error is a *HistoryError.
func VerifyPage(events []Event, after Head) (Head, error) { return VerifyReadable(events, nil, after) }

// VerifyReadable is VerifyPage for a page where the events with these numbers, in
// order, are there and cannot be read. What cannot be read has no hash, which the
// zero Digest stands for, also in a Head: so of the event behind it only the place and
// the person are checked, and the chain goes on from there.
func VerifyReadable(events []Event, unreadable []int64, after Head) (Head, error) {
	at := after
	for len(events)+len(unreadable) > 0 {
		at.Seq++
		if len(unreadable) > 0 && unreadable[0] == at.Seq {
			at.Hash, unreadable = Digest{}, unreadable[1:]
			continue
		}
		if len(events) == 0 || events[0].Seq != at.Seq {
			next := slices.Clip(unreadable)
			if len(events) > 0 {
				next = append(next, events[0].Seq)
			}
			return at, &HistoryError{Seq: at.Seq, Problem: fmt.Sprintf("event %d stands in its place", slices.Min(next))}
		}
		e := events[0]
		problem := e.problemOfPerson()
		if at.Seq == 1 || !at.Hash.IsZero() {
			problem = e.problem(at.Hash)
		}
		if problem != "" {
			return at, &HistoryError{Seq: e.Seq, Problem: problem}
		}
		at.Hash, events = e.Hash, events[1:]
	}
	return at, nil
}

// VerifyLinks checks what can be known of some events of a history, in order:
// the first one of it, and those whose predecessor is there, too. The error is a
// *HistoryError.
func VerifyLinks(events []Event) error {
	var before Head
	for _, e := range events {
		if e.Seq <= before.Seq {
			return &HistoryError{Seq: e.Seq, Problem: fmt.Sprintf("it stands behind event %d", before.Seq)}
		}
		if e.Seq == before.Seq+1 {
			if problem := e.problem(before.Hash); problem != "" {
				return &HistoryError{Seq: e.Seq, Problem: problem}
			}
		}
		before = Head{Seq: e.Seq, Hash: e.Hash}
	}
	return nil
}

// problem says why an event is not the one that was written behind the one with
// hash before, or nothing.
func (e Event) problem(before Digest) string {
	if problem := e.misfit(); problem != "" {
		return problem
	}
	if !same(e.digest(before), e.Hash) {
		return "what it says does not match its hash"
	}
	return e.problemOfPerson()
}

func (e Event) problemOfPerson() string {
	if e.Person != nil && e.Person.digest() != e.PersonDigest {
		return "the person it names does not match its hash"
	}
	return ""
}

// In reports whether a history that was verified holds the head: whether it goes on
// from where it ended when the head was read. The zero Head is in every history.
func (h Head) In(events []Event) bool {
	for _, e := range events {
		if e.Seq == h.Seq {
			return same(e.Hash, h.Hash)
		}
	}
	return h == Head{}
}
