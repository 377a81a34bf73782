package engagement

import (
	"cmp"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/tenant"
)

// RecordKey names what one partner has of one customer in one engagement.
type RecordKey struct {
	Partner    PartnerID
	Engagement ID
	Customer   tenant.Key
}

// Shared returns the key of what the partner shares with the others there.
func (k RecordKey) Shared() CustomerEngagementKey {
	return CustomerEngagementKey{Engagement: k.Engagement, Customer: k.Customer}
}

// OfCustomer returns the key of the customer as the partner has it.
func (k RecordKey) OfCustomer() CustomerKey {
	return CustomerKey{Partner: k.Partner, Customer: k.Customer}
}

// Compare orders keys by engagement, customer and partner.
func (k RecordKey) Compare(o RecordKey) int {
	return cmp.Or(cmp.Compare(k.Engagement, o.Engagement), cmp.Compare(k.Customer, o.Customer), cmp.Compare(k.Partner, o.Partner))
}

// Record returns the key of the record that the participation belongs to.
func (p Participation) Record() RecordKey {
	return RecordKey{Partner: p.Partner, Engagement: p.Engagement, Customer: p.Customer}
}

// PartnerRecord is what one partner has of one customer in one engagement. It is a
// value: callers must not modify what its slices and pointers share.
type PartnerRecord struct {
	Key          RecordKey
	Version      int64 // storage's; 0: the partner has nothing there yet
	Identity     tenant.Identity
	FriendlyName string
	Known        bool // the customer is known to the partner, from whatever engagement, and not disassociated
	Evaluation   Evaluation

	// Participations are those that have not ended, and those ended ones that were
	// asked for: the oldest first, and by ID those that started at the same time.
	Participations []Participation
	// Asked is when mailboxes of the customer's were asked for consent in
	// participations that have ended since, as far back as the limits on that go.
	Asked []Ask

	Unreadable []Unreadable // what else is stored of it
}

// Ask is that a mailbox was asked for consent.
type Ask struct {
	Mailbox Digest // see MailboxDigest; no address is stored here
	At      time.Time
}

// Unreadable is something of a record that storage could not read: a bug, a disk or a
// newer version has written it in a way that this one does not read. It stays stored
// as it is; the rest goes on without it.
type Unreadable struct {
	Participation ParticipationID // "": the record itself
	Open          bool            // recorded as open; true where that is not known either
	Err           error           // names the row
}

// ErrUnreadable returns why nothing can be said or done about a participation, or with
// "" about any of the record, or nil.
func (r PartnerRecord) ErrUnreadable(id ParticipationID) error {
	var errs []error
	for _, u := range r.Unreadable {
		if id == "" || u.Participation == "" || u.Participation == id {
			errs = append(errs, u.Err)
		}
	}
	return errors.Join(errs...)
}

