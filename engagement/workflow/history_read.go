package workflow

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// reading is a history that is being read, page by page.
type reading struct {
	key    engagement.CustomerKey
	newest bool
	limit  int
	head   engagement.Head // where the history ends, as last read
	at     engagement.Head // the last event that was read, without a hash if it cannot be read; the newest first: the one before it; zero at the beginning
	done   bool            // there are no more
}

// stretch is a part of a history, in the order in which it is read.
type stretch struct {
	events []engagement.Event
	lost   []int64 // the numbers of those that cannot be read
	why    map[int64]error
}

func (st stretch) len() int { return len(st.events) + len(st.lost) }

// first returns the oldest of what was read, the oldest first, and the rest.
func (st stretch) first() (engagement.Head, stretch) {
	if len(st.events) == 0 || len(st.lost) > 0 && st.lost[0] < st.events[0].Seq {
		head := engagement.Head{Seq: st.lost[0]}
		st.lost = st.lost[1:]
		return head, st
	}
	head := headOf(st.events[0])
	st.events = st.events[1:]
	return head, st
}

// last returns the newest of what was read, the oldest first, and the rest.
func (st stretch) last() (engagement.Head, stretch) {
	e, l := len(st.events)-1, len(st.lost)-1
	if e < 0 || l >= 0 && st.lost[l] > st.events[e].Seq {
		head := engagement.Head{Seq: st.lost[l]}
		st.lost = st.lost[:l]
		return head, st
	}
	head := headOf(st.events[e])
	st.events = st.events[:e]
	return head, st
}

func headOf(e engagement.Event) engagement.Head {
	return engagement.Head{Seq: e.Seq, Hash: e.Hash}
}

func (st stretch) reversed() stretch {
	slices.Reverse(st.events)
	slices.Reverse(st.lost)
	return st
}

// read returns the next events, verified. It reads one more than it returns: the
// one behind the page, which shows where a history goes on, or, the newest first,
// the one before it, whose hash the page goes on from.
func (s *Service) read(ctx context.Context, r *reading) (stretch, error) {
	q := storage.HistoryQuery{Customer: r.key, Newest: r.newest, Reaching: r.head.Seq, Limit: r.limit + 1}
	switch {
	case !r.newest:
		q.After = r.at.Seq
	case r.at.Seq > 0:
		q.Before = r.at.Seq + 1
	}
	events, err := s.store.History(ctx, q)
	bad, err := storage.Unreadable(err)
	if err != nil {
		return stretch{}, unavailable("storage", err)
	}
	read := stretch{events: slices.Clone(events), why: map[int64]error{}} // a store may keep them
	for _, b := range bad {
		s.tellUnreadable(ctx, b)
		read.lost, read.why[b.Seq] = append(read.lost, b.Seq), b
	}
	slices.Sort(read.lost)
	if r.newest {
		slices.Reverse(read.events)
	}
	if err := s.catchUp(ctx, r, read); err != nil {
		return stretch{}, err
	}
	if r.newest {
		return r.backwards(read)
	}
	return r.forwards(read)
}

// catchUp reads the customer's head again where events stand behind it: they were
// appended since, or the head was put back.
func (s *Service) catchUp(ctx context.Context, r *reading, read stretch) error {
	if read.len() == 0 {
		return nil
	}
	if last, _ := read.last(); last.Seq <= r.head.Seq {
		return nil
	}
	c, err := s.customer(ctx, r.key)
	r.head = c.History
	return err
}

// forwards verifies a page that is read from the oldest on.
func (r *reading) forwards(page stretch) (stretch, error) {
	end, err := engagement.VerifyReadable(page.events, page.lost, r.at)
	if err == nil {
		err = r.checkHead(page)
	}
	r.done = page.len() <= r.limit
	if err == nil && r.done && end.Seq < r.head.Seq {
		err = r.cutOff(end.Seq)
	}
	for page.len() > r.limit {
		_, page = page.last()
	}
	if page.len() > 0 {
		r.at, _ = page.last()
	}
	if r.at.Seq == r.head.Seq {
		r.at = r.head // whose hash is known, also where the event cannot be read
	}
	return page, err
}

// backwards verifies a page that is read from the newest on, and puts it so.
func (r *reading) backwards(page stretch) (stretch, error) {
	var before engagement.Head
	if r.done = page.len() <= r.limit; !r.done {
		before, page = page.first()
	}
	first := r.at == engagement.Head{}
	end, err := engagement.VerifyReadable(page.events, page.lost, before)
	switch {
	case err != nil:
	case first:
		if err = r.checkHead(page); err == nil && end.Seq < r.head.Seq {
			err = r.cutOff(end.Seq)
		}
	case end.Seq != r.at.Seq, end.Hash != r.at.Hash && !end.Hash.IsZero() && !r.at.Hash.IsZero():
		err = &engagement.HistoryError{Seq: r.at.Seq, Problem: "it is not the event that the one behind it goes on from"}
	}
	r.at = before
	return page.reversed(), err
}

// checkHead holds the history's head to the event at its place, where that is on
// the page, and finds what stands behind it.
func (r *reading) checkHead(page stretch) error {
	for _, e := range page.events {
		if e.Seq == r.head.Seq && e.Hash != r.head.Hash {
			return &engagement.HistoryError{Seq: e.Seq, Problem: "it ends with another event than the customer's record says"}
		}
	}
	if page.len() == 0 {
		return nil
	}
	if last, _ := page.last(); last.Seq > r.head.Seq {
		return &engagement.HistoryError{Seq: r.head.Seq, Problem: "by the customer's record it ends here, and it goes on: its end was cut off"}
	}
	return nil
}

func (r *reading) cutOff(last int64) error {
	return &engagement.HistoryError{Seq: last, Problem: "it ends here, and should end with event " + strconv.FormatInt(r.head.Seq, 10)}
}

// UnreadableEventsError says that events were left out because storage cannot read
// them: the others are there. It matches storage.ErrUnreadable.
type UnreadableEventsError struct {
	Events []int64 // the numbers of the first 20
	Count  int     // of all
}

func (e *UnreadableEventsError) add(events []int64) {
	e.Count += len(events)
	e.Events = append(e.Events, events[:min(len(events), engine.MaxErrors-len(e.Events))]...)
}

func (e *UnreadableEventsError) Error() string {
	return fmt.Sprintf("%d events of the history that cannot be read were left out, first number %d: tell whoever runs this, whose log says why", e.Count, e.Events[0])
}

// Is makes errors.Is(err, storage.ErrUnreadable) true.
func (e *UnreadableEventsError) Is(target error) bool { return target == storage.ErrUnreadable }
