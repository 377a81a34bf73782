package memory

import (
	"cmp"
	"math"
	"strings"
	"unique"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// place is an engagement.Place in less memory, with its entries.
type place struct {
	key        engagement.PlaceKey
	version    int64
	claimLimit int
	elsewhere  *engagement.Elsewhere // nil when zero
	standings  []standing
	due        int64 // microseconds; never when no deadline runs
	entries    []*entry
}

// cell is what most places come to: one standing, shown as one row. In one
// piece of memory it is faster to fetch than in three.
type cell struct {
	entry    entry
	place    place
	standing [1]standing
}

// newPlace returns a new place, with memory for an entry beside it.
func newPlace(key engagement.PlaceKey) (*place, *entry) {
	c := new(cell)
	c.place.key, c.place.due, c.place.standings = key, never, c.standing[:]
	return &c.place, &c.entry
}

// never is the due of a place without a deadline.
const never = math.MaxInt64

// standing is an engagement.Standing in less memory.
type standing struct {
	partner        engagement.PartnerID
	identity       tenant.Identity
	friendlyName   string
	participations []engagement.Participation
	locations      []engagement.LocationID
	reasons        []reason
	evaluatedAt    int64
	evaluation     unique.Handle[evaluation]
	known          bool
}

// evaluation is the part of evaluations in which many are alike.
type evaluation struct {
	ruleSet, version string
	outcome          eligibility.Outcome
}

// reason is an engagement.Reason in less memory.
type reason struct {
	criterion unique.Handle[criterion]
	found     string
	missing   *[]string // nil when there are none
}

// criterion is the part of reasons in which many are alike.
type criterion struct {
	kind              engagement.ReasonKind
	rule, doc, wanted string
}

// set takes over a place, with the next version.
func (p *place) set(v *engagement.Place) {
	p.version, p.claimLimit, p.elsewhere = v.Version+1, v.ClaimLimit, nil
	if v.Elsewhere != (engagement.Elsewhere{}) {
		elsewhere := v.Elsewhere
		p.elsewhere = &elsewhere
	}
	if len(p.standings) != len(v.Standings) {
		p.standings = make([]standing, len(v.Standings))
	}
	for i := range v.Standings {
		p.standings[i].set(&v.Standings[i])
	}
	p.due = never
	if due := v.Due(); !due.IsZero() {
		p.due = micros(due)
	}
}

func (s *standing) set(v *engagement.Standing) {
	e := &v.Evaluation
	*s = standing{
		partner: v.Partner, identity: v.Identity, friendlyName: v.FriendlyName, known: v.Known, participations: v.Participations,
		evaluation: unique.Make(evaluation{e.RuleSet, e.Version, e.Outcome}), evaluatedAt: micros(e.At), locations: e.Locations,
	}
	if len(e.Reasons) > 0 {
		s.reasons = make([]reason, len(e.Reasons))
	}
	for i := range e.Reasons {
		r := &e.Reasons[i]
		s.reasons[i] = reason{criterion: unique.Make(criterion{r.Kind, r.Rule, r.Doc, r.Wanted}), found: r.Found}
		if r.Missing != nil {
			missing := r.Missing
			s.reasons[i].missing = &missing
		}
	}
}

// unpacker makes values of places. It takes their parts from two slices that
// are made once, so that a page of places costs no more allocations than one.
type unpacker struct {
	standings []engagement.Standing
	reasons   []engagement.Reason
}

// newUnpacker returns an unpacker with room for these places.
func newUnpacker(places ...*place) unpacker {
	standings, reasons := 0, 0
	for _, p := range places {
		standings += len(p.standings)
	}
	for _, p := range places {
		for i := range p.standings {
			reasons += len(p.standings[i].reasons)
		}
	}
	return unpacker{make([]engagement.Standing, standings), make([]engagement.Reason, reasons)}
}

func (u *unpacker) place(p *place, v *engagement.Place) {
	v.Key, v.Version, v.ClaimLimit = p.key, p.version, p.claimLimit
	if p.elsewhere != nil {
		v.Elsewhere = *p.elsewhere
	}
	if n := len(p.standings); n > 0 {
		v.Standings, u.standings = u.standings[:n:n], u.standings[n:]
	}
	for i := range p.standings {
		u.standing(&p.standings[i], &v.Standings[i])
	}
}

func (u *unpacker) standing(s *standing, v *engagement.Standing) {
	v.Partner, v.Identity, v.FriendlyName, v.Known, v.Participations = s.partner, s.identity, s.friendlyName, s.known, s.participations
	shared := s.evaluation.Value()
	e := &v.Evaluation
	e.RuleSet, e.Version, e.Outcome = shared.ruleSet, shared.version, shared.outcome
	e.At, e.Locations = at(s.evaluatedAt), s.locations
	if n := len(s.reasons); n > 0 {
		e.Reasons, u.reasons = u.reasons[:n:n], u.reasons[n:]
	}
	for i := range s.reasons {
		r, c := &s.reasons[i], s.reasons[i].criterion.Value()
		e.Reasons[i] = engagement.Reason{Kind: c.kind, Rule: c.rule, Doc: c.doc, Wanted: c.wanted, Found: r.found}
		if r.missing != nil {
			e.Reasons[i].Missing = *r.missing
		}
	}
}

func (p *place) value() engagement.Place {
	var v engagement.Place
	u := newUnpacker(p)
	u.place(p, &v)
	return v
}

func byDue(a, b *place) int {
	if a.due != b.due {
		return cmp.Compare(a.due, b.due)
	}
	return comparePlaceKeys(a.key, b.key)
}

func comparePlaceKeys(a, b engagement.PlaceKey) int {
	if c := strings.Compare(string(a.Engagement), string(b.Engagement)); c != 0 {
		return c
	}
	return strings.Compare(string(a.Customer), string(b.Customer))
}
