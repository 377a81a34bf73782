package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
)

// Row is a line of a list with all that a person reads of it, in the language of the
// actor who asks: neither a page nor a program that shows its JSON needs anything else.
type Row struct {
	engagement.Row
	Name           string   `json:"name"`            // by which people know the customer: the friendly name, else the directory's, else domain or ID
	EngagementName string   `json:"engagement_name"` // of now
	LocationNames  []string `json:"location_names"`  // in the order of Locations; the ID of one that the partner no longer has
	Words          RowWords `json:"words"`
}

// RowWords are a row's values in words.
type RowWords struct {
	Language  link.Language `json:"language"` // of the words
	Tab       string        `json:"tab"`
	Type      string        `json:"type"`
	Status    string        `json:"status,omitempty"` // of the participation; "" for a customer who is only known
	Todo      string        `json:"todo"`             // what is to do and how long there is for it, as the status column shows it
	Origin    string        `json:"origin,omitempty"`
	Reasons   []string      `json:"reasons"`   // in the order of Reasons
	Actions   []string      `json:"actions"`   // in the order of Actions, as they stand on buttons
	Unreached []string      `json:"unreached"` // in the order of Unreached
}

// teller puts rows into words, for one actor.
type teller struct {
	s        *Service
	words    words.Words
	partners map[engagement.PartnerID]engagement.Partner
}

func (s *Service) teller(actor Actor) *teller {
	return &teller{s: s, words: s.wordsFor(actor), partners: map[engagement.PartnerID]engagement.Partner{}}
}

// wordsFor are the words that an actor reads.
func (s *Service) wordsFor(actor Actor) words.Words {
	return s.words.For(actor.Language).Of(words.GroupRows)
}

// partner returns a partner, or one with its ID alone that the catalog does not have.
func (t *teller) partner(ctx context.Context, id engagement.PartnerID) (engagement.Partner, error) {
	if p, ok := t.partners[id]; ok {
		return p, nil
	}
	p, err := t.s.partner(ctx, id)
	if is[*NotFoundError](err) {
		p, err = engagement.Partner{ID: id, Name: string(id)}, nil
	}
	if err == nil {
		t.partners[id] = p
	}
	return p, err
}

// row adds to a row of a partner's what people read of it. A nil teller adds nothing.
func (t *teller) row(ctx context.Context, r *Row, partner engagement.PartnerID, e engagement.Engagement) error {
	if t == nil {
		return nil
	}
	p, err := t.partner(ctx, partner)
	if err != nil {
		return err
	}
	w := e.In(t.words)
	if e.Name != "" {
		r.EngagementName = w.Own(e.Name)
	}
	r.Name, r.LocationNames = r.Row.Name(), locationNames(p, r.Locations)
	r.Words = RowWords{
		Language: w.Language(), Tab: r.Tab.In(w), Type: r.Type.In(w), Todo: r.Todo(w), Reasons: []string{}, Actions: []string{}, Unreached: []string{},
	}
	if r.Status != "" {
		r.Words.Status = r.Status.In(w)
	}
	if r.Origin != "" {
		r.Words.Origin = r.Origin.In(w)
	}
	for _, reason := range r.Reasons {
		r.Words.Reasons = append(r.Words.Reasons, reason.In(w))
	}
	for _, a := range r.Actions {
		r.Words.Actions = append(r.Words.Actions, a.In(w))
	}
	for _, u := range r.Unreached {
		r.Words.Unreached = append(r.Words.Unreached, u.In(w))
	}
	return nil
}

// claim is row for a row of the claims list.
func (t *teller) claim(ctx context.Context, r *ClaimRow, e engagement.Engagement) error {
	if t == nil {
		return nil
	}
	p, err := t.partner(ctx, r.Partner)
	if err != nil {
		return err
	}
	r.PartnerName = p.Name
	return t.row(ctx, &r.Row, r.Partner, e)
}

// locationNames are the names of a partner's locations, or the ID of one without.
func locationNames(p engagement.Partner, ids []engagement.LocationID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
		if l, ok := p.Location(id); ok && l.Name != "" {
			names[i] = l.Name
		}
	}
	return names
}
