package engagement_test

import (
	"testing"
	"testing/quick"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
)

func TestDefaultWindows(t *testing.T) {
	for _, c := range []struct {
		of   engagement.Type
		want engagement.Windows
	}{
		{"assessment", engagement.Windows{Consent: 30, FirstSubmission: 60, ReviewDone: 90, Dispute: 30, AfterDispute: 30}},
		{"workshop", engagement.Windows{Consent: 30, FirstSubmission: 90, ReviewDone: 120, Dispute: 30, AfterDispute: 30}},
		{"XS project", engagement.Windows{Consent: 30, FirstSubmission: 120, ReviewDone: 150, Dispute: 30, AfterDispute: 30}},
		{"small project", engagement.Windows{Consent: 30, FirstSubmission: 120, ReviewDone: 150, Dispute: 30, AfterDispute: 30}},
		{"medium project", engagement.Windows{Consent: 30, FirstSubmission: 200, ReviewDone: 230, Dispute: 30, AfterDispute: 30}},
		{"XL project", engagement.Windows{Consent: 30, FirstSubmission: 260, ReviewDone: 290, Dispute: 30, AfterDispute: 30}},
		{"XXL project", engagement.Windows{Consent: 30, FirstSubmission: 260, ReviewDone: 290, Dispute: 30, AfterDispute: 30}},
		{"large project", engagement.Windows{Consent: 30, FirstSubmission: 260, ReviewDone: 290, Dispute: 30, AfterDispute: 30}},
		{"", engagement.Windows{}},
		{"seminar", engagement.Windows{}},
	} {
		require.Equal(t, c.want, engagement.DefaultWindows(c.of), "%q", c.of)
	}
}

// A deadline is so many calendar days later at the same time of day in the zone.
func TestDeadline(t *testing.T) {
	for _, c := range []struct {
		from string
		days int
		zone string
		want string
	}{
		{"2026-07-01T09:00:00Z", 30, "", "2026-07-31T09:00:00Z"},
		{"2026-07-01T09:00:00.123456Z", 1, "UTC", "2026-07-02T09:00:00.123456Z"},
		{"2026-07-01T09:00:00Z", 0, "UTC", "2026-07-01T09:00:00Z"},
		// A leap day counts as a day, and a year without one has none.
		{"2028-02-01T12:00:00Z", 30, "UTC", "2028-03-02T12:00:00Z"},
		{"2027-02-01T12:00:00Z", 30, "UTC", "2027-03-03T12:00:00Z"},
		{"2028-02-29T12:00:00Z", 365, "UTC", "2029-02-28T12:00:00Z"},
		// Nine in the morning stays nine in the morning when the clocks change:
		// on 29 March 2026 an hour is lost, on 25 October one is gained.
		{"2026-03-15T09:00:00Z", 30, "Europe/Lisbon", "2026-04-14T08:00:00Z"},
		{"2026-10-10T08:00:00Z", 30, "Europe/Lisbon", "2026-11-09T09:00:00Z"},
		{"2026-03-15T09:00:00Z", 30, "UTC", "2026-04-14T09:00:00Z"},
		// The day is the zone's: 23:30 on the 31st in Lisbon is the 31st.
		{"2026-08-31T22:30:00Z", 1, "Europe/Lisbon", "2026-09-01T22:30:00Z"},
		// Half past one on 29 March does not exist in Lisbon; what follows does.
		{"2026-02-27T01:30:00Z", 30, "Europe/Lisbon", "2026-03-29T01:30:00Z"},
		{"2026-01-10T00:00:00-03:30", 60, "America/St_Johns", "2026-03-11T00:00:00-02:30"},
		{"2026-03-20T12:00:00+10:30", 30, "Australia/Lord_Howe", "2026-04-19T12:30:00+10:30"}, // half an hour is gained
	} {
		loc := (*time.Location)(nil)
		if c.zone != "" {
			loc = zone(c.zone)
		}
		got := engagement.Deadline(at(c.from), c.days, loc)
		require.Equal(t, at(c.want).UTC(), got, "%d days from %s in %q", c.days, c.from, c.zone)
		require.Equal(t, time.UTC, got.Location())
	}
}

