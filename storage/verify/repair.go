package verify

import (
	"errors"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// correction is what is to be made anew of what lies in one engagement.
type correction struct {
	shared        engagement.CustomerEngagement // as it is to be
	sharedChanges bool
	entries       []entryOf
	found         []*storage.Finding
}

// entryOf names an entry: that of a participation, or with "" that of the record.
type entryOf struct {
	record engagement.RecordKey
	id     participation
}

func (k *customer) correct(key engagement.CustomerEngagementKey) *correction {
	if k.wrong[key] == nil {
		k.wrong[key] = &correction{}
	}
	return k.wrong[key]
}

// repair makes anew what is wrong, and marks it as mended. What others changed
// meanwhile is an ErrConflict.
func (k *customer) repair() error {
	for _, key := range slices.SortedFunc(maps.Keys(k.wrong), engagement.CustomerEngagementKey.Compare) {
		fix := k.wrong[key]
		err := k.store.Apply(k.ctx, k.changes(fix))
		switch {
		case errors.Is(err, storage.ErrInvalid), errors.Is(err, storage.ErrUnreadable):
			continue // something else is wrong, too, and is reported
		case err != nil:
			return err
		}
		for _, f := range fix.found {
			f.Mended = true
		}
	}
	return k.repairPersons()
}

// changes are those that put right what is wrong.
func (k *customer) changes(fix *correction) storage.Changes {
	out := storage.Changes{At: k.now}
	switch {
	case fix.sharedChanges:
		out.Shared = []engagement.CustomerEngagement{fix.shared}
	default:
		out.Relied = []storage.Relied{{Key: fix.shared.Key, Version: fix.shared.Version}}
	}
	given := map[entryOf]bool{}
	for _, e := range fix.entries {
		r := k.Records[e.record]
		room, own := fix.shared.RoomFor(r.Key.Partner), entryOf{record: e.record}
		if !given[own] {
			given[own] = true
			entry, there := k.entry(own)
			if !there || slices.Contains(fix.entries, own) {
				entry = r.Entry(room, k.now)
			}
			out.Records, out.Entries = append(out.Records, r), append(out.Entries, entry.WithRoom(room, k.now))
		}
		if p, is := r.Participation(e.id); is {
			if _, there := k.entry(e); !there {
				out.Participations = append(out.Participations, p) // with which an entry can come
			}
			out.Entries = append(out.Entries, k.live(r).EntryOf(p, room, k.now))
		}
	}
	return out
}

// entry returns an entry as it is stored.
func (k *customer) entry(of entryOf) (engagement.Entry, bool) {
	i := slices.IndexFunc(k.Entries, func(r storage.ListRow) bool { return r.Entry.Record == of.record && r.Entry.Participation == of.id })
	if i < 0 {
		return engagement.Entry{}, false
	}
	return k.Entries[i].Entry, k.Entries[i].Err == nil
}

// live returns the record without those that ended, as it is when an entry is made.
func (k *customer) live(r engagement.PartnerRecord) engagement.PartnerRecord {
	r.Participations = slices.DeleteFunc(slices.Clone(r.Participations), engagement.Participation.Ended)
	return r
}
