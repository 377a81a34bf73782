package former

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Place is a customer in an engagement, over all partners, as it was kept.
type Place struct {
	Key        engagement.CustomerEngagementKey
	Version    int64
	ClaimLimit int
	External   engagement.ExternalHoldings
	Standings  []Standing // in any order
}

// Standing is what a partner had there.
type Standing struct {
	Partner        engagement.PartnerID
	Body           []byte          // without its participations
	Participations []Participation // in any order
	Entries        []Entry         // those of its rows; looked at only for what cannot be read
}

// Participation is a participation with what stood in columns beside it.
type Participation struct {
	ID      engagement.ParticipationID
	Status  engagement.Status // as it was recorded, like the two that follow
	Open    bool
	Holding bool
	Body    []byte
}

// Entry is what a row was sorted and found by.
type Entry struct {
	Row       engagement.RowID
	Tab       engagement.Tab
	Type      engagement.RowType
	Status    engagement.Status
	Name      string
	Search    string
	Since     time.Time
	Deadline  time.Time // zero: none
	Amount    string
	Locations []engagement.LocationID
}

// Now is what a place becomes.
type Now struct {
	Shared  engagement.CustomerEngagement // Version 0: nobody takes part
	Records []Record                      // by partner
}

// Record is what a standing becomes.
type Record struct {
	engagement.PartnerRecord // its Participations are those that have not ended; its Unreadable names what stays as it is

	Ended   []engagement.Participation
	Entries []engagement.Entry // of the record, then of each participation, unreadable ones last

	// Kept are the bodies of what cannot be read, by row: they are to be stored in place
	// of what the entry shows and of the participation.
	Kept map[engagement.RowID][]byte
}

// Now returns what a place becomes: what partners share of it, and the record of each.
// Entries are as recorded, whatever the time, so that what is due is overdue.
func (p Place) Now() Now {
	out := Now{Shared: engagement.CustomerEngagement{Key: p.Key, ClaimLimit: p.ClaimLimit, External: p.External}}
	for _, s := range p.Standings {
		r := s.record(p.Key)
		for _, q := range slices.Concat(r.Participations, r.Ended) {
			out.Shared, _ = out.Shared.Following(q)
		}
		out.Records = append(out.Records, r)
		for _, q := range s.Participations {
			out.Shared.Version = p.Version
			if _, lost := r.Kept[engagement.RowID(q.ID)]; lost && q.Holding {
				out.Shared.Holders = append(slices.Clip(out.Shared.Holders), engagement.Holder{
					Partner: s.Partner, Participation: q.ID, Delivered: q.Status == engagement.StatusApproved || q.Status == engagement.StatusPaid,
				})
			}
		}
	}
	if p.External.Consented+p.External.Participated > 0 {
		out.Shared.Version = p.Version
	}
	slices.SortFunc(out.Shared.Holders, func(a, b engagement.Holder) int {
		return engagement.RecordKey{Partner: a.Partner, Customer: tenant.Key(a.Participation)}.Compare(engagement.RecordKey{Partner: b.Partner, Customer: tenant.Key(b.Participation)})
	})
	slices.SortFunc(out.Records, func(a, b Record) int { return a.Key.Compare(b.Key) })
	for i := range out.Records {
		r := &out.Records[i]
		r.Entries = r.entries(out.Shared.RoomFor(r.Key.Partner), p.Standings)
	}
	return out
}

// recorded is before every deadline: what something is then is what is recorded of it.
var recorded time.Time

