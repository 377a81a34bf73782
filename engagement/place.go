package engagement

import (
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/tenant"
)

// PlaceKey names what partners share: one customer in one engagement.
type PlaceKey struct {
	Engagement ID         `json:"engagement"`
	Customer   tenant.Key `json:"customer"`
}

// Place is one customer in one engagement, over all partners: the unit in which
// state is read and written, because the claim limit holds over partners. It
// never leaves the library whole; a partner sees what Rows gives it. It is a
// value: nobody writes through a Place that was handed out.
type Place struct {
	Key        PlaceKey   `json:"key"`
	Version    int64      `json:"version"`     // storage's; 0 is a place that nobody has anything in
	ClaimLimit int        `json:"claim_limit"` // the engagement's
	Elsewhere  Elsewhere  `json:"elsewhere,omitzero"`
	Standings  []Standing `json:"standings,omitzero"` // one per partner, by partner

	Unreadable []Unreadable `json:"-"` // what else is stored in it
}

// LogValue keeps what partners have, and persons, out of logs.
func (pl Place) LogValue() slog.Value {
	return slog.GroupValue(slog.String("engagement", string(pl.Key.Engagement)), slog.String("customer", string(pl.Key.Customer)),
		slog.Int64("version", pl.Version))
}

// Elsewhere is what the program says of participations that other portals keep.
// They count like the library's own.
type Elsewhere struct {
	Consented    int       `json:"consented,omitzero"`    // granted and under way
	Participated int       `json:"participated,omitzero"` // delivered
	AsOf         time.Time `json:"as_of,omitzero"`
}

// Standing is what one partner has in a place.
type Standing struct {
	Partner        PartnerID       `json:"partner"`
	Identity       tenant.Identity `json:"identity"`
	FriendlyName   string          `json:"friendly_name,omitzero"`
	Known          bool            `json:"known,omitzero"` // the customer has granted this partner consent, in whatever engagement
	Evaluation     Evaluation      `json:"evaluation,omitzero"`
	Participations []Participation `json:"participations,omitzero"` // the oldest first
}

// LogValue keeps persons out of logs.
func (s Standing) LogValue() slog.Value {
	return slog.GroupValue(slog.String("partner", string(s.Partner)), slog.Bool("known", s.Known), slog.Int("participations", len(s.Participations)))
}

// Evaluation is what the engagement's rules said of a customer when last asked.
type Evaluation struct {
	RuleSet   string              `json:"rule_set,omitzero"`
	Version   string              `json:"version,omitzero"`
	At        time.Time           `json:"at,omitzero"`
	Outcome   eligibility.Outcome `json:"outcome,omitzero"`
	Reasons   []Reason            `json:"reasons,omitzero"`   // all of them, in declared order
	Locations []LocationID        `json:"locations,omitzero"` // through which the customer is eligible
}

// Eligible reports whether the customer could be claimed, as far as this goes: it
// meets the criteria, and nothing else stands against it. What is unknown never is
// eligible.
func (e Evaluation) Eligible() bool {
	return e.Outcome == eligibility.OutcomeEligible && len(e.Reasons) == 0
}

// Besides returns the evaluation with what stands against the customer besides the
// engagement's criteria for customers: that the engagement takes none of its IDs,
// and that the partner has no location through which it could be claimed.
func (e Evaluation) Besides(offer Engagement, who tenant.Identity) Evaluation {
	e.Reasons = slices.Clip(e.Reasons)
	if e.Outcome == eligibility.OutcomeEligible && len(e.Locations) == 0 {
		e.Reasons = append(e.Reasons, Reason{
			Kind: CriteriaNotMet, Rule: "eligible_locations", Doc: "One of the partner's locations is eligible for the engagement.",
			Wanted: "at least 1", Found: "0",
		})
	}
	if reason, not := offer.NotTaken(who); not {
		e.Reasons = append(e.Reasons, reason)
	}
	return e
}

