package claim_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// full is a claim in which everything that a claim records has happened.
func full(t *testing.T) claim.State {
	t.Helper()
	s := then(t, in(t, claim.StatusDisputed), after(90),
		claim.AddComment{By: claim.SidePartner, User: "paula", Text: "Ana has the dates."},
		claim.AddComment{By: claim.SideProgram, User: "rita", Text: "Then ask ana@contoso.com."})
	s = then(t, s, after(100), dispute(after(100)), claim.StartReview{}, askFor("Ask Ana for the dates."), claim.Submit{}, claim.StartReview{},
		claim.Approve{Amount: money("6000.50 USD"), Override: "Ana had a second workshop.", Text: "Thanks to Ana."},
		claim.Pay{Amount: money("0.50 USD"), Reference: "Ana-1"})
	s.Evidence[0].Name = "Ana's findings.pdf"
	s.Dispute.Reason = "Ana says that they do not differ."
	return must(claim.Mint(s, "p1", [32]byte{1}))
}

// A claim is the same after a trip through JSON, in every status.
func TestStateSurvivesJSON(t *testing.T) {
	check := func(s claim.State) {
		t.Helper()
		var back claim.State
		require.NoError(t, json.Unmarshal([]byte(jsonOf(s)), &back))
		require.Equal(t, s, back)
	}
	for _, status := range claim.AllStatuses() {
		check(in(t, status))
	}
	check(full(t))
	check(must(claim.Open(opening())))
	check(then(t, draft(t), after(1), claim.RemoveEvidence{ID: "e1"}))
	o := opening()
	o.Proof = []claim.ProofItem{}
	check(must(claim.Open(o)))
}

// erasure takes out a person whoever wrote, and whenever.
func erasure(email tenant.Email, user string, clean func(string) string) claim.Erasure {
	return claim.Erasure{
		Email: email, Named: func(name string) bool { return name == user },
		Clean: func(text string, _ claim.Side, _ time.Time) string { return clean(text) },
	}
}

// A person is gone from everything that people wrote; what was decided, when and
// by which link, stays.
func TestErase(t *testing.T) {
	clean := func(text string) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "ana@contoso.com", "[erased]"), "Ana", "[erased]")
	}
	s := full(t)
	before := jsonOf(s)
	erased, changed := s.Erase(erasure(ana, "", clean))
	require.True(t, changed)
	require.Equal(t, before, jsonOf(s), "the claim that was given stays as it was")
	require.NotContains(t, strings.ToLower(jsonOf(erased)), "ana")
	require.Contains(t, jsonOf(erased), "paula")

	v := must(erased.Survey(claim.ProofCustomerSurvey))
	was := must(s.Survey(claim.ProofCustomerSurvey))
	require.Equal(t, survey.StatusDone, v.Status)
	require.Equal(t, was.AnsweredAt(), v.AnsweredAt())
	require.Equal(t, "5", v.Response.Answers["satisfaction"])
	require.Empty(t, erased.Missing())
	require.Equal(t, s.Submissions, erased.Submissions)
	require.Equal(t, s.Paid, erased.Paid)
	require.Equal(t, s.LastReview().Amount, erased.LastReview().Amount)
	require.Equal(t, "[erased] had a second workshop.", erased.LastReview().Override)
	require.Equal(t, s.Evidence[0].SHA256, erased.Evidence[0].SHA256)

	again, changed := erased.Erase(erasure(ana, "", clean))
	require.False(t, changed)
	require.Equal(t, erased, again)

	// A user of the host is taken out of the comments and nowhere else.
	same := func(text string) string { return text }
	erased, changed = s.Erase(erasure(tenant.Email{}, "paula", same))
	require.True(t, changed)
	require.Equal(t, "", erased.Comments[0].User)
	require.Equal(t, "Ana has the dates.", erased.Comments[0].Text)
	require.Equal(t, "rita", erased.Comments[1].User)
	require.Equal(t, before, jsonOf(s))
	for _, nobody := range []string{"", "nobody"} {
		kept, changed := s.Erase(erasure(tenant.Email{}, nobody, same))
		require.False(t, changed)
		require.Equal(t, s, kept)
	}
	kept, changed := must(claim.Open(opening())).Erase(erasure(bruno, "bruno", clean))
	require.False(t, changed)
	require.Equal(t, must(claim.Open(opening())), kept)
}

// Logs show where a claim stands and nobody's data or words.
func TestLogsHidePersons(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	s := full(t)
	log.Info("x", "claim", s, "survey", must(s.Survey(claim.ProofCustomerSurvey)), "evidence", s.Evidence[0], "comment", s.Comments[0],
		"review", s.LastReview(), "dispute", s.Dispute)
	comment := claim.AddComment{By: claim.SidePartner, User: "Ana", Text: "Ana says so."}
	evidence := claim.AddEvidence{Evidence: s.Evidence[0]}
	no, yes := reject(after(1)), approve("4711.00 USD")
	no.Text, yes.Override = "Ana says no.", "Ana says yes."
	for _, e := range []claim.Event{
		comment, evidence, no, yes, send(claim.ProofCustomerSurvey, ana, "c1"), askFor("Ask Ana."), claim.OpenDispute{Reason: "Ana says so."},
		claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: "c1", Answers: customerAnswers()},
	} {
		log.Info("x", "event", e)
	}
	require.NotContains(t, strings.ToLower(out.String()), "ana")
	for _, shown := range []string{"approved", claim.ProofCustomerSurvey, "e1", "proof inconsistent", "4711.00 USD", "partner [comment]"} {
		require.Contains(t, out.String(), shown)
	}
}

