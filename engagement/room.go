package engagement

import (
	"slices"
	"time"
)

// Room is how the claim limit of a customer in an engagement stands to one partner:
// how much of it is taken, in what way and until when, and never by whom. Other
// partners' rows are the same whoever holds. The zero Room is one of which nothing is
// taken.
type Room struct {
	Limit int // 0 where nothing is taken
	Taken []Taken
}

// TakenBy says in what way a part of the claim limit is taken.
type TakenBy string

// The ways: by a participation of the partner itself, by one that is under way
// elsewhere, by one that was delivered elsewhere.
const (
	TakenBySelf     TakenBy = "self"
	TakenByConsent  TakenBy = "consent"
	TakenByDelivery TakenBy = "delivery"
)

// AllTakenBy returns every TakenBy.
func AllTakenBy() []TakenBy { return []TakenBy{TakenBySelf, TakenByConsent, TakenByDelivery} }

// MarshalText refuses a value that is not a TakenBy.
func (t TakenBy) MarshalText() ([]byte, error) { return spell(t, "taken by", AllTakenBy()) }

// UnmarshalText refuses a text that is not a TakenBy.
func (t *TakenBy) UnmarshalText(b []byte) error { return decode(t, "taken by", b, AllTakenBy()) }

// Taken is a part of the claim limit that is taken.
type Taken struct {
	By    TakenBy
	N     int       // how many
	Until time.Time // when it becomes free by itself; zero: it does not
}

// at returns how many are taken in that way at now; of "", in all ways.
func (r Room) at(now time.Time, by TakenBy) int {
	n := 0
	for _, t := range r.Taken {
		if (by == "" || t.By == by) && !Passed(t.Until, now) {
			n += t.N
		}
	}
	return n
}

// FullAt reports whether the claim limit leaves no room at now.
func (r Room) FullAt(now time.Time) bool { return len(r.Taken) > 0 && r.at(now, "") >= max(r.Limit, 1) }

// Reasons returns why the claim limit leaves no room at now, or nothing while there
// is room. They say in what way the room is taken, never by whom.
func (r Room) Reasons(now time.Time) []Reason {
	if !r.FullAt(now) {
		return nil
	}
	var out []Reason
	if r.at(now, TakenByConsent) > 0 {
		out = append(out, Reason{Kind: ReasonConsentedElsewhere})
	}
	if r.at(now, TakenByDelivery) > 0 {
		out = append(out, Reason{Kind: ReasonParticipatedElsewhere})
	}
	if r.at(now, TakenBySelf) > 0 || r.Limit > 1 {
		out = append(out, Reason{Kind: ReasonClaimLimitReached})
	}
	return out
}

// withLimit returns the room as it is under the engagement's present limit, whatever
// it was when it was stored.
func (r Room) withLimit(limit int) Room {
	r.Limit = max(limit, 1)
	return r
}

// Equal reports whether two rooms are the same.
func (r Room) Equal(o Room) bool {
	return r.Limit == o.Limit && slices.EqualFunc(r.Taken, o.Taken, func(a, b Taken) bool {
		return a.By == b.By && a.N == b.N && a.Until.Equal(b.Until)
	})
}
