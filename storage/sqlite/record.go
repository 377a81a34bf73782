package sqlite

import (
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// ownRow is what the entry of a record has of the record.
type ownRow struct {
	partner, engagement, customer string
	version                       int64
	shown, body                   []byte
}

func (r *ownRow) fields() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.version, &r.shown, &r.body}
}

func (r *ownRow) versionFields() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.version}
}

const selectOwn = `SELECT t.engagement, t.customer, t.partner, t.version, t.shown, t.record
	FROM json_each(?) k CROSS JOIN pe_entry t INDEXED BY pe_entry_key
	ON t.customer = k.value ->> 0 AND t.engagement = k.value ->> 1 AND t.partner = k.value ->> 2 AND t.row = k.value ->> 0`

func recordParts(k engagement.RecordKey) []string {
	return []string{string(k.Customer), string(k.Engagement), string(k.Partner)}
}

// args are version and record of an entry.
func (r *ownRow) args() []any {
	if r == nil {
		return []any{nil, nil}
	}
	return []any{r.version, blob(r.body)}
}

func (r ownRow) key() engagement.RecordKey {
	return engagement.RecordKey{Partner: engagement.PartnerID(r.partner), Engagement: engagement.ID(r.engagement), Customer: tenant.Key(r.customer)}
}

// bodyOf returns what of a record its entry does not show: mostly nothing, else when
// mailboxes were asked, and the whole record, with its key, where the entry says
// something else.
func bodyOf(r engagement.PartnerRecord, e engagement.Entry) ([]byte, error) {
	s, more := e.Shown, engagement.PartnerRecord{Asked: r.Asked}
	if s.Identity != r.Identity || s.FriendlyName != r.FriendlyName || s.Known != r.Known || !s.Evaluation.EquivalentTo(r.Evaluation) || !s.Evaluation.At.Equal(r.Evaluation.At) {
		more = r
	}
	if len(more.Asked) == 0 && more.Key.Partner == "" {
		return nil, nil
	}
	return encode(more)
}

// value returns the record without its participations.
func (r ownRow) value() engagement.PartnerRecord {
	out := engagement.PartnerRecord{Key: r.key(), Version: r.version}
	var more engagement.PartnerRecord
	s, err := decodeShown(engagement.Entry{Record: out.Key}, r.shown)
	if err == nil && len(r.body) > 0 {
		more, err = decode[engagement.PartnerRecord](r.body)
	}
	if err == nil && more.Key.Partner != "" && more.Key != out.Key {
		err = errOthers
	}
	switch {
	case err != nil:
		out.Unreadable = append(out.Unreadable, unreadableRecord(out.Key, "record", err))
	case more.Key.Partner != "":
		more.Version = r.version
		return more
	default:
		out.Identity, out.FriendlyName, out.Known, out.Evaluation, out.Asked = s.Identity, s.FriendlyName, s.Known, s.Evaluation, more.Asked
	}
	return out
}

// unreadableRecord says that nothing can be read of a record.
func unreadableRecord(key engagement.RecordKey, kind string, err error) engagement.Unreadable {
	named := strings.Join([]string{string(key.Engagement), string(key.Customer), string(key.Partner)}, " ")
	return engagement.Unreadable{Open: true, Err: &storage.UnreadableError{Kind: kind, Key: named, Err: err}}
}

// records brings records with what is shared there, ended participations too where
// they are wanted, and the wanted one in any case.
func (s *session) records(out *storage.Loaded, keys []engagement.RecordKey, shared []engagement.CustomerEngagementKey, ended bool, wanted *participationRow) error {
	for _, key := range keys {
		out.Records[key] = engagement.PartnerRecord{Key: key}
		shared = append(shared, key.Shared())
	}
	if len(keys) > 0 {
		list := keyList(keys, recordParts)
		own, err := collect(s, (*ownRow).fields, selectOwn, list)
		if err != nil {
			return err
		}
		for _, r := range own {
			out.Records[r.key()] = r.value()
		}
		if err := s.participations(out, list, ended && len(own) > 0, wanted); err != nil {
			return err
		}
	}
	stored, err := s.shared(shared)
	if err != nil {
		return err
	}
	for _, key := range shared {
		out.Shared[key] = engagement.CustomerEngagement{Key: key}
	}
	for key, row := range stored {
		value, err := row.value()
		out.Shared[key] = value
		if err == nil {
			continue
		}
		for of, r := range out.Records {
			if of.Shared() == key {
				r.Unreadable = append(r.Unreadable, engagement.Unreadable{Open: true, Err: err})
				out.Records[of] = r
			}
		}
	}
	return nil
}

func (s *session) participations(out *storage.Loaded, list string, ended bool, wanted *participationRow) error {
	found, err := collect(s, (*participationRow).fields, selectLive, list)
	if err != nil {
		return err
	}
	if ended {
		more, err := collect(s, (*participationRow).fields, selectEnded, list)
		if err != nil {
			return err
		}
		found = append(found, more...)
	}
	if wanted != nil {
		found = append(found, *wanted)
	}
	for _, p := range found {
		r := out.Records[p.record()]
		p.addTo(&r)
		out.Records[p.record()] = r
	}
	for key, r := range out.Records {
		slices.SortFunc(r.Participations, oldestFirst)
		out.Records[key] = r
	}
	return nil
}