// LogValue keeps persons out of logs.
func (r PartnerRecord) LogValue() slog.Value {
	return slog.GroupValue(slog.String("partner", string(r.Key.Partner)), slog.String("engagement", string(r.Key.Engagement)),
		slog.String("customer", string(r.Key.Customer)), slog.Bool("known", r.Known), slog.Int("participations", len(r.Participations)))
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

// EquivalentTo reports whether two evaluations say the same, whenever they were made.
func (e Evaluation) EquivalentTo(o Evaluation) bool {
	return e.RuleSet == o.RuleSet && e.Version == o.Version && e.Outcome == o.Outcome &&
		slices.Equal(e.Locations, o.Locations) && slices.EqualFunc(e.Reasons, o.Reasons, Reason.Equal)
}

// ruleEligibleLocations is the criterion that an engagement has besides its own rules.
const ruleEligibleLocations = "eligible_locations"

// Besides returns the evaluation with what stands against the customer besides the
// engagement's criteria for customers: that the engagement takes none of its IDs,
// and that the partner has no location through which it could be claimed.
func (e Evaluation) Besides(offer Engagement, who tenant.Identity) Evaluation {
	e.Reasons = slices.Clip(e.Reasons)
	if e.Outcome == eligibility.OutcomeEligible && len(e.Locations) == 0 {
		e.Reasons = append(e.Reasons, Reason{
			Kind: ReasonCriteriaNotMet, Rule: ruleEligibleLocations, Doc: "One of the partner's locations is eligible for the engagement.",
			Wanted: "at least 1", Found: "0",
		})
	}
	if reason, not := offer.NotTaken(who); not {
		e.Reasons = append(e.Reasons, reason)
	}
	return e
}

// Participation returns a participation of the record.
func (r PartnerRecord) Participation(id ParticipationID) (Participation, bool) {
	i := slices.IndexFunc(r.Participations, func(p Participation) bool { return p.ID == id })
	if i < 0 {
		return Participation{}, false
	}
	return r.Participations[i], true
}

// WithParticipation returns the record with that participation put in.
func (r PartnerRecord) WithParticipation(p Participation) PartnerRecord {
	r.Participations = slices.Clone(r.Participations)
	if i := slices.IndexFunc(r.Participations, func(q Participation) bool { return q.ID == p.ID }); i >= 0 {
		r.Participations[i] = p
	} else {
		r.Participations = append(r.Participations, p)
	}
	return r
}

// OpenAt returns the one open participation of the record.
func (r PartnerRecord) OpenAt(now time.Time) (Participation, bool) {
	for _, p := range r.Participations {
		if p.OpenAt(now) {
			return p, true
		}
	}
	return Participation{}, false
}

// Ended reports whether the participation, as recorded, can only be looked at,
// commented on, corrected or erased: it is neither open nor waiting for a payment.
// An ended one is no part of its record any more, unless it is asked for.
func (p Participation) Ended() bool {
	return !p.OpenAt(time.Time{}) && p.StatusAt(time.Time{}) != StatusApproved
}

// Due returns the earliest deadline that changes the record by itself, or the zero
// time. From then on what is stored lags behind what is true, until the record is
// settled.
func (r PartnerRecord) Due() time.Time {
	var due time.Time
	for _, p := range r.Participations {
		due = soonest(due, p.unrecorded())
	}
	return due
}

// Wake returns when the record next has something to record or to send, a deadline or
// a reminder, or the zero time.
func (r PartnerRecord) Wake() time.Time {
	wake := r.Due()
	for _, p := range r.Participations {
		if !p.unrecorded().IsZero() { // else no deadline runs, so there is nothing to be reminded of
			wake = soonest(wake, p.RemindAt)
		}
	}
	return wake
}

// soonest returns the earlier of two times, of which the zero one never comes.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Lapse is a deadline that passed: the participation as it was recorded, and
// as it is.
type Lapse struct {
	Before, After Participation
	Deadline      time.Time
}

// Settle records every deadline that has passed at now, and returns what it
// recorded. Settling twice is settling once. What partners share has to follow each
// of the participations, see [CustomerEngagement.Following].
func (r PartnerRecord) Settle(now time.Time) (PartnerRecord, []Lapse, error) {
	if !Passed(r.Due(), now) {
		return r, nil, nil
	}
	var passed []Lapse
	var errs []error
	for _, p := range r.Participations {
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
		passed = append(passed, Lapse{Before: p, After: q, Deadline: deadline})
	}
	for _, c := range passed {
		r = r.WithParticipation(c.After)
	}
	return r, passed, errors.Join(errs...)
}

// DueReminder is a reminder whose time has come.
type DueReminder struct {
	Participation Participation // with its next reminder
	Tell          bool          // whether there is something to remind of
}

// Remind returns the record with every reminder that is due at now taken, and what
// it took. However many became due meanwhile, each participation is reminded of
// once; and of nothing that the schedule has no more, nor of a consent for which
// the claim limit leaves no room.
func (r PartnerRecord) Remind(schedule Reminders, room Room, now time.Time) (PartnerRecord, []DueReminder) {
	if !Passed(r.Wake(), now) {
		return r, nil
	}
	var due []DueReminder
	for _, p := range r.Participations {
		if !Passed(p.RemindAt, now) || p.DeadlineAt(now).IsZero() {
			continue
		}
		tell := schedule.has(p, now) && (p.Consented() || !room.FullAt(now))
		if tell {
			p.RemindedAt = now
		}
		p.RemindAt = schedule.Next(p, now)
		due = append(due, DueReminder{p, tell})
	}
	for _, d := range due {
		r = r.WithParticipation(d.Participation)
	}
	return r, due
}
