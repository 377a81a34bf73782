package link_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/stretchr/testify/require"
)

// Limits over participations say from when more is allowed, and let everything pass
// where there are none.
func TestLimitsOverParticipations(t *testing.T) {
	now := time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)
	var earlier []link.Earlier
	for i := range 25 {
		earlier = append(earlier, link.Earlier{At: now.Add(-time.Duration(25-i) * time.Hour)})
	}
	err := link.Policy{}.MayWriteTo(earlier, true, now)
	var limit *link.LimitError
	if !errors.As(err, &limit) || limit.Limit != link.LimitMailbox {
		t.Fatalf("the 26th mail to a mailbox: %v", err)
	}
	if !limit.NotBefore.After(now) || !strings.Contains(limit.Error(), limit.NotBefore.Format("2006-01-02")) {
		t.Errorf("%v does not say from when, %v", err, limit.NotBefore)
	}
	if err := (link.Policy{}).MayWriteTo(earlier, true, limit.NotBefore); err != nil {
		t.Errorf("from then on: %v", err)
	}
	if err := link.Unlimited().MayWriteTo(earlier, true, now); err != nil {
		t.Errorf("without limits: %v", err)
	}

	if err := (link.Policy{}).MayWriteToday(200, 1, 1, now); err != nil {
		t.Errorf("the 201st mail with one known customer: %v", err)
	}
	err = link.Policy{}.MayWriteToday(201, 1, 1, now)
	if !errors.As(err, &limit) || limit.Limit != link.LimitDay || !limit.NotBefore.Equal(link.Today(now).AddDate(0, 0, 1)) {
		t.Errorf("the 202nd: %v", err)
	}
	if n, limited := (link.Policy{}).DayAllows(); n != 200 || !limited {
		t.Errorf("a day allows %d, %v", n, limited)
	}
	if _, limited := link.Unlimited().DayAllows(); limited {
		t.Error("a day without limits is limited")
	}
	if !(link.Policy{}).Horizon(now).Equal(now.AddDate(0, 0, -30)) {
		t.Errorf("the horizon is %v", link.Policy{}.Horizon(now))
	}
	for _, l := range link.AllLimits() {
		text, err := l.MarshalText()
		var back link.Limit
		if err != nil || back.UnmarshalText(text) != nil || back != l {
			t.Errorf("%q is written as %q, %v", l, text, err)
		}
	}
	if new(link.Limit).UnmarshalText([]byte("junk")) == nil {
		t.Error("junk is a limit")
	}
}

// The limits on one consent or survey: five sendings, and a day between two to the same.
func TestLimitsOnSending(t *testing.T) {
	require.NoError(t, link.Policy{}.MaySend(4))
	err := link.Policy{}.MaySend(5)
	require.Equal(t, &link.TooManyError{Sent: 5, Max: 5}, err)
	require.ErrorAs(t, err, new(*link.TooManyError))
	require.NoError(t, link.Policy{MaxSends: 7}.MaySend(6))
	require.ErrorAs(t, link.Policy{MaxSends: 7}.MaySend(7), new(*link.TooManyError))
	require.NoError(t, link.Policy{MaxSends: -1}.MaySend(1000))

	require.NoError(t, link.Policy{}.MayWriteAgain(time.Time{}, start), "never before")
	err = link.Policy{}.MayWriteAgain(start, start.Add(day-time.Nanosecond))
	require.Equal(t, &link.TooSoonError{NotBefore: start.Add(day)}, err)
	require.ErrorAs(t, err, new(*link.TooSoonError))
	require.NoError(t, link.Policy{}.MayWriteAgain(start, start.Add(day)))
	require.NoError(t, link.Policy{ResendInterval: time.Hour}.MayWriteAgain(start, start.Add(time.Hour)))
	require.ErrorAs(t, link.Policy{ResendInterval: time.Hour}.MayWriteAgain(start, start.Add(time.Minute)), new(*link.TooSoonError))
	require.NoError(t, link.Policy{ResendInterval: -1}.MayWriteAgain(start, start))
}
