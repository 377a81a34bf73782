package engagement_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/stretchr/testify/require"
)

// The claim limit counts granted participations of all partners, and those that
// other portals hold; why there is no room is told by kind, never by name.
func TestFullFor(t *testing.T) {
	own := func() engagement.Participation { return accepted(asked(began(northwind, engagement.OriginAdded))) }
	their := func() engagement.Participation { return accepted(asked(began(fabrikam, engagement.OriginAdded))) }
	third := func() engagement.Participation { return accepted(asked(began("litware", engagement.OriginAdded))) }
	consented := func(n int) engagement.ExternalHoldings { return engagement.ExternalHoldings{Consented: n} }
	participated := func(n int) engagement.ExternalHoldings { return engagement.ExternalHoldings{Participated: n} }
	const (
		byOther = engagement.ReasonConsentedElsewhere
		before  = engagement.ReasonParticipatedElsewhere
		limit   = engagement.ReasonClaimLimitReached
	)
	for _, c := range []struct {
		name  string
		limit int
		in    []any
		want  []engagement.ReasonKind
		held  int // granted in the library
	}{
		{"nothing", 1, nil, nil, 0},
		{"a limit that nobody set is one", 0, []any{their()}, []engagement.ReasonKind{byOther}, 1},
		{"our own", 1, []any{own()}, []engagement.ReasonKind{limit}, 1},
		{"another partner's", 1, []any{their()}, []engagement.ReasonKind{byOther}, 1},
		{"another portal's", 1, []any{consented(1)}, []engagement.ReasonKind{byOther}, 0},
		{"delivered elsewhere", 1, []any{participated(1)}, []engagement.ReasonKind{before}, 0},
		{"our own, delivered", 1, []any{reached(claim.StatusPaid, northwind)}, []engagement.ReasonKind{limit}, 1},
		{"another partner's, delivered", 1, []any{reached(claim.StatusApproved, fabrikam)}, []engagement.ReasonKind{before}, 1},
		{"rejected, and can be disputed", 1, []any{reached(claim.StatusRejected, fabrikam)}, []engagement.ReasonKind{byOther}, 1},
		{"rejected for good frees the place", 1, []any{reached(claim.StatusRejectedFinal, fabrikam)}, nil, 0},
		{"expired frees the place", 1, []any{reached(claim.StatusPostSubmissionExpired, fabrikam), reached(claim.StatusDisputedExpired, "litware")}, nil, 0},
		{"limit 2, delivered and under way", 2, []any{reached(claim.StatusPaid, fabrikam), their()}, []engagement.ReasonKind{byOther, before, limit}, 2},
		{"asked is not granted", 1, []any{asked(began(fabrikam, engagement.OriginAdded)), began("litware", engagement.OriginClaimed)}, nil, 0},
		{"declined is not granted", 1, []any{declined(asked(began(fabrikam, engagement.OriginAdded)))}, nil, 0},
		{"withdrawn frees the place", 1, []any{withdrawn(their())}, nil, 0},
		{"cancelled frees the place", 1, []any{cancelled(their())}, nil, 0},
		{"limit 2, one", 2, []any{their()}, nil, 1},
		{"limit 2, ours and another's", 2, []any{own(), their()}, []engagement.ReasonKind{byOther, limit}, 2},
		{"limit 2, two others'", 2, []any{their(), third()}, []engagement.ReasonKind{byOther, limit}, 2},
		{"limit 2, one here and one elsewhere", 2, []any{their(), consented(1)}, []engagement.ReasonKind{byOther, limit}, 1},
		{"limit 2, one of each kind", 2, []any{own(), participated(1)}, []engagement.ReasonKind{before, limit}, 1},
		{"limit 2, two delivered elsewhere", 2, []any{participated(2)}, []engagement.ReasonKind{before, limit}, 0},
		{"more than the limit", 1, []any{their(), third(), consented(3), participated(1)}, []engagement.ReasonKind{byOther, before}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			pl := placeOf(c.limit, c.in...)
			now := start.Add(day)
			reasons := pl.full(northwind, now)
			require.Equal(t, c.want, kinds(reasons))
			require.Equal(t, c.held, pl.shared.Granted(now))
			for _, r := range reasons {
				require.Equal(t, engagement.Reason{Kind: r.Kind}, r, "nothing but the kind is told")
			}
		})
	}
}

