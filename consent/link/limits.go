package link

import (
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// Limit names one of a [Policy]'s limits over participations.
type Limit string

// The limits.
const (
	LimitEngagement Limit = "mailbox and engagement" // requests to one mailbox for one engagement
	LimitMailbox    Limit = "mailbox"                // everything to one mailbox
	LimitDay        Limit = "day"                    // everything of one partner in one day
)

// AllLimits returns every [Limit].
func AllLimits() []Limit { return []Limit{LimitEngagement, LimitMailbox, LimitDay} }

// MarshalText returns the documented spelling. An unknown limit is an [*InvalidError].
func (l Limit) MarshalText() ([]byte, error) { return enum.Marshal("limit", l, AllLimits(), unknown) }

// UnmarshalText reads the documented spelling and nothing else.
func (l *Limit) UnmarshalText(text []byte) error {
	return enum.Unmarshal("limit", l, text, AllLimits(), unknown)
}

// LimitError refuses to write to customers more often than a [Policy] allows over
// all of a partner's participations.
type LimitError struct {
	Limit     Limit
	Field     string // of the contact, such as "customer[1].email"; empty for LimitDay, which is about all contacts
	Sent, Max int    // without what is refused
	NotBefore time.Time
}

func (e *LimitError) Error() string {
	again := fmt.Sprintf("try again at %s or later", e.NotBefore.Format(time.RFC3339))
	switch e.Limit {
	case LimitEngagement:
		return fmt.Sprintf("%s was asked %d times about this engagement lately, and %d is the most: %s, or name another contact", e.Field, e.Sent, e.Max, again)
	case LimitMailbox:
		return fmt.Sprintf("%s was written to %d times lately, and %d is the most: %s, or name another contact", e.Field, e.Sent, e.Max, again)
	}
	return fmt.Sprintf("your company has written to %d contacts of customers today, and %d is the most: %s", e.Sent, e.Max, again)
}

// Code returns "too_soon": it passes at NotBefore.
func (*LimitError) Code() string { return code.TooSoon }

// Earlier is a message that a partner sent to the mailbox before.
type Earlier struct {
	At   time.Time
	Here bool // a request for the same engagement
}

// Horizon returns the time from which earlier messages can count at now.
func (p Policy) Horizon(now time.Time) time.Time { return now.Add(-p.period()) }

// MayWriteTo returns nil if a mailbox may be written to again at now, or a
// [*LimitError] without a field. A request counts for its engagement, too. The
// earlier messages are in whatever order.
func (p Policy) MayWriteTo(earlier []Earlier, request bool, now time.Time) error {
	var here, all []time.Time
	for _, e := range earlier {
		if !now.Before(e.At.Add(p.period())) {
			continue
		}
		all = append(all, e.At)
		if e.Here {
			here = append(here, e.At)
		}
	}
	if request {
		if err := p.checkMost(LimitEngagement, here, most(p.MaxPerEngagement, 5)); err != nil {
			return err
		}
	}
	return p.checkMost(LimitMailbox, all, most(p.MaxPerMailbox, 25))
}

func (p Policy) checkMost(l Limit, at []time.Time, most int) error {
	n := len(at)
	if most < 0 || n < most {
		return nil
	}
	slices.SortFunc(at, time.Time.Compare)
	// Then one less than the most is left.
	free := at[n-most].Add(p.period())
	return &LimitError{Limit: l, Sent: n, Max: most, NotBefore: free}
}

// MayWriteToday returns nil if a partner with so many known customers, which has
// sent so many messages to customers since [Today], may send these, too; or a
// [*LimitError].
func (p Policy) MayWriteToday(sent, these, known int, now time.Time) error {
	limit := most(p.MaxPerDay, 200)
	if limit < 0 || sent+these <= limit+known {
		return nil
	}
	return &LimitError{Limit: LimitDay, Sent: sent, Max: limit + known, NotBefore: Today(now).AddDate(0, 0, 1)}
}

// DayAllows returns how many messages a partner may send in a day before it has to
// be known how many known customers it has; false where there is no such limit.
func (p Policy) DayAllows() (int, bool) {
	limit := most(p.MaxPerDay, 200)
	return limit, limit >= 0
}

// Today returns the beginning of the day of now, in UTC, from which messages count
// for [LimitDay].
func Today(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }

func (p Policy) period() time.Duration {
	if p.Period <= 0 {
		return 30 * 24 * time.Hour
	}
	return p.Period
}

// most is a limit of a policy; negative for none.
func most(set, standard int) int {
	if set == 0 {
		return standard
	}
	return set
}

// Unlimited returns the policy without any limit: for measurements, and for programs
// whose hosts limit sending themselves.
func Unlimited() Policy {
	return Policy{ResendInterval: -1, MaxSends: -1, MaxPerEngagement: -1, MaxPerMailbox: -1, MaxPerDay: -1}
}
