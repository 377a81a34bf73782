package verify

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// customer is all that is stored of a customer while it is checked.
type customer struct {
	*checking
	storage.Whole
	key    tenant.Key
	now    time.Time
	events int

	found  []*storage.Finding
	named  map[string]bool                                  // rows that have been said to be unreadable
	doubts map[engagement.RecordKey]map[participation]bool  // of which something tells, and which are not there or not what they were
	wrong  map[engagement.CustomerEngagementKey]*correction // what is to be made anew

	nameless []nameless
}

type participation = engagement.ParticipationID

func (k *customer) find(f storage.Finding) *storage.Finding {
	f.Customer = k.key
	k.found = append(k.found, &f)
	return &f
}

func of(kind storage.FindingKind, key engagement.RecordKey, id participation, problem string) storage.Finding {
	return storage.Finding{Kind: kind, Partner: key.Partner, Engagement: key.Engagement, Participation: id, Problem: problem}
}

// check finds what is wrong. What is lost, cannot be read or is not what its history led
// to comes first: what is made of it is left as it is.
func (k *customer) check() error {
	k.named, k.doubts = map[string]bool{}, map[engagement.RecordKey]map[participation]bool{}
	k.wrong = map[engagement.CustomerEngagementKey]*correction{}
	k.checkRows()
	if err := k.checkHistories(); err != nil {
		return err
	}
	together := map[engagement.CustomerEngagementKey][]engagement.PartnerRecord{}
	for _, key := range k.recordKeys() {
		together[key.Shared()] = append(together[key.Shared()], k.Records[key])
	}
	for key := range k.Shared {
		if _, there := together[key]; !there {
			together[key] = nil // whose holders have no records
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(together), engagement.CustomerEngagementKey.Compare) {
		k.checkDerived(key, together[key])
	}
	return nil
}

func (k *customer) recordKeys() []engagement.RecordKey {
	return slices.SortedFunc(maps.Keys(k.Records), engagement.RecordKey.Compare)
}

// checkRows finds what cannot be read, and what is not there although something tells
// of it.
func (k *customer) checkRows() {
	partners := map[engagement.PartnerID]bool{}
	for _, key := range k.recordKeys() {
		r := k.Records[key]
		partners[key.Partner] = true
		for _, u := range r.Unreadable {
			k.unreadable(key, u.Participation, u.Err)
		}
		if r.Version == 0 && !unreadable(r, "") {
			k.find(of(storage.FindingLost, key, "", "the record to which participations belong is gone"))
		}
		if c := k.Shared[key.Shared()]; c.Version == 0 && len(r.Participations) > 0 {
			k.find(of(storage.FindingLost, key, "", "what partners share is gone, and there are participations"))
		}
	}
	for _, row := range k.Entries {
		e := row.Entry
		if row.Err != nil {
			k.unreadable(e.Record, e.Participation, row.Err)
		}
		if e.Participation != "" && !has(k.Records[e.Record], e.Participation) {
			k.lose(e.Record, e.Participation, "a row of lists shows a participation that is gone")
		}
	}
	for key, err := range k.Unreadable {
		partners[key.Partner] = false
		k.unreadable(engagement.RecordKey{Partner: key.Partner, Customer: key.Customer}, "", err)
	}
	for _, partner := range slices.Sorted(maps.Keys(partners)) {
		_, there := k.Customers[engagement.CustomerKey{Partner: partner, Customer: k.key}]
		if partners[partner] && !there {
			k.find(of(storage.FindingLost, engagement.RecordKey{Partner: partner}, "", "the customer is gone, and there are records of it"))
		}
	}
}

// unreadable reports a row that cannot be read, once.
func (k *customer) unreadable(key engagement.RecordKey, id participation, err error) {
	for _, bad := range storage.UnreadableIn(err) {
		if name := bad.Kind + " " + bad.Key; !k.named[name] {
			k.named[name] = true
			k.find(storage.Finding{
				Kind: storage.FindingUnreadable, Partner: key.Partner, Engagement: key.Engagement, Participation: id, Seq: bad.Seq,
				Problem: "the " + bad.Kind + " cannot be read",
			})
		}
	}
}

// lose reports a participation that is gone, once.
func (k *customer) lose(key engagement.RecordKey, id participation, problem string) {
	if k.doubt(key, id) {
		k.find(of(storage.FindingLost, key, id, problem))
	}
}

// doubt notes that a participation is not what it was, and reports whether that is new.
func (k *customer) doubt(key engagement.RecordKey, id participation) bool {
	if k.doubts[key][id] {
		return false
	}
	if k.doubts[key] == nil {
		k.doubts[key] = map[participation]bool{}
	}
	k.doubts[key][id] = true
	return true
}

// has reports whether a participation is stored, even if it cannot be read.
func has(r engagement.PartnerRecord, id participation) bool {
	_, there := r.Participation(id)
	return there || unreadable(r, id)
}

// unreadable reports whether a participation of the record, or the record itself,
// cannot be read.
func unreadable(r engagement.PartnerRecord, id participation) bool {
	return slices.ContainsFunc(r.Unreadable, func(u engagement.Unreadable) bool { return u.Participation == "" || u.Participation == id })
}

// checkHistories checks every history with the customer, and what it led to.
func (k *customer) checkHistories() error {
	keys := slices.Collect(maps.Keys(k.Customers))
	for key := range k.Records {
		if own := key.OfCustomer(); !slices.Contains(keys, own) {
			keys = append(keys, own) // whose row is gone or cannot be read
		}
	}
	slices.SortFunc(keys, func(a, b engagement.CustomerKey) int { return cmp.Compare(a.Partner, b.Partner) })
	for _, key := range keys {
		c, there := k.Customers[key]
		if !there {
			continue // it has no end to be held to
		}
		h := &history{customer: k, of: c, about: map[participation]engagement.Event{}, recorded: map[int64]engagement.Event{}}
		if err := h.check(); err != nil {
			return err
		}
		k.events += h.events
	}
	return nil
}

// problemOf is what a HistoryError says is wrong, without where.
func problemOf(err error) (seq int64, problem string) {
	broken := (*engagement.HistoryError)(nil)
	if errors.As(err, &broken) {
		return broken.Seq, broken.Problem
	}
	return 0, err.Error()
}
