package claim_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// A rejection can be disputed once, and what is rejected after it is for good.
func TestDisputeOnce(t *testing.T) {
	s := in(t, claim.StatusRejected)
	require.Equal(t, after(110), s.DisputeBy)
	s = then(t, s, after(81), claim.OpenDispute{Reason: "They do not differ."})
	require.Equal(t, claim.DisputeCase{OpenedAt: after(81), Reason: "They do not differ."}, s.Dispute)
	require.Equal(t, after(110), s.Deadline(), "the dispute is prepared within the window of the rejection")

	s = then(t, s, after(100), dispute(after(100)), claim.StartReview{}, reject(after(105)))
	require.Equal(t, claim.StatusRejectedFinal, s.Status)
	require.Equal(t, after(100), s.Dispute.SubmittedAt)
	require.Equal(t, after(110), s.DisputeBy, "a final rejection opens no window")
	require.True(t, s.Deadline().IsZero())
	err := refused(t, s, after(106), claim.OpenDispute{Reason: "Again."}, errtest.Type[*claim.NotAllowedError]())
	require.EqualError(t, err, "dispute is not allowed while the claim is rejected final: a claim can be disputed once")
	require.Equal(t, claim.StatusRejectedFinal, s.StatusAt(after(1000)))
}

// A dispute that is opened and not submitted in time ends the claim, and so does
// letting the time to dispute go by.
func TestDisputeInTime(t *testing.T) {
	open, left := in(t, claim.StatusDisputed), in(t, claim.StatusRejected)
	for _, c := range []struct {
		s          claim.State
		is, became claim.Status
	}{{open, claim.StatusDisputed, claim.StatusDisputedExpired}, {left, claim.StatusRejected, claim.Undisputed}} {
		require.Equal(t, c.is, c.s.StatusAt(after(110).Add(-tick)))
		require.Equal(t, c.became, c.s.StatusAt(after(110)))
	}
	then(t, open, after(110).Add(-tick), dispute(after(110)))
	refused(t, open, after(110), dispute(after(110)), errtest.Type[*claim.ExpiredError]())
	then(t, left, after(110).Add(-tick), claim.OpenDispute{Reason: "At the last moment."})
	err := refused(t, left, after(110), claim.OpenDispute{Reason: "Too late."}, errtest.Type[*claim.NotAllowedError]())
	require.EqualError(t, err, "dispute is not allowed while the claim is undisputed: the time to dispute the rejection is over")
}

// A submitted dispute resets the review deadline, once: what the reviewer asks for
// after that has to be done by the new one.
func TestReviewDeadlineAfterADispute(t *testing.T) {
	s := disputedReview(t)
	require.Equal(t, after(130), s.ReviewBy)
	require.Equal(t, after(130).Add(-tick), then(t, s, after(130).Add(-tick), askFor("Sign it.")).LastReview().At)
	refused(t, s, after(130), askFor("Sign it."), errtest.Type[*claim.NotAllowedError]())

	s = then(t, s, after(120), askFor("Sign it."))
	require.Equal(t, after(130), s.Deadline())
	require.Equal(t, claim.StatusPostSubmissionExpired, s.StatusAt(after(130)))
	s = then(t, s, after(129), dispute(after(129)))
	require.Equal(t, after(130), s.ReviewBy, "handing in what was asked for resets nothing")
	require.Equal(t, after(100), s.Dispute.SubmittedAt)

	before := in(t, claim.StatusActionRequired)
	require.Equal(t, reviewBy, then(t, before, after(30), dispute(after(30))).ReviewBy, "nor does it without a dispute")
	require.Equal(t, reviewBy, then(t, draft(t), after(30), dispute(after(30))).ReviewBy)

	err := refused(t, in(t, claim.StatusDisputed), after(90), claim.Submit{}, errtest.Type[*claim.InvalidError]())
	require.EqualError(t, err, "review_by is missing: a submitted dispute has a review window of its own")
}

