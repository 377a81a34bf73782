package memory

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"
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
	more       *placeMore // nil when there is nothing in it
	standings  []standing
	due        int64 // microseconds; never when no deadline runs
	entries    []*entry
}

// placeMore is what few places have.
type placeMore struct {
	elsewhere engagement.Elsewhere
	wake      int64 // microseconds; before the place is due when a reminder is
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

// moment is a time in microseconds, or never.
func moment(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return micros(t)
}

// wake is when the place next has something to record or to send, or never.
func (p *place) wake() int64 {
	if p.more == nil {
		return p.due
	}
	return p.more.wake
}

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
	criterion *criterion
	found     string
}

// criterion is the part of reasons in which many are alike.
type criterion struct {
	key    criterionKey
	reason engagement.Reason // without what was found
	uses   int
}

type criterionKey struct {
	kind                              engagement.ReasonKind
	rule, doc, wanted, missing, takes string
}

// criteria shares what many reasons have in common, for as long as one has it.
type criteria map[criterionKey]*criterion

func (c criteria) take(r *engagement.Reason) reason {
	key := criterionKey{r.Kind, r.Rule, r.Doc, r.Wanted, strings.Join(r.Missing, "\x00"), joined(r.Takes)}
	shared := c[key]
	if shared == nil || !slices.Equal(shared.reason.Missing, r.Missing) || !slices.Equal(shared.reason.Takes, r.Takes) {
		shared = &criterion{key: key, reason: *r}
		shared.reason.Found = ""
		c[key] = shared
	}
	shared.uses++
	return reason{shared, r.Found}
}

// joined is the kinds in one text; most reasons have none.
func joined(kinds []tenant.IDKind) string {
	text := ""
	for _, k := range kinds {
		text += string(k) + "\x00"
	}
	return text
}

func (c criteria) release(reasons []reason) {
	for _, r := range reasons {
		if r.criterion.uses--; r.criterion.uses == 0 && c[r.criterion.key] == r.criterion {
			delete(c, r.criterion.key)
		}
	}
}

// set takes over a place that is due and wakes then, with the next version.
func (p *place) set(v *engagement.Place, due, wake int64, shared criteria) {
	p.version, p.claimLimit, p.due, p.more = v.Version+1, v.ClaimLimit, due, nil
	if v.Elsewhere != (engagement.Elsewhere{}) || wake != due {
		p.more = &placeMore{v.Elsewhere, wake}
	}
	for i := range p.standings {
		shared.release(p.standings[i].reasons)
	}
	if len(p.standings) != len(v.Standings) {
		p.standings = make([]standing, len(v.Standings))
	}
	for i := range v.Standings {
		p.standings[i].set(&v.Standings[i], shared)
	}
}

func (s *standing) set(v *engagement.Standing, shared criteria) {
	e := &v.Evaluation
	*s = standing{
		partner: v.Partner, identity: v.Identity, friendlyName: v.FriendlyName, known: v.Known, participations: v.Participations,
		evaluation: unique.Make(evaluation{e.RuleSet, e.Version, e.Outcome}), evaluatedAt: micros(e.At), locations: e.Locations,
	}
	if len(e.Reasons) > 0 {
		s.reasons = make([]reason, len(e.Reasons))
	}
	for i := range e.Reasons {
		s.reasons[i] = shared.take(&e.Reasons[i])
	}
}

// unpacker makes values of places. It takes their parts from two slices that
// are made once, so that a page of places costs no more allocations than one.
type unpacker struct {
	standings []engagement.Standing
	reasons   []engagement.Reason
}

// newUnpacker returns an unpacker with room for these places.
//
// Where many places are stored, they and what they point to are not in the
// processor's caches. So all of it is read here beforehand, one step from pointer
// to pointer at a time: the processor then waits for many of them at once.
func newUnpacker(places ...*place) unpacker {
	standings, reasons, fetched := 0, 0, 0
	for _, p := range places {
		standings += len(p.standings)
		fetched += p.claimLimit + int(p.due)
	}
	for _, p := range places {
		for i := range p.standings {
			s := &p.standings[i]
			reasons += len(s.reasons)
			fetched += len(s.partner) + len(s.identity.Name) + len(s.friendlyName) + int(s.evaluatedAt)
		}
	}
	for _, p := range places {
		for i := range p.standings {
			for _, r := range p.standings[i].reasons {
				fetched += len(r.found)
			}
		}
	}
	runtime.KeepAlive(fetched) // or the compiler would leave the reading out
	return unpacker{make([]engagement.Standing, standings), make([]engagement.Reason, reasons)}
}

func (u *unpacker) place(p *place, v *engagement.Place) {
	v.Key, v.Version, v.ClaimLimit = p.key, p.version, p.claimLimit
	if p.more != nil {
		v.Elsewhere = p.more.elsewhere
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
		e.Reasons[i] = s.reasons[i].criterion.reason
		e.Reasons[i].Found = s.reasons[i].found
	}
}

func (p *place) value() engagement.Place {
	var v engagement.Place
	u := newUnpacker(p)
	u.place(p, &v)
	return v
}

func byDue(a, b *place) int { return byTime(a, b, a.due, b.due) }

func byWake(a, b *place) int { return byTime(a, b, a.wake(), b.wake()) }

func byTime(a, b *place, atA, atB int64) int {
	if atA != atB {
		return cmp.Compare(atA, atB)
	}
	return comparePlaceKeys(a.key, b.key)
}

func comparePlaceKeys(a, b engagement.PlaceKey) int {
	if c := strings.Compare(string(a.Engagement), string(b.Engagement)); c != 0 {
		return c
	}
	return strings.Compare(string(a.Customer), string(b.Customer))
}
