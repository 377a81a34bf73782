package engagement_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
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
	for _, v := range link.AllFailureCodes() {
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
	english, portuguese := words.Standard().For("en"), words.Standard().For("pt-PT")
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
	when := func(e engagement.Event) engagement.Event { e.Format = engagement.FormatDetail; return e }
	ana := &engagement.Person{User: "ana"}
	for _, tt := range []struct {
		e      engagement.Event
		en, pt string
	}{
		{engagement.Event{Kind: engagement.EventClaimSubmitted, By: engagement.ByPartner, Person: ana, Detail: engagement.Detail{Requested: money("4800.00 EUR")}},
			"ana submitted the claim: EUR 4,800.00", "ana submeteu o pedido de pagamento: 4 800,00 EUR"},
		{engagement.Event{Kind: engagement.EventClaimApproved, By: engagement.ByProgram, Detail: engagement.Detail{Approved: money("5000.00 USD"), OverCap: true}},
			"The program approved the claim: USD 5,000.00; over the cap", "O programa aprovou o pedido de pagamento: 5 000,00 USD; acima do limite máximo"},
		{engagement.Event{Kind: engagement.EventClaimRejected, By: engagement.ByProgram, Detail: engagement.Detail{Codes: []claim.RejectionCode{claim.RejectionProofIncomplete, claim.RejectionOther}}},
			"The program rejected the claim: the proof is incomplete; other reason", "O programa rejeitou o pedido de pagamento: os comprovativos estão incompletos; outro motivo"},
		{engagement.Event{Kind: engagement.EventConsentGranted, By: engagement.ByCustomer, Person: &engagement.Person{Contacts: []tenant.Email{email("ana@contoso.com")}}},
			"ana@contoso.com gave consent", "ana@contoso.com deu o consentimento"},
		{engagement.Event{Kind: engagement.EventConsentGranted, By: engagement.ByCustomer}, "The customer gave consent", "O cliente deu o consentimento"},
		{engagement.Event{Kind: engagement.EventDetailsChanged, By: engagement.ByPartner, Detail: engagement.Detail{Changed: []engagement.ChangedField{engagement.ChangedOwner, engagement.ChangedLabels}}},
			"The partner changed details: owner and labels", "O parceiro alterou dados: responsável e etiquetas"},
		{engagement.Event{Kind: engagement.EventSurveyAnswered, By: engagement.ByCustomer, Detail: engagement.Detail{Survey: claim.ProofCustomerSurvey}},
			"The customer answered a survey: customer survey", "O cliente respondeu a um inquérito: inquérito ao cliente"},
		{engagement.Event{Kind: engagement.EventConsentRequested, By: engagement.ByPartner, Person: ana, Detail: engagement.Detail{Contacts: 2, TextVersion: "2026-07", Language: "pt-PT"}},
			"ana requested the customer’s consent: 2 contacts; text 2026-07; in Portuguese", "ana pediu o consentimento do cliente: 2 contactos; texto 2026-07; em português"},
		{engagement.Event{Kind: engagement.EventDeadlinePassed, By: engagement.ByClock, Detail: engagement.Detail{Deadline: start}},
			"A deadline passed: 1 July 2026, 11:00 (Paris time)", "Terminou um prazo: 1 de julho de 2026, 11:00 (hora de Paris)"},
	} {
		for tag, want := range map[link.Language]string{"en": tt.en, "pt-PT": tt.pt} {
			require.Equal(t, want, strings.ReplaceAll(when(tt.e).Sentence(words.Standard().For(tag), zone("Europe/Paris")), "\u00a0", " "))
		}
	}
	e := engagement.Event{Kind: engagement.EventCustomerAdded, By: engagement.ByPartner, Format: engagement.FormatNote, Note: "through location 4711201; azure-migration/customer 1"}
	require.Equal(t, "O parceiro adicionou o cliente: through location 4711201; azure-migration/customer 1", e.Sentence(words.Standard().For("pt"), nil))
}
