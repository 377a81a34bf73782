package postgres_test

import (
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// somebody is the key of a record.
func somebody(customer tenant.Key) engagement.RecordKey {
	return engagement.RecordKey{Partner: "northwind", Engagement: "azure-migration", Customer: customer}
}

// writing are the changes that write records with all of their participations, and what
// is shared where that follows from them.
func writing(now time.Time, shared engagement.CustomerEngagement, records ...engagement.PartnerRecord) storage.Changes {
	c := storage.Changes{At: now, Records: records}
	moved := false
	for _, r := range records {
		for _, p := range r.Participations {
			next, changed := shared.Following(p)
			shared, moved = next, moved || changed || shared.Version == 0
			c.Participations = append(c.Participations, p)
		}
	}
	if moved {
		c.Shared = []engagement.CustomerEngagement{shared}
	} else {
		c.Relied = []storage.Relied{{Key: shared.Key, Version: shared.Version}}
	}
	for _, r := range records {
		c.Entries = append(c.Entries, r.Entries(shared.RoomFor(r.Key.Partner), now)...)
	}
	return c
}

// plainly are the changes that write records of which there is nothing to say, at such a
// version, each where nobody takes part.
func plainly(version int64, customers ...tenant.Key) storage.Changes {
	c := storage.Changes{At: time.Unix(7, 0)}
	for _, customer := range customers {
		key := somebody(customer)
		one := writing(c.At, engagement.CustomerEngagement{Key: key.Shared()}, engagement.PartnerRecord{Key: key, Version: version})
		c.Records, c.Entries, c.Relied = append(c.Records, one.Records...), append(c.Entries, one.Entries...), append(c.Relied, one.Relied...)
	}
	return c
}

// begun is a participation that waits for consent, or has that status.
func begun(key engagement.RecordKey, id engagement.ParticipationID, now time.Time, status consent.Status) engagement.Participation {
	p := engagement.Participation{
		ID: id, Partner: key.Partner, Engagement: key.Engagement, Customer: key.Customer, Identity: tenant.Identity{TPID: 7, Name: "Contoso"},
		Location: "4711201", Origin: engagement.OriginAdded, ClaimNumber: string(id), StartedAt: now, Terms: engagement.Terms{Windows: engagement.DefaultWindows(engagement.TypeAssessment)}, Consent: consent.Start(now.AddDate(0, 0, 30)),
	}
	if status != "" {
		p.Consent.Status = status
	}
	if status == consent.StatusGranted {
		var err error
		if p, err = engagement.OpenClaim(p, engagement.Engagement{}, now); err != nil {
			panic(err)
		}
	}
	return p
}