// A slow reviewer expires nothing: only what the partner has not done does.
func TestASlowReviewerNeverExpiresAClaim(t *testing.T) {
	years := start.AddDate(20, 0, 0)
	for _, status := range []claim.Status{claim.StatusSubmitted, claim.StatusUnderReview, claim.StatusApproved, claim.StatusPaid, claim.StatusRejectedFinal} {
		s := in(t, status)
		require.True(t, s.Deadline().IsZero(), status)
		require.Equal(t, status, s.StatusAt(years))
		refused(t, s, years, claim.Expire{}, errtest.Type[*claim.NotAllowedError](), status)
	}
	s := then(t, in(t, claim.StatusSubmitted), years, claim.StartReview{})
	err := refused(t, s, years, askFor("Sign it."), errtest.Type[*claim.NotAllowedError]())
	require.ErrorContains(t, err, "approve or reject the claim", "it says what is left to do")
	require.False(t, s.Allows(claim.KindRequestAction, years))
	require.Equal(t, claim.StatusApproved, then(t, s, years, approve("5000.00 USD")).Status)
	require.Equal(t, claim.StatusRejected, then(t, s, years, reject(years)).Status)
}

// The reviewer may ask any number of times, and the partner edits and hands in
// again each time.
func TestAskAgainAndAgain(t *testing.T) {
	s := in(t, claim.StatusSubmitted)
	for i := range 5 {
		now := after(30 + i)
		s = then(t, s, now, claim.StartReview{}, askFor("Once more."), claim.RemoveEvidence{ID: "e1"}, addDocument("e1"), claim.Submit{})
	}
	require.Len(t, s.Submissions, 6)
	require.Len(t, s.Reviews, 5)
	require.Equal(t, after(20), s.FirstSubmittedAt())
	require.Equal(t, claim.Review{At: after(34).Add(time.Minute), Outcome: claim.KindRequestAction, Items: askFor("Once more.").Items}, s.LastReview())
	require.Equal(t, claim.Review{}, draft(t).LastReview())

	s = then(t, s, after(50), claim.StartReview{}, askFor("Once more."), claim.RemoveEvidence{ID: "e1"})
	refused(t, s, after(51), claim.Submit{}, errtest.Type[*claim.IncompleteError](), "what was there at first has to be there again")
}

// Recording a deadline shows nothing new, happens any number of times, and stays
// for a clock that was set back.
func TestExpireShowsNothingNew(t *testing.T) {
	for status, became := range map[claim.Status]claim.Status{
		claim.StatusDraft: claim.StatusNotSubmittedExpired, claim.StatusActionRequired: claim.StatusPostSubmissionExpired,
		claim.StatusDisputed: claim.StatusDisputedExpired, claim.StatusRejected: claim.Undisputed,
	} {
		s := in(t, status)
		over := s.Deadline()
		refused(t, s, over.Add(-tick), claim.Expire{}, errtest.Type[*claim.NotAllowedError]())
		for _, late := range []time.Duration{0, tick, 400 * day} {
			once := then(t, s, over.Add(late), claim.Expire{})
			require.Equal(t, became, once.Status)
			require.Equal(t, once, then(t, once, over.Add(late), claim.Expire{}, claim.Expire{}))
			for _, now := range []time.Time{over, over.Add(day), over.AddDate(5, 0, 0)} {
				require.Equal(t, s.StatusAt(now), once.StatusAt(now))
				for _, k := range claim.AllKinds() {
					require.Equal(t, s.Allows(k, now), once.Allows(k, now), "%s after %s", k, became)
				}
			}
			once.Status = status
			require.Equal(t, s, once, "nothing but the status is recorded")
		}
		back := then(t, s, over, claim.Expire{})
		require.Equal(t, became, back.StatusAt(start), "a clock that goes back revives nothing")
		for _, k := range []claim.Kind{claim.KindAddEvidence, claim.KindSubmit, claim.KindOpenDispute, claim.KindCancel, claim.KindComment} {
			require.False(t, back.Allows(k, start), "%s after %s", k, became)
			_, err := claim.Apply(back, event(k, start), start)
			require.Error(t, err)
		}
	}
}

// A deadline that nobody has recorded is not over for a clock that was set back.
func TestClockSetBack(t *testing.T) {
	s := draft(t)
	require.Equal(t, claim.StatusNotSubmittedExpired, s.StatusAt(submitBy))
	refused(t, s, submitBy, claim.Submit{}, errtest.Type[*claim.ExpiredError]())
	require.Equal(t, claim.StatusDraft, s.StatusAt(submitBy.Add(-day)))
	s = then(t, s, submitBy.Add(-day), claim.Submit{})
	s = then(t, s, start.Add(-day), claim.StartReview{}, approve("5000.00 USD"))
	require.Equal(t, start.Add(-day).Add(time.Minute), s.LastReview().At, "it is recorded as the clock says")
}

