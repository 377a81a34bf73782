package engagement_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/stretchr/testify/require"
)

// unproved are the fields that the digest of a state leaves out, each with all that
// is in it, and why.
var unproved = map[string]string{
	"Identity":     "the customer's name and domain, as it was found out last; its key is proved",
	"Basis":        "written once, with the event that tells it",
	"Reason":       "what somebody wrote",
	"FriendlyName": "what somebody wrote",
	"Owner":        "a person",
	"Labels":       "what somebody wrote",
	"Terms":        "how deadlines are computed; the deadlines are proved",
	"Language":     "how somebody is written to",
	"RemindedAt":   "a reminder is no change of state",
	"RemindAt":     "a reminder is no change of state",
	"Recorded":     "the event itself",
	"Failures":     "persons who were not reached",
	"ActedFor":     "persons",

	"Referral.Reference": "what somebody wrote",

	"Decision.At":    "of the evaluation",
	"Decision.Facts": "the host's, which can be many",

	"Consent.Partner":            "persons",
	"Consent.Customer":           "persons",
	"Consent.Links":              "persons, and secrets",
	"Consent.Sent.Terms":         "published texts and names",
	"ContactFlags":               "domains of contacts, and what somebody wrote",
	"Consent.Answer.Channel":     "how, not what",
	"Consent.Answer.Client":      "personal data that can be erased",
	"Consent.Withdrawal.Client":  "personal data that can be erased",
	"Consent.Answer.Text":        "a published text",
	"Consent.Withdrawal.Channel": "how, not what",
	"Consent.Withdrawal.Text":    "a published text",

	"Claim.Proof":              "the engagement's",
	"Claim.Evidence.Name":      "what somebody wrote",
	"Claim.Evidence.MediaType": "of a content that is proved",
	"Claim.Evidence.Ref":       "where the host keeps a content that is proved",
	"Claim.Recalls.Reason":     "what somebody wrote",
	"Claim.Reviews.Items":      "what somebody wrote",
	"Claim.Reviews.Text":       "what somebody wrote",
	"Claim.Reviews.Override":   "what somebody wrote",
	"Claim.Dispute.Reason":     "what somebody wrote",
	"Claim.Payments.Reference": "what somebody wrote",
	"Claim.Comments.By":        "of an event that tells it",
	"Claim.Comments.User":      "a person",
	"Claim.Comments.Text":      "what somebody wrote",
}

// Whatever somebody changes of a stored participation changes the digest of its
// state, but for what is listed above: a field that is new is proved, or listed.
func TestStateDigestCoversEveryField(t *testing.T) {
	fresh := func() engagement.Participation {
		p := accepted(asked(began(northwind, engagement.OriginAdded)))
		p.ID, p.ClaimNumber = "p-1", "C-1"
		p.Consent.Withdrawal = p.Consent.Answer
		p.Claim.Evidence = []claim.Evidence{{ID: "e-1", Kind: claim.ProofInvoice}}
		p.Claim.Surveys = nil
		p.Claim.Submissions, p.Claim.Recalls = []claim.Submission{{}}, []claim.Recall{{}}
		p.Claim.Reviews, p.Claim.Payments, p.Claim.Comments = []claim.Review{{}}, []claim.Payment{{}}, []claim.Comment{{}}
		p.Consent.Sent[0].Links = []link.ID{"l-1"}
		return p
	}
	p := fresh()
	digest := p.StateDigest()
	left := maps.Clone(unproved)
	proved := 0
	var walk func(path string, at func(*engagement.Participation) reflect.Value)
	walk = func(path string, at func(*engagement.Participation) reflect.Value) {
		if _, out := unproved[path]; out {
			delete(left, path)
			return
		}
		v := at(&p)
		if v.Kind() == reflect.Pointer {
			walk(path, func(p *engagement.Participation) reflect.Value { return at(p).Elem() })
			return
		}
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && v.Len() > 0 {
			walk(path, func(p *engagement.Participation) reflect.Value { return at(p).Index(0) })
			return
		}
		if _, leaf := other(v); !leaf && v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				if !v.Type().Field(i).IsExported() {
					continue
				}
				name := v.Type().Field(i).Name
				if path != "" {
					name = path + "." + name
				}
				walk(name, func(p *engagement.Participation) reflect.Value { return at(p).Field(i) })
			}
			return
		}
		changed := fresh()
		target := at(&changed)
		value, ok := other(target)
		require.True(t, ok, "%s, a %v, is neither proved nor listed", path, target.Type())
		target.Set(value)
		require.NotEqual(t, digest, changed.StateDigest(), "%s is not proved", path)
		proved++
	}
	walk("", func(p *engagement.Participation) reflect.Value { return reflect.ValueOf(p).Elem() })
	require.Empty(t, slices.Sorted(maps.Keys(left)), "listed, and no such field")
	require.Greater(t, proved, 40)
}

