package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const (
	historyBatch = 500 // events that are read at a time
	mostBreaks   = 20  // that are reported of one history
)

// history is that of a partner with the customer while it is checked, as far as the
// stored end of it. It keeps of each participation the last event only, and the one
// that it says changed it last.
type history struct {
	*customer
	of       engagement.Customer
	events   int
	breaks   int
	bad      bool // an event cannot be read
	about    map[participation]engagement.Event
	recorded map[int64]engagement.Event
	persons  []engagement.PersonDigest // whom the events name
	own      []engagement.Event        // that the customer became known, and the last one about the customer itself
}

func (h *history) broken(seq int64, problem string) {
	if h.breaks++; h.breaks <= mostBreaks {
		h.find(storage.Finding{Kind: storage.FindingHistory, Partner: h.of.Key.Partner, Seq: seq, Problem: problem})
	}
}

func (h *history) check() error {
	for _, key := range h.recordKeys() {
		if key.Partner != h.of.Key.Partner {
			continue
		}
		for _, p := range h.Records[key].Participations {
			h.recorded[p.Recorded.Seq] = engagement.Event{}
		}
	}
	if err := h.read(); err != nil {
		return err
	}
	if err := h.checkEnd(); err != nil {
		return err
	}
	h.checkStates()
	h.checkPersons()
	return nil
}

// read goes through the history up to its stored end.
func (h *history) read() error {
	var at engagement.Head
	known := true // whether at is the event before, and can be built on
	for after := int64(0); after < h.of.History.Seq; {
		events, err := h.store.History(h.ctx, storage.HistoryQuery{Customer: h.of.Key, After: after, Before: h.of.History.Seq + 1, Limit: historyBatch})
		bad, err := storage.Unreadable(err)
		if err != nil {
			return err
		}
		unread := map[int64]bool{}
		for _, b := range bad {
			h.bad, unread[b.Seq] = true, true
			after = max(after, b.Seq)
			h.unreadable(engagement.RecordKey{Partner: h.of.Key.Partner}, "", b)
		}
		for _, e := range events {
			h.events++
			for unread[at.Seq+1] {
				at.Seq++
				known = false
			}
			if known || e.Seq != at.Seq+1 {
				if _, err := engagement.VerifyPage([]engagement.Event{e}, at); err != nil {
					h.broken(problemOf(err))
				}
			}
			at, known, after = engagement.Head{Seq: e.Seq, Hash: e.Hash}, true, max(after, e.Seq)
			h.take(e)
		}
		for unread[at.Seq+1] {
			at.Seq++
			known = false
		}
		if len(events)+len(bad) < historyBatch {
			break
		}
	}
	switch end := h.of.History; {
	case at.Seq != end.Seq:
		h.broken(at.Seq, fmt.Sprintf("it ends here, and should end with event %d", end.Seq))
	case known && at.Hash != end.Hash:
		h.broken(at.Seq, "it ends with another event than the customer's row says")
	}
	return nil
}

func (h *history) take(e engagement.Event) {
	h.name(e)
	if _, wanted := h.recorded[e.Seq]; wanted {
		h.recorded[e.Seq] = e
	}
	switch {
	case e.Participation != "":
		h.about[e.Participation] = e
	case len(h.own) == 0 || h.own[0].Kind != engagement.EventCustomerKnown:
		h.own = []engagement.Event{e}
	default:
		h.own = []engagement.Event{h.own[0], e}
	}
}

// checkEnd makes sure that nothing stands behind the end, but for what was added since.
func (h *history) checkEnd() error {
	more, err := h.store.History(h.ctx, storage.HistoryQuery{Customer: h.of.Key, After: h.of.History.Seq, Limit: 1})
	bad, err := storage.Unreadable(err)
	if err != nil || len(more)+len(bad) == 0 {
		return err
	}
	loaded, err := h.store.Load(h.ctx, storage.Want{Customers: []engagement.CustomerKey{h.of.Key}})
	if err != nil {
		return err
	}
	if now, there := loaded.Customers[h.of.Key]; there && now.History.Seq <= h.of.History.Seq {
		h.broken(h.of.History.Seq, "by the customer's row it ends here, and it goes on: its end was cut off")
	}
	return nil
}

// checkStates holds what is stored to what the history led to. Of a history of which
// something cannot be read nobody knows.
func (h *history) checkStates() {
	if h.bad {
		return
	}
	if err := engagement.VerifyCustomer(h.of, h.own); err != nil {
		seq, problem := problemOf(err)
		h.find(storage.Finding{Kind: storage.FindingState, Partner: h.of.Key.Partner, Seq: seq, Problem: problem})
	}
	for _, key := range h.recordKeys() {
		if key.Partner != h.of.Key.Partner {
			continue
		}
		r := h.Records[key]
		for _, p := range r.Participations {
			var events []engagement.Event
			if e := h.recorded[p.Recorded.Seq]; e.Seq > 0 {
				events = append(events, e)
			}
			if e, told := h.about[p.ID]; told && (len(events) == 0 || events[0].Seq != e.Seq) {
				events = append(events, e)
			}
			if err := engagement.VerifyParticipation(p, events); err != nil {
				f := of(storage.FindingState, key, p.ID, "")
				f.Seq, f.Problem = problemOf(err)
				h.find(f)
				h.doubt(key, p.ID)
			}
			delete(h.about, p.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(h.about)) {
		e := h.about[id]
		key := engagement.RecordKey{Partner: h.of.Key.Partner, Engagement: e.Engagement, Customer: h.key}
		if !unreadable(h.Records[key], id) {
			h.lose(key, id, "a history tells of a participation that is gone")
		}
	}
}
