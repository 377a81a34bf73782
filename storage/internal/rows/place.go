package rows

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Place is the row of a place.
type Place struct {
	Engagement   string
	Customer     string
	Version      int64 // as it is stored
	ClaimLimit   int64 // below 1 it counts as 1
	Consented    int64 // elsewhere
	Participated int64 // elsewhere
	AsOf         int64 // of what is elsewhere
	Wake         int64 // or Never
	Due          int64 // or Never
}

// PlaceColumns returns the columns of a Place. The first two are its key.
func PlaceColumns() []string {
	return []string{"engagement", "customer", "version", "claim_limit", "consented", "participated", "as_of", "wake", "due"}
}

// Fields points to the fields in the order of the columns.
func (r *Place) Fields() []any {
	return []any{&r.Engagement, &r.Customer, &r.Version, &r.ClaimLimit, &r.Consented, &r.Participated, &r.AsOf, &r.Wake, &r.Due}
}

// Key returns the key of the place.
func (r Place) Key() engagement.PlaceKey {
	return engagement.PlaceKey{Engagement: engagement.ID(r.Engagement), Customer: tenant.Key(r.Customer)}
}

// Standing is the row of what one partner has in a place.
type Standing struct {
	Engagement string
	Customer   string
	Partner    string
	Known      bool
	Body       string // the standing without its participations
}

// StandingColumns returns the columns of a Standing. The first three are its key.
func StandingColumns() []string {
	return []string{"engagement", "customer", "partner", "known", "body"}
}

// Fields points to the fields in the order of the columns.
func (r *Standing) Fields() []any {
	return []any{&r.Engagement, &r.Customer, &r.Partner, &r.Known, &r.Body}
}

// SameKey reports whether the rows have the same key.
func (r Standing) SameKey(o Standing) bool {
	return r.Partner == o.Partner && r.Customer == o.Customer && r.Engagement == o.Engagement
}

// Same reports whether the rows say the same.
func (r Standing) Same(o Standing) bool { return r == o }

// Participation is the row of a participation.
type Participation struct {
	Engagement string
	Customer   string
	Partner    string
	ID         string
	Ordinal    int64  // its place among those of the standing
	Status     string // as it is recorded, whatever the time
	Open       bool   // as it is recorded: at most one per partner in a place
	Holding    bool   // as it is recorded: at most the claim limit of them in a place
	Body       string // the whole participation
}

// ParticipationColumns returns the columns of a Participation. The first four
// are its key; partner and ID alone tell it apart, too.
func ParticipationColumns() []string {
	return []string{"engagement", "customer", "partner", "id", "ordinal", "status", "open", "holding", "body"}
}

// Fields points to the fields in the order of the columns.
func (r *Participation) Fields() []any {
	return []any{&r.Engagement, &r.Customer, &r.Partner, &r.ID, &r.Ordinal, &r.Status, &r.Open, &r.Holding, &r.Body}
}

// SameKey reports whether the rows have the same key.
func (r Participation) SameKey(o Participation) bool {
	return r.ID == o.ID && r.Partner == o.Partner && r.Customer == o.Customer && r.Engagement == o.Engagement
}

// Same reports whether the rows say the same.
func (r Participation) Same(o Participation) bool { return r == o }

// unclocked is before every deadline: what a participation is then is what is
// recorded of it.
var unclocked time.Time

func newPlace(pl engagement.Place) (Place, []Standing, []Participation, error) {
	row := Place{
		Engagement: string(pl.Key.Engagement), Customer: string(pl.Key.Customer), Version: pl.Version + 1, ClaimLimit: int64(pl.ClaimLimit),
		Consented: int64(pl.Elsewhere.Consented), Participated: int64(pl.Elsewhere.Participated), AsOf: Micros(pl.Elsewhere.AsOf),
		Wake: orNever(pl.Wake()), Due: orNever(pl.Due()),
	}
	standings := make([]Standing, len(pl.Standings))
	var participations []Participation
	for i, s := range pl.Standings {
		parts := s.Participations
		s.Participations = nil
		body, err := json.Marshal(s)
		if err != nil {
			return row, nil, nil, fmt.Errorf("%w: a standing cannot be written as JSON: %w", storage.ErrInvalid, err)
		}
		standings[i] = Standing{row.Engagement, row.Customer, string(s.Partner), s.Known, string(body)}
		for j, p := range parts {
			short, err := withForms(p, named)
			if err != nil {
				return row, nil, nil, err
			}
			body, err := json.Marshal(short)
			if err != nil {
				return row, nil, nil, fmt.Errorf("%w: participation %q cannot be written as JSON: %w", storage.ErrInvalid, p.ID, err)
			}
			participations = append(participations, Participation{
				Engagement: row.Engagement, Customer: row.Customer, Partner: string(s.Partner), ID: string(p.ID), Ordinal: int64(j),
				Status: string(p.StatusAt(unclocked)), Open: p.OpenAt(unclocked), Holding: p.HoldsAt(unclocked), Body: string(body),
			})
		}
	}
	return row, standings, participations, nil
}

// Assemble makes a place of its rows: its standings in order of partner, its
// participations in order of partner and ordinal. What cannot be read is marked in
// the place, and the rest is as if it were not there.
func Assemble(row Place, standings []Standing, participations []Participation) (engagement.Place, error) {
	pl := engagement.Place{
		Key: row.Key(), Version: row.Version, ClaimLimit: int(row.ClaimLimit),
		Elsewhere: engagement.Elsewhere{Consented: int(row.Consented), Participated: int(row.Participated), AsOf: Time(row.AsOf)},
	}
	if len(standings) > 0 {
		pl.Standings = make([]engagement.Standing, 0, len(standings))
	}
	for _, r := range standings {
		r.Engagement, r.Customer = row.Engagement, row.Customer // where a join has left them out
		n := 0
		for n < len(participations) && participations[n].Partner == r.Partner {
			n++
		}
		own := participations[:n]
		participations = participations[n:]
		var s engagement.Standing
		if err := json.Unmarshal([]byte(r.Body), &s); err != nil || string(s.Partner) != r.Partner {
			pl.Unreadable = append(pl.Unreadable, unreadable("standing", strings.Join([]string{r.Engagement, r.Customer, r.Partner}, " "), orOthers(err), &r, own...))
			continue
		}
		if n > 0 {
			s.Participations = make([]engagement.Participation, 0, n)
		}
		for _, r := range own {
			var p engagement.Participation
			err := json.Unmarshal([]byte(r.Body), &p)
			if err == nil {
				p, err = withForms(p, whole)
			}
			if err != nil || string(p.ID) != r.ID || string(p.Partner) != r.Partner || string(p.Engagement) != row.Engagement || string(p.Customer) != row.Customer {
				pl.Unreadable = append(pl.Unreadable, unreadable("participation", r.ID, orOthers(err), nil, r))
				continue
			}
			s.Participations = append(s.Participations, p)
		}
		pl.Standings = append(pl.Standings, s)
	}
	if len(participations) > 0 {
		return pl, fmt.Errorf("the stored participation %q belongs to no standing, or stands out of order", participations[0].ID)
	}
	return pl, nil
}

// orOthers says what is wrong with a body that can be read and is another row's.
func orOthers(err error) error {
	if err == nil {
		return errors.New("it says that it is another one")
	}
	return err
}