// A granted participation holds its place until the moment at which its claim
// can no longer be submitted, whoever recorded that.
func TestPlaceIsFreedAtTheDeadline(t *testing.T) {
	pl := placeOf(1, accepted(asked(began(fabrikam, engagement.OriginAdded))))
	over := start.Add(2*minute).AddDate(0, 0, 60)
	require.Equal(t, over, pl.due())
	require.NotEmpty(t, pl.full(northwind, over.Add(-tick)))
	require.Equal(t, 1, pl.shared.Granted(over.Add(-tick)))
	require.Empty(t, pl.full(northwind, over))
	require.Zero(t, pl.shared.Granted(over))
}

// Records are values: what changes one leaves it as it was.
func TestRecordsAreValues(t *testing.T) {
	var empty engagement.PartnerRecord
	_, ok := empty.Participation("p")
	require.False(t, ok)
	_, ok = empty.OpenAt(start)
	require.False(t, ok)

	first := began(northwind, engagement.OriginAdded)
	one := known(northwind, "").WithParticipation(first)
	before := string(must(json.Marshal(one)))
	changed := first
	changed.FriendlyName = "changed"
	two := one.WithParticipation(changed).WithParticipation(began(northwind, engagement.OriginClaimed))
	require.Equal(t, before, string(must(json.Marshal(one))))
	require.Len(t, two.Participations, 2)
	got, ok := two.Participation(first.ID)
	require.True(t, ok)
	require.Equal(t, changed, got)
	open, ok := two.OpenAt(start)
	require.True(t, ok)
	require.Equal(t, first.ID, open.ID)
}

// What is shared follows each participation that changes, as a value: its holders are
// those participations that hold a part of the limit as recorded.
func TestFollowing(t *testing.T) {
	var none engagement.CustomerEngagement
	p, q := accepted(asked(began(northwind, engagement.OriginAdded))), reached(claim.StatusApproved, fabrikam)
	for _, without := range []engagement.Participation{began("litware", engagement.OriginAdded), declined(asked(began("litware", engagement.OriginAdded))), cancelled(p)} {
		_, changed := none.Following(without)
		require.False(t, changed)
	}
	one, changed := none.Following(p)
	require.True(t, changed)
	two, changed := one.Following(q)
	require.True(t, changed)
	require.Equal(t, []engagement.Holder{
		{Partner: fabrikam, Participation: q.ID, Delivered: true}, {Partner: northwind, Participation: p.ID, Until: on(60)},
	}, two.Holders)
	require.Len(t, one.Holders, 1)

	other, c := p, *p.Claim
	c.SubmitBy = c.SubmitBy.In(zone("Europe/Lisbon"))
	other.Claim = &c
	_, changed = two.Following(other)
	require.False(t, changed, "the same moment in another zone")
	later, changed := two.Following(happens(p, on(1), claim.Withdraw{}))
	require.True(t, changed)
	require.Len(t, later.Holders, 1)
	require.Len(t, two.Holders, 2)
}

// Holders that have ended by themselves make room, whether or not that is recorded.
func TestWithoutLapsed(t *testing.T) {
	p, q := accepted(asked(began(northwind, engagement.OriginAdded))), reached(claim.StatusApproved, fabrikam)
	one, _ := engagement.CustomerEngagement{}.Following(p)
	both, _ := one.Following(q)
	over := both.Holders[1].Until
	require.Equal(t, both, both.WithoutLapsed(over.Add(-tick)))
	left := both.WithoutLapsed(over)
	require.Equal(t, both.Holders[:1], left.Holders)
	require.Len(t, both.Holders, 2)
	settled, err := p.Settle(over)
	require.NoError(t, err)
	_, changed := left.Following(settled)
	require.False(t, changed, "that it ended changes nothing any more")
}