// Standing returns what a partner has in the place.
func (pl Place) Standing(partner PartnerID) (Standing, bool) {
	if i, ok := pl.find(partner); ok {
		return pl.Standings[i], true
	}
	return Standing{Partner: partner}, false
}

func (pl Place) find(partner PartnerID) (int, bool) {
	return slices.BinarySearchFunc(pl.Standings, partner, func(s Standing, p PartnerID) int {
		return compareText(s.Partner, p)
	})
}

// WithStanding returns the place with that standing put in.
func (pl Place) WithStanding(s Standing) Place {
	i, ok := pl.find(s.Partner)
	pl.Standings = slices.Clone(pl.Standings)
	if ok {
		pl.Standings[i] = s
	} else {
		pl.Standings = slices.Insert(pl.Standings, i, s)
	}
	return pl
}

// Participation returns a partner's participation in the place.
func (pl Place) Participation(partner PartnerID, id ParticipationID) (Participation, bool) {
	s, _ := pl.Standing(partner)
	return s.participation(id)
}

func (s Standing) participation(id ParticipationID) (Participation, bool) {
	i := slices.IndexFunc(s.Participations, func(p Participation) bool { return p.ID == id })
	if i < 0 {
		return Participation{}, false
	}
	return s.Participations[i], true
}

// WithParticipation returns the place with that participation put in, in the
// standing of its partner.
func (pl Place) WithParticipation(p Participation) Place {
	s, _ := pl.Standing(p.Partner)
	s.Participations = slices.Clone(s.Participations)
	if i := slices.IndexFunc(s.Participations, func(q Participation) bool { return q.ID == p.ID }); i >= 0 {
		s.Participations[i] = p
	} else {
		s.Participations = append(s.Participations, p)
	}
	return pl.WithStanding(s)
}

// Asked returns when the mailbox was asked for consent in any participation of the
// standing.
func (s Standing) Asked(mailbox tenant.Email) []consent.Earlier {
	var asked []consent.Earlier
	for _, p := range s.Participations {
		for _, l := range p.Consent.Links {
			if l.Contact.Is(mailbox) {
				asked = append(asked, consent.Earlier{At: l.IssuedAt, Here: true})
			}
		}
	}
	return asked
}

// OpenAt returns the one open participation of the standing.
func (s Standing) OpenAt(now time.Time) (Participation, bool) {
	for _, p := range s.Participations {
		if p.OpenAt(now) {
			return p, true
		}
	}
	return Participation{}, false
}

// Due returns the earliest deadline that changes the place by itself, or the
// zero time. From then on what is stored lags behind what is true, until the
// place is settled.
func (pl Place) Due() time.Time {
	var due time.Time
	for _, s := range pl.Standings {
		for _, p := range s.Participations {
			if d := p.unrecorded(); !d.IsZero() && (due.IsZero() || d.Before(due)) {
				due = d
			}
		}
	}
	return due
}

// Wake returns when the place next has something to record or to send, a
// deadline or a reminder, or the zero time.
func (pl Place) Wake() time.Time {
	wake := pl.Due()
	for _, s := range pl.Standings {
		for _, p := range s.Participations {
			if p.unrecorded().IsZero() {
				continue // no deadline runs, so there is nothing to be reminded of
			}
			if at := p.RemindAt; !at.IsZero() && (wake.IsZero() || at.Before(wake)) {
				wake = at
			}
		}
	}
	return wake
}

// Passing is a deadline that passed: the participation as it was recorded, and
// as it is.
type Passing struct {
	Before, After Participation
	Deadline      time.Time
}