// Every enumeration has exactly its documented spellings, reads them, reads
// nothing as the missing value, and refuses everything else.
func TestEnums(t *testing.T) {
	checkEnum(t, claim.AllStatuses(), "draft", "submitted", "under review", "action required", "approved", "paid", "rejected", "undisputed",
		"disputed", "rejected final", "not submitted expired", "post submission expired", "disputed expired", "cancelled", "withdrawn")
	checkEnum(t, claim.AllKinds(), "add evidence", "remove evidence", "send survey", "resend survey", "answer survey", "comment", "submit",
		"recall", "start review", "ask for action", "approve", "reject", "dispute", "pay", "cancel", "withdraw", "expire")
	checkEnum(t, claim.AllSides(), "partner", "program")
	checkEnum(t, claim.AllRejectionCodes(), "proof incomplete", "proof inconsistent", "engagement not delivered", "customer not eligible",
		"duplicate claim", "consent withdrawn", "other")
}

func checkEnum[T ~string, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, all []T, spellings ...string) {
	t.Helper()
	require.Len(t, all, len(spellings))
	for i, v := range all {
		require.Equal(t, spellings[i], string(v))
		var back T
		require.NoError(t, json.Unmarshal([]byte(jsonOf(v)), P(&back)))
		require.Equal(t, v, back)
	}
	missing := all[0]
	require.NoError(t, P(&missing).UnmarshalText(nil))
	require.Empty(t, missing)
	for _, junk := range []string{"x", " ", spellings[0] + " ", spellings[0] + "\x00", strings.ToUpper(spellings[0]), strings.Repeat("x", 1000)} {
		v := all[0]
		err := P(&v).UnmarshalText([]byte(junk))
		require.ErrorAs(t, err, new(*claim.InvalidError), "%q", junk)
		require.ErrorContains(t, err, spellings[0], "it says what would have been right")
		require.Less(t, len(err.Error()), 500, "junk is not repeated whole")
		require.Equal(t, all[0], v, "junk changes nothing")
	}
}

// What refusals say.
func TestErrorTexts(t *testing.T) {
	for _, c := range []struct {
		err  error
		text string
	}{
		{&claim.NotAllowedError{Status: claim.StatusPaid, Event: claim.KindPay}, "pay is not allowed while the claim is paid"},
		{&claim.NotAllowedError{Status: claim.StatusSubmitted, Event: claim.KindCancel, Why: "the claim has been submitted"},
			"cancel is not allowed while the claim is submitted: the claim has been submitted"},
		{&claim.NotAllowedError{Event: claim.KindSubmit, Why: "there is no claim"}, "submit is not allowed: there is no claim"},
		{&claim.ExpiredError{Status: claim.StatusPostSubmissionExpired, Deadline: reviewBy},
			"the claim is post submission expired since 2026-09-29T09:00:00Z, and an expired claim is not reopened: claim the customer again"},
		{&claim.IncompleteError{Missing: []claim.Missing{{Title: "Invoice", Wanted: 1}, {Title: "Sheets", Wanted: 3, Found: 1}}},
			"the claim cannot be submitted yet: Invoice is missing; Sheets: 1 of 3 are there"},
		{&claim.AmountError{Field: "paid", Amount: money("1.50 USD"), Problem: "is too much"}, `the paid amount "1.50 USD" is too much`},
		{&claim.InvalidError{Field: "text", Problem: "is empty"}, "text is empty"},
		{&claim.NotFoundError{Kind: "evidence", Value: strings.Repeat("x", 100)}, `the claim has no evidence "` + strings.Repeat("x", 60) + `"`},
	} {
		require.EqualError(t, c.err, c.text)
	}
}

// The status is what its deadline makes of it; where none runs it stays.
func TestDeadline(t *testing.T) {
	for _, status := range claim.AllStatuses() {
		s := in(t, status)
		want := map[claim.Status]any{claim.StatusDraft: submitBy, claim.StatusActionRequired: reviewBy, claim.StatusRejected: after(110), claim.StatusDisputed: after(110)}[status]
		if want == nil {
			require.True(t, s.Deadline().IsZero(), status)
			require.Equal(t, status, s.StatusAt(after(5000)))
			continue
		}
		require.Equal(t, want, s.Deadline(), status)
		require.Equal(t, status, s.StatusAt(s.Deadline().Add(-tick)))
		require.NotEqual(t, status, s.StatusAt(s.Deadline()))
	}
	require.True(t, draft(t).FirstSubmittedAt().IsZero())
}
