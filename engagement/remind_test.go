package engagement_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

func TestDefaultReminders(t *testing.T) {
	r := engagement.DefaultReminders()
	require.NoError(t, r.Validate())
	for _, days := range [][]int{r.Consent, r.Submission, r.Action, r.Dispute} {
		require.Equal(t, []int{14, 7, 1}, days)
	}
	r.Consent[0] = 99
	require.Equal(t, []int{14, 7, 1}, r.Submission, "each list is its own")
	require.NoError(t, engagement.Reminders{}.Validate(), "nobody has to be told anything")
}

func TestValidateReminders(t *testing.T) {
	bad := engagement.Reminders{
		Consent: []int{7, 0}, Submission: []int{-1, 3651}, Action: []int{3, 7, 3}, Dispute: []int{3650, 1},
		Tell: []engagement.MessageKind{engagement.MessageClaimPaid, engagement.MessageConsentRequest, engagement.MessageActionReminder, "rumour"},
	}
	invalid(t, bad.Validate(), "consent[1]", "submission[0]", "submission[1]", "action[2]", "tell[1]", "tell[2]", "tell[3]")
	require.ErrorContains(t, bad.Validate(), "reminders: consent[1] is 0: use days from 1 to 3650, each once")
}

// next collects all that the partner is reminded of, if each reminder goes out in
// time.
func next(r engagement.Reminders, p engagement.Participation, now time.Time) []time.Time {
	var all []time.Time
	for at := r.Next(p, now); !at.IsZero(); at = r.Next(p, now) {
		all = append(all, at)
		p.RemindedAt, now = at, at
	}
	return all
}

// Reminders count back from the deadline that runs, in every status that has one.
func TestNextReminder(t *testing.T) {
	r := engagement.Reminders{Consent: []int{1, 14, 7}, Submission: []int{20}, Action: []int{3, 2}, Dispute: []int{5}}
	one := func(s claim.Status) engagement.Participation { return reached(s, northwind) }
	unasked := began(northwind, engagement.OriginAdded)
	for _, c := range []struct {
		name string
		p    engagement.Participation
		now  time.Time
		kind engagement.MessageKind
		want []time.Time
	}{
		{"before it is asked for", unasked, start, engagement.MessageConsentReminder,
			[]time.Time{start.AddDate(0, 0, 16), start.AddDate(0, 0, 23), start.AddDate(0, 0, 29)}},
		{"asked for", asked(unasked), start.AddDate(0, 0, 23), engagement.MessageConsentReminder, []time.Time{start.AddDate(0, 0, 29)}},
		{"a tick before", asked(unasked), start.AddDate(0, 0, 23).Add(-tick), engagement.MessageConsentReminder,
			[]time.Time{start.AddDate(0, 0, 23), start.AddDate(0, 0, 29)}},
		{"a day is left", asked(unasked), start.AddDate(0, 0, 29), engagement.MessageConsentReminder, nil},
		{"over", asked(unasked), start.AddDate(0, 0, 30), "", nil},
		{"declined", declined(asked(unasked)), start.Add(day), "", nil},
		{"draft", one(claim.StatusDraft), on(2), engagement.MessageSubmissionReminder, []time.Time{on(40)}},
		{"submitted", one(claim.StatusSubmitted), on(20), "", nil},
		{"under review", one(claim.StatusUnderReview), on(21), "", nil},
		{"action required", one(claim.StatusActionRequired), on(22), engagement.MessageActionReminder, []time.Time{on(87), on(88)}},
		{"approved", one(claim.StatusApproved), on(23), "", nil},
		{"rejected", one(claim.StatusRejected), on(80), engagement.MessageDisputeReminder, []time.Time{on(105)}},
		{"rejected, the time to dispute is over", one(claim.StatusRejected), on(110), engagement.MessageDisputeReminder, nil},
		{"disputed", one(claim.StatusDisputed), on(81), engagement.MessageDisputeReminder, []time.Time{on(105)}},
		{"rejected for good", one(claim.StatusRejectedFinal), on(103), "", nil},
		{"withdrawn", one(claim.StatusWithdrawn), on(2), "", nil},
	} {
		require.Equal(t, c.kind, engagement.ReminderOf(c.p.StatusAt(c.now)), c.name)
		require.Equal(t, c.want, next(r, c.p, c.now), c.name)
		require.Empty(t, next(engagement.Reminders{}, c.p, c.now), c.name)
	}
	require.Equal(t, []time.Time{on(46), on(53), on(59)}, next(engagement.DefaultReminders(), one(claim.StatusDraft), on(2)))
}

// A clock that is set back reminds nobody of the same again.
func TestReminderAfterTheClockIsSetBack(t *testing.T) {
	r := engagement.DefaultReminders()
	p := reached(claim.StatusDraft, northwind)
	p.RemindedAt = on(53)
	require.Equal(t, on(59), r.Next(p, on(30)))
	require.Equal(t, on(59), r.Next(p, on(53)))
	p.RemindedAt = on(59)
	require.True(t, r.Next(p, on(30)).IsZero())
	p.RemindedAt = on(20)
	require.Equal(t, on(46), r.Next(p, on(30)), "an older one keeps nothing back")
}