// A row that was made on a clock that is ahead, by which another partner's time was
// over, is read on its tab; what is refused by the clock that is behind is not offered.
func TestRowOnAClockThatIsBehind(t *testing.T) {
	theirs := accepted(asked(began(fabrikam, engagement.OriginAdded)))
	pl := placeOf(1, theirs, known(northwind, eligibility.OutcomeEligible))
	over := start.Add(2*minute).AddDate(0, 0, 60)
	r, _ := pl.record(northwind)
	for _, p := range []engagement.Participation{{}, began(northwind, engagement.OriginClaimed)} {
		of := func(made, read time.Time) engagement.Row {
			e := r.Entry(pl.shared.RoomFor(northwind), made)
			if p.ID != "" {
				e = r.EntryOf(p, pl.shared.RoomFor(northwind), made)
			}
			row, ok := e.RowAt(offer(), link.Policy{}, read)
			require.True(t, ok)
			require.True(t, e.Tab == row.Tab || e.Until == over, "the tab that it is stored under")
			return row
		}
		require.Equal(t, engagement.TabIneligible, of(start, start).Tab)
		if p.ID != "" {
			p.Consent.Deadline = over.AddDate(0, 0, 30)
		}
		require.Equal(t, engagement.TabEligible, of(start, over).Tab)
		behind := of(over, over.Add(-tick))
		require.Equal(t, engagement.TabEligible, behind.Tab)
		require.Empty(t, behind.Reasons)
		require.NotContains(t, behind.Actions, engagement.ActionClaimCustomer)
		require.NotContains(t, behind.Actions, engagement.ActionRequestConsent)
	}
}

// What a partner is told of the room is the same whoever else holds it.
func TestRoomSaysNothingOfWho(t *testing.T) {
	for _, status := range claim.AllStatuses() {
		by := func(partner engagement.PartnerID) engagement.Room {
			return placeOf(1, reached(status, partner), accepted(asked(began("zebra", engagement.OriginAdded)))).shared.RoomFor(northwind)
		}
		require.True(t, by(fabrikam).Equal(by("a-datum")), status)
		require.NotContains(t, fmt.Sprintf("%+v", by(fabrikam)), "fabrikam")
	}
}

func TestEvaluationSameAs(t *testing.T) {
	e := known(northwind, eligibility.OutcomeIneligible, engagement.Reason{Kind: engagement.ReasonFactsMissing, Rule: "a", Doc: "d", Wanted: "w", Found: "f", Missing: []string{"x"}}).Evaluation
	e.Locations = []engagement.LocationID{"1"}
	later := e
	later.At = start.Add(day)
	require.True(t, e.EquivalentTo(later), "whenever they were made")
	for name, change := range map[string]func(*engagement.Evaluation){
		"rule set":  func(e *engagement.Evaluation) { e.RuleSet = "x" },
		"version":   func(e *engagement.Evaluation) { e.Version = "x" },
		"outcome":   func(e *engagement.Evaluation) { e.Outcome = "unknown" },
		"locations": func(e *engagement.Evaluation) { e.Locations = nil },
		"kind":      func(e *engagement.Evaluation) { e.Reasons[0].Kind = engagement.ReasonCriteriaNotMet },
		"rule":      func(e *engagement.Evaluation) { e.Reasons[0].Rule = "x" },
		"doc":       func(e *engagement.Evaluation) { e.Reasons[0].Doc = "x" },
		"wanted":    func(e *engagement.Evaluation) { e.Reasons[0].Wanted = "x" },
		"found":     func(e *engagement.Evaluation) { e.Reasons[0].Found = "x" },
		"missing":   func(e *engagement.Evaluation) { e.Reasons[0].Missing = nil },
		"reasons":   func(e *engagement.Evaluation) { e.Reasons = nil },
	} {
		other := e
		other.Reasons = []engagement.Reason{e.Reasons[0]}
		change(&other)
		require.False(t, e.EquivalentTo(other), name)
	}
}
