package claim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement/claim"
)

// What the program says of every event in every status, on both sides of every
// deadline, written out so that the table in the code is held to it. The columns
// are those of AllKinds. A cell is the status that follows ("=": the same), "over"
// for an expired claim, or "no" with what the refusal adds.
const program = `
status         from     until   | add  remove send    resend  answer comment submit recall     start ask    approve reject dispute  pay  cancel    withdraw expire

draft          -        submit  | =    =      =       =       =      =       sub    no         no    no     no      no     no       no   can       wd       no/none
draft          submit   -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      wd       nse

submitted      -        submit  | no   no     =       =       =      =       no     back       rev   no     no      no     no       no   no/sent   =        no/none
submitted      submit   review  | no   no     no/late no/late =      =       no     no/gone    rev   no     no      no     no       no   no/sent   =        no/none
submitted      review   -       | no   no     no/late no/late no/rev =       no     no/gone    rev   no     no      no     no       no   no/sent   =        no/none
resubmitted    -        submit  | no   no     =       =       =      =       no     back       rev   no     no      no     no       no   no/sent   =        no/none
resubmitted    submit   review  | no   no     no/late no/late =      =       no     back       rev   no     no      no     no       no   no/sent   =        no/none
resubmitted    review   -       | no   no     no/late no/late no/rev =       no     no/gone    rev   no     no      no     no       no   no/sent   =        no/none

recalled       -        submit  | =    =      =       =       =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
recalled       submit   -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      nse      nse
recalled-again -        submit  | =    =      =       =       =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
recalled-again submit   review  | =    =      no/late no/late =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
recalled-again review   -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      pse      pse
recalled-lost  -        -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      =        =

review         -        submit  | no   no     =       =       =      =       no     no/started no    act    app     rej    no       no   no/sent   =        no/none
review         submit   review  | no   no     no/late no/late =      =       no     no/started no    act    app     rej    no       no   no/sent   =        no/none
review         review   -       | no   no     no/late no/late no/rev =       no     no/started no    no/ask app     rej    no       no   no/sent   =        no/none

review-again   -        submit  | no   no     =       =       =      =       no     no/started no    act    app     fin    no       no   no/sent   =        no/none
review-again   submit   review  | no   no     no/late no/late =      =       no     no/started no    act    app     fin    no       no   no/sent   =        no/none
review-again   review   -       | no   no     no/late no/late no/rev =       no     no/started no    no/ask app     fin    no       no   no/sent   =        no/none

action         -        submit  | =    =      =       =       =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
action         submit   review  | =    =      no/late no/late =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
action         review   -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      pse      pse

approved       -        -       | no   no     no      no      no     =       no     no         no    no     no      no     no       paid no/sent   =        no/none
paid           -        -       | no   no     no      no      no     no      no     no         no    no     no      no     no       no   no/sent   =        no/none

rejected       -        dispute | no   no     no      no      no     =       no     no         no    no     no      no     dis      no   no/sent   =        no/none
rejected       dispute  -       | no   no     no      no      no     no      no     no         no    no     no      no     no/time  no   no/sent   und      und
undisputed     -        -       | no   no     no      no      no     no      no     no         no    no     no      no     no/time  no   no/sent   =        =

disputed       -        submit  | =    =      =       =       =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
disputed       submit   dispute | =    =      no/late no/late =      =       sub    no         no    no     no      no     no       no   no/sent   =        no/none
disputed       dispute  -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      dex      dex

final          -        -       | no   no     no      no      no     no      no     no         no    no     no      no     no/once  no   no/sent   =        no/none
not-submitted  -        -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      wd       =
post           -        -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      =        =
dispute-missed -        -       | over over   over    over    over   over    over   over       over  over   over    over   over     over over      =        =
cancelled      -        -       | no   no     no      no      no     no      no     no         no    no     no      no     no       no   no        no       no/none
withdrawn      -        -       | no   no     no      no      no     no      no     no         no    no     no      no     no       no   no        no       no/none
`

var leadsTo = map[string]claim.Status{
	"sub": claim.StatusSubmitted, "rev": claim.StatusUnderReview, "act": claim.StatusActionRequired, "app": claim.StatusApproved, "paid": claim.StatusPaid,
	"rej": claim.StatusRejected, "und": claim.Undisputed, "dis": claim.StatusDisputed, "fin": claim.StatusRejectedFinal, "nse": claim.StatusNotSubmittedExpired,
	"back": claim.StatusDraft, "pse": claim.StatusPostSubmissionExpired, "dex": claim.StatusDisputedExpired, "can": claim.StatusCanceled, "wd": claim.StatusWithdrawn,
}

var refusalAdds = map[string]string{
	"": "", "late": "the submission deadline has passed", "sent": "the claim has been submitted", "none": "no deadline of the claim has passed",
	"ask":  "the review deadline has passed, and the partner would have no time to act: approve or reject the claim",
	"gone": "the time in which it could be submitted again is over", "started": "the review has started", "rev": "the review deadline has passed",
	"time": "the time to dispute the rejection is over", "once": "a claim can be disputed once",
}

