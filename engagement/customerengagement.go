package engagement

import (
	"cmp"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// CustomerEngagementKey names one customer in one engagement.
type CustomerEngagementKey struct {
	Engagement ID         `json:"engagement"`
	Customer   tenant.Key `json:"customer"`
}

// Compare orders keys by engagement, then by customer.
func (k CustomerEngagementKey) Compare(o CustomerEngagementKey) int {
	return cmp.Or(cmp.Compare(k.Engagement, o.Engagement), cmp.Compare(k.Customer, o.Customer))
}

// CustomerEngagement is what all partners share of one customer in one engagement:
// the claim limit, and who holds a part of it. It is there once a partner takes part,
// not for customers who are merely known, and changes only with a holder, the limit
// or what other portals hold. No partner sees it; what follows of it for one is a
// [Room]. It is a value: callers must not modify what its slices
// and pointers share.
type CustomerEngagement struct {
	Key        CustomerEngagementKey
	Version    int64 // storage's; 0: nobody takes part yet
	ClaimLimit int   // the engagement's; less than 1 counts as 1
	External   ExternalHoldings
	// Holders are by partner, then participation; at most as many as the limit, unless
	// that was lowered. One whose Until has passed may have gone before anybody has
	// recorded that it ended.
	Holders []Holder
}

// Holder is a participation that takes a part of the claim limit: its consent is
// granted, and it has not ended without delivery.
type Holder struct {
	Partner       PartnerID
	Participation ParticipationID
	Delivered     bool
	Until         time.Time // the deadline at which it ends by itself; zero: none runs
}

func (h Holder) holdsAt(now time.Time) bool { return !Passed(h.Until, now) }

func (h Holder) same(o Holder) bool {
	until := h.Until.Equal(o.Until)
	h.Until, o.Until = time.Time{}, time.Time{}
	return until && h == o
}

// ExternalHoldings is what the program says of participations that other portals
// keep. They count like the library's own.
type ExternalHoldings struct {
	Consented    int       // granted and under way
	Participated int       // delivered
	AsOf         time.Time // when that was told
}

// LogValue keeps what partners have out of logs.
func (c CustomerEngagement) LogValue() slog.Value {
	return slog.GroupValue(slog.String("engagement", string(c.Key.Engagement)), slog.String("customer", string(c.Key.Customer)),
		slog.Int64("version", c.Version))
}

// Following returns what partners share after a participation became p, and whether
// that changes anything.
func (c CustomerEngagement) Following(p Participation) (CustomerEngagement, bool) {
	i := slices.IndexFunc(c.Holders, func(h Holder) bool { return h.Partner == p.Partner && h.Participation == p.ID })
	is, holds := p.holder()
	switch {
	case i < 0 && !holds, i >= 0 && holds && c.Holders[i].same(is):
		return c, false
	case i >= 0 && holds:
		c.Holders = slices.Clone(c.Holders)
		c.Holders[i] = is
	case i >= 0:
		c.Holders = slices.Delete(slices.Clone(c.Holders), i, i+1)
	default:
		at, _ := slices.BinarySearchFunc(c.Holders, is, func(a, b Holder) int {
			return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Participation, b.Participation))
		})
		c.Holders = slices.Insert(slices.Clone(c.Holders), at, is)
	}
	return c, true
}

// WithoutLapsed returns what partners share without the holders that have ended by
// themselves at now: they make room for others, whether or not that is recorded.
func (c CustomerEngagement) WithoutLapsed(now time.Time) CustomerEngagement {
	lapsed := func(h Holder) bool { return !h.holdsAt(now) }
	if slices.ContainsFunc(c.Holders, lapsed) {
		c.Holders = slices.DeleteFunc(slices.Clone(c.Holders), lapsed)
	}
	return c
}

// holder returns the participation as a holder, if it is one as recorded.
func (p Participation) holder() (Holder, bool) {
	if !p.HoldsAt(time.Time{}) {
		return Holder{}, false
	}
	return Holder{Partner: p.Partner, Participation: p.ID, Delivered: p.Delivered(), Until: p.unrecorded()}, true
}

// Granted returns how many participations in the library hold a part of the claim
// limit at now.
func (c CustomerEngagement) Granted(now time.Time) int {
	n := 0
	for _, h := range c.Holders {
		if h.holdsAt(now) {
			n++
		}
	}
	return n
}

// RoomFor returns how the claim limit stands to a partner.
func (c CustomerEngagement) RoomFor(partner PartnerID) Room {
	var taken []Taken
	add := func(by TakenBy, n int, until time.Time) {
		if n < 1 {
			return
		}
		if i := slices.IndexFunc(taken, func(t Taken) bool { return t.By == by && t.Until.Equal(until) }); i >= 0 {
			taken[i].N += n
			return
		}
		taken = append(taken, Taken{By: by, N: n, Until: until})
	}
	for _, h := range c.Holders {
		switch {
		case h.Partner == partner:
			add(TakenBySelf, 1, h.Until)
		case h.Delivered:
			add(TakenByDelivery, 1, h.Until)
		default:
			add(TakenByConsent, 1, h.Until)
		}
	}
	add(TakenByConsent, c.External.Consented, time.Time{})
	add(TakenByDelivery, c.External.Participated, time.Time{})
	if len(taken) == 0 {
		return Room{}
	}
	slices.SortFunc(taken, func(a, b Taken) int { return cmp.Or(cmp.Compare(a.By, b.By), a.Until.Compare(b.Until)) })
	return Room{Limit: max(c.ClaimLimit, 1), Taken: taken}
}