// A customer's withdrawal ends a claim that was never submitted; after that it
// changes nothing here.
func TestWithdraw(t *testing.T) {
	s := then(t, draft(t), after(5), claim.Withdraw{})
	require.Equal(t, claim.StatusWithdrawn, s.Status)
	require.Equal(t, after(5), s.EndedAt)

	late := then(t, draft(t), submitBy, claim.Withdraw{})
	require.Equal(t, claim.StatusWithdrawn, late.Status, "what was missed was never submitted")
	require.Equal(t, submitBy, late.EndedAt)

	for _, status := range []claim.Status{
		claim.StatusSubmitted, claim.StatusUnderReview, claim.StatusActionRequired, claim.StatusApproved, claim.StatusPaid, claim.StatusRejected, claim.Undisputed,
		claim.StatusDisputed, claim.StatusRejectedFinal, claim.StatusPostSubmissionExpired, claim.StatusDisputedExpired,
	} {
		s := in(t, status)
		require.Equal(t, s, then(t, s, after(30), claim.Withdraw{}), status)
	}
}

// A recall undoes a submission, and gives no more time than there was without it: so
// nobody wins time by submitting, and none is left after the deadline. What was
// submitted once stays so: it is not cancelled, and a withdrawal does not end it.
func TestRecall(t *testing.T) {
	s := then(t, in(t, claim.StatusSubmitted), after(21), recall(), addDocument("e2"))
	require.Equal(t, []claim.Recall{{At: after(21), Reason: "It is the wrong invoice."}}, s.Recalls)
	require.Equal(t, submitBy, s.Deadline())
	require.Equal(t, after(20), s.FirstSubmittedAt())
	require.ErrorContains(t, refused(t, s, after(22), claim.Cancel{}, errtest.Type[*claim.NotAllowedError]()), "the claim has been submitted")
	s = then(t, s, after(23), claim.Submit{}, recall(), claim.Submit{}, recall())
	require.Equal(t, submitBy, s.Deadline(), "submitting and recalling it any number of times")
	require.Equal(t, claim.StatusNotSubmittedExpired, s.StatusAt(submitBy))
	require.Equal(t, claim.StatusNotSubmittedExpired, then(t, s, submitBy, claim.Withdraw{}).Status)
	err := refused(t, in(t, claim.StatusSubmitted), submitBy, recall(), errtest.Type[*claim.NotAllowedError]())
	require.EqualError(t, err, "recall is not allowed while the claim is submitted: the time in which it could be submitted again is over")
	err = refused(t, in(t, claim.StatusUnderReview), after(22), recall(), errtest.Type[*claim.NotAllowedError]())
	require.EqualError(t, err, "recall is not allowed while the claim is under review: the review has started")

	again := then(t, resubmitted(t), submitBy, recall())
	require.Equal(t, reviewBy, again.Deadline())
	require.Equal(t, claim.StatusPostSubmissionExpired, again.StatusAt(reviewBy))

	disputed := then(t, in(t, claim.StatusDisputed), after(100), dispute(after(100)), recall())
	require.Equal(t, after(130), disputed.Deadline(), "by the review deadline that the dispute has reset")
	disputed = then(t, disputed, after(120), dispute(after(120)), claim.StartReview{})
	require.Equal(t, after(130), disputed.ReviewBy, "it is reset once")
	require.Equal(t, claim.StatusRejectedFinal, then(t, disputed, after(121), reject(after(121))).Status)

	s = draft(t)
	for range claim.MaxRecalls {
		s = then(t, s, after(30), claim.Submit{}, recall())
	}
	err = refused(t, then(t, s, after(31), claim.Submit{}), after(32), recall(), errtest.Type[*claim.InvalidError]())
	require.ErrorContains(t, err, "recalls are 20")
}

func TestCancelBeforeTheFirstSubmissionOnly(t *testing.T) {
	s := in(t, claim.StatusCanceled)
	require.Equal(t, after(5), s.EndedAt)
	for _, status := range []claim.Status{claim.StatusSubmitted, claim.StatusActionRequired, claim.StatusDisputed, claim.StatusPaid} {
		err := refused(t, in(t, status), after(30), claim.Cancel{}, errtest.Type[*claim.NotAllowedError]())
		require.ErrorContains(t, err, "the claim has been submitted")
	}
}

