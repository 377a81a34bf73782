package engagement

import (
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/internal/problems"
)

// Reminders say when a partner is told of what happened and of what is due. The
// days count back from a deadline, in the zone of the participation: a reminder
// of 7 days goes out when 7 days are left. What a field does not list is not sent.
type Reminders struct {
	Consent    []int         `json:"consent,omitempty"`    // days before the customer's time to consent is over
	Submission []int         `json:"submission,omitempty"` // days before the claim has to be submitted
	Action     []int         `json:"action,omitempty"`     // days before what the reviewer asked for has to be done
	Dispute    []int         `json:"dispute,omitempty"`    // days before a rejection has to be disputed, or the dispute submitted
	Tell       []MessageKind `json:"tell,omitempty"`       // what the partner's contacts are told when it happens
}

// DefaultReminders returns the library's schedule: 14, 7 and 1 days before each
// deadline, and every message about what happened.
func DefaultReminders() Reminders {
	days := func() []int { return []int{14, 7, 1} }
	return Reminders{
		Consent: days(), Submission: days(), Action: days(), Dispute: days(),
		Tell: []MessageKind{
			MessageConsentGranted, MessageConsentDeclined, MessageConsentExpired, MessageConsentWithdrawn,
			MessageActionRequired, MessageClaimApproved, MessageClaimRejected, MessageClaimPaid, MessageClaimExpired,
		},
	}
}

// Validate returns every problem of the schedule, joined, each an *InvalidError.
func (r Reminders) Validate() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &InvalidError{Of: "reminders", Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	for _, list := range []struct {
		field string
		days  []int
	}{{"consent", r.Consent}, {"submission", r.Submission}, {"action", r.Action}, {"dispute", r.Dispute}} {
		for i, n := range list.days {
			if n < 1 || n > maxWindow || slices.Contains(list.days[:i], n) {
				bad(fmt.Sprintf("%s[%d]", list.field, i), "is %d: use days from 1 to %d, each once", n, maxWindow)
			}
		}
	}
	for i, k := range r.Tell {
		if !slices.Contains(DefaultReminders().Tell, k) {
			bad(fmt.Sprintf("tell[%d]", i), "is %q: use those of %q", k, DefaultReminders().Tell)
		}
	}
	return problems.Join(errs...)
}

// Next returns when the partner is to be reminded next of what is due in the
// participation, after now and after the last time, or the zero time. So a clock
// that was set back reminds nobody twice.
func (r Reminders) Next(p Participation, now time.Time) time.Time {
	after := now
	if p.RemindedAt.After(now) {
		after = p.RemindedAt
	}
	var next time.Time
	for _, at := range r.times(p, now) {
		if at.After(after) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// has reports whether the schedule has a reminder from the one that is planned
// until now: it may have changed since that was planned.
func (r Reminders) has(p Participation, now time.Time) bool {
	return slices.ContainsFunc(r.times(p, now), func(at time.Time) bool { return !at.Before(p.RemindAt) && !at.After(now) })
}

// times returns when the partner is reminded of the deadline that runs.
func (r Reminders) times(p Participation, now time.Time) []time.Time {
	deadline := p.DeadlineAt(now)
	if deadline.IsZero() {
		return nil
	}
	zone := p.Terms.Location()
	var times []time.Time
	for _, n := range r.days(ReminderOf(p.StatusAt(now))) {
		times = append(times, Deadline(deadline, -n, zone))
	}
	return times
}

func (r Reminders) days(kind MessageKind) []int {
	switch kind {
	case MessageConsentReminder:
		return r.Consent
	case MessageSubmissionReminder:
		return r.Submission
	case MessageActionReminder:
		return r.Action
	case MessageDisputeReminder:
		return r.Dispute
	}
	return nil
}

// ReminderOf returns what a partner is reminded of in a status, or "".
func ReminderOf(s Status) MessageKind {
	switch s {
	case StatusCustomerClaimed, StatusAwaitingConsentResponse:
		return MessageConsentReminder
	case StatusConsentReceived:
		return MessageSubmissionReminder
	case StatusPartnerActionRequired:
		return MessageActionReminder
	case StatusRejected, StatusDisputed:
		return MessageDisputeReminder
	}
	return ""
}
