package workflow_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// repeated returns what the reviewer of a claim is shown of repeated contents: the
// document of the claim, and that which it repeats.
func repeated(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) [][2]claim.EvidenceID {
	t.Helper()
	view, err := w.Desk.Claims.Get(background, w.Reviewer(), p)
	ok(t, err)
	var out [][2]claim.EvidenceID
	for _, r := range view.Repetitions {
		out = append(out, [2]claim.EvidenceID{r.Evidence, r.Document})
	}
	return out
}

// The reviewer is shown that a content is in another claim of the partner's, or twice
// in one; nobody is of a document that was removed, or of another partner's.
func TestRepeatedEvidence(t *testing.T) {
	w, _, _, one := newArchive(t)
	fabrikam := w.As(workflowtest.Fabrikam)
	two, theirs := w.Granted(migration, "eva@adatum.com"), fabrikam.Granted(pilot, "ana@contoso.com")
	put := func(w *workflowtest.World, p engagement.ParticipationID, content string) claim.EvidenceID {
		t.Helper()
		v, err := w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p, pdf(claim.ProofInvoice), strings.NewReader(content))
		ok(t, err)
		return v.ID
	}
	remove := func(p engagement.ParticipationID, v claim.EvidenceID) {
		t.Helper()
		ok(t, errOf(w.Desk.Documents.Remove(background, w.Actor.Request(w.Key()), p, workflow.RemoveEvidence{Evidence: v})))
	}
	none := [][2]claim.EvidenceID(nil)
	put(fabrikam, theirs, "invoice")
	gone := put(w, one, "invoice")
	remove(one, gone)
	first := put(w, one, "invoice")
	equal(t, "what was removed and added again", repeated(t, w, one), none)
	put(w, two, "another invoice")
	equal(t, "another content", repeated(t, w, two), none)

	second := put(w, two, "invoice")
	equal(t, "in the second claim", repeated(t, w, two), [][2]claim.EvidenceID{{second, first}})
	equal(t, "in the first one", repeated(t, w, one), [][2]claim.EvidenceID{{first, second}})
	equal(t, "another partner's", repeated(t, fabrikam, theirs), none)
	twice := put(w, one, "invoice")
	equal(t, "twice in one claim", repeated(t, w, one), [][2]claim.EvidenceID{{first, second}, {twice, first}, {twice, second}})

	remove(one, first)
	remove(one, twice)
	equal(t, "once it is removed there", repeated(t, w, two), none)
	three := w.Claimed(pilot, "contoso.com")
	w.Requested(three)
	w.Accepted(three)
	third := put(w, three, "invoice")
	equal(t, "in a third claim", repeated(t, w, three), [][2]claim.EvidenceID{{third, second}})

	view, err := w.Desk.Claims.Get(background, w.Reviewer(), three)
	ok(t, err)
	equal(t, "the other claim", []any{view.Repetitions[0].Participation, view.Repetitions[0].Status, view.Repetitions[0].Submitted}, []any{two, engagement.StatusConsentReceived, false})
	own, err := w.Desk.Claims.Get(background, w.Actor, three)
	ok(t, err)
	equal(t, "what the partner is shown", len(own.Repetitions), 0)
}

// Of two claims to which the same content is added at once each is found.
func TestRepeatedEvidenceAtOnce(t *testing.T) {
	w, spy, _, one := newArchive(t)
	two := w.Granted(migration, "eva@adatum.com")
	put := func(p engagement.ParticipationID) error {
		cmdKey, cmd := w.Key(), recorded("s3://bucket/"+string(p))
		_, err := w.Desk.Documents.Record(background, w.Actor.Request(cmdKey), p, cmd)
		return err
	}
	other := error(nil)
	spy.reset(func(n int, apply func() error) error {
		if n == 1 { // the other comes between
			other = put(two)
		}
		return apply()
	}, nil)
	ok(t, put(one))
	ok(t, other)
	spy.reset(nil, nil)
	equal(t, "found from both", []int{len(repeated(t, w, one)), len(repeated(t, w, two))}, []int{1, 1})
}