func (s Standing) record(at engagement.CustomerEngagementKey) Record {
	r := Record{PartnerRecord: engagement.PartnerRecord{
		Key: engagement.RecordKey{Partner: s.Partner, Engagement: at.Engagement, Customer: at.Customer}, Version: 1,
	}, Kept: map[engagement.RowID][]byte{}}
	var read standing
	err := json.Unmarshal(s.Body, &read)
	if err == nil && read.Partner != s.Partner {
		err = errors.New("it says that it is another one")
	}
	if err == nil {
		r.Identity, r.FriendlyName, r.Known, r.Evaluation = read.Identity, read.FriendlyName, read.Known, read.Evaluation.value()
	} else {
		r.Kept[engagement.RowID(at.Customer)] = s.Body
		r.Unreadable = append(r.Unreadable, engagement.Unreadable{Open: true, Err: unreadable("record", fmt.Sprintf("%s %s %s", at.Engagement, at.Customer, s.Partner), err)})
	}
	for _, row := range s.Participations {
		p, err := ParticipationOf(row.Body)
		if err == nil && (p.ID != row.ID || p.Record() != r.Key) {
			err = errors.New("it says that it is another one")
		}
		switch {
		case err != nil:
			r.Kept[engagement.RowID(row.ID)] = row.Body
			r.Unreadable = append(r.Unreadable, engagement.Unreadable{Participation: row.ID, Open: row.Open, Err: unreadable("participation", string(row.ID), err)})
		case p.Ended():
			r.Ended = append(r.Ended, p)
		default:
			r.Participations = append(r.Participations, p)
		}
	}
	oldestFirst := func(a, b engagement.Participation) int { return a.StartedAt.Compare(b.StartedAt) }
	slices.SortStableFunc(r.Participations, oldestFirst)
	slices.SortStableFunc(r.Ended, oldestFirst)
	for _, p := range r.Ended {
		r.PartnerRecord = r.Ending(p, recorded)
	}
	return r
}

// entries returns those of the record. Those of what cannot be read are what they were.
func (r Record) entries(room engagement.Room, standings []Standing) []engagement.Entry {
	out := r.PartnerRecord.Entries(room, recorded)
	for _, p := range r.Ended {
		out = append(out, r.EntryOf(p, room, recorded))
	}
	for _, s := range standings {
		if s.Partner != r.Key.Partner {
			continue
		}
		if _, lost := r.Kept[out[0].Row]; lost {
			out[0] = former(out[0], s.Entries)
		}
		for _, p := range s.Participations {
			if _, lost := r.Kept[engagement.RowID(p.ID)]; lost {
				out = append(out, former(engagement.Entry{Record: r.Key, Row: engagement.RowID(p.ID), Participation: p.ID, Status: p.Status, Tab: engagement.TabOff, Type: engagement.RowComplete}, s.Entries))
			}
		}
	}
	return out
}

// former returns an entry as it was, if it was there.
func former(e engagement.Entry, entries []Entry) engagement.Entry {
	if i := slices.IndexFunc(entries, func(o Entry) bool { return o.Row == e.Row }); i >= 0 {
		o := entries[i]
		e.Tab, e.Type, e.Status, e.Name, e.Search, e.Since, e.Deadline, e.Amount, e.Locations = o.Tab, o.Type, o.Status, o.Name, o.Search, o.Since, o.Deadline, o.Amount, o.Locations
	}
	e.Base, e.MindsRoom, e.Until, e.Due, e.Rank = e.Tab, false, time.Time{}, time.Time{}, engagement.StatusRank(e.Type, e.Status)
	return e
}

func unreadable(kind, key string, err error) error {
	return &storage.UnreadableError{Kind: kind, Key: key, Err: err}
}

// standing is how a standing was written.
type standing struct {
	Partner      engagement.PartnerID `json:"partner"`
	Identity     tenant.Identity      `json:"identity"`
	FriendlyName string               `json:"friendly_name"`
	Known        bool                 `json:"known"`
	Evaluation   evaluation           `json:"evaluation"`
}

type evaluation struct {
	RuleSet   string                  `json:"rule_set"`
	Version   string                  `json:"version"`
	At        time.Time               `json:"at"`
	Outcome   eligibility.Outcome     `json:"outcome"`
	Reasons   []engagement.Reason     `json:"reasons"`
	Locations []engagement.LocationID `json:"locations"`
}

func (e evaluation) value() engagement.Evaluation { return engagement.Evaluation(e) }
