package engagement

import "errors"

// Unreadable is something in a place that storage could not read: a bug, a disk or a
// newer version has written it in a way that this one does not read. It stays stored as it
// is, and takes as much of the claim limit as was recorded; the rest of the place
// goes on without it.
type Unreadable struct {
	Partner       PartnerID
	Participation ParticipationID // "": all that the partner has in the place
	Open          bool            // recorded as open, or one of them is
	Holding       bool            // recorded as counting against the claim limit
	Err           error           // names the row
	Kept          any             // storage's own: what it has to leave as it is
}

// ErrUnreadable returns why nothing can be said or done about what a partner has in
// the place, or nil: about one of its participations, or with "" about any.
func (pl Place) ErrUnreadable(partner PartnerID, id ParticipationID) error {
	var errs []error
	for _, u := range pl.Unreadable {
		if u.Partner == partner && (id == "" || u.Participation == "" || u.Participation == id) {
			errs = append(errs, u.Err)
		}
	}
	return errors.Join(errs...)
}