// other returns another value of a leaf.
func other(v reflect.Value) (reflect.Value, bool) {
	switch x := v.Interface().(type) {
	case time.Time:
		return reflect.ValueOf(x.Add(time.Hour).UTC()), true
	case eligibility.Money:
		return reflect.ValueOf(money("77.77 EUR")), true
	case []claim.Survey:
		return reflect.ValueOf([]claim.Survey{{Kind: claim.ProofCustomerSurvey, State: survey.State{Status: survey.StatusDone}}}), true
	case []claim.RejectionCode:
		return reflect.ValueOf([]claim.RejectionCode{claim.RejectionOther}), true
	case []link.ID:
		return reflect.ValueOf([]link.ID{"l-2"}), true
	}
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		out.SetInt(v.Int() + 1)
	case reflect.Bool:
		out.SetBool(!v.Bool())
	default:
		return out, false
	}
	return out, true
}

// A digest is what it was when it was written, also once there is more to prove:
// these stand in stored events.
func TestStateDigestsStay(t *testing.T) {
	p := began(northwind, engagement.OriginAdded)
	p.ID, p.ClaimNumber = "p-1", "C-1"
	earlier := accepted(asked(p)) // when it was not kept which versions it stands on
	opened := *earlier.Claim
	opened.RateFrom, opened.ProofFrom = eligibility.Date{}, eligibility.Date{}
	earlier.Claim = &opened
	for _, c := range []struct {
		p    engagement.Participation
		want string
	}{
		{p, "eb77f612abef886d4c356c562dad143c1ffcfa470b19d47b5058163efb97b78c"},
		{asked(p), "d02a62e868bba9636f6fb0837618916832c546347cb3c7358d3ee515b6f170d8"},
		{declined(asked(p)), "ae8884b9b617ef600a7f529277593b3e37da1f765e3d2aa84080d19fc103d8b1"},
		{earlier, "34f34c011b2a77f2c92631d75475ca3a89f46af04d5c0af24a6f7e370c1cc780"},
	} {
		require.Equal(t, c.want, c.p.StateDigest().String())
	}
	customer := engagement.Customer{Key: engagement.CustomerKey{Partner: northwind, Customer: "tpid:42"}, KnownSince: start}
	require.Equal(t, "fecd7186a007dcbeae00e9f8cd52167d8daf9e0de19d2296f9383c249b700dc5", customer.StateDigest().String())
}

// An erased person changes no digest.
func TestStateDigestOutlivesPersons(t *testing.T) {
	p := accepted(asked(began(northwind, engagement.OriginAdded)))
	digest := p.StateDigest()
	next, found := p.Consent.Erase(email("ana@contoso.com"))
	require.True(t, found)
	p.Consent, p.FriendlyName, p.Reason = next, "", ""
	require.Equal(t, digest, p.StateDigest())
}

// What was written before events carried states is held to its status.
func TestOldEventsProveTheStatus(t *testing.T) {
	p := accepted(asked(began(northwind, engagement.OriginAdded)))
	old := engagement.Event{
		Partner: northwind, Participation: p.ID, Seq: 4, At: start.Add(2 * time.Minute), Kind: engagement.EventConsentGranted,
		To: engagement.StatusConsentReceived, Format: engagement.FormatNote,
	}
	require.NoError(t, engagement.VerifyParticipation(p, []engagement.Event{old}))
	lie := p
	lie.Consent.Status, lie.Claim = consent.StatusDeclined, nil
	require.ErrorAs(t, engagement.VerifyParticipation(lie, []engagement.Event{old}), new(*engagement.HistoryError))
	require.ErrorAs(t, engagement.VerifyParticipation(p, nil), new(*engagement.HistoryError), "no event tells of it")
	known := engagement.Event{Partner: northwind, Kind: engagement.EventCustomerKnown, Seq: 5, Format: engagement.FormatNote}
	require.NoError(t, engagement.VerifyCustomer(engagement.Customer{KnownSince: start}, []engagement.Event{old, known}))
	require.ErrorAs(t, engagement.VerifyCustomer(engagement.Customer{KnownSince: start}, []engagement.Event{old}), new(*engagement.HistoryError))
	require.ErrorAs(t, engagement.VerifyCustomer(engagement.Customer{}, []engagement.Event{old, known}), new(*engagement.HistoryError))
}