// Nothing reopens a claim that is over: another needs another consent.
func TestNothingIsReopened(t *testing.T) {
	for _, status := range []claim.Status{
		claim.StatusCanceled, claim.StatusWithdrawn, claim.StatusNotSubmittedExpired, claim.StatusPostSubmissionExpired, claim.StatusDisputedExpired,
		claim.StatusRejectedFinal, claim.Undisputed, claim.StatusPaid,
	} {
		for _, k := range claim.AllKinds() {
			for _, now := range []time.Time{start, after(30), after(85), after(1000)} {
				next, err := claim.Apply(in(t, status), event(k, now), now)
				if err == nil && status == claim.StatusNotSubmittedExpired && k == claim.KindWithdraw {
					require.Equal(t, claim.StatusWithdrawn, next.Status)
					continue
				}
				require.Equal(t, status, next.Status, "%s while %s", k, status)
			}
		}
	}
}

// What happened is recorded with its time, to the microsecond and in UTC, and in
// the order in which it happened.
func TestWhatIsRecorded(t *testing.T) {
	zone := time.FixedZone("", 3600)
	now := after(20).Add(999 * time.Nanosecond).In(zone)
	s := draft(t)
	for range 2 {
		next, err := claim.Apply(s, claim.AddComment{By: claim.SideProgram, User: "rita", Text: "Where is it?"}, now)
		require.NoError(t, err)
		s = next
	}
	comment := claim.Comment{At: after(20), By: claim.SideProgram, User: "rita", Text: "Where is it?"}
	require.Equal(t, []claim.Comment{comment, comment}, s.Comments)

	s = then(t, in(t, claim.StatusPaid), after(30))
	require.Equal(t, []claim.Submission{{At: after(20), Requested: money("5000.00 USD")}}, s.Submissions)
	require.Equal(t, []claim.Review{{At: after(23), Outcome: claim.KindApprove, Amount: money("5000.00 USD")}}, s.Reviews)
	require.Equal(t, []claim.Payment{{At: after(24), Amount: money("5000.00 USD"), Reference: "R-1"}}, s.Payments)
	require.Equal(t, claim.Review{
		At: after(80), Outcome: claim.KindReject, Codes: []claim.RejectionCode{claim.RejectionProofInconsistent}, Text: "The dates differ.",
	}, in(t, claim.StatusRejected).LastReview())
}

// Two claims that come from one never write over each other's history, also where
// there is room behind it in memory.
func TestClaimsThatPartShareNothing(t *testing.T) {
	comment := func(text string) claim.Event { return claim.AddComment{By: claim.SidePartner, Text: text} }
	ask := func(text string) claim.Event { return askFor(text) }
	add := func(text string) claim.Event { return addDocument(claim.EvidenceID(text)) }
	submit := func(text string) claim.Event { return claim.Submit{Requested: money(fmt.Sprint(len(text), ".00 USD"))} }
	pay := func(text string) claim.Event { return claim.Pay{Amount: money("1.00 USD"), Reference: text} }
	var review, action = in(t, claim.StatusUnderReview), in(t, claim.StatusActionRequired)
	for range 2 {
		review = then(t, review, after(30), askFor("Again."), claim.Submit{}, claim.StartReview{})
		action = then(t, action, after(30), claim.Submit{}, claim.StartReview{}, askFor("Again."))
	}
	for name, c := range map[string]struct {
		from  claim.State
		event func(text string) claim.Event
	}{
		"comments":    {then(t, in(t, claim.StatusSubmitted), after(29), comment("1"), comment("2"), comment("3")), comment},
		"reviews":     {then(t, review, after(31), askFor("Again."), claim.Submit{}, claim.StartReview{}), ask},
		"submissions": {action, submit},
		"recalls": {then(t, draft(t), after(29), claim.Submit{}, recall(), claim.Submit{}, recall(), claim.Submit{}, recall(), claim.Submit{}),
			func(text string) claim.Event { return claim.RecallSubmission{Reason: text} }},
		"documents": {then(t, draft(t), after(29), add("2"), add("3")), add},
		"removals":  {draft(t), func(string) claim.Event { return claim.RemoveEvidence{ID: "e1"} }},
		"payments":  {then(t, in(t, claim.StatusApproved), after(29), pay("1"), pay("2"), pay("3")), pay},
		"surveys": {draft(t), func(text string) claim.Event {
			return send(claim.ProofPartnerSurvey, email(text+"@northwind.example"), "p2")
		}},
	} {
		before := jsonOf(c.from)
		one := then(t, c.from, after(40), c.event("one"))
		kept := jsonOf(one)
		then(t, c.from, after(40), c.event("another"))
		require.Equal(t, kept, jsonOf(one), name)
		require.Equal(t, before, jsonOf(c.from), name)
	}
}