// At the deadline itself it is over.
func TestPassed(t *testing.T) {
	deadline := at("2026-07-31T09:00:00Z")
	require.False(t, engagement.Passed(deadline, deadline.Add(-time.Microsecond)))
	require.True(t, engagement.Passed(deadline, deadline))
	require.True(t, engagement.Passed(deadline, deadline.Add(time.Microsecond)))
	require.True(t, engagement.Passed(deadline, deadline.In(zone("Asia/Tokyo"))))
	require.False(t, engagement.Passed(time.Time{}, deadline), "no deadline never passes")
}

func TestDaysLeft(t *testing.T) {
	for _, c := range []struct {
		now, deadline string
		zone          string
		want          int
	}{
		{"2026-07-01T09:00:00Z", "2026-07-31T09:00:00Z", "UTC", 30},
		{"2026-07-01T09:00:00.000001Z", "2026-07-31T09:00:00Z", "UTC", 30},
		{"2026-07-01T08:59:59.999999Z", "2026-07-31T09:00:00Z", "UTC", 31},
		{"2026-07-02T09:00:00Z", "2026-07-31T09:00:00Z", "UTC", 29},
		{"2026-07-30T08:59:59Z", "2026-07-31T09:00:00Z", "UTC", 2},
		{"2026-07-30T09:00:00Z", "2026-07-31T09:00:00Z", "UTC", 1},
		{"2026-07-31T08:59:59Z", "2026-07-31T09:00:00Z", "UTC", 1},
		{"2026-07-31T08:59:59.999999Z", "2026-07-31T09:00:00Z", "UTC", 1},
		{"2026-07-31T09:00:00Z", "2026-07-31T09:00:00Z", "UTC", 0},
		{"2026-07-31T09:00:00.000001Z", "2026-07-31T09:00:00Z", "UTC", 0},
		{"2027-07-31T09:00:00Z", "2026-07-31T09:00:00Z", "UTC", 0},
		// A window of 30 days begins with 30 days left, whatever the clocks do.
		{"2026-10-10T08:00:00Z", "2026-11-09T09:00:00Z", "Europe/Lisbon", 30},
		{"2026-03-15T09:00:00Z", "2026-04-14T08:00:00Z", "Europe/Lisbon", 30},
		// The day on which the clocks change is one day.
		{"2026-10-24T12:00:00+01:00", "2026-10-25T12:00:00Z", "Europe/Lisbon", 1},
		{"2026-10-24T11:59:59+01:00", "2026-10-25T12:00:00Z", "Europe/Lisbon", 2},
		{"2026-03-28T12:00:00Z", "2026-03-29T12:00:00+01:00", "Europe/Lisbon", 1},
		{"2026-03-28T11:59:59Z", "2026-03-29T12:00:00+01:00", "Europe/Lisbon", 2},
	} {
		require.Equal(t, c.want, engagement.DaysLeft(at(c.deadline), at(c.now), zone(c.zone)), "at %s until %s in %s", c.now, c.deadline, c.zone)
	}
	require.Equal(t, 30, engagement.DaysLeft(start.Add(30*day), start, nil), "no zone is UTC")
}

// However long a window is and wherever it is, it begins with as many days left
// as it has, and one less each day until none is left.
func TestDaysLeftIsTheInverseOfDeadline(t *testing.T) {
	zones := []*time.Location{nil, zone("Europe/Lisbon"), zone("America/St_Johns"), zone("Australia/Lord_Howe"), zone("Africa/Cairo"), zone("Asia/Kathmandu")}
	holds := func(d, minute, length uint16, which uint8) bool {
		loc := zones[int(which)%len(zones)]
		in := time.UTC
		if loc != nil {
			in = loc
		}
		// Between 5:00 and 21:00, where no clocks change, so that each day has that time.
		from := time.Date(2020, 1, 1+int(d)%7000, 5, int(minute)%(16*60), 0, 0, in)
		days := int(length)%400 + 1
		deadline := engagement.Deadline(from, days, loc)
		for gone := range days {
			now := engagement.Deadline(from, gone, loc)
			if engagement.DaysLeft(deadline, now, loc) != days-gone || engagement.DaysLeft(deadline, now.Add(-time.Microsecond), loc) != days-gone+1 {
				return false
			}
		}
		return engagement.DaysLeft(deadline, deadline.Add(-time.Microsecond), loc) == 1 && engagement.DaysLeft(deadline, deadline, loc) == 0
	}
	require.NoError(t, quick.Check(holds, nil))
}