// stands returns the claims of the rows.
func stands(t *testing.T) map[string]claim.State {
	return map[string]claim.State{
		"draft": in(t, claim.StatusDraft), "submitted": in(t, claim.StatusSubmitted), "review": in(t, claim.StatusUnderReview), "review-again": disputedReview(t),
		"action": in(t, claim.StatusActionRequired), "approved": in(t, claim.StatusApproved), "paid": in(t, claim.StatusPaid), "rejected": in(t, claim.StatusRejected),
		"undisputed": in(t, claim.Undisputed), "disputed": in(t, claim.StatusDisputed), "final": in(t, claim.StatusRejectedFinal),
		"not-submitted": in(t, claim.StatusNotSubmittedExpired), "post": in(t, claim.StatusPostSubmissionExpired), "dispute-missed": in(t, claim.StatusDisputedExpired),
		"resubmitted": resubmitted(t), "recalled": then(t, in(t, claim.StatusSubmitted), after(21), recall()), "recalled-again": then(t, resubmitted(t), after(31), recall()),
		"recalled-lost": then(t, then(t, in(t, claim.StatusSubmitted), after(21), recall()), submitBy, claim.Expire{}),
		"cancelled":     in(t, claim.StatusCanceled), "withdrawn": in(t, claim.StatusWithdrawn),
	}
}

// moments returns some time early and late, and those on both sides of each
// deadline that the claim has.
func moments(s claim.State) []time.Time {
	all := []time.Time{after(10), after(1000)}
	for _, d := range []time.Time{s.SubmitBy, s.ReviewBy, s.DisputeBy} {
		if !d.IsZero() {
			all = append(all, d.Add(-tick), d, d.Add(tick))
		}
	}
	return all
}

func TestEveryEventInEveryStatus(t *testing.T) {
	claims := stands(t)
	type spot struct {
		name string
		now  time.Time
	}
	walked := map[spot]bool{}
	for line := range strings.Lines(program) {
		when, cells, ok := strings.Cut(line, "|")
		if !ok || strings.HasPrefix(line, "status") {
			continue
		}
		row, cell := strings.Fields(when), strings.Fields(cells)
		require.Len(t, row, 3, line)
		require.Len(t, cell, len(claim.AllKinds()), line)
		s, ok := claims[row[0]]
		require.True(t, ok, line)
		deadlines := map[string]time.Time{"submit": s.SubmitBy, "review": s.ReviewBy, "dispute": s.DisputeBy}
		for _, now := range moments(s) {
			if from, ok := deadlines[row[1]]; ok && now.Before(from) {
				continue
			}
			if until, ok := deadlines[row[2]]; ok && !now.Before(until) {
				continue
			}
			require.False(t, walked[spot{row[0], now}], "%s at %s has two rows", row[0], now)
			walked[spot{row[0], now}] = true
			for i, k := range claim.AllKinds() {
				walk(t, s, k, now, cell[i])
			}
		}
	}
	for name, s := range claims {
		for _, now := range moments(s) {
			require.True(t, walked[spot{name, now}], "%s at %s has no row", name, now)
		}
	}
}

// walk makes one event happen, and compares with a cell.
func walk(t *testing.T, s claim.State, k claim.Kind, now time.Time, cell string) {
	t.Helper()
	before := jsonOf(s)
	next, err := claim.Apply(s, event(k, now), now)
	require.Equal(t, before, jsonOf(s), "%s changes the claim that was given", k)
	require.Equal(t, err == nil, s.Allows(k, now), "Allows(%s) while %s at %s, with %v", k, s.Status, now, err)

	word, why, _ := strings.Cut(cell, "/")
	switch word {
	case "no":
		var no *claim.NotAllowedError
		require.ErrorAs(t, err, &no, "%s while %s at %s", k, s.Status, now)
		require.ErrorAs(t, err, new(*claim.NotAllowedError))
		require.Equal(t, claim.NotAllowedError{Status: s.StatusAt(now), Event: k, Why: refusalAdds[why]}, *no)
		require.Equal(t, s, next)
	case "over":
		var over *claim.ExpiredError
		require.ErrorAs(t, err, &over, "%s while %s at %s", k, s.Status, now)
		require.ErrorAs(t, err, new(*claim.ExpiredError))
		require.Equal(t, s.StatusAt(now), over.Status)
		require.Equal(t, map[claim.Status]time.Time{
			claim.StatusNotSubmittedExpired: s.SubmitBy, claim.StatusPostSubmissionExpired: s.ReviewBy, claim.StatusDisputedExpired: s.DisputeBy,
		}[over.Status], over.Deadline)
		require.Equal(t, s, next)
	default:
		require.NoError(t, err, "%s while %s at %s", k, s.Status, now)
		want := s.Status
		if word != "=" {
			var ok bool
			want, ok = leadsTo[word]
			require.True(t, ok, cell)
		}
		require.Equal(t, want, next.Status, "%s while %s at %s", k, s.Status, now)
		require.Equal(t, want, next.StatusAt(now), "what follows is true at once")
		if k == claim.KindExpire {
			require.Equal(t, s.StatusAt(now), next.Status, "recording it shows nothing new")
		}
	}
}
