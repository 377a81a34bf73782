package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

// Evidence whose content is in another claim of the partner's, too, is found without
// looking through its claims: for each content there is a row of hashes, the first of
// the participation to which it was added first, the second of the next one and so
// on, which the store finds as it finds the tokens of links. They are added and never
// taken away. Whether a participation still has the document is asked of it, so what
// was removed is no repetition, and what is added again is none of itself.

// maxContents is how many participations one content is followed through. A partner
// that adds it to more makes its own adds no slower, and still shows.
const maxContents = 64

// contentHash is the hash of the n-th participation of a partner to which a content
// was added. No token of a link can have it: what it is made of is longer.
func contentHash(partner engagement.PartnerID, content string, n int) link.Hash {
	h := sha256.New()
	for _, text := range []string{"partnerengage: content of a document", string(partner), content} {
		_ = binary.Write(h, binary.BigEndian, int64(len(text)))
		h.Write([]byte(text))
	}
	_ = binary.Write(h, binary.BigEndian, int64(n))
	return link.Hash(h.Sum(nil))
}

// contents returns the participations of a partner to which a content was ever added,
// the first one first, maxContents at most.
func (s *Service) contents(ctx context.Context, partner engagement.PartnerID, content string) ([]engagement.Participation, error) {
	var all []engagement.Participation
	for n := range maxContents {
		hash := contentHash(partner, content, n)
		loaded, err := s.store.Load(ctx, storage.Want{Link: storage.LinkKey{Hash: hash, Slot: storage.SlotOfHash(hash)}})
		if err != nil {
			return nil, unavailable("storage", err)
		}
		if loaded.Participation == nil {
			break
		}
		p, _ := loaded.Records[loaded.At].Participation(loaded.Participation.ID)
		p.ID = loaded.Participation.ID
		all = append(all, p)
	}
	return all, nil
}

// putContent notes that a content is added to a participation. Of two commands that
// note the same content at once, one decides again.
func (u *unit) putContent(ctx context.Context, p engagement.Participation, content string) error {
	all, err := u.s.contents(ctx, p.Partner, content)
	if err != nil {
		return err
	}
	if len(all) == maxContents || slices.ContainsFunc(all, func(o engagement.Participation) bool { return o.ID == p.ID }) {
		return nil
	}
	hash := contentHash(p.Partner, content, len(all))
	u.Changes.Tokens = append(u.Changes.Tokens, storage.Token{Hash: hash, Slot: storage.SlotOfHash(hash), Participation: p.ID, Record: p.Record()})
	return nil
}

// Repetition is a document of the partner's with the same content (SHA-256) as one of
// a claim: an earlier one of the same claim, or one of another claim, whichever of
// the two was added first.
type Repetition struct {
	Evidence      claim.EvidenceID           `json:"evidence"`          // the document of the claim that is looked at
	Participation engagement.ParticipationID `json:"participation"`     // of the other document
	ClaimNumber   string                     `json:"claim_number"`      // of that participation
	Status        engagement.Status          `json:"status"`            // of that participation
	Submitted     bool                       `json:"submitted"`         // that claim was ever submitted
	Document      claim.EvidenceID           `json:"document"`          // the other document
	AddedAt       time.Time                  `json:"added_at,omitzero"` // when the other document was added
	Many          bool                       `json:"many"`              // it was added to so many claims that they are not followed; nothing else but Evidence is set
}

// repetitions returns the documents of the partner's whose content the claim repeats.
func (s *Service) repetitions(ctx context.Context, p engagement.Participation, now time.Time) ([]Repetition, error) {
	if p.Claim == nil {
		return nil, nil
	}
	var out []Repetition
	others := map[string][]engagement.Participation{} // by content
	for i, v := range p.Claim.Evidence {
		all, known := others[v.SHA256]
		if !known {
			var err error
			if all, err = s.contents(ctx, p.Partner, v.SHA256); err != nil {
				return nil, err
			}
			others[v.SHA256] = all
		}
		out = append(out, repeats(v, p, p.Claim.Evidence[:i], now)...)
		for _, o := range all {
			if o.ID != p.ID && o.Claim != nil {
				out = append(out, repeats(v, o, o.Claim.Evidence, now)...)
			}
		}
		if len(all) == maxContents {
			out = append(out, Repetition{Evidence: v.ID, Many: true})
		}
	}
	return out, nil
}

// repeats returns those of a participation's documents whose content v repeats.
func repeats(v claim.Evidence, of engagement.Participation, documents []claim.Evidence, now time.Time) []Repetition {
	var out []Repetition
	for _, d := range documents {
		if d.SHA256 == v.SHA256 {
			out = append(out, Repetition{
				Evidence: v.ID, Participation: of.ID, ClaimNumber: of.ClaimNumber, Status: of.StatusAt(now), Submitted: of.Submitted(),
				Document: d.ID, AddedAt: d.AddedAt,
			})
		}
	}
	return out
}