// What its maker does with an event later changes nothing in the claim.
func TestEventsAreCopied(t *testing.T) {
	codes := []claim.RejectionCode{claim.RejectionOther}
	s := then(t, in(t, claim.StatusUnderReview), after(30), claim.Reject{Codes: codes, Text: "No.", DisputeBy: after(60)})
	codes[0] = claim.RejectionDuplicateClaim
	require.Equal(t, claim.RejectionOther, s.LastReview().Codes[0])

	items := askFor("Sign it.")
	s = then(t, in(t, claim.StatusUnderReview), after(30), items)
	items.Items[0].Text = "changed"
	require.Equal(t, "Sign it.", s.LastReview().Items[0].Text)

	asked := opening()
	s = must(claim.Open(asked))
	asked.Proof[0].Title = "changed"
	require.Equal(t, "Findings and recommendations document", s.Proof[0].Title)
	require.NotNil(t, asked.Proof[1].Survey, "and the claim takes nothing out of what it was opened with")
}

// Malformed events are refused by the field that is wrong, and a text has to say
// something.
func TestInvalidEvents(t *testing.T) {
	long := strings.Repeat("ã", claim.MaxText+1)
	texts := map[string]string{
		"": "is empty: say it in words", " \n": "has nothing to see: write at least one character that shows", "\u200b": "has nothing to see: write at least one character that shows",
		long: "has 4001 characters: say it in at most 4000", "a\xff": "is not text in UTF-8: encode it again", "a\x00b": "holds the control character U+0000: leave it out",
	}
	for text, problem := range texts {
		for field, c := range map[string]struct {
			status claim.Status
			event  claim.Event
		}{
			"text":          {claim.StatusDraft, claim.AddComment{By: claim.SidePartner, Text: text}},
			"items[0].text": {claim.StatusUnderReview, askFor(text)},
			"reason":        {claim.StatusRejected, claim.OpenDispute{Reason: text}},
			"reason ":       {claim.StatusSubmitted, claim.RecallSubmission{Reason: text}},
		} {
			err := refused(t, in(t, c.status), after(30), c.event, errtest.Type[*claim.InvalidError]())
			require.Equal(t, &claim.InvalidError{Field: strings.TrimSpace(field), Problem: problem}, err)
		}
		no := reject(after(30))
		no.Text = text
		require.EqualError(t, refused(t, in(t, claim.StatusUnderReview), after(30), no, errtest.Type[*claim.InvalidError]()), "text "+problem)
		if text == "" {
			continue // an approval need not say anything
		}
		yes := approve("5000.00 USD")
		yes.Text = text
		require.EqualError(t, refused(t, in(t, claim.StatusUnderReview), after(30), yes, errtest.Type[*claim.InvalidError]()), "text "+problem)
		yes = claim.Approve{Amount: money("6000.00 USD"), Override: text}
		require.EqualError(t, refused(t, in(t, claim.StatusUnderReview), after(30), yes, errtest.Type[*claim.InvalidError]()), "override "+problem)
	}

	item := claim.ActionItem{Text: "Sign it."}
	ask := func(items ...claim.ActionItem) claim.RequestAction { return claim.RequestAction{Items: items} }
	no := func(codes ...claim.RejectionCode) claim.Reject {
		return claim.Reject{Codes: codes, Text: "No.", DisputeBy: after(60)}
	}
	never := no(claim.RejectionOther)
	never.DisputeBy = time.Time{}
	for _, c := range []struct {
		status  claim.Status
		event   claim.Event
		problem string
	}{
		{claim.StatusDraft, claim.AddComment{By: "customer", Text: "Hello."}, `by is "customer": use one of ["partner" "program"]`},
		{claim.StatusDraft, claim.AddComment{Text: "Hello."}, `by is "": use one of ["partner" "program"]`},
		{claim.StatusUnderReview, ask(), "items are 0: say what there is to do in 1 to 20 items"},
		{claim.StatusUnderReview, ask(make([]claim.ActionItem, 21)...), "items are 21: say what there is to do in 1 to 20 items"},
		{claim.StatusUnderReview, ask(item, claim.ActionItem{}), "items[1].text is empty: say it in words"},
		{claim.StatusUnderReview, ask(item, claim.ActionItem{Kind: "photo", Text: "Where is it?"}),
			`items[1].kind is "photo", which the engagement does not ask for: use one of ["findings" "customer-survey" "partner-survey"], or leave it out`},
		{claim.StatusUnderReview, no(), `codes are missing: give at least one of ["proof incomplete" "proof inconsistent" "engagement not delivered" "customer not eligible" "duplicate claim" "consent withdrawn" "other"]`},
		{claim.StatusUnderReview, no(claim.RejectionOther, "because"), `codes[1] is "because": give each once, of ["proof incomplete" "proof inconsistent" "engagement not delivered" "customer not eligible" "duplicate claim" "consent withdrawn" "other"]`},
		{claim.StatusUnderReview, no(claim.RejectionOther, claim.RejectionOther), `codes[1] is "other": give each once, of ["proof incomplete" "proof inconsistent" "engagement not delivered" "customer not eligible" "duplicate claim" "consent withdrawn" "other"]`},
		{claim.StatusUnderReview, never, "dispute_by is missing: a rejection can be disputed within a window"},
		{claim.StatusDraft, nil, "event is missing"},
	} {
		require.EqualError(t, refused(t, in(t, c.status), after(30), c.event, errtest.Type[*claim.InvalidError]()), c.problem)
	}
	then(t, in(t, claim.StatusUnderReview), after(30), ask(item), claim.Submit{})
	then(t, disputedReview(t), after(103), claim.Reject{Codes: claim.AllRejectionCodes(), Text: "No."}) // for good, so there is no window
}