// Settle records every deadline that has passed at now, and returns what it
// recorded. Settling twice is settling once.
func (pl Place) Settle(now time.Time) (Place, []Passing, error) {
	if due := pl.Due(); !Passed(due, now) {
		return pl, nil, nil
	}
	var passed []Passing
	var errs []error
	for _, s := range pl.Standings {
		for _, p := range s.Participations {
			deadline := p.unrecorded()
			if !Passed(deadline, now) {
				continue
			}
			q, err := p.Settle(now)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			q.RemindAt = time.Time{} // nothing is due any more
			passed = append(passed, Passing{Before: p, After: q, Deadline: deadline})
		}
	}
	for _, c := range passed {
		pl = pl.WithParticipation(c.After)
	}
	return pl, passed, errors.Join(errs...)
}

// Reminding is a reminder whose time has come.
type Reminding struct {
	Participation Participation // with its next reminder
	Tell          bool          // whether there is something to remind of
}

// Remind returns the place with every reminder that is due at now taken, and what
// it took. However many became due meanwhile, each participation is reminded of
// once; and of nothing that the schedule has no more, nor of a consent for which
// the claim limit leaves no room.
func (pl Place) Remind(r Reminders, now time.Time) (Place, []Reminding) {
	if !Passed(pl.Wake(), now) {
		return pl, nil
	}
	var due []Reminding
	for _, s := range pl.Standings {
		for _, p := range s.Participations {
			if !Passed(p.RemindAt, now) || p.DeadlineAt(now).IsZero() {
				continue
			}
			tell := r.has(p, now) && (p.Consented() || len(pl.FullFor(p.Partner, now)) == 0)
			if tell {
				p.RemindedAt = now
			}
			p.RemindAt = r.Next(p, now)
			due = append(due, Reminding{p, tell})
		}
	}
	for _, d := range due {
		pl = pl.WithParticipation(d.Participation)
	}
	return pl, due
}

// holders counts the participations that hold a part of the claim limit.
type holders struct{ own, consented, participated int }

func (h holders) all() int { return h.own + h.consented + h.participated }

func (pl Place) holders(partner PartnerID, now time.Time) holders {
	h := holders{consented: pl.Elsewhere.Consented, participated: pl.Elsewhere.Participated}
	for _, s := range pl.Standings {
		for _, p := range s.Participations {
			switch {
			case !p.HoldsAt(now):
			case s.Partner == partner:
				h.own++
			case p.Delivered():
				h.participated++
			default:
				h.consented++
			}
		}
	}
	return h.unread(pl, partner)
}

// unread counts what could not be read by what was recorded of it.
func (h holders) unread(pl Place, partner PartnerID) holders {
	for _, u := range pl.Unreadable {
		switch {
		case !u.Holding:
		case u.Partner == partner:
			h.own++
		default:
			h.consented++
		}
	}
	return h
}

// FullFor returns why the claim limit leaves the partner no room in the place,
// or nothing while there is room. It says what kind of holder took the room,
// never who.
func (pl Place) FullFor(partner PartnerID, now time.Time) []Reason {
	h, limit := pl.holders(partner, now), max(pl.ClaimLimit, 1)
	if h.all() < limit {
		return nil
	}
	var out []Reason
	if h.consented > 0 {
		out = append(out, Reason{Kind: ConsentedElsewhere})
	}
	if h.participated > 0 {
		out = append(out, Reason{Kind: ParticipatedBefore})
	}
	if h.own > 0 || limit > 1 {
		out = append(out, Reason{Kind: ClaimLimitReached})
	}
	return out
}

// Granted returns how many participations in the library hold a part of the
// claim limit now.
func (pl Place) Granted(now time.Time) int {
	h := pl.holders("", now)
	return h.all() - pl.Elsewhere.Consented - pl.Elsewhere.Participated
}

func compareText[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// SameAs reports whether two evaluations say the same, whenever they were made.
func (e Evaluation) SameAs(o Evaluation) bool {
	return e.RuleSet == o.RuleSet && e.Version == o.Version && e.Outcome == o.Outcome &&
		slices.Equal(e.Locations, o.Locations) && slices.EqualFunc(e.Reasons, o.Reasons, Reason.Equal)
}