// A reminder of n days goes out when n days are left in the participation's zone,
// at the time of day of the deadline, also when the clocks change between.
func TestRemindersInTheirZone(t *testing.T) {
	lisbon := offer()
	lisbon.Zone = zone("Europe/Lisbon")
	p := began(northwind, engagement.OriginAdded)
	p.Terms = engagement.TermsOf(lisbon, start)
	p.Consent = consent.Start(at("2026-10-29T09:30:00Z")) // half past nine there, since the 25th
	require.Equal(t, []time.Time{at("2026-10-15T08:30:00Z"), at("2026-10-22T08:30:00Z"), at("2026-10-28T09:30:00Z")},
		next(engagement.DefaultReminders(), p, at("2026-10-01T00:00:00Z")))

	r := rand.New(rand.NewPCG(2026, 8))
	zones := []string{"UTC", "Europe/Lisbon", "America/Los_Angeles", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"}
	for range 3000 {
		name := zones[r.IntN(len(zones))]
		p.Terms.Zone = name
		deadline := start.Add(time.Duration(r.IntN(365*24*60)) * time.Minute)
		p.Consent = consent.Start(deadline)
		days := []int{1 + r.IntN(30), 31 + r.IntN(30), 61 + r.IntN(30)}
		began := deadline.AddDate(0, 0, -r.IntN(100))
		all := next(engagement.Reminders{Consent: days}, p, began)
		require.True(t, slices.IsSortedFunc(all, time.Time.Compare))
		for _, at := range all {
			require.True(t, at.After(began) && at.Before(deadline))
			n := engagement.DaysLeft(deadline, at, zone(name))
			require.Contains(t, days, n, "%s in %s", deadline, name)
			require.Equal(t, engagement.Deadline(deadline, -n, zone(name)), at)
		}
	}
}

// Taking the reminders that are due plans the next ones. However many were missed,
// each participation is reminded of once, and what is over is not.
func TestRemind(t *testing.T) {
	r := engagement.DefaultReminders()
	plan := func(p engagement.Participation, now time.Time) engagement.Participation {
		p.RemindAt = r.Next(p, now)
		return p
	}
	p, q := plan(reached(claim.StatusDraft, northwind), on(2)), plan(reached(claim.StatusActionRequired, fabrikam), on(22))
	pl := placeOf(2, p, q, reached(claim.StatusApproved, "litware"))
	require.Equal(t, on(46), pl.wake())
	same, due := pl.remind(r, on(46).Add(-tick))
	require.Empty(t, due)
	require.Equal(t, pl, same)

	before := pl.text()
	taken, due := pl.remind(r, on(46))
	require.Equal(t, before, pl.text(), "what was given stays as it was")
	require.Len(t, due, 1)
	require.Equal(t, p.ID, due[0].Participation.ID)
	require.Equal(t, on(46), due[0].Participation.RemindedAt)
	require.Equal(t, on(53), due[0].Participation.RemindAt)
	require.Equal(t, on(53), taken.wake())
	for _, now := range []time.Time{on(46), on(40), on(53).Add(-tick)} {
		_, due = taken.remind(r, now)
		require.Empty(t, due, "the same is due once, also for a clock that is set back")
	}

	late, due := pl.remind(r, on(56)) // nobody looked for ten days
	require.Len(t, due, 1)
	require.Equal(t, on(59), late.wake())
	last, due := late.remind(r, on(59))
	require.Len(t, due, 1)
	require.True(t, due[0].Participation.RemindAt.IsZero())
	require.Equal(t, on(60), last.wake(), "and then comes the deadline")

	// At the deadline it is too late to remind, and settling takes the plan back.
	_, due = pl.remind(r, on(60))
	require.Empty(t, due)
	settled, passed, err := pl.settle(on(60))
	require.NoError(t, err)
	require.Len(t, passed, 1)
	require.True(t, passed[0].After.RemindAt.IsZero())
	require.Equal(t, on(76), settled.wake(), "the other partner's goes on")
	_, due = settled.remind(r, on(76))
	require.Len(t, due, 1)
	require.Equal(t, q.ID, due[0].Participation.ID)
}

// A schedule that has changed since a reminder was planned is followed, and nobody
// is reminded of a consent that the claim limit leaves no room for. Both plan anew,
// so that the place does not stay awake.
func TestRemindOfNothing(t *testing.T) {
	r := engagement.DefaultReminders()
	plan := func(p engagement.Participation, now time.Time) engagement.Participation {
		p.RemindAt = r.Next(p, now)
		return p
	}
	p := plan(asked(began(northwind, engagement.OriginAdded)), start.Add(time.Hour))
	planned := p.RemindAt
	for name, c := range map[string]struct {
		place    place
		schedule engagement.Reminders
		tell     bool
		next     time.Time
	}{
		"as planned":                  {placeOf(1, p), r, true, start.AddDate(0, 0, 23)},
		"an empty schedule":           {placeOf(1, p), engagement.Reminders{}, false, time.Time{}},
		"another schedule":            {placeOf(1, p), engagement.Reminders{Consent: []int{10}}, false, start.AddDate(0, 0, 20)},
		"somebody else was consented": {placeOf(1, p, accepted(asked(began(fabrikam, engagement.OriginAdded)))), r, false, start.AddDate(0, 0, 23)},
		"and there is room for two":   {placeOf(2, p, accepted(asked(began(fabrikam, engagement.OriginAdded)))), r, true, start.AddDate(0, 0, 23)},
	} {
		taken, due := c.place.remind(c.schedule, planned)
		require.Len(t, due, 1, name)
		require.Equal(t, c.tell, due[0].Tell, name)
		after, _ := taken.participation(northwind, p.ID)
		require.Equal(t, c.next, after.RemindAt, name)
		require.Equal(t, c.tell, after.RemindedAt.Equal(planned), name)
	}
}