// A claim is no place for an endless talk.
func TestComments(t *testing.T) {
	s := in(t, claim.StatusSubmitted)
	for range claim.MaxComments {
		s = then(t, s, after(30), claim.AddComment{By: claim.SidePartner, Text: "And?"})
	}
	_, err := claim.Apply(s, claim.AddComment{By: claim.SideProgram, Text: "No."}, after(30))
	require.ErrorAs(t, err, new(*claim.InvalidError))
	require.ErrorContains(t, err, "comments are 200")
}

// ids are the texts of events that nobody reads: names of things, which are checked
// as such, and the user, whom the host names.
var ids = []string{
	"Evidence.ID", "Evidence.Kind", "Evidence.MediaType", "Evidence.SHA256", "Evidence.Ref", "ID", "Survey", "Link", "Language", "By", "User", "Codes", "Kind",
	"Contact.Name", "Contact.Phone", // checked where they come in
}

// Whatever somebody writes about a claim can be read: every text of every event is
// refused when there is nothing to see of it. A new text that is not checked fails here.
func TestTextsCanBeRead(t *testing.T) {
	tried := 0
	for _, k := range claim.AllKinds() {
		whole := reflect.ValueOf(event(k, after(30)))
		fields(whole.Type(), "", func(path string, index []int, item bool) {
			if slices.Contains(ids, path) || slices.Contains(ids, path[strings.LastIndexByte(path, '.')+1:]) {
				return
			}
			e := reflect.New(whole.Type()).Elem()
			e.Set(whole)
			f := e.FieldByIndex(index)
			if item { // of a list
				f.Set(reflect.ValueOf([]claim.ActionItem{{Text: "\u200b\u200b"}}))
			} else {
				f.SetString("\u200b\u200b")
			}
			if e.Type() == reflect.TypeFor[claim.Approve]() {
				e.FieldByName("Amount").Set(reflect.ValueOf(money("6000.00 USD"))) // more than the cap
				if path == "Text" {
					e.FieldByName("Override").SetString("Agreed.")
				}
			}
			tried++
			for _, status := range claim.AllStatuses() {
				s := in(t, status)
				if !s.Allows(k, after(30)) {
					continue
				}
				refused(t, s, after(30), e.Interface().(claim.Event), errtest.Type[*claim.InvalidError](), "%s: %s", k, path)
			}
		})
	}
	require.GreaterOrEqual(t, tried, 8)
}

// fields calls visit for each text within a type, and for the list of things to do.
func fields(of reflect.Type, path string, visit func(path string, index []int, item bool), index ...int) {
	if of.Kind() != reflect.Struct || of == reflect.TypeFor[eligibility.Money]() || of == reflect.TypeFor[time.Time]() {
		return
	}
	for i := range of.NumField() {
		f := of.Field(i)
		at, name := append(slices.Clone(index), i), strings.TrimPrefix(path+"."+f.Name, ".")
		switch {
		case !f.IsExported():
		case f.Type.Kind() == reflect.String:
			visit(name, at, false)
		case f.Type == reflect.TypeFor[[]claim.ActionItem]():
			visit(name, at, true)
		default:
			fields(f.Type, name, visit, at...)
		}
	}
}
