package rows

import (
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// kept are the rows of what could not be read. Whoever changes the place hands them
// back, so that they stay as they are.
type kept struct {
	standing       *Standing // nil when it could be read
	participations []Participation
	entries        []Entry
	whole          bool // whether its entries were read, too
}

// unreadable marks a participation, or a standing with all of its participations.
func unreadable(kind, key string, err error, standing *Standing, participations ...Participation) engagement.Unreadable {
	u := engagement.Unreadable{Err: &storage.UnreadableError{Kind: kind, Key: key, Err: err}, Kept: &kept{standing: standing, participations: participations}}
	if standing != nil {
		u.Partner = engagement.PartnerID(standing.Partner)
	} else {
		u.Partner, u.Participation = engagement.PartnerID(participations[0].Partner), engagement.ParticipationID(participations[0].ID)
	}
	for _, p := range participations {
		u.Open, u.Holding = u.Open || p.Open, u.Holding || p.Holding
	}
	return u
}

// KeepEntries notes which entries belong to what could not be read in a place.
// Without them the place cannot be changed.
func KeepEntries(pl engagement.Place, entries []Entry) {
	for _, u := range pl.Unreadable {
		k := u.Kept.(*kept)
		k.whole, k.entries = true, nil
		for _, e := range entries {
			if e.Place() == pl.Key && e.Partner == string(u.Partner) && (u.Participation == "" || e.Row == string(u.Participation)) {
				k.entries = append(k.entries, e)
			}
		}
	}
}

// keep adds the rows of what could not be read, as they are stored.
func (r *PlaceRows) keep(pl engagement.Place) error {
	for _, u := range pl.Unreadable {
		k, ok := u.Kept.(*kept)
		if !ok || !k.whole {
			return u.Err
		}
		if k.standing != nil {
			r.Standings = append(r.Standings, *k.standing)
		}
		r.Participations = append(r.Participations, k.participations...)
		r.Entries = append(r.Entries, k.entries...)
	}
	return nil
}
