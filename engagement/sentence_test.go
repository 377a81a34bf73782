package engagement_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// Every kind of event, every detail and every value of one can be told in every
// language, and not in the words of another; what is not told is meant not to be.
func TestEverythingCanBeTold(t *testing.T) {
	silent := map[string]bool{"Link": true, "DocumentID": true, "SHA256": true, "OwnReview": true}
	events := map[string]engagement.Event{}
	for _, kind := range engagement.AllEventKinds() {
		events[string(kind)] = engagement.Event{Kind: kind, Format: engagement.FormatDetail}
	}
	tell := func(name string, d engagement.Detail) {
		events[name] = engagement.Event{Kind: engagement.EventClaimApproved, Format: engagement.FormatDetail, Detail: d}
	}
	for name, d := range only() {
		tell(name, d)
	}
	for _, v := range engagement.AllMessageKinds() {
		tell("message "+string(v), engagement.Detail{Message: v})
		tell("reminder "+string(v), engagement.Detail{Reminder: v})
	}
	for _, v := range consent.AllFailureCodes() {
		tell("failure "+string(v), engagement.Detail{Failure: v})
	}
	for _, v := range claim.AllRejectionCodes() {
		tell("code "+string(v), engagement.Detail{Codes: []claim.RejectionCode{v}})
	}
	for _, v := range engagement.AllChangedFields() {
		tell("changed "+string(v), engagement.Detail{Changed: []engagement.ChangedField{v}})
	}
	for _, v := range []eligibility.Outcome{eligibility.OutcomeEligible, eligibility.OutcomeIneligible, eligibility.OutcomeUnknown} {
		tell("outcome "+string(v), engagement.Detail{OutcomeAfter: v})
	}
	english, portuguese := words.Standard().In("en"), words.Standard().In("pt-PT")
	bare := engagement.Event{Kind: engagement.EventClaimApproved, Format: engagement.FormatDetail}.Sentence(english, nil)
	for name, e := range events {
		en, pt := e.Sentence(english, nil), e.Sentence(portuguese, nil)
		for _, text := range []string{en, pt} {
			require.NotRegexp(t, `\{|_|(event|detail|outcome|changed|message|failure|rejection)\.`, text, name)
		}
		require.NotEqual(t, en, pt, name)
		if !e.Detail.IsZero() {
			require.Equal(t, silent[name], en == bare, "%s: %s", name, en)
		}
	}
	for name := range silent {
		_, is := reflect.TypeFor[engagement.Detail]().FieldByName(name)
		require.True(t, is, name)
	}
}

func TestSentences(t *testing.T) {
	e := engagement.Event{Kind: engagement.EventClaimApproved, Format: engagement.FormatDetail, Detail: engagement.Detail{Approved: money("5000.00 USD"), OverCap: true}}
	for tag, want := range map[consent.Language]string{
		"en":    "The claim was approved (USD 5,000.00 approved; over the cap)",
		"pt-PT": "O pedido de pagamento foi aprovado (5 000,00 USD aprovados; acima do limite máximo)",
	} {
		require.Equal(t, want, strings.ReplaceAll(e.Sentence(words.Standard().In(tag), nil), "\u00a0", " "))
	}
	e = engagement.Event{Kind: engagement.EventDeadlinePassed, Format: engagement.FormatDetail, Detail: engagement.Detail{Deadline: start}}
	require.Equal(t, "A deadline passed (until 1 July 2026, 11:00 (Paris time))", e.Sentence(words.Standard().In("en"), zone("Europe/Paris")))
	e = engagement.Event{Kind: engagement.EventCustomerAdded, Format: engagement.FormatNote, Note: "through location 4711201; azure-migration/customer 1"}
	require.Equal(t, "O cliente foi adicionado (through location 4711201; azure-migration/customer 1)", e.Sentence(words.Standard().In("pt"), nil))
}
